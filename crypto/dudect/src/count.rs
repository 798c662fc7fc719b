//! One operation on one input, for a processor in software that counts instructions.
//!
//! There is no noise to average out: with the same public values, both classes must take the same instructions to the last.

use anyhow::{Context, Result, bail};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use crate::inputs::{Act, Class, Desk, Target};
use crate::{planted, targets};

/// So many signatures build every table of generators first: what is counted is a program that has run for a while.
const SIGNATURES_BEFORE: usize = 30;

/// Prints the names of all operations, planted leaks first.
pub(crate) fn list() -> Result<()> {
    all().for_each(|target| println!("{}", target.name));
    Ok(())
}

/// Does the operation of that name once, inside of [`counted`].
pub(crate) fn once(name: &str, class: &str) -> Result<()> {
    let target = all().find(|target| target.name == name).context("no operation has this name")?;
    let class = match class {
        "sparse" => Class::Sparse,
        "uniform" => Class::Uniform,
        _ => bail!("a class is sparse or uniform"),
    };
    // One seed: what is public, and what the other secrets are, is the same in both classes.
    let mut desk = Desk::new(&mut ChaCha20Rng::seed_from_u64(1));
    let sign = targets::sign_messages(&mut desk, Class::Uniform)?;
    for _ in 0..SIGNATURES_BEFORE {
        sign()?;
    }
    let act = (target.prepare)(&mut desk, class)?;
    // Prepares keys for pairings, which is done once.
    act()?;
    counted(&act)
}

/// What is found by its name and counted with all that it calls.
#[inline(never)]
fn counted(act: &Act) -> Result<()> {
    act()
}

fn all() -> impl Iterator<Item = Target> {
    planted::leaks().into_iter().chain(targets::all())
}
