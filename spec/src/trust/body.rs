use std::collections::{BTreeMap, BTreeSet};

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use super::{Delegate, KeyStatement, Programme, TrustList};
use crate::attributes::{CredentialType, RuleId};
use crate::cbor::{self, Malformed, Version, through};
use crate::credential::KeyId;
use crate::policy::{Policy, PolicyId};
use crate::poster::{OrganiserCertificate, OrganiserId};
use crate::rules::Rule;
use crate::signed::{DelegateKey, Signed, Statement, role};
use crate::time::{Day, Minute};

/// What a delegate signs: statements of the root, unchanged, and what the delegate may say itself: dates, withdrawals and floors.
///
/// Sets and maps forget order and doubles; a list that had either would be written otherwise, and so is refused as not canonical.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct TrustListBody {
    /// 1 for the first list, then one more each time.
    #[n(0)]
    pub version: u32,
    /// SHA-256 of the list before; zero in version 1.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub previous: [u8; 32],
    /// When it was made.
    #[n(2)]
    pub issued: Minute,
    /// When it stops being used.
    #[n(3)]
    pub expires: Minute,
    /// What holds for everybody.
    #[n(4)]
    pub programme: Signed<Programme>,
    /// Credential types.
    #[n(5)]
    pub types: Vec<Signed<CredentialType>>,
    /// Keys that sign records and passes.
    #[n(6)]
    pub keys: Vec<Signed<KeyStatement>>,
    /// Rules. Their order is the order of the office's answers.
    #[n(7)]
    pub rules: Vec<Signed<Rule>>,
    /// Policies.
    #[n(8)]
    pub policies: Vec<Signed<Policy>>,
    /// Organisers.
    #[n(9)]
    pub organisers: Vec<Signed<OrganiserCertificate>>,
    /// Keys that no longer count. Once here, here for ever.
    #[n(10)]
    pub withdrawn_keys: BTreeSet<KeyId>,
    /// Rules that no longer count. Once here, here for ever.
    #[n(11)]
    pub withdrawn_rules: BTreeSet<RuleId>,
    /// Policies that no longer count. Once here, here for ever.
    #[n(12)]
    pub withdrawn_policies: BTreeSet<PolicyId>,
    /// Organisers whose posters no longer count. Once here, here for ever.
    #[n(13)]
    pub withdrawn_organisers: BTreeSet<OrganiserId>,
    /// The lowest series that a day still accepts, where it is not 0. Never sinks.
    #[n(14)]
    pub floors: BTreeMap<Day, u8>,
}

impl TrustListBody {
    /// The bytes of the trust list: this body, signed by the delegate, with the root's word for the delegate.
    ///
    /// # Errors
    /// [`Malformed`] when the list would be longer than [`TrustList::MAX`].
    pub fn sign(&self, delegate: &Signed<Delegate>, key: &DelegateKey) -> Result<Vec<u8>, Malformed> {
        let body = Signed::sign(self, key)?;
        Ok(cbor::encode(&Carrier { version: Version, delegate: delegate.clone(), body }))
    }

    /// What follows `list`: all of it, one version on, chained to it, with new dates.
    pub fn after(list: &TrustList, issued: Minute, expires: Minute) -> Self {
        Self {
            version: list.version().saturating_add(1),
            previous: list.hash(),
            issued,
            expires,
            ..list.body().clone()
        }
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
    delegate: Signed<Delegate>,
    #[n(2)]
    body: Signed<TrustListBody>,
}

impl Carrier {
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<(Signed<Delegate>, Signed<TrustListBody>), Malformed> {
        let Self { version: Version, delegate, body } = cbor::decode_canonical(bytes, TrustList::MAX)?;
        Ok((delegate, body))
    }
}

through!(
    Signed<Delegate> => ByteVec,
    Signed<TrustListBody> => ByteVec,
    Signed<Programme> => ByteVec,
    Signed<CredentialType> => ByteVec,
    Signed<KeyStatement> => ByteVec,
    Signed<Rule> => ByteVec,
    Signed<Policy> => ByteVec,
);
