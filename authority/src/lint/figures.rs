//! Who comes: the figures of each policy and each rule, exact and drawn.

use std::collections::{BTreeMap, BTreeSet};

use bauta_spec::policy::{PassQuery, Policy, PolicyId};
use bauta_spec::rules::Rule;
use bauta_spec::time::Day;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::census::{Census, Drawn, Grain};
use super::population::Population;
use super::question::{Part, Question, body, way_in_words};
use super::report::{Named, Notice, Refusal, push_once};
use super::tally::{Tally, Uncounted};
use super::{Book, Count, PolicyFigures, Report, RuleFigures, Sample};

impl Book {
    /// The exact figures of a policy, on its worst day. None where nothing was counted; the report says why.
    pub(super) fn count<'a>(
        &'a self,
        policy: &'a Policy,
        population: &Population,
        report: &mut Report,
    ) -> Option<Counted<'a>> {
        let questions = self.questions(policy);
        if questions.is_empty() {
            report.notices.push(Notice::NoRule { policy: policy.into() });
        }
        let mut worst: Option<Counted<'a>> = None;
        for question in questions {
            let tally = match Tally::of(&question, &self.types, population) {
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

    /// Whom each rule admits.
    pub(super) fn count_rules(&self, population: &Population, report: &mut Report) {
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
            let Ok(tally) = Tally::of(&question, &self.types, population) else { continue };
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
    pub(super) fn draw(
        &self,
        sample: Sample,
        population: &Population,
        counted: &mut [Counted<'_>],
        report: &mut Report,
    ) {
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

/// A policy with its exact figures.
pub(super) struct Counted<'a> {
    question: Question<'a>,
    tally: Tally,
    pub(super) figures: PolicyFigures,
}
