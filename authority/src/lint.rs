//! Whether what is about to be published lets a door pick anybody out of the crowd.
//!
//! Every signature, key id, day and header of a presentation is the same for everybody who shows it under one policy on one day:
//! keys and rules are functions of the day, the minute is the minute of the showing, lengths are fixed. What differs from person to
//! person is the values of the disclosed claims. So the *combination* of a person under a policy is the values of the policy's disclosed
//! claims without the epoch, in the pass that the wallet would choose, or in the two where a policy asks for two; people with one
//! combination cannot be told apart by what they show. Who can pass under a policy for two passes gets both.
//!
//! # What is refused
//!
//! For each policy that counts today or later, on each day of its term on which other rules begin to make its passes:
//!
//! - **Rare.** A combination that somebody in the population shows is shared by less than one in [`ONE_IN`] *of those who can pass under
//!   that policy*. Or those who can pass are together less than one in [`ONE_IN`] of the population: then to pass at all picks them out.
//! - **Tells which fact is missing.** Formally, one of:
//!   - a policy shows a flag: the door is told who lacks it;
//!   - a policy shows a claim (other than the hint, which no rule decides by) that some of those who pass have and others lack;
//!   - its passes have several ways in, and there is a combination from which, to one in [`ONE_IN`], a way is known to be open to the
//!     holder or closed, when for all who can pass it is neither;
//!   - two policies hold on one day under one name or for one purpose, and ask for different facts: a door that takes either sees by
//!     which somebody comes in. *Or* lives in rules.
//! - **Unjudged.** The population does not describe a record or claim that a rule reads, or nobody in it can pass. Or a rule reads one fact of
//!   two records of one type: the population says what somebody's record says, not what a second one says otherwise. A rule that reads other
//!   facts of the second than of the first is judged: whoever has both facts passes, in one record or in two.
//!
//! What two policies for different purposes tell a door that asks both of one person no linter can forbid; such pairs are *noticed*, and so
//! is a policy that asks for a "no".
//!
//! # Exact, and drawn
//!
//! The shares that decide are computed exactly: all kinds of people who differ in anything that a rule or a door looks at are gone
//! through with their weights, so that no seed turns a refusal into a pass, and a rare combination is found however rare it is. A
//! population of a million that is drawn from a seed, person by person with every fact, is counted beside it: it is what the figures
//! mean in people, and a check of the computation, since a significant difference is itself refused.

mod census;
mod figures;
mod policies;
mod population;
mod question;
mod report;
mod tally;

use bauta_spec::attributes::{ClaimName, CredentialType, RuleId, TypeName};
use bauta_spec::policy::{PassQuery, Policy, PolicyId};
use bauta_spec::rules::{Fact, Rule};
use bauta_spec::time::Day;
use bauta_spec::trust::TrustList;

pub use census::Misfit;
pub use population::{NoPopulation, Population};
pub use report::{Named, Notice, Refusal};

/// A combination that fewer than one in so many show picks its holder out of the crowd.
pub const ONE_IN: f64 = 1_000.0;

/// Looks at everything that counts from today on.
///
/// The *combination* of a person under a policy is what the door sees of them and not of everybody: the values of the disclosed claims without
/// the day, in the pass that the wallet would choose, or in the two. Refused is a combination that occurs and is shared by less than one in [`ONE_IN`] of those
/// who can pass under that policy, a policy that less than one in [`ONE_IN`] of the population can pass, and a policy that tells which fact a
/// person lacks; [`Refusal`] names each way of doing so. The shares are exact; a sample is counted beside them.
#[must_use]
pub fn lint(book: &Book, population: &Population, sample: Option<Sample>) -> Report {
    let mut report = Report {
        population: population.about().to_owned(),
        sample,
        policies: Vec::new(),
        rules: Vec::new(),
        refusals: Vec::new(),
        notices: Vec::new(),
    };
    let policies: Vec<&Policy> = book.policies.iter().filter(|policy| book.term(policy).is_some()).collect();
    let mut counted = Vec::new();
    for policy in &policies {
        book.read(policy, &mut report);
        counted.extend(book.count(policy, population, &mut report));
    }
    book.compare(&policies, &mut report);
    book.count_rules(population, &mut report);
    if let Some(sample) = sample {
        book.draw(sample, population, &mut counted, &mut report);
    }
    report.policies = counted.into_iter().map(|counted| counted.figures).collect();
    report
}

