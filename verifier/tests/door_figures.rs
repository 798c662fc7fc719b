//! How much doors do: run by `cargo xtask door-figures`, in a release build and on a machine that does nothing else.
//!
//! Codes are what travels: the text of a picture, decoded, checked and remembered by a [`Door`]. `BAUTA_FIGURE_SECONDS` is how long each
//! figure is measured.
#![allow(clippy::unwrap_used, clippy::panic)] // a figure fails by panicking

mod server;
mod world;

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use bauta_spec::poster::VerifiedPoster;
use bauta_spec::time::Moment;
use bauta_spec::trust::TrustList;
use bauta_verifier::{Before, Door, Entered, EnteredKey, Memory, Refusal, Seen, SharedBook};
use cpu_time::ThreadTime;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use server::Redis;
use world::World;

/// What is weighed together.
const BATCH: usize = 100;

/// Doors of one event.
const DOORS: usize = 50;

/// A guest comes to each door this often, in the mean and at times of their own.
const BETWEEN_GUESTS: [Duration; 2] = [Duration::from_secs(2), Duration::from_millis(500)];

#[test]
#[ignore = "measures; needs a release build and a quiet machine: cargo xtask door-figures"]
fn throughput() {
    not_in_debug();
    println!(
        "\n| | cores | one by one, a second | per core | batches of {BATCH}, a second | per core | a batch is faster by |"
    );
    println!("|---|---|---|---|---|---|---|");
    for way in [Way::Single, Way::Named, Way::Pair, Way::PairNamed] {
        let mut world = World::new(91);
        let stand = Stand::new(&mut world, way);
        for threads in [1, 2] {
            let mut measured = [Vec::new(), Vec::new()];
            // Before anything is kept: tables of generators are made by use.
            let _ = stand.round(threads, Stand::each);
            let begun = Instant::now();
            // In turns, so that what else the machine does falls on both.
            while begun.elapsed() < lasting() {
                measured[0].push(stand.round(threads, Stand::each));
                measured[1].push(stand.round(threads, Stand::batch));
            }
            let [each, batch] = measured.map(|rounds| Rate::median(&rounds));
            println!(
                "| {} | {threads} | {:.0} | {:.0} | {:.0} | {:.0} | {:.2} |",
                way.name(),
                each.per_second,
                each.per_core,
                batch.per_second,
                batch.per_core,
                batch.per_core / each.per_core
            );
        }
    }
}

#[test]
#[ignore = "measures; needs a release build and a quiet machine: cargo xtask door-figures"]
fn latency_of_50_doors() {
    not_in_debug();
    println!(
        "\n| {DOORS} doors, a guest at each every | book | guests a second | check, median | 99 of 100 | of it waiting, median | 99 of 100 | \
         red | server |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for between in BETWEEN_GUESTS {
        for redis in [None, Some(Redis::start())] {
            let mut crowd = Crowd::new(redis.as_ref(), between);
            let worked = || redis.as_ref().map(Redis::processor_time);
            let (before, begun) = (worked(), Instant::now());
            let checks = crowd.admit(between);
            let (lasted, after, guests) = (begun.elapsed(), worked(), checks.len() as f64);
            let server = before.zip(after).map_or_else(
                || "–".to_owned(),
                |(before, after)| format!("{:.0} µs a guest", 1e6 * (after - before) / guests),
            );
            let red = checks.iter().filter(|check| check.red).count();
            let whole: Vec<Duration> = checks.iter().map(|check| check.whole).collect();
            let waiting: Vec<Duration> = checks.iter().map(|check| check.whole.saturating_sub(check.worked)).collect();
            println!(
                "| {between:?} | {} | {:.0} | {:.2} ms | {:.2} ms | {:.0} µs | {:.0} µs | {red} | {server} |",
                if redis.is_some() { "one Redis" } else { "each its own" },
                guests / lasted.as_secs_f64(),
                1e3 * percentile(&whole, 50),
                1e3 * percentile(&whole, 99),
                1e6 * percentile(&waiting, 50),
                1e6 * percentile(&waiting, 99),
            );
        }
    }
}

/// In which way the doors ask.
#[derive(Clone, Copy)]
enum Way {
    Single,
    Named,
    /// With two passes of one holder in each code.
    Pair,
    PairNamed,
}

