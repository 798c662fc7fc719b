//! Text forms, once for `FromStr`, `String` and JSON.

/// Gives a type with `FromStr` and `Display` its JSON form: the same text.
macro_rules! text_form {
    ($($type:ty),+ $(,)?) => {$(
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <String as serde::Deserialize>::deserialize(deserializer)?
                    .parse()
                    .map_err(serde::de::Error::custom)
            }
        }
    )+};
}

/// Lower-case hexadecimal text of a fixed number of bytes: `Display`, and `FromStr` that takes this one spelling.
macro_rules! hex_form {
    ($($type:ident),+ $(,)?) => {$(
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl std::str::FromStr for $type {
            type Err = crate::Malformed;

            fn from_str(text: &str) -> Result<Self, crate::Malformed> {
                crate::text::bytes_of_hex(text).map(Self)
            }
        }
    )+};
}

pub(crate) use {hex_form, text_form};

use crate::Malformed;

/// Exactly N bytes from 2·N lower-case hexadecimal digits.
pub(crate) fn bytes_of_hex<const N: usize>(text: &str) -> Result<[u8; N], Malformed> {
    let wrong = Malformed::new("not lower-case hexadecimal of the right length");
    let digits = text.as_bytes();
    if digits.len() != 2 * N {
        return Err(wrong);
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        for digit in pair {
            let value = match digit {
                b'0'..=b'9' => digit - b'0',
                b'a'..=b'f' => digit - b'a' + 10,
                _ => return Err(wrong),
            };
            *byte = *byte << 4 | value;
        }
    }
    Ok(bytes)
}
