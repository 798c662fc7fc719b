//! Two passes of one holder in one code: "tested or vaccinated, and a member".
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use bauta_crypto::Unusable;
use bauta_spec::qr;
use bauta_tests::{Citizen, Town};
use bauta_verifier::{Door, Entry, Refusal, Verified, as_json, in_words};
use bauta_wallet::present::{LastShown, NotShown, Nothing, choose};
use serde_json::json;

const BOTH: &str = "entry-and-member";
const HEALTH: (&str, &str) = ("health-record", "tested=naat tested_on=2026-11-23 hint=M/05");
const MEMBER: (&str, &str) = ("membership-record", "group=library tier=basic");

fn citizen_of(town: &Town, records: &[(&str, &str)]) -> Citizen {
    let mut citizen = town.citizen();
    for (record_type, facts) in records {
        citizen.collect(town, &town.lab.add(record_type, facts));
    }
    citizen.renew(town);
    citizen
}

fn scan(town: &Town, door: &mut Door, text: &str) -> Result<Verified, Refusal> {
    door.scan(text, town.trust(), town.now())
}

#[test]
fn a_member_who_was_tested_comes_in_with_one_code() {
    let town = Town::with_seed(101);
    let anna = citizen_of(&town, &[HEALTH, MEMBER]);
    let policy = town.trust().policy_named(BOTH, town.today()).unwrap();

    // The wallet tells everything of both before it shows anything.
    let choice = choose(policy, &anna.records, town.trust(), town.now()).unwrap();
    let learns: Vec<String> = choice.learns().iter().map(ToString::to_string).collect();
    assert_eq!(
        learns,
        [
            "The day that your pass is for.",
            "That you have a pass of the type \"entry-pass\", and of it:",
            "That the rule \"tested-or-vaccinated\" admits you, but not by which of its ways.",
            "That you have a pass of the type \"membership-pass\", and of it:",
            "That your pass says \"library\" under \"group\".",
            "That both passes are one person's.",
            "Nothing else.",
        ]
    );

    let code = choice.show(&anna.secret, town.now(), &mut town.rng()).unwrap().text();
    let decision = scan(&town, &mut town.door(BOTH), &code);
    let said = "ACCEPTED entry-and-member for 2026-11-24; entry-pass (admits: tested-or-vaccinated), membership-pass (group: library)";
    assert_eq!(in_words(&decision), said);
    assert_eq!(
        as_json(&decision)["shown"],
        json!({ "entry-pass": { "admits": "tested-or-vaccinated" }, "membership-pass": { "group": "library" } })
    );

    // A screen that shows one code after the other verifies neither pass again, and no two codes are alike.
    let mut last = LastShown::default();
    let again =
        [(); 2].map(|()| choice.show_again(&mut last, &anna.secret, town.now(), &mut town.rng()).unwrap().text());
    assert!(again[0] != again[1] && again[0] != code);
    let mut door = town.door(BOTH);
    for code in &again {
        assert!(scan(&town, &mut door, code).is_ok());
    }
    assert!(format!("{last:?}").contains("Signed(..)"), "both passes are there, and no claim of them in a log");
}

#[test]
fn whoever_lacks_one_of_the_two_is_told_which_and_shows_nothing() {
    let town = Town::with_seed(102);
    let lacking = |records: &[(&str, &str)]| citizen_of(&town, records).show(&town, BOTH).unwrap_err();
    let missing =
        |pass_type: &str| Nothing::OfTwo { pass_type: pass_type.parse().unwrap(), reason: Box::new(Nothing::NoPass) };
    assert_eq!(lacking(&[HEALTH]), missing("membership-pass"));
    assert_eq!(lacking(&[MEMBER]), missing("entry-pass"));
    assert_eq!(lacking(&[]), Nothing::NoPass);
    let of_the_gym = ("membership-record", "group=sports-club tier=basic");
    assert_eq!(lacking(&[HEALTH, of_the_gym]), missing("membership-pass"));
    assert!(missing("membership-pass").to_string().contains("membership-pass"));
}

/// A pass that somebody lends is of another secret, and no proof joins it.
#[test]
fn passes_of_two_people_do_not_go_together() {
    let town = Town::with_seed(103);
    let mut anna = citizen_of(&town, &[HEALTH]);
    let bilal = citizen_of(&town, &[MEMBER]);
    anna.records.extend(bilal.records);
    let policy = town.trust().policy_named(BOTH, town.today()).unwrap();
    let choice = choose(policy, &anna.records, town.trust(), town.now()).unwrap();
    for secret in [&anna.secret, &bilal.secret] {
        let shown = choice.show(secret, town.now(), &mut town.rng());
        assert_eq!(shown.unwrap_err(), NotShown::Proof(Unusable::Signature));
    }
}

