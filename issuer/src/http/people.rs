//! What people who work here ask: to come in, to let others in and shut them out, to propose and approve, and to read what was done.
//! Names are in bodies, because addresses end up in logs.

use actix_web::HttpResponse;
use actix_web::web::{self, Bytes, Data};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::access::{Staff, Token};
use super::refusal::{Refusal, ToLab};
use super::{App, json};
use crate::acts::Act;
use crate::lab::{Operator, rfc3339};
use crate::labs::{Lab, Vocabulary};
use crate::people::{Invitation, Invited, Newcomer, Password, Proposal, Proposed};
use crate::staff::{LabName, StaffRole};
use crate::store::{AccountEntry, ApiKeyEntry};

/// Acts in one answer.
const PAGE: u32 = 1000;

/// An invitation, and the password that its owner chooses.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Beginning {
    /// Both halves, with a dot in between.
    #[schema(value_type = String)]
    invitation: Invitation,
    /// 12 to 256 characters.
    #[schema(value_type = String)]
    password: Password,
}

/// For an authenticator app. Shown once.
#[derive(Serialize, ToSchema)]
pub(super) struct Begun {
    /// `otpauth://…`, usually shown as a QR.
    otpauth: String,
}

/// Who comes, and what shows it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Coming {
    /// The account.
    #[schema(value_type = String)]
    name: Operator,
    /// Its password.
    #[schema(value_type = String)]
    password: Password,
    /// The six digits of the authenticator app.
    totp: String,
}

/// A session.
#[derive(Serialize, ToSchema)]
pub(super) struct SessionView {
    /// To be sent as `Authorization: Bearer …`. It ends after 12 hours, or 30 minutes without a request.
    token: String,
}

/// Whom to invite to the own lab.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "nurse-8", "role": "operator" }))]
pub(super) struct NewAccountForm {
    /// Their name, 1 to 64 letters, digits, dots, hyphens and underscores. It is never used again.
    #[schema(value_type = String)]
    name: Operator,
    /// `viewer`, `operator` or `lab-admin`.
    role: StaffRole,
}

/// An account or a key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "nurse-7" }))]
pub(super) struct ByName {
    /// Its name.
    #[schema(value_type = String)]
    name: Operator,
}

/// Of whom another provider's tokens speak.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "nurse-7", "issuer": "https://id.hospital.example", "subject": "4711" }))]
pub(super) struct Link {
    /// The account.
    #[schema(value_type = String)]
    name: Operator,
    /// The `iss` of the tokens.
    issuer: String,
    /// Their `sub`.
    subject: String,
}

/// What to hand over in person.
#[derive(Serialize, ToSchema)]
pub(super) struct InvitedView {
    /// Whose.
    name: String,
    /// Shown once.
    invitation: String,
    /// Until when it can be redeemed, in RFC 3339.
    expires: String,
}

/// An account, without anything that lets anybody in.
#[derive(Serialize, ToSchema)]
pub(super) struct AccountView {
    /// Stands beside what is done with it.
    name: String,
    /// Left out for those who look after all labs.
    #[serde(skip_serializing_if = "Option::is_none")]
    lab: Option<String>,
    /// What they may do.
    role: StaffRole,
    /// When it was made, in RFC 3339.
    made: String,
    /// `invited`, `begun`, `active` or `suspended`.
    state: &'static str,
}

/// A key for the lab's software.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "new-lims", "role": "operator" }))]
pub(super) struct NewKey {
    /// Its name; stands beside what is done with it.
    #[schema(value_type = String)]
    name: Operator,
    /// `viewer`, `operator` or `lab-admin`.
    role: StaffRole,
}

/// A key. Shown once.
#[derive(Serialize, ToSchema)]
pub(super) struct KeyView {
    /// To be sent as `Authorization: Bearer …`.
    api_key: String,
}

/// A key, without the key.
#[derive(Serialize, ToSchema)]
pub(super) struct KeyEntryView {
    /// Its name.
    name: String,
    /// What it lets do.
    role: StaffRole,
    /// The day it was made.
    made: String,
    /// Whether it counts no more.
    ended: bool,
}

/// A lab.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "lab": "north-clinic" }))]
pub(super) struct ByLab {
    /// Its name.
    #[schema(value_type = String)]
    lab: LabName,
}

/// A lab that was enrolled.
#[derive(Serialize, ToSchema)]
pub(super) struct LabView {
    /// Its name.
    name: String,
    /// The day it was enrolled.
    enrolled: String,
    /// What it may enter; everything that the credential types know if nothing is said.
    #[schema(value_type = Option<Object>)]
    vocabulary: Option<Vocabulary>,
    /// How many new results each of its operators may add on one day.
    quota: u32,
    /// Whether nothing new is taken from it.
    suspended: bool,
}

