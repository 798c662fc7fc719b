//! What a page shows of a wallet: values, no sentences.

use std::collections::BTreeMap;

use bauta_spec::Problem;
use bauta_spec::attributes::{Claims, CredentialType};
use bauta_spec::issuance::IssuerUrl;
use bauta_spec::policy::{Policy, PolicyId, Pseudonyms};
use bauta_spec::presentation::Mode;
use bauta_spec::qr::{Asked, Challenge, Question};
use bauta_spec::time::Moment;
use serde::Serialize;

use crate::errand::Waiting;
use crate::holding::{Pass, Record};
use crate::present::{Ask, Choice, Nothing, Way, choose, choose_for};
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
    /// The place of the other record that it rests on, if it needed two.
    pub other: Option<usize>,
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
    /// Whether there is a pass that answers it now, or are the two that it asks for.
    pub answerable: bool,
    /// Why not.
    pub reason: Option<Problem>,
    /// Whether the answer is for training, and no door takes it.
    pub specimen: bool,
}

/// What was scanned at an entrance: who asks for what, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AskView {
    /// The policy.
    pub policy: PolicyView,
    /// `one_way`, `poster` or `nonce`.
    pub way: &'static str,
    /// What only a poster says.
    pub poster: Option<PosterView>,
}

/// What a poster says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PosterView {
    /// Who has put it up, by the authority's word.
    pub organiser: String,
    /// The organiser's reason, by language.
    pub purpose: BTreeMap<String, String>,
    /// The day of the event, as `2026-11-24`.
    pub event_day: String,
    /// Until when it may be answered, in seconds since 1970.
    pub closes: u64,
    /// What an answer says of its holder at this event, and nowhere else: `none`, `one_entry` or `reentry`.
    pub pseudonyms: &'static str,
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
    /// Another root's poster, or nobody's, or one for a day on which its organiser is not certified.
    #[error(
        "this poster is not by an organiser whom the authority has certified for its day. Nothing was shown: do not answer it, and tell the \
         venue"
    )]
    NotCertified,
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

    /// Whatever was scanned at an entrance: a door's question, a poster, or a challenge on a screen. A poster must be by an organiser of
    /// this wallet's root; whether it is answered now, [`Vault::choose`] says.
    ///
    /// # Errors
    /// [`NoQuestion`].
    pub fn read(&self, scanned: &str) -> Result<Ask, NoQuestion> {
        let (policy, way) = match scanned.parse().map_err(|_| NoQuestion::Malformed)? {
            Asked::Policy(Question(policy)) => (policy, Way::OneWay),
            Asked::Challenge(Challenge { policy, nonce }) => (policy, Way::Nonce(nonce)),
            Asked::Poster(poster) => {
                let poster = poster.verify(self.root()).map_err(|_| NoQuestion::NotCertified)?;
                (poster.poster().policy(), Way::Poster(Box::new(poster)))
            }
        };
        self.trust().policy(policy).map(|_| Ask { policy, way }).ok_or(NoQuestion::Unknown)
    }

    /// The pass that answers what was scanned, or the two.
    ///
    /// # Errors
    /// [`Nothing`].
    pub fn choose<'a>(&'a self, ask: &'a Ask, now: Moment) -> Result<Choice<'a>, Nothing> {
        let policy = self.trust().policy(ask.policy()).ok_or(Nothing::PolicyGone)?;
        choose_for(policy, ask.way(), self.records(), self.trust(), now)
    }

    /// Who asks for what, and whether it is answered.
    ///
    /// # Errors
    /// [`Nothing::PolicyGone`] where a newer list does not have it.
    pub fn ask_view(&self, ask: &Ask, now: Moment) -> Result<AskView, Nothing> {
        let policy = self.trust().policy(ask.policy()).ok_or(Nothing::PolicyGone)?;
        let poster = ask.way().poster().map(|verified| {
            let poster = verified.poster();
            PosterView {
                organiser: verified.organiser().name.to_string(),
                purpose: poster.purpose().lines().map(|(tag, line)| (tag.to_string(), line.to_string())).collect(),
                event_day: poster.event_day().to_string(),
                closes: poster.opening().last().plus(1).start().unix(),
                pseudonyms: match policy.pseudonyms() {
                    Pseudonyms::None => "none",
                    Pseudonyms::OneEntry => "one_entry",
                    Pseudonyms::ReEntry => "reentry",
                },
            }
        });
        let way = match ask.way().mode() {
            Mode::Poster => "poster",
            Mode::Nonce => "nonce",
            Mode::OneWay | Mode::Paper | Mode::Office => "one_way",
        };
        Ok(AskView { policy: Self::policy_view_of(policy, self.choose(ask, now)), way, poster })
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
            other: self.other_of(pass),
        }
    }

    fn policy_view(&self, policy: &Policy, now: Moment) -> PolicyView {
        Self::policy_view_of(policy, choose(policy, self.records(), self.trust(), now))
    }

    fn policy_view_of(policy: &Policy, choice: Result<Choice<'_>, Nothing>) -> PolicyView {
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
