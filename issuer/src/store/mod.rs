//! What the service keeps, and the only files with SQL.
//!
//! SQLite and PostgreSQL keep one contract with one SQL text, which both understand; the few statements that must differ stand side
//! by side ([`database::Sql`]). Every step that may happen only once is one conditional statement, so it holds for threads, for
//! processes and for replicas alike; `contract` holds both databases to it.
//!
//! Whoever changes several rows takes them in the order `result`, `pending`, `withdrawn`, everything else, `act_head`: then nobody waits in
//! a circle. What staff does is written down in the same change ([`Change::write`]).

mod access;
mod acts;
mod address;
#[cfg(test)]
mod contract;
mod database;
#[cfg(test)]
mod forgotten;
mod labs;
mod orders;
mod people;
mod postgres;
mod proposals;
mod restored;
mod results;
mod sqlite;
#[cfg(test)]
mod tampered;
mod withdrawn;

use std::path::Path;

use bauta_spec::sealed::file::FileRefused;
use bauta_spec::time::Moment;

pub use access::ApiKeyEntry;
pub use address::{BadAddress, DatabaseAddress};
use database::{Change, Database, Sql};
pub(crate) use labs::{LabChange, NotAdmitted, Quota};
pub(crate) use orders::NewOrder;
pub use people::{AccountEntry, AccountState};
pub(crate) use people::{Ends, NewAccount, Proofs, Reach, Try};
pub(crate) use proposals::{Approval, Approved, KeptProposal};
pub use restored::Restored;
pub(crate) use results::{Adding, Batch, Guess, NewPending, NewResult, Replaced, Sealed, Waiting, Withdrawal};
pub use results::{Count, Kept, Progress, Which};
pub(crate) use withdrawn::Heard;

/// The database of one service, or of all its replicas.
#[derive(Clone, Debug)]
pub struct Store {
    database: Database,
}

/// The database did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Busy, locked, full or gone: the same call may work later.
    #[error("the database cannot be used now: {0}")]
    Unavailable(#[from] sqlx::Error),
    /// It is there and does not answer.
    #[error("the database does not answer in time")]
    TooSlow,
    /// The file with the database's password.
    #[error("the database's password: {0}")]
    Password(#[from] FileRefused),
    /// The tables could not be brought to this version.
    #[error("the database's tables could not be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A value in the database is not one that this program writes.
    #[error("the database holds a value that this program does not write ({0})")]
    Damaged(&'static str),
    /// Nothing is written after an end that somebody else made.
    #[error(
        "the chain of acts does not end as this server secret has sealed it, and nothing is added to it: if the secret was replaced, run \
         `bauta-issuer audit begin`; if not, somebody changed the database: see `bauta-issuer audit verify`"
    )]
    NotSealed,
}

impl Store {
    /// Opens the database, makes it if it is a file that is missing, and brings its tables up to date. Replicas may start at the same
    /// moment: one of them does it and the others wait.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open(address: &DatabaseAddress, password_file: Option<&Path>) -> Result<Self, StoreError> {
        let database = match address {
            DatabaseAddress::Sqlite(file) => Database::Sqlite(sqlite::open(file).await?),
            DatabaseAddress::Postgres(server) => Database::Postgres(postgres::connect(server, password_file).await?),
        };
        Ok(Self { database })
    }

    /// Waits for what is under way and lets go of the database.
    pub async fn close(&self) {
        self.database.close().await;
    }

    /// How many connections there are, and how many of them nobody uses now.
    pub(crate) fn connections(&self) -> (u32, u32) {
        self.database.connections()
    }

    /// Whether the database answers.
    pub(crate) async fn answers(&self) -> Result<(), StoreError> {
        self.database.row::<(i64,)>("SELECT CAST(1 AS BIGINT)", []).await?;
        Ok(())
    }
}

fn exactly<const N: usize>(bytes: Vec<u8>, column: &'static str) -> Result<[u8; N], StoreError> {
    bytes.try_into().map_err(|_| StoreError::Damaged(column))
}

fn moment(seconds: i64) -> Result<Moment, StoreError> {
    u64::try_from(seconds).map(Moment::from_unix).map_err(|_| StoreError::Damaged("moment"))
}
