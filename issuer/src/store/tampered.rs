//! Whoever can write to the database but lacks the server secret cannot change what was done without being seen.
//!
//! `BAUTA_EDITS` random edits of each database (400), from `BAUTA_SEED` (printed).

use std::collections::BTreeMap;

use bauta_spec::time::{Day, Moment};
use rand_chacha::ChaCha20Rng;
use rand_core::Rng as _;

use super::database::Value;
use super::{DatabaseAddress, LabChange, Store};
use crate::acts::{ActKind, ChainEnd, ChainError, NewAct, verify};
use crate::labs::Lab;
use crate::secrets::{ChainKey, Secrets, ServerSecret};
use crate::staff::Actor;
use crate::testing::postgres::Cluster;
use crate::testing::seeded;

/// Acts in the chain, in several pages of the check.
const ACTS: u32 = 25;
const PAGE: u32 = 10;

/// A row of `act`: number, moment, who, lab, kind, about, keyed hash.
type Row = (i64, i64, String, String, String, String, Vec<u8>);

/// The row of `act_head`: number, keyed hash, seal.
type Head = (i64, Vec<u8>, Vec<u8>);

#[derive(Clone, PartialEq)]
struct Tables {
    acts: Vec<Row>,
    head: Option<Head>,
}

#[test]
fn a11_no_edit_of_an_sqlite_file_goes_unseen() {
    let folder = tempfile::tempdir().unwrap();
    every_edit_is_seen(folder.path().join("bauta.db").to_str().unwrap());
}

#[test]
fn a11_no_edit_of_a_postgresql_database_goes_unseen() {
    every_edit_is_seen(&Cluster::shared().database());
}

fn every_edit_is_seen(address: &str) {
    let number = |name: &str, otherwise| std::env::var(name).map_or(otherwise, |text| text.parse().unwrap());
    let (seed, edits) = (number("BAUTA_SEED", 1), number("BAUTA_EDITS", 400));
    println!("BAUTA_SEED={seed} BAUTA_EDITS={edits}");
    let address: DatabaseAddress = address.parse().unwrap();
    let secrets = ServerSecret::generate(&mut seeded(seed)).derive();
    let chain = secrets.chain_key();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Store::open(&address, None).await.unwrap();
        if let DatabaseAddress::Sqlite(_) = address {
            // Nothing crashes here.
            store.database.run("PRAGMA synchronous = OFF", []).await.unwrap();
        }
        let earlier = states(&store, &secrets).await;
        let now = earlier.last().unwrap();
        let end = verify(&store, chain, None, PAGE).await.unwrap();
        assert_eq!(end.number, u64::from(ACTS));

        let mut rng = seeded(seed ^ 0xa11);
        let (mut seen, mut put_back): (BTreeMap<&str, u64>, u64) = Default::default();
        while seen.values().sum::<u64>() < edits {
            let mut edited = now.clone();
            // Mostly one edit; sometimes several that might cover each other up.
            let mut what = edit(&mut edited, &earlier, &mut rng);
            for _ in 0..rng.next_u32() % 8 / 6 {
                edit(&mut edited, &earlier, &mut rng);
                what = "several at once";
            }
            // What is not a row that the database takes is no edit.
            if edited == *now || !write(&store, &edited).await {
                continue;
            }
            let verdict = verify(&store, chain, None, PAGE).await;
            if earlier[1..].contains(&edited) {
                unseen_unless_noted(&store, chain, &end, verdict).await;
                put_back += 1;
                continue;
            }
            assert!(verdict.is_err(), "{what} was not seen; BAUTA_SEED={seed}");
            *seen.entry(what).or_default() += 1;
        }
        println!("{seen:?}; {put_back} were an earlier state as a whole");
        assert!(seen.len() > 12, "too few kinds of edits: {seen:?}");

        // And it was the edits that were seen.
        assert!(write(&store, now).await);
        assert_eq!(verify(&store, chain, Some(&end), PAGE).await.unwrap(), end);
        for state in &earlier[1..earlier.len() - 1] {
            assert!(write(&store, state).await);
            unseen_unless_noted(&store, chain, &end, verify(&store, chain, None, PAGE).await).await;
        }
        store.close().await;
    });
}

