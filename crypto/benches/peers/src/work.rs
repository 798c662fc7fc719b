//! What everybody has to do, and the race.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use cpu_time::ThreadTime;

use crate::table::Row;

/// The input, alike for all.
pub(crate) struct Work {
    pub(crate) messages: Vec<Vec<u8>>,
    pub(crate) disclosed: Vec<usize>,
    pub(crate) header: &'static [u8],
    pub(crate) ph: &'static [u8],
}

impl Work {
    pub(crate) fn new(messages: usize, disclosed: usize) -> Self {
        Self {
            messages: (0..messages).map(|i| format!("message number {i}").into_bytes()).collect(),
            disclosed: (0..disclosed).collect(),
            header: b"header",
            ph: b"presentation header",
        }
    }
}

/// One act of the protocol, from bytes to bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Act {
    Sign,
    Verify,
    Prove,
    ProveHeld,
    Check,
}

impl Act {
    pub(crate) const ALL: [Self; 5] = [Self::Sign, Self::Verify, Self::Prove, Self::ProveHeld, Self::Check];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sign => "sign",
            Self::Verify => "verify",
            Self::Prove => "prove",
            Self::ProveHeld => "prove, held",
            Self::Check => "check",
        }
    }

    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::Sign => "sign: messages to signature",
            Self::Verify => "verify: signature bytes to verdict",
            Self::Prove => {
                "prove: signature bytes to proof bytes, checking the signature first where the implementation does"
            }
            Self::ProveHeld => {
                "prove, held: from a signature that was decoded, and verified where that is asked for, before"
            }
            Self::Check => "check: proof bytes to verdict",
        }
    }
}

type Run = Box<dyn FnMut() -> Result<()>>;

/// Somebody who can do some of it. Whatever may be prepared once is prepared before the race.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) acts: BTreeMap<Act, Run>,
}

impl Contender {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, acts: BTreeMap::new() }
    }

    pub(crate) fn can(mut self, act: Act, run: impl FnMut() -> Result<()> + 'static) -> Self {
        self.acts.insert(act, Box::new(run));
        self
    }
}

/// Long enough for caches, of the machine and of the contenders.
const WARM_UP: usize = 60;

/// Runs every act of every contender `rounds` times, taking turns.
pub(crate) fn race(contenders: &mut [Contender], rounds: usize) -> Result<Vec<Row>> {
    let mut times: Vec<BTreeMap<Act, Vec<Duration>>> = contenders.iter().map(|_| BTreeMap::new()).collect();
    for round in 0..WARM_UP + rounds {
        for act in Act::ALL {
            for (contender, times) in contenders.iter_mut().zip(&mut times) {
                let Some(run) = contender.acts.get_mut(&act) else { continue };
                let start = ThreadTime::now();
                run()?;
                let taken = start.elapsed();
                if round >= WARM_UP {
                    times.entry(act).or_default().push(taken);
                }
            }
        }
    }
    Ok(contenders.iter().zip(times).map(|(contender, times)| Row::new(contender.name, times)).collect())
}
