//! What the linter found, in words for an official and as JSON for programs.

use std::fmt;

use bauta_spec::attributes::ClaimName;
use bauta_spec::policy::{Policy, PolicyId};
use bauta_spec::time::Day;
use serde_json::{Value, json};

use super::{Misfit, ONE_IN, Report};

/// A policy, as messages name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    /// Its id.
    pub id: PolicyId,
    /// Its name.
    pub name: String,
}

/// Why a list must not be published. Each says what to change.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// Somebody could be picked out.
    #[error(
        "{policy}: \"{shows}\" is shown by one in {} of those who can pass on {day}, and the rarest combination must be shared by at least \
         one in {ONE_IN}{}. Ask for less, merge rare words of the claim into one, or leave the claim hidden",
        one_in(*.share), others(*.rare)
    )]
    Rare {
        /// The policy.
        policy: Named,
        /// The day that was looked at.
        day: Day,
        /// The rarest combination.
        shows: String,
        /// Its share of those who can pass.
        share: f64,
        /// How many combinations are too rare.
        rare: usize,
    },
    /// To pass picks somebody out.
    #[error(
        "{policy}: only one in {} of the population can pass, and it must be at least one in {ONE_IN}: to pass at all picks somebody out. \
         Ask for something that more people have",
        one_in(*.share)
    )]
    FewPass {
        /// The policy.
        policy: Named,
        /// Their share of the population.
        share: f64,
    },
    /// A flag is shown whatever it says.
    #[error(
        "{policy}: it shows {claim} whatever the answer is, so the door is told who lacks it. Ask for the answer that you need: \
         \"values\": [true]"
    )]
    ShowsFlag {
        /// The policy.
        policy: Named,
        /// The flag.
        claim: ClaimName,
    },
    /// A claim that some of those who pass do not have.
    #[error(
        "{policy}: {:.1} % of those who can pass have nothing to show under {claim}, so the door is told that this fact is missing. \
         Require a value of it, or do not ask for it",
        100.0 * .share
    )]
    ShowsAbsence {
        /// The policy.
        policy: Named,
        /// The claim.
        claim: ClaimName,
        /// Of how many it is absent.
        share: f64,
    },
    /// What is shown gives away by which way somebody comes in.
    #[error(
        "{policy}: of whoever shows \"{shows}\" it is known that the way in by {way} is {}, so the door learns which fact is missing. \
         Show only what says the same for every way of the rule",
        if *.open { "open" } else { "closed" }
    )]
    TellsWay {
        /// The policy.
        policy: Named,
        /// The combination.
        shows: String,
        /// The facts of the way.
        way: String,
        /// Whether it is known to be open, or to be closed.
        open: bool,
    },
    /// Two policies for one question.
    #[error(
        "{one} and {other} hold on the same days {} and ask for different facts, so a door that takes either learns which fact is \
         missing. Make one rule with several cases and one policy that names it, and withdraw these",
        if *.one_name { "under one name" } else { "for one purpose" }
    )]
    Alternatives {
        /// The one.
        one: Named,
        /// The other.
        other: Named,
        /// Whether their names are the same; otherwise a purpose is.
        one_name: bool,
    },
    /// The population lacks what a rule reads.
    #[error("{policy} cannot be judged by this population: {misfit}")]
    Unjudged {
        /// The policy.
        policy: Named,
        /// What is missing.
        misfit: Misfit,
    },
    /// The population lacks the people.
    #[error(
        "{policy} cannot be judged by this population: nobody in it can pass. Add those whom the policy is for, or correct the policy"
    )]
    NobodyPasses {
        /// The policy.
        policy: Named,
    },
    /// Too many kinds of people, or too many combinations.
    #[error(
        "{policy}: what it asks for tells more people apart than can be counted, so hardly anybody shows what another shows. Show fewer \
         claims, or claims with fewer values"
    )]
    TooMany {
        /// The policy.
        policy: Named,
    },
    /// The sample is not what was computed.
    #[error(
        "{policy}: the people drawn are not those computed; this is a mistake in this program, so do not trust its figures"
    )]
    Disagrees {
        /// The policy.
        policy: Named,
    },
}

/// What an official should know, and may publish.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// A policy asks for one of the facts of which another takes any.
    AsksAlone {
        /// Takes any.
        either: Named,
        /// Asks for one.
        alone: Named,
    },
    /// A policy asks people to show that they lack something.
    AsksForNo {
        /// The policy.
        policy: Named,
        /// The flag.
        claim: ClaimName,
    },
    /// No rule makes the passes that a policy asks for.
    NoRule {
        /// The policy.
        policy: Named,
    },
}

impl Refusal {
    /// Whether it is the same complaint about the same policies; figures may differ.
    pub(crate) fn is_about_the_same(&self, other: &Self) -> bool {
        self.word() == other.word() && self.policies() == other.policies()
    }

    /// For programs.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Rare { .. } => "rare",
            Self::FewPass { .. } => "few-pass",
            Self::ShowsFlag { .. } => "shows-flag",
            Self::ShowsAbsence { .. } => "shows-absence",
            Self::TellsWay { .. } => "tells-way",
            Self::Alternatives { .. } => "alternatives",
            Self::Unjudged { .. } => "unjudged",
            Self::NobodyPasses { .. } => "nobody-passes",
            Self::TooMany { .. } => "too-many",
            Self::Disagrees { .. } => "disagrees",
        }
    }

    /// The policies to change.
    #[must_use]
    pub fn policies(&self) -> Vec<&Named> {
        match self {
            Self::Rare { policy, .. }
            | Self::FewPass { policy, .. }
            | Self::ShowsFlag { policy, .. }
            | Self::ShowsAbsence { policy, .. }
            | Self::TellsWay { policy, .. }
            | Self::Unjudged { policy, .. }
            | Self::NobodyPasses { policy }
            | Self::TooMany { policy }
            | Self::Disagrees { policy } => vec![policy],
            Self::Alternatives { one, other, .. } => vec![one, other],
        }
    }
}

