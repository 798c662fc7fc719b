//! API keys: who calls `/v1`.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};

use super::App;
use super::refusal::{Refusal, ToLab};
use crate::staff::Actor;
use crate::store::{KeyHolder, Visitor};

/// A lab's own software, by the name of its key.
pub(super) struct Lab(pub(super) Actor);

/// A pass office that runs apart.
pub(super) struct OtherOffice;

impl FromRequest for Lab {
    type Error = ToLab;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ToLab>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let holder = admit(&request, Visitor::Lab).await?;
            Ok(Self(app(&request)?.service.actor_of(holder).await?))
        })
    }
}

impl FromRequest for OtherOffice {
    type Error = ToLab;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ToLab>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            admit(&request, Visitor::Office).await?;
            Ok(Self)
        })
    }
}

/// Who comes with the key, if it is one for such visitors.
async fn admit(request: &HttpRequest, wanted: Visitor) -> Result<KeyHolder, Refusal> {
    let app = app(request)?;
    let header = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let api_key = header.and_then(|value| value.strip_prefix("Bearer ")).ok_or(Refusal::NoKey)?;
    let holder = app.service.admit(api_key).await?.ok_or(Refusal::NoKey)?;
    if holder.visitor == wanted { Ok(holder) } else { Err(Refusal::NotForYou) }
}

fn app(request: &HttpRequest) -> Result<&Data<App>, Refusal> {
    request.app_data::<Data<App>>().ok_or(Refusal::NoKey)
}
