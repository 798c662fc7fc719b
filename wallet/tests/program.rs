//! The program itself, against a small server on this machine: whole way, crashes, networks that it must not use, words and exit codes.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)] // a test says what is wrong by failing

mod world;

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bauta_spec::presentation::{Envelope, Mode};
use bauta_spec::qr::{self, Asked, Challenge, Picture, Question};
use bauta_spec::time::Moment;
use tempfile::TempDir;
use world::{NotYet, Waiting, World, tested_before};

const CODE: &str = "04HMASW9NF6YZ08HMASW9NF6YZ";

#[test]
fn the_whole_way() {
    let home = Home::new();
    home.init();
    home.lab_waits();
    let collected = home.ok(&["collect", &home.link(), "--json"]);
    assert!(collected.contains(r#""type":"health-record""#), "{collected}");
    let renewed = home.ok(&["renew", "--json"]);
    assert!(renewed.contains(r#""passes":6"#), "{renewed}");
    let listed = home.ok(&["list"]);
    assert!(listed.contains("tested: naat") && listed.contains("entry-pass by \"tested-or-vaccinated\""), "{listed}");
    assert!(!listed.contains(CODE));

    let shown = home.ok(&["show", "entry"]);
    let (words, drawn) = shown.split_once("Nothing else.").unwrap();
    assert!(words.contains("The door will learn:") && !words.contains('█'), "{words}");
    assert!(drawn.contains('█'));

    let text = home.ok(&["show", "entry", "--text"]);
    let policy = home.world().policy("entry");
    home.world().now = now();
    assert_eq!(home.world().at_the_door(text.trim_end(), &policy).len(), 2);

    let png = home.path("code.png");
    home.ok(&["show", "entry", "--png", png.to_str().unwrap()]);
    let grey = image::open(&png).unwrap().to_luma8();
    let mut prepared = rqrr::PreparedImage::prepare(grey);
    let (_, read) = prepared.detect_grids()[0].decode().unwrap();
    assert!(qr::from_text(&read).is_ok());

    let svg = home.path("code.svg");
    home.ok(&["show", "entry", "--svg", svg.to_str().unwrap()]);
    assert!(fs::read_to_string(svg).unwrap().contains("<svg"));

    let policies = home.ok(&["policies"]);
    assert!(policies.contains("you can show this now") && policies.contains("not now"), "{policies}");
}

#[test]
fn what_was_scanned_at_the_entrance_is_answered_after_saying_who_asks() {
    let home = Home::new();
    home.init();
    home.lab_waits();
    home.ok(&["collect", &home.link()]);
    home.ok(&["renew"]);
    home.world().now = now();
    let hung = {
        let world = home.world();
        world::poster(&world, &world.root, |_| ())
    };
    let said = home.ok(&["show", "--scan", &hung]);
    let (words, drawn) = said.split_once("Nothing else.").unwrap();
    for word in [
        "Theatre on the quay asks for \"event\"",
        "One ticket each",
        "if you come to this event a second time",
        "A pseudonym:",
    ] {
        assert!(words.contains(word), "{word} is not said: {words}");
    }
    assert!(!words.contains('█') && drawn.contains("Good for five minutes"), "{said}");
    let json: serde_json::Value = serde_json::from_str(&home.ok(&["show", "--scan", &hung, "--json"])).unwrap();
    assert_eq!((json["policy"].as_str(), json["organiser"].as_str()), (Some("event"), Some("Theatre on the quay")));
    let mode = |text: &str| Envelope::from_bytes(&qr::from_text(text.trim_end()).unwrap()).unwrap().mode;
    assert_eq!(mode(json["text"].as_str().unwrap()), Mode::Poster);

    let policy = home.world().policy("entry").id();
    let challenge = Asked::Challenge(Challenge { policy, nonce: [7; 32] }).to_string();
    assert_eq!(mode(&home.ok(&["show", "--scan", &challenge, "--text"])), Mode::Nonce);
    let question = Asked::Policy(Question(policy)).to_string();
    assert_eq!(mode(&home.ok(&["show", "--scan", &question, "--text"])), Mode::OneWay);

    let foreign = {
        let world = home.world();
        world::poster(&world, &bauta_spec::signed::RootKey::from_bytes(&[9; 32]).unwrap(), |_| ())
    };
    home.fails(&["show", "--scan", &foreign], 1, "certified");
    let split = {
        let world = home.world();
        world::poster(&world, &world.root, |hung| hung.list.1 = [0; 32])
    };
    home.fails(&["show", "--scan", &split], 1, "two lists are in circulation");
    home.fails(&["show", "--scan", "https://example.com"], 2, "not the question of a door");
    home.fails(&["show", "event"], 1, "`show --scan`");

    let photograph = home.path("poster.png");
    fs::write(&photograph, Picture::of(&hung).unwrap().to_png(4)).unwrap();
    let said = home.ok(&["show", "--picture", photograph.to_str().unwrap(), "--text"]);
    assert_eq!(mode(&said), Mode::Poster);
    fs::write(&photograph, b"no picture").unwrap();
    home.fails(&["show", "--picture", photograph.to_str().unwrap()], 2, "no readable Bauta code");
}

#[test]
fn showing_and_looking_send_nothing() {
    // N16, P4: whatever the wallet would ask for, the server would have heard it.
    let home = Home::with_passes();
    let heard = home.world().heard.len();
    for quiet in [&["show", "entry"][..], &["show", "entry", "--text"], &["list"], &["policies"], &["trust", "show"]] {
        home.ok(quiet);
    }
    assert_eq!(home.world().heard.len(), heard);

    let mut watching = home.command(&["show", "entry", "--text", "--watch"]);
    let mut watching = watching.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(watching.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let sockets = open_sockets(&watching);
    kill(&mut watching);
    assert!(first.starts_with("BTA1:"));
    assert_eq!(sockets, 0, "a wallet that shows holds a socket");
}

#[test]
fn one_file_alone_can_open_a_connection() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![source.clone()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    let naming = |words: &[&str]| -> Vec<&Path> {
        let names = |file: &&PathBuf| words.iter().any(|word| fs::read_to_string(file).unwrap().contains(word));
        files.iter().filter(names).map(|file| file.strip_prefix(&source).unwrap()).collect()
    };
    assert_eq!(naming(&["ureq", "std::net", "TcpStream"]), [Path::new("http.rs")]);
    let reaching: BTreeSet<&Path> = naming(&["crate::http", "mod http"]).into_iter().collect();
    let may = ["collect.rs", "file.rs", "keep_up.rs", "renew.rs", "trust.rs"].map(|file| format!("command/{file}"));
    let may = may.iter().map(String::as_str).chain(["command.rs", "failure.rs", "main.rs"]).map(Path::new);
    assert_eq!(reaching, may.collect(), "what shows or looks must not be among them");
}

#[test]
fn killed_at_every_call_a_collection_loses_and_doubles_nothing() {
    for call in ["/token", "/credential", "/notification"] {
        let home = Home::new();
        home.init();
        home.lab_waits();
        let reached = home.hold_answer_of(call);
        let mut child =
            home.command(&["collect", &home.link()]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        reached.recv_timeout(Duration::from_secs(30)).unwrap();
        kill(&mut child);
        home.let_go();

        home.ok(&["collect", &home.link()]);
        let listed = home.ok(&["list", "--json"]);
        assert_eq!(listed.matches("health-record").count(), 1, "killed at {call}: {listed}");
        assert!(listed.contains(r#""interrupted":[]"#), "killed at {call}: {listed}");
        assert!(home.world().waiting.is_empty(), "killed at {call}: the lab was told");
        home.ok(&["renew"]);
        home.ok(&["show", "entry"]);
    }
}

#[test]
fn what_was_interrupted_goes_on_without_the_link() {
    let home = Home::new();
    home.init();
    home.lab_waits();
    let reached = home.hold_answer_of("/notification");
    let mut child =
        home.command(&["collect", &home.link()]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    reached.recv_timeout(Duration::from_secs(30)).unwrap();
    kill(&mut child);
    home.let_go();
    assert!(home.ok(&["list"]).contains("Interrupted: a collection"));
    home.ok(&["collect"]);
    assert!(!home.ok(&["list"]).contains("Interrupted"));
    home.fails(&["collect"], 2, "no collection was interrupted");
}

#[test]
fn a_lab_that_has_no_result_yet_is_waited_for_and_left_alone() {
    let home = Home::new();
    home.init();
    home.lab_waits();
    home.world().not_yet = Some(NotYet { interval: 600, transaction: None });
    home.fails(&["collect", &home.link()], 4, "run `collect` without a link in 10 minutes or later");
    let heard = home.world().heard.len();
    let listed = home.ok(&["list"]);
    assert!(listed.contains("Waiting: ") && !listed.contains("Interrupted"), "{listed}");
    assert!(home.ok(&["list", "--json"]).contains(r#""again_in_minutes":10"#));
    home.fails(&["collect"], 4, "the lab has no result yet");
    home.fails(&["collect", &home.link()], 4, "the lab has no result yet");
    let heard_meanwhile = home.world().heard[heard..].to_vec();
    assert!(!heard_meanwhile.iter().any(|path| path == "/token"), "{heard_meanwhile:?}");
    home.fails(&["renew"], 4, "the lab has no result yet");
    home.ok(&["forget", "--interrupted"]);
    home.fails(&["collect"], 2, "no collection was interrupted");
}

/// What is done by itself is done by whoever changes the wallet meanwhile, too: a record that another command collects gets its passes.
#[test]
fn a_program_that_goes_on_fetches_passes_by_itself_and_ends_with_its_wallet() {
    let home = Home::new();
    home.init();
    let mut program = home.command(&["keep-up", "--every", "1"]).stderr(Stdio::piped()).spawn().unwrap();
    home.lab_waits();
    home.ok(&["collect", &home.link()]);
    assert!(eventually(|| home.output(&["show", "entry", "--text"]).status.success()), "it has fetched passes");

    {
        let mut world = home.world();
        let today = world.list.grid().day_of(world.now);
        world.publish(|body| body.floors.extend((0..=3).map(|day| (today.plus(day), 1))));
    }
    let series = |series: u8| home.ok(&["list", "--json"]).contains(&format!(r#""series":{series}"#));
    assert!(series(0));
    assert!(eventually(|| series(1)), "and others where the authority has asked for others");

    home.ok(&["forget", "--all"]);
    let mut said = String::new();
    assert!(eventually(|| program.try_wait().unwrap().is_some()), "it ends with its wallet");
    program.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(program.wait().unwrap().code(), Some(2), "{said}");
    assert!(!home.path("my.wallet.lock").exists(), "nothing of it is left");
    for secret in ["health-record", CODE, "tested"] {
        assert!(!said.contains(secret), "{said}");
    }
}

fn eventually(mut reached: impl FnMut() -> bool) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(60) {
        if reached() {
            return true;
        }
        thread::sleep(Duration::from_millis(200));
    }
    false
}

#[test]
fn a_backup_brings_everything_back() {
    let home = Home::with_passes();
    let before = home.ok(&["list"]);
    let backup = home.path("backup");
    let backup = backup.to_str().unwrap();
    home.ok(&["backup", backup]);
    home.fails(&["backup", backup], 5, "exists already");
    home.fails(&["restore", backup], 2, "exists already");
    home.ok(&["forget", "--all"]);
    home.fails(&["list"], 2, "there is no wallet");
    home.ok(&["restore", backup]);
    assert_eq!(home.ok(&["list"]), before);
    home.ok(&["show", "entry"]);
}

#[test]
fn a_wish_for_the_hint_lasts_until_it_is_taken_back() {
    let home = Home::with_passes();
    let lacks_hint = || home.fails(&["show", "entry-with-hint"], 3, "`renew --with-hint`");
    lacks_hint();
    home.ok(&["renew", "--with-hint"]);
    home.ok(&["show", "entry-with-hint"]);
    home.ok(&["renew"]);
    home.ok(&["show", "entry-with-hint"]);
    assert!(home.ok(&["list"]).contains("--without-hint"), "what is asked for in the background is said");
    home.ok(&["renew", "--without-hint"]);
    lacks_hint();
    home.ok(&["renew"]);
    lacks_hint();
    assert!(home.ok(&["list", "--json"]).contains(r#""with_hint":false"#));
    home.fails(&["renew", "--with-hint", "--without-hint"], 2, "cannot be used with");

    // A wish is kept even where no office answers.
    home.fails(&["renew", "--with-hint", "--office", "http://127.0.0.1:9"], 4, "try again later");
    assert!(home.ok(&["list", "--json"]).contains(r#""with_hint":true"#));
}

#[test]
fn every_refusal_says_what_to_do() {
    let home = Home::new();
    home.fails(&["list"], 2, "make one with `init`");
    home.init();
    home.fails(&["init", "--root", "root.pub", "--trust", &home.address], 2, "exists already");
    home.fails(&["collect", "https://lab.example/elsewhere"], 2, "https://lab.example/offer#CODE");
    home.fails(&["collect", "http://lab.example/offer#x"], 2, "malformed");
    home.fails(&["collect", &format!("{}/offer", home.address)], 2, "--short-code");
    home.fails(&["collect", &home.link()], 1, "ask the lab for a new one");
    home.fails(&["renew"], 2, "`collect` one first");
    home.fails(&["show", "entry"], 3, "collect one");
    home.fails(&["show", "nothing"], 2, "see `policies`");
    home.fails(&["forget", "1"], 2, "see `list`");
    home.lab_waits();
    home.ok(&["collect", &home.link()]);
    home.fails(&["show", "entry"], 3, "enew");
    home.fails(&["collect", "http://127.0.0.1:9/offer#04HMASW9NF6YZ08HMASW9NF6YZ"], 4, "try again later");

    fs::set_permissions(home.path("passphrase"), fs::Permissions::from_mode(0o644)).unwrap();
    home.fails(&["list"], 5, "chmod 600");
    private(&home.path("passphrase"), "another passphrase");
    home.fails(&["list"], 5, "wrong passphrase");
}

#[test]
fn a_link_on_standard_input_is_on_no_command_line() {
    let home = Home::new();
    home.init();
    home.lab_waits();
    let mut child = home.command(&["collect", "-"]).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{}", home.link()).unwrap();
    assert!(child.wait().unwrap().success());
    assert!(home.ok(&["list"]).contains("health-record"));
}

#[test]
fn a_root_key_that_signed_nothing_here() {
    let home = Home::new();
    let other = World::new(41);
    fs::write(home.path("root.pub"), other.root.public().to_string()).unwrap();
    home.fails(&["init", "--root", "root.pub", "--trust", &home.trust()], 1, "another root key");
    assert!(!home.path("my.wallet").exists());
}

#[test]
fn a_redirect_is_not_followed() {
    let home = Home::new();
    home.init();
    home.fails(
        &["init", "--root", "root.pub", "--trust", &format!("{}/moved", home.address), "--wallet", "w2"],
        1,
        "302",
    );
}

/// The call whose answer is held back, and who is told when it has come.
type Gate = Mutex<Option<(String, Sender<()>)>>;

#[test]
fn a_new_passphrase_opens_the_wallet_and_the_old_one_does_not() {
    let home = Home::new();
    home.init();
    home.lab_waits();
    home.ok(&["collect", &home.link()]);
    for (name, passphrase) in [("new", "known to nobody else"), ("short", "horse")] {
        fs::write(home.path(name), passphrase).unwrap();
        fs::set_permissions(home.path(name), fs::Permissions::from_mode(0o600)).unwrap();
    }
    let before = fs::read(home.path("my.wallet")).unwrap();
    home.fails(&["passphrase", "--new-passphrase-file", "short"], 2, "at least 8 characters");
    home.fails(&["passphrase"], 2, "name a file with --new-passphrase-file");
    home.fails(&["passphrase", "--new-passphrase-file", "new", "--passphrase-file", "new"], 5, "wrong passphrase");
    assert_eq!(fs::read(home.path("my.wallet")).unwrap(), before);

    let said = home.ok(&["passphrase", "--new-passphrase-file", "new"]);
    assert!(said.contains("my.wallet opens with the new passphrase."), "{said}");
    home.fails(&["list"], 5, "wrong passphrase");
    assert!(home.ok(&["list", "--passphrase-file", "new"]).contains("health-record"));
    home.ok(&["renew", "--passphrase-file", "new"]);

    // Killed at any moment, it is the one wallet or the other.
    for round in 0..6 {
        let (from, to) =
            if home.output(&["list"]).status.success() { ("passphrase", "new") } else { ("new", "passphrase") };
        let change = ["passphrase", "--passphrase-file", from, "--new-passphrase-file", to];
        let mut changing = home.command(&change).stdout(Stdio::null()).spawn().unwrap();
        thread::sleep(Duration::from_millis(60 + 70 * round));
        kill(&mut changing);
        let opens = |file: &str| home.output(&["list", "--passphrase-file", file]).status.success();
        assert!(opens("passphrase") != opens("new"), "{round}");
    }
}

/// A folder with a passphrase and a root key, and a server that plays lab, office and authority.
struct Home {
    folder: TempDir,
    address: String,
    server: Arc<Mutex<World>>,
    gate: Arc<Gate>,
}

impl Home {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let server = Arc::new(Mutex::new(World::at(now(), 40, false)));
        let gate = Arc::new(Gate::default());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        fs::write(folder.path().join("root.pub"), server.lock().unwrap().root.public().to_string() + "\n").unwrap();
        private(&folder.path().join("passphrase"), "correct horse battery\n");
        let (world, at) = (Arc::clone(&server), Arc::clone(&gate));
        thread::spawn(move || {
            for connection in listener.incoming() {
                let (world, gate) = (Arc::clone(&world), Arc::clone(&at));
                thread::spawn(move || serve(connection.unwrap(), &world, &gate));
            }
        });
        Self { folder, address, server, gate }
    }

    fn with_passes() -> Self {
        let home = Self::new();
        home.init();
        home.lab_waits();
        home.ok(&["collect", &home.link()]);
        home.ok(&["renew"]);
        home
    }

    fn world(&self) -> std::sync::MutexGuard<'_, World> {
        self.server.lock().unwrap()
    }

    fn init(&self) {
        self.ok(&["init", "--root", "root.pub", "--trust", &self.trust()]);
    }

    fn lab_waits(&self) {
        let mut world = self.world();
        let today = world.list.grid().day_of(world.now);
        let waiting = Waiting { record_type: "health-record", facts: tested_before(today), taken_by: None };
        world.waiting.insert(CODE.to_owned(), waiting);
    }

    fn trust(&self) -> String {
        format!("{}/trust-list", self.address)
    }

    fn link(&self) -> String {
        format!("{}/offer#{CODE}", self.address)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// From now on the server does what `call` asks, says so, and never answers.
    fn hold_answer_of(&self, call: &str) -> Receiver<()> {
        let (reached, wait) = channel();
        *self.gate.lock().unwrap() = Some((call.to_owned(), reached));
        wait
    }

    fn let_go(&self) {
        *self.gate.lock().unwrap() = None;
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bauta-wallet"));
        command
            .current_dir(self.folder.path())
            .env_clear()
            .env("BAUTA_WALLET", "my.wallet")
            .env("BAUTA_WALLET_PASSPHRASE_FILE", "passphrase")
            .env("BAUTA_WALLET_BACKUP_PASSPHRASE_FILE", "passphrase")
            .stdin(Stdio::null())
            .args(arguments);
        command
    }

    fn output(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn ok(&self, arguments: &[&str]) -> String {
        let output = self.output(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn fails(&self, arguments: &[&str], code: i32, words: &str) {
        let output = self.output(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
}

fn serve(connection: TcpStream, world: &Mutex<World>, gate: &Gate) {
    let mut reader = BufReader::new(connection.try_clone().unwrap());
    let mut line = || {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    };
    let path = line().split(' ').nth(1).unwrap().to_owned();
    let (mut length, mut bearer) = (0, None);
    loop {
        let header = line();
        let Some((name, value)) = header.split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap(),
            "authorization" => bearer = value.strip_prefix("Bearer ").map(str::to_owned),
            "cookie" | "user-agent" | "if-none-match" => panic!("a wallet sends no {name}"),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let (status, answer) = match path.as_str() {
        "/moved" => (302, Vec::new()),
        _ => world.lock().unwrap().serve_now(&path, bearer.as_deref(), std::str::from_utf8(&body).unwrap()),
    };
    if let Some((call, reached)) = &*gate.lock().unwrap()
        && *call == path
    {
        reached.send(()).unwrap();
        // Without an answer: the connection stays open until the program is killed.
        std::mem::forget(connection);
        return;
    }
    let head = format!(
        "HTTP/1.1 {status} -\r\nlocation: /trust-list\r\nset-cookie: tag=1\r\ncontent-length: {}\r\n\r\n",
        answer.len()
    );
    let mut connection = connection;
    let _ = connection.write_all(head.as_bytes()).and_then(|()| connection.write_all(&answer));
}

fn open_sockets(child: &Child) -> usize {
    let files = fs::read_dir(format!("/proc/{}/fd", child.id())).unwrap();
    files
        .filter(|file| {
            fs::read_link(file.as_ref().unwrap().path()).is_ok_and(|to| to.to_string_lossy().starts_with("socket"))
        })
        .count()
}

fn kill(child: &mut Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

fn private(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

fn now() -> Moment {
    Moment::from_unix(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs())
}
