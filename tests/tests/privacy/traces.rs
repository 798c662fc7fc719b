//! What stays with the lab and the office: no fact, no code, nothing that occurs in a showing.

use std::collections::BTreeSet;
use std::path::Path;

use bauta_spec::attributes::Value;
use bauta_tests::{Citizen, Collected, Town};
use bauta_wallet::collect::Requested;
use bauta_wallet::renew::{HintWish, Renewal};

use crate::TESTED;

/// Everything in the lab's folder, database and journals alike, that is not published anyway.
fn kept_by(town: &Town) -> Vec<u8> {
    let mut kept = Vec::new();
    for entry in std::fs::read_dir(town.lab.folder()).unwrap() {
        let path = entry.unwrap().path();
        if is_public(&path) {
            continue;
        }
        kept.extend(path.file_name().unwrap().as_encoded_bytes());
        kept.extend(std::fs::read(path).unwrap());
    }
    kept
}

fn is_public(path: &Path) -> bool {
    path.ends_with("trust-list.cbor") || path.ends_with("bauta-issuer.toml")
}

fn contains(hay: &[u8], needle: &[u8]) -> bool {
    hay.windows(needle.len()).any(|window| window == needle)
}

#[test]
fn p5_the_database_holds_no_fact_no_code_and_no_commitment_after_collection() {
    let town = Town::with_seed(80);
    let anna = town.citizen();
    let before = town.lab.add("health-record", TESTED);
    let code = before.offer.code.as_ref().unwrap();
    let code_text = code.text();
    let requested = Requested::new(&anna.secret, &mut town.rng()).unwrap();
    let binding = requested.binding().bytes();
    let commitment = requested.commitment().to_bytes();
    let collected = town.lab.collect(&before, requested.commitment()).unwrap();

    // While the wallet may still ask again, the code is bound to this commitment, and what stands there can be found.
    assert!(contains(&kept_by(&town), &binding), "the search would find nothing");
    town.lab.acknowledge(&collected);
    let kept = kept_by(&town);
    assert!(contains(&kept, &before.handle.bytes()), "the search would find nothing");
    let canaries: [(&str, &[u8]); 8] = [
        ("the code", code.expose()),
        ("the code as text", code_text.as_bytes()),
        ("the binding", &binding),
        ("the commitment", &commitment[..48]),
        ("the commitment's proof", &commitment[48..]),
        ("the kind of test", b"naat"),
        ("the day of the test", b"2026-11-23"),
        ("the age band", b"21-64"),
    ];
    for (what, canary) in canaries {
        assert!(!contains(&kept, canary), "{what} is still there");
    }
}

#[test]
fn p5_the_office_writes_nothing() {
    let town = Town::with_seed(81);
    let mut anna = town.citizen();
    anna.collect(&town, &town.lab.add("health-record", TESTED));
    let before = kept_by(&town);
    for _ in 0..5 {
        anna.renew(&town);
    }
    assert!(before == kept_by(&town), "renewing has changed what the lab keeps");
}

/// Everything that lab and office ever saw or made for one citizen, and their whole database.
struct Dossier(Vec<Vec<u8>>);

impl Dossier {
    /// Goes the whole way with `citizen` and keeps a copy of everything.
    fn of(town: &Town, citizen: &mut Citizen) -> Self {
        let ticket = town.lab.add("health-record", TESTED);
        let requested = Requested::new(&citizen.secret, &mut town.rng()).unwrap();
        let commitment = requested.commitment().to_bytes().to_vec();
        let collected: Collected = town.lab.collect(&ticket, requested.commitment()).unwrap();
        let pending = kept_by(town);
        let (trust, now) = (town.trust(), town.now());
        let mut record = requested.receive(&collected.record, town.lab.url(), &citizen.secret, trust, now).unwrap();
        town.lab.acknowledge(&collected);
        let nonce = town.lab.nonce();
        let renewal =
            Renewal::new(&record, &citizen.secret, trust, &nonce, HintWish::Include, now, &mut town.rng()).unwrap();
        let request = renewal.request().to_bytes();
        let answer = town.lab.renew(renewal.request()).unwrap().to_bytes();
        let (first, passes) = (renewal.first_day(), renewal.receive(&answer).unwrap());
        record.replace_passes(first, None, passes);
        let facts: Vec<u8> = record.claims().messages().concat();
        citizen.records.push(record);
        Self(vec![commitment, collected.record, pending, nonce, request, answer, facts, kept_by(town)])
    }

    fn windows(&self) -> BTreeSet<&[u8]> {
        self.0.iter().flat_map(|document| document.windows(8)).collect()
    }
}

#[test]
fn p1_nothing_that_lab_and_office_ever_saw_occurs_in_a_showing() {
    let town = Town::with_seed(82);
    let mut anna = town.citizen();
    let dossier = Dossier::of(&town, &mut anna);
    let known = dossier.windows();
    for policy in ["entry", "entry-with-hint"] {
        for _ in 0..20 {
            let payload = anna.show(&town, policy).unwrap().payload().to_vec();
            let hidden = if policy == "entry" { 3 } else { 2 };
            let proof = &payload[payload.len() - (3 * 48 + (4 + hidden) * 32)..];
            assert!(!proof.windows(8).any(|window| known.contains(window)), "a showing of {policy} can be matched");
        }
    }
    // The search finds what it looks for: the office's own answer holds the signatures of the passes.
    assert!(known.contains(&dossier.0[5][100..108]));
}

#[test]
fn p3_nothing_disclosed_tells_lab_holder_or_time_of_issue() {
    let town = Town::with_seed(83);
    let early = town.citizen_with("health-record", TESTED);
    town.wait(5 * 3600);
    let late = town.citizen_with("health-record", "vaccinated=mrna vaccinated_on=2026-10-15");
    let disclosed = |citizen: &Citizen| {
        let payload = citizen.show(&town, "entry").unwrap().payload().to_vec();
        payload[..payload.len() - (3 * 48 + 7 * 32)].to_vec()
    };
    assert_eq!(disclosed(&early), disclosed(&late));
    let record = &early.records[0];
    let Some(Value::Handle(handle)) = record.claims().get(record.credential_type(), "handle") else { unreachable!() };
    let Some(Value::Binding(binding)) = record.claims().get(record.credential_type(), "binding") else {
        unreachable!()
    };
    let shown = early.show(&town, "entry").unwrap().payload().to_vec();
    assert!(!contains(&shown, &handle.bytes()) && !contains(&shown, &binding.bytes()));
}
