//! An issuer that is asked by a tool: `bauta-api FOLDER` sets up a city, serves its lab without a limit on how often, and gives out an API
//! key or a session for each kind of visitor that there is. It says where and which on one line of JSON, and ends when its standard input does.
#![forbid(unsafe_code)]

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use bauta_tests::city::City;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1) else {
        eprintln!("usage: bauta-api FOLDER");
        return ExitCode::from(2);
    };
    match run(Path::new(&folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bauta-api: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Roles of API keys, and roles that only people have. Who can end what others do comes late: the tool learns names from answers.
const SOFTWARE: &[&str] = &["viewer", "operator", "lab-admin"];
const PEOPLE: &[&str] = &["auditor", "enrolment-officer"];

/// A provider of tokens, and what FHIR codes mean: so that every call can succeed.
const SETTINGS: &str = "fhir_mapping = \"mapping.toml\"\n\n[[bearer]]\nissuer = \"https://id.hospital.example\"\n\
                        audience = \"bauta\"\njwks_file = \"provider.json\"\n";

fn run(folder: &Path) -> Result<()> {
    let mut city = City::found_anew(folder)?;
    city.hurries_nobody();
    let lab = city.shell().folder().join("lab");
    let settings = lab.join("bauta-issuer.toml");
    // Before its own text: what follows a table belongs to the table.
    let (own, bearer) = SETTINGS.split_once("\n\n").context("two parts")?;
    fs::write(&settings, format!("{own}\n{}\n{bearer}", fs::read_to_string(&settings)?))?;
    fs::write(lab.join("provider.json"), "{\"keys\":[]}")?;
    fs::write(lab.join("mapping.toml"), include_str!("../../../../issuer/examples/mapping-fhir.toml"))?;
    city.set_up()?;
    // The service makes the tables; keys come after it, as they would in a running lab.
    let _lab = city.serve()?;
    what_the_examples_speak_of(&city)?;
    let mut keys = vec![("office", key(&city, "--name asked-office --for office")?)];
    for role in SOFTWARE {
        keys.push((role, key(&city, &format!("--name asked-{role} --role {role}"))?));
    }
    for role in PEOPLE {
        keys.push((role, session(&city, &format!("asked-{role}"), role)?));
    }
    let second = session(&city, "second-officer", "enrolment-officer")?;
    for quota in [100, 200] {
        let proposed = json!({ "set_quota": { "lab": "north-clinic", "quota": quota } });
        post(&city, "/v1/proposals", Some(&second), &proposed)?;
    }
    // Whoever is asked by the tool must not end their own session.
    for (bearer, expected) in [(None, 401), (Some(&second), 204)] {
        let request = agent().delete(url(&city, "/v1/session"));
        let request = match bearer {
            Some(bearer) => request.header("Authorization", format!("Bearer {bearer}")),
            None => request,
        };
        let status = request.call()?.status().as_u16();
        ensure!(status == expected, "DELETE /v1/session: {status}");
    }
    let address = format!("http://{}", city.address());
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{}",
        json!({ "address": address, "keys": keys, "log": city.shell().folder().join("lab/serve.log") })
    )?;
    out.flush()?;
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// People, labs and keys that the examples in the OpenAPI document name.
fn what_the_examples_speak_of(city: &City) -> Result<()> {
    city.done("bauta-issuer account add --name nurse-7 --role operator --lab city-lab")?;
    city.done("bauta-issuer lab add north-clinic")?;
    key(city, "--name old-lims --role operator")?;
    Ok(())
}

fn key(city: &City, which: &str) -> Result<String> {
    Ok(city.done(&format!("bauta-issuer api-key new {which}"))?.out.trim().to_owned())
}

/// Hires somebody who looks after all labs, and begins a session as they would.
fn session(city: &City, name: &str, role: &str) -> Result<String> {
    let password = "four words of a test";
    let said = city.done(&format!("bauta-issuer account add --name {name} --role {role}"))?.out;
    let invitation = said.split_whitespace().find(|word| word.starts_with("bauta-i-")).context("no invitation")?;
    let begun = json!({ "invitation": invitation, "password": password });
    let begun = post(city, "/v1/account/begin", None, &begun)?;
    let uri = begun["otpauth"].as_str().context("no otpauth")?;
    let secret = uri.split_once("secret=").context("no secret")?.1.split('&').next().unwrap_or_default();
    let app = Builder::new().with_secret(Secret::try_from_base32(secret)?).build()?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let coming = json!({ "name": name, "password": password, "totp": app.generate(now).to_string() });
    let token = post(city, "/v1/session", None, &coming)?;
    Ok(token["token"].as_str().context("no token")?.to_owned())
}

fn post(city: &City, path: &str, bearer: Option<&str>, body: &Value) -> Result<Value> {
    let mut request = agent().post(url(city, path));
    if let Some(bearer) = bearer {
        request = request.header("Authorization", format!("Bearer {bearer}"));
    }
    let mut answer = request.send_json(body)?;
    let text = answer.body_mut().read_to_string()?;
    ensure!(answer.status().is_success(), "{path}: {} {text}", answer.status());
    Ok(serde_json::from_str(&text)?)
}

fn url(city: &City, path: &str) -> String {
    format!("http://{}{path}", city.address())
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().into()
}
