use bauta_spec::hint::Hint;
use bauta_spec::issuance::{
    AuthorizationServerMetadata, CredentialRequest, CredentialResponse, DeferredRequest, DeferredResponse,
    IssuerMetadata, NonceResponse, NotificationRequest, OAuthError, Offer, OfferDocument, PickupCode, SecondFactor,
    ShortCode, TokenResponse,
};
use bauta_spec::qr::{Asked, Question};
use bauta_spec::sealed::{Kind, open};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::{Judgement, Vector, malformed, snake_case};

pub(crate) fn pickup_code(vector: &Vector) -> Judgement {
    let code: PickupCode = vector.text().parse().map_err(malformed)?;
    Ok(json!({ "bytes": hex::encode(code.expose()), "text": *code.text() }))
}

pub(crate) fn short_code(vector: &Vector) -> Judgement {
    let code: ShortCode = vector.text().parse().map_err(malformed)?;
    Ok(json!({ "bytes": hex::encode(code.expose()), "text": *code.text() }))
}

pub(crate) fn second_factor(vector: &Vector) -> Judgement {
    let factor: SecondFactor = vector.text().parse().map_err(malformed)?;
    Ok(json!({ "text": *factor.text() }))
}

pub(crate) fn offer(vector: &Vector) -> Judgement {
    let offer: Offer = vector.text().parse().map_err(malformed)?;
    Ok(json!({
        "issuer": offer.issuer.as_str(),
        "code": offer.code.as_ref().map(|code| code.text().to_string()),
        "link": *offer.link(),
        "url": *offer.url(),
    }))
}

/// A given name, a slash and the month of birth.
pub(crate) fn hint(vector: &Vector) -> Judgement {
    let (name, month) = vector.text().rsplit_once('/').expect("name/month");
    let hint = Hint::of(name, month.parse().expect("a month")).map_err(malformed)?;
    Ok(json!({ "number": hint.number(), "text": hint.to_string() }))
}

pub(crate) fn qr(vector: &Vector) -> Judgement {
    let bytes = bauta_spec::qr::from_text(vector.text()).map_err(|reason| match reason {
        bauta_spec::qr::Unreadable::TooLong => "too_long",
        bauta_spec::qr::Unreadable::NotOurs => "not_ours",
        bauta_spec::qr::Unreadable::NotBase45 => "not_base45",
    })?;
    assert_eq!(bauta_spec::qr::to_text(&bytes), vector.text(), "a text is written as it was read");
    Ok(json!({ "bytes": hex::encode(bytes) }))
}

pub(crate) fn question(vector: &Vector) -> Judgement {
    let question: Question = vector.text().parse().map_err(malformed)?;
    assert_eq!(question.to_string(), vector.text(), "a question is written as it was read");
    Ok(json!({ "policy": question.0 }))
}

/// Whatever a wallet may scan at an entrance.
pub(crate) fn asked(vector: &Vector) -> Judgement {
    let asked: Asked = vector.text().parse().map_err(malformed)?;
    assert_eq!(asked.to_string(), vector.text(), "a question is written as it was read");
    Ok(match asked {
        Asked::Policy(question) => json!({ "asks": "policy", "policy": question.0 }),
        Asked::Poster(poster) => json!({ "asks": "poster", "challenge": hex::encode(poster.challenge()) }),
        Asked::Challenge(challenge) => {
            json!({ "asks": "challenge", "policy": challenge.policy, "nonce": hex::encode(challenge.nonce) })
        }
    })
}

pub(crate) fn message(vector: &Vector) -> Judgement {
    let text = vector.text();
    match vector.known("message").as_str().expect("the name of a message") {
        "issuer-metadata" => read::<IssuerMetadata>(text),
        "authorization-server-metadata" => read::<AuthorizationServerMetadata>(text),
        "offer-document" => read::<OfferDocument>(text),
        "nonce-response" => read::<NonceResponse>(text),
        "credential-request" => read::<CredentialRequest>(text),
        "credential-response" => read::<CredentialResponse>(text),
        "deferred-response" => read::<DeferredResponse>(text),
        "deferred-request" => read::<DeferredRequest>(text),
        "token-response" => read::<TokenResponse>(text),
        "notification-request" => read::<NotificationRequest>(text),
        "oauth-error" => read::<OAuthError>(text),
        other => panic!("no message {other}"),
    }
}

/// The message as it is written again.
fn read<T: DeserializeOwned + Serialize>(text: &str) -> Judgement {
    let message: T = serde_json::from_str(text).map_err(malformed)?;
    Ok(json!(message))
}

pub(crate) fn sealed(vector: &Vector) -> Judgement {
    let kind = [
        Kind::RecordKey,
        Kind::PassKey,
        Kind::RootKey,
        Kind::DelegateKey,
        Kind::OrganiserKey,
        Kind::ServerSecret,
        Kind::Wallet,
        Kind::Backup,
    ]
    .into_iter()
    .find(|kind| Some(*kind as u64) == vector.known("kind").as_u64())
    .expect("a kind");
    let passphrase = vector.known("passphrase").as_str().expect("a passphrase");
    let opened = open(kind, passphrase.as_bytes(), &vector.bytes());
    let plaintext = opened.map_err(|reason| snake_case(&format!("{reason:?}")))?;
    Ok(json!({ "plaintext": hex::encode(&*plaintext) }))
}
