//! Between a records service and an office that runs apart: which handles are withdrawn, told by the one and heard by the other.

use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bauta_spec::Malformed;
use bauta_spec::sealed::file;
use bauta_spec::signed::{RecordsPublic, Signed, Unverified};
use bauta_spec::time::{Minute, Moment};
use bauta_spec::withdrawn::Withdrawals;
use zeroize::Zeroizing;

use crate::config::RecordsService;
use crate::http::WithdrawnPart;
use crate::outgoing::Outgoing;
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
    /// What it told is not what it signed just now.
    #[error("{url}: {why}")]
    NotBelieved {
        /// Which.
        url: String,
        /// Why.
        why: NotBelieved,
    },
    /// No usable trust list, and so no day.
    #[error(transparent)]
    NoTrust(#[from] NoTrust),
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What was told counts for nothing.
#[derive(Debug, thiserror::Error)]
pub enum NotBelieved {
    /// Not signed by the key of the settings, or not withdrawals.
    #[error(
        "it is not signed with the `public_key` of these settings ({0}): ask for what its `bauta-issuer withdrawals-key` says"
    )]
    NotSigned(#[from] Unverified),
    /// No bytes of such a document.
    #[error("what it tells is {0}")]
    Malformed(#[from] Malformed),
    /// Signed at another time.
    #[error("what it tells was signed {minutes} minutes from now: is a clock wrong, or was this told before?")]
    AnotherTime {
        /// How far off.
        minutes: u32,
    },
    /// It answers another question.
    #[error("it tells what comes after number {told}, and was asked for what comes after {asked}")]
    AnotherPlace {
        /// What was asked.
        asked: u64,
        /// What was told.
        told: u64,
    },
}

/// For one answer. The office goes on without it.
const PATIENCE: Duration = Duration::from_secs(20);

const LONGEST_API_KEY: usize = 256;

/// By so much the clocks of two services may differ, and an answer be late.
const CLOCK_MINUTES: u32 = 10;

impl Service {
    /// What an office that has heard everything up to number `after` has not heard, signed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn withdrawn_after(&self, after: u64) -> Result<Signed<Withdrawals>, StoreError> {
        const MOST: u32 = Withdrawals::MOST as u32;
        let rows = self.store.withdrawn_after(after, MOST).await?;
        let more = rows.len() == Withdrawals::MOST;
        Withdrawals::new(Minute::of(self.now()), after, rows, more)
            .and_then(|part| Signed::sign(&part, &self.secrets.records_key()))
            .map_err(|_| StoreError::Damaged("the number of a withdrawal"))
    }

    /// The key that verifies it.
    #[must_use]
    pub fn withdrawals_key(&self) -> RecordsPublic {
        self.secrets.records_key().public()
    }

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
        let before = self.store.heard(url).await?;
        let (mut number, since) = before.map_or((0, Moment::from_unix(0)), |heard| (heard.number, heard.at));
        loop {
            let told = ask(self.outgoing.clone(), url.to_owned(), number, api_key.clone()).await?;
            let part = believed(&told.signed, &service.public_key, number, self.now())
                .map_err(|why| NotHeard::NotBelieved { url: url.to_owned(), why })?;
            number = part.last();
            // Nobody knows how old that is which is still to be told.
            let at = if part.more() { since } else { self.now() };
            self.store.hear(url, Heard { at, number }, part.handles(), self.day()?).await?;
            if !part.more() {
                return Ok(());
            }
        }
    }
}

/// One part, if this service signed it around `now` in answer to `after`. Whoever carries it can keep it back, and nothing else.
fn believed(told: &str, key: &RecordsPublic, after: u64, now: Moment) -> Result<Withdrawals, NotBelieved> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(told).map_err(|_| Malformed::new("not base64url without padding"))?;
    let part = Signed::<Withdrawals>::from_bytes(&bytes)?.verify(key)?.into_inner();
    let minutes = part.made().number().abs_diff(Minute::of(now).number());
    if minutes > CLOCK_MINUTES {
        return Err(NotBelieved::AnotherTime { minutes });
    }
    if part.after() != after {
        return Err(NotBelieved::AnotherPlace { asked: after, told: part.after() });
    }
    Ok(part)
}

/// The key that a records service gave this office, in a file that only its owner may read.
pub(crate) fn api_key(path: &Path) -> Result<Zeroizing<String>, NotHeard> {
    let bytes = file::read_private(path, LONGEST_API_KEY)?;
    Ok(Zeroizing::new(String::from_utf8_lossy(&bytes).trim().to_owned()))
}

async fn ask(
    outgoing: Outgoing,
    url: String,
    after: u64,
    api_key: Zeroizing<String>,
) -> Result<WithdrawnPart, NotHeard> {
    let said = url.clone();
    let answer = waiting(move || {
        let agent = outgoing.call(PATIENCE).build().new_agent();
        agent
            .get(format!("{url}/v1/withdrawn?after={after}"))
            .header("Authorization", format!("Bearer {}", *api_key))
            .call()
            .and_then(|mut response| response.body_mut().read_json::<WithdrawnPart>())
            .map_err(|error| error.to_string())
    });
    let answer = answer.await.unwrap_or_else(|| Err("the request broke off".to_owned()));
    answer.map_err(|why| NotHeard::NoAnswer { url: said, why })
}

#[cfg(test)]
mod tests {
    use bauta_spec::attributes::Handle;
    use bauta_spec::signed::RecordsKey;

    use super::*;

    const NOW: Moment = Moment::from_unix(1_795_521_600);

    fn told(key: &RecordsKey, made: Minute, after: u64) -> String {
        let part = Withdrawals::new(made, after, vec![(after + 3, Handle::new([5; 16]))], false).unwrap();
        BASE64_URL_SAFE_NO_PAD.encode(Signed::sign(&part, key).unwrap().to_bytes())
    }

    #[test]
    fn only_what_the_service_signed_just_now_for_this_question_is_believed() {
        let [key, another] = [[1; 32], [2; 32]].map(|seed| RecordsKey::from_bytes(&seed).unwrap());
        let now = Minute::of(NOW);
        let heard = |told: &str| believed(told, &key.public(), 7, NOW);
        assert_eq!(heard(&told(&key, now, 7)).unwrap().last(), 10);
        assert!(heard(&told(&key, now.minus(10), 7)).is_ok() && heard(&told(&key, now.plus(10), 7)).is_ok());
        assert!(matches!(heard(&told(&another, now, 7)), Err(NotBelieved::NotSigned(Unverified::BadSignature))));
        for made in [now.minus(11), now.plus(11)] {
            assert!(matches!(heard(&told(&key, made, 7)), Err(NotBelieved::AnotherTime { minutes: 11 })));
        }
        for after in [0, 6, 8] {
            assert!(matches!(heard(&told(&key, now, after)), Err(NotBelieved::AnotherPlace { asked: 7, .. })));
        }
        let good = told(&key, now, 7);
        for changed in [String::new(), format!("{good}="), format!("{good}A"), good[4..].to_owned()] {
            assert!(heard(&changed).is_err());
        }
    }
}
