//! Command line of the issuer: parses, calls the library, prints.
#![forbid(unsafe_code)]

mod command;

use std::process::ExitCode;

use clap::Parser;

#[actix_web::main]
async fn main() -> ExitCode {
    match command::run(command::Line::parse()).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("bauta-issuer: {error:#}");
            ExitCode::FAILURE
        }
    }
}
