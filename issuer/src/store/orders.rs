//! Codes that wait for their result, and results that take the place of others.

use std::slice;

use bauta_spec::attributes::{Binding, Handle};
use bauta_spec::time::{Day, Moment};

use super::results::{handle_of, put_pending, put_result};
use super::{NewPending, NewResult, Replaced, Store, StoreError, exactly};
use crate::acts::NewAct;
use crate::pickup::SealingKey;
use crate::secrets::{CodeMac, OrderMac, ReferenceMac};
use crate::staff::LabName;

/// What an order has that a result does not.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewOrder<'a> {
    /// To which the facts will be sealed.
    pub(crate) sealing_key: &'a SealingKey,
    /// What they are tied to.
    pub(crate) mac: &'a OrderMac,
}

/// An order that has no result yet.
#[derive(Debug)]
pub(crate) struct OpenOrder {
    /// Whose it is.
    pub(crate) handle: Handle,
    /// To which the facts are to be sealed.
    pub(crate) sealing_key: SealingKey,
    /// What they are tied to.
    pub(crate) mac: [u8; 32],
}

impl Store {
    /// The order of this reference, as long as there is no result and its time is not over.
    pub(crate) async fn open_order(
        &self,
        reference: &ReferenceMac,
        now: Moment,
    ) -> Result<Option<OpenOrder>, StoreError> {
        let open = "SELECT r.handle, p.sealing_key, p.order_mac FROM result r JOIN pending p ON p.handle = r.handle
             WHERE r.reference_mac = $1 AND p.sealing_key IS NOT NULL AND p.expires > $2";
        let row: Option<(Vec<u8>, Vec<u8>, Vec<u8>)> = self.database.row(open, [reference.into(), now.into()]).await?;
        row.map(|(handle, key, mac)| {
            Ok(OpenOrder {
                handle: handle_of(handle)?,
                sealing_key: SealingKey::from_bytes(exactly(key, "sealing_key")?),
                mac: exactly(mac, "order_mac")?,
            })
        })
        .transpose()
    }

    /// Adds its result to an order: it counts as added today, by who adds it, and its code waits for its citizen from now on. Too late when
    /// the order is not what it was when `order` was read: cancelled, given a new code, over, or another was faster.
    pub(crate) async fn complete(
        &self,
        order: &OpenOrder,
        lab: &LabName,
        sealed: &[u8],
        expires: Moment,
        (now, today): (Moment, Day),
        act: NewAct<'_>,
    ) -> Result<Replaced, StoreError> {
        let mut change = self.database.change().await?;
        let added = "UPDATE result SET added_day = $2, operator = $3 WHERE handle = $1 AND state = 'waiting'";
        let by = act.actor.name().as_str();
        let open = change.run(added, [(&order.handle).into(), today.into(), by.into()]).await?;
        let completed = "UPDATE pending SET sealed_facts = $3, expires = $4, sealing_key = NULL, order_mac = NULL
             WHERE handle = $1 AND sealing_key = $2 AND expires > $5";
        let values = [(&order.handle).into(), (&order.sealing_key).into(), sealed.into(), expires.into(), now.into()];
        if open == 0 || change.run(completed, values).await? == 0 {
            return Ok(Replaced::TooLate);
        }
        if let Err(why) = change.write_for_lab(lab, act, 1).await? {
            return Ok(Replaced::NotAdmitted(why));
        }
        change.commit().await?;
        Ok(Replaced::Done)
    }

    /// A commitment asks for a result that is not there yet. From now on the code belongs to it, and to no other; `false` when another was
    /// first, or when this is no order any more. One statement, as in [`Store::redeem`], which asks the same.
    pub(crate) async fn wait_for_result(
        &self,
        code: &CodeMac,
        binding: &Binding,
        now: Moment,
    ) -> Result<bool, StoreError> {
        let waits = "UPDATE pending SET awaited_by = $2
             WHERE code_mac = $1 AND expires > $3 AND sealing_key IS NOT NULL
                 AND (awaited_by IS NULL OR awaited_by = $2)";
        Ok(self.database.run(waits, [code.into(), binding.into(), now.into()]).await? == 1)
    }

    /// Withdraws a result of which a record was made, and adds another in its place under its reference, together or not at all. The old one
    /// is found by its handle only, from then on by the name `superseded`. Too late when it is not such a result, or not any more. It takes nothing from a quota: there are
    /// as many records in force as before.
    pub(crate) async fn reissue(
        &self,
        old: &Handle,
        superseded: &ReferenceMac,
        result: NewResult<'_>,
        pending: NewPending<'_>,
        act: NewAct<'_>,
    ) -> Result<Replaced, StoreError> {
        let mut change = self.database.change().await?;
        // A record that was made stays made: whatever happens to it meanwhile, it is in one of these two states or withdrawn.
        let withdrawn = "UPDATE result SET state = 'withdrawn', reference_mac = $3
             WHERE handle = $1 AND reference_mac = $2 AND (state = 'collected' OR (state = 'waiting'
                 AND EXISTS (SELECT 1 FROM pending WHERE pending.handle = $1 AND pending.binding IS NOT NULL)))";
        let values = [old.into(), result.reference.into(), superseded.into()];
        if change.run(withdrawn, values).await? == 0 || !put_result(&mut change, result).await? {
            return Ok(Replaced::TooLate);
        }
        change.run("DELETE FROM pending WHERE handle = $1", [old.into()]).await?;
        put_pending(&mut change, result.handle, pending).await?;
        super::withdrawn::insert(&mut change, slice::from_ref(old), result.added).await?;
        if let Err(why) = change.write_for_lab(result.lab, act, 1).await? {
            return Ok(Replaced::NotAdmitted(why));
        }
        change.commit().await?;
        Ok(Replaced::Done)
    }
}
