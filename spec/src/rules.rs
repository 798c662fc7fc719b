#![doc = include_str!("../rules.md")]

mod written;

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

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

/// From the facts of one record or two to one pass per day: which facts are enough, and what the pass then says.
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
    from: Vec<TypeName>,
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

/// Which of the records that a rule reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Place {
    /// The first of `from`.
    #[n(0)]
    First,
    /// The second, of a rule that reads two.
    #[n(1)]
    Second,
}

/// A claim of one of the records that a rule reads. Written as the claim's name alone for the first record, and as
/// `second.` with the name for the second.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct Fact {
    /// Which record.
    #[n(0)]
    pub record: Place,
    /// Which of its claims.
    #[n(1)]
    pub claim: ClaimName,
}

/// A record as rules see it: a claim that was not disclosed is absent.
#[derive(Clone, Copy, Debug)]
pub struct Presented<'a> {
    /// Its type.
    pub record_type: &'a CredentialType,
    /// What it says.
    pub claims: &'a Claims,
}

/// Something that one fact must be on the day of the pass. An absent fact is never it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub enum Condition {
    /// The code of `fact` is one of these.
    #[n(0)]
    OneOf {
        /// A claim of kind code.
        #[n(0)]
        fact: Fact,
        /// The codes that are good enough.
        #[n(1)]
        codes: Codes,
    },
    /// The day of `fact` lies `min` to `max` days before the day of the pass.
    #[n(1)]
    DaysAgo {
        /// A claim of kind day.
        #[n(0)]
        fact: Fact,
        /// Fewest days; 0 is the day of the pass itself.
        #[n(1)]
        min: u16,
        /// Most days.
        #[n(2)]
        max: u16,
    },
    /// Since the month of `fact`, counted from its end, so many years have passed.
    #[n(2)]
    AgeAtLeast {
        /// A claim of kind month.
        #[n(0)]
        fact: Fact,
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
    Copy(#[n(0)] Fact),
    /// The same as in the record if all conditions hold, otherwise absent.
    #[n(3)]
    CopyIf(#[n(0)] Fact, #[n(1)] Vec<Condition>),
    /// Yes or no: whether so many years have passed since the end of this month. Absent where the month is.
    #[n(4)]
    AgeAtLeast(#[n(0)] Fact, #[n(1)] u8),
}

/// One to 254 codes of a vocabulary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Codes(BTreeSet<u8>);

impl Rule {
    /// Most records that one pass rests on.
    pub const MAX_RECORDS: usize = 2;
    /// Most ways in which the facts may be enough.
    pub const MAX_CASES: usize = 8;
    /// Most conditions of one case, or of one [`Source::CopyIf`].
    pub const MAX_CONDITIONS: usize = 8;

    /// What the pass of `epoch` says for these records of one holder, or `None` when their facts do not satisfy the rule, a record has ended,
    /// or the rule does not hold that day or speaks of other types. Wallet and office both compute it and must agree.
    ///
    /// Each place of [`Rule::from`] takes a record, and one record may take both. Where several ways of taking them satisfy the rule, the
    /// first counts: the earlier record for the first place, then the earlier for the second.
    pub fn apply(&self, presented: &[Presented<'_>], pass_type: &CredentialType, epoch: Epoch) -> Option<Claims> {
        if !self.is_in_force(epoch.day) {
            return None;
        }
        let facts = self.ways_of_taking(presented).into_iter().map(|taken| Facts { taken, day: epoch.day });
        let mut satisfying = facts.filter(|facts| {
            self.fits(&facts.types(), pass_type).is_ok()
                && facts.still_valid()
                && facts.of_one_person()
                && self.body.cases.iter().any(|case| facts.meet(case))
        });
        let facts = satisfying.next()?;
        let values = self.body.fill.iter().map(|(_, source)| self.value_of(source, &facts, epoch));
        Claims::new(pass_type, values.collect()).ok()
    }

    /// Whether an office that is shown records of these types, one or two, tries this rule: each of them has a place in it, and each place
    /// one of them. A rule for two records of one type is tried on one such record too.
    pub fn is_for(&self, records: &[&TypeName]) -> bool {
        match (self.body.from.as_slice(), records) {
            (from, [only]) => from.iter().all(|named| named == *only),
            ([a, b], [one, other]) => (a, b) == (*one, *other) || (b, a) == (*one, *other),
            _ => false,
        }
    }

    fn ways_of_taking<'a>(&self, presented: &[Presented<'a>]) -> Vec<Vec<Presented<'a>>> {
        let one = presented.iter().map(|record| vec![*record]);
        match self.body.from.len() {
            1 => one.collect(),
            _ => one
                .flat_map(|first| presented.iter().map(move |second| [first.as_slice(), &[*second]].concat()))
                .collect(),
        }
    }

    fn value_of(&self, source: &Source, facts: &Facts<'_>, epoch: Epoch) -> Value {
        match source {
            Source::Epoch => Value::Epoch(epoch),
            Source::Rule => Value::Admits(self.id),
            Source::Copy(fact) => facts.value(fact),
            Source::CopyIf(fact, conditions) if facts.meet(conditions) => facts.value(fact),
            Source::CopyIf(..) => Value::Absent,
            Source::AgeAtLeast(fact, years) => match facts.value(fact) {
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

    /// The types of the records whose facts it reads: one or two.
    pub fn from(&self) -> &[TypeName] {
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

    /// Whether every name in the rule means something in these types: of the records in the order of [`Rule::from`], and of the pass.
    ///
    /// # Errors
    /// [`Unfit`] with the first claim that does not fit.
    pub fn fits(&self, record_types: &[&CredentialType], pass_type: &CredentialType) -> Result<(), Unfit> {
        let Body { from, to, cases, fill, .. } = &self.body;
        if record_types.len() != from.len() {
            return Err(Unfit::Records(from.len()));
        }
        for (from, record_type) in from.iter().zip(record_types) {
            if record_type.name() != from || record_type.usage() != Use::Record {
                return Err(Unfit::From(from.clone()));
            }
        }
        if pass_type.name() != to || pass_type.usage() != Use::Pass {
            return Err(Unfit::To(to.clone()));
        }
        cases.iter().flatten().try_for_each(|condition| condition.fits(record_types))?;
        if fill.len() != pass_type.len() {
            return Err(Unfit::Count);
        }
        for ((name, source), claim) in fill.iter().zip(pass_type.claims()) {
            if *name != claim.name || !source.fits(&claim.kind, record_types)? {
                return Err(Unfit::Fill(name.clone()));
            }
        }
        // A hint can only come from a record. Another one without any could be anybody's, and the pass would say that it is this person's.
        let without_hint = record_types.iter().find(|record_type| !has_hint(record_type));
        match without_hint.filter(|_| has_hint(pass_type)) {
            Some(record_type) => Err(Unfit::NoHint(record_type.name().clone())),
            None => Ok(()),
        }
    }

    /// Everything that it looks at, but for the ends of the records.
    pub fn facts(&self) -> impl Iterator<Item = &Fact> {
        let decide = self.body.cases.iter().flatten().map(Condition::fact);
        decide.chain(self.body.fill.iter().flat_map(|(_, source)| source.facts()))
    }
}

impl Condition {
    /// What it is about.
    pub fn fact(&self) -> &Fact {
        match self {
            Self::OneOf { fact, .. } | Self::DaysAgo { fact, .. } | Self::AgeAtLeast { fact, .. } => fact,
        }
    }

    /// Whether a fact that says `value` meets it on `day`.
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

    fn fits(&self, record_types: &[&CredentialType]) -> Result<(), Unfit> {
        let fits = match (self, kind_of(self.fact(), record_types)?) {
            (Self::OneOf { codes, .. }, Kind::Code(vocabulary)) => {
                codes.iter().all(|code| vocabulary.name_of(code).is_some())
            }
            (Self::DaysAgo { .. }, Kind::Day) | (Self::AgeAtLeast { .. }, Kind::Month) => true,
            _ => false,
        };
        fits.then_some(()).ok_or_else(|| Unfit::Condition(self.fact().clone()))
    }
}

impl Source {
    /// What it looks at.
    pub fn facts(&self) -> impl Iterator<Item = &Fact> {
        let (fact, conditions): (_, &[Condition]) = match self {
            Self::Epoch | Self::Rule => (None, &[]),
            Self::Copy(fact) | Self::AgeAtLeast(fact, _) => (Some(fact), &[]),
            Self::CopyIf(fact, conditions) => (Some(fact), conditions),
        };
        fact.into_iter().chain(conditions.iter().map(Condition::fact))
    }

    /// Whether it gives values of `kind`. What names the holder to the office, handle and binding, never reaches a pass.
    fn fits(&self, kind: &Kind, record_types: &[&CredentialType]) -> Result<bool, Unfit> {
        Ok(match self {
            Self::Epoch => *kind == Kind::Epoch,
            Self::Rule => *kind == Kind::Admits,
            Self::Copy(fact) => copies(kind_of(fact, record_types)?, kind),
            Self::CopyIf(fact, conditions) => {
                conditions.iter().try_for_each(|condition| condition.fits(record_types))?;
                copies(kind_of(fact, record_types)?, kind)
            }
            Self::AgeAtLeast(fact, _) => *kind == Kind::Flag && *kind_of(fact, record_types)? == Kind::Month,
        })
    }
}

fn has_hint(credential_type: &CredentialType) -> bool {
    credential_type.claims().iter().any(|claim| claim.kind == Kind::Hint)
}

fn copies(from: &Kind, to: &Kind) -> bool {
    let may_be_absent = matches!(to, Kind::Hint | Kind::Code(_) | Kind::Day | Kind::Month | Kind::Flag);
    may_be_absent && from == to
}

fn kind_of<'a>(fact: &Fact, record_types: &[&'a CredentialType]) -> Result<&'a Kind, Unfit> {
    let record_type = record_types.get(fact.record.index());
    let claim = record_type.and_then(|record_type| record_type.claim(fact.claim.as_str()));
    claim.map(|claim| &claim.kind).ok_or_else(|| Unfit::Unknown(fact.clone()))
}

/// The facts of the records that were taken, one for each place, looked at on one day.
struct Facts<'a> {
    taken: Vec<Presented<'a>>,
    day: Day,
}

impl Facts<'_> {
    fn types(&self) -> Vec<&CredentialType> {
        self.taken.iter().map(|taken| taken.record_type).collect()
    }

    /// A record that does not say how long it is valid is not valid.
    fn still_valid(&self) -> bool {
        let valid = |Presented { record_type, claims }: &Presented<'_>| matches!(claims.get(record_type, "valid_until"), Some(Value::Day(last)) if self.day <= *last);
        self.taken.iter().all(valid)
    }

    /// A hint that one record says and another does not, or says otherwise: these may be two persons' records in one wallet.
    fn of_one_person(&self) -> bool {
        let mut hints = self.taken.iter().filter_map(|Presented { record_type, claims }| {
            let index = record_type.claims().iter().position(|claim| claim.kind == Kind::Hint)?;
            claims.values().get(index)
        });
        hints.next().is_none_or(|first| hints.all(|other| other == first))
    }

    fn meet(&self, conditions: &[Condition]) -> bool {
        conditions.iter().all(|condition| condition.holds(&self.value(condition.fact()), self.day))
    }

    fn value(&self, fact: &Fact) -> Value {
        let value = self
            .taken
            .get(fact.record.index())
            .and_then(|Presented { record_type, claims }| claims.get(record_type, fact.claim.as_str()));
        value.cloned().unwrap_or(Value::Absent)
    }
}

