//! Bombs in CBOR and JSON, and texts that would like to be more than text.

use std::net::SocketAddr;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bauta_issuer::{ImportError, LabError, Place};
use bauta_spec::issuance::{Offer, OfficeAnswer, OfficeRequest};
use bauta_spec::policy;
use bauta_spec::trust::TrustList;
use bauta_tests::Town;
use bauta_wallet::collect::Requested;
use bauta_wallet::renew::{HintWish, Renewal};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::{TESTED, town_with_anna};

/// Nothing that is refused may take longer than this.
const PATIENCE: Duration = Duration::from_secs(1);

/// What should be an array of a few strings, and is not.
fn cbor_bombs() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("nothing", vec![]),
        ("arrays in arrays, 100,000 deep", vec![0x81; 100_000]),
        ("tags on tags, 100,000 deep", vec![0xc1; 100_000]),
        ("an array that says it has 2^64 - 1 items", vec![0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        ("a string that says it has 2^62 bytes", vec![0x83, 0x01, 0x5b, 0x40, 0, 0, 0, 0, 0, 0, 0]),
        ("a map that says it has 2^32 pairs", vec![0xba, 0xff, 0xff, 0xff, 0xff]),
        ("an indefinite array without end", vec![0x9f; 1000]),
        ("an indefinite string of indefinite strings", vec![0x5f; 1000]),
        ("a float", vec![0xfb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0]),
        ("a bignum of 35 digits", [&[0xc2, 0x4f][..], &[0xff; 15]].concat()),
        ("a map with a key twice", vec![0xa2, 0x01, 0x00, 0x01, 0x00]),
        ("megabytes of zeros", vec![0; 8 << 20]),
    ]
}

/// The same document in other spellings: its outer array with a longer length, without a length, and with its version longer.
fn other_spellings(document: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let (items, rest) = (document[0] & 0x1f, &document[1..]);
    assert!(document[0] == 0x80 | items && rest[0] == 0x01, "an array of a few items that begins with version 1");
    vec![
        ("a length in two bytes", [&[0x98, items], rest].concat()),
        ("no length", [&[0x9f], rest, &[0xff]].concat()),
        ("a version in two bytes", [&[document[0], 0x18, 0x01], &rest[1..]].concat()),
        ("version 2", [&[document[0], 0x02], &rest[1..]].concat()),
        ("an item more", [&[document[0] + 1], rest, &[0x00]].concat()),
        ("a byte more", [document, &[0x00]].concat()),
    ]
}

#[test]
fn n2_no_cbor_bomb_and_no_second_spelling_is_read_by_wallet_office_or_door() {
    let (town, anna) = town_with_anna(110);
    let (trust, now, root) = (town.trust(), town.now(), town.official.root());
    let nonce = town.lab.nonce();
    let renew = || {
        Renewal::new(&anna.records[0], &anna.secret, trust, &nonce, HintWish::LeaveOut, now, &mut town.rng()).unwrap()
    };
    let request = renew().request().to_bytes();
    let answer = town.lab.renew(renew().request()).unwrap().to_bytes();
    let record = {
        let requested = Requested::new(&anna.secret, &mut town.rng()).unwrap();
        town.lab.collect(&town.lab.add("health-record", TESTED), requested.commitment()).unwrap().record
    };
    let reads_record = |bytes: &[u8]| {
        let requested = Requested::new(&anna.secret, &mut town.rng()).unwrap();
        requested.receive(bytes, town.lab.url(), &anna.secret, trust, now).is_ok()
    };
    let reads_request = |bytes: &[u8]| OfficeRequest::from_bytes(bytes).is_ok();
    let reads_answer = |bytes: &[u8]| OfficeAnswer::from_bytes(bytes).is_ok() || renew().receive(bytes).is_ok();
    let reads_list = |bytes: &[u8]| TrustList::verify(bytes, &root, now).is_ok();
    type Reader<'a> = (&'a str, &'a [u8], &'a dyn Fn(&[u8]) -> bool);
    let readers: [Reader<'_>; 4] = [
        ("a record", &record, &reads_record),
        ("an office request", &request, &reads_request),
        ("an office answer", &answer, &reads_answer),
        ("a trust list", trust.bytes(), &reads_list),
    ];
    for (document, honest, reads) in readers {
        for (flaw, bytes) in cbor_bombs().into_iter().chain(other_spellings(honest)) {
            let started = Instant::now();
            assert!(!reads(&bytes), "{document} was read from {flaw}");
            assert!(started.elapsed() < PATIENCE, "{document}: {flaw} took {:?}", started.elapsed());
        }
    }
    assert!(reads_request(&request) && reads_answer(&answer) && reads_list(trust.bytes()));
}

