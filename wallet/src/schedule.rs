//! When a wallet does by itself what it does by itself: never because of a showing, as an office that hears from a wallet at the door knows
//! where its owner is. The wallet's page keeps the same times while it is open.

use std::ops::Range;

use bauta_spec::time::Moment;
use bauta_spec::trust::Advance;
use rand_core::CryptoRng;

use crate::present::{Nothing, choose};
use crate::renew;
use crate::vault::Vault;

/// Seconds between two fetches of the trust list, of every wallet: six hours.
pub const LIST_EVERY: u32 = 6 * 60 * 60;

/// Seconds after which a list that could not be fetched is asked for again.
const LIST_AGAIN: u64 = 30 * 60;

/// A renewal that is overdue waits so many seconds, by chance: devices are often started on the way out.
const OVERDUE: Range<u64> = 2 * 60..10 * 60;

/// Nothing to show is worse than an office that hears from somebody who has just started.
const EMPTY: Range<u64> = 2..15;

/// After what did not work.
const AGAIN: Range<u64> = 10 * 60..30 * 60;

/// After what did not work while there is nothing to show, for the first [`HASTY`] times: an office may take some seconds longer to have a
/// newer list than the wallet did.
const EMPTY_AGAIN: Range<u64> = 15..30;

const HASTY: u8 = 3;

/// Seconds after the moment that a lab named: those who came at the same time do not come back together.
const ASK: Range<u64> = 1..60;

const NEVER: Moment = Moment::from_unix(u64::MAX);

/// What is due, and when. Whoever keeps to it does what is due, and says what came of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Schedule {
    every: u64,
    list: Moment,
    renewal: Moment,
    labs: Moment,
    /// Renewals after which there was still nothing to show.
    in_vain: u8,
    /// How many there were last time.
    records: usize,
    /// How many records have been asked about: one that satisfies no rule has no passes either.
    asked_about: usize,
}

/// Something to be done now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Due {
    /// To take the newest trust list, and then to say [`Schedule::list_taken`].
    List,
    /// To ask the labs again that had no result yet, and then to say [`Schedule::labs_asked`].
    Labs,
    /// To fetch passes, and then to say [`Schedule::renewed`].
    Renewal,
}

impl Schedule {
    /// The list is due at once. `every` is how many seconds lie between two fetches of it: [`LIST_EVERY`], for whoever wants to look like everybody.
    /// When passes were fetched last is known to nobody, so they are overdue.
    pub fn new(vault: &Vault, every: u32, now: Moment, rng: &mut impl CryptoRng) -> Self {
        let mut schedule = Self {
            every: every.into(),
            list: now,
            renewal: NEVER,
            labs: NEVER,
            in_vain: 0,
            records: 0,
            asked_about: 0,
        };
        schedule.wallet_changed(vault, now, rng);
        schedule
    }

    /// What is to be done now, one after the other: what has waited longest first, so that a list that is slow to come keeps nothing else waiting.
    pub fn due(&self, now: Moment) -> Option<Due> {
        let times = [(self.list, Due::List), (self.labs, Due::Labs), (self.renewal, Due::Renewal)];
        times.into_iter().filter(|(time, _)| *time <= now).min_by_key(|(time, _)| *time).map(|(_, due)| due)
    }

    /// Somebody else has changed the wallet: collected or removed a record, or fetched passes.
    pub fn wallet_changed(&mut self, vault: &Vault, now: Moment, rng: &mut impl CryptoRng) {
        self.labs = next_of_labs(vault, now, rng);
        self.records = vault.records().len();
        self.renewal = match vault.records() {
            [] => NEVER,
            _ if self.lacks_passes(vault, now) => self.soon(now, rng),
            _ if self.renewal == NEVER => after(now, OVERDUE, rng),
            _ => self.renewal,
        };
    }

    /// The newest list was asked for. One that is newer can end passes, and then others are due.
    pub fn list_taken<E>(&mut self, taken: &Result<Advance, E>, vault: &Vault, now: Moment, rng: &mut impl CryptoRng) {
        let pause = if taken.is_ok() { self.every } else { self.every.min(LIST_AGAIN) };
        self.list = Moment::from_unix(now.unix() + pause);
        if matches!(taken, Ok(Advance::Newer)) && self.lacks_passes(vault, now) {
            self.renewal = self.soon(now, rng);
        }
    }

    /// The labs were asked whose time had come. A record that came of it needs its passes; none is no reason to ask an office.
    pub fn labs_asked(&mut self, vault: &Vault, now: Moment, rng: &mut impl CryptoRng) {
        if vault.records().len() > self.records {
            self.wallet_changed(vault, now, rng);
        } else {
            self.labs = next_of_labs(vault, now, rng);
        }
    }

    /// Passes were asked for, of every record.
    pub fn renewed<E>(&mut self, result: &Result<(), E>, vault: &Vault, now: Moment, rng: &mut impl CryptoRng) {
        if result.is_ok() {
            self.asked_about = vault.records().len();
        }
        let lacking = self.lacks_passes(vault, now);
        self.in_vain = if lacking { self.in_vain.saturating_add(1) } else { 0 };
        self.renewal = match result {
            Ok(()) if !lacking => renew::next_time(now, rng),
            _ if lacking && self.in_vain <= HASTY => after(now, EMPTY_AGAIN, rng),
            _ => after(now, AGAIN, rng),
        };
    }

    /// Something has happened since the last time, so that what was in vain may not be so again.
    fn soon(&mut self, now: Moment, rng: &mut impl CryptoRng) -> Moment {
        self.in_vain = 0;
        self.renewal.min(after(now, EMPTY, rng))
    }

    /// Whether renewing would help somebody who wants to show something now.
    fn lacks_passes(&self, vault: &Vault, now: Moment) -> bool {
        let (records, trust) = (vault.records(), vault.trust());
        let unasked = records.iter().skip(self.asked_about).any(|record| record.passes().is_empty());
        let today = trust.grid().day_of(now);
        let in_force = trust.policies().filter(|policy| policy.is_in_force(today));
        let ended = in_force.filter_map(|policy| choose(policy, records, trust, now).err());
        unasked || (!records.is_empty() && ended.into_iter().any(|nothing| has_ended(&nothing)))
    }
}

/// There were passes, and they are for other days, or do not count any more.
fn has_ended(nothing: &Nothing) -> bool {
    match nothing {
        Nothing::OfTwo { reason, .. } => has_ended(reason),
        Nothing::NotToday | Nothing::Outdated => true,
        _ => false,
    }
}

fn next_of_labs(vault: &Vault, now: Moment, rng: &mut impl CryptoRng) -> Moment {
    let first = vault.waiting().map(|(_, waiting)| waiting.again).min();
    first.map_or(NEVER, |first| after(first.max(now), ASK, rng))
}

/// By chance within these seconds from a moment on.
fn after(moment: Moment, seconds: Range<u64>, rng: &mut impl CryptoRng) -> Moment {
    // 2^64 is so much larger than any of these that no second is noticeably likelier than another.
    Moment::from_unix(moment.unix() + seconds.start + rng.next_u64() % (seconds.end - seconds.start))
}
