//! What a lab says about a person, in the words of the credential type.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use bauta_spec::attributes::{Claim, ClaimName, CredentialType, Kind, TypeName, Value};
use bauta_spec::credential::KeyId;
use bauta_spec::hint::Hint;
use bauta_spec::time::{Day, Month};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::labs::{HowFarBack, Said, Vocabulary};

/// Claim names and words, as a lab gives them and as they wait, sealed, for their citizen.
#[derive(Clone, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Facts(BTreeMap<String, String>);

/// A fact that cannot be entered, by the name of its claim. The value is never repeated: it may be about a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FactError {
    /// The type has no such claim.
    #[error("there is no claim \"{claim}\" in {credential_type}; it has {known}")]
    NoSuchClaim {
        /// What was written, if it can be a claim's name at all.
        claim: String,
        /// The credential type.
        credential_type: TypeName,
        /// The claims that a lab fills in.
        known: String,
    },
    /// The service fills this claim in itself.
    #[error("\"{0}\" is filled in by the service: leave it out")]
    NotTheLabs(String),
    /// Not a word of the vocabulary, or not of the kind.
    #[error("\"{claim}\" must be {expected}")]
    NotOfItsKind {
        /// The claim.
        claim: String,
        /// What it takes.
        expected: String,
    },
    /// A day or month that cannot be.
    #[error("\"{0}\" lies in the future or more than {OLDEST_YEARS} years back")]
    Implausible(String),
    /// Not a record type of this lab.
    #[error("this lab may not enter results of the type {0}: see `bauta-issuer lab list`")]
    NotThisType(TypeName),
    /// A word of the type that this lab may not enter.
    #[error("this lab may enter as \"{claim}\" {allowed}")]
    NotThisWord {
        /// The claim.
        claim: String,
        /// What it may enter.
        allowed: String,
    },
    /// Older than what this lab enters.
    #[error("\"{claim}\" lies more than {days} days back, and this lab enters nothing older")]
    TooOld {
        /// The claim.
        claim: String,
        /// How far back it may lie.
        days: u16,
    },
    /// A fact without its day, or a day without its fact.
    #[error("\"{0}\" and \"{0}_on\" come together or not at all")]
    HalfGiven(String),
    /// More than a record can say.
    #[error("the facts are longer than a record's can be")]
    TooLong,
    /// Nothing was said.
    #[error("no fact is given")]
    Nothing,
}

/// How days may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Days {
    /// `2026-11-24` only: what a program sends may arrive after midnight.
    Dated,
    /// Also `today` and `today-N`: what a person writes.
    Spoken,
}

/// A day or a year of birth further back than this is a slip of the keyboard.
const OLDEST_YEARS: u16 = 120;

impl Facts {
    /// From pairs of claim and word; an empty word is an absent fact.
    pub fn from_words(words: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(words.into_iter().filter(|(_, word)| !word.is_empty()).collect())
    }

    /// The facts with every day written out, when each fits its claim.
    ///
    /// # Errors
    /// [`FactError`].
    pub fn checked(&self, credential_type: &CredentialType, days: Days, today: Day) -> Result<Self, FactError> {
        if self.0.is_empty() {
            return Err(FactError::Nothing);
        }
        let mut checked = BTreeMap::new();
        for (name, word) in &self.0 {
            let claim = credential_type.claim(name).ok_or_else(|| no_such_claim(name, credential_type))?;
            let word = match (&claim.kind, days) {
                (Kind::Day, Days::Spoken) => {
                    spoken_day(word, today).map_or_else(|| word.clone(), |day| day.to_string())
                }
                _ => word.clone(),
            };
            let value = value_of(claim, &word)?;
            plausible(claim, &value, today)?;
            checked.insert(name.clone(), word);
        }
        if let Some(half) = half_given(&checked, credential_type) {
            return Err(FactError::HalfGiven(half));
        }
        Ok(Self(checked))
    }

