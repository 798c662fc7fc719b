//! What a lab does: adds a result, gives out its code, takes a mistake back, counts.

mod entry;
pub(crate) mod facts;
mod import;
mod ticket;

use std::fmt;

use bauta_spec::attributes::{Handle, TypeName, Use};
use bauta_spec::issuance::Offer;
use bauta_spec::time::{Day, Moment};
use bauta_spec::trust::IssuerKey;
use rand_core::Rng as _;

pub use entry::{BadName, Entry, Operator, Reference};
pub use facts::{Days, FactError, Facts};
pub use import::{
    Answered, CallError, Found, ImportError, Imported, Mapped, Mapping, MappingError, Outcome, Place, Rows, results_in,
};
pub use ticket::{Ticket, TicketView};

use crate::acts::ActKind;
use crate::keys::KeyRing;
use crate::pickup::{Form, Pickup};
use crate::service::{Service, Today};
use crate::staff::Actor;
use crate::store::{Count, Kept, NewPending, NewResult, Progress, StoreError, Which, Withdrawal};
use crate::trust::NoTrust;

use facts::Parcel;

impl Service {
    /// Adds a result and makes its code. The same reference never makes a second result.
    ///
    /// # Errors
    /// [`LabError`].
    pub async fn add(&self, entry: &Entry, days: Days, form: Form, actor: &Actor) -> Result<Added, LabError> {
        let prepared = self.prepare_new(entry, days, form)?;
        self.add_prepared(&entry.reference, prepared, actor).await
    }

    /// Gives a result that nobody has collected a new code; the old one dies, and the facts given now count. So a lost code is
    /// replaced and a mistake corrected.
    ///
    /// # Errors
    /// [`LabError`].
    pub async fn add_again(&self, entry: &Entry, days: Days, form: Form, actor: &Actor) -> Result<Ticket, LabError> {
        let today = self.today()?;
        let kept = self.status(&self.by_reference(&entry.reference)).await?;
        let prepared = self.prepare(entry, days, form, kept.handle, &today)?;
        let act = self.act(actor, ActKind::ResultReplaced, "");
        if self.store.replace(&kept.handle, prepared.pending(), prepared.day, act).await? {
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
    pub async fn withdraw(&self, which: &Which, actor: &Actor) -> Result<Kept, LabError> {
        let act = self.act(actor, ActKind::ResultWithdrawn, "");
        match self.store.withdraw(which, self.day()?, act).await? {
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
        Which::Reference(self.secrets.reference_mac(self.config.lab.as_str(), reference.as_str()))
    }

    /// Whoever sits at this machine's console, under the name they give, for the lab of the settings.
    pub fn at_console(&self, name: Operator) -> Actor {
        Actor::of_lab(name, self.config.lab.clone())
    }

    fn prepare_new(&self, entry: &Entry, days: Days, form: Form) -> Result<Prepared, LabError> {
        let mut handle = [0; Handle::LEN];
        self.world.rng().fill_bytes(&mut handle);
        self.prepare(entry, days, form, Handle::new(handle), &self.today()?)
    }

    async fn add_prepared(&self, reference: &Reference, prepared: Prepared, actor: &Actor) -> Result<Added, LabError> {
        let lab = self.config.lab.as_str();
        let result = NewResult {
            handle: &prepared.ticket.handle,
            lab,
            operator: actor.name().as_str(),
            reference: &self.secrets.reference_mac(lab, reference.as_str()),
            added: prepared.day,
        };
        Ok(match self.store.add(result, prepared.pending(), self.act(actor, ActKind::ResultAdded, "")).await? {
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
    #[error("there is no record type \"{0}\" in the trust list: check the spelling, or ask the authority to sign it")]
    NoSuchType(TypeName),
    /// The service has no key for it, or none in force.
    #[error("this service holds no key in force for \"{0}\": see `bauta-issuer doctor`")]
    NoKey(TypeName),
    /// A fact cannot be entered.
    #[error(transparent)]
    Fact(#[from] FactError),
    /// No such result.
    #[error("there is no such result here: check the reference or handle")]
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
