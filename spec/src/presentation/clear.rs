use bauta_crypto::Proof;
use bauta_crypto::composed::ComposedProof;
use bauta_crypto::pseudonym::Pseudonym;

use super::Mode;
use crate::Malformed;
use crate::attributes::{CredentialType, DisclosedSet, Kind, Use, Value, decode_fixed, encode_fixed};
use crate::credential::KeyId;
use crate::policy::PolicyId;
use crate::time::{Day, Epoch, Minute, MinuteOfDay};

/// Whether a showing says what its holder is called at an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// It says nothing of the kind.
    Anonymous,
    /// It carries the pseudonym.
    Pseudonymous,
}

pub(super) const VERSION: u8 = 1;
/// No presentation is longer.
pub(crate) const MAX_BYTES: usize = 970;

/// What anyone can read of a presentation of so many parts: all that stands before the values.
pub(super) struct Clear<const PARTS: usize> {
    pub(super) mode: Mode,
    pub(super) policy: PolicyId,
    pub(super) minute: MinuteOfDay,
    pub(super) challenge_id: Option<[u8; 4]>,
    pub(super) keys: [KeyId; PARTS],
    pub(super) epoch: Epoch,
}

impl<const PARTS: usize> Clear<PARTS> {
    /// And the body that follows.
    pub(super) fn read(bytes: &[u8]) -> Result<(Self, &[u8]), Malformed> {
        if bytes.len() > MAX_BYTES {
            return Err(Malformed::new("longer than a presentation may be"));
        }
        let mut rest = bytes;
        let [version, parts, mode] = take(&mut rest)?;
        if version != VERSION {
            return Err(Malformed::new("a version that is not known here: update the verifier"));
        }
        match parts {
            parts if usize::from(parts) == PARTS => {}
            1 => return Err(Malformed::new("one part, where two are asked for")),
            2 => return Err(Malformed::new("two parts, where one is asked for")),
            _ => return Err(Malformed::new("a presentation has one part or two")),
        }
        let mode = Mode::try_from(mode)?;
        let policy = PolicyId::new(take(&mut rest)?);
        let minute = MinuteOfDay::new(u16::from_be_bytes(take(&mut rest)?))?;
        let challenge_id = if mode.names_its_challenge() { Some(take(&mut rest)?) } else { None };
        let mut keys = [KeyId::new([0; 4]); PARTS];
        for key in &mut keys {
            *key = KeyId::new(take(&mut rest)?);
        }
        let [high, low, series] = take(&mut rest)?;
        let epoch = Epoch { day: Day::try_from(u16::from_be_bytes([high, low]))?, series };
        let clear = Self { mode, policy, minute, challenge_id, keys, epoch };
        clear.says_only_what_its_mode_says().then_some((clear, rest)).ok_or(NOT_OF_ITS_MODE)
    }

