//! Sums of multiples of public points by public scalars, in variable time.

use alloc::vec;
use alloc::vec::Vec;

use super::Public;
use super::sums::{Point, digits};

/// Σ scalar·point for public inputs.
pub(crate) fn msm_vartime<P: Point>(terms: &[(P, Public<P::Scalar>)]) -> P {
    let terms: Vec<(P, Public<P::Scalar>)> = terms.iter().filter(|(point, _)| !point.is_identity()).copied().collect();
    if terms.len() < P::MANY { straus(&terms) } else { P::msm_of_many_vartime(&terms) }
}

/// All terms share their doublings, and each adds one of its odd multiples for every six bits or so.
fn straus<P: Point>(terms: &[(P, Public<P::Scalar>)]) -> P {
    let rows: Vec<[P; ODD]> = terms.iter().map(|(point, _)| odd_multiples(*point)).collect();
    let forms: Vec<[i8; BITS]> =
        terms.iter().map(|(_, scalar)| non_adjacent_form(&P::little_endian(scalar.scalar()))).collect();
    let used = |position: &usize| forms.iter().any(|form| form[*position] != 0);
    let Some(top) = (0..BITS).rev().find(used) else { return P::identity() };
    (0..=top).rev().fold(P::identity(), |sum, position| {
        let sum = if position < top { sum.double() } else { sum };
        rows.iter().zip(&forms).fold(sum, |sum, (row, form)| match form[position] {
            0 => sum,
            // An odd digit d stands at (|d| − 1)/2.
            digit if digit < 0 => sum + -row[usize::from(digit.unsigned_abs() / 2)],
            digit => sum + row[usize::from(digit.unsigned_abs() / 2)],
        })
    })
}

/// Bits of a digit, and digits of a scalar: for about a hundred points to a thousand.
const WIDTH: usize = 6;
const DIGITS: usize = 43;

/// The points of one digit are added up in buckets, and then each bucket is multiplied: no multiples of single points at all.
/// None of them may be the identity.
pub(super) fn pippenger<P: Point>(terms: &[(P, Public<P::Scalar>)]) -> P {
    let points: Vec<P> = terms.iter().map(|(point, _)| *point).collect();
    let points = P::to_affine_all(&points);
    let digits: Vec<[i8; DIGITS]> =
        terms.iter().map(|(_, scalar)| digits::<P, WIDTH, DIGITS>(scalar.scalar())).collect();
    let used = |position: &usize| digits.iter().any(|digits| digits[*position] != 0);
    let Some(top) = (0..DIGITS).rev().find(used) else { return P::identity() };
    (0..=top).rev().fold(P::identity(), |sum, position| {
        let sum = if position < top { (0..WIDTH).fold(sum, |sum, _| sum.double()) } else { sum };
        let mut buckets = vec![P::identity(); 1 << (WIDTH - 1)];
        for (point, digits) in points.iter().zip(&digits) {
            let digit = digits[position];
            if let Some(bucket) = usize::from(digit.unsigned_abs()).checked_sub(1) {
                buckets[bucket] += if digit < 0 { -*point } else { *point };
            }
        }
        // Σ i·bucket_i as the sum of all sums from the top down.
        let zero = (P::identity(), P::identity());
        let (_, weighted) = buckets.into_iter().rev().fold(zero, |(running, weighted), bucket| {
            let running = running + bucket;
            (running, weighted + running)
        });
        sum + weighted
    })
}

/// Positions of a non-adjacent form: one for each bit, and one for the carry.
const BITS: usize = 257;
/// The odd multiples 1, 3, …, 15.
const ODD: usize = 8;

/// Odd digits from −15 to 15, at least four zeros after each. Least significant first.
fn non_adjacent_form(little_endian: &[u8; 32]) -> [i8; BITS] {
    let bit = |i: usize| little_endian.get(i / 8).map_or(0, |byte| i16::from(byte >> (i % 8) & 1));
    let mut form = [0; BITS];
    let (mut position, mut carry) = (0, 0);
    while position < BITS {
        if bit(position) == carry {
            position += 1;
            continue;
        }
        let word = (0..5).fold(carry, |word, i| word + (bit(position + i) << i));
        carry = word >> 4;
        form[position] = (word - (carry << 5)) as i8;
        position += 5;
    }
    form
}

fn odd_multiples<P: Point>(point: P) -> [P; ODD] {
    let twice = point.double();
    let mut row = [point; ODD];
    for i in 1..ODD {
        row[i] = row[i - 1] + twice;
    }
    row
}
