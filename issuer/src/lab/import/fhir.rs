//! Results as FHIR R4 resources: a Bundle, or NDJSON with one resource a line, as bulk exports are.
//!
//! Only what a mapping names becomes a fact. A resource with a modifier that is not understood here is refused, as FHIR asks for: it may
//! turn the meaning of everything else.

mod json;
mod people;
mod resource;

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;
use std::io::{BufRead, Seek, SeekFrom};
use std::ops::Range;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::super::{Entry, Facts, Reference};
use super::found::{Found, Place};
use super::mapping::{Fhir, Mapped};
use super::{ImportError, Rows};
use json::{Lines, Many, strict};
use people::People;
use resource::{Common, Immunization, Observation, Patient};

/// Longest Bundle, in bytes: it is read whole.
pub(super) const LONGEST_BUNDLE: u64 = 256 * 1024 * 1024;

/// The results of a Bundle.
pub(super) fn bundle<'a>(mut text: String, mapped: &'a Mapped) -> Result<Rows<'a>, ImportError> {
    let mut reader = Reader::of(mapped)?;
    // Some programs begin a file with a byte order mark.
    if text.starts_with('\u{feff}') {
        text.remove(0);
    }
    let bundle: Bundle<'_> = serde_json::from_str(&text)
        .map_err(|error| ImportError::NotABundle { line: error.line(), column: error.column() })?;
    if bundle.resource_type != "Bundle" || !READ.contains(&bundle.r#type) {
        return Err(ImportError::OtherBundle);
    }
    let entries = bundle.entry.unwrap_or_default().0;
    for entry in &entries {
        let Ok(BundleEntry { full_url, resource: Some(resource), .. }) = serde_json::from_str(entry.get()) else {
            continue;
        };
        reader.people.take_in(resource.get(), full_url.as_deref(), mapped)?;
    }
    let places: Vec<Range<usize>> = entries.iter().map(|entry| place_in(&text, entry.get())).collect();
    drop(entries);
    Ok(Box::new(places.into_iter().enumerate().filter_map(move |(number, range)| {
        let read = range.end as u64;
        let result = reader.entry(text.get(range).unwrap_or_default(), Place::Entry(number));
        found(Place::Entry(number), read, result)
    })))
}

/// The results of a file with one resource a line. `patients` is a second such file: bulk exports have one for each kind of resource.
pub(super) fn ndjson<'a>(
    mut results: impl BufRead + Seek + 'a,
    patients: Option<impl BufRead>,
    mapped: &'a Mapped,
) -> Result<Rows<'a>, ImportError> {
    let mut reader = Reader::of(mapped)?;
    let mut flaws = Vec::new();
    if let Some(patients) = patients {
        let mut lines = Lines::of(patients);
        while let Some((number, line)) = lines.next()? {
            match line.and_then(|line| strict::<Patient>(line).map(|_| line)) {
                Ok(line) => reader.people.take_in(line, None, mapped)?,
                Err(why) => {
                    flaws.push(Ok(Found { place: Place::Patient(number), read: 0, entry: Err(why), corrects: false }));
                }
            }
        }
    }
    if mapped.asks_for_person() {
        let mut lines = Lines::of(&mut results);
        while let Some((_, line)) = lines.next()? {
            if let Ok(line) = line {
                reader.people.take_in(line, None, mapped)?;
            }
        }
        results.seek(SeekFrom::Start(0))?;
    }
    let mut lines = Lines::of(results);
    let results = std::iter::from_fn(move || {
        loop {
            let (number, line) = match lines.next() {
                Ok(Some(line)) => line,
                Ok(None) => return None,
                Err(error) => return Some(Err(error.into())),
            };
            let place = Place::Line(number);
            let result = match line {
                Ok(line) => strict::<&RawValue>(line)
                    .map_or_else(|why| Some(Err(why)), |line| reader.resource(line.get(), None, place)),
                Err(why) => Some(Err(why)),
            };
            let read = lines.read();
            if let Some(found) = found(place, read, result) {
                return Some(found);
            }
        }
    });
    Ok(Box::new(flaws.into_iter().chain(results)))
}

/// Types of Bundles whose entries are resources as they are. A history may hold what has been replaced, a response holds none.
const READ: [&str; 5] = ["collection", "transaction", "batch", "searchset", "document"];

#[derive(Deserialize)]
struct Bundle<'a> {
    #[serde(rename = "resourceType")]
    resource_type: &'a str,
    r#type: &'a str,
    #[serde(borrow)]
    entry: Option<Many<'a>>,
}

#[derive(Deserialize)]
struct BundleEntry<'a> {
    #[serde(rename = "fullUrl")]
    full_url: Option<String>,
    #[serde(borrow)]
    resource: Option<&'a RawValue>,
    request: Option<Request>,
}

