mod authority;
mod histories;

use std::fs;
use std::path::Path;

use bauta_crypto::PublicKey;

use super::*;
use crate::policy::Unfit;
use crate::presentation::MAX_BYTES;
use crate::signed::{DelegateKey, RootKey, Signed};

use authority::{Authority, day, issuer_key, minute, noon};

#[test]
fn the_first_list_is_taken_and_says_what_counts() {
    let authority = Authority::new();
    let list = TrustList::verify(&authority.first_list(), &authority.root.public(), noon()).unwrap();
    assert_eq!(list.version(), 1);
    assert_eq!(list.types().len(), 7);
    assert_eq!(list.prefetch_days(), 3);
    assert_eq!(list.grid().offset(), 60);
    assert_eq!(list.freshness(noon()), Ok(Freshness::Fresh));
    let records = list.keys().iter().filter(|key| key.key_type.usage() == Use::Record);
    assert_eq!(records.map(|key| key.holder_name.as_str()).collect::<Vec<_>>(), ["Lab of the harbour"]);
    let key = list.pass_key(&"entry-pass".parse().unwrap(), day("2026-11-24")).unwrap();
    assert_eq!(list.key(key.id, day("2026-11-24")), Ok(key));
    assert!(list.policy_named("entry", day("2026-11-24")).unwrap().rules().eq([list.rules()[0].id()]));
    assert_eq!(list.policy_named("entry", day("2027-01-01")), None);
}

#[test]
fn slots_are_every_day_of_the_window_times_every_rule() {
    let mut authority = Authority::new();
    authority.body.floors.insert(day("2026-11-25"), 2);
    let list = TrustList::verify(&authority.sign(), &authority.root.public(), noon()).unwrap();
    let slots = list.slots(&[&"health-record".parse().unwrap()], day("2026-11-24"), 4);
    let places: Vec<_> =
        slots.iter().map(|slot| (slot.epoch.day.to_string(), slot.epoch.series, slot.rule.name().as_str())).collect();
    let expected = [
        ("2026-11-24", 0, "tested-or-vaccinated"),
        ("2026-11-24", 0, "health"),
        ("2026-11-24", 0, "vaccinated-and-tested"),
        ("2026-11-25", 2, "tested-or-vaccinated"),
        ("2026-11-25", 2, "health"),
        ("2026-11-25", 2, "vaccinated-and-tested"),
        ("2026-11-26", 0, "tested-or-vaccinated"),
        ("2026-11-26", 0, "health"),
        ("2026-11-26", 0, "vaccinated-and-tested"),
        ("2026-11-27", 0, "tested-or-vaccinated"),
        ("2026-11-27", 0, "health"),
        ("2026-11-27", 0, "vaccinated-and-tested"),
    ];
    assert_eq!(places, expected.map(|(day, series, rule)| (day.to_owned(), series, rule)));
    assert!(slots.iter().all(|slot| slot.key.key_type.name() == slot.rule.to()));
    let two = "health-record".parse().unwrap();
    let of_two = list.slots(&[&two, &two], day("2026-11-24"), 4);
    assert!(of_two.iter().all(|slot| slot.rule.name().as_str() == "vaccinated-and-tested"));
    assert_eq!(of_two.len(), 4, "what a record may give alone is asked for alone");
    assert!(list.slots(&[&two, &"age-record".parse().unwrap()], day("2026-11-24"), 4).is_empty());
    assert!(
        list.slots(&[&"age-record".parse().unwrap()], day("2026-11-24"), 4).is_empty(),
        "no key signs age passes here"
    );
    assert!(list.slots(&[&"health-record".parse().unwrap()], day("2027-01-01"), 4).is_empty(), "the programme is over");
}

#[test]
fn what_was_withdrawn_counts_no_more() {
    let mut authority = Authority::new();
    let list = TrustList::verify(&authority.first_list(), &authority.root.public(), noon()).unwrap();
    let today = day("2026-11-24");
    let key = list.pass_key(&"entry-pass".parse().unwrap(), today).unwrap().id;
    let policy = list.policy_named("entry", today).unwrap().id();
    let rule = list.rules()[0].id();

    authority.body.withdrawn_keys.insert(key);
    let list = TrustList::verify(&authority.sign(), &authority.root.public(), noon()).unwrap();
    assert_eq!(list.key(key, today), Err(KeyRefusal::Withdrawn));
    assert!(list.pass_key(&"entry-pass".parse().unwrap(), today).is_none());
    assert!(list.policy(policy).is_some());

    authority.body.withdrawn_rules.insert(rule);
    let list = TrustList::verify(&authority.sign(), &authority.root.public(), noon()).unwrap();
    assert!(list.rule(rule).is_none());
    assert!(list.rules_on(&[&"health-record".parse().unwrap()], today).iter().all(|listed| listed.id() != rule));
    assert!(list.policy(policy).is_none(), "its rule is withdrawn");

    authority.body.withdrawn_rules.clear();
    authority.body.withdrawn_policies.insert(policy);
    let list = TrustList::verify(&authority.sign(), &authority.root.public(), noon()).unwrap();
    assert!(list.policy(policy).is_none());
}

