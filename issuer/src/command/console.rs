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

/// For a file that is to be made: typed twice, because a slip would lose the key.
pub(crate) fn chosen_passphrase(file: Option<&Path>) -> anyhow::Result<Passphrase> {
    let passphrase = passphrase(file)?.for_a_new_file()?;
    if file.is_none() && typed("The same again: ").context(NO_TERMINAL)?.bytes() != passphrase.bytes() {
        anyhow::bail!("the two passphrases differ: run the command again");
    }
    Ok(passphrase)
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
