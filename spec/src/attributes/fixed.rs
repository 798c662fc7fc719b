use super::value::{Binding, Handle, Kind, RuleId, Value};
use crate::Malformed;
use crate::hint::Hint;
use crate::time::{Day, Epoch, Month};

const NO_CODE: u8 = 0;
const NO_NUMBER: u16 = 0xFFFF;
const NO_FLAG: u8 = 2;

/// Writes a value at the width of its kind.
///
/// # Errors
/// [`Malformed`] when the value is of another kind: then nothing is written.
pub fn encode_fixed(kind: &Kind, value: &Value, out: &mut Vec<u8>) -> Result<(), Malformed> {
    if !kind.takes(value) {
        return Err(Malformed::new("a value of another kind than the claim"));
    }
    match value {
        Value::Absent => match kind {
            Kind::Flag => out.push(NO_FLAG),
            Kind::Day | Kind::Month => out.extend(NO_NUMBER.to_be_bytes()),
            _ => out.push(NO_CODE),
        },
        Value::Epoch(Epoch { day, series }) => {
            out.extend(day.number().to_be_bytes());
            out.push(*series);
        }
        Value::Admits(rule) => out.extend(rule.bytes()),
        Value::Hint(hint) => out.push(hint.number()),
        Value::Handle(handle) => out.extend(handle.bytes()),
        Value::Binding(binding) => out.extend(binding.bytes()),
        Value::Code(code) => out.push(*code),
        Value::Day(day) => out.extend(day.number().to_be_bytes()),
        Value::Month(month) => out.extend(month.number().to_be_bytes()),
        Value::Flag(flag) => out.push(u8::from(*flag)),
    }
    Ok(())
}

/// Reads a value of `kind` from the front of `bytes` and moves them on.
///
/// # Errors
/// [`Malformed`] when there are too few bytes, or they are no value of this kind.
pub fn decode_fixed(kind: &Kind, bytes: &mut &[u8]) -> Result<Value, Malformed> {
    let value = match kind {
        Kind::Epoch => {
            let [high, low, series] = take(bytes)?;
            Value::Epoch(Epoch { day: u16::from_be_bytes([high, low]).try_into()?, series })
        }
        Kind::Admits => Value::Admits(RuleId::new(take(bytes)?)),
        Kind::Hint => match take(bytes)? {
            [NO_CODE] => Value::Absent,
            [number] => Value::Hint(Hint::new(number)?),
        },
        Kind::Handle => Value::Handle(Handle::new(take(bytes)?)),
        Kind::Binding => Value::Binding(Binding::new(take(bytes)?)),
        Kind::Code(_) => match take(bytes)? {
            [NO_CODE] => Value::Absent,
            [code] => Value::Code(code),
        },
        Kind::Day => match u16::from_be_bytes(take(bytes)?) {
            NO_NUMBER => Value::Absent,
            number => Value::Day(Day::try_from(number)?),
        },
        Kind::Month => match u16::from_be_bytes(take(bytes)?) {
            NO_NUMBER => Value::Absent,
            number => Value::Month(Month::try_from(number)?),
        },
        Kind::Flag => match take(bytes)? {
            [0] => Value::Flag(false),
            [1] => Value::Flag(true),
            [NO_FLAG] => Value::Absent,
            [_] => return Err(Malformed::new("a flag is 0, 1 or 2")),
        },
    };
    kind.takes(&value).then_some(value).ok_or(Malformed::new("a code outside the claim's vocabulary"))
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], Malformed> {
    let (front, rest) = bytes.split_first_chunk().ok_or(Malformed::new("cut short"))?;
    *bytes = rest;
    Ok(*front)
}
