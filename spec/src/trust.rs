#![doc = include_str!("../trust.md")]

mod body;
mod contents;
mod known;
mod public_half;
mod statements;
mod summary;

use std::fmt;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::Problem;
use crate::attributes::{CredentialType, RuleId, TypeName, Use};
use crate::cbor::Malformed;
use crate::credential::KeyId;
use crate::policy::{Policy, PolicyId};
use crate::poster::{OrganiserCertificate, OrganiserId};
use crate::rules::Rule;
use crate::signed::{RootPublic, Unverified};
use crate::time::{Day, Epoch, Grid, Minute, Moment};

use self::body::Carrier;
use self::contents::Contents;

pub use body::TrustListBody;
pub use contents::IssuerKey;
pub use known::{is_published_test_key, is_published_test_root};
pub use public_half::{NoPublicHalf, PublicHalf};
pub use statements::{Delegate, KeyStatement, Programme};
pub use summary::Summary;

/// A trust list whose every signature held. Says which keys, types, rules and policies count.
#[derive(Clone)]
pub struct TrustList {
    bytes: Vec<u8>,
    hash: [u8; 32],
    delegate: Delegate,
    body: TrustListBody,
    contents: Contents,
}

/// How old a list is that may still be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Issued less than 24 hours ago.
    Fresh,
    /// Older: green still, but someone should see to it. Amber.
    Ageing,
}

/// What came of looking for a newer trust list.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Advance {
    /// There was one.
    Newer,
    /// The list at hand is the newest.
    Same,
}

impl TrustList {
    /// Most bytes. Half a mebibyte, so that no buffer that grows by doubling exceeds one; room for about 2,000 keys.
    pub const MAX: usize = 512 * 1024;

    /// Most minutes from issue to expiry: a week. Whoever keeps newer lists from a reader cannot do so for longer.
    pub const MAX_LIFETIME_MINUTES: u32 = 7 * 24 * 60;

    /// From this age on a list is [`Freshness::Ageing`].
    pub const AGEING_MINUTES: u32 = 24 * 60;

    /// By how many minutes a clock may lag behind a list's issue time. A phone may be a minute slow and its minute just over.
    pub const CLOCK_TOLERANCE_MINUTES: u32 = 2;

    /// The first list that a wallet, door or office ever takes, given the root key that it was set up with.
    ///
    /// # Errors
    /// [`TrustRefusal`].
    pub fn verify(bytes: &[u8], root: &RootPublic, now: Moment) -> Result<Self, TrustRefusal> {
        let list = Self::verify_held(bytes, root)?;
        list.freshness(now)?;
        Ok(list)
    }

    /// The list that follows this one. It may be any later version, or this list again. Lists never go backwards: whatever was
    /// withdrawn stays withdrawn.
    ///
    /// # Errors
    /// [`TrustRefusal`]; this list stays the one to use.
    pub fn advance(&self, bytes: &[u8], root: &RootPublic, now: Moment) -> Result<Self, TrustRefusal> {
        let newer = Self::verify_held(bytes, root)?;
        self.is_followed_by(&newer)?;
        newer.freshness(now)?;
        Ok(newer)
    }

    /// [`TrustList::advance`] in place, and whether the list was a newer one.
    ///
    /// # Errors
    /// [`TrustRefusal`]; nothing has changed.
    pub fn take(&mut self, bytes: &[u8], root: &RootPublic, now: Moment) -> Result<Advance, TrustRefusal> {
        let newer = self.advance(bytes, root, now)?;
        let advance = if newer.version() > self.version() { Advance::Newer } else { Advance::Same };
        *self = newer;
        Ok(advance)
    }

    /// A list that was accepted before and kept, however old. Its signatures are checked again, its age is not: an expired list must
    /// still be known, so that an older one cannot take its place. Ask [`TrustList::freshness`] before each use.
    ///
    /// # Errors
    /// [`TrustRefusal`], other than `Expired` and `ClockBeforeIssue`.
    pub fn verify_held(bytes: &[u8], root: &RootPublic) -> Result<Self, TrustRefusal> {
        if bytes.len() > Self::MAX {
            return Err(TrustRefusal::TooLarge);
        }
        let (delegate, body) = Carrier::from_bytes(bytes)?;
        let delegate = delegate.verify(root).map_err(TrustRefusal::of_the_root)?.into_inner();
        let body = body.verify(&delegate.public)?.into_inner();
        body.is_within(&delegate)?;
        let contents = Contents::verify(&body, root)?;
        Ok(Self { bytes: bytes.to_vec(), hash: Sha256::digest(bytes).into(), delegate, body, contents })
    }

