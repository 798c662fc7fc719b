//! A record, or two of one holder, become passes: a pure function of what the wallet sends, the trust list and our keys. Nothing of it is
//! stored, so a retry simply computes the same bytes again.

use std::collections::BTreeMap;
use std::sync::Arc;

use bauta_crypto::holder::{self, VerifiedCommitment};
use bauta_crypto::{Signature, composed};
use bauta_spec::attributes::{Binding, Claims, CredentialType, DisclosedSet, Handle, Kind, TypeName, Use, Value};
use bauta_spec::credential::KeyId;
use bauta_spec::issuance::{OfficeAnswer, OfficeAsk, OfficeRequest, Records};
use bauta_spec::presentation::{Context, Envelope, Mode, Naming, PairContext, PairEnvelope, Shown};
use bauta_spec::rules::Presented;
use bauta_spec::time::{Day, Epoch, Minute, MinuteOfDay, Moment};
use bauta_spec::trust::{IssuerKey, Slot, TrustList};
use rand_core::Rng as _;

use crate::keys::{IssuingKey, KeyRing};
use crate::lab::facts::VALID_UNTIL;
use crate::secrets::same;
use crate::service::{Service, busy};
use crate::store::StoreError;
use crate::trust::NoTrust;

impl Service {
    /// A nonce that this office recognises without keeping it.
    pub fn nonce(&self) -> Vec<u8> {
        let expires = self.world.now().unix() + NONCE_SECONDS;
        let mut nonce = expires.to_be_bytes().to_vec();
        let mut random = [0; 16];
        self.world.rng().fill_bytes(&mut random);
        nonce.extend_from_slice(&random);
        let mac = self.secrets.nonce_mac(&nonce);
        nonce.extend_from_slice(&mac);
        nonce
    }

    /// Turns one record or two into the passes of the whole window.
    ///
    /// # Errors
    /// [`OfficeError`].
    pub async fn renew(&self, request: OfficeRequest) -> Result<OfficeAnswer, OfficeError> {
        let today = self.today()?;
        self.nonce_counts(&request.ask.nonce, today.now)?;
        self.hears_withdrawals(today.now).await?;
        let (list, now) = (today.list, today.now);
        let checked = {
            let list = Arc::clone(&list);
            busy(move || CheckedRecords::check(&request, &list, now)).await.ok_or(OfficeError::NotNow)??
        };
        for handle in checked.handles() {
            if self.store.is_withdrawn(handle).await? {
                return Err(OfficeError::Withdrawn);
            }
        }
        let keys = Arc::clone(&self.keys);
        let answer = busy(move || checked.passes(&list, &keys)).await.ok_or(OfficeError::NotNow)??;
        self.metrics.renewals.inc();
        Ok(answer)
    }

    fn nonce_counts(&self, nonce: &[u8], now: Moment) -> Result<(), OfficeError> {
        let (said, mac) = nonce.split_last_chunk::<32>().ok_or(OfficeError::Nonce)?;
        let expires = said.first_chunk().ok_or(OfficeError::Nonce)?;
        let ours = same(&self.secrets.nonce_mac(said), mac);
        let in_time = now < Moment::from_unix(u64::from_be_bytes(*expires));
        if ours && in_time { Ok(()) } else { Err(OfficeError::Nonce) }
    }

    async fn hears_withdrawals(&self, now: Moment) -> Result<(), OfficeError> {
        for service in &self.config.withdrawn_from {
            let heard = self.store.heard(service.url.as_str()).await?;
            // What was heard by a clock that was ahead counts no more than what was heard long ago.
            if heard.is_none_or(|heard| heard.at.unix().abs_diff(now.unix()) > DEAF_SECONDS) {
                return Err(OfficeError::NotNow);
            }
        }
        Ok(())
    }
}

/// For so many seconds a nonce counts.
pub const NONCE_SECONDS: u64 = 300;

/// So long before and after the day changes, the clock of a wallet may say that it has not, or has already.
const CLOCK_SECONDS: u64 = 10 * 60;

/// How long an office that runs apart goes on without hearing which handles are withdrawn. Wallets hold passes for days, so a pause
/// harms nobody, and a withdrawn handle must not profit from an outage.
const DEAF_SECONDS: u64 = 60 * 60;

