//! Trust lists that somebody would like to be believed, and keys that everybody knows.

use bauta_crypto::SecretKey;
use bauta_spec::time::Moment;
use bauta_spec::trust::{TrustList, TrustListBody, TrustRefusal};
use bauta_tests::Town;
use bauta_verifier::{Held, HeldError, Refusal};

use crate::{TESTED, town_with_anna};

/// A venue with the town's newest list on its disk.
fn venue(town: &Town) -> (tempfile::TempDir, Held) {
    let folder = tempfile::tempdir().unwrap();
    let root = town.official.root().to_string();
    let held = Held::init(folder.path(), &root, town.trust().bytes(), "nowhere", town.now()).unwrap();
    (folder, held)
}

#[test]
fn n9_older_expired_forked_unsigned_foreign_and_oversized_lists_are_refused() {
    let (mut town, _) = town_with_anna(40);
    let first = town.trust().bytes().to_vec();
    let key = town.trust().keys()[0].id;
    town.official.withdraw_key(key);
    town.official.raise_series(town.today(), 1);
    town.wait(3600);
    town.publish();
    let (_folder, mut held) = venue(&town);
    let now = town.now();
    let forged = |change: fn(&mut TrustListBody)| town.official.forged(now, change);
    let unsigned = {
        let mut bytes = forged(|_| ());
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        bytes
    };
    let other_town = Town::with_seed(41);
    let lists = [
        ("an older one", first, TrustRefusal::Older { have: 2, got: 1 }),
        ("another one of this number", forged(|body| body.version = 2), TrustRefusal::Fork { version: 2 }),
        ("one with a broken chain", forged(|body| body.previous = [1; 32]), TrustRefusal::Fork { version: 2 }),
        ("one without the withdrawal", forged(|body| body.withdrawn_keys.clear()), TrustRefusal::MissingWithdrawal),
        ("one with a sunken floor", forged(|body| body.floors.clear()), TrustRefusal::MissingWithdrawal),
        ("one that has expired", forged(|body| body.expires = body.issued.plus(0)), TrustRefusal::Inconsistent("")),
        (
            "one that lives for ever",
            forged(|body| body.expires = body.issued.plus(365 * 24 * 60)),
            TrustRefusal::Inconsistent(""),
        ),
        ("one from the future", town.official.forged(later(now, 3600), |_| ()), TrustRefusal::ClockBeforeIssue),
        ("an unsigned one", unsigned, TrustRefusal::BadSignature),
        ("another authority's", other_town.trust().bytes().to_vec(), TrustRefusal::WrongRoot),
        ("ten megabytes", vec![0x83; 10 << 20], TrustRefusal::TooLarge),
    ];
    for (what, list, expected) in lists {
        let Err(HeldError::Refused(refusal)) = held.update(&list, now) else { panic!("accepted: {what}") };
        assert_eq!(std::mem::discriminant(&refusal), std::mem::discriminant(&expected), "{what}: {refusal:?}");
        assert_eq!(held.list().version(), 2, "{what} has replaced the list");
    }
    assert!(held.update(&forged(|_| ()), now).is_ok());
    assert_eq!(held.list().version(), 3);
}

fn later(now: Moment, seconds: u64) -> Moment {
    Moment::from_unix(now.unix() + seconds)
}

#[test]
fn n9_a_retired_delegate_signs_nothing_any_more() {
    let (mut town, _) = town_with_anna(42);
    let before = town.trust().clone();
    town.wait(3600);
    town.official.replace_delegate(town.now(), &mut town.rng());
    town.publish();
    let (_folder, mut held) = venue(&town);
    let by_the_old_one = town.official.forged_by_the_old_delegate(town.now());
    let Err(HeldError::Refused(refusal)) = held.update(&by_the_old_one, town.now()) else { panic!("accepted") };
    assert_eq!(refusal, TrustRefusal::RetiredDelegate);
    assert!(before.advance(town.trust().bytes(), &town.official.root(), town.now()).is_ok());
}

