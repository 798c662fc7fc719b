//! How facts that come later are sealed to a code that this service has handed out and no longer knows.
//!
//! Code, second factor and server secret make an X25519 key pair at the time of the order. Its public half is kept with the order; when
//! the result comes, its facts are sealed to that half under a key that is used once. To open them takes the code, for the secret half,
//! and the server secret, for both halves of the way:
//!
//! ```text
//! k           HKDF-SHA-256, expand(the key for the facts behind this code, "bauta/v1/issuer/order-key")    P = X25519(k, 9)
//! e           32 random bytes                                                                             E = X25519(e, 9)
//! Z           X25519(e, P) = X25519(k, E); nothing is sealed or opened where it is zero
//! key, nonce  HKDF-SHA-256(salt: the server secret's key for orders, input: Z, info: "bauta/v1/issuer/order" ‖ E ‖ P), 32 and 24 bytes
//! sealed      E ‖ XChaCha20-Poly1305(key, nonce, parcel; associated data: handle)
//! ```
//!
//! The salt is why a computer that breaks X25519 does not open a copy of the database: it lacks the server secret.

use bauta_spec::attributes::Handle;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use rand_core::CryptoRng;
use sha2::Sha256;
use x25519_dalek::{PublicKey, SharedSecret, StaticSecret};
use zeroize::Zeroizing;

use crate::lab::facts::Parcel;
use crate::secrets::{Key, Secrets};

/// The half that is kept with an order. Whoever has it can seal, and not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SealingKey([u8; Self::LEN]);

/// The half that only the code brings back.
pub(super) struct OpeningKey(StaticSecret);

impl SealingKey {
    pub(crate) const LEN: usize = 32;

    pub(crate) fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// `None` if the facts are too long, or this is no key.
    pub(crate) fn seal(
        &self,
        parcel: &Parcel,
        handle: &Handle,
        secrets: &Secrets,
        rng: &mut impl CryptoRng,
    ) -> Option<Vec<u8>> {
        let mut fresh = Zeroizing::new([0; Self::LEN]);
        rng.fill_bytes(&mut *fresh);
        let ephemeral = StaticSecret::from(*fresh);
        let sent = PublicKey::from(&ephemeral);
        let shared = ephemeral.diffie_hellman(&PublicKey::from(self.0));
        let once = Once::derive(&shared, &sent, self, secrets)?;
        let plain = parcel.to_order_bytes()?;
        let sealed = once.cipher().encrypt(&once.nonce(), Payload { msg: &plain, aad: &handle.bytes() }).ok()?;
        Some([&sent.to_bytes()[..], &sealed].concat())
    }
}

impl OpeningKey {
    /// From the key under which facts are sealed that come together with their code.
    pub(super) fn of(facts_key: &Key) -> Self {
        let mut secret = Zeroizing::new([0; SealingKey::LEN]);
        let from = Hkdf::<Sha256>::from_prk(facts_key.expose()).expect("a key is as long as the hash");
        from.expand(KEY_LABEL, &mut *secret).expect("32 bytes are fewer than the 8160 that HKDF gives");
        Self(StaticSecret::from(*secret))
    }

    pub(super) fn sealing_key(&self) -> SealingKey {
        SealingKey(PublicKey::from(&self.0).to_bytes())
    }

    pub(super) fn open(&self, sealed: &[u8], handle: &Handle, secrets: &Secrets) -> Option<Zeroizing<Vec<u8>>> {
        let (sent, sealed) = sealed.split_first_chunk::<{ SealingKey::LEN }>()?;
        let sent = PublicKey::from(*sent);
        let once = Once::derive(&self.0.diffie_hellman(&sent), &sent, &self.sealing_key(), secrets)?;
        let plain = once.cipher().decrypt(&once.nonce(), Payload { msg: sealed, aad: &handle.bytes() }).ok()?;
        Some(Zeroizing::new(plain))
    }
}

/// Makes the opening key of a code. Change it, and no result can be added to an order that is open.
const KEY_LABEL: &[u8] = b"bauta/v1/issuer/order-key";

/// Keeps what is sealed to orders apart from everything else. Change it, and what was added to orders cannot be collected.
const LABEL: &[u8] = b"bauta/v1/issuer/order";

/// A key and a nonce that one parcel is sealed under, and nothing else ever.
struct Once(Zeroizing<[u8; KEY_LEN + NONCE_LEN]>);

const KEY_LEN: usize = 32;
const NONCE_LEN: usize = 24;

impl Once {
    /// `None` where one of the two halves has made the secret a number that everybody knows.
    fn derive(shared: &SharedSecret, sent: &PublicKey, kept: &SealingKey, secrets: &Secrets) -> Option<Self> {
        if !shared.was_contributory() {
            return None;
        }
        let mut bytes = Zeroizing::new([0; KEY_LEN + NONCE_LEN]);
        Hkdf::<Sha256>::new(Some(secrets.order_key().expose()), shared.as_bytes())
            .expand_multi_info(&[LABEL, sent.as_bytes(), kept.as_bytes()], &mut *bytes)
            .expect("56 bytes are fewer than the 8160 that HKDF gives");
        Some(Self(bytes))
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        let (key, _) = self.0.split_at(KEY_LEN);
        XChaCha20Poly1305::new_from_slice(key).expect("the key is as long as the cipher's")
    }

    fn nonce(&self) -> XNonce {
        let mut nonce = [0; NONCE_LEN];
        nonce.copy_from_slice(&self.0[KEY_LEN..]);
        XNonce::from(nonce)
    }
}
