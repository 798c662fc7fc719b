//! What a page shows of a wallet: values, no sentences.

use std::collections::BTreeMap;

use bauta_spec::Problem;
use bauta_spec::attributes::{Claims, CredentialType};
use bauta_spec::issuance::IssuerUrl;
use bauta_spec::policy::{Policy, PolicyId};
use bauta_spec::qr::Question;
use bauta_spec::time::Moment;
use serde::Serialize;

use crate::errand::Waiting;
use crate::holding::{Pass, Record};
use crate::present::choose;
use crate::vault::Vault;

/// A record and its passes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordView {
    /// Its place in the wallet. Changes when an earlier one is removed.
    pub index: usize,
    /// The name of its type.
    pub r#type: String,
    /// Who issued it.
    pub issuer: String,
    /// The last day for which it makes passes, as `2026-11-24`; none if it makes none.
    pub valid_until: Option<String>,
    /// What it says and a person can read.
    pub claims: Vec<ClaimView>,
    /// The passes, by day.
    pub passes: Vec<PassView>,
}

/// A fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClaimView {
    /// The claim.
    pub name: String,
    /// Its kind, as a type's JSON form names it.
    pub kind: &'static str,
    /// Its value, as [`bauta_spec::attributes::Kind::spell`] writes it.
    pub value: String,
}

/// A pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PassView {
    /// Its day, as `2026-11-24`.
    pub day: String,
    /// The name of its type.
    pub r#type: String,
    /// The name of the rule that made it, or the rule's id where the list no longer has it.
    pub rule: String,
    /// Which making of that day's passes it belongs to.
    pub series: u8,
}

/// A lab that has no result yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WaitingView {
    /// Who it is.
    pub issuer: String,
    /// The name of the type of record that was ordered.
    pub r#type: String,
    /// It is not asked again before, in seconds since 1970.
    pub again: u64,
}

/// A policy, and whether this wallet can answer it now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PolicyView {
    /// Names it for [`Vault::policy`].
    pub id: String,
    /// What doors call it.
    pub name: String,
    /// Why a door asks, by language.
    pub purpose: BTreeMap<String, String>,
    /// Whether there is a pass that answers it now.
    pub answerable: bool,
    /// Why not.
    pub reason: Option<Problem>,
    /// Whether the answer is for training, and no door takes it.
    pub specimen: bool,
}

/// Nothing that this wallet could be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoQuestion {
    /// Some other code: a result to collect, somebody's pass, a ticket.
    #[error("this is not the question of a door")]
    Malformed,
    /// No policy of the list has that id. A newer list may have one.
    #[error("the trust list does not have this question: fetch the newest list, or ask at the door")]
    Unknown,
}

impl Vault {
    /// All records.
    pub fn record_views(&self) -> Vec<RecordView> {
        let views = self.records().iter().enumerate();
        views.map(|(index, record)| self.record_view(index, record)).collect()
    }

    /// The labs that have no result yet.
    pub fn waiting_views(&self) -> Vec<WaitingView> {
        let view = |(issuer, waiting): (&IssuerUrl, &Waiting)| WaitingView {
            issuer: issuer.to_string(),
            r#type: waiting.record_type.to_string(),
            again: waiting.again.unix(),
        };
        self.waiting().map(view).collect()
    }

    /// The policies that doors may ask today.
    pub fn policy_views(&self, now: Moment) -> Vec<PolicyView> {
        let today = self.trust().grid().day_of(now);
        let in_force = self.trust().policies().filter(|policy| policy.is_in_force(today));
        in_force.map(|policy| self.policy_view(policy, now)).collect()
    }

    /// The policy that a door's question names. Nobody has signed the question: what it names is on the list, or is not answered.
    ///
    /// # Errors
    /// [`NoQuestion`].
    pub fn asked(&self, question: &str) -> Result<&Policy, NoQuestion> {
        let Question(policy) = question.parse().map_err(|_| NoQuestion::Malformed)?;
        self.trust().policy(policy).ok_or(NoQuestion::Unknown)
    }

    /// The policy of that id, if it is on the list.
    pub fn policy(&self, id: &str) -> Option<&Policy> {
        self.trust().policy(id.parse::<PolicyId>().ok()?)
    }

    fn record_view(&self, index: usize, record: &Record) -> RecordView {
        RecordView {
            index,
            r#type: record.credential_type().name().to_string(),
            issuer: record.issuer().to_string(),
            valid_until: record.valid_until().map(|day| day.to_string()),
            claims: claim_views(record.credential_type(), record.claims()),
            passes: record.passes().iter().map(|pass| self.pass_view(pass)).collect(),
        }
    }

    fn pass_view(&self, pass: &Pass) -> PassView {
        let rule = self.trust().rules().iter().find(|rule| rule.id() == pass.rule());
        PassView {
            day: pass.epoch().day.to_string(),
            r#type: pass.credential_type().name().to_string(),
            rule: rule.map_or_else(|| pass.rule().to_string(), |rule| rule.name().to_string()),
            series: pass.epoch().series,
        }
    }

    fn policy_view(&self, policy: &Policy, now: Moment) -> PolicyView {
        let choice = choose(policy, self.records(), self.trust(), now);
        PolicyView {
            id: policy.id().to_string(),
            name: policy.name().to_string(),
            purpose: policy.purpose().lines().map(|(tag, line)| (tag.to_string(), line.to_string())).collect(),
            answerable: choice.is_ok(),
            specimen: choice.as_ref().is_ok_and(|choice| choice.is_specimen()),
            reason: choice.err().map(Problem::from),
        }
    }
}

/// What is known; handle and binding say nothing to a person and name them to others.
fn claim_views(credential_type: &CredentialType, claims: &Claims) -> Vec<ClaimView> {
    let known = credential_type.claims().iter().zip(claims.values());
    known
        .filter_map(|(claim, value)| {
            let value = claim.kind.spell(value)?;
            Some(ClaimView { name: claim.name.to_string(), kind: claim.kind.word(), value })
        })
        .collect()
}
