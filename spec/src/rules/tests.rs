use proptest::prelude::*;

use super::*;
use crate::attributes::{Binding, Handle, shipped, shipped_named};
use crate::hint::Hint;
use crate::signed::{RootKey, Signed};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn sample(name: &str) -> Rule {
    let (first, last) = (day("2026-10-01"), day("2026-12-31"));
    SAMPLES
        .iter()
        .map(|text| Rule::from_json(text, &shipped(), first, last).unwrap())
        .find(|rule| rule.name().as_str() == name)
        .unwrap()
}

/// A health record; days are given as days before 24 November 2026.
#[derive(Clone, Copy, Default)]
struct Person {
    tested: Option<u16>,
    vaccinated: Option<u16>,
}

const TODAY: &str = "2026-11-24";

impl Person {
    fn record(self) -> Claims {
        let fact = |code: u8, ago: Option<u16>| match ago {
            Some(ago) => [Value::Code(code), Value::Day(day(TODAY).minus(ago))],
            None => [Value::Absent, Value::Absent],
        };
        let [tested, tested_on] = fact(2, self.tested);
        let [vaccinated, vaccinated_on] = fact(1, self.vaccinated);
        let values = vec![
            Value::Handle(Handle::new([7; 16])),
            Value::Binding(Binding::new([8; 32])),
            tested,
            tested_on,
            vaccinated,
            vaccinated_on,
            Value::Code(5),
            Value::Hint(Hint::new(17).unwrap()),
            Value::Day(day("2026-12-10")),
        ];
        Claims::new(&health_record(), values).unwrap()
    }

    fn pass(self, rule: &str, on: &str) -> Option<Claims> {
        let rule = sample(rule);
        let pass_type = shipped_named(rule.to().as_str()).unwrap();
        rule.apply(&[presented(&health_record(), &self.record())], &pass_type, Epoch { day: day(on), series: 0 })
    }
}

fn presented<'a>(record_type: &'a CredentialType, claims: &'a Claims) -> Presented<'a> {
    Presented { record_type, claims }
}

fn health_record() -> CredentialType {
    shipped_named("health-record").unwrap()
}

#[test]
fn tested_and_vaccinated_people_get_the_same_pass() {
    let tested = Person { tested: Some(0), ..Default::default() }.pass("tested-or-vaccinated", TODAY).unwrap();
    let vaccinated = Person { vaccinated: Some(30), ..Default::default() }.pass("tested-or-vaccinated", TODAY).unwrap();
    assert_eq!(tested.messages(), vaccinated.messages());
}

#[test]
fn a_test_counts_for_three_days_and_a_vaccination_from_the_fourteenth() {
    let tested = |ago| Person { tested: Some(ago), ..Default::default() };
    let vaccinated = |ago| Person { vaccinated: Some(ago), ..Default::default() };
    let admitted = |person: Person| person.pass("tested-or-vaccinated", TODAY).is_some();
    assert!(admitted(tested(0)) && admitted(tested(2)) && !admitted(tested(3)));
    assert!(
        !admitted(vaccinated(13))
            && admitted(vaccinated(14))
            && admitted(vaccinated(270))
            && !admitted(vaccinated(271))
    );
    assert!(!admitted(Person::default()));
}

#[test]
fn a_fact_of_tomorrow_does_not_count_today() {
    let tested_today = Person { tested: Some(0), ..Default::default() };
    assert!(tested_today.pass("tested-or-vaccinated", "2026-11-23").is_none());
}

#[test]
fn nothing_comes_of_a_record_that_has_ended_or_of_a_rule_outside_its_days() {
    let vaccinated = Person { vaccinated: Some(30), ..Default::default() };
    let admitted = |on| vaccinated.pass("tested-or-vaccinated", on).is_some();
    assert!(admitted("2026-12-10"), "valid until this very day");
    assert!(!admitted("2026-12-11"), "the record has ended");
    assert!(!admitted("2027-01-01"), "the rule has ended");
}

