//! Another passphrase for a sealed file that lies on a disk.

use std::path::{Path, PathBuf};

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::file::{FileRefused, read_private, replace};
use super::{CannotOpen, CannotSeal, Cost, Header, Kind, MAX_BYTES, open, seal};

/// A file that opens, and is still as it was. Whoever changes several opens all of them first: one that does not open keeps the others from
/// being changed, too.
pub struct Resealing<'p> {
    path: PathBuf,
    new: &'p [u8],
    what: What,
}

enum What {
    Opened { kind: Kind, plain: Zeroizing<Vec<u8>> },
    DoneBefore,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resealed {
    /// It opens with the new passphrase from now on.
    Now,
    /// It did already: an earlier run got as far as this file.
    Before,
}

impl<'p> Resealing<'p> {
    /// Opens the file as one of these kinds. One that opens with the new passphrase already is left as it is, so that what was interrupted
    /// can be run again.
    ///
    /// # Errors
    /// [`NotResealed`].
    pub fn open(path: &Path, kinds: &[Kind], old: &[u8], new: &'p [u8]) -> Result<Self, NotResealed> {
        let sealed = read_private(path, MAX_BYTES)?;
        let not_opened = |cause| NotResealed::NotOpened { file: path.to_owned(), cause };
        let (Header { kind: found, .. }, _) = Header::from_bytes(&sealed).map_err(not_opened)?;
        if let Some(expected) = kinds.first().filter(|_| !kinds.contains(&found)) {
            return Err(not_opened(CannotOpen::OtherKind { expected: *expected, found }));
        }
        let what = match open(found, old, &sealed) {
            Ok(plain) => What::Opened { kind: found, plain },
            Err(CannotOpen::WrongPassphraseOrDamaged) if open(found, new, &sealed).is_ok() => What::DoneBefore,
            Err(cause) => return Err(not_opened(cause)),
        };
        Ok(Self { path: path.to_owned(), new, what })
    }

    /// Seals it with the new passphrase and puts it in its own place. Killed at any moment, it leaves the old file or the new one.
    ///
    /// # Errors
    /// [`NotResealed`]; the file is what it was.
    pub fn put_back(self, cost: Cost, rng: &mut impl CryptoRng) -> Result<Resealed, NotResealed> {
        match self.what {
            What::DoneBefore => Ok(Resealed::Before),
            What::Opened { kind, plain } => {
                replace(&self.path, &seal(kind, self.new, &plain, cost, rng)?)?;
                Ok(Resealed::Now)
            }
        }
    }
}

/// A file has its old passphrase still.
#[derive(Debug, thiserror::Error)]
pub enum NotResealed {
    /// It could not be read or written safely.
    #[error(transparent)]
    File(#[from] FileRefused),
    /// It does not open with the old passphrase.
    #[error("{}: {cause}", .file.display())]
    NotOpened {
        /// Which.
        file: PathBuf,
        /// Why not.
        cause: CannotOpen,
    },
    /// It was not sealed.
    #[error(transparent)]
    NotSealed(#[from] CannotSeal),
}

#[cfg(test)]
mod tests {
    use std::fs;

    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;
    use crate::sealed::file::write_new;

    const CHEAP: Cost = Cost { memory_kib: 8, passes: 1 };

    #[test]
    fn a_file_opens_with_its_new_passphrase_alone_and_a_second_run_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        write_new(&path, &seal(Kind::PassKey, b"old words", b"secret", CHEAP, &mut rng).unwrap()).unwrap();
        let before = fs::read(&path).unwrap();
        let opening = |kinds: &[Kind], old: &[u8]| Resealing::open(&path, kinds, old, b"new words").map(|_| ());

        let wrong = opening(&[Kind::PassKey], b"other words").unwrap_err();
        assert!(matches!(wrong, NotResealed::NotOpened { cause: CannotOpen::WrongPassphraseOrDamaged, .. }));
        let other = opening(&[Kind::RootKey, Kind::DelegateKey], b"old words").unwrap_err();
        assert!(matches!(other, NotResealed::NotOpened { cause: CannotOpen::OtherKind { .. }, .. }));
        opening(&[Kind::PassKey], b"old words").unwrap();
        assert_eq!(fs::read(&path).unwrap(), before, "looking changes nothing");

        for expected in [Resealed::Now, Resealed::Before] {
            let opened = Resealing::open(&path, &[Kind::RecordKey, Kind::PassKey], b"old words", b"new words").unwrap();
            assert_eq!(opened.put_back(CHEAP, &mut rng).unwrap(), expected);
            let sealed = fs::read(&path).unwrap();
            assert_eq!(*open(Kind::PassKey, b"new words", &sealed).unwrap(), b"secret");
            assert!(open(Kind::PassKey, b"old words", &sealed).is_err());
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left");
    }
}
