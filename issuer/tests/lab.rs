//! What a lab does over HTTP and with files.
#![allow(clippy::unwrap_used, clippy::panic)]

mod town;

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bauta_issuer::{Form, Imported, Place, Progress, Visitor};
use bauta_spec::attributes::Handle;
use bauta_spec::signed::{RecordsKey, Signed};
use bauta_spec::time::Minute;
use bauta_spec::withdrawn::Withdrawals;
use serde_json::json;

use town::{TESTED, Town, Wallet, ask_passes, entry, get, nonce, post, token, withdrawn};

fn api_key(town: &Town, name: &str, visitor: Visitor) -> String {
    town.run(town.service.new_api_key(&name.parse().unwrap(), visitor, &town.nurse())).unwrap().to_string()
}

fn result(reference: &str) -> serde_json::Value {
    let facts = json!({ "tested": "naat", "tested_on": "2026-11-23", "hint": "M/05" });
    json!({ "type": "health-record", "reference": reference, "facts": facts })
}

#[test]
fn a_lab_adds_asks_replaces_withdraws_and_counts() {
    let town = Town::begin();
    let key = api_key(&town, "city-lims", Visitor::Lab);
    let call = |path: &str, body| post(&town.url(path), &key, &body);

    let added = call("/v1/results", result("A-1"));
    assert_eq!(added.status, 201);
    let ticket = added.json();
    let code = ticket["link"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
    assert!(
        ticket["offer"]
            .as_str()
            .unwrap()
            .starts_with("openid-credential-offer://?credential_offer_uri=http%3A%2F%2F127.0.0.1")
    );
    assert_eq!(ticket["expires"], "2026-11-27T10:00:00Z");

    let again = call("/v1/results", result("A-1"));
    assert_eq!((again.status, again.json()["state"].as_str().unwrap()), (200, "waiting"));
    assert_eq!(again.json()["handle"], ticket["handle"]);
    assert_eq!(token(&town, &code, None).status, 200, "asking again has not changed the code");

    let mut short = result("A-1");
    short["short"] = json!(true);
    let replaced = call("/v1/results/replace", short);
    assert_eq!(replaced.status, 201);
    assert_eq!(replaced.json()["handle"], ticket["handle"]);
    assert_eq!(token(&town, &code, None).error(), "invalid_grant", "the old code is dead");
    let (code, digits) = (replaced.json()["short_code"].clone(), replaced.json()["second_factor"].clone());
    assert_eq!(token(&town, code.as_str().unwrap(), digits.as_str()).status, 200);

    assert_eq!(call("/v1/results", result("A-2")).status, 201);
    let by_handle = call("/v1/results/withdraw", json!({ "handle": ticket["handle"] }));
    assert_eq!((by_handle.status, by_handle.json()["state"].as_str().unwrap()), (200, "withdrawn"));
    assert_eq!(token(&town, code.as_str().unwrap(), digits.as_str()).error(), "invalid_grant");
    assert_eq!(call("/v1/results/status", json!({ "reference": "A-1" })).json()["state"], "withdrawn");
    assert_eq!(call("/v1/results/replace", result("A-1")).status, 409);
    assert_eq!(call("/v1/results/status", json!({ "reference": "A-3" })).status, 404);

    let counts = get(&town.url("/v1/counts"), &key).json();
    let count = |state: &str| json!({ "day": "2026-11-24", "state": state, "number": 1 });
    assert_eq!(counts, json!([count("waiting"), count("withdrawn")]));
}

#[test]
fn a_code_is_not_replaced_once_a_wallet_has_used_it() {
    let town = Town::begin();
    let code = town.code("A-1");
    let record = Wallet::new(1).collect(&town, &code);
    let replace = || {
        town.run(town.service.add_again(&entry("A-1", TESTED), bauta_issuer::Days::Spoken, Form::Link, &town.nurse()))
    };
    assert!(replace().unwrap_err().to_string().starts_with("this result is redeemed"));
    Wallet::acknowledge(&town, &record);
    assert!(replace().unwrap_err().to_string().starts_with("this result is collected"));
    let code = town.code("A-2");
    town.later(73 * town::HOUR);
    town.run(town.service.housekeeping()).unwrap();
    assert_eq!(town.progress("A-2"), Progress::Expired);
    let ticket = town
        .run(town.service.add_again(&entry("A-2", TESTED), bauta_issuer::Days::Spoken, Form::Link, &town.nurse()))
        .unwrap();
    assert_eq!(token(&town, &code, None).status, 400);
    Wallet::new(2).collect(&town, &ticket.offer.code.unwrap().text());
}

#[test]
fn a_result_can_be_withdrawn_when_the_trust_list_has_gone_stale_and_is_forgotten_by_the_month() {
    let town = Town::begin();
    let code = town.code("A-1");
    town.later(200 * town::HOUR);
    assert!(
        town.run(town.service.add(&entry("A-2", TESTED), bauta_issuer::Days::Spoken, Form::Link, &town.nurse()))
            .is_err()
    );
    town.withdraw("A-1");
    // What becomes of a code is not told by a service that could make no record: it may not know what time it is.
    assert_eq!(token(&town, &code, None).error(), "temporarily_unavailable");
    assert_eq!(town.progress("A-1"), Progress::Withdrawn);
    let forgotten = |town: &Town| {
        town.run(town.service.housekeeping()).unwrap();
        let which = town.service.by_reference(&"A-1".parse().unwrap(), &town.nurse());
        town.run(town.service.status(&which, &town.nurse())).is_err()
    };
    town.later(350 * 24 * town::HOUR);
    assert!(!forgotten(&town), "the last pass of its record could still be asked for");
    town.later(32 * 24 * town::HOUR);
    assert!(forgotten(&town));
}

#[test]
fn a_result_with_a_new_code_can_be_withdrawn_as_long_as_its_new_record_lasts() {
    let mut town = Town::with(&town::Setup { settings: "record_days = 60\n", ..Default::default() });
    let spoken = bauta_issuer::Days::Spoken;
    town.add("A-1", TESTED, Form::Link);
    town.later(58 * 24 * town::HOUR);
    town.publish(|_| {});
    town.run(town.service.housekeeping()).unwrap();
    let ticket = town.run(town.service.add_again(&entry("A-1", TESTED), spoken, Form::Link, &town.nurse())).unwrap();
    let record = Wallet::new(1).collect(&town, &ticket.offer.code.unwrap().text());
    Wallet::acknowledge(&town, &record);
    town.later(55 * 24 * town::HOUR);
    town.run(town.service.housekeeping()).unwrap();
    town.withdraw("A-1");
}

/// An office has other labs' withdrawals, whose records may last longer than its own setting says; and a setting may be changed.
#[test]
fn a_withdrawal_is_remembered_as_long_as_any_record_may_last() {
    let town = Town::with(&town::Setup { settings: "record_days = 1\n", ..Default::default() });
    let office = api_key(&town, "office", Visitor::Office);
    town.code("A-1");
    town.withdraw("A-1");
    let remembered = |town: &Town| {
        town.run(town.service.housekeeping()).unwrap();
        withdrawn(town, &office, 0).handles().len()
    };
    town.later(3650 * 24 * town::HOUR);
    assert_eq!(remembered(&town), 1);
    town.later(33 * 24 * town::HOUR);
    assert_eq!(remembered(&town), 0);
}

#[test]
fn only_its_own_visitors_come_in() {
    let town = Town::begin();
    let (lab, office) = (api_key(&town, "lims", Visitor::Lab), api_key(&town, "office", Visitor::Office));
    let counts = |key: &str| get(&town.url("/v1/counts"), key).status;
    let withdrawn = |key: &str| get(&town.url("/v1/withdrawn"), key).status;
    assert_eq!((counts(&lab), counts(&office), counts("bauta-x"), counts("")), (200, 403, 401, 401));
    assert_eq!((withdrawn(&lab), withdrawn(&office), withdrawn("bauta-x")), (403, 200, 401));
    for path in [
        "/v1/results",
        "/v1/results/replace",
        "/v1/results/correct",
        "/v1/results/status",
        "/v1/results/withdraw",
        "/v1/orders",
        "/v1/orders/replace",
    ] {
        let answer = post(&town.url(path), &office, &result("A-1"));
        assert_eq!(
            (answer.status, answer.headers["content-type"].to_str().unwrap()),
            (403, "application/problem+json")
        );
        assert_eq!(post(&town.url(path), "", &result("A-1")).status, 401);
    }
    assert!(
        town.run(town.service.new_api_key(&"lims".parse().unwrap(), Visitor::Lab, &town.nurse())).is_err(),
        "a name is used once"
    );
    town.run(town.service.end_api_key(&"lims".parse().unwrap(), &town.nurse())).unwrap();
    assert_eq!(counts(&lab), 401);
    assert!(!town::contains(&town.database(), office.as_bytes()));
}

#[test]
fn what_cannot_be_entered_is_refused_and_not_repeated() {
    let town = Town::begin();
    let key = api_key(&town, "lims", Visitor::Lab);
    let add = |body: serde_json::Value| {
        let answer = post(&town.url("/v1/results"), &key, &body);
        (answer.status, answer.json()["detail"].as_str().unwrap().to_owned())
    };
    let with = |claim: &str, word: &str| {
        let mut changed = result("A-1");
        changed["facts"][claim] = json!(word);
        add(changed)
    };
    for (status, detail) in [
        with("tested", "Jane Doe"),
        with("tested_on", "today"),
        with("tested_on", "2026-11-25"),
        with("Jane Doe", "1"),
        with("hint", "<script>"),
        with("valid_until", "2099-01-01"),
        add(result("=1+1")),
        add(result("a\u{202e}b")),
        add(json!({ "type": "entry-pass", "reference": "A", "facts": { "hint": "M/05" } })),
        add(json!({ "type": "health-record", "reference": "A", "facts": {} })),
        add(json!({ "type": "health-record", "reference": "A", "facts": {}, "name": "Jane Doe" })),
    ] {
        assert_eq!(status, 400, "{detail}");
        assert!(!detail.contains("Jane") && !detail.contains("<"), "{detail}");
    }
    let deep = [vec![b'['; 20_000], vec![b']'; 20_000]].concat();
    for body in [&b"{"[..], b"", &deep, br#"{"type":"health-record","type":"health-record"}"#] {
        let answer = town::post_bytes(&town.url("/v1/results"), &key, body);
        assert_eq!(answer.status, 400);
    }
    assert_eq!(town.run(town.service.counts(&town.nurse())).unwrap(), []);
}

const CSV: &str = "reference,type,tested,tested_on,vaccinated,vaccinated_on,hint\n\
    R-1,health-record,naat,today,,,M/05\n\
    =cmd(),health-record,naat,today,,,M/05\n\
    R-2,health-record,,,mrna,today-30,\n\
    R-3,health-record,naat\n\
    R-4,health-record,pcr,today,,,\n\
    R-5,health-record,naat,today,,,A/01\n";

fn import(town: &Town, csv: &str) -> Imported {
    let codes = town.folder.path().join("codes.csv");
    let operator = town.nurse();
    town.run(town.service.import(csv.as_bytes(), &codes, Form::Link, &operator, |_| ())).unwrap()
}

fn codes(town: &Town) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(town.folder.path().join("codes.csv")).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("reference,offer,short_code,second_factor"));
    lines
        .map(|line| {
            let mut cells = line.split(',');
            let reference = cells.next().unwrap().to_owned();
            (reference, cells.next().unwrap().rsplit("%23").next().unwrap().to_owned())
        })
        .collect()
}

