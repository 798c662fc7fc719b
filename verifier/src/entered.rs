//! Who has come in to an event: pseudonyms as keyed hashes, until the event day is over.
//!
//! The book of one event is *opened* before anybody can come in, or when somebody vouches that nobody has. Where it has not been opened,
//! or what it said is gone, nobody can know who came in, and it is said so. Several doors share one book when they have the same key, and
//! keep it in one place.

mod handover;
#[cfg(feature = "redis")]
mod shared;

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use bauta_crypto::pseudonym::Pseudonym;
use bauta_spec::policy::Pseudonyms;
use bauta_spec::poster::{OpenOrNot, VerifiedPoster};
use bauta_spec::time::{Grid, Minute, Moment};
use rand_core::CryptoRng;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::Refusal;
use crate::replay::SAME_SHOWING_SECONDS;

#[cfg(feature = "redis")]
pub use shared::{NoBook, SharedBook};

/// What fits: more people than come to one event, in about 30 MiB.
const CAPACITY: usize = 200_000;

/// The keyed hash of what must not be kept: a pseudonym, a code, an event.
type Mark = [u8; 32];

/// The pseudonyms of those who came in.
///
/// The law: **where each holder comes in once, no two showings of one holder are let in**, and where they come again, the door is
/// told. The same code within ten seconds is one showing.
pub struct Entered {
    /// Drawn per process, or shared by the doors of an event: what is kept tells nothing without it.
    key: EnteredKey,
    book: Book,
    clock: Clock,
}

/// What the clock was seen to do.
#[derive(Clone, Copy)]
struct Clock {
    latest: Moment,
    /// It was set back once it had come to here: what it measured until then is no measure of ten seconds.
    set_back_at: Moment,
}

/// Keys the hashes. Doors that share a book share it.
pub struct EnteredKey(Zeroizing<[u8; 32]>);

/// Whether this holder came in to this event before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Not before.
    First,
    /// Before: whoever went out comes in again.
    Again,
}

impl Entry {
    /// For programs.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Again => "again",
        }
    }
}

/// What is known of the time before a door asks by a poster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// Nothing, unless the poster opens later: then nobody can have come in.
    Unknown,
    /// Somebody vouches that nobody has come in to this event.
    NobodyCame,
}

/// Where the marks stand.
enum Book {
    Memory(Pages),
    #[cfg(feature = "redis")]
    Shared(SharedBook),
}

/// The marks of one process.
struct Pages {
    marks: HashMap<Mark, Line>,
    /// The same marks, by when they are forgotten.
    ending: BTreeMap<Moment, Vec<Mark>>,
    capacity: usize,
}

/// What stands beside a mark: by which code, and when.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Line {
    code: Mark,
    at: Moment,
}

impl Entered {
    /// In this process alone.
    pub fn in_memory(rng: &mut impl CryptoRng) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        rng.fill_bytes(key.as_mut_slice());
        Self { key: EnteredKey(key), book: Book::Memory(Pages::new()), clock: Clock::new() }
    }

    /// In one place with other doors, which have the same key.
    #[cfg(feature = "redis")]
    #[must_use]
    pub fn shared(key: EnteredKey, book: SharedBook) -> Self {
        Self { key, book: Book::Shared(book), clock: Clock::new() }
    }

    /// The same with room for `capacity` marks, where they are kept here.
    #[must_use]
    pub fn with_capacity(mut self, capacity: usize) -> Self {
        match &mut self.book {
            Book::Memory(pages) => pages.capacity = capacity,
            #[cfg(feature = "redis")]
            Book::Shared(_) => {}
        }
        self
    }

    /// Opens the book of a poster's event where nobody can have come in yet, or somebody vouches for it. Otherwise it must be open
    /// already.
    pub(crate) fn open(
        &mut self,
        poster: &VerifiedPoster,
        before: Before,
        grid: Grid,
        now: Moment,
    ) -> Result<(), Refusal> {
        let not_yet = poster.poster().opening().at(Minute::of(now)) == OpenOrNot::NotYet;
        if not_yet || before == Before::NobodyCame {
            let event = self.key.mark(b"event", &[&poster.pseudonym_context()]);
            let line = Line { code: event, at: now };
            self.book.claim(&event, line, grid.end_of_event(poster.poster().event_day()), now)?;
        }
        Ok(())
    }

    /// Takes in a presentation, whose proof holds with this pseudonym.
    pub(crate) fn admit(&mut self, showing: &Showing<'_>, grid: Grid, now: Moment) -> Result<Entry, Refusal> {
        self.clock.shows(now);
        let Showing { poster, pseudonym, presentation, rule } = showing;
        let context = poster.pseudonym_context();
        let ends = grid.end_of_event(poster.poster().event_day());
        if !self.book.holds(&self.key.mark(b"event", &[&context]), now)? {
            return Err(Refusal::EntriesUnknown);
        }
        let guest = self.key.mark(b"guest", &[&context, &pseudonym.to_bytes()]);
        let code = self.key.mark(b"shown", &[presentation]);
        let line = Line { code, at: now };
        let earlier = self.book.claim(&guest, line, ends, now)?;
        match (earlier, rule) {
            (None, _) => Ok(Entry::First),
            (Some(earlier), Pseudonyms::OneEntry | Pseudonyms::None) => match earlier.code == code {
                true if self.clock.is_one_showing(earlier.at, now) => Ok(Entry::First),
                true => Err(Refusal::AlreadyShown),
                false => Err(Refusal::AlreadyEntered),
            },
            // Who came before may come again, and each time with a code of its own.
            (Some(earlier), Pseudonyms::ReEntry) => {
                let first = earlier.code == code;
                let shown = if first { Some(earlier) } else { self.book.claim(&code, line, ends, now)? };
                let fresh = shown.is_none_or(|shown| self.clock.is_one_showing(shown.at, now));
                let entry = if first { Entry::First } else { Entry::Again };
                fresh.then_some(entry).ok_or(Refusal::AlreadyShown)
            }
        }
    }
}

