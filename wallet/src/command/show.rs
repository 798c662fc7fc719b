//! Showing a pass. Nothing in this file can open a connection: it is given no way to.

use std::io::Write;
use std::thread;
use std::time::Duration;

use bauta_spec::qr::Picture;
use bauta_spec::sealed::file::replace;
use bauta_spec::time::Minute;
use bauta_wallet::present::{Choice, LastShown, Showing, choose};
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
    let (mut told, mut last) = (false, LastShown::default());
    loop {
        let made = Minute::of(world.now());
        let choice = choice(&vault, &asked.policy, world)?;
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
    let mut words = format!(
        "\"{}\" asks: {}\nThe door will learn:\n",
        choice.policy().name(),
        choice.policy().purpose().in_language("en")
    );
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
    if form.json {
        let shown = json!({
            "policy": choice.policy().name().as_str(),
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
        println!("The code is in {}, good for two minutes.", file.display());
    } else if let Some(file) = &form.png {
        replace(file, &Picture::of(&text)?.to_png(PNG_SCALE)).map_err(Failure::Output)?;
        println!("The code is in {}, good for two minutes.", file.display());
    } else {
        println!("{}\nGood for two minutes.", Picture::of(&text)?.to_terminal());
    }
    // A reader of the other end of a pipe waits for the line; one that has gone away is no failure of ours.
    let _ = std::io::stdout().flush();
    Ok(())
}

fn wait_for_the_minute_after(made: Minute, world: &World) {
    let next = made.plus(1).start().unix();
    thread::sleep(Duration::from_secs(next.saturating_sub(world.now().unix())));
}
