//! From a pass to a code at the door.
//!
//! First [`choose`], or [`choose_for`] what was scanned: which pass answers the policy, or which two, and what the door will learn. Then
//! [`Choice::show`]: a fresh proof, bound to policy and minute, and to the poster or the nonce that asks; of two passes one proof, also that
//! they are one holder's. Nothing here, and nothing that is reachable from here, can open a connection.

use std::cmp::Reverse;
use std::{fmt, mem, slice};

use bauta_crypto::composed;
use bauta_crypto::holder::Prover;
use bauta_crypto::pseudonym::{Commitment, HolderSecret};
use bauta_crypto::{InvalidSignature, PublicKey, Unusable};
use bauta_spec::Malformed;
use bauta_spec::attributes::{CredentialType, DisclosedSet, Kind, TypeName, Value};
use bauta_spec::credential::Credential;
use bauta_spec::policy::{Learned, OneWay, PassQuery, Policy, PolicyId, Unfit};
use bauta_spec::poster::{OpenOrNot, VerifiedPoster};
use bauta_spec::presentation::{Context, Envelope, Mode, Pair, PairContext, PairEnvelope, Part, Shown};
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
        let (version, hash) = (poster.list_version(), poster.list_hash());
        if trust.contradicts(version, hash) {
            return Err(Nothing::SplitView { version });
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

/// The pass that answers a policy, or the two, before anything is shown.
pub struct Choice<'a> {
    policy: &'a Policy,
    way: &'a Way,
    // Invariant: one for each ask of the policy, in their order, and of one epoch. All are of the wallet's one secret.
    parts: Parts<'a>,
    learns: Vec<Learned>,
}

#[derive(Clone, Copy)]
enum Parts<'a> {
    One(Found<'a>),
    Two([Found<'a>; 2]),
}

/// A pass that answers what is asked of one.
#[derive(Clone, Copy)]
struct Found<'a> {
    record: &'a Record,
    pass: &'a Pass,
    key: &'a IssuerKey,
    disclosed: DisclosedSet,
}

/// Finds the pass that answers `policy` at `now`, or the two, in the mode in which the wallet makes the code by itself.
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

/// Finds the pass that answers `policy` at `now`, or the two, when it is asked in this way.
///
/// # Errors
/// [`Nothing`]: also why a poster is not answered, and which of two passes is missing.
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
    let parts = match policy.asks() {
        [ask] => {
            let all = found(ask, records, trust, now)?.into_iter();
            let [found] = that_fits(policy, all.map(|found| [found]), Nothing::NoPass)?;
            Parts::One(found)
        }
        [one, other] => {
            let all = found_together([one, other], records, trust, now)?;
            Parts::Two(that_fits(policy, all, Nothing::Outdated)?)
        }
        // No policy asks for more.
        _ => return Err(Nothing::NoPass),
    };
    let shown: Vec<(&CredentialType, Vec<(usize, Value)>)> =
        parts.as_slice().iter().map(|found| (found.pass.credential_type(), found.shown())).collect();
    let learns = policy.learns_from(&shown, trust.rules(), way.mode())?;
    Ok(Choice { policy, way, parts, learns })
}

/// The passes that answer `ask`, a raised series before the one that it replaces; never none.
fn found<'a>(
    ask: &PassQuery,
    records: &'a [Record],
    trust: &'a TrustList,
    now: Moment,
) -> Result<Vec<Found<'a>>, Nothing> {
    let mut candidates: Vec<_> = records
        .iter()
        .flat_map(|record| record.passes.iter().map(move |pass| (record, pass)))
        .filter(|(_, pass)| pass.credential_type().name() == ask.pass_type())
        .collect();
    candidates.sort_by_key(|(_, pass)| Reverse(pass.epoch));
    let (mut all, mut closest) = (Vec::new(), Nothing::NoPass);
    for (record, pass) in candidates {
        match Found::of(ask, record, pass, trust, now) {
            Ok(found) => all.push(found),
            Err(reason) if reason.closeness() > closest.closeness() => closest = reason,
            Err(_) => {}
        }
    }
    if all.is_empty() { Err(closest) } else { Ok(all) }
}

