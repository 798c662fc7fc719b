//! What the two backends offer by themselves, each through the crate that it is made of: the ground that everything stands on.
//!
//! `cargo bench -p bauta-crypto --bench primitives`
#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark fails by panicking")]

mod clock;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};

use crate::clock::Processor;

const DST: &[u8] = b"benchmark";
/// Points in a sum.
const SUMS: [usize; 3] = [10, 30, 100];

/// blst, through `blstrs`.
fn native(criterion: &mut Criterion<Processor>) {
    use blstrs::{Bls12, G1Affine, G1Projective, G2Affine, G2Prepared, G2Projective, Scalar};
    use ff_of_blstrs::Field;
    use group_of_blstrs::{Curve, Group, prime::PrimeCurveAffine};
    use pairing::{MillerLoopResult, MultiMillerLoop};

    let mut group = criterion.benchmark_group("blst");
    let points: Vec<G1Projective> = (0..100_u8).map(|i| G1Projective::hash_to_curve(&[i], DST, &[])).collect();
    // Of full size, all of them.
    let scalars: Vec<Scalar> = (2..102_u64).map(|i| Scalar::from(i).invert().unwrap()).collect();
    let (point, scalar, compressed) = (points[0], scalars[0], points[0].to_compressed());
    let affine = point.to_affine();
    let prepared = [G2Prepared::from(G2Affine::generator()), G2Prepared::from(-G2Affine::generator())];
    let loops = || Bls12::multi_miller_loop(&[(&affine, &prepared[0]), (&affine, &prepared[1])]);
    let after_loops = loops();

    group.bench_function("G1 multiplication", |b| b.iter(|| black_box(point) * scalar));
    group.bench_function("G2 multiplication", |b| b.iter(|| black_box(G2Projective::generator()) * scalar));
    group.bench_function("G1 decoding", |b| b.iter(|| G1Affine::from_compressed(black_box(&compressed)).unwrap()));
    group.bench_function("hash to G1", |b| b.iter(|| G1Projective::hash_to_curve(black_box(b"message"), DST, &[])));
    group.bench_function("scalar inversion", |b| b.iter(|| black_box(scalar).invert().unwrap()));
    group.bench_function("two Miller loops, prepared", |b| b.iter(loops));
    group.bench_function("final exponentiation", |b| b.iter(|| after_loops.final_exponentiation()));
    for count in SUMS {
        group.bench_function(format!("sum of {count} multiples, variable time"), |b| {
            b.iter(|| G1Projective::multi_exp(&points[..count], &scalars[..count]));
        });
    }
}

/// `bls12_381`, which has no sum of multiples of its own.
fn portable(criterion: &mut Criterion<Processor>) {
    use bls12_381::hash_to_curve::{ExpandMsgXmd, HashToCurve};
    use bls12_381::{G1Affine, G1Projective, G2Affine, G2Prepared, G2Projective, Scalar, multi_miller_loop};
    use group::Curve;

    let mut group = criterion.benchmark_group("bls12_381");
    let hash = |message: &[u8]| -> G1Projective {
        <G1Projective as HashToCurve<ExpandMsgXmd<sha2::Sha256>>>::hash_to_curve([message], DST)
    };
    let (point, scalar) = (hash(b"point"), Scalar::from(2).invert().unwrap());
    let (affine, compressed) = (point.to_affine(), point.to_affine().to_compressed());
    let prepared = [G2Prepared::from(G2Affine::generator()), G2Prepared::from(-G2Affine::generator())];
    let loops = || multi_miller_loop(&[(&affine, &prepared[0]), (&affine, &prepared[1])]);
    let after_loops = loops();

    group.bench_function("G1 multiplication", |b| b.iter(|| black_box(point) * scalar));
    group.bench_function("G2 multiplication", |b| b.iter(|| black_box(G2Projective::generator()) * scalar));
    group.bench_function("G1 decoding", |b| b.iter(|| G1Affine::from_compressed(black_box(&compressed)).unwrap()));
    group.bench_function("hash to G1", |b| b.iter(|| hash(black_box(b"message"))));
    group.bench_function("scalar inversion", |b| b.iter(|| black_box(scalar).invert().unwrap()));
    group.bench_function("two Miller loops, prepared", |b| b.iter(loops));
    group.bench_function("final exponentiation", |b| b.iter(|| after_loops.final_exponentiation()));
}

criterion_group! {
    name = benches;
    config = clock::criterion();
    targets = native, portable
}
criterion_main!(benches);
