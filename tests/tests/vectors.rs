//! The vectors of spec/vectors/*/showing and */renewal: what a door decides about a scanned text, by its list, its policy and its clock, and
//! what a pass office decides about a request.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use bauta_issuer::{CheckedRecords, OfficeError};
use bauta_spec::attributes::Claims;
use bauta_spec::issuance::OfficeRequest;
use bauta_spec::poster::CertifiedPoster;
use bauta_spec::time::Moment;
use bauta_spec::trust::{Slot, TrustList};
use bauta_verifier::{Asking, Before, Door, Entered, Memory, Seen, as_json};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::{Value, json};

#[test]
fn doors_accept_good_showings_and_say_what_was_shown() {
    hold("accepted", "showing", decided);
}

#[test]
fn doors_refuse_showings_with_one_flaw_for_it() {
    hold("refused", "showing", decided);
}

#[test]
fn offices_grant_good_requests_the_passes_that_the_facts_make() {
    hold("accepted", "renewal", granted);
}

#[test]
fn offices_refuse_requests_with_one_flaw_for_it() {
    hold("refused", "renewal", granted);
}

fn hold(folder: &str, document: &str, decide: fn(&Value) -> Value) {
    let mut wrong = Vec::new();
    let all = documents(folder, document);
    assert!(all.len() >= 5, "the vectors have moved");
    for (file, vector) in &all {
        let decided = decide(vector);
        let expected = &vector["expected"];
        if decided != *expected {
            wrong.push(format!("{}\n  expected {expected}\n  decided  {decided}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{} of {} vectors:\n{}", wrong.len(), all.len(), wrong.join("\n"));
}

/// In the words of the vectors: `{"accepted": {places}}` or `{"refused": reason}`.
fn granted(renewal: &Value) -> Value {
    let context = &renewal["context"];
    let list = list_in(context, "trust_list");
    let now = Moment::from_unix(context["now"].as_u64().expect("seconds"));
    let bytes = hex::decode(renewal["input"].as_str().expect("a request")).expect("hexadecimal");
    let request = OfficeRequest::from_bytes(&bytes).expect("a request");
    let checked = match CheckedRecords::check(&request, &list, now) {
        Ok(checked) => checked,
        Err(reason) => return json!({ "refused": in_a_word(&reason) }),
    };
    let withdrawn = context["withdrawn"].as_array().expect("handles");
    if checked.handles().any(|handle| withdrawn.contains(&handle.to_string().into())) {
        return json!({ "refused": in_a_word(&OfficeError::Withdrawn) });
    }
    let place = |(slot, pass): (Slot<'_>, Option<Claims>)| {
        json!({
            "day": slot.epoch.day.to_string(),
            "rule": slot.rule.name().as_str(),
            "key": slot.key.id.to_string(),
            "pass": pass.map(|pass| pass.messages().iter().map(hex::encode).collect::<Vec<_>>()),
        })
    };
    let places: Vec<Value> = checked.due(&list).into_iter().map(place).collect();
    json!({ "accepted": { "places": places } })
}

fn in_a_word(reason: &OfficeError) -> &'static str {
    match reason {
        OfficeError::OtherTrustList { .. } => "other_trust_list",
        OfficeError::OtherWindow { .. } => "other_window",
        OfficeError::Proof => "proof",
        OfficeError::Ended => "ended",
        OfficeError::Withdrawn => "withdrawn",
        OfficeError::Nonce | OfficeError::NotNow | OfficeError::NoTrust(_) | OfficeError::Store(_) => {
            panic!("no vector is about this: {reason}")
        }
    }
}

/// In the words of the vectors: `{"accepted": {policy, day, shown}}` or `{"refused": code}`, with minutes where there are some.
fn decided(showing: &Value) -> Value {
    let context = &showing["context"];
    let word = |member: &str| context[member].as_str().expect("a text");
    let list = list_in(context, "trust_list");
    let now = Moment::from_unix(context["now"].as_u64().expect("seconds"));
    let asked = word("policy").parse().expect("a policy id");
    let mut rng = ChaCha20Rng::seed_from_u64(0);
    let memory = Memory::from(Seen::from_opening(&mut rng)).with(Entered::in_memory(&mut rng));
    let from = context["before_at"].as_u64().map_or(now, Moment::from_unix);
    let bytes_of = |member: &str| context[member].as_str().map(|text| hex::decode(text).expect("hexadecimal"));
    let mut door = match (bytes_of("poster"), bytes_of("nonce")) {
        (None, None) => Door::new(asked, memory),
        (None, Some(nonce)) => {
            let nonce = nonce.try_into().expect("32 bytes");
            Door::new(Asking::Nonce(asked), memory.showing(nonce, from))
        }
        (Some(poster), _) => {
            let root = word("root").parse().expect("a key");
            let poster = CertifiedPoster::from_bytes(&poster).expect("a poster").verify(&root).expect("a good poster");
            let mut door = Door::new(asked, memory);
            let hung_with =
                context["hung_with"].as_str().map_or_else(|| list.clone(), |_| list_in(context, "hung_with"));
            if let Err(refusal) = door.hang(poster, Before::NobodyCame, &hung_with, from) {
                return json!({ "refused": refusal.code() });
            }
            door
        }
    };
    // Whoever came before, without a word about them.
    if let Some(before) = context["before"].as_str() {
        door.scan(before, &list, from).expect("a good showing");
    }
    let mut said = as_json(&door.scan(showing["text"].as_str().expect("a text"), &list, now));
    match said["verdict"].as_str() {
        Some("accepted") => {
            let mut says = json!({ "policy": said["policy"], "day": said["day"], "shown": said["shown"] });
            if !said["entry"].is_null() {
                says["entry"] = said["entry"].take();
            }
            json!({ "accepted": says })
        }
        _ => {
            let minutes = said["minutes"].take();
            let mut refused = json!({ "refused": said["code"] });
            if !minutes.is_null() {
                refused["minutes"] = minutes;
            }
            refused
        }
    }
}

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/vectors")
}

/// The trust list of the file that `member` names.
fn list_in(context: &Value, member: &str) -> TrustList {
    let word = |member: &str| context[member].as_str().expect("a text");
    let held = read(&vectors().join(word(member)));
    let bytes = hex::decode(held["input"].as_str().expect("a list")).expect("hexadecimal");
    TrustList::verify_held(&bytes, &word("root").parse().expect("a key")).expect("a good list")
}

fn documents(folder: &str, document: &str) -> BTreeMap<PathBuf, Value> {
    let entries = fs::read_dir(vectors().join(folder).join(document)).expect("vectors; run `cargo xtask vectors`");
    entries
        .map(|entry| entry.expect("an entry").path())
        .map(|file| {
            let vector = read(&file);
            (file, vector)
        })
        .collect()
}

fn read(file: &Path) -> Value {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}
