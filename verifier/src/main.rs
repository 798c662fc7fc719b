//! `bauta-verifier`: the venue's verifier as a program for the command line. Everything that decides is in the library.
#![forbid(unsafe_code)]

mod args;
mod command;
mod failure;
mod http;
mod organiser;

use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use bauta_spec::time::Moment;
use clap::Parser;
use getrandom::SysRng;
use rand_core::UnwrapErr;

use crate::args::Args;
use crate::command::World;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(say_where_only));
    // Without randomness from the system nothing can be remembered under a key, so its failure ends the program.
    let mut world = World { now, rng: UnwrapErr(SysRng) };
    match command::run(Args::parse(), &mut world) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("bauta-verifier: {failure}");
            failure.exit_code()
        }
    }
}

/// A clock before 1970 counts as 1970: the trust list's date then says that it is wrong.
fn now() -> Moment {
    Moment::from_unix(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()))
}

/// The words of a panic may quote what was scanned; the place in the program cannot.
fn say_where_only(panic: &std::panic::PanicHookInfo<'_>) {
    if let Some(place) = panic.location() {
        eprintln!("bauta-verifier: failed at {place}; please report this line");
    }
}
