//! What a lab does: adds a result, gives out its code, takes a mistake back, counts.

mod correct;
mod entry;
pub(crate) mod facts;
mod import;
mod orders;
mod ticket;

use std::fmt;

use bauta_spec::attributes::{Handle, TypeName, Use};
use bauta_spec::issuance::Offer;
use bauta_spec::time::{Day, Moment};
use bauta_spec::trust::IssuerKey;
use rand_core::Rng as _;

pub use correct::Corrected;
pub use entry::{BadName, Entry, Operator, Order, Reference};
pub use facts::{Days, FactError, Facts};
pub use import::{
    AnsweredEntry, CallError, Found, ImportError, Imported, Mapped, Mapping, MappingError, Outcome, Place, Rows,
    results_in,
};
pub use orders::Completed;
pub use ticket::{CompletedView, CorrectedView, Ticket, TicketView};

use crate::acts::{ActKind, NewAct};
use crate::keys::KeyRing;
use crate::labs::Lab;
use crate::pickup::{Form, Pickup, SealingKey};
use crate::secrets::{OrderMac, ReferenceMac};
use crate::service::{Service, Today};
use crate::staff::{Actor, LabName};
use crate::store::{
    Adding, Batch, Count, Kept, NewOrder, NewPending, NewResult, NotAdmitted, Progress, Replaced, StoreError, Which,
    Withdrawal,
};
use crate::trust::NoTrust;

use facts::Parcel;
pub(crate) use ticket::rfc3339;

impl Service {
    /// Adds a result: to its order if it was ordered, whose code the citizen has; otherwise with a code of its own. The same reference
    /// never makes a second result.
    ///
    /// # Errors
    /// [`LabError`].
    pub async fn add(&self, entry: &Entry, days: Days, form: Form, actor: &Actor) -> Result<Added, LabError> {
        let lab = self.lab_in_force(actor).await?;
        let today = self.today()?;
        if let Some(completed) = self.complete(entry, days, &lab, &today, actor).await? {
            return Ok(Added::Completed(completed));
        }
        let prepared = self.prepare_new(entry, days, form, &lab, &today)?;
        self.add_prepared(&entry.reference, prepared, ActKind::ResultAdded, &lab, &today, actor).await
    }

    /// Gives a result that nobody has collected a new code; the old one dies, and the facts given now count. So a lost code is
    /// replaced and a mistake corrected.
    ///
    /// # Errors
    /// [`LabError`].
    pub async fn add_again(&self, entry: &Entry, days: Days, form: Form, actor: &Actor) -> Result<Ticket, LabError> {
        let today = self.today()?;
        let lab = self.lab_in_force(actor).await?;
        let kept = self.status(&self.by_reference(&entry.reference, actor), actor).await?;
        let prepared = self.prepare(entry, days, form, kept.handle, &lab, &today)?;
        let act = self.act(actor, ActKind::ResultReplaced, "");
        self.replace(&kept, prepared, &lab, &today, act).await
    }

    /// How far a result of the actor's lab has come. Another lab's is not known.
    ///
    /// # Errors
    /// [`LabError`].
    pub async fn status(&self, which: &Which, actor: &Actor) -> Result<Kept, LabError> {
        self.store.find(lab_of(actor)?, which).await?.ok_or(LabError::Unknown)
    }

    /// Takes a result of the actor's lab back: its code dies, and a record that was made of it gets no more passes.
    ///
    /// # Errors
    /// [`LabError`].
    pub async fn withdraw(&self, which: &Which, actor: &Actor) -> Result<Kept, LabError> {
        let act = self.act(actor, ActKind::ResultWithdrawn, "");
        match self.store.withdraw(lab_of(actor)?, which, self.day()?, act).await? {
            Withdrawal::Done(kept) => Ok(kept),
            Withdrawal::Unknown => Err(LabError::Unknown),
        }
    }

    /// Takes back the results of the actor's lab, or of one of its operators, that were added on a day or later, before and after
    /// collection. One bounded step: to be asked again while there is more. What is withdrawn already is passed over, so it can stop and
    /// go on anywhere. Whoever may still add goes on adding: suspend them first.
    ///
    /// # Errors
    /// [`LabError`].
    pub async fn withdraw_many(&self, many: &Many, actor: &Actor) -> Result<Step, LabError> {
        let lab = lab_of(actor)?;
        let batch = Batch { operator: many.operator.as_ref(), since: many.since.unwrap_or(Day::new(0)) };
        let about = many.operator.as_ref().map_or(lab.as_str(), Operator::as_str);
        let act = self.act(actor, ActKind::ResultsWithdrawn, about);
        let withdrawn = self.store.withdraw_some(lab, batch, self.day()?, STEP, act).await?;
        Ok(Step { withdrawn, more: withdrawn == STEP })
    }

