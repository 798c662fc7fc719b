//! Everything that somebody signs: rules, policies, keys, delegates, programmes, types, organisers, posters, withdrawals.

use anyhow::{Context as _, Result};
use bauta_spec::attributes::{CredentialType, Handle, TypeName};
use bauta_spec::cbor;
use bauta_spec::policy::Policy;
use bauta_spec::poster::{CertifiedPoster, EventId, Opening, OrganiserCertificate, Poster, pseudonym_context};
use bauta_spec::rules::Rule;
use bauta_spec::signed::{OrganiserKey, RecordsKey, RootKey, Secret, Signed, Statement};
use bauta_spec::time::{Day, Minute};
use bauta_spec::trust::{Delegate, KeyStatement, Programme, TrustListBody};
use bauta_spec::withdrawn::Withdrawals;
use bauta_spec::words::Purpose;
use serde_json::{Value, json};

use crate::items::Item;
use crate::vector::{Files, Vector, Verdict, sorted};
use crate::world::{NOW, World};
use crate::{hostile, raw, seeds, structural};

pub(crate) fn write(files: &mut Files, world: &World) -> Result<()> {
    rules(files, world)?;
    policies(files, world)?;
    keys(files, world)?;
    small_ones(files, world)?;
    posters(files, world)?;
    withdrawals(files)
}

/// A kind of statement, with a small example that flaws are put into.
struct Kind<'a, T: Statement> {
    document: &'static str,
    key: &'a Secret<T::Signer>,
    example: &'a T,
}

impl<T: Statement> Kind<'_, T> {
    fn payload(&self) -> Vec<u8> {
        cbor::encode(self.example)
    }

    fn context(&self) -> Value {
        json!({ "signer": self.key.public().to_string() })
    }

    fn accept(&self, files: &mut Files, name: &str, shows: &str, statement: &T, says: Value) -> Result<()> {
        let bytes = Signed::sign(statement, self.key)?.to_bytes();
        let payload = cbor::encode(statement);
        files.add_seed(&self.document.replace('-', "_"), name, payload.clone());
        let mut says = says;
        says["payload"] = hex::encode(payload).into();
        let vector = Vector::bytes(name, shows, bytes).knowing(self.context()).accepted(says);
        files.add(Verdict::Accepted, self.document, vector);
        Ok(())
    }

    /// What is wrong with the payload although it is signed as it should be.
    fn refuse_structure(&self, files: &mut Files) -> Result<()> {
        let payload = self.payload();
        let sign = |payload: Vec<u8>| raw::signed(T::CONTEXT, &payload, self.key);
        let mut vectors = structural::cuts(&payload, sign);
        vectors.extend(structural::flaws(&payload, sign)?);
        files.add_systematic(
            self.document,
            "payload",
            "The signature holds, and the payload has a structural flaw at one item.",
            self.context(),
            "malformed",
            vectors,
        );
        Ok(())
    }

    fn refuse(&self, files: &mut Files, name: &str, shows: &str, path: &[usize], new: Item) -> Result<()> {
        let payload = structural::with(&self.payload(), path, new)?;
        let bytes = raw::signed(T::CONTEXT, &payload, self.key);
        let vector = Vector::bytes(name, shows, bytes).knowing(self.context()).refused("malformed");
        files.add(Verdict::Refused, self.document, vector);
        Ok(())
    }

    /// Signatures that must not hold.
    fn refuse_signatures(&self, files: &mut Files) -> Result<()> {
        let payload = self.payload();
        let good = raw::signature(T::CONTEXT, &payload, self.key);
        let other_key: Secret<T::Signer> = seeds::signer("another signer");
        let mut add = |name: &str, shows: &str, payload: &[u8], signature: &[u8]| {
            let vector = Vector::bytes(name, shows, raw::envelope(payload, signature)).knowing(self.context());
            files.add(Verdict::Refused, self.document, vector.refused("bad_signature"));
        };
        let sign = |context: &str, payload: &[u8]| raw::signature(context, payload, self.key);
        add("another_key", "Another key signed.", &payload, &raw::signature(T::CONTEXT, &payload, &other_key));
        for context in CONTEXTS.into_iter().filter(|context| *context != T::CONTEXT) {
            let name = format!("signed_as_{}", context.rsplit('/').next().unwrap_or_default().replace('-', "_"));
            add(&name, "The key signed this as another kind of document.", &payload, &sign(context, &payload));
        }
        add("no_context", "The payload was signed without a context.", &payload, &{
            let key = ed25519_dalek::SigningKey::from_bytes(&self.key.to_bytes());
            ed25519_dalek::Signer::sign(&key, &payload).to_bytes()
        });
        let mut changed = payload.clone();
        if let Some(last) = changed.last_mut() {
            *last ^= 1;
        }
        add("payload_changed", "One bit of the payload is another one.", &changed, &good);
        for (name, byte) in [("r_changed", 0), ("s_changed", 32)] {
            let mut signature = good;
            signature[byte] ^= 1;
            add(name, "One bit of the signature is another one.", &payload, &signature);
        }
        add("s_plus_l", "S is l too large: a second spelling.", &payload, &with_s_plus_l(good));
        let mut small = good;
        small[..32].copy_from_slice(&SMALL_ORDER);
        add("r_of_small_order", "R is a point of order 1.", &payload, &small);
        add("zeros", "The signature is all zeros.", &payload, &[0; 64]);
        Ok(())
    }
}

