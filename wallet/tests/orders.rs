//! A lab that has ordered and has no result yet: the wallet waits, keeps what it needs, and is not led by the nose.

#![allow(clippy::unwrap_used, clippy::panic)] // a test says what is wrong by failing

mod world;

use bauta_spec::attributes::Value;
use bauta_spec::sealed::{Cost, Kind};
use bauta_spec::time::Moment;
use bauta_wallet::collect::Refusal;
use bauta_wallet::errand::{Errand, NotCollected, Pickup};
use bauta_wallet::exchange::Declined;
use bauta_wallet::task::{NotDone, Outcome, Save, Task};
use bauta_wallet::vault::Vault;
use world::{NotYet, Waiting, World, tested, today};

const CODE: &str = "04HMASW9NF6YZ08HMASW9NF6YZ";
const DAY: u64 = 24 * 3600;

/// A lab that has ordered, and a wallet.
fn ordered(interval: u64) -> (World, Vault) {
    let mut world = World::new(60);
    let wallet = world.wallet();
    world.not_yet = Some(NotYet { interval, transaction: None });
    waits(&mut world, "health-record", tested());
    (world, wallet)
}

fn waits(world: &mut World, record_type: &'static str, facts: Vec<Value>) {
    let taken_by = world.waiting.remove(CODE).and_then(|before| before.taken_by);
    world.waiting.insert(CODE.to_owned(), Waiting { record_type, facts, taken_by });
}

fn errand(world: &World) -> Errand {
    Errand::new(world.issuer(), Pickup::Code(CODE.parse().unwrap()))
}

fn collect(wallet: &mut Vault, world: &mut World) -> Result<Outcome, NotDone> {
    let errand = errand(world);
    run(Task::collect(errand, wallet, world.now), wallet, world)
}

/// Whatever is due is asked again, as the program and the page do it.
fn ask_again(wallet: &mut Vault, world: &mut World) -> Vec<Result<Outcome, NotDone>> {
    let due = wallet.due(world.now).unwrap();
    due.into_iter().map(|errand| run(Task::collect(errand, wallet, world.now), wallet, world)).collect()
}

fn run(mut task: Task, wallet: &mut Vault, world: &mut World) -> Result<Outcome, NotDone> {
    while let Some(call) = task.call() {
        let reply = world.answer(call).expect("nothing is lost here");
        // What is to be saved is what a program that ends now would find again.
        if task.answer(&reply, wallet, world.now, &mut world.rng)? == Save::Now {
            *wallet = reopened(wallet, world);
        }
    }
    Ok(task.outcome().unwrap().clone())
}

fn reopened(wallet: &Vault, world: &mut World) -> Vault {
    let cost = Cost::new(8, 1).unwrap();
    let bytes = wallet.seal(Kind::Wallet, b"passphrase", cost, &mut world.rng).unwrap();
    Vault::open(Kind::Wallet, b"passphrase", &bytes).unwrap()
}

fn seconds_later(world: &mut World, seconds: u64) {
    world.now = Moment::from_unix(world.now.unix() + seconds);
}

fn again_in(wallet: &Vault, world: &World) -> u64 {
    let [waiting] = &wallet.waiting().map(|(_, waiting)| waiting).collect::<Vec<_>>()[..] else {
        panic!("it waits for one lab")
    };
    waiting.again.unix() - world.now.unix()
}