/// A showing with a pseudonym whose proof holds.
pub(crate) struct Showing<'a> {
    pub(crate) poster: &'a VerifiedPoster,
    pub(crate) pseudonym: &'a Pseudonym,
    pub(crate) presentation: &'a [u8],
    pub(crate) rule: Pseudonyms,
}

impl EnteredKey {
    /// From 32 random bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Whatever stands under `what` has one length, but for a code, which comes last and alone.
    fn mark(&self, what: &'static [u8; 5], of: &[&[u8]]) -> Mark {
        let keyed = Sha256::new().chain_update(self.0.as_slice()).chain_update(what);
        of.iter().fold(keyed, |hash, part| hash.chain_update(part)).finalize().into()
    }
}

impl Clock {
    fn new() -> Self {
        let never = Moment::from_unix(0);
        Self { latest: never, set_back_at: never }
    }

    fn shows(&mut self, now: Moment) {
        if now < self.latest {
            self.set_back_at = self.latest;
        }
        self.latest = self.latest.max(now);
    }

    fn is_one_showing(self, first: Moment, now: Moment) -> bool {
        let passed = now.unix().checked_sub(first.unix());
        first > self.set_back_at && passed.is_some_and(|seconds| seconds <= SAME_SHOWING_SECONDS)
    }
}

impl Line {
    const LEN: usize = 40;

    fn to_bytes(self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        let (code, at) = bytes.split_at_mut(32);
        code.copy_from_slice(&self.code);
        at.copy_from_slice(&self.at.unix().to_be_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (code, at) = bytes.split_first_chunk()?;
        Some(Self { code: *code, at: Moment::from_unix(u64::from_be_bytes(at.try_into().ok()?)) })
    }
}

impl Book {
    /// What is kept in this process.
    fn pages(&self) -> Option<&Pages> {
        match self {
            Self::Memory(pages) => Some(pages),
            #[cfg(feature = "redis")]
            Self::Shared(_) => None,
        }
    }

    /// Writes a line under a mark until `ends`, unless one stands there; then that one.
    fn claim(&mut self, mark: &Mark, line: Line, ends: Moment, now: Moment) -> Result<Option<Line>, Refusal> {
        match self {
            Self::Memory(pages) => pages.claim(mark, line, ends, now),
            #[cfg(feature = "redis")]
            Self::Shared(book) => book.claim(mark, line, ends, now).map_err(|NoBook| Refusal::EntriesUnreachable),
        }
    }

    fn holds(&mut self, mark: &Mark, now: Moment) -> Result<bool, Refusal> {
        match self {
            Self::Memory(pages) => Ok(pages.holds(mark, now)),
            #[cfg(feature = "redis")]
            Self::Shared(book) => book.holds(mark).map_err(|NoBook| Refusal::EntriesUnreachable),
        }
    }
}

impl Pages {
    fn new() -> Self {
        Self { marks: HashMap::new(), ending: BTreeMap::new(), capacity: CAPACITY }
    }

    fn claim(&mut self, mark: &Mark, line: Line, ends: Moment, now: Moment) -> Result<Option<Line>, Refusal> {
        self.forget_what_is_over(now);
        if let Some(earlier) = self.marks.get(mark) {
            return Ok(Some(*earlier));
        }
        if self.marks.len() >= self.capacity {
            return Err(Refusal::MemoryFull);
        }
        self.marks.insert(*mark, line);
        self.ending.entry(ends).or_default().push(*mark);
        Ok(None)
    }

    fn holds(&mut self, mark: &Mark, now: Moment) -> bool {
        self.forget_what_is_over(now);
        self.marks.contains_key(mark)
    }

