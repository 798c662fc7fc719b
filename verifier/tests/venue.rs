//! The list that a venue holds: it comes from one root, and only ever gets newer.
#![allow(clippy::unwrap_used, clippy::panic)] // a test says what is wrong by failing

mod world;

use std::fs;

use bauta_spec::Problem;
use bauta_spec::qr::{Asked, Question};
use bauta_spec::signed::RootKey;
use bauta_spec::trust::{TrustList, TrustRefusal};
use bauta_verifier::{Asking, Before, Entry, Held, HeldError, NotOpened, Refusal, Screen, Unbelievable, Venue};
use tempfile::TempDir;
use world::{World, after};

/// Of spec/vectors/keys.json: everybody has its secret half.
const PUBLISHED_ROOT: &str = "064ecc43e440b3c3c029c7a78fbfecd93e51989de329b2354bfb423be418e00f";

fn venue(world: &World) -> (TempDir, Held) {
    let folder = tempfile::tempdir().unwrap();
    let root = world.root.public().to_string();
    let held = Held::init(folder.path(), &root, world.list.bytes(), "/a/list", world.now).unwrap();
    (folder, held)
}

fn refused(result: Result<(), HeldError>) -> TrustRefusal {
    match result {
        Err(HeldError::Refused(refusal)) => refusal,
        other => panic!("not refused as a list: {other:?}"),
    }
}

#[test]
fn what_was_set_up_is_found_again_and_is_not_set_up_twice() {
    let world = World::new(30);
    let (folder, held) = venue(&world);
    assert_eq!(held.source().unwrap(), "/a/list");
    let again = Held::load(folder.path()).unwrap();
    assert_eq!(again.list().hash(), world.list.hash());
    let root = world.root.public().to_string();
    let twice = Held::init(folder.path(), &root, world.list.bytes(), "/a/list", world.now);
    assert!(matches!(twice, Err(HeldError::AlreadyThere(_))), "{twice:?}");
    let empty = tempfile::tempdir().unwrap();
    assert!(matches!(Held::load(empty.path()), Err(HeldError::NotSetUp(_))));
}

#[test]
fn nothing_is_set_up_with_a_bad_root_or_a_bad_list() {
    let world = World::new(31);
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("door");
    let root = world.root.public().to_string();
    let other = RootKey::generate(&mut World::new(32).rng).public().to_string();
    let list = world.list.bytes();
    let init = |root: &str, list: &[u8], now| Held::init(&dir, root, list, "/a/list", now).map(drop);
    assert!(matches!(init("", list, world.now), Err(HeldError::Root(Unbelievable::NotARoot(_)))));
    assert!(matches!(init(&root[..63], list, world.now), Err(HeldError::Root(Unbelievable::NotARoot(_)))));
    assert_eq!(refused(init(&other, list, world.now)), TrustRefusal::WrongRoot);
    assert_eq!(refused(init(&root, list, after(world.now, 49 * 3600))), TrustRefusal::Expired);
    assert_eq!(refused(init(&root, list, after(world.now, -3600))), TrustRefusal::ClockBeforeIssue);
    assert!(!dir.exists());
}

#[test]
fn n19_a_root_that_everybody_can_sign_with_is_refused_at_the_start_and_later() {
    let world = World::new(33);
    let town =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../spec/vectors/accepted/trust-list/town.json"));
    let town: serde_json::Value = serde_json::from_str(&town.unwrap()).unwrap();
    let digits = town["input"].as_str().unwrap();
    let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    let list: Vec<u8> = (0..digits.len()).step_by(2).map(byte).collect();
    // The list itself is good, and under any other root it would be taken.
    let now = TrustList::verify_held(&list, &PUBLISHED_ROOT.parse().unwrap()).unwrap().issued().start();
    let dir = tempfile::tempdir().unwrap();
    let init = Held::init(&dir.path().join("door"), PUBLISHED_ROOT, &list, "/a/list", now);
    assert!(matches!(init, Err(HeldError::Root(Unbelievable::Published))), "{init:?}");

    let (folder, _) = venue(&world);
    fs::write(folder.path().join("root.pub"), PUBLISHED_ROOT).unwrap();
    fs::write(folder.path().join("trust-list.cbor"), &list).unwrap();
    assert!(matches!(Held::load(folder.path()), Err(HeldError::Root(Unbelievable::Published))));
}

