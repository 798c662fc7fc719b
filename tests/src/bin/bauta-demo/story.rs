//! Tells what happens: a sentence, the command, what it printed, and whether that was what had to happen.

use std::fs;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use bauta_tests::city::{City, MARK, Step};
use bauta_tests::shell::{Ran, Running, quoted};

/// A demo under way.
pub(crate) struct Story {
    city: City,
    started: Instant,
    colours: bool,
}

impl Story {
    /// Says what this is and how to take part.
    pub(crate) fn begin(city: City) -> Self {
        let story = Self { city, started: Instant::now(), colours: std::io::stdout().is_terminal() };
        println!("{}", story.bold("Bauta: prove that you belong, and show nothing else"));
        println!("Four programs play a day in a city. To type their commands yourself, or others, say first");
        println!("\n  cd {}\n  . ./{MARK}", quoted(&story.city.shell().folder().display().to_string()));
        story
    }

    /// The city in which it plays.
    pub(crate) fn city(&self) -> &City {
        &self.city
    }

    /// A new act.
    pub(crate) fn act(&self, title: &str) {
        println!("\n\n{}\n{}", self.bold(title), "─".repeat(title.chars().count()));
    }

    /// A sentence.
    pub(crate) fn say(&self, text: &str) {
        if !text.is_empty() {
            println!("\n{text}");
        }
    }

    /// Steps that must all succeed.
    pub(crate) fn follow(&self, steps: &[Step]) -> Result<()> {
        steps.iter().try_for_each(|step| self.done(step.why, step.line).map(|_| ()))
    }

    /// A command that must succeed.
    pub(crate) fn done(&self, why: &str, line: &str) -> Result<Ran> {
        self.shown(why, line, 0, "")
    }

    /// A command that must be refused with exit code 1 and a message that contains `reason`.
    pub(crate) fn refused(&self, why: &str, line: &str, reason: &str) -> Result<Ran> {
        self.shown(why, line, 1, reason)
    }

    /// A command that must succeed and teaches nothing new.
    pub(crate) fn quietly(&self, line: &str) -> Result<Ran> {
        Ok(self.city.done(line)?)
    }

    /// Lines that are typed into a command, each after its pause, and the words that must stand in the verdicts.
    pub(crate) fn typed(&self, why: &str, line: &str, inputs: &[(Duration, &str)], verdicts: &[&str]) -> Result<()> {
        self.say(why);
        self.print_command(line);
        let ran = self.city.shell().run_typing(line, inputs)?;
        self.print_output(&ran);
        let answers: Vec<&str> = ran.out.lines().collect();
        let as_announced = answers.len() == verdicts.len()
            && answers.iter().zip(verdicts).all(|(answer, verdict)| answer.contains(verdict));
        if !as_announced {
            bail!("`{line}` should have answered {verdicts:?}");
        }
        Ok(())
    }

    /// Starts the lab's service; it stops when the return value goes.
    pub(crate) fn serve(&self, why: &str) -> Result<Running> {
        self.say(why);
        self.print_command("bauta-issuer serve");
        Ok(self.city.serve()?)
    }

    /// Shows a file.
    pub(crate) fn show_file(&self, why: &str, name: &str) -> Result<()> {
        self.say(why);
        println!("\n  $ cat {name}");
        print_indented(&fs::read_to_string(self.path(name))?);
        Ok(())
    }

    /// How long it has taken so far.
    pub(crate) fn seconds(&self) -> u64 {
        self.started.elapsed().as_secs()
    }

    /// A file of the demo.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.city.shell().folder().join(name)
    }

    fn shown(&self, why: &str, line: &str, code: i32, reason: &str) -> Result<Ran> {
        self.say(why);
        self.print_command(line);
        let ran = self.city.shell().run(line)?;
        self.print_output(&ran);
        if ran.code != Some(code) || !ran.said().contains(reason) {
            bail!("`{line}` ended with {:?}; expected was {code} and a message with `{reason}`", ran.code);
        }
        Ok(ran)
    }

    fn print_command(&self, line: &str) {
        println!("\n  {}", self.bold(&format!("$ {line}")));
    }

    fn print_output(&self, ran: &Ran) {
        print_indented(&ran.out);
        print_indented(&ran.err);
    }

    fn bold(&self, text: &str) -> String {
        if self.colours { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
    }
}

fn print_indented(text: &str) {
    for line in text.lines() {
        println!("  {line}");
    }
}
