//! A venue that keeps everything in memory: what a page in a browser is.

use std::collections::BTreeMap;

use bauta_spec::policy::{Learned, Policy, PolicyId};
use bauta_spec::presentation::Mode;
use bauta_spec::qr::Question;
use bauta_spec::signed::RootPublic;
use bauta_spec::time::Moment;
use bauta_spec::trust::{Advance, Summary, TrustList, TrustRefusal};
use bauta_spec::{Malformed, Problem};
use rand_core::CryptoRng;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::root::{Unbelievable, believable};
use crate::{Door, Refusal, Seen, Verified};

/// A root key and the newest list that holds for it: what a venue knows before it has chosen what to ask.
#[derive(Debug)]
pub struct Known {
    root: RootPublic,
    list: TrustList,
}

/// What is known, and the door. The list only ever gets newer.
#[derive(Debug)]
pub struct Venue {
    known: Known,
    /// By name, because a newer list may mean another policy by it.
    asked: String,
    door: Door,
}

/// The policy of that name today; one that is not in force, or a clock that is wrong, is for the decision to say. None if the list
/// has none of that name at all.
pub fn asked(list: &TrustList, name: &str, now: Moment) -> Option<PolicyId> {
    let today = list.policy_named(name, list.grid().day_of(now));
    let policy = today.or_else(|| list.policies().filter(|policy| policy.name().as_str() == name).last());
    policy.map(Policy::id)
}

impl Known {
    /// The list may have expired: then nothing is decided by it, but it can be made newer.
    ///
    /// # Errors
    /// [`NotOpened`].
    pub fn of(root: &str, list: &[u8]) -> Result<Self, NotOpened> {
        let root = believable(root)?;
        let list = TrustList::verify_held(list, &root)?;
        Ok(Self { root, list })
    }

    /// Takes a newer list, and whether it was one.
    ///
    /// # Errors
    /// [`TrustRefusal`]; the list held so far stays.
    pub fn advance(&mut self, list: &[u8], now: Moment) -> Result<Advance, TrustRefusal> {
        self.list.take(list, &self.root, now)
    }

    /// The list in a few words.
    pub fn summary(&self) -> Summary {
        self.list.summary(&self.root)
    }

    /// What a door may ask today.
    pub fn policies(&self, now: Moment) -> Vec<PolicyView> {
        let today = self.list.grid().day_of(now);
        let in_force = self.list.policies().filter(|policy| policy.is_in_force(today));
        in_force.map(|policy| PolicyView::of(policy, &self.list)).collect()
    }
}

impl Venue {
    /// Opens the door. What was shown before this moment cannot be known, so codes that could have been are refused for about two
    /// minutes.
    ///
    /// # Errors
    /// [`NotOpened`].
    pub fn open(
        root: &str,
        list: &[u8],
        policy: &str,
        now: Moment,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, NotOpened> {
        Self::watching(Known::of(root, list)?, policy, Seen::since(now, rng), now)
    }

    /// Opens the door in place of one that failed, with what that one had seen: [`Venue::memory`].
    ///
    /// # Errors
    /// [`NotOpened`].
    pub fn resume(root: &str, list: &[u8], policy: &str, memory: &[u8], now: Moment) -> Result<Self, NotOpened> {
        let seen = Seen::from_bytes(memory).map_err(NotOpened::Memory)?;
        Self::watching(Known::of(root, list)?, policy, seen, now)
    }

    fn watching(known: Known, policy: &str, seen: Seen, now: Moment) -> Result<Self, NotOpened> {
        let asked = asked(&known.list, policy, now).ok_or(NotOpened::NoPolicy)?;
        Ok(Self { known, asked: policy.to_owned(), door: Door::new(asked, seen) })
    }

    /// Asks for another policy from now on. What was seen stays seen.
    ///
    /// # Errors
    /// [`NotOpened::NoPolicy`]; the policy before stays.
    pub fn ask(&mut self, policy: &str, now: Moment) -> Result<(), NotOpened> {
        self.door.ask(asked(&self.known.list, policy, now).ok_or(NotOpened::NoPolicy)?);
        policy.clone_into(&mut self.asked);
        Ok(())
    }

    /// Decides by the list held now.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn scan(&mut self, scanned: &str, now: Moment) -> Result<Verified, Refusal> {
        // Without a policy of that name, the one asked last is refused as withdrawn.
        if let Some(policy) = asked(&self.known.list, &self.asked, now) {
            self.door.ask(policy);
        }
        self.door.scan(scanned, &self.known.list, now)
    }

    /// What visitors' wallets may scan in place of choosing from a list. A newer list may mean another policy by the name that is asked:
    /// then this is another one too.
    pub fn question(&self, now: Moment) -> Option<Question> {
        asked(&self.known.list, &self.asked, now).map(Question)
    }

    /// Root and list.
    pub fn known(&self) -> &Known {
        &self.known
    }

    /// See [`Known::advance`].
    ///
    /// # Errors
    /// [`TrustRefusal`]; the list held so far stays.
    pub fn advance(&mut self, list: &[u8], now: Moment) -> Result<Advance, TrustRefusal> {
        self.known.advance(list, now)
    }

    /// From when on every new code can be judged.
    pub fn opens_at(&self) -> Moment {
        self.door.seen().opens_at()
    }

    /// What it has seen, for [`Venue::resume`]. For memory, and never for a disk.
    pub fn memory(&self) -> Zeroizing<Vec<u8>> {
        self.door.seen().to_bytes()
    }
}

/// A policy, for a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyView {
    /// Names it for [`Venue::ask`].
    pub name: String,
    /// What presentations call it.
    pub id: String,
    /// Why a door asks, by language.
    pub purpose: BTreeMap<String, String>,
    /// The last day on which doors may ask this, as `2026-11-24`.
    pub last_day: String,
    /// What the door will learn.
    pub learns: Vec<Learned>,
}

impl PolicyView {
    fn of(policy: &Policy, list: &TrustList) -> Self {
        let pass_type = list.type_named(policy.pass_type().as_str());
        let learns = pass_type.and_then(|pass_type| policy.learns(pass_type, list.rules(), Mode::OneWay).ok());
        Self {
            name: policy.name().to_string(),
            id: policy.id().to_string(),
            purpose: policy.purpose().lines().map(|(tag, line)| (tag.to_string(), line.to_string())).collect(),
            last_day: policy.last().to_string(),
            learns: learns.unwrap_or_default(),
        }
    }
}

/// The door stays shut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotOpened {
    /// No venue may believe this root.
    #[error(transparent)]
    Root(#[from] Unbelievable),
    /// The list does not hold for this root.
    #[error("the trust list is refused: {0}")]
    List(#[from] TrustRefusal),
    /// The list has no such policy.
    #[error("the trust list has no policy of that name")]
    NoPolicy,
    /// No door has given these bytes.
    #[error("this is {0}")]
    Memory(Malformed),
}

impl From<NotOpened> for Problem {
    fn from(reason: NotOpened) -> Self {
        match reason {
            NotOpened::Root(reason) => reason.into(),
            NotOpened::List(refusal) => refusal.into(),
            NotOpened::NoPolicy => Self::new("no_such_policy"),
            // Only a page that mixes up its own bytes meets this one.
            NotOpened::Memory(_) => Self::new("internal"),
        }
    }
}