#[test]
fn a_health_pass_holds_only_what_still_counts() {
    let health_pass = shipped_named("health-pass").unwrap();
    let both = Person { tested: Some(5), vaccinated: Some(30) };
    let pass = both.pass("health", TODAY).unwrap();
    assert_eq!(pass.get(&health_pass, "tested"), Some(&Value::Absent));
    assert_eq!(pass.get(&health_pass, "vaccinated"), Some(&Value::Code(1)));
    assert_eq!(pass.get(&health_pass, "age_band"), Some(&Value::Code(5)));
}

#[test]
fn an_age_is_reached_when_the_whole_month_has_passed() {
    let age_record = shipped_named("age-record").unwrap();
    let age_pass = shipped_named("age-pass").unwrap();
    let over_18 = |born: Value, on: &str| {
        let values = vec![
            Value::Handle(Handle::new([7; 16])),
            Value::Binding(Binding::new([8; 32])),
            born,
            Value::Day(day("2030-01-01")),
        ];
        let record = Claims::new(&age_record, values).unwrap();
        let epoch = Epoch { day: day(on), series: 0 };
        let pass = sample("age").apply(&[presented(&age_record, &record)], &age_pass, epoch).unwrap();
        pass.get(&age_pass, "over_18").cloned().unwrap()
    };
    let born = || Value::Month("2008-10".parse().unwrap());
    assert_eq!(over_18(born(), "2026-10-31"), Value::Flag(false));
    assert_eq!(over_18(born(), "2026-11-01"), Value::Flag(true));
    assert_eq!(over_18(Value::Absent, "2026-11-01"), Value::Absent);
}

#[test]
fn membership_is_copied() {
    let record_type = shipped_named("membership-record").unwrap();
    let pass_type = shipped_named("membership-pass").unwrap();
    let values = vec![
        Value::Handle(Handle::new([7; 16])),
        Value::Binding(Binding::new([8; 32])),
        Value::Code(2),
        Value::Code(1),
        Value::Day(day("2030-01-01")),
    ];
    let record = Claims::new(&record_type, values).unwrap();
    let epoch = Epoch { day: day(TODAY), series: 3 };
    let pass = sample("membership").apply(&[presented(&record_type, &record)], &pass_type, epoch).unwrap();
    assert_eq!(pass.values(), [Value::Epoch(epoch), Value::Code(2), Value::Code(1)]);
}

#[test]
fn the_same_text_for_other_days_is_another_rule() {
    let ids = [("2026-10-01", "2026-12-31"), ("2027-01-01", "2027-03-31")]
        .map(|(first, last)| Rule::from_json(SAMPLES[0], &shipped(), day(first), day(last)).unwrap().id());
    assert_ne!(ids[0], ids[1]);
}

#[test]
fn the_json_form_and_the_signed_form_say_the_same() {
    for text in SAMPLES {
        let (first, last) = (day("2026-10-01"), day("2026-12-31"));
        let rule = Rule::from_json(text, &shipped(), first, last).unwrap();
        let record_types: Vec<_> = rule.from().iter().map(|from| shipped_named(from.as_str()).unwrap()).collect();
        let again =
            Rule::from_json(&rule.to_json(&record_types.iter().collect::<Vec<_>>()).unwrap(), &shipped(), first, last)
                .unwrap();
        assert_eq!(again, rule);
        let root = RootKey::from_bytes(&[1; 32]).unwrap();
        let signed = Signed::<Rule>::from_bytes(&Signed::sign(&rule, &root).unwrap().to_bytes()).unwrap();
        let read = signed.verify(&root.public()).unwrap().into_inner();
        assert_eq!((read.id(), read), (rule.id(), rule));
    }
}

