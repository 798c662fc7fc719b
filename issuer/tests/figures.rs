//! How much one service does: run by `cargo xtask issuer-figures`, in a release build and on a machine that does nothing else.
//!
//! What counts is the processor's time of the service, not the wall clock's: the visitors live on the same machine and take their share of it.
//! `BAUTA_FIGURE_SECONDS` is how long each figure is measured.
#![allow(clippy::unwrap_used, clippy::panic)]

mod town;

use std::hint::black_box;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bauta_crypto::SecretKey;
use bauta_crypto::holder;
use bauta_crypto::pseudonym::CommitmentWithProof;
use bauta_issuer::{CheckedRecords, IssuingKey, KeyRing};
use bauta_spec::issuance::Base64Url;
use serde_json::json;

use town::load::{self, offer};
use town::postgres::{Care, Cluster, processor_time};
use town::program::{Running, redeem};
use town::{PASSPHRASE, Record, Town, Wallet, ask_passes, nonce, passes_of, seeded};

/// People who renew their passes once a day.
const NATION: f64 = 17_000_000.0;

/// Wallets renew at times drawn at random, but people wake up together: the busiest moment is taken for four times the mean.
const RUSH: f64 = 4.0;

/// Visitors at once.
const VISITORS: usize = 16;

struct Figures {
    name: &'static str,
    redemptions: Rate,
    renewals: Rate,
    memory: u64,
}

/// How much was done in how much time, the wall clock's and the processor's.
#[derive(Clone, Copy)]
struct Rate {
    done: f64,
    lasted: f64,
    service: f64,
    database: f64,
}

impl Rate {
    fn per_second(self) -> f64 {
        self.done / self.lasted
    }

    /// For each second in which a processor worked for the service.
    fn per_core(self) -> f64 {
        self.done / self.service
    }

    /// Milliseconds of a processor for each.
    fn each(self) -> f64 {
        1000.0 * self.service / self.done
    }
}

