//! What a wallet may scan at an entrance, told apart by its first letters.

use std::fmt;
use std::str::FromStr;

use rand_core::CryptoRng;

use super::question::Question;
use crate::Malformed;
use crate::policy::PolicyId;
use crate::poster::CertifiedPoster;

const POSTER: &str = "BTA1E:";
const CHALLENGE: &str = "BTA1N:";

/// A question, in one of the three ways in which an entrance asks it. Nothing in it is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Which policy is meant: the wallet answers one way.
    Policy(Question),
    /// An organiser's poster.
    Poster(CertifiedPoster),
    /// A challenge on the door's screen.
    Challenge(Challenge),
}

/// What a door's screen shows for one answer: a policy, and 32 random bytes that the answer is bound to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Challenge {
    /// What is asked.
    pub policy: PolicyId,
    /// Drawn by the door, and taken once.
    pub nonce: [u8; 32],
}

impl Asked {
    /// What the three begin with.
    pub const PREFIXES: [&str; 3] = [super::question::PREFIX, POSTER, CHALLENGE];

    /// No text of a question is longer: a poster of most bytes.
    pub const MAX_CHARACTERS: usize = POSTER.len() + base45_len(CertifiedPoster::MAX);
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Policy(question) => question.fmt(f),
            Self::Poster(poster) => write!(f, "{POSTER}{}", base45::encode(poster.to_bytes())),
            Self::Challenge(challenge) => write!(f, "{CHALLENGE}{}", base45::encode(challenge.to_bytes())),
        }
    }
}

impl FromStr for Asked {
    type Err = Malformed;

    /// Takes the spelling that `Display` gives, and no other.
    fn from_str(text: &str) -> Result<Self, Malformed> {
        if text.len() > Self::MAX_CHARACTERS {
            return Err(Malformed::new("longer than any question of a door"));
        }
        if let Some(letters) = text.strip_prefix(POSTER) {
            return CertifiedPoster::from_bytes(&bytes_of(letters)?).map(Self::Poster);
        }
        if let Some(letters) = text.strip_prefix(CHALLENGE) {
            return Challenge::from_bytes(&bytes_of(letters)?).map(Self::Challenge);
        }
        text.parse().map(Self::Policy)
    }
}

impl Challenge {
    /// A fresh one.
    pub fn draw(policy: PolicyId, rng: &mut impl CryptoRng) -> Self {
        let mut nonce = [0; 32];
        rng.fill_bytes(&mut nonce);
        Self { policy, nonce }
    }

    /// 36 bytes: policy id, then nonce.
    pub fn to_bytes(&self) -> Vec<u8> {
        [&self.policy.bytes()[..], &self.nonce].concat()
    }

    /// # Errors
    /// [`Malformed`] for another length.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        const WRONG: Malformed = Malformed::new("a challenge has 36 bytes");
        let (policy, nonce) = bytes.split_first_chunk().ok_or(WRONG)?;
        Ok(Self { policy: PolicyId::new(*policy), nonce: nonce.try_into().map_err(|_| WRONG)? })
    }
}

fn bytes_of(letters: &str) -> Result<Vec<u8>, Malformed> {
    super::from_base45(letters).ok_or(Malformed::new("a question that is damaged"))
}

/// Three characters for two bytes, two for a last one.
const fn base45_len(bytes: usize) -> usize {
    bytes / 2 * 3 + bytes % 2 * 2
}
