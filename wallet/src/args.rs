//! What can be typed.

use std::path::PathBuf;

use bauta_spec::issuance::IssuerUrl;
use bauta_wallet::schedule::LIST_EVERY;
use clap::{Args as Group, Parser, Subcommand};

/// The citizen's wallet: collects records, renews passes, shows them.
#[derive(Parser)]
#[command(
    version,
    after_help = "Exit codes: 0 done, 1 refused, 2 wrong usage or not set up, 3 nothing to show, \
    4 not reached: try later, 5 a file cannot be opened"
)]
pub(crate) struct Args {
    /// The wallet file.
    #[arg(long, global = true, env = "BAUTA_WALLET", default_value = "bauta.wallet", value_name = "FILE")]
    pub(crate) wallet: PathBuf,
    /// A file with the passphrase, readable by you alone. Without one you are asked.
    #[arg(long, global = true, env = "BAUTA_WALLET_PASSPHRASE_FILE", value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Certificates of your house's own authority, in PEM: believed beside those that everybody's browser knows.
    #[arg(long, global = true, env = "BAUTA_CA_FILE", value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Makes a wallet that trusts one root key.
    Init {
        /// The authority's root public key: a file with 64 hex digits.
        #[arg(long, value_name = "FILE")]
        root: PathBuf,
        /// Where trust lists come from: an address or a file.
        #[arg(long, value_name = "URL|FILE")]
        trust: String,
    },
    /// The trust list: which keys, rules and policies count.
    #[command(subcommand)]
    Trust(Trust),
    /// Redeems a code from a lab. Without a link, goes on with what was interrupted.
    Collect(Collect),
    /// Records, passes and interrupted collections in words.
    List {
        /// For programs.
        #[arg(long)]
        json: bool,
    },
    /// Fetches the passes of the coming days.
    Renew {
        #[command(flatten)]
        hint: Hint,
        /// A pass office other than the service that issued the record.
        #[arg(long, value_name = "URL")]
        office: Option<IssuerUrl>,
        /// For programs.
        #[arg(long)]
        json: bool,
    },
    /// Goes on until it is ended: takes newer trust lists, asks labs again that had no result yet, and renews passes, each when it is time.
    KeepUp {
        /// Seconds between two fetches of the trust list: six hours for everybody. A wallet of another pace can be told from others by it.
        #[arg(long, value_name = "SECONDS", default_value_t = LIST_EVERY, value_parser = clap::value_parser!(u32).range(1..=86400))]
        every: u32,
        /// A pass office other than the service that issued the record.
        #[arg(long, value_name = "URL")]
        office: Option<IssuerUrl>,
    },
    /// What doors may ask, and which of it can be shown now.
    Policies {
        /// For programs.
        #[arg(long)]
        json: bool,
    },
    /// Says what the door will learn, then shows a code. Opens no connection.
    Show(Show),
    /// Writes a sealed copy under a passphrase of its own.
    Backup {
        /// The file to make.
        file: PathBuf,
        #[command(flatten)]
        passphrase: BackupPassphrase,
    },
    /// Makes the wallet file from a backup.
    Restore {
        /// The backup.
        file: PathBuf,
        #[command(flatten)]
        passphrase: BackupPassphrase,
    },
    /// Changes the passphrase of the wallet.
    Passphrase {
        /// A file with the new passphrase, readable by you alone. Without one you are asked.
        #[arg(long, value_name = "FILE")]
        new_passphrase_file: Option<PathBuf>,
    },
    /// Removes a record, interrupted collections, or the whole wallet.
    Forget(Forget),
}

#[derive(Subcommand)]
pub(crate) enum Trust {
    /// Fetches the newest list; never takes an older one.
    Update,
    /// Programme, version and age.
    Show {
        /// For programs.
        #[arg(long)]
        json: bool,
    },
}

/// Kept in the wallet until the other is said.
#[derive(Group)]
#[group(multiple = false)]
pub(crate) struct Hint {
    /// From now on, passes with the hint that a door compares with an ID card. The office learns it.
    #[arg(long)]
    pub(crate) with_hint: bool,
    /// From now on, passes without it, as in a new wallet.
    #[arg(long)]
    pub(crate) without_hint: bool,
}

#[derive(Group)]
pub(crate) struct Collect {
    /// The offer link, or `-` to read it from standard input.
    #[arg(value_name = "LINK")]
    pub(crate) link: Option<String>,
    /// A code that was read out: XXXX-XXXX.
    #[arg(long, value_name = "CODE", requires = "second_factor")]
    pub(crate) short_code: Option<String>,
    /// The seven digits that came on another way.
    #[arg(long, value_name = "DIGITS", requires = "short_code")]
    pub(crate) second_factor: Option<String>,
    /// The lab's address, if there is no link.
    #[arg(long, value_name = "URL", requires = "short_code", conflicts_with = "link")]
    pub(crate) issuer: Option<IssuerUrl>,
    /// For programs.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Group)]
pub(crate) struct Show {
    /// The policy, as the door names it.
    #[arg(required_unless_present_any = ["scan", "picture"])]
    pub(crate) policy: Option<String>,
    /// What was scanned at the entrance, BTA1…: a door's question, a poster, or a challenge on a screen. `-` reads it from standard input.
    #[arg(long, value_name = "TEXT", conflicts_with = "policy")]
    pub(crate) scan: Option<String>,
    /// A picture of it: PNG or JPEG.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["policy", "scan"])]
    pub(crate) picture: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) form: Form,
    /// Makes a new code every minute until ctrl-c.
    #[arg(long)]
    pub(crate) watch: bool,
}

/// One form of the code; the terminal if none is named.
#[derive(Group)]
#[group(multiple = false)]
pub(crate) struct Form {
    /// Draws the code in the terminal.
    #[arg(long)]
    pub(crate) terminal: bool,
    /// Writes a picture.
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
    /// Writes a picture.
    #[arg(long, value_name = "FILE")]
    pub(crate) png: Option<PathBuf>,
    /// Prints the bare text of the code; the words go to standard error.
    #[arg(long)]
    pub(crate) text: bool,
    /// For programs.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Group)]
pub(crate) struct BackupPassphrase {
    /// A file with the backup's own passphrase.
    #[arg(long, env = "BAUTA_WALLET_BACKUP_PASSPHRASE_FILE", value_name = "FILE")]
    pub(crate) backup_passphrase_file: Option<PathBuf>,
}

#[derive(Group)]
#[group(required = true, multiple = false)]
pub(crate) struct Forget {
    /// The number that `list` gives.
    pub(crate) record: Option<usize>,
    /// All interrupted collections. A record that a lab has made already for one of them is lost.
    #[arg(long)]
    pub(crate) interrupted: bool,
    /// The wallet file itself.
    #[arg(long)]
    pub(crate) all: bool,
}
