//! What `/openapi.json` says of every call alike, so that a new call says it, too: who may make it, and how it can be refused.

use utoipa::Modify;
use utoipa::openapi::header::Header;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{Object, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, Response};

use super::refusal::PROBLEM;

/// Sessions, API keys and tokens of other providers, as HTTP has them.
pub(super) struct Bearer;

impl Modify for Bearer {
    fn modify(&self, openapi: &mut OpenApi) {
        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        openapi.components.get_or_insert_default().add_security_scheme("staff", scheme);
    }
}

/// A Bundle to begin with.
pub(super) struct SampleBundle;

impl Modify for SampleBundle {
    fn modify(&self, openapi: &mut OpenApi) {
        let call = openapi.paths.paths.get_mut("/v1/import/fhir").and_then(|path| path.post.as_mut());
        let body = call.and_then(|call| call.request_body.as_mut());
        let Some(RefOr::T(body)) = body else { return };
        for content in body.content.values_mut() {
            let RefOr::T(content) = content else { continue };
            content.example = serde_json::from_str(include_str!("../../examples/bundle.json")).ok();
        }
    }
}

/// How any call can be refused, whatever it is about.
const ANY: [(&str, &str); 8] = [
    ("400", "The request is not what this call takes."),
    ("401", "No session, API key or token, or none that counts."),
    ("403", "Whoever asks may not make this call."),
    ("408", "The body took longer than 10 seconds to arrive."),
    ("413", "The body is longer than 64 KiB."),
    ("429", "Too many requests from one address."),
    ("500", "Something is broken; it stands in the service's log."),
    ("503", "The service cannot answer now: its database or its trust list is away."),
];

/// Refusals: those of every call, and one form for all of them.
pub(super) struct Refusals;

impl Modify for Refusals {
    fn modify(&self, openapi: &mut OpenApi) {
        for path in openapi.paths.paths.values_mut() {
            let calls = [&mut path.get, &mut path.put, &mut path.post, &mut path.delete, &mut path.patch];
            calls.into_iter().flatten().for_each(refusals_of);
        }
    }
}

fn refusals_of(call: &mut Operation) {
    let answers = &mut call.responses.responses;
    for (status, description) in ANY {
        answers.entry(status.to_owned()).or_insert_with(|| RefOr::T(Response::new(description)));
    }
    for (status, answer) in answers.iter_mut().filter(|(status, _)| status.as_str() >= "400") {
        let RefOr::T(answer) = answer else { continue };
        answer.content.clear();
        answer.content.insert(PROBLEM.to_owned(), Content::new(Some(Ref::from_schema_name("Problem"))).into());
        match status.as_str() {
            "401" => header(answer, "WWW-Authenticate", Type::String, "What is wanted: a bearer."),
            "429" | "503" => {
                header(answer, "Retry-After", Type::Integer, "After so many seconds it is worth to try again.")
            }
            _ => {}
        }
    }
}

fn header(answer: &mut Response, name: &str, kind: Type, description: &str) {
    let mut header = Header::new(Object::with_type(kind));
    header.description = Some(description.to_owned());
    answer.headers.insert(name.to_owned(), header.into());
}
