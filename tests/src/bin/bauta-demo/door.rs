//! The acts at the door. Nothing but wallet and verifier is running.

use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, anyhow, bail, ensure};
use bauta_spec::qr;
use bauta_spec::time::Moment;
use bauta_verifier::{Door, Held, Refusal, Seen};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::story::Story;

const TOMORROW: Duration = Duration::from_secs(24 * 60 * 60);

pub(crate) fn accepts(story: &Story) -> Result<()> {
    story.act("4. At the door");
    story.say("From here on the lab's service is stopped. Wallet and verifier work without any network.");
    story.done(
        "Anna is asked for `entry`. Her wallet says what the door will learn, and shows a code.",
        "bauta-wallet show entry --wallet anna.wallet",
    )?;
    story.done("The same as a picture.", "bauta-wallet show entry --wallet anna.wallet --png anna.png")?;
    story.done("The venue reads the picture.", "bauta-verifier check --policy entry --picture anna.png")?;
    story.done("Bilal comes next.", "bauta-wallet show entry --wallet bilal.wallet --png bilal.png")?;
    story.done("", "bauta-verifier check --policy entry --picture bilal.png")?;
    let (anna, bilal) = (code_of(story, "anna")?, code_of(story, "bilal")?);
    ensure!(anna.len() == bilal.len(), "one code is longer than the other");
    story.say(&format!("Tested or vaccinated: the door cannot tell which. Both codes have {} characters.", anna.len()));
    Ok(())
}

pub(crate) fn refuses(story: &Story) -> Result<()> {
    story.act("5. What the door refuses");
    replay(story)?;
    tampered(story)?;
    out_of_time(story)
}

/// A copy of a code, held before the scanner ten seconds later.
fn replay(story: &Story) -> Result<()> {
    let line = format!("{}\n", code_of(story, "anna")?);
    story.typed(
        "Eve has photographed Anna's code and shows it eleven seconds later. The scanner's lines:",
        "bauta-verifier check --policy entry --stdin --opening",
        &[(Duration::ZERO, &line), (Duration::from_secs(11), &line)],
        &["ACCEPTED", "(already_shown)"],
    )
}

/// One bit of the proof is flipped, and the picture drawn again.
fn tampered(story: &Story) -> Result<()> {
    let mut bytes = qr::from_text(&code_of(story, "anna")?).map_err(|_| anyhow!("the wallet's code cannot be read"))?;
    *bytes.last_mut().context("an empty code")? ^= 1;
    let picture = qr::Picture::of(&qr::to_text(&bytes))?;
    std::fs::write(story.path("tampered.png"), picture.to_png(4))?;
    story.refused(
        "One bit of Anna's code is changed, and the picture drawn again (tampered.png).",
        "bauta-verifier check --policy entry --picture tampered.png",
        "(proof_invalid)",
    )?;
    Ok(())
}

/// No program takes a date from its command line, so the clock is set where it is an argument: in the library.
fn out_of_time(story: &Story) -> Result<()> {
    let code = code_of(story, "anna")?;
    let today = SystemTime::now();
    story.say("The same check as a library call, where the clock is an argument: Anna's code after five minutes, and tomorrow.");
    for (when, later) in [("in five minutes", Duration::from_secs(300)), ("tomorrow", TOMORROW)] {
        let refusal = scanned_at(story, &code, today + later)?;
        let expected = match refusal {
            Refusal::ClockBehind { minutes } => later < TOMORROW && (4..=6).contains(&minutes),
            Refusal::DayPast => later == TOMORROW,
            _ => false,
        };
        println!("\n  {when}: REFUSED ({}) {refusal}", refusal.code());
        ensure!(expected, "another refusal was expected {when}");
    }
    Ok(())
}

fn scanned_at(story: &Story, code: &str, clock: SystemTime) -> Result<Refusal> {
    let clock = Moment::from_unix(clock.duration_since(SystemTime::UNIX_EPOCH)?.as_secs());
    let venue = Held::load(&story.path("door"))?;
    let policy = venue
        .list()
        .policy_named("entry", venue.list().grid().day_of(clock))
        .context("the list has no policy `entry`")?;
    let seen = Seen::from_opening(&mut ChaCha20Rng::seed_from_u64(0));
    match Door::new(policy.id(), seen).scan(code, venue.list(), clock) {
        Ok(_) => bail!("a code was accepted long after it was made"),
        Err(refusal) => Ok(refusal),
    }
}

/// A fresh code of somebody's wallet as text.
fn code_of(story: &Story, citizen: &str) -> Result<String> {
    let shown = story.quietly(&format!("bauta-wallet show entry --wallet {citizen}.wallet --text"))?;
    let code = shown.out.lines().find(|line| line.starts_with("BTA1:")).context("the wallet printed no code")?;
    Ok(code.to_owned())
}
