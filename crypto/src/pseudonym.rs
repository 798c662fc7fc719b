//! Pseudonyms. draft-irtf-cfrg-bbs-per-verifier-linkability.
use core::fmt;

use alloc::vec::Vec;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::Malformed;
use crate::curve::{G1, Scalar};
use crate::secret::SecretScalar;

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub struct $name(SecretScalar);

        impl $name {
            /// Uniform.
            pub fn generate(rng: &mut impl CryptoRng) -> Self {
                Self(SecretScalar::random(rng))
            }

            /// From 32 big-endian bytes.
            ///
            /// # Errors
            /// [`Malformed`] for another length, zero, or r and beyond: nothing is reduced.
            pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
                SecretScalar::from_bytes(bytes).map(Self).ok_or(Malformed)
            }

            /// 32 big-endian bytes, wiped when dropped.
            pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
                self.0.to_bytes()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let Self(_) = self;
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    };
}

secret! {
    /// A prover nym secret: what ties one person's credentials together. Leaves the wallet only inside a proof.
    HolderSecret
}

secret! {
    /// Hides the committed values from the issuer. Uniform, stays in the wallet, never in a clear backup.
    ProverBlind
}

/// The bare commitment C: a point of G1, not the identity. 48 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commitment(G1);

impl Commitment {
    /// Length in bytes.
    pub const LEN: usize = G1::LEN;

    /// # Errors
    /// [`Malformed`] for another length, a second spelling, a point off the curve or outside the subgroup, the identity.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let bytes = bytes.try_into().map_err(|_| Malformed)?;
        G1::from_compressed(bytes).filter(|point| !point.is_identity()).map(Self).ok_or(Malformed)
    }

    /// The compressed point.
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        self.0.to_compressed()
    }
}

/// A commitment and the proof that its maker knows what is inside: 80 bytes and 32 for the blind and each committed value,
/// so 144 with one holder secret and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitmentWithProof {
    commitment: Commitment,
    responses: Vec<Scalar>,
    challenge: Scalar,
}

impl CommitmentWithProof {
    /// # Errors
    /// [`Malformed`].
    pub fn from_bytes(_bytes: &[u8]) -> Result<Self, Malformed> {
        Err(Malformed)
    }

    /// C ‖ s^ ‖ m^_1 ‖ … ‖ c.
    pub fn to_bytes(&self) -> Vec<u8> {
        let scalars = self.responses.iter().chain([&self.challenge]).flat_map(|scalar| scalar.to_bytes());
        self.commitment.to_bytes().into_iter().chain(scalars).collect()
    }

    /// What a signature will bind.
    pub fn commitment(&self) -> &Commitment {
        &self.commitment
    }
}

/// What one holder is called in one context: a point of G1, neither the identity nor P1. 48 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pseudonym(G1);

impl Pseudonym {
    /// Length in bytes.
    pub const LEN: usize = G1::LEN;

    /// # Errors
    /// [`Malformed`] for another length, a second spelling, a point off the curve or outside the subgroup, the identity, P1.
    pub fn from_bytes(_bytes: &[u8]) -> Result<Self, Malformed> {
        Err(Malformed)
    }

    /// The compressed point.
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        self.0.to_compressed()
    }
}

/// What the signer adds to the holder's secret. Public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignerNymEntropy(Scalar);

impl SignerNymEntropy {
    /// 32 big-endian bytes.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }
}
