//! The two backends against each other: the same bytes out of the same bytes in, and the same refusals.
//!
//! `bls12_381` is unaudited and blst is C and assembly; what both say, one would have to get wrong in the other's way.
//! Operations: `BAUTA_OPERATIONS`, 5,000 by default; the dearer ones do a part of that. Seed: `BAUTA_SEED`, else from the clock; printed.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

extern crate std;

use alloc::vec::Vec;
use std::time::{SystemTime, UNIX_EPOCH};
use std::{env, println};

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

use super::msm::pippenger;
use super::{Comb, Point, Public, Table, comb_sum, msm_vartime, native, portable, sum_of_products};
use crate::suite::Suite;

fn number(name: &str, default: u64) -> u64 {
    let number = env::var(name).map_or(default, |text| text.parse().unwrap());
    println!("{name}={number}");
    number
}

fn rng() -> ChaCha20Rng {
    let clock = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64);
    ChaCha20Rng::seed_from_u64(number("BAUTA_SEED", clock))
}

/// How often what costs as much as `price` operations is done: once at least.
fn operations(price: u64) -> u64 {
    (number("BAUTA_OPERATIONS", 5_000) / price).max(1)
}

/// One and the same scalar or point on both sides.
struct Both<N, P>(N, P);

fn scalar(rng: &mut ChaCha20Rng) -> Both<native::Scalar, portable::Scalar> {
    let mut wide = [0; 64];
    rng.fill_bytes(&mut wide);
    match rng.next_u32() % 16 {
        0 => wide = [0; 64],
        1 => wide[..63].fill(0),
        2 => wide = [0xff; 64],
        _ => {}
    }
    let both = Both(native::Scalar::from_wide(&wide), portable::Scalar::from_wide(&wide));
    assert_eq!(both.0.to_bytes(), both.1.to_bytes());
    both
}

fn point(rng: &mut ChaCha20Rng) -> Both<native::G1, portable::G1> {
    let mut message = [0; 8];
    rng.fill_bytes(&mut message);
    let suite = if rng.next_u32().is_multiple_of(2) { Suite::Sha256 } else { Suite::Shake256 };
    let dst = [7; 300];
    let dst = &dst[..[1, 43, 255, 256, 300][rng.next_u32() as usize % 5]];
    let both = Both(native::hash_to_g1(suite, &message, dst), portable::hash_to_g1(suite, &message, dst));
    assert_eq!(both.0.to_compressed(), both.1.to_compressed());
    both
}

#[test]
fn field() {
    let mut rng = rng();
    for _ in 0..operations(1) {
        let (a, b) = (scalar(&mut rng), scalar(&mut rng));
        assert_eq!((a.0 + b.0).to_bytes(), (a.1 + b.1).to_bytes());
        assert_eq!((a.0 - b.0).to_bytes(), (a.1 - b.1).to_bytes());
        assert_eq!((a.0 * b.0).to_bytes(), (a.1 * b.1).to_bytes());
        assert_eq!((-a.0).to_bytes(), (-a.1).to_bytes());
        assert_eq!(a.0.invert().map(|a| a.to_bytes()), a.1.invert().map(|a| a.to_bytes()));
        assert_eq!(a.0.is_zero(), a.1.is_zero());
    }
}

#[test]
fn group() {
    let mut rng = rng();
    for _ in 0..operations(20) {
        let (p, q, s) = (point(&mut rng), point(&mut rng), scalar(&mut rng));
        assert_eq!((p.0 + q.0).to_compressed(), (p.1 + q.1).to_compressed());
        assert_eq!((p.0 - q.0).to_compressed(), (p.1 - q.1).to_compressed());
        assert_eq!((p.0 - p.0).to_compressed(), (p.1 - p.1).to_compressed());
        assert_eq!((p.0 - p.0).is_identity(), (p.1 - p.1).is_identity());
        assert_eq!((p.0 * s.0).to_compressed(), (p.1 * s.1).to_compressed());
        assert_eq!((-p.0).to_compressed(), (-p.1).to_compressed());
        let g2 = (native::G2::generator() * s.0, portable::G2::generator() * s.1);
        assert_eq!(g2.0.to_compressed(), g2.1.to_compressed());
        assert_eq!(
            (g2.0 + native::G2::generator()).to_compressed(),
            (g2.1 + portable::G2::generator()).to_compressed()
        );
        let all = (
            native::G1::to_compressed_all(&[p.0, q.0, p.0 - p.0]),
            portable::G1::to_compressed_all(&[p.1, q.1, p.1 - p.1]),
        );
        assert_eq!(all.0, all.1);
    }
}

