//! What both databases keep to. Every promise below is tested on SQLite and on PostgreSQL, and wherever somebody could come in between,
//! by many tasks at once over two replicas.

mod people;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use bauta_spec::attributes::{Binding, Handle};
use bauta_spec::time::{Day, Moment};
use rand_core::Rng as _;
use tokio::task::JoinSet;

use super::{
    Adding, ApiKeyEntry, Batch, Change, Count, DatabaseAddress, Guess, Heard, LabChange, NewOrder, NewPending,
    NewResult, NotAdmitted, Progress, Reach, Replaced, Store, Waiting, Which, Withdrawal,
};
use crate::acts::{ActKind, NewAct};
use crate::lab::Operator;
use crate::labs::{Lab, Vocabulary};
use crate::pickup::SealingKey;
use crate::secrets::{CodeMac, OrderMac, ReferenceMac, Secrets, ServerSecret};
use crate::staff::{Actor, LabName, StaffRole};
use crate::testing::postgres::Cluster;
use crate::testing::{seeded, some_act};

use people::{
    a_copy_lets_nobody_in_who_came_before_it, a_name_is_given_once_to_an_account_or_a_key,
    a_proposal_is_approved_once_by_somebody_else, a_session_ends_when_it_is_old_or_idle,
    an_invitation_is_redeemed_once, digits_begin_one_session, tries_under_any_name_are_counted,
    whoever_is_invited_again_begins_anew, whoever_is_suspended_is_out_at_once,
};

const NOW: Moment = Moment::from_unix(1_800_000_000);
const LATER: Moment = Moment::from_unix(1_800_100_000);
const TODAY: Day = Day::new(20_800);

macro_rules! contract {
    ($($promise:ident),+ $(,)?) => {
        mod on_sqlite {
            $(
                #[test]
                fn $promise() {
                    let folder = tempfile::tempdir().unwrap();
                    let file = folder.path().join("bauta.db");
                    super::held(file.to_str().unwrap(), super::$promise);
                }
            )+
        }

        mod on_postgres {
            $(
                #[test]
                fn $promise() {
                    let cluster = super::Cluster::shared();
                    super::held(&cluster.database(), super::$promise);
                }
            )+
        }
    };
}

contract!(
    a_reference_is_added_once,
    a_code_belongs_to_the_first_commitment_that_comes,
    a_new_code_and_a_redemption_exclude_each_other,
    tries_are_counted_however_many_come_at_once,
    an_acknowledged_result_is_forgotten_and_a_waiting_one_is_not,
    a_withdrawn_result_has_no_code_and_is_told_to_offices,
    a_withdrawal_and_a_new_code_leave_nothing_to_collect,
    withdrawals_become_visible_in_the_order_of_their_numbers,
    an_order_belongs_to_the_first_commitment_that_waits,
    an_order_is_completed_once_whoever_cancels_or_replaces_it,
    an_order_ends_at_its_time_and_its_result_gets_a_time_of_its_own,
    an_order_never_takes_the_place_of_a_result,
    of_many_corrections_at_once_one_takes_the_place_of_the_record,
    a_correction_and_a_withdrawal_leave_no_old_record,
    a_rest_that_a_clock_ahead_has_given_counts_no_more,
    what_waits_is_counted,
    codes_end_at_their_time_and_each_once,
    results_are_forgotten_when_nothing_of_them_waits,
    how_far_an_office_has_heard_never_goes_back,
    api_keys_come_in_until_they_end,
    the_newest_trust_list_stays,
    numbers_beyond_the_database_are_the_last_ones,
    a_lab_is_enrolled_once_and_is_what_was_said_last,
    nobody_adds_more_than_a_quota_however_many_come_at_once,
    several_results_are_added_together_or_not_at_all,
    nothing_is_added_for_a_lab_after_the_act_of_its_suspension,
    another_labs_results_are_not_there,
    many_are_withdrawn_in_steps_and_each_once,
    a_name_is_given_once_to_an_account_or_a_key,
    an_invitation_is_redeemed_once,
    digits_begin_one_session,
    tries_under_any_name_are_counted,
    a_session_ends_when_it_is_old_or_idle,
    whoever_is_suspended_is_out_at_once,
    whoever_is_invited_again_begins_anew,
    a_proposal_is_approved_once_by_somebody_else,
    a_copy_lets_nobody_in_who_came_before_it,
);

/// Runs one promise over two replicas of a service.
fn held<F: Future<Output = ()>>(address: &str, promise: impl FnOnce(Replicas) -> F) {
    let address: DatabaseAddress = address.parse().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    runtime.block_on(async {
        // At the same moment: one of them makes the tables.
        let (here, there) = tokio::join!(Store::open(&address, None), Store::open(&address, None));
        let (here, there) = (here.unwrap(), there.unwrap());
        assert!(here.change_lab(LabChange::Enrol(&lab(LAB)), some_act()).await.unwrap());
        promise(Replicas(here.clone(), there.clone())).await;
        here.close().await;
        there.close().await;
    });
}

/// The lab of most promises, with the settings' quota.
const LAB: &str = "lab";

/// Enough for every promise but that of quotas.
const QUOTA: u32 = 1_000_000;

fn name(lab: &str) -> LabName {
    lab.parse().unwrap()
}

fn lab(lab: &str) -> Lab {
    Lab { name: name(lab), enrolled: TODAY, vocabulary: None, quota: None, suspended: false }
}

struct Replicas(Store, Store);

impl Replicas {
    /// Does `act` with each number below `many`, all at once, on both replicas in turn.
    async fn at_once<T, F>(&self, many: u64, act: impl Fn(Store, u64) -> F) -> Vec<T>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let mut tasks = JoinSet::new();
        for number in 0..many {
            let replica = if number % 2 == 0 { &self.0 } else { &self.1 };
            tasks.spawn(act(replica.clone(), number));
        }
        tasks.join_all().await
    }
}

/// A result and what waits for it.
struct Example {
    handle: Handle,
    reference: ReferenceMac,
    code: CodeMac,
    new_code: CodeMac,
    sealing_key: SealingKey,
    new_sealing_key: SealingKey,
    tied: OrderMac,
    sealed: Vec<u8>,
    added: Day,
    expires: Moment,
}

impl Example {
    fn new(number: u64) -> Arc<Self> {
        Arc::new(Self::plain(number))
    }

    fn plain(number: u64) -> Self {
        let secrets: Secrets = ServerSecret::generate(&mut seeded(1)).derive();
        let mut handle = [0; Handle::LEN];
        seeded(number).fill_bytes(&mut handle);
        let handle = Handle::new(handle);
        let record_type = "health-record".parse().unwrap();
        let reference = secrets.reference_mac("lab", &number.to_string());
        let key = |byte| {
            let mut key = [byte; SealingKey::LEN];
            key[..8].copy_from_slice(&number.to_be_bytes());
            SealingKey::from_bytes(key)
        };
        Self {
            handle,
            sealing_key: key(1),
            new_sealing_key: key(2),
            tied: secrets.order_mac(&handle, &reference, &record_type, &key(1)),
            reference: secrets.reference_mac("lab", &number.to_string()),
            code: secrets.code_mac(&number.to_be_bytes()),
            new_code: secrets.code_mac(&(!number).to_be_bytes()),
            sealed: vec![7; 2088],
            added: TODAY,
            expires: LATER,
        }
    }

    async fn add_to(&self, store: &Store) -> Option<Progress> {
        match self.add_for(&name(LAB), store, QUOTA).await {
            Adding::New => None,
            Adding::Known(kept) => Some(kept.progress),
            Adding::NotAdmitted(why) => panic!("{why:?}"),
        }
    }

