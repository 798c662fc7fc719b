use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use zeroize::Zeroizing;

/// From a file, without its line end, or from whoever sits at the terminal.
pub(crate) fn passphrase(file: Option<&Path>, of: &str) -> Result<Zeroizing<Vec<u8>>> {
    let mut passphrase = match file {
        Some(file) => Zeroizing::new(
            fs::read(file)
                .with_context(|| format!("cannot read the passphrase of the {of} key from {}", file.display()))?,
        ),
        None => {
            let typed = rpassword::prompt_password(format!("Passphrase of the {of} key: ")).with_context(|| {
                format!("there is no terminal to ask for the passphrase of the {of} key: name a file with --{of}-passphrase-file")
            })?;
            Zeroizing::new(typed.into_bytes())
        }
    };
    while passphrase.last().is_some_and(|end| matches!(end, b'\n' | b'\r')) {
        passphrase.pop();
    }
    if passphrase.is_empty() {
        bail!("the passphrase of the {of} key is empty: choose one");
    }
    Ok(passphrase)
}
