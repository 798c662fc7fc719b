//! `cargo xtask test`, `demo` and `deny`.

use std::path::PathBuf;

use anyhow::Result;

use crate::assure::Form;
use crate::machine::{cargo, cargo_tool, debian, has, has_cargo, root, run};
use crate::{api, browser, dudect, sbom};

/// The whole way with the real programs; see `tests/src/bin/bauta-demo.rs`.
pub(crate) fn demo(dir: Option<PathBuf>) -> Result<()> {
    println!("Building the four programs. The first time takes some minutes.");
    run(cargo().args(["build", "--locked", "--bins", "--workspace"]))?;
    let dir = dir.unwrap_or_else(|| root().join("target/demo"));
    // Without naming its package: the features of one alone are others, and half of all dependencies would be built again.
    run(cargo().args(["run", "--locked", "--quiet", "--bin", "bauta-demo", "--"]).arg(dir))
}

/// What continuous integration runs, in the order in which it fails fastest.
pub(crate) fn test(quick: bool) -> Result<()> {
    what_tests_need()?;
    run(cargo().args(["fmt", "--all", "--check"]))?;
    run(cargo().args(["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]))?;
    run(cargo().env("RUSTDOCFLAGS", "-D warnings").args(["doc", "--workspace", "--locked", "--no-deps"]))?;
    // Programs first: the tests that start them take them from the target folder.
    run(cargo().args(["build", "--workspace", "--bins", "--locked"]))?;
    if has_cargo("nextest") {
        run(cargo().args(["nextest", "run", "--workspace", "--locked", "--no-fail-fast"]))?;
    } else {
        run(cargo().args(["test", "--workspace", "--locked", "--lib", "--bins", "--tests", "--no-fail-fast"]))?;
    }
    run(cargo().args(["test", "--workspace", "--locked", "--doc", "--no-fail-fast"]))?;
    api::test(api::SECONDS, None)?;
    // The same vectors and refusals on the backend that browsers run.
    run(cargo().args(["test", "--package", "bauta-crypto", "--features", "portable", "--locked", "--lib", "--tests"]))?;
    vectors(true)?;
    if quick {
        return Ok(());
    }
    compiles(&["crypto/fuzz", "spec/fuzz"])?;
    dudect::test()?;
    dudect::short()?;
    browser::test("")?;
    deny()?;
    sbom::run()?;
    println!("\nEverything passed.");
    Ok(())
}

/// Workspaces of their own, which nothing else builds.
pub(crate) fn compiles(apart: &[&str]) -> Result<()> {
    for folder in apart {
        let (manifest, target) = (root().join(folder).join("Cargo.toml"), root().join("target/fuzz-check"));
        let mut check = cargo();
        check.args(["check", "--locked", "--all-targets", "--manifest-path"]).arg(manifest);
        run(check.arg("--target-dir").arg(target))?;
    }
    Ok(())
}

/// Bans, licences and sources of every dependency, as deny.toml has them.
pub(crate) fn deny() -> Result<()> {
    run(cargo_tool("cargo-deny")?.args(["--workspace", "check", "bans", "licenses", "sources"]))
}

/// What tests start beside themselves: programs of other people, and our own.
pub(crate) fn see_to_programs(form: Form) -> Result<()> {
    what_tests_need()?;
    let mut build = cargo();
    build.args(["build", "--workspace", "--bins", "--locked"]);
    run(if form == Form::Long { build.arg("--release") } else { &mut build })
}

fn what_tests_need() -> Result<()> {
    if !has("zbarimg", "--version") {
        debian(&["zbar-tools"], "a second decoder that reads our QR pictures back")?;
    }
    if !has_postgres() {
        debian(&["postgresql"], "the issuer's tests run on a cluster of their own, which they start and stop")?;
    }
    if !has("redis-server", "--version") {
        debian(&["redis-server"], "the verifier's tests share who came in through one, which they start and stop")?;
    }
    Ok(())
}

/// Debian keeps the server's programs off the path, one folder for each version.
fn has_postgres() -> bool {
    let debians = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
    has("initdb", "--version") || debians.map(|version| version.path().join("bin/initdb")).any(|initdb| initdb.exists())
}

/// Writes `spec/vectors` again, or with `check` says whether they are what the code writes.
pub(crate) fn vectors(check: bool) -> Result<()> {
    let mut command = cargo();
    command.args(["run", "--locked", "--quiet", "--bin", "bauta-vectors"]);
    if check {
        command.args(["--", "--check"]);
    }
    run(&mut command)
}

/// A file of ignored tests that measure, in a release build: `issuer/tests/figures.rs`, `verifier/tests/door_figures.rs`.
pub(crate) fn figures(file: &str, seconds: u32) -> Result<()> {
    what_tests_need()?;
    let mut figures = cargo();
    figures.args(["test", "--release", "--workspace", "--locked", "--test", file]);
    // One after the other: they would take each other's processor.
    figures.args(["--", "--ignored", "--nocapture", "--test-threads", "1"]);
    run(figures.env("BAUTA_FIGURE_SECONDS", seconds.to_string()))
}
