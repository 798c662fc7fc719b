//! What holds for every input, tried on random ones. A failure prints the inputs; every key and nonce comes from `seed`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod world;

use bauta_crypto::blind::{Disclosed, Indexes, Known};
use bauta_crypto::holder::{self, Credential, Statement};
use bauta_crypto::pseudonym::{
    Commitment, CommitmentWithProof, HolderSecret, ProverBlind, Pseudonym, SignerNymEntropy,
};
use bauta_crypto::{Proof, PublicKey, SecretKey, Signature, Suite, blind, proof, pseudonym, signature};
use proptest::collection::vec;
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use world::{HEADER, PH, World, slices};

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_signed_verifies(seed: u64, suite in suite(), header: Vec<u8>, messages in messages()) {
        let sk = key(seed);
        let signature = signature::sign(suite, &sk, &header, &slices(&messages)).unwrap();
        prop_assert!(signature::verify(suite, &sk.public_key(), &signature, &header, &slices(&messages)).is_ok());
    }

    #[test]
    fn what_was_not_signed_does_not_verify(seed: u64, suite in suite(), messages in vec(any::<Vec<u8>>(), 1..5), at: prop::sample::Index, other: Vec<u8>) {
        let sk = key(seed);
        let signature = signature::sign(suite, &sk, HEADER, &slices(&messages)).unwrap();
        let mut changed = messages.clone();
        *at.get_mut(&mut changed) = other;
        let verdict = signature::verify(suite, &sk.public_key(), &signature, HEADER, &slices(&changed));
        prop_assert_eq!(verdict.is_ok(), changed == messages);
        changed.pop();
        prop_assert!(signature::verify(suite, &sk.public_key(), &signature, HEADER, &slices(&changed)).is_err());
    }

    #[test]
    fn every_subset_can_be_disclosed(seed: u64, suite in suite(), messages in messages(), choice: u8, ph: Vec<u8>) {
        let (sk, mut rng) = (key(seed), ChaCha20Rng::seed_from_u64(seed));
        let signature = signature::sign(suite, &sk, HEADER, &slices(&messages)).unwrap();
        let indexes = subset(choice, messages.len());
        let made = proof::proof_gen(suite, &sk.public_key(), &signature, HEADER, &ph, &slices(&messages), &indexes, &mut rng).unwrap();
        let disclosed: Vec<(usize, &[u8])> = indexes.iter().map(|i| (*i, &messages[*i][..])).collect();
        prop_assert!(proof::proof_verify(suite, &sk.public_key(), &made, HEADER, &ph, &disclosed).is_ok());
        prop_assert_eq!(made.to_bytes().len(), Proof::len(messages.len() - indexes.len()));
    }

    #[test]
    fn blind_messages_can_be_signed_and_disclosed(seed: u64, suite in suite(), messages in messages(), committed in messages(), choices: (u8, u8)) {
        let (sk, mut rng) = (key(seed), ChaCha20Rng::seed_from_u64(seed));
        let (pk, (messages_of, committed_of)) = (sk.public_key(), (slices(&messages), slices(&committed)));
        let (commitment, prover_blind) = blind::commit(suite, &committed_of, &mut rng).unwrap();
        let signature = blind::blind_sign(suite, &sk, Some(&commitment), HEADER, &messages_of).unwrap();
        let known = Known { messages: &messages_of, committed_messages: &committed_of, blind: Some(&prover_blind) };
        prop_assert!(blind::verify_blind_sign(suite, &pk, &signature, HEADER, &known).is_ok());
        let (i, j) = (subset(choices.0, messages.len()), subset(choices.1, committed.len()));
        let indexes = Indexes { messages: &i, committed_messages: &j };
        let made = blind::blind_proof_gen(suite, &pk, &signature, HEADER, PH, &known, &indexes, &mut rng).unwrap();
        let disclosed = Disclosed {
            message_count: messages.len(),
            messages: &i.iter().map(|i| (*i, messages_of[*i])).collect::<Vec<_>>(),
            committed_messages: &j.iter().map(|j| (*j, committed_of[*j])).collect::<Vec<_>>(),
        };
        prop_assert!(blind::blind_proof_verify(suite, &pk, &made, HEADER, PH, &disclosed).is_ok());
    }

    #[test]
    fn any_number_of_secrets_gives_one_pseudonym(seed: u64, suite in suite(), count in 1_usize..4, committed in messages(), context: Vec<u8>) {
        let (sk, mut rng) = (key(seed), ChaCha20Rng::seed_from_u64(seed));
        let pk = sk.public_key();
        let nyms: Vec<HolderSecret> = (0..count).map(|_| HolderSecret::generate(&mut rng)).collect();
        let entropy = SignerNymEntropy::generate(&mut rng);
        let committed = slices(&committed);
        let (commitment, prover_blind) = pseudonym::nym_commit(suite, &committed, &nyms, &mut rng).unwrap();
        let signature = pseudonym::blind_sign_with_nym(suite, &sk, &commitment, count, &entropy, HEADER, &[b"m"]).unwrap();
        let known = Known { messages: &[b"m"], committed_messages: &committed, blind: Some(&prover_blind) };
        let secrets = pseudonym::verify_finalize_with_nym(suite, &pk, &signature, HEADER, &known, &nyms, &entropy).unwrap();
        let (made, name) = pseudonym::proof_gen_with_nym(suite, &pk, &signature, HEADER, PH, &context, &known, &secrets, &Indexes::default(), &mut rng).unwrap();
        prop_assert_eq!(&name, &pseudonym::calculate_pseudonym(suite, &secrets, &context).unwrap());
        let disclosed = Disclosed { message_count: 1, ..Disclosed::default() };
        prop_assert!(pseudonym::proof_verify_with_nym(suite, &pk, &made, &name, &context, count, HEADER, PH, &disclosed).is_ok());
    }

    #[test]
    fn every_subset_can_be_shown(seed: u64, count in 0_usize..6, choice: u8) {
        let mut town = World::new(seed, count);
        let indexes = subset(choice, count);
        let made = town.with_credential(|credential, rng| holder::show(credential, PH, &indexes, rng).unwrap());
        prop_assert!(holder::check(&town.statement(&town.disclosed(&indexes)), &made).is_ok());
        prop_assert_eq!(made.to_bytes().len(), 272 + 32 * (count + 2 - indexes.len()));
    }

    #[test]
    fn a_showing_holds_for_one_presentation_header(seed: u64, one: Vec<u8>, other: Vec<u8>) {
        let mut town = World::new(seed, 1);
        let made = town.with_credential(|credential, rng| holder::show(credential, &one, &[0], rng).unwrap());
        let disclosed = town.disclosed(&[0]);
        let statement = Statement { presentation_header: &other, ..town.statement(&disclosed) };
        prop_assert_eq!(holder::check(&statement, &made).is_ok(), one == other);
    }

    #[test]
    fn a_showing_holds_for_one_key(seed: u64) {
        let (mut town, other) = (World::new(seed, 1), World::new(seed ^ 1, 1));
        let made = town.with_credential(|credential, rng| holder::show(credential, PH, &[], rng).unwrap());
        let statement = Statement { public_key: &other.pk, ..town.statement(&[]) };
        prop_assert!(holder::check(&statement, &made).is_err());
    }

    #[test]
    fn a_holder_has_one_name_in_a_context_and_others_elsewhere(seed: u64, one: Vec<u8>, other: Vec<u8>) {
        let mut town = World::new(seed, 1);
        let mut name = |context: &[u8]| town.with_credential(|credential, rng| {
            holder::show_with_pseudonym(credential, context, PH, &[0], rng).unwrap().1
        });
        prop_assert_eq!(name(&one), name(&one));
        prop_assert_eq!(name(&one) == name(&other), one == other);
    }

    #[test]
    fn a_name_belongs_to_the_secret_and_not_to_the_credential(seed: u64, context: Vec<u8>) {
        let (mut one, mut other) = (World::new(seed, 1), World::new(seed ^ 1, 2));
        let name = |town: &mut World| town.with_credential(|credential, rng| {
            holder::show_with_pseudonym(credential, &context, PH, &[], rng).unwrap().1
        });
        prop_assert_ne!(name(&mut one), name(&mut other));
        // The other issuer signs for the first holder, under a fresh blind.
        (other.commitment, other.blind) = holder::commit(&one.secret, &mut one.rng).unwrap();
        other.secret = HolderSecret::from_bytes(one.secret.to_bytes().as_ref()).unwrap();
        let verified = holder::verify_commitment(&other.commitment).unwrap();
        other.signature = holder::sign(&other.sk, &verified, HEADER, &slices(&other.messages)).unwrap();
        prop_assert_eq!(name(&mut one), name(&mut other));
    }

    #[test]
    fn two_showings_share_no_bytes(seed: u64, count in 0_usize..4, choice: u8) {
        let mut town = World::new(seed, count);
        let indexes = subset(choice, count);
        let mut show = || town.with_credential(|credential, rng| holder::show(credential, PH, &indexes, rng).unwrap()).to_bytes();
        let (one, other) = (show(), show());
        prop_assert_eq!(one.len(), other.len());
        prop_assert!(one.windows(8).all(|window| other.windows(8).all(|candidate| window != candidate)));
    }

    #[test]
    fn nothing_that_the_issuer_saw_is_in_a_showing(seed: u64) {
        let mut town = World::new(seed, 2);
        let made = town.with_credential(|credential, rng| holder::show(credential, PH, &[0], rng).unwrap()).to_bytes();
        let seen = [&town.signature.to_bytes()[..], &town.commitment.to_bytes(), &town.pk.to_bytes()].concat();
        prop_assert!(seen.windows(8).all(|window| made.windows(8).all(|candidate| window != candidate)));
    }

    #[test]
    fn two_commitments_of_a_holder_share_no_bytes(seed: u64) {
        let mut town = World::new(seed, 0);
        let (again, _) = holder::commit(&town.secret, &mut town.rng).unwrap();
        let (one, other) = (town.commitment.to_bytes(), again.to_bytes());
        prop_assert!(one.windows(8).all(|window| other.windows(8).all(|candidate| window != candidate)));
    }

    #[test]
    fn a_credential_holds_for_its_own_secret_and_blind(seed: u64) {
        let (mut town, other) = (World::new(seed, 1), World::new(seed ^ 1, 1));
        town.with_credential(|credential, _| {
            let others = [
                Credential { secret: &other.secret, ..*credential },
                Credential { blind: &other.blind, ..*credential },
                Credential { header: b"another", ..*credential },
            ];
            prop_assert!(holder::verify(credential).is_ok());
            prop_assert!(others.iter().all(|other| holder::verify(other).is_err()));
            Ok(())
        })?;
    }

    #[test]
    fn a_retry_gets_the_same_bytes(seed: u64) {
        let mut town = World::new(seed, 2);
        let verified = holder::verify_commitment(&town.commitment).unwrap();
        let again = holder::commit_again(&town.secret, &town.blind, &mut town.rng).unwrap();
        prop_assert_ne!(&again, &town.commitment);
        let reopened = holder::verify_commitment(&again).unwrap();
        let messages = slices(&town.messages);
        for commitment in [verified, reopened] {
            prop_assert_eq!(&holder::sign(&town.sk, &commitment, HEADER, &messages).unwrap(), &town.signature);
        }
    }

    #[test]
    fn what_is_encoded_decodes_to_itself(seed: u64) {
        let mut town = World::new(seed, 2);
        let (made, name) = town.with_credential(|credential, rng| holder::show_with_pseudonym(credential, b"", PH, &[0], rng).unwrap());
        let commitment = town.commitment.commitment();
        prop_assert_eq!(&PublicKey::from_bytes(&town.pk.to_bytes()).unwrap(), &town.pk);
        prop_assert_eq!(&Signature::from_bytes(&town.signature.to_bytes()).unwrap(), &town.signature);
        prop_assert_eq!(&Proof::from_bytes(&made.to_bytes()).unwrap(), &made);
        prop_assert_eq!(&Pseudonym::from_bytes(&name.to_bytes()).unwrap(), &name);
        prop_assert_eq!(&Commitment::from_bytes(&commitment.to_bytes()).unwrap(), commitment);
        prop_assert_eq!(&CommitmentWithProof::from_bytes(&town.commitment.to_bytes()).unwrap(), &town.commitment);
        prop_assert_eq!(SecretKey::from_bytes(town.sk.to_bytes().as_ref()).unwrap().public_key(), town.pk.clone());
        prop_assert_eq!(HolderSecret::from_bytes(town.secret.to_bytes().as_ref()).unwrap().to_bytes(), town.secret.to_bytes());
        prop_assert_eq!(ProverBlind::from_bytes(town.blind.to_bytes().as_ref()).unwrap().to_bytes(), town.blind.to_bytes());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the bytes: no panic, and what decodes has one spelling.
    #[test]
    fn any_bytes_decode_to_themselves_or_not_at_all(bytes in vec(any::<u8>(), 0..500)) {
        prop_assert!(PublicKey::from_bytes(&bytes).map_or(true, |value| value.to_bytes()[..] == bytes));
        prop_assert!(Signature::from_bytes(&bytes).map_or(true, |value| value.to_bytes()[..] == bytes));
        prop_assert!(Proof::from_bytes(&bytes).map_or(true, |value| value.to_bytes() == bytes));
        prop_assert!(CommitmentWithProof::from_bytes(&bytes).map_or(true, |value| value.to_bytes() == bytes));
    }

    #[test]
    fn any_48_bytes_are_one_point_or_none(bytes in vec(any::<u8>(), 48), compressed: bool) {
        let mut bytes = bytes;
        if compressed {
            bytes[0] |= 0x80;
        }
        prop_assert!(Commitment::from_bytes(&bytes).map_or(true, |value| value.to_bytes()[..] == bytes));
        prop_assert!(Pseudonym::from_bytes(&bytes).map_or(true, |value| value.to_bytes()[..] == bytes));
    }

    #[test]
    fn any_32_bytes_are_one_scalar_or_none(bytes: [u8; 32]) {
        prop_assert!(HolderSecret::from_bytes(&bytes).map_or(true, |value| *value.to_bytes() == bytes));
        prop_assert!(SignerNymEntropy::from_bytes(&bytes).map_or(true, |value| value.to_bytes() == bytes));
    }
}

fn suite() -> impl Strategy<Value = Suite> {
    prop_oneof![Just(Suite::Sha256), Just(Suite::Shake256)]
}

fn messages() -> impl Strategy<Value = Vec<Vec<u8>>> {
    vec(vec(any::<u8>(), 0..50), 0..5)
}

fn key(seed: u64) -> SecretKey {
    SecretKey::generate(&mut ChaCha20Rng::seed_from_u64(seed))
}

/// Those of 0..count whose bit is set.
fn subset(choice: u8, count: usize) -> Vec<usize> {
    (0..count).filter(|i| choice >> i & 1 == 1).collect()
}
