//! The decision: does a scanned code answer what the door asks?

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use bauta_crypto::InvalidProof;
use bauta_spec::attributes::{ClaimName, Kind, TypeName, Value};
use bauta_spec::credential::KeyId;
use bauta_spec::policy::{PassQuery, Policy, PolicyId};
use bauta_spec::poster::{OpenOrNot, VerifiedPoster};
use bauta_spec::presentation::Mode;
use bauta_spec::qr::{self, Asked, Challenge, Question};
use bauta_spec::time::{Day, Minute, Moment};
use bauta_spec::trust::{Freshness, IssuerKey, KeyRefusal, TrustList, TrustRefusal};
use rand_core::CryptoRng;

use crate::answer::{Answer, Circumstances, Claim, Expected, Named, Opened};
use crate::entered::{Before, Entry, Showing};
use crate::{Asking, Memory, Refusal, Seen};

/// A door: what it asks, and what it remembers.
#[derive(Debug)]
pub struct Door {
    pub(crate) asking: Asking,
    pub(crate) memory: Memory,
}

impl Door {
    /// A door that asks for one policy: one way, unless it is told otherwise.
    #[must_use]
    pub fn new(asking: impl Into<Asking>, memory: impl Into<Memory>) -> Self {
        Self { asking: asking.into(), memory: memory.into() }
    }

    /// Asks something else from now on. What was seen stays seen. A poster is hung up with [`Door::hang`].
    pub fn ask(&mut self, asking: impl Into<Asking>) {
        self.asking = asking.into();
    }

    /// Asks for another policy in the same way: a newer list may name another one by the same name.
    pub fn ask_for(&mut self, policy: PolicyId) {
        self.asking.for_policy(policy);
    }

    /// Asks by a poster from now on, and keeps a book of who comes in, if the policy wants one. A book that is opened after the poster
    /// knows nothing of those who came in before: then it is open already, at the doors that share it, or somebody vouches that nobody
    /// came. Of an event with several posters, hang up the first one in time.
    ///
    /// # Errors
    /// [`Refusal::OrganiserWithdrawn`], [`Refusal::PosterOfOtherList`]; [`Refusal::EntriesUnreachable`] where the shared book does not answer.
    /// The door asks what it asked before.
    pub fn hang(
        &mut self,
        poster: VerifiedPoster,
        before: Before,
        trust: &TrustList,
        now: Moment,
    ) -> Result<(), Refusal> {
        may_hang(&poster, trust)?;
        if let Some(entered) = &mut self.memory.entered {
            entered.open(&poster, before, trust.grid(), now)?;
        }
        self.asking = Asking::Poster(Box::new(poster));
        Ok(())
    }

    /// What it asks.
    #[must_use]
    pub fn asking(&self) -> &Asking {
        &self.asking
    }

    /// What visitors' wallets scan, other than the poster on the wall. A nonce is drawn where none stands on the screen that can still
    /// be answered: so ask again after each answer, and once a second.
    pub fn question(&mut self, now: Moment, rng: &mut impl CryptoRng) -> Option<Asked> {
        match &self.asking {
            Asking::OneWay(policy) => Some(Asked::Policy(Question(*policy))),
            Asking::Poster(_) => None,
            Asking::Nonce(policy) => {
                let (policy, nonce) = (*policy, self.memory.nonces.show(now, rng));
                Some(Asked::Challenge(Challenge { policy, nonce }))
            }
        }
    }

    /// What it has seen.
    #[must_use]
    pub fn seen(&self) -> &Seen {
        &self.memory.seen
    }

    /// [`check`], and red if even that fails: a panic is [`Refusal::Internal`], and the next scan works.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn scan(&mut self, scanned: &str, trust: &TrustList, now: Moment) -> Result<Verified, Refusal> {
        never_silent(|| check(scanned, &self.asking, trust, &mut self.memory, now))
    }
}

