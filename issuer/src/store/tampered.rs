//! Whoever can write to the database but lacks the server secret cannot change what was done without being seen.
//!
//! `BAUTA_EDITS` random edits of each database (400), from `BAUTA_SEED` (printed).

use std::collections::BTreeMap;

use bauta_spec::time::{Day, Moment};
use rand_chacha::ChaCha20Rng;
use rand_core::Rng as _;

use super::database::Value;
use super::{DatabaseAddress, LabChange, Store, StoreError};
use crate::acts::{ActKind, ChainEnd, ChainError, EarlierChain, NewAct, VerifiedChain, can_go_on, verify};
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
    every_edit_is_seen(folder.path().join("bauta.db").to_str().unwrap(), None);
}

#[test]
fn a11_no_edit_of_a_postgresql_database_goes_unseen() {
    every_edit_is_seen(&Cluster::shared().database(), None);
}

/// With the old secret as well as the new one.
#[test]
fn a11_no_edit_before_or_after_a_new_server_secret_goes_unseen() {
    let folder = tempfile::tempdir().unwrap();
    every_edit_is_seen(folder.path().join("bauta.db").to_str().unwrap(), Some(12));
}

/// Otherwise the next act of an honest service would seal what somebody has left of the chain.
#[tokio::test]
async fn a11_nothing_is_added_to_a_chain_that_somebody_cut_off_and_so_nothing_covers_it_up() {
    let folder = tempfile::tempdir().unwrap();
    let address = folder.path().join("bauta.db").to_str().unwrap().parse().unwrap();
    let store = Store::open(&address, None).await.unwrap();
    let secrets = ServerSecret::generate(&mut seeded(1)).derive();
    let mut cut = states(&store, &secrets, None).await.pop().unwrap();
    let add = async |name: &str| enrol(&store, &secrets, 1, name).await;
    add("one-more").await.unwrap();

    cut.acts.truncate(10);
    let last = cut.acts.last().unwrap();
    let (number, mac) = (last.0, last.6.clone());
    let head = cut.head.as_mut().unwrap();
    (head.0, head.1) = (number, mac);
    assert!(write(&store, &cut).await);
    assert!(matches!(add("cover").await, Err(StoreError::NotSealed)));
    assert!(read(&store).await == cut, "and nothing of it is there");
    // Nor to none at all, where there must be one.
    let nothing = Tables { acts: Vec::new(), head: Some((0, vec![0; 32], vec![0; 32])) };
    assert!(write(&store, &nothing).await);
    assert!(matches!(add("cover").await, Err(StoreError::NotSealed)));
}

/// With one lab, as most services have, a chain could be begun anew as if the database were new.
#[tokio::test]
async fn a11_a_chain_that_was_removed_as_a_whole_is_not_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    let address = folder.path().join("bauta.db").to_str().unwrap().parse().unwrap();
    let store = Store::open(&address, None).await.unwrap();
    let secrets = ServerSecret::generate(&mut seeded(1)).derive();
    let look = async || verify(&store, secrets.chain_key(), &[], None, PAGE).await;
    let nothing = read(&store).await;
    for number in 0..3 {
        enrol(&store, &secrets, number, "lab-0").await.unwrap();
    }
    assert_eq!(look().await.unwrap().end.number, 3);

    assert!(write(&store, &nothing).await);
    assert!(matches!(look().await, Err(ChainError::End)));
    for (number, name) in [(1, "lab-0"), (2, "lab-0"), (3, "lab-1")] {
        assert!(matches!(enrol(&store, &secrets, number, name).await, Err(StoreError::NotSealed)));
    }
    assert!(matches!(can_go_on(&store, secrets.chain_key()).await, Err(StoreError::NotSealed)));
    assert!(read(&store).await == nothing);

    // And whoever takes the labs away until a new chain has begun, and puts them back then.
    let mut change = store.database.change().await.unwrap();
    change.run("UPDATE lab SET name = 'lab-9'", []).await.unwrap();
    change.run("CREATE TABLE aside AS SELECT * FROM lab", []).await.unwrap();
    change.run("DELETE FROM lab", []).await.unwrap();
    change.commit().await.unwrap();
    enrol(&store, &secrets, 0, "lab-0").await.unwrap();
    assert!(look().await.is_ok());
    store.database.run("INSERT INTO lab SELECT * FROM aside", []).await.unwrap();
    assert!(matches!(look().await, Err(ChainError::MadeByNobody(name)) if name == "lab-9"));
    // A row that says so and is not in the chain is no act.
    let unfollowed = "INSERT INTO act SELECT -1, at, who, lab, kind, 'lab-9', mac FROM act WHERE number = 1";
    store.database.run(unfollowed, []).await.unwrap();
    assert!(matches!(look().await, Err(ChainError::MadeByNobody(_))));
}

