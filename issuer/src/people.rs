//! People who work here: how they are let in, what they prove each time, and how they are shut out.
//!
//! Nobody is here from the beginning. The first start makes two invitations for two *enrolment officers*; what matters takes both of them
//! from then on: labs, quotas, and whoever may let others in ([`Service::propose`], [`Service::approve`]). A lab's admin invites the lab's
//! own people ([`Service::make_account`]). Whoever is invited chooses a password and gets a secret for an authenticator app
//! ([`Service::begin_account`]); password and six digits begin a session ([`Service::begin_session`]). A suspended account ends at once, with
//! its sessions and keys ([`Service::suspend_account`]): the statement that finds a session also looks at its account.

mod bearer;
mod password;
mod proposal;
mod session;
mod tokens;
mod totp;

use std::sync::Arc;

use bauta_spec::time::Moment;
use tokio::sync::Semaphore;

pub(crate) use bearer::Providers;
pub use password::{BadPassword, Password, PasswordCost};
pub use proposal::{Proposal, Proposed, SecondHalf};
pub use session::{IDLE_SECONDS, SESSION_SECONDS, TRIES, TRIES_SECONDS};
pub use tokens::{Half, Invitation, NoInvitation, SessionToken};
pub use totp::TotpUri;

use crate::acts::{ActKind, NewAct};
use crate::config::Config;
use crate::lab::Operator;
use crate::labs::LabsError;
use crate::outgoing::Outgoing;
use crate::secrets::{InvitationMac, Secrets};
use crate::service::{Service, busy};
use crate::staff::{Actor, LabName, StaffRole};
use crate::store::{AccountEntry, NewAccount, Proofs, Reach, StoreError};
use crate::trust::NoTrust;

use totp::TotpSecret;

/// What letting people in takes besides the database.
#[derive(Debug)]
pub(crate) struct People {
    cost: PasswordCost,
    /// Passwords that are looked at in one moment: each takes its memory.
    turns: Arc<Semaphore>,
    providers: Providers,
}

/// Whom to invite.
#[derive(Clone, Debug)]
pub struct Newcomer {
    /// Their name, as it will stand beside what they do. Never used again.
    pub name: Operator,
    /// What they may do.
    pub role: StaffRole,
    /// Whom they will work for; nobody in particular for those who look after all labs.
    pub lab: Option<LabName>,
}

/// An invitation, to be handed over in person.
#[derive(Debug)]
pub struct Invited {
    /// Whose.
    pub name: Operator,
    /// Shown once.
    pub invitation: Invitation,
    /// Until when it can be redeemed.
    pub expires: Moment,
}

