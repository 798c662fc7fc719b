//! A result that was wrong.

use bauta_spec::attributes::Handle;

use super::{Days, Entry, LabError, Ticket, not_admitted};
use crate::acts::ActKind;
use crate::pickup::Form;
use crate::service::Service;
use crate::staff::Actor;
use crate::store::{Progress, Replaced};

/// What came of a correction. Either way there is one new code, and one record can be made with it.
#[derive(Debug)]
pub enum Corrected {
    /// Nobody had collected the result: facts and code are new, the old code is dead.
    Replaced(Ticket),
    /// A record had been made: it gets no more passes, and a new result has taken its place under the same reference.
    Reissued {
        /// The new result.
        ticket: Ticket,
        /// The record that is withdrawn.
        withdrawn: Handle,
    },
}

impl Corrected {
    /// With the new code.
    pub fn ticket(&self) -> &Ticket {
        match self {
            Self::Replaced(ticket) | Self::Reissued { ticket, .. } => ticket,
        }
    }
}

impl Service {
    /// Corrects a result, before or after it was collected. Sent twice it gives a new code twice, and the last one counts; never can two
    /// records be made.
    ///
    /// # Errors
    /// [`LabError`]. What was withdrawn stays withdrawn, and an order has nothing to correct.
    pub async fn correct(&self, entry: &Entry, days: Days, form: Form, actor: &Actor) -> Result<Corrected, LabError> {
        let lab = self.lab_in_force(actor).await?;
        let today = self.today()?;
        let which = self.by_reference(&entry.reference, actor);
        let reference = self.reference_mac(&lab, &entry.reference);
        // A wallet may redeem, and another may correct, between the look and the change. Both happen once at most to one result.
        loop {
            let kept = self.status(&which, actor).await?;
            let act = self.act(actor, ActKind::ResultCorrected, "");
            match kept.progress {
                Progress::Ordered => return Err(LabError::NoResultYet),
                Progress::Withdrawn => return Err(LabError::TooLate(kept.progress)),
                Progress::Waiting | Progress::Expired => {
                    let prepared = self.prepare(entry, days, form, kept.handle, &lab, &today)?;
                    match self.store.replace(&kept.handle, &lab.name, prepared.pending(), prepared.day, act).await? {
                        Replaced::Done => return Ok(Corrected::Replaced(prepared.ticket)),
                        Replaced::NotAdmitted(why) => return Err(not_admitted(why, &today)),
                        Replaced::TooLate => {}
                    }
                }
                Progress::Redeemed | Progress::Collected => {
                    let prepared = self.prepare(entry, days, form, self.new_handle(), &lab, &today)?;
                    let result = self.new_result(&prepared, &reference, &lab.name, actor);
                    let superseded = self.secrets.superseded_mac(&kept.handle);
                    let pending = prepared.pending();
                    match self.store.reissue(&kept.handle, &superseded, result, pending, act).await? {
                        Replaced::Done => {
                            return Ok(Corrected::Reissued { ticket: prepared.ticket, withdrawn: kept.handle });
                        }
                        Replaced::NotAdmitted(why) => return Err(not_admitted(why, &today)),
                        Replaced::TooLate => {}
                    }
                }
            }
        }
    }
}
