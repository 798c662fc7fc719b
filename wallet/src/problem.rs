//! Every error of this crate under its name for programs: [`Problem`]. No arm is a wildcard.

use bauta_crypto::Unusable;
use bauta_spec::Problem;
use bauta_spec::attributes::TypeName;

use crate::collect;
use crate::errand::{NoCode, NotCollected};
use crate::exchange::Declined;
use crate::present::{NotShown, Nothing};
use crate::renew::{self, NotAsked};
use crate::task::NotDone;
use crate::vault::CannotOpen;
use crate::view::NoQuestion;

impl From<NoCode> for Problem {
    fn from(NoCode: NoCode) -> Self {
        Self::new("link_without_code")
    }
}

impl From<Declined> for Problem {
    fn from(declined: Declined) -> Self {
        match declined {
            Declined::Code => Self::new("declined_code"),
            Declined::TooOften => Self::new("declined_too_often"),
            Declined::Token => Self::new("declined_token"),
            Declined::TakenByAnother => Self::new("declined_taken_by_another"),
            Declined::Denied => Self::new("declined_denied"),
            Declined::Nonce => Self::new("declined_nonce"),
            Declined::Proof => Self::new("declined_proof"),
            Declined::OtherList => Self::new("declined_other_list"),
            Declined::Busy => Self::new("declined_busy"),
            Declined::Status(status) => Self::new("declined_status").number("status", status.into()),
            Declined::Unreadable => Self::new("declined_unreadable"),
        }
    }
}

impl From<collect::Refusal> for Problem {
    fn from(refusal: collect::Refusal) -> Self {
        match refusal {
            collect::Refusal::Malformed(_) => Self::new("record_malformed"),
            collect::Refusal::Key(refusal) => refusal.into(),
            collect::Refusal::NotARecord => Self::new("record_not_a_record"),
            collect::Refusal::ForeignClaim(_) => Self::new("record_foreign_claim"),
            collect::Refusal::OtherType => Self::new("record_other_type"),
            collect::Refusal::Binding => Self::new("record_binding"),
            collect::Refusal::Signature => Self::new("record_signature"),
        }
    }
}

impl From<NotCollected> for Problem {
    fn from(reason: NotCollected) -> Self {
        match reason {
            NotCollected::Declined(declined) => declined.into(),
            NotCollected::Refused(refusal) => refusal.into(),
            NotCollected::Trust(refusal) => refusal.into(),
        }
    }
}

impl From<NotAsked> for Problem {
    fn from(reason: NotAsked) -> Self {
        match reason {
            NotAsked::Key(refusal) => refusal.into(),
            NotAsked::Ended => Self::new("record_ended"),
            NotAsked::Record(reason) => reason_of(reason),
            NotAsked::Malformed(_) => Self::new("record_malformed"),
        }
    }
}

impl From<renew::Refusal> for Problem {
    fn from(refusal: renew::Refusal) -> Self {
        match refusal {
            renew::Refusal::Malformed(_) => Self::new("passes_malformed"),
            renew::Refusal::Count { .. } => Self::new("passes_count"),
            renew::Refusal::OtherList => Self::new("passes_other_list"),
            renew::Refusal::Missing(day) => Self::new("passes_missing").text("day", day),
            renew::Refusal::Undue(day) => Self::new("passes_undue").text("day", day),
            renew::Refusal::Signature(day) => Self::new("passes_signature").text("day", day),
            renew::Refusal::Facts(_) => Self::new("passes_facts"),
        }
    }
}

impl From<NotDone> for Problem {
    fn from(reason: NotDone) -> Self {
        match reason {
            NotDone::Declined(declined) => declined.into(),
            NotDone::NotCollected(reason) => reason.into(),
            NotDone::NotAsked(reason) => reason.into(),
            NotDone::Office(refusal) => refusal.into(),
            NotDone::Trust(refusal) => refusal.into(),
            NotDone::Unusable(reason) => reason_of(reason),
            NotDone::NoRecord => Self::new("no_such_record"),
        }
    }
}

impl From<Nothing> for Problem {
    fn from(nothing: Nothing) -> Self {
        match nothing {
            Nothing::PolicyNotInForce { first, last } => {
                Self::new("policy_not_in_force").text("first", first).text("last", last)
            }
            Nothing::NeedsPoster => Self::new("needs_poster"),
            Nothing::NotThisWay => Self::new("not_this_way"),
            Nothing::SplitView { version } => Self::new("split_view").number("version", version),
            Nothing::OrganiserWithdrawn => Self::new("organiser_withdrawn"),
            Nothing::PosterNotYet => Self::new("poster_not_yet"),
            Nothing::PosterOver => Self::new("poster_over"),
            Nothing::EventNotToday { day } => Self::new("event_not_today").text("day", day),
            Nothing::PolicyGone => Self::new("question_unknown"),
            Nothing::NoPass => Self::new("no_pass"),
            Nothing::NotToday => Self::new("not_today"),
            Nothing::Outdated => Self::new("outdated"),
            Nothing::NoHint => Self::new("no_hint"),
            Nothing::Unfit(_) => Self::new("policy_unfit"),
            Nothing::OfTwo { pass_type, reason } => of_two(&pass_type, &reason),
        }
    }
}

/// Why the one of two passes that has this type is missing.
fn of_two(missing: &TypeName, reason: &Nothing) -> Problem {
    match reason {
        Nothing::NotToday => Problem::new("not_today_of_two").text("type", missing),
        Nothing::Outdated => Problem::new("outdated_of_two").text("type", missing),
        Nothing::NoHint => Problem::new("no_hint_of_two").text("type", missing),
        Nothing::NoPass
        | Nothing::Unfit(_)
        | Nothing::PolicyNotInForce { .. }
        | Nothing::NeedsPoster
        | Nothing::NotThisWay
        | Nothing::SplitView { .. }
        | Nothing::OrganiserWithdrawn
        | Nothing::PosterNotYet
        | Nothing::PosterOver
        | Nothing::EventNotToday { .. }
        | Nothing::PolicyGone
        | Nothing::OfTwo { .. } => Problem::new("no_pass_of_two").text("type", missing),
    }
}

impl From<NoQuestion> for Problem {
    fn from(reason: NoQuestion) -> Self {
        match reason {
            NoQuestion::Malformed => Self::new("question_malformed"),
            NoQuestion::Unknown => Self::new("question_unknown"),
            NoQuestion::NotCertified => Self::new("poster_not_certified"),
        }
    }
}

impl From<NotShown> for Problem {
    fn from(reason: NotShown) -> Self {
        match reason {
            NotShown::Proof(reason) => reason_of(reason),
            NotShown::Malformed(_) => Self::new("pass_malformed"),
        }
    }
}

impl From<CannotOpen> for Problem {
    fn from(error: CannotOpen) -> Self {
        match error {
            CannotOpen::Sealed(error) => error.into(),
            CannotOpen::Malformed(_) => Self::new("wallet_malformed"),
            CannotOpen::Trust(refusal) => refusal.into(),
        }
    }
}

/// Why the mathematics of a proof or commitment did not come about is nothing that a person could act on.
fn reason_of(reason: Unusable) -> Problem {
    match reason {
        Unusable::Signature => Problem::new("pass_does_not_hold"),
        Unusable::KeyMaterial
        | Unusable::Indexes
        | Unusable::Commitment
        | Unusable::Secrets
        | Unusable::Parts
        | Unusable::Degenerate => Problem::new("internal"),
    }
}
