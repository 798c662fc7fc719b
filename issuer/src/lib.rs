//! The lab's service: a result becomes a record, a record becomes passes.
//!
//! A *lab* adds what it found and hands out a code ([`Service::add`]). The citizen's wallet exchanges the code for an access token
//! ([`Service::grant`]), sends a commitment to its holder secret and gets the record, once ([`Service::issue`]); when it says that
//! the record arrived, everything that was needed to make it is forgotten ([`Service::acknowledge`]). Day by day the wallet shows the
//! record to the *pass office* and gets passes for the days ahead ([`Service::renew`]); the office keeps nothing of it. A lab takes a
//! mistake back with [`Service::withdraw`].
//!
//! | module | tells |
//! |---|---|
//! | `lab` | results, orders, codes, withdrawals, CSV and FHIR |
//! | `labs` | who may enter what, and how much of it |
//! | `collect` | code and commitment become a record, once |
//! | `office` | a record becomes passes: a pure function |
//! | `staff`, `people` | who may do what; accounts, sessions, and what takes two |
//! | `acts` | the chain of what staff did |
//! | `keys` | sealed keys, and the one place that signs |
//! | `pickup`, `secrets` | what seals facts and finds codes |
//! | `store` | the only SQL |
//! | `http` | routes, one file per visitor; the one map from error to status |
//! | `hand_over` | a code goes to the lab's own system for messages |
//! | `config`, `open`, `outgoing`, `trust`, `clock`, `doctor`, `health`, `metrics`, `hearing`, `restore` | how a service is put together and kept going |
#![forbid(unsafe_code)]

mod access;
mod acts;
mod clock;
mod collect;
mod config;
mod doctor;
mod hand_over;
mod health;
mod hearing;
mod http;
mod keys;
mod lab;
mod labs;
mod metrics;
mod office;
mod open;
mod outgoing;
mod people;
mod pickup;
mod restore;
mod secrets;
mod service;
mod staff;
mod store;
#[cfg(test)]
mod testing;
mod trust;
mod world;

pub use access::AccessError;
pub use acts::{Act, ActKind, ChainEnd, ChainError, EarlierChain, Ground, NoChainEnd, NotBegun, VerifiedChain};
pub use collect::{Answered, CollectError, GUESSES, Granted, Issued, LOCK_SECONDS, TOKEN_SECONDS};
pub use config::{BearerProvider, Config, ConfigError, HandOver, HookUrl, KeySet, RecordsService, Role};
pub use doctor::{Finding, Health, examine, few_open_files};
pub use hand_over::HookRefused;
pub use health::Ailment;
pub use hearing::NotHeard;
pub use http::{Needs, openapi, serve, serve_metrics, table};
pub use keys::{IssuingKey, KeyError, KeyRing, public_file};
pub use lab::{
    Added, AnsweredEntry, BadName, CallError, Completed, CompletedView, Corrected, CorrectedView, Days, Entry,
    FactError, Facts, Found, ImportError, Imported, LabError, Many, Mapped, Mapping, MappingError, Operator, Order,
    Outcome, Place, Reference, Rows, Step, Ticket, TicketView, results_in,
};
pub use labs::{BadVocabulary, Lab, LabsError, Vocabulary};
pub use office::{CheckedRecords, NONCE_SECONDS, OfficeError};
pub use open::OpenError;
pub use people::{
    BadPassword, Half, IDLE_SECONDS, Invitation, Invited, Newcomer, NoInvitation, OPEN_DAYS, Password, PasswordCost,
    PeopleError, Proposal, Proposed, SESSION_SECONDS, SecondHalf, SessionToken, TRIES, TRIES_SECONDS, TotpUri,
};
pub use pickup::{Form, NoCode, Pickup};
pub use restore::BackupError;
pub use secrets::{Secrets, ServerSecret};
pub use service::Service;
pub use staff::{Actor, LabName, Permission, StaffRole, Visitor};
pub use store::{
    AccountEntry, AccountState, ApiKeyEntry, BadAddress, Count, DatabaseAddress, Kept, Progress, Restored, Store,
    StoreError, Which,
};
pub use trust::{NoTrust, Trust};
pub use world::{Chance, World};
