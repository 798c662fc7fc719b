//! Handles that get no more passes.

use bauta_spec::attributes::Handle;
use bauta_spec::time::{Day, Moment};

use super::{Store, StoreError, exactly};

/// What an office has heard from one records service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    /// When it last answered.
    pub(crate) at: Moment,
    /// The number of the last withdrawal it told.
    pub(crate) number: u64,
}

impl Store {
    /// Whether a handle is withdrawn.
    pub(crate) async fn is_withdrawn(&self, handle: &Handle) -> Result<bool, StoreError> {
        let row: Option<(i64,)> = sqlx::query_as("SELECT number FROM withdrawn WHERE handle = ?")
            .bind(handle.bytes().as_slice())
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.is_some())
    }

    /// At most `limit` withdrawals after a number, in the order in which they were made.
    pub(crate) async fn withdrawn_after(&self, number: u64, limit: u32) -> Result<Vec<(u64, Handle)>, StoreError> {
        let rows: Vec<(i64, Vec<u8>)> =
            sqlx::query_as("SELECT number, handle FROM withdrawn WHERE number > ? ORDER BY number LIMIT ?")
                .bind(i64::try_from(number).unwrap_or(i64::MAX))
                .bind(i64::from(limit))
                .fetch_all(&self.pool)
                .await?;
        rows.into_iter()
            .map(|(number, handle)| {
                let number = u64::try_from(number).map_err(|_| StoreError::Damaged("number"))?;
                Ok((number, Handle::new(exactly(handle, "handle")?)))
            })
            .collect()
    }

    /// What has been heard from a records service so far.
    pub(crate) async fn heard(&self, url: &str) -> Result<Option<Heard>, StoreError> {
        let row: Option<(i64, i64)> = sqlx::query_as("SELECT heard, number FROM records_service WHERE url = ?")
            .bind(url)
            .fetch_optional(&self.pool)
            .await?;
        row.map(|(at, number)| {
            let damaged = |_| StoreError::Damaged("records_service");
            Ok(Heard {
                at: Moment::from_unix(u64::try_from(at).map_err(damaged)?),
                number: u64::try_from(number).map_err(damaged)?,
            })
        })
        .transpose()
    }

    /// Takes over what a records service told: its new withdrawals and how far it was heard, together or not at all.
    pub(crate) async fn hear(&self, url: &str, heard: Heard, handles: &[Handle], today: Day) -> Result<(), StoreError> {
        let mut change = self.write().await?;
        for handle in handles {
            insert(&mut change, handle, today).await?;
        }
        sqlx::query(
            "INSERT INTO records_service (url, heard, number) VALUES (?1, ?2, ?3)
             ON CONFLICT (url) DO UPDATE SET heard = ?2, number = ?3",
        )
        .bind(url)
        .bind(i64::try_from(heard.at.unix()).unwrap_or(i64::MAX))
        .bind(i64::try_from(heard.number).unwrap_or(i64::MAX))
        .execute(&mut *change)
        .await?;
        change.commit().await?;
        Ok(())
    }
}

pub(super) async fn insert(change: &mut sqlx::SqliteConnection, handle: &Handle, today: Day) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO withdrawn (handle, day) VALUES (?, ?) ON CONFLICT (handle) DO NOTHING")
        .bind(handle.bytes().as_slice())
        .bind(i64::from(today.number()))
        .execute(change)
        .await?;
    Ok(())
}
