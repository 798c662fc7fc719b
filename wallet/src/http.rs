//! The only file that opens a connection. It belongs to the program, not to the library: what makes proofs cannot reach it.

use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use bauta_spec::roots::{HouseRoots, NoHouseRoots};
use bauta_spec::trust::TrustList;
use bauta_wallet::exchange::{Body, Call, Reply};
use ureq::Agent;
use ureq::http::Response;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// Longest answer that is read: nothing else is as long as a trust list. One byte more, so that a longer one is seen to be longer.
const MAX_REPLY: u64 = TrustList::MAX as u64 + 1;
const CONNECT: Duration = Duration::from_secs(10);
const WHOLE_CALL: Duration = Duration::from_secs(30);

/// Sends calls, one connection each: a connection that is kept would tie a collection to a renewal.
pub(crate) struct Http {
    agent: Agent,
}

impl Http {
    /// Follows no redirect, keeps no cookie, names no program.
    ///
    /// # Errors
    /// [`NoHouseRoots`].
    pub(crate) fn new(ca_file: Option<&Path>) -> Result<Self, NoHouseRoots> {
        let config = Agent::config_builder()
            .timeout_connect(Some(CONNECT))
            .timeout_global(Some(WHOLE_CALL))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .max_idle_connections(0)
            .user_agent("")
            .tls_config(tls(ca_file)?)
            .build();
        Ok(Self { agent: config.new_agent() })
    }

    /// # Errors
    /// [`Unreachable`]: no answer, or one that is too long.
    pub(crate) fn send(&self, call: &Call) -> Result<Reply, Unreachable> {
        self.exchange(call).map_err(|error| Unreachable { host: call.host().to_owned(), reason: reason(&error) })
    }

    fn exchange(&self, call: &Call) -> Result<Reply, ureq::Error> {
        let url = call.url();
        let response = match call.body() {
            Body::None => self.authorized(self.agent.get(url), call).call(),
            Body::Form(form) => self
                .authorized(self.agent.post(url), call)
                .content_type("application/x-www-form-urlencoded")
                .send(form.as_bytes()),
            Body::Json(json) => {
                self.authorized(self.agent.post(url), call).content_type("application/json").send(json.as_bytes())
            }
        }?;
        read(response)
    }

    fn authorized<B>(&self, request: ureq::RequestBuilder<B>, call: &Call) -> ureq::RequestBuilder<B> {
        // A proxy of the environment cannot reach what listens on this computer alone.
        let request = match call.is_loopback() {
            true => request.config().proxy(None).build(),
            false => request.config().https_only(true).build(),
        };
        let request = request.header("accept", call.accept());
        match call.bearer() {
            Some(token) => request.header("authorization", format!("Bearer {token}")),
            None => request,
        }
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

fn read(mut response: Response<ureq::Body>) -> Result<Reply, ureq::Error> {
    let status = response.status().as_u16();
    let body = response.body_mut().with_config().limit(MAX_REPLY).read_to_vec()?;
    Ok(Reply::new(status, body))
}

/// Nobody answered.
#[derive(Debug, thiserror::Error)]
#[error("{host} did not answer: {reason}. Nothing is lost: try again later")]
pub(crate) struct Unreachable {
    host: String,
    reason: String,
}

/// In our own words where the cause is a common one. The library's words never hold the address or what was sent.
fn reason(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Timeout(_) => "no answer in time".to_owned(),
        ureq::Error::HostNotFound => "no such host".to_owned(),
        ureq::Error::ConnectionFailed => "no connection".to_owned(),
        ureq::Error::BodyExceedsLimit(_) => "the answer is longer than any honest one".to_owned(),
        // What TLS says of a certificate comes as this.
        ureq::Error::Io(error) if error.kind() == ErrorKind::InvalidData => CONNECTION_FAILED.to_owned(),
        ureq::Error::Io(error) => error.kind().to_string(),
        _ => CONNECTION_FAILED.to_owned(),
    }
}

const CONNECTION_FAILED: &str =
    "the connection failed, or its certificate is not to be trusted (of your house's own authority: --ca-file)";
