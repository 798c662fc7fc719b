//! One function for each command.

use std::path::Path;

use anyhow::{Context, Result, bail};
use bauta_authority::{
    Audit, Document, Founding, Office, Sample, SignOrder, Signature, Standing, Terms, Urgency, Withdrawal,
    population_in,
};
use bauta_spec::sealed::file::read_public;
use bauta_spec::sealed::{Cost, Kind, Resealed, Resealing};
use bauta_spec::signed::{RootKey, RootPublic};
use bauta_spec::time::{Day, Grid, Moment};
use bauta_spec::trust::{PublicHalf, TrustList};
use getrandom::SysRng;
use rand_core::{Rng, UnwrapErr};
use serde_json::Value;

use crate::args::{self, Args, Command, Form, Init, Lint, Rotate, Seen, Sign, SignKey, Withdraw};
use crate::passphrase::{chosen_passphrase, new_passphrase, passphrase};

/// A key in hexadecimal, with room for line ends.
const ORGANISER_MAX: usize = 256;
/// No text that an official writes is longer.
const TEXT_MAX: usize = 1 << 20;

pub(crate) fn run(args: Args, now: Moment) -> Result<()> {
    match &args.command {
        Command::Init(init) => found(&args, init, now),
        Command::Sign(order) => sign(&args, order, now),
        Command::Publish { lifetime } => publish(&args, lifetime, now),
        Command::Lint(order) => lint(&args, order, now),
        Command::Withdraw { what } => withdraw(&args, what),
        Command::RaiseSeries { day, series } => raise_series(&args, day, *series, now),
        Command::Rotate(Rotate::Delegate) => rotate_delegate(&args, now),
        Command::Rotate(Rotate::Key { old, new }) => rotate_key(&args, old, new, now),
        Command::Reseal { key, new_passphrase_file } => reseal(&args, *key, new_passphrase_file.as_deref()),
        Command::Show { file, root, form } => show(&args, file.as_deref(), root.as_deref(), *form),
        Command::Audit { folder, root, seen, form } => {
            let folder = folder.clone().unwrap_or_else(|| args.dir.join("public"));
            let root = root.clone().unwrap_or_else(|| folder.join("root.pub"));
            audit(&folder, &root, seen, *form)
        }
        Command::Check { file, root } => check(file, root, now),
    }
}

fn found(args: &Args, init: &Init, now: Moment) -> Result<()> {
    let grid = Grid::new(offset(&init.offset)?)?;
    let founding = Founding {
        name: init.name.parse().context("--name")?,
        grid,
        prefetch_days: init.prefetch,
        last_day: day(&init.last_day, grid, now).context("--last-day")?,
        shipped_types: init.shipped,
        cost: Cost::recommended(),
    };
    // Said before anybody thinks up two passphrases.
    Office::is_free(&args.dir)?;
    let root = chosen_passphrase(args.root_passphrase_file.as_deref(), "root")?;
    let delegate = chosen_passphrase(args.delegate_passphrase_file.as_deref(), "delegate")?;
    let office = Office::found(&args.dir, &founding, root.bytes(), delegate.bytes(), now, &mut UnwrapErr(SysRng))?;
    println!("The programme \"{}\" is in {}.", founding.name, args.dir.display());
    println!("Its root is {}", office.root_public());
    println!(
        "Next: sign the issuers' keys with `sign key`, rules and policies with `sign samples` or your own, then `publish`."
    );
    println!("Keep root.key offline, and a copy of it and of its passphrase in two places.");
    Ok(())
}

fn sign(args: &Args, order: &Sign, now: Moment) -> Result<()> {
    let mut office = Office::open(&args.dir)?;
    let grid = office.programme()?.grid;
    let root = root_key(&office, args)?;
    let (orders, terms) = match order {
        Sign::Type { files } => {
            let orders = each(files, |path, text| Ok(SignOrder::Type { path: path.to_owned(), text }))?;
            (orders, Terms::default())
        }
        Sign::Key(key) => (key_orders(key)?, read_terms(&key.terms, grid, now)?),
        Sign::Rule { files, terms } => {
            let orders = each(files, |path, text| Ok(SignOrder::Rule { path: path.to_owned(), text }))?;
            (orders, read_terms(terms, grid, now)?)
        }
        Sign::Policy { files, terms } => {
            let orders = each(files, |path, text| Ok(SignOrder::Policy { path: path.to_owned(), text }))?;
            (orders, read_terms(terms, grid, now)?)
        }
        Sign::Organiser { file, name, terms } => {
            let text = read_public(file, ORGANISER_MAX)?;
            let public = String::from_utf8_lossy(&text).trim().parse().with_context(|| {
                format!("{}: not an organiser's key. Take the .pub file that it has sent", file.display())
            })?;
            let order = SignOrder::Organiser { public, name: name.parse().context("--name")? };
            (vec![order], read_terms(terms, grid, now)?)
        }
        Sign::Samples { terms } => {
            let terms = read_terms(terms, grid, now)?;
            warn(terms);
            office.sign_samples(terms, &root, now)?.iter().for_each(say);
            return Ok(());
        }
    };
    warn(terms);
    for order in orders {
        say(&office.sign(order, terms, &root, now)?);
    }
    Ok(())
}

