//! A decision in words for people, and in JSON for programs. Nothing in either comes from the code that was scanned.

use serde_json::{Map, Value, json};

use crate::{Refusal, Verified};

/// `ACCEPTED …` or `REFUSED (code) …` in one line.
#[must_use]
pub fn in_words(decision: &Result<Verified, Refusal>) -> String {
    match decision {
        Ok(verified) => {
            let shown: Vec<String> = verified
                .shown()
                .iter()
                .map(|shown| format!("{}: {}", shown.claim().as_str().replace('_', " "), shown.word()))
                .collect();
            format!("ACCEPTED {} for {}; {}", verified.policy_name(), verified.day(), shown.join(", "))
        }
        Err(refusal) => format!("REFUSED ({}) {refusal}", refusal.code()),
    }
}

/// The same as one JSON object, documented in the README.
#[must_use]
pub fn as_json(decision: &Result<Verified, Refusal>) -> Value {
    match decision {
        Ok(verified) => {
            let shown: Map<String, Value> =
                verified.shown().iter().map(|shown| (shown.claim().as_str().to_owned(), shown.word().into())).collect();
            json!({
                "verdict": "accepted",
                "policy": verified.policy_name(),
                "day": verified.day().to_string(),
                "shown": shown,
            })
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
