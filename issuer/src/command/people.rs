//! Accounts, for whoever controls the machine: they need nobody's approval, and the chain of acts says that it was at the console.

use std::io::{self, IsTerminal as _};
use std::process::ExitCode;

use bauta_issuer::{LabName, Newcomer, Operator, Service, StaffRole};
use clap::Subcommand;

#[derive(Subcommand)]
pub(super) enum Account {
    /// Make an account, and show its invitation once
    Add {
        /// Its name; stands beside what is done with it, and is never used again
        #[arg(long)]
        name: Operator,
        /// What its owner may do
        #[arg(long, value_enum)]
        role: StaffRole,
        /// The lab of a viewer, operator or lab admin; the settings' lab if nothing is said
        #[arg(long)]
        lab: Option<LabName>,
    },
    /// Invite the owner again, whose telephone or invitation is lost: password, digits and sessions end
    Invite {
        /// Its name
        #[arg(long)]
        name: Operator,
    },
    /// Have the tokens of a provider under [[bearer]] speak for an account
    Link {
        /// Its name
        #[arg(long)]
        name: Operator,
        /// The `iss` of the tokens
        #[arg(long)]
        issuer: String,
        /// Their `sub`
        #[arg(long)]
        subject: String,
    },
    /// Show all accounts
    List,
    /// Suspend an account: its sessions, keys and tokens end at once
    Suspend {
        /// Its name
        #[arg(long)]
        name: Operator,
    },
    /// End a suspension
    Resume {
        /// Its name
        #[arg(long)]
        name: Operator,
    },
}

impl Account {
    pub(super) async fn run(self, service: &Service) -> anyhow::Result<ExitCode> {
        let owner = service.owner();
        match self {
            Self::Add { name, role, lab } => {
                let lab = lab.or_else(|| role.is_of_a_lab().then(|| service.config().lab.clone()));
                let invited = service.make_account(&Newcomer { name, role, lab }, &owner).await?;
                println!("{}", *invited.invitation.text());
                eprintln!("It cannot be shown again. Its owner redeems it within 7 days: POST /v1/account/begin.");
            }
            Self::Invite { name } => {
                println!("{}", *service.invite_again(&name, &owner).await?.invitation.text());
                eprintln!("It cannot be shown again. What {name} had before counts no more.");
            }
            Self::Link { name, issuer, subject } => {
                service.link_account(&name, &issuer, &subject, &owner).await?;
                println!("{name} is linked");
            }
            Self::List => {
                for account in service.accounts(&owner).await? {
                    let (lab, state) = (account.lab.unwrap_or_default(), account.state.word());
                    println!("{}\t{}\t{lab}\t{state}", account.name, account.role);
                }
            }
            Self::Suspend { name } => {
                service.suspend_account(&name, &owner).await?;
                println!("{name} is suspended");
            }
            Self::Resume { name } => {
                service.resume_account(&name, &owner).await?;
                println!("{name} is in force again");
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Makes the first invitations and prints them, once in the life of a database.
pub(super) async fn first_officers(service: &Service) -> anyhow::Result<ExitCode> {
    match service.first_officers().await? {
        Some(invited) => {
            eprintln!("{FOR_TWO}");
            invited.iter().for_each(|invited| println!("{}: {}", invited.name, *invited.invitation.text()));
        }
        None => anyhow::bail!(
            "the first officers were invited before; if an invitation was lost: `bauta-issuer account invite --name officer-1`"
        ),
    }
    Ok(ExitCode::SUCCESS)
}

/// At the first start, if somebody sits there. Nobody does under a supervisor: what is printed there is kept in a journal that others read, so
/// nobody is invited before somebody asks.
pub(super) async fn first_officers_at_a_terminal(service: &Service) -> anyhow::Result<()> {
    if !io::stderr().is_terminal() {
        if !service.has_officers().await? {
            tracing::warn!("nobody may enrol anybody yet: `bauta-issuer first-officers` invites two officers, once");
        }
        return Ok(());
    }
    if let Some(invited) = service.first_officers().await? {
        eprintln!("{FOR_TWO}");
        invited.iter().for_each(|invited| eprintln!("{}: {}", invited.name, *invited.invitation.text()));
    }
    Ok(())
}

const FOR_TWO: &str =
    "Two invitations for two enrolment officers. Give each to another person; they are not shown again.";
