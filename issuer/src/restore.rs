//! Copies: one is made while the service runs, and one that takes the place of what was lost is made fit to go on from.

use std::fs::File;
use std::path::{Path, PathBuf};

use bauta_spec::sealed::file::{FileRefused, write_new};

use crate::acts::ActKind;
use crate::config::Config;
use crate::service::Service;
use crate::staff::Actor;
use crate::store::{DatabaseAddress, Restored, StoreError};

/// No copy was made.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The new file.
    #[error(transparent)]
    File(#[from] FileRefused),
    /// Its name.
    #[error("{}: choose a name of plain letters", .0.display())]
    Name(PathBuf),
    /// It may not have reached the disk.
    #[error("{}: {cause}", .file.display())]
    NotOnDisk {
        /// Which.
        file: PathBuf,
        /// What is wrong.
        cause: std::io::Error,
    },
    /// A server has a program of its own, which copies one moment of it.
    #[error("no copy was made. PostgreSQL copies itself, while the service runs:\n\n    (umask 077; {0})\n")]
    Server(String),
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Service {
    /// Writes a copy of the database into a new file that only its owner may read.
    ///
    /// # Errors
    /// [`BackupError`]; what was written until then is removed.
    pub async fn backup(&self, to: &Path, actor: &Actor) -> Result<(), BackupError> {
        if let DatabaseAddress::Postgres(_) = &self.config.database {
            return Err(BackupError::Server(pg_dump(&self.config, to)));
        }
        let name = to.to_str().ok_or_else(|| BackupError::Name(to.to_owned()))?;
        // Made here, for the database would let others read it.
        write_new(to, b"")?;
        let copied = self.store.copy_to(name, self.act(actor, ActKind::BackupMade, "")).await;
        let on_disk = copied.map_err(BackupError::from).and_then(|_| {
            let synced = File::open(to).and_then(|file| file.sync_all());
            synced.map_err(|cause| BackupError::NotOnDisk { file: to.to_owned(), cause })
        });
        if on_disk.is_err() {
            drop(std::fs::remove_file(to));
        }
        on_disk
    }

    /// How many codes [`Service::after_restore`] would end.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn codes_to_end(&self) -> Result<u64, StoreError> {
        Ok(self.store.count_waiting().await?.unused)
    }

    /// Makes a copy that was put in the place of the database fit to go on from: before the service starts on it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn after_restore(&self, actor: &Actor) -> Result<Restored, StoreError> {
        self.store.after_restore(self.act(actor, ActKind::Restored, "")).await
    }
}

/// As it is typed. The address holds no password; whoever has a file for it puts it where PostgreSQL's programs look.
fn pg_dump(config: &Config, to: &Path) -> String {
    let DatabaseAddress::Postgres(server) = &config.database else { return String::new() };
    let socket = server.get_socket().map(|socket| socket.display().to_string());
    let host = socket.unwrap_or_else(|| server.get_host().to_owned());
    let (port, user) = (server.get_port(), server.get_username());
    let database = server.get_database().unwrap_or(user);
    format!("pg_dump --format=custom --host={host} --port={port} --username={user} --file={} {database}", to.display())
}
