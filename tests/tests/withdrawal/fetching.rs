//! How wallets and doors ask for the list: all alike, at a pace of their own, and never because of anybody at a door.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::field::{Field, Timers, until};
use crate::static_files::Asked;

#[test]
fn a9_programs_ask_for_the_list_with_the_same_bytes_whoever_they_are_and_whatever_they_were_told() {
    let mut field = Field::published(Timers::Quick);
    field.serves_with(&["health-record", "entry-pass", "health-pass"]);
    field.citizen_with("anna", &field.result("anna", ""));
    field.citizen_with("bilal", &field.result("bilal", ""));
    field.venue("one");
    field.venue("other");
    // What the server gave along, cookies and validators, has been heard by now: whoever keeps any of it shows it here.
    for _ in 0..2 {
        for line in [
            "bauta-wallet trust update --wallet anna.wallet",
            "bauta-wallet trust update --wallet bilal.wallet",
            "bauta-wallet renew --wallet anna.wallet",
            "bauta-verifier update --dir one",
            "bauta-verifier update --dir other",
        ] {
            field.done(line);
        }
    }
    let asked = field.files.taken();
    assert!(asked.len() >= 14, "{}", asked.len());
    let lines: BTreeSet<&str> = asked.iter().map(|asked| asked.line.as_str()).collect();
    assert_eq!(lines, ["GET /trust-list.cbor HTTP/1.1"].into(), "no query, and one file for everybody");
    let headers: BTreeSet<&BTreeMap<String, String>> = asked.iter().map(|asked| &asked.headers).collect();
    assert_eq!(headers.len(), 1, "wallets and doors send the same: {headers:?}");
    let sent = headers.first().unwrap();
    let allowed = ["accept", "accept-encoding", "host", "user-agent"];
    assert!(sent.keys().all(|name| allowed.contains(&name.as_str())), "{sent:?}");
    assert_eq!(sent["accept"], "application/cbor");
    assert!(sent.get("user-agent").is_none_or(String::is_empty), "names no program: {sent:?}");
}

#[test]
fn a9_a_door_fetches_at_its_pace_and_never_because_of_a_scan() {
    let mut field = Field::published(Timers::Quick);
    field.serves_with(&["health-record", "entry-pass", "health-pass"]);
    field.citizen_with("anna", &field.result("anna", ""));
    field.venue("door");
    let mut door = field.door("door");
    drop(field.files.taken());
    for _ in 0..3 {
        assert_eq!(door.scan(&field.shows("anna")), "accepted");
    }
    assert_eq!(field.files.taken().len(), 0, "nobody asks because of a showing or a scan");

    let line = "bauta-verifier update --dir door --every 2";
    let mut updates = field.city.shell().start(line, std::path::Path::new("pace.log")).unwrap();
    let mut asked: Vec<Asked> = Vec::new();
    until(|| {
        asked.append(&mut field.files.taken());
        // Scans come and go meanwhile.
        assert_eq!(door.scan(&field.shows("anna")), "accepted");
        (asked.len() >= 4).then_some(())
    });
    updates.kill().unwrap();
    let first = asked.first().unwrap().at;
    for (asked, number) in asked.iter().zip(0..) {
        let late = asked.at.duration_since(first).saturating_sub(Duration::from_secs(2) * number);
        assert!(late < Duration::from_secs(1), "fetch {number} came {late:?} late");
        let early = (Duration::from_secs(2) * number).saturating_sub(asked.at.duration_since(first));
        assert!(early < Duration::from_secs(1), "fetch {number} came {early:?} early");
    }
}
