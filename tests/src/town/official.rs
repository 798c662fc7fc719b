//! The official, in memory: a root key, a delegate, and a list that only moves on.

use bauta_crypto::PublicKey;
use bauta_issuer::IssuingKey;
use bauta_spec::attributes::{CredentialType, RuleId, shipped, shipped_named};
use bauta_spec::credential::KeyId;
use bauta_spec::policy::{Policy, PolicyId};
use bauta_spec::poster::{OrganiserCertificate, OrganiserId};
use bauta_spec::rules::Rule;
use bauta_spec::signed::{DelegateKey, RootKey, RootPublic, Signed, Statement, role};
use bauta_spec::time::{Day, Grid, Minute, Moment};
use bauta_spec::trust::{Delegate, KeyStatement, Programme, TrustList, TrustListBody};
use bauta_spec::{policy, rules};
use rand_core::CryptoRng;

/// For so many minutes a list counts.
const LIFETIME: u32 = 48 * 60;
/// For so many days keys, rules and policies hold.
const QUARTER: u16 = 91;
/// Wallets hold passes for today and three days more.
const PREFETCH_DAYS: u8 = 3;
/// Local time is an hour ahead of Greenwich.
const OFFSET_MINUTES: i16 = 60;

/// Holds both keys, and the body of the list that is published next.
pub struct Official {
    root: RootKey,
    delegate: DelegateKey,
    certificate: Signed<Delegate>,
    retired: Option<(DelegateKey, Signed<Delegate>)>,
    next: TrustListBody,
    list: Option<TrustList>,
}

impl Official {
    /// Lists `keys`, the shipped types, and the sample rules and policies.
    pub(super) fn new(keys: &[IssuingKey], now: Moment, rng: &mut impl CryptoRng) -> Self {
        let root = RootKey::generate(rng);
        let delegate = DelegateKey::generate(rng);
        let grid = Grid::new(OFFSET_MINUTES).expect("an hour is an offset");
        let first = grid.day_of(now);
        let programme = Programme {
            name: "Town".parse().expect("a name"),
            revision: 0,
            grid,
            prefetch_days: PREFETCH_DAYS,
            last_day: first.plus(365),
        };
        let minute = Minute::of(now);
        let certificate = certified(&delegate, minute, &root);
        let types = shipped();
        let rules = sample_rules(&types, first);
        let policies = sample_policies(&types, &rules, first);
        let next = TrustListBody {
            version: 1,
            previous: [0; 32],
            issued: minute,
            expires: minute.plus(LIFETIME),
            programme: sign(&programme, &root),
            types: types.iter().map(|listed| sign(listed, &root)).collect(),
            keys: keys.iter().map(|key| sign(&ordinary(key, &types, first), &root)).collect(),
            rules: rules.iter().map(|rule| sign(rule, &root)).collect(),
            policies: policies.iter().map(|policy| sign(policy, &root)).collect(),
            organisers: Vec::new(),
            withdrawn_keys: [].into(),
            withdrawn_rules: [].into(),
            withdrawn_policies: [].into(),
            withdrawn_organisers: [].into(),
            floors: [].into(),
        };
        Self { root, delegate, certificate, retired: None, next, list: None }
    }

    /// What wallets, doors and offices are set up with.
    #[must_use]
    pub fn root(&self) -> RootPublic {
        self.root.public()
    }

    /// The list that counts.
    ///
    /// # Panics
    /// Nothing was published.
    #[must_use]
    pub fn list(&self) -> &TrustList {
        self.list.as_ref().expect("a town begins with a list")
    }

    /// Takes a key back, in the next list.
    pub fn withdraw_key(&mut self, key: KeyId) {
        self.next.withdrawn_keys.insert(key);
    }

    /// Takes a rule back, in the next list.
    pub fn withdraw_rule(&mut self, rule: RuleId) {
        self.next.withdrawn_rules.insert(rule);
    }

    /// Takes a policy back, in the next list.
    pub fn withdraw_policy(&mut self, policy: PolicyId) {
        self.next.withdrawn_policies.insert(policy);
    }

    /// Takes an organiser back, in the next list.
    pub fn withdraw_organiser(&mut self, organiser: OrganiserId) {
        self.next.withdrawn_organisers.insert(organiser);
    }

    /// Ends the passes of `day` below `series`, in the next list.
    pub fn raise_series(&mut self, day: Day, series: u8) {
        self.next.floors.insert(day, series);
    }

    /// Lists a key that signs credentials of a shipped type, from the next list on. A specimen is for training.
    ///
    /// # Panics
    /// No type of that name is shipped.
    pub fn list_key(&mut self, public: PublicKey, type_name: &str, specimen: bool) {
        let listed = shipped_named(type_name).expect("a shipped type");
        let first = self.list().grid().day_of(self.list().issued().start());
        self.unlist_key(KeyId::of(&public));
        self.next.keys.push(sign(&statement(public, &listed, first, specimen), &self.root));
    }

    /// Lists one more policy, written as JSON, from the next list on.
    ///
    /// # Errors
    /// [`policy::Unwritable`].
    pub fn list_policy(&mut self, json: &str) -> Result<(), policy::Unwritable> {
        let first = self.list().grid().day_of(self.list().issued().start());
        self.list_policy_from(first, json)
    }

