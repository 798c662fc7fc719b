//! Where implementers of the drafts went wrong with bytes: points, scalars and lengths, points 1 to 3 of the list, and every bit.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod forger;
mod hostile;
mod world;

use bauta_crypto::holder;
use bauta_crypto::pseudonym::{
    Commitment, CommitmentWithProof, HolderSecret, ProverBlind, Pseudonym, SignerNymEntropy,
};
use bauta_crypto::{Proof, PublicKey, SecretKey, Signature};
use bls12_381::{G1Affine, G1Projective};
use forger::{Claim, Domain, LeftOut, RawProof, big_endian, blind_bases, commitment_challenge, compressed, random};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use world::{HEADER, PH, World};

// ---- 1. points

/// The forgery that a published implementation accepts: with Abar = Bbar = identity the pairing holds for any key.
#[test]
fn a_proof_of_anything_with_abar_and_bbar_the_identity() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let claim = Claim {
        pk: SecretKey::generate(&mut rng).public_key().to_bytes(),
        header: HEADER.to_vec(),
        ph: PH.to_vec(),
        message_count: 1,
        disclosed: vec![(0, forger::message_scalar(b"admits everywhere"))],
        name: None,
    };
    let (h, [r2, blind, secret]) = (claim.h(), [(); 3].map(|()| random(&mut rng)));
    let [r1_tilde, r3_tilde, blind_tilde, secret_tilde] = [(); 4].map(|()| random(&mut rng));
    let b = claim.base(Domain::AsInTheDraft) + h[0] * claim.disclosed[0].1 + h[1] * blind + h[2] * secret;
    let (identity, d) = (G1Projective::identity(), b * r2);
    let t2 = d * r3_tilde + h[1] * blind_tilde + h[2] * secret_tilde;
    let points = [identity, identity, d, d * r1_tilde, t2];
    let c = claim.challenge(points, None, LeftOut::Nothing, Domain::AsInTheDraft);
    let forged = RawProof {
        Abar: identity,
        Bbar: identity,
        D: d,
        e_hat: random(&mut rng),
        r1_hat: r1_tilde,
        r3_hat: r3_tilde - forger::inverse(r2) * c,
        m_hat: vec![blind_tilde + blind * c, secret_tilde + secret * c],
        c,
    };
    assert!(claim.accepts(&forged, LeftOut::Nothing), "the forgery is not what it should be");
    assert!(Proof::from_bytes(&forged.to_bytes()).is_err());
}

/// The drafts' text forgets this check. Answered, such commitments give the issuer's key away bit by bit.
#[test]
fn a_commitment_with_a_part_of_small_order() {
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    let small: G1Projective = G1Affine::from_compressed_unchecked(&hostile::of_order_three()).unwrap().into();
    assert!(bool::from((small + small + small).is_identity()));
    let (q2, j1) = blind_bases();
    loop {
        let [s, m, s_tilde, m_tilde] = [(); 4].map(|()| random(&mut rng));
        let commitment = q2 * s + j1 * m + small;
        let commitment_bar = q2 * s_tilde + j1 * m_tilde;
        let c = commitment_challenge(Some(&commitment), Some(&commitment_bar));
        let (s_hat, m_hat) = (s_tilde + s * c, m_tilde + m * c);
        // One try in three: the challenge hides the part of small order.
        if q2 * s_hat + j1 * m_hat - commitment * c == commitment_bar {
            let mut bytes = compressed(&commitment).to_vec();
            bytes.extend([s_hat, m_hat, c].iter().flat_map(big_endian));
            assert!(CommitmentWithProof::from_bytes(&bytes).is_err());
            assert!(Commitment::from_bytes(&bytes[..48]).is_err());
            return;
        }
    }
}

