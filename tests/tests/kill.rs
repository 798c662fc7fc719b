//! `kill -9` at any moment. Of a collection: afterwards there is exactly one record, no code is burnt, and everything opens. Of what wallet
//! and authority do besides: afterwards it is done or it is not, nothing is lost or taken back, and the next command goes on.
//!
//! The moments are random: BAUTA_SEED replays a run, BAUTA_KILLS says how many there are.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use bauta_tests::city::{City, ROOT, offers};
use bauta_tests::shell::Running;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde_json::Value;

/// Whom the signal hits.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Victim {
    Wallet,
    Issuer,
}

#[test]
fn a_wallet_killed_while_it_collects_loses_and_doubles_nothing() {
    killed_while_collecting(Victim::Wallet);
}

#[test]
fn an_issuer_killed_while_it_issues_loses_and_doubles_nothing() {
    killed_while_collecting(Victim::Issuer);
}

#[test]
fn a_wallet_killed_while_it_renews_backs_up_or_restores_loses_nothing() {
    let (rounds, mut rng) = rounds();
    let folder = tempfile::tempdir().unwrap();
    let city = City::ready(folder.path()).unwrap();
    let _service = city.serve().unwrap();
    city.anna_has_passes().unwrap();
    let own = "--backup-passphrase-file citizens.pass";
    let started = Instant::now();
    city.done(&format!("bauta-wallet backup whole.backup --wallet anna.wallet {own}")).unwrap();
    let usual = started.elapsed();
    let list = |wallet: &str| city.shell().run(&format!("bauta-wallet list --json --wallet {wallet}.wallet")).unwrap();
    let expected = list("anna").out;
    assert!(expected.contains("naat") && expected.contains("tested-or-vaccinated"), "{expected}");

    for round in 0..rounds {
        let (what, line) = match round % 3 {
            0 => ("renew", "bauta-wallet renew --wallet anna.wallet".to_owned()),
            1 => ("backup", format!("bauta-wallet backup {round}.backup --wallet anna.wallet {own}")),
            _ => ("restore", format!("bauta-wallet restore whole.backup --wallet {round}.wallet {own}")),
        };
        // A renewal asks the office as well.
        let moment = moment(&mut rng, if what == "renew" { usual * 2 } else { usual });
        killed(&city, &line, moment);
        assert_eq!(list("anna").out, expected, "killed after {moment:?} of {what}");
        let restored = format!("bauta-wallet restore {round}.backup --wallet {round}.wallet {own}");
        match what {
            // All of it is there, or it is refused; it is never restored to less.
            "backup"
                if city.shell().folder().join(format!("{round}.backup")).exists()
                    && city.shell().run(&restored).unwrap().code == Some(0) =>
            {
                assert_eq!(list(&round.to_string()).out, expected, "killed after {moment:?} of {what}");
            }
            "restore" if city.shell().folder().join(format!("{round}.wallet")).exists() => {
                assert_eq!(list(&round.to_string()).out, expected, "killed after {moment:?} of {what}");
            }
            "restore" => drop(city.done(&line).unwrap()),
            _ => {}
        }
    }
    city.done("bauta-wallet renew --wallet anna.wallet").unwrap();
    assert_eq!(list("anna").out, expected);
}

#[test]
fn an_authority_killed_while_it_publishes_or_withdraws_takes_nothing_back() {
    let (rounds, mut rng) = rounds();
    let folder = tempfile::tempdir().unwrap();
    let city = City::ready(folder.path()).unwrap();
    let started = Instant::now();
    city.done("bauta-authority publish").unwrap();
    let publishing = started.elapsed();
    let started = Instant::now();
    let mut before = newest(&city);
    let deciding = started.elapsed();
    let ids = |list: &Value, withdrawn: bool| -> BTreeSet<String> {
        let rules = list["rules"].as_array().unwrap().iter().filter(|rule| rule["withdrawn"] == withdrawn);
        rules.map(|rule| rule["id"].as_str().unwrap().to_owned()).collect()
    };
    let floor =
        |list: &Value| list["floors"].as_object().unwrap().values().filter_map(Value::as_u64).max().unwrap_or(0);
    let rules: Vec<String> = ids(&before, false).into_iter().collect();
    assert_eq!(rules.len(), bauta_spec::rules::SAMPLES.len());

    for round in 0..rounds {
        let rule = &rules[round as usize % rules.len()];
        let series = round % 255 + 1;
        let lines =
            [format!("bauta-authority withdraw rule {rule}"), format!("bauta-authority raise-series today {series}")];
        let moments = [(); 3].map(|()| rng.next_u32()).map(share);
        for (line, share) in lines.iter().zip(moments) {
            killed(&city, line, deciding.mul_f64(share));
        }
        killed(&city, "bauta-authority publish", publishing.mul_f64(moments[2]));
        let now = newest(&city);
        let version = |list: &Value| list["version"].as_u64().unwrap();
        assert!([0, 1].contains(&(version(&now) - version(&before))), "killed after {moments:?}: {now:#}");
        assert!(ids(&now, true).is_superset(&ids(&before, true)), "killed after {moments:?}: {now:#}");
        assert!(floor(&now) >= floor(&before), "killed after {moments:?}: {now:#}");
        city.done(&format!("bauta-authority check authority/public/trust-list.cbor --root {ROOT}")).unwrap();
        before = now;
    }

    for rule in &rules {
        city.done(&format!("bauta-authority withdraw rule {rule}")).unwrap();
    }
    city.done("bauta-authority publish").unwrap();
    let last = newest(&city);
    assert_eq!(ids(&last, true).len(), rules.len());
    assert!(last["version"].as_u64() > before["version"].as_u64() && floor(&last) >= floor(&before));
}

