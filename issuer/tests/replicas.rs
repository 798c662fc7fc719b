//! Two replicas on one PostgreSQL: however many wallets come, and whatever is killed meanwhile, a code makes one record.
//!
//! The long forms: `BAUTA_ATTEMPTS=100000 BAUTA_KILLS=250 BAUTA_FATES=3 BAUTA_FLOWS=1000`, as `cargo xtask assure` sets them.
#![allow(clippy::unwrap_used, clippy::panic)]

mod town;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::Permissions;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bauta_issuer::{Added, Count, Days, Form, LabError, Progress, Visitor};
use rand_chacha::rand_core::Rng as _;

use town::postgres::{Care, Cluster};
use town::program::{Answer, Running, acknowledge, command, redeem, text};
use town::proxy::{Lost, Proxy};
use town::{Setup, TESTED, Town, Wallet, entry, order, seeded};

fn number(variable: &str, short: u64) -> u64 {
    std::env::var(variable).map_or(short, |long| long.parse().unwrap())
}

fn town_on(database: &str) -> Town {
    Town::around_a_program_with(&format!("database = \"{database}\"\n"))
}

/// Asks until the service is well enough to say yes or no; how often it could not.
fn decided(service: SocketAddr, code: &str, proof: &[u8]) -> (u16, Vec<u8>, u64) {
    let mut waited = 0;
    loop {
        match redeem(service, code, proof) {
            Some((status @ (200 | 400), body)) => return (status, body, waited),
            Some((503, _)) => waited += 1,
            other => panic!("{other:?}"),
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a3_of_many_attempts_over_two_replicas_each_code_makes_one_record() {
    const WALLETS: u64 = 4;
    let attempts = number("BAUTA_ATTEMPTS", 2_000);
    let (connections, codes) = ((attempts / 60).clamp(32, 64), (attempts / 40).min(1_000));
    let cluster = Cluster::shared();
    let town = town_on(&cluster.database());
    let replicas = [Running::begin(&town), Running::replica(&town)];
    let each = attempts.div_ceil(codes);
    let codes: Vec<String> = (0..codes).map(|one| town.code(&format!("A-{one}"))).collect();
    let proofs: Vec<Vec<u8>> = (0..WALLETS).map(|wallet| Wallet::new(wallet).commit().proof).collect();

    let (next, waited) = (AtomicU64::new(0), AtomicU64::new(0));
    // Code and wallet, to what each of its attempts was answered.
    let answers: Mutex<BTreeMap<(u64, u64), Vec<Answer>>> = Mutex::default();
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..connections {
            scope.spawn(|| {
                loop {
                    let attempt = next.fetch_add(1, Ordering::Relaxed);
                    if attempt >= attempts {
                        break;
                    }
                    let (code, wallet) = (attempt / each, attempt % WALLETS);
                    let replica = replicas[(attempt / WALLETS % 2) as usize].address;
                    let (status, body, waits) = decided(replica, &codes[code as usize], &proofs[wallet as usize]);
                    waited.fetch_add(waits, Ordering::Relaxed);
                    answers.lock().unwrap().entry((code, wallet)).or_default().push((status, body));
                }
            });
        }
    });
    let answers = answers.into_inner().unwrap();
    println!(
        "{attempts} attempts over {connections} connections on {} codes and two replicas in {:.1} s; {} answers were 503",
        codes.len(),
        begun.elapsed().as_secs_f64(),
        waited.into_inner()
    );
    assert_eq!(answers.values().map(Vec::len).sum::<usize>() as u64, attempts);
    for code in 0..codes.len() as u64 {
        let of_wallets = (0..WALLETS).filter_map(|wallet| answers.get(&(code, wallet)));
        let (got, refused): (Vec<_>, Vec<_>) = of_wallets.partition(|answers| answers[0].0 == 200);
        assert_eq!(got.len(), 1, "code {code} was collected by {} wallets", got.len());
        assert!(got[0].iter().all(|answer| *answer == got[0][0]), "the right retry gets the same bytes");
        assert!(refused.iter().copied().flatten().all(|(status, _)| *status == 400));
    }
    let counts = town.run(town.service.counts(&town.nurse())).unwrap();
    let numbers: Vec<_> = counts.iter().map(|Count { progress, number, .. }| (*progress, *number)).collect();
    assert_eq!(numbers, [(Progress::Redeemed, codes.len() as u64)]);
}

/// What has become of a code, as its people were told.
struct Told {
    reference: String,
    code: String,
    winner: Vec<u8>,
    loser: Vec<u8>,
    record: Vec<u8>,
    fate: Progress,
}

#[test]
fn a6_killed_replicas_and_a_killed_database_double_lose_and_burn_nothing() {
    const LANES: u64 = 4;
    let kills = number("BAUTA_KILLS", 10);
    let seed = number("BAUTA_SEED", 6);
    println!("seed {seed}");
    let cluster = Cluster::alone(Care::Durable);
    let town = town_on(&cluster.database());
    let mut replicas = [Running::begin(&town), Running::replica(&town)];
    let addresses = replicas.each_ref().map(|replica| replica.address);
    let over = AtomicBool::new(false);
    let told: Mutex<Vec<Told>> = Mutex::default();
    let mut chance = seeded(seed);
    std::thread::scope(|scope| {
        for lane in 0..LANES {
            let (town, told, over) = (&town, &told, &over);
            scope.spawn(move || {
                for one in 0.. {
                    if over.load(Ordering::Relaxed) {
                        break;
                    }
                    let life = life_of_a_code(town, addresses, lane * 1_000_000 + one);
                    told.lock().unwrap().push(life);
                }
            });
        }
        for kill in 0..kills {
            std::thread::sleep(Duration::from_millis(u64::from(chance.next_u32() % 400)));
            if kill % 5 == 4 {
                cluster.kill();
                cluster.start_again(Care::Durable);
            } else {
                replicas[(kill % 2) as usize].kill_and_restart(&town);
            }
        }
        over.store(true, Ordering::Relaxed);
    });
    let told = told.into_inner().unwrap();
    println!("{kills} kills, one in five of them of the database, over {} codes", told.len());
    check(&town, addresses, &told);
}

#[test]
fn a7_a_connection_that_is_cut_at_any_statement_doubles_loses_and_burns_nothing() {
    let fates = number("BAUTA_FATES", 1);
    let cluster = Cluster::shared();
    let proxy = Proxy::before(cluster.folder());
    let direct = cluster.folder().display().to_string();
    let database = cluster.database().replace(&direct, &proxy.socket().display().to_string());
    let town = Town::with(&Setup { settings: &format!("database = \"{database}\"\n"), ..Default::default() });
    let mut told = Vec::new();
    let mut longest = Duration::ZERO;
    for lost in [Lost::Request, Lost::Answer] {
        // Until whole lives go by, one of each fate and each with and without an order, before the cut would come.
        let mut whole = 0;
        for after in 0.. {
            let before = proxy.cuts();
            for _ in 0..fates {
                proxy.cut(after, lost);
                let begun = Instant::now();
                told.push(life_of_a_code(&town, [town.address; 2], told.len() as u64));
                longest = longest.max(begun.elapsed());
            }
            whole = if proxy.cuts() == before { whole + 1 } else { 0 };
            if whole == 6 {
                break;
            }
        }
    }
    proxy.cut(-1, Lost::Request);
    println!("{} cuts in {} lives of a code; the longest took {longest:?}", proxy.cuts(), told.len());
    assert!(proxy.cuts() > 40, "the life of a code has more statements than that");
    check(&town, [town.address; 2], &told);
}

/// A lab adds a result, every second time to an order for which a wallet has waited; two wallets want its record, and it is acknowledged, withdrawn or left as it is. Everybody tries until told.
fn life_of_a_code(town: &Town, replicas: [SocketAddr; 2], number: u64) -> Told {
    let reference = format!("L-{number}");
    let proofs = [Wallet::new(2 * number).commit().proof, Wallet::new(2 * number + 1).commit().proof];
    let ordered_first = number.is_multiple_of(2);
    let code = if ordered_first {
        let code = insist(|| ordered(town, &reference));
        for (replica, (proof, expected)) in replicas.into_iter().zip(proofs.iter().zip([202, 400])) {
            let (status, _) = insist(|| redeem(replica, &code, proof).filter(|(status, _)| decisive(*status)));
            assert_eq!(status, expected, "{reference}: the code belongs to the first that asks");
        }
        insist(|| completed(town, &reference));
        code
    } else {
        insist(|| added(town, &reference))
    };
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let asking = proofs.iter().enumerate().map(|(wallet, proof)| {
            let code = &code;
            scope.spawn(move || {
                let mut tries = wallet;
                insist(|| {
                    tries += 1;
                    redeem(replicas[tries % 2], code, proof).filter(|(status, _)| decisive(*status))
                })
            })
        });
        asking.collect::<Vec<_>>().into_iter().map(|asked| asked.join().unwrap()).collect()
    });
    let winner = usize::from(answers[0].0 != 200);
    assert_eq!((answers[winner].0, answers[1 - winner].0), (200, 400), "{reference}: one gets it, the other does not");
    assert!(winner == 0 || !ordered_first, "{reference}: whoever has waited gets it");
    let fate = match number % 3 {
        0 => {
            // The code is unknown as soon as the first answer, which may have been lost, was true.
            insist(|| {
                acknowledge(replicas[0], &code, &answers[winner].1).filter(|(status, _)| [204, 400].contains(status))
            });
            Progress::Collected
        }
        1 => {
            let which = town.service.by_reference(&reference.parse().unwrap(), &town.nurse());
            insist(|| town.run(town.service.withdraw(&which, &town.nurse())).ok());
            Progress::Withdrawn
        }
        _ => Progress::Redeemed,
    };
    let [first, second] = proofs;
    let (winner_proof, loser) = if winner == 0 { (first, second) } else { (second, first) };
    Told { reference, code, winner: winner_proof, loser, record: answers[winner].1.clone(), fate }
}

