//! How a file gets to disk: killed at any moment, what is found afterwards is the old file or the new one, never half of one.
//!
//! These files are public. Keys go through [`bauta_spec::sealed::file`] instead.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Readable for the web server that hands the files out.
const PUBLIC_MODE: u32 = 0o644;

/// Writes a file that was not there before; one that is there stays as it is.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`], or whatever the disk says.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let draft = write_draft(path, bytes)?;
    // A link is the one operation that puts a finished file in place and fails when there is one already.
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    linked?;
    sync_folder(path)
}

/// Writes a file, in place of the one that is there if there is one.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let draft = write_draft(path, bytes)?;
    fs::rename(&draft, path)?;
    sync_folder(path)
}

/// The same file name with an ending that nothing else uses, beside the file itself so that a rename stays on one disk. The
/// directory is locked, so there is one writer; what a killed one left is overwritten.
fn write_draft(path: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".draft");
    let draft = path.with_file_name(name);
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(PUBLIC_MODE).open(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(draft)
}

/// Without this a rename may be lost with the power, although the file is not.
fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_never_overwritten_by_write_new() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list");
        write_new(&path, b"first").unwrap();
        assert_eq!(write_new(&path, b"second").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"first");
        replace(&path, b"third").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"third");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left");
    }

    #[test]
    fn a_draft_of_a_killed_writer_is_in_nobodys_way() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("list");
        fs::write(folder.path().join("list.draft"), b"half of a very long li").unwrap();
        write_new(&path, b"whole").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
    }
}
