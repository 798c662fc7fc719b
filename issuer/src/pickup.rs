//! The code that a lab hands out: what finds a result, opens its facts, and becomes an access token.

mod order;

use std::fmt;

use bauta_spec::attributes::{Handle, TypeName};
use bauta_spec::issuance::{Code, PickupCode, SecondFactor, ShortCode};
use bauta_spec::time::Moment;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use order::OpeningKey;
pub(crate) use order::SealingKey;

use crate::lab::facts::{Ordered, Parcel};
use crate::secrets::{CodeMac, Key, Secrets};

/// A code in one of its two forms.
pub enum Pickup {
    /// 128 bits in a link or QR.
    Link(PickupCode),
    /// 40 bits to speak and type, and seven digits over another channel.
    Short(ShortCode, SecondFactor),
}

/// Which form of code to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// See [`Pickup::Link`].
    Link,
    /// See [`Pickup::Short`].
    Short,
}

/// Why what a wallet sends can be no code. What it sent is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoCode {
    /// None that was ever given out looks so.
    #[error("a code has 26 letters, or 8 and the 7 digits of a tx_code; in a link it stands behind the #")]
    Nobodys,
    /// A link's code with a second factor.
    #[error("a code of 26 letters comes without a tx_code")]
    TooMuch,
    /// A short code without one.
    #[error("a short code comes with the 7 digits of its tx_code")]
    TooLittle,
}

impl Pickup {
    /// A fresh code.
    pub fn generate(form: Form, rng: &mut impl CryptoRng) -> Self {
        match form {
            Form::Link => Self::Link(PickupCode::generate(rng)),
            Form::Short => Self::Short(ShortCode::generate(rng), SecondFactor::generate(rng)),
        }
    }

    /// From what a wallet sends. A link's code takes no second factor, a short one needs it.
    ///
    /// # Errors
    /// [`NoCode`].
    pub fn of(code: &str, second_factor: Option<&str>) -> Result<Self, NoCode> {
        match (code.parse().map_err(|_| NoCode::Nobodys)?, second_factor) {
            (Code::Pickup(code), None) => Ok(Self::Link(code)),
            (Code::Short(code), Some(second_factor)) => {
                Ok(Self::Short(code, second_factor.parse().map_err(|_| NoCode::Nobodys)?))
            }
            (Code::Pickup(_), Some(_)) => Err(NoCode::TooMuch),
            (Code::Short(_), None) => Err(NoCode::TooLittle),
        }
    }

    /// Under which it stands in the database.
    pub(crate) fn mac(&self, secrets: &Secrets) -> CodeMac {
        match self {
            Self::Link(code) => secrets.code_mac(code.expose()),
            Self::Short(code, _) => secrets.code_mac(code.expose()),
        }
    }

    /// Seals what waits behind this code. Tied to the handle, so that nobody who can write to the database can swap two people's
    /// facts.
    pub(crate) fn seal(
        &self,
        parcel: &Parcel,
        handle: &Handle,
        secrets: &Secrets,
        rng: &mut impl CryptoRng,
    ) -> Option<Vec<u8>> {
        seal(&self.key(secrets), &parcel.to_bytes()?, &handle.bytes(), rng)
    }

    /// Opens what waits behind this code; `None` for a wrong second factor. Which of the two ways it was sealed is written nowhere: a
    /// result that was ordered first looks like any other.
    pub(crate) fn open(&self, sealed: &[u8], handle: &Handle, secrets: &Secrets) -> Option<Parcel> {
        let key = self.key(secrets);
        let ordered_first = || OpeningKey::of(&key).open(sealed, handle, secrets);
        Parcel::from_bytes(&open(&key, sealed, &handle.bytes()).or_else(ordered_first)?)
    }

    /// Seals what waits behind this code while there is no result, so that nobody takes it for one.
    pub(crate) fn seal_order(
        &self,
        ordered: &Ordered,
        handle: &Handle,
        secrets: &Secrets,
        rng: &mut impl CryptoRng,
    ) -> Option<Vec<u8>> {
        seal(&self.key(secrets), &ordered.to_bytes()?, &of_an_order(handle), rng)
    }

    /// What was ordered, while there is no result; `None` for a wrong second factor.
    pub(crate) fn open_order(&self, sealed: &[u8], handle: &Handle, secrets: &Secrets) -> Option<TypeName> {
        Ordered::from_bytes(&open(&self.key(secrets), sealed, &of_an_order(handle))?)
    }

    /// To which the facts are sealed when they come.
    pub(crate) fn sealing_key(&self, secrets: &Secrets) -> SealingKey {
        OpeningKey::of(&self.key(secrets)).sealing_key()
    }

    fn key(&self, secrets: &Secrets) -> Key {
        match self {
            Self::Link(code) => secrets.facts_key(code.expose(), b""),
            Self::Short(code, second_factor) => secrets.facts_key(code.expose(), second_factor.expose()),
        }
    }

