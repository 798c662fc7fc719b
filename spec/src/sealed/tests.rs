#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::*;

/// The least that argon2 allows: tests are no secrets.
const CHEAP: Cost = Cost { memory_kib: 8, passes: 1 };

fn sealed(seed: u64, kind: Kind, plaintext: &[u8]) -> Vec<u8> {
    seal(kind, b"a passphrase", plaintext, CHEAP, &mut ChaCha20Rng::seed_from_u64(seed)).unwrap()
}

#[test]
fn what_was_sealed_opens() {
    for kind in Kind::ALL {
        let bytes = sealed(1, kind, b"secret");
        assert_eq!(*open(kind, b"a passphrase", &bytes).unwrap(), b"secret");
        assert_eq!(bytes.len(), 59 + 6 + 16);
        assert!(!bytes.windows(6).any(|window| window == b"secret"));
    }
    assert_ne!(sealed(1, Kind::Wallet, b"secret"), sealed(2, Kind::Wallet, b"secret"));
}

#[test]
fn files_with_one_flaw() {
    let good = sealed(1, Kind::Wallet, b"secret");
    let with = |at: usize, value: &[u8]| {
        let mut bytes = good.clone();
        bytes[at..at + value.len()].copy_from_slice(value);
        bytes
    };
    let flaws = [
        ("nothing", Vec::new(), CannotOpen::NotSealed),
        ("magic", with(0, b"B"), CannotOpen::NotSealed),
        ("version_0", with(12, &[0]), CannotOpen::OtherVersion),
        ("version_2", with(12, &[2]), CannotOpen::OtherVersion),
        ("kind_0", with(13, &[0]), CannotOpen::OtherVersion),
        ("kind_10", with(13, &[10]), CannotOpen::OtherVersion),
        ("kind_of_another", with(13, &[8]), CannotOpen::OtherKind { expected: Kind::Wallet, found: Kind::Backup }),
        ("four_terabytes", with(14, &[0xFF; 4]), CannotOpen::TooCostly),
        ("one_kib_above_the_cap", with(14, &(256 * 1024 + 1_u32).to_be_bytes()), CannotOpen::TooCostly),
        ("seven_kib", with(14, &7_u32.to_be_bytes()), CannotOpen::TooCostly),
        ("no_passes", with(18, &[0]), CannotOpen::TooCostly),
        ("17_passes", with(18, &[17]), CannotOpen::TooCostly),
        ("nine_kib", with(14, &9_u32.to_be_bytes()), CannotOpen::WrongPassphraseOrDamaged),
        ("header_cut_short", good[..58].to_vec(), CannotOpen::CutShort),
        ("tag_cut_short", good[..74].to_vec(), CannotOpen::CutShort),
        ("cut_by_one", good[..good.len() - 1].to_vec(), CannotOpen::WrongPassphraseOrDamaged),
        ("one_byte_more", [&good[..], &[0]].concat(), CannotOpen::WrongPassphraseOrDamaged),
        ("longer_than_4_mib", vec![0; MAX_BYTES + 1], CannotOpen::TooLong),
    ];
    for (flaw, bytes, reason) in flaws {
        assert_eq!(open(Kind::Wallet, b"a passphrase", &bytes).unwrap_err(), reason, "{flaw}");
    }
}

#[test]
fn wrong_passphrases() {
    let bytes = sealed(1, Kind::Wallet, b"secret");
    for passphrase in [&b"A passphrase"[..], b"a passphrase ", b""] {
        assert_eq!(open(Kind::Wallet, passphrase, &bytes).unwrap_err(), CannotOpen::WrongPassphraseOrDamaged);
    }
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    assert_eq!(seal(Kind::Wallet, b"", b"secret", CHEAP, &mut rng), Err(CannotSeal::EmptyPassphrase));
    assert_eq!(seal(Kind::Wallet, b"p", &vec![0; MAX_BYTES], CHEAP, &mut rng), Err(CannotSeal::TooLong));
}

#[test]
fn every_flipped_bit_is_noticed() {
    let good = sealed(1, Kind::RecordKey, b"secret");
    for bit in 0..good.len() * 8 {
        let mut bytes = good.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        // Flips that ask for up to 256 MiB are honest work for another test.
        let costs_memory = (14..18).contains(&(bit / 8)) && bit / 8 != 17;
        if !costs_memory {
            assert!(open(Kind::RecordKey, b"a passphrase", &bytes).is_err(), "bit {bit}");
        }
    }
}

#[test]
fn the_recommended_costs_are_ones_a_file_may_have() {
    for cost in [Cost::recommended(), Cost::interactive_minimum()] {
        assert_eq!(Cost::new(cost.memory_kib, cost.passes), Some(cost));
    }
    let bytes =
        seal(Kind::Wallet, b"p", b"s", Cost::interactive_minimum(), &mut ChaCha20Rng::seed_from_u64(1)).unwrap();
    assert_eq!(*open(Kind::Wallet, b"p", &bytes).unwrap(), b"s");
}

