#![doc = include_str!("../policy.md")]

mod query;
mod words;
mod written;

use std::collections::BTreeSet;
use std::fmt;

use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

use crate::attributes::{ClaimName, CredentialType, DisclosedSet, RuleId, TypeName};
use crate::cbor::{self, Malformed, through};
use crate::presentation::{self, Mode, Naming};
use crate::signed::{Statement, role};
use crate::text::{hex_form, text_form};
use crate::time::Day;
use crate::words::{Purpose, name_type};

pub use query::{PassQuery, Wanted};
pub use words::Learned;
pub use written::{SAMPLES, Unwritable};

name_type! {
    /// What doors and wallets call a policy: "entry".
    PolicyName
}

/// What a door asks for: of one pass or of two of one holder what must hold and what is shown, in which modes, and why. One policy has
/// one disclosed set: alternatives with different disclosures would tell which fact a person lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    body: Body,
    // Invariant: of the canonical encoding of `body`.
    hash: [u8; 32],
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
struct Body {
    #[n(0)]
    name: PolicyName,
    #[n(1)]
    asks: Vec<PassQuery>,
    #[n(2)]
    one_way: OneWay,
    #[n(3)]
    poster: bool,
    #[n(4)]
    nonce: bool,
    #[n(5)]
    paper: bool,
    #[n(6)]
    pseudonyms: Pseudonyms,
    #[n(7)]
    first: Day,
    #[n(8)]
    last: Day,
    #[n(9)]
    purpose: Purpose,
}

/// Whether a code that the wallet made by itself, without anything from the door, is enough. Within its three minutes it can be
/// copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, serde::Serialize, serde::Deserialize)]
#[cbor(index_only)]
#[serde(rename_all = "kebab-case")]
pub enum OneWay {
    /// It is enough.
    #[n(0)]
    Allowed,
    /// It is enough, and the door compares the hint with an ID card. Then the policy shows the hint.
    #[n(1)]
    WithHint,
    /// It is not: poster or nonce only.
    #[n(2)]
    Refused,
}

/// Whether answers to a poster carry a pseudonym, and what a second answer of the same holder means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum Pseudonyms {
    /// They carry none.
    #[n(0)]
    None,
    /// Each holder comes in once: a second answer is refused.
    #[n(1)]
    OneEntry,
    /// Whoever went out comes in again, and the door is told.
    #[n(2)]
    ReEntry,
}

impl Policy {
    /// Most days that a policy may hold.
    pub const MAX_DAYS: u16 = 731;

    /// Most passes that it may ask for together.
    pub const MAX_PASSES: usize = 2;

    /// First four bytes of [`Policy::hash`].
    pub fn id(&self) -> PolicyId {
        let [a, b, c, d, ..] = self.hash;
        PolicyId([a, b, c, d])
    }

    /// SHA-256 of the canonical payload. Every proof is bound to it.
    pub fn hash(&self) -> [u8; 32] {
        self.hash
    }

    /// Its name.
    pub fn name(&self) -> &PolicyName {
        &self.body.name
    }

    /// What it asks of each pass, in the order in which the passes are shown: one, or two of different types.
    pub fn asks(&self) -> &[PassQuery] {
        &self.body.asks
    }

    /// The rules that passes must be made by, where the policy names any.
    pub fn rules(&self) -> impl Iterator<Item = RuleId> {
        self.body.asks.iter().filter_map(PassQuery::rule)
    }

    /// Whether a code without anything from the door is enough.
    pub fn one_way(&self) -> OneWay {
        self.body.one_way
    }

    /// Whether answers to an event poster are taken.
    pub fn poster(&self) -> bool {
        self.body.poster
    }

    /// Whether answers to a challenge on the door's screen are taken.
    pub fn nonce(&self) -> bool {
        self.body.nonce
    }

    /// Whether paper passes are taken.
    pub fn paper(&self) -> bool {
        self.body.paper
    }

    /// Whether answers to a poster carry the holder's pseudonym at that event. Other modes never do.
    pub fn pseudonym(&self) -> bool {
        self.body.pseudonyms != Pseudonyms::None
    }

