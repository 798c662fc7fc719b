//! The trust list that this venue holds, and the root key that it believes. The list only ever gets newer.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use bauta_spec::sealed::file;
use bauta_spec::signed::RootPublic;
use bauta_spec::time::Moment;
use bauta_spec::trust::{TrustList, TrustRefusal};

use crate::root::{Unbelievable, believable};

/// A key as text, or an address: what the small files hold.
const MAX_TEXT_BYTES: usize = 4096;

/// A venue's folder: the pinned root, the list, and where newer ones come from.
#[derive(Debug)]
pub struct Held {
    dir: PathBuf,
    root: RootPublic,
    list: TrustList,
    /// Of the file that `list` came from, so that a door notices when another process has stored a newer one.
    stored: Version,
}

/// What can be wrong with a venue's trust list. The sentences say what to do next.
#[derive(Debug, thiserror::Error)]
pub enum HeldError {
    /// A file cannot be read or written.
    #[error("cannot use {}: {error}. {}", path.display(), file::what_to_do(error))]
    File {
        /// Which.
        path: PathBuf,
        /// What the disk says.
        error: io::Error,
    },
    /// A file cannot be written safely.
    #[error(transparent)]
    Write(#[from] file::FileRefused),
    /// Nothing was set up in this folder.
    #[error("{} holds no trust list. Set it up with `init`, or name another folder.", .0.display())]
    NotSetUp(PathBuf),
    /// There is a list here already.
    #[error("{dir} already holds a trust list. Use `update` to make it newer, or choose another folder.", dir = .0.display())]
    AlreadyThere(PathBuf),
    /// No venue may believe this root.
    #[error(transparent)]
    Root(#[from] Unbelievable),
    /// What lies on the disk is not what was stored there.
    #[error("{} is not a list that was accepted here: {refusal}. Set up a new folder with `init`.", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        refusal: TrustRefusal,
    },
    /// The list is refused; if there was one before, it stays.
    #[error("the trust list is refused: {0}")]
    Refused(#[from] TrustRefusal),
}

impl Held {
    /// Sets up a folder with a root and a first list.
    ///
    /// # Errors
    /// [`HeldError`]; nothing is written unless the list is good.
    pub fn init(dir: &Path, root: &str, list: &[u8], source: &str, now: Moment) -> Result<Self, HeldError> {
        let root = believable(root)?;
        if dir.join(Self::LIST).exists() {
            return Err(HeldError::AlreadyThere(dir.to_owned()));
        }
        let list = TrustList::verify(list, &root, now)?;
        fs::create_dir_all(dir).map_err(|error| failed(dir, error))?;
        write(&dir.join(Self::ROOT), format!("{root}\n").as_bytes())?;
        write(&dir.join(Self::SOURCE), format!("{source}\n").as_bytes())?;
        // The list comes last: a folder without one was not set up, and `init` may be run again.
        write(&dir.join(Self::LIST), list.bytes())?;
        Self::load(dir)
    }
}

impl Held {
    const ROOT: &'static str = "root.pub";
    const LIST: &'static str = "trust-list.cbor";
    const SOURCE: &'static str = "source";

    /// Opens a folder that [`Held::init`] set up. The list may have expired: then nothing is decided by it, but it can be updated.
    ///
    /// # Errors
    /// [`HeldError`].
    pub fn load(dir: &Path) -> Result<Self, HeldError> {
        let list_path = dir.join(Self::LIST);
        if !list_path.exists() {
            return Err(HeldError::NotSetUp(dir.to_owned()));
        }
        let root = believable(&read_text(&dir.join(Self::ROOT))?)?;
        let stored = Version::of(&list_path)?;
        let bytes = read(&list_path, TrustList::MAX)?;
        let list =
            TrustList::verify_held(&bytes, &root).map_err(|refusal| HeldError::Damaged { path: list_path, refusal })?;
        Ok(Self { dir: dir.to_owned(), root, list, stored })
    }

    /// The list.
    #[must_use]
    pub fn list(&self) -> &TrustList {
        &self.list
    }

    /// Whom this venue believes.
    #[must_use]
    pub fn root(&self) -> &RootPublic {
        &self.root
    }

    /// Where newer lists come from: an address or a path, as given at `init`.
    ///
    /// # Errors
    /// [`HeldError::File`].
    pub fn source(&self) -> Result<String, HeldError> {
        read_text(&self.dir.join(Self::SOURCE))
    }

    /// Stores a newer list. An older one, another one of the same number, or one in which a withdrawal is missing is refused.
    ///
    /// # Errors
    /// [`HeldError::Refused`]; the list held so far stays.
    pub fn update(&mut self, list: &[u8], now: Moment) -> Result<(), HeldError> {
        let _one_writer = self.lock()?;
        self.take_up(now)?;
        let newer = self.list.advance(list, &self.root, now)?;
        if newer.version() != self.list.version() {
            write(&self.dir.join(Self::LIST), newer.bytes())?;
            self.stored = Version::of(&self.dir.join(Self::LIST))?;
        }
        self.list = newer;
        Ok(())
    }

    /// Takes up what another process has stored since, so that a running door follows an `update` beside it.
    ///
    /// # Errors
    /// [`HeldError`]; the list held so far stays.
    pub fn take_up(&mut self, now: Moment) -> Result<(), HeldError> {
        let stored = Version::of(&self.dir.join(Self::LIST))?;
        if stored != self.stored {
            let bytes = read(&self.dir.join(Self::LIST), TrustList::MAX)?;
            self.list = self.list.advance(&bytes, &self.root, now)?;
            self.stored = stored;
        }
        Ok(())
    }

    /// Two updates at once must not let the older one win. Whoever can open the file can hold it, so only its owner can.
    fn lock(&self) -> Result<File, HeldError> {
        let path = self.dir.join("lock");
        let file = File::options().write(true).create(true).truncate(false).mode(0o600).open(&path);
        let file = file.map_err(|error| failed(&path, error))?;
        file.lock().map_err(|error| failed(&path, error))?;
        Ok(file)
    }
}

/// Tells two contents of a file apart that is only ever replaced as a whole, by a new file in its place.
#[derive(Debug, PartialEq, Eq)]
struct Version {
    inode: u64,
    seconds: i64,
    nanoseconds: i64,
}

impl Version {
    fn of(path: &Path) -> Result<Self, HeldError> {
        let found = fs::metadata(path).map_err(|error| failed(path, error))?;
        Ok(Self { inode: found.ino(), seconds: found.mtime(), nanoseconds: found.mtime_nsec() })
    }
}

fn read_text(path: &Path) -> Result<String, HeldError> {
    let bytes = read(path, MAX_TEXT_BYTES)?;
    let text = String::from_utf8(bytes).map_err(|_| failed(path, io::ErrorKind::InvalidData.into()))?;
    Ok(text.trim().to_owned())
}

fn read(path: &Path, max: usize) -> Result<Vec<u8>, HeldError> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(max as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| failed(path, error))?;
    if bytes.len() > max {
        return Err(failed(path, io::ErrorKind::FileTooLarge.into()));
    }
    Ok(bytes)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), HeldError> {
    Ok(file::replace(path, bytes)?)
}

fn failed(path: &Path, error: io::Error) -> HeldError {
    HeldError::File { path: path.to_owned(), error }
}
