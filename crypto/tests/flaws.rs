//! Where implementers of the drafts went wrong, point by point. Each test is named after its flaw.
//!
//! The first three, about bytes, have `encodings.rs`; the seventeenth, weak transcripts, has `transcript.rs`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod forger;
mod world;

use bauta_crypto::blind::{Disclosed, Indexes, Known};
use bauta_crypto::holder::{self, Statement};
use bauta_crypto::pseudonym::{Commitment, CommitmentWithProof, HolderSecret, NymSecrets, Pseudonym, SignerNymEntropy};
use bauta_crypto::{PublicKey, SecretKey, Suite, Unusable, blind, proof, pseudonym, signature};
use bls12_381::hash_to_curve::{ExpandMsgXmd, HashToField};
use bls12_381::{G1Affine, Scalar};
use forger::{Claim, LeftOut, RawProof, big_endian};
use rand_chacha::ChaCha20Rng;
use rand_core::{SeedableRng, TryCryptoRng, TryRng};
use sha2::Sha256;
use std::convert::Infallible;
use world::{HEADER, PH, World, slices};

const SUITES: [Suite; 2] = [Suite::Sha256, Suite::Shake256];

// ---- 4. signing

#[test]
fn signing_twice_gives_other_bytes() {
    for suite in SUITES {
        let mut rng = ChaCha20Rng::seed_from_u64(7);
        let sk = SecretKey::generate(&mut rng);
        let sign = |messages: &[&[u8]]| signature::sign(suite, &sk, HEADER, messages).unwrap();
        assert_eq!(sign(&[b"a", b"b"]), sign(&[b"a", b"b"]));
        assert_ne!(sign(&[b"a", b"b"]).to_bytes()[48..], sign(&[b"a", b"c"]).to_bytes()[48..]);
        let (commitment, _) = blind::commit(suite, &[b"hidden"], &mut rng).unwrap();
        let again = || blind::blind_sign(suite, &sk, Some(&commitment), HEADER, &[b"a"]).unwrap();
        assert_eq!(again(), again());
    }
    let town = World::new(7, 2);
    let verified = holder::verify_commitment(&town.commitment).unwrap();
    assert_eq!(holder::sign(&town.sk, &verified, HEADER, &slices(&town.messages)).unwrap(), town.signature);
}

// ---- 5. keys and signatures are checked before use

#[test]
fn proving_with_a_signature_that_does_not_hold() {
    let mut rng = ChaCha20Rng::seed_from_u64(8);
    for suite in SUITES {
        let (sk, other) = (SecretKey::generate(&mut rng), SecretKey::generate(&mut rng).public_key());
        let signature = signature::sign(suite, &sk, HEADER, &[b"a"]).unwrap();
        let mut prove = |pk: &PublicKey, header: &[u8], message: &[u8]| {
            proof::proof_gen(suite, pk, &signature, header, PH, &[message], &[], &mut rng).map(drop)
        };
        assert_eq!(prove(&sk.public_key(), HEADER, b"a"), Ok(()));
        assert_eq!(prove(&other, HEADER, b"a"), Err(Unusable::Signature));
        assert_eq!(prove(&sk.public_key(), b"", b"a"), Err(Unusable::Signature));
        assert_eq!(prove(&sk.public_key(), HEADER, b"b"), Err(Unusable::Signature));
    }
    let mut town = World::new(8, 1);
    town.secret = HolderSecret::generate(&mut town.rng);
    town.with_credential(|credential, rng| {
        assert!(holder::verify(credential).is_err());
        assert_eq!(holder::show(credential, PH, &[], rng), Err(Unusable::Signature));
        let named = holder::show_with_pseudonym(credential, b"", PH, &[], rng);
        assert_eq!(named.map(drop), Err(Unusable::Signature));
    });
}

// ---- 6, 7: `domains_computed_otherwise` in transcript.rs has the integers, lengths and counts of the domain

