//! People who work here: nobody from the beginning, two for what matters, and nobody a moment longer than they should.
#![allow(clippy::unwrap_used, clippy::panic)]

mod town;

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bauta_issuer::{IDLE_SECONDS, SESSION_SECONDS, StaffRole, TRIES_SECONDS};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RsaKeyPair};
use serde_json::{Value as Json, json};

use town::people::{PASSWORD, Person, begin, come, invited, officers};
use town::program::{Running, program, text};
use town::{Setup, Town, get, post};

fn status(town: &Town, bearer: &str) -> u16 {
    get(&town.url("/v1/counts"), bearer).status
}

fn suspend(town: &Town, name: &str) {
    town.run(town.service.suspend_account(&name.parse().unwrap(), &town.service.owner())).unwrap();
}

#[test]
fn n20_nobody_is_here_from_the_beginning() {
    let town = Town::begin();
    assert_eq!(town.run(town.service.accounts(&town.service.owner())).unwrap(), []);
    for name in ["admin", "root", "console", "officer-1", "officer-2", "settings"] {
        assert_eq!(come(&town, name, "bauta-issuer-default", "000000").status, 401, "{name}");
    }
    let invited = town.run(town.service.first_officers()).unwrap().unwrap();
    assert!(town.run(town.service.first_officers()).unwrap().is_none(), "once");
    assert_eq!(come(&town, "officer-1", "bauta-issuer-default", "000000").status, 401, "an invitation is no password");
    let [one, two] =
        invited.map(|invited| Person::redeem(&town, &invited.name.to_string(), &invited.invitation.text()));
    assert_ne!(one.otpauth, two.otpauth);
    assert_eq!(get(&town.url("/v1/labs"), &one.session(&town)).status, 200);
    assert!(town.run(town.service.first_officers()).unwrap().is_none());
}

#[test]
fn an_invitation_becomes_an_account_with_the_first_right_digits() {
    let town = Town::begin();
    let invitation = invited(&town, "nurse-1", StaffRole::Operator, Some("city-lab")).invitation.text().to_string();
    let state = || town.run(town.service.accounts(&town.service.owner())).unwrap()[0].state.word();
    assert_eq!(state(), "invited");
    let short = post(&town.url("/v1/account/begin"), "", &json!({ "invitation": invitation, "password": "too short" }));
    assert_eq!(short.status, 400);
    let person = Person::redeem(&town, "nurse-1", &invitation);
    assert_eq!(state(), "begun");
    let again = begin(&town, &invitation);
    assert_eq!((again.status, again.header("content-type")), (403, Some("application/problem+json")));
    assert_eq!(person.come(&town, "000000").status, 401);
    assert_eq!(state(), "begun");
    let session = person.session(&town);
    assert!(session.starts_with("bauta-s-"));
    assert_eq!((state(), status(&town, &session)), ("active", 200));
    let late = invited(&town, "nurse-2", StaffRole::Operator, Some("city-lab")).invitation.text().to_string();
    town.later(8 * 24 * town::HOUR);
    assert_eq!(begin(&town, &late).status, 403, "a week is over");
}

#[test]
fn digits_count_once_and_only_around_now() {
    let town = Town::begin();
    let (person, _) = Person::hired(&town, "nurse-1", StaffRole::Operator, Some("city-lab"));
    town.later(30);
    let digits = person.digits(&town);
    assert_eq!(person.come(&town, &digits).status, 201);
    assert_eq!(person.come(&town, &digits).status, 401, "somebody looked over the shoulder");
    let earlier = person.digits_at(town.now().unix() - 30);
    assert_eq!(person.come(&town, &earlier).status, 401);
    let next = person.digits_at(town.now().unix() + 30);
    assert_eq!(person.come(&town, &next).status, 201, "a clock that is half a minute ahead");
    town.later(300);
    assert_eq!(person.come(&town, &digits).status, 401);
}

