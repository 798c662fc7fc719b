//! What any peer may do to the service, and what it says of itself.
#![allow(clippy::unwrap_used, clippy::panic)]

mod town;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use bauta_issuer::Needs;
use bauta_spec::issuance::{AuthorizationServerMetadata, Base64Url, IssuerMetadata, OfferDocument};
use rand_chacha::rand_core::Rng as _;
use serde_json::json;

use town::{Setup, Town, Wallet, get, nonce, post, token};

#[test]
fn metadata_offer_and_trust_list_are_what_wallets_read() {
    let town = Town::begin();
    let issuer: IssuerMetadata =
        serde_json::from_value(get(&town.url("/.well-known/openid-credential-issuer"), "").json()).unwrap();
    assert_eq!(issuer.credential_issuer.as_str(), town.url(""));
    let offered: Vec<&String> = issuer.credential_configurations_supported.keys().collect();
    assert_eq!(offered, ["health-record", "passes"]);
    let server: AuthorizationServerMetadata =
        serde_json::from_value(get(&town.url("/.well-known/oauth-authorization-server"), "").json()).unwrap();
    assert_eq!(server.token_endpoint, town.url("/token"));
    let offer: OfferDocument = serde_json::from_value(get(&town.url("/offer"), "").json()).unwrap();
    assert_eq!(offer.credential_configuration_ids, ["health-record"]);
    assert_eq!(get(&town.url("/trust-list"), "").body, town.authority.list.bytes());
}

