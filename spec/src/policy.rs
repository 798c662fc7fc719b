//! What a door asks for.
use std::fmt;

use minicbor::bytes::ByteArray;

use crate::cbor::{Malformed, through};

/// The first four bytes of SHA-256 of a policy's payload: names the policy in a presentation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PolicyId([u8; 4]);

impl PolicyId {
    /// From its four bytes.
    pub const fn new(bytes: [u8; 4]) -> Self {
        Self(bytes)
    }

    /// The four bytes.
    pub const fn bytes(self) -> [u8; 4] {
        self.0
    }
}

through!(PolicyId => ByteArray<4>);

impl TryFrom<ByteArray<4>> for PolicyId {
    type Error = Malformed;

    fn try_from(bytes: ByteArray<4>) -> Result<Self, Malformed> {
        Ok(Self(bytes.into()))
    }
}

impl From<&PolicyId> for ByteArray<4> {
    fn from(id: &PolicyId) -> Self {
        Self::from(id.0)
    }
}

impl fmt::Display for PolicyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for PolicyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PolicyId({self})")
    }
}
