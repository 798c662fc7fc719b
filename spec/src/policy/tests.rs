use proptest::prelude::*;

use super::*;
use crate::attributes::{Value, shipped, shipped_named};
use crate::hint::Hint;
use crate::rules::{self, Rule};
use crate::signed::{RootKey, Signed};
use crate::time::Epoch;

fn days() -> (Day, Day) {
    ("2026-10-01".parse().unwrap(), "2026-12-31".parse().unwrap())
}

fn sample_rules() -> Vec<Rule> {
    let (first, last) = days();
    rules::SAMPLES.iter().map(|text| Rule::from_json(text, &shipped(), first, last).unwrap()).collect()
}

fn read(text: &str) -> Result<Policy, Unwritable> {
    let (first, last) = days();
    Policy::from_json(text, &shipped(), &sample_rules(), first, last)
}

fn named(name: &str) -> Policy {
    SAMPLES.iter().map(|text| read(text).unwrap()).find(|policy| policy.name().as_str() == name).unwrap()
}

/// One that asks for a single pass, and the type of that.
fn sample(name: &str) -> (Policy, CredentialType) {
    let policy = named(name);
    assert_eq!(policy.asks().len(), 1);
    let pass_type = shipped_named(policy.asks()[0].pass_type().as_str()).unwrap();
    (policy, pass_type)
}

fn names(set: DisclosedSet, pass_type: &CredentialType) -> Vec<&str> {
    set.indexes().into_iter().map(|index| pass_type.claims()[index].name.as_str()).collect()
}

#[test]
fn each_sample_discloses_the_day_and_what_it_asks() {
    for (name, expected) in [
        ("entry", vec!["epoch", "admits"]),
        ("entry-with-hint", vec!["epoch", "admits", "hint"]),
        ("vaccinated", vec!["epoch", "vaccinated"]),
        ("over-18", vec!["epoch", "over_18"]),
        ("member", vec!["epoch", "group"]),
        ("event", vec!["epoch", "admits"]),
    ] {
        let (policy, pass_type) = sample(name);
        assert_eq!(names(policy.asks()[0].disclosed(&pass_type).unwrap(), &pass_type), expected);
    }
}

#[test]
fn what_the_door_learns_is_said_in_words() {
    let in_mode = |name, mode| named(name).in_words(&shipped(), &sample_rules(), mode).unwrap();
    let in_words = |name| in_mode(name, Mode::OneWay);
    let by_poster = in_mode("entry", Mode::Poster);
    assert_eq!(in_words("entry"), [&by_poster[..2], &by_poster[3..]].concat(), "one way there is no pseudonym");
    assert_eq!(
        by_poster,
        [
            "The day that your pass is for.",
            "That the rule \"tested-or-vaccinated\" admits you, but not by which of its ways.",
            "A pseudonym: the same each time you show at this event, and another one at every other event.",
            "Nothing else.",
        ]
    );
    assert_eq!(
        in_words("entry-with-hint")[2],
        "The group of letters of your first initial, and the month of your birth without the year, to compare with an ID card."
    );
    assert_eq!(
        in_words("vaccinated")[1],
        "Which of these your pass says under \"vaccinated\": mrna, vector, protein, inactivated."
    );
    assert_eq!(in_words("over-18")[1], "That the answer to \"over 18\" is yes.");
    assert_eq!(in_words("member")[1], "That your pass says \"library\" under \"group\".");
}

#[test]
fn every_disclosed_claim_has_a_sentence() {
    for text in SAMPLES {
        let policy = read(text).unwrap();
        let types = shipped();
        let pass_types = policy.pass_types(&types).unwrap();
        let sets = policy.asks().iter().zip(pass_types).map(|(ask, listed)| ask.disclosed(listed).unwrap());
        // But for the epoch, which both passes have in common; of two it is said what they are, and that they are one person's.
        let claims: usize = sets.map(|set| set.indexes().len() - 1).sum();
        let of_two = if policy.asks().len() == 2 { 3 } else { 0 };
        for mode in [Mode::OneWay, Mode::Poster] {
            let sentences = policy.in_words(&types, &sample_rules(), mode).unwrap();
            assert_eq!(sentences.len(), 1 + claims + of_two + usize::from(policy.pseudonym_in(mode)) + 1);
        }
    }
}

