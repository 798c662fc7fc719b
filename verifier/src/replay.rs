//! What this door has seen. In memory only, as keyed hashes, and only as long as a code could be accepted again.

mod handover;

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use bauta_spec::presentation::Mode;
use bauta_spec::time::{Minute, Moment};
use rand_core::CryptoRng;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::Refusal;

/// How long a code is remembered after its minute: until it is too old in any mode, and twice the tolerance on top, so that a
/// correction of this device's clock brings no code back.
const MINUTES_KEPT: u32 = Mode::Poster.minutes_behind() + 2 * Mode::Poster.minutes_ahead();

/// A guard's hand shakes: the same code again within so many seconds of the first time is one showing.
pub(crate) const SAME_SHOWING_SECONDS: u64 = 10;

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
    /// What a door could accept in this minute or before may have been accepted without being in the set.
    unknown_until: Minute,
    latest: Moment,
    /// The clock was set back once it had come to here: what it measured until then is no measure of ten seconds.
    set_back_at: Moment,
    capacity: usize,
}

impl Seen {
    /// Begins to watch `now`. Codes that could have been accepted before are refused, which ends after about two minutes, for
    /// answers to posters and screens after about six.
    pub fn since(now: Moment, rng: &mut impl CryptoRng) -> Self {
        Self::not_knowing_until(Minute::of(now), rng)
    }

    /// For a door at which nothing was scanned in the last five minutes: somebody vouches for it.
    pub fn from_opening(rng: &mut impl CryptoRng) -> Self {
        Self::not_knowing_until(Minute::new(0), rng)
    }