/// One pass is never enough where two are asked for, and two are too many where one is: whatever the code says of itself.
#[test]
fn the_door_decides_how_many_passes_are_read() {
    let town = Town::with_seed(104);
    let anna = citizen_of(&town, &[HEALTH, MEMBER]);
    let relabelled = |made_for: &str, policy: &str| {
        let mut bytes = anna.show(&town, made_for).unwrap().payload().to_vec();
        let id = town.trust().policy_named(policy, town.today()).unwrap().id().bytes();
        bytes[3..7].copy_from_slice(&id);
        qr::to_text(&bytes)
    };
    let refused = |asked: &str, code: &str| scan(&town, &mut town.door(asked), code).unwrap_err();
    for single in ["entry", "member"] {
        assert_eq!(refused(BOTH, &relabelled(single, BOTH)), Refusal::PassCount, "{single}");
        assert_eq!(refused(single, &relabelled(BOTH, single)), Refusal::PassCount, "{single}");
        // As they are, they answer another question.
        assert_eq!(refused(BOTH, &anna.show(&town, single).unwrap().text()), Refusal::OtherPolicy);
        assert_eq!(refused(single, &anna.show(&town, BOTH).unwrap().text()), Refusal::OtherPolicy);
    }
    let mut one_part = anna.show(&town, BOTH).unwrap().payload().to_vec();
    one_part[1] = 1;
    assert_eq!(refused(BOTH, &qr::to_text(&one_part)), Refusal::PassCount);
}

/// With both passes somebody is the same guest as with one alone: the pseudonym is of the secret.
#[test]
fn a_guest_who_came_in_with_one_pass_is_known_again_with_two() {
    let mut town = Town::with_seed(105);
    let anna = citizen_of(&town, &[HEALTH, MEMBER]);
    let bilal = citizen_of(&town, &[HEALTH, MEMBER]);
    town.publish();
    let theatre = town.organiser("Theatre on the quay");
    let members = town.event(BOTH);
    let mut everybody = members.clone();
    everybody.policy = town.event("entry").policy;
    let answer = |citizen: &Citizen, event| citizen.answer(&town, &theatre.text(event)).unwrap().text();

    let mut door = town.door_with(&theatre.poster(&members));
    assert_eq!(scan(&town, &mut door, &answer(&anna, &members)).unwrap().entry(), Some(Entry::First));
    town.wait(60);
    assert_eq!(scan(&town, &mut door, &answer(&anna, &members)).unwrap_err(), Refusal::AlreadyEntered);
    let hung = theatre.poster(&everybody).verify(&town.official.root()).unwrap();
    door.hang(hung, bauta_verifier::Before::Unknown, town.trust(), town.now()).unwrap();
    assert_eq!(scan(&town, &mut door, &answer(&anna, &everybody)).unwrap_err(), Refusal::AlreadyEntered);
    assert_eq!(scan(&town, &mut door, &answer(&bilal, &everybody)).unwrap().entry(), Some(Entry::First));
}

#[test]
fn a_fresh_question_on_the_screen_is_answered_with_two_passes_once() {
    let town = Town::with_seed(106);
    let anna = citizen_of(&town, &[HEALTH, MEMBER]);
    let mut door = town.door_with_screen(BOTH);
    let asked = door.question(town.now(), &mut town.rng()).unwrap().to_string();
    let code = anna.answer(&town, &asked).unwrap().text();
    assert!(scan(&town, &mut door, &code).is_ok());
    town.wait(11);
    assert_eq!(scan(&town, &mut door, &code).unwrap_err(), Refusal::NonceUsed);
    let mut other = town.door_with_screen(BOTH);
    other.question(town.now(), &mut town.rng());
    assert_eq!(scan(&town, &mut other, &code).unwrap_err(), Refusal::OtherNonce);
}

#[test]
fn pairs_in_a_batch_are_decided_upon_as_one_after_the_other() {
    let town = Town::with_seed(107);
    let anna = citizen_of(&town, &[HEALTH, MEMBER]);
    let bilal = citizen_of(&town, &[HEALTH, MEMBER]);
    let [of_anna, of_bilal] = [&anna, &bilal].map(|citizen| citizen.show(&town, BOTH).unwrap().payload().to_vec());
    let flipped = |at: usize| {
        let mut bytes = of_anna.clone();
        bytes[at] ^= 1;
        qr::to_text(&bytes)
    };
    // The last bit of the challenge, and somebody else's second part in place of the own.
    let (proof, part) = (of_anna.len() - 672, 304);
    let second = proof + part..proof + 2 * part;
    let mut lent = of_anna.clone();
    lent[second.clone()].copy_from_slice(&of_bilal[second]);
    let codes = [
        qr::to_text(&of_anna),
        flipped(of_anna.len() - 1),
        qr::to_text(&lent),
        qr::to_text(&of_bilal),
        qr::to_text(&of_anna),
        anna.show(&town, "entry").unwrap().text(),
    ];
    let scanned: Vec<&str> = codes.iter().map(String::as_str).collect();
    let batch = town.door(BOTH).scan_batch(&scanned, town.trust(), town.now(), &mut town.rng());
    let mut door = town.door(BOTH);
    let singly = scanned.iter().map(|code| in_words(&scan(&town, &mut door, code))).collect::<Vec<_>>();
    assert_eq!(batch.iter().map(in_words).collect::<Vec<_>>(), singly);
    let refusals: Vec<Option<Refusal>> = batch.into_iter().map(Result::err).collect();
    let bad = Some(Refusal::ProofInvalid);
    assert_eq!(refusals, [None, bad, bad, None, None, Some(Refusal::OtherPolicy)]);
}
