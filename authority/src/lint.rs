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
mod population;
mod report;

use std::collections::{BTreeMap, BTreeSet};

use bauta_spec::attributes::{ClaimName, CredentialType, Kind, RuleId, TypeName, Value, encode_fixed};
use bauta_spec::policy::{PassQuery, Policy, PolicyId, Wanted};
use bauta_spec::rules::{Condition, Fact, Presented, Rule, Source};
use bauta_spec::time::{Day, Epoch};
use bauta_spec::trust::TrustList;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use self::census::{Census, Drawn, Grain, Matter, Person, Walk};

pub use census::Misfit;
pub use population::{NoPopulation, Population};
pub use report::{Named, Notice, Refusal};

/// A combination that fewer than one in so many show picks its holder out of the crowd.
pub const ONE_IN: f64 = 1_000.0;

/// More kinds of people than this are not gone through: what lets so many be told apart is refused without counting them.
const MOST_KINDS: usize = 3_000_000;
/// Nor are more combinations kept: a hundred times as many as can pass.
const MOST_COMBINATIONS: usize = 100_000;

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
}

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

impl Report {
    /// Whether it may be published.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.refusals.is_empty()
    }
}

/// What the policies say, whoever comes.
impl Book {
    fn read(&self, policy: &Policy, report: &mut Report) {
        for ask in policy.asks() {
            let Some(pass_type) = self.latest(ask.pass_type()) else { continue };
            for claim in ask.shows() {
                if pass_type.claim(claim.as_str()).is_some_and(|claim| claim.kind == Kind::Flag) {
                    report.refusals.push(Refusal::ShowsFlag { policy: policy.into(), claim: claim.clone() });
                }
            }
            for (claim, wanted) in ask.requires() {
                if *wanted == Wanted::Flag(false) {
                    report.notices.push(Notice::AsksForNo { policy: policy.into(), claim: claim.clone() });
                }
            }
        }
    }

    /// Two policies beside each other.
    fn compare(&self, policies: &[&Policy], report: &mut Report) {
        for (i, one) in policies.iter().enumerate() {
            for other in &policies[i + 1..] {
                let together = self.term(one).zip(self.term(other)).is_some_and(|(a, b)| a.0.max(b.0) <= a.1.min(b.1));
                if !together || self.asked(one) == self.asked(other) {
                    continue;
                }
                let one_name = one.name() == other.name();
                if one_name || same_purpose(one, other) {
                    let (one, other) = ((*one).into(), (*other).into());
                    report.refusals.push(Refusal::Alternatives { one, other, one_name });
                    continue;
                }
                for (either, alone) in [(one, other), (other, one)] {
                    if self.singles_out_a_way(either, alone) {
                        let (either, alone) = ((*either).into(), (*alone).into());
                        report.notices.push(Notice::AsksAlone { either, alone });
                    }
                }
            }
        }
    }

    /// What a policy asks for, apart from the days, the hint and the order of two passes: a rule that was signed again for the next quarter
    /// is the same rule.
    fn asked(&self, policy: &Policy) -> BTreeMap<TypeName, (Vec<Asked>, BTreeSet<ClaimName>)> {
        policy.asks().iter().map(|ask| (ask.pass_type().clone(), self.asked_of_one(ask))).collect()
    }

    fn asked_of_one(&self, ask: &PassQuery) -> (Vec<Asked>, BTreeSet<ClaimName>) {
        let wanted = |(claim, wanted): &(ClaimName, Wanted)| match wanted {
            Wanted::Rule(id) => match self.rules.iter().find(|rule| rule.id() == *id) {
                Some(rule) => Asked::Rule(rule.from().to_vec(), rule.cases().to_vec(), rule.fill().to_vec()),
                None => Asked::Value(claim.clone(), wanted.clone()),
            },
            Wanted::OneOf(_) | Wanted::Flag(_) => Asked::Value(claim.clone(), wanted.clone()),
        };
        let kind = |claim: &ClaimName| Some(&self.latest(ask.pass_type())?.claim(claim.as_str())?.kind);
        let shown = ask.shows().iter().filter(|claim| kind(claim) != Some(&Kind::Hint)).cloned();
        (ask.requires().iter().map(wanted).collect(), shown.collect())
    }

