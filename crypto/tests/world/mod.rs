//! One issuer, one holder, one credential: where most tests start. More credentials of the same holder stand beside the first.
#![allow(dead_code, reason = "each test uses its own part of it")]

use bauta_crypto::holder::{self, Credential, Prover, Statement};
use bauta_crypto::pseudonym::{CommitmentWithProof, HolderSecret, ProverBlind};
use bauta_crypto::{PublicKey, SecretKey, Signature, composed};
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
        Self::of(rng, sk, secret, message_count)
    }

    /// Another issuer's credential of the same holder, under a blind of its own.
    pub(crate) fn beside(&self, seed: u64, message_count: usize) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let sk = SecretKey::generate(&mut rng);
        let secret = HolderSecret::from_bytes(self.secret.to_bytes().as_ref()).unwrap();
        Self::of(rng, sk, secret, message_count)
    }

    fn of(mut rng: ChaCha20Rng, sk: SecretKey, secret: HolderSecret, message_count: usize) -> Self {
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

    /// The credential, verified.
    pub(crate) fn prover(&mut self) -> Prover {
        self.with_credential(|credential, _| Prover::new(credential).unwrap())
    }

    /// What a verifier expects of one part that wants the messages at `indexes`.
    pub(crate) fn part<'a>(&'a self, disclosed: &'a [(usize, &'a [u8])]) -> composed::Statement<'a> {
        let message_count = self.messages.len();
        composed::Statement { public_key: &self.pk, header: HEADER, message_count, disclosed }
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

/// One holder's credentials of as many issuers, with so many messages each.
pub(crate) fn of_one_holder(seed: u64, message_counts: &[usize]) -> Vec<World> {
    let [first, others @ ..] = message_counts else { return Vec::new() };
    let mut worlds = vec![World::new(seed, *first)];
    for (message_count, i) in others.iter().zip(1..) {
        worlds.push(worlds[0].beside(seed.wrapping_add(i), *message_count));
    }
    worlds
}

pub(crate) fn slices(messages: &[Vec<u8>]) -> Vec<&[u8]> {
    messages.iter().map(Vec::as_slice).collect()
}
