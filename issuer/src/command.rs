//! The commands.

mod audit;
mod console;
mod lab;
mod labs;
mod people;

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use anyhow::Context as _;
use bauta_issuer::{
    Config, Health, IssuingKey, LabName, Operator, Role, ServerSecret, Service, StaffRole, Visitor, World,
};
use bauta_spec::attributes::{TypeName, Use};
use bauta_spec::sealed::{Cost, Kind, Resealed, Resealing};
use bauta_spec::time::Moment;
use clap::{Args, Parser, Subcommand, ValueEnum};
use tracing_subscriber::EnvFilter;

/// The lab's service: results become records, records become passes.
#[derive(Parser)]
#[command(name = "bauta-issuer", version, arg_required_else_help = true)]
pub(crate) struct Line {
    /// The configuration
    #[arg(long, global = true, env = "BAUTA_ISSUER_CONFIG", default_value = "bauta-issuer.toml")]
    config: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a sealed signing key, or the sealed server secret
    Keygen(Keygen),
    /// Change the passphrase of key files and of the server secret
    Reseal(Reseal),
    /// Run the HTTP service
    Serve,
    /// Add one result and print its offer
    Add(lab::Add),
    /// Order one result that is to come, and print its offer
    Order(lab::Order),
    /// Correct a result, before or after it was collected
    Correct(lab::Correct),
    /// Add many results, or orders, from a file: CSV or FHIR
    Import(lab::Import),
    /// How far a result has come
    Status(lab::OneResult),
    /// Take back a result, or many
    Withdraw(lab::Withdraw),
    /// How many results per day and state
    Counts(lab::Counts),
    /// The labs that may enter results here
    #[command(subcommand)]
    Lab(labs::Labs),
    /// What staff did
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Keys for the lab side of the HTTP service
    #[command(subcommand)]
    ApiKey(ApiKey),
    /// Accounts of people who work here
    #[command(subcommand)]
    Account(people::Account),
    /// Invite the first two enrolment officers and print their invitations, once
    FirstOfficers,
    /// Say by which key pass offices that run elsewhere know what is withdrawn here
    WithdrawalsKey,
    /// Copy the database into a new file, while the service runs
    Backup {
        /// The new file; never overwritten, and readable by its owner only
        #[arg(long)]
        out: PathBuf,
    },
    /// Make a copy that was put in the database's place fit to go on from, before the service starts
    AfterRestore {
        /// Yes: every code that waits ends, and the lab gives new ones
        #[arg(long)]
        end_codes: bool,
    },
    /// Check everything and say what to do next
    Doctor,
}

#[derive(Args)]
struct Keygen {
    /// The credential type that the key will sign, such as health-record or entry-pass
    #[arg(long = "type", required_unless_present = "server_secret", conflicts_with = "server_secret")]
    credential_type: Option<TypeName>,
    /// What a type of one's own is for; the types that come with Bauta know it
    #[arg(long = "use", value_enum, requires = "credential_type")]
    usage: Option<Usage>,
    /// Make the server secret instead
    #[arg(long)]
    server_secret: bool,
    /// The new file; never overwritten
    #[arg(long)]
    out: PathBuf,
    /// Where the passphrase stands; asked for otherwise
    #[arg(long, env = "BAUTA_ISSUER_PASSPHRASE_FILE")]
    passphrase_file: Option<PathBuf>,
}

#[derive(Args)]
struct Reseal {
    /// Sealed files; none is changed unless all of them open
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where the passphrase so far stands; asked for otherwise
    #[arg(long, env = "BAUTA_ISSUER_PASSPHRASE_FILE")]
    passphrase_file: Option<PathBuf>,
    /// Where the new one stands; asked for otherwise
    #[arg(long)]
    new_passphrase_file: Option<PathBuf>,
}

