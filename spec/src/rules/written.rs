//! Rules as officials write them: JSON with names in place of codes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Body, Codes, Condition, Rule, RuleName, Source, Unfit};
use crate::attributes::{ClaimName, CredentialType, Kind, TypeName, Vocabulary};
use crate::cbor::Malformed;
use crate::time::Day;

/// The rules that come with the format as samples, in their JSON form. They belong to the shipped credential types.
pub const SAMPLES: [&str; 4] = [
    include_str!("../../samples/rules/tested-or-vaccinated.json"),
    include_str!("../../samples/rules/health.json"),
    include_str!("../../samples/rules/age.json"),
    include_str!("../../samples/rules/membership.json"),
];

impl Rule {
    /// Reads the JSON form and looks its names up in `types`. The days come with the signature, not with the text: the same text is
    /// signed again for the next quarter.
    ///
    /// # Errors
    /// [`Unwritable`], for the official who wrote the text.
    pub fn from_json(text: &str, types: &[CredentialType], first: Day, last: Day) -> Result<Self, Unwritable> {
        let written: Written = serde_json::from_str(text).map_err(|error| Unwritable::Json(error.to_string()))?;
        let record_type = latest(types, &written.from)?;
        let pass_type = latest(types, &written.to)?;
        let cases = written.cases.iter().map(|case| conditions(case, record_type)).collect::<Result<_, _>>()?;
        let body = Body {
            name: written.name,
            from: written.from,
            to: written.to,
            first,
            last,
            cases,
            fill: fill(written.fill, record_type, pass_type)?,
        };
        let rule = Self::try_from(body)?;
        rule.fits(record_type, pass_type)?;
        Ok(rule)
    }

    /// The JSON form, as [`Rule::from_json`] reads it.
    ///
    /// # Errors
    /// [`Unfit`] when `record_type` is not the type that the rule reads.
    pub fn to_json(&self, record_type: &CredentialType) -> Result<String, Unfit> {
        let spell_all = |conditions: &[Condition]| conditions.iter().map(|c| spell(c, record_type)).collect();
        let written = Written {
            name: self.body.name.clone(),
            from: self.body.from.clone(),
            to: self.body.to.clone(),
            cases: self.body.cases.iter().map(|case| spell_all(case)).collect::<Result<_, _>>()?,
            fill: self
                .body
                .fill
                .iter()
                .map(|(name, source)| {
                    let source = match source.clone() {
                        Source::Epoch => WrittenSource::Epoch,
                        Source::Rule => WrittenSource::Rule,
                        Source::Copy(claim) => WrittenSource::Copy(claim),
                        Source::CopyIf(claim, all) => WrittenSource::CopyIf { claim, all: spell_all(&all)? },
                        Source::AgeAtLeast(claim, years) => WrittenSource::AtLeastYears { claim, years },
                    };
                    Ok((name.clone(), source))
                })
                .collect::<Result<_, Unfit>>()?,
        };
        Ok(format!("{:#}", serde_json::json!(written)))
    }
}

/// What is wrong with a rule as it was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unwritable {
    /// Not JSON, or not the JSON of a rule.
    #[error("{0}; see spec/rules.md for the form of a rule")]
    Json(String),
    /// A credential type that is not at hand.
    #[error("there is no credential type {0}; check the spelling or add its JSON file")]
    Type(TypeName),
    /// A name outside the vocabulary of its claim.
    #[error("{name:?} is not in the vocabulary of {claim}")]
    Name {
        /// The claim.
        claim: ClaimName,
        /// What was written.
        name: String,
    },
    /// A claim that the rule does not fill.
    #[error("`fill` does not say where {0} of the pass comes from")]
    Unfilled(ClaimName),
    /// A name that means nothing in its type.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// Too much, too little or the wrong way round.
    #[error(transparent)]
    Malformed(#[from] Malformed),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: RuleName,
    from: TypeName,
    to: TypeName,
    cases: Vec<Vec<WrittenCondition>>,
    fill: BTreeMap<ClaimName, WrittenSource>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum WrittenCondition {
    OneOf { claim: ClaimName, names: Vec<String> },
    DaysAgo { claim: ClaimName, min: u16, max: u16 },
    AtLeastYears { claim: ClaimName, years: u8 },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum WrittenSource {
    Epoch,
    Rule,
    Copy(ClaimName),
    CopyIf { claim: ClaimName, all: Vec<WrittenCondition> },
    AtLeastYears { claim: ClaimName, years: u8 },
}

fn latest<'a>(types: &'a [CredentialType], name: &TypeName) -> Result<&'a CredentialType, Unwritable> {
    types
        .iter()
        .filter(|listed| listed.name() == name)
        .max_by_key(|listed| listed.layout())
        .ok_or_else(|| Unwritable::Type(name.clone()))
}

