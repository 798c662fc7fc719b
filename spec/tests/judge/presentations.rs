use bauta_crypto::{PublicKey, composed, holder};
use bauta_spec::attributes::{CredentialType, DisclosedSet};
use bauta_spec::cbor;
use bauta_spec::credential::KeyId;
use bauta_spec::policy::{Policy, PolicyId};
use bauta_spec::presentation::{Context, Envelope, Mode, Naming, PairContext, PairEnvelope, Shown};
use bauta_spec::signed::Statement;
use bauta_spec::time::Minute;
use serde_json::{Value, json};

use super::credentials::known_type;
use super::{Judgement, Vector, malformed, unhex};

/// Reads a presentation as somebody who expects exactly one kind of showing, and checks the proof.
pub(crate) fn presentation(vector: &Vector) -> Judgement {
    let bytes = vector.bytes();
    let envelope = Envelope::from_bytes(&bytes).map_err(malformed)?;
    assert_eq!(envelope.to_bytes(), bytes, "a presentation is written as it was read");
    let credential_type = known_type(vector, "type");
    let public_key = PublicKey::from_bytes(&vector.known_bytes("public_key")).expect("a public key");
    let policy = policy(vector);
    let event = match vector.known("pseudonym_context") {
        Value::Null => None,
        _ => Some(vector.known_bytes("pseudonym_context")),
    };
    let context = Context {
        mode: Mode::try_from(number(vector, "mode") as u8).expect("a mode"),
        type_id: credential_type.id(),
        disclosed: disclosed(vector),
        key: KeyId::of(&public_key),
        policy_hash: policy.as_ref().map_or([0; 32], Policy::hash),
        epoch: envelope.epoch,
        minute: Minute::new(number(vector, "minute") as u32),
        challenge: vector.known_array("challenge"),
    };
    if let Some(policy) = &policy {
        let [ask] = policy.asks() else { panic!("a policy for one pass") };
        assert_eq!(ask.disclosed(&credential_type), Ok(context.disclosed), "the policy names the disclosed set");
    }
    if !answers(&envelope, &context, policy.as_ref()) {
        return Err("not_what_was_asked".to_owned());
    }
    let part = envelope.open(&credential_type, context.disclosed, naming(event.as_ref())).map_err(malformed)?;
    let messages = part.messages();
    let disclosed: Vec<(usize, &[u8])> = messages.iter().map(|(index, message)| (*index, message.as_slice())).collect();
    let ph = context.presentation_header();
    let statement = holder::Statement {
        public_key: &public_key,
        header: &credential_type.header(),
        presentation_header: &ph,
        message_count: credential_type.len(),
        disclosed: &disclosed,
    };
    match (&event, &part.pseudonym) {
        (None, None) => holder::check(&statement, &part.proof),
        (Some(event), Some(pseudonym)) => holder::check_with_pseudonym(&statement, event, &part.proof, pseudonym),
        _ => unreachable!("a part has a pseudonym exactly where one was expected"),
    }
    .map_err(|_| "proof_invalid".to_owned())?;
    Ok(json!({
        "epoch": [envelope.epoch.day.number(), u16::from(envelope.epoch.series)],
        "shown": messages.iter().map(|(index, message)| json!([index, hex::encode(message)])).collect::<Vec<_>>(),
        "pseudonym": part.pseudonym.map(|pseudonym| hex::encode(pseudonym.to_bytes())),
        "presentation_header": hex::encode(ph),
        "bytes": bytes.len(),
    }))
}

