//! What a pass office that runs apart asks a records service: which handles are withdrawn.

use actix_web::HttpResponse;
use actix_web::web::{self, Data};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::App;
use super::access::Staff;
use super::refusal::{Refusal, ToLab};

/// Withdrawals in one answer.
const PAGE: u32 = 1000;

/// From where on.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct After {
    /// The `last` of the answer before; 0 or nothing at first.
    #[serde(default)]
    after: u64,
}

/// Withdrawn handles in the order in which they were withdrawn.
#[derive(Deserialize, Serialize, ToSchema)]
pub(crate) struct WithdrawnPage {
    /// At most 1,000, each 32 hex digits.
    pub(crate) handles: Vec<String>,
    /// To be sent as `after` next time.
    pub(crate) last: u64,
    /// Whether there are more now.
    pub(crate) more: bool,
}

/// Handles that were withdrawn since the last time.
#[utoipa::path(get, path = "/v1/withdrawn", params(After), security(("staff" = [])), responses(
    (status = 200, body = WithdrawnPage)))]
pub(super) async fn withdrawn(
    app: Data<App>,
    _office: Staff,
    query: Result<web::Query<After>, actix_web::Error>,
) -> Result<HttpResponse, ToLab> {
    const NOT_OURS: Refusal = Refusal::NotUnderstood("after is a number that an answer gave as its last");
    let After { after } = query.map_err(|_| NOT_OURS)?.into_inner();
    // Databases count with a sign.
    i64::try_from(after).map_err(|_| NOT_OURS)?;
    let rows = app.service.store().withdrawn_after(after, PAGE).await?;
    Ok(HttpResponse::Ok().json(WithdrawnPage {
        last: rows.last().map_or(after, |(number, _)| *number),
        more: rows.len() == PAGE as usize,
        handles: rows.iter().map(|(_, handle)| handle.to_string()).collect(),
    }))
}
