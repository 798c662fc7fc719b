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

use anyhow::{Result, bail};

use crate::table::Row;
use crate::work::{Act, Work};

/// Messages and how many of them are disclosed.
const SIZES: [(usize, usize); 2] = [(10, 3), (30, 10)];
const DEFAULT_ROUNDS: usize = 101;

fn main() -> Result<()> {
    let rounds = match std::env::args().nth(1).map(|text| text.parse()) {
        None => DEFAULT_ROUNDS,
        Some(Ok(rounds)) if rounds > 0 => rounds,
        Some(_) => bail!("how many rounds? A number from 1 on; {DEFAULT_ROUNDS} without one"),
    };
    for (messages, disclosed) in SIZES {
        let work = Work::new(messages, disclosed);
        let mut contenders = vec![
            ours::blst::contender(&work)?,
            ours::portable::contender(&work)?,
            floor::contender(&work),
            docknetwork::ietf::contender(&work)?,
            docknetwork::cdl::contender(&work)?,
            zkryptium::contender(&work)?,
        ];
        println!(
            "\n{messages} messages, {disclosed} disclosed; medians of {rounds} rounds in µs (ratio to the first row)\n"
        );
        let rows: Vec<Row> = work::race(&mut contenders, rounds)?;
        table::print(&rows);
    }
    println!("\nColumns: {}", Act::ALL.map(Act::meaning).join("; "));
    Ok(())
}
