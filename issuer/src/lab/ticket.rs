//! What a lab gets back for a result.

use bauta_spec::attributes::Handle;
use bauta_spec::issuance::{Offer, SecondFactor, ShortCode};
use bauta_spec::time::Moment;
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{Completed, Corrected};
use crate::store::Progress;

/// What the lab hands over to the citizen.
#[derive(Debug)]
pub struct Ticket {
    /// Under which the record can be withdrawn.
    pub handle: Handle,
    /// Whether the result is there, or only ordered.
    pub progress: Progress,
    /// The link that a wallet opens, with the code in it unless a short one was asked for.
    pub offer: Offer,
    /// The short code and its digits, to be told over two channels.
    pub short: Option<(ShortCode, SecondFactor)>,
    /// Until when the code counts.
    pub expires: Moment,
}

/// A ticket as JSON, for programs of the lab.
#[derive(Serialize, utoipa::ToSchema)]
pub struct TicketView {
    /// `waiting`, or `ordered` while there is no result.
    state: String,
    /// 32 hex digits, for a withdrawal.
    handle: String,
    /// The link for the citizen's wallet.
    offer: String,
    /// The same as a plain web address.
    link: String,
    /// XXXX-XXXX, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    short_code: Option<String>,
    /// Seven digits, for another channel than the short code.
    #[serde(skip_serializing_if = "Option::is_none")]
    second_factor: Option<String>,
    /// Until when the code counts, in RFC 3339. Of an order: until when the result must be there; the code counts longer then.
    expires: String,
}

/// A result that was added to its order, as JSON. It has no code: the citizen has had it since the order.
#[derive(Serialize, utoipa::ToSchema)]
pub struct CompletedView {
    /// Always `waiting`.
    state: String,
    /// 32 hex digits, for a withdrawal.
    handle: String,
    /// Until when the code counts from now on, in RFC 3339.
    expires: String,
}

/// A correction as JSON.
#[derive(Serialize, utoipa::ToSchema)]
pub struct CorrectedView {
    /// `replaced` where nobody had collected it, `reissued` where a record had been made.
    correction: &'static str,
    /// Of the record that was made and is withdrawn, 32 hex digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn_handle: Option<String>,
    #[serde(flatten)]
    ticket: TicketView,
}

impl CompletedView {
    /// Of a result that was added to its order.
    pub fn of(completed: &Completed) -> Self {
        Self {
            state: Progress::Waiting.to_string(),
            handle: completed.handle.to_string(),
            expires: rfc3339(completed.expires),
        }
    }
}

impl CorrectedView {
    /// Of a correction.
    pub fn of(corrected: &Corrected) -> Self {
        let (correction, withdrawn, ticket) = match corrected {
            Corrected::Replaced(ticket) => ("replaced", None, ticket),
            Corrected::Reissued { ticket, withdrawn } => ("reissued", Some(withdrawn), ticket),
        };
        Self { correction, withdrawn_handle: withdrawn.map(Handle::to_string), ticket: TicketView::of(ticket) }
    }
}

impl TicketView {
    /// Of a ticket.
    pub fn of(ticket: &Ticket) -> Self {
        let (short_code, second_factor) =
            ticket.short.as_ref().map(|(code, digits)| (code.text().to_string(), digits.text().to_string())).unzip();
        Self {
            state: ticket.progress.to_string(),
            handle: ticket.handle.to_string(),
            offer: ticket.offer.link().to_string(),
            link: ticket.offer.url().to_string(),
            short_code,
            second_factor,
            expires: rfc3339(ticket.expires),
        }
    }
}

/// As people and programs read it.
pub(crate) fn rfc3339(moment: Moment) -> String {
    let seconds = i64::try_from(moment.unix()).unwrap_or(i64::MAX);
    let written = OffsetDateTime::from_unix_timestamp(seconds).ok().and_then(|time| time.format(&Rfc3339).ok());
    // Only a clock thousands of years off has no date.
    written.unwrap_or_else(|| seconds.to_string())
}
