//! Any document of a programme, in words and as JSON, and whether it may be used.

use bauta_spec::attributes::CredentialType;
use bauta_spec::credential::KeyId;
use bauta_spec::policy::{PassQuery, Policy};
use bauta_spec::poster::OrganiserCertificate;
use bauta_spec::rules::Rule;
use bauta_spec::signed::{RootPublic, Signed, Statement, role};
use bauta_spec::time::{Minute, Moment};
use bauta_spec::trust::{Delegate, Freshness, KeyStatement, Programme, TrustList, TrustRefusal};
use serde_json::{Value, json};

/// A document whose signatures held.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// What kind of document it is.
    pub kind: &'static str,
    /// What it says, for programs.
    pub json: Value,
}

/// Whether a document may be used now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A list less than a day old, or a statement, whose days the lists decide on.
    InForce,
    /// A list that should soon be replaced.
    Ageing,
}

/// Reads a document under this root. Its signatures are checked, its age is not.
///
/// # Errors
/// The refusal of a trust list, when the bytes are no other document under this root either.
pub fn show(bytes: &[u8], root: &RootPublic) -> Result<Document, TrustRefusal> {
    let statement = statement::<Programme>(bytes, root, "programme", |programme| {
        json!({
            "name": programme.name, "revision": programme.revision, "utc_offset_minutes": programme.grid.offset(),
            "prefetch_days": programme.prefetch_days, "last_day": programme.last_day.to_string(),
        })
    })
    .or_else(|| statement::<Delegate>(bytes, root, "delegate", delegate))
    .or_else(|| statement::<CredentialType>(bytes, root, "credential type", credential_type))
    .or_else(|| {
        statement::<KeyStatement>(bytes, root, "key", |key| {
            json!({
                "id": KeyId::of(&key.public), "type": key.type_name, "first": key.first.to_string(),
                "last": key.last.to_string(), "holder_name": key.holder_name, "specimen": key.specimen,
            })
        })
    })
    .or_else(|| statement::<Rule>(bytes, root, "rule", rule))
    .or_else(|| statement::<Policy>(bytes, root, "policy", policy))
    .or_else(|| statement::<OrganiserCertificate>(bytes, root, "organiser", organiser));
    match statement {
        Some(document) => Ok(document),
        None => {
            TrustList::verify_held(bytes, root).map(|list| Document { kind: "trust list", json: trust_list(&list) })
        }
    }
}

/// Reads a document and says whether it may be used at `now`.
///
/// # Errors
/// As [`show`]; for a trust list also its age.
pub fn check(bytes: &[u8], root: &RootPublic, now: Moment) -> Result<(Document, Standing), TrustRefusal> {
    let document = show(bytes, root)?;
    let standing = match TrustList::verify_held(bytes, root) {
        Ok(list) if list.freshness(now)? == Freshness::Ageing => Standing::Ageing,
        _ => Standing::InForce,
    };
    Ok((document, standing))
}

fn statement<T: Statement<Signer = role::Root>>(
    bytes: &[u8],
    root: &RootPublic,
    kind: &'static str,
    say: impl Fn(&T) -> Value,
) -> Option<Document> {
    let verified = Signed::<T>::from_bytes(bytes).ok()?.verify(root).ok()?;
    Some(Document { kind, json: say(&verified) })
}

fn trust_list(list: &TrustList) -> Value {
    let body = list.body();
    let types = list.types();
    json!({
        "version": list.version(),
        "programme": list.programme().name,
        "issued": utc(list.issued()),
        "expires": utc(list.expires()),
        "last_day": list.programme_end().to_string(),
        "prefetch_days": list.prefetch_days(),
        "delegate": list.delegate().public,
        "keys": list.keys().iter().map(|key| json!({
            "id": key.id, "type": key.key_type.name(), "first": key.first.to_string(), "last": key.last.to_string(),
            "holder_name": key.holder_name, "specimen": key.specimen,
            "withdrawn": body.withdrawn_keys.contains(&key.id),
        })).collect::<Vec<_>>(),
        "rules": list.rules().iter().map(|listed| {
            let mut said = rule(listed);
            said["withdrawn"] = body.withdrawn_rules.contains(&listed.id()).into();
            said
        }).collect::<Vec<_>>(),
        "policies": list.body().policies.len(),
        "policies_in_force": list.policies().map(policy).collect::<Vec<_>>(),
        "organisers": list.organisers().iter().map(|listed| {
            let mut said = organiser(listed);
            said["withdrawn"] = list.has_withdrawn(listed.id()).into();
            said
        }).collect::<Vec<_>>(),
        "types": types.iter().map(|listed| format!("{} {}", listed.name(), listed.layout())).collect::<Vec<_>>(),
        "withdrawn_policies": body.withdrawn_policies.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "floors": body.floors.iter().map(|(day, series)| (day.to_string(), json!(series))).collect::<serde_json::Map<_, _>>(),
    })
}

fn organiser(organiser: &OrganiserCertificate) -> Value {
    json!({
        "id": organiser.id(), "public": organiser.public, "name": organiser.name, "first": organiser.first.to_string(),
        "last": organiser.last.to_string(),
    })
}

fn delegate(delegate: &Delegate) -> Value {
    json!({ "public": delegate.public, "first": utc(delegate.first), "last": utc(delegate.last) })
}

fn credential_type(listed: &CredentialType) -> Value {
    serde_json::from_str(&listed.to_json())
        .unwrap_or_else(|_| json!({ "name": listed.name(), "layout": listed.layout() }))
}

fn rule(rule: &Rule) -> Value {
    json!({
        "id": rule.id().to_string(), "name": rule.name().as_str(), "from": rule.from(), "to": rule.to(),
        "first": rule.first().to_string(), "last": rule.last().to_string(),
    })
}

fn policy(policy: &Policy) -> Value {
    let purpose: serde_json::Map<String, Value> =
        policy.purpose().lines().map(|(language, line)| (language.to_string(), json!(line))).collect();
    json!({
        "id": policy.id().to_string(), "name": policy.name().as_str(),
        "types": policy.asks().iter().map(PassQuery::pass_type).collect::<Vec<_>>(),
        "first": policy.first().to_string(), "last": policy.last().to_string(), "purpose": purpose,
    })
}

/// ISO 8601 in UTC: officials in two time zones read one list.
fn utc(minute: Minute) -> String {
    const MINUTES: u32 = 24 * 60;
    let day = u16::try_from(minute.number() / MINUTES).map_or(bauta_spec::time::Day::MAX, bauta_spec::time::Day::new);
    let of_day = minute.number() % MINUTES;
    format!("{day}T{:02}:{:02}Z", of_day / 60, of_day % 60)
}
