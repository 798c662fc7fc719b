//! The bytes of a vault: canonical CBOR, version 2. What is in them is secret from the first byte to the last.
//!
//! Version 1 did not know whether passes shall carry the hint. It was never released, so it is refused rather than guessed at. A collection
//! that waits for its lab has one item more than one that was interrupted, and so has a pass that rests on two records; canonical CBOR of an
//! array leaves out what is absent at its end, so every older file of version 2 is read, and a wallet without such things is written as ever.

use bauta_crypto::pseudonym::{Commitment, HolderSecret, ProverBlind};
use bauta_spec::Malformed;
use bauta_spec::attributes::{Binding, CredentialType, RuleId, Value};
use bauta_spec::cbor::{Version, decode_canonical, encode};
use bauta_spec::credential::Credential;
use bauta_spec::sealed;
use bauta_spec::signed::RootPublic;
use bauta_spec::time::Moment;
use bauta_spec::trust::TrustList;
use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::{Decode, Encode};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{CannotOpen, Interrupted, Source, Vault};
use crate::collect::Requested;
use crate::errand::Waiting;
use crate::holding::{Held, Opening, Pass, Record};
use crate::renew::HintWish;

pub(super) fn to_bytes(vault: &Vault) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(encode(&VaultBytes::from(vault)))
}

pub(super) fn from_bytes(bytes: &[u8]) -> Result<Vault, CannotOpen> {
    decode_canonical::<VaultBytes>(bytes, sealed::MAX_BYTES)?.try_into()
}

#[derive(Encode, Decode)]
struct VaultBytes {
    #[n(0)]
    version: Version<2>,
    #[n(1)]
    revision: u64,
    #[n(2)]
    root: RootPublic,
    #[n(3)]
    source: SourceBytes,
    #[n(4)]
    trust: ByteVec,
    #[n(5)]
    secret: SecretBytes,
    #[n(6)]
    with_hint: bool,
    #[n(7)]
    records: Vec<RecordBytes>,
    #[n(8)]
    interrupted: Vec<InterruptedBytes>,
}

