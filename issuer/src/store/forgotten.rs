//! What is deleted is gone from the files, not only from the tables.

use std::collections::HashSet;

use bauta_spec::attributes::{Binding, Handle};
use bauta_spec::time::{Day, Moment};

use super::{Adding, DatabaseAddress, LabChange, NewOrder, NewPending, NewResult, Replaced, Store, Which};
use crate::labs::Lab;
use crate::pickup::SealingKey;
use crate::secrets::{CodeMac, Secrets, ServerSecret};
use crate::staff::LabName;
use crate::testing::{enrolment, seeded, some_act};

const RESULTS: usize = 200;
const SEALED: usize = 2048 + 40;
const NOW: Moment = Moment::from_unix(1_800_000_000);
const LATER: Moment = Moment::from_unix(1_800_100_000);

struct Canary {
    handle: Handle,
    code: CodeMac,
    sealed: Vec<u8>,
    binding: Binding,
}

fn canaries(secrets: &Secrets) -> Vec<Canary> {
    use rand_core::Rng as _;
    let mut rng = seeded(11);
    let mut bytes = |length: usize| {
        let mut bytes = vec![0; length];
        rng.fill_bytes(&mut bytes);
        bytes
    };
    (0..RESULTS)
        .map(|_| Canary {
            handle: Handle::new(bytes(16).try_into().unwrap()),
            code: secrets.code_mac(&bytes(16)),
            sealed: bytes(SEALED),
            binding: Binding::new(bytes(32).try_into().unwrap()),
        })
        .collect()
}

/// Every piece of 12 bytes in every file of the folder.
fn pieces(folder: &std::path::Path) -> HashSet<[u8; 12]> {
    let mut pieces = HashSet::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        pieces.extend(bytes.windows(12).map(<[u8; 12]>::try_from).map(Result::unwrap));
    }
    pieces
}

fn found(pieces: &HashSet<[u8; 12]>, secret: &[u8]) -> bool {
    secret.chunks_exact(12).any(|piece| pieces.contains(piece))
}

/// How many of the canaries can still be found, in any piece of 12 bytes, in any file of the folder.
fn traces(folder: &std::path::Path, canaries: &[Canary]) -> usize {
    let pieces = pieces(folder);
    let found = |secret: &[u8]| found(&pieces, secret);
    canaries
        .iter()
        .filter(|canary| found(&canary.sealed) || found(canary.code.as_bytes()) || found(&canary.binding.bytes()))
        .count()
}

/// A lab that may add results.
async fn enrolled(store: &Store) -> LabName {
    let name: LabName = "lab".parse().unwrap();
    let lab = Lab { name: name.clone(), enrolled: Day::new(20_000), vocabulary: None, quota: None, suspended: false };
    assert!(store.change_lab(LabChange::Enrol(&lab), enrolment()).await.unwrap());
    name
}

#[tokio::test]
async fn nothing_of_a_finished_result_is_left_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&DatabaseAddress::Sqlite(folder.path().join("bauta.db")), None).await.unwrap();
    let secrets = ServerSecret::generate(&mut seeded(12)).derive();
    let canaries = canaries(&secrets);
    let name = enrolled(&store).await;
    for (number, canary) in canaries.iter().enumerate() {
        let reference = secrets.reference_mac("lab", &number.to_string());
        let result = NewResult {
            handle: &canary.handle,
            lab: &name,
            operator: "console",
            reference: &reference,
            added: Day::new(20_000),
            quota: 1000,
        };
        let expires = if number % 4 == 2 { NOW } else { LATER };
        let pending = NewPending { code: &canary.code, sealed: &canary.sealed, expires, order: None };
        assert!(matches!(store.add(result, pending, some_act()).await.unwrap(), Adding::New));
        let earlier = Moment::from_unix(NOW.unix() - 1);
        assert!(store.redeem(&canary.code, &canary.binding, earlier).await.unwrap().is_some());
    }
    assert_eq!(traces(folder.path(), &canaries), RESULTS, "the search finds what is there");

    // A quarter each is acknowledged, withdrawn, too old and still waiting, out of order: pages are merged and rows moved.
    for (number, canary) in canaries.iter().enumerate().rev() {
        match number % 4 {
            0 => store.acknowledge(&canary.code).await.unwrap(),
            1 => {
                store.withdraw(&name, &Which::Handle(canary.handle), Day::new(20_001), some_act()).await.unwrap();
            }
            _ => {}
        }
    }
    store.expire(NOW).await.unwrap();

    let (waiting, finished): (Vec<_>, Vec<_>) =
        canaries.into_iter().enumerate().partition(|(number, _)| number % 4 == 3);
    let canaries = |numbered: Vec<(usize, Canary)>| numbered.into_iter().map(|(_, canary)| canary).collect::<Vec<_>>();
    let (waiting, finished) = (canaries(waiting), canaries(finished));
    assert_eq!(traces(folder.path(), &finished), 0);
    assert_eq!(traces(folder.path(), &waiting), waiting.len());
    store.close().await;
    assert_eq!(traces(folder.path(), &finished), 0);
}

