//! Showing a pass. Nothing in this file can open a connection: it is given no way to.

use std::io::{self, BufRead, Read, Write};
use std::thread;
use std::time::Duration;

use bauta_spec::policy::Pseudonyms;
use bauta_spec::qr::{Asked, MAX_PICTURE_BYTES, Picture, read_picture};
use bauta_spec::sealed::file::{read_public, replace};
use bauta_spec::time::Minute;
use bauta_wallet::present::{Ask, Choice, LastShown, Showing, Way, choose};
use bauta_wallet::vault::Vault;
use serde_json::json;

use super::{Place, World, trust};
use crate::args::{Form, Show};
use crate::failure::Failure;

/// Pixels for each dot: a picture of about 700 pixels, sharp on a telephone and on paper.
const PNG_SCALE: u8 = 8;

pub(super) fn show(place: &Place, asked: &Show, world: &mut World) -> Result<(), Failure> {
    let vault = place.read()?;
    if let Some(warning) = trust::warning(vault.trust(), world) {
        eprintln!("{warning}");
    }
    let ask = match (&asked.scan, &asked.picture) {
        (Some(scanned), _) => Some(read(&vault, scanned)?),
        (None, Some(file)) => {
            let picture = read_public(file, MAX_PICTURE_BYTES as usize).map_err(Failure::Output)?;
            Some(vault.read(&read_picture(&picture, &Asked::PREFIXES)?)?)
        }
        (None, None) => None,
    };
    let (mut told, mut last) = (false, LastShown::default());
    loop {
        let made = Minute::of(world.now());
        let choice = match &ask {
            Some(ask) => vault.choose(ask, world.now())?,
            None => choice(&vault, asked.policy.as_deref().unwrap_or_default(), world)?,
        };
        if !told && !asked.form.json {
            tell(&choice, &asked.form);
            told = true;
        }
        let showing = choice.show_again(&mut last, vault.secret(), world.now(), &mut world.rng)?;
        give(&choice, &showing, &asked.form)?;
        if !asked.watch {
            return Ok(());
        }
        wait_for_the_minute_after(made, world);
    }
}

/// Whatever was scanned; a scanner's line end is cut off.
fn read(vault: &Vault, scanned: &str) -> Result<Ask, Failure> {
    if scanned != "-" {
        return Ok(vault.read(scanned)?);
    }
    let mut line = String::new();
    let most = Asked::MAX_CHARACTERS as u64 + 2;
    io::stdin().lock().take(most).read_line(&mut line).map_err(|error| Failure::Usage(format!("--scan -: {error}")))?;
    Ok(vault.read(line.trim_end_matches(['\r', '\n']))?)
}

fn choice<'a>(vault: &'a Vault, policy: &str, world: &World) -> Result<Choice<'a>, Failure> {
    let trust = vault.trust();
    let today = trust.grid().day_of(world.now());
    let policy = trust.policy_named(policy, today).ok_or_else(|| {
        Failure::Usage("no policy of that name holds today: see `policies`, or run `trust update`".to_owned())
    })?;
    Ok(choose(policy, vault.records(), trust, world.now())?)
}

/// The words come before the code, and never in its place: where the code goes to a program, they go to the person.
fn tell(choice: &Choice<'_>, form: &Form) {
    let policy = choice.policy();
    let mut words = match choice.way().poster() {
        None => format!("\"{}\" asks: {}\n", policy.name(), policy.purpose().in_language("en")),
        Some(verified) => format!(
            "{} asks for \"{}\" at its event of {}: {}\nThe authority says of \"{}\": {}\n",
            verified.organiser().name,
            policy.name(),
            verified.poster().event_day(),
            verified.poster().purpose().in_language("en"),
            policy.name(),
            policy.purpose().in_language("en"),
        ),
    };
    match (choice.way(), policy.pseudonyms()) {
        (Way::Poster(_), Pseudonyms::OneEntry) => words.push_str(
            "You will be noticed if you come to this event a second time, and then not be let in. Nothing links you across events.\n",
        ),
        (Way::Poster(_), Pseudonyms::ReEntry) => words
            .push_str("You will be noticed if you come to this event a second time, and be let in. Nothing links you across events.\n"),
        (Way::Nonce(_), _) => words.push_str("The code answers the screen that you scanned, and no other.\n"),
        (Way::OneWay | Way::Poster(_), _) => {}
    }
    words.push_str("The door will learn:\n");
    for sentence in choice.learns() {
        words.push_str(&format!("  - {sentence}\n"));
    }
    if choice.is_specimen() {
        words.push_str("This is a SPECIMEN for training: no door accepts it.\n");
    }
    if form.text { eprint!("{words}") } else { print!("{words}") }
}

fn give(choice: &Choice<'_>, showing: &Showing, form: &Form) -> Result<(), Failure> {
    let text = showing.text();
    let good_until = showing.good_until().plus(1).start();
    let life = match choice.way() {
        Way::OneWay => "two minutes",
        Way::Poster(_) => "five minutes",
        Way::Nonce(_) => "one answer, within two minutes of the question",
    };
    if form.json {
        let shown = json!({
            "policy": choice.policy().name().as_str(),
            "organiser": choice.way().poster().map(|poster| poster.organiser().name.as_str()),
            "event_day": choice.way().poster().map(|poster| poster.poster().event_day().to_string()),
            "learns": choice.learns().iter().map(ToString::to_string).collect::<Vec<_>>(),
            "specimen": choice.is_specimen(),
            "text": text,
            "good_until": good_until.unix(),
        });
        println!("{shown}");
    } else if form.text {
        println!("{text}");
    } else if let Some(file) = &form.svg {
        replace(file, Picture::of(&text)?.to_svg().as_bytes()).map_err(Failure::Output)?;
        println!("The code is in {}, good for {life}.", file.display());
    } else if let Some(file) = &form.png {
        replace(file, &Picture::of(&text)?.to_png(PNG_SCALE)).map_err(Failure::Output)?;
        println!("The code is in {}, good for {life}.", file.display());
    } else {
        println!("{}\nGood for {life}.", Picture::of(&text)?.to_terminal());
    }
    // A reader of the other end of a pipe waits for the line; one that has gone away is no failure of ours.
    let _ = std::io::stdout().flush();
    Ok(())
}

fn wait_for_the_minute_after(made: Minute, world: &World) {
    let next = made.plus(1).start().unix();
    thread::sleep(Duration::from_secs(next.saturating_sub(world.now().unix())));
}