#[test]
fn an_empty_presentation_header_that_adds_nothing() {
    let mut town = World::new(9, 1);
    let proof = town.with_credential(|credential, rng| holder::show(credential, b"", &[], rng).unwrap());
    let claim = Claim {
        pk: town.pk.to_bytes(),
        header: HEADER.to_vec(),
        ph: Vec::new(),
        message_count: 1,
        disclosed: Vec::new(),
        name: None,
    };
    let proof = RawProof::of(&proof.to_bytes());
    assert!(claim.accepts(&proof, LeftOut::Nothing));
    assert!(!claim.accepts(&proof, LeftOut::PresentationHeader), "its length is not hashed");
}

#[test]
fn bytes_that_move_between_header_and_presentation_header() {
    let mut town = World::new(10, 1);
    let proof = town.with_credential(|credential, rng| holder::show(credential, b"xy", &[], rng).unwrap());
    let header = [HEADER, b"x"].concat();
    let shifted = Statement { header: &header, presentation_header: b"y", ..town.statement(&[]) };
    assert!(holder::check(&shifted, &proof).is_err());
}

// ---- 8. generators

#[test]
fn generators_of_another_interface_or_suite() {
    let mut rng = ChaCha20Rng::seed_from_u64(11);
    let sk = SecretKey::generate(&mut rng);
    let known = Known { messages: &[b"a"], committed_messages: &[], blind: None };
    // In two orders, so that what one leaves in the cache would show in the other.
    for suites in [[Suite::Sha256, Suite::Shake256], [Suite::Shake256, Suite::Sha256]] {
        let [one, other] = suites;
        let plain = signature::sign(one, &sk, HEADER, &[b"a"]).unwrap();
        let blind = blind::blind_sign(one, &sk, None, HEADER, &[b"a"]).unwrap();
        assert!(signature::verify(one, &sk.public_key(), &plain, HEADER, &[b"a"]).is_ok());
        assert!(signature::verify(other, &sk.public_key(), &plain, HEADER, &[b"a"]).is_err());
        assert!(signature::verify(one, &sk.public_key(), &blind, HEADER, &[b"a"]).is_err());
        assert!(blind::verify_blind_sign(one, &sk.public_key(), &blind, HEADER, &known).is_ok());
        assert!(blind::verify_blind_sign(one, &sk.public_key(), &plain, HEADER, &known).is_err());
        assert!(blind::verify_blind_sign(other, &sk.public_key(), &blind, HEADER, &known).is_err());
    }
}

// ---- 9. key material

#[test]
fn short_key_material_and_long_key_info() {
    let make = |material: &[u8], info: &[u8], dst: Option<&[u8]>| {
        SecretKey::from_key_material(Suite::Sha256, material, info, dst).map(|sk| *sk.to_bytes())
    };
    assert_eq!(make(&[1; 31], b"", None), Err(Unusable::KeyMaterial));
    assert_eq!(make(&[1; 32], &[0; 65536], None), Err(Unusable::KeyMaterial));
    assert_eq!(make(&[1; 32], b"", Some(&[0; 256])), Err(Unusable::KeyMaterial));
    assert!(make(&[1; 32], &[0; 65535], Some(&[0; 255])).is_ok());
    // The length of key_info is two bytes, and the default tag has no H2G_HM2S_.
    let mut scalar = [Scalar::zero()];
    let derive_input = [&[1; 32][..], &[0, 4], b"info"].concat();
    let dst = b"BBS_BLS12381G1_XMD:SHA-256_SSWU_RO_KEYGEN_DST_";
    Scalar::hash_to_field::<ExpandMsgXmd<Sha256>, _>([&derive_input], dst, &mut scalar);
    assert_eq!(make(&[1; 32], b"info", None), Ok(big_endian(&scalar[0])));
}

// ---- 10. indexes