    /// Whether a lab may enter these facts, which fit their type.
    ///
    /// # Errors
    /// [`FactError`].
    pub(crate) fn within(
        &self,
        vocabulary: &Vocabulary,
        credential_type: &CredentialType,
        today: Day,
    ) -> Result<(), FactError> {
        for (name, said) in vocabulary.of(credential_type.name())? {
            let Some(word) = self.0.get(name.as_str()) else { continue };
            match said {
                Said::Words(words) if words.contains(word) => {}
                Said::Words(words) => return Err(not_this_word(name, words)),
                Said::Since(HowFarBack { days_back: days }) => {
                    let first = today.minus(*days);
                    let recent = match credential_type.claim(name.as_str()).map(|claim| &claim.kind) {
                        Some(Kind::Month) => word.parse::<Month>().is_ok_and(|month| month >= first.month()),
                        _ => word.parse::<Day>().is_ok_and(|day| day >= first),
                    };
                    if !recent {
                        return Err(FactError::TooOld { claim: name.to_string(), days: *days });
                    }
                }
            }
        }
        Ok(())
    }

    /// The value of a claim; `Absent` when nothing was said.
    pub(crate) fn value(&self, claim: &Claim) -> Result<Value, FactError> {
        self.0.get(claim.name.as_str()).map_or(Ok(Value::Absent), |word| value_of(claim, word))
    }
}

impl Drop for Facts {
    fn drop(&mut self) {
        self.0.values_mut().for_each(Zeroize::zeroize);
    }
}

/// Facts about a person stay out of logs.
impl fmt::Debug for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(_) = self;
        f.write_str("Facts(..)")
    }
}

/// Everything that waits, sealed, behind a code.
#[derive(Deserialize, Serialize)]
pub(crate) struct Parcel {
    pub(crate) credential_type: TypeName,
    pub(crate) key: KeyId,
    pub(crate) valid_until: Day,
    pub(crate) facts: Facts,
}

impl Parcel {
    /// Every parcel has this many bytes, so that a thief of the database learns nothing from lengths. The longest facts of 16
    /// claims have fewer: claim names and words have at most 32 letters each.
    const LEN: usize = 2048;

    /// `None` if the facts are longer than any honest ones.
    pub(crate) fn to_bytes(&self) -> Option<Zeroizing<Vec<u8>>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(Self::LEN));
        serde_json::to_writer(&mut *bytes, self).ok()?;
        let fits = bytes.len() <= Self::LEN;
        // JSON may end in spaces.
        bytes.resize(Self::LEN, b' ');
        fits.then_some(bytes)
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

fn value_of(claim: &Claim, word: &str) -> Result<Value, FactError> {
    let value = match &claim.kind {
        Kind::Code(vocabulary) => vocabulary.code_of(word).map(Value::Code),
        Kind::Day => word.parse::<Day>().ok().map(Value::Day),
        Kind::Month => word.parse::<Month>().ok().map(Value::Month),
        Kind::Hint => word.parse::<Hint>().ok().map(Value::Hint),
        Kind::Flag => match word {
            "yes" => Some(Value::Flag(true)),
            "no" => Some(Value::Flag(false)),
            _ => None,
        },
        Kind::Epoch | Kind::Admits | Kind::Handle | Kind::Binding => {
            return Err(FactError::NotTheLabs(claim.name.to_string()));
        }
    };
    if claim.name.as_str() == VALID_UNTIL {
        return Err(FactError::NotTheLabs(claim.name.to_string()));
    }
    value.ok_or_else(|| FactError::NotOfItsKind { claim: claim.name.to_string(), expected: expected(&claim.kind) })
}

/// The claim that says how long a record can be turned into passes; the same span for everybody.
pub(crate) const VALID_UNTIL: &str = "valid_until";

fn expected(kind: &Kind) -> String {
    match kind {
        Kind::Code(vocabulary) => {
            let words: Vec<&str> = vocabulary.words().map(|(_, word)| word).collect();
            format!("one of {}", words.join(", "))
        }
        Kind::Day => "a day like 2026-11-24, or today or today-1 on the command line".to_owned(),
        Kind::Month => "a month like 1990-05".to_owned(),
        Kind::Hint => "initial and month of birth like M/05".to_owned(),
        Kind::Flag => "yes or no".to_owned(),
        Kind::Epoch | Kind::Admits | Kind::Handle | Kind::Binding => "left out".to_owned(),
    }
}

fn no_such_claim(name: &str, credential_type: &CredentialType) -> FactError {
    let filled_by_the_lab = |claim: &&Claim| {
        claim.name.as_str() != VALID_UNTIL
            && !matches!(claim.kind, Kind::Epoch | Kind::Admits | Kind::Handle | Kind::Binding)
    };
    let known: Vec<&str> =
        credential_type.claims().iter().filter(filled_by_the_lab).map(|claim| claim.name.as_str()).collect();
    FactError::NoSuchClaim {
        // What is no name of any claim may be anything, also a person's, so it is not repeated.
        claim: name
            .parse::<bauta_spec::attributes::ClaimName>()
            .map_or_else(|_| "?".to_owned(), |name| name.to_string()),
        credential_type: credential_type.name().clone(),
        known: known.join(", "),
    }
}

