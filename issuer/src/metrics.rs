//! Numbers about the service for whoever keeps it running, and nothing about anybody.
//!
//! Every label comes from a list that is closed when the program is built: a route as it stands in the source, a kind of status, a word
//! for a refusal. No lab, operator, key, address or reference. What could be laid beside one person's visit is coarse (results that wait)
//! or not told at all: how many passes an answer held would tell which rules somebody's facts satisfy, so answers are counted.

use std::time::Duration;

use bauta_spec::time::Moment;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use crate::service::Service;
use crate::store::{StoreError, Waiting};

/// What is counted, and the list of it.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    durations: Family<Route, Histogram, fn() -> Histogram>,
    refusals: Family<Refused, Counter>,
    /// Requests that found the service too busy.
    pub(crate) shed: Counter,
    /// Records that were made or made again.
    pub(crate) records_made: Counter,
    /// Answers of the pass office.
    pub(crate) renewals: Counter,
    results: Family<State, Gauge>,
    connections: Family<State, Gauge>,
    trust_list_age: Gauge,
}

/// An answer to a request.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answered {
    route: String,
    status: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Refused {
    kind: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct State {
    state: &'static str,
}

/// From a look-up to what nobody waits for.
const SECONDS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// Results are told in such steps, upwards: that one person came must not show.
const STEP: u64 = 50;

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("bauta"),
            requests: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            refusals: Family::default(),
            shed: Counter::default(),
            records_made: Counter::default(),
            renewals: Counter::default(),
            results: Family::default(),
            connections: Family::default(),
            trust_list_age: Gauge::default(),
        };
        let Self {
            registry,
            requests,
            durations,
            refusals,
            shed,
            records_made,
            renewals,
            results,
            connections,
            trust_list_age,
        } = &mut metrics;
        registry.register("build", "The version of the program", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        registry.register("requests", "Requests by route and class of status", requests.clone());
        registry.register_with_unit("request_duration", "How long answers took", Unit::Seconds, durations.clone());
        registry.register("refusals", "Refusals by their kind", refusals.clone());
        registry.register("requests_shed", "Requests that found the service too busy", shed.clone());
        registry.register("records_made", "Records made, retries included", records_made.clone());
        registry.register("renewals", "Answers of the pass office", renewals.clone());
        registry.register("results", "Results that wait or are not yet acknowledged, in steps of 50", results.clone());
        registry.register("database_connections", "Connections to the database", connections.clone());
        registry.register_with_unit(
            "trust_list_age",
            "Time since the trust list was issued",
            Unit::Seconds,
            trust_list_age.clone(),
        );
        metrics
    }

    /// One request was answered.
    pub(crate) fn answered(&self, route: Option<String>, status: u16, took: Duration, refusal: Option<&'static str>) {
        let route = route.unwrap_or_else(|| "none".to_owned());
        self.durations.get_or_create(&Route { route: route.clone() }).observe(took.as_secs_f64());
        self.requests.get_or_create(&Answered { route, status: class(status) }).inc();
        if let Some(kind) = refusal {
            self.refusals.get_or_create(&Refused { kind }).inc();
        }
    }

    /// What waits for its citizens.
    fn count(&self, waiting: Waiting) {
        for (state, number) in [("waiting", waiting.unused), ("redeemed", waiting.redeemed)] {
            let coarse = number.div_ceil(STEP).saturating_mul(STEP);
            self.results.get_or_create(&State { state }).set(i64::try_from(coarse).unwrap_or(i64::MAX));
        }
    }
}

impl Service {
    /// Everything that is counted, as OpenMetrics text.
    ///
    /// # Errors
    /// The text cannot be written, which does not happen.
    pub fn metrics(&self) -> Result<String, std::fmt::Error> {
        let (metrics, now) = (&self.metrics, self.now());
        let (size, idle) = self.store.connections();
        for (state, number) in [("idle", idle), ("busy", size.saturating_sub(idle))] {
            metrics.connections.get_or_create(&State { state }).set(number.into());
        }
        if let Ok(list) = self.trust.latest() {
            metrics.trust_list_age.set(age(list.issued().start(), now));
        }
        let mut told = String::new();
        text::encode(&mut told, &metrics.registry)?;
        Ok(told)
    }

    /// Looks how many results wait, for the metrics.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count_waiting(&self) -> Result<(), StoreError> {
        self.metrics.count(self.store.count_waiting().await?);
        Ok(())
    }
}

fn class(status: u16) -> &'static str {
    match status {
        100..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    }
}

/// Negative when the clock is before.
fn age(issued: Moment, now: Moment) -> i64 {
    let seconds = |moment: Moment| i64::try_from(moment.unix()).unwrap_or(i64::MAX);
    seconds(now).saturating_sub(seconds(issued))
}