/// Decides whether a scanned code answers what the venue asked.
///
/// The cheap steps come first and say what is wrong; all of them look at what the code claims in the clear, which anyone
/// can read from it. The one step that weighs a secret, the proof, does not say why it fails.
///
/// # Errors
/// [`Refusal`].
pub fn check(
    scanned: &str,
    asking: &Asking,
    trust: &TrustList,
    memory: &mut Memory,
    now: Moment,
) -> Result<Verified, Refusal> {
    let candidate = Candidate::read(scanned, asking, memory, trust, now)?;
    let holds = candidate.stating(|claim, named| claim.check(named)).flatten();
    holds.map_err(|InvalidProof| Refusal::ProofInvalid)?;
    candidate.admit(memory, now)
}

/// A code about which everything is right that it says in the clear. Open are its proof and whether it was shown before.
pub(crate) struct Candidate<'a> {
    trust: &'a TrustList,
    policy: &'a Policy,
    freshness: Freshness,
    poster: Option<&'a VerifiedPoster>,
    challenge: [u8; 32],
    bytes: Vec<u8>,
    answer: Answer,
    minute: Minute,
    expected: Vec<Expected<'a>>,
    opened: Opened,
}

impl<'a> Candidate<'a> {
    /// The cheap steps, in the order in which they say what is wrong.
    pub(crate) fn read(
        scanned: &str,
        asking: &'a Asking,
        memory: &Memory,
        trust: &'a TrustList,
        now: Moment,
    ) -> Result<Self, Refusal> {
        let (policy, freshness) = open_for(asking.policy(), trust, now)?;
        let poster = hanging(asking, trust, now)?;
        let bytes = qr::from_text(scanned).map_err(|_| Refusal::Unreadable)?;
        let answer = Answer::read(&bytes)?;
        answers(&answer, policy, asking.mode())?;
        let challenge = challenge_of(&answer, &bytes, poster, memory, now)?;
        let keys =
            policy.asks().iter().zip(&answer.keys).map(|(ask, key)| issuer_of(*key, ask, answer.epoch.day, trust));
        let keys: Vec<&IssuerKey> = keys.collect::<Result<_, _>>()?;
        // The list has a policy that fits some layout of its types. What counts here is the layout that these keys sign.
        let types: Vec<_> = keys.iter().map(|key| &key.key_type).collect();
        policy.fits(&types).map_err(|_| Refusal::PolicyNotMet)?;
        day_counts(&answer, trust, now)?;
        let minute = minute_of(&answer, now)?;
        let expected = policy.asks().iter().zip(keys).map(|(ask, key)| {
            let disclosed = ask.disclosed(&key.key_type).map_err(|_| Refusal::PolicyNotMet)?;
            Ok(Expected { key, disclosed })
        });
        let expected: Vec<Expected<'_>> = expected.collect::<Result<_, _>>()?;
        let opened = answer.open(&expected, policy)?;
        for ((ask, part), shown) in policy.asks().iter().zip(&expected).zip(&opened.shown) {
            meets(shown, ask, part.key, trust, answer.epoch.day)?;
        }
        Ok(Self { trust, policy, freshness, poster, challenge, bytes, answer, minute, expected, opened })
    }

    /// What its proof has to prove, and the proof; with a pseudonym, what that is weighed with.
    pub(crate) fn stating<T>(&self, weigh: impl FnOnce(Claim<'_>, Option<Named<'_>>) -> T) -> Result<T, InvalidProof> {
        let Self { policy, poster, challenge, answer, minute, expected, opened, .. } = self;
        let circumstances = Circumstances { policy, minute: *minute, challenge: *challenge };
        let context = poster.map(VerifiedPoster::pseudonym_context);
        let named = context.zip(opened.pseudonym.as_ref());
        answer.stating(expected, opened, &circumstances, |claim| weigh(claim, named))
    }