#[test]
fn a_wallet_waits_for_its_lab_and_collects_with_the_same_commitment() {
    let (mut world, mut wallet) = ordered(600);
    let first = collect(&mut wallet, &mut world).unwrap();
    assert_eq!(first, Outcome::NotYet(Moment::from_unix(world.now.unix() + 600)));
    assert_eq!(world.heard, ["/token", "/credential"]);
    assert!(wallet.interrupted().unwrap().is_empty(), "a collection that waits is not an interrupted one");
    assert_eq!(wallet.waiting_views()[0].r#type, "health-record");
    let commitment = world.waiting[CODE].taken_by.clone();

    seconds_later(&mut world, 600);
    assert_eq!(ask_again(&mut wallet, &mut world).len(), 1, "there is still no result");
    world.not_yet = None;
    seconds_later(&mut world, 600);
    assert_eq!(ask_again(&mut wallet, &mut world), [Ok(Outcome::Collected)]);
    assert_eq!(wallet.records().len(), 1);
    assert_eq!(wallet.waiting().count(), 0);
    assert!(commitment.is_some() && wallet.interrupted().unwrap().is_empty());
}

#[test]
fn nobody_makes_the_wallet_ask_before_its_time() {
    let (mut world, mut wallet) = ordered(600);
    collect(&mut wallet, &mut world).unwrap();
    let heard = world.heard.len();
    for _ in 0..5 {
        seconds_later(&mut world, 119);
        assert!(ask_again(&mut wallet, &mut world).is_empty());
        // Scanning the code once more is no reason either.
        assert!(matches!(collect(&mut wallet, &mut world), Ok(Outcome::NotYet(_))));
    }
    assert_eq!(world.heard.len(), heard, "nothing was sent");
    seconds_later(&mut world, 5);
    assert_eq!(ask_again(&mut wallet, &mut world).len(), 1);
}

#[test]
fn a_lab_that_says_not_yet_for_ever_is_asked_at_its_interval_and_no_faster() {
    let (mut world, mut wallet) = ordered(900);
    collect(&mut wallet, &mut world).unwrap();
    for _ in 0..4 * 12 {
        seconds_later(&mut world, 900);
        ask_again(&mut wallet, &mut world);
        ask_again(&mut wallet, &mut world);
    }
    assert_eq!(world.heard.len(), 2 * (1 + 4 * 12));
    assert!(wallet.records().is_empty());
    assert_eq!(wallet.waiting().count(), 1, "it does not grow either");
    wallet.forget_waiting();
    assert_eq!(wallet.waiting().count(), 0, "the person may give it up");
}

#[test]
fn an_interval_of_nothing_is_a_minute_and_one_of_years_is_a_day() {
    for (interval, wait) in [(0, 60), (1, 60), (61, 61), (DAY, DAY), (DAY + 1, DAY), (u64::MAX, DAY)] {
        let (mut world, mut wallet) = ordered(interval);
        collect(&mut wallet, &mut world).unwrap();
        assert_eq!(again_in(&wallet, &world), wait, "{interval}");
    }
}

#[test]
fn a_clock_that_was_years_ahead_does_not_put_the_next_question_off_for_years() {
    let (mut world, mut wallet) = ordered(600);
    collect(&mut wallet, &mut world).unwrap();
    world.now = Moment::from_unix(world.now.unix() - 2 * DAY);
    assert_eq!(wallet.due(world.now).unwrap().len(), 1);
}

#[test]
fn a_transaction_that_is_not_the_commitment_is_a_mark_and_refused() {
    let (mut world, mut wallet) = ordered(600);
    for mark in [b"number 4711".to_vec(), Vec::new(), vec![0; 144]] {
        world.not_yet = Some(NotYet { interval: 600, transaction: Some(mark) });
        let refused = collect(&mut wallet, &mut world).unwrap_err();
        assert_eq!(refused, NotDone::NotCollected(NotCollected::Declined(Declined::Unreadable)));
        assert_eq!(wallet.waiting().count(), 0);
    }
    // The request is there all the same, and an honest answer is taken.
    world.not_yet = None;
    assert_eq!(collect(&mut wallet, &mut world), Ok(Outcome::Collected));
}

#[test]
fn a_record_of_another_type_after_the_wait_is_refused() {
    let (mut world, mut wallet) = ordered(600);
    collect(&mut wallet, &mut world).unwrap();
    seconds_later(&mut world, 600);
    world.not_yet = None;
    let born = "2000-05".parse().unwrap();
    waits(&mut world, "age-record", vec![Value::Month(born), Value::Day(today().plus(9))]);
    let refused = [Err(NotDone::NotCollected(NotCollected::Refused(Refusal::OtherType)))];
    assert_eq!(ask_again(&mut wallet, &mut world), refused);
    assert!(wallet.records().is_empty());
    // Nor does a lab get round it by waiting once more.
    world.not_yet = Some(NotYet { interval: 600, transaction: None });
    assert_eq!(ask_again(&mut wallet, &mut world), refused);
    world.not_yet = None;
    waits(&mut world, "health-record", tested());
    assert_eq!(ask_again(&mut wallet, &mut world), [Ok(Outcome::Collected)]);
}

#[test]
fn a_cancelled_order_is_an_unknown_code_and_stays_until_the_person_gives_it_up() {
    let (mut world, mut wallet) = ordered(600);
    collect(&mut wallet, &mut world).unwrap();
    world.waiting.clear();
    seconds_later(&mut world, 600);
    assert_eq!(ask_again(&mut wallet, &mut world), [Err(NotDone::Declined(Declined::Code))]);
    assert_eq!(wallet.waiting().count(), 1);
}

#[test]
fn the_record_after_the_wait_may_come_twice_and_is_kept_once() {
    let (mut world, mut wallet) = ordered(600);
    collect(&mut wallet, &mut world).unwrap();
    seconds_later(&mut world, 600);
    world.not_yet = None;
    // The answer to the notification is lost: the record is here, and only the last word is missing.
    let mut task = Task::collect(wallet.due(world.now).unwrap().remove(0), &wallet, world.now);
    for _ in 0..2 {
        let reply = world.answer(task.call().unwrap()).unwrap();
        let saved = task.answer(&reply, &mut wallet, world.now, &mut world.rng).unwrap();
        assert_eq!(saved, Save::Now);
    }
    let mut wallet = reopened(&wallet, &mut world);
    assert_eq!((wallet.records().len(), wallet.waiting().count()), (1, 0));
    assert_eq!(wallet.interrupted().unwrap().len(), 1);
    assert_eq!(collect(&mut wallet, &mut world), Ok(Outcome::Collected));
    assert_eq!(wallet.records().len(), 1);
}
