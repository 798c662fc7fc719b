//! The two drivers behind one set of words: run a statement, read a row, read rows, change several rows together or not at all.

use std::time::Duration;

use bauta_spec::attributes::{Binding, Handle};
use bauta_spec::time::{Day, Moment};
use sqlx::error::BoxDynError;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgPool, PgRow};
use sqlx::sqlite::{SqliteArguments, SqlitePool, SqliteRow};
use sqlx::{
    Arguments, Encode, FromRow, PgConnection, Postgres, Sqlite, SqliteConnection, Transaction, Type, query_as_with,
    query_with,
};

use super::StoreError;
use crate::pickup::SealingKey;
use crate::secrets::{
    ApiKeyMac, CodeMac, HalfMac, InvitationMac, NameMac, OrderMac, ReferenceMac, SessionMac, SubjectMac,
};

/// Connections to one of the two.
#[derive(Clone, Debug)]
pub(super) enum Database {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// Several statements that happen together or, if this is dropped before [`Change::commit`], not at all.
pub(super) enum Change {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// One statement; its values are `$1`, `$2` and so on.
#[derive(Clone, Copy)]
pub(super) struct Sql {
    pub(super) sqlite: &'static str,
    pub(super) postgres: &'static str,
}

/// Most statements are understood by both.
impl From<&'static str> for Sql {
    fn from(both: &'static str) -> Self {
        Self { sqlite: both, postgres: both }
    }
}

/// A row that either driver can read.
pub(super) trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

impl<R> Row for R where R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

impl Database {
    /// Runs a statement; how many rows it changed.
    pub(super) async fn run<const N: usize>(&self, sql: impl Into<Sql>, values: [Value; N]) -> Result<u64, StoreError> {
        let mut connection = self.connection().await?;
        in_time(connection.patience(), connection.lent().run(sql.into(), values)).await
    }

    /// The same for as long as it takes.
    pub(super) async fn run_at_leisure<const N: usize>(
        &self,
        sql: impl Into<Sql>,
        values: [Value; N],
    ) -> Result<u64, StoreError> {
        self.connection().await?.lent().run(sql.into(), values).await
    }

    /// The one row that a statement gives, if it gives one.
    pub(super) async fn row<R: Row>(
        &self,
        sql: impl Into<Sql>,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Option<R>, StoreError> {
        let mut connection = self.connection().await?;
        in_time(connection.patience(), connection.lent().row(sql.into(), values)).await
    }

    /// All rows that a statement gives.
    pub(super) async fn rows<R: Row>(
        &self,
        sql: impl Into<Sql>,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<R>, StoreError> {
        let mut connection = self.connection().await?;
        in_time(connection.patience(), connection.lent().rows(sql.into(), values)).await
    }

    /// How many connections there are, and how many of them nobody uses.
    pub(super) fn connections(&self) -> (u32, u32) {
        let (all, idle) = match self {
            Self::Sqlite(pool) => (pool.size(), pool.num_idle()),
            Self::Postgres(pool) => (pool.size(), pool.num_idle()),
        };
        (all, u32::try_from(idle).unwrap_or(all).min(all))
    }

    /// Begins a change. SQLite takes its write lock at once: a change that reads first and writes later could fail half-way.
    pub(super) async fn change(&self) -> Result<Change, StoreError> {
        match self {
            // Waiting for another process's lock has its own end.
            Self::Sqlite(pool) => Ok(Change::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?)),
            Self::Postgres(pool) => {
                let begun = async { Ok(Change::Postgres(pool.begin().await?)) };
                in_time(super::postgres::BUSY + POSTGRES, begun).await
            }
        }
    }

    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }

    async fn connection(&self) -> Result<Connection, StoreError> {
        Ok(match self {
            Self::Sqlite(pool) => Connection::Sqlite(pool.acquire().await?),
            Self::Postgres(pool) => Connection::Postgres(pool.acquire().await?),
        })
    }
}

impl Change {
    /// Runs a statement; how many rows it changed.
    pub(super) async fn run<const N: usize>(
        &mut self,
        sql: impl Into<Sql>,
        values: [Value; N],
    ) -> Result<u64, StoreError> {
        in_time(self.patience(), self.lent().run(sql.into(), values)).await
    }

    /// The one row that a statement gives, if it gives one.
    pub(super) async fn row<R: Row>(
        &mut self,
        sql: impl Into<Sql>,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Option<R>, StoreError> {
        in_time(self.patience(), self.lent().row(sql.into(), values)).await
    }

    /// All rows that a statement gives.
    pub(super) async fn rows<R: Row>(
        &mut self,
        sql: impl Into<Sql>,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<R>, StoreError> {
        in_time(self.patience(), self.lent().rows(sql.into(), values)).await
    }

    /// Makes everything so far last. Whether it did is not known when this fails: the answer may have been lost.
    pub(super) async fn commit(self) -> Result<(), StoreError> {
        in_time(self.patience(), async {
            match self {
                Self::Sqlite(transaction) => transaction.commit().await?,
                Self::Postgres(transaction) => transaction.commit().await?,
            }
            Ok(())
        })
        .await
    }

    fn patience(&self) -> Duration {
        match self {
            Self::Sqlite(_) => SQLITE,
            Self::Postgres(_) => POSTGRES,
        }
    }

    fn lent(&mut self) -> Lent<'_> {
        match self {
            Self::Sqlite(transaction) => Lent::Sqlite(transaction),
            Self::Postgres(transaction) => Lent::Postgres(transaction),
        }
    }
}

/// A connection for one statement.
enum Connection {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

/// For one statement. A server that is there and says nothing must not hold up whoever asked; what it does after that is as if its answer had
/// been lost. Longer than each database itself waits for a lock, so that it can say so.
const POSTGRES: Duration = Duration::from_secs(6);
const SQLITE: Duration = Duration::from_secs(12);

async fn in_time<T>(patience: Duration, work: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    tokio::time::timeout(patience, work).await.unwrap_or(Err(StoreError::TooSlow))
}

impl Connection {
    fn patience(&self) -> Duration {
        match self {
            Self::Sqlite(_) => SQLITE,
            Self::Postgres(_) => POSTGRES,
        }
    }

