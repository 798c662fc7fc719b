//! What two records give together: when it is asked for, where it is kept, and what of an office's answer is refused.

#![allow(clippy::unwrap_used, clippy::panic)] // a test says what is wrong by failing

mod world;

use bauta_crypto::holder;
use bauta_crypto::pseudonym::HolderSecret;
use bauta_spec::attributes::{Claims, Value};
use bauta_spec::issuance::{IssuerUrl, OfficeAnswer, PickupCode, Records};
use bauta_spec::rules::Presented;
use bauta_spec::sealed::{Cost, Kind};
use bauta_wallet::errand::{Errand, Pickup};
use bauta_wallet::present::{Nothing, choose};
use bauta_wallet::renew::{HintWish, Refusal, Renewal};
use bauta_wallet::task::{NotDone, Outcome, Save, Task};
use bauta_wallet::vault::Vault;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use world::{NONCE, Waiting, World, tested, today, vaccinated};

const CODES: [&str; 3] = ["04HMASW9NF6YZ08HMASW9NF6YZ", "14HMASW9NF6YZ08HMASW9NF6YZ", "24HMASW9NF6YZ08HMASW9NF6YZ"];
const RULE: &str = "vaccinated-and-tested";

/// A wallet that has collected these records, one by one.
fn wallet(world: &mut World, records: &[Vec<Value>]) -> Vault {
    let mut wallet = world.wallet();
    for (code, facts) in CODES.into_iter().zip(records) {
        let waiting = Waiting { record_type: "health-record", facts: facts.clone(), taken_by: None };
        world.waiting.insert(code.to_owned(), waiting);
        let errand = Errand::new(world.issuer(), Pickup::Code(code.parse::<PickupCode>().unwrap()));
        let task = Task::collect(errand, &wallet, world.now);
        assert_eq!(carry_out(task, &mut wallet, world), Ok(Outcome::Collected));
    }
    wallet
}

fn carry_out(mut task: Task, wallet: &mut Vault, world: &mut World) -> Result<Outcome, NotDone> {
    while let Some(call) = task.call() {
        let reply = world.answer(call).unwrap();
        let _: Save = task.answer(&reply, wallet, world.now, &mut world.rng)?;
    }
    Ok(task.outcome().unwrap().clone())
}

/// As program and page renew: each record alone, and then what two give together.
fn renew_all(wallet: &mut Vault, world: &mut World) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for index in 0..wallet.records().len() {
        let task = Task::renew(wallet, index, None).unwrap();
        outcomes.push(carry_out(task, wallet, world).unwrap());
    }
    for pair in wallet.lacking_together(world.now) {
        let task = Task::renew_together(wallet, pair, None).unwrap();
        outcomes.push(carry_out(task, wallet, world).unwrap());
    }
    outcomes
}

/// Vaccinated, with the hint that the tested one has.
fn vaccinated_too() -> Vec<Value> {
    let mut facts = vaccinated();
    facts[5] = tested()[5].clone();
    facts
}

fn together(wallet: &Vault, record: usize) -> usize {
    wallet.records()[record].passes().iter().filter(|pass| pass.rests_on().is_some()).count()
}

fn can_show(wallet: &Vault, world: &World, policy: &str) -> Result<(), Nothing> {
    choose(&world.policy(policy), wallet.records(), wallet.trust(), world.now).map(drop)
}

#[test]
fn one_pass_says_vaccinated_and_tested_and_the_door_sees_no_second_record() {
    let mut world = World::new(60);
    let mut wallet = wallet(&mut world, &[vaccinated_too(), tested()]);
    let outcomes = renew_all(&mut wallet, &mut world);
    let Some(Outcome::Renewed { other_type: Some(other), passes: 2, .. }) = outcomes.last() else {
        panic!("{outcomes:?}");
    };
    assert_eq!((outcomes.len(), other.as_str()), (3, "health-record"));
    assert_eq!([together(&wallet, 0), together(&wallet, 1)], [2, 0], "with the record whose commitment they have");
    let pass = wallet.records()[0].passes().iter().find(|pass| pass.rests_on().is_some()).unwrap();
    assert_eq!(wallet.other_of(pass), Some(1));
    assert_eq!(wallet.record_views()[0].passes.iter().filter(|pass| pass.other == Some(1)).count(), 2);

    let policy = world.policy(RULE);
    let choice = choose(&policy, wallet.records(), wallet.trust(), world.now).unwrap();
    let text = choice.show(wallet.secret(), world.now, &mut world.rng).unwrap().text();
    assert_eq!(world.at_the_door(&text, &policy).len(), 2, "day and rule, as of any entry pass");
}

