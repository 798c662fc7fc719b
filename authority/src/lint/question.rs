//! What somebody shows at the door.

use std::collections::BTreeSet;

use bauta_spec::attributes::{ClaimName, CredentialType, Kind, TypeName, Value, encode_fixed};
use bauta_spec::policy::{PassQuery, Policy};
use bauta_spec::rules::{Condition, Presented, Rule, Source};
use bauta_spec::time::{Day, Epoch};

use super::census::{Matter, Person};
use super::read_by;

/// A policy, or only a rule, on one day.
pub(super) struct Question<'a> {
    pub(super) policy: Option<&'a Policy>,
    // One for each pass that is shown.
    pub(super) parts: Vec<Part<'a>>,
    pub(super) day: Day,
}

/// What is asked of one pass, and who makes it.
pub(super) struct Part<'a> {
    pub(super) ask: Option<&'a PassQuery>,
    pub(super) pass_type: &'a CredentialType,
    // In the order of the list, in which wallets hold the passes.
    pub(super) rules: Vec<&'a Rule>,
}

/// The values of a showing, for each pass.
pub(super) type Shown = Vec<Values>;

/// Of one pass, by index in its type.
pub(super) type Values = Vec<(usize, Value)>;

impl Question<'_> {
    /// What a person would show, if anything: as the wallet chooses. Who lacks one of two passes shows nothing.
    pub(super) fn answer(&self, person: &Person<'_, '_>, day: Day) -> Option<Shown> {
        self.parts.iter().map(|part| part.rules.iter().find_map(|rule| part.answer_by(rule, person, day))).collect()
    }

    /// For each rule each case: whether by it this person passes on the day. `answers` are those of the rules of each part.
    pub(super) fn ways(&self, answers: &[Vec<Option<Values>>], person: &Person<'_, '_>) -> Vec<bool> {
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

    /// What tells one combination from another: the bytes of a presentation, without the epoch.
    pub(super) fn key(&self, shown: &Shown) -> Vec<u8> {
        let mut key = Vec::new();
        for (part, shown) in self.parts.iter().zip(shown) {
            for (index, value) in shown.iter().filter(|(i, _)| *part.kind(*i) != Kind::Epoch) {
                // The values come from a pass of this type, so each is of its kind.
                let _ = encode_fixed(part.kind(*index), value, &mut key);
            }
        }
        key
    }

    pub(super) fn in_words(&self, shown: &Shown) -> String {
        let said: Vec<String> = self.parts.iter().zip(shown).flat_map(|(part, shown)| part.in_words(shown)).collect();
        if said.is_empty() { "nothing but day and rule".to_owned() } else { said.join(", ") }
    }

    /// The facts of a way in, counted as [`Self::ways`] does.
    pub(super) fn way_in_words(&self, way: usize) -> String {
        let rules = self.parts.iter().flat_map(|part| &part.rules);
        rules.flat_map(|rule| rule.cases()).nth(way).map(|case| way_in_words(case)).unwrap_or_default()
    }
}

impl<'a> Part<'a> {
    /// The same with the rules that are in force.
    pub(super) fn on(&self, day: Day) -> Self {
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

    pub(super) fn answers(&self, person: &Person<'_, '_>, day: Day) -> Vec<Option<Values>> {
        self.rules.iter().map(|rule| self.answer_by(rule, person, day)).collect()
    }

    pub(super) fn matters(&self, matter: &mut Matter) {
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

/// What a rule says, apart from its name and days.
pub(super) fn body(rule: &Rule) -> impl PartialEq {
    (rule.from().to_vec(), rule.to().clone(), rule.cases().to_vec(), rule.fill().to_vec())
}

/// The facts that a case of a rule looks at.
pub(super) fn way_in_words(case: &[Condition]) -> String {
    let facts: BTreeSet<String> = case.iter().map(|condition| condition.fact().to_string()).collect();
    if facts.is_empty() { "no condition".to_owned() } else { facts.into_iter().collect::<Vec<_>>().join(", ") }
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
