//! Every vector of spec/vectors, read by the readers of this crate. What doors and offices decide is tested in the package `bauta-tests`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod grammar;
mod judge;
mod shapes;

use std::collections::{BTreeMap, BTreeSet};

use bauta_crypto::PublicKey;
use bauta_spec::trust::{is_published_test_key, is_published_test_root};
use judge::Vector;

#[test]
fn good_documents_are_accepted_and_say_what_was_put_in() {
    hold(&judge::vectors("accepted"));
}

#[test]
fn documents_with_one_flaw_are_refused_for_it() {
    hold(&judge::vectors("refused"));
}

fn hold(vectors: &[Vector]) {
    let mut wrong = Vec::new();
    for vector in vectors {
        let Some(judged) = vector.judged() else { continue };
        let expected = vector.expected();
        if judged != expected {
            let file = vector.file.display();
            wrong.push(format!("{file}: {}\n  expected {expected:?}\n  judged   {judged:?}", vector.name));
        }
    }
    assert!(wrong.is_empty(), "{} of {} vectors:\n{}", wrong.len(), vectors.len(), wrong.join("\n"));
}

/// A2. Two presentations, all of one pass and of two where `BAUTA_MUTATIONS` asks for a million or more.
#[test]
fn every_bit_of_a_presentation_counts() {
    let mutations = std::env::var("BAUTA_MUTATIONS").map_or(0, |count| count.parse().expect("a number"));
    let all: Vec<Vector> = judge::vectors("accepted")
        .into_iter()
        .filter(|vector| ["presentation", "pair"].contains(&&*vector.document))
        .collect();
    assert!(all.len() >= 25, "only {} presentations", all.len());
    let chosen =
        |vector: &&Vector| mutations >= 1_000_000 || ["entry_one_way", "entry_poster"].contains(&&*vector.name);
    for vector in all.iter().filter(chosen) {
        let good = vector.bytes();
        for bit in 0..good.len() * 8 {
            let mut bytes = good.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let judged = vector.with_bytes(&bytes).judged().expect("presentations are judged here");
            assert!(judged.is_err(), "{}: bit {bit} does not count", vector.name);
        }
    }
}

#[test]
fn there_are_more_than_a_thousand_refused_vectors_and_no_two_are_alike() {
    let refused = judge::vectors("refused");
    assert!(refused.len() > 1000, "only {}", refused.len());
    let mut names = BTreeSet::new();
    for vector in &refused {
        let name = (vector.file.parent(), vector.file.file_name(), &vector.name);
        assert!(names.insert(name), "{}: {} stands there twice", vector.file.display(), vector.name);
    }
}

#[test]
fn every_document_has_a_good_example_and_flawed_ones() {
    let mut counts: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    for (place, folder) in ["accepted", "refused"].into_iter().enumerate() {
        for vector in judge::vectors(folder) {
            counts.entry(vector.document).or_default()[place] += 1;
        }
    }
    for (document, [accepted, refused]) in counts {
        assert!(accepted > 0 && refused > 0, "{document}: {accepted} accepted, {refused} refused");
    }
}

/// N19: whoever copies a key from the vectors does not get far with it.
#[test]
fn every_key_of_the_vectors_is_known_as_published() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/keys.json")).unwrap();
    let keys: serde_json::Value = serde_json::from_str(&text).unwrap();
    let issuers = keys["issuers"].as_object().unwrap();
    assert!(issuers.len() >= 7);
    for (label, pair) in issuers {
        let key = PublicKey::from_bytes(&judge::unhex(&pair["public_key"])).unwrap();
        assert!(is_published_test_key(&key), "{label} is not listed in trust/known.rs");
    }
    let root = keys["root"]["public_key"].as_str().unwrap().parse().unwrap();
    assert!(is_published_test_root(&root));
}
