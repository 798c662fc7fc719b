//! `root.pub`: how a root's public key comes to whoever believes it.

use std::path::{Path, PathBuf};

use super::RootPublic;
use crate::Malformed;
use crate::sealed::file::{FileRefused, read_public};
use crate::trust::is_published_test_root;

impl RootPublic {
    /// Reads `root.pub`: 64 lower-case hexadecimal digits, with space or an end of line around them at most.
    ///
    /// # Errors
    /// [`NoRootKey`].
    pub fn in_file(path: &Path) -> Result<Self, NoRootKey> {
        // Room for the digits and for whatever an editor puts around them.
        const MAX_BYTES: usize = 256;
        let text = read_public(path, MAX_BYTES)?;
        let not_a_key = |cause| NoRootKey::NotAKey { path: path.to_owned(), cause };
        let root = String::from_utf8_lossy(&text).trim().parse().map_err(not_a_key)?;
        if is_published_test_root(&root) { Err(NoRootKey::Published(path.to_owned())) } else { Ok(root) }
    }
}

/// There is no root key to pin.
#[derive(Debug, thiserror::Error)]
pub enum NoRootKey {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] FileRefused),
    /// Something else is in it.
    #[error("{} does not hold a root key: {cause}. Take the authority's root.pub; it has 64 hexadecimal digits", .path.display())]
    NotAKey {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        cause: Malformed,
    },
    /// The root of spec/vectors, with which everybody can sign.
    #[error("{}: this root key is published in test vectors, anybody can sign with it. Take the authority's root.pub", .0.display())]
    Published(PathBuf),
}

#[cfg(test)]
mod tests {
    use std::{fs, io};

    use super::*;
    use crate::signed::RootKey;

    #[test]
    fn a_root_is_read_unless_everybody_can_sign_with_it() -> Result<(), Box<dyn std::error::Error>> {
        let path = std::env::temp_dir().join(format!("bauta-spec-root-{}", std::process::id()));
        let read = |content: String| -> io::Result<_> {
            fs::write(&path, content)?;
            let root = RootPublic::in_file(&path);
            fs::remove_file(&path)?;
            Ok(root)
        };
        let root = RootKey::from_bytes(&[1; 32])?.public();
        assert_eq!(read(format!("{root}"))??, root);
        assert_eq!(read(format!("{root}\r\n"))??, root);
        assert!(matches!(read(format!("{root}\n{root}"))?, Err(NoRootKey::NotAKey { .. })));
        assert!(matches!(read(" ".repeat(257))?, Err(NoRootKey::File(FileRefused::TooLong { .. }))));
        assert!(matches!(RootPublic::in_file(&path), Err(NoRootKey::File(FileRefused::Io { .. }))));
        let published = include_str!("../../vectors/keys.json");
        let published =
            published.split('"').find(|text| text.starts_with("064ecc43")).ok_or("the root is named there")?;
        assert!(matches!(read(published.to_owned())?, Err(NoRootKey::Published(_))));
        Ok(())
    }
}
