//! When a wallet asks by itself, by a clock of the test's own.

#![allow(clippy::unwrap_used)] // a test says what is wrong by failing

mod world;

use bauta_spec::attributes::Value;
use bauta_spec::time::Moment;
use bauta_spec::trust::Advance;
use bauta_wallet::errand::{Errand, Pickup};
use bauta_wallet::schedule::{Due, LIST_EVERY, Schedule};
use bauta_wallet::task::{Save, Task};
use bauta_wallet::vault::Vault;
use world::{NotYet, Waiting, World, tested, today};

const CODE: &str = "04HMASW9NF6YZ08HMASW9NF6YZ";
const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// A wallet that keeps to its schedule, and when it did what: seconds after the start.
struct Kept {
    world: World,
    wallet: Vault,
    schedule: Schedule,
    start: Moment,
    works: bool,
    did: Vec<(Due, u64)>,
}

impl Kept {
    fn new(seed: u64, records: &[Vec<Value>]) -> Self {
        let mut world = World::new(seed);
        let mut wallet = world.wallet();
        for facts in records {
            waits(&mut world, facts.clone());
            collect(&mut wallet, &mut world);
        }
        Self::of(world, wallet)
    }

    /// The program is started, with this wallet.
    fn of(mut world: World, wallet: Vault) -> Self {
        let schedule = Schedule::new(&wallet, LIST_EVERY, world.now, &mut world.rng);
        Self { start: world.now, world, wallet, schedule, works: true, did: Vec::new() }
    }

    fn with_passes(seed: u64) -> Self {
        let Self { mut world, mut wallet, .. } = Self::new(seed, &[tested()]);
        renew(&mut wallet, &mut world);
        Self::of(world, wallet)
    }

    fn go_on(&mut self, seconds: u64) {
        for _ in 0..seconds {
            while let Some(due) = self.schedule.due(self.world.now) {
                self.did.push((due, self.world.now.unix() - self.start.unix()));
                self.does(due);
            }
            self.world.now = Moment::from_unix(self.world.now.unix() + 1);
        }
    }

    fn does(&mut self, due: Due) {
        let Self { world, wallet, schedule, works, .. } = self;
        let now = world.now;
        match due {
            Due::List => {
                let taken = if *works { Ok(wallet.advance(world.list.bytes(), now).unwrap()) } else { Err(()) };
                schedule.list_taken(&taken, wallet, now, &mut world.rng);
            }
            Due::Labs => {
                for errand in wallet.due(now).unwrap() {
                    run(Task::collect(errand, wallet, now), wallet, world);
                }
                schedule.labs_asked(wallet, now, &mut world.rng);
            }
            Due::Renewal => {
                if *works {
                    renew(wallet, world);
                }
                let result = if *works { Ok(()) } else { Err(()) };
                schedule.renewed(&result, wallet, now, &mut world.rng);
            }
        }
    }

    fn times(&self, of: Due) -> Vec<u64> {
        self.did.iter().filter(|(due, _)| *due == of).map(|(_, at)| *at).collect()
    }
}

fn waits(world: &mut World, facts: Vec<Value>) {
    world.waiting.insert(CODE.to_owned(), Waiting { record_type: "health-record", facts, taken_by: None });
}

fn collect(wallet: &mut Vault, world: &mut World) {
    let errand = Errand::new(world.issuer(), Pickup::Code(CODE.parse().unwrap()));
    run(Task::collect(errand, wallet, world.now), wallet, world);
}

fn renew(wallet: &mut Vault, world: &mut World) {
    for index in 0..wallet.records().len() {
        run(Task::renew(wallet, index, None).unwrap(), wallet, world);
    }
}

fn run(mut task: Task, wallet: &mut Vault, world: &mut World) {
    while let Some(call) = task.call() {
        let reply = world.answer(call).unwrap();
        let _: Save = task.answer(&reply, wallet, world.now, &mut world.rng).unwrap();
    }
}