#[test]
fn only_what_was_asked_satisfies() {
    let (policy, pass_type) = sample("entry");
    let policy = &policy.asks()[0];
    let day = "2026-11-24".parse().unwrap();
    let epoch = (0, Value::Epoch(Epoch { day, series: 0 }));
    let rule = policy.rule().unwrap();
    let hint = (2, Value::Hint(Hint::new(1).unwrap()));
    let satisfied = |shown: &[(usize, Value)]| policy.satisfied_by(&pass_type, shown);
    assert!(satisfied(&[epoch.clone(), (1, Value::Admits(rule))]));
    assert!(!satisfied(&[epoch.clone(), (1, Value::Admits(RuleId::new([0; 8])))]), "another rule");
    assert!(!satisfied(&[epoch.clone(), (1, Value::Absent)]), "no rule");
    assert!(!satisfied(std::slice::from_ref(&epoch)), "nothing shown");
    assert!(!satisfied(&[(1, Value::Admits(rule))]), "no day");
    assert!(!satisfied(&[epoch.clone(), (1, Value::Admits(rule)), hint]), "more than asked");
    assert!(!satisfied(&[epoch.clone(), (1, Value::Admits(rule)), (1, Value::Admits(rule))]), "twice");
    assert!(!satisfied(&[(1, Value::Admits(rule)), epoch.clone()]), "out of order");
    let other_type = shipped_named("health-pass").unwrap();
    assert!(!policy.satisfied_by(&other_type, &[epoch, (1, Value::Admits(rule))]), "another type");
}

#[test]
fn codes_and_flags_are_compared_with_what_is_wanted() {
    let day = "2026-11-24".parse().unwrap();
    let shown = |index, value| [(0, Value::Epoch(Epoch { day, series: 0 })), (index, value)];
    let (over_18, age_pass) = sample("over-18");
    assert!(over_18.asks()[0].satisfied_by(&age_pass, &shown(3, Value::Flag(true))));
    assert!(!over_18.asks()[0].satisfied_by(&age_pass, &shown(3, Value::Flag(false))));
    assert!(!over_18.asks()[0].satisfied_by(&age_pass, &shown(3, Value::Absent)));
    let (member, membership_pass) = sample("member");
    assert!(member.asks()[0].satisfied_by(&membership_pass, &shown(1, Value::Code(1))));
    assert!(!member.asks()[0].satisfied_by(&membership_pass, &shown(1, Value::Code(2))));
}

#[test]
fn a_policy_decides_modes_and_pseudonyms() {
    let modes = [Mode::OneWay, Mode::Poster, Mode::Nonce, Mode::Paper, Mode::Office];
    let (entry, _) = sample("entry");
    assert_eq!(modes.map(|mode| entry.allows(mode)), [true, true, true, false, false]);
    assert_eq!(modes.map(|mode| entry.pseudonym_in(mode)), [false, true, false, false, false]);
    assert_eq!(entry.pseudonyms(), Pseudonyms::OneEntry);
    let (event, _) = sample("event");
    assert_eq!(modes.map(|mode| event.allows(mode)), [false, true, false, false, false]);
    let again = SAMPLES[5].replace("\"pseudonym\": true", "\"pseudonym\": true, \"reentry\": true");
    assert_eq!(read(&again).unwrap().pseudonyms(), Pseudonyms::ReEntry);
    let (with_hint, _) = sample("entry-with-hint");
    assert_eq!(modes.map(|mode| with_hint.allows(mode)), [true, false, false, true, false]);
}

