//! Several credentials of one holder under one challenge: that it holds, what it says, and what does not pass for it.
//!
//! What each hashed item is worth has `composed_transcript.rs`; the vectors are in `composed_vectors.rs`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod hostile;
mod world;

use bauta_crypto::composed::{self, ComposedProof, Part, Statement};
use bauta_crypto::holder::{self, Prover};
use bauta_crypto::pseudonym::Pseudonym;
use bauta_crypto::{InvalidProof, Proof, Unusable};
use proptest::collection::vec;
use proptest::prelude::*;
use world::{PH, World, of_one_holder};

const CONTEXT: &[u8] = b"premiere";
/// Where the part of a proof begins whose parts hide three messages each.
const PART: usize = 304;

/// A composed showing of some credentials, and what its verifier expects.
struct Shown {
    worlds: Vec<World>,
    indexes: Vec<Vec<usize>>,
    proof: ComposedProof,
    name: Option<Pseudonym>,
}

impl Shown {
    fn new(mut worlds: Vec<World>, indexes: &[&[usize]], named: bool) -> Self {
        let (proof, name) = show(&mut worlds, indexes, named).unwrap();
        Self { worlds, indexes: indexes.iter().map(|indexes| indexes.to_vec()).collect(), proof, name }
    }

    /// Two credentials with two messages each, the first message of each disclosed.
    fn pair(seed: u64, named: bool) -> Self {
        Self::new(of_one_holder(seed, &[2, 2]), &[&[0], &[0]], named)
    }

    /// The same holder shows the same once more.
    fn again(&mut self) -> ComposedProof {
        let indexes: Vec<&[usize]> = self.indexes.iter().map(Vec::as_slice).collect();
        show(&mut self.worlds, &indexes, self.name.is_some()).unwrap().0
    }

    fn hidden_counts(&self) -> Vec<usize> {
        self.worlds.iter().zip(&self.indexes).map(|(world, indexes)| world.messages.len() + 2 - indexes.len()).collect()
    }

    fn check(&self, proof: &ComposedProof) -> Result<(), InvalidProof> {
        self.check_parts(&(0..self.worlds.len()).collect::<Vec<_>>(), proof)
    }

    /// As a verifier that expects these parts, in this order.
    fn check_parts(&self, order: &[usize], proof: &ComposedProof) -> Result<(), InvalidProof> {
        self.expecting(order, |statements| match &self.name {
            None => composed::check(statements, PH, proof),
            Some(name) => composed::check_with_pseudonym(statements, CONTEXT, PH, proof, name),
        })
    }

