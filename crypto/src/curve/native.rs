//! The backend for machines with a C compiler: blst, through its safe wrapper `blstrs`.
//!
//! Multiplication of a point by a scalar, and everything in the scalar field, takes the same time whatever the scalar. The
//! wrapper knows no wiping: our values wipe themselves, its temporaries on the stack are not wiped.

use alloc::vec::Vec;
use core::array::from_fn;
use core::ops::AddAssign;

use blst::{MultiPoint, blst_fp, blst_p1, blst_p1_affine, p1_affines};
use blstrs::{Bls12, G1Affine, G1Projective, G2Affine, G2Prepared, G2Projective};
use ff_of_blstrs::Field;
use group_of_blstrs::prime::PrimeCurveAffine;
use group_of_blstrs::{Curve, Group};
use pairing::{MillerLoopResult, MultiMillerLoop};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::{Zeroize, optimization_barrier};

use super::operators::{negation, operators};
use super::sums::Point;
use super::{EXPAND_LEN, Public, portable};
use crate::suite::Suite;

/// An element of the scalar field, 0 to r − 1. Any of them may be a secret; one that is not is a [`Public`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scalar(blstrs::Scalar);

impl Scalar {
    pub(crate) const ZERO: Self = Self(blstrs::Scalar::ZERO);
    pub(crate) const ONE: Self = Self(blstrs::Scalar::ONE);
    pub(crate) const LEN: usize = 32;

    /// Any value below r, zero included, from its one big-endian spelling.
    pub(crate) fn from_canonical(bytes: &[u8; 32]) -> Option<Self> {
        Option::from(blstrs::Scalar::from_bytes_be(bytes)).map(Self)
    }

    /// Takes 64 big-endian bytes modulo r. The bias of uniform bytes is below 2^-256.
    pub(crate) fn from_wide(bytes: &[u8; 64]) -> Self {
        // blst reduces no wide number in the open; the portable field does, in constant time.
        let mut canonical = portable::Scalar::from_wide(bytes).to_bytes();
        let scalar = Self::from_canonical(&canonical).unwrap_or(Self::ZERO);
        canonical.zeroize();
        scalar
    }

    /// RFC 9380 `hash_to_field`: 48 big-endian bytes modulo r.
    pub(crate) fn from_expanded(bytes: &[u8; EXPAND_LEN]) -> Self {
        let mut wide = [0; 64];
        wide[64 - EXPAND_LEN..].copy_from_slice(bytes);
        Self::from_wide(&wide)
    }

    pub(crate) fn to_bytes(self) -> [u8; 32] {
        self.0.to_bytes_be()
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
        self.0 = blstrs::Scalar::ZERO;
        optimization_barrier(self);
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
        Option::<G1Affine>::from(G1Affine::from_compressed(bytes)).map(|point| Self(point.into()))
    }

    pub(crate) fn to_compressed(self) -> [u8; 48] {
        self.0.to_compressed()
    }

    /// All of them, one after the other: blst inverts faster than a shared inversion would save.
    pub(crate) fn to_compressed_all(points: &[Self]) -> Vec<[u8; 48]> {
        points.iter().map(|point| point.to_compressed()).collect()
    }

    pub(crate) fn is_identity(&self) -> bool {
        bool::from(self.0.is_identity())
    }
}

impl Zeroize for G1 {
    fn zeroize(&mut self) {
        self.0 = G1Projective::identity();
        optimization_barrier(self);
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
    G1 { Add::add(G1), Sub::sub(G1), Mul::mul(Scalar) }
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
        // Word by word, and one coordinate after the other, so that what was found so far stays in registers: half of the time that
        // it takes to select points.
        let masks: [u64; 32] = from_fn(|i| u64::conditional_select(&0, &u64::MAX, place.ct_eq(&(i as u8 + 1))));
        let coordinate = |of: fn(&blst_p1_affine) -> &blst_fp| {
            row.iter().zip(masks).fold([0; 6], |found: [u64; 6], (multiple, mask)| {
                let words = &of(multiple.as_ref()).l;
                from_fn(|word| found[word] | words[word] & mask)
            })
        };
        let (x, y) = (coordinate(|multiple| &multiple.x), coordinate(|multiple| &multiple.y));
        let mut found = G1Affine::identity();
        *found.as_mut() = blst_p1_affine { x: blst_fp { l: x }, y: blst_fp { l: y } };
        found
    }

