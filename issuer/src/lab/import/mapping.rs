//! What a lab's own columns, words and codes mean, as a file. Codes are data: none of them is in this program, and their notices stay
//! beside them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use bauta_spec::attributes::{Claim, CredentialType, Kind, TypeName};
use bauta_spec::time::{Day, Grid};
use figment::Figment;
use figment::providers::{Format as _, Toml};
use serde::Deserialize;

use super::super::{FactError, Facts, LabError, record_key};
use super::person::{self, Person};
use crate::service::Service;

/// A mapping file, as it was written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// What kind of record the results become.
    #[serde(rename = "type")]
    record_type: TypeName,
    /// What the owners of the codes ask to be said wherever they are used.
    #[serde(default)]
    notices: Vec<String>,
    /// Claims that are filled from a person's name and birth date.
    #[serde(default)]
    person: Vec<String>,
    csv: Option<Table>,
    fhir: Option<Fhir>,
}

/// What a lab's columns mean.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    pub(super) reference: String,
    #[serde(default)]
    pub(super) columns: BTreeMap<String, Column>,
    /// Facts that every line has, in no column.
    #[serde(default)]
    pub(super) always: BTreeMap<String, String>,
    pub(super) dates: Option<DateFormat>,
    pub(super) given_name: Option<String>,
    pub(super) birth_date: Option<String>,
    #[serde(default)]
    ignored: BTreeSet<String>,
    delimiter: Option<char>,
}

/// What the words of one column mean.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Column {
    pub(super) claim: Option<String>,
    #[serde(default)]
    words: BTreeMap<Text, String>,
    #[serde(default)]
    only: BTreeSet<Text>,
}

/// What a lab's FHIR codes mean.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fhir {
    /// The system of the identifier that is the reference; the resource's own id otherwise.
    pub(super) reference: Option<String>,
    #[serde(default)]
    pub(super) observations: BTreeMap<Coding, Fact>,
    #[serde(default)]
    pub(super) immunizations: BTreeMap<Coding, Fact>,
    /// Which outcome of a test becomes a fact. There is no other way to tell good news from bad in a mapping.
    counts: Option<Outcome>,
    #[serde(default)]
    detected: Values,
    #[serde(default)]
    not_detected: Values,
    /// Types of resources that hold no result.
    #[serde(default)]
    pub(super) ignored: BTreeSet<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Outcome {
    Detected,
    NotDetected,
}

/// How an outcome may be written.
#[derive(Clone, Default, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Values {
    #[serde(default)]
    codes: BTreeSet<Coding>,
    #[serde(default)]
    texts: BTreeSet<Text>,
}

/// A code with its system, written `system|code` as in a FHIR search.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Coding {
    pub(super) system: String,
    pub(super) code: String,
}

/// A claim and its word, written `tested=naat` as on the command line.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Fact {
    pub(super) claim: String,
    pub(super) word: String,
}

/// A word of a lab, in whatever case it is written.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize)]
#[serde(from = "String")]
pub(super) struct Text(String);

/// How a lab writes days: YYYY, MM and DD once each, with anything between.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct DateFormat(String);

/// A mapping cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MappingError {
    /// The file is missing.
    #[error("there is no mapping {0}: write one, as issuer/examples shows")]
    Missing(PathBuf),
    /// A value is missing, unknown or of the wrong kind.
    #[error("the mapping is not understood: {0}")]
    NotUnderstood(Box<figment::Error>),
    /// A value is understood and cannot be right.
    #[error("the mapping's `{setting}`: {problem}")]
    Unusable {
        /// Which.
        setting: &'static str,
        /// What is wrong with it and what to do.
        problem: String,
    },
    /// The service cannot sign such records.
    #[error(transparent)]
    Lab(#[from] LabError),
}

/// A mapping held against the record type that it fills, on one day of the programme.
#[derive(Debug)]
pub struct Mapped {
    mapping: Mapping,
    record_type: CredentialType,
    today: Day,
    grid: Grid,
}

impl Mapping {
    /// Reads a file.
    ///
    /// # Errors
    /// [`MappingError`].
    pub fn read(file: &Path) -> Result<Self, MappingError> {
        if !file.is_file() {
            return Err(MappingError::Missing(file.to_owned()));
        }
        let mapping = Figment::from(Toml::file_exact(file)).extract();
        mapping.map_err(|error| MappingError::NotUnderstood(Box::new(error)))
    }

    /// What the owners of its codes ask to be said.
    pub fn notices(&self) -> &[String] {
        &self.notices
    }
}

impl Service {
    /// Holds a mapping against its record type, so that a word that no record can have is found before the first result is.
    ///
    /// # Errors
    /// [`MappingError`].
    pub fn mapped(&self, mapping: Mapping) -> Result<Mapped, MappingError> {
        let today = self.today().map_err(LabError::from)?;
        let record_type = record_key(&today, &self.keys, &mapping.record_type)?.key_type.clone();
        Mapped::new(mapping, record_type, today.day, today.list.grid())
    }
}

