//! One line per request, and the same for the metrics: method, route, status, duration. Never an address, a query, a path as it was typed, a header or a body: any of
//! them may be about a person.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Data;

use super::App;
use super::refusal::Word;

/// Middleware: writes it.
pub(super) async fn one_line(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let begun = Instant::now();
    let method = request.method().clone();
    let route = request.match_pattern();
    let app = request.app_data::<Data<App>>().cloned();
    let response = next.call(request).await;
    let status = match &response {
        Ok(response) => response.status(),
        Err(error) => error.as_response_error().status_code(),
    };
    if let Some(app) = app {
        let refusal = response.as_ref().ok().and_then(|answer| answer.response().extensions().get::<Word>().copied());
        let word = refusal.map(|Word(word)| word);
        app.service.metrics.answered(route.clone(), status.as_u16(), begun.elapsed(), word);
    }
    tracing::info!(
        method = known(&method),
        route = route.as_deref().unwrap_or("none"),
        status = status.as_u16(),
        milliseconds = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        "request"
    );
    response
}

/// A method is free text, too.
fn known(method: &actix_web::http::Method) -> &str {
    match method.as_str() {
        known @ ("GET" | "POST" | "HEAD" | "OPTIONS" | "PUT" | "DELETE" | "PATCH") => known,
        _ => "other",
    }
}