    /// Whether `alone` asks for facts of one way into `either` and leaves another way out.
    fn singles_out_a_way(&self, either: &Policy, alone: &Policy) -> bool {
        let facts_of = |ask| self.makers(ask).into_iter().flat_map(move |rule| facts_asked(ask, rule));
        let facts: BTreeSet<(&TypeName, &ClaimName)> = alone.asks().iter().flat_map(facts_of).collect();
        let makers = either.asks().iter().flat_map(|ask| self.makers(ask));
        makers.filter(|rule| rule.cases().len() > 1).any(|rule| {
            let mut ways = rule
                .cases()
                .iter()
                .map(|case| case.iter().map(|condition| read_by(rule, condition.fact())).collect::<BTreeSet<_>>());
            let touched = ways.clone().any(|way| !way.is_disjoint(&facts));
            touched && ways.any(|way| way.is_disjoint(&facts))
        })
    }

    /// The rules whose passes may answer what is asked of a pass.
    fn makers(&self, ask: &PassQuery) -> Vec<&Rule> {
        let answers = |rule: &&Rule| rule.to() == ask.pass_type() && ask.rule().is_none_or(|named| named == rule.id());
        self.rules.iter().filter(answers).collect()
    }

    /// Which of its days are still to come.
    fn term(&self, policy: &Policy) -> Option<(Day, Day)> {
        let (first, last) = (policy.first().max(self.today), policy.last().min(self.last));
        (first <= last).then_some((first, last))
    }

    fn latest(&self, name: &TypeName) -> Option<&CredentialType> {
        self.types.iter().filter(|listed| listed.name() == name).max_by_key(|listed| listed.layout())
    }
}

#[derive(PartialEq)]
enum Asked {
    Rule(Vec<TypeName>, Vec<Vec<Condition>>, Vec<(ClaimName, Source)>),
    Value(ClaimName, Wanted),
}

fn same_purpose(one: &Policy, other: &Policy) -> bool {
    let said = |text: &str| text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    one.purpose().lines().any(|(language, line)| {
        other.purpose().lines().any(|(other, text)| language == other && said(line.as_str()) == said(text.as_str()))
    })
}

/// The facts of a record by which `rule` decides who has what is asked of a pass.
fn facts_asked<'a>(ask: &PassQuery, rule: &'a Rule) -> Vec<(&'a TypeName, &'a ClaimName)> {
    let asked = |claim: &ClaimName| ask.requires().iter().any(|(asked, _)| asked == claim);
    let behind = rule.fill().iter().filter(|(claim, _)| asked(claim)).flat_map(|(_, source)| source.facts());
    let decide = rule.cases().iter().flatten().map(Condition::fact);
    decide.chain(behind).map(|fact| read_by(rule, fact)).collect()
}

/// The claim that a rule's fact is, and of which type of record.
fn read_by<'a>(rule: &'a Rule, fact: &'a Fact) -> (&'a TypeName, &'a ClaimName) {
    // A rule has no fact of a record that it does not read.
    (&rule.from()[fact.record.index()], &fact.claim)
}

/// Who comes.
impl Book {
    /// The exact figures of a policy, on its worst day. None where nothing was counted; the report says why.
    fn count<'a>(&'a self, policy: &'a Policy, population: &Population, report: &mut Report) -> Option<Counted<'a>> {
        let questions = self.questions(policy);
        if questions.is_empty() {
            report.notices.push(Notice::NoRule { policy: policy.into() });
        }
        let mut worst: Option<Counted<'a>> = None;
        for question in questions {
            let tally = match question.tally(&self.types, population) {
                Ok(tally) => tally,
                Err(Uncounted::Misfit(misfit)) => {
                    report.refusals.push(Refusal::Unjudged { policy: policy.into(), misfit });
                    return None;
                }
                Err(Uncounted::TooMany) => {
                    report.refusals.push(Refusal::TooMany { policy: policy.into() });
                    return None;
                }
            };
            let Some((rarest, share)) = tally.rarest() else {
                push_once(&mut report.refusals, Refusal::NobodyPasses { policy: policy.into() });
                continue;
            };
            let figures = PolicyFigures {
                id: policy.id(),
                name: policy.name().to_string(),
                day: question.day,
                can_pass: tally.passing,
                combinations: tally.combinations.len(),
                rarest: question.in_words(&rarest.shown),
                share,
                drawn: None,
            };
            tally.judge(&question, &figures, report);
            if worst.as_ref().is_none_or(|worst| share < worst.figures.share) {
                worst = Some(Counted { question, tally, figures });
            }
        }
        worst
    }