    fn is_followed_by(&self, newer: &Self) -> Result<(), TrustRefusal> {
        let (have, got) = (self.version(), newer.version());
        if got < have {
            return Err(TrustRefusal::Older { have, got });
        }
        if got == have {
            return (self.hash == newer.hash).then_some(()).ok_or(TrustRefusal::Fork { version: have });
        }
        if got - have == 1 && newer.body.previous != self.hash {
            return Err(TrustRefusal::Fork { version: have });
        }
        if newer.delegate.first < self.delegate.first {
            return Err(TrustRefusal::RetiredDelegate);
        }
        if newer.body.issued < self.body.issued {
            return Err(TrustRefusal::IssuedEarlier);
        }
        self.programme().may_become(newer.programme())?;
        self.body.is_kept_by(&newer.body)
    }

    /// Whether the list may be used at `now`.
    ///
    /// # Errors
    /// [`TrustRefusal::Expired`], or [`TrustRefusal::ClockBeforeIssue`] more than [`TrustList::CLOCK_TOLERANCE_MINUTES`] before the issue.
    pub fn freshness(&self, now: Moment) -> Result<Freshness, TrustRefusal> {
        let now = Minute::of(now);
        if now.plus(Self::CLOCK_TOLERANCE_MINUTES) < self.body.issued {
            Err(TrustRefusal::ClockBeforeIssue)
        } else if now >= self.body.expires {
            Err(TrustRefusal::Expired)
        } else if now >= self.body.issued.plus(Self::AGEING_MINUTES) {
            Ok(Freshness::Ageing)
        } else {
            Ok(Freshness::Fresh)
        }
    }

    /// 1 for the first list.
    pub fn version(&self) -> u32 {
        self.body.version
    }

    /// SHA-256 of the bytes: what the next list and posters name.
    pub fn hash(&self) -> [u8; 32] {
        self.hash
    }

    /// Whether whoever holds the list of that version and hash holds another than this one, or another than the one before it: then two
    /// lists of one version are in circulation, and one of them is false. Of all other versions this list tells nothing.
    pub fn contradicts(&self, version: u32, hash: [u8; 32]) -> bool {
        match self.version().checked_sub(version) {
            Some(0) => hash != self.hash,
            Some(1) => hash != self.body.previous,
            _ => false,
        }
    }

    /// As it came: store and pass on these.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What the delegate signed.
    pub fn body(&self) -> &TrustListBody {
        &self.body
    }

    /// Who signed.
    pub fn delegate(&self) -> &Delegate {
        &self.delegate
    }

    /// When it was made.
    pub fn issued(&self) -> Minute {
        self.body.issued
    }

    /// From when on it is not used.
    pub fn expires(&self) -> Minute {
        self.body.expires
    }

    /// What holds for everybody.
    pub fn programme(&self) -> &Programme {
        &self.contents.programme
    }

    /// The grid of days.
    pub fn grid(&self) -> Grid {
        self.programme().grid
    }

    /// How many days beyond today wallets hold passes for.
    pub fn prefetch_days(&self) -> u16 {
        self.programme().prefetch_days.into()
    }

    /// The last day of all.
    pub fn programme_end(&self) -> Day {
        self.programme().last_day
    }

    /// The key of that id, if it counts on `day`: for a pass its epoch day, for a record today.
    ///
    /// # Errors
    /// [`KeyRefusal`].
    pub fn key(&self, id: KeyId, day: Day) -> Result<&IssuerKey, KeyRefusal> {
        if self.body.withdrawn_keys.contains(&id) {
            return Err(KeyRefusal::Withdrawn);
        }
        let key = self.issuer_key(id).ok_or(KeyRefusal::Unknown)?;
        if key.specimen {
            Err(KeyRefusal::Specimen)
        } else if !key.is_in_force(day) || day > self.programme_end() {
            Err(KeyRefusal::NotInForce)
        } else {
            Ok(key)
        }
    }

