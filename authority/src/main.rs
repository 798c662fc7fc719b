//! `bauta-authority`: parses, calls the library, prints. Everything that decides is in the library.
#![forbid(unsafe_code)]

mod args;
mod command;
mod passphrase;

use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use bauta_spec::time::Moment;
use clap::Parser;

fn main() -> ExitCode {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    // A clock before 1970 counts as 1970: the delegate's first minute then says that it is wrong.
    let now = Moment::from_unix(since.map_or(0, |since| since.as_secs()));
    match command::run(args::Args::parse(), now) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bauta-authority: {error:#}");
            ExitCode::FAILURE
        }
    }
}
