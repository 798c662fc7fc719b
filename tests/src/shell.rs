//! Runs command lines as a person would type them: one text that is shown, copied and run alike.

use std::ffi::OsString;
use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// A folder to stand in, a few variables, and the folder of the programs.
#[derive(Clone, Debug)]
pub struct Shell {
    folder: PathBuf,
    programs: PathBuf,
    variables: Vec<(&'static str, OsString)>,
}

/// How a command ended.
#[derive(Debug)]
pub struct Ran {
    /// Its exit code; `None` after a signal.
    pub code: Option<i32>,
    /// What it printed.
    pub out: String,
    /// What it complained about.
    pub err: String,
}

/// Why a command line could not be run at all.
#[derive(Debug, thiserror::Error)]
pub enum ShellError {
    /// The programs are not where this one is.
    #[error("there is no {0}: run `cargo build --workspace --bins` first")]
    NotBuilt(PathBuf),
    /// A quote that does not end, or nothing at all.
    #[error("not a command line: {0}")]
    NotALine(String),
    /// The service did not come up.
    #[error("the service did not answer on {address} within {seconds} s; its log is {log}", log = log.display())]
    NotUp {
        /// Where it should have answered.
        address: SocketAddr,
        /// How long we waited.
        seconds: u64,
        /// What it printed.
        log: PathBuf,
    },
    /// The machine says no.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// How long a service may take to come up: sealed keys are slow to open on purpose.
const PATIENCE: Duration = Duration::from_secs(30);

impl Shell {
    /// A shell in `folder`, for the programs that `cargo build` put beside the one that is running now.
    ///
    /// # Errors
    /// [`ShellError`].
    pub fn new(folder: &Path) -> Result<Self, ShellError> {
        std::fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.canonicalize()?, programs: programs()?, variables: Vec::new() })
    }

    /// Where it stands.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the programs are.
    #[must_use]
    pub fn programs(&self) -> &Path {
        &self.programs
    }

    /// The variables set so far.
    #[must_use]
    pub fn variables(&self) -> &[(&'static str, OsString)] {
        &self.variables
    }

    /// Sets a variable for every later command.
    pub fn set(&mut self, name: &'static str, value: impl Into<OsString>) {
        self.variables.push((name, value.into()));
    }

    /// Runs a line to its end, with nothing on its standard input.
    ///
    /// # Errors
    /// [`ShellError`]; a command that fails is no error here.
    pub fn run(&self, line: &str) -> Result<Ran, ShellError> {
        let output = self.command(line)?.stdin(Stdio::null()).output()?;
        Ok(Ran::new(output.status, &output.stdout, &output.stderr))
    }

    /// Runs a line and types `inputs` into it, each after its pause.
    ///
    /// # Errors
    /// [`ShellError`].
    pub fn run_typing(&self, line: &str, inputs: &[(Duration, &str)]) -> Result<Ran, ShellError> {
        let mut child =
            self.command(line)?.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let mut input = child.stdin.take().ok_or_else(|| io::Error::from(io::ErrorKind::BrokenPipe))?;
        for (pause, text) in inputs {
            std::thread::sleep(*pause);
            input.write_all(text.as_bytes())?;
            input.flush()?;
        }
        drop(input);
        let output = child.wait_with_output()?;
        Ok(Ran::new(output.status, &output.stdout, &output.stderr))
    }

    /// Starts a line and leaves it running, its output in `log`.
    ///
    /// # Errors
    /// [`ShellError`].
    pub fn start(&self, line: &str, log: &Path) -> Result<Running, ShellError> {
        let out = std::fs::File::options().create(true).append(true).open(self.folder.join(log))?;
        let child = self.command(line)?.stdin(Stdio::null()).stderr(out.try_clone()?).stdout(out).spawn()?;
        Ok(Running { child, log: log.to_owned() })
    }

    /// The command behind a line, ready to be changed and started.
    ///
    /// # Errors
    /// [`ShellError`].
    pub fn command(&self, line: &str) -> Result<Command, ShellError> {
        let mut words = words(line)?.into_iter();
        let name = words.next().ok_or_else(|| ShellError::NotALine(line.to_owned()))?;
        let program = self.programs.join(&name);
        if !program.exists() {
            return Err(ShellError::NotBuilt(program));
        }
        let mut command = Command::new(program);
        command.args(words).current_dir(&self.folder);
        // What the person at the keyboard has set must not change the story.
        for (stray, _) in std::env::vars_os() {
            if stray.to_str().is_some_and(|name| name.starts_with("BAUTA_")) {
                command.env_remove(stray);
            }
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        Ok(command)
    }
}

impl Ran {
    fn new(status: ExitStatus, out: &[u8], err: &[u8]) -> Self {
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        Self { code: status.code(), out: text(out), err: text(err) }
    }

    /// Everything it said.
    #[must_use]
    pub fn said(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}

/// A command that was left running; stopped when this goes.
#[derive(Debug)]
pub struct Running {
    child: Child,
    log: PathBuf,
}

impl Running {
    /// Waits until something listens on `address`.
    ///
    /// # Errors
    /// [`ShellError::NotUp`].
    pub fn wait_for(&mut self, address: SocketAddr) -> Result<(), ShellError> {
        let started = Instant::now();
        while started.elapsed() < PATIENCE && self.child.try_wait()?.is_none() {
            if TcpStream::connect_timeout(&address, Duration::from_millis(200)).is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(ShellError::NotUp { address, seconds: started.elapsed().as_secs(), log: self.log.clone() })
    }

    /// Waits until it ends by itself.
    ///
    /// # Errors
    /// The machine says no.
    pub fn ended(&mut self) -> io::Result<ExitStatus> {
        self.child.wait()
    }

    /// Asks it to end, and waits.
    ///
    /// # Errors
    /// The machine says no.
    pub fn stop(mut self) -> io::Result<ExitStatus> {
        Command::new("kill").arg(self.child.id().to_string()).status()?;
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.kill()
    }

    /// Ends it at once, as `kill -9` does: it gets no chance to tidy up.
    ///
    /// # Errors
    /// The machine says no.
    pub fn kill(&mut self) -> io::Result<ExitStatus> {
        self.child.kill()?;
        self.child.wait()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Has it ended already, then both fail, and that is what was wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A loopback address at which nothing listens at the moment.
///
/// # Errors
/// The machine says no.
pub fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind(("127.0.0.1", 0))?.local_addr()
}

/// `text` as one word of a command line.
#[must_use]
pub fn quoted(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=,+@".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) { text.to_owned() } else { format!("'{text}'") }
}

/// The words of a line: separated by spaces, or between single or double quotes.
fn words(line: &str) -> Result<Vec<String>, ShellError> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, after) = match first {
            '\'' | '"' => rest[1..].split_once(first).ok_or_else(|| ShellError::NotALine(line.to_owned()))?,
            _ => rest.split_once(' ').unwrap_or((rest, "")),
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    Ok(words)
}

/// Tests run in `target/<profile>/deps`, programs in `target/<profile>`.
fn programs() -> Result<PathBuf, ShellError> {
    let own = std::env::current_exe()?;
    let folder = own.parent().unwrap_or(Path::new("."));
    let folder = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
    Ok(folder.to_owned())
}
