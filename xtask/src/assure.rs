//! `cargo xtask assure`: every figure of the assurance table by its command, and one report of all of them.
//!
//! A figure that fails is named in the report, and the others go on. See docs/assurance.md.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::machine::{cargo, output, root, shown};
use crate::test::see_to_programs;

/// How much is done.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// What continuous integration does, or less: to try the report itself.
    Short,
    /// The figures that are promised. Takes hours.
    Long,
}

/// What was asked for on the command line.
pub(crate) struct Asked {
    pub(crate) form: Form,
    /// Names of figures; all when there is none.
    pub(crate) only: Vec<String>,
    /// For every random test; from the clock when there is none.
    pub(crate) seed: Option<u64>,
}

/// One row of the assurance table.
struct Figure {
    name: &'static str,
    what: &'static str,
    steps: &'static [Step],
}

/// One command that belongs to a figure.
enum Step {
    /// Tests of ours whose names contain the last word.
    Tests(Tests),
    /// A command of xtask, in its short and its long form. Nothing where a form would do nothing.
    Xtask { short: &'static [&'static str], long: &'static [&'static str] },
}

struct Tests {
    /// Where the package is.
    folder: &'static str,
    /// One file of tests, `lib` for those in the source, or nothing for all of the package's.
    file: &'static str,
    /// Only tests whose name contains this.
    filter: &'static str,
    /// What makes the test longer: variable, short form, long form.
    effort: &'static [(&'static str, &'static str, &'static str)],
}

const fn tests(folder: &'static str, file: &'static str, filter: &'static str) -> Tests {
    Tests { folder, file, filter, effort: &[] }
}

/// A file that has some.
const fn properties(folder: &'static str, file: &'static str) -> Tests {
    Tests { effort: &[("PROPTEST_CASES", "64", "4096")], ..tests(folder, file, "") }
}

