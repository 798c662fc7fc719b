use bauta_spec::attributes::{CredentialType, TypeName};
use bauta_spec::cbor;
use bauta_spec::credential::KeyId;
use bauta_spec::policy::Policy;
use bauta_spec::poster::{CertifiedPoster, OrganiserCertificate, Poster};
use bauta_spec::rules::Rule;
use bauta_spec::signed::role::Role;
use bauta_spec::signed::{Public, RootPublic, Signed, Statement, Unverified};
use bauta_spec::time::Moment;
use bauta_spec::trust::{Delegate, KeyStatement, Programme, TrustList, TrustRefusal};
use bauta_spec::withdrawn::Withdrawals;
use serde_json::{Value, json};

use super::{Judgement, Vector, malformed, snake_case};

fn unverified(reason: Unverified) -> String {
    match reason {
        Unverified::BadSignature => "bad_signature".to_owned(),
        Unverified::Malformed(_) => "malformed".to_owned(),
    }
}

fn statement<T: Statement>(vector: &Vector, says: impl Fn(&T) -> Value) -> Judgement
where
    Public<T::Signer>: std::str::FromStr,
    T::Signer: Role,
{
    let signer = vector.known("signer").as_str().expect("a key");
    let signer = Public::<T::Signer>::from_bytes(&hex::decode(signer).expect("hexadecimal")).expect("a key");
    let signed = Signed::<T>::from_bytes(&vector.bytes()).map_err(malformed)?;
    assert_eq!(signed.to_bytes(), vector.bytes(), "an envelope is written as it was read");
    let statement = signed.verify(&signer).map_err(unverified)?.into_inner();
    let mut said = says(&statement);
    said["payload"] = hex::encode(cbor::encode(&statement)).into();
    Ok(said)
}

pub(crate) fn rule(vector: &Vector) -> Judgement {
    statement(vector, |rule: &Rule| {
        json!({
            "id": rule.id().to_string(),
            "name": rule.name().as_str(),
            "from": rule.from().iter().map(TypeName::as_str).collect::<Vec<_>>(),
            "to": rule.to().as_str(),
            "first": rule.first().to_string(),
            "last": rule.last().to_string(),
        })
    })
}

pub(crate) fn policy(vector: &Vector) -> Judgement {
    let types = bauta_spec::attributes::shipped();
    statement(vector, |policy: &Policy| {
        let asks = policy.asks().iter().map(|ask| {
            let pass_type = types.iter().find(|listed| listed.name() == ask.pass_type());
            let disclosed = pass_type.and_then(|pass_type| ask.disclosed(pass_type).ok());
            json!({ "pass_type": ask.pass_type().as_str(), "disclosed": disclosed.map(|set| set.indexes()) })
        });
        json!({
            "id": policy.id().to_string(),
            "hash": hex::encode(policy.hash()),
            "name": policy.name().as_str(),
            "asks": asks.collect::<Vec<_>>(),
            "pseudonym": policy.pseudonyms() as u8,
        })
    })
}

pub(crate) fn key(vector: &Vector) -> Judgement {
    statement(vector, |key: &KeyStatement| {
        json!({
            "id": KeyId::of(&key.public).to_string(),
            "public_key": hex::encode(key.public.to_bytes()),
            "type": key.type_name.as_str(),
            "first": key.first.to_string(),
            "last": key.last.to_string(),
            "specimen": key.specimen,
        })
    })
}

pub(crate) fn delegate(vector: &Vector) -> Judgement {
    statement(vector, |delegate: &Delegate| {
        json!({
            "public_key": delegate.public.to_string(),
            "first": delegate.first.number(),
            "last": delegate.last.number(),
        })
    })
}

pub(crate) fn programme(vector: &Vector) -> Judgement {
    statement(vector, |programme: &Programme| {
        json!({
            "name": programme.name.as_str(),
            "revision": programme.revision,
            "offset": programme.grid.offset(),
            "prefetch_days": programme.prefetch_days,
            "last_day": programme.last_day.to_string(),
        })
    })
}

pub(crate) fn credential_type(vector: &Vector) -> Judgement {
    statement(
        vector,
        |listed: &CredentialType| json!({ "id": listed.id().to_string(), "name": listed.name().as_str() }),
    )
}

pub(crate) fn organiser(vector: &Vector) -> Judgement {
    statement(vector, |organiser: &OrganiserCertificate| {
        json!({
            "public_key": organiser.public.to_string(),
            "name": organiser.name.as_str(),
            "first": organiser.first.to_string(),
            "last": organiser.last.to_string(),
        })
    })
}

pub(crate) fn poster(vector: &Vector) -> Judgement {
    statement(vector, |poster: &Poster| {
        json!({
            "policy": poster.policy().to_string(),
            "event": hex::encode(poster.event().bytes()),
            "event_day": poster.event_day().to_string(),
            "first": poster.opening().first().number(),
            "last": poster.opening().last().number(),
        })
    })
}

pub(crate) fn withdrawals(vector: &Vector) -> Judgement {
    statement(vector, |part: &Withdrawals| {
        json!({
            "made": part.made().number(),
            "after": part.after(),
            "last": part.last(),
            "more": part.more(),
            "handles": part.handles().iter().map(ToString::to_string).collect::<Vec<_>>(),
        })
    })
}

fn root(vector: &Vector) -> RootPublic {
    vector.known("root").as_str().expect("a key").parse().expect("a key")
}

fn now(vector: &Vector) -> Moment {
    Moment::from_unix(vector.known("now").as_u64().expect("seconds"))
}

pub(crate) fn certified_poster(vector: &Vector) -> Judgement {
    let read = CertifiedPoster::from_bytes(&vector.bytes()).map_err(malformed)?;
    let verified = read.verify(&root(vector)).map_err(unverified)?;
    let context = verified.pseudonym_context();
    Ok(json!({ "challenge": hex::encode(verified.challenge()), "pseudonym_context": hex::encode(context) }))
}

pub(crate) fn trust_list(vector: &Vector) -> Judgement {
    TrustList::verify(&vector.bytes(), &root(vector), now(vector)).map(says).map_err(reason)
}

pub(crate) fn history(vector: &Vector) -> Judgement {
    let held = TrustList::verify_held(&vector.known_bytes("held"), &root(vector)).expect("a list that was accepted");
    held.advance(&vector.bytes(), &root(vector), now(vector)).map(says).map_err(reason)
}

fn reason(refusal: TrustRefusal) -> String {
    snake_case(&format!("{refusal:?}"))
}

fn says(list: TrustList) -> Value {
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