    async fn add_for(&self, lab: &LabName, store: &Store, quota: u32) -> Adding {
        let result = NewResult {
            handle: &self.handle,
            lab,
            operator: "desk",
            reference: &self.reference,
            added: self.added,
            quota,
        };
        store.add(result, self.pending(&self.code), some_act()).await.unwrap()
    }

    async fn order_in(&self, store: &Store) -> Option<Progress> {
        let lab = name(LAB);
        let result = NewResult {
            handle: &self.handle,
            lab: &lab,
            operator: "desk",
            reference: &self.reference,
            added: self.added,
            quota: QUOTA,
        };
        let order = NewOrder { sealing_key: &self.sealing_key, mac: &self.tied };
        let pending = NewPending { order: Some(order), ..self.pending(&self.code) };
        match store.add(result, pending, some_act()).await.unwrap() {
            Adding::New => None,
            Adding::Known(kept) => Some(kept.progress),
            Adding::NotAdmitted(why) => panic!("{why:?}"),
        }
    }

    async fn order_again(&self, store: &Store) -> bool {
        let order = NewOrder { sealing_key: &self.new_sealing_key, mac: &self.tied };
        let pending = NewPending { order: Some(order), ..self.pending(&self.new_code) };
        done(store.replace(&self.handle, &name(LAB), pending, TODAY.plus(1), some_act()).await.unwrap())
    }

    /// Adds `facts` to the order as it is now, if it is one.
    async fn complete_in(&self, store: &Store, facts: &[u8]) -> bool {
        let Some(order) = store.open_order(&self.reference, NOW).await.unwrap() else { return false };
        let when = (NOW, TODAY.plus(2));
        done(store.complete(&order, &name(LAB), facts, LATER, when, some_act()).await.unwrap())
    }

    /// Puts `new` in the place of this one, of which a record was made.
    async fn reissue_in(&self, store: &Store, new: &Self) -> bool {
        let secrets: Secrets = ServerSecret::generate(&mut seeded(1)).derive();
        let superseded = secrets.superseded_mac(&self.handle);
        let lab = name(LAB);
        let result = NewResult {
            handle: &new.handle,
            lab: &lab,
            operator: "desk",
            reference: &self.reference,
            added: TODAY.plus(1),
            quota: QUOTA,
        };
        done(store.reissue(&self.handle, &superseded, result, new.pending(&new.code), some_act()).await.unwrap())
    }

    async fn give_new_code(&self, store: &Store) -> bool {
        let pending = self.pending(&self.new_code);
        done(store.replace(&self.handle, &name(LAB), pending, TODAY.plus(1), some_act()).await.unwrap())
    }

    async fn withdraw_in(&self, store: &Store, day: Day) -> Withdrawal {
        store.withdraw(&name(LAB), &Which::Handle(self.handle), day, some_act()).await.unwrap()
    }

    fn pending<'a>(&'a self, code: &'a CodeMac) -> NewPending<'a> {
        NewPending { code, sealed: &self.sealed, expires: self.expires, order: None }
    }

    async fn progress_in(&self, store: &Store) -> Option<Progress> {
        let by_handle = store.find(&name(LAB), &Which::Handle(self.handle)).await.unwrap().map(|kept| kept.progress);
        let by_reference = store.find(&name(LAB), &Which::Reference(self.reference.clone())).await.unwrap();
        assert_eq!(by_handle, by_reference.map(|kept| kept.progress));
        by_handle
    }
}

fn done(replaced: Replaced) -> bool {
    match replaced {
        Replaced::Done => true,
        Replaced::TooLate => false,
        Replaced::NotAdmitted(why) => panic!("{why:?}"),
    }
}

fn binding(number: u64) -> Binding {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    Binding::new(bytes)
}

async fn all_withdrawn(store: &Store) -> Vec<Handle> {
    store.withdrawn_after(0, 10_000).await.unwrap().into_iter().map(|(_, handle)| handle).collect()
}

async fn a_reference_is_added_once(replicas: Replicas) {
    for round in 0..10 {
        let examples: Vec<Example> = (0..12)
            .map(|one| Example {
                reference: Example::plain(round).reference,
                ..Example::plain(1000 + 100 * round + one)
            })
            .collect();
        let examples = Arc::new(examples);
        let known = replicas.at_once(12, |store, one| {
            let examples = Arc::clone(&examples);
            async move { examples[one as usize].add_to(&store).await }
        });
        let known = known.await;
        assert_eq!(known.iter().filter(|known| known.is_none()).count(), 1, "{known:?}");
        assert!(known.iter().flatten().all(|progress| *progress == Progress::Waiting));
        let mut codes = 0;
        for example in examples.iter() {
            codes += usize::from(replicas.0.waiting(&example.code, NOW).await.unwrap().is_some());
        }
        assert_eq!(codes, 1, "only the code of the one that was added opens anything");
    }
}

async fn a_code_belongs_to_the_first_commitment_that_comes(replicas: Replicas) {
    for round in 0..10 {
        let example = Example::new(round);
        example.add_to(&replicas.0).await;
        let redeem = |store: Store, one| {
            let example = Arc::clone(&example);
            async move { store.redeem(&example.code, &binding(one), NOW).await.unwrap().map(|found| (one, found)) }
        };
        let got: Vec<_> = replicas.at_once(32, redeem).await.into_iter().flatten().collect();
        assert_eq!(got.len(), 1);
        let (winner, found) = &got[0];
        assert_eq!(found, &(example.handle, example.sealed.clone()));
        let again: Vec<_> = replicas.at_once(32, redeem).await.into_iter().flatten().collect();
        assert_eq!(&again, &[(*winner, found.clone())], "the first may come again, and nobody else");
        assert_eq!(example.progress_in(&replicas.1).await, Some(Progress::Redeemed));
    }
}

async fn a_new_code_and_a_redemption_exclude_each_other(replicas: Replicas) {
    let (mut redeemed, mut replaced) = (0, 0);
    for round in 0..60 {
        let example = Example::new(round);
        example.add_to(&replicas.0).await;
        let done = replicas.at_once(2, |store, one| {
            let example = Arc::clone(&example);
            async move {
                // Who begins first changes from round to round.
                if one == round % 2 {
                    store.redeem(&example.code, &binding(1), NOW).await.unwrap().is_some()
                } else {
                    !example.give_new_code(&store).await
                }
            }
        });
        let done = done.await;
        assert_eq!(done[0], done[1], "round {round}: a record for the old code and a new code as well, or neither");
        let new = replicas.0.redeem(&example.new_code, &binding(2), NOW).await.unwrap();
        assert_eq!(new.is_some(), !done[0]);
        let old = replicas.1.redeem(&example.code, &binding(1), NOW).await.unwrap();
        assert_eq!(old.is_some(), done[0]);
        redeemed += u32::from(done[0]);
        replaced += u32::from(!done[0]);
    }
    println!("{redeemed} redeemed, {replaced} replaced");
    let example = Example::new(1000);
    assert!(!example.give_new_code(&replicas.0).await, "there is no such result");
}

async fn tries_are_counted_however_many_come_at_once(replicas: Replicas) {
    let example = Example::new(1);
    example.add_to(&replicas.0).await;
    let rest = Moment::from_unix(NOW.unix() + 900);
    let guess = |store: Store, _| {
        let example = Arc::clone(&example);
        async move { store.guess(&example.code, NOW, 5, rest).await.unwrap() }
    };
    let guesses = replicas.at_once(24, guess).await;
    let counted =
        guesses.iter().filter(|guess| matches!(guess, Guess::Counted(sealed) if sealed.handle == example.handle));
    assert_eq!(counted.count(), 5);
    assert_eq!(guesses.iter().filter(|guess| matches!(guess, Guess::Locked(until) if *until == rest)).count(), 19);
    assert!(matches!(replicas.0.guess(&example.code, rest, 5, LATER).await.unwrap(), Guess::Counted(..)));
    for _ in 0..8 {
        replicas.0.guessed_right(&example.code).await.unwrap();
        assert!(matches!(replicas.0.guess(&example.code, NOW, 5, rest).await.unwrap(), Guess::Counted(..)));
    }
    assert!(matches!(replicas.0.guess(&example.new_code, NOW, 5, rest).await.unwrap(), Guess::Unknown));
    assert!(matches!(replicas.0.guess(&example.code, LATER, 5, LATER).await.unwrap(), Guess::Unknown));
}

