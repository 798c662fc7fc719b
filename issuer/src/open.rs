//! From a configuration to a service: opens every file it names, and says which one is wrong.

use std::path::{Path, PathBuf};

use bauta_spec::Malformed;
use bauta_spec::sealed::file;
use bauta_spec::signed::RootPublic;
use zeroize::Zeroizing;

use crate::config::Config;
use crate::keys::{IssuingKey, KeyError, KeyRing};
use crate::secrets::ServerSecret;
use crate::service::Service;
use crate::store::{Store, StoreError};
use crate::trust::{NoTrust, Trust};
use crate::world::World;

/// The service cannot be put together.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A sealed file.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The passphrase file.
    #[error("passphrase: {0}")]
    Passphrase(#[from] file::FileRefused),
    /// The root key.
    #[error("{}: {why}; it should hold the authority's root public key as 64 hex digits", .file.display())]
    RootKey {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The database.
    #[error("{}: {cause}", .file.display())]
    Store {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        cause: StoreError,
    },
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
        let in_file = |cause| OpenError::Store { file: config.database.clone(), cause };
        let store = Store::open(&config.database).await.map_err(in_file)?;
        let remembered = store.trust_list().await.map_err(in_file)?;
        let root = root_key(&config.root_key)?;
        let trust = Trust::new(config.trust_list.clone(), root, remembered.as_deref())?;
        let service = Self::new(config, KeyRing::new(keys), secrets, store, trust, world);
        service
            .read_trust_list()
            .await
            .map_err(|cause| OpenError::Store { file: service.config.database.clone(), cause })?;
        Ok(service)
    }
}

/// The passphrase in a file that only its owner may read; a line's end does not belong to it.
///
/// # Errors
/// [`file::FileRefused`].
pub fn passphrase_in(path: &Path) -> Result<Zeroizing<Vec<u8>>, file::FileRefused> {
    const LONGEST: usize = 1024;
    let mut passphrase = file::read_private(path, LONGEST)?;
    let end = passphrase.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r')).map_or(0, |last| last + 1);
    passphrase.truncate(end);
    Ok(passphrase)
}

pub(crate) fn root_key(path: &Path) -> Result<RootPublic, OpenError> {
    let wrong = |why: String| OpenError::RootKey { file: path.to_owned(), why };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    text.trim().parse().map_err(|error: Malformed| wrong(error.to_string()))
}
