//! Sums of multiples of points, the same way on either backend.
//!
//! Scalars are cut into signed digits, of six bits for tables and of five elsewhere. What runs in constant time does the same additions whatever the digits
//! are and reads every entry of a row to find one; what ends in `_vartime` skips zeros and reads one entry.

use alloc::vec::Vec;
use core::ops::{Add, AddAssign, Mul, Neg};

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::{Zeroize, Zeroizing};

use super::Public;

/// Σ scalar·point in constant time: for sums in which any scalar is secret. All terms share their doublings.
pub(crate) fn sum_of_products<P: Point>(terms: &[(P, P::Scalar)]) -> P {
    if let [(point, scalar)] = terms {
        return *point * *scalar;
    }
    let combs: Vec<Comb<P, 1>> = terms.iter().map(|(point, _)| Comb::new(*point)).collect();
    let terms: Vec<_> = combs.iter().zip(terms).map(|(comb, (_, scalar))| (comb, *scalar)).collect();
    comb_sum(&terms)
}

/// The multiples of one point that make its multiplication a matter of additions. 132 kB.
pub(crate) struct Table<P: Point> {
    // Row i: the point times 64^i, 2·64^i, …, 32·64^i.
    rows: Vec<[P::Affine; 32]>,
}

impl<P: Point> Table<P> {
    /// Of a point that is not the identity. Costs about as much as ten multiplications.
    pub(crate) fn new(point: P) -> Self {
        let mut rows = Vec::with_capacity(43);
        let mut base = point;
        while rows.len() < 43 {
            // Eight rows share an inversion; more would save nothing worth the memory.
            let mut some = Vec::with_capacity(8 * 32);
            for _ in rows.len()..43.min(rows.len() + 8) {
                let row: [P; 32] = multiples(base);
                base = row[31].double();
                some.extend(row);
            }
            rows.extend_from_slice(P::to_affine_all(&some).as_chunks().0);
        }
        Self { rows }
    }

    /// `sum + point·scalar` in constant time.
    pub(crate) fn add_product(&self, sum: P, scalar: P::Scalar) -> P {
        let digits = Zeroizing::new(digits::<P, 6, 43>(scalar));
        self.rows.iter().zip(digits.iter()).fold(sum, |mut sum, (row, digit)| {
            sum += pick(*digit, P::affine_identity(), |place| P::entry(row, place));
            sum
        })
    }

    /// Appends points whose sum is point·scalar, for a public scalar.
    pub(crate) fn extend_vartime(&self, points: &mut Vec<P::Affine>, scalar: Public<P::Scalar>) {
        let digits = digits::<P, 6, 43>(scalar.scalar());
        points.extend(self.rows.iter().zip(digits).filter_map(|(row, digit)| pick_vartime(row, digit)));
    }
}

/// A point that is multiplied a few times, cut into `TEETH` parts so that a multiplication takes fewer doublings.
///
/// It is wiped when dropped: the point stands for somebody's credential.
pub(crate) struct Comb<P: Point, const TEETH: usize> {
    // Tooth t: the multiples 1 to 16 of the point times 32^(t·DIGITS/TEETH).
    teeth: [[P; ROW]; TEETH],
}

impl<P: Point, const TEETH: usize> Comb<P, TEETH> {
    const SPAN: usize = {
        assert!(DIGITS.is_multiple_of(TEETH));
        DIGITS / TEETH
    };

    pub(crate) fn new(point: P) -> Self {
        let mut base = point;
        let mut teeth = [[point; ROW]; TEETH];
        for (t, tooth) in teeth.iter_mut().enumerate() {
            if t > 0 {
                base = (0..Self::SPAN).fold(base, |base, _| shift(base));
            }
            *tooth = multiples(base);
        }
        Self { teeth }
    }
}

impl<P: Point, const TEETH: usize> Drop for Comb<P, TEETH> {
    fn drop(&mut self) {
        self.teeth.as_flattened_mut().iter_mut().for_each(Zeroize::zeroize);
    }
}

/// Σ scalar·point in constant time, over points that are used more than once.
pub(crate) fn comb_sum<P: Point, const TEETH: usize>(terms: &[(&Comb<P, TEETH>, P::Scalar)]) -> P {
    let span = Comb::<P, TEETH>::SPAN;
    let digits: Zeroizing<Vec<[i8; DIGITS]>> =
        Zeroizing::new(terms.iter().map(|(_, scalar)| digits::<P, 5, DIGITS>(*scalar)).collect());
    let mut sum = P::identity();
    for position in (0..span).rev() {
        if position < span - 1 {
            sum = shift(sum);
        }
        for ((comb, _), digits) in terms.iter().zip(digits.iter()) {
            for (t, tooth) in comb.teeth.iter().enumerate() {
                let digit = digits[t * span + position];
                sum = sum + pick(digit, P::identity(), |place| select(tooth, place));
            }
        }
    }
    sum
}

