//! The lab's service.
#![forbid(unsafe_code)]

mod config;
mod lab;
mod secrets;
mod store;
mod world;

pub use config::{Config, ConfigError, Role};
pub use secrets::{Secrets, ServerSecret};
pub use store::*;
pub use world::World;