#[test]
fn what_no_door_may_ask_is_refused() {
    let entry = SAMPLES[0];
    let with_claims = |claims: &str| {
        let at = entry.find("\"claims\": [").unwrap() + "\"claims\": [".len();
        let end = at + entry[at..].find("]\n").unwrap();
        read(&format!("{}{claims}{}", &entry[..at], &entry[end..])).unwrap_err()
    };
    let admits = r#"{ "path": ["admits"], "values": ["tested-or-vaccinated"] }"#;
    let claim = |name: &str| name.parse::<ClaimName>().unwrap();
    assert_eq!(
        with_claims(r#"{ "path": ["admits"], "values": ["tested-or-vaccinated", "health"] }"#),
        Unwritable::SeveralRules(claim("admits"))
    );
    assert!(matches!(with_claims(&format!("{admits}, {admits}")), Unwritable::Malformed(_)), "two admits");
    assert!(matches!(with_claims(""), Unwritable::Malformed(_)), "nothing at all");
    assert!(matches!(with_claims(r#"{ "path": ["hint"] }"#), Unwritable::Malformed(_)), "nothing required");
    for (name, refused) in [
        ("handle", Unfit::Unknown(claim("handle"))),
        ("binding", Unfit::Unknown(claim("binding"))),
        ("tested", Unfit::Unknown(claim("tested"))),
        ("name", Unfit::Unknown(claim("name"))),
        ("epoch", Unfit::NotToShow(claim("epoch"))),
    ] {
        let text = format!(r#"{admits}, {{ "path": ["{name}"] }}"#);
        assert_eq!(with_claims(&text), Unwritable::Unfit(refused));
    }
}

#[test]
fn a_record_type_is_never_asked_at_a_door() {
    let text = SAMPLES[2].replace("health-pass", "health-record");
    assert_eq!(read(&text), Err(Unwritable::Unfit(Unfit::Type("health-record".parse().unwrap()))));
}

#[test]
fn what_was_written_wrongly_is_refused_with_a_reason() {
    let written = |sample: usize, from: &str, to: &str| {
        assert!(SAMPLES[sample].contains(from));
        read(&SAMPLES[sample].replacen(from, to, 1)).unwrap_err()
    };
    assert!(matches!(written(0, "bauta-pass", "dc+sd-jwt"), Unwritable::Json(_)), "another format");
    assert!(matches!(written(0, "\"nonce\"", "\"nones\""), Unwritable::Json(_)), "unknown field");
    assert!(matches!(written(0, "To know", "<b>To know"), Unwritable::Json(_)), "html in the purpose");
    assert!(matches!(written(0, "tested-or-vaccinated", "tested-and-tired"), Unwritable::Rule { .. }), "unknown rule");
    assert!(matches!(written(2, "mrna", "garlic"), Unwritable::Value { .. }), "outside the vocabulary");
    assert!(matches!(written(3, "[true]", "[\"yes\"]"), Unwritable::Value { .. }), "not a flag");
    assert!(
        matches!(written(4, "\"one_way\"", "\"reentry\": true, \"one_way\""), Unwritable::Malformed(_)),
        "re-entry unnoticed"
    );
    assert_eq!(written(1, ", { \"path\": [\"hint\"] }", ""), Unwritable::Unfit(Unfit::NoHint));
}

#[test]
fn a_rule_is_found_by_its_days_or_named_by_its_id() {
    let (first, last) = days();
    let mut rules = sample_rules();
    let next_quarter = Rule::from_json(rules::SAMPLES[0], &shipped(), last.plus(1), last.plus(90)).unwrap();
    rules.push(next_quarter.clone());
    let rule_on = |first, last| {
        Policy::from_json(SAMPLES[0], &shipped(), &rules, first, last).map(|policy| policy.rules().next().unwrap())
    };
    assert_eq!(rule_on(first, last), Ok(rules[0].id()));
    assert_eq!(rule_on(last.plus(1), last.plus(90)), Ok(next_quarter.id()));
    assert!(
        matches!(rule_on(first, last.plus(1)), Err(Unwritable::Rule { .. })),
        "no rule holds for all of these days"
    );
    let by_id = SAMPLES[0].replacen("tested-or-vaccinated", &next_quarter.id().to_string(), 1);
    let policy = Policy::from_json(&by_id, &shipped(), &rules, first, last).unwrap();
    assert!(policy.rules().eq([next_quarter.id()]));
}

#[test]
fn the_json_form_and_the_signed_form_say_the_same() {
    for text in SAMPLES {
        let policy = read(text).unwrap();
        assert_eq!(read(&policy.to_json(&shipped(), &sample_rules()).unwrap()), Ok(policy.clone()));
        let root = RootKey::from_bytes(&[1; 32]).unwrap();
        let signed = Signed::<Policy>::from_bytes(&Signed::sign(&policy, &root).unwrap().to_bytes()).unwrap();
        let read = signed.verify(&root.public()).unwrap().into_inner();
        assert_eq!((read.hash(), read.id(), read), (policy.hash(), policy.id(), policy));
    }
}

/// The rules of one pass hold for each of two.
#[test]
fn what_no_pass_may_be_asked_is_refused() {
    let (entry, _) = sample("entry");
    let ask = &entry.asks()[0];
    let asked = |requires: &[(ClaimName, Wanted)], shows: &[&str]| {
        let shows = shows.iter().map(|claim| claim.parse().unwrap()).collect();
        PassQuery::new(ask.pass_type().clone(), requires.to_vec(), shows)
    };
    assert_eq!(asked(ask.requires(), &[]).as_ref(), Ok(ask));
    assert!(asked(&[], &["hint"]).is_err(), "requires nothing");
    assert!(asked(ask.requires(), &["admits"]).is_err(), "required and shown");
    assert!(asked(ask.requires(), &["hint", "hint"]).is_err(), "shown twice");
    let again = ("again".parse().unwrap(), ask.requires()[0].1.clone());
    assert!(asked(&[ask.requires(), &[again]].concat(), &[]).is_err(), "two rules");
}

#[test]
fn two_passes_are_asked_for_in_one_order_and_told_in_words() {
    let together = named("entry-and-member");
    let types = shipped();
    let pass_types = together.pass_types(&types).unwrap();
    assert_eq!(
        pass_types.iter().map(|listed| listed.name().as_str()).collect::<Vec<_>>(),
        ["entry-pass", "membership-pass"]
    );
    assert_eq!(together.fits(&pass_types), Ok(()));
    let [entry, member] = [pass_types[0], pass_types[1]];
    assert_eq!(together.fits(&[member, entry]), Err(Unfit::Type(entry.name().clone())), "in the other order");
    assert_eq!(together.fits(&[entry]), Err(Unfit::Type(member.name().clone())), "one is missing");
    assert!(together.fits_some(&types) && !together.fits_some(&types[..1]));
    assert_eq!(
        together.in_words(&types, &sample_rules(), Mode::Poster).unwrap(),
        [
            "The day that your pass is for.",
            "That you have a pass of the type \"entry-pass\", and of it:",
            "That the rule \"tested-or-vaccinated\" admits you, but not by which of its ways.",
            "That you have a pass of the type \"membership-pass\", and of it:",
            "That your pass says \"library\" under \"group\".",
            "That both passes are one person's.",
            "A pseudonym: the same each time you show at this event, and another one at every other event.",
            "Nothing else.",
        ]
    );
    let dcql = together.to_dcql(&types, &sample_rules()).unwrap();
    let ids = dcql["credentials"].as_array().unwrap().iter().map(|query| query["id"].as_str().unwrap());
    assert_eq!(ids.collect::<Vec<_>>(), ["entry-pass", "membership-pass"]);
}

#[test]
fn two_passes_that_are_asked_for_wrongly_are_refused_with_a_reason() {
    let written = |from: &str, to: &str| {
        let text = SAMPLES[6];
        assert!(text.contains(from), "{from}");
        read(&text.replacen(from, to, 1))
    };
    let refused = |from, to| written(from, to).unwrap_err();
    assert!(matches!(refused("\"id\": \"membership-pass\"", "\"id\": \"entry-pass\""), Unwritable::Json(_)), "one id");
    assert!(matches!(refused("\"id\": \"entry-pass\"", "\"id\": \"pass\""), Unwritable::Json(_)), "as if alone");
    assert_eq!(
        refused("\"path\": [\"group\"]", "\"path\": [\"admits\"]"),
        Unfit::Unknown("admits".parse().unwrap()).into()
    );
    assert_eq!(refused("\"allowed\"", "\"with-hint\""), Unfit::NoHint.into());
    // One of the two shows it: that is enough for both, since they are one person's.
    let hint = "[\"tested-or-vaccinated\"] }, { \"path\": [\"hint\"] }]";
    let with_hint =
        SAMPLES[6].replacen("[\"tested-or-vaccinated\"] }]", hint, 1).replacen("\"allowed\"", "\"with-hint\"", 1);
    assert_eq!(read(&with_hint).map(|policy| policy.one_way()), Ok(OneWay::WithHint));
    let second_hint = with_hint.replacen("[\"library\"] }]", "[\"library\"] }, { \"path\": [\"hint\"] }]", 1);
    let with_hints = CredentialType::from_json(
        r#"{ "name": "membership-pass", "layout": 2, "usage": "pass", "claims": [{ "name": "epoch", "kind": "epoch" },
             { "name": "group", "kind": "code", "codes": [[1, "library"]] }, { "name": "hint", "kind": "hint" }] }"#,
    );
    let types = [shipped(), vec![with_hints.unwrap()]].concat();
    let (first, last) = days();
    let twice = Policy::from_json(&second_hint, &types, &sample_rules(), first, last);
    assert_eq!(twice, Err(Unfit::HintTwice.into()));
    let paper = with_hint.replacen("\"poster\"", "\"paper\": true, \"poster\"", 1);
    assert!(read(&paper).unwrap().paper());
}

/// A policy that nobody could answer is not written, not signed and not listed.
#[test]
fn what_fits_into_no_code_is_not_asked() {
    // Whatever is hidden costs 32 bytes.
    let wide = |name: &str, flags: usize| {
        let flag = |i: usize| format!(r#"{{ "name": "f{i}", "kind": "flag" }}"#);
        let flags: Vec<String> = (0..flags).map(flag).collect();
        let json = format!(
            r#"{{ "name": "{name}", "layout": 1, "usage": "pass", "claims": [{{ "name": "epoch", "kind": "epoch" }}, {}] }}"#,
            flags.join(", ")
        );
        CredentialType::from_json(&json).unwrap()
    };
    let asking = |types: &[CredentialType], pseudonym: bool| {
        let query = |id: &str| {
            format!(
                r#"{{ "id": "{id}", "format": "bauta-pass", "meta": {{ "type": "{id}" }}, "claims": [{{ "path": ["f0"], "values": [true] }}] }}"#
            )
        };
        let text = format!(
            r#"{{ "name": "wide", "credentials": [{}, {}], "one_way": "allowed", "poster": true, "pseudonym": {pseudonym}, "purpose": {{ "en": "x" }} }}"#,
            query("one-pass"),
            query("other-pass")
        );
        let (first, last) = days();
        Policy::from_json(&text, types, &[], first, last)
    };
    // 24 in the clear with the challenge's name, 2 of values, 480 + 32 (U1 + U2) of proof: U is one more than there are flags.
    let types = [wide("one-pass", 6), wide("other-pass", 6)];
    assert!(asking(&types, false).is_ok(), "954 bytes");
    assert_eq!(asking(&types, true), Err(Unwritable::Unfit(Unfit::TooLong { bytes: 1002 })), "with a pseudonym");
    let types = [wide("one-pass", 7), wide("other-pass", 6)];
    assert_eq!(asking(&types, false), Err(Unwritable::Unfit(Unfit::TooLong { bytes: 986 })));
}

#[test]
fn a_dcql_query_is_what_integrators_know() {
    assert_eq!(
        named("over-18").to_dcql(&shipped(), &[]).unwrap(),
        serde_json::json!({ "credentials": [{
            "id": "pass",
            "format": "bauta-pass",
            "meta": { "type": "age-pass" },
            "claims": [{ "path": ["over_18"], "values": [true] }],
        }] })
    );
}

#[test]
fn signed_policies_out_of_bounds_are_refused() {
    let refused = |flaw: &str, change: fn(&mut Body)| {
        let mut body = sample("entry").0.body;
        change(&mut body);
        let read = cbor::decode_canonical::<Policy>(&cbor::encode(&body), Policy::MAX);
        assert!(read.is_err(), "accepted: {flaw}");
    };
    refused("ends before it begins", |body| body.last = body.first.minus(1));
    refused("longer than two years", |body| body.last = body.first.plus(731));
    refused("asks for no pass", |body| body.asks.clear());
    refused("asks twice for one type", |body| body.asks.push(body.asks[0].clone()));
    refused("asks for three passes", |body| {
        body.asks.extend([named("member").body.asks, named("over-18").body.asks].concat());
    });
    refused("no mode", |body| {
        body.one_way = OneWay::Refused;
        (body.poster, body.nonce, body.pseudonyms) = (false, false, Pseudonyms::None);
    });
    refused("pseudonym without poster", |body| body.poster = false);
}

proptest! {
    #[test]
    fn signed_policies_are_read_without_panic_and_written_back_alike(
        at in 0usize..1000, byte in any::<u8>(), which in 0usize..7,
    ) {
        let mut bytes = cbor::encode(&read(SAMPLES[which]).unwrap());
        let at = at % bytes.len();
        bytes[at] = byte;
        if let Ok(policy) = cbor::decode_canonical::<Policy>(&bytes, Policy::MAX) {
            prop_assert_eq!(cbor::encode(&policy), bytes);
        }
    }
}