/// No passes.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    /// The nonce is not ours or has expired.
    #[error("the nonce does not count any more: ask for a new one")]
    Nonce,
    /// The wallet reads rules from another list than the office.
    #[error("the office goes by trust list version {ours}: fetch it and ask again")]
    OtherTrustList {
        /// The office's version.
        ours: u32,
    },
    /// Not the window that everybody asks for.
    #[error("the window must begin today ({today}) and have {days} days: check the clock")]
    OtherWindow {
        /// The office's day.
        today: Day,
        /// The window's length.
        days: u16,
    },
    /// A record's key does not count, the proof does not hold, or the commitment is another one. It does not say which.
    #[error("the record's presentation does not hold")]
    Proof,
    /// The record's time is over.
    #[error("this record has ended: ask the lab for a new one")]
    Ended,
    /// The lab took the record back.
    #[error("this record has been withdrawn: ask the lab that made it")]
    Withdrawn,
    /// The office lacks a key that the trust list says it has, or has not heard of withdrawals for too long.
    #[error("this office cannot sign now: try again later")]
    NotNow,
    /// No usable trust list.
    #[error(transparent)]
    NoTrust(#[from] NoTrust),
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// One record or two whose presentation held. Only [`CheckedRecords::check`] makes them; they still have to be looked up among the withdrawn
/// ones.
pub struct CheckedRecords {
    // Invariant: one or two; the first is for the commitment of `holder`.
    records: Vec<Record>,
    holder: VerifiedCommitment,
    first_day: Day,
    days: u16,
}

struct Record {
    record_type: CredentialType,
    claims: Claims,
    handle: Handle,
    binding: Binding,
}

impl CheckedRecords {
    /// Checks everything about a request that can be checked without the database.
    ///
    /// # Errors
    /// [`OfficeError`].
    pub fn check(request: &OfficeRequest, list: &TrustList, now: Moment) -> Result<Self, OfficeError> {
        let OfficeRequest { ask, presentation } = request;
        same_list(ask, list)?;
        whole_window(ask, list, now)?;
        let asked = Asked { ask, list, now, challenge: ask.challenge(presentation.how_many()) };
        let records = match presentation {
            Records::One(envelope) => vec![asked.one(envelope)?],
            Records::Two(envelope) => asked.two(envelope)?.into(),
        };
        let [first, others @ ..] = records.as_slice() else { return Err(OfficeError::Proof) };
        if first.binding != Binding::of(ask.commitment.commitment()) {
            return Err(OfficeError::Proof);
        }
        // A composed proof says nothing about its parts being different credentials.
        if others.iter().any(|other| other.binding == first.binding) {
            return Err(OfficeError::Proof);
        }
        // The binding is only the word of whoever signed the record. A lab that chose C freely would choose what the passes say.
        let holder = holder::verify_commitment(&ask.commitment).map_err(|_| OfficeError::Proof)?;
        if records.iter().any(|record| record.ends_before(ask.first_day)) {
            return Err(OfficeError::Ended);
        }
        Ok(Self { records, holder, first_day: ask.first_day, days: ask.days })
    }

    /// What the labs can withdraw them by.
    pub fn handles(&self) -> impl Iterator<Item = &Handle> {
        self.records.iter().map(|record| &record.handle)
    }

    /// One place per day, rule and key, and the pass that is due there where the facts satisfy the rule.
    pub fn due<'a>(&self, list: &'a TrustList) -> Vec<(Slot<'a>, Option<Claims>)> {
        let types: Vec<&TypeName> = self.records.iter().map(|record| record.record_type.name()).collect();
        let presented: Vec<Presented<'_>> =
            self.records.iter().map(|Record { record_type, claims, .. }| Presented { record_type, claims }).collect();
        let slots = list.slots(&types, self.first_day, self.days).into_iter();
        let due = |slot: Slot<'a>| (slot, slot.rule.apply(&presented, &slot.key.key_type, slot.epoch));
        slots.map(due).collect()
    }

    /// The same, signed. The same records, list and keys give the same bytes.
    ///
    /// # Errors
    /// [`OfficeError::NotNow`] when a key of the list is not held here.
    pub fn passes(&self, list: &TrustList, keys: &KeyRing) -> Result<OfficeAnswer, OfficeError> {
        let due = self.due(list);
        let mut signed: Vec<Option<Signature>> = vec![None; due.len()];
        for Due { key, pass_type, places, claims } in by_key(due, keys)? {
            let signatures = key.sign_batch(pass_type, &self.holder, &claims).map_err(|_| OfficeError::NotNow)?;
            for (place, signature) in places.into_iter().zip(signatures) {
                signed[place] = Some(signature);
            }
        }
        OfficeAnswer::new(signed).map_err(|_| OfficeError::NotNow)
    }
}

