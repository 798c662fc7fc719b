//! The demo: the whole way from a lab's result to the door with the real programs, and then what is refused.
//!
//! `bauta-demo FOLDER` plays it in that folder. Every command is shown as it is run. It ends with 0 only
//! if every step had the result that it announces.
#![forbid(unsafe_code)]

mod door;
mod story;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use bauta_tests::city::{CODES, City, LAB, OFFICIAL, RESULTS, ROOT, TRUST, offers};
use bauta_tests::shell::quoted;

use crate::story::Story;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: bauta-demo FOLDER   (a folder that an earlier demo made is emptied first)");
        return ExitCode::from(2);
    };
    match play(&folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nThe demo stopped, because a step went otherwise than announced:\n{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn play(folder: &Path) -> Result<()> {
    let story = Story::begin(City::found_anew(folder)?);
    set_up(&story)?;
    before_the_door(&story)?;
    door::accepts(&story)?;
    door::refuses(&story)?;
    withdrawal(&story)?;
    farewell(&story);
    Ok(())
}

fn set_up(story: &Story) -> Result<()> {
    story.act("1. The official and the lab set up");
    story.follow(OFFICIAL)?;
    story.follow(LAB)?;
    story.follow(TRUST)
}

fn before_the_door(story: &Story) -> Result<()> {
    story.act("2. A result becomes a record");
    let _service = story.serve("The lab's service starts (its log: lab/serve.log).")?;
    story.show_file("The lab's results of the day, as its own system exports them: facts, and no name.", RESULTS)?;
    story.done(
        "The lab imports them. Each patient gets a pickup code.",
        &format!("bauta-issuer import {RESULTS} --codes {CODES}"),
    )?;
    let offers = offers(&story.path(CODES)).with_context(|| format!("{CODES} cannot be read"))?;
    let [anna, bilal, ..] = offers.as_slice() else { bail!("{CODES} holds fewer than two offers") };

    let trust = story.city().trust_url();
    story.done(
        "Anna was tested yesterday. Her wallet trusts the official's root key, and nobody else.",
        &format!("bauta-wallet init --wallet anna.wallet --root {ROOT} --trust {trust}"),
    )?;
    story.done(
        "She redeems her code. The wallet checks every byte that the lab signed; then the lab forgets the facts.",
        &format!("bauta-wallet collect --wallet anna.wallet {}", quoted(anna)),
    )?;
    story.quietly(&format!("bauta-wallet init --wallet eve.wallet --root {ROOT} --trust {trust}"))?;
    story.refused(
        "Eve has seen Anna's code and tries it with a wallet of her own. Refused: one code makes one record.",
        &format!("bauta-wallet collect --wallet eve.wallet {}", quoted(anna)),
        "was used already",
    )?;
    story.say("Bilal was vaccinated forty days ago. He collects his record in the same way (not shown).");
    story.quietly(&format!("bauta-wallet init --wallet bilal.wallet --root {ROOT} --trust {trust}"))?;
    story.quietly(&format!("bauta-wallet collect --wallet bilal.wallet {}", quoted(bilal)))?;
    story.done("All that the lab can still count.", "bauta-issuer counts")?;

    story.act("3. A record becomes passes");
    story.done(
        "Once a day, never because of a door, the wallet asks the pass office for the coming days.\n\
         The office applies the rules, signs, and stores nothing.",
        "bauta-wallet renew --wallet anna.wallet",
    )?;
    story.quietly("bauta-wallet renew --wallet bilal.wallet")?;
    story.done("What Anna's wallet holds now.", "bauta-wallet list --wallet anna.wallet")?;
    story.done(
        "A venue takes the trust list along, too.",
        &format!("bauta-verifier init --root {ROOT} --trust {trust}"),
    )?;
    Ok(())
}

fn withdrawal(story: &Story) -> Result<()> {
    story.act("6. A result is withdrawn");
    let service = story.serve("The lab's service starts again. It has lost nothing.")?;
    story.done(
        "Anna's sample was mixed up with another. The lab takes the result back.",
        "bauta-issuer withdraw --reference order-1001",
    )?;
    story.refused(
        "No more passes for this record. Those already out die with the last of their days, in three days at most.",
        "bauta-wallet renew --wallet anna.wallet",
        "withdrawn",
    )?;
    story.done(
        "If that is too long, the official ends all passes of today: a new series, in the next list.",
        "bauta-authority raise-series today 1",
    )?;
    story.done("", "bauta-authority publish")?;
    drop(service);
    let _service =
        story.serve("The lab's service takes up a new list within a minute, or at once when it is started again.")?;
    story.done("The venue fetches the list: a newer one, never an older one.", "bauta-verifier update")?;
    story.quietly("bauta-wallet show entry --wallet anna.wallet --png anna-withdrawn.png")?;
    story.refused(
        "Anna's pass of today does not count any more.",
        "bauta-verifier check --policy entry --picture anna-withdrawn.png",
        "(withdrawn)",
    )?;
    story.quietly("bauta-wallet renew --wallet bilal.wallet")?;
    story.quietly("bauta-wallet show entry --wallet bilal.wallet --png bilal.png")?;
    story.done(
        "Bilal's wallet has renewed by itself, and he is let in as before.",
        "bauta-verifier check --policy entry --picture bilal.png",
    )?;
    Ok(())
}

fn farewell(story: &Story) {
    story.act("Everything went as announced");
    println!(
        "
It took {} seconds. The lab's service has been stopped. What lies in {}:

  authority/          the official's sealed keys; public/ is all that is ever served
  lab/                sealed signing keys, settings, the database (look for facts: there are none), the log
  *.wallet            one sealed file per citizen
  door/               the trust list of the venue; it keeps nothing else
  *.png               the codes that were shown

What was set up is there already, and codes of before are over: show a new one to check it.
Try next, after `cd {}` and `. ./env.sh`:

  bauta-wallet policies --wallet bilal.wallet             what doors may ask, and what they would learn
  bauta-wallet show entry --wallet bilal.wallet --watch   a code that is made anew every minute
  bauta-verifier check --policy entry --stdin --opening   paste codes that `show entry --text` prints, as a scanner would
  bauta-authority show authority/public/trust-list.cbor   the whole public truth, in words
  bauta-issuer serve                                      start the lab again; bauta-issuer add --help

Wallet and verifier as web pages, side by side: `cargo xtask demo --web`.

Then read tests/tests/flow.rs: the same story in thirty lines of code.",
        story.seconds(),
        story.path("").display(),
        story.path("").display()
    );
}