    /// The policy on each day on which it is answered by other rules than on the days before.
    fn questions<'a>(&'a self, policy: &'a Policy) -> Vec<Question<'a>> {
        let part = |ask: &'a PassQuery| {
            Some(Part { ask: Some(ask), pass_type: self.latest(ask.pass_type())?, rules: self.makers(ask) })
        };
        let parts: Option<Vec<Part<'a>>> = policy.asks().iter().map(part).collect();
        let (Some((first, last)), Some(parts)) = (self.term(policy), parts) else { return Vec::new() };
        let makers = parts.iter().flat_map(|part| &part.rules);
        let mut days: BTreeSet<Day> = makers.flat_map(|rule| [rule.first(), rule.last().plus(1)]).collect();
        days.insert(first);
        let mut questions: Vec<Question<'a>> = Vec::new();
        for day in days.into_iter().filter(|day| (first..=last).contains(day)) {
            let parts: Vec<Part<'a>> = parts.iter().map(|part| part.on(day)).collect();
            let nobody = parts.iter().any(|part| part.rules.is_empty());
            if nobody || questions.iter().any(|question| question.parts.iter().eq(&parts)) {
                continue;
            }
            questions.push(Question { policy: Some(policy), parts, day });
        }
        questions
    }

    fn count_rules(&self, population: &Population, report: &mut Report) {
        let mut seen: Vec<&Rule> = Vec::new();
        for rule in self.rules.iter().filter(|rule| rule.last() >= self.today && rule.first() <= self.last) {
            if seen.iter().any(|earlier| body(earlier) == body(rule)) {
                continue;
            }
            seen.push(rule);
            let Some(pass_type) = self.latest(rule.to()) else { continue };
            let day = rule.first().max(self.today);
            let question =
                Question { policy: None, parts: vec![Part { ask: None, pass_type, rules: vec![rule] }], day };
            // A rule that no policy asks for is shown to nobody, so a population need not describe what it reads.
            let Ok(tally) = question.tally(&self.types, population) else { continue };
            let ways =
                tally.ways.iter().zip(rule.cases()).map(|(open, case)| (way_in_words(case), open / tally.passing));
            let ways = if tally.passing > 0.0 { ways.collect() } else { Vec::new() };
            report.rules.push(RuleFigures {
                id: rule.id(),
                name: rule.name().to_string(),
                admits: tally.passing,
                ways,
            });
        }
    }

    /// Draws people one by one and asks each of them everything. On each day the same people stand there.
    fn draw(&self, sample: Sample, population: &Population, counted: &mut [Counted<'_>], report: &mut Report) {
        let days: BTreeSet<Day> = counted.iter().map(|counted| counted.question.day).collect();
        let mut drawn: BTreeMap<PolicyId, (u64, BTreeMap<Vec<u8>, u64>)> = BTreeMap::new();
        for day in days {
            // What does not fit was found when the policies were counted.
            let Ok(census) = Census::new(population, &self.types, day, Grain::People) else { continue };
            let mut chance = Drawn(ChaCha20Rng::seed_from_u64(sample.seed));
            let asked: Vec<_> = counted.iter().filter(|counted| counted.question.day == day).collect();
            for _ in 0..sample.people {
                let person = census.person(&mut chance);
                for counted in &asked {
                    if let Some(shown) = counted.question.answer(&person, day) {
                        let (passing, shows) = drawn.entry(counted.figures.id).or_default();
                        *passing += 1;
                        *shows.entry(counted.question.key(&shown)).or_default() += 1;
                    }
                }
            }
        }
        for counted in counted {
            let (passing, shows) = drawn.remove(&counted.figures.id).unwrap_or_default();
            if !counted.tally.agrees_with(sample, passing, &shows) {
                report.refusals.push(Refusal::Disagrees {
                    policy: Named { id: counted.figures.id, name: counted.figures.name.clone() },
                });
            }
            counted.figures.drawn = Some(Count {
                can_pass: passing,
                rarest: counted
                    .tally
                    .rarest()
                    .and_then(|(rarest, _)| shows.get(&counted.question.key(&rarest.shown)))
                    .copied()
                    .unwrap_or(0),
                combinations: shows.len(),
            });
        }
    }
}

