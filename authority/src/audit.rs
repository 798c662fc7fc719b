//! Whether all published lists are one history, and which keys ever stood in it. Needs no secret, and no programme's folder: only what is
//! served to everybody.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use bauta_spec::attributes::{TypeName, Use};
use bauta_spec::credential::KeyId;
use bauta_spec::sealed::file::read_public;
use bauta_spec::signed::RootPublic;
use bauta_spec::time::Day;
use bauta_spec::trust::{IssuerKey, PublicHalf, TrustList, TrustRefusal};
use bauta_spec::words::Line;
use serde_json::{Value, json};

use crate::refused::Refused;
use crate::sign::{MOST_RECORD_KEYS, most_at_once};

/// Where the public halves lie, with the proofs of their owners.
pub(crate) const KEYS: &str = "keys";

/// What is served, gone through from the first list to the newest.
#[derive(Clone, Debug)]
pub struct Audit {
    newest: Option<TrustList>,
    hashes: BTreeMap<u32, [u8; 32]>,
    keys: BTreeMap<KeyId, LoggedKey>,
    findings: Vec<Finding>,
}

/// A key that stood in a list once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedKey {
    /// As the last list with it says.
    pub key: IssuerKey,
    /// The first version with it.
    pub listed: u32,
    /// The first version in which it is withdrawn.
    pub withdrawn: Option<u32>,
    /// The first version without it, unless a later one has it again.
    pub left: Option<u32>,
    /// The latest of the last days that lists gave it.
    pub promised: Day,
}

/// Something that no honest history has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    /// Nobody can say what stood in them.
    #[error("{}: every list must stay where it was published", missing(*.first, *.last))]
    Missing {
        /// The first of them.
        first: u32,
        /// The last; mostly the same.
        last: u32,
    },
    /// Not a list of this root.
    #[error("version {version} cannot be believed: {refusal}")]
    Refused {
        /// By its file.
        version: u32,
        /// Why.
        refusal: TrustRefusal,
    },
    /// It hangs on another list than the one that is served.
    #[error("version {version} does not follow from version {before}: {refusal}")]
    DoesNotFollow {
        /// Which.
        version: u32,
        /// The last one before it that is here.
        before: u32,
        /// Why.
        refusal: TrustRefusal,
    },
    /// What wallets fetch is something else.
    #[error("trust-list.cbor is not version {0}: whoever fetches it gets another list than this history has")]
    OtherNewest(u32),
    /// A list that somebody was shown is not in this history.
    #[error("version {0} is another list here than the one that was seen: two lists are in circulation")]
    SplitView(u32),
    /// A list that somebody was shown is newer than all of this history.
    #[error(
        "version {0} was seen, and is not here: fetch these lists again; if it is missing still, somebody was shown a list that is not \
         in their history"
    )]
    NotHere(u32),
    /// An id stood for two things.
    #[error("key {id} has another type, holder or purpose in version {version} than before")]
    Changed {
        /// Which key.
        id: KeyId,
        /// Since when.
        version: u32,
    },
    /// A key that was there for a while.
    #[error("key {id} is left out of version {version}, although it was neither withdrawn nor over")]
    LeftOut {
        /// Which key.
        id: KeyId,
        /// Since when.
        version: u32,
    },
    /// Listed without its owner's proof.
    #[error("nobody has shown to have the secret half of key {0}: there is no proof that holds in keys/{0}.pub")]
    NotProved(KeyId),
    /// So many that a lab could sort people by them.
    #[error(
        "{holder} has {count} keys for {type_name} on one day in version {version}, and {MOST_RECORD_KEYS} are the most that a change of keys \
         needs"
    )]
    ManyKeys {
        /// Whose.
        holder: Line,
        /// For what.
        type_name: TypeName,
        /// How many.
        count: usize,
        /// Since when.
        version: u32,
    },
}