#[test]
fn keys_count_on_their_days_and_not_beyond_the_programme() {
    let authority = Authority::new();
    let list = TrustList::verify(&authority.first_list(), &authority.root.public(), noon()).unwrap();
    let id = list.pass_key(&"entry-pass".parse().unwrap(), day("2026-11-24")).unwrap().id;
    assert!(list.key(id, day("2026-10-01")).is_ok());
    assert_eq!(list.key(id, day("2026-09-30")), Err(KeyRefusal::NotInForce));
    // The key is signed until March, the programme ends in December.
    assert!(list.key(id, day("2026-12-31")).is_ok());
    assert_eq!(list.key(id, day("2027-01-01")), Err(KeyRefusal::NotInForce));
    assert_eq!(list.key(KeyId::new([0; 4]), day("2026-11-24")), Err(KeyRefusal::Unknown));
}

#[test]
fn a_specimen_key_goes_the_whole_way_and_is_refused_at_the_door() {
    let mut authority = Authority::new();
    authority.body.keys.clear();
    authority.list_key("entry-pass", 9, |statement| statement.specimen = true);
    let list = TrustList::verify(&authority.sign(), &authority.root.public(), noon()).unwrap();
    let key = list.pass_key(&"entry-pass".parse().unwrap(), day("2026-11-24")).unwrap();
    assert_eq!(list.key(key.id, day("2026-11-24")), Err(KeyRefusal::Specimen));
    authority.list_key("entry-pass", 10, |_| ());
    let list = TrustList::verify(&authority.sign(), &authority.root.public(), noon()).unwrap();
    assert!(
        !list.pass_key(&"entry-pass".parse().unwrap(), day("2026-11-24")).unwrap().specimen,
        "a real key comes first"
    );
}

#[test]
fn lists_age_and_expire() {
    let authority = Authority::new();
    let list = TrustList::verify(&authority.first_list(), &authority.root.public(), noon()).unwrap();
    let after = |minutes: u64| list.freshness(Moment::from_unix(noon().unix() + minutes * 60));
    assert_eq!(after(24 * 60 - 1), Ok(Freshness::Fresh));
    assert_eq!(after(24 * 60), Ok(Freshness::Ageing));
    assert_eq!(after(48 * 60 - 1), Ok(Freshness::Ageing));
    assert_eq!(after(48 * 60), Err(TrustRefusal::Expired));
    let before = |seconds| list.freshness(Moment::from_unix(noon().unix() - seconds));
    assert_eq!(before(120), Ok(Freshness::Fresh), "a clock two minutes slow");
    assert_eq!(before(121), Err(TrustRefusal::ClockBeforeIssue));
    assert_eq!(list.freshness(Moment::from_unix(0)), Err(TrustRefusal::ClockBeforeIssue));
    assert_eq!(list.freshness(Moment::from_unix(u64::MAX)), Err(TrustRefusal::Expired));
}

#[test]
fn an_expired_list_is_still_known() {
    let mut authority = Authority::new();
    let old = authority.first_list();
    let root = authority.root.public();
    let held = TrustList::verify_held(&old, &root).unwrap();
    let much_later = Moment::from_unix(noon().unix() + 30 * 86_400);
    assert_eq!(TrustList::verify(&old, &root, much_later).unwrap_err(), TrustRefusal::Expired);
    assert_eq!(held.advance(&old, &root, much_later).unwrap_err(), TrustRefusal::Expired);
    authority.next(&held, 30 * 24 * 60);
    assert_eq!(held.advance(&authority.sign(), &root, much_later).unwrap().version(), 2);
}

