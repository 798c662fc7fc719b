#![doc = include_str!("../cbor.md")]

use std::error::Error;

use minicbor::data::Type;
use minicbor::{Decode, Decoder, Encode, Encoder};

/// The bytes or letters are not the one spelling of a value. Says what is wrong and never repeats what came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed: {0}")]
pub struct Malformed(&'static str);

impl Malformed {
    /// `what` is wrong: a few words of ours, for a person who looks for the mistake.
    pub const fn new(what: &'static str) -> Self {
        Self(what)
    }
}

/// The canonical bytes of a document.
pub fn encode<T: Encode<()>>(document: &T) -> Vec<u8> {
    minicbor::to_vec(document).expect("a vector takes every byte, and no encoder of ours refuses a value")
}

/// Reads a document of at most `max_len` bytes and accepts one spelling only: what would not be written again in exactly these
/// bytes is refused. So are indefinite lengths, numbers longer than needed, tags, and anything after the end.
///
/// # Errors
/// [`Malformed`] with the reason.
pub fn decode_canonical<T>(bytes: &[u8], max_len: usize) -> Result<T, Malformed>
where
    T: for<'b> Decode<'b, ()> + Encode<()>,
{
    if bytes.len() > max_len {
        return Err(Malformed("longer than this document may be"));
    }
    let mut decoder = Decoder::new(bytes);
    let document: T = decoder.decode().map_err(reason)?;
    if decoder.position() != bytes.len() {
        return Err(Malformed("trailing bytes"));
    }
    if encode(&document) != bytes {
        return Err(Malformed("not the canonical encoding"));
    }
    Ok(document)
}

fn reason(error: minicbor::decode::Error) -> Malformed {
    error
        .source()
        .and_then(|source| source.downcast_ref::<Malformed>())
        .copied()
        .unwrap_or(Malformed("not the CBOR of this document"))
}

/// The version that a document starts with. There is no other way to write or read one than this number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Version<const N: u8>;

impl<C, const N: u8> Encode<C> for Version<N> {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.u8(N)?.ok()
    }
}

impl<'b, C, const N: u8> Decode<'b, C> for Version<N> {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        if d.u8()? == N { Ok(Self) } else { Err(refused(Malformed("a version that is not known here"))) }
    }
}

/// One value without its type: what a claim looks like before its credential type says how to read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Atom {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// An unsigned number below 65536.
    Number(u16),
    /// An array of two numbers, of two bytes and of one.
    Pair(u16, u8),
    /// A byte string of at most 64 bytes.
    Bytes(Vec<u8>),
}

impl<C> Encode<C> for Atom {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        match self {
            Self::Null => e.null()?,
            Self::Bool(flag) => e.bool(*flag)?,
            Self::Number(number) => e.u16(*number)?,
            Self::Pair(first, second) => e.array(2)?.u16(*first)?.u8(*second)?,
            Self::Bytes(bytes) => e.bytes(bytes)?,
        }
        .ok()
    }
}

impl<'b, C> Decode<'b, C> for Atom {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        const MAX_BYTES: usize = 64;
        match d.datatype()? {
            Type::Null => d.null().map(|()| Self::Null),
            Type::Bool => d.bool().map(Self::Bool),
            Type::U8 | Type::U16 => d.u16().map(Self::Number),
            Type::Array => <(u16, u8)>::decode(d, ctx).map(|(first, second)| Self::Pair(first, second)),
            Type::Bytes => match d.bytes()? {
                bytes if bytes.len() <= MAX_BYTES => Ok(Self::Bytes(bytes.to_vec())),
                _ => Err(refused(Malformed("a value longer than any claim"))),
            },
            _ => Err(refused(Malformed("a value that no claim can have"))),
        }
    }
}

/// Carries a reason of ours through the decoder.
pub(crate) fn refused(reason: Malformed) -> minicbor::decode::Error {
    minicbor::decode::Error::custom(reason)
}

/// Writes and reads a type as another, simpler one, so that no value enters but through the type's own `TryFrom`.
///
/// `through!(Month => u16)` needs `From<&Month> for u16` and `TryFrom<u16, Error = Malformed> for Month`.
macro_rules! through {
    ($($type:ty => $wire:ty),+ $(,)?) => {$(
        impl<C> minicbor::Encode<C> for $type {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                ctx: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                minicbor::Encode::encode(&<$wire>::from(self), e, ctx)
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $type {
            fn decode(
                d: &mut minicbor::Decoder<'b>,
                ctx: &mut C,
            ) -> Result<Self, minicbor::decode::Error> {
                let wire = <$wire as minicbor::Decode<'b, C>>::decode(d, ctx)?;
                Self::try_from(wire).map_err($crate::cbor::refused)
            }
        }
    )+};
}

pub(crate) use through;

#[cfg(test)]
mod tests;