#[test]
fn two_are_shown_together_only_where_that_gives_something_new() {
    let mut world = World::new(61);
    let both = || {
        let mut facts = tested();
        (facts[2], facts[3]) = (vaccinated()[2].clone(), vaccinated()[3].clone());
        facts
    };
    for records in [vec![tested(), tested()], vec![vaccinated(), vaccinated()], vec![both(), tested()], vec![tested()]]
    {
        let mut wallet = wallet(&mut world, &records);
        assert_eq!(renew_all(&mut wallet, &mut world).len(), records.len(), "{records:?}");
    }
    let mut wallet = wallet(&mut world, &[tested(), vaccinated()]);
    assert_eq!(wallet.lacking_together(world.now), [[0, 1]]);
    renew_all(&mut wallet, &mut world);
    assert_eq!(wallet.lacking_together(world.now), <[[usize; 2]; 0]>::default(), "all of it is here");
    wallet.wish_for_hint(HintWish::Include);
    assert!(wallet.lacking_together(world.now).is_empty(), "with hints that differ they give nothing");
    world.later(24);
    wallet.wish_for_hint(HintWish::LeaveOut);
    assert!(wallet.lacking_together(world.now).is_empty(), "the test counts for tomorrow as the last day");
}

#[test]
fn a_raised_series_and_another_wish_are_asked_for_again() {
    let mut world = World::new(62);
    let mut wallet = wallet(&mut world, &[tested(), vaccinated_too()]);
    renew_all(&mut wallet, &mut world);
    wallet.wish_for_hint(HintWish::Include);
    assert_eq!(wallet.lacking_together(world.now), [[0, 1]]);
    renew_all(&mut wallet, &mut world);
    assert_eq!(together(&wallet, 0), 2, "in the place of those without the hint");
    world.later(1);
    world.publish(|body| {
        body.floors.insert(today(), 1);
    });
    wallet.advance(world.list.bytes(), world.now).unwrap();
    assert_eq!(wallet.lacking_together(world.now), [[0, 1]]);
    renew_all(&mut wallet, &mut world);
    assert_eq!(can_show(&wallet, &world, RULE), Ok(()));
}

#[test]
fn renewing_one_record_alone_keeps_what_two_gave_and_removing_either_drops_it() {
    let mut world = World::new(63);
    for removed in [0, 1] {
        let mut wallet = wallet(&mut world, &[vaccinated_too(), tested()]);
        renew_all(&mut wallet, &mut world);
        for index in [0, 1] {
            let task = Task::renew(&wallet, index, None).unwrap();
            carry_out(task, &mut wallet, &mut world).unwrap();
        }
        assert_eq!(together(&wallet, 0), 2);
        assert_eq!(can_show(&wallet, &world, RULE), Ok(()));
        wallet.forget(removed).unwrap();
        assert_eq!(together(&wallet, 0), 0);
        assert_eq!(can_show(&wallet, &world, RULE), Err(Nothing::NoPass));
        assert_eq!(can_show(&wallet, &world, "entry"), Ok(()), "what the other gives alone is untouched");
    }
}

#[test]
fn the_file_knows_which_record_a_pass_rests_on() {
    let mut world = World::new(64);
    let mut wallet = wallet(&mut world, &[tested(), vaccinated_too()]);
    renew_all(&mut wallet, &mut world);
    let bytes = wallet.seal(Kind::Wallet, b"passphrase", Cost::new(8, 1).unwrap(), &mut world.rng).unwrap();
    let mut opened = Vault::open(Kind::Wallet, b"passphrase", &bytes).unwrap();
    assert_eq!(opened.record_views(), wallet.record_views());
    opened.forget(1).unwrap();
    assert_eq!(together(&opened, 0), 0);
}

#[test]
fn of_three_records_each_two_are_looked_at() {
    let mut world = World::new(65);
    let mut wallet = wallet(&mut world, &[tested(), vaccinated_too(), tested()]);
    assert_eq!(wallet.lacking_together(world.now), [[0, 1], [1, 2]]);
    assert_eq!(renew_all(&mut wallet, &mut world).len(), 5);
    wallet.forget(0).unwrap();
    assert_eq!(can_show(&wallet, &world, RULE), Ok(()), "by the other test");
}

#[test]
fn a_record_that_is_removed_while_the_office_thinks_ends_the_task() {
    let mut world = World::new(66);
    let mut wallet = wallet(&mut world, &[tested(), vaccinated_too()]);
    let office: IssuerUrl = world.issuer();
    let mut task = Task::renew_together(&wallet, [0, 1], Some(office)).unwrap();
    for _ in 0..2 {
        let reply = world.answer(task.call().unwrap()).unwrap();
        let _: Save = task.answer(&reply, &mut wallet, world.now, &mut world.rng).unwrap();
    }
    let reply = world.answer(task.call().unwrap()).unwrap();
    wallet.forget(1).unwrap();
    assert_eq!(task.answer(&reply, &mut wallet, world.now, &mut world.rng), Err(NotDone::NoRecord));
    assert!(wallet.records()[0].passes().is_empty());
    assert_eq!(Task::renew_together(&wallet, [0, 1], None).err(), Some(NotDone::NoRecord));
}

