//! Passwords, and what is kept of them: argon2id, with its cost beside it.

use std::fmt;
use std::str::FromStr;

use argon2::{Algorithm, Argon2, Params, Version};
use rand_core::CryptoRng;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::secrets::same;

/// A password that somebody chose or typed.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub struct Password(Zeroizing<String>);

/// A password that nobody should choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a password has 12 to 256 characters: four words that do not belong together are a good one")]
pub struct BadPassword;

/// What it costs to try one password: memory and passes of argon2id, always one lane.
#[derive(Clone, Copy, Debug)]
pub struct PasswordCost {
    memory_kib: u32,
    passes: u32,
}

impl Password {
    const LEAST: usize = 12;
    const MOST: usize = 256;
}

impl FromStr for Password {
    type Err = BadPassword;

    fn from_str(text: &str) -> Result<Self, BadPassword> {
        Self::try_from(text.to_owned())
    }
}

impl TryFrom<String> for Password {
    type Error = BadPassword;

    fn try_from(text: String) -> Result<Self, BadPassword> {
        let text = Zeroizing::new(text);
        let usable = (Self::LEAST..=Self::MOST).contains(&text.chars().count());
        usable.then_some(Self(text)).ok_or(BadPassword)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(_) = self;
        f.write_str("Password(..)")
    }
}

impl PasswordCost {
    /// 19 MiB and two passes, the least that OWASP recommends: several people may come at the same moment, and each also shows digits.
    pub const fn recommended() -> Self {
        Self { memory_kib: 19 * 1024, passes: 2 }
    }

    /// For tests: nobody attacks their passwords.
    pub const fn cheap() -> Self {
        Self { memory_kib: 8, passes: 1 }
    }
}

/// Version, memory, passes, salt, hash.
const LEN: usize = 1 + 4 + 4 + SALT_LEN + HASH_LEN;
const VERSION: u8 = 1;
/// No version of this program has asked for more.
const MOST_MEMORY_KIB: u32 = 64 * 1024;
const MOST_PASSES: u32 = 4;
const SALT_LEN: usize = 16;
const HASH_LEN: usize = 32;

/// What is kept of a password. `None` when there is not enough memory.
pub(super) fn hash(password: &Password, cost: PasswordCost, rng: &mut impl CryptoRng) -> Option<Vec<u8>> {
    let mut salt = [0; SALT_LEN];
    rng.fill_bytes(&mut salt);
    kept(password, cost, &salt)
}

/// Whether it is the password of which `hashed` was kept. Takes as long for a wrong one.
pub(super) fn verify(password: &Password, hashed: &[u8]) -> bool {
    let read = || {
        let ([VERSION], rest) = hashed.split_first_chunk()? else { return None };
        let (memory_kib, rest) = rest.split_first_chunk()?;
        let (passes, rest) = rest.split_first_chunk()?;
        let (salt, _) = rest.split_first_chunk()?;
        let cost = PasswordCost { memory_kib: u32::from_be_bytes(*memory_kib), passes: u32::from_be_bytes(*passes) };
        // Whoever can write to the database shall not have this service use up its memory.
        let affordable = cost.memory_kib <= MOST_MEMORY_KIB && cost.passes <= MOST_PASSES;
        affordable.then(|| kept(password, cost, salt)).flatten()
    };
    read().is_some_and(|again| same(&again, hashed))
}

/// What nobody's password gives: verifying it costs as much as a real one, so that a name that is not there takes as long.
pub(super) fn nobodys(cost: PasswordCost) -> Vec<u8> {
    let mut nobodys = header(cost);
    nobodys.resize(LEN, 0);
    nobodys
}

fn kept(password: &Password, cost: PasswordCost, salt: &[u8; SALT_LEN]) -> Option<Vec<u8>> {
    const ONE_LANE: u32 = 1;
    let params = Params::new(cost.memory_kib, cost.passes, ONE_LANE, Some(HASH_LEN)).ok()?;
    let mut hash = [0; HASH_LEN];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password.0.as_bytes(), salt, &mut hash)
        .ok()?;
    Some([&header(cost)[..], salt, &hash].concat())
}

fn header(cost: PasswordCost) -> Vec<u8> {
    [&[VERSION][..], &cost.memory_kib.to_be_bytes(), &cost.passes.to_be_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::seeded;

    #[test]
    fn only_the_same_password_is_the_same() {
        let password = |text: &str| text.parse::<Password>().unwrap();
        let (mut rng, cost) = (seeded(1), PasswordCost::cheap());
        let kept = hash(&password("correct horse battery"), cost, &mut rng).unwrap();
        assert_eq!(kept.len(), LEN);
        assert!(verify(&password("correct horse battery"), &kept));
        assert!(!verify(&password("correct horse batterz"), &kept));
        assert_ne!(hash(&password("correct horse battery"), cost, &mut rng).unwrap(), kept, "a salt of its own");
        for place in 0..kept.len() {
            let mut changed = kept.clone();
            changed[place] ^= 1;
            assert!(!verify(&password("correct horse battery"), &changed), "{place}");
            assert!(!verify(&password("correct horse battery"), &kept[..place]), "{place}");
        }
        assert!(!verify(&password("correct horse battery"), &nobodys(cost)));
    }

    #[test]
    fn a_short_password_is_none() {
        for (text, usable) in [("elevenchars", false), ("twelve chars", true), ("δώδεκα γράμμ", true)] {
            assert_eq!(text.parse::<Password>().is_ok(), usable, "{text}");
        }
        assert!("x".repeat(257).parse::<Password>().is_err());
        assert_eq!(format!("{:?}", "correct horse battery".parse::<Password>().unwrap()), "Password(..)");
    }
}
