//! Times an operation on many inputs of two classes.

use std::time::{Duration, Instant};

use anyhow::Result;
use cpu_time::ThreadTime;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha20Rng;

use crate::inputs::{Act, Class, Desk, Target};
use crate::statistics::{Comparison, cropped_mean};

/// How much one comparison may cost.
#[derive(Clone, Copy)]
pub(crate) struct Effort {
    /// Of each class.
    pub(crate) inputs: usize,
    /// Of measuring, after all inputs are made.
    pub(crate) seconds: f64,
}

/// Each input is timed at least so often, however slow the machine is.
const MIN_ROUNDS: usize = 6;
/// More tell nothing new of an operation that takes a microsecond.
const MAX_ROUNDS: usize = 2000;

/// One act on one input, with what it took each time.
struct Timed {
    is_first: bool,
    act: Act,
    nanoseconds: Vec<u32>,
}

/// Makes inputs of both classes and times them, round after round, each round in an order of its own.
///
/// An input is one observation, however often it is timed: addresses, public values and whatever else stays with an input
/// would otherwise pass for a difference of the classes.
pub(crate) fn compare(
    target: &Target,
    classes: [Class; 2],
    effort: Effort,
    rng: &mut ChaCha20Rng,
) -> Result<Comparison> {
    let mut desk = Desk::new(rng);
    let mut sides: Vec<bool> = (0..2 * effort.inputs).map(|i| i % 2 == 0).collect();
    // Made in random order as well, so that neither class has the better place in memory.
    sides.shuffle(rng);
    let make = |is_first| {
        let class = if is_first { classes[0] } else { classes[1] };
        Ok(Timed { is_first, act: (target.prepare)(&mut desk, class)?, nanoseconds: Vec::new() })
    };
    let mut inputs: Vec<Timed> = sides.into_iter().map(make).collect::<Result<_>>()?;
    time(&mut inputs, effort.seconds, rng)?;

    let figures = |of_first| -> Vec<f64> {
        let of_class = inputs.iter().filter(|input| input.is_first == of_first);
        of_class.map(|input| cropped_mean(&mut input.nanoseconds.clone())).collect()
    };
    Ok(Comparison::new(&figures(true), &figures(false)))
}

fn time(inputs: &mut [Timed], seconds: f64, rng: &mut ChaCha20Rng) -> Result<()> {
    // The first round warms up: caches, and tables that are built on the way.
    for input in inputs.iter() {
        (input.act)()?;
    }
    let end = Instant::now() + Duration::from_secs_f64(seconds);
    for round in 0..MAX_ROUNDS {
        if round >= MIN_ROUNDS && Instant::now() >= end {
            break;
        }
        inputs.shuffle(rng);
        for Timed { act, nanoseconds, .. } in inputs.iter_mut() {
            let start = ThreadTime::now();
            let done = act();
            let took = start.elapsed().as_nanos();
            done?;
            // Four seconds, if ever anything takes longer.
            nanoseconds.push(u32::try_from(took).unwrap_or(u32::MAX));
        }
    }
    Ok(())
}