const CONTEXTS: [&str; 10] = [
    Rule::CONTEXT,
    Policy::CONTEXT,
    KeyStatement::CONTEXT,
    Delegate::CONTEXT,
    Programme::CONTEXT,
    CredentialType::CONTEXT,
    OrganiserCertificate::CONTEXT,
    Poster::CONTEXT,
    TrustListBody::CONTEXT,
    Withdrawals::CONTEXT,
];

/// The identity of Ed25519.
const SMALL_ORDER: [u8; 32] = {
    let mut bytes = [0; 32];
    bytes[0] = 1;
    bytes
};

/// Order of the group of Ed25519, RFC 8032 section 5.1, little-endian.
const L: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

fn with_s_plus_l(mut signature: [u8; 64]) -> [u8; 64] {
    let mut carry = 0_u16;
    let l = hex::decode(L).expect("a constant of this module is hexadecimal");
    for (byte, digit) in signature[32..].iter_mut().zip(l) {
        let sum = u16::from(*byte) + u16::from(digit) + carry;
        *byte = sum as u8;
        carry = sum >> 8;
    }
    signature
}

fn text(text: &str) -> Item {
    Item::Text(text.as_bytes().to_vec())
}

/// The same JSON whatever order this build of `serde_json` keeps.
fn in_order(written: &str) -> Result<String> {
    Ok(sorted(serde_json::from_str(written)?).to_string())
}

