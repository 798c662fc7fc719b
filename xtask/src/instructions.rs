//! `cargo xtask instructions`: how many instructions each operation takes on both backends, and whether secrets change that.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::machine::{cargo, debian, has, root, run};

/// The same as in `crypto/benches/instructions/Cargo.toml`: runner and library speak with each other only then.
const GUNGRAUN: &str = "0.20.0";

/// The feature of the pure Rust backend; without it, blst.
const BACKENDS: [(&str, &[&str]); 2] = [("blst", &[]), ("pure Rust", &["--features", "portable"])];

/// What operations take, and whether it depends on secrets.
pub(crate) fn all() -> Result<()> {
    operations()?;
    secrets()
}

/// In thousands.
fn operations() -> Result<()> {
    valgrind()?;
    let runner = runner()?;
    println!("Counting. A processor in software takes some minutes.");
    let [blst, portable] = BACKENDS.map(|(_, features)| benchmarks(&runner, features));
    println!("\n| thousands of instructions | blst | pure Rust |\n|---|---|---|");
    for ((operation, blst), (_, portable)) in blst?.iter().zip(&portable?) {
        println!("| {operation} | {} | {} |", blst / 1000, portable / 1000);
    }
    Ok(())
}

fn valgrind() -> Result<()> {
    if has("valgrind", "--version") { Ok(()) } else { debian(&["valgrind"], "it counts instructions") }
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
fn benchmarks(runner: &Path, features: &[&str]) -> Result<Vec<(String, u64)>> {
    let mut bench = cargo();
    bench.args(["bench", "--quiet", "--locked", "--manifest-path", "crypto/benches/instructions/Cargo.toml"]);
    bench.args(features).arg("--target-dir").arg(root().join("target/instructions"));
    let text = output_of(bench.env("GUNGRAUN_RUNNER", runner).stderr(Stdio::inherit()))?;
    let counts: Vec<_> = text.lines().zip(text.lines().skip(1)).filter_map(benchmark).collect();
    if counts.is_empty() {
        bail!("the benchmark printed no counts:\n{text}");
    }
    Ok(counts)
}

/// Of two lines that follow each other: `…::operation <name>:(…)` and `Instructions: <count>|<count before>`.
fn benchmark((first, second): (&str, &str)) -> Option<(String, u64)> {
    let (_, operation) = first.split_once("::operation ")?;
    let (name, _) = operation.split_once(':')?;
    let (count, _) = second.trim().strip_prefix("Instructions:")?.split_once('|')?;
    Some((name.replace('_', " "), count.trim().parse().ok()?))
}

/// Each operation of `crypto/dudect` on sparse secrets and on uniform ones: fails if the counts differ, and if those of planted leaks
/// do not.
pub(crate) fn secrets() -> Result<()> {
    valgrind()?;
    let mut wrong = Vec::new();
    for (backend, features) in BACKENDS {
        let mut build = cargo();
        build.args(["build", "--quiet", "--release", "--locked", "--manifest-path", "crypto/dudect/Cargo.toml"]);
        run(build.args(features).arg("--target-dir").arg(root().join("target/dudect")))?;
        let program = root().join("target/dudect/release/bauta-crypto-dudect");
        println!("\n| instructions, {backend} | sparse secrets | uniform secrets | |\n|---|---|---|---|");
        for name in output_of(Command::new(&program).arg("list"))?.lines() {
            let [sparse, uniform] = ["sparse", "uniform"].map(|class| own_instructions(&program, name, class));
            let (sparse, uniform) = (sparse?, uniform?);
            let verdict = match (name.starts_with("planted: "), sparse == uniform) {
                (false, true) => "the same",
                (true, false) => "found, as it must be",
                (false, false) => "**depends on the secret**",
                (true, true) => "**not found**",
            };
            println!("| {name} | {sparse} | {uniform} | {verdict} |");
            if verdict.starts_with("**") {
                wrong.push(format!("{name} ({backend})"));
            }
        }
    }
    if !wrong.is_empty() {
        bail!("the counts are not as they must be: {}", wrong.join("; "));
    }
    Ok(())
}

/// Without the system's libraries: how often their memory allocation and copying turn depends on addresses.
fn own_instructions(program: &Path, name: &str, class: &str) -> Result<u64> {
    let profile = root().join("target/dudect/callgrind.out");
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--quiet", "--tool=callgrind", "--toggle-collect=*counted*", "--compress-strings=no"]);
    valgrind.arg(format!("--callgrind-out-file={}", profile.display())).arg(program).args(["count", name, class]);
    output_of(&mut valgrind)?;
    let text = std::fs::read_to_string(&profile).context("valgrind wrote no profile")?;
    Ok(own_cost(&text, &program.display().to_string()))
}

/// The sum over all functions of `object`, by callgrind's format: `ob=` says whose costs follow, and the line after `calls=` is the
/// cost of others.
fn own_cost(profile: &str, object: &str) -> u64 {
    let (mut in_object, mut of_others, mut sum) = (false, false, 0);
    for line in profile.lines() {
        if let Some(name) = line.strip_prefix("ob=") {
            in_object = name == object;
        } else if line.starts_with(['+', '-', '*']) || line.starts_with(|first: char| first.is_ascii_digit()) {
            let cost = line.rsplit(' ').next().and_then(|cost| cost.parse::<u64>().ok());
            sum += cost.filter(|_| in_object && !of_others).unwrap_or(0);
        }
        of_others = line.starts_with("calls=");
    }
    sum
}

fn output_of(command: &mut Command) -> Result<String> {
    let output = command.current_dir(root()).output().context("could not start what counts")?;
    if !output.status.success() {
        bail!(
            "what counts failed:\n{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read() {
        let lines =
            ("instructions::operations::operation blind_sign:(blind_sign())", "  Instructions:   7744333|N/A   (***)");
        assert_eq!(benchmark(lines), Some(("blind sign".into(), 7_744_333)));
        assert_eq!(benchmark((lines.1, lines.0)), None);
    }

    #[test]
    fn costs_of_others_do_not_count() {
        let profile = "events: Ir\nob=/a\nfn=one\n0 5\n+3 7\ncob=/libc\ncfn=copy\ncalls=2 0\n0 100\n0 1\nob=/libc\nfn=copy\n0 100\n";
        assert_eq!(own_cost(profile, "/a"), 13);
    }
}