    /// The key of that id as it stands in the list, withdrawn, ended and specimen ones too. To look at, not to trust.
    pub fn issuer_key(&self, id: KeyId) -> Option<&IssuerKey> {
        self.contents.keys.iter().find(|key| key.id == id)
    }

    /// All keys as they stand in the list. To look at, not to trust.
    pub fn keys(&self) -> &[IssuerKey] {
        &self.contents.keys
    }

    /// The one key that signs passes of that type for `day`. A specimen key where there is no other: a training programme goes the
    /// whole way, and is refused at the door.
    pub fn pass_key(&self, type_name: &TypeName, day: Day) -> Option<&IssuerKey> {
        let standing = |key: &&IssuerKey| !self.body.withdrawn_keys.contains(&key.id);
        let keys = self.contents.keys.iter().filter(standing);
        keys.filter(|key| key.key_type.usage() == Use::Pass && key.key_type.name() == type_name)
            .filter(|key| key.is_in_force(day) && day <= self.programme_end())
            .min_by_key(|key| key.specimen)
    }

    /// All credential types.
    pub fn types(&self) -> &[CredentialType] {
        &self.contents.types
    }

    /// The latest layout of the type of that name.
    pub fn type_named(&self, name: &str) -> Option<&CredentialType> {
        let of_that_name = self.contents.types.iter().filter(|listed| listed.name().as_str() == name);
        of_that_name.max_by_key(|listed| listed.layout())
    }

    /// All rules as they stand in the list, withdrawn and ended ones too. Gives names to rule ids.
    pub fn rules(&self) -> &[Rule] {
        &self.contents.rules
    }

    /// The rule of that id, unless withdrawn.
    pub fn rule(&self, id: RuleId) -> Option<&Rule> {
        let listed = self.contents.rules.iter().find(|rule| rule.id() == id);
        listed.filter(|_| !self.body.withdrawn_rules.contains(&id))
    }

    /// The rules that make passes for `day` from one record or two of these types, in the order of the list.
    pub fn rules_on(&self, record_types: &[&TypeName], day: Day) -> Vec<&Rule> {
        let applies = |rule: &&Rule| {
            rule.is_for(record_types)
                && rule.is_in_force(day)
                && day <= self.programme_end()
                && !self.body.withdrawn_rules.contains(&rule.id())
        };
        self.contents.rules.iter().filter(applies).collect()
    }

    /// The policies that count: not withdrawn, and none of their rules is either.
    pub fn policies(&self) -> impl Iterator<Item = &Policy> {
        self.contents.policies.iter().filter(|policy| {
            let rules_stand = policy.rules().all(|rule| !self.body.withdrawn_rules.contains(&rule));
            rules_stand && !self.body.withdrawn_policies.contains(&policy.id())
        })
    }

    /// The policy of that id, if it counts. Ask [`Policy::is_in_force`] too.
    pub fn policy(&self, id: PolicyId) -> Option<&Policy> {
        self.policies().find(|policy| policy.id() == id)
    }

    /// The policy of that name that counts on `day`; of several the last in the list.
    pub fn policy_named(&self, name: &str, day: Day) -> Option<&Policy> {
        let wanted = |policy: &&Policy| policy.name().as_str() == name && policy.is_in_force(day);
        self.policies().filter(wanted).last().filter(|_| day <= self.programme_end())
    }

    /// The organisers that the root has certified, those that are withdrawn as well.
    pub fn organisers(&self) -> &[OrganiserCertificate] {
        &self.contents.organisers
    }

    /// Whether the posters of this organiser stopped counting. Its certificate may be on no list: posters carry it themselves.
    pub fn has_withdrawn(&self, organiser: OrganiserId) -> bool {
        self.body.withdrawn_organisers.contains(&organiser)
    }

    /// The lowest series that `day` still accepts, and the one that the office signs.
    pub fn series_floor(&self, day: Day) -> u8 {
        self.body.floors.get(&day).copied().unwrap_or(0)
    }