/// What the wallet says to the answer that an office makes to its two records.
fn answered(seed: u64, office: impl Fn(&World, &Renewal<'_>) -> OfficeAnswer) -> Result<usize, Refusal> {
    let mut world = World::new(seed);
    let wallet = wallet(&mut world, &[vaccinated_too(), tested()]);
    let basis = [&wallet.records()[0], &wallet.records()[1]];
    let (secret, trust, hint) = (wallet.secret(), wallet.trust(), HintWish::LeaveOut);
    let renewal = Renewal::new(basis, secret, trust, NONCE, hint, world.now, &mut world.rng).unwrap();
    assert!(matches!(renewal.request().presentation, Records::Two(_)));
    let answer = office(&world, &renewal);
    renewal.receive(&answer.to_bytes()).map(|passes| passes.len())
}

/// An office that signs for each slot what `change` makes of the pass that is due.
fn signing(
    world: &World,
    renewal: &Renewal<'_>,
    change: impl Fn(u16, Option<Claims>) -> Option<Claims>,
) -> OfficeAnswer {
    let records = world.records_shown(renewal.request());
    let presented: Vec<_> = records.iter().map(|(record_type, claims)| Presented { record_type, claims }).collect();
    world.passes_by(renewal.request(), |slot, commitment| {
        let due = slot.rule.apply(&presented, &slot.key.key_type, slot.epoch);
        let later = slot.epoch.day.number() - today().number();
        change(later, due).map(|claims| world.sign_pass(slot, &claims, commitment))
    })
}

#[test]
fn n6_an_office_that_answers_two_records_with_anything_but_the_rules_is_refused() {
    let honest = answered(70, |world, renewal| world.passes(renewal.request()));
    assert_eq!(honest, Ok(2));
    let missing = answered(71, |world, renewal| signing(world, renewal, |later, due| due.filter(|_| later != 1)));
    assert_eq!(missing, Err(Refusal::Missing(today().plus(1))));
    let undue = answered(72, |world, renewal| {
        let some = std::cell::RefCell::new(None);
        signing(world, renewal, |_, due| {
            let claims = due.or_else(|| some.borrow().clone());
            some.replace(claims.clone());
            claims
        })
    });
    assert_eq!(undue, Err(Refusal::Undue(today().plus(2))));
    let another = answered(73, |world, renewal| {
        // Signed for a commitment of the office's own.
        let own = HolderSecret::from_bytes(&[1; 32]).unwrap();
        let (own, _) = holder::commit(&own, &mut ChaCha20Rng::seed_from_u64(1)).unwrap();
        let own = holder::verify_commitment(&own).unwrap();
        let records = world.records_shown(renewal.request());
        let presented: Vec<_> = records.iter().map(|(record_type, claims)| Presented { record_type, claims }).collect();
        world.passes_by(renewal.request(), |slot, _| {
            let due = slot.rule.apply(&presented, &slot.key.key_type, slot.epoch);
            due.map(|claims| world.sign_pass(slot, &claims, &own))
        })
    });
    assert_eq!(another, Err(Refusal::Signature(today())));
    let as_if_alone = answered(74, |world, renewal| {
        let alone = "health-record".parse().unwrap();
        OfficeAnswer::new(world.list.slots(&[&alone], renewal.first_day(), 4).iter().map(|_| None)).unwrap()
    });
    assert!(matches!(as_if_alone, Err(Refusal::Count { expected: 4, got: 12 })), "{as_if_alone:?}");
}

#[test]
fn the_size_of_request_and_answer_tells_nothing_but_how_many_records() {
    let mut world = World::new(75);
    let mut sizes = Vec::new();
    for records in [[vaccinated(), tested()], [tested(), tested()], [vaccinated(), vaccinated()]] {
        let wallet = wallet(&mut world, &records);
        let basis = [&wallet.records()[0], &wallet.records()[1]];
        let (secret, trust, hint) = (wallet.secret(), wallet.trust(), HintWish::LeaveOut);
        let renewal = Renewal::new(basis, secret, trust, NONCE, hint, world.now, &mut world.rng).unwrap();
        sizes.push((renewal.request().to_bytes().len(), world.passes(renewal.request()).to_bytes().len()));
    }
    assert!(sizes.windows(2).all(|pair| pair[0] == pair[1]), "{sizes:?}");
}
