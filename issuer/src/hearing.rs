//! For an office that runs apart: asks the records services which handles were withdrawn.

use std::path::Path;
use std::time::Duration;

use bauta_spec::attributes::Handle;
use bauta_spec::sealed::file;
use ureq::Agent;
use zeroize::Zeroizing;

use crate::config::RecordsService;
use crate::http::WithdrawnPage;
use crate::service::{Service, waiting};
use crate::store::{Heard, StoreError};
use crate::trust::NoTrust;

/// A records service was not heard.
#[derive(Debug, thiserror::Error)]
pub enum NotHeard {
    /// Its API key cannot be read.
    #[error(transparent)]
    ApiKey(#[from] file::FileRefused),
    /// It did not answer, or not as it should.
    #[error("{url} did not tell its withdrawals: {why}")]
    NoAnswer {
        /// Which.
        url: String,
        /// What it said.
        why: String,
    },
    /// No usable trust list, and so no day.
    #[error(transparent)]
    NoTrust(#[from] NoTrust),
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// For one answer. The office goes on without it.
const PATIENCE: Duration = Duration::from_secs(20);

const LONGEST_API_KEY: usize = 256;

impl Service {
    /// Asks every records service for what is new.
    ///
    /// # Errors
    /// [`NotHeard`] for the first that was not heard; the others are asked all the same.
    pub async fn hear_withdrawals(&self) -> Result<(), NotHeard> {
        let mut result = Ok(());
        for service in &self.config.withdrawn_from {
            result = result.and(self.hear_one(service).await);
        }
        result
    }

    async fn hear_one(&self, service: &RecordsService) -> Result<(), NotHeard> {
        let url = service.url.as_str();
        let api_key = api_key(&service.api_key_file)?;
        let mut number = self.store.heard(url).await?.map_or(0, |heard| heard.number);
        loop {
            let page = ask(url.to_owned(), number, api_key.clone()).await?;
            let garbled =
                || NotHeard::NoAnswer { url: url.to_owned(), why: "its answer is no list of handles".to_owned() };
            let handles: Vec<Handle> =
                page.handles.iter().map(|handle| handle.parse()).collect::<Result<_, _>>().map_err(|_| garbled())?;
            if page.last < number || (page.more && page.last == number) {
                return Err(garbled());
            }
            number = page.last;
            self.store.hear(url, Heard { at: self.now(), number }, &handles, self.day()?).await?;
            if !page.more {
                return Ok(());
            }
        }
    }
}

/// The key that a records service gave this office, in a file that only its owner may read.
pub(crate) fn api_key(path: &Path) -> Result<Zeroizing<String>, NotHeard> {
    let bytes = file::read_private(path, LONGEST_API_KEY)?;
    Ok(Zeroizing::new(String::from_utf8_lossy(&bytes).trim().to_owned()))
}

async fn ask(url: String, after: u64, api_key: Zeroizing<String>) -> Result<WithdrawnPage, NotHeard> {
    let said = url.clone();
    let answer = waiting(move || {
        // The key is for the service that was named, wherever that would send us.
        let agent: Agent = Agent::config_builder().timeout_global(Some(PATIENCE)).max_redirects(0).build().into();
        agent
            .get(format!("{url}/v1/withdrawn?after={after}"))
            .header("Authorization", format!("Bearer {}", *api_key))
            .call()
            .and_then(|mut response| response.body_mut().read_json::<WithdrawnPage>())
            .map_err(|error| error.to_string())
    });
    let answer = answer.await.unwrap_or_else(|| Err("the request broke off".to_owned()));
    answer.map_err(|why| NotHeard::NoAnswer { url: said, why })
}