#[test]
fn bad_points_in_every_field() {
    let mut town = World::new(3, 3);
    let (proof, name) = town
        .with_credential(|credential, rng| holder::show_with_pseudonym(credential, b"context", PH, &[0], rng).unwrap());
    let (proof, signature) = (proof.to_bytes(), town.signature.to_bytes());
    let commitment = town.commitment.to_bytes();
    for (flaw, point) in hostile::g1(&town.commitment.commitment().to_bytes()) {
        for field in [0, 48, 96] {
            assert!(Proof::from_bytes(&spliced(&proof, field, &point)).is_err(), "proof at {field}: {flaw}");
        }
        assert!(Signature::from_bytes(&spliced(&signature, 0, &point)).is_err(), "signature: {flaw}");
        assert!(CommitmentWithProof::from_bytes(&spliced(&commitment, 0, &point)).is_err(), "commitment: {flaw}");
        assert!(Commitment::from_bytes(&point).is_err(), "bare commitment: {flaw}");
        assert!(Pseudonym::from_bytes(&point).is_err(), "pseudonym: {flaw}");
    }
    for (flaw, point) in hostile::g2(&town.pk.to_bytes()) {
        assert!(PublicKey::from_bytes(&point).is_err(), "public key: {flaw}");
    }
    assert!(Pseudonym::from_bytes(&name.to_bytes()).is_ok());
}

// ---- 2. scalars

#[test]
fn bad_scalars_in_every_field() {
    let mut town = World::new(4, 2);
    let proof = town.with_credential(|credential, rng| holder::show(credential, PH, &[0], rng).unwrap());
    let (proof, signature, commitment) = (proof.to_bytes(), town.signature.to_bytes(), town.commitment.to_bytes());
    for (flaw, scalar) in hostile::scalars() {
        for field in (144..proof.len()).step_by(32) {
            assert!(Proof::from_bytes(&spliced(&proof, field, &scalar)).is_err(), "proof at {field}: {flaw}");
        }
        for field in (48..commitment.len()).step_by(32) {
            let spliced = spliced(&commitment, field, &scalar);
            assert!(CommitmentWithProof::from_bytes(&spliced).is_err(), "commitment at {field}: {flaw}");
        }
        assert!(Signature::from_bytes(&spliced(&signature, 48, &scalar)).is_err(), "signature: {flaw}");
        assert!(SecretKey::from_bytes(&scalar).is_err(), "secret key: {flaw}");
        assert!(HolderSecret::from_bytes(&scalar).is_err(), "holder secret: {flaw}");
        assert!(ProverBlind::from_bytes(&scalar).is_err(), "blind: {flaw}");
        assert!(SignerNymEntropy::from_bytes(&scalar).is_err(), "entropy: {flaw}");
    }
}

#[test]
fn little_endian_scalars() {
    let mut one = [0; 32];
    one[31] = 1;
    let sk = SecretKey::from_bytes(&one).unwrap();
    assert_eq!(sk.public_key().to_bytes(), bls12_381::G2Affine::generator().to_compressed());
    assert_eq!(*sk.to_bytes(), one);
}

// ---- 3. lengths

#[test]
fn wrong_lengths_and_trailing_bytes() {
    let mut town = World::new(5, 2);
    let (proof, name) = town
        .with_credential(|credential, rng| holder::show_with_pseudonym(credential, b"context", PH, &[0], rng).unwrap());
    only_this_length(&town.pk.to_bytes(), |bytes| PublicKey::from_bytes(bytes).is_ok());
    only_this_length(town.sk.to_bytes().as_ref(), |bytes| SecretKey::from_bytes(bytes).is_ok());
    only_this_length(town.secret.to_bytes().as_ref(), |bytes| HolderSecret::from_bytes(bytes).is_ok());
    only_this_length(town.blind.to_bytes().as_ref(), |bytes| ProverBlind::from_bytes(bytes).is_ok());
    only_this_length(&town.signature.to_bytes(), |bytes| Signature::from_bytes(bytes).is_ok());
    only_this_length(&name.to_bytes(), |bytes| Pseudonym::from_bytes(bytes).is_ok());
    only_this_length(&town.commitment.commitment().to_bytes(), |bytes| Commitment::from_bytes(bytes).is_ok());
    // A proof or commitment that ends earlier on a scalar is one about fewer messages, which the check refuses.
    let statement_of = town.disclosed(&[0]);
    let statement = town.statement(&statement_of);
    only_this_length(&proof.to_bytes(), |bytes| {
        Proof::from_bytes(bytes)
            .is_ok_and(|proof| holder::check_with_pseudonym(&statement, b"context", &proof, &name).is_ok())
    });
    only_this_length(&town.commitment.to_bytes(), |bytes| {
        CommitmentWithProof::from_bytes(bytes).is_ok_and(|commitment| holder::verify_commitment(&commitment).is_ok())
    });
    assert_eq!(proof.to_bytes().len(), Proof::len(3));
    assert_eq!(town.commitment.to_bytes().len(), 144);
}

