//! Many results from a CSV file; one line of codes out per result.
//!
//! The line with the code is written *before* the result is added, so a crash in between can leave one line without a result, never a
//! result whose code nobody knows. The next run finds such a last line and takes it back.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use zeroize::Zeroizing;

use super::{Added, Days, Entry, Facts, LabError, Reference, Ticket};
use crate::acts::ActKind;
use crate::pickup::Form;
use crate::service::Service;
use crate::staff::Actor;
use crate::store::Progress;

/// What an import did.
#[derive(Debug, Default)]
pub struct Imported {
    /// New results or orders, each with a line in the codes file.
    pub added: usize,
    /// Results that were added to their orders, whose codes are out already.
    pub completed: usize,
    /// Results that an earlier run or somebody else had added; nothing was changed.
    pub known: usize,
    /// Lines that could not be added, by number, and why.
    pub refused: Vec<(u64, String)>,
}

/// Nothing more could be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The results cannot be read at all.
    #[error("the first line must name the columns: reference, type, and claims such as tested and tested_on")]
    Header,
    /// The orders cannot be read at all.
    #[error("the first line of orders must name the columns reference and type, and nothing else")]
    OrderHeader,
    /// A column twice.
    #[error("the column \"{0}\" is there twice")]
    ColumnTwice(String),
    /// A file could not be read or written.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// Whoever can read the file of codes can collect.
    #[error("others may read or write the file for codes: run `chmod 600` on it, or name another")]
    CodesReadableByOthers,
    /// The file of codes is another file.
    #[error("the file for codes exists and is not one that an import wrote: name another")]
    NotOurCodes,
    /// The service cannot take any result now.
    #[error(transparent)]
    Lab(#[from] LabError),
}

impl Service {
    /// Adds every line of `results` that is not there yet; `seen` is called after each line with the number of bytes read so far.
    ///
    /// # Errors
    /// [`ImportError`]. What was added before stays added; running the import again goes on from there.
    pub async fn import(
        &self,
        results: impl Read,
        codes: &Path,
        form: Form,
        actor: &Actor,
        mut seen: impl FnMut(u64),
    ) -> Result<Imported, ImportError> {
        self.import_all(What::Results, results, codes, form, actor, &mut seen).await
    }

    /// Orders every line of `orders` that is not there yet, as [`Service::import`] does with results.
    ///
    /// # Errors
    /// [`ImportError`].
    pub async fn import_orders(
        &self,
        orders: impl Read,
        codes: &Path,
        form: Form,
        actor: &Actor,
        mut seen: impl FnMut(u64),
    ) -> Result<Imported, ImportError> {
        self.import_all(What::Orders, orders, codes, form, actor, &mut seen).await
    }

    async fn import_all(
        &self,
        what: What,
        lines: impl Read,
        codes: &Path,
        form: Form,
        actor: &Actor,
        seen: &mut impl FnMut(u64),
    ) -> Result<Imported, ImportError> {
        let mut codes = CodesFile::open(codes, self).await?;
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(lines);
        let columns = columns(reader.headers().map_err(|_| ImportError::Header)?)?;
        if what == What::Orders && !columns.claims.is_empty() {
            return Err(ImportError::OrderHeader);
        }
        let mut imported = Imported::default();
        let mut row = csv::StringRecord::new();
        loop {
            let line = reader.position().line();
            match reader.read_record(&mut row) {
                Ok(false) => break,
                Ok(true) => match self.import_row(what, &columns, &row, &mut codes, form, actor).await? {
                    Row::Added => imported.added += 1,
                    Row::Completed => imported.completed += 1,
                    Row::Known => imported.known += 1,
                    Row::Refused(why) => imported.refused.push((at(&row, line), why)),
                },
                Err(error) if error.is_io_error() => return Err(std::io::Error::from(error).into()),
                Err(error) => imported.refused.push((of_error(&error, line), why_unreadable(&error))),
            }
            seen(reader.position().byte());
        }
        codes.file.sync_all()?;
        Ok(imported)
    }

