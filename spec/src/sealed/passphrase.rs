use std::fmt;

use zeroize::Zeroizing;

use crate::Problem;

#[cfg(unix)]
use super::file::{FileRefused, read_private};

/// What a person chose to seal a file with. Never an argument of a command: every process can read those.
pub struct Passphrase(Zeroizing<Vec<u8>>);

impl Passphrase {
    /// Fewer characters are guessed even against a slow key derivation.
    pub const SHORTEST: u32 = 8;

    /// Most bytes that are read from a file.
    #[cfg(unix)]
    const MAX_BYTES: usize = 1024;

    /// As it came from a keyboard.
    pub fn typed(text: String) -> Self {
        Self(Zeroizing::new(text.into_bytes()))
    }

    /// From a file that only its owner may read. Ends of lines after it do not count: an editor makes them, and nobody can type them.
    ///
    /// # Errors
    /// [`FileRefused`].
    #[cfg(unix)]
    pub fn in_file(path: &std::path::Path) -> Result<Self, FileRefused> {
        let mut bytes = read_private(path, Self::MAX_BYTES)?;
        while bytes.last().is_some_and(|end| matches!(end, b'\n' | b'\r')) {
            bytes.pop();
        }
        Ok(Self(bytes))
    }

    /// The same, when something new is to be sealed with it. What was sealed before opens with whatever it was sealed with.
    ///
    /// # Errors
    /// [`TooShort`].
    pub fn for_a_new_file(self) -> Result<Self, TooShort> {
        let characters = String::from_utf8_lossy(&self.0).chars().count();
        if characters < Self::SHORTEST as usize { Err(TooShort) } else { Ok(self) }
    }

    /// What [`seal`](super::seal) and [`open`](super::open) take.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(_) = self;
        f.write_str("Passphrase(..)")
    }
}

/// A passphrase that is guessed too fast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this passphrase is too short: choose one of at least {} characters", Passphrase::SHORTEST)]
pub struct TooShort;

impl From<TooShort> for Problem {
    fn from(TooShort: TooShort) -> Self {
        Self::new("passphrase_too_short").number("shortest", Passphrase::SHORTEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(text: &str) -> Result<(), TooShort> {
        Passphrase::typed(text.to_owned()).for_a_new_file().map(drop)
    }

    #[test]
    fn characters_count_and_not_their_bytes() {
        assert_eq!(chosen("1234567"), Err(TooShort));
        assert_eq!(chosen("äöüß"), Err(TooShort));
        assert_eq!(chosen("äöüßäöüß"), Ok(()));
        assert_eq!(chosen("12345678"), Ok(()));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_is_its_owners_alone_and_its_line_ends_do_not_count() -> Result<(), Box<dyn std::error::Error>> {
        use std::fs;
        use std::os::unix::fs::PermissionsExt;

        let path = std::env::temp_dir().join(format!("bauta-spec-passphrase-{}", std::process::id()));
        let read = |content: &str, mode| -> std::io::Result<_> {
            fs::write(&path, content)?;
            fs::set_permissions(&path, fs::Permissions::from_mode(mode))?;
            let passphrase = Passphrase::in_file(&path);
            fs::remove_file(&path)?;
            Ok(passphrase)
        };
        for content in ["two words", "two words\n", "two words\r\n", "two words\n\n"] {
            assert_eq!(read(content, 0o600)??.bytes(), b"two words");
        }
        assert_eq!(read(" two\nwords ", 0o400)??.bytes(), b" two\nwords ");
        assert!(matches!(read("two words", 0o640)?, Err(FileRefused::ReadableByOthers(_))));
        assert!(matches!(read(&"w".repeat(1025), 0o600)?, Err(FileRefused::TooLong { max: 1024, .. })));
        Ok(())
    }
}
