//! `bauta-wallet`: the wallet as a program for the command line. Everything that decides is in the library.
#![forbid(unsafe_code)]

mod args;
mod command;
mod failure;
mod http;
mod passphrase;

use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use bauta_spec::time::Moment;
use clap::Parser;
use getrandom::SysRng;
use rand_core::UnwrapErr;

use crate::args::Args;
use crate::command::World;

fn main() -> ExitCode {
    // Without randomness from the system nothing here can be done safely, so its failure ends the program.
    let mut world = World { now, rng: UnwrapErr(SysRng) };
    match command::run(Args::parse(), &mut world) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("bauta-wallet: {failure}");
            failure.exit_code()
        }
    }
}

/// A clock before 1970 counts as 1970: the trust list's date then says that it is wrong.
fn now() -> Moment {
    Moment::from_unix(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()))
}