/// A proposal that was made.
#[derive(Serialize, ToSchema)]
pub(super) struct Proposing {
    /// By which another officer approves it.
    number: u64,
    /// Of a proposed account: this half of its invitation, with `bauta-i-` before it, for its owner. Shown once.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_half: Option<String>,
}

/// One proposal.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "number": 1 }))]
pub(super) struct ByNumber {
    /// Its number.
    number: u64,
}

/// What an approval gives.
#[derive(Serialize, ToSchema)]
pub(super) struct ApprovedView {
    /// Of a proposed account: the other half of its invitation, for its owner. Shown once.
    #[serde(skip_serializing_if = "Option::is_none")]
    second_half: Option<String>,
}

/// An open proposal.
#[derive(Serialize, ToSchema)]
pub(super) struct ProposalView {
    /// By which it is approved.
    number: u64,
    /// What it says.
    what: Proposed,
    /// Who proposed it.
    by: String,
    /// Until when it can be approved, in RFC 3339.
    expires: String,
}

/// From where on.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AfterAct {
    /// The number of the last act that was read; 0 or nothing at first.
    #[serde(default)]
    after: u64,
}

/// One thing that was done.
#[derive(Serialize, ToSchema)]
pub(super) struct ActView {
    /// From 1 on, without gaps.
    number: u64,
    /// When, in RFC 3339.
    at: String,
    /// Who; `console/…` for whoever controls the machine.
    who: String,
    /// For which lab; empty for what is nobody's.
    lab: String,
    /// What kind of act.
    kind: String,
    /// The account, key, lab or proposal that it was done to; empty for results.
    about: String,
}

/// Redeems an invitation, once. The account can be used after the first right digits.
#[utoipa::path(post, path = "/v1/account/begin", request_body = Beginning, responses(
    (status = 200, body = Begun), (status = 400, body = super::refusal::Problem), (status = 403, body = super::refusal::Problem)))]
pub(super) async fn begin_account(app: Data<App>, body: Bytes) -> Result<HttpResponse, ToLab> {
    let Beginning { invitation, password } = json(&body)?;
    let uri = app.service.begin_account(&invitation, password).await?;
    Ok(HttpResponse::Ok().json(Begun { otpauth: uri.expose().to_owned() }))
}

/// Begins a session.
#[utoipa::path(post, path = "/v1/session", request_body = Coming, responses(
    (status = 201, body = SessionView), (status = 401, body = super::refusal::Problem), (status = 429, body = super::refusal::Problem)))]
pub(super) async fn begin_session(app: Data<App>, body: Bytes) -> Result<HttpResponse, ToLab> {
    let Coming { name, password, totp } = json(&body)?;
    let token = app.service.begin_session(&name, password, &totp).await?;
    Ok(HttpResponse::Created().json(SessionView { token: token.expose().to_owned() }))
}

/// Ends the session that it is asked with.
#[utoipa::path(delete, path = "/v1/session", security(("staff" = [])), responses((status = 204)))]
pub(super) async fn end_session(app: Data<App>, staff: Staff, token: Token) -> Result<HttpResponse, ToLab> {
    app.service.end_session(&token.0, &staff.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The accounts that somebody looks after: a lab admin the lab's, an enrolment officer everybody's.
#[utoipa::path(get, path = "/v1/accounts", security(("staff" = [])), responses((status = 200, body = [AccountView])))]
pub(super) async fn accounts(app: Data<App>, staff: Staff) -> Result<HttpResponse, ToLab> {
    let accounts = app.service.accounts(&staff.0).await?;
    Ok(HttpResponse::Ok().json(accounts.iter().map(AccountView::of).collect::<Vec<_>>()))
}

/// Invites somebody to the own lab.
#[utoipa::path(post, path = "/v1/accounts", request_body = NewAccountForm, security(("staff" = [])), responses(
    (status = 201, body = InvitedView), (status = 403, body = super::refusal::Problem), (status = 409, body = super::refusal::Problem)))]
pub(super) async fn make_account(app: Data<App>, staff: Staff, body: Bytes) -> Result<HttpResponse, ToLab> {
    let NewAccountForm { name, role } = json(&body)?;
    let newcomer = Newcomer { name, role, lab: staff.0.lab().cloned() };
    let invited = app.service.make_account(&newcomer, &staff.0).await?;
    Ok(HttpResponse::Created().json(InvitedView::of(&invited)))
}

