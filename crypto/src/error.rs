//! What can go wrong, in four words. Failed cryptography gives no reason: it would help only a forger.

use thiserror::Error;

/// The bytes are not the one spelling of a value of this type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the bytes do not encode a valid value")]
pub struct Malformed;

/// The signature does not hold for this key, header and these messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the signature does not hold")]
pub struct InvalidSignature;

/// The proof does not hold. It does not say why: the reason would help only a forger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the proof does not hold")]
pub struct InvalidProof;

/// The caller asked to sign or to prove something that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Unusable {
    /// Key material shorter than 32 bytes, or key info longer than 65535.
    #[error("key material must have at least 32 bytes, key info at most 65535")]
    KeyMaterial,
    /// Disclosed indexes are not ascending, are repeated, or lie beyond the messages.
    #[error("disclosed indexes must be ascending, unique and below the number of messages")]
    Indexes,
    /// The signature does not hold for the messages, so there is nothing to prove.
    #[error("the signature does not hold for these messages")]
    Signature,
    /// The proof that comes with the commitment does not hold.
    #[error("the commitment's proof does not hold")]
    Commitment,
    /// No holder secret where one is needed, or not as many as the commitment holds.
    #[error("the number of holder secrets does not fit")]
    Secrets,
    /// Less than two credentials are composed, or more than four, or not all are of one holder.
    #[error("two to four credentials of one holder can be shown together")]
    Parts,
    /// A value that must not be zero or the identity came out as such: a chance below 2^-250 with honest randomness.
    #[error("a value that must not be zero came out as zero")]
    Degenerate,
}
