//! What operations are given: secrets of a class, and public values that are drawn afresh for both classes alike.

use std::convert::Infallible;
use std::sync::LazyLock;

use anyhow::{Context, Result};
use bauta_crypto::holder::{self, Credential, Prover};
use bauta_crypto::pseudonym::{HolderSecret, ProverBlind};
use bauta_crypto::{PublicKey, SecretKey, Signature};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng, TryCryptoRng, TryRng};

use crate::sparse::{self, Message};

/// What secrets are like.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Nearly all digits are zero.
    Sparse,
    /// Random.
    Uniform,
}

/// An operation, and what prepares it for one input.
pub(crate) struct Target {
    /// Operation and secret.
    pub(crate) name: &'static str,
    /// Makes one input of a class; nothing of that is timed.
    pub(crate) prepare: fn(&mut Desk, Class) -> Result<Act>,
}

/// The operation on one input: the same work each time.
pub(crate) type Act = Box<dyn Fn() -> Result<()>>;

/// As many as a health record has.
pub(crate) const MESSAGES: usize = 9;

/// Those of them that a showing discloses.
pub(crate) const DISCLOSED: [usize; 2] = [0, 1];

static SPARSE_MESSAGES: LazyLock<Vec<Message>> = LazyLock::new(|| sparse::messages(MESSAGES));

/// Where inputs are made.
pub(crate) struct Desk {
    pub(crate) issuer: SecretKey,
    pub(crate) rng: ChaCha20Rng,
}

impl Desk {
    pub(crate) fn new(rng: &mut impl Rng) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(rng.next_u64());
        Self { issuer: SecretKey::generate(&mut rng), rng }
    }

    /// A secret scalar, as bytes.
    pub(crate) fn scalar(&mut self, class: Class) -> [u8; 32] {
        // Drawn for both, so that both go through the same steps.
        let uniform = *HolderSecret::generate(&mut self.rng).to_bytes();
        match class {
            Class::Sparse => sparse::number(1),
            Class::Uniform => uniform,
        }
    }

    /// Messages of equal length in both classes.
    pub(crate) fn messages(&mut self, class: Class) -> Vec<Message> {
        let uniform = (0..MESSAGES).map(|_| self.random()).collect();
        match class {
            Class::Sparse => SPARSE_MESSAGES.clone(),
            Class::Uniform => uniform,
        }
    }

    /// What an operation will draw from its generator.
    pub(crate) fn draws(&mut self, class: Class) -> Vec<[u8; 64]> {
        let draw = |i| {
            let uniform = self.random();
            let mut sparse = [0; 64];
            sparse[32..].copy_from_slice(&sparse::number(i));
            match class {
                Class::Sparse => sparse,
                Class::Uniform => uniform,
            }
        };
        (1..=DRAWS).map(draw).collect()
    }

    /// Public: a header, a presentation header, a context.
    pub(crate) fn random<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.rng.fill_bytes(&mut bytes);
        bytes
    }

    /// A credential whose secrets are all of the class.
    pub(crate) fn issue(&mut self, class: Class) -> Result<Issued> {
        let mut messages = self.messages(class);
        // What a showing discloses is public, so it is drawn afresh for both.
        DISCLOSED.iter().for_each(|i| messages[*i] = self.random());
        // What is signed and named is the secret plus the signer's entropy, so that is what must be sparse.
        let entropy = sparse::scalar(&holder::signer_nym_entropy().to_bytes()).context("an entropy beyond r")?;
        let nym = sparse::scalar(&self.scalar(class)).context("a scalar beyond r")?;
        let secret = HolderSecret::from_bytes(&sparse::to_bytes(&(nym - entropy)))?;
        let blind = ProverBlind::from_bytes(&self.scalar(class))?;
        let header = self.random();
        let commitment = holder::verify_commitment(&holder::commit_again(&secret, &blind, &mut self.rng)?)?;
        let signature = holder::sign(&self.issuer, &commitment, &header, &slices(&messages))?;
        Ok(Issued { public_key: self.issuer.public_key(), signature, header, messages, secret, blind })
    }
}

/// A credential of its own key, header, messages and secrets.
pub(crate) struct Issued {
    public_key: PublicKey,
    signature: Signature,
    header: [u8; 16],
    messages: Vec<Message>,
    secret: HolderSecret,
    blind: ProverBlind,
}

impl Issued {
    pub(crate) fn verify(&self) -> Result<()> {
        Ok(self.with(holder::verify)?)
    }

    pub(crate) fn prover(&self) -> Result<Prover> {
        Ok(self.with(Prover::new)?)
    }

    fn with<T>(&self, act: impl FnOnce(&Credential<'_>) -> T) -> T {
        let Self { public_key, signature, header, messages, secret, blind } = self;
        act(&Credential { public_key, signature, header, messages: &slices(messages), secret, blind })
    }
}

pub(crate) fn slices(messages: &[Message]) -> Vec<&[u8]> {
    messages.iter().map(Message::as_slice).collect()
}

/// More than any operation draws.
const DRAWS: u8 = 32;

/// Plays draws that were made before, so that drawing takes the same time in both classes.
pub(crate) struct Replay<'a>(pub(crate) std::slice::Iter<'a, [u8; 64]>);

impl TryRng for Replay<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_be_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        let draw = self.0.next().expect("there are more draws than any operation takes");
        bytes.copy_from_slice(&draw[64 - bytes.len()..]);
        Ok(())
    }
}

impl TryCryptoRng for Replay<'_> {}
