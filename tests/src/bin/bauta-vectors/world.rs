//! The small programme that the vectors are about: an authority, seven issuer keys, one holder.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, bail};
use bauta_crypto::holder::{self, VerifiedCommitment};
use bauta_crypto::pseudonym::{CommitmentWithProof, HolderSecret, ProverBlind};
use bauta_crypto::{PublicKey, SecretKey, Signature};
use bauta_spec::attributes::{Binding, Claims, CredentialType, Handle, Use, Value, shipped};
use bauta_spec::credential::{Credential, KeyId};
use bauta_spec::hint::Hint;
use bauta_spec::policy::{self, Policy};
use bauta_spec::poster::{OrganiserCertificate, OrganiserId};
use bauta_spec::presentation::{Context, Envelope, Part};
use bauta_spec::rules::{self, Presented, Rule};
use bauta_spec::signed::{DelegateKey, OrganiserKey, RootKey, Signed, Statement, role};
use bauta_spec::time::{Day, Epoch, Grid, Minute, Moment, Month};
use bauta_spec::trust::{Delegate, KeyStatement, Programme, TrustList, TrustListBody};

use crate::seeds;

/// 24 November 2026, 12:00 UTC: when everything happens.
pub(crate) const NOW: Moment = Moment::from_unix(1_795_521_600);

/// One official, and everything that their root key has said.
pub(crate) struct World {
    pub(crate) root: RootKey,
    pub(crate) delegate_key: DelegateKey,
    pub(crate) organiser_key: OrganiserKey,
    pub(crate) today: Day,
    pub(crate) types: Vec<CredentialType>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) policies: Vec<Policy>,
    pub(crate) keys: Vec<ListedKey>,
    /// Version and hash of the list that its doors hold: "town".
    pub(crate) held: (u32, [u8; 32]),
}

/// A key, and how the trust list speaks of it.
pub(crate) struct ListedKey {
    pub(crate) label: &'static str,
    pub(crate) secret: SecretKey,
    pub(crate) statement: KeyStatement,
}

impl ListedKey {
    pub(crate) fn public(&self) -> &PublicKey {
        &self.statement.public
    }

    pub(crate) fn id(&self) -> KeyId {
        KeyId::of(self.public())
    }
}

/// Policies that the samples lack.
const MORE_POLICIES: [&str; 3] = [
    r#"{ "name": "poster-only", "one_way": "refused", "poster": true, "pseudonym": true, "purpose": { "en": "To count each guest once" },
        "credentials": [{ "id": "pass", "format": "bauta-pass", "meta": { "type": "entry-pass" },
                          "claims": [{ "path": ["admits"], "values": ["tested-or-vaccinated"] }] }] }"#,
    r#"{ "name": "in-and-out", "one_way": "refused", "poster": true, "pseudonym": true, "reentry": true,
        "purpose": { "en": "To let whoever went out come in again" },
        "credentials": [{ "id": "pass", "format": "bauta-pass", "meta": { "type": "entry-pass" },
                          "claims": [{ "path": ["admits"], "values": ["tested-or-vaccinated"] }] }] }"#,
    r#"{ "name": "withdrawn", "one_way": "allowed", "purpose": { "en": "Withdrawn since" },
        "credentials": [{ "id": "pass", "format": "bauta-pass", "meta": { "type": "entry-pass" },
                          "claims": [{ "path": ["admits"], "values": ["tested-or-vaccinated"] }] }] }"#,
];

/// Rules that the samples lack: one that has been withdrawn, one that makes passes of the same type for other facts, and one that reads
/// records of two types.
const MORE_RULES: [&str; 3] = [
    r#"{ "name": "withdrawn", "from": ["health-record"], "to": "entry-pass", "cases": [[]],
        "fill": { "epoch": "epoch", "admits": "rule", "hint": { "copy": "hint" } } }"#,
    r#"{ "name": "vaccinated-only", "from": ["health-record"], "to": "entry-pass",
        "cases": [[{ "days_ago": { "claim": "vaccinated_on", "min": 14, "max": 270 } }]],
        "fill": { "epoch": "epoch", "admits": "rule", "hint": { "copy": "hint" } } }"#,
    r#"{ "name": "grown-up-member", "from": ["membership-record", "age-record"], "to": "membership-pass",
        "cases": [[{ "at_least_years": { "claim": "second.birth_month", "years": 18 } }]],
        "fill": { "epoch": "epoch", "group": { "copy": "group" },
                  "tier": { "copy_if": { "claim": "tier",
                                         "all": [{ "at_least_years": { "claim": "second.birth_month", "years": 21 } }] } } } }"#,
];

