//! From a pass to a code at the door.
//!
//! First [`choose`], or [`choose_for`] what was scanned: which pass answers the policy, and what the door will learn. Then
//! [`Choice::show`]: a fresh proof, bound to policy and minute, and to the poster or the nonce that asks. Nothing here, and nothing that is reachable from here, can open a connection.

use std::cmp::Reverse;
use std::fmt;

use bauta_crypto::holder::Prover;
use bauta_crypto::pseudonym::{Commitment, HolderSecret};
use bauta_crypto::{InvalidSignature, PublicKey, Unusable};
use bauta_spec::Malformed;
use bauta_spec::attributes::{DisclosedSet, Kind, Value};
use bauta_spec::credential::Credential;
use bauta_spec::policy::{Learned, OneWay, Policy, PolicyId, Unfit};
use bauta_spec::poster::{OpenOrNot, VerifiedPoster};
use bauta_spec::presentation::{Context, Envelope, Mode, Part};
use bauta_spec::qr;
use bauta_spec::time::{Day, Minute, Moment};
use bauta_spec::trust::{IssuerKey, TrustList};
use rand_core::CryptoRng;

use crate::holding::{Pass, Record, listed};

/// In which way a door asks, and what an answer is bound to besides the policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// The wallet answers by itself.
    OneWay,
    /// By an organiser's poster, whose signatures held under this wallet's root.
    Poster(Box<VerifiedPoster>),
    /// By a nonce on the door's screen. Nobody has signed it: it says nothing but that an answer is to be fresh.
    Nonce([u8; 32]),
}

/// What was asked: the policy, and the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    pub(crate) policy: PolicyId,
    pub(crate) way: Way,
}

static ONE_WAY: Way = Way::OneWay;

impl Way {
    /// The mode of the answers.
    pub fn mode(&self) -> Mode {
        match self {
            Self::OneWay => Mode::OneWay,
            Self::Poster(_) => Mode::Poster,
            Self::Nonce(_) => Mode::Nonce,
        }
    }

    /// The poster, where one asks.
    pub fn poster(&self) -> Option<&VerifiedPoster> {
        match self {
            Self::Poster(poster) => Some(poster),
            Self::OneWay | Self::Nonce(_) => None,
        }
    }

    fn challenge(&self) -> [u8; 32] {
        match self {
            Self::OneWay => [0; 32],
            Self::Poster(poster) => poster.challenge(),
            Self::Nonce(nonce) => *nonce,
        }
    }

    /// Whether this wallet answers what asks in this way, by its own list and its own clock.
    fn may_be_answered(&self, policy: &Policy, trust: &TrustList, now: Moment) -> Result<(), Nothing> {
        match self {
            Self::OneWay if policy.one_way() == OneWay::Refused => return Err(Nothing::NeedsPoster),
            Self::Poster(_) | Self::Nonce(_) if !policy.allows(self.mode()) => return Err(Nothing::NotThisWay),
            Self::OneWay | Self::Poster(_) | Self::Nonce(_) => {}
        }
        let Some(verified) = self.poster() else { return Ok(()) };
        if trust.has_withdrawn(verified.organiser().id()) {
            return Err(Nothing::OrganiserWithdrawn);
        }
        let poster = verified.poster();
        if poster.list_version() == trust.version() && poster.list_hash() != trust.hash() {
            return Err(Nothing::SplitView { version: trust.version() });
        }
        match poster.opening().at(Minute::of(now)) {
            OpenOrNot::NotYet => return Err(Nothing::PosterNotYet),
            OpenOrNot::NoLonger => return Err(Nothing::PosterOver),
            OpenOrNot::Open => {}
        }
        let day = poster.event_day();
        trust.grid().may_be_event_day(day, now).then_some(()).ok_or(Nothing::EventNotToday { day })
    }
}

impl Ask {
    /// What is asked.
    pub fn policy(&self) -> PolicyId {
        self.policy
    }

    /// In which way.
    pub fn way(&self) -> &Way {
        &self.way
    }
}

/// A pass that answers a policy, before anything is shown.
pub struct Choice<'a> {
    policy: &'a Policy,
    way: &'a Way,
    record: &'a Record,
    pass: &'a Pass,
    key: &'a IssuerKey,
    disclosed: DisclosedSet,
    learns: Vec<Learned>,
}

/// Finds the pass that answers `policy` at `now`, in the mode in which the wallet makes the code by itself.
///
/// # Errors
/// [`Nothing`] says why there is none and what helps.
pub fn choose<'a>(
    policy: &'a Policy,
    records: &'a [Record],
    trust: &'a TrustList,
    now: Moment,
) -> Result<Choice<'a>, Nothing> {
    choose_for(policy, &ONE_WAY, records, trust, now)
}