async fn a_rest_that_a_clock_ahead_has_given_counts_no_more(replicas: Replicas) {
    let example = Example::new(1);
    example.add_to(&replicas.0).await;
    let rest = |now: Moment| Moment::from_unix(now.unix() + 900);
    let ahead = Moment::from_unix(NOW.unix() + 24 * 60 * 60);
    for _ in 0..5 {
        assert!(matches!(replicas.0.guess(&example.code, ahead, 5, rest(ahead)).await.unwrap(), Guess::Counted(..)));
    }
    assert!(matches!(replicas.1.guess(&example.code, ahead, 5, rest(ahead)).await.unwrap(), Guess::Locked(_)));
    for _ in 0..5 {
        assert!(matches!(replicas.0.guess(&example.code, NOW, 5, rest(NOW)).await.unwrap(), Guess::Counted(..)));
    }
    let until = rest(NOW);
    let locked = replicas.1.guess(&example.code, NOW, 5, until).await.unwrap();
    assert!(matches!(locked, Guess::Locked(moment) if moment == until), "five tries are five tries by any clock");
}

async fn what_waits_is_counted(replicas: Replicas) {
    for number in 0..6 {
        let example = Example::new(number);
        example.add_to(&replicas.0).await;
        if number < 4 {
            replicas.0.redeem(&example.code, &binding(number), NOW).await.unwrap();
        }
        if number < 1 {
            replicas.0.acknowledge(&example.code).await.unwrap();
        }
    }
    assert_eq!(replicas.1.count_waiting().await.unwrap(), Waiting { unused: 2, redeemed: 3 });
    replicas.0.expire(LATER).await.unwrap();
    assert_eq!(replicas.1.count_waiting().await.unwrap(), Waiting { unused: 0, redeemed: 0 });
}

async fn an_acknowledged_result_is_forgotten_and_a_waiting_one_is_not(replicas: Replicas) {
    let example = Example::new(1);
    example.add_to(&replicas.0).await;
    replicas.1.acknowledge(&example.code).await.unwrap();
    assert_eq!(example.progress_in(&replicas.0).await, Some(Progress::Waiting), "nobody has collected it");
    replicas.0.redeem(&example.code, &binding(1), NOW).await.unwrap();
    for _ in 0..2 {
        replicas.1.acknowledge(&example.code).await.unwrap();
        assert_eq!(example.progress_in(&replicas.0).await, Some(Progress::Collected));
    }
    assert!(replicas.0.waiting(&example.code, NOW).await.unwrap().is_none());
    assert!(replicas.0.redeem(&example.code, &binding(1), NOW).await.unwrap().is_none());
    assert!(!example.give_new_code(&replicas.0).await);
}

async fn a_withdrawn_result_has_no_code_and_is_told_to_offices(replicas: Replicas) {
    let examples: Vec<_> = (0..4).map(Example::new).collect();
    for (number, example) in examples.iter().enumerate() {
        example.add_to(&replicas.0).await;
        if number > 0 {
            replicas.0.redeem(&example.code, &binding(1), NOW).await.unwrap();
        }
        if number > 1 {
            replicas.0.acknowledge(&example.code).await.unwrap();
        }
        assert!(!replicas.0.is_withdrawn(&example.handle).await.unwrap());
        let which =
            if number % 2 == 0 { Which::Handle(example.handle) } else { Which::Reference(example.reference.clone()) };
        for _ in 0..2 {
            let Withdrawal::Done(kept) =
                replicas.1.withdraw(&name(LAB), &which, TODAY.plus(3), some_act()).await.unwrap()
            else {
                panic!("it is there");
            };
            assert_eq!((kept.handle, kept.added, kept.progress), (example.handle, TODAY, Progress::Withdrawn));
        }
        assert!(replicas.0.is_withdrawn(&example.handle).await.unwrap());
        assert!(replicas.0.redeem(&example.code, &binding(1), NOW).await.unwrap().is_none());
        assert!(!example.give_new_code(&replicas.0).await);
    }
    let told = replicas.0.withdrawn_after(0, 3).await.unwrap();
    assert_eq!(told.iter().map(|(_, handle)| *handle).collect::<Vec<_>>(), [0, 1, 2].map(|one| examples[one].handle));
    let rest = replicas.1.withdrawn_after(told[2].0, 3).await.unwrap();
    assert_eq!(rest.iter().map(|(_, handle)| *handle).collect::<Vec<_>>(), [examples[3].handle]);
    let unknown = Example::new(9).withdraw_in(&replicas.0, TODAY).await;
    assert!(matches!(unknown, Withdrawal::Unknown));
    let counts = replicas.0.counts(&name(LAB)).await.unwrap();
    assert_eq!(counts, [Count { day: TODAY, progress: Progress::Withdrawn, number: 4 }]);
}

async fn a_withdrawal_and_a_new_code_leave_nothing_to_collect(replicas: Replicas) {
    for round in 0..30 {
        let example = Example::new(round);
        example.add_to(&replicas.0).await;
        replicas
            .at_once(4, |store, one| {
                let example = Arc::clone(&example);
                async move {
                    match (one + round) % 4 {
                        0 => {
                            example.withdraw_in(&store, TODAY).await;
                        }
                        1 => drop(example.give_new_code(&store).await),
                        2 => drop(store.redeem(&example.code, &binding(1), NOW).await.unwrap()),
                        _ => store.acknowledge(&example.code).await.unwrap(),
                    }
                }
            })
            .await;
        assert_eq!(example.progress_in(&replicas.0).await, Some(Progress::Withdrawn));
        for code in [&example.code, &example.new_code] {
            assert!(replicas.0.redeem(code, &binding(1), NOW).await.unwrap().is_none());
        }
    }
}

async fn withdrawals_become_visible_in_the_order_of_their_numbers(replicas: Replicas) {
    const MANY: u64 = 60;
    for number in 0..MANY {
        Example::new(number).add_to(&replicas.0).await;
    }
    let listening = {
        let store = replicas.1.clone();
        tokio::spawn(async move {
            let (mut heard, mut last) = (BTreeSet::new(), 0);
            while heard.len() < MANY as usize {
                tokio::time::sleep(Duration::from_millis(1)).await;
                for (number, handle) in store.withdrawn_after(last, 1000).await.unwrap() {
                    assert!(number > last);
                    last = number;
                    heard.insert(handle.bytes());
                }
                if all_withdrawn(&store).await.len() as u64 == MANY && heard.len() < MANY as usize {
                    let missed = MANY as usize - heard.len();
                    assert!(store.withdrawn_after(last, 1).await.unwrap().len() == 1, "{missed} were never told");
                }
            }
        })
    };
    replicas
        .at_once(MANY, |store, number| async move {
            let example = Example::new(number);
            if number % 3 == 0 {
                let heard = Heard { at: NOW, number };
                store.hear("https://lab.example", heard, &[example.handle], TODAY).await.unwrap();
            } else {
                example.withdraw_in(&store, TODAY).await;
            }
        })
        .await;
    listening.await.unwrap();
}

