//! Headers of every answer, refusals included.

use actix_web::HttpResponse;
use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use bauta_spec::issuance::path;

/// Nothing here is a page, so nothing may be run, framed or guessed at; answers are about one person and stay in no cache. No cookie and
/// no ETag is ever sent: either would let this service recognise a wallet.
const STRICT: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-site"),
];

/// What wallets ask for. A wallet may be a page of any origin, and whose page it is, is not our business: nothing here depends on
/// a cookie or on where somebody is logged in, so another origin gets no more than any program would.
const FOR_WALLETS: [&str; 9] = [
    path::ISSUER_METADATA,
    path::AUTHORIZATION_SERVER_METADATA,
    path::OFFER,
    path::TOKEN,
    path::NONCE,
    path::CREDENTIAL,
    path::DEFERRED_CREDENTIAL,
    path::NOTIFICATION,
    path::TRUST_LIST,
];

/// How a browser is told so. Without `Access-Control-Allow-Credentials`: it never sends cookies along.
const ANY_ORIGIN: [(HeaderName, &str); 2] = [
    (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    // Who is asked to come back later must be able to read when.
    (header::ACCESS_CONTROL_EXPOSE_HEADERS, "retry-after"),
];

/// The answer to a browser that asks before it sends. Two hours is the longest that any browser remembers it.
const BEFOREHAND: [(HeaderName, &str); 3] = [
    (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
    (header::ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type"),
    (header::ACCESS_CONTROL_MAX_AGE, "7200"),
];

/// Middleware: adds the strict ones.
pub(super) async fn strict(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let mut response = next.call(request).await?;
    make_strict(response.headers_mut());
    Ok(response)
}

/// For an answer that no middleware sees.
pub(super) fn make_strict(headers: &mut HeaderMap) {
    set(headers, &STRICT);
}

/// Middleware: lets pages of other origins read what wallets ask for, and nothing else.
pub(super) async fn for_wallets_of_any_origin<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, actix_web::Error> {
    if !is_for_wallets(request.path()) {
        return Ok(next.call(request).await?.map_into_left_body());
    }
    let asks_beforehand = request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ORIGIN)
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if asks_beforehand {
        let mut answer = request.into_response(HttpResponse::NoContent().finish()).map_into_right_body();
        set(answer.headers_mut(), &BEFOREHAND);
        answer
    } else {
        next.call(request).await?.map_into_left_body()
    };
    set(response.headers_mut(), &ANY_ORIGIN);
    Ok(response)
}

/// Also the two documents of a service whose address has a path, which follows theirs.
fn is_for_wallets(requested: &str) -> bool {
    let documents = [path::ISSUER_METADATA, path::AUTHORIZATION_SERVER_METADATA];
    let follows = |document: &str| requested.strip_prefix(document).is_some_and(|own| own.starts_with('/'));
    FOR_WALLETS.contains(&requested) || documents.into_iter().any(follows)
}

fn set(headers: &mut HeaderMap, values: &[(HeaderName, &'static str)]) {
    for (name, value) in values {
        headers.insert(name.clone(), HeaderValue::from_static(value));
    }
}
