//! A real PostgreSQL for tests: a cluster in a temporary folder, on a socket that only this machine's tests find.
//!
//! Tests run in processes of their own, and whatever happens to them, nothing may be left running. So every user of a cluster holds a
//! shared lock on a file, which the kernel takes back when the process ends, however it ends; a small shell script waits until nobody
//! holds it any more, stops the server and removes the folder.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::panic)] // each test uses a part of it, and a test may fail

use std::fs::{self, File};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// A running server; stopped some seconds after its last user has gone.
pub struct Cluster {
    folder: PathBuf,
    _in_use: File,
}

/// How a server treats the disk and its log.
#[derive(Clone, Copy)]
pub enum Care {
    /// As it comes: what is committed is on the disk.
    Durable,
    /// Fast, for tests in which nothing crashes.
    Quick,
    /// It logs every statement with its values, as a curious operator would have it.
    Chatty,
}

impl Cluster {
    /// The one that all tests share. Each takes a [`Cluster::database`] of its own in it.
    pub fn shared() -> Self {
        let turn = lock_file("postgres-turn");
        turn.lock().unwrap();
        let mut users = lock_file("postgres-users");
        // Waits while the script is putting an earlier server away.
        users.lock_shared().unwrap();
        let mut folder = String::new();
        users.read_to_string(&mut folder).unwrap();
        let folder = PathBuf::from(folder);
        if answers(&folder) {
            return Self { folder, _in_use: users };
        }
        let folder = set_up("16");
        start(&folder, Care::Quick);
        users.set_len(0).unwrap();
        users.rewind().unwrap();
        write!(users, "{}", folder.display()).unwrap();
        stop_after_the_last_user(&folder, "postgres-users");
        Self { folder, _in_use: users }
    }

    /// One that a test has to itself, to kill it or to read its files.
    pub fn alone(care: Care) -> Self {
        Self::in_folder(set_up("16"), care)
    }

    /// One whose log of changes is kept in files of a mebibyte, so that its other files may be forbidden to grow beyond that.
    pub fn with_a_short_log() -> Self {
        Self::in_folder(set_up("1"), Care::Quick)
    }

    fn in_folder(folder: PathBuf, care: Care) -> Self {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let user = lock_file(&name);
        user.lock_shared().unwrap();
        stop_after_the_last_user(&folder, &name);
        start(&folder, care);
        Self { folder, _in_use: user }
    }

    /// Makes an empty database; gives its address.
    pub fn database(&self) -> String {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        self.address(&name)
    }

    /// The address of a database, for its superuser.
    pub fn address(&self, database: &str) -> String {
        format!("postgres:///{database}?host={}&user=postgres", self.folder.display())
    }

    /// Runs SQL by PostgreSQL's own client; what it prints, without headings.
    pub fn sql(&self, database: &str, sql: &str) -> String {
        let mut psql = as_postgres("psql");
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database, "-c", sql]);
        let said = done(psql.arg("-h").arg(&self.folder));
        String::from_utf8(said.stdout).unwrap()
    }

    /// Where the cluster keeps everything, its log included.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Ends the server as `kill -9` does.
    pub fn kill(&self) {
        assert!(Command::new("kill").args(["-9", &self.process()]).status().unwrap().success());
    }

    /// How large the server's files may become from now on, for all of its processes; `None`: as large as they like.
    pub fn limit_files(&self, bytes: Option<u64>) {
        let limit = bytes.map_or_else(|| "unlimited".to_owned(), |bytes| bytes.to_string());
        let server = self.process();
        let children = Command::new("pgrep").args(["-P", &server]).output().unwrap().stdout;
        let all = format!("{server}\n{}", String::from_utf8(children).unwrap());
        for process in all.lines() {
            // By the server's own user: root may lack the right. One or the other may have ended meanwhile.
            let limited = as_server("prlimit").args(["--pid", process, &format!("--fsize={limit}:unlimited")]).output();
            let refused = !limited.unwrap().status.success() && Path::new("/proc").join(process).exists();
            assert!(!refused, "the server's files cannot be limited");
        }
    }

    /// Seconds that a processor has worked for the server, in all its processes that there are now.
    pub fn processor_time(&self) -> f64 {
        let server = self.process();
        let children = Command::new("pgrep").args(["-P", &server]).output().unwrap().stdout;
        let all = format!("{server}\n{}", String::from_utf8(children).unwrap());
        all.lines().map(|process| processor_time(process.parse().unwrap())).sum()
    }

    fn process(&self) -> String {
        let file = fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap();
        file.lines().next().unwrap().to_owned()
    }

    /// Starts it again after [`Cluster::kill`], with its recovery.
    pub fn start_again(&self, care: Care) {
        start(&self.folder, care);
    }
}