#[test]
fn name_password_and_digits_are_refused_alike_and_five_times_only() {
    let town = Town::begin();
    let (person, _) = Person::hired(&town, "nurse-1", StaffRole::Operator, Some("city-lab"));
    let (_, suspended) = Person::hired(&town, "nurse-2", StaffRole::Operator, Some("city-lab"));
    suspend(&town, "nurse-2");
    assert_eq!(status(&town, &suspended), 401);
    town.later(30);
    let right = person.digits(&town);
    let wrong = [
        come(&town, "nobody", PASSWORD, &right),
        come(&town, "nurse-1", "another password of hers", &right),
        come(&town, "nurse-1", PASSWORD, "000000"),
        come(&town, "nurse-2", PASSWORD, &right),
    ];
    let said: Vec<(u16, Vec<u8>)> = wrong.into_iter().map(|answer| (answer.status, answer.body)).collect();
    assert!(said.iter().all(|one| *one == said[0]), "one answer for all");
    assert_eq!(said[0].0, 401);
    assert!(!String::from_utf8_lossy(&said[0].1).contains("nurse"));

    for name in ["nurse-1", "nobody-2"] {
        let statuses: Vec<u16> = (0..6).map(|_| come(&town, name, PASSWORD, "000000").status).collect();
        assert!(statuses.ends_with(&[429]), "{name}: {statuses:?}");
    }
    let locked = come(&town, "nurse-1", PASSWORD, &person.digits(&town));
    assert_eq!((locked.status, locked.header("retry-after")), (429, Some("900")), "right ones rest, too");
    town.later(TRIES_SECONDS);
    assert_eq!(person.come(&town, &person.digits(&town)).status, 201);
}

/// The quickest of several tries each, because the others also tell what else the machine does. Three times as long would be seen from afar.
#[test]
fn an_unknown_name_takes_about_as_long_as_a_wrong_password() {
    let town = Town::begin();
    town.run(town.service.first_officers()).unwrap();
    let costly = |name: &str, exists: bool| {
        let quickest = (0..15)
            .map(|number| {
                let name = if exists { name.to_owned() } else { format!("{name}-{number}") };
                let begun = Instant::now();
                assert_eq!(come(&town, &name, PASSWORD, "000000").status, 401);
                if exists {
                    town.later(TRIES_SECONDS);
                }
                begun.elapsed()
            })
            .min();
        quickest.unwrap()
    };
    Person::hired(&town, "nurse-1", StaffRole::Operator, Some("city-lab"));
    let (known, unknown) = (costly("nurse-1", true), costly("nobody", false));
    println!("known {known:?}, unknown {unknown:?}");
    assert!(known < 3 * unknown && unknown < 3 * known, "known {known:?}, unknown {unknown:?}");
}

#[test]
fn a_session_ends_after_half_an_hour_of_silence_after_twelve_hours_and_when_it_is_told() {
    let town = Town::begin();
    let (person, session) = Person::hired(&town, "nurse-1", StaffRole::Operator, Some("city-lab"));
    let begun = town.now().unix();
    while town.now().unix() + IDLE_SECONDS < begun + SESSION_SECONDS + 60 {
        assert_eq!(status(&town, &session), 200);
        town.later(IDLE_SECONDS - 61);
    }
    assert_eq!(status(&town, &session), 200);
    town.later(begun + SESSION_SECONDS - town.now().unix());
    assert_eq!(status(&town, &session), 401, "twelve hours are over");
    let (idle, ended) = (person.session(&town), person.session(&town));
    assert_eq!(town::request(&town.url("/v1/session"), "DELETE", &ended, "").status, 204);
    assert_eq!((status(&town, &ended), status(&town, &idle)), (401, 200));
    town.later(IDLE_SECONDS);
    assert_eq!(status(&town, &idle), 401);
    town.run(town.service.housekeeping()).unwrap();
    assert_eq!(status(&town, &idle), 401);
}