impl Place {
    /// Where it stands in [`Rule::from`].
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// Before the name of a claim of the second record, in texts.
const SECOND: &str = "second.";

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { record, claim } = self;
        match record {
            Place::First => write!(f, "{claim}"),
            Place::Second => write!(f, "{SECOND}{claim}"),
        }
    }
}

impl FromStr for Fact {
    type Err = <ClaimName as FromStr>::Err;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (record, claim) = match text.strip_prefix(SECOND) {
            Some(claim) => (Place::Second, claim),
            None => (Place::First, text),
        };
        Ok(Self { record, claim: claim.parse()? })
    }
}

/// Whether the whole month of birth has passed `years` years ago, so that nobody is called older than they are.
fn age_reached(born: Month, years: u8, today: Day) -> bool {
    u32::from(today.month().number()) > u32::from(born.number()) + 12 * u32::from(years)
}

/// Why a rule does not fit credential types.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// The rule reads another number of records.
    #[error("the rule reads {0} records")]
    Records(usize),
    /// The rule reads another type.
    #[error("the rule reads records of type {0}")]
    From(TypeName),
    /// The rule fills another type.
    #[error("the rule fills passes of type {0}")]
    To(TypeName),
    /// A claim that the record type does not have, or of a record that the rule does not read.
    #[error("no record that the rule reads has the claim {0}")]
    Unknown(Fact),
    /// A condition on a claim of another kind, or with a code outside the vocabulary.
    #[error("the condition on {0} does not fit the kind of that claim")]
    Condition(Fact),
    /// `fill` does not name each claim of the pass type once.
    #[error("`fill` must name each claim of the pass type once")]
    Count,
    /// A claim of the pass with a source of another kind.
    #[error("the pass type has no claim {0} at this place, or its source is of another kind")]
    Fill(ClaimName),
    /// A pass with the hint of one record that would rest on another one without.
    #[error(
        "the pass would carry the hint of one record and rest on one of type {0}, which has none to compare it with: fill a pass type \
         without a hint, or read records that have one"
    )]
    NoHint(TypeName),
}

impl Statement for Rule {
    type Signer = role::Root;
    const CONTEXT: &'static str = "bauta/v1/rule";
    const MAX: usize = 4096;
}

impl TryFrom<Body> for Rule {
    type Error = Malformed;

    fn try_from(body: Body) -> Result<Self, Malformed> {
        let Body { from, first, last, cases, fill, .. } = &body;
        one_or_two(from)?;
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
        let records = from.len();
        let [a, b, c, d, e, f, g, h, ..] = <[u8; 32]>::from(Sha256::digest(cbor::encode(&body)));
        let rule = Self { body, id: RuleId::new([a, b, c, d, e, f, g, h]) };
        if rule.facts().any(|fact| fact.record.index() >= records) {
            return Err(Malformed::new("a rule that reads one record has no second"));
        }
        Ok(rule)
    }
}

fn one_or_two(from: &[TypeName]) -> Result<(), Malformed> {
    let fits = (1..=Rule::MAX_RECORDS).contains(&from.len());
    fits.then_some(()).ok_or(Malformed::new("a rule reads one record or two"))
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