    /// An access token: the code itself, sealed by this service for this service, so that nothing has to be stored between the
    /// token endpoint and the credential endpoint, and the facts stay closed to everybody else in between.
    pub(crate) fn to_token(&self, expires: Moment, secrets: &Secrets, rng: &mut impl CryptoRng) -> Option<Vec<u8>> {
        let mut plain = Zeroizing::new(expires.unix().to_be_bytes().to_vec());
        match self {
            Self::Link(code) => plain.extend_from_slice(code.text().as_bytes()),
            Self::Short(code, second_factor) => {
                plain.extend_from_slice(second_factor.expose());
                plain.extend_from_slice(code.text().as_bytes());
            }
        }
        seal(secrets.token_key(), &plain, TOKEN_LABEL, rng)
    }

    /// The code in an access token of ours that has not expired.
    pub(crate) fn from_token(token: &[u8], secrets: &Secrets, now: Moment) -> Option<Self> {
        let plain = open(secrets.token_key(), token, TOKEN_LABEL)?;
        let (expires, code) = plain.split_first_chunk()?;
        if now >= Moment::from_unix(u64::from_be_bytes(*expires)) {
            return None;
        }
        let code = std::str::from_utf8(code).ok()?;
        let short = || {
            let (second_factor, code) = code.split_at_checked(SecondFactor::DIGITS)?;
            Self::of(code, Some(second_factor)).ok()
        };
        Self::of(code, None).ok().or_else(short)
    }
}

impl fmt::Debug for Pickup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Link(_) => f.write_str("Link(..)"),
            Self::Short(..) => f.write_str("Short(..)"),
        }
    }
}

/// Keeps an order apart from a result: no copy of a row makes one of the other.
fn of_an_order(handle: &Handle) -> Vec<u8> {
    [&handle.bytes()[..], b"bauta/v1/issuer/ordered"].concat()
}

/// Keeps tokens apart from whatever else may one day be sealed under the same key.
const TOKEN_LABEL: &[u8] = b"bauta/v1/issuer/access-token";

const NONCE_LEN: usize = 24;

/// Seals bytes under a key; whoever opens them must know what they were sealed for.
pub(crate) fn seal(key: &Key, plain: &[u8], context: &[u8], rng: &mut impl CryptoRng) -> Option<Vec<u8>> {
    let mut nonce = [0; NONCE_LEN];
    rng.fill_bytes(&mut nonce);
    let sealed = cipher(key).encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: context }).ok()?;
    Some([&nonce, sealed.as_slice()].concat())
}

/// Opens what [`seal`] made; `None` for another key, another purpose or changed bytes.
pub(crate) fn open(key: &Key, sealed: &[u8], context: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>()?;
    let plain = cipher(key).decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: context }).ok()?;
    Some(Zeroizing::new(plain))
}

