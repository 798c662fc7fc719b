use std::fmt;

use bauta_crypto::Proof;
use bauta_crypto::pseudonym::Pseudonym;

use super::clear::{Clear, MAX_BYTES, hidden_count, read_values, shows_its_epoch, write_values};
use super::{Context, Mode, Naming};
use crate::Malformed;
use crate::attributes::{CredentialType, DisclosedSet, Value};
use crate::credential::KeyId;
use crate::policy::PolicyId;
use crate::time::{Epoch, MinuteOfDay};

/// A presentation as it arrives: what anyone can read of it, and a body that only key and policy tell how to read.
#[derive(Clone, PartialEq, Eq)]
pub struct Envelope {
    /// How the showing came about.
    pub mode: Mode,
    /// The policy that it answers; zero in office mode.
    pub policy: PolicyId,
    /// The minute of the showing; 0 in paper mode.
    pub minute: MinuteOfDay,
    /// First bytes of the challenge that it answers, in poster and nonce mode.
    pub challenge_id: Option<[u8; 4]>,
    /// Whose signature it proves.
    pub key: KeyId,
    /// The epoch of the pass; day 0, series 0 in office mode.
    pub epoch: Epoch,
    body: Vec<u8>,
}

/// What an envelope holds, once it is known how to read it.
#[derive(Clone, PartialEq, Eq)]
pub struct Part {
    /// Index and value of every disclosed claim, ascending; a pass's epoch is among them.
    pub disclosed: Vec<(usize, Value)>,
    /// What the holder is called at this event, where the policy asks for it.
    pub pseudonym: Option<Pseudonym>,
    /// The proof.
    pub proof: Proof,
}

impl Envelope {
    /// No presentation is longer.
    pub const MAX_BYTES: usize = MAX_BYTES;

    /// Reads what anyone can read.
    ///
    /// # Errors
    /// [`Malformed`] for another version, an unknown mode, more than 970 bytes, and two parts, which [`PairEnvelope`](super::PairEnvelope)
    /// reads; in office mode for a policy or an epoch, and on paper for a minute.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let (clear, body) = Clear::read(bytes)?;
        Ok(Self::with(clear, body.to_vec()))
    }

    /// The bytes that go into the QR.
    pub fn to_bytes(&self) -> Vec<u8> {
        let Self { mode, policy, minute, challenge_id, key, epoch, ref body } = *self;
        let mut bytes = Clear { mode, policy, minute, challenge_id, keys: [key], epoch }.to_bytes();
        bytes.extend(body);
        bytes
    }

    /// Reads the body as a showing of exactly these claims. Type, set and naming are the reader's
    /// expectation, from key and policy: nothing in the envelope chooses them.
    ///
    /// # Errors
    /// [`Malformed`] unless the body has exactly the length and the values of such a showing.
    pub fn open(
        &self,
        credential_type: &CredentialType,
        disclosed: DisclosedSet,
        naming: Naming,
    ) -> Result<Part, Malformed> {
        shows_its_epoch(credential_type, disclosed, self.mode)?;
        let mut rest = self.body.as_slice();
        let values = read_values(credential_type, disclosed, self.epoch, &mut rest)?;
        let pseudonym = naming.read_pseudonym(&mut rest)?;
        if rest.len() != Proof::len(hidden_count(credential_type, disclosed)) {
            return Err(Malformed::new("another length than this showing has"));
        }
        let proof =
            Proof::from_bytes(rest).map_err(|_| Malformed::new("the proof is not made of points and scalars"))?;
        Ok(Part { disclosed: values, pseudonym, proof })
    }

    /// Puts a showing into its envelope. Everything in the clear comes from the context that the proof is bound to, so that the
    /// two cannot differ.
    ///
    /// # Errors
    /// [`Malformed`] when the part does not show what the context says: a mistake of the caller's.
    pub fn seal(context: &Context, credential_type: &CredentialType, part: &Part) -> Result<Self, Malformed> {
        let Context { mode, type_id: _, disclosed, key, policy_hash, epoch, minute, challenge } = *context;
        shows_its_epoch(credential_type, disclosed, mode)?;
        let mut body = Vec::new();
        write_values(credential_type, disclosed, epoch, &part.disclosed, &mut body)?;
        body.extend(part.pseudonym.iter().flat_map(Pseudonym::to_bytes));
        if part.proof.hidden_count() != hidden_count(credential_type, disclosed) {
            return Err(Malformed::new("the proof hides another number of claims than the context says"));
        }
        body.extend(part.proof.to_bytes());
        let clear = Clear::of(mode, policy_hash, minute, challenge, [key], epoch)?;
        let envelope = Self::with(clear, body);
        if envelope.to_bytes().len() > MAX_BYTES {
            return Err(Malformed::new("longer than a presentation may be: show fewer claims"));
        }
        Ok(envelope)
    }

    fn with(clear: Clear<1>, body: Vec<u8>) -> Self {
        let Clear { mode, policy, minute, challenge_id, keys: [key], epoch } = clear;
        Self { mode, policy, minute, challenge_id, key, epoch, body }
    }
}

impl Part {
    /// Index and message of every disclosed claim, as the proof is checked with them.
    pub fn messages(&self) -> Vec<(usize, Vec<u8>)> {
        self.disclosed.iter().map(|(index, value)| (*index, value.message())).collect()
    }
}

/// Which claims are shown, not what they say.
impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { disclosed, pseudonym: _, proof: _ } = self;
        let indexes: Vec<usize> = disclosed.iter().map(|(index, _)| *index).collect();
        f.debug_struct("Part").field("disclosed", &indexes).finish_non_exhaustive()
    }
}

/// The clear part only: what the body shows is for the door's eyes.
impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { mode, policy, minute, challenge_id, key, epoch, body: _ } = self;
        f.debug_struct("Envelope")
            .field("mode", mode)
            .field("policy", policy)
            .field("minute", minute)
            .field("challenge_id", challenge_id)
            .field("key", key)
            .field("epoch", epoch)
            .finish_non_exhaustive()
    }
}