#[test]
fn lengths_that_no_value_has() {
    let mut town = World::new(6, 2);
    let proof = town.with_credential(|credential, rng| holder::show(credential, PH, &[], rng).unwrap()).to_bytes();
    for length in (0..proof.len() + 40).filter(|length| *length < 272 || (length - 272) % 32 != 0) {
        let bytes: Vec<u8> = proof.iter().cycle().take(length).copied().collect();
        assert!(Proof::from_bytes(&bytes).is_err(), "{length}");
    }
    let commitment = town.commitment.to_bytes();
    for length in (0..200).filter(|length| *length < 112 || (length - 48) % 32 != 0) {
        let bytes: Vec<u8> = commitment.iter().cycle().take(length).copied().collect();
        assert!(CommitmentWithProof::from_bytes(&bytes).is_err(), "{length}");
    }
}

// ---- every bit

#[test]
fn a_flipped_bit_in_a_showing() {
    let mut town = World::new(24, 2);
    let proof = town.with_credential(|credential, rng| holder::show(credential, PH, &[0, 1], rng).unwrap());
    let disclosed = town.disclosed(&[0, 1]);
    let statement = town.statement(&disclosed);
    no_bit_is_idle(&proof.to_bytes(), |bytes| {
        Proof::from_bytes(bytes).is_ok_and(|proof| holder::check(&statement, &proof).is_ok())
    });
}

#[test]
fn a_flipped_bit_in_a_showing_with_pseudonym() {
    let mut town = World::new(25, 1);
    let (proof, name) = town
        .with_credential(|credential, rng| holder::show_with_pseudonym(credential, b"context", PH, &[0], rng).unwrap());
    let disclosed = town.disclosed(&[0]);
    let statement = town.statement(&disclosed);
    no_bit_is_idle(&[&proof.to_bytes()[..], &name.to_bytes()].concat(), |bytes| {
        let (proof, name) = bytes.split_at(bytes.len() - Pseudonym::LEN);
        Proof::from_bytes(proof).is_ok_and(|proof| {
            Pseudonym::from_bytes(name)
                .is_ok_and(|name| holder::check_with_pseudonym(&statement, b"context", &proof, &name).is_ok())
        })
    });
}

#[test]
fn a_flipped_bit_in_what_is_issued() {
    let mut town = World::new(26, 1);
    no_bit_is_idle(&town.commitment.to_bytes(), |bytes| {
        CommitmentWithProof::from_bytes(bytes).is_ok_and(|commitment| holder::verify_commitment(&commitment).is_ok())
    });
    let signature = town.signature.to_bytes();
    town.with_credential(|credential, _| {
        no_bit_is_idle(&signature, |bytes| {
            Signature::from_bytes(bytes).is_ok_and(|signature| {
                holder::verify(&holder::Credential { signature: &signature, ..*credential }).is_ok()
            })
        });
    });
}

// ---- the tools

fn spliced(bytes: &[u8], at: usize, part: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at..at + part.len()].copy_from_slice(part);
    bytes
}

#[track_caller]
fn only_this_length(bytes: &[u8], accepts: impl Fn(&[u8]) -> bool) {
    assert!(accepts(bytes));
    for length in 0..bytes.len() {
        assert!(!accepts(&bytes[..length]), "{length} of {} bytes", bytes.len());
    }
    for more in [1, 16, 32, 48] {
        assert!(!accepts(&[bytes, &vec![0; more]].concat()), "{more} bytes more");
        assert!(!accepts(&[bytes, &bytes[..more.min(bytes.len())]].concat()), "{more} bytes again");
    }
}

#[track_caller]
fn no_bit_is_idle(bytes: &[u8], accepts: impl Fn(&[u8]) -> bool) {
    assert!(accepts(bytes));
    for bit in 0..8 * bytes.len() {
        let mut flipped = bytes.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(!accepts(&flipped), "bit {bit}");
    }
}
