//! The backend in pure Rust: `bls12_381`, `ff`, `group`.

use alloc::{vec, vec::Vec};
use core::ops::{AddAssign, Mul};

use bls12_381::hash_to_curve::{ExpandMessage, ExpandMsgXmd, ExpandMsgXof, HashToCurve, HashToField};
use bls12_381::{G1Affine, G1Projective, G2Affine, G2Prepared, G2Projective, multi_miller_loop};
use ff::Field;
use group::{Curve, Group};
use sha2::Sha256;
use sha3::Shake256;
use subtle::{Choice, ConditionallySelectable};
use zeroize::Zeroize;

use super::Public;
use super::msm::pippenger;
use super::operators::{negation, operators};
use super::sums::{Comb, Point, comb_sum, select};
use crate::suite::Suite;

/// Bytes that are reduced to one scalar: ceil((255 + 128) / 8), so the bias is below 2^-128.
pub(crate) const EXPAND_LEN: usize = 48;

/// Of a digest that would stand for a tag over 255 bytes.
type DigestLength = <bls12_381::Scalar as HashToField>::XofOutputLength;

/// The flag in the first byte that every compressed point carries.
const COMPRESSED: u8 = 0x80;

/// An element of the scalar field, 0 to r − 1. Any of them may be a secret; one that is not is a [`Public`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scalar(bls12_381::Scalar);

impl Scalar {
    pub(crate) const ZERO: Self = Self(bls12_381::Scalar::zero());
    pub(crate) const ONE: Self = Self(bls12_381::Scalar::one());
    pub(crate) const LEN: usize = 32;

    /// Any value below r, zero included, from its one big-endian spelling.
    pub(crate) fn from_canonical(bytes: &[u8; 32]) -> Option<Self> {
        let mut little_endian = *bytes;
        little_endian.reverse();
        let scalar = bls12_381::Scalar::from_bytes(&little_endian);
        little_endian.zeroize();
        Option::from(scalar).map(Self)
    }

    /// Takes 64 big-endian bytes modulo r. The bias of uniform bytes is below 2^-256.
    pub(crate) fn from_wide(bytes: &[u8; 64]) -> Self {
        let mut little_endian = *bytes;
        little_endian.reverse();
        let scalar = bls12_381::Scalar::from_bytes_wide(&little_endian);
        little_endian.zeroize();
        Self(scalar)
    }

    /// RFC 9380 `hash_to_field`: 48 big-endian bytes modulo r.
    pub(crate) fn from_expanded(bytes: &[u8; EXPAND_LEN]) -> Self {
        let mut wide = [0; 64];
        wide[64 - EXPAND_LEN..].copy_from_slice(bytes);
        Self::from_wide(&wide)
    }

    pub(crate) fn to_bytes(self) -> [u8; 32] {
        let mut bytes = self.0.to_bytes();
        bytes.reverse();
        bytes
    }

    pub(crate) fn is_zero(&self) -> bool {
        bool::from(self.0.is_zero())
    }

    /// `None` for zero.
    pub(crate) fn invert(&self) -> Option<Self> {
        Option::from(self.0.invert()).map(Self)
    }
}

impl Zeroize for Scalar {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

/// A point of the prime-order subgroup G1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct G1(G1Projective);

impl G1 {
    pub(crate) const LEN: usize = 48;

    pub(crate) fn generator() -> Self {
        Self(G1Projective::generator())
    }

    /// On the curve, in the subgroup, in its one compressed spelling. The identity is a point and passes here.
    pub(crate) fn from_compressed(bytes: &[u8; 48]) -> Option<Self> {
        // Saves the square root for what says by itself that it is not compressed.
        if bytes[0] & COMPRESSED == 0 {
            return None;
        }
        Option::<G1Affine>::from(G1Affine::from_compressed(bytes)).map(|point| Self(point.into()))
    }

    pub(crate) fn to_compressed(self) -> [u8; 48] {
        G1Affine::from(self.0).to_compressed()
    }

    /// All of them with a single field inversion.
    pub(crate) fn to_compressed_all(points: &[Self]) -> Vec<[u8; 48]> {
        Self::to_affine_all(points).iter().map(G1Affine::to_compressed).collect()
    }

    pub(crate) fn is_identity(&self) -> bool {
        bool::from(self.0.is_identity())
    }
}

impl Zeroize for G1 {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

impl Mul<Scalar> for G1 {
    type Output = Self;
    fn mul(self, scalar: Scalar) -> Self {
        // By digits of five bits: the crate's own goes bit by bit.
        comb_sum(&[(&Comb::<Self, 1>::new(self), scalar)])
    }
}

impl AddAssign<G1Affine> for G1 {
    fn add_assign(&mut self, other: G1Affine) {
        self.0 += other;
    }
}

impl ConditionallySelectable for G1 {
    fn conditional_select(a: &Self, b: &Self, choice: Choice) -> Self {
        Self(G1Projective::conditional_select(&a.0, &b.0, choice))
    }
}

operators! {
    Scalar { Add::add(Scalar), Sub::sub(Scalar), Mul::mul(Scalar) }
    G1 { Add::add(G1), Sub::sub(G1) }
    G2 { Add::add(G2), Mul::mul(Scalar) }
}
negation!(Scalar, G1);

impl Point for G1 {
    type Scalar = Scalar;
    type Affine = G1Affine;

    fn identity() -> Self {
        Self(G1Projective::identity())
    }

    fn affine_identity() -> G1Affine {
        G1Affine::identity()
    }

