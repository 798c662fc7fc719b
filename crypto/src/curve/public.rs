//! A scalar that anybody may know: the only kind that sums in variable time take.

use core::ops::{Add, Mul, Neg};

use super::{EXPAND_LEN, Scalar};

/// A scalar that was sent in the open, hashed from what was, or drawn for nobody's secret.
///
/// The ways to make one are the constructors below, and no bare [`Scalar`] becomes one. What it is multiplied into stays as secret as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Public<S = Scalar>(S);

impl Public {
    /// Decoded: any value below r, zero included, from its one big-endian spelling.
    pub(crate) fn from_canonical(bytes: &[u8; Scalar::LEN]) -> Option<Self> {
        Scalar::from_canonical(bytes).map(Self)
    }

    /// Hashed from what everybody may know.
    pub(crate) fn from_expanded(bytes: &[u8; EXPAND_LEN]) -> Self {
        Self(Scalar::from_expanded(bytes))
    }

    /// Drawn: 64 big-endian bytes modulo r.
    pub(crate) fn from_wide(bytes: &[u8; 64]) -> Self {
        Self(Scalar::from_wide(bytes))
    }

    /// nonce + secret·challenge, in constant time. With a nonce that is uniform and answers once it says nothing of the secret, and it is
    /// made to be sent.
    pub(crate) fn answer(nonce: Scalar, secret: Scalar, challenge: Self) -> Self {
        Self(nonce + secret * challenge)
    }

    pub(crate) fn to_bytes(self) -> [u8; Scalar::LEN] {
        self.0.to_bytes()
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.0.is_zero()
    }
}

impl<S: Copy> Public<S> {
    /// The bare value, for equations in constant time.
    pub(crate) fn scalar(self) -> S {
        self.0
    }

    #[cfg(test)]
    pub(super) fn of_test(scalar: S) -> Self {
        Self(scalar)
    }
}

impl Mul<Public> for Scalar {
    type Output = Self;
    fn mul(self, other: Public) -> Self {
        self * other.0
    }
}

impl Add for Public {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Mul for Public {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }
}

impl Neg for Public {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}
