//! What one peer may ask of us: how much, how often, how slowly.

use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::Mutex;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::{self, Data};
use bauta_spec::time::Moment;
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::refusal::Refusal;
use super::{App, answer_early};

/// Longest body. The longest honest request, to the pass office, has about 2 KiB.
pub(super) const LONGEST_BODY: usize = 64 * 1024;

/// How long a peer may take to send its body, from the end of the head to the last byte of the body. With the head's own deadline before
/// it, nobody who is slow stays for more than ten seconds.
const BODY_DEADLINE: Duration = Duration::from_secs(5);

/// After how many unknown short codes, from all peers together, no short code is looked at for a minute. Codes in links are
/// beyond guessing, so they are never held up.
const MISSES_PER_MINUTE: u32 = 60;

/// Counters in memory; none outlives the process or reaches a log.
pub(crate) struct Limits {
    per_peer: DefaultKeyedRateLimiter<IpAddr>,
    misses: DefaultDirectRateLimiter,
    short_codes_rest_until: Mutex<Moment>,
    behind_proxy: bool,
}

impl Limits {
    pub(crate) fn new(requests_per_minute: NonZeroU32, behind_proxy: bool) -> Self {
        let misses = NonZeroU32::new(MISSES_PER_MINUTE).unwrap_or(NonZeroU32::MIN);
        Self {
            per_peer: RateLimiter::keyed(Quota::per_minute(requests_per_minute)),
            misses: RateLimiter::direct(Quota::per_minute(misses)),
            short_codes_rest_until: Mutex::new(Moment::from_unix(0)),
            behind_proxy,
        }
    }

    /// Whether short codes are looked at now, when so many were wrong of late.
    pub(crate) fn short_codes_open(&self, now: Moment) -> Result<(), Refusal> {
        let until = *self.rest();
        if now < until { Err(Refusal::TooMany { seconds: until.unix() - now.unix() }) } else { Ok(()) }
    }

    /// Counts a short code that nobody has.
    pub(crate) fn short_code_missed(&self, now: Moment) {
        if self.misses.check().is_err() {
            *self.rest() = Moment::from_unix(now.unix() + 60);
        }
    }

    /// Forgets peers that have been quiet.
    pub(crate) fn tidy(&self) {
        self.per_peer.retain_recent();
    }

    fn rest(&self) -> std::sync::MutexGuard<'_, Moment> {
        // A moment is whole whatever panicked beside it.
        self.short_codes_rest_until.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn peer(&self, request: &ServiceRequest) -> Option<IpAddr> {
        let forwarded = || {
            // The last address is the proxy's own word; the ones before it are the peer's.
            let header = request.headers().get_all("x-forwarded-for").last()?.to_str().ok()?;
            header.rsplit(',').next()?.trim().parse().ok()
        };
        let direct = || request.peer_addr().map(|address| address.ip());
        let address = if self.behind_proxy { forwarded().or_else(direct) } else { direct() };
        address.map(network)
    }
}

/// One household or server commonly has a whole /64 of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

/// Middleware: refuses a peer that asks too often.
pub(super) async fn how_often(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let welcome = match request.app_data::<Data<App>>() {
        Some(app) => app.limits.peer(&request).is_none_or(|peer| app.limits.per_peer.check_key(&peer).is_ok()),
        None => true,
    };
    if welcome {
        next.call(request).await.map(ServiceResponse::map_into_left_body)
    } else {
        Ok(answer_early(request, &Refusal::TooMany { seconds: 60 }))
    }
}

/// Middleware: reads the whole body before anything else happens, within a size and a time. The server's own deadline covers the
/// head only, and a handler that waits for a slow body would hold what it has locked.
pub(super) async fn how_much_and_how_slowly(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let payload = request.extract::<web::Payload>().await?;
    let body = tokio::time::timeout(BODY_DEADLINE, payload.to_bytes_limited(LONGEST_BODY)).await;
    let refusal = match body {
        Ok(Ok(Ok(bytes))) => {
            request.set_payload(Payload::from(bytes));
            return next.call(request).await.map(ServiceResponse::map_into_left_body);
        }
        Ok(Ok(Err(_))) => Refusal::NotUnderstood("the body broke off"),
        Ok(Err(_)) => Refusal::TooLarge,
        Err(_) => Refusal::TooSlow,
    };
    Ok(answer_early(request, &refusal))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn peer(behind_proxy: bool, request: TestRequest) -> Option<String> {
        let limits = Limits::new(NonZeroU32::MIN, behind_proxy);
        limits.peer(&request.to_srv_request()).map(|address| address.to_string())
    }

    fn request() -> TestRequest {
        TestRequest::default().peer_addr(([192, 0, 2, 1], 1000).into())
    }

    #[test]
    fn a_peer_cannot_choose_whom_it_is_taken_for() {
        let forged = || request().insert_header(("X-Forwarded-For", "203.0.113.5"));
        assert_eq!(peer(false, forged()).as_deref(), Some("192.0.2.1"));
        let through_a_proxy = request().insert_header(("X-Forwarded-For", "203.0.113.5, 198.51.100.7"));
        assert_eq!(peer(true, through_a_proxy).as_deref(), Some("198.51.100.7"));
        assert_eq!(peer(true, request()).as_deref(), Some("192.0.2.1"));
    }

    #[test]
    fn a_household_of_ipv6_is_one_peer() {
        let at = |address: &str| {
            peer(false, TestRequest::default().peer_addr((address.parse::<IpAddr>().unwrap(), 1).into()))
        };
        assert_eq!(at("2001:db8:1:2:3::4"), at("2001:db8:1:2:ffff::1"));
        assert_ne!(at("2001:db8:1:2:3::4"), at("2001:db8:1:3:3::4"));
    }
}
