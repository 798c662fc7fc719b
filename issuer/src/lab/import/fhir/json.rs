//! JSON as strangers send it: nothing twice, nothing without end, and no error that repeats what stands there.

use std::collections::HashSet;
use std::fmt;
use std::io::{self, BufRead, Read as _};

use serde::de::{self, Deserialize, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Longest line of NDJSON, in bytes. The resources that are read here have one or two thousand.
const LONGEST_LINE: usize = 1024 * 1024;

/// Most entries of a Bundle.
const MOST_ENTRIES: usize = 200_000;

/// Reads a value in which no member stands twice, at any depth. Deeper than 127 is refused by the JSON library.
pub(super) fn strict<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, String> {
    parse::<Unique>(text).and_then(|Unique| parse(text))
}

/// Reads what has been found to be strict.
pub(super) fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| flaw(&error))
}

const TWICE: &str = "a member stands twice in one object";

/// What is wrong, and where. The library's own words may repeat a value.
fn flaw(error: &serde_json::Error) -> String {
    let words = error.to_string();
    let what = if words.starts_with(TWICE) || words.starts_with("duplicate field") {
        TWICE
    } else if words.starts_with("recursion limit exceeded") {
        "it is nested too deeply"
    } else if words.starts_with("number out of range") {
        "it holds a number beyond all bounds"
    } else if error.is_data() {
        "a member is missing or of another kind than in FHIR R4"
    } else {
        "it is not JSON"
    };
    format!("{what} (its line {}, column {})", error.line(), error.column())
}

/// Any value, of which is only known that no member stands twice.
struct Unique;

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for Unique {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        let mut names = HashSet::new();
        while let Some(name) = map.next_key::<String>()? {
            if !names.insert(name) {
                return Err(de::Error::custom(TWICE));
            }
            map.next_value::<Self>()?;
        }
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self, A::Error> {
        while sequence.next_element::<Self>()?.is_some() {}
        Ok(self)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }
}

/// The entries of a Bundle, as they are written, and no more than are read.
#[derive(Default)]
pub(super) struct Many<'a>(pub(super) Vec<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Many<'a> {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Counting;

        impl<'de> Visitor<'de> for Counting {
            type Value = Many<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("entries")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = sequence.next_element()? {
                    if entries.len() == MOST_ENTRIES {
                        return Err(de::Error::custom("too many entries"));
                    }
                    entries.push(entry);
                }
                Ok(Many(entries))
            }
        }

        deserializer.deserialize_seq(Counting)
    }
}

/// The lines of a file, one in memory at a time.
pub(super) struct Lines<R> {
    reader: R,
    line: Vec<u8>,
    number: u64,
    read: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn of(reader: R) -> Self {
        Self { reader, line: Vec::new(), number: 0, read: 0 }
    }

    /// The next line that is not empty, with its number.
    pub(super) fn next(&mut self) -> io::Result<Option<(u64, Result<&str, String>)>> {
        loop {
            let length = self.more()?;
            if length == 0 {
                return Ok(None);
            }
            self.number += 1;
            if length > LONGEST_LINE {
                while !self.line.ends_with(b"\n") && self.more()? > 0 {}
                return Ok(Some((self.number, Err("it is longer than 1 MiB".to_owned()))));
            }
            if !self.line.trim_ascii().is_empty() {
                break;
            }
        }
        Ok(Some((self.number, str::from_utf8(&self.line).map_err(|_| "it is not in UTF-8".to_owned()))))
    }

    /// How many bytes have been read.
    pub(super) fn read(&self) -> u64 {
        self.read
    }

    fn more(&mut self) -> io::Result<usize> {
        self.line.clear();
        let length = self.reader.by_ref().take(LONGEST_LINE as u64 + 1).read_until(b'\n', &mut self.line)?;
        self.read += length as u64;
        Ok(length)
    }
}
