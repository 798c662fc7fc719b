//! API keys for the lab side: made here, shown once, kept as a keyed hash.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use rand_core::Rng as _;
use zeroize::Zeroizing;

use crate::acts::ActKind;
use crate::lab::Operator;
use crate::people::reach;
use crate::service::Service;
use crate::staff::{Actor, StaffRole};
use crate::store::{ApiKeyEntry, StoreError};
use crate::trust::NoTrust;

/// What every API key begins with, so that a leaked one is recognised.
const PREFIX: &str = "bauta-";

/// A key was not made or ended.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// Names stand beside results, so none is used twice.
    #[error("there is or was a key or an account of this name: choose another")]
    NameTaken,
    /// Nothing to end.
    #[error("there is no key of this name: see `api-key list`")]
    Unknown,
    /// A lab's key for nobody's lab.
    #[error("a lab's key needs the lab that it is for: name it with --lab")]
    NoLab,
    /// Keys are for a lab's software or for a pass office.
    #[error(
        "a key has the role viewer, operator or lab-admin of a lab; only at the console it is made for a pass office"
    )]
    RoleAndLab,
    /// No usable trust list, and so no day.
    #[error(transparent)]
    NoTrust(#[from] NoTrust),
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Service {
    /// Makes an API key, a lab's for the lab of `actor`. It cannot be shown again.
    ///
    /// # Errors
    /// [`AccessError`].
    pub async fn new_api_key(
        &self,
        name: &Operator,
        role: impl Into<StaffRole>,
        actor: &Actor,
    ) -> Result<Zeroizing<String>, AccessError> {
        let role = role.into();
        let for_software = role.is_of_a_lab() || (role == StaffRole::Office && actor.role().is_none());
        if !for_software {
            return Err(AccessError::RoleAndLab);
        }
        let lab = role.is_of_a_lab().then(|| actor.lab().ok_or(AccessError::NoLab)).transpose()?;
        let mut secret = Zeroizing::new([0; 32]);
        self.world.rng().fill_bytes(&mut *secret);
        let api_key = Zeroizing::new(format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(secret.as_slice())));
        let mac = self.secrets.api_key_mac(api_key.as_bytes());
        let new = self
            .store
            .add_api_key(
                name.as_str(),
                role,
                lab,
                &mac,
                self.day()?,
                self.act(actor, ActKind::ApiKeyMade, name.as_str()),
            )
            .await?;
        if new { Ok(api_key) } else { Err(AccessError::NameTaken) }
    }

    /// Ends an API key at once: any at the console, otherwise one of the actor's lab.
    ///
    /// # Errors
    /// [`AccessError`].
    pub async fn end_api_key(&self, name: &Operator, actor: &Actor) -> Result<(), AccessError> {
        let act = self.act(actor, ActKind::ApiKeyEnded, name.as_str());
        let ended = self.store.end_api_key(name.as_str(), reach(actor), act).await?;
        if ended { Ok(()) } else { Err(AccessError::Unknown) }
    }

    /// All API keys ever made that the actor looks after, without the keys.
    ///
    /// # Errors
    /// [`AccessError`].
    pub async fn api_keys(&self, actor: &Actor) -> Result<Vec<ApiKeyEntry>, AccessError> {
        Ok(self.store.api_keys(reach(actor)).await?)
    }
}