fn push_once(refusals: &mut Vec<Refusal>, refusal: Refusal) {
    if !refusals.contains(&refusal) {
        refusals.push(refusal);
    }
}

/// What a rule says, apart from its name and days.
fn body(rule: &Rule) -> impl PartialEq {
    (rule.from().to_vec(), rule.to().clone(), rule.cases().to_vec(), rule.fill().to_vec())
}

fn way_in_words(case: &[Condition]) -> String {
    let facts: BTreeSet<String> = case.iter().map(|condition| condition.fact().to_string()).collect();
    if facts.is_empty() { "no condition".to_owned() } else { facts.into_iter().collect::<Vec<_>>().join(", ") }
}

/// A policy with its exact figures.
struct Counted<'a> {
    question: Question<'a>,
    tally: Tally,
    figures: PolicyFigures,
}

enum Uncounted {
    Misfit(Misfit),
    TooMany,
}

/// A policy, or only a rule, on one day.
struct Question<'a> {
    policy: Option<&'a Policy>,
    // One for each pass that is shown.
    parts: Vec<Part<'a>>,
    day: Day,
}

/// What is asked of one pass, and who makes it.
struct Part<'a> {
    ask: Option<&'a PassQuery>,
    pass_type: &'a CredentialType,
    // In the order of the list, in which wallets hold the passes.
    rules: Vec<&'a Rule>,
}

/// The values of a showing, for each pass.
type Shown = Vec<Values>;

/// Of one pass, by index in its type.
type Values = Vec<(usize, Value)>;

impl Question<'_> {
    /// What a person would show, if anything: as the wallet chooses. Who lacks one of two passes shows nothing.
    fn answer(&self, person: &Person<'_, '_>, day: Day) -> Option<Shown> {
        self.parts.iter().map(|part| part.rules.iter().find_map(|rule| part.answer_by(rule, person, day))).collect()
    }

    /// For each rule each case: whether by it this person passes on the day. `answers` are those of the rules of each part.
    fn ways(&self, answers: &[Vec<Option<Values>>], person: &Person<'_, '_>) -> Vec<bool> {
        let mut ways = Vec::new();
        let rules = self.parts.iter().flat_map(|part| &part.rules);
        for (rule, answer) in rules.zip(answers.iter().flatten()) {
            let meets = |condition: &Condition| {
                let (record, claim) = read_by(rule, condition.fact());
                let value =
                    record_of(record, person).and_then(|held| held.claims.get(held.record_type, claim.as_str()));
                value.is_some_and(|value| condition.holds(value, self.day))
            };
            ways.extend(rule.cases().iter().map(|case| answer.is_some() && case.iter().all(meets)));
        }
        ways
    }

    /// Goes through all kinds of people.
    fn tally(&self, types: &[CredentialType], population: &Population) -> Result<Tally, Uncounted> {
        let mut rules = self.parts.iter().flat_map(|part| &part.rules);
        rules.try_for_each(|rule| population.describes_two(rule)).map_err(Uncounted::Misfit)?;
        let mut matter = Matter::default();
        self.parts.iter().for_each(|part| part.matters(&mut matter));
        let census = Census::new(population, types, self.day, Grain::Kinds(&matter)).map_err(Uncounted::Misfit)?;
        let mut tally = Tally::default();
        let mut walk = Walk::begin();
        for _ in 0..MOST_KINDS {
            let person = census.person(&mut walk);
            tally.take(self, &person, walk.weight);
            if tally.combinations.len() > MOST_COMBINATIONS {
                return Err(Uncounted::TooMany);
            }
            if !walk.advance() {
                return Ok(tally);
            }
        }
        Err(Uncounted::TooMany)
    }

    /// What tells one combination from another: the bytes of a presentation, without the epoch.
    fn key(&self, shown: &Shown) -> Vec<u8> {
        let mut key = Vec::new();
        for (part, shown) in self.parts.iter().zip(shown) {
            for (index, value) in shown.iter().filter(|(i, _)| *part.kind(*i) != Kind::Epoch) {
                // The values come from a pass of this type, so each is of its kind.
                let _ = encode_fixed(part.kind(*index), value, &mut key);
            }
        }
        key
    }

    fn in_words(&self, shown: &Shown) -> String {
        let said: Vec<String> = self.parts.iter().zip(shown).flat_map(|(part, shown)| part.in_words(shown)).collect();
        if said.is_empty() { "nothing but day and rule".to_owned() } else { said.join(", ") }
    }
}

