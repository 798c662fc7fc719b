//! Trust lists, alone and one after the other.

mod histories;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use bauta_spec::attributes::{Claim, CredentialType, Kind, RuleId, Use};
use bauta_spec::credential::KeyId;
use bauta_spec::policy::{Policy, PolicyId};
use bauta_spec::poster::OrganiserId;
use bauta_spec::rules::Rule;
use bauta_spec::signed::{DelegateKey, RootKey, Signed};
use bauta_spec::time::{Minute, Moment};
use bauta_spec::trust::{Delegate, KeyStatement, Programme, TrustList, TrustListBody};
use serde_json::{Value, json};

use crate::items::Item;
use crate::vector::{Files, Vector, Verdict};
use crate::world::{NOW, World};
use crate::{raw, seeds, structural};

const DOCUMENT: &str = "trust-list";

pub(crate) fn write(files: &mut Files, world: &World) -> Result<()> {
    accepted(files, world)?;
    let small = Small::new(world)?;
    small.accept(files)?;
    small.refuse_structure(files)?;
    small.refuse(files)?;
    small.histories(files)
}

/// The lists of the whole programme that doors of `showings` hold.
fn accepted(files: &mut Files, world: &World) -> Result<()> {
    for (name, shows, body) in doors(world)? {
        let bytes = world.sign_list(&body)?;
        let list = TrustList::verify_held(&bytes, &world.root.public())?;
        let vector = Vector::bytes(name, shows, bytes).knowing(context(&world.root, NOW)).accepted(says(&list));
        files.add(Verdict::Accepted, DOCUMENT, vector);
    }
    Ok(())
}

/// Name, what it shows, and the list.
fn doors(world: &World) -> Result<Vec<(&'static str, &'static str, TrustListBody)>> {
    let first = world.list()?;
    let ended = Programme { revision: 2, last_day: world.today.minus(1), ..world.programme()? };
    let without_rule = world.rule_named("tested-or-vaccinated")?.id();
    Ok(vec![
        ("town", "Everything, and one key, one rule and one policy withdrawn.", first.clone()),
        (
            "town_early",
            "The same list, issued twelve hours earlier.",
            TrustListBody {
                issued: first.issued.minus(12 * 60),
                expires: first.expires.minus(12 * 60),
                ..first.clone()
            },
        ),
        (
            "town_raised_series",
            "Passes of today must have series 1.",
            TrustListBody { floors: BTreeMap::from([(world.today.minus(2), 1), (world.today, 1)]), ..first.clone() },
        ),
        (
            "town_without_entry_key",
            "The key of entry passes has been withdrawn.",
            TrustListBody {
                withdrawn_keys: first.withdrawn_keys.iter().copied().chain([world.key("entry-pass")?.id()]).collect(),
                ..first.clone()
            },
        ),
        (
            "town_without_rule",
            "The rule of entry passes has been withdrawn.",
            TrustListBody {
                withdrawn_rules: first.withdrawn_rules.iter().copied().chain([without_rule]).collect(),
                ..first.clone()
            },
        ),
        ("town_ended", "The programme ended yesterday.", TrustListBody { programme: world.by_root(&ended)?, ..first }),
        ("town_next", "The list after the first.", next(world)?),
    ])
}

/// What the doors of `showings` may take after "town".
pub(crate) fn next(world: &World) -> Result<TrustListBody> {
    let (version, previous) = world.held;
    Ok(TrustListBody { version: version + 1, previous, ..world.list()? })
}

fn context(root: &RootKey, now: Moment) -> Value {
    json!({ "root": root.public().to_string(), "now": now.unix() })
}

