//! `kill -9` at any moment of a collection: afterwards there is exactly one record, no code is burnt, and everything opens.
//!
//! The moments are random: BAUTA_SEED replays a run, BAUTA_KILLS says how many there are.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use bauta_tests::city::{City, offers};
use bauta_tests::shell::Running;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

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

fn killed_while_collecting(victim: Victim) {
    let rounds = number("BAUTA_KILLS").unwrap_or(12);
    let seed = number("BAUTA_SEED").unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        u64::from(now.subsec_nanos())
    });
    println!("BAUTA_SEED={seed} BAUTA_KILLS={rounds}");
    let mut rng = ChaCha20Rng::seed_from_u64(seed);

    let folder = tempfile::tempdir().unwrap();
    let city = City::ready(folder.path()).unwrap();
    let mut service = city.serve().unwrap();
    city.wallet_is_set_up("anna").unwrap();
    let codes = results(&city, rounds + 1);

    let started = Instant::now();
    city.done(&format!("bauta-wallet collect --wallet anna.wallet {}", codes[0])).unwrap();
    let usual = started.elapsed();

    for (round, code) in codes.iter().enumerate().skip(1) {
        let moment = usual.mul_f64(rng.next_u32() as f64 / f64::from(u32::MAX));
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
    let listed: serde_json::Value = serde_json::from_str(&listed.out).unwrap();
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
