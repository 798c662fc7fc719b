//! A decision in words for people, and in JSON for programs. Nothing in either comes from the code that was scanned.

use bauta_spec::attributes::TypeName;
use bauta_spec::trust::Freshness;
use serde_json::{Map, Value, json};

use crate::{Entry, Refusal, Shown, Verified};

/// `ACCEPTED …` or `REFUSED (code) …` in one line.
#[must_use]
pub fn in_words(decision: &Result<Verified, Refusal>) -> String {
    match decision {
        Ok(verified) => {
            let shown: Vec<String> = passes(verified)
                .map(|(pass, shown)| {
                    let claims: Vec<String> = shown
                        .iter()
                        .map(|shown| format!("{}: {}", shown.claim().as_str().replace('_', " "), shown.word()))
                        .collect();
                    let claims = claims.join(", ");
                    let alone = shown.len() == verified.shown().len();
                    if alone { claims } else { format!("{pass} ({claims})") }
                })
                .collect();
            let amber = match verified.freshness() {
                Freshness::Fresh => "",
                Freshness::Ageing => ". The trust list is more than a day old: update it soon",
            };
            let again = match verified.entry() {
                None | Some(Entry::First) => "",
                Some(Entry::Again) => ". CAME IN BEFORE",
            };
            format!("ACCEPTED {} for {}; {}{again}{amber}", verified.policy_name(), verified.day(), shown.join(", "))
        }
        Err(refusal) => format!("REFUSED ({}) {refusal}", refusal.code()),
    }
}

/// The same as one JSON object, documented in the README.
#[must_use]
pub fn as_json(decision: &Result<Verified, Refusal>) -> Value {
    match decision {
        Ok(verified) => {
            let claims = |shown: &[Shown]| -> Map<String, Value> {
                shown.iter().map(|shown| (shown.claim().as_str().to_owned(), shown.word().into())).collect()
            };
            let shown: Map<String, Value> =
                passes(verified).map(|(pass, shown)| (pass.as_str().to_owned(), claims(shown).into())).collect();
            let mut object = json!({
                "verdict": "accepted",
                "policy": verified.policy_name(),
                "day": verified.day().to_string(),
                "shown": shown,
                "list_is_ageing": verified.freshness() == Freshness::Ageing,
            });
            if let Some(entry) = verified.entry() {
                object["entry"] = entry.word().into();
            }
            object
        }
        Err(refusal) => {
            let mut object = json!({ "verdict": "refused", "code": refusal.code(), "say": refusal.to_string() });
            if let Some(minutes) = refusal.minutes() {
                object["minutes"] = minutes.into();
            }
            object
        }
    }
}

/// What was shown of each pass.
fn passes(verified: &Verified) -> impl Iterator<Item = (&TypeName, &[Shown])> {
    let passes = verified.shown().chunk_by(|one, other| one.pass() == other.pass());
    passes.filter_map(|shown| shown.first().map(|first| (first.pass(), shown)))
}
