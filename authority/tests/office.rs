//! An official's year, and what must not happen in it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod desk;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use bauta_authority::{Office, Refused, SignOrder, Signature, Standing, Terms, Urgency, Withdrawal, check, show};
use bauta_crypto::SecretKey;
use bauta_spec::credential::KeyId;
use bauta_spec::poster::OrganiserId;
use bauta_spec::signed::{OrganiserKey, RootKey};
use bauta_spec::time::{Day, Moment};
use bauta_spec::trust::{KeyRefusal, PublicHalf, TrustList, TrustRefusal};
use proptest::prelude::*;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::SeedableRng;

use desk::{Desk, NOON, TWO_DAYS, founding, later};

const HOUR: u64 = 3600;

impl Desk {
    /// With a record key, a pass key, the samples, and a first list.
    fn in_force() -> (Self, KeyId) {
        let mut desk = Self::founded();
        desk.sign_key("health-record", Terms::default()).unwrap();
        let pass = desk.sign_key("entry-pass", Terms::default()).unwrap();
        desk.office.sign_samples(Terms::default(), &desk.root, NOON).unwrap();
        desk.publish(NOON).unwrap();
        (desk, pass)
    }

    fn sign_key(&mut self, type_name: &str, terms: Terms) -> Result<KeyId, Refused> {
        let order = self.key_order(type_name, "City laboratory");
        match self.office.sign(order, terms, &self.root, NOON)? {
            Signature::Key(id, ..) => Ok(id),
            other => panic!("signed {other:?} in place of a key"),
        }
    }

    fn publish(&mut self, now: Moment) -> Result<TrustList, Refused> {
        let delegate = self.office.delegate_key(b"delegate").unwrap();
        self.office.publish(&delegate, TWO_DAYS, now).map(|published| published.list)
    }

    /// Ends the program and starts it again.
    fn reopen(self) -> Self {
        let Self { folder, office, root, rng } = self;
        drop(office);
        let office = Office::open(&folder.path().join("authority")).unwrap();
        Self { folder, office, root, rng }
    }
}

#[test]
fn samples_become_rules_and_policies_in_force() {
    let (desk, _) = Desk::in_force();
    let list = desk.office.latest().unwrap().unwrap();
    assert_eq!(list.version(), 1);
    let names: Vec<&str> = list.policies().map(|policy| policy.name().as_str()).collect();
    let expected = [
        "entry",
        "entry-with-hint",
        "vaccinated",
        "over-18",
        "member",
        "event",
        "entry-and-member",
        "vaccinated-and-tested",
    ];
    assert_eq!(names, expected);
    assert_eq!(list.rules().len(), 5);
    assert_eq!(list.types().len(), 7);
    let slots = list.slots(&[list.type_named("health-record").unwrap().name()], desk.today(), 4);
    assert_eq!(slots.len(), 2 * 4, "two rules have a pass key, on four days");
}

#[test]
fn each_list_follows_the_one_before_and_no_version_is_made_twice() {
    let (mut desk, _) = Desk::in_force();
    let first = desk.office.latest().unwrap().unwrap();
    let second = desk.publish(later(1)).unwrap();
    let third = desk.reopen().publish(later(2)).unwrap();
    assert_eq!((second.version(), third.version()), (2, 3));
    assert_eq!(second.body().previous, first.hash());
    assert_eq!(third.body().previous, second.hash());
}

#[test]
fn what_was_withdrawn_stays_withdrawn() {
    let (mut desk, pass) = Desk::in_force();
    let today = desk.today();
    let before = desk.office.latest().unwrap().unwrap();
    assert!(before.key(pass, today).is_ok());
    desk.office.withdraw(Withdrawal::Key(pass)).unwrap();
    desk.office.raise_series(today, 2).unwrap();
    let mut desk = desk.reopen();
    for hours in 1..4 {
        let list = desk.publish(later(hours)).unwrap();
        assert_eq!(list.key(pass, today).unwrap_err(), KeyRefusal::Withdrawn);
        assert_eq!(list.series_floor(today), 2);
        before.advance(list.bytes(), &desk.root.public(), later(hours)).unwrap();
    }
}