impl Way {
    fn name(self) -> &'static str {
        match self {
            Self::Single => "one way",
            Self::Named => "with a pseudonym",
            Self::Pair => "two passes, one way",
            Self::PairNamed => "two passes, with a pseudonym",
        }
    }

    fn policy(self) -> &'static str {
        match self {
            Self::Single => "entry",
            Self::Named => "event",
            Self::Pair | Self::PairNamed => "entry-and-member",
        }
    }
}

/// Codes, and what doors need that check them.
struct Stand<'a> {
    world: &'a World,
    way: Way,
    poster: Option<VerifiedPoster>,
    codes: Vec<String>,
}

impl<'a> Stand<'a> {
    fn new(world: &'a mut World, way: Way) -> Self {
        let poster = match way {
            Way::Single | Way::Pair => None,
            Way::Named | Way::PairNamed => Some(certified(world, way.policy())),
        };
        let codes = (0..2 * BATCH).map(|_| {
            world.somebody_else();
            match (way, &poster) {
                (Way::Single | Way::Named, None) => world.code(),
                (Way::Single | Way::Named, Some(poster)) => world.answer(poster),
                (Way::Pair | Way::PairNamed, poster) => world.code_of_two(poster.as_ref()),
            }
        });
        let codes = codes.collect();
        Self { world, way, poster, codes }
    }

    /// Every thread, at a new door of its own, checks its share of the codes.
    fn round(&self, threads: usize, check: impl Fn(&Self, &mut Door, &[&str]) + Sync) -> Rate {
        let barrier = Barrier::new(threads);
        let shares = self.codes.chunks(self.codes.len() / threads);
        let each: Vec<(Instant, Instant, Duration)> = thread::scope(|scope| {
            let doors: Vec<_> = shares
                .map(|share| {
                    let (barrier, check) = (&barrier, &check);
                    scope.spawn(move || {
                        let mut door = self.door();
                        let share: Vec<&str> = share.iter().map(String::as_str).collect();
                        barrier.wait();
                        let (begun, worked) = (Instant::now(), ThreadTime::now());
                        check(self, &mut door, &share);
                        (begun, Instant::now(), worked.elapsed())
                    })
                })
                .collect();
            doors.into_iter().map(|door| door.join().unwrap()).collect()
        });
        let begun = each.iter().map(|(begun, ..)| *begun).min().unwrap();
        let ended = each.iter().map(|(_, ended, _)| *ended).max().unwrap();
        let worked: Duration = each.iter().map(|(.., worked)| *worked).sum();
        let codes = self.codes.len() as f64;
        Rate { per_second: codes / (ended - begun).as_secs_f64(), per_core: codes / worked.as_secs_f64() }
    }

    fn door(&self) -> Door {
        let mut rng = ChaCha20Rng::seed_from_u64(92);
        let seen = Seen::from_opening(&mut rng);
        let Some(poster) = &self.poster else {
            return Door::new(self.world.policy(self.way.policy()).id(), seen);
        };
        door_with(poster, Entered::in_memory(&mut rng), self.world)
    }

    fn each(&self, door: &mut Door, codes: &[&str]) {
        for code in codes {
            door.scan(code, &self.world.list, self.world.now).unwrap();
        }
    }

    fn batch(&self, door: &mut Door, codes: &[&str]) {
        let mut rng = ChaCha20Rng::seed_from_u64(93);
        for codes in codes.chunks(BATCH) {
            for verdict in door.scan_batch(codes, &self.world.list, self.world.now, &mut rng) {
                verdict.unwrap();
            }
        }
    }
}

/// Codes checked in a second: of the wall's clock with all threads, and of a processor's.
#[derive(Clone, Copy)]
struct Rate {
    per_second: f64,
    per_core: f64,
}

impl Rate {
    fn median(rounds: &[Self]) -> Self {
        let median = |of: fn(&Self) -> f64| {
            let mut all: Vec<f64> = rounds.iter().map(of).collect();
            all.sort_by(f64::total_cmp);
            all[all.len() / 2]
        };
        Self { per_second: median(|rate| rate.per_second), per_core: median(|rate| rate.per_core) }
    }
}

