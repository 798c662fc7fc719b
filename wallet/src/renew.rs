//! From a record to the passes of the coming days.
//!
//! The wallet shows its record to the pass office and asks for the default set: every rule, every day of the window. The answer has one
//! size for everybody. Each pass is recomputed here from the facts, the rules and the slots of the trust list; the office
//! contributes the signature and nothing else.
//!
//! A rule may read two records. Two are shown together only where the wallet has computed that they give a pass which neither gives
//! alone: so an office hears that two records are one holder's only from holders whom that helps.

use std::fmt;

use bauta_crypto::holder::Prover;
use bauta_crypto::pseudonym::HolderSecret;
use bauta_crypto::{InvalidSignature, Signature, Unusable, composed, holder};
use bauta_spec::Malformed;
use bauta_spec::attributes::{Claims, CredentialType, DisclosedSet, ForeignClaim, Kind, TypeName, Value};
use bauta_spec::credential::Credential;
use bauta_spec::issuance::{HowMany, OfficeAnswer, OfficeAsk, OfficeRequest, Records};
use bauta_spec::presentation::{Context, Envelope, Mode, Pair, PairContext, PairEnvelope, Part, Shown};
use bauta_spec::rules::Presented;
use bauta_spec::time::{Day, Epoch, Minute, Moment};
use bauta_spec::trust::{IssuerKey, KeyRefusal, Slot, TrustList};
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

/// What a request is made with: a record alone, or two of this wallet.
#[derive(Clone, Copy, Debug)]
pub struct Basis<'a> {
    /// The passes have its commitment.
    record: &'a Record,
    other: Option<&'a Record>,
}

/// A request on its way to the office.
pub struct Renewal<'a> {
    basis: Basis<'a>,
    secret: &'a HolderSecret,
    trust: &'a TrustList,
    asked: Asked,
}

/// What was asked of an office, for as long as its answer is on the way.
pub struct Asked {
    hint: HintWish,
    request: OfficeRequest,
}