fn publish(args: &Args, lifetime: &str, now: Moment) -> Result<()> {
    let minutes = minutes(lifetime)?;
    let mut office = Office::open(&args.dir)?;
    let secret = passphrase(args.delegate_passphrase_file.as_deref(), "delegate")?;
    let delegate = office.delegate_key(secret.bytes())?;
    let published = office.publish(&delegate, minutes, now)?;
    println!("Version {} is in {}.", published.list.version(), published.path.display());
    if !published.report.passes() {
        println!("The linter refuses what an earlier list has said already; `lint` says what to change.");
    }
    println!("Serve the folder public/ and publish again within {lifetime}, better twice a day.");
    Ok(())
}

fn lint(args: &Args, order: &Lint, now: Moment) -> Result<()> {
    let office = Office::open(&args.dir)?;
    let population = match &order.population {
        Some(path) => population_in(path)?,
        None => office.population()?,
    };
    let seed = order.seed.unwrap_or_else(|| UnwrapErr(SysRng).next_u64());
    let sample = (order.people > 0).then_some(Sample { people: order.people, seed });
    let report = office.lint(&population, sample, now)?;
    if order.form.json {
        println!("{:#}", report.to_json(order.crowd));
    } else {
        report.to_lines(order.crowd).iter().for_each(|line| println!("{line}"));
    }
    match report.refusals.len() {
        0 => Ok(()),
        1 => bail!("one refusal: `publish` would not publish this"),
        several => bail!("{several} refusals: `publish` would not publish this"),
    }
}

fn withdraw(args: &Args, what: &Withdraw) -> Result<()> {
    let withdrawal = match what {
        Withdraw::Key { id } => Withdrawal::Key(id.parse().with_context(|| format!("the key id {id:?}"))?),
        Withdraw::Rule { id } => Withdrawal::Rule(id.parse().with_context(|| format!("the rule id {id:?}"))?),
        Withdraw::Policy { id } => Withdrawal::Policy(id.parse().with_context(|| format!("the policy id {id:?}"))?),
        Withdraw::Organiser { id } => {
            Withdrawal::Organiser(id.parse().with_context(|| format!("the organiser id {id:?}"))?)
        }
    };
    Office::open(&args.dir)?.withdraw(withdrawal)?;
    println!("{withdrawal} is withdrawn, in every list from the next one on. Now: publish.");
    Ok(())
}

fn raise_series(args: &Args, of: &str, series: u8, now: Moment) -> Result<()> {
    let mut office = Office::open(&args.dir)?;
    let day = day(of, office.programme()?.grid, now)?;
    office.raise_series(day, series)?;
    println!("Passes for {day} below series {series} stop counting with the next list. Now: publish.");
    Ok(())
}

fn rotate_delegate(args: &Args, now: Moment) -> Result<()> {
    let mut office = Office::open(&args.dir)?;
    let root = root_key(&office, args)?;
    let secret = chosen_passphrase(args.delegate_passphrase_file.as_deref(), "delegate")?;
    office.rotate_delegate(&root, secret.bytes(), Cost::recommended(), now, &mut UnwrapErr(SysRng))?;
    println!("There is a new delegate key. Now: publish; from then on lists of the old one are refused.");
    Ok(())
}

fn rotate_key(args: &Args, old: &str, new: &SignKey, now: Moment) -> Result<()> {
    let mut office = Office::open(&args.dir)?;
    let old = old.parse().with_context(|| format!("the key id {old:?}"))?;
    let terms = read_terms(&new.terms, office.programme()?.grid, now)?;
    let root = root_key(&office, args)?;
    let mut orders = key_orders(new)?;
    let (Some(order), true) = (orders.pop(), orders.is_empty()) else {
        bail!("rotate one key at a time: name one .pub file")
    };
    warn(terms);
    say(&office.rotate_key(old, order, terms, &root, now)?);
    Ok(())
}

