//! API keys for the lab side: made here, shown once, kept as a keyed hash.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use rand_core::Rng as _;
use zeroize::Zeroizing;

use crate::acts::ActKind;
use crate::lab::{LabError, Operator};
use crate::service::Service;
use crate::staff::Actor;
use crate::store::{ApiKeyEntry, KeyHolder, StoreError, Visitor};
use crate::trust::NoTrust;

/// What every API key begins with, so that a leaked one is recognised.
const PREFIX: &str = "bauta-";

/// A key was not made or ended.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// Names stand beside results, so none is used twice.
    #[error("there is or was a key of this name: choose another")]
    NameTaken,
    /// Nothing to end.
    #[error("there is no key of this name: see `api-key list`")]
    Unknown,
    /// A lab's key for nobody's lab.
    #[error("a lab's key needs the lab that it is for: name it with --lab")]
    NoLab,
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
        visitor: Visitor,
        actor: &Actor,
    ) -> Result<Zeroizing<String>, AccessError> {
        let lab = match visitor {
            Visitor::Lab => Some(actor.lab().ok_or(AccessError::NoLab)?),
            Visitor::Office => None,
        };
        let mut secret = Zeroizing::new([0; 32]);
        self.world.rng().fill_bytes(&mut *secret);
        let api_key = Zeroizing::new(format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(secret.as_slice())));
        let mac = self.secrets.api_key_mac(api_key.as_bytes());
        let new = self
            .store
            .add_api_key(
                name.as_str(),
                visitor,
                lab,
                &mac,
                self.day()?,
                self.act(actor, ActKind::ApiKeyMade, name.as_str()),
            )
            .await?;
        if new { Ok(api_key) } else { Err(AccessError::NameTaken) }
    }

    /// Ends an API key at once.
    ///
    /// # Errors
    /// [`AccessError`].
    pub async fn end_api_key(&self, name: &Operator, actor: &Actor) -> Result<(), AccessError> {
        let act = self.act(actor, ActKind::ApiKeyEnded, name.as_str());
        if self.store.end_api_key(name.as_str(), act).await? { Ok(()) } else { Err(AccessError::Unknown) }
    }

    /// All API keys ever made, without the keys.
    ///
    /// # Errors
    /// [`AccessError`].
    pub async fn api_keys(&self) -> Result<Vec<ApiKeyEntry>, AccessError> {
        Ok(self.store.api_keys().await?)
    }

    /// Whose key this is.
    pub(crate) async fn admit(&self, api_key: &str) -> Result<Option<KeyHolder>, StoreError> {
        self.store.api_key(&self.secrets.api_key_mac(api_key.as_bytes())).await
    }

    /// Whom a lab's key acts for, unless the lab is suspended.
    pub(crate) async fn actor_of(&self, holder: KeyHolder) -> Result<Actor, LabError> {
        let lab = holder.lab.unwrap_or_else(|| self.config.lab.clone());
        let name = holder.name.parse().map_err(|_| StoreError::Damaged("api_key.name"))?;
        let actor = Actor::of_lab(name, lab);
        self.lab_in_force(&actor).await?;
        Ok(actor)
    }
}