#[test]
fn what_was_written_wrongly_is_refused_with_a_reason() {
    let written = |from: &str, to: &str| {
        assert!(SAMPLES[0].contains(from));
        Rule::from_json(&SAMPLES[0].replacen(from, to, 1), &shipped(), day("2026-10-01"), day("2026-12-31"))
            .unwrap_err()
    };
    let claim = |name: &str| name.parse::<ClaimName>().unwrap();
    let fact = |name: &str| name.parse::<Fact>().unwrap();
    assert!(matches!(written("\"name\"", "\"nom\""), Unwritable::Json(_)), "unknown field");
    assert!(matches!(written("\"min\": 0", "\"min\": -1"), Unwritable::Json(_)), "negative days");
    assert_eq!(written("health-record", "wealth-record"), Unwritable::Type("wealth-record".parse().unwrap()));
    assert_eq!(
        written("rapid-antigen", "horoscope"),
        Unwritable::Name { claim: fact("tested"), name: "horoscope".to_owned() }
    );
    assert_eq!(written("tested_on", "tested_in"), Unwritable::Unfit(Unfit::Unknown(fact("tested_in"))));
    assert_eq!(written("tested_on", "vaccinated"), Unwritable::Unfit(Unfit::Condition(fact("vaccinated"))));
    assert_eq!(written("\"hint\": {", "\"hunt\": {"), Unwritable::Unfilled(claim("hint")));
    assert_eq!(written("\"epoch\": \"epoch\"", "\"epoch\": \"rule\""), Unwritable::Unfit(Unfit::Fill(claim("epoch"))));
    assert_eq!(written("\"tested\"", "\"second.tested\""), Unwritable::Unfit(Unfit::Unknown(fact("second.tested"))));
    assert!(matches!(written("tested_on", "second.tested_on"), Unwritable::Malformed(_)), "no second record");
    assert!(matches!(written("tested_on", "third.tested_on"), Unwritable::Json(_)), "a third record");
    assert!(matches!(written("[\"health-record\"]", "[]"), Unwritable::Malformed(_)), "no record");
    let three = "[\"health-record\", \"health-record\", \"health-record\"]";
    assert!(matches!(written("[\"health-record\"]", three), Unwritable::Malformed(_)), "three records");
    assert!(matches!(written("\"max\": 270", "\"max\": 13"), Unwritable::Malformed(_)), "min above max");
    assert!(matches!(written("[\"naat\", \"rapid-antigen\"]", "[]"), Unwritable::Malformed(_)), "no code at all");
}

#[test]
fn what_names_the_holder_never_reaches_a_pass() {
    for claim in ["handle", "binding"] {
        let text = SAMPLES[0].replace("{ \"copy\": \"hint\" }", &format!("{{ \"copy\": \"{claim}\" }}"));
        let refused = Rule::from_json(&text, &shipped(), day("2026-10-01"), day("2026-12-31")).unwrap_err();
        assert_eq!(refused, Unwritable::Unfit(Unfit::Fill("hint".parse().unwrap())));
    }
}

#[test]
fn signed_rules_out_of_bounds_are_refused() {
    let body = sample("health").body;
    let refused = |flaw: &str, change: fn(&mut Body)| {
        let mut changed = body.clone();
        change(&mut changed);
        let bytes = cbor::encode(&changed);
        let read = cbor::decode_canonical::<Rule>(&bytes, Rule::MAX);
        assert!(read.is_err(), "accepted: {flaw}");
    };
    refused("ends before it begins", |body| body.last = body.first.minus(1));
    refused("no record", |body| body.from.clear());
    refused("three records", |body| body.from = vec![body.from[0].clone(); 3]);
    refused("a second record where there is one", |body| {
        body.fill[1].1 = Source::Copy("second.tested".parse().unwrap());
    });
    refused("no case", |body| body.cases.clear());
    refused("nine cases", |body| body.cases = vec![Vec::new(); 9]);
    refused("a claim filled twice", |body| body.fill.push(body.fill[0].clone()));
    refused("an age of 151", |body| {
        body.fill[1].1 = Source::AgeAtLeast("birth_month".parse().unwrap(), 151);
    });
    refused("a conditional copy without condition", |body| {
        body.fill[1].1 = Source::CopyIf("tested".parse().unwrap(), Vec::new());
    });
    refused("nine conditions", |body| {
        let condition = Condition::DaysAgo { fact: "tested_on".parse().unwrap(), min: 0, max: 1 };
        body.cases = vec![vec![condition; 9]];
    });
}

#[test]
fn a_second_spelling_of_codes_is_refused() {
    let bytes = cbor::encode(&sample("tested-or-vaccinated"));
    let codes = [0x44, 1, 2, 3, 4];
    let at = bytes.windows(5).position(|window| window == codes).unwrap();
    for other in [[0x44, 2, 1, 3, 4], [0x44, 1, 1, 3, 4], [0x44, 0, 2, 3, 4]] {
        let mut changed = bytes.clone();
        changed[at..at + 5].copy_from_slice(&other);
        assert!(cbor::decode_canonical::<Rule>(&changed, Rule::MAX).is_err(), "accepted: {other:?}");
    }
}

