//! Posters, nonces and pseudonyms: an answer is worth something at one event or one screen, and a pseudonym links within one event and
//! nowhere else.

use std::collections::BTreeSet;

use bauta_spec::attributes::shipped_named;
use bauta_spec::poster::{CertifiedPoster, EventId};
use bauta_spec::presentation::{Envelope, Mode, Naming};
use bauta_spec::qr::{Asked, Challenge};
use bauta_spec::time::{Minute, Moment};
use bauta_tests::{Citizen, Town};
use bauta_verifier::{Before, Door, Entered, Entry, Memory, Refusal, Seen, Verified};
use bauta_wallet::present::{Nothing, Way, choose_for};

use crate::town_with_anna;

/// `event` under which whoever went out comes in again.
const IN_AND_OUT: &str = r#"{"name": "in-and-out",
    "credentials": [{"id": "pass", "format": "bauta-pass", "meta": {"type": "entry-pass"},
                      "claims": [{"path": ["admits"], "values": ["tested-or-vaccinated"]}]}],
    "one_way": "refused", "poster": true, "pseudonym": true, "reentry": true,
    "purpose": {"en": "To let whoever went out come in again"}}"#;

/// What a citizen shows to a poster.
fn answer(town: &Town, citizen: &Citizen, poster: &CertifiedPoster) -> String {
    citizen.answer(town, &Asked::Poster(poster.clone()).to_string()).unwrap().text()
}

fn scan(town: &Town, door: &mut Door, text: &str) -> Result<Verified, Refusal> {
    door.scan(text, town.trust(), town.now())
}

/// What stands on the screen of a door now.
fn screen(town: &Town, door: &mut Door) -> String {
    door.question(town.now(), &mut town.rng()).unwrap().to_string()
}

/// The same, taken apart.
fn challenge(town: &Town, door: &mut Door) -> Challenge {
    match screen(town, door).parse().unwrap() {
        Asked::Challenge(challenge) => challenge,
        other => unreachable!("a screen asks by a nonce, not by {other:?}"),
    }
}

/// The pseudonym in an answer to a poster with a policy over entry passes.
fn pseudonym(town: &Town, text: &str) -> [u8; 48] {
    let envelope = Envelope::from_bytes(&bauta_spec::qr::from_text(text).unwrap()).unwrap();
    let entry_pass = shipped_named("entry-pass").unwrap();
    let disclosed = town.trust().policy(envelope.policy).unwrap().asks()[0].disclosed(&entry_pass).unwrap();
    envelope.open(&entry_pass, disclosed, Naming::Pseudonymous).unwrap().pseudonym.unwrap().to_bytes()
}

#[test]
fn n8_an_answer_to_a_poster_is_worthless_at_another_event_for_another_policy_later_and_twice() {
    let (town, anna) = town_with_anna(60);
    let theatre = town.organiser("Theatre on the quay");
    let tonight = town.event("event");
    let poster = theatre.poster(&tonight);
    let mut door = town.door_with(&poster);
    let code = answer(&town, &anna, &poster);

    // Another event of the same organiser, the same event's other day, another organiser's event of the same id.
    let other = theatre.poster(&town.event("event"));
    let mut longer = tonight.clone();
    longer.open.1 = longer.open.1.plus(1);
    let elsewhere = town.organiser("Cinema at the lock").poster(&tonight);
    for another in [&other, &theatre.poster(&longer), &elsewhere] {
        assert_eq!(scan(&town, &mut town.door_with(another), &code).unwrap_err(), Refusal::OtherPoster);
    }
    // Another policy, which asks for the same.
    let mut asks_entry = tonight.clone();
    asks_entry.policy = town.event("entry").policy;
    let refusal = scan(&town, &mut town.door_with(&theatre.poster(&asks_entry)), &code).unwrap_err();
    assert_eq!(refusal, Refusal::OtherPolicy);
    // A door without a poster, a door with a screen.
    assert_eq!(scan(&town, &mut town.door("event"), &code).unwrap_err(), Refusal::OtherMode);
    assert_eq!(scan(&town, &mut town.door("entry"), &code).unwrap_err(), Refusal::OtherPolicy);

    // Here it is good once; a guard's hand shakes.
    assert_eq!(scan(&town, &mut door, &code).unwrap().entry(), Some(Entry::First));
    town.wait(10);
    assert_eq!(scan(&town, &mut door, &code).unwrap().entry(), Some(Entry::First));
    town.wait(1);
    assert_eq!(scan(&town, &mut door, &code).unwrap_err(), Refusal::AlreadyShown);

    // Later, at a door that has never seen it.
    town.wait(360);
    let mut fresh = town.door_with(&poster);
    assert_eq!(scan(&town, &mut fresh, &code).unwrap_err(), Refusal::ClockBehind { minutes: 6 });
}

