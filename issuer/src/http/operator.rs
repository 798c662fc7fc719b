//! What whoever runs the service asks: is it alive, is it ready, what does it speak.

use actix_web::http::header;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpResponse, HttpResponseBuilder};
use utoipa::OpenApi;

use super::described::{Bearer, Refusals, SampleBundle};
use super::refusal::RETRY_SECONDS;
use super::{App, lab, office, people, refusal};

pub(super) fn routes(routes: &mut ServiceConfig) {
    routes
        .route("/livez", web::get().to(livez))
        .route("/readyz", web::get().to(readyz))
        .route("/openapi.json", web::get().to(openapi_json));
}

async fn livez() -> HttpResponse {
    HttpResponse::Ok().content_type(PLAIN).body("ok")
}

/// Ready is who can issue: with a database that answers, a trust list and keys that count now, and a clock that can be believed.
async fn readyz(app: Data<App>) -> HttpResponse {
    if app.farewell.is_said() {
        return not_ready().body("not ready: it was told to stop\n");
    }
    let ailments = app.service.ailments().await;
    if ailments.is_empty() {
        return HttpResponse::Ok().content_type(PLAIN).body("ready");
    }
    let named: Vec<String> = ailments.iter().map(|ailment| format!("{ailment}\n")).collect();
    not_ready().body(format!("not ready: see `bauta-issuer doctor`\n{}", named.concat()))
}

fn not_ready() -> HttpResponseBuilder {
    let mut answer = HttpResponse::ServiceUnavailable();
    answer.insert_header((header::RETRY_AFTER, RETRY_SECONDS.to_string())).content_type(PLAIN);
    answer
}

const PLAIN: &str = "text/plain; charset=utf-8";

async fn openapi_json() -> HttpResponse {
    HttpResponse::Ok().json(openapi())
}

#[derive(OpenApi)]
#[openapi(
    info(title = "Bauta issuer", description = "The lab side. Wallets speak OpenID4VCI 1.0, see spec/issuance.md."),
    paths(
        lab::add, lab::replace, lab::correct, lab::status, lab::withdraw, lab::withdraw_many, lab::order, lab::replace_order,
        lab::import_fhir, lab::counts, office::withdrawn, people::begin_account,
        people::begin_session, people::end_session, people::accounts, people::make_account, people::invite_again,
        people::link_account, people::suspend_account, people::resume_account, people::api_keys, people::new_api_key,
        people::end_api_key, people::labs, people::suspend_lab, people::proposals, people::propose, people::approve, people::reject, people::acts
    ),
    // Most calls name none of their refusals: they have them from `described`.
    components(schemas(refusal::Problem)),
    modifiers(&Bearer, &Refusals, &SampleBundle)
)]
struct Described;

/// What `/v1` speaks, as OpenAPI 3.1.
pub fn openapi() -> utoipa::openapi::OpenApi {
    Described::openapi()
}