    /// How many results of the actor's lab and of each day have come how far. Numbers only: nothing of what was found is there to be counted.
    ///
    /// # Errors
    /// [`LabError`].
    pub async fn counts(&self, actor: &Actor) -> Result<Vec<Count>, LabError> {
        Ok(self.store.counts(lab_of(actor)?).await?)
    }

    /// How a result is found by the reference that the actor's lab gave it. The same reference of two labs names two results.
    pub fn by_reference(&self, reference: &Reference, actor: &Actor) -> Which {
        let lab = actor.lab().map_or("", LabName::as_str);
        Which::Reference(self.secrets.reference_mac(lab, reference.as_str()))
    }

    /// Whoever sits at this machine's console, under the name they give, for the lab of the settings.
    pub fn at_console(&self, name: Operator) -> Actor {
        self.at_console_for(self.config.lab.clone(), name)
    }

    /// Whoever sits at this machine's console, under the name they give, for a lab.
    pub fn at_console_for(&self, lab: LabName, name: Operator) -> Actor {
        Actor::at_console(name, Some(lab))
    }

    /// Whoever controls the machine, for no lab in particular.
    pub fn owner(&self) -> Actor {
        Actor::at_console("console".parse().expect("a name of letters"), None)
    }

    /// The actor's lab, if something new may be added for it.
    pub(crate) async fn lab_in_force(&self, actor: &Actor) -> Result<Lab, LabError> {
        let lab = self.store.lab(lab_of(actor)?).await?.ok_or(LabError::NotEnrolled)?;
        if lab.suspended { Err(LabError::Suspended) } else { Ok(lab) }
    }

    fn reference_mac(&self, lab: &Lab, reference: &Reference) -> ReferenceMac {
        self.secrets.reference_mac(lab.name.as_str(), reference.as_str())
    }

    fn new_handle(&self) -> Handle {
        let mut handle = [0; Handle::LEN];
        self.world.rng().fill_bytes(&mut handle);
        Handle::new(handle)
    }

    fn prepare_new(
        &self,
        entry: &Entry,
        days: Days,
        form: Form,
        lab: &Lab,
        today: &Today,
    ) -> Result<Prepared, LabError> {
        self.prepare(entry, days, form, self.new_handle(), lab, today)
    }

    /// Adds results, or orders, in one change. `false` when a reference is known or the lab may not add as many now: then nothing has changed.
    async fn add_all(
        &self,
        all: &[(Reference, Prepared)],
        kind: ActKind,
        lab: &Lab,
        actor: &Actor,
    ) -> Result<bool, LabError> {
        let references: Vec<_> = all.iter().map(|(reference, _)| self.reference_mac(lab, reference)).collect();
        let results = all
            .iter()
            .zip(&references)
            .map(|((_, prepared), reference)| {
                (self.new_result(prepared, reference, &lab.name, actor), prepared.pending())
            })
            .collect();
        Ok(self.store.add_all(results, self.act(actor, kind, "")).await?)
    }

    async fn add_prepared(
        &self,
        reference: &Reference,
        prepared: Prepared,
        kind: ActKind,
        lab: &Lab,
        today: &Today,
        actor: &Actor,
    ) -> Result<Added, LabError> {
        let reference = self.reference_mac(lab, reference);
        let result = self.new_result(&prepared, &reference, &lab.name, actor);
        match self.store.add(result, prepared.pending(), self.act(actor, kind, "")).await? {
            Adding::New => Ok(Added::New(prepared.ticket)),
            Adding::Known(kept) => Ok(Added::Known(kept)),
            Adding::NotAdmitted(why) => Err(not_admitted(why, today)),
        }
    }

