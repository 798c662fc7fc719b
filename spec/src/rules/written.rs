//! Rules as officials write them: JSON with names in place of codes.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Body, Codes, Condition, Fact, Rule, RuleName, Source, Unfit};
use crate::attributes::{ClaimName, CredentialType, Kind, TypeName, Vocabulary};
use crate::cbor::Malformed;
use crate::time::Day;

/// The rules that come with the format as samples, in their JSON form. They belong to the shipped credential types.
pub const SAMPLES: [&str; 5] = [
    include_str!("../../samples/rules/tested-or-vaccinated.json"),
    include_str!("../../samples/rules/health.json"),
    include_str!("../../samples/rules/age.json"),
    include_str!("../../samples/rules/membership.json"),
    include_str!("../../samples/rules/vaccinated-and-tested.json"),
];

impl Rule {
    /// Reads the JSON form and looks its names up in `types`. The days come with the signature, not with the text: the same text is
    /// signed again for the next quarter.
    ///
    /// # Errors
    /// [`Unwritable`], for the official who wrote the text.
    pub fn from_json(text: &str, types: &[CredentialType], first: Day, last: Day) -> Result<Self, Unwritable> {
        let written: Written = serde_json::from_str(text).map_err(|error| Unwritable::Json(error.to_string()))?;
        super::one_or_two(&written.from)?;
        let record_types = written.from.iter().map(|from| latest(types, from)).collect::<Result<Vec<_>, _>>()?;
        let pass_type = latest(types, &written.to)?;
        let cases = written.cases.iter().map(|case| conditions(case, &record_types)).collect::<Result<_, _>>()?;
        let body = Body {
            name: written.name,
            from: written.from,
            to: written.to,
            first,
            last,
            cases,
            fill: fill(written.fill, &record_types, pass_type)?,
        };
        let rule = Self::try_from(body)?;
        rule.fits(&record_types, pass_type)?;
        Ok(rule)
    }

    /// The JSON form, as [`Rule::from_json`] reads it.
    ///
    /// # Errors
    /// [`Unfit`] when `record_types` are not the types that the rule reads.
    pub fn to_json(&self, record_types: &[&CredentialType]) -> Result<String, Unfit> {
        let spell_all = |conditions: &[Condition]| conditions.iter().map(|c| spell(c, record_types)).collect();
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
                        Source::Copy(fact) => WrittenSource::Copy(WrittenFact(fact)),
                        Source::CopyIf(fact, all) => {
                            WrittenSource::CopyIf { claim: WrittenFact(fact), all: spell_all(&all)? }
                        }
                        Source::AgeAtLeast(fact, years) => {
                            WrittenSource::AtLeastYears { claim: WrittenFact(fact), years }
                        }
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
        claim: Fact,
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
    from: Vec<TypeName>,
    to: TypeName,
    cases: Vec<Vec<WrittenCondition>>,
    fill: BTreeMap<ClaimName, WrittenSource>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum WrittenCondition {
    OneOf { claim: WrittenFact, names: Vec<String> },
    DaysAgo { claim: WrittenFact, min: u16, max: u16 },
    AtLeastYears { claim: WrittenFact, years: u8 },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum WrittenSource {
    Epoch,
    Rule,
    Copy(WrittenFact),
    CopyIf { claim: WrittenFact, all: Vec<WrittenCondition> },
    AtLeastYears { claim: WrittenFact, years: u8 },
}

/// `tested`, or `second.tested` for the second record.
struct WrittenFact(Fact);

impl Serialize for WrittenFact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for WrittenFact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(D::Error::custom)
    }
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
    record_types: &[&CredentialType],
    pass_type: &CredentialType,
) -> Result<Vec<(ClaimName, Source)>, Unwritable> {
    let mut fill = Vec::new();
    for claim in pass_type.claims() {
        let name = claim.name.clone();
        let source = match written.remove(&name) {
            None => return Err(Unwritable::Unfilled(name)),
            Some(WrittenSource::Epoch) => Source::Epoch,
            Some(WrittenSource::Rule) => Source::Rule,
            Some(WrittenSource::Copy(WrittenFact(fact))) => Source::Copy(fact),
            Some(WrittenSource::CopyIf { claim: WrittenFact(fact), all }) => {
                Source::CopyIf(fact, conditions(&all, record_types)?)
            }
            Some(WrittenSource::AtLeastYears { claim: WrittenFact(fact), years }) => Source::AgeAtLeast(fact, years),
        };
        fill.push((name, source));
    }
    match written.into_keys().next() {
        Some(surplus) => Err(Unwritable::Unfit(Unfit::Fill(surplus))),
        None => Ok(fill),
    }
}

fn conditions(written: &[WrittenCondition], record_types: &[&CredentialType]) -> Result<Vec<Condition>, Unwritable> {
    written
        .iter()
        .map(|condition| {
            Ok(match condition {
                WrittenCondition::OneOf { claim: WrittenFact(fact), names } => {
                    let vocabulary = vocabulary_of(fact, record_types)?;
                    let code = |name: &String| {
                        vocabulary
                            .code_of(name)
                            .ok_or_else(|| Unwritable::Name { claim: fact.clone(), name: name.clone() })
                    };
                    let codes: Vec<u8> = names.iter().map(code).collect::<Result<_, _>>()?;
                    Condition::OneOf { fact: fact.clone(), codes: Codes::new(codes)? }
                }
                WrittenCondition::DaysAgo { claim: WrittenFact(fact), min, max } => {
                    Condition::DaysAgo { fact: fact.clone(), min: *min, max: *max }
                }
                WrittenCondition::AtLeastYears { claim: WrittenFact(fact), years } => {
                    Condition::AgeAtLeast { fact: fact.clone(), years: *years }
                }
            })
        })
        .collect()
}

fn spell(condition: &Condition, record_types: &[&CredentialType]) -> Result<WrittenCondition, Unfit> {
    Ok(match condition.clone() {
        Condition::OneOf { fact, codes } => {
            let vocabulary = vocabulary_of(&fact, record_types)?;
            let name = |code| vocabulary.name_of(code).map(str::to_owned).ok_or_else(|| Unfit::Condition(fact.clone()));
            let names = codes.iter().map(name).collect::<Result<_, _>>()?;
            WrittenCondition::OneOf { claim: WrittenFact(fact), names }
        }
        Condition::DaysAgo { fact, min, max } => WrittenCondition::DaysAgo { claim: WrittenFact(fact), min, max },
        Condition::AgeAtLeast { fact, years } => WrittenCondition::AtLeastYears { claim: WrittenFact(fact), years },
    })
}

fn vocabulary_of<'a>(fact: &Fact, record_types: &[&'a CredentialType]) -> Result<&'a Vocabulary, Unfit> {
    match super::kind_of(fact, record_types)? {
        Kind::Code(vocabulary) => Ok(vocabulary),
        _ => Err(Unfit::Condition(fact.clone())),
    }
}