    /// The last step, once the proof holds.
    pub(crate) fn admit(self, memory: &mut Memory, now: Moment) -> Result<Verified, Refusal> {
        let Self { trust, policy, freshness, poster, challenge, bytes, answer, minute, expected, opened } = self;
        let entry = match (answer.mode, poster, &opened.pseudonym) {
            (Mode::Nonce, ..) => memory.nonces.take(challenge, &bytes, now).map(|()| None),
            (Mode::Poster, Some(poster), Some(pseudonym)) => {
                let entered = memory.entered.as_mut().ok_or(Refusal::EntriesUnknown)?;
                let showing = Showing { poster, pseudonym, presentation: &bytes, rule: policy.pseudonyms() };
                entered.admit(&showing, trust.grid(), now).map(Some)
            }
            (mode, ..) => memory.seen.admit(&bytes, mode, minute, now).map(|()| None),
        }?;
        let parts = expected.into_iter().zip(opened.shown);
        Ok(Verified {
            entry,
            policy: policy.id(),
            policy_name: policy.name().to_string(),
            day: answer.epoch.day,
            shown: parts.flat_map(|(part, shown)| in_words_of(trust, part.key, shown)).collect(),
            freshness,
        })
    }
}

/// Whether the door may decide at all, and by which policy.
fn open_for(asked: PolicyId, trust: &TrustList, now: Moment) -> Result<(&Policy, Freshness), Refusal> {
    let freshness = trust.freshness(now).map_err(|refusal| match refusal {
        TrustRefusal::ClockBeforeIssue => Refusal::ClockBeforeList,
        _ => Refusal::TrustExpired,
    })?;
    let today = trust.grid().day_of(now);
    if today > trust.programme_end() {
        return Err(Refusal::ProgrammeOver);
    }
    let policy = trust.policy(asked).filter(|policy| policy.is_in_force(today)).ok_or(Refusal::PolicyWithdrawn)?;
    Ok((policy, freshness))
}

/// The poster that hangs at the door, while it may be answered.
fn hanging<'a>(asking: &'a Asking, trust: &TrustList, now: Moment) -> Result<Option<&'a VerifiedPoster>, Refusal> {
    let Asking::Poster(hung) = asking else { return Ok(None) };
    may_hang(hung, trust)?;
    let poster = hung.poster();
    let open = poster.opening().at(Minute::of(now)) == OpenOrNot::Open;
    let its_day = trust.grid().may_be_event_day(poster.event_day(), now);
    (open && its_day).then_some(Some(&**hung)).ok_or(Refusal::PosterNotOpen)
}

/// Whether the list lets the poster hang. Asked at each code anew: a list that the door has taken since may withdraw the organiser, or may
/// be the very version of which the organiser holds another.
fn may_hang(poster: &VerifiedPoster, trust: &TrustList) -> Result<(), Refusal> {
    if trust.has_withdrawn(poster.organiser().id()) {
        return Err(Refusal::OrganiserWithdrawn);
    }
    let poster = poster.poster();
    let split = trust.contradicts(poster.list_version(), poster.list_hash());
    if split { Err(Refusal::PosterOfOtherList) } else { Ok(()) }
}

/// The code answers this policy, in the way that the door asks, if the policy allows it.
fn answers(answer: &Answer, policy: &Policy, mode: Mode) -> Result<(), Refusal> {
    match answer.mode {
        Mode::OneWay | Mode::Poster | Mode::Nonce => {}
        Mode::Paper => return Err(Refusal::ModeUnsupported),
        // What a wallet shows to a pass office is no answer to any door.
        Mode::Office => return Err(Refusal::OtherPolicy),
    }
    if answer.policy != policy.id() {
        return Err(Refusal::OtherPolicy);
    }
    if answer.keys.len() != policy.asks().len() {
        return Err(Refusal::PassCount);
    }
    if !policy.allows(answer.mode) {
        return Err(Refusal::ModeRefused);
    }
    (answer.mode == mode).then_some(()).ok_or(Refusal::OtherMode)
}

