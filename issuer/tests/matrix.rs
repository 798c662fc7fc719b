//! Who may do what: every call under `/v1`, by every kind of visitor, with every method. What is expected is written out below; a call
//! that is not in it fails the test.
#![allow(clippy::unwrap_used, clippy::panic)]

mod town;

use std::collections::BTreeSet;

use bauta_issuer::{StaffRole, Visitor, table};
use serde_json::json;

use town::people::{Person, invited};
use town::{Answer, Town, get, post};

const EVERYBODY: &[&str] =
    &["nobody", "wrong-key", "suspended", "viewer", "operator", "lab-admin", "enrolment-officer", "auditor", "office"];

/// Whoever has been let in.
const ANYBODY: &[&str] = &["viewer", "operator", "lab-admin", "enrolment-officer", "auditor", "office"];

const MATRIX: &[(&str, &str, &[&str])] = &[
    ("GET", "/v1/accounts", &["lab-admin", "enrolment-officer"]),
    ("GET", "/v1/acts", &["auditor"]),
    ("GET", "/v1/api-keys", &["lab-admin"]),
    ("GET", "/v1/counts", &["viewer", "operator", "lab-admin"]),
    ("GET", "/v1/labs", &["enrolment-officer"]),
    ("GET", "/v1/proposals", &["enrolment-officer"]),
    ("GET", "/v1/withdrawn", &["office"]),
    ("POST", "/v1/account/begin", EVERYBODY),
    ("POST", "/v1/accounts", &["lab-admin", "enrolment-officer"]),
    ("POST", "/v1/accounts/invite", &["lab-admin", "enrolment-officer"]),
    ("POST", "/v1/accounts/link", &["lab-admin", "enrolment-officer"]),
    ("POST", "/v1/accounts/resume", &["lab-admin", "enrolment-officer"]),
    ("POST", "/v1/accounts/suspend", &["lab-admin", "enrolment-officer"]),
    ("POST", "/v1/api-keys", &["lab-admin"]),
    ("POST", "/v1/api-keys/end", &["lab-admin"]),
    ("POST", "/v1/import/fhir", &["operator", "lab-admin"]),
    ("POST", "/v1/labs/suspend", &["enrolment-officer"]),
    ("POST", "/v1/orders", &["operator", "lab-admin"]),
    ("POST", "/v1/orders/replace", &["operator", "lab-admin"]),
    ("POST", "/v1/proposals", &["enrolment-officer"]),
    ("POST", "/v1/proposals/approve", &["enrolment-officer"]),
    ("POST", "/v1/proposals/reject", &["enrolment-officer"]),
    ("POST", "/v1/results", &["operator", "lab-admin"]),
    ("POST", "/v1/results/correct", &["operator", "lab-admin"]),
    ("POST", "/v1/results/replace", &["operator", "lab-admin"]),
    ("POST", "/v1/results/status", &["viewer", "operator", "lab-admin"]),
    ("POST", "/v1/results/withdraw", &["operator", "lab-admin"]),
    ("POST", "/v1/results/withdraw-many", &["lab-admin"]),
    ("POST", "/v1/session", EVERYBODY),
    // Last, because it ends the session that it is asked with.
    ("DELETE", "/v1/session", ANYBODY),
];

const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND"];

/// No call takes this body, so whoever is let in hears of the body.
const UNFIT: &str = "{\"unfit\":1}";

fn ask(town: &Town, method: &str, path: &str, bearer: &str) -> Answer {
    town::request(&town.url(path), method, bearer, UNFIT)
}

fn visitors(town: &Town) -> Vec<(&'static str, String)> {
    let of_lab = |role: StaffRole| role.is_of_a_lab().then_some("city-lab");
    let mut visitors = vec![("nobody", String::new()), ("wrong-key", format!("bauta-s-{}", "A".repeat(43)))];
    let (_, suspended) = Person::hired(town, "suspended", StaffRole::LabAdmin, Some("city-lab"));
    town.run(town.service.suspend_account(&"suspended".parse().unwrap(), &town.nurse())).unwrap();
    visitors.push(("suspended", suspended));
    for role in StaffRole::ALL {
        let session = if role == StaffRole::Office {
            town.run(town.service.new_api_key(&"office".parse().unwrap(), Visitor::Office, &town.nurse()))
                .unwrap()
                .to_string()
        } else {
            Person::hired(town, role.word(), role, of_lab(role)).1
        };
        visitors.push((role.word(), session));
    }
    visitors
}

