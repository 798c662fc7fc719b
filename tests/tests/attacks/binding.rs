//! What a proof is bound to: change any of it, and the proof is for something else.

use bauta_spec::presentation::{Envelope, Mode};
use bauta_spec::qr;
use bauta_spec::time::{Epoch, MinuteOfDay};
use bauta_verifier::{Door, Refusal, Seen};

use crate::{relabelled, town_with_anna};

/// A policy that asks for one claim of a health pass.
fn one_claim(name: &str, claim: &str, value: &str) -> String {
    format!(
        r#"{{"name": "{name}",
            "credentials": [{{"id": "pass", "format": "bauta-pass", "meta": {{"type": "health-pass"}},
                              "claims": [{{"path": ["{claim}"], "values": ["{value}"]}}]}}],
            "one_way": "allowed",
            "purpose": {{"en": "To know one thing"}}}}"#
    )
}

/// The sample policy `entry` under another name.
fn entry_at(name: &str) -> String {
    format!(
        r#"{{"name": "{name}",
            "credentials": [{{"id": "pass", "format": "bauta-pass", "meta": {{"type": "entry-pass"}},
                              "claims": [{{"path": ["admits"], "values": ["tested-or-vaccinated"]}}]}}],
            "one_way": "allowed",
            "purpose": {{"en": "To let you in"}}}}"#
    )
}

#[test]
fn n4_each_item_in_the_clear_is_part_of_the_transcript() {
    let (mut town, mut anna) = town_with_anna(10);
    town.official.list_policy(&entry_at("cinema")).unwrap();
    town.publish();
    anna.renew(&town);
    let cinema = town.trust().policy_named("cinema", town.today()).unwrap().id();
    let today = town.today();
    let minute = MinuteOfDay::new(12 * 60 + 1).unwrap();

    let mut door = town.door("entry");
    let mut scan = |text: &str| door.scan(text, town.trust(), town.now()).map(|_| ());
    // The same claims, asked by another policy.
    let to_cinema = relabelled(&town, &anna, "entry", |envelope| envelope.policy = cinema);
    assert_eq!(town.door("cinema").scan(&to_cinema, town.trust(), town.now()).unwrap_err(), Refusal::ProofInvalid);
    // Another minute, another series.
    assert_eq!(
        scan(&relabelled(&town, &anna, "entry", |envelope| envelope.minute = minute)),
        Err(Refusal::ProofInvalid)
    );
    let other_series = Epoch { day: today, series: 1 };
    assert_eq!(
        scan(&relabelled(&town, &anna, "entry", |envelope| envelope.epoch = other_series)),
        Err(Refusal::ProofInvalid)
    );
    // Another way of showing.
    for mode in [Mode::Poster, Mode::Nonce] {
        let text = relabelled(&town, &anna, "entry", |envelope| {
            envelope.mode = mode;
            envelope.challenge_id = Some([0; 4]);
        });
        assert_eq!(scan(&text), Err(Refusal::OtherMode));
    }
    // The untouched code is still good.
    assert_eq!(scan(&relabelled(&town, &anna, "entry", |_| ())), Ok(()));
}

#[test]
fn n4_a_pass_of_tomorrow_cannot_be_called_one_of_today() {
    let (town, anna) = town_with_anna(11);
    town.wait(86_400);
    let showing = anna.show(&town, "entry").unwrap();
    let mut envelope = Envelope::from_bytes(showing.payload()).unwrap();
    envelope.epoch.day = envelope.epoch.day.minus(1);
    // The same minute of the day, a day earlier.
    let (town, _) = town_with_anna(11);
    let refusal = town.door("entry").scan(&qr::to_text(&envelope.to_bytes()), town.trust(), town.now()).unwrap_err();
    assert_eq!(refusal, Refusal::ProofInvalid);
}

#[test]
fn n4_a_disclosed_value_cannot_be_exchanged() {
    let (town, mut anna) = town_with_anna(12);
    anna.renew_with_hint(&town);
    let payload = anna.show(&town, "entry-with-hint").unwrap().payload().to_vec();
    // A hint stands right before the proof, which hides the blind and the secret.
    let at = payload.len() - (3 * 48 + 6 * 32) - 1;
    for hint in (1..=240).filter(|hint| *hint != payload[at]).step_by(17) {
        let mut other = payload.clone();
        other[at] = hint;
        let refusal = town.door("entry-with-hint").scan(&qr::to_text(&other), town.trust(), town.now()).unwrap_err();
        assert_eq!(refusal, Refusal::ProofInvalid, "hint {hint}");
    }
    assert!(town.door("entry-with-hint").scan(&qr::to_text(&payload), town.trust(), town.now()).is_ok());
}

