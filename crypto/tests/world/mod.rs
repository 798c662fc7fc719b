//! One issuer, one holder, one credential: where most tests start.
#![allow(dead_code, reason = "each test uses its own part of it")]

use bauta_crypto::holder::{self, Credential, Statement};
use bauta_crypto::pseudonym::{CommitmentWithProof, HolderSecret, ProverBlind};
use bauta_crypto::{PublicKey, SecretKey, Signature};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

/// An issuer, a holder, and what the one signed for the other.
pub(crate) struct World {
    pub(crate) rng: ChaCha20Rng,
    pub(crate) sk: SecretKey,
    pub(crate) pk: PublicKey,
    pub(crate) secret: HolderSecret,
    pub(crate) blind: ProverBlind,
    pub(crate) commitment: CommitmentWithProof,
    pub(crate) signature: Signature,
    pub(crate) messages: Vec<Vec<u8>>,
}

pub(crate) const HEADER: &[u8] = b"entry-pass 1";
pub(crate) const PH: &[u8] = b"tonight at the theatre";

impl World {
    /// A credential with `message_count` random messages.
    pub(crate) fn new(seed: u64, message_count: usize) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let sk = SecretKey::generate(&mut rng);
        let secret = HolderSecret::generate(&mut rng);
        let (commitment, blind) = holder::commit(&secret, &mut rng).unwrap();
        let messages: Vec<Vec<u8>> = (0..message_count)
            .map(|_| {
                let mut message = vec![0; (rng.next_u32() % 40) as usize];
                rng.fill_bytes(&mut message);
                message
            })
            .collect();
        let verified = holder::verify_commitment(&commitment).unwrap();
        let signature = holder::sign(&sk, &verified, HEADER, &slices(&messages)).unwrap();
        Self { pk: sk.public_key(), rng, sk, secret, blind, commitment, signature, messages }
    }

    /// Runs `act` with the credential.
    pub(crate) fn with_credential<T>(&mut self, act: impl FnOnce(&Credential<'_>, &mut ChaCha20Rng) -> T) -> T {
        let messages = slices(&self.messages);
        let credential = Credential {
            public_key: &self.pk,
            signature: &self.signature,
            header: HEADER,
            messages: &messages,
            secret: &self.secret,
            blind: &self.blind,
        };
        act(&credential, &mut self.rng)
    }

    /// What a verifier expects that wants the messages at `indexes`.
    pub(crate) fn statement<'a>(&'a self, disclosed: &'a [(usize, &'a [u8])]) -> Statement<'a> {
        Statement {
            public_key: &self.pk,
            header: HEADER,
            presentation_header: PH,
            message_count: self.messages.len(),
            disclosed,
        }
    }

    pub(crate) fn disclosed(&self, indexes: &[usize]) -> Vec<(usize, &[u8])> {
        indexes.iter().map(|index| (*index, &self.messages[*index][..])).collect()
    }
}

pub(crate) fn slices(messages: &[Vec<u8>]) -> Vec<&[u8]> {
    messages.iter().map(Vec::as_slice).collect()
}
