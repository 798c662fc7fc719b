//! BBS signatures. draft-irtf-cfrg-bbs-signatures, section 3.5.

use crate::{InvalidSignature, Malformed, PublicKey, SecretKey, Suite, Unusable};

/// A signature over any number of messages: 80 bytes, A ‖ e.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    bytes: [u8; Signature::LEN],
}

impl Signature {
    /// Length in bytes.
    pub const LEN: usize = 80;

    /// # Errors
    /// [`Malformed`] for anything but the one spelling of a point that is not the identity and a scalar that is not zero.
    pub fn from_bytes(_bytes: &[u8]) -> Result<Self, Malformed> {
        Err(Malformed)
    }

    /// A ‖ e.
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        self.bytes
    }
}

/// `Sign`, section 3.5.1.
///
/// # Errors
/// [`Unusable::Degenerate`], which does not happen by chance.
pub fn sign(
    _suite: Suite,
    _sk: &SecretKey,
    _header: &[u8],
    _messages: &[&[u8]],
) -> Result<Signature, Unusable> {
    Err(Unusable::Degenerate)
}

/// `Verify`, section 3.5.2.
///
/// # Errors
/// [`InvalidSignature`].
pub fn verify(
    _suite: Suite,
    _pk: &PublicKey,
    _signature: &Signature,
    _header: &[u8],
    _messages: &[&[u8]],
) -> Result<(), InvalidSignature> {
    Err(InvalidSignature)
}
