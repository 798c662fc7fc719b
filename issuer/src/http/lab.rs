//! What a lab's own software asks.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data, ServiceConfig};
use bauta_spec::attributes::{Handle, TypeName};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::access::Lab;
use super::refusal::{Problem, Refusal, ToLab};
use super::{App, json};
use crate::lab::{Added, Answered, Days, Entry, Facts, Outcome, TicketView};
use crate::pickup::Form;
use crate::service::Service;
use crate::store::{Kept, Which};

pub(super) fn routes(routes: &mut ServiceConfig) {
    routes
        .route("/results", web::post().to(add))
        .route("/results/replace", web::post().to(replace))
        .route("/results/status", web::post().to(status))
        .route("/results/withdraw", web::post().to(withdraw))
        .route("/import/fhir", web::post().to(import_fhir))
        .route("/counts", web::get().to(counts));
}

/// A result.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewResult {
    /// The record type, such as `health-record`.
    #[schema(value_type = String)]
    r#type: TypeName,
    /// The lab's own name for the result, 1 to 64 characters: a sample number, never a person's name. Only a keyed hash is kept.
    reference: String,
    /// Claim names and words: `{"tested": "naat", "tested_on": "2026-11-24"}`.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    facts: Facts,
    /// A short code and seven digits instead of a link.
    #[serde(default)]
    short: bool,
}

/// One of the two names of a result. In the body, because addresses end up in logs.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(super) enum Named {
    /// The lab's own.
    Reference(String),
    /// The record's, 32 hex digits.
    #[schema(value_type = String)]
    Handle(Handle),
}

/// How far a result has come.
#[derive(Serialize, ToSchema)]
pub(super) struct StatusView {
    /// `waiting`, `redeemed`, `collected`, `expired` or `withdrawn`.
    state: String,
    /// 32 hex digits.
    handle: String,
    /// The day it was added.
    added: String,
}

/// How codes are to be made.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Codes {
    /// Short codes and seven digits instead of links.
    #[serde(default)]
    short: bool,
}

/// What came of one entry of a Bundle: one of `ticket`, `known` and `problem`.
#[derive(Serialize, ToSchema)]
pub(super) struct EntryView {
    /// Where it stands: `entry[0]` is the first.
    place: String,
    /// The lab's own name for it, where one was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    /// It is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket: Option<TicketView>,
    /// It is here already, and nothing was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    known: Option<StatusView>,
    /// It was not added.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
}

/// How many results of a day have come how far.
#[derive(Serialize, ToSchema)]
pub(super) struct CountView {
    /// The day they were added.
    day: String,
    /// See `StatusView`.
    state: String,
    /// How many.
    number: u64,
}

/// Adds a result. The same reference again changes nothing: the answer is then 200 and says how far that result has come.
#[utoipa::path(post, path = "/v1/results", request_body = NewResult, security(("api_key" = [])), responses(
    (status = 201, body = TicketView), (status = 200, body = StatusView), (status = 400, body = super::refusal::Problem)))]
pub(super) async fn add(app: Data<App>, lab: Lab, body: Bytes) -> Result<HttpResponse, ToLab> {
    let (entry, form) = entry(&body)?;
    Ok(match app.service.add(&entry, Days::Dated, form, &lab.0).await? {
        Added::New(ticket) => HttpResponse::Created().json(TicketView::of(&ticket)),
        Added::Known(kept) => HttpResponse::Ok().json(StatusView::of(&kept)),
    })
}

/// Gives a result that nobody has collected a new code. The old one dies, and the facts given now count.
#[utoipa::path(post, path = "/v1/results/replace", request_body = NewResult, security(("api_key" = [])), responses(
    (status = 201, body = TicketView), (status = 404, body = super::refusal::Problem), (status = 409, body = super::refusal::Problem)))]
pub(super) async fn replace(app: Data<App>, lab: Lab, body: Bytes) -> Result<HttpResponse, ToLab> {
    let (entry, form) = entry(&body)?;
    let ticket = app.service.add_again(&entry, Days::Dated, form, &lab.0).await?;
    Ok(HttpResponse::Created().json(TicketView::of(&ticket)))
}

/// How far a result has come.
#[utoipa::path(post, path = "/v1/results/status", request_body = Named, security(("api_key" = [])), responses(
    (status = 200, body = StatusView), (status = 404, body = super::refusal::Problem)))]
