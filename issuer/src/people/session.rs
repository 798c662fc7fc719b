//! Password and digits, and what is sent instead of them for a while.

use std::time::Duration;

use bauta_spec::time::Moment;

use super::password::{Password, nobodys, verify};
use super::totp::TotpSecret;
use super::{PeopleError, SessionToken};
use crate::acts::ActKind;
use crate::lab::Operator;
use crate::service::Service;
use crate::staff::Actor;
use crate::store::{Ends, Proofs, StoreError, Try};

/// For so many seconds a session goes on at most.
pub const SESSION_SECONDS: u64 = 12 * 3600;

/// For so many seconds a session goes on without a request.
pub const IDLE_SECONDS: u64 = 30 * 60;

/// After so many wrong tries under one name none is looked at for [`TRIES_SECONDS`].
pub const TRIES: u32 = 5;

/// How long a name rests after too many wrong tries.
pub const TRIES_SECONDS: u64 = 15 * 60;

/// How long a password waits for its turn.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

impl Service {
    /// Begins a session. Whether the name is unknown, the password wrong, or the digits are, takes as long and has one answer.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn begin_session(
        &self,
        name: &Operator,
        password: Password,
        digits: &str,
    ) -> Result<SessionToken, PeopleError> {
        let now = self.now();
        let tried = self.secrets.name_mac(name.as_str());
        let locked_until = Moment::from_unix(now.unix() + TRIES_SECONDS);
        if self.store.count_try(&tried, now, TRIES, locked_until).await? == Try::Locked {
            return Err(PeopleError::TryLater);
        }
        let (owner, proofs) = self.store.proofs(&tried).await?.unzip();
        let proofs =
            proofs.unwrap_or_else(|| Proofs { password_hash: nobodys(self.people.cost), sealed_totp: Vec::new() });
        let hashed = proofs.password_hash.clone();
        let right = self.in_turn(move || verify(&password, &hashed)).await?;
        let secret = TotpSecret::open(&proofs.sealed_totp, name, &self.secrets);
        let step = secret.and_then(|secret| secret.step_of(digits, now));
        let (Some(owner), Some(step), true) = (owner, step, right) else { return Err(PeopleError::Refused) };

        let token = SessionToken::generate(&mut self.world.rng());
        let act = self.act(&owner, ActKind::SessionBegun, "");
        let begun = self.store.begin_session(&proofs, step, &token.mac(&self.secrets), &tried, act).await?;
        if begun { Ok(token) } else { Err(PeopleError::Refused) }
    }

    /// Ends a session before its time.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn end_session(&self, token: &str, actor: &Actor) -> Result<(), PeopleError> {
        let act = self.act(actor, ActKind::SessionEnded, "");
        self.store.end_session(&self.secrets.session_mac(token.as_bytes()), act).await?;
        Ok(())
    }

    /// Who sends this: the token of a session, an API key, or a token of another provider.
    pub(crate) async fn admit(&self, token: &str) -> Result<Option<Actor>, StoreError> {
        let now = self.now();
        if SessionToken::looks_like(token)
            && let Some(actor) = self.store.session(&self.secrets.session_mac(token.as_bytes()), now, ends(now)).await?
        {
            return Ok(Some(actor));
        }
        if let Some(actor) = self.store.api_key(&self.secrets.api_key_mac(token.as_bytes())).await? {
            return Ok(Some(self.of_the_settings_lab(actor)));
        }
        match self.people.providers.subject_of(token, now).await {
            Some((issuer, subject)) => self.store.account_of(&self.secrets.subject_mac(&issuer, &subject)).await,
            None => Ok(None),
        }
    }

    /// A key that was made before there were several labs speaks for the settings' lab.
    fn of_the_settings_lab(&self, actor: Actor) -> Actor {
        match (actor.role(), actor.lab()) {
            (Some(role), None) if role.is_of_a_lab() => {
                Actor::let_in(actor.name().clone(), Some(self.config.lab.clone()), role)
            }
            _ => actor,
        }
    }

    /// Sessions that are over and tries of long ago.
    pub(crate) async fn forget_sessions(&self) -> Result<(), StoreError> {
        let now = self.now();
        self.store.forget_sessions(ends(now), before(now, TRIES_SECONDS)).await
    }
}

fn ends(now: Moment) -> Ends {
    Ends { begun_until: before(now, SESSION_SECONDS), seen_until: before(now, IDLE_SECONDS) }
}

fn before(now: Moment, seconds: u64) -> Moment {
    Moment::from_unix(now.unix().saturating_sub(seconds))
}
