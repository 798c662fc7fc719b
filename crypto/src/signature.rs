//! Signatures over messages that the signer sees. draft-irtf-cfrg-bbs-signatures, sections 3.5.1 and 3.5.2.
//!
//! A signature cannot be forged, changed or transferred to another header; it *is* recognised when seen twice, so it is
//! never shown: a [`proof`](crate::proof) is.

use core::fmt;

use alloc::vec::Vec;

use zeroize::Zeroizing;

use crate::curve::{G1, Scalar, invert_all};
use crate::encoding;
use crate::frame::Frame;
use crate::keys::pair_up;
use crate::secret::SecretScalar;
use crate::suite::{Api, Interface};
use crate::{InvalidSignature, Malformed, PublicKey, SecretKey, Suite, Unusable};

/// `Sign`, section 3.5.1: deterministic, so the same input gives the same bytes.
///
/// # Errors
/// [`Unusable::Degenerate`], which does not happen by chance.
pub fn sign(suite: Suite, sk: &SecretKey, header: &[u8], messages: &[&[u8]]) -> Result<Signature, Unusable> {
    let api = Api { suite, interface: Interface::Plain };
    let frame = Frame::plain(api, sk.public(), header, messages.len());
    let messages = api.messages_to_scalars(messages);
    // CoreSign, step 2: e = hash_to_scalar(serialize((SK, msg_1, …, msg_L, domain)), H2S).
    let mut hashed = Zeroizing::new(Vec::with_capacity((messages.len() + 2) * Scalar::LEN));
    hashed.extend_from_slice(sk.to_bytes().as_ref());
    for message in messages.iter() {
        hashed.extend_from_slice(Zeroizing::new(message.to_bytes()).as_ref());
    }
    hashed.extend_from_slice(&frame.domain.to_bytes());
    let e = api.hash_to_scalar(&hashed);
    let inverse = SecretScalar::new(inverses_of_sums(sk, &[e])?[0]);
    let a = frame.b_times(&inverse, &messages);
    (!a.is_identity()).then_some(Signature { a, e }).ok_or(Unusable::Degenerate)
}

/// `Verify`, section 3.5.2.
///
/// # Errors
/// [`InvalidSignature`], whatever the reason.
pub fn verify(
    suite: Suite,
    pk: &PublicKey,
    signature: &Signature,
    header: &[u8],
    messages: &[&[u8]],
) -> Result<(), InvalidSignature> {
    let api = Api { suite, interface: Interface::Plain };
    let frame = Frame::plain(api, pk, header, messages.len());
    let messages = api.messages_to_scalars(messages);
    signature.holds(pk, frame.b(&messages))
}

/// A signature over any number of messages: A ‖ e. 80 bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Signature {
    pub(crate) a: G1,
    pub(crate) e: Scalar,
}

impl Signature {
    /// Length in bytes.
    pub const LEN: usize = G1::LEN + Scalar::LEN;

    /// `octets_to_signature`, section 4.2.4.5.
    ///
    /// # Errors
    /// [`Malformed`] for anything but the one spelling of a point that is not the identity and a scalar in 1..r.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let (a, e) = bytes.split_at_checked(G1::LEN).ok_or(Malformed)?;
        // The scalar first: it is the cheap one.
        let e = encoding::scalar(e)?;
        Ok(Self { a: encoding::point(a)?, e: e.scalar() })
    }

    /// A ‖ e.
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        bytes[..G1::LEN].copy_from_slice(&self.a.to_compressed());
        bytes[G1::LEN..].copy_from_slice(&self.e.to_bytes());
        bytes
    }

    /// Whether A·(SK + e) = B, as e(A, W) = e(B − A·e, BP2).
    pub(crate) fn holds(&self, pk: &PublicKey, b: G1) -> Result<(), InvalidSignature> {
        pair_up(&[(self.a, pk)], b - self.a * self.e).then_some(()).ok_or(InvalidSignature)
    }
}

/// A signature identifies its holder, so it stays out of logs.
impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { a: _, e: _ } = self;
        f.write_str("Signature(..)")
    }
}

/// The last step of signing what was committed to: A = B·(SK + e)^-1 for each B and its e.
pub(crate) fn finish_each(sk: &SecretKey, bs: &[G1], es: &[Scalar]) -> Result<Vec<Signature>, Unusable> {
    if bs.iter().any(G1::is_identity) {
        return Err(Unusable::Degenerate);
    }
    let inverses = inverses_of_sums(sk, es)?;
    let signed = bs.iter().zip(inverses.iter()).zip(es);
    Ok(signed.map(|((b, inverse), e)| Signature { a: *b * *inverse, e: *e }).collect())
}

/// (SK + e)^-1 for each e, none of which may be zero.
fn inverses_of_sums(sk: &SecretKey, es: &[Scalar]) -> Result<Zeroizing<Vec<Scalar>>, Unusable> {
    let sums: Zeroizing<Vec<Scalar>> = Zeroizing::new(es.iter().map(|e| sk.expose() + *e).collect());
    invert_all(&sums).filter(|_| !es.iter().any(Scalar::is_zero)).ok_or(Unusable::Degenerate)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SK + e = 0 has no inverse. No hash comes out so, and still it is no reason to panic or to answer.
    #[test]
    fn a_sum_of_zero() {
        let sk = SecretKey::from_scalar(SecretScalar::new(Suite::Sha256.hash_to_scalar(b"key", b"test")));
        let b = G1::generator();
        let e = Suite::Sha256.hash_to_scalar(b"e", b"test");
        assert!(finish_each(&sk, &[b], &[e]).is_ok());
        for bad in [-sk.expose(), Scalar::ZERO] {
            assert_eq!(finish_each(&sk, &[b], &[bad]), Err(Unusable::Degenerate));
            assert_eq!(finish_each(&sk, &[b, b], &[e, bad]), Err(Unusable::Degenerate));
        }
        assert_eq!(finish_each(&sk, &[b, b - b], &[e, e]), Err(Unusable::Degenerate));
    }
}
