#![doc = include_str!("../rules.md")]

mod written;

use std::collections::BTreeSet;

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

use crate::attributes::{ClaimName, Claims, CredentialType, Kind, RuleId, TypeName, Use, Value};
use crate::cbor::{self, Malformed, through};
use crate::signed::{Statement, role};
use crate::time::{Day, Epoch, Month};
use crate::words::name_type;

pub use written::{SAMPLES, Unwritable};

name_type! {
    /// What officials and doors call a rule: "tested-or-vaccinated".
    RuleName
}

/// From the facts of a record to one pass per day: which facts are enough, and what the pass then says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    body: Body,
    // Invariant: of the canonical encoding of `body`.
    id: RuleId,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
struct Body {
    #[n(0)]
    name: RuleName,
    #[n(1)]
    from: TypeName,
    #[n(2)]
    to: TypeName,
    #[n(3)]
    first: Day,
    #[n(4)]
    last: Day,
    #[n(5)]
    cases: Vec<Vec<Condition>>,
    #[n(6)]
    fill: Vec<(ClaimName, Source)>,
}

/// Something that one fact of a record must be on the day of the pass. An absent fact is never it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub enum Condition {
    /// The code of `claim` is one of these.
    #[n(0)]
    OneOf {
        /// A claim of kind code.
        #[n(0)]
        claim: ClaimName,
        /// The codes that are good enough.
        #[n(1)]
        codes: Codes,
    },
    /// The day of `claim` lies `min` to `max` days before the day of the pass.
    #[n(1)]
    DaysAgo {
        /// A claim of kind day.
        #[n(0)]
        claim: ClaimName,
        /// Fewest days; 0 is the day of the pass itself.
        #[n(1)]
        min: u16,
        /// Most days.
        #[n(2)]
        max: u16,
    },
    /// Since the month of `claim`, counted from its end, so many years have passed.
    #[n(2)]
    AgeAtLeast {
        /// A claim of kind month.
        #[n(0)]
        claim: ClaimName,
        /// Whole years, at most 150.
        #[n(1)]
        years: u8,
    },
}