fn reseal(args: &Args, key: args::Key, new: Option<&Path>) -> Result<()> {
    let office = Office::open(&args.dir)?;
    let (of, kind, path, old) = match key {
        args::Key::Root => {
            let path = office.root_key_file(args.root_key.as_deref());
            ("root", Kind::RootKey, path, &args.root_passphrase_file)
        }
        args::Key::Delegate => {
            ("delegate", Kind::DelegateKey, office.delegate_key_file(), &args.delegate_passphrase_file)
        }
    };
    let old = passphrase(old.as_deref(), of)?;
    let new = new_passphrase(new, of)?;
    let opened = Resealing::open(&path, &[kind], old.bytes(), new.bytes())?;
    match opened.put_back(Cost::recommended(), &mut UnwrapErr(SysRng))? {
        Resealed::Now => println!("{} opens with the new passphrase.", path.display()),
        Resealed::Before => println!("{} opened with the new passphrase already.", path.display()),
    }
    println!("Copies made before open with the old one still: make new ones, and destroy those.");
    Ok(())
}

fn show(args: &Args, file: Option<&Path>, root: Option<&Path>, form: Form) -> Result<()> {
    let dir = args.dir.display();
    let (own, newest) = (args.dir.join("public/root.pub"), args.dir.join("public/trust-list.cbor"));
    if root.is_none() && !own.exists() {
        bail!("{dir} holds no programme: name its folder with --dir, or the root key of another one with --root");
    }
    if file.is_none() && !newest.exists() {
        bail!("{dir} has published no list yet: name the document to show, or `publish` first");
    }
    let root = RootPublic::in_file(root.unwrap_or(&own))?;
    let file = file.unwrap_or(&newest);
    let document = bauta_authority::show(&read_public(file, TrustList::MAX)?, &root)
        .with_context(|| file.display().to_string())?;
    if form.json {
        println!("{:#}", serde_json::json!({ "kind": document.kind, "document": document.json }));
    } else {
        print(&document);
    }
    Ok(())
}

fn audit(folder: &Path, root: &Path, seen: &[Seen], form: Form) -> Result<()> {
    let mut audit = Audit::of(folder, &RootPublic::in_file(root)?)?;
    for Seen { version, hash } in seen {
        audit.compare(*version, *hash);
    }
    if form.json {
        println!("{:#}", audit.to_json());
    } else {
        audit.to_lines().iter().for_each(|line| println!("{line}"));
    }
    match audit.findings().len() {
        0 => Ok(()),
        1 => bail!("one finding: tell everybody who relies on these lists"),
        several => bail!("{several} findings: tell everybody who relies on these lists"),
    }
}

fn check(file: &Path, root: &Path, now: Moment) -> Result<()> {
    let root = RootPublic::in_file(root)?;
    let bytes = read_public(file, TrustList::MAX)?;
    let (document, standing) =
        bauta_authority::check(&bytes, &root, now).with_context(|| file.display().to_string())?;
    match standing {
        Standing::InForce => println!("A {} of this root, in force.", document.kind),
        Standing::Ageing => println!(
            "A {} of this root, in force, and more than a day old: fetch or publish a newer one.",
            document.kind
        ),
    }
    Ok(())
}

fn root_key(office: &Office, args: &Args) -> Result<RootKey> {
    let secret = passphrase(args.root_passphrase_file.as_deref(), "root")?;
    Ok(office.root_key(args.root_key.as_deref(), secret.bytes())?)
}

fn key_orders(key: &SignKey) -> Result<Vec<SignOrder>> {
    each(&key.files, |path, text| {
        Ok(SignOrder::Key {
            path: path.to_owned(),
            half: PublicHalf::from_json(text.as_bytes()).with_context(|| path.display().to_string())?.into(),
            holder_name: key.holder_name.parse().context("--holder-name")?,
            specimen: key.specimen,
        })
    })
}

fn each<T>(files: &[std::path::PathBuf], order: impl Fn(&Path, String) -> Result<T>) -> Result<Vec<T>> {
    files
        .iter()
        .map(|path| {
            let text = String::from_utf8(read_public(path, TEXT_MAX)?)
                .with_context(|| format!("{} is not text: name a JSON file", path.display()))?;
            order(path, text)
        })
        .collect()
}