impl Mapped {
    fn new(mapping: Mapping, record_type: CredentialType, today: Day, grid: Grid) -> Result<Self, MappingError> {
        let mapped = Self { mapping, record_type, today, grid };
        mapped.check()?;
        Ok(mapped)
    }

    /// What the owners of its codes ask to be said.
    pub fn notices(&self) -> &[String] {
        self.mapping.notices()
    }

    pub(super) fn table(&self) -> Option<&Table> {
        self.mapping.csv.as_ref()
    }

    pub(super) fn fhir(&self) -> Option<&Fhir> {
        self.mapping.fhir.as_ref()
    }

    pub(super) fn type_name(&self) -> &TypeName {
        &self.mapping.record_type
    }

    pub(super) fn grid(&self) -> Grid {
        self.grid
    }

    pub(super) fn is_day(&self, claim: &str) -> bool {
        self.record_type.claim(claim).is_some_and(|claim| claim.kind == Kind::Day)
    }

    /// Whether anything is asked about persons.
    pub(super) fn asks_for_person(&self) -> bool {
        !self.mapping.person.is_empty()
    }

    /// The claims that are asked about a person, filled in.
    pub(super) fn claims_of(&self, person: &Person) -> Result<Vec<(String, String)>, String> {
        let claims = self.mapping.person.iter().filter_map(|name| self.record_type.claim(name));
        claims.map(|claim| Ok((claim.name.to_string(), person.word(claim, self.today)?))).collect()
    }

    fn check(&self) -> Result<(), MappingError> {
        for name in &self.mapping.person {
            if !person::can_be_filled(self.claim("person", name)?) {
                return unusable("person", format!("\"{name}\" is not a claim that name and birth date can fill"));
            }
        }
        match (&self.mapping.csv, &self.mapping.fhir) {
            (None, None) => unusable("csv", "neither this nor `fhir` is there: say what is to be mapped".to_owned()),
            (csv, fhir) => {
                csv.as_ref().map_or(Ok(()), |table| self.check_table(table))?;
                fhir.as_ref().map_or(Ok(()), |fhir| self.check_fhir(fhir))
            }
        }
    }

    fn check_table(&self, table: &Table) -> Result<(), MappingError> {
        for (claim, word) in &table.always {
            self.check_fact("csv.always", claim, word)?;
        }
        for (name, column) in &table.columns {
            let Some(claim) = &column.claim else {
                if column.only.is_empty() || !column.words.is_empty() {
                    return unusable("csv.columns", format!("\"{name}\" needs a `claim`, or words under `only`"));
                }
                continue;
            };
            self.claim("csv.columns", claim)?;
            column.words.values().try_for_each(|word| self.check_fact("csv.columns", claim, word))?;
        }
        if !self.mapping.person.is_empty() && table.birth_date.is_none() {
            return unusable("csv.birth_date", "name the column, because `person` asks for it".to_owned());
        }
        if table.delimiter.is_some_and(|delimiter| !delimiter.is_ascii() || "\r\n\"".contains(delimiter)) {
            return unusable("csv.delimiter", "use one of , ; | or \"\\t\"".to_owned());
        }
        Ok(())
    }

    fn check_fhir(&self, fhir: &Fhir) -> Result<(), MappingError> {
        for (setting, facts) in [("fhir.observations", &fhir.observations), ("fhir.immunizations", &fhir.immunizations)]
        {
            for fact in facts.values() {
                self.check_fact(setting, &fact.claim, &fact.word)?;
                if !self.is_day(&fact.day_claim()) {
                    let problem = format!("{} has no \"{}\" to say when", self.record_type.name(), fact.day_claim());
                    return unusable(setting, problem);
                }
            }
        }
        if fhir.observations.is_empty() && fhir.immunizations.is_empty() {
            return unusable("fhir.observations", "nothing is mapped, here or in `fhir.immunizations`".to_owned());
        }
        let both = fhir.detected.codes.intersection(&fhir.not_detected.codes).next().is_some()
            || fhir.detected.texts.intersection(&fhir.not_detected.texts).next().is_some();
        if both {
            return unusable("fhir.detected", "a code or text stands under `fhir.not_detected` too".to_owned());
        }
        if !fhir.observations.is_empty() && fhir.counting().is_none_or(Values::is_empty) {
            let problem = "say whether \"detected\" or \"not-detected\" becomes a fact, and list its codes or texts";
            return unusable("fhir.counts", problem.to_owned());
        }
        Ok(())
    }

    fn claim(&self, setting: &'static str, name: &str) -> Result<&Claim, MappingError> {
        self.record_type.claim(name).ok_or_else(|| MappingError::Unusable {
            setting,
            problem: format!("there is no claim \"{name}\" in {}", self.record_type.name()),
        })
    }

    fn check_fact(&self, setting: &'static str, claim: &str, word: &str) -> Result<(), MappingError> {
        let known = self.claim(setting, claim)?;
        let facts = Facts::from_words([(claim.to_owned(), word.to_owned())]);
        let checked = facts.value(known).map(drop);
        checked.map_err(|why: FactError| MappingError::Unusable { setting, problem: why.to_string() })
    }
}