/// What should be an object, and is not quite.
fn json_bombs() -> Vec<(&'static str, Vec<u8>)> {
    let texts = [
        ("nothing", String::new()),
        ("arrays in arrays, 30,000 deep", "[".repeat(30_000)),
        ("objects in objects, 5,000 deep", r#"{"a":"#.repeat(5_000)),
        ("a number of 35 digits", r#"{"credential_configuration_id":12345678901234567890123456789012345}"#.into()),
        ("a number that is none", r#"{"credential_configuration_id":NaN}"#.into()),
        ("an exponent that overflows", r#"{"credential_configuration_id":1e999999999}"#.into()),
        (
            "a key twice",
            r#"{"credential_configuration_id":"health-record","credential_configuration_id":"passes"}"#.into(),
        ),
        ("half a surrogate", r#"{"credential_configuration_id":"\ud800"}"#.into()),
        ("a comment", r#"{/* */}"#.into()),
        ("an array", "[]".into()),
        ("null", "null".into()),
        ("a megabyte", format!(r#"{{"credential_configuration_id":"{}"}}"#, "a".repeat(1 << 20))),
    ];
    let bytes = texts.into_iter().map(|(flaw, text)| (flaw, text.into_bytes()));
    bytes.chain([("no UTF-8", b"{\"credential_configuration_id\":\"\xff\xfe\"}".to_vec())]).collect()
}

/// A client that reports a status instead of failing.
fn client() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(20)))
        .build()
        .into()
}

fn post(url: &str, bearer: &str, kind: &str, body: &[u8]) -> (u16, String) {
    let request = client().post(url).header("authorization", format!("Bearer {bearer}")).content_type(kind);
    let mut answer = request.send(body).unwrap();
    (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
}

#[test]
fn n2_every_json_bomb_is_refused_with_a_client_error_and_the_service_goes_on() {
    let town = Town::with_seed(111);
    let address = town.lab.serve();
    let (key, token) = (town.lab.api_key(), access_token(&town, address));
    for (path, bearer) in [
        ("/credential", &token),
        ("/deferred_credential", &token),
        ("/notification", &token),
        ("/v1/orders", &key),
        ("/v1/results", &key),
        ("/v1/results/correct", &key),
        ("/v1/results/status", &key),
        ("/v1/results/withdraw", &key),
    ] {
        for (flaw, body) in json_bombs() {
            let started = Instant::now();
            let (status, _) = post(&format!("http://{address}{path}"), bearer, "application/json", &body);
            assert!(matches!(status, 400 | 413 | 422), "{path}: {flaw} was answered with {status}");
            assert!(started.elapsed() < PATIENCE, "{path}: {flaw} took {:?}", started.elapsed());
        }
    }
    for (flaw, body) in json_bombs() {
        let (status, _) = post(&format!("http://{address}/token"), "", FORM, &body);
        assert!(matches!(status, 400 | 413 | 422), "/token: {flaw} was answered with {status}");
    }
    let alive = client().get(format!("http://{address}/livez")).call().unwrap();
    assert_eq!(alive.status().as_u16(), 200);
}

const FORM: &str = "application/x-www-form-urlencoded";

/// What the token endpoint gives for a fresh code.
fn access_token(town: &Town, address: SocketAddr) -> String {
    let ticket = town.lab.add("health-record", TESTED);
    let code = ticket.offer.code.as_ref().unwrap().text();
    let grant = "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Apre-authorized_code";
    let form = format!("grant_type={grant}&pre-authorized_code={}", code.as_str());
    let (status, answer) = post(&format!("http://{address}/token"), "", FORM, form.as_bytes());
    assert_eq!(status, 200, "{answer}");
    serde_json::from_str::<serde_json::Value>(&answer).unwrap()["access_token"].as_str().unwrap().to_owned()
}

/// Texts that are more than text to somebody.
const ACTIVE: [&str; 8] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "left \u{202e}thgir",
    "one line\nand another",
    "a bell\u{7}",
    "an escape\u{1b}[2J",
    "an invisible\u{200b}space",
];

#[test]
fn n12_no_answer_of_the_service_repeats_what_was_sent() {
    let town = Town::with_seed(112);
    let address = town.lab.serve();
    let key = town.lab.api_key();
    for text in ACTIVE {
        let json = serde_json::json!({ "reference": text, "type": text, "facts": { text: text } }).to_string();
        let encoded: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let form = format!("grant_type={encoded}&pre-authorized_code={encoded}&tx_code={encoded}");
        let answers = [
            post(&format!("http://{address}/v1/results"), &key, "application/json", json.as_bytes()),
            post(&format!("http://{address}/credential"), &key, "application/json", json.as_bytes()),
            post(&format!("http://{address}/token"), "", FORM, form.as_bytes()),
            post(&format!("http://{address}/{encoded}"), "", "text/plain", text.as_bytes()),
        ];
        for (status, answer) in answers {
            assert!((400..500).contains(&status), "{text:?} was answered with {status}");
            assert!(!answer.contains(text) && !answer.contains("<script"), "{text:?} came back: {answer}");
        }
    }
}

#[test]
fn n12_a_purpose_that_could_deceive_is_never_signed() {
    let mut town = Town::with_seed(113);
    let written = |purpose: &str| {
        serde_json::json!({
            "name": "entry-two",
            "credentials": [{ "id": "pass", "format": "bauta-pass", "meta": { "type": "entry-pass" },
                              "claims": [{ "path": ["admits"], "values": ["tested-or-vaccinated"] }] }],
            "one_way": "allowed",
            "purpose": { "en": purpose },
        })
        .to_string()
    };
    for purpose in ["left \u{202e}thgir", "one line\nand another", "a bell\u{7}", "an escape\u{1b}[2J", ""] {
        let refused = town.official.list_policy(&written(purpose));
        assert!(matches!(refused, Err(policy::Unwritable::Json(_))), "{purpose:?}: {refused:?}");
    }
    assert!(town.official.list_policy(&written(&"x".repeat(201))).is_err());
    town.official.list_policy(&written("To let you in")).unwrap();
}

#[test]
fn n12_formulas_and_invisible_letters_in_a_csv_are_refused_line_by_line_and_the_good_lines_go_through() {
    let town = Town::with_seed(114);
    let header = "reference,type,tested,tested_on,age_band,hint\n";
    let bad = [
        "=HYPERLINK(\"http://evil\"),health-record,naat,today,21-64,M/05",
        "+1,health-record,naat,today,21-64,M/05",
        "-1,health-record,naat,today,21-64,M/05",
        "@sum,health-record,naat,today,21-64,M/05",
        "a\u{202e}b,health-record,naat,today,21-64,M/05",
        "ok-1,health-record,=1+1,today,21-64,M/05",
        "ok-2,health-record,naat,=NOW(),21-64,M/05",
        "ok-3,<script>,naat,today,21-64,M/05",
        "ok-4,health-record,naat,today,21-64,<b>",
    ];
    let good = "ok-5,health-record,naat,today,21-64,M/05\n";
    let lines: String = bad.iter().map(|line| format!("{}\n", line.replace('"', ""))).collect();
    let imported = town.lab.import(&format!("{header}{lines}{good}")).unwrap();
    let refused: Vec<Place> = imported.refused.iter().map(|(place, _)| *place).collect();
    assert_eq!(refused, (2..2 + bad.len() as u64).map(Place::Line).collect::<Vec<_>>());
    assert_eq!(imported.added, 1);
    for (place, why) in &imported.refused {
        assert!(!why.contains("=NOW") && !why.contains("<b>") && !why.contains('\u{202e}'), "{place}: {why}");
    }
}

#[test]
fn n12_facts_outside_the_vocabulary_are_not_recorded() {
    let town = Town::with_seed(115);
    for (number, fact) in ["tested=<script>", "age_band=\u{202e}", "hint=javascript:1", "name=Anna"].iter().enumerate()
    {
        let refused = town.lab.try_add("health-record", &format!("order-x{number}"), fact);
        assert!(matches!(refused, Err(LabError::Fact(_))), "{fact}");
    }
}

#[test]
fn n12_a_wallet_opens_no_link_but_an_offer() {
    for link in [
        "javascript:alert(1)",
        "http://lab.example/offer#ABCDEFGHJKMNPQRSTVWXYZ0123",
        "https://lab.example/offer?x=1#ABCDEFGHJKMNPQRSTVWXYZ0123",
        "https://user@lab.example/offer#ABCDEFGHJKMNPQRSTVWXYZ0123",
        "https://lab.example/offer#<script>",
        "https://lab.example/offer\n#ABCDEFGHJKMNPQRSTVWXYZ0123",
        "https://läb.example/offer#ABCDEFGHJKMNPQRSTVWXYZ0123",
        "file:///etc/passwd",
    ] {
        assert!(link.parse::<Offer>().is_err(), "taken: {link}");
    }
}

#[test]
fn n12_a_verdict_repeats_nothing_of_what_was_scanned() {
    let (town, _) = town_with_anna(116);
    let mut door = town.door("entry");
    for text in ACTIVE.into_iter().chain(["https://evil.example/", "BTA1:<script>"]) {
        let decision = door.scan(text, town.trust(), town.now());
        let words = bauta_verifier::in_words(&decision);
        let json = bauta_verifier::as_json(&decision).to_string();
        assert!(words.starts_with("REFUSED (unreadable)"), "{words}");
        assert!(words.chars().all(|letter| !letter.is_control() && letter != '\u{202e}'));
        assert!(!words.contains("evil") && !json.contains("evil") && !json.contains("<"));
    }
}

/// A thousandth of BAUTA_MUTATIONS (100,000), because each is an import into a database.
#[test]
fn n12_mutated_files_of_results_are_taken_or_named_line_by_line() {
    let number = |name: &str| std::env::var(name).ok().map(|number| number.parse::<u64>().unwrap());
    let clock = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64;
    let seed = number("BAUTA_SEED").unwrap_or_else(clock);
    let count = number("BAUTA_MUTATIONS").unwrap_or(100_000).div_ceil(1000);
    println!("BAUTA_SEED={seed}: {count} files");
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let mut below = |end: usize| (rng.next_u64() % end as u64) as usize;
    let town = Town::with_seed(58);
    let good = include_str!("../../sample/results.csv");
    let (mut added, mut refused) = (0, 0);
    for round in 0..count {
        let mut file = good.replace("order-", &format!("round-{round}-")).into_bytes();
        for _ in 0..=below(4) {
            let at = below(file.len());
            match below(6) {
                0 => file[at] ^= 1 << below(8),
                1 => file[at] = b",\"\n\r;=\0\xff"[below(8)],
                2 => file.truncate(at + 1),
                3 => drop(file.drain(at..(at + below(40)).min(file.len()))),
                4 => drop(file.splice(at..at, vec![b"9,\"x"[below(4)]; 1 << below(16)])),
                _ => {
                    let copy = file[at..].to_vec();
                    file.extend(copy);
                }
            }
            if file.is_empty() {
                file.push(b'r');
            }
        }
        let file = String::from_utf8_lossy(&file);
        let started = Instant::now();
        match town.lab.import(&file) {
            Ok(imported) => {
                assert!(
                    imported.added + imported.known + imported.refused.len() <= file.split(['\n', '\r']).count(),
                    "{file:?}"
                );
                added += imported.added;
                refused += imported.refused.len();
                for (_, why) in imported.refused {
                    assert!(why.len() < 300, "{why}");
                }
            }
            Err(ImportError::Header | ImportError::ColumnTwice(_)) => refused += 1,
            Err(other) => unreachable!("{other:?} after {file:?}"),
        }
        assert!(started.elapsed() < 20 * PATIENCE, "{file:?}");
    }
    let codes = std::fs::read_to_string(town.lab.folder().join("codes.csv")).unwrap();
    assert_eq!(codes.lines().count(), 1 + added, "one line with a code for each result that was added");
    assert!(added > 0 && refused > 0, "{added} added, {refused} refused");
}
