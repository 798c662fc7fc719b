#![doc = include_str!("../presentation.md")]

mod context;
mod envelope;

pub use context::{Context, Mode};
pub use envelope::{Envelope, Part};

#[cfg(test)]
mod tests;
