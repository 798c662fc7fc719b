//! Compiles what runs in a browser for `wasm32-unknown-unknown`.
//!
//! With rustup the target is one download away. Where rustup cannot download, Debian's `rustc-web` and its library
//! sources build the same, in a target folder of their own because the compilers differ.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::machine::{cargo, debian, has, root, run};

/// The wallet's library without its command line, and with it spec and crypto.
const PACKAGE: [&str; 4] = ["--package", "bauta-wallet", "--lib", "--no-default-features"];
const TARGET: &str = "wasm32-unknown-unknown";

pub(crate) fn build() -> Result<()> {
    let mut build = match ready_target() {
        true => cargo(),
        false => debian_compiler()?,
    };
    build.args(["build", "--locked", "--release", "--target", TARGET]);
    run(build.args(PACKAGE))
}

/// Whether the toolchain has the target, after asking rustup for it where rustup can be asked.
fn ready_target() -> bool {
    let installed = || {
        let output = Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]).output();
        output.is_ok_and(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim()).exists())
    };
    if installed() {
        return true;
    }
    if has("rustup", "--version") {
        // May fail without a network; then the other way is tried.
        let _ = Command::new("rustup").args(["target", "add", TARGET]).output();
    }
    installed()
}

fn debian_compiler() -> Result<Command> {
    let sources = Path::new("/usr/lib/rustlib/src/rust/library");
    if !sources.exists() || !has("/usr/bin/rustc", "--version") || !has("wasm-ld-19", "--version") {
        debian(&["rustc-web", "rust-web-src", "lld-19"], "a compiler for wasm32-unknown-unknown")?;
    }
    let mut build = cargo();
    build.env("RUSTC", "/usr/bin/rustc");
    // `-Zbuild-std` builds the standard library from source with a compiler that calls itself stable.
    build.env("RUSTC_BOOTSTRAP", "1");
    build.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld-19");
    build.env("CARGO_TARGET_DIR", root().join("target/wasm"));
    build.env_remove("RUSTUP_TOOLCHAIN");
    build.args(["-Zbuild-std=std,panic_abort"]);
    Ok(build)
}