    /// The places of an office's answer for one record or two of these types: for each of `days` days from `first_day` each rule in the
    /// order of the list, if there is a key for its passes. The same for every holder, so that the size of an answer tells nothing.
    pub fn slots(&self, record_types: &[&TypeName], first_day: Day, days: u16) -> Vec<Slot<'_>> {
        let mut slots = Vec::new();
        for day in (0..days).map(|later| first_day.plus(later)) {
            let epoch = Epoch { day, series: self.series_floor(day) };
            for rule in self.rules_on(record_types, day) {
                slots.extend(self.pass_key(rule.to(), day).map(|key| Slot { epoch, rule, key }));
            }
        }
        slots
    }
}

/// A place for one pass in an office's answer.
#[derive(Clone, Copy, Debug)]
pub struct Slot<'a> {
    /// The day, and the series that counts on it.
    pub epoch: Epoch,
    /// What the facts must satisfy.
    pub rule: &'a Rule,
    /// What signs the pass.
    pub key: &'a IssuerKey,
}

impl TrustListBody {
    fn is_within(&self, delegate: &Delegate) -> Result<(), TrustRefusal> {
        let lifetime = self.expires.number().checked_sub(self.issued.number());
        if !lifetime.is_some_and(|minutes| (1..=TrustList::MAX_LIFETIME_MINUTES).contains(&minutes)) {
            return Err(TrustRefusal::Inconsistent("a list lives between a minute and a week"));
        }
        if self.issued < delegate.first || delegate.last < self.expires {
            return Err(TrustRefusal::DelegateNotInForce);
        }
        if self.version == 0 || (self.version == 1) != (self.previous == [0; 32]) {
            return Err(TrustRefusal::Inconsistent("version 1 has no list before it, and every other has"));
        }
        Ok(())
    }

    fn is_kept_by(&self, newer: &Self) -> Result<(), TrustRefusal> {
        let withdrawals_kept = self.withdrawn_keys.is_subset(&newer.withdrawn_keys)
            && self.withdrawn_rules.is_subset(&newer.withdrawn_rules)
            && self.withdrawn_policies.is_subset(&newer.withdrawn_policies)
            && self.withdrawn_organisers.is_subset(&newer.withdrawn_organisers);
        let floors_kept =
            self.floors.iter().all(|(day, series)| newer.floors.get(day).is_some_and(|now| now >= series));
        (withdrawals_kept && floors_kept).then_some(()).ok_or(TrustRefusal::MissingWithdrawal)
    }
}

impl Programme {
    fn may_become(&self, newer: &Self) -> Result<(), TrustRefusal> {
        if self.name != newer.name || self.grid != newer.grid {
            return Err(TrustRefusal::OtherProgramme);
        }
        if newer.revision < self.revision || (newer.revision == self.revision && newer != self) {
            return Err(TrustRefusal::OlderProgramme);
        }
        Ok(())
    }
}

impl fmt::Debug for TrustList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, ..] = self.hash;
        write!(f, "TrustList(version {}, {a:02x}{b:02x}{c:02x}{d:02x}..)", self.version())
    }
}

/// Why a list is not taken, or not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustRefusal {
    /// Longer than [`TrustList::MAX`].
    #[error("it is longer than a trust list may be; was another file fetched by mistake?")]
    TooLarge,
    /// Not a trust list at all, or not in its one encoding.
    #[error("it is not a trust list ({0}); was another file fetched by mistake?")]
    Malformed(Malformed),
    /// Its delegate has no certificate of this root.
    #[error("it belongs to another root key; compare the root key with what the authority has published")]
    WrongRoot,
    /// The delegate did not sign it, or it was changed since.
    #[error("the delegate's signature does not hold; fetch it again")]
    BadSignature,
    /// Something inside is not signed by the root.
    #[error("a {0} in it is not signed by the root; the authority must make it again")]
    BadStatement(&'static str),
    /// Dated outside the days of its delegate.
    #[error(
        "its delegate was not in force for all of its lifetime; the authority must sign it with a delegate that is"
    )]
    DelegateNotInForce,
    /// Signed by a delegate that another one has replaced.
    #[error("its delegate has been replaced since; fetch the newest list")]
    RetiredDelegate,
    /// The root signed its parts, but they do not go together.
    #[error("its parts do not go together ({0}); the authority must make it again")]
    Inconsistent(&'static str),
    /// A key that was published with its secret half, and is not marked as specimen.
    #[error("it lists a key from published test vectors, whose secret half everybody knows")]
    PublishedTestKey,
    /// An earlier version than the one at hand.
    #[error("it is version {got}, and version {have} is already here")]
    Older {
        /// The version at hand.
        have: u32,
        /// The version that came.
        got: u32,
    },
    /// Two different lists claim one place in the chain.
    #[error(
        "it does not follow from the version {version} that is here: two lists are in circulation; tell the authority"
    )]
    Fork {
        /// The version at hand.
        version: u32,
    },
    /// A later version with an earlier date.
    #[error("it is a later version with an earlier date; tell the authority")]
    IssuedEarlier,
    /// Something that was withdrawn, or a floor that was raised, is missing.
    #[error("a withdrawal or a raised series of the list that is here is missing in it; tell the authority")]
    MissingWithdrawal,
    /// The list of another programme.
    #[error("it is the list of another programme")]
    OtherProgramme,
    /// Programme settings that have been replaced.
    #[error("it has programme settings that have been replaced since; tell the authority")]
    OlderProgramme,
    /// Past its lifetime.
    #[error("it has expired; fetch the newest list")]
    Expired,
    /// By this device's clock it has not been made yet.
    #[error("it was issued after what this device's clock says; set the clock right")]
    ClockBeforeIssue,
}

