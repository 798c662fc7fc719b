use super::clear::VERSION;
use crate::Malformed;
use crate::attributes::{DisclosedSet, TypeId};
use crate::credential::KeyId;
use crate::time::{Epoch, Minute};

/// Keeps our presentation headers apart from every other. Change it, and no door accepts a showing of an older wallet.
const PRESENTATION_LABEL: &[u8] = b"bauta/v1/presentation";

/// Everything that a proof is made for. Wallet and verifier build it each from what they know; a proof holds only where
/// both are the same.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Context {
    /// How the showing came about.
    pub mode: Mode,
    /// The credential type.
    pub type_id: TypeId,
    /// Which claims are disclosed.
    pub disclosed: DisclosedSet,
    /// Whose signature is proved.
    pub key: KeyId,
    /// SHA-256 of the policy's payload; zero in office mode, which answers no policy.
    pub policy_hash: [u8; 32],
    /// The epoch of the pass; day 0, series 0 in office mode.
    pub epoch: Epoch,
    /// The minute of the showing; 0 in paper mode, where the epoch alone dates a code.
    pub minute: Minute,
    /// What the other side gave: SHA-256 of the poster, the nonce, or the office request. Zero one way and on paper.
    pub challenge: [u8; 32],
}

impl Context {
    /// `ph` of the draft. Every field has a fixed width, so no two contexts have one header.
    pub fn presentation_header(&self) -> Vec<u8> {
        let Self { mode, type_id, disclosed, key, policy_hash, epoch, minute, challenge } = *self;
        presentation_header(mode, &[Shown { type_id, disclosed, key }], policy_hash, epoch, minute, challenge)
    }
}

/// As [`Context`], of two credentials that are shown together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PairContext {
    /// How the showing came about.
    pub mode: Mode,
    /// What is shown of each, in the order of the proof.
    pub parts: [Shown; 2],
    /// SHA-256 of the policy's payload; zero in office mode, which answers no policy.
    pub policy_hash: [u8; 32],
    /// The epoch of both passes; day 0, series 0 in office mode.
    pub epoch: Epoch,
    /// The minute of the showing; 0 in paper mode, where the epoch alone dates a code.
    pub minute: Minute,
    /// What the other side gave: SHA-256 of the poster, the nonce, or the office request. Zero one way and on paper.
    pub challenge: [u8; 32],
}

/// What is shown of one credential.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shown {
    /// The credential type.
    pub type_id: TypeId,
    /// Which claims are disclosed.
    pub disclosed: DisclosedSet,
    /// Whose signature is proved.
    pub key: KeyId,
}

impl PairContext {
    /// The one presentation header of both: longer than that of one credential, so never the same.
    pub fn presentation_header(&self) -> Vec<u8> {
        let Self { mode, parts, policy_hash, epoch, minute, challenge } = self;
        presentation_header(*mode, parts, *policy_hash, *epoch, *minute, *challenge)
    }
}

fn presentation_header(
    mode: Mode,
    parts: &[Shown],
    policy_hash: [u8; 32],
    epoch: Epoch,
    minute: Minute,
    challenge: [u8; 32],
) -> Vec<u8> {
    let mut ph = PRESENTATION_LABEL.to_vec();
    ph.push(VERSION);
    ph.push(mode.number());
    for Shown { type_id, disclosed, key } in parts {
        ph.extend(type_id.bytes());
        ph.extend(disclosed.bits().to_be_bytes());
        ph.extend(key.bytes());
    }
    ph.extend(policy_hash);
    ph.extend(epoch.day.number().to_be_bytes());
    ph.push(epoch.series);
    ph.extend(minute.number().to_be_bytes());
    ph.extend(challenge);
    ph
}

/// How a showing came about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Mode {
    /// The wallet made it by itself, for this minute.
    OneWay = 0,
    /// In answer to an event poster.
    Poster = 1,
    /// In answer to a nonce on the venue's screen.
    Nonce = 2,
    /// Printed beforehand, for a day.
    Paper = 3,
    /// A record, to a pass office.
    Office = 4,
}

impl Mode {
    /// Its number in the envelope.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// By how many minutes the minute of a showing may lie before that of the door's clock. Where the mode does not date a showing by its
    /// minute, as many as there are.
    pub const fn minutes_behind(self) -> u32 {
        match self {
            Self::OneWay => 2,
            Self::Poster | Self::Nonce => 5,
            Self::Paper | Self::Office => u32::MAX,
        }
    }

    /// By how many it may lie after that of the door's clock.
    pub const fn minutes_ahead(self) -> u32 {
        match self {
            Self::OneWay => 1,
            Self::Poster | Self::Nonce => 5,
            Self::Paper | Self::Office => u32::MAX,
        }
    }

    /// Whether envelopes of this mode say which challenge they answer. In office mode the request carries it.
    pub const fn names_its_challenge(self) -> bool {
        matches!(self, Self::Poster | Self::Nonce)
    }
}

impl TryFrom<u8> for Mode {
    type Error = Malformed;

    fn try_from(number: u8) -> Result<Self, Malformed> {
        [Self::OneWay, Self::Poster, Self::Nonce, Self::Paper, Self::Office]
            .into_iter()
            .find(|mode| mode.number() == number)
            .ok_or(Malformed::new("a mode of showing that is not known here"))
    }
}
