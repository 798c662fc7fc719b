//! The chain of acts.

use bauta_spec::time::Moment;

use super::database::{in_a_row, places};
use super::{Change, NotAdmitted, Store, StoreError, exactly};
use crate::acts::{Act, ActKind, ChainEnd, NewAct};
use crate::secrets::{ChainKey, same};
use crate::staff::LabName;

/// The chain's end as the database has it, with the seal that should prove it.
pub(crate) struct Head {
    pub(crate) end: ChainEnd,
    pub(crate) seal: [u8; 32],
}

impl Head {
    /// Whether the end was sealed with this key.
    pub(crate) fn is_sealed_with(&self, key: &ChainKey) -> bool {
        same(&key.seal(&self.end), &self.seal)
    }
}

/// A row that says that a new chain begins there.
pub(crate) struct Beginning {
    pub(crate) number: u64,
    pub(crate) about: String,
}

impl Change {
    /// Writes down what this change does. To be called last before the commit: until then everybody else who wants to write an act waits.
    pub(super) async fn write(&mut self, act: NewAct<'_>) -> Result<(), StoreError> {
        let end = self.take_end(&act, 1).await?;
        self.go_on(end, act, 1).await
    }

    /// Writes down so many acts of one kind, one for each thing that this change adds for a lab, if the lab is in force: acts stand in one
    /// order, and so nothing is added for a lab after the act of its suspension.
    pub(super) async fn write_for_lab(
        &mut self,
        lab: &LabName,
        act: NewAct<'_>,
        times: u32,
    ) -> Result<Result<(), NotAdmitted>, StoreError> {
        let end = self.take_end(&act, times).await?;
        if let Err(why) = self.standing(lab).await? {
            return Ok(Err(why));
        }
        self.go_on(end, act, times).await?;
        Ok(Ok(()))
    }

    /// Takes the chain's end from everybody else, for so many acts more. An end that is not sealed with the present key is not gone on from:
    /// a new seal would cover up what was done to the chain.
    async fn take_end(&mut self, act: &NewAct<'_>, times: u32) -> Result<ChainEnd, StoreError> {
        let head = self.take_head(times).await?;
        let sealed = match head.end.number {
            0 => self.row(ALL_THAT_WAS_DONE, []).await?.is_some_and(|done: Done| is_the_first(act.kind, done)),
            _ => head.is_sealed_with(act.chain),
        };
        if sealed { Ok(head.end) } else { Err(StoreError::NotSealed) }
    }

    async fn take_head(&mut self, times: u32) -> Result<Head, StoreError> {
        let take = "UPDATE act_head SET number = number + $1 WHERE one = 1 RETURNING number - $1, mac, seal";
        let row: Option<HeadRow> = self.row(take, [times.into()]).await?;
        head(row)
    }

    /// The one place where acts are written.
    async fn go_on(&mut self, end: ChainEnd, act: NewAct<'_>, times: u32) -> Result<(), StoreError> {
        let mut written = Act {
            number: end.number,
            at: act.at,
            who: act.actor.in_the_chain(),
            lab: act.actor.lab().map_or_else(String::new, ToString::to_string),
            kind: act.kind.word().to_owned(),
            about: act.about.to_owned(),
        };
        let (mut mac, mut macs) = (end.mac, Vec::new());
        for _ in 0..times {
            written.number += 1;
            mac = act.chain.act(&mac, &written);
            macs.push(mac);
        }
        let new = concat!(
            places!(),
            "INSERT INTO act (number, at, who, lab, kind, about, mac)
             SELECT $2 + n, $3, $4, $5, $6, $7, substr($8, 32 * n + 1, 32) FROM place"
        );
        let values = [
            times.into(),
            (end.number + 1).into(),
            written.at.into(),
            written.who.as_str().into(),
            written.lab.as_str().into(),
            written.kind.as_str().into(),
            written.about.as_str().into(),
            in_a_row(macs),
        ];
        self.run(new, values).await?;
        let seal = act.chain.seal(&ChainEnd { number: written.number, mac });
        let sealed = "UPDATE act_head SET mac = $1, seal = $2 WHERE one = 1";
        self.run(sealed, [mac.as_slice().into(), seal.as_slice().into()]).await?;
        Ok(())
    }
}

/// How many labs there are, and how many names of accounts and keys. None of them is ever removed.
const ALL_THAT_WAS_DONE: &str = "SELECT (SELECT count(*) FROM lab), (SELECT count(*) FROM staff_name)";

type Done = (i64, i64);

/// Whether an act of this kind can be the first of all, after which there is this much: nothing but what it tells of. A chain that was
/// removed from a database that is in use is not begun anew as if nothing had been there.
fn is_the_first(kind: ActKind, done: Done) -> bool {
    match kind {
        ActKind::LabEnrolled => done == (1, 0),
        // The first two officers are invited together.
        ActKind::AccountMade => matches!(done, (0, 1..=2)),
        ActKind::ApiKeyMade => done == (0, 1),
        _ => done == (0, 0),
    }
}

