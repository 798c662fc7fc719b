//! What the four programs say on a terminal, as data: `tests/cmd/*.trycmd` hold commands with their output and exit code.
//!
//! After a change that is meant, `TRYCMD=overwrite cargo test --test commands` writes them again; put back `[..]` where days and keys
//! stand.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::fs;
use std::os::unix::fs::PermissionsExt;

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
    cases.case("tests/cmd/story-*.trycmd");
}
