//! What the lab does at the console.

use std::fs::File;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use bauta_issuer::{
    Actor, Added, CompletedView, Corrected, CorrectedView, Days, Entry, Facts, Form, Imported, Kept, LabName, Many,
    Mapped, Mapping, Operator, Reference, Service, Ticket, TicketView, Which, results_in,
};
use bauta_spec::attributes::{Handle, TypeName};
use bauta_spec::qr::Picture;
use bauta_spec::time::Day;
use clap::{ArgGroup, Args};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::{Printed, console};

/// There is a result of this reference already.
const KNOWN: u8 = 3;

/// For which lab something is done.
#[derive(Args)]
pub(super) struct ForLab {
    /// The lab that it is done for; the settings' lab otherwise
    #[arg(long)]
    lab: Option<LabName>,
}

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
    #[command(flatten)]
    of: ForLab,
    #[command(flatten)]
    printed: Printed,
}

#[derive(Args)]
pub(super) struct Order {
    /// The record type, such as health-record
    #[arg(long = "type")]
    record_type: TypeName,
    /// The lab's own name for the result; with it the result is added later
    #[arg(long)]
    reference: Reference,
    /// A short code and seven digits instead of a link
    #[arg(long)]
    short: bool,
    /// A new code for an order that has no result yet; the old one dies
    #[arg(long)]
    again: bool,
    /// Who orders
    #[arg(long, default_value = "console")]
    operator: Operator,
    #[command(flatten)]
    of: ForLab,
    #[command(flatten)]
    printed: Printed,
}

#[derive(Args)]
pub(super) struct Correct {
    /// The record type, such as health-record
    #[arg(long = "type")]
    record_type: TypeName,
    /// The lab's own name for the result
    #[arg(long)]
    reference: Reference,
    /// All that is right: claim=word, days as 2026-11-24, today or today-1
    #[arg(required = true, value_name = "CLAIM=VALUE", value_parser = fact)]
    facts: Vec<(String, String)>,
    /// A short code and seven digits instead of a link
    #[arg(long)]
    short: bool,
    /// Who corrects
    #[arg(long, default_value = "console")]
    operator: Operator,
    #[command(flatten)]
    of: ForLab,
    #[command(flatten)]
    printed: Printed,
}

#[derive(Args)]
pub(super) struct Import {
    /// The results: CSV with a header line, or with --mapping a FHIR Bundle (*.json) or one resource a line (*.ndjson); with --orders CSV of
    /// reference and type alone
    file: PathBuf,
    /// The lines are orders; their results are imported later, under the same references
    #[arg(long, conflicts_with_all = ["mapping", "check"])]
    orders: bool,
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
    #[command(flatten)]
    of: ForLab,
}

#[derive(Args)]
pub(super) struct OneResult {
    /// The lab's own name for it
    #[arg(long, required_unless_present = "handle", conflicts_with = "handle")]
    reference: Option<Reference>,
    /// The record's name, 32 hex digits
    #[arg(long, value_parser = handle)]
    handle: Option<Handle>,
    #[command(flatten)]
    of: ForLab,
    #[command(flatten)]
    printed: Printed,
}

#[derive(Args)]
#[command(group = ArgGroup::new("what").required(true).args(["reference", "handle", "operator", "whole_lab"]))]
pub(super) struct Withdraw {
    /// The lab's own name for a result
    #[arg(long)]
    reference: Option<Reference>,
    /// A record's name, 32 hex digits
    #[arg(long, value_parser = handle)]
    handle: Option<Handle>,
    /// Everything that this operator entered
    #[arg(long)]
    operator: Option<Operator>,
    /// Everything of the lab
    #[arg(long)]
    whole_lab: bool,
    /// Of an operator or a lab only what was added on this day or later, such as 2026-11-24
    #[arg(long, value_parser = day, conflicts_with_all = ["reference", "handle"])]
    since: Option<Day>,
    /// Withdraw many without asking again
    #[arg(long, conflicts_with_all = ["reference", "handle"])]
    yes: bool,
    #[command(flatten)]
    of: ForLab,
    #[command(flatten)]
    printed: Printed,
}