#[test]
fn indexes_unsorted_repeated_beyond_or_extra() {
    let mut town = World::new(12, 4);
    for indexes in [&[1, 0][..], &[0, 0], &[4], &[0, 4], &[0, 1, 2, 3, 4], &[usize::MAX], &[2, 1, 3]] {
        town.with_credential(|credential, rng| {
            assert_eq!(holder::show(credential, PH, indexes, rng), Err(Unusable::Indexes), "{indexes:?}");
            let named = holder::show_with_pseudonym(credential, b"", PH, indexes, rng);
            assert_eq!(named.map(drop), Err(Unusable::Indexes), "{indexes:?}");
        });
    }
    let proof = town.with_credential(|credential, rng| holder::show(credential, PH, &[0, 2], rng).unwrap());
    let check = |indexes: &[usize]| {
        let disclosed: Vec<(usize, &[u8])> = indexes
            .iter()
            .map(|index| (*index, town.messages.get(*index).map_or(&[][..], |message| message)))
            .collect();
        holder::check(&town.statement(&disclosed), &proof).is_ok()
    };
    assert!(check(&[0, 2]));
    for indexes in [&[2, 0][..], &[0, 0], &[2, 2], &[0], &[0, 1, 2], &[0, 4], &[0, 5], &[0, usize::MAX], &[0, 2, 2]] {
        assert!(!check(indexes), "{indexes:?}");
    }
}

#[test]
fn indexes_of_plain_and_blind_proofs() {
    let mut rng = ChaCha20Rng::seed_from_u64(13);
    let sk = SecretKey::generate(&mut rng);
    let pk = sk.public_key();
    for suite in SUITES {
        let messages: [&[u8]; 3] = [b"a", b"b", b"c"];
        let signature = signature::sign(suite, &sk, HEADER, &messages).unwrap();
        for indexes in [&[1, 0][..], &[0, 0], &[3], &[0, 1, 2, 3]] {
            let made = proof::proof_gen(suite, &pk, &signature, HEADER, PH, &messages, indexes, &mut rng);
            assert_eq!(made, Err(Unusable::Indexes), "{indexes:?}");
        }
        let proof = proof::proof_gen(suite, &pk, &signature, HEADER, PH, &messages, &[0, 1], &mut rng).unwrap();
        for disclosed in [[(1, messages[1]), (0, messages[0])], [(0, messages[0]), (3, messages[1])]] {
            assert!(proof::proof_verify(suite, &pk, &proof, HEADER, PH, &disclosed).is_err());
        }

        let (commitment, prover_blind) = blind::commit(suite, &[b"x", b"y"], &mut rng).unwrap();
        let signature = blind::blind_sign(suite, &sk, Some(&commitment), HEADER, &messages).unwrap();
        let known = Known { messages: &messages, committed_messages: &[b"x", b"y"], blind: Some(&prover_blind) };
        for (i, j) in [(&[3][..], &[][..]), (&[], &[2]), (&[], &[usize::MAX]), (&[], &[1, 0]), (&[1, 1], &[])] {
            let indexes = Indexes { messages: i, committed_messages: j };
            let made = blind::blind_proof_gen(suite, &pk, &signature, HEADER, PH, &known, &indexes, &mut rng);
            assert_eq!(made, Err(Unusable::Indexes), "{indexes:?}");
        }
    }
}

#[test]
fn a_number_of_messages_that_the_sender_chose() {
    let mut town = World::new(14, 3);
    let proof = town.with_credential(|credential, rng| holder::show(credential, PH, &[0], rng).unwrap());
    let disclosed = town.disclosed(&[0]);
    for message_count in [0, 1, 2, 4, 5, usize::MAX - 1, usize::MAX] {
        let statement = Statement { message_count, ..town.statement(&disclosed) };
        assert!(holder::check(&statement, &proof).is_err(), "{message_count}");
    }
}

// ---- 11. what is disclosed

#[test]
fn disclosed_messages_and_indexes_that_are_not_hashed() {
    let mut town = World::new(15, 4);
    town.messages[1] = town.messages[0].clone();
    let verified = holder::verify_commitment(&town.commitment).unwrap();
    town.signature = holder::sign(&town.sk, &verified, HEADER, &slices(&town.messages)).unwrap();
    let proof = town.with_credential(|credential, rng| holder::show(credential, PH, &[0], rng).unwrap());
    let same = town.messages[0].clone();
    assert!(holder::check(&town.statement(&[(0, &same)]), &proof).is_ok());
    // Index 1 holds the same message, but that is not what was disclosed.
    assert!(holder::check(&town.statement(&[(1, &same)]), &proof).is_err());
    assert!(holder::check(&town.statement(&[(0, b"another")]), &proof).is_err());
}