/// Of five bits each, and one for the carry out of the 255th bit.
const DIGITS: usize = 52;
/// A signed digit of five bits is 16 at most.
const ROW: usize = 16;

/// N little-endian digits of BITS bits each, from 1 − 2^(BITS−1) to 2^(BITS−1), in constant time.
pub(super) fn digits<P: Point, const BITS: usize, const N: usize>(scalar: P::Scalar) -> [i8; N] {
    const { assert!(BITS <= 7 && N * BITS > 255) }
    let bytes = Zeroizing::new(P::little_endian(scalar));
    let mut digits = [0; N];
    let mut carry = 0;
    for (i, digit) in digits.iter_mut().enumerate() {
        let (byte, bit) = (i * BITS / 8, i * BITS % 8);
        let low = bytes.get(byte).copied().unwrap_or(0);
        let high = bytes.get(byte + 1).copied().unwrap_or(0);
        let raw = ((u16::from_le_bytes([low, high]) >> bit) & ((1 << BITS) - 1)) as i16 + carry;
        // One where raw is above half.
        carry = (raw + (1 << (BITS - 1)) - 1) >> BITS;
        *digit = (raw - (carry << BITS)) as i8;
    }
    digits
}

/// The multiple that `digit` stands for, by way of `entry`, which gives the one that stands at a place of the row, counted from 1.
fn pick<T>(digit: i8, zero: T, entry: impl FnOnce(u8) -> T) -> T
where
    T: ConditionallySelectable + Neg<Output = T>,
{
    let sign = digit >> 7;
    let magnitude = ((digit ^ sign) - sign) as u8;
    let nothing = magnitude.ct_eq(&0);
    let mut found = entry(u8::conditional_select(&magnitude, &1, nothing));
    let negated = -found;
    found.conditional_assign(&negated, Choice::from((sign & 1) as u8));
    // The last step, because blstrs negates an affine identity in less time than any other point.
    found.conditional_assign(&zero, nothing);
    found
}

/// The entry at `place`, counted from 1. Reads them all.
pub(super) fn select<T: ConditionallySelectable>(row: &[T], place: u8) -> T {
    let mut found = row[0];
    for (entry, i) in row.iter().zip(1_u8..) {
        found.conditional_assign(entry, place.ct_eq(&i));
    }
    found
}

fn pick_vartime<T: Copy + Neg<Output = T>>(row: &[T], digit: i8) -> Option<T> {
    let multiple = *row.get(usize::from(digit.unsigned_abs()).checked_sub(1)?)?;
    Some(if digit < 0 { -multiple } else { multiple })
}

/// The multiples 1 to N of a point.
fn multiples<P: Point, const N: usize>(point: P) -> [P; N] {
    let mut row = [point; N];
    for i in 1..N {
        // Even ones by doubling, which is the cheaper.
        row[i] = if i % 2 == 1 { row[i / 2].double() } else { row[i - 1] + point };
    }
    row
}

/// Times 32: one digit up.
fn shift<P: Point>(point: P) -> P {
    (0..5).fold(point, |point, _| point.double())
}

/// What a sum needs of a backend's points. Every operation takes the same time whatever the points are.
pub(crate) trait Point:
    Copy
    + ConditionallySelectable
    + Add<Output = Self>
    + AddAssign<Self::Affine>
    + Neg<Output = Self>
    + Mul<Self::Scalar, Output = Self>
    + Zeroize
{
    /// Of the field that multiplies them.
    type Scalar: Copy;
    /// The form in which a point is added fastest.
    type Affine: Copy + ConditionallySelectable + Neg<Output = Self::Affine>;

    fn identity() -> Self;
    fn affine_identity() -> Self::Affine;
    /// The entry at `place` of a table's row, counted from 1. Reads them all.
    fn entry(row: &[Self::Affine; 32], place: u8) -> Self::Affine;
    fn double(self) -> Self;
    fn is_identity(&self) -> bool;
    /// None of them may be the identity.
    fn to_affine_all(points: &[Self]) -> Vec<Self::Affine>;
    /// The sum of public points, none of which is the identity.
    fn sum_vartime(points: &[Self::Affine]) -> Self;
    /// From so many terms on, [`Point::msm_of_many_vartime`] is faster than one row of multiples for each point: measured with
    /// scalars of 128 bits.
    const MANY: usize;
    /// Σ scalar·point for public inputs. There are terms, and no point is the identity.
    fn msm_of_many_vartime(terms: &[(Self, Public<Self::Scalar>)]) -> Self;
    fn little_endian(scalar: Self::Scalar) -> [u8; 32];
}
