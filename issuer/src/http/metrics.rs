//! Metrics, at a door of their own: whoever watches the service is let in there, and nobody else.

use std::net::TcpListener;
use std::sync::Arc;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data};
use actix_web::{App as Actix, HttpResponse, HttpServer};

use super::{HEAD_DEADLINE, headers, refusal};
use crate::service::Service;

/// A few programs ask now and then.
const CONNECTIONS: usize = 64;

/// Tells metrics on a listener, until it is stopped. It takes no heed of signals: that is for the service beside it.
///
/// # Errors
/// When the listener cannot be used.
pub fn serve_metrics(service: Arc<Service>, listener: TcpListener) -> std::io::Result<Server> {
    let server = HttpServer::new(move || {
        Actix::new()
            .app_data(Data::from(Arc::clone(&service)))
            .route("/metrics", web::get().to(metrics))
            .default_service(web::to(refusal::no_such_page))
            .wrap(from_fn(headers::strict))
    });
    let server = server.workers(1).client_request_timeout(HEAD_DEADLINE).max_connections(CONNECTIONS);
    Ok(server.disable_signals().shutdown_timeout(1).listen(listener)?.run())
}

async fn metrics(service: Data<Service>) -> HttpResponse {
    match service.metrics() {
        Ok(told) => HttpResponse::Ok().content_type(OPEN_METRICS).body(told),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