#[test]
fn n9_a_list_never_goes_back() {
    let mut world = World::new(34);
    let first = world.list.bytes().to_vec();
    let key = world.list.keys()[0].id;
    world.now = after(world.now, 3600);
    let today = world.today();
    world.publish(|body| {
        body.withdrawn_keys.insert(key);
        body.floors.insert(today, 1);
    });
    let (folder, mut held) = venue(&world);
    let (root, now) = (world.root.public(), world.now);
    let mut unsigned = world.next_list(|_| ());
    *unsigned.last_mut().unwrap() ^= 1;
    let lists = [
        ("an older one", first, TrustRefusal::Older { have: 2, got: 1 }),
        ("another of its number", world.next_list(|body| body.version = 2), TrustRefusal::Fork { version: 2 }),
        ("a broken chain", world.next_list(|body| body.previous = [1; 32]), TrustRefusal::Fork { version: 2 }),
        ("a lost withdrawal", world.next_list(|body| body.withdrawn_keys.clear()), TrustRefusal::MissingWithdrawal),
        ("a lost floor", world.next_list(|body| body.floors.clear()), TrustRefusal::MissingWithdrawal),
        ("a flipped signature", unsigned, TrustRefusal::BadSignature),
        ("ten megabytes", vec![0x83; 10 << 20], TrustRefusal::TooLarge),
        ("another programme", World::new(35).list.bytes().to_vec(), TrustRefusal::WrongRoot),
    ];
    for (what, list, expected) in lists {
        assert_eq!(refused(held.update(&list, now)), expected, "{what}");
        assert_eq!(held.list().version(), 2, "{what}");
        let stored = fs::read(folder.path().join("trust-list.cbor")).unwrap();
        assert_eq!(stored, world.list.bytes(), "{what} is on the disk");
    }
    // An expired list is still the one to compare with, and a newer one follows it.
    world.now = after(now, 50 * 3600);
    let mut held = Held::load(folder.path()).unwrap();
    assert_eq!(refused(held.update(world.list.bytes(), world.now)), TrustRefusal::Expired);
    world.publish(|_| ());
    held.update(world.list.bytes(), world.now).unwrap();
    let stored =
        TrustList::verify(&fs::read(folder.path().join("trust-list.cbor")).unwrap(), &root, world.now).unwrap();
    assert_eq!(stored.version(), 3);
}

#[test]
fn a_running_door_takes_up_what_an_update_beside_it_has_stored_and_nothing_older() {
    let mut world = World::new(36);
    let first = world.list.bytes().to_vec();
    let (folder, mut running) = venue(&world);
    running.take_up(world.now).unwrap();
    world.publish(|_| ());
    let mut updating = Held::load(folder.path()).unwrap();
    updating.update(world.list.bytes(), world.now).unwrap();
    assert_eq!(running.list().version(), 1);
    running.take_up(world.now).unwrap();
    assert_eq!(running.list().version(), 2);
    fs::write(folder.path().join("trust-list.cbor"), &first).unwrap();
    assert_eq!(refused(running.take_up(world.now)), TrustRefusal::Older { have: 2, got: 1 });
    assert_eq!(running.list().version(), 2);
}

#[test]
fn two_updates_at_once_leave_the_newer_one() {
    let mut world = World::new(37);
    let (folder, mut slow) = venue(&world);
    world.publish(|_| ());
    let second = world.list.bytes().to_vec();
    world.publish(|_| ());
    let mut quick = Held::load(folder.path()).unwrap();
    quick.update(world.list.bytes(), world.now).unwrap();
    // Fetched before, stored after.
    assert_eq!(refused(slow.update(&second, world.now)), TrustRefusal::Older { have: 3, got: 2 });
    assert_eq!(Held::load(folder.path()).unwrap().list().version(), 3);
}

#[test]
fn a_list_damaged_on_the_disk_is_no_list() {
    let world = World::new(38);
    let (folder, _) = venue(&world);
    let file = folder.path().join("trust-list.cbor");
    let mut bytes = fs::read(&file).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&file, bytes).unwrap();
    assert!(matches!(Held::load(folder.path()), Err(HeldError::Damaged { .. })));
}

#[test]
fn the_question_follows_what_is_asked_and_what_a_newer_list_means_by_it() {
    let mut world = World::new(36);
    let root = world.root.public().to_string();
    let mut venue = Venue::open(&root, world.list.bytes(), "entry", world.now, &mut world.rng).unwrap();
    let entry = world.list.policy_named("entry", world.today()).unwrap().id();
    let other = world.list.policy_named("entry-with-hint", world.today()).unwrap().id();
    assert_eq!(venue.question(world.now, &mut world.rng), Some(Asked::Policy(Question(entry))));
    venue.ask("entry-with-hint", Screen::Question, world.now).unwrap();
    assert_eq!(venue.question(world.now, &mut world.rng), Some(Asked::Policy(Question(other))));

    world.now = after(world.now, 3600);
    world.publish(|body| assert!(body.withdrawn_policies.insert(other)));
    venue.advance(world.list.bytes(), world.now).unwrap();
    assert_eq!(venue.question(world.now, &mut world.rng), None, "the list does not have it any more");
}