impl World {
    pub(crate) fn new() -> Result<Self> {
        let grid = Grid::new(60)?;
        let today = grid.day_of(NOW);
        let (first, last) = (today.minus(30), today.plus(60));
        let types = shipped();
        let rules: Vec<Rule> = rules::SAMPLES
            .into_iter()
            .chain(MORE_RULES)
            .map(|text| Rule::from_json(text, &types, first, last))
            .collect::<Result<_, _>>()?;
        let policies = policy::SAMPLES
            .into_iter()
            .chain(MORE_POLICIES)
            .map(|text| Policy::from_json(text, &types, &rules, first, last))
            .collect::<Result<_, _>>()?;
        let mut world = Self {
            root: seeds::signer("root"),
            delegate_key: seeds::signer("delegate"),
            organiser_key: seeds::signer("organiser"),
            today,
            types,
            rules,
            policies,
            keys: Vec::new(),
            held: (0, [0; 32]),
        };
        for label in SHIPPED_TYPES {
            let days = match world.type_named(label)?.usage() {
                Use::Record => (today.minus(365), today.plus(365)),
                Use::Pass => (first, last),
            };
            let key = world.listed(label, label, days, Standing::Good)?;
            world.keys.push(key);
        }
        for (label, days, standing) in [
            ("ended", (today.minus(90), today.minus(31)), Standing::Good),
            ("withdrawn", (first, last), Standing::Good),
            ("specimen", (first, last), Standing::Specimen),
        ] {
            let key = world.listed(label, "entry-pass", days, standing)?;
            world.keys.push(key);
        }
        let list = TrustList::verify_held(&world.sign_list(&world.list()?)?, &world.root.public())?;
        world.held = (list.version(), list.hash());
        Ok(world)
    }

    /// A key that is not on any list.
    pub(crate) fn unlisted_key(&self) -> Result<ListedKey> {
        self.listed("unlisted", "entry-pass", (self.today, self.today), Standing::Good)
    }

    fn listed(
        &self,
        label: &'static str,
        of_type: &str,
        (first, last): (Day, Day),
        standing: Standing,
    ) -> Result<ListedKey> {
        let credential_type = self.type_named(of_type)?;
        let secret = seeds::issuer_key(label);
        let statement = KeyStatement {
            public: secret.public_key(),
            type_id: credential_type.id(),
            type_name: credential_type.name().clone(),
            first,
            last,
            holder_name: "Vector laboratory".parse()?,
            specimen: matches!(standing, Standing::Specimen),
        };
        Ok(ListedKey { label, secret, statement })
    }

    pub(crate) fn type_named(&self, name: &str) -> Result<&CredentialType> {
        self.types.iter().find(|listed| listed.name().as_str() == name).with_context(|| format!("no type {name}"))
    }

    pub(crate) fn rule_named(&self, name: &str) -> Result<&Rule> {
        self.rules.iter().find(|rule| rule.name().as_str() == name).with_context(|| format!("no rule {name}"))
    }

    pub(crate) fn policy_named(&self, name: &str) -> Result<&Policy> {
        self.policies.iter().find(|policy| policy.name().as_str() == name).with_context(|| format!("no policy {name}"))
    }

    pub(crate) fn key(&self, label: &str) -> Result<&ListedKey> {
        self.keys.iter().find(|key| key.label == label).with_context(|| format!("no key {label}"))
    }

