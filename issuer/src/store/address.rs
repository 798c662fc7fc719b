//! Where the database is: a file, or a server.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::Deserialize;
use sqlx::postgres::{PgConnectOptions, PgSslMode};

/// Where the database is. Never holds a password.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub enum DatabaseAddress {
    /// An SQLite file: `bauta.db`, `sqlite:bauta.db`.
    Sqlite(PathBuf),
    /// A PostgreSQL server: `postgres://user@host/database`, or `postgres:///database?host=/run/postgresql` for its socket.
    Postgres(Box<PgConnectOptions>),
}

/// Not the address of a database.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// Nothing there.
    #[error("must name a file such as bauta.db, or a server such as postgres://user@host/database")]
    Empty,
    /// Another kind of database.
    #[error("has databases of the kinds sqlite: and postgres:, not {0}")]
    OtherKind(String),
    /// Settings end up in process lists, images and backups.
    #[error(
        "must not hold the password: put it into a file that only its owner can read, and name that file in `database_password_file`"
    )]
    Password,
    /// Not as addresses are written.
    #[error("is not understood: {0}")]
    NotUnderstood(String),
}

impl FromStr for DatabaseAddress {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, BadAddress> {
        match text.split_once(':') {
            _ if text.is_empty() => Err(BadAddress::Empty),
            Some(("postgres" | "postgresql", rest)) => server(text, rest),
            Some(("sqlite", file)) => match file.strip_prefix("//").unwrap_or(file) {
                "" => Err(BadAddress::Empty),
                file => Ok(Self::Sqlite(file.into())),
            },
            Some((kind, rest)) if rest.starts_with("//") => Err(BadAddress::OtherKind(format!("{kind}:"))),
            _ => Ok(Self::Sqlite(text.into())),
        }
    }
}

fn server(text: &str, rest: &str) -> Result<DatabaseAddress, BadAddress> {
    let (place, parameters) = rest.split_once('?').unwrap_or((rest, ""));
    let host = place.trim_start_matches('/').split('/').next().unwrap_or_default();
    let named = |name: &str| parameters.split('&').any(|one| one.split('=').next() == Some(name));
    if named("password") || host.rsplit_once('@').is_some_and(|(user, _)| user.contains(':')) {
        return Err(BadAddress::Password);
    }
    let options: PgConnectOptions =
        text.parse().map_err(|error: sqlx::Error| BadAddress::NotUnderstood(error.to_string()))?;
    let local =
        options.get_socket().is_some() || ["localhost", "127.0.0.1", "::1", "[::1]"].contains(&options.get_host());
    let chosen = named("sslmode") || named("ssl-mode");
    // The driver's own choice would go on unencrypted with whoever answers, if that one says so.
    let options = if local || chosen { options } else { options.ssl_mode(PgSslMode::VerifyFull) };
    Ok(DatabaseAddress::Postgres(Box::new(options)))
}

impl TryFrom<String> for DatabaseAddress {
    type Error = BadAddress;

    fn try_from(text: String) -> Result<Self, BadAddress> {
        text.parse()
    }
}

/// For messages to whoever runs the service.
impl fmt::Display for DatabaseAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(file) => write!(f, "{}", file.display()),
            Self::Postgres(server) => {
                let socket = server.get_socket().map(|socket| socket.display().to_string());
                let host = socket.unwrap_or_else(|| format!("{}:{}", server.get_host(), server.get_port()));
                write!(f, "PostgreSQL database {} at {host}", server.get_database().unwrap_or(server.get_username()))
            }
        }
    }
}

/// The driver's settings may hold a password from the environment.
impl fmt::Debug for DatabaseAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<DatabaseAddress, BadAddress> {
        text.parse()
    }

    fn ssl_mode(text: &str) -> PgSslMode {
        match read(text) {
            Ok(DatabaseAddress::Postgres(server)) => server.get_ssl_mode(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_address_says_which_database_it_is() {
        for (text, file) in
            [("bauta.db", "bauta.db"), ("sqlite:x/bauta.db", "x/bauta.db"), ("sqlite:///var/bauta.db", "/var/bauta.db")]
        {
            assert_eq!(read(text).unwrap().to_string(), file);
        }
        let socket = read("postgres:///bauta?host=/run/postgresql&user=lab").unwrap();
        assert_eq!(socket.to_string(), "PostgreSQL database bauta at /run/postgresql");
        let server = read("postgresql://lab@db.example:6432/bauta").unwrap();
        assert_eq!(server.to_string(), "PostgreSQL database bauta at db.example:6432");
        for other in ["mysql://db.example/bauta", "http://db.example"] {
            assert!(matches!(read(other), Err(BadAddress::OtherKind(_))), "{other}");
        }
        assert!(matches!(read("postgres://[bad/bauta"), Err(BadAddress::NotUnderstood(_))));
        assert!(matches!(read(""), Err(BadAddress::Empty)));
        assert!(matches!(read("sqlite:"), Err(BadAddress::Empty)));
    }

    #[test]
    fn a_password_in_the_address_is_refused_and_not_repeated() {
        for text in [
            "postgres://lab:hunter2@db.example/bauta",
            "postgres://lab:hun@ter2@db.example/bauta",
            "postgres://lab@db.example/bauta?password=hunter2",
            "postgres:///bauta?host=/run/postgresql&password=hunter2",
        ] {
            let refused = read(text).unwrap_err();
            assert_eq!(refused, BadAddress::Password, "{text}");
            assert!(!refused.to_string().contains("hunter2"));
        }
    }

    #[test]
    fn a_server_elsewhere_must_prove_who_it_is_unless_told_otherwise() {
        let is = |text: &str| format!("{:?}", ssl_mode(text));
        assert_eq!(is("postgres://lab@db.example/bauta"), "VerifyFull");
        assert_eq!(is("postgres://lab@10.1.2.3/bauta"), "VerifyFull");
        assert_eq!(is("postgres:///bauta?host=db.example"), "VerifyFull");
        assert_eq!(is("postgres://lab@db.example/bauta?sslmode=verify-ca"), "VerifyCa");
        assert_ne!(is("postgres://lab@localhost/bauta"), "VerifyFull");
        assert_ne!(is("postgres:///bauta?host=/run/postgresql"), "VerifyFull");
    }
}