/// The table. Each test reads its variables and prints its seed; what it prints beside is the figure reached.
const FIGURES: &[Figure] = &[
    Figure {
        name: "A1",
        what: "decoders: no panic, no hang beyond 50 ms, no allocation beyond 1 MiB",
        steps: &[
            Step::Tests(Tests { effort: &[("BAUTA_MUTATIONS", "10000", "1000000")], ..tests("spec", "mutations", "") }),
            Step::Tests(Tests {
                effort: &[("BAUTA_MUTATIONS", "10000", "1000000")],
                ..tests("crypto", "mutations", "")
            }),
            Step::Xtask { short: &[], long: &["fuzz", "--seconds", "60"] },
        ],
    },
    Figure {
        name: "A2",
        what: "bad is refused: official vectors, our own, every bit flip of 20 presentations",
        steps: &[
            Step::Tests(tests("crypto", "vectors", "")),
            Step::Tests(Tests { effort: &[("BAUTA_MUTATIONS", "0", "1000000")], ..tests("spec", "vectors", "") }),
            Step::Tests(tests("tests", "vectors", "")),
        ],
    },
    Figure {
        name: "A3",
        what: "exactly-once redemption over two replicas",
        steps: &[Step::Tests(Tests {
            effort: &[("BAUTA_ATTEMPTS", "1000", "100000")],
            ..tests("issuer", "replicas", "a3_")
        })],
    },
    Figure {
        name: "A4",
        what: "unlinkability: windows, traces, lengths, and a trained classifier with every key",
        steps: &[Step::Tests(Tests {
            effort: &[("BAUTA_SHOWINGS", "100", "1000"), ("BAUTA_PAIRS", "2000", "20000")],
            ..tests("tests", "privacy", "")
        })],
    },
    Figure {
        name: "A5",
        what: "anonymity sets of the shipped policies, exactly and drawn",
        steps: &[Step::Tests(Tests {
            effort: &[("BAUTA_PEOPLE", "50000", "1000000")],
            ..tests("authority", "lint", "a5_")
        })],
    },
    Figure {
        name: "A6",
        what: "kill -9 of replicas, of the database and of the wallet",
        steps: &[
            Step::Tests(Tests { effort: &[("BAUTA_KILLS", "5", "250")], ..tests("issuer", "replicas", "a6_") }),
            Step::Tests(tests("issuer", "program", "killed_")),
            Step::Tests(Tests { effort: &[("BAUTA_KILLS", "3", "100")], ..tests("tests", "kill", "") }),
        ],
    },
    Figure {
        name: "A7",
        what: "database faults at every statement",
        steps: &[Step::Tests(Tests { effort: &[("BAUTA_FATES", "1", "3")], ..tests("issuer", "", "a7_") })],
    },
    Figure {
        name: "A8",
        what: "overload and slow connections",
        steps: &[
            Step::Tests(Tests { effort: &[("BAUTA_LOAD_SECONDS", "5", "60")], ..tests("issuer", "", "a8_") }),
            Step::Tests(tests("issuer", "http", "slow_")),
        ],
    },
    Figure {
        name: "A9",
        what: "withdrawal of a result, a record, a batch, a lab, a key: no pass afterwards, refused within a minute; lists never go backwards",
        steps: &[
            Step::Tests(Tests { effort: &[("BAUTA_REAL_TIMERS", "0", "1")], ..tests("tests", "withdrawal", "a9_") }),
            Step::Tests(Tests { effort: &[("PROPTEST_CASES", "256", "10000")], ..tests("spec", "lib", "histories") }),
            Step::Tests(tests("tests", "attacks", "n9_")),
        ],
    },
    Figure {
        name: "A10",
        what: "authorisation: every route by every role",
        steps: &[Step::Tests(tests("issuer", "", "a10_"))],
    },
    Figure {
        name: "A11",
        what: "the chain of acts: every edit is detected",
        steps: &[Step::Tests(Tests { effort: &[("BAUTA_EDITS", "500", "10000")], ..tests("issuer", "", "a11_") })],
    },
    Figure {
        name: "A12",
        what: "secrets stay in: log, database, environment",
        steps: &[
            Step::Tests(Tests { effort: &[("BAUTA_FLOWS", "10", "1000")], ..tests("issuer", "", "a12_") }),
            Step::Tests(tests("issuer", "program", "the_log_holds")),
        ],
    },
    Figure {
        name: "A13",
        what: "supply chain: bans and licences, bills of materials, bit-identical rebuild",
        steps: &[
            Step::Xtask { short: &["deny"], long: &["deny"] },
            Step::Xtask { short: &["sbom"], long: &["sbom"] },
            Step::Xtask { short: &[], long: &["rebuild-check"] },
        ],
    },
    Figure {
        name: "A14",
        what: "strict headers on every route, no other origin, nothing from third parties",
        steps: &[
            Step::Tests(tests("issuer", "http", "every_answer_is_strict")),
            Step::Tests(tests("issuer", "http", "origin")),
            Step::Xtask { short: &[], long: &["web-test", "privacy"] },
        ],
    },
    Figure {
        name: "A15",
        what: "constant time on secret paths",
        steps: &[
            Step::Xtask { short: &[], long: &["dudect"] },
            Step::Xtask { short: &[], long: &["instructions", "--secrets"] },
            Step::Xtask { short: &["dudect", "--short"], long: &[] },
        ],
    },
    Figure {
        name: "A17",
        what: "both curve backends agree, refusals included; benches of the bare curves and of peers compile",
        steps: &[
            Step::Tests(Tests {
                effort: &[("BAUTA_OPERATIONS", "1000", "100000")],
                ..tests("crypto", "lib", "agreement")
            }),
            Step::Xtask { short: &[], long: &["peers"] },
        ],
    },
    Figure {
        name: "A18",
        what: "properties",
        steps: &[
            Step::Tests(properties("crypto", "laws")),
            Step::Tests(properties("crypto", "batch")),
            Step::Tests(properties("spec", "lib")),
            Step::Tests(properties("verifier", "lib")),
            Step::Tests(properties("wallet", "vault")),
            Step::Tests(properties("authority", "office")),
            Step::Tests(properties("issuer", "lib")),
        ],
    },
    Figure {
        name: "import",
        what: "100,000 rows, and an import that is killed again and again",
        steps: &[
            Step::Tests(Tests { effort: &[("BAUTA_ROWS", "3000", "100000")], ..tests("issuer", "labs", "an_import") }),
            Step::Tests(Tests { effort: &[("BAUTA_ROWS", "3000", "100000")], ..tests("issuer", "import", "") }),
        ],
    },
    Figure {
        name: "API",
        what: "what /openapi.json says is what /v1 does, asked by schemathesis",
        steps: &[Step::Xtask { short: &["api-test"], long: &["api-test", "--seconds", "600"] }],
    },
];