/// What the proof must be bound to besides the policy. The envelope names its first bytes only, so that an answer to something else is told
/// from a bad proof; the door knows the rest.
fn challenge_of(
    answer: &Answer,
    bytes: &[u8],
    poster: Option<&VerifiedPoster>,
    memory: &Memory,
    now: Moment,
) -> Result<[u8; 32], Refusal> {
    match (answer.mode, poster) {
        (Mode::Nonce, _) => memory.nonces.expected(bytes, answer.challenge_id, now),
        (Mode::Poster, Some(poster)) => {
            let challenge = poster.challenge();
            let is_named = answer.challenge_id.is_some_and(|named| challenge.starts_with(&named));
            is_named.then_some(challenge).ok_or(Refusal::OtherPoster)
        }
        // One way: there is nothing that the venue said.
        _ => Ok([0; 32]),
    }
}

/// The key that must have signed: type and layout follow from it, never from the sender.
fn issuer_of<'a>(id: KeyId, ask: &PassQuery, day: Day, trust: &'a TrustList) -> Result<&'a IssuerKey, Refusal> {
    let key = trust.key(id, day).map_err(|refusal| match refusal {
        KeyRefusal::Unknown => Refusal::UnknownKey,
        KeyRefusal::Withdrawn => Refusal::Withdrawn,
        KeyRefusal::NotInForce => Refusal::NotInForce,
        KeyRefusal::Specimen => Refusal::Specimen,
    })?;
    (key.key_type.name() == ask.pass_type()).then_some(key).ok_or(Refusal::OtherPolicy)
}

/// The passes are for a day that counts now, and their series was not cut off.
fn day_counts(answer: &Answer, trust: &TrustList, now: Moment) -> Result<(), Refusal> {
    let epoch = answer.epoch;
    // Of a code that may still be alive the minute in which it was made decides, so that nobody is turned away in the minutes in which the day
    // changes; one day counts for each minute, so that the day tells nothing about its holder.
    let counts = trust.grid().day_of(minute_of(answer, now).map_or(now, Minute::start));
    if epoch.day != counts {
        return Err(if epoch.day > counts { Refusal::DayFuture } else { Refusal::DayPast });
    }
    (epoch.series >= trust.series_floor(epoch.day)).then_some(()).ok_or(Refusal::Withdrawn)
}

/// The minute in which the code was made, if that is near enough to `now`; else which way the clock is off.
fn minute_of(answer: &Answer, now: Moment) -> Result<Minute, Refusal> {
    let now = Minute::of(now);
    let made = Minute::nearest(answer.minute, now);
    let behind = now.number().saturating_sub(made.number());
    let ahead = made.number().saturating_sub(now.number());
    // Neither exceeds half a day.
    let minutes = u16::try_from(behind.max(ahead)).unwrap_or(u16::MAX);
    if behind > answer.mode.minutes_behind() {
        return Err(Refusal::ClockBehind { minutes });
    }
    if ahead > answer.mode.minutes_ahead() {
        return Err(Refusal::ClockAhead { minutes });
    }
    Ok(made)
}

/// What is shown of a pass is what the policy requires of it, a rule that it speaks of still holds on the day of the pass, and a hint says
/// something: with none there is nothing to compare an ID card with, and the code could be anybody's.
fn meets(
    shown: &[(usize, Value)],
    ask: &PassQuery,
    key: &IssuerKey,
    trust: &TrustList,
    day: Day,
) -> Result<(), Refusal> {
    for (_, value) in shown {
        if let Value::Admits(rule) = value {
            let rule = trust.rule(*rule).ok_or(Refusal::Withdrawn)?;
            rule.is_in_force(day).then_some(()).ok_or(Refusal::NotInForce)?;
        }
    }
    let is_hint = |index: usize| key.key_type.claims().get(index).is_some_and(|claim| claim.kind == Kind::Hint);
    let hint_missing = shown.iter().any(|(index, value)| *value == Value::Absent && is_hint(*index));
    (ask.satisfied_by(&key.key_type, shown) && !hint_missing).then_some(()).ok_or(Refusal::PolicyNotMet)
}

