//! The venue's verifier: reads a code and decides, offline, whether it answers what the door asks.
//!
//! ```text
//! camera, picture or scanner ──► text ──► check ──► Verified   (green: what was shown, and nothing else)
//!                                           ▲   └─► Refusal    (red: a reason a person can act on)
//!                            Held: trust list, policy, clock
//! ```
//!
//! [`Door::scan`] is the one call for integrators. [`check`] is the same without the safety net, as a list of steps. [`Seen`] is
//! the only memory there is, and it forgets. [`Held`] keeps the venue's trust list on disk, which only ever gets newer.
//!
//! Nothing here makes a network request: only the command line can, and only to fetch a list.
#![forbid(unsafe_code)]

mod check;
mod picture;
mod refusal;
mod replay;
mod scanner;
mod trust;
mod verdict;

pub use check::{Door, Shown, Verified, check};
pub use picture::{MAX_PICTURE_BYTES, read_picture};
pub use refusal::Refusal;
pub use replay::Seen;
pub use scanner::{MAX_LINE_BYTES, watch};
pub use trust::{Held, HeldError};
pub use verdict::{as_json, in_words};
