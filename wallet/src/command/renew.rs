//! Fetching passes.

use bauta_spec::issuance::IssuerUrl;
use bauta_spec::time::Day;
use bauta_spec::trust::TrustRefusal;
use bauta_wallet::exchange::Call;
use bauta_wallet::renew::{HintWish, Renewal};
use serde_json::{Value, json};

use super::{Open, Place, World, trust};
use crate::args::Hint;
use crate::failure::Failure;
use crate::http::Http;

pub(super) struct Wish {
    pub(super) hint: Hint,
    pub(super) office: Option<IssuerUrl>,
    pub(super) json: bool,
}

pub(super) fn renew(place: &Place, wish: &Wish, http: &Http, world: &mut World) -> Result<(), Failure> {
    let mut open = place.edit()?;
    let all = open.vault.records().len();
    if all == 0 {
        return Err(Failure::Usage("this wallet has no record: `collect` one first".to_owned()));
    }
    keep_wish(&wish.hint, &mut open, world)?;
    if let Err(failure) = trust::take_newest(&mut open, http, world) {
        // The office's own list is asked for next; it must follow from the one at hand too.
        eprintln!("No newer trust list: {failure}");
    }
    let mut renewed = Vec::new();
    let mut worst = None;
    for index in 0..all {
        match one(index, &mut open, wish, http, world) {
            Ok(brought) => renewed.push(brought),
            Err(failure) => {
                eprintln!("Record {}: {failure}", index + 1);
                worst = Some(failure);
            }
        }
    }
    report(&renewed, wish.json);
    match worst {
        None => Ok(()),
        Some(worst) => Err(Failure::Partly { done: renewed.len(), all, worst: Box::new(worst) }),
    }
}

/// Kept before anything is fetched: what a person wishes does not hang on whether an office answers now.
fn keep_wish(said: &Hint, open: &mut Open, world: &mut World) -> Result<(), Failure> {
    let wish = match (said.with_hint, said.without_hint) {
        (true, _) => HintWish::Include,
        (false, true) => HintWish::LeaveOut,
        (false, false) => return Ok(()),
    };
    open.vault.wish_for_hint(wish);
    open.save(world)
}

/// What one renewal brought.
struct Brought {
    record_type: String,
    office: IssuerUrl,
    passes: usize,
    first: Day,
    last: Day,
}

fn one(index: usize, open: &mut Open, wish: &Wish, http: &Http, world: &mut World) -> Result<Brought, Failure> {
    let office = wish.office.clone().unwrap_or_else(|| open.vault.records()[index].issuer().clone());
    let list = http.send(&Call::trust_list_of(&office))?.trust_list()?.to_vec();
    match trust::take(open, &list, world) {
        // Behind, not false: it will say itself whether it can still answer.
        Ok(_) | Err(Failure::Trust(TrustRefusal::Older { .. })) => {}
        Err(failure) => return Err(failure),
    }
    open.vault.trust().freshness(world.now())?;

    let nonce = http.send(&Call::nonce(&office))?.nonce()?;
    let hint = open.vault.hint_wish();
    let record = &open.vault.records()[index];
    let record_type = record.credential_type().name().to_string();
    let renewal =
        Renewal::new(record, open.vault.secret(), open.vault.trust(), &nonce, hint, world.now(), &mut world.rng)?;
    let (first, last) = (renewal.first_day(), renewal.last_day());
    let answer = http.send(&Call::passes(&office, renewal.request()))?.passes()?;
    let passes = renewal.receive(&answer)?;

    let brought = Brought { record_type, office, passes: passes.len(), first, last };
    open.vault.renewed(index, first, passes);
    open.save(world)?;
    Ok(brought)
}

fn report(renewed: &[Brought], json: bool) {
    if json {
        let renewed: Vec<Value> = renewed
            .iter()
            .map(|brought| {
                json!({
                    "type": brought.record_type,
                    "office": brought.office.as_str(),
                    "passes": brought.passes,
                    "first_day": brought.first.to_string(),
                    "last_day": brought.last.to_string(),
                })
            })
            .collect();
        println!("{}", json!({ "renewed": renewed }));
        return;
    }
    for Brought { record_type, office, passes, first, last } in renewed {
        println!(
            "{passes} passes for {first} to {last} from {office}, by your {record_type}. Next: `show` at the door."
        );
    }
}
