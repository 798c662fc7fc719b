//! Handles that get no more passes.

use bauta_spec::attributes::Handle;
use bauta_spec::time::{Day, Moment};

use super::database::{in_a_row, places};
use super::{Change, Store, StoreError, exactly};

/// What an office has heard from one records service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    /// When it last told all that there was.
    pub(crate) at: Moment,
    /// The number of the last withdrawal it told.
    pub(crate) number: u64,
}

impl Store {
    /// Whether a handle is withdrawn.
    pub(crate) async fn is_withdrawn(&self, handle: &Handle) -> Result<bool, StoreError> {
        let row: Option<(i64,)> =
            self.database.row("SELECT number FROM withdrawn WHERE handle = $1", [handle.into()]).await?;
        Ok(row.is_some())
    }

    /// At most `limit` withdrawals after a number, in the order in which they were made.
    pub(crate) async fn withdrawn_after(&self, number: u64, limit: u32) -> Result<Vec<(u64, Handle)>, StoreError> {
        let after = "SELECT number, handle FROM withdrawn WHERE number > $1 ORDER BY number LIMIT $2";
        let rows: Vec<(i64, Vec<u8>)> = self.database.rows(after, [number.into(), limit.into()]).await?;
        rows.into_iter()
            .map(|(number, handle)| {
                let number = u64::try_from(number).map_err(|_| StoreError::Damaged("number"))?;
                Ok((number, Handle::new(exactly(handle, "handle")?)))
            })
            .collect()
    }

    /// What has been heard from a records service so far.
    pub(crate) async fn heard(&self, url: &str) -> Result<Option<Heard>, StoreError> {
        let row: Option<(i64, i64)> =
            self.database.row("SELECT heard, number FROM records_service WHERE url = $1", [url.into()]).await?;
        row.map(|(at, number)| {
            let damaged = |_| StoreError::Damaged("records_service");
            Ok(Heard {
                at: Moment::from_unix(u64::try_from(at).map_err(damaged)?),
                number: u64::try_from(number).map_err(damaged)?,
            })
        })
        .transpose()
    }

    /// Takes over what a records service told: its new withdrawals and how far it was heard, together or not at all. Another replica
    /// may have heard more in the meantime; that stands.
    pub(crate) async fn hear(&self, url: &str, heard: Heard, handles: &[Handle], today: Day) -> Result<(), StoreError> {
        let mut change = self.database.change().await?;
        insert(&mut change, handles, today).await?;
        let so_far = "INSERT INTO records_service (url, heard, number) VALUES ($1, $2, $3)
             ON CONFLICT (url) DO UPDATE SET heard = $2, number = $3 WHERE records_service.number <= $3";
        change.run(so_far, [url.into(), heard.at.into(), heard.number.into()]).await?;
        change.commit().await
    }
}

/// Numbers must become visible in the order in which they are given, or an office that asks "what is new since number n?" would never
/// hear of one that was given before n and committed after it. SQLite has one writer at a time; on PostgreSQL we wait for our turn.
pub(super) async fn insert(change: &mut Change, handles: &[Handle], today: Day) -> Result<(), StoreError> {
    if let (Change::Postgres(_), [_, ..]) = (&change, handles) {
        change.run("LOCK TABLE withdrawn IN SHARE ROW EXCLUSIVE MODE", []).await?;
    }
    let new = concat!(
        places!(),
        "INSERT INTO withdrawn (handle, day) SELECT substr($2, 16 * n + 1, 16), $3 FROM place WHERE TRUE ORDER BY n
         ON CONFLICT (handle) DO NOTHING"
    );
    if !handles.is_empty() {
        let bytes = in_a_row(handles.iter().map(|handle| handle.bytes()));
        change.run(new, [handles.len().into(), bytes, today.into()]).await?;
    }
    Ok(())
}