/// Says which figures there are, and by which commands.
pub(crate) fn list() {
    for figure in FIGURES {
        println!("{:4} {}", figure.name, figure.what);
        for step in figure.steps {
            let lines: BTreeSet<String> =
                [Form::Short, Form::Long].into_iter().filter_map(|form| step.line(form)).collect();
            lines.iter().for_each(|line| println!("       {line}"));
        }
    }
}

/// Runs what was asked for and writes `target/assure/report.md`.
pub(crate) fn run(asked: &Asked) -> Result<()> {
    for name in &asked.only {
        if !FIGURES.iter().any(|figure| figure.name.eq_ignore_ascii_case(name)) {
            bail!("there is no figure {name}: `cargo xtask assure --list` names them");
        }
    }
    let wanted = |figure: &&Figure| {
        asked.only.is_empty() || asked.only.iter().any(|name| figure.name.eq_ignore_ascii_case(name))
    };
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seed = asked.seed.unwrap_or(since.as_secs());
    println!("BAUTA_SEED={seed}");
    let figures: Vec<&Figure> = FIGURES.iter().filter(wanted).collect();
    let built = Built::of(&figures, asked.form)?;
    let folder = root().join("target/assure");
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
    let mut report = Report { head: head(asked.form, seed)?, rows: Vec::new(), file: folder.join("report.md") };
    for figure in figures {
        for (number, step) in figure.steps.iter().enumerate() {
            let Some(line) = step.line(asked.form) else { continue };
            let log = folder.join(format!("{}-{}.log", figure.name, number + 1));
            println!("\n{} {}\n$ {line}", figure.name, figure.what);
            let commands = step.commands(asked.form, seed, &built);
            report.rows.push(one(figure, step, line, commands, &log)?);
            // After every step, so that one who ends it has what was reached.
            report.write()?;
        }
    }
    println!("\nThe report is target/assure/report.md.");
    let failed: Vec<&str> = report.rows.iter().filter(|row| row.missed.is_some()).map(|row| row.figure).collect();
    if failed.is_empty() { Ok(()) } else { bail!("not reached: {}", failed.join(", ")) }
}

impl Step {
    /// As one would type it. Nothing when this form does nothing.
    fn line(&self, form: Form) -> Option<String> {
        match self {
            Self::Xtask { .. } => self.words(form).map(|words| format!("cargo xtask {}", words.join(" "))),
            Self::Tests(tests) => {
                let effort = tests
                    .effort
                    .iter()
                    .map(|(name, short, long)| (name, if form == Form::Short { short } else { long }));
                let mut line: String = effort.map(|(name, value)| format!("{name}={value} ")).collect();
                line.push_str(if form == Form::Long { "cargo test --release" } else { "cargo test" });
                let _ = write!(line, " --package bauta-{}", tests.folder);
                line.push_str(&match tests.file {
                    "" => String::new(),
                    "lib" => " --lib".to_owned(),
                    file => format!(" --test {file}"),
                });
                if !tests.filter.is_empty() {
                    let _ = write!(line, " {}", tests.filter);
                }
                Some(line)
            }
        }
    }

