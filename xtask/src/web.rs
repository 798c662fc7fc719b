//! `cargo xtask web`: bindings, npm package and pages.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::machine::{debian, has, root, run};
use crate::wasm::Library;

/// What the lock file was made with, and the oldest that Vite runs on.
const OLDEST_NODE: (u32, u32) = (20, 19);

/// Builds everything that a browser runs: `target/web/wallet`, `target/web/verifier` and `target/web/bauta-VERSION.tgz`.
pub(crate) fn build() -> Result<()> {
    bindings()?;
    dependencies()?;
    run(npm().args(["run", "build", "--workspace", "web"]))?;
    for page in ["wallet/web", "verifier/web"] {
        run(npm().args(["run", "build", "--workspace", page]))?;
    }
    package()
}

/// WebAssembly of wallet and verifier with the glue that loads it.
pub(crate) fn bindings() -> Result<()> {
    for (name, library) in cores() {
        library.bind(&root().join("web/wasm").join(name))?;
    }
    Ok(())
}

/// Wallet and verifier as browsers run them.
pub(crate) fn cores() -> [(&'static str, Library<'static>); 2] {
    [("wallet", "bauta-wallet"), ("verifier", "bauta-verifier")].map(|(name, package)| {
        (name, Library { manifest: "Cargo.toml", package, features: "wasm", profile: "browser" })
    })
}

/// The readers of every vector in WebAssembly, for the tests in Node.
pub(crate) fn vectors() -> Result<()> {
    let package = "bauta-vectors-wasm";
    let library = Library { manifest: "Cargo.toml", package, features: "wasm", profile: "browser" };
    library.bind(&root().join("target/vectors-wasm"))
}

/// What `package-lock.json` names, and nothing else.
pub(crate) fn dependencies() -> Result<()> {
    node()?;
    // The file is written at the end of an installation, so it is as new as the lock that was installed.
    let installed = modified(&root().join("node_modules/.package-lock.json"));
    if installed >= modified(&root().join("package-lock.json")) && installed.is_some() {
        return Ok(());
    }
    run(npm().args(["ci", "--no-audit", "--no-fund"]))
}

/// `npm` in the root of the checkout.
pub(crate) fn npm() -> Command {
    Command::new("npm")
}

fn package() -> Result<()> {
    let folder = root().join("target/web");
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    run(npm().args(["pack", "--silent", "--workspace", "web", "--pack-destination"]).arg(folder))
}

/// Node in a version that is new enough; Debian's where there is none.
pub(crate) fn node() -> Result<()> {
    if !has("node", "--version") || !has("npm", "--version") {
        debian(&["nodejs", "npm"], "what builds and tests the web pages")?;
    }
    let output = Command::new("node").arg("--version").output().context("could not start node")?;
    let version = String::from_utf8_lossy(&output.stdout).trim().trim_start_matches('v').to_owned();
    let mut numbers = version.split('.').map(|number| number.parse::<u32>().unwrap_or_default());
    let found = (numbers.next().unwrap_or_default(), numbers.next().unwrap_or_default());
    let (major, minor) = OLDEST_NODE;
    if found < OLDEST_NODE {
        bail!("Node {version} is too old: install {major}.{minor} or newer from nodejs.org, then try again.");
    }
    Ok(())
}

fn modified(path: &Path) -> Option<std::time::SystemTime> {
    path.metadata().and_then(|file| file.modified()).ok()
}
