use std::fmt;

use bauta_crypto::pseudonym::Commitment;
use minicbor::bytes::ByteArray;
use sha2::{Digest, Sha256};

use super::Vocabulary;
use crate::Malformed;
use crate::cbor::{Atom, encode, through};
use crate::hint::Hint;
use crate::text::{hex_form, text_form};
use crate::time::{Day, Epoch, Month};

/// What kind of fact a claim states. The kind, never the sender, says how a value is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The day and series of a pass.
    Epoch,
    /// The rule that the facts satisfy.
    Admits,
    /// Initial and month of birth.
    Hint,
    /// The random name of a record.
    Handle,
    /// SHA-256 of the holder's commitment.
    Binding,
    /// A word of a closed vocabulary.
    Code(Vocabulary),
    /// A day.
    Day,
    /// A month.
    Month,
    /// Yes or no.
    Flag,
}

/// A fact. `Absent` stands at the same place as any other value, so that nobody's credential has another shape.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// Nothing is known. Not for [`Kind::Epoch`], `Admits`, `Handle` and `Binding`.
    Absent,
    /// See [`Kind::Epoch`].
    Epoch(Epoch),
    /// See [`Kind::Admits`].
    Admits(RuleId),
    /// See [`Kind::Hint`].
    Hint(Hint),
    /// See [`Kind::Handle`].
    Handle(Handle),
    /// See [`Kind::Binding`].
    Binding(Binding),
    /// See [`Kind::Code`].
    Code(u8),
    /// See [`Kind::Day`].
    Day(Day),
    /// See [`Kind::Month`].
    Month(Month),
    /// See [`Kind::Flag`].
    Flag(bool),
}

impl Kind {
    /// Whether `value` is of this kind, and of its vocabulary.
    pub fn takes(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Epoch, Value::Epoch(_))
            | (Self::Admits, Value::Admits(_))
            | (Self::Hint, Value::Hint(_) | Value::Absent)
            | (Self::Handle, Value::Handle(_))
            | (Self::Binding, Value::Binding(_))
            | (Self::Code(_), Value::Absent)
            | (Self::Day, Value::Day(_) | Value::Absent)
            | (Self::Month, Value::Month(_) | Value::Absent)
            | (Self::Flag, Value::Flag(_) | Value::Absent) => true,
            (Self::Code(vocabulary), Value::Code(code)) => vocabulary.name_of(*code).is_some(),
            _ => false,
        }
    }

    /// The value that an untyped atom is for this kind.
    ///
    /// # Errors
    /// [`Malformed`] for an atom of another kind, or outside the kind's range or vocabulary.
    pub fn value(&self, atom: Atom) -> Result<Value, Malformed> {
        const FOREIGN: Malformed = Malformed::new("a value of another kind than the claim");
        let byte = |number: u16| u8::try_from(number).map_err(|_| FOREIGN);
        let value = match (self, atom) {
            (_, Atom::Null) => Value::Absent,
            (Self::Epoch, Atom::Pair(day, series)) => Value::Epoch(Epoch { day: day.try_into()?, series }),
            (Self::Admits, Atom::Bytes(bytes)) => Value::Admits(RuleId(sized(&bytes)?)),
            (Self::Hint, Atom::Number(number)) => Value::Hint(Hint::new(byte(number)?)?),
            (Self::Handle, Atom::Bytes(bytes)) => Value::Handle(Handle(sized(&bytes)?)),
            (Self::Binding, Atom::Bytes(bytes)) => Value::Binding(Binding(sized(&bytes)?)),
            (Self::Code(_), Atom::Number(number)) => Value::Code(byte(number)?),
            (Self::Day, Atom::Number(number)) => Value::Day(number.try_into()?),
            (Self::Month, Atom::Number(number)) => Value::Month(number.try_into()?),
            (Self::Flag, Atom::Bool(flag)) => Value::Flag(flag),
            _ => return Err(FOREIGN),
        };
        if self.takes(&value) { Ok(value) } else { Err(FOREIGN) }
    }

    /// How many bytes a value of this kind has in a presentation.
    pub const fn width(&self) -> usize {
        match self {
            Self::Epoch => 3,
            Self::Admits => 8,
            Self::Handle => 16,
            Self::Binding => 32,
            Self::Day | Self::Month => 2,
            Self::Hint | Self::Code(_) | Self::Flag => 1,
        }
    }

    /// A value of this kind as a word for people and programs: the vocabulary's word, a day as `2026-11-24`, a month as `2026-11`, `yes` or
    /// `no`, a hint as `ABC/05`. None for what is absent and for what says nothing to a person.
    pub fn spell(&self, value: &Value) -> Option<String> {
        match (self, value) {
            (Self::Code(vocabulary), Value::Code(code)) => vocabulary.name_of(*code).map(str::to_owned),
            (_, Value::Day(day)) => Some(day.to_string()),
            (_, Value::Month(month)) => Some(month.to_string()),
            (_, Value::Hint(hint)) => Some(hint.to_string()),
            (_, Value::Flag(flag)) => Some(if *flag { "yes" } else { "no" }.to_owned()),
            _ => None,
        }
    }

    /// The name of the kind in a type's JSON form.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Epoch => "epoch",
            Self::Admits => "admits",
            Self::Hint => "hint",
            Self::Handle => "handle",
            Self::Binding => "binding",
            Self::Code(_) => "code",
            Self::Day => "day",
            Self::Month => "month",
            Self::Flag => "flag",
        }
    }
}

