//! More visitors than the service can serve, and visitors who are slow.
//!
//! The long form: `BAUTA_LOAD_SECONDS=60`, as `cargo xtask assure` sets it.
#![allow(clippy::unwrap_used, clippy::panic)]

mod town;

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bauta_spec::issuance::Base64Url;
use serde_json::json;

use town::load::{self, Visitor, offer};
use town::program::{Running, many_open_files};
use town::{Town, Wallet, get, nonce};

/// MiB, of one process.
const MOST_MEMORY: u64 = 256;

/// One wallet's request for passes. The office keeps nothing, so it may be sent again as long as its nonce counts.
fn renewal(town: &Town) -> Vec<u8> {
    let code = town.code("renewal");
    let mut wallet = Wallet::new(1);
    let record = wallet.collect(town, &code);
    let ask = Wallet::ask(town, &record, nonce(town));
    let proofs = json!({ "bauta_record_presentation": [Base64Url(wallet.present(town, &record, ask).to_bytes())] });
    let body = json!({ "credential_configuration_id": "passes", "proofs": proofs }).to_string();
    load::request("POST", "/credential", body.as_bytes())
}

#[test]
fn a8_three_times_what_it_can_do_is_answered_soon_or_refused_at_once() {
    let seconds = std::env::var("BAUTA_LOAD_SECONDS").map_or(4, |long| long.parse().unwrap());
    let town = Town::around_a_program();
    let running = Running::begin(&town);
    let renewal = renewal(&town);
    let warm = offer(&[town.address], 8, None, Duration::from_secs(1), std::slice::from_ref(&renewal));
    assert_eq!(warm.by_status.keys().collect::<Vec<_>>(), [&200]);
    let capacity = offer(&[town.address], 16, None, Duration::from_secs(2), std::slice::from_ref(&renewal));
    let rate = 3.0 * capacity.per_second();

    // One in sixteen is not understood, and is told so.
    let mut mixed = vec![renewal.clone(); 15];
    mixed.push(load::request("POST", "/credential", b"{"));
    let told = offer(&[town.address], 256, Some(rate), Duration::from_secs(seconds), &mixed);
    let (offered, memory) =
        (told.by_status.values().sum::<u64>() as f64 / told.lasted.as_secs_f64(), running.most_memory());
    println!(
        "capacity {:.0} renewals a second; offered {offered:.0} for {seconds} s: {:?}, {} connections failed; accepted {:.0} a second, \
         half within {:?}, 99 of 100 within {:?}; most memory {memory} MiB",
        capacity.per_second(),
        told.by_status,
        told.failed,
        told.per_second(),
        told.percentile(50),
        told.percentile(99),
    );
    assert!(offered > 1.5 * capacity.per_second(), "the load was none: the machine could not offer it");
    assert_eq!(told.failed, 0, "whoever is refused is told so");
    assert!(told.by_status.keys().all(|status| [200, 400, 429, 503].contains(status)), "{:?}", told.by_status);
    assert!(told.by_status.get(&503).is_some_and(|shed| *shed > 0), "{:?}", told.by_status);
    assert!(told.per_second() > 0.3 * capacity.per_second(), "it goes on working while it refuses");
    assert!(memory <= MOST_MEMORY, "{memory} MiB");
    if seconds >= 30 {
        assert!(told.percentile(99) <= Duration::from_millis(500), "{:?}", told.percentile(99));
    }

    let begun = Instant::now();
    let mut visitor = Visitor::new(town.address);
    while visitor.ask(&renewal).is_none_or(|(status, _)| status != 200) {
        assert!(begun.elapsed() < Duration::from_secs(5), "it does not recover");
    }
    println!("normal service {:?} after the rush", begun.elapsed());
    let refused = told.by_status[&503];
    assert!(refused > 0 && get(&town.url("/readyz"), "").status == 200);
}

