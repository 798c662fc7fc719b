use std::fmt;

use bauta_crypto::Proof;
use bauta_crypto::pseudonym::Pseudonym;

use super::{Context, Mode};
use crate::Malformed;
use crate::attributes::{CredentialType, DisclosedSet, Kind, Use, Value, decode_fixed, encode_fixed};
use crate::credential::KeyId;
use crate::policy::PolicyId;
use crate::time::{Day, Epoch, MinuteOfDay};

pub(super) const VERSION: u8 = 1;
const ONE_PART: u8 = 1;
const TWO_PARTS: u8 = 2;

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
    pub const MAX_BYTES: usize = 970;

    /// Reads what anyone can read.
    ///
    /// # Errors
    /// [`Malformed`] for another version, an unknown mode, more than 970 bytes, and two parts, which no reader of this version
    /// takes; in office mode for a policy or an epoch, and on paper for a minute.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        if bytes.len() > Self::MAX_BYTES {
            return Err(Malformed::new("longer than a presentation may be"));
        }
        let mut rest = bytes;
        let [version, parts, mode] = take(&mut rest)?;
        match (version, parts) {
            (VERSION, ONE_PART) => {}
            (VERSION, TWO_PARTS) => {
                return Err(Malformed::new("two parts, which this version does not read: update the verifier"));
            }
            (VERSION, _) => return Err(Malformed::new("a presentation has one part or two")),
            _ => return Err(Malformed::new("a version that is not known here: update the verifier")),
        }
        let mode = Mode::try_from(mode)?;
        let policy = PolicyId::new(take(&mut rest)?);
        let minute = MinuteOfDay::new(u16::from_be_bytes(take(&mut rest)?))?;
        let challenge_id = if mode.names_its_challenge() { Some(take(&mut rest)?) } else { None };
        let key = KeyId::new(take(&mut rest)?);
        let [high, low, series] = take(&mut rest)?;
        let epoch = Epoch { day: Day::try_from(u16::from_be_bytes([high, low]))?, series };
        let envelope = Self { mode, policy, minute, challenge_id, key, epoch, body: rest.to_vec() };
        envelope.says_only_what_its_mode_says().then_some(envelope).ok_or(NOT_OF_ITS_MODE)
    }

    /// The bytes that go into the QR.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION, ONE_PART, self.mode.number()];
        bytes.extend(self.policy.bytes());
        bytes.extend(self.minute.number().to_be_bytes());
        bytes.extend(self.challenge_id.iter().flatten());
        bytes.extend(self.key.bytes());
        bytes.extend(self.epoch.day.number().to_be_bytes());
        bytes.push(self.epoch.series);
        bytes.extend(&self.body);
        bytes
    }

    /// Reads the body as a showing of exactly these claims. Type, set and whether there is a pseudonym are the reader's
    /// expectation, from key and policy: nothing in the envelope chooses them.
    ///
    /// # Errors
    /// [`Malformed`] unless the body has exactly the length and the values of such a showing.
    pub fn open(
        &self,
        credential_type: &CredentialType,
        disclosed: DisclosedSet,
        pseudonym: bool,
    ) -> Result<Part, Malformed> {
        shows_its_epoch(credential_type, disclosed, self.mode)?;
        let mut rest = self.body.as_slice();
        let values = disclosed
            .indexes()
            .into_iter()
            .map(|index| {
                let claim = credential_type.claims().get(index).ok_or(BEYOND_THE_TYPE)?;
                let value = match claim.kind {
                    Kind::Epoch => Value::Epoch(self.epoch),
                    _ => decode_fixed(&claim.kind, &mut rest)?,
                };
                Ok((index, value))
            })
            .collect::<Result<_, Malformed>>()?;
        let pseudonym = pseudonym
            .then(|| {
                let bytes: [u8; Pseudonym::LEN] = take(&mut rest)?;
                Pseudonym::from_bytes(&bytes)
                    .map_err(|_| Malformed::new("the pseudonym is not a point that may be one"))
            })
            .transpose()?;
        if rest.len() != proof_len(credential_type, disclosed) {
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
        shows_its_epoch(credential_type, context.disclosed, context.mode)?;
        if !part.disclosed.iter().map(|(index, _)| *index).eq(context.disclosed.indexes()) {
            return Err(Malformed::new("the part shows other claims than the context says"));
        }
        let mut body = Vec::new();
        for (index, value) in &part.disclosed {
            let claim = credential_type.claims().get(*index).ok_or(BEYOND_THE_TYPE)?;
            match value {
                Value::Epoch(epoch) if *epoch == context.epoch => {}
                Value::Epoch(_) => return Err(Malformed::new("the part shows another epoch than the context says")),
                _ => encode_fixed(&claim.kind, value, &mut body)?,
            }
        }
        body.extend(part.pseudonym.iter().flat_map(Pseudonym::to_bytes));
        let proof = part.proof.to_bytes();
        if proof.len() != proof_len(credential_type, context.disclosed) {
            return Err(Malformed::new("the proof hides another number of claims than the context says"));
        }
        body.extend(proof);
        let envelope = Self {
            mode: context.mode,
            policy: context.policy(),
            minute: context.minute.of_day(),
            challenge_id: context.challenge_id(),
            key: context.key,
            epoch: context.epoch,
            body,
        };
        let minute_on_paper = context.mode == Mode::Paper && context.minute.number() != 0;
        if minute_on_paper || !envelope.says_only_what_its_mode_says() {
            return Err(NOT_OF_ITS_MODE);
        }
        if envelope.to_bytes().len() > Self::MAX_BYTES {
            return Err(Malformed::new("longer than a presentation may be: show fewer claims"));
        }
        Ok(envelope)
    }

    fn says_only_what_its_mode_says(&self) -> bool {
        let no_epoch = self.epoch == Epoch { day: Day::new(0), series: 0 };
        match self.mode {
            Mode::Office => self.policy.bytes() == [0; 4] && no_epoch,
            Mode::Paper => self.minute.number() == 0,
            Mode::OneWay | Mode::Poster | Mode::Nonce => true,
        }
    }
}

const NOT_OF_ITS_MODE: Malformed =
    Malformed::new("an office showing has no policy and no epoch, a paper one no minute");
const BEYOND_THE_TYPE: Malformed = Malformed::new("a claim that the credential type does not have");

/// Records go to the office, passes to doors; a pass that hid its epoch would be good for ever.
fn shows_its_epoch(credential_type: &CredentialType, disclosed: DisclosedSet, mode: Mode) -> Result<(), Malformed> {
    let fits = match credential_type.usage() {
        Use::Record => mode == Mode::Office,
        Use::Pass => mode != Mode::Office && disclosed.contains(0),
    };
    fits.then_some(()).ok_or(Malformed::new("a record is shown to an office, a pass elsewhere and with its epoch"))
}

/// 272 bytes, and 32 for each hidden claim, the blind and the holder's secret.
fn proof_len(credential_type: &CredentialType, disclosed: DisclosedSet) -> usize {
    const FIXED: usize = 272;
    const SCALAR: usize = 32;
    const BLIND_AND_SECRET: usize = 2;
    FIXED + SCALAR * (disclosed.hidden_count(credential_type.len()) + BLIND_AND_SECRET)
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], Malformed> {
    let (front, rest) = bytes.split_first_chunk().ok_or(Malformed::new("cut short"))?;
    *bytes = rest;
    Ok(*front)
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
