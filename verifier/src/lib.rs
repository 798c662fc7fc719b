//! The venue's verifier: reads a code and decides, offline, whether it answers what the door asks.
//!
//! ```text
//! camera, picture or scanner ──► text ──► check ──► Verified   (green: what was shown, and nothing else)
//!                                           ▲   └─► Refusal    (red: a reason a person can act on)
//!                            Held: trust list, policy, clock
//! ```
//!
//! [`Door::scan`] is the one call for integrators. [`check`] is the same without the safety net, as a list of steps.
//! [`Door::scan_batch`] decides about many codes in about half of the time. [`Seen`] is
//! the only memory there is, and it forgets. [`Venue`] is a door with its list in memory, for a page; `Held` (with the feature `cli`)
//! keeps the list on disk. A list only ever gets newer.
//!
//! Nothing here makes a network request: only the command line can, and only to fetch a list.
#![forbid(unsafe_code)]

mod batch;
mod check;
#[cfg(feature = "cli")]
mod picture;
mod refusal;
mod replay;
mod root;
#[cfg(feature = "cli")]
mod scanner;
#[cfg(feature = "cli")]
mod trust;
mod venue;
mod verdict;
#[cfg(feature = "wasm")]
mod wasm;

pub use check::{Door, Shown, Verified, check};
#[cfg(feature = "cli")]
pub use picture::{MAX_PICTURE_BYTES, read_picture};
pub use refusal::Refusal;
pub use replay::Seen;
pub use root::{Unbelievable, believable};
#[cfg(feature = "cli")]
pub use scanner::{MAX_LINE_BYTES, watch};
#[cfg(feature = "cli")]
pub use trust::{Held, HeldError};
pub use venue::{Known, NotOpened, PolicyView, Venue, asked};
pub use verdict::{as_json, in_words};