    /// Of what a proof is bound to, which may be more than the mode has a place for.
    pub(super) fn of(
        mode: Mode,
        policy_hash: [u8; 32],
        minute: Minute,
        challenge: [u8; 32],
        keys: [KeyId; PARTS],
        epoch: Epoch,
    ) -> Result<Self, Malformed> {
        let clear = Self {
            mode,
            policy: PolicyId::new(first(policy_hash)),
            minute: minute.of_day(),
            challenge_id: mode.names_its_challenge().then_some(first(challenge)),
            keys,
            epoch,
        };
        let minute_on_paper = mode == Mode::Paper && minute.number() != 0;
        (!minute_on_paper && clear.says_only_what_its_mode_says()).then_some(clear).ok_or(NOT_OF_ITS_MODE)
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION, PARTS as u8, self.mode.number()];
        bytes.extend(self.policy.bytes());
        bytes.extend(self.minute.number().to_be_bytes());
        bytes.extend(self.challenge_id.iter().flatten());
        bytes.extend(self.keys.iter().flat_map(|key| key.bytes()));
        bytes.extend(self.epoch.day.number().to_be_bytes());
        bytes.push(self.epoch.series);
        bytes
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

/// The disclosed values of one part, at the front of `rest`. The epoch stands in the clear.
pub(super) fn read_values(
    credential_type: &CredentialType,
    disclosed: DisclosedSet,
    epoch: Epoch,
    rest: &mut &[u8],
) -> Result<Vec<(usize, Value)>, Malformed> {
    let value = |index: usize| {
        let claim = credential_type.claims().get(index).ok_or(BEYOND_THE_TYPE)?;
        let value = match claim.kind {
            Kind::Epoch => Value::Epoch(epoch),
            _ => decode_fixed(&claim.kind, rest)?,
        };
        Ok((index, value))
    };
    disclosed.indexes().into_iter().map(value).collect()
}

/// Appends the values of one part, but for the epoch.
pub(super) fn write_values(
    credential_type: &CredentialType,
    disclosed: DisclosedSet,
    epoch: Epoch,
    values: &[(usize, Value)],
    body: &mut Vec<u8>,
) -> Result<(), Malformed> {
    if !values.iter().map(|(index, _)| *index).eq(disclosed.indexes()) {
        return Err(Malformed::new("the part shows other claims than the context says"));
    }
    for (index, value) in values {
        let claim = credential_type.claims().get(*index).ok_or(BEYOND_THE_TYPE)?;
        match value {
            Value::Epoch(shown) if *shown == epoch => {}
            Value::Epoch(_) => return Err(Malformed::new("the part shows another epoch than the context says")),
            _ => encode_fixed(&claim.kind, value, body)?,
        }
    }
    Ok(())
}

impl Naming {
    pub(super) fn read_pseudonym(self, rest: &mut &[u8]) -> Result<Option<Pseudonym>, Malformed> {
        match self {
            Self::Anonymous => Ok(None),
            Self::Pseudonymous => {
                let bytes: [u8; Pseudonym::LEN] = take(rest)?;
                let pseudonym = Pseudonym::from_bytes(&bytes);
                pseudonym.map(Some).map_err(|_| Malformed::new("the pseudonym is not a point that may be one"))
            }
        }
    }
}

/// Records go to the office, passes to doors; a pass that hid its epoch would be good for ever.
pub(super) fn shows_its_epoch(
    credential_type: &CredentialType,
    disclosed: DisclosedSet,
    mode: Mode,
) -> Result<(), Malformed> {
    let fits = match credential_type.usage() {
        Use::Record => mode == Mode::Office,
        Use::Pass => mode != Mode::Office && disclosed.contains(0),
    };
    fits.then_some(()).ok_or(Malformed::new("a record is shown to an office, a pass elsewhere and with its epoch"))
}

/// How many messages a proof hides: the claims that are not disclosed, the blind and the holder's secret.
pub(super) fn hidden_count(credential_type: &CredentialType, disclosed: DisclosedSet) -> usize {
    const BLIND_AND_SECRET: usize = 2;
    disclosed.hidden_count(credential_type.len()) + BLIND_AND_SECRET
}

/// How many bytes every showing of these claims has, in that mode and with or without a pseudonym.
pub(crate) fn len(mode: Mode, shown: &[(&CredentialType, DisclosedSet)], naming: Naming) -> usize {
    const VERSION_PARTS_MODE_POLICY_MINUTE: usize = 9;
    const KEY: usize = 4;
    const EPOCH: usize = 3;
    let challenge_id = if mode.names_its_challenge() { 4 } else { 0 };
    let width = |(credential_type, disclosed): &(&CredentialType, DisclosedSet)| {
        let claims = credential_type.claims().iter().enumerate();
        let in_the_body = claims.filter(|(i, claim)| disclosed.contains(*i) && claim.kind != Kind::Epoch);
        in_the_body.map(|(_, claim)| claim.kind.width()).sum::<usize>()
    };
    let values: usize = shown.iter().map(width).sum();
    let hidden: Vec<usize> = shown.iter().map(|(listed, disclosed)| hidden_count(listed, *disclosed)).collect();
    let proof = match hidden.as_slice() {
        [alone] => Proof::len(*alone),
        together => ComposedProof::len(together),
    };
    let pseudonym = match naming {
        Naming::Anonymous => 0,
        Naming::Pseudonymous => Pseudonym::LEN,
    };
    let clear = VERSION_PARTS_MODE_POLICY_MINUTE + challenge_id + KEY * shown.len() + EPOCH;
    clear + values + pseudonym + proof
}

fn first(hash: [u8; 32]) -> [u8; 4] {
    let [a, b, c, d, ..] = hash;
    [a, b, c, d]
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], Malformed> {
    let (front, rest) = bytes.split_first_chunk().ok_or(Malformed::new("cut short"))?;
    *bytes = rest;
    Ok(*front)
}
