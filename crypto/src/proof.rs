//! BBS proofs. draft-irtf-cfrg-bbs-signatures, sections 3.5.3 and 3.5.4.
use alloc::vec::Vec;
use rand_core::CryptoRng;

use crate::{InvalidProof, Malformed, PublicKey, Signature, Suite, Unusable};

/// A proof of knowledge of a signature: 272 bytes and 32 for every hidden message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    bytes: Vec<u8>,
}

impl Proof {
    /// # Errors
    /// [`Malformed`] for anything but the one spelling.
    pub fn from_bytes(_bytes: &[u8]) -> Result<Self, Malformed> {
        Err(Malformed)
    }

    /// Abar ‖ Bbar ‖ D ‖ e^ ‖ r1^ ‖ r3^ ‖ m^_1 ‖ … ‖ m^_U ‖ c.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.bytes.clone()
    }
}

/// `ProofGen`, section 3.5.3.
///
/// # Errors
/// [`Unusable`].
#[allow(clippy::too_many_arguments)]
pub fn proof_gen(
    _suite: Suite,
    _pk: &PublicKey,
    _signature: &Signature,
    _header: &[u8],
    _ph: &[u8],
    _messages: &[&[u8]],
    _disclosed_indexes: &[usize],
    _rng: &mut impl CryptoRng,
) -> Result<Proof, Unusable> {
    Err(Unusable::Signature)
}

/// `ProofVerify`, section 3.5.4.
///
/// # Errors
/// [`InvalidProof`].
pub fn proof_verify(
    _suite: Suite,
    _pk: &PublicKey,
    _proof: &Proof,
    _header: &[u8],
    _ph: &[u8],
    _disclosed: &[(usize, &[u8])],
) -> Result<(), InvalidProof> {
    Err(InvalidProof)
}