/// Guests in front of the doors of one event, each with a code of their own.
struct Crowd {
    world: World,
    doors: Vec<Door>,
    codes: Vec<Vec<String>>,
}

/// How long a check took, and how much of it this processor worked; the rest it waited for the server, or for a processor.
struct Check {
    whole: Duration,
    worked: Duration,
    /// The server did not answer in time.
    red: bool,
}

impl Crowd {
    fn new(redis: Option<&Redis>, between: Duration) -> Self {
        let mut world = World::new(94);
        let poster = certified(&world, "event");
        let doors = (0..DOORS).map(|_| {
            let entered = match redis {
                None => Entered::in_memory(&mut world.rng),
                Some(redis) => Entered::shared(EnteredKey::new([7; 32]), SharedBook::at(&redis.address()).unwrap()),
            };
            door_with(&poster, entered, &world)
        });
        let mut doors: Vec<Door> = doors.collect();
        let guests = lasting().as_millis().div_ceil(between.as_millis());
        let mut code = || {
            world.somebody_else();
            world.answer(&poster)
        };
        // Tables of generators are made by use.
        let first: Vec<String> = (0..DOORS).map(|_| code()).collect();
        let codes = (0..DOORS).map(|_| (0..guests).map(|_| code()).collect()).collect();
        for (door, code) in doors.iter_mut().zip(&first) {
            door.scan(code, &world.list, world.now).unwrap();
        }
        Self { world, doors, codes }
    }

    fn admit(&mut self, between: Duration) -> Vec<Check> {
        let (list, now) = (&self.world.list, self.world.now);
        let barrier = Barrier::new(DOORS);
        let mut seeds = self.world.rng.clone();
        thread::scope(|scope| {
            let doors: Vec<_> = self
                .doors
                .iter_mut()
                .zip(&self.codes)
                .map(|(door, codes)| {
                    let (barrier, mut rng) = (&barrier, ChaCha20Rng::from_rng(&mut seeds));
                    scope.spawn(move || {
                        barrier.wait();
                        let mut come = Instant::now();
                        let guests = codes.iter().map(|code| {
                            come += between.mul_f64(pause(&mut rng));
                            thread::sleep(come.saturating_duration_since(Instant::now()));
                            checked(door, code, list, now)
                        });
                        guests.collect::<Vec<Check>>()
                    })
                })
                .collect();
            doors.into_iter().flat_map(|door| door.join().unwrap()).collect()
        })
    }
}

fn checked(door: &mut Door, code: &str, list: &TrustList, now: Moment) -> Check {
    let (begun, worked) = (Instant::now(), ThreadTime::now());
    let verdict = door.scan(code, list, now);
    let (whole, worked) = (begun.elapsed(), worked.elapsed());
    let red = match verdict {
        Ok(_) => false,
        Err(Refusal::EntriesUnreachable) => true,
        Err(refusal) => panic!("{refusal:?}"),
    };
    Check { whole, worked, red }
}

/// Between two who come independently of each other, where one comes each second in the mean.
fn pause(rng: &mut ChaCha20Rng) -> f64 {
    let evenly = (f64::from(rng.next_u32()) + 1.0) / (f64::from(u32::MAX) + 1.0);
    -evenly.ln()
}

fn certified(world: &World, policy: &str) -> VerifiedPoster {
    world.poster(policy).verify(&world.root.public()).unwrap()
}

fn door_with(poster: &VerifiedPoster, entered: Entered, world: &World) -> Door {
    let mut rng = ChaCha20Rng::seed_from_u64(95);
    let memory = Memory::from(Seen::from_opening(&mut rng)).with(entered);
    let mut door = Door::new(poster.poster().policy(), memory);
    door.hang(poster.clone(), Before::NobodyCame, &world.list, world.now).unwrap();
    door
}

fn lasting() -> Duration {
    Duration::from_secs(std::env::var("BAUTA_FIGURE_SECONDS").map_or(10, |seconds| seconds.parse().unwrap()))
}

/// In seconds.
fn percentile(all: &[Duration], percent: usize) -> f64 {
    let mut all = all.to_vec();
    all.sort();
    all[(all.len() * percent / 100).min(all.len() - 1)].as_secs_f64()
}

fn not_in_debug() {
    if cfg!(debug_assertions) {
        println!("This is no release build: the figures mean nothing.");
    }
}