async fn an_order_belongs_to_the_first_commitment_that_waits(replicas: Replicas) {
    for round in 0..10 {
        let example = Example::new(round);
        assert_eq!(example.order_in(&replicas.0).await, None);
        assert_eq!(example.order_in(&replicas.1).await, Some(Progress::Ordered));
        let wait = |store: Store, one| {
            let example = Arc::clone(&example);
            async move { store.wait_for_result(&example.code, &binding(one), NOW).await.unwrap().then_some(one) }
        };
        let got: Vec<u64> = replicas.at_once(16, wait).await.into_iter().flatten().collect();
        assert_eq!(got.len(), 1);
        let again: Vec<u64> = replicas.at_once(16, wait).await.into_iter().flatten().collect();
        assert_eq!(again, got, "the first may come again, and nobody else");
        assert!(replicas.0.redeem(&example.code, &binding(got[0]), NOW).await.unwrap().is_none(), "there is no result");
        assert_eq!(example.progress_in(&replicas.1).await, Some(Progress::Ordered));
        replicas.0.acknowledge(&example.code).await.unwrap();
        assert!(replicas.1.waiting(&example.code, NOW).await.unwrap().is_some_and(|sealed| sealed.ordered));

        let facts = vec![9; 2088];
        assert!(example.complete_in(&replicas.0, &facts).await);
        assert_eq!(example.progress_in(&replicas.1).await, Some(Progress::Waiting), "no record is made yet");
        assert!(!replicas.1.wait_for_result(&example.code, &binding(got[0]), NOW).await.unwrap());
        let redeem = |store: Store, one| {
            let example = Arc::clone(&example);
            async move { store.redeem(&example.code, &binding(one), NOW).await.unwrap().map(|found| (one, found)) }
        };
        let redeemed: Vec<_> = replicas.at_once(16, redeem).await.into_iter().flatten().collect();
        assert_eq!(redeemed, [(got[0], (example.handle, facts))]);
    }
    assert!(!replicas.0.wait_for_result(&Example::new(99).code, &binding(1), NOW).await.unwrap());
}

async fn an_order_is_completed_once_whoever_cancels_or_replaces_it(replicas: Replicas) {
    let (mut completed, mut cancelled, mut replaced) = (0, 0, 0);
    for round in 0..60 {
        let example = Example::new(round);
        example.order_in(&replicas.0).await;
        let done = replicas.at_once(6, |store, one| {
            let example = Arc::clone(&example);
            async move {
                match (one + round) % 6 {
                    0 if round.is_multiple_of(3) => {
                        example.withdraw_in(&store, TODAY).await;
                        false
                    }
                    1 if round % 3 == 1 => {
                        example.order_again(&store).await;
                        false
                    }
                    // Which wallet waits is of no account here.
                    2 => store.wait_for_result(&example.code, &binding(one), NOW).await.is_err(),
                    _ => example.complete_in(&store, &[one as u8; 2088]).await,
                }
            }
        });
        let done = done.await.into_iter().filter(|done| *done).count();
        let progress = example.progress_in(&replicas.0).await.unwrap();
        match progress {
            Progress::Waiting => assert_eq!(done, 1, "round {round}"),
            Progress::Ordered => assert_eq!(done, 0, "round {round}"),
            Progress::Withdrawn => assert!(done <= 1, "round {round}"),
            other => panic!("round {round}: {other}"),
        }
        completed += u32::from(progress == Progress::Waiting);
        cancelled += u32::from(progress == Progress::Withdrawn);
        let new_code = replicas.1.waiting(&example.new_code, NOW).await.unwrap().is_some();
        let old_code = replicas.1.waiting(&example.code, NOW).await.unwrap().is_some();
        assert_eq!(u32::from(new_code) + u32::from(old_code), u32::from(progress != Progress::Withdrawn));
        replaced += u32::from(new_code);
    }
    println!("{completed} completed, {cancelled} cancelled, {replaced} with a new code");
}

async fn an_order_ends_at_its_time_and_its_result_gets_a_time_of_its_own(replicas: Replicas) {
    let ends = Example { expires: NOW, ..Example::plain(1) };
    ends.order_in(&replicas.0).await;
    let before = Moment::from_unix(NOW.unix() - 1);
    assert!(replicas.1.wait_for_result(&ends.code, &binding(1), before).await.unwrap());
    assert!(!replicas.1.wait_for_result(&ends.code, &binding(1), NOW).await.unwrap());
    assert!(!ends.complete_in(&replicas.0, &ends.sealed).await, "its time is over");
    assert_eq!(replicas.0.expire(NOW).await.unwrap(), 1);
    assert_eq!(ends.progress_in(&replicas.1).await, Some(Progress::Expired));

    let lasts = Example { expires: Moment::from_unix(NOW.unix() + 1), ..Example::plain(2) };
    lasts.order_in(&replicas.0).await;
    assert!(replicas.0.wait_for_result(&lasts.code, &binding(1), NOW).await.unwrap());
    assert!(lasts.complete_in(&replicas.1, &lasts.sealed).await);
    assert_eq!(replicas.0.expire(Moment::from_unix(LATER.unix() - 1)).await.unwrap(), 0);
    let kept = replicas.0.find(&name(LAB), &Which::Handle(lasts.handle)).await.unwrap().unwrap();
    assert_eq!((kept.added, kept.progress), (TODAY.plus(2), Progress::Waiting), "its record lasts from today");
    assert_eq!(replicas.0.expire(LATER).await.unwrap(), 1);
    assert_eq!(lasts.progress_in(&replicas.1).await, Some(Progress::Expired), "nobody has collected it");
}

async fn an_order_never_takes_the_place_of_a_result(replicas: Replicas) {
    let mut given = 0;
    for round in 0..40 {
        let example = Example::new(round);
        example.order_in(&replicas.0).await;
        let done = replicas.at_once(2, |store, one| {
            let example = Arc::clone(&example);
            async move {
                if (one + round).is_multiple_of(2) {
                    return example.complete_in(&store, &example.sealed).await;
                }
                example.order_again(&store).await;
                false
            }
        });
        // Completed and then ordered anew would be a result that is lost.
        let completed = done.await.contains(&true);
        let progress = example.progress_in(&replicas.0).await.unwrap();
        let code_is_new = replicas.1.waiting(&example.new_code, NOW).await.unwrap().is_some();
        assert_eq!(progress == Progress::Waiting, completed, "round {round}");
        assert!(!example.order_again(&replicas.1).await || !completed, "round {round}");
        given += u32::from(code_is_new);
    }
    println!("{given} new codes");
    let result = Example::new(1000);
    result.add_to(&replicas.0).await;
    assert!(!result.order_again(&replicas.0).await);
    assert!(result.give_new_code(&replicas.0).await);
    let order = Example::new(1001);
    order.order_in(&replicas.0).await;
    replicas.0.wait_for_result(&order.code, &binding(1), NOW).await.unwrap();
    assert!(order.give_new_code(&replicas.1).await, "the facts given with a new code count");
    assert_eq!(order.progress_in(&replicas.0).await, Some(Progress::Waiting));
    assert!(replicas.0.redeem(&order.new_code, &binding(2), NOW).await.unwrap().is_some(), "nobody has waited with it");
}