/// Finds the pass that answers `policy` at `now`, when it is asked in this way.
///
/// # Errors
/// [`Nothing`]: also why a poster is not answered.
pub fn choose_for<'a>(
    policy: &'a Policy,
    way: &'a Way,
    records: &'a [Record],
    trust: &'a TrustList,
    now: Moment,
) -> Result<Choice<'a>, Nothing> {
    let today = trust.grid().day_of(now);
    if !policy.is_in_force(today) {
        return Err(Nothing::PolicyNotInForce { first: policy.first(), last: policy.last() });
    }
    way.may_be_answered(policy, trust, now)?;
    let mut candidates: Vec<_> = records
        .iter()
        .flat_map(|record| record.passes.iter().map(move |pass| (record, pass)))
        .filter(|(_, pass)| pass.credential_type().name() == policy.pass_type())
        .collect();
    // A raised series before the one that it replaces.
    candidates.sort_by_key(|(_, pass)| Reverse(pass.epoch));
    let mut closest = Nothing::NoPass;
    for (record, pass) in candidates {
        match Choice::of((policy, way), record, pass, trust, now) {
            Ok(choice) => return Ok(choice),
            Err(reason) if reason.closeness() > closest.closeness() => closest = reason,
            Err(_) => {}
        }
    }
    Err(closest)
}

impl<'a> Choice<'a> {
    fn of(
        (policy, way): (&'a Policy, &'a Way),
        record: &'a Record,
        pass: &'a Pass,
        trust: &'a TrustList,
        now: Moment,
    ) -> Result<Self, Nothing> {
        let day = pass.epoch.day;
        let disclosed = policy.disclosed(pass.credential_type())?;
        let shown = pass.held.disclose(disclosed);
        if !policy.satisfied_by(pass.credential_type(), &shown) {
            return Err(Nothing::NoPass);
        }
        if trust.grid().day_of(now) != day {
            return Err(Nothing::NotToday);
        }
        if pass.epoch.series < trust.series_floor(day) || trust.rule(pass.rule).is_none() {
            return Err(Nothing::Outdated);
        }
        let key = listed(trust, pass.held.credential.key, day).map_err(|_| Nothing::Outdated)?;
        if lacks_hint(pass, &shown) {
            return Err(Nothing::NoHint);
        }
        let learns = policy.learns_from(pass.credential_type(), trust.rules(), way.mode(), &shown)?;
        Ok(Self { policy, way, record, pass, key, disclosed, learns })
    }

    /// What the door will learn. To be read before [`Choice::show`].
    pub fn learns(&self) -> &[Learned] {
        &self.learns
    }

    /// The policy that it answers.
    pub fn policy(&self) -> &Policy {
        self.policy
    }

    /// In which way it was asked.
    pub fn way(&self) -> &Way {
        self.way
    }

    /// Whether the key is for training: no door takes the code then.
    pub fn is_specimen(&self) -> bool {
        self.key.specimen
    }

    /// Makes a code for this minute. Each has a fresh proof, which shares nothing with any other.
    ///
    /// # Errors
    /// [`NotShown`] when the pass does not hold, which no pass does that [`crate::renew`] has let in.
    pub fn show(&self, secret: &HolderSecret, now: Moment, rng: &mut impl CryptoRng) -> Result<Showing, NotShown> {
        self.show_again(&mut LastShown::default(), secret, now, rng)
    }

    /// [`Choice::show`] for a screen that shows a code for every minute: while it is the same pass, it is not verified again.
    ///
    /// # Errors
    /// As [`Choice::show`].
    pub fn show_again(
        &self,
        last: &mut LastShown,
        secret: &HolderSecret,
        now: Moment,
        rng: &mut impl CryptoRng,
    ) -> Result<Showing, NotShown> {
        let context = Context {
            mode: self.way.mode(),
            type_id: self.pass.credential_type().id(),
            disclosed: self.disclosed,
            key: self.key.id,
            policy_hash: self.policy.hash(),
            epoch: self.pass.epoch,
            minute: Minute::of(now),
            challenge: self.way.challenge(),
        };
        let held = &self.pass.held;
        let ph = context.presentation_header();
        let signed = Signed {
            credential: held.credential.clone(),
            key: self.key.public.clone(),
            commitment: self.record.opening.commitment.clone(),
        };
        let (_, prover) = match last.0.take().filter(|(before, _)| *before == signed) {
            Some(same) => last.0.insert(same),
            None => {
                let prover = held.prover(&self.key.public, &self.record.opening, secret);
                last.0.insert((signed, prover.map_err(|InvalidSignature| Unusable::Signature)?))
            }
        };
        let indexes = self.disclosed.indexes();
        let named = self.way.poster().filter(|_| self.policy.pseudonym_in(context.mode));
        let (proof, pseudonym) = match named {
            None => (prover.show(&ph, &indexes, rng)?, None),
            Some(poster) => {
                let event = poster.pseudonym_context();
                let (proof, pseudonym) = prover.show_with_pseudonym(&event, &ph, &indexes, rng)?;
                (proof, Some(pseudonym))
            }
        };
        let part = Part { disclosed: held.disclose(self.disclosed), pseudonym, proof };
        let envelope = Envelope::seal(&context, self.pass.credential_type(), &part)?;
        Ok(Showing { payload: envelope.to_bytes(), mode: context.mode, made: context.minute })
    }
}

