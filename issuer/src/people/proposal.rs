//! What takes two enrolment officers: one proposes, another one approves.

use bauta_spec::time::Moment;
use serde::{Deserialize, Serialize};

use super::{Half, Newcomer, PeopleError};
use crate::acts::ActKind;
use crate::lab::Operator;
use crate::labs::{Lab, Vocabulary};
use crate::service::Service;
use crate::staff::{Actor, LabName, StaffRole};
use crate::store::{Approval, Approved, KeptProposal, LabChange, StoreError};

/// What is proposed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
#[schema(example = json!({ "set_quota": { "lab": "north-clinic", "quota": 500 } }))]
pub enum Proposed {
    /// To let somebody in: a lab's first admin, an officer, an auditor. The invitation has two halves: the proposer gets one, whoever
    /// approves gets the other, and both hand theirs over.
    Account {
        /// Their name, as it will stand beside what they do.
        #[schema(value_type = String)]
        name: Operator,
        /// What they may do.
        role: StaffRole,
        /// A lab admin's lab; left out for those who look after all labs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>)]
        lab: Option<LabName>,
    },
    /// To enrol a lab.
    EnrolLab {
        /// Its name.
        #[schema(value_type = String)]
        lab: LabName,
        /// What it may enter; everything that the credential types know if nothing is said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<Object>)]
        vocabulary: Option<Vocabulary>,
        /// How many new results each of its operators may add on one day; as the settings say if nothing is said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(format = Int64, minimum = 0, maximum = 4_294_967_295_i64)]
        quota: Option<u32>,
    },
    /// To set a lab's quota.
    SetQuota {
        /// Which lab's.
        #[schema(value_type = String)]
        lab: LabName,
        /// As above.
        #[schema(format = Int64, minimum = 0, maximum = 4_294_967_295_i64)]
        quota: Option<u32>,
    },
    /// To set what a lab may enter.
    SetVocabulary {
        /// Which lab.
        #[schema(value_type = String)]
        lab: LabName,
        /// As above.
        #[schema(value_type = Option<Object>)]
        vocabulary: Option<Vocabulary>,
    },
    /// To end a lab's suspension. To suspend it takes one.
    ResumeLab {
        /// Which lab's.
        #[schema(value_type = String)]
        lab: LabName,
    },
}

/// An open proposal.
#[derive(Debug)]
pub struct Proposal {
    /// By which it is approved.
    pub number: u64,
    /// What it says.
    pub what: Proposed,
    /// Who proposed it.
    pub by_whom: String,
    /// Until when it can be approved.
    pub expires: Moment,
}

/// Of an invitation that two officers hand over.
#[derive(Debug)]
pub struct SecondHalf(pub Half);

impl Service {
    /// Proposes something; another officer approves it within a week. Of an account's invitation the first half is here.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn propose(&self, what: &Proposed, actor: &Actor) -> Result<(u64, Option<Half>), PeopleError> {
        let half = match what {
            Proposed::Account { name, role, lab } => {
                let newcomer = Newcomer { name: name.clone(), role: *role, lab: lab.clone() };
                self.can_be_made(&newcomer).await?;
                Some(Half::generate(&mut self.world.rng()))
            }
            Proposed::EnrolLab { vocabulary, .. } | Proposed::SetVocabulary { vocabulary, .. } => {
                self.usable(vocabulary.as_ref())?;
                None
            }
            Proposed::SetQuota { .. } | Proposed::ResumeLab { .. } => None,
        };
        let json = serde_json::to_string(what).expect("names and numbers are text");
        let mac = half.as_ref().map(|half| half.first_mac(&self.secrets));
        let act = self.act(actor, ActKind::ProposalMade, "");
        let number = self.store.propose(&json, mac.as_ref(), self.open_until(), act).await?;
        Ok((number, half))
    }

    /// Approves what another officer proposed, once, and does it in the same change.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn approve(&self, number: u64, actor: &Actor) -> Result<Option<SecondHalf>, PeopleError> {
        let now = self.now();
        let kept = self.store.proposal(number, now).await?.ok_or(PeopleError::NoProposal)?;
        let about = number.to_string();
        let act = self.act(actor, ActKind::ProposalApproved, &about);
        let what = read(&kept.what)?;
        let approve = async |approved: Approved<'_>, kind, about: &str| {
            self.store.approve(number, &approved, act, self.act(actor, kind, about)).await
        };
        let mut second = None;
        let approval = match &what {
            Proposed::Account { name, role, lab } => {
                let newcomer = Newcomer { name: name.clone(), role: *role, lab: lab.clone() };
                let first = kept.half.ok_or(StoreError::Damaged("proposal.half_mac"))?;
                let half = Half::generate(&mut self.world.rng());
                let mac = half.second_mac(&first, &self.secrets);
                let account = newcomer.account(&self.secrets, &mac, self.open_until(), now);
                second = Some(SecondHalf(half));
                approve(Approved::Account(account), ActKind::AccountMade, name.as_str()).await?
            }
            Proposed::EnrolLab { lab, vocabulary, quota } => {
                let enrolled = self.day()?;
                let (name, vocabulary) = (lab.clone(), vocabulary.clone());
                let new = Lab { name, enrolled, vocabulary, quota: *quota, suspended: false };
                approve(Approved::Lab(LabChange::Enrol(&new)), ActKind::LabEnrolled, lab.as_str()).await?
            }
            Proposed::SetQuota { lab, quota } => {
                let about = quota.map_or_else(|| lab.to_string(), |quota| format!("{lab} {quota}"));
                approve(Approved::Lab(LabChange::Quota(lab, *quota)), ActKind::LabQuotaSet, &about).await?
            }
            Proposed::SetVocabulary { lab, vocabulary } => {
                let change = LabChange::Vocabulary(lab, vocabulary.as_ref());
                approve(Approved::Lab(change), ActKind::LabVocabularySet, lab.as_str()).await?
            }
            Proposed::ResumeLab { lab } => {
                approve(Approved::Lab(LabChange::Resume(lab)), ActKind::LabResumed, lab.as_str()).await?
            }
        };
        match approval {
            Approval::Done => Ok(second),
            Approval::NoProposal => Err(PeopleError::NoProposal),
            Approval::CannotBe => Err(match what {
                Proposed::Account { .. } | Proposed::EnrolLab { .. } => PeopleError::NameTaken,
                Proposed::SetQuota { .. } | Proposed::SetVocabulary { .. } | Proposed::ResumeLab { .. } => {
                    PeopleError::NoSuchLab
                }
            }),
        }
    }

    /// Closes a proposal without doing what it says. Whoever proposed it may, too.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn reject(&self, number: u64, actor: &Actor) -> Result<(), PeopleError> {
        let about = number.to_string();
        let rejected = self.store.reject(number, self.act(actor, ActKind::ProposalRejected, &about)).await?;
        if rejected { Ok(()) } else { Err(PeopleError::NoProposal) }
    }

    /// All open proposals.
    ///
    /// # Errors
    /// [`PeopleError`].
    pub async fn proposals(&self) -> Result<Vec<Proposal>, PeopleError> {
        let kept = self.store.proposals(self.now()).await?;
        let open = kept.into_iter().map(|KeptProposal { number, what, by_whom, expires, half: _ }| {
            Ok(Proposal { number, what: read(&what)?, by_whom, expires })
        });
        Ok(open.collect::<Result<_, StoreError>>()?)
    }
}

fn read(what: &str) -> Result<Proposed, StoreError> {
    serde_json::from_str(what).map_err(|_| StoreError::Damaged("proposal.what"))
}