fn not_this_word(claim: &ClaimName, words: &BTreeSet<String>) -> FactError {
    let allowed = match words.is_empty() {
        true => "nothing".to_owned(),
        false => format!("only {}", words.iter().map(String::as_str).collect::<Vec<_>>().join(", ")),
    };
    FactError::NotThisWord { claim: claim.to_string(), allowed }
}

fn plausible(claim: &Claim, value: &Value, today: Day) -> Result<(), FactError> {
    let oldest = today.minus(OLDEST_YEARS * 365);
    let possible = match value {
        Value::Day(day) => (oldest..=today).contains(day),
        Value::Month(month) => (oldest.month()..=today.month()).contains(month),
        _ => true,
    };
    if possible { Ok(()) } else { Err(FactError::Implausible(claim.name.to_string())) }
}

/// A claim `x` beside a claim `x_on` in the type, of which only one is given.
fn half_given(given: &BTreeMap<String, String>, credential_type: &CredentialType) -> Option<String> {
    credential_type
        .claims()
        .iter()
        .filter_map(|claim| claim.name.as_str().strip_suffix("_on"))
        .filter(|fact| credential_type.claim(fact).is_some())
        .find(|fact| given.contains_key(*fact) != given.contains_key(&format!("{fact}_on")))
        .map(str::to_owned)
}

fn spoken_day(word: &str, today: Day) -> Option<Day> {
    match word.strip_prefix("today")? {
        "" => Some(today),
        back => back.strip_prefix('-')?.parse().ok().map(|days| today.minus(days)),
    }
}

#[cfg(test)]
mod tests {
    use bauta_spec::attributes::shipped_named;

    use super::*;

    fn facts(words: &[(&str, &str)]) -> Facts {
        Facts::from_words(words.iter().map(|(claim, word)| ((*claim).to_owned(), (*word).to_owned())))
    }

    fn check(words: &[(&str, &str)]) -> Result<Facts, FactError> {
        let health = shipped_named("health-record").unwrap();
        facts(words).checked(&health, Days::Spoken, "2026-11-24".parse().unwrap())
    }

    #[test]
    fn days_are_written_out() {
        let checked = check(&[("tested", "naat"), ("tested_on", "today-2"), ("hint", "")]).unwrap();
        assert_eq!(checked, facts(&[("tested", "naat"), ("tested_on", "2026-11-22")]));
    }

    #[test]
    fn what_cannot_be_is_refused_by_name_and_never_repeated() {
        for (words, message) in [
            (&[("tested", "pcr"), ("tested_on", "today")][..], "\"tested\" must be one of naat, rapid-antigen"),
            (&[("tested", "naat"), ("tested_on", "2026-11-25")], "\"tested_on\" lies in the future"),
            (&[("tested", "naat"), ("tested_on", "1726-11-25")], "\"tested_on\" must be a day"),
            (&[("tested", "naat")], "\"tested\" and \"tested_on\" come together"),
            (&[("tested_on", "today")], "\"tested\" and \"tested_on\" come together"),
            (&[("handle", "00")], "\"handle\" is filled in by the service"),
            (&[("valid_until", "today")], "\"valid_until\" is filled in by the service"),
            (&[("Jane Doe", "naat")], "there is no claim \"?\" in health-record; it has tested,"),
            (&[("hint", "=1/05")], "\"hint\" must be initial and month"),
            (&[], "no fact is given"),
        ] {
            let error = check(words).unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
    }

    #[test]
    fn parcels_have_one_length() {
        let parcel = |facts| Parcel {
            credential_type: "health-record".parse().unwrap(),
            key: KeyId::new([1; 4]),
            valid_until: "2027-11-24".parse().unwrap(),
            facts,
        };
        let short = parcel(facts(&[("tested", "naat"), ("tested_on", "2026-11-22")])).to_bytes().unwrap();
        let long = facts(&[("tested", "rapid-antigen"), ("tested_on", "2026-11-22"), ("age_band", "21-64")]);
        let bytes = parcel(long.clone()).to_bytes().unwrap();
        assert_eq!(short.len(), bytes.len());
        assert_eq!(Parcel::from_bytes(&bytes).unwrap().facts, long);
    }
}
