//! Many results from a file; one line of codes out per result.
//!
//! What a file says is read by `table` (CSV) and `fhir` (a Bundle, or NDJSON), with a lab's own words and codes from its `mapping`; each gives
//! one [`Found`] after the other. From there on all files are alike.
//!
//! Some hundred results are added in one change, with an act for each. The lines with their codes are written, and are on the disk, *before*
//! that, so a crash in between can leave lines without results, never a result whose code nobody knows. The next run finds such last lines
//! and takes them back.

mod call;
mod fhir;
mod found;
mod mapping;
mod person;
mod table;

use std::collections::{HashMap, HashSet};
use std::fs::{File, OpenOptions};
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use zeroize::Zeroizing;

pub use call::{AnsweredEntry, CallError, Outcome};
pub use found::{Found, Place};
pub use mapping::{Mapped, Mapping, MappingError};

use super::{Added, Days, Entry, LabError, Prepared, Reference};
use crate::acts::ActKind;
use crate::labs::Lab;
use crate::pickup::Form;
use crate::service::{Service, Today};
use crate::staff::Actor;

/// What an import did.
#[derive(Debug, Default)]
pub struct Imported {
    /// New results or orders, each with a line in the codes file.
    pub added: usize,
    /// Results that were added to their orders, whose codes are out already.
    pub completed: usize,
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
    /// The orders cannot be read at all.
    #[error("the first line of orders must name the columns reference and type, and nothing else")]
    OrderHeader,
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
        seen: impl FnMut(u64),
    ) -> Result<Imported, ImportError> {
        self.import_all(What::Results, rows, Some(codes), form, actor, seen).await
    }

    /// Orders every line of a CSV file of references and types that is not there yet, as [`Service::import`] does with results.
    ///
    /// # Errors
    /// [`ImportError`].
    pub async fn import_orders(
        &self,
        orders: impl Read,
        codes: &Path,
        form: Form,
        actor: &Actor,
        seen: impl FnMut(u64),
    ) -> Result<Imported, ImportError> {
        self.import_all(What::Orders, table::orders(orders)?, Some(codes), form, actor, seen).await
    }

    /// Reads results as an import would and adds nothing: `added` is what one would add.
    ///
    /// # Errors
    /// [`ImportError`].
    pub async fn check_rows(
        &self,
        rows: Rows<'_>,
        actor: &Actor,
        seen: impl FnMut(u64),
    ) -> Result<Imported, ImportError> {
        self.import_all(What::Results, rows, None, Form::Link, actor, seen).await
    }

    async fn import_all(
        &self,
        what: What,
        rows: Rows<'_>,
        codes: Option<&Path>,
        form: Form,
        actor: &Actor,
        mut seen: impl FnMut(u64),
    ) -> Result<Imported, ImportError> {
        let lab = self.lab_in_force(actor).await?;
        let (codes, done) = match codes {
            Some(path) => {
                let (file, done) = CodesFile::open(path, self, actor).await?;
                (Some(file), done)
            }
            None => (None, HashSet::new()),
        };
        let imported = Imported::default();
        let mut run =
            Run { service: self, what, actor, lab, form, codes, done, read: Vec::new(), refused: Vec::new(), imported };
        for (number, found) in rows.enumerate() {
            let found = found?;
            let read = found.read;
            run.take(number, found).await?;
            seen(read);
        }
        run.add_what_was_read().await?;
        run.finish()
    }
}

/// So many results are added in one change. With each change a database waits for its disk and for us; with a result it hardly does.
const TOGETHER: usize = 200;

/// An import under way.
struct Run<'a> {
    service: &'a Service,
    what: What,
    actor: &'a Actor,
    lab: Lab,
    form: Form,
    /// Where codes go; without it nothing is added, and only counted.
    codes: Option<CodesFile>,
    /// References that have a line in the file of codes; of a check, those that it has counted.
    done: HashSet<String>,
    /// What was read and not looked at yet.
    read: Vec<Row>,
    /// With their numbers, because they are not refused in the order of the file.
    refused: Vec<(usize, Place, String)>,
    imported: Imported,
}

/// A result that was read.
struct Row {
    /// The first is 0.
    number: usize,
    place: Place,
    entry: Entry,
    corrects: bool,
}