    fn new_result<'a>(
        &self,
        prepared: &'a Prepared,
        reference: &'a ReferenceMac,
        lab: &'a LabName,
        actor: &'a Actor,
    ) -> NewResult<'a> {
        NewResult {
            handle: &prepared.ticket.handle,
            lab,
            operator: actor.name().as_str(),
            reference,
            added: prepared.day,
            quota: self.config.operator_quota,
        }
    }

    async fn replace(
        &self,
        kept: &Kept,
        prepared: Prepared,
        lab: &Lab,
        today: &Today,
        act: NewAct<'_>,
    ) -> Result<Ticket, LabError> {
        match self.store.replace(&kept.handle, &lab.name, prepared.pending(), prepared.day, act).await? {
            Replaced::Done => Ok(prepared.ticket),
            Replaced::NotAdmitted(why) => Err(not_admitted(why, today)),
            Replaced::TooLate => {
                let now_known = self.store.find(&lab.name, &Which::Handle(kept.handle)).await?;
                Err(LabError::TooLate(now_known.map_or(kept.progress, |kept| kept.progress)))
            }
        }
    }

    fn prepare(
        &self,
        entry: &Entry,
        days: Days,
        form: Form,
        handle: Handle,
        lab: &Lab,
        today: &Today,
    ) -> Result<Prepared, LabError> {
        let parcel = self.parcel(entry, days, lab, today)?;
        let mut rng = self.world.rng();
        let pickup = Pickup::generate(form, &mut rng);
        let sealed = pickup.seal(&parcel, &handle, &self.secrets, &mut rng).ok_or(FactError::TooLong)?;
        let code = pickup.mac(&self.secrets);
        let ticket = self.ticket(pickup, handle, Progress::Waiting, self.code_ends(today));
        Ok(Prepared { code, sealed, order: None, day: today.day, ticket })
    }

    fn parcel(&self, entry: &Entry, days: Days, lab: &Lab, today: &Today) -> Result<Parcel, LabError> {
        let key = record_key(today, &self.keys, &entry.record_type)?;
        let facts = entry.facts.checked(&key.key_type, days, today.day)?;
        if let Some(vocabulary) = &lab.vocabulary {
            facts.within(vocabulary, &key.key_type, today.day)?;
        }
        Ok(Parcel {
            credential_type: entry.record_type.clone(),
            key: key.id,
            valid_until: today.day.plus(self.config.record_days),
            facts,
        })
    }

    /// Until when the code of a result that is there today counts.
    fn code_ends(&self, today: &Today) -> Moment {
        Moment::from_unix(today.now.unix() + u64::from(self.config.code_hours) * 3600)
    }

    fn ticket(&self, pickup: Pickup, handle: Handle, progress: Progress, expires: Moment) -> Ticket {
        let issuer = self.config.public_url.clone();
        let (offer, short) = match pickup {
            Pickup::Link(code) => (Offer { issuer, code: Some(code) }, None),
            Pickup::Short(code, second_factor) => (Offer { issuer, code: None }, Some((code, second_factor))),
        };
        Ticket { handle, progress, offer, short, expires }
    }
}

/// Many results of one lab: of one operator, or of all; since a day, or all there are.
#[derive(Clone, Debug)]
pub struct Many {
    /// Who entered them; everybody's if nothing is said.
    pub operator: Option<Operator>,
    /// The first day.
    pub since: Option<Day>,
}

/// What one step of withdrawing many has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// How many results are withdrawn that were not before.
    pub withdrawn: u32,
    /// Whether there may be more.
    pub more: bool,
}

/// Results withdrawn in one change. Whoever collects meanwhile waits some hundredths of a second.
const STEP: u32 = 500;

/// What came of adding a result.
#[derive(Debug)]
pub enum Added {
    /// It waits for its citizen.
    New(Ticket),
    /// It was ordered, and waits for its citizen behind the code of the order.
    Completed(Completed),
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
    /// Whoever acts works for no lab.
    #[error("results belong to labs, and you work for none: ask as somebody of the lab")]
    NoLab,
    /// The lab that it was asked for is not there.
    #[error("this lab is not enrolled here: see `bauta-issuer lab list`")]
    NotEnrolled,
    /// The lab is suspended.
    #[error("this lab is suspended: nothing is taken from it until whoever suspended it resumes it")]
    Suspended,
    /// As many results as an operator may add on one day.
    #[error("this operator's results for one day are used up: more can be added from {} on", rfc3339(*.again))]
    QuotaReached {
        /// When the next day begins.
        again: Moment,
        /// In how many seconds that is.
        seconds: u64,
    },
    /// No such result.
    #[error("there is no such result here: check the reference or handle")]
    Unknown,
    /// The order was for another type of record.
    #[error(
        "this was ordered as another type of record: add it under the type that was ordered, or cancel the order first"
    )]
    OtherType,
    /// Nothing is there to be corrected.
    #[error("this is an order that has no result yet: add the result")]
    NoResultYet,
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
    order: Option<(SealingKey, OrderMac)>,
    day: Day,
    ticket: Ticket,
}

impl Prepared {
    fn pending(&self) -> NewPending<'_> {
        let order = self.order.as_ref().map(|(sealing_key, mac)| NewOrder { sealing_key, mac });
        NewPending { code: &self.code, sealed: &self.sealed, expires: self.ticket.expires, order }
    }
}

/// Whose results an actor may look at and change.
fn lab_of(actor: &Actor) -> Result<&LabName, LabError> {
    actor.lab().ok_or(LabError::NoLab)
}

fn not_admitted(why: NotAdmitted, today: &Today) -> LabError {
    match why {
        NotAdmitted::Unknown => LabError::NotEnrolled,
        NotAdmitted::Suspended => LabError::Suspended,
        NotAdmitted::QuotaReached => {
            let again = today.list.grid().start_of(today.day.plus(1));
            LabError::QuotaReached { again, seconds: again.unix().saturating_sub(today.now.unix()) }
        }
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
            Self::Ordered => "ordered",
            Self::Waiting => "waiting",
            Self::Redeemed => "redeemed",
            Self::Collected => "collected",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
        })
    }
}