/// Starts a line and ends it after `moment`, wherever it is then.
fn killed(city: &City, line: &str, moment: Duration) {
    let mut program = city.shell().start(line, Path::new("killed.log")).unwrap();
    std::thread::sleep(moment);
    program.kill().unwrap();
}

/// What the newest list says.
fn newest(city: &City) -> Value {
    let shown = city.done("bauta-authority show --json").unwrap();
    let shown: Value = serde_json::from_str(&shown.out).unwrap();
    shown["document"].clone()
}

/// Between nothing and all of it.
fn share(random: u32) -> f64 {
    f64::from(random) / f64::from(u32::MAX)
}

fn moment(rng: &mut ChaCha20Rng, usual: Duration) -> Duration {
    usual.mul_f64(share(rng.next_u32()))
}

/// How many, and when.
fn rounds() -> (u64, ChaCha20Rng) {
    let rounds = number("BAUTA_KILLS").unwrap_or(12);
    let seed = number("BAUTA_SEED").unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        u64::from(now.subsec_nanos())
    });
    println!("BAUTA_SEED={seed} BAUTA_KILLS={rounds}");
    (rounds, ChaCha20Rng::seed_from_u64(seed))
}

fn killed_while_collecting(victim: Victim) {
    let (rounds, mut rng) = rounds();
    let folder = tempfile::tempdir().unwrap();
    let city = City::ready(folder.path()).unwrap();
    let mut service = city.serve().unwrap();
    city.wallet_is_set_up("anna").unwrap();
    let codes = results(&city, rounds + 1);

    let started = Instant::now();
    city.done(&format!("bauta-wallet collect --wallet anna.wallet {}", codes[0])).unwrap();
    let usual = started.elapsed();

    for (round, code) in codes.iter().enumerate().skip(1) {
        let moment = moment(&mut rng, usual);
        let line = format!("bauta-wallet collect --wallet anna.wallet {code}");
        let mut wallet = city.shell().start(&line, Path::new("wallet.log")).unwrap();
        std::thread::sleep(moment);
        match victim {
            Victim::Wallet => drop(wallet.kill().unwrap()),
            Victim::Issuer => {
                service.kill().unwrap();
                wait(wallet);
                service = city.serve().unwrap();
            }
        }
        recovered(&city, code, round + 1, moment);
    }
    let counted = city.done("bauta-issuer counts").unwrap().out;
    let collected = format!("collected\t{}", rounds + 1);
    assert!(counted.contains(&collected), "the lab should count {} collected results:\n{counted}", rounds + 1);
}

/// What a citizen does after an accident: goes on, and tries the link again if there is nothing to go on with.
fn recovered(city: &City, code: &str, expected: usize, moment: Duration) {
    city.shell().run("bauta-wallet collect --wallet anna.wallet").unwrap();
    if records(city) < expected {
        city.done(&format!("bauta-wallet collect --wallet anna.wallet {code}"))
            .unwrap_or_else(|error| unreachable!("killed after {moment:?}, the code was burnt: {error}"));
    }
    assert_eq!(records(city), expected, "killed after {moment:?}");
}

/// How many records the wallet holds.
fn records(city: &City) -> usize {
    let listed = city.done("bauta-wallet list --wallet anna.wallet --json").unwrap();
    let listed: Value = serde_json::from_str(&listed.out).unwrap();
    listed["records"].as_array().unwrap().len()
}

/// Adds results, and returns their offers.
fn results(city: &City, count: u64) -> Vec<String> {
    let mut csv = "reference,type,tested,tested_on\n".to_owned();
    for number in 0..count {
        writeln!(csv, "kill-{number},health-record,naat,today").unwrap();
    }
    std::fs::write(city.shell().folder().join("kill.csv"), csv).unwrap();
    city.done("bauta-issuer import kill.csv --codes kill-codes.csv").unwrap();
    offers(&city.shell().folder().join("kill-codes.csv")).unwrap()
}

fn wait(mut wallet: Running) {
    // It gives up by itself when nobody answers.
    wallet.ended().unwrap();
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|number| number.parse().unwrap())
}
