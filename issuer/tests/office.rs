//! A record becomes passes, and the office keeps nothing of it.
#![allow(clippy::unwrap_used, clippy::panic)]

mod town;

use bauta_issuer::Form;
use bauta_spec::attributes::{Claims, Value};
use bauta_spec::issuance::{OfficeAsk, OfficeRequest};
use bauta_spec::time::Epoch;

use town::{Record, TESTED, Town, Wallet, ask_passes, nonce};

fn collected(town: &Town, wallet: &mut Wallet, reference: &str) -> Record {
    let code = town.code(reference);
    let record = wallet.collect(town, &code);
    assert_eq!(Wallet::acknowledge(town, &record), 204);
    record
}

#[test]
fn a_record_becomes_passes_for_the_days_on_which_the_rule_holds() {
    let town = Town::begin();
    let mut wallet = Wallet::new(1);
    let record = collected(&town, &mut wallet, "A-1");
    let passes = wallet.renew(&town, &record);
    let of_type =
        |len: usize| passes.iter().flatten().filter(move |pass| pass.values().len() == len).collect::<Vec<&Claims>>();
    // Tested yesterday, good for two days after the test: today and tomorrow, of four days.
    let days: Vec<_> = of_type(3).iter().map(|pass| pass.values()[0].clone()).collect();
    let today = Epoch { day: town.today(), series: 0 };
    assert_eq!(days, [Value::Epoch(today), Value::Epoch(Epoch { day: town.today().plus(1), series: 0 })]);
    assert_eq!(Some(&of_type(3)[0].values()[2]), town::hint_of(&record));
}

#[test]
fn the_answer_has_one_length_whatever_the_facts() {
    let town = Town::begin();
    let mut lengths = Vec::new();
    for (number, facts) in
        [TESTED, &[("vaccinated", "mrna"), ("vaccinated_on", "today-30")], &[("age_band", "0-11")]].iter().enumerate()
    {
        let ticket = town.add(&format!("A-{number}"), facts, Form::Link);
        let mut wallet = Wallet::new(number as u64);
        let record = wallet.collect(&town, &ticket.offer.code.unwrap().text());
        let ask = Wallet::ask(&town, &record, nonce(&town));
        let request = wallet.present(&town, &record, ask);
        lengths.push((request.to_bytes().len(), ask_passes(&town, &request).body.len()));
    }
    assert!(lengths.windows(2).all(|pair| pair[0] == pair[1]), "{lengths:?}");
}

#[test]
fn the_office_writes_nothing_and_a_retry_gets_the_same_bytes() {
    let town = Town::begin();
    let mut wallet = Wallet::new(1);
    let record = collected(&town, &mut wallet, "A-1");
    let before = town.database();
    let ask = Wallet::ask(&town, &record, nonce(&town));
    let request = wallet.present(&town, &record, ask);
    let first = ask_passes(&town, &request);
    for _ in 0..5 {
        assert_eq!(ask_passes(&town, &request).body, first.body);
        wallet.renew(&town, &record);
    }
    assert_eq!(town.database(), before);
}

#[test]
fn without_the_hint_the_passes_carry_none() {
    let town = Town::begin();
    let mut wallet = Wallet::new(1);
    let mut record = collected(&town, &mut wallet, "A-1");
    let ask = OfficeAsk { with_hint: false, ..Wallet::ask(&town, &record, nonce(&town)) };
    let answer = ask_passes(&town, &wallet.present(&town, &record, ask));
    assert_eq!(answer.status, 200, "{}", answer.json());
    let hint = record.credential_type.index_of("hint").unwrap();
    let mut values = record.credential.claims.values().to_vec();
    values[hint] = Value::Absent;
    record.credential.claims = Claims::new(&record.credential_type, values).unwrap();
    let passes = wallet.check_passes(&town, &record, &town::passes_of(&answer));
    let entry = passes.iter().flatten().find(|pass| pass.values().len() == 3).unwrap();
    assert_eq!(entry.values()[2], Value::Absent);
}

#[test]
fn a_withdrawn_record_gets_no_more_passes() {
    let town = Town::begin();
    let mut wallet = Wallet::new(1);
    let record = collected(&town, &mut wallet, "A-1");
    wallet.renew(&town, &record);
    town.withdraw("A-1");
    let ask = Wallet::ask(&town, &record, nonce(&town));
    let refused = ask_passes(&town, &wallet.present(&town, &record, ask));
    assert_eq!(refused.error(), "credential_request_denied");
}

#[test]
fn a_record_gets_passes_until_it_ends() {
    let town = Town::with(&town::Setup { settings: "record_days = 1\n", ..Default::default() });
    let mut wallet = Wallet::new(1);
    let record = collected(&town, &mut wallet, "A-1");
    town.later(24 * town::HOUR);
    assert_eq!(wallet.renew(&town, &record).iter().flatten().count(), 2, "one rule each, on the last day only");
    town.later(24 * town::HOUR);
    let ask = Wallet::ask(&town, &record, nonce(&town));
    assert_eq!(ask_passes(&town, &wallet.present(&town, &record, ask)).error(), "credential_request_denied");
}