/// In which form an answer is printed.
#[derive(Args, Clone, Copy)]
struct Printed {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Printed {
    const IN_WORDS: Self = Self { json: false };
}

#[derive(Clone, Copy, ValueEnum)]
enum Usage {
    Record,
    Pass,
}

#[derive(Subcommand)]
enum ApiKey {
    /// Make a key and show it once
    New {
        /// Its name; stands beside what is done with it
        #[arg(long)]
        name: Operator,
        /// Whom it lets in
        #[arg(long = "for", value_enum, default_value = "lab")]
        visitor: Visitor,
        #[command(flatten)]
        of: lab::ForLab,
        /// What it lets a lab's software do; operator if nothing is said
        #[arg(long, value_enum, conflicts_with = "visitor")]
        role: Option<StaffRole>,
    },
    /// Show the names of all keys
    List,
    /// End a key at once
    End {
        /// Its name
        #[arg(long)]
        name: Operator,
    },
}

pub(crate) async fn run(line: Line) -> anyhow::Result<ExitCode> {
    let config = &line.config;
    match line.command {
        Command::Keygen(keygen) => keygen.run(),
        Command::Reseal(reseal) => reseal.run(),
        Command::Doctor => Ok(doctor(config).await),
        Command::Serve => serve(config).await,
        Command::Add(add) => add.run(&open(config).await?).await,
        Command::Order(order) => order.run(&open(config).await?).await,
        Command::Correct(correct) => correct.run(&open(config).await?).await,
        Command::Import(import) => import.run(&open(config).await?).await,
        Command::Status(one) => one.status(&open(config).await?).await,
        Command::Withdraw(withdraw) => withdraw.run(&open(config).await?).await,
        Command::Counts(counts) => counts.run(&open(config).await?).await,
        Command::Lab(labs) => labs.run(&open(config).await?).await,
        Command::Audit(audit) => audit.run(&open(config).await?).await,
        Command::Backup { out } => backup(&open(config).await?, &out).await,
        Command::AfterRestore { end_codes } => after_restore(&open(config).await?, end_codes).await,
        Command::ApiKey(api_key) => api_key.run(&open(config).await?).await,
        Command::Account(account) => account.run(&open(config).await?).await,
        Command::FirstOfficers => people::first_officers(&open(config).await?).await,
        Command::WithdrawalsKey => {
            println!("{}", open(config).await?.withdrawals_key());
            Ok(ExitCode::SUCCESS)
        }
    }
}

impl Keygen {
    fn run(self) -> anyhow::Result<ExitCode> {
        let passphrase = console::chosen_passphrase(self.passphrase_file.as_deref())?;
        let mut rng = world().rng();
        let cost = Cost::recommended();
        if let Some(credential_type) = self.credential_type {
            let key = match self.usage {
                None => IssuingKey::generate(credential_type, &mut rng),
                Some(Usage::Record) => IssuingKey::generate_for(credential_type, Use::Record, &mut rng),
                Some(Usage::Pass) => IssuingKey::generate_for(credential_type, Use::Pass, &mut rng),
            };
            let public = key.write_new(&self.out, passphrase.bytes(), cost, &mut rng)?;
            let beside = bauta_issuer::public_file(&self.out);
            println!("key {} for {} is in {}", public.id(), public.credential_type(), self.out.display());
            println!("Keep a copy of it and of its passphrase. Send {} to the authority.", beside.display());
        } else {
            ServerSecret::generate(&mut rng).write_new(&self.out, passphrase.bytes(), cost, &mut rng)?;
            println!("the server secret is in {}", self.out.display());
            println!(
                "Keep it apart from copies of the database: together they would open what waits behind short codes."
            );
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Reseal {
    fn run(self) -> anyhow::Result<ExitCode> {
        const OURS: [Kind; 3] = [Kind::RecordKey, Kind::PassKey, Kind::ServerSecret];
        let old = console::passphrase(self.passphrase_file.as_deref())?;
        let new = console::new_passphrase(self.new_passphrase_file.as_deref())?;
        let open = |file: &PathBuf| Resealing::open(file, &OURS, old.bytes(), new.bytes());
        let opened = self.files.iter().map(open).collect::<Result<Vec<_>, _>>()?;
        for (file, opened) in self.files.iter().zip(opened) {
            let file = file.display();
            match opened.put_back(Cost::recommended(), &mut world().rng())? {
                Resealed::Now => println!("{file} opens with the new passphrase"),
                Resealed::Before => println!("{file} opened with the new passphrase already"),
            }
        }
        println!(
            "Put the new passphrase where `passphrase_file` says. Copies made before open with the old one still."
        );
        Ok(ExitCode::SUCCESS)
    }
}

impl ApiKey {
    async fn run(self, service: &Service) -> anyhow::Result<ExitCode> {
        match self {
            Self::New { name, visitor, role, of } => {
                let actor = of.console(service).await?;
                let role = role.unwrap_or(visitor.into());
                println!("{}", *service.new_api_key(&name, role, &actor).await?);
                eprintln!("It cannot be shown again. Send it as `Authorization: Bearer …`.");
                if visitor == Visitor::Office {
                    eprintln!("The office's settings also need: public_key = \"{}\"", service.withdrawals_key());
                }
            }
            Self::List => {
                for key in service.api_keys(&service.owner()).await? {
                    let state = if key.ended { "ended" } else { "in force" };
                    let lab = key.lab.as_ref().map_or("", LabName::as_str);
                    println!("{}\t{}\t{lab}\tmade {}\t{state}", key.name, key.role, key.made);
                }
            }
            Self::End { name } => {
                service.end_api_key(&name, &service.owner()).await?;
                println!("{name} has ended");
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn serve(config: &Path) -> anyhow::Result<ExitCode> {
    say_only_where_it_panicked();
    let service = Arc::new(assemble(config, Logs::Json).await?);
    service.acts_can_go_on().await?;
    if service.config().plays(Role::Records) {
        people::first_officers_at_a_terminal(&service).await?;
    }
    let listener = listen("listen", service.config().listen)?;
    let metrics = match service.config().metrics_listen {
        None => None,
        Some(address) => {
            let listener = listen("metrics_listen", address)?;
            tracing::info!(address = %listener.local_addr()?, "metrics");
            let server = bauta_issuer::serve_metrics(Arc::clone(&service), listener)?;
            let handle = server.handle();
            actix_web::rt::spawn(server);
            Some(handle)
        }
    };
    if let Some(few) = bauta_issuer::few_open_files() {
        tracing::warn!(limit = few, "few connections may be open: raise LimitNOFILE, see README.md");
    }
    tracing::info!(address = %listener.local_addr()?, roles = ?service.config().roles, "listening");
    bauta_issuer::serve(Arc::clone(&service), listener)?.await?;
    if let Some(metrics) = metrics {
        metrics.stop(false).await;
    }
    service.store().close().await;
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

async fn backup(service: &Service, out: &Path) -> anyhow::Result<ExitCode> {
    service.backup(out, &service.at_console("console".parse()?)).await?;
    println!("the database is copied into {}", out.display());
    println!("Keep the key files and the settings as well, and server.secret apart from this copy.");
    Ok(ExitCode::SUCCESS)
}

async fn after_restore(service: &Service, end_codes: bool) -> anyhow::Result<ExitCode> {
    if !end_codes {
        let waiting = service.codes_to_end().await?;
        eprintln!("This is for a database that was restored from a copy, and would end {waiting} codes that wait:");
        eprintln!("any of them may have been used since the copy was made. If so: --end-codes.");
        return Ok(ExitCode::FAILURE);
    }
    let done = service.after_restore(&service.at_console("console".parse()?)).await?;
    println!("{} codes have ended; {} records that were under way count as collected.", done.ended, done.collected);
    println!("Withdrawals go on after number {}, which no office has heard.", done.number);
    println!("Before the service starts:");
    println!("- withdraw again what was withdrawn since the copy was made: `bauta-issuer withdraw`;");
    println!(
        "- end again what was ended since: {} API keys and {} accounts are in force, see `bauta-issuer api-key list`, \
         `account list` and `lab list`;",
        done.api_keys, done.accounts
    );
    println!("- invite again who had not begun: sessions, invitations and open proposals have ended;");
    println!("- new codes for those who had not collected: `bauta-issuer add --again`.");
    Ok(ExitCode::SUCCESS)
}

fn listen(setting: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).with_context(|| {
        format!("cannot listen on {address}: is something else there? Set `{setting}` to another address")
    })
}

async fn doctor(config: &Path) -> ExitCode {
    let ask = || console::typed("Passphrase: ");
    let findings = bauta_issuer::examine(config, ask, &world()).await;
    for finding in &findings {
        let mark = match finding.health {
            Health::Well => "ok  ",
            Health::Warning => "warn",
            Health::Ill => "FAIL",
        };
        println!("{mark}  {}", finding.words);
    }
    if findings.iter().any(|finding| finding.health == Health::Ill) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

async fn open(config: &Path) -> anyhow::Result<Service> {
    assemble(config, Logs::Plain).await
}

async fn assemble(config: &Path, logs: Logs) -> anyhow::Result<Service> {
    let config = Config::read(config)?;
    logs.begin(&config.log_level);
    let passphrase = console::passphrase(config.passphrase_file.as_deref())?;
    Ok(Service::open(config, passphrase.bytes(), world()).await?)
}

enum Logs {
    /// To standard output, for programs that collect them.
    Json,
    /// To standard error, warnings only, for the person at the console.
    Plain,
}

impl Logs {
    /// Only what this crate writes: what others log may hold paths, addresses and values.
    fn begin(self, level: &str) {
        let ours = |level: &str| EnvFilter::new(format!("bauta_issuer={level}"));
        match self {
            // A log that cannot be written, on a full disk, is no reason to fail.
            Self::Json => {
                tracing_subscriber::fmt().json().log_internal_errors(false).with_env_filter(ours(level)).init();
            }
            Self::Plain => {
                tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(ours("warn")).init();
            }
        }
    }
}

/// What a panic says of itself may hold what somebody sent.
fn say_only_where_it_panicked() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(String::new, ToString::to_string);
        tracing::error!(place, "a fault of this program: please report the place");
    }));
}

/// The real clock and the real chance. Without either nothing here can go on.
fn world() -> World {
    let begun = Instant::now();
    let world = World::new(
        || {
            let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            Moment::from_unix(since_1970.as_secs())
        },
        |bytes| getrandom::fill(bytes).expect("the operating system gives randomness, or no key can be made"),
    );
    world.with_steady(move || begun.elapsed())
}
