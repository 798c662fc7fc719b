//! Many proofs, one pairing product.
//!
//! What the challenge leaves open of proof i is whether e(Abar_i, W_i) = e(Bbar_i, BP2). With random weights w_i
//!
//! ```text
//! Π_W e(Σ w_i·Abar_i, W) = e(Σ w_i·Bbar_i, BP2)        the left sums over the proofs under W
//! ```
//!
//! holds by chance for a set with a bad proof in it at most once in 2^128, because the weights are drawn when all proofs are fixed: given all
//! the other weights there is at most one w_i with which a bad proof passes. All points are of the subgroup, whose order is
//! prime; [`Proof::from_bytes`](super::Proof::from_bytes) has seen to it.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::fmt;

use rand_core::CryptoRng;

use super::core::Answered;
use crate::curve::{G1, Public, msm_vartime};
use crate::keys::pair_up;
use crate::{InvalidProof, PublicKey};

/// Proofs that wait for their pairing, and those that do not get that far.
#[derive(Default)]
pub(crate) struct Pending(Vec<Result<Answered, InvalidProof>>);

impl Pending {
    pub(crate) fn push(&mut self, answered: Result<Answered, InvalidProof>) {
        self.0.push(answered);
    }

    /// One for each proof, in their order.
    pub(crate) fn verdicts(self, rng: &mut impl CryptoRng) -> Vec<Result<(), InvalidProof>> {
        let mut verdicts = Vec::with_capacity(self.0.len());
        let mut weighted = Vec::with_capacity(self.0.len());
        for (position, pending) in self.0.into_iter().enumerate() {
            verdicts.push(pending.as_ref().map(drop).map_err(|refused| *refused));
            weighted.extend(pending.map(|answered| Weighted { position, answered, weight: weight(rng) }));
        }
        if !hold(&weighted) {
            refuse_bad(&weighted, &mut verdicts);
        }
        verdicts
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pending({} proofs)", self.0.len())
    }
}

struct Weighted {
    position: usize,
    answered: Answered,
    weight: Public,
}

/// Uniform in 0..2^128. Nobody may foresee it, and it need not stay hidden: it serves once.
fn weight(rng: &mut impl CryptoRng) -> Public {
    let mut wide = [0; 64];
    rng.fill_bytes(&mut wide[48..]);
    Public::from_wide(&wide)
}

/// Halves a set that does not hold until its bad proofs stand alone.
fn refuse_bad(some: &[Weighted], verdicts: &mut [Result<(), InvalidProof>]) {
    if let [bad] = some {
        verdicts[bad.position] = Err(InvalidProof);
        return;
    }
    let (left, right) = some.split_at(some.len() / 2);
    // The product of the whole is that of its halves: if it is not one and the left half's is, the right half's is not.
    if hold(left) {
        refuse_bad(right, verdicts);
    } else {
        refuse_bad(left, verdicts);
        if !hold(right) {
            refuse_bad(right, verdicts);
        }
    }
}

/// Whether all of them hold.
fn hold(some: &[Weighted]) -> bool {
    match some {
        [] => true,
        // Alone it needs no weight.
        [one] => one.answered.pairs(),
        _ => {
            let mut by_key = BTreeMap::new();
            let mut right = Vec::with_capacity(some.len());
            for Weighted { position: _, answered: Answered { pk, Abar, Bbar }, weight } in some {
                let under = by_key.entry(pk.to_bytes()).or_insert(Under { pk, terms: Vec::new() });
                under.terms.push((*Abar, *weight));
                right.push((*Bbar, *weight));
            }
            let left: Vec<(G1, &PublicKey)> =
                by_key.values().map(|Under { pk, terms }| (msm_vartime(terms), *pk)).collect();
            pair_up(&left, msm_vartime(&right))
        }
    }
}

/// What is paired with one key.
struct Under<'a> {
    pk: &'a PublicKey,
    terms: Vec<(G1, Public)>,
}
