//! Where every key, secret and nonce of the vectors comes from: a label. All of them are published and none may be used.

use bauta_crypto::SecretKey;
use bauta_spec::signed::{Secret, role};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

/// The random numbers of a label of at most 32 letters: ChaCha20 with the label, filled up with zeros, as its key.
pub(crate) fn rng(label: &str) -> ChaCha20Rng {
    let mut seed = [0; 32];
    for (byte, letter) in seed.iter_mut().zip(label.bytes()) {
        *byte = letter;
    }
    ChaCha20Rng::from_seed(seed)
}

/// The first N random bytes of a label.
pub(crate) fn bytes<const N: usize>(label: &str) -> [u8; N] {
    let mut bytes = [0; N];
    rng(label).fill_bytes(&mut bytes);
    bytes
}

/// A key that signs credentials.
pub(crate) fn issuer_key(label: &str) -> SecretKey {
    SecretKey::generate(&mut rng(label))
}

/// A key that signs statements of one role.
pub(crate) fn signer<R: role::Role>(label: &str) -> Secret<R> {
    Secret::generate(&mut rng(label))
}