async fn of_many_corrections_at_once_one_takes_the_place_of_the_record(replicas: Replicas) {
    for round in 0..12 {
        let example = Example::new(round);
        example.add_to(&replicas.0).await;
        let news: Vec<Example> = (0..8).map(|one| Example::plain(1000 + 100 * round + one)).collect();
        let news = Arc::new(news);
        assert!(!example.reissue_in(&replicas.0, &news[0]).await, "no record was made of it");
        replicas.0.redeem(&example.code, &binding(1), NOW).await.unwrap();
        let reissued = replicas.at_once(8, |store, one| {
            let (example, news) = (Arc::clone(&example), Arc::clone(&news));
            async move {
                match one {
                    // The wallet says at the same moment that the record has arrived.
                    0 if round.is_multiple_of(2) => {
                        store.acknowledge(&example.code).await.unwrap();
                        None
                    }
                    _ => example.reissue_in(&store, &news[one as usize]).await.then_some(one as usize),
                }
            }
        });
        let reissued: Vec<usize> = reissued.await.into_iter().flatten().collect();
        let [reissued] = reissued[..] else { panic!("one takes its place: {reissued:?}") };
        let winner = &news[reissued];
        for (number, new) in news.iter().enumerate() {
            let waits = replicas.1.waiting(&new.code, NOW).await.unwrap().is_some();
            assert_eq!(waits, reissued == number, "one new record is possible");
        }
        let kept = replicas.0.find(&name(LAB), &Which::Reference(example.reference.clone())).await.unwrap().unwrap();
        assert_eq!((kept.handle, kept.progress), (winner.handle, Progress::Waiting));
        let old = replicas.0.find(&name(LAB), &Which::Handle(example.handle)).await.unwrap().unwrap();
        assert_eq!(old.progress, Progress::Withdrawn);
        assert!(replicas.1.is_withdrawn(&example.handle).await.unwrap());
        assert!(!replicas.1.is_withdrawn(&winner.handle).await.unwrap());
        assert!(replicas.0.redeem(&example.code, &binding(1), NOW).await.unwrap().is_none());
        assert!(!example.reissue_in(&replicas.1, &news[7]).await, "and never again");
    }
}

async fn a_correction_and_a_withdrawal_leave_no_old_record(replicas: Replicas) {
    let (mut one_left, mut none_left) = (0, 0);
    for round in 0..30 {
        let (example, new) = (Example::new(round), Arc::new(Example::plain(1000 + round)));
        example.add_to(&replicas.0).await;
        replicas.0.redeem(&example.code, &binding(1), NOW).await.unwrap();
        replicas.0.acknowledge(&example.code).await.unwrap();
        let done = replicas.at_once(2, |store, one| {
            let (example, new) = (Arc::clone(&example), Arc::clone(&new));
            async move {
                match (one + round) % 2 {
                    0 => example.reissue_in(&store, &new).await,
                    _ => {
                        let which = Which::Reference(example.reference.clone());
                        store.withdraw(&name(LAB), &which, TODAY, some_act()).await.unwrap();
                        false
                    }
                }
            }
        });
        let reissued = done.await.contains(&true);
        assert!(replicas.1.is_withdrawn(&example.handle).await.unwrap(), "the old record, whoever was first");
        let waits = replicas.0.waiting(&new.code, NOW).await.unwrap().is_some();
        // Withdrawn after the correction, by its reference, is the correction.
        assert_eq!(waits, reissued && !replicas.1.is_withdrawn(&new.handle).await.unwrap());
        one_left += u32::from(waits);
        none_left += u32::from(!waits);
    }
    println!("{one_left} with a correction, {none_left} without");
}

async fn codes_end_at_their_time_and_each_once(replicas: Replicas) {
    let mut examples = Vec::new();
    for number in 0..40 {
        let expires = if number % 4 == 3 { LATER } else { NOW };
        let example = Example { expires, ..Example::plain(number) };
        example.add_to(&replicas.0).await;
        if number % 4 == 1 {
            let before = Moment::from_unix(NOW.unix() - 1);
            replicas.0.redeem(&example.code, &binding(1), before).await.unwrap();
        }
        assert_eq!(replicas.1.waiting(&example.code, NOW).await.unwrap().is_some(), number % 4 == 3);
        assert_eq!(replicas.1.redeem(&example.code, &binding(1), NOW).await.unwrap().is_some(), number % 4 == 3);
        examples.push(example);
    }
    let gone = replicas.at_once(4, |store, _| async move { store.expire(NOW).await.unwrap() }).await;
    // Whoever is passed over because another replica is at it is taken by the next round at the latest.
    let rest = replicas.0.expire(NOW).await.unwrap();
    assert_eq!(gone.iter().sum::<u64>() + rest, 30);
    for (number, example) in examples.iter().enumerate() {
        let progress = [Progress::Expired, Progress::Collected, Progress::Expired, Progress::Redeemed][number % 4];
        assert_eq!(example.progress_in(&replicas.0).await, Some(progress));
    }
    assert!(examples[0].give_new_code(&replicas.1).await, "who comes too late gets a new code");
    assert_eq!(examples[0].progress_in(&replicas.0).await, Some(Progress::Waiting));
    assert!(!examples[1].give_new_code(&replicas.1).await);
}

async fn results_are_forgotten_when_nothing_of_them_waits(replicas: Replicas) {
    let (old, cut) = (TODAY.minus(400), TODAY.minus(300));
    let examples: Vec<_> =
        (0..4).map(|one| Example { added: if one == 3 { TODAY } else { old }, ..Example::plain(one) }).collect();
    for example in &examples {
        example.add_to(&replicas.0).await;
    }
    for collected in [&examples[1], &examples[3]] {
        replicas.0.redeem(&collected.code, &binding(1), NOW).await.unwrap();
        replicas.0.acknowledge(&collected.code).await.unwrap();
    }
    examples[2].withdraw_in(&replicas.0, old).await;
    let forgotten =
        replicas.at_once(2, |store, _| async move { store.forget_before(cut, old, cut).await.unwrap() }).await;
    assert_eq!(forgotten.iter().sum::<u64>(), 2);
    let mut left = Vec::new();
    for example in &examples {
        left.push(example.progress_in(&replicas.0).await);
    }
    assert_eq!(left, [Some(Progress::Waiting), None, None, Some(Progress::Collected)]);
    assert_eq!(all_withdrawn(&replicas.0).await, [examples[2].handle], "withdrawals are remembered longer");
    replicas.0.forget_before(cut, old.plus(1), cut).await.unwrap();
    assert_eq!(all_withdrawn(&replicas.0).await, []);
    let heard = Heard { at: NOW, number: 1 };
    replicas.0.hear("https://lab.example", heard, &[examples[0].handle], TODAY).await.unwrap();
    assert!(replicas.0.withdrawn_after(1, 1).await.unwrap()[0].0 > 1, "no number is used again");
}

async fn how_far_an_office_has_heard_never_goes_back(replicas: Replicas) {
    let lab = "https://lab.example";
    assert_eq!(replicas.0.heard(lab).await.unwrap(), None);
    let handles = [1, 2].map(|one| Example::new(one).handle);
    let hear = |at: u64, number| {
        let store = replicas.0.clone();
        async move { store.hear(lab, Heard { at: Moment::from_unix(at), number }, &handles, TODAY).await.unwrap() }
    };
    hear(100, 7).await;
    hear(160, 7).await;
    hear(200, 5).await;
    let heard = Heard { at: Moment::from_unix(160), number: 7 };
    assert_eq!(replicas.1.heard(lab).await.unwrap(), Some(heard), "a replica that is behind does not turn it back");
    hear(220, 9).await;
    assert_eq!(replicas.1.heard(lab).await.unwrap(), Some(Heard { at: Moment::from_unix(220), number: 9 }));
    assert_eq!(all_withdrawn(&replicas.1).await, handles, "each handle once");
    assert_eq!(replicas.1.heard("https://other.example").await.unwrap(), None);
}

