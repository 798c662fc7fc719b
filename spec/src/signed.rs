#![doc = include_str!("../signed.md")]

#[cfg(unix)]
mod root_file;

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::str::FromStr;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::cbor::{self, Malformed, Version, through};
use crate::text::{bytes_of_hex, text_form};

use self::role::Role;

#[cfg(unix)]
pub use root_file::NoRootKey;

/// What a key signs: one kind of document.
pub trait Statement: Encode<()> + for<'b> Decode<'b, ()> {
    /// Whose keys sign this kind of document. A key of another role does not fit, by type.
    type Signer: Role;

    /// Signed before the payload. Keeps each kind of document apart from every other: change it, and every document of this kind
    /// ever signed stops verifying.
    const CONTEXT: &'static str;

    /// Most bytes that the payload may have.
    const MAX: usize;
}

/// A statement with a signature that nobody has checked yet. Its payload cannot be looked at: [`Signed::verify`] gives it.
pub struct Signed<T> {
    payload: Vec<u8>,
    signature: [u8; SIGNATURE_LEN],
    kind: PhantomData<fn() -> T>,
}

const SIGNATURE_LEN: usize = 64;

impl<T: Statement> Signed<T> {
    /// What the envelope adds to the payload at most: array, version, two byte string heads, signature.
    const ENVELOPE_MAX: usize = 1 + 1 + 5 + 2 + SIGNATURE_LEN;

    /// Most bytes that the whole document may have.
    pub const MAX: usize = T::MAX + Self::ENVELOPE_MAX;

    /// Signs `statement`. The same statement and key always give the same bytes.
    ///
    /// # Errors
    /// [`Malformed`] when the payload would be longer than [`Statement::MAX`]: nobody could read it.
    pub fn sign(statement: &T, key: &Secret<T::Signer>) -> Result<Self, Malformed> {
        let payload = cbor::encode(statement);
        if payload.len() > T::MAX {
            return Err(Malformed::new("longer than this kind of document may be"));
        }
        let signature = key.sign(&signing_input::<T>(&payload));
        Ok(Self { payload, signature, kind: PhantomData })
    }

    /// Checks the signature, then reads the payload: nothing unsigned ever reaches the reader of the payload.
    ///
    /// # Errors
    /// [`Unverified::BadSignature`] for another key or another kind of document, or a changed byte; [`Unverified::Malformed`] when the
    /// key's owner signed something that is no such document.
    pub fn verify(&self, key: &Public<T::Signer>) -> Result<Verified<T>, Unverified> {
        key.verify(&signing_input::<T>(&self.payload), &self.signature)?;
        let statement = cbor::decode_canonical(&self.payload, T::MAX)?;
        Ok(Verified(statement))
    }

    /// The envelope, as `to_bytes` writes it.
    ///
    /// # Errors
    /// [`Malformed`] when too long or not the one encoding of an envelope.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let envelope: Envelope = cbor::decode_canonical(bytes, Self::MAX)?;
        let payload = Vec::from(envelope.payload);
        if payload.len() > T::MAX {
            return Err(Malformed::new("longer than this kind of document may be"));
        }
        Ok(Self { payload, signature: envelope.signature.into(), kind: PhantomData })
    }

    /// CBOR `[1, payload, signature]`.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(&Envelope {
            version: Version,
            payload: self.payload.clone().into(),
            signature: self.signature.into(),
        })
    }
}

/// Inside another document, a signed one is a byte string.
impl<T: Statement> From<&Signed<T>> for ByteVec {
    fn from(signed: &Signed<T>) -> Self {
        signed.to_bytes().into()
    }
}

impl<T: Statement> TryFrom<ByteVec> for Signed<T> {
    type Error = Malformed;

    fn try_from(bytes: ByteVec) -> Result<Self, Malformed> {
        Self::from_bytes(&bytes)
    }
}

/// `CONTEXT ‖ 0x00 ‖ payload`. No context holds a zero byte, so no two kinds of document share an input.
fn signing_input<T: Statement>(payload: &[u8]) -> Vec<u8> {
    [T::CONTEXT.as_bytes(), &[0], payload].concat()
}

#[derive(Encode, Decode)]
struct Envelope {
    #[n(0)]
    version: Version<1>,
    #[n(1)]
    payload: ByteVec,
    #[n(2)]
    signature: ByteArray<SIGNATURE_LEN>,
}

impl<T> Clone for Signed<T> {
    fn clone(&self) -> Self {
        Self { payload: self.payload.clone(), signature: self.signature, kind: PhantomData }
    }
}

impl<T> PartialEq for Signed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.payload == other.payload && self.signature == other.signature
    }
}

impl<T> Eq for Signed<T> {}

impl<T: Statement> fmt::Debug for Signed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signed({}, {} bytes)", T::CONTEXT, self.payload.len())
    }
}

/// A statement whose signature held; only [`Signed::verify`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified<T>(T);

impl<T> Verified<T> {
    /// The statement alone.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Verified<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Why a signed document is not to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unverified {
    /// Not signed by this key, or not as this kind of document, or changed since.
    #[error("the signature does not hold")]
    BadSignature,
    /// Signed, but not such a document.
    #[error(transparent)]
    Malformed(#[from] Malformed),
}

/// Who signs. A role is part of a key's type: a delegate's key cannot sign what only the root may say.
pub mod role {
    use std::hash::Hash;

    /// Root, delegate, organiser or records service; there is no other.
    pub trait Role: sealed::Sealed + Copy + Eq + Hash {
        /// The role in a word, for messages.
        const NAME: &'static str;
    }