/// Reads a presentation of two passes as somebody who expects exactly one kind of showing, and checks the proof.
pub(crate) fn pair(vector: &Vector) -> Judgement {
    let bytes = vector.bytes();
    let envelope = PairEnvelope::from_bytes(&bytes).map_err(malformed)?;
    assert_eq!(envelope.to_bytes(), bytes, "a presentation is written as it was read");
    let types = [0, 1].map(|i| CredentialType::from_bytes(&known_hex(vector, "types", i)).expect("a type"));
    let keys = [0, 1].map(|i| PublicKey::from_bytes(&known_hex(vector, "public_keys", i)).expect("a public key"));
    let disclosed = [0, 1].map(|i| set_of(&vector.known("disclosed")[i]));
    let [first_type, second_type] = &types;
    let policy = policy(vector).expect("two passes answer a policy");
    let [first_ask, second_ask] = policy.asks() else { panic!("a policy for two passes") };
    let asked = [first_ask.disclosed(first_type), second_ask.disclosed(second_type)];
    assert_eq!(asked, disclosed.map(Ok), "the policy names the disclosed sets");
    let event = match vector.known("pseudonym_context") {
        Value::Null => None,
        _ => Some(vector.known_bytes("pseudonym_context")),
    };
    let shown = |i: usize| Shown { type_id: types[i].id(), disclosed: disclosed[i], key: KeyId::of(&keys[i]) };
    let context = PairContext {
        mode: Mode::try_from(number(vector, "mode") as u8).expect("a mode"),
        parts: [shown(0), shown(1)],
        policy_hash: policy.hash(),
        epoch: envelope.epoch,
        minute: Minute::new(number(vector, "minute") as u32),
        challenge: vector.known_array("challenge"),
    };
    let [a, b, c, d, ..] = context.challenge;
    let answers = envelope.mode == context.mode
        && envelope.policy == policy.id()
        && envelope.keys == context.parts.map(|part| part.key)
        && envelope.minute == context.minute.of_day()
        && envelope.challenge_id == context.mode.names_its_challenge().then_some([a, b, c, d]);
    if !answers {
        return Err("not_what_was_asked".to_owned());
    }
    let expected = [(first_type, disclosed[0]), (second_type, disclosed[1])];
    let opened = envelope.open(expected, naming(event.as_ref())).map_err(malformed)?;
    let messages = opened.messages();
    let borrowed = messages
        .each_ref()
        .map(|part| part.iter().map(|(index, message)| (*index, message.as_slice())).collect::<Vec<(usize, &[u8])>>());
    let headers = types.each_ref().map(CredentialType::header);
    let statements = [0, 1].map(|i| composed::Statement {
        public_key: &keys[i],
        header: &headers[i],
        message_count: types[i].len(),
        disclosed: &borrowed[i],
    });
    let ph = context.presentation_header();
    match (&event, &opened.pseudonym) {
        (None, None) => composed::check(&statements, &ph, &opened.proof),
        (Some(event), Some(pseudonym)) => {
            composed::check_with_pseudonym(&statements, event, &ph, &opened.proof, pseudonym)
        }
        _ => unreachable!("a pair has a pseudonym exactly where one was expected"),
    }
    .map_err(|_| "proof_invalid".to_owned())?;
    let shown = messages
        .each_ref()
        .map(|part| part.iter().map(|(index, message)| json!([index, hex::encode(message)])).collect::<Vec<_>>());
    Ok(json!({
        "epoch": [envelope.epoch.day.number(), u16::from(envelope.epoch.series)],
        "shown": shown,
        "pseudonym": opened.pseudonym.map(|pseudonym| hex::encode(pseudonym.to_bytes())),
        "presentation_header": hex::encode(ph),
        "bytes": bytes.len(),
    }))
}

/// What stands in the clear is what the reader has asked for.
fn answers(envelope: &Envelope, context: &Context, policy: Option<&Policy>) -> bool {
    let [a, b, c, d, ..] = context.challenge;
    envelope.mode == context.mode
        && envelope.policy == policy.map_or(PolicyId::new([0; 4]), Policy::id)
        && envelope.key == context.key
        && envelope.minute == context.minute.of_day()
        && envelope.challenge_id == context.mode.names_its_challenge().then_some([a, b, c, d])
}

fn number(vector: &Vector, member: &str) -> u64 {
    vector.known(member).as_u64().expect("a number")
}

fn disclosed(vector: &Vector) -> DisclosedSet {
    set_of(vector.known("disclosed"))
}

fn known_hex(vector: &Vector, member: &str, place: usize) -> Vec<u8> {
    unhex(&vector.known(member)[place])
}

fn set_of(indexes: &Value) -> DisclosedSet {
    let indexes = indexes.as_array().expect("indexes").iter();
    indexes.fold(DisclosedSet::default(), |set, index| set.with(index.as_u64().expect("an index") as usize))
}

fn policy(vector: &Vector) -> Option<Policy> {
    let known = vector.known("policy");
    (!known.is_null())
        .then(|| cbor::decode_canonical(&vector.known_bytes("policy"), Policy::MAX).expect("a good policy to ask by"))
}

fn naming(event: Option<&Vec<u8>>) -> Naming {
    event.map_or(Naming::Anonymous, |_| Naming::Pseudonymous)
}
