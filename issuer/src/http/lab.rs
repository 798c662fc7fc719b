//! What a lab's own software asks.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data};
use bauta_spec::attributes::{Handle, TypeName};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::access::Staff;
use super::refusal::{Problem, Refusal, ToLab};
use super::{App, json};
use crate::hand_over::{NoRecipient, Recipient};
use crate::lab::{
    Added, AnsweredEntry, CompletedView, CorrectedView, Days, Entry, Facts, Many, Order, Outcome, Step, TicketView,
};
use crate::pickup::Form;
use crate::service::Service;
use crate::staff::Actor;
use crate::store::{Kept, Which};

/// A result.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "type": "health-record", "reference": "A-1", "facts": { "age_band": "21-64" } }))]
pub(super) struct NewResult {
    /// The record type, such as `health-record`.
    #[schema(value_type = String)]
    r#type: TypeName,
    /// The lab's own name for the result, 1 to 64 characters: a sample number, never a person's name. Only a keyed hash is kept.
    #[schema(min_length = 1, max_length = 64)]
    reference: String,
    /// Claim names and words: `{"tested": "naat", "tested_on": "2026-11-24"}`.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    facts: Facts,
    /// A short code and seven digits instead of a link.
    #[serde(default)]
    short: bool,
    /// Hands the code over to your own system for messages, if the service has been told of one: the recipient as that system knows it, 1 to
    /// 128 visible characters. It is passed on and kept nowhere.
    hand_over_to: Option<String>,
}

/// A result that is to come.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "type": "health-record", "reference": "B-1" }))]
pub(super) struct NewOrder {
    /// The record type, such as `health-record`.
    #[schema(value_type = String)]
    r#type: TypeName,
    /// The lab's own name for the result, as in `NewResult`: with it the result is added later.
    reference: String,
    /// A short code and seven digits instead of a link.
    #[serde(default)]
    short: bool,
    /// Hands the code over to your own system for messages, as in `NewResult`.
    hand_over_to: Option<String>,
}

/// One of the two names of a result. In the body, because addresses end up in logs.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
#[schema(example = json!({ "reference": "A-1" }))]
pub(super) enum Named {
    /// The lab's own.
    Reference(String),
    /// The record's, 32 hex digits.
    #[schema(value_type = String)]
    Handle(Handle),
}

/// Many results of the lab: of one operator, or all of them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "operator": "lims" }))]
pub(super) struct ManyResults {
    /// Those that this operator entered: the name of an account or key.
    operator: Option<String>,
    /// Instead of an operator: everything of the lab.
    #[serde(default)]
    whole_lab: bool,
    /// Only what was added on this day or later: `2026-11-24`.
    since: Option<String>,
}

/// What one call has withdrawn.
#[derive(Serialize, ToSchema)]
pub(super) struct StepView {
    /// How many results are withdrawn that were not before.
    withdrawn: u32,
    /// Whether to send the same call again.
    more: bool,
}

/// How far a result has come.
#[derive(Serialize, ToSchema)]
pub(super) struct StatusView {
    /// `ordered`, `waiting`, `redeemed`, `collected`, `expired` or `withdrawn`.
    state: String,
    /// 32 hex digits.
    handle: String,
    /// The day it was added.
    added: String,
}

/// How codes are to be made.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Codes {
    /// Short codes and seven digits instead of links.
    #[serde(default)]
    short: bool,
}

/// What came of one entry of a Bundle: one of `ticket`, `completed`, `known` and `problem`.
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
    /// It was added to its order, whose code the citizen has.
    #[serde(skip_serializing_if = "Option::is_none")]
    completed: Option<CompletedView>,
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

/// Adds a result: to its order if one is open under the reference, whose code goes on counting; with a code of its own otherwise. The same
/// reference again changes nothing: the answer is then 200 and says how far that result has come. 409: it was ordered as another type.
#[utoipa::path(post, path = "/v1/results", request_body = NewResult, security(("staff" = [])), responses(
    (status = 201, body = TicketView), (status = 200, body = StatusView), (status = 400, body = super::refusal::Problem),
    (status = 403, body = super::refusal::Problem), (status = 409, body = super::refusal::Problem),
    (status = 429, body = super::refusal::Problem)))]
pub(super) async fn add(app: Data<App>, staff: Staff, body: Bytes) -> Result<HttpResponse, ToLab> {
    let (entry, form, to) = entry(&app.service, &body)?;
    Ok(match app.service.add(&entry, Days::Dated, form, &staff.0).await? {
        Added::New(ticket) => HttpResponse::Created().json(app.service.hand_over(&ticket, to).await),
        Added::Completed(completed) => HttpResponse::Created().json(CompletedView::of(&completed)),
        Added::Known(kept) => HttpResponse::Ok().json(StatusView::of(&kept)),
    })
}

/// Orders a result that is to come, and gives its code now. The same reference again changes nothing, as with results.
#[utoipa::path(post, path = "/v1/orders", request_body = NewOrder, security(("staff" = [])), responses(
    (status = 201, body = TicketView), (status = 200, body = StatusView), (status = 400, body = super::refusal::Problem)))]
