//! The JSON of OpenID for Verifiable Credential Issuance 1.0 (OpenID4VCI), as far as Bauta speaks it. Members that are not known are
//! skipped, as the standard asks.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::offer::IssuerUrl;
use crate::attributes::TypeName;

/// Where an issuer answers.
pub mod path {
    /// `GET`: [`super::IssuerMetadata`].
    pub const ISSUER_METADATA: &str = "/.well-known/openid-credential-issuer";
    /// `GET`: [`super::AuthorizationServerMetadata`].
    pub const AUTHORIZATION_SERVER_METADATA: &str = "/.well-known/oauth-authorization-server";
    /// `GET`: [`super::OfferDocument`], the same for everybody.
    pub const OFFER: &str = "/offer";
    /// `POST` of a form: [`super::TokenRequest`] to [`super::TokenResponse`].
    pub const TOKEN: &str = "/token";
    /// `POST` of nothing: [`super::NonceResponse`].
    pub const NONCE: &str = "/nonce";
    /// `POST`: [`super::CredentialRequest`] to [`super::CredentialResponse`].
    pub const CREDENTIAL: &str = "/credential";
    /// `POST`: [`super::DeferredRequest`] to [`super::CredentialResponse`].
    pub const DEFERRED_CREDENTIAL: &str = "/deferred_credential";
    /// `POST`: [`super::NotificationRequest`].
    pub const NOTIFICATION: &str = "/notification";
    /// `GET`: the signed trust list, `application/cbor`.
    pub const TRUST_LIST: &str = "/trust-list";
}

/// The format of a record in a credential response: [`crate::credential::Credential`].
pub const RECORD_FORMAT: &str = "bauta-record+cbor";
/// The format of the office's answer: [`super::OfficeAnswer`].
pub const PASSES_FORMAT: &str = "bauta-passes+cbor";
/// The credential configuration of the office. A record's is the name of its type.
pub const PASSES: &str = "passes";
/// The grant type of the token request.
pub const PRE_AUTHORIZED_CODE: &str = "urn:ietf:params:oauth:grant-type:pre-authorized_code";
/// Stands in the offer document, which is the same for everybody, for "take the code from the link's fragment".
pub const CODE_IN_FRAGMENT: &str = "code-in-fragment";

const COMMITMENT_PROOF: &str = "bauta_commitment";
const RECORD_PRESENTATION_PROOF: &str = "bauta_record_presentation";

/// OpenID4VCI, section 12.2: what an issuer issues, and where.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct IssuerMetadata {
    /// Who answers; a wallet compares it with the address it asked.
    pub credential_issuer: IssuerUrl,
    /// Address of the credential endpoint.
    pub credential_endpoint: String,
    /// Address of the nonce endpoint.
    pub nonce_endpoint: String,
    /// Address of the deferred credential endpoint; an office alone has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferred_credential_endpoint: Option<String>,
    /// Address of the notification endpoint; an office alone has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notification_endpoint: Option<String>,
    /// What can be asked for: record types by name, and [`PASSES`].
    pub credential_configurations_supported: BTreeMap<String, CredentialConfiguration>,
}

impl IssuerMetadata {
    /// The metadata of a service that issues these records and, as `office`, passes.
    pub fn of<'a>(issuer: &IssuerUrl, records: impl IntoIterator<Item = &'a TypeName>, office: Option<Office>) -> Self {
        let mut configurations: BTreeMap<_, _> = records
            .into_iter()
            .map(|name| {
                let shown = name.to_string().replace('-', " ");
                (name.to_string(), CredentialConfiguration::new(shown, RECORD_FORMAT, COMMITMENT_PROOF))
            })
            .collect();
        let of_records = |path| (!configurations.is_empty()).then(|| issuer.join(path));
        let deferred_credential_endpoint = of_records(path::DEFERRED_CREDENTIAL);
        let notification_endpoint = of_records(path::NOTIFICATION);
        if let Some(Office) = office {
            let passes = CredentialConfiguration::new(PASSES.to_owned(), PASSES_FORMAT, RECORD_PRESENTATION_PROOF);
            configurations.insert(PASSES.to_owned(), passes);
        }
        Self {
            credential_issuer: issuer.clone(),
            credential_endpoint: issuer.join(path::CREDENTIAL),
            nonce_endpoint: issuer.join(path::NONCE),
            deferred_credential_endpoint,
            notification_endpoint,
            credential_configurations_supported: configurations,
        }
    }
}

