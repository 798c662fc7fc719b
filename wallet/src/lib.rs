//! The citizen's side: from a pickup code to a record, from a record to passes, from a pass to a code at the door.
//!
//! A wallet has one *holder secret*. It **collects** a record by a blind commitment to that secret: the issuer signs facts for somebody whom
//! it could not recognise again. Day by day it **renews**: it shows the record to a pass office and gets one pass for each rule and
//! day that the facts satisfy. At the door it **presents** one pass: a fresh proof that discloses what the policy asks for and
//! nothing else. Whatever comes from outside is recomputed here before it is kept.
//!
//! | module | what it does |
//! |---|---|
//! | [`collect`] | a request, and the record that answers it |
//! | [`errand`] | the same with the calls that it takes, in an order in which a crash loses nothing |
//! | [`task`] | a collection or a renewal as a series of calls, for whoever sends them |
//! | [`renew`] | a record, and the passes that the rules make of it |
//! | [`schedule`] | when lists, labs and offices are asked, and never because of a showing |
//! | [`present`] | which pass answers a policy, what the door learns, the code |
//! | [`vault`] | what a wallet keeps, sealed |
//! | [`view`] | what a page shows of it |
//! | [`exchange`] | requests and answers, without a connection |
//!
//! No module opens a connection, reads a clock or makes randomness: those are the caller's.
#![forbid(unsafe_code)]

pub mod collect;
pub mod errand;
pub mod exchange;
pub mod present;
pub mod renew;
pub mod schedule;
pub mod task;
pub mod vault;
pub mod view;

mod holding;
mod problem;
#[cfg(feature = "wasm")]
mod wasm;

pub use holding::{Pass, Record};
