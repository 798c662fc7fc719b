use bauta_crypto::PublicKey;
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};

use crate::attributes::{CredentialType, TypeId, TypeName};
use crate::cbor::{Malformed, through};
use crate::signed::{DelegatePublic, Statement, role};
use crate::time::{Day, Grid, Minute};
use crate::words::Line;

/// What holds for everybody in one programme.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Programme {
    /// What people know it as. Never changes.
    #[n(0)]
    pub name: Line,
    /// Grows with every change, so that a delegate cannot go back to an earlier end.
    #[n(1)]
    pub revision: u16,
    /// The grid of days. Never changes.
    #[n(2)]
    pub grid: Grid,
    /// How many days beyond today wallets hold passes for, 1 to [`Programme::MAX_PREFETCH_DAYS`].
    #[n(3)]
    pub prefetch_days: u8,
    /// The last day of all: no key, rule or policy holds longer.
    #[n(4)]
    pub last_day: Day,
}

impl Programme {
    /// A withdrawn record may go on for as many days, so this is kept small.
    pub const MAX_PREFETCH_DAYS: u8 = 14;
}

impl Statement for Programme {
    type Signer = role::Root;
    const CONTEXT: &'static str = "bauta/v1/programme";
    const MAX: usize = 1024;
}

/// The root's word that this key may re-date the trust list, withdraw and raise floors until `last`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Delegate {
    /// Verifies trust lists.
    #[n(0)]
    pub public: DelegatePublic,
    /// No list is issued earlier. A delegate with a later first minute replaces those with an earlier one.
    #[n(1)]
    pub first: Minute,
    /// No list lives longer.
    #[n(2)]
    pub last: Minute,
}

impl Statement for Delegate {
    type Signer = role::Root;
    const CONTEXT: &'static str = "bauta/v1/delegate";
    const MAX: usize = 128;
}

impl Statement for CredentialType {
    type Signer = role::Root;
    const CONTEXT: &'static str = "bauta/v1/type";
    const MAX: usize = Self::MAX_BYTES;
}

/// The root's word that credentials of one type under this key count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyStatement {
    /// Verifies the credentials.
    pub public: PublicKey,
    /// The type, layout included. Follows from the key, never from the sender.
    pub type_id: TypeId,
    /// Its name, for readers. Must be that of the type with `type_id`.
    pub type_name: TypeName,
    /// For a pass key the first epoch day, for a record key the first day on which an office accepts its records.
    pub first: Day,
    /// The last such day.
    pub last: Day,
    /// Who holds the secret half.
    pub holder_name: Line,
    /// For training and tests: never accepted at a door or an office.
    pub specimen: bool,
}

impl Statement for KeyStatement {
    type Signer = role::Root;
    const CONTEXT: &'static str = "bauta/v1/key";
    const MAX: usize = 1200;
}

#[derive(Encode, Decode)]
struct KeyBytes {
    #[n(0)]
    public: ByteArray<{ PublicKey::LEN }>,
    #[n(1)]
    type_id: TypeId,
    #[n(2)]
    type_name: TypeName,
    #[n(3)]
    first: Day,
    #[n(4)]
    last: Day,
    #[n(5)]
    holder_name: Line,
    #[n(6)]
    specimen: bool,
}

impl From<&KeyStatement> for KeyBytes {
    fn from(statement: &KeyStatement) -> Self {
        let KeyStatement { public, type_id, type_name, first, last, holder_name, specimen } = statement.clone();
        Self { public: public.to_bytes().into(), type_id, type_name, first, last, holder_name, specimen }
    }
}

impl TryFrom<KeyBytes> for KeyStatement {
    type Error = Malformed;

    fn try_from(bytes: KeyBytes) -> Result<Self, Malformed> {
        let KeyBytes { public, type_id, type_name, first, last, holder_name, specimen } = bytes;
        let public = PublicKey::from_bytes(public.as_ref()).map_err(|_| Malformed::new("not a public key"))?;
        Ok(Self { public, type_id, type_name, first, last, holder_name, specimen })
    }
}

through!(KeyStatement => KeyBytes);