#[tokio::test]
async fn nothing_of_an_order_is_left_in_the_files_when_it_is_over() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&DatabaseAddress::Sqlite(folder.path().join("bauta.db")), None).await.unwrap();
    let secrets = ServerSecret::generate(&mut seeded(13)).derive();
    let record_type = "health-record".parse().unwrap();
    let name = enrolled(&store).await;
    let canaries = canaries(&secrets);
    // The key of an order, its tie, and facts that were sealed to it: the second canary of a pair is looked for as those.
    let (orders, others) = canaries.split_at(RESULTS / 2);
    let (mut references, mut ties) = (Vec::new(), Vec::new());
    for (number, (canary, other)) in orders.iter().zip(others).enumerate() {
        let reference = secrets.reference_mac("lab", &number.to_string());
        let sealing_key = SealingKey::from_bytes(other.binding.bytes());
        let tied = secrets.order_mac(&canary.handle, &reference, &record_type, &sealing_key);
        let result = NewResult {
            handle: &canary.handle,
            lab: &name,
            operator: "console",
            reference: &reference,
            added: Day::new(20_000),
            quota: 1000,
        };
        let order = Some(NewOrder { sealing_key: &sealing_key, mac: &tied });
        let expires = if number % 4 == 2 { NOW } else { LATER };
        let pending = NewPending { code: &canary.code, sealed: &canary.sealed, expires, order };
        assert!(matches!(store.add(result, pending, some_act()).await.unwrap(), Adding::New));
        let earlier = Moment::from_unix(NOW.unix() - 1);
        assert!(store.wait_for_result(&canary.code, &canary.binding, earlier).await.unwrap());
        references.push(reference);
        ties.push(tied);
    }
    assert_eq!(traces(folder.path(), orders), orders.len(), "the search finds what is there");
    assert_eq!(traces(folder.path(), others), others.len(), "keys too");

    // A quarter each is collected, cancelled, too old, and completed only: of that one, key, tie and what waited before are gone.
    for (number, (canary, other)) in orders.iter().zip(others).enumerate().rev() {
        if matches!(number % 4, 0 | 3) {
            let order = store.open_order(&references[number], NOW).await.unwrap().unwrap();
            let when = (NOW, Day::new(20_001));
            let completed = store.complete(&order, &name, &other.sealed, LATER, when, some_act()).await.unwrap();
            assert!(matches!(completed, Replaced::Done));
        }
        match number % 4 {
            0 => {
                store.redeem(&canary.code, &canary.binding, NOW).await.unwrap().unwrap();
                store.acknowledge(&canary.code).await.unwrap();
            }
            1 => {
                store.withdraw(&name, &Which::Handle(canary.handle), Day::new(20_001), some_act()).await.unwrap();
            }
            _ => {}
        }
    }
    store.expire(NOW).await.unwrap();
    store.close().await;
    let is_over = |number: usize| number % 4 != 3;
    let left = pieces(folder.path());
    let found = |secret: &[u8]| found(&left, secret);
    for (number, (canary, other)) in orders.iter().zip(others).enumerate() {
        assert!(!found(&other.binding.bytes()), "the key of an order that is over or completed");
        assert!(!found(&canary.sealed), "what waited before the result");
        assert!(!found(ties[number].as_bytes()));
        for secret in [canary.code.as_bytes(), &other.sealed[..], &canary.binding.bytes()] {
            assert_ne!(found(secret), is_over(number), "a completed one waits for its wallet");
        }
    }
}