fn rules(files: &mut Files, world: &World) -> Result<()> {
    let example = world.rule_named("tested-or-vaccinated")?;
    let kind = Kind { document: "rule", key: &world.root, example };
    for rule in &world.rules {
        let says = json!({
            "id": rule.id().to_string(),
            "name": rule.name().as_str(),
            "from": rule.from().iter().map(TypeName::as_str).collect::<Vec<_>>(),
            "to": rule.to().as_str(),
            "first": rule.first().to_string(),
            "last": rule.last().to_string(),
        });
        kind.accept(files, rule.name().as_str(), "A rule, signed by the root.", rule, says)?;
        let types: Vec<_> = rule.from().iter().map(|from| world.type_named(from.as_str())).collect::<Result<_>>()?;
        let written = rule.to_json(&types)?;
        files.add_seed("json", &format!("rule_{}", rule.name()), in_order(&written)?);
    }
    let small = Kind { example: world.rule_named("withdrawn")?, ..kind };
    small.refuse_structure(files)?;
    small.refuse_signatures(files)?;
    envelope(files, &small)?;

    let first = |day: Day| Item::Unsigned(day.number().into());
    let fact = |record: u64, claim: &str| Item::Array(vec![Item::Unsigned(record), text(claim)]);
    let about = |record: u64, kind: u64, rest: &[Item]| {
        Item::Array([&[Item::Unsigned(kind), fact(record, "tested_on")], rest].concat())
    };
    let condition = |kind: u64, rest: &[Item]| about(0, kind, rest);
    let days = |min: u64, max: u64| condition(1, &[Item::Unsigned(min), Item::Unsigned(max)]);
    let case = |conditions: Vec<Item>| Item::Array(vec![Item::Array(conditions)]);
    let kind = Kind { document: "rule", key: &world.root, example };
    let mut refuse = |name, shows, path: &[usize], new| kind.refuse(files, name, shows, path, new);
    let from = |count: usize| Item::Array(vec![text("health-record"); count]);
    refuse("no_record", "A rule reads a record.", &[1], from(0))?;
    refuse("three_records", "A rule reads two records at most.", &[1], from(3))?;
    refuse("from_as_text", "Records stand in an array, one too.", &[1], text("health-record"))?;
    let second = about(1, 1, &[Item::Unsigned(0), Item::Unsigned(2)]);
    refuse("second_of_one", "A rule that reads one record has no second.", &[5], case(vec![second]))?;
    let copied = |record: u64| Item::Array(vec![Item::Unsigned(2), fact(record, "hint")]);
    refuse("copy_from_second_of_one", "A rule that reads one record has no second.", &[6, 2, 1], copied(1))?;
    refuse("copy_from_third", "There is no third record.", &[6, 2, 1], copied(2))?;
    refuse("ends_before_it_begins", "The last day is before the first.", &[4], first(world.today.minus(31)))?;
    refuse("day_65535", "65535 is no day.", &[4], Item::Unsigned(65535))?;
    refuse("no_cases", "A rule without a case admits nobody.", &[5], Item::Array(vec![]))?;
    refuse("nine_cases", "A rule has at most 8 cases.", &[5], Item::Array(vec![Item::Array(vec![]); 9]))?;
    refuse("nine_conditions", "A case has at most 8 conditions.", &[5], case(vec![days(0, 1); 9]))?;
    refuse("days_the_wrong_way_round", "At least 3 days and at most 2.", &[5], case(vec![days(3, 2)]))?;
    refuse("days_65536", "Days ago have two bytes.", &[5], case(vec![days(0, 65536)]))?;
    refuse("condition_unknown", "There is no condition 3.", &[5], case(vec![condition(3, &[])]))?;
    refuse("age_151", "An age has at most 150 years.", &[5], case(vec![condition(2, &[Item::Unsigned(151)])]))?;
    refuse("no_codes", "A condition names a code.", &[5], case(vec![condition(0, &[Item::Bytes(vec![])])]))?;
    refuse("code_0", "0 is no code.", &[5], case(vec![condition(0, &[Item::Bytes(vec![0])])]))?;
    refuse("code_255", "255 is no code.", &[5], case(vec![condition(0, &[Item::Bytes(vec![255])])]))?;
    refuse("code_twice", "A code stands once.", &[5], case(vec![condition(0, &[Item::Bytes(vec![1, 1])])]))?;
    refuse("codes_descend", "Codes ascend.", &[5], case(vec![condition(0, &[Item::Bytes(vec![2, 1])])]))?;
    refuse("source_unknown", "There is no source 5.", &[6, 0, 1], Item::Array(vec![Item::Unsigned(5)]))?;
    refuse("filled_twice", "A claim is filled once.", &[6, 2, 0], text("admits"))?;
    refuse("name_with_capital", "A name has small letters.", &[0], text("Entry"))?;
    refuse("name_empty", "A name has a letter.", &[0], text(""))?;
    let empty_if = Item::Array(vec![Item::Unsigned(3), fact(0, "hint"), Item::Array(vec![])]);
    refuse("copy_on_no_condition", "A conditional copy has a condition.", &[6, 2, 1], empty_if)
}

fn envelope(files: &mut Files, kind: &Kind<'_, Rule>) -> Result<()> {
    let good = Signed::sign(kind.example, kind.key)?.to_bytes();
    files.add_seed("signed", "rule", good.clone());
    let mut vectors = structural::cuts(&good, |bytes| bytes);
    vectors.extend(structural::flaws(&good, |bytes| bytes)?);
    let signature = raw::signature(Rule::CONTEXT, &kind.payload(), kind.key);
    let with = |version: u64, signature: &[u8]| {
        Item::Array(vec![Item::Unsigned(version), Item::Bytes(kind.payload()), Item::Bytes(signature.to_vec())])
            .to_bytes()
    };
    vectors.extend([
        Vector::bytes("version_0", "There is no version 0.", with(0, &signature)),
        Vector::bytes("version_2", "Version 2 does not exist yet.", with(2, &signature)),
        Vector::bytes("signature_of_63_bytes", "A signature has 64 bytes.", with(1, &signature[..63])),
        Vector::bytes("signature_of_65_bytes", "A signature has 64 bytes.", with(1, &[&signature[..], &[0]].concat())),
        Vector::bytes("payload_of_4097_bytes", "A rule has at most 4096 bytes.", {
            raw::signed(Rule::CONTEXT, &[0; 4097], kind.key)
        }),
    ]);
    files.add_systematic(
        "rule",
        "envelope",
        "The envelope, not the payload, has a flaw.",
        kind.context(),
        "malformed",
        vectors,
    );
    Ok(())
}