async fn api_keys_come_in_until_they_end(replicas: Replicas) {
    let secrets: Secrets = ServerSecret::generate(&mut seeded(1)).derive();
    let mac = |key: &[u8]| secrets.api_key_mac(key);
    assert!(
        replicas
            .0
            .add_api_key("desk", StaffRole::Operator, Some(&name(LAB)), &mac(b"1"), TODAY, some_act())
            .await
            .unwrap()
    );
    assert!(!replicas.1.add_api_key("desk", StaffRole::Office, None, &mac(b"2"), TODAY, some_act()).await.unwrap());
    assert!(replicas.1.add_api_key("office", StaffRole::Office, None, &mac(b"3"), TODAY, some_act()).await.unwrap());
    let desk = Actor::let_in("desk".parse().unwrap(), Some(name(LAB)), StaffRole::Operator);
    assert_eq!(replicas.1.api_key(&mac(b"1")).await.unwrap(), Some(desk));
    assert_eq!(replicas.1.api_key(&mac(b"2")).await.unwrap(), None);
    assert!(replicas.0.end_api_key("desk", Reach::Lab(&name(LAB)), some_act()).await.unwrap());
    assert!(!replicas.0.end_api_key("nobody", Reach::All, some_act()).await.unwrap());
    assert!(!replicas.0.end_api_key("office", Reach::Lab(&name(LAB)), some_act()).await.unwrap(), "it is no lab's");
    assert_eq!(replicas.1.api_key(&mac(b"1")).await.unwrap(), None);
    assert!(
        !replicas
            .0
            .add_api_key("desk", StaffRole::Operator, Some(&name(LAB)), &mac(b"4"), TODAY, some_act())
            .await
            .unwrap(),
        "no name twice"
    );
    let entry = |name: &str, role, lab, ended| ApiKeyEntry { name: name.to_owned(), role, lab, made: TODAY, ended };
    let keys =
        [entry("desk", StaffRole::Operator, Some(name(LAB)), true), entry("office", StaffRole::Office, None, false)];
    assert_eq!(replicas.0.api_keys(Reach::All).await.unwrap(), keys);
}

async fn the_newest_trust_list_stays(replicas: Replicas) {
    assert_eq!(replicas.0.trust_list().await.unwrap(), None);
    replicas.0.answers().await.unwrap();
    let keep = |store: Store, version: u64| async move {
        let version = u32::try_from(version).unwrap();
        store.keep_trust_list(version, &version.to_be_bytes()).await.unwrap();
    };
    replicas.at_once(20, keep).await;
    assert_eq!(replicas.1.trust_list().await.unwrap(), Some(19_u32.to_be_bytes().to_vec()));
}

async fn numbers_beyond_the_database_are_the_last_ones(replicas: Replicas) {
    let end = Moment::from_unix(u64::MAX);
    let example = Example { expires: end, ..Example::plain(1) };
    example.add_to(&replicas.0).await;
    assert!(replicas.1.waiting(&example.code, LATER).await.unwrap().is_some());
    assert!(replicas.1.waiting(&example.code, end).await.unwrap().is_none());
    assert_eq!(replicas.1.withdrawn_after(u64::MAX, u32::MAX).await.unwrap(), []);
}

async fn a_lab_is_enrolled_once_and_is_what_was_said_last(replicas: Replicas) {
    let enrol = |store: Store, one: u64| async move {
        let quota = Some(u32::try_from(one).unwrap());
        store.change_lab(LabChange::Enrol(&Lab { quota, ..lab("clinic") }), some_act()).await.unwrap()
    };
    let enrolled = replicas.at_once(8, enrol).await;
    assert_eq!(enrolled.iter().filter(|first| **first).count(), 1);
    let vocabulary: Vocabulary = r#"{"health-record":{"tested":["naat"]}}"#.parse().unwrap();
    let (clinic, nobody) = (name("clinic"), name("nobody"));
    for (lab, there) in [(&clinic, true), (&nobody, false)] {
        assert_eq!(replicas.0.change_lab(LabChange::Quota(lab, Some(5)), some_act()).await.unwrap(), there);
        assert_eq!(
            replicas.1.change_lab(LabChange::Vocabulary(lab, Some(&vocabulary)), some_act()).await.unwrap(),
            there
        );
        assert_eq!(replicas.0.change_lab(LabChange::Suspend(lab), some_act()).await.unwrap(), there);
    }
    let said = Lab { quota: Some(5), vocabulary: Some(vocabulary), suspended: true, ..lab("clinic") };
    assert_eq!(replicas.1.lab(&clinic).await.unwrap(), Some(said.clone()));
    assert_eq!(replicas.1.labs().await.unwrap(), [said, lab(LAB)]);
    assert_eq!(replicas.1.lab(&nobody).await.unwrap(), None);
    assert!(!replicas.0.change_lab(LabChange::Resume(&nobody), some_act()).await.unwrap());
    assert!(replicas.0.change_lab(LabChange::Resume(&clinic), some_act()).await.unwrap());
    assert!(replicas.0.change_lab(LabChange::Quota(&clinic, None), some_act()).await.unwrap());
    assert!(replicas.0.change_lab(LabChange::Vocabulary(&clinic, None), some_act()).await.unwrap());
    assert_eq!(replicas.1.lab(&clinic).await.unwrap(), Some(lab("clinic")));
}

async fn nobody_adds_more_than_a_quota_however_many_come_at_once(replicas: Replicas) {
    const QUOTA: u64 = 20;
    let lab = name(LAB);
    for (round, own) in [None, Some(20)].into_iter().enumerate() {
        replicas.0.change_lab(LabChange::Quota(&lab, own), some_act()).await.unwrap();
        let settings = if own.is_some() { 1 } else { 20 };
        let day = TODAY.plus(u16::try_from(round).unwrap());
        let example = move |one| Example { added: day, ..Example::plain(1000 * (round as u64 + 1) + one) };
        let add = |store: Store, one| {
            let lab = name(LAB);
            async move { example(one).add_for(&lab, &store, settings).await }
        };
        let added = replicas.at_once(2 * QUOTA, add).await;
        assert_eq!(added.iter().filter(|added| matches!(added, Adding::New)).count() as u64, QUOTA);
        let reached = |added: &&Adding| matches!(added, Adding::NotAdmitted(NotAdmitted::QuotaReached));
        assert_eq!(added.iter().filter(reached).count() as u64, QUOTA);
        let mut there = Vec::new();
        for one in 0..2 * QUOTA {
            there.extend(example(one).progress_in(&replicas.1).await.map(|_| one));
        }
        assert_eq!(there.len() as u64, QUOTA, "a refused result is not there");
        let known = example(there[0]).add_for(&lab, &replicas.0, settings).await;
        assert!(matches!(known, Adding::Known(_)), "a known reference does not count: {known:?}");
        let next = Example { added: day.plus(7), ..Example::plain(5000 + round as u64) };
        assert!(matches!(next.add_for(&lab, &replicas.0, settings).await, Adding::New), "another day is another quota");
    }
    // Only days that are over are forgotten.
    replicas.1.forget_before(Day::new(0), Day::new(0), TODAY.plus(1)).await.unwrap();
    let again = |day| Example { added: day, ..Example::plain(u64::from(day.number())) };
    assert!(matches!(again(TODAY).add_for(&lab, &replicas.0, 1).await, Adding::New));
    assert!(matches!(again(TODAY.plus(1)).add_for(&lab, &replicas.0, 1).await, Adding::NotAdmitted(_)));
    replicas.0.change_lab(LabChange::Quota(&lab, Some(0)), some_act()).await.unwrap();
    assert!(matches!(again(TODAY.plus(60)).add_for(&lab, &replicas.0, 9).await, Adding::NotAdmitted(_)));
    let unknown = again(TODAY.plus(61)).add_for(&name("nobody"), &replicas.0, 9).await;
    assert!(matches!(unknown, Adding::NotAdmitted(NotAdmitted::Unknown)), "{unknown:?}");
}

