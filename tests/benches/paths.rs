//! How long people wait: a code made and drawn in the wallet, a scanned text turned into a verdict, a record turned into passes.
//!
//! `cargo bench -p bauta-tests`. Each path begins and ends with what travels, and runs on real components: see [`bauta_tests::Town`].
#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark fails by panicking")]

#[path = "../../crypto/benches/clock/mod.rs"]
mod clock;

use bauta_spec::qr::Picture;
use bauta_tests::{Citizen, Town};
use bauta_wallet::present::choose;
use bauta_wallet::renew::{HintWish, Renewal};
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

use crate::clock::Processor;

/// One for each shipped pass, and entry once more with the hint.
const POLICIES: [&str; 5] = ["entry", "entry-with-hint", "vaccinated", "over-18", "member"];

/// Somebody who can show whatever the sample policies ask for.
fn citizen(town: &Town) -> Citizen {
    let mut citizen = town.citizen();
    for (record_type, facts) in [
        ("health-record", "tested=naat tested_on=2026-11-23 vaccinated=mrna vaccinated_on=2026-10-15 hint=M/05"),
        ("age-record", "birth_month=1980-05"),
        ("membership-record", "group=library tier=basic"),
    ] {
        citizen.collect(town, &town.lab.add(record_type, facts));
    }
    citizen.renew_with_hint(town);
    citizen
}

/// From the wallet's open vault to a picture on its screen: choose, verify, prove, write, draw.
fn show(criterion: &mut Criterion<Processor>) {
    let town = Town::with_seed(1);
    let citizen = citizen(&town);
    let mut group = criterion.benchmark_group("show");
    let mut rng = town.rng();
    for name in POLICIES {
        let policy = town.trust().policy_named(name, town.today()).unwrap();
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let choice = choose(policy, &citizen.records, town.trust(), town.now()).unwrap();
                let showing = choice.show(&citizen.secret, town.now(), &mut rng).unwrap();
                Picture::of(&showing.text()).unwrap().to_svg()
            });
        });
    }
}

/// From the text in a picture to the verdict.
fn scan(criterion: &mut Criterion<Processor>) {
    let town = Town::with_seed(2);
    let citizen = citizen(&town);
    let mut group = criterion.benchmark_group("scan");
    for policy in POLICIES {
        let text = citizen.show(&town, policy).unwrap().text();
        group.bench_function(policy, |bencher| {
            // A door that has seen the code answers without looking again.
            let door = || town.door(policy);
            let scan = |mut door: bauta_verifier::Door| door.scan(&text, town.trust(), town.now()).unwrap();
            bencher.iter_batched(door, scan, BatchSize::SmallInput);
        });
    }
}

/// From a request for a renewal to the passes of the window; one thread does all of it, so this is what a core serves.
fn office(criterion: &mut Criterion<Processor>) {
    let town = Town::with_seed(3);
    let citizen = citizen(&town);
    let mut group = criterion.benchmark_group("office");
    for record in &citizen.records {
        let (nonce, trust) = (town.lab.nonce(), town.trust());
        let hint = HintWish::Include;
        let renewal = Renewal::new(record, &citizen.secret, trust, &nonce, hint, town.now(), &mut town.rng()).unwrap();
        let passes = town.lab.renew(renewal.request()).unwrap().signatures().flatten().flatten().count();
        group.throughput(Throughput::Elements(passes as u64));
        let name = record.credential_type().name().to_string();
        group.bench_function(BenchmarkId::new(name, format!("{passes} passes")), |bencher| {
            bencher.iter(|| town.lab.renew(renewal.request()).unwrap().to_bytes());
        });
    }
}

criterion_group! {
    name = benches;
    config = clock::criterion();
    targets = show, scan, office
}
criterion_main!(benches);
