//! Who may call the lab side, and the newest trust list accepted.

use bauta_spec::time::Day;

use super::people::Reach;
use super::{Store, StoreError};
use crate::acts::NewAct;
use crate::secrets::ApiKeyMac;
use crate::staff::{Actor, LabName, StaffRole};

/// What is kept of an API key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKeyEntry {
    /// Its name, which is the operator of what is done with it.
    pub name: String,
    /// What it lets do.
    pub role: StaffRole,
    /// The lab that it speaks for; an office's speaks for none, and one of before there were several labs for the settings' lab.
    pub lab: Option<LabName>,
    /// When it was made.
    pub made: Day,
    /// Whether it has been ended.
    pub ended: bool,
}

impl Store {
    /// Keeps a new key's hash. `false` when the name is taken: names are never used again, they stand beside results. The key ends with
    /// whoever makes it; one that is made with another key, with whoever made that.
    pub(crate) async fn add_api_key(
        &self,
        name: &str,
        role: StaffRole,
        lab: Option<&LabName>,
        mac: &ApiKeyMac,
        today: Day,
        act: NewAct<'_>,
    ) -> Result<bool, StoreError> {
        let mut change = self.database.change().await?;
        if !change.take_name(name).await? {
            return Ok(false);
        }
        let new = "INSERT INTO api_key (name, visitor, role, lab, key_mac, made_day, made_by)
             VALUES ($1, $2, $3, $4, $5, $6, COALESCE((SELECT made_by FROM api_key WHERE name = $7), $7))
             ON CONFLICT (name) DO NOTHING";
        let visitor = if role == StaffRole::Office { "office" } else { "lab" };
        let made_by = act.actor.role().map_or("", |_| act.actor.name().as_str());
        let lab = lab.map(ToString::to_string).into();
        let values = [name.into(), visitor.into(), role.word().into(), lab, mac.into(), today.into(), made_by.into()];
        let is_new = change.run(new, values).await? == 1;
        if is_new {
            change.write(act).await?;
            change.commit().await?;
        }
        Ok(is_new)
    }

    /// Ends a key. `false` when there is none of that name within reach.
    pub(crate) async fn end_api_key(&self, name: &str, reach: Reach<'_>, act: NewAct<'_>) -> Result<bool, StoreError> {
        let end = "UPDATE api_key SET ended = TRUE WHERE name = $1 AND ($2 = '' OR lab = $2)";
        let mut change = self.database.change().await?;
        let ended = change.run(end, [name.into(), reach.lab().into()]).await? == 1;
        if ended {
            change.write(act).await?;
            change.commit().await?;
        }
        Ok(ended)
    }

    /// Keys of labs' software that were made before there were several labs become the settings' lab's.
    pub(crate) async fn give_keys_to(&self, lab: &LabName) -> Result<(), StoreError> {
        let given = "UPDATE api_key SET lab = $1 WHERE lab IS NULL AND role <> 'office'";
        self.database.run(given, [lab.as_str().into()]).await?;
        Ok(())
    }

    /// All keys ever made within reach.
    pub(crate) async fn api_keys(&self, reach: Reach<'_>) -> Result<Vec<ApiKeyEntry>, StoreError> {
        let all = "SELECT name, role, lab, made_day, ended FROM api_key
             WHERE $1 = '' OR lab = $1 ORDER BY name";
        let rows: Vec<(String, String, Option<String>, i64, bool)> =
            self.database.rows(all, [reach.lab().into()]).await?;
        rows.into_iter()
            .map(|(name, role, lab, made, ended)| {
                let made = Day::new(u16::try_from(made).map_err(|_| StoreError::Damaged("made_day"))?);
                let role = StaffRole::of(&role).ok_or(StoreError::Damaged("role"))?;
                Ok(ApiKeyEntry { name, role, lab: lab_of(lab)?, made, ended })
            })
            .collect()
    }

    /// Whose key this is, if it is one in force: it has not ended, and whoever made it is not suspended. One statement.
    pub(crate) async fn api_key(&self, mac: &ApiKeyMac) -> Result<Option<Actor>, StoreError> {
        let in_force = "SELECT name, COALESCE(lab, ''), role FROM api_key WHERE key_mac = $1 AND NOT ended
             AND NOT EXISTS (SELECT 1 FROM account WHERE account.name = api_key.made_by AND account.suspended > 0)";
        self.database.row(in_force, [mac.into()]).await?.map(super::people::actor).transpose()
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
