//! A real Redis: started here, on a port of its own, and stopped.
#![allow(dead_code)] // each story needs another part of it

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use bauta_verifier::SharedBook;
use tempfile::TempDir;

/// A server that keeps nothing on a disk.
pub(crate) struct Redis {
    server: Child,
    folder: TempDir,
    port: u16,
}

impl Redis {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let redis = Self { server: Self::serve(port, &folder), folder, port };
        redis.is_ready();
        redis
    }

    fn serve(port: u16, folder: &TempDir) -> Child {
        let port = port.to_string();
        let mut server = Command::new("redis-server");
        server.args(["--port", &port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
        server.current_dir(folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
        server
            .spawn()
            .expect("redis-server is installed: on Debian by `apt-get install redis-server`, or by `cargo xtask test`")
    }

    pub(crate) fn address(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    fn is_ready(&self) {
        let from = Instant::now();
        while SharedBook::at(&self.address()).is_err() {
            assert!(from.elapsed() < Duration::from_secs(20), "the server does not answer");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Everything that it holds, as its own tool shows it.
    pub(crate) fn all_that_it_holds(&self) -> Vec<u8> {
        let keys = String::from_utf8(self.ask(&["KEYS", "*"])).unwrap();
        let mut all = keys.clone().into_bytes();
        for key in keys.lines() {
            all.extend(self.ask(&["GET", key]));
        }
        all
    }

    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.server.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    pub(crate) fn stop(&mut self) {
        self.server.kill().unwrap();
        self.server.wait().unwrap();
    }

    /// Seconds that a processor has worked for it, as it says itself.
    pub(crate) fn processor_time(&self) -> f64 {
        let told = String::from_utf8(self.ask(&["INFO", "cpu"])).unwrap();
        let seconds =
            |name| told.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().parse::<f64>().unwrap();
        seconds("used_cpu_user:") + seconds("used_cpu_sys:")
    }

    /// Dies with everything that it held, and is started again.
    pub(crate) fn lose_everything(&mut self) {
        self.stop();
        self.server = Self::serve(self.port, &self.folder);
        self.is_ready();
    }

    fn ask(&self, words: &[&str]) -> Vec<u8> {
        Command::new("redis-cli").args(["-p", &self.port.to_string()]).args(words).output().unwrap().stdout
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