impl<'a> Part<'a> {
    /// The same with the rules that are in force.
    fn on(&self, day: Day) -> Self {
        Self { rules: self.rules.iter().copied().filter(|rule| rule.is_in_force(day)).collect(), ..*self }
    }

    fn answer_by(&self, rule: &Rule, person: &Person<'_, '_>, day: Day) -> Option<Values> {
        let pass = rule.apply(&records_of(rule, person)?, self.pass_type, Epoch { day, series: 0 })?;
        let Some(ask) = self.ask else { return Some(Vec::new()) };
        let indexes = ask.disclosed(self.pass_type).ok()?.indexes();
        let shown: Values = indexes.into_iter().filter_map(|i| Some((i, pass.values().get(i)?.clone()))).collect();
        // A wallet shows no absent hint: there would be nothing to compare.
        let lacks_hint = shown.iter().any(|(i, value)| *value == Value::Absent && *self.kind(*i) == Kind::Hint);
        (ask.satisfied_by(self.pass_type, &shown) && !lacks_hint).then_some(shown)
    }

    fn answers(&self, person: &Person<'_, '_>, day: Day) -> Vec<Option<Values>> {
        self.rules.iter().map(|rule| self.answer_by(rule, person, day)).collect()
    }

    fn matters(&self, matter: &mut Matter) {
        let shown = |claim: &ClaimName| {
            let disclosed = self.ask.and_then(|ask| ask.disclosed(self.pass_type).ok());
            self.pass_type.index_of(claim.as_str()).is_some_and(|i| disclosed.is_some_and(|set| set.contains(i)))
        };
        for rule in &self.rules {
            let decides = |matter: &mut Matter, condition: &Condition| {
                matter.decides(read_by(rule, condition.fact()), condition);
            };
            rule.from().iter().for_each(|record| matter.asks_for(record));
            rule.cases().iter().flatten().for_each(|condition| decides(matter, condition));
            for (_, source) in rule.fill().iter().filter(|(claim, _)| shown(claim)) {
                match source {
                    Source::Epoch | Source::Rule => {}
                    Source::Copy(fact) => matter.shows(read_by(rule, fact)),
                    Source::CopyIf(fact, conditions) => {
                        matter.shows(read_by(rule, fact));
                        conditions.iter().for_each(|condition| decides(matter, condition));
                    }
                    Source::AgeAtLeast(fact, years) => {
                        decides(matter, &Condition::AgeAtLeast { fact: fact.clone(), years: *years });
                    }
                }
            }
        }
    }

    fn in_words(&self, shown: &[(usize, Value)]) -> Vec<String> {
        let told = shown.iter().filter(|(i, _)| !matches!(self.kind(*i), Kind::Epoch | Kind::Admits));
        told.map(|(i, value)| {
            let word = self.kind(*i).spell(value).unwrap_or_else(|| "absent".to_owned());
            format!("{} {word}", self.pass_type.claims()[*i].name)
        })
        .collect()
    }

    fn kind(&self, index: usize) -> &'a Kind {
        &self.pass_type.claims()[index].kind
    }
}