/// One flaw each, in a list that somebody takes for the first time.
#[test]
fn bad_lists_are_refused() {
    let refused = |expected: TrustRefusal, change: fn(&mut Authority)| {
        let mut authority = Authority::new();
        change(&mut authority);
        let refusal = TrustList::verify(&authority.sign(), &Authority::new().root.public(), noon()).unwrap_err();
        assert_eq!(refusal, expected);
    };
    refused(TrustRefusal::WrongRoot, |authority| authority.root = RootKey::from_bytes(&[99; 32]).unwrap());
    refused(TrustRefusal::BadSignature, |authority| {
        authority.delegate_key = DelegateKey::from_bytes(&[99; 32]).unwrap()
    });
    refused(TrustRefusal::BadStatement("key"), |authority| {
        authority.root_for_statements = RootKey::from_bytes(&[99; 32]).unwrap();
        authority.list_key("age-pass", 50, |_| ());
    });
    refused(TrustRefusal::DelegateNotInForce, |authority| authority.delegate.first = minute(1));
    refused(TrustRefusal::DelegateNotInForce, |authority| authority.delegate.last = minute(48 * 60 - 1));
    let lifetime = TrustRefusal::Inconsistent("a list lives between a minute and a week");
    refused(lifetime, |authority| authority.body.expires = minute(7 * 24 * 60 + 1));
    refused(lifetime, |authority| authority.body.expires = minute(0));
    refused(lifetime, |authority| authority.body.expires = minute(0).minus(1));
    let chain = TrustRefusal::Inconsistent("version 1 has no list before it, and every other has");
    refused(chain, |authority| authority.body.version = 0);
    refused(chain, |authority| authority.body.version = 2);
    refused(chain, |authority| authority.body.previous = [1; 32]);
    refused(TrustRefusal::Inconsistent("two keys with one id"), |authority| {
        let again = authority.body.keys[0].clone();
        authority.body.keys.push(again);
    });
    refused(TrustRefusal::Inconsistent("two types of one name and layout"), |authority| {
        let again = authority.body.types[0].clone();
        authority.body.types.push(again);
    });
    refused(TrustRefusal::Inconsistent("two rules with one id"), |authority| {
        let again = authority.body.rules[0].clone();
        authority.body.rules.push(again);
    });
    refused(TrustRefusal::Inconsistent("two policies with one id"), |authority| {
        let again = authority.body.policies[0].clone();
        authority.body.policies.push(again);
    });
    refused(TrustRefusal::Inconsistent("a key of a type that is not listed"), |authority| authority.body.types.clear());
    refused(TrustRefusal::Inconsistent("a rule fits no listed types"), |authority| {
        authority.body.types.truncate(1);
        authority.body.keys.truncate(1);
    });
    refused(TrustRefusal::Inconsistent("a policy fits no listed type"), |authority| {
        authority.body.types.truncate(1);
        authority.body.keys.truncate(1);
        authority.body.rules.clear();
    });
    refused(TrustRefusal::Inconsistent("two pass keys for one type and day"), |authority| {
        authority.list_key("entry-pass", 51, |statement| statement.first = day("2027-03-31"));
    });
    refused(TrustRefusal::Inconsistent("a key ends before it begins"), |authority| {
        authority.list_key("age-pass", 52, |statement| statement.last = day("2026-01-01"));
    });
    refused(TrustRefusal::Inconsistent("passes are fetched for 1 to 14 days ahead"), |authority| {
        authority.set_programme(|programme| programme.prefetch_days = 15);
    });
}

