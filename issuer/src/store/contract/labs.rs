//! Labs, their quotas and their keys; each promise runs `on_sqlite` and `on_postgres`.

use super::*;

pub(super) async fn api_keys_come_in_until_they_end(replicas: Replicas) {
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

pub(super) async fn a_lab_is_enrolled_once_and_is_what_was_said_last(replicas: Replicas) {
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

pub(super) async fn nobody_adds_more_than_a_quota_however_many_come_at_once(replicas: Replicas) {
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

pub(super) async fn several_results_are_added_together_or_not_at_all(replicas: Replicas) {
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

pub(super) async fn nothing_is_added_for_a_lab_after_the_act_of_its_suspension(replicas: Replicas) {
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

pub(super) async fn another_labs_results_are_not_there(replicas: Replicas) {
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
