#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;

use super::*;
use crate::Malformed;
use crate::cbor::{decode_canonical, encode};
use crate::hint::Hint;
use crate::time::{Day, Epoch, Month};

#[test]
fn the_shipped_types_are_the_agreed_ones() {
    let agreed = [
        ("health-record", "handle binding tested tested_on vaccinated vaccinated_on age_band hint valid_until"),
        ("age-record", "handle binding birth_month valid_until"),
        ("membership-record", "handle binding group tier valid_until"),
        ("entry-pass", "epoch admits hint"),
        ("health-pass", "epoch tested vaccinated age_band"),
        ("age-pass", "epoch over_12 over_16 over_18 over_21 over_65"),
        ("membership-pass", "epoch group tier"),
    ];
    assert_eq!(shipped().len(), agreed.len());
    for (name, claims) in agreed {
        let shipped = shipped_named(name).unwrap();
        let names: Vec<&str> = shipped.claims().iter().map(|claim| claim.name.as_str()).collect();
        assert_eq!(names.join(" "), claims);
        assert_eq!(CredentialType::from_bytes(&shipped.to_bytes()).unwrap(), shipped);
        assert_eq!(CredentialType::from_json(&shipped.to_json()).unwrap(), shipped);
    }
}

/// These bytes are signed into every credential ever issued.
#[test]
fn identities_do_not_drift() {
    let entry = shipped_named("entry-pass").unwrap();
    assert_eq!(entry.header(), b"bauta/v1/credential\x0aentry-pass\x01");
    assert_eq!(entry.id().to_string(), "a1bf0bb38a0cedc00c952dff889367773abdf5793570fd78708964b44cc323b6");
}

#[test]
fn headers_are_unambiguous() {
    let named = |name: &str, layout: u8| {
        let epoch = Claim { name: "epoch".parse().unwrap(), kind: Kind::Epoch };
        CredentialType::new(name.parse().unwrap(), layout, Use::Pass, vec![epoch]).unwrap().header()
    };
    let headers = [named("a", 1), named("a", 2), named("ab", 1), named("a1", 1), named("a11", 1)];
    for (i, one) in headers.iter().enumerate() {
        for other in &headers[i + 1..] {
            assert!(!one.starts_with(other) && !other.starts_with(one));
        }
    }
}