/// A whole earlier state holds; whoever noted a later end sees that it is one.
async fn unseen_unless_noted(store: &Store, chain: &ChainKey, end: &ChainEnd, verdict: Result<ChainEnd, ChainError>) {
    assert!(verdict.unwrap().number < end.number);
    assert!(matches!(verify(store, chain, Some(end), PAGE).await, Err(ChainError::PutBack)));
}

/// Writes a chain; the tables after each act, from the empty ones on.
async fn states(store: &Store, secrets: &Secrets) -> Vec<Tables> {
    let mut states = vec![read(store).await];
    for number in 0..ACTS {
        let who = ["desk", "nurse", "console"][number as usize % 3];
        let actor = match number % 4 {
            0 => Actor::at_console(who.parse().unwrap(), None),
            _ => Actor::at_console(who.parse().unwrap(), format!("lab-{}", number % 5).parse().ok()),
        };
        let kinds = [ActKind::LabEnrolled, ActKind::ResultAdded, ActKind::ApiKeyMade];
        let act = NewAct {
            actor: &actor,
            kind: kinds[number as usize % 3],
            about: ["", "desk", "lab-1 5"][number as usize % 3],
            at: Moment::from_unix(1_800_000_000 + u64::from(number / 2)),
            chain: secrets.chain_key(),
        };
        let name = format!("lab-{number}").parse().unwrap();
        let lab = Lab { name, enrolled: Day::new(20_000), vocabulary: None, quota: None, suspended: false };
        assert!(store.change_lab(LabChange::Enrol(&lab), act).await.unwrap());
        states.push(read(store).await);
    }
    states
}

async fn read(store: &Store) -> Tables {
    let acts = "SELECT number, at, who, lab, kind, about, mac FROM act ORDER BY number";
    Tables {
        acts: store.database.rows(acts, []).await.unwrap(),
        head: store.database.row("SELECT number, mac, seal FROM act_head", []).await.unwrap(),
    }
}

/// Puts other rows in the place of those that are there. `false` when the database does not take them.
async fn write(store: &Store, tables: &Tables) -> bool {
    let mut change = store.database.change().await.unwrap();
    change.run("DELETE FROM act", []).await.unwrap();
    change.run("DELETE FROM act_head", []).await.unwrap();
    for (number, at, who, lab, kind, about, mac) in &tables.acts {
        let new = "INSERT INTO act (number, at, who, lab, kind, about, mac) VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let texts = [who, lab, kind, about].map(|text| text.as_str().into());
        let [who, lab, kind, about] = texts;
        let values =
            [Value::Number(Some(*number)), Value::Number(Some(*at)), who, lab, kind, about, mac.as_slice().into()];
        if change.run(new, values).await.is_err() {
            return false;
        }
    }
    if let Some((number, mac, seal)) = &tables.head {
        let new = "INSERT INTO act_head (one, number, mac, seal) VALUES (1, $1, $2, $3)";
        let values = [Value::Number(Some(*number)), mac.as_slice().into(), seal.as_slice().into()];
        if change.run(new, values).await.is_err() {
            return false;
        }
    }
    change.commit().await.unwrap();
    true
}

