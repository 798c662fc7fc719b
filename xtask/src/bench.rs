//! `cargo xtask bench`: our cryptography beside its peers, as a table.

use anyhow::Result;

use crate::machine::{cargo, root, run};

/// Builds `crypto/benches/peers` and runs `rounds` rounds of it.
pub(crate) fn peers(rounds: usize) -> Result<()> {
    println!("Building the peers. The first time takes some minutes.");
    let target = root().join("target/peers");
    let mut command = cargo();
    command.args([
        "run",
        "--release",
        "--locked",
        "--manifest-path",
        "crypto/benches/peers/Cargo.toml",
        "--target-dir",
    ]);
    run(command.arg(target).arg("--").arg(rounds.to_string()))
}
