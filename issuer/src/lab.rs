//! What a lab does: adds a result, gives out its code, takes a mistake back, counts.

pub(crate) mod facts;
mod import;

use std::fmt;
use std::str::FromStr;

use bauta_spec::attributes::{Handle, TypeName, Use};
use bauta_spec::issuance::{Offer, SecondFactor, ShortCode};
use bauta_spec::time::{Day, Moment};
use bauta_spec::trust::IssuerKey;
use rand_core::Rng as _;
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

pub use facts::{Days, FactError, Facts};
pub use import::{ImportError, Imported};

use crate::config::name_byte;
use crate::keys::KeyRing;
use crate::pickup::{Form, Pickup};
use crate::service::{Service, Today};
use crate::store::{Count, Kept, NewPending, NewResult, Progress, StoreError, Which, Withdrawal};
use crate::trust::NoTrust;

use facts::Parcel;

/// A result as a lab enters it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What kind of record it becomes.
    pub record_type: TypeName,
    /// The lab's own name for it.
    pub reference: Reference,
    /// What was found.
    pub facts: Facts,
}

/// What a lab calls a result, so that it can ask for it again: a sample number, never a name. Only its keyed hash is kept.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Reference(String);

/// Who enters or withdraws: the name of an API key, or what the command line was told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Operator(String);

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

fn rfc3339(moment: Moment) -> String {
    let seconds = i64::try_from(moment.unix()).unwrap_or(i64::MAX);
    let written = OffsetDateTime::from_unix_timestamp(seconds).ok().and_then(|time| time.format(&Rfc3339).ok());
    // Only a clock thousands of years off has no date.
    written.unwrap_or_else(|| seconds.to_string())
}

/// What came of adding a result.
#[derive(Debug)]
pub enum Added {
    /// It waits for its citizen.
    New(Ticket),
    /// There is a result of that reference already; nothing was changed.
    Known(Kept),
}

/// What a lab asked for cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// Not a record type of the trust list.
    #[error("there is no record type \"{0}\" in the trust list")]
    NoSuchType(TypeName),
    /// The service has no key for it, or none in force.
    #[error("this service holds no key in force for \"{0}\": see `bauta-issuer doctor`")]
    NoKey(TypeName),
    /// A fact cannot be entered.
    #[error(transparent)]
    Fact(#[from] FactError),
    /// No such result.
    #[error("there is no such result here")]
    Unknown,
    /// A record has been made or taken back; its code cannot be replaced.
    #[error("this result is {0} and gets no new code: withdraw it and add it under another reference")]
    TooLate(Progress),
    /// No usable trust list.
    #[error(transparent)]
    NoTrust(#[from] NoTrust),
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Service {
    /// Adds a result and makes its code. The same reference never makes a second result.
    ///
    /// # Errors
    /// [`LabError`].
    pub async fn add(&self, entry: &Entry, days: Days, form: Form, operator: &Operator) -> Result<Added, LabError> {
        let prepared = self.prepare_new(entry, days, form)?;
        self.add_prepared(&entry.reference, prepared, operator).await
    }

    /// Gives a result that nobody has collected a new code; the old one dies, and the facts given now count. So a lost code is
    /// replaced and a mistake corrected.
    ///
    /// # Errors
    /// [`LabError`].
    pub async fn add_again(&self, entry: &Entry, days: Days, form: Form) -> Result<Ticket, LabError> {
        let today = self.today()?;
        let kept = self.status(&self.by_reference(&entry.reference)).await?;
        let prepared = self.prepare(entry, days, form, kept.handle, &today)?;
        if self.store.replace(&kept.handle, prepared.pending()).await? {
            return Ok(prepared.ticket);
        }
        let now_known = self.store.find(&Which::Handle(kept.handle)).await?;
        Err(LabError::TooLate(now_known.map_or(kept.progress, |kept| kept.progress)))
    }

    /// How far a result has come.
    ///
    /// # Errors
    /// [`LabError`].
    pub async fn status(&self, which: &Which) -> Result<Kept, LabError> {
        self.store.find(which).await?.ok_or(LabError::Unknown)
    }

    /// Takes a result back: its code dies, and a record that was made of it gets no more passes.
    ///
    /// # Errors
    /// [`LabError`].
    pub async fn withdraw(&self, which: &Which) -> Result<Kept, LabError> {
        match self.store.withdraw(which, self.day()?).await? {
            Withdrawal::Done(kept) => Ok(kept),
            Withdrawal::Unknown => Err(LabError::Unknown),
        }
    }

    /// How many results of each day have come how far. Numbers only: nothing of what was found is there to be counted.
    ///
    /// # Errors
    /// [`LabError`].
    pub async fn counts(&self) -> Result<Vec<Count>, LabError> {
        Ok(self.store.counts().await?)
    }

    /// How a result is found by the lab's own reference.
    pub fn by_reference(&self, reference: &Reference) -> Which {
        Which::Reference(self.secrets.reference_mac(&self.config.lab, &reference.0))
    }

    fn prepare_new(&self, entry: &Entry, days: Days, form: Form) -> Result<Prepared, LabError> {
        let mut handle = [0; Handle::LEN];
        self.world.rng().fill_bytes(&mut handle);
        self.prepare(entry, days, form, Handle::new(handle), &self.today()?)
    }

    async fn add_prepared(
        &self,
        reference: &Reference,
        prepared: Prepared,
        operator: &Operator,
    ) -> Result<Added, LabError> {
        let result = NewResult {
            handle: &prepared.ticket.handle,
            lab: &self.config.lab,
            operator: &operator.0,
            reference: &self.secrets.reference_mac(&self.config.lab, &reference.0),
            added: prepared.day,
        };
        Ok(match self.store.add(result, prepared.pending()).await? {
            Some(kept) => Added::Known(kept),
            None => Added::New(prepared.ticket),
        })
    }

    fn prepare(
        &self,
        entry: &Entry,
        days: Days,
        form: Form,
        handle: Handle,
        today: &Today,
    ) -> Result<Prepared, LabError> {
        let key = record_key(today, &self.keys, &entry.record_type)?;
        let facts = entry.facts.checked(&key.key_type, days, today.day)?;
        let parcel = Parcel {
            credential_type: entry.record_type.clone(),
            key: key.id,
            valid_until: today.day.plus(self.config.record_days),
            facts,
        };
        let mut rng = self.world.rng();
        let pickup = Pickup::generate(form, &mut rng);
        let sealed = pickup.seal(&parcel, &handle, &self.secrets, &mut rng).ok_or(FactError::TooLong)?;
        let code = pickup.mac(&self.secrets);
        let issuer = self.config.public_url.clone();
        let (offer, short) = match pickup {
            Pickup::Link(code) => (Offer { issuer, code: Some(code) }, None),
            Pickup::Short(code, second_factor) => (Offer { issuer, code: None }, Some((code, second_factor))),
        };
        let expires = Moment::from_unix(today.now.unix() + u64::from(self.config.code_hours) * 3600);
        Ok(Prepared { code, sealed, day: today.day, ticket: Ticket { handle, offer, short, expires } })
    }
}

/// A ticket, and what the database keeps for it.
struct Prepared {
    code: crate::secrets::CodeMac,
    sealed: Vec<u8>,
    day: Day,
    ticket: Ticket,
}

impl Prepared {
    fn pending(&self) -> NewPending<'_> {
        NewPending { code: &self.code, sealed: &self.sealed, expires: self.ticket.expires }
    }
}

/// The key that will sign the record, and with it the type that the facts must fit.
fn record_key<'a>(today: &'a Today, keys: &KeyRing, name: &TypeName) -> Result<&'a IssuerKey, LabError> {
    let listed = today.list.types().iter().any(|listed| listed.name() == name && listed.usage() == Use::Record);
    if !listed {
        return Err(LabError::NoSuchType(name.clone()));
    }
    today.record_key(keys, name).ok_or_else(|| LabError::NoKey(name.clone()))
}