#[test]
fn requests_that_anybody_changed_are_refused() {
    let town = Town::begin();
    let mut wallet = Wallet::new(1);
    let record = collected(&town, &mut wallet, "A-1");
    let ask = || Wallet::ask(&town, &record, nonce(&town));
    let honest = wallet.present(&town, &record, ask());
    let error = |request: &OfficeRequest| ask_passes(&town, request).error();
    let with = |change: &dyn Fn(&mut OfficeAsk)| {
        let mut changed = honest.clone();
        change(&mut changed.ask);
        changed
    };
    let stranger = Wallet::new(2).commit().commitment;
    assert_eq!(error(&with(&|ask| ask.commitment = stranger.clone())), "invalid_proof");
    assert_eq!(error(&with(&|ask| ask.nonce = nonce(&town))), "invalid_proof");
    assert_eq!(error(&with(&|ask| ask.nonce[0] ^= 1)), "invalid_nonce");
    assert_eq!(error(&with(&|ask| ask.nonce.clear())), "invalid_nonce");
    assert_eq!(error(&with(&|ask| ask.days -= 1)), "invalid_credential_request");
    assert_eq!(error(&with(&|ask| ask.first_day = ask.first_day.plus(1))), "invalid_credential_request");
    assert_eq!(error(&with(&|ask| ask.first_day = ask.first_day.minus(1))), "invalid_credential_request");
    assert_eq!(error(&with(&|ask| ask.with_hint = false)), "invalid_proof");
    assert_eq!(error(&with(&|ask| ask.trust_hash = [0; 32])), "invalid_credential_request");
    assert_eq!(error(&with(&|ask| ask.trust_version += 1)), "invalid_credential_request");
    // A commitment of one's own, presented honestly, is still not the one that the record is bound to.
    let borrowed = OfficeAsk { commitment: stranger, ..ask() };
    assert_eq!(error(&wallet.present(&town, &record, borrowed)), "invalid_proof");
    let mut bytes = honest.to_bytes();
    bytes.push(0);
    let proofs = serde_json::json!({ "bauta_record_presentation": [bauta_spec::issuance::Base64Url(bytes)] });
    let junk = serde_json::json!({ "credential_configuration_id": "passes", "proofs": proofs });
    assert_eq!(town::post(&town.url("/credential"), "", &junk).error(), "invalid_proof");
    assert_eq!(error(&honest), "", "the honest one still goes through");
    town.later(bauta_issuer::NONCE_SECONDS);
    assert_eq!(error(&honest), "invalid_nonce");
}

#[test]
fn a_window_may_begin_a_little_before_and_after_midnight_of_the_grid() {
    let grid_day_begins = town::MORNING - 7 * town::HOUR;
    let ask_at = |town: &Town, wallet: &mut Wallet, record: &Record, later: i32| {
        let honest = Wallet::ask(town, record, nonce(town));
        let day = if later < 0 { honest.first_day.minus(1) } else { honest.first_day.plus(later as u16) };
        let ask = OfficeAsk { first_day: day, ..honest };
        ask_passes(town, &wallet.present(town, record, ask)).status
    };
    let town = Town::with(&town::Setup { now: grid_day_begins - 300, ..Default::default() });
    let mut wallet = Wallet::new(1);
    let record = collected(&town, &mut wallet, "A-1");
    assert_eq!(ask_at(&town, &mut wallet, &record, 1), 200, "five minutes before, from tomorrow on");
    town.later(300 + 300);
    assert_eq!(ask_at(&town, &mut wallet, &record, -1), 200, "five minutes after, from yesterday on");
    town.later(300);
    assert_eq!(ask_at(&town, &mut wallet, &record, -1), 400);
}

#[test]
fn a_raised_series_a_withdrawn_key_and_a_stale_list_count_at_once() {
    let mut town = Town::begin();
    let mut wallet = Wallet::new(1);
    let record = collected(&town, &mut wallet, "A-1");
    let old_ask = Wallet::ask(&town, &record, nonce(&town));
    let old = wallet.present(&town, &record, old_ask);
    let today = town.today();
    town.later(60);
    town.publish(|list| {
        list.floors.insert(today, 1);
    });
    town.run(town.service.housekeeping()).unwrap();
    assert_eq!(ask_passes(&town, &old).error(), "invalid_credential_request");
    let passes = wallet.renew(&town, &record);
    assert_eq!(passes.iter().flatten().next().unwrap().values()[0], Value::Epoch(Epoch { day: today, series: 1 }));

    let key = record.credential.key;
    town.publish(|list| {
        list.withdrawn_keys.insert(key);
    });
    town.run(town.service.housekeeping()).unwrap();
    let ask = Wallet::ask(&town, &record, nonce(&town));
    assert_eq!(ask_passes(&town, &wallet.present(&town, &record, ask)).error(), "invalid_proof");

    town.later(49 * town::HOUR);
    let ask = Wallet::ask(&town, &record, nonce(&town));
    let refused = ask_passes(&town, &wallet.present(&town, &record, ask));
    assert_eq!((refused.status, refused.error().as_str()), (503, "temporarily_unavailable"));
    assert!(refused.headers.contains_key("retry-after"));
}
