//! Encodings that look like points and scalars and are none, each with its flaw.
#![allow(dead_code, reason = "each test uses its own part of it")]

use bls12_381::{G1Affine, G1Projective, G2Affine};

/// A point of order three: x = 0, y = 2.
pub(crate) fn of_order_three() -> [u8; 48] {
    let mut bytes = [0; 48];
    bytes[0] = 0x80;
    bytes
}

/// Bad G1 encodings; `good` is a good one.
pub(crate) fn g1(good: &[u8; 48]) -> Vec<(&'static str, [u8; 48])> {
    let identity = G1Affine::identity().to_compressed();
    let flags = |bytes: &[u8; 48], flags: u8| with_flags(bytes, flags);
    vec![
        ("identity", identity),
        ("identity with sign", flags(&identity, 0xe0)),
        ("identity without compression flag", flags(&identity, 0x40)),
        ("identity with something in it", flags(good, 0xc0)),
        ("no compression flag", flags(good, good[0] & 0x20)),
        ("infinity flag on a point", flags(good, 0xc0 | good[0] & 0x20)),
        ("all zero", [0; 48]),
        ("all one", [0xff; 48]),
        ("off the curve", searched(|bytes| bool::from(G1Affine::from_compressed_unchecked(bytes).is_none()))),
        ("of order three", of_order_three()),
        ("outside of the subgroup", searched(outside_of_g1)),
        ("x is the modulus", with_flags(&plus_modulus(&[0; 48]), 0x80)),
        ("x beyond the modulus", second_spelling()),
    ]
}

/// Bad G2 encodings; `good` is a good one.
pub(crate) fn g2(good: &[u8; 96]) -> Vec<(&'static str, [u8; 96])> {
    let identity = G2Affine::identity().to_compressed();
    let mut non_canonical_first = *good;
    non_canonical_first[..48].copy_from_slice(&with_flags(&plus_modulus(&[0; 48]), 0x80));
    let mut non_canonical_second = *good;
    non_canonical_second[48..].copy_from_slice(&plus_modulus(&[0; 48]));
    vec![
        ("identity", identity),
        ("identity with sign", with_flags(&identity, 0xe0)),
        ("identity with something in it", with_flags(good, 0xc0)),
        ("no compression flag", with_flags(good, good[0] & 0x20)),
        ("all zero", [0; 96]),
        ("all one", [0xff; 96]),
        ("off the curve", searched(|bytes| bool::from(G2Affine::from_compressed_unchecked(bytes).is_none()))),
        ("outside of the subgroup", searched(outside_of_g2)),
        ("first half beyond the modulus", non_canonical_first),
        ("second half beyond the modulus", non_canonical_second),
    ]
}

/// Scalars that are none of 1..r.
pub(crate) fn scalars() -> Vec<(&'static str, [u8; 32])> {
    let r = "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001";
    let r: [u8; 32] = hex::decode(r).unwrap().try_into().unwrap();
    let mut r_plus_1 = r;
    r_plus_1[31] += 1;
    vec![("0", [0; 32]), ("r", r), ("r + 1", r_plus_1), ("2^256 - 1", [0xff; 32])]
}

fn with_flags<const N: usize>(bytes: &[u8; N], flags: u8) -> [u8; N] {
    let mut bytes = *bytes;
    bytes[0] = bytes[0] & 0x1f | flags;
    bytes
}

/// The first small x for which `wanted` holds.
fn searched<const N: usize>(wanted: impl Fn(&[u8; N]) -> bool) -> [u8; N] {
    (1..=u8::MAX)
        .map(|x| {
            let mut bytes = [0; N];
            (bytes[0], bytes[N - 1]) = (0x80, x);
            bytes
        })
        .find(wanted)
        .unwrap()
}

fn outside_of_g1(bytes: &[u8; 48]) -> bool {
    Option::<G1Affine>::from(G1Affine::from_compressed_unchecked(bytes))
        .is_some_and(|point| !bool::from(point.is_torsion_free()))
}

fn outside_of_g2(bytes: &[u8; 96]) -> bool {
    Option::<G2Affine>::from(G2Affine::from_compressed_unchecked(bytes))
        .is_some_and(|point| !bool::from(point.is_torsion_free()))
}

/// A good point whose x is spelled as x + p, which the field would reduce to the same.
fn second_spelling() -> [u8; 48] {
    let mut point = G1Projective::generator();
    loop {
        point += G1Projective::generator();
        let bytes = G1Affine::from(point).to_compressed();
        // x + p must stay below 2^381.
        if bytes[0] & 0x1f < 0x05 {
            let x = with_flags(&bytes, 0);
            return with_flags(&plus_modulus(&x), bytes[0] & 0xe0);
        }
    }
}

fn plus_modulus(x: &[u8; 48]) -> [u8; 48] {
    let modulus = "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab";
    let modulus = hex::decode(modulus).unwrap();
    let mut sum = [0; 48];
    let mut carry = 0;
    for i in (0..48).rev() {
        carry += u16::from(x[i]) + u16::from(modulus[i]);
        sum[i] = (carry & 0xff) as u8;
        carry >>= 8;
    }
    sum
}
