//! `cargo xtask plot`: what `cargo xtask bench` measured, as pictures for docs/performance.md.
//!
//! Both axes are logarithmic: what costs twice as much lies equally far apart everywhere. The pictures follow the reader's light or
//! dark page by a style of their own, which a plotting library would not let us write.

use std::fmt::Write;

use anyhow::{Context, Result, bail, ensure};

use crate::bench::native_results;
use crate::machine::root;

/// Reads the results and writes both pictures into `docs`. `measured` says in them when and on what.
pub(crate) fn run(measured: &str) -> Result<()> {
    // It becomes part of a document.
    ensure!(!measured.contains(['<', '>', '&']), "plain words only in `--measured`: no <, > or &");
    let file = native_results();
    let text = std::fs::read_to_string(&file)
        .with_context(|| format!("no results in {}: run `cargo xtask bench` first", file.display()))?;
    let results: Vec<Measured> = text.lines().skip(1).map(Measured::from_line).collect::<Result<_>>()?;
    for (name, picture) in [("cost-of-messages", messages(&results)), ("cost-of-batches", batches(&results))] {
        let file = root().join("docs").join(name).with_extension("svg");
        std::fs::write(&file, picture.svg(measured)).with_context(|| format!("cannot write {}", file.display()))?;
        println!("Written: {}", file.display());
    }
    Ok(())
}

/// A line of the results.
struct Measured {
    messages: f64,
    items: f64,
    who: String,
    act: String,
    microseconds: f64,
}

impl Measured {
    fn from_line(line: &str) -> Result<Self> {
        let cells: Vec<&str> = line.split(',').collect();
        let [messages, _disclosed, items, who, act, microseconds] = cells[..] else {
            bail!("`{line}` is no line of results: run `cargo xtask bench` again");
        };
        let (messages, items, microseconds) = (messages.parse()?, items.parse()?, microseconds.parse()?);
        Ok(Self { messages, items, who: who.into(), act: act.into(), microseconds })
    }
}

/// Whom the pictures compare, and the style of each.
const WHO: [(&str, &str, &str); 3] = [
    ("Bauta on blst", "Bauta on blst", "blst"),
    ("Bauta in pure Rust", "Bauta in pure Rust", "portable"),
    ("bbs_plus 0.25 `proof_23_ietf`", "bbs_plus 0.25", "peer"),
];

fn messages(results: &[Measured]) -> Picture {
    let panel = |act: &'static str, title: &'static str| Panel {
        title,
        below: "messages, a third of them disclosed",
        ticks: &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0],
        lines: lines(results, act, |line| line.messages),
    };
    Picture {
        title: "Cost as messages grow",
        panels: [
            panel("sign", "sign"),
            panel("verify", "verify"),
            panel("prove held", "prove, held"),
            panel("check", "check"),
        ]
        .into(),
    }
}

fn batches(results: &[Measured]) -> Picture {
    let checks = Panel {
        title: "check, each of a batch",
        below: "proofs in the batch; 10 messages, 3 disclosed",
        ticks: &[1.0, 10.0, 100.0, 1000.0],
        lines: lines(results, "check batch", |line| line.items),
    };
    let signs = Panel {
        title: "sign, each of a batch",
        below: "passes in the batch; 10 messages, one differs",
        ticks: &[3.0, 7.0, 28.0],
        lines: lines(results, "sign batch", |line| line.items),
    };
    Picture { title: "Cost as batches grow", panels: vec![checks, signs] }
}

/// One line for everybody who does `act`, from left to right.
fn lines(results: &[Measured], act: &str, x: impl Fn(&Measured) -> f64) -> Vec<Line> {
    let line = |(who, label, style): (&str, &'static str, &'static str)| {
        let mine = results.iter().filter(|line| line.who == who && line.act == act);
        let mut points: Vec<(f64, f64)> = mine.map(|line| (x(line), line.microseconds)).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        Line { label, style, points }
    };
    WHO.into_iter().map(line).collect()
}

struct Picture {
    title: &'static str,
    panels: Vec<Panel>,
}

struct Panel {
    title: &'static str,
    below: &'static str,
    ticks: &'static [f64],
    lines: Vec<Line>,
}

struct Line {
    label: &'static str,
    style: &'static str,
    points: Vec<(f64, f64)>,
}