    /// The same, and what a second answer of the same holder means.
    pub fn pseudonyms(&self) -> Pseudonyms {
        self.body.pseudonyms
    }

    /// Whether presentations of this mode are taken.
    pub fn allows(&self, mode: Mode) -> bool {
        match mode {
            Mode::OneWay => self.body.one_way != OneWay::Refused,
            Mode::Poster => self.body.poster,
            Mode::Nonce => self.body.nonce,
            Mode::Paper => self.body.paper,
            // What an office is shown answers no door.
            Mode::Office => false,
        }
    }

    /// Whether presentations of this mode carry a pseudonym. The policy decides it, nobody else.
    pub fn pseudonym_in(&self, mode: Mode) -> bool {
        self.naming_in(mode) == Naming::Pseudonymous
    }

    /// The same, for whoever reads one.
    pub fn naming_in(&self, mode: Mode) -> Naming {
        match mode {
            Mode::Poster if self.pseudonym() => Naming::Pseudonymous,
            Mode::Poster | Mode::OneWay | Mode::Nonce | Mode::Paper | Mode::Office => Naming::Anonymous,
        }
    }

    /// The first day on which doors may ask this.
    pub fn first(&self) -> Day {
        self.body.first
    }

    /// The last day on which doors may ask this.
    pub fn last(&self) -> Day {
        self.body.last
    }

    /// Whether doors may ask this on `day`.
    pub fn is_in_force(&self, day: Day) -> bool {
        (self.body.first..=self.body.last).contains(&day)
    }

    /// Why the door asks.
    pub fn purpose(&self) -> &Purpose {
        &self.body.purpose
    }

    /// Of `types` the newest layout of each pass type that it asks for, in the order of [`Policy::asks`].
    ///
    /// # Errors
    /// [`Unfit::Type`] with the first type that is not among them.
    pub fn pass_types<'a>(&self, types: &'a [CredentialType]) -> Result<Vec<&'a CredentialType>, Unfit> {
        let newest = |ask: &PassQuery| {
            let of_that_name = types.iter().filter(|listed| listed.name() == ask.pass_type());
            let newest = of_that_name.max_by_key(|listed| listed.layout());
            newest.ok_or_else(|| Unfit::Type(ask.pass_type().clone()))
        };
        self.asks().iter().map(newest).collect()
    }

    /// Whether the policy asks `pass_types`, in the order of [`Policy::asks`], for claims that they have, of kinds that may be asked, and
    /// whether an answer fits into a presentation in every mode that it allows.
    ///
    /// # Errors
    /// [`Unfit`] with the first thing that does not fit.
    pub fn fits(&self, pass_types: &[&CredentialType]) -> Result<(), Unfit> {
        let mut disclosed: Vec<(&CredentialType, DisclosedSet)> = Vec::new();
        let mut hints = 0;
        for (i, ask) in self.asks().iter().enumerate() {
            let pass_type = pass_types.get(i).ok_or_else(|| Unfit::Type(ask.pass_type().clone()))?;
            disclosed.push((pass_type, ask.disclosed(pass_type)?));
            hints += usize::from(ask.shows_hint(pass_type));
        }
        if hints > 1 {
            return Err(Unfit::HintTwice);
        }
        let hint_needed = self.body.paper || self.body.one_way == OneWay::WithHint;
        if hint_needed && hints == 0 {
            return Err(Unfit::NoHint);
        }
        let modes =
            [Mode::OneWay, Mode::Poster, Mode::Nonce, Mode::Paper].into_iter().filter(|mode| self.allows(*mode));
        let longest = modes.map(|mode| presentation::len(mode, &disclosed, self.naming_in(mode))).max();
        match longest.filter(|bytes| *bytes > presentation::MAX_BYTES) {
            Some(bytes) => Err(Unfit::TooLong { bytes }),
            None => Ok(()),
        }
    }

    /// Whether it fits some of `types`: a newer layout of a type does not unmake policies for an older one.
    pub fn fits_some(&self, types: &[CredentialType]) -> bool {
        match self.asks() {
            [_] => types.iter().any(|one| self.fits(&[one]).is_ok()),
            _ => types.iter().any(|one| types.iter().any(|other| self.fits(&[one, other]).is_ok())),
        }
    }
}

