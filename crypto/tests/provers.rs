//! What was verified once and is shown often shows the same as what is verified each time.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod world;

use bauta_crypto::holder::{self, Credential, Prover};
use bauta_crypto::pseudonym::HolderSecret;
use bauta_crypto::{InvalidSignature, SecretKey, Suite, Unusable, proof, signature};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use world::{HEADER, PH, World};

fn seeded() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(7)
}

#[test]
fn a_prover_shows_what_single_showings_show() {
    let mut town = World::new(1, 3);
    let prover = town.with_credential(|credential, _| Prover::new(credential).unwrap());
    for indexes in [&[][..], &[0], &[2], &[0, 2], &[0, 1, 2]] {
        let single =
            town.with_credential(|credential, _| holder::show(credential, PH, indexes, &mut seeded()).unwrap());
        let made = prover.show(PH, indexes, &mut seeded()).unwrap();
        assert_eq!(made, single);
        let disclosed = town.disclosed(indexes);
        assert_eq!(holder::check(&town.statement(&disclosed), &made), Ok(()));

        let single = town.with_credential(|credential, _| {
            holder::show_with_pseudonym(credential, b"premiere", PH, indexes, &mut seeded()).unwrap()
        });
        let (made, name) = prover.show_with_pseudonym(b"premiere", PH, indexes, &mut seeded()).unwrap();
        assert_eq!((&made, &name), (&single.0, &single.1));
        let disclosed = town.disclosed(indexes);
        let statement = town.statement(&disclosed);
        assert_eq!(holder::check_with_pseudonym(&statement, b"premiere", &made, &name), Ok(()));
        assert!(holder::check(&statement, &made).is_err());
    }
}

#[test]
fn two_showings_of_a_prover_share_no_bytes() {
    let mut town = World::new(2, 2);
    let prover = town.with_credential(|credential, _| Prover::new(credential).unwrap());
    let made: Vec<Vec<u8>> = (0..4).map(|_| prover.show(PH, &[0], &mut town.rng).unwrap().to_bytes()).collect();
    for (i, one) in made.iter().enumerate() {
        for other in &made[..i] {
            assert!(one.windows(8).all(|window| other.windows(8).all(|candidate| window != candidate)));
        }
    }
}

#[test]
fn a_credential_that_does_not_hold_makes_no_prover() {
    let (mut town, other) = (World::new(3, 2), World::new(4, 2));
    let secret = HolderSecret::generate(&mut town.rng);
    town.with_credential(|credential, _| {
        let swapped = [credential.messages[1], credential.messages[0]];
        let bad = [
            Credential { public_key: &other.pk, ..*credential },
            Credential { signature: &other.signature, ..*credential },
            Credential { header: b"", ..*credential },
            Credential { messages: &swapped, ..*credential },
            Credential { messages: &credential.messages[..1], ..*credential },
            Credential { secret: &secret, ..*credential },
            Credential { blind: &other.blind, ..*credential },
        ];
        assert!(Prover::new(credential).is_ok());
        for (i, bad) in bad.iter().enumerate() {
            assert_eq!(Prover::new(bad).map(drop), Err(InvalidSignature), "{i}");
        }
    });
}

#[test]
fn a_prover_never_shows_blind_or_secret_and_does_not_print_them() {
    let mut town = World::new(5, 2);
    let prover = town.with_credential(|credential, _| Prover::new(credential).unwrap());
    for indexes in [&[2][..], &[3], &[1, 0], &[0, 0], &[usize::MAX]] {
        assert_eq!(prover.show(PH, indexes, &mut town.rng), Err(Unusable::Indexes));
        let named = prover.show_with_pseudonym(b"", PH, indexes, &mut town.rng);
        assert_eq!(named.map(drop), Err(Unusable::Indexes));
    }
    let printed = format!("{prover:?}");
    assert!(
        printed.starts_with("Prover { held: Held(..), nym_secrets: NymSecrets(..), public_key: PublicKey("),
        "{printed}"
    );
}

#[test]
fn provers_of_plain_signatures() {
    for suite in [Suite::Sha256, Suite::Shake256] {
        let mut rng = seeded();
        let (sk, other) = (SecretKey::generate(&mut rng), SecretKey::generate(&mut rng).public_key());
        let (pk, messages) = (sk.public_key(), [&b"a"[..], b"b", b"c"]);
        let signature = signature::sign(suite, &sk, HEADER, &messages).unwrap();
        let prover = proof::Prover::new(suite, &pk, &signature, HEADER, &messages).unwrap();
        let made = prover.prove(PH, &[1], &mut seeded()).unwrap();
        let single = proof::proof_gen(suite, &pk, &signature, HEADER, PH, &messages, &[1], &mut seeded()).unwrap();
        assert_eq!(made, single);
        assert_eq!(proof::proof_verify(suite, &pk, &made, HEADER, PH, &[(1, b"b")]), Ok(()));
        assert_ne!(prover.prove(PH, &[1], &mut rng), prover.prove(PH, &[1], &mut rng));
        assert_eq!(prover.prove(PH, &[3], &mut rng), Err(Unusable::Indexes));
        for refused in [
            proof::Prover::new(suite, &other, &signature, HEADER, &messages),
            proof::Prover::new(suite, &pk, &signature, b"", &messages),
            proof::Prover::new(suite, &pk, &signature, HEADER, &messages[..2]),
        ] {
            assert_eq!(refused.map(drop), Err(InvalidSignature));
        }
    }
}
