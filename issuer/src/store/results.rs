//! Results and what waits to be collected.

use std::slice;

use bauta_spec::attributes::{Binding, Handle};
use bauta_spec::time::{Day, Moment};

use super::database::{Value, in_a_row, places};
use super::orders::NewOrder;
use super::{Change, Database, NotAdmitted, Quota, Sql, Store, StoreError, exactly, moment};
use crate::acts::NewAct;
use crate::lab::Operator;
use crate::secrets::{CodeMac, ReferenceMac};
use crate::staff::LabName;

/// A result that a lab adds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewResult<'a> {
    /// The random name under which the record can be withdrawn.
    pub(crate) handle: &'a Handle,
    /// Whose result it is.
    pub(crate) lab: &'a LabName,
    /// Who entered it.
    pub(crate) operator: &'a str,
    /// Keyed hash of the lab's reference.
    pub(crate) reference: &'a ReferenceMac,
    /// The day it was entered.
    pub(crate) added: Day,
    /// How many its operator may add on one day, where nothing else is said of the lab.
    pub(crate) quota: u32,
}

/// Many results of one lab.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Batch<'a> {
    /// Of this operator only.
    pub(crate) operator: Option<&'a Operator>,
    /// Added on this day or later.
    pub(crate) since: Day,
}

/// What came of adding a result.
#[derive(Debug)]
pub(crate) enum Adding {
    /// It is there now.
    New,
    /// Its reference was there already.
    Known(Kept),
    /// Its lab may not add it now.
    NotAdmitted(NotAdmitted),
}

/// What came of giving a result a new code.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Replaced {
    /// The old code is dead.
    Done,
    /// A record was made, or the result was taken back.
    TooLate,
    /// Its lab may not do it now.
    NotAdmitted(NotAdmitted),
}

impl NewResult<'_> {
    /// What it is counted against.
    fn quota(&self) -> Quota<'_> {
        Quota { lab: self.lab, operator: self.operator, day: self.added, otherwise: self.quota }
    }
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

/// How many codes wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Waiting {
    /// For their citizen.
    pub(crate) unused: u64,
    /// For the word that the record has arrived.
    pub(crate) redeemed: u64,
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

/// How far a result of a lab has come, by one of its columns.
macro_rules! kept {
    ($column:literal) => {
        concat!(
            "SELECT r.handle, r.added_day, r.state, p.sealing_key IS NOT NULL, p.binding IS NOT NULL
             FROM result r LEFT JOIN pending p ON p.handle = r.handle WHERE r.",
            $column,
            " = $1 AND r.lab = $2"
        )
    };
}

