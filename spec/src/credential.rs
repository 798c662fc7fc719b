#![doc = include_str!("../credential.md")]

use std::fmt;

use bauta_crypto::PublicKey;
use minicbor::bytes::ByteArray;
use sha2::{Digest, Sha256};

use crate::Malformed;
use crate::cbor::through;
use crate::text::{hex_form, text_form};

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
