//! The wallet file, its lock, and the number of its last change.
//!
//! Whoever changes the wallet holds a lock on `FILE.lock`, and the wallet file is replaced as a whole. Readers take no lock: they see the
//! wallet before a change or after it. The lock file holds the number of the last change, so that an older copy of the
//! wallet file put back by itself is noticed. Whoever puts back both is not.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::ops::{Deref, DerefMut};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use bauta_spec::sealed::file::{FileRefused, read_private, replace, write_new};
use bauta_spec::sealed::{self, CannotSeal, Cost, Kind};
use rand_core::CryptoRng;

use super::{CannotOpen, Vault};

/// Where a wallet lies.
#[derive(Clone, Debug)]
pub struct VaultFile {
    path: PathBuf,
    lock_path: PathBuf,
}

impl VaultFile {
    /// The wallet at `path`. Nothing is opened yet.
    pub fn at(path: &Path) -> Self {
        let mut lock_path = path.to_owned().into_os_string();
        lock_path.push(".lock");
        Self { path: path.to_owned(), lock_path: lock_path.into() }
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a wallet where there is none.
    ///
    /// # Errors
    /// [`FileError::Refused`] rather than overwrite one.
    pub fn create(
        &self,
        vault: &mut Vault,
        passphrase: &[u8],
        cost: Cost,
        rng: &mut impl CryptoRng,
    ) -> Result<(), FileError> {
        let mut lock = self.lock()?;
        if self.path.symlink_metadata().is_ok() {
            return Err(FileRefused::Exists(self.path.clone()).into());
        }
        // A wallet that was restored goes on counting where the one before it stopped.
        vault.revision = vault.revision.max(lock.last_change) + 1;
        write_new(&self.path, &vault.seal(Kind::Wallet, passphrase, cost, rng)?)?;
        lock.note(vault.revision)
    }

    /// The wallet as it is now, to look at.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn read(&self, passphrase: &[u8]) -> Result<Vault, FileError> {
        // The number before the wallet: a change in between makes the wallet newer than the number, which is fine.
        let last_change = match File::open(&self.lock_path) {
            Ok(mut file) => last_change(&mut file).map_err(|source| self.lock_failed(source))?,
            Err(missing) if missing.kind() == io::ErrorKind::NotFound => 0,
            Err(source) => return Err(self.lock_failed(source)),
        };
        self.open(passphrase, last_change)
    }

    /// The wallet, to change: nobody else changes it until the guard is dropped. Waits for those who are changing it.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn edit(&self, passphrase: &[u8]) -> Result<Editing, FileError> {
        let lock = self.lock()?;
        let vault = self.open(passphrase, lock.last_change)?;
        Ok(Editing { vault, path: self.path.clone(), lock })
    }

    /// Removes the wallet for good, and the number of its last change with it.
    ///
    /// # Errors
    /// [`FileError`].
    pub fn remove(&self) -> Result<(), FileError> {
        let _lock = self.lock()?;
        for path in [&self.path, &self.lock_path] {
            let failed = |error| FileRefused::Io { act: "remove", path: path.clone(), error };
            std::fs::remove_file(path).map_err(failed)?;
        }
        Ok(())
    }

    fn open(&self, passphrase: &[u8], last_change: u64) -> Result<Vault, FileError> {
        let bytes = read_private(&self.path, sealed::MAX_BYTES)?;
        let vault = Vault::open(Kind::Wallet, passphrase, &bytes)?;
        if vault.revision < last_change {
            return Err(FileError::RolledBack { lock: self.lock_path.clone(), found: vault.revision, last_change });
        }
        Ok(vault)
    }

    fn lock(&self) -> Result<Lock, FileError> {
        let opened =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&self.lock_path);
        let mut file = opened.map_err(|source| self.lock_failed(source))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => file.lock().map_err(|source| self.lock_failed(source))?,
            Err(TryLockError::Error(source)) => return Err(self.lock_failed(source)),
        }
        let last_change = last_change(&mut file).map_err(|source| self.lock_failed(source))?;
        Ok(Lock { file, path: self.lock_path.clone(), last_change })
    }

    fn lock_failed(&self, source: io::Error) -> FileError {
        FileError::Lock { path: self.lock_path.clone(), source }
    }
}

/// A wallet that is being changed. Nothing is on the disk before [`Editing::save`].
pub struct Editing {
    vault: Vault,
    path: PathBuf,
    lock: Lock,
}

impl Editing {
    /// Puts the wallet as it is now in place of the file, and waits until it is on the disk.
    ///
    /// # Errors
    /// [`FileError`]; the file is what it was.
    pub fn save(&mut self, passphrase: &[u8], cost: Cost, rng: &mut impl CryptoRng) -> Result<(), FileError> {
        self.vault.revision += 1;
        replace(&self.path, &self.vault.seal(Kind::Wallet, passphrase, cost, rng)?)?;
        // After the wallet: a crash in between leaves the wallet newer than the number, which is fine.
        self.lock.note(self.vault.revision)
    }
}

impl Deref for Editing {
    type Target = Vault;

    fn deref(&self) -> &Vault {
        &self.vault
    }
}

impl DerefMut for Editing {
    fn deref_mut(&mut self) -> &mut Vault {
        &mut self.vault
    }
}

/// Held by whoever changes the wallet; the operating system lets it go with the file, however the program ends.
struct Lock {
    file: File,
    path: PathBuf,
    last_change: u64,
}

impl Lock {
    fn note(&mut self, revision: u64) -> Result<(), FileError> {
        // One small write at the start of the file: whole or not at all, on every disk there is.
        let text = format!("{revision:0NUMBER_LEN$}\n");
        let written =
            self.file.rewind().and_then(|()| self.file.write_all(text.as_bytes())).and_then(|()| self.file.sync_all());
        written.map_err(|source| FileError::Lock { path: self.path.clone(), source })?;
        self.last_change = revision;
        Ok(())
    }
}

const NUMBER_LEN: usize = 20;

/// 0 for a lock file that nobody has written to. One with anything else in it cannot say that a wallet is too old.
fn last_change(file: &mut File) -> io::Result<u64> {
    let mut text = String::new();
    match file.take(NUMBER_LEN as u64).read_to_string(&mut text) {
        Ok(_) => Ok(text.parse().unwrap_or(0)),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(0),
        Err(error) => Err(error),
    }
}

/// The wallet file was not read or not written.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file itself.
    #[error(transparent)]
    Refused(#[from] FileRefused),
    /// What is in it.
    #[error(transparent)]
    CannotOpen(#[from] CannotOpen),
    /// What would go into it.
    #[error(transparent)]
    CannotSeal(#[from] CannotSeal),
    /// An older copy was put back.
    #[error(
        "this wallet file is older than the last change made here (change {found}, and {last_change} is noted in {lock}). \
         If you put back an older copy on purpose, remove that lock file and run `renew`",
        lock = .lock.display()
    )]
    RolledBack {
        /// The lock file.
        lock: PathBuf,
        /// Which change the wallet file holds.
        found: u64,
        /// Which change was the last.
        last_change: u64,
    },
    /// The lock file.
    #[error("cannot use the lock file {path}: {source}", path = .path.display())]
    Lock {
        /// Which file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}
