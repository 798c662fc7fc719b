//! Many results from a CSV file; one line of codes out per result.
//!
//! Some hundred results are added in one change, with an act for each. The lines with their codes are written, and are on the disk, *before*
//! that, so a crash in between can leave lines without results, never a result whose code nobody knows. The next run finds such last lines
//! and takes them back.

use std::collections::{HashMap, HashSet};
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use zeroize::Zeroizing;

use super::{Added, Days, Entry, Facts, LabError, Prepared, Reference};
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
        let lab = self.lab_in_force(actor).await?;
        let codes = CodesFile::open(codes, self, actor).await?;
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(lines);
        let columns = columns(reader.headers().map_err(|_| ImportError::Header)?)?;
        if what == What::Orders && !columns.claims.is_empty() {
            return Err(ImportError::OrderHeader);
        }
        let imported = Imported::default();
        let mut run = Run { service: self, what, actor, lab, form, codes, read: Vec::new(), imported };
        let mut row = csv::StringRecord::new();
        loop {
            let line = reader.position().line();
            match reader.read_record(&mut row) {
                Ok(false) => break,
                Ok(true) => match columns.entry(&row) {
                    Ok(entry) => run.take(at(&row, line), entry).await?,
                    Err(why) => run.imported.refused.push((at(&row, line), why)),
                },
                Err(error) if error.is_io_error() => return Err(std::io::Error::from(error).into()),
                Err(error) => run.imported.refused.push((of_error(&error, line), why_unreadable(&error))),
            }
            seen(reader.position().byte());
        }
        run.add_what_was_read().await?;
        run.codes.file.sync_all()?;
        run.imported.refused.sort_by_key(|(line, _)| *line);
        Ok(run.imported)
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
    codes: CodesFile,
    /// Lines that were read and are not known from the codes written so far.
    read: Vec<(u64, Entry)>,
    imported: Imported,
}

impl Run<'_> {
    /// Takes one line; adds what was read when it is enough.
    async fn take(&mut self, line: u64, entry: Entry) -> Result<(), ImportError> {
        if self.read.iter().any(|(_, earlier)| earlier.reference == entry.reference) {
            self.imported.known += 1;
            return Ok(());
        }
        self.read.push((line, entry));
        if self.read.len() == TOGETHER { self.add_what_was_read().await } else { Ok(()) }
    }

    /// Adds what is not known in one change; when one of them cannot be added, each by itself.
    async fn add_what_was_read(&mut self) -> Result<(), ImportError> {
        // One day and one moment for all of them: they are counted together.
        let today = self.service.today().map_err(LabError::NoTrust)?;
        let ready = self.prepare(&today).await?;
        let before = self.codes.write(&ready)?;
        // Any error but a known reference leaves the lines: the database may have the results in spite of its answer. The next run
        // finds out.
        if self.service.add_all(&ready, self.what.act(), &self.lab, self.actor).await? {
            self.imported.added += ready.len();
            self.codes.known.extend(ready.into_iter().map(|(reference, _)| reference.as_str().to_owned()));
            return Ok(());
        }
        self.codes.take_back(before)?;
        for one in ready {
            self.add_one(one, &today).await?;
        }
        Ok(())
    }

    /// Makes codes for what was read, is not known and can be entered; adds what was ordered to its orders.
    async fn prepare(&mut self, today: &Today) -> Result<Vec<(Reference, Prepared)>, ImportError> {
        let read = std::mem::take(&mut self.read);
        let references: Vec<_> =
            read.iter().map(|(_, entry)| self.service.reference_mac(&self.lab, &entry.reference)).collect();
        let known = self.service.store.known(&self.lab.name, &references).await.map_err(LabError::Store)?;
        let known: HashMap<usize, bool> = known.into_iter().collect();
        let mut ready = Vec::with_capacity(read.len());
        for (place, (line, entry)) in read.into_iter().enumerate() {
            let done = match known.get(&place) {
                Some(true) if self.what == What::Results => self.complete(&entry, today).await,
                // What the database has forgotten for its age is not to be added once more.
                None if !self.codes.known.contains(entry.reference.as_str()) => {
                    self.prepare_one(&entry, today).map(|prepared| ready.push((entry.reference, prepared)))
                }
                Some(_) | None => {
                    self.imported.known += 1;
                    Ok(())
                }
            };
            match done {
                Ok(()) => {}
                // What is wrong with a line is no reason to stop; what is wrong with the service is.
                Err(why @ (LabError::Fact(_) | LabError::NoSuchType(_) | LabError::OtherType)) => {
                    self.imported.refused.push((line, why.to_string()));
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
        match self.service.complete(entry, Days::Spoken, &self.lab, today, self.actor).await? {
            Some(_) => self.imported.completed += 1,
            // Somebody else was faster, or its time is over.
            None => self.imported.known += 1,
        }
        Ok(())
    }

    async fn add_one(&mut self, one: (Reference, Prepared), today: &Today) -> Result<(), ImportError> {
        let before = self.codes.write(std::slice::from_ref(&one))?;
        let (reference, prepared) = one;
        let added =
            self.service.add_prepared(&reference, prepared, self.what.act(), &self.lab, today, self.actor).await;
        match added {
            Ok(Added::New(_)) => {
                self.codes.known.insert(reference.as_str().to_owned());
                self.imported.added += 1;
            }
            Ok(Added::Known(_) | Added::Completed(_)) => {
                self.codes.take_back(before)?;
                self.imported.known += 1;
            }
            // Nothing was added, and the database said so.
            Err(stop @ (LabError::QuotaReached { .. } | LabError::Suspended | LabError::NotEnrolled)) => {
                self.codes.take_back(before)?;
                return Err(stop.into());
            }
            Err(stop) => return Err(stop.into()),
        }
        Ok(())
    }
}

/// What the lines are.
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
    async fn open(path: &Path, service: &Service, actor: &Actor) -> Result<Self, ImportError> {
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
        Ok(Self { file, known })
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
