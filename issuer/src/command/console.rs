//! The person at the console.

use std::io;
use std::path::Path;

use anyhow::Context as _;
use zeroize::Zeroizing;

/// How often a passphrase is typed: a new one twice.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Typed {
    Once,
    Twice,
}

/// From the file, or from the keyboard.
pub(crate) fn passphrase(file: Option<&Path>, how_often: Typed) -> anyhow::Result<Zeroizing<Vec<u8>>> {
    match file {
        Some(file) => Ok(bauta_issuer::passphrase_in(file)?),
        None => typed(how_often).context(
            "no passphrase: type one at a terminal, or name a file with --passphrase-file or `passphrase_file`",
        ),
    }
}

pub(crate) fn typed(how_often: Typed) -> io::Result<Zeroizing<Vec<u8>>> {
    let first = Zeroizing::new(rpassword::prompt_password("Passphrase: ")?);
    if how_often == Typed::Twice && *Zeroizing::new(rpassword::prompt_password("Once more: ")?) != *first {
        return Err(io::Error::other("the two are not the same"));
    }
    Ok(Zeroizing::new(first.as_bytes().to_vec()))
}