#[test]
fn sums() {
    let mut rng = rng();
    // One term at least, and more than either backend calls many.
    let counts: Vec<usize> = (1..20).chain([MANY - 1, MANY, MANY + 30]).collect();
    for count in counts.repeat(operations(5_000) as usize) {
        let terms: Vec<_> = (0..count).map(|_| (point(&mut rng), scalar(&mut rng))).collect();
        let native: Vec<_> = terms.iter().map(|(point, scalar)| (point.0, scalar.0)).collect();
        let portable: Vec<_> = terms.iter().map(|(point, scalar)| (point.1, scalar.1)).collect();
        let (native, portable) = (in_every_way(&native), in_every_way(&portable));
        let native = native.map(native::G1::to_compressed);
        assert_eq!(native, portable.map(portable::G1::to_compressed));
        assert_eq!(native, [native[0]; 8]);
    }
}

const MANY: usize = <portable::G1 as Point>::MANY;

/// Whatever is in a public sum: nothing, nobody, nothing of somebody, somebody twice, somebody and its negative, short weights.
#[test]
fn public_sums_of_odd_terms() {
    let mut rng = rng();
    for count in [0, 1, 2, 5, 30, MANY + 10].repeat(operations(5_000) as usize) {
        let mut terms = Vec::new();
        for i in 0..count {
            let (p, s) = (point(&mut rng), scalar(&mut rng));
            let none = Both(p.0 - p.0, p.1 - p.1);
            let zero = Both(s.0 - s.0, s.1 - s.1);
            match i % 5 {
                0 => terms.push((none, s)),
                1 => terms.push((p, zero)),
                2 => terms.extend([(Both(p.0, p.1), Both(s.0, s.1)), (p, s)]),
                3 => terms.extend([(Both(-p.0, -p.1), Both(s.0, s.1)), (p, s)]),
                _ => {
                    let mut wide = [0; 64];
                    rng.fill_bytes(&mut wide[48..]);
                    terms.push((p, Both(native::Scalar::from_wide(&wide), portable::Scalar::from_wide(&wide))));
                }
            }
        }
        let sum = terms.iter().fold(native::G1::identity(), |sum, (point, scalar)| sum + point.0 * scalar.0);
        let native: Vec<_> = terms.iter().map(|(point, scalar)| (point.0, Public::of_test(scalar.0))).collect();
        let portable: Vec<_> = terms.iter().map(|(point, scalar)| (point.1, Public::of_test(scalar.1))).collect();
        assert_eq!(msm_vartime(&native).to_compressed(), sum.to_compressed());
        assert_eq!(msm_vartime(&portable).to_compressed(), sum.to_compressed());
    }
}

/// The same sum, one multiplication after the other first.
fn in_every_way<P: Point>(terms: &[(P, P::Scalar)]) -> [P; 8] {
    let tables: Vec<Table<P>> = terms.iter().map(|(point, _)| Table::new(*point)).collect();
    let tabled = || tables.iter().zip(terms.iter().map(|(_, scalar)| *scalar));
    let public: Vec<_> = terms.iter().map(|(point, scalar)| (*point, Public::of_test(*scalar))).collect();
    let combs: Vec<Comb<P, 4>> = terms.iter().map(|(point, _)| Comb::new(*point)).collect();
    let combed: Vec<_> = combs.iter().zip(terms).map(|(comb, (_, scalar))| (comb, *scalar)).collect();
    [
        terms.iter().fold(P::identity(), |sum, (point, scalar)| sum + *point * *scalar),
        sum_of_products(terms),
        msm_vartime(&public),
        pippenger(&public),
        P::msm_of_many_vartime(&public),
        tabled().fold(P::identity(), |sum, (table, scalar)| table.add_product(sum, scalar)),
        P::sum_vartime(&tabled().fold(Vec::new(), |mut points, (table, scalar)| {
            table.extend_vartime(&mut points, Public::of_test(scalar));
            points
        })),
        comb_sum(&combed),
    ]
}