/// Says that a service is a pass office too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Office;

/// One thing that can be asked for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CredentialConfiguration {
    /// [`RECORD_FORMAT`] or [`PASSES_FORMAT`].
    pub format: String,
    /// To what a credential is bound: a commitment to the holder's secret.
    #[serde(default)]
    pub cryptographic_binding_methods_supported: Vec<String>,
    /// Which proof a request carries: one of the members of [`Proofs`].
    #[serde(default)]
    pub proof_types_supported: BTreeMap<String, ProofType>,
    /// Its name. Some libraries take an issuer without the member for one of a draft.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_metadata: Option<CredentialMetadata>,
}

/// What a wallet may show of a configuration.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CredentialMetadata {
    /// One, without a language.
    #[serde(default)]
    pub display: Vec<Display>,
}

/// A name.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Display {
    /// For a person.
    pub name: String,
}

impl CredentialConfiguration {
    fn new(name: String, format: &str, proof: &str) -> Self {
        let algorithms =
            ProofType { proof_signing_alg_values_supported: vec!["BBS_BLS12381G1_XMD:SHA-256_SSWU_RO_".to_owned()] };
        Self {
            format: format.to_owned(),
            cryptographic_binding_methods_supported: vec![COMMITMENT_PROOF.to_owned()],
            proof_types_supported: BTreeMap::from([(proof.to_owned(), algorithms)]),
            credential_metadata: Some(CredentialMetadata { display: vec![Display { name }] }),
        }
    }
}

/// How a proof is made; the standard wants the member.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ProofType {
    /// The one cipher suite.
    pub proof_signing_alg_values_supported: Vec<String>,
}

/// RFC 8414: where the token comes from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AuthorizationServerMetadata {
    /// The same address as the issuer's.
    pub issuer: IssuerUrl,
    /// Address of the token endpoint.
    pub token_endpoint: String,
    /// None: there is no authorization endpoint.
    pub response_types_supported: Vec<String>,
    /// [`PRE_AUTHORIZED_CODE`] only.
    pub grant_types_supported: Vec<String>,
    /// "none": wallets have no accounts.
    pub token_endpoint_auth_methods_supported: Vec<String>,
    /// OpenID4VCI, section 12.3: wallets need not say who they are.
    #[serde(rename = "pre-authorized_grant_anonymous_access_supported")]
    pub anonymous_access: bool,
}

impl AuthorizationServerMetadata {
    /// Of this issuer.
    pub fn of(issuer: &IssuerUrl) -> Self {
        Self {
            issuer: issuer.clone(),
            token_endpoint: issuer.join(path::TOKEN),
            response_types_supported: Vec::new(),
            grant_types_supported: vec![PRE_AUTHORIZED_CODE.to_owned()],
            token_endpoint_auth_methods_supported: vec!["none".to_owned()],
            anonymous_access: true,
        }
    }
}

/// OpenID4VCI, section 4.1: what waits behind an offer link. The same for everybody, so that fetching it tells nothing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OfferDocument {
    /// Who offers.
    pub credential_issuer: IssuerUrl,
    /// The record types that may wait. Which one does, the token response says.
    pub credential_configuration_ids: Vec<String>,
    /// How to get a token.
    pub grants: Grants,
}

/// The one grant.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Grants {
    /// See [`PreAuthorizedGrant`].
    #[serde(rename = "urn:ietf:params:oauth:grant-type:pre-authorized_code")]
    pub pre_authorized_code: PreAuthorizedGrant,
}

/// Always [`CODE_IN_FRAGMENT`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PreAuthorizedGrant {
    /// Always [`CODE_IN_FRAGMENT`].
    #[serde(rename = "pre-authorized_code")]
    pub code: String,
}

impl OfferDocument {
    /// Of an issuer with these record types.
    pub fn of<'a>(issuer: &IssuerUrl, records: impl IntoIterator<Item = &'a TypeName>) -> Self {
        Self {
            credential_issuer: issuer.clone(),
            credential_configuration_ids: records.into_iter().map(TypeName::to_string).collect(),
            grants: Grants { pre_authorized_code: PreAuthorizedGrant { code: CODE_IN_FRAGMENT.to_owned() } },
        }
    }
}

/// OpenID4VCI, section 6.1, as a form. Secret: it holds the code, which is wiped on drop.
#[derive(Serialize, Deserialize)]
pub struct TokenRequest {
    /// [`PRE_AUTHORIZED_CODE`].
    pub grant_type: String,
    /// A [`super::Code`].
    #[serde(rename = "pre-authorized_code")]
    pub pre_authorized_code: String,
    /// A [`super::SecondFactor`], with a short code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tx_code: Option<String>,
}

