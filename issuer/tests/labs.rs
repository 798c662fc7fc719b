//! Several labs in one service: each sees its own, enters what it may, and no more than that.
#![allow(clippy::unwrap_used, clippy::panic)]

mod town;

use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use bauta_issuer::{
    Act, Actor, Added, ChainEnd, Days, Form, ImportError, Imported, LabError, LabName, LabsError, Many, Pickup,
    Progress, StaffRole, Visitor, Vocabulary,
};
use serde_json::{Value as Json, json};

use town::postgres::{Care, Cluster};
use town::program::{command, program, text};
use town::{Setup, TESTED, Town, Wallet, ask_passes, entry, get, nonce, post, token, withdrawn};

fn clinic() -> LabName {
    "clinic".parse().unwrap()
}

/// A town with a second lab.
fn two_labs(settings: &str) -> Town {
    let town = Town::with(&Setup { settings, ..Setup::default() });
    town.run(town.service.enrol_lab(&clinic(), None, None, &town.service.owner())).unwrap();
    town
}

fn of_clinic(town: &Town, operator: &str) -> Actor {
    town.service.at_console_for(clinic(), operator.parse().unwrap())
}

fn key(town: &Town, name: &str, actor: &Actor) -> String {
    town.run(town.service.new_api_key(&name.parse().unwrap(), StaffRole::LabAdmin, actor)).unwrap().to_string()
}

fn result(reference: &str) -> Json {
    let facts = json!({ "tested": "naat", "tested_on": "2026-11-23", "hint": "M/05" });
    json!({ "type": "health-record", "reference": reference, "facts": facts })
}

fn with(reference: &str, facts: &[(&str, &str)]) -> Json {
    let mut result = result(reference);
    result["facts"] = facts.iter().map(|(claim, word)| ((*claim).to_owned(), json!(word))).collect();
    result
}

fn acts(town: &Town) -> Vec<Act> {
    town.run(town.service.acts_after(0, 10_000)).unwrap()
}

fn verified(town: &Town) -> ChainEnd {
    town.run(town.service.verify_acts(None)).unwrap()
}

#[test]
fn the_lab_of_the_settings_is_there_and_no_other() {
    let town = Town::begin();
    let labs = town.run(town.service.labs()).unwrap();
    assert_eq!(labs.iter().map(|lab| lab.name.as_str()).collect::<Vec<_>>(), ["city-lab"]);
    assert_eq!((labs[0].enrolled, labs[0].suspended, labs[0].quota), (town.today(), false, None));
    let Act { number, who, lab, kind, about, .. } = acts(&town).remove(0);
    let told = (number, who.as_str(), lab.as_str(), kind.as_str(), about.as_str());
    assert_eq!(told, (1, "console/settings", "", "lab-enrolled", "city-lab"));

    let nobody = of_clinic(&town, "nurse");
    let add = |actor: &Actor| town.run(town.service.add(&entry("A-1", TESTED), Days::Spoken, Form::Link, actor));
    assert!(matches!(add(&nobody), Err(LabError::NotEnrolled)));
    assert!(matches!(add(&town.service.owner()), Err(LabError::NoLab)));
    let enrol =
        |name: &str| town.run(town.service.enrol_lab(&name.parse().unwrap(), None, None, &town.service.owner()));
    assert!(matches!(enrol("city-lab"), Err(LabsError::NameTaken)));
    enrol("clinic").unwrap();
    assert!(matches!(add(&nobody), Ok(Added::New(_))));
}