/// Anything else than yes and no means: come again.
fn decisive(status: u16) -> bool {
    assert!([200, 202, 400, 503].contains(&status), "a status of {status} says nothing to anybody");
    status != 503
}

fn insist<T>(mut attempt: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(done) = attempt() {
            return done;
        }
        assert!(begun.elapsed() < Duration::from_secs(120), "the service does not come back");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// As a lab's software does it: a known reference whose code never arrived gets a new one.
fn added(town: &Town, reference: &str) -> Option<String> {
    let operator = town.nurse();
    let entry = entry(reference, TESTED);
    let ticket = match town.run(town.service.add(&entry, Days::Spoken, Form::Link, &operator)) {
        Ok(Added::New(ticket)) => ticket,
        Ok(Added::Known(_)) => {
            match town.run(town.service.add_again(&entry, Days::Spoken, Form::Link, &town.nurse())) {
                Ok(ticket) => ticket,
                Err(LabError::Store(_)) => return None,
                Err(other) => panic!("{other}"),
            }
        }
        Err(LabError::Store(_)) => return None,
        other => panic!("{other:?}"),
    };
    Some(ticket.offer.code.unwrap().text().to_string())
}

/// The same with an order.
fn ordered(town: &Town, reference: &str) -> Option<String> {
    let order = order(reference);
    let ticket = match town.run(town.service.order(&order, Form::Link, &town.nurse())) {
        Ok(Added::New(ticket)) => Ok(ticket),
        Ok(Added::Known(_)) => town.run(town.service.order_again(&order, Form::Link, &town.nurse())),
        Ok(Added::Completed(_)) => panic!("an order completes nothing"),
        Err(error) => Err(error),
    };
    match ticket {
        Ok(ticket) => Some(ticket.offer.code.unwrap().text().to_string()),
        Err(LabError::Store(_)) => None,
        Err(other) => panic!("{other}"),
    }
}

/// Its result. A known one says that an answer was lost, and the result is there.
fn completed(town: &Town, reference: &str) -> Option<()> {
    match town.run(town.service.add(&entry(reference, TESTED), Days::Spoken, Form::Link, &town.nurse())) {
        Ok(Added::Completed(_)) => Some(()),
        Ok(Added::Known(kept)) if kept.progress == Progress::Waiting => Some(()),
        Err(LabError::Store(_)) => None,
        other => panic!("{other:?}"),
    }
}

/// Nothing that anybody was told has become untrue.
fn check(town: &Town, replicas: [SocketAddr; 2], told: &[Told]) {
    let mut fates: BTreeMap<String, u64> = BTreeMap::new();
    let records: BTreeSet<&[u8]> = told.iter().map(|told| told.record.as_slice()).collect();
    assert_eq!(records.len(), told.len(), "no two codes made the same record");
    for one in told {
        *fates.entry(one.fate.to_string()).or_default() += 1;
        assert_eq!(town.progress(&one.reference), one.fate, "{}", one.reference);
        for replica in replicas {
            let (status, body, _) = decided(replica, &one.code, &one.winner);
            let still_there = one.fate == Progress::Redeemed;
            assert_eq!(status, if still_there { 200 } else { 400 }, "{}", one.reference);
            assert!(!still_there || body == one.record, "the same wallet gets the same bytes");
            assert_eq!(decided(replica, &one.code, &one.loser).0, 400);
        }
    }
    let counts = town.run(town.service.counts(&town.nurse())).unwrap();
    assert_eq!(
        counts.iter().map(|count| count.number).sum::<u64>(),
        told.len() as u64,
        "nothing is lost, nothing is there twice"
    );
    println!("{fates:?}");
    assert!(fates.len() == 3, "too few codes came through to say anything: {fates:?}");
}

#[test]
fn a_server_that_asks_for_a_password_gets_it_from_a_file_that_only_its_owner_reads() {
    let cluster = Cluster::alone(Care::Quick);
    cluster.sql("postgres", "CREATE ROLE guarded LOGIN PASSWORD 'canary-password'");
    cluster.sql("postgres", "CREATE DATABASE guarded OWNER guarded");
    let address = cluster.address("guarded").replace("user=postgres", "user=guarded");
    let town = Town::around_a_program();
    let folder = town.folder.path();
    let password = folder.join("database-password");
    let doctor = |address: &str| {
        let mut doctor = command(folder, &["doctor"]);
        doctor.env("BAUTA_ISSUER_DATABASE", address).env("BAUTA_ISSUER_DATABASE_PASSWORD_FILE", "database-password");
        let output = doctor.output().unwrap();
        let said = text(&output);
        assert!(!said.contains("canary"), "{said}");
        (output.status.success(), said)
    };

    town::private(&password, b"canary-password\n");
    let (well, said) = doctor(&address);
    assert!(well, "{said}");
    std::fs::set_permissions(&password, Permissions::from_mode(0o640)).unwrap();
    let (well, said) = doctor(&address);
    assert!(!well && said.contains("chmod 600"), "{said}");
    std::fs::remove_file(&password).unwrap();
    town::private(&password, b"canary-of-another-colour\n");
    let (well, said) = doctor(&address);
    assert!(!well && said.contains("password authentication failed"), "{said}");
    let (well, said) = doctor("postgres://guarded:canary-password@localhost/guarded");
    assert!(!well && said.contains("must not hold the password"), "{said}");
    let (well, said) = doctor("bauta.db");
    assert!(!well && said.contains("a file needs no password"), "{said}");
}

#[test]
fn a12_no_fact_and_no_code_in_any_file_of_the_cluster_its_log_included() {
    let cluster = Cluster::alone(Care::Chatty);
    let town = town_on(&cluster.database());
    let replica = Running::begin(&town);
    let flows = flows(&town);
    cluster.sql("postgres", "CHECKPOINT");
    let mut files = Vec::new();
    town::every_file(cluster.folder(), &mut files);
    let log = std::fs::read(cluster.folder().join("log")).unwrap();
    assert!(memchr::memmem::find(&log, b"INSERT INTO pending").is_some());
    flows.leave_nothing(&town, &replica, files);
}

/// The settings and keys beside the database hold no secret of a flow either, and nothing is left where temporary files would be.
#[test]
fn a12_no_fact_and_no_code_in_any_file_of_an_sqlite_service() {
    let town = Town::around_a_program();
    let temporary = tempfile::tempdir().unwrap();
    let replica = Running::begin_with(&town, &[("TMPDIR", temporary.path())]);
    let flows = flows(&town);
    let mut files = Vec::new();
    town::every_file(town.folder.path(), &mut files);
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0, "no temporary files");
    flows.leave_nothing(&town, &replica, files);
}

