//! The root's statements of a list, each with its signature checked, and checked against each other.

use bauta_crypto::PublicKey;

use super::{KeyStatement, Programme, TrustListBody, TrustRefusal, is_published_test_key, is_published_test_root};
use crate::attributes::{CredentialType, TypeName, Use};
use crate::credential::KeyId;
use crate::policy::Policy;
use crate::poster::OrganiserCertificate;
use crate::rules::Rule;
use crate::signed::{RootPublic, Signed, Statement, role};
use crate::time::Day;
use crate::words::Line;

/// A key that signs records or passes, with the type that follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerKey {
    /// Its name in presentations.
    pub id: KeyId,
    /// Verifies the credentials.
    pub public: PublicKey,
    /// The type of all its credentials, layout included.
    pub key_type: CredentialType,
    /// The first day that it counts on.
    pub first: Day,
    /// The last day that it counts on.
    pub last: Day,
    /// Who holds the secret half.
    pub holder_name: Line,
    /// For training and tests only.
    pub specimen: bool,
}

impl IssuerKey {
    /// Whether `day` is one of its days.
    pub fn is_in_force(&self, day: Day) -> bool {
        (self.first..=self.last).contains(&day)
    }
}

#[derive(Clone)]
pub(super) struct Contents {
    pub(super) programme: Programme,
    pub(super) types: Vec<CredentialType>,
    pub(super) keys: Vec<IssuerKey>,
    pub(super) rules: Vec<Rule>,
    pub(super) policies: Vec<Policy>,
    pub(super) organisers: Vec<OrganiserCertificate>,
}

impl Contents {
    pub(super) fn verify(body: &TrustListBody, root: &RootPublic) -> Result<Self, TrustRefusal> {
        let types = verify_all("credential type", &body.types, root)?;
        let keys = verify_all("key", &body.keys, root)?
            .into_iter()
            .map(|statement| resolve(statement, &types))
            .collect::<Result<Vec<_>, _>>()?;
        let published = |key: &IssuerKey| is_published_test_key(&key.public) && !key.specimen;
        if keys.iter().any(published) && !is_published_test_root(root) {
            return Err(TrustRefusal::PublishedTestKey);
        }
        let contents = Self {
            programme: verify_one("programme", &body.programme, root)?,
            keys,
            rules: verify_all("rule", &body.rules, root)?,
            policies: verify_all("policy", &body.policies, root)?,
            organisers: verify_all("organiser", &body.organisers, root)?,
            types,
        };
        contents.names_are_unique()?;
        contents.names_mean_something()?;
        contents.one_pass_key_each_day(body)?;
        let prefetch = contents.programme.prefetch_days;
        (1..=Programme::MAX_PREFETCH_DAYS)
            .contains(&prefetch)
            .then_some(contents)
            .ok_or(TrustRefusal::Inconsistent("passes are fetched for 1 to 14 days ahead"))
    }

    /// An id that stood for two things would let one of them pass for the other.
    fn names_are_unique(&self) -> Result<(), TrustRefusal> {
        all_differ(
            self.types.iter().map(|listed| (listed.name(), listed.layout())),
            "two types of one name and layout",
        )?;
        all_differ(self.keys.iter().map(|key| key.id), "two keys with one id")?;
        all_differ(self.rules.iter().map(Rule::id), "two rules with one id")?;
        all_differ(self.policies.iter().map(Policy::id), "two policies with one id")?;
        all_differ(self.organisers.iter().map(|organiser| organiser.public.to_bytes()), "two organisers with one key")
    }

    fn names_mean_something(&self) -> Result<(), TrustRefusal> {
        let types = &self.types;
        let rule_fits = |rule: &Rule| {
            let reads =
                |records: &[&CredentialType]| layouts(types, rule.to()).any(|to| rule.fits(records, to).is_ok());
            match rule.from() {
                [one] => layouts(types, one).any(|one| reads(&[one])),
                [one, other] => layouts(types, one).any(|one| layouts(types, other).any(|other| reads(&[one, other]))),
                _ => false,
            }
        };
        if !self.rules.iter().all(rule_fits) {
            return Err(TrustRefusal::Inconsistent("a rule fits no listed types"));
        }
        if !self.policies.iter().all(|policy| policy.fits_some(types)) {
            return Err(TrustRefusal::Inconsistent("a policy fits no listed type"));
        }
        Ok(())
    }

    /// With two keys for one type and day an office could sort people by key. A withdrawn key no longer counts, so it can be replaced
    /// within its days.
    fn one_pass_key_each_day(&self, body: &TrustListBody) -> Result<(), TrustRefusal> {
        let standing = |key: &&IssuerKey| key.key_type.usage() == Use::Pass && !body.withdrawn_keys.contains(&key.id);
        let mut terms: Vec<_> = self
            .keys
            .iter()
            .filter(standing)
            .map(|key| (key.specimen, key.key_type.name(), key.first, key.last))
            .collect();
        terms.sort_unstable();
        let overlap = terms.windows(2).any(|pair| match pair {
            [(specimen, name, _, last), (next_specimen, next_name, first, _)] => {
                specimen == next_specimen && name == next_name && first <= last
            }
            _ => false,
        });
        if overlap { Err(TrustRefusal::Inconsistent("two pass keys for one type and day")) } else { Ok(()) }
    }
}

fn resolve(statement: KeyStatement, types: &[CredentialType]) -> Result<IssuerKey, TrustRefusal> {
    let KeyStatement { public, type_id, type_name, first, last, holder_name, specimen } = statement;
    let key_type = types
        .iter()
        .find(|listed| listed.id() == type_id && *listed.name() == type_name)
        .ok_or(TrustRefusal::Inconsistent("a key of a type that is not listed"))?
        .clone();
    if last < first {
        return Err(TrustRefusal::Inconsistent("a key ends before it begins"));
    }
    Ok(IssuerKey { id: KeyId::of(&public), public, key_type, first, last, holder_name, specimen })
}

fn verify_all<T: Statement<Signer = role::Root>>(
    what: &'static str,
    statements: &[Signed<T>],
    root: &RootPublic,
) -> Result<Vec<T>, TrustRefusal> {
    statements.iter().map(|statement| verify_one(what, statement, root)).collect()
}

fn verify_one<T: Statement<Signer = role::Root>>(
    what: &'static str,
    statement: &Signed<T>,
    root: &RootPublic,
) -> Result<T, TrustRefusal> {
    statement.verify(root).map(|verified| verified.into_inner()).map_err(|_| TrustRefusal::BadStatement(what))
}

fn all_differ<T: Ord>(names: impl Iterator<Item = T>, otherwise: &'static str) -> Result<(), TrustRefusal> {
    let mut names: Vec<T> = names.collect();
    names.sort_unstable();
    let twice = names.windows(2).any(|pair| matches!(pair, [a, b] if a == b));
    if twice { Err(TrustRefusal::Inconsistent(otherwise)) } else { Ok(()) }
}

fn layouts<'a>(types: &'a [CredentialType], name: &'a TypeName) -> impl Iterator<Item = &'a CredentialType> {
    types.iter().filter(move |listed| listed.name() == name)
}
