//! Many codes at once are decided upon as one after the other.
#![allow(clippy::unwrap_used, clippy::panic)] // a test says what is wrong by failing

mod world;

use bauta_spec::presentation::Mode;
use bauta_spec::qr;
use bauta_verifier::{Before, Door, Entered, Memory, Refusal, Seen, in_words};
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use world::{World, after};

/// Codes of every kind: good ones first, then what is refused before its proof is looked at, by its proof, and for its day.
fn codes(world: &mut World) -> Vec<String> {
    let (pass, entry, now) = (world.entry_pass(), world.policy("entry"), world.now);
    let bytes = world.show_in(Mode::OneWay, &pass, &entry, now);
    // In the last scalar: the challenge. And in the middle: a point or another scalar.
    let [bad_challenge, bad_middle] = [bytes.len() - 1, bytes.len() / 2].map(|place| {
        let mut bytes = bytes.clone();
        bytes[place] ^= 1;
        qr::to_text(&bytes)
    });
    let with_hint = world.policy("entry-with-hint");
    let (early, late) = (after(now, -60), after(now, 300));
    vec![
        world.code(),
        world.code(),
        world.show(&pass, &entry, early),
        bad_challenge,
        bad_middle,
        world.show(&pass, &entry, late),
        world.show(&pass, &with_hint, now),
        "BTA1:".to_owned(),
        String::new(),
    ]
}

#[test]
fn a_bad_code_among_good_ones_is_named_and_a_copy_is_seen() {
    let mut world = World::new(1);
    let codes = codes(&mut world);
    let mut door = world.door("entry");
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let scanned = [&codes[0], &codes[3], &codes[1], &codes[7]].map(String::as_str);
    let reasons = |decisions: Vec<Result<_, Refusal>>| decisions.into_iter().map(Result::err).collect::<Vec<_>>();
    let first = reasons(door.scan_batch(&scanned, &world.list, world.now, &mut rng));
    assert_eq!(first, [None, Some(Refusal::ProofInvalid), None, Some(Refusal::Malformed)]);
    // The same codes once more, when a hand that shakes is no excuse any more; and nothing at all.
    let later = after(world.now, 20);
    let again = reasons(door.scan_batch(&scanned[..3], &world.list, later, &mut rng));
    assert_eq!(again, [Some(Refusal::AlreadyShown), Some(Refusal::ProofInvalid), Some(Refusal::AlreadyShown)]);
    assert_eq!(reasons(door.scan_batch(&[], &world.list, later, &mut rng)), []);
}

#[test]
fn a_poster_of_another_list_is_red_for_the_whole_batch() {
    let mut world = World::new(2);
    let poster =
        world.poster_naming("event", (world.list.version() + 1, [9; 32])).verify(&world.root.public()).unwrap();
    let code = world.answer(&poster);
    let memory = Memory::from(Seen::from_opening(&mut world.rng)).with(Entered::in_memory(&mut world.rng));
    let mut door = Door::new(poster.poster().policy(), memory);
    door.hang(poster, Before::NobodyCame, &world.list, world.now).unwrap();
    world.publish(|_| ());
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    for decided in door.scan_batch(&[&code, "BTA1:"], &world.list, world.now, &mut rng) {
        assert_eq!(decided.unwrap_err(), Refusal::PosterOfOtherList);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever comes in whatever order and however often, in batches a few seconds apart.
    #[test]
    fn a_batch_is_decided_upon_as_one_code_after_the_other(
        seed: u64,
        batches in proptest::collection::vec((0..15_i64, proptest::collection::vec(0..9_usize, 0..8)), 1..5),
    ) {
        let mut world = World::new(seed);
        let codes = codes(&mut world);
        let (mut together, mut singly) = (world.door("entry"), world.door("entry"));
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let mut now = world.now;
        for (seconds, chosen) in batches {
            now = after(now, seconds);
            let scanned: Vec<&str> = chosen.iter().map(|code| codes[*code].as_str()).collect();
            let batch = together.scan_batch(&scanned, &world.list, now, &mut rng);
            let batch: Vec<String> = batch.iter().map(in_words).collect();
            let single: Vec<String> = scanned.iter().map(|code| in_words(&singly.scan(code, &world.list, now))).collect();
            prop_assert_eq!(batch, single);
        }
    }
}
