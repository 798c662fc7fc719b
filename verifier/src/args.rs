//! What can be typed.

use std::path::PathBuf;

use clap::{Args as Group, Parser, Subcommand};

/// The venue's verifier: reads a code and says accepted or refused.
#[derive(Parser)]
#[command(
    version,
    after_help = "Exit codes: 0 accepted or done, 1 refused, 2 wrong usage or not set up, 3 the door is not ready, \
    4 not reached: try later"
)]
pub(crate) struct Args {
    /// The venue's folder.
    #[arg(long, global = true, env = "BAUTA_VERIFIER_DIR", default_value = "door", value_name = "DIR")]
    pub(crate) dir: PathBuf,
    /// Certificates of your house's own authority, in PEM: believed beside those that everybody's browser knows.
    #[arg(long, global = true, env = "BAUTA_CA_FILE", value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Sets up a venue that trusts one root key.
    Init {
        /// The authority's root public key: a file with 64 hex digits.
        #[arg(long, value_name = "FILE")]
        root: PathBuf,
        /// Where trust lists come from: an address or a file.
        #[arg(long, value_name = "URL|FILE")]
        trust: String,
    },
    /// Fetches the newest trust list; never takes an older one.
    Update,
    /// What this venue may ask today, and what it would learn.
    Policies {
        /// For programs.
        #[arg(long)]
        json: bool,
    },
    /// Decides about one code, or about every line of a scanner. Opens no connection.
    Check(Check),
}

#[derive(Group)]
pub(crate) struct Check {
    /// What is asked here, by the name that `policies` gives.
    #[arg(long, value_name = "NAME")]
    pub(crate) policy: String,
    #[command(flatten)]
    pub(crate) from: From,
    /// Nothing was scanned here in the last five minutes: do not wait before the first code.
    #[arg(long, requires = "stdin", conflicts_with_all = ["text", "picture"])]
    pub(crate) opening: bool,
    /// One JSON object per verdict.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Where the code comes from.
#[derive(Group)]
#[group(required = true, multiple = false)]
pub(crate) struct From {
    /// The text of a code. Other users of this computer can see it while the command runs.
    #[arg(value_name = "TEXT")]
    pub(crate) text: Option<String>,
    /// A picture with one code: PNG or JPEG.
    #[arg(long, value_name = "FILE")]
    pub(crate) picture: Option<PathBuf>,
    /// A scanner that types: one code per line, one verdict per line.
    #[arg(long)]
    pub(crate) stdin: bool,
}
