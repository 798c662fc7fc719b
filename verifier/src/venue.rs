//! A venue that keeps everything in memory: what a page in a browser is.

use std::collections::BTreeMap;

use bauta_spec::policy::{Learned, Policy, PolicyId, Pseudonyms};
use bauta_spec::poster::{CertifiedPoster, VerifiedPoster};
use bauta_spec::presentation::Mode;
use bauta_spec::qr::Asked;
use bauta_spec::signed::{RootPublic, Unverified};
use bauta_spec::time::Moment;
use bauta_spec::trust::{Advance, Summary, TrustList, TrustRefusal};
use bauta_spec::{Malformed, Problem};
use rand_core::CryptoRng;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::root::{Unbelievable, believable};
use crate::{Asking, Before, Door, Entered, Memory, Refusal, Seen, Verified};

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
    /// By name, because a newer list may mean another policy by it. None for a poster, which names its policy for good.
    asked: Option<String>,
    door: Door,
}

/// What a door shows to visitors' wallets, where no poster hangs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// The question only: wallets answer by themselves.
    Question,
    /// A fresh nonce for each answer.
    Nonce,
}

/// A poster that a door may hang up: of this root, for a policy of the list that takes posters.
///
/// # Errors
/// [`NotOpened::Poster`], [`NotOpened::SplitView`], [`NotOpened::NoPolicy`].
pub fn verified(poster: &CertifiedPoster, list: &TrustList, root: &RootPublic) -> Result<VerifiedPoster, NotOpened> {
    let poster = poster.verify(root).map_err(NotOpened::Poster)?;
    let (version, hash) = (poster.poster().list_version(), poster.poster().list_hash());
    if list.contradicts(version, hash) {
        return Err(NotOpened::SplitView { version });
    }
    let policy = list.policy(poster.poster().policy()).ok_or(NotOpened::NoPolicy)?;
    policy.poster().then_some(poster).ok_or(NotOpened::NoPolicy)
}

/// The mode in which a policy is answered where the door has nothing to show, or else by a poster: what a door learns then, says most.
pub fn usual_mode(policy: &Policy) -> Mode {
    [Mode::OneWay, Mode::Poster].into_iter().find(|mode| policy.allows(*mode)).unwrap_or(Mode::Nonce)
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

    /// The poster of that text, if it is by an organiser of this root and asks for what the list has.
    ///
    /// # Errors
    /// [`NotOpened::NoPoster`], [`NotOpened::Poster`], [`NotOpened::NoPolicy`].
    pub fn poster(&self, text: &str) -> Result<VerifiedPoster, NotOpened> {
        let Ok(Asked::Poster(poster)) = text.parse() else { return Err(NotOpened::NoPoster) };
        verified(&poster, &self.list, &self.root)
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
        let memory = Memory::from(Seen::since(now, rng)).with(Entered::in_memory(rng));
        Self::watching(Known::of(root, list)?, policy, memory, now)
    }

    /// Opens the door in place of one that failed, with what that one had seen: [`Venue::memory`].
    ///
    /// # Errors
    /// [`NotOpened`].
    pub fn resume(root: &str, list: &[u8], policy: &str, memory: &[u8], now: Moment) -> Result<Self, NotOpened> {
        let memory = Memory::from_bytes(memory).map_err(NotOpened::Memory)?;
        Self::watching(Known::of(root, list)?, policy, memory, now)
    }

    fn watching(known: Known, policy: &str, memory: Memory, now: Moment) -> Result<Self, NotOpened> {
        let asked = asked(&known.list, policy, now).ok_or(NotOpened::NoPolicy)?;
        Ok(Self { known, asked: Some(policy.to_owned()), door: Door::new(asked, memory) })
    }

    /// Asks for another policy, or in another way, from now on. What was seen stays seen.
    ///
    /// # Errors
    /// [`NotOpened::NoPolicy`]; what was asked before stays.
    pub fn ask(&mut self, policy: &str, screen: Screen, now: Moment) -> Result<(), NotOpened> {
        let asked = asked(&self.known.list, policy, now).ok_or(NotOpened::NoPolicy)?;
        self.door.ask(match screen {
            Screen::Question => Asking::OneWay(asked),
            Screen::Nonce => Asking::Nonce(asked),
        });
        self.asked = Some(policy.to_owned());
        Ok(())
    }

    /// Asks by the poster of that text from now on. See [`Door::hang`].
    ///
    /// # Errors
    /// [`NotOpened`]; what was asked before stays.
    pub fn hang(&mut self, poster: &str, before: Before, now: Moment) -> Result<(), NotOpened> {
        let poster = self.known.poster(poster)?;
        self.door.hang(poster, before, &self.known.list, now).map_err(NotOpened::Door)?;
        self.asked = None;
        Ok(())
    }

    /// What is asked, and how.
    pub fn asking(&self) -> &Asking {
        self.door.asking()
    }

    /// Decides by the list held now.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn scan(&mut self, scanned: &str, now: Moment) -> Result<Verified, Refusal> {
        // Without a policy of that name, the one asked last is refused as withdrawn.
        self.follow_the_list(now);
        self.door.scan(scanned, &self.known.list, now)
    }

    /// What visitors' wallets may scan, if the list has what is asked: the policy, or the nonce that stands on the screen now. None for a
    /// poster, which hangs there itself. A newer list may mean another policy by the name that is asked: then this is another one too.
    pub fn question(&mut self, now: Moment, rng: &mut impl CryptoRng) -> Option<Asked> {
        self.follow_the_list(now);
        self.known.list.policy(self.door.asking().policy())?;
        self.door.question(now, rng)
    }

    fn follow_the_list(&mut self, now: Moment) {
        let policy = self.asked.as_deref().and_then(|name| asked(&self.known.list, name, now));
        if let Some(policy) = policy {
            self.door.ask_for(policy);
        }
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
        self.door.memory.to_bytes()
    }
}

