//! How files get to disk, and from there: killed at any moment, what a writer leaves under the name is the old file or the new one, never half
//! of one.
//!
//! Without another word a file is its owner's alone. Permissions are set when it is made, never afterwards, and what is read must have
//! them still: a key that others could read is no secret any more. What anybody may read has functions that say so.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Makes a file that does not exist yet, readable by its owner only, and waits until it is on the disk.
///
/// # Errors
/// [`FileRefused::Exists`] rather than overwrite anything; [`FileRefused::Io`].
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<(), FileRefused> {
    Readers::Owner.write_new(path, bytes)
}

/// The same of a file that is no secret: the web server that hands it out may read it.
///
/// # Errors
/// Those of [`write_new`].
pub fn write_new_public(path: &Path, bytes: &[u8]) -> Result<(), FileRefused> {
    Readers::Everybody.write_new(path, bytes)
}

/// Puts new content in place of a file's, or makes the file; readable by its owner only.
///
/// # Errors
/// [`FileRefused::Link`] for a symbolic link; [`FileRefused::Io`].
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), FileRefused> {
    Readers::Owner.replace(path, bytes)
}

/// The same of a file that is no secret.
///
/// # Errors
/// Those of [`replace`].
pub fn replace_public(path: &Path, bytes: &[u8]) -> Result<(), FileRefused> {
    Readers::Everybody.replace(path, bytes)
}

/// Who may read what is written.
#[derive(Clone, Copy)]
enum Readers {
    Owner,
    Everybody,
}

impl Readers {
    fn write_new(self, path: &Path, bytes: &[u8]) -> Result<(), FileRefused> {
        if path.symlink_metadata().is_ok() {
            return Err(FileRefused::Exists(path.to_owned()));
        }
        let draft = self.draft(path, bytes)?;
        // A link is the one operation that puts a finished file in place and fails when there is one already.
        let linked = fs::hard_link(&draft, path);
        let _ = fs::remove_file(&draft);
        match linked {
            Ok(()) => sync_folder_of(path).map_err(|source| FileRefused::io("write", path, source)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(FileRefused::Exists(path.to_owned())),
            // Some disks know no links.
            Err(_) => self.write(path, bytes),
        }
    }

    fn replace(self, path: &Path, bytes: &[u8]) -> Result<(), FileRefused> {
        if fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink()) {
            return Err(FileRefused::Link(path.to_owned()));
        }
        let draft = self.draft(path, bytes)?;
        fs::rename(&draft, path).and_then(|()| sync_folder_of(path)).map_err(|source| {
            // After a failed rename the old content still stands, and the new one is of no use to anybody.
            let _ = fs::remove_file(&draft);
            FileRefused::io("replace", path, source)
        })
    }

    /// Writes a file that has not got its name yet: beside it, so that both are on one disk.
    fn draft(self, path: &Path, bytes: &[u8]) -> Result<PathBuf, FileRefused> {
        let mut name = path.file_name().ok_or_else(|| FileRefused::NoName(path.to_owned()))?.to_owned();
        name.push(format!(".{}.new", std::process::id()));
        let draft = path.with_file_name(name);
        // What a killed program of the same number has left would stand in the way for ever; in containers numbers repeat.
        let _ = fs::remove_file(&draft);
        self.write(&draft, bytes).map_err(|refused| refused.of(path))?;
        Ok(draft)
    }

    fn write(self, path: &Path, bytes: &[u8]) -> Result<(), FileRefused> {
        let mut file = self.create(path)?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| sync_folder_of(path));
        written.map_err(|source| {
            // Half a key under the right name would be found by the next start; the first error is the one to report.
            let _ = fs::remove_file(path);
            FileRefused::io("write", path, source)
        })
    }

    fn create(self, path: &Path) -> Result<File, FileRefused> {
        let opened = OpenOptions::new().write(true).create_new(true).mode(self.mode()).open(path);
        opened.map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => FileRefused::Exists(path.to_owned()),
            _ => FileRefused::io("make", path, source),
        })
    }

    fn mode(self) -> u32 {
        match self {
            Self::Owner => 0o600,
            Self::Everybody => 0o644,
        }
    }
}

/// Reads a file of at most `max` bytes that only its owner may read.
///
/// # Errors
/// [`FileRefused`] for a symbolic link, anything but a plain file, one that group or others may read or write, and a longer one.
pub fn read_private(path: &Path, max: usize) -> Result<zeroize::Zeroizing<Vec<u8>>, FileRefused> {
    const OTHERS: u32 = 0o077;
    let (file, found) = open_itself(path)?;
    if found.mode() & OTHERS != 0 {
        return Err(FileRefused::ReadableByOthers(path.to_owned()));
    }
    let max_bytes = u64::try_from(max).unwrap_or(u64::MAX);
    if found.len() > max_bytes {
        return Err(FileRefused::TooLong { path: path.to_owned(), max });
    }
    // Room for everything at once: a buffer that grows leaves copies of a secret behind.
    let mut bytes = zeroize::Zeroizing::new(Vec::with_capacity(found.len() as usize + 1));
    file.take(found.len()).read_to_end(&mut bytes).map_err(|source| FileRefused::io("read", path, source))?;
    Ok(bytes)
}

