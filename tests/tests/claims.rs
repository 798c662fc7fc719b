//! `docs/claims.md` and the threat model name tests and commands. What they name must exist: a claim outlives its test too easily.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn every_claim_names_a_test_that_exists() {
    let root = root();
    let page = fs::read_to_string(root.join("docs/claims.md")).unwrap();
    let mut named = 0;
    for row in
        page.lines().filter(|line| line.starts_with('|') && !line.starts_with("| |") && !line.starts_with("|---"))
    {
        let shown_by = row.trim_end_matches('|').rsplit('|').next().unwrap();
        if shown_by.trim() == "shown by" {
            continue;
        }
        let names = names_in(root, shown_by).unwrap_or_else(|nothing| panic!("{nothing}, in: {row}"));
        assert!(names > 0 || shown_by.contains("this page"), "nothing shows: {row}");
        named += names;
    }
    assert!(named > 100, "only {named} names were found: has the form of the page changed?");
}

#[test]
fn every_attacker_has_an_answer_that_is_tested_and_a_rest_that_is_not() {
    let root = root();
    let page = fs::read_to_string(root.join("docs/threat-model.md")).unwrap();
    let attackers: Vec<&str> = page.split("\n### ").skip(1).collect();
    assert!(attackers.len() > 10, "only {} attackers were found: has the form of the page changed?", attackers.len());
    for attacker in attackers {
        let (name, said) = attacker.split_once('\n').unwrap();
        let said = said.split("\n## ").next().unwrap();
        let mut parts = BTreeMap::new();
        for part in said.split("\n- **").skip(1) {
            let (title, text) = part.split_once("**").unwrap();
            parts.insert(title, text.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        let titles: Vec<_> = parts.keys().map(|title| title.trim_end_matches('s')).collect();
        assert_eq!(titles, ["Answer", "Shown by", "Want", "What remain"], "{name}");
        let names = names_in(root, &parts["Shown by"]).unwrap_or_else(|nothing| panic!("{nothing}, of: {name}"));
        assert!(names > 0, "nothing shows what answers {name}");
    }
}

#[test]
fn a_claim_that_names_nothing_is_noticed() {
    for nothing in [
        "`bauta-spec anything::at::all`",
        "`bauta-spec trust::tests::no_such_test`",
        // A test, but of another package, file or module.
        "`bauta-spec a_tested_citizen_enters_and_stays_unknown`",
        "`bauta-spec qr::tests::one_spelling_only`",
        "`bauta-tests::attacks a_tested_citizen_enters_and_stays_unknown`",
        "`bauta-tests::attacks clocks::n8_a_code_is_worthless_later_elsewhere_twice_and_before_its_time`",
        "`bauta-tests::flow a_tested_citizen_enters_and_stays_unknown`, `one_spelling_only`",
        "`bauta-spec::no_such_file`",
        "`bauta-nobody cbor::tests::one_spelling_only`",
        "`a_tested_citizen_enters_and_stays_unknown`",
        "`cargo xtask no-such-command`",
        "`web/test/no-such-file.ts any doubt is red`",
        "`web/test/judgement.test.ts any doubt is green`",
    ] {
        assert!(names_in(root(), nothing).is_err(), "{nothing} was found");
    }
    let two =
        "`bauta-tests::flow a_tested_citizen_enters_and_stays_unknown`; `bauta-spec cbor::tests::one_spelling_only`";
    assert_eq!(names_in(root(), two), Ok(2));
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// How many tests, files of tests and commands stand in a cell, each of which exists.
fn names_in(root: &Path, shown_by: &str) -> Result<usize, String> {
    let mut package = None;
    let mut names = 0;
    for span in shown_by.split('`').skip(1).step_by(2) {
        if span.starts_with('-') {
            continue;
        }
        let exists = match span.split_once(".ts").filter(|(path, _)| path.contains('/')) {
            _ if span.starts_with("cargo xtask") => is_a_command(root, span),
            Some((path, sentence)) => is_a_sentence(root, path, sentence.trim()),
            None => is_a_test(root, &mut package, span),
        };
        if !exists {
            return Err(format!("there is no `{span}`"));
        }
        names += 1;
    }
    Ok(names)
}

fn is_a_command(root: &Path, span: &str) -> bool {
    let command = span.split_whitespace().nth(2).unwrap().replace('-', "");
    let commands = fs::read_to_string(root.join("xtask/src/main.rs")).unwrap().to_lowercase();
    commands.contains(&format!("command::{command}"))
}

/// Tests of the web have names in words, after the path of their file.
fn is_a_sentence(root: &Path, path: &str, sentence: &str) -> bool {
    let Ok(source) = fs::read_to_string(root.join(format!("{path}.ts"))) else { return false };
    // A long call has its name on a line of its own.
    source.split('(').any(|after| after.trim_start().starts_with(&format!("\"{sentence}")))
}

/// `package::file`, `package::file test`, `package module::test`, or only `test`, of the package that was named last in this cell.
fn is_a_test(root: &Path, package: &mut Option<PathBuf>, span: &str) -> bool {
    let (first, test) = span.split_once(' ').map_or((span, None), |(first, test)| (first, Some(test)));
    let Some(named) = first.strip_prefix("bauta-") else {
        return package.as_ref().is_some_and(|package| stands_under(package, span));
    };
    let (folder, file) = named.split_once("::").map_or((named, None), |(folder, file)| (folder, Some(file)));
    let folder = root.join(folder);
    let found = match (file, test) {
        (Some(file), None) => of_tests(&folder, file).is_some(),
        (Some(file), Some(test)) => of_tests(&folder, file).is_some_and(|file| {
            stands_under(&file, test) || (has_module_of(&file, test) && stands_under(&folder.join("tests"), test))
        }),
        (None, Some(test)) => stands_under(&folder.join("src"), test),
        (None, None) => false,
    };
    *package = Some(folder);
    found
}

/// Whether a target that is one file has the test's module beside it.
fn has_module_of(file: &Path, test: &str) -> bool {
    let declared = |module| fs::read_to_string(file).is_ok_and(|source| source.contains(&format!("mod {module};")));
    test.split_once("::").is_some_and(|(module, _)| declared(module))
}

/// The file or folder that a target of tests is made of.
fn of_tests(package: &Path, target: &str) -> Option<PathBuf> {
    let folder = package.join("tests").join(target);
    let file = folder.with_extension("rs");
    if file.is_file() { Some(file) } else { folder.join("main.rs").is_file().then_some(folder) }
}

/// Whether a function of this name stands in a file that its modules lead to, or the name is that of a whole module. The first of
/// them is a part of the file's path; later ones may stand inside the file.
fn stands_under(place: &Path, name: &str) -> bool {
    let mut modules: Vec<&str> = name.split("::").collect();
    let last = modules.pop().unwrap();
    rust_files(place).iter().any(|path| {
        let below = path.strip_prefix(place).unwrap().with_extension("");
        let parts: Vec<_> = below.iter().filter_map(|part| part.to_str()).collect();
        let source = fs::read_to_string(path).unwrap();
        let leads = |(i, module): (usize, &&str)| {
            parts.contains(module) || (i > 0 || parts.is_empty()) && source.contains(*module)
        };
        let is_module = !modules.is_empty() && parts.last() == Some(&last);
        modules.iter().enumerate().all(leads) && (is_module || functions_in(&source).contains(last))
    })
}

fn functions_in(source: &str) -> BTreeSet<&str> {
    let after = source.lines().filter_map(|line| line.trim_start().split_once("fn "));
    after.filter_map(|(_, rest)| rest.split(['(', '<']).next()).collect()
}

fn rust_files(place: &Path) -> Vec<PathBuf> {
    if place.is_file() {
        return vec![place.to_owned()];
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(place).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "target" {
            files.extend(rust_files(&path));
        } else if name.ends_with(".rs") {
            files.push(path);
        }
    }
    files
}