    mod sealed {
        pub trait Sealed {}
    }

    macro_rules! roles {
        ($($(#[$doc:meta])* $role:ident = $name:literal),+ $(,)?) => {$(
            $(#[$doc])*
            #[derive(Clone, Copy, PartialEq, Eq, Hash)]
            pub enum $role {}

            impl sealed::Sealed for $role {}

            impl Role for $role {
                const NAME: &'static str = $name;
            }
        )+};
    }

    roles! {
        /// The official's key, kept offline: says which keys, types, rules, policies and delegates count.
        Root = "root",
        /// Keeps the trust list fresh and withdraws; adds nothing that the root has not signed.
        Delegate = "delegate",
        /// Signs the posters of its events.
        Organiser = "organiser",
        /// A lab's service: tells pass offices what was withdrawn.
        Records = "records service",
    }
}

/// A signing key: the 32-byte seed of RFC 8032, wiped when dropped.
pub struct Secret<R> {
    key: SigningKey,
    role: PhantomData<R>,
}

/// The root's signing key.
pub type RootKey = Secret<role::Root>;
/// A delegate's signing key.
pub type DelegateKey = Secret<role::Delegate>;
/// An organiser's signing key.
pub type OrganiserKey = Secret<role::Organiser>;
/// A records service's signing key.
pub type RecordsKey = Secret<role::Records>;

impl<R: Role> Secret<R> {
    /// Length of the seed in bytes.
    pub const LEN: usize = 32;

    /// A uniform key.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(seed.as_mut());
        Self::from_seed(&seed)
    }

    /// From its seed.
    ///
    /// # Errors
    /// [`Malformed`] for another length.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        bytes.try_into().map(Self::from_seed).map_err(|_| Malformed::new("a signing key has 32 bytes"))
    }

    fn from_seed(seed: &[u8; 32]) -> Self {
        Self { key: SigningKey::from_bytes(seed), role: PhantomData }
    }

    /// The seed, to be sealed at once.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.key.to_bytes())
    }

    /// The key that verifies what this one signs.
    pub fn public(&self) -> Public<R> {
        Public { bytes: self.key.verifying_key().to_bytes(), role: PhantomData }
    }

    fn sign(&self, message: &[u8]) -> [u8; SIGNATURE_LEN] {
        self.key.sign(message).to_bytes()
    }
}

impl<R: Role> fmt::Debug for Secret<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key: _, role: PhantomData } = self;
        write!(f, "Secret({}, ..)", R::NAME)
    }
}

/// A verifying key: 32 bytes, a point of prime order in its one spelling. Written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Public<R> {
    // Invariant: `point_of` takes these bytes.
    bytes: [u8; 32],
    role: PhantomData<R>,
}

/// Verifies what the root signed. A wallet and a door are set up with this one key.
pub type RootPublic = Public<role::Root>;
/// Verifies what a delegate signed.
pub type DelegatePublic = Public<role::Delegate>;
/// Verifies what an organiser signed.
pub type OrganiserPublic = Public<role::Organiser>;
/// Verifies what a records service signed.
pub type RecordsPublic = Public<role::Records>;

impl<R: Role> Public<R> {
    /// Length in bytes.
    pub const LEN: usize = 32;

    /// From its bytes.
    ///
    /// # Errors
    /// [`Malformed`] for another length, a second spelling, a point off the curve, or one of an order that is not prime: under such a
    /// key one signature could hold for many documents.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let bytes = bytes.try_into().map_err(|_| Malformed::new("a verifying key has 32 bytes"))?;
        point_of(&bytes).ok_or(Malformed::new("not a verifying key"))?;
        Ok(Self { bytes, role: PhantomData })
    }

    /// The 32 bytes.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.bytes
    }

    fn verify(&self, message: &[u8], signature: &[u8; SIGNATURE_LEN]) -> Result<(), Unverified> {
        let key = point_of(&self.bytes).ok_or(Unverified::BadSignature)?;
        key.verify_strict(message, &Signature::from_bytes(signature)).map_err(|_| Unverified::BadSignature)
    }
}

/// The key of these bytes, if they are its one spelling and it generates the prime-order group. The library's own `from_bytes` also
/// takes second spellings and points of mixed order.
fn point_of(bytes: &[u8; 32]) -> Option<VerifyingKey> {
    let key = VerifyingKey::from_bytes(bytes).ok()?;
    let point = key.to_edwards();
    let one_spelling = point.compress().to_bytes() == *bytes;
    (one_spelling && !key.is_weak() && point.is_torsion_free()).then_some(key)
}

impl<R: Role> fmt::Display for Public<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl<R: Role> fmt::Debug for Public<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Public({}, {self})", R::NAME)
    }
}

impl<R: Role> FromStr for Public<R> {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        Self::from_bytes(&bytes_of_hex::<32>(text)?)
    }
}

impl<R: Role> From<&Public<R>> for ByteArray<32> {
    fn from(key: &Public<R>) -> Self {
        key.bytes.into()
    }
}

impl<R: Role> TryFrom<ByteArray<32>> for Public<R> {
    type Error = Malformed;

    fn try_from(bytes: ByteArray<32>) -> Result<Self, Malformed> {
        Self::from_bytes(bytes.as_ref())
    }
}

through!(RootPublic => ByteArray<32>, DelegatePublic => ByteArray<32>, OrganiserPublic => ByteArray<32>);
text_form!(RootPublic, DelegatePublic, OrganiserPublic, RecordsPublic);

#[cfg(test)]
mod tests;