impl Drop for TokenRequest {
    fn drop(&mut self) {
        let Self { grant_type: _, pre_authorized_code, tx_code } = self;
        pre_authorized_code.zeroize();
        tx_code.zeroize();
    }
}

impl fmt::Debug for TokenRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { grant_type: _, pre_authorized_code: _, tx_code: _ } = self;
        f.write_str("TokenRequest(..)")
    }
}

/// OpenID4VCI, section 6.2. Secret: it holds the token, which is wiped on drop.
#[derive(Serialize, Deserialize)]
pub struct TokenResponse {
    /// Bearer of the right to collect, for a few minutes.
    pub access_token: String,
    /// Always "Bearer".
    pub token_type: TokenType,
    /// Seconds until it ends.
    pub expires_in: u32,
    /// Which record waits: the credential configuration to ask for.
    pub credential_configuration_id: String,
}

impl Drop for TokenResponse {
    fn drop(&mut self) {
        self.access_token.zeroize();
    }
}

impl fmt::Debug for TokenResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { access_token: _, token_type: _, expires_in, credential_configuration_id } = self;
        f.debug_struct("TokenResponse")
            .field("expires_in", expires_in)
            .field("credential_configuration_id", credential_configuration_id)
            .finish_non_exhaustive()
    }
}

/// RFC 6750.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum TokenType {
    /// Whoever holds the token.
    Bearer,
}

/// OpenID4VCI, section 7.2.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NonceResponse {
    /// Base64url of the nonce of an office request.
    pub c_nonce: Base64Url,
}

/// OpenID4VCI, section 8.2.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CredentialRequest {
    /// A record type's name, or [`PASSES`].
    pub credential_configuration_id: String,
    /// One proof of the kind that the configuration names.
    pub proofs: Proofs,
}

/// The proof of a credential request: exactly one, of one kind.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proofs {
    /// For a record: the 144 bytes of a blind commitment with its proof.
    BautaCommitment([Base64Url; 1]),
    /// For passes: an [`super::OfficeRequest`].
    BautaRecordPresentation([Base64Url; 1]),
}

/// OpenID4VCI, section 8.3.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CredentialResponse {
    /// One: the record, or all passes together.
    pub credentials: [IssuedCredential; 1],
    /// With a record: to be sent back as acknowledgement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notification_id: Option<String>,
}

/// OpenID4VCI, section 8.3, with status 202: the lab has ordered and has no result yet.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DeferredResponse {
    /// The commitment of the request once more, so that the issuer need not keep it and cannot mark it.
    pub transaction_id: Base64Url,
    /// For so many seconds the wallet does not ask again.
    pub interval: u64,
}

/// OpenID4VCI, section 9.1: asks again without the whole request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DeferredRequest {
    /// From the [`DeferredResponse`].
    pub transaction_id: Base64Url,
}

/// A credential, or all passes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct IssuedCredential {
    /// Base64url of [`crate::credential::Credential`] or [`super::OfficeAnswer`].
    pub credential: Base64Url,
}

/// OpenID4VCI, section 11.1.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NotificationRequest {
    /// From the credential response.
    pub notification_id: String,
    /// What became of the record.
    pub event: NotificationEvent,
}

/// What became of a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotificationEvent {
    /// It is in the vault: the issuer forgets the facts.
    CredentialAccepted,
    /// The wallet refused it.
    CredentialFailure,
    /// The person threw it away.
    CredentialDeleted,
}

/// RFC 6749, section 5.2, and the errors that OpenID4VCI adds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OAuthError {
    /// A word of the standards, such as "invalid_grant".
    pub error: String,
    /// What is wrong and what to do next, for a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_description: Option<String>,
}

/// Bytes in JSON: base64url without padding, one spelling.
#[derive(Clone, PartialEq, Eq)]
pub struct Base64Url(pub Vec<u8>);

impl fmt::Debug for Base64Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Base64Url({} bytes)", self.0.len())
    }
}

impl Serialize for Base64Url {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64_URL_SAFE_NO_PAD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Base64Url {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        BASE64_URL_SAFE_NO_PAD
            .decode(text)
            .map(Self)
            .map_err(|_| serde::de::Error::custom("not base64url without padding"))
    }
}