proptest! {
    #[test]
    fn contents_come_back(plaintext in prop::collection::vec(any::<u8>(), 0..300), seed: u64) {
        let bytes = sealed(seed, Kind::Backup, &plaintext);
        prop_assert_eq!(&*open(Kind::Backup, b"a passphrase", &bytes).unwrap(), &plaintext);
    }
}

/// N17.
#[cfg(unix)]
mod files {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::Path;

    use crate::sealed::file::{
        FileRefused, private_folder, read_private, replace, replace_public, write_new, write_new_public,
    };

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn keys_are_made_once_and_for_their_owner() {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("key");
        write_new(&key, b"first").unwrap();
        assert_eq!(mode(&key), 0o600);
        assert_eq!(*read_private(&key, 5).unwrap(), b"first");
        let refusal = write_new(&key, b"second").unwrap_err();
        assert!(matches!(refusal, FileRefused::Exists(_)));
        assert!(refusal.to_string().contains("choose another name"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left");
        assert_eq!(*read_private(&key, 5).unwrap(), b"first");
    }

    #[test]
    fn replacing_leaves_one_file_for_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let vault = folder.path().join("vault");
        replace(&vault, b"one").unwrap();
        replace(&vault, b"another").unwrap();
        assert_eq!(*read_private(&vault, 100).unwrap(), b"another");
        assert_eq!(mode(&vault), 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_anybody_may_read_is_written_the_same_way() {
        let folder = tempfile::tempdir().unwrap();
        let list = folder.path().join("list");
        write_new_public(&list, b"first").unwrap();
        assert!(matches!(write_new_public(&list, b"second").unwrap_err(), FileRefused::Exists(_)));
        assert_eq!(fs::read(&list).unwrap(), b"first");
        replace_public(&list, b"third").unwrap();
        assert_eq!(fs::read(&list).unwrap(), b"third");
        // Whatever the umask takes away, it gives nobody the right to write.
        assert_eq!(mode(&list) & 0o133, 0);
        assert_eq!(mode(&list) & 0o400, 0o400);
        assert!(matches!(read_private(&list, 5), Err(FileRefused::ReadableByOthers(_))));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left");
    }

    #[test]
    fn a_draft_of_a_killed_writer_is_in_nobodys_way() {
        let folder = tempfile::tempdir().unwrap();
        let (list, key) = (folder.path().join("list"), folder.path().join("key"));
        let left = |of: &str| folder.path().join(format!("{of}.{}.new", std::process::id()));
        for of in ["list", "key"] {
            fs::write(left(of), b"half of something very lo").unwrap();
        }
        write_new_public(&list, b"whole").unwrap();
        replace(&key, b"whole").unwrap();
        assert_eq!(fs::read(&list).unwrap(), b"whole");
        assert_eq!(*read_private(&key, 5).unwrap(), b"whole");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "no draft is left");
    }

    #[test]
    fn files_that_others_could_read_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("key");
        write_new(&key, b"secret").unwrap();
        for bits in [0o640, 0o604, 0o620, 0o602, 0o610, 0o644, 0o777] {
            fs::set_permissions(&key, Permissions::from_mode(bits)).unwrap();
            let refusal = read_private(&key, 100).unwrap_err();
            assert!(matches!(refusal, FileRefused::ReadableByOthers(_)), "{bits:o}");
            assert!(refusal.to_string().contains(&format!("chmod 600 {}", key.display())));
        }
        fs::set_permissions(&key, Permissions::from_mode(0o400)).unwrap();
        assert_eq!(*read_private(&key, 100).unwrap(), b"secret");
    }

    #[test]
    fn links_folders_and_long_files_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (key, link) = (folder.path().join("key"), folder.path().join("link"));
        write_new(&key, b"secret").unwrap();
        symlink(&key, &link).unwrap();
        assert!(matches!(read_private(&link, 100).unwrap_err(), FileRefused::Link(_)));
        assert!(matches!(replace(&link, b"other").unwrap_err(), FileRefused::Link(_)));
        assert!(matches!(write_new(&link, b"other").unwrap_err(), FileRefused::Exists(_)));
        assert!(matches!(read_private(folder.path(), 100).unwrap_err(), FileRefused::NotAFile(_)));
        assert!(matches!(read_private(&key, 5).unwrap_err(), FileRefused::TooLong { max: 5, .. }));
        let missing = read_private(&folder.path().join("none"), 5).unwrap_err();
        let missing = missing.to_string();
        assert!(
            missing.starts_with("cannot open ")
                && missing.ends_with(". Check the name, and the folder that you are in"),
            "{missing}"
        );
        assert!(matches!(replace(Path::new(".."), b"x").unwrap_err(), FileRefused::NoName(_)));
        assert_eq!(*read_private(&key, 6).unwrap(), b"secret");
    }

    #[test]
    fn folders_are_for_their_owner() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a/b");
        private_folder(&inner).unwrap();
        private_folder(&inner).unwrap();
        assert_eq!(mode(&inner), 0o700);
    }
}
