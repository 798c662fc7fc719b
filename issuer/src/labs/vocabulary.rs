//! What a lab may enter: which record types, and of their claims which words and how old a day.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use bauta_spec::attributes::{ClaimName, CredentialType, Kind, TypeName, Use};
use serde::{Deserialize, Serialize};

use crate::lab::FactError;

/// Record types by name, and of each the claims that are narrower for this lab than in the type. A type that is not named cannot be
/// entered; a claim that is not named can be all that its type says.
///
/// As JSON: `{"health-record": {"tested": ["naat"], "vaccinated": [], "tested_on": {"days_back": 14}}}`.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Vocabulary(BTreeMap<TypeName, BTreeMap<ClaimName, Said>>);

/// What one claim may say.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(untagged)]
pub(crate) enum Said {
    /// One of these words; with none of them the claim stays empty.
    Words(BTreeSet<String>),
    /// A day, or a month, at most so far back.
    Since(HowFarBack),
}

/// How old a day may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HowFarBack {
    /// In days before the one on which it is entered.
    pub(crate) days_back: u16,
}

/// A vocabulary of which something could never be entered.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadVocabulary {
    /// Not in the form above.
    #[error(
        "a vocabulary is JSON of record types, claims, and words or days, such as \
         {{\"health-record\": {{\"tested\": [\"naat\"], \"tested_on\": {{\"days_back\": 14}}}}}}"
    )]
    Json,
    /// No such record type.
    #[error("there is no record type \"{0}\" in the trust list")]
    Type(TypeName),
    /// No such claim.
    #[error("there is no claim \"{1}\" in {0}")]
    Claim(TypeName, ClaimName),
    /// A word that is none of the claim's, or a number of days where there is none.
    #[error("the claim \"{1}\" of {0} takes {2}")]
    Said(TypeName, ClaimName, String),
}

impl FromStr for Vocabulary {
    type Err = BadVocabulary;

    fn from_str(json: &str) -> Result<Self, BadVocabulary> {
        serde_json::from_str(json).map_err(|_| BadVocabulary::Json)
    }
}

impl Vocabulary {
    /// As it is kept.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("names and words are text")
    }

    /// Whether each type, claim and word in it is one of the list's: a slip of the pen would refuse everything.
    pub(crate) fn known_to(&self, types: &[CredentialType]) -> Result<(), BadVocabulary> {
        for (name, claims) in &self.0 {
            let record = |listed: &&CredentialType| listed.name() == name && listed.usage() == Use::Record;
            let listed = types.iter().find(record).ok_or_else(|| BadVocabulary::Type(name.clone()))?;
            for (claim, said) in claims {
                let known =
                    listed.claim(claim.as_str()).ok_or_else(|| BadVocabulary::Claim(name.clone(), claim.clone()))?;
                let takes = |what: String| Err(BadVocabulary::Said(name.clone(), claim.clone(), what));
                match (&known.kind, said) {
                    (Kind::Code(words), Said::Words(said)) if said.iter().all(|word| words.code_of(word).is_some()) => {
                    }
                    (Kind::Code(words), _) => {
                        let words: Vec<&str> = words.words().map(|(_, word)| word).collect();
                        return takes(format!("some of the words {}", words.join(", ")));
                    }
                    (Kind::Day | Kind::Month, Said::Since(_)) => {}
                    (Kind::Day | Kind::Month, Said::Words(_)) => return takes("{\"days_back\": N}".to_owned()),
                    _ => return takes("whatever its type says, so leave it out".to_owned()),
                }
            }
        }
        Ok(())
    }

    /// What is said of each claim of a type.
    pub(crate) fn of(&self, credential_type: &TypeName) -> Result<&BTreeMap<ClaimName, Said>, FactError> {
        self.0.get(credential_type).ok_or_else(|| FactError::NotThisType(credential_type.clone()))
    }
}

#[cfg(test)]
mod tests {
    use bauta_spec::attributes::shipped;

    use super::*;

    fn known(json: &str) -> Result<(), BadVocabulary> {
        json.parse::<Vocabulary>()?.known_to(&shipped())
    }

    #[test]
    fn a_vocabulary_that_could_never_be_used_is_refused_by_name() {
        for good in [
            "{}",
            r#"{"health-record":{}}"#,
            r#"{"health-record":{"tested":["naat"],"tested_on":{"days_back":14},"vaccinated":[]}}"#,
        ] {
            assert_eq!(known(good), Ok(()), "{good}");
            let vocabulary: Vocabulary = good.parse().unwrap();
            assert_eq!(vocabulary.to_json(), good);
        }
        for (bad, because) in [
            ("[]", "a vocabulary is JSON"),
            (r#"{"health-record":{"tested_on":{"days_back":14,"weeks":1}}}"#, "a vocabulary is JSON"),
            (r#"{"health-record":{"tested_on":{"days_back":-1}}}"#, "a vocabulary is JSON"),
            (r#"{"Health Record":{}}"#, "a vocabulary is JSON"),
            (r#"{"entry-pass":{}}"#, "there is no record type \"entry-pass\""),
            (r#"{"health-record":{"colour":[]}}"#, "there is no claim \"colour\" in health-record"),
            (
                r#"{"health-record":{"tested":["pcr"]}}"#,
                "the claim \"tested\" of health-record takes some of the words naat",
            ),
            (r#"{"health-record":{"tested":{"days_back":1}}}"#, "the claim \"tested\" of health-record takes some of"),
            (
                r#"{"health-record":{"tested_on":["today"]}}"#,
                "the claim \"tested_on\" of health-record takes {\"days_back\"",
            ),
            (
                r#"{"health-record":{"hint":["M/05"]}}"#,
                "the claim \"hint\" of health-record takes whatever its type says",
            ),
            (
                r#"{"health-record":{"handle":[]}}"#,
                "the claim \"handle\" of health-record takes whatever its type says",
            ),
        ] {
            let refused = known(bad).unwrap_err().to_string();
            assert!(refused.starts_with(because), "{bad}: {refused}");
        }
    }
}
