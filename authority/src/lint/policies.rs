//! What the policies say, whoever comes.

use std::collections::{BTreeMap, BTreeSet};

use bauta_spec::attributes::{ClaimName, Kind, TypeName};
use bauta_spec::policy::{PassQuery, Policy, Wanted};
use bauta_spec::rules::{Condition, Rule, Source};

use super::report::{Notice, Refusal};
use super::{Book, Report, read_by};

impl Book {
    /// One by itself.
    pub(super) fn read(&self, policy: &Policy, report: &mut Report) {
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
    pub(super) fn compare(&self, policies: &[&Policy], report: &mut Report) {
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