fn says(list: &TrustList) -> Value {
    json!({
        "version": list.version(),
        "hash": hex::encode(list.hash()),
        "issued": list.issued().number(),
        "expires": list.expires().number(),
        "programme": list.programme().name.as_str(),
        "keys": list.keys().iter().map(|key| key.id.to_string()).collect::<Vec<_>>(),
        "rules": list.rules().iter().map(|rule| rule.id().to_string()).collect::<Vec<_>>(),
        "policies": list.policies().map(|policy| policy.id().to_string()).collect::<Vec<_>>(),
        "floors": list.body().floors.iter().map(|(day, series)| json!([day.number(), series])).collect::<Vec<_>>(),
    })
}

/// A list with one of everything: small enough to be flawed hundreds of times.
struct Small<'a> {
    world: &'a World,
    body: TrustListBody,
    delegate: Signed<Delegate>,
}

impl<'a> Small<'a> {
    fn new(world: &'a World) -> Result<Self> {
        let body = TrustListBody {
            types: [world.type_named("health-record")?, world.type_named("entry-pass")?]
                .into_iter()
                .map(|listed| world.by_root(listed))
                .collect::<Result<_>>()?,
            keys: vec![world.by_root(&world.key("entry-pass")?.statement)?],
            rules: vec![world.by_root(world.rule_named("tested-or-vaccinated")?)?],
            policies: vec![world.by_root(world.policy_named("poster-only")?)?],
            withdrawn_keys: BTreeSet::from([KeyId::new([1; 4])]),
            withdrawn_rules: BTreeSet::from([RuleId::new([1; 8])]),
            withdrawn_policies: BTreeSet::from([PolicyId::new([1; 4])]),
            withdrawn_organisers: BTreeSet::from([OrganiserId::new([1; 8])]),
            ..world.list()?
        };
        Ok(Self { world, body, delegate: world.by_root(&world.delegate())? })
    }

    fn sign(&self, body: &TrustListBody) -> Result<Vec<u8>> {
        Ok(body.sign(&self.delegate, &self.world.delegate_key)?)
    }

    fn accept(&self, files: &mut Files) -> Result<()> {
        let bytes = self.sign(&self.body)?;
        let list = TrustList::verify_held(&bytes, &self.world.root.public())?;
        files.add_seed("trust_list", "small", bytes.clone());
        files.add_seed("trust_list_body", "small", bauta_spec::cbor::encode(&self.body));
        let context = context(&self.world.root, NOW);
        for (name, shows, now) in [
            ("small", "One of everything.", NOW),
            ("two_minutes_before_issue", "A clock may be two minutes behind.", self.at_issue(-2)),
            ("last_minute", "A list is used until it expires.", self.at_issue(48 * 60 - 1)),
        ] {
            let mut context = context.clone();
            context["now"] = now.unix().into();
            let vector = Vector::bytes(name, shows, bytes.clone()).knowing(context).accepted(says(&list));
            files.add(Verdict::Accepted, DOCUMENT, vector);
        }
        let longest = self.with_wide_types([6, 6])?;
        let list = TrustList::verify_held(&longest, &self.world.root.public())?;
        let shows = "A policy whose answer just fits into a code.";
        let vector = Vector::bytes("long_answer", shows, longest).knowing(context).accepted(says(&list));
        files.add(Verdict::Accepted, DOCUMENT, vector);
        Ok(())
    }

