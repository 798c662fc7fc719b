//! How the service goes, so that nobody who is on the way to it finds a closed door.
//!
//! A proxy in front learns only after a moment that a replica goes, and until then opens connections to it and sends requests over those
//! that it keeps. So for that moment everybody is still answered, `/readyz` says that the service goes, and every answer closes its
//! connection: the next request comes over a new one, to whoever is there then. At the end of it the door is shut first, and the work goes on
//! for another moment: whoever was let in before is answered, and whoever knocks afterwards is refused at once and can go elsewhere. A
//! server that stops with its door open loses those whom it has let in and not yet served. What is lost still is whom the kernel let in at the
//! very moment when the door was shut.

use std::net::{Shutdown, TcpListener};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{ServerHandle, ServiceRequest, ServiceResponse};
use actix_web::http::ConnectionType;
use actix_web::middleware::Next;
use actix_web::web::Data;
use socket2::SockRef;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::App;

/// Whether the service is about to go.
#[derive(Debug, Default)]
pub(crate) struct Farewell(AtomicBool);

impl Farewell {
    /// Whether it has been told to.
    pub(crate) fn is_said(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn say(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// What tells the service to go: a supervisor by SIGTERM, or a person by ctrl-c.
pub(super) struct Told {
    supervisor: Signal,
    person: Signal,
    door: TcpListener,
}

/// Within this moment whoever was let in is being served.
const MOMENT: Duration = Duration::from_millis(100);

impl Told {
    /// From now on neither ends the process by itself.
    pub(super) fn listen(door: TcpListener) -> std::io::Result<Self> {
        Ok(Self { supervisor: signal(SignalKind::terminate())?, person: signal(SignalKind::interrupt())?, door })
    }

    /// Waits until it is told, stays for as long as others need to notice, and stops the server. Whoever sits at the keyboard, or says it
    /// twice, waits for no proxy.
    pub(super) async fn go(mut self, app: Data<App>, server: ServerHandle, linger: Duration) {
        let by_supervisor = tokio::select! {
            _ = self.supervisor.recv() => true,
            _ = self.person.recv() => false,
        };
        app.farewell.say();
        if by_supervisor {
            tracing::info!(milliseconds = u64::try_from(linger.as_millis()).unwrap_or(u64::MAX), "stopping");
            tokio::select! {
                () = tokio::time::sleep(linger) => {}
                _ = self.supervisor.recv() => {}
                _ = self.person.recv() => {}
            }
        }
        // Where a system cannot do this, the door is shut by the stop.
        drop(SockRef::from(&self.door).shutdown(Shutdown::Both));
        drop(self.door);
        tokio::time::sleep(MOMENT).await;
        server.stop(true).await;
    }
}

/// Middleware: the last answer on each connection closes it.
pub(super) async fn last_words(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let app = request.app_data::<Data<App>>().cloned();
    let mut response = next.call(request).await?;
    if app.is_some_and(|app| app.farewell.is_said()) {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    Ok(response)
}