#[test]
fn n8_an_answer_whose_poster_is_relabelled_proves_nothing() {
    let (town, anna) = town_with_anna(61);
    let theatre = town.organiser("Theatre on the quay");
    let (one, other) = (theatre.poster(&town.event("event")), theatre.poster(&town.event("event")));
    let code = answer(&town, &anna, &one);
    let mut envelope = Envelope::from_bytes(&bauta_spec::qr::from_text(&code).unwrap()).unwrap();
    envelope.challenge_id = other.challenge().first_chunk().copied();
    let relabelled = bauta_spec::qr::to_text(&envelope.to_bytes());
    assert_eq!(scan(&town, &mut town.door_with(&other), &relabelled).unwrap_err(), Refusal::ProofInvalid);
}

#[test]
fn n8_an_answer_from_the_future_is_no_answer() {
    let (town, anna) = town_with_anna(62);
    let theatre = town.organiser("Theatre on the quay");
    let poster = theatre.poster(&town.event("event"));
    town.wait(3600);
    let made_ahead = answer(&town, &anna, &poster);
    let (earlier, _) = town_with_anna(62);
    let mut door = town.door_with(&poster);
    let refusal = door.scan(&made_ahead, earlier.trust(), earlier.now()).unwrap_err();
    assert_eq!(refusal, Refusal::ClockAhead { minutes: 60 });
}

#[test]
fn n8_a_nonce_is_answered_once_at_one_door_while_it_stands_there() {
    let (town, anna) = town_with_anna(63);
    let mut door = town.door_with_screen("entry");
    let asked = screen(&town, &mut door);
    let code = anna.answer(&town, &asked).unwrap().text();
    let second = anna.answer(&town, &asked).unwrap().text();

    // At another door's screen, and at a door that only looks.
    let mut other = town.door_with_screen("entry");
    screen(&town, &mut other);
    assert_eq!(scan(&town, &mut other, &code).unwrap_err(), Refusal::OtherNonce);
    assert_eq!(scan(&town, &mut town.door("entry"), &code).unwrap_err(), Refusal::OtherMode);
    // A code that was made by itself is no answer to a screen.
    let by_itself = anna.show(&town, "entry").unwrap().text();
    assert_eq!(scan(&town, &mut door, &by_itself).unwrap_err(), Refusal::OtherMode);

    assert!(scan(&town, &mut door, &code).is_ok());
    let next = screen(&town, &mut door);
    assert_ne!(next, asked, "a fresh one after each answer");
    // The window of replay is zero: a second answer to the same nonce, and the same code when no hand shakes any more.
    assert_eq!(scan(&town, &mut door, &second).unwrap_err(), Refusal::NonceUsed);
    assert!(scan(&town, &mut door, &code).is_ok());
    town.wait(11);
    assert_eq!(scan(&town, &mut door, &code).unwrap_err(), Refusal::NonceUsed);
    assert_eq!(screen(&town, &mut door), next, "a refused code takes no nonce");

    // Nobody answers for two minutes.
    let late = anna.answer(&town, &next).unwrap().text();
    town.wait(120);
    assert_eq!(scan(&town, &mut door, &late).unwrap_err(), Refusal::NonceExpired);
    assert_ne!(screen(&town, &mut door), next);
    assert_eq!(scan(&town, &mut door, &late).unwrap_err(), Refusal::OtherNonce);
}