/// Whoever can write to the database could give themselves an account, or a key.
#[tokio::test]
async fn a11_who_was_written_into_the_database_by_hand_is_seen() {
    for name in
        ["INSERT INTO staff_name VALUES ('intruder')", "INSERT INTO lab (name, enrolled_day) VALUES ('intruder', 1)"]
    {
        let folder = tempfile::tempdir().unwrap();
        let address = folder.path().join("bauta.db").to_str().unwrap().parse().unwrap();
        let store = Store::open(&address, None).await.unwrap();
        let secrets = ServerSecret::generate(&mut seeded(1)).derive();
        enrol(&store, &secrets, 0, "lab-0").await.unwrap();
        let look = async || verify(&store, secrets.chain_key(), &[], None, PAGE).await;
        assert!(look().await.is_ok());
        store.database.run(name, []).await.unwrap();
        assert!(matches!(look().await, Err(ChainError::MadeByNobody(name)) if name == "intruder"));
    }
}

/// What is known of the older chain without its secret, and what with it.
#[tokio::test]
async fn after_a_new_server_secret_the_older_chain_ends_where_the_new_one_says_and_is_checked_with_the_old_secret() {
    let folder = tempfile::tempdir().unwrap();
    let address = folder.path().join("bauta.db").to_str().unwrap().parse().unwrap();
    let store = Store::open(&address, None).await.unwrap();
    let [old, new, stranger] = [1, 2, 3].map(|seed| ServerSecret::generate(&mut seeded(seed)).derive());
    states(&store, &old, None).await;
    let console = Actor::at_console("console".parse().unwrap(), None);
    let begin = async |by: &Secrets, about| {
        let end = store.last_act().await.unwrap();
        store
            .begin_chain(&store.act_head().await.unwrap().end, end, beginning(&console, by, about))
            .await
            .unwrap()
            .unwrap()
    };
    assert!(matches!(enrol(&store, &new, 1, "too-early").await, Err(StoreError::NotSealed)));
    let begun = begin(&new, "verified").await;
    assert_eq!(begun.number, u64::from(ACTS) + 1);
    enrol(&store, &new, 1, "later").await.unwrap();
    let good = read(&store).await;

    let look = async |given: &[&Secrets]| {
        let given: Vec<&ChainKey> = given.iter().map(|secrets| secrets.chain_key()).collect();
        verify(&store, new.chain_key(), &given, None, PAGE).await
    };
    let older = |verified| EarlierChain { first: 1, last: u64::from(ACTS), verified, verified_before: true };
    assert_eq!(look(&[]).await.unwrap().earlier, [older(false)]);
    assert_eq!(look(&[&old]).await.unwrap().earlier, [older(true)]);
    assert!(matches!(look(&[&stranger]).await, Err(ChainError::NotOfOld)));
    assert!(matches!(look(&[&old, &stranger]).await, Err(ChainError::NotOfOld)));

    let edited = async |edit: &dyn Fn(&mut Vec<Row>)| {
        let mut tables = good.clone();
        edit(&mut tables.acts);
        assert!(write(&store, &tables).await);
        (look(&[]).await, look(&[&old]).await)
    };
    let (without, with) = edited(&|acts| acts[4].2 = "nobody".to_owned()).await;
    assert!(without.is_ok() && matches!(with, Err(ChainError::Broken(5))), "only the old secret tells");
    let (without, _) = edited(&|acts| drop(acts.remove(4))).await;
    assert!(matches!(without, Err(ChainError::Broken(5))), "how many there were is known without it");
    // The last hash of the old chain is under the new key, so not even the old secret makes another chain with the same end.
    let (without, _) = edited(&|acts| acts[ACTS as usize - 1].6[0] ^= 1).await;
    assert!(matches!(without, Err(ChainError::Broken(number)) if number == begun.number));
    for about in ["unverified", "verified "] {
        let (without, _) = edited(&|acts| acts[ACTS as usize].5 = about.to_owned()).await;
        assert!(matches!(without, Err(ChainError::Broken(number)) if number == begun.number));
    }
    for row in 0..ACTS as usize {
        // What follows it would be a chain of which nobody has the key.
        let (without, with) = edited(&|acts| acts[row].4 = ActKind::CHAIN_BEGUN.to_owned()).await;
        assert!(without.is_ok() && with.is_err(), "act {} looks like a beginning", row + 1);
    }
    let (without, _) = edited(&|acts| acts[ACTS as usize].4 = "restored".to_owned()).await;
    assert!(without.is_err(), "without a beginning, all of it would have to be of the present key");

    // Somebody without the new secret makes a beginning of their own, with all that the database shows them.
    assert!(write(&store, &good).await);
    begin(&stranger, "verified").await;
    assert!(look(&[]).await.is_err() && look(&[&old]).await.is_err());
    assert!(write(&store, &good).await);
    assert!(look(&[&old]).await.is_ok());
}

fn beginning<'a>(actor: &'a Actor, secrets: &'a Secrets, about: &'a str) -> NewAct<'a> {
    NewAct { actor, kind: ActKind::ChainBegun, about, at: Moment::from_unix(1_800_000_100), chain: secrets.chain_key() }
}

