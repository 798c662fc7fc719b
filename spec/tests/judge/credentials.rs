use bauta_crypto::PublicKey;
use bauta_crypto::holder;
use bauta_crypto::pseudonym::{CommitmentWithProof, HolderSecret, ProverBlind};
use bauta_spec::attributes::{Binding, Claims, CredentialType};
use bauta_spec::cbor::{self, Atom};
use bauta_spec::credential::{Credential, KeyId};
use bauta_spec::issuance::{OfficeAnswer, OfficeRequest};
use bauta_spec::rules::{Presented, Rule};
use bauta_spec::signed::Statement;
use bauta_spec::time::{Day, Epoch};
use serde_json::{Value, json};

use super::{Judgement, Vector, malformed, unhex};

pub(crate) fn credential_type(vector: &Vector) -> Judgement {
    let read = CredentialType::from_bytes(&vector.bytes()).map_err(malformed)?;
    let json = CredentialType::from_json(&read.to_json()).expect("the JSON form is read again");
    assert_eq!(json, read, "the JSON form says the same");
    Ok(json!({
        "name": read.name().as_str(),
        "layout": read.layout(),
        "claims": read.claims().iter().map(|claim| claim.name.as_str()).collect::<Vec<_>>(),
        "id": read.id().to_string(),
        "header": hex::encode(read.header()),
    }))
}

pub(crate) fn known_type(vector: &Vector, member: &str) -> CredentialType {
    CredentialType::from_bytes(&vector.known_bytes(member)).expect("a good type to read with")
}

/// Reads it and verifies the signature, as a wallet does before it keeps a credential.
pub(crate) fn credential(vector: &Vector) -> Judgement {
    let credential_type = known_type(vector, "type");
    let public_key = PublicKey::from_bytes(&vector.known_bytes("public_key")).expect("a public key");
    let secret = HolderSecret::from_bytes(&vector.known_bytes("holder_secret")).expect("a holder secret");
    let blind = ProverBlind::from_bytes(&vector.known_bytes("blind")).expect("a blind");
    let credential = Credential::from_bytes(&vector.bytes(), &credential_type).map_err(malformed)?;
    assert_eq!(Credential::key_of(&vector.bytes()), Ok(credential.key));
    if credential.key != KeyId::of(&public_key) {
        return Err("other_key".to_owned());
    }
    let messages = credential.claims.messages();
    let borrowed: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
    holder::verify(&holder::Credential {
        public_key: &public_key,
        signature: &credential.signature,
        header: &credential_type.header(),
        messages: &borrowed,
        secret: &secret,
        blind: &blind,
    })
    .map_err(|_| "invalid_signature".to_owned())?;
    Ok(json!({
        "key": credential.key.to_string(),
        "messages": messages.iter().map(hex::encode).collect::<Vec<_>>(),
    }))
}

pub(crate) fn commitment(vector: &Vector) -> Judgement {
    let read = CommitmentWithProof::from_bytes(&vector.bytes()).map_err(malformed)?;
    let verified = holder::verify_commitment(&read).map_err(|_| "proof_invalid".to_owned())?;
    Ok(json!({
        "commitment": hex::encode(verified.commitment().to_bytes()),
        "binding": hex::encode(Binding::of(verified.commitment()).bytes()),
    }))
}

pub(crate) fn office_request(vector: &Vector) -> Judgement {
    let OfficeRequest { ask, presentation } = OfficeRequest::from_bytes(&vector.bytes()).map_err(malformed)?;
    Ok(json!({
        "challenge": hex::encode(ask.challenge(presentation.how_many())),
        "commitment": hex::encode(ask.commitment.to_bytes()),
        "first_day": ask.first_day.to_string(),
        "days": ask.days,
        "with_hint": ask.with_hint,
        "presentation": hex::encode(presentation.to_bytes()),
    }))
}

pub(crate) fn office_answer(vector: &Vector) -> Judgement {
    let answer = OfficeAnswer::from_bytes(&vector.bytes()).map_err(malformed)?;
    let signatures: Vec<Option<String>> = answer
        .signatures()
        .map(|slot| slot.map(|signature| signature.map(|signature| hex::encode(signature.to_bytes()))))
        .collect::<Result<_, _>>()
        .map_err(malformed)?;
    Ok(json!({ "signatures": signatures }))
}

pub(crate) fn application(vector: &Vector) -> Judgement {
    let rule: Rule = cbor::decode_canonical(&vector.bytes(), Rule::MAX).map_err(malformed)?;
    let to = known_type(vector, "pass_type");
    let records: Vec<_> = vector.known("records").as_array().expect("records").iter().map(record).collect();
    let presented: Vec<_> = records.iter().map(|(record_type, claims)| Presented { record_type, claims }).collect();
    let pass = rule.apply(&presented, &to, epoch(vector.known("epoch"))).ok_or("not_satisfied")?;
    Ok(json!({ "pass": pass.messages().iter().map(hex::encode).collect::<Vec<_>>() }))
}

fn record(said: &Value) -> (CredentialType, Claims) {
    let record_type = CredentialType::from_bytes(&unhex(&said["type"])).expect("a good type to read with");
    let messages = said["messages"].as_array().expect("messages").iter().map(unhex);
    let values = record_type.claims().iter().zip(messages).map(|(claim, message)| {
        let atom: Atom = cbor::decode_canonical(&message, 128).expect("a value");
        claim.kind.value(atom).expect("a value of its kind")
    });
    let claims = Claims::new(&record_type, values.collect()).expect("values of the type");
    (record_type, claims)
}

fn epoch(value: &Value) -> Epoch {
    let number = |index: usize| value[index].as_u64().expect("a number");
    Epoch { day: Day::new(number(0) as u16), series: number(1) as u8 }
}
