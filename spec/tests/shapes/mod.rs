//! The CDDL files say what the accepted vectors are.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::grammar::{Grammar, Item};
use crate::judge::{self, Vector};

/// What a kind of vector is in CDDL. Those that are no document of their own, or no CBOR and no JSON, have no type.
fn type_of(vector: &Vector) -> Option<String> {
    Some(match vector.document.as_str() {
        "renewal" => "office-request".to_owned(),
        "credential" | "office-request" | "office-answer" | "certified-poster" | "trust-list" => {
            vector.document.clone()
        }
        "type" => "credential-type".to_owned(),
        "type-statement" => "signed-credential-type".to_owned(),
        "rule" | "policy" | "withdrawals" => format!("signed-{}", vector.document),
        "key" | "delegate" | "programme" => format!("signed<{}-statement>", vector.document),
        "organiser" => "signed<organiser-certificate>".to_owned(),
        "poster" => "signed<event-poster>".to_owned(),
        "message" => vector.known("message").as_str().unwrap().to_owned(),
        "application" | "asked" | "commitment" | "hint" | "history" | "offer" | "pair" | "pickup-code"
        | "presentation" | "qr" | "question" | "sealed" | "second-factor" | "short-code" | "showing" => return None,
        other => panic!("what is {other} in CDDL?"),
    })
}

fn item(vector: &Vector) -> Item {
    match vector.document.as_str() {
        "message" => Item::of_json(&serde_json::from_str(vector.text()).unwrap()),
        _ => Item::of_cbor(&vector.bytes()).unwrap(),
    }
}

fn grammar() -> Grammar {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cddl");
    let files = fs::read_dir(folder).unwrap().map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap());
    Grammar::read(&files.collect::<Vec<_>>().join("\n"))
}

#[test]
fn every_accepted_document_is_what_its_cddl_says() {
    let grammar = grammar();
    let mut read = BTreeSet::new();
    for vector in judge::vectors("accepted") {
        let Some(written) = type_of(&vector) else { continue };
        assert!(grammar.admits(&written, &item(&vector)), "{} is no {written}", vector.file.display());
        read.insert(written);
    }
    // Whatever is part of nothing else is a document, and has a vector; a form is neither CBOR nor JSON.
    let tops = grammar.tops();
    let unread: Vec<&str> = tops.into_iter().filter(|top| !read.contains(*top) && *top != "token-request").collect();
    assert_eq!(unread, [""; 0], "no vector of these");
}

/// Whatever is changed in the shape of a document: its CDDL says no. (What else a reader refuses, CDDL cannot say.)
#[test]
fn documents_of_another_shape_are_noticed() {
    let grammar = grammar();
    let mut tried = 0;
    for vector in judge::vectors("accepted") {
        let Some(written) = type_of(&vector) else { continue };
        for (what, other) in other_shapes(&item(&vector)) {
            assert!(!grammar.admits(&written, &other), "{}: {what} passes for a {written}", vector.file.display());
            tried += 1;
        }
    }
    assert!(tried > 100, "only {tried}");
}

fn other_shapes(item: &Item) -> Vec<(&'static str, Item)> {
    match item {
        Item::Array(items) => {
            let (mut longer, mut first) = (items.clone(), items.clone());
            longer.push(Item::Int(0));
            first[0] = Item::Null;
            let shorter = items[..items.len() - 1].to_vec();
            vec![("longer", Item::Array(longer)), ("shorter", Item::Array(shorter)), ("no version", Item::Array(first))]
        }
        Item::Map(pairs) => vec![
            ("an empty object", Item::Map(Vec::new())),
            ("an array", Item::Array(Vec::new())),
            (
                "nothing as the first member",
                Item::Map([vec![(pairs[0].0.clone(), Item::Null)], pairs[1..].to_vec()].concat()),
            ),
        ],
        other => panic!("no document is {other:?}"),
    }
}
