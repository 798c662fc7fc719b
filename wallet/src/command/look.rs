//! Looking at what is there.

use std::fmt::Write;

use bauta_spec::attributes::{Claims, CredentialType, RuleId};
use bauta_spec::issuance::IssuerUrl;
use bauta_spec::trust::TrustList;
use bauta_wallet::errand::Waiting;
use bauta_wallet::present::choose;
use bauta_wallet::renew::HintWish;
use bauta_wallet::vault::Vault;
use bauta_wallet::{Pass, Record};
use serde_json::{Value as Json, json};

use super::{Place, World, trust};
use crate::failure::Failure;

pub(super) fn list(place: &Place, json: bool, world: &World) -> Result<(), Failure> {
    let vault = place.read()?;
    let interrupted = vault.interrupted()?;
    if json {
        let records: Vec<Json> = vault.records().iter().map(|record| record_json(record, &vault)).collect();
        let interrupted: Vec<&str> = interrupted.iter().map(|errand| errand.issuer().as_str()).collect();
        let with_hint = vault.hint_wish() == HintWish::Include;
        let waiting: Vec<Json> =
            vault.waiting().map(|(issuer, waiting)| waiting_json(issuer, waiting, world)).collect();
        println!(
            "{}",
            json!({ "records": records, "interrupted": interrupted, "waiting": waiting, "with_hint": with_hint })
        );
        return Ok(());
    }
    if vault.records().is_empty() {
        println!("No records yet. `collect` one with the link that a lab gives you.");
    }
    for (index, record) in vault.records().iter().enumerate() {
        print!("{}", record_in_words(index + 1, record, &vault));
    }
    if vault.hint_wish() == HintWish::Include {
        println!("`renew` fetches passes with the hint, until you say `renew --without-hint`.");
    }
    for errand in &interrupted {
        println!("Interrupted: a collection from {}. Run `collect` without a link to go on.", errand.issuer());
    }
    for (issuer, waiting) in vault.waiting() {
        let minutes = world.minutes_until(waiting.again);
        println!("Waiting: {issuer} has no result yet. Run `collect` without a link in {minutes} minutes or later.");
    }
    if let Some(warning) = trust::warning(vault.trust(), world) {
        println!("{warning}");
    }
    Ok(())
}

pub(super) fn waiting_json(issuer: &IssuerUrl, waiting: &Waiting, world: &World) -> Json {
    json!({
        "type": waiting.record_type.as_str(),
        "issuer": issuer.as_str(),
        "again_in_minutes": world.minutes_until(waiting.again),
    })
}

fn record_in_words(number: usize, record: &Record, vault: &Vault) -> String {
    let mut words = format!("{number}. {} from {}\n", record.credential_type().name(), record.issuer());
    for (name, value) in facts(record.credential_type(), record.claims()) {
        let _ = writeln!(words, "     {}: {value}", name.replace('_', " "));
    }
    if record.passes().is_empty() {
        words.push_str("   no passes yet: `renew`\n");
    }
    for pass in record.passes() {
        let (day, pass_type, rule) =
            (pass.epoch().day, pass.credential_type().name(), rule_name(pass.rule(), vault.trust()));
        let together = match vault.other_of(pass) {
            None => String::new(),
            Some(other) => format!(", together with record {}", other + 1),
        };
        let _ = writeln!(words, "   {day}  {pass_type} by \"{rule}\"{together}");
    }
    words
}

fn record_json(record: &Record, vault: &Vault) -> Json {
    let facts: serde_json::Map<String, Json> =
        facts(record.credential_type(), record.claims()).map(|(name, value)| (name, Json::String(value))).collect();
    let passes: Vec<Json> = record.passes().iter().map(|pass| pass_json(pass, vault)).collect();
    json!({
        "type": record.credential_type().name().as_str(),
        "issuer": record.issuer().as_str(),
        "facts": facts,
        "passes": passes,
    })
}

fn pass_json(pass: &Pass, vault: &Vault) -> Json {
    json!({
        "type": pass.credential_type().name().as_str(),
        "day": pass.epoch().day.to_string(),
        "series": pass.epoch().series,
        "rule": rule_name(pass.rule(), vault.trust()),
        "together_with": vault.other_of(pass).map(|other| other + 1),
    })
}

fn rule_name(id: RuleId, trust: &TrustList) -> String {
    trust.rules().iter().find(|rule| rule.id() == id).map_or_else(|| id.to_string(), |rule| rule.name().to_string())
}

/// Names and values of what is known; handle and binding say nothing to a person and name them to others.
fn facts(credential_type: &CredentialType, claims: &Claims) -> impl Iterator<Item = (String, String)> {
    credential_type
        .claims()
        .iter()
        .zip(claims.values())
        .filter_map(|(claim, value)| Some((claim.name.as_str().to_owned(), claim.kind.spell(value)?)))
}

pub(super) fn policies(place: &Place, json: bool, world: &World) -> Result<(), Failure> {
    let vault = place.read()?;
    let trust_list = vault.trust();
    let today = trust_list.grid().day_of(world.now());
    let mut shown = Vec::new();
    for policy in trust_list.policies().filter(|policy| policy.is_in_force(today)) {
        let choice = choose(policy, vault.records(), trust_list, world.now());
        let purpose = policy.purpose().in_language("en");
        if json {
            shown.push(json!({
                "policy": policy.name().as_str(),
                "purpose": purpose,
                "can_show": choice.is_ok(),
                "why_not": choice.err().map(|nothing| nothing.to_string()),
            }));
            continue;
        }
        println!("{}: {purpose}", policy.name());
        match choice {
            Ok(_) => println!("   you can show this now"),
            Err(nothing) => println!("   not now: {nothing}"),
        }
    }
    if json {
        println!("{}", json!({ "policies": shown }));
    } else if let Some(warning) = trust::warning(trust_list, world) {
        println!("{warning}");
    }
    Ok(())
}
