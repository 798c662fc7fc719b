//! What wallets ask: OpenID for Verifiable Credential Issuance 1.0, with our own formats and proof types.

use actix_web::http::header;
use actix_web::web::{self, Bytes, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, Route};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bauta_crypto::pseudonym::CommitmentWithProof;
use bauta_spec::attributes::{TypeName, Use};
use bauta_spec::issuance::{
    AuthorizationServerMetadata, Base64Url, CredentialRequest, CredentialResponse, DeferredRequest, DeferredResponse,
    IssuedCredential, IssuerMetadata, NonceResponse, NotificationEvent, NotificationRequest, OfferDocument, Office,
    OfficeRequest, PASSES, PRE_AUTHORIZED_CODE, Proofs, TokenRequest, TokenResponse, TokenType, path,
};

use super::refusal::{Refusal, ToWallet};
use super::{App, json};
use crate::collect::{Answered, CollectError, TOKEN_SECONDS};
use crate::config::Role;
use crate::office::OfficeError;
use crate::pickup::Pickup;
use crate::service::Service;

/// What both roles answer.
pub(super) fn routes(routes: &mut ServiceConfig, own_path: &str) {
    well_known(routes, path::ISSUER_METADATA, own_path, || web::get().to(issuer_metadata));
    routes
        .route(path::NONCE, web::post().to(nonce))
        .route(path::CREDENTIAL, web::post().to(credential))
        .route(path::TRUST_LIST, web::get().to(trust_list));
}

/// What only the records role answers.
pub(super) fn records_routes(routes: &mut ServiceConfig, own_path: &str) {
    let document = path::AUTHORIZATION_SERVER_METADATA;
    well_known(routes, document, own_path, || web::get().to(authorization_server_metadata));
    routes
        .route(path::OFFER, web::get().to(offer))
        .route(path::TOKEN, web::post().to(token))
        .route(path::DEFERRED_CREDENTIAL, web::post().to(deferred_credential))
        .route(path::NOTIFICATION, web::post().to(notification));
}

/// Where the standards put it, also if this service is known by an address with a path; and where a proxy that takes that path away asks.
fn well_known(routes: &mut ServiceConfig, document: &str, own_path: &str, route: impl Fn() -> Route) {
    routes.route(document, route());
    if !own_path.is_empty() {
        routes.route(&format!("{document}{own_path}"), route());
    }
}

async fn issuer_metadata(app: Data<App>) -> HttpResponse {
    let service = &app.service;
    let office = service.config().plays(Role::Passes).then_some(Office);
    HttpResponse::Ok().json(IssuerMetadata::of(&service.config().public_url, &record_types(service), office))
}

async fn authorization_server_metadata(app: Data<App>) -> HttpResponse {
    HttpResponse::Ok().json(AuthorizationServerMetadata::of(&app.service.config().public_url))
}

/// The same for everybody: the code stays in the link's fragment, which never gets here.
async fn offer(app: Data<App>) -> HttpResponse {
    let service = &app.service;
    HttpResponse::Ok().json(OfferDocument::of(&service.config().public_url, &record_types(service)))
}

async fn token(app: Data<App>, body: Bytes) -> Result<HttpResponse, ToWallet> {
    let request = token_request(&body)?;
    if request.grant_type != PRE_AUTHORIZED_CODE {
        return Err(Refusal::UnsupportedGrant.into());
    }
    let pickup = Pickup::of(&request.pre_authorized_code, request.tx_code.as_deref()).map_err(Refusal::NoCode)?;
    let now = app.service.now();
    if matches!(pickup, Pickup::Short(..)) {
        app.limits.short_codes_open(now)?;
    }
    let granted = app.service.grant(&pickup).await;
    if matches!((&granted, &pickup), (Err(CollectError::UnknownCode), Pickup::Short(..))) {
        app.limits.short_code_missed(now);
    }
    let granted = granted?;
    Ok(HttpResponse::Ok().json(TokenResponse {
        access_token: BASE64_URL_SAFE_NO_PAD.encode(&granted.token),
        token_type: TokenType::Bearer,
        expires_in: TOKEN_SECONDS,
        credential_configuration_id: granted.record_type.to_string(),
    }))
}

async fn nonce(app: Data<App>) -> HttpResponse {
    HttpResponse::Ok().json(NonceResponse { c_nonce: Base64Url(app.service.nonce()) })
}

