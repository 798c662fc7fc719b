//! What staff did, for whoever looks after them.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use bauta_issuer::{Act, ChainEnd, EarlierChain, Ground, ServerSecret, Service, VerifiedChain};
use clap::{Args, Subcommand};
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{Printed, console};

#[derive(Subcommand)]
pub(super) enum Audit {
    /// Check that no act was changed, added, removed or moved, and say where the chain ends
    Verify {
        /// An end that was noted elsewhere, NUMBER:HASH: then a database that was put back is noticed as well
        #[arg(long, value_name = "NUMBER:HASH")]
        seen: Option<ChainEnd>,
        /// A server secret that was replaced: the chain that was made with it is checked as well. May be said several times
        #[arg(long, value_name = "FILE")]
        old_secret: Vec<PathBuf>,
    },
    /// Begin a new chain where the one so far ends: after the server secret was replaced, while no replica runs
    Begin {
        #[command(flatten)]
        ground: OnWhatGround,
    },
    /// Show the acts in their order
    Show {
        /// Only those with higher numbers
        #[arg(long, default_value_t = 0)]
        after: u64,
        /// Print JSON, one act a line
        #[arg(long)]
        json: bool,
    },
}

#[derive(Args)]
#[group(required = true, multiple = false)]
pub(super) struct OnWhatGround {
    /// The server secret so far: the chain is checked with it first
    #[arg(long, value_name = "FILE")]
    old_secret: Option<PathBuf>,
    /// That secret is lost, or the chain is broken: the new chain says for good that nobody checked the one before
    #[arg(long)]
    unverified: bool,
}

/// Acts read at once.
const PAGE: u32 = 1000;

impl Audit {
    pub(super) async fn run(self, service: &Service) -> anyhow::Result<ExitCode> {
        match self {
            Self::Verify { seen, old_secret } => {
                let old = old_secret.iter().map(|file| old_one(service, file)).collect::<anyhow::Result<Vec<_>>>()?;
                let VerifiedChain { end, earlier } = service.verify_all_acts(&old, seen.as_ref()).await?;
                println!("{end}");
                for chain in &earlier {
                    eprintln!("{}", in_words(chain));
                }
                eprintln!("{} acts, and the chain holds. Note its end outside this machine, for --seen.", end.number);
            }
            Self::Begin { ground } => {
                let old = ground.old_secret.map(|file| old_one(service, &file)).transpose()?;
                let ground = old.as_ref().map_or(Ground::Unverified, Ground::Verified);
                let end = service.begin_chain(ground, &service.at_console("console".parse()?)).await?;
                println!("{end}");
                eprintln!(
                    "A new chain begins with act {}. Keep the old secret apart: it checks what was before.",
                    end.number
                );
            }
            Self::Show { mut after, json } => loop {
                let acts = service.acts_after(after, PAGE).await?;
                let Some(last) = acts.last() else { break };
                after = last.number;
                acts.iter().for_each(|act| print(act, Printed { json }));
            },
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// A secret that was replaced, sealed under the passphrase of the others.
fn old_one(service: &Service, file: &Path) -> anyhow::Result<ServerSecret> {
    let passphrase = console::passphrase(service.config().passphrase_file.as_deref())?;
    ServerSecret::open(file, passphrase.bytes()).context("the old secret")
}

fn in_words(chain: &EarlierChain) -> String {
    let EarlierChain { first, last, verified, verified_before } = chain;
    let made = format!("Acts {first} to {last} were made with an earlier server secret");
    match (verified, verified_before) {
        (true, _) => format!("{made}, and hold under it."),
        (false, true) => {
            format!("{made}: they held when the next chain was begun. To check them now: --old-secret FILE.")
        }
        (false, false) => format!(
            "Acts {first} to {last} were not checked when the next chain was begun: nobody knows whether they hold."
        ),
    }
}

fn print(act: &Act, printed: Printed) {
    let Act { number, at, who, lab, kind, about } = act;
    let seconds = i64::try_from(at.unix()).unwrap_or(i64::MAX);
    let written = OffsetDateTime::from_unix_timestamp(seconds).ok().and_then(|time| time.format(&Rfc3339).ok());
    // Only a clock thousands of years off has no date.
    let at = written.unwrap_or_else(|| seconds.to_string());
    if printed.json {
        println!("{}", json!({ "number": number, "at": at, "who": who, "lab": lab, "kind": kind, "about": about }));
    } else {
        println!("{number}\t{at}\t{who}\t{lab}\t{kind}\t{about}");
    }
}