impl Audit {
    /// Goes through a folder as it is served.
    ///
    /// # Errors
    /// [`Refused::File`] for a folder that cannot be read. What is wrong inside is a [`Finding`].
    pub fn of(folder: &Path, root: &RootPublic) -> Result<Self, Refused> {
        let mut audit = Self { newest: None, hashes: BTreeMap::new(), keys: BTreeMap::new(), findings: Vec::new() };
        let versions = versions_in(folder)?;
        let mut next = 1;
        for version in versions {
            let Some(bytes) = served(&folder.join(format!("trust-list-{version}.cbor")), TrustList::MAX) else {
                continue;
            };
            audit.miss(next, version);
            audit.take(version, &bytes, root);
            next = version.saturating_add(1);
        }
        if next == 1 {
            audit.miss(1, 2);
        }
        audit.compare_newest(folder);
        audit.look_for_proofs(folder);
        Ok(audit)
    }

    /// Whether a list that somebody was shown, a wallet or an organiser, is one of these.
    pub fn compare(&mut self, version: u32, hash: [u8; 32]) {
        match self.hashes.get(&version) {
            Some(here) if *here == hash => {}
            Some(_) => self.findings.push(Finding::SplitView(version)),
            None => self.findings.push(Finding::NotHere(version)),
        }
    }

    /// What is wrong.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Every key that was ever listed.
    pub fn keys(&self) -> impl Iterator<Item = &LoggedKey> {
        self.keys.values()
    }

