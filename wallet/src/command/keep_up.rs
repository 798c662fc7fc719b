//! What a wallet does by itself, as a program that goes on.

use std::fs;
use std::io::{self, Write as _};
use std::thread;
use std::time::{Duration, SystemTime};

use bauta_spec::issuance::IssuerUrl;
use bauta_spec::trust::Advance;
use bauta_wallet::schedule::{Due, Schedule};

use super::renew::every_record;
use super::{Open, Place, World, collect, trust};
use crate::failure::Failure;
use crate::http::Http;

/// How often the clock is looked at: it may be set, and the device may sleep.
const LOOK: Duration = Duration::from_secs(10);

pub(super) struct Wish {
    /// Seconds between two fetches of the list.
    pub(super) every: u32,
    pub(super) office: Option<IssuerUrl>,
}

/// Goes on until it is ended, or until the wallet file cannot be opened any more. The file is open, and locked, only while something is due.
pub(super) fn keep_up(place: &Place, wish: &Wish, http: &Http, world: &mut World) -> Result<(), Failure> {
    let mut open = place.edit()?;
    println!(
        "Keeping up {}: lists, labs and passes, each when it is time. Ends with ctrl-c.",
        place.file.path().display()
    );
    let mut schedule = Schedule::new(&open.vault, wish.every, world.now(), &mut world.rng);
    loop {
        while let Some(due) = schedule.due(world.now()) {
            does(due, &mut schedule, &mut open, wish, http, world);
        }
        io::stdout().flush().map_err(|error| Failure::Usage(format!("cannot write what was done: {error}")))?;
        let seen = last_change(place);
        let Open { vault, passphrase } = open;
        drop(vault);
        while schedule.due(world.now()).is_none() && last_change(place) == seen {
            thread::sleep(LOOK.min(Duration::from_secs(wish.every.into())));
        }
        open = place.edit_with(passphrase)?;
        if last_change(place) != seen {
            schedule.wallet_changed(&open.vault, world.now(), &mut world.rng);
        }
    }
}

/// Does what is due. What goes wrong is said, and tried again in its time.
fn does(due: Due, schedule: &mut Schedule, open: &mut Open, wish: &Wish, http: &Http, world: &mut World) {
    let failed = match due {
        Due::List => {
            let taken = trust::take_newest(open, http, world);
            schedule.list_taken(&taken, &open.vault, world.now(), &mut world.rng);
            if matches!(taken, Ok(Advance::Newer)) {
                println!("Version {} of the trust list is here.", open.vault.trust().version());
            }
            taken.err()
        }
        Due::Labs => {
            let asked = collect::ask_again(open, http, world);
            schedule.labs_asked(&open.vault, world.now(), &mut world.rng);
            asked.err()
        }
        Due::Renewal => {
            let (_, renewed) = every_record(open, wish.office.as_ref(), http, world);
            schedule.renewed(&renewed, &open.vault, world.now(), &mut world.rng);
            if renewed.is_ok() {
                println!("The passes are renewed.");
            }
            renewed.err()
        }
    };
    if let Some(failure) = failed {
        eprintln!("bauta-wallet: {failure}");
    }
}

/// Of the wallet file, by the file system. Another command may have changed it.
fn last_change(place: &Place) -> Option<SystemTime> {
    fs::metadata(place.file.path()).and_then(|file| file.modified()).ok()
}
