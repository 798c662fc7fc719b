//! The program itself: what it prints, how it ends, what it writes, and which networks it does not use.
#![allow(clippy::unwrap_used, clippy::panic)] // a test says what is wrong by failing

mod world;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bauta_spec::qr::{Asked, Picture};
use bauta_spec::time::Moment;
use bauta_verifier::Held;
use image::{GrayImage, ImageFormat, Luma};
use tempfile::TempDir;
use world::{World, after};

/// A venue's folder beside the authority's list, with the real clock.
struct Venue {
    folder: TempDir,
    world: World,
}

fn now() -> Moment {
    Moment::from_unix(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs())
}

impl Venue {
    fn new(seed: u64) -> Self {
        let venue = Self::without_list(seed);
        let out = venue.run(&["init", "--root", "root.pub", "--trust", "list.cbor"]);
        assert_eq!(out.status.code(), Some(0), "{out:?}");
        venue
    }

    fn without_list(seed: u64) -> Self {
        let venue = Self { folder: tempfile::tempdir().unwrap(), world: World::at(now(), seed, false) };
        fs::write(venue.path("root.pub"), format!("{}\n", venue.world.root.public())).unwrap();
        venue.serve_list();
        venue
    }

    /// Puts the world's newest list where `update` looks for it.
    fn serve_list(&self) {
        fs::write(self.path("list.cbor"), self.world.list.bytes()).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bauta-verifier"));
        command.args(arguments).current_dir(self.folder.path()).env_clear().env("BAUTA_VERIFIER_DIR", "door");
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).stdin(Stdio::null()).output().unwrap()
    }

    /// Standard output, if the program ends with `code`.
    fn says(&self, arguments: &[&str], code: i32) -> String {
        let out = self.run(arguments);
        assert_eq!(out.status.code(), Some(code), "{arguments:?}: {out:?}");
        String::from_utf8(out.stdout).unwrap()
    }

    /// Standard error, if the program ends with `code` and prints nothing else.
    fn complains(&self, arguments: &[&str], code: i32) -> String {
        let out = self.run(arguments);
        assert_eq!((out.status.code(), out.stdout.as_slice()), (Some(code), &b""[..]), "{arguments:?}: {out:?}");
        String::from_utf8(out.stderr).unwrap()
    }

    fn code(&mut self) -> String {
        self.world.now = now();
        self.world.code()
    }

    /// A scanner that types `lines`, all at once.
    fn scan_all(&self, arguments: &[&str], lines: &[u8]) -> Vec<String> {
        let mut child = self.command(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(lines).unwrap();
        let out = child.wait_with_output().unwrap();
        assert_eq!(out.status.code(), Some(0), "{out:?}");
        String::from_utf8(out.stdout).unwrap().lines().map(str::to_owned).collect()
    }

    /// Every file of the venue, with what it holds.
    fn on_disk(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let files = fs::read_dir(self.path("door")).unwrap().map(|entry| entry.unwrap().path());
        files.map(|path| (path.clone(), fs::read(path).unwrap())).collect()
    }
}