    fn double(self) -> Self {
        Self(self.0.double())
    }

    fn is_identity(&self) -> bool {
        bool::from(self.0.is_identity())
    }

    fn to_affine_all(points: &[Self]) -> Vec<G1Affine> {
        // blst takes no empty list.
        if points.is_empty() {
            return Vec::new();
        }
        // The wrapper would invert for each of them.
        let points: Vec<blst_p1> = points.iter().map(|point| *point.0.as_ref()).collect();
        let wrap = |point: &blst_p1_affine| {
            let mut wrapped = G1Affine::identity();
            *wrapped.as_mut() = *point;
            wrapped
        };
        p1_affines::from(&points).as_slice().iter().map(wrap).collect()
    }

    fn sum_vartime(points: &[G1Affine]) -> Self {
        if points.is_empty() {
            return Self::identity();
        }
        // blst adds many affine points at half the price of one after the other, and not in constant time.
        let points: Vec<blst_p1_affine> = points.iter().map(|point| *point.as_ref()).collect();
        let mut sum = Self::identity();
        *sum.0.as_mut() = points.add();
        sum
    }

    const MANY: usize = 24;

    fn msm_of_many_vartime(terms: &[(Self, Public<Scalar>)]) -> Self {
        let scalars: Vec<[u8; Scalar::LEN]> =
            terms.iter().map(|(_, scalar)| Self::little_endian(scalar.scalar())).collect();
        // Weights are half as long as scalars, and half the work.
        let used = |bytes: &[u8; Scalar::LEN]| bytes.iter().rposition(|byte| *byte != 0).map_or(1, |last| last + 1);
        let length = scalars.iter().map(used).max().unwrap_or(1);
        let scalars: Vec<u8> = scalars.iter().flat_map(|bytes| &bytes[..length]).copied().collect();
        let points: Vec<blst_p1> = terms.iter().map(|(point, _)| *point.0.as_ref()).collect();
        let mut sum = Self::identity();
        *sum.0.as_mut() = p1_affines::from(&points).mult(&scalars, 8 * length);
        sum
    }

    fn little_endian(scalar: Scalar) -> [u8; 32] {
        scalar.0.to_bytes_le()
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
        Option::<G2Affine>::from(G2Affine::from_compressed(bytes)).map(|point| Self(point.into()))
    }

    pub(crate) fn to_compressed(self) -> [u8; 96] {
        self.0.to_compressed()
    }

    pub(crate) fn is_identity(&self) -> bool {
        bool::from(self.0.is_identity())
    }
}

/// RFC 9380 `hash_to_curve` onto G1, random-oracle variant, with the hash of `suite`.
pub(crate) fn hash_to_g1(suite: Suite, message: &[u8], dst: &[u8]) -> G1 {
    match suite {
        // RFC 9380, section 5.3.3: only up to 255 bytes is a tag used as it is; blst does not shorten longer ones.
        Suite::Sha256 if dst.len() <= 255 => G1(G1Projective::hash_to_curve(message, dst, &[])),
        // blst hashes with SHA-256 only.
        _ => from_portable(portable::hash_to_g1(suite, message, dst)),
    }
}

fn from_portable(point: portable::G1) -> G1 {
    G1::from_compressed(&point.to_compressed()).unwrap_or(G1(G1Projective::identity()))
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
    let affine: Vec<(G1Affine, &G2Prepared)> = terms.iter().map(|(a, b)| (a.0.to_affine(), &b.0)).collect();
    let terms: Vec<(&G1Affine, &G2Prepared)> = affine.iter().map(|(a, b)| (a, *b)).collect();
    bool::from(Bls12::multi_miller_loop(&terms).final_exponentiation().is_identity())
}