#[derive(Deserialize)]
struct Request {
    method: Option<String>,
}

/// A result, whether it calls itself a later version, or why it is none.
type Read = Result<(Entry, bool), String>;

fn found(place: Place, read: u64, result: Option<Read>) -> Option<Result<Found, ImportError>> {
    let (entry, corrects) = match result? {
        Ok((entry, corrects)) => (Ok(entry), corrects),
        Err(why) => (Err(why), false),
    };
    Some(Ok(Found { place, read, entry, corrects }))
}

/// What is known while one file is read.
struct Reader<'a> {
    mapped: &'a Mapped,
    fhir: &'a Fhir,
    people: People,
    /// References so far. One resource has one, so a second is another version, or another result that would be lost.
    seen: HashMap<Reference, Place>,
}

impl<'a> Reader<'a> {
    fn of(mapped: &'a Mapped) -> Result<Self, ImportError> {
        let fhir = mapped.fhir().ok_or(ImportError::NotInMapping("fhir"))?;
        Ok(Self { mapped, fhir, people: People::default(), seen: HashMap::new() })
    }

    /// An entry of a Bundle; nothing where it holds no result and need not.
    fn entry(&mut self, text: &str, place: Place) -> Option<Read> {
        let entry: BundleEntry<'_> = match strict(text) {
            Ok(entry) => entry,
            Err(why) => return Some(Err(why)),
        };
        if entry.request.is_some_and(|request| request.method.as_deref() == Some("DELETE")) {
            return Some(Err("it deletes: use `bauta-issuer withdraw`".to_owned()));
        }
        let Some(resource) = entry.resource else { return Some(Err("it holds no resource".to_owned())) };
        self.resource(resource.get(), entry.full_url.as_deref(), place)
    }

    /// A resource; nothing where it holds no result and need not.
    fn resource(&mut self, text: &str, full_url: Option<&str>, place: Place) -> Option<Read> {
        match json::parse::<resource::Kind>(text) {
            Err(why) => Some(Err(why)),
            Ok(kind) => match kind.resource_type.as_str() {
                "Observation" => Some(self.observation(text, full_url, place)),
                "Immunization" => Some(self.immunization(text, full_url, place)),
                "Patient" => json::parse::<Patient>(text).err().map(Err),
                other if self.fhir.ignored.contains(other) => None,
                _ => {
                    Some(Err("a kind of resource that is not read: add it under `fhir.ignored` if it holds no result"
                        .to_owned()))
                }
            },
        }
    }

    fn observation(&mut self, text: &str, full_url: Option<&str>, place: Place) -> Read {
        let (common, observation): (Common<'_>, Observation) = (json::parse(text)?, json::parse(text)?);
        let corrects = observation.status()?;
        let fact = observation.fact(self.fhir)?;
        let day = observation.day(self.mapped.grid())?;
        let words = [(fact.claim.clone(), fact.word.clone()), (fact.day_claim(), day.to_string())];
        let base = full_url.and_then(|url| common.base_of(url, "Observation"));
        Ok((self.result(&common, observation.subject(), base, words, place)?, corrects))
    }

    fn immunization(&mut self, text: &str, full_url: Option<&str>, place: Place) -> Read {
        let (common, immunization): (Common<'_>, Immunization) = (json::parse(text)?, json::parse(text)?);
        immunization.status()?;
        let fact = immunization.fact(self.fhir)?;
        let day = immunization.day(self.mapped.grid())?;
        let words = [(fact.claim.clone(), fact.word.clone()), (fact.day_claim(), day.to_string())];
        let base = full_url.and_then(|url| common.base_of(url, "Immunization"));
        Ok((self.result(&common, immunization.patient(), base, words, place)?, false))
    }

    fn result(
        &mut self,
        common: &Common<'_>,
        person: Option<&str>,
        base: Option<&str>,
        words: [(String, String); 2],
        place: Place,
    ) -> Result<Entry, String> {
        common.without_modifiers()?;
        let of_person = self.people.claims(person, base, common, self.mapped)?;
        let reference = common.reference(self.fhir.reference.as_deref())?;
        match self.seen.entry(reference.clone()) {
            Slot::Occupied(first) => {
                let first = first.get();
                return Err(format!("its reference stands already at {first}: one file has one version of a result"));
            }
            Slot::Vacant(slot) => slot.insert(place),
        };
        let facts = Facts::from_words(words.into_iter().chain(of_person));
        Ok(Entry { record_type: self.mapped.type_name().clone(), reference, facts })
    }
}

/// Where a part of a text stands in it.
fn place_in(text: &str, part: &str) -> Range<usize> {
    let start = part.as_ptr().addr().saturating_sub(text.as_ptr().addr());
    start..start + part.len()
}
