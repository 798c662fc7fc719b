//! Who works here: people and programs that were let in, by name and lab.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::config::name_byte;
use crate::lab::{BadName, Operator};

/// A lab's name in tables, logs and keyed hashes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct LabName(String);

/// Somebody who was let in: what is done from here on is done in this name, and for this lab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    name: Operator,
    lab: Option<LabName>,
}

impl Actor {
    /// Of a lab.
    pub(crate) fn of_lab(name: Operator, lab: LabName) -> Self {
        Self { name, lab: Some(lab) }
    }

    /// Of no lab, because they look after all of them.
    pub(crate) fn above_labs(name: Operator) -> Self {
        Self { name, lab: None }
    }

    /// Their name.
    pub fn name(&self) -> &Operator {
        &self.name
    }

    /// Whom they work for; nobody's for those who look after all labs.
    pub fn lab(&self) -> Option<&LabName> {
        self.lab.as_ref()
    }
}

impl LabName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LabName {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let is_name = (1..=64).contains(&text.len()) && text.bytes().all(name_byte);
        is_name.then(|| Self(text.to_owned())).ok_or(BadName::Name)
    }
}

impl TryFrom<String> for LabName {
    type Error = BadName;

    fn try_from(text: String) -> Result<Self, BadName> {
        text.parse()
    }
}

impl From<LabName> for String {
    fn from(LabName(name): LabName) -> Self {
        name
    }
}

impl fmt::Display for LabName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
