//! What staff did, in a chain that shows where somebody changed it: who, what kind, when; never a fact, a code or a reference.
//!
//! An act is written in the same change as what it tells of, so neither is there without the other. Each is chained to the one before by a
//! keyed hash; the key is derived from the server secret and never in the database. Whoever can write to the database but lacks that
//! secret can neither change, add, reorder nor remove an act without [`Service::verify_acts`] seeing it. What this cannot see is a whole
//! database put back as it was earlier: for that, note the end of the chain elsewhere and compare.

use bauta_spec::time::Moment;

use crate::secrets::{ChainKey, same};
use crate::service::Service;
use crate::staff::Actor;
use crate::store::StoreError;

/// One thing that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// From 1 on, without gaps.
    pub number: u64,
    /// When.
    pub at: Moment,
    /// Who did it.
    pub who: String,
    /// For which lab; empty for what is nobody's.
    pub lab: String,
    /// What kind of act: see [`ActKind`].
    pub kind: String,
    /// The account, key or lab that it was done to; empty for results.
    pub about: String,
}

/// What staff can do that is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActKind {
    /// A result was added.
    ResultAdded,
    /// A result got a new code, and its facts may be others.
    ResultReplaced,
    /// A result was taken back.
    ResultWithdrawn,
    /// A result was corrected, and a record that was made of it taken back.
    ResultCorrected,
    /// A result was ordered.
    OrderAdded,
    /// An order got a new code.
    OrderReplaced,
    /// A result was added to its order.
    OrderCompleted,
    /// An API key was made.
    ApiKeyMade,
    /// An API key was ended.
    ApiKeyEnded,
}

impl ActKind {
    /// As it stands in the chain.
    pub fn word(self) -> &'static str {
        match self {
            Self::ResultAdded => "result-added",
            Self::ResultReplaced => "result-replaced",
            Self::ResultWithdrawn => "result-withdrawn",
            Self::ResultCorrected => "result-corrected",
            Self::OrderAdded => "order-added",
            Self::OrderReplaced => "order-replaced",
            Self::OrderCompleted => "order-completed",
            Self::ApiKeyMade => "api-key-made",
            Self::ApiKeyEnded => "api-key-ended",
        }
    }
}

/// An act that is about to be written.
#[derive(Clone, Copy)]
pub(crate) struct NewAct<'a> {
    pub(crate) actor: &'a Actor,
    pub(crate) kind: ActKind,
    pub(crate) about: &'a str,
    pub(crate) at: Moment,
    pub(crate) chain: &'a ChainKey,
}

/// Where a chain ends: what to note elsewhere, so that an older database is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainEnd {
    /// The last act's number; 0 where nothing was done yet.
    pub number: u64,
    /// Its keyed hash.
    pub mac: [u8; 32],
}

/// The chain does not hold.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// An act was changed, added, removed or moved.
    #[error(
        "the chain of acts is broken at number {0}: somebody changed the database, or the server secret is another one"
    )]
    Broken(u64),
    /// The end was cut off, or moved.
    #[error("the chain of acts does not end where its seal says: acts were removed, or the seal was changed")]
    End,
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Service {
    /// Follows the chain from its first act to its end.
    ///
    /// # Errors
    /// [`ChainError`] at the first act that does not hold.
    pub async fn verify_acts(&self) -> Result<ChainEnd, ChainError> {
        let chain = self.secrets.chain_key();
        let mut end = ChainEnd { number: 0, mac: [0; 32] };
        loop {
            // Before the acts: one that is written meanwhile is in the next page, and its end in the next look.
            let head = self.store.act_head().await?;
            let page = self.store.acts_after(end.number, PAGE).await?;
            if page.is_empty() {
                let sealed = head.end.number == 0 || same(&chain.seal(&head.end), &head.seal);
                return if end == head.end && sealed { Ok(end) } else { Err(ChainError::End) };
            }
            for (act, mac) in page {
                let next = end.number + 1;
                if act.number != next || !same(&chain.act(&end.mac, &act), &mac) {
                    return Err(ChainError::Broken(next));
                }
                end = ChainEnd { number: next, mac };
            }
        }
    }

    /// Acts after a number, in order, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn acts_after(&self, number: u64, limit: u32) -> Result<Vec<Act>, StoreError> {
        Ok(self.store.acts_after(number, limit).await?.into_iter().map(|(act, _)| act).collect())
    }

    /// What is written beside what `actor` does now.
    pub(crate) fn act<'a>(&'a self, actor: &'a Actor, kind: ActKind, about: &'a str) -> NewAct<'a> {
        NewAct { actor, kind, about, at: self.world.now(), chain: self.secrets.chain_key() }
    }
}

/// Acts read at once.
const PAGE: u32 = 1000;
