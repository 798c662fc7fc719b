//! The lab's service.
#![forbid(unsafe_code)]

mod access;
mod collect;
mod config;
pub mod http;
mod keys;
mod lab;
mod office;
mod pickup;
mod secrets;
mod service;
mod store;
#[cfg(test)]
mod testing;
mod trust;
mod world;

pub use config::{Config, ConfigError, Role};
pub use secrets::{Secrets, ServerSecret};
pub use store::*;
pub use world::World;