/// The pass that a screen showed last, verified.
#[derive(Debug, Default)]
pub struct LastShown(Option<(Signed, Prover)>);

/// All that a signature was verified against but the holder secret, which the commitment stands for. What has the same is the same pass,
/// also after a renewal or a newer list.
#[derive(PartialEq)]
struct Signed {
    credential: Credential,
    key: PublicKey,
    commitment: Commitment,
}

/// It has a person's claims in it.
impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { credential: _, key: _, commitment: _ } = self;
        f.write_str("Signed(..)")
    }
}

/// A door that compares with an ID card can do nothing with a hint that is not known.
fn lacks_hint(pass: &Pass, shown: &[(usize, Value)]) -> bool {
    let claims = pass.credential_type().claims();
    shown.iter().any(|(index, value)| *value == Value::Absent && claims[*index].kind == Kind::Hint)
}

/// A code at the door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Showing {
    payload: Vec<u8>,
    mode: Mode,
    made: Minute,
}

impl Showing {
    /// The bytes.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The text that goes into the picture.
    pub fn text(&self) -> String {
        qr::to_text(&self.payload)
    }

    /// The last minute in which a door whose clock agrees takes it.
    pub fn good_until(&self) -> Minute {
        self.made.plus(self.mode.minutes_behind())
    }
}

/// Why there is nothing to show.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Nothing {
    /// Doors may not ask this today.
    #[error("this policy holds from {first} to {last}, and not today")]
    PolicyNotInForce {
        /// The first day.
        first: Day,
        /// The last day.
        last: Day,
    },
    /// The policy takes no code that the wallet makes by itself.
    #[error(
        "this policy is answered only where a poster or a screen asks it: scan what is shown there, with `show --scan` or `show --picture`"
    )]
    NeedsPoster,
    /// The policy is not asked by a poster, or not by a screen.
    #[error("this policy may not be asked in this way, so it is not answered: tell the venue")]
    NotThisWay,
    /// The organiser holds another list of the version that this wallet holds.
    #[error(
        "the organiser of this poster holds another trust list of version {version} than you do: two lists are in circulation, and one is \
         false. Nothing was shown; tell the authority"
    )]
    SplitView {
        /// The version.
        version: u32,
    },
    /// The authority has taken the organiser back.
    #[error("the authority has withdrawn the organiser of this poster. Nothing was shown; tell the venue")]
    OrganiserWithdrawn,
    /// The poster opens later.
    #[error("this poster is not open yet: scan it again when the entrance opens, or set this device's clock")]
    PosterNotYet,
    /// The poster has closed.
    #[error("this poster has closed: scan the one of today, or set this device's clock")]
    PosterOver,
    /// The poster is for another day.
    #[error("this poster is for {day}, and not for today: scan the one of today")]
    EventNotToday {
        /// Its day.
        day: Day,
    },
    /// The list has become newer since the question was read.
    #[error("the trust list does not have this question any more: ask at the door")]
    PolicyGone,
    /// None of the passes says what the policy asks for.
    #[error(
        "none of your passes says what this policy asks for. Renew, if a record of yours should; otherwise collect one that does"
    )]
    NoPass,
    /// There are passes for other days.
    #[error("your passes for this policy are not for today: renew")]
    NotToday,
    /// The authority has asked for new passes, or taken back the key or the rule of this one.
    #[error("the authority has asked for new passes since yours were made: renew")]
    Outdated,
    /// The policy shows the hint, and the pass has none.
    #[error(
        "this policy asks for the hint that is compared with an ID card, and your pass has none: `renew --with-hint`, \
         or ask the lab for it if your record has none either"
    )]
    NoHint,
    /// The pass has another type than the policy speaks of.
    #[error("the policy does not fit the pass: {0}")]
    Unfit(#[from] Unfit),
}

impl Nothing {
    /// How much was right before something was not: of several passes the one that came furthest says what helps.
    fn closeness(&self) -> u8 {
        match self {
            Self::PolicyNotInForce { .. }
            | Self::NeedsPoster
            | Self::NotThisWay
            | Self::SplitView { .. }
            | Self::OrganiserWithdrawn
            | Self::PosterNotYet
            | Self::PosterOver
            | Self::EventNotToday { .. }
            | Self::PolicyGone => 0,
            Self::NoPass => 1,
            Self::Unfit(_) => 2,
            Self::NotToday => 3,
            Self::Outdated => 4,
            Self::NoHint => 5,
        }
    }
}

/// A pass that cannot be shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotShown {
    /// It does not hold for this wallet.
    #[error("this pass does not hold: {0}. Renew")]
    Proof(#[from] Unusable),
    /// It does not fit into a presentation.
    #[error("this pass cannot be shown: {0}. Renew")]
    Malformed(#[from] Malformed),
}