    async fn import_row(
        &self,
        what: What,
        columns: &Columns,
        row: &csv::StringRecord,
        codes: &mut CodesFile,
        form: Form,
        actor: &Actor,
    ) -> Result<Row, ImportError> {
        let entry = match columns.entry(row) {
            Ok(entry) => entry,
            Err(why) => return Ok(Row::Refused(why)),
        };
        let kept = self.store.find(&self.by_reference(&entry.reference)).await.map_err(LabError::Store)?;
        if what == What::Results && kept.as_ref().is_some_and(|kept| kept.progress == Progress::Ordered) {
            match self.complete(&entry, Days::Spoken, actor).await {
                Ok(Some(_)) => return Ok(Row::Completed),
                Ok(None) => {}
                Err(error) => return refused_or_stop(error),
            }
        }
        if kept.is_some() || codes.known.contains(entry.reference.as_str()) {
            return Ok(Row::Known);
        }
        let (prepared, kind) = match what {
            What::Results => (self.prepare_new(&entry, Days::Spoken, form), ActKind::ResultAdded),
            What::Orders => (self.prepare_new_order(&entry, form), ActKind::OrderAdded),
        };
        let prepared = match prepared {
            Ok(prepared) => prepared,
            Err(error) => return refused_or_stop(error),
        };
        let before = codes.write(&entry.reference, &prepared.ticket)?;
        match self.add_prepared(&entry.reference, prepared, kind, actor).await {
            Ok(Added::New(_)) => {
                codes.known.insert(entry.reference.as_str().to_owned());
                Ok(Row::Added)
            }
            Ok(Added::Known(_) | Added::Completed(_)) => {
                codes.take_back(before)?;
                Ok(Row::Known)
            }
            // The line stays: the database may have the result in spite of its answer. The next run finds out.
            Err(stop) => Err(stop.into()),
        }
    }
}

/// What the lines are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Results,
    Orders,
}

enum Row {
    Added,
    Completed,
    Known,
    Refused(String),
}

/// What is wrong with a line is no reason to stop; what is wrong with the service is.
fn refused_or_stop(error: LabError) -> Result<Row, ImportError> {
    match error {
        LabError::Fact(_) | LabError::NoSuchType(_) | LabError::OtherType => Ok(Row::Refused(error.to_string())),
        stop => Err(stop.into()),
    }
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
        let cell = |place: usize| row.get(place).unwrap_or_default();
        let words = self.claims.iter().map(|(place, name)| (name.clone(), cell(*place).to_owned()));
        Ok(Entry {
            record_type: cell(self.record_type)
                .parse()
                .map_err(|_| "the type is no name of a record type".to_owned())?,
            reference: cell(self.reference).parse().map_err(|why: super::BadName| why.to_string())?,
            facts: Facts::from_words(words),
        })
    }
}

fn at(row: &csv::StringRecord, line: u64) -> u64 {
    row.position().map_or(line, csv::Position::line)
}

fn of_error(error: &csv::Error, line: u64) -> u64 {
    error.position().map_or(line, csv::Position::line)
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

/// The codes written so far. Whoever reads it can collect, so only its owner may.
struct CodesFile {
    file: File,
    known: HashSet<String>,
}

const HEADER: &str = "reference,offer,short_code,second_factor\n";

impl CodesFile {
    async fn open(path: &Path, service: &Service) -> Result<Self, ImportError> {
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
        if file.metadata()?.mode() & 0o077 != 0 {
            return Err(ImportError::CodesReadableByOthers);
        }
        let mut text = Zeroizing::new(String::new());
        file.read_to_string(&mut text)?;
        if !HEADER.starts_with(text.as_str()) && !text.starts_with(HEADER) {
            return Err(ImportError::NotOurCodes);
        }
        // Half a line, or half a header, is what a crash left.
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        let mut end = whole.max(HEADER.len());
        let mut known = HashSet::new();
        let mut last = None;
        let mut reader = csv::ReaderBuilder::new().from_reader(text.get(..whole).unwrap_or_default().as_bytes());
        for row in reader.records().filter_map(Result::ok) {
            let Some(reference) = row.get(0) else { continue };
            known.insert(reference.to_owned());
            last = Some((reference.to_owned(), row.position().map_or(0, csv::Position::byte)));
        }
        if let Some((reference, start)) = last
            && let Ok(reference) = reference.parse::<Reference>()
            && service.store.find(&service.by_reference(&reference)).await.map_err(LabError::Store)?.is_none()
        {
            known.remove(reference.as_str());
            end = usize::try_from(start).unwrap_or(end);
        }
        if whole == 0 {
            file.seek(SeekFrom::Start(0))?;
            file.write_all(HEADER.as_bytes())?;
        }
        file.set_len(end as u64)?;
        file.seek(SeekFrom::End(0))?;
        Ok(Self { file, known })
    }

    /// Writes the line of a ticket; gives the place to go back to.
    fn write(&mut self, reference: &Reference, ticket: &Ticket) -> Result<u64, ImportError> {
        let before = self.file.stream_position()?;
        let (short_code, digits) = match &ticket.short {
            Some((code, digits)) => (code.text(), digits.text()),
            None => Default::default(),
        };
        let mut line = csv::WriterBuilder::new().from_writer(Vec::new());
        line.write_record([reference.as_str(), &ticket.offer.link(), &short_code, &digits])
            .map_err(std::io::Error::other)?;
        let line = Zeroizing::new(line.into_inner().map_err(|error| error.into_error())?);
        self.file.write_all(&line)?;
        Ok(before)
    }

    fn take_back(&mut self, before: u64) -> Result<(), ImportError> {
        self.file.set_len(before)?;
        self.file.seek(SeekFrom::Start(before))?;
        Ok(())
    }
}