/// The passes that are due, by the key that signs them.
fn by_key<'a>(due: Vec<(Slot<'a>, Option<Claims>)>, keys: &'a KeyRing) -> Result<Vec<Due<'a>>, OfficeError> {
    let mut by_key: BTreeMap<KeyId, Due<'a>> = BTreeMap::new();
    for (place, (slot, pass)) in due.into_iter().enumerate() {
        // Looked up even where no pass is made: what a person's facts are must not decide whether the office answers.
        let key = keys.key(slot.key.id).ok_or(OfficeError::NotNow)?;
        if let Some(claims) = pass {
            let nothing = Due { key, pass_type: &slot.key.key_type, places: Vec::new(), claims: Vec::new() };
            let due = by_key.entry(slot.key.id).or_insert(nothing);
            due.places.push(place);
            due.claims.push(claims);
        }
    }
    Ok(by_key.into_values().collect())
}

/// The passes of one answer that one key signs, and where each of them stands in it.
struct Due<'a> {
    key: &'a IssuingKey,
    pass_type: &'a CredentialType,
    places: Vec<usize>,
    claims: Vec<Claims>,
}

/// What a presentation is checked against.
struct Asked<'a> {
    ask: &'a OfficeAsk,
    list: &'a TrustList,
    now: Moment,
    challenge: [u8; 32],
}

impl Asked<'_> {
    fn one(&self, envelope: &Envelope) -> Result<Record, OfficeError> {
        let (key, shown) = self.expected(envelope.mode, envelope.key)?;
        let part = envelope.open(&key.key_type, shown.disclosed, Naming::Anonymous).map_err(|_| OfficeError::Proof)?;
        let context = Context {
            mode: Mode::Office,
            type_id: shown.type_id,
            disclosed: shown.disclosed,
            key: shown.key,
            policy_hash: [0; 32],
            epoch: NO_EPOCH,
            minute: self.minute(envelope.minute),
            challenge: self.challenge,
        };
        let messages = part.messages();
        let messages = borrowed(&messages);
        let statement = holder::Statement {
            public_key: &key.public,
            header: &key.key_type.header(),
            presentation_header: &context.presentation_header(),
            message_count: key.key_type.len(),
            disclosed: &messages,
        };
        holder::check(&statement, &part.proof).map_err(|_| OfficeError::Proof)?;
        Record::of(&key.key_type, part.disclosed)
    }

    /// One proof for both, so that they are one holder's.
    fn two(&self, envelope: &PairEnvelope) -> Result<[Record; 2], OfficeError> {
        let [first, second] = envelope.keys.map(|key| self.expected(envelope.mode, key));
        let parts = [first?, second?];
        let opened = envelope.open(parts.map(|(key, shown)| (&key.key_type, shown.disclosed)), Naming::Anonymous);
        let pair = opened.map_err(|_| OfficeError::Proof)?;
        let context = PairContext {
            mode: Mode::Office,
            parts: parts.map(|(_, shown)| shown),
            policy_hash: [0; 32],
            epoch: NO_EPOCH,
            minute: self.minute(envelope.minute),
            challenge: self.challenge,
        };
        let headers = parts.map(|(key, _)| key.key_type.header());
        let messages = pair.messages();
        let messages = messages.each_ref().map(|messages| borrowed(messages));
        let statement = |i: usize| composed::Statement {
            public_key: &parts[i].0.public,
            header: &headers[i],
            message_count: parts[i].0.key_type.len(),
            disclosed: &messages[i],
        };
        composed::check(&[statement(0), statement(1)], &context.presentation_header(), &pair.proof)
            .map_err(|_| OfficeError::Proof)?;
        let [of_first, of_second] = pair.disclosed;
        let [(first, _), (second, _)] = parts;
        Ok([Record::of(&first.key_type, of_first)?, Record::of(&second.key_type, of_second)?])
    }

    /// A key that signs records today, and what is shown of its records.
    fn expected(&self, mode: Mode, key: KeyId) -> Result<(&IssuerKey, Shown), OfficeError> {
        let key = self.list.key(key, self.list.grid().day_of(self.now)).map_err(|_| OfficeError::Proof)?;
        if key.key_type.usage() != Use::Record || mode != Mode::Office {
            return Err(OfficeError::Proof);
        }
        let disclosed = disclosed(&key.key_type, self.ask);
        Ok((key, Shown { type_id: key.key_type.id(), disclosed, key: key.id }))
    }

    fn minute(&self, said: MinuteOfDay) -> Minute {
        Minute::nearest(said, Minute::of(self.now))
    }
}

