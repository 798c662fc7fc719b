//! Two showings of one pass have nothing in common but what everybody's have.
//!
//! A showing is a head and a proof. The head must be the same for everybody who shows the same thing in the same minute. In the
//! proofs no eight bytes in a row may come twice, at whatever places. Leaks are planted to see that both would be found.

use std::collections::HashMap;

use bauta_tests::{Citizen, Town};
use bauta_wallet::present::choose;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::{TESTED, VACCINATED};

/// How many bytes in a row make a mark by which somebody could be known again: 64 bits never repeat by chance.
const WINDOW: usize = 8;
/// An `entry` showing ends in a proof of three points and seven scalars.
const ENTRY_PROOF: usize = 3 * 48 + 7 * 32;

/// How many showings are compared: 200, or what BAUTA_SHOWINGS says.
fn showings() -> usize {
    std::env::var("BAUTA_SHOWINGS").map_or(200, |number| number.parse().unwrap())
}

fn split(payload: &[u8]) -> (&[u8], &[u8]) {
    payload.split_at(payload.len() - ENTRY_PROOF)
}

/// Windows that occur in more than one of `proofs`.
fn shared_windows<'a>(proofs: impl IntoIterator<Item = &'a [u8]>) -> usize {
    let mut first_seen = HashMap::new();
    let mut shared = 0;
    for (index, proof) in proofs.into_iter().enumerate() {
        for window in proof.windows(WINDOW) {
            if *first_seen.entry(window).or_insert(index) != index {
                shared += 1;
            }
        }
    }
    shared
}

/// Places at which all `proofs` have the same byte.
fn constant_places(proofs: &[&[u8]]) -> Vec<usize> {
    (0..proofs[0].len()).filter(|&place| proofs.iter().all(|proof| proof[place] == proofs[0][place])).collect()
}

fn shown(town: &Town, citizen: &Citizen, policy: &str, count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|_| citizen.show(town, policy).unwrap().payload().to_vec()).collect()
}

#[test]
fn p1_showings_of_one_pass_share_nothing_that_not_everybody_shares() {
    let town = Town::with_seed(60);
    let anna = town.citizen_with("health-record", TESTED);
    let bilal = town.citizen_with("health-record", VACCINATED);
    let of_anna = shown(&town, &anna, "entry", showings());
    let of_bilal = shown(&town, &bilal, "entry", 10);

    let (head, _) = split(&of_anna[0]);
    for payload in of_anna.iter().chain(&of_bilal) {
        assert_eq!(split(payload).0, head, "something personal stands before the proof");
    }
    let proofs: Vec<&[u8]> = of_anna.iter().map(|payload| split(payload).1).collect();
    assert_eq!(shared_windows(proofs.iter().copied()), 0);
    assert!(constant_places(&proofs).is_empty());
    assert_eq!(shared_windows(of_anna.iter().chain(&of_bilal).map(|payload| split(payload).1)), 0);
}

/// Two passes in one code say who somebody is no more than one does.
#[test]
fn p1_showings_of_two_passes_share_nothing_that_not_everybody_shares() {
    const PROOF: usize = 672;
    let town = Town::with_seed(63);
    let both = |facts, group| {
        let mut citizen = town.citizen_with("health-record", facts);
        citizen.collect(&town, &town.lab.add("membership-record", group));
        citizen.renew(&town);
        citizen
    };
    let anna = both(TESTED, "group=library tier=basic");
    let bilal = both(VACCINATED, "group=library tier=full");
    let of_anna = shown(&town, &anna, "entry-and-member", showings() / 4);
    let of_bilal = shown(&town, &bilal, "entry-and-member", 10);
    let all: Vec<(&[u8], &[u8])> =
        of_anna.iter().chain(&of_bilal).map(|payload| payload.split_at(payload.len() - PROOF)).collect();
    for (head, _) in &all {
        assert_eq!(*head, all[0].0, "something personal stands before the proof");
    }
    let proofs: Vec<&[u8]> = all.iter().map(|(_, proof)| *proof).collect();
    assert_eq!(shared_windows(proofs.iter().copied()), 0);
    assert!(constant_places(&proofs[..of_anna.len()]).is_empty());
    // Nor with what each of the passes shows alone.
    let alone = ["entry", "member"].map(|policy| shown(&town, &anna, policy, 10)).concat();
    let alone = alone.iter().map(|payload| split(payload).1);
    assert_eq!(shared_windows(proofs.iter().copied().chain(alone)), 0);
}

#[test]
fn p1_venues_that_ask_different_things_on_different_days_find_nothing_in_common() {
    let mut town = Town::with_seed(61);
    let mut bilal = town.citizen_with("health-record", VACCINATED);
    let mut proofs = Vec::new();
    for _ in 0..4 {
        bilal.renew_with_hint(&town);
        for policy in ["entry", "entry-with-hint", "vaccinated"] {
            for _ in 0..showings() / 40 {
                town.wait(61);
                // The last bytes of each are proof, whatever was disclosed before them.
                let payload = bilal.show(&town, policy).unwrap().payload().to_vec();
                proofs.push(payload[payload.len() - (ENTRY_PROOF - 32)..].to_vec());
            }
        }
        town.wait_days(1);
    }
    assert_eq!(shared_windows(proofs.iter().map(Vec::as_slice)), 0);
}

#[test]
fn planted_leaks_are_found() {
    let town = Town::with_seed(62);
    let anna = town.citizen_with("health-record", TESTED);
    let honest = shown(&town, &anna, "entry", 20);
    let proofs =
        |payloads: &[Vec<u8>]| -> Vec<Vec<u8>> { payloads.iter().map(|payload| split(payload).1.to_vec()).collect() };
    let shared = |proofs: &[Vec<u8>]| shared_windows(proofs.iter().map(Vec::as_slice));
    assert_eq!(shared(&proofs(&honest)), 0);

    // Eight bytes of an identity, wandering through the proof.
    let mut wandering = proofs(&honest);
    for (index, proof) in wandering.iter_mut().enumerate() {
        proof[17 * index..17 * index + WINDOW].copy_from_slice(b"anna-1.0");
    }
    assert!(shared(&wandering) > 0);

    // One byte of an identity at a fixed place.
    let mut fixed = proofs(&honest);
    fixed.iter_mut().for_each(|proof| proof[200] = 7);
    assert_eq!(constant_places(&fixed.iter().map(Vec::as_slice).collect::<Vec<_>>()), [200]);

    // A wallet that uses its randomness twice.
    let policy = town.trust().policy_named("entry", town.today()).unwrap();
    let tired = || {
        let choice = choose(policy, &anna.records, town.trust(), town.now()).unwrap();
        choice.show(&anna.secret, town.now(), &mut ChaCha20Rng::seed_from_u64(0)).unwrap().payload().to_vec()
    };
    let first = tired();
    town.wait(60);
    assert!(shared(&proofs(&[first, tired()])) > 0);
}
