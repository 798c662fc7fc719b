//! The nonce on a door's screen: drawn by the door, taken once.

use std::fmt;

use bauta_spec::time::Moment;
use rand_core::CryptoRng;

use crate::Refusal;
use crate::replay::SAME_SHOWING_SECONDS;

/// Nobody has answered in so many seconds: another one is drawn.
const LIFE_SECONDS: u64 = 120;

/// The nonce that stands on the screen, and the answer that was taken last.
///
/// The law: **a nonce is taken once.** There is nothing to remember of earlier ones: whatever is not bound to the one on the screen is
/// refused.
#[derive(Default)]
pub(crate) struct Nonces {
    drawn: Option<Drawn>,
    taken: Option<Taken>,
}

#[derive(Clone, Copy)]
struct Drawn {
    nonce: [u8; 32],
    at: Moment,
}

struct Taken {
    nonce: [u8; 32],
    presentation: Vec<u8>,
    at: Moment,
}

impl Nonces {
    /// The one to show now: fresh after each answer, and when the one before has stood there for two minutes.
    pub(crate) fn show(&mut self, now: Moment, rng: &mut impl CryptoRng) -> [u8; 32] {
        if let Some(drawn) = self.drawn.filter(|drawn| drawn.is_good(now)) {
            return drawn.nonce;
        }
        let mut nonce = [0; 32];
        rng.fill_bytes(&mut nonce);
        self.drawn = Some(Drawn { nonce, at: now });
        nonce
    }

    /// Puts a chosen one on the screen: for a door whose screen is run by somebody else, who has drawn it.
    pub(crate) fn put(&mut self, nonce: [u8; 32], now: Moment) {
        self.drawn = Some(Drawn { nonce, at: now });
    }

    /// What this presentation must be bound to, which says of itself that it answers `named`.
    pub(crate) fn expected(
        &self,
        presentation: &[u8],
        named: Option<[u8; 4]>,
        now: Moment,
    ) -> Result<[u8; 32], Refusal> {
        if let Some(taken) = self.taken.as_ref().filter(|taken| taken.is_this_showing(presentation, now)) {
            return Ok(taken.nonce);
        }
        let is_named = |nonce: &[u8; 32]| named.is_some_and(|named| nonce.starts_with(&named));
        match &self.drawn {
            Some(drawn) if is_named(&drawn.nonce) => {
                drawn.is_good(now).then_some(drawn.nonce).ok_or(Refusal::NonceExpired)
            }
            _ if self.taken.as_ref().is_some_and(|taken| is_named(&taken.nonce)) => Err(Refusal::NonceUsed),
            _ => Err(Refusal::OtherNonce),
        }
    }

    /// Takes a presentation in, whose proof holds for `nonce`.
    pub(crate) fn take(&mut self, nonce: [u8; 32], presentation: &[u8], now: Moment) -> Result<(), Refusal> {
        if self.taken.as_ref().is_some_and(|taken| taken.is_this_showing(presentation, now)) {
            return Ok(());
        }
        self.drawn.take_if(|drawn| drawn.nonce == nonce).ok_or(Refusal::NonceUsed)?;
        self.taken = Some(Taken { nonce, presentation: presentation.to_vec(), at: now });
        Ok(())
    }
}

impl Drawn {
    /// A clock that was set back measures no two minutes.
    fn is_good(&self, now: Moment) -> bool {
        now.unix().checked_sub(self.at.unix()).is_some_and(|passed| passed < LIFE_SECONDS)
    }
}

impl Taken {
    fn is_this_showing(&self, presentation: &[u8], now: Moment) -> bool {
        let passed = now.unix().checked_sub(self.at.unix());
        self.presentation == presentation && passed.is_some_and(|seconds| seconds <= SAME_SHOWING_SECONDS)
    }
}

impl fmt::Debug for Nonces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { drawn: _, taken: _ } = self;
        f.write_str("Nonces(..)")
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;

    fn at(seconds: u64) -> Moment {
        Moment::from_unix(1_000_000 + seconds)
    }

    fn id(nonce: [u8; 32]) -> Option<[u8; 4]> {
        nonce.first_chunk().copied()
    }

    #[test]
    fn a_nonce_stands_for_two_minutes_or_one_answer() {
        let (mut nonces, mut rng) = (Nonces::default(), ChaCha20Rng::seed_from_u64(1));
        let first = nonces.show(at(0), &mut rng);
        assert_eq!(nonces.show(at(119), &mut rng), first);
        assert_eq!(nonces.expected(b"one", id(first), at(119)), Ok(first));
        assert_eq!(nonces.expected(b"one", id(first), at(120)), Err(Refusal::NonceExpired));
        let second = nonces.show(at(120), &mut rng);
        assert_ne!(second, first);
        assert_eq!(nonces.expected(b"one", id(first), at(120)), Err(Refusal::OtherNonce));
        assert_eq!(nonces.take(second, b"two", at(121)), Ok(()));
        assert_ne!(nonces.show(at(121), &mut rng), second);
    }

    #[test]
    fn an_answer_is_taken_once_and_a_shaking_hand_forgiven() {
        let (mut nonces, mut rng) = (Nonces::default(), ChaCha20Rng::seed_from_u64(2));
        let nonce = nonces.show(at(0), &mut rng);
        assert_eq!(nonces.take(nonce, b"one", at(5)), Ok(()));
        let next = nonces.show(at(5), &mut rng);
        assert_eq!(nonces.expected(b"one", id(nonce), at(15)), Ok(nonce), "the same showing");
        assert_eq!(nonces.take(nonce, b"one", at(15)), Ok(()));
        assert_eq!(nonces.show(at(15), &mut rng), next, "and it takes no nonce");
        assert_eq!(nonces.expected(b"one", id(nonce), at(16)), Err(Refusal::NonceUsed));
        assert_eq!(nonces.expected(b"other", id(nonce), at(6)), Err(Refusal::NonceUsed));
        assert_eq!(nonces.take(nonce, b"other", at(6)), Err(Refusal::NonceUsed), "two at once");
        assert_eq!(nonces.expected(b"other", None, at(6)), Err(Refusal::OtherNonce));
    }

    #[test]
    fn a_clock_set_back_draws_another_one() {
        let (mut nonces, mut rng) = (Nonces::default(), ChaCha20Rng::seed_from_u64(3));
        let nonce = nonces.show(at(100), &mut rng);
        assert_eq!(nonces.expected(b"one", id(nonce), at(99)), Err(Refusal::NonceExpired));
        assert_ne!(nonces.show(at(99), &mut rng), nonce);
    }
}