#[test]
fn n18_a_suspended_operator_is_out_at_the_next_request_with_every_key() {
    let town = Town::begin();
    let (_, admin) = Person::hired(&town, "admin-1", StaffRole::LabAdmin, Some("city-lab"));
    let (person, nurse) = Person::hired(&town, "nurse-1", StaffRole::Operator, Some("city-lab"));
    let (_, deputy) = Person::hired(&town, "admin-2", StaffRole::LabAdmin, Some("city-lab"));
    let key = post(&town.url("/v1/api-keys"), &deputy, &json!({ "name": "lims", "role": "operator" })).json();
    let key = key["api_key"].as_str().unwrap().to_owned();
    let made = post(&town.url("/v1/api-keys"), &deputy, &json!({ "name": "lims-admin", "role": "lab-admin" })).json();
    let by_key = json!({ "name": "lims-2", "role": "viewer" });
    let made = post(&town.url("/v1/api-keys"), made["api_key"].as_str().unwrap(), &by_key).json();
    let second = made["api_key"].as_str().unwrap().to_owned();
    assert_eq!([&nurse, &deputy, &key, &second].map(|bearer| status(&town, bearer)), [200; 4]);
    for name in ["nurse-1", "admin-2"] {
        assert_eq!(post(&town.url("/v1/accounts/suspend"), &admin, &json!({ "name": name })).status, 204);
    }
    assert_eq!([&nurse, &deputy, &key, &second].map(|bearer| status(&town, bearer)), [401; 4], "keys of keys, too");
    town.later(30);
    assert_eq!(person.come(&town, &person.digits(&town)).status, 401);
    for name in ["nurse-1", "admin-2"] {
        assert_eq!(post(&town.url("/v1/accounts/resume"), &admin, &json!({ "name": name })).status, 204);
    }
    assert_eq!([&nurse, &deputy, &key, &second].map(|bearer| status(&town, bearer)), [401, 401, 200, 200]);
    assert_eq!(status(&town, &person.session(&town)), 200);
    // What an officer did, no lab undoes.
    let [(_, officer), _] = officers(&town);
    assert_eq!(post(&town.url("/v1/accounts/suspend"), &officer, &json!({ "name": "nurse-1" })).status, 204);
    assert_eq!(post(&town.url("/v1/accounts/resume"), &admin, &json!({ "name": "nurse-1" })).status, 404);
    assert_eq!(post(&town.url("/v1/accounts/resume"), &officer, &json!({ "name": "nurse-1" })).status, 204);
}

