//! Every call under `/v1`, with what it needs: the one list that is registered, guarded, and gone through by a test. A call that does
//! not stand here does not exist.

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::{Method, header};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpMessage as _, HttpRequest, Route};

use super::access::bearer;
use super::refusal::Refusal;
use super::{App, answer_early, headers, lab, office, people};
use crate::staff::Permission;

/// Who may make a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nobody is let in yet: the body says who it is.
    Nothing,
    /// Whoever has been let in.
    Anybody,
    /// Whoever may do this.
    May(Permission),
}

/// One call.
pub(super) struct Call {
    method: Method,
    path: &'static str,
    needs: Needs,
    handled: fn(Route) -> Route,
}

macro_rules! calls {
    ($($method:ident $path:literal $needs:expr => $handler:path;)+) => {
        [$(Call { method: Method::$method, path: $path, needs: $needs, handled: |route| route.to($handler) }),+]
    };
}

/// All of them.
fn calls() -> impl IntoIterator<Item = Call> {
    use Needs::{Anybody, May, Nothing};
    use Permission::{
        Enrol, EnterResults, HearWithdrawals, ManageKeys, ManagePeople, ReadActs, SeeResults, WithdrawMany,
    };
    calls![
        POST "/v1/results" May(EnterResults) => lab::add;
        POST "/v1/results/replace" May(EnterResults) => lab::replace;
        POST "/v1/results/correct" May(EnterResults) => lab::correct;
        POST "/v1/results/status" May(SeeResults) => lab::status;
        POST "/v1/results/withdraw" May(EnterResults) => lab::withdraw;
        POST "/v1/results/withdraw-many" May(WithdrawMany) => lab::withdraw_many;
        POST "/v1/orders" May(EnterResults) => lab::order;
        POST "/v1/orders/replace" May(EnterResults) => lab::replace_order;
        POST "/v1/import/fhir" May(EnterResults) => lab::import_fhir;
        GET "/v1/counts" May(SeeResults) => lab::counts;
        GET "/v1/withdrawn" May(HearWithdrawals) => office::withdrawn;
        POST "/v1/account/begin" Nothing => people::begin_account;
        POST "/v1/session" Nothing => people::begin_session;
        DELETE "/v1/session" Anybody => people::end_session;
        GET "/v1/accounts" May(ManagePeople) => people::accounts;
        POST "/v1/accounts" May(ManagePeople) => people::make_account;
        POST "/v1/accounts/invite" May(ManagePeople) => people::invite_again;
        POST "/v1/accounts/link" May(ManagePeople) => people::link_account;
        POST "/v1/accounts/suspend" May(ManagePeople) => people::suspend_account;
        POST "/v1/accounts/resume" May(ManagePeople) => people::resume_account;
        GET "/v1/api-keys" May(ManageKeys) => people::api_keys;
        POST "/v1/api-keys" May(ManageKeys) => people::new_api_key;
        POST "/v1/api-keys/end" May(ManageKeys) => people::end_api_key;
        GET "/v1/labs" May(Enrol) => people::labs;
        POST "/v1/labs/suspend" May(Enrol) => people::suspend_lab;
        GET "/v1/proposals" May(Enrol) => people::proposals;
        POST "/v1/proposals" May(Enrol) => people::propose;
        POST "/v1/proposals/approve" May(Enrol) => people::approve;
        POST "/v1/proposals/reject" May(Enrol) => people::reject;
        GET "/v1/acts" May(ReadActs) => people::acts;
    ]
}

/// Every call under `/v1`: method, path, and who may make it.
pub fn table() -> Vec<(String, &'static str, Needs)> {
    calls().into_iter().map(|call| (call.method.to_string(), call.path, call.needs)).collect()
}

/// Registers every call behind its gate. What is known by another method is answered so.
pub(super) fn routes(routes: &mut ServiceConfig) {
    let mut calls: Vec<Call> = calls().into_iter().collect();
    calls.sort_by_key(|call| call.path);
    for same_path in calls.chunk_by(|one, other| one.path == other.path) {
        let methods: Vec<&str> = same_path.iter().map(|call| call.method.as_str()).collect();
        let allowed = methods.join(", ");
        let mut resource = web::resource(same_path[0].path);
        for Call { method, needs, handled, .. } in same_path {
            let needs = *needs;
            let gate = from_fn(move |request, next| gate(needs, request, next));
            resource = resource.route(handled(web::method(method.clone())).wrap(gate));
        }
        let other_methods = move |request: HttpRequest| {
            let mut answer = Refusal::OtherMethod.answer(request.path());
            if let Ok(allowed) = allowed.parse() {
                answer.headers_mut().insert(header::ALLOW, allowed);
            }
            async move { answer }
        };
        routes.service(resource.default_service(web::to(other_methods)));
    }
}