    fn words(&self, form: Form) -> Option<&'static [&'static str]> {
        let Self::Xtask { short, long } = self else { return None };
        let words = if form == Form::Short { short } else { long };
        (!words.is_empty()).then_some(words)
    }

    fn commands(&self, form: Form, seed: u64, built: &Built) -> Vec<Command> {
        let mut commands = Vec::new();
        match self {
            Self::Xtask { .. } => commands.extend(self.words(form).map(|words| {
                let mut command = cargo();
                command.arg("xtask").args(words).current_dir(root());
                command
            })),
            Self::Tests(tests) => {
                for (_, _, program) in built.0.iter().filter(|(folder, file, _)| tests.has(folder, file)) {
                    let mut command = Command::new(program);
                    let folder = root().join(tests.folder);
                    command.env("CARGO_MANIFEST_DIR", &folder).current_dir(folder);
                    command.args([tests.filter].iter().filter(|filter| !filter.is_empty())).arg("--show-output");
                    for (name, short, long) in tests.effort {
                        command.env(name, if form == Form::Short { short } else { long });
                    }
                    commands.push(command);
                }
            }
        }
        for command in &mut commands {
            // Two names, because proptest has its own.
            command.env("BAUTA_SEED", seed.to_string()).env("PROPTEST_RNG_SEED", seed.to_string());
        }
        commands
    }
}

impl Tests {
    fn has(&self, folder: &str, file: &str) -> bool {
        self.folder == folder && (self.file.is_empty() || self.file == file)
    }
}

/// The programs of tests: folder of the package, file, path. Built for all packages together, because one by one each would build what it
/// depends on with other features.
struct Built(Vec<(String, String, PathBuf)>);

impl Built {
    fn of(figures: &[&Figure], form: Form) -> Result<Self> {
        let steps = figures.iter().flat_map(|figure| figure.steps);
        let wanted: Vec<&Tests> = steps
            .filter_map(|step| match step {
                Step::Tests(tests) => Some(tests),
                Step::Xtask { .. } => None,
            })
            .collect();
        if wanted.is_empty() {
            return Ok(Self(Vec::new()));
        }
        see_to_programs(form)?;
        println!("\nBuilding the tests");
        let mut build = cargo();
        build.args([
            "test",
            "--workspace",
            "--locked",
            "--no-run",
            "--quiet",
            "--message-format",
            "json-render-diagnostics",
        ]);
        build.args(targets(&wanted)?);
        if form == Form::Long {
            build.arg("--release");
        }
        let said = output(&mut build)?;
        let artifacts = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let programs = artifacts.filter_map(|artifact| {
            let program = PathBuf::from(artifact["executable"].as_str()?);
            if artifact["profile"]["test"] != true {
                return None;
            }
            let folder = Path::new(artifact["manifest_path"].as_str()?).parent()?.file_name()?.to_str()?.to_owned();
            let is_library = artifact["target"]["kind"].as_array()?.iter().any(|kind| kind != "test" && kind != "bin");
            let file = if is_library { "lib" } else { artifact["target"]["name"].as_str()? };
            Some((folder, file.to_owned(), program))
        });
        Ok(Self(programs.filter(|(folder, file, _)| wanted.iter().any(|tests| tests.has(folder, file))).collect()))
    }
}

/// Names the files of tests that are wanted, so that one figure does not wait until those of all others are built.
fn targets(wanted: &[&Tests]) -> Result<BTreeSet<String>> {
    let mut targets = BTreeSet::new();
    for tests in wanted {
        if matches!(tests.file, "" | "lib") {
            targets.insert("--lib".to_owned());
        }
        match tests.file {
            "lib" => {}
            "" => targets.extend(files(tests)?.iter().map(|file| format!("--test={file}"))),
            file => drop(targets.insert(format!("--test={file}"))),
        }
    }
    Ok(targets)
}