fn cipher(key: &Key) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.expose().into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::secrets::ServerSecret;
    use crate::testing::seeded;

    const EXPIRES: Moment = Moment::from_unix(1_000);
    const BEFORE: Moment = Moment::from_unix(999);

    fn secrets(seed: u64) -> Secrets {
        ServerSecret::generate(&mut seeded(seed)).derive()
    }

    fn parcel() -> Parcel {
        let json = r#"{"credential_type":"health-record","key":"01020304","valid_until":"2027-11-24","facts":{"tested":"naat"}}"#;
        Parcel::from_bytes(json.as_bytes()).unwrap()
    }

    proptest! {
        #[test]
        fn a_token_gives_its_code_back_until_it_ends(seed: u64, short: bool) {
            let form = if short { Form::Short } else { Form::Link };
            let (secrets, mut rng) = (secrets(seed), seeded(seed + 1));
            let pickup = Pickup::generate(form, &mut rng);
            let token = pickup.to_token(EXPIRES, &secrets, &mut rng).unwrap();
            let back = Pickup::from_token(&token, &secrets, BEFORE).unwrap();
            prop_assert!(back.mac(&secrets).as_bytes() == pickup.mac(&secrets).as_bytes());
            prop_assert!(back.key(&secrets).expose() == pickup.key(&secrets).expose());
            prop_assert!(Pickup::from_token(&token, &secrets, EXPIRES).is_none());
        }

        #[test]
        fn a_token_that_anybody_changed_is_none(seed: u64, place: prop::sample::Index, flip in 1..=255_u8) {
            let (secrets, mut rng) = (secrets(seed), seeded(seed));
            let mut token = Pickup::generate(Form::Link, &mut rng).to_token(EXPIRES, &secrets, &mut rng).unwrap();
            let place = place.index(token.len());
            token[place] ^= flip;
            prop_assert!(Pickup::from_token(&token, &secrets, BEFORE).is_none());
            prop_assert!(Pickup::from_token(&token[..place], &secrets, BEFORE).is_none());
        }

        #[test]
        fn junk_is_no_token(junk: Vec<u8>) {
            prop_assert!(Pickup::from_token(&junk, &secrets(1), BEFORE).is_none());
        }
    }

    #[test]
    fn facts_that_come_later_open_only_with_the_code_of_their_order() {
        let (secrets_here, mut rng) = (secrets(1), seeded(3));
        let handle = Handle::new([7; 16]);
        for form in [Form::Link, Form::Short] {
            let (pickup, other) = (Pickup::generate(form, &mut rng), Pickup::generate(form, &mut rng));
            let key = pickup.sealing_key(&secrets_here);
            let sealed = key.seal(&parcel(), &handle, &secrets_here, &mut rng).unwrap();
            assert!(pickup.open(&sealed, &handle, &secrets_here).is_some_and(|opened| opened.facts == parcel().facts));
            assert!(pickup.open(&sealed, &Handle::new([8; 16]), &secrets_here).is_none());
            assert!(pickup.open(&sealed, &handle, &secrets(9)).is_none());
            assert!(other.open(&sealed, &handle, &secrets_here).is_none());
            assert_ne!(key.seal(&parcel(), &handle, &secrets_here, &mut rng).unwrap(), sealed, "each time anew");
        }
        let pickup = Pickup::generate(Form::Short, &mut rng);
        let Pickup::Short(code, _) = &pickup else { panic!("a short code was asked for") };
        let guessed = Pickup::of(&code.text(), Some("0000000")).unwrap();
        assert_ne!(guessed.sealing_key(&secrets_here), pickup.sealing_key(&secrets_here));
    }

    #[test]
    fn a_sealing_key_of_low_order_seals_nothing() {
        let (secrets, mut rng) = (secrets(1), seeded(4));
        let handle = Handle::new([7; 16]);
        let pickup = Pickup::generate(Form::Link, &mut rng);
        let honest = pickup.sealing_key(&secrets).seal(&parcel(), &handle, &secrets, &mut rng).unwrap();
        // 0, 1, p - 1, p, p + 1: whatever is multiplied with them is 0.
        let mut below = [0xff; 32];
        (below[0], below[31]) = (0xec, 0x7f);
        let (mut prime, mut above) = (below, below);
        (prime[0], above[0]) = (0xed, 0xee);
        let mut one = [0; 32];
        one[0] = 1;
        for point in [[0; 32], one, below, prime, above] {
            let key = SealingKey::from_bytes(point);
            assert!(key.seal(&parcel(), &handle, &secrets, &mut rng).is_none(), "{point:?}");
            let sent = [&point[..], &honest[32..]].concat();
            assert!(pickup.open(&sent, &handle, &secrets).is_none(), "{point:?}");
        }
    }

    #[test]
    fn whatever_waits_is_equally_long_and_an_order_is_no_result() {
        let (secrets, mut rng) = (secrets(1), seeded(5));
        let handle = Handle::new([7; 16]);
        let pickup = Pickup::generate(Form::Link, &mut rng);
        let ordered = Ordered { credential_type: "health-record".parse().unwrap() };
        let waits = [
            pickup.seal(&parcel(), &handle, &secrets, &mut rng).unwrap(),
            pickup.sealing_key(&secrets).seal(&parcel(), &handle, &secrets, &mut rng).unwrap(),
            pickup.seal_order(&ordered, &handle, &secrets, &mut rng).unwrap(),
        ];
        assert_eq!(waits.each_ref().map(Vec::len), [2088; 3]);
        assert_eq!(pickup.open_order(&waits[2], &handle, &secrets), Some(ordered.credential_type));
        assert!(pickup.open(&waits[2], &handle, &secrets).is_none());
        for result in &waits[..2] {
            assert!(pickup.open_order(result, &handle, &secrets).is_none());
        }
    }

    #[test]
    fn facts_open_only_with_their_code_their_digits_their_handle_and_this_service() {
        let (secrets_here, mut rng) = (secrets(1), seeded(2));
        let handle = Handle::new([7; 16]);
        let pickup = Pickup::generate(Form::Short, &mut rng);
        let sealed = pickup.seal(&parcel(), &handle, &secrets_here, &mut rng).unwrap();
        assert!(pickup.open(&sealed, &handle, &secrets_here).is_some());
        assert!(pickup.open(&sealed, &Handle::new([8; 16]), &secrets_here).is_none());
        assert!(pickup.open(&sealed, &handle, &secrets(9)).is_none());
        let Pickup::Short(code, _) = &pickup else { panic!("a short code was asked for") };
        let guessed = Pickup::of(&code.text(), Some("0000000")).unwrap();
        assert_eq!(guessed.mac(&secrets_here).as_bytes(), pickup.mac(&secrets_here).as_bytes());
        assert!(guessed.open(&sealed, &handle, &secrets_here).is_none());
    }
}