/// Lets in who may make this call, and remembers who it is.
async fn gate<B: MessageBody>(
    needs: Needs,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, actix_web::Error> {
    let refusal = match admit(needs, request.request()).await {
        Ok(()) => return next.call(request).await.map(ServiceResponse::map_into_left_body),
        Err(refusal) => refusal,
    };
    Ok(answer_early(request, &refusal))
}

async fn admit(needs: Needs, request: &HttpRequest) -> Result<(), Refusal> {
    if needs == Needs::Nothing {
        return Ok(());
    }
    let app: &Data<App> = request.app_data().ok_or(Refusal::NoKey)?;
    let actor = app.service.admit(bearer(request).ok_or(Refusal::NoKey)?).await?.ok_or(Refusal::NoKey)?;
    let allowed = match needs {
        Needs::Nothing | Needs::Anybody => true,
        Needs::May(permission) => actor.may(permission),
    };
    if !allowed {
        return Err(Refusal::NotForYou);
    }
    if actor.lab().is_some() {
        app.service.lab_in_force(&actor).await?;
    }
    request.extensions_mut().insert(actor);
    Ok(())
}

/// A panic in a handler is answered like any other fault of ours, and says nothing. It would end the connection otherwise.
pub(super) async fn no_panic_gets_out(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let path = request.path().to_owned();
    let answered = caught(next.call(request)).await;
    answered.unwrap_or_else(|| {
        // The request is gone, and with it what the other middlewares need to make its answer strict.
        let mut answer = Refusal::Panicked.answer(&path);
        headers::make_strict(answer.headers_mut());
        Err(InternalError::from_response("a handler broke off", answer).into())
    })
}

/// What a future gives; nothing if it panics. It is never polled again then, so nothing broken is looked at.
async fn caught<F: Future>(future: F) -> Option<F::Output> {
    let mut future = std::pin::pin!(future);
    std::future::poll_fn(|context| {
        let polled = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| future.as_mut().poll(context)));
        match polled {
            Ok(polled) => polled.map(Some),
            Err(_) => std::task::Poll::Ready(None),
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use actix_web::HttpResponse;
    use actix_web::body::to_bytes;
    use actix_web::test::{TestRequest, call_service, init_service, try_call_service};

    use super::*;

    /// No such handler is in the program: this one is made for the test.
    #[actix_web::test]
    async fn a_panic_in_a_handler_is_a_plain_500() {
        async fn breaks() -> HttpResponse {
            panic!("canary-panic at /canary/file.rs")
        }
        let app = actix_web::App::new()
            .route("/v1/breaks", web::get().to(breaks))
            .route("/whole", web::get().to(HttpResponse::Ok))
            .wrap(from_fn(no_panic_gets_out));
        let app = init_service(app).await;
        for _ in 0..3 {
            let error = try_call_service(&app, TestRequest::get().uri("/v1/breaks").to_request()).await.err().unwrap();
            let answer = error.error_response();
            assert_eq!(answer.status().as_u16(), 500);
            assert!(answer.headers().contains_key(header::CONTENT_SECURITY_POLICY));
            let body = to_bytes(answer.into_body()).await.unwrap();
            let text = String::from_utf8_lossy(&body);
            assert!(text.contains("try again later") && !text.contains("canary"), "{text}");
            let whole = call_service(&app, TestRequest::get().uri("/whole").to_request()).await;
            assert_eq!(whole.status().as_u16(), 200, "and the next one is answered");
        }
    }

    #[test]
    fn no_call_stands_here_twice() {
        let mut calls: Vec<(String, &str)> = table().into_iter().map(|(method, path, _)| (method, path)).collect();
        let all = calls.len();
        calls.sort_unstable();
        calls.dedup();
        assert_eq!(calls.len(), all);
    }
}