fn read_terms(terms: &args::Terms, grid: Grid, now: Moment) -> Result<Terms> {
    let read = |text: &Option<String>, flag: &'static str| {
        text.as_deref().map(|text| day(text, grid, now).context(flag)).transpose()
    };
    Ok(Terms {
        first: read(&terms.first, "--first")?,
        last: read(&terms.last, "--last")?,
        urgency: if terms.emergency { Urgency::Emergency } else { Urgency::Ordinary },
    })
}

/// `2026-11-24`, `today`, `today+4`, `today-1`.
fn day(text: &str, grid: Grid, now: Moment) -> Result<Day> {
    let Some(shift) = text.strip_prefix("today") else {
        return text.parse().with_context(|| format!("{text:?} is no day: write 2026-11-24, today or today+4"));
    };
    let today = grid.day_of(now);
    let number = |digits: &str| digits.parse::<u16>().with_context(|| format!("{text:?} is no day: write today+4"));
    match shift.split_at_checked(1) {
        None => Ok(today),
        Some(("+", days)) => Ok(today.plus(number(days)?)),
        Some(("-", days)) => Ok(today.minus(number(days)?)),
        Some(_) => bail!("{text:?} is no day: write 2026-11-24, today or today+4"),
    }
}

/// `+01:00` as minutes.
fn offset(text: &str) -> Result<i16> {
    let wrong = || format!("--offset: {text:?} is no offset: write +01:00 or -05:30");
    let (sign, digits) = match text.split_at_checked(1) {
        Some(("+", digits)) => (1, digits),
        Some(("-", digits)) => (-1, digits),
        _ => bail!(wrong()),
    };
    let (hours, minutes) = digits.split_once(':').with_context(wrong)?;
    let (hours, minutes): (i16, i16) = (hours.parse().with_context(wrong)?, minutes.parse().with_context(wrong)?);
    if !(0..24).contains(&hours) || !(0..60).contains(&minutes) {
        bail!(wrong());
    }
    Ok(sign * (hours * 60 + minutes))
}

/// `48h`, `90m` or `7d` as minutes.
fn minutes(text: &str) -> Result<u32> {
    let wrong = || format!("--lifetime: {text:?} is no time: write 48h, 90m or 7d, at most a week");
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).with_context(wrong)?;
    let number: u32 = number.parse().with_context(wrong)?;
    let minutes = match unit {
        "m" => Some(number),
        "h" => number.checked_mul(60),
        "d" => number.checked_mul(24 * 60),
        _ => None,
    };
    minutes.filter(|minutes| (1..=TrustList::MAX_LIFETIME_MINUTES).contains(minutes)).with_context(wrong)
}

fn warn(terms: Terms) {
    if terms.urgency == Urgency::Emergency {
        println!(
            "Emergency: wallets hold passes for the coming days already. Those made after the next list differ from them, so for \
             these days a door can tell when a pass was made."
        );
    }
}

fn say(signature: &Signature) {
    match signature {
        Signature::Type(name) => println!("signed type   {name}"),
        Signature::Key(id, first, last) => println!("signed key    {id}  {first} to {last}"),
        Signature::Rule(id, name, first, last) => println!("signed rule   {id}  {first} to {last}  {name}"),
        Signature::Policy(id, name, first, last) => println!("signed policy {id}  {first} to {last}  {name}"),
        Signature::Organiser(id, name, first, last, certificate) => {
            println!("signed organiser {id}  {first} to {last}  {name}");
            println!("Send the organiser its certificate: {}", certificate.display());
        }
    }
}

fn print(document: &Document) {
    println!("{}", document.kind);
    print_value(&document.json, 1);
}

/// Names without quotation marks; several in one field with a plus between them.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(" + "),
        other => other.to_string(),
    }
}

fn print_value(value: &Value, depth: usize) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                if field.is_object() || field.is_array() {
                    println!("{indent}{name}:");
                    print_value(field, depth + 1);
                } else {
                    println!("{indent}{name}: {}", plain(field));
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                match item {
                    Value::Object(fields) => {
                        let line: Vec<String> = fields
                            .iter()
                            .filter(|(_, field)| !field.is_object())
                            .map(|(name, field)| format!("{name} {}", plain(field)))
                            .collect();
                        println!("{indent}{}", line.join(", "));
                    }
                    _ => println!("{indent}{}", plain(item)),
                }
            }
        }
        _ => println!("{indent}{}", plain(value)),
    }
}
