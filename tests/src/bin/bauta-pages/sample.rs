//! Sample people: the lab adds a result whenever the first look asks for somebody new.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use actix_web::HttpResponse;
use actix_web::web::{self, Data, ServiceConfig};
use anyhow::{Context, Result, bail};
use bauta_tests::city::City;
use bauta_tests::shell::Shell;
use serde_json::{Value, json};

/// What was found about each, in turn. Every one of them satisfies the sample rules, so no door can tell them apart.
const FACTS: [&str; 2] = [
    "tested=naat tested_on=today-1 age_band=21-64 hint=M/05",
    "vaccinated=mrna vaccinated_on=today-40 age_band=65+ hint=A/11",
];

/// The lab's console, and how many people it has made up.
#[derive(Clone)]
pub(crate) struct Samples(Data<Console>);

struct Console {
    shell: Shell,
    made: AtomicU32,
}

impl Samples {
    pub(crate) fn of(city: &City) -> Self {
        let console = Console { shell: city.shell().clone(), made: AtomicU32::new(0) };
        Self(Data::from(Arc::new(console)))
    }

    pub(crate) fn route(&self, routes: &mut ServiceConfig) {
        routes.app_data(Data::clone(&self.0)).route("/sample", web::post().to(sample));
    }
}

/// A pickup link of somebody who has not collected yet.
async fn sample(console: Data<Console>) -> HttpResponse {
    let made = web::block(move || console.add()).await;
    match made {
        Ok(Ok(link)) => HttpResponse::Ok().json(json!({ "link": link })),
        Ok(Err(error)) => HttpResponse::InternalServerError().body(format!("{error:#}")),
        Err(error) => HttpResponse::InternalServerError().body(error.to_string()),
    }
}

impl Console {
    fn add(&self) -> Result<String> {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let facts = FACTS.iter().cycle().nth(number as usize).unwrap_or(&FACTS[0]);
        let line = format!("bauta-issuer add --type health-record --reference sample-{number} {facts} --json");
        let ran = self.shell.run(&line)?;
        if ran.code != Some(0) {
            bail!("`{line}` failed: {}", ran.said());
        }
        let ticket: Value = serde_json::from_str(&ran.out).context("the lab's answer is not understood")?;
        let link = ticket["link"].as_str().context("the lab gave no link")?;
        Ok(link.to_owned())
    }
}