impl TrustRefusal {
    fn of_the_root(reason: Unverified) -> Self {
        match reason {
            Unverified::BadSignature => Self::WrongRoot,
            Unverified::Malformed(reason) => Self::Malformed(reason),
        }
    }
}

impl From<TrustRefusal> for Problem {
    fn from(refusal: TrustRefusal) -> Self {
        match refusal {
            TrustRefusal::TooLarge => Self::new("trust_too_large"),
            TrustRefusal::Malformed(_) => Self::new("trust_malformed"),
            TrustRefusal::WrongRoot => Self::new("trust_wrong_root"),
            TrustRefusal::BadSignature => Self::new("trust_bad_signature"),
            TrustRefusal::BadStatement(_) => Self::new("trust_bad_statement"),
            TrustRefusal::DelegateNotInForce => Self::new("trust_delegate_not_in_force"),
            TrustRefusal::RetiredDelegate => Self::new("trust_retired_delegate"),
            TrustRefusal::Inconsistent(_) => Self::new("trust_inconsistent"),
            TrustRefusal::PublishedTestKey => Self::new("trust_published_test_key"),
            TrustRefusal::Older { have, got } => Self::new("trust_older").number("have", have).number("got", got),
            TrustRefusal::Fork { version } => Self::new("trust_fork").number("version", version),
            TrustRefusal::IssuedEarlier => Self::new("trust_issued_earlier"),
            TrustRefusal::MissingWithdrawal => Self::new("trust_missing_withdrawal"),
            TrustRefusal::OtherProgramme => Self::new("trust_other_programme"),
            TrustRefusal::OlderProgramme => Self::new("trust_older_programme"),
            TrustRefusal::Expired => Self::new("trust_expired"),
            TrustRefusal::ClockBeforeIssue => Self::new("trust_clock_before_issue"),
        }
    }
}

impl From<Malformed> for TrustRefusal {
    fn from(reason: Malformed) -> Self {
        Self::Malformed(reason)
    }
}

impl From<Unverified> for TrustRefusal {
    fn from(reason: Unverified) -> Self {
        match reason {
            Unverified::BadSignature => Self::BadSignature,
            Unverified::Malformed(reason) => Self::Malformed(reason),
        }
    }
}

/// Why a key does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefusal {
    /// Not in the list.
    #[error("the trust list has no such key")]
    Unknown,
    /// Taken back by the authority.
    #[error("the key has been withdrawn")]
    Withdrawn,
    /// Not on this day.
    #[error("the key does not count on this day")]
    NotInForce,
    /// For training and tests.
    #[error("the key is a specimen")]
    Specimen,
}

impl From<KeyRefusal> for Problem {
    fn from(refusal: KeyRefusal) -> Self {
        Self::new(match refusal {
            KeyRefusal::Unknown => "key_unknown",
            KeyRefusal::Withdrawn => "key_withdrawn",
            KeyRefusal::NotInForce => "key_not_in_force",
            KeyRefusal::Specimen => "key_specimen",
        })
    }
}

#[cfg(test)]
mod tests;
