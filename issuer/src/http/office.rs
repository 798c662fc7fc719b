//! What a pass office that runs apart asks a records service: which handles are withdrawn.

use actix_web::HttpResponse;
use actix_web::web::{self, Data};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::App;
use super::access::Staff;
use super::refusal::{Refusal, ToLab};

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
pub(crate) struct WithdrawnPart {
    /// One part, at most 1,000 handles, as spec/withdrawn.md has it: base64url without padding.
    pub(crate) signed: String,
}

/// Handles that were withdrawn since the last time, signed.
#[utoipa::path(get, path = "/v1/withdrawn", params(After), security(("staff" = [])), responses(
    (status = 200, body = WithdrawnPart)))]
pub(super) async fn withdrawn(
    app: Data<App>,
    _office: Staff,
    query: Result<web::Query<After>, actix_web::Error>,
) -> Result<HttpResponse, ToLab> {
    const NOT_OURS: Refusal = Refusal::NotUnderstood("after is a number that an answer gave as its last");
    let After { after } = query.map_err(|_| NOT_OURS)?.into_inner();
    // Databases count with a sign.
    i64::try_from(after).map_err(|_| NOT_OURS)?;
    let part = app.service.withdrawn_after(after).await?;
    Ok(HttpResponse::Ok().json(WithdrawnPart { signed: BASE64_URL_SAFE_NO_PAD.encode(part.to_bytes()) }))
}
