//! A code goes to its person through the lab's own system: a program, or a web address.
#![allow(clippy::unwrap_used, clippy::panic)]

mod town;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use bauta_issuer::Visitor;
use hmac::{Hmac, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use town::program::{Running, program, redeem, text};
use town::{Answer, Town, Wallet, post};

const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";

/// A program of the lab, in a folder of its own.
fn script(folder: &Path, lines: &str) -> String {
    let file = folder.join("send-sms");
    fs::write(&file, format!("#!/bin/sh\n{lines}\n")).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o700)).unwrap();
    file.display().to_string()
}

fn town_with(hand_over: &str) -> Town {
    Town::around_a_program_with(&format!("[hand_over]\n{hand_over}\n"))
}

fn lab(town: &Town) -> String {
    let key = town.run(town.service.new_api_key(&"lims".parse().unwrap(), Visitor::Lab, &town.nurse())).unwrap();
    key.as_str().to_owned()
}

fn add(town: &Town, key: &str, reference: &str, short: bool, to: &str) -> Answer {
    let facts = json!({ "age_band": "21-64" });
    let result =
        json!({ "type": "health-record", "reference": reference, "facts": facts, "short": short, "hand_over_to": to });
    post(&town.url("/v1/results"), key, &result)
}

fn has(answer: &Value, name: &str) -> bool {
    answer.get(name).is_some()
}

#[test]
fn a_program_of_the_lab_gets_the_code_on_its_standard_input_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path().display();
    let program = script(
        folder.path(),
        &format!("echo \"$@\" > {here}/arguments\nenv > {here}/environment\ncat > {here}/ticket"),
    );
    let town = town_with(&format!("command = [\"{program}\", \"--from\", \"City lab\"]"));
    let _running = Running::begin(&town);
    let key = lab(&town);
    let answer = add(&town, &key, "A-1", false, "canary-recipient").json();
    assert_eq!((&answer["state"], &answer["handed_over"]), (&json!("waiting"), &json!(true)));
    assert!(["offer", "link", "short_code", "second_factor"].iter().all(|name| !has(&answer, name)), "{answer}");

    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let ticket: Value = serde_json::from_str(&read("ticket")).unwrap();
    assert_eq!((&ticket["to"], &ticket["expires"]), (&json!("canary-recipient"), &answer["expires"]));
    let code = ticket["link"].as_str().unwrap().split('#').nth(1).unwrap().to_owned();
    assert!(ticket["offer"].as_str().unwrap().starts_with("openid-credential-offer://"));
    assert_eq!(read("arguments"), "--from City lab\n");
    let environment = read("environment");
    assert!(
        !environment.contains("BAUTA") && !environment.contains(&code) && !environment.contains("canary"),
        "{environment}"
    );
    assert_eq!(
        redeem(town.address, &code, &Wallet::new(1).commit().proof).unwrap().0,
        200,
        "the code that was sent is good"
    );

    // Two channels: the code through the program, the digits through the lab.
    let answer = add(&town, &key, "A-2", true, "canary-recipient").json();
    assert!(answer["handed_over"] == json!(true) && has(&answer, "second_factor") && !has(&answer, "short_code"));
    let ticket: Value = serde_json::from_str(&read("ticket")).unwrap();
    assert!(has(&ticket, "short_code") && !has(&ticket, "second_factor") && !has(&ticket, "link"), "{ticket}");
    let (short, digits) = (ticket["short_code"].as_str().unwrap(), answer["second_factor"].as_str().unwrap());
    assert!(!read("ticket").contains(digits));
    assert_eq!(town::token(&town, short, Some(digits)).status, 200);

    let log = town.log();
    for secret in ["canary", &code, short, digits, "openid-credential-offer"] {
        assert!(!log.contains(secret), "{secret}");
        assert!(!town::contains(&town.database(), secret.as_bytes()), "{secret}");
    }
}

