//! Statements that no honest program can make: any payload, signed as any kind.

use bauta_spec::signed::{Secret, role};
use ed25519_dalek::{Signer, SigningKey};

use crate::items::Item;

/// The envelope around `payload`, signed in `context`.
pub(crate) fn signed<R: role::Role>(context: &str, payload: &[u8], key: &Secret<R>) -> Vec<u8> {
    envelope(payload, &signature(context, payload, key))
}

/// The Ed25519 signature over `context ‖ 0x00 ‖ payload`.
pub(crate) fn signature<R: role::Role>(context: &str, payload: &[u8], key: &Secret<R>) -> [u8; 64] {
    let key = SigningKey::from_bytes(&key.to_bytes());
    key.sign(&[context.as_bytes(), &[0], payload].concat()).to_bytes()
}

/// CBOR `[1, payload, signature]`.
pub(crate) fn envelope(payload: &[u8], signature: &[u8]) -> Vec<u8> {
    Item::Array(vec![Item::Unsigned(1), Item::Bytes(payload.to_vec()), Item::Bytes(signature.to_vec())]).to_bytes()
}