fn policies(files: &mut Files, world: &World) -> Result<()> {
    let kind = |example| Kind::<Policy> { document: "policy", key: &world.root, example };
    for policy in &world.policies {
        let asks = policy.asks().iter().map(|ask| {
            let disclosed = ask.disclosed(world.type_named(ask.pass_type().as_str())?)?;
            Ok(json!({ "pass_type": ask.pass_type().as_str(), "disclosed": disclosed.indexes() }))
        });
        let says = json!({
            "id": policy.id().to_string(),
            "hash": hex::encode(policy.hash()),
            "name": policy.name().as_str(),
            "asks": asks.collect::<Result<Vec<Value>>>()?,
            "pseudonym": policy.pseudonyms() as u8,
        });
        kind(policy).accept(files, policy.name().as_str(), "A policy, signed by the root.", policy, says)?;
        let written = policy.to_json(&world.types, &world.rules)?;
        files.add_seed("json", &format!("policy_{}", policy.name()), in_order(&written)?);
    }
    kind(world.policy_named("withdrawn")?).refuse_structure(files)?;
    kind(world.policy_named("withdrawn")?).refuse_signatures(files)?;

    let kind = kind(world.policy_named("poster-only")?);
    let mut refuse = |name, shows, path: &[usize], new| kind.refuse(files, name, shows, path, new);
    let day = |day: Day| Item::Unsigned(day.number().into());
    let no = Item::Simple(20);
    let wanted = |kind: u64, value: Item| Item::Array(vec![Item::Unsigned(kind), value]);
    let rule = wanted(0, Item::Bytes(vec![7; 8]));
    let require = |pairs: Vec<(&str, Item)>| {
        Item::Array(pairs.into_iter().map(|(claim, wanted)| Item::Array(vec![text(claim), wanted])).collect())
    };
    refuse("ends_before_it_begins", "The last day is before the first.", &[8], day(world.today.minus(31)))?;
    refuse("holds_732_days", "A policy holds for at most 731 days.", &[8], day(world.today.plus(702)))?;
    refuse("requires_nothing", "A policy requires something.", &[1, 0, 1], Item::Array(vec![]))?;
    let query = |name: &str| {
        let wanted = require(vec![("group", wanted(1, Item::Bytes(vec![1])))]);
        Item::Array(vec![text(name), wanted, Item::Array(vec![])])
    };
    let asks = |names: &[&str]| Item::Array(names.iter().map(|name| query(name)).collect());
    refuse("asks_for_no_pass", "A policy asks for a pass.", &[1], asks(&[]))?;
    let three = ["age-pass", "health-pass", "membership-pass"];
    refuse("asks_for_three_passes", "A policy asks for two passes at most.", &[1], asks(&three))?;
    let twice = ["membership-pass", "membership-pass"];
    refuse("asks_twice_for_one_type", "Two passes of one type could be one and the same.", &[1], asks(&twice))?;
    let two_rules = require(vec![("admits", rule.clone()), ("also", rule.clone())]);
    refuse(
        "two_rules",
        "A policy names one rule: alternatives would tell which fact is missing.",
        &[1, 0, 1],
        two_rules,
    )?;
    let twice = require(vec![("tested", wanted(1, Item::Bytes(vec![1]))), ("tested", wanted(1, Item::Bytes(vec![2])))]);
    refuse("required_twice", "A claim is asked for once.", &[1, 0, 1], twice)?;
    refuse("required_and_shown", "A claim is asked for once.", &[1, 0, 2], Item::Array(vec![text("admits")]))?;
    refuse("shown_twice", "A claim is asked for once.", &[1, 0, 2], Item::Array(vec![text("hint"), text("hint")]))?;
    let wanted_unknown = require(vec![("admits", wanted(3, Item::Unsigned(1)))]);
    refuse("wanted_unknown", "There is no requirement 3.", &[1, 0, 1], wanted_unknown)?;
    let seven_bytes = require(vec![("admits", wanted(0, Item::Bytes(vec![7; 7])))]);
    refuse("rule_of_7_bytes", "A rule id has 8 bytes.", &[1, 0, 1], seven_bytes)?;
    let no_codes = require(vec![("tested", wanted(1, Item::Bytes(vec![])))]);
    refuse("no_codes", "A requirement names a code.", &[1, 0, 1], no_codes)?;
    refuse("one_way_unknown", "There is no fourth way to allow one way.", &[2], Item::Unsigned(3))?;
    refuse("no_mode", "A policy allows a mode.", &[3], no.clone())?;
    refuse("no_purpose", "A policy says why.", &[9], Item::Array(vec![]))?;
    let purposes = |lines: &[(&str, &str)]| {
        Item::Array(lines.iter().map(|(tag, line)| Item::Array(vec![text(tag), text(line)])).collect())
    };
    refuse("languages_descend", "Languages ascend.", &[9], purposes(&[("nl", "Waarom"), ("en", "Why")]))?;
    refuse("language_twice", "A language stands once.", &[9], purposes(&[("en", "Why"), ("en", "Why")]))?;
    refuse("language_in_capitals", "A language is written \"en\".", &[9], purposes(&[("EN", "Why")]))?;
    for (name, shows, line) in LINES {
        refuse(name, shows, &[9], purposes(&[("en", line)]))?;
    }
    refuse("pseudonym_unknown", "There is no third rule of entry.", &[6], Item::Unsigned(3))?;
    refuse("pseudonym_true", "A number, since there is more than one rule.", &[6], Item::Simple(21))?;
    refuse("purpose_of_201_letters", "A text has at most 200.", &[9], purposes(&[("en", &"a".repeat(201))]))?;

    let pseudonym_without_poster = Kind { example: world.policy_named("member")?, ..kind };
    pseudonym_without_poster.refuse(
        files,
        "pseudonym_without_poster",
        "Pseudonyms exist with posters only.",
        &[6],
        Item::Unsigned(1),
    )?;
    pseudonym_without_poster.refuse(
        files,
        "reentry_without_poster",
        "Pseudonyms exist with posters only.",
        &[6],
        Item::Unsigned(2),
    )
}