#[test]
fn nothing_unknown_is_withdrawn_and_no_floor_sinks() {
    let (mut desk, _) = Desk::in_force();
    let unknown = Withdrawal::Key("00000000".parse().unwrap());
    assert!(matches!(desk.office.withdraw(unknown), Err(Refused::UnknownId(_))));
    let today = desk.today();
    desk.office.raise_series(today, 2).unwrap();
    for series in [0, 1, 2] {
        assert!(matches!(desk.office.raise_series(today, series), Err(Refused::FloorNotHigher { floor: 2, .. })));
    }
}

/// Killed after any of the three writes of a publication: the numbered file, the ledger, the newest list.
#[test]
fn a_killed_publication_is_finished_or_forgotten() {
    for (kept, version_afterwards) in [(0, 1), (1, 2), (2, 2), (3, 2)] {
        let (mut desk, _) = Desk::in_force();
        let public = desk.dir().join("public");
        let ledger = desk.dir().join("ledger.json");
        let before = (fs::read(public.join("trust-list.cbor")).unwrap(), fs::read(&ledger).unwrap());
        let second = desk.publish(later(1)).unwrap();
        // Undo what came after the write that was the last.
        if kept < 3 {
            fs::write(public.join("trust-list.cbor"), &before.0).unwrap();
        }
        if kept < 2 {
            fs::write(&ledger, &before.1).unwrap();
        }
        if kept < 1 {
            fs::remove_file(public.join("trust-list-2.cbor")).unwrap();
        }
        let mut desk = desk.reopen();
        let latest = desk.office.latest().unwrap().unwrap();
        assert_eq!(latest.version(), version_afterwards, "after {kept} writes");
        assert_eq!(fs::read(public.join("trust-list.cbor")).unwrap(), latest.bytes());
        if kept > 0 {
            assert_eq!(latest.bytes(), second.bytes());
        }
        assert_eq!(desk.publish(later(2)).unwrap().version(), version_afterwards + 1);
    }
}

#[test]
fn an_old_copy_of_the_ledger_brings_nothing_back() {
    let (mut desk, pass) = Desk::in_force();
    let today = desk.today();
    let ledger = desk.dir().join("ledger.json");
    let old = fs::read(&ledger).unwrap();
    desk.office.withdraw(Withdrawal::Key(pass)).unwrap();
    desk.office.raise_series(today, 2).unwrap();
    desk.publish(later(1)).unwrap();
    let third = desk.publish(later(2)).unwrap();
    fs::write(&ledger, old).unwrap();
    let mut desk = desk.reopen();
    assert_eq!(desk.office.latest().unwrap().unwrap().bytes(), third.bytes());
    assert_eq!(fs::read(desk.dir().join("public/trust-list.cbor")).unwrap(), third.bytes());
    let fourth = desk.publish(later(3)).unwrap();
    assert_eq!((fourth.version(), fourth.series_floor(today)), (4, 2));
    assert_eq!(fourth.key(pass, today).unwrap_err(), KeyRefusal::Withdrawn);
}

#[test]
fn a_list_that_is_not_of_this_programme_is_not_taken_up() {
    let (desk, _) = Desk::in_force();
    let public = desk.dir().join("public");
    fs::copy(public.join("trust-list-1.cbor"), public.join("trust-list-7.cbor")).unwrap();
    let dir = desk.dir();
    drop(desk.office);
    assert!(matches!(Office::open(&dir), Err(Refused::ForeignList(_))));
}

#[test]
fn what_wallets_hold_passes_for_is_not_changed_without_saying_so() {
    let (mut desk, _) = Desk::in_force();
    let today = desk.today();
    let too_soon = Terms { first: Some(today.plus(3)), ..Terms::default() };
    let soon_enough = Terms { first: Some(today.plus(4)), ..Terms::default() };
    let anyway = Terms { urgency: Urgency::Emergency, ..too_soon };
    let refused = desk.office.sign_samples(too_soon, &desk.root, NOON);
    assert!(matches!(refused, Err(Refused::TooSoon { earliest, .. }) if earliest == today.plus(4)));
    assert!(matches!(desk.sign_key("age-pass", too_soon), Err(Refused::TooSoon { .. })));
    desk.sign_key("age-record", too_soon).expect("records are not shown to doors");
    desk.sign_key("age-pass", soon_enough).unwrap();
    desk.sign_key("membership-pass", anyway).unwrap();
    desk.publish(later(1)).unwrap();
}

