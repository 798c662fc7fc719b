#![doc = include_str!("../sealed.md")]

#[cfg(unix)]
pub mod file;
mod passphrase;
#[cfg(unix)]
mod reseal;
mod storage_key;

use std::fmt;

use argon2::{Algorithm, Argon2, Params};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::Problem;

pub use passphrase::{Passphrase, TooShort};
#[cfg(unix)]
pub use reseal::{NotResealed, Resealed, Resealing};
pub use storage_key::StorageKey;

/// What every sealed file begins with.
const MAGIC: &[u8; 12] = b"bauta-sealed";
const VERSION: u8 = 1;
const SALT_LEN: usize = 16;
const NONCE_LEN: usize = 24;
const TAG_LEN: usize = 16;
/// Magic, version, kind, memory, passes, salt, nonce.
const HEADER_LEN: usize = MAGIC.len() + 1 + 1 + 4 + 1 + SALT_LEN + NONCE_LEN;

/// No sealed file is longer, 4 MiB: a wallet with a year of passes is a tenth of it.
pub const MAX_BYTES: usize = 4 << 20;

/// Seals `plaintext` so that only this passphrase opens it, as this kind only.
///
/// # Errors
/// [`CannotSeal`].
pub fn seal(
    kind: Kind,
    passphrase: &[u8],
    plaintext: &[u8],
    cost: Cost,
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, CannotSeal> {
    if passphrase.is_empty() {
        return Err(CannotSeal::EmptyPassphrase);
    }
    if plaintext.len() > MAX_BYTES - HEADER_LEN - TAG_LEN {
        return Err(CannotSeal::TooLong);
    }
    let mut header = Header { kind, cost, salt: [0; SALT_LEN], nonce: [0; NONCE_LEN] };
    rng.fill_bytes(&mut header.salt);
    rng.fill_bytes(&mut header.nonce);
    let mut bytes = header.to_bytes();
    let sealed = header
        .cipher(passphrase)
        .and_then(|cipher| {
            let payload = Payload { msg: plaintext, aad: &bytes };
            cipher.encrypt(&XNonce::from(header.nonce), payload).ok()
        })
        .ok_or(CannotSeal::NoMemory)?;
    bytes.extend(sealed);
    Ok(bytes)
}

/// Opens what [`seal`] made. The plaintext is wiped when dropped.
///
/// # Errors
/// [`CannotOpen`]. A wrong passphrase and a damaged file look the same.
pub fn open(kind: Kind, passphrase: &[u8], bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
    if bytes.len() > MAX_BYTES {
        return Err(CannotOpen::TooLong);
    }
    let (header, sealed) = Header::from_bytes(bytes)?;
    if header.kind != kind {
        return Err(CannotOpen::OtherKind { expected: kind, found: header.kind });
    }
    let cipher = header.cipher(passphrase).ok_or(CannotOpen::NoMemory)?;
    let payload = Payload { msg: sealed, aad: &header.to_bytes() };
    cipher
        .decrypt(&XNonce::from(header.nonce), payload)
        .map(Zeroizing::new)
        .map_err(|_| CannotOpen::WrongPassphraseOrDamaged)
}

/// What a sealed file holds. Part of what is authenticated: a wallet never opens as a root key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// An issuer's key for records.
    RecordKey = 1,
    /// An office's key for passes.
    PassKey = 2,
    /// The official's root key.
    RootKey = 3,
    /// The key that keeps the trust list fresh.
    DelegateKey = 4,
    /// The key that signs event posters.
    OrganiserKey = 5,
    /// What an issuer's service needs besides its keys.
    ServerSecret = 6,
    /// A citizen's wallet.
    Wallet = 7,
    /// A copy of a wallet, to be kept elsewhere.
    Backup = 8,
    /// The key that a page's storage is sealed under.
    StorageKey = 9,
}

impl Kind {
    const ALL: [Self; 9] = [
        Self::RecordKey,
        Self::PassKey,
        Self::RootKey,
        Self::DelegateKey,
        Self::OrganiserKey,
        Self::ServerSecret,
        Self::Wallet,
        Self::Backup,
        Self::StorageKey,
    ];

    fn of_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|known| *known as u8 == number)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RecordKey => "a record key",
            Self::PassKey => "a pass key",
            Self::RootKey => "a root key",
            Self::DelegateKey => "a delegate key",
            Self::OrganiserKey => "an organiser key",
            Self::ServerSecret => "a server secret",
            Self::Wallet => "a wallet",
            Self::Backup => "a wallet backup",
            Self::StorageKey => "a storage key",
        })
    }
}

/// What it costs to try one passphrase: memory and passes of argon2id, always one lane.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cost {
    memory_kib: u32,
    passes: u8,
}

impl Cost {
    /// No file may ask for more memory: 256 MiB.
    pub const MAX_MEMORY_KIB: u32 = 256 * 1024;
    /// No file may ask for more passes.
    pub const MAX_PASSES: u8 = 16;

    /// Memory in KiB, 8 to 262144, and passes, 1 to 16. `None` outside.
    pub const fn new(memory_kib: u32, passes: u8) -> Option<Self> {
        let in_range = memory_kib >= Params::MIN_M_COST
            && memory_kib <= Self::MAX_MEMORY_KIB
            && passes >= 1
            && passes <= Self::MAX_PASSES;
        if in_range { Some(Self { memory_kib, passes }) } else { None }
    }

