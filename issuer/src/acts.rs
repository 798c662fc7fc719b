//! What staff did, in a chain that shows where somebody changed it: who, what kind, when; never a fact, a code or a reference.
//!
//! An act is written in the same change as what it tells of, so neither is there without the other. Each is chained to the one before by a
//! keyed hash; the key is derived from the server secret and never in the database. Whoever can write to the database but lacks that
//! secret can neither change, add, reorder nor remove an act without [`Service::verify_acts`] seeing it, nor make a lab, an account or a key
//! of which no act tells. What this cannot see is acts put back, with the seal of their end, as they were at one earlier moment, alone or with the
//! rest of the database: for that, the end of the chain is noted elsewhere and compared.
//!
//! Nothing is ever added to a chain whose end is not sealed with the present secret: it would cover up what was done to it. So after a
//! server secret was replaced, a new chain is begun ([`Service::begin_chain`]). Its first act is hashed with the new key over the last hash of
//! the chain before, which was checked with the old secret first: nobody can change what that chain says any more, not even with the old
//! secret, without the two parting; and without the new one nobody can make such a beginning.

use std::fmt;
use std::str::FromStr;

use bauta_spec::time::Moment;

use crate::secrets::{ChainKey, Secrets, ServerSecret, same};
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
    /// A new chain was begun where another one ends.
    ChainBegun,
}

impl ActKind {
    pub(crate) const CHAIN_BEGUN: &str = "chain-begun";

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
            Self::ChainBegun => ActKind::CHAIN_BEGUN,
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

/// What was found to hold.
#[derive(Debug, PartialEq, Eq)]
pub struct VerifiedChain {
    /// Where it ends.
    pub end: ChainEnd,
    /// The chains before the present one, in their order.
    pub earlier: Vec<EarlierChain>,
}

/// A chain that was made with an earlier server secret. It ends where the next one begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EarlierChain {
    /// Its first act's number.
    pub first: u64,
    /// Its last act's number.
    pub last: u64,
    /// Whether it was verified now, with its own secret.
    pub verified: bool,
    /// Whether it had been verified when the next one was begun.
    pub verified_before: bool,
}

/// On what ground a new chain is begun.
pub enum Ground<'a> {
    /// The chain so far holds, and was made with this secret.
    Verified(&'a ServerSecret),
    /// Nobody can say whether it does: the secret is lost, or the chain is broken. The new one says so for good.
    Unverified,
}