    fn not_knowing_until(unknown_until: Minute, rng: &mut impl CryptoRng) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        rng.fill_bytes(key.as_mut_slice());
        let never = Moment::from_unix(0);
        Self { key, by_minute: BTreeMap::new(), unknown_until, latest: never, set_back_at: never, capacity: CAPACITY }
    }

    /// The same with room for `capacity` codes.
    #[must_use]
    pub fn with_capacity(mut self, capacity: usize) -> Self {
        self.capacity = capacity;
        self
    }

    /// From when on every new code that wallets make by themselves can be judged. Before, those of earlier minutes are refused.
    #[must_use]
    pub fn opens_at(&self) -> Moment {
        self.knows_from(Mode::OneWay).start()
    }

    /// A code from further ahead than a mode allows was not acceptable before.
    fn knows_from(&self, mode: Mode) -> Minute {
        self.unknown_until.plus(mode.minutes_ahead()).plus(1)
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

    /// Takes in a presentation of that mode, whose proof holds, that was made in `minute` and is shown `now`.
    ///
    /// # Errors
    /// [`Refusal::AlreadyShown`], [`Refusal::JustRestarted`] where that cannot be known, [`Refusal::MemoryFull`].
    pub(crate) fn admit(
        &mut self,
        presentation: &[u8],
        mode: Mode,
        minute: Minute,
        now: Moment,
    ) -> Result<(), Refusal> {
        self.forget_what_is_over(now);
        let mark = self.mark(presentation);
        if let Some(first) = self.by_minute.get(&minute).and_then(|codes| codes.get(&mark)) {
            return self.is_same_showing(*first, now).then_some(()).ok_or(Refusal::AlreadyShown);
        }
        if minute < self.knows_from(mode) {
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
        if now < self.latest {
            self.set_back_at = self.latest;
        }
        self.latest = self.latest.max(now);
        let kept_from = Minute::of(self.latest).minus(MINUTES_KEPT);
        let kept = self.by_minute.split_off(&kept_from);
        if let Some((&last_forgotten, _)) = self.by_minute.last_key_value() {
            self.unknown_until = self.unknown_until.max(last_forgotten);
        }
        self.by_minute = kept;
    }

    /// A clock that was set back since can't measure ten seconds, even when it has come to the same time again.
    fn is_same_showing(&self, first: Moment, now: Moment) -> bool {
        let passed = now.unix().checked_sub(first.unix());
        first > self.set_back_at && passed.is_some_and(|seconds| seconds <= SAME_SHOWING_SECONDS)
    }

    fn mark(&self, presentation: &[u8]) -> [u8; 32] {
        Sha256::new().chain_update(self.key.as_slice()).chain_update(presentation).finalize().into()
    }
}

impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key: _, by_minute: _, unknown_until: _, latest: _, set_back_at: _, capacity: _ } = self;
        f.write_str("Seen(..)")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;

    const START: u64 = 20_781 * 86_400 + 12 * 3_600;

    fn rng() -> ChaCha20Rng {
        ChaCha20Rng::seed_from_u64(7)
    }

    /// A scan: by how many seconds the clock moves, which code of a minute it is, and by how many minutes the phone is off.
    fn scans(clock: std::ops::Range<i64>) -> impl Strategy<Value = Vec<(i64, u8, i64)>> {
        proptest::collection::vec((clock, 0..3u8, -2..=1i64), 1..200)
    }

    /// What came of a scan.
    struct Played {
        now: u64,
        code: (Minute, u8),
        admitted: Result<(), Refusal>,
    }

    /// Plays scans. As [`crate::check`] does, only codes of acceptable minutes.
    fn play(seen: &mut Seen, scans: &[(i64, u8, i64)]) -> Vec<Played> {
        let mut clock = START;
        let play_one = |&(step, number, skew): &(i64, u8, i64)| {
            clock = clock.saturating_add_signed(step);
            let now = Moment::from_unix(clock);
            let minute = Minute::of(Moment::from_unix(clock.saturating_add_signed(skew * 60)));
            let presentation = [&minute.number().to_be_bytes()[..], &[number]].concat();
            Played {
                now: clock,
                code: (minute, number),
                admitted: seen.admit(&presentation, Mode::OneWay, minute, now),
            }
        };
        scans.iter().map(play_one).collect()
    }

    proptest! {
        /// A page keeps these bytes between two workers, and could hand over anything.
        #[test]
        fn whatever_is_handed_over_is_refused_or_goes_on(
            scans in scans(-400..400),
            changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
            cut in any::<prop::sample::Index>(),
        ) {
            let mut seen = Seen::from_opening(&mut rng());
            play(&mut seen, &scans);
            let mut bytes = seen.to_bytes().to_vec();
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            for bytes in [&bytes[..], &bytes[..cut.index(bytes.len())]] {
                let Ok(mut taken_over) = Seen::from_bytes(bytes) else { continue };
                prop_assert!(taken_over.to_bytes().len() <= bytes.len());
                play(&mut taken_over, &scans);
            }
        }

        #[test]
        fn whatever_the_clock_does_no_code_is_accepted_for_two_showings(scans in scans(-400..400)) {
            // How long it has really been cannot be less than what the clock went forward in between.
            let (mut first_shown, mut before, mut forward) = (BTreeMap::new(), START, 0_u64);
            for Played { now, code, admitted } in play(&mut Seen::from_opening(&mut rng()), &scans) {
                forward += now.saturating_sub(before);
                before = now;
                if admitted.is_ok() && let Some(first) = first_shown.insert(code, forward) {
                    prop_assert!(forward - first <= SAME_SHOWING_SECONDS, "{code:?} after {} s", forward - first);
                    first_shown.insert(code, first);
                }
            }
        }

        #[test]
        fn with_a_clock_that_goes_forward_only_repeated_codes_are_refused(scans in scans(0..100)) {
            let mut first_shown = BTreeMap::new();
            for Played { now, code, admitted } in play(&mut Seen::from_opening(&mut rng()), &scans) {
                let first = *first_shown.entry(code).or_insert(now);
                let expected = if now - first <= SAME_SHOWING_SECONDS { Ok(()) } else { Err(Refusal::AlreadyShown) };
                prop_assert_eq!(admitted, expected);
            }
        }

        #[test]
        fn two_lives_of_a_door_accept_no_code_twice(before in scans(0..100), after in scans(0..100)) {
            let first_life = play(&mut Seen::from_opening(&mut rng()), &before);
            let restarted = first_life.last().map_or(START, |scan| scan.now);
            let accepted: Vec<_> = first_life.iter().filter(|scan| scan.admitted.is_ok()).map(|scan| scan.code).collect();
            let mut seen = Seen::since(Moment::from_unix(restarted), &mut rng());
            let mut after = after;
            after[0].0 += (restarted - START) as i64;
            for Played { code, admitted, .. } in play(&mut seen, &after) {
                prop_assert!(admitted.is_err() || !accepted.contains(&code), "{code:?} in both lives");
            }
        }

        #[test]
        fn a_door_that_takes_the_place_of_another_goes_on_as_that_one_would(scans in scans(-100..400), at in 0..200usize) {
            let (before, after) = scans.split_at(at.min(scans.len()));
            let mut one = Seen::from_opening(&mut rng());
            play(&mut one, before);
            let mut other = Seen::from_bytes(&one.to_bytes()).unwrap();
            let answers = |seen: &mut Seen| play(seen, after).into_iter().map(|scan| scan.admitted).collect::<Vec<_>>();
            prop_assert_eq!(answers(&mut other), answers(&mut one));
            prop_assert_eq!(other.to_bytes().len(), one.to_bytes().len());
        }

        #[test]
        fn memory_is_bounded_and_empties_itself(scans in scans(0..100), capacity in 1..20usize) {
            let mut seen = Seen::from_opening(&mut rng()).with_capacity(capacity);
            let played = play(&mut seen, &scans);
            prop_assert!(seen.len() <= capacity);
            let last = played[played.len() - 1].now;
            seen.forget_what_is_over(Moment::from_unix(last + 60 * u64::from(MINUTES_KEPT + 2)));
            prop_assert!(seen.is_empty());
        }
    }

    #[test]
    fn bytes_of_another_length_or_version_are_no_memory() {
        let mut seen = Seen::from_opening(&mut rng());
        play(&mut seen, &[(0, 0, 0), (0, 1, 0)]);
        let bytes = seen.to_bytes();
        for len in 0..bytes.len() {
            let whole = Seen::from_bytes(&bytes[..len])
                .is_ok_and(|cut| (bytes.len() - len).is_multiple_of(44) && cut.len() < 2);
            assert!(whole || Seen::from_bytes(&bytes[..len]).is_err(), "{len} of {} bytes", bytes.len());
        }
        let mut newer = bytes.to_vec();
        newer[0] = 2;
        assert!(Seen::from_bytes(&newer).is_err());
    }

    #[test]
    fn a_door_says_when_it_opens() {
        let seen = Seen::since(Moment::from_unix(START + 59), &mut rng());
        assert_eq!(seen.opens_at(), Moment::from_unix(START + 120));
    }

    #[test]
    fn marks_of_two_doors_have_nothing_in_common() {
        let mut rng = rng();
        let (one, other) = (Seen::from_opening(&mut rng), Seen::from_opening(&mut rng));
        assert_ne!(one.mark(b"a presentation"), other.mark(b"a presentation"));
        assert_eq!(format!("{one:?}"), "Seen(..)");
    }
}
