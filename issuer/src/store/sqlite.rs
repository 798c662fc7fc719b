//! One file on this machine.
//!
//! Nothing that is deleted may stay readable, so the database overwrites what it frees (`secure_delete`) and keeps its journal
//! in a file that is gone after each commit; a write-ahead log would hold old pages until some later checkpoint.

use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use sqlx::Connection as _;
use sqlx::migrate::MigrateError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

use super::StoreError;

/// Opens the file and brings its tables up to date.
pub(super) async fn open(file: &Path) -> Result<SqlitePool, StoreError> {
    private(file).map_err(sqlx::Error::from)?;
    let options = SqliteConnectOptions::new()
        .filename(file)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Delete)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY)
        .pragma("secure_delete", "ON")
        .pragma("temp_store", "MEMORY");
    // One connection: SQLite has one writer anyway, and waiting in the pool is fairer than waiting for a file lock.
    let pool = SqlitePoolOptions::new().max_connections(1).acquire_timeout(BUSY).after_release(|connection, _| {
        // On a full disk SQLite takes a change back by itself, and the driver would for ever believe to be in the middle of it.
        Box::pin(async move {
            connection.ping().await?;
            Ok(!connection.is_in_transaction())
        })
    });
    let pool = pool.connect_with(options).await?;
    make_tables(&pool).await?;
    Ok(pool)
}

/// Brings the tables up to date. Nothing keeps two processes apart that both begin with a new file: one of them finds a table that the
/// other has just made, and must look again, at most once for each step.
async fn make_tables(pool: &SqlitePool) -> Result<(), MigrateError> {
    let mut steps = sqlx::migrate!("migrations/sqlite");
    // A newer version may have been here: what it added is no obstacle to this one, see `migrations/README.md`.
    steps.set_ignore_missing(true);
    for _ in steps.iter() {
        if steps.run(pool).await.is_ok() {
            return Ok(());
        }
    }
    steps.run(pool).await
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