    /// A list of nothing but two pass types with so many flags and a policy that asks for both: written for 6 and 6, where an answer has
    /// 954 bytes; with one flag more in one of them it has 986.
    fn with_wide_types(&self, flags: [usize; 2]) -> Result<Vec<u8>> {
        let wide = |name: &str, flags: usize| {
            let flag = |i: usize| format!(r#", {{ "name": "f{i}", "kind": "flag" }}"#);
            let flags: String = (0..flags).map(flag).collect();
            let claims = format!(r#"[{{ "name": "epoch", "kind": "epoch" }}{flags}]"#);
            CredentialType::from_json(&format!(
                r#"{{ "name": "{name}", "layout": 1, "usage": "pass", "claims": {claims} }}"#
            ))
        };
        let ask = |id: &str| {
            let claims = r#"[{ "path": ["f0"], "values": [true] }]"#;
            format!(r#"{{ "id": "{id}", "format": "bauta-pass", "meta": {{ "type": "{id}" }}, "claims": {claims} }}"#)
        };
        let (first, last) = (self.world.today.minus(30), self.world.today.plus(60));
        let json = format!(
            r#"{{ "name": "wide", "credentials": [{}, {}], "one_way": "allowed", "purpose": {{ "en": "Much" }} }}"#,
            ask("one-pass"),
            ask("other-pass")
        );
        let policy = Policy::from_json(&json, &[wide("one-pass", 6)?, wide("other-pass", 6)?], &[], first, last)?;
        let types = [wide("one-pass", flags[0])?, wide("other-pass", flags[1])?];
        self.sign(&TrustListBody {
            types: types.iter().map(|listed| self.world.by_root(listed)).collect::<Result<_>>()?,
            keys: vec![],
            rules: vec![],
            policies: vec![self.world.by_root(&policy)?],
            ..self.body.clone()
        })
    }

    fn at_issue(&self, minutes_later: i64) -> Moment {
        let minute = i64::from(self.body.issued.number()) + minutes_later;
        Minute::new(u32::try_from(minute).unwrap_or_default()).start()
    }

    /// A body that no honest program writes, signed as it should be.
    fn carried(&self, payload: Vec<u8>) -> Vec<u8> {
        let body = raw::signed("bauta/v1/trust-list", &payload, &self.world.delegate_key);
        carrier(self.delegate.to_bytes(), body)
    }

    fn refuse_structure(&self, files: &mut Files) -> Result<()> {
        let payload = bauta_spec::cbor::encode(&self.body);
        let mut vectors = structural::cuts(&payload, |payload| self.carried(payload));
        vectors.extend(structural::flaws(&payload, |payload| self.carried(payload))?);
        let context = context(&self.world.root, NOW);
        let number = |day: u16| Item::Unsigned(day.into());
        let day = self.world.today.number();
        for (name, shows, index, new) in [
            ("withdrawn_key_twice", "A key is withdrawn twice.", 10, ids(4, &[1, 1])),
            ("withdrawn_keys_descend", "Withdrawn keys ascend.", 10, ids(4, &[2, 1])),
            ("withdrawn_key_of_5_bytes", "A key id has 4 bytes.", 10, ids(5, &[1])),
            ("withdrawn_rule_twice", "A rule is withdrawn twice.", 11, ids(8, &[1, 1])),
            ("withdrawn_rules_descend", "Withdrawn rules ascend.", 11, ids(8, &[2, 1])),
            ("withdrawn_policy_twice", "A policy is withdrawn twice.", 12, ids(4, &[1, 1])),
            ("withdrawn_policies_descend", "Withdrawn policies ascend.", 12, ids(4, &[2, 1])),
            ("withdrawn_organiser_twice", "An organiser is withdrawn twice.", 13, ids(8, &[1, 1])),
            ("withdrawn_organisers_descend", "Withdrawn organisers ascend.", 13, ids(8, &[2, 1])),
            ("withdrawn_organiser_of_7_bytes", "An organiser's id has 8 bytes.", 13, ids(7, &[1])),
            ("floor_twice", "A day has one floor.", 14, {
                Item::Map(vec![number(day), Item::Unsigned(1), number(day), Item::Unsigned(1)])
            }),
            ("floors_descend", "The days of floors ascend.", 14, {
                Item::Map(vec![number(day + 1), Item::Unsigned(1), number(day), Item::Unsigned(1)])
            }),
            ("floor_256", "A series is one byte.", 14, Item::Map(vec![number(day), Item::Unsigned(256)])),
            ("floor_of_day_65535", "65535 is no day.", 14, Item::Map(vec![number(65535), Item::Unsigned(1)])),
            ("version_of_5_bytes", "A version has four bytes.", 0, Item::Unsigned(1 << 32)),
            ("previous_of_31_bytes", "A hash has 32 bytes.", 1, Item::Bytes(vec![0; 31])),
        ] {
            let payload = structural::with(&payload, &[index], new)?;
            vectors.push(Vector::bytes(name, shows, self.carried(payload)));
        }
        let shows = "The delegate's signature holds, and the body has a structural flaw at one item.";
        files.add_systematic(DOCUMENT, "body", shows, context.clone(), "malformed", vectors);

        let bytes = self.sign(&self.body)?;
        let mut vectors = structural::cuts(&bytes, |bytes| bytes);
        vectors.extend(structural::flaws(&bytes, |bytes| bytes)?);
        let body = raw::signed("bauta/v1/trust-list", &payload, &self.world.delegate_key);
        vectors.push(Vector::bytes("version_2", "Version 2 does not exist yet.", {
            Item::Array(vec![Item::Unsigned(2), Item::Bytes(self.delegate.to_bytes()), Item::Bytes(body)]).to_bytes()
        }));
        let shows = "What holds delegate and body together has a structural flaw.";
        files.add_systematic(DOCUMENT, "carrier", shows, context, "malformed", vectors);
        Ok(())
    }

    fn refuse(&self, files: &mut Files) -> Result<()> {
        let Self { world, body, .. } = self;
        let mut add = |name: &str, shows: &str, bytes: Vec<u8>, context: Value, reason: &str| {
            let vector = Vector::bytes(name, shows, bytes).knowing(context).refused(reason);
            files.add(Verdict::Refused, DOCUMENT, vector);
        };
        let now = context(&world.root, NOW);
        let good = self.sign(body)?;
        let other_root: RootKey = seeds::signer("another signer");
        let stranger: DelegateKey = seeds::signer("another signer");
        add(
            "of_another_root",
            "The reader trusts another root.",
            good.clone(),
            context(&other_root, NOW),
            "wrong_root",
        );
        add(
            "by_a_stranger",
            "Somebody else signed the body.",
            body.sign(&self.delegate, &stranger)?,
            now.clone(),
            "bad_signature",
        );
        let swapped = body.sign(&Signed::sign(&world.delegate(), &other_root)?, &world.delegate_key)?;
        add("delegate_of_another_root", "Another root named the delegate.", swapped, now.clone(), "wrong_root");
        let at = |minutes| context(&world.root, self.at_issue(minutes));
        add("three_minutes_before_issue", "The clock is before the issue.", good.clone(), at(-3), "clock_before_issue");
        add(
            "clock_of_1970",
            "The clock stands at zero.",
            good.clone(),
            context(&world.root, Moment::from_unix(0)),
            "clock_before_issue",
        );
        add("expired", "The list is 48 hours old.", good.clone(), at(48 * 60), "expired");
        let y2038 = Moment::from_unix(1 << 31);
        add("clock_of_2038", "The clock stands at 2^31.", good, context(&world.root, y2038), "expired");
        let shows = "An answer to the policy would have 986 bytes, and a code has room for 970.";
        add("answer_too_long", shows, self.with_wide_types([7, 6])?, now, "inconsistent");
        self.refuse_contents(files)?;
        self.refuse_a_published_key(files)
    }

    /// A rule that would fit, had the age record a hint of its own.
    fn with_the_hint_of_one_record(&self) -> Result<Rule> {
        let text = r#"{
            "name": "vaccinated-grown-up", "from": ["health-record", "age-record"], "to": "entry-pass",
            "cases": [[{ "one_of": { "claim": "vaccinated", "names": ["mrna"] } },
                       { "at_least_years": { "claim": "second.birth_month", "years": 18 } }]],
            "fill": { "epoch": "epoch", "admits": "rule", "hint": { "copy": "hint" } } }"#;
        let world = self.world;
        let age = world.type_named("age-record")?;
        let hint = Claim { name: "hint".parse()?, kind: Kind::Hint };
        let claims = age.claims().iter().cloned().chain([hint]).collect();
        let with_hint = CredentialType::new(age.name().clone(), age.layout() + 1, Use::Record, claims)?;
        let types = [world.types.as_slice(), &[with_hint]].concat();
        Ok(Rule::from_json(text, &types, world.today, world.today.plus(60))?)
    }

    /// Everything is signed as it should be, and does not go together.
    fn refuse_contents(&self, files: &mut Files) -> Result<()> {
        let Self { world, body, .. } = self;
        let other_root: RootKey = seeds::signer("another signer");
        let foreign = Signed::sign(world.rule_named("tested-or-vaccinated")?, &other_root)?;
        let key = &world.key("entry-pass")?.statement;
        let by_root = |statement: &KeyStatement| world.by_root(statement);
        let now_minute = body.issued;
        for (name, shows, flawed, reason) in [
            (
                "rule_of_another_root",
                "Another root signed the rule.",
                TrustListBody { rules: vec![foreign], ..body.clone() },
                "bad_statement",
            ),
            (
                "no_types",
                "Keys are of types that are not listed.",
                TrustListBody { types: vec![], ..body.clone() },
                "inconsistent",
            ),
            (
                "rule_without_its_types",
                "A rule fits no listed types.",
                TrustListBody { types: vec![world.by_root(world.type_named("entry-pass")?)?], ..body.clone() },
                "inconsistent",
            ),
            (
                "rule_with_the_hint_of_one_of_two_records",
                "A pass would carry the hint of one record and rest on another that has none.",
                TrustListBody {
                    types: [body.types.clone(), vec![world.by_root(world.type_named("age-record")?)?]].concat(),
                    rules: vec![world.by_root(&self.with_the_hint_of_one_record()?)?],
                    ..body.clone()
                },
                "inconsistent",
            ),
            (
                "policy_without_its_type",
                "A policy fits no listed type.",
                TrustListBody {
                    types: vec![world.by_root(world.type_named("health-record")?)?],
                    keys: vec![],
                    rules: vec![],
                    ..body.clone()
                },
                "inconsistent",
            ),
            (
                "type_twice",
                "A type stands there twice.",
                TrustListBody { types: twice(&body.types), ..body.clone() },
                "inconsistent",
            ),
            (
                "key_twice",
                "A key stands there twice.",
                TrustListBody { keys: twice(&body.keys), ..body.clone() },
                "inconsistent",
            ),
            (
                "rule_twice",
                "A rule stands there twice.",
                TrustListBody { rules: twice(&body.rules), ..body.clone() },
                "inconsistent",
            ),
            (
                "policy_twice",
                "A policy stands there twice.",
                TrustListBody { policies: twice(&body.policies), ..body.clone() },
                "inconsistent",
            ),
            (
                "organiser_twice",
                "An organiser stands there twice.",
                TrustListBody { organisers: twice(&body.organisers), ..body.clone() },
                "inconsistent",
            ),
            (
                "two_pass_keys_for_a_day",
                "An office could sort people by key.",
                TrustListBody {
                    keys: [
                        body.keys.clone(),
                        vec![by_root(&KeyStatement {
                            public: seeds::issuer_key("unlisted").public_key(),
                            ..key.clone()
                        })?],
                    ]
                    .concat(),
                    ..body.clone()
                },
                "inconsistent",
            ),
            (
                "key_ends_before_it_begins",
                "A key's last day is before its first.",
                TrustListBody {
                    keys: vec![by_root(&KeyStatement { last: key.first.minus(1), ..key.clone() })?],
                    ..body.clone()
                },
                "inconsistent",
            ),
            (
                "key_of_another_name",
                "A key names another type than its id.",
                TrustListBody {
                    keys: vec![by_root(&KeyStatement { type_name: "health-record".parse()?, ..key.clone() })?],
                    ..body.clone()
                },
                "inconsistent",
            ),
            (
                "prefetch_0",
                "Passes are fetched for a day ahead at least.",
                TrustListBody {
                    programme: world.by_root(&Programme { prefetch_days: 0, ..world.programme()? })?,
                    ..body.clone()
                },
                "inconsistent",
            ),
            (
                "prefetch_15",
                "Passes are fetched for 14 days ahead at most.",
                TrustListBody {
                    programme: world.by_root(&Programme { prefetch_days: 15, ..world.programme()? })?,
                    ..body.clone()
                },
                "inconsistent",
            ),
            ("version_0", "Lists begin with version 1.", TrustListBody { version: 0, ..body.clone() }, "inconsistent"),
            (
                "first_with_previous",
                "Nothing stands before version 1.",
                TrustListBody { previous: [7; 32], ..body.clone() },
                "inconsistent",
            ),
            (
                "second_without_previous",
                "Something stands before version 2.",
                TrustListBody { version: 2, ..body.clone() },
                "inconsistent",
            ),
            (
                "expires_at_once",
                "A list lives for a minute at least.",
                TrustListBody { expires: now_minute, ..body.clone() },
                "inconsistent",
            ),
            (
                "lives_too_long",
                "A list lives for a week at most.",
                TrustListBody { expires: now_minute.plus(TrustList::MAX_LIFETIME_MINUTES + 1), ..body.clone() },
                "inconsistent",
            ),
            (
                "before_its_delegate",
                "The delegate was not yet in force.",
                TrustListBody {
                    issued: world.delegate().first.minus(1),
                    expires: world.delegate().first.plus(60),
                    ..body.clone()
                },
                "delegate_not_in_force",
            ),
            (
                "after_its_delegate",
                "The delegate ends before the list.",
                TrustListBody {
                    issued: world.delegate().last.minus(60),
                    expires: world.delegate().last.plus(1),
                    ..body.clone()
                },
                "delegate_not_in_force",
            ),
        ] {
            let vector = Vector::bytes(name, shows, self.sign(&flawed)?).knowing(context(&world.root, NOW));
            files.add(Verdict::Refused, DOCUMENT, vector.refused(reason));
        }
        Ok(())
    }

    /// These vectors' own root may list their published keys, no other may.
    fn refuse_a_published_key(&self, files: &mut Files) -> Result<()> {
        let Self { world, body, .. } = self;
        let key = &world.key("entry-pass")?.statement;
        let real: RootKey = seeds::signer("some real root");
        let list = TrustListBody {
            programme: Signed::sign(&world.programme()?, &real)?,
            types: vec![Signed::sign(world.type_named("entry-pass")?, &real)?],
            keys: vec![Signed::sign(key, &real)?],
            rules: vec![],
            policies: vec![],
            organisers: vec![],
            ..body.clone()
        };
        let bytes = list.sign(&Signed::sign(&world.delegate(), &real)?, &world.delegate_key)?;
        let vector = Vector::bytes("published_key", "Everybody knows the secret half of a key.", bytes);
        files.add(Verdict::Refused, DOCUMENT, vector.knowing(context(&real, NOW)).refused("published_test_key"));
        Ok(())
    }
}

/// Ids that consist of one byte, repeated.
fn ids(len: usize, bytes: &[u8]) -> Item {
    Item::Array(bytes.iter().map(|byte| Item::Bytes(vec![*byte; len])).collect())
}

fn carrier(delegate: Vec<u8>, body: Vec<u8>) -> Vec<u8> {
    Item::Array(vec![Item::Unsigned(1), Item::Bytes(delegate), Item::Bytes(body)]).to_bytes()
}

fn twice<T>(statements: &[Signed<T>]) -> Vec<Signed<T>> {
    [statements, statements].concat()
}
