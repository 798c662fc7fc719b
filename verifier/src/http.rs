//! The only file that opens a connection. It belongs to the program, not to the library: what checks a code cannot reach it.

use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use bauta_spec::issuance::IssuerUrl;
use bauta_spec::roots::{HouseRoots, NoHouseRoots};
use bauta_spec::trust::TrustList;
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

const CONNECT: Duration = Duration::from_secs(10);
const WHOLE_CALL: Duration = Duration::from_secs(30);

/// Fetches a trust list. Follows no redirect, keeps no cookie, names no program and no version held: a server that cannot
/// tell venues apart cannot give one of them a list of its own.
///
/// # Errors
/// [`NotFetched`].
pub(crate) fn fetch(url: &IssuerUrl, ca_file: Option<&Path>) -> Result<Vec<u8>, NotFetched> {
    let got = get(url, tls(ca_file)?).map_err(|error| Unreachable { url: url.clone(), reason: reason(&error) })?;
    Ok(got.map_err(|status| Unreachable { url: url.clone(), reason: format!("it answered with status {status}") })?)
}

/// The body, or the status of a server that has none for us.
fn get(url: &IssuerUrl, tls: TlsConfig) -> Result<Result<Vec<u8>, u16>, ureq::Error> {
    let https = url.as_str().starts_with("https:");
    let config = Agent::config_builder()
        .timeout_connect(Some(CONNECT))
        .timeout_global(Some(WHOLE_CALL))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .https_only(https)
        .tls_config(tls)
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

/// Whose certificates are believed: those of everybody's authorities, and of one's own house if it has one.
fn tls(ca_file: Option<&Path>) -> Result<TlsConfig, NoHouseRoots> {
    let own = ca_file.map(HouseRoots::in_file).transpose()?;
    let roots = own.map_or(RootCerts::WebPki, |own| {
        own.beside_everybodys().map(|der| Certificate::from_der(der).to_owned()).collect::<Vec<_>>().into()
    });
    Ok(TlsConfig::builder().root_certs(roots).build())
}

/// Nothing was fetched.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotFetched {
    #[error("{0}")]
    Roots(#[from] NoHouseRoots),
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
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
        // What TLS says of a certificate comes as this.
        ureq::Error::Io(error) if error.kind() == ErrorKind::InvalidData => CONNECTION_FAILED.to_owned(),
        ureq::Error::Io(error) => error.kind().to_string(),
        _ => CONNECTION_FAILED.to_owned(),
    }
}

const CONNECTION_FAILED: &str =
    "the connection failed, or its certificate is not to be trusted (of your house's own authority: --ca-file)";
