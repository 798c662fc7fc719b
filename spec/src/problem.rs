use std::collections::BTreeMap;

use serde::Serialize;

/// What went wrong, for a program that has words of its own: a name, and what belongs into the sentence.
///
/// Wallets and verifiers run in pages of many languages, so that an error's English is of no use there. Each error type has one map to
/// this, without a wildcard arm: a new variant does not compile before it has a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Lower-case words joined by `_`. Never changes, whatever the English becomes.
    pub code: &'static str,
    /// Numbers and days of the sentence; never what a stranger wrote.
    pub params: BTreeMap<&'static str, Param>,
}

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Param {
    /// A version, a number of minutes.
    Number(u32),
    /// A day as `2026-11-24`, a name.
    Text(String),
}

impl Problem {
    /// As a page reads it: `{"code": …, "params": {…}}`.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("names, numbers and texts have a JSON form")
    }

    /// One without parameters.
    #[must_use]
    pub fn new(code: &'static str) -> Self {
        Self { code, params: BTreeMap::new() }
    }

    /// The same with one more number.
    #[must_use]
    pub fn number(mut self, name: &'static str, number: u32) -> Self {
        self.params.insert(name, Param::Number(number));
        self
    }

    /// The same with one more text.
    #[must_use]
    pub fn text(mut self, name: &'static str, text: impl ToString) -> Self {
        self.params.insert(name, Param::Text(text.to_string()));
        self
    }
}
