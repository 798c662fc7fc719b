//! Who may call the lab side, and the newest trust list accepted.

use bauta_spec::time::Day;

use super::{Store, StoreError};
use crate::acts::NewAct;
use crate::secrets::ApiKeyMac;
use crate::staff::LabName;

/// Whom an API key lets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Visitor {
    /// A lab's own software: adds, asks, withdraws, counts.
    Lab,
    /// A pass office that runs apart: hears which handles are withdrawn.
    Office,
}

/// What is kept of an API key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKeyEntry {
    /// Its name, which is the operator of what is done with it.
    pub name: String,
    /// Whom it lets in.
    pub visitor: Visitor,
    /// The lab that it speaks for; an office's speaks for none, and one of before there were several labs for the settings' lab.
    pub lab: Option<LabName>,
    /// When it was made.
    pub made: Day,
    /// Whether it has been ended.
    pub ended: bool,
}

/// Who comes with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyHolder {
    /// The key's name.
    pub(crate) name: String,
    /// Whom it lets in.
    pub(crate) visitor: Visitor,
    /// See [`ApiKeyEntry::lab`].
    pub(crate) lab: Option<LabName>,
}

impl Store {
    /// Keeps a new key's hash. `false` when the name is taken: names are never used again, they stand beside results.
    pub(crate) async fn add_api_key(
        &self,
        name: &str,
        visitor: Visitor,
        lab: Option<&LabName>,
        mac: &ApiKeyMac,
        today: Day,
        act: NewAct<'_>,
    ) -> Result<bool, StoreError> {
        let mut change = self.database.change().await?;
        let new = "INSERT INTO api_key (name, visitor, lab, key_mac, made_day) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (name) DO NOTHING";
        let lab = lab.map(ToString::to_string).into();
        let values = [name.into(), visitor.word().into(), lab, mac.into(), today.into()];
        let is_new = change.run(new, values).await? == 1;
        if is_new {
            change.write(act).await?;
            change.commit().await?;
        }
        Ok(is_new)
    }

    /// Ends a key. `false` when there is none of that name.
    pub(crate) async fn end_api_key(&self, name: &str, act: NewAct<'_>) -> Result<bool, StoreError> {
        let mut change = self.database.change().await?;
        let ended = change.run("UPDATE api_key SET ended = TRUE WHERE name = $1", [name.into()]).await? == 1;
        if ended {
            change.write(act).await?;
            change.commit().await?;
        }
        Ok(ended)
    }

    /// All keys ever made.
    pub(crate) async fn api_keys(&self) -> Result<Vec<ApiKeyEntry>, StoreError> {
        let all = "SELECT name, visitor, lab, made_day, ended FROM api_key ORDER BY name";
        let rows: Vec<(String, String, Option<String>, i64, bool)> = self.database.rows(all, []).await?;
        rows.into_iter()
            .map(|(name, visitor, lab, made, ended)| {
                let made = Day::new(u16::try_from(made).map_err(|_| StoreError::Damaged("made_day"))?);
                Ok(ApiKeyEntry { name, visitor: Visitor::of(&visitor)?, lab: lab_of(lab)?, made, ended })
            })
            .collect()
    }

    /// Whose key this is, if it is one in force.
    pub(crate) async fn api_key(&self, mac: &ApiKeyMac) -> Result<Option<KeyHolder>, StoreError> {
        let in_force = "SELECT name, visitor, lab FROM api_key WHERE key_mac = $1 AND NOT ended";
        let row: Option<(String, String, Option<String>)> = self.database.row(in_force, [mac.into()]).await?;
        row.map(|(name, visitor, lab)| Ok(KeyHolder { name, visitor: Visitor::of(&visitor)?, lab: lab_of(lab)? }))
            .transpose()
    }

    /// The newest trust list that was accepted here.
    pub(crate) async fn trust_list(&self) -> Result<Option<Vec<u8>>, StoreError> {
        let row: Option<(Vec<u8>,)> = self.database.row("SELECT bytes FROM trust_list", []).await?;
        Ok(row.map(|(bytes,)| bytes))
    }

    /// Keeps a trust list that was accepted; an older one changes nothing.
    pub(crate) async fn keep_trust_list(&self, version: u32, bytes: &[u8]) -> Result<(), StoreError> {
        let newest = "INSERT INTO trust_list (one, version, bytes) VALUES (1, $1, $2)
             ON CONFLICT (one) DO UPDATE SET version = $1, bytes = $2 WHERE trust_list.version < $1";
        self.database.run(newest, [version.into(), bytes.into()]).await?;
        Ok(())
    }
}

fn lab_of(name: Option<String>) -> Result<Option<LabName>, StoreError> {
    name.map(|name| name.parse()).transpose().map_err(|_| StoreError::Damaged("api_key.lab"))
}

impl Visitor {
    fn word(self) -> &'static str {
        match self {
            Self::Lab => "lab",
            Self::Office => "office",
        }
    }

    fn of(word: &str) -> Result<Self, StoreError> {
        match word {
            "lab" => Ok(Self::Lab),
            "office" => Ok(Self::Office),
            _ => Err(StoreError::Damaged("visitor")),
        }
    }
}
