//! What one officer proposed, and another one approves once.

use bauta_spec::time::Moment;

use super::labs::LabChange;
use super::people::NewAccount;
use super::{Store, StoreError, exactly, moment};
use crate::acts::NewAct;
use crate::secrets::HalfMac;

/// A proposal as it is kept.
#[derive(Debug)]
pub(crate) struct KeptProposal {
    pub(crate) number: u64,
    /// JSON.
    pub(crate) what: String,
    pub(crate) by_whom: String,
    pub(crate) expires: Moment,
    /// Of a proposed account.
    pub(crate) half: Option<HalfMac>,
}

/// What an approval does.
pub(crate) enum Approved<'a> {
    /// An account is made.
    Account(NewAccount<'a>),
    /// Something is done to a lab.
    Lab(LabChange<'a>),
}

/// What came of an approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Approval {
    /// It is done.
    Done,
    /// There is no such open proposal of somebody else who is in force.
    NoProposal,
    /// It cannot be done: the name is or was somebody's, or the lab is not there. The proposal stays open.
    CannotBe,
}

type Row = (i64, String, String, i64, Option<Vec<u8>>);

impl Store {
    /// Keeps a proposal; gives its number.
    pub(crate) async fn propose(
        &self,
        what: &str,
        half: Option<&HalfMac>,
        expires: Moment,
        act: NewAct<'_>,
    ) -> Result<u64, StoreError> {
        let by_whom = act.actor.name().as_str();
        let mut change = self.database.change().await?;
        let made: Option<(i64,)> = match half {
            None => {
                let new = "INSERT INTO proposal (what, by_whom, expires) VALUES ($1, $2, $3) RETURNING number";
                change.row(new, [what.into(), by_whom.into(), expires.into()]).await?
            }
            Some(half) => {
                let new = "INSERT INTO proposal (what, by_whom, expires, half_mac) VALUES ($1, $2, $3, $4)
                     RETURNING number";
                change.row(new, [what.into(), by_whom.into(), expires.into(), half.into()]).await?
            }
        };
        let (number,) = made.ok_or(StoreError::Damaged("proposal.number"))?;
        let number = number_of(number)?;
        let about = format!("{number}");
        change.write(NewAct { about: &about, ..act }).await?;
        change.commit().await?;
        Ok(number)
    }

    /// Proposals that are still open, by number.
    pub(crate) async fn proposals(&self, now: Moment) -> Result<Vec<KeptProposal>, StoreError> {
        let open = "SELECT number, what, by_whom, expires, half_mac FROM proposal
             WHERE state = 'open' AND expires > $1 ORDER BY number";
        let rows: Vec<Row> = self.database.rows(open, [now.into()]).await?;
        rows.into_iter().map(read).collect()
    }

    /// A proposal that is still open.
    pub(crate) async fn proposal(&self, number: u64, now: Moment) -> Result<Option<KeptProposal>, StoreError> {
        let open = "SELECT number, what, by_whom, expires, half_mac FROM proposal
             WHERE number = $1 AND state = 'open' AND expires > $2";
        let row: Option<Row> = self.database.row(open, [number.into(), now.into()]).await?;
        row.map(read).transpose()
    }

    /// Approves a proposal and does what it says, in one change. One statement uses it up: open, not too old, by somebody else who is in
    /// force, for somebody who is.
    pub(crate) async fn approve(
        &self,
        number: u64,
        approved: &Approved<'_>,
        act: NewAct<'_>,
        done: NewAct<'_>,
    ) -> Result<Approval, StoreError> {
        let mut change = self.database.change().await?;
        let used = "UPDATE proposal SET state = 'approved'
             WHERE number = $1 AND state = 'open' AND expires > $2 AND by_whom <> $3
                 AND EXISTS (SELECT 1 FROM account WHERE name = proposal.by_whom AND suspended = 0)
                 AND EXISTS (SELECT 1 FROM account WHERE name = $3 AND suspended = 0)";
        let values = [number.into(), act.at.into(), act.actor.name().as_str().into()];
        if change.run(used, values).await? == 0 {
            return Ok(Approval::NoProposal);
        }
        let applied = match approved {
            Approved::Account(account) => change.add_account(account).await?,
            Approved::Lab(what) => change.change_lab(*what).await?,
        };
        if !applied {
            return Ok(Approval::CannotBe);
        }
        change.write(act).await?;
        change.write(done).await?;
        change.commit().await?;
        Ok(Approval::Done)
    }

    /// Closes a proposal without doing what it says. `false` when it is not open.
    pub(crate) async fn reject(&self, number: u64, act: NewAct<'_>) -> Result<bool, StoreError> {
        let mut change = self.database.change().await?;
        let rejected = "UPDATE proposal SET state = 'rejected' WHERE number = $1 AND state = 'open' AND expires > $2";
        let rejected = change.run(rejected, [number.into(), act.at.into()]).await? == 1;
        if rejected {
            change.write(act).await?;
            change.commit().await?;
        }
        Ok(rejected)
    }
}

fn read((number, what, by_whom, expires, half): Row) -> Result<KeptProposal, StoreError> {
    let half = half.map(|bytes| exactly(bytes, "proposal.half_mac")).transpose()?.map(HalfMac::from_bytes);
    Ok(KeptProposal { number: number_of(number)?, what, by_whom, expires: moment(expires)?, half })
}

fn number_of(number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|_| StoreError::Damaged("proposal.number"))
}