#[test]
fn types_that_would_hurt_are_refused() {
    let json = |usage: &str, claims: &str| {
        let claims: Vec<String> = claims
            .split_whitespace()
            .enumerate()
            .map(|(i, kind)| format!(r#"{{"name":"c{i}","kind":"{kind}"}}"#))
            .collect();
        format!(r#"{{"name":"t","layout":1,"usage":"{usage}","claims":[{}]}}"#, claims.join(","))
    };
    assert!(CredentialType::from_json(&json("pass", "epoch flag")).is_ok());
    assert!(CredentialType::from_json(&json("record", "handle binding flag")).is_ok());
    let flaws = [
        ("no_claims", json("pass", "")),
        ("pass_without_epoch", json("pass", "flag")),
        ("pass_with_epoch_in_the_middle", json("pass", "flag epoch")),
        ("pass_with_two_epochs", json("pass", "epoch epoch")),
        ("pass_with_handle", json("pass", "epoch handle")),
        ("pass_with_binding", json("pass", "epoch binding")),
        ("record_without_handle", json("record", "binding flag")),
        ("record_without_binding", json("record", "handle flag")),
        ("record_with_epoch", json("record", "handle binding epoch")),
        ("record_with_admits", json("record", "handle binding admits")),
        ("record_with_two_handles", json("record", "handle binding handle")),
        ("seventeen_claims", json("pass", &format!("epoch {}", "flag ".repeat(16)))),
        ("unknown_kind", json("pass", "epoch number")),
        ("code_without_vocabulary", json("pass", "epoch code")),
        ("claim_twice", json("pass", "epoch flag flag").replace("c2", "c1")),
        ("unknown_member", json("pass", "epoch").replace("layout", "layout\":1,\"lay_out")),
        ("member_twice", json("pass", "epoch").replace("\"layout\":1", "\"layout\":1,\"layout\":1")),
        ("layout_of_35_digits", json("pass", "epoch").replace(":1,", &format!(":{},", "9".repeat(35)))),
        ("codes_for_a_flag", json("pass", "epoch flag").replace(r#""flag""#, r#""flag","codes":[[1,"a"]]"#)),
    ];
    for (flaw, json) in flaws {
        assert!(CredentialType::from_json(&json).is_err(), "accepted: {flaw}");
    }
}

#[test]
fn vocabularies_are_closed_and_orderly() {
    let words =
        |words: &[(u8, &str)]| Vocabulary::new(words.iter().map(|(code, word)| (*code, (*word).to_owned())).collect());
    let vocabulary = words(&[(1, "0-11"), (254, "65+")]).unwrap();
    assert_eq!((vocabulary.code_of("65+"), vocabulary.name_of(1)), (Some(254), Some("0-11")));
    assert_eq!((vocabulary.code_of("66"), vocabulary.name_of(2)), (None, None));
    let flaws: [&[(u8, &str)]; 9] = [
        &[],
        &[(0, "a")],
        &[(255, "a")],
        &[(2, "a"), (1, "b")],
        &[(1, "a"), (1, "b")],
        &[(1, "a"), (2, "a")],
        &[(1, "")],
        &[(1, "A")],
        &[(1, "=a")],
    ];
    for flaw in flaws {
        assert!(words(flaw).is_err(), "accepted: {flaw:?}");
    }
    assert!(words(&[(1, &"a".repeat(33))]).is_err());
}

#[test]
fn names_are_plain() {
    assert!("over_18".parse::<ClaimName>().is_ok() && "entry-pass".parse::<TypeName>().is_ok());
    for name in ["", "1a", "_a", "-a", "A", "a b", "a/b", "é", "entry-pass", &"a".repeat(33)] {
        assert!(name.parse::<ClaimName>().is_err(), "accepted: {name}");
    }
    assert!("=a".parse::<TypeName>().is_err() && "a\u{202e}".parse::<TypeName>().is_err());
}

#[test]
fn claims_are_of_their_type() {
    let health = shipped_named("health-pass").unwrap();
    let epoch = Value::Epoch(Epoch { day: Day::new(20_781), series: 0 });
    let with = |values: [Value; 3]| Claims::new(&health, [vec![epoch.clone()], values.to_vec()].concat());
    let claims = with([Value::Code(1), Value::Absent, Value::Code(6)]).unwrap();
    assert_eq!(claims.get(&health, "tested"), Some(&Value::Code(1)));
    assert_eq!(claims.get(&health, "hint"), None);
    assert_eq!(claims.messages(), [&[0x82, 0x19, 0x51, 0x2d, 0x00][..], &[0x01], &[0xf6], &[0x06]]);
    assert_eq!(format!("{claims:?}"), "Claims(..)");

    assert!(matches!(with([Value::Code(3), Value::Absent, Value::Absent]), Err(ForeignClaim::Value(_))));
    assert!(matches!(with([Value::Flag(true), Value::Absent, Value::Absent]), Err(ForeignClaim::Value(_))));
    let short = Claims::new(&health, vec![epoch.clone()]);
    assert_eq!(short, Err(ForeignClaim::Count { expected: 4, got: 1 }));
    let no_epoch = Claims::new(&health, vec![Value::Absent; 4]);
    assert_eq!(no_epoch.unwrap_err().to_string(), "the value of \"epoch\" is not of its kind or vocabulary");
}

#[test]
fn disclosed_sets_count() {
    let entry = shipped_named("entry-pass").unwrap();
    let set = entry.disclosing(["admits", "epoch"]).unwrap();
    assert_eq!((set.bits(), set.indexes(), set.hidden_count(entry.len())), (0b011, vec![0, 1], 1));
    assert_eq!(entry.disclosing(["handle"]), None);
    assert_eq!(DisclosedSet::all(16).bits(), u16::MAX);
    assert_eq!(set.without(1).indexes(), [0]);
    assert_eq!((set.with(16), set.contains(16)), (set, false));
}

fn kind_and_value() -> impl Strategy<Value = (Kind, Value)> {
    let vocabulary = Vocabulary::new(vec![(1, "a".to_owned()), (7, "b".to_owned()), (254, "c".to_owned())]).unwrap();
    let code = Kind::Code(vocabulary);
    let day = || (0..=Day::MAX.number()).prop_map(Day::new);
    prop_oneof![
        (day(), any::<u8>()).prop_map(|(day, series)| (Kind::Epoch, Value::Epoch(Epoch { day, series }))),
        any::<[u8; 8]>().prop_map(|bytes| (Kind::Admits, Value::Admits(RuleId::new(bytes)))),
        any::<[u8; 16]>().prop_map(|bytes| (Kind::Handle, Value::Handle(Handle::new(bytes)))),
        any::<[u8; 32]>().prop_map(|bytes| (Kind::Binding, Value::Binding(Binding::new(bytes)))),
        (1..=Hint::MAX).prop_map(|number| (Kind::Hint, Value::Hint(Hint::new(number).unwrap()))),
        prop::sample::select(vec![1, 7, 254]).prop_map(move |word| (code.clone(), Value::Code(word))),
        day().prop_map(|day| (Kind::Day, Value::Day(day))),
        (0..=Month::MAX.number()).prop_map(|month| (Kind::Month, Value::Month(Month::new(month)))),
        any::<bool>().prop_map(|flag| (Kind::Flag, Value::Flag(flag))),
        prop::sample::select(vec![Kind::Hint, Kind::Day, Kind::Month, Kind::Flag])
            .prop_map(|kind| (kind, Value::Absent)),
    ]
}

proptest! {
    #[test]
    fn values_come_back_and_have_one_width((kind, value) in kind_and_value()) {
        let mut bytes = Vec::new();
        encode_fixed(&kind, &value, &mut bytes).unwrap();
        prop_assert_eq!(bytes.len(), kind.width());
        let mut rest = bytes.as_slice();
        prop_assert_eq!(decode_fixed(&kind, &mut rest), Ok(value.clone()));
        prop_assert!(rest.is_empty());

        let atom = decode_canonical(&value.message(), 64).unwrap();
        prop_assert_eq!(kind.value(atom), Ok(value));
    }

    #[test]
    fn fixed_bytes_have_one_reading((kind, _) in kind_and_value(), bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let mut rest = bytes.as_slice();
        if let Ok(value) = decode_fixed(&kind, &mut rest) {
            let mut again = Vec::new();
            encode_fixed(&kind, &value, &mut again).unwrap();
            prop_assert_eq!(&again, &bytes[..bytes.len() - rest.len()]);
        }
    }

    #[test]
    fn foreign_values_are_not_written((kind, _) in kind_and_value(), (other, value) in kind_and_value()) {
        prop_assume!(std::mem::discriminant(&kind) != std::mem::discriminant(&other) && value != Value::Absent);
        let mut bytes = Vec::new();
        prop_assert_eq!(encode_fixed(&kind, &value, &mut bytes), Err(Malformed::new("a value of another kind than the claim")));
        prop_assert!(bytes.is_empty());
    }

    #[test]
    fn types_come_back(flags in 0..15_usize, layout: u8, name in "[a-z][a-z0-9_-]{0,31}") {
        let claim = |(i, kind)| Claim { name: format!("c{i}").parse().unwrap(), kind };
        let kinds = std::iter::once(Kind::Epoch).chain(std::iter::repeat_n(Kind::Flag, flags));
        let made = CredentialType::new(name.parse().unwrap(), layout, Use::Pass, kinds.enumerate().map(claim).collect()).unwrap();
        prop_assert_eq!(CredentialType::from_bytes(&encode(&made)).unwrap(), made.clone());
        prop_assert_eq!(CredentialType::from_json(&made.to_json()).unwrap(), made);
    }
}

#[test]
fn sentinels_outside_their_kind_are_refused() {
    let tested = shipped_named("health-pass").unwrap().claim("tested").unwrap().kind.clone();
    let flaws: [(&str, Kind, &[u8]); 6] = [
        ("code_outside_the_vocabulary", tested, &[3]),
        ("flag_3", Kind::Flag, &[3]),
        ("hint_241", Kind::Hint, &[241]),
        ("epoch_on_no_day", Kind::Epoch, &[0xFF, 0xFF, 0]),
        ("day_cut_short", Kind::Day, &[0]),
        ("binding_cut_short", Kind::Binding, &[0; 31]),
    ];
    for (flaw, kind, bytes) in flaws {
        assert!(decode_fixed(&kind, &mut &*bytes).is_err(), "accepted: {flaw}");
    }
}