#[test]
fn an_import_takes_the_good_lines_and_names_the_bad_ones() {
    let town = Town::begin();
    let imported = import(&town, CSV);
    assert_eq!((imported.added, imported.known), (3, 0));
    let lines: Vec<Place> = imported.refused.iter().map(|(place, _)| *place).collect();
    assert_eq!(lines, [3, 5, 6].map(Place::Line));
    let codes = codes(&town);
    assert_eq!(codes.iter().map(|(reference, _)| reference.as_str()).collect::<Vec<_>>(), ["R-1", "R-2", "R-5"]);
    for (_, code) in &codes {
        Wallet::new(1).collect(&town, code);
    }
    let mode = std::fs::metadata(town.folder.path().join("codes.csv")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn an_import_that_broke_off_anywhere_goes_on_and_loses_and_doubles_nothing() {
    let town = Town::begin();
    let path = town.folder.path().join("codes.csv");
    let first_line = CSV.lines().take(2).collect::<Vec<_>>().join("\n") + "\n";
    assert_eq!(import(&town, &first_line).added, 1);
    let whole = std::fs::read(&path).unwrap();

    // Killed after the line was written and before the result was added; then in the middle of a line.
    for torn in ["R-2,openid-credential-offer://x,,\n", "R-2,openid-cred"] {
        std::fs::write(&path, [&whole, torn.as_bytes()].concat()).unwrap();
        import(&town, &first_line);
        assert_eq!(std::fs::read(&path).unwrap(), whole, "{torn}");
    }
    let imported = import(&town, CSV);
    assert_eq!((imported.added, imported.known), (2, 1));
    assert_eq!(import(&town, CSV).known, 3);
    let all = codes(&town);
    assert_eq!(all.len(), 3);
    for (number, (_, code)) in all.iter().enumerate() {
        Wallet::new(number as u64).collect(&town, code);
    }

    // Another file of codes: what is there already is not given new codes behind anybody's back.
    std::fs::rename(&path, town.folder.path().join("old.csv")).unwrap();
    assert_eq!(import(&town, CSV).known, 3);
    assert_eq!(codes(&town), []);
    std::fs::write(&path, "a diary\n").unwrap();
    let operator = town.nurse();
    let refused = town.run(town.service.import(CSV.as_bytes(), &path, Form::Link, &operator, |_| ()));
    assert!(refused.is_err() && std::fs::read(&path).unwrap() == b"a diary\n");
}

#[test]
fn codes_are_not_written_where_others_can_read_them() {
    let town = Town::begin();
    let path = town.folder.path().join("codes.csv");
    std::fs::write(&path, "").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let operator = town.nurse();
    let refused = town.run(town.service.import(CSV.as_bytes(), &path, Form::Link, &operator, |_| ()));
    assert!(refused.unwrap_err().to_string().contains("chmod 600"));
    assert_eq!(std::fs::read(&path).unwrap(), b"");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(import(&town, CSV).added, 3, "nothing was added behind the refusal");
}

#[test]
fn an_office_that_runs_apart_hears_withdrawals_and_is_deaf_for_an_hour_at_most() {
    let records = Town::begin();
    let key = api_key(&records, "office", Visitor::Office);
    let settings = format!(
        "roles = [\"passes\"]\n[[withdrawn_from]]\nurl = \"{}\"\napi_key_file = \"api-key\"\npublic_key = \"{}\"\n",
        records.url(""),
        records.service.withdrawals_key()
    );
    let office = Town::with(&town::Setup { settings: &settings, ..Default::default() });
    town::private(&office.folder.path().join("api-key"), key.as_bytes());
    // Both were set up from one seed, so they share keys and list.
    assert_eq!(office.authority.list.bytes(), records.authority.list.bytes());

    let mut wallet = Wallet::new(1);
    let code = records.code("A-1");
    let record = wallet.collect(&records, &code);
    let mut ask = |office: &Town| {
        let ask = Wallet::ask(office, &record, nonce(office));
        ask_passes(office, &wallet.present(office, &record, ask))
    };
    office.run(office.service.hear_withdrawals()).unwrap();
    assert_eq!(ask(&office).status, 200);
    office.later(2 * town::HOUR);
    assert_eq!(ask(&office).status, 503, "it has not heard anything for two hours");
    records.withdraw("A-1");
    let refused = office.run(office.service.hear_withdrawals()).unwrap_err();
    assert!(refused.to_string().contains("signed 120 minutes from now"), "{refused}");
    assert_eq!(ask(&office).status, 503, "what was told two hours ago is not heard");
    records.later(2 * town::HOUR);
    office.run(office.service.hear_withdrawals()).unwrap();
    assert_eq!(ask(&office).error(), "credential_request_denied");
    assert_eq!(token(&office, &code, None).status, 404, "an office knows no codes");
}

/// A records service that has told a part, and then nothing more: what it has not told may be years old.
#[test]
fn an_office_that_has_heard_a_part_has_not_heard() {
    let records = RecordsKey::from_bytes(&[9; 32]).unwrap();
    let lab = TcpListener::bind("127.0.0.1:0").unwrap();
    let settings = format!(
        "roles = [\"passes\"]\n[[withdrawn_from]]\nurl = \"http://{}\"\napi_key_file = \"api-key\"\npublic_key = \"{}\"\n",
        lab.local_addr().unwrap(),
        records.public()
    );
    let office = Town::with(&town::Setup { settings: &settings, ..Default::default() });
    town::private(&office.folder.path().join("api-key"), b"key");
    let now = Minute::of(office.now());
    let part = move |after: u64, more: bool| {
        let rows = vec![(after + 1, Handle::new([u8::try_from(after).unwrap(); 16]))];
        let part = Withdrawals::new(now, after, rows, more).unwrap();
        BASE64_URL_SAFE_NO_PAD.encode(Signed::sign(&part, &records).unwrap().to_bytes())
    };
    let goes_on = Arc::new(AtomicBool::new(false));
    let willing = Arc::clone(&goes_on);
    thread::spawn(move || {
        for connection in lab.incoming() {
            let mut connection = connection.unwrap();
            let mut request = BufReader::new(connection.try_clone().unwrap()).lines().map(Result::unwrap);
            let asked = request.next().unwrap();
            while request.next().is_some_and(|line| !line.is_empty()) {}
            let after: u64 = asked.split(['=', ' ']).nth(2).unwrap().parse().unwrap();
            if after > 0 && !willing.load(Ordering::SeqCst) {
                continue;
            }
            let body = json!({ "signed": part(after, after < 2) }).to_string();
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close";
            write!(connection, "{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        }
    });
    let mut wallet = Wallet::new(1);
    let records = Town::begin();
    let record = wallet.collect(&records, &records.code("A-1"));
    let mut ask = || {
        let ask = Wallet::ask(&office, &record, nonce(&office));
        ask_passes(&office, &wallet.present(&office, &record, ask)).status
    };
    assert!(office.run(office.service.hear_withdrawals()).is_err());
    assert_eq!(ask(), 503, "it has heard one part of several");
    goes_on.store(true, Ordering::SeqCst);
    office.run(office.service.hear_withdrawals()).unwrap();
    assert_eq!(ask(), 200, "it has heard all, and goes on where it was");
}