/// Nobody was let in, or shut out.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// Names stand beside results and acts, so none is used twice.
    #[error("there is or was an account or a key of this name: choose another")]
    NameTaken,
    /// There is none, or it is another lab's: one answer for both.
    #[error("there is no account of this name that you look after: see the list of accounts")]
    Unknown,
    /// A lab does not undo what was done above it.
    #[error(
        "there is no account of this name that you look after, or it was suspended by an enrolment officer: ask one"
    )]
    NotResumed,
    /// The role needs a lab, or has none.
    #[error(
        "viewers, operators and lab admins work for a lab, and nobody else does; pass offices have keys, not accounts"
    )]
    RoleAndLab,
    /// The lab is not there.
    #[error("this lab is not enrolled here: propose to enrol it first")]
    NoSuchLab,
    /// A proposal about a lab that could not be used.
    #[error(transparent)]
    Labs(#[from] LabsError),
    /// This takes somebody else, or two.
    #[error(
        "you cannot let anybody in for this: a lab admin invites viewers, operators and admins of the own lab; enrolment officers propose, and another one approves"
    )]
    NotYours,
    /// The subject is linked already, or there is no such account.
    #[error("there is no account of this name that you look after, or this subject is linked already")]
    NotLinked,
    /// No such provider in the settings.
    #[error("the settings name no such provider of bearer tokens: add it under [[bearer]]")]
    NoSuchProvider,
    /// Unknown, used or too old: one answer for all.
    #[error("this invitation is not known, used or too old: ask whoever invited you for a new one")]
    Invitation,
    /// Unknown name, wrong password, wrong or used digits: one answer for all.
    #[error(
        "name, password and digits do not go together, or the digits were used: wait for the next ones and try again"
    )]
    Refused,
    /// Too many wrong ones.
    #[error("too many wrong tries: try again later")]
    TryLater,
    /// Too many people at once, or not enough memory.
    #[error("too many passwords to look at in this moment")]
    Busy,
    /// Not open, too old, or one's own.
    #[error("there is no open proposal of this number by another officer in force: see the list of proposals")]
    NoProposal,
    /// No usable trust list, and so no day.
    #[error(transparent)]
    NoTrust(#[from] NoTrust),
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// For so many days an invitation or a proposal is open.
pub const OPEN_DAYS: u64 = 7;

/// Whom the first two invitations are for.
const FIRST_OFFICERS: [&str; 2] = ["officer-1", "officer-2"];

/// Passwords that are looked at in one moment. Each takes 19 MiB, and there are two cores in a small machine.
const TURNS: usize = 2;

impl People {
    pub(crate) fn new(config: &Config, outgoing: &Outgoing) -> Self {
        Self {
            cost: PasswordCost::recommended(),
            turns: Arc::new(Semaphore::new(TURNS)),
            providers: Providers::new(&config.bearer, outgoing),
        }
    }
}

impl Service {
    /// The same with passwords that cost as much as said. For tests.
    #[must_use]
    pub fn with_password_cost(mut self, cost: PasswordCost) -> Self {
        self.people.cost = cost;
        self
    }

    /// Whether anybody was ever invited who enrols labs.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn has_officers(&self) -> Result<bool, PeopleError> {
        Ok(self.store.has_officers().await?)
    }

    /// Makes the invitations of the first two enrolment officers, once in the life of a database.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn first_officers(&self) -> Result<Option<[Invited; 2]>, PeopleError> {
        if self.store.has_officers().await? {
            return Ok(None);
        }
        let newcomers = FIRST_OFFICERS.map(|name| Newcomer {
            name: name.parse().expect("letters, a hyphen and a digit"),
            role: StaffRole::EnrolmentOfficer,
            lab: None,
        });
        let invited = newcomers.each_ref().map(|newcomer| self.invitation_for(&newcomer.name));
        let macs = invited.each_ref().map(|invited| invited.invitation.mac(&self.secrets));
        let settings = Actor::at_console("first-start".parse().expect("letters and a hyphen"), None);
        let new: Vec<(NewAccount<'_>, NewAct<'_>)> = newcomers
            .iter()
            .zip(&invited)
            .zip(&macs)
            .map(|((newcomer, invited), mac)| {
                let account = newcomer.account(&self.secrets, mac, invited.expires, self.now());
                (account, self.act(&settings, ActKind::AccountMade, newcomer.name.as_str()))
            })
            .collect();
        // Another replica may be first: then its invitations are the ones.
        Ok(self.store.add_accounts(&new).await?.then_some(invited))
    }

    /// Makes an account and an invitation for its owner.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn make_account(&self, newcomer: &Newcomer, actor: &Actor) -> Result<Invited, PeopleError> {
        self.can_be_made(newcomer).await?;
        if actor.role().is_some() && (actor.lab().is_none() || actor.lab() != newcomer.lab.as_ref()) {
            return Err(PeopleError::NotYours);
        }
        let invited = self.invitation_for(&newcomer.name);
        let mac = invited.invitation.mac(&self.secrets);
        let account = newcomer.account(&self.secrets, &mac, invited.expires, self.now());
        let act = self.act(actor, ActKind::AccountMade, newcomer.name.as_str());
        if self.store.add_accounts(&[(account, act)]).await? { Ok(invited) } else { Err(PeopleError::NameTaken) }
    }

    /// Invites the owner of an account again: the telephone with their digits is lost, or the invitation was. Password, digits and
    /// sessions end.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn invite_again(&self, name: &Operator, actor: &Actor) -> Result<Invited, PeopleError> {
        // One officer alone would become any other.
        let reach = match (actor.role(), actor.lab()) {
            (None, _) => Reach::All,
            (Some(_), Some(lab)) => Reach::Lab(lab),
            (Some(_), None) => return Err(PeopleError::NotYours),
        };
        let invited = self.invitation_for(name);
        let (mac, act) =
            (invited.invitation.mac(&self.secrets), self.act(actor, ActKind::AccountInvited, name.as_str()));
        let found = self.store.invite_again(name, reach, &mac, invited.expires, act).await?;
        if found { Ok(invited) } else { Err(PeopleError::Unknown) }
    }

    /// Redeems an invitation, once: its owner has a password from now on, and gets what their authenticator app needs. The account can be
    /// used after the first right digits.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn begin_account(&self, invitation: &Invitation, password: Password) -> Result<TotpUri, PeopleError> {
        let (mac, now) = (invitation.mac(&self.secrets), self.now());
        let owner = self.store.invited(&mac, now).await?.ok_or(PeopleError::Invitation)?;
        let (cost, mut rng) = (self.people.cost, self.world.rng());
        let password_hash = self.in_turn(move || password::hash(&password, cost, &mut rng)).await?;
        let secret = TotpSecret::generate(&mut self.world.rng());
        let sealed = secret.seal(owner.name(), &self.secrets, &mut self.world.rng());
        let proofs = Proofs {
            password_hash: password_hash.ok_or(PeopleError::Busy)?,
            sealed_totp: sealed.ok_or(PeopleError::Busy)?,
        };
        let act = self.act(&owner, ActKind::AccountBegun, owner.name().as_str());
        let begun = self.store.begin_account(&mac, &proofs, now, act).await?;
        if begun { Ok(secret.uri(owner.name())) } else { Err(PeopleError::Invitation) }
    }

    /// From now on the tokens of a provider in the settings speak for an account, when they are about this subject.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn link_account(
        &self,
        name: &Operator,
        issuer: &str,
        subject: &str,
        actor: &Actor,
    ) -> Result<(), PeopleError> {
        if !self.people.providers.has(issuer) {
            return Err(PeopleError::NoSuchProvider);
        }
        // One officer alone could have another's account speak for a third person.
        let reach = match (actor.role(), actor.lab()) {
            (None, _) => Reach::All,
            (Some(_), Some(lab)) => Reach::Lab(lab),
            (Some(_), None) => return Err(PeopleError::NotYours),
        };
        let subject = self.secrets.subject_mac(issuer, subject);
        let act = self.act(actor, ActKind::AccountLinked, name.as_str());
        if self.store.link(name, reach, &subject, act).await? { Ok(()) } else { Err(PeopleError::NotLinked) }
    }

    /// Suspends an account: its sessions, keys and tokens end at once.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn suspend_account(&self, name: &Operator, actor: &Actor) -> Result<(), PeopleError> {
        let act = self.act(actor, ActKind::AccountSuspended, name.as_str());
        if self.store.suspend(name, reach(actor), act).await? { Ok(()) } else { Err(PeopleError::Unknown) }
    }

    /// Ends a suspension. Keys count again; a session is to be begun anew.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn resume_account(&self, name: &Operator, actor: &Actor) -> Result<(), PeopleError> {
        let act = self.act(actor, ActKind::AccountResumed, name.as_str());
        if self.store.resume(name, reach(actor), act).await? { Ok(()) } else { Err(PeopleError::NotResumed) }
    }

    /// All accounts that somebody looks after.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn accounts(&self, actor: &Actor) -> Result<Vec<AccountEntry>, PeopleError> {
        Ok(self.store.accounts(reach(actor)).await?)
    }

    /// Whether the role goes with a lab that is there, or with none.
    async fn can_be_made(&self, newcomer: &Newcomer) -> Result<(), PeopleError> {
        newcomer.role_and_lab()?;
        match &newcomer.lab {
            Some(lab) if self.store.lab(lab).await?.is_none() => Err(PeopleError::NoSuchLab),
            _ => Ok(()),
        }
    }

    fn invitation_for(&self, name: &Operator) -> Invited {
        Invited {
            name: name.clone(),
            invitation: Invitation::generate(&mut self.world.rng()),
            expires: self.open_until(),
        }
    }

    fn open_until(&self) -> Moment {
        Moment::from_unix(self.now().unix() + OPEN_DAYS * 24 * 3600)
    }

    /// Does what a password costs, a few at a time.
    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, PeopleError> {
        let turn = tokio::time::timeout(session::PATIENCE, Arc::clone(&self.people.turns).acquire_owned());
        let turn = turn.await.ok().and_then(Result::ok).ok_or(PeopleError::Busy)?;
        let work = move || {
            let done = work();
            drop(turn);
            done
        };
        busy(work).await.ok_or(PeopleError::Busy)
    }
}

impl Newcomer {
    fn role_and_lab(&self) -> Result<(), PeopleError> {
        let fits = self.role.is_of_a_lab() == self.lab.is_some() && self.role != StaffRole::Office;
        if fits { Ok(()) } else { Err(PeopleError::RoleAndLab) }
    }

    fn account<'a>(
        &'a self,
        secrets: &Secrets,
        invitation: &'a InvitationMac,
        invitation_expires: Moment,
        made: Moment,
    ) -> NewAccount<'a> {
        NewAccount {
            name: &self.name,
            name_mac: secrets.name_mac(self.name.as_str()),
            lab: self.lab.as_ref(),
            role: self.role,
            made,
            invitation,
            invitation_expires,
        }
    }
}

/// Whose accounts and keys somebody looks after: those of their own lab; everybody's, for who looks after all labs.
pub(crate) fn reach(actor: &Actor) -> Reach<'_> {
    match (actor.role(), actor.lab()) {
        (Some(_), Some(lab)) => Reach::Lab(lab),
        _ => Reach::All,
    }
}