/// Reads a file of at most `max` bytes that is no secret.
///
/// # Errors
/// [`FileRefused::TooLong`]; [`FileRefused::Io`].
pub fn read_public(path: &Path, max: usize) -> Result<Vec<u8>, FileRefused> {
    let io = |source| FileRefused::io("read", path, source);
    let mut bytes = Vec::new();
    // Counted while reading: a pipe or a growing file does not say how long it is. One byte more tells the longest from too long.
    let one_too_many = u64::try_from(max).unwrap_or(u64::MAX).saturating_add(1);
    File::open(path).map_err(io)?.take(one_too_many).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() > max {
        return Err(FileRefused::TooLong { path: path.to_owned(), max });
    }
    Ok(bytes)
}

/// Makes a folder that only its owner may enter, unless it is there.
///
/// # Errors
/// [`FileRefused::Io`].
pub fn private_folder(path: &Path) -> Result<(), FileRefused> {
    const OWNER_ENTERS: u32 = 0o700;
    DirBuilder::new()
        .recursive(true)
        .mode(OWNER_ENTERS)
        .create(path)
        .map_err(|source| FileRefused::io("make folder", path, source))
}

/// Opens the file that `path` names, not one that it links to, even if the two are swapped in between. A file that is replaced
/// just then is looked at again: [`replace`] does so at any moment.
fn open_itself(path: &Path) -> Result<(File, Metadata), FileRefused> {
    const LOOKS: usize = 16;
    let io = |source| FileRefused::io("open", path, source);
    for _ in 0..LOOKS {
        let named = fs::symlink_metadata(path).map_err(io)?;
        if named.is_symlink() {
            return Err(FileRefused::Link(path.to_owned()));
        }
        if !named.is_file() {
            return Err(FileRefused::NotAFile(path.to_owned()));
        }
        let file = File::open(path).map_err(io)?;
        let opened = file.metadata().map_err(io)?;
        if (opened.dev(), opened.ino()) == (named.dev(), named.ino()) {
            return Ok((file, opened));
        }
    }
    Err(FileRefused::Link(path.to_owned()))
}

/// A new name is safe only once the folder that holds it is on the disk too.
fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// What whoever typed the command can do about an error of the operating system, as a sentence without its full stop.
#[must_use]
pub fn what_to_do(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::NotFound => "Check the name, and the folder that you are in",
        io::ErrorKind::PermissionDenied => "Run this as its owner, or let its owner change who may read and write it",
        io::ErrorKind::IsADirectory => "That is a folder: name a file",
        io::ErrorKind::NotADirectory => "A part of this path is a file: name a folder there",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "Make room on the disk, then try again",
        io::ErrorKind::ReadOnlyFilesystem => "Name a place that can be written to",
        _ => "Try again; if it stays so, look after the disk",
    }
}

/// A file was neither read nor written.
#[derive(Debug, thiserror::Error)]
pub enum FileRefused {
    /// Nothing is overwritten.
    #[error("{} exists already: choose another name, or move it away", .0.display())]
    Exists(PathBuf),
    /// Whoever may change the link chooses the file.
    #[error("{} is a symbolic link: name the file itself", .0.display())]
    Link(PathBuf),
    /// A folder, a pipe, a device.
    #[error("{} is not a plain file: name the file itself", .0.display())]
    NotAFile(PathBuf),
    /// A path such as "..".
    #[error("{} does not name a file: name one", .0.display())]
    NoName(PathBuf),
    /// Its secret may be known to others already.
    #[error("others may read or write {path}: run `chmod 600 {path}`, and replace the secret if others were there", path = .0.display())]
    ReadableByOthers(PathBuf),
    /// Not read at all.
    #[error("{} has more than {max} bytes: this is another file", .path.display())]
    TooLong {
        /// Which file.
        path: PathBuf,
        /// The most that is read.
        max: usize,
    },
    /// What the operating system said.
    #[error("cannot {act} {}: {error}. {}", .path.display(), what_to_do(.error))]
    Io {
        /// What was tried.
        act: &'static str,
        /// With which file.
        path: PathBuf,
        /// What the operating system said. Not a `source`: the sentence says it already.
        error: io::Error,
    },
}

impl FileRefused {
    fn io(act: &'static str, path: &Path, error: io::Error) -> Self {
        Self::Io { act, path: path.to_owned(), error }
    }

    /// The same of the file that was asked for: nobody knows the name of a draft.
    fn of(self, path: &Path) -> Self {
        match self {
            Self::Io { act, path: _, error } => Self::io(act, path, error),
            other => other,
        }
    }
}