    fn entry(row: &[G1Affine; 32], place: u8) -> G1Affine {
        select(row, place)
    }

    fn double(self) -> Self {
        Self(self.0.double())
    }

    fn is_identity(&self) -> bool {
        bool::from(self.0.is_identity())
    }

    fn to_affine_all(points: &[Self]) -> Vec<G1Affine> {
        let points: Vec<G1Projective> = points.iter().map(|point| point.0).collect();
        let mut affine = vec![G1Affine::identity(); points.len()];
        G1Projective::batch_normalize(&points, &mut affine);
        affine
    }

    fn sum_vartime(points: &[G1Affine]) -> Self {
        Self(points.iter().fold(G1Projective::identity(), |sum, point| sum + point))
    }

    const MANY: usize = 96;

    fn msm_of_many_vartime(terms: &[(Self, Public<Scalar>)]) -> Self {
        pippenger(terms)
    }

    fn little_endian(scalar: Scalar) -> [u8; 32] {
        scalar.0.to_bytes()
    }
}

/// A point of the prime-order subgroup G2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct G2(G2Projective);

impl G2 {
    pub(crate) const LEN: usize = 96;

    pub(crate) fn generator() -> Self {
        Self(G2Projective::generator())
    }

    /// On the curve, in the subgroup, in its one compressed spelling. The identity is a point and passes here.
    pub(crate) fn from_compressed(bytes: &[u8; 96]) -> Option<Self> {
        if bytes[0] & COMPRESSED == 0 {
            return None;
        }
        Option::<G2Affine>::from(G2Affine::from_compressed(bytes)).map(|point| Self(point.into()))
    }

    pub(crate) fn to_compressed(self) -> [u8; 96] {
        G2Affine::from(self.0).to_compressed()
    }

    pub(crate) fn is_identity(&self) -> bool {
        bool::from(self.0.is_identity())
    }
}

/// RFC 9380 `expand_message`, 48 bytes long, with the hash of `suite`.
pub(crate) fn expand_message(suite: Suite, message: &[u8], dst: &[u8]) -> [u8; EXPAND_LEN] {
    let mut output = [0; EXPAND_LEN];
    match suite {
        Suite::Sha256 => {
            ExpandMsgXmd::<Sha256>::init_expand::<_, DigestLength>([message], dst, EXPAND_LEN).read_into(&mut output)
        }
        Suite::Shake256 => {
            ExpandMsgXof::<Shake256>::init_expand::<_, DigestLength>([message], dst, EXPAND_LEN).read_into(&mut output)
        }
    };
    output
}

/// RFC 9380 `hash_to_curve` onto G1, random-oracle variant, with the hash of `suite`.
pub(crate) fn hash_to_g1(suite: Suite, message: &[u8], dst: &[u8]) -> G1 {
    G1(match suite {
        Suite::Sha256 => <G1Projective as HashToCurve<ExpandMsgXmd<Sha256>>>::hash_to_curve([message], dst),
        Suite::Shake256 => <G1Projective as HashToCurve<ExpandMsgXof<Shake256>>>::hash_to_curve([message], dst),
    })
}

/// A point of G2 with the lines that its Miller loop follows. 20 kB.
#[derive(Clone)]
pub(crate) struct PreparedG2(G2Prepared);

impl PreparedG2 {
    pub(crate) fn new(point: G2) -> Self {
        Self(point.0.to_affine().into())
    }
}

/// Whether Π e(a, b) is one: all Miller loops under a single final exponentiation.
pub(crate) fn pairings_cancel(terms: &[(G1, &PreparedG2)]) -> bool {
    let points: Vec<G1> = terms.iter().map(|(a, _)| *a).collect();
    let affine = G1::to_affine_all(&points);
    let terms: Vec<(&G1Affine, &G2Prepared)> = affine.iter().zip(terms).map(|(a, (_, b))| (a, &b.0)).collect();
    bool::from(multi_miller_loop(&terms).final_exponentiation().is_identity())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    extern crate std;
    use std::fs;

    use super::*;

    /// RFC 9380, J.9.1: the curve under every generator and pseudonym.
    #[test]
    fn hash_to_curve() {
        let file = "tests/vectors/h2c/BLS12381G1_XMD_SHA-256_SSWU_RO_.json";
        let vectors: serde_json::Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        let text = |value: &serde_json::Value| std::string::String::from(value.as_str().unwrap());
        let vectors_of = vectors["vectors"].as_array().unwrap();
        assert_eq!(vectors_of.len(), 5);
        for vector in vectors_of {
            let point = hash_to_g1(Suite::Sha256, text(&vector["msg"]).as_bytes(), text(&vectors["dst"]).as_bytes());
            let expected = [&text(&vector["P"]["x"])[2..], &text(&vector["P"]["y"])[2..]].concat();
            assert_eq!(hex::encode(point.0.to_affine().to_uncompressed()), expected);
        }
    }

    #[test]
    fn scalars_are_big_endian_and_never_reduced() {
        let mut one = [0; 32];
        one[31] = 1;
        assert_eq!(Scalar::from_canonical(&one).unwrap().invert().unwrap().to_bytes(), one);
        let r_minus_1 = (-Scalar::from_canonical(&one).unwrap()).to_bytes();
        assert_eq!(hex::encode(r_minus_1), "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000000");
        let mut r = r_minus_1;
        r[31] = 1;
        assert!(Scalar::from_canonical(&r).is_none());
    }
}