async fn several_results_are_added_together_or_not_at_all(replicas: Replicas) {
    async fn add(store: &Store, examples: &[Example], quota: u32) -> bool {
        let lab = name(LAB);
        let results = examples
            .iter()
            .map(|one| {
                let Example { handle, reference, added, .. } = one;
                let result = NewResult { handle, lab: &lab, operator: "desk", reference, added: *added, quota };
                (result, one.pending(&one.code))
            })
            .collect();
        store.add_all(results, some_act()).await.unwrap()
    }
    async fn there(store: &Store) -> u64 {
        store.counts(&name(LAB)).await.unwrap().iter().map(|count| count.number).sum()
    }
    // The same references, in another order each time: one comes first with each, and nobody waits in a circle.
    let added = replicas.at_once(12, |store, one| async move {
        let mut examples: Vec<Example> = (0..50)
            .map(|number| Example {
                reference: Example::plain(number).reference,
                ..Example::plain(100 * (one + 1) + number)
            })
            .collect();
        examples.rotate_left(4 * one as usize);
        add(&store, &examples, 1000).await
    });
    assert_eq!(added.await.into_iter().filter(|added| *added).count(), 1);
    assert_eq!(there(&replicas.0).await, 50);
    let more = |from: u64, to: u64| (from..to).map(|one| Example::plain(5000 + one)).collect::<Vec<_>>();
    assert!(!add(&replicas.0, &more(0, 51), 100).await, "one more than what is left of the quota");
    assert!(add(&replicas.1, &more(0, 50), 100).await);
    assert!(!add(&replicas.1, &more(50, 51), 100).await);
    assert!(add(&replicas.1, &[], 100).await);
    replicas.0.change_lab(LabChange::Suspend(&name(LAB)), some_act()).await.unwrap();
    assert!(!add(&replicas.1, &more(50, 51), 1000).await);
    assert_eq!(there(&replicas.0).await, 100);
    // One act for each, and those of the lab.
    let acts = replicas.0.acts_after(0, 1000).await.unwrap();
    assert_eq!(acts.len(), 100 + 2);
}

async fn nothing_is_added_for_a_lab_after_the_act_of_its_suspension(replicas: Replicas) {
    let lab = name(LAB);
    let kinds = |kind| NewAct { kind, ..some_act() };
    let mut refused = 0;
    for round in 0..10_u64 {
        let mut tasks = JoinSet::new();
        for one in 0..12 {
            let (store, lab) = (if one % 2 == 0 { &replicas.0 } else { &replicas.1 }.clone(), lab.clone());
            tasks.spawn(async move {
                if one == 5 {
                    store.change_lab(LabChange::Suspend(&lab), kinds(ActKind::LabSuspended)).await.unwrap();
                    return false;
                }
                let example = Example::plain(100 * round + one);
                // Whoever has a result gives it a new code, so that both ways to enter facts are raced.
                match example.add_for(&lab, &store, QUOTA).await {
                    Adding::New => {
                        let pending = example.pending(&example.new_code);
                        store.replace(&example.handle, &lab, pending, TODAY, some_act()).await.unwrap()
                            == Replaced::NotAdmitted(NotAdmitted::Suspended)
                    }
                    Adding::NotAdmitted(NotAdmitted::Suspended) => true,
                    other => panic!("{other:?}"),
                }
            });
        }
        refused += tasks.join_all().await.into_iter().filter(|refused| *refused).count();
        let acts = replicas.0.acts_after(0, 10_000).await.unwrap();
        assert_eq!(acts.last().unwrap().0.kind, "lab-suspended", "round {round}");
        assert!(replicas.1.change_lab(LabChange::Resume(&lab), kinds(ActKind::LabResumed)).await.unwrap());
    }
    println!("{refused} came too late");
}

async fn another_labs_results_are_not_there(replicas: Replicas) {
    let other = name("clinic");
    assert!(replicas.0.change_lab(LabChange::Enrol(&lab("clinic")), some_act()).await.unwrap());
    let example = Example::new(1);
    example.add_to(&replicas.0).await;
    for which in [Which::Handle(example.handle), Which::Reference(example.reference.clone())] {
        assert!(replicas.0.find(&other, &which).await.unwrap().is_none());
        let withdrawal = replicas.1.withdraw(&other, &which, TODAY, some_act()).await.unwrap();
        assert!(matches!(withdrawal, Withdrawal::Unknown));
    }
    let pending = example.pending(&example.new_code);
    let replaced = replicas.0.replace(&example.handle, &other, pending, TODAY, some_act()).await.unwrap();
    assert_eq!(replaced, Replaced::TooLate);
    assert_eq!(replicas.0.counts(&other).await.unwrap(), []);
    let everything = Batch { operator: None, since: Day::new(0) };
    assert_eq!(replicas.0.withdraw_some(&other, everything, TODAY, 10, some_act()).await.unwrap(), 0);
    assert_eq!(example.progress_in(&replicas.1).await, Some(Progress::Waiting));
    assert!(replicas.0.waiting(&example.code, NOW).await.unwrap().is_some());
}

async fn many_are_withdrawn_in_steps_and_each_once(replicas: Replicas) {
    const MANY: u64 = 90;
    let other = name("clinic");
    assert!(replicas.0.change_lab(LabChange::Enrol(&lab("clinic")), some_act()).await.unwrap());
    // Three days, two operators, two labs; some collected, some redeemed, some taken back before.
    let example = |one: u64| Example { added: TODAY.plus((one % 3) as u16), ..Example::plain(one) };
    let whose =
        |one: u64| (if one % 9 == 8 { "clinic" } else { LAB }, if one.is_multiple_of(2) { "desk" } else { "temp" });
    for one in 0..MANY {
        let (example, (lab, operator)) = (example(one), whose(one));
        let (Example { handle, reference, added, .. }, lab) = (&example, name(lab));
        let result = NewResult { handle, lab: &lab, operator, reference, added: *added, quota: QUOTA };
        assert!(matches!(
            replicas.0.add(result, example.pending(&example.code), some_act()).await.unwrap(),
            Adding::New
        ));
        if one % 5 > 1 {
            replicas.0.redeem(&example.code, &binding(one), NOW).await.unwrap();
        }
        if one % 5 > 2 {
            replicas.0.acknowledge(&example.code).await.unwrap();
        }
        if one % 5 == 4 {
            replicas.0.withdraw(&lab, &Which::Handle(*handle), TODAY, some_act()).await.unwrap();
        }
    }
    let acts_before = replicas.0.acts_after(0, 10_000).await.unwrap().len();
    let temp: Operator = "temp".parse().unwrap();
    let step = |store: Store, _| {
        let temp = temp.clone();
        async move {
            let batch = Batch { operator: Some(&temp), since: TODAY.plus(1) };
            store.withdraw_some(&name(LAB), batch, TODAY, 4, some_act()).await.unwrap()
        }
    };
    let hit = |one: u64| whose(one) == (LAB, "temp") && one % 3 >= 1 && one % 5 != 4;
    let expected = (0..MANY).filter(|one| hit(*one)).count() as u64;
    let steps = replicas.at_once(30, step).await;
    assert_eq!(steps.iter().map(|withdrawn| u64::from(*withdrawn)).sum::<u64>(), expected, "each once");
    assert!(steps.iter().all(|withdrawn| *withdrawn <= 4));
    for one in 0..MANY {
        let (example, lab) = (example(one), name(whose(one).0));
        let kept = replicas.1.find(&lab, &Which::Handle(example.handle)).await.unwrap().unwrap();
        let withdrawn = hit(one) || one % 5 == 4;
        assert_eq!(kept.progress == Progress::Withdrawn, withdrawn, "{one}");
        assert_eq!(replicas.1.is_withdrawn(&example.handle).await.unwrap(), withdrawn, "{one}");
        let waits = replicas.1.waiting(&example.code, NOW).await.unwrap().is_some();
        assert_eq!(waits, !withdrawn && one % 5 < 3, "{one}");
    }
    // An act for each step that did something, with what it did.
    let acts = replicas.0.acts_after(0, 10_000).await.unwrap();
    let told: u64 = acts[acts_before..].iter().map(|(act, _)| act.about.trim().parse::<u64>().unwrap()).sum();
    assert_eq!(told, expected);

    let everything = Batch { operator: None, since: Day::new(0) };
    let whole_lab = |store: Store, _| async move {
        store.withdraw_some(&name(LAB), everything, TODAY, 1000, some_act()).await.unwrap()
    };
    let rest = (0..MANY).filter(|one| whose(*one).0 == LAB && !hit(*one) && one % 5 != 4).count() as u64;
    let steps = replicas.at_once(4, whole_lab).await;
    assert_eq!(steps.iter().map(|withdrawn| u64::from(*withdrawn)).sum::<u64>(), rest);
    assert!(replicas.0.counts(&name(LAB)).await.unwrap().iter().all(|count| count.progress == Progress::Withdrawn));
    let others = replicas.0.counts(&other).await.unwrap();
    assert_eq!(others.iter().map(|count| count.number).sum::<u64>(), MANY / 9);
    // Offices that run apart hear all of them, in pages.
    let (mut heard, mut last) = (0, 0);
    loop {
        let page = replicas.1.withdrawn_after(last, 7).await.unwrap();
        let Some((number, _)) = page.last() else { break };
        (last, heard) = (*number, heard + page.len() as u64);
    }
    let withdrawn = (0..MANY).filter(|one| whose(*one).0 == LAB || one % 5 == 4).count() as u64;
    assert_eq!(heard, withdrawn);
}

