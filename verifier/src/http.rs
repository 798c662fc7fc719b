//! The only file that opens a connection. It belongs to the program, not to the library: what checks a code cannot reach it.

use std::time::Duration;

use bauta_spec::issuance::IssuerUrl;
use bauta_spec::trust::TrustList;
use ureq::Agent;

const CONNECT: Duration = Duration::from_secs(10);
const WHOLE_CALL: Duration = Duration::from_secs(30);

/// Fetches a trust list. Follows no redirect, keeps no cookie, names no program and no version held: a server that cannot
/// tell venues apart cannot give one of them a list of its own.
///
/// # Errors
/// [`Unreachable`].
pub(crate) fn fetch(url: &IssuerUrl) -> Result<Vec<u8>, Unreachable> {
    let got = get(url).map_err(|error| Unreachable { url: url.clone(), reason: reason(&error) })?;
    got.map_err(|status| Unreachable { url: url.clone(), reason: format!("it answered with status {status}") })
}

/// The body, or the status of a server that has none for us.
fn get(url: &IssuerUrl) -> Result<Result<Vec<u8>, u16>, ureq::Error> {
    let https = url.as_str().starts_with("https:");
    let config = Agent::config_builder()
        .timeout_connect(Some(CONNECT))
        .timeout_global(Some(WHOLE_CALL))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .https_only(https)
        .user_agent("");
    // What is not https is this computer, which a proxy of the environment cannot reach.
    let config = if https { config } else { config.proxy(None) };
    let agent = config.build().new_agent();
    let mut response = agent.get(url.as_str()).header("accept", "application/cbor").call()?;
    match response.status().as_u16() {
        200 => Ok(Ok(response.body_mut().with_config().limit(TrustList::MAX as u64 + 1).read_to_vec()?)),
        status => Ok(Err(status)),
    }
}

/// There is no list to be had.
#[derive(Debug, thiserror::Error)]
#[error("no trust list from {url}: {reason}. The list held so far stays; try again later")]
pub(crate) struct Unreachable {
    url: IssuerUrl,
    reason: String,
}

/// In our own words where the cause is a common one.
fn reason(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Timeout(_) => "no answer in time".to_owned(),
        ureq::Error::HostNotFound => "no such host".to_owned(),
        ureq::Error::ConnectionFailed => "no connection".to_owned(),
        ureq::Error::BodyExceedsLimit(_) => "the answer is longer than a trust list may be".to_owned(),
        ureq::Error::Io(error) => error.kind().to_string(),
        _ => "the connection failed, or its certificate is not to be trusted".to_owned(),
    }
}
