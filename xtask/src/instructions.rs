//! `cargo xtask instructions`: how many instructions each operation takes, on both backends.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::machine::{cargo, debian, has, root, run};

/// The same as in `crypto/benches/instructions/Cargo.toml`: runner and library speak with each other only then.
const GUNGRAUN: &str = "0.20.0";

/// Counts, and prints a table in thousands.
pub(crate) fn count() -> Result<()> {
    if !has("valgrind", "--version") {
        debian(&["valgrind"], "it counts instructions")?;
    }
    let runner = runner()?;
    println!("Counting. A processor in software takes some minutes.");
    let blst = counts(&runner, &[])?;
    let portable = counts(&runner, &["--features", "portable"])?;
    println!("\n| thousands of instructions | blst | pure Rust | ratio |\n|---|---|---|---|");
    for ((operation, blst), (_, portable)) in blst.iter().zip(&portable) {
        let ratio = *portable as f64 / *blst as f64;
        println!("| {operation} | {} | {} | {ratio:.2} |", blst / 1000, portable / 1000);
    }
    Ok(())
}

/// Gungraun's program, in a folder of its version.
fn runner() -> Result<PathBuf> {
    let folder = root().join("target/tools").join(format!("gungraun-{GUNGRAUN}"));
    let program = folder.join("bin/gungraun-runner");
    if !program.exists() {
        println!("\nInstalling gungraun-runner {GUNGRAUN} into target/tools (once)");
        let mut install = cargo();
        install.args(["install", "--locked", "--debug", "gungraun-runner", "--version", GUNGRAUN, "--root"]);
        run(install.arg(&folder).arg("--target-dir").arg(root().join("target/tools/target")))?;
    }
    Ok(program)
}

/// Each operation with its count.
fn counts(runner: &Path, backend: &[&str]) -> Result<Vec<(String, u64)>> {
    let mut bench: Command = cargo();
    bench.args(["bench", "--quiet", "--locked", "--manifest-path", "crypto/benches/instructions/Cargo.toml"]);
    bench.args(backend).arg("--target-dir").arg(root().join("target/instructions"));
    let output = bench.env("GUNGRAUN_RUNNER", runner).current_dir(root()).stderr(Stdio::inherit()).output();
    let output = output.context("could not start cargo")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let counts: Vec<_> = text.lines().zip(text.lines().skip(1)).filter_map(read).collect();
    if !output.status.success() || counts.is_empty() {
        bail!("the count failed and said:\n{text}");
    }
    Ok(counts)
}

/// Of two lines that follow each other: `…::operation <name>:(…)` and `Instructions: <count>|<count before>`.
fn read((first, second): (&str, &str)) -> Option<(String, u64)> {
    let (_, operation) = first.split_once("::operation ")?;
    let (name, _) = operation.split_once(':')?;
    let (count, _) = second.trim().strip_prefix("Instructions:")?.split_once('|')?;
    Some((name.replace('_', " "), count.trim().parse().ok()?))
}