async fn credential(app: Data<App>, request: HttpRequest, body: Bytes) -> Result<HttpResponse, ToWallet> {
    let asked: CredentialRequest = credential_request(&body)?;
    let service = &app.service;
    let response = match (asked.credential_configuration_id.as_str(), asked.proofs) {
        (PASSES, Proofs::BautaRecordPresentation([proof])) if service.config().plays(Role::Passes) => {
            // No access token: the record that is presented is the right to its passes.
            let request = OfficeRequest::from_bytes(&proof.0).map_err(|_| OfficeError::Proof)?;
            CredentialResponse { credentials: one(service.renew(request).await?.to_bytes()), notification_id: None }
        }
        (name, Proofs::BautaCommitment([proof])) if service.config().plays(Role::Records) && name != PASSES => {
            let record_type: TypeName = name.parse().map_err(|_| Refusal::UnknownConfiguration)?;
            let commitment = CommitmentWithProof::from_bytes(&proof.0).map_err(|_| CollectError::Proof)?;
            return Ok(answer(service.issue(&bearer(&request)?, &record_type, commitment).await?));
        }
        (PASSES, Proofs::BautaCommitment(_)) | (_, Proofs::BautaRecordPresentation(_)) => {
            return Err(Refusal::OtherProof.into());
        }
        (_, Proofs::BautaCommitment(_)) => return Err(Refusal::UnknownConfiguration.into()),
    };
    Ok(HttpResponse::Ok().json(response))
}

/// For wallets that were told to ask again. Sending the whole request again does as well.
async fn deferred_credential(app: Data<App>, request: HttpRequest, body: Bytes) -> Result<HttpResponse, ToWallet> {
    let DeferredRequest { transaction_id } = json(&body)?;
    let token = bearer(&request)?;
    let commitment = CommitmentWithProof::from_bytes(&transaction_id.0).map_err(|_| CollectError::Transaction)?;
    match app.service.issue_deferred(&token, commitment).await {
        Ok(answered) => Ok(answer(answered)),
        Err(CollectError::Proof) => Err(CollectError::Transaction.into()),
        Err(refused) => Err(refused.into()),
    }
}

fn answer(answered: Answered) -> HttpResponse {
    match answered {
        Answered::Record(issued) => HttpResponse::Ok().json(CredentialResponse {
            credentials: one(issued.record),
            notification_id: Some(BASE64_URL_SAFE_NO_PAD.encode(issued.notification_id)),
        }),
        Answered::NotYet { transaction, seconds } => HttpResponse::Accepted()
            .json(DeferredResponse { transaction_id: Base64Url(transaction), interval: seconds.into() }),
    }
}

async fn notification(app: Data<App>, request: HttpRequest, body: Bytes) -> Result<HttpResponse, ToWallet> {
    let said: NotificationRequest = json(&body)?;
    let token = bearer(&request)?;
    let id = BASE64_URL_SAFE_NO_PAD.decode(&said.notification_id).map_err(|_| CollectError::Notification)?;
    match said.event {
        NotificationEvent::CredentialAccepted => app.service.acknowledge(&token, &id).await?,
        // The code goes on waiting, for the same wallet to try again or for the lab to withdraw the result.
        NotificationEvent::CredentialFailure | NotificationEvent::CredentialDeleted => {}
    }
    Ok(HttpResponse::NoContent().finish())
}

async fn trust_list(app: Data<App>) -> Result<HttpResponse, ToWallet> {
    let list = app.service.trust().list(app.service.now()).map_err(CollectError::NoTrust)?;
    Ok(HttpResponse::Ok().content_type("application/cbor").body(list.bytes().to_vec()))
}

fn token_request(body: &Bytes) -> Result<TokenRequest, Refusal> {
    let not_understood = Refusal::NotUnderstood("a token request is a form with grant_type and pre-authorized_code");
    let form = std::str::from_utf8(body).ok().and_then(|form| web::Query::from_query(form).ok());
    form.map(web::Query::into_inner).ok_or(not_understood)
}

/// OpenID4VCI has a word of its own for a credential request that is not understood (section 8.3.1.2).
fn credential_request(body: &Bytes) -> Result<CredentialRequest, Refusal> {
    let refusal = |error: serde_json::Error| Refusal::CredentialRequest { line: error.line(), column: error.column() };
    serde_json::from_slice(body).map_err(refusal)
}

fn bearer(request: &HttpRequest) -> Result<Vec<u8>, CollectError> {
    let header = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| value.strip_prefix("Bearer ")).ok_or(CollectError::Token)?;
    BASE64_URL_SAFE_NO_PAD.decode(token).map_err(|_| CollectError::Token)
}

fn one(credential: Vec<u8>) -> [IssuedCredential; 1] {
    [IssuedCredential { credential: Base64Url(credential) }]
}

/// The record types that this service has keys for.
fn record_types(service: &Service) -> Vec<TypeName> {
    let Ok(list) = service.trust().list(service.now()) else { return Vec::new() };
    let held = |name: &TypeName| service.keys().iter().any(|key| key.credential_type() == name);
    let records = list.types().iter().filter(|listed| listed.usage() == Use::Record);
    records.map(|listed| listed.name().clone()).filter(held).collect()
}
