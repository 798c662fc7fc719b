//! From a pass to a code at the door.
//!
//! First [`choose`]: which pass answers the policy, and what the door will learn. Then [`Choice::show`]: a fresh proof, bound
//! to policy and minute. Nothing here, and nothing that is reachable from here, can open a connection.

use std::cmp::Reverse;
use std::fmt;

use bauta_crypto::holder::Prover;
use bauta_crypto::pseudonym::{Commitment, HolderSecret};
use bauta_crypto::{InvalidSignature, PublicKey, Unusable};
use bauta_spec::Malformed;
use bauta_spec::attributes::{DisclosedSet, Kind, Value};
use bauta_spec::credential::Credential;
use bauta_spec::policy::{Learned, OneWay, Policy, Unfit};
use bauta_spec::presentation::{Context, Envelope, Mode, Part};
use bauta_spec::qr;
use bauta_spec::time::{Day, Minute, Moment};
use bauta_spec::trust::{IssuerKey, TrustList};
use rand_core::CryptoRng;

use crate::holding::{Pass, Record, listed};

/// Minutes after the one in which it was made during which a door takes a code, if both clocks are right.
pub const LIFE_MINUTES: u32 = 2;

/// A pass that answers a policy, before anything is shown.
pub struct Choice<'a> {
    policy: &'a Policy,
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
    let today = trust.grid().day_of(now);
    if !policy.is_in_force(today) {
        return Err(Nothing::PolicyNotInForce { first: policy.first(), last: policy.last() });
    }
    if policy.one_way() == OneWay::Refused {
        return Err(Nothing::NeedsPoster);
    }
    let mut candidates: Vec<_> = records
        .iter()
        .flat_map(|record| record.passes.iter().map(move |pass| (record, pass)))
        .filter(|(_, pass)| pass.credential_type().name() == policy.pass_type())
        .collect();
    // A raised series before the one that it replaces.
    candidates.sort_by_key(|(_, pass)| Reverse(pass.epoch));
    let mut closest = Nothing::NoPass;
    for (record, pass) in candidates {
        match Choice::of(policy, record, pass, trust, now) {
            Ok(choice) => return Ok(choice),
            Err(reason) if reason.closeness() > closest.closeness() => closest = reason,
            Err(_) => {}
        }
    }
    Err(closest)
}

impl<'a> Choice<'a> {
    fn of(
        policy: &'a Policy,
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
        let learns = policy.learns_from(pass.credential_type(), trust.rules(), Mode::OneWay, &shown)?;
        Ok(Self { policy, record, pass, key, disclosed, learns })
    }

    /// What the door will learn. To be read before [`Choice::show`].
    pub fn learns(&self) -> &[Learned] {
        &self.learns
    }

    /// The policy that it answers.
    pub fn policy(&self) -> &Policy {
        self.policy
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
            mode: Mode::OneWay,
            type_id: self.pass.credential_type().id(),
            disclosed: self.disclosed,
            key: self.key.id,
            policy_hash: self.policy.hash(),
            epoch: self.pass.epoch,
            minute: Minute::of(now),
            challenge: [0; 32],
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
        let proof = prover.show(&ph, &self.disclosed.indexes(), rng)?;
        let part = Part { disclosed: held.disclose(self.disclosed), pseudonym: None, proof };
        let envelope = Envelope::seal(&context, self.pass.credential_type(), &part)?;
        Ok(Showing { payload: envelope.to_bytes(), made: context.minute })
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
        self.made.plus(LIFE_MINUTES)
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
    #[error("this policy takes answers to an event poster only, and this version of the wallet cannot read posters")]
    NeedsPoster,
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
            Self::PolicyNotInForce { .. } | Self::NeedsPoster => 0,
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
