//! What the bare operations of blst would cost in the best order: nothing is hashed, parsed or compared beside them.
//!
//! F fixed-base multiplication from a table, M multiplication, D decoding with subgroup check, 2ML + FE a product of two
//! prepared pairings. Tables are read in variable time, multiplications take constant time.
//!
//! - sign (L + 1)·F + M
//! - verify D + (L + 1)·F + M + 2ML + FE
//! - prove, held (7 + U)·M
//! - check 3·D + MSM of 3 + M + (L + 2)·F + 2ML + FE
//! - sign n, which differ in one message: L·F + n·(F + M)
//! - check n: n times a check but for its pairings, two MSMs of n with weights of 128 bits, 2ML + FE

use std::hint::black_box;
use std::rc::Rc;

use anyhow::{Result, ensure};
use blst::{blst_p1, p1_affines};
use blstrs::{Bls12, G1Affine, G1Projective, G2Affine, G2Prepared, Scalar};
use ff::Field;
use group::prime::PrimeCurveAffine;
use group::{Curve, Group};
use pairing::{MillerLoopResult, MultiMillerLoop};

use crate::work::{Act, Contender, Work};
use crate::{CHECK_BATCHES, MORE_BATCHES, SIGN_BATCHES};

/// Windows of eight bits, 255 multiples each: 783 kB for one base.
struct Table(Vec<[G1Affine; 255]>);

impl Table {
    fn new(base: G1Projective) -> Self {
        let mut base = base;
        let row = |base: &mut G1Projective| {
            let mut multiple = *base;
            let row = [(); 255].map(|()| {
                let affine = multiple.to_affine();
                multiple += *base;
                affine
            });
            *base = multiple;
            row
        };
        Self((0..32).map(|_| row(&mut base)).collect())
    }

    fn add_to(&self, sum: &mut G1Projective, scalar: &Scalar) {
        for (row, digit) in self.0.iter().zip(scalar.to_bytes_le()) {
            if digit > 0 {
                *sum += row[usize::from(digit) - 1];
            }
        }
    }
}

struct Desk {
    tables: Vec<Table>,
    points: Vec<G1Projective>,
    scalars: Vec<Scalar>,
    encoded: [u8; 48],
    prepared: [G2Prepared; 2],
}

impl Desk {
    fn new(bases: usize) -> Self {
        let points: Vec<G1Projective> =
            (0..bases).map(|i| G1Projective::hash_to_curve(&i.to_be_bytes(), b"floor", b"")).collect();
        let mut scalar = Scalar::from(3);
        let scalars = (0..bases).map(|_| {
            // Full size, whatever they are.
            scalar = (scalar.square() + Scalar::ONE).invert().unwrap_or(scalar);
            scalar
        });
        let scalars = scalars.collect();
        let g2 = G2Affine::generator();
        Self {
            tables: points.iter().map(|point| Table::new(*point)).collect(),
            encoded: points[0].to_compressed(),
            points,
            scalars,
            prepared: [g2.into(), (-g2).into()],
        }
    }

    fn fixed(&self, count: usize) -> G1Projective {
        let mut sum = G1Projective::identity();
        for (table, scalar) in self.tables.iter().zip(&self.scalars).take(count) {
            table.add_to(&mut sum, scalar);
        }
        sum
    }

    fn multiply(&self, count: usize) -> G1Projective {
        self.points.iter().zip(&self.scalars).take(count).map(|(point, scalar)| point * scalar).sum()
    }

    fn decode(&self, count: usize) -> Result<()> {
        for _ in 0..count {
            ensure!(bool::from(G1Affine::from_compressed(black_box(&self.encoded)).is_some()), "a point is a point");
        }
        Ok(())
    }

    /// All of a check but its pairings.
    fn recompute(&self, messages: usize) -> Result<G1Projective> {
        self.decode(3)?;
        let sum = G1Projective::multi_exp(&self.points[..3], &self.scalars[..3]);
        Ok(sum + self.multiply(1) + self.fixed(messages + 2))
    }

    /// Half of some scalar.
    fn weight(&self, i: usize) -> [u8; WEIGHT_BITS / 8] {
        let scalar = self.scalars[i % self.scalars.len()].to_bytes_le();
        scalar.first_chunk().copied().unwrap_or_default()
    }

    fn pair(&self, a: G1Projective) -> Result<()> {
        let a = a.to_affine();
        let terms = [(&a, &self.prepared[0]), (&a, &self.prepared[1])];
        let product = Bls12::multi_miller_loop(&terms).final_exponentiation();
        ensure!(bool::from(product.is_identity()), "e(a, b)·e(a, −b) is one");
        Ok(())
    }
}

/// Of a weight in a batch.
const WEIGHT_BITS: usize = 128;

/// What the bare operations cost for work of this shape.
pub(crate) fn contender(work: &Work) -> Contender {
    let count = work.messages.len();
    let hidden = count - work.disclosed.len();
    let desk = Rc::new(Desk::new(count + 7));
    let [signing, verifying, proving, checking] = [(); 4].map(|()| Rc::clone(&desk));
    let bare = Contender::new("bare blst: the floor")
        .can(Act::Sign, move || {
            black_box(signing.fixed(count + 1) + signing.multiply(1));
            Ok(())
        })
        .can(Act::Verify, move || {
            verifying.decode(1)?;
            verifying.pair(verifying.fixed(count + 1) + verifying.multiply(1))
        })
        .can(Act::ProveHeld, move || {
            black_box(proving.multiply(7 + hidden));
            Ok(())
        })
        .can(Act::Check, move || checking.pair(checking.recompute(count)?));
    let bare = SIGN_BATCHES.into_iter().fold(bare, |bare, batch| {
        let desk = Rc::clone(&desk);
        bare.can(Act::SignBatch(batch), move || {
            let common = desk.fixed(count);
            for _ in 0..batch {
                black_box(common + desk.fixed(1) + desk.multiply(1));
            }
            Ok(())
        })
    });
    CHECK_BATCHES.into_iter().chain(MORE_BATCHES).fold(bare, |bare, batch| {
        let desk = Rc::clone(&desk);
        bare.can(Act::CheckBatch(batch), move || {
            let each: Vec<blst_p1> = (0..batch).map(|_| Ok(*desk.recompute(count)?.as_ref())).collect::<Result<_>>()?;
            let points = p1_affines::from(&each);
            let weights: Vec<u8> = (0..batch).flat_map(|i| desk.weight(i)).collect();
            black_box(points.mult(&weights, WEIGHT_BITS));
            black_box(points.mult(&weights, WEIGHT_BITS));
            desk.pair(desk.points[0])
        })
    })
}
