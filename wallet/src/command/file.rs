//! Making, copying, restoring and removing a wallet.

use std::fs;
use std::path::Path;

use bauta_spec::sealed::file::{read_private, write_new};
use bauta_spec::sealed::{self, Cost, Kind};
use bauta_spec::signed::RootPublic;
use bauta_wallet::vault::{Source, Vault};

use super::{Place, World, trust};
use crate::args::{BackupPassphrase, Forget};
use crate::failure::Failure;
use crate::http::Http;
use crate::passphrase::{chosen_passphrase, new_passphrase, passphrase as passphrase_of};

pub(super) fn init(place: &Place, root: &Path, from: &str, http: &Http, world: &mut World) -> Result<(), Failure> {
    must_be_new(place)?;
    let root = RootPublic::in_file(root).map_err(|no_root| Failure::Usage(no_root.to_string()))?;
    let source = source(from)?;
    let list = trust::fetch(&source, http)?;
    let mut vault = Vault::new(root, source, &list, world.now(), &mut world.rng)?;
    create(place, &mut vault, world)?;
    println!(
        "A wallet for \"{}\" lies in {}. Next: `collect` with the link that a lab gives you.",
        vault.trust().programme().name,
        place.file.path().display()
    );
    Ok(())
}

/// Said before anything is fetched or asked; that nothing is overwritten does not hang on it.
fn must_be_new(place: &Place) -> Result<(), Failure> {
    if place.file.path().symlink_metadata().is_ok() {
        return Err(Failure::Usage(format!(
            "{} exists already: name another file with --wallet, or remove this one with `forget --all`",
            place.file.path().display()
        )));
    }
    Ok(())
}

fn create(place: &Place, vault: &mut Vault, world: &mut World) -> Result<(), Failure> {
    let passphrase = chosen_passphrase("the new wallet", place.passphrase_file())?;
    Ok(place.file.create(vault, passphrase.bytes(), Cost::recommended(), &mut world.rng)?)
}

/// A file is remembered by its full path: the next command may run in another folder.
fn source(text: &str) -> Result<Source, Failure> {
    if text.contains("://") {
        return text.parse().map(Source::Url).map_err(Failure::Link);
    }
    let path = fs::canonicalize(text)
        .map_err(|error| Failure::Usage(format!("cannot find the trust list {text}: {error}")))?;
    match path.to_str() {
        Some(_) => Ok(Source::File(path)),
        None => Err(Failure::Usage("the path of the trust list must be plain text".to_owned())),
    }
}

pub(super) fn backup(place: &Place, file: &Path, own: &BackupPassphrase, world: &mut World) -> Result<(), Failure> {
    let vault = place.read()?;
    let passphrase = chosen_passphrase("the backup", own.backup_passphrase_file.as_deref())?;
    let sealed = vault
        .seal(Kind::Backup, passphrase.bytes(), Cost::recommended(), &mut world.rng)
        .map_err(|error| Failure::File(error.into()))?;
    write_new(file, &sealed).map_err(Failure::Output)?;
    println!(
        "The backup lies in {}. Keep it apart from this device, and its passphrase apart from both.",
        file.display()
    );
    Ok(())
}

pub(super) fn restore(place: &Place, file: &Path, own: &BackupPassphrase, world: &mut World) -> Result<(), Failure> {
    must_be_new(place)?;
    let sealed = read_private(file, sealed::MAX_BYTES).map_err(Failure::Output)?;
    let passphrase = passphrase_of("the backup", own.backup_passphrase_file.as_deref())?;
    let mut vault = Vault::open(Kind::Backup, passphrase.bytes(), &sealed).map_err(Failure::Backup)?;
    create(place, &mut vault, world)?;
    println!(
        "The wallet lies in {} again, with {} records. Next: `trust update`, then `renew`.",
        place.file.path().display(),
        vault.records().len()
    );
    Ok(())
}

pub(super) fn passphrase(place: &Place, new: Option<&Path>, world: &mut World) -> Result<(), Failure> {
    let mut open = place.edit()?;
    open.passphrase = new_passphrase(new)?;
    open.save(world)?;
    println!(
        "{} opens with the new passphrase. Backups and copies made before open with the one that they were made with.",
        place.file.path().display()
    );
    Ok(())
}

pub(super) fn forget(place: &Place, what: &Forget, world: &mut World) -> Result<(), Failure> {
    if what.all {
        // Asked for all the same, so that nobody removes a wallet that is not theirs to open.
        drop(place.read()?);
        place.file.remove()?;
        println!("{} is gone.", place.file.path().display());
        return Ok(());
    }
    let mut open = place.edit()?;
    if what.interrupted {
        open.vault.forget_interrupted();
        open.save(world)?;
        println!("No collection is interrupted any more.");
        return Ok(());
    }
    let gone = what.record.and_then(|number| number.checked_sub(1)).and_then(|index| open.vault.forget(index));
    let record = gone.ok_or_else(|| Failure::Usage("there is no record of that number: see `list`".to_owned()))?;
    open.save(world)?;
    println!("The {} from {} is gone, with its passes.", record.credential_type().name(), record.issuer());
    Ok(())
}
