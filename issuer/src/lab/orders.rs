//! An order first, the result later.
//!
//! The code is handed out with the order; see [`crate::pickup`] for how facts reach it that come days later.

use bauta_spec::attributes::Handle;
use bauta_spec::time::Moment;

use super::facts::Ordered;
use super::{Added, Days, Entry, FactError, Facts, LabError, Order, Prepared, Ticket, not_admitted, record_key};
use crate::acts::ActKind;
use crate::labs::Lab;
use crate::pickup::{Form, Pickup};
use crate::secrets::same;
use crate::service::{Service, Today};
use crate::staff::Actor;
use crate::store::{Progress, Replaced};

/// A result that was added to its order.
#[derive(Clone, Copy, Debug)]
pub struct Completed {
    /// Under which the record can be withdrawn.
    pub handle: Handle,
    /// Until when the code of the order counts from now on.
    pub expires: Moment,
}

impl Service {
    /// Orders, and makes the code. The same reference never makes a second order, nor a second result.
    ///
    /// # Errors
    /// [`LabError`].
    pub async fn order(&self, order: &Order, form: Form, actor: &Actor) -> Result<Added, LabError> {
        let lab = self.lab_in_force(actor).await?;
        let today = self.today()?;
        let prepared = self.prepare_order(order, form, self.new_handle(), &lab, &today)?;
        self.add_prepared(&order.reference, prepared, ActKind::OrderAdded, &lab, &today, actor).await
    }

    /// Gives an order that has no result yet a new code; the old one dies, also for a wallet that waits with it.
    ///
    /// # Errors
    /// [`LabError`].
    pub async fn order_again(&self, order: &Order, form: Form, actor: &Actor) -> Result<Ticket, LabError> {
        let lab = self.lab_in_force(actor).await?;
        let today = self.today()?;
        let kept = self.status(&self.by_reference(&order.reference, actor), actor).await?;
        let prepared = self.prepare_order(order, form, kept.handle, &lab, &today)?;
        self.replace(&kept, prepared, &lab, &today, self.act(actor, ActKind::OrderReplaced, "")).await
    }

    /// Adds a result to its order; none if there is no open order of that reference.
    pub(super) async fn complete(
        &self,
        entry: &Entry,
        days: Days,
        lab: &Lab,
        today: &Today,
        actor: &Actor,
    ) -> Result<Option<Completed>, LabError> {
        let reference = self.reference_mac(lab, &entry.reference);
        // Whoever comes in between cancels the order, completes it, or gives it a new code; then it is looked at anew.
        while let Some(order) = self.store.open_order(&reference, today.now).await? {
            let parcel = self.parcel(entry, days, lab, today)?;
            let tied = self.secrets.order_mac(&order.handle, &reference, &entry.record_type, &order.sealing_key);
            if !same(tied.as_bytes(), &order.mac) {
                return Err(LabError::OtherType);
            }
            let mut rng = self.world.rng();
            let sealed = order.sealing_key.seal(&parcel, &order.handle, &self.secrets, &mut rng);
            let sealed = sealed.ok_or(FactError::TooLong)?;
            let expires = self.code_ends(today);
            let act = self.act(actor, ActKind::OrderCompleted, "");
            match self.store.complete(&order, &lab.name, &sealed, expires, (today.now, today.day), act).await? {
                Replaced::Done => return Ok(Some(Completed { handle: order.handle, expires })),
                Replaced::NotAdmitted(why) => return Err(not_admitted(why, today)),
                Replaced::TooLate => {}
            }
        }
        Ok(None)
    }

    pub(super) fn prepare_new_order(
        &self,
        entry: &Entry,
        form: Form,
        lab: &Lab,
        today: &Today,
    ) -> Result<Prepared, LabError> {
        let Entry { record_type, reference, facts: _ } = entry;
        let order = Order { record_type: record_type.clone(), reference: reference.clone() };
        self.prepare_order(&order, form, self.new_handle(), lab, today)
    }

    fn prepare_order(
        &self,
        order: &Order,
        form: Form,
        handle: Handle,
        lab: &Lab,
        today: &Today,
    ) -> Result<Prepared, LabError> {
        // Nobody orders what this service could not issue today, or the lab not enter.
        let key = record_key(today, &self.keys, &order.record_type)?;
        if let Some(vocabulary) = &lab.vocabulary {
            Facts::default().within(vocabulary, &key.key_type, today.day)?;
        }
        let mut rng = self.world.rng();
        let pickup = Pickup::generate(form, &mut rng);
        let ordered = Ordered { credential_type: order.record_type.clone() };
        let sealed = pickup.seal_order(&ordered, &handle, &self.secrets, &mut rng).ok_or(FactError::TooLong)?;
        let sealing_key = pickup.sealing_key(&self.secrets);
        let reference = self.reference_mac(lab, &order.reference);
        let tied = self.secrets.order_mac(&handle, &reference, &order.record_type, &sealing_key);
        let code = pickup.mac(&self.secrets);
        let expires = Moment::from_unix(today.now.unix() + u64::from(self.config.order_days) * 24 * 3600);
        let ticket = self.ticket(pickup, handle, Progress::Ordered, expires);
        Ok(Prepared { code, sealed, order: Some((sealing_key, tied)), day: today.day, ticket })
    }
}
