//! Where a passphrase comes from: a private file or whoever sits at the terminal, never the command line, which every process can
//! read.

use std::path::Path;

use anyhow::{Context, Result, bail};
use bauta_spec::sealed::file::read_private;
use zeroize::Zeroizing;

/// Fewer characters are guessed even against a slow key derivation.
const MIN_LEN: usize = 8;
const MAX_LEN: usize = 1024;

/// For a key that exists.
pub(crate) fn passphrase(file: Option<&Path>, of: &str) -> Result<Zeroizing<Vec<u8>>> {
    match file {
        Some(file) => {
            let mut passphrase =
                read_private(file, MAX_LEN).with_context(|| format!("the passphrase of the {of} key"))?;
            // An editor ends the line; that end is not part of what a person would type.
            while passphrase.last().is_some_and(|end| matches!(end, b'\n' | b'\r')) {
                passphrase.pop();
            }
            Ok(passphrase)
        }
        None => ask(&format!("Passphrase of the {of} key: "), of),
    }
}

/// For a key that is to be made: asked twice, because a slip would lose the key, and not too short.
pub(crate) fn chosen_passphrase(file: Option<&Path>, of: &str) -> Result<Zeroizing<Vec<u8>>> {
    let passphrase = passphrase(file, of)?;
    if passphrase.len() < MIN_LEN {
        bail!("choose a passphrase of at least {MIN_LEN} characters for the {of} key");
    }
    if file.is_none() && ask("The same again: ", of)? != passphrase {
        bail!("the two passphrases of the {of} key differ: run the command again");
    }
    Ok(passphrase)
}

fn ask(question: &str, of: &str) -> Result<Zeroizing<Vec<u8>>> {
    let typed = rpassword::prompt_password(question).with_context(|| {
        format!(
            "there is no terminal to ask for the passphrase of the {of} key: name a file with --{of}-passphrase-file"
        )
    })?;
    Ok(Zeroizing::new(typed.into_bytes()))
}