/// Invites somebody of the own lab again: their telephone is lost. Password, digits and sessions end.
#[utoipa::path(post, path = "/v1/accounts/invite", request_body = ByName, security(("staff" = [])), responses(
    (status = 201, body = InvitedView), (status = 403, body = super::refusal::Problem), (status = 404, body = super::refusal::Problem)))]
pub(super) async fn invite_again(app: Data<App>, staff: Staff, body: Bytes) -> Result<HttpResponse, ToLab> {
    let ByName { name } = json(&body)?;
    let invited = app.service.invite_again(&name, &staff.0).await?;
    Ok(HttpResponse::Created().json(InvitedView::of(&invited)))
}

/// From now on tokens of a configured provider about this subject speak for an account of the own lab.
#[utoipa::path(post, path = "/v1/accounts/link", request_body = Link, security(("staff" = [])), responses(
    (status = 204), (status = 403, body = super::refusal::Problem), (status = 404, body = super::refusal::Problem)))]
pub(super) async fn link_account(app: Data<App>, staff: Staff, body: Bytes) -> Result<HttpResponse, ToLab> {
    let Link { name, issuer, subject } = json(&body)?;
    app.service.link_account(&name, &issuer, &subject, &staff.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Suspends an account: its sessions, keys and tokens end at once.
#[utoipa::path(post, path = "/v1/accounts/suspend", request_body = ByName, security(("staff" = [])), responses(
    (status = 204), (status = 404, body = super::refusal::Problem)))]
pub(super) async fn suspend_account(app: Data<App>, staff: Staff, body: Bytes) -> Result<HttpResponse, ToLab> {
    let ByName { name } = json(&body)?;
    app.service.suspend_account(&name, &staff.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Ends a suspension. A lab does not undo what an enrolment officer did.
#[utoipa::path(post, path = "/v1/accounts/resume", request_body = ByName, security(("staff" = [])), responses(
    (status = 204), (status = 404, body = super::refusal::Problem)))]
pub(super) async fn resume_account(app: Data<App>, staff: Staff, body: Bytes) -> Result<HttpResponse, ToLab> {
    let ByName { name } = json(&body)?;
    app.service.resume_account(&name, &staff.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The keys of the own lab, without the keys.
#[utoipa::path(get, path = "/v1/api-keys", security(("staff" = [])), responses((status = 200, body = [KeyEntryView])))]
pub(super) async fn api_keys(app: Data<App>, staff: Staff) -> Result<HttpResponse, ToLab> {
    let keys = app.service.api_keys(&staff.0).await?;
    Ok(HttpResponse::Ok().json(keys.iter().map(KeyEntryView::of).collect::<Vec<_>>()))
}

/// Makes a key for the lab's own software. It ends with the account that makes it.
#[utoipa::path(post, path = "/v1/api-keys", request_body = NewKey, security(("staff" = [])), responses(
    (status = 201, body = KeyView), (status = 403, body = super::refusal::Problem), (status = 409, body = super::refusal::Problem)))]
pub(super) async fn new_api_key(app: Data<App>, staff: Staff, body: Bytes) -> Result<HttpResponse, ToLab> {
    let NewKey { name, role } = json(&body)?;
    let api_key = app.service.new_api_key(&name, role, &staff.0).await?;
    Ok(HttpResponse::Created().json(KeyView { api_key: api_key.to_string() }))
}

/// Ends a key of the own lab at once.
#[utoipa::path(post, path = "/v1/api-keys/end", request_body(content = ByName, example = json!({ "name": "old-lims" })), security(("staff" = [])), responses(
    (status = 204), (status = 404, body = super::refusal::Problem)))]
pub(super) async fn end_api_key(app: Data<App>, staff: Staff, body: Bytes) -> Result<HttpResponse, ToLab> {
    let ByName { name } = json(&body)?;
    app.service.end_api_key(&name, &staff.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// All labs.
#[utoipa::path(get, path = "/v1/labs", security(("staff" = [])), responses((status = 200, body = [LabView])))]
pub(super) async fn labs(app: Data<App>, _staff: Staff) -> Result<HttpResponse, ToLab> {
    let otherwise = app.service.config().operator_quota;
    let labs = app.service.labs().await?;
    Ok(HttpResponse::Ok().json(labs.into_iter().map(|lab| LabView::of(lab, otherwise)).collect::<Vec<_>>()))
}

/// Suspends a lab: its keys and operators are refused, and nothing new is taken from it. To end that takes a proposal.
#[utoipa::path(post, path = "/v1/labs/suspend", request_body = ByLab, security(("staff" = [])), responses(
    (status = 204), (status = 404, body = super::refusal::Problem)))]
