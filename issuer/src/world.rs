//! Time and chance, as the program was given them: the real ones in `main.rs`, chosen ones in tests.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bauta_spec::time::Moment;
use rand_core::{TryCryptoRng, TryRng};

/// A clock and a source of randomness.
#[derive(Clone)]
pub struct World {
    clock: Arc<dyn Fn() -> Moment + Send + Sync>,
    steady: Arc<dyn Fn() -> Duration + Send + Sync>,
    chance: Arc<Fill>,
}

/// Fills a slice with bytes that nobody can predict.
type Fill = dyn Fn(&mut [u8]) + Send + Sync;

impl World {
    /// `chance` must fill the whole slice with bytes that nobody can predict: codes, nonces and keys are made of them. The clock is taken
    /// for one that nobody sets, unless [`World::with_steady`] says better.
    pub fn new(
        clock: impl Fn() -> Moment + Send + Sync + 'static,
        chance: impl Fn(&mut [u8]) + Send + Sync + 'static,
    ) -> Self {
        let clock: Arc<dyn Fn() -> Moment + Send + Sync> = Arc::new(clock);
        let as_it_goes = Arc::clone(&clock);
        let steady = move || Duration::from_secs(as_it_goes().unix());
        Self { clock, steady: Arc::new(steady), chance: Arc::new(chance) }
    }

    /// With a second clock that nobody can set: it counts from any beginning.
    #[must_use]
    pub fn with_steady(self, steady: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self { steady: Arc::new(steady), ..self }
    }

    /// What the clock says.
    pub fn now(&self) -> Moment {
        (self.clock)()
    }

    /// What the clock says that nobody can set.
    pub(crate) fn steady(&self) -> Duration {
        (self.steady)()
    }

    /// A generator for one act.
    pub fn rng(&self) -> Chance {
        Chance(Arc::clone(&self.chance))
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("World(..)")
    }
}

/// The world's randomness in the form that cryptography takes it.
pub struct Chance(Arc<Fill>);

impl TryRng for Chance {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        (self.0)(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        (self.0)(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        (self.0)(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Chance {}
