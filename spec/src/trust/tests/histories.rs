//! Lists that follow each other, and lists that pretend to.

use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use super::authority::{Authority, day, line, minute, noon};
use super::*;
use crate::signed::DelegateKey;

/// A list that holds one withdrawal of each kind and one floor, and the authority that made it.
fn held() -> (Authority, TrustList) {
    let mut authority = Authority::bare();
    authority.body.withdrawn_keys.insert(KeyId::new([1; 4]));
    authority.body.withdrawn_rules.insert(RuleId::new([2; 8]));
    authority.body.withdrawn_policies.insert(PolicyId::new([3; 4]));
    authority.body.withdrawn_organisers.insert(OrganiserId::new([4; 8]));
    authority.body.floors.insert(day("2026-11-24"), 2);
    let list = TrustList::verify(&authority.first_list(), &authority.root.public(), noon()).unwrap();
    authority.next(&list, 10);
    (authority, list)
}

fn later(minutes: u32) -> Moment {
    minute(minutes).start()
}

#[test]
fn the_next_list_is_taken_and_the_same_again() {
    let (authority, list) = held();
    let root = authority.root.public();
    let next = list.advance(&authority.sign(), &root, later(10)).unwrap();
    assert_eq!(next.version(), 2);
    assert_eq!(next.body().previous, list.hash());
    assert_eq!(next.advance(next.bytes(), &root, later(20)).unwrap().version(), 2);
}

#[test]
fn a_list_may_be_missed() {
    let (mut authority, list) = held();
    let root = authority.root.public();
    let second = list.advance(&authority.sign(), &root, later(10)).unwrap();
    authority.next(&second, 20);
    assert_eq!(list.advance(&authority.sign(), &root, later(20)).unwrap().version(), 3);
}

/// One flaw each, in a list that pretends to follow.
#[test]
fn what_does_not_follow_is_refused() {
    let refused = |expected: TrustRefusal, change: fn(&mut Authority)| {
        let (mut authority, list) = held();
        let root = authority.root.public();
        change(&mut authority);
        assert_eq!(list.advance(&authority.sign(), &root, later(30)).unwrap_err(), expected);
        // A reader that missed a list cannot check the chain, but everything else.
        if !matches!(expected, TrustRefusal::Fork { .. }) {
            authority.body.version += 1;
            assert_eq!(list.advance(&authority.sign(), &root, later(30)).unwrap_err(), expected);
        }
    };
    refused(TrustRefusal::Fork { version: 1 }, |authority| authority.body.previous = [9; 32]);
    refused(TrustRefusal::Fork { version: 1 }, |authority| {
        (authority.body.version, authority.body.previous) = (1, [0; 32]);
    });
    refused(TrustRefusal::IssuedEarlier, |authority| {
        authority.body.issued = minute(0).minus(1);
    });
    refused(TrustRefusal::MissingWithdrawal, |authority| authority.body.withdrawn_keys.clear());
    refused(TrustRefusal::MissingWithdrawal, |authority| authority.body.withdrawn_rules.clear());
    refused(TrustRefusal::MissingWithdrawal, |authority| authority.body.withdrawn_policies.clear());
    refused(TrustRefusal::MissingWithdrawal, |authority| authority.body.withdrawn_organisers.clear());
    refused(TrustRefusal::MissingWithdrawal, |authority| authority.body.floors.clear());
    refused(TrustRefusal::MissingWithdrawal, |authority| {
        authority.body.floors.insert(day("2026-11-24"), 1);
    });
    refused(TrustRefusal::RetiredDelegate, |authority| {
        authority.delegate.first = minute(0).minus(61);
        authority.delegate_key = DelegateKey::from_bytes(&[77; 32]).unwrap();
        authority.delegate.public = authority.delegate_key.public();
    });
    refused(TrustRefusal::OtherProgramme, |authority| {
        authority.set_programme(|programme| programme.name = line("Another town"));
    });
    refused(TrustRefusal::OtherProgramme, |authority| {
        authority.set_programme(|programme| programme.grid = Grid::new(120).unwrap());
    });
    refused(TrustRefusal::OlderProgramme, |authority| {
        authority.set_programme(|programme| programme.revision = 0);
    });
    refused(TrustRefusal::OlderProgramme, |authority| {
        authority.set_programme(|programme| programme.last_day = day("2030-01-01"));
    });
}

#[test]
fn a_list_tells_another_of_its_version_and_of_the_one_before() {
    let (mut authority, first) = held();
    authority.next(&first, 60);
    let second = first.advance(&authority.sign(), &authority.root.public(), later(60)).unwrap();
    let (one, two) = (first.version(), second.version());
    for (list, version, hash, expected) in [
        (&second, two, second.hash(), false),
        (&second, two, first.hash(), true),
        (&second, one, first.hash(), false),
        (&second, one, second.hash(), true),
        // Nothing is known of what comes later, or was long ago.
        (&first, two, [9; 32], false),
        (&second, two + 1, [9; 32], false),
        (&second, one.wrapping_sub(1), [9; 32], false),
        (&second, u32::MAX, [9; 32], false),
    ] {
        assert_eq!(list.contradicts(version, hash), expected, "{list:?}: {version} {hash:02x?}");
    }
}

