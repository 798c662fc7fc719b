//! Everything in this crate that reads bytes from outside. What is accepted has one spelling.

use std::sync::LazyLock;

use bauta_crypto::composed::{self, ComposedProof};
use bauta_crypto::holder::{self, Statement};
use bauta_crypto::pseudonym::{
    Commitment, CommitmentWithProof, HolderSecret, ProverBlind, Pseudonym, SignerNymEntropy,
};
use bauta_crypto::{Proof, PublicKey, SecretKey, Signature, Suite, proof, signature};

/// Takes any bytes and must return.
pub(crate) type Decoder = fn(&[u8]);

pub(crate) const DECODERS: &[(&str, Decoder)] = &[
    ("check", check),
    ("check_composed", check_composed),
    ("check_with_pseudonym", check_with_pseudonym),
    ("commitment", commitment),
    ("commitment_with_proof", commitment_with_proof),
    ("proof", proof),
    ("proof_verify", proof_verify),
    ("pseudonym", pseudonym),
    ("public_key", public_key),
    ("secrets", secrets),
    ("signature", signature),
    ("verify", verify),
];

/// The decoder of that name. A fuzz target that asks for another does nothing, which its test notices.
pub(crate) fn named(name: &str) -> Decoder {
    DECODERS.iter().find(|(known, _)| *known == name).map_or(|_| (), |(_, decoder)| *decoder)
}

pub(crate) const HEADER: &[u8] = b"header";
pub(crate) const PH: &[u8] = b"presentation header";
pub(crate) const CONTEXT: &[u8] = b"context";
pub(crate) const MESSAGES: [&[u8]; 2] = [b"shown", b"hidden"];

/// Whoever signed what the corpus holds. Anybody may know this key.
pub(crate) static SIGNER: LazyLock<Option<SecretKey>> =
    LazyLock::new(|| SecretKey::from_key_material(Suite::Sha256, &[7; 32], b"corpus", None).ok());
static PUBLIC_KEY: LazyLock<Option<PublicKey>> = LazyLock::new(|| SIGNER.as_ref().map(SecretKey::public_key));

fn statement(public_key: &PublicKey) -> Statement<'_> {
    const SHOWN: &[(usize, &[u8])] = &[(0, MESSAGES[0])];
    Statement { public_key, header: HEADER, presentation_header: PH, message_count: MESSAGES.len(), disclosed: SHOWN }
}

/// A showing, as a verifier takes it.
fn check(bytes: &[u8]) {
    if let (Some(public_key), Ok(proof)) = (&*PUBLIC_KEY, Proof::from_bytes(bytes)) {
        let _ = holder::check(&statement(public_key), &proof);
    }
}

/// A pseudonym and, after it, a proof of two parts.
fn check_composed(bytes: &[u8]) {
    const SHOWN: &[(usize, &[u8])] = &[(0, MESSAGES[0])];
    const HIDDEN: usize = MESSAGES.len() + 2 - SHOWN.len();
    let Some((name, bytes)) = bytes.split_at_checked(Pseudonym::LEN) else { return };
    let Ok(proof) = ComposedProof::from_bytes(bytes, &[HIDDEN; 2]) else { return };
    assert_eq!(proof.to_bytes(), bytes);
    if let (Some(public_key), Ok(name)) = (&*PUBLIC_KEY, Pseudonym::from_bytes(name)) {
        let part = composed::Statement { public_key, header: HEADER, message_count: MESSAGES.len(), disclosed: SHOWN };
        let _ = composed::check_with_pseudonym(&[part; 2], CONTEXT, PH, &proof, &name);
    }
}

/// A pseudonym and, after it, the proof.
fn check_with_pseudonym(bytes: &[u8]) {
    let Some((name, bytes)) = bytes.split_at_checked(Pseudonym::LEN) else { return };
    let (Ok(name), Ok(proof)) = (Pseudonym::from_bytes(name), Proof::from_bytes(bytes)) else { return };
    if let Some(public_key) = &*PUBLIC_KEY {
        let _ = holder::check_with_pseudonym(&statement(public_key), CONTEXT, &proof, &name);
    }
}

/// A plain proof, of which the sender says how many messages it hides. Longer ones are no verifier's business here.
fn proof_verify(bytes: &[u8]) {
    let Ok(decoded) = Proof::from_bytes(bytes) else { return };
    if let Some(public_key) = PUBLIC_KEY.as_ref().filter(|_| decoded.hidden_count() <= 8) {
        let _ = proof::proof_verify(Suite::Shake256, public_key, &decoded, HEADER, PH, &[(0, MESSAGES[0])]);
    }
}

/// A plain signature.
fn verify(bytes: &[u8]) {
    if let (Some(public_key), Ok(decoded)) = (&*PUBLIC_KEY, Signature::from_bytes(bytes)) {
        let _ = signature::verify(Suite::Sha256, public_key, &decoded, HEADER, &MESSAGES);
    }
}

/// A commitment, as an issuer takes it.
fn commitment_with_proof(bytes: &[u8]) {
    if let Ok(value) = CommitmentWithProof::from_bytes(bytes) {
        assert_eq!(value.to_bytes(), bytes);
        let _ = holder::verify_commitment(&value);
    }
}

fn commitment(bytes: &[u8]) {
    if let Ok(value) = Commitment::from_bytes(bytes) {
        assert_eq!(value.to_bytes(), bytes);
    }
}

fn proof(bytes: &[u8]) {
    if let Ok(value) = Proof::from_bytes(bytes) {
        assert_eq!(value.to_bytes(), bytes);
    }
}

fn pseudonym(bytes: &[u8]) {
    if let Ok(value) = Pseudonym::from_bytes(bytes) {
        assert_eq!(value.to_bytes(), bytes);
    }
}

fn public_key(bytes: &[u8]) {
    if let Ok(value) = PublicKey::from_bytes(bytes) {
        assert_eq!(value.to_bytes(), bytes);
    }
}

fn signature(bytes: &[u8]) {
    if let Ok(value) = Signature::from_bytes(bytes) {
        assert_eq!(value.to_bytes(), bytes);
    }
}

/// All scalars that stand alone.
fn secrets(bytes: &[u8]) {
    if let Ok(value) = SecretKey::from_bytes(bytes) {
        assert_eq!(&value.to_bytes()[..], bytes);
    }
    if let Ok(value) = HolderSecret::from_bytes(bytes) {
        assert_eq!(&value.to_bytes()[..], bytes);
    }
    if let Ok(value) = ProverBlind::from_bytes(bytes) {
        assert_eq!(&value.to_bytes()[..], bytes);
    }
    if let Ok(value) = SignerNymEntropy::from_bytes(bytes) {
        assert_eq!(value.to_bytes(), bytes);
    }
}
