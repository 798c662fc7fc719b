use std::fmt;

use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{ClaimName, Kind, TypeName, Value, Vocabulary};
use crate::Malformed;
use crate::cbor::{Version, decode_canonical, encode, through};
use crate::text::{hex_form, text_form};

/// Keeps the headers of our credentials apart from every other. Change it, and every credential ever issued stops verifying.
const HEADER_LABEL: &[u8] = b"bauta/v1/credential";

/// Whether credentials of a type are shown to a pass office or at a door.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Use {
    /// Long-lived, shown to a pass office only.
    Record,
    /// Short-lived, shown at doors.
    Pass,
}

/// A claim of a credential type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claim {
    /// Its name.
    pub name: ClaimName,
    /// What its values are.
    pub kind: Kind,
}

/// A kind of credential: how many messages it has, in which order, and how each is written. Data, not code: a programme adds
/// types by signing them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "TypeJson", into = "TypeJson")]
pub struct CredentialType {
    name: TypeName,
    layout: u8,
    usage: Use,
    claims: Vec<Claim>,
}

impl CredentialType {
    /// A credential has at most this many claims.
    pub const MAX_CLAIMS: usize = 16;

    /// A type is written in at most this many bytes.
    pub const MAX_BYTES: usize = 16 * 1024;

    /// Checks the claims against the use: a record begins with handle and binding and has no epoch and no rule; a pass begins with
    /// its epoch and has no handle and no binding, by which showings could be matched.
    ///
    /// # Errors
    /// [`Malformed`] otherwise, for no claims or more than 16, for a name used twice, or for two hints: one holder has one.
    pub fn new(name: TypeName, layout: u8, usage: Use, claims: Vec<Claim>) -> Result<Self, Malformed> {
        if claims.is_empty() || claims.len() > Self::MAX_CLAIMS {
            return Err(Malformed::new("a credential type has 1 to 16 claims"));
        }
        let repeated = |(i, claim): (usize, &Claim)| claims[..i].iter().any(|earlier| earlier.name == claim.name);
        if claims.iter().enumerate().any(repeated) {
            return Err(Malformed::new("a claim name is used twice"));
        }
        let kinds: Vec<&Kind> = claims.iter().map(|claim| &claim.kind).collect();
        if kinds.iter().filter(|kind| ***kind == Kind::Hint).count() > 1 {
            return Err(Malformed::new("a credential type has one hint at most"));
        }
        match (usage, kinds.as_slice()) {
            (Use::Record, [Kind::Handle, Kind::Binding, rest @ ..]) if rest.iter().all(|kind| kind.states_a_fact()) => {
            }
            (Use::Pass, [Kind::Epoch, rest @ ..])
                if rest.iter().all(|kind| kind.states_a_fact() || matches!(kind, Kind::Admits)) => {}
            (Use::Record, _) => {
                return Err(Malformed::new(
                    "a record begins with handle and binding, and has each once, no epoch, no admits",
                ));
            }
            (Use::Pass, _) => {
                return Err(Malformed::new("a pass begins with its epoch, and has it once, no handle, no binding"));
            }
        }
        Ok(Self { name, layout, usage, claims })
    }

    /// From the JSON form that people write.
    ///
    /// # Errors
    /// With line and column.
    pub fn from_json(json: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// The JSON form.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("names, numbers and lists have a JSON form")
    }

    /// From canonical CBOR.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        decode_canonical(bytes, Self::MAX_BYTES)
    }

    /// Canonical CBOR.
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(self)
    }

    /// SHA-256 of the canonical CBOR.
    pub fn id(&self) -> TypeId {
        TypeId(Sha256::digest(self.to_bytes()).into())
    }

    /// The header of every credential of this type: label ‖ length of the name (1 byte) ‖ name ‖ layout (1 byte).
    pub fn header(&self) -> Vec<u8> {
        let name = self.name.as_str().as_bytes();
        let mut header = HEADER_LABEL.to_vec();
        header.push(name.len() as u8);
        header.extend(name);
        header.push(self.layout);
        header
    }

    /// Its name.
    pub fn name(&self) -> &TypeName {
        &self.name
    }

    /// The version of its layout: another order or meaning of claims is another layout.
    pub fn layout(&self) -> u8 {
        self.layout
    }

    /// Record or pass.
    pub fn usage(&self) -> Use {
        self.usage
    }

    /// The claims in their order.
    pub fn claims(&self) -> &[Claim] {
        &self.claims
    }

    /// How many claims it has: L of the draft.
    #[expect(clippy::len_without_is_empty, reason = "never empty")]
    pub fn len(&self) -> usize {
        self.claims.len()
    }

    /// Where a claim stands.
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.claims.iter().position(|claim| claim.name.as_str() == name)
    }

    /// The claim of that name.
    pub fn claim(&self, name: &str) -> Option<&Claim> {
        self.claims.iter().find(|claim| claim.name.as_str() == name)
    }

    /// The set of these claims; `None` if the type lacks one of them.
    pub fn disclosing<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Option<DisclosedSet> {
        names.into_iter().try_fold(DisclosedSet::default(), |set, name| Some(set.with(self.index_of(name)?)))
    }
}