/// What many people's visits must leave nowhere, and what a search for it must find.
struct Flows {
    number: u64,
    secrets: Vec<Vec<u8>>,
    kept: Vec<Vec<u8>>,
}

fn flows(town: &Town) -> Flows {
    let flows = number("BAUTA_FLOWS", 30);
    let nurse = town.nurse();
    let api_key = town.run(town.service.new_api_key(&"desk".parse().unwrap(), Visitor::Lab, &nurse)).unwrap();
    let mut secrets: Vec<Vec<u8>> = ["\"tested\":", "\"tested_on\":", "\"hint\":", "M/05", api_key.as_str()]
        .iter()
        .map(|text| text.as_bytes().to_vec())
        .collect();
    let mut kept = Vec::new();
    for flow in 0..flows {
        let reference = format!("canary-reference-{flow}");
        let ticket = town.add(&reference, TESTED, if flow % 7 == 6 { Form::Short } else { Form::Link });
        kept.push(ticket.handle.bytes().to_vec());
        secrets.push(reference.clone().into_bytes());
        if let Some((code, digits)) = ticket.short {
            assert_eq!(town::token(town, &code.text(), Some(&digits.text())).status, 200);
            secrets.push(code.text().as_bytes().to_vec());
            continue;
        }
        let code = ticket.offer.code.unwrap().text();
        let mut wallet = Wallet::new(flow);
        let record = wallet.collect(town, &code);
        if flow % 3 == 0 {
            wallet.renew(town, &record);
        }
        match flow % 5 {
            4 => town.withdraw(&reference),
            _ => assert_eq!(Wallet::acknowledge(town, &record), 204),
        }
        secrets.push(code.as_bytes().to_vec());
        secrets.push(record.token.into_bytes());
        secrets.push(record.commitment.to_bytes()[..48].to_vec());
        secrets.push(record.credential.signature.to_bytes()[..48].to_vec());
    }
    Flows { number: flows, secrets, kept }
}

impl Flows {
    /// Searches files, the service's log, its environment and its command line.
    fn leave_nothing(self, town: &Town, replica: &Running, files: Vec<Vec<u8>>) {
        let environment = std::fs::read(format!("/proc/{}/environ", replica.child.id())).unwrap();
        let line = std::fs::read(format!("/proc/{}/cmdline", replica.child.id())).unwrap();
        let places = [vec![environment, line, town.log().into_bytes()], files].concat();
        let found = |secret: &[u8]| {
            let forms = [secret.to_vec(), town::hex(secret).into_bytes()];
            forms.iter().any(|form| places.iter().any(|place| memchr::memmem::find(place, form).is_some()))
        };
        assert!(self.kept.iter().all(|handle| found(handle)), "the search finds what is there");
        for (number, secret) in self.secrets.iter().enumerate() {
            assert!(!found(secret), "secret {number}: {}", String::from_utf8_lossy(secret));
        }
        let bytes: usize = places.iter().map(Vec::len).sum();
        println!(
            "{} secrets of {} flows, 0 hits in {} MiB of files, logs and process environment",
            self.secrets.len(),
            self.number,
            bytes >> 20
        );
    }
}
