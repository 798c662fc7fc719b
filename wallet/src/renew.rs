//! From a record to the passes of the coming days.
//!
//! The wallet shows its record to the pass office and asks for the default set: every rule, every day of the window. The answer has one
//! size for everybody. Each pass is recomputed here from the facts, the rules and the slots of the trust list; the office
//! contributes the signature and nothing else.

use std::fmt;

use bauta_crypto::pseudonym::HolderSecret;
use bauta_crypto::{Signature, Unusable, holder};
use bauta_spec::Malformed;
use bauta_spec::attributes::{Claims, DisclosedSet, ForeignClaim, Kind, Value};
use bauta_spec::credential::Credential;
use bauta_spec::issuance::{OfficeAnswer, OfficeAsk, OfficeRequest};
use bauta_spec::presentation::{Context, Envelope, Mode, Part};
use bauta_spec::time::{Day, Epoch, Minute, Moment};
use bauta_spec::trust::{KeyRefusal, Slot, TrustList};
use rand_core::CryptoRng;

use crate::holding::{Held, Pass, Record, listed};

/// Whether the passes shall carry the hint that a door compares with an ID card. The office learns it then.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HintWish {
    /// The passes carry none.
    LeaveOut,
    /// The passes carry the record's hint.
    Include,
}

/// A request on its way to the office.
pub struct Renewal<'a> {
    record: &'a Record,
    secret: &'a HolderSecret,
    trust: &'a TrustList,
    asked: Asked,
}

/// What was asked of an office, for as long as its answer is on the way.
pub struct Asked {
    disclosed: DisclosedSet,
    request: OfficeRequest,
}

impl<'a> Renewal<'a> {
    /// Asks for all passes of today and of the days that the programme lets wallets hold in advance.
    ///
    /// `nonce` is the office's. Everything of the record is disclosed but the hint, which stays hidden unless it is wished for.
    ///
    /// # Errors
    /// [`NotAsked`] when the trust list no longer has the record's key, or the record has ended.
    pub fn new(
        record: &'a Record,
        secret: &'a HolderSecret,
        trust: &'a TrustList,
        nonce: &[u8],
        hint: HintWish,
        now: Moment,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, NotAsked> {
        let first_day = trust.grid().day_of(now);
        let key = listed(trust, record.held.credential.key, first_day)?;
        if record.valid_until().is_none_or(|last| last < first_day) {
            return Err(NotAsked::Ended);
        }
        let disclosed = disclosed_to_the_office(record, hint);
        let ask = OfficeAsk {
            commitment: holder::commit_again(secret, &record.opening.blind, rng)?,
            nonce: nonce.to_vec(),
            first_day,
            days: trust.prefetch_days() + 1,
            with_hint: hint == HintWish::Include,
            trust_version: trust.version(),
            trust_hash: trust.hash(),
        };
        let context = Context {
            mode: Mode::Office,
            type_id: record.credential_type().id(),
            disclosed,
            key: key.id,
            policy_hash: [0; 32],
            epoch: Epoch { day: Day::new(0), series: 0 },
            minute: Minute::of(now),
            challenge: ask.challenge(),
        };
        let ph = context.presentation_header();
        let proof = record.held.prove(&key.public, &record.opening, secret, disclosed, &ph, rng)?;
        let part = Part { disclosed: record.held.disclose(disclosed), pseudonym: None, proof };
        let presentation = Envelope::seal(&context, record.credential_type(), &part)?;
        let asked = Asked { disclosed, request: OfficeRequest { ask, presentation } };
        Ok(Self { record, secret, trust, asked })
    }

    /// What the office gets to see.
    pub fn request(&self) -> &OfficeRequest {
        &self.asked.request
    }

    /// Puts record, secret and list back where they come from until the answer is here.
    pub fn into_asked(self) -> Asked {
        self.asked
    }

    /// The first day that was asked for.
    pub fn first_day(&self) -> Day {
        self.asked.request.ask.first_day
    }

    /// The last day that was asked for.
    pub fn last_day(&self) -> Day {
        self.first_day().plus(self.asked.request.ask.days - 1)
    }

    /// Takes `self`: one request has one answer. All passes hold, or none is kept.
    ///
    /// # Errors
    /// [`Refusal`] with the day of the first pass that is not the one that facts and rules make.
    pub fn receive(self, answer: &[u8]) -> Result<Vec<Pass>, Refusal> {
        let slots =
            self.trust.slots(self.record.credential_type().name(), self.first_day(), self.asked.request.ask.days);
        if self.trust.hash() != self.asked.request.ask.trust_hash {
            return Err(Refusal::OtherList);
        }
        let answer = OfficeAnswer::from_bytes(answer)?;
        if answer.len() != slots.len() {
            return Err(Refusal::Count { expected: slots.len(), got: answer.len() });
        }
        let facts = self.facts_that_the_office_knows()?;
        let passes = slots.iter().zip(answer.signatures()).map(|(slot, signature)| {
            let signature = signature.map_err(|_| Refusal::Signature(slot.epoch.day))?;
            self.pass(slot, &facts, signature)
        });
        passes.filter_map(Result::transpose).collect()
    }

    fn pass(&self, slot: &Slot<'_>, facts: &Claims, signature: Option<Signature>) -> Result<Option<Pass>, Refusal> {
        let day = slot.epoch.day;
        let pass_type = &slot.key.key_type;
        let due = slot.rule.apply(self.record.credential_type(), facts, pass_type, slot.epoch);
        let (claims, signature) = match (due, signature) {
            (None, None) => return Ok(None),
            (None, Some(_)) => return Err(Refusal::Undue(day)),
            (Some(_), None) => return Err(Refusal::Missing(day)),
            (Some(claims), Some(signature)) => (claims, signature),
        };
        let credential = Credential { key: slot.key.id, claims, signature };
        let held = Held { credential_type: pass_type.clone(), credential };
        held.verify(&slot.key.public, &self.record.opening, self.secret).map_err(|_| Refusal::Signature(day))?;
        Ok(Some(Pass { held, epoch: slot.epoch, rule: slot.rule.id() }))
    }

    /// What was not disclosed is absent for the office, and so for the passes.
    fn facts_that_the_office_knows(&self) -> Result<Claims, ForeignClaim> {
        let values = self.record.claims().values().iter().enumerate();
        let known = values.map(|(index, value)| match self.asked.disclosed.contains(index) {
            true => value.clone(),
            false => Value::Absent,
        });
        Claims::new(self.record.credential_type(), known.collect())
    }
}

impl Asked {
    /// With the record that was shown, and the list that went with it.
    pub fn resume<'a>(self, record: &'a Record, secret: &'a HolderSecret, trust: &'a TrustList) -> Renewal<'a> {
        Renewal { record, secret, trust, asked: self }
    }
}

impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { disclosed: _, request: _ } = self;
        f.write_str("Asked(..)")
    }
}

fn disclosed_to_the_office(record: &Record, hint: HintWish) -> DisclosedSet {
    let claims = record.credential_type().claims().iter().enumerate();
    let hidden = |kind: &Kind| *kind == Kind::Hint && hint == HintWish::LeaveOut;
    claims.filter(|(_, claim)| !hidden(&claim.kind)).fold(DisclosedSet::default(), |set, (index, _)| set.with(index))
}

/// When to renew in the background: uniformly between 18 and 30 hours from now, and never because of a showing. A wallet that renewed
/// at its own hour, or on its way in, could be recognised by the hour or found at the door.
pub fn next_time(now: Moment, rng: &mut impl CryptoRng) -> Moment {
    const EARLIEST: u64 = 18 * 3600;
    const SPREAD: u64 = 12 * 3600;
    // 2^64 is so much larger than the spread that no second is noticeably likelier than another.
    Moment::from_unix(now.unix() + EARLIEST + rng.next_u64() % SPREAD)
}

/// Why there is nothing to send to the office.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAsked {
    /// The record's key is no longer listed.
    #[error("the authority no longer lists the key of this record: {0}. Ask the lab for a new result")]
    Key(#[from] KeyRefusal),
    /// The record has ended.
    #[error("this record has ended. Ask the lab for a new result")]
    Ended,
    /// The record does not hold: the wallet file was made by something else.
    #[error("this record does not hold: {0}. Collect it again")]
    Record(#[from] Unusable),
    /// The record cannot be written as a presentation.
    #[error("this record cannot be shown to an office: {0}")]
    Malformed(#[from] Malformed),
}

/// Why the office's answer is not kept. Nothing of it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not the bytes of an answer.
    #[error("what the office sent is not an answer: {0}")]
    Malformed(#[from] Malformed),
    /// An answer of another size than everybody's.
    #[error("the office answered {got} places where the trust list has {expected}")]
    Count {
        /// Places that rules and days make.
        expected: usize,
        /// Places in the answer.
        got: usize,
    },
    /// A newer list was taken while the office was answering by the one before.
    #[error("a newer trust list came while the office was answering: renew again")]
    OtherList,
    /// The facts satisfy a rule, and the office gave no pass.
    #[error("the office left out a pass for {0} that your facts give you a right to")]
    Missing(Day),
    /// The office gave a pass that the facts do not satisfy.
    #[error("the office gave a pass for {0} that your facts do not give you a right to")]
    Undue(Day),
    /// Signed by another key, for other messages, another header or another commitment.
    #[error("the office's signature for {0} does not hold: it signed something else than the rules say")]
    Signature(Day),
    /// The record type has no place for an absent fact.
    #[error("the facts of this record cannot be hidden: {0}")]
    Facts(#[from] ForeignClaim),
}
