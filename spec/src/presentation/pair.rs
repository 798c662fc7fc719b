use std::fmt;

use bauta_crypto::composed::ComposedProof;
use bauta_crypto::pseudonym::Pseudonym;

use super::clear::{Clear, MAX_BYTES, hidden_count, read_values, shows_its_epoch, write_values};
use super::{Mode, Naming, PairContext};
use crate::Malformed;
use crate::attributes::{CredentialType, DisclosedSet, Value};
use crate::credential::KeyId;
use crate::policy::PolicyId;
use crate::time::{Epoch, MinuteOfDay};

/// A presentation of two credentials as it arrives: what anyone can read of it, and a body that only keys and policy tell how to read.
#[derive(Clone, PartialEq, Eq)]
pub struct PairEnvelope {
    /// How the showing came about.
    pub mode: Mode,
    /// The policy that it answers; zero in office mode.
    pub policy: PolicyId,
    /// The minute of the showing; 0 in paper mode.
    pub minute: MinuteOfDay,
    /// First bytes of the challenge that it answers, in poster and nonce mode.
    pub challenge_id: Option<[u8; 4]>,
    /// Whose signatures it proves, in the order of the proof.
    pub keys: [KeyId; 2],
    /// The epoch of both passes; day 0, series 0 in office mode.
    pub epoch: Epoch,
    body: Vec<u8>,
}

/// What such an envelope holds, once it is known how to read it.
#[derive(Clone, PartialEq, Eq)]
pub struct Pair {
    /// For each credential, index and value of every disclosed claim, ascending; a pass's epoch is among them.
    pub disclosed: [Vec<(usize, Value)>; 2],
    /// What the holder is called at this event, where the policy asks for it.
    pub pseudonym: Option<Pseudonym>,
    /// The proof of both.
    pub proof: ComposedProof,
}

impl PairEnvelope {
    /// Reads what anyone can read.
    ///
    /// # Errors
    /// [`Malformed`] for another version, one part or more than two, an unknown mode, more than 970 bytes; in office mode for a policy or an
    /// epoch, and on paper for a minute.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let (clear, body) = Clear::read(bytes)?;
        Ok(Self::with(clear, body.to_vec()))
    }

    /// The bytes that go into the QR.
    pub fn to_bytes(&self) -> Vec<u8> {
        let Self { mode, policy, minute, challenge_id, keys, epoch, ref body } = *self;
        let mut bytes = Clear { mode, policy, minute, challenge_id, keys, epoch }.to_bytes();
        bytes.extend(body);
        bytes
    }

    /// Reads the body as a showing of exactly these claims of these types, in their order: the reader's expectation, as for one credential.
    ///
    /// # Errors
    /// [`Malformed`] unless the body has exactly the length and the values of such a showing.
    pub fn open(&self, shown: [(&CredentialType, DisclosedSet); 2], naming: Naming) -> Result<Pair, Malformed> {
        let mut rest = self.body.as_slice();
        let mut values = |(credential_type, disclosed): (&CredentialType, DisclosedSet)| {
            shows_its_epoch(credential_type, disclosed, self.mode)?;
            read_values(credential_type, disclosed, self.epoch, &mut rest)
        };
        let [first, second] = shown;
        let disclosed = [values(first)?, values(second)?];
        let pseudonym = naming.read_pseudonym(&mut rest)?;
        let hidden_counts = shown.map(|(credential_type, disclosed)| hidden_count(credential_type, disclosed));
        if rest.len() != ComposedProof::len(&hidden_counts) {
            return Err(Malformed::new("another length than this showing has"));
        }
        let proof = ComposedProof::from_bytes(rest, &hidden_counts)
            .map_err(|_| Malformed::new("the proof is not made of points and scalars"))?;
        Ok(Pair { disclosed, pseudonym, proof })
    }

    /// Puts a showing of two credentials into its envelope. Everything in the clear comes from the context that the proof is bound to, so
    /// that the two cannot differ.
    ///
    /// # Errors
    /// [`Malformed`] when the pair does not show what the context says: a mistake of the caller's.
    pub fn seal(context: &PairContext, types: [&CredentialType; 2], pair: &Pair) -> Result<Self, Malformed> {
        let PairContext { mode, parts, policy_hash, epoch, minute, challenge } = *context;
        let mut body = Vec::new();
        for ((part, credential_type), values) in parts.iter().zip(types).zip(&pair.disclosed) {
            shows_its_epoch(credential_type, part.disclosed, mode)?;
            write_values(credential_type, part.disclosed, epoch, values, &mut body)?;
        }
        body.extend(pair.pseudonym.iter().flat_map(Pseudonym::to_bytes));
        let [first, second] = [0, 1].map(|i| hidden_count(types[i], parts[i].disclosed));
        if !pair.proof.hidden_counts().eq([first, second]) {
            return Err(Malformed::new("the proof hides another number of claims than the context says"));
        }
        body.extend(pair.proof.to_bytes());
        let clear = Clear::of(mode, policy_hash, minute, challenge, parts.map(|part| part.key), epoch)?;
        let envelope = Self::with(clear, body);
        if envelope.to_bytes().len() > MAX_BYTES {
            return Err(Malformed::new("longer than a presentation may be: show fewer claims"));
        }
        Ok(envelope)
    }

    fn with(clear: Clear<2>, body: Vec<u8>) -> Self {
        let Clear { mode, policy, minute, challenge_id, keys, epoch } = clear;
        Self { mode, policy, minute, challenge_id, keys, epoch, body }
    }
}

impl Pair {
    /// For each credential, index and message of every disclosed claim, as the proof is checked with them.
    pub fn messages(&self) -> [Vec<(usize, Vec<u8>)>; 2] {
        self.disclosed.each_ref().map(|values| values.iter().map(|(index, value)| (*index, value.message())).collect())
    }
}

/// Which claims are shown, not what they say.
impl fmt::Debug for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { disclosed, pseudonym: _, proof: _ } = self;
        let indexes: [Vec<usize>; 2] =
            disclosed.each_ref().map(|values| values.iter().map(|(index, _)| *index).collect());
        f.debug_struct("Pair").field("disclosed", &indexes).finish_non_exhaustive()
    }
}

/// The clear part only: what the body shows is for the door's eyes.
impl fmt::Debug for PairEnvelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { mode, policy, minute, challenge_id, keys, epoch, body: _ } = self;
        f.debug_struct("PairEnvelope")
            .field("mode", mode)
            .field("policy", policy)
            .field("minute", minute)
            .field("challenge_id", challenge_id)
            .field("keys", keys)
            .field("epoch", epoch)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
