//! Files with secrets in the wrong hands: wallets and keys, copied, changed, put back, left open.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use bauta_issuer::{IssuingKey, KeyError};
use bauta_spec::sealed::file::FileRefused;
use bauta_spec::sealed::{self, CannotOpen, Cost, Kind};
use bauta_tests::Town;
use bauta_wallet::vault::{CannotOpen as NoVault, FileError, Source, Vault, VaultFile};

use crate::trust::published;

/// As little work as there may be: what is tested here does not depend on it.
const CHEAP: Cost = Cost::new(8, 1).expect("the least cost there is");
const PASSPHRASE: &[u8] = b"correct horse battery staple";

/// A folder with a wallet in it.
fn wallet(town: &Town) -> (tempfile::TempDir, PathBuf, VaultFile) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("anna.wallet");
    let source = Source::File(folder.path().join("nowhere"));
    let mut vault =
        Vault::new(town.official.root(), source, town.trust().bytes(), town.now(), &mut town.rng()).unwrap();
    let file = VaultFile::at(&path);
    file.create(&mut vault, PASSPHRASE, CHEAP, &mut town.rng()).unwrap();
    (folder, path, file)
}

#[test]
fn n15_a_copied_wallet_opens_for_nobody_without_the_passphrase_and_no_bit_of_it_can_be_changed() {
    let town = Town::with_seed(100);
    let (_folder, path, file) = wallet(&town);
    let good = fs::read(&path).unwrap();
    let secret = *file.read(PASSPHRASE).unwrap().secret().to_bytes();
    assert!(!good.windows(32).any(|window| window == secret));
    for wrong in [&b""[..], b"correct horse battery stapl", b"Correct horse battery staple"] {
        assert!(is_closed(file.read(wrong)));
    }
    // Header, salt, nonce and the beginning bit by bit; the rest in strides.
    let bits = (0..100 * 8).chain((100 * 8..good.len() * 8).step_by(4001));
    for bit in bits {
        let mut flipped = good.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        fs::write(&path, &flipped).unwrap();
        assert!(is_closed(file.read(PASSPHRASE)), "opened with bit {bit} flipped");
    }
    for length in [0, 1, 20, 60, good.len() / 2, good.len() - 1] {
        fs::write(&path, &good[..length]).unwrap();
        assert!(is_closed(file.read(PASSPHRASE)), "opened with {length} bytes");
    }
    fs::write(&path, [&good[..], &[0]].concat()).unwrap();
    assert!(is_closed(file.read(PASSPHRASE)), "opened with a byte more");
    fs::write(&path, &good).unwrap();
    assert!(file.read(PASSPHRASE).is_ok());
}

fn is_closed(opened: Result<Vault, FileError>) -> bool {
    matches!(opened, Err(FileError::CannotOpen(NoVault::Sealed(_))))
}

#[test]
fn n15_an_older_copy_of_a_wallet_is_noticed() {
    let town = Town::with_seed(101);
    let (_folder, path, file) = wallet(&town);
    let older = fs::read(&path).unwrap();
    file.edit(PASSPHRASE).unwrap().save(PASSPHRASE, CHEAP, &mut town.rng()).unwrap();
    assert!(file.read(PASSPHRASE).is_ok());
    fs::write(&path, older).unwrap();
    assert!(matches!(file.read(PASSPHRASE), Err(FileError::RolledBack { .. })));
}

#[test]
fn n15_a_wallet_that_others_can_read_or_that_is_a_link_is_refused() {
    let town = Town::with_seed(102);
    let (folder, path, file) = wallet(&town);
    set_mode(&path, 0o644);
    assert!(matches!(file.read(PASSPHRASE), Err(FileError::Refused(FileRefused::ReadableByOthers(_)))));
    set_mode(&path, 0o600);
    let link = folder.path().join("link.wallet");
    symlink(&path, &link).unwrap();
    assert!(matches!(VaultFile::at(&link).read(PASSPHRASE), Err(FileError::Refused(FileRefused::Link(_)))));
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// A folder with a sealed issuing key in it.
fn key_file(town: &Town) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("entry-pass.key");
    let key = IssuingKey::generate("entry-pass".parse().unwrap(), &mut town.rng());
    key.write_new(&path, PASSPHRASE, CHEAP, &mut town.rng()).unwrap();
    (folder, path)
}

#[test]
fn n17_a_key_file_left_open_linked_cut_or_opened_with_another_passphrase_is_refused_with_what_to_do() {
    let town = Town::with_seed(103);
    let (folder, path) = key_file(&town);
    let refused = |path: &Path, passphrase: &[u8]| IssuingKey::open(path, passphrase).unwrap_err();
    assert!(IssuingKey::open(&path, PASSPHRASE).is_ok());

    for mode in [0o644, 0o640, 0o604, 0o660] {
        set_mode(&path, mode);
        let message = refused(&path, PASSPHRASE).to_string();
        assert!(message.contains("chmod 600"), "{mode:o}: {message}");
    }
    set_mode(&path, 0o600);

    let link = folder.path().join("link.key");
    symlink(&path, &link).unwrap();
    assert!(matches!(refused(&link, PASSPHRASE), KeyError::File(FileRefused::Link(_))));

    let wrong = refused(&path, b"wrong");
    assert!(matches!(wrong, KeyError::NotOpened { cause: CannotOpen::WrongPassphraseOrDamaged, .. }), "{wrong}");

    let good = fs::read(&path).unwrap();
    for length in [0, 10, 40, good.len() - 1] {
        fs::write(&path, &good[..length]).unwrap();
        assert!(matches!(refused(&path, PASSPHRASE), KeyError::NotOpened { .. }), "{length} bytes");
    }
    fs::write(&path, &good).unwrap();
    assert!(IssuingKey::open(&path, PASSPHRASE).is_ok());
}

#[test]
fn n17_a_key_file_is_never_overwritten() {
    let town = Town::with_seed(104);
    let (_folder, path) = key_file(&town);
    let before = fs::read(&path).unwrap();
    let key = IssuingKey::generate("entry-pass".parse().unwrap(), &mut town.rng());
    let refused = key.write_new(&path, PASSPHRASE, CHEAP, &mut town.rng());
    assert!(matches!(refused, Err(KeyError::File(FileRefused::Exists(_)))));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn n19_an_issuer_does_not_start_with_a_key_from_the_test_vectors() {
    let town = Town::with_seed(105);
    let (folder, _) = key_file(&town);
    let path = folder.path().join("published.key");
    let plain = [&published().to_bytes()[..], b"health-record"].concat();
    let sealed = sealed::seal(Kind::RecordKey, PASSPHRASE, &plain, CHEAP, &mut town.rng()).unwrap();
    fs::write(&path, sealed).unwrap();
    set_mode(&path, 0o600);
    assert!(matches!(IssuingKey::open(&path, PASSPHRASE), Err(KeyError::Published(_))));
}
