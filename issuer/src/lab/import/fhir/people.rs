//! Whom results are about: the patients of one file, of whom only the claims that a mapping asks for are kept.

use std::collections::HashMap;
use std::rc::Rc;

use super::super::ImportError;
use super::super::mapping::Mapped;
use super::json;
use super::resource::{Common, Kind, Patient};

/// Most patients of one file: they are kept in memory, in whatever order the file has them.
const MOST_PATIENTS: usize = 200_000;

/// Claims that are filled from a person, or why they are not.
type Claims = Result<Vec<(String, String)>, String>;

/// Patients by their full URL and by `Patient/id`.
#[derive(Default)]
pub(super) struct People {
    number: usize,
    /// Nothing under a name that several have.
    by_name: HashMap<String, Option<Rc<Claims>>>,
}

impl People {
    /// Takes in a resource if it is a patient that can be read. One that cannot is refused where the results are read.
    pub(super) fn take_in(&mut self, text: &str, full_url: Option<&str>, mapped: &Mapped) -> Result<(), ImportError> {
        let is_patient = json::parse::<Kind>(text).is_ok_and(|kind| kind.resource_type == "Patient");
        let (true, Ok(patient), Ok(common)) =
            (is_patient, json::parse::<Patient>(text), json::parse::<Common<'_>>(text))
        else {
            return Ok(());
        };
        self.number += 1;
        if self.number > MOST_PATIENTS {
            return Err(ImportError::TooManyPatients);
        }
        let claims = Rc::new(claims_of(&patient, &common, mapped));
        let by_id = common.id.as_ref().map(|id| format!("Patient/{id}"));
        for name in full_url.map(str::to_owned).into_iter().chain(by_id) {
            let known = self.by_name.entry(name).or_insert_with(|| Some(Rc::clone(&claims)));
            // The same patient may be there twice, as where pages of a search overlap.
            if known.as_ref().is_some_and(|known| *known != claims) {
                *known = None;
            }
        }
        Ok(())
    }

    /// The claims of the person that a result is about. `base` is where the result itself lives: a relative reference starts there.
    pub(super) fn claims(
        &self,
        reference: Option<&str>,
        base: Option<&str>,
        result: &Common<'_>,
        mapped: &Mapped,
    ) -> Claims {
        let reference = reference.ok_or("it says not whom it is about")?;
        if let Some(id) = reference.strip_prefix('#') {
            return contained(id, result, mapped);
        }
        let reference = reference.split_once("/_history/").map_or(reference, |(resource, _)| resource);
        let relative = reference.starts_with("Patient/");
        let absolute = reference.starts_with("http") && reference.contains("/Patient/");
        if !relative && !absolute && !reference.starts_with("urn:") {
            return Err("it is about something else than a patient".to_owned());
        }
        if !mapped.asks_for_person() && (relative || absolute) {
            return Ok(Vec::new());
        }
        let from_base = base.filter(|_| relative).map(|base| format!("{base}{reference}"));
        match self.by_name.get(from_base.as_deref().unwrap_or(reference)) {
            Some(Some(claims)) => Claims::clone(claims),
            Some(None) => Err("the file has several patients under the name that it refers to".to_owned()),
            None => Err(
                "the patient that it refers to is not in the file: add it, or name a file of patients with --patients"
                    .to_owned(),
            ),
        }
    }
}

fn contained(id: &str, result: &Common<'_>, mapped: &Mapped) -> Claims {
    for resource in result.contained.iter().flatten() {
        let common: Common<'_> = json::parse(resource.get())?;
        let is_patient = json::parse::<Kind>(resource.get())?.resource_type == "Patient";
        if is_patient && common.id.as_deref() == Some(id) {
            return claims_of(&json::parse(resource.get())?, &common, mapped);
        }
    }
    Err("the patient that it refers to is not contained in it".to_owned())
}

fn claims_of(patient: &Patient, common: &Common<'_>, mapped: &Mapped) -> Claims {
    common.without_modifiers()?;
    if patient.active == Some(false) {
        return Err("its patient's record is not in use any more".to_owned());
    }
    mapped.claims_of(&patient.person())
}
