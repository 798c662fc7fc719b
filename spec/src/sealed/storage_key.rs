//! Sealing under a key that is at hand, where a page saves often and a passphrase would cost half a second each time.

use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{CannotOpen, CannotSeal, Cost, Kind, MAGIC, MAX_BYTES, NONCE_LEN, TAG_LEN};
use crate::sealed;

/// The form of file that opens with a key. A reader of the other form, and of this one, knows only its own.
const VERSION: u8 = 2;
/// Magic, version, kind, nonce.
const HEADER_LEN: usize = MAGIC.len() + 1 + 1 + NONCE_LEN;

/// 32 bytes that open what was sealed under them. Where they rest is the affair of whoever made them.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct StorageKey([u8; Self::LEN]);

impl StorageKey {
    /// How many bytes.
    pub const LEN: usize = 32;

    /// From bytes that a good source of randomness gave.
    pub fn new(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// Seals the key itself under a passphrase, in the form and at the cost of any file of ours.
    ///
    /// # Errors
    /// [`CannotSeal`].
    pub fn lock(&self, passphrase: &[u8], cost: Cost, rng: &mut impl CryptoRng) -> Result<Vec<u8>, CannotSeal> {
        sealed::seal(Kind::StorageKey, passphrase, &self.0, cost, rng)
    }

    /// Opens what [`StorageKey::lock`] made.
    ///
    /// # Errors
    /// [`CannotOpen`].
    pub fn unlock(locked: &[u8], passphrase: &[u8]) -> Result<Self, CannotOpen> {
        let bytes = sealed::open(Kind::StorageKey, passphrase, locked)?;
        bytes.as_slice().try_into().map(Self).map_err(|_| CannotOpen::WrongPassphraseOrDamaged)
    }

    /// The bytes, for whoever keeps them.
    pub fn expose(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// Seals `plaintext` so that only this key opens it, as this kind only.
    ///
    /// # Errors
    /// [`CannotSeal::TooLong`].
    pub fn seal(&self, kind: Kind, plaintext: &[u8], rng: &mut impl CryptoRng) -> Result<Vec<u8>, CannotSeal> {
        if plaintext.len() > MAX_BYTES - HEADER_LEN - TAG_LEN {
            return Err(CannotSeal::TooLong);
        }
        let mut nonce = [0; NONCE_LEN];
        rng.fill_bytes(&mut nonce);
        let mut bytes = header(kind, &nonce);
        let payload = Payload { msg: plaintext, aad: &bytes };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), payload).map_err(|_| CannotSeal::TooLong)?;
        bytes.extend(sealed);
        Ok(bytes)
    }

    /// Opens what [`StorageKey::seal`] made. The plaintext is wiped when dropped.
    ///
    /// # Errors
    /// [`CannotOpen`]. Another key and a damaged file look the same.
    pub fn open(&self, kind: Kind, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        if bytes.len() > MAX_BYTES {
            return Err(CannotOpen::TooLong);
        }
        let rest = bytes.strip_prefix(MAGIC).ok_or(CannotOpen::NotSealed)?;
        let ([version, found], rest) = rest.split_first_chunk().ok_or(CannotOpen::CutShort)?;
        if *version != VERSION {
            return Err(CannotOpen::OtherVersion);
        }
        let found = Kind::of_number(*found).ok_or(CannotOpen::OtherVersion)?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_LEN>().ok_or(CannotOpen::CutShort)?;
        if sealed.len() < TAG_LEN {
            return Err(CannotOpen::CutShort);
        }
        if found != kind {
            return Err(CannotOpen::OtherKind { expected: kind, found });
        }
        let payload = Payload { msg: sealed, aad: &header(kind, nonce) };
        self.cipher()
            .decrypt(&XNonce::from(*nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| CannotOpen::WrongPassphraseOrDamaged)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(<&Key>::from(&self.0))
    }
}

/// What the file says of itself. All of it is authenticated.
fn header(kind: Kind, nonce: &[u8; NONCE_LEN]) -> Vec<u8> {
    [MAGIC.as_slice(), &[VERSION, kind as u8], nonce].concat()
}

impl fmt::Debug for StorageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(_) = self;
        f.write_str("StorageKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;

    fn sealed_wallet() -> (StorageKey, Vec<u8>) {
        let key = StorageKey::new([7; 32]);
        let bytes = key.seal(Kind::Wallet, b"secret", &mut ChaCha20Rng::seed_from_u64(1)).unwrap();
        (key, bytes)
    }

    #[test]
    fn opens_with_its_key_as_its_kind_and_in_no_other_way() {
        let (key, bytes) = sealed_wallet();
        assert_eq!(bytes.len(), HEADER_LEN + b"secret".len() + TAG_LEN);
        assert_eq!(*key.open(Kind::Wallet, &bytes).unwrap(), b"secret");
        let other = StorageKey::new([8; 32]);
        assert_eq!(other.open(Kind::Wallet, &bytes).unwrap_err(), CannotOpen::WrongPassphraseOrDamaged);
        let as_backup = CannotOpen::OtherKind { expected: Kind::Backup, found: Kind::Wallet };
        assert_eq!(key.open(Kind::Backup, &bytes).unwrap_err(), as_backup);
    }

    #[test]
    fn every_bit_counts() {
        let (key, bytes) = sealed_wallet();
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(key.open(Kind::Wallet, &changed).is_err(), "opened with bit {bit} changed");
        }
        for len in 0..bytes.len() {
            assert!(key.open(Kind::Wallet, &bytes[..len]).is_err(), "opened when cut to {len} bytes");
        }
    }

    #[test]
    fn the_same_content_never_looks_the_same_twice() {
        let (key, once) = sealed_wallet();
        assert_ne!(once, key.seal(Kind::Wallet, b"secret", &mut ChaCha20Rng::seed_from_u64(2)).unwrap());
    }

    #[test]
    fn the_two_forms_do_not_open_each_other() {
        let (key, by_key) = sealed_wallet();
        let cost = Cost::new(8, 1).unwrap();
        let by_passphrase =
            sealed::seal(Kind::Wallet, b"words", b"secret", cost, &mut ChaCha20Rng::seed_from_u64(1)).unwrap();
        assert_eq!(sealed::open(Kind::Wallet, b"words", &by_key).unwrap_err(), CannotOpen::OtherVersion);
        assert_eq!(key.open(Kind::Wallet, &by_passphrase).unwrap_err(), CannotOpen::OtherVersion);
    }

    #[test]
    fn a_locked_key_opens_with_its_passphrase_alone() {
        let key = StorageKey::new([7; 32]);
        let locked = key.lock(b"words", Cost::new(8, 1).unwrap(), &mut ChaCha20Rng::seed_from_u64(1)).unwrap();
        assert_eq!(StorageKey::unlock(&locked, b"words").unwrap().expose(), key.expose());
        let refused = StorageKey::unlock(&locked, b"other").unwrap_err();
        assert_eq!(refused, CannotOpen::WrongPassphraseOrDamaged);
    }
}