type HeadRow = (i64, Vec<u8>, Vec<u8>);

fn head(row: Option<HeadRow>) -> Result<Head, StoreError> {
    let (number, mac, seal) = row.ok_or(StoreError::Damaged("act_head"))?;
    let number = u64::try_from(number).map_err(|_| StoreError::Damaged("act_head.number"))?;
    let end = ChainEnd { number, mac: exactly(mac, "act_head.mac")? };
    Ok(Head { end, seal: exactly(seal, "act_head.seal")? })
}

type Row = (i64, i64, String, String, String, String, Vec<u8>);

impl Store {
    /// Acts after a number, in order, at most `limit`, each with its keyed hash.
    pub(crate) async fn acts_after(&self, number: u64, limit: u32) -> Result<Vec<(Act, [u8; 32])>, StoreError> {
        let after = "SELECT number, at, who, lab, kind, about, mac FROM act WHERE number > $1 ORDER BY number LIMIT $2";
        let rows: Vec<Row> = self.database.rows(after, [number.into(), limit.into()]).await?;
        rows.into_iter().map(read).collect()
    }

    /// Where the chain is said to end.
    pub(crate) async fn act_head(&self) -> Result<Head, StoreError> {
        head(self.database.row("SELECT number, mac, seal FROM act_head WHERE one = 1", []).await?)
    }

    /// Where it does end, whatever is said.
    pub(crate) async fn last_act(&self) -> Result<ChainEnd, StoreError> {
        let last = "SELECT number, mac FROM act ORDER BY number DESC LIMIT 1";
        let row: Option<(i64, Vec<u8>)> = self.database.row(last, []).await?;
        let Some((number, mac)) = row else { return Ok(ChainEnd { number: 0, mac: [0; 32] }) };
        let number = u64::try_from(number).map_err(|_| StoreError::Damaged("act.number"))?;
        Ok(ChainEnd { number, mac: exactly(mac, "act.mac")? })
    }

    /// Whether nothing was ever done of which an act would tell.
    pub(crate) async fn is_untouched(&self) -> Result<bool, StoreError> {
        Ok(self.database.row(ALL_THAT_WAS_DONE, []).await?.is_some_and(|done: Done| done == (0, 0)))
    }

    /// A lab, an account or an API key of which no act says that it was made.
    pub(crate) async fn made_by_nobody(&self) -> Result<Option<String>, StoreError> {
        // Rows with other numbers are no acts: nobody follows them.
        let none = "SELECT name FROM lab
             WHERE name NOT IN (SELECT about FROM act WHERE kind = $1 AND number > 0)
             UNION SELECT name FROM staff_name
             WHERE name NOT IN (SELECT about FROM act WHERE kind IN ($2, $3) AND number > 0)
             ORDER BY name LIMIT 1";
        let kinds = [ActKind::LabEnrolled, ActKind::AccountMade, ActKind::ApiKeyMade].map(|kind| kind.word().into());
        let row: Option<(String,)> = self.database.row(none, kinds).await?;
        Ok(row.map(|(name,)| name))
    }

    /// Every act that says that a new chain begins with it, in order. None of them is proved by that.
    pub(crate) async fn beginnings(&self) -> Result<Vec<Beginning>, StoreError> {
        let all = "SELECT number, about FROM act WHERE kind = $1 ORDER BY number";
        let rows: Vec<(i64, String)> = self.database.rows(all, [ActKind::CHAIN_BEGUN.into()]).await?;
        let read = |(number, about)| {
            Ok(Beginning { number: u64::try_from(number).map_err(|_| StoreError::Damaged("act.number"))?, about })
        };
        rows.into_iter().map(read).collect()
    }

    /// Lets a new chain begin where the last one ends; its end, or `None` if the database says of the end something else by now than
    /// `said`.
    pub(crate) async fn begin_chain(
        &self,
        said: &ChainEnd,
        end: ChainEnd,
        act: NewAct<'_>,
    ) -> Result<Option<ChainEnd>, StoreError> {
        let mut change = self.database.change().await?;
        if change.take_head(1).await?.end != *said {
            return Ok(None);
        }
        let number = "UPDATE act_head SET number = $1 WHERE one = 1";
        change.run(number, [(end.number + 1).into()]).await?;
        change.go_on(end, act, 1).await?;
        change.commit().await?;
        Ok(Some(self.act_head().await?.end))
    }
}

fn read((number, at, who, lab, kind, about, mac): Row) -> Result<(Act, [u8; 32]), StoreError> {
    let damaged = |_| StoreError::Damaged("act");
    let act = Act {
        number: u64::try_from(number).map_err(damaged)?,
        at: Moment::from_unix(u64::try_from(at).map_err(damaged)?),
        who,
        lab,
        kind,
        about,
    };
    Ok((act, exactly(mac, "act.mac")?))
}
