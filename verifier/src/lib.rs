//! The venue's verifier: reads a code and decides, offline, whether it answers what the door asks.
//!
//! ```text
//! camera, picture or scanner ──► text ──► check ──► Verified   (green: what was shown, and nothing else)
//!                                           ▲   └─► Refusal    (red: a reason a person can act on)
//!                            Held: trust list, policy, clock
//! ```
//!
//! [`Door::scan`] is the one call for integrators. [`check`] is the same without the safety net, as a list of steps.
//! [`Door::scan_batch`] decides about many codes in about half of the time. A door asks in one way, [`Asking`]: for a code that the wallet
//! makes by itself, by an organiser's poster, or by a nonce on its screen. [`Memory`] is all that it remembers, and it forgets: codes
//! after minutes, and who came in to an event, as keyed hashes, when its day is over. [`Venue`] is a door with its list in memory, for a page; `Held` (with the feature `cli`)
//! keeps the list on disk. A list only ever gets newer.
//!
//! Nothing here makes a network request but `SharedBook` (with the feature `redis`), to the server that an organiser's doors share; the
//! command line can also fetch a list.
#![forbid(unsafe_code)]

mod answer;
mod asking;
mod batch;
mod check;
mod entered;
mod memory;
mod nonces;
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

pub use asking::Asking;
pub use check::{Door, Shown, Verified, check};
pub use entered::{Before, Entered, EnteredKey, Entry};
#[cfg(feature = "redis")]
pub use entered::{NoBook, SharedBook};
pub use memory::Memory;
#[cfg(feature = "cli")]
pub use picture::{MAX_PICTURE_BYTES, read_picture};
pub use refusal::Refusal;
pub use replay::Seen;
pub use root::{Unbelievable, believable};
#[cfg(feature = "cli")]
pub use scanner::{MAX_LINE_BYTES, Turn, watch, watch_and_look};
#[cfg(feature = "cli")]
pub use trust::{Held, HeldError};
pub use venue::{Known, NotOpened, PolicyView, Screen, Venue, asked, usual_mode, verified};
pub use verdict::{as_json, in_words};
