//! Who makes a call under `/v1`: the gate has let them in before ([`super::table`]).

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage as _, HttpRequest};

use super::refusal::{Refusal, ToLab};
use crate::staff::Actor;

/// Whoever was let in.
pub(super) struct Staff(pub(super) Actor);

/// What they were let in with.
pub(super) struct Token(pub(super) zeroize::Zeroizing<String>);

impl FromRequest for Staff {
    type Error = ToLab;
    type Future = Ready<Result<Self, ToLab>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        // Behind a gate that lets everybody in there is nobody.
        ready(request.extensions().get::<Actor>().cloned().map(Self).ok_or_else(|| Refusal::NoKey.into()))
    }
}

impl FromRequest for Token {
    type Error = ToLab;
    type Future = Ready<Result<Self, ToLab>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let token = bearer(request).map(|token| Self(zeroize::Zeroizing::new(token.to_owned())));
        ready(token.ok_or_else(|| Refusal::NoKey.into()))
    }
}

/// The token, key or session that a request brings.
pub(super) fn bearer(request: &HttpRequest) -> Option<&str> {
    request.headers().get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}
