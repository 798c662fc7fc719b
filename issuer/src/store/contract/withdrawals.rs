//! What is withdrawn, and who hears of it; each promise runs `on_sqlite` and `on_postgres`.

use super::*;

pub(super) async fn a_withdrawn_result_has_no_code_and_is_told_to_offices(replicas: Replicas) {
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

pub(super) async fn a_withdrawal_and_a_new_code_leave_nothing_to_collect(replicas: Replicas) {
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

pub(super) async fn withdrawals_become_visible_in_the_order_of_their_numbers(replicas: Replicas) {
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

pub(super) async fn how_far_an_office_has_heard_never_goes_back(replicas: Replicas) {
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

pub(super) async fn many_are_withdrawn_in_steps_and_each_once(replicas: Replicas) {
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
