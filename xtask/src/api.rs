//! `cargo xtask api-test`: an outside tool, schemathesis, asks a running issuer everything that `/openapi.json` describes.
//!
//! Nothing here names a route: what is described is asked, with a key of every kind of visitor. Beside schemathesis' own checks, each call
//! must have succeeded at least once (or the tool has tested refusals only) and must have been refused without a key.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::machine::{cargo, debian, output, root, run};

/// What [`test()`] takes for all keys together unless told otherwise.
pub(crate) const SECONDS: u32 = 40;

/// What is checked of every answer. Left out: `unsupported_method`, because another method gets 404 here, as does any other address that is
/// not there; `positive_data_acceptance`, because what a schema cannot say (a day in the future, a claim of another type) is refused with 400.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,\
                      response_headers_conformance,negative_data_rejection,ignored_auth";

/// Lets schemathesis ask for so many seconds in all, from this seed.
pub(crate) fn test(seconds: u32, seed: Option<u64>) -> Result<()> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seed = seed.or_else(|| std::env::var("BAUTA_SEED").ok()?.parse().ok()).unwrap_or(since.as_secs());
    println!("\nBAUTA_SEED={seed}");
    let schemathesis = schemathesis()?;
    run(cargo().args(["build", "--workspace", "--bins", "--locked"]))?;
    let lab = Lab::begin()?;
    let share = (seconds / u32::try_from(lab.keys.len())?).max(1).to_string();
    for (visitor, key) in &lab.keys {
        println!("\nAsked by a visitor of the kind {visitor}:");
        let mut ask = Command::new(&schemathesis);
        ask.args(["run", "--no-color", "--checks", CHECKS, "--seed", &seed.to_string(), "--max-time", &share]);
        ask.args(["--phases", "examples,coverage,fuzzing", "--generation-database", "none", "--request-timeout", "10"]);
        // It ends the session that it is asked with: `bauta-api` asks it.
        ask.args(["--exclude-method", "DELETE"]);
        ask.args(["--warnings", "off", "--continue-on-failure"]);
        ask.args(["--header", &format!("Authorization: Bearer {key}"), &format!("{}/openapi.json", lab.address)]);
        // Its own settings file, if somebody has one, must not change what is asked.
        let status =
            ask.current_dir(root().join("target/api-test")).status().context("could not start schemathesis")?;
        if !status.success() {
            bail!("as {visitor}, the service did not do what its /openapi.json says ({status}); again: --seed {seed}");
        }
    }
    lab.asked_everything()
}

/// The program, in a virtual environment below `target/tools`, with what the requirements name and nothing else.
fn schemathesis() -> Result<PathBuf> {
    let folder = root().join("target/tools/schemathesis");
    let (wanted, had) = (root().join("xtask/schemathesis/requirements.txt"), folder.join("requirements.txt"));
    let text = std::fs::read_to_string(&wanted).with_context(|| format!("cannot read {}", wanted.display()))?;
    if std::fs::read_to_string(&had).ok().as_ref() != Some(&text) {
        println!("\nInstalling schemathesis into target/tools (once)");
        let mut make = Command::new("python3");
        make.args(["-m", "venv", "--clear"]).arg(&folder);
        if run(&mut make).is_err() {
            debian(&["python3-venv"], "schemathesis runs in a virtual environment of its own")?;
            run(&mut make)?;
        }
        let mut install = Command::new(folder.join("bin/pip"));
        install.args(["install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--requirement"]);
        run(install.arg(&wanted))?;
        // Last, so that an installation that broke off is begun again.
        std::fs::write(&had, text).with_context(|| format!("cannot write {}", had.display()))?;
    }
    Ok(folder.join("bin/schemathesis"))
}

/// A lab that serves until this goes; see `tests/src/bin/bauta-api`.
struct Lab {
    process: Child,
    address: String,
    /// Kind of visitor and key, in the order in which they ask.
    keys: Vec<(String, String)>,
    log: PathBuf,
}

impl Lab {
    fn begin() -> Result<Self> {
        println!("\nSetting up a lab (some seconds: keys are sealed slowly on purpose)");
        // Not by `cargo run --package`, which would build what it depends on again, with the features of one package.
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
        let mut start = Command::new(target.join("debug/bauta-api"));
        start.arg(root().join("target/api-test")).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = start.spawn().context("could not start bauta-api")?;
        let mut line = String::new();
        BufReader::new(process.stdout.take().context("no output")?).read_line(&mut line)?;
        let said: Value = serde_json::from_str(&line).context("the lab did not start: see above")?;
        let word = |value: &Value| value.as_str().map(str::to_owned).context("the lab said something else");
        let keys = said["keys"].as_array().context("the lab gave no keys")?.iter();
        let keys = keys.map(|pair| Ok((word(&pair[0])?, word(&pair[1])?))).collect::<Result<_>>()?;
        Ok(Self { process, address: word(&said["address"])?, keys, log: PathBuf::from(word(&said["log"])?) })
    }

    /// The service's own log says what was asked, and how it ended.
    fn asked_everything(&self) -> Result<()> {
        let mut asked: BTreeMap<(String, String), BTreeMap<u64, u32>> = BTreeMap::new();
        let log = std::fs::read_to_string(&self.log).with_context(|| format!("no {}", self.log.display()))?;
        for line in log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
            let fields = &line["fields"];
            if let (Some(method), Some(route), Some(status)) =
                (fields["method"].as_str(), fields["route"].as_str(), fields["status"].as_u64())
            {
                *asked.entry((method.to_owned(), route.to_owned())).or_default().entry(status).or_default() += 1;
            }
        }
        let curl =
            output(Command::new("curl").args(["--silent", "--fail", &format!("{}/openapi.json", self.address)]))?;
        let described: Value = serde_json::from_str(&curl)?;
        let mut missing = BTreeSet::new();
        let mut total = 0;
        println!("\n| call | answers |\n|---|---|");
        for (path, item) in described["paths"].as_object().context("nothing is described")? {
            for method in ["get", "put", "post", "delete", "patch"].iter().filter(|method| item.get(method).is_some()) {
                let answers = asked.get(&(method.to_uppercase(), path.clone())).cloned().unwrap_or_default();
                let told: Vec<String> = answers.iter().map(|(status, count)| format!("{count} × {status}")).collect();
                println!("| {} {path} | {} |", method.to_uppercase(), told.join(", "));
                total += answers.values().sum::<u32>();
                if !answers.keys().any(|status| (200..300).contains(status)) {
                    missing.insert(format!(
                        "{method} {path} never succeeded: give its body or parameters an example that works"
                    ));
                }
                if item[method]["security"].is_array() && !answers.contains_key(&401) {
                    missing.insert(format!("{method} {path} was never refused for want of a key"));
                }
            }
        }
        if !missing.is_empty() {
            bail!("{}", missing.into_iter().collect::<Vec<_>>().join("; "));
        }
        println!(
            "\n{total} requests by {} kinds of visitors, and the service does what /openapi.json says.",
            self.keys.len()
        );
        Ok(())
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        // The end of its input ends it, and the service that it has started.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}