// ---- 12. randomness

/// Counts what is drawn, and starts with a scalar that must not be used: zero.
struct Counting(ChaCha20Rng, usize);

impl TryRng for Counting {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.0.try_next_u32()
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0.try_next_u64()
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.1 += bytes.len();
        if self.1 == bytes.len() {
            bytes.fill(0);
            return Ok(());
        }
        self.0.try_fill_bytes(bytes)
    }
}

impl TryCryptoRng for Counting {}

#[test]
fn fewer_than_five_and_u_fresh_scalars() {
    let mut town = World::new(16, 4);
    let mut rng = Counting(ChaCha20Rng::seed_from_u64(16), 0);
    town.with_credential(|credential, _| {
        for (already, disclosed) in [&[][..], &[0], &[0, 1, 2, 3]].iter().enumerate() {
            let before = rng.1;
            let proof = holder::show(credential, PH, disclosed, &mut rng).unwrap();
            // The first time, the scalar that came out as zero is drawn again.
            let again = if already == 0 { 64 } else { 0 };
            assert_eq!(rng.1 - before, 64 * (5 + proof.hidden_count()) + again);
        }
    });
}

#[test]
fn two_proofs_with_something_in_common() {
    let mut town = World::new(17, 3);
    let proofs: Vec<Vec<u8>> = (0..10)
        .map(|_| town.with_credential(|credential, rng| holder::show(credential, PH, &[1], rng).unwrap()).to_bytes())
        .collect();
    for (i, one) in proofs.iter().enumerate() {
        for other in &proofs[..i] {
            assert!(one.windows(8).all(|window| other.windows(8).all(|candidate| window != candidate)));
        }
    }
}

// ---- 13. the blind

#[test]
fn a_blind_that_is_not_fresh_or_shows_in_logs() {
    let mut town = World::new(18, 1);
    let (again, other) = holder::commit(&town.secret, &mut town.rng).unwrap();
    assert_ne!(again.commitment(), town.commitment.commitment());
    assert_ne!(*other.to_bytes(), *town.blind.to_bytes());
    assert_eq!(format!("{:?}", town.blind), "ProverBlind(..)");
    assert_eq!(format!("{:?}", town.secret), "HolderSecret(..)");
    assert_eq!(format!("{:?}", town.sk), "SecretKey(..)");
    assert_eq!(format!("{:?}", town.signature), "Signature(..)");
    town.with_credential(|credential, _| {
        let text = format!("{credential:?}");
        assert!(text.contains("HolderSecret(..)") && text.contains("ProverBlind(..)"));
    });
}

// ---- 14. message order

#[test]
fn a_committed_message_at_another_place() {
    let mut rng = ChaCha20Rng::seed_from_u64(19);
    let sk = SecretKey::generate(&mut rng);
    let pk = sk.public_key();
    for suite in SUITES {
        let (commitment, prover_blind) = blind::commit(suite, &[b"x", b"y"], &mut rng).unwrap();
        let signature = blind::blind_sign(suite, &sk, Some(&commitment), HEADER, &[b"a", b"b"]).unwrap();
        let known = Known { messages: &[b"a", b"b"], committed_messages: &[b"x", b"y"], blind: Some(&prover_blind) };
        let indexes = Indexes { messages: &[1], committed_messages: &[0] };
        let proof = blind::blind_proof_gen(suite, &pk, &signature, HEADER, PH, &known, &indexes, &mut rng).unwrap();
        let check = |message_count: usize, messages: &[(usize, &[u8])], committed_messages: &[(usize, &[u8])]| {
            let disclosed = Disclosed { message_count, messages, committed_messages };
            blind::blind_proof_verify(suite, &pk, &proof, HEADER, PH, &disclosed).is_ok()
        };
        assert!(check(2, &[(1, b"b")], &[(0, b"x")]));
        assert!(!check(2, &[(1, b"b")], &[(1, b"x")]));
        // Index 3 is where x stands among all, but the signer did not see it.
        assert!(!check(2, &[(1, b"b"), (3, b"x")], &[]));
        assert!(!check(4, &[(1, b"b"), (3, b"x")], &[]));
        assert!(!check(1, &[(0, b"b")], &[(0, b"x")]));
        assert!(!check(5, &[(1, b"b")], &[(0, b"x")]));
        // With the messages in another order the signature does not hold.
        let swapped = Known { committed_messages: &[b"y", b"x"], ..known };
        assert!(blind::verify_blind_sign(suite, &pk, &signature, HEADER, &swapped).is_err());
    }
}

