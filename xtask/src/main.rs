//! The developer's commands: `cargo xtask <command>`.
//!
//! Each command does its own set-up: it finds out what the machine has, installs what is missing where it may, and
//! names it where it may not. The README's two commands are `demo` and `test`.
#![forbid(unsafe_code)]

mod api;
mod assure;
mod bench;
mod browser;
mod dudect;
mod fuzz;
mod instructions;
mod machine;
mod plot;
mod release;
mod sbom;
mod test;
mod wasm;
mod web;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use assure::Form;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The developer's commands of Bauta")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Shows the whole way, from a lab's result to the door, with the real programs.
    Demo {
        /// Where keys, databases and pictures go; emptied first. Default: target/demo.
        #[arg(long)]
        dir: Option<std::path::PathBuf>,
        /// Instead, shows wallet and verifier as web pages side by side, with a sample person ready to collect, until ctrl-c.
        #[arg(long)]
        web: bool,
    },
    /// Runs everything that continuous integration runs.
    Test {
        /// Only formatting, lints and the tests.
        #[arg(long)]
        quick: bool,
    },
    /// Writes spec/vectors again; with --check, says whether they are what the code would write.
    Vectors {
        /// Compare only; write nothing.
        #[arg(long)]
        check: bool,
    },
    /// Builds the two pages and the npm package into target/web.
    Web {
        /// Only the WebAssembly and what loads it, in web/wasm; and the readers of the vectors, for the tests.
        #[arg(long)]
        bindings: bool,
    },
    /// Tests the pages: types, units, and end to end in Chromium.
    WebTest {
        /// Only end-to-end tests in files named so: story, offline, faults, looks, …
        #[arg(default_value = "")]
        only: String,
    },
    /// Every screen of both pages in every language, into target/screenshots; a few of them into docs/images.
    Screenshots,
    /// Films shown codes in three grades and says how many the pages' decoder reads.
    ScanCorpus {
        /// Pictures for each grade and kind of pass.
        #[arg(long, default_value_t = 200)]
        pictures: u32,
    },
    /// How long showing, checking and starting take in Chromium, and what the pages weigh.
    WebFigures,
    /// Fuzzes every decoder, coverage-guided.
    Fuzz {
        /// Seconds for each target.
        #[arg(long, default_value_t = 60)]
        seconds: u32,
        /// Only targets whose name contains this.
        #[arg(long, default_value = "")]
        only: String,
    },
    /// Measures our cryptography beside its peers and prints the ratios as a table.
    Bench {
        /// How often each does everything; medians are compared.
        #[arg(long, default_value_t = 101)]
        rounds: usize,
    },
    /// The same in WebAssembly, beside what npm has.
    BenchWasm {
        /// How often each does everything; medians are compared.
        #[arg(long, default_value_t = 31)]
        rounds: usize,
    },
    /// Draws what `bench` measured, for docs/performance.md.
    Plot {
        /// When and on what it was measured, for the reader: "24 November 2026, one core of an AMD EPYC".
        #[arg(long)]
        measured: String,
    },
    /// Measures whether secrets show in how long operations take, on both backends.
    Dudect {
        /// Seconds for each operation; a run has fifteen of them on each backend.
        #[arg(long, default_value_t = dudect::SECONDS, conflicts_with = "short")]
        seconds: u32,
        /// The form that `test` runs: a minute for everything, and a higher bar.
        #[arg(long)]
        short: bool,
    },
    /// Counts the instructions of each operation on both backends, and whether secrets change that.
    Instructions {
        /// Only whether secrets change it.
        #[arg(long)]
        secrets: bool,
    },
    /// Runs the long form of everything in the assurance table, and writes target/assure/report.md.
    Assure {
        /// Only these figures: A6, or A3,A6.
        #[arg(long, value_delimiter = ',')]
        only: Vec<String>,
        /// The short forms: they test the commands and the report.
        #[arg(long)]
        quick: bool,
        /// The seed of every random test; otherwise from the clock, and printed.
        #[arg(long)]
        seed: Option<u64>,
        /// Only says which figures there are, and by which commands.
        #[arg(long)]
        list: bool,
    },
    /// Compiles the benches of other libraries, which stand in workspaces of their own and take minutes.
    Peers,
    /// Bans, licences and sources of all dependencies.
    Deny,
    /// Writes what is inside each thing that we publish into target/sbom, as CycloneDX.
    Sbom,
    /// Builds what is published, as anybody can build it again, into target/release-files.
    Release {
        /// Only what has this in its name: bauta-issuer, wasm-wallet, …
        #[arg(default_value = "")]
        only: String,
    },
    /// Builds what is committed twice, at two places, and compares every byte.
    RebuildCheck {
        /// Only what has this in its name: bauta-issuer, wasm-wallet, …
        #[arg(default_value = "")]
        only: String,
    },
    /// Lets schemathesis ask a running issuer everything that its /openapi.json describes.
    ApiTest {
        /// For all keys together.
        #[arg(long, default_value_t = api::SECONDS)]
        seconds: u32,
        /// Of the questions; otherwise BAUTA_SEED, otherwise from the clock.
        #[arg(long, env = "BAUTA_SEED")]
        seed: Option<u64>,
    },
    /// Measures what one issuer does in a second, on both databases, and what a nation needs. Wants a quiet machine.
    IssuerFigures {
        /// How long each figure is measured.
        #[arg(long, default_value_t = 20)]
        seconds: u32,
    },
    /// Measures how many codes doors check in a second, and how long 50 doors wait that share one book. Wants a quiet machine.
    DoorFigures {
        /// How long each figure is measured.
        #[arg(long, default_value_t = 20)]
        seconds: u32,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Demo { dir, web: false } => test::demo(dir),
        Command::Demo { dir, web: true } => browser::demo(dir),
        Command::Test { quick } => test::test(quick),
        Command::Vectors { check } => test::vectors(check),
        Command::Web { bindings: true } => web::bindings().and_then(|()| web::vectors()),
        Command::Web { bindings: false } => web::build(),
        Command::WebTest { only } => browser::test(&only),
        Command::Screenshots => browser::screenshots(),
        Command::ScanCorpus { pictures } => browser::corpus(pictures),
        Command::WebFigures => browser::figures(),
        Command::Fuzz { seconds, only } => fuzz::run(seconds, &only),
        Command::Bench { rounds } => bench::peers(rounds),
        Command::BenchWasm { rounds } => bench::wasm(rounds),
        Command::Plot { measured } => plot::run(&measured),
        Command::Dudect { short: true, .. } => dudect::short(),
        Command::Dudect { seconds, .. } => dudect::long(seconds),
        Command::Instructions { secrets: true } => instructions::secrets(),
        Command::Instructions { secrets: false } => instructions::all(),
        Command::Assure { list: true, .. } => {
            assure::list();
            Ok(())
        }
        Command::Assure { only, quick, seed, .. } => {
            assure::run(&assure::Asked { form: if quick { Form::Short } else { Form::Long }, only, seed })
        }
        Command::Peers => {
            test::compiles(&["crypto/benches/peers", "crypto/benches/wasm", "crypto/benches/instructions"])
        }
        Command::Deny => test::deny(),
        Command::Sbom => sbom::run(),
        Command::Release { only } => release::build(&only),
        Command::RebuildCheck { only } => release::check(&only),
        Command::ApiTest { seconds, seed } => api::test(seconds, seed),
        Command::IssuerFigures { seconds } => test::figures("figures", seconds),
        Command::DoorFigures { seconds } => test::figures("door_figures", seconds),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\ncargo xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
