//! Results as lines of CSV: with our own columns, or with a lab's and a mapping that says what they mean.

use std::collections::{HashMap, HashSet};
use std::io::Read;

use super::super::{BadName, Entry, Facts, Reference};
use super::found::{Found, Place};
use super::mapping::{Column, Mapped, Table};
use super::person::Person;
use super::{ImportError, Rows};

/// The lines of a file whose columns have the names of claims.
pub(super) fn plain<'a>(results: impl Read + 'a) -> Result<Rows<'a>, ImportError> {
    let mut reader = reader(results, b',');
    let columns = columns(header(&mut reader)?)?;
    Ok(rows(reader, move |row| columns.entry(row)))
}

/// The lines of a file of references and types alone.
pub(super) fn orders<'a>(orders: impl Read + 'a) -> Result<Rows<'a>, ImportError> {
    let mut reader = reader(orders, b',');
    let columns = columns(header(&mut reader)?)?;
    if !columns.claims.is_empty() {
        return Err(ImportError::OrderHeader);
    }
    Ok(rows(reader, move |row| columns.entry(row)))
}

/// The lines of a file with a lab's own columns.
pub(super) fn mapped<'a>(results: impl Read + 'a, mapped: &'a Mapped) -> Result<Rows<'a>, ImportError> {
    let table = mapped.table().ok_or(ImportError::NotInMapping("csv"))?;
    let mut reader = reader(results, table.delimiter());
    let columns = MappedColumns::of(header(&mut reader)?, mapped, table)?;
    Ok(rows(reader, move |row| columns.entry(row)))
}

fn reader<R: Read>(results: R, delimiter: u8) -> csv::Reader<R> {
    csv::ReaderBuilder::new().trim(csv::Trim::All).delimiter(delimiter).from_reader(results)
}

fn header<R: Read>(reader: &mut csv::Reader<R>) -> Result<&csv::StringRecord, ImportError> {
    reader.headers().map_err(|_| ImportError::Header)
}

fn rows<'a, R: Read + 'a>(
    mut reader: csv::Reader<R>,
    entry: impl Fn(&csv::StringRecord) -> Result<Entry, String> + 'a,
) -> Rows<'a> {
    let mut row = csv::StringRecord::new();
    Box::new(std::iter::from_fn(move || {
        let line = reader.position().line();
        let (line, entry) = match reader.read_record(&mut row) {
            Ok(false) => return None,
            Ok(true) => (row.position().map_or(line, csv::Position::line), entry(&row)),
            Err(error) if error.is_io_error() => return Some(Err(std::io::Error::from(error).into())),
            Err(error) => (error.position().map_or(line, csv::Position::line), Err(why_unreadable(&error))),
        };
        Some(Ok(Found { place: Place::Line(line), read: reader.position().byte(), entry, corrects: false }))
    }))
}

/// Which column holds what.
struct Columns {
    reference: usize,
    record_type: usize,
    claims: Vec<(usize, String)>,
}

fn columns(header: &csv::StringRecord) -> Result<Columns, ImportError> {
    let mut names = HashSet::new();
    if let Some(twice) = header.iter().find(|name| !names.insert(*name)) {
        return Err(ImportError::ColumnTwice(twice.to_owned()));
    }
    let place = |wanted: &str| header.iter().position(|name| name == wanted).ok_or(ImportError::Header);
    let (reference, record_type) = (place("reference")?, place("type")?);
    let claims = header.iter().enumerate().filter(|(place, _)| *place != reference && *place != record_type);
    Ok(Columns { reference, record_type, claims: claims.map(|(place, name)| (place, name.to_owned())).collect() })
}

impl Columns {
    fn entry(&self, row: &csv::StringRecord) -> Result<Entry, String> {
        let words = self.claims.iter().map(|(place, name)| (name.clone(), cell(row, *place).to_owned()));
        Ok(Entry {
            record_type: cell(row, self.record_type)
                .parse()
                .map_err(|_| "the type is no name of a record type".to_owned())?,
            reference: reference(cell(row, self.reference))?,
            facts: Facts::from_words(words),
        })
    }
}

