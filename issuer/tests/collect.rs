//! A code becomes a record, once, whatever races, repeats or guesses.
#![allow(clippy::unwrap_used, clippy::panic)]

mod town;

use bauta_issuer::{Form, Progress};
use bauta_spec::attributes::Value;
use serde_json::json;

use town::{Answer, TESTED, Town, Wallet, ask_record, contains, post, token};

#[test]
fn a_citizen_collects_and_the_issuer_forgets() {
    let town = Town::begin();
    let code = town.code("A-1");
    let mut wallet = Wallet::new(1);
    let record = wallet.collect(&town, &code);
    assert_eq!(town.progress("A-1"), Progress::Redeemed);

    let claim = |name| record.credential.claims.get(&record.credential_type, name);
    assert_eq!(claim("tested"), Some(&Value::Code(1)));
    assert_eq!(claim("tested_on"), Some(&Value::Day(town.today().minus(1))));
    assert_eq!(claim("vaccinated"), Some(&Value::Absent));
    assert_eq!(claim("valid_until"), Some(&Value::Day(town.today().plus(365))));

    assert_eq!(Wallet::acknowledge(&town, &record), 204);
    assert_eq!(Wallet::acknowledge(&town, &record), 204, "saying so twice changes nothing");
    assert_eq!(town.progress("A-1"), Progress::Collected);
    assert_eq!(token(&town, &code, None).error(), "invalid_grant");
}

#[test]
fn a_retry_gets_the_same_bytes_and_another_wallet_nothing() {
    let town = Town::begin();
    let code = town.code("A-1");
    let access = || token(&town, &code, None).json()["access_token"].as_str().unwrap().to_owned();
    let (first, other) = (Wallet::new(1).commit(), Wallet::new(2).commit());
    let answer = ask_record(&town, &access(), &first.proof);
    assert_eq!(answer.status, 200);
    for token in [access(), access()] {
        assert_eq!(ask_record(&town, &token, &first.proof).body, answer.body);
    }
    let refused = ask_record(&town, &access(), &other.proof);
    assert_eq!((refused.status, refused.error()), (400, "credential_request_denied".to_owned()));
    assert_eq!(ask_record(&town, &access(), &first.proof).body, answer.body);
}

#[test]
fn of_many_wallets_with_one_code_one_gets_the_record() {
    let town = Town::begin();
    for round in 0..5_u64 {
        let code = town.code(&format!("race-{round}"));
        let access = token(&town, &code, None).json()["access_token"].as_str().unwrap().to_owned();
        let proofs: Vec<Vec<u8>> = (0..16).map(|wallet| Wallet::new(100 * round + wallet).commit().proof).collect();
        let answers: Vec<Answer> = std::thread::scope(|scope| {
            let asking: Vec<_> = proofs.iter().map(|proof| scope.spawn(|| ask_record(&town, &access, proof))).collect();
            asking.into_iter().map(|asked| asked.join().unwrap()).collect()
        });
        let got = answers.iter().filter(|answer| answer.status == 200).count();
        let refused =
            answers.iter().filter(|answer| answer.status == 400 && answer.error() == "credential_request_denied");
        assert_eq!((got, refused.count()), (1, proofs.len() - 1));
    }
}

#[test]
fn wrong_digits_lock_a_short_code_for_a_time_and_never_burn_it() {
    let town = Town::begin();
    let ticket = town.add("A-1", TESTED, Form::Short);
    assert!(ticket.offer.code.is_none(), "the link alone must not be enough");
    let (code, digits) = ticket.short.unwrap();
    let (code, digits) = (code.text().to_string(), digits.text().to_string());
    let wrong = if digits == "0000000" { "0000001" } else { "0000000" };

    assert_eq!(token(&town, &code, Some(&digits)).status, 200);
    for _ in 0..4 {
        assert_eq!(token(&town, &code, Some(wrong)).error(), "invalid_grant");
    }
    assert_eq!(token(&town, &code, Some(&digits)).status, 200, "a right one in between forgives");
    for _ in 0..5 {
        assert_eq!(token(&town, &code, Some(wrong)).error(), "invalid_grant");
    }
    let locked = token(&town, &code, Some(&digits));
    assert_eq!((locked.status, locked.headers["retry-after"].to_str().unwrap()), (429, "900"));
    town.later(bauta_issuer::LOCK_SECONDS);
    assert_eq!(token(&town, &code, Some(&digits)).status, 200);
    assert_eq!(token(&town, &code, None).error(), "invalid_request");
}

#[test]
fn many_guesses_at_once_are_still_counted() {
    let town = Town::begin();
    let ticket = town.add("A-1", TESTED, Form::Short);
    let code = ticket.short.unwrap().0.text().to_string();
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let guess = |digits: u32| token(&town, &code, Some(&format!("{digits:07}"))).status;
        let guessing: Vec<_> = (0..24).map(|digits| scope.spawn(move || guess(digits))).collect();
        guessing.into_iter().map(|guessed| guessed.join().unwrap()).collect()
    });
    assert_eq!(answers.iter().filter(|status| **status == 400).count(), 5, "{answers:?}");
    assert_eq!(answers.iter().filter(|status| **status == 429).count(), 19);
}