    pub(crate) fn programme(&self) -> Result<Programme> {
        Ok(Programme {
            name: "Vector town".parse()?,
            revision: 1,
            grid: Grid::new(60)?,
            prefetch_days: 3,
            last_day: self.today.plus(365),
        })
    }

    pub(crate) fn delegate(&self) -> Delegate {
        let now = Minute::of(NOW);
        Delegate { public: self.delegate_key.public(), first: now.minus(1440), last: now.plus(60 * 1440) }
    }

    pub(crate) fn organiser(&self) -> Result<OrganiserCertificate> {
        Ok(OrganiserCertificate {
            public: self.organiser_key.public(),
            name: "Vector hall".parse()?,
            first: self.today.minus(30),
            last: self.today.plus(60),
        })
    }

    pub(crate) fn by_root<T: Statement<Signer = role::Root>>(&self, statement: &T) -> Result<Signed<T>> {
        Ok(Signed::sign(statement, &self.root)?)
    }

    /// The first list: everything, an hour old, good for 48 hours.
    pub(crate) fn list(&self) -> Result<TrustListBody> {
        let issued = Minute::of(NOW).minus(60);
        Ok(TrustListBody {
            version: 1,
            previous: [0; 32],
            issued,
            expires: issued.plus(48 * 60),
            programme: self.by_root(&self.programme()?)?,
            types: self.types.iter().map(|listed| self.by_root(listed)).collect::<Result<_>>()?,
            keys: self.keys.iter().map(|key| self.by_root(&key.statement)).collect::<Result<_>>()?,
            rules: self.rules.iter().map(|rule| self.by_root(rule)).collect::<Result<_>>()?,
            policies: self.policies.iter().map(|policy| self.by_root(policy)).collect::<Result<_>>()?,
            organisers: vec![self.by_root(&self.organiser()?)?],
            withdrawn_keys: BTreeSet::from([self.key("withdrawn")?.id()]),
            withdrawn_rules: BTreeSet::from([self.rule_named("withdrawn")?.id()]),
            withdrawn_policies: BTreeSet::from([self.policy_named("withdrawn")?.id()]),
            withdrawn_organisers: BTreeSet::from([OrganiserId::new([0xee; 8])]),
            floors: BTreeMap::from([(self.today.minus(2), 1)]),
        })
    }

    /// Signed by the delegate.
    pub(crate) fn sign_list(&self, body: &TrustListBody) -> Result<Vec<u8>> {
        Ok(body.sign(&self.by_root(&self.delegate())?, &self.delegate_key)?)
    }
}

enum Standing {
    Good,
    Specimen,
}

const SHIPPED_TYPES: [&str; 7] =
    ["health-record", "age-record", "membership-record", "entry-pass", "health-pass", "age-pass", "membership-pass"];

/// A person: one secret, and for each record a blind and a commitment.
pub(crate) struct Holder {
    pub(crate) secret: HolderSecret,
    pub(crate) blind: ProverBlind,
    pub(crate) commitment: CommitmentWithProof,
    pub(crate) verified: VerifiedCommitment,
}

impl Holder {
    pub(crate) fn new(label: &str) -> Result<Self> {
        let mut rng = seeds::rng(label);
        let secret = HolderSecret::generate(&mut rng);
        let (commitment, blind) = holder::commit(&secret, &mut rng)?;
        let verified = holder::verify_commitment(&commitment)?;
        Ok(Self { secret, blind, commitment, verified })
    }

    /// The same person once more: one secret, another blind and commitment.
    pub(crate) fn again(&self, label: &str) -> Result<Self> {
        let secret = HolderSecret::from_bytes(self.secret.to_bytes().as_slice())?;
        let (commitment, blind) = holder::commit(&secret, &mut seeds::rng(label))?;
        let verified = holder::verify_commitment(&commitment)?;
        Ok(Self { secret, blind, commitment, verified })
    }

    /// What `key` signs for this person.
    pub(crate) fn credential(
        &self,
        key: &ListedKey,
        credential_type: &CredentialType,
        claims: Claims,
    ) -> Result<Credential> {
        let messages = claims.messages();
        let signature = holder::sign(&key.secret, &self.verified, &credential_type.header(), &borrowed(&messages))?;
        Ok(Credential { key: key.id(), claims, signature })
    }