#[test]
fn a_lab_its_quota_and_its_admin_take_two_officers() {
    let town = Town::begin();
    let [(_, one), (two_again, two)] = officers(&town);
    let propose = |by: &str, what: Json| {
        let answer = post(&town.url("/v1/proposals"), by, &what);
        assert_eq!(answer.status, 201, "{}", answer.json());
        answer.json()
    };
    let approve = |by: &str, number: &Json| post(&town.url("/v1/proposals/approve"), by, &json!({ "number": number }));

    let clinic = propose(&one, json!({ "enrol_lab": { "lab": "clinic", "quota": 5 } }));
    let names = || -> Vec<String> {
        let labs = get(&town.url("/v1/labs"), &one).json();
        labs.as_array().unwrap().iter().map(|lab| lab["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(approve(&one, &clinic["number"]).status, 404, "not one's own");
    assert_eq!(names(), ["city-lab"]);
    let open = get(&town.url("/v1/proposals"), &two).json();
    assert_eq!((open[0]["by"].as_str(), &open[0]["what"]["enrol_lab"]["lab"]), (Some("officer-1"), &json!("clinic")));
    assert_eq!(approve(&two, &clinic["number"]).status, 200);
    assert_eq!(approve(&two, &clinic["number"]).status, 404, "once");
    assert_eq!(names(), ["city-lab", "clinic"]);

    let quota = propose(&two, json!({ "set_quota": { "lab": "clinic", "quota": 500 } }));
    assert_eq!(get(&town.url("/v1/labs"), &one).json()[1]["quota"], 5);
    assert_eq!(approve(&one, &quota["number"]).status, 200);
    assert_eq!(get(&town.url("/v1/labs"), &one).json()[1]["quota"], 500);

    // Neither officer has the whole invitation.
    let admin = json!({ "account": { "name": "clinic-admin", "role": "lab-admin", "lab": "clinic" } });
    let proposed = propose(&one, admin.clone());
    let first = proposed["first_half"].as_str().unwrap().to_owned();
    let second = approve(&two, &proposed["number"]).json()["second_half"].as_str().unwrap().to_owned();
    for half in [format!("bauta-i-{first}"), format!("bauta-i-{first}.{first}"), format!("bauta-i-{second}.{second}")] {
        assert_ne!(begin(&town, &half).status, 200);
    }
    let admin_session = Person::redeem(&town, "clinic-admin", &format!("bauta-i-{first}.{second}")).session(&town);
    let nurse = post(&town.url("/v1/accounts"), &admin_session, &json!({ "name": "clinic-nurse", "role": "operator" }));
    assert_eq!(nurse.status, 201);
    for role in ["enrolment-officer", "auditor", "office"] {
        let above = post(&town.url("/v1/accounts"), &admin_session, &json!({ "name": "x", "role": role }));
        assert!(matches!(above.status, 400 | 403), "{role}: {}", above.status);
    }

    // An officer lets nobody in alone, and becomes nobody else.
    assert_eq!(post(&town.url("/v1/accounts"), &one, &json!({ "name": "x", "role": "enrolment-officer" })).status, 403);
    assert_eq!(post(&town.url("/v1/accounts/invite"), &one, &json!({ "name": "officer-2" })).status, 403);
    let again = propose(&one, admin);
    assert_eq!(approve(&two, &again["number"]).status, 409, "the name was used");
    assert_eq!(post(&town.url("/v1/proposals/reject"), &two, &json!({ "number": again["number"] })).status, 204);

    let late = propose(&one, json!({ "set_quota": { "lab": "clinic", "quota": 9 } }));
    town.later(7 * 24 * town::HOUR);
    let two = two_again.session(&town);
    assert_eq!(approve(&two, &late["number"]).status, 404, "a week is over");
    town.run(town.service.verify_acts(None)).unwrap();
}

#[test]
fn the_auditor_reads_who_did_what_and_nothing_else() {
    let town = Town::begin();
    let [(_, one), (_, two)] = officers(&town);
    let (_, auditor) = Person::hired(&town, "auditor-1", StaffRole::Auditor, None);
    let proposal = post(&town.url("/v1/proposals"), &one, &json!({ "enrol_lab": { "lab": "clinic" } })).json();
    post(&town.url("/v1/proposals/approve"), &two, &json!({ "number": proposal["number"] }));
    let acts = get(&town.url("/v1/acts"), &auditor).json();
    let told: Vec<String> = acts
        .as_array()
        .unwrap()
        .iter()
        .map(|act| ["who", "kind", "about"].map(|field| act[field].as_str().unwrap()).join(" ").trim_end().to_owned())
        .collect();
    let expected = [
        "console/settings lab-enrolled city-lab",
        "console/first-start account-made officer-1",
        "console/first-start account-made officer-2",
        "officer-1 account-begun officer-1",
        "officer-1 session-begun",
        "officer-2 account-begun officer-2",
        "officer-2 session-begun",
        "console/nurse account-made auditor-1",
        "auditor-1 account-begun auditor-1",
        "auditor-1 session-begun",
        "officer-1 proposal-made 1",
        "officer-2 proposal-approved 1",
        "officer-2 lab-enrolled clinic",
    ];
    assert_eq!(told, expected);
    let rest = get(&town.url("/v1/acts?after=12"), &auditor).json();
    assert_eq!(rest.as_array().unwrap().len(), 1);
    assert_eq!(get(&town.url("/v1/acts?after=x"), &auditor).status, 400);
    assert_eq!(town.run(town.service.verify_acts(None)).unwrap().number, 13);
}

const ISSUER: &str = "https://id.example/hospital";
const AUDIENCE: &str = "bauta-city";

/// An OpenID provider with a key of each kind.
struct Provider {
    es256: EcdsaKeyPair,
    ed25519: Ed25519KeyPair,
    rs256: RsaKeyPair,
}

fn b64(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

impl Provider {
    fn new() -> Self {
        let rng = SystemRandom::new();
        let es256 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &rng).unwrap();
        let ed25519 = Ed25519KeyPair::generate_pkcs8(&rng).unwrap();
        // ring makes no RSA keys.
        let openssl = Command::new("openssl")
            .args(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-outform", "DER"])
            .output()
            .unwrap();
        assert!(openssl.status.success(), "{}", text(&openssl));
        Self {
            es256: EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, es256.as_ref(), &rng).unwrap(),
            ed25519: Ed25519KeyPair::from_pkcs8(ed25519.as_ref()).unwrap(),
            // Some versions write it bare, whatever they were asked for.
            rs256: RsaKeyPair::from_pkcs8(&openssl.stdout).or(RsaKeyPair::from_der(&openssl.stdout)).unwrap(),
        }
    }

    fn keys(&self) -> Json {
        let point = self.es256.public_key().as_ref();
        let rsa: ring::rsa::PublicKeyComponents<Vec<u8>> = self.rs256.public().into();
        json!({ "keys": [
            { "kid": "es", "kty": "EC", "crv": "P-256", "use": "sig", "x": b64(&point[1..33]), "y": b64(&point[33..]) },
            { "kid": "ed", "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "x": b64(self.ed25519.public_key()) },
            { "kid": "rs", "kty": "RSA", "n": b64(rsa.n), "e": b64(rsa.e) },
            { "kid": "mac", "kty": "oct", "k": b64([7; 32]) },
            { "kid": "enc", "kty": "EC", "crv": "P-256", "use": "enc", "x": b64(&point[1..33]), "y": b64(&point[33..]) },
        ] })
    }

    fn token(&self, header: &Json, claims: &Json) -> String {
        let message = format!("{}.{}", b64(header.to_string()), b64(claims.to_string()));
        let rng = SystemRandom::new();
        let signature = match header["alg"].as_str().unwrap() {
            "ES256" => self.es256.sign(&rng, message.as_bytes()).unwrap().as_ref().to_vec(),
            "EdDSA" => self.ed25519.sign(message.as_bytes()).as_ref().to_vec(),
            "RS256" => {
                let mut signature = vec![0; self.rs256.public().modulus_len()];
                self.rs256.sign(&ring::signature::RSA_PKCS1_SHA256, &rng, message.as_bytes(), &mut signature).unwrap();
                signature
            }
            "HS256" => {
                let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &[7; 32]);
                ring::hmac::sign(&key, message.as_bytes()).as_ref().to_vec()
            }
            _ => Vec::new(),
        };
        format!("{message}.{}", b64(signature))
    }
}

#[test]
fn another_providers_tokens_say_who_it_is_and_nothing_more() {
    let provider = Provider::new();
    let settings = format!("[[bearer]]\nissuer = \"{ISSUER}\"\naudience = \"{AUDIENCE}\"\njwks_file = \"keys.json\"\n");
    let town = Town::with(&Setup { settings: &settings, ..Default::default() });
    let file = town.folder.path().join("keys.json");
    std::fs::write(&file, provider.keys().to_string()).unwrap();
    let (_, admin) = Person::hired(&town, "admin-1", StaffRole::LabAdmin, Some("city-lab"));
    invited(&town, "nurse-1", StaffRole::Operator, Some("city-lab"));
    let link = |issuer: &str| {
        let body = json!({ "name": "nurse-1", "issuer": issuer, "subject": "42" });
        post(&town.url("/v1/accounts/link"), &admin, &body).status
    };
    assert_eq!((link("https://elsewhere.example"), link(ISSUER), link(ISSUER)), (400, 204, 404));

    let now = town.now().unix();
    let claims =
        || json!({ "iss": ISSUER, "aud": AUDIENCE, "sub": "42", "exp": now + 300, "nbf": now, "role": "auditor" });
    let with = |claim: &str, value: Json| {
        let mut changed = claims();
        changed[claim] = value;
        changed
    };
    let without = |claim: &str| {
        let mut changed = claims();
        changed.as_object_mut().unwrap().remove(claim);
        changed
    };
    let header = |alg: &str, kid: &str| json!({ "alg": alg, "kid": kid, "typ": "JWT" });
    let asked = |header: &Json, claims: &Json| status(&town, &provider.token(header, claims));
    for (alg, kid) in [("ES256", "es"), ("EdDSA", "ed"), ("RS256", "rs")] {
        assert_eq!(asked(&header(alg, kid), &claims()), 200, "{alg}");
    }
    let es = header("ES256", "es");
    assert_eq!(asked(&es, &with("aud", json!(["another", AUDIENCE]))), 200);
    assert_eq!(asked(&es, &with("exp", json!(now - 59))), 200, "a clock may differ");
    assert_eq!(asked(&es, &with("nbf", json!(now + 60))), 200);
    let token = provider.token(&es, &claims());
    assert_eq!(get(&town.url("/v1/acts"), &token).status, 403, "what it says of roles is not our business");
    for (flaw, header, claims) in [
        ("none", header("none", "es"), claims()),
        ("a shared secret", header("HS256", "mac"), claims()),
        ("a public key as secret", header("HS256", "es"), claims()),
        ("another kind of key", header("ES256", "ed"), claims()),
        ("another kind of key", header("RS256", "es"), claims()),
        ("a key for encryption", header("ES256", "enc"), claims()),
        ("an unknown key", header("ES256", "other"), claims()),
        ("no key named", json!({ "alg": "ES256" }), claims()),
        ("something that must be understood", json!({ "alg": "ES256", "kid": "es", "crit": ["x"], "x": 1 }), claims()),
        ("over", es.clone(), with("exp", json!(now - 60))),
        ("not yet", es.clone(), with("nbf", json!(now + 61))),
        ("another audience", es.clone(), with("aud", json!("another"))),
        ("another issuer", es.clone(), with("iss", json!("https://evil.example"))),
        ("another subject", es.clone(), with("sub", json!("43"))),
        ("an empty subject", es.clone(), with("sub", json!(""))),
        ("no end", es.clone(), without("exp")),
        ("no audience", es.clone(), without("aud")),
        ("no issuer", es.clone(), without("iss")),
        ("no subject", es.clone(), without("sub")),
    ] {
        assert_eq!(asked(&header, &claims), 401, "{flaw}");
    }
    let (message, signature) = token.rsplit_once('.').unwrap();
    let (head, _) = message.split_once('.').unwrap();
    let other = b64(with("sub", json!("44")).to_string());
    for forged in
        [format!("{head}.{other}.{signature}"), format!("{message}."), message.to_owned(), format!("{token}.")]
    {
        assert_eq!(status(&town, &forged), 401);
    }

    // Suspended here is suspended, whatever the provider says.
    suspend(&town, "nurse-1");
    assert_eq!(status(&town, &token), 401);
    town.run(town.service.resume_account(&"nurse-1".parse().unwrap(), &town.service.owner())).unwrap();
    assert_eq!(status(&town, &token), 200);
}

#[test]
fn a_providers_new_key_is_found_and_its_old_one_ends() {
    let provider = Provider::new();
    // A provider that counts how often it is asked.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let said = std::sync::Arc::new(std::sync::Mutex::new((json!({ "keys": [] }), 0)));
    let says = std::sync::Arc::clone(&said);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            drop(stream.read(&mut [0; 4096]));
            let mut said = says.lock().unwrap();
            said.1 += 1;
            let body = said.0.to_string();
            let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
            drop(stream.write_all([head.as_bytes(), body.as_bytes()].concat().as_slice()));
        }
    });
    let settings =
        format!("[[bearer]]\nissuer = \"{ISSUER}\"\naudience = \"{AUDIENCE}\"\njwks_url = \"http://{address}/keys\"\n");
    let town = Town::with(&Setup { settings: &settings, ..Default::default() });
    invited(&town, "nurse-1", StaffRole::Operator, Some("city-lab"));
    let (name, owner) = ("nurse-1".parse().unwrap(), town.service.owner());
    town.run(town.service.link_account(&name, ISSUER, "42", &owner)).unwrap();
    let ask = |kid: &str| {
        let now = town.now().unix();
        let claims = json!({ "iss": ISSUER, "aud": AUDIENCE, "sub": "42", "exp": now + 300 });
        status(&town, &provider.token(&json!({ "alg": "ES256", "kid": kid }), &claims))
    };
    let times = || said.lock().unwrap().1;
    assert_eq!((ask("es"), ask("es"), ask("junk"), times()), (401, 401, 401, 1), "asked once, whatever comes");
    said.lock().unwrap().0 = provider.keys();
    assert_eq!((ask("es"), times()), (401, 1), "not within a minute");
    town.later(60);
    assert_eq!((ask("es"), ask("es"), times()), (200, 200, 2));
    said.lock().unwrap().0 = json!({ "keys": [] });
    town.later(599);
    assert_eq!((ask("es"), times()), (200, 2));
    town.later(1);
    assert_eq!((ask("es"), times()), (401, 3), "what the provider withdrew has ended");
}

