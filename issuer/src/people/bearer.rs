//! Bearer tokens of another OpenID provider, such as the one where a hospital's people log in anyway.
//!
//! A token says who somebody is, and nothing else: what they may do here, and whether they are suspended, is in our own accounts. Only
//! signatures with a public key count (ES256, EdDSA, RS256), never `none` and never a shared secret.

use std::sync::Once;
use std::time::Duration;

use bauta_spec::time::Moment;
use jsonwebtoken::crypto::{CryptoProvider, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{ErrorKind, new_error};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::signature::{Error as NotVerified, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind, Validation, dangerous, decode, decode_header};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
    VerificationAlgorithm,
};
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::config::{BearerProvider, KeySet};
use crate::outgoing::Outgoing;
use crate::service::busy;

/// The providers of the settings.
#[derive(Debug)]
pub(crate) struct Providers(Vec<Provider>);

#[derive(Debug)]
struct Provider {
    settings: BearerProvider,
    outgoing: Outgoing,
    known: Mutex<Known>,
}

/// Its keys, as they were read last.
#[derive(Debug, Default)]
struct Known {
    keys: Vec<Jwk>,
    read: Option<Moment>,
    tried: Option<Moment>,
}

/// What we read of a token. Everything else it says is not our business.
#[derive(Deserialize)]
struct Claims {
    sub: String,
    exp: u64,
    nbf: Option<u64>,
}

/// Who made it, before anything is believed.
#[derive(Deserialize)]
struct Unproven {
    iss: String,
}

/// By so many seconds the provider's clock may differ from ours.
const LEEWAY_SECONDS: u64 = 60;

/// So often at most the keys are read, whatever tokens come.
const READ_SECONDS: u64 = 60;

/// Keys that were read longer ago are read again, so that one that the provider has withdrawn ends.
const FRESH_SECONDS: u64 = 10 * 60;

/// Keys that could not be read again for so long do not count any more.
const STALE_SECONDS: u64 = 3600;

/// No honest token or key set is longer.
const LONGEST_TOKEN: usize = 8 * 1024;
const LONGEST_SET: u64 = 64 * 1024;

/// For the provider to tell its keys.
const PATIENCE: Duration = Duration::from_secs(5);

impl Providers {
    pub(super) fn new(settings: &[BearerProvider], outgoing: &Outgoing) -> Self {
        verify_with_ring();
        let provider = |settings: &BearerProvider| Provider {
            settings: settings.clone(),
            outgoing: outgoing.clone(),
            known: Mutex::default(),
        };
        Self(settings.iter().map(provider).collect())
    }

    pub(super) fn has(&self, issuer: &str) -> bool {
        self.0.iter().any(|provider| provider.settings.issuer == issuer)
    }

    /// Of whom a token speaks, by which provider, if it holds. Why it does not would help only a forger.
    pub(super) async fn subject_of(&self, token: &str, now: Moment) -> Option<(String, String)> {
        if self.0.is_empty() || token.len() > LONGEST_TOKEN || token.bytes().filter(|byte| *byte == b'.').count() != 2 {
            return None;
        }
        let Unproven { iss } = dangerous::insecure_decode_claims(token).ok()?;
        let provider = self.0.iter().find(|provider| provider.settings.issuer == iss)?;
        let header = decode_header(token).ok()?;
        let curve_fits = matches!(header.alg, Algorithm::ES256 | Algorithm::EdDSA | Algorithm::RS256);
        if !curve_fits || header.crit.is_some() {
            return None;
        }
        let key = provider.key(header.kid.as_deref()?, header.alg, now).await?;
        let claims = decode::<Claims>(token, &key, &provider.rules(header.alg)).ok()?.claims;
        let in_time = now.unix() < claims.exp.saturating_add(LEEWAY_SECONDS)
            && claims.nbf.is_none_or(|begins| now.unix().saturating_add(LEEWAY_SECONDS) >= begins);
        (in_time && !claims.sub.is_empty()).then_some((iss, claims.sub))
    }
}

impl Provider {
    /// Times are looked at here, by the service's own clock.
    fn rules(&self, algorithm: Algorithm) -> Validation {
        let mut rules = Validation::new(algorithm);
        rules.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
        rules.set_issuer(&[&self.settings.issuer]);
        rules.set_audience(&[&self.settings.audience]);
        rules.validate_exp = false;
        rules.validate_nbf = false;
        rules
    }

