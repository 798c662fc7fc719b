//! Results and what waits to be collected.

use std::slice;

use bauta_spec::attributes::{Binding, Handle};
use bauta_spec::time::{Day, Moment};

use super::database::Value;
use super::orders::NewOrder;
use super::{Change, Database, Sql, Store, StoreError, exactly};
use crate::acts::NewAct;
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
    /// Set while there is no result.
    pub(crate) order: Option<NewOrder<'a>>,
}

/// How far a result has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Progress {
    /// Its code is out, and the lab has no result yet.
    Ordered,
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

/// What waits behind a code.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Sealed {
    /// Whose it is.
    pub(crate) handle: Handle,
    /// Facts, or what was ordered.
    pub(crate) bytes: Vec<u8>,
    /// Whether there is no result yet.
    pub(crate) ordered: bool,
}

/// What a look at a short code gave.
#[derive(Debug)]
pub(crate) enum Guess {
    /// No such code waits.
    Unknown,
    /// Too many wrong second factors: not looked at before this moment.
    Locked(Moment),
    /// One try was counted; here is what it may open.
    Counted(Sealed),
}

/// What came of a withdrawal.
#[derive(Debug)]
pub(crate) enum Withdrawal {
    /// It is withdrawn now, or was already.
    Done(Kept),
    /// There is no such result.
    Unknown,
}

/// How far a result has come, by one of its columns.
macro_rules! kept {
    ($column:literal) => {
        concat!(
            "SELECT r.handle, r.added_day, r.state, p.sealing_key IS NOT NULL, p.binding IS NOT NULL
             FROM result r LEFT JOIN pending p ON p.handle = r.handle WHERE r.",
            $column,
            " = $1"
        )
    };
}

type Row = (Vec<u8>, i64, String, bool, bool);

impl Store {
    /// Adds a result, unless its reference is known: then nothing changes, and the answer says how far that one has come.
    pub(crate) async fn add(
        &self,
        result: NewResult<'_>,
        pending: NewPending<'_>,
        act: NewAct<'_>,
    ) -> Result<Option<Kept>, StoreError> {
        let mut change = self.database.change().await?;
        if !insert(&mut change, result).await? {
            drop(change);
            return self.find(&Which::Reference(result.reference.clone())).await;
        }
        put_pending(&mut change, result.handle, pending).await?;
        change.write(act).await?;
        change.commit().await?;
        Ok(None)
    }

    /// Gives a result that nobody has collected a new code and new facts; the old code dies. An order may become a result so, and never
    /// the other way round. It counts as added today: its record will
    /// last from today, and as long as that the lab must be able to withdraw it. `false` when it is too late.
    pub(crate) async fn replace(
        &self,
        handle: &Handle,
        pending: NewPending<'_>,
        today: Day,
        act: NewAct<'_>,
    ) -> Result<bool, StoreError> {
        let mut change = self.database.change().await?;
        let open = change
            .run(
                "UPDATE result SET state = 'waiting', added_day = $2
                 WHERE handle = $1 AND state IN ('waiting', 'expired')",
                [handle.into(), today.into()],
            )
            .await?;
        if open == 0 || !put_pending(&mut change, handle, pending).await? {
            return Ok(false);
        }
        change.write(act).await?;
        change.commit().await?;
        Ok(true)
    }

    /// How far a result has come.
    pub(crate) async fn find(&self, which: &Which) -> Result<Option<Kept>, StoreError> {
        let row: Option<Row> = match which {
            Which::Reference(reference) => self.database.row(kept!("reference_mac"), [reference.into()]).await?,
            Which::Handle(handle) => self.database.row(kept!("handle"), [handle.into()]).await?,
        };
        row.map(kept).transpose()
    }

    /// What waits for a code, if it still does.
    pub(crate) async fn waiting(&self, code: &CodeMac, now: Moment) -> Result<Option<Sealed>, StoreError> {
        let waiting = "SELECT handle, sealed_facts, sealing_key IS NOT NULL FROM pending
             WHERE code_mac = $1 AND expires > $2";
        self.database.row(waiting, [code.into(), now.into()]).await?.map(sealed).transpose()
    }

    /// Counts one try at a code's second factor *before* it is looked at, so that many tries at once are still counted.
    pub(crate) async fn guess(
        &self,
        code: &CodeMac,
        now: Moment,
        tries: u32,
        locked_until: Moment,
    ) -> Result<Guess, StoreError> {
        let counted = "UPDATE pending SET
                 locked_until = CASE WHEN guesses + 1 >= $3 THEN $4 ELSE locked_until END,
                 guesses = CASE WHEN guesses + 1 >= $3 THEN 0 ELSE guesses + 1 END
             WHERE code_mac = $1 AND expires > $2 AND locked_until <= $2
             RETURNING handle, sealed_facts, sealing_key IS NOT NULL";
        let values = [code.into(), now.into(), tries.into(), locked_until.into()];
        if let Some(counted) = self.database.row(counted, values).await? {
            return Ok(Guess::Counted(sealed(counted)?));
        }
        let locked = "SELECT locked_until FROM pending WHERE code_mac = $1 AND expires > $2";
        Ok(match self.database.row(locked, [code.into(), now.into()]).await? {
            Some((until,)) => Guess::Locked(moment(until)?),
            None => Guess::Unknown,
        })
    }

