//! The size table: no presentation is longer than promised, and each fits the QR code that was promised for it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

use bauta_spec::presentation::Envelope;
use bauta_spec::qr::{self, Picture};
use serde_json::Value;

/// Vector, bytes of the proof, most bytes of the payload, most characters, most version of the QR code at level L.
const TABLE: [(&str, usize, usize, usize, u8); 8] = [
    ("entry_one_way", 368, 415, 628, 14),
    ("entry_poster", 368, 465, 703, 15),
    ("entry_with_hint_one_way", 336, 385, 583, 13),
    ("vaccinated_one_way", 400, 450, 680, 15),
    ("vaccinated_poster", 400, 500, 755, 15),
    ("over_18_poster", 464, 560, 845, 16),
    // Not in the table of the design; held to its limits for any ordinary code.
    ("over_18_one_way", 464, 515, 775, 15),
    ("member_one_way", 368, 450, 680, 15),
];

#[test]
fn every_showing_is_as_small_as_promised() {
    for (name, proof, payload, characters, version) in TABLE {
        let (bytes, pseudonym) = presentation(name);
        let text = qr::to_text(&bytes);
        let picture = Picture::of(&text).unwrap();
        println!("{name}: {} bytes, {} characters, version {}", bytes.len(), text.len(), picture.version());
        // Version, parts, mode, policy, minute, key, epoch; then the challenge's name, values, pseudonym.
        let clear = 16 + if pseudonym { 4 } else { 0 };
        assert!(bytes.len() >= clear + proof, "{name}: {} bytes leave no room for a proof of {proof}", bytes.len());
        let values = bytes.len() - clear - proof - if pseudonym { 48 } else { 0 };
        assert!(values <= 16, "{name}: {values} bytes of values: the proof is longer than {proof}");
        assert!(bytes.len() <= payload, "{name}: {} bytes", bytes.len());
        assert!(text.len() <= characters, "{name}: {} characters", text.len());
        assert!(picture.version() <= version, "{name}: version {}", picture.version());
    }
}

/// Two passes, each with two claims hidden, leave room in a code that is still read at once.
#[test]
fn two_passes_are_as_small_as_promised() {
    for (name, proof, payload, pseudonym) in
        [("entry_and_member_one_way", 672, 701, 0), ("entry_and_member_poster", 672, 753, 48)]
    {
        let (bytes, _) = accepted("pair", name);
        let text = qr::to_text(&bytes);
        let picture = Picture::of(&text).unwrap();
        println!("{name}: {} bytes, {} characters, version {}", bytes.len(), text.len(), picture.version());
        assert_eq!(bytes.len(), payload, "{name}");
        // Of the clear part 20 bytes, or 24 with the challenge's name; then a rule and a group.
        let clear = if pseudonym > 0 { 24 } else { 20 };
        assert_eq!(bytes.len() - clear - 9 - pseudonym, proof, "{name}");
        assert!(bytes.len() <= 760 && text.len() <= 1145 && picture.version() <= 19, "{name}");
    }
}

#[test]
fn nobody_is_told_by_the_length() {
    let (usual, _) = presentation("entry_one_way");
    for name in ["entry_of_another_holder", "entry_of_tomorrow", "entry_of_series_255"] {
        assert_eq!(presentation(name).0.len(), usual.len(), "{name}");
    }
}

#[test]
fn no_payload_and_no_text_goes_beyond_the_limits() {
    let largest = vec![0xFF; Envelope::MAX_BYTES];
    assert_eq!(qr::to_text(&largest).len(), qr::MAX_CHARACTERS);
    assert!(Picture::of(&qr::to_text(&largest)).is_ok());
}

/// The bytes of an accepted vector, and whether it carries a pseudonym.
fn presentation(name: &str) -> (Vec<u8>, bool) {
    accepted("presentation", name)
}

fn accepted(document: &str, name: &str) -> (Vec<u8>, bool) {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/accepted").join(document).join(format!("{name}.json"));
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let vector: Value = serde_json::from_str(&text).unwrap();
    let bytes = hex::decode(vector["input"].as_str().unwrap()).unwrap();
    (bytes, !vector["expected"]["accepted"]["pseudonym"].is_null())
}