// ---- 15. what the issuer wants to be committed

#[test]
fn a_commitment_to_anything_but_one_secret() {
    let mut rng = ChaCha20Rng::seed_from_u64(20);
    let secrets = || [(); 2].map(|()| HolderSecret::generate(&mut ChaCha20Rng::seed_from_u64(20)));
    let two = secrets();
    let (one_secret, _) = pseudonym::nym_commit(Suite::Sha256, &[], &two[..1], &mut rng).unwrap();
    let (two_secrets, _) = pseudonym::nym_commit(Suite::Sha256, &[], &two, &mut rng).unwrap();
    let (and_a_message, _) = pseudonym::nym_commit(Suite::Sha256, &[b"m"], &two[..1], &mut rng).unwrap();
    let (other_suite, _) = pseudonym::nym_commit(Suite::Shake256, &[], &two[..1], &mut rng).unwrap();
    let (other_interface, _) = blind::commit(Suite::Sha256, &[b"m"], &mut rng).unwrap();
    let (nothing, _) = blind::commit(Suite::Sha256, &[], &mut rng).unwrap();
    assert!(holder::verify_commitment(&one_secret).is_ok());
    for refused in [two_secrets, and_a_message, other_suite, other_interface, nothing] {
        assert!(holder::verify_commitment(&refused).is_err(), "{refused:?}");
    }
    let none = pseudonym::nym_commit(Suite::Sha256, &[b"m"], &[], &mut rng);
    assert_eq!(none.map(drop), Err(Unusable::Secrets));
    // In the draft no commitment is legal: `blind_signatures` in vectors.rs.
}

#[test]
fn a_commitment_whose_proof_does_not_hold() {
    let mut rng = ChaCha20Rng::seed_from_u64(21);
    let sk = SecretKey::generate(&mut rng);
    let entropy = SignerNymEntropy::generate(&mut rng);
    for suite in SUITES {
        let secret = [HolderSecret::generate(&mut rng)];
        let (one, _) = pseudonym::nym_commit(suite, &[], &secret, &mut rng).unwrap();
        let (other, _) = pseudonym::nym_commit(suite, &[], &secret, &mut rng).unwrap();
        let mixed = [&one.to_bytes()[..48], &other.to_bytes()[48..]].concat();
        let mixed = CommitmentWithProof::from_bytes(&mixed).unwrap();
        let sign = |commitment, count| {
            pseudonym::blind_sign_with_nym(suite, &sk, commitment, count, &entropy, HEADER, &[]).map(drop)
        };
        assert_eq!(sign(&one, 1), Ok(()));
        assert_eq!(sign(&mixed, 1), Err(Unusable::Commitment));
        assert_eq!(sign(&one, 0), Err(Unusable::Secrets));
        assert_eq!(sign(&one, 2), Err(Unusable::Secrets));
        let blind = blind::blind_sign(suite, &sk, Some(&one), HEADER, &[]);
        assert_eq!(blind, Err(Unusable::Commitment), "of another interface");
    }
}

// ---- 16. pseudonyms

