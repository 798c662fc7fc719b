//! The one place that knows a curve.
//!
//! Everything above speaks of [`Scalar`], [`G1`] and [`G2`] and of the few operations below; which crate computes them is
//! decided here. `portable` is pure Rust and works everywhere. A second backend takes the same surface.
//!
//! A name that ends in `_vartime` takes public inputs only. Everything else runs in time that does not depend on its
//! inputs.

mod portable;

pub(crate) use portable::{
    EXPAND_LEN, G1, G2, Scalar, expand_message, hash_to_g1, msm_vartime, pairings_cancel, sum_of_products,
};