/// What a presentation showed, and for which day. Only [`check`] makes one.
pub struct Verified {
    policy: PolicyId,
    policy_name: String,
    day: Day,
    shown: Vec<Shown>,
    entry: Option<Entry>,
    freshness: Freshness,
}

/// One claim that was shown, as a value and as a word of the registry.
pub struct Shown {
    pass: TypeName,
    claim: ClaimName,
    kind: &'static str,
    value: Value,
    word: String,
}

impl Verified {
    /// The policy that was answered.
    #[must_use]
    pub fn policy(&self) -> PolicyId {
        self.policy
    }

    /// Its name on the trust list.
    #[must_use]
    pub fn policy_name(&self) -> &str {
        &self.policy_name
    }

    /// The day of the pass, or of both.
    #[must_use]
    pub fn day(&self) -> Day {
        self.day
    }

    /// What was shown, pass by pass in the policy's order, and nothing else is known.
    #[must_use]
    pub fn shown(&self) -> &[Shown] {
        &self.shown
    }

    /// Where the policy asks for a pseudonym: whether this holder came in to this event before.
    #[must_use]
    pub fn entry(&self) -> Option<Entry> {
        self.entry
    }

    /// Whether the list that decided is so old that somebody should see to it: green still, with a word of warning.
    #[must_use]
    pub fn freshness(&self) -> Freshness {
        self.freshness
    }
}

/// Names what was shown and keeps the values to itself: they must not end up in a log.
impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { policy, policy_name: _, day: _, shown, entry: _, freshness: _ } = self;
        let claims: Vec<&str> = shown.iter().map(|shown| shown.claim.as_str()).collect();
        f.debug_struct("Verified").field("policy", policy).field("shown", &claims).finish_non_exhaustive()
    }
}

impl Shown {
    /// The type of the pass that says it. No two passes of a presentation have one type.
    #[must_use]
    pub fn pass(&self) -> &TypeName {
        &self.pass
    }

    /// The name of the claim.
    #[must_use]
    pub fn claim(&self) -> &ClaimName {
        &self.claim
    }

    /// Its kind, as a type's JSON form names it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// Its value.
    #[must_use]
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Its value in words of the trust list, never of the visitor.
    #[must_use]
    pub fn word(&self) -> &str {
        &self.word
    }
}

/// What was shown, claim by claim. The epoch is the day of the pass, which has its own place; its series is nothing to a venue.
fn in_words_of(trust: &TrustList, key: &IssuerKey, shown: Vec<(usize, Value)>) -> Vec<Shown> {
    let pass = key.key_type.name();
    let shown = shown.into_iter().filter(|(_, value)| !matches!(value, Value::Epoch(_)));
    shown
        .filter_map(|(index, value)| {
            let claim = key.key_type.claims().get(index)?;
            let word = word_for(&claim.kind, &value, trust);
            Some(Shown { pass: pass.clone(), claim: claim.name.clone(), kind: claim.kind.word(), value, word })
        })
        .collect()
}

fn word_for(kind: &Kind, value: &Value, trust: &TrustList) -> String {
    let word = match value {
        Value::Admits(rule) => trust.rule(*rule).map(|rule| rule.name().to_string()),
        Value::Absent => Some("none".to_owned()),
        value => kind.spell(value),
    };
    word.unwrap_or_else(|| "unknown".to_owned())
}

/// A panic is no verdict, and a door that shows nothing is taken for green.
pub(crate) fn never_silent<T>(decide: impl FnOnce() -> Result<T, Refusal>) -> Result<T, Refusal> {
    // Unwind safety: what outlives a scan is the door's memory and a batch of proofs, and a scan changes either in its last step only.
    catch_unwind(AssertUnwindSafe(decide)).unwrap_or(Err(Refusal::Internal))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_red_and_the_next_scan_works() {
        assert_eq!(never_silent::<()>(|| panic!("hostile")).unwrap_err(), Refusal::Internal);
        assert_eq!(never_silent::<()>(|| Err(Refusal::Unreadable)).unwrap_err(), Refusal::Unreadable);
    }
}