/// N12: what a screen, a spreadsheet or a terminal could obey.
const LINES: [(&str, &str, &str); 10] = [
    ("purpose_empty", "A text has a letter.", ""),
    ("purpose_with_html", "A text holds no markup.", "Why <b>not</b>"),
    ("purpose_with_newline", "A text is one line.", "Why\nnot"),
    ("purpose_with_escape", "A text holds no control character.", "Why\u{1b}[31m"),
    ("purpose_with_override", "A text does not turn the direction of writing.", "Why\u{202e}ton"),
    ("purpose_with_zero_width_space", "A text holds nothing invisible.", "W\u{200b}hy"),
    ("purpose_like_a_formula", "A text does not begin like a formula.", "=1+1"),
    ("purpose_with_address", "A text holds no web address.", "See https://lab.example"),
    ("purpose_with_space_before", "A text does not begin with a space.", " Why"),
    ("purpose_with_zero", "A text holds no zero byte.", "Why\0"),
];

fn keys(files: &mut Files, world: &World) -> Result<()> {
    let entry = world.key("entry-pass")?;
    let kind = Kind { document: "key", key: &world.root, example: &entry.statement };
    for key in &world.keys {
        let says = json!({
            "id": key.id().to_string(),
            "public_key": hex::encode(key.public().to_bytes()),
            "type": key.statement.type_name.as_str(),
            "first": key.statement.first.to_string(),
            "last": key.statement.last.to_string(),
            "specimen": key.statement.specimen,
        });
        kind.accept(files, key.label, "The root's word for an issuer key.", &key.statement, says)?;
    }
    kind.refuse_structure(files)?;
    kind.refuse_signatures(files)?;
    for (flaw, shows, point) in hostile::points_of_g2(&entry.public().to_bytes()) {
        let shows = format!("In the public key, {shows}.");
        kind.refuse(files, &format!("public_key_{flaw}"), &shows, &[0], Item::Bytes(point))?;
    }
    let mut refuse = |name, shows, path: &[usize], new| kind.refuse(files, name, shows, path, new);
    refuse("public_key_of_48_bytes", "A public key has 96 bytes.", &[0], Item::Bytes(vec![0x80; 48]))?;
    refuse("type_id_of_31_bytes", "A type id has 32 bytes.", &[1], Item::Bytes(vec![7; 31]))?;
    refuse("day_65535", "65535 is no day.", &[3], Item::Unsigned(65535))?;
    refuse("holder_with_newline", "A name is one line.", &[5], text("Lab\nLab"))?;
    refuse("holder_with_override", "A name turns no direction of writing.", &[5], text("Lab\u{202e}"))?;
    refuse("specimen_as_number", "Specimen is yes or no.", &[6], Item::Unsigned(0))
}

