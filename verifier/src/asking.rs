//! What a door asks, and what an answer must therefore be bound to.

use bauta_spec::policy::PolicyId;
use bauta_spec::poster::VerifiedPoster;
use bauta_spec::presentation::Mode;

/// The one way in which a door asks. Answers to anything else are refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asking {
    /// The wallet answers by itself: nothing that the door says is in the answer but the policy.
    OneWay(PolicyId),
    /// The answer is bound to this poster.
    Poster(Box<VerifiedPoster>),
    /// The answer is bound to the nonce that the door's screen shows.
    Nonce(PolicyId),
}

impl Asking {
    /// What is asked.
    #[must_use]
    pub fn policy(&self) -> PolicyId {
        match self {
            Self::OneWay(policy) | Self::Nonce(policy) => *policy,
            Self::Poster(poster) => poster.poster().policy(),
        }
    }

    /// The mode of its answers.
    #[must_use]
    pub fn mode(&self) -> Mode {
        match self {
            Self::OneWay(_) => Mode::OneWay,
            Self::Poster(_) => Mode::Poster,
            Self::Nonce(_) => Mode::Nonce,
        }
    }

    /// The same way of asking, for another policy. A poster says itself what it asks.
    pub(crate) fn for_policy(&mut self, asked: PolicyId) {
        match self {
            Self::OneWay(policy) | Self::Nonce(policy) => *policy = asked,
            Self::Poster(_) => {}
        }
    }
}

impl From<PolicyId> for Asking {
    fn from(policy: PolicyId) -> Self {
        Self::OneWay(policy)
    }
}
