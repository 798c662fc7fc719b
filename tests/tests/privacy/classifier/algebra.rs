//! Scalars and points, by arithmetic of the adversary's own.

use bauta_crypto::holder;
use bauta_crypto::pseudonym::{HolderSecret, ProverBlind};
use bls12_381::hash_to_curve::{ExpandMsgXmd, HashToCurve, HashToField};
use bls12_381::{G1Affine, G1Projective, Scalar};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use sha2::Sha256;

const MESSAGE_TAG: &[u8] = b"BBS_BLS12381G1_XMD:SHA-256_SSWU_RO_H2G_HM2S_PSEUDONYM_MAP_MSG_TO_SCALAR_AS_HASH_";
const CONTEXT_TAG: &[u8] = b"BBS_BLS12381G1_XMD:SHA-256_SSWU_RO_H2G_HM2S_PSEUDONYM_";

/// From 32 big-endian bytes.
pub(super) fn scalar(bytes: &[u8]) -> Scalar {
    let mut bytes: [u8; 32] = bytes.try_into().unwrap();
    bytes.reverse();
    Scalar::from_bytes(&bytes).unwrap()
}

pub(super) fn big_endian(scalar: Scalar) -> [u8; 32] {
    let mut bytes = scalar.to_bytes();
    bytes.reverse();
    bytes
}

/// What stands for a message in the signature.
pub(super) fn message_scalar(message: &[u8]) -> Scalar {
    let mut scalar = [Scalar::zero()];
    Scalar::hash_to_field::<ExpandMsgXmd<Sha256>, _>([message], MESSAGE_TAG, &mut scalar);
    scalar[0]
}

/// What a secret, as it is signed, is multiplied with to be the pseudonym of that context.
pub(super) fn base_of_pseudonyms(context: &[u8]) -> G1Projective {
    <G1Projective as HashToCurve<ExpandMsgXmd<Sha256>>>::hash_to_curve([context], CONTEXT_TAG)
}

/// a / b, and 0 where there is no such thing.
pub(super) fn quotient(a: Scalar, b: Scalar) -> Scalar {
    Option::<Scalar>::from(b.invert()).map_or(Scalar::zero(), |inverse| a * inverse)
}

/// A point that has been checked where it came in.
pub(super) fn point(bytes: &[u8]) -> G1Projective {
    G1Affine::from_compressed_unchecked(bytes.try_into().unwrap()).unwrap().into()
}

pub(super) fn compressed(point: G1Projective) -> [u8; 48] {
    G1Affine::from(point).to_compressed()
}

/// The holder's secret as it is signed has the signer's public entropy in it.
pub(super) fn without_entropy(signed: Scalar) -> Scalar {
    signed - scalar(&holder::signer_nym_entropy().to_bytes())
}

/// The commitment that `secret` and `blind` open, if they can be such.
pub(super) fn commitment_to(secret: Scalar, blind: Scalar) -> Option<Vec<u8>> {
    let secret = HolderSecret::from_bytes(&big_endian(secret)).ok()?;
    let blind = ProverBlind::from_bytes(&big_endian(blind)).ok()?;
    // The chance goes into the proof beside the commitment, which nobody looks at.
    let made = holder::commit_again(&secret, &blind, &mut ChaCha20Rng::seed_from_u64(0)).ok()?;
    Some(made.commitment().to_bytes().to_vec())
}
