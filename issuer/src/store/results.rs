//! Results and what waits to be collected.

use bauta_spec::attributes::{Binding, Handle};
use bauta_spec::time::{Day, Moment};

use super::{Store, StoreError, exactly};
use crate::secrets::{CodeMac, ReferenceMac};

/// A result that a lab adds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewResult<'a> {
    /// The random name under which the record can be withdrawn.
    pub(crate) handle: &'a Handle,
    /// Whose result it is.
    pub(crate) lab: &'a str,
    /// Who entered it.
    pub(crate) operator: &'a str,
    /// Keyed hash of the lab's reference.
    pub(crate) reference: &'a ReferenceMac,
    /// The day it was entered.
    pub(crate) added: Day,
}

/// What waits for one code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewPending<'a> {
    /// Keyed hash of the code.
    pub(crate) code: &'a CodeMac,
    /// The facts, sealed under the code.
    pub(crate) sealed: &'a [u8],
    /// When the code dies.
    pub(crate) expires: Moment,
}

/// How far a result has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Progress {
    /// Its code has not been used.
    Waiting,
    /// A record was made; the wallet has not yet said that it arrived.
    Redeemed,
    /// The wallet has its record.
    Collected,
    /// Nobody came in time.
    Expired,
    /// The lab took it back.
    Withdrawn,
}

/// What is kept of a result.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The record's handle.
    pub handle: Handle,
    /// The day it was entered.
    pub added: Day,
    /// How far it has come.
    pub progress: Progress,
}

/// How a lab names one of its results.
#[derive(Clone, Debug)]
pub enum Which {
    /// By its own reference.
    Reference(ReferenceMac),
    /// By the record's handle.
    Handle(Handle),
}

/// How many results of one day have come how far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The day they were entered.
    pub day: Day,
    /// How far they have come.
    pub progress: Progress,
    /// How many.
    pub number: u64,
}

/// What a look at a short code gave.
#[derive(Debug)]
pub(crate) enum Guess {
    /// No such code waits.
    Unknown,
    /// Too many wrong second factors: not looked at before this moment.
    Locked(Moment),
    /// One try was counted; here is what it may open.
    Counted(Handle, Vec<u8>),
}

/// What came of a withdrawal.
#[derive(Debug)]
pub(crate) enum Withdrawal {
    /// It is withdrawn now, or was already.
    Done(Kept),
    /// There is no such result.
    Unknown,
}

const KEPT: &str = "SELECT r.handle, r.added_day, r.state, p.binding IS NOT NULL
       FROM result r LEFT JOIN pending p ON p.handle = r.handle ";

type Row = (Vec<u8>, i64, String, bool);

impl Store {
    /// Adds a result, unless its reference is known: then nothing changes, and the answer says how far that one has come.
    pub(crate) async fn add(&self, result: NewResult<'_>, pending: NewPending<'_>) -> Result<Option<Kept>, StoreError> {
        let mut change = self.write().await?;
        let new = sqlx::query(
            "INSERT INTO result (handle, lab, operator, reference_mac, added_day, state)
             VALUES (?, ?, ?, ?, ?, 'waiting') ON CONFLICT (reference_mac) DO NOTHING",
        )
        .bind(result.handle.bytes().as_slice())
        .bind(result.lab)
        .bind(result.operator)
        .bind(result.reference.as_bytes().as_slice())
        .bind(i64::from(result.added.number()))
        .execute(&mut *change)
        .await?;
        if new.rows_affected() == 0 {
            drop(change);
            return self.find(&Which::Reference(result.reference.clone())).await;
        }
        insert_pending(&mut change, result.handle, pending).await?;
        change.commit().await?;
        Ok(None)
    }

    /// Gives a result that nobody has collected a new code and new facts; the old code dies. It counts as added today: its record will
    /// last from today, and as long as that the lab must be able to withdraw it. `false` when it is too late.
    pub(crate) async fn replace(
        &self,
        handle: &Handle,
        pending: NewPending<'_>,
        today: Day,
    ) -> Result<bool, StoreError> {
        let mut change = self.write().await?;
        let open = sqlx::query(
            "UPDATE result SET state = 'waiting', added_day = ?2 WHERE handle = ?1 AND state IN ('waiting', 'expired')
             AND NOT EXISTS (SELECT 1 FROM pending WHERE handle = ?1 AND binding IS NOT NULL)",
        )
        .bind(handle.bytes().as_slice())
        .bind(i64::from(today.number()))
        .execute(&mut *change)
        .await?;
        if open.rows_affected() == 0 {
            return Ok(false);
        }
        delete_pending(&mut change, handle).await?;
        insert_pending(&mut change, handle, pending).await?;
        change.commit().await?;
        Ok(true)
    }