impl Notice {
    /// For programs.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::AsksAlone { .. } => "asks-alone",
            Self::AsksForNo { .. } => "asks-for-no",
            Self::NoRule { .. } => "no-rule",
        }
    }
}

impl Report {
    /// For programs. `crowd` is how many people in a venue can pass.
    #[must_use]
    pub fn to_json(&self, crowd: u32) -> Value {
        json!({
            "passes": self.passes(),
            "population": self.population,
            "threshold": 1.0 / ONE_IN,
            "sample": self.sample.map(|sample| json!({ "people": sample.people, "seed": sample.seed })),
            "policies": self.policies.iter().map(|policy| json!({
                "id": policy.id.to_string(), "name": policy.name, "day": policy.day.to_string(), "can_pass": policy.can_pass,
                "combinations": policy.combinations, "rarest": policy.rarest, "share": policy.share,
                "expected_in_crowd": policy.share * f64::from(crowd),
                "drawn": policy.drawn.map(|drawn| json!({
                    "can_pass": drawn.can_pass, "rarest": drawn.rarest, "combinations": drawn.combinations,
                })),
            })).collect::<Vec<_>>(),
            "rules": self.rules.iter().map(|rule| json!({
                "id": rule.id.to_string(), "name": rule.name, "admits": rule.admits,
                "ways": rule.ways.iter().map(|(way, share)| json!({ "by": way, "open_to": share })).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
            "refusals": self.refusals.iter().map(|refusal| json!({
                "code": refusal.word(), "say": refusal.to_string(),
                "policies": refusal.policies().iter().map(|policy| policy.id.to_string()).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
            "notices": self.notices.iter().map(|notice| json!({ "code": notice.word(), "say": notice.to_string() })).collect::<Vec<_>>(),
        })
    }

    /// For people, line by line. `crowd` is how many people in a venue can pass.
    #[must_use]
    pub fn to_lines(&self, crowd: u32) -> Vec<String> {
        let mut lines = vec![format!("population: {}", self.population)];
        lines.extend(self.sample.map(|sample| format!("drawn: {} people, seed {}", sample.people, sample.seed)));
        for policy in &self.policies {
            let alike = policy.share * f64::from(crowd);
            lines.push(format!("policy {} {}, on {}", policy.id, policy.name, policy.day));
            let can_pass = 100.0 * policy.can_pass;
            if policy.combinations == 1 {
                lines.push(format!(
                    "   {can_pass:.1} % of the population can pass, and all show the same: {}",
                    policy.rarest
                ));
            } else {
                let combinations = policy.combinations;
                lines.push(format!(
                    "   {can_pass:.1} % of the population can pass, and show one of {combinations} combinations"
                ));
                lines.push(format!(
                    "   rarest: {}, one in {} of them; of {crowd} such people in a venue {alike:.1} show it",
                    policy.rarest,
                    one_in(policy.share)
                ));
            }
            lines.extend(policy.drawn.map(|drawn| {
                let (rarest, can_pass, combinations) = (drawn.rarest, drawn.can_pass, drawn.combinations);
                format!("   drawn: {can_pass} can pass, {combinations} combinations, {rarest} people with the rarest")
            }));
        }
        for rule in &self.rules {
            lines.push(format!(
                "rule {} {}: admits {:.1} % of the population",
                rule.id,
                rule.name,
                100.0 * rule.admits
            ));
            let several = rule.ways.iter().filter(|_| rule.ways.len() > 1);
            lines.extend(several.map(|(way, share)| format!("   by {way}: open to {:.1} % of them", 100.0 * share)));
        }
        lines.extend(self.notices.iter().map(|notice| format!("notice: {notice}")));
        lines.extend(self.refusals.iter().map(|refusal| format!("REFUSED: {refusal}")));
        lines
    }
}

impl From<&Policy> for Named {
    fn from(policy: &Policy) -> Self {
        Self { id: policy.id(), name: policy.name().to_string() }
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "policy {} {}", self.id, self.name)
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AsksAlone { either, alone } => write!(
                f,
                "{alone} asks for one of the facts of which {either} takes any: a door that asks both of one person learns which fact \
                 is missing. Let no venue use both"
            ),
            Self::AsksForNo { policy, claim } => {
                write!(f, "{policy} asks people to show that the answer to {claim} is no")
            }
            Self::NoRule { policy } => write!(f, "no rule makes the passes that {policy} asks for, so nobody can pass"),
        }
    }
}

/// As people say it: 1, 690, 1050.
fn one_in(share: f64) -> String {
    let number = 1.0 / share;
    if number < 10.0 { format!("{number:.1}") } else { format!("{number:.0}") }
}

fn others(rare: usize) -> String {
    match rare {
        0 | 1 => String::new(),
        many => format!(" ({many} combinations are rarer)"),
    }
}

/// What holds on several days is said once.
pub(super) fn push_once(refusals: &mut Vec<Refusal>, refusal: Refusal) {
    if !refusals.contains(&refusal) {
        refusals.push(refusal);
    }
}
