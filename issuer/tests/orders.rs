//! An order first and the result later; a result that was wrong.
#![allow(clippy::unwrap_used, clippy::panic)]

mod town;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bauta_issuer::{Added, Corrected, Days, Form, LabError, Progress, Ticket, Visitor, Which};
use bauta_spec::attributes::{Handle, Value};
use bauta_spec::credential::Credential;
use serde_json::json;

use town::program::{Running, program, text};
use town::{
    Answer, HOUR, Setup, TESTED, Town, Wallet, ask_deferred, ask_passes, ask_record, contains, entry, get, nonce,
    order, post, token,
};

const CORRECTED: &[(&str, &str)] = &[("tested", "rapid-antigen"), ("tested_on", "today-2"), ("hint", "M/05")];
const DAY: u64 = 24 * HOUR;

fn code_of(ticket: Ticket) -> String {
    ticket.offer.code.unwrap().text().to_string()
}

fn access(town: &Town, code: &str) -> String {
    token(town, code, None).json()["access_token"].as_str().unwrap().to_owned()
}

fn ask(town: &Town, code: &str, proof: &[u8]) -> Answer {
    ask_record(town, &access(town, code), proof)
}

/// Days later, with a trust list that is fresh then.
fn days_later(town: &mut Town, days: u64) {
    town.later(days * DAY);
    town.publish(|_| {});
    town.run(town.service.housekeeping()).unwrap();
}

fn add(town: &Town, reference: &str) -> Result<Added, LabError> {
    town.run(town.service.add(&entry(reference, TESTED), Days::Spoken, Form::Link, &town.nurse()))
}

fn correct(town: &Town, reference: &str) -> Result<Corrected, LabError> {
    town.run(town.service.correct(&entry(reference, CORRECTED), Days::Spoken, Form::Link, &town.nurse()))
}

fn status_of(town: &Town, handle: Handle) -> Progress {
    town.run(town.service.status(&Which::Handle(handle), &town.nurse())).unwrap().progress
}