#[test]
fn the_lab_side_describes_itself() {
    let town = Town::begin();
    let described = get(&town.url("/openapi.json"), "").json();
    assert!(described["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut all = Vec::new();
    for (path, operations) in described["paths"].as_object().unwrap() {
        let methods = operations.as_object().unwrap().keys().map(|method| method.to_uppercase());
        all.extend(methods.map(|method| (method, path.clone())));
    }
    let mut calls: Vec<(String, String)> =
        bauta_issuer::table().into_iter().map(|(method, path, _)| (method, path.to_owned())).collect();
    calls.sort();
    all.sort();
    assert_eq!(all, calls, "what is described is there, and what is there is described");
}

/// Whoever adds a call gets these without a word about them; see `http/described.rs`.
#[test]
fn every_call_says_how_it_can_be_refused_and_in_which_form() {
    let town = Town::begin();
    let described = get(&town.url("/openapi.json"), "").json();
    for (path, operations) in described["paths"].as_object().unwrap() {
        for (method, call) in operations.as_object().unwrap() {
            let answers = call["responses"].as_object().unwrap();
            for status in ["400", "401", "403", "408", "413", "429", "500", "503"] {
                assert!(answers.contains_key(status), "{method} {path}: {status}");
            }
            for (status, answer) in answers.iter().filter(|(status, _)| status.as_str() >= "400") {
                let forms: Vec<&String> = answer["content"].as_object().unwrap().keys().collect();
                assert_eq!(forms, ["application/problem+json"], "{method} {path}: {status}");
            }
            assert!(answers["503"]["headers"]["Retry-After"].is_object(), "{method} {path}");
            let open = bauta_issuer::table()
                .iter()
                .any(|call| call.0.eq_ignore_ascii_case(method) && call.1 == path && call.2 == Needs::Nothing);
            assert_eq!(call["security"].is_array(), !open, "{method} {path} says whether it wants a key");
        }
    }
}

/// What unpacks grows: a body is read as it comes, and no limit is got round.
#[test]
fn a_packed_body_is_not_unpacked() {
    let town = Town::begin();
    // A form that asks for another grant, with gzip around it.
    let packed = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\x01\x22\x00\xdd\xffgrant_type=x&pre-authorized_code=xT\xeaQW\x22\x00\x00\x00";
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let request = agent.post(town.url("/token")).header("Content-Encoding", "gzip");
    let mut answer = request.send(&packed[..]).unwrap();
    let said: serde_json::Value = answer.body_mut().read_json().unwrap();
    assert_eq!((answer.status().as_u16(), said["error"].as_str()), (400, Some("invalid_request")));
    let plain = town::post_form(&town.url("/token"), "grant_type=x&pre-authorized_code=x");
    assert_eq!(plain.error(), "unsupported_grant_type");
}

#[test]
fn mutated_requests_are_refused_and_never_break_anything() {
    let town = Town::begin();
    let mut wallet = Wallet::new(1);
    let code = town.code("A-1");
    let record = wallet.collect(&town, &code);
    let ask = Wallet::ask(&town, &record, nonce(&town));
    let office = Base64Url(wallet.present(&town, &record, ask).to_bytes());
    let commitment = Base64Url(Wallet::new(2).commit().proof);
    let honest = [
        (
            "/credential",
            json!({ "credential_configuration_id": "passes", "proofs": { "bauta_record_presentation": [office] } }),
        ),
        (
            "/credential",
            json!({ "credential_configuration_id": "health-record", "proofs": { "bauta_commitment": [commitment] } }),
        ),
        ("/deferred_credential", json!({ "transaction_id": Base64Url(Wallet::new(3).commit().proof) })),
        ("/notification", json!({ "notification_id": "AAAA", "event": "credential_accepted" })),
        (
            "/token",
            json!(
                "grant_type=urn:ietf:params:oauth:grant-type:pre-authorized_code&pre-authorized_code=0000-0000&tx_code=0000000"
            ),
        ),
    ];
    let mut rng = town::seeded(9);
    for round in 0..400 {
        let (path, body) = &honest[round % honest.len()];
        let mut bytes = body.to_string().into_bytes();
        for _ in 0..=rng.next_u32() % 3 {
            let place = rng.next_u32() as usize % bytes.len();
            match rng.next_u32() % 4 {
                0 => bytes[place] ^= 1 << (rng.next_u32() % 8),
                1 => bytes.truncate(place.max(1)),
                2 => bytes.insert(place, rng.next_u32() as u8),
                _ => drop(bytes.remove(place)),
            }
            bytes.push(b' ');
        }
        let answer = town::post_bytes(&town.url(path), &record.token, &bytes);
        assert!((200..500).contains(&answer.status), "{path}: {} {}", answer.status, String::from_utf8_lossy(&bytes));
    }
    assert_eq!(get(&town.url("/readyz"), "").status, 200);
}

#[test]
fn live_is_not_ready() {
    let town = Town::begin();
    assert_eq!(get(&town.url("/readyz"), "").status, 200);
    town.later(200 * town::HOUR);
    assert_eq!((get(&town.url("/livez"), "").status, get(&town.url("/readyz"), "").status), (200, 503));
    // Nobody is told that a code is wrong by a service that could not know.
    assert_eq!(token(&town, "00000000000000000000000000", None).status, 503);
    assert_eq!(get(&town.url("/trust-list"), "").status, 503);
}

#[test]
fn every_answer_is_strict_and_recognises_nobody() {
    let town = Town::begin();
    let answers = [
        get(&town.url("/livez"), ""),
        get(&town.url("/trust-list"), ""),
        get(&town.url("/nowhere"), ""),
        get(&town.url("/v1/nowhere"), ""),
        get(&town.url("/token"), ""),
        post(&town.url("/credential"), "", &json!("x".repeat(70_000))),
        post(&town.url("/credential"), "", &json!({})),
        post(&town.url("/v1/results"), "", &json!({})),
    ];
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [200, 200, 404, 404, 404, 413, 400, 401]);
    for answer in answers {
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert!(answer.headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
        for name in ["set-cookie", "etag", "last-modified", "server", "x-powered-by"] {
            assert!(!answer.headers.contains_key(name), "{name}");
        }
    }
}

/// A14. Every address there is, however it is asked, refusals included.
#[test]
fn a14_every_route_is_strict_with_every_method() {
    let town = Town::begin();
    let described = get(&town.url("/openapi.json"), "").json();
    let of_labs = described["paths"].as_object().unwrap().keys().map(String::as_str);
    let of_wallets = WALLETS_CALLS.iter().map(|(_, path)| *path);
    let others = ["/livez", "/readyz", "/openapi.json", "/", "/nowhere", "/v1/nowhere", "/%00", "/v1/results/%2e%2e"];
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .allow_non_standard_methods(true)
        .max_redirects(0)
        .build()
        .into();
    let mut seen = std::collections::BTreeSet::new();
    for path in of_labs.chain(of_wallets).chain(others) {
        for method in ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "BREW"] {
            for body in [&b""[..], b"{", b"grant_type=x&pre-authorized_code=x", &[0xff; 70_000]] {
                let request = ureq::http::Request::builder().method(method).uri(town.url(path));
                // What a browser asks before a page of another origin may ask.
                let request = request.header("Origin", "https://wallet.example");
                let request = request.header("Access-Control-Request-Method", "POST").body(body).unwrap();
                let Ok(answer) = agent.run(request) else {
                    // A body that is too long may be cut off before its end: then there is no answer to be strict.
                    assert!(body.len() > 65_536, "{method} {path}");
                    continue;
                };
                let asked = format!("{method} {path}: {}", answer.status());
                seen.insert(answer.status().as_u16());
                assert!(answer.status().as_u16() < 500, "{asked}");
                assert!(!answer.status().is_redirection(), "{asked}");
                let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap());
                for (name, value) in [
                    (
                        "content-security-policy",
                        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
                    ),
                    ("x-content-type-options", "nosniff"),
                    ("referrer-policy", "no-referrer"),
                    ("cache-control", "no-store"),
                    ("strict-transport-security", "max-age=63072000"),
                    ("cross-origin-resource-policy", "same-site"),
                ] {
                    assert_eq!(header(name), Some(value), "{asked}: {name}");
                    assert_eq!(answer.headers().get_all(name).iter().count(), 1, "{asked}: {name}");
                }
                for name in ["set-cookie", "etag", "last-modified", "server", "x-powered-by", "location"] {
                    assert_eq!(header(name), None, "{asked}: {name}");
                }
                let empty = header("content-length").is_none_or(|length| length == "0");
                let kinds =
                    ["application/json", "application/problem+json", "application/cbor", "text/plain; charset=utf-8"];
                assert!(
                    empty || header("content-type").is_some_and(|kind| kinds.contains(&kind)),
                    "{asked}: what it is"
                );
            }
        }
    }
    for status in [200, 204, 400, 401, 404, 413] {
        assert!(seen.contains(&status), "{status} was never answered: {seen:?}");
    }
}