#[test]
fn an_older_list_is_refused() {
    let (authority, list) = held();
    let root = authority.root.public();
    let next = list.advance(&authority.sign(), &root, later(10)).unwrap();
    assert_eq!(next.advance(list.bytes(), &root, later(10)).unwrap_err(), TrustRefusal::Older { have: 2, got: 1 });
}

#[test]
fn the_last_version_there_is_does_not_overflow() {
    let (mut authority, list) = held();
    let root = authority.root.public();
    authority.body.version = u32::MAX;
    let last = list.advance(&authority.sign(), &root, later(10)).unwrap();
    authority.next(&last, 20);
    assert_eq!(
        last.advance(&authority.sign(), &root, later(20)).unwrap_err(),
        TrustRefusal::Fork { version: u32::MAX }
    );
}

#[test]
fn a_programme_may_be_shortened_or_prolonged_by_the_root() {
    let (mut authority, list) = held();
    authority.set_programme(|programme| {
        programme.revision = 2;
        programme.last_day = day("2026-11-30");
    });
    let shortened = list.advance(&authority.sign(), &authority.root.public(), later(10)).unwrap();
    assert_eq!(shortened.programme_end(), day("2026-11-30"));
}

/// What an authority does next, and what an attacker shows.
#[derive(Clone, Debug)]
enum Step {
    Publish { withdraw: Option<u8>, raise: Option<(u8, u8)> },
    ShowPublished(prop::sample::Index),
    ShowForgery { version: u8, forget: bool, chained: bool },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (any::<Option<u8>>(), proptest::option::of((0u8..4, 1u8..4)))
            .prop_map(|(withdraw, raise)| Step::Publish { withdraw, raise }),
        any::<prop::sample::Index>().prop_map(Step::ShowPublished),
        (0u8..12, any::<bool>(), any::<bool>()).prop_map(|(version, forget, chained)| Step::ShowForgery {
            version,
            forget,
            chained
        }),
    ]
}

/// Whatever a door is shown, in whatever order, and although the attacker holds the delegate's key: versions, withdrawals and
/// floors never go back.
fn never_goes_back(steps: Vec<Step>) -> TestCaseResult {
    let mut authority = Authority::bare();
    let root = authority.root.public();
    let mut door = TrustList::verify(&authority.first_list(), &root, noon()).unwrap();
    let mut published = vec![door.clone()];
    for (step, minutes) in steps.into_iter().zip(1..) {
        let shown = match step {
            Step::Publish { withdraw, raise } => {
                let last = published.last().unwrap();
                authority.next(last, minutes);
                authority.body.withdrawn_keys.extend(withdraw.map(|byte| KeyId::new([byte; 4])));
                if let Some((ahead, series)) = raise {
                    let floor = authority.body.floors.entry(day("2026-11-24").plus(ahead.into())).or_insert(series);
                    *floor = series.max(*floor);
                }
                let next = last.advance(&authority.sign(), &root, later(minutes)).unwrap();
                published.push(next);
                continue;
            }
            Step::ShowPublished(index) => index.get(&published).bytes().to_vec(),
            Step::ShowForgery { version, forget, chained } => {
                authority.next(&door, minutes);
                authority.body.version = version.into();
                if forget {
                    authority.body.withdrawn_keys.pop_last();
                    authority.body.floors.pop_last();
                }
                if !chained {
                    authority.body.previous = [9; 32];
                }
                authority.sign()
            }
        };
        let Ok(next) = door.advance(&shown, &root, later(minutes)) else { continue };
        prop_assert!(next.version() >= door.version());
        prop_assert!(next.version() > door.version() || next.bytes() == door.bytes());
        prop_assert!(next.body().withdrawn_keys.is_superset(&door.body().withdrawn_keys));
        for day in door.body().floors.keys() {
            prop_assert!(next.series_floor(*day) >= door.series_floor(*day));
        }
        door = next;
    }
    // Whatever came before, an honest door that was not misled takes the newest list.
    let newest = published.last().unwrap();
    if published.iter().any(|list| list.hash() == door.hash()) {
        prop_assert_eq!(door.advance(newest.bytes(), &root, later(100)).map(|list| list.hash()), Ok(newest.hash()));
    }
    Ok(())
}

proptest! {
    // PROPTEST_CASES=10000 is the long form.
    #[test]
    fn lists_never_go_backwards(steps in proptest::collection::vec(step(), 1..16)) {
        never_goes_back(steps)?;
    }

    #[test]
    fn lists_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(TrustList::verify_held(&bytes, &Authority::bare().root.public()).is_err());
    }
}
