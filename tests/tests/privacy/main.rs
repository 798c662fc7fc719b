//! What nobody may learn, measured: from showings, from what lab and office keep, from lengths.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at what it did not expect")]

mod classifier;
mod lengths;
mod programs;
mod traces;
mod windows;

/// Tested yesterday.
const TESTED: &str = "tested=naat tested_on=2026-11-23 age_band=21-64 hint=M/05";
/// Vaccinated in October.
const VACCINATED: &str = "vaccinated=mrna vaccinated_on=2026-10-15 age_band=65+ hint=A/11";
