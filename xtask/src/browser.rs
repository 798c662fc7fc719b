//! What runs in a real browser: the tests of the pages, the scanning corpus, the figures and the screenshots.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::machine::{cargo, debian, has, root, run};
use crate::web;

/// Types, formatting, unit tests, and then the end-to-end tests whose file is named after `only`; all without it.
pub(crate) fn test(only: &str) -> Result<()> {
    prepare()?;
    if only.is_empty() {
        run(web::npm().args(["run", "check"]))?;
        web::vectors()?;
        run(web::npm().args(["run", "unit"]))?;
    }
    run(vitest().arg(format!("e2e/{only}")))
}

/// The scanning corpus in its long form, as a table.
pub(crate) fn corpus(pictures: u32) -> Result<()> {
    web::dependencies()?;
    run(vitest().arg("corpus.command").env("BAUTA_FRAMES", pictures.to_string()))
}

/// Every screen of both pages in every language, into `target/screenshots`; those that the documents print, into `docs/images`.
pub(crate) fn screenshots() -> Result<()> {
    prepare()?;
    run(vitest().arg("screenshots.command"))
}

/// How long showing and checking take in the browser, how soon a page stands, and what it weighs.
pub(crate) fn figures() -> Result<()> {
    prepare()?;
    run(vitest().arg("figures.command"))
}

/// Shows wallet and verifier side by side until ctrl-c.
pub(crate) fn demo(dir: Option<PathBuf>) -> Result<()> {
    println!("Building the pages and the programs. The first time takes some minutes.");
    web::build()?;
    programs()?;
    let dir = dir.unwrap_or_else(|| root().join("target/demo-web"));
    let mut pages = cargo();
    pages.args(["run", "--locked", "--quiet", "--bin", "bauta-pages", "--"]);
    run(pages.arg(dir).arg(root().join("target/web")))
}

fn prepare() -> Result<()> {
    if !["chromium", "/usr/bin/chromium", "/usr/bin/google-chrome"].iter().any(|program| has(program, "--version")) {
        debian(&["chromium", "fonts-noto-core"], "the browser that the pages are tested in, with letters for Arabic")?;
    }
    web::build()?;
    programs()
}

/// The four, and the one that serves the pages: built as `cargo xtask test` builds them, so that nothing is built twice.
fn programs() -> Result<()> {
    run(cargo().args(["build", "--workspace", "--bins", "--locked"]))
}

fn vitest() -> Command {
    let mut vitest = Command::new("npx");
    vitest.args(["vitest", "run", "--root", "tests/web"]);
    vitest
}
