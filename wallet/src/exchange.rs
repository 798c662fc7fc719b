//! What a wallet says to an issuer, an office and the authority, and how it reads their answers: OpenID4VCI 1.0 as `issuance` in
//! `bauta-spec` has it. No connection is opened here: a [`Call`] is sent by whoever runs the wallet, and comes back as a [`Reply`].
//!
//! Paths are those of the specification, not those of the issuer's metadata: an address made for one wallet would be a tag on it.

use std::{fmt, mem};

use bauta_crypto::pseudonym::CommitmentWithProof;
use bauta_spec::attributes::TypeName;
use bauta_spec::issuance::{
    Base64Url, CredentialRequest, CredentialResponse, DeferredResponse, IssuedCredential, IssuerUrl, NonceResponse,
    NotificationEvent, NotificationRequest, OAuthError, OfficeAsk, OfficeRequest, PASSES, PRE_AUTHORIZED_CODE, Proofs,
    TokenResponse, path,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::errand::Pickup;

/// One request.
pub struct Call {
    url: String,
    accept: &'static str,
    body: Body,
    bearer: Option<Token>,
}

/// What a request carries. Wiped when dropped: codes and presentations are in it.
pub enum Body {
    /// Nothing: the request is a GET.
    None,
    /// `application/x-www-form-urlencoded`.
    Form(Zeroizing<String>),
    /// `application/json`.
    Json(Zeroizing<String>),
}

/// The right to collect one record, for a few minutes.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Token(String);

/// What an issuer issued: the bytes of a record, and how to say that it has arrived.
pub struct Issued {
    pub(crate) record: Vec<u8>,
    pub(crate) notification: String,
}

/// What an issuer answers to a commitment.
pub(crate) enum Answered {
    /// With a record.
    Record(Issued),
    /// The lab has no result yet, and wants to be left alone for so many seconds.
    NotYet(u64),
}

/// One answer. Wiped when dropped: tokens and records are in it.
pub struct Reply {
    status: u16,
    body: Zeroizing<Vec<u8>>,
}

impl Call {
    /// Fetches a trust list from `url`.
    pub fn trust_list(url: &IssuerUrl) -> Self {
        Self { url: url.to_string(), accept: "application/cbor", body: Body::None, bearer: None }
    }

    /// Fetches the trust list that an office goes by.
    pub fn trust_list_of(office: &IssuerUrl) -> Self {
        Self { url: office.join(path::TRUST_LIST), accept: "application/cbor", body: Body::None, bearer: None }
    }

    pub(crate) fn token(issuer: &IssuerUrl, pickup: &Pickup) -> Self {
        let grant = PRE_AUTHORIZED_CODE.replace(':', "%3A");
        let mut form = Zeroizing::new(format!("grant_type={grant}&pre-authorized_code="));
        // Codes are letters, digits and hyphens, which a form takes as they are.
        form.push_str(&pickup.code());
        if let Some(factor) = pickup.second_factor() {
            form.push_str("&tx_code=");
            form.push_str(&factor);
        }
        Self { url: issuer.join(path::TOKEN), accept: JSON, body: Body::Form(form), bearer: None }
    }

    pub(crate) fn record(
        issuer: &IssuerUrl,
        token: &Token,
        record_type: &TypeName,
        commitment: &CommitmentWithProof,
    ) -> Self {
        let request = CredentialRequest {
            credential_configuration_id: record_type.to_string(),
            proofs: Proofs::BautaCommitment([Base64Url(commitment.to_bytes())]),
        };
        Self::json(issuer.join(path::CREDENTIAL), &request, Some(token))
    }

    pub(crate) fn accepted(issuer: &IssuerUrl, token: &Token, notification: &str) -> Self {
        let request = NotificationRequest {
            notification_id: notification.to_owned(),
            event: NotificationEvent::CredentialAccepted,
        };
        Self::json(issuer.join(path::NOTIFICATION), &request, Some(token))
    }

    /// Asks an office for a nonce.
    pub fn nonce(office: &IssuerUrl) -> Self {
        let nothing = Body::Form(Zeroizing::default());
        Self { url: office.join(path::NONCE), accept: JSON, body: nothing, bearer: None }
    }

    /// Asks an office for passes.
    pub fn passes(office: &IssuerUrl, request: &OfficeRequest) -> Self {
        let request = CredentialRequest {
            credential_configuration_id: PASSES.to_owned(),
            proofs: Proofs::BautaRecordPresentation([Base64Url(request.to_bytes())]),
        };
        Self::json(office.join(path::CREDENTIAL), &request, None)
    }

    fn json(url: String, request: &impl Serialize, bearer: Option<&Token>) -> Self {
        let json = serde_json::to_string(request).expect("texts and base64url have a JSON form");
        Self { url, accept: JSON, body: Body::Json(Zeroizing::new(json)), bearer: bearer.cloned() }
    }

    /// Where it goes.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The host and port that it goes to, for messages.
    pub fn host(&self) -> &str {
        let after_scheme = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        after_scheme.split('/').next().unwrap_or(after_scheme)
    }

    /// Whether it stays on this machine. Only then is it `http`.
    pub fn is_loopback(&self) -> bool {
        self.url.starts_with("http://")
    }

    /// What kind of answer is wanted.
    pub fn accept(&self) -> &str {
        self.accept
    }

    /// What it carries.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// The token that goes into the `Authorization` header.
    pub fn bearer(&self) -> Option<&str> {
        self.bearer.as_ref().map(|Token(token)| token.as_str())
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url, accept: _, body: _, bearer: _ } = self;
        write!(f, "Call({url})")
    }
}