fn nothing_tested() -> Vec<Value> {
    let mut facts = tested();
    facts[..2].fill(Value::Absent);
    facts
}

#[test]
fn the_list_is_fetched_at_the_start_and_then_every_six_hours_whoever_it_is() {
    for mut kept in [Kept::new(1, &[]), Kept::with_passes(2)] {
        kept.go_on(24 * HOUR);
        assert_eq!(kept.times(Due::List), [0, 6 * HOUR, 12 * HOUR, 18 * HOUR]);
    }
    let mut nobody = Kept::new(3, &[]);
    nobody.go_on(48 * HOUR);
    assert!(nobody.did.iter().all(|(due, _)| *due == Due::List), "without a record nothing else is asked");
}

#[test]
fn a_list_that_cannot_be_fetched_is_asked_for_again_after_half_an_hour() {
    let mut kept = Kept::new(4, &[]);
    kept.works = false;
    kept.go_on(HOUR + 1);
    assert_eq!(kept.times(Due::List), [0, HOUR / 2, HOUR]);
}

#[test]
fn passes_are_renewed_two_to_ten_minutes_after_the_start_and_then_once_a_day_by_chance() {
    let mut firsts = Vec::new();
    for seed in 5..13 {
        let mut kept = Kept::with_passes(seed);
        kept.go_on(32 * HOUR);
        let renewals = kept.times(Due::Renewal);
        assert!((2 * MINUTE..10 * MINUTE).contains(&renewals[0]), "{renewals:?}");
        assert!((18 * HOUR..30 * HOUR).contains(&(renewals[1] - renewals[0])), "{renewals:?}");
        firsts.push(renewals[0]);
    }
    firsts.sort_unstable();
    firsts.dedup();
    assert!(firsts.len() > 4, "wallets that start together do not come together: {firsts:?}");
}

#[test]
fn what_did_not_work_is_tried_again_in_ten_to_thirty_minutes() {
    let mut kept = Kept::with_passes(13);
    kept.works = false;
    kept.go_on(3 * HOUR);
    let renewals = kept.times(Due::Renewal);
    assert!(renewals.len() >= 5, "{renewals:?}");
    for pair in renewals.windows(2) {
        assert!((10 * MINUTE..30 * MINUTE).contains(&(pair[1] - pair[0])), "{renewals:?}");
    }
}

/// The office had the list later than the wallet, for instance.
#[test]
fn with_nothing_to_show_it_is_tried_thrice_within_two_minutes_and_then_as_ever() {
    let mut kept = Kept::new(18, &[tested()]);
    kept.works = false;
    kept.go_on(HOUR);
    let renewals = kept.times(Due::Renewal);
    assert!((2..15).contains(&renewals[0]), "{renewals:?}");
    let pauses: Vec<u64> = renewals.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(pauses[..3].iter().all(|pause| (15..30).contains(pause)), "{pauses:?}");
    assert!(pauses[3..].iter().all(|pause| (10 * MINUTE..30 * MINUTE).contains(pause)), "{pauses:?}");
    assert!(pauses.len() > 4);
}

/// A9: the honest have new passes without anybody's hand.
#[test]
fn passes_that_have_ended_are_fetched_within_seconds_of_the_list_that_ends_them() {
    let mut kept = Kept::with_passes(14);
    kept.go_on(HOUR);
    kept.world.publish(|body| body.floors.extend((0..=3).map(|day| (today().plus(day), 1))));
    let before = kept.times(Due::Renewal).len();
    kept.go_on(5 * HOUR + MINUTE);
    let list = *kept.times(Due::List).last().unwrap();
    assert_eq!(list, 6 * HOUR);
    let [after] = kept.times(Due::Renewal)[before..] else { panic!("one renewal, for the list that is newer") };
    assert!((2..15).contains(&(after - list)), "{after}");
    assert_eq!(kept.wallet.records()[0].passes()[0].epoch().series, 1);
}

