//! What can be typed.

use std::path::PathBuf;
use std::str::FromStr;

use bauta_spec::poster::EventId;
use bauta_spec::time::Day;
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
    Update {
        /// Goes on until it is ended, and fetches again every so many seconds: 20 for a door that must know of a withdrawal within a minute, though one fetch is lost.
        #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u16).range(1..=3600))]
        every: Option<u16>,
    },
    /// What this venue may ask today, and what it would learn.
    Policies {
        /// For programs.
        #[arg(long)]
        json: bool,
    },
    /// Decides about one code, or about every line of a scanner. Opens no connection, but to a book that doors share.
    Check(Box<Check>),
    /// Makes an organiser's key: KEYFILE, and KEYFILE.pub for the authority to certify.
    Organiser {
        /// The file to make.
        #[arg(value_name = "KEYFILE")]
        key: PathBuf,
        #[command(flatten)]
        passphrase: OrganiserPassphrase,
    },
    /// Signs the poster of one day of an event.
    Poster(Box<Poster>),
}

#[derive(Group)]
pub(crate) struct OrganiserPassphrase {
    /// A file with the organiser key's passphrase, readable by you alone. Without one you are asked.
    #[arg(long = "passphrase-file", env = "BAUTA_ORGANISER_PASSPHRASE_FILE", value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

#[derive(Group)]
pub(crate) struct Poster {
    /// What is asked, by the name that `policies` gives.
    #[arg(long, value_name = "NAME")]
    pub(crate) policy: String,
    /// The organiser's key file.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    #[command(flatten)]
    pub(crate) passphrase: OrganiserPassphrase,
    /// What the authority has signed for this key.
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: PathBuf,
    /// The event day: it begins at 04:00.
    #[arg(long, value_name = "DATE")]
    pub(crate) day: Day,
    /// When the entrance opens, in the programme's time: HH:MM. Before 04:00 is the night that follows.
    #[arg(long, value_name = "TIME")]
    pub(crate) from: ClockTime,
    /// When it closes.
    #[arg(long, value_name = "TIME")]
    pub(crate) until: ClockTime,
    /// Why you ask, for people: en=…, once for each language.
    #[arg(long, value_name = "LANGUAGE=TEXT", required = true)]
    pub(crate) purpose: Vec<String>,
    /// The event of an earlier poster, so that nobody comes in once by each of them: 32 hex digits. A new event without it.
    #[arg(long, value_name = "ID")]
    pub(crate) event: Option<EventId>,
    /// The file to make: a picture, .svg or .png, or the text, .txt.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

/// A time of the day, as a clock on the wall shows it.
#[derive(Clone, Copy)]
pub(crate) struct ClockTime {
    /// Since midnight.
    pub(crate) minutes: u16,
}

impl FromStr for ClockTime {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "write it as 18:30";
        let (hours, minutes) = text.split_once(':').ok_or(WRONG)?;
        let digits = |text: &str| text.len() == 2 && text.bytes().all(|digit| digit.is_ascii_digit());
        let number = |text: &str| digits(text).then(|| text.parse::<u16>().ok()).flatten().ok_or(WRONG);
        let (hours, minutes) = (number(hours)?, number(minutes)?);
        (hours < 24 && minutes < 60).then_some(Self { minutes: hours * 60 + minutes }).ok_or(WRONG)
    }
}

#[derive(Group)]
pub(crate) struct Check {
    /// What is asked here, by the name that `policies` gives.
    #[arg(long, value_name = "NAME", required_unless_present = "poster", conflicts_with = "poster")]
    pub(crate) policy: Option<String>,
    #[command(flatten)]
    pub(crate) from: From,
    /// The poster that hangs here: its text, or its picture in PNG. It says what is asked.
    #[arg(long, value_name = "FILE")]
    pub(crate) poster: Option<PathBuf>,
    /// Nobody has come in to the poster's event so far, at any door: opens the book of who comes in.
    #[arg(long, requires = "poster")]
    pub(crate) nobody_came: bool,
    /// Where the doors of the event share who came in: redis://HOST:PORT.
    #[arg(long, value_name = "URL", requires = "poster", requires = "entered_key")]
    pub(crate) entered: Option<String>,
    /// A file with the 64 hex digits that the doors share, readable by you alone.
    #[arg(long, value_name = "FILE", requires = "entered")]
    pub(crate) entered_key: Option<PathBuf>,
    /// Prints a fresh question for each visitor, to be shown on a screen; takes the answers to it alone.
    #[arg(long, requires = "stdin", conflicts_with_all = ["poster", "text", "picture"])]
    pub(crate) ask: bool,
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