/// Does one thing that somebody with the database but without the secret can do.
fn edit(tables: &mut Tables, earlier: &[Tables], rng: &mut ChaCha20Rng) -> &'static str {
    let below = |many: usize, rng: &mut ChaCha20Rng| rng.next_u32() as usize % many.max(1);
    let acts = &mut tables.acts;
    let (one, other) = (below(acts.len(), rng), below(acts.len(), rng));
    let older = earlier[below(earlier.len(), rng)].clone();
    let (Some(row), Some(another)) = (acts.get(one).cloned(), acts.get(other).cloned()) else {
        *tables = older;
        tables.acts.truncate(below(tables.acts.len(), rng));
        return "another chain";
    };
    match rng.next_u32() % 17 {
        0 => {
            acts[one].0 = any_number(row.0, rng);
            "a number"
        }
        1 => {
            acts[one].1 = any_number(row.1, rng);
            "a moment"
        }
        2 => {
            acts[one].2 = any_text(&row.2, &another.2, rng);
            "who"
        }
        3 => {
            acts[one].3 = any_text(&row.3, &another.3, rng);
            "for which lab"
        }
        4 => {
            acts[one].4 = any_text(&row.4, &another.4, rng);
            "what kind"
        }
        5 => {
            acts[one].5 = any_text(&row.5, &another.5, rng);
            "about whom"
        }
        6 => {
            // The same letters, in two columns that stand beside each other.
            let all = format!("{}{}", row.2, row.3);
            let (who, lab) = all.split_at(below(all.len(), rng));
            (acts[one].2, acts[one].3) = (who.to_owned(), lab.to_owned());
            "letters moved to the next column"
        }
        7 => {
            acts[one].6 = any_bytes(&row.6, &another.6, rng);
            "a keyed hash"
        }
        8 => {
            acts.remove(one);
            "an act removed"
        }
        9 => {
            acts.remove(one);
            acts.iter_mut().skip(one).for_each(|row| row.0 -= 1);
            "an act removed, and the gap closed"
        }
        10 => {
            let number = acts.last().map_or(1, |last| last.0 + 1);
            let mut added = another;
            added.0 = number;
            acts.push(added);
            if let Some(head) = &mut tables.head {
                head.0 += i64::from(rng.next_u32() % 2);
            }
            "an act added"
        }
        11 => {
            let mut added = another;
            added.0 = row.0;
            acts.iter_mut().skip(one).for_each(|row| row.0 += 1);
            acts.insert(one, added);
            if let Some(head) = &mut tables.head {
                head.0 += i64::from(rng.next_u32() % 2);
            }
            "an act put in between"
        }
        12 => {
            acts.swap(one, other);
            (acts[one].0, acts[other].0) = (row.0, another.0);
            "two acts exchanged"
        }
        13 => {
            let numbers: Vec<i64> = acts.iter().map(|row| row.0).collect();
            let to = acts.len();
            acts[one..to].rotate_left(below(to - one, rng));
            acts.iter_mut().zip(numbers).for_each(|(row, number)| row.0 = number);
            "acts in another order"
        }
        14 => {
            acts.truncate(one);
            // The end that was cut to is in the database: its number and keyed hash, but no seal.
            if let (Some(head), Some(last)) = (&mut tables.head, acts.last())
                && rng.next_u32().is_multiple_of(2)
            {
                (head.0, head.1) = (last.0, last.6.clone());
            }
            "the end cut off"
        }
        15 => {
            match rng.next_u32() % 5 {
                0 => tables.head = None,
                1 => tables.head = older.head,
                what => {
                    if let (Some(head), Some(old)) = (&mut tables.head, older.head) {
                        match what {
                            2 => head.0 = any_number(head.0, rng),
                            3 => head.1 = any_bytes(&head.1, &old.1, rng),
                            _ => head.2 = any_bytes(&head.2, &old.2, rng),
                        }
                    }
                }
            }
            "the end's own row"
        }
        _ => {
            *tables = older;
            acts_of_nobody(tables, earlier, rng);
            "an earlier state, with something of now"
        }
    }
}

/// Of an earlier state only half: its acts or its end.
fn acts_of_nobody(tables: &mut Tables, earlier: &[Tables], rng: &mut ChaCha20Rng) {
    let now = earlier.last().unwrap();
    match rng.next_u32() % 3 {
        0 => tables.acts = now.acts.clone(),
        1 => tables.head.clone_from(&now.head),
        // Everything is gone, and the end is as in a database of which nothing was ever done, but it has labs.
        _ => *tables = earlier[0].clone(),
    }
}

fn any_number(number: i64, rng: &mut ChaCha20Rng) -> i64 {
    match rng.next_u32() % 4 {
        0 => number + 1,
        1 => number - 1,
        2 => number ^ (1 << (rng.next_u32() % 63)),
        _ => i64::from_be_bytes(rng.next_u64().to_be_bytes()),
    }
}

fn any_text(text: &str, another: &str, rng: &mut ChaCha20Rng) -> String {
    match rng.next_u32() % 4 {
        0 => another.to_owned(),
        1 => format!("{text} "),
        2 => text.chars().skip(1).collect(),
        _ => text.chars().rev().chain(['x']).collect(),
    }
}

fn any_bytes(bytes: &[u8], another: &[u8], rng: &mut ChaCha20Rng) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    match rng.next_u32() % 3 {
        0 => changed = another.to_vec(),
        1 => rng.fill_bytes(&mut changed),
        _ => {
            if let Some(byte) = changed.get_mut(rng.next_u32() as usize % bytes.len().max(1)) {
                *byte ^= 1 << (rng.next_u32() % 8);
            }
        }
    }
    changed
}
