//! A small authority with everything that a list can hold, to be bent by tests.

use bauta_crypto::{PublicKey, SecretKey, Suite};

use crate::attributes::shipped;
use crate::credential::KeyId;
use crate::policy::{self, Policy};
use crate::poster::OrganiserCertificate;
use crate::rules::{self, Rule};
use crate::signed::{DelegateKey, OrganiserKey, RootKey, Signed};
use crate::time::{Day, Grid, Minute, Moment};
use crate::trust::{Delegate, KeyStatement, Programme, TrustList, TrustListBody};
use crate::words::Line;

pub(super) struct Authority {
    pub(super) root: RootKey,
    pub(super) root_for_statements: RootKey,
    pub(super) delegate: Delegate,
    pub(super) delegate_key: DelegateKey,
    pub(super) body: TrustListBody,
}

/// When the first list is issued: 24 November 2026, noon in UTC.
pub(super) fn noon() -> Moment {
    Moment::from_unix(u64::from(day("2026-11-24").number()) * 86_400 + 43_200)
}

/// Minutes after the first list.
pub(super) fn minute(after: u32) -> Minute {
    Minute::of(noon()).plus(after)
}

pub(super) fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub(super) fn line(text: &str) -> Line {
    text.parse().unwrap()
}

pub(super) fn issuer_key(seed: u8) -> PublicKey {
    SecretKey::from_key_material(Suite::Sha256, &[seed; 32], b"", None).unwrap().public_key()
}

impl Authority {
    /// One lab, one office for entry and health passes, all sample rules and policies, all shipped types. Everything is the same in
    /// every run.
    pub(super) fn new() -> Self {
        let root = RootKey::from_bytes(&[1; 32]).unwrap();
        let delegate_key = DelegateKey::from_bytes(&[2; 32]).unwrap();
        let (first, last) = (day("2026-10-01"), day("2026-12-31"));
        let types = shipped();
        let rules: Vec<Rule> =
            rules::SAMPLES.iter().map(|text| Rule::from_json(text, &types, first, last).unwrap()).collect();
        let policies = policy::SAMPLES.iter().map(|text| Policy::from_json(text, &types, &rules, first, last).unwrap());
        let organiser = OrganiserCertificate {
            public: OrganiserKey::from_bytes(&[3; 32]).unwrap().public(),
            name: line("Theatre on the quay"),
            first,
            last,
        };
        let body = TrustListBody {
            version: 1,
            previous: [0; 32],
            issued: minute(0),
            expires: minute(48 * 60),
            programme: Signed::sign(&programme(), &root).unwrap(),
            types: types.iter().map(|listed| Signed::sign(listed, &root).unwrap()).collect(),
            keys: Vec::new(),
            rules: rules.iter().map(|rule| Signed::sign(rule, &root).unwrap()).collect(),
            policies: policies.map(|policy| Signed::sign(&policy, &root).unwrap()).collect(),
            organisers: vec![Signed::sign(&organiser, &root).unwrap()],
            withdrawn_keys: Default::default(),
            withdrawn_rules: Default::default(),
            withdrawn_policies: Default::default(),
            withdrawn_organisers: Default::default(),
            floors: Default::default(),
        };
        let delegate =
            Delegate { public: delegate_key.public(), first: minute(0).minus(60), last: minute(90 * 24 * 60) };
        let root_for_statements = RootKey::from_bytes(&root.to_bytes()[..]).unwrap();
        let mut authority = Self { root, root_for_statements, delegate, delegate_key, body };
        authority.list_key("health-record", 1, |_| ());
        authority.list_key("entry-pass", 2, |_| ());
        authority.list_key("health-pass", 3, |_| ());
        authority
    }

    /// Without keys, rules, policies and types, for tests of what does not need them.
    pub(super) fn bare() -> Self {
        let mut authority = Self::new();
        let body = &mut authority.body;
        body.types.clear();
        body.keys.clear();
        body.rules.clear();
        body.policies.clear();
        body.organisers.clear();
        authority
    }

    /// Signs the key of `seed` for a type, October to March.
    pub(super) fn list_key(&mut self, type_name: &str, seed: u8, change: impl Fn(&mut KeyStatement)) -> KeyId {
        let listed = shipped().into_iter().find(|listed| listed.name().as_str() == type_name).unwrap();
        let mut statement = KeyStatement {
            public: issuer_key(seed),
            type_id: listed.id(),
            type_name: listed.name().clone(),
            first: day("2026-10-01"),
            last: day("2027-03-31"),
            holder_name: line("Lab of the harbour"),
            specimen: false,
        };
        change(&mut statement);
        self.body.keys.push(Signed::sign(&statement, &self.root_for_statements).unwrap());
        KeyId::of(&statement.public)
    }

    pub(super) fn set_programme(&mut self, change: impl Fn(&mut Programme)) {
        let mut changed = programme();
        change(&mut changed);
        self.body.programme = Signed::sign(&changed, &self.root).unwrap();
    }

    /// Makes the body that follows `list`, issued so many minutes after the first.
    pub(super) fn next(&mut self, list: &TrustList, after: u32) {
        self.body = TrustListBody::after(list, minute(after), minute(after + 48 * 60));
    }

    pub(super) fn sign(&self) -> Vec<u8> {
        let delegate = Signed::sign(&self.delegate, &self.root).unwrap();
        self.body.sign(&delegate, &self.delegate_key).unwrap()
    }

    pub(super) fn first_list(&self) -> Vec<u8> {
        assert_eq!(self.body.version, 1);
        self.sign()
    }
}

fn programme() -> Programme {
    Programme {
        name: line("Health passes of the harbour town"),
        revision: 1,
        grid: Grid::new(60).unwrap(),
        prefetch_days: 3,
        last_day: day("2026-12-31"),
    }
}
