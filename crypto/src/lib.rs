//! Signatures and proofs: BBS, blind issuance, pseudonyms and selective disclosure on BLS12-381.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod commitment;
mod curve;
mod encoding;
mod error;
mod frame;
mod generators;
mod keys;
mod secret;
mod suite;

pub mod blind;
pub mod holder;
pub mod proof;
pub mod pseudonym;
pub mod signature;

pub use error::{InvalidProof, InvalidSignature, Malformed, Unusable};
pub use keys::{PublicKey, SecretKey};
pub use proof::Proof;
pub use signature::Signature;
pub use suite::Suite;
