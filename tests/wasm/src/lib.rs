//! The readers of every vector, compiled as for a browser. Node gives the files and compares; `web/test/vectors.test.ts` is the test.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[expect(dead_code, reason = "the tests of bauta-spec use all of it, these use what needs no file")]
#[path = "../../../spec/tests/judge/mod.rs"]
mod judge;

use std::path::Path;

use bauta_crypto::blind::{Disclosed, Known};
use bauta_crypto::pseudonym::{HolderSecret, ProverBlind, Pseudonym, SignerNymEntropy};
use bauta_crypto::{Proof, PublicKey, Signature, Suite, blind, proof, pseudonym, signature};
use bauta_spec::poster::CertifiedPoster;
use bauta_spec::time::Moment;
use bauta_spec::trust::TrustList;
use bauta_verifier::{Asking, Before, Door, Entered, Memory, Seen, as_json};
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

/// What a door decides about a scanned text, in the JSON of `bauta-verifier --json`. `context` is that of the vector; its poster was hung up
/// by `hung_with`, where that was another list.
#[wasm_bindgen]
pub fn decided(text: &str, list: &[u8], hung_with: Option<Vec<u8>>, context: &str) -> String {
    let context: Value = serde_json::from_str(context).unwrap();
    let root = context["root"].as_str().unwrap().parse().unwrap();
    let list = TrustList::verify_held(list, &root).unwrap();
    let now = Moment::from_unix(context["now"].as_u64().unwrap());
    let from = context["before_at"].as_u64().map_or(now, Moment::from_unix);
    let asked = context["policy"].as_str().unwrap().parse().unwrap();
    let mut rng = ChaCha20Rng::seed_from_u64(0);
    let memory = Memory::from(Seen::from_opening(&mut rng)).with(Entered::in_memory(&mut rng));
    let mut door = match (&context["poster"], &context["nonce"]) {
        (Value::Null, Value::Null) => Door::new(asked, memory),
        (Value::Null, nonce) => Door::new(Asking::Nonce(asked), memory.showing(bytes(nonce).try_into().unwrap(), from)),
        (poster, _) => {
            let poster = CertifiedPoster::from_bytes(&bytes(poster)).unwrap().verify(&root).unwrap();
            let mut door = Door::new(asked, memory);
            let hung_with =
                hung_with.map_or_else(|| list.clone(), |list| TrustList::verify_held(&list, &root).unwrap());
            if let Err(refusal) = door.hang(poster, Before::NobodyCame, &hung_with, from) {
                return as_json(&Err(refusal)).to_string();
            }
            door
        }
    };
    if let Some(before) = context["before"].as_str() {
        door.scan(before, &list, from).unwrap();
    }
    as_json(&door.scan(text, &list, now)).to_string()
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

/// Whether an official blind signature opens, for whoever has the blind of its commitment.
#[wasm_bindgen]
pub fn blind_signature_holds(suite: &str, vector: &str) -> bool {
    let vector: Value = serde_json::from_str(vector).unwrap();
    let key = PublicKey::from_bytes(&bytes(&vector["signerKeyPair"]["publicKey"])).unwrap();
    let made = Signature::from_bytes(&bytes(&vector["signature"])).unwrap();
    let (messages, committed) = (list_of_bytes(&vector["messages"]), list_of_bytes(&vector["committedMessages"]));
    let (messages, committed) = (slices(&messages), slices(&committed));
    let blind = optional(&vector["proverBlind"]).map(|bytes| ProverBlind::from_bytes(&bytes).unwrap());
    let known = Known { messages: &messages, committed_messages: &committed, blind: blind.as_ref() };
    blind::verify_blind_sign(suite_named(suite), &key, &made, &bytes(&vector["header"]), &known).is_ok()
}

/// Whether an official proof of a blind signature verifies.
#[wasm_bindgen]
pub fn blind_proof_holds(suite: &str, vector: &str) -> bool {
    let vector: Value = serde_json::from_str(vector).unwrap();
    let key = PublicKey::from_bytes(&bytes(&vector["signerPublicKey"])).unwrap();
    let made = Proof::from_bytes(&bytes(&vector["proof"])).unwrap();
    let (header, ph) = (bytes(&vector["header"]), bytes(&vector["presentationHeader"]));
    let (messages, committed) = (revealed(&vector["revealedMessages"]), revealed(&vector["revealedCommittedMessages"]));
    let disclosed = Disclosed {
        message_count: vector["L"].as_u64().unwrap() as usize,
        messages: &pairs(&messages),
        committed_messages: &pairs(&committed),
    };
    blind::blind_proof_verify(suite_named(suite), &key, &made, &header, &ph, &disclosed).is_ok()
}

/// Whether an official signature over pseudonym secrets opens to those that the vector has.
#[wasm_bindgen]
pub fn nym_signature_holds(suite: &str, vector: &str) -> bool {
    let vector: Value = serde_json::from_str(vector).unwrap();
    let key = PublicKey::from_bytes(&bytes(&vector["signerKeyPair"]["publicKey"])).unwrap();
    let made = Signature::from_bytes(&bytes(&vector["signature"])).unwrap();
    let (messages, committed) = (list_of_bytes(&vector["messages"]), list_of_bytes(&vector["committedMessages"]));
    let (messages, committed) = (slices(&messages), slices(&committed));
    let entropy = SignerNymEntropy::from_bytes(&bytes(&vector["signer_nym_entropy"])).unwrap();
    let blind = ProverBlind::from_bytes(&bytes(&vector["proverBlind"])).unwrap();
    let known = Known { messages: &messages, committed_messages: &committed, blind: Some(&blind) };
    let nyms: Vec<HolderSecret> =
        list_of_bytes(&vector["proverNyms"]).iter().map(|nym| HolderSecret::from_bytes(nym).unwrap()).collect();
    let (suite, header) = (suite_named(suite), bytes(&vector["header"]));
    let secrets = pseudonym::verify_finalize_with_nym(suite, &key, &made, &header, &known, &nyms, &entropy);
    secrets.is_ok_and(|secrets| *secrets.to_bytes() == list_of_bytes(&vector["nym_secrets"]).concat())
}

/// Whether an official proof with its pseudonym verifies.
#[wasm_bindgen]
pub fn nym_proof_holds(suite: &str, vector: &str) -> bool {
    let vector: Value = serde_json::from_str(vector).unwrap();
    let key = PublicKey::from_bytes(&bytes(&vector["signerPublicKey"])).unwrap();
    let made = Proof::from_bytes(&bytes(&vector["proof"])).unwrap();
    let name = Pseudonym::from_bytes(&bytes(&vector["pseudonym"])).unwrap();
    let (header, ph) = (bytes(&vector["header"]), bytes(&vector["presentationHeader"]));
    let (suite, context_id) = (suite_named(suite), bytes(&vector["context_id"]));
    let count = vector["proverNyms"].as_array().unwrap().len();
    let (messages, committed) = (revealed(&vector["revealedMessages"]), revealed(&vector["revealedCommittedMessages"]));
    let disclosed = Disclosed {
        message_count: vector["L"].as_u64().unwrap() as usize,
        messages: &pairs(&messages),
        committed_messages: &pairs(&committed),
    };
    pseudonym::proof_verify_with_nym(suite, &key, &made, &name, &context_id, count, &header, &ph, &disclosed).is_ok()
}

/// The messages that a vector's proof reveals, `{"0": message, …}`, in the order of their numbers.
fn revealed(value: &Value) -> Vec<(usize, Vec<u8>)> {
    let members = value.as_object().into_iter().flatten();
    let mut revealed: Vec<_> = members.map(|(index, message)| (index.parse().unwrap(), bytes(message))).collect();
    revealed.sort();
    revealed
}

fn pairs(revealed: &[(usize, Vec<u8>)]) -> Vec<(usize, &[u8])> {
    revealed.iter().map(|(index, message)| (*index, message.as_slice())).collect()
}

fn slices(messages: &[Vec<u8>]) -> Vec<&[u8]> {
    messages.iter().map(Vec::as_slice).collect()
}

fn optional(value: &Value) -> Option<Vec<u8>> {
    value.as_str().map(|text| hex::decode(text).unwrap())
}

fn suite_named(name: &str) -> Suite {
    match name {
        "bls12-381-sha-256" => Suite::Sha256,
        "bls12-381-shake-256" => Suite::Shake256,
        other => panic!("no suite is named {other}"),
    }
}

/// None at all where the vector has no such list.
fn list_of_bytes(value: &Value) -> Vec<Vec<u8>> {
    value.as_array().into_iter().flatten().map(bytes).collect()
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}