#[test]
fn a_pseudonym_that_names_nobody() {
    let p1 = "a8ce256102840821a3e94ea9025e4662b205762f9776b3a766c872b948f1fd225e7c59698588e70d11406d161b4e28c9";
    let p1_of_shake =
        "8929dfbc7e6642c4ed9cba0856e493f8b9d7d5fcb0c31ef8fdcd34d50648a56c795e106e9eada6e0bda386b414150755";
    for point in [p1, p1_of_shake] {
        assert!(Commitment::from_bytes(&hex::decode(point).unwrap()).is_ok(), "it is a good point");
        assert!(Pseudonym::from_bytes(&hex::decode(point).unwrap()).is_err());
    }
    assert!(Pseudonym::from_bytes(&G1Affine::identity().to_compressed()).is_err());
    assert!(Pseudonym::from_bytes(&G1Affine::generator().to_compressed()).is_err());
}

/// Two secrets, of which one is shown as if it were a committed message: the last responses would then be somebody else's.
#[test]
fn a_number_of_secrets_or_a_context_that_the_prover_chose() {
    let mut rng = ChaCha20Rng::seed_from_u64(22);
    let sk = SecretKey::generate(&mut rng);
    let pk = sk.public_key();
    for suite in SUITES {
        let nyms = [HolderSecret::generate(&mut rng), HolderSecret::generate(&mut rng)];
        let entropy = SignerNymEntropy::generate(&mut rng);
        let (commitment, prover_blind) = pseudonym::nym_commit(suite, &[b"m"], &nyms, &mut rng).unwrap();
        let signature = pseudonym::blind_sign_with_nym(suite, &sk, &commitment, 2, &entropy, HEADER, &[b"a"]).unwrap();
        let known = Known { messages: &[b"a"], committed_messages: &[b"m"], blind: Some(&prover_blind) };
        let secrets: NymSecrets =
            pseudonym::verify_finalize_with_nym(suite, &pk, &signature, HEADER, &known, &nyms, &entropy).unwrap();
        let mut prove = |committed_messages: &[usize]| {
            let indexes = Indexes { messages: &[], committed_messages };
            pseudonym::proof_gen_with_nym(
                suite, &pk, &signature, HEADER, PH, b"context", &known, &secrets, &indexes, &mut rng,
            )
        };
        for index in [1, 2, 3] {
            assert_eq!(prove(&[index]).map(drop), Err(Unusable::Indexes), "a secret or what lies behind it");
        }
        let (proof, name) = prove(&[0]).unwrap();
        let check = |context: &[u8], count, committed_messages: &[(usize, &[u8])]| {
            let disclosed = Disclosed { message_count: 1, messages: &[], committed_messages };
            pseudonym::proof_verify_with_nym(suite, &pk, &proof, &name, context, count, HEADER, PH, &disclosed).is_ok()
        };
        assert!(check(b"context", 2, &[(0, b"m")]));
        assert!(!check(b"another", 2, &[(0, b"m")]));
        for count in [0, 1, 3, 4, 5, usize::MAX] {
            assert!(!check(b"context", count, &[(0, b"m")]), "{count}");
        }
        assert!(!check(b"context", 2, &[(0, b"m"), (1, b"")]));
        assert!(!check(b"context", 2, &[(0, b"m"), (2, b"")]));
    }
}

#[test]
fn one_kind_of_showing_taken_for_the_other() {
    let mut town = World::new(23, 2);
    let (named, name) = town
        .with_credential(|credential, rng| holder::show_with_pseudonym(credential, b"context", PH, &[0], rng).unwrap());
    let plain = town.with_credential(|credential, rng| holder::show(credential, PH, &[0], rng).unwrap());
    let disclosed = town.disclosed(&[0]);
    let statement = town.statement(&disclosed);
    assert!(holder::check(&statement, &plain).is_ok());
    assert!(holder::check_with_pseudonym(&statement, b"context", &named, &name).is_ok());
    assert!(holder::check(&statement, &named).is_err());
    assert!(holder::check_with_pseudonym(&statement, b"context", &plain, &name).is_err());
}
