//! Everybody who is needed, as programs.

use std::fs;
use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::time::{Duration, Instant};

use bauta_tests::city::{City, LAB, OFFICIAL, ROOT};
use bauta_tests::shell::{Ran, Running};
use serde_json::Value;

use crate::static_files::StaticFiles;

/// Longer than any wait that is asserted.
const PATIENCE: Duration = Duration::from_secs(180);

/// How long things take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Timers {
    /// A door fetches every second, and the service starts anew to look at its list.
    Quick,
    /// A door fetches every 20 seconds, as its page does, and the service looks every 15.
    Real,
}

impl Timers {
    pub(crate) fn of_this_run() -> Self {
        if std::env::var("BAUTA_REAL_TIMERS").is_ok_and(|real| real == "1") { Self::Real } else { Self::Quick }
    }

    /// Seconds between two fetches of a door.
    pub(crate) fn pace(self) -> u64 {
        match self {
            Self::Quick => 1,
            Self::Real => 20,
        }
    }
}

/// A city whose list lies on a web server of its own, as the authority's files do.
pub(crate) struct Field {
    pub(crate) city: City,
    pub(crate) files: StaticFiles,
    folder: tempfile::TempDir,
    service: Option<Running>,
    timers: Timers,
}

impl Field {
    /// Official and lab are set up, with a second key for records; nothing is published, and the service does not run.
    pub(crate) fn founded(timers: Timers) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let city = City::found(folder.path()).unwrap();
        for step in OFFICIAL.iter().chain(LAB) {
            city.done(step.line).unwrap();
        }
        let files = StaticFiles::of(&city.shell().folder().join("authority/public")).unwrap();
        Self { city, files, folder, service: None, timers }
    }

    /// The same with the lab's first keys and the samples in a list; the service does not run.
    pub(crate) fn published(timers: Timers) -> Self {
        let field = Self::founded(timers);
        for name in ["health-record", "entry-pass", "health-pass"] {
            field.done(&format!("bauta-authority sign key lab/{name}.key.pub --holder-name 'City laboratory'"));
        }
        field.done("bauta-authority sign samples");
        field.done("bauta-authority publish");
        field
    }

    pub(crate) fn run(&self, line: &str) -> Ran {
        self.city.shell().run(line).unwrap()
    }

    pub(crate) fn done(&self, line: &str) -> Ran {
        self.city.done(line).unwrap()
    }

    fn json(&self, line: &str) -> Value {
        serde_json::from_str(&self.done(line).out).unwrap()
    }

    /// One more key of the lab, signed by the official; its id.
    pub(crate) fn make_key(&self, name: &str, credential_type: &str, terms: &str) -> String {
        self.done(&format!(
            "bauta-issuer keygen --type {credential_type} --out lab/{name}.key --passphrase-file lab/passphrase"
        ));
        self.done(&format!("bauta-authority sign key lab/{name}.key.pub --holder-name 'City laboratory' {terms}"));
        self.key_id(name)
    }

    pub(crate) fn key_id(&self, name: &str) -> String {
        let file = self.folder.path().join(format!("lab/{name}.key.pub"));
        let half: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        half["key_id"].as_str().unwrap().to_owned()
    }

    /// The service runs with these keys and no others.
    pub(crate) fn serves_with(&mut self, keys: &[&str]) {
        let file = self.folder.path().join("lab/bauta-issuer.toml");
        let keys: Vec<String> = keys.iter().map(|key| format!("\"{key}.key\"")).collect();
        let settings = fs::read_to_string(&file).unwrap();
        let others: Vec<&str> = settings.lines().filter(|line| !line.starts_with("keys =")).collect();
        fs::write(&file, format!("{}\nkeys = [{}]\n", others.join("\n"), keys.join(", "))).unwrap();
        self.restart();
    }

    fn restart(&mut self) {
        if let Some(service) = self.service.take() {
            service.stop().unwrap();
        }
        self.service = Some(self.city.serve().unwrap());
    }

    /// The delegate publishes: when.
    pub(crate) fn publish(&mut self, terms: &str) -> Instant {
        self.done(&format!("bauta-authority publish {terms}"));
        let published = Instant::now();
        if self.timers == Timers::Quick {
            self.restart();
        }
        published
    }

    /// The lab enters a result; the link for its person.
    pub(crate) fn result(&self, reference: &str, more: &str) -> String {
        let facts = "tested=naat tested_on=today-1 age_band=21-64 hint=M/05";
        let line = format!("bauta-issuer add --type health-record --reference {reference} {facts} {more} --json");
        self.json(&line)["link"].as_str().unwrap().to_owned()
    }

    /// The record's name, as the lab knows it.
    pub(crate) fn handle(&self, reference: &str, more: &str) -> String {
        let status = self.json(&format!("bauta-issuer status --reference {reference} {more} --json"));
        status["handle"].as_str().unwrap().to_owned()
    }

    /// Somebody with an empty wallet, which has its lists from the authority's server.
    pub(crate) fn citizen(&self, name: &str) {
        let trust = self.files.url("trust-list.cbor");
        self.done(&format!("bauta-wallet init --wallet {name}.wallet --root {ROOT} --trust {trust}"));
    }

    /// Somebody who has collected, and fetched passes.
    pub(crate) fn citizen_with(&self, name: &str, link: &str) {
        self.citizen(name);
        self.done(&format!("bauta-wallet collect --wallet {name}.wallet '{link}'"));
        self.done(&format!("bauta-wallet renew --wallet {name}.wallet"));
    }

    /// A fresh code.
    pub(crate) fn shows(&self, name: &str) -> String {
        let ran = self.done(&format!("bauta-wallet show entry --wallet {name}.wallet --text"));
        ran.out.lines().find(|line| line.starts_with("BTA1:")).unwrap().to_owned()
    }

    /// A venue with the newest list of the authority's server.
    pub(crate) fn venue(&self, folder: &str) {
        let trust = self.files.url("trust-list.cbor");
        self.done(&format!("bauta-verifier init --dir {folder} --root {ROOT} --trust {trust}"));
    }

    /// A door of the venue, at which nobody has been.
    pub(crate) fn door(&self, folder: &str) -> Door {
        let line = format!("bauta-verifier check --dir {folder} --policy entry --stdin --opening --json");
        let mut command = self.city.shell().command(&line).unwrap();
        let mut program = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (scanner, verdicts) = (program.stdin.take().unwrap(), program.stdout.take().unwrap());
        Door { program, scanner, verdicts: BufReader::new(verdicts).lines() }
    }

    /// What keeps a venue's list new.
    pub(crate) fn keeps_up(&self, folder: &str) -> Running {
        let line = format!("bauta-verifier update --dir {folder} --every {}", self.timers.pace());
        self.city.shell().start(&line, Path::new("update.log")).unwrap()
    }

    /// A wallet that does by itself what it does by itself, with lists at the pace of a door: a story does not last six hours.
    pub(crate) fn keeps_itself(&self, name: &str) -> Running {
        let line = format!("bauta-wallet keep-up --wallet {name}.wallet --every {}", self.timers.pace());
        self.city.shell().start(&line, Path::new("keep-up.log")).unwrap()
    }

    /// When the door takes a pass of this wallet again. Nobody touches the wallet but to show.
    pub(crate) fn comes_in_again(&self, name: &str, door: &mut Door) -> Instant {
        let show = format!("bauta-wallet show entry --wallet {name}.wallet --text");
        until(|| {
            let ran = self.run(&show);
            let code = ran.out.lines().find(|line| line.starts_with("BTA1:"))?;
            (door.scan(code) == "accepted").then(Instant::now)
        })
    }

    /// Asks for passes, and what was said when there are none.
    pub(crate) fn gets_no_passes(&self, name: &str) -> String {
        let ran = self.run(&format!("bauta-wallet renew --wallet {name}.wallet"));
        assert_eq!(ran.code, Some(1), "{name}: {}", ran.said());
        ran.said()
    }
}

/// A door that reads what a scanner types.
pub(crate) struct Door {
    program: Child,
    scanner: ChildStdin,
    verdicts: Lines<BufReader<ChildStdout>>,
}

impl Door {
    /// `accepted`, or the code of the refusal.
    pub(crate) fn scan(&mut self, code: &str) -> String {
        writeln!(self.scanner, "{code}").unwrap();
        self.scanner.flush().unwrap();
        let verdict: Value = serde_json::from_str(&self.verdicts.next().unwrap().unwrap()).unwrap();
        let word = if verdict["verdict"] == "accepted" { &verdict["verdict"] } else { &verdict["code"] };
        word.as_str().unwrap().to_owned()
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        // Has it ended already, then both fail, and that is what was wanted.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// Tries once a second at most until there is something.
pub(crate) fn until<T>(mut attempt: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        let tried = Instant::now();
        if let Some(found) = attempt() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "it did not come");
        std::thread::sleep(Duration::from_secs(1).saturating_sub(tried.elapsed()));
    }
}