pub(super) async fn order(app: Data<App>, staff: Staff, body: Bytes) -> Result<HttpResponse, ToLab> {
    let (order, form, to) = order_of(&app.service, &body)?;
    Ok(match app.service.order(&order, form, &staff.0).await? {
        Added::New(ticket) => HttpResponse::Created().json(app.service.hand_over(&ticket, to).await),
        Added::Completed(completed) => HttpResponse::Created().json(CompletedView::of(&completed)),
        Added::Known(kept) => HttpResponse::Ok().json(StatusView::of(&kept)),
    })
}

/// Gives an order that has no result yet a new code. The old one dies, also for a wallet that waits with it.
#[utoipa::path(post, path = "/v1/orders/replace", request_body = NewOrder, security(("staff" = [])), responses(
    (status = 201, body = TicketView), (status = 404, body = super::refusal::Problem), (status = 409, body = super::refusal::Problem)))]
pub(super) async fn replace_order(app: Data<App>, staff: Staff, body: Bytes) -> Result<HttpResponse, ToLab> {
    let (order, form, to) = order_of(&app.service, &body)?;
    let ticket = app.service.order_again(&order, form, &staff.0).await?;
    Ok(HttpResponse::Created().json(app.service.hand_over(&ticket, to).await))
}

/// Corrects a result. Where nobody has collected it, facts and code are replaced; where a record was made, that is withdrawn and a new
/// result takes its place. The answer says which, and has the new code either way.
#[utoipa::path(post, path = "/v1/results/correct", request_body = NewResult, security(("staff" = [])), responses(
    (status = 201, body = CorrectedView), (status = 404, body = super::refusal::Problem), (status = 409, body = super::refusal::Problem)))]
pub(super) async fn correct(app: Data<App>, staff: Staff, body: Bytes) -> Result<HttpResponse, ToLab> {
    let (entry, form, to) = entry(&app.service, &body)?;
    let corrected = app.service.correct(&entry, Days::Dated, form, &staff.0).await?;
    let ticket = app.service.hand_over(corrected.ticket(), to).await;
    Ok(HttpResponse::Created().json(CorrectedView::with(&corrected, ticket)))
}

/// Gives a result that nobody has collected a new code. The old one dies, and the facts given now count.
#[utoipa::path(post, path = "/v1/results/replace", request_body = NewResult, security(("staff" = [])), responses(
    (status = 201, body = TicketView), (status = 404, body = super::refusal::Problem), (status = 409, body = super::refusal::Problem)))]
pub(super) async fn replace(app: Data<App>, staff: Staff, body: Bytes) -> Result<HttpResponse, ToLab> {
    let (entry, form, to) = entry(&app.service, &body)?;
    let ticket = app.service.add_again(&entry, Days::Dated, form, &staff.0).await?;
    Ok(HttpResponse::Created().json(app.service.hand_over(&ticket, to).await))
}

/// How far a result has come.
#[utoipa::path(post, path = "/v1/results/status", request_body = Named, security(("staff" = [])), responses(
    (status = 200, body = StatusView), (status = 404, body = super::refusal::Problem)))]
pub(super) async fn status(app: Data<App>, staff: Staff, body: Bytes) -> Result<HttpResponse, ToLab> {
    let kept = app.service.status(&named(&app.service, &staff.0, &body)?, &staff.0).await?;
    Ok(HttpResponse::Ok().json(StatusView::of(&kept)))
}

/// Takes a result back: no record if it is not collected yet, and no more passes if it is.
#[utoipa::path(post, path = "/v1/results/withdraw", request_body = Named, security(("staff" = [])), responses(
    (status = 200, body = StatusView), (status = 404, body = super::refusal::Problem)))]
pub(super) async fn withdraw(app: Data<App>, staff: Staff, body: Bytes) -> Result<HttpResponse, ToLab> {
    let kept = app.service.withdraw(&named(&app.service, &staff.0, &body)?, &staff.0).await?;
    Ok(HttpResponse::Ok().json(StatusView::of(&kept)))
}

/// Takes back many results, before and after collection, some hundreds with each call: send the same again while there are `more`.
/// Results that are withdrawn already are passed over.
#[utoipa::path(post, path = "/v1/results/withdraw-many", request_body = ManyResults, security(("staff" = [])), responses(
    (status = 200, body = StepView), (status = 400, body = super::refusal::Problem)))]
pub(super) async fn withdraw_many(app: Data<App>, staff: Staff, body: Bytes) -> Result<HttpResponse, ToLab> {
    let Step { withdrawn, more } = app.service.withdraw_many(&many(&body)?, &staff.0).await?;
    Ok(HttpResponse::Ok().json(StepView { withdrawn, more }))
}