pub(super) async fn status(app: Data<App>, _lab: Lab, body: Bytes) -> Result<HttpResponse, ToLab> {
    let kept = app.service.status(&named(&app.service, &body)?).await?;
    Ok(HttpResponse::Ok().json(StatusView::of(&kept)))
}

/// Takes a result back: no record if it is not collected yet, and no more passes if it is.
#[utoipa::path(post, path = "/v1/results/withdraw", request_body = Named, security(("api_key" = [])), responses(
    (status = 200, body = StatusView), (status = 404, body = super::refusal::Problem)))]
pub(super) async fn withdraw(app: Data<App>, lab: Lab, body: Bytes) -> Result<HttpResponse, ToLab> {
    let kept = app.service.withdraw(&named(&app.service, &body)?, &lab.0).await?;
    Ok(HttpResponse::Ok().json(StatusView::of(&kept)))
}

/// Adds the results of a FHIR R4 Bundle, at most 20, by the service's mapping. Each entry that holds a result, or should, is answered for
/// itself. The same Bundle again changes nothing.
#[utoipa::path(post, path = "/v1/import/fhir", params(Codes), security(("api_key" = [])),
    request_body(content = Object, description = "A FHIR R4 Bundle of Observations, Immunizations and Patients", content_type = "application/fhir+json"),
    responses(
        (status = 200, body = [EntryView]), (status = 400, body = super::refusal::Problem),
        (status = 404, description = "This service has no mapping", body = super::refusal::Problem)))]
pub(super) async fn import_fhir(
    app: Data<App>,
    lab: Lab,
    query: Result<web::Query<Codes>, actix_web::Error>,
    body: Bytes,
) -> Result<HttpResponse, ToLab> {
    let Codes { short } = query.map_err(|_| Refusal::NotUnderstood("short is true or false"))?.into_inner();
    let form = if short { Form::Short } else { Form::Link };
    let answers = app.service.add_bundle(body.to_vec(), form, &lab.0).await.map_err(Refusal::Call)?;
    Ok(HttpResponse::Ok().json(answers.into_iter().map(EntryView::of).collect::<Vec<_>>()))
}

/// How many results of each day have come how far. Nothing of what was found can be counted.
#[utoipa::path(get, path = "/v1/counts", security(("api_key" = [])), responses((status = 200, body = [CountView])))]
pub(super) async fn counts(app: Data<App>, _lab: Lab) -> Result<HttpResponse, ToLab> {
    let counts = app.service.counts().await?;
    let view = |count: &crate::store::Count| CountView {
        day: count.day.to_string(),
        state: count.progress.to_string(),
        number: count.number,
    };
    Ok(HttpResponse::Ok().json(counts.iter().map(view).collect::<Vec<_>>()))
}

fn entry(body: &Bytes) -> Result<(Entry, Form), Refusal> {
    let NewResult { r#type, reference, facts, short } = json(body)?;
    let entry = Entry { record_type: r#type, reference: reference.parse()?, facts };
    Ok((entry, if short { Form::Short } else { Form::Link }))
}

fn named(service: &Service, body: &Bytes) -> Result<Which, Refusal> {
    Ok(match json(body)? {
        Named::Reference(reference) => service.by_reference(&reference.parse()?),
        Named::Handle(handle) => Which::Handle(handle),
    })
}

impl StatusView {
    fn of(kept: &Kept) -> Self {
        Self { state: kept.progress.to_string(), handle: kept.handle.to_string(), added: kept.added.to_string() }
    }
}

impl EntryView {
    fn of(answered: Answered) -> Self {
        let Answered { place, reference, outcome } = answered;
        let reference = reference.map(|reference| reference.as_str().to_owned());
        let mut view = Self { place: place.to_string(), reference, ticket: None, known: None, problem: None };
        match outcome {
            Outcome::Added(Added::New(ticket)) => view.ticket = Some(TicketView::of(&ticket)),
            Outcome::Added(Added::Known(kept)) => view.known = Some(StatusView::of(&kept)),
            Outcome::Corrects(why) => view.problem = Some(Problem::new(StatusCode::CONFLICT, why.to_owned())),
            Outcome::Refused(why) => view.problem = Some(Problem::new(StatusCode::BAD_REQUEST, why)),
            Outcome::Failed(why) => view.problem = Some(Refusal::Lab(why).problem()),
        }
        view
    }
}