/// The rule for two, as officials write it and as they might.
mod two_records {
    use super::*;

    const VACCINATED: Person = Person { tested: None, vaccinated: Some(30) };
    const TESTED: Person = Person { tested: Some(1), vaccinated: None };
    const BOTH: Person = Person { tested: Some(1), vaccinated: Some(30) };

    fn given(rule: &Rule, records: &[Claims], on: &str) -> Option<Claims> {
        let record_type = health_record();
        let pass_type = shipped_named(rule.to().as_str()).unwrap();
        let records: Vec<_> = records.iter().map(|claims| presented(&record_type, claims)).collect();
        rule.apply(&records, &pass_type, Epoch { day: day(on), series: 0 })
    }

    fn changed(record: Claims, index: usize, value: Value) -> Claims {
        let mut values = record.values().to_vec();
        values[index] = value;
        Claims::new(&health_record(), values).unwrap()
    }

    #[test]
    fn one_pass_comes_of_both_in_either_order_and_of_one_that_has_both_facts() {
        let rule = sample("vaccinated-and-tested");
        let pass = given(&rule, &[VACCINATED.record(), TESTED.record()], TODAY).unwrap();
        assert_eq!(given(&rule, &[TESTED.record(), VACCINATED.record()], TODAY), Some(pass.clone()));
        assert_eq!(given(&rule, &[BOTH.record()], TODAY), Some(pass));
        for alone in [VACCINATED, TESTED, Person::default()] {
            assert_eq!(given(&rule, &[alone.record()], TODAY), None);
            assert_eq!(given(&rule, &[alone.record(), alone.record()], TODAY), None);
        }
        assert_eq!(given(&rule, &[], TODAY), None);
    }

    #[test]
    fn a_record_that_has_ended_spoils_what_rests_on_it_and_nothing_else() {
        let rule = sample("vaccinated-and-tested");
        let ended = |person: Person| changed(person.record(), 8, Value::Day(day(TODAY).minus(1)));
        assert_eq!(given(&rule, &[VACCINATED.record(), ended(TESTED)], TODAY), None);
        assert_eq!(given(&rule, &[ended(VACCINATED), TESTED.record()], TODAY), None);
        assert!(given(&rule, &[ended(VACCINATED), BOTH.record()], TODAY).is_some());
    }

    #[test]
    fn hints_that_differ_are_two_persons() {
        let rule = sample("vaccinated-and-tested");
        for hint in [Value::Hint(Hint::new(18).unwrap()), Value::Absent] {
            let other = changed(TESTED.record(), 7, hint);
            assert_eq!(given(&rule, &[VACCINATED.record(), other], TODAY), None);
        }
        let hidden = [VACCINATED, TESTED].map(|person| changed(person.record(), 7, Value::Absent));
        let pass = given(&rule, &hidden, TODAY).unwrap();
        assert_eq!(pass.values().last(), Some(&Value::Absent));
    }

    /// Wallet and office must take the records for the same places, or the wallet would refuse what the office signs.
    #[test]
    fn the_first_way_of_taking_them_counts() {
        let text = SAMPLES[4].replace("entry-pass", "health-pass").replace(
            r#""admits": "rule", "hint": { "copy": "hint" }"#,
            r#""tested": { "copy": "second.tested" }, "vaccinated": { "copy": "vaccinated" },
               "age_band": { "copy": "second.age_band" }"#,
        );
        let health_pass = shipped_named("health-pass").unwrap();
        let (first, last) = (day("2026-10-01"), day("2026-12-31"));
        let rule = Rule::from_json(&text, &shipped(), first, last).unwrap();
        let bands = |records: [u8; 2]| {
            let records = records.map(|band| changed(BOTH.record(), 6, Value::Code(band)));
            given(&rule, &records, TODAY).unwrap().get(&health_pass, "age_band").cloned()
        };
        assert_eq!(bands([4, 5]), Some(Value::Code(4)), "the first record for both places");
        let records = [changed(VACCINATED.record(), 6, Value::Code(4)), changed(TESTED.record(), 6, Value::Code(5))];
        let pass = given(&rule, &records, TODAY).unwrap();
        assert_eq!(pass.get(&health_pass, "age_band"), Some(&Value::Code(5)), "of the one that was taken second");
    }

