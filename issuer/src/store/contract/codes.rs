//! Results, their codes, and what is kept of them; each promise runs `on_sqlite` and `on_postgres`.

use super::*;

pub(super) async fn a_reference_is_added_once(replicas: Replicas) {
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

pub(super) async fn a_code_belongs_to_the_first_commitment_that_comes(replicas: Replicas) {
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

pub(super) async fn a_new_code_and_a_redemption_exclude_each_other(replicas: Replicas) {
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

pub(super) async fn tries_are_counted_however_many_come_at_once(replicas: Replicas) {
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

pub(super) async fn a_rest_that_a_clock_ahead_has_given_counts_no_more(replicas: Replicas) {
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

pub(super) async fn what_waits_is_counted(replicas: Replicas) {
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

pub(super) async fn an_acknowledged_result_is_forgotten_and_a_waiting_one_is_not(replicas: Replicas) {
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

pub(super) async fn codes_end_at_their_time_and_each_once(replicas: Replicas) {
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

pub(super) async fn results_are_forgotten_when_nothing_of_them_waits(replicas: Replicas) {
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
