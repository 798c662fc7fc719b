//! Several labs in one service: who is enrolled, what each may enter and how much of it, and who is suspended.
//!
//! Everything here is one change with its act in the chain. Who may do it is decided before: whoever controls the machine, or two persons.

mod vocabulary;

use bauta_spec::time::{Day, Moment};

pub use vocabulary::{BadVocabulary, Vocabulary};
pub(crate) use vocabulary::{HowFarBack, Said};

use crate::acts::ActKind;
use crate::config::Role;
use crate::service::Service;
use crate::staff::{Actor, LabName};
use crate::store::{LabChange, StoreError};
use crate::trust::NoTrust;

/// A lab that was enrolled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lab {
    /// Its name.
    pub name: LabName,
    /// The day it was enrolled.
    pub enrolled: Day,
    /// What it may enter; everything that the credential types know if nothing is said.
    pub vocabulary: Option<Vocabulary>,
    /// How many new results each of its operators may add on one day; as the settings say if nothing is said.
    pub quota: Option<u32>,
    /// Whether nothing new is taken from it.
    pub suspended: bool,
}

/// A lab was not enrolled or changed.
#[derive(Debug, thiserror::Error)]
pub enum LabsError {
    /// References, keys and acts go by the name.
    #[error("there is a lab of this name already: choose another, or see `bauta-issuer lab list`")]
    NameTaken,
    /// No such lab.
    #[error("there is no lab of this name: see `bauta-issuer lab list`")]
    Unknown,
    /// A vocabulary of words that nobody could ever enter.
    #[error(transparent)]
    Vocabulary(#[from] BadVocabulary),
    /// No usable trust list, and so no day and no credential types.
    #[error(transparent)]
    NoTrust(#[from] NoTrust),
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Service {
    /// Enrols a lab: from now on results can be added for it.
    ///
    /// # Errors
    /// [`LabsError`].
    pub async fn enrol_lab(
        &self,
        name: &LabName,
        vocabulary: Option<Vocabulary>,
        quota: Option<u32>,
        actor: &Actor,
    ) -> Result<(), LabsError> {
        self.usable(vocabulary.as_ref())?;
        let lab = Lab { name: name.clone(), enrolled: self.day()?, vocabulary, quota, suspended: false };
        let act = self.act(actor, ActKind::LabEnrolled, name.as_str());
        if self.store.change_lab(LabChange::Enrol(&lab), act).await? { Ok(()) } else { Err(LabsError::NameTaken) }
    }

    /// How many new results each operator of a lab may add on one day from now on; `None`: as the settings say.
    ///
    /// # Errors
    /// [`LabsError`].
    pub async fn set_quota(&self, lab: &LabName, quota: Option<u32>, actor: &Actor) -> Result<(), LabsError> {
        let about = match quota {
            Some(quota) => format!("{lab} {quota}"),
            None => lab.to_string(),
        };
        found(self.store.change_lab(LabChange::Quota(lab, quota), self.act(actor, ActKind::LabQuotaSet, &about)).await?)
    }

    /// What a lab may enter from now on; `None`: everything that the credential types know.
    ///
    /// # Errors
    /// [`LabsError`].
    pub async fn set_vocabulary(
        &self,
        lab: &LabName,
        vocabulary: Option<&Vocabulary>,
        actor: &Actor,
    ) -> Result<(), LabsError> {
        self.usable(vocabulary)?;
        let act = self.act(actor, ActKind::LabVocabularySet, lab.as_str());
        found(self.store.change_lab(LabChange::Vocabulary(lab, vocabulary), act).await?)
    }

    /// Suspends a lab: its keys and operators are refused, and nothing new is added. What it added before can be collected.
    ///
    /// # Errors
    /// [`LabsError`].
    pub async fn suspend_lab(&self, lab: &LabName, actor: &Actor) -> Result<(), LabsError> {
        let act = self.act(actor, ActKind::LabSuspended, lab.as_str());
        found(self.store.change_lab(LabChange::Suspend(lab), act).await?)
    }

    /// Ends a suspension.
    ///
    /// # Errors
    /// [`LabsError`].
    pub async fn resume_lab(&self, lab: &LabName, actor: &Actor) -> Result<(), LabsError> {
        let act = self.act(actor, ActKind::LabResumed, lab.as_str());
        found(self.store.change_lab(LabChange::Resume(lab), act).await?)
    }

    /// All labs, by name.
    ///
    /// # Errors
    /// [`LabsError`].
    pub async fn labs(&self) -> Result<Vec<Lab>, LabsError> {
        Ok(self.store.labs().await?)
    }

    /// One lab.
    ///
    /// # Errors
    /// [`LabsError`].
    pub async fn lab(&self, name: &LabName) -> Result<Lab, LabsError> {
        self.store.lab(name).await?.ok_or(LabsError::Unknown)
    }

    /// Enrols the lab of the settings, unless it is: whoever controls the machine names it there, and nobody else is needed.
    /// [`Service::open`] does it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn enrol_own_lab(&self) -> Result<(), StoreError> {
        let name = &self.config.lab;
        if !self.config.plays(Role::Records) || self.store.lab(name).await?.is_some() {
            return Ok(());
        }
        // Without any trust list there is no programme, and its day is the calendar's.
        let enrolled = self.day().unwrap_or_else(|_| calendar_day(self.now()));
        let lab = Lab { name: name.clone(), enrolled, vocabulary: None, quota: None, suspended: false };
        let settings = Actor::at_console("settings".parse().expect("a name of letters"), None);
        // Another replica may be first.
        self.store.change_lab(LabChange::Enrol(&lab), self.act(&settings, ActKind::LabEnrolled, name.as_str())).await?;
        Ok(())
    }

    /// Whether everything in it can be entered under the trust list.
    pub(crate) fn usable(&self, vocabulary: Option<&Vocabulary>) -> Result<(), LabsError> {
        if let Some(vocabulary) = vocabulary {
            vocabulary.known_to(self.trust.latest()?.types())?;
        }
        Ok(())
    }
}

fn found(changed: bool) -> Result<(), LabsError> {
    if changed { Ok(()) } else { Err(LabsError::Unknown) }
}

/// By Greenwich and from midnight on.
fn calendar_day(now: Moment) -> Day {
    Day::new(u16::try_from(now.unix() / 86_400).unwrap_or(u16::MAX))
}
