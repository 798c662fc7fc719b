//! The one place that knows a curve.
//!
//! Everything above speaks of [`Scalar`], [`G1`] and [`G2`] and of the few operations below; which crate computes them is
//! decided here, once per build. `native` is blst and runs wherever there is a C compiler. `portable` is pure Rust and runs in
//! WebAssembly, and everywhere with the feature `portable`. Both give the same bytes and refuse the same bytes: see `agreement`.
//!
//! A name that ends in `_vartime` takes public inputs only: its scalars are [`Public`], which no secret can become. Everything
//! else runs in time that does not depend on its inputs.

#[cfg(all(test, not(target_family = "wasm")))]
mod agreement;
mod msm;
#[cfg(all(not(target_family = "wasm"), any(test, not(feature = "portable"))))]
#[cfg_attr(feature = "portable", allow(dead_code, reason = "only compared with, then"))]
mod native;
mod operators;
// Beside blst it only hashes and reduces; its points are compared with blst's in tests.
#[cfg_attr(not(any(target_family = "wasm", feature = "portable")), allow(dead_code, reason = "see above"))]
mod portable;
mod public;
mod sums;

use alloc::vec::Vec;

use zeroize::Zeroizing;

#[cfg(all(not(target_family = "wasm"), not(feature = "portable")))]
use native as backend;
#[cfg(any(target_family = "wasm", feature = "portable"))]
use portable as backend;

pub(crate) use backend::{G1, G2, PreparedG2, Scalar, hash_to_g1, pairings_cancel};
pub(crate) use msm::msm_vartime;
pub(crate) use portable::{EXPAND_LEN, expand_message};
pub(crate) use public::Public;
pub(crate) use sums::{Comb, Point, Table, comb_sum, sum_of_products};

/// The inverse of each in constant time, by one inversion for all. `None` if one of them is zero.
pub(crate) fn invert_all(scalars: &[Scalar]) -> Option<Zeroizing<Vec<Scalar>>> {
    let mut product = Zeroizing::new(Scalar::ONE);
    // Of all before each.
    let mut inverses = Zeroizing::new(Vec::with_capacity(scalars.len()));
    for scalar in scalars {
        inverses.push(*product);
        *product = *product * *scalar;
    }
    let mut inverse = Zeroizing::new(product.invert()?);
    for (before, scalar) in inverses.iter_mut().zip(scalars).rev() {
        *before = *inverse * *before;
        *inverse = *inverse * *scalar;
    }
    Some(inverses)
}
