//! A few results in one call, for a lab's program that speaks FHIR: each entry is answered for itself.

use super::super::{Added, Days, LabError, Reference};
use super::found::{Found, Place};
use super::{CORRECTS, ImportError, Mapping, MappingError, bundle_of};
use crate::pickup::Form;
use crate::service::Service;
use crate::staff::Actor;

/// Most results and refusals of one call: each takes its time at the database, and the caller waits for all of them.
const MOST: usize = 20;

/// What came of one entry.
#[derive(Debug)]
pub struct AnsweredEntry {
    /// Where it stands in the Bundle.
    pub place: Place,
    /// The lab's own name for it, where one was found.
    pub reference: Option<Reference>,
    /// What was done.
    pub outcome: Outcome,
}

/// What was done with one entry.
#[derive(Debug)]
pub enum Outcome {
    /// It is here: since now, or for longer.
    Added(Added),
    /// It is here, and this is a later version of it.
    Corrects(&'static str),
    /// It holds no result that can be added.
    Refused(String),
    /// It could not be added.
    Failed(LabError),
}

/// A Bundle cannot be looked at.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// No codes are known here.
    #[error("this service has no mapping for FHIR: its operator sets `fhir_mapping`")]
    NoMapping,
    /// The operator's mapping is not usable.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// Not a Bundle that can be read.
    #[error(transparent)]
    Bundle(#[from] ImportError),
    /// More than one call may bring.
    #[error(
        "one call takes at most {MOST} results: send the others in calls of their own, or use `bauta-issuer import`"
    )]
    TooMany,
}

impl Service {
    /// Adds the results of a small Bundle by the mapping of the settings. The same again changes nothing.
    ///
    /// # Errors
    /// [`CallError`] when none of it was looked at.
    pub async fn add_bundle(
        &self,
        bundle: Vec<u8>,
        form: Form,
        actor: &Actor,
    ) -> Result<Vec<AnsweredEntry>, CallError> {
        let file = self.config.fhir_mapping.as_deref().ok_or(CallError::NoMapping)?;
        // Read anew each time, so that a changed mapping counts at once.
        let mapped = self.mapped(Mapping::read(file)?)?;
        let found: Vec<Found> = bundle_of(bundle, &mapped)?.take(MOST + 1).collect::<Result<_, _>>()?;
        if found.len() > MOST {
            return Err(CallError::TooMany);
        }
        let mut answers = Vec::new();
        for Found { place, entry, corrects, .. } in found {
            let reference = entry.as_ref().ok().map(|entry| entry.reference.clone());
            let outcome = match entry {
                Err(why) => Outcome::Refused(why),
                // What fails is answered beside what is done: the codes that were made before it are told only once.
                Ok(entry) => match self.add(&entry, Days::Dated, form, actor).await {
                    Ok(Added::Known(_)) if corrects => Outcome::Corrects(CORRECTS),
                    Ok(added) => Outcome::Added(added),
                    Err(why) => Outcome::Failed(why),
                },
            };
            answers.push(AnsweredEntry { place, reference, outcome });
        }
        Ok(answers)
    }
}