    /// 64 MiB and 3 passes: the second choice of RFC 9106 with one lane, for keys and wallets on computers and phones.
    pub const fn recommended() -> Self {
        Self { memory_kib: 64 * 1024, passes: 3 }
    }

    /// 19 MiB and 2 passes: the least for anything that people keep, where a small machine opens it while somebody waits.
    pub const fn interactive_minimum() -> Self {
        Self { memory_kib: 19 * 1024, passes: 2 }
    }
}

/// What a file says of itself. All of it is authenticated.
struct Header {
    kind: Kind,
    cost: Cost,
    salt: [u8; SALT_LEN],
    nonce: [u8; NONCE_LEN],
}

impl Header {
    fn to_bytes(&self) -> Vec<u8> {
        let Self { kind, cost, salt, nonce } = self;
        let mut bytes = MAGIC.to_vec();
        bytes.extend([VERSION, *kind as u8]);
        bytes.extend(cost.memory_kib.to_be_bytes());
        bytes.push(cost.passes);
        bytes.extend(salt);
        bytes.extend(nonce);
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Result<(Self, &[u8]), CannotOpen> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(CannotOpen::NotSealed)?;
        let ([version, kind], rest) = rest.split_first_chunk().ok_or(CannotOpen::CutShort)?;
        if *version != VERSION {
            return Err(CannotOpen::OtherVersion);
        }
        let kind = Kind::of_number(*kind).ok_or(CannotOpen::OtherVersion)?;
        let (memory, rest) = rest.split_first_chunk().ok_or(CannotOpen::CutShort)?;
        let ([passes], rest) = rest.split_first_chunk().ok_or(CannotOpen::CutShort)?;
        let cost = Cost::new(u32::from_be_bytes(*memory), *passes).ok_or(CannotOpen::TooCostly)?;
        let (salt, rest) = rest.split_first_chunk().ok_or(CannotOpen::CutShort)?;
        let (nonce, sealed) = rest.split_first_chunk().ok_or(CannotOpen::CutShort)?;
        if sealed.len() < TAG_LEN {
            return Err(CannotOpen::CutShort);
        }
        Ok((Self { kind, cost, salt: *salt, nonce: *nonce }, sealed))
    }

    /// `None` when there is not enough memory.
    fn cipher(&self, passphrase: &[u8]) -> Option<XChaCha20Poly1305> {
        const ONE_LANE: u32 = 1;
        let mut key = Zeroizing::new([0; 32]);
        let passes = u32::from(self.cost.passes);
        let params = Params::new(self.cost.memory_kib, passes, ONE_LANE, Some(key.len())).ok()?;
        Argon2::new(Algorithm::Argon2id, argon2::Version::V0x13, params)
            .hash_password_into(passphrase, &self.salt, &mut *key)
            .ok()?;
        Some(XChaCha20Poly1305::new(<&Key>::from(&*key)))
    }
}

impl From<CannotSeal> for Problem {
    fn from(error: CannotSeal) -> Self {
        Self::new(match error {
            CannotSeal::EmptyPassphrase => "passphrase_empty",
            CannotSeal::TooLong => "sealed_too_long",
            CannotSeal::NoMemory => "no_memory",
        })
    }
}

impl From<CannotOpen> for Problem {
    fn from(error: CannotOpen) -> Self {
        Self::new(match error {
            CannotOpen::NotSealed => "not_sealed",
            CannotOpen::OtherVersion => "sealed_other_version",
            CannotOpen::OtherKind { .. } => "sealed_other_kind",
            CannotOpen::CutShort => "sealed_cut_short",
            CannotOpen::TooLong => "sealed_too_long",
            CannotOpen::TooCostly => "sealed_too_costly",
            CannotOpen::NoMemory => "no_memory",
            CannotOpen::WrongPassphraseOrDamaged => "wrong_passphrase_or_damaged",
        })
    }
}

/// Nothing was sealed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CannotSeal {
    /// Everybody knows the empty passphrase.
    #[error("the passphrase is empty: choose one")]
    EmptyPassphrase,
    /// More than a sealed file holds.
    #[error("more than the 4 MiB that a sealed file holds")]
    TooLong,
    /// The memory that the passphrase check needs is not there.
    #[error("not enough memory to derive a key from the passphrase")]
    NoMemory,
}

/// Nothing was opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CannotOpen {
    /// Another kind of file altogether.
    #[error("this is not a sealed Bauta file")]
    NotSealed,
    /// Made by a newer program.
    #[error("this sealed file has a version or kind that this program does not know: update the program")]
    OtherVersion,
    /// A sealed file, but another one than was asked for.
    #[error("this file holds {found}, and {expected} is needed: name the right file")]
    OtherKind {
        /// What was needed.
        expected: Kind,
        /// What the file says it holds.
        found: Kind,
    },
    /// The end is missing.
    #[error("this sealed file is cut short: restore it from a copy")]
    CutShort,
    /// Longer than a sealed file can be.
    #[error("this file is longer than the 4 MiB of a sealed file")]
    TooLong,
    /// It asks for more memory or time than any file of ours.
    #[error("this sealed file asks for more memory or time than any that Bauta makes: it may have been tampered with")]
    TooCostly,
    /// The memory that it asks for is not there.
    #[error("not enough memory to derive a key from the passphrase")]
    NoMemory,
    /// The passphrase is another one, or bytes have changed: nobody can tell which.
    #[error("wrong passphrase, or the file is damaged")]
    WrongPassphraseOrDamaged,
}

#[cfg(test)]
mod tests;
