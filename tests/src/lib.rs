//! What the stories need: a town in memory, and a town of real programs.
//!
//! [`Town`] holds everybody in memory. [`city`] sets the four programs up in a folder, the way an official, a lab, a citizen and a venue would; [`shell`] runs them; [`pages`] serves what browsers run.
#![forbid(unsafe_code)]

pub mod city;
pub mod pages;
pub mod shell;
mod town;

pub use town::{Citizen, Collected, Event, Lab, Official, Organiser, Town};