/// Where a claim of the pass comes from.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub enum Source {
    /// The day and series of the pass.
    #[n(0)]
    Epoch,
    /// The id of the rule.
    #[n(1)]
    Rule,
    /// The same claim value as in the record.
    #[n(2)]
    Copy(#[n(0)] ClaimName),
    /// The same as in the record if all conditions hold, otherwise absent.
    #[n(3)]
    CopyIf(#[n(0)] ClaimName, #[n(1)] Vec<Condition>),
    /// Yes or no: whether so many years have passed since the end of this month. Absent where the month is.
    #[n(4)]
    AgeAtLeast(#[n(0)] ClaimName, #[n(1)] u8),
}

/// One to 254 codes of a vocabulary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Codes(BTreeSet<u8>);

impl Rule {
    /// Most ways in which the facts may be enough.
    pub const MAX_CASES: usize = 8;
    /// Most conditions of one case, or of one [`Source::CopyIf`].
    pub const MAX_CONDITIONS: usize = 8;

    /// What the pass of `epoch` says for this record, or `None` when the facts do not satisfy the rule, the record has ended, or
    /// the rule does not hold that day or speaks of other types. Wallet and office both compute it and must agree.
    pub fn apply(
        &self,
        record_type: &CredentialType,
        record: &Claims,
        pass_type: &CredentialType,
        epoch: Epoch,
    ) -> Option<Claims> {
        self.fits(record_type, pass_type).ok()?;
        let facts = Facts { record_type, record, day: epoch.day };
        let satisfied =
            self.is_in_force(epoch.day) && facts.still_valid() && self.body.cases.iter().any(|case| facts.meet(case));
        if !satisfied {
            return None;
        }
        let values = self.body.fill.iter().map(|(_, source)| self.value_of(source, &facts, epoch));
        Claims::new(pass_type, values.collect()).ok()
    }

    fn value_of(&self, source: &Source, facts: &Facts<'_>, epoch: Epoch) -> Value {
        match source {
            Source::Epoch => Value::Epoch(epoch),
            Source::Rule => Value::Admits(self.id),
            Source::Copy(claim) => facts.value(claim),
            Source::CopyIf(claim, conditions) if facts.meet(conditions) => facts.value(claim),
            Source::CopyIf(..) => Value::Absent,
            Source::AgeAtLeast(claim, years) => match facts.value(claim) {
                Value::Month(born) => Value::Flag(age_reached(born, *years, epoch.day)),
                _ => Value::Absent,
            },
        }
    }

    /// First eight bytes of SHA-256 of the canonical payload.
    pub fn id(&self) -> RuleId {
        self.id
    }

    /// Its name. Several rules, each for its own days, may share one.
    pub fn name(&self) -> &RuleName {
        &self.body.name
    }

    /// The record type whose facts it reads.
    pub fn from(&self) -> &TypeName {
        &self.body.from
    }

    /// The pass type that it fills.
    pub fn to(&self) -> &TypeName {
        &self.body.to
    }

    /// The first day for which it makes passes.
    pub fn first(&self) -> Day {
        self.body.first
    }

    /// The last day for which it makes passes.
    pub fn last(&self) -> Day {
        self.body.last
    }

    /// Whether it makes passes for `day`.
    pub fn is_in_force(&self, day: Day) -> bool {
        (self.body.first..=self.body.last).contains(&day)
    }

    /// The cases: of these any, of the conditions of one all. A case without conditions always holds.
    pub fn cases(&self) -> &[Vec<Condition>] {
        &self.body.cases
    }

    /// Where each claim of the pass comes from, in the order of the pass type.
    pub fn fill(&self) -> &[(ClaimName, Source)] {
        &self.body.fill
    }

    /// Whether every name in the rule means something in these two types.
    ///
    /// # Errors
    /// [`Unfit`] with the first claim that does not fit.
    pub fn fits(&self, record_type: &CredentialType, pass_type: &CredentialType) -> Result<(), Unfit> {
        let Body { from, to, cases, fill, .. } = &self.body;
        if record_type.name() != from || record_type.usage() != Use::Record {
            return Err(Unfit::From(from.clone()));
        }
        if pass_type.name() != to || pass_type.usage() != Use::Pass {
            return Err(Unfit::To(to.clone()));
        }
        cases.iter().flatten().try_for_each(|condition| condition.fits(record_type))?;
        if fill.len() != pass_type.len() {
            return Err(Unfit::Count);
        }
        for ((name, source), claim) in fill.iter().zip(pass_type.claims()) {
            if *name != claim.name || !source.fits(&claim.kind, record_type)? {
                return Err(Unfit::Fill(name.clone()));
            }
        }
        Ok(())
    }
}

impl Condition {
    /// The claim of the record that it is about.
    pub fn claim(&self) -> &ClaimName {
        match self {
            Self::OneOf { claim, .. } | Self::DaysAgo { claim, .. } | Self::AgeAtLeast { claim, .. } => claim,
        }
    }

    /// Whether a record that says `value` under the claim meets it on `day`.
    pub fn holds(&self, value: &Value, day: Day) -> bool {
        match (self, value) {
            (Self::OneOf { codes, .. }, Value::Code(code)) => codes.contains(*code),
            (Self::DaysAgo { min, max, .. }, Value::Day(of)) => {
                day.number().checked_sub(of.number()).is_some_and(|ago| (*min..=*max).contains(&ago))
            }
            (Self::AgeAtLeast { years, .. }, Value::Month(born)) => age_reached(*born, *years, day),
            _ => false,
        }
    }

    fn fits(&self, record_type: &CredentialType) -> Result<(), Unfit> {
        let fits = match (self, kind_of(self.claim(), record_type)?) {
            (Self::OneOf { codes, .. }, Kind::Code(vocabulary)) => {
                codes.iter().all(|code| vocabulary.name_of(code).is_some())
            }
            (Self::DaysAgo { .. }, Kind::Day) | (Self::AgeAtLeast { .. }, Kind::Month) => true,
            _ => false,
        };
        fits.then_some(()).ok_or_else(|| Unfit::Condition(self.claim().clone()))
    }
}

impl Source {
    /// Whether it gives values of `kind`. What names the holder to the office, handle and binding, never reaches a pass.
    fn fits(&self, kind: &Kind, record_type: &CredentialType) -> Result<bool, Unfit> {
        Ok(match self {
            Self::Epoch => *kind == Kind::Epoch,
            Self::Rule => *kind == Kind::Admits,
            Self::Copy(claim) => copies(kind_of(claim, record_type)?, kind),
            Self::CopyIf(claim, conditions) => {
                conditions.iter().try_for_each(|condition| condition.fits(record_type))?;
                copies(kind_of(claim, record_type)?, kind)
            }
            Self::AgeAtLeast(claim, _) => *kind == Kind::Flag && *kind_of(claim, record_type)? == Kind::Month,
        })
    }
}

fn copies(from: &Kind, to: &Kind) -> bool {
    let may_be_absent = matches!(to, Kind::Hint | Kind::Code(_) | Kind::Day | Kind::Month | Kind::Flag);
    may_be_absent && from == to
}

fn kind_of<'a>(claim: &ClaimName, record_type: &'a CredentialType) -> Result<&'a Kind, Unfit> {
    record_type
        .index_of(claim.as_str())
        .and_then(|index| record_type.claims().get(index))
        .map(|claim| &claim.kind)
        .ok_or_else(|| Unfit::Unknown(claim.clone()))
}

/// The facts of a record, looked at on one day.
struct Facts<'a> {
    record_type: &'a CredentialType,
    record: &'a Claims,
    day: Day,
}

impl Facts<'_> {
    /// A record that does not say how long it is valid is not valid.
    fn still_valid(&self) -> bool {
        matches!(self.record.get(self.record_type, "valid_until"), Some(Value::Day(last)) if self.day <= *last)
    }

    fn meet(&self, conditions: &[Condition]) -> bool {
        conditions.iter().all(|condition| condition.holds(&self.value(condition.claim()), self.day))
    }

    fn value(&self, claim: &ClaimName) -> Value {
        self.record.get(self.record_type, claim.as_str()).cloned().unwrap_or(Value::Absent)
    }
}

