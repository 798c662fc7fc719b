//! The same on the disks of the real programs: logs, database, the door's folder.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use bauta_tests::city::{CODES, City, offers};

/// Every file below a folder.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let bytes = fs::read(&path).unwrap();
            found.insert(path, bytes);
        }
    }
    found
}

#[test]
fn p5_logs_database_and_door_hold_nothing_about_anybody() {
    let folder = tempfile::tempdir().unwrap();
    let city = City::ready(folder.path()).unwrap();
    let lab = city.shell().folder().join("lab");
    let mut settings = fs::File::options().append(true).open(lab.join("bauta-issuer.toml")).unwrap();
    writeln!(settings, "log_level = \"debug\"").unwrap();
    let service = city.serve().unwrap();
    city.anna_has_passes().unwrap();
    city.door_is_set_up().unwrap();
    service.stop().unwrap();

    let door = files(&city.shell().folder().join("door"));
    city.done("bauta-wallet show entry --wallet anna.wallet --png anna.png").unwrap();
    let checked = city.done("bauta-verifier check --policy entry --picture anna.png --json").unwrap();
    assert!(checked.out.contains("accepted"));
    assert!(door == files(&city.shell().folder().join("door")), "a check has changed the door's folder");

    // Words of the vocabulary would prove nothing: the database remembers the trust list, which spells all of them.
    let mut canaries = ["order-1001", "order-1002", "M/05", "A/11"].map(str::to_owned).to_vec();
    let offers = offers(&city.shell().folder().join(CODES)).unwrap();
    canaries.extend(offers.iter().map(|offer| offer.split_once('#').unwrap().1.to_owned()));
    let kept = files(&lab);
    let log = &kept[&lab.join("serve.log")];
    assert!(String::from_utf8_lossy(log).contains("/credential"), "the log says nothing at all");
    for (path, bytes) in &kept {
        for canary in &canaries {
            let found = bytes.windows(canary.len()).any(|window| window == canary.as_bytes());
            assert!(!found, "{} holds {canary}", path.display());
        }
    }
    // One line per request, without the address that it came from.
    for line in String::from_utf8_lossy(log).lines().filter(|line| line.contains("/credential")) {
        assert!(!line.contains("127.0.0.1"), "{line}");
    }
}
