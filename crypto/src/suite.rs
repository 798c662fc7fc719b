//! The two ciphersuites of the drafts.

/// A ciphersuite of draft-irtf-cfrg-bbs-signatures, section 7. Bauta's documents use `Sha256` alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Suite {
    /// `BBS_BLS12381G1_XMD:SHA-256_SSWU_RO_`
    Sha256,
    /// `BBS_BLS12381G1_XOF:SHAKE-256_SSWU_RO_`
    Shake256,
}
