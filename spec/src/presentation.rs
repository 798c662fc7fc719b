#![doc = include_str!("../presentation.md")]

mod clear;
mod context;
mod envelope;
mod pair;

pub use clear::Naming;
pub(crate) use clear::{MAX_BYTES, len};
pub use context::{Context, Mode, PairContext, Shown};
pub use envelope::{Envelope, Part};
pub use pair::{Pair, PairEnvelope};

#[cfg(test)]
mod tests;