/// A reference, operator or other name that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadName {
    /// Nothing, or too much.
    #[error("a reference has 1 to 64 characters")]
    Length,
    /// A spreadsheet would run it.
    #[error("a reference must not begin with =, +, -, @: a spreadsheet would take it for a formula")]
    Formula,
    /// Something that is not seen.
    #[error("a reference must not hold control or other invisible characters")]
    Invisible,
    /// An operator's name stands in tables and logs.
    #[error("a name has 1 to 64 letters, digits, dots, hyphens and underscores")]
    Name,
}

impl FromStr for Reference {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        if text.is_empty() || text.chars().count() > 64 {
            return Err(BadName::Length);
        }
        if text.starts_with(['=', '+', '-', '@']) {
            return Err(BadName::Formula);
        }
        let seen = |c: char| c.is_alphanumeric() || c.is_ascii_graphic() || c == ' ';
        if text != text.trim() || !text.chars().all(seen) {
            return Err(BadName::Invisible);
        }
        Ok(Self(text.to_owned()))
    }
}

/// References may be more telling than a lab knows.
impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(_) = self;
        f.write_str("Reference(..)")
    }
}

impl Reference {
    /// As the lab wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Operator {
    type Err = BadName;

    fn from_str(text: &str) -> Result<Self, BadName> {
        let is_name = (1..=64).contains(&text.len()) && text.bytes().all(name_byte);
        is_name.then(|| Self(text.to_owned())).ok_or(BadName::Name)
    }
}

impl Operator {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Waiting => "waiting",
            Self::Redeemed => "redeemed",
            Self::Collected => "collected",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_visible_and_no_formula() {
        for good in ["A-1", "2026/11 17", "πρ-7", "1"] {
            assert!(good.parse::<Reference>().is_ok(), "{good}");
        }
        for bad in ["", " 1", "=1+1", "+1", "-1", "@x", "a\tb", "a\nb", "a\u{202e}b", &"x".repeat(65)] {
            assert!(bad.parse::<Reference>().is_err(), "{bad:?}");
        }
    }
}