#[test]
fn n8_a_nonce_relabelled_proves_nothing() {
    let (town, anna) = town_with_anna(64);
    let (mut door, mut other) = (town.door_with_screen("entry"), town.door_with_screen("entry"));
    let here = challenge(&town, &mut door);
    let code = anna.answer(&town, &screen(&town, &mut other)).unwrap();
    let mut envelope = Envelope::from_bytes(code.payload()).unwrap();
    envelope.challenge_id = here.nonce.first_chunk().copied();
    let text = bauta_spec::qr::to_text(&envelope.to_bytes());
    assert_eq!(scan(&town, &mut door, &text).unwrap_err(), Refusal::ProofInvalid);
}

/// What a door says to a phone whose clock differs by so many minutes.
fn with_skew(minutes: i64, screen_asks: bool) -> Result<Verified, Refusal> {
    let (town, anna) = town_with_anna(65);
    let phone = Moment::from_unix(town.now().unix().checked_add_signed(minutes * 60).unwrap());
    let (mut door, policy, way) = if screen_asks {
        let mut door = town.door_with_screen("entry");
        let asked = challenge(&town, &mut door);
        (door, asked.policy, Way::Nonce(asked.nonce))
    } else {
        let event = town.event("event");
        let poster = town.organiser("Theatre on the quay").poster(&event);
        let verified = poster.verify(&town.official.root()).unwrap();
        (town.door_with(&poster), event.policy, Way::Poster(Box::new(verified)))
    };
    let policy = town.trust().policy(policy).unwrap();
    let choice = choose_for(policy, &way, &anna.records, town.trust(), phone).unwrap();
    let code = choice.show(&anna.secret, phone, &mut town.rng()).unwrap().text();
    scan(&town, &mut door, &code)
}

#[test]
fn n10_five_minutes_are_forgiven_at_posters_and_screens_and_six_are_named() {
    for screen_asks in [false, true] {
        for minutes in [-5, -1, 0, 5] {
            assert!(with_skew(minutes, screen_asks).is_ok(), "{minutes}");
        }
        assert_eq!(with_skew(6, screen_asks).unwrap_err(), Refusal::ClockAhead { minutes: 6 });
        assert_eq!(with_skew(-6, screen_asks).unwrap_err(), Refusal::ClockBehind { minutes: 6 });
        assert_eq!(with_skew(180, screen_asks).unwrap_err(), Refusal::ClockAhead { minutes: 180 });
    }
}

#[test]
fn n10_a_poster_is_answered_and_taken_five_minutes_around_its_opening() {
    let (town, anna) = town_with_anna(66);
    let theatre = town.organiser("Theatre on the quay");
    let now = Minute::of(town.now());
    let opening = |first: Minute, last: Minute| {
        let mut event = town.event("event");
        event.open = (first, last);
        let poster = theatre.poster(&event);
        let text = Asked::Poster(poster.clone()).to_string();
        // The wallet first; then the door, which does not wait for it.
        let wallet = anna.answer(&town, &text).map(|showing| showing.text());
        let code = wallet.clone().unwrap_or_default();
        (wallet.map(|_| ()), scan(&town, &mut town.door_with(&poster), &code).map(|_| ()))
    };
    assert_eq!(opening(now.plus(5), now.plus(60)), (Ok(()), Ok(())));
    assert_eq!(opening(now.plus(6), now.plus(60)), (Err(Nothing::PosterNotYet), Err(Refusal::PosterNotOpen)));
    assert_eq!(opening(now.minus(60), now.minus(5)), (Ok(()), Ok(())));
    assert_eq!(opening(now.minus(60), now.minus(6)), (Err(Nothing::PosterOver), Err(Refusal::PosterNotOpen)));
    // An event of tomorrow, although its poster hangs already.
    let mut event = town.event("event");
    event.day = event.day.plus(1);
    let poster = theatre.poster(&event);
    let refused = anna.answer(&town, &Asked::Poster(poster.clone()).to_string()).unwrap_err();
    assert_eq!(refused, Nothing::EventNotToday { day: event.day });
    assert_eq!(scan(&town, &mut town.door_with(&poster), "").unwrap_err(), Refusal::PosterNotOpen);
}

