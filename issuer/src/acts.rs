//! What staff did, in a chain that shows where somebody changed it: who, what kind, when; never a fact, a code or a reference.
//!
//! An act is written in the same change as what it tells of, so neither is there without the other. Each is chained to the one before by a
//! keyed hash; the key is derived from the server secret and never in the database. Whoever can write to the database but lacks that
//! secret can neither change, add, reorder nor remove an act without [`Service::verify_acts`] seeing it. What this cannot see is a whole
//! database put back as it was earlier: for that, the end of the chain is noted elsewhere and compared.

use std::fmt;
use std::str::FromStr;

use bauta_spec::time::Moment;

use crate::secrets::{ChainKey, same};
use crate::service::Service;
use crate::staff::Actor;
use crate::store::{Store, StoreError};

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
    /// The account, key, operator, lab or proposal that it was done to, with a number where there is one; empty for a single result.
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
    /// Many results, of an operator or of a lab, were taken back.
    ResultsWithdrawn,
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
    /// A lab was enrolled.
    LabEnrolled,
    /// A lab's quota is another one.
    LabQuotaSet,
    /// A lab may enter other things.
    LabVocabularySet,
    /// A lab was suspended.
    LabSuspended,
    /// A lab's suspension was ended.
    LabResumed,
    /// An account was made, and its owner invited.
    AccountMade,
    /// The owner of an account was invited again: their password and digits count no more.
    AccountInvited,
    /// An invitation was redeemed: its owner chose a password.
    AccountBegun,
    /// Another provider's word counts for an account.
    AccountLinked,
    /// An account was suspended, with its keys.
    AccountSuspended,
    /// A suspension was ended.
    AccountResumed,
    /// Somebody showed password and digits.
    SessionBegun,
    /// Somebody said that they go.
    SessionEnded,
    /// Something was proposed that takes two.
    ProposalMade,
    /// Somebody else approved it.
    ProposalApproved,
    /// It was closed without being done.
    ProposalRejected,
    /// The whole database was copied.
    BackupMade,
    /// A copy was made fit to go on from.
    Restored,
}

impl ActKind {
    /// As it stands in the chain.
    pub fn word(self) -> &'static str {
        match self {
            Self::ResultAdded => "result-added",
            Self::ResultReplaced => "result-replaced",
            Self::ResultWithdrawn => "result-withdrawn",
            Self::ResultsWithdrawn => "results-withdrawn",
            Self::ResultCorrected => "result-corrected",
            Self::OrderAdded => "order-added",
            Self::OrderReplaced => "order-replaced",
            Self::OrderCompleted => "order-completed",
            Self::ApiKeyMade => "api-key-made",
            Self::ApiKeyEnded => "api-key-ended",
            Self::LabEnrolled => "lab-enrolled",
            Self::LabQuotaSet => "lab-quota-set",
            Self::LabVocabularySet => "lab-vocabulary-set",
            Self::LabSuspended => "lab-suspended",
            Self::LabResumed => "lab-resumed",
            Self::AccountMade => "account-made",
            Self::AccountInvited => "account-invited",
            Self::AccountBegun => "account-begun",
            Self::AccountLinked => "account-linked",
            Self::AccountSuspended => "account-suspended",
            Self::AccountResumed => "account-resumed",
            Self::SessionBegun => "session-begun",
            Self::SessionEnded => "session-ended",
            Self::ProposalMade => "proposal-made",
            Self::ProposalApproved => "proposal-approved",
            Self::ProposalRejected => "proposal-rejected",
            Self::BackupMade => "backup-made",
            Self::Restored => "restored",
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
    /// Whole, and not what was seen before.
    #[error(
        "the chain of acts holds, but not the end that was seen before: the database was put back to an earlier state, or is another one"
    )]
    PutBack,
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Not the end of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the end of a chain is written NUMBER:HASH, as `audit verify` says it")]
pub struct NoChainEnd;

/// As `audit verify` says it and takes it back: `NUMBER:HASH`.
impl fmt::Display for ChainEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.number)?;
        self.mac.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for ChainEnd {
    type Err = NoChainEnd;

    fn from_str(text: &str) -> Result<Self, NoChainEnd> {
        let (number, hash) = text.split_once(':').ok_or(NoChainEnd)?;
        let mut mac = [0; 32];
        let digits = |byte: &u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte);
        if hash.len() != 2 * mac.len() || !hash.bytes().all(|byte| digits(&byte)) {
            return Err(NoChainEnd);
        }
        for (place, byte) in mac.iter_mut().enumerate() {
            *byte = hash
                .get(2 * place..2 * place + 2)
                .and_then(|two| u8::from_str_radix(two, 16).ok())
                .ok_or(NoChainEnd)?;
        }
        Ok(Self { number: number.parse().map_err(|_| NoChainEnd)?, mac })
    }
}

impl Service {
    /// Follows the chain from its first act to its end. Who noted an earlier end elsewhere names it, and a database that was put back
    /// since is noticed as well.
    ///
    /// # Errors
    /// [`ChainError`] at the first act that does not hold.
    pub async fn verify_acts(&self, seen: Option<&ChainEnd>) -> Result<ChainEnd, ChainError> {
        verify(&self.store, self.secrets.chain_key(), seen, PAGE).await
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

pub(crate) async fn verify(
    store: &Store,
    chain: &ChainKey,
    seen: Option<&ChainEnd>,
    at_once: u32,
) -> Result<ChainEnd, ChainError> {
    let mut end = ChainEnd { number: 0, mac: [0; 32] };
    loop {
        // Before the acts: one that is written meanwhile is in the next page, and its end in the next look.
        let head = store.act_head().await?;
        let page = store.acts_after(end.number, at_once).await?;
        if page.is_empty() {
            let sealed = match end.number {
                // A chain that has not begun has no seal; the first lab's enrolment begins it.
                0 => store.labs().await?.is_empty(),
                _ => same(&chain.seal(&head.end), &head.seal),
            };
            if end != head.end || !sealed {
                return Err(ChainError::End);
            }
            return if seen.is_some_and(|seen| end.number < seen.number) { Err(ChainError::PutBack) } else { Ok(end) };
        }
        for (act, mac) in page {
            let next = end.number + 1;
            if act.number != next || !same(&chain.act(&end.mac, &act), &mac) {
                return Err(ChainError::Broken(next));
            }
            end = ChainEnd { number: next, mac };
            if seen.is_some_and(|seen| seen.number == next && !same(&seen.mac, &mac)) {
                return Err(ChainError::PutBack);
            }
        }
    }
}
