//! Everything in this crate that reads bytes from outside, by name. Shared by the mutation tests and the fuzz targets.
//!
//! Each takes any bytes and returns. Where it accepts, it also writes again and compares: there is one spelling.

use std::sync::OnceLock;

use bauta_spec::attributes::{CredentialType, DisclosedSet, Use, shipped};
use bauta_spec::cbor;
use bauta_spec::credential::{Credential, KeyId};
use bauta_spec::hint::Hint;
use bauta_spec::issuance::{
    AuthorizationServerMetadata, Code, CredentialRequest, CredentialResponse, DeferredRequest, DeferredResponse,
    IssuerMetadata, NonceResponse, NotificationRequest, OAuthError, Offer, OfferDocument, OfficeAnswer, OfficeRequest,
    SecondFactor, TokenRequest, TokenResponse,
};
use bauta_spec::policy::Policy;
use bauta_spec::poster::{CertifiedPoster, OrganiserCertificate, Poster};
use bauta_spec::presentation::{Envelope, Naming, PairEnvelope};
use bauta_spec::qr::{self, Asked, Question};
use bauta_spec::rules::Rule;
use bauta_spec::sealed::{Kind, open};
use bauta_spec::signed::{RootPublic, Signed, Statement};
use bauta_spec::time::{Day, Month};
use bauta_spec::trust::{Delegate, KeyStatement, Programme, TrustList, TrustListBody};
use bauta_spec::withdrawn::Withdrawals;
use bauta_spec::words::{Language, Line};
use serde::de::DeserializeOwned;

/// Reads bytes from outside as one kind of document.
pub(crate) type Decoder = fn(&[u8]);

/// Name, which is also the folder of its corpus, and decoder.
pub(crate) const DECODERS: [(&str, Decoder); 22] = [
    ("asked", asked),
    ("certified_poster", certified_poster),
    ("credential", credential),
    ("credential_type", credential_type),
    ("delegate", statement::<Delegate>),
    ("json", json),
    ("key", statement::<KeyStatement>),
    ("letters", letters),
    ("office_answer", office_answer),
    ("office_request", office_request),
    ("organiser", statement::<OrganiserCertificate>),
    ("policy", statement::<Policy>),
    ("poster", statement::<Poster>),
    ("presentation", presentation),
    ("programme", statement::<Programme>),
    ("qr_text", qr_text),
    ("rule", statement::<Rule>),
    ("sealed", sealed),
    ("signed", signed),
    ("trust_list", trust_list),
    ("trust_list_body", statement::<TrustListBody>),
    ("withdrawals", statement::<Withdrawals>),
];

/// The decoder of that name.
pub(crate) fn named(name: &str) -> Decoder {
    let found = DECODERS.iter().find(|(known, _)| *known == name);
    found.unwrap_or_else(|| panic!("no decoder {name}")).1
}

fn types() -> &'static [CredentialType] {
    static TYPES: OnceLock<Vec<CredentialType>> = OnceLock::new();
    TYPES.get_or_init(shipped)
}

fn credential_type(bytes: &[u8]) {
    if let Ok(read) = CredentialType::from_bytes(bytes) {
        assert_eq!(read.to_bytes(), bytes, "read otherwise than written");
        read.header();
    }
}

fn credential(bytes: &[u8]) {
    for credential_type in types() {
        if let Ok(read) = Credential::from_bytes(bytes, credential_type) {
            assert_eq!(read.to_bytes(), bytes, "read otherwise than written");
        }
    }
}

fn office_request(bytes: &[u8]) {
    if let Ok(read) = OfficeRequest::from_bytes(bytes) {
        assert_eq!(read.to_bytes(), bytes, "read otherwise than written");
        read.ask.challenge(read.presentation.how_many());
    }
}

/// Reads the first signatures only, as a wallet that stops at the first bad one.
fn office_answer(bytes: &[u8]) {
    if let Ok(read) = OfficeAnswer::from_bytes(bytes) {
        assert_eq!(read.to_bytes(), bytes, "read otherwise than written");
        let _ = read.signatures().take_while(Result::is_ok).take(4).count();
    }
}

/// The payload of a statement, as it is read once its signature holds.
fn statement<T: Statement>(bytes: &[u8]) {
    if let Ok(read) = cbor::decode_canonical::<T>(bytes, T::MAX) {
        assert_eq!(cbor::encode(&read), bytes, "read otherwise than written");
    }
}

fn signed(bytes: &[u8]) {
    if let Ok(read) = Signed::<Rule>::from_bytes(bytes) {
        assert_eq!(read.to_bytes(), bytes, "read otherwise than written");
    }
}

