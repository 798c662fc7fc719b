//! What a door asks, as a code that hangs or lights up beside it.

use std::fmt;
use std::str::FromStr;

use crate::Malformed;
use crate::policy::PolicyId;
use crate::text::bytes_of_hex;

/// Neither a presentation nor readable as one: a door that scans a question refuses it.
pub(super) const PREFIX: &str = "BTA1P:";

/// Names a policy, so that a person need not look for it in a list.
///
/// It is no secret, and nobody has signed it: whoever reads one looks the policy up on a trust list, and asks its owner as for one
/// that was chosen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Question(pub PolicyId);

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PREFIX)?;
        self.0.bytes().iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

impl FromStr for Question {
    type Err = Malformed;

    /// Takes the spelling that `Display` gives, and no other.
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let digits = text.strip_prefix(PREFIX).ok_or(Malformed::new("not the question of a door"))?;
        if digits.bytes().any(|digit| digit.is_ascii_lowercase()) {
            return Err(Malformed::new("a question in small letters"));
        }
        bytes_of_hex(&digits.to_ascii_lowercase()).map(|id| Self(PolicyId::new(id)))
    }
}