impl Run<'_> {
    /// Takes one row; adds what was read when it is enough.
    async fn take(&mut self, number: usize, found: Found) -> Result<(), ImportError> {
        let Found { place, read: _, entry, corrects } = found;
        match entry {
            Err(why) => self.refused.push((number, place, why)),
            Ok(entry) if self.read.iter().any(|earlier| earlier.entry.reference == entry.reference) => {
                self.is_known(number, place, corrects);
            }
            Ok(entry) => self.read.push(Row { number, place, entry, corrects }),
        }
        if self.read.len() == TOGETHER { self.add_what_was_read().await } else { Ok(()) }
    }

    fn is_known(&mut self, number: usize, place: Place, corrects: bool) {
        if corrects {
            self.refused.push((number, place, CORRECTS.to_owned()));
        } else {
            self.imported.known += 1;
        }
    }

    fn finish(mut self) -> Result<Imported, ImportError> {
        if let Some(codes) = &self.codes {
            codes.file.sync_all()?;
        }
        self.refused.sort_unstable_by_key(|(number, ..)| *number);
        self.imported.refused = self.refused.into_iter().map(|(_, place, why)| (place, why)).collect();
        Ok(self.imported)
    }

    /// Adds what is not known in one change; when one of them cannot be added, each by itself.
    async fn add_what_was_read(&mut self) -> Result<(), ImportError> {
        // One day and one moment for all of them: they are counted together.
        let today = self.service.today().map_err(LabError::NoTrust)?;
        let ready = self.prepare(&today).await?;
        let Some(codes) = &mut self.codes else {
            self.imported.added += ready.len();
            self.done.extend(ready.into_iter().map(|(reference, _)| reference.as_str().to_owned()));
            return Ok(());
        };
        let before = codes.write(&ready)?;
        // Any error but a known reference leaves the lines: the database may have the results in spite of its answer. The next run
        // finds out.
        if self.service.add_all(&ready, self.what.act(), &self.lab, self.actor).await? {
            self.imported.added += ready.len();
            self.done.extend(ready.into_iter().map(|(reference, _)| reference.as_str().to_owned()));
            return Ok(());
        }
        codes.take_back(before)?;
        for one in ready {
            self.add_one(one, &today).await?;
        }
        Ok(())
    }

    /// Makes codes for what was read, is not known and can be entered; adds what was ordered to its orders.
    async fn prepare(&mut self, today: &Today) -> Result<Vec<(Reference, Prepared)>, ImportError> {
        let read = std::mem::take(&mut self.read);
        let references: Vec<_> =
            read.iter().map(|row| self.service.reference_mac(&self.lab, &row.entry.reference)).collect();
        let known = self.service.store.known(&self.lab.name, &references).await.map_err(LabError::Store)?;
        let known: HashMap<usize, bool> = known.into_iter().collect();
        let mut ready = Vec::with_capacity(read.len());
        for (place_in_known, Row { number, place, entry, corrects }) in read.into_iter().enumerate() {
            let has_code = self.done.contains(entry.reference.as_str());
            let is_order = known.get(&place_in_known).copied();
            let done = match is_order {
                Some(true) if self.what == What::Results && !(has_code && self.codes.is_none()) => {
                    self.complete(&entry, today).await
                }
                None if !has_code => {
                    self.prepare_one(&entry, today).map(|prepared| ready.push((entry.reference, prepared)))
                }
                // What the database has forgotten for its age is not to be added once more.
                Some(_) | None => {
                    self.is_known(number, place, corrects);
                    Ok(())
                }
            };
            match done {
                Ok(()) => {}
                // What is wrong with one result is said of it; what is wrong with the service stops everything.
                Err(why @ (LabError::Fact(_) | LabError::NoSuchType(_) | LabError::OtherType)) => {
                    self.refused.push((number, place, why.to_string()));
                }
                Err(stop) => return Err(stop.into()),
            }
        }
        Ok(ready)
    }

    fn prepare_one(&self, entry: &Entry, today: &Today) -> Result<Prepared, LabError> {
        match self.what {
            What::Results => self.service.prepare_new(entry, Days::Spoken, self.form, &self.lab, today),
            What::Orders => self.service.prepare_new_order(entry, self.form, &self.lab, today),
        }
    }

    async fn complete(&mut self, entry: &Entry, today: &Today) -> Result<(), LabError> {
        if self.codes.is_none() {
            self.service.parcel(entry, Days::Spoken, &self.lab, today)?;
            self.done.insert(entry.reference.as_str().to_owned());
            self.imported.completed += 1;
            return Ok(());
        }
        match self.service.complete(entry, Days::Spoken, &self.lab, today, self.actor).await? {
            Some(_) => self.imported.completed += 1,
            // Somebody else was faster, or its time is over.
            None => self.imported.known += 1,
        }
        Ok(())
    }

    async fn add_one(&mut self, one: (Reference, Prepared), today: &Today) -> Result<(), ImportError> {
        let Some(codes) = &mut self.codes else { return Ok(()) };
        let before = codes.write(std::slice::from_ref(&one))?;
        let (reference, prepared) = one;
        let added =
            self.service.add_prepared(&reference, prepared, self.what.act(), &self.lab, today, self.actor).await;
        match added {
            Ok(Added::New(_)) => {
                self.done.insert(reference.as_str().to_owned());
                self.imported.added += 1;
            }
            Ok(Added::Known(_) | Added::Completed(_)) => {
                codes.take_back(before)?;
                self.imported.known += 1;
            }
            // Nothing was added, and the database said so.
            Err(stop @ (LabError::QuotaReached { .. } | LabError::Suspended | LabError::NotEnrolled)) => {
                codes.take_back(before)?;
                return Err(stop.into());
            }
            Err(stop) => return Err(stop.into()),
        }
        Ok(())
    }
}