    /// Vaccinated by a record with a hint, and grown up by one without.
    fn of_two_types() -> String {
        let text = SAMPLES[4].replace("[\"health-record\", \"health-record\"]", "[\"health-record\", \"age-record\"]");
        let text = text
            .replace("{ \"one_of\": { \"claim\": \"second.tested\", \"names\": [\"naat\", \"rapid-antigen\"] } },", "");
        text.replace(
            "{ \"days_ago\": { \"claim\": \"second.tested_on\", \"min\": 0, \"max\": 2 } }",
            "{ \"at_least_years\": { \"claim\": \"second.birth_month\", \"years\": 18 } }",
        )
    }

    fn without_hint(text: &str) -> String {
        let fill = r#""tested": { "copy": "tested" }, "vaccinated": { "copy": "vaccinated" }, "age_band": { "copy": "age_band" }"#;
        text.replace("entry-pass", "health-pass").replace(r#""admits": "rule", "hint": { "copy": "hint" }"#, fill)
    }

    /// A friend's record of age would make a pass with one's own hint.
    #[test]
    fn a_pass_with_a_hint_rests_on_no_record_without_one() {
        let read = |text: &str| Rule::from_json(text, &shipped(), day("2026-10-01"), day("2026-12-31"));
        let no_hint = Unwritable::Unfit(Unfit::NoHint("age-record".parse().unwrap()));
        assert_eq!(read(&of_two_types()), Err(no_hint));
        assert!(read(&without_hint(&of_two_types())).is_ok());
    }

    #[test]
    fn it_is_for_requests_with_its_types_and_no_others() {
        let [health, age] = ["health-record", "age-record"].map(|name| name.parse::<TypeName>().unwrap());
        let mixed =
            Rule::from_json(&without_hint(&of_two_types()), &shipped(), day("2026-10-01"), day("2026-12-31")).unwrap();
        let (one, twice) = (sample("health"), sample("vaccinated-and-tested"));
        let requests: [&[&TypeName]; 6] =
            [&[&health], &[&age], &[&health, &health], &[&health, &age], &[&age, &health], &[&age, &age]];
        let is_for = |rule: &Rule| requests.map(|records| rule.is_for(records));
        assert_eq!(is_for(&one), [true, false, false, false, false, false]);
        assert_eq!(is_for(&twice), [true, false, true, false, false, false]);
        assert_eq!(is_for(&mixed), [false, false, false, true, true, false]);
    }
}

proptest! {
    /// A door that accepts both must not be able to tell them apart, whatever else the facts are.
    #[test]
    fn the_pass_depends_on_nothing_but_rule_day_and_hint(
        tested in proptest::option::of(0u16..400),
        vaccinated in proptest::option::of(0u16..400),
        later in 0u16..10,
    ) {
        let on = day(TODAY).plus(later).to_string();
        let reference = Person { vaccinated: Some(100), ..Default::default() }.pass("tested-or-vaccinated", &on).unwrap();
        let within = |ago: Option<u16>, min, max| ago.is_some_and(|ago| (min..=max).contains(&(ago + later)));
        let admitted = within(tested, 0, 2) || within(vaccinated, 14, 270);
        let pass = Person { tested, vaccinated }.pass("tested-or-vaccinated", &on);
        prop_assert_eq!(pass, admitted.then_some(reference));
    }

    #[test]
    fn signed_rules_are_read_without_panic_and_written_back_alike(
        at in 0usize..400, byte in any::<u8>(), which in 0usize..5,
    ) {
        let mut bytes = cbor::encode(&Rule::from_json(SAMPLES[which], &shipped(), day("2026-10-01"), day("2026-12-31")).unwrap());
        let at = at % bytes.len();
        bytes[at] = byte;
        if let Ok(rule) = cbor::decode_canonical::<Rule>(&bytes, Rule::MAX) {
            prop_assert_eq!(cbor::encode(&rule), bytes);
        }
    }
}
