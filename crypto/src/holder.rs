//! What Bauta uses: one holder secret, no committed messages, SHA-256, one fixed and public signer entropy.

use rand_core::CryptoRng;

use crate::pseudonym::{Commitment, CommitmentWithProof, HolderSecret, ProverBlind, Pseudonym};
use crate::{InvalidProof, InvalidSignature, Proof, PublicKey, SecretKey, Signature, Unusable};

/// A commitment whose opening somebody is known to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedCommitment(Commitment);

impl VerifiedCommitment {
    /// For a commitment whose opening a presentation has proved: the caller has verified a record presentation whose binding
    /// equals SHA-256 of this commitment.
    pub fn opened_by_presentation(commitment: Commitment) -> Self {
        Self(commitment)
    }

    /// The commitment.
    pub fn commitment(&self) -> &Commitment {
        &self.0
    }
}

/// What a wallet holds and shows: everything that makes one credential.
#[derive(Clone, Copy, Debug)]
pub struct Credential<'a> {
    /// Who signed.
    pub public_key: &'a PublicKey,
    /// The signature.
    pub signature: &'a Signature,
    /// Credential type and layout version.
    pub header: &'a [u8],
    /// The L signed messages, in their order.
    pub messages: &'a [&'a [u8]],
    /// The holder's secret.
    pub secret: &'a HolderSecret,
    /// The blind of the commitment that was signed.
    pub blind: &'a ProverBlind,
}

/// What a verifier knows before it looks at a proof.
#[derive(Clone, Copy, Debug)]
pub struct Statement<'a> {
    /// Who must have signed.
    pub public_key: &'a PublicKey,
    /// Credential type and layout version.
    pub header: &'a [u8],
    /// What this proof is made for, and nothing else.
    pub presentation_header: &'a [u8],
    /// L: how many messages this type of credential has.
    pub message_count: usize,
    /// Index and message of what is disclosed, ascending.
    pub disclosed: &'a [(usize, &'a [u8])],
}

/// Commits to `secret` under a fresh blind.
pub fn commit(
    _secret: &HolderSecret,
    _rng: &mut impl CryptoRng,
) -> Result<(CommitmentWithProof, ProverBlind), Unusable> {
    Err(Unusable::Degenerate)
}

/// # Errors
/// [`InvalidProof`].
pub fn verify_commitment(_commitment: &CommitmentWithProof) -> Result<VerifiedCommitment, InvalidProof> {
    Err(InvalidProof)
}

/// Signs; the same input gives the same bytes.
///
/// # Errors
/// [`Unusable::Degenerate`], which does not happen by chance.
pub fn sign(
    _sk: &SecretKey,
    _commitment: &VerifiedCommitment,
    _header: &[u8],
    _messages: &[&[u8]],
) -> Result<Signature, Unusable> {
    Err(Unusable::Degenerate)
}

/// # Errors
/// [`InvalidSignature`].
pub fn verify(_credential: &Credential<'_>) -> Result<(), InvalidSignature> {
    Err(InvalidSignature)
}

/// The named showing without pseudonym.
///
/// # Errors
/// [`Unusable`].
pub fn show(
    _credential: &Credential<'_>,
    _presentation_header: &[u8],
    _disclosed_indexes: &[usize],
    _rng: &mut impl CryptoRng,
) -> Result<Proof, Unusable> {
    Err(Unusable::Signature)
}

/// # Errors
/// [`InvalidProof`].
pub fn check(_statement: &Statement<'_>, _proof: &Proof) -> Result<(), InvalidProof> {
    Err(InvalidProof)
}

/// # Errors
/// [`Unusable`].
pub fn show_with_pseudonym(
    _credential: &Credential<'_>,
    _context_id: &[u8],
    _presentation_header: &[u8],
    _disclosed_indexes: &[usize],
    _rng: &mut impl CryptoRng,
) -> Result<(Proof, Pseudonym), Unusable> {
    Err(Unusable::Signature)
}

/// # Errors
/// [`InvalidProof`].
pub fn check_with_pseudonym(
    _statement: &Statement<'_>,
    _context_id: &[u8],
    _proof: &Proof,
    _pseudonym: &Pseudonym,
) -> Result<(), InvalidProof> {
    Err(InvalidProof)
}
