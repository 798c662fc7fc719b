//! Where a passphrase comes from: a private file or whoever sits at the terminal.

use std::path::Path;

use anyhow::{Context, Result, bail};
use bauta_spec::sealed::Passphrase;

/// For a key that exists.
pub(crate) fn passphrase(file: Option<&Path>, of: &str) -> Result<Passphrase> {
    match file {
        Some(file) => Passphrase::in_file(file).with_context(|| format!("the passphrase of the {of} key")),
        None => ask(&format!("Passphrase of the {of} key: "), of),
    }
}

/// For a key that is to be made: asked twice, because a slip would lose the key.
pub(crate) fn chosen_passphrase(file: Option<&Path>, of: &str) -> Result<Passphrase> {
    let passphrase =
        passphrase(file, of)?.for_a_new_file().with_context(|| format!("the passphrase of the {of} key"))?;
    if file.is_none() && ask("The same again: ", of)?.bytes() != passphrase.bytes() {
        bail!("the two passphrases of the {of} key differ: run the command again");
    }
    Ok(passphrase)
}

/// For a key that exists and is to have another one.
pub(crate) fn new_passphrase(file: Option<&Path>, of: &str) -> Result<Passphrase> {
    let Some(file) = file else {
        let new = ask_for_new(&format!("New passphrase of the {of} key: "))?.for_a_new_file()?;
        if ask_for_new("The same again: ")?.bytes() != new.bytes() {
            bail!("the two new passphrases of the {of} key differ: run the command again");
        }
        return Ok(new);
    };
    let new = Passphrase::in_file(file).map_err(anyhow::Error::from).and_then(|new| Ok(new.for_a_new_file()?));
    new.with_context(|| format!("the new passphrase of the {of} key"))
}

fn ask_for_new(question: &str) -> Result<Passphrase> {
    let typed = rpassword::prompt_password(question)
        .context("there is no terminal to ask for the new passphrase: name a file with --new-passphrase-file")?;
    Ok(Passphrase::typed(typed))
}

fn ask(question: &str, of: &str) -> Result<Passphrase> {
    let typed = rpassword::prompt_password(question).with_context(|| {
        format!(
            "there is no terminal to ask for the passphrase of the {of} key: name a file with --{of}-passphrase-file"
        )
    })?;
    Ok(Passphrase::typed(typed))
}
