use std::fmt;
use std::str::FromStr;

use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::Malformed;

/// Crockford's letters: without I, L, O and U, so that no two look alike and few words come out.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What a lab hands out as link or QR: 128 random bits. Whoever holds it can collect, so it stays out of logs and URLs' paths.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct PickupCode([u8; 16]);

impl PickupCode {
    /// 26 characters: 130 bits, of which the first two are zero.
    const LETTERS: usize = 26;

    /// A fresh one.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut code = Self([0; 16]);
        rng.fill_bytes(&mut code.0);
        code
    }

    /// The 128 bits, for a MAC or a key derivation.
    pub fn expose(&self) -> &[u8; 16] {
        &self.0
    }

    /// 26 characters in capitals: the one spelling that is written.
    pub fn text(&self) -> Zeroizing<String> {
        spell(u128::from_be_bytes(self.0), Self::LETTERS)
    }
}

impl FromStr for PickupCode {
    type Err = Malformed;

    /// Forgives what people do when they copy: small letters, hyphens and spaces, O for 0, I and L for 1.
    fn from_str(text: &str) -> Result<Self, Malformed> {
        const WRONG: Malformed = Malformed::new("a pickup code has 26 letters and digits");
        let number = read(text, Self::LETTERS).ok_or(WRONG)?;
        Ok(Self(number.to_be_bytes()))
    }
}

/// What can be said on the telephone: 40 random bits, written XXXX-XXXX. Good only together with a [`SecondFactor`].
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct ShortCode([u8; 5]);

impl ShortCode {
    const LETTERS: usize = 8;

    /// A fresh one.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut code = Self([0; 5]);
        rng.fill_bytes(&mut code.0);
        code
    }

    /// The 40 bits, for a MAC or a key derivation.
    pub fn expose(&self) -> &[u8; 5] {
        &self.0
    }

    /// XXXX-XXXX in capitals: the one spelling that is written.
    pub fn text(&self) -> Zeroizing<String> {
        let number = self.0.iter().fold(0, |number, byte| number << 8 | u128::from(*byte));
        let letters = spell(number, Self::LETTERS);
        let (first, second) = letters.split_at(Self::LETTERS / 2);
        Zeroizing::new([first, second].join("-"))
    }
}

impl FromStr for ShortCode {
    type Err = Malformed;

    /// Forgives as [`PickupCode`] does.
    fn from_str(text: &str) -> Result<Self, Malformed> {
        const WRONG: Malformed = Malformed::new("a short code has 8 letters and digits");
        let [.., a, b, c, d, e] = read(text, Self::LETTERS).ok_or(WRONG)?.to_be_bytes();
        Ok(Self([a, b, c, d, e]))
    }
}

/// Either code, as a wallet sends it for `pre-authorized_code`: their lengths tell them apart.
#[derive(Debug)]
pub enum Code {
    /// From a link or QR; enough by itself.
    Pickup(PickupCode),
    /// Spoken; needs the second factor.
    Short(ShortCode),
}

impl FromStr for Code {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let pickup = text.parse().map(Self::Pickup);
        pickup
            .or_else(|_| text.parse().map(Self::Short))
            .map_err(|_| Malformed::new("a code has 26 letters and digits, or 8 if it is a short one"))
    }
}

/// Seven digits that reach the citizen on another way than the short code. The `tx_code` of OpenID4VCI.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct SecondFactor([u8; SecondFactor::DIGITS]);

impl SecondFactor {
    /// How many digits: 23 bits.
    pub const DIGITS: usize = 7;

    /// A fresh one, each of the ten million equally likely.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut digits = Self([0; Self::DIGITS]);
        for digit in &mut digits.0 {
            // 250 is the highest multiple of ten in a byte: what lies above would favour the low digits.
            let mut byte = [u8::MAX];
            while byte[0] >= 250 {
                rng.fill_bytes(&mut byte);
            }
            *digit = b'0' + byte[0] % 10;
            byte.zeroize();
        }
        digits
    }

    /// The digits in ASCII, for a MAC.
    pub fn expose(&self) -> &[u8; Self::DIGITS] {
        &self.0
    }

    /// The digits.
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.iter().map(|digit| char::from(*digit)).collect())
    }
}

impl FromStr for SecondFactor {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        const WRONG: Malformed = Malformed::new("the second factor has 7 digits");
        let digits = text.as_bytes().try_into().map_err(|_| WRONG)?;
        let factor = Self(digits);
        factor.0.iter().all(u8::is_ascii_digit).then_some(factor).ok_or(WRONG)
    }
}

macro_rules! opaque {
    ($($name:ident),+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let Self(_) = self;
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    )+};
}

opaque!(PickupCode, ShortCode, SecondFactor);

/// The last `letters` · 5 bits of a number, the first letter for the highest.
fn spell(number: u128, letters: usize) -> Zeroizing<String> {
    let letter = |place: usize| char::from(LETTERS[(number >> (5 * place)) as usize & 31]);
    Zeroizing::new((0..letters).rev().map(letter).collect())
}

/// `None` for another number of letters, another character, and a number beyond 128 bits.
fn read(text: &str, letters: usize) -> Option<u128> {
    const ROOM_FOR_HYPHENS: usize = 16;
    if text.len() > letters + ROOM_FOR_HYPHENS {
        return None;
    }
    let mut number = 0_u128;
    let mut count = 0;
    for c in text.chars().filter(|c| !matches!(c, '-' | ' ')) {
        let letter = match c.to_ascii_uppercase() {
            'O' => b'0',
            'I' | 'L' => b'1',
            c => u8::try_from(c).ok()?,
        };
        let value = LETTERS.iter().position(|known| *known == letter)?;
        if number.leading_zeros() < 5 {
            return None;
        }
        number = number << 5 | value as u128;
        count += 1;
    }
    (count == letters).then_some(number)
}
