use bauta_crypto::{PublicKey, holder};
use bauta_spec::attributes::DisclosedSet;
use bauta_spec::cbor;
use bauta_spec::credential::KeyId;
use bauta_spec::policy::{Policy, PolicyId};
use bauta_spec::presentation::{Context, Envelope, Mode};
use bauta_spec::signed::Statement;
use bauta_spec::time::Minute;
use serde_json::{Value, json};

use super::credentials::known_type;
use super::{Judgement, Vector, malformed};

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
        assert_eq!(policy.disclosed(&credential_type), Ok(context.disclosed), "the policy names the disclosed set");
    }
    if !answers(&envelope, &context, policy.as_ref()) {
        return Err("not_what_was_asked".to_owned());
    }
    let part = envelope.open(&credential_type, context.disclosed, event.is_some()).map_err(malformed)?;
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
    let indexes = vector.known("disclosed").as_array().expect("indexes").iter();
    indexes.fold(DisclosedSet::default(), |set, index| set.with(index.as_u64().expect("an index") as usize))
}

fn policy(vector: &Vector) -> Option<Policy> {
    let known = vector.known("policy");
    (!known.is_null())
        .then(|| cbor::decode_canonical(&vector.known_bytes("policy"), Policy::MAX).expect("a good policy to ask by"))
}