/// `new_after`: how many acts there are before the server secret is replaced, if it is.
fn every_edit_is_seen(address: &str, new_after: Option<u32>) {
    let number = |name: &str, otherwise| std::env::var(name).map_or(otherwise, |text| text.parse().unwrap());
    let (seed, edits) = (number("BAUTA_SEED", 1), number("BAUTA_EDITS", 400));
    println!("BAUTA_SEED={seed} BAUTA_EDITS={edits}");
    let address: DatabaseAddress = address.parse().unwrap();
    let [first, second] = [seed, seed + 1].map(|seed| ServerSecret::generate(&mut seeded(seed)).derive());
    let (chain, old) = match new_after {
        None => (first.chain_key(), vec![]),
        Some(_) => (second.chain_key(), vec![first.chain_key()]),
    };
    let chains = Chains { present: chain, old: &old };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Store::open(&address, None).await.unwrap();
        if let DatabaseAddress::Sqlite(_) = address {
            // Nothing crashes here.
            store.database.run("PRAGMA synchronous = OFF", []).await.unwrap();
        }
        let earlier = states(&store, &first, new_after.map(|acts| (acts, &second))).await;
        let now = earlier.last().unwrap();
        // From here on they are states of the present chain; an earlier one holds under the secret of before only.
        let whole = new_after.map_or(1, |acts| acts as usize + 1);
        let end = chains.verify(&store, None).await.unwrap().end;
        assert_eq!(end.number, u64::from(ACTS + u32::from(new_after.is_some())));

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
            let verdict = chains.verify(&store, None).await;
            if earlier[whole..].contains(&edited) {
                unseen_unless_noted(&store, &chains, &end, verdict).await;
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
        assert_eq!(chains.verify(&store, Some(&end)).await.unwrap().end, end);
        for state in &earlier[whole..earlier.len() - 1] {
            assert!(write(&store, state).await);
            unseen_unless_noted(&store, &chains, &end, chains.verify(&store, None).await).await;
        }
        store.close().await;
    });
}

/// A whole earlier state holds, unless a lab was enrolled since that is still there; whoever noted a later end sees that it is one.
async fn unseen_unless_noted(
    store: &Store,
    chains: &Chains<'_>,
    end: &ChainEnd,
    verdict: Result<VerifiedChain, ChainError>,
) {
    match verdict {
        Err(ChainError::MadeByNobody(_)) => {}
        verdict => assert!(verdict.unwrap().end.number < end.number),
    }
    assert!(matches!(chains.verify(store, Some(end)).await, Err(ChainError::PutBack)));
}

struct Chains<'a> {
    present: &'a ChainKey,
    old: &'a [&'a ChainKey],
}

impl Chains<'_> {
    async fn verify(&self, store: &Store, seen: Option<&ChainEnd>) -> Result<VerifiedChain, ChainError> {
        verify(store, self.present, self.old, seen, PAGE).await
    }
}

/// Writes a chain, and another one that begins after some acts; the tables after each act, from the empty ones on.
async fn states(store: &Store, secrets: &Secrets, new: Option<(u32, &Secrets)>) -> Vec<Tables> {
    let mut states = vec![read(store).await];
    let (mut by, console) = (secrets, Actor::at_console("console".parse().unwrap(), None));
    for number in 0..ACTS {
        if let Some((_, new)) = new.filter(|(acts, _)| *acts == number) {
            let end = store.last_act().await.unwrap();
            store.begin_chain(&end, end, beginning(&console, new, "verified")).await.unwrap().unwrap();
            by = new;
            states.push(read(store).await);
        }
        enrol(store, by, number, &format!("lab-{number}")).await.unwrap();
        states.push(read(store).await);
    }
    states
}

/// Does something of which an act is written. Every third time, and the first, it is a lab that is enrolled.
async fn enrol(store: &Store, secrets: &Secrets, number: u32, name: &str) -> Result<(), StoreError> {
    let who = ["desk", "nurse", "console"][number as usize % 3];
    let actor = match number % 4 {
        0 => Actor::at_console(who.parse().unwrap(), None),
        _ => Actor::at_console(who.parse().unwrap(), format!("lab-{}", number % 5).parse().ok()),
    };
    let kinds = [ActKind::LabEnrolled, ActKind::LabQuotaSet, ActKind::LabSuspended];
    let act = NewAct {
        actor: &actor,
        kind: kinds[number as usize % 3],
        about: [name, "", "lab-1 5"][number as usize % 3],
        at: Moment::from_unix(1_800_000_000 + u64::from(number / 2)),
        chain: secrets.chain_key(),
    };
    let (first, name) = ("lab-0".parse().unwrap(), name.parse().unwrap());
    let lab = Lab { name, enrolled: Day::new(20_000), vocabulary: None, quota: None, suspended: false };
    let changes = [LabChange::Enrol(&lab), LabChange::Quota(&first, Some(number)), LabChange::Suspend(&first)];
    assert!(store.change_lab(changes[number as usize % 3], act).await?);
    Ok(())
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
