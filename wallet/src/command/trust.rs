//! The trust list.

use bauta_spec::sealed::file::read_public;
use bauta_spec::trust::{Advance, Freshness, TrustList, TrustRefusal};
use bauta_wallet::exchange::Call;
use bauta_wallet::vault::Source;
use serde_json::json;

use super::{Open, Place, World};
use crate::failure::Failure;
use crate::http::Http;

pub(super) fn update(place: &Place, http: &Http, world: &mut World) -> Result<(), Failure> {
    let mut open = place.edit()?;
    match take_newest(&mut open, http, world)? {
        Advance::Newer => println!("Trust list version {} is in the wallet now.", open.vault.trust().version()),
        Advance::Same => println!("Version {} is still the newest.", open.vault.trust().version()),
    }
    Ok(())
}

/// Takes the newest list from where the wallet has its lists from, and saves it.
pub(super) fn take_newest(open: &mut Open, http: &Http, world: &mut World) -> Result<Advance, Failure> {
    let list = fetch(open.vault.source(), http)?;
    take(open, &list, world)
}

/// Takes a list if it is newer, and saves it.
pub(super) fn take(open: &mut Open, list: &[u8], world: &mut World) -> Result<Advance, Failure> {
    let advance = open.vault.advance(list, world.now())?;
    if advance == Advance::Newer {
        open.save(world)?;
    }
    Ok(advance)
}

pub(super) fn fetch(source: &Source, http: &Http) -> Result<Vec<u8>, Failure> {
    match source {
        Source::Url(url) => Ok(http.send(&Call::trust_list(url))?.trust_list()?.to_vec()),
        Source::File(path) => {
            read_public(path, TrustList::MAX).map_err(|refused| Failure::Usage(format!("the trust list: {refused}")))
        }
    }
}

/// A line for people about the age of the list, if there is something to say.
pub(super) fn warning(list: &TrustList, world: &World) -> Option<String> {
    match list.freshness(world.now()) {
        Ok(Freshness::Fresh) => None,
        Ok(Freshness::Ageing) => Some("The trust list is more than a day old: run `trust update` soon.".to_owned()),
        Err(TrustRefusal::ClockBeforeIssue) => Some(
            "This device's clock is behind the trust list: set it right, or doors will refuse your codes.".to_owned(),
        ),
        Err(_) => Some("The trust list of this wallet has expired: run `trust update`.".to_owned()),
    }
}

pub(super) fn show(place: &Place, json: bool, world: &World) -> Result<(), Failure> {
    let vault = place.read()?;
    let list = vault.trust();
    let age = (world.now().unix() / 60).saturating_sub(list.issued().number().into());
    if json {
        let shown = json!({
            "programme": list.programme().name.as_str(),
            "version": list.version(),
            "hash": hex(&list.hash()),
            "root": vault.root().to_string(),
            "age_minutes": age,
            "usable": list.freshness(world.now()).is_ok(),
        });
        println!("{shown}");
        return Ok(());
    }
    println!("{} until {}", list.programme().name, list.programme_end());
    println!("Version {}, {} minutes old, {}", list.version(), age, hex(&list.hash()));
    println!("Root key {}", vault.root());
    if let Some(warning) = warning(list, world) {
        println!("{warning}");
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
