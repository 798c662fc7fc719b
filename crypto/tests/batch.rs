//! Batches decide as single checks do, and whoever knows how they work gains nothing.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(non_snake_case, reason = "letters as in the drafts")]

mod forger;
mod world;

use std::convert::Infallible;

use bauta_crypto::holder::{self, Batch, Statement};
use bauta_crypto::pseudonym::Pseudonym;
use bauta_crypto::{InvalidProof, Proof, PublicKey, SecretKey, Suite, proof, signature};
use bls12_381::{G1Projective, Scalar};
use forger::{Claim, Domain, LeftOut, OP, RawProof, inverse, message_scalar, random};
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_core::{SeedableRng, TryCryptoRng, TryRng};
use world::{HEADER, PH, World, slices};

type Verdicts = Vec<Result<(), InvalidProof>>;

/// A showing, and what the verifier expects of it.
#[derive(Clone)]
struct Shown {
    pk: PublicKey,
    ph: Vec<u8>,
    message_count: usize,
    disclosed: Vec<(usize, Vec<u8>)>,
    proof: Proof,
    name: Option<(Vec<u8>, Pseudonym)>,
}

impl Shown {
    /// An honest one.
    fn new(town: &mut World, indexes: &[usize], context: Option<&[u8]>) -> Self {
        let (proof, name) = town.with_credential(|credential, rng| match context {
            None => (holder::show(credential, PH, indexes, rng).unwrap(), None),
            Some(context) => {
                let (proof, name) = holder::show_with_pseudonym(credential, context, PH, indexes, rng).unwrap();
                (proof, Some((context.to_vec(), name)))
            }
        });
        let disclosed = indexes.iter().map(|i| (*i, town.messages[*i].clone())).collect();
        let message_count = town.messages.len();
        Self { pk: town.pk.clone(), ph: PH.to_vec(), message_count, disclosed, proof, name }
    }

    /// Somebody who never got a credential makes a proof all the same. Its challenge is right; only the pairing gives it away.
    fn bluff(town: &mut World, index: usize, context: Option<&[u8]>) -> Self {
        let bluff = Bluff::new(town, index, context);
        bluff.shown(town, bluff.r1)
    }

    fn statement<'a>(&'a self, disclosed: &'a [(usize, &'a [u8])]) -> Statement<'a> {
        Statement {
            public_key: &self.pk,
            header: HEADER,
            presentation_header: &self.ph,
            message_count: self.message_count,
            disclosed,
        }
    }

    fn check(&self) -> Result<(), InvalidProof> {
        let disclosed: Vec<(usize, &[u8])> = self.disclosed.iter().map(|(i, message)| (*i, &message[..])).collect();
        match &self.name {
            None => holder::check(&self.statement(&disclosed), &self.proof),
            Some((context, name)) => {
                holder::check_with_pseudonym(&self.statement(&disclosed), context, &self.proof, name)
            }
        }
    }

    fn add_to(&self, batch: &mut Batch) {
        let disclosed: Vec<(usize, &[u8])> = self.disclosed.iter().map(|(i, message)| (*i, &message[..])).collect();
        match &self.name {
            None => batch.add(&self.statement(&disclosed), &self.proof),
            Some((context, name)) => {
                batch.add_with_pseudonym(&self.statement(&disclosed), context, &self.proof, name);
            }
        }
    }
}

/// Everything about a proof of a B that nobody signed, but for r1.
struct Bluff {
    claim: Claim,
    index: usize,
    messages: Vec<Scalar>,
    A: G1Projective,
    e: Scalar,
    r1: Scalar,
    r2: Scalar,
}

impl Bluff {
    fn new(town: &mut World, index: usize, context: Option<&[u8]>) -> Self {
        let disclosed = vec![(index, message_scalar(&town.messages[index]))];
        let mut messages: Vec<Scalar> = (0..town.messages.len() + 2).map(|_| random(&mut town.rng)).collect();
        messages[index] = disclosed[0].1;
        let name = context.map(|context| (OP(context) * messages.last().unwrap(), context.to_vec()));
        let message_count = town.messages.len();
        let claim =
            Claim { pk: town.pk.to_bytes(), header: HEADER.to_vec(), ph: PH.to_vec(), message_count, disclosed, name };
        let [a, e, r1, r2] = [(); 4].map(|()| random(&mut town.rng));
        Self { claim, index, messages, A: G1Projective::generator() * a, e, r1, r2 }
    }