/// The root may have signed it by mistake, or for other layouts.
#[test]
fn a_policy_whose_answer_fits_into_no_code_is_refused_with_the_list() {
    let wide = |name: &str, flags: u8| {
        let flags =
            (0..flags).map(|i| format!(r#"{{ "name": "f{i}", "kind": "flag" }}"#)).collect::<Vec<_>>().join(", ");
        let json = format!(
            r#"{{ "name": "{name}", "layout": 1, "usage": "pass", "claims": [{{ "name": "epoch", "kind": "epoch" }}, {flags}] }}"#
        );
        CredentialType::from_json(&json).unwrap()
    };
    let [narrow, too_wide] = [6, 7].map(|flags| [wide("one-pass", flags), wide("other-pass", 6)]);
    let ask = |id: &str| {
        let claims = r#"[{ "path": ["f0"], "values": [true] }]"#;
        format!(r#"{{ "id": "{id}", "format": "bauta-pass", "meta": {{ "type": "{id}" }}, "claims": {claims} }}"#)
    };
    let json = format!(
        r#"{{ "name": "wide", "credentials": [{}, {}], "one_way": "allowed", "purpose": {{ "en": "x" }} }}"#,
        ask("one-pass"),
        ask("other-pass")
    );
    let policy = Policy::from_json(&json, &narrow, &[], day("2026-10-01"), day("2026-12-31")).unwrap();
    let types: Vec<&CredentialType> = too_wide.iter().collect();
    let Err(Unfit::TooLong { bytes }) = policy.fits(&types) else { panic!("it fits") };
    let said = Unfit::TooLong { bytes }.to_string();
    assert!(said.contains(&format!("{bytes} bytes")) && said.contains(&format!("room for {MAX_BYTES}:")), "{said}");

    let list_with = |types: &[CredentialType]| {
        let mut authority = Authority::bare();
        authority.body.types = types.iter().map(|listed| Signed::sign(listed, &authority.root).unwrap()).collect();
        authority.body.policies = vec![Signed::sign(&policy, &authority.root).unwrap()];
        TrustList::verify(&authority.sign(), &authority.root.public(), noon()).map(|_| ())
    };
    assert_eq!(list_with(&narrow), Ok(()));
    assert_eq!(list_with(&too_wide), Err(TrustRefusal::Inconsistent("a policy fits no listed type")));
}

#[test]
fn a_replaced_pass_key_may_have_the_days_of_the_withdrawn_one() {
    let mut authority = Authority::new();
    let withdrawn = authority.list_key("age-pass", 60, |_| ());
    authority.list_key("age-pass", 61, |_| ());
    authority.body.withdrawn_keys.insert(withdrawn);
    assert!(TrustList::verify(&authority.sign(), &authority.root.public(), noon()).is_ok());
}

#[test]
fn an_oversized_list_is_refused_before_it_is_read() {
    let root = Authority::new().root.public();
    let refused = TrustList::verify(&vec![0; 10_000_000], &root, noon());
    assert_eq!(refused.unwrap_err(), TrustRefusal::TooLarge);
}

#[test]
fn truncated_extended_and_flipped_lists_are_refused() {
    let authority = Authority::new();
    let root = authority.root.public();
    let bytes = authority.first_list();
    for len in (0..bytes.len()).step_by(37) {
        assert!(TrustList::verify(&bytes[..len], &root, noon()).is_err(), "accepted: cut to {len}");
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert_eq!(
        TrustList::verify(&longer, &root, noon()).unwrap_err(),
        TrustRefusal::Malformed(Malformed::new("trailing bytes"))
    );
    for at in (0..bytes.len()).step_by(11) {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1 << (at % 8);
        assert!(TrustList::verify(&flipped, &root, noon()).is_err(), "accepted: byte {at} flipped");
    }
}

#[test]
fn withdrawals_out_of_order_or_twice_are_refused() {
    let mut authority = Authority::bare();
    authority.body.withdrawn_keys.extend([KeyId::new([1; 4]), KeyId::new([2; 4])]);
    let bytes = crate::cbor::encode(&authority.body);
    let ids = [0x82, 0x44, 1, 1, 1, 1, 0x44, 2, 2, 2, 2];
    let at = bytes.windows(ids.len()).position(|window| window == ids).unwrap();
    for (flaw, other) in [
        ("out_of_order", [0x82, 0x44, 2, 2, 2, 2, 0x44, 1, 1, 1, 1]),
        ("twice", [0x82, 0x44, 1, 1, 1, 1, 0x44, 1, 1, 1, 1]),
    ] {
        let mut changed = bytes.clone();
        changed[at..at + ids.len()].copy_from_slice(&other);
        let read = crate::cbor::decode_canonical::<TrustListBody>(&changed, TrustList::MAX);
        assert_eq!(read.err(), Some(Malformed::new("not the canonical encoding")), "accepted: {flaw}");
    }
}

#[test]
fn a_delegate_cannot_add_what_the_root_has_not_signed() {
    let mut authority = Authority::new();
    authority.root_for_statements = RootKey::from_bytes(&authority.delegate_key.to_bytes()[..]).unwrap();
    authority.list_key("age-pass", 53, |_| ());
    let refused = TrustList::verify(&authority.sign(), &authority.root.public(), noon());
    assert_eq!(refused.unwrap_err(), TrustRefusal::BadStatement("key"));
}

#[test]
fn every_key_of_the_test_vectors_is_refused_unless_it_is_a_specimen() {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crypto/tests/vectors");
    let mut found = 0;
    for key in public_keys_under(&vectors) {
        found += 1;
        assert!(is_published_test_key(&key), "not known as published: {key:?}");
    }
    assert!(found >= 100, "the vectors have moved");
    assert!(!is_published_test_key(&issuer_key(1)));

    let published = PublicKey::from_bytes(&crate::text::bytes_of_hex::<96>(known::PUBLISHED[0]).unwrap()).unwrap();
    let mut authority = Authority::new();
    authority.list_key("age-pass", 1, |statement| {
        statement.public = published.clone();
        statement.specimen = true;
    });
    assert!(TrustList::verify(&authority.sign(), &authority.root.public(), noon()).is_ok());
    authority.body.keys.pop();
    authority.list_key("age-pass", 1, |statement| statement.public = published.clone());
    let refused = TrustList::verify(&authority.sign(), &authority.root.public(), noon());
    assert_eq!(refused.unwrap_err(), TrustRefusal::PublishedTestKey);
}

/// The public keys of the drafts' files: 192 hexadecimal digits after a name that ends in "publicKey".
fn public_keys_under(folder: &Path) -> Vec<PublicKey> {
    let mut keys = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            keys.extend(public_keys_under(&path));
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for part in text.to_lowercase().split("publickey\": \"").skip(1) {
            let digits = part.split('"').next().unwrap();
            keys.extend(
                crate::text::bytes_of_hex::<96>(digits).ok().map(|bytes| PublicKey::from_bytes(&bytes).unwrap()),
            );
        }
    }
    keys
}
