use std::collections::{BTreeMap, BTreeSet};

use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::{Decode, Encode};

use super::{Delegate, KeyStatement, Programme, TrustList};
use crate::attributes::{CredentialType, RuleId};
use crate::cbor::{self, Malformed, Version, through};
use crate::credential::KeyId;
use crate::policy::{Policy, PolicyId};
use crate::poster::OrganiserCertificate;
use crate::rules::Rule;
use crate::signed::{DelegateKey, Signed, Statement, role};
use crate::time::{Day, Minute};

/// What a delegate signs: statements of the root, unchanged, and what the delegate may say itself: dates, withdrawals and floors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustListBody {
    /// 1 for the first list, then one more each time.
    pub version: u32,
    /// SHA-256 of the list before; zero in version 1.
    pub previous: [u8; 32],
    /// When it was made.
    pub issued: Minute,
    /// When it stops being used.
    pub expires: Minute,
    /// What holds for everybody.
    pub programme: Signed<Programme>,
    /// Credential types.
    pub types: Vec<Signed<CredentialType>>,
    /// Keys that sign records and passes.
    pub keys: Vec<Signed<KeyStatement>>,
    /// Rules. Their order is the order of the office's answers.
    pub rules: Vec<Signed<Rule>>,
    /// Policies.
    pub policies: Vec<Signed<Policy>>,
    /// Organisers.
    pub organisers: Vec<Signed<OrganiserCertificate>>,
    /// Keys that no longer count. Once here, here for ever.
    pub withdrawn_keys: BTreeSet<KeyId>,
    /// Rules that no longer count. Once here, here for ever.
    pub withdrawn_rules: BTreeSet<RuleId>,
    /// Policies that no longer count. Once here, here for ever.
    pub withdrawn_policies: BTreeSet<PolicyId>,
    /// The lowest series that a day still accepts, where it is not 0. Never sinks.
    pub floors: BTreeMap<Day, u8>,
}

impl TrustListBody {
    /// The bytes of the trust list: this body, signed by the delegate, with the root's word for the delegate.
    ///
    /// # Errors
    /// [`Malformed`] when the list would be longer than [`TrustList::MAX`].
    pub fn sign(&self, delegate: &Signed<Delegate>, key: &DelegateKey) -> Result<Vec<u8>, Malformed> {
        let body = Signed::sign(self, key)?;
        Ok(cbor::encode(&Carrier {
            version: Version,
            delegate: delegate.to_bytes().into(),
            body: body.to_bytes().into(),
        }))
    }

    /// What follows `list`: all of it, one version on, chained to it, with new dates.
    pub fn after(list: &TrustList, issued: Minute, expires: Minute) -> Self {
        Self { version: list.version() + 1, previous: list.hash(), issued, expires, ..list.body().clone() }
    }
}

impl Statement for TrustListBody {
    type Signer = role::Delegate;
    const CONTEXT: &'static str = "bauta/v1/trust-list";
    const MAX: usize = TrustList::MAX - 1024;
}

/// A trust list as it travels. The delegate's certificate stands outside the body, so that nothing of the body is read before its
/// signature holds.
#[derive(Encode, Decode)]
pub(super) struct Carrier {
    #[n(0)]
    version: Version<1>,
    #[n(1)]
    delegate: ByteVec,
    #[n(2)]
    body: ByteVec,
}

impl Carrier {
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<(Signed<Delegate>, Signed<TrustListBody>), Malformed> {
        let Self { version: Version, delegate, body } = cbor::decode_canonical(bytes, TrustList::MAX)?;
        Ok((Signed::from_bytes(&delegate)?, Signed::from_bytes(&body)?))
    }
}

#[derive(Encode, Decode)]
struct BodyBytes {
    #[n(0)]
    version: u32,
    #[n(1)]
    previous: ByteArray<32>,
    #[n(2)]
    issued: Minute,
    #[n(3)]
    expires: Minute,
    #[n(4)]
    programme: ByteVec,
    #[n(5)]
    types: Vec<ByteVec>,
    #[n(6)]
    keys: Vec<ByteVec>,
    #[n(7)]
    rules: Vec<ByteVec>,
    #[n(8)]
    policies: Vec<ByteVec>,
    #[n(9)]
    organisers: Vec<ByteVec>,
    #[n(10)]
    withdrawn_keys: Vec<KeyId>,
    #[n(11)]
    withdrawn_rules: Vec<RuleId>,
    #[n(12)]
    withdrawn_policies: Vec<PolicyId>,
    #[n(13)]
    floors: Vec<(Day, u8)>,
}

impl From<&TrustListBody> for BodyBytes {
    fn from(body: &TrustListBody) -> Self {
        Self {
            version: body.version,
            previous: body.previous.into(),
            issued: body.issued,
            expires: body.expires,
            programme: body.programme.to_bytes().into(),
            types: wrap_each(&body.types),
            keys: wrap_each(&body.keys),
            rules: wrap_each(&body.rules),
            policies: wrap_each(&body.policies),
            organisers: wrap_each(&body.organisers),
            withdrawn_keys: body.withdrawn_keys.iter().copied().collect(),
            withdrawn_rules: body.withdrawn_rules.iter().copied().collect(),
            withdrawn_policies: body.withdrawn_policies.iter().copied().collect(),
            floors: body.floors.iter().map(|(day, series)| (*day, *series)).collect(),
        }
    }
}

impl TryFrom<BodyBytes> for TrustListBody {
    type Error = Malformed;

    /// Sets and maps forget order and doubles; a list that had either is written otherwise again, and so refused as not canonical.
    fn try_from(bytes: BodyBytes) -> Result<Self, Malformed> {
        Ok(Self {
            version: bytes.version,
            previous: bytes.previous.into(),
            issued: bytes.issued,
            expires: bytes.expires,
            programme: Signed::from_bytes(&bytes.programme)?,
            types: unwrap_each(&bytes.types)?,
            keys: unwrap_each(&bytes.keys)?,
            rules: unwrap_each(&bytes.rules)?,
            policies: unwrap_each(&bytes.policies)?,
            organisers: unwrap_each(&bytes.organisers)?,
            withdrawn_keys: bytes.withdrawn_keys.into_iter().collect(),
            withdrawn_rules: bytes.withdrawn_rules.into_iter().collect(),
            withdrawn_policies: bytes.withdrawn_policies.into_iter().collect(),
            floors: bytes.floors.into_iter().collect(),
        })
    }
}

through!(TrustListBody => BodyBytes);

fn wrap_each<T: Statement>(statements: &[Signed<T>]) -> Vec<ByteVec> {
    statements.iter().map(|statement| statement.to_bytes().into()).collect()
}

fn unwrap_each<T: Statement>(statements: &[ByteVec]) -> Result<Vec<Signed<T>>, Malformed> {
    statements.iter().map(|statement| Signed::from_bytes(statement)).collect()
}