#[test]
fn a_new_pass_key_ends_the_old_one_the_day_before() {
    let (mut desk, old) = Desk::in_force();
    let first = desk.today().plus(10);
    let (order, other) =
        (desk.key_order("entry-pass", "City laboratory"), desk.key_order("health-pass", "City laboratory"));
    let refused = desk.office.rotate_key(old, other, Terms::default(), &desk.root, NOON);
    assert!(matches!(refused, Err(Refused::OtherType { .. })), "{refused:?}");
    let terms = Terms { first: Some(first), ..Terms::default() };
    let new = match desk.office.rotate_key(old, order, terms, &desk.root, NOON).unwrap() {
        Signature::Key(id, ..) => id,
        other => panic!("rotated to {other:?}"),
    };
    let list = desk.reopen().publish(later(1)).unwrap();
    let name = list.type_named("entry-pass").unwrap().name().clone();
    assert_eq!(list.pass_key(&name, first.minus(1)).unwrap().id, old);
    assert_eq!(list.pass_key(&name, first).unwrap().id, new);
    assert!(list.key(old, first).is_err());
}

#[test]
fn a_new_delegate_retires_the_old_one() {
    let (mut desk, _) = Desk::in_force();
    let old = desk.office.delegate_key(b"delegate").unwrap();
    desk.office.rotate_delegate(&desk.root, b"delegate", founding().cost, later(1), &mut desk.rng).unwrap();
    let mut desk = desk.reopen();
    desk.publish(later(2)).unwrap();
    let refused = desk.office.publish(&old, TWO_DAYS, later(3));
    assert!(matches!(refused, Err(Refused::Unacceptable(TrustRefusal::RetiredDelegate))), "{refused:?}");
    assert_eq!(desk.publish(later(4)).unwrap().version(), 3);
}

#[test]
fn nobody_else_signs() {
    let (mut desk, _) = Desk::in_force();
    let stranger = RootKey::generate(&mut desk.rng);
    let order = desk.key_order("entry-pass", "City laboratory");
    assert!(matches!(desk.office.sign(order, Terms::default(), &stranger, NOON), Err(Refused::OtherRoot)));
    assert!(matches!(desk.office.root_key(None, b"wrong"), Err(Refused::Unopened { .. })));
    assert!(matches!(desk.office.delegate_key(b"root"), Err(Refused::Unopened { .. })));
    let path = desk.dir().join("root.key");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(desk.office.root_key(None, b"root"), Err(Refused::FileRefused(_))));
}

#[test]
fn a_published_key_is_signed_for_training_only() {
    let mut desk = Desk::founded();
    // draft-irtf-cfrg-bbs-signatures, section 8.3.1. Everybody has its secret half, and so can prove it.
    let hex = "60e55110f76883a13d030b2f6bd11883422d5abde717569fc0731f51237169fc";
    let bytes: Vec<u8> = (0..32).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap()).collect();
    let published = PublicHalf::of(&SecretKey::from_bytes(&bytes).unwrap(), "entry-pass".parse().unwrap()).unwrap();
    let text = published.to_json();
    for (specimen, accepted) in [(false, false), (true, true)] {
        let half = PublicHalf::from_json(text.as_bytes()).unwrap();
        let holder_name = "Everybody".parse().unwrap();
        let order = SignOrder::Key { path: "key.pub".into(), half: half.into(), holder_name, specimen };
        let signed = desk.office.sign(order, Terms::default(), &desk.root, NOON);
        assert_eq!(signed.is_ok(), accepted, "{signed:?}");
    }
}

#[test]
fn one_command_at_a_time_in_one_folder() {
    let (desk, _) = Desk::in_force();
    assert!(matches!(Office::open(&desk.dir()), Err(Refused::Busy(_))));
    let again = Office::found(&desk.dir(), &founding(), b"r", b"d", NOON, &mut ChaCha12Rng::seed_from_u64(1));
    assert!(matches!(again, Err(Refused::AlreadyFounded(_))));
}