#[test]
fn a_citizen_has_the_code_before_the_lab_has_the_result() {
    let town = Town::begin();
    let key = town.run(town.service.new_api_key(&"lims".parse().unwrap(), Visitor::Lab, &town.nurse())).unwrap();
    let call = |path: &str, body| post(&town.url(path), &key, &body);
    let ordered = call("/v1/orders", json!({ "type": "health-record", "reference": "A-1" }));
    assert_eq!((ordered.status, ordered.json()["state"].as_str().unwrap()), (201, "ordered"));
    assert_eq!(ordered.json()["expires"], "2026-12-08T10:00:00Z", "an order waits for 14 days");
    let code = ordered.json()["link"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
    let again = call("/v1/orders", json!({ "type": "health-record", "reference": "A-1" }));
    assert_eq!((again.status, again.json()["state"].as_str().unwrap()), (200, "ordered"));

    let granted = token(&town, &code, None).json();
    assert_eq!(granted["credential_configuration_id"], "health-record");
    let mut wallet = Wallet::new(1);
    let first = wallet.commit();
    let proof = BASE64_URL_SAFE_NO_PAD.encode(&first.proof);
    let not_yet = json!({ "transaction_id": proof, "interval": 600 });
    for answer in [ask(&town, &code, &first.proof), ask_deferred(&town, &access(&town, &code), &proof)] {
        assert_eq!((answer.status, answer.json()), (202, not_yet.clone()));
    }
    assert_eq!(town.progress("A-1"), Progress::Ordered);
    let counts = get(&town.url("/v1/counts"), &key).json();
    assert_eq!(counts, json!([{ "day": "2026-11-24", "state": "ordered", "number": 1 }]));

    let facts = json!({ "tested": "naat", "tested_on": "2026-11-24", "hint": "M/05" });
    let result = json!({ "type": "health-record", "reference": "A-1", "facts": facts });
    let added = call("/v1/results", result.clone());
    let expected = json!({ "state": "waiting", "handle": ordered.json()["handle"], "expires": "2026-11-27T10:00:00Z" });
    assert_eq!((added.status, added.json()), (201, expected), "no second code");
    assert_eq!(call("/v1/results", result).status, 200, "and none when it is sent again");
    assert_eq!(town.progress("A-1"), Progress::Waiting);

    let answer = ask(&town, &code, &first.proof);
    assert_eq!(answer.status, 200, "{}", answer.json());
    assert_eq!(ask_deferred(&town, &access(&town, &code), &proof).body, answer.body, "the same bytes either way");
    let record =
        BASE64_URL_SAFE_NO_PAD.decode(answer.json()["credentials"][0]["credential"].as_str().unwrap()).unwrap();
    let key = town.authority.list.key(Credential::key_of(&record).unwrap(), town.today()).unwrap();
    let record = Credential::from_bytes(&record, &key.key_type).unwrap();
    assert_eq!(record.claims.get(&key.key_type, "tested_on"), Some(&Value::Day(town.today())));
    let said = json!({ "notification_id": answer.json()["notification_id"], "event": "credential_accepted" });
    assert_eq!(post(&town.url("/notification"), &access(&town, &code), &said).status, 204);
    assert_eq!(town.progress("A-1"), Progress::Collected);
}

#[test]
fn the_code_of_an_order_belongs_to_the_first_wallet_that_asks_until_the_lab_gives_a_new_one() {
    let town = Town::begin();
    let code = code_of(town.order("A-1", Form::Link));
    let (first, other) = (Wallet::new(1).commit().proof, Wallet::new(2).commit().proof);
    assert_eq!(ask(&town, &code, &first).status, 202);
    let mark = BASE64_URL_SAFE_NO_PAD.encode(&other);
    for refused in [ask(&town, &code, &other), ask_deferred(&town, &access(&town, &code), &mark)] {
        assert_eq!((refused.status, refused.error().as_str()), (400, "credential_request_denied"));
    }
    let new_code = code_of(town.run(town.service.order_again(&order("A-1"), Form::Link, &town.nurse())).unwrap());
    assert_eq!(token(&town, &code, None).error(), "invalid_grant", "the old code is dead");
    assert_eq!(ask(&town, &new_code, &other).status, 202);
    town.complete("A-1", TESTED);
    assert_eq!(ask(&town, &new_code, &first).error(), "credential_request_denied");
    assert_eq!(ask(&town, &new_code, &other).status, 200);
    let too_late = town.run(town.service.order_again(&order("A-1"), Form::Link, &town.nurse()));
    assert!(matches!(too_late, Err(LabError::TooLate(Progress::Redeemed))));
}

#[test]
fn an_order_does_not_take_the_place_of_a_result() {
    let town = Town::begin();
    let code = town.code("A-1");
    let refused = town.run(town.service.order_again(&order("A-1"), Form::Link, &town.nurse()));
    assert!(matches!(refused, Err(LabError::TooLate(Progress::Waiting))));
    let known = town.run(town.service.order(&order("A-1"), Form::Link, &town.nurse())).unwrap();
    assert!(matches!(known, Added::Known(kept) if kept.progress == Progress::Waiting));
    assert_eq!(ask(&town, &code, &Wallet::new(1).commit().proof).status, 200);
}

#[test]
fn the_hours_of_a_code_begin_when_the_result_is_there() {
    let mut town = Town::begin();
    let codes = [code_of(town.order("A-1", Form::Link)), code_of(town.order("A-2", Form::Link))];
    days_later(&mut town, 13);
    assert_eq!(ask(&town, &codes[0], &Wallet::new(1).commit().proof).status, 202);
    let completed = town.complete("A-1", TESTED);
    assert_eq!(completed.expires.unix(), town.now().unix() + 72 * HOUR);
    days_later(&mut town, 2);
    town.later(23 * HOUR);
    town.run(town.service.housekeeping()).unwrap();
    assert_eq!(ask(&town, &codes[0], &Wallet::new(1).commit().proof).status, 200);

    assert_eq!(town.progress("A-2"), Progress::Expired, "nobody had a result within 14 days");
    assert_eq!(token(&town, &codes[1], None).error(), "invalid_grant");
    assert!(matches!(add(&town, "A-2"), Ok(Added::Known(kept)) if kept.progress == Progress::Expired));
    let (late, nurse) = (entry("A-2", TESTED), town.nurse());
    let code = code_of(town.run(town.service.add_again(&late, Days::Spoken, Form::Link, &nurse)).unwrap());
    assert_eq!(ask(&town, &code, &Wallet::new(2).commit().proof).status, 200);
}

#[test]
fn a_result_that_nobody_collects_expires_also_where_a_wallet_has_waited_for_it() {
    let mut town = Town::begin();
    let code = code_of(town.order("A-1", Form::Link));
    assert_eq!(ask(&town, &code, &Wallet::new(1).commit().proof).status, 202);
    town.complete("A-1", TESTED);
    days_later(&mut town, 4);
    assert_eq!(town.progress("A-1"), Progress::Expired, "no record was made, so none has arrived");
}

#[test]
fn a_short_code_of_an_order_takes_its_digits() {
    let town = Town::begin();
    let (code, digits) = town.order("A-1", Form::Short).short.unwrap();
    let (code, digits) = (code.text().to_string(), digits.text().to_string());
    let wrong = if digits == "0000000" { "0000001" } else { "0000000" };
    let proof = Wallet::new(1).commit().proof;
    let access = |digits: &str| token(&town, &code, Some(digits));
    for completed in [false, true] {
        assert_eq!(access(wrong).error(), "invalid_grant");
        let granted = access(&digits).json();
        let answer = ask_record(&town, granted["access_token"].as_str().unwrap(), &proof);
        assert_eq!(answer.status, if completed { 200 } else { 202 });
        if !completed {
            town.complete("A-1", TESTED);
        }
    }
}

#[test]
fn what_is_no_transaction_is_refused_by_name() {
    let town = Town::begin();
    let code = code_of(town.order("A-1", Form::Link));
    let good = Wallet::new(1).commit().proof;
    let mut flipped = good.clone();
    flipped[100] ^= 1;
    for (flaw, transaction) in [("flipped", &flipped[..]), ("short", &good[..143]), ("empty", &[])] {
        let answer = ask_deferred(&town, &access(&town, &code), &BASE64_URL_SAFE_NO_PAD.encode(transaction));
        assert_eq!((answer.status, answer.error().as_str()), (400, "invalid_transaction_id"), "{flaw}");
    }
    assert_eq!(ask_deferred(&town, "AAAA", &BASE64_URL_SAFE_NO_PAD.encode(&good)).error(), "invalid_token");
    assert_eq!(ask_deferred(&town, &access(&town, &code), "=").error(), "invalid_request");
    // After all this the code still belongs to nobody.
    assert_eq!(ask(&town, &code, &Wallet::new(2).commit().proof).status, 202);
}

#[test]
fn a_cancelled_order_is_a_code_that_does_not_count() {
    let town = Town::begin();
    let code = code_of(town.order("A-1", Form::Link));
    let proof = Wallet::new(1).commit().proof;
    let before = access(&town, &code);
    assert_eq!(ask_record(&town, &before, &proof).status, 202);
    town.withdraw("A-1");
    assert_eq!(token(&town, &code, None).error(), "invalid_grant");
    assert_eq!(ask_record(&town, &before, &proof).error(), "invalid_grant");
    assert!(matches!(add(&town, "A-1"), Ok(Added::Known(kept)) if kept.progress == Progress::Withdrawn));
}

#[test]
fn of_many_wallets_that_wait_for_one_result_one_gets_it() {
    let town = Town::begin();
    for round in 0..4_u64 {
        let reference = format!("race-{round}");
        let code = code_of(town.order(&reference, Form::Link));
        let access = access(&town, &code);
        let proofs: Vec<Vec<u8>> = (0..8).map(|wallet| Wallet::new(100 * round + wallet).commit().proof).collect();
        let answers: Vec<Vec<u16>> = std::thread::scope(|scope| {
            let ask = |proof: &Vec<u8>| (0..4).map(|_| ask_record(&town, &access, proof).status).collect();
            let asking: Vec<_> = proofs.iter().map(|proof| scope.spawn(move || ask(proof))).collect();
            std::thread::sleep(std::time::Duration::from_millis(5 * round));
            town.complete(&reference, TESTED);
            asking.into_iter().map(|asked| asked.join().unwrap()).collect()
        });
        let lucky = answers.iter().filter(|answers| answers.iter().all(|status| matches!(status, 200 | 202)));
        assert_eq!(lucky.count(), 1, "{answers:?}");
        let got = proofs.iter().filter(|proof| ask_record(&town, &access, proof).status == 200);
        assert_eq!(got.count(), 1);
    }
}

#[test]
fn a_result_is_added_to_its_order_once() {
    let town = Town::begin();
    for round in 0..4 {
        let reference = format!("race-{round}");
        let code = code_of(town.order(&reference, Form::Link));
        let facts = [TESTED, CORRECTED];
        let added: Vec<Added> = std::thread::scope(|scope| {
            let (town, reference) = (&town, &reference);
            let add = |one: usize| {
                let result = entry(reference, facts[one % 2]);
                town.run(town.service.add(&result, Days::Spoken, Form::Link, &town.nurse())).unwrap()
            };
            let adding: Vec<_> = (0..6).map(|one| scope.spawn(move || add(one))).collect();
            adding.into_iter().map(|added| added.join().unwrap()).collect()
        });
        let completed = added.iter().filter(|added| matches!(added, Added::Completed(_)));
        assert_eq!(completed.count(), 1, "{added:?}");
        assert!(!added.iter().any(|added| matches!(added, Added::New(_))), "and never a second code");
        assert_eq!(ask(&town, &code, &Wallet::new(round).commit().proof).status, 200);
    }
}

/// Two rows of the database with their codes and keys exchanged: without the tie, one person's facts would go to the other's code.
#[test]
fn who_can_write_to_the_database_cannot_lead_facts_to_another_code() {
    let town = Town::begin();
    let (mine, other) = (town.order("A-1", Form::Link), town.order("A-2", Form::Link));
    town.run(async {
        use sqlx::Connection as _;
        let file = town.folder.path().join("bauta.db");
        let mut database = sqlx::SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
        let copied = "CREATE TEMP TABLE kept AS SELECT * FROM pending; UPDATE pending SET code_mac = randomblob(32)";
        sqlx::raw_sql(copied).execute(&mut database).await.unwrap();
        let swap = "UPDATE pending SET code_mac = other.code_mac, sealing_key = other.sealing_key
             FROM (SELECT * FROM kept WHERE handle = ?2) other WHERE pending.handle = ?1";
        for (to, from) in [(mine.handle, other.handle), (other.handle, mine.handle)] {
            let (to, from) = (to.bytes().to_vec(), from.bytes().to_vec());
            assert_eq!(sqlx::query(swap).bind(to).bind(from).execute(&mut database).await.unwrap().rows_affected(), 1);
        }
        database.close().await.unwrap();
    });
    let refused = add(&town, "A-1");
    assert!(matches!(refused, Err(LabError::OtherType)), "{refused:?}");
    assert_eq!(town.progress("A-1"), Progress::Ordered);
}

#[test]
fn a_result_that_nobody_collected_is_corrected_in_its_place() {
    let town = Town::begin();
    let first = town.add("A-1", TESTED, Form::Link);
    let (handle, code) = (first.handle, code_of(first));
    let Corrected::Replaced(ticket) = correct(&town, "A-1").unwrap() else { panic!("nobody has collected it") };
    assert_eq!(ticket.handle, handle);
    assert_eq!(token(&town, &code, None).error(), "invalid_grant");
    let record = Wallet::new(1).collect(&town, &code_of(ticket));
    assert_eq!(record.credential.claims.get(&record.credential_type, "tested"), Some(&Value::Code(2)));
}

#[test]
fn a_result_that_was_collected_is_withdrawn_and_made_anew() {
    let town = Town::begin();
    for (reference, acknowledged) in [("A-1", false), ("A-2", true)] {
        let first = town.add(reference, TESTED, Form::Link);
        let (handle, mut wallet) = (first.handle, Wallet::new(1));
        let old = wallet.collect(&town, &code_of(first));
        if acknowledged {
            Wallet::acknowledge(&town, &old);
        }
        let Corrected::Reissued { ticket, withdrawn } = correct(&town, reference).unwrap() else {
            panic!("a record was made")
        };
        assert!(withdrawn == handle && ticket.handle != handle);
        assert_eq!((status_of(&town, handle), town.progress(reference)), (Progress::Withdrawn, Progress::Waiting));
        let request = Wallet::ask(&town, &old, nonce(&town));
        let request = wallet.present(&town, &old, request);
        assert_eq!(ask_passes(&town, &request).error(), "credential_request_denied");

        // The answer was lost: the same again gives a new code for the same new result, and no third one.
        let lost = code_of(ticket);
        let Corrected::Replaced(again) = correct(&town, reference).unwrap() else { panic!("it waits") };
        assert_eq!(
            town.run(town.service.status(&Which::Handle(again.handle), &town.nurse())).unwrap().progress,
            Progress::Waiting
        );
        assert_eq!(token(&town, &lost, None).error(), "invalid_grant");
        let new = wallet.collect(&town, &code_of(again));
        assert_eq!(new.credential.claims.get(&new.credential_type, "tested"), Some(&Value::Code(2)));
        assert!(wallet.renew(&town, &new).iter().any(Option::is_some));
        town.withdraw(reference);
        let request = Wallet::ask(&town, &new, nonce(&town));
        assert_eq!(ask_passes(&town, &wallet.present(&town, &new, request)).error(), "credential_request_denied");
    }
    let counts = town.run(town.service.counts(&town.nurse())).unwrap();
    assert_eq!(
        counts.iter().map(|count| (count.progress, count.number)).collect::<Vec<_>>(),
        [(Progress::Withdrawn, 4)]
    );
}

#[test]
fn the_answer_says_which_of_the_two_a_correction_was() {
    let town = Town::begin();
    let key = town.run(town.service.new_api_key(&"lims".parse().unwrap(), Visitor::Lab, &town.nurse())).unwrap();
    let call = |reference: &str| {
        let facts = json!({ "tested": "rapid-antigen", "tested_on": "2026-11-23" });
        let body = json!({ "type": "health-record", "reference": reference, "facts": facts });
        post(&town.url("/v1/results/correct"), &key, &body)
    };
    let first = town.add("A-1", TESTED, Form::Link);
    let handle = first.handle.to_string();
    let replaced = call("A-1");
    assert_eq!((replaced.status, replaced.json()["correction"].as_str().unwrap()), (201, "replaced"));
    assert_eq!(replaced.json()["handle"], handle);
    let code = replaced.json()["link"].as_str().unwrap().split_once('#').unwrap().1.to_owned();
    Wallet::new(1).collect(&town, &code);
    let reissued = call("A-1").json();
    assert_eq!((reissued["correction"].as_str().unwrap(), &reissued["withdrawn_handle"]), ("reissued", &json!(handle)));
    assert!(reissued["link"].is_string() && reissued["handle"] != handle);

    town.order("A-2", Form::Link);
    town.code("A-3");
    town.withdraw("A-3");
    assert_eq!((call("A-2").status, call("A-3").status, call("A-4").status), (409, 409, 404));
    assert!(call("A-2").json()["detail"].as_str().unwrap().contains("no result yet"));
}

#[test]
fn of_many_corrections_at_once_one_record_can_be_made_and_the_old_one_is_withdrawn() {
    let town = Town::begin();
    for round in 0..4_u64 {
        let reference = format!("race-{round}");
        let first = town.add(&reference, TESTED, Form::Link);
        let (handle, code) = (first.handle, code_of(first));
        let proof = Wallet::new(round).commit().proof;
        // In every second round the wallet comes while the corrections do.
        let redeems_before = round.is_multiple_of(2);
        if redeems_before {
            assert_eq!(ask(&town, &code, &proof).status, 200);
        }
        let (corrected, redeemed) = std::thread::scope(|scope| {
            let (town, reference, code) = (&town, &reference, &code);
            let correcting: Vec<_> = (0..6).map(|_| scope.spawn(move || correct(town, reference).unwrap())).collect();
            let redeemed = redeems_before || {
                let granted = token(town, code, None);
                granted.status == 200
                    && ask_record(town, granted.json()["access_token"].as_str().unwrap(), &proof).status == 200
            };
            (correcting.into_iter().map(|one| one.join().unwrap()).collect::<Vec<_>>(), redeemed)
        });
        let reissued = corrected.iter().filter(|one| matches!(one, Corrected::Reissued { .. })).count();
        assert_eq!(reissued, usize::from(redeemed), "{corrected:?}");
        if redeemed {
            assert_eq!(status_of(&town, handle), Progress::Withdrawn);
        }
        let codes = corrected.into_iter().map(|one| match one {
            Corrected::Replaced(ticket) | Corrected::Reissued { ticket, .. } => code_of(ticket),
        });
        let good = codes.filter(|code| token(&town, code, None).status == 200);
        assert_eq!(good.count(), 1);
    }
}

#[test]
fn orders_and_their_results_are_imported_from_two_files() {
    let town = Town::begin();
    let codes = town.folder.path().join("codes.csv");
    let nurse = town.nurse();
    let orders = "reference,type\nR-1,health-record\nR-2,health-record\n=R,health-record\nR-3,dog-licence\n";
    let import_orders =
        || town.run(town.service.import_orders(orders.as_bytes(), &codes, Form::Link, &nurse, |_| ())).unwrap();
    let ordered = import_orders();
    assert_eq!((ordered.added, ordered.known, ordered.refused.len()), (2, 0, 2));
    assert_eq!(import_orders().known, 2);
    let written = std::fs::read_to_string(&codes).unwrap();
    let code = written.lines().nth(1).unwrap().split(',').nth(1).unwrap().rsplit("%23").next().unwrap().to_owned();
    let proof = Wallet::new(1).commit().proof;
    assert_eq!(ask(&town, &code, &proof).status, 202);

    let results = "reference,type,tested,tested_on\nR-1,health-record,naat,today\nR-9,health-record,naat,today\n\
         R-2,health-record,pcr,today\n";
    let import = || town.run(town.service.import(results.as_bytes(), &codes, Form::Link, &nurse, |_| ())).unwrap();
    let imported = import();
    assert_eq!((imported.completed, imported.added, imported.refused.len()), (1, 1, 1));
    assert_eq!(std::fs::read_to_string(&codes).unwrap().lines().count(), 1 + 3, "an order keeps the code it has");
    let again = import();
    assert_eq!((again.completed, again.added, again.known), (0, 0, 2));
    assert_eq!((ask(&town, &code, &proof).status, town.progress("R-2")), (200, Progress::Ordered));

    let facts = town.service.import_orders(results.as_bytes(), &codes, Form::Link, &nurse, |_| ());
    assert!(town.run(facts).unwrap_err().to_string().contains("and nothing else"));
}

#[test]
fn no_byte_of_an_order_is_left_when_it_is_over() {
    let mut town = Town::with(&Setup { settings: "order_days = 2\n", ..Default::default() });
    let codes = ["sample-1", "sample-2", "sample-3"].map(|reference| code_of(town.order(reference, Form::Link)));
    let wallets = [1, 2, 3].map(|seed| Wallet::new(seed).commit());
    for (code, wallet) in codes.iter().zip(&wallets) {
        assert_eq!(ask(&town, code, &wallet.proof).status, 202);
    }
    let bindings =
        wallets.each_ref().map(|wallet| bauta_spec::attributes::Binding::of(wallet.commitment.commitment()).bytes());
    assert!(bindings.iter().all(|binding| contains(&town.database(), binding)), "the search finds what is there");
    // One is collected, one cancelled, one forgotten by everybody.
    town.complete("sample-1", TESTED);
    let answer = ask(&town, &codes[0], &wallets[0].proof).json();
    let said = json!({ "notification_id": answer["notification_id"], "event": "credential_accepted" });
    assert_eq!(post(&town.url("/notification"), &access(&town, &codes[0]), &said).status, 204);
    town.withdraw("sample-2");
    days_later(&mut town, 3);
    assert_eq!(town.progress("sample-3"), Progress::Expired);

    let bytes = town.database();
    let needles = codes.iter().map(|code| code.as_bytes().to_vec());
    let needles = needles.chain(bindings.map(|binding| binding.to_vec()));
    let needles = needles.chain(wallets.iter().map(|wallet| wallet.proof[..48].to_vec()));
    let facts = [r#""tested":"naat""#, r#""tested_on""#, "M/05", "sample-"];
    for needle in needles.chain(facts.map(|word| word.as_bytes().to_vec())) {
        assert!(!contains(&bytes, &needle), "{}", String::from_utf8_lossy(&needle));
    }
}

#[test]
fn the_commands_order_complete_and_correct() {
    let town = Town::around_a_program();
    let _running = Running::begin(&town);
    let folder = town.folder.path();
    let about = ["--type", "health-record", "--reference", "A-1"];
    let run = |command: &str, more: &[&str]| program(folder, &[&[command], &about[..], more].concat());
    let ordered = run("order", &["--json"]);
    let ticket: serde_json::Value =
        serde_json::from_slice(&ordered.stdout).unwrap_or_else(|_| panic!("{}", text(&ordered)));
    assert_eq!(ticket["state"], "ordered");
    assert_eq!(run("order", &[]).status.code(), Some(3), "the same reference again changes nothing");
    let short: serde_json::Value =
        serde_json::from_slice(&run("order", &["--again", "--short", "--json"]).stdout).unwrap();
    assert!(short["short_code"].is_string() && short["handle"] == ticket["handle"]);

    let facts = ["tested=naat", "tested_on=today"];
    let refused = run("correct", &facts);
    assert!(text(&refused).contains("no result yet"), "{}", text(&refused));
    assert!(text(&run("add", &facts)).contains("Added to its order"));
    let corrected = run("correct", &["tested=rapid-antigen", "tested_on=today", "--json"]);
    let corrected: serde_json::Value = serde_json::from_slice(&corrected.stdout).unwrap();
    assert_eq!((corrected["correction"].as_str(), &corrected["handle"]), (Some("replaced"), &ticket["handle"]));
    assert!(text(&program(folder, &["status", "--reference", "A-1"])).starts_with("waiting"));
}
