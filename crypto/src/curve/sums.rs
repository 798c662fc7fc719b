//! Sums of multiples of points, the same way on either backend.

use alloc::vec::Vec;
use core::ops::{Add, Mul};

/// Σ scalar·point, one constant-time multiplication each: for sums in which any scalar is secret.
pub(crate) fn sum_of_products<P: Point>(terms: impl IntoIterator<Item = (P, P::Scalar)>) -> P {
    terms.into_iter().fold(P::identity(), |sum, (point, scalar)| sum + point * scalar)
}

/// Σ scalar·point for public inputs: Straus, windows of four bits, doublings shared by all terms.
pub(crate) fn msm_vartime<P: Point>(terms: &[(P, P::Scalar)]) -> P {
    let tables: Vec<[P; 15]> = terms.iter().map(|(point, _)| small_multiples(*point)).collect();
    let digits: Vec<[u8; 32]> = terms.iter().map(|(_, scalar)| P::big_endian(*scalar)).collect();
    let mut sum = P::identity();
    for window in 0..64 {
        if window > 0 {
            sum = sum.double().double().double().double();
        }
        for (table, bytes) in tables.iter().zip(&digits) {
            let byte = bytes[window / 2];
            let digit = usize::from(if window % 2 == 0 { byte >> 4 } else { byte & 0x0f });
            if digit > 0 {
                sum = sum + table[digit - 1];
            }
        }
    }
    sum
}

/// The multiples 1 to 15 of a point.
fn small_multiples<P: Point>(point: P) -> [P; 15] {
    let mut table = [point; 15];
    for i in 1..15 {
        table[i] = table[i - 1] + point;
    }
    table
}

/// What a sum needs of a backend's points.
pub(crate) trait Point: Copy + Add<Output = Self> + Mul<Self::Scalar, Output = Self> {
    /// Of the field that multiplies them.
    type Scalar: Copy;

    fn identity() -> Self;
    fn double(self) -> Self;
    fn big_endian(scalar: Self::Scalar) -> [u8; 32];
}
