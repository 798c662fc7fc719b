//! From a configuration to a service: opens every file it names, and says which one is wrong.

use bauta_spec::roots::NoHouseRoots;
use bauta_spec::signed::{NoRootKey, RootPublic};

use crate::config::Config;
use crate::hand_over::{Hook, HookRefused};
use crate::keys::{IssuingKey, KeyError, KeyRing};
use crate::secrets::ServerSecret;
use crate::service::Service;
use crate::store::{DatabaseAddress, Store, StoreError};
use crate::trust::{NoTrust, Trust};
use crate::world::World;

/// The service cannot be put together.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A sealed file.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The root key.
    #[error(transparent)]
    RootKey(#[from] NoRootKey),
    /// The certificates of the house's own authorities.
    #[error("ca_file: {0}")]
    Roots(#[from] NoHouseRoots),
    /// The database.
    #[error("{address}: {cause}")]
    Store {
        /// Where it is.
        address: DatabaseAddress,
        /// What is wrong.
        cause: StoreError,
    },
    /// What hands codes over.
    #[error("hand_over: {0}")]
    Hook(#[from] HookRefused),
    /// The trust list remembered from before.
    #[error(transparent)]
    Trust(#[from] NoTrust),
}

impl Service {
    /// Opens everything that a configuration names. A missing trust list is no obstacle: the service says so until there is one.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(config: Config, passphrase: &[u8], world: World) -> Result<Self, OpenError> {
        let secrets = ServerSecret::open(&config.server_secret, passphrase)?.derive();
        let keys = config.keys.iter().map(|key| IssuingKey::open(key, passphrase)).collect::<Result<_, _>>()?;
        let address = config.database.clone();
        let there = |cause| OpenError::Store { address: address.clone(), cause };
        let store = Store::open(&address, config.database_password_file.as_deref()).await.map_err(there)?;
        let remembered = store.trust_list().await.map_err(there)?;
        let root = RootPublic::in_file(&config.root_key)?;
        let trust = Trust::new(config.trust_list.clone(), root, remembered.as_deref())?;
        let hook = config.hand_over.as_ref().map(Hook::open).transpose()?;
        let service = Self::new(config, KeyRing::new(keys), secrets, store, trust, world)?.with_hook(hook);
        service.read_trust_list().await.map_err(there)?;
        service.enrol_own_lab().await.map_err(there)?;
        service.store.give_keys_to(&service.config.lab).await.map_err(there)?;
        Ok(service)
    }
}