/// What another replica is changing right now is left to it: nobody waits, nobody does it twice.
#[test]
fn background_work_passes_over_what_another_replica_is_busy_with() {
    let cluster = Cluster::shared();
    held(&cluster.database(), async |replicas: Replicas| {
        for number in 0..3 {
            Example { expires: NOW, added: TODAY.minus(400), ..Example::plain(number) }.add_to(&replicas.0).await;
        }
        let mut busy = replicas.0.database.change().await.unwrap();
        assert!(matches!(busy, Change::Postgres(_)));
        let handle = &Example::new(0).handle;
        busy.run("UPDATE result SET state = 'withdrawn' WHERE handle = $1", [handle.into()]).await.unwrap();
        assert_eq!(replicas.1.expire(NOW).await.unwrap(), 2);
        assert_eq!(replicas.1.forget_before(TODAY, TODAY, TODAY).await.unwrap(), 2);
        // A change that is dropped ends some time later, and this one must have ended.
        busy.commit().await.unwrap();
        assert_eq!(replicas.1.expire(NOW).await.unwrap(), 1);
        assert_eq!(replicas.1.forget_before(TODAY, TODAY, TODAY).await.unwrap(), 1);
    });
}

#[test]
fn a_database_that_version_0_1_wrote_is_opened_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bauta.db");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        use sqlx::Connection as _;
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&file).create_if_missing(true);
        let mut old = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::raw_sql(include_str!("../../tests/databases/sqlite-at-migration-3.sql")).execute(&mut old).await.unwrap();
        old.close().await.unwrap();

        let store = Store::open(&DatabaseAddress::Sqlite(file), None).await.unwrap();
        let (lab, day) = (name("city-lab"), Day::new(20_780));
        let count = |progress, number| Count { day, progress, number };
        let counts = [count(Progress::Collected, 1), count(Progress::Waiting, 2), count(Progress::Withdrawn, 1)];
        assert_eq!(store.counts(&lab).await.unwrap(), counts);
        assert_eq!(store.trust_list().await.unwrap(), Some(vec![0x83, 0x01, 0x58]));
        let handle = "c3c246d3beb10e2bd3a5573a2fc1d17f".parse().unwrap();
        store.withdraw(&lab, &Which::Handle(handle), day, some_act()).await.unwrap();
        let withdrawn = store.withdrawn_after(1, 10).await.unwrap();
        assert_eq!(withdrawn, [(2, handle)], "numbers go on where they were");
    });
}

/// What a newer version adds is no obstacle to this one: a replica that starts again while the others are already newer.
#[test]
fn tables_that_a_newer_version_has_made_are_opened() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bauta.db").to_str().unwrap().to_owned();
    let cluster = Cluster::shared();
    for address in [file, cluster.database()] {
        let address: DatabaseAddress = address.parse().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let newer = Store::open(&address, None).await.unwrap();
            for added in [
                "ALTER TABLE result ADD COLUMN colour TEXT",
                "CREATE TABLE later (one INTEGER PRIMARY KEY)",
                "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 SELECT 9999, 'later', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1",
            ] {
                newer.database.run(added, []).await.unwrap();
            }
            let older = Store::open(&address, None).await.unwrap();
            assert!(older.change_lab(LabChange::Enrol(&lab(LAB)), some_act()).await.unwrap());
            let example = Example::new(1);
            assert!(example.add_to(&older).await.is_none());
            assert!(newer.redeem(&example.code, &binding(1), NOW).await.unwrap().is_some());
        });
    }
}

/// Two replicas of version 0.1 add and redeem, by the statements of that version, while two of this one start.
#[test]
fn tables_are_brought_up_to_date_while_replicas_of_a_version_before_go_on() {
    use sqlx::migrate::Migrator;
    use std::sync::atomic::{AtomicBool, Ordering};

    const TASKS: u8 = 6;
    let cluster = Cluster::shared();
    let address = cluster.database();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let before = sqlx::PgPool::connect(&address).await.unwrap();
        let all = sqlx::migrate!("migrations/postgres");
        let first = all.iter().filter(|step| step.version <= 3).cloned().collect();
        Migrator::with_migrations(first).run(&before).await.unwrap();
        let over = Arc::new(AtomicBool::new(false));
        let mut tasks = JoinSet::new();
        for task in 0..TASKS {
            let (before, over) = (before.clone(), Arc::clone(&over));
            tasks.spawn(async move {
                let mut done = 0_u64;
                while !over.load(Ordering::Relaxed) {
                    let mut name = [task; 32];
                    name[8..16].copy_from_slice(&done.to_be_bytes());
                    let (handle, name) = (&name[..16], &name[..]);
                    let mut change = before.begin().await?;
                    let result = "INSERT INTO result (handle, lab, operator, reference_mac, added_day, state)
                         VALUES ($1, 'lab', 'desk', $2, 20800, 'waiting')";
                    sqlx::query(result).bind(handle).bind(name).execute(&mut *change).await?;
                    let pending =
                        "INSERT INTO pending (handle, code_mac, sealed_facts, expires) VALUES ($1, $2, $2, 1800100000)";
                    sqlx::query(pending).bind(handle).bind(name).execute(&mut *change).await?;
                    change.commit().await?;
                    let redeem = "UPDATE pending SET binding = $1 WHERE code_mac = $1 AND binding IS NULL";
                    sqlx::query(redeem).bind(name).execute(&before).await?;
                    done += 1;
                }
                Ok::<u64, sqlx::Error>(done)
            });
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        let address: DatabaseAddress = address.parse().unwrap();
        let (here, there) = tokio::join!(Store::open(&address, None), Store::open(&address, None));
        let (here, there) = (here.unwrap(), there.unwrap());
        tokio::time::sleep(Duration::from_millis(300)).await;
        over.store(true, Ordering::Relaxed);
        let mut done = 0;
        while let Some(task) = tasks.join_next().await {
            done += task.unwrap().expect("no statement of the version before fails");
        }
        println!("{done} results were added and redeemed meanwhile");
        assert!(done > u64::from(TASKS), "too few to say anything: {done}");
        assert_eq!(here.count_waiting().await.unwrap(), Waiting { unused: 0, redeemed: done });
        assert!(there.change_lab(LabChange::Enrol(&lab(LAB)), some_act()).await.unwrap());
        assert!(Example::new(1).add_to(&there).await.is_none(), "and this version works on them");
    });
}
