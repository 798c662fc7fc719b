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

fn ask(question: &str, of: &str) -> Result<Passphrase> {
    let typed = rpassword::prompt_password(question).with_context(|| {
        format!(
            "there is no terminal to ask for the passphrase of the {of} key: name a file with --{of}-passphrase-file"
        )
    })?;
    Ok(Passphrase::typed(typed))
}
