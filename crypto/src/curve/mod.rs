//! The one place that knows a curve.
//!
//! Everything above speaks of [`Scalar`], [`G1`] and [`G2`] and of the few operations below; which crate computes them is
//! decided here, once per build. `native` is blst and runs wherever there is a C compiler. `portable` is pure Rust and runs in
//! WebAssembly, and everywhere with the feature `portable`. Both give the same bytes and refuse the same bytes: see `agreement`.
//!
//! A name that ends in `_vartime` takes public inputs only. Everything else runs in time that does not depend on its
//! inputs.

#[cfg(all(test, not(target_family = "wasm")))]
mod agreement;
#[cfg(all(not(target_family = "wasm"), any(test, not(feature = "portable"))))]
#[cfg_attr(feature = "portable", allow(dead_code, reason = "only compared with, then"))]
mod native;
mod operators;
// Beside blst it only hashes and reduces; its points are compared with blst's in tests.
#[cfg_attr(not(any(target_family = "wasm", feature = "portable")), allow(dead_code, reason = "see above"))]
mod portable;
mod sums;

#[cfg(all(not(target_family = "wasm"), not(feature = "portable")))]
use native as backend;
#[cfg(any(target_family = "wasm", feature = "portable"))]
use portable as backend;

pub(crate) use backend::{G1, G2, PreparedG2, Scalar, hash_to_g1, pairings_cancel};
pub(crate) use portable::{EXPAND_LEN, expand_message};
pub(crate) use sums::{Comb, Point, Table, comb_sum, msm_vartime, sum_of_products};