    /// The key of that name, if it is one for such signatures.
    async fn key(&self, id: &str, algorithm: Algorithm, now: Moment) -> Option<DecodingKey> {
        // Whoever comes while the keys are being read waits and finds them.
        let mut known = self.known.lock().await;
        let age = |moment: Option<Moment>| moment.map_or(u64::MAX, |moment| now.unix().saturating_sub(moment.unix()));
        let wanted = known.find(id).is_none() || age(known.read) >= FRESH_SECONDS;
        if wanted && age(known.tried) >= READ_SECONDS {
            known.tried = Some(now);
            match read(self.settings.keys.clone(), self.outgoing.clone()).await {
                Ok(keys) => {
                    known.keys = keys;
                    known.read = Some(now);
                }
                Err(reason) => {
                    tracing::warn!(issuer = %self.settings.issuer, reason, "the provider's keys were not read")
                }
            }
        }
        if age(known.read) >= STALE_SECONDS {
            return None;
        }
        let key = known.find(id)?;
        is_for(key, algorithm).then(|| DecodingKey::from_jwk(key).ok()).flatten()
    }
}

impl Known {
    fn find(&self, id: &str) -> Option<&Jwk> {
        self.keys.iter().find(|key| key.common.key_id.as_deref() == Some(id))
    }
}

/// Whether a key is for such signatures: its kind must fit, and what it says of itself.
fn is_for(key: &Jwk, algorithm: Algorithm) -> bool {
    let kind_fits = match (&key.algorithm, algorithm) {
        (AlgorithmParameters::EllipticCurve(curve), Algorithm::ES256) => curve.curve == EllipticCurve::P256,
        (AlgorithmParameters::OctetKeyPair(pair), Algorithm::EdDSA) => pair.curve == EllipticCurve::Ed25519,
        (AlgorithmParameters::RSA(_), Algorithm::RS256) => true,
        _ => false,
    };
    let for_signatures = matches!(key.common.public_key_use, None | Some(PublicKeyUse::Signature));
    let said = key.common.key_algorithm.as_ref();
    kind_fits && for_signatures && said.is_none_or(|said| *said == algorithm.into())
}

/// The provider's keys, without those that we could not use anyway.
async fn read(from: KeySet, outgoing: Outgoing) -> Result<Vec<Jwk>, &'static str> {
    let read = busy(move || match from {
        KeySet::File(file) => {
            let bytes = std::fs::read(file).map_err(|_| "the file cannot be read")?;
            parse(&bytes)
        }
        KeySet::Url(url) => {
            let agent = outgoing.call(PATIENCE).build().new_agent();
            let mut answer = agent.get(url.as_str()).call().map_err(|_| "the address does not answer with 200")?;
            let bytes = answer.body_mut().with_config().limit(LONGEST_SET).read_to_vec();
            parse(&bytes.map_err(|_| "the answer broke off or is too long")?)
        }
    });
    read.await.unwrap_or(Err("the request broke off"))
}

fn parse(bytes: &[u8]) -> Result<Vec<Jwk>, &'static str> {
    if bytes.len() as u64 > LONGEST_SET {
        return Err("the set is too long");
    }
    serde_json::from_slice(bytes).map(|JwkSet { keys }| keys).map_err(|_| "this is no JSON Web Key Set")
}

/// The library leaves the mathematics to somebody else; here it is what TLS uses already, for verifying only.
fn verify_with_ring() {
    static PROVIDER: CryptoProvider = CryptoProvider {
        signer_factory: |_, _| Err(new_error(ErrorKind::InvalidAlgorithm)),
        verifier_factory: |algorithm, key| Ok(Box::new(ByRing::new(*algorithm, key)?)),
        key_utils: KeyUtils::new_unimplemented(),
    };
    static INSTALLED: Once = Once::new();
    // Whoever else put something there in this process verifies no less.
    INSTALLED.call_once(|| _ = PROVIDER.install_default());
}

struct ByRing {
    algorithm: Algorithm,
    key: DecodingKeyKind,
}

impl ByRing {
    fn new(algorithm: Algorithm, key: &DecodingKey) -> jsonwebtoken::errors::Result<Self> {
        if key.family() == algorithm.family() {
            Ok(Self { algorithm, key: key.kind().clone() })
        } else {
            Err(new_error(ErrorKind::InvalidAlgorithm))
        }
    }
}

impl Verifier<Vec<u8>> for ByRing {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), NotVerified> {
        let by: &dyn VerificationAlgorithm = match self.algorithm {
            Algorithm::ES256 => &ECDSA_P256_SHA256_FIXED,
            Algorithm::EdDSA => &ED25519,
            Algorithm::RS256 => &RSA_PKCS1_2048_8192_SHA256,
            _ => return Err(NotVerified::new()),
        };
        let verified = match &self.key {
            DecodingKeyKind::SecretOrDer(key) => UnparsedPublicKey::new(by, key).verify(message, signature),
            DecodingKeyKind::RsaModulusExponent { n, e } => {
                RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            }
        };
        verified.map_err(|_| NotVerified::new())
    }
}

impl JwtVerifier for ByRing {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}