#[test]
fn n9_a_poster_of_another_list_of_the_same_version_is_a_split_view_and_is_not_answered() {
    let (town, anna) = town_with_anna(67);
    let theatre = town.organiser("Theatre on the quay");
    let mut event = town.event("event");
    let version = town.trust().version();
    event.list.1[31] ^= 1;
    assert_eq!(anna.answer(&town, &theatre.text(&event)).unwrap_err(), Nothing::SplitView { version });
    // An organiser who holds a newer list says nothing about this one, until it is here.
    event.list.0 = version + 1;
    assert!(anna.answer(&town, &theatre.text(&event)).is_ok());
}

#[test]
fn n9_a_door_at_which_a_poster_hangs_compares_again_with_each_list_that_it_takes() {
    let (mut town, anna) = town_with_anna(68);
    let theatre = town.organiser("Theatre on the quay");
    let everybodys = town.trust().clone();
    let version = everybodys.version();
    let naming = |town: &Town, list| {
        let mut event = town.event("event");
        event.list = list;
        theatre.poster(&event)
    };
    let other = naming(&town, (version + 1, [9; 32]));
    let [of_other, of_this] = [other, naming(&town, (version, everybodys.hash()))];
    let mut doors = [town.door_with(&of_other), town.door_with(&of_this)];
    let codes = [answer(&town, &anna, &of_other), answer(&town, &anna, &of_this)];
    for (door, code) in doors.iter_mut().zip(&codes) {
        assert!(scan(&town, door, code).is_ok(), "nothing is known against a list that is still to come");
    }

    // The next list comes, and it is not the one of the first organiser. Whatever is scanned, the door says so.
    town.publish();
    assert_eq!(town.trust().version(), version + 1);
    for code in [&*codes[0], "", "BTA1:NOTHING"] {
        assert_eq!(scan(&town, &mut doors[0], code).unwrap_err(), Refusal::PosterOfOtherList, "{code}");
    }
    assert_eq!(
        anna.answer(&town, &Asked::Poster(of_other).to_string()).unwrap_err(),
        Nothing::SplitView { version: version + 1 }
    );
    // The list names the one before it: the poster of that one goes on, and one of another list of that version is found out.
    assert_eq!(scan(&town, &mut doors[1], &codes[1]).map(|_| ()), Ok(()));
    let before = naming(&town, (version, [9; 32]));
    assert_eq!(
        anna.answer(&town, &Asked::Poster(before.clone()).to_string()).unwrap_err(),
        Nothing::SplitView { version }
    );
    let before = before.verify(&town.official.root()).unwrap();
    let refused = doors[0].hang(before, Before::NobodyCame, town.trust(), town.now());
    assert_eq!(refused, Err(Refusal::PosterOfOtherList));

    // With a poster of the list that it holds the door goes on.
    let hung = theatre.poster(&town.event("event"));
    let code = answer(&town, &anna, &hung);
    let verified = hung.verify(&town.official.root()).unwrap();
    doors[0].hang(verified, Before::NobodyCame, town.trust(), town.now()).unwrap();
    assert_eq!(scan(&town, &mut doors[0], &code).map(|_| ()), Ok(()));
}

