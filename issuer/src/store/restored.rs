//! A copy of the database: how it is made, and what must be done to it before it takes the place of one that was lost.

use crate::acts::NewAct;

use super::{Change, Database, Sql, Store, StoreError};

/// What was done to a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restored {
    /// Codes that have ended. Their results get new ones from the lab.
    pub ended: u64,
    /// Results whose record was made before the copy and not yet acknowledged: they count as collected.
    pub collected: u64,
    /// API keys that are in force, as they were when the copy was made.
    pub api_keys: u64,
    /// Accounts that are in force, likewise.
    pub accounts: u64,
    /// The number after which withdrawals are counted from now on.
    pub number: u64,
}

/// Further than any office can have heard since the copy was made.
const JUMP: u32 = 1_000_000;

impl Store {
    /// Writes a whole and consistent copy into an empty file, while others go on working; `false` for a server, which has its own program for
    /// that.
    pub(crate) async fn copy_to(&self, file: &str, act: NewAct<'_>) -> Result<bool, StoreError> {
        let Database::Sqlite(_) = &self.database else { return Ok(false) };
        let mut change = self.database.change().await?;
        change.write(act).await?;
        change.commit().await?;
        // Every row is written anew, so nothing that was deleted is in it.
        self.database.run_at_leisure("VACUUM INTO $1", [file.into()]).await?;
        Ok(true)
    }

    /// Makes a copy fit to go on from, together or not at all. No code counts any more, because it may have been used since; and
    /// withdrawals get numbers that no office has heard. Nor does a session, an invitation or a proposal, because it may have ended since.
    pub(crate) async fn after_restore(&self, act: NewAct<'_>) -> Result<Restored, StoreError> {
        let mut change = self.database.change().await?;
        let told = "UPDATE result SET state = 'collected' WHERE state = 'waiting'
             AND handle IN (SELECT handle FROM pending WHERE binding IS NOT NULL)";
        let collected = change.run(told, []).await?;
        let ended = change.run("UPDATE result SET state = 'expired' WHERE state = 'waiting'", []).await?;
        change.run("DELETE FROM pending", []).await?;
        let number = jump(&mut change).await?;
        change.run("DELETE FROM session", []).await?;
        change.run("UPDATE account SET invitation_mac = NULL", []).await?;
        change.run("UPDATE proposal SET state = 'rejected', half_mac = NULL WHERE state = 'open'", []).await?;
        let keys: Option<(i64,)> = change.row("SELECT count(*) FROM api_key WHERE NOT ended", []).await?;
        let accounts: Option<(i64,)> = change.row("SELECT count(*) FROM account WHERE suspended = 0", []).await?;
        change.write(act).await?;
        change.commit().await?;
        let count = |number: i64| u64::try_from(number).map_err(|_| StoreError::Damaged("count"));
        Ok(Restored {
            ended,
            collected,
            api_keys: count(keys.map_or(0, |(number,)| number))?,
            accounts: count(accounts.map_or(0, |(number,)| number))?,
            number: count(number)?,
        })
    }
}

/// Lets the numbers of withdrawals go on far beyond those that were ever given. From a number that was not used no office is told anything,
/// so all that may have been withdrawn since the copy comes with numbers that every office still has before it.
async fn jump(change: &mut Change) -> Result<i64, StoreError> {
    if let Change::Sqlite(_) = change {
        // There is a row only after the first withdrawal.
        let first = "INSERT INTO sqlite_sequence (name, seq) SELECT 'withdrawn', 0
             WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'withdrawn')";
        change.run(first, []).await?;
    }
    let on = Sql {
        sqlite: "UPDATE sqlite_sequence SET seq = seq + $1 WHERE name = 'withdrawn' RETURNING seq",
        postgres: "SELECT setval(pg_get_serial_sequence('withdrawn', 'number'),
             nextval(pg_get_serial_sequence('withdrawn', 'number')) + $1)",
    };
    let number: Option<(i64,)> = change.row(on, [JUMP.into()]).await?;
    Ok(number.ok_or(StoreError::Damaged("withdrawn.number"))?.0)
}