#[test]
fn settings_of_a_provider_that_would_let_anybody_in_are_refused() {
    for (settings, because) in [
        ("issuer = \"a\"\naudience = \"b\"\n", "either a `jwks_file` or a `jwks_url`"),
        ("issuer = \"a\"\naudience = \"b\"\njwks_file = \"x\"\njwks_url = \"https://a.example/x\"\n", "either a"),
        ("issuer = \"a\"\naudience = \"\"\njwks_file = \"x\"\n", "anybody's token"),
        ("issuer = \"a\"\njwks_file = \"x\"\n", "audience"),
        ("issuer = \"a\"\naudience = \"b\"\njwks_url = \"http://a.example/x\"\n", "https"),
        ("issuer = \"a\"\naudience = \"b\"\njwks_file = \"x\"\nrole = \"auditor\"\n", "role"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let settings = format!("[[bearer]]\n{settings}");
        let setup = Setup { settings: &settings, ..Default::default() };
        town::files(folder.path(), &setup, "http://127.0.0.1:1", "127.0.0.1:0");
        let refused = bauta_issuer::Config::read(&folder.path().join("bauta-issuer.toml")).unwrap_err().to_string();
        assert!(refused.contains(because), "{settings}: {refused}");
    }
}

/// `script` gives the program a terminal of its own.
#[test]
fn at_a_terminal_the_first_start_prints_two_invitations_once() {
    let town = Town::around_a_program();
    let folder = town.folder.path();
    let start = || {
        drop(std::fs::remove_file(folder.join("seen")));
        let serve = format!("exec {} serve", env!("CARGO_BIN_EXE_bauta-issuer"));
        let mut terminal = Command::new("script");
        terminal.args(["--quiet", "--flush", "--return", "--command", &serve, "seen"]).current_dir(folder);
        terminal.stdin(Stdio::null()).stdout(Stdio::null());
        let mut running = terminal.spawn().expect("script, of bsdutils, is installed");
        let seen = || std::fs::read_to_string(folder.join("seen")).unwrap_or_default();
        let begun = Instant::now();
        let wait = |well: &dyn Fn() -> bool| {
            while !well() {
                assert!(begun.elapsed() < Duration::from_secs(60), "{}", seen());
                std::thread::sleep(Duration::from_millis(20));
            }
        };
        wait(&|| seen().contains("\"listening\""));
        running.kill().unwrap();
        running.wait().unwrap();
        // Its terminal is gone, and so it ends.
        wait(&|| TcpListener::bind(town.address).is_ok());
        seen()
    };
    let first = start();
    let printed: Vec<&str> = first
        .lines()
        .filter_map(|line| line.strip_prefix("officer-")?.split_once(": ").map(|(_, secret)| secret))
        .collect();
    assert!(printed.len() == 2 && printed.iter().all(|secret| secret.starts_with("bauta-i-")), "{first}");
    assert!(first.contains("Two invitations for two enrolment officers."), "{first}");
    let second = start();
    assert!(!second.contains("bauta-i-"), "once: {second}");
    assert!(!program(folder, &["first-officers"]).status.success(), "once");
    let accounts = text(&program(folder, &["account", "list"]));
    assert!(accounts.contains("officer-1\tenrolment-officer\t\tinvited"), "{accounts}");
}

/// On PostgreSQL with two replicas of the program: what the first start says, who is out on both, and where no secret is.
#[test]
fn secrets_of_people_are_in_no_log_and_no_file_and_both_replicas_agree() {
    let cluster = town::postgres::Cluster::alone(town::postgres::Care::Chatty);
    let settings = format!("database = \"{}\"\n", cluster.database());
    let town = Town::around_a_program_with(&settings);
    let (here, there) = (Running::begin(&town), Running::replica(&town));
    assert!(!town.errors().contains("bauta-i-"), "nobody sits there: {}", town.errors());
    assert!(town.log().contains("`bauta-issuer first-officers` invites two officers, once"), "{}", town.log());
    let folder = town.folder.path();
    let first = String::from_utf8(program(folder, &["first-officers"]).stdout).unwrap();
    let printed: Vec<&str> = first.lines().filter_map(|line| line.split_once(": ").map(|(_, secret)| secret)).collect();
    assert_eq!(printed.len(), 2, "{first}");
    let again = program(folder, &["first-officers"]);
    assert!(!again.status.success() && text(&again).contains("were invited before"), "{}", text(&again));
    let officer = Person::redeem(&town, "officer-1", printed[0]);
    let made = program(folder, &["account", "add", "--name", "nurse-1", "--role", "operator"]);
    let invitation = String::from_utf8(made.stdout.clone()).unwrap().trim().to_owned();
    let nurse = Person::redeem(&town, "nurse-1", &invitation);
    let wait_and_come = |person: &Person| {
        // The real clock: the digits of the next half minute count already.
        let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let answer = person.come(&town, &person.digits_at(since_1970.as_secs()));
        assert_eq!(answer.status, 201, "{}", answer.json());
        answer.json()["token"].as_str().unwrap().to_owned()
    };
    let (officer_session, nurse_session) = (wait_and_come(&officer), wait_and_come(&nurse));
    let on = |running: &Running| get(&format!("http://{}/v1/counts", running.address), &nurse_session).status;
    assert_eq!((on(&here), on(&there)), (200, 200));
    let suspended = post(&town.url("/v1/accounts/suspend"), &officer_session, &json!({ "name": "nurse-1" }));
    assert_eq!(suspended.status, 204);
    assert_eq!((on(&here), on(&there)), (401, 401), "at once, on both");
    let wrong = come(&town, "nobody", "canary-password", "canary");
    assert_eq!(wrong.status, 401);
    let key = program(folder, &["api-key", "new", "--name", "lims", "--role", "viewer"]);
    let key = String::from_utf8(key.stdout).unwrap().trim().to_owned();
    assert_eq!(get(&town.url("/v1/counts"), &key).status, 200);
    assert_eq!(town::request(&town.url("/v1/session"), "DELETE", &officer_session, "").status, 204);
    let list = text(&program(folder, &["account", "list"]));
    assert!(list.contains("nurse-1\toperator\tcity-lab\tsuspended"), "{list}");

    drop((here, there));
    let seed = |person: &Person| person.otpauth.split_once("secret=").unwrap().1.split('&').next().unwrap().to_owned();
    let halves =
        |invitation: &str| invitation.trim_start_matches("bauta-i-").split('.').map(str::to_owned).collect::<Vec<_>>();
    let mut canaries = vec![PASSWORD.to_owned(), "canary-password".to_owned(), key];
    canaries.extend([officer_session, nurse_session, seed(&officer), seed(&nurse)]);
    canaries.extend(halves(printed[0]).into_iter().chain(halves(printed[1])).chain(halves(&invitation)));
    let raw = |seed: String| totp_rs::Secret::try_from_base32(seed).unwrap().as_bytes().to_vec();
    let mut needles: Vec<Vec<u8>> = canaries.iter().map(|canary| canary.clone().into_bytes()).collect();
    needles.extend([raw(seed(&officer)), raw(seed(&nurse))]);
    let mut places = vec![town.log().into_bytes()];
    town::every_file(cluster.folder(), &mut places);
    let found = |needle: &[u8]| {
        let forms = [needle.to_vec(), town::hex(needle).into_bytes()];
        forms.iter().any(|form| places.iter().any(|place| memchr::memmem::find(place, form).is_some()))
    };
    assert!(found(b"nurse-1") && found(b"INSERT INTO session"), "the search finds what is there");
    for needle in &needles {
        assert!(!found(needle), "{}", String::from_utf8_lossy(needle));
    }
    let bytes: usize = places.iter().map(Vec::len).sum();
    println!("{} secrets of people, 0 hits in {} MiB of log and files", needles.len(), bytes >> 20);
}

/// Whatever is sent, no answer says what program this is or which version.
#[test]
fn n20_no_answer_says_which_program_it_comes_from() {
    let town = Town::begin();
    let raw = |sent: &[u8]| {
        let mut stream = TcpStream::connect(town.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream.write_all(sent).unwrap();
        drop(stream.shutdown(std::net::Shutdown::Write));
        let mut answer = Vec::new();
        drop(stream.read_to_end(&mut answer));
        String::from_utf8_lossy(&answer).into_owned()
    };
    for sent in [
        &b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"[..],
        b"PUT /v1/results HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"PUT /token HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"POST /v1/session HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}",
        b"GET /v1/test HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"\x16\x03\x01 this is TLS\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /token HTTP/1.1\r\nContent-Length: x\r\n\r\n",
    ] {
        let answer = raw(sent).to_ascii_lowercase();
        for telltale in
            ["server:", "x-powered-by", "actix", "rust", "panicked", ".rs:", env!("CARGO_PKG_VERSION"), "bauta-issuer/"]
        {
            assert!(!answer.contains(telltale), "{telltale}: {answer}");
        }
    }
    for path in ["/v1/test", "/test", "/debug", "/admin", "/metrics", "/v1/users", "/swagger-ui", "/.git/config"] {
        assert_eq!(get(&town.url(path), "").status, 404, "{path}");
    }
}
