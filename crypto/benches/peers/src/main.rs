//! Bauta's cryptography beside its peers: the same work, on one core, in one process, and the ratios as a table.
//!
//! Machines are noisy, so time on the processor is what counts, every round runs each contender once, one after the other,
//! and medians are compared: whatever disturbs one disturbs all. Ratios are what to quote, not times.
#![forbid(unsafe_code)]

mod docknetwork;
mod floor;
mod ours;
mod table;
mod work;
mod zkryptium;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::table::Results;
use crate::work::{Act, Contender, Row, Work, race};

/// Messages and how many of them are disclosed.
const SIZES: [(usize, usize); 2] = [(10, 3), (30, 10)];
/// Of the batches in the table, all of them of the first size.
const SIGN_BATCHES: [usize; 3] = [3, 7, 28];
const CHECK_BATCHES: [usize; 3] = [10, 100, 1000];
/// Between and beyond those of the tables, for the plots.
const MORE_MESSAGES: [usize; 6] = [1, 2, 4, 8, 16, 64];
const MORE_BATCHES: [usize; 3] = [1, 30, 300];

fn main() -> Result<()> {
    let (rounds, file) = arguments()?;
    let mut results = Results::new();

    for (messages, disclosed) in SIZES {
        let work = Work::new(messages, disclosed);
        let mut contenders = fast(&work)?;
        contenders.push(zkryptium::contender(&work)?);
        let rows = race(&mut contenders, &Act::SINGLE, rounds)?;
        show(&format!("{messages} messages, {disclosed} disclosed; medians of {rounds} rounds"), &rows, &Act::SINGLE);
        results.add(&work, &rows);
    }

    let (messages, disclosed) = SIZES[0];
    let work = Work::new(messages, disclosed);
    let mut contenders = fast(&work)?;
    // A batch is many of the same by itself.
    let rounds_of_batches = rounds.div_ceil(5);
    for acts in [SIGN_BATCHES.map(Act::SignBatch), CHECK_BATCHES.map(Act::CheckBatch)] {
        let rows = race(&mut contenders, &acts, rounds_of_batches)?;
        let title = format!(
            "{messages} messages, {disclosed} disclosed; medians of {rounds_of_batches} rounds, for each of a batch"
        );
        show(&title, &rows, &acts);
        results.add(&work, &rows);
    }
    results.add(&work, &race(&mut contenders, &MORE_BATCHES.map(Act::CheckBatch), rounds_of_batches)?);

    for messages in MORE_MESSAGES {
        let work = Work::new(messages, messages / 3);
        results.add(&work, &race(&mut fast(&work)?, &Act::SINGLE, rounds.div_ceil(3))?);
    }
    std::fs::write(&file, results.into_text()).with_context(|| format!("cannot write {}", file.display()))?;

    let columns = Act::SINGLE.into_iter().chain([Act::SignBatch(0), Act::CheckBatch(0)]).map(Act::meaning);
    println!("\nColumns: {}", columns.collect::<Vec<_>>().join("; "));
    println!("Every median, and those of more sizes: {}", file.display());
    Ok(())
}

fn arguments() -> Result<(usize, PathBuf)> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [rounds, file] = &arguments[..] else { bail!("usage: peers <rounds> <file for the results>") };
    let rounds = rounds.parse().ok().filter(|rounds| *rounds > 0).context("how many rounds? A number from 1 on")?;
    Ok((rounds, file.into()))
}

/// All but who takes ten times as long.
fn fast(work: &Work) -> Result<Vec<Contender>> {
    Ok(vec![
        ours::blst::contender(work)?,
        ours::portable::contender(work)?,
        floor::contender(work),
        docknetwork::ietf::contender(work)?,
        docknetwork::cdl::contender(work)?,
    ])
}

fn show(title: &str, rows: &[Row], acts: &[Act]) {
    println!("\n{title}, in µs (ratio to the first row)\n");
    table::print(rows, acts);
}
