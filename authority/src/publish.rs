//! The next trust list: signed by the delegate, chained to the one before, written once.

use std::fs;
use std::path::{Path, PathBuf};

use bauta_spec::sealed::file::{read_public, replace_public, write_new_public};
use bauta_spec::signed::DelegateKey;
use bauta_spec::time::{Minute, Moment};
use bauta_spec::trust::{TrustList, TrustListBody};

use crate::lint::{Book, NoPopulation, Population, Refusal, Report, Sample, lint};
use crate::office::Office;
use crate::refused::Refused;

/// Who lives here, in the programme's folder.
const POPULATION: &str = "population.json";

/// Reads a population from a file.
///
/// # Errors
/// [`Refused::Population`], or what the file is refused for.
pub fn population_in(path: &Path) -> Result<Population, Refused> {
    let unreadable = |cause| Refused::Population { path: path.to_owned(), cause };
    let text = String::from_utf8(read_public(path, Population::MAX_BYTES)?);
    let text = text.map_err(|_| unreadable(NoPopulation::Json("it is not text".to_owned())))?;
    Population::from_json(&text).map_err(unreadable)
}

/// A list that anybody may have.
#[derive(Debug)]
pub struct Published {
    /// The list.
    pub list: TrustList,
    /// Where it lies, under the name that does not change.
    pub path: PathBuf,
    /// What the linter says about it. Refusals in it are those that the list before had too.
    pub report: Report,
}

impl Office {
    /// Makes the next list and puts it into the public folder. `lifetime` is in minutes, at most a week.
    ///
    /// Killed at any moment, it has published or it has not: the file that carries the version's number is put in place whole and
    /// never replaced, and the next command takes it from there. No version is ever made twice.
    ///
    /// The linter goes over the list first. What it refuses is not published, and there is no switch for it: whoever needs a list at once
    /// withdraws the policy that the message names. What was published before the linter came, or before the population changed, holds
    /// nothing up, because a withdrawal must get out; it is said in the report.
    ///
    /// # Errors
    /// [`Refused::Unacceptable`] for a list that wallets and doors would refuse, [`Refused::Lint`] for one that lets somebody be picked
    /// out; it is not written then.
    pub fn publish(&mut self, delegate: &DelegateKey, lifetime: u32, now: Moment) -> Result<Published, Refused> {
        let certificate = self.shelf.certificate_of(&delegate.public()).ok_or(Refused::UncertifiedDelegate)?.clone();
        let before = self.latest()?;
        let issued = Minute::of(now);
        let body = self.body(before.as_ref(), issued, issued.plus(lifetime))?;
        let bytes = body
            .sign(&certificate, delegate)
            .map_err(|cause| Refused::Unreadable { what: "the list".to_owned(), cause })?;
        let list = match &before {
            Some(before) => before.advance(&bytes, &self.root, now)?,
            None => TrustList::verify(&bytes, &self.root, now)?,
        };
        let report = self.judged(&list, before.as_ref(), now)?;
        let path = self.path_of(list.version());
        write_new_public(&path, &bytes)?;
        self.settle()?;
        Ok(Published { list, path: self.newest(), report })
    }

    /// Looks at what the next list would say, as [`Office::publish`] does.
    ///
    /// # Errors
    /// [`Refused::NotFounded`] when the signed settings are gone.
    pub fn lint(&self, population: &Population, sample: Option<Sample>, now: Moment) -> Result<Report, Refused> {
        let (shelf, ledger, programme) = (&self.shelf, &self.ledger, self.programme()?);
        let rules = shelf.rules().filter(|rule| !ledger.withdrawn_rules.contains(&rule.id()));
        let policies = shelf.policies().filter(|policy| {
            let rules_stand = policy.rules().all(|rule| !ledger.withdrawn_rules.contains(&rule));
            rules_stand && !ledger.withdrawn_policies.contains(&policy.id())
        });
        let types = shelf.types.statements().cloned().collect();
        let days = (programme.grid.day_of(now), programme.last_day);
        let book = Book::new(types, rules.cloned().collect(), policies.cloned().collect(), days);
        Ok(lint(&book, population, sample))
    }