/// Marks some results of a lab as withdrawn, in the order of their index: two who do it at once do not wait for each other in a circle.
macro_rules! some {
    ($whose:literal) => {
        Sql { sqlite: some!($whose, ""), postgres: some!($whose, "FOR UPDATE") }
    };
    ($whose:literal, $locked:literal) => {
        concat!(
            "UPDATE result SET state = 'withdrawn' WHERE handle IN (
                 SELECT handle FROM result WHERE lab = $1 ",
            $whose,
            " AND added_day >= $2 AND state <> 'withdrawn'
                 ORDER BY lab, operator, added_day, handle LIMIT $3 ",
            $locked,
            ") RETURNING handle"
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
    ) -> Result<Adding, StoreError> {
        let mut change = self.database.change().await?;
        if !put_result(&mut change, result).await? {
            drop(change);
            let known = self.find(result.lab, &Which::Reference(result.reference.clone())).await?;
            // Nobody else's reference has this keyed hash: the lab is part of it.
            return known.map(Adding::Known).ok_or(StoreError::Damaged("result.lab"));
        }
        put_pending(&mut change, result.handle, pending).await?;
        if let Err(why) = change.admit(1, result.quota()).await? {
            return Ok(Adding::NotAdmitted(why));
        }
        if let Err(why) = change.write_for_lab(result.lab, act, 1).await? {
            return Ok(Adding::NotAdmitted(why));
        }
        change.commit().await?;
        Ok(Adding::New)
    }

    /// Adds results of one lab and operator, of one day and until one moment, in one change, with an act for each. `false` when a reference
    /// is known, the lab may not add so many now, or they are not alike: then nothing changes.
    pub(crate) async fn add_all(
        &self,
        mut results: Vec<(NewResult<'_>, NewPending<'_>)>,
        act: NewAct<'_>,
    ) -> Result<bool, StoreError> {
        let Some(&(first, waiting)) = results.first() else { return Ok(true) };
        let alike = |(result, pending): &(NewResult<'_>, NewPending<'_>)| {
            result.added == first.added
                && pending.expires == waiting.expires
                && pending.sealed.len() == waiting.sealed.len()
                && pending.order.is_some() == waiting.order.is_some()
        };
        // They stand in a row and are cut into pieces of one length.
        if !results.iter().all(alike) {
            return Ok(false);
        }
        // In one order whoever adds them: who waits for a reference that another change has just added must not be waited for.
        results.sort_unstable_by_key(|(result, _)| *result.reference.as_bytes());
        let mut change = self.database.change().await?;
        let many = || results.len().into();
        let handles = || in_a_row(results.iter().map(|(result, _)| result.handle.bytes()));
        let new = concat!(
            places!(),
            "INSERT INTO result (handle, lab, operator, reference_mac, added_day, state)
             SELECT substr($2, 16 * n + 1, 16), $3, $4, substr($5, 32 * n + 1, 32), $6, 'waiting'
             FROM place WHERE TRUE ORDER BY n ON CONFLICT (reference_mac) DO NOTHING"
        );
        let references = in_a_row(results.iter().map(|(result, _)| result.reference.as_bytes()));
        let (lab, operator) = (first.lab.as_str().into(), first.operator.into());
        if change.run(new, [many(), handles(), lab, operator, references, first.added.into()]).await?
            != results.len() as u64
        {
            return Ok(false);
        }
        let waits = concat!(
            places!(),
            "INSERT INTO pending (handle, code_mac, sealed_facts, expires, sealing_key, order_mac)
             SELECT substr($2, 16 * n + 1, 16), substr($3, 32 * n + 1, 32), substr($4, CAST($5 AS INT) * n + 1, CAST($5 AS INT)),
                 $6, substr($7, 32 * n + 1, 32), substr($8, 32 * n + 1, 32) FROM place"
        );
        let codes = in_a_row(results.iter().map(|(_, pending)| pending.code.as_bytes()));
        let sealed = in_a_row(results.iter().map(|(_, pending)| pending.sealed));
        let orders: Option<Vec<_>> = results.iter().map(|(_, pending)| pending.order).collect();
        // A piece of NULL is NULL: results have neither.
        let of_orders = |part: fn(&NewOrder<'_>) -> [u8; 32]| {
            orders.as_ref().map_or(Value::NoBytes, |orders| in_a_row(orders.iter().map(part)))
        };
        let values = [
            many(),
            handles(),
            codes,
            sealed,
            waiting.sealed.len().into(),
            waiting.expires.into(),
            of_orders(|order| *order.sealing_key.as_bytes()),
            of_orders(|order| *order.mac.as_bytes()),
        ];
        change.run(waits, values).await?;
        let number = u32::try_from(results.len()).unwrap_or(u32::MAX);
        if change.admit(number, first.quota()).await?.is_err()
            || change.write_for_lab(first.lab, act, number).await?.is_err()
        {
            return Ok(false);
        }
        change.commit().await?;
        Ok(true)
    }

    /// Which of some references are known in a lab, by their places, and whether each is an order that has no result yet.
    pub(crate) async fn known(
        &self,
        lab: &LabName,
        references: &[ReferenceMac],
    ) -> Result<Vec<(usize, bool)>, StoreError> {
        let known = concat!(
            places!(),
            "SELECT CAST(n AS BIGINT), p.sealing_key IS NOT NULL
             FROM place JOIN result r ON r.reference_mac = substr($2, 32 * n + 1, 32)
             LEFT JOIN pending p ON p.handle = r.handle WHERE r.lab = $3"
        );
        if references.is_empty() {
            return Ok(Vec::new());
        }
        let row = in_a_row(references.iter().map(ReferenceMac::as_bytes));
        let found: Vec<(i64, bool)> =
            self.database.rows(known, [references.len().into(), row, lab.as_str().into()]).await?;
        let place = |place| usize::try_from(place).map_err(|_| StoreError::Damaged("place"));
        found.into_iter().map(|(number, ordered)| Ok((place(number)?, ordered))).collect()
    }

    /// Gives a result that nobody has collected a new code and new facts; the old code dies. An order may become a result so, and never
    /// the other way round. It counts as added today: its record will last from today, and as long as that the lab must be able to
    /// withdraw it.
    pub(crate) async fn replace(
        &self,
        handle: &Handle,
        lab: &LabName,
        pending: NewPending<'_>,
        today: Day,
        act: NewAct<'_>,
    ) -> Result<Replaced, StoreError> {
        let mut change = self.database.change().await?;
        let open = change
            .run(
                "UPDATE result SET state = 'waiting', added_day = $2
                 WHERE handle = $1 AND lab = $3 AND state IN ('waiting', 'expired')",
                [handle.into(), today.into(), lab.as_str().into()],
            )
            .await?;
        if open == 0 || !put_pending(&mut change, handle, pending).await? {
            return Ok(Replaced::TooLate);
        }
        if let Err(why) = change.write_for_lab(lab, act, 1).await? {
            return Ok(Replaced::NotAdmitted(why));
        }
        change.commit().await?;
        Ok(Replaced::Done)
    }

    /// How far a result of a lab has come.
    pub(crate) async fn find(&self, lab: &LabName, which: &Which) -> Result<Option<Kept>, StoreError> {
        let lab = lab.as_str().into();
        let row: Option<Row> = match which {
            Which::Reference(reference) => self.database.row(kept!("reference_mac"), [reference.into(), lab]).await?,
            Which::Handle(handle) => self.database.row(kept!("handle"), [handle.into(), lab]).await?,
        };
        row.map(kept).transpose()
    }

    /// What waits for a code, if it still does.
    pub(crate) async fn waiting(&self, code: &CodeMac, now: Moment) -> Result<Option<Sealed>, StoreError> {
        let waiting = "SELECT handle, sealed_facts, sealing_key IS NOT NULL FROM pending
             WHERE code_mac = $1 AND expires > $2";
        self.database.row(waiting, [code.into(), now.into()]).await?.map(sealed).transpose()
    }

    /// Counts one try at a code's second factor *before* it is looked at, so that many tries at once are still counted. A rest that lasts
    /// beyond `locked_until`, the longest that is ever given, was given by a clock that was ahead, and counts no more.
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
             WHERE code_mac = $1 AND expires > $2 AND (locked_until <= $2 OR locked_until > $4)
             RETURNING handle, sealed_facts, sealing_key IS NOT NULL";
        let values = [code.into(), now.into(), tries.into(), locked_until.into()];
        if let Some(counted) = self.database.row(counted, values).await? {
            return Ok(Guess::Counted(sealed(counted)?));
        }
        let locked = "SELECT locked_until FROM pending WHERE code_mac = $1 AND expires > $2 AND locked_until > $2";
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

    /// Takes a result of a lab back, before or after it was collected: no record and no more passes.
    pub(crate) async fn withdraw(
        &self,
        lab: &LabName,
        which: &Which,
        today: Day,
        act: NewAct<'_>,
    ) -> Result<Withdrawal, StoreError> {
        let lab = lab.as_str().into();
        let mut change = self.database.change().await?;
        let withdrawn: Option<(Vec<u8>, i64)> = match which {
            Which::Reference(reference) => {
                let by = "UPDATE result SET state = 'withdrawn' WHERE reference_mac = $1 AND lab = $2
                     RETURNING handle, added_day";
                change.row(by, [reference.into(), lab]).await?
            }
            Which::Handle(handle) => {
                let by = "UPDATE result SET state = 'withdrawn' WHERE handle = $1 AND lab = $2
                     RETURNING handle, added_day";
                change.row(by, [handle.into(), lab]).await?
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

    /// Takes back at most `limit` of the results of a lab, or of one of its operators, that were added on a day or later: as
    /// [`Store::withdraw`] does for one. How many it were; fewer than `limit` only when there are no more.
    pub(crate) async fn withdraw_some(
        &self,
        lab: &LabName,
        batch: Batch<'_>,
        today: Day,
        limit: u32,
        act: NewAct<'_>,
    ) -> Result<u32, StoreError> {
        let mut change = self.database.change().await?;
        let Batch { operator, since } = batch;
        let (lab, since, limit) = (lab.as_str().into(), since.into(), limit.into());
        let rows: Vec<(Vec<u8>,)> = match operator {
            Some(operator) => {
                change.rows(some!("AND operator = $4"), [lab, since, limit, operator.as_str().into()]).await?
            }
            None => change.rows(some!(""), [lab, since, limit]).await?,
        };
        let handles = rows.into_iter().map(|(handle,)| handle_of(handle)).collect::<Result<Vec<_>, _>>()?;
        let withdrawn = u32::try_from(handles.len()).map_err(|_| StoreError::Damaged("result"))?;
        if withdrawn > 0 {
            let gone = concat!(
                places!(),
                "DELETE FROM pending WHERE handle IN (SELECT substr($2, 16 * n + 1, 16) FROM place)"
            );
            let bytes = in_a_row(handles.iter().map(|handle| handle.bytes()));
            change.run(gone, [handles.len().into(), bytes]).await?;
            super::withdrawn::insert(&mut change, &handles, today).await?;
            let about = format!("{} {withdrawn}", act.about);
            change.write(NewAct { about: &about, ..act }).await?;
            change.commit().await?;
        }
        Ok(withdrawn)
    }

    /// How many results of a lab and of each day have come how far.
    pub(crate) async fn counts(&self, lab: &LabName) -> Result<Vec<Count>, StoreError> {
        let counted = "SELECT r.added_day, r.state, p.sealing_key IS NOT NULL AS ordered, p.binding IS NOT NULL AS redeemed, count(*)
             FROM result r LEFT JOIN pending p ON p.handle = r.handle WHERE r.lab = $1
             GROUP BY r.added_day, r.state, ordered, redeemed ORDER BY r.added_day, r.state, ordered, redeemed";
        let rows: Vec<(i64, String, bool, bool, i64)> = self.database.rows(counted, [lab.as_str().into()]).await?;
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

    /// How many codes wait, whatever their day.
    pub(crate) async fn count_waiting(&self) -> Result<Waiting, StoreError> {
        let counted = "SELECT (SELECT count(*) FROM pending), (SELECT count(*) FROM pending WHERE binding IS NOT NULL)";
        let (all, redeemed): (i64, i64) = self.database.row(counted, []).await?.unwrap_or_default();
        let number = |number: i64| u64::try_from(number).map_err(|_| StoreError::Damaged("count"));
        Ok(Waiting { unused: number(all.saturating_sub(redeemed))?, redeemed: number(redeemed)? })
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

    /// Forgets results from before `results_from`, withdrawals from before `withdrawals_from`, and what each operator added on days before
    /// `quotas_from`.
    pub(crate) async fn forget_before(
        &self,
        results_from: Day,
        withdrawals_from: Day,
        quotas_from: Day,
    ) -> Result<u64, StoreError> {
        let results = Sql {
            sqlite: "DELETE FROM result WHERE handle IN (
                 SELECT handle FROM result WHERE added_day < $1 AND handle NOT IN (SELECT handle FROM pending) LIMIT $2)",
            postgres: "DELETE FROM result WHERE handle IN (
                 SELECT r.handle FROM result r WHERE r.added_day < $1
                 AND NOT EXISTS (SELECT 1 FROM pending p WHERE p.handle = r.handle) LIMIT $2 FOR UPDATE SKIP LOCKED)",
        };
        let withdrawals = Sql {
            sqlite: "DELETE FROM withdrawn WHERE number IN (SELECT number FROM withdrawn WHERE day < $1 LIMIT $2)",
            postgres: "DELETE FROM withdrawn WHERE number IN (
                 SELECT number FROM withdrawn WHERE day < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)",
        };
        let forgotten = self.forget(results, results_from).await?;
        self.forget(withdrawals, withdrawals_from).await?;
        self.database.run("DELETE FROM operator_day WHERE day < $1", [quotas_from.into()]).await?;
        Ok(forgotten)
    }

    /// A month at once may be millions: others get their turn in between.
    async fn forget(&self, some: Sql, from: Day) -> Result<u64, StoreError> {
        let mut forgotten = 0;
        loop {
            let now = self.database.run(some, [from.into(), FORGOTTEN_AT_ONCE.into()]).await?;
            forgotten += now;
            if now < u64::from(FORGOTTEN_AT_ONCE) {
                return Ok(forgotten);
            }
        }
    }
}

const FORGOTTEN_AT_ONCE: u32 = 5_000;

/// Puts a result there. `false` when its reference is known.
pub(super) async fn put_result(change: &mut Change, result: NewResult<'_>) -> Result<bool, StoreError> {
    let new = "INSERT INTO result (handle, lab, operator, reference_mac, added_day, state)
         VALUES ($1, $2, $3, $4, $5, 'waiting') ON CONFLICT (reference_mac) DO NOTHING";
    let NewResult { handle, lab, operator, reference, added, quota: _ } = result;
    let values = [handle.into(), lab.as_str().into(), operator.into(), reference.into(), added.into()];
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
