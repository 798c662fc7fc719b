//! One function for each command: parse, call the library, say what came of it.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use bauta_spec::issuance::IssuerUrl;
use bauta_spec::policy::PolicyId;
use bauta_spec::qr::{Asked, Picture};
use bauta_spec::sealed::file::read_private;
use bauta_spec::time::{Day, Minute, Moment};
use bauta_spec::trust::{Freshness, TrustList};
use bauta_verifier::{
    Asking, Before, Door, Entered, EnteredKey, Held, MAX_PICTURE_BYTES, Memory, Refusal, Seen, SharedBook, Turn,
    Verified, as_json, asked, in_words, read_picture, usual_mode, verified, watch, watch_and_look,
};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use serde_json::json;

use crate::args::{Args, Check, Command};
use crate::failure::Failure;
use crate::{http, organiser};

/// The real clock and the real randomness; `main.rs` alone makes one.
pub(crate) struct World {
    pub(crate) now: fn() -> Moment,
    pub(crate) rng: UnwrapErr<SysRng>,
}

impl World {
    pub(crate) fn now(&self) -> Moment {
        (self.now)()
    }
}

/// Does what was typed.
pub(crate) fn run(args: Args, world: &mut World) -> Result<ExitCode, Failure> {
    let ca_file = args.ca_file.as_deref();
    match args.command {
        Command::Init { root, trust } => init(&args.dir, &root, &trust, ca_file, world),
        Command::Update { every: None } => update(&args.dir, ca_file, world),
        Command::Update { every: Some(seconds) } => {
            keep_up(&args.dir, Duration::from_secs(seconds.into()), ca_file, world)
        }
        Command::Policies { json } => policies(&args.dir, json, world),
        Command::Organiser { key, passphrase } => {
            organiser::make_key(&key, &passphrase, world)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Poster(order) => {
            organiser::make_poster(&args.dir, &order, world)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Check(check) if check.ask => ask_and_check(&args.dir, &check, world),
        Command::Check(check) if check.from.stdin => check_lines(&args.dir, &check, world),
        Command::Check(check) => check_one(&args.dir, &check, world),
    }
}

fn init(dir: &Path, root: &Path, trust: &str, ca_file: Option<&Path>, world: &World) -> Result<ExitCode, Failure> {
    let source = Source::read(trust)?;
    let root = String::from_utf8_lossy(&read(root, MAX_ROOT_BYTES)?).into_owned();
    let held = Held::init(dir, &root, &source.fetch(ca_file)?, &source.to_string(), world.now())?;
    println!(
        "{} holds version {} of the trust list. {}",
        dir.display(),
        held.list().version(),
        counts_until(held.list())
    );
    Ok(ExitCode::SUCCESS)
}

fn update(dir: &Path, ca_file: Option<&Path>, world: &World) -> Result<ExitCode, Failure> {
    let Taken { before, list } = take_newest(dir, ca_file, world)?;
    match list.version() {
        version if version == before => print!("Version {version} is still the newest. "),
        version => print!("{} ", is_here_now(version, before)),
    }
    println!("{}", counts_until(&list));
    Ok(ExitCode::SUCCESS)
}

/// Fetches at a fixed pace, whatever came of the last time and whatever is scanned meanwhile: a server learns nothing of who comes when.
fn keep_up(dir: &Path, pace: Duration, ca_file: Option<&Path>, world: &World) -> Result<ExitCode, Failure> {
    // What is not set up now, no waiting will set up.
    Source::read(&Held::load(dir)?.source()?)?;
    let mut due = Instant::now();
    loop {
        match take_newest(dir, ca_file, world) {
            Ok(Taken { before, list }) if list.version() != before => {
                println!("{} {}", is_here_now(list.version(), before), counts_until(&list));
                io::stdout().flush()?;
            }
            Ok(_) => {}
            Err(failure) => eprintln!("bauta-verifier: {failure}"),
        }
        while due <= Instant::now() {
            due += pace;
        }
        thread::sleep(due.saturating_duration_since(Instant::now()));
    }
}

/// The newest list, and the version that was here before.
struct Taken {
    before: u32,
    list: TrustList,
}

fn take_newest(dir: &Path, ca_file: Option<&Path>, world: &World) -> Result<Taken, Failure> {
    let mut held = Held::load(dir)?;
    let before = held.list().version();
    let fetched = Source::read(&held.source()?)?.fetch(ca_file)?;
    held.update(&fetched, world.now()).map_err(Failure::NotNewer)?;
    Ok(Taken { before, list: held.list().clone() })
}

fn is_here_now(version: u32, before: u32) -> String {
    format!("Version {version} is here now; before it was version {before}.")
}

fn policies(dir: &Path, json: bool, world: &World) -> Result<ExitCode, Failure> {
    let held = Held::load(dir)?;
    let list = held.list();
    let today = list.grid().day_of(world.now());
    let mut shown = Vec::new();
    for policy in list.policies().filter(|policy| policy.is_in_force(today)) {
        let learns = policy.in_words(list.types(), list.rules(), usual_mode(policy)).unwrap_or_default();
        let purpose = policy.purpose().in_language("en");
        if json {
            shown.push(json!({
                "policy": policy.name().as_str(),
                "id": policy.id().to_string(),
                "last_day": policy.last().to_string(),
                "purpose": purpose,
                "door_learns": learns,
            }));
            continue;
        }
        println!("{} (until {}): {purpose}", policy.name(), policy.last());
        for sentence in learns {
            println!("   {sentence}");
        }
    }
    if json {
        println!("{}", json!({ "policies": shown }));
    }
    warn_of_age(list, world.now());
    Ok(ExitCode::SUCCESS)
}

/// One code. Nothing is known of earlier ones.
fn check_one(dir: &Path, check: &Check, world: &mut World) -> Result<ExitCode, Failure> {
    let held = Held::load(dir)?;
    let list = held.list();
    let now = world.now();
    let seen = Seen::from_opening(&mut world.rng);
    let mut door = door(&held, check, seen, world)?;
    let decision = match &check.from.picture {
        Some(path) => read_picture(&read(path, MAX_PICTURE_BYTES)?).and_then(|text| door.scan(&text, list, now)),
        None => door.scan(check.from.text.as_deref().unwrap_or_default(), list, now),
    };
    if check.json {
        let mut verdict = as_json(&decision);
        if decision.is_ok() && check.entered.is_none() {
            verdict["replay"] = "not_checked".into();
        }
        println!("{verdict}");
    } else {
        println!("{}", in_words(&decision));
        if decision.is_ok() && check.entered.is_none() {
            eprintln!("A single check cannot know whether this code was shown before; `--stdin` can.");
        }
    }
    Ok(exit_code(&decision))
}

/// A scanner's lines until they end.
fn check_lines(dir: &Path, check: &Check, world: &mut World) -> Result<ExitCode, Failure> {
    let mut held = Held::load(dir)?;
    let seen = seen_so_far(check, world);
    let mut door = door(&held, check, seen, world)?;
    warn_of_age(held.list(), world.now());
    watch(io::stdin().lock(), io::stdout().lock(), |line| decide(line, &mut door, &mut held, check, world.now()))?;
    Ok(ExitCode::SUCCESS)
}

/// A screen and a scanner: a question, its answer, the next question.
fn ask_and_check(dir: &Path, check: &Check, world: &mut World) -> Result<ExitCode, Failure> {
    /// A question is drawn anew while nobody answers; a screen that shows an old one sends people away.
    const LOOK: Duration = Duration::from_secs(1);
    let mut held = Held::load(dir)?;
    let mut door = door(&held, check, Seen::since(world.now(), &mut world.rng), world)?;
    door.ask(Asking::Nonce(door.asking().policy()));
    warn_of_age(held.list(), world.now());
    let mut on_screen = door.question(world.now(), &mut world.rng);
    if let Some(question) = &on_screen {
        println!("{}", question_in_words(question, check.json));
        io::stdout().flush()?;
    }
    watch_and_look(io::stdin(), io::stdout(), LOOK, |turn| {
        let now = world.now();
        let verdict = match turn {
            Turn::Line(line) => Some(decide(line, &mut door, &mut held, check, now)),
            Turn::Nothing => None,
        };
        let question = door.question(now, &mut world.rng);
        let next = (question != on_screen).then(|| question.as_ref().map(|asked| question_in_words(asked, check.json)));
        on_screen = question;
        match (verdict, next.flatten()) {
            (Some(verdict), Some(next)) => Some(format!("{verdict}\n{next}")),
            (verdict, next) => verdict.or(next),
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

fn decide(line: Option<&str>, door: &mut Door, held: &mut Held, check: &Check, now: Moment) -> String {
    if let Err(error) = held.take_up(now) {
        eprintln!("bauta-verifier: {error}. The list held so far stays");
    }
    // By name, because a newer list may mean another policy by it. Without one, the last one asked is refused.
    if let Some(policy) = check.policy.as_deref().and_then(|name| asked(held.list(), name, now)) {
        door.ask_for(policy);
    }
    let decision = line.ok_or(Refusal::Unreadable).and_then(|text| door.scan(text, held.list(), now));
    if check.json { as_json(&decision).to_string() } else { in_words(&decision) }
}

fn question_in_words(question: &Asked, json: bool) -> String {
    let text = question.to_string();
    if json {
        return json!({ "ask": text }).to_string();
    }
    let picture = Picture::of(&text).map(|picture| picture.to_terminal()).unwrap_or_default();
    format!("{picture}\nASKS {text}")
}

/// A door as it was ordered: by a policy, or by the poster that hangs there.
fn door(held: &Held, check: &Check, seen: Seen, world: &mut World) -> Result<Door, Failure> {
    let (list, now) = (held.list(), world.now());
    let Some(path) = &check.poster else {
        return Ok(Door::new(policy_named(list, check.policy.as_deref().unwrap_or_default(), now)?, seen));
    };
    let poster = verified(&organiser::read_poster(path)?, list, held.root()).map_err(Failure::not_hung)?;
    let entered = match (&check.entered, &check.entered_key) {
        (Some(address), Some(key)) => Entered::shared(entered_key(key)?, SharedBook::at(address)?),
        _ => Entered::in_memory(&mut world.rng),
    };
    // What is checked once is checked for itself: it knows of nobody, and says so.
    let alone = !check.from.stdin && check.entered.is_none();
    let before = if check.nobody_came || alone { Before::NobodyCame } else { Before::Unknown };
    let mut door = Door::new(poster.poster().policy(), Memory::from(seen).with(entered));
    door.hang(poster, before, list, now).map_err(Failure::Door)?;
    Ok(door)
}

fn seen_so_far(check: &Check, world: &mut World) -> Seen {
    match check.opening {
        true => Seen::from_opening(&mut world.rng),
        false => Seen::since(world.now(), &mut world.rng),
    }
}

fn entered_key(path: &Path) -> Result<EnteredKey, Failure> {
    let text = read_private(path, MAX_ROOT_BYTES as usize)?;
    let text = std::str::from_utf8(&text).unwrap_or_default().trim();
    let mut key = [0; 32];
    let digits = text.len() == 64 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
    let pairs = text.as_bytes().chunks(2).filter(|_| digits);
    let mut read = 0;
    for (byte, pair) in key.iter_mut().zip(pairs) {
        let pair = std::str::from_utf8(pair).unwrap_or_default();
        *byte = u8::from_str_radix(pair, 16).map_err(|_| Failure::EnteredKey(path.to_owned()))?;
        read += 1;
    }
    if read == key.len() { Ok(EnteredKey::new(key)) } else { Err(Failure::EnteredKey(path.to_owned())) }
}

fn exit_code(decision: &Result<Verified, Refusal>) -> ExitCode {
    const REFUSED: u8 = 1;
    const NOT_READY: u8 = 3;
    match decision {
        Ok(_) => ExitCode::SUCCESS,
        Err(refusal) if refusal.is_of_the_door() => ExitCode::from(NOT_READY),
        Err(_) => ExitCode::from(REFUSED),
    }
}

fn policy_named(list: &TrustList, name: &str, now: Moment) -> Result<PolicyId, Failure> {
    asked(list, name, now).ok_or_else(|| Failure::no_policy(list))
}

fn counts_until(list: &TrustList) -> String {
    format!("It counts until {}.", utc(list.expires()))
}

/// By the calendar of UTC, not by the programme's days, which begin at four in the morning.
fn utc(minute: Minute) -> String {
    let day = u16::try_from(minute.number() / (24 * 60)).map_or(Day::MAX, Day::new);
    let of_day = minute.of_day().number();
    format!("{day}, {:02}:{:02} UTC", of_day / 60, of_day % 60)
}

fn warn_of_age(list: &TrustList, now: Moment) {
    match list.freshness(now) {
        Ok(Freshness::Fresh) => {}
        Ok(Freshness::Ageing) => eprintln!("The trust list is more than a day old: run `update` soon."),
        Err(refusal) => eprintln!("The trust list cannot be used: {refusal}."),
    }
}

/// Where lists come from.
enum Source {
    Url(IssuerUrl),
    File(PathBuf),
}

impl Source {
    fn read(text: &str) -> Result<Self, Failure> {
        if text.contains("://") {
            return text.parse().map(Self::Url).map_err(Failure::Address);
        }
        // Whole, because `update` may be run from elsewhere.
        let path = Path::new(text);
        path.canonicalize().map(Self::File).map_err(|error| Failure::File { path: path.to_owned(), error })
    }

    fn fetch(&self, ca_file: Option<&Path>) -> Result<Vec<u8>, Failure> {
        match self {
            Self::Url(url) => Ok(http::fetch(url, ca_file)?),
            Self::File(path) => read(path, TrustList::MAX as u64),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(url) => f.write_str(url.as_str()),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}

/// A key in hexadecimal, with room for spaces and line ends.
const MAX_ROOT_BYTES: u64 = 1024;

/// A file, and one byte more than it may have, so that the reader of it notices.
fn read(path: &Path, max: u64) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(max + 1).read_to_end(&mut bytes))
        .map_err(|error| Failure::File { path: path.to_owned(), error })?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use bauta_spec::time::Minute;

    use super::utc;

    #[test]
    fn before_four_in_the_morning_it_is_already_the_next_day_in_utc() {
        assert_eq!(utc(Minute::new(20_781 * 24 * 60)), "2026-11-24, 00:00 UTC");
        assert_eq!(utc(Minute::new(20_782 * 24 * 60 + 155)), "2026-11-25, 02:35 UTC");
    }
}
