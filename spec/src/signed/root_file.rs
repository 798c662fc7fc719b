//! `root.pub`: how a root's public key comes to whoever pins it.

use std::path::{Path, PathBuf};

use super::RootPublic;
use crate::Malformed;
use crate::sealed::file::{FileRefused, read_public};

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
        String::from_utf8_lossy(&text).trim().parse().map_err(not_a_key)
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
}
