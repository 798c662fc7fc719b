#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use proptest::prelude::*;

fn pairs(bytes: &[u8]) -> Result<Vec<(u16, String)>, Malformed> {
    decode_canonical(bytes, 4096)
}

#[test]
fn one_spelling_only() {
    // [[1, "a"]]
    assert_eq!(pairs(&[0x81, 0x82, 0x01, 0x61, b'a']), Ok(vec![(1, "a".to_owned())]));
    let flaws: [(&str, &[u8]); 11] = [
        ("nothing", &[]),
        ("trailing_byte", &[0x81, 0x82, 0x01, 0x61, b'a', 0x00]),
        ("truncated", &[0x81, 0x82, 0x01, 0x61]),
        ("number_in_two_bytes", &[0x81, 0x82, 0x18, 0x01, 0x61, b'a']),
        ("number_in_nine_bytes", &[0x81, 0x82, 0x1b, 0, 0, 0, 0, 0, 0, 0, 1, 0x61, b'a']),
        ("length_in_two_bytes", &[0x81, 0x82, 0x01, 0x78, 0x01, b'a']),
        ("indefinite_array", &[0x9f, 0x82, 0x01, 0x61, b'a', 0xff]),
        ("indefinite_text", &[0x81, 0x82, 0x01, 0x7f, 0x61, b'a', 0xff]),
        ("tagged", &[0xc0, 0x81, 0x82, 0x01, 0x61, b'a']),
        ("number_too_large", &[0x81, 0x82, 0x1a, 0, 1, 0, 0, 0x61, b'a']),
        ("text_that_is_not_utf_8", &[0x81, 0x82, 0x01, 0x61, 0xff]),
    ];
    for (flaw, bytes) in flaws {
        assert!(pairs(bytes).is_err(), "accepted: {flaw}");
    }
}

#[test]
fn what_is_claimed_is_not_believed() {
    // An array, a text, a byte string and a map of 2^62 items, and arrays in arrays in arrays.
    for major in [0x9b, 0x7b, 0x5b, 0xbb] {
        let bomb = [&[0x81, major][..], &(1_u64 << 62).to_be_bytes()].concat();
        assert!(pairs(&bomb).is_err());
        assert!(decode_canonical::<Vec<Atom>>(&bomb, 4096).is_err());
    }
    assert!(pairs(&[0x81; 4096]).is_err());
    assert!(decode_canonical::<Atom>(&[0x81; 4096], 4096).is_err());
}

#[test]
fn too_long_is_refused_unread() {
    let longest = encode(&vec![0_u8; 100]);
    assert_eq!(decode_canonical::<Vec<u8>>(&longest, longest.len()).unwrap().len(), 100);
    let refusal = decode_canonical::<Vec<u8>>(&longest, longest.len() - 1).unwrap_err();
    assert_eq!(refusal.to_string(), "malformed: longer than this document may be");
}

#[test]
fn the_reason_comes_through_and_the_input_does_not() {
    let refusal = decode_canonical::<Version<1>>(&[0x02], 8).unwrap_err();
    assert_eq!(refusal.to_string(), "malformed: a version that is not known here");
    let refusal = pairs(&[0x81, 0x82, 0x01, 0x66, b'<', b'b', b'o', b'm', b'b', b'>']).map(drop);
    assert_eq!(refusal, Ok(()));
    let refusal = decode_canonical::<u8>(b"<bomb>", 8).unwrap_err();
    assert!(!refusal.to_string().contains("bomb"));
}

fn atom() -> impl Strategy<Value = Atom> {
    prop_oneof![
        Just(Atom::Null),
        any::<bool>().prop_map(Atom::Bool),
        any::<u16>().prop_map(Atom::Number),
        any::<(u16, u8)>().prop_map(|(first, second)| Atom::Pair(first, second)),
        prop::collection::vec(any::<u8>(), 0..=64).prop_map(Atom::Bytes),
    ]
}

proptest! {
    #[test]
    fn atoms_come_back(atom in atom()) {
        let bytes = encode(&atom);
        prop_assert_eq!(decode_canonical::<Atom>(&bytes, 128), Ok(atom));
    }

    /// If any bytes are taken, they are the ones that would be written.
    #[test]
    fn no_bytes_have_a_second_spelling(bytes in prop::collection::vec(any::<u8>(), 0..12)) {
        if let Ok(atom) = decode_canonical::<Atom>(&bytes, 128) {
            prop_assert_eq!(encode(&atom), bytes);
        }
    }
}
