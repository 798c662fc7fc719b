//! `cargo xtask bench` and `bench-wasm`: our cryptography beside its peers, as tables. What both measure goes to
//! `target/bench`, where `cargo xtask plot` finds it.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::machine::{cargo, root, run};
use crate::wasm::Library;
use crate::web;

/// What `cargo xtask bench` measured.
pub(crate) fn native_results() -> PathBuf {
    root().join("target/bench/native.csv")
}

/// Builds `crypto/benches/peers` and runs `rounds` rounds of it.
pub(crate) fn peers(rounds: usize) -> Result<()> {
    println!("Building the peers. The first time takes some minutes.");
    results_folder()?;
    let mut peers = cargo();
    peers.args(["run", "--release", "--locked", "--manifest-path", "crypto/benches/peers/Cargo.toml", "--target-dir"]);
    run(peers.arg(root().join("target/peers")).arg("--").arg(rounds.to_string()).arg(native_results()))
}

/// Builds ours as the pages' build does, fetches the peers from npm, and runs `rounds` rounds in Node.
pub(crate) fn wasm(rounds: usize) -> Result<()> {
    web::node()?;
    let folder = results_folder()?;
    let (bindings, bench) = (folder.join("wasm"), root().join("crypto/benches/wasm"));
    let ours = Library {
        manifest: "crypto/benches/wasm/Cargo.toml",
        package: "bauta-crypto-wasm-bench",
        features: "",
        profile: "browser",
    };
    ours.bind(&bindings)?;
    run(web::npm().args(["ci", "--no-audit", "--no-fund", "--prefix"]).arg(&bench))?;
    let mut node = Command::new("node");
    run(node.arg(bench.join("bench.mjs")).arg(bindings).arg(rounds.to_string()).arg(folder.join("wasm.csv")))
}

fn results_folder() -> Result<PathBuf> {
    let folder = root().join("target/bench");
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    Ok(folder)
}
