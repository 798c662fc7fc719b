//! A whole collection or renewal as a series of calls, for whoever sends them: a program, a page, a test.
//!
//! ```text
//! loop:  task.call() ──sent by the caller──► reply ──► task.answer(reply) ──► save the vault if it says so
//! until  task.call() is none; then task.outcome() says what came of it
//! ```
//!
//! The order of calls and saves is such that a crash at any place loses nothing: see [`crate::errand`].

use std::mem;

use bauta_crypto::Unusable;
use bauta_spec::attributes::{Binding, TypeName};
use bauta_spec::issuance::IssuerUrl;
use bauta_spec::time::{Day, Moment};
use bauta_spec::trust::{Advance, TrustRefusal};
use rand_core::CryptoRng;

use crate::errand::{Admission, Answer, Asked, Errand, NotCollected, Received};
use crate::exchange::{Call, Declined, Reply};
use crate::holding::Record;
use crate::renew::{self, Basis, NotAsked, Renewal};
use crate::vault::Vault;

/// Something that takes several calls.
#[derive(Debug)]
pub struct Task {
    step: Step,
}

#[derive(Debug)]
enum Step {
    Admit(Errand, Call),
    Collect(Box<Asked>),
    Tell(Received),
    List(Office, Call),
    Nonce(Office, Call),
    Passes(Office, Box<renew::Asked>, Call),
    Done(Outcome),
    /// An answer was refused. What is worth keeping is in the vault; a new task goes on from there.
    GivenUp,
}

/// Who is asked for the passes of which record, or of which two.
#[derive(Debug)]
struct Office {
    url: IssuerUrl,
    record: Binding,
    other: Option<Binding>,
    /// Its list or its nonce can have changed between two calls. Once is chance, twice is an answer.
    once_more: bool,
}

/// What came of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The record is in the vault, and the issuer knows.
    Collected,
    /// The lab has no result yet, and is not asked again before this moment. What is needed then is in the vault.
    NotYet(Moment),
    /// The record is in the vault, and the issuer did not take the message. The collection stays among the interrupted ones.
    CollectedUntold(Declined),
    /// The passes are in the vault.
    Renewed {
        /// The record's type.
        record_type: TypeName,
        /// The type of the other record, where two were shown.
        other_type: Option<TypeName>,
        /// Who signed them.
        office: IssuerUrl,
        /// How many.
        passes: usize,
        /// The first day that was asked for.
        first: Day,
        /// The last day that was asked for.
        last: Day,
    },
}

/// Whether the vault has changed and must be saved before the next call is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Save {
    /// Now, before anything else.
    Now,
    /// Nothing has changed.
    NotNeeded,
}

impl Task {
    /// Collects a record. Also for an errand that [`Vault::interrupted`] or [`Vault::due`] gave back. A lab that has no result yet is not asked
    /// earlier than it said, whoever is in a hurry: then nothing is sent, and the outcome is there at once.
    pub fn collect(errand: Errand, vault: &Vault, now: Moment) -> Self {
        let step = match vault.waits_for(&errand) {
            Some(waiting) if !waiting.is_over(now) => Step::Done(Outcome::NotYet(waiting.again)),
            _ => {
                let call = errand.call();
                Step::Admit(errand, call)
            }
        };
        Self { step }
    }

    /// Fetches the passes of the coming days for record `index`, from its issuer or another office.
    ///
    /// # Errors
    /// [`NotDone::NoRecord`].
    pub fn renew(vault: &Vault, index: usize, office: Option<IssuerUrl>) -> Result<Self, NotDone> {
        let record = vault.records().get(index).ok_or(NotDone::NoRecord)?;
        let url = office.unwrap_or_else(|| record.issuer().clone());
        let record = record.binding().ok_or(NotDone::NoRecord)?;
        Ok(Self { step: Office { url, record, other: None, once_more: true }.ask_for_list() })
    }

    /// Fetches the passes that two records give together and neither alone, as [`Vault::lacking_together`] names them: from the issuer of the
    /// first, or another office.
    ///
    /// # Errors
    /// [`NotDone::NoRecord`].
    pub fn renew_together(
        vault: &Vault,
        [index, other]: [usize; 2],
        office: Option<IssuerUrl>,
    ) -> Result<Self, NotDone> {
        let record = vault.records().get(index).ok_or(NotDone::NoRecord)?;
        let other = vault.records().get(other).and_then(Record::binding).ok_or(NotDone::NoRecord)?;
        let url = office.unwrap_or_else(|| record.issuer().clone());
        let record = record.binding().ok_or(NotDone::NoRecord)?;
        Ok(Self { step: Office { url, record, other: Some(other), once_more: true }.ask_for_list() })
    }

    /// What to send next; none when there is nothing left to do.
    pub fn call(&self) -> Option<&Call> {
        match &self.step {
            Step::Admit(_, call) | Step::List(_, call) | Step::Nonce(_, call) | Step::Passes(_, _, call) => Some(call),
            Step::Collect(asked) => Some(asked.call()),
            Step::Tell(received) => Some(received.call()),
            Step::Done(_) | Step::GivenUp => None,
        }
    }

    /// Whether what this is for is in the vault already and only the last word is missing: no failure from here on is a loss.
    pub fn is_safe(&self) -> bool {
        match &self.step {
            Step::Done(outcome) => !matches!(outcome, Outcome::NotYet(_)),
            step => matches!(step, Step::Tell(_)),
        }
    }

    /// What came of it; none before the end.
    pub fn outcome(&self) -> Option<&Outcome> {
        match &self.step {
            Step::Done(outcome) => Some(outcome),
            _ => None,
        }
    }

