//! Where the passphrase comes from: a private file or a prompt, never the command line, which every process can read.

use std::path::Path;

use bauta_spec::sealed::file::read_private;
use zeroize::Zeroizing;

use crate::failure::Failure;

/// Fewer characters are guessed even against a slow key derivation.
const MIN_LEN: usize = 8;
const MAX_LEN: usize = 1024;

/// What a wallet or backup is sealed under.
pub(crate) struct Passphrase(Zeroizing<Vec<u8>>);

impl Passphrase {
    /// For a file that exists.
    pub(crate) fn of(what: &str, file: Option<&Path>) -> Result<Self, Failure> {
        match file {
            Some(file) => Self::from_file(file),
            None => ask(&format!("Passphrase of {what}: ")),
        }
    }

    /// For a file that is to be made: asked twice, and not too short.
    pub(crate) fn chosen_for(what: &str, file: Option<&Path>) -> Result<Self, Failure> {
        let passphrase = Self::of(what, file)?;
        if passphrase.0.len() < MIN_LEN {
            return Err(Failure::Usage(format!("choose a passphrase of at least {MIN_LEN} characters")));
        }
        if file.is_none() && ask("The same again: ")?.0 != passphrase.0 {
            return Err(Failure::Usage("the two passphrases differ: run the command again".to_owned()));
        }
        Ok(passphrase)
    }

    fn from_file(file: &Path) -> Result<Self, Failure> {
        let mut bytes = read_private(file, MAX_LEN).map_err(Failure::Passphrase)?;
        // An editor ends the line; that end is not part of what a person would type.
        if bytes.last() == Some(&b'\n') {
            bytes.pop();
        }
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        Ok(Self(bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

fn ask(question: &str) -> Result<Passphrase, Failure> {
    let typed = rpassword::prompt_password(question).map_err(|_| {
        Failure::Usage("there is no terminal to ask for the passphrase: name a file with --passphrase-file".to_owned())
    })?;
    Ok(Passphrase(Zeroizing::new(typed.into_bytes())))
}
