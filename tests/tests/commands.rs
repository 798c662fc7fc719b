//! What the four programs say on a terminal, as data: `tests/cmd/*.trycmd` hold commands with their output and exit code.
//!
//! After a change that is meant, `TRYCMD=overwrite cargo test --test commands` writes them again; put back `[..]` where days and keys
//! stand.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use bauta_tests::city::City;
use bauta_tests::shell::Shell;
use trycmd::TestCases;

const PROGRAMS: [&str; 4] = ["bauta-authority", "bauta-issuer", "bauta-wallet", "bauta-verifier"];

/// A program under its name, from where `cargo build` puts it.
fn programs() -> TestCases {
    let folder = tempfile::tempdir().unwrap();
    let shell = Shell::new(folder.path()).unwrap();
    let cases = TestCases::new();
    for name in PROGRAMS {
        let program = shell.programs().join(name);
        assert!(program.exists(), "run `cargo build --workspace --bins` first: there is no {}", program.display());
        cases.register_bin(name, program);
    }
    cases
}

#[test]
fn help_and_mistakes() {
    programs().case("tests/cmd/help-*.trycmd").case("tests/cmd/mistakes-*.trycmd");
}

#[test]
fn an_official_a_venue_and_a_citizen_set_up() {
    let folder = tempfile::tempdir().unwrap();
    let cases = programs();
    for variable in [
        "BAUTA_ROOT_PASSPHRASE_FILE",
        "BAUTA_DELEGATE_PASSPHRASE_FILE",
        "BAUTA_ISSUER_PASSPHRASE_FILE",
        "BAUTA_WALLET_PASSPHRASE_FILE",
    ] {
        let file = folder.path().join(variable);
        fs::write(&file, "correct horse battery staple\n").unwrap();
        // Version control keeps no modes, and a passphrase that others can read is refused.
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        cases.env(variable, file.display().to_string());
    }
    cases.case("tests/cmd/story-set-up.trycmd");
}

/// In a city's folder, which is where commands are typed that belong to a folder named `.in` beside them.
#[test]
fn a_result_travels_from_the_lab_to_the_door_and_is_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let city = City::ready(&folder.path().join("story-door.in")).unwrap();
    let _service = city.serve().unwrap();
    let transcript = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cmd/story-door.trycmd");
    // A link, so that `TRYCMD=overwrite` writes the transcript itself.
    let beside = folder.path().join("story-door.trycmd");
    symlink(transcript, &beside).unwrap();

    let cases = programs();
    for (name, value) in city.shell().variables() {
        cases.env(*name, value.to_str().unwrap());
    }
    cases.env("BAUTA_WALLET", "anna.wallet");
    // What one program says is handed to another by a shell.
    cases.env("PATH", format!("{}:/usr/bin:/bin", city.shell().programs().display()));
    cases.register_bin("sh", Path::new("/bin/sh"));
    cases.case(beside);
    cases.run();
}