/// Every two of one epoch, because a presentation has one day and one series.
fn found_together<'a>(
    asks: [&PassQuery; 2],
    records: &'a [Record],
    trust: &'a TrustList,
    now: Moment,
) -> Result<Vec<[Found<'a>; 2]>, Nothing> {
    let (firsts, seconds) = match asks.map(|ask| found(ask, records, trust, now)) {
        [Ok(firsts), Ok(seconds)] => (firsts, seconds),
        // What helps with both alike needs no name.
        [Err(reason), Err(other)] if reason == other => return Err(reason),
        [Err(reason), _] => return Err(reason.of_two(asks[0])),
        [_, Err(reason)] => return Err(reason.of_two(asks[1])),
    };
    let of_its_epoch = |first: Found<'a>| {
        let seconds = seconds.iter().filter(move |second| second.pass.epoch == first.pass.epoch);
        seconds.map(move |second| [first, *second])
    };
    Ok(firsts.into_iter().flat_map(of_its_epoch).collect())
}

/// The first that the policy goes with; without any to look at, `none`. The list has the policy for some layout of each type. What a door can
/// compare with an ID card is said by the layout of the very passes, so a door looks at that one, and a wallet shows it nothing in vain.
fn that_fits<'a, const N: usize>(
    policy: &Policy,
    all: impl IntoIterator<Item = [Found<'a>; N]>,
    none: Nothing,
) -> Result<[Found<'a>; N], Nothing> {
    let mut reason = none;
    for parts in all {
        match policy.fits(&parts.each_ref().map(|found| found.pass.credential_type())) {
            Ok(()) => return Ok(parts),
            Err(unfit) => reason = unfit.into(),
        }
    }
    Err(reason)
}

impl<'a> Parts<'a> {
    fn as_slice(&self) -> &[Found<'a>] {
        match self {
            Self::One(found) => slice::from_ref(found),
            Self::Two(both) => both,
        }
    }
}

impl<'a> Found<'a> {
    fn of(
        ask: &PassQuery,
        record: &'a Record,
        pass: &'a Pass,
        trust: &'a TrustList,
        now: Moment,
    ) -> Result<Self, Nothing> {
        let day = pass.epoch.day;
        let disclosed = ask.disclosed(pass.credential_type())?;
        let shown = pass.held.disclose(disclosed);
        if !ask.satisfied_by(pass.credential_type(), &shown) {
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
        Ok(Self { record, pass, key, disclosed })
    }

    fn shown(&self) -> Vec<(usize, Value)> {
        self.pass.held.disclose(self.disclosed)
    }

    fn named(&self) -> Shown {
        Shown { type_id: self.pass.credential_type().id(), disclosed: self.disclosed, key: self.key.id }
    }

    fn verified(&self, secret: &HolderSecret) -> Result<Prover, NotShown> {
        let prover = self.pass.held.prover(&self.key.public, &self.record.opening, secret);
        Ok(prover.map_err(|InvalidSignature| Unusable::Signature)?)
    }
}

impl<'a> Choice<'a> {
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

    /// Whether a key is for training: no door takes the code then.
    pub fn is_specimen(&self) -> bool {
        self.parts.as_slice().iter().any(|found| found.key.specimen)
    }

    /// Makes a code for this minute. Each has a fresh proof, which shares nothing with any other.
    ///
    /// # Errors
    /// [`NotShown`] when the pass does not hold, which no pass does that [`crate::renew`] has let in.
    pub fn show(&self, secret: &HolderSecret, now: Moment, rng: &mut impl CryptoRng) -> Result<Showing, NotShown> {
        self.show_again(&mut LastShown::default(), secret, now, rng)
    }

    /// [`Choice::show`] for a screen that shows a code for every minute: while they are the same passes, they are not verified again.
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
        let made = Minute::of(now);
        let payload = match &self.parts {
            Parts::One(found) => self.alone(found, last.provers([found], secret)?, made, rng)?.to_bytes(),
            Parts::Two(both) => self.together(both, last.provers(both.each_ref(), secret)?, made, rng)?.to_bytes(),
        };
        Ok(Showing { payload, mode: self.way.mode(), made })
    }

    fn alone(
        &self,
        found: &Found<'_>,
        [prover]: [&Prover; 1],
        minute: Minute,
        rng: &mut impl CryptoRng,
    ) -> Result<Envelope, NotShown> {
        let Shown { type_id, disclosed, key } = found.named();
        let context = Context {
            mode: self.way.mode(),
            type_id,
            disclosed,
            key,
            policy_hash: self.policy.hash(),
            epoch: found.pass.epoch,
            minute,
            challenge: self.way.challenge(),
        };
        let (ph, indexes) = (context.presentation_header(), disclosed.indexes());
        let (proof, pseudonym) = match self.event() {
            None => (prover.show(&ph, &indexes, rng)?, None),
            Some(event) => {
                let (proof, pseudonym) = prover.show_with_pseudonym(&event, &ph, &indexes, rng)?;
                (proof, Some(pseudonym))
            }
        };
        let part = Part { disclosed: found.shown(), pseudonym, proof };
        Ok(Envelope::seal(&context, found.pass.credential_type(), &part)?)
    }

