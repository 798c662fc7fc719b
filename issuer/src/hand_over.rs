//! A code goes to its person through the lab's own system for text messages or letters.
//!
//! Bauta never learns who that is: the lab names the recipient by a word that only its system understands, and the word goes through in the
//! same request and no further. What is handed over is written nowhere, and a system that fails changes nothing: the result stays, and
//! whoever asked gets the code to hand over themselves. Of a short code the system gets only the code; its digits go back to the lab, which
//! tells them over another channel.

use std::fmt;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bauta_spec::sealed::file::{FileRefused, read_private};
use bauta_spec::time::Moment;
use hmac::{Hmac, Mac};
use serde::Serialize;
use sha2::Sha256;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::config::HandOver;
use crate::lab::{Ticket, TicketView};
use crate::outgoing::Outgoing;
use crate::service::{Service, waiting};

impl Service {
    /// Hands a ticket over, if it is to be; what the lab gets to see of it afterwards. The result has been committed before.
    pub(crate) async fn hand_over(&self, ticket: &Ticket, to: Option<Recipient>) -> TicketView {
        let view = TicketView::of(ticket);
        match (to, &self.hook) {
            (None, _) => view,
            (Some(_), None) => view.after(Err(NotHandedOver::NotReached)),
            (Some(to), Some(hook)) => view.after(hook.hand_over(&to, ticket, self.outgoing.clone(), self.now()).await),
        }
    }
}

/// Whom the lab's system is to reach: a word of that system, opaque to us.
pub(crate) struct Recipient(Zeroizing<String>);

impl FromStr for Recipient {
    type Err = NoRecipient;

    fn from_str(text: &str) -> Result<Self, NoRecipient> {
        let fits = (1..=LONGEST_RECIPIENT).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self(Zeroizing::new(text.to_owned()))).ok_or(NoRecipient)
    }
}

/// It may be more telling than a lab knows.
impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(_) = self;
        f.write_str("Recipient(..)")
    }
}

/// Not a recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoRecipient;

const LONGEST_RECIPIENT: usize = 128;

/// What hands over.
#[derive(Clone, Debug)]
pub(crate) struct Hook {
    way: Arc<Way>,
    /// Whoever waits for a slow system holds up a request: few may.
    turns: Arc<Semaphore>,
}

enum Way {
    Program { program: String, arguments: Vec<String> },
    Web { url: String, secret: Zeroizing<Vec<u8>> },
}

/// The settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HookRefused {
    /// The secret's file.
    #[error(transparent)]
    File(#[from] FileRefused),
    /// Guessable.
    #[error(
        "{}: a secret that signs has at least 32 characters: make one with `openssl rand -hex 32`, and give it to your system", .0.display()
    )]
    Short(PathBuf),
    /// Nothing to run.
    #[error("{0} is no program that can be run: check its path, and `chmod +x`")]
    NoProgram(String),
    /// Whoever may change it gets every code.
    #[error("{0} can be changed by others than its owner: run `chmod go-w` on it, or whoever does so gets every code")]
    Writable(String),
}

/// It was not handed over. What the system said is not told: it may be about the recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotHandedOver {
    /// No answer in time.
    #[error(
        "your system took longer than 10 seconds: hand the code over yourself, or ask for a new one; it may have been sent"
    )]
    TooSlow,
    /// It could not be started or reached.
    #[error("your system could not be reached: see `bauta-issuer doctor`, and hand the code over yourself")]
    NotReached,
    /// It said no.
    #[error("your system did not take it: see its own log, and hand the code over yourself")]
    Refused,
    /// Too many at once.
    #[error("your system is still busy with others: hand the code over yourself, or ask for a new one later")]
    Busy,
}

/// For one code. Somebody waits for the answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// So many at once: fewer than the requests that are worked on, so that a slow system holds up nobody but who asked for it.
const AT_ONCE: usize = 4;

const SHORTEST_SECRET: usize = 32;
const LONGEST_SECRET: usize = 1024;

/// What the lab's system gets.
#[derive(Serialize)]
struct Message<'a> {
    to: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    offer: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    short_code: Option<&'a str>,
    expires: String,
}

impl Hook {
    /// From settings: looks whether they can be used.
    pub(crate) fn open(settings: &HandOver) -> Result<Self, HookRefused> {
        let way = match (&settings.webhook, &settings.secret_file) {
            (Some(url), Some(file)) => {
                let secret = read_private(file, LONGEST_SECRET)?;
                let secret = Zeroizing::new(secret.trim_ascii().to_vec());
                if secret.len() < SHORTEST_SECRET {
                    return Err(HookRefused::Short(file.clone()));
                }
                Way::Web { url: url.as_str().to_owned(), secret }
            }
            _ => {
                let mut words = settings.command.iter().cloned();
                let program = words.next().unwrap_or_default();
                runnable(&program)?;
                Way::Program { program, arguments: words.collect() }
            }
        };
        Ok(Self { way: Arc::new(way), turns: Arc::new(Semaphore::new(AT_ONCE)) })
    }