fn unusable<T>(setting: &'static str, problem: String) -> Result<T, MappingError> {
    Err(MappingError::Unusable { setting, problem })
}

impl Table {
    pub(super) fn delimiter(&self) -> u8 {
        self.delimiter.and_then(|delimiter| u8::try_from(delimiter).ok()).unwrap_or(b',')
    }

    /// Whether the mapping says something of a column, if only that it is ignored.
    pub(super) fn knows(&self, name: &str) -> bool {
        let named = [Some(&self.reference), self.given_name.as_ref(), self.birth_date.as_ref()];
        named.into_iter().flatten().any(|named| named == name)
            || self.columns.contains_key(name)
            || self.ignored.contains(name)
    }
}

impl Column {
    pub(super) fn lets_through(&self, cell: &str) -> bool {
        self.only.is_empty() || self.only.contains(&Text::from(cell.to_owned()))
    }

    /// The word of the claim; nothing for a word that is not listed where some are.
    pub(super) fn word<'a>(&'a self, cell: &'a str) -> Option<&'a str> {
        if self.words.is_empty() || cell.is_empty() {
            return Some(cell);
        }
        self.words.get(&Text::from(cell.to_owned())).map(String::as_str)
    }
}

impl Fhir {
    /// Whether a value is the outcome that becomes a fact, and nothing in it is the other.
    pub(super) fn counts(&self, codes: &[Coding], text: Option<&str>) -> bool {
        let says = |values: &Values| {
            let text = text.map(|text| Text::from(text.to_owned()));
            // A text is for people, and counts where no code is known.
            codes.iter().any(|code| values.codes.contains(code))
                || (!codes.iter().any(|code| self.knows(code)) && text.is_some_and(|text| values.texts.contains(&text)))
        };
        self.counting().is_some_and(says) && !self.other().is_some_and(says)
    }

    fn knows(&self, code: &Coding) -> bool {
        self.detected.codes.contains(code) || self.not_detected.codes.contains(code)
    }

    fn counting(&self) -> Option<&Values> {
        self.counts.map(|counts| match counts {
            Outcome::Detected => &self.detected,
            Outcome::NotDetected => &self.not_detected,
        })
    }

    fn other(&self) -> Option<&Values> {
        self.counts.map(|counts| match counts {
            Outcome::Detected => &self.not_detected,
            Outcome::NotDetected => &self.detected,
        })
    }
}

impl Values {
    fn is_empty(&self) -> bool {
        self.codes.is_empty() && self.texts.is_empty()
    }
}

impl Fact {
    /// The claim that says when.
    pub(super) fn day_claim(&self) -> String {
        format!("{}_on", self.claim)
    }
}

impl TryFrom<String> for Coding {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.split_once('|') {
            Some((system, code)) if !system.is_empty() && !code.is_empty() => {
                Ok(Self { system: system.to_owned(), code: code.to_owned() })
            }
            _ => Err("a code is written with its system, as \"http://loinc.org|94500-6\""),
        }
    }
}

impl TryFrom<String> for Fact {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.split_once('=') {
            Some((claim, word)) if !claim.is_empty() && !word.is_empty() => {
                Ok(Self { claim: claim.to_owned(), word: word.to_owned() })
            }
            _ => Err("a fact is written as \"tested=naat\""),
        }
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text.trim().to_lowercase())
    }
}

impl TryFrom<String> for DateFormat {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let once = |part: &str| text.matches(part).count() == 1;
        // What is left must be punctuation, or a slip such as YY would stand for itself.
        let left = text.replace("YYYY", "").replace("MM", "").replace("DD", "");
        if once("YYYY") && once("MM") && once("DD") && !left.chars().any(char::is_alphanumeric) {
            Ok(Self(text))
        } else {
            Err("dates are written with YYYY, MM and DD, as \"DD.MM.YYYY\"")
        }
    }
}

impl DateFormat {
    /// A day in ISO 8601, from one that is written like this.
    pub(super) fn iso(&self, text: &str) -> Option<String> {
        if text.len() != self.0.len() {
            return None;
        }
        let part = |name: &str| {
            let start = self.0.find(name)?;
            text.get(start..start + name.len())
        };
        let (year, month, day) = (part("YYYY")?, part("MM")?, part("DD")?);
        let digits = [year, month, day].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
        let written = self.0.replace("YYYY", year).replace("MM", month).replace("DD", day);
        (digits && written == text).then(|| format!("{year}-{month}-{day}"))
    }
}

impl fmt::Display for DateFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_in_the_labs_own_way_and_in_no_other() {
        let german: DateFormat = "DD.MM.YYYY".to_owned().try_into().unwrap();
        assert_eq!(german.iso("24.11.2026").as_deref(), Some("2026-11-24"));
        for other in ["2026-11-24", "24.11.26", "24/11/2026", "24.11.2O26", "24.11.2026 ", "", "é4.11.202"] {
            assert_eq!(german.iso(other), None, "{other}");
        }
        for wrong in ["DD.MM.YY", "DD.MM", "DD.MM.YYYY DD", "D.M.YYYY", "YYYY-MM-DDTHH"] {
            assert!(DateFormat::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
