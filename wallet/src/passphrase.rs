//! Where a passphrase comes from: a private file or whoever sits at the terminal.

use std::path::Path;

use bauta_spec::sealed::Passphrase;

use crate::failure::Failure;

const FLAG: &str = "--passphrase-file";

/// For a file that exists.
pub(crate) fn passphrase(of: &str, file: Option<&Path>) -> Result<Passphrase, Failure> {
    match file {
        Some(file) => Passphrase::in_file(file).map_err(Failure::Passphrase),
        None => ask(&format!("Passphrase of {of}: "), FLAG),
    }
}

/// For a file that is to be made: asked twice, because a slip would lose it.
pub(crate) fn chosen_passphrase(of: &str, file: Option<&Path>) -> Result<Passphrase, Failure> {
    let passphrase =
        passphrase(of, file)?.for_a_new_file().map_err(|too_short| Failure::Usage(too_short.to_string()))?;
    if file.is_none() && ask("The same again: ", FLAG)?.bytes() != passphrase.bytes() {
        return Err(Failure::Usage("the two passphrases differ: run the command again".to_owned()));
    }
    Ok(passphrase)
}

/// For a file that exists and is to have another one.
pub(crate) fn new_passphrase(file: Option<&Path>) -> Result<Passphrase, Failure> {
    const NEW: &str = "--new-passphrase-file";
    let new = match file {
        Some(file) => Passphrase::in_file(file).map_err(Failure::Passphrase)?,
        None => ask("New passphrase: ", NEW)?,
    };
    let new = new.for_a_new_file().map_err(|too_short| Failure::Usage(too_short.to_string()))?;
    if file.is_none() && ask("The same again: ", NEW)?.bytes() != new.bytes() {
        return Err(Failure::Usage("the two passphrases differ: run the command again".to_owned()));
    }
    Ok(new)
}

fn ask(question: &str, flag: &str) -> Result<Passphrase, Failure> {
    let typed = rpassword::prompt_password(question).map_err(|_| {
        Failure::Usage(format!("there is no terminal to ask for the passphrase: name a file with {flag}"))
    })?;
    Ok(Passphrase::typed(typed))
}