    fn shown(&self, town: &mut World, r1: Scalar) -> Shown {
        let Self { claim, index, messages, A, e, r1: _, r2 } = self;
        let h = claim.h();
        let B = h.iter().zip(messages).fold(claim.base(Domain::AsInTheDraft), |sum, (h, message)| sum + h * message);
        let (Abar, D) = (A * (r1 * r2), B * r2);
        let Bbar = D * r1 - Abar * e;
        let [e_tilde, r1_tilde, r3_tilde] = [(); 3].map(|()| random(&mut town.rng));
        let hidden = claim.hidden();
        let m_tilde: Vec<Scalar> = hidden.iter().map(|_| random(&mut town.rng)).collect();
        let T1 = Abar * e_tilde + D * r1_tilde;
        let T2 = hidden.iter().zip(&m_tilde).fold(D * r3_tilde, |sum, (j, m_tilde)| sum + h[*j] * m_tilde);
        let U = claim.name.as_ref().map(|(_, context)| OP(context) * m_tilde.last().unwrap());
        let c = claim.challenge([Abar, Bbar, D, T1, T2], U, LeftOut::Nothing, Domain::AsInTheDraft);
        let raw = RawProof {
            Abar,
            Bbar,
            D,
            e_hat: e_tilde + e * c,
            r1_hat: r1_tilde - r1 * c,
            r3_hat: r3_tilde - inverse(*r2) * c,
            m_hat: hidden.iter().zip(&m_tilde).map(|(j, m_tilde)| m_tilde + messages[*j] * c).collect(),
            c,
        };
        let name = claim
            .name
            .as_ref()
            .map(|(name, context)| (context.clone(), Pseudonym::from_bytes(&forger::compressed(name)).unwrap()));
        Shown {
            pk: town.pk.clone(),
            ph: PH.to_vec(),
            message_count: claim.message_count,
            disclosed: vec![(*index, town.messages[*index].clone())],
            proof: Proof::from_bytes(&raw.to_bytes()).unwrap(),
            name,
        }
    }
}

fn verdicts(all: &[Shown]) -> Verdicts {
    let mut batch = Batch::default();
    all.iter().for_each(|shown| shown.add_to(&mut batch));
    batch.verdicts(&mut ChaCha20Rng::seed_from_u64(1))
}

fn one_by_one(all: &[Shown]) -> Verdicts {
    all.iter().map(Shown::check).collect()
}

#[test]
fn a_batch_of_none_and_a_batch_of_one() {
    let mut town = World::new(1, 2);
    assert_eq!(verdicts(&[]), []);
    assert_eq!(verdicts(&[Shown::new(&mut town, &[0], None)]), [Ok(())]);
    assert_eq!(verdicts(&[Shown::bluff(&mut town, 0, None)]), [Err(InvalidProof)]);
}

#[test]
fn each_place_can_be_the_bad_one() {
    let mut town = World::new(2, 2);
    let good: Vec<Shown> = (0..7).map(|i| Shown::new(&mut town, &[i % 2], None)).collect();
    assert_eq!(verdicts(&good), [Ok(()); 7]);
    let bluff = Shown::bluff(&mut town, 1, None);
    for place in 0..7 {
        let mut all = good.clone();
        all[place] = bluff.clone();
        let mut expected = [Ok(()); 7];
        expected[place] = Err(InvalidProof);
        assert_eq!(verdicts(&all), expected, "{place}");
    }
}

/// Good, bad by the challenge, and bad by the pairing, in every order.
#[test]
fn several_bad_ones_of_two_kinds() {
    let mut town = World::new(3, 2);
    let good = Shown::new(&mut town, &[0], None);
    let replayed = Shown { ph: b"another door".to_vec(), ..Shown::new(&mut town, &[0], None) };
    let kinds = [good, replayed, Shown::bluff(&mut town, 0, None)];
    for order in 0..3_usize.pow(4) {
        let chosen = [order % 3, order / 3 % 3, order / 9 % 3, order / 27];
        let all = chosen.map(|kind| kinds[kind].clone());
        let expected = chosen.map(|kind| if kind == 0 { Ok(()) } else { Err(InvalidProof) });
        assert_eq!(verdicts(&all), expected, "{chosen:?}");
    }
}

