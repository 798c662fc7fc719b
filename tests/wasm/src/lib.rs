//! The readers of every vector, compiled as for a browser. Node gives the files and compares; `web/test/vectors.test.ts` is the test.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "the tests of bauta-spec use all of it, these use what needs no file")]
#[path = "../../../spec/tests/judge/mod.rs"]
mod judge;

use std::path::Path;

use bauta_crypto::{Proof, PublicKey, Signature, Suite, proof, signature};
use bauta_spec::time::Moment;
use bauta_spec::trust::TrustList;
use bauta_verifier::{Seen, as_json, check};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;

/// What the readers of bauta-spec say to the vectors of one file of spec/vectors: a JSON array of `{name, expected, judged}`. Those that
/// they cannot judge are left out.
#[wasm_bindgen]
pub fn judged(file: &str, text: &str) -> String {
    let mut vectors = Vec::new();
    judge::read_text(Path::new(file), text, &mut vectors);
    let in_json = |judgement: judge::Judgement| match judgement {
        Ok(says) => json!({ "accepted": says }),
        Err(reason) => json!({ "refused": reason }),
    };
    let judged = vectors.iter().filter_map(|vector| {
        let judged = in_json(vector.judged()?);
        Some(json!({ "name": vector.name, "expected": in_json(vector.expected()), "judged": judged }))
    });
    Value::from_iter(judged).to_string()
}

/// What a door decides about a scanned text, in the JSON of `bauta-verifier --json`.
#[wasm_bindgen]
pub fn decided(text: &str, root: &str, list: &[u8], policy: &str, now: f64) -> String {
    let list = TrustList::verify_held(list, &root.parse().unwrap()).unwrap();
    let mut seen = Seen::from_opening(&mut ChaCha20Rng::seed_from_u64(0));
    let now = Moment::from_unix(now as u64);
    as_json(&check(text, policy.parse().unwrap(), &list, &mut seen, now)).to_string()
}

/// Whether an official signature vector verifies: members as in the draft's files.
#[wasm_bindgen]
pub fn signature_holds(suite: &str, vector: &str) -> bool {
    let vector: Value = serde_json::from_str(vector).unwrap();
    let key = PublicKey::from_bytes(&bytes(&vector["signerKeyPair"]["publicKey"])).unwrap();
    let made = Signature::from_bytes(&bytes(&vector["signature"])).unwrap();
    let messages = list_of_bytes(&vector["messages"]);
    let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
    signature::verify(suite_named(suite), &key, &made, &bytes(&vector["header"]), &messages).is_ok()
}

/// Whether an official proof vector verifies.
#[wasm_bindgen]
pub fn proof_holds(suite: &str, vector: &str) -> bool {
    let vector: Value = serde_json::from_str(vector).unwrap();
    let key = PublicKey::from_bytes(&bytes(&vector["signerPublicKey"])).unwrap();
    let made = Proof::from_bytes(&bytes(&vector["proof"])).unwrap();
    let messages = list_of_bytes(&vector["messages"]);
    let indexes = vector["disclosedIndexes"].as_array().unwrap().iter().map(|index| index.as_u64().unwrap() as usize);
    let disclosed: Vec<(usize, &[u8])> = indexes.map(|index| (index, messages[index].as_slice())).collect();
    let (header, ph) = (bytes(&vector["header"]), bytes(&vector["presentationHeader"]));
    proof::proof_verify(suite_named(suite), &key, &made, &header, &ph, &disclosed).is_ok()
}

fn suite_named(name: &str) -> Suite {
    match name {
        "bls12-381-sha-256" => Suite::Sha256,
        "bls12-381-shake-256" => Suite::Shake256,
        other => panic!("no suite is named {other}"),
    }
}

fn list_of_bytes(value: &Value) -> Vec<Vec<u8>> {
    value.as_array().unwrap().iter().map(bytes).collect()
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}