const JSON: &str = "application/json";

/// The status of an answer that says: not yet.
const ACCEPTED: u16 = 202;

impl Reply {
    /// From a status and a body of bounded length.
    pub fn new(status: u16, body: Vec<u8>) -> Self {
        Self { status, body: Zeroizing::new(body) }
    }

    pub(crate) fn token(&self) -> Result<(Token, TypeName), Declined> {
        let mut response: TokenResponse = self.json()?;
        let record_type = response.credential_configuration_id.parse().map_err(|_| Declined::Unreadable)?;
        Ok((Token(repeatable(mem::take(&mut response.access_token))?), record_type))
    }

    /// The answer to `commitment`.
    pub(crate) fn record(&self, commitment: &CommitmentWithProof) -> Result<Answered, Declined> {
        if self.status == ACCEPTED {
            let DeferredResponse { transaction_id: Base64Url(transaction), interval } = self.json()?;
            // Anything else would be a mark that the issuer has put on this wallet.
            return (transaction == commitment.to_bytes())
                .then_some(Answered::NotYet(interval))
                .ok_or(Declined::Unreadable);
        }
        let response: CredentialResponse = self.json().map_err(|declined| match declined {
            Declined::Denied => Declined::TakenByAnother,
            declined => declined,
        })?;
        let [IssuedCredential { credential: Base64Url(record) }] = response.credentials;
        let notification = repeatable(response.notification_id.ok_or(Declined::Unreadable)?)?;
        Ok(Answered::Record(Issued { record, notification }))
    }

    pub(crate) fn acknowledged(&self) -> Result<(), Declined> {
        self.success().map(drop)
    }

    /// The nonce that an office gave.
    ///
    /// # Errors
    /// [`Declined`].
    pub fn nonce(&self) -> Result<Vec<u8>, Declined> {
        let NonceResponse { c_nonce: Base64Url(nonce) } = self.json()?;
        (nonce.len() <= OfficeAsk::MAX_NONCE).then_some(nonce).ok_or(Declined::Unreadable)
    }

    /// The bytes of an office's answer, for [`crate::renew::Renewal::receive`].
    ///
    /// # Errors
    /// [`Declined`].
    pub fn passes(&self) -> Result<Vec<u8>, Declined> {
        let response: CredentialResponse = self.json()?;
        let [IssuedCredential { credential: Base64Url(answer) }] = response.credentials;
        Ok(answer)
    }

    /// The bytes of a trust list, for [`crate::vault::Vault::advance`].
    ///
    /// # Errors
    /// [`Declined`].
    pub fn trust_list(&self) -> Result<&[u8], Declined> {
        self.success()
    }

    fn json<T: DeserializeOwned>(&self) -> Result<T, Declined> {
        serde_json::from_slice(self.success()?).map_err(|_| Declined::Unreadable)
    }

    fn success(&self) -> Result<&[u8], Declined> {
        match self.status {
            200..=299 => Ok(&self.body),
            429 => Err(Declined::TooOften),
            500..=599 => Err(Declined::Busy),
            status => {
                // Only words that we know count: what a stranger writes does not reach the screen.
                let error = serde_json::from_slice::<OAuthError>(&self.body).map(|error| error.error);
                Err(match error.as_deref() {
                    Ok("invalid_grant") => Declined::Code,
                    Ok("invalid_nonce") => Declined::Nonce,
                    Ok("invalid_proof") => Declined::Proof,
                    Ok("invalid_token") => Declined::Token,
                    Ok("invalid_credential_request") => Declined::OtherList,
                    Ok("credential_request_denied") => Declined::Denied,
                    _ => Declined::Status(status),
                })
            }
        }
    }
}

/// What a wallet is given to say again. A line break in a header would make two; anything long would be a burden.
fn repeatable(text: String) -> Result<String, Declined> {
    const MAX_LEN: usize = 4096;
    let fits = text.len() <= MAX_LEN && text.bytes().all(|b| b.is_ascii_graphic());
    fits.then_some(text).ok_or(Declined::Unreadable)
}

/// The other side has answered, and not with what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Declined {
    /// Unknown, ended, or collected before.
    #[error(
        "this code does not count: it was mistyped, is too old, or was used already. Check it, or ask the lab for a new one"
    )]
    Code,
    /// Asked too often, or a code is locked after wrong tries.
    #[error(
        "asked too often, or the code is locked for a while after wrong tries. Nothing is lost: try again in some minutes"
    )]
    TooOften,
    /// The right to collect has ended.
    #[error("that took too long, and the right to collect has ended: try again")]
    Token,
    /// A commitment of another wallet came first.
    #[error("another wallet has collected with this code already. If that was not you, tell the lab at once")]
    TakenByAnother,
    /// The record was withdrawn or has ended.
    #[error("this record gets no more passes: it was withdrawn, or has ended. Ask the lab that issued it")]
    Denied,
    /// The nonce has ended.
    #[error("that took too long for the pass office: try again")]
    Nonce,
    /// The proof does not hold for the other side.
    #[error("the service does not accept this wallet's proof: check that this device's clock is right, and try again")]
    Proof,
    /// The office reads rules from another list, or counts another day.
    #[error(
        "the office goes by another trust list or another day: check that this device's clock is right, and try again in some \
         minutes"
    )]
    OtherList,
    /// Overloaded or out of order.
    #[error("the service cannot answer now. Nothing is lost: try again later")]
    Busy,
    /// Something else.
    #[error("the service refuses (status {0}): check the address, or try again later")]
    Status(u16),
    /// Not what the specification says.
    #[error("what answers there is no Bauta service, or one of another version: check the address")]
    Unreadable,
}