impl Kind {
    /// Says something about the holder, rather than tie a credential to its day, rule, record or wallet.
    fn states_a_fact(&self) -> bool {
        matches!(self, Self::Hint | Self::Code(_) | Self::Day | Self::Month | Self::Flag)
    }
}

/// SHA-256 of a credential type's canonical CBOR.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId([u8; 32]);

impl TypeId {
    /// From its bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn bytes(&self) -> [u8; 32] {
        self.0
    }
}

impl fmt::Debug for TypeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TypeId({self})")
    }
}

impl From<&TypeId> for ByteArray<32> {
    fn from(id: &TypeId) -> Self {
        Self::from(id.0)
    }
}

impl TryFrom<ByteArray<32>> for TypeId {
    type Error = Malformed;

    fn try_from(bytes: ByteArray<32>) -> Result<Self, Malformed> {
        Ok(Self(bytes.into()))
    }
}

through!(TypeId => ByteArray<32>);
hex_form!(TypeId);
text_form!(TypeId);

/// The values of one credential, checked against its type.
#[derive(Clone, PartialEq, Eq)]
pub struct Claims(Vec<Value>);

/// A value that the credential type has no place for.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ForeignClaim {
    /// Too many values or too few.
    #[error("{got} values for a credential type of {expected} claims")]
    Count {
        /// How many the type has.
        expected: usize,
        /// How many there were.
        got: usize,
    },
    /// A value of another kind, outside the vocabulary, or absent where it must not be.
    #[error("the value of \"{0}\" is not of its kind or vocabulary")]
    Value(ClaimName),
}

impl Claims {
    /// One value for each claim of the type, in its order.
    ///
    /// # Errors
    /// [`ForeignClaim`].
    pub fn new(credential_type: &CredentialType, values: Vec<Value>) -> Result<Self, ForeignClaim> {
        if values.len() != credential_type.len() {
            return Err(ForeignClaim::Count { expected: credential_type.len(), got: values.len() });
        }
        match credential_type.claims.iter().zip(&values).find(|(claim, value)| !claim.kind.takes(value)) {
            Some((claim, _)) => Err(ForeignClaim::Value(claim.name.clone())),
            None => Ok(Self(values)),
        }
    }

    /// The values in the order of the type.
    pub fn values(&self) -> &[Value] {
        &self.0
    }

    /// The value of a claim by name.
    pub fn get(&self, credential_type: &CredentialType, name: &str) -> Option<&Value> {
        self.0.get(credential_type.index_of(name)?)
    }

    /// The messages that the issuer signs.
    pub fn messages(&self) -> Vec<Vec<u8>> {
        self.0.iter().map(Value::message).collect()
    }
}

/// Facts about a person stay out of logs.
impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(_) = self;
        f.write_str("Claims(..)")
    }
}