/// A policy, for a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyView {
    /// Names it for [`Venue::ask`].
    pub name: String,
    /// The ways of asking that it allows: `one_way`, `poster`, `nonce`.
    pub ways: Vec<&'static str>,
    /// What answers to a poster say of their holder: `none`, `one_entry`, `reentry`.
    pub pseudonyms: &'static str,
    /// What presentations call it.
    pub id: String,
    /// Why a door asks, by language.
    pub purpose: BTreeMap<String, String>,
    /// The last day on which doors may ask this, as `2026-11-24`.
    pub last_day: String,
    /// What the door will learn.
    pub learns: Vec<Learned>,
}

const WAYS: [(Mode, &str); 3] = [(Mode::OneWay, "one_way"), (Mode::Poster, "poster"), (Mode::Nonce, "nonce")];

impl PolicyView {
    fn of(policy: &Policy, list: &TrustList) -> Self {
        let learns = policy.learns(list.types(), list.rules(), usual_mode(policy)).ok();
        Self {
            name: policy.name().to_string(),
            ways: WAYS.into_iter().filter(|(mode, _)| policy.allows(*mode)).map(|(_, way)| way).collect(),
            pseudonyms: match policy.pseudonyms() {
                Pseudonyms::None => "none",
                Pseudonyms::OneEntry => "one_entry",
                Pseudonyms::ReEntry => "reentry",
            },
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
    /// The list has no such policy, or it does not take posters where one asks for it.
    #[error("the trust list has no such policy")]
    NoPolicy,
    /// Some other code.
    #[error("this is not an organiser's poster")]
    NoPoster,
    /// Its organiser holds another list of the version that is held here, or of the one before: one of the two is false.
    #[error(
        "the organiser of this poster holds another trust list of version {version} than this door does: two lists are in \
         circulation, and one of them is false; tell the authority"
    )]
    SplitView {
        /// Of the organiser's list.
        version: u32,
    },
    /// Nobody may hang this one up.
    #[error("the poster is refused: {0}")]
    Poster(Unverified),
    /// The door cannot do what is needed for it.
    #[error("{0}")]
    Door(Refusal),
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
            NotOpened::NoPoster => Self::new("no_poster"),
            NotOpened::SplitView { version } => Self::new("poster_of_other_list").number("version", version),
            NotOpened::Poster(_) => Self::new("poster_refused"),
            NotOpened::Door(refusal) => refusal.into(),
            // Only a page that mixes up its own bytes meets this one.
            NotOpened::Memory(_) => Self::new("internal"),
        }
    }
}