impl Kind {
    pub(super) fn from_word(word: &str, codes: Option<Vocabulary>) -> Result<Self, Malformed> {
        match (word, codes) {
            ("epoch", None) => Ok(Self::Epoch),
            ("admits", None) => Ok(Self::Admits),
            ("hint", None) => Ok(Self::Hint),
            ("handle", None) => Ok(Self::Handle),
            ("binding", None) => Ok(Self::Binding),
            ("code", Some(vocabulary)) => Ok(Self::Code(vocabulary)),
            ("day", None) => Ok(Self::Day),
            ("month", None) => Ok(Self::Month),
            ("flag", None) => Ok(Self::Flag),
            _ => Err(Malformed::new("no such kind of claim, or \"codes\" missing or too much")),
        }
    }
}

fn sized<const N: usize>(bytes: &[u8]) -> Result<[u8; N], Malformed> {
    bytes.try_into().map_err(|_| Malformed::new("a value of the wrong length"))
}

impl Value {
    /// The message that an issuer signs for this value: canonical CBOR of the value alone, `null` if it is absent.
    pub fn message(&self) -> Vec<u8> {
        encode(&Atom::from(self))
    }
}

impl From<&Value> for Atom {
    fn from(value: &Value) -> Self {
        match value {
            Value::Absent => Self::Null,
            Value::Epoch(epoch) => Self::Pair(epoch.day.number(), epoch.series),
            Value::Admits(rule) => Self::Bytes(rule.0.to_vec()),
            Value::Hint(hint) => Self::Number(hint.number().into()),
            Value::Handle(handle) => Self::Bytes(handle.0.to_vec()),
            Value::Binding(binding) => Self::Bytes(binding.0.to_vec()),
            Value::Code(code) => Self::Number((*code).into()),
            Value::Day(day) => Self::Number(day.number()),
            Value::Month(month) => Self::Number(month.number()),
            Value::Flag(flag) => Self::Bool(*flag),
        }
    }
}

macro_rules! bytes_value {
    ($($(#[$doc:meta])* $name:ident($len:literal));+ $(;)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $len]);

        impl $name {
            /// Length in bytes.
            pub const LEN: usize = $len;

            /// From its bytes.
            pub const fn new(bytes: [u8; $len]) -> Self {
                Self(bytes)
            }

            /// The bytes.
            pub const fn bytes(&self) -> [u8; $len] {
                self.0
            }
        }

        impl From<&$name> for ByteArray<$len> {
            fn from(value: &$name) -> Self {
                Self::from(value.0)
            }
        }

        impl TryFrom<ByteArray<$len>> for $name {
            type Error = Malformed;

            fn try_from(bytes: ByteArray<$len>) -> Result<Self, Malformed> {
                Ok(Self(bytes.into()))
            }
        }

        through!($name => ByteArray<$len>);
        hex_form!($name);
        text_form!($name);
    )+};
}

bytes_value! {
    /// Names a signed rule: the first 8 bytes of SHA-256 of its payload.
    RuleId(8);
    /// The random name of a record, known to its lab, its holder and the pass office.
    Handle(16);
    /// SHA-256 of the holder's commitment: ties the passes of a record to the holder who collected it.
    Binding(32);
}

impl Binding {
    /// The binding of a commitment.
    pub fn of(commitment: &Commitment) -> Self {
        Self(Sha256::digest(commitment.to_bytes()).into())
    }
}

impl fmt::Debug for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RuleId({self})")
    }
}

/// Two digits' worth tell two records of a test apart and nobody's in a log of millions.
impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self([first, second, ..]) = self;
        write!(f, "Handle({first:02x}{second:02x}..)")
    }
}

impl fmt::Debug for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(_) = self;
        f.write_str("Binding(..)")
    }
}
