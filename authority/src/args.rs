use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args as Arguments, Parser, Subcommand, ValueEnum};

/// Decides which issuers, rules and policies count, and publishes it as static files.
#[derive(Parser)]
#[command(name = "bauta-authority", version)]
pub(crate) struct Args {
    /// The programme's folder.
    #[arg(long, env = "BAUTA_AUTHORITY_DIR", default_value = "authority", global = true)]
    pub(crate) dir: PathBuf,
    /// Where the root key lies, if not in the programme's folder.
    #[arg(long, env = "BAUTA_ROOT_KEY", global = true)]
    pub(crate) root_key: Option<PathBuf>,
    /// A file with the root key's passphrase; otherwise it is asked for.
    #[arg(long, env = "BAUTA_ROOT_PASSPHRASE_FILE", global = true)]
    pub(crate) root_passphrase_file: Option<PathBuf>,
    /// A file with the delegate key's passphrase; otherwise it is asked for.
    #[arg(long, env = "BAUTA_DELEGATE_PASSPHRASE_FILE", global = true)]
    pub(crate) delegate_passphrase_file: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Makes a programme: both keys, its settings, its folder.
    Init(Init),
    /// Signs what counts, with the root key.
    #[command(subcommand)]
    Sign(Sign),
    /// Makes the next trust list, with the delegate key.
    Publish {
        /// For how long the list may be used, such as 48h or 7d; at most a week.
        #[arg(long, default_value = "48h")]
        lifetime: String,
    },
    /// Says whether what would be published lets a door pick anybody out of the crowd.
    Lint(Lint),
    /// Takes a key, rule or policy back. Then: publish.
    Withdraw {
        /// What is taken back.
        #[command(subcommand)]
        what: Withdraw,
    },
    /// Ends the passes of a day below a series; honest wallets renew theirs. Then: publish.
    RaiseSeries {
        /// Such as 2026-11-24, today or today+1.
        day: String,
        /// The lowest series that still counts, 1 to 255.
        series: u8,
    },
    /// Puts a new key in the place of an old one.
    #[command(subcommand)]
    Rotate(Rotate),
    /// Changes the passphrase of one of the two keys.
    Reseal {
        /// Which key.
        #[arg(value_enum)]
        key: Key,
        /// A file with its new passphrase; otherwise it is asked for.
        #[arg(long)]
        new_passphrase_file: Option<PathBuf>,
    },
    /// Says what a document holds. Without a file: the newest list.
    Show {
        /// Any document of the programme.
        file: Option<PathBuf>,
        /// The root's public key; by default the programme's own.
        #[arg(long)]
        root: Option<PathBuf>,
        #[command(flatten)]
        form: Form,
    },
    /// Goes through everything that was published: is it one history, and which keys ever stood in it? Anybody can ask that.
    Audit {
        /// The folder as it is served; by default the programme's own.
        folder: Option<PathBuf>,
        /// The root's public key; by default the one in the folder.
        #[arg(long)]
        root: Option<PathBuf>,
        /// A list that somebody was shown: `bauta-wallet trust show` tells both, `sha256sum` the hash of a file. May be said again.
        #[arg(long, value_name = "VERSION:HASH")]
        seen: Vec<Seen>,
        #[command(flatten)]
        form: Form,
    },
    /// Says whether a document is signed by this root and may be used now.
    Check {
        /// Any document of the programme.
        file: PathBuf,
        /// The root's public key.
        #[arg(long)]
        root: PathBuf,
    },
}