/// Killed after any of the files that a founding writes, in the order in which it writes them.
#[test]
fn an_interrupted_founding_says_so_and_can_be_begun_again() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("authority");
    let mut rng = ChaCha12Rng::seed_from_u64(5);
    let mut found = || Office::found(&dir, &founding(), b"root", b"delegate", NOON, &mut rng);
    drop(found().unwrap());
    fs::remove_file(dir.join("public/root.pub")).unwrap();
    for last in ["ledger.json", "signed", "delegate.key"] {
        for refused in [found(), Office::open(&dir)] {
            assert!(matches!(refused, Err(Refused::Unfinished(_))), "{refused:?} with {last}");
        }
        assert!(dir.join("root.key").exists(), "whoever lost a public folder must not lose the root key too");
        let path = dir.join(last);
        if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
    }

    // What the message says to do helps.
    let message = Office::open(&dir).unwrap_err().to_string();
    assert!(message.contains(&format!("remove {}", dir.display())), "{message}");
    fs::remove_dir_all(&dir).unwrap();
    assert!(matches!(Office::open(&dir), Err(Refused::NotFounded(_))));
    drop(found().unwrap());
    assert!(matches!(found(), Err(Refused::AlreadyFounded(_))));
    Office::open(&dir).unwrap();
}

#[test]
fn a_founding_that_is_under_way_is_left_alone() {
    let (desk, _) = Desk::in_force();
    fs::remove_file(desk.dir().join("public/root.pub")).unwrap();
    assert!(matches!(Office::open(&desk.dir()), Err(Refused::Busy(_))), "its lock is held");
}

#[test]
fn an_official_is_told_what_to_do_and_not_to_tell_the_official() {
    let (mut desk, _) = Desk::in_force();
    let refused = desk.publish(Moment::from_unix(NOON.unix() - HOUR)).unwrap_err();
    assert!(matches!(refused, Refused::Unacceptable(_)), "{refused:?}");
    for refusal in [TrustRefusal::MissingWithdrawal, TrustRefusal::IssuedEarlier, TrustRefusal::OlderProgramme] {
        let words = Refused::from(refusal).to_string();
        assert!(refusal.to_string().contains("tell the authority"));
        assert!(!words.contains("tell the authority"), "{words}");
    }
    assert!(Refused::from(TrustRefusal::MissingWithdrawal).to_string().contains("ledger.json"));
}

#[test]
fn a_changed_statement_or_ledger_is_noticed() {
    let (desk, _) = Desk::in_force();
    let dir = desk.dir();
    let Desk { folder: _folder, office, .. } = desk;
    drop(office);
    let rule = fs::read_dir(dir.join("signed")).unwrap().map(|entry| entry.unwrap().path());
    let rule = rule.filter(|path| path.to_string_lossy().contains("-rule-")).min().unwrap();
    let mut bytes = fs::read(&rule).unwrap();
    bytes[40] ^= 1;
    fs::write(&rule, &bytes).unwrap();
    assert!(matches!(Office::open(&dir), Err(Refused::ForeignStatement(path)) if path == rule));
    bytes[40] ^= 1;
    fs::write(&rule, &bytes).unwrap();
    fs::write(dir.join("ledger.json"), "{").unwrap();
    assert!(matches!(Office::open(&dir), Err(Refused::DamagedLedger(_))));
}

