//! What every import reads, whatever its file is: one result after the other, each with its place.

use std::fmt;

use super::super::Entry;

/// Where something stands in a lab's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A line, counted from 1.
    Line(u64),
    /// An entry of a Bundle, counted from 0 as FHIR does.
    Entry(usize),
    /// A line of the file with the patients.
    Patient(u64),
}

/// What stands at one place: a result, or why there is none.
#[derive(Debug)]
pub struct Found {
    /// Where.
    pub place: Place,
    /// How many bytes have been read by then.
    pub read: u64,
    /// The result, or a sentence that repeats nothing of what stands there: it may be about a person.
    pub entry: Result<Entry, String>,
    /// Whether the file calls it a later version. Then it is no repetition if its reference is known, but a correction.
    pub corrects: bool,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(number) => write!(f, "line {number}"),
            Self::Entry(number) => write!(f, "entry[{number}]"),
            Self::Patient(number) => write!(f, "patients, line {number}"),
        }
    }
}