    /// How far a result has come.
    pub(crate) async fn find(&self, which: &Which) -> Result<Option<Kept>, StoreError> {
        let row: Option<Row> = match which {
            Which::Reference(reference) => {
                sqlx::query_as(sqlx::AssertSqlSafe(format!("{KEPT} WHERE r.reference_mac = ?")))
                    .bind(reference.as_bytes().as_slice())
                    .fetch_optional(&self.pool)
                    .await?
            }
            Which::Handle(handle) => {
                sqlx::query_as(sqlx::AssertSqlSafe(format!("{KEPT} WHERE r.handle = ?")))
                    .bind(handle.bytes().as_slice())
                    .fetch_optional(&self.pool)
                    .await?
            }
        };
        row.map(kept).transpose()
    }

    /// What waits for a code, if it still does.
    pub(crate) async fn waiting(&self, code: &CodeMac, now: Moment) -> Result<Option<(Handle, Vec<u8>)>, StoreError> {
        let row: Option<(Vec<u8>, Vec<u8>)> =
            sqlx::query_as("SELECT handle, sealed_facts FROM pending WHERE code_mac = ? AND expires > ?")
                .bind(code.as_bytes().as_slice())
                .bind(seconds(now))
                .fetch_optional(&self.pool)
                .await?;
        row.map(|(handle, sealed)| Ok((handle_of(handle)?, sealed))).transpose()
    }

    /// Counts one try at a code's second factor *before* it is looked at, so that many tries at once are still counted.
    pub(crate) async fn guess(
        &self,
        code: &CodeMac,
        now: Moment,
        tries: u32,
        locked_until: Moment,
    ) -> Result<Guess, StoreError> {
        let counted: Option<(Vec<u8>, Vec<u8>)> = sqlx::query_as(
            "UPDATE pending SET
                 locked_until = CASE WHEN guesses + 1 >= ?3 THEN ?4 ELSE locked_until END,
                 guesses = CASE WHEN guesses + 1 >= ?3 THEN 0 ELSE guesses + 1 END
             WHERE code_mac = ?1 AND expires > ?2 AND locked_until <= ?2
             RETURNING handle, sealed_facts",
        )
        .bind(code.as_bytes().as_slice())
        .bind(seconds(now))
        .bind(i64::from(tries))
        .bind(seconds(locked_until))
        .fetch_optional(&self.pool)
        .await?;
        if let Some((handle, sealed)) = counted {
            return Ok(Guess::Counted(handle_of(handle)?, sealed));
        }
        let locked: Option<(i64,)> =
            sqlx::query_as("SELECT locked_until FROM pending WHERE code_mac = ? AND expires > ?")
                .bind(code.as_bytes().as_slice())
                .bind(seconds(now))
                .fetch_optional(&self.pool)
                .await?;
        Ok(match locked {
            Some((until,)) => Guess::Locked(moment(until)?),
            None => Guess::Unknown,
        })
    }

    /// The second factor was right: earlier wrong ones are forgotten.
    pub(crate) async fn guessed_right(&self, code: &CodeMac) -> Result<(), StoreError> {
        sqlx::query("UPDATE pending SET guesses = 0, locked_until = 0 WHERE code_mac = ?")
            .bind(code.as_bytes().as_slice())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// The one step in which a code is used up: it belongs to the first commitment that comes, and to that one as often as it
    /// comes again. One statement, so whatever crashes or races, no second commitment ever gets through.
    pub(crate) async fn redeem(
        &self,
        code: &CodeMac,
        binding: &Binding,
        now: Moment,
    ) -> Result<Option<(Handle, Vec<u8>)>, StoreError> {
        let row: Option<(Vec<u8>, Vec<u8>)> = sqlx::query_as(
            "UPDATE pending SET binding = ?2
             WHERE code_mac = ?1 AND expires > ?3 AND (binding IS NULL OR binding = ?2)
             RETURNING handle, sealed_facts",
        )
        .bind(code.as_bytes().as_slice())
        .bind(binding.bytes().as_slice())
        .bind(seconds(now))
        .fetch_optional(&self.pool)
        .await?;
        row.map(|(handle, sealed)| Ok((handle_of(handle)?, sealed))).transpose()
    }

    /// The wallet has its record: facts, code and binding go. Saying so twice changes nothing.
    pub(crate) async fn acknowledge(&self, code: &CodeMac) -> Result<(), StoreError> {
        let mut change = self.write().await?;
        sqlx::query(
            "UPDATE result SET state = 'collected' WHERE state = 'waiting' AND handle =
                 (SELECT handle FROM pending WHERE code_mac = ? AND binding IS NOT NULL)",
        )
        .bind(code.as_bytes().as_slice())
        .execute(&mut *change)
        .await?;
        sqlx::query("DELETE FROM pending WHERE code_mac = ? AND binding IS NOT NULL")
            .bind(code.as_bytes().as_slice())
            .execute(&mut *change)
            .await?;
        change.commit().await?;
        Ok(())
    }

    /// Takes a result back, before or after it was collected: no record and no more passes.
    pub(crate) async fn withdraw(&self, which: &Which, today: Day) -> Result<Withdrawal, StoreError> {
        let Some(before) = self.find(which).await? else {
            return Ok(Withdrawal::Unknown);
        };
        let mut change = self.write().await?;
        sqlx::query("UPDATE result SET state = 'withdrawn' WHERE handle = ?")
            .bind(before.handle.bytes().as_slice())
            .execute(&mut *change)
            .await?;
        delete_pending(&mut change, &before.handle).await?;
        super::withdrawn::insert(&mut change, &before.handle, today).await?;
        change.commit().await?;
        Ok(Withdrawal::Done(Kept { progress: Progress::Withdrawn, ..before }))
    }

    /// How many results of each day have come how far.
    pub(crate) async fn counts(&self) -> Result<Vec<Count>, StoreError> {
        let rows: Vec<(i64, String, bool, i64)> = sqlx::query_as(
            "SELECT r.added_day, r.state, p.binding IS NOT NULL AS redeemed, count(*)
             FROM result r LEFT JOIN pending p ON p.handle = r.handle
             GROUP BY r.added_day, r.state, redeemed ORDER BY r.added_day, r.state, redeemed",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|(day, state, redeemed, number)| {
                Ok(Count {
                    day: day_of(day)?,
                    progress: progress(&state, redeemed)?,
                    number: u64::try_from(number).map_err(|_| StoreError::Damaged("count"))?,
                })
            })
            .collect()
    }

