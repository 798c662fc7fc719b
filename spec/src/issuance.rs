#![doc = include_str!("../issuance.md")]

mod code;
mod messages;
mod offer;
mod office;

pub use code::{Code, PickupCode, SecondFactor, ShortCode};
pub use messages::{
    AuthorizationServerMetadata, Base64Url, CODE_IN_FRAGMENT, CredentialConfiguration, CredentialMetadata,
    CredentialRequest, CredentialResponse, DeferredRequest, DeferredResponse, Display, Grants, IssuedCredential,
    IssuerMetadata, NonceResponse, NotificationEvent, NotificationRequest, OAuthError, OfferDocument, Office, PASSES,
    PASSES_FORMAT, PRE_AUTHORIZED_CODE, PreAuthorizedGrant, ProofType, Proofs, RECORD_FORMAT, TokenRequest,
    TokenResponse, TokenType, path,
};
pub use offer::{IssuerUrl, Offer};
pub use office::{HowMany, OfficeAnswer, OfficeAsk, OfficeRequest, Records};

#[cfg(test)]
mod tests;
