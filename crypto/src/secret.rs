//! A scalar that nobody may see: wiped on drop, silent in logs, not to be copied by accident.

use core::fmt;

use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::curve::Scalar;

/// Secret keys, hidden messages, blinding factors and nonces.
pub(crate) struct SecretScalar(Scalar);

impl SecretScalar {
    pub(crate) fn new(scalar: Scalar) -> Self {
        Self(scalar)
    }

    /// Uniform in 1..r, from 64 bytes reduced modulo r.
    pub(crate) fn random(rng: &mut impl CryptoRng) -> Self {
        let mut wide = Zeroizing::new([0; 64]);
        loop {
            rng.fill_bytes(wide.as_mut());
            let scalar = Scalar::from_wide(&wide);
            if !scalar.is_zero() {
                return Self(scalar);
            }
        }
    }

    /// From 32 big-endian bytes in 1..r; nothing is reduced.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.try_into().ok()?;
        Scalar::from_canonical(bytes).filter(|scalar| !scalar.is_zero()).map(Self)
    }

    pub(crate) fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// The bare value, for the one equation it is needed in.
    pub(crate) fn expose(&self) -> Scalar {
        self.0
    }
}

impl Drop for SecretScalar {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl ZeroizeOnDrop for SecretScalar {}

impl fmt::Debug for SecretScalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(_) = self;
        f.write_str("SecretScalar(..)")
    }
}

/// A secret that has a name of its own: [`SecretScalar`] with bytes in and out.
macro_rules! secret_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub struct $name($crate::secret::SecretScalar);

        impl $name {
            /// Uniform in 1..r.
            pub fn generate(rng: &mut impl rand_core::CryptoRng) -> Self {
                Self($crate::secret::SecretScalar::random(rng))
            }

            /// From 32 big-endian bytes.
            ///
            /// # Errors
            /// [`Malformed`](crate::Malformed) for another length, zero, or r and beyond: nothing is reduced.
            pub fn from_bytes(bytes: &[u8]) -> Result<Self, $crate::Malformed> {
                $crate::secret::SecretScalar::from_bytes(bytes).map(Self).ok_or($crate::Malformed)
            }

            /// 32 big-endian bytes, wiped when dropped.
            pub fn to_bytes(&self) -> zeroize::Zeroizing<[u8; 32]> {
                self.0.to_bytes()
            }

            pub(crate) fn expose(&self) -> $crate::curve::Scalar {
                self.0.expose()
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                let Self(_) = self;
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    };
}

pub(crate) use secret_type;