const NO_EPOCH: Epoch = Epoch { day: Day::new(0), series: 0 };

fn borrowed(messages: &[(usize, Vec<u8>)]) -> Vec<(usize, &[u8])> {
    messages.iter().map(|(index, message)| (*index, message.as_slice())).collect()
}

impl Record {
    fn of(record_type: &CredentialType, disclosed: Vec<(usize, Value)>) -> Result<Self, OfficeError> {
        let claims = as_claims(record_type, disclosed).ok_or(OfficeError::Proof)?;
        let (Some(Value::Handle(handle)), Some(Value::Binding(binding))) =
            (of_kind(record_type, &claims, &Kind::Handle), of_kind(record_type, &claims, &Kind::Binding))
        else {
            return Err(OfficeError::Proof);
        };
        let (handle, binding) = (*handle, *binding);
        Ok(Self { record_type: record_type.clone(), claims, handle, binding })
    }

    fn ends_before(&self, day: Day) -> bool {
        matches!(self.claims.get(&self.record_type, VALID_UNTIL), Some(Value::Day(last)) if *last < day)
    }
}

fn same_list(ask: &OfficeAsk, list: &TrustList) -> Result<(), OfficeError> {
    if (ask.trust_version, ask.trust_hash) == (list.version(), list.hash()) {
        Ok(())
    } else {
        Err(OfficeError::OtherTrustList { ours: list.version() })
    }
}

/// Everybody asks for the whole window from today on, so that no request stands out. A wallet's clock may be a little wrong.
fn whole_window(ask: &OfficeAsk, list: &TrustList, now: Moment) -> Result<(), OfficeError> {
    let grid = list.grid();
    let earliest = grid.day_of(Moment::from_unix(now.unix().saturating_sub(CLOCK_SECONDS)));
    let latest = grid.day_of(Moment::from_unix(now.unix().saturating_add(CLOCK_SECONDS)));
    let days = list.prefetch_days() + 1;
    if ask.days == days && (earliest..=latest).contains(&ask.first_day) {
        Ok(())
    } else {
        Err(OfficeError::OtherWindow { today: grid.day_of(now), days })
    }
}

/// Everything but the hint, which is disclosed only when the passes are to carry it.
fn disclosed(record_type: &CredentialType, ask: &OfficeAsk) -> DisclosedSet {
    let hint = record_type.claims().iter().position(|claim| claim.kind == Kind::Hint);
    let all = DisclosedSet::all(record_type.len());
    hint.filter(|_| !ask.with_hint).map_or(all, |hint| all.without(hint))
}

/// The record as rules see it: a claim that was not disclosed is absent.
fn as_claims(record_type: &CredentialType, disclosed: Vec<(usize, Value)>) -> Option<Claims> {
    let mut values = vec![Value::Absent; record_type.len()];
    for (index, value) in disclosed {
        *values.get_mut(index)? = value;
    }
    Claims::new(record_type, values).ok()
}

fn of_kind<'a>(record_type: &CredentialType, claims: &'a Claims, kind: &Kind) -> Option<&'a Value> {
    let index = record_type.claims().iter().position(|claim| claim.kind == *kind)?;
    claims.values().get(index)
}
