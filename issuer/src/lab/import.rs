//! Many results from a file; one line of codes out per result.
//!
//! What a file says is read by `table` (CSV) and `fhir` (a Bundle, or NDJSON), with a lab's own words and codes from its `mapping`; each gives
//! one [`Found`] after the other. From there on all files are alike.
//!
//! The line with the code is written *before* the result is added, so a crash in between can leave one line without a result, never a
//! result whose code nobody knows. The next run finds such a last line and takes it back.

mod call;
mod fhir;
mod found;
mod mapping;
mod person;
mod table;

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use zeroize::Zeroizing;

pub use call::{Answered, CallError, Outcome};
pub use found::{Found, Place};
pub use mapping::{Mapped, Mapping, MappingError};

use super::{Added, Days, Entry, LabError, Reference, Ticket, record_key};
use crate::pickup::Form;
use crate::service::Service;
use crate::staff::Actor;

/// What an import did.
#[derive(Debug, Default)]
pub struct Imported {
    /// New results, each with a line in the codes file.
    pub added: usize,
    /// Results that an earlier run or somebody else had added; nothing was changed.
    pub known: usize,
    /// What could not be added, by its place, and why.
    pub refused: Vec<(Place, String)>,
}

/// What stands in a file, one after the other.
pub type Rows<'a> = Box<dyn Iterator<Item = Result<Found, ImportError>> + 'a>;

/// Nothing more could be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The results cannot be read at all.
    #[error("the first line must name the columns: reference, type, and claims such as tested and tested_on")]
    Header,
    /// A column twice.
    #[error("the column \"{0}\" is there twice")]
    ColumnTwice(String),
    /// A column that is not ours, and not the mapping's.
    #[error("the mapping says nothing of column {0}: give it a meaning, or add its name under `csv.ignored`")]
    ColumnNotMapped(usize),
    /// A column of the mapping that the file lacks.
    #[error("the first line has no column \"{0}\", which the mapping names")]
    NoSuchColumn(String),
    /// The mapping is for other files.
    #[error("the mapping has no part `{0}` for a file like this")]
    NotInMapping(&'static str),
    /// FHIR without its codes.
    #[error("a FHIR file needs --mapping: which codes become which facts is for you to say, see issuer/examples")]
    MappingNeeded,
    /// Patients beside anything but NDJSON.
    #[error("--patients is for NDJSON: a Bundle has its patients in it, CSV has them in its lines")]
    PatientsElsewhere,
    /// Not JSON, not a Bundle, or of more entries than are read.
    #[error(
        "the file is no FHIR Bundle of at most 200,000 entries, each member once: see line {line}, column {column}; \
         for more entries use NDJSON"
    )]
    NotABundle {
        /// Where reading ended.
        line: usize,
        /// Where in that line.
        column: usize,
    },
    /// Another resource, or a Bundle whose entries are not results.
    #[error("the file is no Bundle of type collection, transaction, batch, searchset or document")]
    OtherBundle,
    /// More than is read whole.
    #[error("the Bundle is longer than 256 MiB: send it in parts, or as NDJSON, which may have any length")]
    BundleTooLong,
    /// More than are kept in memory.
    #[error("the file has more than 200,000 patients: send it in parts")]
    TooManyPatients,
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

/// What stands in a file: a Bundle in `*.json`, one resource a line in `*.ndjson`, CSV in any other. `patients` is a second `*.ndjson`.
///
/// # Errors
/// [`ImportError`].
pub fn results_in<'a>(
    file: &Path,
    patients: Option<&Path>,
    mapped: Option<&'a Mapped>,
) -> Result<Rows<'a>, ImportError> {
    let is = |extension: &str| file.extension().is_some_and(|found| found.eq_ignore_ascii_case(extension));
    if patients.is_some() && !is("ndjson") {
        return Err(ImportError::PatientsElsewhere);
    }
    let results = File::open(file)?;
    match mapped {
        None if is("json") || is("ndjson") => Err(ImportError::MappingNeeded),
        None => table::plain(results),
        Some(mapped) if is("json") => {
            let mut text = Vec::new();
            results.take(fhir::LONGEST_BUNDLE + 1).read_to_end(&mut text)?;
            bundle_of(text, mapped)
        }
        Some(mapped) if is("ndjson") => {
            let patients = patients.map(File::open).transpose()?.map(BufReader::new);
            fhir::ndjson(BufReader::new(results), patients, mapped)
        }
        Some(mapped) => table::mapped(results, mapped),
    }
}

impl Service {
    /// Adds every line of a CSV file with our own columns that is not there yet; see [`Service::import_rows`].
    ///
    /// # Errors
    /// [`ImportError`].
    pub async fn import(
        &self,
        results: impl Read,
        codes: &Path,
        form: Form,
        actor: &Actor,
        seen: impl FnMut(u64),
    ) -> Result<Imported, ImportError> {
        self.import_rows(table::plain(results)?, codes, form, actor, seen).await
    }

