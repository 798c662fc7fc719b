#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use bauta_crypto::SecretKey;
use bauta_crypto::holder;
use bauta_crypto::pseudonym::HolderSecret;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::*;
use crate::attributes::{Value, shipped_named};

fn issued() -> (CredentialType, Credential) {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let member = shipped_named("membership-pass").unwrap();
    let epoch = Value::Epoch(crate::time::Epoch { day: crate::time::Day::new(20_781), series: 0 });
    let claims = Claims::new(&member, vec![epoch, Value::Code(1), Value::Absent]).unwrap();
    let sk = SecretKey::generate(&mut rng);
    let (commitment, _) = holder::commit(&HolderSecret::generate(&mut rng), &mut rng).unwrap();
    let commitment = holder::verify_commitment(&commitment).unwrap();
    let messages = claims.messages();
    let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
    let signature = holder::sign(&sk, &commitment, &member.header(), &messages).unwrap();
    (member, Credential { key: KeyId::of(&sk.public_key()), claims, signature })
}

#[test]
fn credentials_come_back() {
    let (member, credential) = issued();
    let bytes = credential.to_bytes();
    assert_eq!(Credential::from_bytes(&bytes, &member), Ok(credential.clone()));
    assert_eq!(Credential::key_of(&bytes), Ok(credential.key));
    assert!(!format!("{credential:?}").contains("Code"));
}

#[test]
fn the_type_reads_the_bytes_and_not_the_sender() {
    let (member, credential) = issued();
    let bytes = credential.to_bytes();
    for other in ["entry-pass", "age-pass", "health-pass", "health-record"] {
        let other = shipped_named(other).unwrap();
        assert!(Credential::from_bytes(&bytes, &other).is_err(), "read as {}", other.name());
    }
    // Group 4 stands in no vocabulary; it follows the epoch.
    let group = bytes.windows(3).position(|window| window == [0x00, 0x01, 0xf6]).unwrap() + 1;
    let mut foreign = bytes;
    foreign[group] = 4;
    assert!(Credential::from_bytes(&foreign, &member).is_err());
}

#[test]
fn no_flipped_byte_reads_as_the_same() {
    let (member, credential) = issued();
    let bytes = credential.to_bytes();
    for i in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[i] ^= 1;
        assert_ne!(Credential::from_bytes(&flipped, &member), Ok(credential.clone()), "byte {i}");
        assert!(Credential::from_bytes(&bytes[..i], &member).is_err(), "cut to {i}");
    }
}

#[test]
fn key_ids_have_one_spelling() {
    let id = KeyId::new([0, 1, 0xab, 0xff]);
    assert_eq!(id.to_string(), "0001abff");
    assert_eq!("0001abff".parse(), Ok(id));
    for text in ["", "0001abf", "0001abff0", "0001ABFF", "0x01abff", "0001abfg", "0001abé"] {
        assert!(text.parse::<KeyId>().is_err(), "accepted: {text}");
    }
}
