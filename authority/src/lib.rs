//! The official's tool: which issuers count, which rules and policies hold, and until when.
//!
//! An official holds two keys. The *root* key signs what counts: credential types, keys, rules, policies, and the delegate; it
//! stays offline. The *delegate* key keeps the trust list fresh, withdraws and raises floors, and can add nothing. Both work on one
//! [`Office`], a folder; what is published is a folder of static files.
//!
//! 1. [`Office::found`] makes both keys and the programme.
//! 2. [`Office::sign`] takes the root key and a type, key, rule or policy.
//! 3. [`Office::publish`] takes the delegate key and makes the next trust list, unless [`lint()`] finds that it would let a door pick
//!    somebody out.
//! 4. [`Office::withdraw`] and [`Office::raise_series`] write into the ledger; the next list says it.
//!
//! 5. [`Audit::of`] goes through everything that was published, as anybody can: whether it is one history, and which keys ever stood in it.
//!
//! Time and randomness are arguments. Nothing here opens a connection.
#![forbid(unsafe_code)]

mod audit;
mod ledger;
mod lint;
mod office;
mod publish;
mod refused;
mod shelf;
mod show;
mod sign;

pub use audit::{Audit, Finding, LoggedKey};
pub use lint::{
    Book, Count, Misfit, Named, NoPopulation, Notice, ONE_IN, PolicyFigures, Population, Refusal, Report, RuleFigures,
    Sample, lint,
};
pub use office::{Founding, Office};
pub use publish::{Published, population_in};
pub use refused::Refused;
pub use show::{Document, Standing, check, show};
pub use sign::{SignOrder, Signature, Terms, Urgency};

pub use ledger::Withdrawal;