    fn expecting<T>(&self, order: &[usize], act: impl FnOnce(&[Statement<'_>]) -> T) -> T {
        let disclosed: Vec<_> = order.iter().map(|i| self.worlds[*i].disclosed(&self.indexes[*i])).collect();
        let statements: Vec<_> =
            order.iter().zip(&disclosed).map(|(i, disclosed)| self.worlds[*i].part(disclosed)).collect();
        act(&statements)
    }

    fn takes(&self, bytes: &[u8]) -> bool {
        ComposedProof::from_bytes(bytes, &self.hidden_counts()).is_ok_and(|proof| self.check(&proof).is_ok())
    }
}

fn show(
    worlds: &mut [World],
    indexes: &[&[usize]],
    named: bool,
) -> Result<(ComposedProof, Option<Pseudonym>), Unusable> {
    let provers: Vec<Prover> = worlds.iter_mut().map(World::prover).collect();
    let parts: Vec<Part<'_>> =
        provers.iter().zip(indexes).map(|(prover, indexes)| Part { prover, disclosed_indexes: indexes }).collect();
    let rng = &mut worlds[0].rng;
    if named {
        composed::show_with_pseudonym(&parts, CONTEXT, PH, rng).map(|(proof, name)| (proof, Some(name)))
    } else {
        composed::show(&parts, PH, rng).map(|proof| (proof, None))
    }
}

// ---- what it is for

#[test]
fn two_to_four_credentials_are_shown_together() {
    for named in [false, true] {
        for (counts, indexes) in [
            (&[3, 3][..], &[&[0, 1][..], &[0, 1]][..]),
            (&[3, 0], &[&[], &[]]),
            (&[9, 4], &[&[0, 3, 8], &[0, 1, 2, 3]]),
            (&[3, 6, 1], &[&[0], &[0, 3], &[0]]),
            (&[1, 2, 3, 4], &[&[0], &[1], &[0, 2], &[]]),
        ] {
            let shown = Shown::new(of_one_holder(1, counts), indexes, named);
            assert_eq!(shown.check(&shown.proof), Ok(()), "{counts:?}");
            assert!(shown.takes(&shown.proof.to_bytes()), "{counts:?}");
            assert_eq!(shown.proof.to_bytes().len(), ComposedProof::len(&shown.hidden_counts()));
        }
    }
}

#[test]
fn sizes() {
    let size =
        |counts, indexes: &[&[usize]]| Shown::new(of_one_holder(2, counts), indexes, false).proof.to_bytes().len();
    // Epoch and what the rule says are disclosed, the hint is not.
    assert_eq!(size(&[3, 3], &[&[0, 1], &[0, 1]]), 672);
    assert_eq!(size(&[3, 6], &[&[0, 1], &[0, 1]]), 768);
    assert_eq!(size(&[3, 3, 3], &[&[0, 1], &[0, 1], &[0, 1]]), 976);
    assert_eq!(size(&[3, 3, 3, 3], &[&[0, 1], &[0, 1], &[0, 1], &[0, 1]]), 1280);
    // For each part after the first, a challenge and a response of the secret less than the parts have alone.
    assert_eq!(2 * Proof::len(3) - 672, 64);
    assert_eq!(3 * Proof::len(3) - 976, 128);
}

/// So one person comes in once, whatever kinds of credentials the door takes.
#[test]
fn the_pseudonym_is_that_of_every_single_showing() {
    let mut shown = Shown::new(of_one_holder(3, &[2, 3]), &[&[0], &[1]], true);
    for world in &mut shown.worlds {
        let alone = world.with_credential(|credential, rng| {
            holder::show_with_pseudonym(credential, CONTEXT, b"elsewhere", &[], rng).unwrap().1
        });
        assert_eq!(shown.name, Some(alone));
    }
    let provers: Vec<Prover> = shown.worlds.iter_mut().map(World::prover).collect();
    let parts = [1, 0].map(|i| Part { prover: &provers[i], disclosed_indexes: &[] });
    let rng = &mut shown.worlds[0].rng;
    let same = composed::show_with_pseudonym(&parts, CONTEXT, b"elsewhere", rng).unwrap().1;
    let other = composed::show_with_pseudonym(&parts, b"another event", PH, rng).unwrap().1;
    assert_eq!(shown.name.as_ref(), Some(&same));
    assert_ne!(shown.name, Some(other));
}

#[test]
fn two_showings_share_no_bytes_and_neither_do_two_parts() {
    let mut shown = Shown::new(of_one_holder(4, &[2, 2, 2]), &[&[0], &[0], &[0]], false);
    let bytes = shown.proof.to_bytes();
    let again = shown.again().to_bytes();
    let parts: Vec<&[u8]> = bytes.chunks(PART).chain(again.chunks(PART)).collect();
    for (i, one) in parts.iter().enumerate() {
        for other in &parts[..i] {
            assert!(one.windows(8).all(|window| other.windows(8).all(|candidate| window != candidate)));
        }
    }
}

/// Composition does not say that credentials differ: each part has randomness of its own, so nobody could tell. Who counts them asks for
/// keys that differ or has disclosed what tells them apart.
#[test]
fn one_credential_may_be_shown_twice() {
    let mut world = World::new(5, 2);
    let prover = world.prover();
    let parts = [Part { prover: &prover, disclosed_indexes: &[0] }, Part { prover: &prover, disclosed_indexes: &[1] }];
    let proof = composed::show(&parts, PH, &mut world.rng).unwrap();
    let (first, second) = (world.disclosed(&[0]), world.disclosed(&[1]));
    assert_eq!(composed::check(&[world.part(&first), world.part(&second)], PH, &proof), Ok(()));
}

#[test]
fn what_cannot_be_composed() {
    let mut worlds = of_one_holder(6, &[1, 1, 1, 1, 1]);
    for (count, expected) in [(1, Err(Unusable::Parts)), (2, Ok(())), (4, Ok(())), (5, Err(Unusable::Parts))] {
        let indexes = vec![&[][..]; count];
        for named in [false, true] {
            assert_eq!(show(&mut worlds[..count], &indexes, named).map(drop), expected, "{count}");
        }
    }
    assert_eq!(composed::show(&[], PH, &mut worlds[0].rng), Err(Unusable::Parts));
    // Neither blind nor secret is ever disclosed.
    for indexes in [&[1][..], &[2], &[0, 0], &[usize::MAX]] {
        assert_eq!(show(&mut worlds[..2], &[&[0], indexes], false).map(drop), Err(Unusable::Indexes), "{indexes:?}");
        assert_eq!(show(&mut worlds[..2], &[indexes, &[0]], true).map(drop), Err(Unusable::Indexes), "{indexes:?}");
    }
    // Two holders who put their heads together.
    let mut two = [World::new(7, 1), World::new(8, 1)];
    assert_eq!(show(&mut two, &[&[0], &[0]], false), Err(Unusable::Parts));
    assert_eq!(show(&mut two, &[&[0], &[0]], true).map(drop), Err(Unusable::Parts));
    let mut third = of_one_holder(9, &[1, 1]);
    third.push(World::new(110, 1));
    assert_eq!(show(&mut third, &[&[0], &[0], &[0]], false), Err(Unusable::Parts));
}

// ---- what does not pass

#[test]
fn a_part_of_another_composition() {
    for named in [false, true] {
        let mut shown = Shown::pair(11, named);
        let (one, other) = (shown.proof.to_bytes(), shown.again().to_bytes());
        for part in [0, 1] {
            let own = part * PART..(part + 1) * PART;
            assert!(!shown.takes(&spliced(&one, own.start, &other[own])), "part {part}");
        }
        assert!(!shown.takes(&spliced(&one, 2 * PART, &other[2 * PART..])), "the common end");
        assert!(shown.takes(&one) && shown.takes(&other));
    }
}

#[test]
fn parts_in_another_order() {
    for named in [false, true] {
        let shown = Shown::pair(12, named);
        let bytes = shown.proof.to_bytes();
        let swapped = [&bytes[PART..2 * PART], &bytes[..PART], &bytes[2 * PART..]].concat();
        let swapped = ComposedProof::from_bytes(&swapped, &[3, 3]).unwrap();
        assert_eq!(shown.check_parts(&[0, 1], &shown.proof), Ok(()));
        assert!(shown.check_parts(&[1, 0], &shown.proof).is_err());
        assert!(shown.check_parts(&[0, 1], &swapped).is_err());
        assert!(shown.check_parts(&[1, 0], &swapped).is_err());
    }
}

#[test]
fn the_same_part_twice() {
    for named in [false, true] {
        let shown = Shown::pair(13, named);
        let bytes = shown.proof.to_bytes();
        for part in [0, 1] {
            let own = &bytes[part * PART..(part + 1) * PART];
            let doubled = ComposedProof::from_bytes(&[own, own, &bytes[2 * PART..]].concat(), &[3, 3]).unwrap();
            for order in [[0, 0], [1, 1], [0, 1], [1, 0]] {
                assert!(shown.check_parts(&order, &doubled).is_err(), "part {part} as {order:?}");
                assert_eq!(shown.check_parts(&order, &shown.proof).is_ok(), order == [0, 1]);
            }
        }
    }
}

#[test]
fn another_number_of_parts() {
    for named in [false, true] {
        let shown = Shown::new(of_one_holder(14, &[2, 2, 2]), &[&[0], &[0], &[0]], named);
        let bytes = shown.proof.to_bytes();
        for order in [&[][..], &[0], &[0, 1], &[1, 2], &[0, 1, 2, 2], &[0, 1, 2, 0]] {
            assert!(shown.check_parts(order, &shown.proof).is_err(), "{order:?}");
        }
        // One part taken out, and one put in twice.
        for (order, starts) in
            [(&[0, 1][..], &[0, 1][..]), (&[1, 2], &[1, 2]), (&[0, 2], &[0, 2]), (&[0, 1, 2, 2], &[0, 1, 2, 2])]
        {
            let mut other: Vec<u8> = starts.iter().flat_map(|i| &bytes[i * PART..(i + 1) * PART]).copied().collect();
            other.extend(&bytes[3 * PART..]);
            let other = ComposedProof::from_bytes(&other, &vec![3; starts.len()]).unwrap();
            assert!(shown.check_parts(order, &other).is_err(), "{order:?}");
        }
    }
}

#[test]
fn a_single_proof_is_not_a_composed_one_nor_the_other_way_round() {
    let mut shown = Shown::pair(15, false);
    let bytes = shown.proof.to_bytes();
    for (i, world) in shown.worlds.iter_mut().enumerate() {
        // A part with the common end has all that a single proof has.
        let single = [&bytes[i * PART..(i + 1) * PART], &bytes[2 * PART..]].concat();
        let single = Proof::from_bytes(&single).unwrap();
        let disclosed = world.disclosed(&[0]);
        assert!(holder::check(&world.statement(&disclosed), &single).is_err());
        // And the other way round, beside itself and beside the other part.
        let alone =
            world.with_credential(|credential, rng| holder::show(credential, PH, &[0], rng).unwrap()).to_bytes();
        let (own, end) = alone.split_at(PART);
        let twice = ComposedProof::from_bytes(&[own, own, end].concat(), &[3, 3]).unwrap();
        let part = world.disclosed(&[0]);
        assert!(composed::check(&[world.part(&part), world.part(&part)], PH, &twice).is_err());
    }
    let alone: Vec<Vec<u8>> = shown
        .worlds
        .iter_mut()
        .map(|world| {
            world.with_credential(|credential, rng| holder::show(credential, PH, &[0], rng).unwrap()).to_bytes()
        })
        .collect();
    for end in [&alone[0][PART..], &alone[1][PART..]] {
        assert!(!shown.takes(&[&alone[0][..PART], &alone[1][..PART], end].concat()));
    }
}

#[test]
fn statements_that_say_anything_else() {
    for named in [false, true] {
        let shown = Shown::pair(16, named);
        let stranger = World::new(116, 2);
        let check = |statements: &[Statement<'_>], context: &[u8], ph: &[u8]| match &shown.name {
            None => composed::check(statements, ph, &shown.proof).is_ok(),
            Some(name) => composed::check_with_pseudonym(statements, context, ph, &shown.proof, name).is_ok(),
        };
        shown.expecting(&[0, 1], |statements| {
            assert!(check(statements, CONTEXT, PH));
            assert!(!check(statements, CONTEXT, b"another door"));
            assert!(!check(statements, CONTEXT, b""));
            assert_eq!(check(statements, b"another event", PH), !named);
            for i in [0, 1] {
                let whole = statements[i];
                let message = whole.disclosed[0].1;
                let others = [
                    Statement { public_key: &stranger.pk, ..whole },
                    Statement { public_key: statements[1 - i].public_key, ..whole },
                    Statement { header: b"another type", ..whole },
                    Statement { message_count: 1, ..whole },
                    Statement { message_count: 3, ..whole },
                    Statement { message_count: usize::MAX, ..whole },
                    Statement { disclosed: &[], ..whole },
                    Statement { disclosed: &[(0, b"another message")], ..whole },
                    Statement { disclosed: &[(1, message)], ..whole },
                    Statement { disclosed: &[(2, message)], ..whole },
                    Statement { disclosed: &[(0, message), (0, message)], ..whole },
                    Statement { disclosed: &[(0, message), (1, message)], ..whole },
                ];
                for (n, other) in others.into_iter().enumerate() {
                    let mut statements = statements.to_vec();
                    statements[i] = other;
                    assert!(!check(&statements, CONTEXT, PH), "part {i}, {n}");
                }
            }
        });
    }
}

#[test]
fn pseudonyms_left_out_added_and_of_somebody_else() {
    let mut shown = Shown::pair(18, true);
    let stranger = Shown::pair(19, true).name.unwrap();
    let mut negated = shown.name.as_ref().unwrap().to_bytes();
    negated[0] ^= 0x20;
    let negated = Pseudonym::from_bytes(&negated).unwrap();
    shown.expecting(&[0, 1], |statements| {
        assert!(composed::check(statements, PH, &shown.proof).is_err(), "left out");
        for name in [&stranger, &negated] {
            assert!(composed::check_with_pseudonym(statements, CONTEXT, PH, &shown.proof, name).is_err());
        }
    });
    let name = shown.name.take().unwrap();
    let unnamed = shown.again();
    assert_eq!(shown.check(&unnamed), Ok(()));
    shown.expecting(&[0, 1], |statements| {
        assert!(composed::check_with_pseudonym(statements, CONTEXT, PH, &unnamed, &name).is_err(), "added");
    });
}

// ---- bytes

#[test]
fn bad_points_and_scalars_in_every_field() {
    let shown = Shown::new(of_one_holder(20, &[2, 1, 1]), &[&[0], &[], &[0]], false);
    let (bytes, hidden_counts) = (shown.proof.to_bytes(), shown.hidden_counts());
    assert_eq!(hidden_counts, [3, 3, 2]);
    let refused =
        |at: usize, part: &[u8]| ComposedProof::from_bytes(&spliced(&bytes, at, part), &hidden_counts).is_err();
    let starts = [0, 304, 608];
    for (flaw, point) in hostile::g1(&bytes[..48].try_into().unwrap()) {
        for start in starts {
            for field in [0, 48, 96] {
                assert!(refused(start + field, &point), "point at {}: {flaw}", start + field);
            }
        }
    }
    let scalars =
        [5, 5, 4].iter().zip(starts).flat_map(|(count, start)| (0..*count).map(move |i| start + 144 + 32 * i));
    for field in scalars.chain([880, 912]) {
        for (flaw, scalar) in hostile::scalars() {
            assert!(refused(field, &scalar), "scalar at {field}: {flaw}");
        }
    }
    assert_eq!(bytes.len(), 944);
}

#[test]
fn lengths_and_counts_that_are_not_those_expected() {
    let shown = Shown::pair(21, false);
    let bytes = shown.proof.to_bytes();
    for length in 0..bytes.len() {
        assert!(ComposedProof::from_bytes(&bytes[..length], &[3, 3]).is_err(), "{length} of {} bytes", bytes.len());
    }
    for more in [1, 16, 32, 48, 64, 304] {
        assert!(
            ComposedProof::from_bytes(&[&bytes[..], &bytes[..more]].concat(), &[3, 3]).is_err(),
            "{more} bytes more"
        );
    }
    // As many bytes, read otherwise: a scalar would be where a point begins.
    assert!(ComposedProof::from_bytes(&bytes, &[2, 4]).is_err());
    assert!(ComposedProof::from_bytes(&bytes, &[4, 2]).is_err());
    // Blind and secret are hidden always, and no sum of lengths overflows.
    let none: [&[usize]; 10] = [
        &[],
        &[3],
        &[6],
        &[1, 5],
        &[0, 6],
        &[3, 3, 3],
        &[2, 2, 2, 2, 2],
        &[usize::MAX, 3],
        &[usize::MAX, usize::MAX],
        &[3, usize::MAX / 32],
    ];
    for hidden_counts in none {
        assert!(ComposedProof::from_bytes(&bytes, hidden_counts).is_err(), "{hidden_counts:?}");
        let long = vec![0x80; ComposedProof::len(hidden_counts).min(4096)];
        assert!(ComposedProof::from_bytes(&long, hidden_counts).is_err(), "{hidden_counts:?}");
    }
}

#[test]
fn a_flipped_bit_in_a_composed_showing_with_pseudonym() {
    let shown = Shown::new(of_one_holder(22, &[1, 2]), &[&[0], &[0, 1]], true);
    let bytes = [&shown.proof.to_bytes()[..], &shown.name.as_ref().unwrap().to_bytes()].concat();
    let takes = |bytes: &[u8]| {
        let (proof, name) = bytes.split_at(bytes.len() - Pseudonym::LEN);
        let (Ok(proof), Ok(name)) = (ComposedProof::from_bytes(proof, &[2, 2]), Pseudonym::from_bytes(name)) else {
            return false;
        };
        shown.expecting(&[0, 1], |statements| {
            composed::check_with_pseudonym(statements, CONTEXT, PH, &proof, &name).is_ok()
        })
    };
    assert!(takes(&bytes));
    for bit in 0..8 * bytes.len() {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(!takes(&flipped), "bit {bit}");
    }
}

// ---- laws

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_subset_of_every_part_can_be_shown(seed: u64, parts in vec((0_usize..5, any::<u8>()), 2..=4), named: bool) {
        let counts: Vec<usize> = parts.iter().map(|(count, _)| *count).collect();
        let indexes: Vec<Vec<usize>> =
            parts.iter().map(|(count, choice)| (0..*count).filter(|i| choice >> i & 1 == 1).collect()).collect();
        let indexes: Vec<&[usize]> = indexes.iter().map(Vec::as_slice).collect();
        let shown = Shown::new(of_one_holder(seed, &counts), &indexes, named);
        prop_assert_eq!(shown.check(&shown.proof), Ok(()));
        let (bytes, hidden_counts) = (shown.proof.to_bytes(), shown.hidden_counts());
        prop_assert_eq!(bytes.len(), hidden_counts.iter().map(|hidden| 208 + 32 * hidden).sum::<usize>() + 64);
        prop_assert_eq!(&ComposedProof::from_bytes(&bytes, &hidden_counts).unwrap(), &shown.proof);
    }

    #[test]
    fn one_order_and_no_other(seed: u64, order in Just(vec![0, 1, 2]).prop_shuffle(), named: bool) {
        let shown = Shown::new(of_one_holder(seed, &[1, 1, 1]), &[&[0], &[0], &[0]], named);
        prop_assert_eq!(shown.check_parts(&order, &shown.proof).is_ok(), order == [0, 1, 2]);
    }

    #[test]
    fn nothing_that_an_issuer_saw_is_in_a_composed_showing(seed: u64) {
        let shown = Shown::pair(seed, true);
        let made = shown.proof.to_bytes();
        for world in &shown.worlds {
            let seen = [&world.signature.to_bytes()[..], &world.commitment.to_bytes(), &world.pk.to_bytes()].concat();
            prop_assert!(seen.windows(8).all(|window| made.windows(8).all(|candidate| window != candidate)));
        }
    }

    /// Whatever the bytes: no panic, and what decodes has one spelling.
    #[test]
    fn any_bytes_decode_to_themselves_or_not_at_all(bytes in vec(any::<u8>(), 0..700), hidden_counts in vec(0_usize..5, 0..6)) {
        prop_assert!(ComposedProof::from_bytes(&bytes, &hidden_counts).map_or(true, |value| value.to_bytes() == bytes));
    }
}

fn spliced(bytes: &[u8], at: usize, part: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at..at + part.len()].copy_from_slice(part);
    bytes
}
