//! What the service keeps, and the only files with SQL.
//!
//! Nothing that is deleted may stay readable, so the database overwrites what it frees (`secure_delete`) and keeps its journal
//! in a file that is gone after each commit; a write-ahead log would hold old pages until some later checkpoint.

mod access;
#[cfg(test)]
mod forgotten;
mod results;
mod withdrawn;

use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, Transaction};

pub use access::{ApiKeyEntry, Visitor};
pub use results::{Count, Kept, Progress, Which};
pub(crate) use results::{Guess, NewPending, NewResult, Withdrawal};
pub(crate) use withdrawn::Heard;

/// The database of one service.
#[derive(Clone, Debug)]
pub struct Store {
    pool: SqlitePool,
}

/// The database did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Busy, locked, full or gone: the same call may work later.
    #[error("the database cannot be used now: {0}")]
    Unavailable(sqlx::Error),
    /// The tables could not be brought to this version.
    #[error("the database's tables could not be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A value in the database is not one that this program writes.
    #[error("the database holds a value that this program does not write ({0})")]
    Damaged(&'static str),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Unavailable(error)
    }
}

impl Store {
    /// Opens the database file, makes it if it is missing, and brings its tables up to date.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open(file: &Path) -> Result<Self, StoreError> {
        private(file).map_err(|error| StoreError::Unavailable(error.into()))?;
        let options = SqliteConnectOptions::new()
            .filename(file)
            .foreign_keys(true)
            .journal_mode(SqliteJournalMode::Delete)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY)
            .pragma("secure_delete", "ON")
            .pragma("temp_store", "MEMORY");
        // One connection: SQLite has one writer anyway, and waiting in the pool is fairer than waiting for a file lock.
        let pool = SqlitePoolOptions::new().max_connections(1).acquire_timeout(BUSY).connect_with(options).await?;
        sqlx::migrate!().run(&pool).await?;
        Ok(Self { pool })
    }

    /// Waits for what is under way and lets go of the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Whether the database answers.
    pub(crate) async fn answers(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    /// A transaction that takes the write lock at once: one that reads first and writes later could fail half-way.
    async fn write(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Ok(self.pool.begin_with("BEGIN IMMEDIATE").await?)
    }
}

/// Makes the file, for its owner only, if there is none; SQLite gives its journal the same permissions. Whoever knows the handles in it
/// could tell renewals apart.
fn private(file: &Path) -> std::io::Result<()> {
    match std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// How long to wait for another process that writes.
const BUSY: Duration = Duration::from_secs(10);

fn exactly<const N: usize>(bytes: Vec<u8>, column: &'static str) -> Result<[u8; N], StoreError> {
    bytes.try_into().map_err(|_| StoreError::Damaged(column))
}
