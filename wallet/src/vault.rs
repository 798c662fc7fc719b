//! What a wallet keeps, and how it is kept.
//!
//! [`Vault`] is the content: the holder secret, the root key and trust list, records with their passes, and requests that have no answer yet.
//! It is stored as versioned canonical CBOR, sealed under a passphrase. [`VaultFile`] is the file on a computer: replaced as a
//! whole, under a lock.

#[cfg(unix)]
mod file;
mod stored;

use std::fmt;
use std::path::PathBuf;

use bauta_crypto::Unusable;
use bauta_crypto::pseudonym::{CommitmentWithProof, HolderSecret};
use bauta_spec::Malformed;
use bauta_spec::attributes::{TypeName, Value};
use bauta_spec::issuance::IssuerUrl;
use bauta_spec::sealed::{self, CannotSeal, Cost, Kind, StorageKey};
use bauta_spec::signed::RootPublic;
use bauta_spec::time::{Day, Moment};
use bauta_spec::trust::{Advance, TrustList, TrustRefusal};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::collect::{Refusal, Requested};
use crate::errand::{Errand, NotCollected, Pickup, Waiting};
use crate::holding::{Pass, Record};
use crate::renew::{Basis, HintWish};

#[cfg(unix)]
pub use file::{Editing, FileError, VaultFile};

/// Everything that one wallet keeps.
pub struct Vault {
    /// How often it has been changed.
    revision: u64,
    root: RootPublic,
    source: Source,
    trust: TrustList,
    secret: HolderSecret,
    /// What passes shall carry from the next renewal on.
    hint: HintWish,
    records: Vec<Record>,
    interrupted: Vec<Interrupted>,
}

/// Where trust lists come from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// A web server; the address has the form of an issuer's.
    Url(IssuerUrl),
    /// A file.
    File(PathBuf),
}

/// A request that has been sent, or is about to be, and has no record yet or whose issuer has not been told of it.
struct Interrupted {
    issuer: IssuerUrl,
    code: Zeroizing<String>,
    second_factor: Option<Zeroizing<String>>,
    requested: Requested,
    /// Set while the lab has no result.
    waiting: Option<Waiting>,
}