    fn together(
        &self,
        both: &[Found<'_>; 2],
        provers: [&Prover; 2],
        minute: Minute,
        rng: &mut impl CryptoRng,
    ) -> Result<PairEnvelope, NotShown> {
        let [first, _] = both;
        let context = PairContext {
            mode: self.way.mode(),
            parts: both.each_ref().map(Found::named),
            policy_hash: self.policy.hash(),
            epoch: first.pass.epoch,
            minute,
            challenge: self.way.challenge(),
        };
        let ph = context.presentation_header();
        let indexes = both.each_ref().map(|found| found.disclosed.indexes());
        let [one, other] = &indexes;
        let [prover, second] = provers;
        let parts = [
            composed::Part { prover, disclosed_indexes: one },
            composed::Part { prover: second, disclosed_indexes: other },
        ];
        let (proof, pseudonym) = match self.event() {
            None => (composed::show(&parts, &ph, rng)?, None),
            Some(event) => {
                let (proof, pseudonym) = composed::show_with_pseudonym(&parts, &event, &ph, rng)?;
                (proof, Some(pseudonym))
            }
        };
        let types = both.each_ref().map(|found| found.pass.credential_type());
        let pair = Pair { disclosed: both.each_ref().map(Found::shown), pseudonym, proof };
        Ok(PairEnvelope::seal(&context, types, &pair)?)
    }

    /// The context of the pseudonym, where the answer carries one.
    fn event(&self) -> Option<[u8; 32]> {
        let named = self.way.poster().filter(|_| self.policy.pseudonym_in(self.way.mode()));
        named.map(VerifiedPoster::pseudonym_context)
    }
}

/// The passes that a screen showed last, verified.
#[derive(Debug, Default)]
pub struct LastShown(Vec<(Signed, Prover)>);

impl LastShown {
    /// Those of the passes that were shown last are taken from there.
    fn provers<const N: usize>(
        &mut self,
        parts: [&Found<'_>; N],
        secret: &HolderSecret,
    ) -> Result<[&Prover; N], NotShown> {
        let mut before = mem::take(&mut self.0);
        for found in parts {
            let signed = Signed::of(found);
            let known = before.iter().position(|(last, _)| *last == signed);
            let prover = match known {
                Some(place) => before.swap_remove(place).1,
                None => found.verified(secret)?,
            };
            self.0.push((signed, prover));
        }
        let provers: Vec<&Prover> = self.0.iter().map(|(_, prover)| prover).collect();
        provers.try_into().map_err(|_| NotShown::Proof(Unusable::Parts))
    }
}

/// All that a signature was verified against but the holder secret, which the commitment stands for. What has the same is the same pass,
/// also after a renewal or a newer list.
#[derive(PartialEq)]
struct Signed {
    credential: Credential,
    key: PublicKey,
    commitment: Commitment,
}

impl Signed {
    fn of(found: &Found<'_>) -> Self {
        Self {
            credential: found.pass.held.credential.clone(),
            key: found.key.public.clone(),
            commitment: found.record.opening.commitment.clone(),
        }
    }
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
    /// The organiser holds another list of the version that this wallet holds, or of the one before.
    #[error(
        "the organiser of this poster holds another trust list of version {version} than you do: two lists are in circulation, and one is \
         false. Nothing was shown; tell the authority"
    )]
    SplitView {
        /// The version of the organiser's list.
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
    /// The layout of the pass is not one that the policy goes with.
    #[error(
        "this policy does not go with a pass of the kind that you have: {0}. Nothing was shown. Renew; if that does not help, tell the venue"
    )]
    Unfit(#[from] Unfit),
    /// Of two passes that the policy asks for, this one is not there. Then nothing is shown of the other either.
    #[error("this policy asks for two passes together. Of the type \"{pass_type}\": {reason}")]
    OfTwo {
        /// The type of the one that is missing.
        pass_type: TypeName,
        /// Why it is.
        reason: Box<Nothing>,
    },
}

impl Nothing {
    fn of_two(self, ask: &PassQuery) -> Self {
        Self::OfTwo { pass_type: ask.pass_type().clone(), reason: Box::new(self) }
    }

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
            | Self::PolicyGone
            | Self::OfTwo { .. } => 0,
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