    /// The same, for a policy that doors ask by from `first` on.
    ///
    /// # Errors
    /// [`policy::Unwritable`].
    pub fn list_policy_from(&mut self, first: Day, json: &str) -> Result<(), policy::Unwritable> {
        let policy = self.signed_policy(self.list().types(), first, json)?;
        self.next.policies.push(policy);
        Ok(())
    }

    /// A policy that fits `types`, which need not be those of the list, under the root's signature.
    ///
    /// # Errors
    /// [`policy::Unwritable`].
    pub fn signed_policy(
        &self,
        types: &[CredentialType],
        first: Day,
        json: &str,
    ) -> Result<Signed<Policy>, policy::Unwritable> {
        let policy = Policy::from_json(json, types, self.list().rules(), first, first.plus(QUARTER))?;
        Ok(sign(&policy, &self.root))
    }

    /// Any statement under the root's signature.
    ///
    /// # Panics
    /// It is too long.
    #[must_use]
    pub fn signed<T: Statement<Signer = role::Root>>(&self, statement: &T) -> Signed<T> {
        sign(statement, &self.root)
    }

    /// Lists one more rule, written as JSON, that makes passes from `first` on, from the next list on.
    ///
    /// # Errors
    /// [`rules::Unwritable`].
    pub fn list_rule_from(&mut self, first: Day, json: &str) -> Result<(), rules::Unwritable> {
        let rule = Rule::from_json(json, self.list().types(), first, first.plus(QUARTER))?;
        self.next.rules.push(sign(&rule, &self.root));
        Ok(())
    }

    /// The root's word for an organiser.
    ///
    /// # Panics
    /// It is too long.
    #[must_use]
    pub fn certify(&self, organiser: &OrganiserCertificate) -> Signed<OrganiserCertificate> {
        sign(organiser, &self.root)
    }

    fn unlist_key(&mut self, key: KeyId) {
        let root = self.root.public();
        self.next.keys.retain(|listed| listed.verify(&root).is_ok_and(|listed| KeyId::of(&listed.public) != key));
    }

    /// A new delegate takes over.
    pub fn replace_delegate(&mut self, now: Moment, rng: &mut impl CryptoRng) {
        let delegate = DelegateKey::generate(rng);
        let certificate = certified(&delegate, Minute::of(now), &self.root);
        let delegate = std::mem::replace(&mut self.delegate, delegate);
        self.retired = Some((delegate, std::mem::replace(&mut self.certificate, certificate)));
    }

    /// The bytes of the next list, signed by the delegate that was replaced last.
    ///
    /// # Panics
    /// None has been.
    #[must_use]
    pub fn forged_by_the_old_delegate(&self, now: Moment) -> Vec<u8> {
        let (delegate, certificate) = self.retired.as_ref().expect("a delegate was replaced");
        self.dated(now).sign(certificate, delegate).expect("a town's list is short")
    }

    /// The bytes of the list as it would be published now, changed by somebody who has the delegate's key.
    #[must_use]
    pub fn forged(&self, now: Moment, change: impl FnOnce(&mut TrustListBody)) -> Vec<u8> {
        let mut body = self.dated(now);
        change(&mut body);
        self.sign_list(&body)
    }

    pub(super) fn publish(&mut self, now: Moment) {
        let bytes = self.sign_list(&self.dated(now));
        let root = self.root();
        let list = match &self.list {
            Some(list) => list.advance(&bytes, &root, now),
            None => TrustList::verify(&bytes, &root, now),
        };
        let list = list.expect("an official's list is accepted");
        self.next.version = list.version() + 1;
        self.next.previous = list.hash();
        self.list = Some(list);
    }

    fn dated(&self, now: Moment) -> TrustListBody {
        let issued = Minute::of(now);
        TrustListBody { issued, expires: issued.plus(LIFETIME), ..self.next.clone() }
    }

    fn sign_list(&self, body: &TrustListBody) -> Vec<u8> {
        body.sign(&self.certificate, &self.delegate).expect("a town's list is short")
    }
}

fn certified(delegate: &DelegateKey, first: Minute, root: &RootKey) -> Signed<Delegate> {
    sign(&Delegate { public: delegate.public(), first, last: first.plus(365 * 24 * 60) }, root)
}

fn statement(public: PublicKey, listed: &CredentialType, first: Day, specimen: bool) -> KeyStatement {
    KeyStatement {
        public,
        type_id: listed.id(),
        type_name: listed.name().clone(),
        first,
        last: first.plus(QUARTER),
        holder_name: "Town laboratory".parse().expect("a name"),
        specimen,
    }
}

fn ordinary(key: &IssuingKey, types: &[CredentialType], first: Day) -> KeyStatement {
    let listed = types.iter().find(|listed| listed.name() == key.credential_type()).expect("keys are of shipped types");
    statement(key.public(), listed, first, false)
}

fn sample_rules(types: &[CredentialType], first: Day) -> Vec<Rule> {
    let read = |text| Rule::from_json(text, types, first, first.plus(QUARTER)).expect("a sample rule");
    rules::SAMPLES.into_iter().map(read).collect()
}

fn sample_policies(types: &[CredentialType], rules: &[Rule], first: Day) -> Vec<Policy> {
    let read = |text| Policy::from_json(text, types, rules, first, first.plus(QUARTER)).expect("a sample policy");
    policy::SAMPLES.into_iter().map(read).collect()
}

fn sign<T: Statement<Signer = role::Root>>(statement: &T, root: &RootKey) -> Signed<T> {
    Signed::sign(statement, root).expect("statements of a town are short")
}