    /// The record of that type, with every fact in it that the type has.
    pub(crate) fn record(&self, world: &World, name: &str) -> Result<Credential> {
        let credential_type = world.type_named(name)?;
        let valid_until = Value::Day(world.today.plus(300));
        let mut values = vec![
            Value::Handle(Handle::new(seeds::bytes("handle"))),
            Value::Binding(Binding::of(self.commitment.commitment())),
        ];
        values.extend(match name {
            "health-record" => vec![
                Value::Code(1),
                Value::Day(world.today.minus(1)),
                Value::Code(1),
                Value::Day(world.today.minus(100)),
                Value::Code(5),
                Value::Hint(Hint::of("Maria", 5)?),
            ],
            "age-record" => vec![Value::Month("1990-05".parse::<Month>()?)],
            _ => vec![Value::Code(1), Value::Code(2)],
        });
        values.push(valid_until);
        self.credential(world.key(name)?, credential_type, Claims::new(credential_type, values)?)
    }

    /// The pass that `rule` makes of that record for `epoch`.
    pub(crate) fn pass(&self, world: &World, rule: &str, epoch: Epoch, key: &ListedKey) -> Result<Credential> {
        let rule = world.rule_named(rule)?;
        let [from] = rule.from() else { bail!("the rule reads two records") };
        let record_type = world.type_named(from.as_str())?;
        let pass_type = world.type_named(rule.to().as_str())?;
        let record = self.record(world, from.as_str())?;
        let presented = Presented { record_type, claims: &record.claims };
        let claims = rule.apply(&[presented], pass_type, epoch).context("the rule is satisfied")?;
        self.credential(key, pass_type, claims)
    }

    /// Shows a credential in the named showing, or with the pseudonym of `event`.
    pub(crate) fn show(&self, shown: &Showing<'_>) -> Result<Envelope> {
        let Showing { key, credential_type, credential, context, event, label } = shown;
        let messages = credential.claims.messages();
        let held = holder::Credential {
            public_key: key.public(),
            signature: &credential.signature,
            header: &credential_type.header(),
            messages: &borrowed(&messages),
            secret: &self.secret,
            blind: &self.blind,
        };
        let indexes = context.disclosed.indexes();
        let ph = context.presentation_header();
        let rng = &mut seeds::rng(label);
        let (proof, pseudonym) = match event {
            None => (holder::show(&held, &ph, &indexes, rng)?, None),
            Some(event) => {
                let (proof, pseudonym) = holder::show_with_pseudonym(&held, event, &ph, &indexes, rng)?;
                (proof, Some(pseudonym))
            }
        };
        let disclosed = indexes.into_iter().zip(disclosed_values(credential, context)).collect();
        Ok(Envelope::seal(context, credential_type, &Part { disclosed, pseudonym, proof })?)
    }
}

fn disclosed_values(credential: &Credential, context: &Context) -> Vec<Value> {
    let values = credential.claims.values().iter().enumerate();
    values.filter(|(index, _)| context.disclosed.contains(*index)).map(|(_, value)| value.clone()).collect()
}

/// What is shown, and in which context.
pub(crate) struct Showing<'a> {
    pub(crate) key: &'a ListedKey,
    pub(crate) credential_type: &'a CredentialType,
    pub(crate) credential: &'a Credential,
    pub(crate) context: &'a Context,
    /// The context of the pseudonym, where there is one.
    pub(crate) event: Option<[u8; 32]>,
    /// Where the proof's random scalars come from.
    pub(crate) label: &'a str,
}

pub(crate) fn borrowed(messages: &[Vec<u8>]) -> Vec<&[u8]> {
    messages.iter().map(Vec::as_slice).collect()
}

/// 80 bytes that are a signature, but of nothing here.
pub(crate) fn unrelated_signature(holder: &Holder) -> Result<Signature> {
    Ok(holder::sign(&seeds::issuer_key("unrelated"), &holder.verified, b"", &[])?)
}
