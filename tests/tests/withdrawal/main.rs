//! Withdrawal with the real programs: a lab's service with its office, the authority's files on a plain web server, wallets, and doors
//! that fetch at their pace. What each part refuses by itself is tested beside its code.
//!
//! `BAUTA_REAL_TIMERS=1` lets everybody wait as in the field, up to a minute each, and waits for a list to expire; without it doors fetch
//! every second, and a service is started anew instead of looking and listening at its own pace.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod elsewhere;
mod fetching;
mod field;
mod static_files;
mod story;
