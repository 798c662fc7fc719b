//! What a door decides. The numbers are those of the twenty refusals.
#![allow(clippy::unwrap_used, clippy::panic)] // a test says what is wrong by failing

mod world;

use std::time::{Duration, Instant};

use bauta_spec::attributes::{Value, shipped_named};
use bauta_spec::credential::KeyId;
use bauta_spec::presentation::Mode;
use bauta_spec::qr;
use bauta_spec::time::{Epoch, Moment};
use bauta_spec::trust::Freshness;
use bauta_verifier::{Asking, Memory, Refusal, Seen, as_json, check, in_words};
use world::{World, after};

#[test]
fn green_says_what_was_shown_and_nothing_else() {
    let mut world = World::new(1);
    let code = world.code();
    let verified = world.door("entry").scan(&code, &world.list, world.now).unwrap();
    assert_eq!((verified.policy_name(), verified.day()), ("entry", world.today()));
    let shown: Vec<_> = verified.shown().iter().map(|shown| (shown.claim().as_str(), shown.word())).collect();
    assert_eq!(shown, [("admits", "tested-or-vaccinated")]);
    assert_eq!(in_words(&Ok(verified)), "ACCEPTED entry for 2026-11-24; admits: tested-or-vaccinated");
}

#[test]
fn each_sample_policy_shows_its_claims_and_a_log_shows_none() {
    let mut world = World::new(2);
    let health = vec![Value::Absent, Value::Code(1), Value::Code(5)];
    let age = vec![Value::Flag(true), Value::Flag(true), Value::Flag(true), Value::Flag(false), Value::Flag(false)];
    let showings = [
        ("entry-with-hint", world.entry_pass(), r#"{"entry-pass":{"admits":"tested-or-vaccinated","hint":"M/05"}}"#),
        ("vaccinated", world.pass("health-pass", health), r#"{"health-pass":{"vaccinated":"mrna"}}"#),
        ("over-18", world.pass("age-pass", age), r#"{"age-pass":{"over_18":"yes"}}"#),
    ];
    for (name, pass, shown) in showings {
        let policy = world.policy(name);
        let code = world.show(&pass, &policy, world.now);
        let verified = world.door(name).scan(&code, &world.list, world.now).unwrap();
        let logged = format!("{verified:?}");
        assert!(!logged.contains("mrna") && !logged.contains("M/05") && !logged.contains("Flag"), "{logged}");
        assert_eq!(as_json(&Ok(verified))["shown"].to_string(), shown);
    }
}

#[test]
fn an_ageing_list_is_green_with_a_word_of_warning() {
    let mut world = World::new(3);
    world.now = after(world.now, 25 * 3600);
    let code = world.code();
    let verified = world.door("entry").scan(&code, &world.list, world.now).unwrap();
    assert_eq!(verified.freshness(), Freshness::Ageing);
    let decision = Ok(verified);
    assert!(in_words(&decision).ends_with("The trust list is more than a day old: update it soon"));
    assert_eq!(as_json(&decision)["list_is_ageing"], true);
}

#[test]
fn n1_a_damaged_text_is_red_and_the_next_scan_works() {
    let mut world = World::new(4);
    let code = world.code();
    let mut door = world.door("entry");
    let (prefix, body) = code.split_at("BTA1:".len());
    let flaws = [
        ("nothing", String::new()),
        ("trailing junk", format!("{code}0")),
        ("a trailing byte", format!("{code}00")),
        ("a space before", format!(" {code}")),
        ("one character less", code[..code.len() - 1].to_owned()),
        ("lower case", code.to_lowercase()),
        ("another carrier", format!("HC1:{body}")),
        ("a triplet above 65535", format!("{prefix}:::{}", &body[3..])),
        ("a tail above 255", format!("{code}::")),
        ("an address", "https://evil.example/?q=<script>alert(1)</script>".to_owned()),
        ("a megabyte", "A".repeat(1 << 20)),
    ];
    for (flaw, text) in flaws {
        let started = Instant::now();
        let refusal = door.scan(&text, &world.list, world.now).unwrap_err();
        assert!(matches!(refusal, Refusal::Unreadable | Refusal::Malformed), "{flaw}: {refusal:?}");
        assert!(started.elapsed() < Duration::from_millis(500), "{flaw} took {:?}", started.elapsed());
    }
    assert!(door.scan(&code, &world.list, world.now).is_ok());
}

#[test]
fn n1_no_truncation_is_accepted() {
    let mut world = World::new(5);
    let (pass, policy) = (world.entry_pass(), world.policy("entry"));
    let bytes = world.show_in(Mode::OneWay, &pass, &policy, world.now);
    let mut door = world.door("entry");
    for length in 0..bytes.len() {
        let refusal = door.scan(&qr::to_text(&bytes[..length]), &world.list, world.now).unwrap_err();
        assert!(matches!(refusal, Refusal::Malformed | Refusal::NewerFormat), "{length} bytes: {refusal:?}");
    }
}

#[test]
fn no_flipped_bit_of_an_entry_is_accepted() {
    every_flip_is_red(6, "entry");
}

#[test]
fn no_flipped_bit_of_an_entry_with_hint_is_accepted() {
    every_flip_is_red(7, "entry-with-hint");
}

fn every_flip_is_red(seed: u64, policy: &str) {
    let mut world = World::new(seed);
    let (pass, asked) = (world.entry_pass(), world.policy(policy));
    let bytes = world.show_in(Mode::OneWay, &pass, &asked, world.now);
    let mut door = world.door(policy);
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(door.scan(&qr::to_text(&flipped), &world.list, world.now).is_err(), "accepted with bit {bit} flipped");
    }
    assert!(door.scan(&qr::to_text(&bytes), &world.list, world.now).is_ok());
}

#[test]
fn newer_formats_and_other_modes_have_reasons_of_their_own() {
    let mut world = World::new(8);
    let (pass, policy) = (world.entry_pass(), world.policy("entry"));
    let bytes = world.show_in(Mode::OneWay, &pass, &policy, world.now);
    let mut door = world.door("entry");
    let mut with = |at: usize, value: u8| {
        let mut bytes = bytes.clone();
        bytes[at] = value;
        door.scan(&qr::to_text(&bytes), &world.list, world.now).unwrap_err()
    };
    assert_eq!(with(0, 2), Refusal::NewerFormat);
    assert_eq!(with(1, 2), Refusal::PassCount);
    assert_eq!(with(0, 0), Refusal::Malformed);
    assert_eq!(with(1, 3), Refusal::Malformed);
    assert_eq!(with(2, 5), Refusal::Malformed);
    for mode in [Mode::Poster, Mode::Nonce] {
        let bytes = world.show_in(mode, &pass, &policy, world.now);
        let refusal = world.door("entry").scan(&qr::to_text(&bytes), &world.list, world.now).unwrap_err();
        assert_eq!(refusal, Refusal::OtherMode);
    }
}

#[test]
fn n8_a_code_is_green_once_for_one_policy_in_its_minutes() {
    let mut world = World::new(9);
    let code = world.code();
    let mut door = world.door("entry");
    let mut scan = |seconds: i64| door.scan(&code, &world.list, after(world.now, seconds)).map(drop);
    assert_eq!(scan(0), Ok(()));
    // A guard's hand shakes.
    assert_eq!(scan(10), Ok(()));
    assert_eq!(scan(11), Err(Refusal::AlreadyShown));
    assert_eq!(scan(170), Err(Refusal::AlreadyShown));
    assert_eq!(scan(180), Err(Refusal::ClockBehind { minutes: 3 }));
    // The clock of the door is set back: the code is known, or it is known that nothing is known.
    assert!(scan(-30).is_err());
    assert!(scan(0).is_err());
    let refusal = world.door("entry-with-hint").scan(&code, &world.list, world.now).unwrap_err();
    assert_eq!(refusal, Refusal::OtherPolicy);
}

#[test]
fn n8_what_is_not_signed_for_this_policy_is_red() {
    let mut world = World::new(10);
    let now = world.now;
    let (pass, policy) = (world.entry_pass(), world.policy("entry"));
    // Somebody writes the door's policy over that of an honest showing.
    let mut bytes = world.show_in(Mode::OneWay, &pass, &world.policy("entry-with-hint"), now);
    bytes[3..7].copy_from_slice(&policy.id().bytes());
    let scanned = |world: &mut World, bytes: &[u8]| {
        let list = world.list.clone();
        world.door("entry").scan(&qr::to_text(bytes), &list, now).map(drop)
    };
    assert!(scanned(&mut world, &bytes).is_err());
    // A pass of which another rule speaks.
    let other = world.list.rules().iter().find(|rule| rule.name().as_str() != "tested-or-vaccinated").unwrap().id();
    let facts = vec![Value::Admits(other), Value::Absent];
    let pass = world.pass("entry-pass", facts);
    let bytes = world.show_in(Mode::OneWay, &pass, &policy, now);
    assert_eq!(scanned(&mut world, &bytes), Err(Refusal::PolicyNotMet));
    // The same, and what it shows is changed to what the door wants.
    let wanted = policy.rules().next().unwrap();
    let at = bytes.windows(8).position(|window| window == other.bytes()).unwrap();
    let mut changed = bytes;
    changed[at..at + 8].copy_from_slice(&wanted.bytes());
    assert_eq!(scanned(&mut world, &changed), Err(Refusal::ProofInvalid));
}

#[test]
fn unknown_withdrawn_and_specimen_signers_are_red() {
    let mut world = World::new(11);
    let (now, policy) = (world.now, world.policy("entry"));
    let stranger = world.stranger();
    let epoch = Epoch { day: world.today(), series: 0 };
    let entry_pass = shipped_named("entry-pass").unwrap();
    let facts = world.entry_facts("tested-or-vaccinated");
    let id = KeyId::of(&stranger.public_key());
    let forged = world.pass_by(&stranger, id, &entry_pass, epoch, facts);
    let code = world.show(&forged, &policy, now);
    assert_eq!(world.door("entry").scan(&code, &world.list, now).unwrap_err(), Refusal::UnknownKey);

    let code = world.code();
    let mut door = world.door("entry");
    assert!(door.scan(&code, &world.list, now).is_ok());
    world.publish(|body| {
        let _ = body.floors.insert(epoch.day, 1);
    });
    assert_eq!(door.scan(&code, &world.list, now).unwrap_err(), Refusal::Withdrawn);
    let facts = world.entry_facts("tested-or-vaccinated");
    let renewed = world.pass_of(Epoch { day: epoch.day, series: 1 }, "entry-pass", facts);
    let code = world.show(&renewed, &policy, now);
    assert!(door.scan(&code, &world.list, now).is_ok());
    let key = world.list.pass_key(&"entry-pass".parse().unwrap(), epoch.day).unwrap().id;
    world.publish(|body| {
        let _ = body.withdrawn_keys.insert(key);
    });
    assert_eq!(door.scan(&code, &world.list, now).unwrap_err(), Refusal::Withdrawn);
    world.publish(|body| {
        let _ = body.withdrawn_policies.insert(policy.id());
    });
    assert_eq!(door.scan(&code, &world.list, now).unwrap_err(), Refusal::PolicyWithdrawn);

    // N19
    let mut training = World::at(world::NOON, 12, true);
    let code = training.code();
    assert_eq!(training.door("entry").scan(&code, &training.list, training.now).unwrap_err(), Refusal::Specimen);
}

#[test]
fn a_pass_of_another_type_or_key_does_not_answer() {
    let mut world = World::new(13);
    let (now, policy) = (world.now, world.policy("entry"));
    let pass = world.entry_pass();
    let bytes = world.show_in(Mode::OneWay, &pass, &policy, now);
    let honest = world.list.pass_key(&"entry-pass".parse().unwrap(), world.today()).unwrap().id;
    let at = bytes.windows(4).position(|window| window == honest.bytes()).unwrap();
    for other in world.list.keys().iter().map(|key| key.id).filter(|id| *id != honest).collect::<Vec<_>>() {
        let mut bytes = bytes.clone();
        bytes[at..at + 4].copy_from_slice(&other.bytes());
        let refusal = world.door("entry").scan(&qr::to_text(&bytes), &world.list, now).unwrap_err();
        assert_eq!(refusal, Refusal::OtherPolicy);
    }
}

#[test]
fn n10_a_phone_may_be_a_minute_wrong_and_beyond_is_told_which_way() {
    let mut world = World::new(14);
    let (pass, policy) = (world.entry_pass(), world.policy("entry"));
    let mut with_skew = |skew: i64| {
        let code = world.show(&pass, &policy, after(world.now, skew));
        world.door("entry").scan(&code, &world.list, world.now).map(drop)
    };
    for skew in [0, 29, 31, 61, -29, -31, -61] {
        assert_eq!(with_skew(skew), Ok(()), "{skew} s");
    }
    assert_eq!(with_skew(180), Err(Refusal::ClockAhead { minutes: 3 }));
    assert_eq!(with_skew(-180), Err(Refusal::ClockBehind { minutes: 3 }));
    assert_eq!(with_skew(3600), Err(Refusal::ClockAhead { minutes: 60 }));
    assert_eq!(with_skew(-11 * 3600), Err(Refusal::ClockBehind { minutes: 660 }));
    // A day is the only thing that the minute of a day cannot tell, and the proof does.
    assert_eq!(with_skew(24 * 3600), Err(Refusal::ProofInvalid));
}

#[test]
fn n10_a_door_whose_clock_is_wrong_is_red() {
    let mut world = World::new(15);
    let code = world.code();
    let mut at = |door: Moment| world.door("entry").scan(&code, &world.list, door).unwrap_err();
    let now = world::NOON;
    assert_eq!(at(after(now, 86_400)), Refusal::DayPast);
    assert_eq!(at(after(now, 48 * 3600)), Refusal::TrustExpired);
    assert_eq!(at(after(now, -86_400)), Refusal::ClockBeforeList);
    assert_eq!(at(Moment::from_unix(0)), Refusal::ClockBeforeList);
    for seconds in [i32::MAX as u64, i32::MAX as u64 + 1, u64::MAX] {
        assert_eq!(at(Moment::from_unix(seconds)), Refusal::TrustExpired, "{seconds}");
    }
}

#[test]
fn n10_days_change_at_the_boundary_for_codes_made_from_then_on() {
    let mut world = World::new(16);
    let (tuesday, policy) = (world.today(), world.policy("entry"));
    let yesterday = world.entry_pass();
    let boundary = world.list.grid().start_of(tuesday.plus(1));
    let tomorrow = Epoch { day: tuesday.plus(1), series: 0 };
    let tomorrow = world.pass_of(tomorrow, "entry-pass", world.entry_facts("tested-or-vaccinated"));
    let mut scan = |pass, made, scanned| {
        let code = world.show(pass, &policy, after(boundary, made));
        world.door("entry").scan(&code, &world.list, after(boundary, scanned)).map(drop)
    };
    assert_eq!(scan(&tomorrow, -1, -1), Err(Refusal::DayFuture));
    assert_eq!(scan(&yesterday, -1, -1), Ok(()));
    assert_eq!(scan(&tomorrow, 0, 0), Ok(()));
    assert_eq!(scan(&yesterday, 0, 0), Err(Refusal::DayPast));
    // As long as the code lives, and with a clock that is a minute ahead.
    assert_eq!(scan(&yesterday, -1, 119), Ok(()));
    assert_eq!(scan(&yesterday, -1, 120), Err(Refusal::DayPast));
    assert_eq!(scan(&tomorrow, 0, -1), Ok(()));
    assert_eq!(scan(&tomorrow, -1, 0), Err(Refusal::DayFuture));
}

#[test]
fn after_a_start_one_window_is_red_unless_somebody_vouches() {
    let mut world = World::new(17);
    let (pass, policy) = (world.entry_pass(), world.policy("entry"));
    let (asking, mut memory) = (Asking::OneWay(policy.id()), Memory::from(Seen::since(world.now, &mut world.rng)));
    let mut shown_after = |seconds: i64| {
        let now = after(world.now, seconds);
        let code = world.show(&pass, &policy, now);
        check(&code, &asking, &world.list, &mut memory, now).map(drop)
    };
    assert_eq!(shown_after(0), Err(Refusal::JustRestarted));
    assert_eq!(shown_after(60), Err(Refusal::JustRestarted));
    assert_eq!(shown_after(120), Ok(()));
}

#[test]
fn a_refused_code_takes_no_memory_and_full_memory_is_red() {
    let mut world = World::new(18);
    let (pass, policy) = (world.entry_pass(), world.policy("entry"));
    let mut memory = Memory::from(Seen::from_opening(&mut world.rng).with_capacity(1));
    let asking = Asking::OneWay(policy.id());
    let mut bytes = world.show_in(Mode::OneWay, &pass, &policy, world.now);
    *bytes.last_mut().unwrap() ^= 1;
    let forged = qr::to_text(&bytes);
    let mut decide = |code: &str| check(code, &asking, &world.list, &mut memory, world::NOON).map(drop);
    assert_eq!(decide(&forged), Err(Refusal::ProofInvalid));
    let mut other = World::new(18);
    let (first, second) = (other.code(), other.code());
    assert_eq!(decide(&first), Ok(()));
    assert_eq!(decide(&second), Err(Refusal::MemoryFull));
    assert_eq!(decide(&first), Ok(()));
}
