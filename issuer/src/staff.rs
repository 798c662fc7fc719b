//! Who works here: people and programs that were let in, by name, lab and role.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::config::name_byte;
use crate::lab::{BadName, Operator};

/// A lab's name in tables, logs and keyed hashes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct LabName(String);

/// What somebody was let in for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize, clap::ValueEnum, utoipa::ToSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum StaffRole {
    /// Asks how far their lab's results have come, and counts them.
    Viewer,
    /// Also adds, replaces and withdraws results, one by one.
    Operator,
    /// Also lets people and programs of the lab in, and withdraws many results at once.
    LabAdmin,
    /// Enrols labs and sets their quotas, always with another officer. No results.
    EnrolmentOfficer,
    /// Reads the chain of acts.
    Auditor,
    /// A pass office that runs apart: hears which handles are withdrawn.
    Office,
}

/// For whom a key is, in the words of version 0.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Visitor {
    /// A lab's own software: adds, asks, withdraws, counts.
    Lab,
    /// A pass office that runs apart: hears which handles are withdrawn.
    Office,
}

impl From<Visitor> for StaffRole {
    fn from(visitor: Visitor) -> Self {
        match visitor {
            Visitor::Lab => Self::Operator,
            Visitor::Office => Self::Office,
        }
    }
}

/// What a call or a command needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Permission {
    /// To ask how far results have come, and to count them.
    SeeResults,
    /// To add, replace and withdraw results one by one.
    EnterResults,
    /// To withdraw many at once.
    WithdrawMany,
    /// To make and end keys of a lab.
    ManageKeys,
    /// To let people in, to suspend them and to let them in again.
    ManagePeople,
    /// To propose and approve labs, quotas and officers.
    Enrol,
    /// To read the chain of acts.
    ReadActs,
    /// To hear which handles are withdrawn.
    HearWithdrawals,
}

impl StaffRole {
    /// Every role.
    pub const ALL: [Self; 6] =
        [Self::Viewer, Self::Operator, Self::LabAdmin, Self::EnrolmentOfficer, Self::Auditor, Self::Office];

    /// The one place that says who may do what.
    pub fn may(self, permission: Permission) -> bool {
        use Permission as May;
        match self {
            Self::Viewer => matches!(permission, May::SeeResults),
            Self::Operator => matches!(permission, May::SeeResults | May::EnterResults),
            Self::LabAdmin => matches!(
                permission,
                May::SeeResults | May::EnterResults | May::WithdrawMany | May::ManageKeys | May::ManagePeople
            ),
            Self::EnrolmentOfficer => matches!(permission, May::Enrol | May::ManagePeople),
            Self::Auditor => matches!(permission, May::ReadActs),
            Self::Office => matches!(permission, May::HearWithdrawals),
        }
    }

    /// Whether such a one works for a lab. Everybody else looks after all labs.
    pub fn is_of_a_lab(self) -> bool {
        matches!(self, Self::Viewer | Self::Operator | Self::LabAdmin)
    }

    /// As it stands in tables and requests.
    pub fn word(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::LabAdmin => "lab-admin",
            Self::EnrolmentOfficer => "enrolment-officer",
            Self::Auditor => "auditor",
            Self::Office => "office",
        }
    }

    pub(crate) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

impl fmt::Display for StaffRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Somebody who was let in: what is done from here on is done in this name, and for this lab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    name: Operator,
    lab: Option<LabName>,
    standing: Standing,
}

/// How they came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// They control the machine: no rule here could keep them from anything, so none pretends to.
    AtConsole,
    /// By an account or a key.
    LetIn(StaffRole),
}

impl Actor {
    /// Whoever controls the machine, acting for a lab.
    pub(crate) fn at_console(name: Operator, lab: Option<LabName>) -> Self {
        Self { name, lab, standing: Standing::AtConsole }
    }

    /// By an account or a key.
    pub(crate) fn let_in(name: Operator, lab: Option<LabName>, role: StaffRole) -> Self {
        Self { name, lab, standing: Standing::LetIn(role) }
    }

    /// Their name.
    pub fn name(&self) -> &Operator {
        &self.name
    }

    /// Whom they work for; nobody's for those who look after all labs.
    pub fn lab(&self) -> Option<&LabName> {
        self.lab.as_ref()
    }

    /// Their role; whoever controls the machine has none.
    pub fn role(&self) -> Option<StaffRole> {
        match self.standing {
            Standing::AtConsole => None,
            Standing::LetIn(role) => Some(role),
        }
    }

    /// Whether they may do this.
    pub fn may(&self, permission: Permission) -> bool {
        match self.standing {
            Standing::AtConsole => true,
            Standing::LetIn(role) => role.may(permission),
        }
    }

    /// How they stand in the chain of acts. No account or key has a name with a slash.
    pub(crate) fn in_the_chain(&self) -> String {
        match self.standing {
            Standing::AtConsole => format!("console/{}", self.name),
            Standing::LetIn(_) => self.name.to_string(),
        }
    }
}

impl LabName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LabName {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let is_name = (1..=64).contains(&text.len()) && text.bytes().all(name_byte);
        is_name.then(|| Self(text.to_owned())).ok_or(BadName::Name)
    }
}

impl TryFrom<String> for LabName {
    type Error = BadName;

    fn try_from(text: String) -> Result<Self, BadName> {
        text.parse()
    }
}

impl From<LabName> for String {
    fn from(LabName(name): LabName) -> Self {
        name
    }
}

impl fmt::Display for LabName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
