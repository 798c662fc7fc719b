//! What a lab gets back for a result.

use bauta_spec::attributes::Handle;
use bauta_spec::issuance::{Offer, SecondFactor, ShortCode};
use bauta_spec::time::Moment;
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{Completed, Corrected};
use crate::hand_over::NotHandedOver;
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

impl Ticket {
    /// Until when the code counts, in RFC 3339.
    pub(crate) fn expires_in_words(&self) -> String {
        rfc3339(self.expires)
    }
}

/// A ticket as JSON, for programs of the lab.
#[derive(Serialize, utoipa::ToSchema)]
pub struct TicketView {
    /// `waiting`, or `ordered` while there is no result.
    state: String,
    /// 32 hex digits, for a withdrawal.
    handle: String,
    /// The link for the citizen's wallet. Absent once it has been handed over, and of a result that was added to its order.
    #[serde(skip_serializing_if = "Option::is_none")]
    offer: Option<String>,
    /// The same as a plain web address.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    /// XXXX-XXXX, if asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    short_code: Option<String>,
    /// Seven digits, for another channel than the short code.
    #[serde(skip_serializing_if = "Option::is_none")]
    second_factor: Option<String>,
    /// Until when the code counts, in RFC 3339. Of an order: until when the result must be there; the code counts longer then.
    expires: String,
    /// Whether your system took the code, if it was to. If not, it is here for you to hand over.
    #[serde(skip_serializing_if = "Option::is_none")]
    handed_over: Option<bool>,
    /// Why it did not, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_handed_over: Option<String>,
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
    /// Of a correction, with its ticket as the lab gets to see it.
    pub fn with(corrected: &Corrected, ticket: TicketView) -> Self {
        let (correction, withdrawn) = match corrected {
            Corrected::Replaced(_) => ("replaced", None),
            Corrected::Reissued { withdrawn, .. } => ("reissued", Some(withdrawn)),
        };
        Self { correction, withdrawn_handle: withdrawn.map(Handle::to_string), ticket }
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
            offer: Some(ticket.offer.link().to_string()),
            link: Some(ticket.offer.url().to_string()),
            short_code,
            second_factor,
            expires: ticket.expires_in_words(),
            handed_over: None,
            not_handed_over: None,
        }
    }

    /// The same after the lab's system was to take it: what has been handed over need not be here as well.
    pub(crate) fn after(self, handed_over: Result<(), NotHandedOver>) -> Self {
        match handed_over {
            Ok(()) => Self { offer: None, link: None, short_code: None, handed_over: Some(true), ..self },
            Err(reason) => Self { handed_over: Some(false), not_handed_over: Some(reason.to_string()), ..self },
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