#[derive(Encode, Decode)]
#[cbor(flat)]
enum SourceBytes {
    #[n(0)]
    Url(#[n(0)] String),
    #[n(1)]
    File(#[n(0)] String),
}

#[derive(Encode, Decode)]
struct RecordBytes {
    #[n(0)]
    held: HeldBytes,
    #[n(1)]
    commitment: ByteArray<{ Commitment::LEN }>,
    #[n(2)]
    blind: SecretBytes,
    #[n(3)]
    issuer: String,
    #[n(4)]
    passes: Vec<PassBytes>,
}

#[derive(Encode, Decode)]
struct PassBytes {
    #[n(0)]
    held: HeldBytes,
    #[n(1)]
    rule: RuleId,
    #[n(2)]
    rests_on: Option<Binding>,
}

/// The type lies beside each credential: a trust list that drops a type makes no wallet unreadable.
#[derive(Encode, Decode)]
struct HeldBytes {
    #[n(0)]
    credential_type: CredentialType,
    #[n(1)]
    credential: ByteVec,
}

#[derive(Encode, Decode)]
struct InterruptedBytes {
    #[n(0)]
    issuer: String,
    #[n(1)]
    code: SecretText,
    #[n(2)]
    second_factor: Option<SecretText>,
    #[n(3)]
    commitment: ByteVec,
    #[n(4)]
    blind: SecretBytes,
    #[n(5)]
    waiting: Option<WaitingBytes>,
}

#[derive(Encode, Decode)]
struct WaitingBytes {
    #[n(0)]
    record_type: String,
    #[n(1)]
    again: u64,
}

/// A scalar that stays in the wallet.
#[derive(Encode, Decode, Zeroize, ZeroizeOnDrop)]
#[cbor(transparent)]
struct SecretBytes(#[cbor(n(0), with = "minicbor::bytes")] [u8; 32]);

/// A code that somebody else could collect with.
#[derive(Encode, Decode, Zeroize, ZeroizeOnDrop)]
#[cbor(transparent)]
struct SecretText(#[n(0)] String);

impl From<&Vault> for VaultBytes {
    fn from(vault: &Vault) -> Self {
        let Vault { revision, root, source, trust, secret, hint, records, interrupted } = vault;
        Self {
            version: Version,
            revision: *revision,
            root: *root,
            source: source.into(),
            trust: trust.bytes().to_vec().into(),
            secret: SecretBytes(*secret.to_bytes()),
            with_hint: *hint == HintWish::Include,
            records: records.iter().map(Into::into).collect(),
            interrupted: interrupted.iter().map(Into::into).collect(),
        }
    }
}

impl TryFrom<VaultBytes> for Vault {
    type Error = CannotOpen;

    fn try_from(bytes: VaultBytes) -> Result<Self, CannotOpen> {
        Ok(Self {
            revision: bytes.revision,
            root: bytes.root,
            source: bytes.source.try_into()?,
            trust: TrustList::verify_held(&bytes.trust, &bytes.root)?,
            secret: HolderSecret::from_bytes(&bytes.secret.0).map_err(|_| NOT_A_SCALAR)?,
            hint: if bytes.with_hint { HintWish::Include } else { HintWish::LeaveOut },
            records: bytes.records.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?,
            interrupted: bytes.interrupted.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?,
        })
    }
}

const NOT_A_SCALAR: Malformed = Malformed::new("a secret is not a scalar");
const NOT_A_POINT: Malformed = Malformed::new("a commitment is not a point");

impl From<&Source> for SourceBytes {
    fn from(source: &Source) -> Self {
        match source {
            Source::Url(url) => Self::Url(url.to_string()),
            Source::File(path) => Self::File(path.to_string_lossy().into_owned()),
        }
    }
}

impl TryFrom<SourceBytes> for Source {
    type Error = Malformed;

    fn try_from(bytes: SourceBytes) -> Result<Self, Malformed> {
        Ok(match bytes {
            SourceBytes::Url(url) => Self::Url(url.parse()?),
            SourceBytes::File(path) => Self::File(path.into()),
        })
    }
}

impl From<&Record> for RecordBytes {
    fn from(record: &Record) -> Self {
        let Record { held, opening: Opening { commitment, blind }, issuer, passes } = record;
        Self {
            held: held.into(),
            commitment: commitment.to_bytes().into(),
            blind: SecretBytes(*blind.to_bytes()),
            issuer: issuer.to_string(),
            passes: passes.iter().map(Into::into).collect(),
        }
    }
}

impl TryFrom<RecordBytes> for Record {
    type Error = Malformed;

    fn try_from(bytes: RecordBytes) -> Result<Self, Malformed> {
        let commitment = Commitment::from_bytes(&*bytes.commitment).map_err(|_| NOT_A_POINT)?;
        let blind = ProverBlind::from_bytes(&bytes.blind.0).map_err(|_| NOT_A_SCALAR)?;
        Ok(Self {
            held: bytes.held.try_into()?,
            opening: Opening { commitment, blind },
            issuer: bytes.issuer.parse()?,
            passes: bytes.passes.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?,
        })
    }
}

impl From<&Pass> for PassBytes {
    fn from(pass: &Pass) -> Self {
        // The epoch is the first value of the credential.
        let Pass { held, epoch: _, rule, rests_on } = pass;
        Self { held: held.into(), rule: *rule, rests_on: *rests_on }
    }
}

impl TryFrom<PassBytes> for Pass {
    type Error = Malformed;

    fn try_from(bytes: PassBytes) -> Result<Self, Malformed> {
        let held = Held::try_from(bytes.held)?;
        match held.credential.claims.values().first() {
            Some(Value::Epoch(epoch)) => Ok(Self { epoch: *epoch, held, rule: bytes.rule, rests_on: bytes.rests_on }),
            _ => Err(Malformed::new("a pass without its day")),
        }
    }
}

impl From<&Held> for HeldBytes {
    fn from(held: &Held) -> Self {
        let Held { credential_type, credential } = held;
        Self { credential_type: credential_type.clone(), credential: credential.to_bytes().into() }
    }
}

impl TryFrom<HeldBytes> for Held {
    type Error = Malformed;

    fn try_from(bytes: HeldBytes) -> Result<Self, Malformed> {
        let HeldBytes { credential_type, credential } = bytes;
        Ok(Self { credential: Credential::from_bytes(&credential, &credential_type)?, credential_type })
    }
}

impl From<&Interrupted> for InterruptedBytes {
    fn from(open: &Interrupted) -> Self {
        let Interrupted { issuer, code, second_factor, requested, waiting } = open;
        Self {
            issuer: issuer.to_string(),
            code: SecretText(code.to_string()),
            second_factor: second_factor.as_ref().map(|factor| SecretText(factor.to_string())),
            commitment: requested.commitment().to_bytes().into(),
            blind: SecretBytes(*requested.blind().to_bytes()),
            waiting: waiting.as_ref().map(Into::into),
        }
    }
}

impl From<&Waiting> for WaitingBytes {
    fn from(waiting: &Waiting) -> Self {
        let Waiting { record_type, again } = waiting;
        Self { record_type: record_type.to_string(), again: again.unix() }
    }
}

impl TryFrom<WaitingBytes> for Waiting {
    type Error = Malformed;

    fn try_from(bytes: WaitingBytes) -> Result<Self, Malformed> {
        Ok(Self { record_type: bytes.record_type.parse()?, again: Moment::from_unix(bytes.again) })
    }
}

impl TryFrom<InterruptedBytes> for Interrupted {
    type Error = Malformed;

    fn try_from(bytes: InterruptedBytes) -> Result<Self, Malformed> {
        let blind = ProverBlind::from_bytes(&bytes.blind.0).map_err(|_| NOT_A_SCALAR)?;
        let text = |text: SecretText| Zeroizing::new(text.0.clone());
        Ok(Self {
            issuer: bytes.issuer.parse()?,
            code: text(bytes.code),
            second_factor: bytes.second_factor.map(text),
            requested: Requested::from_parts(&bytes.commitment, blind).map_err(|_| NOT_A_POINT)?,
            waiting: bytes.waiting.map(TryInto::try_into).transpose()?,
        })
    }
}
