//! What a door remembers: codes for minutes, pseudonyms for an event, and the nonce on its screen.

use bauta_spec::Malformed;
use bauta_spec::time::Moment;
use zeroize::Zeroizing;

use crate::entered::Entered;
use crate::nonces::Nonces;
use crate::replay::Seen;

/// Everything that a door remembers. None of it is written down.
#[derive(Debug)]
pub struct Memory {
    pub(crate) seen: Seen,
    pub(crate) entered: Option<Entered>,
    pub(crate) nonces: Nonces,
}

impl Memory {
    /// With who has come in, for a door that asks by a poster.
    #[must_use]
    pub fn with(self, entered: Entered) -> Self {
        Self { entered: Some(entered), ..self }
    }

    /// With a nonce on the screen that somebody else has drawn, who never draws one twice.
    #[must_use]
    pub fn showing(mut self, nonce: [u8; 32], now: Moment) -> Self {
        self.nonces.put(nonce, now);
        self
    }

    /// For the door that takes the place of this one. The nonce is not in it: a new door draws a new one.
    pub(crate) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let seen = self.seen.to_bytes();
        let mut bytes = Zeroizing::new(Vec::with_capacity(4 + seen.len()));
        bytes.extend(u32::try_from(seen.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend_from_slice(&seen);
        if let Some(entered) = &self.entered {
            bytes.extend_from_slice(&entered.to_bytes());
        }
        bytes
    }

    /// Goes on where the one stopped that gave these bytes.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        const WRONG: Malformed = Malformed::new("not what a door remembers");
        let (len, rest) = bytes.split_first_chunk().ok_or(WRONG)?;
        let (seen, entered) = rest.split_at_checked(u32::from_be_bytes(*len) as usize).ok_or(WRONG)?;
        let entered = match entered {
            [] => None,
            bytes => Some(Entered::from_bytes(bytes)?),
        };
        Ok(Self { seen: Seen::from_bytes(seen)?, entered, nonces: Nonces::default() })
    }
}

impl From<Seen> for Memory {
    fn from(seen: Seen) -> Self {
        Self { seen, entered: None, nonces: Nonces::default() }
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;

    #[test]
    fn a_door_that_takes_the_place_of_another_remembers_the_same() {
        let mut rng = ChaCha20Rng::seed_from_u64(9);
        let alone = Memory::from(Seen::from_opening(&mut rng));
        let with_event = Memory::from(Seen::from_opening(&mut rng)).with(Entered::in_memory(&mut rng));
        for memory in [alone, with_event] {
            let bytes = memory.to_bytes();
            let taken_over = Memory::from_bytes(&bytes).unwrap();
            assert_eq!(taken_over.to_bytes(), bytes);
            assert_eq!(taken_over.entered.is_some(), memory.entered.is_some());
            for len in 0..bytes.len() {
                // Without who came in, a memory is whole; that door then knows of nobody, and refuses.
                let cut = Memory::from_bytes(&bytes[..len]);
                assert!(cut.is_err() || cut.is_ok_and(|cut| cut.entered.is_none()), "{len} of {} bytes", bytes.len());
            }
        }
    }
}
