//! The wallet file (N15): copied, cut, changed, rolled back, opened with a wrong passphrase, and shared by two programs.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)] // a test says what is wrong by failing

mod world;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::LazyLock;

use bauta_spec::sealed::file::FileRefused;
use bauta_spec::sealed::{self, Cost, Kind};
use bauta_wallet::errand::{Admission, Errand, Pickup};
use bauta_wallet::renew::HintWish;
use bauta_wallet::vault::{CannotOpen, FileError, Vault, VaultFile};
use proptest::prelude::*;
use tempfile::TempDir;
use world::{Waiting, World, tested};

const PASSPHRASE: &[u8] = b"correct horse battery";
const CODE: &str = "04HMASW9NF6YZ08HMASW9NF6YZ";

fn cheap() -> Cost {
    Cost::new(8, 1).unwrap()
}

struct Home {
    world: World,
    folder: TempDir,
}

impl Home {
    fn new() -> Self {
        Self { world: World::new(30), folder: TempDir::new().unwrap() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("my.wallet")
    }

    fn file(&self) -> VaultFile {
        VaultFile::at(&self.path())
    }

    fn with_wallet() -> Self {
        let mut home = Self::new();
        let mut vault = home.world.wallet();
        home.file().create(&mut vault, PASSPHRASE, cheap(), &mut home.world.rng).unwrap();
        home
    }

    /// One collection, saved twice as the program does it.
    fn collect(&mut self) {
        let mut editing = self.file().edit(PASSPHRASE).unwrap();
        let world = &mut self.world;
        world
            .waiting
            .insert(CODE.to_owned(), Waiting { record_type: "health-record", facts: tested(), taken_by: None });
        let errand = Errand::new(world.issuer(), Pickup::Code(CODE.parse().unwrap()));
        let reply = world.answer(&errand.call()).unwrap();
        let Admission::Go(admitted) = errand.admitted(&reply, &mut editing).unwrap() else { panic!("a fresh code") };
        let asked = admitted.ask(&mut editing, &mut world.rng).unwrap();
        editing.save(PASSPHRASE, cheap(), &mut world.rng).unwrap();
        let reply = world.answer(asked.call()).unwrap();
        asked.received(&reply, &mut editing, world.now).unwrap();
        editing.save(PASSPHRASE, cheap(), &mut world.rng).unwrap();
    }
}

#[test]
fn what_was_saved_is_there() {
    let mut home = Home::with_wallet();
    home.collect();
    let vault = home.file().read(PASSPHRASE).unwrap();
    assert_eq!(vault.records().len(), 1);
    assert_eq!(vault.interrupted().unwrap().len(), 1, "the lab has not been told yet");
    assert_eq!(fs::metadata(home.path()).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn the_file_holds_nothing_in_the_clear() {
    let mut home = Home::with_wallet();
    home.collect();
    let vault = home.file().read(PASSPHRASE).unwrap();
    let bytes = fs::read(home.path()).unwrap();
    let secret = vault.secret().to_bytes();
    for clear in [CODE.as_bytes(), b"lab.example", b"health-record", &secret[..8]] {
        assert!(!bytes.windows(clear.len()).any(|window| window == clear));
    }
}

#[test]
fn a_wrong_passphrase() {
    let home = Home::with_wallet();
    let refused = home.file().read(b"incorrect horse").unwrap_err();
    assert!(matches!(refused, FileError::CannotOpen(CannotOpen::Sealed(sealed::CannotOpen::WrongPassphraseOrDamaged))));
}

#[test]
fn no_wallet_is_overwritten() {
    let mut home = Home::with_wallet();
    let mut other = home.world.wallet();
    let refused = home.file().create(&mut other, PASSPHRASE, cheap(), &mut home.world.rng).unwrap_err();
    assert!(matches!(refused, FileError::Refused(FileRefused::Exists(_))));
}

#[test]
fn a_file_that_others_can_read() {
    let home = Home::with_wallet();
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o644)).unwrap();
    let refused = home.file().read(PASSPHRASE).unwrap_err();
    assert!(matches!(refused, FileError::Refused(FileRefused::ReadableByOthers(_))));
}

#[test]
fn an_older_copy_put_back() {
    let mut home = Home::with_wallet();
    let older = fs::read(home.path()).unwrap();
    home.collect();
    fs::write(home.path(), older).unwrap();
    let refused = home.file().read(PASSPHRASE).unwrap_err();
    assert!(matches!(refused, FileError::RolledBack { found: 1, last_change: 3, .. }), "{refused}");
    assert!(matches!(home.file().edit(PASSPHRASE).err(), Some(FileError::RolledBack { .. })));

    // What the message says to do helps.
    fs::remove_file(home.folder.path().join("my.wallet.lock")).unwrap();
    assert!(home.file().read(PASSPHRASE).is_ok());
}

#[test]
fn a_restored_wallet_is_not_taken_for_an_older_copy() {
    let mut home = Home::with_wallet();
    let backup = home.file().read(PASSPHRASE).unwrap().seal(Kind::Backup, b"other words", cheap(), &mut home.world.rng);
    let backup = backup.unwrap();
    home.collect();
    fs::remove_file(home.path()).unwrap();

    let mut restored = Vault::open(Kind::Backup, b"other words", &backup).unwrap();
    home.file().create(&mut restored, PASSPHRASE, cheap(), &mut home.world.rng).unwrap();
    assert!(home.file().read(PASSPHRASE).is_ok());
}

#[test]
fn a_backup_is_no_wallet_and_a_wallet_no_backup() {
    let mut home = Home::with_wallet();
    let vault = home.file().read(PASSPHRASE).unwrap();
    let backup = vault.seal(Kind::Backup, PASSPHRASE, cheap(), &mut home.world.rng).unwrap();
    fs::write(home.path(), backup).unwrap();
    let refused = home.file().read(PASSPHRASE).unwrap_err();
    assert!(refused.to_string().contains("a wallet backup"), "{refused}");
}

/// Version 1 held no wish for the hint; what looks like one is not read as if it did.
#[test]
fn a_vault_of_another_version() {
    let mut home = Home::new();
    let vault = home.world.wallet();
    let sealed = vault.seal(Kind::Wallet, PASSPHRASE, cheap(), &mut home.world.rng).unwrap();
    let mut plain = sealed::open(Kind::Wallet, PASSPHRASE, &sealed).unwrap();
    assert_eq!(plain[..2], [0x89, 2], "an array of nine, the version first");
    for version in [0, 1, 3] {
        plain[1] = version;
        let sealed = sealed::seal(Kind::Wallet, PASSPHRASE, &plain, cheap(), &mut home.world.rng).unwrap();
        let refused = Vault::open(Kind::Wallet, PASSPHRASE, &sealed).unwrap_err();
        assert!(matches!(refused, CannotOpen::Malformed(_)), "version {version}: {refused}");
    }
}

#[test]
fn the_secret_survives_backup_and_shows_stay_the_holders() {
    let mut home = Home::with_wallet();
    home.collect();
    let mut vault = home.file().read(PASSPHRASE).unwrap();
    assert_eq!(vault.hint_wish(), HintWish::LeaveOut, "nobody has asked for the hint");
    vault.wish_for_hint(HintWish::Include);
    let backup = vault.seal(Kind::Backup, b"other words", cheap(), &mut home.world.rng).unwrap();
    let restored = Vault::open(Kind::Backup, b"other words", &backup).unwrap();
    assert_eq!(restored.secret().to_bytes(), vault.secret().to_bytes());
    assert_eq!(restored.records()[0].claims(), vault.records()[0].claims());
    assert_eq!(restored.trust().hash(), vault.trust().hash());
    assert_eq!(restored.hint_wish(), HintWish::Include);
}

#[test]
fn two_programs_lose_none_of_each_others_changes() {
    let home = Home::with_wallet();
    let each = 20;
    std::thread::scope(|scope| {
        for seed in 0..2 {
            let file = home.file();
            scope.spawn(move || {
                let mut world = World::new(31 + seed);
                for _ in 0..each {
                    let mut editing = file.edit(PASSPHRASE).unwrap();
                    editing.save(PASSPHRASE, cheap(), &mut world.rng).unwrap();
                }
            });
        }
    });
    let note = fs::read_to_string(home.folder.path().join("my.wallet.lock")).unwrap();
    assert_eq!(note.trim().parse::<u64>().unwrap(), 1 + 2 * each, "a change was made on top of one that was lost");
}

#[test]
fn a_reader_beside_a_writer_sees_the_wallet_before_or_after() {
    let home = Home::with_wallet();
    let (reading, writing) = (home.file(), home.file());
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let mut world = World::new(33);
            for _ in 0..100 {
                let mut editing = writing.edit(PASSPHRASE).unwrap();
                editing.save(PASSPHRASE, cheap(), &mut world.rng).unwrap();
            }
        });
        for _ in 0..100 {
            reading.read(PASSPHRASE).unwrap();
        }
    });
}

#[test]
fn what_is_not_saved_has_not_happened() {
    let home = Home::with_wallet();
    let mut editing = home.file().edit(PASSPHRASE).unwrap();
    editing.forget_interrupted();
    drop(editing);
    assert!(home.file().read(PASSPHRASE).is_ok());
}

static SEALED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut world = World::new(34);
    world.wallet().seal(Kind::Wallet, PASSPHRASE, cheap(), &mut world.rng).unwrap()
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_flipped_bit_and_every_cut_is_refused(bit in any::<prop::sample::Index>(), cut in any::<prop::sample::Index>()) {
        let bit = bit.index(SEALED.len() * 8);
        let mut flipped = SEALED.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(Vault::open(Kind::Wallet, PASSPHRASE, &flipped).is_err());
        prop_assert!(Vault::open(Kind::Wallet, PASSPHRASE, &SEALED[..cut.index(SEALED.len())]).is_err());
    }
}
