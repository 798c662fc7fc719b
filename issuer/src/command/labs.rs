//! Which labs there are. Whoever controls the machine may change that alone.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use bauta_issuer::{Lab, LabName, Service, Vocabulary};
use clap::{Args, Subcommand};
use serde_json::json;

use super::Printed;

#[derive(Subcommand)]
pub(super) enum Labs {
    /// Enrol a lab
    Add {
        /// Its name; part of every reference's keyed hash
        name: LabName,
        /// A JSON file: what it may enter; everything that the credential types know otherwise
        #[arg(long)]
        vocabulary: Option<PathBuf>,
        /// How many new results each of its operators may add on one day; as the settings say otherwise
        #[arg(long)]
        quota: Option<u32>,
    },
    /// Show all labs
    List(Printed),
    /// Change what a lab may enter, or how much of it
    Set(Set),
    /// Refuse its keys and operators, and take nothing new from it
    Suspend {
        /// Its name
        name: LabName,
    },
    /// End a suspension
    Resume {
        /// Its name
        name: LabName,
    },
}

#[derive(Args)]
pub(super) struct Set {
    /// Its name
    name: LabName,
    /// A JSON file: what it may enter from now on
    #[arg(long)]
    vocabulary: Option<PathBuf>,
    /// It may enter everything that the credential types know
    #[arg(long, conflicts_with = "vocabulary")]
    whole_vocabulary: bool,
    /// How many new results each of its operators may add on one day
    #[arg(long)]
    quota: Option<u32>,
    /// As many as the settings say
    #[arg(long, conflicts_with = "quota")]
    default_quota: bool,
}

impl Labs {
    pub(super) async fn run(self, service: &Service) -> anyhow::Result<ExitCode> {
        let owner = service.owner();
        match self {
            Self::Add { name, vocabulary, quota } => {
                let vocabulary = vocabulary.as_deref().map(read).transpose()?;
                service.enrol_lab(&name, vocabulary, quota, &owner).await?;
                println!("{name} is enrolled");
            }
            Self::List(printed) => {
                for lab in service.labs().await? {
                    print(&lab, service, printed);
                }
            }
            Self::Set(set) => return set.run(service).await,
            Self::Suspend { name } => {
                service.suspend_lab(&name, &owner).await?;
                println!("{name} is suspended; to take back what it added: withdraw --lab {name} --whole-lab");
            }
            Self::Resume { name } => {
                service.resume_lab(&name, &owner).await?;
                println!("{name} is in force");
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Set {
    async fn run(self, service: &Service) -> anyhow::Result<ExitCode> {
        let Self { name, vocabulary, whole_vocabulary, quota, default_quota } = self;
        let owner = service.owner();
        if vocabulary.is_none() && quota.is_none() && !whole_vocabulary && !default_quota {
            anyhow::bail!("say what to set: --vocabulary FILE, --whole-vocabulary, --quota N or --default-quota");
        }
        if vocabulary.is_some() || whole_vocabulary {
            let vocabulary = vocabulary.as_deref().map(read).transpose()?;
            service.set_vocabulary(&name, vocabulary.as_ref(), &owner).await?;
        }
        if quota.is_some() || default_quota {
            service.set_quota(&name, quota, &owner).await?;
        }
        print(&service.lab(&name).await?, service, Printed::IN_WORDS);
        Ok(ExitCode::SUCCESS)
    }
}

fn read(file: &Path) -> anyhow::Result<Vocabulary> {
    let named = || file.display().to_string();
    std::fs::read_to_string(file).with_context(named)?.parse().with_context(named)
}

fn print(lab: &Lab, service: &Service, printed: Printed) {
    let state = if lab.suspended { "suspended" } else { "in force" };
    let quota = lab.quota.unwrap_or(service.config().operator_quota);
    let vocabulary = lab.vocabulary.as_ref().map(Vocabulary::to_json);
    if printed.json {
        let vocabulary = lab.vocabulary.as_ref();
        let enrolled = lab.enrolled.to_string();
        println!(
            "{}",
            json!({ "name": lab.name, "state": state, "enrolled": enrolled, "quota": quota, "vocabulary": vocabulary })
        );
    } else {
        let vocabulary = vocabulary.as_deref().unwrap_or("everything");
        println!("{}\t{state}\tenrolled {}\t{quota} a day\t{vocabulary}", lab.name, lab.enrolled);
    }
}
