#![doc = include_str!("../policy.md")]

mod words;
mod written;

use std::collections::BTreeSet;
use std::fmt;

use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

use crate::attributes::{ClaimName, CredentialType, DisclosedSet, Kind, RuleId, TypeName, Use, Value};
use crate::cbor::{self, Malformed, through};
use crate::presentation::Mode;
use crate::rules::Codes;
use crate::signed::{Statement, role};
use crate::text::{hex_form, text_form};
use crate::time::Day;
use crate::words::{Purpose, name_type};

pub use words::Learned;
pub use written::{SAMPLES, Unwritable};

name_type! {
    /// What doors and wallets call a policy: "entry".
    PolicyName
}

/// What a door asks for: what must hold, what is shown, in which modes, and why. One policy has one disclosed set: alternatives
/// with different disclosures would tell which fact a person lacks.
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
    pass_type: TypeName,
    #[n(2)]
    requires: Vec<(ClaimName, Wanted)>,
    #[n(3)]
    shows: Vec<ClaimName>,
    #[n(4)]
    one_way: OneWay,
    #[n(5)]
    poster: bool,
    #[n(6)]
    nonce: bool,
    #[n(7)]
    paper: bool,
    #[n(8)]
    pseudonyms: Pseudonyms,
    #[n(9)]
    first: Day,
    #[n(10)]
    last: Day,
    #[n(11)]
    purpose: Purpose,
}

/// What a required claim must be. It is disclosed too: the door sees it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub enum Wanted {
    /// The pass was made by exactly this rule.
    #[n(0)]
    Rule(#[n(0)] RuleId),
    /// The code is one of these.
    #[n(1)]
    OneOf(#[n(0)] Codes),
    /// The answer is this one.
    #[n(2)]
    Flag(#[n(0)] bool),
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

    /// Whether what a presentation showed is what the policy requires: every required claim among `shown` with a wanted value, and
    /// no claim shown but the disclosed ones. `shown` is by index in the pass type.
    pub fn satisfied_by(&self, pass_type: &CredentialType, shown: &[(usize, Value)]) -> bool {
        let Ok(disclosed) = self.disclosed(pass_type) else { return false };
        let indexes: Vec<usize> = shown.iter().map(|(index, _)| *index).collect();
        let value_of = |claim: &ClaimName| {
            let index = pass_type.index_of(claim.as_str())?;
            shown.iter().find(|(shown, _)| *shown == index).map(|(_, value)| value)
        };
        indexes == disclosed.indexes()
            && self.body.requires.iter().all(|(claim, wanted)| value_of(claim).is_some_and(|value| wanted.takes(value)))
    }

    /// The claims that the door learns, in every mode: the epoch always, then what is required and what is shown.
    ///
    /// # Errors
    /// [`Unfit`] when `pass_type` is not the type that the policy asks for.
    pub fn disclosed(&self, pass_type: &CredentialType) -> Result<DisclosedSet, Unfit> {
        self.fits(pass_type)?;
        let epoch = pass_type.claims().iter().filter(|claim| claim.kind == Kind::Epoch).map(|claim| &claim.name);
        epoch
            .chain(self.asked())
            .try_fold(DisclosedSet::default(), |set, claim| Some(set.with(pass_type.index_of(claim.as_str())?)))
            .ok_or_else(|| Unfit::Type(self.body.pass_type.clone()))
    }

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

    /// The pass type that it asks for.
    pub fn pass_type(&self) -> &TypeName {
        &self.body.pass_type
    }

    /// Claims that must have a certain value.
    pub fn requires(&self) -> &[(ClaimName, Wanted)] {
        &self.body.requires
    }

    /// Claims that the door sees whatever their value.
    pub fn shows(&self) -> &[ClaimName] {
        &self.body.shows
    }

    /// The rule that passes must be made by, if the policy names one.
    pub fn rule(&self) -> Option<RuleId> {
        self.body.requires.iter().find_map(|(_, wanted)| match wanted {
            Wanted::Rule(rule) => Some(*rule),
            Wanted::OneOf(_) | Wanted::Flag(_) => None,
        })
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
        self.pseudonym() && mode == Mode::Poster
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

    /// Whether the policy asks `pass_type` for claims that it has, of kinds that may be asked.
    ///
    /// # Errors
    /// [`Unfit`] with the first claim that does not fit.
    pub fn fits(&self, pass_type: &CredentialType) -> Result<(), Unfit> {
        if pass_type.name() != &self.body.pass_type || pass_type.usage() != Use::Pass {
            return Err(Unfit::Type(self.body.pass_type.clone()));
        }
        let kind_of = |name: &ClaimName| {
            pass_type.claim(name.as_str()).map(|claim| &claim.kind).ok_or_else(|| Unfit::Unknown(name.clone()))
        };
        for (claim, wanted) in &self.body.requires {
            if !wanted.fits(kind_of(claim)?) {
                return Err(Unfit::Value(claim.clone()));
            }
        }
        let mut hint = false;
        for claim in &self.body.shows {
            match kind_of(claim)? {
                Kind::Hint => hint = true,
                Kind::Code(_) | Kind::Day | Kind::Month | Kind::Flag => {}
                // The epoch is disclosed anyway; a rule is required, not shown; handle and binding name the holder.
                Kind::Epoch | Kind::Admits | Kind::Handle | Kind::Binding => {
                    return Err(Unfit::NotToShow(claim.clone()));
                }
            }
        }
        let hint_needed = self.body.paper || self.body.one_way == OneWay::WithHint;
        (hint || !hint_needed).then_some(()).ok_or(Unfit::NoHint)
    }

    fn asked(&self) -> impl Iterator<Item = &ClaimName> {
        self.body.requires.iter().map(|(claim, _)| claim).chain(&self.body.shows)
    }
}

impl Wanted {
    fn takes(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Rule(wanted), Value::Admits(rule)) => wanted == rule,
            (Self::OneOf(codes), Value::Code(code)) => codes.contains(*code),
            (Self::Flag(wanted), Value::Flag(flag)) => wanted == flag,
            _ => false,
        }
    }

    fn fits(&self, kind: &Kind) -> bool {
        match (self, kind) {
            (Self::Rule(_), Kind::Admits) | (Self::Flag(_), Kind::Flag) => true,
            (Self::OneOf(codes), Kind::Code(vocabulary)) => codes.iter().all(|code| vocabulary.name_of(code).is_some()),
            _ => false,
        }
    }
}

/// Why a policy does not fit a pass type.
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
        let Body { requires, shows, first, last, .. } = &body;
        if first > last || last.number() - first.number() >= Self::MAX_DAYS {
            return Err(Malformed::new("a policy holds for 1 to 731 days"));
        }
        if requires.is_empty() {
            return Err(Malformed::new("a policy requires something"));
        }
        if requires.iter().filter(|(_, wanted)| matches!(wanted, Wanted::Rule(_))).count() > 1 {
            return Err(Malformed::new("a policy names at most one rule"));
        }
        let asked: BTreeSet<_> = requires.iter().map(|(claim, _)| claim).chain(shows).collect();
        if asked.len() != requires.len() + shows.len() || asked.len() > CredentialType::MAX_CLAIMS {
            return Err(Malformed::new("a policy asks for each claim once"));
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