impl<'a> Renewal<'a> {
    /// Asks for all passes of today and of the days that the programme lets wallets hold in advance: with a record, or with an array of two.
    ///
    /// `nonce` is the office's. Everything of a record is disclosed but the hint, which stays hidden unless it is wished for.
    ///
    /// # Errors
    /// [`NotAsked`] when the trust list no longer has a record's key, or a record has ended.
    pub fn new(
        basis: impl Into<Basis<'a>>,
        secret: &'a HolderSecret,
        trust: &'a TrustList,
        nonce: &[u8],
        hint: HintWish,
        now: Moment,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, NotAsked> {
        let basis = basis.into();
        let ask = OfficeAsk {
            commitment: holder::commit_again(secret, &basis.record.opening.blind, rng)?,
            nonce: nonce.to_vec(),
            first_day: trust.grid().day_of(now),
            days: trust.prefetch_days() + 1,
            with_hint: hint == HintWish::Include,
            trust_version: trust.version(),
            trust_hash: trust.hash(),
        };
        let shower = Shower { secret, trust, ask: &ask, hint, minute: Minute::of(now) };
        let presentation = match basis.other {
            None => Records::One(shower.one(basis.record, rng)?),
            Some(other) => Records::Two(shower.two([basis.record, other], rng)?),
        };
        let asked = Asked { hint, request: OfficeRequest { ask, presentation } };
        Ok(Self { basis, secret, trust, asked })
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
        if self.trust.hash() != self.asked.request.ask.trust_hash {
            return Err(Refusal::OtherList);
        }
        let slots = self.trust.slots(&self.basis.types(), self.first_day(), self.asked.request.ask.days);
        let answer = OfficeAnswer::from_bytes(answer)?;
        if answer.len() != slots.len() {
            return Err(Refusal::Count { expected: slots.len(), got: answer.len() });
        }
        let known = self.basis.known_to_the_office(self.asked.hint)?;
        let passes = slots.iter().zip(answer.signatures()).map(|(slot, signature)| {
            let signature = signature.map_err(|_| Refusal::Signature(slot.epoch.day))?;
            self.pass(slot, &known, signature)
        });
        passes.filter_map(Result::transpose).collect()
    }

    fn pass(&self, slot: &Slot<'_>, known: &Known<'_>, signature: Option<Signature>) -> Result<Option<Pass>, Refusal> {
        let day = slot.epoch.day;
        let (claims, signature) = match (known.due(slot), signature) {
            (None, None) => return Ok(None),
            (None, Some(_)) => return Err(Refusal::Undue(day)),
            (Some(_), None) => return Err(Refusal::Missing(day)),
            (Some(claims), Some(signature)) => (claims, signature),
        };
        let credential = Credential { key: slot.key.id, claims, signature };
        let held = Held { credential_type: slot.key.key_type.clone(), credential };
        let opening = &self.basis.record.opening;
        held.verify(&slot.key.public, opening, self.secret).map_err(|_| Refusal::Signature(day))?;
        // What one of two gives alone is asked for alone, and must not go when the other is removed.
        let kept = self.basis.other.is_none() || known.needs_both(slot);
        let rests_on = self.basis.other.and_then(Record::binding);
        Ok(kept.then(|| Pass { held, epoch: slot.epoch, rule: slot.rule.id(), rests_on }))
    }
}

impl Basis<'_> {
    /// Whether two records give a pass of the window that neither gives alone, and that is not here yet.
    pub fn lacks_passes(&self, trust: &TrustList, hint: HintWish, now: Moment) -> bool {
        let (Some(other), Ok(known)) = (self.other, self.known_to_the_office(hint)) else { return false };
        let slots = trust.slots(&self.types(), trust.grid().day_of(now), trust.prefetch_days() + 1);
        slots.iter().filter(|slot| known.needs_both(slot)).any(|slot| {
            let due = known.due(slot);
            let is_it = |pass: &Pass| {
                let Credential { key, claims, .. } = &pass.held.credential;
                pass.rests_on == other.binding() && *key == slot.key.id && Some(claims) == due.as_ref()
            };
            !self.record.passes.iter().any(is_it)
        })
    }

    fn records(&self) -> impl Iterator<Item = &Record> {
        [self.record].into_iter().chain(self.other)
    }

    fn types(&self) -> Vec<&TypeName> {
        self.records().map(|record| record.credential_type().name()).collect()
    }

    /// What was not disclosed is absent for the office, and so for the passes.
    fn known_to_the_office(&self, hint: HintWish) -> Result<Known<'_>, ForeignClaim> {
        let known = self.records().map(|record| {
            let disclosed = disclosed_to_the_office(record, hint);
            let values = record.claims().values().iter().enumerate();
            let values = values.map(|(index, value)| match disclosed.contains(index) {
                true => value.clone(),
                false => Value::Absent,
            });
            Ok((record.credential_type(), Claims::new(record.credential_type(), values.collect())?))
        });
        known.collect::<Result<_, _>>().map(Known)
    }
}

impl<'a> From<&'a Record> for Basis<'a> {
    fn from(record: &'a Record) -> Self {
        Self { record, other: None }
    }
}

/// Passes have the commitment of the first.
impl<'a> From<[&'a Record; 2]> for Basis<'a> {
    fn from([record, other]: [&'a Record; 2]) -> Self {
        Self { record, other: Some(other) }
    }
}

/// One record or two as the office sees them.
struct Known<'a>(Vec<(&'a CredentialType, Claims)>);

impl Known<'_> {
    fn presented(&self) -> Vec<Presented<'_>> {
        self.0.iter().map(|(record_type, claims)| Presented { record_type, claims }).collect()
    }

    fn due(&self, slot: &Slot<'_>) -> Option<Claims> {
        slot.rule.apply(&self.presented(), &slot.key.key_type, slot.epoch)
    }

    /// Whether they give this pass together and neither alone.
    fn needs_both(&self, slot: &Slot<'_>) -> bool {
        let alone = |record| slot.rule.apply(&[record], &slot.key.key_type, slot.epoch).is_some();
        self.due(slot).is_some() && !self.presented().into_iter().any(alone)
    }
}