    /// Takes the answer to [`Task::call`].
    ///
    /// # Errors
    /// [`NotDone`]: the task ends here, and the vault is as it was last saved or as it was before.
    pub fn answer(
        &mut self,
        reply: &Reply,
        vault: &mut Vault,
        now: Moment,
        rng: &mut impl CryptoRng,
    ) -> Result<Save, NotDone> {
        let (step, save) = match mem::replace(&mut self.step, Step::GivenUp) {
            Step::Admit(errand, _) => match errand.admitted(reply, vault)? {
                Admission::Go(admitted) => (Step::Collect(Box::new(admitted.ask(vault, rng)?)), Save::Now),
                Admission::Settled => (Step::Done(Outcome::Collected), Save::Now),
            },
            Step::Collect(asked) => match asked.received(reply, vault, now)? {
                Answer::Record(received) => (Step::Tell(received), Save::Now),
                Answer::NotYet(again) => (Step::Done(Outcome::NotYet(again)), Save::Now),
            },
            Step::Tell(received) => match received.settled(reply, vault) {
                Ok(()) => (Step::Done(Outcome::Collected), Save::Now),
                Err(declined) => (Step::Done(Outcome::CollectedUntold(declined)), Save::NotNeeded),
            },
            Step::List(office, _) => office.has_list(reply, vault, now)?,
            Step::Nonce(office, _) => (office.ask_for_passes(&reply.nonce()?, vault, now, rng)?, Save::NotNeeded),
            Step::Passes(office, asked, _) => office.has_passes(*asked, reply, vault)?,
            ended @ (Step::Done(_) | Step::GivenUp) => (ended, Save::NotNeeded),
        };
        self.step = step;
        Ok(save)
    }
}

impl Office {
    /// The office goes by a list of its own; the size of its answer and the rules in it follow from that one.
    fn ask_for_list(self) -> Step {
        let call = Call::trust_list_of(&self.url);
        Step::List(self, call)
    }

    fn has_list(self, reply: &Reply, vault: &mut Vault, now: Moment) -> Result<(Step, Save), NotDone> {
        let save = match vault.advance(reply.trust_list()?, now) {
            Ok(Advance::Newer) => Save::Now,
            // An office that is behind is not false: it will say itself whether it can still answer.
            Ok(Advance::Same) | Err(TrustRefusal::Older { .. }) => Save::NotNeeded,
            Err(refusal) => return Err(refusal.into()),
        };
        vault.trust().freshness(now)?;
        let call = Call::nonce(&self.url);
        Ok((Step::Nonce(self, call), save))
    }

    fn ask_for_passes(
        self,
        nonce: &[u8],
        vault: &Vault,
        now: Moment,
        rng: &mut impl CryptoRng,
    ) -> Result<Step, NotDone> {
        let basis = self.places(vault)?.basis(vault);
        let renewal = Renewal::new(basis, vault.secret(), vault.trust(), nonce, vault.hint_wish(), now, rng)?;
        let call = Call::passes(&self.url, renewal.request());
        Ok(Step::Passes(self, Box::new(renewal.into_asked()), call))
    }

    fn has_passes(self, asked: renew::Asked, reply: &Reply, vault: &mut Vault) -> Result<(Step, Save), NotDone> {
        let answer = match reply.passes() {
            Err(Declined::OtherList | Declined::Nonce) if self.once_more => {
                return Ok((Self { once_more: false, ..self }.ask_for_list(), Save::NotNeeded));
            }
            answer => answer?,
        };
        let places = self.places(vault)?;
        let type_of = |index: usize| vault.records()[index].credential_type().name().clone();
        let (record_type, other_type) = (type_of(places.record), places.other.map(type_of));
        let renewal = asked.resume(places.basis(vault), vault.secret(), vault.trust());
        let (first, last) = (renewal.first_day(), renewal.last_day());
        let passes = renewal.receive(&answer)?;
        let office = self.url;
        let outcome = Outcome::Renewed { record_type, other_type, office, passes: passes.len(), first, last };
        match places {
            Places { record, other: None } => vault.renewed(record, first, passes),
            Places { record, other: Some(other) } => vault.renewed_together([record, other], first, passes),
        }
        Ok((Step::Done(outcome), Save::Now))
    }

    /// Looked up each time: a person may remove a record while an office is thinking.
    fn places(&self, vault: &Vault) -> Result<Places, NotDone> {
        let place = |binding| vault.records().iter().position(|record| record.binding() == Some(binding));
        let record = place(self.record).ok_or(NotDone::NoRecord)?;
        let other = self.other.map(|other| place(other).ok_or(NotDone::NoRecord)).transpose()?;
        Ok(Places { record, other })
    }
}

/// Where the records lie now.
struct Places {
    record: usize,
    other: Option<usize>,
}

impl Places {
    fn basis<'a>(&self, vault: &'a Vault) -> Basis<'a> {
        let record = &vault.records()[self.record];
        self.other.map_or(record.into(), |other| [record, &vault.records()[other]].into())
    }
}

/// Why a task ended without what it was for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotDone {
    /// The other side did not give what was asked for.
    #[error(transparent)]
    Declined(#[from] Declined),
    /// What the issuer gave is no record of this wallet.
    #[error(transparent)]
    NotCollected(#[from] NotCollected),
    /// There is nothing to ask an office.
    #[error(transparent)]
    NotAsked(#[from] NotAsked),
    /// What the office gave are not the passes that facts and rules make.
    #[error(transparent)]
    Office(#[from] renew::Refusal),
    /// The trust list of the office, or the one at hand, does not count.
    #[error("the trust list is refused: {0}")]
    Trust(#[from] TrustRefusal),
    /// No commitment could be made, which does not happen by chance.
    #[error(transparent)]
    Unusable(#[from] Unusable),
    /// The record is not in the wallet, or not any more.
    #[error("there is no such record in this wallet")]
    NoRecord,
}