/// What counts from `today` on: all that doors and offices will go by.
#[derive(Clone, Debug)]
pub struct Book {
    types: Vec<CredentialType>,
    rules: Vec<Rule>,
    policies: Vec<Policy>,
    today: Day,
    last: Day,
}

/// How many people to draw, and from which seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// People.
    pub people: u32,
    /// ChaCha20's.
    pub seed: u64,
}

/// What the linter found.
#[derive(Clone, Debug)]
pub struct Report {
    /// What the population says of itself.
    pub population: String,
    /// What was drawn, if anything.
    pub sample: Option<Sample>,
    /// Each policy that can be passed, on the day on which its rarest combination is rarest.
    pub policies: Vec<PolicyFigures>,
    /// Each rule that makes passes.
    pub rules: Vec<RuleFigures>,
    /// Why this must not be published.
    pub refusals: Vec<Refusal>,
    /// What an official should know.
    pub notices: Vec<Notice>,
}

/// What is shown under a policy.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyFigures {
    /// Which.
    pub id: PolicyId,
    /// Its name.
    pub name: String,
    /// The day that the figures are for.
    pub day: Day,
    /// Which share of the population can pass.
    pub can_pass: f64,
    /// How many combinations there are.
    pub combinations: usize,
    /// The rarest, in words.
    pub rarest: String,
    /// Which share of those who can pass show it.
    pub share: f64,
    /// The same in people.
    pub drawn: Option<Count>,
}

/// What a sample says about a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// How many can pass.
    pub can_pass: u64,
    /// How many show the combination that is the rarest.
    pub rarest: u64,
    /// How many combinations occur.
    pub combinations: usize,
}

/// Whom a rule admits.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleFigures {
    /// Which.
    pub id: RuleId,
    /// Its name.
    pub name: String,
    /// Which share of the population gets its passes.
    pub admits: f64,
    /// For each way in, its facts, and for which share of those who are admitted it is open.
    pub ways: Vec<(String, f64)>,
}

impl Book {
    /// What a trust list says.
    #[must_use]
    pub fn of(list: &TrustList, today: Day) -> Self {
        let standing = |rule: &&Rule| list.rule(rule.id()).is_some();
        Self::new(
            list.types().to_vec(),
            list.rules().iter().filter(standing).cloned().collect(),
            list.policies().cloned().collect(),
            (today, list.programme_end()),
        )
    }

    /// Rules and policies that are not withdrawn.
    pub(crate) fn new(
        types: Vec<CredentialType>,
        rules: Vec<Rule>,
        policies: Vec<Policy>,
        (today, last): (Day, Day),
    ) -> Self {
        Self { types, rules, policies, today, last }
    }

    /// Which of its days are still to come.
    fn term(&self, policy: &Policy) -> Option<(Day, Day)> {
        let (first, last) = (policy.first().max(self.today), policy.last().min(self.last));
        (first <= last).then_some((first, last))
    }

    fn latest(&self, name: &TypeName) -> Option<&CredentialType> {
        self.types.iter().filter(|listed| listed.name() == name).max_by_key(|listed| listed.layout())
    }

    /// The rules whose passes may answer what is asked of a pass.
    fn makers(&self, ask: &PassQuery) -> Vec<&Rule> {
        let answers = |rule: &&Rule| rule.to() == ask.pass_type() && ask.rule().is_none_or(|named| named == rule.id());
        self.rules.iter().filter(answers).collect()
    }
}

impl Report {
    /// Whether it may be published.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.refusals.is_empty()
    }
}

/// The claim that a rule's fact is, and of which type of record.
fn read_by<'a>(rule: &'a Rule, fact: &'a Fact) -> (&'a TypeName, &'a ClaimName) {
    // A rule has no fact of a record that it does not read.
    (&rule.from()[fact.record.index()], &fact.claim)
}