#[test]
fn a_new_record_gets_its_passes_in_seconds_and_one_that_satisfies_no_rule_is_left_alone() {
    for facts in [tested(), nothing_tested()] {
        let mut kept = Kept::new(15, &[]);
        kept.go_on(HOUR);
        waits(&mut kept.world, facts);
        collect(&mut kept.wallet, &mut kept.world);
        kept.schedule.wallet_changed(&kept.wallet, kept.world.now, &mut kept.world.rng);
        kept.go_on(12 * HOUR);
        let renewals = kept.times(Due::Renewal);
        assert!(renewals.len() == 1 && (2..15).contains(&(renewals[0] - HOUR)), "{renewals:?}");
    }
}

#[test]
fn a_lab_is_asked_again_within_a_minute_of_the_moment_that_it_named() {
    let mut world = World::new(16);
    let mut wallet = world.wallet();
    world.not_yet = Some(NotYet { interval: 600, transaction: None });
    waits(&mut world, tested());
    collect(&mut wallet, &mut world);
    let mut kept = Kept::of(world, wallet);
    kept.go_on(10 * MINUTE + MINUTE);
    kept.world.not_yet = None;
    kept.go_on(12 * MINUTE);
    let asked = kept.times(Due::Labs);
    assert!((601..660).contains(&asked[0]) && (601..660).contains(&(asked[1] - asked[0])), "{asked:?}");
    assert_eq!(asked.len(), 2, "there is nothing to wait for any more");
    let renewals = kept.times(Due::Renewal);
    assert!((2..15).contains(&(renewals[0] - asked[1])), "what came has its passes fetched: {renewals:?}");
}

#[test]
fn a_lab_that_has_nothing_yet_is_no_reason_to_ask_an_office() {
    let Kept { mut world, mut wallet, .. } = Kept::new(20, &[tested()]);
    world.not_yet = Some(NotYet { interval: 60, transaction: None });
    waits(&mut world, tested());
    collect(&mut wallet, &mut world);
    let mut kept = Kept::of(world, wallet);
    kept.works = false;
    kept.go_on(HOUR);
    assert!(kept.times(Due::Labs).len() > 20);
    let renewals = kept.times(Due::Renewal);
    let pauses: Vec<u64> = renewals.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(pauses[3..].iter().all(|pause| *pause >= 10 * MINUTE), "{pauses:?}");
}

/// Each fetch takes longer than the pause between two.
#[test]
fn a_list_that_is_slow_to_come_keeps_no_renewal_waiting() {
    let Kept { mut world, wallet, .. } = Kept::new(19, &[tested()]);
    let mut schedule = Schedule::new(&wallet, 1, world.now, &mut world.rng);
    let mut did = Vec::new();
    while did.last() != Some(&Due::Renewal) && did.len() < 20 {
        did.extend(schedule.due(world.now));
        world.now = Moment::from_unix(world.now.unix() + 3);
        schedule.list_taken(&Ok::<_, ()>(Advance::Same), &wallet, world.now, &mut world.rng);
        world.now = Moment::from_unix(world.now.unix() + 3);
    }
    assert_eq!(did.last(), Some(&Due::Renewal), "{did:?}");
}

/// The same list again ends nothing, so that nobody can have a wallet ask by handing it out.
#[test]
fn a_list_that_is_known_changes_no_time() {
    let mut kept = Kept::with_passes(17);
    kept.go_on(HOUR);
    let before = kept.schedule.clone();
    let Kept { world, wallet, schedule, .. } = &mut kept;
    assert_eq!(wallet.advance(world.list.bytes(), world.now).unwrap(), Advance::Same);
    schedule.list_taken(&Ok::<_, ()>(Advance::Same), wallet, world.now, &mut world.rng);
    assert_eq!(schedule.due(world.now), None);
    assert_eq!(before.due(world.now), None);
}