pub(super) async fn suspend_lab(app: Data<App>, staff: Staff, body: Bytes) -> Result<HttpResponse, ToLab> {
    let ByLab { lab } = json(&body)?;
    app.service.suspend_lab(&lab, &staff.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Open proposals.
#[utoipa::path(get, path = "/v1/proposals", security(("staff" = [])), responses((status = 200, body = [ProposalView])))]
pub(super) async fn proposals(app: Data<App>, _staff: Staff) -> Result<HttpResponse, ToLab> {
    let proposals = app.service.proposals().await?;
    Ok(HttpResponse::Ok().json(proposals.into_iter().map(ProposalView::of).collect::<Vec<_>>()))
}

/// Proposes what takes two officers.
#[utoipa::path(post, path = "/v1/proposals", request_body = Proposed, security(("staff" = [])), responses(
    (status = 201, body = Proposing), (status = 400, body = super::refusal::Problem)))]
pub(super) async fn propose(app: Data<App>, staff: Staff, body: Bytes) -> Result<HttpResponse, ToLab> {
    let what: Proposed = json(&body)?;
    let (number, half) = app.service.propose(&what, &staff.0).await?;
    Ok(HttpResponse::Created().json(Proposing { number, first_half: half.map(|half| half.text().to_string()) }))
}

/// Approves what another officer proposed, and does it.
#[utoipa::path(post, path = "/v1/proposals/approve", request_body = ByNumber, security(("staff" = [])), responses(
    (status = 200, body = ApprovedView), (status = 404, body = super::refusal::Problem), (status = 409, body = super::refusal::Problem)))]
pub(super) async fn approve(app: Data<App>, staff: Staff, body: Bytes) -> Result<HttpResponse, ToLab> {
    let ByNumber { number } = json(&body)?;
    let second = app.service.approve(number, &staff.0).await?;
    Ok(HttpResponse::Ok().json(ApprovedView { second_half: second.map(|second| second.0.text().to_string()) }))
}

/// Closes a proposal without doing what it says.
#[utoipa::path(post, path = "/v1/proposals/reject", request_body(content = ByNumber, example = json!({ "number": 2 })), security(("staff" = [])), responses(
    (status = 204), (status = 404, body = super::refusal::Problem)))]
pub(super) async fn reject(app: Data<App>, staff: Staff, body: Bytes) -> Result<HttpResponse, ToLab> {
    let ByNumber { number } = json(&body)?;
    app.service.reject(number, &staff.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What staff did, at most 1,000 acts in order.
#[utoipa::path(get, path = "/v1/acts", params(AfterAct), security(("staff" = [])), responses(
    (status = 200, body = [ActView]), (status = 400, body = super::refusal::Problem)))]
pub(super) async fn acts(
    app: Data<App>,
    _staff: Staff,
    query: Result<web::Query<AfterAct>, actix_web::Error>,
) -> Result<HttpResponse, ToLab> {
    const NOT_OURS: Refusal = Refusal::NotUnderstood("after is the number of an act");
    let AfterAct { after } = query.map_err(|_| NOT_OURS)?.into_inner();
    // Databases count with a sign.
    i64::try_from(after).map_err(|_| NOT_OURS)?;
    let acts = app.service.acts_after(after, PAGE).await?;
    Ok(HttpResponse::Ok().json(acts.into_iter().map(ActView::of).collect::<Vec<_>>()))
}

impl InvitedView {
    fn of(invited: &Invited) -> Self {
        Self {
            name: invited.name.to_string(),
            invitation: invited.invitation.text().to_string(),
            expires: rfc3339(invited.expires),
        }
    }
}

impl AccountView {
    fn of(account: &AccountEntry) -> Self {
        let AccountEntry { name, lab, role, made, state } = account.clone();
        Self { name, lab, role, made: rfc3339(made), state: state.word() }
    }
}

impl KeyEntryView {
    fn of(key: &ApiKeyEntry) -> Self {
        Self { name: key.name.clone(), role: key.role, made: key.made.to_string(), ended: key.ended }
    }
}

impl LabView {
    fn of(Lab { name, enrolled, vocabulary, quota, suspended }: Lab, otherwise: u32) -> Self {
        let quota = quota.unwrap_or(otherwise);
        Self { name: name.to_string(), enrolled: enrolled.to_string(), vocabulary, quota, suspended }
    }
}

impl ProposalView {
    fn of(Proposal { number, what, by_whom, expires }: Proposal) -> Self {
        Self { number, what, by: by_whom, expires: rfc3339(expires) }
    }
}

impl ActView {
    fn of(Act { number, at, who, lab, kind, about }: Act) -> Self {
        Self { number, at: rfc3339(at), who, lab, kind, about }
    }
}