#[test]
fn t3_a_withdrawn_organiser_is_answered_by_no_wallet_and_hung_up_at_no_door() {
    let (mut town, anna) = town_with_anna(80);
    let theatre = town.organiser("Theatre on the quay");
    let cinema = town.organiser("Cinema");
    let poster = theatre.poster(&town.event("event"));
    let mut door = town.door_with(&poster);
    let code = answer(&town, &anna, &poster);
    let organiser = poster.verify(&town.official.root()).unwrap().organiser().id();
    town.official.withdraw_organiser(organiser);
    town.publish();

    // Answered before the list came: red, like every other answer at the door at which the poster hangs.
    assert_eq!(scan(&town, &mut door, &code).unwrap_err(), Refusal::OrganiserWithdrawn);
    // Whichever poster, of whatever day or event: the key is withdrawn, not a certificate.
    let tonight = town.event("event");
    assert_eq!(anna.answer(&town, &theatre.text(&tonight)).unwrap_err(), Nothing::OrganiserWithdrawn);
    let hung = theatre.poster(&tonight).verify(&town.official.root()).unwrap();
    let mut other = town.door_with(&cinema.poster(&tonight));
    let refused = other.hang(hung, Before::NobodyCame, town.trust(), town.now());
    assert_eq!(refused, Err(Refusal::OrganiserWithdrawn));
    // What hung there hangs there still, and opens.
    let code = answer(&town, &anna, &cinema.poster(&tonight));
    assert!(scan(&town, &mut other, &code).is_ok());
}

#[test]
fn t2_the_same_holder_is_noticed_twice_at_one_event_whatever_is_shown() {
    let (mut town, mut anna) = town_with_anna(68);
    town.official.list_policy(IN_AND_OUT).unwrap();
    town.publish();
    anna.renew(&town);
    let theatre = town.organiser("Theatre on the quay");
    let tonight = town.event("event");
    let poster = theatre.poster(&tonight);
    let mut door = town.door_with(&poster);
    assert!(scan(&town, &mut door, &answer(&town, &anna, &poster)).is_ok());
    assert_eq!(scan(&town, &mut door, &answer(&town, &anna, &poster)).unwrap_err(), Refusal::AlreadyEntered);
    // Another record, collected under the same secret.
    let ticket = town.lab.add("health-record", "vaccinated=mrna vaccinated_on=2026-10-15 age_band=21-64 hint=M/05");
    anna.collect(&town, &ticket);
    anna.renew(&town);
    anna.records.remove(0);
    assert_eq!(scan(&town, &mut door, &answer(&town, &anna, &poster)).unwrap_err(), Refusal::AlreadyEntered);
    // A second poster of the same event and day.
    let mut late = tonight.clone();
    late.open.1 = late.open.1.plus(30);
    let second = theatre.poster(&late);
    let hung = second.verify(&town.official.root()).unwrap();
    door.hang(hung, Before::Unknown, town.trust(), town.now()).unwrap();
    assert_eq!(scan(&town, &mut door, &answer(&town, &anna, &second)).unwrap_err(), Refusal::AlreadyEntered);
    // Somebody else comes in.
    let bob = town.citizen_with("health-record", crate::TESTED);
    assert_eq!(scan(&town, &mut door, &answer(&town, &bob, &second)).unwrap().entry(), Some(Entry::First));

    // Where whoever went out comes in again, the door is told, and a copied code is none.
    let fair = theatre.poster(&town.event("in-and-out"));
    let mut door = town.door_with(&fair);
    let first = answer(&town, &anna, &fair);
    assert_eq!(scan(&town, &mut door, &first).unwrap().entry(), Some(Entry::First));
    town.wait(60);
    let again = answer(&town, &anna, &fair);
    assert_eq!(scan(&town, &mut door, &again).unwrap().entry(), Some(Entry::Again));
    assert_eq!(scan(&town, &mut door, &again).unwrap().entry(), Some(Entry::Again), "a hand shakes");
    town.wait(11);
    assert_eq!(scan(&town, &mut door, &again).unwrap_err(), Refusal::AlreadyShown);
    assert_eq!(scan(&town, &mut door, &first).unwrap_err(), Refusal::AlreadyShown);
}

