//! Labs, and how much each of their operators has added today.

use bauta_spec::time::Day;

use super::database::Value;
use super::{Change, Store, StoreError};
use crate::acts::NewAct;
use crate::labs::{Lab, Vocabulary};
use crate::staff::LabName;

/// Of whose day's quota results are taken, and how large it is where the lab has none of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quota<'a> {
    /// The lab.
    pub(crate) lab: &'a LabName,
    /// Its operator.
    pub(crate) operator: &'a str,
    /// The programme's day.
    pub(crate) day: Day,
    /// How many a day, where the lab has no number of its own.
    pub(crate) otherwise: u32,
}

/// Why a lab cannot add something now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotAdmitted {
    /// It was never enrolled.
    Unknown,
    /// It is suspended.
    Suspended,
    /// Its operator has added as many as may be on one day.
    QuotaReached,
}

type Row = (String, i64, Option<String>, Option<i64>, bool);

/// What is done to a lab.
#[derive(Clone, Copy, Debug)]
pub(crate) enum LabChange<'a> {
    /// It may enter results from now on.
    Enrol(&'a Lab),
    /// How many; as the settings say if nothing is said.
    Quota(&'a LabName, Option<u32>),
    /// What it may enter; everything if nothing is said.
    Vocabulary(&'a LabName, Option<&'a Vocabulary>),
    /// Nothing new is taken from it.
    Suspend(&'a LabName),
    /// That is over.
    Resume(&'a LabName),
}

impl Store {
    /// Does something to a lab. `false` when there is no such lab or, of one that is to be enrolled, when there is.
    pub(crate) async fn change_lab(&self, what: LabChange<'_>, act: NewAct<'_>) -> Result<bool, StoreError> {
        let mut change = self.database.change().await?;
        let changed = change.change_lab(what).await?;
        if changed {
            change.write(act).await?;
            change.commit().await?;
        }
        Ok(changed)
    }

    /// All labs, by name.
    pub(crate) async fn labs(&self) -> Result<Vec<Lab>, StoreError> {
        let all = "SELECT name, enrolled_day, vocabulary, quota, suspended FROM lab ORDER BY name";
        let rows: Vec<Row> = self.database.rows(all, []).await?;
        rows.into_iter().map(read).collect()
    }

    /// One lab.
    pub(crate) async fn lab(&self, name: &LabName) -> Result<Option<Lab>, StoreError> {
        let one = "SELECT name, enrolled_day, vocabulary, quota, suspended FROM lab WHERE name = $1";
        let row: Option<Row> = self.database.row(one, [name.as_str().into()]).await?;
        row.map(read).transpose()
    }
}

impl Change {
    /// See [`Store::change_lab`].
    pub(super) async fn change_lab(&mut self, what: LabChange<'_>) -> Result<bool, StoreError> {
        let changed = match what {
            LabChange::Enrol(lab) => {
                let new = "INSERT INTO lab (name, enrolled_day, vocabulary, quota) VALUES ($1, $2, $3, $4)
                     ON CONFLICT (name) DO NOTHING";
                let vocabulary = json(lab.vocabulary.as_ref());
                self.run(new, [lab.name.as_str().into(), lab.enrolled.into(), vocabulary, lab.quota.into()]).await?
            }
            LabChange::Quota(lab, quota) => {
                self.run("UPDATE lab SET quota = $2 WHERE name = $1", [lab.as_str().into(), quota.into()]).await?
            }
            LabChange::Vocabulary(lab, vocabulary) => {
                let set = "UPDATE lab SET vocabulary = $2 WHERE name = $1";
                self.run(set, [lab.as_str().into(), json(vocabulary)]).await?
            }
            LabChange::Suspend(lab) => {
                self.run("UPDATE lab SET suspended = TRUE WHERE name = $1", [lab.as_str().into()]).await?
            }
            LabChange::Resume(lab) => {
                self.run("UPDATE lab SET suspended = FALSE WHERE name = $1", [lab.as_str().into()]).await?
            }
        };
        Ok(changed == 1)
    }

    /// Takes new results from an operator's quota, all of them or none; one statement counts and decides. That the lab is not suspended
    /// in the meantime is looked at once more when the act is written ([`Change::write_for_lab`]).
    pub(super) async fn admit(&mut self, new: u32, quota: Quota<'_>) -> Result<Result<(), NotAdmitted>, StoreError> {
        let counted = "INSERT INTO operator_day (lab, operator, day, added)
             SELECT name, $2, $3, $4 FROM lab WHERE name = $1 AND NOT suspended AND COALESCE(quota, $5) >= $4
             ON CONFLICT (lab, operator, day) DO UPDATE SET added = operator_day.added + $4
             WHERE operator_day.added + $4 <= (SELECT COALESCE(quota, $5) FROM lab WHERE name = $1)";
        let Quota { lab, operator, day, otherwise } = quota;
        let values = [lab.as_str().into(), operator.into(), day.into(), new.into(), otherwise.into()];
        if self.run(counted, values).await? == 1 {
            return Ok(Ok(()));
        }
        Ok(Err(self.standing(lab).await?.err().unwrap_or(NotAdmitted::QuotaReached)))
    }

    /// Whether a lab is enrolled and in force.
    pub(super) async fn standing(&mut self, lab: &LabName) -> Result<Result<(), NotAdmitted>, StoreError> {
        let row: Option<(bool,)> = self.row("SELECT suspended FROM lab WHERE name = $1", [lab.as_str().into()]).await?;
        Ok(match row {
            None => Err(NotAdmitted::Unknown),
            Some((true,)) => Err(NotAdmitted::Suspended),
            Some((false,)) => Ok(()),
        })
    }
}

fn json(vocabulary: Option<&Vocabulary>) -> Value {
    vocabulary.map(Vocabulary::to_json).into()
}

fn read((name, enrolled, vocabulary, quota, suspended): Row) -> Result<Lab, StoreError> {
    let damaged = |column| move |_| StoreError::Damaged(column);
    Ok(Lab {
        name: name.parse().map_err(|_| StoreError::Damaged("lab.name"))?,
        enrolled: u16::try_from(enrolled).map(Day::new).map_err(damaged("lab.enrolled_day"))?,
        vocabulary: match vocabulary {
            Some(json) => Some(json.parse().map_err(|_| StoreError::Damaged("lab.vocabulary"))?),
            None => None,
        },
        quota: quota.map(u32::try_from).transpose().map_err(damaged("lab.quota"))?,
        suspended,
    })
}
