//! Whether this machine's clock can be believed.
//!
//! A clock that somebody sets, or that comes up wrong, must burn no code and forget no withdrawal. Two things speak against a clock: the
//! trust list, which is known to have been issued before now and to be fetched anew every few hours; and a second clock that only
//! counts seconds, which nobody can set.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bauta_spec::time::{Day, Moment};

/// No clock that is right says less: the first of the month in which this version was made. A moment in the source and not that of the
/// build, so that the same source makes the same program.
pub(crate) const EARLIEST: Day = Day::new(20_758);

/// By how much both clocks may differ: clocks are put right by a second now and then, and processes sleep.
const TOLERANCE_SECONDS: u64 = 5 * 60;

/// After so long a clock that was set is taken at its word.
const DOUBT: Duration = Duration::from_secs(60 * 60);

/// What is thought of the clock so far.
#[derive(Debug, Default)]
pub(crate) struct Watch(Mutex<Thoughts>);

#[derive(Debug, Default)]
struct Thoughts {
    /// When both clocks were last seen to go together under a trust list that counted.
    believed: Option<(Moment, Duration)>,
    /// A clock that was set: the same, since it has been so.
    doubted: Option<(Moment, Duration)>,
}

/// How the clock goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Going {
    /// As it did when it was last right.
    Steadily,
    /// Nobody knows: it has not been right since the program began.
    Unknown,
    /// It has been set, forward or back.
    Set,
}

impl Watch {
    /// Looks at both clocks. `counts` tells whether there is a trust list that counts now.
    pub(crate) fn look(&self, now: Moment, steady: Duration, counts: bool) -> Going {
        // Every change below is a single assignment of a finished value.
        let mut thoughts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let together = |(at, then): (Moment, Duration)| {
            let expected = at.unix().saturating_add(steady.saturating_sub(then).as_secs());
            expected.abs_diff(now.unix()) <= TOLERANCE_SECONDS
        };
        match thoughts.believed {
            None if counts => thoughts.believed = Some((now, steady)),
            None => return Going::Unknown,
            Some(believed) if together(believed) => {
                thoughts.doubted = None;
                if counts {
                    thoughts.believed = Some((now, steady));
                }
            }
            Some(_) => {
                let doubted = thoughts.doubted.filter(|doubted| together(*doubted)).unwrap_or((now, steady));
                thoughts.doubted = Some(doubted);
                let long_enough = steady.saturating_sub(doubted.1) >= DOUBT;
                if !(counts && long_enough) {
                    return Going::Set;
                }
                *thoughts = Thoughts { believed: Some((now, steady)), doubted: None };
            }
        }
        Going::Steadily
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: u64 = 1_795_521_600;
    const DAY: u64 = 24 * 60 * 60;

    fn look(watch: &Watch, now: u64, steady: u64) -> Going {
        watch.look(Moment::from_unix(now), Duration::from_secs(steady), true)
    }

    #[test]
    fn a_clock_that_is_set_is_noticed_and_believed_again_when_it_is_set_back() {
        for wrong in [NOON - DAY, NOON + DAY, 0, 2_145_916_800] {
            let watch = Watch::default();
            assert_eq!(look(&watch, NOON, 7), Going::Steadily);
            assert_eq!(look(&watch, NOON + 3600, 3607), Going::Steadily);
            assert_eq!(look(&watch, wrong + 3601, 3608), Going::Set, "{wrong}");
            assert_eq!(look(&watch, NOON + 3602, 3609), Going::Steadily);
        }
    }

    #[test]
    fn a_clock_that_stays_as_it_was_set_is_believed_after_an_hour() {
        let watch = Watch::default();
        look(&watch, NOON, 0);
        for minute in 1..=60 {
            assert_eq!(look(&watch, NOON + DAY + 60 * minute, 60 * minute), Going::Set);
        }
        assert_eq!(look(&watch, NOON + DAY + 3660, 3660), Going::Steadily);
    }

    #[test]
    fn an_hour_of_several_wrong_times_convinces_nobody() {
        let watch = Watch::default();
        look(&watch, NOON, 0);
        for minute in 1..200 {
            assert_eq!(look(&watch, NOON + minute * DAY, 60 * minute), Going::Set);
        }
    }

    #[test]
    fn small_steps_add_up_to_no_jump() {
        let watch = Watch::default();
        for step in 0..1000 {
            assert_eq!(look(&watch, NOON + step * 260, step * 60), Going::Steadily);
        }
    }

    #[test]
    fn without_a_list_that_counts_nothing_is_believed_anew() {
        let watch = Watch::default();
        let stale = |now, steady| watch.look(Moment::from_unix(now), Duration::from_secs(steady), false);
        assert_eq!(stale(NOON, 0), Going::Unknown);
        assert_eq!(look(&watch, NOON + 60, 60), Going::Steadily);
        assert_eq!(stale(NOON + DAY, DAY), Going::Steadily, "it goes on as it went");
        assert_eq!(stale(NOON + 9 * DAY, DAY + 60), Going::Set);
        assert_eq!(stale(NOON + 10 * DAY, 2 * DAY + 60), Going::Set, "however long it lasts");
    }
}
