//! Redeeming codes.

use std::io::Read;

use bauta_spec::issuance::Offer;
use bauta_spec::time::Moment;
use bauta_spec::trust::Freshness;
use bauta_wallet::errand::{Errand, Pickup};
use bauta_wallet::task::{Outcome, Task};
use bauta_wallet::vault::Source;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::look::waiting_json;
use super::{Open, Place, World, trust};
use crate::args::Collect;
use crate::failure::Failure;
use crate::http::Http;

pub(super) fn collect(place: &Place, asked: Collect, http: &Http, world: &mut World) -> Result<(), Failure> {
    let json = asked.json;
    let wanted = wanted(asked)?;
    let mut open = place.edit()?;
    let errands = match wanted {
        Some(errand) => vec![errand],
        None => open.vault.interrupted().and_then(|mut errands| {
            errands.extend(open.vault.due(world.now())?);
            Ok(errands)
        })?,
    };
    let mut waits: Vec<Moment> = match errands.is_empty() {
        true => open.vault.waiting().map(|(_, waiting)| waiting.again).collect(),
        false => Vec::new(),
    };
    if errands.is_empty() && waits.is_empty() {
        return Err(Failure::Usage("no collection was interrupted: give the link of an offer".to_owned()));
    }
    let before = open.vault.records().len();
    if !errands.is_empty() {
        keep_trust_fresh(&mut open, http, world)?;
    }
    for errand in errands {
        waits.extend(run(errand, &mut open, http, world)?);
    }
    report(&open, before, json, world);
    match waits.into_iter().min() {
        None => Ok(()),
        Some(again) => Err(Failure::NotYet { minutes: world.minutes_until(again) }),
    }
}

/// Asks the labs again that had no result yet, as far as it is time. What goes wrong here is no reason to stop.
pub(super) fn ask_again(open: &mut Open, http: &Http, world: &mut World) -> Result<(), Failure> {
    for errand in open.vault.due(world.now())? {
        let host = errand.issuer().to_string();
        match run(errand, open, http, world) {
            Ok(None) => eprintln!("Collected from {host}."),
            Ok(Some(_)) => eprintln!("{host} has no result yet."),
            Err(failure) => eprintln!("{failure}"),
        }
    }
    Ok(())
}

/// The moment before which the lab is not asked again, if it has no result yet.
fn run(errand: Errand, open: &mut Open, http: &Http, world: &mut World) -> Result<Option<Moment>, Failure> {
    let mut task = Task::collect(errand, &open.vault, world.now());
    match open.carry_out(&mut task, http, world) {
        Ok(Outcome::NotYet(again)) => return Ok(Some(again)),
        Ok(Outcome::CollectedUntold(declined)) => untold(&declined.into()),
        Ok(Outcome::Collected | Outcome::Renewed { .. }) => {}
        // What may still fail is only to tell the lab that it can forget.
        Err(failure) if task.is_safe() => untold(&failure),
        Err(failure) => return Err(failure),
    }
    Ok(None)
}

fn untold(failure: &Failure) {
    eprintln!("The record is here, but the lab does not know it yet ({failure}). Run `collect` without a link later.");
}

fn wanted(asked: Collect) -> Result<Option<Errand>, Failure> {
    let offer = asked.link.map(|link| offer(Zeroizing::new(link))).transpose()?;
    match (offer, asked.short_code, asked.second_factor, asked.issuer) {
        (Some(offer), None, None, _) => Ok(Some(Errand::from_offer(offer)?)),
        (Some(Offer { issuer, .. }), Some(code), Some(factor), _) | (None, Some(code), Some(factor), Some(issuer)) => {
            let pickup = Pickup::spoken(&code, &factor).map_err(Failure::Link)?;
            Ok(Some(Errand::new(issuer, pickup)))
        }
        (None, None, None, None) => Ok(None),
        _ => Err(Failure::Usage(
            "a short code needs its second factor and the lab's link or address (--second-factor, --issuer)".to_owned(),
        )),
    }
}

fn offer(link: Zeroizing<String>) -> Result<Offer, Failure> {
    if link.as_str() != "-" {
        return link.trim().parse().map_err(Failure::Link);
    }
    let mut typed = Zeroizing::new(String::with_capacity(Offer::MAX_CHARACTERS + 2));
    let most = Offer::MAX_CHARACTERS as u64 + 2;
    std::io::stdin()
        .take(most)
        .read_to_string(&mut typed)
        .map_err(|error| Failure::Usage(format!("cannot read the link from standard input: {error}")))?;
    typed.trim().parse().map_err(Failure::Link)
}

/// A list that is a day old may lack the key of a new lab; one that has expired says nothing.
fn keep_trust_fresh(open: &mut Open, http: &Http, world: &mut World) -> Result<(), Failure> {
    if open.vault.trust().freshness(world.now()) == Ok(Freshness::Fresh) {
        return Ok(());
    }
    match trust::take_newest(open, http, world) {
        Ok(_) => Ok(()),
        Err(Failure::Unreachable(unreachable)) if matches!(open.vault.source(), Source::Url(_)) => {
            eprintln!("{unreachable}");
            Ok(open.vault.trust().freshness(world.now()).map(drop)?)
        }
        Err(failure) => Err(failure),
    }
}

fn report(open: &Open, before: usize, json: bool, world: &World) {
    let new = open.vault.records().iter().skip(before);
    if json {
        let collected: Vec<Value> = new
            .map(|record| {
                json!({
                    "type": record.credential_type().name().as_str(),
                    "issuer": record.issuer().as_str(),
                    "valid_until": record.valid_until().map(|day| day.to_string()),
                })
            })
            .collect();
        let waiting = open.vault.waiting();
        let waiting: Vec<Value> = waiting.map(|(issuer, waiting)| waiting_json(issuer, waiting, world)).collect();
        println!("{}", json!({ "collected": collected, "waiting": waiting }));
        return;
    }
    let mut any = false;
    for record in new {
        any = true;
        let until = record.valid_until().map_or_else(String::new, |day| format!(", good until {day}"));
        println!("Collected: {} from {}{until}. Next: `renew`.", record.credential_type().name(), record.issuer());
    }
    if !any && open.vault.waiting().next().is_none() {
        println!("The record was here already. Next: `renew`.");
    }
}