#[derive(Args)]
pub(super) struct Counts {
    #[command(flatten)]
    of: ForLab,
    #[command(flatten)]
    printed: Printed,
}

impl ForLab {
    /// Whoever sits here, under the name they give.
    async fn actor(&self, service: &Service, name: Operator) -> anyhow::Result<Actor> {
        Ok(match &self.lab {
            Some(lab) => service.at_console_for(service.lab(lab).await?.name, name),
            None => service.at_console(name),
        })
    }

    /// Whoever sits here.
    pub(super) async fn console(&self, service: &Service) -> anyhow::Result<Actor> {
        self.actor(service, "console".parse()?).await
    }
}

impl Add {
    pub(super) async fn run(self, service: &Service) -> anyhow::Result<ExitCode> {
        let entry =
            Entry { record_type: self.record_type, reference: self.reference, facts: Facts::from_words(self.facts) };
        let actor = self.of.actor(service, self.operator).await?;
        let added = if self.again {
            Added::New(service.add_again(&entry, Days::Spoken, form(self.short), &actor).await?)
        } else {
            service.add(&entry, Days::Spoken, form(self.short), &actor).await?
        };
        print_added(added, self.printed)
    }
}

impl Order {
    pub(super) async fn run(self, service: &Service) -> anyhow::Result<ExitCode> {
        let order = bauta_issuer::Order { record_type: self.record_type, reference: self.reference };
        let actor = self.of.actor(service, self.operator).await?;
        let added = if self.again {
            Added::New(service.order_again(&order, form(self.short), &actor).await?)
        } else {
            service.order(&order, form(self.short), &actor).await?
        };
        print_added(added, self.printed)
    }
}

