//! The person at the console.

use std::io::{self, IsTerminal as _};
use std::path::Path;

use anyhow::Context as _;
use bauta_spec::sealed::Passphrase;

/// For files that exist: from the passphrase file, or from the keyboard.
pub(crate) fn passphrase(file: Option<&Path>) -> anyhow::Result<Passphrase> {
    match file {
        Some(file) => Passphrase::in_file(file).context("the passphrase file"),
        None => typed("Passphrase: ").context(NO_TERMINAL),
    }
}

/// For a file that is to be made.
pub(crate) fn chosen_passphrase(file: Option<&Path>) -> anyhow::Result<Passphrase> {
    chosen("Passphrase: ", file, NO_TERMINAL)
}

/// For files that exist and are to have another one.
pub(crate) fn new_passphrase(file: Option<&Path>) -> anyhow::Result<Passphrase> {
    chosen("New passphrase: ", file, NO_TERMINAL_FOR_NEW)
}

/// Typed twice, because a slip would lose the key.
fn chosen(question: &str, file: Option<&Path>, no_terminal: &'static str) -> anyhow::Result<Passphrase> {
    let Some(file) = file else {
        let passphrase = typed(question).context(no_terminal)?.for_a_new_file()?;
        if typed("The same again: ").context(no_terminal)?.bytes() != passphrase.bytes() {
            anyhow::bail!("the two passphrases differ: run the command again");
        }
        return Ok(passphrase);
    };
    Ok(Passphrase::in_file(file).context("the passphrase file")?.for_a_new_file()?)
}

pub(crate) fn typed(question: &str) -> io::Result<Passphrase> {
    Ok(Passphrase::typed(rpassword::prompt_password(question)?))
}

/// Whether the person here types "yes".
pub(crate) fn confirmed(question: &str) -> anyhow::Result<bool> {
    if !io::stdin().is_terminal() {
        anyhow::bail!("there is no terminal to ask at: say --yes");
    }
    eprint!("{question}");
    let mut said = String::new();
    io::stdin().read_line(&mut said)?;
    Ok(said.trim() == "yes")
}

const NO_TERMINAL: &str =
    "there is no terminal to ask for the passphrase: name a file with --passphrase-file or `passphrase_file`";

const NO_TERMINAL_FOR_NEW: &str =
    "there is no terminal to ask for the new passphrase: name a file with --new-passphrase-file";
