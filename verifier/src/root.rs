//! Which root keys a venue may be set up with.

use bauta_spec::signed::RootPublic;
use bauta_spec::trust::is_published_test_root;
use bauta_spec::{Malformed, Problem};

/// The key of that text, unless everybody can sign with it: under such a root nothing may ever show green.
///
/// # Errors
/// [`Unbelievable`].
pub fn believable(text: &str) -> Result<RootPublic, Unbelievable> {
    let root = text.trim().parse().map_err(Unbelievable::NotARoot)?;
    if is_published_test_root(&root) { Err(Unbelievable::Published) } else { Ok(root) }
}

/// No venue may be set up with this root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unbelievable {
    /// Not a key.
    #[error("this is not a root key ({0}). Get root.pub from the authority, over a channel you trust.")]
    NotARoot(Malformed),
    /// Everybody knows its secret half.
    #[error(
        "this root key is published in test vectors, and everybody can sign with it. Get root.pub from the authority."
    )]
    Published,
}

impl From<Unbelievable> for Problem {
    fn from(reason: Unbelievable) -> Self {
        Self::new(match reason {
            Unbelievable::NotARoot(_) => "root_malformed",
            Unbelievable::Published => "root_published",
        })
    }
}
