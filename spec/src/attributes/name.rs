use std::fmt;
use std::str::FromStr;

use crate::Malformed;
use crate::cbor::through;
use crate::text::text_form;

const MAX_LEN: usize = 32;

/// A claim's name: a small letter, then up to 31 small letters, digits and underscores.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClaimName(String);

/// The name of a credential type, rule or policy: a small letter, then up to 31 small letters, digits, underscores and hyphens.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeName(String);

fn checked(name: &str, hyphens: Hyphens) -> Result<String, Malformed> {
    let starts_well = name.starts_with(|c: char| c.is_ascii_lowercase());
    let goes_on_well = name.bytes().all(|b| match b {
        b'a'..=b'z' | b'0'..=b'9' | b'_' => true,
        b'-' => hyphens == Hyphens::Allowed,
        _ => false,
    });
    if starts_well && goes_on_well && name.len() <= MAX_LEN {
        Ok(name.to_owned())
    } else {
        Err(Malformed::new("a name starts with a small letter and goes on with up to 31 small letters, digits and _"))
    }
}

#[derive(PartialEq)]
enum Hyphens {
    Allowed,
    Refused,
}

macro_rules! name {
    ($($name:ident, $hyphens:ident);+ $(;)?) => {$(
        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Malformed;

            fn from_str(name: &str) -> Result<Self, Malformed> {
                checked(name, Hyphens::$hyphens).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl From<&$name> for String {
            fn from(name: &$name) -> Self {
                name.0.clone()
            }
        }

        impl TryFrom<String> for $name {
            type Error = Malformed;

            fn try_from(name: String) -> Result<Self, Malformed> {
                name.parse()
            }
        }

        through!($name => String);
        text_form!($name);
    )+};
}

name! {
    ClaimName, Refused;
    TypeName, Allowed;
}
