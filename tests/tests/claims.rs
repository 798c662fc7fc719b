//! `docs/claims.md` names tests and commands. What it names must exist: a claim outlives its test too easily.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn every_claim_names_a_test_that_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let page = fs::read_to_string(root.join("docs/claims.md")).unwrap();
    let functions = functions_under(root);
    let mut named = 0;
    for row in
        page.lines().filter(|line| line.starts_with('|') && !line.starts_with("| |") && !line.starts_with("|---"))
    {
        let shown_by = row.trim_end_matches('|').rsplit('|').next().unwrap();
        if shown_by.trim() == "shown by" {
            continue;
        }
        let mut names = 0;
        for span in shown_by.split('`').skip(1).step_by(2) {
            names += usize::from(names_something(root, &functions, span));
        }
        assert!(names > 0 || shown_by.contains("this page"), "nothing shows: {row}");
        named += names;
    }
    assert!(named > 100, "only {named} names were found: has the form of the page changed?");
}

/// A code span is a command, a flag or a file of tests, or it ends in the name of a test. Tests of the web have names in words, after the
/// path of their file.
fn names_something(root: &Path, functions: &BTreeSet<String>, span: &str) -> bool {
    if span.starts_with("cargo xtask") {
        let command = span.split_whitespace().nth(2).unwrap().replace('-', "");
        let commands = fs::read_to_string(root.join("xtask/src/main.rs")).unwrap().to_lowercase();
        assert!(commands.contains(&format!("command::{command}")), "there is no `{span}`");
        return true;
    }
    if span.starts_with('-') {
        return false;
    }
    if let Some((path, test)) = span.split_once(".ts").filter(|(path, _)| path.contains('/')) {
        let test = test.trim();
        let source = fs::read_to_string(root.join(format!("{path}.ts"))).unwrap_or_default();
        assert!(!source.is_empty(), "there is no file `{path}.ts`");
        assert!(source.contains(&format!("(\"{test}")), "there is no test `{span}`");
        return true;
    }
    let mut words = span.split_whitespace();
    let first = words.next().unwrap();
    let Some((package, file)) = first.split_once("::").filter(|(package, _)| package.starts_with("bauta-")) else {
        // After a package was named once, its other tests go by their own names.
        let name = words.next_back().unwrap_or(first);
        let name = name.rsplit("::").next().unwrap();
        let known = functions.contains(name) || name == "agreement" || first.starts_with("bauta-");
        assert!(known, "there is no test `{span}`");
        return known;
    };
    let folder = root.join(package.trim_start_matches("bauta-")).join("tests");
    let exists =
        [folder.join(format!("{file}.rs")), folder.join(file).join("main.rs")].iter().any(|path| path.exists());
    assert!(exists, "there is no file of tests `{package}::{file}`");
    if let Some(test) = words.next() {
        let name = test.rsplit("::").next().unwrap();
        assert!(functions.contains(name), "there is no test `{span}`");
    }
    true
}

fn functions_under(folder: &Path) -> BTreeSet<String> {
    let mut functions = BTreeSet::new();
    for path in rust_files(folder) {
        for line in fs::read_to_string(&path).unwrap().lines() {
            let Some((_, rest)) = line.trim_start().split_once("fn ") else { continue };
            functions.extend(rest.split(['(', '<']).next().map(str::to_owned));
        }
    }
    functions
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !["target", "node_modules"].contains(&name.as_str()) && !name.starts_with('.') {
            files.extend(rust_files(&path));
        } else if name.ends_with(".rs") {
            files.push(path);
        }
    }
    files
}
