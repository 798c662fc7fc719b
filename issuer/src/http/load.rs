//! How much is done at the same time. Beyond that a request waits its turn for a moment, and whoever would wait longer is told at once to
//! come back later: a service that takes on more than it can do answers nobody in time.

use std::num::{NonZero, NonZeroU16};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Data;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::refusal::Refusal;
use super::{App, answer_early};

/// For so long a request waits for its turn.
const PATIENCE: Duration = Duration::from_millis(200);

/// An answer of the pass office takes a processor some milliseconds, so the last of eight waits for a few tens of them; and a few that wait
/// for the database leave it something to do.
const PER_PROCESSOR: usize = 8;

/// So many wait for each that is worked on. Most of them would have to wait too long as well, so more need not even begin to.
const WAITING: usize = 4;

/// Turns.
pub(crate) struct Load {
    turns: Semaphore,
    waiting: AtomicUsize,
    most_waiting: usize,
}

impl Load {
    pub(crate) fn new(at_once: Option<NonZeroU16>) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
        let at_once = at_once.map_or(PER_PROCESSOR * processors, |at_once| usize::from(at_once.get()));
        Self { turns: Semaphore::new(at_once), waiting: AtomicUsize::new(0), most_waiting: WAITING * at_once }
    }

    /// A turn, kept until it is dropped.
    async fn turn(&self) -> Result<SemaphorePermit<'_>, Refusal> {
        if let Ok(turn) = self.turns.try_acquire() {
            return Ok(turn);
        }
        let _place = Place::take(self).ok_or(Refusal::Busy)?;
        match tokio::time::timeout(PATIENCE, self.turns.acquire()).await {
            Ok(Ok(turn)) => Ok(turn),
            _ => Err(Refusal::Busy),
        }
    }
}

/// A place among those who wait, given back however the waiting ends.
struct Place<'l>(&'l Load);

impl<'l> Place<'l> {
    fn take(load: &'l Load) -> Option<Self> {
        let place = Self(load);
        (load.waiting.fetch_add(1, Ordering::Relaxed) < load.most_waiting).then_some(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Whether we are alive and ready must be told when the service is busiest.
const NEVER_TOO_BUSY: [&str; 2] = ["/livez", "/readyz"];

/// Middleware: refuses what would have to wait too long. The body is here already, so nobody takes a turn by being slow.
pub(super) async fn how_many(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let app = request.app_data::<Data<App>>().filter(|_| !NEVER_TOO_BUSY.contains(&request.path())).cloned();
    let Some(app) = app else {
        return next.call(request).await.map(ServiceResponse::map_into_left_body);
    };
    match app.load.turn().await {
        Ok(_turn) => next.call(request).await.map(ServiceResponse::map_into_left_body),
        Err(refusal) => {
            app.service.metrics.shed.inc();
            Ok(answer_early(request, &refusal))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[tokio::test]
    async fn whoever_would_wait_too_long_is_told_at_once() {
        let load = Load::new(Some(NonZeroU16::MIN));
        let turn = load.turn().await.unwrap();
        let begun = Instant::now();
        let (a, b, c, d, fifth) = tokio::join!(load.turn(), load.turn(), load.turn(), load.turn(), async {
            (load.turn().await.is_err(), begun.elapsed())
        });
        assert!([a.is_err(), b.is_err(), c.is_err(), d.is_err()].iter().all(|refused| *refused));
        assert!(fifth.0 && fifth.1 < PATIENCE, "four wait, the fifth is not even let in");
        assert!(begun.elapsed() >= PATIENCE);
        drop(turn);
        assert!(load.turn().await.is_ok(), "and every place is free again");
        assert_eq!(load.waiting.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn a_turn_that_comes_free_goes_to_who_waits() {
        let load = Load::new(Some(NonZeroU16::MIN));
        let turn = load.turn().await.unwrap();
        let (next, ()) = tokio::join!(load.turn(), async {
            tokio::time::sleep(PATIENCE / 4).await;
            drop(turn);
        });
        assert!(next.is_ok());
    }
}
