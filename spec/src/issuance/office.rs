use std::fmt;

use bauta_crypto::Signature;
use bauta_crypto::pseudonym::CommitmentWithProof;
use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

use crate::Malformed;
use crate::cbor::{Version, decode_canonical, encode, through};
use crate::presentation::{Envelope, PairEnvelope};
use crate::time::Day;

/// Keeps this hash apart from every other. Change it, and no office accepts a request of an older wallet.
const REQUEST_LABEL: &[u8] = b"bauta/v1/office-request";

/// What a wallet asks a pass office for. Every wallet asks for the whole window, so that nobody's request stands out.
#[derive(Clone, PartialEq, Eq)]
pub struct OfficeAsk {
    /// The commitment C that the binding of the record, of two the first, is the hash of, with a proof of what is inside; the passes will be
    /// signed for it. The binding alone proves nothing about C: it is the word of whoever signed the record.
    pub commitment: CommitmentWithProof,
    /// From the office's nonce endpoint, at most [`OfficeAsk::MAX_NONCE`] bytes.
    pub nonce: Vec<u8>,
    /// The first day of the window.
    pub first_day: Day,
    /// How many days, 1 to [`OfficeAsk::MAX_DAYS`].
    pub days: u16,
    /// Whether hints are disclosed, so that passes carry them.
    pub with_hint: bool,
    /// The trust list that the wallet reads rules and keys from: its version.
    pub trust_version: u32,
    /// And its hash: an office that showed a wallet a list of its own would be found out.
    pub trust_hash: [u8; 32],
}

impl OfficeAsk {
    /// No nonce is longer.
    pub const MAX_NONCE: usize = 128;

    /// No window is longer.
    pub const MAX_DAYS: u16 = 31;

    /// What the presentation of so many records is bound to: SHA-256 of label ‖ how many (1 byte) ‖ length of the nonce (1) ‖ nonce ‖ C
    /// with its proof (144) ‖ first day (2) ‖ days (2) ‖ with hint (1) ‖ trust list version (4) ‖ trust list hash.
    pub fn challenge(&self, records: HowMany) -> [u8; 32] {
        let Self { commitment, nonce, first_day, days, with_hint, trust_version, trust_hash } = self;
        Sha256::new()
            .chain_update(REQUEST_LABEL)
            .chain_update([records as u8])
            .chain_update([nonce.len() as u8])
            .chain_update(nonce)
            .chain_update(commitment.to_bytes())
            .chain_update(first_day.number().to_be_bytes())
            .chain_update(days.to_be_bytes())
            .chain_update([u8::from(*with_hint)])
            .chain_update(trust_version.to_be_bytes())
            .chain_update(trust_hash)
            .finalize()
            .into()
    }
}

/// Which person's commitment it is stays out of logs.
impl fmt::Debug for OfficeAsk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { commitment: _, nonce: _, first_day, days, with_hint: _, trust_version, trust_hash: _ } = self;
        f.debug_struct("OfficeAsk")
            .field("first_day", first_day)
            .field("days", days)
            .field("trust_version", trust_version)
            .finish_non_exhaustive()
    }
}

/// How many records go into one request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HowMany {
    /// A record alone.
    One = 1,
    /// Two of one holder, for the passes that need both.
    Two = 2,
}

/// The records that a request is made with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Records {
    /// A record alone.
    One(Envelope),
    /// Two of one holder, under one challenge.
    Two(PairEnvelope),
}

/// The ask, and the presentation of the records that is bound to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OfficeRequest {
    /// What is asked for.
    pub ask: OfficeAsk,
    /// In office mode, with [`OfficeAsk::challenge`] as its challenge.
    pub presentation: Records,
}

impl OfficeRequest {
    /// No request is longer.
    pub const MAX_BYTES: usize = 1376;

    /// Canonical CBOR.
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(self)
    }

    /// # Errors
    /// [`Malformed`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        decode_canonical(bytes, Self::MAX_BYTES)
    }
}

impl Records {
    /// How many they are.
    pub fn how_many(&self) -> HowMany {
        match self {
            Self::One(_) => HowMany::One,
            Self::Two(_) => HowMany::Two,
        }
    }

    /// The presentation.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::One(envelope) => envelope.to_bytes(),
            Self::Two(envelope) => envelope.to_bytes(),
        }
    }

    /// A presentation says in its second byte how many parts it has.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        match bytes {
            [_, 2, ..] => PairEnvelope::from_bytes(bytes).map(Self::Two),
            _ => Envelope::from_bytes(bytes).map(Self::One),
        }
    }
}

/// C, s^, one m^ and c: one holder secret and nothing else is inside.
const COMMITMENT_LEN: usize = 48 + 3 * 32;

