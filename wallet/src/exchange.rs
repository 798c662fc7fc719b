//! What a wallet says to an issuer, an office and the authority, and how it reads their answers: OpenID4VCI 1.0 as `issuance` in
//! `bauta-spec` has it. No connection is opened here: a [`Call`] is sent by whoever runs the wallet, and comes back as a [`Reply`].
//!
//! Paths are those of the specification, not those of the issuer's metadata: an address made for one wallet would be a tag on it.

use bauta_crypto::pseudonym::CommitmentWithProof;
use bauta_spec::issuance::{
    Base64Url, Code, CredentialRequest, CredentialResponse, IssuedCredential, IssuerUrl, NonceResponse,
    NotificationEvent, NotificationRequest, OAuthError, OfficeAsk, OfficeRequest, PASSES, PRE_AUTHORIZED_CODE, Proofs,
    SecondFactor, TokenResponse, path,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

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

/// One answer.
pub struct Reply {
    status: u16,
    body: Vec<u8>,
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

    pub(crate) fn token(issuer: &IssuerUrl, code: &Code, second_factor: Option<&SecondFactor>) -> Self {
        let code = match code {
            Code::Pickup(code) => code.text(),
            Code::Short(code) => code.text(),
        };
        let mut form = Zeroizing::new(format!("grant_type={}&pre-authorized_code=", PRE_AUTHORIZED_CODE.replace(':', "%3A")));
        // Both are letters, digits and hyphens, which a form takes as they are.
        form.push_str(&code);
        if let Some(factor) = second_factor {
            form.push_str("&tx_code=");
            form.push_str(&factor.text());
        }
        Self { url: issuer.join(path::TOKEN), accept: JSON, body: Body::Form(form), bearer: None }
    }

    pub(crate) fn record(
        issuer: &IssuerUrl,
        token: &Token,
        configuration: &str,
        commitment: &CommitmentWithProof,
    ) -> Self {
        let request = CredentialRequest {
            credential_configuration_id: configuration.to_owned(),
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

const JSON: &str = "application/json";

impl Reply {
    /// From a status and a body of bounded length.
    pub fn new(status: u16, body: Vec<u8>) -> Self {
        Self { status, body }
    }

    pub(crate) fn token(&self) -> Result<(Token, String), Declined> {
        let response: TokenResponse = self.json()?;
        // It goes into a header: a line break in it would make two.
        if !response.access_token.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Declined::Unreadable);
        }
        Ok((Token(response.access_token), response.credential_configuration_id))
    }

    pub(crate) fn record(&self) -> Result<Issued, Declined> {
        let response: CredentialResponse = self.json()?;
        let [IssuedCredential { credential: Base64Url(record) }] = response.credentials;
        let notification = response.notification_id.ok_or(Declined::Unreadable)?;
        Ok(Issued { record, notification })
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
            429 | 500..=599 => Err(Declined::Busy),
            status => {
                // Only a word that we know is repeated: what a stranger writes does not reach the screen.
                let error = serde_json::from_slice::<OAuthError>(&self.body).map(|error| error.error);
                Err(match error.as_deref() {
                    Ok("invalid_grant") => Declined::Code,
                    Ok("invalid_request" | "invalid_tx_code") => Declined::SecondFactor,
                    Ok("invalid_nonce") => Declined::Nonce,
                    Ok("invalid_proof") => Declined::Proof,
                    Ok("invalid_token") => Declined::Token,
                    Ok("credential_request_denied") => Declined::Denied,
                    _ => Declined::Status(status),
                })
            }
        }
    }
}

/// The other side has answered, and not with what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Declined {
    /// Unknown, ended, already collected with another wallet, or locked for a time.
    #[error(
        "this code does not count: it was collected already, has ended, was mistyped, or is locked for a while after wrong tries. \
         Check it, try again in an hour, or ask the lab for a new code"
    )]
    Code,
    /// Missing or of the wrong form.
    #[error("the lab wants the second factor as well: seven digits that it sent on another way (--second-factor)")]
    SecondFactor,
    /// Too old by now.
    #[error("the office's nonce has ended in between: try again")]
    Nonce,
    /// The office or the lab does not take the proof.
    #[error(
        "the proof is not accepted: the other side may go by another trust list, or this wallet's clock is wrong. \
         Check the clock, run `trust update`, try again in a few minutes"
    )]
    Proof,
    /// Took too long.
    #[error("the right to collect has ended in between: try again")]
    Token,
    /// Withdrawn, or ended.
    #[error("this record gets no more passes: it was withdrawn or has ended. Ask the lab that issued it")]
    Denied,
    /// Overloaded or out of order.
    #[error("the other side is busy or out of order. Nothing is lost: try again later")]
    Busy,
    /// Something else.
    #[error("the other side refuses with status {0}: is the address right?")]
    Status(u16),
    /// Not what the standard says.
    #[error("the answer is not what the standard says: is the address right?")]
    Unreadable,
}