/// Microseconds on every left edge.
const COSTS: [(f64, &str); 8] = [
    (100.0, "0.1 ms"),
    (200.0, "0.2"),
    (500.0, "0.5"),
    (1_000.0, "1 ms"),
    (2_000.0, "2"),
    (5_000.0, "5"),
    (10_000.0, "10 ms"),
    (20_000.0, "20"),
];
/// Of a panel with the space around it, and of the plot in it.
const PANEL: (f64, f64) = (360.0, 260.0);
const PLOT: (f64, f64) = (280.0, 180.0);
const MARGIN: (f64, f64) = (60.0, 34.0);
const HEAD: f64 = 58.0;
const FOOT: f64 = 26.0;

const STYLE: &str = "
  text { font: 12px system-ui, sans-serif; fill: #1f2328 }
  .title { font-size: 16px; font-weight: 600 } .head { font-weight: 600 } .foot { font-size: 11px }
  .grid { stroke: #d0d7de } .frame { fill: none; stroke: #8c959f }
  .line { fill: none; stroke-width: 2 }
  .blst { stroke: #0550ae } .portable { stroke: #bc4c00; stroke-dasharray: 7 4 } .peer { stroke: #6e7781; stroke-dasharray: 2 4 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .grid { stroke: #30363d } .frame { stroke: #6e7681 }
    .blst { stroke: #79c0ff } .portable { stroke: #ffa657 } .peer { stroke: #b1bac4 }
  }
";

impl Picture {
    fn svg(&self, measured: &str) -> String {
        let columns = self.panels.len().min(2);
        let (width, height) =
            (PANEL.0 * columns as f64, HEAD + PANEL.1 * self.panels.len().div_ceil(columns) as f64 + FOOT);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
             aria-label=\"{title}\">\n<style>{STYLE}</style>\n<text class=\"title\" x=\"{left}\" y=\"22\">{title}</text>\n",
            title = self.title,
            left = MARGIN.0,
        );
        self.legend(&mut svg);
        for (i, panel) in self.panels.iter().enumerate() {
            let (x, y) = (PANEL.0 * (i % columns) as f64 + MARGIN.0, HEAD + PANEL.1 * (i / columns) as f64 + MARGIN.1);
            let _ = writeln!(svg, "<g transform=\"translate({x} {y})\">");
            panel.draw(&mut svg);
            svg.push_str("</g>\n");
        }
        let (left, bottom) = (MARGIN.0, height - 8.0);
        let _ = writeln!(svg, "<text class=\"foot\" x=\"{left}\" y=\"{bottom}\">{measured}</text>\n</svg>");
        svg
    }

    fn legend(&self, svg: &mut String) {
        let Some(panel) = self.panels.first() else { return };
        for (i, Line { label, style, .. }) in panel.lines.iter().enumerate() {
            let x = MARGIN.0 + 170.0 * i as f64;
            let _ = writeln!(
                svg,
                "<path class=\"line {style}\" d=\"M{x} 42h32\"/><text x=\"{}\" y=\"46\">{label}</text>",
                x + 38.0
            );
        }
    }
}

impl Panel {
    fn draw(&self, svg: &mut String) {
        let (width, height) = PLOT;
        let all = || self.lines.iter().flat_map(|line| &line.points).map(|point| point.1);
        let lowest = COSTS.iter().rev().find(|(cost, _)| all().all(|y| y >= *cost)).unwrap_or(&COSTS[0]).0;
        let highest = COSTS.iter().find(|(cost, _)| all().all(|y| y <= *cost)).unwrap_or(&COSTS[COSTS.len() - 1]).0;
        let (first, last) = (self.ticks[0], self.ticks[self.ticks.len() - 1]);
        let across = |x: f64| (x / first).ln() / (last / first).ln() * width;
        let up = |y: f64| height - (y / lowest).ln() / (highest / lowest).ln() * height;

        let _ = writeln!(svg, "<text class=\"head\" y=\"-10\">{}</text>", self.title);
        for (cost, label) in COSTS.iter().filter(|(cost, _)| (lowest..=highest).contains(cost)) {
            let y = up(*cost);
            let _ = writeln!(
                svg,
                "<path class=\"grid\" d=\"M0 {y:.1}h{width}\"/><text x=\"-6\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>",
                y + 4.0
            );
        }
        for tick in self.ticks {
            let _ = writeln!(
                svg,
                "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{tick}</text>",
                across(*tick),
                height + 16.0
            );
        }
        let _ = writeln!(
            svg,
            "<rect class=\"frame\" width=\"{width}\" height=\"{height}\"/><text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            width / 2.0,
            height + 34.0,
            self.below
        );
        for Line { style, points, .. } in &self.lines {
            let points: Vec<String> = points.iter().map(|(x, y)| format!("{:.1},{:.1}", across(*x), up(*y))).collect();
            let _ = writeln!(svg, "<polyline class=\"line {style}\" points=\"{}\"/>", points.join(" "));
        }
    }
}
