//! `cargo xtask release` and `rebuild-check`: programs and WebAssembly that anybody can build again, bit by bit.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::machine::{cargo, output, root, run};
use crate::sbom::PROGRAMS;
use crate::wasm::{registry, remapped};
use crate::web;

/// Where `release` puts what it builds, below the checkout.
const FOLDER: &str = "target/release-files";

/// The list of what is there, in the form that `sha256sum --check` reads.
const SUMS: &str = "SHA256SUMS";

/// Builds the four programs and the two WebAssembly cores, or only what is named `only`, and says what they hash to.
pub(crate) fn build(only: &str) -> Result<()> {
    let folder = root().join(FOLDER);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let mut built = 0;
    for program in PROGRAMS.into_iter().filter(|program| program.contains(only)) {
        let made = compile(program)?;
        std::fs::copy(&made, folder.join(program)).with_context(|| format!("there is no {}", made.display()))?;
        built += 1;
    }
    for (name, library) in web::cores() {
        let name = format!("wasm-{name}");
        if name.contains(only) {
            library.bind(&folder.join(name))?;
            built += 1;
        }
    }
    if built == 0 {
        bail!("nothing is called so: there are {}, wasm-wallet and wasm-verifier", PROGRAMS.join(", "));
    }
    let sums = sums(&folder)?;
    std::fs::write(folder.join(SUMS), &sums)?;
    print!("\nIn {FOLDER}, built by {}:\n\n{sums}", output(Command::new("rustc").arg("--version"))?.trim());
    Ok(())
}

/// One program as it is published: no path of this machine, nor anything else that another machine would write otherwise.
fn compile(program: &str) -> Result<PathBuf> {
    let target = root().join("target/release-build");
    let mut build = cargo();
    build.args(["build", "--release", "--locked", "--package", program, "--bin", program, "--target-dir"]);
    build.arg(&target);
    let sysroot = output(Command::new("rustc").args(["--print", "sysroot"]))?;
    // What is compiled from the standard library's source names the place where rustup has put it.
    let std_sources = Path::new(sysroot.trim()).join("lib/rustlib/src/rust");
    let pairs = [(root(), "bauta"), (registry(), "crates"), (std_sources, "rust")];
    let flags: Vec<String> = pairs.iter().map(|(path, name)| remapped(path, name)).collect();
    build.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}")).env_remove("RUSTFLAGS");
    // C and assembly: the curve, TLS and SQLite. Their compilers write paths into assertions.
    let c: Vec<String> =
        pairs.iter().map(|(path, name)| format!("-ffile-prefix-map={}={name}", path.display())).collect();
    build.env("CFLAGS", c.join(" ")).env("CARGO_INCREMENTAL", "0").env("SOURCE_DATE_EPOCH", "0");
    run(&mut build)?;
    Ok(target.join("release").join(program))
}

/// Builds what is committed twice, in two clones at two places, and compares.
pub(crate) fn check(only: &str) -> Result<()> {
    let places = ["a", "somewhere/else/with-a-longer-name"].map(|name| root().join("target/rebuild").join(name));
    if !output(Command::new("git").args(["status", "--porcelain", "--untracked-files=no"]))?.is_empty() {
        println!("\nWhat is not committed is not in what is compared.");
    }
    let mut built = Vec::new();
    for place in &places {
        if place.exists() {
            std::fs::remove_dir_all(place).with_context(|| format!("cannot empty {}", place.display()))?;
        }
        run(Command::new("git").args(["clone", "--quiet", "--local"]).arg(root()).arg(place))?;
        let begun = Instant::now();
        // As whoever wants to check a release would: the clone's own command, by its own code.
        let mut release = cargo();
        release
            .args(["run", "--locked", "--quiet", "--package", "xtask", "--manifest-path"])
            .arg(place.join("Cargo.toml"));
        release.env("CARGO_TARGET_DIR", place.join("target")).args(["--", "release", only]);
        run(&mut release)?;
        println!("Built in {} s.", begun.elapsed().as_secs());
        built.push(place.join(FOLDER));
    }
    let lists = [&built[0], &built[1]].map(|folder| std::fs::read_to_string(folder.join(SUMS)));
    let [first, second] = lists.map(|list| list.context("a build left no list"));
    let (first, second) = (first?, second?);
    for (one, other) in first.lines().zip(second.lines()).filter(|(one, other)| one != other) {
        println!("differs:\n  {one}\n  {other}");
    }
    if first != second {
        bail!("two builds of the same source differ; both are in target/rebuild, see with `cmp` or `diffoscope`");
    }
    let told = telling(&built[0], &places)?;
    if !told.is_empty() {
        bail!("paths of this machine stand in {}", told.join(", "));
    }
    println!("Twice the same bytes at two places: {} files, no path of this machine in them.", first.lines().count());
    Ok(())
}

/// Files that name a folder of this machine: where it was built, or somebody's home.
fn telling(folder: &Path, places: &[PathBuf]) -> Result<Vec<String>> {
    let home = std::env::home_dir().filter(|home| home.components().count() > 1);
    let words: Vec<String> = places.iter().chain(&home).map(|path| format!("{}/", path.display())).collect();
    let mut told = Vec::new();
    for name in files(folder)? {
        let bytes = std::fs::read(folder.join(&name))?;
        for word in words.iter().filter(|word| bytes.windows(word.len()).any(|window| window == word.as_bytes())) {
            told.push(format!("{name} ({word})"));
        }
    }
    Ok(told)
}

fn sums(folder: &Path) -> Result<String> {
    let mut sums = String::new();
    for name in files(folder)? {
        let digest = Sha256::digest(std::fs::read(folder.join(&name))?);
        digest.iter().try_for_each(|byte| write!(sums, "{byte:02x}"))?;
        writeln!(sums, "  {name}")?;
    }
    Ok(sums)
}

/// Names of the files below a folder, sorted.
fn files(folder: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            found.extend(files(&entry.path())?.into_iter().map(|inner| format!("{name}/{inner}")));
        } else if name != SUMS {
            found.push(name);
        }
    }
    found.sort();
    Ok(found)
}
