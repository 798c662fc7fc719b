//! Who may import whom: `crypto ◄ spec ◄ issuer | wallet | verifier | authority ◄ tests`.
//!
//! Anyone may import what stands further left; nobody imports sideways. The rule is read from `cargo metadata`, so a
//! new dependency line in any `Cargo.toml` is seen here before a reviewer has to see it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// How far right a package stands. Equal numbers are neighbours, and neighbours do not import each other.
const ORDER: [(&str, u8); 9] = [
    ("bauta-crypto", 0),
    ("bauta-spec", 1),
    ("bauta-issuer", 2),
    ("bauta-wallet", 2),
    ("bauta-verifier", 2),
    ("bauta-authority", 2),
    ("bauta-tests", 3),
    ("bauta-vectors-wasm", 3),
    ("xtask", 3),
];

#[test]
fn imports_point_left_only() {
    let place: BTreeMap<&str, u8> = ORDER.into();
    for (package, dependencies) in workspace_dependencies() {
        let here = place.get(package.as_str()).unwrap_or_else(|| panic!("{package} has no place in the architecture"));
        for dependency in &dependencies {
            let Some(there) = place.get(dependency.as_str()) else { continue };
            assert!(there < here, "{package} imports {dependency}, which does not stand further left");
        }
    }
}

#[test]
fn mathematics_knows_no_files_no_clock_and_no_formats() {
    let crypto = &workspace_dependencies()["bauta-crypto"];
    for foreign in ["serde", "serde_json", "minicbor", "getrandom", "tokio", "ureq", "base64", "time"] {
        assert!(!crypto.contains(foreign), "bauta-crypto imports {foreign}");
    }
}

#[test]
fn only_one_module_names_the_curve_and_only_one_reads_cbor() {
    let root = workspace();
    for (needle, allowed) in [("bls12_381::", "crypto/src/curve"), ("minicbor::decode", "spec/src/cbor.rs")] {
        let mut found = false;
        for file in rust_files(&root) {
            let shown = file.strip_prefix(&root).unwrap_or(&file).display().to_string();
            if shown.starts_with("target")
                || shown.contains("/tests/")
                || shown.contains("/fuzz/")
                || shown.contains("/benches/")
                // Measures scalars of a shape that our own surface does not let anybody choose.
                || shown.contains("/dudect/")
            {
                continue;
            }
            let named = std::fs::read_to_string(&file).unwrap().lines().any(|line| {
                let code = line.trim_start();
                !code.starts_with("//") && code.contains(needle)
            });
            if named {
                assert!(shown.starts_with(allowed), "{shown} names {needle}, which belongs to {allowed}");
                found = true;
            }
        }
        assert!(found, "nothing names {needle}: has {allowed} moved?");
    }
}

#[test]
fn every_crate_forbids_unsafe_code() {
    let root = workspace();
    for folder in ["crypto", "spec", "issuer", "wallet", "verifier", "authority", "tests", "tests/wasm", "xtask"] {
        for name in ["lib.rs", "main.rs"] {
            let file = root.join(folder).join("src").join(name);
            if let Ok(text) = std::fs::read_to_string(&file) {
                assert!(text.contains("#![forbid(unsafe_code)]"), "{} does not forbid unsafe code", file.display());
            }
        }
    }
}

/// Package name → names of what it depends on outside its tests.
fn workspace_dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(workspace())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("metadata is JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().expect("dependencies");
            let names = dependencies
                .iter()
                .filter(|dependency| dependency["kind"].is_null())
                .map(|dependency| dependency["name"].as_str().expect("a name").to_owned())
                .collect();
            (package["name"].as_str().expect("a name").to_owned(), names)
        })
        .collect()
}

fn workspace() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the workspace").to_owned()
}

fn rust_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            if !path.ends_with("target") && !path.ends_with(".git") {
                files.extend(rust_files(&path));
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}