#[test]
fn t2_two_days_events_and_organisers_share_no_pseudonym() {
    let (mut town, mut anna) = town_with_anna(69);
    let theatre = town.organiser("Theatre on the quay");
    let tonight = town.event("event");
    let mut pseudonyms = Vec::new();
    let mut see = |town: &Town, anna: &Citizen, poster: &CertifiedPoster| {
        pseudonyms.push(pseudonym(town, &answer(town, anna, poster)));
    };
    see(&town, &anna, &theatre.poster(&tonight));
    see(&town, &anna, &theatre.poster(&town.event("event")));
    see(&town, &anna, &town.organiser("Cinema at the lock").poster(&tonight));
    town.wait_days(1);
    anna.renew(&town);
    let mut tomorrow = town.event("event");
    tomorrow.id = tonight.id;
    see(&town, &anna, &theatre.poster(&tomorrow));
    // The day before again, had it been answered twice, would be the same: that is what makes the four comparable.
    assert_eq!(pseudonyms.len(), 4);
    let bytes: BTreeSet<[u8; 48]> = pseudonyms.iter().copied().collect();
    assert_eq!(bytes.len(), 4);
}

#[test]
fn t2_within_one_event_the_pseudonym_is_the_only_thing_that_two_answers_share() {
    let (town, anna) = town_with_anna(70);
    let poster = town.organiser("Theatre on the quay").poster(&town.event("event"));
    let (one, other) = (answer(&town, &anna, &poster), answer(&town, &anna, &poster));
    assert_eq!(pseudonym(&town, &one), pseudonym(&town, &other));
    let proof = |text: &str| {
        let bytes = bauta_spec::qr::from_text(text).unwrap();
        bytes[bytes.len() - 368..].to_vec()
    };
    let (one, other) = (proof(&one), proof(&other));
    let alike = one.iter().zip(&other).filter(|(a, b)| a == b).count();
    // Of 368 bytes, two independent proofs share one in 256 by chance, and flags of three points.
    assert!(alike < 30, "{alike} bytes alike");
}

/// Lab and office have every key, every byte that they ever saw and a database, and can make passes of the same facts at will. What they
/// lack is the one thing that a pseudonym is made of: the holder's secret, of which they hold a commitment that every secret opens.
#[test]
fn t2_lab_and_office_neither_hold_a_pseudonym_nor_make_one() {
    let (town, anna) = town_with_anna(71);
    let poster = town.organiser("Theatre on the quay").poster(&town.event("event"));
    let code = answer(&town, &anna, &poster);
    let hers = pseudonym(&town, &code);
    // Nothing of it lies in what the lab keeps, as bytes or as letters.
    let mut files = 0;
    for entry in std::fs::read_dir(town.lab.folder()).unwrap() {
        let kept = std::fs::read(entry.unwrap().path()).unwrap_or_default();
        for of_hers in [hers.to_vec(), hers[1..17].to_vec(), hex::encode(hers).into_bytes()] {
            assert!(
                !kept.windows(of_hers.len()).any(|window| window == of_hers),
                "a pseudonym lies in the lab's folder"
            );
        }
        files += 1;
    }
    assert!(files >= 2, "the lab keeps a database");
    // A wallet that they make up, with her facts and passes by the same keys, is somebody else.
    let made_up = town.citizen_with("health-record", crate::TESTED);
    assert_ne!(pseudonym(&town, &answer(&town, &made_up, &poster)), hers);
    // Her own record and passes, of which they know every byte, show nothing without her secret.
    let copied = Citizen { secret: made_up.secret, records: anna.records };
    let verified = poster.verify(&town.official.root()).unwrap();
    let way = Way::Poster(Box::new(verified));
    let policy = town.trust().policy_named("event", town.today()).unwrap();
    let choice = choose_for(policy, &way, &copied.records, town.trust(), town.now()).unwrap();
    assert!(choice.show(&copied.secret, town.now(), &mut town.rng()).is_err());
}