/// Shows records to an office.
struct Shower<'a> {
    secret: &'a HolderSecret,
    trust: &'a TrustList,
    ask: &'a OfficeAsk,
    hint: HintWish,
    minute: Minute,
}

impl Shower<'_> {
    fn one(&self, record: &Record, rng: &mut impl CryptoRng) -> Result<Envelope, NotAsked> {
        let (key, Shown { type_id, disclosed, key: id }) = self.shown(record)?;
        let context = Context {
            mode: Mode::Office,
            type_id,
            disclosed,
            key: id,
            policy_hash: [0; 32],
            epoch: NO_EPOCH,
            minute: self.minute,
            challenge: self.ask.challenge(HowMany::One),
        };
        let ph = context.presentation_header();
        let proof = record.held.prove(&key.public, &record.opening, self.secret, disclosed, &ph, rng)?;
        let part = Part { disclosed: record.held.disclose(disclosed), pseudonym: None, proof };
        Ok(Envelope::seal(&context, record.credential_type(), &part)?)
    }

    fn two(&self, records: [&Record; 2], rng: &mut impl CryptoRng) -> Result<PairEnvelope, NotAsked> {
        let [first, second] = records.map(|record| self.prover(record));
        let provers = [first?, second?];
        let parts = provers.each_ref().map(|(_, shown)| *shown);
        let context = PairContext {
            mode: Mode::Office,
            parts,
            policy_hash: [0; 32],
            epoch: NO_EPOCH,
            minute: self.minute,
            challenge: self.ask.challenge(HowMany::Two),
        };
        let indexes = parts.map(|shown| shown.disclosed.indexes());
        let [(first, _), (second, _)] = &provers;
        let [of_first, of_second] = &indexes;
        let composed = [
            composed::Part { prover: first, disclosed_indexes: of_first },
            composed::Part { prover: second, disclosed_indexes: of_second },
        ];
        let proof = composed::show(&composed, &context.presentation_header(), rng)?;
        let disclosed = [0, 1].map(|i: usize| records[i].held.disclose(parts[i].disclosed));
        let pair = Pair { disclosed, pseudonym: None, proof };
        Ok(PairEnvelope::seal(&context, records.map(Record::credential_type), &pair)?)
    }

    fn prover(&self, record: &Record) -> Result<(Prover, Shown), NotAsked> {
        let (key, shown) = self.shown(record)?;
        let prover = record.held.prover(&key.public, &record.opening, self.secret);
        Ok((prover.map_err(|InvalidSignature| Unusable::Signature)?, shown))
    }

    /// The record's key, if it counts on the first day, and what is shown.
    fn shown(&self, record: &Record) -> Result<(&IssuerKey, Shown), NotAsked> {
        let first_day = self.ask.first_day;
        let key = listed(self.trust, record.held.credential.key, first_day)?;
        if record.valid_until().is_none_or(|last| last < first_day) {
            return Err(NotAsked::Ended);
        }
        let disclosed = disclosed_to_the_office(record, self.hint);
        Ok((key, Shown { type_id: record.credential_type().id(), disclosed, key: key.id }))
    }
}

const NO_EPOCH: Epoch = Epoch { day: Day::new(0), series: 0 };

impl Asked {
    /// With what was shown, and the list that went with it.
    pub fn resume<'a>(
        self,
        basis: impl Into<Basis<'a>>,
        secret: &'a HolderSecret,
        trust: &'a TrustList,
    ) -> Renewal<'a> {
        Renewal { basis: basis.into(), secret, trust, asked: self }
    }
}

impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { hint: _, request: _ } = self;
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