#[test]
fn a_poster_of_another_list_is_found_out_when_its_version_is_here() {
    let mut world = World::new(39);
    let root = world.root.public().to_string();
    let next = world.list.version() + 1;
    let other = world.poster_naming("event", (next, [9; 32]));
    let mut venue = Venue::open(&root, world.list.bytes(), "event", world.now, &mut world.rng).unwrap();
    venue.hang(&Asked::Poster(other.clone()).to_string(), Before::NobodyCame, world.now).unwrap();
    let other = other.verify(&world.root.public()).unwrap();
    let code = world.answer(&other);
    assert!(venue.scan(&code, world.now).is_ok());

    world.now = after(world.now, 5);
    let is_next = world.next_list(|_| ());
    world.publish(|_| ());
    assert_eq!(world.list.bytes(), is_next, "one list of that version");
    venue.advance(world.list.bytes(), world.now).unwrap();
    let refused = |venue: &mut Venue, code: &str| venue.scan(code, world.now).unwrap_err();
    assert_eq!(refused(&mut venue, &code), Refusal::PosterOfOtherList);
    assert_eq!(refused(&mut venue, "nothing"), Refusal::PosterOfOtherList);
    // A worker in the place of this one hangs it up no more.
    let mut fresh = Venue::resume(&root, world.list.bytes(), "event", &venue.memory(), world.now).unwrap();
    let text = Asked::Poster(world.poster_naming("event", (next, [9; 32]))).to_string();
    let reason = fresh.hang(&text, Before::Unknown, world.now).unwrap_err();
    assert_eq!(reason, NotOpened::SplitView { version: next });
    assert_eq!(Problem::from(reason).code, Refusal::PosterOfOtherList.code());

    // Another poster, or another question, and the door goes on.
    let honest = world.poster("event");
    venue.hang(&Asked::Poster(honest.clone()).to_string(), Before::Unknown, world.now).unwrap();
    let honest = honest.verify(&world.root.public()).unwrap();
    world.somebody_else();
    let code = world.answer(&honest);
    assert_eq!(venue.scan(&code, world.now).unwrap().entry(), Some(Entry::First));
}

#[test]
fn a_venue_asks_by_a_poster_or_afresh_and_a_new_worker_goes_on() {
    let mut world = World::new(37);
    let root = world.root.public().to_string();
    let mut venue = Venue::open(&root, world.list.bytes(), "event", world.now, &mut world.rng).unwrap();
    let text = Asked::Poster(world.poster("event")).to_string();
    venue.hang(&text, Before::NobodyCame, world.now).unwrap();
    assert_eq!(venue.question(world.now, &mut world.rng), None, "the poster hangs on the wall");
    let poster = world.poster("event").verify(&world.root.public()).unwrap();
    let (code, again) = (world.answer(&poster), world.answer(&poster));
    assert_eq!(venue.scan(&code, world.now).unwrap().entry(), Some(Entry::First));

    // The worker fails; the one in its place knows who came in, and asks as it is told.
    let mut venue = Venue::resume(&root, world.list.bytes(), "event", &venue.memory(), world.now).unwrap();
    assert_eq!(venue.scan(&again, world.now).unwrap_err(), Refusal::OtherMode);
    venue.hang(&text, Before::Unknown, world.now).unwrap();
    assert_eq!(venue.scan(&again, world.now).unwrap_err(), Refusal::AlreadyEntered);

    venue.ask("entry", Screen::Nonce, world.now).unwrap();
    let Some(Asked::Challenge(challenge)) = venue.question(world.now, &mut world.rng) else { panic!("no nonce") };
    let code = world.answer_to_screen("entry", challenge.nonce);
    assert!(venue.scan(&code, world.now).is_ok());
    assert!(matches!(venue.question(world.now, &mut world.rng), Some(Asked::Challenge(next)) if next != challenge));

    let problem = |reason: NotOpened| Problem::from(reason).code;
    let refused = |venue: &mut Venue, text: &str| problem(venue.hang(text, Before::Unknown, world.now).unwrap_err());
    assert_eq!(refused(&mut venue, "BTA1P:0BADCAFE"), "no_poster");
    let foreign = Asked::Poster(World::new(38).poster("event")).to_string();
    assert_eq!(refused(&mut venue, &foreign), "poster_refused");
    let other_list = Asked::Poster(world.poster_naming("event", (world.list.version(), [9; 32]))).to_string();
    assert_eq!(refused(&mut venue, &other_list), "poster_of_other_list");
    let member = Asked::Poster(world.poster("member")).to_string();
    assert_eq!(refused(&mut venue, &member), "no_such_policy", "it takes no posters");
    assert!(matches!(venue.asking(), Asking::Nonce(_)), "what was asked before stays");
}