#[derive(Encode, Decode)]
#[cbor(array)]
struct RequestBytes {
    #[n(0)]
    version: Version<1>,
    #[n(1)]
    presentation: ByteVec,
    #[n(2)]
    commitment: ByteVec,
    #[n(3)]
    nonce: ByteVec,
    #[n(4)]
    first_day: Day,
    #[n(5)]
    days: u16,
    #[n(6)]
    with_hint: bool,
    #[n(7)]
    trust_version: u32,
    #[n(8)]
    trust_hash: ByteArray<32>,
}

impl From<&OfficeRequest> for RequestBytes {
    fn from(request: &OfficeRequest) -> Self {
        let OfficeRequest { ask, presentation } = request;
        Self {
            version: Version,
            presentation: presentation.to_bytes().into(),
            commitment: ask.commitment.to_bytes().into(),
            nonce: ask.nonce.clone().into(),
            first_day: ask.first_day,
            days: ask.days,
            with_hint: ask.with_hint,
            trust_version: ask.trust_version,
            trust_hash: ask.trust_hash.into(),
        }
    }
}

impl TryFrom<RequestBytes> for OfficeRequest {
    type Error = Malformed;

    fn try_from(bytes: RequestBytes) -> Result<Self, Malformed> {
        if bytes.nonce.len() > OfficeAsk::MAX_NONCE {
            return Err(Malformed::new("a nonce has at most 128 bytes"));
        }
        if !(1..=OfficeAsk::MAX_DAYS).contains(&bytes.days) {
            return Err(Malformed::new("a window has 1 to 31 days"));
        }
        Ok(Self {
            presentation: Records::from_bytes(&bytes.presentation)?,
            ask: OfficeAsk {
                commitment: commitment_of(&bytes.commitment)?,
                nonce: bytes.nonce.into(),
                first_day: bytes.first_day,
                days: bytes.days,
                with_hint: bytes.with_hint,
                trust_version: bytes.trust_version,
                trust_hash: bytes.trust_hash.into(),
            },
        })
    }
}

through!(OfficeRequest => RequestBytes);

fn commitment_of(bytes: &[u8]) -> Result<CommitmentWithProof, Malformed> {
    let commitment = (bytes.len() == COMMITMENT_LEN).then(|| CommitmentWithProof::from_bytes(bytes));
    commitment
        .and_then(Result::ok)
        .ok_or(Malformed::new("the commitment is not a point that may be one, with three scalars"))
}

/// One place for every pass that the window could hold, in the order of the trust list: a signature, or zeros where the facts do
/// not satisfy the rule. Everybody's answer to one window has one length.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OfficeAnswer(Vec<[u8; Signature::LEN]>);

const NO_PASS: [u8; Signature::LEN] = [0; Signature::LEN];

impl OfficeAnswer {
    /// No answer has more places.
    pub const MAX_SLOTS: usize = 4096;

    /// No answer is longer.
    pub const MAX_BYTES: usize = Self::MAX_SLOTS * (Signature::LEN + 2) + 8;

    /// From what was signed, place by place.
    ///
    /// # Errors
    /// [`Malformed`] for more than [`OfficeAnswer::MAX_SLOTS`]: the trust list holds too many rules for the window.
    pub fn new(slots: impl IntoIterator<Item = Option<Signature>>) -> Result<Self, Malformed> {
        let slots = slots.into_iter().map(|signature| signature.map_or(NO_PASS, |signature| signature.to_bytes()));
        Self::of_at_most_max(slots.collect())
    }

    /// How many places it has.
    #[expect(
        clippy::len_without_is_empty,
        reason = "no use for it: a wallet compares the length with its own list of places"
    )]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The signatures in order, `None` where there is no pass. Each is decoded when it is reached: points are dear.
    pub fn signatures(&self) -> impl Iterator<Item = Result<Option<Signature>, Malformed>> {
        self.0.iter().map(|slot| match slot {
            &NO_PASS => Ok(None),
            slot => Signature::from_bytes(slot)
                .map(Some)
                .map_err(|_| Malformed::new("a signature is not one point and one scalar")),
        })
    }

    /// Canonical CBOR.
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(self)
    }

    /// # Errors
    /// [`Malformed`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        decode_canonical(bytes, Self::MAX_BYTES)
    }

    fn of_at_most_max(slots: Vec<[u8; Signature::LEN]>) -> Result<Self, Malformed> {
        if slots.len() > Self::MAX_SLOTS {
            Err(Malformed::new("more places than an answer may have"))
        } else {
            Ok(Self(slots))
        }
    }
}

type AnswerBytes = (Version<1>, Vec<ByteArray<{ Signature::LEN }>>);

impl From<&OfficeAnswer> for AnswerBytes {
    fn from(answer: &OfficeAnswer) -> Self {
        (Version, answer.0.iter().map(|slot| ByteArray::from(*slot)).collect())
    }
}

impl TryFrom<AnswerBytes> for OfficeAnswer {
    type Error = Malformed;

    fn try_from((Version, slots): AnswerBytes) -> Result<Self, Malformed> {
        Self::of_at_most_max(slots.into_iter().map(Into::into).collect())
    }
}

through!(OfficeAnswer => AnswerBytes);
