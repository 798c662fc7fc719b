//! Everything that can be answered instead of what was asked for, and the one map from it to a status.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use bauta_spec::issuance::OAuthError;
use serde::Serialize;

use crate::access::AccessError;
use crate::collect::CollectError;
use crate::lab::{BadName, CallError, LabError};
use crate::labs::LabsError;
use crate::office::OfficeError;
use crate::people::PeopleError;
use crate::pickup::NoCode;
use crate::store::StoreError;

/// Why a request gets no other answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    #[error("{0}")]
    NotUnderstood(&'static str),
    #[error("the JSON is not what this call takes: see line {line}, column {column}, and /openapi.json")]
    Json { line: usize, column: usize },
    #[error("the body is longer than the 64 KiB that any call here takes")]
    TooLarge,
    #[error("the body took too long to arrive: send it within 5 seconds")]
    TooSlow,
    #[error("too many requests: try again later")]
    TooMany { seconds: u64 },
    #[error("the service is too busy now: try again later")]
    Busy,
    #[error("nothing is handed over by this service: leave `hand_over_to` away, or set up [hand_over]")]
    NobodyHandsOver,
    #[error("hand_over_to has 1 to 128 visible characters: a name that your own system knows the recipient by")]
    BadRecipient,
    #[error("there is nothing at this address")]
    NoSuchPage,
    #[error("this address is for other methods: see the header Allow, and /openapi.json")]
    OtherMethod,
    #[error(
        "a session, an API key or a bearer token in force is needed: begin one with POST /v1/session, or have a key made"
    )]
    NoKey,
    #[error("your role is for other calls: see README.md for who may do what")]
    NotForYou,
    #[error("a handler broke off")]
    Panicked,
    #[error("only the pre-authorized code grant is offered")]
    UnsupportedGrant,
    #[error(transparent)]
    NoCode(NoCode),
    #[error("the JSON is not a credential request with one proof of ours: see line {line}, column {column}")]
    CredentialRequest { line: usize, column: usize },
    #[error("this credential configuration is not offered here")]
    UnknownConfiguration,
    #[error("this credential configuration takes another kind of proof")]
    OtherProof,
    #[error(transparent)]
    Name(#[from] BadName),
    #[error(transparent)]
    Collect(#[from] CollectError),
    #[error(transparent)]
    Office(#[from] OfficeError),
    #[error(transparent)]
    Lab(#[from] LabError),
    #[error(transparent)]
    People(#[from] PeopleError),
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error(transparent)]
    Labs(#[from] LabsError),
    #[error(transparent)]
    Call(#[from] CallError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Refusal {
    /// The one map from what went wrong to a status and to the word that OAuth 2.0 and OpenID4VCI have for it.
    fn status(&self) -> (StatusCode, &'static str) {
        const BAD: StatusCode = StatusCode::BAD_REQUEST;
        match self {
            Self::NotUnderstood(_) | Self::Json { .. } | Self::Name(_) => (BAD, "invalid_request"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "invalid_request"),
            Self::TooSlow => (StatusCode::REQUEST_TIMEOUT, "invalid_request"),
            Self::TooMany { .. } => (StatusCode::TOO_MANY_REQUESTS, "slow_down"),
            Self::Busy => UNAVAILABLE,
            Self::NobodyHandsOver | Self::BadRecipient => (BAD, "invalid_request"),
            Self::NoSuchPage => (StatusCode::NOT_FOUND, "invalid_request"),
            Self::OtherMethod => (StatusCode::METHOD_NOT_ALLOWED, "invalid_request"),
            Self::Panicked => (StatusCode::INTERNAL_SERVER_ERROR, "server_error"),
            Self::NoKey => (StatusCode::UNAUTHORIZED, "invalid_client"),
            Self::NotForYou => (StatusCode::FORBIDDEN, "unauthorized_client"),
            Self::UnsupportedGrant => (BAD, "unsupported_grant_type"),
            // OpenID4VCI, section 6.3: what can be nobody's code is a wrong one; a second factor that belongs to none is another mistake.
            Self::NoCode(NoCode::Nobodys) => (BAD, "invalid_grant"),
            Self::NoCode(NoCode::TooMuch | NoCode::TooLittle) => (BAD, "invalid_request"),
            Self::CredentialRequest { .. } => (BAD, "invalid_credential_request"),
            Self::UnknownConfiguration => (BAD, "unknown_credential_configuration"),
            Self::OtherProof => (BAD, "invalid_proof"),
            Self::Collect(error) => match error {
                CollectError::UnknownCode => (BAD, "invalid_grant"),
                CollectError::Locked(_) => (StatusCode::TOO_MANY_REQUESTS, "slow_down"),
                CollectError::Token => (StatusCode::UNAUTHORIZED, "invalid_token"),
                CollectError::Proof => (BAD, "invalid_proof"),
                CollectError::TakenByAnother => (BAD, "credential_request_denied"),
                CollectError::OtherType => (BAD, "unknown_credential_configuration"),
                CollectError::Transaction => (BAD, "invalid_transaction_id"),
                CollectError::Notification => (BAD, "invalid_notification_id"),
                CollectError::Unreadable => (StatusCode::INTERNAL_SERVER_ERROR, "server_error"),
                CollectError::NoKey | CollectError::NoTrust(_) => UNAVAILABLE,
                CollectError::Store(error) => of_the_store(error),
            },
            Self::Office(error) => match error {
                OfficeError::Nonce => (BAD, "invalid_nonce"),
                OfficeError::OtherTrustList { .. } | OfficeError::OtherWindow { .. } => {
                    (BAD, "invalid_credential_request")
                }
                OfficeError::Proof => (BAD, "invalid_proof"),
                OfficeError::Ended | OfficeError::Withdrawn => (BAD, "credential_request_denied"),
                OfficeError::NotNow | OfficeError::NoTrust(_) => UNAVAILABLE,
                OfficeError::Store(error) => of_the_store(error),
            },
            Self::Lab(error) => match error {
                LabError::NoSuchType(_) | LabError::Fact(_) => (BAD, "invalid_request"),
                LabError::NoLab | LabError::NotEnrolled | LabError::Suspended => {
                    (StatusCode::FORBIDDEN, "unauthorized_client")
                }
                LabError::QuotaReached { .. } => (StatusCode::TOO_MANY_REQUESTS, "slow_down"),
                LabError::Unknown => (StatusCode::NOT_FOUND, "invalid_request"),
                LabError::TooLate(_) | LabError::OtherType | LabError::NoResultYet => {
                    (StatusCode::CONFLICT, "invalid_request")
                }
                LabError::NoKey(_) | LabError::NoTrust(_) => UNAVAILABLE,
                LabError::Store(error) => of_the_store(error),
            },
            Self::People(error) => match error {
                PeopleError::RoleAndLab | PeopleError::NoSuchProvider => (BAD, "invalid_request"),
                PeopleError::Refused => (StatusCode::UNAUTHORIZED, "invalid_grant"),
                PeopleError::Invitation | PeopleError::NotYours => (StatusCode::FORBIDDEN, "access_denied"),
                PeopleError::NoSuchLab
                | PeopleError::Unknown
                | PeopleError::NotResumed
                | PeopleError::NotLinked
                | PeopleError::NoProposal => (StatusCode::NOT_FOUND, "invalid_request"),
                PeopleError::NameTaken => (StatusCode::CONFLICT, "invalid_request"),
                PeopleError::TryLater => (StatusCode::TOO_MANY_REQUESTS, "slow_down"),
                PeopleError::Busy | PeopleError::NoTrust(_) => UNAVAILABLE,
                PeopleError::Labs(error) => of_labs(error),
                PeopleError::Store(error) => of_the_store(error),
            },
            Self::Labs(error) => of_labs(error),
            Self::Access(error) => match error {
                AccessError::NameTaken => (StatusCode::CONFLICT, "invalid_request"),
                AccessError::Unknown => (StatusCode::NOT_FOUND, "invalid_request"),
                AccessError::RoleAndLab | AccessError::NoLab => (StatusCode::FORBIDDEN, "access_denied"),
                AccessError::NoTrust(_) => UNAVAILABLE,
                AccessError::Store(error) => of_the_store(error),
            },
            Self::Call(error) => match error {
                CallError::Bundle(_) | CallError::TooMany => (BAD, "invalid_request"),
                CallError::NoMapping => (StatusCode::NOT_FOUND, "invalid_request"),
                // Nothing that the caller can put right.
                CallError::Mapping(_) => UNAVAILABLE,
            },
            Self::Store(error) => of_the_store(error),
        }
    }

    /// When it is worth to try again.
    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::TooMany { seconds } => Some(*seconds),
            Self::Lab(LabError::QuotaReached { seconds, .. }) => Some(*seconds),
            // To the second would tell when the last wrong guess was made.
            Self::Collect(CollectError::Locked(_)) => Some(crate::collect::LOCK_SECONDS),
            Self::People(PeopleError::TryLater) => Some(crate::people::TRIES_SECONDS),
            Self::Busy => Some(BUSY_SECONDS),
            _ => (self.status().0 == StatusCode::SERVICE_UNAVAILABLE).then_some(RETRY_SECONDS),
        }
    }

    /// What stands in the answer. What went wrong inside is for the log.
    fn words(&self) -> String {
        if self.status().0.is_server_error() {
            "the service cannot answer now: try again later; if it lasts, tell its operator".to_owned()
        } else {
            self.to_string()
        }
    }

    /// The answer, in the form that the visitors of `path` expect.
    pub(super) fn answer(&self, path: &str) -> HttpResponse {
        let problem = path.starts_with("/v1/");
        if problem { self.as_problem() } else { self.as_oauth_error() }
    }

    fn as_oauth_error(&self) -> HttpResponse {
        let (_, error) = self.status();
        let body = OAuthError { error: error.to_owned(), error_description: Some(self.words()) };
        self.with_body("application/json", serde_json::to_string(&body))
    }

    fn as_problem(&self) -> HttpResponse {
        self.with_body(PROBLEM, serde_json::to_string(&self.problem()))
    }

    /// The same as one of several answers.
    pub(super) fn problem(&self) -> Problem {
        let (status, _) = self.status();
        Problem::new(status, self.words())
    }

    fn with_body(&self, kind: &'static str, body: serde_json::Result<String>) -> HttpResponse {
        let (status, word) = self.status();
        // A line for each would only add to what there is too much of: the metrics count them.
        if status.is_server_error() && !matches!(self, Self::Busy) {
            tracing::error!(reason = %self, "refused");
        }
        let mut response = HttpResponse::build(status);
        response.extensions_mut().insert(Word(word));
        response.insert_header((header::CONTENT_TYPE, kind));
        if let Some(seconds) = self.retry_after() {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        if status == StatusCode::UNAUTHORIZED {
            let challenge = format!("Bearer error=\"{word}\"");
            response.insert_header((
                header::WWW_AUTHENTICATE,
                HeaderValue::from_str(&challenge).unwrap_or(HeaderValue::from_static("Bearer")),
            ));
        }
        response.body(body.unwrap_or_default())
    }
}

const UNAVAILABLE: (StatusCode, &str) = (StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable");

/// After so many seconds a database or a trust list is often back.
pub(super) const RETRY_SECONDS: u64 = 5;

/// A rush is often over sooner.
const BUSY_SECONDS: u64 = 2;

fn of_labs(error: &LabsError) -> (StatusCode, &'static str) {
    match error {
        LabsError::NameTaken => (StatusCode::CONFLICT, "invalid_request"),
        LabsError::Unknown => (StatusCode::NOT_FOUND, "invalid_request"),
        LabsError::Vocabulary(_) => (StatusCode::BAD_REQUEST, "invalid_request"),
        LabsError::NoTrust(_) => UNAVAILABLE,
        LabsError::Store(error) => of_the_store(error),
    }
}

fn of_the_store(error: &StoreError) -> (StatusCode, &'static str) {
    match error {
        StoreError::Unavailable(_) | StoreError::TooSlow => UNAVAILABLE,
        StoreError::Password(_) | StoreError::Migration(_) | StoreError::Damaged(_) | StoreError::NotSealed => {
            (StatusCode::INTERNAL_SERVER_ERROR, "server_error")
        }
    }
}

/// The media type of RFC 9457.
pub(super) const PROBLEM: &str = "application/problem+json";

/// What a refusal is counted as: stands beside the answer, and not in it.
#[derive(Clone, Copy)]
pub(super) struct Word(pub(super) &'static str);

/// RFC 9457.
#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct Problem {
    r#type: &'static str,
    title: &'static str,
    /// The status once more.
    status: u16,
    /// What is wrong and what to do next.
    detail: String,
}

impl Problem {
    pub(super) fn new(status: StatusCode, detail: String) -> Self {
        let title = status.canonical_reason().unwrap_or_default();
        Self { r#type: "about:blank", title, status: status.as_u16(), detail }
    }
}

/// To wallets, as OAuth 2.0 has it.
#[derive(Debug)]
pub(super) struct ToWallet(Refusal);

/// To labs and offices, as RFC 9457 has it.
#[derive(Debug)]
pub(super) struct ToLab(Refusal);

impl<E: Into<Refusal>> From<E> for ToWallet {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl<E: Into<Refusal>> From<E> for ToLab {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl std::fmt::Display for ToWallet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::fmt::Display for ToLab {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for ToWallet {
    fn status_code(&self) -> StatusCode {
        self.0.status().0
    }

    fn error_response(&self) -> HttpResponse {
        self.0.as_oauth_error()
    }
}

impl ResponseError for ToLab {
    fn status_code(&self) -> StatusCode {
        self.0.status().0
    }

    fn error_response(&self) -> HttpResponse {
        self.0.as_problem()
    }
}

pub(super) async fn no_such_page(request: HttpRequest) -> HttpResponse {
    Refusal::NoSuchPage.answer(request.path())
}