#[test]
fn a_door_that_does_not_know_who_came_in_lets_nobody_in_unless_somebody_vouches() {
    let (town, anna) = town_with_anna(72);
    let theatre = town.organiser("Theatre on the quay");
    let poster = theatre.poster(&town.event("event"));
    let verified = || poster.verify(&town.official.root()).unwrap();
    let code = answer(&town, &anna, &poster);
    let door = |before| {
        let mut rng = town.rng();
        let memory = Memory::from(Seen::from_opening(&mut rng)).with(Entered::in_memory(&mut rng));
        let mut door = Door::new(verified().poster().policy(), memory);
        door.hang(verified(), before, town.trust(), town.now()).unwrap();
        door
    };
    assert_eq!(scan(&town, &mut door(Before::Unknown), &code).unwrap_err(), Refusal::EntriesUnknown);
    assert!(scan(&town, &mut door(Before::NobodyCame), &code).is_ok());

    // Hung up before the poster opens, there is nothing that it could have missed.
    let now = Minute::of(town.now());
    let mut later = town.event("event");
    later.open = (now.plus(30), now.plus(90));
    let poster = theatre.poster(&later);
    let mut early = {
        let mut rng = town.rng();
        let memory = Memory::from(Seen::from_opening(&mut rng)).with(Entered::in_memory(&mut rng));
        let mut door = Door::new(later.policy, memory);
        let verified = poster.verify(&town.official.root()).unwrap();
        door.hang(verified, Before::Unknown, town.trust(), town.now()).unwrap();
        door
    };
    town.wait(1800);
    assert!(scan(&town, &mut early, &answer(&town, &anna, &poster)).is_ok());
}

#[test]
fn what_a_door_keeps_of_an_event_is_forgotten_with_its_day() {
    let (mut town, anna) = town_with_anna(73);
    let theatre = town.organiser("Theatre on the quay");
    let tonight = town.event("event");
    let poster = theatre.poster(&tonight);
    let mut door = town.door_with(&poster);
    assert!(scan(&town, &mut door, &answer(&town, &anna, &poster)).is_ok());
    assert!(!format!("{door:?}").contains("pseudonym"));
    // The day after, the same poster is answered by nobody and taken nowhere; and set back, the clock lets nobody in twice.
    let code = answer(&town, &anna, &poster);
    let then = town.now();
    town.wait_days(1);
    assert_eq!(scan(&town, &mut door, &code).unwrap_err(), Refusal::PosterNotOpen);
    let next = theatre.poster(&town.event("event"));
    door.hang(next.verify(&town.official.root()).unwrap(), Before::NobodyCame, town.trust(), town.now()).unwrap();
    door.hang(poster.verify(&town.official.root()).unwrap(), Before::Unknown, town.trust(), then).unwrap();
    let (earlier, _) = town_with_anna(73);
    assert_eq!(door.scan(&code, earlier.trust(), then).unwrap_err(), Refusal::EntriesUnknown);
}

#[test]
fn n8_modes_are_told_apart_by_the_proof_and_not_only_by_their_number() {
    let (town, anna) = town_with_anna(74);
    let mut event = town.event("entry");
    event.id = EventId::new([7; 16]);
    let poster = town.organiser("Theatre on the quay").poster(&event);
    let showing = anna.show(&town, "entry").unwrap();
    let mut envelope = Envelope::from_bytes(showing.payload()).unwrap();
    (envelope.mode, envelope.challenge_id) = (Mode::Nonce, poster.challenge().first_chunk().copied());
    let mut door = town.door_with_screen("entry");
    let asked = challenge(&town, &mut door);
    envelope.challenge_id = asked.nonce.first_chunk().copied();
    let text = bauta_spec::qr::to_text(&envelope.to_bytes());
    assert_eq!(scan(&town, &mut door, &text).unwrap_err(), Refusal::ProofInvalid);
}
