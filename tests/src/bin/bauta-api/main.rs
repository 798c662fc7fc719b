//! An issuer that is asked by a tool: `bauta-api FOLDER` sets up a city, serves its lab without a limit on how often, and gives out one API
//! key for each kind of visitor that there is. It says where and which on one line of JSON, and ends when its standard input does.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use bauta_tests::city::City;
use serde_json::json;

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

fn run(folder: &Path) -> Result<()> {
    let mut city = City::found_anew(folder)?;
    city.hurries_nobody();
    city.set_up()?;
    // The service makes the tables; keys come after it, as they would in a running lab.
    let _lab = city.serve()?;
    let mut keys = BTreeMap::new();
    for visitor in visitors(&city)? {
        let key = city.done(&format!("bauta-issuer api-key new --name asked-{visitor} --for {visitor}"))?;
        keys.insert(visitor, key.out.trim().to_owned());
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

/// The program's own list, so that a new kind of visitor is asked as well.
fn visitors(city: &City) -> Result<Vec<String>> {
    let help = city.done("bauta-issuer api-key new --help")?.out;
    let list = help.split_once("[possible values: ").and_then(|(_, rest)| rest.split_once(']'));
    let long = || help.split_once("Possible values:").map(|(_, rest)| rest);
    match (list, long()) {
        (Some((list, _)), _) => Ok(list.split(", ").map(str::to_owned).collect()),
        (None, Some(lines)) => {
            let names = lines.lines().filter_map(|line| line.trim().strip_prefix("- ")?.split(':').next());
            Ok(names.map(str::to_owned).collect())
        }
        (None, None) => None.context("`bauta-issuer api-key new --help` names no kinds of visitors"),
    }
}
