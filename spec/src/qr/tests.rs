#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;

use super::*;
use crate::policy::PolicyId;

/// RFC 9285, sections 4.3, 4.4 and 6.
#[test]
fn official_vectors() {
    let vectors: serde_json::Value = serde_json::from_str(include_str!("../../tests/official/rfc9285.json")).unwrap();
    for vector in vectors["valid"].as_array().unwrap() {
        let payload = match vector["text"].as_str() {
            Some(text) => text.as_bytes().to_vec(),
            None => hex::decode(vector["hex"].as_str().unwrap()).unwrap(),
        };
        let text = format!("BTA1:{}", vector["encoded"].as_str().unwrap());
        assert_eq!(to_text(&payload), text);
        assert_eq!(from_text(&text), Ok(payload));
    }
    for vector in vectors["invalid"].as_array().unwrap() {
        let text = format!("BTA1:{}", vector["encoded"].as_str().unwrap());
        assert_eq!(from_text(&text), Err(Unreadable::NotBase45), "accepted: {}", vector["reason"]);
    }
}

/// N1, and point 18 of where implementers go wrong.
#[test]
fn junk_is_refused() {
    let good = to_text(b"Hello!!");
    assert!(from_text(&good).is_ok());
    let flaws = [
        ("newline", format!("{good}\n"), Unreadable::NotBase45),
        ("space_in_front", format!(" {good}"), Unreadable::NotOurs),
        ("no_prefix", good[5..].to_owned(), Unreadable::NotOurs),
        ("prefix_in_small_letters", good.replace("BTA1", "bta1"), Unreadable::NotOurs),
        ("prefix_of_another_version", good.replace("BTA1", "BTA2"), Unreadable::NotOurs),
        ("letters_small", format!("BTA1:{}", good[5..].to_lowercase()), Unreadable::NotBase45),
        ("one_letter_more", to_text(b"Hello!") + "A", Unreadable::NotBase45),
        ("one_letter_less", good[..good.len() - 1].to_owned(), Unreadable::NotBase45),
        ("triplet_above_65535", "BTA1:GGW".to_owned(), Unreadable::NotBase45),
        ("tail_above_255", "BTA1:V5".to_owned(), Unreadable::NotBase45),
        ("tail_far_above_255", "BTA1:::".to_owned(), Unreadable::NotBase45),
        ("not_ascii", format!("BTA1:É{}", &good[6..]), Unreadable::NotBase45),
        ("zero_byte", format!("{good}\0"), Unreadable::NotBase45),
        ("web_address", "https://example.com".to_owned(), Unreadable::NotOurs),
        ("too_long", format!("BTA1:{}", "0".repeat(MAX_CHARACTERS)), Unreadable::TooLong),
    ];
    for (flaw, text, reason) in flaws {
        assert_eq!(from_text(&text), Err(reason), "{flaw}");
    }
    // 255 is the highest tail.
    assert_eq!(from_text("BTA1:U5"), Ok(vec![0xFF]));
}

#[test]
fn a_picture_has_its_quiet_zone_in_every_form() {
    let picture = Picture::of(&to_text(&[7; 392])).unwrap();
    let dots = 17 + 4 * usize::from(picture.version());
    assert_eq!(picture.version(), 13);

    let mut png = png::Decoder::new(std::io::Cursor::new(picture.to_png(3))).read_info().unwrap();
    let mut pixels = vec![0; png.output_buffer_size().unwrap()];
    png.next_frame(&mut pixels).unwrap();
    let side = (dots + 8) * 3;
    assert_eq!((png.info().width as usize, pixels.len()), (side, side * side));
    assert!(pixels[..side * 12].iter().all(|pixel| *pixel == 0xFF), "quiet zone");
    // The corner of the finder pattern: seven dark dots of three pixels.
    let row = &pixels[side * 12..side * 13];
    assert!(row[12..33].iter().all(|pixel| *pixel == 0) && row[33] == 0xFF);

    assert!(picture.to_svg().starts_with("<?xml"));
    assert_eq!(picture.to_terminal().lines().count(), (dots + 8).div_ceil(2));
}

/// The table on this module's page.
#[test]
fn versions_hold_what_the_page_says() {
    let capacities = [468, 535, 619, 667, 758, 854, 938, 1046, 1153, 1249, 1352, 1460];
    for (capacity, version) in capacities.into_iter().zip(11..) {
        assert_eq!(Picture::of(&"A".repeat(capacity)).unwrap().version(), version);
        assert_eq!(Picture::of(&"A".repeat(capacity + 1)).unwrap().version(), version + 1);
    }
}

#[test]
fn too_much_for_a_picture() {
    assert_eq!(Picture::of(&"A".repeat(4297)).map(drop), Err(TooMuch));
}

/// A picture of version 1 is read from further away, and by worse cameras, than any code.
#[test]
fn a_question_is_the_smallest_picture() {
    let question = Question(PolicyId::new([0xff; 4])).to_string();
    assert_eq!(question, "BTA1P:FFFFFFFF");
    assert_eq!(Picture::of(&question).unwrap().version(), 1);
}

proptest! {
    #[test]
    fn payloads_come_back(payload in prop::collection::vec(any::<u8>(), 0..=970)) {
        let text = to_text(&payload);
        prop_assert!(text.len() <= MAX_CHARACTERS);
        prop_assert_eq!(from_text(&text), Ok(payload));
    }

    #[test]
    fn texts_have_one_spelling(text in "BTA1:[0-9A-Z $%*+./:-]{0,12}") {
        if let Ok(payload) = from_text(&text) {
            prop_assert_eq!(to_text(&payload), text);
        }
    }

    #[test]
    fn any_text_gets_an_answer(text in ".{0,40}") {
        prop_assert!(from_text(&text).is_err() || text.starts_with("BTA1:"));
    }
}