#[test]
fn n18_another_labs_result_is_answered_like_one_that_never_was() {
    let town = two_labs("");
    let (ours, theirs) = (key(&town, "lims", &town.nurse()), key(&town, "his", &of_clinic(&town, "chief")));
    let call = |key: &str, path: &str, body: &Json| post(&town.url(path), key, body);
    let added = call(&ours, "/v1/results", &result("A-1"));
    assert_eq!(added.status, 201);
    let (by_handle, by_reference) = (json!({ "handle": added.json()["handle"] }), json!({ "reference": "A-1" }));
    let unknown = [json!({ "handle": "00".repeat(16) }), json!({ "reference": "A-9" })];

    let before = acts(&town).len();
    for path in ["/v1/results/status", "/v1/results/withdraw"] {
        let never = call(&theirs, path, &unknown[0]);
        assert_eq!(never.status, 404);
        for named in [&by_handle, &by_reference, &unknown[1]] {
            let answer = call(&theirs, path, named);
            assert_eq!((answer.status, &answer.body), (404, &never.body), "{path} {named}");
        }
    }
    let replaced = call(&theirs, "/v1/results/replace", &result("A-1"));
    assert_eq!((replaced.status, &replaced.body), (404, &call(&theirs, "/v1/results/replace", &result("A-9")).body));
    let many = call(&theirs, "/v1/results/withdraw-many", &json!({ "operator": "lims" }));
    assert_eq!(many.json(), json!({ "withdrawn": 0, "more": false }));
    let many = call(&theirs, "/v1/results/withdraw-many", &json!({ "whole_lab": true }));
    assert_eq!(many.json(), json!({ "withdrawn": 0, "more": false }));
    assert_eq!(get(&town.url("/v1/counts"), &theirs).json(), json!([]));
    assert_eq!(acts(&town).len(), before, "nothing was done");
    assert_eq!(call(&ours, "/v1/results/status", &by_handle).json()["state"], "waiting");

    // The same reference is another result.
    assert_eq!(call(&theirs, "/v1/results", &result("A-1")).status, 201);
    assert_eq!(call(&theirs, "/v1/results/withdraw", &by_reference).status, 200);
    assert_eq!(call(&ours, "/v1/results/status", &by_reference).json()["state"], "waiting");
    let count = |state: &str| json!([{ "day": "2026-11-24", "state": state, "number": 1 }]);
    assert_eq!(get(&town.url("/v1/counts"), &theirs).json(), count("withdrawn"));
    assert_eq!(get(&town.url("/v1/counts"), &ours).json(), count("waiting"));
}