/// What the rows are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Results,
    Orders,
}

impl What {
    fn act(self) -> ActKind {
        match self {
            Self::Results => ActKind::ResultAdded,
            Self::Orders => ActKind::OrderAdded,
        }
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
}

const HEADER: &str = "reference,offer,short_code,second_factor\n";

impl CodesFile {
    /// Opens or makes it; gives the references that have a line in it.
    async fn open(path: &Path, service: &Service, actor: &Actor) -> Result<(Self, HashSet<String>), ImportError> {
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
        let mut lines = Vec::new();
        let mut reader = csv::ReaderBuilder::new().from_reader(text.get(..whole).unwrap_or_default().as_bytes());
        for row in reader.records().filter_map(Result::ok) {
            let Some(reference) = row.get(0) else { continue };
            known.insert(reference.to_owned());
            lines.push((reference.to_owned(), row.position().map_or(0, csv::Position::byte)));
        }
        let unknown = unknown_at_the_end(&lines, service, actor).await?;
        if let Some((_, start)) = unknown.first() {
            end = usize::try_from(*start).unwrap_or(end);
        }
        for (reference, _) in unknown {
            known.remove(reference);
        }
        if whole == 0 {
            file.seek(SeekFrom::Start(0))?;
            file.write_all(HEADER.as_bytes())?;
        }
        file.set_len(end as u64)?;
        file.seek(SeekFrom::End(0))?;
        Ok((Self { file }, known))
    }

    /// Writes the lines of tickets, and waits until they are on the disk; gives the place to go back to.
    fn write(&mut self, tickets: &[(Reference, Prepared)]) -> Result<u64, ImportError> {
        let before = self.file.stream_position()?;
        let mut lines = csv::WriterBuilder::new().from_writer(Vec::new());
        for (reference, Prepared { ticket, .. }) in tickets {
            let (short_code, digits) = match &ticket.short {
                Some((code, digits)) => (code.text(), digits.text()),
                None => Default::default(),
            };
            lines
                .write_record([reference.as_str(), &ticket.offer.link(), &short_code, &digits])
                .map_err(std::io::Error::other)?;
        }
        let lines = Zeroizing::new(lines.into_inner().map_err(|error| error.into_error())?);
        if !tickets.is_empty() {
            self.file.write_all(&lines)?;
            self.file.sync_data()?;
        }
        Ok(before)
    }

    fn take_back(&mut self, before: u64) -> Result<(), ImportError> {
        self.file.set_len(before)?;
        self.file.seek(SeekFrom::Start(before))?;
        Ok(())
    }
}

/// The last lines whose results are not there: what a crash left between writing the lines and adding the results. More of them than are
/// added together are no crash, but results that were forgotten in the meantime.
async fn unknown_at_the_end<'l>(
    lines: &'l [(String, u64)],
    service: &Service,
    actor: &Actor,
) -> Result<&'l [(String, u64)], ImportError> {
    let mut known = lines.len();
    while let Some((reference, _)) = known.checked_sub(1).and_then(|last| lines.get(last)) {
        let is_there = match reference.parse::<Reference>() {
            Ok(reference) => match service.status(&service.by_reference(&reference, actor), actor).await {
                Ok(_) => true,
                Err(LabError::Unknown) => false,
                Err(stop) => return Err(stop.into()),
            },
            Err(_) => true,
        };
        if is_there {
            break;
        }
        if lines.len() - known == TOGETHER {
            return Ok(&[]);
        }
        known -= 1;
    }
    Ok(lines.get(known..).unwrap_or_default())
}
