//! The members of FHIR R4 resources that are read, and the rules that are FHIR's own.

use std::collections::BTreeMap;

use bauta_spec::time::{Day, Grid, Moment};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::super::super::{BadName, Reference};
use super::super::mapping::{Coding, Fact, Fhir};
use super::super::person::{Person, date};

/// What a resource is.
#[derive(Deserialize)]
pub(super) struct Kind {
    #[serde(rename = "resourceType")]
    pub(super) resource_type: String,
}

/// What all resources have.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Common<'a> {
    pub(super) id: Option<String>,
    #[serde(rename = "resourceType")]
    resource_type: String,
    identifier: Option<Vec<Identifier>>,
    implicit_rules: Option<IgnoredAny>,
    modifier_extension: Option<IgnoredAny>,
    #[serde(borrow)]
    pub(super) contained: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
struct Identifier {
    r#use: Option<String>,
    system: Option<String>,
    value: Option<String>,
}

/// A test and its outcome.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Observation {
    status: Option<String>,
    code: Option<Concept>,
    subject: Option<Target>,
    focus: Option<IgnoredAny>,
    effective_date_time: Option<String>,
    effective_instant: Option<String>,
    effective_period: Option<Period>,
    effective_timing: Option<IgnoredAny>,
    value_codeable_concept: Option<Concept>,
    value_string: Option<String>,
    data_absent_reason: Option<IgnoredAny>,
}

/// A dose that was given.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Immunization {
    status: Option<String>,
    vaccine_code: Option<Concept>,
    patient: Option<Target>,
    occurrence_date_time: Option<String>,
    occurrence_string: Option<IgnoredAny>,
    is_subpotent: Option<bool>,
}

/// A person, as far as a record may speak of one.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Patient {
    pub(super) active: Option<bool>,
    name: Option<Vec<HumanName>>,
    birth_date: Option<String>,
}

#[derive(Deserialize)]
struct HumanName {
    r#use: Option<String>,
    given: Option<Vec<Option<String>>>,
}

#[derive(Deserialize)]
struct Concept {
    coding: Option<Vec<Code>>,
    text: Option<String>,
}

#[derive(Deserialize)]
struct Code {
    system: Option<String>,
    code: Option<String>,
}

#[derive(Deserialize)]
struct Target {
    reference: Option<String>,
}

#[derive(Deserialize)]
struct Period {
    start: Option<String>,
}

impl Common<'_> {
    /// Modifiers may turn the meaning of a resource, and none is understood here.
    pub(super) fn without_modifiers(&self) -> Result<(), String> {
        if self.implicit_rules.is_some() || self.modifier_extension.is_some() {
            return Err(format!(
                "the {} has a modifierExtension or implicitRules, which may change its meaning: enter it by hand",
                if self.resource_type == "Patient" { "patient" } else { "resource" }
            ));
        }
        Ok(())
    }

    /// The lab's own name for it: the identifier of a system, or `Observation/17` where ids are the names.
    pub(super) fn reference(&self, system: Option<&str>) -> Result<Reference, String> {
        let named = match system {
            None => {
                let id = self.id.as_ref().ok_or("it has no id to be its reference")?;
                format!("{}/{id}", self.resource_type)
            }
            Some(system) => {
                let of_system = self.identifier.iter().flatten().filter(|identifier| {
                    identifier.system.as_deref() == Some(system) && identifier.r#use.as_deref() != Some("old")
                });
                let mut values = of_system.filter_map(|identifier| identifier.value.as_deref());
                let value = values.next().ok_or("it has no identifier of the system under `fhir.reference`")?;
                if values.any(|other| other != value) {
                    return Err("it has several identifiers of the system under `fhir.reference`".to_owned());
                }
                value.to_owned()
            }
        };
        named.parse().map_err(|why: BadName| why.to_string())
    }

    /// Where relative references start, if its full URL is that of a server's resource.
    pub(super) fn base_of<'u>(&self, full_url: &'u str, resource_type: &str) -> Option<&'u str> {
        let id = self.id.as_ref()?;
        full_url.strip_suffix(&format!("{resource_type}/{id}")).filter(|base| base.starts_with("http"))
    }
}

impl Observation {
    /// Whether it is a later version of itself, if it is one that counts at all.
    pub(super) fn status(&self) -> Result<bool, String> {
        match self.status.as_deref() {
            Some("final") => Ok(false),
            Some("amended" | "corrected") => Ok(true),
            Some("entered-in-error" | "cancelled") => Err(TAKEN_BACK.to_owned()),
            _ => Err("it is not final: send it again when it is".to_owned()),
        }
    }