fn certified_poster(bytes: &[u8]) {
    if let Ok(read) = CertifiedPoster::from_bytes(bytes) {
        assert_eq!(read.to_bytes(), bytes, "read otherwise than written");
        let _ = read.verify(root());
    }
}

fn trust_list(bytes: &[u8]) {
    if let Ok(read) = TrustList::verify_held(bytes, root()) {
        assert_eq!(read.bytes(), bytes, "read otherwise than written");
    }
}

/// The root of the vectors, so that inputs which keep their signatures get all the way.
fn root() -> &'static RootPublic {
    static ROOT: OnceLock<RootPublic> = OnceLock::new();
    ROOT.get_or_init(|| {
        let keys: serde_json::Value = serde_json::from_str(include_str!("../../vectors/keys.json")).expect("JSON");
        keys["root"]["public_key"].as_str().expect("a text").parse().expect("a key")
    })
}

/// Opened as every kind of showing there is: only the one of the same length gets as far as its points.
fn presentation(bytes: &[u8]) {
    let shown = |credential_type: &'static CredentialType| {
        let disclosed = match credential_type.usage() {
            Use::Record => DisclosedSet::all(credential_type.len()),
            Use::Pass => DisclosedSet::default().with(0).with(1),
        };
        (credential_type, disclosed)
    };
    if let Ok(read) = Envelope::from_bytes(bytes) {
        assert_eq!(read.to_bytes(), bytes, "read otherwise than written");
        for (credential_type, disclosed) in types().iter().map(shown) {
            for naming in [Naming::Anonymous, Naming::Pseudonymous] {
                let _ = read.open(credential_type, disclosed, naming);
            }
        }
    }
    if let Ok(read) = PairEnvelope::from_bytes(bytes) {
        assert_eq!(read.to_bytes(), bytes, "read otherwise than written");
        for first in types().iter().map(shown) {
            for second in types().iter().map(shown) {
                for naming in [Naming::Anonymous, Naming::Pseudonymous] {
                    let _ = read.open([first, second], naming);
                }
            }
        }
    }
}

fn qr_text(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(read) = qr::from_text(text) {
        assert_eq!(qr::to_text(&read), text, "read otherwise than written");
        presentation(&read);
    }
}

/// What a wallet scans at an entrance.
fn asked(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(read) = text.parse::<Asked>() {
        assert_eq!(read.to_string(), text, "read otherwise than written");
        if let Asked::Poster(poster) = read {
            certified_poster(&poster.to_bytes());
        }
    }
}

/// A file may ask for seconds and 256 MiB, which its owner pays. Here only those that ask for the least are opened to the end.
fn sealed(bytes: &[u8]) {
    const COST: std::ops::Range<usize> = 14..19;
    const LEAST: [u8; 5] = [0, 0, 0, 8, 1];
    if bytes.get(COST).is_none_or(|cost| cost == LEAST) {
        let _ = open(Kind::Wallet, b"correct horse battery staple", bytes);
    }
}

/// What people type, and a door's question.
fn letters(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = text.parse::<Code>();
    let _ = text.parse::<SecondFactor>();
    let _ = text.parse::<Hint>();
    let _ = Hint::of(text, 5);
    let _ = text.parse::<Day>();
    let _ = text.parse::<Month>();
    let _ = text.parse::<Line>();
    let _ = text.parse::<Language>();
    let _ = text.parse::<KeyId>();
    if let Ok(question) = text.parse::<Question>() {
        assert_eq!(question.to_string(), text, "read otherwise than written");
    }
    if let Ok(offer) = text.parse::<Offer>() {
        let again: Offer = offer.link().parse().expect("a link is read again");
        assert_eq!(again.issuer, offer.issuer, "read otherwise than written");
    }
}

/// Whatever comes as JSON: what officials write, and the messages of collecting.
fn json(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let (first, last) = (Day::new(20_000), Day::new(20_030));
        let _ = CredentialType::from_json(text);
        let _ = Rule::from_json(text, types(), first, last);
        let _ = Policy::from_json(text, types(), &[], first, last);
    }
    message::<IssuerMetadata>(bytes);
    message::<AuthorizationServerMetadata>(bytes);
    message::<OfferDocument>(bytes);
    message::<TokenRequest>(bytes);
    message::<TokenResponse>(bytes);
    message::<NonceResponse>(bytes);
    message::<CredentialRequest>(bytes);
    message::<CredentialResponse>(bytes);
    message::<DeferredResponse>(bytes);
    message::<DeferredRequest>(bytes);
    message::<NotificationRequest>(bytes);
    message::<OAuthError>(bytes);
}

fn message<T: DeserializeOwned>(bytes: &[u8]) {
    let _ = serde_json::from_slice::<T>(bytes);
}
