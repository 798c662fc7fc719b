//! Whether the service can do its work now, in words that say nothing about anybody.

use std::fmt;
use std::time::Duration;

use bauta_spec::attributes::{TypeName, Use};
use bauta_spec::credential::KeyId;
use bauta_spec::time::Day;
use bauta_spec::trust::TrustList;

use crate::clock::{EARLIEST, Going};
use crate::config::Role;
use crate::keys::KeyRing;
use crate::service::Service;

/// What keeps a service from its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ailment {
    /// It does not answer.
    Database,
    /// There is none, or none that counts now.
    TrustList,
    /// No key that signs records is in force today.
    RecordKey,
    /// A key of the window's passes is not here.
    PassKey,
    /// It is before what is known to be over, or was set.
    Clock,
}

impl fmt::Display for Ailment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Database => "database: it does not answer",
            Self::TrustList => "trust list: there is none that counts now",
            Self::RecordKey => "keys: none that signs records is in force today",
            Self::PassKey => "keys: one that signs passes of the coming days is not here",
            Self::Clock => "clock: it is wrong, or was set while the service ran",
        })
    }
}

/// Whoever asks whether we are ready wants to know soon.
const PATIENCE: Duration = Duration::from_secs(2);

impl Service {
    /// Looks at database, trust list, keys and clock; an empty answer is a healthy service.
    pub async fn ailments(&self) -> Vec<Ailment> {
        let mut ailments = Vec::new();
        if !matches!(tokio::time::timeout(PATIENCE, self.store.answers()).await, Ok(Ok(()))) {
            ailments.push(Ailment::Database);
        }
        let now = self.now();
        let latest = self.trust.latest().ok();
        let known_to_be_over =
            latest.as_ref().map(|list| list.issued().minus(TrustList::CLOCK_TOLERANCE_MINUTES).start());
        let before = known_to_be_over.is_some_and(|over| now < over) || now.unix() < EARLIEST_UNIX;
        if before || self.going(now) == Going::Set {
            ailments.push(Ailment::Clock);
        }
        match self.trust.list(now) {
            Err(_) if before && latest.is_some() => {}
            Err(_) => ailments.push(Ailment::TrustList),
            Ok(list) => {
                let today = list.grid().day_of(now);
                if self.config.plays(Role::Records) && !signs_records(&self.keys, &list, today) {
                    ailments.push(Ailment::RecordKey);
                }
                if self.config.plays(Role::Passes) && missing_pass_keys(&self.keys, &list, today).next().is_some() {
                    ailments.push(Ailment::PassKey);
                }
            }
        }
        ailments
    }
}

const EARLIEST_UNIX: u64 = EARLIEST.number() as u64 * 24 * 60 * 60;

/// Whether one of the keys signs records today.
pub(crate) fn signs_records(keys: &KeyRing, list: &TrustList, today: Day) -> bool {
    keys.iter().any(|key| list.key(key.id(), today).is_ok_and(|listed| listed.key_type.usage() == Use::Record))
}

/// For each type of pass, the first key of the window's days that the list expects and that is not here.
pub(crate) fn missing_pass_keys<'l>(
    keys: &'l KeyRing,
    list: &'l TrustList,
    today: Day,
) -> impl Iterator<Item = (&'l TypeName, KeyId)> {
    let window = list.prefetch_days() + 1;
    let passes = list.types().iter().filter(|listed| listed.usage() == Use::Pass).map(|listed| listed.name());
    passes.filter_map(move |name| {
        let expected = (0..window).filter_map(|later| list.pass_key(name, today.plus(later)));
        expected.map(|key| key.id).find(|id| keys.key(*id).is_none()).map(|id| (name, id))
    })
}