    /// The second factor was right: earlier wrong ones are forgotten.
    pub(crate) async fn guessed_right(&self, code: &CodeMac) -> Result<(), StoreError> {
        let forgiven = "UPDATE pending SET guesses = 0, locked_until = 0 WHERE code_mac = $1";
        self.database.run(forgiven, [code.into()]).await?;
        Ok(())
    }

    /// The one step in which a code is used up: it belongs to the first commitment that comes, and to that one as often as it
    /// comes again; where a commitment has waited for the result, to that one. One statement, so whatever crashes or races, no second
    /// commitment ever gets through.
    pub(crate) async fn redeem(
        &self,
        code: &CodeMac,
        binding: &Binding,
        now: Moment,
    ) -> Result<Option<(Handle, Vec<u8>)>, StoreError> {
        let redeemed = "UPDATE pending SET binding = $2
             WHERE code_mac = $1 AND expires > $3 AND sealing_key IS NULL
                 AND (binding IS NULL OR binding = $2) AND (awaited_by IS NULL OR awaited_by = $2)
             RETURNING handle, sealed_facts";
        let redeemed: Option<(Vec<u8>, Vec<u8>)> =
            self.database.row(redeemed, [code.into(), binding.into(), now.into()]).await?;
        redeemed.map(|(handle, facts)| Ok((handle_of(handle)?, facts))).transpose()
    }

    /// The wallet has its record: facts, code and binding go. Saying so twice changes nothing.
    pub(crate) async fn acknowledge(&self, code: &CodeMac) -> Result<(), StoreError> {
        let mut change = self.database.change().await?;
        let collected = "UPDATE result SET state = 'collected' WHERE state = 'waiting' AND handle =
                 (SELECT handle FROM pending WHERE code_mac = $1 AND binding IS NOT NULL)";
        change.run(collected, [code.into()]).await?;
        change.run("DELETE FROM pending WHERE code_mac = $1 AND binding IS NOT NULL", [code.into()]).await?;
        change.commit().await
    }

    /// Takes a result back, before or after it was collected: no record and no more passes.
    pub(crate) async fn withdraw(&self, which: &Which, today: Day, act: NewAct<'_>) -> Result<Withdrawal, StoreError> {
        let mut change = self.database.change().await?;
        let withdrawn: Option<(Vec<u8>, i64)> = match which {
            Which::Reference(reference) => {
                let by = "UPDATE result SET state = 'withdrawn' WHERE reference_mac = $1 RETURNING handle, added_day";
                change.row(by, [reference.into()]).await?
            }
            Which::Handle(handle) => {
                let by = "UPDATE result SET state = 'withdrawn' WHERE handle = $1 RETURNING handle, added_day";
                change.row(by, [handle.into()]).await?
            }
        };
        let Some((handle, added)) = withdrawn else {
            return Ok(Withdrawal::Unknown);
        };
        let kept = Kept { handle: handle_of(handle)?, added: day_of(added)?, progress: Progress::Withdrawn };
        change.run("DELETE FROM pending WHERE handle = $1", [(&kept.handle).into()]).await?;
        super::withdrawn::insert(&mut change, slice::from_ref(&kept.handle), today).await?;
        change.write(act).await?;
        change.commit().await?;
        Ok(Withdrawal::Done(kept))
    }

    /// How many results of each day have come how far.
    pub(crate) async fn counts(&self) -> Result<Vec<Count>, StoreError> {
        let counted = "SELECT r.added_day, r.state, p.sealing_key IS NOT NULL AS ordered, p.binding IS NOT NULL AS redeemed, count(*)
             FROM result r LEFT JOIN pending p ON p.handle = r.handle
             GROUP BY r.added_day, r.state, ordered, redeemed ORDER BY r.added_day, r.state, ordered, redeemed";
        let rows: Vec<(i64, String, bool, bool, i64)> = self.database.rows(counted, []).await?;
        rows.into_iter()
            .map(|(day, state, ordered, redeemed, number)| {
                Ok(Count {
                    day: day_of(day)?,
                    progress: progress(&state, ordered, redeemed)?,
                    number: u64::try_from(number).map_err(|_| StoreError::Damaged("count"))?,
                })
            })
            .collect()
    }

