//! Everything that a running service holds. What it does is told in [`lab`](crate::lab), [`collect`](crate::collect) and
//! [`office`](crate::office).

use std::num::NonZero;
use std::sync::{Arc, LazyLock};

use bauta_spec::attributes::{TypeName, Use};
use bauta_spec::roots::NoHouseRoots;
use bauta_spec::time::{Day, Moment};
use bauta_spec::trust::{IssuerKey, TrustList};
use tokio::sync::Semaphore;

use crate::clock::{Going, Watch};
use crate::config::{Config, LONGEST_RECORD_DAYS};
use crate::hand_over::Hook;
use crate::keys::KeyRing;
use crate::metrics::Metrics;
use crate::outgoing::Outgoing;
use crate::people::People;
use crate::secrets::Secrets;
use crate::store::{Store, StoreError};
use crate::trust::{NoTrust, Trust};
use crate::world::World;

/// One service: its settings, its keys, its database, the trust list it goes by, and its clock.
#[derive(Debug)]
pub struct Service {
    pub(crate) config: Config,
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) secrets: Secrets,
    pub(crate) store: Store,
    pub(crate) trust: Trust,
    pub(crate) people: People,
    pub(crate) world: World,
    pub(crate) metrics: Metrics,
    pub(crate) outgoing: Outgoing,
    pub(crate) hook: Option<Hook>,
    watch: Watch,
}

impl Service {
    /// From its parts.
    ///
    /// # Errors
    /// [`NoHouseRoots`] where the settings name certificates that cannot be read.
    pub fn new(
        config: Config,
        keys: KeyRing,
        secrets: Secrets,
        store: Store,
        trust: Trust,
        world: World,
    ) -> Result<Self, NoHouseRoots> {
        let outgoing = Outgoing::open(&config)?;
        let people = People::new(&config, &outgoing);
        let (keys, metrics, watch) = (Arc::new(keys), Metrics::new(), Watch::default());
        Ok(Self { config, keys, secrets, store, trust, people, world, metrics, outgoing, hook: None, watch })
    }

    /// With something that hands codes over.
    pub(crate) fn with_hook(self, hook: Option<Hook>) -> Self {
        Self { hook, ..self }
    }

    /// Its database.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Its settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Its keys.
    pub fn keys(&self) -> &KeyRing {
        &self.keys
    }

    /// The trust list it goes by.
    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// What its clock says.
    pub fn now(&self) -> Moment {
        self.world.now()
    }

    /// The programme's day, which does not depend on whether the trust list is fresh. Never before the list was issued: what is dated
    /// back is forgotten too early.
    pub(crate) fn day(&self) -> Result<Day, NoTrust> {
        let list = self.trust.latest()?;
        Ok(list.grid().day_of(self.world.now().max(list.issued().start())))
    }

    /// Now and the programme's day, with a list that counts and a clock that nobody has set.
    pub(crate) fn today(&self) -> Result<Today, NoTrust> {
        let now = self.world.now();
        let list = self.trust.list(now)?;
        if self.going(now) == Going::Set {
            return Err(NoTrust::ClockSet);
        }
        Ok(Today { now, day: list.grid().day_of(now), list })
    }

    /// How the clock goes.
    pub(crate) fn going(&self, now: Moment) -> Going {
        self.watch.look(now, self.world.steady(), self.trust.list(now).is_ok())
    }

    /// What the minute hand does: codes that are too old and results that are long past are forgotten, and a newer trust list is
    /// read. By a clock that cannot be believed nothing is forgotten: it would burn codes, and give passes to who must have none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn housekeeping(&self) -> Result<(), StoreError> {
        self.read_trust_list().await?;
        let now = self.world.now();
        if self.going(now) != Going::Steadily {
            tracing::warn!("nothing is forgotten until the clock and the trust list can be believed");
            return Ok(());
        }
        self.store.expire(now).await?;
        self.forget_sessions().await?;
        if let Ok(today) = self.day() {
            let results_from = first_kept(today, self.config.record_days);
            // Other services' records may last longer than ours, and ours may have before the setting was changed.
            let withdrawals_from = first_kept(today, LONGEST_RECORD_DAYS);
            // A quota is counted by the day, and kept no longer than until the month is over.
            let quotas_from = first_kept(today, 0);
            self.store.forget_before(results_from, withdrawals_from, quotas_from).await?;
        }
        Ok(())
    }

    /// Takes over a newer trust list, and remembers it so that a restart cannot be used to go back.
    pub(crate) async fn read_trust_list(&self) -> Result<(), StoreError> {
        if let Some(list) = self.trust.refresh(self.world.now()) {
            self.store.keep_trust_list(list.version(), list.bytes()).await?;
        }
        Ok(())
    }
}

/// The moment of one act, with the list and the day that go with it.
pub(crate) struct Today {
    pub(crate) now: Moment,
    pub(crate) day: Day,
    pub(crate) list: Arc<TrustList>,
}

impl Today {
    /// What the list says of the first of our keys that signs records of this type today.
    pub(crate) fn record_key(&self, keys: &KeyRing, record_type: &TypeName) -> Option<&IssuerKey> {
        keys.iter()
            .filter(|key| key.credential_type() == record_type)
            .filter_map(|key| self.list.key(key.id(), self.day).ok())
            .find(|listed| listed.key_type.usage() == Use::Record && listed.key_type.name() == record_type)
    }
}

/// The first day whose results are still known by name: the first of a month, the same for all results, and early enough that
/// every record of an older day can no longer be turned into passes.
fn first_kept(today: Day, record_days: u16) -> Day {
    let oldest_useful = today.minus(record_days.saturating_add(1));
    let month = oldest_useful.month();
    let mut first = oldest_useful;
    while first.number() > 0 && first.minus(1).month() == month {
        first = first.minus(1);
    }
    first
}

/// Runs a computation of milliseconds where it holds up nobody else's request. `None` if it broke off. As many as there are processors run
/// at the same time: more would only take turns, and each would take longer.
pub(crate) async fn busy<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    static PROCESSORS: LazyLock<Semaphore> =
        LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(1, NonZero::get)));
    let _turn = PROCESSORS.acquire().await.ok()?;
    waiting(work).await
}

/// Runs what waits for others, such as a request to another service, where it holds up nobody. `None` if it broke off.
pub(crate) async fn waiting<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_forgotten_a_month_at_a_time_and_never_while_their_record_is_good() {
        let first = first_kept("2026-11-24".parse().unwrap(), 365);
        assert_eq!(first, "2025-11-01".parse().unwrap());
        for day in 0..60 {
            let today = Day::new(20_800).plus(day);
            assert!(first_kept(today, 365).plus(365) < today);
            assert!(first_kept(today, 365).to_string().ends_with("-01"));
        }
    }
}