#[test]
fn every_document_is_shown_and_lists_are_checked_for_their_age() {
    let (desk, _) = Desk::in_force();
    let root = desk.root.public();
    let mut kinds: Vec<&str> = fs::read_dir(desk.dir().join("signed"))
        .unwrap()
        .map(|entry| show(&fs::read(entry.unwrap().path()).unwrap(), &root).unwrap().kind)
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds, ["credential type", "delegate", "key", "policy", "programme", "rule"]);
    let list = fs::read(desk.dir().join("public/trust-list.cbor")).unwrap();
    assert_eq!(check(&list, &root, later(1)).unwrap().1, Standing::InForce);
    assert_eq!(check(&list, &root, later(25)).unwrap().1, Standing::Ageing);
    assert_eq!(check(&list, &root, later(48)).unwrap_err(), TrustRefusal::Expired);
    let stranger = RootKey::generate(&mut ChaCha12Rng::seed_from_u64(9)).public();
    assert_eq!(show(&list, &stranger).unwrap_err(), TrustRefusal::WrongRoot);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever is done in whatever order, with restarts in between: whoever holds an earlier list takes every later one.
    #[test]
    fn lists_never_go_backwards(acts in proptest::collection::vec((0_u8..5, 1_u8..4), 1..12)) {
        let (mut desk, pass) = Desk::in_force();
        let mut held = desk.office.latest().unwrap().unwrap();
        let today = desk.today();
        for (hours, (act, number)) in (1..).zip(acts) {
            match act {
                0 => drop(desk.office.raise_series(today.plus(number.into()), number)),
                1 => desk.office.withdraw(Withdrawal::Key(pass)).unwrap(),
                2 => desk = desk.reopen(),
                3 => match desk.sign_key("age-record", Terms::default()) {
                    // A holder may have four keys for records of one type on one day.
                    Ok(_) | Err(Refused::ManyKeys { .. }) => {}
                    Err(refused) => panic!("{refused}"),
                },
                _ => {}
            }
            let next = desk.publish(later(hours)).unwrap();
            held = held.advance(next.bytes(), &desk.root.public(), later(hours)).unwrap();
        }
    }
}

#[test]
fn an_organiser_is_certified_and_stands_on_the_next_list() {
    let (mut desk, _) = Desk::in_force();
    let public = OrganiserKey::generate(&mut desk.rng).public();
    let order = |name: &str| SignOrder::Organiser { public, name: name.parse().unwrap() };
    let day = |text: &str| Some(text.parse::<Day>().unwrap());
    let signed = desk.office.sign(order("Theatre on the quay"), Terms::default(), &desk.root, NOON).unwrap();
    let Signature::Organiser(_, name, first, _, path) = signed else { panic!("{signed:?}") };
    assert_eq!((name.as_str(), first.to_string().as_str()), ("Theatre on the quay", "2026-11-24"), "from today on");
    let document = show(&fs::read(path).unwrap(), &desk.root.public()).unwrap();
    assert_eq!((document.kind, document.json["name"].as_str()), ("organiser", Some("Theatre on the quay")));

    // The same key again, for longer: the later word takes the place of the earlier one.
    let terms = Terms { first: day("2026-11-24"), last: day("2027-04-30"), ..Terms::default() };
    desk.office.sign(order("Theatre on the quay"), terms, &desk.root, NOON).unwrap();
    let delegate = desk.office.delegate_key(b"delegate").unwrap();
    let published = desk.office.publish(&delegate, TWO_DAYS, NOON).unwrap();
    let [listed] = published.list.organisers() else { panic!("one organiser") };
    assert_eq!((listed.public, listed.last.to_string().as_str()), (public, "2027-04-30"));
    let shown = show(published.list.bytes(), &desk.root.public()).unwrap();
    assert_eq!(shown.json["organisers"][0]["name"], "Theatre on the quay");

    // Taken back, it stands in every later list as withdrawn. One that was never certified here cannot be.
    let id = OrganiserId::of(&public);
    assert!(!published.list.has_withdrawn(id));
    let stranger = OrganiserId::of(&OrganiserKey::generate(&mut desk.rng).public());
    assert!(matches!(desk.office.withdraw(Withdrawal::Organiser(stranger)), Err(Refused::UnknownId(_))));
    desk.office.withdraw(Withdrawal::Organiser(id)).unwrap();
    let published = desk.office.publish(&delegate, TWO_DAYS, NOON).unwrap();
    assert!(published.list.has_withdrawn(id));
    let shown = show(published.list.bytes(), &desk.root.public()).unwrap();
    assert_eq!(shown.json["organisers"][0]["withdrawn"], true);

    let beyond = Terms { last: day("2030-01-01"), ..Terms::default() };
    assert!(matches!(desk.office.sign(order("Cinema"), beyond, &desk.root, NOON), Err(Refused::NoTerm { .. })));
}
