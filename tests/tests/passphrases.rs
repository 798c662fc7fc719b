//! Other passphrases for what the official keeps.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use bauta_spec::sealed::file::write_new;
use bauta_tests::city::City;
use bauta_tests::shell::Shell;

#[test]
fn an_official_changes_the_passphrases_of_both_keys() {
    let folder = tempfile::tempdir().unwrap();
    let city = City::ready(folder.path()).unwrap();
    let mut shell = city.shell().clone();
    for (name, passphrase) in
        [("new.root.pass", "a third horse"), ("new.delegate.pass", "a fourth"), ("short", "horse")]
    {
        write_new(&folder.path().join(name), passphrase.as_bytes()).unwrap();
    }
    says(&shell, "bauta-authority reseal root --new-passphrase-file short", 1, "at least 8 characters");
    says(&shell, "bauta-authority reseal root --new-passphrase-file nowhere", 1, "the new passphrase of the root key");
    for key in ["root", "delegate"] {
        let reseal = format!("bauta-authority reseal {key} --new-passphrase-file new.{key}.pass");
        says(&shell, &reseal, 0, &format!("authority/{key}.key opens with the new passphrase."));
        says(&shell, &reseal, 0, "opened with the new passphrase already");
    }
    let wrong = "wrong passphrase, or the file is damaged";
    says(&shell, "bauta-authority publish", 1, wrong);
    says(&shell, "bauta-authority sign samples --first today+5", 1, wrong);
    shell.set("BAUTA_ROOT_PASSPHRASE_FILE", "new.root.pass");
    shell.set("BAUTA_DELEGATE_PASSPHRASE_FILE", "new.delegate.pass");
    says(&shell, "bauta-authority rotate delegate", 0, "There is a new delegate key.");
    says(&shell, "bauta-authority publish", 0, "Version 2");
}

fn says(shell: &Shell, line: &str, code: i32, words: &str) {
    let ran = shell.run(line).unwrap();
    assert_eq!(ran.code, Some(code), "`{line}` said: {}", ran.said());
    assert!(ran.said().contains(words), "`{line}` said: {}", ran.said());
}
