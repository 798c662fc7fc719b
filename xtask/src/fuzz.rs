//! Coverage-guided fuzzing of every decoder, target by target.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::machine::{self, cargo_tool, root};

/// The excluded workspaces that hold fuzz targets.
const FOLDERS: [&str; 2] = ["crypto", "spec"];

/// Runs each target whose name contains `only` for `seconds`.
pub(crate) fn run(seconds: u32, only: &str) -> Result<()> {
    let targets = targets(only)?;
    if targets.is_empty() {
        bail!("no fuzz target has `{only}` in its name");
    }
    for (folder, name) in &targets {
        fuzz(folder, name, seconds)?;
    }
    println!("\n{} fuzz targets ran {seconds} s each and found nothing.", targets.len());
    Ok(())
}

fn targets(only: &str) -> Result<Vec<(&'static str, String)>> {
    let mut found = Vec::new();
    for folder in FOLDERS {
        let path = root().join(folder).join("fuzz/fuzz_targets");
        let entries = std::fs::read_dir(&path).with_context(|| format!("no fuzz targets in {}", path.display()))?;
        for entry in entries {
            let name = entry?.path().file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            if name.contains(only) {
                found.push((folder, name));
            }
        }
    }
    found.sort();
    Ok(found)
}

fn fuzz(folder: &str, name: &str, seconds: u32) -> Result<()> {
    let fuzz = root().join(folder).join("fuzz");
    // The first corpus is where new inputs go: the committed one is only read.
    let found = root().join("target/fuzz-corpus").join(folder).join(name);
    std::fs::create_dir_all(&found).with_context(|| format!("cannot create {}", found.display()))?;
    let mut command: Command = cargo_tool("cargo-fuzz")?;
    // Sanitizer coverage is a nightly flag; the stable compiler takes it when told so.
    command.env("RUSTC_BOOTSTRAP", "1");
    command.args(["run", "--fuzz-dir"]).arg(&fuzz).arg(name).arg(found).arg(fuzz.join("corpus").join(name));
    command.args(["--", &format!("-max_total_time={seconds}"), "-timeout=5", "-malloc_limit_mb=64"]);
    machine::run(&mut command)
}