#[test]
fn whoever_is_refused_for_a_rush_is_told_when_to_come_back() {
    let town = Town::around_a_program_with("requests_at_once = 1\n");
    let _running = Running::begin(&town);
    let renewal = renewal(&town);
    let refused = std::thread::scope(|scope| {
        scope.spawn(|| offer(&[town.address], 16, None, Duration::from_secs(3), std::slice::from_ref(&renewal)));
        let begun = Instant::now();
        loop {
            let answer = get(&town.url("/offer"), "");
            if answer.status == 503 {
                break answer;
            }
            assert_eq!((get(&town.url("/livez"), "").status, get(&town.url("/readyz"), "").status), (200, 200));
            assert!(begun.elapsed() < Duration::from_secs(3), "nobody was refused");
        }
    });
    assert_eq!((refused.error().as_str(), refused.header("retry-after")), ("temporarily_unavailable", Some("2")));
    assert_eq!(refused.header("access-control-allow-origin"), Some("*"), "a wallet in a page can read why");
    assert_eq!(refused.header("x-content-type-options"), Some("nosniff"));
}

/// One that dribbles.
struct Slow {
    stream: TcpStream,
    begun: Instant,
    ended: Option<Duration>,
}

#[test]
fn a8_two_thousand_slow_connections_are_closed_and_keep_nobody_out() {
    const SLOW: usize = 2_000;
    many_open_files();
    let town = Town::around_a_program();
    let running = Running::begin(&town);
    let renewal = renewal(&town);
    let head = "POST /credential HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n";
    let beginnings = [format!("{head}X-Slow: "), format!("{head}\r\n{{")];
    let over = AtomicBool::new(false);
    let (mut slow, honest) = std::thread::scope(|scope| {
        let honest = scope.spawn(|| {
            let mut waits = Vec::new();
            while !over.load(Ordering::Relaxed) {
                // A new connection each time: those who come now must get in.
                let answer = Visitor::new(town.address).ask(&renewal);
                waits.push(answer.expect("an honest visitor gets in"));
                std::thread::sleep(Duration::from_millis(50));
            }
            waits
        });
        let mut slow: Vec<Slow> = (0..SLOW)
            .map(|number| {
                let mut stream = TcpStream::connect(town.address).unwrap();
                let begun = Instant::now();
                stream.write_all(beginnings[number % 2].as_bytes()).unwrap();
                stream.set_nonblocking(true).unwrap();
                Slow { stream, begun, ended: None }
            })
            .collect();
        let begun = Instant::now();
        while slow.iter().any(|one| one.ended.is_none()) && begun.elapsed() < Duration::from_secs(30) {
            slow.iter_mut().filter(|one| one.ended.is_none()).for_each(dribble);
            std::thread::sleep(Duration::from_millis(100));
        }
        over.store(true, Ordering::Relaxed);
        (slow, honest.join().unwrap())
    });
    let longest = slow.iter().map(|one| one.ended.unwrap_or(Duration::MAX)).max().unwrap();
    let slowest = honest.iter().map(|(_, took)| *took).max().unwrap();
    let memory = running.most_memory();
    println!(
        "{SLOW} slow connections were closed within {longest:?}; meanwhile {} honest ones were answered within {slowest:?}; most memory \
         {memory} MiB",
        honest.len()
    );
    slow.clear();
    assert!(longest <= Duration::from_secs(10), "{longest:?}");
    assert!(honest.iter().all(|(status, _)| *status == 200));
    assert!(slowest < Duration::from_secs(5), "{slowest:?}");
    assert!(memory <= MOST_MEMORY, "{memory} MiB");
}

/// Sends one byte more, and looks whether the service has hung up.
fn dribble(one: &mut Slow) {
    let gone = |done: std::io::Result<usize>| match done {
        Ok(number) => number == 0,
        Err(error) => error.kind() != ErrorKind::WouldBlock,
    };
    let mut answer = [0; 1024];
    let mut closed = gone(one.stream.write(b"x"));
    while !closed {
        match one.stream.read(&mut answer) {
            Ok(1..) => {}
            read => {
                closed = gone(read);
                break;
            }
        }
    }
    if closed {
        one.ended = Some(one.begun.elapsed());
    }
}
