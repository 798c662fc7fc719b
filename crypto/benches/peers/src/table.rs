//! Medians as a table.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::work::Act;

/// One contender's medians, in microseconds.
pub(crate) struct Row {
    name: &'static str,
    medians: BTreeMap<Act, f64>,
}

impl Row {
    pub(crate) fn new(name: &'static str, times: BTreeMap<Act, Vec<Duration>>) -> Self {
        Self { name, medians: times.into_iter().map(|(act, times)| (act, median(times))).collect() }
    }
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e6
}

/// In Markdown, the first row being what the others are compared with.
pub(crate) fn print(rows: &[Row]) {
    let names: Vec<&str> = Act::ALL.iter().map(|act| act.name()).collect();
    println!("| | {} |", names.join(" | "));
    println!("|---{}|", "|---".repeat(names.len()));
    for row in rows {
        let cells: Vec<String> = Act::ALL.iter().map(|act| cell(row, &rows[0], *act)).collect();
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