fn small_ones(files: &mut Files, world: &World) -> Result<()> {
    let minute = |minute: Minute| json!(minute.number());
    let delegate = world.delegate();
    let says = json!({
        "public_key": delegate.public.to_string(),
        "first": minute(delegate.first),
        "last": minute(delegate.last),
    });
    let kind = Kind { document: "delegate", key: &world.root, example: &delegate };
    kind.accept(files, "delegate", "The root's word for a delegate.", &delegate, says)?;
    kind.refuse_structure(files)?;
    kind.refuse_signatures(files)?;
    for (name, shows, key) in HOSTILE_ED25519 {
        let key = hex::decode(key).context("a constant of this module is hexadecimal")?;
        kind.refuse(files, &format!("public_key_{name}"), shows, &[0], Item::Bytes(key))?;
    }

    let programme = world.programme()?;
    let says = json!({
        "name": programme.name.as_str(),
        "revision": programme.revision,
        "offset": programme.grid.offset(),
        "prefetch_days": programme.prefetch_days,
        "last_day": programme.last_day.to_string(),
    });
    let kind = Kind { document: "programme", key: &world.root, example: &programme };
    kind.accept(files, "programme", "What holds for everybody.", &programme, says)?;
    kind.refuse_structure(files)?;
    kind.refuse_signatures(files)?;
    let mut refuse = |name, shows, path: &[usize], new| kind.refuse(files, name, shows, path, new);
    refuse("offset_841", "No place is 14 hours and a minute ahead of UTC.", &[2], Item::Unsigned(841))?;
    refuse("offset_minus_721", "No place is 12 hours and a minute behind UTC.", &[2], Item::Negative(720))?;
    refuse("last_day_65535", "65535 is no day.", &[4], Item::Unsigned(65535))?;
    refuse("prefetch_256", "Days fetched ahead are one byte.", &[3], Item::Unsigned(256))?;
    refuse("name_with_html", "A name holds no markup.", &[0], text("<b>Town</b>"))?;

    let example = world.type_named("membership-pass")?;
    let kind = Kind { document: "type-statement", key: &world.root, example };
    for listed in &world.types {
        let says = json!({ "id": listed.id().to_string(), "name": listed.name().as_str() });
        let bytes = Signed::sign(listed, &world.root)?.to_bytes();
        let mut says = says;
        says["payload"] = hex::encode(listed.to_bytes()).into();
        let vector = Vector::bytes(listed.name().as_str(), "A credential type, signed by the root.", bytes);
        files.add(Verdict::Accepted, "type-statement", vector.knowing(kind.context()).accepted(says));
    }
    kind.refuse_signatures(files)?;

    let organiser = world.organiser()?;
    let says = json!({
        "public_key": organiser.public.to_string(),
        "name": organiser.name.as_str(),
        "first": organiser.first.to_string(),
        "last": organiser.last.to_string(),
    });
    let kind = Kind { document: "organiser", key: &world.root, example: &organiser };
    kind.accept(files, "organiser", "The root's word for an organiser.", &organiser, says)?;
    kind.refuse_structure(files)?;
    kind.refuse_signatures(files)?;
    for (name, shows, key) in HOSTILE_ED25519 {
        let key = hex::decode(key).context("a constant of this module is hexadecimal")?;
        kind.refuse(files, &format!("public_key_{name}"), shows, &[0], Item::Bytes(key))?;
    }
    kind.refuse(files, "name_with_override", "A name turns no direction.", &[1], text("Hall\u{202e}"))
}

