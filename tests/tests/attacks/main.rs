//! The refusals of the assurance plan, each against real components from end to end: the attacker sends, the party refuses, and goes
//! on working for honest people. What each party refuses on its own, unit by unit, is tested beside its code.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod binding;
mod carrier;
mod clocks;
mod events;
mod files;
mod issuance;
mod keys;
mod policies;
mod records;
mod texts;
mod trust;

use bauta_spec::presentation::Envelope;
use bauta_spec::qr;
use bauta_tests::{Citizen, Town};

/// Tested yesterday.
const TESTED: &str = "tested=naat tested_on=2026-11-23 age_band=21-64 hint=M/05";

/// A town with a tested citizen who holds passes.
fn town_with_anna(seed: u64) -> (Town, Citizen) {
    let town = Town::with_seed(seed);
    let anna = town.citizen_with("health-record", TESTED);
    (town, anna)
}

/// What `citizen` shows for `policy`, changed in the clear part only.
fn relabelled(town: &Town, citizen: &Citizen, policy: &str, change: impl FnOnce(&mut Envelope)) -> String {
    let showing = citizen.show(town, policy).unwrap();
    let mut envelope = Envelope::from_bytes(showing.payload()).unwrap();
    change(&mut envelope);
    qr::to_text(&envelope.to_bytes())
}