/// Whether the whole month of birth has passed `years` years ago, so that nobody is called older than they are.
fn age_reached(born: Month, years: u8, today: Day) -> bool {
    u32::from(today.month().number()) > u32::from(born.number()) + 12 * u32::from(years)
}

/// Why a rule does not fit two credential types.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// The rule reads another type.
    #[error("the rule reads records of type {0}")]
    From(TypeName),
    /// The rule fills another type.
    #[error("the rule fills passes of type {0}")]
    To(TypeName),
    /// A claim that the record type does not have.
    #[error("the record type has no claim {0}")]
    Unknown(ClaimName),
    /// A condition on a claim of another kind, or with a code outside the vocabulary.
    #[error("the condition on {0} does not fit the kind of that claim")]
    Condition(ClaimName),
    /// `fill` does not name each claim of the pass type once.
    #[error("`fill` must name each claim of the pass type once")]
    Count,
    /// A claim of the pass with a source of another kind.
    #[error("the pass type has no claim {0} at this place, or its source is of another kind")]
    Fill(ClaimName),
}

impl Statement for Rule {
    type Signer = role::Root;
    const CONTEXT: &'static str = "bauta/v1/rule";
    const MAX: usize = 4096;
}

impl TryFrom<Body> for Rule {
    type Error = Malformed;

    fn try_from(body: Body) -> Result<Self, Malformed> {
        let Body { first, last, cases, fill, .. } = &body;
        if first > last {
            return Err(Malformed::new("a rule ends before it begins"));
        }
        if cases.is_empty() || cases.len() > Self::MAX_CASES {
            return Err(Malformed::new("a rule has 1 to 8 cases"));
        }
        cases.iter().try_for_each(|case| well_formed(case))?;
        for (_, source) in fill {
            match source {
                Source::CopyIf(_, conditions) if conditions.is_empty() => {
                    return Err(Malformed::new("a conditional copy needs a condition"));
                }
                Source::CopyIf(_, conditions) => well_formed(conditions)?,
                Source::AgeAtLeast(_, years) => well_formed_age(*years)?,
                Source::Epoch | Source::Rule | Source::Copy(_) => {}
            }
        }
        let names: BTreeSet<_> = fill.iter().map(|(name, _)| name).collect();
        if names.len() != fill.len() || fill.len() > CredentialType::MAX_CLAIMS {
            return Err(Malformed::new("a rule fills each claim once"));
        }
        let [a, b, c, d, e, f, g, h, ..] = <[u8; 32]>::from(Sha256::digest(cbor::encode(&body)));
        Ok(Self { body, id: RuleId::new([a, b, c, d, e, f, g, h]) })
    }
}

fn well_formed(conditions: &[Condition]) -> Result<(), Malformed> {
    if conditions.len() > Rule::MAX_CONDITIONS {
        return Err(Malformed::new("a case has at most 8 conditions"));
    }
    conditions.iter().try_for_each(|condition| match condition {
        Condition::DaysAgo { min, max, .. } if min > max => {
            Err(Malformed::new("a condition with fewer days at most than at least"))
        }
        Condition::AgeAtLeast { years, .. } => well_formed_age(*years),
        Condition::OneOf { .. } | Condition::DaysAgo { .. } => Ok(()),
    })
}

fn well_formed_age(years: u8) -> Result<(), Malformed> {
    (years <= 150).then_some(()).ok_or(Malformed::new("an age has at most 150 years"))
}

impl From<&Rule> for Body {
    fn from(rule: &Rule) -> Self {
        rule.body.clone()
    }
}

impl Codes {
    /// # Errors
    /// [`Malformed`] without any code or with code 0 or 255, which no vocabulary has.
    pub fn new(codes: impl IntoIterator<Item = u8>) -> Result<Self, Malformed> {
        let codes: BTreeSet<u8> = codes.into_iter().collect();
        let known = !codes.is_empty() && codes.iter().all(|code| (1..=254).contains(code));
        known.then_some(Self(codes)).ok_or(Malformed::new("codes are numbers from 1 to 254, at least one"))
    }

    /// Whether `code` is among them.
    pub fn contains(&self, code: u8) -> bool {
        self.0.contains(&code)
    }

    /// The codes, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u8> {
        self.0.iter().copied()
    }
}

impl TryFrom<ByteVec> for Codes {
    type Error = Malformed;

    fn try_from(codes: ByteVec) -> Result<Self, Malformed> {
        Self::new(codes.iter().copied())
    }
}

impl From<&Codes> for ByteVec {
    fn from(codes: &Codes) -> Self {
        codes.0.iter().copied().collect::<Vec<u8>>().into()
    }
}

through!(Rule => Body, Codes => ByteVec);

#[cfg(test)]
mod tests;
