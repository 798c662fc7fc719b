//! Looks for time that depends on secrets, in the manner of dudect (Reparaz, Balasch, Verbauwhede: *Dude, is my code
//! constant time?*, 2016).
//!
//! Every operation of [`targets`] meets two [`Class`]es of secrets: *sparse* ones, on which code in variable time would be
//! quickest, and *uniform* ones. Whatever is public is drawn afresh for both alike, all inputs are made beforehand by the same
//! steps, and their order is random. Each input gives one figure ([`measure`]), and Welch's t says whether the classes differ
//! ([`statistics`]). The program tests itself in the same run: [`planted`] leaks must be found, and two classes that are both
//! uniform must not differ.
//!
//! `cargo xtask dudect` runs it on both backends; by itself it takes the seconds for each operation, or `short`. For
//! `cargo xtask instructions` it does one operation once, so that valgrind can count ([`count`]).
#![forbid(unsafe_code)]

mod count;
mod inputs;
mod measure;
mod planted;
mod sparse;
mod statistics;
mod targets;

use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use crate::inputs::{Class, Target};
use crate::measure::Effort;
use crate::statistics::Comparison;

/// How much is measured, and what counts as a finding.
struct Plan {
    effort: Effort,
    /// |t| beyond this is an excess.
    bar: f64,
}

/// A finding is an excess in the same direction this many times in a row, each time with other inputs. One may be chance, or
/// something else that the machine did.
const IN_A_ROW: usize = 3;

/// Within a minute for both backends, on a machine that does other things as well: so the bar is higher.
const SHORT: Plan = Plan { effort: Effort { inputs: 48, seconds: 0.8 }, bar: 5.0 };
const LONG_INPUTS: usize = 256;
const LONG_BAR: f64 = 4.5;

fn main() -> ExitCode {
    match act() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\n{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn act() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["list"] => count::list(),
        ["count", operation, class] => count::once(operation, class),
        ["short"] => run(&SHORT, seed()?),
        [seconds] => run(&long(seconds)?, seed()?),
        _ => bail!(USAGE),
    }
}

/// Of an earlier run, or a fresh one.
fn seed() -> Result<u64> {
    match std::env::var("BAUTA_SEED") {
        Ok(seed) => seed.parse().context("BAUTA_SEED is not the number that a run printed"),
        Err(_) => getrandom::u64().context("the system gives no random seed"),
    }
}

const USAGE: &str = "how long? `short`, or the seconds for each operation";

fn long(seconds: &str) -> Result<Plan> {
    let seconds = seconds.parse().ok().filter(|seconds| *seconds > 0.0).context(USAGE)?;
    Ok(Plan { effort: Effort { inputs: LONG_INPUTS, seconds }, bar: LONG_BAR })
}

fn run(plan: &Plan, seed: u64) -> Result<()> {
    let backend = if cfg!(feature = "portable") { "pure Rust" } else { "blst" };
    println!("\nTime and secrets, {backend}, seed {seed}; an excess is |t| > {}\n", plan.bar);
    println!("| operation, secret | µs | sparse − uniform, ns | t | |");
    println!("|---|---|---|---|---|");
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let mut wrong = Vec::new();
    for target in planted::leaks() {
        let found = judge(&target, [Class::Sparse, Class::Uniform], plan, &mut rng)?;
        report(target.name, &found, if found.is_excess { "found, as it must be" } else { "**not found**" });
        if !found.is_excess {
            wrong.push(format!("{}: not found, so this run says nothing", target.name));
        }
    }
    let null = targets::null();
    let found = judge(&null, [Class::Uniform, Class::Uniform], plan, &mut rng)?;
    report(null.name, &found, if found.is_excess { "**differ**" } else { "alike, as they must be" });
    if found.is_excess {
        wrong.push(format!("{}: differ, so this machine cannot measure now", null.name));
    }
    for target in targets::all() {
        let found = judge(&target, [Class::Sparse, Class::Uniform], plan, &mut rng)?;
        report(target.name, &found, if found.is_excess { "**depends on the secret**" } else { "" });
        if found.is_excess {
            wrong.push(format!("{}: its time depends on the secret", target.name));
        }
    }
    if !wrong.is_empty() {
        bail!("{}. To repeat this run, set BAUTA_SEED={seed}", wrong.join("; "));
    }
    Ok(())
}

/// What was seen last, and whether it is a finding.
struct Found {
    seen: Comparison,
    is_excess: bool,
}

fn judge(target: &Target, classes: [Class; 2], plan: &Plan, rng: &mut ChaCha20Rng) -> Result<Found> {
    let mut compare = || measure::compare(target, classes, plan.effort, rng);
    let first = compare()?;
    let sign = first.t.signum();
    let exceeds = |seen: &Comparison| seen.t.abs() > plan.bar && seen.t.signum() == sign;
    let mut found = Found { is_excess: exceeds(&first), seen: first };
    for _ in 1..IN_A_ROW {
        if found.is_excess {
            let seen = compare()?;
            found = Found { is_excess: exceeds(&seen), seen };
        }
    }
    Ok(found)
}

fn report(name: &str, Found { seen, .. }: &Found, verdict: &str) {
    let Comparison { nanoseconds, difference, t } = seen;
    println!("| {name} | {:.1} | {difference:+.0} | {t:+.1} | {verdict} |", nanoseconds / 1000.0);
}