/// Keys under which one signature could hold for many documents, and second spellings.
const HOSTILE_ED25519: [(&str, &str, &str); 6] = [
    ("identity", "The key is the identity.", "0100000000000000000000000000000000000000000000000000000000000000"),
    ("order_two", "The key has order 2.", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    ("order_eight", "The key has order 8.", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    ("off_curve", "No point has y = 2.", "0200000000000000000000000000000000000000000000000000000000000000"),
    (
        "y_is_p_plus_1",
        "y is 1 in a second spelling.",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ),
    ("of_31_bytes", "A key has 32 bytes.", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f70751"),
];

/// What hangs at the entrance of the vectors' one event.
pub(crate) fn poster(world: &World) -> Result<Poster> {
    poster_for(world, "entry", world.held)
}

/// Of an organiser who holds the list of that version and hash.
fn poster_for(world: &World, policy: &str, list: (u32, [u8; 32])) -> Result<Poster> {
    let now = Minute::of(NOW);
    let purpose = Purpose::new([("en".parse()?, "To count each guest once".parse()?)].into())?;
    Ok(Poster::new(
        world.policy_named(policy)?.id(),
        EventId::new(seeds::bytes("event")),
        world.today,
        Opening::new(now.minus(60), now.plus(300))?,
        purpose,
        list,
    ))
}

/// The poster with what its organiser needs to be believed.
pub(crate) fn certified_poster(world: &World) -> Result<CertifiedPoster> {
    certified_poster_for(world, "entry")
}

/// One that asks for another policy, at the same event.
pub(crate) fn certified_poster_for(world: &World, policy: &str) -> Result<CertifiedPoster> {
    certified_poster_naming(world, policy, world.held)
}

/// One whose organiser holds that list.
pub(crate) fn certified_poster_naming(world: &World, policy: &str, list: (u32, [u8; 32])) -> Result<CertifiedPoster> {
    let certificate = world.by_root(&world.organiser()?)?;
    Ok(CertifiedPoster::new(certificate, Signed::sign(&poster_for(world, policy, list)?, &world.organiser_key)?))
}

fn posters(files: &mut Files, world: &World) -> Result<()> {
    let poster = poster(world)?;
    let kind = Kind { document: "poster", key: &world.organiser_key, example: &poster };
    let says = json!({
        "policy": poster.policy().to_string(),
        "event": hex::encode(poster.event().bytes()),
        "event_day": poster.event_day().to_string(),
        "first": poster.opening().first().number(),
        "last": poster.opening().last().number(),
    });
    kind.accept(files, "event", "What an organiser signs.", &poster, says)?;
    kind.refuse_structure(files)?;
    kind.refuse_signatures(files)?;
    let first = u64::from(poster.opening().first().number());
    let mut refuse = |name, shows, path: &[usize], new| kind.refuse(files, name, shows, path, new);
    refuse("open_1441_minutes", "A poster is open for 24 hours.", &[4], Item::Unsigned(first + 1441))?;
    refuse("ends_before_it_begins", "It ends before it begins.", &[4], Item::Unsigned(first - 1))?;
    refuse("event_of_15_bytes", "An event id has 16 bytes.", &[1], Item::Bytes(vec![7; 15]))?;
    refuse("policy_of_5_bytes", "A policy id has 4 bytes.", &[0], Item::Bytes(vec![7; 5]))?;
    refuse("hash_of_31_bytes", "A list's hash has 32 bytes.", &[7], Item::Bytes(vec![7; 31]))?;
    certified_posters(files, world, &poster)
}

fn certified_posters(files: &mut Files, world: &World, poster: &Poster) -> Result<()> {
    let document = "certified-poster";
    let context = json!({ "root": world.root.public().to_string() });
    let good = certified_poster(world)?;
    let bytes = good.to_bytes();
    let organiser = world.organiser_key.public();
    let event = pseudonym_context(&organiser, poster.event(), poster.event_day());
    let says = json!({ "challenge": hex::encode(good.challenge()), "pseudonym_context": hex::encode(event) });
    files.add_seed("certified_poster", "event", bytes.clone());
    let vector = Vector::bytes("event", "The QR of a poster: certificate and poster.", bytes.clone());
    files.add(Verdict::Accepted, document, vector.knowing(context.clone()).accepted(says));

    let mut vectors = structural::cuts(&bytes, |bytes| bytes);
    vectors.extend(structural::flaws(&bytes, |bytes| bytes)?);
    let shows = "Certificate and poster are good, and what holds them together has a flaw.";
    files.add_systematic(document, "structure", shows, context.clone(), "malformed", vectors);

    let another: RootKey = seeds::signer("another signer");
    let stranger: OrganiserKey = seeds::signer("another signer");
    let ended = OrganiserCertificate { last: world.today.minus(1), ..world.organiser()? };
    let by_root = world.by_root(&world.organiser()?)?;
    let by_organiser = Signed::sign(poster, &world.organiser_key)?;
    for (name, shows, certificate, poster, reason) in [
        (
            "certificate_of_another_root",
            "Another root certified the organiser.",
            Signed::sign(&world.organiser()?, &another)?,
            by_organiser.clone(),
            "bad_signature",
        ),
        (
            "poster_of_a_stranger",
            "Somebody else signed the poster.",
            by_root,
            Signed::sign(poster, &stranger)?,
            "bad_signature",
        ),
        (
            "certificate_ended",
            "The certificate does not hold on the event day.",
            world.by_root(&ended)?,
            by_organiser,
            "malformed",
        ),
    ] {
        let bytes = CertifiedPoster::new(certificate, poster).to_bytes();
        let vector = Vector::bytes(name, shows, bytes).knowing(context.clone()).refused(reason);
        files.add(Verdict::Refused, document, vector);
    }
    Ok(())
}

/// What a records service tells an office that runs elsewhere.
fn withdrawals(files: &mut Files) -> Result<()> {
    let key: RecordsKey = seeds::signer("records service");
    let now = Minute::of(NOW);
    let handle = |label: &str| Handle::new(seeds::bytes(label));
    let two = vec![(9, handle("withdrawn first")), (12, handle("withdrawn second"))];
    let example = Withdrawals::new(now, 7, two, false)?;
    let kind = Kind { document: "withdrawals", key: &key, example: &example };
    let first = Withdrawals::new(now, 0, vec![(1, handle("withdrawn first"))], true)?;
    let nothing = Withdrawals::new(now, 12, Vec::new(), false)?;
    for (name, shows, part) in [
        ("two", "Two handles, numbered with gaps.", &example),
        ("first", "The first one, and there are more.", &first),
        ("nothing_new", "None after the number that was asked.", &nothing),
    ] {
        let says = json!({
            "made": part.made().number(),
            "after": part.after(),
            "last": part.last(),
            "more": part.more(),
            "handles": part.handles().iter().map(ToString::to_string).collect::<Vec<_>>(),
        });
        kind.accept(files, name, shows, part, says)?;
    }
    kind.refuse_structure(files)?;
    kind.refuse_signatures(files)?;
    let mut refuse = |name, shows, path: &[usize], new| kind.refuse(files, name, shows, path, new);
    refuse("last_before_after", "The last number is before the one that was asked.", &[2], Item::Unsigned(6))?;
    refuse("fewer_numbers_than_handles", "Two handles, and one number.", &[2], Item::Unsigned(8))?;
    refuse("no_handles_but_numbers", "Numbers are passed over without a handle.", &[4], Item::Bytes(Vec::new()))?;
    refuse("handle_of_15_bytes", "A handle has 16 bytes.", &[4], Item::Bytes(vec![7; 31]))?;
    let more = Kind { example: &nothing, ..kind };
    more.refuse(
        files,
        "more_without_any",
        "It says that there is more, and has nothing to go on from.",
        &[3],
        Item::Simple(21),
    )?;
    let many = Kind { example: &Withdrawals::new(now, 0, vec![(5000, handle("withdrawn first"))], false)?, ..more };
    many.refuse(files, "more_than_1000", "A part has at most 1000 handles.", &[4], Item::Bytes(vec![7; 16 * 1001]))
}