    /// Hands one ticket over. Nothing of it is kept or logged.
    pub(crate) async fn hand_over(
        &self,
        to: &Recipient,
        ticket: &Ticket,
        outgoing: Outgoing,
        now: Moment,
    ) -> Result<(), NotHandedOver> {
        let turn = Arc::clone(&self.turns).try_acquire_owned().map_err(|_| NotHandedOver::Busy)?;
        let body = message(to, ticket).ok_or(NotHandedOver::NotReached)?;
        let way = Arc::clone(&self.way);
        let handed = waiting(move || {
            // Kept for as long as the work lasts, even if whoever asked has hung up.
            let _turn = turn;
            match &*way {
                Way::Program { program, arguments } => run(program, arguments, &body),
                Way::Web { url, secret } => send(&outgoing, url, secret, &body, now),
            }
        });
        handed.await.unwrap_or(Err(NotHandedOver::NotReached))
    }
}

fn message(to: &Recipient, ticket: &Ticket) -> Option<Zeroizing<Vec<u8>>> {
    let short = ticket.short.as_ref().map(|(code, _)| code.text());
    let (offer, link) = (ticket.offer.link(), ticket.offer.url());
    // The link of a short code holds no code; its digits are for another channel than this.
    let whole = short.is_none();
    let message = Message {
        to: &to.0,
        offer: whole.then_some(offer.as_str()),
        link: whole.then_some(link.as_str()),
        short_code: short.as_ref().map(|code| code.as_str()),
        expires: ticket.expires_in_words(),
    };
    serde_json::to_vec(&message).ok().map(Zeroizing::new)
}

/// The ticket on standard input: arguments and environment can be read by others. It gets nothing else of ours, and is ended when its time
/// is over.
fn run(program: &str, arguments: &[String], body: &[u8]) -> Result<(), NotHandedOver> {
    let begun = Instant::now();
    let mut command = Command::new(program);
    command.args(arguments).env_clear().env("PATH", PATH).current_dir("/");
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|_| NotHandedOver::NotReached)?;
    if let Some(mut input) = child.stdin.take() {
        // It fits into the pipe, whether anybody reads or not; how the program ends says whether it did.
        drop(input.write_all(body));
    }
    loop {
        match child.try_wait() {
            Ok(Some(ended)) => return ended.success().then_some(()).ok_or(NotHandedOver::Refused),
            Ok(None) if begun.elapsed() < PATIENCE => std::thread::sleep(LOOK),
            ended => {
                drop(child.kill());
                drop(child.wait());
                return Err(if ended.is_ok() { NotHandedOver::TooSlow } else { NotHandedOver::NotReached });
            }
        }
    }
}

/// How often it is looked whether the program has ended.
const LOOK: Duration = Duration::from_millis(10);

const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// `Bauta-Signature: t=SECONDS,v1=HEX` over `SECONDS.BODY`: whoever has the secret knows that it was us, and when. No redirect is followed:
/// the ticket is for the address that was named.
fn send(outgoing: &Outgoing, url: &str, secret: &[u8], body: &[u8], now: Moment) -> Result<(), NotHandedOver> {
    let call = outgoing.call(PATIENCE).max_redirects_will_error(false).http_status_as_error(false);
    let agent = call.build().new_agent();
    let request = agent.post(url).header("Content-Type", "application/json");
    let answer = request.header("Bauta-Signature", signature(secret, body, now)).send(body);
    let answer = answer.map_err(|error| match error {
        ureq::Error::Timeout(_) => NotHandedOver::TooSlow,
        _ => NotHandedOver::NotReached,
    })?;
    answer.status().is_success().then_some(()).ok_or(NotHandedOver::Refused)
}

fn signature(secret: &[u8], body: &[u8], now: Moment) -> String {
    let seconds = now.unix();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(format!("{seconds}.").as_bytes());
    mac.update(body);
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={seconds},v1={hex}")
}

fn runnable(program: &str) -> Result<(), HookRefused> {
    use std::os::unix::fs::PermissionsExt as _;
    let file = std::fs::metadata(program).ok().filter(std::fs::Metadata::is_file);
    let mode = file.ok_or_else(|| HookRefused::NoProgram(program.to_owned()))?.permissions().mode();
    match (mode & 0o111 != 0, mode & 0o022 == 0) {
        (false, _) => Err(HookRefused::NoProgram(program.to_owned())),
        (true, false) => Err(HookRefused::Writable(program.to_owned())),
        (true, true) => Ok(()),
    }
}

/// For whoever runs the service.
impl fmt::Display for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.way {
            Way::Program { program, .. } => write!(f, "{program} can be run"),
            Way::Web { url, .. } => write!(f, "{url}, signed (whether it answers is not tried)"),
        }
    }
}

impl fmt::Debug for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Program { program, arguments: _ } => write!(f, "Program({program})"),
            Self::Web { url, secret: _ } => write!(f, "Web({url})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipient_is_visible_and_short() {
        for good in ["x", "patient-4711", "a!~", &"x".repeat(128)] {
            assert!(good.parse::<Recipient>().is_ok(), "{good}");
        }
        for bad in ["", " ", "a b", "a\n", "\u{e9}", "a\u{202e}", &"x".repeat(129)] {
            assert!(bad.parse::<Recipient>().is_err(), "{bad:?}");
        }
    }

    /// As `printf '1795514400.what do ya want for nothing?' | openssl dgst -sha256 -hmac Jefe` has it.
    #[test]
    fn a_signature_can_be_made_by_others() {
        let ours = signature(b"Jefe", b"what do ya want for nothing?", Moment::from_unix(1_795_514_400));
        let theirs = "31f82440e769af5ad9272576c09d22d372452442e0ef0c728e02887e620e2155";
        assert_eq!(ours, format!("t=1795514400,v1={theirs}"));
    }
}