#[test]
fn a_system_that_fails_leaves_the_result_and_gives_the_code_back() {
    let folder = tempfile::tempdir().unwrap();
    let program = script(folder.path(), "cat > /dev/null\ncase \"$0\" in *) exit 3;; esac");
    let town = town_with(&format!("command = [\"{program}\"]"));
    let _running = Running::begin(&town);
    let key = lab(&town);
    let given_back = |answer: &Answer, why: &str| {
        assert_eq!(answer.status, 201, "{}", answer.json());
        let answer = answer.json();
        assert_eq!(answer["handed_over"], json!(false));
        assert!(answer["not_handed_over"].as_str().unwrap().contains(why), "{answer}");
        answer["link"].as_str().unwrap().split('#').nth(1).unwrap().to_owned()
    };
    let code = given_back(&add(&town, &key, "A-1", false, "x"), "did not take it");
    assert_eq!(redeem(town.address, &code, &Wallet::new(1).commit().proof).unwrap().0, 200);

    fs::remove_file(&program).unwrap();
    given_back(&add(&town, &key, "A-2", false, "x"), "could not be reached");
    // Too slow: ended, and not left to run on.
    let ended = folder.path().join("ended");
    script(folder.path(), &format!("sleep 14\ntouch {}", ended.display()));
    let begun = Instant::now();
    given_back(&add(&town, &key, "A-3", false, "x"), "longer than 10 seconds");
    assert!((9..14).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    std::thread::sleep(Duration::from_secs(6));
    assert!(!ended.exists());

    // For a new code as well; and what cannot be handed over is refused before anything is added.
    script(folder.path(), "cat > /dev/null");
    let again =
        json!({ "type": "health-record", "reference": "A-2", "facts": { "age_band": "21-64" }, "hand_over_to": "x" });
    assert_eq!(post(&town.url("/v1/results/replace"), &key, &again).json()["handed_over"], json!(true));
    for bad in ["", "two words", "\u{202e}", &"x".repeat(129)] {
        assert_eq!(add(&town, &key, "A-4", false, bad).status, 400, "{bad}");
    }
    let which = json!({ "reference": "A-4" });
    assert_eq!(post(&town.url("/v1/results/status"), &key, &which).status, 404, "nothing was added");
}

#[test]
fn without_a_system_nothing_is_promised_to_be_handed_over() {
    let town = Town::around_a_program();
    let _running = Running::begin(&town);
    let key = lab(&town);
    let refused = add(&town, &key, "A-1", false, "x");
    assert_eq!(refused.status, 400);
    assert!(refused.json()["detail"].as_str().unwrap().contains("[hand_over]"), "{}", refused.json());
    assert_eq!(post(&town.url("/v1/results/status"), &key, &json!({ "reference": "A-1" })).status, 404);
}

/// Head and body of a request.
type Came = (Vec<String>, Vec<u8>);

/// A web server of the lab: answers each request as it is told to, and tells what came.
fn web(answers: Vec<String>) -> (SocketAddr, Receiver<Came>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (send, receive) = channel();
    std::thread::spawn(move || {
        for (stream, answer) in listener.incoming().zip(answers) {
            let mut stream = BufReader::new(stream.unwrap());
            let head: Vec<String> =
                stream.by_ref().lines().map(Result::unwrap).take_while(|line| !line.is_empty()).collect();
            let length =
                head.iter().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            let mut body = vec![0; length.unwrap_or(0)];
            stream.read_exact(&mut body).unwrap();
            send.send((head, body)).unwrap();
            stream.get_mut().write_all(answer.as_bytes()).unwrap();
        }
    });
    (address, receive)
}

#[test]
fn a_webhook_is_signed_and_sent_nowhere_else() {
    let status = |line: &str| format!("HTTP/1.1 {line}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let (elsewhere, seen_elsewhere) = web(vec![status("204 No Content")]);
    let redirect =
        format!("HTTP/1.1 307 X\r\nLocation: http://{elsewhere}/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let (address, seen) = web(vec![status("204 No Content"), redirect, status("500 No")]);
    let secret = tempfile::tempdir().unwrap();
    let file = secret.path().join("hook.secret");
    town::private(&file, &[SECRET, b"\n"].concat());
    let town = town_with(&format!("webhook = \"http://{address}/sms?x=1\"\nsecret_file = \"{}\"", file.display()));
    let _running = Running::begin(&town);
    let key = lab(&town);
    let answer = add(&town, &key, "A-1", false, "canary-recipient").json();
    assert!(answer["handed_over"] == json!(true) && !has(&answer, "link"), "{answer}");

    let (head, body) = seen.recv().unwrap();
    assert_eq!(head[0], "POST /sms?x=1 HTTP/1.1");
    let signature =
        head.iter().find_map(|line| line.strip_prefix("bauta-signature: ")).unwrap_or_else(|| panic!("{head:?}"));
    let (seconds, hex) = signature.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    assert!(now.abs_diff(seconds.parse().unwrap()) < 60);
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET).unwrap();
    mac.update(&[seconds.as_bytes(), b".", &body].concat());
    let expected: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, expected);
    let ticket: Value = serde_json::from_slice(&body).unwrap();
    let code = ticket["link"].as_str().unwrap().split('#').nth(1).unwrap();
    assert_eq!(ticket["to"], json!("canary-recipient"));
    assert_eq!(redeem(town.address, code, &Wallet::new(1).commit().proof).unwrap().0, 200);

    for reference in ["A-2", "A-3"] {
        let answer = add(&town, &key, reference, false, "x").json();
        assert!(answer["handed_over"] == json!(false) && has(&answer, "link"), "{answer}");
    }
    assert!(seen_elsewhere.try_recv().is_err(), "no redirect is followed with a ticket");
    let log = town.log();
    assert!(!log.contains("canary") && !log.contains(code) && !log.contains("0123456789abcdef"), "{log}");
}

#[test]
fn settings_that_would_lose_or_leak_a_code_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (secret, short, open) = (folder.path().join("secret"), folder.path().join("short"), folder.path().join("open"));
    town::private(&secret, SECRET);
    town::private(&short, b"horse");
    fs::write(&open, SECRET).unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o644)).unwrap();
    let changeable = script(folder.path(), "true");
    fs::set_permissions(&changeable, fs::Permissions::from_mode(0o777)).unwrap();
    let town = Town::around_a_program();
    let file = town.folder.path().join("bauta-issuer.toml");
    let good = fs::read_to_string(&file).unwrap();
    let webhook = |url: &str, secret: &Path| format!("webhook = \"{url}\"\nsecret_file = \"{}\"", secret.display());
    for (settings, because) in [
        (String::new(), "must name either a `command`, or a `webhook`"),
        ("command = [\"send-sms\"]".to_owned(), "by its full path"),
        ("command = [\"/nowhere/send-sms\"]".to_owned(), "is no program that can be run"),
        (format!("command = [\"{changeable}\"]"), "can be changed by others"),
        ("webhook = \"https://sms.example\"".to_owned(), "must name a `secret_file`"),
        (webhook("http://sms.example", &secret), "must be an https:// address"),
        (webhook("http://127.0.0.1.example", &secret), "must be an https:// address"),
        (webhook("https://user:pass@sms.example", &secret), "must be an https:// address"),
        (webhook("ftp://sms.example", &secret), "must be an https:// address"),
        (webhook("https://sms.example", &short), "at least 32 characters"),
        (webhook("https://sms.example", &open), "chmod 600"),
        (webhook("https://sms.example", &secret) + "\ncommand = [\"/bin/true\"]", "either a `command`, or a `webhook`"),
    ] {
        fs::write(&file, format!("{good}\n[hand_over]\n{settings}\n")).unwrap();
        for command in ["doctor", "serve"] {
            let said = program(town.folder.path(), &[command]);
            assert!(!said.status.success() && text(&said).contains(because), "{command}, {settings}: {}", text(&said));
        }
    }
    fs::write(&file, format!("{good}\n[hand_over]\n{}\n", webhook("https://sms.example/x", &secret))).unwrap();
    let well = program(town.folder.path(), &["doctor"]);
    assert!(
        well.status.success() && text(&well).contains("hand_over: https://sms.example/x, signed"),
        "{}",
        text(&well)
    );
}
