//! What this door has seen. In memory only, as keyed hashes, and only as long as a code could be accepted again.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use bauta_spec::time::{Minute, Moment};
use rand_core::CryptoRng;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::Refusal;

/// A code made in minute *m* is accepted from *m* − 1 to *m* + 2: a phone may be a minute wrong either way, and a code
/// lives three minutes at most.
pub(crate) const MINUTES_BEHIND: u32 = 2;
/// See [`MINUTES_BEHIND`].
pub(crate) const MINUTES_AHEAD: u32 = 1;

/// How long a code is remembered after its minute: until it is too old, and twice the tolerance on top, so that a small
/// correction of this device's clock brings no code back.
const MINUTES_KEPT: u32 = MINUTES_BEHIND + 2 * MINUTES_AHEAD;

/// A guard's hand shakes: the same code again within so many seconds of the first time is one showing.
const SAME_SHOWING_SECONDS: u64 = 10;

/// What fits, by default: more people than pass one door in the minutes a code is remembered, in about 10 MiB.
const CAPACITY: usize = 100_000;

/// The codes accepted within the last minutes.
///
/// The law: **a code is accepted again only if it is the same showing** (within ten seconds of the first time). Where this
/// set cannot know, because it did not exist yet or has forgotten, it refuses.
pub struct Seen {
    /// Drawn per process: what lies in memory tells nothing without it.
    key: Zeroizing<[u8; 32]>,
    by_minute: BTreeMap<Minute, HashMap<[u8; 32], Moment>>,
    /// Codes of earlier minutes may have been accepted without being in the set.
    knows_from: Minute,
    latest: Minute,
    capacity: usize,
}

impl Seen {
    /// Begins to watch `now`. Codes that could have been accepted before are refused, which ends after about two minutes.
    pub fn since(now: Moment, rng: &mut impl CryptoRng) -> Self {
        // A code from further ahead than this was not acceptable before `now`.
        let knows_from = Minute::of(now).plus(MINUTES_AHEAD + 1);
        Self::knowing_from(knows_from, rng)
    }

    /// For a door at which nothing was scanned in the last five minutes: somebody vouches for it.
    pub fn from_opening(rng: &mut impl CryptoRng) -> Self {
        Self::knowing_from(Minute::new(0), rng)
    }

    fn knowing_from(knows_from: Minute, rng: &mut impl CryptoRng) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        rng.fill_bytes(key.as_mut_slice());
        Self { key, by_minute: BTreeMap::new(), knows_from, latest: Minute::new(0), capacity: CAPACITY }
    }

    /// The same with room for `capacity` codes.
    #[must_use]
    pub fn with_capacity(mut self, capacity: usize) -> Self {
        self.capacity = capacity;
        self
    }

    /// How many codes are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_minute.values().map(HashMap::len).sum()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_minute.is_empty()
    }

    /// Takes in a presentation, whose proof holds, that was made in `minute` and is shown `now`.
    ///
    /// # Errors
    /// [`Refusal::AlreadyShown`], [`Refusal::JustRestarted`] where that cannot be known, [`Refusal::MemoryFull`].
    pub(crate) fn admit(&mut self, presentation: &[u8], minute: Minute, now: Moment) -> Result<(), Refusal> {
        self.forget_what_is_over(now);
        let mark = self.mark(presentation);
        if let Some(first) = self.by_minute.get(&minute).and_then(|codes| codes.get(&mark)) {
            return is_same_showing(*first, now).then_some(()).ok_or(Refusal::AlreadyShown);
        }
        if minute < self.knows_from {
            return Err(Refusal::JustRestarted);
        }
        if self.len() >= self.capacity {
            return Err(Refusal::MemoryFull);
        }
        self.by_minute.entry(minute).or_default().insert(mark, now);
        Ok(())
    }

    /// Forgetting follows the latest time there ever was: a clock set back brings nothing back, it only makes this set say
    /// that it does not know.
    fn forget_what_is_over(&mut self, now: Moment) {
        self.latest = self.latest.max(Minute::of(now));
        let kept_from = self.latest.minus(MINUTES_KEPT);
        let kept = self.by_minute.split_off(&kept_from);
        if let Some((&last_forgotten, _)) = self.by_minute.last_key_value() {
            self.knows_from = self.knows_from.max(last_forgotten.plus(1));
        }
        self.by_minute = kept;
    }

    fn mark(&self, presentation: &[u8]) -> [u8; 32] {
        Sha256::new().chain_update(self.key.as_slice()).chain_update(presentation).finalize().into()
    }
}

impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key: _, by_minute: _, knows_from: _, latest: _, capacity: _ } = self;
        f.write_str("Seen(..)")
    }
}

fn is_same_showing(first: Moment, now: Moment) -> bool {
    now.unix().checked_sub(first.unix()).is_some_and(|seconds| seconds <= SAME_SHOWING_SECONDS)
}
