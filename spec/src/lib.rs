//! What travels between lab, issuer, wallet, verifier and authority: every document, byte for byte.
//!
//! Each module's page is a normative document of its own, with byte tables and examples that run. The pages, the CDDL in `spec/cddl`
//! and the vectors in `spec/vectors` are enough to write a second implementation; this crate is the first.
//!
//! # The way of a result
//!
//! 1. An official's root key signs credential types, issuer keys, rules and policies; a delegate keeps the list of them fresh
//!    ([`signed`], [`trust`]).
//! 2. A lab enters a result: values of a closed vocabulary, no name ([`attributes`], [`hint`]). A pickup code brings it to a wallet as
//!    a long-lived record, blindly bound to the holder's secret ([`issuance`], [`credential`]).
//! 3. Once a day the wallet shows its record to a pass office, which applies each day's rules ([`rules`]) and signs passes: narrow,
//!    and good for one day of a grid that everybody shares ([`time`]).
//! 4. A door asks by a policy ([`policy`]), with a poster if it wants to see that nobody comes twice ([`poster`]). The wallet answers with a
//!    presentation ([`presentation`]) in a QR code ([`qr`]).
//! 5. What a lab takes back, its service tells pass offices that run elsewhere ([`withdrawn`]).
//!
//! Secrets rest in one format of [`sealed`] files. Everything but presentation, QR and JSON is [`cbor`] in its one spelling. [`words`]
//! are what a person reads.
//!
//! # What a type is worth
//!
//! Values are checked when they are made: a [`time::Day`] is a day, [`attributes::Claims`] fit their type, a
//! [`trust::TrustList`] was signed. No function here reads a clock or draws a random number by itself: both are arguments.
//!
//! ```
//! use bauta_spec::attributes::{Claims, RuleId, Value, shipped_named};
//! use bauta_spec::hint::Hint;
//! use bauta_spec::time::{Epoch, Grid, Moment};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let today = Grid::new(60)?.day_of(Moment::from_unix(1_795_521_600));
//! let entry = shipped_named("entry-pass").ok_or("not shipped")?;
//! let pass = Claims::new(&entry, vec![
//!     Value::Epoch(Epoch { day: today, series: 0 }),
//!     Value::Admits(RuleId::new(*b"by-rule1")),
//!     Value::Hint(Hint::of("Maria", 5)?),
//! ])?;
//! // Three short messages, and in none of them a name, a time, or whether it was a test or a vaccination.
//! assert_eq!(pass.messages().iter().map(Vec::len).sum::<usize>(), 5 + 9 + 2);
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

pub mod attributes;
pub mod cbor;
pub mod credential;
pub mod hint;
pub mod issuance;
pub mod policy;
pub mod poster;
pub mod presentation;
pub mod qr;
#[cfg(all(unix, feature = "roots"))]
pub mod roots;
pub mod rules;
pub mod sealed;
pub mod signed;
pub mod time;
pub mod trust;
pub mod withdrawn;
pub mod words;

mod problem;
mod text;

pub use cbor::Malformed;
pub use problem::{Param, Problem};
