//! What both databases keep to. Every promise below is tested on SQLite and on PostgreSQL, and wherever somebody could come in between,
//! by many tasks at once over two replicas.

mod codes;
mod labs;
mod orders;
mod people;
mod tables;
mod withdrawals;

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
use crate::testing::{enrolment, seeded, some_act};

use codes::*;
use labs::*;
use orders::*;
use people::*;
use tables::*;
use withdrawals::*;

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
        assert!(here.change_lab(LabChange::Enrol(&lab(LAB)), enrolment()).await.unwrap());
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