#[test]
fn pairings() {
    let mut rng = rng();
    for _ in 0..operations(250) {
        let (p, s) = (point(&mut rng), scalar(&mut rng));
        let (g2, other) = (native::G2::generator(), scalar(&mut rng));
        let (w, bp2) = (native::PreparedG2::new(g2 * s.0), native::PreparedG2::new(g2));
        let holds = native::pairings_cancel(&[(p.0, &w), (-(p.0 * s.0), &bp2)]);
        let fails = native::pairings_cancel(&[(p.0, &w), (-(p.0 * other.0), &bp2)]);
        assert_eq!((holds, fails), (true, s.0 == other.0));
        let g2 = portable::G2::generator();
        let (w, bp2) = (portable::PreparedG2::new(g2 * s.1), portable::PreparedG2::new(g2));
        assert_eq!(portable::pairings_cancel(&[(p.1, &w), (-(p.1 * s.1), &bp2)]), holds);
        assert_eq!(portable::pairings_cancel(&[(p.1, &w), (-(p.1 * other.1), &bp2)]), fails);
    }
}

/// Whatever bytes come: both take them or both refuse them, and what is taken is written again as it came.
#[test]
fn hostile_bytes() {
    let mut rng = rng();
    let mut taken = 0;
    for _ in 0..operations(1) {
        let mut bytes = point(&mut rng).0.to_compressed();
        let kind = rng.next_u32();
        match kind % 8 {
            0 => {}
            1 => bytes[0] ^= 1 << ((kind >> 8) % 8),
            2 => bytes[usize::try_from(kind >> 8).unwrap() % 48] ^= 1 << ((kind >> 4) % 8),
            3 => rng.fill_bytes(&mut bytes),
            4 => bytes = [0; 48],
            // A point at infinity with every flag, clean and with something left over.
            5 => {
                bytes = [0; 48];
                bytes[0] = (kind >> 8).to_le_bytes()[0];
                bytes[47] = (kind >> 16).to_le_bytes()[0] & 1;
            }
            // x at and around the modulus.
            6 => {
                bytes = MODULUS;
                bytes[47] = bytes[47].wrapping_add((kind >> 8).to_le_bytes()[0] % 8).wrapping_sub(4);
                bytes[0] |= (kind >> 16).to_le_bytes()[0] & 0xe0;
            }
            // A small x is on the curve half of the time, and then hardly ever in the subgroup.
            _ => {
                bytes = [0; 48];
                bytes[47] = (kind >> 8).to_le_bytes()[0];
                bytes[0] = 0x80 | (kind >> 16).to_le_bytes()[0] & 0x20;
            }
        }
        let (native, portable) = (native::G1::from_compressed(&bytes), portable::G1::from_compressed(&bytes));
        assert_eq!(native.map(native::G1::to_compressed), portable.map(portable::G1::to_compressed), "{bytes:02x?}");
        if let Some(point) = native {
            assert_eq!(point.to_compressed(), bytes);
            taken += 1;
        }
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        bytes[0] &= 0x7f;
        let (native, portable) = (native::Scalar::from_canonical(&bytes), portable::Scalar::from_canonical(&bytes));
        assert_eq!(native.map(native::Scalar::to_bytes), portable.map(portable::Scalar::to_bytes), "{bytes:02x?}");
    }
    assert!(taken > 0);
}

#[test]
fn hostile_bytes_in_g2() {
    let mut rng = rng();
    for _ in 0..operations(10) {
        let mut bytes = (native::G2::generator() * scalar(&mut rng).0).to_compressed();
        let kind = rng.next_u32();
        match kind % 5 {
            0 => {}
            1 => bytes[0] ^= 1 << ((kind >> 8) % 8),
            2 => bytes[usize::try_from(kind >> 8).unwrap() % 96] ^= 1 << ((kind >> 4) % 8),
            3 => {
                bytes = [0; 96];
                bytes[0] = (kind >> 8).to_le_bytes()[0];
                bytes[95] = (kind >> 16).to_le_bytes()[0] & 3;
            }
            _ => bytes[48..].copy_from_slice(&MODULUS),
        }
        let (native, portable) = (native::G2::from_compressed(&bytes), portable::G2::from_compressed(&bytes));
        assert_eq!(native.map(native::G2::to_compressed), portable.map(portable::G2::to_compressed), "{bytes:02x?}");
    }
}

/// The modulus of the field that x lies in, big-endian.
const MODULUS: [u8; 48] = [
    0x1a, 0x01, 0x11, 0xea, 0x39, 0x7f, 0xe6, 0x9a, 0x4b, 0x1b, 0xa7, 0xb6, 0x43, 0x4b, 0xac, 0xd7, 0x64, 0x77, 0x4b,
    0x84, 0xf3, 0x85, 0x12, 0xbf, 0x67, 0x30, 0xd2, 0xa0, 0xf6, 0xb0, 0xf6, 0x24, 0x1e, 0xab, 0xff, 0xfe, 0xb1, 0x53,
    0xff, 0xff, 0xb9, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xaa, 0xab,
];