    /// The population of this programme: `population.json` in its folder, else the example that comes with Bauta.
    ///
    /// # Errors
    /// [`Refused::Population`] for a file that cannot be used.
    pub fn population(&self) -> Result<Population, Refused> {
        let path = self.dir.join(POPULATION);
        if path.exists() { population_in(&path) } else { Ok(Population::example()) }
    }

    fn judged(&self, list: &TrustList, before: Option<&TrustList>, now: Moment) -> Result<Report, Refused> {
        let population = self.population()?;
        let today = list.grid().day_of(now);
        let report = lint(&Book::of(list, today), &population, None);
        if report.passes() {
            return Ok(report);
        }
        let known = before.map(|before| lint(&Book::of(before, today), &population, None).refusals).unwrap_or_default();
        let is_new = |refusal: &&Refusal| !known.iter().any(|known| known.is_about_the_same(refusal));
        let new: Vec<Refusal> = report.refusals.iter().filter(is_new).cloned().collect();
        if new.is_empty() { Ok(report) } else { Err(Refused::Lint(new)) }
    }

    /// Brings the ledger and the newest list into line with the public folder: after a kill, or when an older copy of the ledger
    /// was put back. What anybody may have seen already is never taken back.
    pub(crate) fn settle(&mut self) -> Result<(), Refused> {
        let Some(version) = self.highest_public()?.max(self.ledger.published) else { return Ok(()) };
        let list = self.published_list(version)?;
        let mut ledger = self.ledger.clone();
        ledger.take_over(&list);
        if ledger != self.ledger {
            ledger.save(&self.dir)?;
            self.ledger = ledger;
        }
        let newest = self.newest();
        if !read_public(&newest, TrustList::MAX).is_ok_and(|bytes| bytes == list.bytes()) {
            replace_public(&newest, list.bytes())?;
        }
        Ok(())
    }

    /// The list that was published last, its signatures checked again.
    ///
    /// # Errors
    /// What the file is refused for.
    pub fn latest(&self) -> Result<Option<TrustList>, Refused> {
        self.ledger.published.map(|version| self.published_list(version)).transpose()
    }

    fn published_list(&self, version: u32) -> Result<TrustList, Refused> {
        let path = self.path_of(version);
        let bytes = read_public(&path, TrustList::MAX)?;
        let list = TrustList::verify_held(&bytes, &self.root).ok();
        list.filter(|list| list.version() == version).ok_or(Refused::ForeignList(path))
    }

    /// The highest number of a list in the public folder.
    fn highest_public(&self) -> Result<Option<u32>, Refused> {
        let folder = self.dir.join("public");
        let listing = fs::read_dir(&folder).map_err(|error| Refused::file(&folder, error))?;
        let names = listing.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let version = |name: String| name.strip_prefix("trust-list-")?.strip_suffix(".cbor")?.parse().ok();
        Ok(names.filter_map(version).max())
    }

    fn body(&self, before: Option<&TrustList>, issued: Minute, expires: Minute) -> Result<TrustListBody, Refused> {
        let shelf = &self.shelf;
        let programme = shelf.programmes.signed().pop().ok_or_else(|| Refused::NotFounded(self.dir.clone()))?;
        let keys = shelf.keys.signed();
        if keys.is_empty() {
            return Err(Refused::NothingSigned);
        }
        Ok(TrustListBody {
            version: before.map_or(1, |before| before.version() + 1),
            previous: before.map_or([0; 32], TrustList::hash),
            issued,
            expires,
            programme,
            types: shelf.types.signed(),
            keys,
            rules: shelf.rules.signed(),
            policies: shelf.policies.signed(),
            organisers: shelf.organisers.signed(),
            withdrawn_keys: self.ledger.withdrawn_keys.clone(),
            withdrawn_rules: self.ledger.withdrawn_rules.clone(),
            withdrawn_policies: self.ledger.withdrawn_policies.clone(),
            withdrawn_organisers: self.ledger.withdrawn_organisers.clone(),
            floors: self.ledger.floors.clone(),
        })
    }

    fn path_of(&self, version: u32) -> PathBuf {
        self.dir.join(format!("public/trust-list-{version}.cbor"))
    }

    fn newest(&self) -> PathBuf {
        self.dir.join("public/trust-list.cbor")
    }
}