#[test]
#[ignore = "measures; needs a release build and a quiet machine: cargo xtask issuer-figures"]
fn figures() {
    if cfg!(debug_assertions) {
        println!("This is no release build: the figures mean nothing.\n");
    }
    let lasting = Duration::from_secs(std::env::var("BAUTA_FIGURE_SECONDS").map_or(10, |long| long.parse().unwrap()));
    let mut all = vec![measured("SQLite, one process", None, 1, lasting)];
    for (name, replicas) in [("PostgreSQL, one replica", 1), ("PostgreSQL, two replicas", 2)] {
        let cluster = Cluster::alone(Care::Durable);
        all.push(measured(name, Some(&cluster), replicas, lasting));
    }

    println!(
        "\n| | redemptions a second | per core | passes a second | per core | renewals a second | per core | memory |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let passes = f64::from(passes_of_one());
    for Figures { name, redemptions, renewals, memory } in &all {
        println!(
            "| {name} | {:.0} | {:.0} | {:.0} | {:.0} | {:.0} | {:.0} | {memory} MiB |",
            redemptions.per_second(),
            redemptions.per_core(),
            passes * renewals.per_second(),
            passes * renewals.per_core(),
            renewals.per_second(),
            renewals.per_core(),
        );
    }
    let cores = std::thread::available_parallelism().unwrap();
    println!(
        "\nA renewal makes {passes:.0} passes. \"Per core\": for each second of a processor that the service itself took; what else the \
         {cores} cores of this machine did was for the visitors and for PostgreSQL.\n"
    );
    shares(&all);
    nation(&all[1]);
}

/// Where the time of one redemption and of one renewal goes.
fn shares(all: &[Figures]) {
    let (commitment, check, sign) = cryptography();
    println!(
        "| milliseconds of a processor, each | all | cryptography | HTTP | the rest: driver, sealing, JSON | PostgreSQL beside it |"
    );
    println!("|---|---|---|---|---|---|");
    let http = hello();
    for Figures { name, redemptions, renewals, .. } in all {
        for (what, rate, cryptography, requests) in
            [("redemption", redemptions, commitment, 2.0), ("renewal", renewals, check + sign, 1.0)]
        {
            let (all, http) = (rate.each(), http * requests);
            let rest = (all - cryptography - http).max(0.0);
            let database = 1000.0 * rate.database / rate.done;
            println!(
                "| {what}, {name} | {all:.2} | {cryptography:.2} ({:.0} %) | {http:.2} ({:.0} %) | {rest:.2} ({:.0} %) | {database:.2} |",
                100.0 * cryptography / all,
                100.0 * http / all,
                100.0 * rest / all,
            );
        }
    }
    println!("\nOf a renewal, checking the record takes {check:.2} ms and signing its passes {sign:.2} ms.\n");
}

fn nation(one: &Figures) {
    let mean = NATION / (24.0 * 60.0 * 60.0);
    let (service, database) = (one.renewals.service / one.renewals.done, one.renewals.database / one.renewals.done);
    println!(
        "{:.0} million renewals a day are {mean:.0} a second in the mean, and {:.0} where people wake up together ({RUSH:.0} times the mean).",
        NATION / 1e6,
        RUSH * mean
    );
    println!(
        "That takes {:.1} cores for the service and {:.1} for PostgreSQL in the mean, {:.1} and {:.1} in the rush.",
        mean * service,
        mean * database,
        RUSH * mean * service,
        RUSH * mean * database
    );
}

fn measured(name: &'static str, cluster: Option<&Cluster>, replicas: usize, lasting: Duration) -> Figures {
    let town = match cluster {
        None => Town::around_a_program(),
        Some(cluster) => Town::around_a_program_with(&format!("database = \"{}\"\n", cluster.database())),
    };
    let running: Vec<Running> =
        (0..replicas).map(|one| if one == 0 { Running::begin(&town) } else { Running::replica(&town) }).collect();
    let addresses: Vec<SocketAddr> = running.iter().map(|one| one.address).collect();
    let service = || running.iter().map(Running::processor_time).sum::<f64>();
    let database = || cluster.map_or(0.0, Cluster::processor_time);

    // As many codes as can be used up, made beforehand: the lab's work is no part of the figure.
    let codes: Vec<String> =
        (0..(400.0 * lasting.as_secs_f64()) as usize).map(|one| town.code(&format!("F-{one}"))).collect();
    let proofs: Vec<Vec<u8>> = (0..64).map(|wallet| Wallet::new(wallet).commit().proof).collect();
    let next = AtomicUsize::new(0);
    let (begun, service_before, database_before) = (Instant::now(), service(), database());
    std::thread::scope(|scope| {
        for visitor in 0..VISITORS {
            let (next, codes, proofs, address) = (&next, &codes, &proofs, addresses[visitor % addresses.len()]);
            scope.spawn(move || {
                while begun.elapsed() < lasting {
                    let one = next.fetch_add(1, Ordering::Relaxed);
                    let Some(code) = codes.get(one) else { break };
                    let (status, body) = redeem(address, code, &proofs[one % proofs.len()]).unwrap();
                    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
                }
            });
        }
    });
    let redemptions = Rate {
        done: next.into_inner().min(codes.len()) as f64,
        lasted: begun.elapsed().as_secs_f64(),
        service: service() - service_before,
        database: database() - database_before,
    };

    let (_, _, renewal) = renewal(&town);
    let (service_before, database_before) = (service(), database());
    let told = offer(&addresses, VISITORS, None, lasting, &[renewal]);
    assert_eq!((told.by_status.keys().collect::<Vec<_>>(), told.failed), (vec![&200], 0));
    let renewals = Rate {
        done: told.accepted.len() as f64,
        lasted: told.lasted.as_secs_f64(),
        service: service() - service_before,
        database: database() - database_before,
    };
    let memory = running.iter().map(Running::most_memory).max().unwrap();
    println!(
        "{name}: {:.0} redemptions, {:.0} renewals, 99 of 100 of them within {:?}",
        redemptions.done,
        renewals.done,
        told.percentile(99)
    );
    Figures { name, redemptions, renewals, memory }
}

/// A wallet, its record, and its request for passes as it goes over the wire.
fn renewal(town: &Town) -> (Wallet, Record, Vec<u8>) {
    let mut wallet = Wallet::new(1);
    let record = wallet.collect(town, &town.code("renewal"));
    let ask = Wallet::ask(town, &record, nonce(town));
    let proofs = json!({ "bauta_record_presentation": [Base64Url(wallet.present(town, &record, ask).to_bytes())] });
    let body = json!({ "credential_configuration_id": "passes", "proofs": proofs }).to_string();
    (wallet, record, load::request("POST", "/credential", body.as_bytes()))
}

fn passes_of_one() -> u32 {
    let town = Town::begin();
    let (mut wallet, record, _) = renewal(&town);
    let ask = Wallet::ask(&town, &record, nonce(&town));
    let answer = passes_of(&ask_passes(&town, &wallet.present(&town, &record, ask)));
    answer.signatures().map(|signature| u32::from(signature.unwrap().is_some())).sum()
}

/// Milliseconds of one core for the commitment of a redemption with its signature, for checking a record, and for signing its passes.
fn cryptography() -> (f64, f64, f64) {
    let town = Town::begin();
    let (mut wallet, record, _) = renewal(&town);
    let ask = Wallet::ask(&town, &record, nonce(&town));
    let (request, now, list) = (wallet.present(&town, &record, ask), town.now(), &town.authority.list);
    let keys = ["health-record", "entry-pass", "health-pass"]
        .map(|name| IssuingKey::open(&town.folder.path().join(format!("{name}.key")), PASSPHRASE).unwrap());
    let keys = KeyRing::new(keys.into());
    let checked = CheckedRecords::check(&request, list, now).unwrap();
    let check = each(|| drop(black_box(CheckedRecords::check(&request, list, now))));
    let sign = each(|| drop(black_box(checked.passes(list, &keys))));

    let proof = wallet.commit().proof;
    let secret = SecretKey::generate(&mut seeded(3));
    let messages = record.credential.claims.messages();
    let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
    let header = record.credential_type.header();
    let redemption = each(|| {
        let commitment = CommitmentWithProof::from_bytes(&proof).unwrap();
        let holder = holder::verify_commitment(&commitment).unwrap();
        drop(black_box(holder::sign(&secret, &holder, &header, &messages)));
    });
    (redemption, check, sign)
}

/// Of the processor's time of this process, in which nobody else does anything now.
fn each(mut act: impl FnMut()) -> f64 {
    act();
    let (before, begun, mut done) = (processor_time(std::process::id()), Instant::now(), 0.0);
    while begun.elapsed() < Duration::from_secs(3) {
        act();
        done += 1.0;
    }
    1000.0 * (processor_time(std::process::id()) - before) / done
}

/// Milliseconds of a processor for a request that says nothing and an answer that says less.
fn hello() -> f64 {
    let town = Town::around_a_program();
    let running = Running::begin(&town);
    let before = running.processor_time();
    let told = offer(&[town.address], VISITORS, None, Duration::from_secs(3), &[load::request("POST", "/nonce", b"")]);
    1000.0 * (running.processor_time() - before) / told.accepted.len() as f64
}
