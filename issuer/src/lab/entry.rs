//! What a lab types, parsed once.

use std::fmt;
use std::str::FromStr;

use bauta_spec::attributes::TypeName;
use serde::{Deserialize, Serialize};

use super::Facts;
use crate::config::name_byte;

/// A result as a lab enters it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What kind of record it becomes.
    pub record_type: TypeName,
    /// The lab's own name for it.
    pub reference: Reference,
    /// What was found.
    pub facts: Facts,
}

/// A result that is to come.
#[derive(Clone, Debug)]
pub struct Order {
    /// What kind of record it will become.
    pub record_type: TypeName,
    /// The lab's own name for it.
    pub reference: Reference,
}

/// What a lab calls a result, so that it can ask for it again: a sample number, never a name. Only its keyed hash is kept.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Reference(String);

/// Who enters or withdraws: the name of an API key, or what the command line was told.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Operator(String);

/// A reference, operator or other name that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadName {
    /// Nothing, or too much.
    #[error("a reference has 1 to 64 characters")]
    Length,
    /// A spreadsheet would run it.
    #[error("a reference must not begin with =, +, -, @: a spreadsheet would take it for a formula")]
    Formula,
    /// Something that is not seen.
    #[error("a reference must not hold control or other invisible characters")]
    Invisible,
    /// An operator's name stands in tables and logs.
    #[error("a name has 1 to 64 letters, digits, dots, hyphens and underscores")]
    Name,
}

impl FromStr for Reference {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        if text.is_empty() || text.chars().count() > 64 {
            return Err(BadName::Length);
        }
        if text.starts_with(['=', '+', '-', '@']) {
            return Err(BadName::Formula);
        }
        let seen = |c: char| c.is_alphanumeric() || c.is_ascii_graphic() || c == ' ';
        if text != text.trim() || !text.chars().all(seen) {
            return Err(BadName::Invisible);
        }
        Ok(Self(text.to_owned()))
    }
}

/// References may be more telling than a lab knows.
impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(_) = self;
        f.write_str("Reference(..)")
    }
}

impl Reference {
    /// As the lab wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Operator {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let is_name = (1..=64).contains(&text.len()) && text.bytes().all(name_byte);
        is_name.then(|| Self(text.to_owned())).ok_or(BadName::Name)
    }
}

impl TryFrom<String> for Operator {
    type Error = BadName;

    fn try_from(text: String) -> Result<Self, BadName> {
        text.parse()
    }
}

impl From<Operator> for String {
    fn from(Operator(name): Operator) -> Self {
        name
    }
}

impl Operator {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_visible_and_no_formula() {
        for good in ["A-1", "2026/11 17", "πρ-7", "1"] {
            assert!(good.parse::<Reference>().is_ok(), "{good}");
        }
        for bad in ["", " 1", "=1+1", "+1", "-1", "@x", "a\tb", "a\nb", "a\u{202e}b", &"x".repeat(65)] {
            assert!(bad.parse::<Reference>().is_err(), "{bad:?}");
        }
    }
}
