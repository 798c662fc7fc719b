//! What the bare operations of blst would cost in the best order: nothing is hashed, parsed or compared beside them.
//!
//! F fixed-base multiplication from a table, M multiplication, D decoding with subgroup check, 2ML + FE a product of two
//! prepared pairings. Tables are read in variable time, multiplications take constant time.
//!
//! - sign (L + 1)·F + M
//! - verify D + (L + 1)·F + M + 2ML + FE
//! - prove, held (7 + U)·M
//! - check 3·D + MSM of 3 + M + (L + 2)·F + 2ML + FE

use std::hint::black_box;
use std::rc::Rc;

use anyhow::{Result, ensure};
use blstrs::{Bls12, G1Affine, G1Projective, G2Affine, G2Prepared, Scalar};
use ff::Field;
use group::prime::PrimeCurveAffine;
use group::{Curve, Group};
use pairing::{MillerLoopResult, MultiMillerLoop};

use crate::work::{Act, Contender, Work};

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

    fn pair(&self, a: G1Projective) -> Result<()> {
        let a = a.to_affine();
        let terms = [(&a, &self.prepared[0]), (&a, &self.prepared[1])];
        let product = Bls12::multi_miller_loop(&terms).final_exponentiation();
        ensure!(bool::from(product.is_identity()), "e(a, b)·e(a, −b) is one");
        Ok(())
    }
}

pub(crate) fn contender(work: &Work) -> Contender {
    let count = work.messages.len();
    let hidden = count - work.disclosed.len();
    let desk = Rc::new(Desk::new(count + 7));
    let [signing, verifying, proving, checking] = [(); 4].map(|()| Rc::clone(&desk));
    Contender::new("bare blst, the floor")
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
        .can(Act::Check, move || {
            checking.decode(3)?;
            let sum = G1Projective::multi_exp(&checking.points[..3], &checking.scalars[..3]);
            checking.pair(sum + checking.multiply(1) + checking.fixed(count + 2))
        })
}