#[test]
fn all_bad() {
    let mut town = World::new(4, 1);
    let all: Vec<Shown> = (0..9).map(|_| Shown::bluff(&mut town, 0, None)).collect();
    assert_eq!(verdicts(&all), [Err(InvalidProof); 9]);
}

#[test]
fn the_same_showing_twice_counts_twice() {
    let mut town = World::new(5, 2);
    let (good, bad) = (Shown::new(&mut town, &[0], None), Shown::bluff(&mut town, 0, None));
    let all = [good.clone(), bad.clone(), bad, good.clone(), good];
    assert_eq!(verdicts(&all), [Ok(()), Err(InvalidProof), Err(InvalidProof), Ok(()), Ok(())]);
}

/// Two proofs without any signature: Abar and Bbar of the one are the negatives of the other's. Nobody's key is needed to make them, and
/// their sums are zero, so a batch without weights takes both.
#[test]
fn two_bad_ones_that_cancel() {
    for context in [None, Some(&b"premiere"[..])] {
        let mut town = World::new(6, 2);
        let bluff = Bluff::new(&mut town, 0, context);
        let two = [bluff.shown(&mut town, bluff.r1), bluff.shown(&mut town, -bluff.r1)];
        assert_eq!(one_by_one(&two), [Err(InvalidProof); 2]);
        let [one, other] = [0, 1].map(|i| RawProof::of(&two[i].proof.to_bytes()));
        assert_eq!((one.Abar, one.Bbar), (-other.Abar, -other.Bbar));

        assert_eq!(verdicts(&two), [Err(InvalidProof); 2]);
        let good = Shown::new(&mut town, &[0], context);
        let among = [good.clone(), two[0].clone(), good.clone(), two[1].clone(), good];
        assert_eq!(verdicts(&among), [Ok(()), Err(InvalidProof), Ok(()), Err(InvalidProof), Ok(())]);

        // It is the weights that see it: where all are the same, both pass.
        let mut batch = Batch::default();
        two.iter().for_each(|shown| shown.add_to(&mut batch));
        assert_eq!(batch.verdicts(&mut AlwaysTheSame), [Ok(()); 2]);
    }
}

/// A generator that a verifier must not have.
struct AlwaysTheSame;

impl TryRng for AlwaysTheSame {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(0x0707_0707)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(0x0707_0707_0707_0707)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(7);
        Ok(())
    }
}

impl TryCryptoRng for AlwaysTheSame {}

/// The bad one's key is also that of good ones; or nobody else's.
#[test]
fn several_keys() {
    let mut towns: Vec<World> = (7..10).map(|seed| World::new(seed, 2)).collect();
    let mut all: Vec<Shown> = (0..9).map(|i| Shown::new(&mut towns[i % 3], &[0], None)).collect();
    assert_eq!(verdicts(&all), [Ok(()); 9]);
    all[4] = Shown::bluff(&mut towns[1], 0, None);
    assert_eq!(verdicts(&all), one_by_one(&all));
    all.push(Shown::bluff(&mut World::new(10, 2), 0, None));
    // Right, but for another key.
    all.push(Shown { pk: towns[0].pk.clone(), ..all[1].clone() });
    // A key that was decoded again is the same key.
    all.push(Shown { pk: PublicKey::from_bytes(&towns[2].pk.to_bytes()).unwrap(), ..all[2].clone() });
    let mut expected = [Ok(()); 12];
    for bad in [4, 9, 10] {
        expected[bad] = Err(InvalidProof);
    }
    assert_eq!(verdicts(&all), expected);
    assert_eq!(one_by_one(&all), expected);
}

