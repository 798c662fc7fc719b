//! The backend for machines with a C compiler: blst, through its safe wrapper `blstrs`.
//!
//! Multiplication of a point by a scalar, and everything in the scalar field, takes the same time whatever the scalar. The
//! wrapper knows no wiping: our values wipe themselves, its temporaries on the stack are not wiped.

use core::ops::{Add, Mul, Neg, Sub};

use blstrs::{Bls12, G1Affine, G1Projective, G2Affine, G2Prepared, G2Projective};
use ff_of_blstrs::Field;
use group_of_blstrs::prime::PrimeCurveAffine;
use group_of_blstrs::{Curve, Group};
use pairing::{MillerLoopResult, MultiMillerLoop};
use zeroize::{Zeroize, optimization_barrier};

use super::sums::Point;
use super::{EXPAND_LEN, portable};
use crate::suite::Suite;

/// An element of the scalar field, 0 to r − 1. Public unless it sits in a [`crate::secret::SecretScalar`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scalar(blstrs::Scalar);

impl Scalar {
    pub(crate) const ZERO: Self = Self(blstrs::Scalar::ZERO);
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

impl Add for Scalar {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Scalar {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Mul for Scalar {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }
}

impl Neg for Scalar {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
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
    pub(crate) fn to_compressed_all<const N: usize>(points: [Self; N]) -> [[u8; 48]; N] {
        points.map(Self::to_compressed)
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

impl Add for G1 {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for G1 {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Mul<Scalar> for G1 {
    type Output = Self;
    fn mul(self, scalar: Scalar) -> Self {
        Self(self.0 * scalar.0)
    }
}

impl Neg for G1 {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Point for G1 {
    type Scalar = Scalar;

    fn identity() -> Self {
        Self(G1Projective::identity())
    }

    fn double(self) -> Self {
        Self(self.0.double())
    }

    fn big_endian(scalar: Scalar) -> [u8; 32] {
        scalar.to_bytes()
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

impl Add for G2 {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Mul<Scalar> for G2 {
    type Output = Self;
    fn mul(self, scalar: Scalar) -> Self {
        Self(self.0 * scalar.0)
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

/// Whether e(a1, b1)·e(a2, b2) is one: both Miller loops under a single final exponentiation.
pub(crate) fn pairings_cancel((a1, b1): (G1, G2), (a2, b2): (G1, G2)) -> bool {
    let mut affine = [G1Affine::identity(); 2];
    G1Projective::batch_normalize(&[a1.0, a2.0], &mut affine);
    let prepared = [b1, b2].map(|b| G2Prepared::from(b.0.to_affine()));
    let product = Bls12::multi_miller_loop(&[(&affine[0], &prepared[0]), (&affine[1], &prepared[1])]);
    bool::from(product.final_exponentiation().is_identity())
}