/// Asked and made alike, whatever the rules are called and on which days.
impl PartialEq for Part<'_> {
    fn eq(&self, other: &Self) -> bool {
        let bodies = |part: &Self| part.rules.iter().map(|rule| body(rule)).collect::<Vec<_>>();
        self.ask == other.ask && bodies(self) == bodies(other)
    }
}

/// What a person has for a rule: of each type that it reads the one record. A rule for two of one type takes it twice.
fn records_of<'p>(rule: &Rule, person: &'p Person<'_, '_>) -> Option<Vec<Presented<'p>>> {
    let types: BTreeSet<&TypeName> = rule.from().iter().collect();
    types.into_iter().map(|record| record_of(record, person)).collect()
}

fn record_of<'p>(name: &TypeName, person: &'p Person<'_, '_>) -> Option<Presented<'p>> {
    let (record_type, record) = person.records.iter().find(|(listed, _)| listed.name() == name)?;
    Some(Presented { record_type, claims: record.as_ref()? })
}

/// Who shows what under one question, as shares of the population.
#[derive(Default)]
struct Tally {
    passing: f64,
    ways: Vec<f64>,
    combinations: BTreeMap<Vec<u8>, Combination>,
}

struct Combination {
    share: f64,
    ways: Vec<f64>,
    shown: Shown,
}

impl Tally {
    fn take(&mut self, question: &Question<'_>, person: &Person<'_, '_>, share: f64) {
        let answers: Vec<_> = question.parts.iter().map(|part| part.answers(person, question.day)).collect();
        let ways = question.ways(&answers, person);
        let shown: Option<Shown> = answers.into_iter().map(|answers| answers.into_iter().flatten().next()).collect();
        if let Some(shown) = shown {
            self.passing += share;
            add(&mut self.ways, &ways, share);
            for (shown, of) in with_hints(&shown, person) {
                let combination = self.combinations.entry(question.key(&shown));
                let combination = combination.or_insert(Combination { share: 0.0, ways: Vec::new(), shown });
                combination.share += share * of;
                add(&mut combination.ways, &ways, share * of);
            }
        }
    }

    /// The rarest combination, and its share of those who can pass.
    fn rarest(&self) -> Option<(&Combination, f64)> {
        let least = self.combinations.values().map(|one| one.share).min_by(f64::total_cmp)?;
        // Of several that are equal but for how floats were added the first, so that every machine names the same.
        let rarest = self.combinations.values().find(|one| one.share <= least * (1.0 + SLACK))?;
        Some((rarest, rarest.share / self.passing))
    }

    fn judge(&self, question: &Question<'_>, figures: &PolicyFigures, report: &mut Report) {
        let Some(policy) = question.policy else { return };
        let named = || Named::from(policy);
        if is_rare(self.passing) {
            report.refusals.push(Refusal::FewPass { policy: named(), share: self.passing });
        }
        if is_rare(figures.share) {
            let (shows, share, day) = (figures.rarest.clone(), figures.share, figures.day);
            let rare = self.combinations.values().filter(|one| is_rare(one.share / self.passing)).count();
            report.refusals.push(Refusal::Rare { policy: named(), day, shows, share, rare });
        }
        let claims = question.parts.iter().enumerate().flat_map(|(place, part)| {
            part.pass_type.claims().iter().enumerate().map(move |(index, claim)| (place, index, claim))
        });
        for (place, index, claim) in claims {
            let lacks = |one: &&Combination| one.shown[place].contains(&(index, Value::Absent));
            let lacking: f64 = self.combinations.values().filter(lacks).map(|one| one.share / self.passing).sum();
            if lacking > 0.0 {
                let claim = claim.name.clone();
                push_once(&mut report.refusals, Refusal::ShowsAbsence { policy: named(), claim, share: lacking });
            }
        }
        let told = |ways: &[f64], of: f64| {
            let ways = self.ways.iter().zip(ways).enumerate();
            ways.filter(|(_, (open, _))| is_open(*open / self.passing)).find_map(|(way, (_, open))| {
                let known = !is_open(open / of);
                known.then(|| (question.way_in_words(way), open / of > 0.5))
            })
        };
        let telling = self.combinations.values().find_map(|one| Some((one, told(&one.ways, one.share)?)));
        if let Some((one, (way, open))) = telling {
            let shows = question.in_words(&one.shown);
            push_once(&mut report.refusals, Refusal::TellsWay { policy: named(), shows, way, open });
        }
    }

