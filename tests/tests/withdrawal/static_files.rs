//! A plain web server for a folder, as any host has one, that notes every byte it was asked with.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// When.
    pub(crate) at: Instant,
    /// Its first line.
    pub(crate) line: String,
    /// Names in small letters, and values.
    pub(crate) headers: BTreeMap<String, String>,
}

/// The server. It goes on until the test ends.
#[derive(Clone, Debug)]
pub(crate) struct StaticFiles {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl StaticFiles {
    /// Serves the files of `folder`.
    pub(crate) fn of(folder: &Path) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let server = Self { address: listener.local_addr()?, asked: Arc::default() };
        let (folder, asked) = (folder.to_owned(), Arc::clone(&server.asked));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (folder, asked) = (folder.clone(), Arc::clone(&asked));
                // A visitor that goes away in the middle is nobody's loss.
                thread::spawn(move || drop(answer(&stream, &folder, &asked)));
            }
        });
        Ok(server)
    }

    /// The address of a file.
    pub(crate) fn url(&self, file: &str) -> String {
        format!("http://{}/{file}", self.address)
    }

    /// What was asked since the last time.
    pub(crate) fn taken(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn answer(mut stream: &TcpStream, folder: &Path, asked: &Mutex<Vec<Asked>>) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut lines = BufReader::new(stream).lines();
    let line = lines.next().transpose()?.unwrap_or_default();
    let mut headers = BTreeMap::new();
    for header in lines {
        let header = header?;
        let Some((name, value)) = header.split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let file = file_of(&line, folder);
    asked.lock().unwrap_or_else(PoisonError::into_inner).push(Asked { at: Instant::now(), line, headers });
    let (status, body) = match file.and_then(|file| fs::read(file).ok()) {
        Some(bytes) => ("200 OK", bytes),
        None => ("404 Not Found", Vec::new()),
    };
    // What hosts like to send: nobody may come back with it.
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nETag: \"you\"\r\nLast-Modified: Tue, 24 Nov 2026 12:00:00 GMT\r\n\
         Set-Cookie: visitor=you; Max-Age=31536000\r\nCache-Control: public, max-age=86400\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(&body)
}

fn file_of(line: &str, folder: &Path) -> Option<PathBuf> {
    let name = line.strip_prefix("GET /")?.split(' ').next()?;
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
    plain.then(|| folder.join(name))
}
