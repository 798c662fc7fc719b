//! A city with its web pages: a lab's service, the wallet's page, the verifier's page, and one that shows both side by side.
//!
//! `bauta-pages FOLDER BUILT` sets the city up in FOLDER and serves what `cargo xtask web` built into BUILT, until ctrl-c. With
//! `--for-tests` it prints one line of JSON instead of sentences, takes `restart` on its standard input (the lab's service, so
//! that a newer trust list counts at once), and ends with its input.
#![forbid(unsafe_code)]

mod sample;

use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use actix_web::rt;
use anyhow::{Context, Result};
use bauta_tests::city::{City, ROOT};
use bauta_tests::pages::{Frames, Site};
use bauta_tests::shell::Running;
use serde_json::json;

use crate::sample::Samples;

/// Only what stands beside it may run in the page that shows the two, and only from here may they be shown inside it.
const LOOK_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; \
    trusted-types 'none'";

struct Arguments {
    folder: PathBuf,
    built: PathBuf,
    for_tests: bool,
}

/// Where everything can be found.
struct Places {
    wallet: String,
    verifier: String,
    look: String,
}

fn main() -> ExitCode {
    let Some(arguments) = Arguments::read(std::env::args_os().skip(1).map(PathBuf::from).collect()) else {
        eprintln!("usage: bauta-pages FOLDER BUILT [--for-tests]   (BUILT: target/web, from `cargo xtask web`)");
        return ExitCode::from(2);
    };
    match rt::System::new().block_on(run(&arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nThe pages cannot be shown: {error:#}");
            ExitCode::FAILURE
        }
    }
}

impl Arguments {
    fn read(words: Vec<PathBuf>) -> Option<Self> {
        match words.as_slice() {
            [folder, built] => Some(Self { folder: folder.clone(), built: built.clone(), for_tests: false }),
            [folder, built, flag] if flag.as_os_str() == "--for-tests" => {
                Some(Self { folder: folder.clone(), built: built.clone(), for_tests: true })
            }
            _ => None,
        }
    }
}

async fn run(arguments: &Arguments) -> Result<()> {
    let city = City::found_anew(&arguments.folder)?;
    city.set_up()?;
    let lab = city.serve()?;
    let places = serve_pages(&city, &arguments.built)?;
    if arguments.for_tests {
        answer_tests(&city, lab, &places).await
    } else {
        greet(&places);
        Ok(tokio::signal::ctrl_c().await?)
    }
}

/// Each page at an origin of its own, as hosts serve them; and both again, below one origin, beside each other.
fn serve_pages(city: &City, built: &Path) -> Result<Places> {
    let lab = format!("http://{}", city.address());
    let settings = settings(city)?;
    let page =
        |site: Site, path: &str, name: &str, frames| site.with_built(path, &built.join(name), &settings, &lab, frames);
    let wallet = page(Site::default(), "/", "wallet", Frames::Nobody)?;
    let verifier = page(Site::default(), "/", "verifier", Frames::Nobody)?;
    let look = Site::default().with_plain(&Path::new(env!("CARGO_MANIFEST_DIR")).join("web/look"), LOOK_POLICY)?;
    let look = page(look, "/wallet/", "wallet", Frames::SameOrigin)?;
    let look = page(look, "/verifier/", "verifier", Frames::SameOrigin)?;

    let samples = Samples::of(city);
    Ok(Places {
        wallet: begin(|listener| wallet.serve(listener, |_| ()))?,
        verifier: begin(|listener| verifier.serve(listener, |_| ()))?,
        look: begin(|listener| look.serve(listener, move |routes| samples.route(routes)))?,
    })
}

/// Starts a server on a free port of loopback, and says where.
fn begin(server: impl FnOnce(TcpListener) -> std::io::Result<actix_web::dev::Server>) -> Result<String> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let address = listener.local_addr()?;
    rt::spawn(server(listener)?);
    // By name, because that is what people type; browsers treat it as safe without TLS, as they do the number.
    Ok(format!("http://localhost:{}/", address.port()))
}

/// What a host writes into bauta.json beside each page.
fn settings(city: &City) -> Result<serde_json::Value> {
    let root = city.shell().folder().join(ROOT);
    let root = std::fs::read_to_string(&root).with_context(|| format!("{} cannot be read", root.display()))?;
    Ok(json!({
        "root": root.trim(),
        "trustList": city.trust_url(),
        "issuers": [{ "name": "City laboratory", "url": format!("http://{}", city.address()) }],
        "languages": ["en", "nl", "ar"],
        "brand": { "name": "Bauta" },
    }))
}

fn greet(places: &Places) {
    println!(
        "
Wallet and verifier side by side, with a sample person ready to collect:

  {}

Each by itself, served as a host would serve it:

  {}   the wallet
  {}   the verifier

Open them in a browser on this machine. Ctrl-c ends everything.",
        places.look, places.wallet, places.verifier
    );
}

async fn answer_tests(city: &City, mut lab: Running, places: &Places) -> Result<()> {
    let shell = city.shell();
    let variables = shell.variables().iter().map(|(name, value)| ((*name).to_owned(), value.to_string_lossy().into()));
    say(&json!({
        "folder": shell.folder(),
        "programs": shell.programs(),
        "variables": variables.collect::<serde_json::Map<String, serde_json::Value>>(),
        "settings": settings(city)?,
        "lab": format!("http://{}", city.address()),
        "wallet": places.wallet,
        "verifier": places.verifier,
        "look": places.look,
    }))?;
    loop {
        let line = rt::task::spawn_blocking(|| std::io::stdin().lines().next()).await?;
        match line.transpose()?.as_deref() {
            None => return Ok(()),
            Some("restart") => {
                lab.stop()?;
                lab = city.serve()?;
                say(&json!("restarted"))?;
            }
            Some(other) => say(&json!({ "unknown": other }))?,
        }
    }
}

fn say(line: &serde_json::Value) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}
