//! What staff did, for whoever looks after them.

use std::process::ExitCode;

use bauta_issuer::{Act, ChainEnd, Service};
use clap::Subcommand;
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

#[derive(Subcommand)]
pub(super) enum Audit {
    /// Check that no act was changed, added, removed or moved, and say where the chain ends
    Verify {
        /// An end that was noted elsewhere, NUMBER:HASH: then a database that was put back is noticed as well
        #[arg(long, value_name = "NUMBER:HASH")]
        seen: Option<ChainEnd>,
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

/// Acts read at once.
const PAGE: u32 = 1000;

impl Audit {
    pub(super) async fn run(self, service: &Service) -> anyhow::Result<ExitCode> {
        match self {
            Self::Verify { seen } => {
                let end = service.verify_acts(seen.as_ref()).await?;
                println!("{end}");
                eprintln!("{} acts, and the chain holds. Note its end outside this machine, for --seen.", end.number);
            }
            Self::Show { mut after, json } => loop {
                let acts = service.acts_after(after, PAGE).await?;
                let Some(last) = acts.last() else { break };
                after = last.number;
                acts.iter().for_each(|act| print(act, json));
            },
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn print(act: &Act, as_json: bool) {
    let Act { number, at, who, lab, kind, about } = act;
    let seconds = i64::try_from(at.unix()).unwrap_or(i64::MAX);
    let written = OffsetDateTime::from_unix_timestamp(seconds).ok().and_then(|time| time.format(&Rfc3339).ok());
    // Only a clock thousands of years off has no date.
    let at = written.unwrap_or_else(|| seconds.to_string());
    if as_json {
        println!("{}", json!({ "number": number, "at": at, "who": who, "lab": lab, "kind": kind, "about": about }));
    } else {
        println!("{number}\t{at}\t{who}\t{lab}\t{kind}\t{about}");
    }
}
