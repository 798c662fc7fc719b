//! Medians as a table for people, and as lines for programs.

use std::fmt::Write;

use crate::work::{Act, Row, Work};

/// In Markdown, the first row being what the others are compared with.
pub(crate) fn print(rows: &[Row], acts: &[Act]) {
    let names: Vec<String> = acts.iter().map(|act| act.name()).collect();
    println!("| | {} |", names.join(" | "));
    println!("|---{}|", "|---".repeat(names.len()));
    for row in rows {
        let cells: Vec<String> = acts.iter().map(|act| cell(row, &rows[0], *act)).collect();
        println!("| {} | {} |", row.name, cells.join(" | "));
    }
}

fn cell(row: &Row, first: &Row, act: Act) -> String {
    match (row.medians.get(&act), first.medians.get(&act)) {
        (None, _) => "–".into(),
        (Some(median), Some(first)) => format!("{median:.0} ({:.2})", median / first),
        (Some(median), None) => format!("{median:.0}"),
    }
}

/// What the columns of [`Results`] are called.
const COLUMNS: &str = "messages,disclosed,items,who,act,microseconds\n";

/// Every median, one a line, with commas between: what plots are made from. No name has a comma in it.
pub(crate) struct Results(String);

impl Results {
    pub(crate) fn new() -> Self {
        Self(COLUMNS.into())
    }

    pub(crate) fn add(&mut self, work: &Work, rows: &[Row]) {
        let (messages, disclosed) = (work.messages.len(), work.disclosed.len());
        for Row { name, medians } in rows {
            let who = name.replace('*', "");
            for (act, median) in medians {
                let (kind, items) = (kind(*act), act.items());
                // Writing to a string cannot fail.
                let _ = writeln!(self.0, "{messages},{disclosed},{items},{who},{kind},{median:.1}");
            }
        }
    }

    pub(crate) fn into_text(self) -> String {
        self.0
    }
}

fn kind(act: Act) -> &'static str {
    match act {
        Act::Sign => "sign",
        Act::Verify => "verify",
        Act::Prove => "prove",
        Act::ProveHeld => "prove held",
        Act::Check => "check",
        Act::SignBatch(_) => "sign batch",
        Act::CheckBatch(_) => "check batch",
    }
}