/// Seconds that a processor has worked for a process.
pub fn processor_time(process: u32) -> f64 {
    /// As Linux counts for everybody, whatever it counts by itself.
    const TICKS: f64 = 100.0;
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // After the name, which may hold anything: state, and eleven numbers later the two that count.
    let after = stat.rsplit_once(')').map_or("", |(_, after)| after);
    let ticks = |field: usize| after.split_whitespace().nth(field).map_or(0.0, |ticks| ticks.parse().unwrap());
    (ticks(11) + ticks(12)) / TICKS
}

fn lock_file(name: &str) -> File {
    fs::create_dir_all(locks()).unwrap();
    File::options().read(true).write(true).create(true).truncate(false).open(locks().join(name)).unwrap()
}

/// One folder for the whole build, so that several test programs find each other.
fn locks() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    // <target>/<profile>/deps/<program>
    program.ancestors().nth(3).unwrap().join("postgres-locks")
}

/// A new cluster in a new folder, which belongs to the user that the server runs as.
fn set_up(mebibytes_of_log: &str) -> PathBuf {
    let made = done(as_server("mktemp").args(["-d", "-t", "bauta-postgres-XXXXXXXX"]));
    let folder = PathBuf::from(String::from_utf8(made.stdout).unwrap().trim());
    let mut initdb = as_postgres("initdb");
    initdb.args(["--no-sync", "--no-locale", "--encoding=UTF8", "--auth=trust", "--username=postgres"]);
    initdb.args(["--wal-segsize", mebibytes_of_log]);
    done(initdb.arg("--pgdata").arg(folder.join("data")));
    // One role that must say its password, for the tests of just that.
    let rules = "local all guarded scram-sha-256\nlocal all all trust\n";
    fs::write(folder.join("data/pg_hba.conf"), rules).unwrap();
    folder
}

fn start(folder: &Path, care: Care) {
    let socket = folder.display();
    let mut settings = format!("-c listen_addresses= -c unix_socket_directories={socket} -c max_connections=300");
    settings += match care {
        Care::Durable => "",
        Care::Quick => " -c fsync=off -c synchronous_commit=off -c full_page_writes=off",
        Care::Chatty => " -c log_statement=all -c log_min_duration_statement=0 -c log_parameter_max_length_on_error=-1",
    };
    let begun = Instant::now();
    loop {
        let mut control = as_postgres("pg_ctl");
        control.args(["start", "--wait", "--silent", "--timeout=60", "--options", &settings]);
        control.arg("--log").arg(folder.join("log")).arg("--pgdata").arg(folder.join("data"));
        // Its children would keep a pipe of ours open.
        control.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if control.status().unwrap().success() {
            return;
        }
        // Processes of a killed server may need a moment to notice.
        let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
        assert!(begun.elapsed() < Duration::from_secs(60), "PostgreSQL does not start:\n{log}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn answers(folder: &Path) -> bool {
    let mut ready = as_postgres("pg_isready");
    ready.arg("-h").arg(folder).stdout(Stdio::null());
    folder.is_absolute() && ready.status().unwrap().success()
}

/// Every two seconds: is the lock free? Then nobody uses the server any more. Is the process that it named still this server? Then end it.
fn stop_after_the_last_user(folder: &Path, lock: &str) {
    const KEEPER: &str = r#"
        while sleep 2; do
            flock --nonblock "$LOCK" sh -c '
                server=$(head -n 1 "$FOLDER/data/postmaster.pid")
                while ps -o args= -p "${server:-0}" | grep -qF "$FOLDER"; do kill -QUIT "$server"; sleep 0.1; done
                rm -rf "$FOLDER"' && break
        done"#;
    let mut keeper = Command::new("setsid");
    keeper.args(["--fork", "sh", "-c", KEEPER]).env("LOCK", locks().join(lock)).env("FOLDER", folder);
    keeper.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    assert!(keeper.status().unwrap().success());
}

/// One of PostgreSQL's programs, as the user that it insists on.
fn as_postgres(program: &str) -> Command {
    as_server(programs().join(program).to_str().unwrap())
}

/// PostgreSQL refuses to run as root; Debian's package brings a user for it.
fn as_server(program: &str) -> Command {
    let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let mut command = Command::new(if root { "runuser" } else { program });
    if root {
        command.args(["-u", "postgres", "--", program]);
    }
    command.current_dir("/");
    command
}

/// Debian keeps the newest installed version's programs there; elsewhere they are on the path.
fn programs() -> PathBuf {
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
    let newest = installed.map(|version| version.path().join("bin")).filter(|bin| bin.join("initdb").exists()).max();
    let on_the_path =
        || std::env::split_paths(&std::env::var_os("PATH").unwrap()).find(|bin| bin.join("initdb").exists());
    newest
        .or_else(on_the_path)
        .expect("PostgreSQL is installed: on Debian by `apt-get install postgresql`, or by `cargo xtask test` as root")
}

fn done(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}