#[test]
fn n18_a_lab_enters_only_the_words_and_days_that_it_may() {
    let town = two_labs("");
    let key = key(&town, "his", &of_clinic(&town, "chief"));
    let said = r#"{"health-record":{"tested":["naat"],"vaccinated":[],"tested_on":{"days_back":3}}}"#;
    let said: Vocabulary = said.parse().unwrap();
    let owner = town.service.owner();
    town.run(town.service.set_vocabulary(&clinic(), Some(&said), &owner)).unwrap();
    let add = |body: Json| {
        let answer = post(&town.url("/v1/results"), &key, &body);
        (answer.status, answer.json()["detail"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(add(with("A-1", &[("tested", "naat"), ("tested_on", "2026-11-21"), ("hint", "M/05")])).0, 201);
    for (facts, because) in [
        (&[("tested", "rapid-antigen"), ("tested_on", "2026-11-23")][..], "this lab may enter as \"tested\" only naat"),
        (&[("vaccinated", "mrna"), ("vaccinated_on", "2026-11-23")], "this lab may enter as \"vaccinated\" nothing"),
        (&[("tested", "naat"), ("tested_on", "2026-11-20")], "\"tested_on\" lies more than 3 days back"),
        (&[("tested", "naat"), ("tested_on", "2026-11-25")], "\"tested_on\" lies in the future"),
    ] {
        let (status, detail) = add(with("A-2", facts));
        assert!(status == 400 && detail.starts_with(because), "{status} {detail}");
        let replaced = post(&town.url("/v1/results/replace"), &key, &with("A-1", facts));
        assert_eq!(replaced.status, 400, "nor by a new code");
    }
    let of_city = town.run(town.service.add(
        &entry("A-2", &[("vaccinated", "mrna"), ("vaccinated_on", "today-400")]),
        Days::Spoken,
        Form::Link,
        &town.nurse(),
    ));
    assert!(matches!(of_city, Ok(Added::New(_))), "another lab may");

    // A lab of no record type enters nothing; what could never be entered is not set.
    let nothing: Vocabulary = "{}".parse().unwrap();
    town.run(town.service.set_vocabulary(&clinic(), Some(&nothing), &owner)).unwrap();
    assert!(add(result("A-3")).1.starts_with("this lab may not enter results of the type health-record"));
    let slip: Vocabulary = r#"{"health-record":{"tested":["pcr"]}}"#.parse().unwrap();
    let refused = town.run(town.service.set_vocabulary(&clinic(), Some(&slip), &owner));
    assert!(matches!(refused, Err(LabsError::Vocabulary(_))), "{refused:?}");
    town.run(town.service.set_vocabulary(&clinic(), None, &owner)).unwrap();
    assert_eq!(add(result("A-3")).0, 201);
}

#[test]
fn n18_one_more_than_the_quota_is_refused_until_the_next_day() {
    let town = two_labs("operator_quota = 3\n");
    let keys = [key(&town, "his", &of_clinic(&town, "chief")), key(&town, "pipette", &of_clinic(&town, "chief"))];
    let add = |key: &str, reference: &str| post(&town.url("/v1/results"), key, &result(reference));
    for reference in ["A-1", "A-2", "A-3"] {
        assert_eq!(add(&keys[0], reference).status, 201);
    }
    let refused = add(&keys[0], "A-4");
    assert_eq!(refused.status, 429);
    // The programme's day begins at 04:00 local time, which is an hour ahead.
    assert_eq!(refused.header("retry-after"), Some((17 * town::HOUR).to_string().as_str()));
    let detail = refused.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.ends_with("more can be added from 2026-11-25T03:00:00Z on"), "{detail}");
    assert_eq!(add(&keys[0], "A-1").status, 200, "a known reference does not count");
    assert_eq!(post(&town.url("/v1/results/replace"), &keys[0], &result("A-1")).status, 201, "nor does a new code");
    assert_eq!(post(&town.url("/v1/results/status"), &keys[0], &json!({ "reference": "A-4" })).status, 404);
    assert_eq!(add(&keys[1], "A-4").status, 201, "each operator has a quota");

    let owner = town.service.owner();
    town.run(town.service.set_quota(&clinic(), Some(4), &owner)).unwrap();
    assert_eq!((add(&keys[0], "A-5").status, add(&keys[0], "A-6").status), (201, 429));
    town.run(town.service.set_quota(&clinic(), None, &owner)).unwrap();
    assert_eq!(add(&keys[0], "A-6").status, 429);
    town.later(17 * town::HOUR - 1);
    assert_eq!(add(&keys[0], "A-6").header("retry-after"), Some("1"));
    town.later(1);
    assert_eq!(add(&keys[0], "A-6").status, 201);
}

#[test]
fn n18_a_suspended_lab_is_refused_and_what_it_added_is_collected() {
    let town = two_labs("");
    let (ours, theirs) = (key(&town, "lims", &town.nurse()), key(&town, "his", &of_clinic(&town, "chief")));
    let added = post(&town.url("/v1/results"), &theirs, &result("A-1")).json();
    let code = added["link"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
    let owner = town.service.owner();
    town.run(town.service.suspend_lab(&clinic(), &owner)).unwrap();
    for path in ["", "/replace", "/status", "/withdraw", "/withdraw-many"] {
        let answer = post(&town.url(&format!("/v1/results{path}")), &theirs, &result("A-2"));
        assert_eq!(answer.status, 403, "{path}");
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.starts_with("this lab is suspended: nothing is taken from it until"), "{detail}");
    }
    assert_eq!(get(&town.url("/v1/counts"), &theirs).status, 403);
    let at_console = of_clinic(&town, "chief");
    let add = || town.run(town.service.add(&entry("A-2", TESTED), Days::Spoken, Form::Link, &at_console));
    let again = || town.run(town.service.add_again(&entry("A-1", TESTED), Days::Spoken, Form::Link, &at_console));
    assert!(matches!(add(), Err(LabError::Suspended)) && matches!(again(), Err(LabError::Suspended)));
    let imported = import(&town, &at_console, &rows(0..3));
    assert!(matches!(imported, Err(ImportError::Lab(LabError::Suspended))), "{imported:?}");

    assert_eq!(post(&town.url("/v1/results"), &ours, &result("A-2")).status, 201, "the other lab goes on");
    let mut wallet = Wallet::new(1);
    let record = wallet.collect(&town, &code);
    Wallet::acknowledge(&town, &record);
    wallet.renew(&town, &record);
    town.run(town.service.resume_lab(&clinic(), &owner)).unwrap();
    assert_eq!(post(&town.url("/v1/results"), &theirs, &result("A-3")).status, 201);
    assert!(matches!(town.run(town.service.suspend_lab(&"nobody".parse().unwrap(), &owner)), Err(LabsError::Unknown)));
}

#[test]
fn everything_of_an_operator_is_withdrawn_before_and_after_collection() {
    let town = two_labs("");
    let office = town.run(town.service.new_api_key(&"office".parse().unwrap(), Visitor::Office, &town.service.owner()));
    let office = office.unwrap().to_string();
    let chief = key(&town, "chief", &of_clinic(&town, "chief"));
    let temp = of_clinic(&town, "temp");
    let add = |actor: &Actor, reference: &str| match town.run(town.service.add(
        &entry(reference, TESTED),
        Days::Spoken,
        Form::Link,
        actor,
    )) {
        Ok(Added::New(ticket)) => ticket.offer.code.unwrap().text().to_string(),
        other => panic!("{other:?}"),
    };
    let early = add(&temp, "T-0");
    town.later(24 * town::HOUR);
    let codes: Vec<String> = (1..4).map(|one| add(&temp, &format!("T-{one}"))).collect();
    let honest = add(&of_clinic(&town, "nurse"), "N-1");
    let mut wallet = Wallet::new(1);
    let record = wallet.collect(&town, &codes[0]);
    Wallet::acknowledge(&town, &record);
    let redeemed = Wallet::new(2).collect(&town, &codes[1]);

    let many = json!({ "operator": "temp", "since": "2026-11-25" });
    let withdraw = |body: &Json| post(&town.url("/v1/results/withdraw-many"), &chief, body);
    assert_eq!(withdraw(&many).json(), json!({ "withdrawn": 3, "more": false }));
    assert_eq!(withdraw(&many).json(), json!({ "withdrawn": 0, "more": false }), "once is enough");
    let ask = Wallet::ask(&town, &record, nonce(&town));
    let refused = ask_passes(&town, &wallet.present(&town, &record, ask));
    assert_eq!(refused.error(), "credential_request_denied", "a collected record gets no more passes");
    assert_eq!(token(&town, &codes[2], None).error(), "invalid_grant", "a code that waits is dead");
    let again = town::ask_record(&town, &redeemed.token, &Wallet::new(2).commit().proof);
    assert_eq!(again.status, 400, "a record that has not arrived is not sent again");
    for good in [&early, &honest] {
        assert_eq!(token(&town, good, None).status, 200);
    }
    let told = acts(&town).pop().unwrap();
    let told = (told.who.as_str(), told.lab.as_str(), told.kind.as_str(), told.about.as_str());
    assert_eq!(told, ("chief", "clinic", "results-withdrawn", "temp 3"));
    assert_eq!(withdrawn(&town, &office, 0).handles().len(), 3);

    for (body, because) in [
        (json!({}), "name an operator"),
        (json!({ "operator": "temp", "whole_lab": true }), "name an operator"),
        (json!({ "whole_lab": true, "since": "yesterday" }), "since is a day"),
        (json!({ "operator": "Jane Doe" }), "a name has 1 to 64"),
        (json!({ "whole_lab": true, "lab": "city-lab" }), "the JSON is not what"),
    ] {
        let answer = withdraw(&body);
        assert!(answer.status == 400 && answer.json()["detail"].as_str().unwrap().starts_with(because), "{body}");
    }
    assert_eq!(withdraw(&json!({ "whole_lab": true })).json(), json!({ "withdrawn": 2, "more": false }));
    assert_eq!(token(&town, &honest, None).error(), "invalid_grant");
}

#[test]
fn a_whole_lab_is_withdrawn_in_steps_that_may_stop_anywhere() {
    let town = two_labs("");
    let temp = of_clinic(&town, "temp");
    assert_eq!(import(&town, &temp, &rows(0..1203)).unwrap().added, 1203);
    town.code("A-1");
    let many = Many { operator: None, since: None };
    let step = || {
        let step = town.run(town.service.withdraw_many(&many, &temp)).unwrap();
        (step.withdrawn, step.more)
    };
    assert_eq!([step(), step(), step(), step()], [(500, true), (500, true), (203, false), (0, false)]);
    assert_eq!(town.progress("A-1"), Progress::Waiting);
    let counts = town.run(town.service.counts(&temp)).unwrap();
    assert_eq!(
        counts.iter().map(|count| (count.progress, count.number)).collect::<Vec<_>>(),
        [(Progress::Withdrawn, 1203)]
    );
    let (end, all) = (verified(&town), acts(&town));
    // Two labs, an act for each result of both, and three steps.
    assert_eq!((end.number, all.len()), (2 + 1204 + 3, 2 + 1204 + 3));
}

#[test]
fn acts_tell_who_did_what_and_nothing_about_anybody() {
    let town = two_labs("");
    let owner = town.service.owner();
    let lims = key(&town, "lims", &town.nurse());
    let added = post(&town.url("/v1/results"), &lims, &result("canary-reference")).json();
    post(&town.url("/v1/results/replace"), &lims, &result("canary-reference"));
    let seen = verified(&town);
    post(&town.url("/v1/results/withdraw"), &lims, &json!({ "reference": "canary-reference" }));
    town.run(town.service.set_quota(&clinic(), Some(7), &owner)).unwrap();
    town.run(town.service.set_vocabulary(&clinic(), None, &owner)).unwrap();
    town.run(town.service.suspend_lab(&clinic(), &owner)).unwrap();
    town.run(town.service.resume_lab(&clinic(), &owner)).unwrap();
    town.run(town.service.end_api_key(&"lims".parse().unwrap(), &owner)).unwrap();
    let told: Vec<String> = acts(&town)
        .into_iter()
        .map(|Act { who, lab, kind, about, .. }| format!("{who},{lab},{kind},{about}"))
        .collect();
    assert_eq!(
        told,
        [
            "console/settings,,lab-enrolled,city-lab",
            "console/console,,lab-enrolled,clinic",
            "console/nurse,city-lab,api-key-made,lims",
            "lims,city-lab,result-added,",
            "lims,city-lab,result-replaced,",
            "lims,city-lab,result-withdrawn,",
            "console/console,,lab-quota-set,clinic 7",
            "console/console,,lab-vocabulary-set,clinic",
            "console/console,,lab-suspended,clinic",
            "console/console,,lab-resumed,clinic",
            "console/console,,api-key-ended,lims",
        ]
    );
    for canary in ["canary", "naat", "M/05", added["handle"].as_str().unwrap()] {
        assert!(!told.concat().contains(canary));
    }
    assert_eq!(town.run(town.service.verify_acts(Some(&seen))).unwrap().number, 11);
    let other = ChainEnd { mac: [7; 32], ..seen };
    assert!(town.run(town.service.verify_acts(Some(&other))).is_err());
    let later = ChainEnd { number: 12, ..seen };
    assert!(town.run(town.service.verify_acts(Some(&later))).is_err());
    assert_eq!(seen.to_string().parse::<ChainEnd>().unwrap(), seen);
    for bad in ["", "5", "5:", "x:00", &format!("5:{}", "0G".repeat(32)), &format!("5:{}", "00".repeat(33))] {
        assert!(bad.parse::<ChainEnd>().is_err(), "{bad}");
    }
}

fn rows(numbers: std::ops::Range<u32>) -> String {
    let row = |number: u32| format!("R-{number},health-record,naat,today,M/05\n");
    format!("reference,type,tested,tested_on,hint\n{}", numbers.map(row).collect::<String>())
}

fn import(town: &Town, actor: &Actor, csv: &str) -> Result<Imported, ImportError> {
    let codes = town.folder.path().join("codes.csv");
    town.run(town.service.import(csv.as_bytes(), &codes, Form::Link, actor, |_| ()))
}

/// References and codes, in their order.
fn codes(town: &Town, file: &str) -> Vec<(String, String)> {
    let text = fs::read_to_string(town.folder.path().join(file)).unwrap();
    let code = |offer: &str| offer.rsplit("%23").next().unwrap().to_owned();
    let cells = text.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    cells.map(|cells| (cells[0].to_owned(), code(cells[1]))).collect()
}

#[test]
fn an_import_stops_at_the_quota_and_goes_on_the_next_day() {
    let town = two_labs("operator_quota = 250\n");
    let temp = of_clinic(&town, "temp");
    let stopped = import(&town, &temp, &rows(0..600)).unwrap_err();
    assert!(matches!(stopped, ImportError::Lab(LabError::QuotaReached { .. })), "{stopped}");
    assert_eq!(codes(&town, "codes.csv").len(), 250, "a line for each that was added, and for no other");
    town.later(24 * town::HOUR);
    assert!(import(&town, &temp, &rows(0..600)).is_err());
    assert_eq!(codes(&town, "codes.csv").len(), 500);
    town.later(24 * town::HOUR);
    let rest = import(&town, &temp, &rows(0..600)).unwrap();
    assert_eq!((rest.added, rest.known, rest.refused.len()), (100, 500, 0));
    let references: Vec<String> = codes(&town, "codes.csv").into_iter().map(|(reference, _)| reference).collect();
    assert_eq!(references, (0..600).map(|number| format!("R-{number}")).collect::<Vec<_>>());
    for (place, (_, code)) in codes(&town, "codes.csv").iter().enumerate().step_by(173) {
        Wallet::new(place as u64).collect(&town, code);
    }
}

#[test]
fn lines_whose_results_were_never_added_are_taken_back() {
    let town = two_labs("");
    let temp = of_clinic(&town, "temp");
    assert_eq!(import(&town, &temp, &rows(0..210)).unwrap().added, 210);
    let path = town.folder.path().join("codes.csv");
    let whole = fs::read_to_string(&path).unwrap();
    // Killed after the lines were on the disk and before the change; or in the middle of them.
    let lines = |many: u32| {
        let line = |number: u32| format!("R-{},openid-credential-offer://x,,\n", 1000 + number);
        (0..many).map(line).collect::<String>()
    };
    for torn in [lines(1), lines(200), lines(120) + "R-1120,openid-cred"] {
        fs::write(&path, format!("{whole}{torn}")).unwrap();
        assert_eq!(import(&town, &temp, &rows(0..210)).unwrap().known, 210);
        assert_eq!(fs::read_to_string(&path).unwrap(), whole, "{} bytes", torn.len());
    }
    // More than a crash can leave were added once, and forgotten in the meantime: they are not added again.
    fs::write(&path, format!("{whole}{}", lines(201))).unwrap();
    assert_eq!(import(&town, &temp, &rows(1000..1201)).unwrap().known, 201);
    assert_eq!(fs::read_to_string(&path).unwrap(), whole + &lines(201));
}

#[test]
fn two_imports_of_the_same_rows_at_once_share_them() {
    let cluster = Cluster::shared();
    for settings in [String::new(), format!("database = \"{}\"\n", cluster.database())] {
        let town = Town::around_a_program_with(&settings);
        let folder = town.folder.path();
        let csv = rows(0..1_500) + "R-7,health-record,naat,today,M/05\n";
        fs::write(folder.join("results.csv"), csv).unwrap();
        let imports = ["codes.csv", "others.csv"].map(|codes| {
            let mut import = command(folder, &["import", "results.csv", "--codes", codes]);
            import.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        });
        for import in imports {
            let output = import.wait_with_output().unwrap();
            assert!(text(&output).contains(" already there, 0 refused"), "{}", text(&output));
            print!("{}", text(&output));
        }
        let (ours, others) = (codes(&town, "codes.csv"), codes(&town, "others.csv"));
        let mut all: Vec<&str> = ours.iter().chain(&others).map(|(reference, _)| reference.as_str()).collect();
        all.sort_unstable();
        let mut expected: Vec<String> = (0..1_500).map(|number| format!("R-{number}")).collect();
        expected.sort_unstable();
        assert_eq!(all, expected, "each reference has one line in one of the two");
        for (_, code) in ours.iter().chain(&others).step_by(13) {
            assert!(
                town.run(town.service.grant(&Pickup::of(code, None).unwrap())).is_ok(),
                "and its code is the right one"
            );
        }
        assert_eq!(verified(&town).number, 1_501);
    }
}

/// Rows of an import that is timed: `BAUTA_ROWS` (3,000).
fn many_rows() -> u32 {
    std::env::var("BAUTA_ROWS").map_or(3_000, |rows| rows.parse().unwrap())
}

#[test]
fn an_import_of_many_rows_into_sqlite_is_whole_and_how_long_it_takes() {
    import_by_the_program(&Town::around_a_program(), "SQLite");
}

#[test]
fn an_import_of_many_rows_into_postgresql_is_whole_and_how_long_it_takes() {
    let cluster = Cluster::alone(Care::Durable);
    let settings = format!("database = \"{}\"\n", cluster.database());
    import_by_the_program(&Town::around_a_program_with(&settings), "PostgreSQL");
}

fn import_by_the_program(town: &Town, database: &str) {
    let (folder, many) = (town.folder.path(), many_rows());
    fs::write(folder.join("results.csv"), rows(0..many)).unwrap();
    let run = |arguments: &[&str]| {
        let begun = Instant::now();
        let output = program(folder, arguments);
        (text(&output), begun.elapsed().as_secs_f64())
    };
    let import = ["import", "results.csv", "--codes", "codes.csv"];
    let (said, seconds) = run(&import);
    assert!(said.contains(&format!("{many} added, 0 already there, 0 refused")), "{said}");
    println!("{database}: {many} rows in {seconds:.1} s, {:.0} a second", f64::from(many) / seconds);
    let (said, seconds) = run(&import);
    assert!(said.contains(&format!("0 added, {many} already there, 0 refused")), "{said}");
    println!("{database}: the same again in {seconds:.1} s");
    let (said, seconds) = run(&["audit", "verify"]);
    assert!(said.contains(&format!("{} acts, and the chain holds", many + 1)), "{said}");
    println!("{database}: its chain is followed in {seconds:.1} s");
    let (said, seconds) = run(&["withdraw", "--operator", "import", "--yes"]);
    assert_eq!(said, format!("{many} withdrawn\n"));
    println!("{database}: all of it is withdrawn in {seconds:.1} s");
}

#[test]
fn an_import_that_is_killed_at_any_moment_goes_on_and_loses_and_doubles_nothing() {
    const MANY: u32 = 2_000;
    let town = Town::around_a_program();
    let folder = town.folder.path();
    fs::write(folder.join("results.csv"), rows(0..MANY)).unwrap();
    let import = ["import", "results.csv", "--codes", "codes.csv"];
    let mut killed = 0;
    for round in 0..12_u64 {
        let mut running = command(folder, &import).spawn().unwrap();
        // Opening takes a while; from the first line on each round goes somewhat further.
        let begun = Instant::now();
        let before = fs::metadata(folder.join("codes.csv")).map_or(0, |file| file.len());
        while fs::metadata(folder.join("codes.csv")).map_or(0, |file| file.len()) <= before
            && running.try_wait().unwrap().is_none()
            && begun.elapsed() < Duration::from_secs(20)
        {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(7 * round));
        killed += u32::from(running.try_wait().unwrap().is_none());
        drop(running.kill());
        running.wait().unwrap();
    }
    let last = program(folder, &import);
    assert!(text(&last).contains(" already there, 0 refused"), "{}", text(&last));
    println!("killed {killed} times");
    assert!(killed > 2, "too few kills to say anything");
    let codes = codes(&town, "codes.csv");
    let references: Vec<&str> = codes.iter().map(|(reference, _)| reference.as_str()).collect();
    assert_eq!(references, (0..MANY).map(|number| format!("R-{number}")).collect::<Vec<_>>());
    let counts = town.run(town.service.counts(&town.nurse())).unwrap();
    assert_eq!(counts.iter().map(|count| count.number).sum::<u64>(), u64::from(MANY));
    for (_, code) in codes.iter().step_by(7) {
        let pickup = Pickup::of(code, None).unwrap();
        assert!(town.run(town.service.grant(&pickup)).is_ok(), "every line has the code of its result");
    }
    // An act for each result, and the first of the lab.
    assert_eq!(verified(&town).number, u64::from(MANY) + 1);
}

#[test]
fn the_owner_of_the_machine_looks_after_labs_at_the_console() {
    let town = Town::around_a_program();
    let folder = town.folder.path();
    let run = |arguments: &[&str]| {
        let output = program(folder, arguments);
        (output.status.code(), text(&output))
    };
    fs::write(folder.join("clinic.json"), r#"{"health-record":{"tested":["naat"]}}"#).unwrap();
    assert_eq!(run(&["lab", "add", "clinic", "--vocabulary", "clinic.json", "--quota", "2"]).0, Some(0));
    assert!(run(&["lab", "add", "clinic"]).1.contains("there is a lab of this name already"));
    let (_, listed) = run(&["lab", "list"]);
    assert!(
        listed.contains("clinic\tin force\tenrolled ") && listed.contains("\t2 a day\t{\"health-record\""),
        "{listed}"
    );
    assert!(listed.contains("city-lab\tin force\t") && listed.contains("\teverything"), "{listed}");
    fs::write(folder.join("slip.json"), r#"{"health-record":{"tested":["pcr"]}}"#).unwrap();
    assert!(run(&["lab", "set", "clinic", "--vocabulary", "slip.json"]).1.contains("takes some of the words naat"));

    let add = |reference: &str, more: &[&str]| {
        let add = ["add", "--type", "health-record", "--reference", reference, "tested=naat", "tested_on=today"];
        run(&[&add[..], more].concat())
    };
    let clinic = ["--lab", "clinic", "--operator", "temp"];
    assert_eq!((add("A-1", &clinic).0, add("A-2", &clinic).0), (Some(0), Some(0)));
    let (code, said) = add("A-3", &clinic);
    assert!(code == Some(1) && said.contains("results for one day are used up"), "{said}");
    assert!(run(&["status", "--reference", "A-1"]).1.contains("there is no such result"));
    assert!(run(&["status", "--reference", "A-1", "--lab", "clinic"]).1.starts_with("waiting"));
    assert!(run(&["counts", "--lab", "clinic"]).1.ends_with("waiting\t2\n"));
    assert_eq!(run(&["counts"]).1, "");
    assert!(run(&["counts", "--lab", "clinik"]).1.contains("there is no lab of this name"));
    assert!(
        run(&["lab", "set", "clinic", "--default-quota", "--whole-vocabulary"]).1.contains("1000000 a day\teverything")
    );
    assert!(run(&["lab", "set", "clinic"]).1.contains("say what to set"));

    assert_eq!(run(&["lab", "suspend", "clinic"]).0, Some(0));
    assert!(add("A-4", &clinic).1.contains("this lab is suspended"));
    let temp = ["withdraw", "--operator", "temp", "--lab", "clinic", "--since", "2026-11-01"];
    let (code, said) = run(&temp);
    assert!(code == Some(1) && said.contains("say --yes"), "{said}");
    assert_eq!(run(&[&temp[..], &["--yes"]].concat()).1, "2 withdrawn\n");
    assert_eq!(run(&["withdraw", "--whole-lab", "--lab", "clinic", "--yes", "--json"]).1, "{\"withdrawn\":0}\n");
    for wrong in [
        &["withdraw"][..],
        &["withdraw", "--whole-lab", "--reference", "A-1"],
        &["withdraw", "--reference", "A-1", "--since", "2026-11-01"],
    ] {
        assert_eq!(run(wrong).0, Some(2), "{wrong:?}");
    }
    assert_eq!(run(&["lab", "resume", "clinic"]).0, Some(0));

    let (code, verified) = run(&["audit", "verify"]);
    let end = verified.lines().next().unwrap();
    assert!(code == Some(0) && end.starts_with("9:") && verified.contains("9 acts, and the chain holds"), "{verified}");
    let (_, shown) = run(&["audit", "show", "--after", "7"]);
    let kinds: Vec<&str> = shown.lines().map(|line| line.split('\t').nth(4).unwrap()).collect();
    assert_eq!(kinds, ["results-withdrawn", "lab-resumed"], "{shown}");
    let (_, as_json) = run(&["audit", "show", "--json"]);
    let first: Json = serde_json::from_str(as_json.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&first["number"], &first["kind"], &first["about"]),
        (&json!(1), &json!("lab-enrolled"), &json!("city-lab"))
    );

    // Put back: the chain holds, but not what was seen before.
    fs::copy(folder.join("bauta.db"), folder.join("copy.db")).unwrap();
    assert_eq!(run(&["lab", "suspend", "clinic"]).0, Some(0));
    let later = run(&["audit", "verify", "--seen", end]).1.lines().next().unwrap().to_owned();
    assert!(later.starts_with("10:"));
    fs::copy(folder.join("copy.db"), folder.join("bauta.db")).unwrap();
    assert_eq!(run(&["audit", "verify"]).0, Some(0));
    let (code, said) = run(&["audit", "verify", "--seen", &later]);
    assert!(code == Some(1) && said.contains("the database was put back to an earlier state"), "{said}");
}