    /// Codes whose time is over: facts, code and binding go.
    pub(crate) async fn expire(&self, now: Moment) -> Result<u64, StoreError> {
        let mut change = self.write().await?;
        // A record that was made and not acknowledged has most likely arrived; so the lab is told.
        sqlx::query(
            "UPDATE result SET state =
                 (SELECT CASE WHEN p.binding IS NULL THEN 'expired' ELSE 'collected' END FROM pending p WHERE p.handle = result.handle)
             WHERE state = 'waiting' AND handle IN (SELECT handle FROM pending WHERE expires <= ?)",
        )
        .bind(seconds(now))
        .execute(&mut *change)
        .await?;
        let gone =
            sqlx::query("DELETE FROM pending WHERE expires <= ?").bind(seconds(now)).execute(&mut *change).await?;
        change.commit().await?;
        Ok(gone.rows_affected())
    }

    /// Forgets results from before `results_from` and withdrawals from before `withdrawals_from`.
    pub(crate) async fn forget_before(&self, results_from: Day, withdrawals_from: Day) -> Result<u64, StoreError> {
        let mut change = self.write().await?;
        let results =
            sqlx::query("DELETE FROM result WHERE added_day < ? AND handle NOT IN (SELECT handle FROM pending)")
                .bind(i64::from(results_from.number()))
                .execute(&mut *change)
                .await?;
        sqlx::query("DELETE FROM withdrawn WHERE day < ?")
            .bind(i64::from(withdrawals_from.number()))
            .execute(&mut *change)
            .await?;
        change.commit().await?;
        Ok(results.rows_affected())
    }
}

async fn insert_pending(
    change: &mut sqlx::SqliteConnection,
    handle: &Handle,
    pending: NewPending<'_>,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO pending (handle, code_mac, sealed_facts, expires) VALUES (?, ?, ?, ?)")
        .bind(handle.bytes().as_slice())
        .bind(pending.code.as_bytes().as_slice())
        .bind(pending.sealed)
        .bind(seconds(pending.expires))
        .execute(change)
        .await?;
    Ok(())
}

async fn delete_pending(change: &mut sqlx::SqliteConnection, handle: &Handle) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM pending WHERE handle = ?").bind(handle.bytes().as_slice()).execute(change).await?;
    Ok(())
}

fn kept((handle, day, state, redeemed): Row) -> Result<Kept, StoreError> {
    Ok(Kept { handle: handle_of(handle)?, added: day_of(day)?, progress: progress(&state, redeemed)? })
}

fn progress(state: &str, redeemed: bool) -> Result<Progress, StoreError> {
    match (state, redeemed) {
        ("waiting", false) => Ok(Progress::Waiting),
        ("waiting", true) => Ok(Progress::Redeemed),
        ("collected", _) => Ok(Progress::Collected),
        ("expired", _) => Ok(Progress::Expired),
        ("withdrawn", _) => Ok(Progress::Withdrawn),
        _ => Err(StoreError::Damaged("result.state")),
    }
}

fn handle_of(bytes: Vec<u8>) -> Result<Handle, StoreError> {
    Ok(Handle::new(exactly(bytes, "handle")?))
}

fn day_of(number: i64) -> Result<Day, StoreError> {
    u16::try_from(number).map(Day::new).map_err(|_| StoreError::Damaged("day"))
}

fn moment(seconds: i64) -> Result<Moment, StoreError> {
    u64::try_from(seconds).map(Moment::from_unix).map_err(|_| StoreError::Damaged("moment"))
}

/// A clock beyond SQLite's integers would be thousands of millions of years off; it counts as the last moment there is.
fn seconds(moment: Moment) -> i64 {
    i64::try_from(moment.unix()).unwrap_or(i64::MAX)
}
