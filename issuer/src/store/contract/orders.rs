//! Orders that get their result later, and corrections; each promise runs `on_sqlite` and `on_postgres`.

use super::*;

pub(super) async fn an_order_belongs_to_the_first_commitment_that_waits(replicas: Replicas) {
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

pub(super) async fn an_order_is_completed_once_whoever_cancels_or_replaces_it(replicas: Replicas) {
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

pub(super) async fn an_order_ends_at_its_time_and_its_result_gets_a_time_of_its_own(replicas: Replicas) {
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

pub(super) async fn an_order_never_takes_the_place_of_a_result(replicas: Replicas) {
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

pub(super) async fn of_many_corrections_at_once_one_takes_the_place_of_the_record(replicas: Replicas) {
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

pub(super) async fn a_correction_and_a_withdrawal_leave_no_old_record(replicas: Replicas) {
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
