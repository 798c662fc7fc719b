//! What whoever keeps the service running relies on: is it well, what does it count, what becomes of a copy, of a full disk, of a stalled
//! database, of a wrong clock and of a restart.
#![allow(clippy::unwrap_used, clippy::panic)]

mod town;

use std::collections::BTreeSet;
use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bauta_issuer::{Ailment, Days, Form, Progress, Service, Visitor as Guest};
use serde_json::json;

use town::load::{self, Visitor};
use town::postgres::{Care, Cluster};
use town::program::{Answer, Running, acknowledge, limit_files, program, redeem, text};
use town::proxy::Proxy;
use town::{MORNING, Setup, TESTED, Town, Wallet, ask_passes, ask_record, entry, get, nonce, post, token, withdrawn};

const DAY: u64 = 24 * town::HOUR;

fn town_on(database: &str) -> Town {
    Town::around_a_program_with(&format!("database = \"{database}\"\n"))
}

fn on(database: &str, list_hours: u32) -> Town {
    Town::with(&Setup { settings: &format!("database = \"{database}\"\n"), list_hours, ..Default::default() })
}

fn api_key(town: &Town, name: &str, visitor: Guest) -> String {
    let key = town.run(town.service.new_api_key(&name.parse().unwrap(), visitor, &town.nurse())).unwrap();
    key.as_str().to_owned()
}

fn new_result(reference: &str) -> serde_json::Value {
    json!({ "type": "health-record", "reference": reference, "facts": { "age_band": "21-64" } })
}

