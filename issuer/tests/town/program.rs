//! The program as it is installed, and a wallet that comes back until it knows.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::panic)] // each test file uses a part of it, and a test may fail

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use bauta_spec::issuance::{Base64Url, PRE_AUTHORIZED_CODE, TokenResponse};
use serde_json::json;

use super::load::{self, Visitor};
use super::postgres::processor_time;
use super::{Town, free_address};

pub fn program(folder: &Path, arguments: &[&str]) -> Output {
    command(folder, arguments).output().unwrap()
}

pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bauta-issuer"));
    command.current_dir(folder).args(arguments).stdin(Stdio::null());
    command
}

pub fn text(output: &Output) -> String {
    [&output.stdout[..], &output.stderr].map(String::from_utf8_lossy).concat()
}

/// A running `serve`, ended with the test.
pub struct Running {
    pub child: Child,
    pub address: SocketAddr,
}

impl Running {
    pub fn begin(town: &Town) -> Self {
        Self::at(town, town.address)
    }

    /// With more in its environment.
    pub fn begin_with(town: &Town, environment: &[(&str, &Path)]) -> Self {
        let mut serve = command(town.folder.path(), &["serve"]);
        serve.envs(environment.iter().copied());
        Self::started(town, town.address, serve)
    }

    /// One more, beside the first.
    pub fn replica(town: &Town) -> Self {
        Self::at(town, free_address())
    }

    pub fn at(town: &Town, address: SocketAddr) -> Self {
        Self::started(town, address, command(town.folder.path(), &["serve"]))
    }

    /// One whose writes beyond a limit on the size of files fail, as on a full disk, instead of ending it. See [`limit_files`].
    pub fn on_a_disk_that_may_be_full(town: &Town) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", "trap '' XFSZ; exec \"$0\" serve", env!("CARGO_BIN_EXE_bauta-issuer")]);
        shell.current_dir(town.folder.path()).stdin(Stdio::null());
        Self::started(town, town.address, shell)
    }

    fn started(town: &Town, address: SocketAddr, mut serve: Command) -> Self {
        let append =
            |name: &str| fs::OpenOptions::new().create(true).append(true).open(town.folder.path().join(name)).unwrap();
        let (log, errors) = (append("log"), append("errors"));
        serve.env("BAUTA_ISSUER_LISTEN", address.to_string());
        let mut child = serve.stdout(log).stderr(errors).spawn().unwrap();
        let begun = Instant::now();
        let alive = load::request("GET", "/livez", b"");
        while Visitor::new(address).ask(&alive).is_none_or(|(status, _)| status != 200) {
            let ended = child.try_wait().unwrap();
            let waited = begun.elapsed() < Duration::from_secs(60);
            assert!(ended.is_none() && waited, "{ended:?}: {}{}", town.log(), town.errors());
            std::thread::sleep(Duration::from_millis(10));
        }
        Self { child, address }
    }

    /// Ends it as `kill -9` does and starts it again at its address.
    pub fn kill_and_restart(&mut self, town: &Town) {
        self.end();
        *self = Self::at(town, self.address);
    }

    /// Asks it to stop, as `systemctl stop` does, and waits until it has; whether it ended well.
    pub fn stop(&mut self) -> bool {
        assert!(Command::new("kill").arg(self.child.id().to_string()).status().unwrap().success());
        self.child.wait().unwrap().success()
    }

    /// Most memory that it has ever had, in MiB.
    pub fn most_memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
    }

    /// Seconds that a processor has worked for it.
    pub fn processor_time(&self) -> f64 {
        processor_time(self.child.id())
    }

    fn end(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

/// How large files may become that a process writes from now on; `None`: as large as they like.
pub fn limit_files(process: u32, bytes: Option<u64>) {
    let limit = bytes.map_or_else(|| "unlimited".to_owned(), |bytes| bytes.to_string());
    limit_of(process, &format!("--fsize={limit}:unlimited"));
}

/// So many files and connections may this test, and what it starts from now on, have open.
pub fn many_open_files() {
    limit_of(std::process::id(), "--nofile=8192:");
}

fn limit_of(process: u32, limit: &str) {
    let mut prlimit = Command::new("prlimit");
    let status = prlimit.args(["--pid", &process.to_string(), limit]).status();
    assert!(status.expect("prlimit, of util-linux, is installed").success());
}

impl Town {
    /// What the program has written.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// What it has told whoever started it, and nobody else.
    pub fn errors(&self) -> String {
        fs::read_to_string(self.folder.path().join("errors")).unwrap()
    }
}

/// Status and body.
pub type Answer = (u16, Vec<u8>);

/// Exchanges a code for a record; the last answer. `None` when the service was killed before it answered.
pub fn redeem(service: SocketAddr, code: &str, proof: &[u8]) -> Option<Answer> {
    let token = match grant(service, code)? {
        Ok(token) => token,
        Err(refused) => return Some(refused),
    };
    let proofs = json!({ "bauta_commitment": [Base64Url(proof.to_vec())] });
    send(service, "/credential", &token, &json!({ "credential_configuration_id": "health-record", "proofs": proofs }))
}

/// Says that the record in an answer arrived. An unknown code says that this has been heard before.
pub fn acknowledge(service: SocketAddr, code: &str, answer: &[u8]) -> Option<Answer> {
    let token = match grant(service, code)? {
        Ok(token) => token,
        Err(refused) => return Some(refused),
    };
    let answer: serde_json::Value = serde_json::from_slice(answer).unwrap();
    let said = json!({ "notification_id": answer["notification_id"], "event": "credential_accepted" });
    send(service, "/notification", &token, &said)
}

/// An access token, or the answer that there is none.
fn grant(service: SocketAddr, code: &str) -> Option<Result<String, Answer>> {
    let form = [("grant_type", PRE_AUTHORIZED_CODE), ("pre-authorized_code", code)];
    let (status, body) = answer(patient().post(format!("http://{service}/token")).send_form(form))?;
    if status != 200 {
        return Some(Err((status, body)));
    }
    let token: TokenResponse = serde_json::from_slice(&body).unwrap();
    Some(Ok(token.access_token.clone()))
}

fn send(service: SocketAddr, path: &str, token: &str, body: &serde_json::Value) -> Option<Answer> {
    let request = patient().post(format!("http://{service}{path}")).header("Authorization", format!("Bearer {token}"));
    answer(request.send(body.to_string()))
}

fn answer(answered: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Option<Answer> {
    let mut response = answered.ok()?;
    Some((response.status().as_u16(), response.body_mut().read_to_vec().ok()?))
}

fn patient() -> ureq::Agent {
    let patience = Some(Duration::from_secs(20));
    ureq::Agent::config_builder().http_status_as_error(false).timeout_global(patience).build().into()
}
