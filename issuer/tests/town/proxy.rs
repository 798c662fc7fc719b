//! Stands between the service and its database: cuts a connection where it hurts, or holds back what goes through.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)] // one test file uses it, and a test may fail

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};

/// What gets lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// The request: the server never sees it.
    Request,
    /// The answer: the server has done it, and nobody is told.
    Answer,
}

/// A proxy in front of a server's socket.
pub struct Proxy {
    folder: tempfile::TempDir,
    fault: Arc<Fault>,
}

struct Fault {
    /// So many requests still go through; below zero nothing is cut.
    after: AtomicI64,
    lost: Mutex<Lost>,
    cuts: AtomicU64,
    stalled: Mutex<bool>,
    goes_on: Condvar,
}

impl Fault {
    /// Waits for as long as nothing goes through.
    fn pass(&self) {
        let stalled = self.stalled.lock().unwrap();
        drop(self.goes_on.wait_while(stalled, |stalled| *stalled).unwrap());
    }
}

const SOCKET: &str = ".s.PGSQL.5432";

impl Proxy {
    pub fn before(server: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join(SOCKET)).unwrap();
        let fault = Arc::new(Fault {
            after: AtomicI64::new(-1),
            lost: Mutex::new(Lost::Request),
            cuts: AtomicU64::new(0),
            stalled: Mutex::new(false),
            goes_on: Condvar::new(),
        });
        let (server, shared) = (server.join(SOCKET), Arc::clone(&fault));
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (Ok(client), Ok(server)) = (client, UnixStream::connect(&server)) else { continue };
                let fault = Arc::clone(&shared);
                std::thread::spawn(move || carry(client, server, &fault));
            }
        });
        Self { folder, fault }
    }

    /// Where the service finds it.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// Lets `after` requests through and cuts the connection at the next one.
    pub fn cut(&self, after: i64, lost: Lost) {
        *self.fault.lost.lock().unwrap() = lost;
        self.fault.after.store(after, Ordering::SeqCst);
    }

    /// Holds everything back, in both directions, on connections that stay open.
    pub fn stall(&self) {
        *self.fault.stalled.lock().unwrap() = true;
    }

    /// Lets go of it.
    pub fn go_on(&self) {
        *self.fault.stalled.lock().unwrap() = false;
        self.fault.goes_on.notify_all();
    }

    /// How often it has cut.
    pub fn cuts(&self) -> u64 {
        self.fault.cuts.load(Ordering::SeqCst)
    }
}

/// The driver sends each statement with all that belongs to it in one piece.
fn carry(mut client: UnixStream, mut server: UnixStream, fault: &Arc<Fault>) {
    let (mut answers, mut back) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    let held_back = Arc::clone(fault);
    let answering = std::thread::spawn(move || {
        let mut piece = vec![0; 1 << 16];
        while let Ok(length @ 1..) = answers.read(&mut piece) {
            held_back.pass();
            if back.write_all(&piece[..length]).is_err() {
                break;
            }
        }
        drop(back.shutdown(std::net::Shutdown::Write));
    });
    let mut piece = vec![0; 1 << 16];
    while let Ok(length @ 1..) = client.read(&mut piece) {
        fault.pass();
        let cut = fault.after.fetch_sub(1, Ordering::SeqCst) == 0;
        if cut {
            fault.cuts.fetch_add(1, Ordering::SeqCst);
            // From here on the service hears nothing more.
            drop(client.shutdown(std::net::Shutdown::Both));
        }
        if !cut || *fault.lost.lock().unwrap() == Lost::Answer {
            drop(server.write_all(&piece[..length]));
        }
        if cut {
            break;
        }
    }
    // What was sent before still arrives.
    drop(server.shutdown(std::net::Shutdown::Write));
    drop(answering.join());
}