    /// Whether a sample could come from these shares: six standard deviations are exceeded by chance once in a billion, and the six people more
    /// are for combinations so rare that their number is no bell curve.
    fn agrees_with(&self, sample: Sample, passing: u64, shows: &BTreeMap<Vec<u8>, u64>) -> bool {
        let people = f64::from(sample.people);
        let near = |count: u64, share: f64| {
            let spread = (people * share * (1.0 - share).max(0.0)).sqrt();
            (count as f64 - people * share).abs() <= 6.0 * spread + 6.0
        };
        let expected = |key: &Vec<u8>| self.combinations.get(key).map(|one| one.share);
        near(passing, self.passing)
            && shows.iter().all(|(key, count)| expected(key).is_some_and(|share| near(*count, share)))
            && self.combinations.iter().all(|(key, one)| near(shows.get(key).copied().unwrap_or(0), one.share))
    }
}

impl Question<'_> {
    fn way_in_words(&self, way: usize) -> String {
        let rules = self.parts.iter().flat_map(|part| &part.rules);
        rules.flat_map(|rule| rule.cases()).nth(way).map(|case| way_in_words(case)).unwrap_or_default()
    }
}

/// What people of one kind show, each with the share of them who do.
fn with_hints(shown: &Shown, person: &Person<'_, '_>) -> Vec<(Shown, f64)> {
    if person.hints.is_empty() || !shown.iter().flatten().any(|(_, value)| matches!(value, Value::Hint(_))) {
        return vec![(shown.clone(), 1.0)];
    }
    let with = |hint| {
        let value = |value: &Value| if matches!(value, Value::Hint(_)) { Value::Hint(hint) } else { value.clone() };
        shown.iter().map(|part| part.iter().map(|(index, shown)| (*index, value(shown))).collect()).collect()
    };
    person.hints.iter().map(|(hint, share)| (with(*hint), *share)).collect()
}

fn add(sums: &mut Vec<f64>, ways: &[bool], share: f64) {
    sums.resize(ways.len(), 0.0);
    sums.iter_mut().zip(ways).filter(|(_, open)| **open).for_each(|(sum, _)| *sum += share);
}

/// Sums of shares are off by as much as floats are.
const SLACK: f64 = 1e-9;

fn is_rare(share: f64) -> bool {
    share < (1.0 - SLACK) / ONE_IN
}

/// Whether a way is open to some and closed to some: neither is known of anybody.
fn is_open(share: f64) -> bool {
    !is_rare(share) && !is_rare(1.0 - share)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tenth of the population shows one thing, a hundredth another.
    fn tally() -> Tally {
        let combination = |share| Combination { share, ways: Vec::new(), shown: Vec::new() };
        let combinations = [(vec![1], combination(0.1)), (vec![2], combination(0.01))].into();
        Tally { passing: 0.11, combinations, ..Tally::default() }
    }

    #[test]
    fn a5_people_who_are_not_those_computed_are_noticed() {
        let sample = Sample { people: 100_000, seed: 1 };
        let agrees = |passing, shows: &[(u8, u64)]| {
            tally().agrees_with(sample, passing, &shows.iter().map(|(key, count)| (vec![*key], *count)).collect())
        };
        assert!(agrees(11_020, &[(1, 9_990), (2, 1_030)]));
        assert!(!agrees(12_500, &[(1, 11_400), (2, 1_100)]), "too many pass");
        assert!(!agrees(11_020, &[(1, 11_020)]), "a combination is missing");
        assert!(!agrees(11_020, &[(1, 9_500), (2, 1_500)]), "the shares are others");
        assert!(!agrees(11_020, &[(1, 9_990), (2, 1_000), (3, 30)]), "a combination that nobody can show");
    }
}