/// How long it takes until `well`; a test that waits for long has failed.
fn until(within: Duration, mut well: impl FnMut() -> bool) -> Duration {
    let begun = Instant::now();
    while !well() {
        assert!(begun.elapsed() < within, "it is not well again after {within:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
    begun.elapsed()
}

#[test]
fn ready_says_in_words_what_is_not_well() {
    let cluster = Cluster::alone(Care::Quick);
    let mut town = on(&cluster.database(), 48);
    let ready = |town: &Town| {
        let answer = get(&town.url("/readyz"), "");
        assert_eq!(answer.status == 503, answer.header("retry-after").is_some());
        (answer.status, String::from_utf8(answer.body).unwrap())
    };
    assert_eq!(ready(&town), (200, "ready".to_owned()));

    let named = |town: &Town, words: &str| {
        let (status, said) = ready(town);
        assert!(status == 503 && said.lines().skip(1).all(|line| line.starts_with(words)), "{words}: {said}");
        assert!(!said.contains(&town.address.to_string()) && said.lines().count() == 2, "{said}");
    };
    let (good, listed) = (town.authority.list.issued(), town.now());
    assert!(good.start() <= listed);
    // The list does not have a key of ours for records any more.
    let record_key = town.service.keys().iter().find(|key| key.credential_type().as_str() == "health-record").unwrap();
    let record_key = record_key.id();
    town.publish(|body| {
        body.withdrawn_keys.insert(record_key);
    });
    town.run(town.service.housekeeping()).unwrap();
    named(&town, "keys: none that signs records");
    town.later(49 * town::HOUR);
    named(&town, "trust list:");
    town.publish(|_| ());
    town.run(town.service.housekeeping()).unwrap();
    named(&town, "keys: none that signs records");
    town.set_clock(MORNING - DAY);
    named(&town, "clock:");
    assert!(get(&town.url("/livez"), "").status == 200);

    let town = on(&cluster.database(), 48);
    cluster.kill();
    // Its children may go on for a moment.
    until(Duration::from_secs(5), || ready(&town).0 == 503);
    let begun = Instant::now();
    named(&town, "database:");
    assert!(begun.elapsed() < Duration::from_secs(5), "whoever asks wants to know soon");
    cluster.start_again(Care::Quick);
    until(Duration::from_secs(5), || ready(&town).0 == 200);
}

#[test]
fn a_pass_office_without_a_key_that_is_expected_of_it_is_not_ready() {
    let town = Town::with(&Setup { settings: "", ..Default::default() });
    let file = town.folder.path().join("bauta-issuer.toml");
    let settings = fs::read_to_string(&file).unwrap();
    fs::write(&file, settings.replace(", \"health-pass.key\"", "")).unwrap();
    let poorer: Service = town.another(MORNING);
    assert_eq!(town.run(poorer.ailments()), [Ailment::PassKey]);
    fs::write(&file, settings.replace("\"health-record.key\", ", "")).unwrap();
    assert_eq!(town.run(town.another(MORNING).ailments()), [Ailment::RecordKey]);
    fs::write(&file, settings).unwrap();
    assert_eq!(town.run(town.another(MORNING).ailments()), []);
    assert_eq!(town.run(town.another(0).ailments()), [Ailment::Clock]);
}

#[test]
fn metrics_count_the_service_and_nobody_in_it() {
    let metrics = town::free_address();
    let town = Town::around_a_program_with(&format!("metrics_listen = \"{metrics}\"\n"));
    let _running = Running::begin(&town);
    let key = api_key(&town, "canary-operator", Guest::Lab);
    assert_eq!(post(&town.url("/v1/results"), &key, &new_result("canary-reference")).status, 201);
    let code = town.code("canary-reference-2");
    let mut wallet = Wallet::new(1);
    let record = wallet.collect(&town, &code);
    wallet.renew(&town, &record);
    Wallet::acknowledge(&town, &record);
    get(&town.url("/canary-path/x?canary-query=1"), "canary-bearer");
    get(&town.url("/v1/withdrawn?after=canary-after"), &key);
    token(&town, "canary-code", None);
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    agent
        .get(town.url("/offer"))
        .header("X-Forwarded-For", "203.0.113.77")
        .header("User-Agent", "canary")
        .call()
        .unwrap();

    let told = get(&format!("http://{metrics}/metrics"), "");
    assert_eq!(told.header("content-type"), Some("application/openmetrics-text; version=1.0.0; charset=utf-8"));
    assert_eq!(told.header("x-content-type-options"), Some("nosniff"));
    let told = String::from_utf8(told.body).unwrap();
    assert!(told.ends_with("# EOF\n"), "{told}");
    let has = |line: &str| assert!(told.lines().any(|told| told == line), "{line}\n{told}");
    has("bauta_records_made_total 1");
    has("bauta_renewals_total 1");
    has("bauta_requests_shed_total 0");
    has("bauta_requests_total{route=\"/credential\",status=\"2xx\"} 2");
    has("bauta_requests_total{route=\"none\",status=\"4xx\"} 1");
    has("bauta_refusals_total{kind=\"unauthorized_client\"} 1");
    has(&format!("bauta_build_info{{version=\"{}\"}} 1", env!("CARGO_PKG_VERSION")));
    for name in ["bauta_request_duration_seconds_bucket", "bauta_trust_list_age_seconds", "bauta_database_connections"]
    {
        assert!(told.contains(name), "{name}");
    }

    let handle = town::handle_of(&record).unwrap().to_string();
    let (public, lab) = (town.address.to_string(), "city-lab");
    for canary in
        ["canary", "203.0.113", "127.0.0.1", &public, lab, &code, &record.token, &key, &handle, "naat", "health"]
    {
        assert!(!told.contains(canary), "{canary}:\n{told}");
    }
    let mut labels = BTreeSet::new();
    for line in told.lines().filter(|line| !line.starts_with('#')) {
        let listed = line.split_once('{').and_then(|(_, rest)| rest.split_once('}')).map_or("", |(listed, _)| listed);
        labels.extend(listed.split(',').filter_map(|label| label.split_once('=')).map(|(name, _)| name.to_owned()));
    }
    assert_eq!(
        labels.iter().map(String::as_str).collect::<Vec<_>>(),
        ["kind", "le", "route", "state", "status", "version"]
    );

    assert_eq!(get(&town.url("/metrics"), "").status, 404, "not at the public door");
    assert_eq!(get(&format!("http://{metrics}/offer"), "").status, 404, "and nothing else at this one");
    let mut same = town::program::command(town.folder.path(), &["counts"]);
    let said = text(&same.env("BAUTA_ISSUER_METRICS_LISTEN", town.address.to_string()).output().unwrap());
    assert!(said.contains("`metrics_listen` must be another address"), "{said}");
}

#[test]
fn results_that_wait_are_told_in_steps() {
    let town = Town::begin();
    (0..3).for_each(|one| drop(town.code(&format!("A-{one}"))));
    // What the minute hand does first, when the service starts; here a service that starts now.
    let another = town.another(MORNING);
    let told = || another.metrics().unwrap();
    assert!(!told().contains("bauta_results"), "nothing is told before it was counted");
    town.run(another.count_waiting()).unwrap();
    assert!(told().contains("bauta_results{state=\"waiting\"} 50\n"), "{}", told());
    assert!(told().contains("bauta_results{state=\"redeemed\"} 0\n"), "{}", told());
}

/// What must hold of one code, whatever happened meanwhile: it belongs to the wallet that got it.
struct Known {
    code: String,
    proof: Vec<u8>,
    record: Option<Vec<u8>>,
}

#[test]
fn a7_a_database_that_stalls_is_answered_for_and_comes_back() {
    let cluster = Cluster::shared();
    let proxy = Proxy::before(cluster.folder());
    let direct = cluster.folder().display().to_string();
    let database = cluster.database().replace(&direct, &proxy.socket().display().to_string());
    let town = on(&database, 100);
    let codes: Vec<String> = (0..12).map(|one| town.code(&format!("A-{one}"))).collect();
    let proofs: Vec<Vec<u8>> = (0..12).map(|one| Wallet::new(one).commit().proof).collect();
    let before = redeem(town.address, &codes[0], &proofs[0]).unwrap();
    assert_eq!(before.0, 200);

    proxy.stall();
    let (begun, address) = (Instant::now(), town.address);
    let answers: Vec<(u16, bool, Duration)> = std::thread::scope(|scope| {
        let asking = codes.iter().map(|code| {
            let town = &town;
            scope.spawn(move || {
                let answer = token(town, code, None);
                (answer.status, answer.header("retry-after").is_some(), begun.elapsed())
            })
        });
        asking.collect::<Vec<_>>().into_iter().map(|asked| asked.join().unwrap()).collect()
    });
    let longest = answers.iter().map(|(_, _, took)| *took).max().unwrap();
    assert!(answers.iter().all(|(status, retry, _)| (*status, *retry) == (503, true)), "{answers:?}");
    assert!(longest < Duration::from_secs(12), "{longest:?}");
    assert_eq!(get(&town.url("/livez"), "").status, 200);
    assert_eq!(get(&town.url("/readyz"), "").status, 503);

    proxy.go_on();
    let recovered =
        until(Duration::from_secs(5), || redeem(address, &codes[0], &proofs[0]).is_some_and(|answer| answer == before));
    println!("stalled: 503 within {longest:?}; after it normal service within {recovered:?}");

    // A stall in the middle of redemptions: whoever was not told asks again, and it was made at most once.
    let told: Vec<Answer> = std::thread::scope(|scope| {
        let asking = codes.iter().zip(&proofs).map(|(code, proof)| {
            scope.spawn(move || {
                loop {
                    match redeem(address, code, proof) {
                        Some((503, _)) | None => std::thread::sleep(Duration::from_millis(50)),
                        Some(answer) => break answer,
                    }
                }
            })
        });
        let asking: Vec<_> = asking.collect();
        std::thread::sleep(Duration::from_millis(15));
        proxy.stall();
        std::thread::sleep(Duration::from_secs(7));
        proxy.go_on();
        asking.into_iter().map(|asked| asked.join().unwrap()).collect()
    });
    for ((code, proof), answer) in codes.iter().zip(&proofs).zip(told) {
        assert_eq!(answer.0, 200, "{}", String::from_utf8_lossy(&answer.1));
        assert_eq!(redeem(address, code, proof).unwrap(), answer, "the same wallet gets the same bytes");
        assert_eq!(redeem(address, code, &Wallet::new(99).commit().proof).unwrap().0, 400);
    }
}

#[test]
fn a7_a_full_disk_burns_and_doubles_nothing_on_sqlite() {
    let town = Town::around_a_program();
    let running = Running::on_a_disk_that_may_be_full(&town);
    let key = api_key(&town, "desk", Guest::Lab);
    let mut known: Vec<Known> = (0..6)
        .map(|one| Known { code: town.code(&format!("A-{one}")), proof: Wallet::new(one).commit().proof, record: None })
        .collect();
    known[0].record = redeem(town.address, &known[0].code, &known[0].proof).map(|(_, body)| body);
    let size = fs::metadata(town.folder.path().join("bauta.db")).unwrap().len();

    // First only what would make the file longer fails, then everything that is written, the log included.
    let mut refused = 0;
    for (limit, name) in [(size, "grow"), (0, "write")] {
        limit_files(running.child.id(), Some(limit));
        for number in 0..40 {
            let answer = post(&town.url("/v1/results"), &key, &new_result(&format!("{name}-{number}")));
            assert!([201, 503].contains(&answer.status), "{}", String::from_utf8_lossy(&answer.body));
            assert_eq!(answer.status == 503, answer.header("retry-after").is_some());
            refused += u64::from(answer.status == 503);
        }
        for one in &mut known {
            let (status, body) = redeem(town.address, &one.code, &one.proof).unwrap();
            assert!([200, 503].contains(&status), "{status}");
            if status == 200 {
                assert!(one.record.get_or_insert(body.clone()) == &body, "the same wallet gets the same bytes");
            }
            let (status, _) = redeem(town.address, &one.code, &Wallet::new(99).commit().proof).unwrap();
            // Nobody's yet, if it could not be written that it was redeemed; then this one must not get it either.
            assert!([400, 503].contains(&status), "{status}");
        }
    }
    assert!(refused >= 40, "the disk was not full: {refused}");
    assert_eq!(get(&town.url("/livez"), "").status, 200);

    limit_files(running.child.id(), None);
    let recovered =
        until(Duration::from_secs(5), || post(&town.url("/v1/results"), &key, &new_result("after")).status == 201);
    println!("{refused} requests found the disk full; normal service {recovered:?} after it was not");
    check(&town, &known);
    assert_eq!(
        post(&town.url("/v1/results"), &key, &new_result("write-0")).status,
        201,
        "what was refused is not there"
    );
    town.run(town.service.verify_acts(None)).unwrap();
}

/// Nothing that anybody was told has become untrue, and nothing that waits was burnt.
fn check(town: &Town, known: &[Known]) {
    for one in known {
        let (status, body) = redeem(town.address, &one.code, &one.proof).unwrap();
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
        assert!(one.record.as_ref().is_none_or(|record| *record == body), "the same wallet gets the same bytes");
        assert_eq!(redeem(town.address, &one.code, &Wallet::new(99).commit().proof).unwrap().0, 400);
    }
}

/// The cluster's files may not grow beyond a mebibyte each. (A volume that is full for its log of changes as well stops a PostgreSQL server,
/// which is the same to us as one that is killed: A6.)
#[test]
fn a7_a_full_disk_burns_and_doubles_nothing_on_postgresql() {
    const LIMIT: u64 = 1 << 20;
    let cluster = Cluster::with_a_short_log();
    let town = on(&cluster.database(), 100);
    let key = api_key(&town, "desk", Guest::Lab);
    let known: Vec<Known> = (0..6)
        .map(|one| {
            let (code, proof) = (town.code(&format!("A-{one}")), Wallet::new(one).commit().proof);
            let record = (one % 2 == 0).then(|| redeem(town.address, &code, &proof).unwrap().1);
            Known { code, proof, record }
        })
        .collect();
    cluster.limit_files(Some(LIMIT));
    let (mut taken, mut refused) = (0, 0);
    while refused < 10 {
        let number = taken + refused;
        let answer = post(&town.url("/v1/results"), &key, &new_result(&format!("L-{number}")));
        assert!([201, 503].contains(&answer.status), "{}", String::from_utf8_lossy(&answer.body));
        assert_eq!(answer.status == 503, answer.header("retry-after").is_some());
        if answer.status == 201 {
            taken += 1
        } else {
            refused += 1
        }
        assert!(taken < 3_000, "the disk is never full");
    }
    for one in &known {
        let (status, body) = redeem(town.address, &one.code, &one.proof).unwrap();
        assert!([200, 503].contains(&status), "{status}");
        assert!(status == 503 || one.record.as_ref().is_none_or(|record| *record == body));
    }
    cluster.limit_files(None);
    let recovered =
        until(Duration::from_secs(5), || post(&town.url("/v1/results"), &key, &new_result("after")).status == 201);
    println!("full after {taken} results; normal service {recovered:?} after it was not");
    check(&town, &known);
    let counts = town.run(town.service.counts(&town.nurse())).unwrap();
    assert_eq!(counts.iter().map(|count| count.number).sum::<u64>(), taken + 1 + known.len() as u64);
    town.run(town.service.verify_acts(None)).unwrap();
}

#[test]
fn a7_a_clock_that_jumps_burns_no_code_makes_no_record_twice_and_forgets_no_withdrawal_on_sqlite() {
    clock_jumps(&on("bauta.db", 48));
}

#[test]
fn a7_a_clock_that_jumps_burns_no_code_makes_no_record_twice_and_forgets_no_withdrawal_on_postgresql() {
    clock_jumps(&on(&Cluster::shared().database(), 48));
}

fn clock_jumps(town: &Town) {
    let mut right = MORNING;
    for (number, wrong) in
        [|now| now - DAY, |now| now + DAY, |_| 0, |_| 2_145_916_800, |now| now + 3 * DAY].iter().enumerate()
    {
        let name = |what: &str| format!("{what}-{number}");
        let [waiting, redeemed, taken_back] = ["waiting", "redeemed", "taken-back"].map(|what| town.code(&name(what)));
        let short = town.add(&name("short"), TESTED, Form::Short).short.unwrap();
        let mut wallet = Wallet::new(1);
        let record = wallet.collect(town, &redeemed);
        let withdrawn = Wallet::new(2).collect(town, &taken_back);
        let renewal = wallet.present(town, &record, Wallet::ask(town, &record, nonce(town)));
        let of_withdrawn = |town: &Town| {
            let mut wallet = Wallet::new(2);
            let request = wallet.present(town, &withdrawn, Wallet::ask(town, &withdrawn, nonce(town)));
            ask_passes(town, &request)
        };
        assert_eq!(of_withdrawn(town).status, 200);

        town.set_clock(wrong(right));
        for _ in 0..3 {
            town.run(town.service.housekeeping()).unwrap();
        }
        let unavailable = |answer: town::Answer| {
            assert_eq!((answer.status, answer.header("retry-after")), (503, Some("5")), "{number}: {}", answer.json());
        };
        unavailable(token(town, &waiting, None));
        unavailable(token(town, &short.0.text(), Some("0000000")));
        unavailable(ask_record(town, &record.token, &record.commitment.to_bytes()));
        unavailable(ask_passes(town, &renewal));
        assert_eq!(get(&town.url("/readyz"), "").status, 503);
        let (then, nurse) = (entry(&name("then"), TESTED), town.nurse());
        let added = town.run(town.service.add(&then, Days::Spoken, Form::Link, &nurse));
        assert!(added.is_err(), "no result is dated by such a clock");
        // A mistake is taken back whatever the clock says.
        town.withdraw(&name("taken-back"));
        town.later(61 * 2);
        town.run(town.service.housekeeping()).unwrap();

        right += 61 * 2;
        town.set_clock(right);
        for _ in 0..3 {
            town.run(town.service.housekeeping()).unwrap();
        }
        assert_eq!(get(&town.url("/readyz"), "").status, 200, "it recovers at once");
        assert_eq!(of_withdrawn(town).error(), "credential_request_denied", "{number}: the withdrawal holds");
        assert_eq!(town.progress(&name("waiting")), Progress::Waiting);
        Wallet::new(3).collect(town, &waiting);
        let other = Wallet::new(4).commit().proof;
        assert_eq!(redeem(town.address, &waiting, &other).unwrap().0, 400, "nobody else gets it");
        let (status, again) = redeem(town.address, &redeemed, &record.commitment.to_bytes()).unwrap();
        let again: serde_json::Value = serde_json::from_slice(&again).unwrap();
        let before = bauta_spec::issuance::Base64Url(record.bytes.clone());
        assert_eq!((status, &again["credentials"][0]["credential"]), (200, &json!(before)), "the same bytes");
        assert_eq!(token(town, &short.0.text(), Some(&short.1.text())).status, 200);
        assert_eq!(ask_passes(town, &renewal).status, 200);
    }
}

/// A service that starts with a wrong clock has never seen a right one: it must not tidy up either.
#[test]
fn a_service_that_starts_by_a_wrong_clock_forgets_nothing() {
    let town = Town::begin();
    let code = town.code("A-1");
    town.withdraw("A-1");
    let waiting = town.code("A-2");
    assert_eq!(town.progress("A-1"), Progress::Withdrawn);
    for wrong in [0, MORNING - DAY, 2_145_916_800, 4_102_444_800] {
        let service = town.another(wrong);
        town.run(service.housekeeping()).unwrap();
        assert_eq!(town.progress("A-1"), Progress::Withdrawn, "{wrong}");
    }
    let key = api_key(&town, "office", Guest::Office);
    assert_eq!(withdrawn(&town, &key, 0).handles().len(), 1);
    assert_eq!((token(&town, &waiting, None).status, token(&town, &code, None).status), (200, 400));
}

#[test]
fn a_copy_that_takes_the_place_of_what_was_lost_gives_no_code_twice_and_keeps_no_withdrawal_from_any_office() {
    let town = Town::around_a_program();
    let folder = town.folder.path().to_owned();
    let (copy, database) = (folder.join("copy.db"), folder.join("bauta.db"));
    restored(
        &town,
        || {
            let made = program(&folder, &["backup", "--out", "copy.db"]);
            assert!(made.status.success(), "{}", text(&made));
            assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
            let again = program(&folder, &["backup", "--out", "copy.db"]);
            assert!(!again.status.success() && text(&again).contains("exists"), "{}", text(&again));
        },
        || {
            fs::remove_file(&database).unwrap();
            fs::copy(&copy, &database).unwrap();
        },
    );
}

#[test]
fn a_copy_of_postgresql_takes_its_place_as_well() {
    let cluster = Cluster::alone(Care::Quick);
    let address = cluster.database();
    let name = address.trim_start_matches("postgres:///").split('?').next().unwrap().to_owned();
    let town = town_on(&address);
    let folder = town.folder.path().to_owned();
    let dump = std::env::temp_dir().join(format!("bauta-{name}.dump"));
    restored(
        &town,
        || {
            let said = program(&folder, &["backup", "--out", dump.to_str().unwrap()]);
            assert!(!said.status.success(), "a copy that was not made must not pass for one");
            let said = text(&said);
            let line = said.lines().find_map(|line| line.trim().strip_prefix("(umask 077; ")?.strip_suffix(')'));
            let mut words = line.unwrap_or_else(|| panic!("{said}")).split(' ');
            let dumped = Command::new(words.next().unwrap()).args(words).output().unwrap();
            assert!(dumped.status.success(), "{}", text(&dumped));
        },
        || {
            cluster.sql("postgres", &format!("DROP DATABASE {name} WITH (FORCE)"));
            cluster.sql("postgres", &format!("CREATE DATABASE {name}"));
            let mut restore = Command::new("pg_restore");
            restore.arg("--host").arg(cluster.folder()).args(["--username=postgres", "--exit-on-error"]);
            let restored = restore.arg(format!("--dbname={name}")).arg(&dump).output().unwrap();
            assert!(restored.status.success(), "{}", text(&restored));
            fs::remove_file(&dump).unwrap();
        },
    );
}

/// A life of a service before and after its database was lost, up to a copy.
fn restored(town: &Town, copy: impl FnOnce(), put_back: impl FnOnce()) {
    let folder = town.folder.path();
    let running = Running::begin(town);
    assert!(program(folder, &["first-officers"]).status.success());
    let office = api_key(town, "office", Guest::Office);
    let lab = api_key(town, "lab", Guest::Lab);
    let heard = |after: u64| withdrawn(town, &office, after);
    let code = |reference: &str| {
        let answer = post(&town.url("/v1/results"), &lab, &new_result(reference)).json();
        answer["link"].as_str().unwrap().split('#').nth(1).unwrap().to_owned()
    };
    let withdraw = |reference: &str| {
        let answer = post(&town.url("/v1/results/withdraw"), &lab, &json!({ "reference": reference }));
        assert_eq!(answer.status, 200, "{}", answer.json());
    };
    let [used_later, never_used, before, later] = ["used-later", "never-used", "before", "later"].map(code);
    let under_way = code("under-way");
    let first = Wallet::new(1);
    let proof = |mut wallet: Wallet| wallet.commit().proof;
    assert_eq!(redeem(town.address, &under_way, &proof(Wallet::new(5))).unwrap().0, 200);
    withdraw("before");
    copy();

    // What the copy does not know.
    let proof_of_first = proof(first);
    let record = redeem(town.address, &used_later, &proof_of_first).unwrap();
    assert_eq!(record.0, 200);
    assert_eq!(acknowledge(town.address, &used_later, &record.1).unwrap().0, 204);
    withdraw("later");
    let told = heard(0);
    assert_eq!(told.handles().len(), 2);
    let last = told.last();
    drop(running);
    put_back();

    let asked = program(folder, &["after-restore"]);
    assert!(!asked.status.success() && text(&asked).contains("would end 3 codes that wait"), "{}", text(&asked));
    let done = program(folder, &["after-restore", "--end-codes"]);
    let said = text(&done);
    assert!(done.status.success() && said.contains("3 codes have ended; 1 records"), "{said}");
    assert!(said.contains("2 API keys and 2 accounts are in force") && said.contains("withdraw again"), "{said}");

    let _running = Running::begin(town);
    for code in [&used_later, &never_used, &before, &later, &under_way] {
        let (status, _) = redeem(town.address, code, &proof(Wallet::new(9))).unwrap();
        assert_eq!(status, 400, "no code of before counts");
    }
    assert_eq!(heard(last).handles().len(), 0);
    withdraw("later");
    withdraw("under-way");
    let told = heard(last);
    assert_eq!(told.handles().len(), 2, "the office hears what it would have passed over");
    let again = post(&town.url("/v1/results/replace"), &lab, &new_result("never-used"));
    assert_eq!(again.status, 201, "whoever had not collected gets a new code");
    let service = town.another(town.now().unix());
    let end = town.run(service.verify_acts(None)).unwrap();
    let kinds: Vec<String> = town.run(service.acts_after(0, 1000)).unwrap().into_iter().map(|act| act.kind).collect();
    assert!(end.number > 0 && kinds.iter().any(|kind| kind == "restored"), "{kinds:?}");
}

/// What a client saw of one replica.
#[derive(Debug)]
struct Failed {
    replica: usize,
    at: Duration,
    answer: Option<u16>,
}

#[test]
fn replicas_are_restarted_one_after_the_other_and_whoever_tries_both_notices_nothing() {
    const LANES: u64 = 4;
    let cluster = Cluster::shared();
    let town = town_on(&cluster.database());
    let mut replicas = [Running::begin(&town), Running::replica(&town)];
    let addresses: [SocketAddr; 2] = replicas.each_ref().map(|replica| replica.address);
    let (over, made, failed) = (AtomicBool::new(false), AtomicU64::new(0), Mutex::new(Vec::new()));
    let mut away: Vec<(usize, Duration, Duration)> = Vec::new();
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for lane in 0..LANES {
            let (town, over, made, failed) = (&town, &over, &made, &failed);
            scope.spawn(move || {
                for one in 0.. {
                    if over.load(Ordering::Relaxed) {
                        break;
                    }
                    let reference = format!("{lane}-{one}");
                    let code = town.code(&reference);
                    let proof = Wallet::new(lane).commit().proof;
                    let turn = (lane + one) as usize;
                    // The one whose turn it is, and then the other: one of the two answers.
                    let answer = [turn % 2, (turn + 1) % 2].into_iter().find_map(|replica| {
                        let answer = redeem(addresses[replica], &code, &proof);
                        let status = answer.as_ref().map(|(status, _)| *status);
                        if matches!(status, None | Some(503)) {
                            failed.lock().unwrap().push(Failed { replica, at: begun.elapsed(), answer: status });
                        }
                        answer.filter(|(status, _)| *status != 503)
                    });
                    let (status, body) = answer.expect("one of the two answers");
                    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
                    made.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for round in 0..4 {
            std::thread::sleep(Duration::from_millis(400));
            let one = round % 2;
            let from = begun.elapsed();
            assert!(replicas[one].stop(), "it ends well");
            replicas[one] = Running::at(&town, addresses[one]);
            away.push((one, from, begun.elapsed()));
        }
        std::thread::sleep(Duration::from_millis(300));
        over.store(true, Ordering::Relaxed);
    });
    let (made, failed) = (made.into_inner(), failed.into_inner().unwrap());
    println!("{made} redemptions during four restarts; {} found a replica away and went to the other", failed.len());
    assert!(made > 50, "too few to say anything: {made}");
    // A request that is under way when its replica is told to stop is finished; one that comes later is turned away.
    let slack = Duration::from_millis(100);
    for Failed { replica, at, answer } in failed {
        let excused = away.iter().any(|(one, from, to)| *one == replica && *from <= at && at <= *to + slack);
        assert!(excused, "replica {replica} failed ({answer:?}) at {at:?} while it was there: {away:?}");
    }
    let counts = town.run(town.service.counts(&town.nurse())).unwrap();
    assert_eq!(
        counts.iter().map(|count| (count.progress, count.number)).collect::<Vec<_>>(),
        [(Progress::Redeemed, made)]
    );
    assert!(town.log().lines().filter(|line| line.contains("\"stopped\"")).count() == 4);
}

/// As behind a proxy that has not noticed yet: it opens connections, and sends requests over those that it has kept.
#[test]
fn told_to_stop_it_says_so_at_once_and_answers_whoever_still_comes() {
    const LINGER: Duration = Duration::from_millis(1500);
    let town = Town::around_a_program_with("linger_milliseconds = 1500\n");
    let mut running = Running::begin(&town);
    let alive = load::request("GET", "/livez", b"");
    let mut kept = Visitor::new(town.address);
    assert_eq!(kept.ask(&alive).unwrap().0, 200);
    signal(&running, "TERM");
    let begun = Instant::now();
    let ready = || get(&town.url("/readyz"), "");
    assert!(until(Duration::from_millis(500), || ready().status == 503) < Duration::from_millis(500));
    let going = ready();
    assert_eq!(String::from_utf8_lossy(&going.body), "not ready: it was told to stop\n");
    assert_eq!((going.header("retry-after"), going.header("connection")), (Some("5"), Some("close")));

    let (answered, lost) = (AtomicU64::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                // Until the door is shut; whoever is refused there goes to another replica.
                while let Ok(stream) = TcpStream::connect(town.address) {
                    let status = Visitor::over(town.address, stream).ask(&alive).map(|(status, _)| status);
                    if status == Some(200) { &answered } else { &lost }.fetch_add(1, Ordering::Relaxed);
                    let early = begun.elapsed() < LINGER - Duration::from_millis(200);
                    assert!(status == Some(200) || !early, "{status:?} after {:?}", begun.elapsed());
                }
            });
        }
    });
    let (answered, lost) = (answered.into_inner(), lost.into_inner());
    println!("after it was told to stop, {answered} connections were answered and {lost} were not");
    assert!(begun.elapsed() >= LINGER && answered > 100, "{answered} within {:?}", begun.elapsed());
    // At most one for each of the four: what the kernel had let in when the door was shut, and the service had not.
    assert!(lost <= 4, "{lost} were let in and not answered");
    assert!(kept.ask(&alive).is_none_or(|(status, _)| status == 200));
    assert!(running.child.wait().unwrap().success());
    assert!((LINGER..LINGER + Duration::from_secs(11)).contains(&begun.elapsed()), "{:?}", begun.elapsed());
    assert!(Visitor::new(town.address).ask(&alive).is_none(), "it is gone");
}

#[test]
fn whoever_sits_at_the_keyboard_or_says_it_twice_waits_for_no_proxy() {
    let town = Town::around_a_program_with("linger_milliseconds = 5000\n");
    for signals in [&["INT"][..], &["TERM", "TERM"]] {
        let mut running = Running::begin(&town);
        let begun = Instant::now();
        for one in signals {
            signal(&running, one);
            std::thread::sleep(Duration::from_millis(100));
        }
        assert!(running.child.wait().unwrap().success());
        assert!(begun.elapsed() < Duration::from_secs(4), "{signals:?}: {:?}", begun.elapsed());
    }
}

fn signal(running: &Running, name: &str) {
    let kill = Command::new("kill").args([&format!("-{name}"), &running.child.id().to_string()]).status();
    assert!(kill.unwrap().success());
}