/// Why a policy does not fit the pass types that it asks for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// The policy asks for another type.
    #[error("the policy asks for passes of type {0}")]
    Type(TypeName),
    /// A claim that the pass type does not have.
    #[error("the pass type has no claim {0}")]
    Unknown(ClaimName),
    /// A required value of another kind or outside the vocabulary.
    #[error("{0} cannot have the required value")]
    Value(ClaimName),
    /// A claim that no door may ask for by itself.
    #[error("{0} is not a claim that a door may ask to be shown")]
    NotToShow(ClaimName),
    /// Paper, or one way with hint, without showing a hint.
    #[error("paper, and one way \"with-hint\", need a claim of kind hint among the shown ones")]
    NoHint,
    /// Both passes show a hint. They are of one holder, so a second one says nothing more.
    #[error("both passes show a hint: one is enough to compare with an ID card")]
    HintTwice,
    /// No code is long enough for an answer.
    #[error(
        "an answer would have {bytes} bytes, and a code has room for {}: ask for other passes, or for one only",
        presentation::MAX_BYTES
    )]
    TooLong {
        /// How long it would be.
        bytes: usize,
    },
}

impl Statement for Policy {
    type Signer = role::Root;
    const CONTEXT: &'static str = "bauta/v1/policy";
    // 32 languages of 200 characters of four bytes each, and the rest.
    const MAX: usize = 28 * 1024;
}

impl TryFrom<Body> for Policy {
    type Error = Malformed;

    fn try_from(body: Body) -> Result<Self, Malformed> {
        let Body { asks, first, last, .. } = &body;
        if first > last || last.number() - first.number() >= Self::MAX_DAYS {
            return Err(Malformed::new("a policy holds for 1 to 731 days"));
        }
        if !(1..=Self::MAX_PASSES).contains(&asks.len()) {
            return Err(Malformed::new("a policy asks for one pass or two"));
        }
        let types: BTreeSet<&TypeName> = asks.iter().map(PassQuery::pass_type).collect();
        if types.len() != asks.len() {
            return Err(Malformed::new("two passes of one type may be one and the same: ask for two types"));
        }
        if body.one_way == OneWay::Refused && !body.poster && !body.nonce && !body.paper {
            return Err(Malformed::new("a policy allows at least one mode"));
        }
        if body.pseudonyms != Pseudonyms::None && !body.poster {
            return Err(Malformed::new("pseudonyms exist with posters only"));
        }
        let hash = Sha256::digest(cbor::encode(&body)).into();
        Ok(Self { body, hash })
    }
}

impl From<&Policy> for Body {
    fn from(policy: &Policy) -> Self {
        policy.body.clone()
    }
}

through!(Policy => Body);

/// The first four bytes of SHA-256 of a policy's payload: names the policy in a presentation. Unique within a trust list.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyId([u8; 4]);

impl PolicyId {
    /// From its four bytes.
    pub const fn new(bytes: [u8; 4]) -> Self {
        Self(bytes)
    }

    /// The four bytes.
    pub const fn bytes(self) -> [u8; 4] {
        self.0
    }
}

impl TryFrom<ByteArray<4>> for PolicyId {
    type Error = Malformed;

    fn try_from(bytes: ByteArray<4>) -> Result<Self, Malformed> {
        Ok(Self(bytes.into()))
    }
}

impl From<&PolicyId> for ByteArray<4> {
    fn from(id: &PolicyId) -> Self {
        Self::from(id.0)
    }
}

through!(PolicyId => ByteArray<4>);
hex_form!(PolicyId);
text_form!(PolicyId);

impl fmt::Debug for PolicyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PolicyId({self})")
    }
}

#[cfg(test)]
mod tests;
