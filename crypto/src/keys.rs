//! The issuer's two keys. draft-irtf-cfrg-bbs-signatures, section 3.4.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use rand_core::CryptoRng;
use spin::Once;
use zeroize::Zeroizing;

use crate::curve::{G1, G2, PreparedG2, Scalar, pairings_cancel};
use crate::encoding;
use crate::error::{Malformed, Unusable};
use crate::secret::SecretScalar;
use crate::suite::Suite;

/// `KeyGen` refuses less: 256 bits of entropy.
const MIN_KEY_MATERIAL: usize = 32;
/// RFC 9380, section 5.3.3: a longer tag would be hashed, which the draft does not do.
const MAX_DST: usize = 255;

/// What signs. A scalar from 1 to r − 1.
pub struct SecretKey {
    scalar: SecretScalar,
    // Invariant: the public half of `scalar`. Never a parameter, because every signature hashes it.
    public: PublicKey,
}

impl SecretKey {
    /// A uniform key.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self::from_scalar(SecretScalar::random(rng))
    }

    /// `KeyGen`, section 3.4.1: the key that belongs to `key_material`.
    ///
    /// Without `key_dst` the draft's default is used.
    ///
    /// # Errors
    /// [`Unusable::KeyMaterial`] below 32 bytes of `key_material`, beyond 65535 of `key_info` or 255 of `key_dst`.
    pub fn from_key_material(
        suite: Suite,
        key_material: &[u8],
        key_info: &[u8],
        key_dst: Option<&[u8]>,
    ) -> Result<Self, Unusable> {
        let info_length = u16::try_from(key_info.len()).map_err(|_| Unusable::KeyMaterial)?;
        let default_dst = [suite.id(), b"KEYGEN_DST_"].concat();
        let key_dst = key_dst.unwrap_or(&default_dst);
        if key_material.len() < MIN_KEY_MATERIAL || key_dst.len() > MAX_DST {
            return Err(Unusable::KeyMaterial);
        }
        // Allocated once, so that no grown buffer leaves a copy behind.
        let mut derive_input = Zeroizing::new(Vec::with_capacity(key_material.len() + 2 + key_info.len()));
        derive_input.extend_from_slice(key_material);
        derive_input.extend_from_slice(&info_length.to_be_bytes());
        derive_input.extend_from_slice(key_info);
        let scalar = suite.hash_to_scalar(&derive_input, key_dst);
        if scalar.is_zero() {
            return Err(Unusable::Degenerate);
        }
        Ok(Self::from_scalar(SecretScalar::new(scalar)))
    }

    /// From 32 big-endian bytes.
    ///
    /// # Errors
    /// [`Malformed`] for another length, zero, or r and beyond: nothing is reduced.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        SecretScalar::from_bytes(bytes).map(Self::from_scalar).ok_or(Malformed)
    }

    pub(crate) fn from_scalar(scalar: SecretScalar) -> Self {
        let public = PublicKey::from_point(G2::generator() * scalar.expose());
        Self { scalar, public }
    }

    /// 32 big-endian bytes, wiped when dropped.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        self.scalar.to_bytes()
    }

    /// The key that verifies what this one signs.
    pub fn public_key(&self) -> PublicKey {
        self.public.clone()
    }

    pub(crate) fn public(&self) -> &PublicKey {
        &self.public
    }

    pub(crate) fn expose(&self) -> Scalar {
        self.scalar.expose()
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scalar: _, public: _ } = self;
        f.write_str("SecretKey(..)")
    }
}

/// What verifies: a point of G2, never the identity, always in the subgroup. 96 bytes.
///
/// Computes on its first use what every pairing with it needs, 20 kB, and shares it with its clones: keep a key rather than
/// decode it again.
#[derive(Clone)]
pub struct PublicKey {
    point: G2,
    // Invariant: the compressed spelling of `point`. Kept because every proof hashes it.
    bytes: [u8; PublicKey::LEN],
    prepared: Arc<Once<PreparedG2>>,
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for PublicKey {}

impl PublicKey {
    /// Length in bytes.
    pub const LEN: usize = G2::LEN;

    /// `KeyValidate`, section 3.4.3, on the way in: there is no unchecked public key.
    ///
    /// # Errors
    /// [`Malformed`] for another length, a second spelling, a point off the curve or outside the subgroup, the identity.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let bytes: [u8; Self::LEN] = bytes.try_into().map_err(|_| Malformed)?;
        let point = G2::from_compressed(&bytes).filter(|point| !point.is_identity()).ok_or(Malformed)?;
        Ok(Self { point, bytes, prepared: Arc::default() })
    }

    /// The compressed point.
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        self.bytes
    }

    fn from_point(point: G2) -> Self {
        Self { point, bytes: point.to_compressed(), prepared: Arc::default() }
    }
}

/// Whether Π e(a, W) = e(b, BP2), for points a and the keys W that they are paired with.
pub(crate) fn pair_up(left: &[(G1, &PublicKey)], b: G1) -> bool {
    static BP2: Once<PreparedG2> = Once::new();
    let bp2 = BP2.call_once(|| PreparedG2::new(G2::generator()));
    let prepared = left.iter().map(|(a, key)| (*a, key.prepared.call_once(|| PreparedG2::new(key.point))));
    let terms: Vec<(G1, &PreparedG2)> = prepared.chain([(-b, bp2)]).collect();
    pairings_cancel(&terms)
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        encoding::fmt_prefix(f, "PublicKey", &self.bytes)
    }
}
