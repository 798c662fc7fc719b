//! What the delegate decided: withdrawals, floors, and which version was published last. It only ever grows.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use bauta_spec::attributes::RuleId;
use bauta_spec::credential::KeyId;
use bauta_spec::policy::PolicyId;
use bauta_spec::poster::OrganiserId;
use bauta_spec::sealed::file::{read_public, replace_public};
use bauta_spec::time::Day;
use bauta_spec::trust::TrustList;
use serde::{Deserialize, Serialize};

use crate::refused::Refused;

/// Kept as JSON, because an official must be able to read it without a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ledger {
    format: u8,
    pub(crate) withdrawn_keys: BTreeSet<KeyId>,
    pub(crate) withdrawn_rules: BTreeSet<RuleId>,
    pub(crate) withdrawn_policies: BTreeSet<PolicyId>,
    pub(crate) withdrawn_organisers: BTreeSet<OrganiserId>,
    /// The lowest series that a day still accepts.
    pub(crate) floors: BTreeMap<Day, u8>,
    /// The version that was published last. The public folder may know of a later one; then that counts.
    pub(crate) published: Option<u32>,
}

impl Ledger {
    const FORMAT: u8 = 1;
    /// A trust list has no room for so many withdrawals, even where each takes a line of text here.
    const MAX: usize = 8 * TrustList::MAX;
    const NAME: &'static str = "ledger.json";

    pub(crate) fn empty() -> Self {
        Self {
            format: Self::FORMAT,
            withdrawn_keys: BTreeSet::new(),
            withdrawn_rules: BTreeSet::new(),
            withdrawn_policies: BTreeSet::new(),
            withdrawn_organisers: BTreeSet::new(),
            floors: BTreeMap::new(),
            published: None,
        }
    }

    pub(crate) fn load(dir: &Path) -> Result<Self, Refused> {
        let path = dir.join(Self::NAME);
        let bytes = read_public(&path, Self::MAX)?;
        serde_json::from_slice::<Self>(&bytes)
            .ok()
            .filter(|ledger| ledger.format == Self::FORMAT)
            .ok_or(Refused::DamagedLedger(path))
    }

    pub(crate) fn save(&self, dir: &Path) -> Result<(), Refused> {
        let path = dir.join(Self::NAME);
        let mut text = serde_json::to_vec_pretty(self).map_err(|_| Refused::DamagedLedger(path.clone()))?;
        text.push(b'\n');
        Ok(replace_public(&path, &text)?)
    }

    /// Takes over what a published list says. What the ledger says beyond it stays.
    pub(crate) fn take_over(&mut self, list: &TrustList) {
        let body = list.body();
        self.withdrawn_keys.extend(&body.withdrawn_keys);
        self.withdrawn_rules.extend(&body.withdrawn_rules);
        self.withdrawn_policies.extend(&body.withdrawn_policies);
        self.withdrawn_organisers.extend(&body.withdrawn_organisers);
        for (day, series) in &body.floors {
            let floor = self.floors.entry(*day).or_default();
            *floor = (*floor).max(*series);
        }
        self.published = Some(list.version());
    }

    pub(crate) fn withdraw(&mut self, withdrawal: Withdrawal) {
        match withdrawal {
            Withdrawal::Key(id) => self.withdrawn_keys.insert(id),
            Withdrawal::Rule(id) => self.withdrawn_rules.insert(id),
            Withdrawal::Policy(id) => self.withdrawn_policies.insert(id),
            Withdrawal::Organiser(id) => self.withdrawn_organisers.insert(id),
        };
    }

    pub(crate) fn has_withdrawn(&self, what: Withdrawal) -> bool {
        match what {
            Withdrawal::Key(id) => self.withdrawn_keys.contains(&id),
            Withdrawal::Rule(id) => self.withdrawn_rules.contains(&id),
            Withdrawal::Policy(id) => self.withdrawn_policies.contains(&id),
            Withdrawal::Organiser(id) => self.withdrawn_organisers.contains(&id),
        }
    }

    /// Raises the lowest series of a day.
    ///
    /// # Errors
    /// [`Refused::FloorNotHigher`]: a floor that fell would bring withdrawn passes back.
    pub(crate) fn raise(&mut self, day: Day, series: u8) -> Result<(), Refused> {
        let floor = self.floors.get(&day).copied().unwrap_or(0);
        if series <= floor {
            return Err(Refused::FloorNotHigher { day, floor });
        }
        self.floors.insert(day, series);
        Ok(())
    }
}

/// What a delegate takes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withdrawal {
    /// A key: whatever it signed stops counting.
    Key(KeyId),
    /// A rule: its passes stop counting, and its policies with it.
    Rule(RuleId),
    /// A policy: doors stop offering it.
    Policy(PolicyId),
    /// An organiser: wallets stop answering its posters, and doors stop hanging them up.
    Organiser(OrganiserId),
}

impl fmt::Display for Withdrawal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(id) => id.fmt(f),
            Self::Rule(id) => id.fmt(f),
            Self::Policy(id) => id.fmt(f),
            Self::Organiser(id) => id.fmt(f),
        }
    }
}
