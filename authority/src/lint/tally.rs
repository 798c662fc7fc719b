//! How many show what: the shares, and what is refused because of them.

use std::collections::BTreeMap;

use bauta_spec::attributes::{CredentialType, Value};

use super::census::{Census, Grain, Matter, Misfit, Person, Walk};
use super::population::Population;
use super::question::{Question, Shown};
use super::report::{Named, Refusal, push_once};
use super::{ONE_IN, PolicyFigures, Report, Sample};

/// More kinds of people than this are not gone through: what lets so many be told apart is refused without counting them.
const MOST_KINDS: usize = 3_000_000;
/// Nor are more combinations kept: a hundred times as many as can pass.
const MOST_COMBINATIONS: usize = 100_000;

/// Who shows what under one question, as shares of the population.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) passing: f64,
    pub(super) ways: Vec<f64>,
    pub(super) combinations: BTreeMap<Vec<u8>, Combination>,
}

pub(super) struct Combination {
    share: f64,
    ways: Vec<f64>,
    pub(super) shown: Shown,
}

/// Why there are no figures.
pub(super) enum Uncounted {
    Misfit(Misfit),
    TooMany,
}

impl Tally {
    /// Goes through all kinds of people.
    pub(super) fn of(
        question: &Question<'_>,
        types: &[CredentialType],
        population: &Population,
    ) -> Result<Self, Uncounted> {
        let mut rules = question.parts.iter().flat_map(|part| &part.rules);
        rules.try_for_each(|rule| population.describes_two(rule)).map_err(Uncounted::Misfit)?;
        let mut matter = Matter::default();
        question.parts.iter().for_each(|part| part.matters(&mut matter));
        let census = Census::new(population, types, question.day, Grain::Kinds(&matter)).map_err(Uncounted::Misfit)?;
        let mut tally = Self::default();
        let mut walk = Walk::begin();
        for _ in 0..MOST_KINDS {
            let person = census.person(&mut walk);
            tally.take(question, &person, walk.weight);
            if tally.combinations.len() > MOST_COMBINATIONS {
                return Err(Uncounted::TooMany);
            }
            if !walk.advance() {
                return Ok(tally);
            }
        }
        Err(Uncounted::TooMany)
    }

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
    pub(super) fn rarest(&self) -> Option<(&Combination, f64)> {
        let least = self.combinations.values().map(|one| one.share).min_by(f64::total_cmp)?;
        // Of several that are equal but for how floats were added the first, so that every machine names the same.
        let rarest = self.combinations.values().find(|one| one.share <= least * (1.0 + SLACK))?;
        Some((rarest, rarest.share / self.passing))
    }

    pub(super) fn judge(&self, question: &Question<'_>, figures: &PolicyFigures, report: &mut Report) {
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
    pub(super) fn agrees_with(&self, sample: Sample, passing: u64, shows: &BTreeMap<Vec<u8>, u64>) -> bool {
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
