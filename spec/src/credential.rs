#![doc = include_str!("../credential.md")]

use std::fmt;

use bauta_crypto::{PublicKey, Signature};
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

use crate::Malformed;
use crate::attributes::{Claims, CredentialType};
use crate::cbor::{Atom, Version, decode_canonical, encode, through};
use crate::text::{hex_form, text_form};

/// What an issuer signed, with the signature. Whoever has the commitment's opening as well can show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    /// Which key signed.
    pub key: KeyId,
    /// The values, of the type that the key signs.
    pub claims: Claims,
    /// The signature over header, messages and commitment.
    pub signature: Signature,
}

impl Credential {
    /// A credential is written in at most this many bytes.
    pub const MAX_BYTES: usize = 1024;

    /// Canonical CBOR.
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(&CredentialBytes {
            version: Version,
            key: self.key,
            values: self.claims.values().iter().map(Atom::from).collect(),
            signature: self.signature.to_bytes().into(),
        })
    }

    /// From canonical CBOR, for the type that the key of the trust list signs: never for one that the sender names. The key can
    /// be read before with [`Credential::key_of`].
    ///
    /// # Errors
    /// [`Malformed`], also for a value that the type has no place for.
    pub fn from_bytes(bytes: &[u8], credential_type: &CredentialType) -> Result<Self, Malformed> {
        let CredentialBytes { version: Version, key, values, signature } = decode_canonical(bytes, Self::MAX_BYTES)?;
        let values = if values.len() == credential_type.len() {
            let typed = credential_type.claims().iter().zip(values).map(|(claim, atom)| claim.kind.value(atom));
            typed.collect::<Result<Vec<_>, Malformed>>()?
        } else {
            return Err(Malformed::new("another number of values than the credential type has"));
        };
        let claims = Claims::new(credential_type, values)
            .map_err(|_| Malformed::new("a value that the credential type has no place for"))?;
        let signature = Signature::from_bytes(&*signature)
            .map_err(|_| Malformed::new("the signature is not one point and one scalar"))?;
        Ok(Self { key, claims, signature })
    }

    /// Which key is said to have signed.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn key_of(bytes: &[u8]) -> Result<KeyId, Malformed> {
        decode_canonical::<CredentialBytes>(bytes, Self::MAX_BYTES).map(|credential| credential.key)
    }
}

/// Facts about a person stay out of logs.
impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, claims: _, signature: _ } = self;
        f.debug_struct("Credential").field("key", key).finish_non_exhaustive()
    }
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct CredentialBytes {
    #[n(0)]
    version: Version<1>,
    #[n(1)]
    key: KeyId,
    #[n(2)]
    values: Vec<Atom>,
    #[n(3)]
    signature: ByteArray<{ Signature::LEN }>,
}

/// The first four bytes of SHA-256 of a public key: names the key in a presentation. Unique within a trust list.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 4]);

impl KeyId {
    /// The name of `key`.
    pub fn of(key: &PublicKey) -> Self {
        let [a, b, c, d, ..] = <[u8; 32]>::from(Sha256::digest(key.to_bytes()));
        Self([a, b, c, d])
    }

    /// From its four bytes.
    pub const fn new(bytes: [u8; 4]) -> Self {
        Self(bytes)
    }

    /// The four bytes.
    pub const fn bytes(self) -> [u8; 4] {
        self.0
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

impl From<&KeyId> for ByteArray<4> {
    fn from(id: &KeyId) -> Self {
        Self::from(id.0)
    }
}

impl TryFrom<ByteArray<4>> for KeyId {
    type Error = Malformed;

    fn try_from(bytes: ByteArray<4>) -> Result<Self, Malformed> {
        Ok(Self(bytes.into()))
    }
}

hex_form!(KeyId);
text_form!(KeyId);
through!(KeyId => ByteArray<4>);

#[cfg(test)]
mod tests;