    fn lent(&mut self) -> Lent<'_> {
        match self {
            Self::Sqlite(connection) => Lent::Sqlite(connection),
            Self::Postgres(connection) => Lent::Postgres(connection),
        }
    }
}

/// A connection, whoever owns it. The only place that speaks to the drivers.
enum Lent<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

impl Lent<'_> {
    async fn run(self, sql: Sql, values: impl IntoIterator<Item = Value>) -> Result<u64, StoreError> {
        Ok(match self {
            Self::Sqlite(on) => {
                query_with(sql.sqlite, listed::<SqliteArguments>(values)?).execute(on).await?.rows_affected()
            }
            Self::Postgres(on) => {
                query_with(sql.postgres, listed::<PgArguments>(values)?).execute(on).await?.rows_affected()
            }
        })
    }

    async fn row<R: Row>(self, sql: Sql, values: impl IntoIterator<Item = Value>) -> Result<Option<R>, StoreError> {
        Ok(match self {
            Self::Sqlite(on) => {
                query_as_with(sql.sqlite, listed::<SqliteArguments>(values)?).fetch_optional(on).await?
            }
            Self::Postgres(on) => {
                query_as_with(sql.postgres, listed::<PgArguments>(values)?).fetch_optional(on).await?
            }
        })
    }

    async fn rows<R: Row>(self, sql: Sql, values: impl IntoIterator<Item = Value>) -> Result<Vec<R>, StoreError> {
        Ok(match self {
            Self::Sqlite(on) => query_as_with(sql.sqlite, listed::<SqliteArguments>(values)?).fetch_all(on).await?,
            Self::Postgres(on) => query_as_with(sql.postgres, listed::<PgArguments>(values)?).fetch_all(on).await?,
        })
    }
}

/// The table `place` of the numbers from 0 up to one less than `$1`: so one statement does for many rows in either database, whose values of
/// one length stand in a row ([`in_a_row`]) and are cut out by `substr`. A round trip to a server costs more than a row.
macro_rules! places {
    () => {
        "WITH RECURSIVE place(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM place WHERE n + 1 < $1) "
    };
}
pub(super) use places;

/// Values of one length, one after the other.
pub(super) fn in_a_row<T: AsRef<[u8]>>(values: impl IntoIterator<Item = T>) -> Value {
    let mut row = Vec::new();
    values.into_iter().for_each(|value| row.extend_from_slice(value.as_ref()));
    Value::Bytes(row)
}

/// What a statement may hold: all that both databases have in common.
pub(super) enum Value {
    Bytes(Vec<u8>),
    NoBytes,
    Text(Option<String>),
    Number(Option<i64>),
}

/// The values in the form of one driver.
fn listed<A: Arguments>(values: impl IntoIterator<Item = Value>) -> Result<A, sqlx::Error>
where
    Vec<u8>: Encode<'static, A::Database> + Type<A::Database>,
    Option<Vec<u8>>: Encode<'static, A::Database> + Type<A::Database>,
    Option<String>: Encode<'static, A::Database> + Type<A::Database>,
    Option<i64>: Encode<'static, A::Database> + Type<A::Database>,
{
    let mut listed = A::default();
    let mut add = |value| -> Result<(), BoxDynError> {
        match value {
            Value::Bytes(bytes) => listed.add(bytes),
            Value::NoBytes => listed.add(None::<Vec<u8>>),
            Value::Text(text) => listed.add(text),
            Value::Number(number) => listed.add(number),
        }
    };
    values.into_iter().try_for_each(&mut add).map_err(sqlx::Error::Encode)?;
    Ok(listed)
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl From<&Handle> for Value {
    fn from(handle: &Handle) -> Self {
        Self::Bytes(handle.bytes().to_vec())
    }
}

impl From<&Binding> for Value {
    fn from(binding: &Binding) -> Self {
        Self::Bytes(binding.bytes().to_vec())
    }
}

macro_rules! hashes {
    ($($hash:ident),+) => {$(
        impl From<&$hash> for Value {
            fn from(hash: &$hash) -> Self {
                Self::Bytes(hash.as_bytes().to_vec())
            }
        }
    )+};
}

hashes!(
    ApiKeyMac,
    CodeMac,
    HalfMac,
    InvitationMac,
    OrderMac,
    ReferenceMac,
    SealingKey,
    SessionMac,
    SubjectMac,
    NameMac
);

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<Option<u32>> for Value {
    fn from(number: Option<u32>) -> Self {
        Self::Number(number.map(i64::from))
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::Number(Some(i64::try_from(number).unwrap_or(i64::MAX)))
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(Some(number.into()))
    }
}

/// Beyond the databases' integers there is no number that anybody has given.
impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Number(Some(i64::try_from(number).unwrap_or(i64::MAX)))
    }
}

impl From<Day> for Value {
    fn from(day: Day) -> Self {
        Self::Number(Some(day.number().into()))
    }
}

/// A clock beyond the databases' integers would be thousands of millions of years off; it counts as the last moment there is.
impl From<Moment> for Value {
    fn from(moment: Moment) -> Self {
        moment.unix().into()
    }
}