    /// For people: the history, the keys, and last what is wrong.
    #[must_use]
    pub fn to_lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(newest) = &self.newest {
            let (name, version) = (&newest.programme().name, newest.version());
            lines.push(format!(
                "{name}: {} lists, the newest is version {version}, {}",
                self.hashes.len(),
                hex(&newest.hash())
            ));
        }
        for LoggedKey { key, listed, withdrawn, left, promised: _ } in self.keys.values() {
            let since =
                |what: &str, version: &Option<u32>| version.map(|at| format!(", {what} {at}")).unwrap_or_default();
            let specimen = if key.specimen { ", specimen" } else { "" };
            lines.push(format!(
                "key {}  {}  {} to {}  {}, since version {listed}{}{}{specimen}",
                key.id,
                key.key_type.name(),
                key.first,
                key.last,
                key.holder_name,
                since("withdrawn in", withdrawn),
                since("left out of", left)
            ));
        }
        lines.extend(self.findings.iter().map(|finding| format!("WRONG: {finding}")));
        lines
    }

    /// For programs.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let keys = self.keys.values().map(|LoggedKey { key, listed, withdrawn, left, promised: _ }| {
            json!({
                "id": key.id, "type": key.key_type.name(), "first": key.first.to_string(), "last": key.last.to_string(),
                "holder_name": key.holder_name, "specimen": key.specimen,
                "listed": listed, "withdrawn": withdrawn, "left_out": left,
            })
        });
        json!({
            "version": self.newest.as_ref().map(TrustList::version),
            "hash": self.newest.as_ref().map(|list| hex(&list.hash())),
            "keys": keys.collect::<Vec<_>>(),
            "findings": self.findings.iter().map(ToString::to_string).collect::<Vec<_>>(),
        })
    }

    /// As one finding: a number made up by somebody may be large.
    fn miss(&mut self, next: u32, found: u32) {
        if next < found {
            self.findings.push(Finding::Missing { first: next, last: found - 1 });
        }
    }

    fn take(&mut self, version: u32, bytes: &[u8], root: &RootPublic) {
        let list = match TrustList::verify_held(bytes, root) {
            Ok(list) if list.version() == version => list,
            Ok(list) => {
                let refusal = TrustRefusal::Older { have: version, got: list.version() };
                return self.findings.push(Finding::Refused { version, refusal });
            }
            Err(refusal) => return self.findings.push(Finding::Refused { version, refusal }),
        };
        if let Some(before) = &self.newest {
            // When it was made it was fresh; how old it is now says nothing of whether it follows.
            if let Err(refusal) = before.advance(bytes, root, list.issued().start()) {
                self.findings.push(Finding::DoesNotFollow { version, before: before.version(), refusal });
            }
        }
        self.note_keys(&list);
        self.hashes.insert(version, list.hash());
        self.newest = Some(list);
    }

    fn note_keys(&mut self, list: &TrustList) {
        let version = list.version();
        let day = list.grid().day_of(list.issued().start());
        for key in list.keys() {
            let known = self.keys.entry(key.id).or_insert_with(|| LoggedKey {
                key: key.clone(),
                listed: version,
                withdrawn: None,
                left: None,
                promised: key.last,
            });
            if !is_the_same(&known.key, key) {
                self.findings.push(Finding::Changed { id: key.id, version });
            }
            known.key = key.clone();
            known.left = None;
            known.promised = known.promised.max(key.last);
        }
        for (id, known) in &mut self.keys {
            if list.body().withdrawn_keys.contains(id) {
                known.withdrawn.get_or_insert(version);
            }
            if list.issuer_key(*id).is_none() && known.left.is_none() {
                known.left = Some(version);
                // Not by the days that it has at the end: they may be shortened until it is over.
                if known.withdrawn.is_none() && known.promised >= day {
                    self.findings.push(Finding::LeftOut { id: *id, version });
                }
            }
        }
        self.count_keys(list);
    }

    /// Of passes a list holds one key for each type and day, or nobody takes it.
    fn count_keys(&mut self, list: &TrustList) {
        let standing = |key: &&IssuerKey| !key.specimen && !list.body().withdrawn_keys.contains(&key.id);
        let mut terms: BTreeMap<(&str, &TypeName), Vec<(Day, Day)>> = BTreeMap::new();
        for key in list.keys().iter().filter(standing).filter(|key| key.key_type.usage() == Use::Record) {
            terms.entry((key.holder_name.as_str(), key.key_type.name())).or_default().push((key.first, key.last));
        }
        for ((holder, type_name), terms) in terms {
            let count = most_at_once(&terms);
            let told = |finding: &Finding| matches!(finding, Finding::ManyKeys { holder: other, type_name: of, .. } if other.as_str() == holder && of == type_name);
            if count > MOST_RECORD_KEYS && !self.findings.iter().any(told) {
                let holder = list.keys().iter().find(|key| key.holder_name.as_str() == holder);
                self.findings.extend(holder.map(|key| Finding::ManyKeys {
                    holder: key.holder_name.clone(),
                    type_name: type_name.clone(),
                    count,
                    version: list.version(),
                }));
            }
        }
    }

    fn compare_newest(&mut self, folder: &Path) {
        let Some(newest) = &self.newest else { return };
        let fetched = served(&folder.join("trust-list.cbor"), TrustList::MAX);
        if fetched.is_none_or(|bytes| bytes != newest.bytes()) {
            self.findings.push(Finding::OtherNewest(newest.version()));
        }
    }

    fn look_for_proofs(&mut self, folder: &Path) {
        for (id, known) in &self.keys {
            let file = folder.join(KEYS).join(format!("{id}.pub"));
            let half = served(&file, PublicHalf::MAX_BYTES);
            let half = half.and_then(|json| PublicHalf::from_json(&json).ok());
            let holds = |half: PublicHalf| {
                *half.key() == known.key.public && half.credential_type() == known.key.key_type.name()
            };
            if !half.is_some_and(holds) {
                self.findings.push(Finding::NotProved(*id));
            }
        }
    }
}

/// Its days may be shortened, when another key takes over.
fn is_the_same(before: &IssuerKey, now: &IssuerKey) -> bool {
    (&before.public, &before.key_type, &before.holder_name, before.specimen)
        == (&now.public, &now.key_type, &now.holder_name, now.specimen)
}

/// What lies there, if a web server could serve it: of a pipe nobody would ever see the end.
fn served(path: &Path, max: usize) -> Option<Vec<u8>> {
    let is_file = fs::metadata(path).is_ok_and(|found| found.is_file());
    is_file.then(|| read_public(path, max).ok()).flatten()
}

fn missing(first: u32, last: u32) -> String {
    if first == last {
        format!("version {first} is missing")
    } else {
        format!("versions {first} to {last} are missing")
    }
}

fn versions_in(folder: &Path) -> Result<BTreeSet<u32>, Refused> {
    let listing = fs::read_dir(folder).map_err(|error| Refused::file(folder, error))?;
    let names = listing.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let version = |name: String| name.strip_prefix("trust-list-")?.strip_suffix(".cbor")?.parse().ok();
    Ok(names.filter_map(version).collect())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