    /// Adds everything of `rows` that is not there yet; `seen` is called after each with the number of bytes read so far.
    ///
    /// # Errors
    /// [`ImportError`]. What was added before stays added; running the import again goes on from there.
    pub async fn import_rows(
        &self,
        rows: Rows<'_>,
        codes: &Path,
        form: Form,
        actor: &Actor,
        mut seen: impl FnMut(u64),
    ) -> Result<Imported, ImportError> {
        let mut codes = CodesFile::open(codes, self).await?;
        let mut imported = Imported::default();
        for found in rows {
            let Found { place, read, entry, corrects } = found?;
            let row = match entry {
                Ok(entry) => self.import_row(&entry, &mut codes, form, actor).await?,
                Err(why) => Row::Refused(why),
            };
            match row {
                Row::Added => imported.added += 1,
                Row::Known if corrects => imported.refused.push((place, CORRECTS.to_owned())),
                Row::Known => imported.known += 1,
                Row::Refused(why) => imported.refused.push((place, why)),
            }
            seen(read);
        }
        codes.file.sync_all()?;
        Ok(imported)
    }

    /// Reads everything as an import would and adds nothing: `added` is what one would add.
    ///
    /// # Errors
    /// [`ImportError`].
    pub async fn check_rows(&self, rows: Rows<'_>, mut seen: impl FnMut(u64)) -> Result<Imported, ImportError> {
        let mut checked = Imported::default();
        let mut good = HashSet::new();
        for found in rows {
            let Found { place, read, entry, corrects } = found?;
            match self.check_row(entry, &mut good).await? {
                Row::Added => checked.added += 1,
                Row::Known if corrects => checked.refused.push((place, CORRECTS.to_owned())),
                Row::Known => checked.known += 1,
                Row::Refused(why) => checked.refused.push((place, why)),
            }
            seen(read);
        }
        Ok(checked)
    }

    async fn check_row(&self, entry: Result<Entry, String>, good: &mut HashSet<Reference>) -> Result<Row, ImportError> {
        let entry = match entry {
            Ok(entry) => entry,
            Err(why) => return Ok(Row::Refused(why)),
        };
        if good.contains(&entry.reference)
            || self.store.find(&self.by_reference(&entry.reference)).await.map_err(LabError::Store)?.is_some()
        {
            return Ok(Row::Known);
        }
        let today = self.today().map_err(LabError::from)?;
        let key = record_key(&today, &self.keys, &entry.record_type);
        match key.and_then(|key| Ok(entry.facts.checked(&key.key_type, Days::Spoken, today.day)?)) {
            Ok(_) => {
                good.insert(entry.reference);
                Ok(Row::Added)
            }
            Err(why) => refused(why),
        }
    }

    async fn import_row(
        &self,
        entry: &Entry,
        codes: &mut CodesFile,
        form: Form,
        actor: &Actor,
    ) -> Result<Row, ImportError> {
        if codes.known.contains(entry.reference.as_str())
            || self.store.find(&self.by_reference(&entry.reference)).await.map_err(LabError::Store)?.is_some()
        {
            return Ok(Row::Known);
        }
        let prepared = match self.prepare_new(entry, Days::Spoken, form) {
            Ok(prepared) => prepared,
            Err(why) => return refused(why),
        };
        let before = codes.write(&entry.reference, &prepared.ticket)?;
        match self.add_prepared(&entry.reference, prepared, actor).await {
            Ok(Added::New(_)) => {
                codes.known.insert(entry.reference.as_str().to_owned());
                Ok(Row::Added)
            }
            Ok(Added::Known(_)) => {
                codes.take_back(before)?;
                Ok(Row::Known)
            }
            // The line stays: the database may have the result in spite of its answer. The next run finds out.
            Err(stop) => Err(stop.into()),
        }
    }
}

enum Row {
    Added,
    Known,
    Refused(String),
}

/// What is wrong with one result is said of it; what is wrong with the service stops everything.
fn refused(why: LabError) -> Result<Row, ImportError> {
    match why {
        LabError::Fact(_) | LabError::NoSuchType(_) => Ok(Row::Refused(why.to_string())),
        stop => Err(stop.into()),
    }
}

/// Said of a later version of a result that is here.
const CORRECTS: &str = "a result of this reference is here, and this is a later version: use `bauta-issuer correct`";

/// The results of a Bundle that has arrived whole.
pub(crate) fn bundle_of(text: Vec<u8>, mapped: &Mapped) -> Result<Rows<'_>, ImportError> {
    if text.len() as u64 > fhir::LONGEST_BUNDLE {
        return Err(ImportError::BundleTooLong);
    }
    fhir::bundle(String::from_utf8(text).map_err(|_| ImportError::OtherBundle)?, mapped)
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