/// The sources in the order of the pass type.
fn fill(
    mut written: BTreeMap<ClaimName, WrittenSource>,
    record_type: &CredentialType,
    pass_type: &CredentialType,
) -> Result<Vec<(ClaimName, Source)>, Unwritable> {
    let mut fill = Vec::new();
    for claim in pass_type.claims() {
        let name = claim.name.clone();
        let source = match written.remove(&name) {
            None => return Err(Unwritable::Unfilled(name)),
            Some(WrittenSource::Epoch) => Source::Epoch,
            Some(WrittenSource::Rule) => Source::Rule,
            Some(WrittenSource::Copy(claim)) => Source::Copy(claim),
            Some(WrittenSource::CopyIf { claim, all }) => Source::CopyIf(claim, conditions(&all, record_type)?),
            Some(WrittenSource::AtLeastYears { claim, years }) => Source::AgeAtLeast(claim, years),
        };
        fill.push((name, source));
    }
    match written.into_keys().next() {
        Some(surplus) => Err(Unwritable::Unfit(Unfit::Fill(surplus))),
        None => Ok(fill),
    }
}

fn conditions(written: &[WrittenCondition], record_type: &CredentialType) -> Result<Vec<Condition>, Unwritable> {
    written
        .iter()
        .map(|condition| {
            Ok(match condition {
                WrittenCondition::OneOf { claim, names } => {
                    let vocabulary = vocabulary_of(claim, record_type)?;
                    let code = |name: &String| {
                        vocabulary
                            .code_of(name)
                            .ok_or_else(|| Unwritable::Name { claim: claim.clone(), name: name.clone() })
                    };
                    let codes: Vec<u8> = names.iter().map(code).collect::<Result<_, _>>()?;
                    Condition::OneOf { claim: claim.clone(), codes: Codes::new(codes)? }
                }
                WrittenCondition::DaysAgo { claim, min, max } => {
                    Condition::DaysAgo { claim: claim.clone(), min: *min, max: *max }
                }
                WrittenCondition::AtLeastYears { claim, years } => {
                    Condition::AgeAtLeast { claim: claim.clone(), years: *years }
                }
            })
        })
        .collect()
}

fn spell(condition: &Condition, record_type: &CredentialType) -> Result<WrittenCondition, Unfit> {
    Ok(match condition.clone() {
        Condition::OneOf { claim, codes } => {
            let vocabulary = vocabulary_of(&claim, record_type)?;
            let name =
                |code| vocabulary.name_of(code).map(str::to_owned).ok_or_else(|| Unfit::Condition(claim.clone()));
            let names = codes.iter().map(name).collect::<Result<_, _>>()?;
            WrittenCondition::OneOf { claim, names }
        }
        Condition::DaysAgo { claim, min, max } => WrittenCondition::DaysAgo { claim, min, max },
        Condition::AgeAtLeast { claim, years } => WrittenCondition::AtLeastYears { claim, years },
    })
}

fn vocabulary_of<'a>(claim: &ClaimName, record_type: &'a CredentialType) -> Result<&'a Vocabulary, Unfit> {
    match super::kind_of(claim, record_type)? {
        Kind::Code(vocabulary) => Ok(vocabulary),
        _ => Err(Unfit::Condition(claim.clone())),
    }
}
