//! Six digits that change every half minute (RFC 6238), as every authenticator app makes them.

use std::fmt;

use bauta_spec::time::Moment;
use rand_core::CryptoRng;
use totp_rs::{Builder, Secret, Totp};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::lab::Operator;
use crate::pickup::{open, seal};
use crate::secrets::Secrets;

/// What an authenticator app and this service share about one account.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(super) struct TotpSecret([u8; Self::LEN]);

/// The same as an address that an authenticator app reads, usually from a QR. Shown once.
pub struct TotpUri(Zeroizing<String>);

/// A time step: half a minute, counted from 1970.
pub(super) type Step = u64;

impl TotpSecret {
    const LEN: usize = 20;

    pub(super) fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; Self::LEN];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// Sealed for the database. Tied to the name, so that nobody who can write to the database can lend one person another's digits.
    pub(super) fn seal(&self, name: &Operator, secrets: &Secrets, rng: &mut impl CryptoRng) -> Option<Vec<u8>> {
        seal(secrets.totp_key(), &self.0, name.as_str().as_bytes(), rng)
    }

    pub(super) fn open(sealed: &[u8], name: &Operator, secrets: &Secrets) -> Option<Self> {
        let plain = open(secrets.totp_key(), sealed, name.as_str().as_bytes())?;
        plain.as_slice().try_into().ok().map(Self)
    }

    /// The step whose digits these are: the present one, the one before or the one after, because clocks differ.
    pub(super) fn step_of(&self, digits: &str, now: Moment) -> Option<Step> {
        self.app().check(digits, now.unix())
    }

    pub(super) fn uri(&self, name: &Operator) -> TotpUri {
        let secret = Zeroizing::new(Secret::new_stack(self.0).to_base32());
        TotpUri(Zeroizing::new(format!("otpauth://totp/Bauta:{name}?secret={}&issuer=Bauta", *secret)))
    }

    fn app(&self) -> Totp {
        Builder::new()
            .with_secret(Secret::new_stack(self.0))
            .build()
            .expect("20 bytes, six digits and half a minute are what RFC 6238 asks for")
    }
}

impl TotpUri {
    /// To be shown once.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TotpUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(_) = self;
        f.write_str("TotpUri(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::ServerSecret;
    use crate::testing::seeded;

    /// RFC 6238, appendix B, SHA-1: the last six of its eight digits.
    #[test]
    fn the_digits_are_those_of_the_rfc() {
        let secret = TotpSecret(*b"12345678901234567890");
        for (seconds, digits) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            let step = seconds / 30;
            let at = |seconds| secret.step_of(digits, Moment::from_unix(seconds));
            assert_eq!([at(seconds), at(seconds - 30), at(seconds + 30)], [Some(step); 3], "{digits}");
            assert_eq!([at(seconds + 60), at(seconds + 90)], [None; 2], "{digits}");
        }
        for junk in ["", "28708", "2870820", "+87082", "28708x", "٢٨٧٠٨٢"] {
            assert_eq!(secret.step_of(junk, Moment::from_unix(59)), None, "{junk}");
        }
    }

    #[test]
    fn a_secret_opens_for_its_own_account_only() {
        let secrets = ServerSecret::generate(&mut seeded(1)).derive();
        let (one, other): (Operator, Operator) = ("one".parse().unwrap(), "other".parse().unwrap());
        let mut rng = seeded(2);
        let secret = TotpSecret::generate(&mut rng);
        let sealed = secret.seal(&one, &secrets, &mut rng).unwrap();
        assert_eq!(TotpSecret::open(&sealed, &one, &secrets).unwrap().0, secret.0);
        assert!(TotpSecret::open(&sealed, &other, &secrets).is_none());
        assert!(!sealed.windows(8).any(|window| secret.0.windows(8).any(|part| part == window)));
        let uri = secret.uri(&one);
        assert!(uri.expose().starts_with("otpauth://totp/Bauta:one?secret=") && uri.expose().len() == 77);
        assert_eq!(format!("{uri:?}"), "TotpUri(..)");
    }
}