impl Vault {
    /// A wallet with a fresh holder secret, for the programme of this root key.
    ///
    /// # Errors
    /// [`TrustRefusal`] when `list` is not a current trust list of this root.
    pub fn new(
        root: RootPublic,
        source: Source,
        list: &[u8],
        now: Moment,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, TrustRefusal> {
        let trust = TrustList::verify(list, &root, now)?;
        let secret = HolderSecret::generate(rng);
        let hint = HintWish::LeaveOut;
        Ok(Self { revision: 0, root, source, trust, secret, hint, records: Vec::new(), interrupted: Vec::new() })
    }

    /// Takes a newer trust list, and whether it was one. An older one, or one that does not follow from the one at hand, is refused.
    ///
    /// # Errors
    /// [`TrustRefusal`]; the list at hand stays.
    pub fn advance(&mut self, list: &[u8], now: Moment) -> Result<Advance, TrustRefusal> {
        self.trust.take(list, &self.root, now)
    }

    /// The trust list, however old.
    pub fn trust(&self) -> &TrustList {
        &self.trust
    }

    /// Where newer trust lists come from.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The key that everything is checked against in the end.
    pub fn root(&self) -> &RootPublic {
        &self.root
    }

    /// What ties the credentials of this wallet together.
    pub fn secret(&self) -> &HolderSecret {
        &self.secret
    }

    /// Whether renewals shall ask for passes with the hint. A wish of the person, so it stays until it is changed.
    pub fn hint_wish(&self) -> HintWish {
        self.hint
    }

    /// Changes that wish. The passes that are here stay as they are until the next renewal.
    pub fn wish_for_hint(&mut self, wish: HintWish) {
        self.hint = wish;
    }

    /// The records with their passes.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// Takes over the passes of a renewal of record `index` alone.
    pub fn renewed(&mut self, index: usize, first: Day, passes: Vec<Pass>) {
        if let Some(record) = self.records.get_mut(index) {
            record.replace_passes(first, None, passes);
        }
    }

    /// Takes over the passes that two records gave together; they lie with the first of them.
    pub fn renewed_together(&mut self, [index, other]: [usize; 2], first: Day, passes: Vec<Pass>) {
        let other = self.records.get(other).and_then(Record::binding);
        if let (Some(record), Some(other)) = (self.records.get_mut(index), other) {
            record.replace_passes(first, Some(other), passes);
        }
    }

    /// The pairs of records that give passes together which none of them gives alone, and which are not here yet. To be asked for when each
    /// record has been renewed alone.
    pub fn lacking_together(&self, now: Moment) -> Vec<[usize; 2]> {
        let pairs =
            (0..self.records.len()).flat_map(|one| (one + 1..self.records.len()).map(move |other| [one, other]));
        let lacking = |pair: &[usize; 2]| {
            let basis = Basis::from(pair.map(|index| &self.records[index]));
            basis.lacks_passes(&self.trust, self.hint, now)
        };
        pairs.filter(lacking).collect()
    }

    /// Which other record a pass rests on, if it needed two.
    pub fn other_of(&self, pass: &Pass) -> Option<usize> {
        let other = pass.rests_on()?;
        self.records.iter().position(|record| record.binding() == Some(other))
    }

    /// Drops a record, its passes, and those that rest on it and another; `None` if there is none of that index.
    pub fn forget(&mut self, index: usize) -> Option<Record> {
        let forgotten = (index < self.records.len()).then(|| self.records.remove(index))?;
        if let Some(binding) = forgotten.binding() {
            self.records.iter_mut().for_each(|record| record.forget_passes_with(binding));
        }
        Some(forgotten)
    }

    /// The collections that were interrupted, to be gone on with.
    ///
    /// # Errors
    /// [`Malformed`], which only a vault made by something else gives.
    pub fn interrupted(&self) -> Result<Vec<Errand>, Malformed> {
        self.interrupted.iter().filter(|open| open.waiting.is_none()).map(Interrupted::errand).collect()
    }

    /// The labs that have no result yet, and for what.
    pub fn waiting(&self) -> impl Iterator<Item = (&IssuerUrl, &Waiting)> {
        self.interrupted.iter().filter_map(|open| Some((&open.issuer, open.waiting.as_ref()?)))
    }

    /// The collections whose lab may be asked again now.
    ///
    /// # Errors
    /// [`Malformed`], which only a vault made by something else gives.
    pub fn due(&self, now: Moment) -> Result<Vec<Errand>, Malformed> {
        let due = |open: &&Interrupted| open.waiting.as_ref().is_some_and(|waiting| waiting.is_over(now));
        self.interrupted.iter().filter(due).map(Interrupted::errand).collect()
    }

    /// Drops the interrupted collections, and those that wait for a lab. If an issuer has answered one of them already, that record is lost.
    pub fn forget_interrupted(&mut self) {
        self.interrupted.clear();
    }

    /// Gives up waiting for labs. What they answer from now on is lost.
    pub fn forget_waiting(&mut self) {
        self.interrupted.retain(|open| open.waiting.is_none());
    }

    /// The commitment of this errand: the one that an earlier run has left, or a fresh one.
    pub(crate) fn request(
        &mut self,
        errand: &Errand,
        rng: &mut impl CryptoRng,
    ) -> Result<&CommitmentWithProof, Unusable> {
        let index = match self.place_of(errand) {
            Some(index) => index,
            None => {
                self.interrupted.push(Interrupted::new(errand, Requested::new(&self.secret, rng)?));
                self.interrupted.len() - 1
            }
        };
        Ok(self.interrupted[index].requested.commitment())
    }

    /// What this errand waits for, if the lab has said so.
    pub(crate) fn waits_for(&self, errand: &Errand) -> Option<&Waiting> {
        self.interrupted[self.place_of(errand)?].waiting.as_ref()
    }

    /// The lab has no result yet.
    pub(crate) fn wait(&mut self, errand: &Errand, waiting: Waiting) {
        if let Some(index) = self.place_of(errand) {
            self.interrupted[index].waiting = Some(waiting);
        }
    }

    /// Checks what the issuer sent for this errand and keeps the record. The request stays until [`Vault::settle`]; a record that is there
    /// already is not kept twice.
    pub(crate) fn receive(
        &mut self,
        errand: &Errand,
        record_type: &TypeName,
        issued: &[u8],
        now: Moment,
    ) -> Result<(), NotCollected> {
        self.trust.freshness(now)?;
        let Some(index) = self.place_of(errand) else { return Ok(()) };
        let requested = self.interrupted[index].requested.again();
        let issuer = errand.issuer.clone();
        let record = requested.receive(issued, issuer, &self.secret, &self.trust, now)?;
        if record.credential_type().name() != record_type {
            return Err(Refusal::OtherType.into());
        }
        self.interrupted[index].waiting = None;
        if !self.holds_record_of(errand) {
            self.records.push(record);
        }
        Ok(())
    }

    /// Whether the record that this errand asked for is here.
    pub(crate) fn holds_record_of(&self, errand: &Errand) -> bool {
        self.place_of(errand).is_some_and(|index| {
            let binding = Value::Binding(self.interrupted[index].requested.binding());
            self.records.iter().any(|record| record.claims().values().contains(&binding))
        })
    }

    /// The issuer knows that the record has arrived: the request has done its work.
    pub(crate) fn settle(&mut self, errand: &Errand) {
        if let Some(index) = self.place_of(errand) {
            self.interrupted.remove(index);
        }
    }

    fn place_of(&self, errand: &Errand) -> Option<usize> {
        let code = errand.pickup.code();
        self.interrupted.iter().position(|open| open.issuer == errand.issuer && open.code == code)
    }

    /// The vault as bytes that only this passphrase opens, as this kind of file only.
    ///
    /// # Errors
    /// [`CannotSeal`].
    pub fn seal(
        &self,
        kind: Kind,
        passphrase: &[u8],
        cost: Cost,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, CannotSeal> {
        sealed::seal(kind, passphrase, &stored::to_bytes(self), cost, rng)
    }

    /// The vault as bytes that only this key opens, and one change further than the one before: for a page, which saves often.
    ///
    /// # Errors
    /// [`CannotSeal::TooLong`].
    pub fn seal_with(&mut self, key: &StorageKey, rng: &mut impl CryptoRng) -> Result<Vec<u8>, CannotSeal> {
        self.revision += 1;
        key.seal(Kind::Wallet, &stored::to_bytes(self), rng)
    }

    /// Opens what [`Vault::seal_with`] made. The trust list is verified again.
    ///
    /// # Errors
    /// [`CannotOpen`].
    pub fn open_with(key: &StorageKey, bytes: &[u8]) -> Result<Self, CannotOpen> {
        stored::from_bytes(&key.open(Kind::Wallet, bytes)?)
    }

    /// How often it has been changed: what is older may not take the place of what is newer.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Opens what [`Vault::seal`] made. The trust list is verified again.
    ///
    /// # Errors
    /// [`CannotOpen`].
    pub fn open(kind: Kind, passphrase: &[u8], bytes: &[u8]) -> Result<Self, CannotOpen> {
        stored::from_bytes(&sealed::open(kind, passphrase, bytes)?)
    }
}

impl Interrupted {
    fn new(errand: &Errand, requested: Requested) -> Self {
        let Errand { issuer, pickup } = errand;
        Self {
            issuer: issuer.clone(),
            code: pickup.code(),
            second_factor: pickup.second_factor(),
            requested,
            waiting: None,
        }
    }

    fn errand(&self) -> Result<Errand, Malformed> {
        let second_factor = self.second_factor.as_ref().map(|factor| factor.as_str());
        Ok(Errand::new(self.issuer.clone(), Pickup::from_texts(&self.code, second_factor)?))
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { revision, root: _, source: _, trust, secret: _, hint: _, records, interrupted } = self;
        let (records, interrupted) = (records.len(), interrupted.len());
        write!(f, "Vault(revision {revision}, {trust:?}, {records} records, {interrupted} interrupted)")
    }
}

/// The bytes are no vault for this passphrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotOpen {
    /// Not opened at all.
    #[error(transparent)]
    Sealed(#[from] sealed::CannotOpen),
    /// Opened, but made by another version or by something else.
    #[error("the file opens, but what it holds is not a wallet of this version: {0}")]
    Malformed(#[from] Malformed),
    /// Opened, but its trust list does not hold for its root key.
    #[error("the trust list inside cannot be used: {0}")]
    Trust(#[from] TrustRefusal),
}