#[test]
fn a10_every_call_is_open_to_those_it_is_written_for_and_to_nobody_else() {
    let town = Town::begin();
    let visitors = visitors(&town);
    let written: BTreeSet<(&str, &str)> = MATRIX.iter().map(|(method, path, _)| (*method, *path)).collect();
    let calls = table();
    let there: BTreeSet<(&str, &str)> = calls.iter().map(|(method, path, _)| (method.as_str(), *path)).collect();
    assert_eq!(there, written, "a call that stands in no row of the matrix, or a row without a call");

    let mut asked = 0;
    for (method, path, open_to) in MATRIX {
        for (visitor, bearer) in &visitors {
            let answer = ask(&town, method, path, bearer);
            let let_in = !matches!(answer.status, 401 | 403);
            // Whoever begins something is told so by other words than those of the gate.
            assert_eq!(let_in, open_to.contains(visitor), "{visitor}: {method} {path}: {}", answer.status);
            let without_mapping = *path == "/v1/import/fhir" && answer.status == 404;
            let plain = matches!(answer.status, 200 | 204 | 400 | 401 | 403) || without_mapping;
            assert!(plain, "{visitor}: {method} {path}: {}", answer.status);
            let known = !matches!(*visitor, "nobody" | "wrong-key" | "suspended");
            assert!(let_in || (answer.status == 403) == known, "{visitor}: {method} {path}: {}", answer.status);
            asked += 1;
        }
    }
    for path in written.iter().map(|(_, path)| *path).collect::<BTreeSet<_>>() {
        let allowed: BTreeSet<&str> = written.iter().filter(|(_, of)| *of == path).map(|(method, _)| *method).collect();
        for method in METHODS.iter().filter(|method| !allowed.contains(*method)) {
            for (visitor, bearer) in &visitors {
                let answer = ask(&town, method, path, bearer);
                assert_eq!(answer.status, 405, "{visitor}: {method} {path}");
                let said: BTreeSet<&str> = answer.header("allow").unwrap().split(", ").collect();
                assert_eq!(said, allowed, "{path}");
                asked += 1;
            }
        }
    }
    println!("{asked} requests");
}

/// The same role in another lab reaches nothing of this one.
#[test]
fn a10_another_labs_admin_reaches_nothing_here() {
    let town = Town::begin();
    town.run(town.service.enrol_lab(&"other-lab".parse().unwrap(), None, None, &town.service.owner())).unwrap();
    let (_, ours) = Person::hired(&town, "ours", StaffRole::LabAdmin, Some("city-lab"));
    let (_, theirs) = Person::hired(&town, "theirs", StaffRole::LabAdmin, Some("other-lab"));
    invited(&town, "nurse-1", StaffRole::Operator, Some("city-lab"));
    let made = post(&town.url("/v1/api-keys"), &ours, &json!({ "name": "lims", "role": "operator" }));
    let key = made.json()["api_key"].as_str().unwrap().to_owned();
    let names = |bearer: &str, path: &str| -> Vec<String> {
        let list = get(&town.url(path), bearer).json();
        list.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&theirs, "/v1/accounts"), ["theirs"]);
    assert_eq!(names(&ours, "/v1/accounts"), ["nurse-1", "ours"]);
    for path in ["/v1/accounts/suspend", "/v1/accounts/resume", "/v1/accounts/invite"] {
        assert_eq!(post(&town.url(path), &theirs, &json!({ "name": "nurse-1" })).status, 404, "{path}");
    }
    assert_eq!(names(&theirs, "/v1/api-keys"), [""; 0]);
    assert_eq!(post(&town.url("/v1/api-keys/end"), &theirs, &json!({ "name": "lims" })).status, 404);
    assert_eq!(get(&town.url("/v1/counts"), &key).status, 200);
    assert_eq!(post(&town.url("/v1/accounts/suspend"), &ours, &json!({ "name": "nurse-1" })).status, 204);
}