#[test]
fn n5_one_claim_cannot_be_passed_off_as_another() {
    let (mut town, mut anna) = town_with_anna(13);
    town.official.list_policy(&one_claim("is-tested", "tested", "naat")).unwrap();
    town.official.list_policy(&one_claim("is-vaccinated", "vaccinated", "mrna")).unwrap();
    town.publish();
    anna.renew(&town);
    // Code 1 is a test in one vocabulary and a vaccine in the other: only the index tells them apart.
    let vaccinated = town.trust().policy_named("is-vaccinated", town.today()).unwrap().id();
    let text = relabelled(&town, &anna, "is-tested", |envelope| envelope.policy = vaccinated);
    let refusal = town.door("is-vaccinated").scan(&text, town.trust(), town.now()).unwrap_err();
    assert_eq!(refusal, Refusal::ProofInvalid);
}

#[test]
fn n5_more_or_fewer_claims_than_the_policy_asks_for_are_red() {
    let (town, mut anna) = town_with_anna(14);
    anna.renew_with_hint(&town);
    let id = |name: &str| town.trust().policy_named(name, town.today()).unwrap().id();
    for (shown, asked) in [("entry", "entry-with-hint"), ("entry-with-hint", "entry")] {
        let text = relabelled(&town, &anna, shown, |envelope| envelope.policy = id(asked));
        let refusal = town.door(asked).scan(&text, town.trust(), town.now()).unwrap_err();
        assert_eq!(refusal, Refusal::Malformed, "{shown} for {asked}");
    }
}

#[test]
fn n8_a_code_is_worthless_later_elsewhere_twice_and_before_its_time() {
    let (mut town, mut anna) = town_with_anna(15);
    town.official.list_policy(&entry_at("cinema")).unwrap();
    town.publish();
    anna.renew(&town);
    let code = anna.show(&town, "entry").unwrap().text();

    // Another policy, although it asks for the same.
    assert_eq!(town.door("cinema").scan(&code, town.trust(), town.now()).unwrap_err(), Refusal::OtherPolicy);

    // A guard's hand shakes; ten seconds later it is a copy.
    let mut door = town.door("entry");
    assert!(door.scan(&code, town.trust(), town.now()).is_ok());
    town.wait(10);
    assert!(door.scan(&code, town.trust(), town.now()).is_ok());
    town.wait(1);
    assert_eq!(door.scan(&code, town.trust(), town.now()).unwrap_err(), Refusal::AlreadyShown);

    // A door that has just been restarted cannot know, and says so.
    let policy = town.trust().policy_named("entry", town.today()).unwrap().id();
    let mut restarted = Door::new(policy, Seen::since(town.now(), &mut town.rng()));
    assert_eq!(restarted.scan(&code, town.trust(), town.now()).unwrap_err(), Refusal::JustRestarted);

    // Later, at a door that has never seen it.
    town.wait(180);
    assert_eq!(
        town.door("entry").scan(&code, town.trust(), town.now()).unwrap_err(),
        Refusal::ClockBehind { minutes: 3 }
    );

    // Made ahead, for a time when its holder will be elsewhere.
    town.wait(600);
    let made_ahead = anna.show(&town, "entry").unwrap().text();
    let (earlier, _) = town_with_anna(15);
    let policy = town.trust().policy_named("entry", town.today()).unwrap().id();
    let mut door = Door::new(policy, Seen::from_opening(&mut earlier.rng()));
    assert_eq!(door.scan(&made_ahead, town.trust(), earlier.now()).unwrap_err(), Refusal::ClockAhead { minutes: 13 });
}

#[test]
fn n8_what_the_office_was_shown_opens_no_door() {
    let (town, anna) = town_with_anna(16);
    let nonce = town.lab.nonce();
    let renewal = bauta_wallet::renew::Renewal::new(
        &anna.records[0],
        &anna.secret,
        town.trust(),
        &nonce,
        bauta_wallet::renew::HintWish::LeaveOut,
        town.now(),
        &mut town.rng(),
    )
    .unwrap();
    let text = qr::to_text(&renewal.request().presentation.to_bytes());
    assert_eq!(town.door("entry").scan(&text, town.trust(), town.now()).unwrap_err(), Refusal::OtherPolicy);
}

#[test]
fn n8_passes_lent_to_another_wallet_prove_nothing() {
    let (town, anna) = town_with_anna(17);
    let mut eve = town.citizen();
    eve.records = anna.records;
    let policy = town.trust().policy_named("entry", town.today()).unwrap();
    let choice = bauta_wallet::present::choose(policy, &eve.records, town.trust(), town.now()).unwrap();
    // Without the secret that the pass is for there is no proof to show.
    assert!(choice.show(&eve.secret, town.now(), &mut town.rng()).is_err());
}
