//! Many visitors at once, cheap enough that a machine can be both they and the service: each has one connection and says the same bytes.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)] // some test files use it, and a test may fail

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A request as it goes over the wire.
pub fn request(method: &str, path: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("{method} {path} HTTP/1.1\r\nHost: bauta\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

const PATIENCE: Duration = Duration::from_secs(20);

/// One connection, made again when it is gone.
pub struct Visitor {
    address: SocketAddr,
    stream: Option<BufReader<TcpStream>>,
}

impl Visitor {
    pub fn new(address: SocketAddr) -> Self {
        Self { address, stream: None }
    }

    /// Over a connection that is there already.
    pub fn over(address: SocketAddr, stream: TcpStream) -> Self {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { address, stream: Some(BufReader::new(stream)) }
    }

    /// The status of an answer and how long it took, or nothing when the connection failed.
    pub fn ask(&mut self, request: &[u8]) -> Option<(u16, Duration)> {
        let begun = Instant::now();
        let status = self.status(request);
        if status.is_none() {
            self.stream = None;
        }
        Some((status?, begun.elapsed()))
    }

    fn status(&mut self, request: &[u8]) -> Option<u16> {
        if self.stream.is_none() {
            let stream = TcpStream::connect(self.address).ok()?;
            stream.set_nodelay(true).ok()?;
            stream.set_read_timeout(Some(PATIENCE)).ok()?;
            self.stream = Some(BufReader::new(stream));
        }
        let stream = self.stream.as_mut()?;
        stream.get_mut().write_all(request).ok()?;
        let (mut status, mut length, mut line) = (None, 0, String::new());
        loop {
            line.clear();
            stream.read_line(&mut line).ok().filter(|read| *read > 0)?;
            if line == "\r\n" {
                break;
            }
            let lower = line.to_ascii_lowercase();
            if let Some(number) = lower.strip_prefix("content-length:") {
                length = number.trim().parse().ok()?;
            }
            status = status.or_else(|| line.split(' ').nth(1)?.parse().ok());
        }
        std::io::copy(&mut stream.take(length), &mut std::io::sink()).ok().filter(|read| *read == length)?;
        status
    }
}

/// What came of a load.
#[derive(Default)]
pub struct Told {
    pub by_status: BTreeMap<u16, u64>,
    /// Connections that failed.
    pub failed: u64,
    /// How long those answers took that were what was asked for.
    pub accepted: Vec<Duration>,
    pub lasted: Duration,
}

impl Told {
    pub fn per_second(&self) -> f64 {
        self.accepted.len() as f64 / self.lasted.as_secs_f64()
    }

    /// The duration that so many of a hundred did not exceed.
    pub fn percentile(&self, percent: usize) -> Duration {
        let mut sorted = self.accepted.clone();
        sorted.sort();
        sorted.get((sorted.len() * percent / 100).min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
    }
}

/// `visitors` ask for `lasting`, each as soon as it has an answer, or together so many times a second whether answers come or not.
pub fn offer(
    addresses: &[SocketAddr],
    visitors: usize,
    rate: Option<f64>,
    lasting: Duration,
    requests: &[Vec<u8>],
) -> Told {
    let (told, next) = (Mutex::new(Told::default()), AtomicU64::new(0));
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for visitor in 0..visitors {
            let (told, next) = (&told, &next);
            scope.spawn(move || {
                let mut one = Visitor::new(addresses[visitor % addresses.len()]);
                let mut mine = Told::default();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let due = rate.map_or(Duration::ZERO, |rate| Duration::from_secs_f64(number as f64 / rate));
                    if due.max(begun.elapsed()) >= lasting {
                        break;
                    }
                    std::thread::sleep(due.saturating_sub(begun.elapsed()));
                    match one.ask(&requests[number as usize % requests.len()]) {
                        Some((status, took)) => {
                            *mine.by_status.entry(status).or_default() += 1;
                            mine.accepted.extend((status == 200).then_some(took));
                        }
                        None => mine.failed += 1,
                    }
                }
                let mut told = told.lock().unwrap();
                told.failed += mine.failed;
                told.accepted.extend(mine.accepted);
                for (status, number) in mine.by_status {
                    *told.by_status.entry(status).or_default() += number;
                }
            });
        }
    });
    Told { lasted: begun.elapsed(), ..told.into_inner().unwrap() }
}