/// Adds the results of a FHIR R4 Bundle, at most 20, by the service's mapping. Each entry that holds a result, or should, is answered for
/// itself. The same Bundle again changes nothing.
#[utoipa::path(post, path = "/v1/import/fhir", params(Codes), security(("staff" = [])),
    request_body(content = Object, description = "A FHIR R4 Bundle of Observations, Immunizations and Patients", content_type = "application/fhir+json"),
    responses(
        (status = 200, body = [EntryView]), (status = 400, body = super::refusal::Problem),
        (status = 404, description = "This service has no mapping", body = super::refusal::Problem)))]
pub(super) async fn import_fhir(
    app: Data<App>,
    staff: Staff,
    query: Result<web::Query<Codes>, actix_web::Error>,
    body: Bytes,
) -> Result<HttpResponse, ToLab> {
    let Codes { short } = query.map_err(|_| Refusal::NotUnderstood("short is true or false"))?.into_inner();
    let form = if short { Form::Short } else { Form::Link };
    let answers = app.service.add_bundle(body.to_vec(), form, &staff.0).await.map_err(Refusal::Call)?;
    Ok(HttpResponse::Ok().json(answers.into_iter().map(EntryView::of).collect::<Vec<_>>()))
}

/// How many results of each day have come how far. Nothing of what was found can be counted.
#[utoipa::path(get, path = "/v1/counts", security(("staff" = [])), responses((status = 200, body = [CountView])))]
pub(super) async fn counts(app: Data<App>, staff: Staff) -> Result<HttpResponse, ToLab> {
    let counts = app.service.counts(&staff.0).await?;
    let view = |count: &crate::store::Count| CountView {
        day: count.day.to_string(),
        state: count.progress.to_string(),
        number: count.number,
    };
    Ok(HttpResponse::Ok().json(counts.iter().map(view).collect::<Vec<_>>()))
}

fn entry(service: &Service, body: &Bytes) -> Result<(Entry, Form, Option<Recipient>), Refusal> {
    let NewResult { r#type, reference, facts, short, hand_over_to } = json(body)?;
    let to = recipient(service, hand_over_to)?;
    let entry = Entry { record_type: r#type, reference: reference.parse()?, facts };
    Ok((entry, form(short), to))
}

fn order_of(service: &Service, body: &Bytes) -> Result<(Order, Form, Option<Recipient>), Refusal> {
    let NewOrder { r#type, reference, short, hand_over_to } = json(body)?;
    let to = recipient(service, hand_over_to)?;
    let order = Order { record_type: r#type, reference: reference.parse()? };
    Ok((order, form(short), to))
}

/// Refuses before anything is added: a code that was to be handed over by nobody would lie in an answer that nobody reads.
fn recipient(service: &Service, to: Option<String>) -> Result<Option<Recipient>, Refusal> {
    let to = to.map(|to| to.parse()).transpose().map_err(|NoRecipient| Refusal::BadRecipient)?;
    if to.is_some() && service.config().hand_over.is_none() {
        return Err(Refusal::NobodyHandsOver);
    }
    Ok(to)
}

fn form(short: bool) -> Form {
    if short { Form::Short } else { Form::Link }
}

fn many(body: &Bytes) -> Result<Many, Refusal> {
    let ManyResults { operator, whole_lab, since } = json(body)?;
    if operator.is_some() == whole_lab {
        return Err(Refusal::NotUnderstood("name an operator, or say \"whole_lab\": true"));
    }
    let since = since.map(|day| day.parse()).transpose();
    Ok(Many {
        operator: operator.map(|name| name.parse()).transpose()?,
        since: since.map_err(|_| Refusal::NotUnderstood("since is a day like 2026-11-24"))?,
    })
}

fn named(service: &Service, actor: &Actor, body: &Bytes) -> Result<Which, Refusal> {
    Ok(match json(body)? {
        Named::Reference(reference) => service.by_reference(&reference.parse()?, actor),
        Named::Handle(handle) => Which::Handle(handle),
    })
}

impl StatusView {
    fn of(kept: &Kept) -> Self {
        Self { state: kept.progress.to_string(), handle: kept.handle.to_string(), added: kept.added.to_string() }
    }
}

impl EntryView {
    fn of(answered: AnsweredEntry) -> Self {
        let AnsweredEntry { place, reference, outcome } = answered;
        let reference = reference.map(|reference| reference.as_str().to_owned());
        let mut view =
            Self { place: place.to_string(), reference, ticket: None, completed: None, known: None, problem: None };
        match outcome {
            Outcome::Added(Added::New(ticket)) => view.ticket = Some(TicketView::of(&ticket)),
            Outcome::Added(Added::Completed(completed)) => view.completed = Some(CompletedView::of(&completed)),
            Outcome::Added(Added::Known(kept)) => view.known = Some(StatusView::of(&kept)),
            Outcome::Corrects(why) => view.problem = Some(Problem::new(StatusCode::CONFLICT, why.to_owned())),
            Outcome::Refused(why) => view.problem = Some(Problem::new(StatusCode::BAD_REQUEST, why)),
            Outcome::Failed(why) => view.problem = Some(Refusal::Lab(why).problem()),
        }
        view
    }
}
