//! Signatures of which a holder shows some messages and hides the rest, on BLS12-381.
//!
//! An *issuer* signs messages for a *holder* whose secret it never sees. The holder shows some of them to a *verifier*, as often as
//! it likes: no two showings match, and not even the issuer can tell which signature a showing came from. Where the
//! holder agrees, a showing carries a *pseudonym*, which is the same in one context and unrelated in every other.
//!
//! ```
//! use bauta_crypto::holder::{self, Credential, Statement};
//! use bauta_crypto::pseudonym::{CommitmentWithProof, HolderSecret};
//! use bauta_crypto::{Proof, SecretKey};
//! # use rand_core::SeedableRng;
//! # let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(7); // outside of examples: from the operating system
//!
//! // The holder commits to its secret ...
//! let secret = HolderSecret::generate(&mut rng);
//! let (commitment, blind) = holder::commit(&secret, &mut rng)?;
//! let request = commitment.to_bytes();
//!
//! // ... and the issuer signs two messages for whoever knows what is inside.
//! let issuer = SecretKey::generate(&mut rng);
//! let header = b"entry-pass 1";
//! let messages: [&[u8]; 2] = [b"20 November", b"initial K, March"];
//! let commitment = holder::verify_commitment(&CommitmentWithProof::from_bytes(&request)?)?;
//! let signature = holder::sign(&issuer, &commitment, header, &messages)?;
//!
//! // The holder checks what it got, and later shows the day without the hint.
//! let public_key = issuer.public_key();
//! let credential = Credential {
//!     public_key: &public_key,
//!     signature: &signature,
//!     header,
//!     messages: &messages,
//!     secret: &secret,
//!     blind: &blind,
//! };
//! holder::verify(&credential)?;
//! let shown = holder::show(&credential, b"door 3, 19:42", &[0], &mut rng)?.to_bytes();
//! assert_eq!(shown.len(), 272 + 3 * 32); // hidden: the hint, the blind, the secret
//!
//! // The verifier knows what it asked for; from the holder it takes the proof and the disclosed message.
//! let statement = Statement {
//!     public_key: &public_key,
//!     header,
//!     presentation_header: b"door 3, 19:42",
//!     message_count: 2,
//!     disclosed: &[(0, b"20 November")],
//! };
//! holder::check(&statement, &Proof::from_bytes(&shown)?)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Where to look
//!
//! | module | what | paper |
//! |---|---|---|
//! | [`holder`] | what Bauta uses: the story above, and the same with pseudonyms | its own page |
//! | [`composed`] | several credentials of one holder, shown together | its own page |
//! | [`signature`], [`proof`] | BBS: messages that the issuer sees | draft-irtf-cfrg-bbs-signatures |
//! | [`blind`] | messages that the issuer does not see | draft-irtf-cfrg-bbs-blind-signatures-02 |
//! | [`pseudonym`] | one name per context | draft-irtf-cfrg-bbs-per-verifier-linkability-03 |
//!
//! Equations keep the letters of the drafts; operations keep their names. Where text and vectors of a draft differ, the vectors hold.
//!
//! # What you can rely on
//!
//! - **Bytes are parsed once.** [`PublicKey`], [`Signature`], [`Proof`] and the others exist only if their points are in the
//!   subgroup and not the identity, their scalars in 1..r, and the bytes their only spelling.
//! - **Secrets** are wiped when dropped, print as `(..)`, cannot be copied or compared, and meet constant-time arithmetic only. Sums over
//!   public inputs may take less time.
//! - **Failed cryptography has no reason.** [`InvalidProof`] and [`InvalidSignature`] say nothing more: it would help only a forger.
//! - **Randomness is an argument**, and comes with nothing else: no clock, no I/O, no `std`.
//!
//! # What you must see to
//!
//! - A commitment's proof has no nonce: accept each once.
//! - The presentation header is all that stops a replay: put time, place and purpose into it.
//! - A signature is recognised when seen again: show proofs, never signatures.
//! - The number of messages is fixed by their type. Never take it from the sender.
//!
//! BLS12-381 gives about 117 bits. A quantum computer could forge, and could match pseudonyms; it could not tell whose proof
//! without pseudonym it saw. Nobody outside of this project has audited the code.
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
pub mod composed;
pub mod holder;
pub mod proof;
pub mod pseudonym;
pub mod signature;

pub use error::{InvalidProof, InvalidSignature, Malformed, Unusable};
pub use keys::{PublicKey, SecretKey};
pub use proof::Proof;
pub use signature::Signature;
pub use suite::Suite;
