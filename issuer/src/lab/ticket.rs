//! What a lab gets back for a result.

use bauta_spec::attributes::Handle;
use bauta_spec::issuance::{Offer, SecondFactor, ShortCode};
use bauta_spec::time::Moment;
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::hand_over::NotHandedOver;

/// What the lab hands over to the citizen.
#[derive(Debug)]
pub struct Ticket {
    /// Under which the record can be withdrawn.
    pub handle: Handle,
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
    /// Always `waiting`.
    state: &'static str,
    /// 32 hex digits, for a withdrawal.
    handle: String,
    /// The link for the citizen's wallet. Absent once it has been handed over.
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
    /// Until when the code counts, in RFC 3339.
    expires: String,
    /// Whether your system took the code, if it was to. If not, it is here for you to hand over.
    #[serde(skip_serializing_if = "Option::is_none")]
    handed_over: Option<bool>,
    /// Why it did not, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_handed_over: Option<String>,
}

impl TicketView {
    /// Of a ticket.
    pub fn of(ticket: &Ticket) -> Self {
        let (short_code, second_factor) =
            ticket.short.as_ref().map(|(code, digits)| (code.text().to_string(), digits.text().to_string())).unzip();
        Self {
            state: "waiting",
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

pub(super) fn rfc3339(moment: Moment) -> String {
    let seconds = i64::try_from(moment.unix()).unwrap_or(i64::MAX);
    let written = OffsetDateTime::from_unix_timestamp(seconds).ok().and_then(|time| time.format(&Rfc3339).ok());
    // Only a clock thousands of years off has no date.
    written.unwrap_or_else(|| seconds.to_string())
}