/// Which claims a showing discloses: bit i stands for claim i.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Encode, Decode)]
#[cbor(transparent)]
pub struct DisclosedSet(#[n(0)] u16);

impl DisclosedSet {
    /// From the 16 bits.
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    /// The 16 bits.
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Every claim of a type with `len` claims.
    pub fn all(len: usize) -> Self {
        (0..len).fold(Self::default(), Self::with)
    }

    /// The set with claim `index` in it. No type has a claim 16, so there is no bit for it.
    #[must_use]
    pub const fn with(self, index: usize) -> Self {
        if index < CredentialType::MAX_CLAIMS { Self(self.0 | 1 << index) } else { self }
    }

    /// The set without claim `index`.
    #[must_use]
    pub const fn without(self, index: usize) -> Self {
        if index < CredentialType::MAX_CLAIMS { Self(self.0 & !(1 << index)) } else { self }
    }

    /// Whether claim `index` is in it.
    pub const fn contains(self, index: usize) -> bool {
        index < CredentialType::MAX_CLAIMS && self.0 >> index & 1 == 1
    }

    /// The indexes, ascending.
    pub fn indexes(self) -> Vec<usize> {
        (0..CredentialType::MAX_CLAIMS).filter(|index| self.contains(*index)).collect()
    }

    /// How many of `len` claims stay hidden.
    pub fn hidden_count(self, len: usize) -> usize {
        (0..len).filter(|index| !self.contains(*index)).count()
    }
}

/// The types that come with the format.
pub fn shipped() -> Vec<CredentialType> {
    [
        include_str!("../../types/health-record.json"),
        include_str!("../../types/age-record.json"),
        include_str!("../../types/membership-record.json"),
        include_str!("../../types/entry-pass.json"),
        include_str!("../../types/health-pass.json"),
        include_str!("../../types/age-pass.json"),
        include_str!("../../types/membership-pass.json"),
    ]
    .into_iter()
    .map(|json| CredentialType::from_json(json).expect("a shipped type is valid: the tests of this module read each"))
    .collect()
}

/// The shipped type of that name.
pub fn shipped_named(name: &str) -> Option<CredentialType> {
    shipped().into_iter().find(|credential_type| credential_type.name.as_str() == name)
}

/// A type as people write it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TypeJson {
    name: TypeName,
    layout: u8,
    usage: Use,
    claims: Vec<ClaimJson>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClaimJson {
    name: ClaimName,
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    codes: Option<Vocabulary>,
}

impl From<CredentialType> for TypeJson {
    fn from(credential_type: CredentialType) -> Self {
        let CredentialType { name, layout, usage, claims } = credential_type;
        let claims = claims
            .into_iter()
            .map(|Claim { name, kind }| ClaimJson {
                name,
                kind: kind.word().to_owned(),
                codes: match kind {
                    Kind::Code(vocabulary) => Some(vocabulary),
                    _ => None,
                },
            })
            .collect();
        Self { name, layout, usage, claims }
    }
}

impl TryFrom<TypeJson> for CredentialType {
    type Error = Malformed;

    fn try_from(json: TypeJson) -> Result<Self, Malformed> {
        let claims = json
            .claims
            .into_iter()
            .map(|ClaimJson { name, kind, codes }| Ok(Claim { name, kind: Kind::from_word(&kind, codes)? }))
            .collect::<Result<_, Malformed>>()?;
        Self::new(json.name, json.layout, json.usage, claims)
    }
}

/// A type as it is signed.
#[derive(Encode, Decode)]
#[cbor(array)]
struct TypeBytes {
    #[n(0)]
    version: Version<1>,
    #[n(1)]
    name: TypeName,
    #[n(2)]
    layout: u8,
    #[n(3)]
    usage: u8,
    #[n(4)]
    claims: Vec<ClaimBytes>,
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct ClaimBytes {
    #[n(0)]
    name: ClaimName,
    #[n(1)]
    kind: String,
    // Null but for codes.
    #[n(2)]
    codes: Option<Vocabulary>,
}

const RECORD: u8 = 0;
const PASS: u8 = 1;

impl From<&CredentialType> for TypeBytes {
    fn from(credential_type: &CredentialType) -> Self {
        let TypeJson { name, layout, usage, claims } = credential_type.clone().into();
        let claims =
            claims.into_iter().map(|ClaimJson { name, kind, codes }| ClaimBytes { name, kind, codes }).collect();
        let usage = match usage {
            Use::Record => RECORD,
            Use::Pass => PASS,
        };
        Self { version: Version, name, layout, usage, claims }
    }
}

impl TryFrom<TypeBytes> for CredentialType {
    type Error = Malformed;

    fn try_from(bytes: TypeBytes) -> Result<Self, Malformed> {
        let TypeBytes { version: Version, name, layout, usage, claims } = bytes;
        let usage = match usage {
            RECORD => Use::Record,
            PASS => Use::Pass,
            _ => return Err(Malformed::new("a credential type is a record or a pass")),
        };
        let claims =
            claims.into_iter().map(|ClaimBytes { name, kind, codes }| ClaimJson { name, kind, codes }).collect();
        TypeJson { name, layout, usage, claims }.try_into()
    }
}

through!(CredentialType => TypeBytes);
