//! A server that several replicas share.
//!
//! PostgreSQL keeps what was deleted until `VACUUM`, and in its log of changes and every copy of it for as long as its operator says.
//! There is nothing readable in it to begin with: facts are sealed under a code and a secret that the database never sees.

use std::path::Path;
use std::time::Duration;

use bauta_spec::sealed::file::read_private;
use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

use super::StoreError;

/// Connects and brings the tables up to date.
pub(super) async fn connect(server: &PgConnectOptions, password_file: Option<&Path>) -> Result<PgPool, StoreError> {
    let mut options = server.clone().application_name("bauta-issuer").options(SESSION);
    if let Some(file) = password_file {
        let password = read_private(file, LONGEST_PASSWORD)?;
        options = options.password(String::from_utf8_lossy(&password).trim_end());
    }
    let pool =
        PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(BUSY).after_release(|connection, _| {
            // Whoever gave up on an answer leaves a connection that still waits for it. It may wait for ever.
            Box::pin(async move {
                match tokio::time::timeout(BUSY, connection.ping()).await {
                    Ok(answered) => answered.map(|()| true),
                    Err(_) => Err(sqlx::Error::PoolTimedOut),
                }
            })
        });
    let pool = pool.connect_with(options).await?;
    // A newer version may have been here: what it added is no obstacle to this one, see `migrations/README.md`.
    sqlx::migrate!("migrations/postgres").set_ignore_missing(true).run(&pool).await?;
    Ok(pool)
}

/// What every session goes by, whatever the server's own settings are.
const SESSION: [(&str, &str); 5] = [
    // An answer counts on what was committed: it must be on the disk before anybody is told.
    ("synchronous_commit", "on"),
    ("default_transaction_isolation", "read committed"),
    ("statement_timeout", "30s"),
    ("lock_timeout", "5s"),
    // A replica that stalls in the middle of a change must not hold up the others.
    ("idle_in_transaction_session_timeout", "10s"),
];

/// Of one replica. With a handful the server is busy; more only wait there instead of here.
const CONNECTIONS: u32 = 10;

/// How long to wait for a free connection, or for a server that is starting again.
pub(super) const BUSY: Duration = Duration::from_secs(5);

const LONGEST_PASSWORD: usize = 1024;
