//! The trust list that this service goes by: read from a file, believed only under the root key, never older than before.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use bauta_spec::sealed::file::{FileRefused, read_public};
use bauta_spec::signed::RootPublic;
use bauta_spec::time::Moment;
use bauta_spec::trust::{TrustList, TrustRefusal};

/// The list in use and the file that newer ones come from.
#[derive(Debug)]
pub struct Trust {
    file: PathBuf,
    root: RootPublic,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    list: Option<Arc<TrustList>>,
    /// What the file looked like when it was last read; it is read again when that changes.
    stamp: Option<(SystemTime, u64)>,
}

/// There is no trust list to go by.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoTrust {
    /// The file cannot be read, or is longer than any list.
    #[error("the trust list: {0}. Put the authority's newest one there")]
    Unreadable(String),
    /// There is no list in use.
    #[error("there is no trust list in {}: put the authority's newest one there", .0.display())]
    Missing(PathBuf),
    /// The file is not believed.
    #[error("the trust list in {} is not taken: {cause}", .file.display())]
    Refused {
        /// The file.
        file: PathBuf,
        /// Why.
        cause: TrustRefusal,
    },
    /// The list kept from before a restart is not believed.
    #[error(
        "the trust list that the database remembers is not believed: {0}. If the root key was changed on purpose, begin with a new database"
    )]
    Remembered(TrustRefusal),
    /// Its lifetime is over, or the clock is wrong.
    #[error("the trust list in use does not count now: {0}")]
    Stale(TrustRefusal),
    /// Somebody set the clock: which day it is, is not certain.
    #[error("the clock was set while the service ran: put it right, or restart the service if it is right now")]
    ClockSet,
}

impl Trust {
    /// Goes by the list in `file`, under `root`, and by nothing older than `remembered`, which the database kept. Without a
    /// usable list the service runs and says so until there is one.
    ///
    /// # Errors
    /// [`NoTrust::Remembered`].
    pub fn new(file: PathBuf, root: RootPublic, remembered: Option<&[u8]>) -> Result<Self, NoTrust> {
        let list = remembered
            .map(|bytes| TrustList::verify_held(bytes, &root).map(Arc::new))
            .transpose()
            .map_err(NoTrust::Remembered)?;
        Ok(Self { file, root, state: Mutex::new(State { list, stamp: None }) })
    }

    /// The list to go by now.
    ///
    /// # Errors
    /// [`NoTrust`].
    pub fn list(&self, now: Moment) -> Result<Arc<TrustList>, NoTrust> {
        let list = self.latest()?;
        list.freshness(now).map_err(NoTrust::Stale)?;
        Ok(list)
    }

    /// The newest list there is, even if its lifetime is over: enough to know the programme's day, and to withdraw a result on it.
    ///
    /// # Errors
    /// [`NoTrust::Missing`].
    pub fn latest(&self) -> Result<Arc<TrustList>, NoTrust> {
        self.state().list.clone().ok_or_else(|| NoTrust::Missing(self.file.clone()))
    }

    /// Takes over the list in the file if the file has changed. `Some` is a list that is newly in use.
    pub fn refresh(&self, now: Moment) -> Option<Arc<TrustList>> {
        let stamp = std::fs::metadata(&self.file).and_then(|file| Ok((file.modified()?, file.len()))).ok();
        if stamp.is_some() && self.state().stamp == stamp {
            return None;
        }
        let before = self.state().list.clone();
        match self.read(now) {
            Ok(list) => {
                self.state().stamp = stamp;
                (before.as_deref().map(TrustList::hash) != Some(list.hash())).then_some(list)
            }
            Err(reason) => {
                tracing::warn!(%reason, "no newer trust list");
                None
            }
        }
    }

    /// Reads the file and takes the list over if it may be believed.
    ///
    /// # Errors
    /// [`NoTrust`].
    pub fn read(&self, now: Moment) -> Result<Arc<TrustList>, NoTrust> {
        let unreadable = |cause: FileRefused| NoTrust::Unreadable(cause.to_string());
        let bytes = read_public(&self.file, TrustList::MAX).map_err(unreadable)?;
        let mut state = self.state();
        let newer = match &state.list {
            Some(current) => current.advance(&bytes, &self.root, now),
            None => TrustList::verify(&bytes, &self.root, now),
        };
        let list = Arc::new(newer.map_err(|cause| NoTrust::Refused { file: self.file.clone(), cause })?);
        state.list = Some(Arc::clone(&list));
        Ok(list)
    }

    /// Where the list comes from.
    pub fn file(&self) -> &Path {
        &self.file
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change above is a single assignment of a finished value.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