/// The same for a lab's own columns.
struct MappedColumns<'a> {
    mapped: &'a Mapped,
    table: &'a Table,
    reference: usize,
    claims: Vec<(usize, &'a str, &'a Column)>,
    given_name: Option<usize>,
    birth_date: Option<usize>,
}

impl<'a> MappedColumns<'a> {
    fn of(header: &csv::StringRecord, mapped: &'a Mapped, table: &'a Table) -> Result<Self, ImportError> {
        let mut places = HashMap::new();
        for (place, name) in header.iter().enumerate() {
            // Without a header this is a line about somebody, so it is not repeated.
            if !table.knows(name) {
                return Err(ImportError::ColumnNotMapped(place + 1));
            }
            if places.insert(name, place).is_some() {
                return Err(ImportError::ColumnTwice(name.to_owned()));
            }
        }
        let place = |name: &str| places.get(name).copied().ok_or_else(|| ImportError::NoSuchColumn(name.to_owned()));
        let mut claims = Vec::new();
        for (name, column) in &table.columns {
            claims.push((place(name)?, name.as_str(), column));
        }
        Ok(Self {
            mapped,
            table,
            reference: place(&table.reference)?,
            claims,
            given_name: table.given_name.as_deref().map(place).transpose()?,
            birth_date: table.birth_date.as_deref().map(place).transpose()?,
        })
    }

    fn entry(&self, row: &csv::StringRecord) -> Result<Entry, String> {
        let mut words: Vec<(String, String)> =
            self.table.always.iter().map(|(claim, word)| (claim.clone(), word.clone())).collect();
        for (place, name, column) in &self.claims {
            let cell = cell(row, *place);
            if !column.lets_through(cell) {
                return Err(format!(
                    "\"{name}\" says none of the words under `only`: a result that does not count needs no line"
                ));
            }
            let Some(claim) = &column.claim else { continue };
            let word = match column.word(cell) {
                Some(word) => word.to_owned(),
                None => {
                    return Err(format!(
                        "\"{name}\" holds a word that the mapping does not know: add it under `words`"
                    ));
                }
            };
            let word = match &self.table.dates {
                Some(dates) if !word.is_empty() && self.mapped.is_day(claim) => {
                    dates.iso(&word).ok_or_else(|| format!("\"{name}\" must be a day like {dates}"))?
                }
                _ => word,
            };
            words.push((claim.clone(), word));
        }
        words.extend(self.mapped.claims_of(&self.person(row)?)?);
        Ok(Entry {
            record_type: self.mapped.type_name().clone(),
            reference: reference(cell(row, self.reference))?,
            facts: Facts::from_words(words),
        })
    }

    fn person(&self, row: &csv::StringRecord) -> Result<Person, String> {
        let given = |place: Option<usize>| place.map(|place| cell(row, place)).filter(|text| !text.is_empty());
        let born = match (given(self.birth_date), &self.table.dates) {
            (Some(day), Some(dates)) => {
                Some(dates.iso(day).ok_or_else(|| format!("the birth date must be a day like {dates}"))?)
            }
            (day, _) => day.map(str::to_owned),
        };
        Ok(Person { given_name: given(self.given_name).map(str::to_owned), born })
    }
}

fn cell(row: &csv::StringRecord, place: usize) -> &str {
    row.get(place).unwrap_or_default()
}

fn reference(text: &str) -> Result<Reference, String> {
    text.parse().map_err(|why: BadName| why.to_string())
}

fn why_unreadable(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} cells where the header has {expected_len}")
        }
        csv::ErrorKind::Utf8 { .. } => "not in UTF-8".to_owned(),
        _ => "not readable as CSV".to_owned(),
    }
}