#[test]
fn a_code_as_text_a_picture_or_json() {
    let mut venue = Venue::new(60);
    let code = venue.code();
    let day = venue.world.today();
    let said = venue.says(&["check", "--policy", "entry", &code], 0);
    assert_eq!(said, format!("ACCEPTED entry for {day}; admits: tested-or-vaccinated\n"));

    let json: serde_json::Value =
        serde_json::from_str(&venue.says(&["check", "--policy", "entry", "--json", &code], 0)).unwrap();
    assert_eq!((&json["verdict"], &json["replay"]), (&"accepted".into(), &"not_checked".into()));
    assert_eq!(json["shown"]["entry-pass"]["admits"], "tested-or-vaccinated");

    let picture = Picture::of(&code).unwrap().to_png(4);
    fs::write(venue.path("code.png"), &picture).unwrap();
    assert_eq!(venue.says(&["check", "--policy", "entry", "--picture", "code.png"], 0), said);
    let photograph = image::load_from_memory(&picture).unwrap();
    photograph.save_with_format(venue.path("code.jpg"), ImageFormat::Jpeg).unwrap();
    assert_eq!(venue.says(&["check", "--policy", "entry", "--picture", "code.jpg"], 0), said);

    let refused = venue.says(&["check", "--policy", "over-18", &code], 1);
    assert!(refused.starts_with("REFUSED (other_policy) "), "{refused}");
    let refused = venue.says(&["check", "--policy", "over-18", "--json", &code], 1);
    assert!(refused.starts_with(r#"{"code":"other_policy","say":""#), "{refused}");
}

#[test]
fn pictures_with_no_code_with_two_or_too_large_are_red() {
    let mut venue = Venue::new(61);
    let one = image::load_from_memory(&Picture::of(&venue.code()).unwrap().to_png(3)).unwrap().into_luma8();
    let two = image::load_from_memory(&Picture::of(&venue.code()).unwrap().to_png(3)).unwrap().into_luma8();
    let menu = Picture::of("https://menu.example").unwrap().to_png(3);
    let menu = image::load_from_memory(&menu).unwrap().into_luma8();
    let beside = |width: u32, pictures: &[&GrayImage]| {
        let mut canvas = GrayImage::from_pixel(width, one.height() + 20, Luma([255]));
        let mut x = 10;
        for picture in pictures {
            image::imageops::replace(&mut canvas, *picture, x, 10);
            x += i64::from(picture.width()) + 10;
        }
        canvas
    };
    let width = 3 * one.width();
    let cases = [
        ("a code and a menu", beside(width, &[&one, &menu]), 0, "ACCEPTED"),
        ("twice the same", beside(width, &[&one, &one]), 0, "ACCEPTED"),
        ("two codes", beside(width, &[&one, &two]), 1, "REFUSED (several_codes)"),
        ("a menu", beside(width, &[&menu]), 1, "REFUSED (unreadable)"),
        ("no code", beside(width, &[]), 1, "REFUSED (unreadable)"),
        ("a code on a very large wall", beside(8193, &[&one]), 1, "REFUSED (unreadable)"),
    ];
    for (what, picture, exit, expected) in cases {
        picture.save(venue.path("picture.png")).unwrap();
        let said = venue.says(&["check", "--policy", "entry", "--picture", "picture.png"], exit);
        assert!(said.starts_with(expected), "{what}: {said}");
    }
    fs::write(venue.path("picture.png"), b"\x89PNG\r\n\x1a\n and then nothing").unwrap();
    venue.says(&["check", "--policy", "entry", "--picture", "picture.png"], 1);
}

#[test]
fn n8_n11_n12_a_scanner_has_one_line_for_each_code_and_none_of_it_comes_from_the_code() {
    let mut venue = Venue::new(62);
    let code = venue.code();
    let hostile = "BTA1:\u{1b}[2J\u{202e}<script>=cmd|' /C calc'!A0 https://evil.example";
    let mut lines = format!("{code}\r\n{hostile}\n\n{code}\n").into_bytes();
    lines.extend(b"\xff\xfe\0\n");
    lines.extend([b'A'; 100_000]);
    lines.extend(b"\n");
    lines.extend(code.as_bytes());
    let text = &["check", "--policy", "entry", "--stdin", "--opening"][..];
    let json = &["check", "--policy", "entry", "--stdin", "--opening", "--json"][..];
    for (arguments, green, red) in [(text, "ACCEPTED", "REFUSED"), (json, r#""accepted""#, r#""refused""#)] {
        let verdicts = venue.scan_all(arguments, &lines);
        let expected = [green, red, red, green, red, red, green];
        assert_eq!(verdicts.len(), expected.len(), "{verdicts:?}");
        for (verdict, expected) in verdicts.iter().zip(expected) {
            assert!(verdict.contains(expected), "{verdict}");
            assert!(verdict.chars().all(|letter| (' '..='~').contains(&letter)), "{verdict:?}");
            assert!(!verdict.contains("script") && !verdict.contains("evil"), "{verdict}");
        }
    }
    let verdicts = venue.scan_all(&["check", "--policy", "entry", "--stdin"], format!("{code}\n").as_bytes());
    assert!(verdicts[0].starts_with("REFUSED (just_restarted)"), "{verdicts:?}");
}

#[test]
fn an_update_beside_a_running_scanner_counts_from_the_next_scan() {
    let mut venue = Venue::new(63);
    let code = venue.code();
    let mut child = venue
        .command(&["check", "--policy", "entry", "--stdin", "--opening"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut scanner = child.stdin.take().unwrap();
    let mut verdicts = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut scan = |code: &str| {
        writeln!(scanner, "{code}").unwrap();
        verdicts.next().unwrap().unwrap()
    };
    assert!(scan(&code).starts_with("ACCEPTED"));
    let today = venue.world.today();
    venue.world.publish(|body| {
        let _ = body.floors.insert(today, 1);
    });
    venue.serve_list();
    let said = venue.says(&["update"], 0);
    assert!(said.starts_with("Version 2 is here now; before it was version 1. It counts until "), "{said}");
    assert!(scan(&code).starts_with("REFUSED (withdrawn)"));
    drop(scanner);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn n9_update_never_goes_back() {
    let mut venue = Venue::new(64);
    let first = venue.world.list.bytes().to_vec();
    assert!(venue.says(&["update"], 0).starts_with("Version 1 is still the newest."));
    venue.world.publish(|_| ());
    venue.serve_list();
    venue.says(&["update"], 0);
    for (what, bytes) in [("older", first), ("garbage", b"<html>".to_vec()), ("10 MB", vec![0x83; 10 << 20])] {
        fs::write(venue.path("list.cbor"), bytes).unwrap();
        let said = venue.complains(&["update"], 1);
        assert!(said.contains("the trust list is refused") && said.contains("held so far stays"), "{what}: {said}");
        assert_eq!(Held::load(&venue.path("door")).unwrap().list().version(), 2, "{what}");
    }
    fs::remove_file(venue.path("list.cbor")).unwrap();
    venue.complains(&["update"], 2);
}

#[test]
fn killed_at_any_moment_an_update_leaves_a_whole_list() {
    let mut venue = Venue::new(65);
    for round in 0..12_u64 {
        venue.world.publish(|_| ());
        venue.serve_list();
        let mut child = venue.command(&["update"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        thread::sleep(Duration::from_millis(round * 3));
        child.kill().unwrap();
        child.wait().unwrap();
        let version = Held::load(&venue.path("door")).unwrap().list().version();
        assert!(version <= venue.world.list.version());
    }
    venue.says(&["update"], 0);
    assert_eq!(Held::load(&venue.path("door")).unwrap().list().version(), venue.world.list.version());
}

/// A web server that gives every caller `answer`, and counts them.
fn server(answer: Vec<u8>) -> (String, Arc<AtomicUsize>, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/trust-list", listener.local_addr().unwrap());
    let (callers, answer) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(answer)));
    let (counted, given) = (Arc::clone(&callers), Arc::clone(&answer));
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            counted.fetch_add(1, Ordering::SeqCst);
            let _ = stream.read(&mut [0; 4096]).unwrap();
            // A caller that has read enough may hang up.
            let _ = stream.write_all(&given.lock().unwrap());
        }
    });
    (url, callers, answer)
}

fn http(status: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

#[test]
fn n16_only_init_and_update_open_a_connection() {
    let mut venue = Venue::without_list(66);
    let (url, callers, answer) = server(http("200 OK", venue.world.list.bytes()));
    venue.says(&["init", "--root", "root.pub", "--trust", &url], 0);
    assert_eq!(callers.load(Ordering::SeqCst), 1);
    let before = venue.on_disk();
    let code = venue.code();
    fs::write(venue.path("code.png"), Picture::of(&code).unwrap().to_png(3)).unwrap();
    venue.says(&["check", "--policy", "entry", &code], 0);
    venue.says(&["check", "--policy", "entry", "--picture", "code.png"], 0);
    venue.says(&["check", "--policy", "entry", "BTA1:"], 1);
    venue.scan_all(&["check", "--policy", "entry", "--stdin"], format!("{code}\n{url}\n").as_bytes());
    venue.says(&["policies"], 0);
    assert_eq!(callers.load(Ordering::SeqCst), 1, "checking has opened a connection");
    assert_eq!(venue.on_disk(), before, "checking has written to the disk");

    venue.world.publish(|_| ());
    *answer.lock().unwrap() = http("200 OK", venue.world.list.bytes());
    assert!(venue.says(&["update"], 0).starts_with("Version 2 is here now"));
    for (what, bytes, said) in [
        ("too much", http("200 OK", &vec![0; 2 << 20]), "longer than a trust list may be"),
        ("an error", http("500 <script>", b"<script>"), "status 500"),
        ("elsewhere", http("302 Found\r\nlocation: https://evil.example/", b""), "status 302"),
        ("no HTTP", b"\x1b[2J<script>\r\n\r\n".to_vec(), "the connection failed"),
    ] {
        *answer.lock().unwrap() = bytes;
        let complaint = venue.complains(&["update"], 4);
        assert!(complaint.contains(said) && !complaint.contains("script"), "{what}: {complaint}");
    }
}

#[test]
fn wrong_usage_says_what_to_do() {
    let venue = Venue::without_list(67);
    let said = venue.complains(&["check", "--policy", "entry", "BTA1:"], 2);
    assert!(said.contains("Set it up with `init`"), "{said}");
    let said = venue.complains(&["init", "--root", "root.pub", "--trust", "http://lab.example/trust-list"], 2);
    assert!(said.contains("must begin with https"), "{said}");
    venue.complains(&["init", "--root", "no-such-file", "--trust", "list.cbor"], 2);
    let said = venue.complains(&["init", "--root", "list.cbor", "--trust", "list.cbor"], 2);
    assert!(said.contains("not a root key"), "{said}");
    venue.says(&["init", "--root", "root.pub", "--trust", "list.cbor"], 0);
    let said = venue.complains(&["init", "--root", "root.pub", "--trust", "list.cbor"], 2);
    assert!(said.contains("already holds a trust list"), "{said}");
    let said = venue.complains(&["check", "--policy", "entrance", "BTA1:"], 2);
    assert!(said.contains("entry, "), "{said}");
    venue.complains(&["check", "--policy", "entry"], 2);
    venue.complains(&["check", "--policy", "entry", "--stdin", "BTA1:"], 2);
    venue.complains(&["check", "--policy", "entry", "--opening", "BTA1:"], 2);
    venue.complains(&["check", "--policy", "entry", "--picture", "no-such-file"], 2);
}

#[test]
fn n19_init_refuses_the_root_of_the_test_vectors() {
    let venue = Venue::without_list(68);
    fs::write(venue.path("root.pub"), "064ecc43e440b3c3c029c7a78fbfecd93e51989de329b2354bfb423be418e00f\n").unwrap();
    let said = venue.complains(&["init", "--root", "root.pub", "--trust", "list.cbor"], 1);
    assert!(said.contains("everybody can sign with it"), "{said}");
    assert!(!venue.path("door").exists());
}

#[test]
fn a_door_that_is_not_ready_ends_with_three() {
    let venue = Venue::without_list(69);
    let mut past = World::at(after(now(), -49 * 3600), 70, false);
    let root = past.root.public().to_string();
    Held::init(&venue.path("door"), &root, past.list.bytes(), "list.cbor", past.now).unwrap();
    let code = past.code();
    let said = venue.says(&["check", "--policy", "entry", &code], 3);
    assert!(said.starts_with("REFUSED (trust_expired) "), "{said}");
}

#[test]
fn policies_say_what_the_door_would_learn() {
    let venue = Venue::new(71);
    let said = venue.says(&["policies"], 0);
    assert!(said.contains("entry (until ") && said.contains("\"tested-or-vaccinated\" admits you"), "{said}");
    let json: serde_json::Value = serde_json::from_str(&venue.says(&["policies", "--json"], 0)).unwrap();
    let policies = json["policies"].as_array().unwrap();
    assert_eq!(policies.len(), bauta_spec::policy::SAMPLES.len());
    assert!(policies.iter().all(|policy| !policy["door_learns"].as_array().unwrap().is_empty()));
}

#[test]
fn an_organiser_makes_a_key_and_posters_and_doors_hang_them_up() {
    let mut venue = Venue::new(72);
    let passphrase = venue.path("organiser.pass");
    fs::write(&passphrase, "a long passphrase\n").unwrap();
    fs::set_permissions(&passphrase, fs::Permissions::from_mode(0o600)).unwrap();
    let said = venue.says(&["organiser", "organiser.key", "--passphrase-file", "organiser.pass"], 0);
    assert!(said.contains("organiser.key.pub"), "{said}");
    assert_eq!(fs::metadata(venue.path("organiser.key")).unwrap().permissions().mode() & 0o777, 0o600);
    let complaint = venue.complains(&["organiser", "organiser.key", "--passphrase-file", "organiser.pass"], 2);
    assert!(complaint.contains("organiser.key"), "{complaint}");
    let public = fs::read_to_string(venue.path("organiser.key.pub")).unwrap();
    let certificate = venue.world.organiser(public.trim().parse().unwrap());
    fs::write(venue.path("certificate.cbor"), certificate.to_bytes()).unwrap();

    // A poster that is open all day, whatever the clock of this machine says.
    let today = venue.world.today().to_string();
    let order = |policy: &str, out: &str| -> Vec<String> {
        let fixed =
            ["--key", "organiser.key", "--passphrase-file", "organiser.pass", "--certificate", "certificate.cbor"];
        let open = ["--day", &today, "--from", "04:00", "--until", "04:00", "--purpose", "en=One ticket each"];
        let words = ["poster", "--policy", policy, "--out", out].into_iter().chain(fixed).chain(open);
        words.map(str::to_owned).collect()
    };
    let make = |policy: &str, out: &str, more: &[&str], code: i32| {
        let order = order(policy, out);
        let words: Vec<&str> = order.iter().map(String::as_str).chain(more.iter().copied()).collect();
        let made = venue.run(&words);
        assert_eq!(made.status.code(), Some(code), "{made:?}");
        String::from_utf8(if code == 0 { made.stdout } else { made.stderr }).unwrap()
    };
    let said = make("event", "poster.txt", &[], 0);
    let event = said.split_once("--event ").unwrap().1.trim_end_matches(".\n").to_owned();
    assert!(said.contains("Theatre on the quay") && event.len() == 32, "{said}");
    make("event", "poster.png", &["--event", &event], 0);
    make("event", "poster.svg", &["--event", &event], 0);
    assert!(fs::read_to_string(venue.path("poster.svg")).unwrap().contains("<svg"));
    assert!(make("member", "other.txt", &[], 2).contains("takes no posters"));
    assert!(make("nothing", "other.txt", &[], 2).contains("It has: "));
    assert!(make("event", "other.gif", &[], 2).contains(".svg, .png or .txt"));
    let foreign = World::at(now(), 73, false).organiser(public.trim().parse().unwrap());
    fs::write(venue.path("certificate.cbor"), foreign.to_bytes()).unwrap();
    assert!(make("event", "other.txt", &[], 1).contains("by this authority"));

    // A door at which it hangs: as text, or as a picture.
    let text = fs::read_to_string(venue.path("poster.txt")).unwrap();
    let Ok(Asked::Poster(poster)) = text.trim_end().parse() else { panic!("no poster: {text}") };
    let poster = poster.verify(&venue.world.root.public()).unwrap();
    venue.world.now = now();
    let (code, again) = (venue.world.answer(&poster), venue.world.answer(&poster));
    let lines = format!("{code}\n{again}\n{code}\n");
    let scanner = ["check", "--poster", "poster.txt", "--stdin"];
    let said = venue.scan_all(&[&scanner[..], &["--nobody-came"]].concat(), lines.as_bytes());
    assert!(said[0].starts_with("ACCEPTED event"), "{said:?}");
    assert!(said[1].starts_with("REFUSED (already_entered)"), "{said:?}");
    assert!(said[2].starts_with("ACCEPTED event"), "{said:?}");
    let said = venue.scan_all(&scanner, lines.as_bytes());
    assert!(said.iter().all(|said| said.starts_with("REFUSED (entries_unknown)")), "{said:?}");
    let verdict: serde_json::Value =
        serde_json::from_str(&venue.says(&["check", "--poster", "poster.png", "--json", &code], 0)).unwrap();
    assert_eq!((verdict["entry"].as_str(), verdict["replay"].as_str()), (Some("first"), Some("not_checked")));
    assert!(venue.complains(&["check", "--poster", "certificate.cbor", &code], 2).contains("not a poster"));
    let complaint = venue.complains(&["check", "--poster", "poster.txt", &code, "--entered", "redis://127.0.0.1:1"], 2);
    assert!(complaint.contains("--entered-key"), "{complaint}");
    fs::write(venue.path("entered.key"), "00".repeat(32)).unwrap();
    fs::set_permissions(venue.path("entered.key"), fs::Permissions::from_mode(0o600)).unwrap();
    let shared =
        ["check", "--poster", "poster.txt", &code, "--entered", "redis://127.0.0.1:1", "--entered-key", "entered.key"];
    assert!(venue.complains(&shared, 3).contains("does not answer"));
    fs::write(venue.path("entered.key"), "zz".repeat(32)).unwrap();
    assert!(venue.complains(&shared, 2).contains("openssl rand -hex 32"));
}

#[test]
fn n9_a_poster_of_another_list_is_red_from_the_update_on_that_brings_its_version() {
    let mut venue = Venue::new(75);
    let next = venue.world.list.version() + 1;
    let poster = venue.world.poster_naming("event", (next, [9; 32]));
    fs::write(venue.path("poster.txt"), Asked::Poster(poster.clone()).to_string()).unwrap();
    let poster = poster.verify(&venue.world.root.public()).unwrap();
    let words = ["check", "--poster", "poster.txt"];
    let scanner = [&words[..], &["--stdin", "--nobody-came"]].concat();
    let mut child = venue.command(&scanner).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = child.stdin.take().unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut scan = |code: &str| {
        writeln!(lines, "{code}").unwrap();
        said.next().unwrap().unwrap()
    };
    venue.world.now = now();
    let code = venue.world.answer(&poster);
    assert!(scan(&code).starts_with("ACCEPTED event"));

    venue.world.publish(|_| ());
    venue.serve_list();
    assert!(venue.says(&["update"], 0).starts_with("Version 2 is here now"));
    for scanned in [&*code, "nothing"] {
        let said = scan(scanned);
        assert!(said.starts_with("REFUSED (poster_of_other_list)") && said.contains("tell the authority"), "{said}");
    }
    drop(lines);
    assert!(child.wait().unwrap().success());
    // Started anew, the program does not even hang it up.
    let complaint = venue.complains(&[&words[..], &[&code]].concat(), 1);
    assert!(complaint.contains("another trust list of version 2"), "{complaint}");
}

#[test]
fn a_screen_asks_each_visitor_afresh() {
    let mut venue = Venue::new(74);
    let arguments = ["check", "--policy", "entry", "--stdin", "--ask", "--json"];
    let mut child = venue.command(&arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut scanner = child.stdin.take().unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines().map(|line| {
        let said: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        said
    });
    let asked = |said: serde_json::Value| match said["ask"].as_str().unwrap().parse() {
        Ok(Asked::Challenge(challenge)) => challenge,
        other => panic!("{other:?}"),
    };
    let first = asked(said.next().unwrap());
    venue.world.now = now();
    let code = venue.world.answer_to_screen("entry", first.nonce);
    let late = venue.world.answer_to_screen("entry", first.nonce);
    let by_itself = venue.code();
    writeln!(scanner, "{by_itself}").unwrap();
    assert_eq!(said.next().unwrap()["code"], "other_mode");
    writeln!(scanner, "{code}").unwrap();
    assert_eq!(said.next().unwrap()["verdict"], "accepted", "without a wait after the start");
    let second = asked(said.next().unwrap());
    assert_ne!(first.nonce, second.nonce);
    writeln!(scanner, "{late}").unwrap();
    assert_eq!(said.next().unwrap()["code"], "nonce_used");
    drop(scanner);
    assert!(said.next().is_none());
    assert!(child.wait().unwrap().success());
}