    /// Codes whose time is over: facts, code and binding go. A record that was made and not acknowledged has most likely arrived; so
    /// the lab is told.
    pub(crate) async fn expire(&self, now: Moment) -> Result<u64, StoreError> {
        match &self.database {
            Database::Sqlite(_) => {
                let mut change = self.database.change().await?;
                let told = "UPDATE result SET state =
                         (SELECT CASE WHEN p.binding IS NULL THEN 'expired' ELSE 'collected' END
                          FROM pending p WHERE p.handle = result.handle)
                     WHERE state = 'waiting' AND handle IN (SELECT handle FROM pending WHERE expires <= $1)";
                change.run(told, [now.into()]).await?;
                let gone = change.run("DELETE FROM pending WHERE expires <= $1", [now.into()]).await?;
                change.commit().await?;
                Ok(gone)
            }
            Database::Postgres(_) => {
                let gone = "WITH over AS (
                         SELECT p.handle, p.binding FROM pending p JOIN result r ON r.handle = p.handle
                         WHERE p.expires <= $1 FOR UPDATE SKIP LOCKED),
                     told AS (
                         UPDATE result SET state = CASE WHEN over.binding IS NULL THEN 'expired' ELSE 'collected' END
                         FROM over WHERE result.handle = over.handle AND result.state = 'waiting')
                     DELETE FROM pending USING over WHERE pending.handle = over.handle";
                self.database.run(gone, [now.into()]).await
            }
        }
    }

    /// Forgets results from before `results_from` and withdrawals from before `withdrawals_from`.
    pub(crate) async fn forget_before(&self, results_from: Day, withdrawals_from: Day) -> Result<u64, StoreError> {
        let results = Sql {
            sqlite: "DELETE FROM result WHERE added_day < $1 AND handle NOT IN (SELECT handle FROM pending)",
            postgres: "DELETE FROM result WHERE handle IN (
                 SELECT r.handle FROM result r WHERE r.added_day < $1
                 AND NOT EXISTS (SELECT 1 FROM pending p WHERE p.handle = r.handle) FOR UPDATE SKIP LOCKED)",
        };
        let withdrawals = Sql {
            sqlite: "DELETE FROM withdrawn WHERE day < $1",
            postgres: "DELETE FROM withdrawn WHERE number IN (
                 SELECT number FROM withdrawn WHERE day < $1 FOR UPDATE SKIP LOCKED)",
        };
        let forgotten = self.database.run(results, [results_from.into()]).await?;
        self.database.run(withdrawals, [withdrawals_from.into()]).await?;
        Ok(forgotten)
    }
}

/// `false` when there is a result of that reference.
pub(super) async fn insert(change: &mut Change, result: NewResult<'_>) -> Result<bool, StoreError> {
    let new = "INSERT INTO result (handle, lab, operator, reference_mac, added_day, state)
         VALUES ($1, $2, $3, $4, $5, 'waiting') ON CONFLICT (reference_mac) DO NOTHING";
    let values =
        [result.handle.into(), result.lab.into(), result.operator.into(), result.reference.into(), result.added.into()];
    Ok(change.run(new, values).await? == 1)
}

/// Puts what waits in the place of what waited before. `false` when a record was made of that, or when it is a result and an order would
/// take its place: then it stays.
pub(super) async fn put_pending(
    change: &mut Change,
    handle: &Handle,
    pending: NewPending<'_>,
) -> Result<bool, StoreError> {
    let put = "INSERT INTO pending (handle, code_mac, sealed_facts, expires, sealing_key, order_mac)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (handle) DO UPDATE SET code_mac = excluded.code_mac, sealed_facts = excluded.sealed_facts,
             expires = excluded.expires, sealing_key = excluded.sealing_key, order_mac = excluded.order_mac,
             awaited_by = NULL, guesses = 0, locked_until = 0
         WHERE pending.binding IS NULL AND (excluded.sealing_key IS NULL OR pending.sealing_key IS NOT NULL)";
    let values = [
        handle.into(),
        pending.code.into(),
        pending.sealed.into(),
        pending.expires.into(),
        pending.order.map_or(Value::NoBytes, |order| order.sealing_key.into()),
        pending.order.map_or(Value::NoBytes, |order| order.mac.into()),
    ];
    Ok(change.run(put, values).await? == 1)
}

fn sealed((handle, bytes, ordered): (Vec<u8>, Vec<u8>, bool)) -> Result<Sealed, StoreError> {
    Ok(Sealed { handle: handle_of(handle)?, bytes, ordered })
}

fn kept((handle, day, state, ordered, redeemed): Row) -> Result<Kept, StoreError> {
    Ok(Kept { handle: handle_of(handle)?, added: day_of(day)?, progress: progress(&state, ordered, redeemed)? })
}

fn progress(state: &str, ordered: bool, redeemed: bool) -> Result<Progress, StoreError> {
    match (state, ordered, redeemed) {
        ("waiting", true, _) => Ok(Progress::Ordered),
        ("waiting", false, false) => Ok(Progress::Waiting),
        ("waiting", false, true) => Ok(Progress::Redeemed),
        ("collected", ..) => Ok(Progress::Collected),
        ("expired", ..) => Ok(Progress::Expired),
        ("withdrawn", ..) => Ok(Progress::Withdrawn),
        _ => Err(StoreError::Damaged("result.state")),
    }
}

pub(super) fn handle_of(bytes: Vec<u8>) -> Result<Handle, StoreError> {
    Ok(Handle::new(exactly(bytes, "handle")?))
}

fn day_of(number: i64) -> Result<Day, StoreError> {
    u16::try_from(number).map(Day::new).map_err(|_| StoreError::Damaged("day"))
}

fn moment(seconds: i64) -> Result<Moment, StoreError> {
    u64::try_from(seconds).map(Moment::from_unix).map_err(|_| StoreError::Damaged("moment"))
}