impl Correct {
    pub(super) async fn run(self, service: &Service) -> anyhow::Result<ExitCode> {
        let entry =
            Entry { record_type: self.record_type, reference: self.reference, facts: Facts::from_words(self.facts) };
        let actor = self.of.actor(service, self.operator).await?;
        let corrected = service.correct(&entry, Days::Spoken, form(self.short), &actor).await?;
        if self.printed.json {
            println!(
                "{}",
                serde_json::to_string(&CorrectedView::with(&corrected, TicketView::of(corrected.ticket())))?
            );
            return Ok(ExitCode::SUCCESS);
        }
        match corrected {
            Corrected::Replaced(ticket) => {
                print_ticket(&ticket)?;
                eprintln!("Nobody had collected it. The old code is dead: give out the new one.");
            }
            Corrected::Reissued { ticket, withdrawn } => {
                print_ticket(&ticket)?;
                eprintln!("It had been collected. That record ({withdrawn}) is withdrawn: give out the new code.");
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
        let bar = ProgressBar::new(length);
        let style = "{bar:40} {bytes}/{total_bytes}, {eta} to go";
        bar.set_style(ProgressStyle::with_template(style).unwrap_or(ProgressStyle::default_bar()));
        let actor = self.of.actor(service, self.operator).await?;
        let seen = |read| bar.set_position(read);
        let rows = || results_in(&self.file, self.patients.as_deref(), mapped.as_ref()).with_context(named);
        let imported = match &self.codes {
            _ if self.check => service.check_rows(rows()?, &actor, seen).await,
            None => bail!("name the file for the codes: --codes FILE"),
            Some(codes) if self.orders => {
                let orders = File::open(&self.file).with_context(named)?;
                service.import_orders(orders, codes, form(self.short), &actor, seen).await
            }
            Some(codes) => service.import_rows(rows()?, codes, form(self.short), &actor, seen).await,
        };
        bar.finish_and_clear();
        let imported =
            imported.context("stopped; what was added stays added, and the same command goes on from there")?;
        for (place, why) in &imported.refused {
            eprintln!("{place}: {why}");
        }
        let Imported { added, completed, known, refused } = &imported;
        if self.check {
            for notice in mapped.iter().flat_map(Mapped::notices) {
                println!("{notice}");
            }
            let would = format!("{added} would be added, {known} already there, {} would be refused", refused.len());
            match completed {
                0 => println!("{would}"),
                _ => println!("{would}, {completed} would be added to their orders"),
            }
        } else {
            if *completed > 0 {
                println!("{completed} added to their orders; their codes are out already");
            }
            println!("{added} added, {known} already there, {} refused", refused.len());
        }
        Ok(if refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

impl OneResult {
    pub(super) async fn status(self, service: &Service) -> anyhow::Result<ExitCode> {
        let actor = self.of.console(service).await?;
        let which = which(self.reference.as_ref(), self.handle, service, &actor);
        let which = which.context("name a result with --reference or --handle")?;
        print_kept(&service.status(&which, &actor).await?, self.printed);
        Ok(ExitCode::SUCCESS)
    }
}

impl Withdraw {
    pub(super) async fn run(self, service: &Service) -> anyhow::Result<ExitCode> {
        let actor = self.of.console(service).await?;
        match which(self.reference.as_ref(), self.handle, service, &actor) {
            Some(which) => print_kept(&service.withdraw(&which, &actor).await?, self.printed),
            None => return self.many(service, &actor).await,
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn many(self, service: &Service, actor: &Actor) -> anyhow::Result<ExitCode> {
        let lab = actor.lab().map_or("", LabName::as_str);
        let of = self.operator.as_ref().map_or("everybody", Operator::as_str);
        let since = self.since.map(|day| format!(" since {day}")).unwrap_or_default();
        let question = format!("Take back every result of {of} of {lab}{since}, collected or not? Type yes: ");
        if !self.yes && !console::confirmed(&question)? {
            anyhow::bail!("nothing was withdrawn");
        }
        let many = Many { operator: self.operator, since: self.since };
        let bar = ProgressBar::new_spinner();
        let mut withdrawn = 0_u64;
        loop {
            let step = service.withdraw_many(&many, actor).await;
            let step = step.with_context(|| {
                format!("stopped after {withdrawn}, which stay withdrawn; the same command goes on from there")
            })?;
            withdrawn += u64::from(step.withdrawn);
            bar.set_message(format!("{withdrawn} withdrawn"));
            bar.tick();
            if !step.more {
                break;
            }
        }
        bar.finish_and_clear();
        if self.printed.json {
            println!("{}", json!({ "withdrawn": withdrawn }));
        } else {
            println!("{withdrawn} withdrawn");
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Counts {
    pub(super) async fn run(self, service: &Service) -> anyhow::Result<ExitCode> {
        for count in service.counts(&self.of.console(service).await?).await? {
            let (day, state, number) = (count.day.to_string(), count.progress.to_string(), count.number);
            if self.printed.json {
                println!("{}", json!({ "day": day, "state": state, "number": number }));
            } else {
                println!("{day}\t{state}\t{number}");
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn print_added(added: Added, printed: Printed) -> anyhow::Result<ExitCode> {
    match added {
        Added::New(ticket) if printed.json => println!("{}", serde_json::to_string(&TicketView::of(&ticket))?),
        Added::New(ticket) => print_ticket(&ticket)?,
        Added::Completed(done) if printed.json => println!("{}", serde_json::to_string(&CompletedView::of(&done))?),
        Added::Completed(done) => {
            println!("Added to its order, whose code the citizen has.");
            println!("To take it back: bauta-issuer withdraw --handle {}", done.handle);
        }
        Added::Known(kept) => {
            print_kept(&kept, printed);
            eprintln!("This reference is already there, and nothing was changed. For a new code: --again.");
            return Ok(ExitCode::from(KNOWN));
        }
    }
    Ok(ExitCode::SUCCESS)
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

fn print_kept(kept: &Kept, printed: Printed) {
    let (state, handle, added) = (kept.progress.to_string(), kept.handle.to_string(), kept.added.to_string());
    if printed.json {
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

fn which(reference: Option<&Reference>, handle: Option<Handle>, service: &Service, actor: &Actor) -> Option<Which> {
    reference.map(|reference| service.by_reference(reference, actor)).or(handle.map(Which::Handle))
}

fn day(text: &str) -> Result<Day, String> {
    text.parse().map_err(|_| "a day is written like 2026-11-24".to_owned())
}

fn handle(text: &str) -> Result<Handle, String> {
    text.parse().map_err(|_| "a handle has 32 hex digits".to_owned())
}
