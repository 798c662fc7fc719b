//! A town in memory: real components, one seed, and a clock that a test may set.
//!
//! Nothing here stands in for anything: the official signs real lists, the lab's service runs on a real database, the citizens use the
//! wallet's own library. Only the network is missing, and what travels is handed over as bytes.

mod citizen;
mod lab;
mod official;
mod organiser;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bauta_crypto::SecretKey;
use bauta_issuer::World;
use bauta_spec::poster::CertifiedPoster;
use bauta_spec::time::{Day, Moment};
use bauta_spec::trust::TrustList;
use bauta_verifier::{Asking, Before, Door, Entered, Memory, Seen};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

pub use citizen::Citizen;
pub use lab::{Collected, Lab};
pub use official::Official;
pub use organiser::{Event, Organiser};

/// Noon, Greenwich time, on 24 November 2026: a Tuesday on which nothing special happens.
const NOON: u64 = 20_781 * 86_400 + 12 * 3_600;

/// Everybody whom a story needs, with one clock and one source of chance between them.
pub struct Town {
    /// Signs who counts.
    pub official: Official,
    /// Records results, issues records, runs the pass office.
    pub lab: Lab,
    clock: Clock,
    chance: Chance,
    seed: u64,
}

impl Town {
    /// The same seed makes the same town, to the last byte of every signature.
    #[must_use]
    pub fn with_seed(seed: u64) -> Self {
        let clock = Clock::at(Moment::from_unix(NOON));
        let chance = Chance::seeded(seed);
        let keys = lab::keys(&mut chance.rng());
        let mut official = Official::new(&keys, clock.now(), &mut chance.rng());
        official.publish(clock.now());
        let lab = Lab::open(keys, &official, clock.world(&chance), &mut chance.rng());
        Self { official, lab, clock, chance, seed }
    }

    /// What all clocks show.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// The day of the programme's grid.
    #[must_use]
    pub fn today(&self) -> Day {
        self.trust().grid().day_of(self.now())
    }

    /// Lets time pass.
    pub fn wait(&self, seconds: u64) {
        self.clock.set(Moment::from_unix(self.now().unix() + seconds));
    }

    /// Lets days pass; the official's delegate publishes each day, and the lab hears of it.
    pub fn wait_days(&mut self, days: u64) {
        for _ in 0..days {
            self.wait(86_400);
            self.publish();
        }
    }

    /// The newest trust list, which everybody has fetched.
    #[must_use]
    pub fn trust(&self) -> &TrustList {
        self.official.list()
    }

    /// The delegate publishes what the official has decided, and the lab hears of it.
    pub fn publish(&mut self) {
        self.official.publish(self.now());
        self.lab.hear(&self.official, self.now());
    }

    /// The secret of every key that the lab signs with, for an adversary that has them. The key ring gives none away: they are drawn
    /// once more from the seed.
    #[must_use]
    pub fn stolen_keys(&self) -> Vec<SecretKey> {
        lab::secrets_of_keys(&mut Chance::seeded(self.seed).rng())
    }

    /// Fresh chance, the same for the same seed and the same order of calls.
    #[must_use]
    pub fn rng(&self) -> ChaCha20Rng {
        self.chance.rng()
    }

    /// Somebody with an empty wallet.
    #[must_use]
    pub fn citizen(&self) -> Citizen {
        Citizen::new(&mut self.rng())
    }

    /// Somebody with a record of `facts` and passes for the coming days.
    #[must_use]
    pub fn citizen_with(&self, record_type: &str, facts: &str) -> Citizen {
        let mut citizen = self.citizen();
        let ticket = self.lab.add(record_type, facts);
        citizen.collect(self, &ticket);
        citizen.renew(self);
        citizen
    }

    /// A door that asks for a policy and has been watched since before anybody came.
    ///
    /// # Panics
    /// The list has no such policy.
    #[must_use]
    pub fn door(&self, policy: &str) -> Door {
        let policy = self.trust().policy_named(policy, self.today()).expect("a policy on the list");
        Door::new(policy.id(), Seen::from_opening(&mut self.rng()))
    }
}

/// Doors at an event, and with a screen.
impl Town {
    /// A door at which that poster hangs, and nobody has come in.
    ///
    /// # Panics
    /// The poster is not by an organiser of this town.
    #[must_use]
    pub fn door_with(&self, poster: &CertifiedPoster) -> Door {
        let mut rng = self.rng();
        let memory = Memory::from(Seen::from_opening(&mut rng)).with(Entered::in_memory(&mut rng));
        let poster = poster.verify(&self.official.root()).expect("a poster of this town");
        let mut door = Door::new(poster.poster().policy(), memory);
        door.hang(poster, Before::NobodyCame, self.trust(), self.now()).expect("memory answers");
        door
    }

    /// A door with a screen.
    ///
    /// # Panics
    /// The list has no such policy.
    #[must_use]
    pub fn door_with_screen(&self, policy: &str) -> Door {
        let mut door = self.door(policy);
        let policy = door.asking().policy();
        door.ask(Asking::Nonce(policy));
        door
    }
}

/// One clock for everybody.
#[derive(Clone)]
struct Clock(Arc<AtomicU64>);

impl Clock {
    fn at(moment: Moment) -> Self {
        Self(Arc::new(AtomicU64::new(moment.unix())))
    }

    fn now(&self) -> Moment {
        Moment::from_unix(self.0.load(Ordering::SeqCst))
    }

    fn set(&self, moment: Moment) {
        self.0.store(moment.unix(), Ordering::SeqCst);
    }

    fn world(&self, chance: &Chance) -> World {
        let (clock, chance) = (self.clone(), chance.clone());
        World::new(move || clock.now(), move |bytes| chance.rng().fill_bytes(bytes))
    }
}

/// One seed for everybody. Each act draws a generator of its own from it.
#[derive(Clone)]
struct Chance(Arc<Mutex<ChaCha20Rng>>);

impl Chance {
    fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(ChaCha20Rng::seed_from_u64(seed))))
    }

    fn rng(&self) -> ChaCha20Rng {
        let mut seed = [0; 32];
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut seed);
        ChaCha20Rng::from_seed(seed)
    }
}
