//! What a door will learn: as values for pages of any language, and in plain English sentences.

use std::fmt;

use serde::Serialize;

use super::{PassQuery, Policy, Unfit, Wanted};
use crate::attributes::{ClaimName, CredentialType, Kind, TypeName, Value};
use crate::presentation::Mode;
use crate::rules::Rule;

/// One thing that a door learns from a showing. `Display` is the English sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Learned {
    /// The day of the pass, or of both.
    Day,
    /// Of two passes: that there is one of this type. What it shows follows.
    Pass {
        /// The type.
        pass_type: TypeName,
    },
    /// That a rule admits the holder.
    Admits {
        /// The rule's name, or its id where the list has no such rule.
        rule: String,
        /// Whether the rule has more than one way in; by which of them does not show.
        several_ways: bool,
    },
    /// What the pass says under one claim.
    Claim {
        /// The claim.
        name: ClaimName,
        /// The kind, as a type's JSON form names it.
        kind: &'static str,
        /// The words that satisfy the policy; none if it takes whatever there is. `yes` and `no` for a flag.
        among: Vec<String>,
        /// What this holder's pass says, as [`Kind::spell`] writes it; none where no pass is at hand, or it says nothing.
        value: Option<String>,
    },
    /// Of two passes: that they are one person's.
    OneHolder,
    /// A pseudonym of the holder at this event.
    Pseudonym,
    /// That this is all.
    NothingElse,
}

impl Policy {
    /// What a door that asks this will learn from a showing of that mode: the day, each disclosed claim, of two passes also which type each is
    /// of and that they are one person's, the pseudonym if there is one, and a last one that says that this is all. For people, before they
    /// show.
    ///
    /// `rules` gives rules their names; one that is not among them is named by its id.
    ///
    /// # Errors
    /// [`Unfit`] when the types that the policy asks for are not among `types`.
    pub fn learns(&self, types: &[CredentialType], rules: &[Rule], mode: Mode) -> Result<Vec<Learned>, Unfit> {
        let passes: Vec<_> = self.pass_types(types)?.into_iter().map(|pass_type| (pass_type, Vec::new())).collect();
        self.learns_from(&passes, rules, mode)
    }

    /// [`Policy::learns`] for certain passes, in the order of [`Policy::asks`]: what each says stands beside its claims. What is shown of each
    /// is by index in its type.
    ///
    /// # Errors
    /// As [`Policy::learns`].
    pub fn learns_from(
        &self,
        passes: &[(&CredentialType, Vec<(usize, Value)>)],
        rules: &[Rule],
        mode: Mode,
    ) -> Result<Vec<Learned>, Unfit> {
        let pass_types: Vec<&CredentialType> = passes.iter().map(|(pass_type, _)| *pass_type).collect();
        self.fits(&pass_types)?;
        let together = self.asks().len() > 1;
        let mut learned = vec![Learned::Day];
        for (ask, (pass_type, shown)) in self.asks().iter().zip(passes) {
            learned.extend(together.then(|| Learned::Pass { pass_type: ask.pass_type().clone() }));
            learned.extend(ask.learns(pass_type, rules, shown));
        }
        learned.extend(together.then_some(Learned::OneHolder));
        learned.extend(self.pseudonym_in(mode).then_some(Learned::Pseudonym));
        learned.push(Learned::NothingElse);
        Ok(learned)
    }

    /// [`Policy::learns`] in English, a sentence each.
    ///
    /// # Errors
    /// As [`Policy::learns`].
    pub fn in_words(&self, types: &[CredentialType], rules: &[Rule], mode: Mode) -> Result<Vec<String>, Unfit> {
        Ok(self.learns(types, rules, mode)?.iter().map(ToString::to_string).collect())
    }
}

impl PassQuery {
    fn learns(&self, pass_type: &CredentialType, rules: &[Rule], shown: &[(usize, Value)]) -> Vec<Learned> {
        let kind = |claim: &ClaimName| pass_type.claim(claim.as_str()).map(|claim| &claim.kind);
        let said = |claim: &ClaimName| {
            let index = pass_type.index_of(claim.as_str())?;
            let (_, value) = shown.iter().find(|(shown, _)| *shown == index)?;
            kind(claim)?.spell(value)
        };
        let claim = |name: &ClaimName, among| Learned::Claim {
            name: name.clone(),
            kind: kind(name).map_or("", Kind::word),
            among,
            value: said(name),
        };
        let required = self.requires().iter().map(|(name, wanted)| match wanted {
            Wanted::Rule(id) => match rules.iter().find(|rule| rule.id() == *id) {
                Some(rule) => Learned::Admits { rule: rule.name().to_string(), several_ways: rule.cases().len() > 1 },
                None => Learned::Admits { rule: id.to_string(), several_ways: false },
            },
            Wanted::OneOf(codes) => {
                claim(name, codes.iter().filter_map(|code| kind(name)?.spell(&Value::Code(code))).collect())
            }
            Wanted::Flag(answer) => {
                claim(name, kind(name).and_then(|kind| kind.spell(&Value::Flag(*answer))).into_iter().collect())
            }
        });
        required.chain(self.shows().iter().map(|name| claim(name, Vec::new()))).collect()
    }
}

impl fmt::Display for Learned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day => f.write_str("The day that your pass is for."),
            Self::Pass { pass_type } => {
                write!(f, "That you have a pass of the type \"{pass_type}\", and of it:")
            }
            Self::Admits { rule, several_ways: true } => {
                write!(f, "That the rule \"{rule}\" admits you, but not by which of its ways.")
            }
            Self::Admits { rule, several_ways: false } => write!(f, "That the rule \"{rule}\" admits you."),
            Self::Claim { name, kind, among, value: _ } => {
                let name = name.as_str().replace('_', " ");
                match (*kind, among.as_slice()) {
                    ("hint", _) => f.write_str(
                        "The group of letters of your first initial, and the month of your birth without the year, to compare \
                         with an ID card.",
                    ),
                    ("flag", []) => write!(f, "Whether the answer to \"{name}\" is yes or no."),
                    ("flag", [answer, ..]) => write!(f, "That the answer to \"{name}\" is {answer}."),
                    (_, []) => write!(f, "What your pass says under \"{name}\", if it says anything."),
                    (_, [word]) => write!(f, "That your pass says \"{word}\" under \"{name}\"."),
                    (_, words) => write!(f, "Which of these your pass says under \"{name}\": {}.", words.join(", ")),
                }
            }
            Self::OneHolder => f.write_str("That both passes are one person's."),
            Self::Pseudonym => f.write_str(
                "A pseudonym: the same each time you show at this event, and another one at every other event.",
            ),
            Self::NothingElse => f.write_str("Nothing else."),
        }
    }
}