#[test]
fn guessing_short_codes_that_nobody_has_is_slowed_down_and_links_go_on() {
    let town = Town::begin();
    let link = town.code("A-1");
    let short = town.add("A-2", TESTED, Form::Short).short.unwrap();
    let statuses: Vec<u16> =
        (0..70).map(|guess| token(&town, &format!("0000-{guess:04}"), Some("0000000")).status).collect();
    assert!(statuses.starts_with(&[400; 50]), "{statuses:?}");
    assert!(statuses.ends_with(&[429; 5]), "{statuses:?}");
    assert_eq!(token(&town, &link, None).status, 200);
    let (code, digits) = (short.0.text().to_string(), short.1.text().to_string());
    assert_eq!(token(&town, &code, Some(&digits)).status, 429);
    town.later(60);
    assert_eq!(token(&town, &code, Some(&digits)).status, 200);
}

#[test]
fn tokens_and_codes_end() {
    let town = Town::begin();
    let code = town.code("A-1");
    let access = token(&town, &code, None).json()["access_token"].as_str().unwrap().to_owned();
    let proof = Wallet::new(1).commit().proof;
    town.later(u64::from(bauta_issuer::TOKEN_SECONDS));
    assert_eq!(ask_record(&town, &access, &proof).error(), "invalid_token");
    town.later(72 * town::HOUR);
    assert_eq!(token(&town, &code, None).error(), "invalid_grant");
    town.run(town.service.housekeeping()).unwrap();
    assert_eq!(town.progress("A-1"), Progress::Expired);
}

#[test]
fn what_is_no_honest_request_is_refused_by_name() {
    let town = Town::begin();
    let code = town.code("A-1");
    let access = token(&town, &code, None).json()["access_token"].as_str().unwrap().to_owned();
    let good = Wallet::new(1).commit().proof;
    let mut flipped = good.clone();
    flipped[100] ^= 1;
    let other = Wallet::new(2).commit().proof;
    let spliced = [&good[..48], &other[48..]].concat();
    for (flaw, proof) in [
        ("flipped", &flipped[..]),
        ("spliced", &spliced),
        ("short", &good[..143]),
        ("long", &[&good[..], &[0]].concat()),
        ("empty", &[]),
        ("identity", &[&[0xc0][..], &[0; 47], &good[48..]].concat()),
    ] {
        assert_eq!(ask_record(&town, &access, proof).error(), "invalid_proof", "{flaw}");
    }
    assert_eq!(ask_record(&town, "AAAA", &good).error(), "invalid_token");
    assert_eq!(ask_record(&town, "", &good).error(), "invalid_token");
    assert_eq!(token(&town, "XYZ", None).error(), "invalid_grant", "nobody's code");
    assert_eq!(token(&town, "00000000000000000000000000", None).error(), "invalid_grant");
    let ask = |id: &str, kind: &str| {
        let request = json!({ "credential_configuration_id": id, "proofs": { kind: ["AAAA"] } });
        post(&town.url("/credential"), &access, &request).error()
    };
    assert_eq!(ask("passes", "bauta_commitment"), "invalid_proof");
    assert_eq!(ask("health-record", "bauta_record_presentation"), "invalid_proof");
    assert_eq!(ask("health-record", "jwt"), "invalid_credential_request");
    // After all this the code still belongs to nobody.
    assert_eq!(ask_record(&town, &access, &good).status, 200);
}

#[test]
fn another_type_than_waits_is_not_given() {
    let town = Town::begin();
    let code = town.code("A-1");
    let answer = token(&town, &code, None).json();
    assert_eq!(answer["credential_configuration_id"], "health-record");
    let access = answer["access_token"].as_str().unwrap();
    let proofs = json!({ "bauta_commitment": [bauta_spec::issuance::Base64Url(Wallet::new(1).commit().proof)] });
    let request = json!({ "credential_configuration_id": "age-record", "proofs": proofs });
    assert_eq!(post(&town.url("/credential"), access, &request).error(), "unknown_credential_configuration");
}

#[test]
fn no_fact_code_or_binding_is_left_in_the_database_files() {
    let town = Town::begin();
    let codes = [town.code("sample-1"), town.code("sample-2"), town.code("sample-3")];
    let mut wallet = Wallet::new(1);
    let records = [wallet.collect(&town, &codes[0]), wallet.collect(&town, &codes[1])];
    let bindings =
        records.each_ref().map(|record| bauta_spec::attributes::Binding::of(record.commitment.commitment()).bytes());
    assert!(bindings.iter().all(|binding| contains(&town.database(), binding)), "the search finds what is there");

    Wallet::acknowledge(&town, &records[0]);
    town.withdraw("sample-2");
    town.later(73 * town::HOUR);
    town.run(town.service.housekeeping()).unwrap();

    let bytes = town.database();
    let needles = codes.iter().map(|code| code.as_bytes().to_vec());
    let needles = needles.chain(bindings.map(|binding| binding.to_vec()));
    let needles = needles.chain(records.iter().map(|record| record.commitment.commitment().to_bytes().to_vec()));
    // The words alone stand in the trust list, as vocabulary; a fact is a claim with its word.
    let facts = [r#""tested":"naat""#, r#""tested_on""#, "2026-11-23", "M/05", "sample-"];
    let needles = needles.chain(facts.map(|word| word.as_bytes().to_vec()));
    for needle in needles {
        assert!(!contains(&bytes, &needle), "{}", String::from_utf8_lossy(&needle));
    }
}
