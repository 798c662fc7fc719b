//! The book of several doors, in one Redis: `SET NX EX`, so that of two doors at once one is first.
//!
//! The server holds keyed hashes that end with the event, and never a pseudonym. A door waits for it a little, then is red and says
//! why: a door that went on by itself would let a holder in once at each of them.

use std::fmt;
use std::time::Duration;

use bauta_spec::time::Moment;
use redis::{Client, Connection, RedisError};

use super::{Line, Mark};

/// What nobody notices who waits at a door, and no healthy server takes.
const PATIENCE: Duration = Duration::from_millis(400);

/// A Redis that several doors write to.
pub struct SharedBook {
    client: Client,
    /// None after a failure: the next scan tries anew.
    connection: Option<Connection>,
}

/// The address is none, or the server has not answered in time, or not as it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the shared book of who came in does not answer: check its address and that Redis runs there")]
pub struct NoBook;

impl SharedBook {
    /// At an address such as `redis://10.0.0.5:6379`.
    ///
    /// # Errors
    /// [`NoBook`] where nobody answers there.
    pub fn at(address: &str) -> Result<Self, NoBook> {
        let client = Client::open(address)?;
        let mut book = Self { client, connection: None };
        book.ask(|connection| redis::cmd("PING").exec(connection))?;
        Ok(book)
    }

    pub(super) fn claim(&mut self, mark: &Mark, line: Line, ends: Moment, now: Moment) -> Result<Option<Line>, NoBook> {
        let key = name(mark);
        let seconds = ends.unix().saturating_sub(now.unix()).max(1);
        let value = line.to_bytes();
        let written: Option<String> = self.ask(|connection| {
            let mut set = redis::cmd("SET");
            set.arg(&key).arg(&value[..]).arg("NX").arg("EX").arg(seconds);
            set.query(connection)
        })?;
        if written.is_some() {
            return Ok(None);
        }
        let earlier: Option<Vec<u8>> = self.ask(|connection| redis::cmd("GET").arg(&key).query(connection))?;
        // Ended just now, or written by something else: nobody can say who was first.
        earlier.and_then(|bytes| Line::from_bytes(&bytes)).map(Some).ok_or(NoBook)
    }

    pub(super) fn holds(&mut self, mark: &Mark) -> Result<bool, NoBook> {
        let key = name(mark);
        self.ask(|connection| redis::cmd("EXISTS").arg(&key).query(connection))
    }

    fn ask<T>(&mut self, question: impl FnOnce(&mut Connection) -> Result<T, RedisError>) -> Result<T, NoBook> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.connect()?,
        };
        let answer = question(&mut connection)?;
        self.connection = Some(connection);
        Ok(answer)
    }

    fn connect(&self) -> Result<Connection, NoBook> {
        let connection = self.client.get_connection_with_timeout(PATIENCE)?;
        connection.set_read_timeout(Some(PATIENCE))?;
        connection.set_write_timeout(Some(PATIENCE))?;
        Ok(connection)
    }
}

/// As the server's own tools show it.
fn name(mark: &Mark) -> String {
    mark.iter().fold("bauta:".to_owned(), |name, byte| format!("{name}{byte:02x}"))
}

/// The server's own words may quote what was sent.
impl From<RedisError> for NoBook {
    fn from(_: RedisError) -> Self {
        Self
    }
}

impl fmt::Debug for SharedBook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { client: _, connection: _ } = self;
        f.write_str("SharedBook(..)")
    }
}
