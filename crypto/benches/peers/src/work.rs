//! What everybody has to do, and the race.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::Result;
use cpu_time::ThreadTime;

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

    /// The messages of a pass for each of `days`: they differ in the first.
    pub(crate) fn passes(&self, days: usize) -> Vec<Vec<Vec<u8>>> {
        let pass = |day| {
            let mut messages = self.messages.clone();
            messages[0] = format!("day {day}").into_bytes();
            messages
        };
        (0..days).map(pass).collect()
    }
}

/// One act of the protocol, from bytes to bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Act {
    Sign,
    Verify,
    Prove,
    ProveHeld,
    Check,
    /// As many passes for one holder, who committed to a secret.
    SignBatch(usize),
    /// As many proofs under one key.
    CheckBatch(usize),
}

impl Act {
    pub(crate) const SINGLE: [Self; 5] = [Self::Sign, Self::Verify, Self::Prove, Self::ProveHeld, Self::Check];

    pub(crate) fn name(self) -> String {
        match self {
            Self::Sign => "sign".into(),
            Self::Verify => "verify".into(),
            Self::Prove => "prove".into(),
            Self::ProveHeld => "prove, held".into(),
            Self::Check => "check".into(),
            Self::SignBatch(count) => format!("sign {count}"),
            Self::CheckBatch(count) => format!("check {count}"),
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
            Self::SignBatch(_) => {
                "sign n: n lists of messages that differ in one, and a verified commitment, to signatures"
            }
            Self::CheckBatch(_) => "check n: the bytes of n proofs to verdicts",
        }
    }

    /// How many things of the same kind it does.
    pub(crate) fn items(self) -> usize {
        match self {
            Self::SignBatch(count) | Self::CheckBatch(count) => count,
            Self::Sign | Self::Verify | Self::Prove | Self::ProveHeld | Self::Check => 1,
        }
    }
}

type Run = Box<dyn FnMut() -> Result<()>>;

/// Somebody who can do some of it. Whatever may be prepared once is prepared before the race.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    acts: BTreeMap<Act, Run>,
}

impl Contender {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, acts: BTreeMap::new() }
    }

    pub(crate) fn can(mut self, act: Act, run: impl FnMut() -> Result<()> + 'static) -> Self {
        self.acts.insert(act, Box::new(run));
        self
    }

    /// Everything once more, until caches are warm, of the machine and its own; but nobody is waited for longer than a second.
    fn warm_up(&mut self, acts: &[Act]) -> Result<()> {
        for act in acts {
            let Some(run) = self.acts.get_mut(act) else { continue };
            let start = Instant::now();
            for _ in 0..60_usize.div_ceil(act.items()) {
                run()?;
                if start.elapsed() > Duration::from_secs(1) {
                    break;
                }
            }
        }
        Ok(())
    }
}

/// One contender's medians, in microseconds for one item.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) medians: BTreeMap<Act, f64>,
}

/// Runs each of `acts` of every contender `rounds` times, taking turns.
pub(crate) fn race(contenders: &mut [Contender], acts: &[Act], rounds: usize) -> Result<Vec<Row>> {
    for contender in contenders.iter_mut() {
        contender.warm_up(acts)?;
    }
    let mut times: Vec<BTreeMap<Act, Vec<Duration>>> = contenders.iter().map(|_| BTreeMap::new()).collect();
    for _ in 0..rounds {
        for act in acts {
            for (contender, times) in contenders.iter_mut().zip(&mut times) {
                let Some(run) = contender.acts.get_mut(act) else { continue };
                let start = ThreadTime::now();
                run()?;
                times.entry(*act).or_default().push(start.elapsed());
            }
        }
    }
    let row = |(contender, times): (&Contender, BTreeMap<Act, Vec<Duration>>)| Row {
        name: contender.name,
        medians: times.into_iter().map(|(act, times)| (act, median(times) / act.items() as f64)).collect(),
    };
    Ok(contenders.iter().zip(times).map(row).collect())
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e6
}