/// Enough for the sums that many points are added up by.
#[test]
fn more_than_a_hundred() {
    let mut town = World::new(11, 1);
    let mut all: Vec<Shown> = (0..130).map(|_| Shown::new(&mut town, &[0], None)).collect();
    assert_eq!(verdicts(&all), [Ok(()); 130]);
    let mut expected = [Ok(()); 130];
    for bad in [0, 64, 65, 129] {
        all[bad] = Shown::bluff(&mut town, 0, None);
        expected[bad] = Err(InvalidProof);
    }
    assert_eq!(verdicts(&all), expected);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_batch_decides_as_single_checks_do(seed: u64, kinds in proptest::collection::vec((0..2_u64, 0..2_usize, any::<bool>(), 0..6_u8), 0..12)) {
        let mut towns = [World::new(seed, 2), World::new(seed ^ 1, 3)];
        let mut all: Vec<Shown> = Vec::new();
        for (town, index, named, kind) in kinds {
            let [one, other] = &mut towns;
            let (town, other) = if town == 0 { (one, other) } else { (other, one) };
            let context = named.then_some(&b"premiere"[..]);
            let good = Shown::new(town, &[index], context);
            all.push(match kind {
                0 => Shown::bluff(town, index, context),
                1 => Shown { pk: other.pk.clone(), ..good },
                2 => Shown { message_count: good.message_count + 1, ..good },
                3 => Shown { name: None, ..good },
                4 => all.first().cloned().unwrap_or(good),
                _ => good,
            });
        }
        prop_assert_eq!(verdicts(&all), one_by_one(&all));
    }
}

#[test]
fn proofs_of_plain_signatures() {
    for suite in [Suite::Sha256, Suite::Shake256] {
        let mut rng = ChaCha20Rng::seed_from_u64(12);
        let keys = [(); 2].map(|()| SecretKey::generate(&mut rng));
        let messages: [&[u8]; 3] = [b"a", b"b", b"c"];
        let mut batch = proof::Batch::default();
        for i in 0..6 {
            let (sk, pk) = (&keys[i % 2], keys[i % 2].public_key());
            let signature = signature::sign(suite, sk, HEADER, &messages).unwrap();
            let made = proof::proof_gen(suite, &pk, &signature, HEADER, PH, &messages, &[1], &mut rng).unwrap();
            let said: &[u8] = if i == 3 { b"x" } else { b"b" };
            batch.add(suite, &pk, &made, HEADER, PH, &[(1, said)]);
        }
        let expected = [Ok(()), Ok(()), Ok(()), Err(InvalidProof), Ok(()), Ok(())];
        assert_eq!(batch.verdicts(&mut rng), expected);
    }
}

// ---- signing

/// The passes of a window: four days, seven rules, one hint.
#[test]
fn signatures_of_a_batch_are_those_of_single_signing() {
    let town = World::new(13, 0);
    let commitment = holder::verify_commitment(&town.commitment).unwrap();
    let days = [&b"20 November"[..], b"21 November", b"22 November", b"23 November"];
    let rules = [&b"theatre"[..], b"school", b"stadium", b"club", b"train", b"fair", b""];
    let lists: Vec<[&[u8]; 3]> = days.iter().flat_map(|day| rules.map(|rule| [*day, rule, b"initial K"])).collect();
    let lists: Vec<&[&[u8]]> = lists.iter().map(|list| &list[..]).collect();
    let single = |list: &&[&[u8]]| holder::sign(&town.sk, &commitment, HEADER, list).unwrap();
    let batch = holder::sign_batch(&town.sk, &commitment, HEADER, &lists).unwrap();
    assert_eq!(batch, lists.iter().map(single).collect::<Vec<_>>());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is the same or differs, and however long the lists are.
    #[test]
    fn a_batch_signs_as_single_signing_does(lists in proptest::collection::vec(proptest::collection::vec(proptest::collection::vec(0..2_u8, 0..3), 0..4), 0..8)) {
        let town = World::new(14, 0);
        let commitment = holder::verify_commitment(&town.commitment).unwrap();
        let lists: Vec<Vec<&[u8]>> = lists.iter().map(|list| slices(list)).collect();
        let lists: Vec<&[&[u8]]> = lists.iter().map(Vec::as_slice).collect();
        let single = |list: &&[&[u8]]| holder::sign(&town.sk, &commitment, HEADER, list).unwrap();
        let batch = holder::sign_batch(&town.sk, &commitment, HEADER, &lists).unwrap();
        prop_assert_eq!(batch, lists.iter().map(single).collect::<Vec<_>>());
    }
}
