//! What travels between lab, issuer, wallet, verifier and authority: every document, byte for byte.
#![forbid(unsafe_code)]

pub mod attributes;
pub mod cbor;
pub mod credential;
pub mod hint;
pub mod issuance;
pub mod policy;
pub mod poster;
pub mod presentation;
pub mod qr;
pub mod rules;
pub mod sealed;
pub mod signed;
pub mod time;
pub mod trust;
pub mod words;

mod text;

pub use cbor::Malformed;