#[test]
fn n9_a_withdrawn_key_a_withdrawn_rule_and_a_raised_series_are_red_with_the_next_list() {
    type Act = fn(&mut Town);
    let acts: [(Act, Refusal); 4] = [
        (
            |town| {
                let key = town.trust().pass_key(&"entry-pass".parse().unwrap(), town.today()).unwrap().id;
                town.official.withdraw_key(key)
            },
            Refusal::Withdrawn,
        ),
        (
            |town| {
                let rule = town.trust().rules()[0].id();
                town.official.withdraw_rule(rule)
            },
            Refusal::PolicyWithdrawn,
        ),
        (|town| town.official.raise_series(town.today(), 1), Refusal::Withdrawn),
        (
            |town| {
                let policy = town.trust().policy_named("entry", town.today()).unwrap().id();
                town.official.withdraw_policy(policy)
            },
            Refusal::PolicyWithdrawn,
        ),
    ];
    for (seed, (act, expected)) in (43..).zip(acts) {
        let (mut town, anna) = town_with_anna(seed);
        let code = anna.show(&town, "entry").unwrap().text();
        let mut door = town.door("entry");
        assert!(door.scan(&code, town.trust(), town.now()).is_ok());
        act(&mut town);
        town.publish();
        assert_eq!(door.scan(&code, town.trust(), town.now()).unwrap_err(), expected);
    }
}

#[test]
fn n9_a_list_that_has_expired_closes_the_door_until_there_is_a_newer_one() {
    let mut town = Town::with_seed(47);
    let bilal = town.citizen_with("health-record", "vaccinated=mrna vaccinated_on=2026-10-01");
    town.wait(48 * 3600);
    let expired = town.trust().clone();
    town.publish();
    let code = bilal.show(&town, "entry").unwrap().text();
    let mut door = town.door("entry");
    assert_eq!(door.scan(&code, &expired, town.now()).unwrap_err(), Refusal::TrustExpired);
    assert!(door.scan(&code, town.trust(), town.now()).is_ok());
}

#[test]
fn n9_after_a_raised_series_honest_wallets_renew_and_withdrawn_ones_do_not() {
    let mut town = Town::with_seed(48);
    let ticket = town.lab.add("health-record", TESTED);
    let mut eve = town.citizen();
    eve.collect(&town, &ticket);
    eve.renew(&town);
    let mut anna = town.citizen_with("health-record", TESTED);
    town.lab.withdraw(&ticket);
    town.official.raise_series(town.today(), 1);
    town.publish();
    anna.renew(&town);
    let code = anna.show(&town, "entry").unwrap().text();
    assert!(town.door("entry").scan(&code, town.trust(), town.now()).is_ok());
    let refused = eve.try_renew(&town, bauta_wallet::renew::HintWish::LeaveOut);
    assert!(matches!(refused, Err(bauta_issuer::OfficeError::Withdrawn)));
    assert!(eve.show(&town, "entry").is_err());
}

#[test]
fn n19_a_specimen_goes_the_whole_way_and_is_red_at_the_door() {
    let mut town = Town::with_seed(49);
    let entry = town.trust().pass_key(&"entry-pass".parse().unwrap(), town.today()).unwrap().public.clone();
    town.official.list_key(entry, "entry-pass", true);
    town.publish();
    let anna = town.citizen_with("health-record", TESTED);
    let code = anna.show(&town, "entry").unwrap().text();
    assert_eq!(town.door("entry").scan(&code, town.trust(), town.now()).unwrap_err(), Refusal::Specimen);
}

/// The key pair of the drafts' test vectors, which anybody can sign with.
pub(crate) fn published() -> SecretKey {
    let vector = include_str!("../../../crypto/tests/vectors/bbs/bls12-381-sha-256/keypair.json");
    let vector: serde_json::Value = serde_json::from_str(vector).unwrap();
    SecretKey::from_bytes(&hex::decode(vector["keyPair"]["secretKey"].as_str().unwrap()).unwrap()).unwrap()
}

#[test]
fn n19_no_list_takes_a_key_from_the_test_vectors_unless_it_is_a_specimen() {
    let mut town = Town::with_seed(50);
    let now = town.now();
    let root = town.official.root();
    town.official.list_key(published().public_key(), "health-record", true);
    assert!(TrustList::verify(&town.official.forged(now, |_| ()), &root, now).is_ok());
    town.official.list_key(published().public_key(), "health-record", false);
    assert_eq!(
        TrustList::verify(&town.official.forged(now, |_| ()), &root, now).unwrap_err(),
        TrustRefusal::PublishedTestKey
    );
}