/// Every call that wallets make, as the README lists them.
const WALLETS_CALLS: [(&str, &str); 9] = [
    ("GET", "/.well-known/openid-credential-issuer"),
    ("GET", "/.well-known/oauth-authorization-server"),
    ("GET", "/offer"),
    ("POST", "/token"),
    ("POST", "/nonce"),
    ("POST", "/credential"),
    ("POST", "/deferred_credential"),
    ("POST", "/notification"),
    ("GET", "/trust-list"),
];

#[test]
fn a_wallet_in_a_page_of_any_origin_may_ask_and_read() {
    let town = Town::begin();
    for (method, path) in WALLETS_CALLS {
        let before = town::preflight(&town.url(path), method);
        assert_eq!((before.status, before.header("access-control-allow-origin")), (204, Some("*")), "{path}");
        assert_eq!(before.header("access-control-allow-headers"), Some("authorization, content-type"));
        assert!(before.header("access-control-allow-methods").unwrap().contains(method));
        assert_eq!(before.header("x-content-type-options"), Some("nosniff"), "an answer as strict as any");
        let answer = if method == "GET" { get(&town.url(path), "") } else { post(&town.url(path), "", &json!({})) };
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{path}: {}", answer.status);
        assert_eq!(answer.header("access-control-allow-credentials"), None);
    }
}

#[test]
fn no_page_of_another_origin_may_read_what_labs_and_operators_ask() {
    let town = Town::begin();
    let described = get(&town.url("/openapi.json"), "").json();
    let of_labs = described["paths"].as_object().unwrap().keys().map(String::as_str);
    for path in of_labs.chain(["/livez", "/readyz", "/openapi.json", "/nowhere", "/token/", "//token"]) {
        for answer in
            [town::preflight(&town.url(path), "POST"), get(&town.url(path), ""), post(&town.url(path), "", &json!({}))]
        {
            let told = answer.headers.keys().any(|name| name.as_str().starts_with("access-control-"));
            assert!(!told, "{path} is open to other origins");
        }
    }
}

#[test]
fn a_large_body_is_not_read_to_its_end() {
    let town = Town::begin();
    let mut stream = TcpStream::connect(town.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    write!(stream, "POST /credential HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n").unwrap();
    let chunk = [b'x'; 8192];
    // It answers, or hangs up, long before the thousand million bytes.
    let sent = (0..2000).take_while(|_| stream.write_all(&chunk).is_ok()).count();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    assert!(sent < 2000 || String::from_utf8_lossy(&answer).starts_with("HTTP/1.1 413"), "{sent} chunks");
}

#[test]
fn slow_heads_and_slow_bodies_are_shown_out() {
    let town = Town::begin();
    let (begun, address) = (Instant::now(), town.address);
    let head = "POST /credential HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n";
    let slow = [format!("{head}X-Slow: "), format!("{head}\r\n{{")].map(|beginning| {
        std::thread::spawn(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
            stream.write_all(beginning.as_bytes()).unwrap();
            let mut answer = Vec::new();
            while begun.elapsed() < Duration::from_secs(25) {
                let mut bytes = [0; 1024];
                match stream.read(&mut bytes) {
                    Ok(0) => break,
                    Ok(read) => answer.extend_from_slice(&bytes[..read]),
                    Err(_) if !answer.is_empty() => break,
                    Err(_) => drop(stream.write_all(b" ")),
                }
            }
            (String::from_utf8_lossy(&answer).into_owned(), begun.elapsed())
        })
    });
    for slow in slow {
        let (answer, after) = slow.join().unwrap();
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
        assert!(after < Duration::from_secs(10), "{after:?}");
    }
}

#[test]
fn who_asks_too_often_waits() {
    let town = Town::with(&Setup { requests_per_minute: 20, ..Default::default() });
    let statuses: Vec<u16> = (0..30).map(|_| get(&town.url("/offer"), "").status).collect();
    assert!(statuses.starts_with(&[200; 20]) && statuses.ends_with(&[429; 5]), "{statuses:?}");
    let refused = get(&town.url("/offer"), "");
    assert_eq!((refused.error().as_str(), refused.header("retry-after")), ("slow_down", Some("60")));
    assert_eq!(refused.header("access-control-allow-origin"), Some("*"), "a wallet in a page can read why");
    assert_eq!(refused.header("access-control-expose-headers"), Some("retry-after"), "and when to ask again");
}
