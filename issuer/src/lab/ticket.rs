//! What a lab gets back for a result.

use bauta_spec::attributes::Handle;
use bauta_spec::issuance::{Offer, SecondFactor, ShortCode};
use bauta_spec::time::Moment;
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

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

/// A ticket as JSON, for programs of the lab.
#[derive(Serialize, utoipa::ToSchema)]
pub struct TicketView {
    /// Always `waiting`.
    state: &'static str,
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
    /// Until when the code counts, in RFC 3339.
    expires: String,
}

impl TicketView {
    /// Of a ticket.
    pub fn of(ticket: &Ticket) -> Self {
        let (short_code, second_factor) =
            ticket.short.as_ref().map(|(code, digits)| (code.text().to_string(), digits.text().to_string())).unzip();
        Self {
            state: "waiting",
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
