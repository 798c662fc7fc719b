//! Compiles what runs in a browser for `wasm32-unknown-unknown`, and writes the JavaScript that loads it.
//!
//! With rustup the target is one download away. Where rustup cannot download, Debian's `rustc-web` and its library
//! sources build the same, in a target folder of their own because the compilers differ.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::machine::{cargo, debian, has, root, run};

const TARGET: &str = "wasm32-unknown-unknown";

/// A library with bindings.
pub(crate) struct Library<'a> {
    /// Its `Cargo.toml`, from the root of the checkout.
    pub(crate) manifest: &'a str,
    /// The package.
    pub(crate) package: &'a str,
    /// What browsers need of it and programs do not.
    pub(crate) features: &'a str,
    /// Under which settings of the manifest it is compiled.
    pub(crate) profile: &'a str,
}

impl Library<'_> {
    /// Compiles it and puts `NAME.js`, its types and `NAME_bg.wasm` into `folder`. NAME is the package's, with `_` for `-`.
    pub(crate) fn bind(&self, folder: &Path) -> Result<()> {
        let wasm = self.compile()?;
        let mut bindgen = Bindgen::new();
        bindgen.input_path(&wasm).web(true)?.typescript(true);
        // The loader says where the file lies. Names and paths of this machine are of no use to anybody else.
        bindgen.omit_default_module_path(true).remove_name_section(true).remove_producers_section(true);
        bindgen.generate(folder).with_context(|| format!("could not write the bindings of {}", self.package))
    }

    fn compile(&self) -> Result<PathBuf> {
        let (mut build, target_folder) = match ready_target() {
            true => (cargo(), root().join("target")),
            false => debian_compiler()?,
        };
        build.args(["rustc", "--locked", "--lib", "--crate-type", "cdylib", "--target", TARGET]);
        build.args(["--manifest-path", self.manifest, "--package", self.package, "--profile", self.profile]);
        build.args(["--no-default-features", "--features", self.features, "--target-dir"]).arg(&target_folder);
        build.env("CARGO_ENCODED_RUSTFLAGS", without_paths_of_this_machine());
        run(&mut build)?;
        let file = format!("{}.wasm", self.package.replace('-', "_"));
        Ok(target_folder.join(TARGET).join(self.profile).join(file))
    }
}

/// Panic messages name source files. The same source gives the same bytes wherever it lies.
fn without_paths_of_this_machine() -> String {
    [remapped(&root(), "bauta"), remapped(&registry(), "crates")].join("\u{1f}")
}

/// Tells the compiler to write `name` where it would write `path`.
pub(crate) fn remapped(path: &Path, name: &str) -> String {
    format!("--remap-path-prefix={}={name}", path.display())
}

/// Where cargo unpacks the sources of the registry.
pub(crate) fn registry() -> PathBuf {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo_home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo"))).unwrap_or_default();
    cargo_home.join("registry/src")
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

/// The compiler, and the folder for what it makes.
fn debian_compiler() -> Result<(Command, PathBuf)> {
    let sources = Path::new("/usr/lib/rustlib/src/rust/library");
    if !sources.exists() || !has("/usr/bin/rustc", "--version") || !has("wasm-ld-19", "--version") {
        debian(&["rustc-web", "rust-web-src", "lld-19"], "a compiler for wasm32-unknown-unknown")?;
    }
    let mut build = cargo();
    build.env("RUSTC", "/usr/bin/rustc");
    // `-Zbuild-std` builds the standard library from source with a compiler that calls itself stable.
    build.env("RUSTC_BOOTSTRAP", "1");
    build.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld-19");
    build.env_remove("RUSTUP_TOOLCHAIN");
    build.arg("-Zbuild-std=std,panic_abort");
    Ok((build, root().join("target/wasm")))
}