/// No new chain was begun.
#[derive(Debug, thiserror::Error)]
pub enum NotBegun {
    /// The chain so far.
    #[error(
        "the chain so far does not hold under the old secret: {0}. See whether it is the right secret; if it is, note this, \
         and begin with --unverified"
    )]
    Old(ChainError),
    /// There is nothing to do.
    #[error("the chain of acts is sealed with the present server secret: there is no new one to begin")]
    Present,
    /// Somebody wrote while it was verified.
    #[error("acts were written meanwhile: stop every replica, and run the command again")]
    Meanwhile,
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The chain does not hold.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// An act was changed, added, removed or moved.
    #[error(
        "the chain of acts is broken at number {0}: somebody changed the database, or the server secret is another one \
         (if it was replaced: `bauta-issuer audit begin`)"
    )]
    Broken(u64),
    /// Nothing was made with it.
    #[error(
        "an old secret that was given made none of the chains before the present one (give the later ones as well), or a first act of a chain \
         was changed, or another act was made to look like one"
    )]
    NotOfOld,
    /// The end was cut off, or moved.
    #[error("the chain of acts does not end where its seal says: acts were removed, or the seal was changed")]
    End,
    /// The acts from before it was made were removed, or whoever made it wrote into the database.
    #[error(
        "the chain of acts holds, and does not tell who made {0:?}: acts were removed from the beginning, or that lab, account or key was \
         written into the database by somebody who could. Suspend or end it, and find out who"
    )]
    MadeByNobody(String),
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
        Ok(self.verify_all_acts(&[], seen).await?.end)
    }

    /// The same, and with secrets that were replaced also the chains that were made with them.
    ///
    /// # Errors
    /// [`ChainError`] at the first act that does not hold.
    pub async fn verify_all_acts(
        &self,
        old: &[ServerSecret],
        seen: Option<&ChainEnd>,
    ) -> Result<VerifiedChain, ChainError> {
        let old: Vec<Secrets> = old.iter().map(ServerSecret::derive).collect();
        let old: Vec<&ChainKey> = old.iter().map(Secrets::chain_key).collect();
        verify(&self.store, self.secrets.chain_key(), &old, seen, PAGE).await
    }

    /// Whether acts can be added: the chain ends as the present secret has sealed it.
    ///
    /// # Errors
    /// [`StoreError::NotSealed`] if not.
    pub async fn acts_can_go_on(&self) -> Result<(), StoreError> {
        can_go_on(&self.store, self.secrets.chain_key()).await
    }

    /// Begins a new chain where the one so far ends, because the server secret was replaced. Nobody else may write meanwhile.
    ///
    /// # Errors
    /// [`NotBegun`].
    pub async fn begin_chain(&self, ground: Ground<'_>, actor: &Actor) -> Result<ChainEnd, NotBegun> {
        let head = self.store.act_head().await?;
        let present = self.secrets.chain_key();
        let (end, about) = match ground {
            Ground::Verified(_) if head.is_sealed_with(present) => return Err(NotBegun::Present),
            Ground::Verified(old) => {
                let old = old.derive();
                // Chains before that one were verified when it was begun.
                let verified = verify(&self.store, old.chain_key(), &[], None, PAGE).await;
                let verified = verified.map_err(|error| match error {
                    ChainError::Store(error) => NotBegun::Store(error),
                    error => NotBegun::Old(error),
                })?;
                (verified.end, VERIFIED)
            }
            Ground::Unverified => {
                if verify(&self.store, present, &[], None, PAGE).await.is_ok() {
                    return Err(NotBegun::Present);
                }
                (self.store.last_act().await?, UNVERIFIED)
            }
        };
        let act = self.act(actor, ActKind::ChainBegun, about);
        self.store.begin_chain(&head.end, end, act).await?.ok_or(NotBegun::Meanwhile)
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

pub(crate) async fn can_go_on(store: &Store, present: &ChainKey) -> Result<(), StoreError> {
    let head = store.act_head().await?;
    let can = match head.end.number {
        0 => store.is_untouched().await?,
        _ => head.is_sealed_with(present),
    };
    can.then_some(()).ok_or(StoreError::NotSealed)
}

/// What a beginning says of the chain before it.
const VERIFIED: &str = "verified";
const UNVERIFIED: &str = "unverified";

/// Acts read at once.
const PAGE: u32 = 1000;

/// Follows all chains in their order. The newest must have been made with the present key; of the ones before, each that one of the old keys
/// made is followed as well, and each of the others must at least end where the next one says.
pub(crate) async fn verify(
    store: &Store,
    present: &ChainKey,
    old: &[&ChainKey],
    seen: Option<&ChainEnd>,
    at_once: u32,
) -> Result<VerifiedChain, ChainError> {
    let beginnings = store.beginnings().await?;
    let mut end = ChainEnd { number: 0, mac: [0; 32] };
    let (mut earlier, mut key, mut may_have_gaps) = (Vec::<EarlierChain>::new(), Some(present), false);
    loop {
        // Before the acts: one that is written meanwhile is in the next page, and its end in the next look.
        let head = store.act_head().await?;
        let page = store.acts_after(end.number, at_once).await?;
        if page.is_empty() {
            let sealed = match end.number {
                // A chain that has not begun has no seal.
                0 => store.is_untouched().await?,
                _ => head.is_sealed_with(present),
            };
            if end != head.end || !sealed {
                return Err(ChainError::End);
            }
            // A row of an old chain that was made to look like a beginning takes what follows out of that chain. So whoever follows one
            // follows all after it, but those of which the next one says itself that nobody knows whether they hold.
            let mut since = earlier.iter().skip_while(|chain| !chain.verified);
            let unverified_after = since.any(|chain| !chain.verified && chain.verified_before);
            if unverified_after || earlier.iter().filter(|chain| chain.verified).count() != old.len() {
                return Err(ChainError::NotOfOld);
            }
            if seen.is_some_and(|seen| end.number < seen.number) {
                return Err(ChainError::PutBack);
            }
            // Of a chain that is known not to hold, acts may be missing.
            if beginnings.iter().all(|beginning| beginning.about == VERIFIED)
                && let Some(name) = store.made_by_nobody().await?
            {
                return Err(ChainError::MadeByNobody(name));
            }
            return Ok(VerifiedChain { end, earlier });
        }
        for (act, mac) in page {
            if end.number == 0 || act.kind == ActKind::CHAIN_BEGUN {
                // Whatever a row that claims to be the newest beginning says, its hash must be one of the present key.
                let next = beginnings.iter().find(|next| next.number > act.number);
                key = match next {
                    None => Some(present),
                    Some(_) => old.iter().copied().find(|key| same(&key.act(&end.mac, &act), &mac)),
                };
                if let Some(next) = next {
                    let verified_before = next.about == VERIFIED;
                    let (first, last, verified) = (end.number + 1, next.number - 1, key.is_some());
                    earlier.push(EarlierChain { first, last, verified, verified_before });
                }
                may_have_gaps = key.is_none() && next.is_some_and(|next| next.about != VERIFIED);
            }
            let in_order = act.number == end.number + 1 || may_have_gaps;
            if !in_order || key.is_some_and(|key| !same(&key.act(&end.mac, &act), &mac)) {
                return Err(ChainError::Broken(end.number + 1));
            }
            let now = ChainEnd { number: act.number, mac };
            let passed = |seen: &ChainEnd| end.number < seen.number && seen.number <= now.number;
            if seen.is_some_and(|seen| passed(seen) && !(seen.number == now.number && same(&seen.mac, &mac))) {
                return Err(ChainError::PutBack);
            }
            end = now;
        }
    }
}