    /// The mark of an event goes with those of its guests: a clock that was a day ahead, and is set right, lets nobody in twice.
    fn forget_what_is_over(&mut self, now: Moment) {
        while let Some(over) = self.ending.first_entry().filter(|ending| *ending.key() <= now) {
            for mark in over.remove() {
                self.marks.remove(&mark);
            }
        }
    }
}

impl fmt::Debug for Entered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key: _, book: _, clock: _ } = self;
        f.write_str("Entered(..)")
    }
}

impl fmt::Debug for EnteredKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(_) = self;
        f.write_str("EnteredKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use bauta_crypto::SecretKey;
    use bauta_crypto::holder;
    use bauta_crypto::pseudonym::HolderSecret;
    use bauta_spec::policy::PolicyId;
    use bauta_spec::poster::{CertifiedPoster, EventId, Opening, OrganiserCertificate, Poster};
    use bauta_spec::signed::{OrganiserKey, RootKey, Signed};
    use bauta_spec::time::Day;
    use bauta_spec::words::Purpose;
    use proptest::prelude::*;
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;

    const START: u64 = 20_781 * 86_400 + 12 * 3_600;
    const DAY: Day = Day::new(20_781);

    fn grid() -> Grid {
        Grid::new(60).unwrap()
    }

    fn rng() -> ChaCha20Rng {
        ChaCha20Rng::seed_from_u64(5)
    }

    fn poster(event: u8) -> VerifiedPoster {
        let (root, organiser) = (RootKey::from_bytes(&[1; 32]).unwrap(), OrganiserKey::from_bytes(&[2; 32]).unwrap());
        let name = "Theatre on the quay".parse().unwrap();
        let certificate = OrganiserCertificate { public: organiser.public(), name, first: DAY, last: DAY };
        let first = Minute::of(Moment::from_unix(START));
        let opening = Opening::new(first, first.plus(600)).unwrap();
        let purpose = Purpose::new([("en".parse().unwrap(), "One ticket each".parse().unwrap())].into()).unwrap();
        let event = EventId::new([event; 16]);
        let poster = Poster::new(PolicyId::new([4; 4]), event, DAY, opening, purpose, (1, [0; 32]));
        let signed = Signed::sign(&poster, &organiser).unwrap();
        CertifiedPoster::new(Signed::sign(&certificate, &root).unwrap(), signed).verify(&root.public()).unwrap()
    }

    /// As many holders as asked for, by what they are called at an event.
    fn pseudonyms(count: usize) -> Vec<Pseudonym> {
        let mut rng = rng();
        let key = SecretKey::generate(&mut rng);
        let name = |_| {
            let secret = HolderSecret::generate(&mut rng);
            let (commitment, blind) = holder::commit(&secret, &mut rng).unwrap();
            let commitment = holder::verify_commitment(&commitment).unwrap();
            let signature = holder::sign(&key, &commitment, b"pass", &[b"today"]).unwrap();
            let held = holder::Credential {
                public_key: &key.public_key(),
                signature: &signature,
                header: b"pass",
                messages: &[b"today"],
                secret: &secret,
                blind: &blind,
            };
            holder::show_with_pseudonym(&held, b"event", b"", &[0], &mut rng).unwrap().1
        };
        (0..count).map(name).collect()
    }

    fn at(seconds: u64) -> Moment {
        Moment::from_unix(START + seconds)
    }

    fn opened(poster: &VerifiedPoster) -> Entered {
        let mut entered = Entered::in_memory(&mut rng());
        entered.open(poster, Before::NobodyCame, grid(), at(0)).unwrap();
        entered
    }

    fn admit(
        entered: &mut Entered,
        (poster, rule): (&VerifiedPoster, Pseudonyms),
        pseudonym: &Pseudonym,
        code: &[u8],
        now: Moment,
    ) -> Result<Entry, Refusal> {
        entered.admit(&Showing { poster, pseudonym, presentation: code, rule }, grid(), now)
    }

    proptest! {
        /// Four holders, three codes each, whatever the clock does within the day.
        #[test]
        fn nobody_comes_in_by_two_showings(
            scans in proptest::collection::vec((-400..400i64, 0..4usize, 0..3u8), 1..100),
            worker_fails_at in 0..100usize,
        ) {
            let (poster, guests) = (poster(1), pseudonyms(4));
            let mut entered = opened(&poster);
            let mut came: BTreeMap<usize, (u8, u64)> = BTreeMap::new();
            let (mut clock, mut forward) = (10_000_i64, 0_u64);
            for (index, (step, guest, code)) in scans.into_iter().enumerate() {
                if index == worker_fails_at {
                    entered = Entered::from_bytes(&entered.to_bytes()).unwrap();
                }
                clock = (clock + step).max(0);
                forward += step.max(0).unsigned_abs();
                let presentation = [guest as u8, code];
                let rule = Pseudonyms::OneEntry;
                let now = at(clock.unsigned_abs());
                if admit(&mut entered, (&poster, rule), &guests[guest], &presentation, now).is_ok() {
                    let (by, first) = *came.entry(guest).or_insert((code, forward));
                    prop_assert_eq!(by, code, "two showings of one holder");
                    prop_assert!(forward - first <= 10, "a copy");
                }
            }
        }
    }

    #[test]
    fn each_comes_in_once_or_again_as_the_policy_says() {
        let (poster, guests) = (poster(1), pseudonyms(2));
        let mut entered = opened(&poster);
        let once = (&poster, Pseudonyms::OneEntry);
        assert_eq!(admit(&mut entered, once, &guests[0], b"a", at(0)), Ok(Entry::First));
        assert_eq!(admit(&mut entered, once, &guests[0], b"a", at(10)), Ok(Entry::First));
        assert_eq!(admit(&mut entered, once, &guests[0], b"a", at(11)), Err(Refusal::AlreadyShown));
        assert_eq!(admit(&mut entered, once, &guests[0], b"b", at(11)), Err(Refusal::AlreadyEntered));
        assert_eq!(admit(&mut entered, once, &guests[1], b"c", at(11)), Ok(Entry::First));
        let again = (&poster, Pseudonyms::ReEntry);
        assert_eq!(admit(&mut entered, again, &guests[0], b"d", at(60)), Ok(Entry::Again));
        assert_eq!(admit(&mut entered, again, &guests[0], b"d", at(70)), Ok(Entry::Again));
        assert_eq!(admit(&mut entered, again, &guests[0], b"d", at(71)), Err(Refusal::AlreadyShown));
    }

    #[test]
    fn an_event_whose_book_was_not_opened_is_not_known() {
        let (poster, other, guests) = (poster(1), poster(2), pseudonyms(1));
        let mut entered = Entered::in_memory(&mut rng());
        let once = |poster| (poster, Pseudonyms::OneEntry);
        entered.open(&poster, Before::Unknown, grid(), at(0)).unwrap();
        assert_eq!(admit(&mut entered, once(&poster), &guests[0], b"a", at(0)), Err(Refusal::EntriesUnknown));
        // Six minutes before it opens, nobody can have come.
        entered.open(&poster, Before::Unknown, grid(), Moment::from_unix(START - 360)).unwrap();
        assert_eq!(admit(&mut entered, once(&poster), &guests[0], b"a", at(0)), Ok(Entry::First));
        assert_eq!(admit(&mut entered, once(&other), &guests[0], b"a", at(0)), Err(Refusal::EntriesUnknown));
        entered.open(&other, Before::NobodyCame, grid(), at(0)).unwrap();
        assert_eq!(admit(&mut entered, once(&other), &guests[0], b"a", at(0)), Ok(Entry::First), "another event");
    }

    #[test]
    fn memory_is_bounded_and_empties_itself_when_the_day_is_over() {
        let (poster, guests) = (poster(1), pseudonyms(2));
        let mut entered = opened(&poster).with_capacity(2);
        let once = (&poster, Pseudonyms::OneEntry);
        assert_eq!(admit(&mut entered, once, &guests[0], b"a", at(0)), Ok(Entry::First));
        assert_eq!(admit(&mut entered, once, &guests[1], b"b", at(0)), Err(Refusal::MemoryFull));
        assert_eq!(admit(&mut entered, once, &guests[0], b"a", at(9)), Ok(Entry::First));
        let over = grid().end_of_event(DAY);
        assert_eq!(admit(&mut entered, once, &guests[1], b"b", over), Err(Refusal::EntriesUnknown));
        assert_eq!(entered.to_bytes().len(), 48, "the key and the clock are left");
        assert_eq!(admit(&mut entered, once, &guests[0], b"b", at(20)), Err(Refusal::EntriesUnknown), "set back");
    }

    #[test]
    fn bytes_that_no_door_has_given_are_refused_and_a_log_shows_nothing() {
        let (poster, guests) = (poster(1), pseudonyms(1));
        let mut entered = opened(&poster);
        admit(&mut entered, (&poster, Pseudonyms::OneEntry), &guests[0], b"a", at(0)).unwrap();
        let bytes = entered.to_bytes();
        assert!(!bytes.windows(48).any(|window| window == guests[0].to_bytes()), "a pseudonym in clear");
        assert!(Entered::from_bytes(&bytes[..bytes.len() - 1]).is_err());
        assert!(Entered::from_bytes(&[&bytes[..], &bytes[48..]].concat()).is_err(), "a mark twice");
        assert_eq!(format!("{entered:?}"), "Entered(..)");
        assert_eq!(format!("{:?}", EnteredKey::new([7; 32])), "EnteredKey(..)");
    }
}
