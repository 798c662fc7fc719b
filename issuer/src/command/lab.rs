//! What the lab does at the console.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use bauta_issuer::{
    Added, Days, Entry, Facts, Form, Imported, Kept, Mapped, Mapping, Operator, Reference, Service, Ticket, TicketView,
    Which, results_in,
};
use bauta_spec::attributes::{Handle, TypeName};
use bauta_spec::qr::Picture;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

/// There is a result of this reference already.
const KNOWN: u8 = 3;

#[derive(Args)]
pub(super) struct Add {
    /// The record type, such as health-record
    #[arg(long = "type")]
    record_type: TypeName,
    /// The lab's own name for the result: a sample number, never a person's name
    #[arg(long)]
    reference: Reference,
    /// What was found: claim=word, days as 2026-11-24, today or today-1
    #[arg(required = true, value_name = "CLAIM=VALUE", value_parser = fact)]
    facts: Vec<(String, String)>,
    /// A short code and seven digits instead of a link
    #[arg(long)]
    short: bool,
    /// A new code for a result that nobody has collected; the old one dies
    #[arg(long)]
    again: bool,
    /// Who enters it
    #[arg(long, default_value = "console")]
    operator: Operator,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(super) struct Import {
    /// The results: CSV with a header line, or with --mapping a FHIR Bundle (*.json) or one resource a line (*.ndjson)
    file: PathBuf,
    /// Where the codes go; going on with it adds only what is missing
    #[arg(long, required_unless_present = "check")]
    codes: Option<PathBuf>,
    /// What the lab's own columns, words or FHIR codes mean
    #[arg(long)]
    mapping: Option<PathBuf>,
    /// The patients of a bulk export, as NDJSON of their own
    #[arg(long, requires = "mapping")]
    patients: Option<PathBuf>,
    /// Only say what would be added and what would be refused
    #[arg(long)]
    check: bool,
    /// Short codes and digits instead of links
    #[arg(long)]
    short: bool,
    /// Who enters them
    #[arg(long, default_value = "import")]
    operator: Operator,
}

#[derive(Args)]
pub(super) struct OneResult {
    /// The lab's own name for it
    #[arg(long, required_unless_present = "handle", conflicts_with = "handle")]
    reference: Option<Reference>,
    /// The record's name, 32 hex digits
    #[arg(long, value_parser = handle)]
    handle: Option<Handle>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(super) struct Counts {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Add {
    pub(super) async fn run(self, service: &Service) -> anyhow::Result<ExitCode> {
        let entry =
            Entry { record_type: self.record_type, reference: self.reference, facts: Facts::from_words(self.facts) };
        let actor = service.at_console(self.operator);
        let added = if self.again {
            Added::New(service.add_again(&entry, Days::Spoken, form(self.short), &actor).await?)
        } else {
            service.add(&entry, Days::Spoken, form(self.short), &actor).await?
        };
        match added {
            Added::New(ticket) if self.json => println!("{}", serde_json::to_string(&TicketView::of(&ticket))?),
            Added::New(ticket) => print_ticket(&ticket)?,
            Added::Known(kept) => {
                print_kept(&kept, self.json);
                eprintln!("This reference is already there, and nothing was changed. For a new code: --again.");
                return Ok(ExitCode::from(KNOWN));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Import {
    pub(super) async fn run(self, service: &Service) -> anyhow::Result<ExitCode> {
        let mapped = match &self.mapping {
            Some(file) => Some(service.mapped(Mapping::read(file)?)?),
            None => None,
        };
        let named = || self.file.display().to_string();
        let length = std::fs::metadata(&self.file).with_context(named)?.len();
        let rows = results_in(&self.file, self.patients.as_deref(), mapped.as_ref()).with_context(named)?;
        let bar = ProgressBar::new(length);
        let style = "{bar:40} {bytes}/{total_bytes}, {eta} to go";
        bar.set_style(ProgressStyle::with_template(style).unwrap_or(ProgressStyle::default_bar()));
        let actor = service.at_console(self.operator);
        let seen = |read| bar.set_position(read);
        let imported = match &self.codes {
            Some(codes) if !self.check => service.import_rows(rows, codes, form(self.short), &actor, seen).await,
            _ => service.check_rows(rows, seen).await,
        };
        bar.finish_and_clear();
        let imported =
            imported.context("stopped; what was added stays added, and the same command goes on from there")?;
        for (place, why) in &imported.refused {
            eprintln!("{place}: {why}");
        }
        let Imported { added, known, refused } = &imported;
        if self.check {
            for notice in mapped.iter().flat_map(Mapped::notices) {
                println!("{notice}");
            }
            println!("{added} would be added, {known} already there, {} would be refused", refused.len());
        } else {
            println!("{added} added, {known} already there, {} refused", refused.len());
        }
        Ok(if refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

impl OneResult {
    pub(super) async fn status(self, service: &Service) -> anyhow::Result<ExitCode> {
        print_kept(&service.status(&self.which(service)?).await?, self.json);
        Ok(ExitCode::SUCCESS)
    }

    pub(super) async fn withdraw(self, service: &Service) -> anyhow::Result<ExitCode> {
        let actor = service.at_console("console".parse()?);
        print_kept(&service.withdraw(&self.which(service)?, &actor).await?, self.json);
        Ok(ExitCode::SUCCESS)
    }

    fn which(&self, service: &Service) -> anyhow::Result<Which> {
        match (&self.reference, self.handle) {
            (Some(reference), _) => Ok(service.by_reference(reference)),
            (None, Some(handle)) => Ok(Which::Handle(handle)),
            (None, None) => anyhow::bail!("name a result with --reference or --handle"),
        }
    }
}

impl Counts {
    pub(super) async fn run(self, service: &Service) -> anyhow::Result<ExitCode> {
        for count in service.counts().await? {
            let (day, state, number) = (count.day.to_string(), count.progress.to_string(), count.number);
            if self.json {
                println!("{}", json!({ "day": day, "state": state, "number": number }));
            } else {
                println!("{day}\t{state}\t{number}");
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn print_ticket(ticket: &Ticket) -> anyhow::Result<()> {
    let link = ticket.offer.link();
    println!("{}", Picture::of(&link)?.to_terminal());
    println!("{}", *link);
    if let Some((code, digits)) = &ticket.short {
        println!("Say or print the code:               {}", *code.text());
        println!("Send the digits on another channel:  {}", *digits.text());
    }
    println!("To take it back: bauta-issuer withdraw --handle {}", ticket.handle);
    Ok(())
}

fn print_kept(kept: &Kept, as_json: bool) {
    let (state, handle, added) = (kept.progress.to_string(), kept.handle.to_string(), kept.added.to_string());
    if as_json {
        println!("{}", json!({ "state": state, "handle": handle, "added": added }));
    } else {
        println!("{state}, added {added}, handle {handle}");
    }
}

fn form(short: bool) -> Form {
    if short { Form::Short } else { Form::Link }
}

fn fact(text: &str) -> Result<(String, String), String> {
    let (claim, word) = text.split_once('=').ok_or("a fact is written claim=value, such as tested=naat")?;
    Ok((claim.to_owned(), word.to_owned()))
}

fn handle(text: &str) -> Result<Handle, String> {
    text.parse().map_err(|_| "a handle has 32 hex digits".to_owned())
}