/// The files of a package in which a test may have such a name: what several sources make up is not looked into.
fn files(wanted: &Tests) -> Result<Vec<String>> {
    let tests = root().join(wanted.folder).join("tests");
    let entries = std::fs::read_dir(&tests).with_context(|| format!("cannot read {}", tests.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let names = || std::fs::read_to_string(&path).map(|source| source.contains(wanted.filter));
        let is_one = path.extension().is_some_and(|extension| extension == "rs");
        if (is_one && names()?) || path.join("main.rs").exists() {
            files.extend(path.file_stem().and_then(|name| name.to_str()).map(str::to_owned));
        }
    }
    Ok(files)
}

/// What became of one command.
struct Row {
    figure: &'static str,
    what: &'static str,
    command: String,
    /// Why it does not count as reached.
    missed: Option<String>,
    took: Duration,
    told: Vec<String>,
}

/// Runs the commands of a step to their end, shows what they say, and keeps it in a file.
fn one(figure: &Figure, step: &Step, line: String, commands: Vec<Command>, log: &Path) -> Result<Row> {
    let begun = Instant::now();
    let mut kept = std::fs::File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    let (mut said, mut failed) = (String::new(), None);
    for mut command in commands {
        let errors = kept.try_clone()?;
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(errors);
        let mut child = command.spawn().with_context(|| format!("could not start `{}`", shown(&command)))?;
        for text in BufReader::new(child.stdout.take().context("no output")?).lines() {
            let text = text?;
            println!("{text}");
            writeln!(kept, "{text}")?;
            said.push_str(&text);
            said.push('\n');
        }
        let status = child.wait()?;
        if !status.success() {
            failed = Some(status);
        }
    }
    let nothing_ran = matches!(step, Step::Tests(_)) && passed(&said) == 0;
    let missed = match failed {
        Some(status) => Some(format!("failed ({status}), see {}", log.display())),
        None => nothing_ran.then(|| "there is no such test".to_owned()),
    };
    if let Some(missed) = &missed {
        println!("{}: {missed}", figure.name);
    }
    let told = told(&said);
    Ok(Row { figure: figure.name, what: figure.what, command: line, missed, took: begun.elapsed(), told })
}

/// How many tests passed, over all files of tests.
fn passed(said: &str) -> u64 {
    let results = said.lines().filter_map(|line| line.strip_prefix("test result: ok. ")?.split(' ').next());
    results.filter_map(|number| number.parse::<u64>().ok()).sum()
}

/// The figures: what tests print, rows of tables; of a command that prints neither, its last line.
fn told(said: &str) -> Vec<String> {
    let mut told = Vec::new();
    let mut within = false;
    for line in said.lines() {
        if let Some(name) = line.strip_prefix("---- ") {
            told.push(format!("{}:", name.trim_end_matches(" stdout ----")));
            within = true;
        } else if line.is_empty() || line.starts_with("successes:") || line.starts_with("failures:") {
            within = false;
        } else if within || line.starts_with('|') || line.starts_with("test result:") {
            told.push(line.to_owned());
        }
    }
    told.retain(|line| !line.starts_with("test result:") || passed(line) > 0);
    if told.is_empty() {
        told.extend(said.lines().rfind(|line| !line.is_empty()).map(str::to_owned));
    }
    told
}

struct Report {
    head: String,
    rows: Vec<Row>,
    file: PathBuf,
}

impl Report {
    fn write(&self) -> Result<()> {
        std::fs::write(&self.file, self.text()?).with_context(|| format!("cannot write {}", self.file.display()))
    }

    fn text(&self) -> Result<String> {
        let mut text = self.head.clone();
        let missed = self.rows.iter().filter(|row| row.missed.is_some()).count();
        writeln!(text, "{} commands so far, {missed} not reached.\n", self.rows.len())?;
        writeln!(text, "| figure | | reached | seconds |\n|---|---|---|---|")?;
        for row in &self.rows {
            let reached = row.missed.as_deref().unwrap_or("yes");
            writeln!(text, "| {} | {} | {reached} | {} |", row.figure, row.what, row.took.as_secs())?;
        }
        for row in &self.rows {
            writeln!(text, "\n## {}: {}\n\n    {}\n", row.figure, row.what, row.command)?;
            if let Some(missed) = &row.missed {
                writeln!(text, "**Not reached: {missed}**\n")?;
            }
            writeln!(text, "```text\n{}\n```", row.told.join("\n"))?;
        }
        Ok(text)
    }
}

/// When, of what, on what.
fn head(form: Form, seed: u64) -> Result<String> {
    let said =
        |program: &str, words: &[&str]| output(Command::new(program).args(words)).map(|said| said.trim().to_owned());
    let date = said("date", &["-u", "+%Y-%m-%d %H:%M UTC"])?;
    let commit = said("git", &["describe", "--always", "--dirty", "--abbrev=12"]).unwrap_or_else(|_| "unknown".into());
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let model = model.map_or("a processor without a name", |(_, name)| name.trim());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let (system, rustc) = (said("uname", &["-srm"])?, said("rustc", &["--version"])?);
    let form = if form == Form::Short { "short" } else { "long" };
    Ok(format!(
        "# What was reached\n\nThe {form} form, begun {date}, of commit {commit}, with seed {seed}. On {cores} cores of {model}; {system}; {rustc}.\n\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str =
        "running 1 test\ntest a3_x ... ok\n\nsuccesses:\n\n---- a3_x stdout ----\n100 attempts\nseed 7\n\n
successes:\n    a3_x\n\ntest result: ok. 1 passed; 0 failed; 0 ignored\n";

    #[test]
    fn what_a_test_prints_is_the_figure_reached() {
        assert_eq!(told(SAID), ["a3_x:", "100 attempts", "seed 7", "test result: ok. 1 passed; 0 failed; 0 ignored"]);
        assert_eq!(told("much\n\nAll is well.\n"), ["All is well."]);
        assert_eq!(told("Time\n| sign | 3 |\nend"), ["| sign | 3 |"]);
    }

    #[test]
    fn a_run_without_tests_reaches_nothing() {
        assert_eq!(passed(SAID), 1);
        assert_eq!(passed("test result: ok. 0 passed; 0 failed\ntest result: ok. 0 passed; 0 failed\n"), 0);
    }

    #[test]
    fn only_the_files_that_are_wanted_are_built() {
        let targets = |wanted: &[&Tests]| targets(wanted).unwrap().into_iter().collect::<Vec<_>>();
        assert_eq!(
            targets(&[&tests("tests", "kill", ""), &tests("spec", "lib", "histories")]),
            ["--lib", "--test=kill"]
        );
        let some = targets(&[&tests("issuer", "", "a3_")]);
        assert!(some.contains(&"--test=replicas".to_owned()) && !some.contains(&"--test=http".to_owned()), "{some:?}");
        let all = targets(&[&tests("tests", "", "")]);
        for file in ["--lib", "--test=attacks", "--test=privacy", "--test=flow"] {
            assert!(all.iter().any(|target| target == file), "{file} is not among {all:?}");
        }
    }

    #[test]
    fn every_figure_has_a_long_form_and_a_name_of_its_own() {
        for (place, figure) in FIGURES.iter().enumerate() {
            assert!(figure.steps.iter().any(|step| step.line(Form::Long).is_some()), "{}", figure.name);
            assert!(figure.steps.iter().any(|step| step.line(Form::Short).is_some()), "{}", figure.name);
            assert!(FIGURES[..place].iter().all(|other| other.name != figure.name), "{}", figure.name);
        }
    }

    #[test]
    fn a_report_names_what_was_not_reached() {
        let row = |figure, missed: Option<&str>| Row {
            figure,
            what: "something",
            command: "cargo test".to_owned(),
            missed: missed.map(str::to_owned),
            took: Duration::from_secs(3),
            told: vec!["1,000 of 1,000".to_owned()],
        };
        let rows = vec![row("A3", None), row("A6", Some("failed"))];
        let report = Report { head: String::new(), rows, file: PathBuf::new() };
        let text = report.text().unwrap_or_default();
        assert!(text.contains("2 commands so far, 1 not reached"), "{text}");
        assert!(text.contains("| A6 | something | failed | 3 |") && text.contains("1,000 of 1,000"), "{text}");
    }
}