    pub(super) fn fact<'m>(&self, fhir: &'m Fhir) -> Result<&'m Fact, String> {
        if self.focus.is_some() {
            return Err("it is about somebody or something else than its subject".to_owned());
        }
        let fact = fact(self.code.as_ref(), &fhir.observations)
            .ok_or("its code is none, or several, of those under `fhir.observations`")?;
        let (codes, text) = match (&self.value_codeable_concept, &self.value_string) {
            (Some(concept), None) => (concept.codings(), concept.text.as_deref()),
            (None, Some(text)) => (Vec::new(), Some(text.as_str())),
            _ => (Vec::new(), None),
        };
        if self.data_absent_reason.is_some() || !fhir.counts(&codes, text) {
            return Err(
                "its value is none that counts: one that should needs its code or text in the mapping".to_owned()
            );
        }
        Ok(fact)
    }

    /// The day of the sample; the first of a period, so that nothing counts for longer than it may.
    pub(super) fn day(&self, grid: Grid) -> Result<Day, String> {
        let start = self.effective_period.as_ref().map(|period| period.start.as_deref());
        let written = match (&self.effective_date_time, &self.effective_instant, start, &self.effective_timing) {
            (Some(moment), None, None, None) | (None, Some(moment), None, None) => Some(moment.as_str()),
            (None, None, Some(start), None) => start,
            _ => None,
        };
        written.and_then(|text| day(text, grid)).ok_or_else(|| {
            "it needs one effectiveDateTime, effectiveInstant or effectivePeriod with a start, to the day".to_owned()
        })
    }

    pub(super) fn subject(&self) -> Option<&str> {
        self.subject.as_ref()?.reference.as_deref()
    }
}

impl Immunization {
    pub(super) fn status(&self) -> Result<(), String> {
        match self.status.as_deref() {
            Some("completed") if self.is_subpotent != Some(true) => Ok(()),
            Some("completed") => Err("its dose is marked as subpotent".to_owned()),
            Some("entered-in-error") => Err(TAKEN_BACK.to_owned()),
            _ => Err("it is not completed: nothing was given".to_owned()),
        }
    }

    pub(super) fn fact<'m>(&self, fhir: &'m Fhir) -> Result<&'m Fact, String> {
        fact(self.vaccine_code.as_ref(), &fhir.immunizations)
            .ok_or_else(|| "its code is none, or several, of those under `fhir.immunizations`".to_owned())
    }

    pub(super) fn day(&self, grid: Grid) -> Result<Day, String> {
        let written = self.occurrence_date_time.as_deref().filter(|_| self.occurrence_string.is_none());
        written.and_then(|text| day(text, grid)).ok_or_else(|| "it needs an occurrenceDateTime, to the day".to_owned())
    }

    pub(super) fn patient(&self) -> Option<&str> {
        self.patient.as_ref()?.reference.as_deref()
    }
}

const TAKEN_BACK: &str = "it was entered in error or cancelled: if it is here, use `bauta-issuer withdraw`";

impl Patient {
    /// By the name that stands in official papers, or else the usual one; never by an old, temporary or made-up one.
    pub(super) fn person(&self) -> Person {
        let names = || self.name.iter().flatten();
        let by_use = |wanted: Option<&str>| names().find(|name| name.r#use.as_deref() == wanted);
        let name = by_use(Some("official")).or_else(|| by_use(Some("usual"))).or_else(|| by_use(None));
        let given_name = name.and_then(|name| name.given.iter().flatten().flatten().next());
        Person { given_name: given_name.cloned(), born: self.birth_date.clone() }
    }
}

impl Concept {
    fn codings(&self) -> Vec<Coding> {
        let whole = |code: &Code| Some(Coding { system: code.system.clone()?, code: code.code.clone()? });
        self.coding.iter().flatten().filter_map(whole).collect()
    }
}

/// The one fact that the codes of a concept stand for.
fn fact<'m>(concept: Option<&Concept>, facts: &'m BTreeMap<Coding, Fact>) -> Option<&'m Fact> {
    let codings = concept?.codings();
    let mut known = codings.iter().filter_map(|coding| facts.get(coding));
    let first = known.next()?;
    known.all(|other| other == first).then_some(first)
}

/// The programme's day of a FHIR `date`, `dateTime` or `instant`. One without a day is none.
fn day(text: &str, grid: Grid) -> Option<Day> {
    if let Some(day) = date(text) {
        return day.to_string().parse().ok();
    }
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    Some(grid.day_of(Moment::from_unix(u64::try_from(moment.unix_timestamp()).ok()?)))
}