/// In which form the answer is printed.
#[derive(clap::Args, Clone, Copy)]
pub(crate) struct Form {
    /// For programs.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Version and hash of a list.
#[derive(Clone, Copy)]
pub(crate) struct Seen {
    pub(crate) version: u32,
    pub(crate) hash: [u8; 32],
}

impl FromStr for Seen {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "write version and hash as 7:64 hexadecimal digits";
        let (version, digits) = text.split_once(':').ok_or(WRONG)?;
        let mut hash = [0; 32];
        if digits.len() != 2 * hash.len() || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(WRONG);
        }
        for (byte, at) in hash.iter_mut().zip((0..).step_by(2)) {
            *byte = u8::from_str_radix(&digits[at..at + 2], 16).map_err(|_| WRONG)?;
        }
        Ok(Self { version: version.parse().map_err(|_| WRONG)?, hash })
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Key {
    Root,
    Delegate,
}

#[derive(Arguments)]
pub(crate) struct Lint {
    /// Who lives here, in JSON; by default population.json in the programme's folder, else the example that comes with Bauta.
    #[arg(long)]
    pub(crate) population: Option<PathBuf>,
    /// How many people to draw; 0 for the exact figures alone.
    #[arg(long, default_value_t = 1_000_000)]
    pub(crate) people: u32,
    /// The same seed draws the same people. By default it is chosen, and printed.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// How many people in a venue the figures are also told for.
    #[arg(long, default_value_t = 1_000)]
    pub(crate) crowd: u32,
    #[command(flatten)]
    pub(crate) form: Form,
}

#[derive(Arguments)]
pub(crate) struct Init {
    /// What people know the programme as.
    #[arg(long)]
    pub(crate) name: String,
    /// The fixed offset of its days from UTC.
    #[arg(long, default_value = "+00:00", allow_hyphen_values = true)]
    pub(crate) offset: String,
    /// For how many days beyond today wallets hold passes, 1 to 14.
    #[arg(long, default_value_t = 3)]
    pub(crate) prefetch: u8,
    /// The last day of all, such as 2027-06-30 or today+365.
    #[arg(long)]
    pub(crate) last_day: String,
    /// Signs the credential types that come with Bauta.
    #[arg(long)]
    pub(crate) shipped: bool,
}

#[derive(Subcommand)]
pub(crate) enum Sign {
    /// Credential types, in JSON.
    Type {
        /// See spec/attributes.md for the form.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Public key files, as `bauta-issuer keygen` writes them.
    Key(SignKey),
    /// Rules, in JSON.
    Rule {
        /// See spec/rules.md for the form.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        #[command(flatten)]
        terms: Terms,
    },
    /// Policies, in JSON.
    Policy {
        /// See spec/policy.md for the form.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        #[command(flatten)]
        terms: Terms,
    },
    /// An organiser of events, whose posters wallets then answer.
    Organiser {
        /// The public key file that `bauta-verifier organiser` has made.
        #[arg(value_name = "FILE.pub")]
        file: PathBuf,
        /// What people know the organiser as.
        #[arg(long)]
        name: String,
        #[command(flatten)]
        terms: Terms,
    },
    /// The rules and policies that come with Bauta.
    Samples {
        #[command(flatten)]
        terms: Terms,
    },
}

#[derive(Arguments)]
pub(crate) struct SignKey {
    /// The issuer's .pub files.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Who holds the secret half.
    #[arg(long)]
    pub(crate) holder_name: String,
    /// For training: such a key never shows green at a real door.
    #[arg(long)]
    pub(crate) specimen: bool,
    #[command(flatten)]
    pub(crate) terms: Terms,
}

#[derive(Arguments)]
pub(crate) struct Terms {
    /// The first day, such as 2026-11-24 or today+4; by default the earliest possible.
    #[arg(long)]
    pub(crate) first: Option<String>,
    /// The last day; by default a quarter after the first.
    #[arg(long)]
    pub(crate) last: Option<String>,
    /// Begin sooner than wallets can have heard of it.
    #[arg(long)]
    pub(crate) emergency: bool,
}

#[derive(Subcommand)]
pub(crate) enum Withdraw {
    /// Whatever this key signed stops counting.
    Key {
        /// 8 hexadecimal digits.
        id: String,
    },
    /// No more passes by this rule, and no more policies that name it.
    Rule {
        /// 16 hexadecimal digits.
        id: String,
    },
    /// Doors stop offering it.
    Policy {
        /// 8 hexadecimal digits.
        id: String,
    },
    /// Wallets stop answering its posters, and doors stop hanging them up.
    Organiser {
        /// 16 hexadecimal digits.
        id: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum Rotate {
    /// A new issuer key takes over on its first day.
    Key {
        /// 8 hexadecimal digits.
        old: String,
        #[command(flatten)]
        new: SignKey,
    },
    /// A new delegate key; needs the root key.
    Delegate,
}
