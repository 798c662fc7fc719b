//! Fetching passes.

use bauta_spec::attributes::TypeName;
use bauta_spec::issuance::IssuerUrl;
use bauta_wallet::renew::HintWish;
use bauta_wallet::task::{Outcome, Task};
use serde_json::json;

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
    super::collect::ask_again(&mut open, http, world)?;
    if open.vault.records().is_empty() {
        if let Some(again) = open.vault.waiting().map(|(_, waiting)| waiting.again).min() {
            return Err(Failure::NotYet { minutes: world.minutes_until(again) });
        }
        return Err(Failure::Usage("this wallet has no record: `collect` one first".to_owned()));
    }
    keep_wish(&wish.hint, &mut open, world)?;
    if let Err(failure) = trust::take_newest(&mut open, http, world) {
        // The office's own list is asked for next; it must follow from the one at hand too.
        eprintln!("No newer trust list: {failure}");
    }
    let (renewed, result) = every_record(&mut open, wish.office.as_ref(), http, world);
    report(&renewed, wish.json);
    result
}

/// Fetches the passes of each record, and those that two give together. One failure does not keep the others from it.
pub(super) fn every_record(
    open: &mut Open,
    office: Option<&IssuerUrl>,
    http: &Http,
    world: &mut World,
) -> (Vec<Outcome>, Result<(), Failure>) {
    let mut renewed = Vec::new();
    let mut worst = None;
    let records = open.vault.records().len();
    for index in 0..records {
        let task = Task::renew(&open.vault, index, office.cloned()).map_err(Failure::from);
        match task.and_then(|mut task| open.carry_out(&mut task, http, world)) {
            Ok(outcome) => renewed.push(outcome),
            Err(failure) => {
                eprintln!("Record {}: {failure}", index + 1);
                worst = Some(failure);
            }
        }
    }
    let together = open.vault.lacking_together(world.now());
    let all = records + together.len();
    for pair in together {
        let task = Task::renew_together(&open.vault, pair, office.cloned()).map_err(Failure::from);
        match task.and_then(|mut task| open.carry_out(&mut task, http, world)) {
            Ok(outcome) => renewed.push(outcome),
            Err(failure) => {
                let [one, other] = pair.map(|index| index + 1);
                eprintln!("Records {one} and {other} together: {failure}");
                worst = Some(failure);
            }
        }
    }
    let result = match worst {
        None => Ok(()),
        Some(worst) => Err(Failure::Partly { done: renewed.len(), all, worst: Box::new(worst) }),
    };
    (renewed, result)
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

fn report(outcomes: &[Outcome], json: bool) {
    let mut renewed = Vec::new();
    for outcome in outcomes {
        let Outcome::Renewed { record_type, other_type, office, passes, first, last } = outcome else { continue };
        if json {
            renewed.push(json!({
                "type": record_type.as_str(),
                "other_type": other_type.as_ref().map(TypeName::as_str),
                "office": office.as_str(),
                "passes": passes,
                "first_day": first.to_string(),
                "last_day": last.to_string(),
            }));
        } else {
            let by = match other_type {
                None => format!("by your {record_type}"),
                Some(other) => format!("by your {record_type} and your {other} together"),
            };
            println!("{passes} passes for {first} to {last} from {office}, {by}. Next: `show` at the door.");
        }
    }
    if json {
        println!("{}", json!({ "renewed": renewed }));
    }
}
