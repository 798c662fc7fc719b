//! The service on the web: one file per visitor, one map from what went wrong to a status.

mod access;
mod described;
mod farewell;
mod headers;
mod lab;
mod limits;
mod load;
mod log;
mod metrics;
mod office;
mod operator;
mod people;
mod refusal;
mod table;
mod wallet;

use std::net::TcpListener;
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::{BoxBody, EitherBody};
use actix_web::dev::{Server, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::web::{self, Bytes, Data};
use actix_web::{App as Actix, HttpServer};
use serde::de::DeserializeOwned;
use tokio::time::MissedTickBehavior;

use crate::config::Role;
use crate::service::Service;

use farewell::{Farewell, Told};
use limits::Limits;
use load::Load;
use refusal::Refusal;

pub use metrics::serve_metrics;
pub(crate) use office::WithdrawnPart;
pub use operator::openapi;
pub use table::{Needs, table};

/// What every handler may look at.
pub(crate) struct App {
    service: Arc<Service>,
    limits: Limits,
    load: Load,
    farewell: Farewell,
}

/// For how long an idle connection is kept, and for how long a head may dribble in.
const IDLE: Duration = Duration::from_secs(15);
const HEAD_DEADLINE: Duration = Duration::from_secs(5);

/// More connections than this wait outside. Thousands of slow ones must not keep others out before their deadline comes, and each may cost
/// as much memory as the longest body.
const CONNECTIONS: usize = 4096;

/// How long requests under way may still take when the service is told to stop.
const FAREWELL_SECONDS: u64 = 10;

/// Serves on a listener until the future is dropped, or the process is told to stop by SIGTERM or ctrl-c. After SIGTERM it goes on for as
/// long as the settings say, so that a proxy can notice.
///
/// # Errors
/// When the listener cannot be used, or signals cannot be heard.
pub fn serve(service: Arc<Service>, listener: TcpListener) -> std::io::Result<Server> {
    let config = service.config();
    let limits = Limits::new(config.peer_requests_per_minute, config.behind_proxy);
    let load = Load::new(config.requests_at_once);
    let linger = Duration::from_millis(config.linger_milliseconds.into());
    let app = Data::new(App { service, limits, load, farewell: Farewell::default() });
    let for_workers = Data::clone(&app);
    let workers = std::thread::available_parallelism().map_or(1, NonZero::get);
    actix_web::rt::spawn(minute_hand(Data::clone(&app)));
    actix_web::rt::spawn(hearing(Data::clone(&app)));
    let told = Told::listen(listener.try_clone()?)?;
    let server = HttpServer::new(move || {
        Actix::new()
            .app_data(Data::clone(&for_workers))
            .configure(|routes| routes_of(&for_workers.service, routes))
            .default_service(web::to(refusal::no_such_page))
            // The last one is the first to see a request.
            .wrap(from_fn(table::no_panic_gets_out))
            .wrap(from_fn(load::how_many))
            .wrap(from_fn(limits::how_much_and_how_slowly))
            .wrap(from_fn(limits::how_often))
            .wrap(from_fn(headers::for_wallets_of_any_origin))
            .wrap(from_fn(headers::strict))
            .wrap(from_fn(farewell::last_words))
            .wrap(from_fn(log::one_line))
    });
    let server = server
        .workers(workers)
        .client_request_timeout(HEAD_DEADLINE)
        .keep_alive(IDLE)
        .max_connections(CONNECTIONS.div_ceil(workers))
        .shutdown_timeout(FAREWELL_SECONDS)
        .disable_signals()
        .listen(listener)?
        .run();
    actix_web::rt::spawn(told.go(app, server.handle(), linger));
    Ok(server)
}

fn routes_of(service: &Service, routes: &mut web::ServiceConfig) {
    let own_path = service.config().public_url.path();
    routes.configure(operator::routes).configure(|routes| wallet::routes(routes, own_path));
    if service.config().plays(Role::Records) {
        routes.configure(|routes| wallet::records_routes(routes, own_path)).configure(table::routes);
    }
}

/// A newer trust list is taken up so soon: doors have it within a minute, and whoever they send away must find new passes here.
const LOOK_FOR_LIST: Duration = Duration::from_secs(15);

/// A few times a minute a newer trust list is read. Once a minute what is over is forgotten.
async fn minute_hand(app: Data<App>) {
    let mut look = tokio::time::interval(LOOK_FOR_LIST);
    let mut minute = tokio::time::interval(Duration::from_secs(60));
    loop {
        tokio::select! {
            _ = look.tick() => {
                if let Err(reason) = app.service.read_trust_list().await {
                    tracing::error!(%reason, "a newer trust list is not kept");
                }
                continue;
            }
            _ = minute.tick() => {}
        }
        app.limits.tidy();
        if let Err(reason) = app.service.housekeeping().await {
            tracing::error!(%reason, "housekeeping did not finish");
        }
        if let Err(reason) = app.service.count_waiting().await {
            tracing::warn!(%reason, "results that wait are not counted");
        }
    }
}

/// Between two questions for what records services elsewhere have withdrawn.
const HEAR: Duration = Duration::from_secs(15);

/// On a clock of its own: a records service that answers late keeps nothing else waiting.
async fn hearing(app: Data<App>) {
    let mut hear = tokio::time::interval(HEAR);
    hear.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        hear.tick().await;
        if let Err(reason) = app.service.hear_withdrawals().await {
            tracing::warn!(%reason, "withdrawals not heard");
        }
    }
}

/// An answer from a middleware, before any handler.
fn answer_early<B>(request: ServiceRequest, refusal: &Refusal) -> ServiceResponse<EitherBody<B, BoxBody>> {
    let response = refusal.answer(request.path());
    request.into_response(response).map_into_right_body()
}

/// A JSON body. What was sent is not repeated in the refusal: it may be about a person.
fn json<T: DeserializeOwned>(body: &Bytes) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::Json { line: error.line(), column: error.column() })
}
