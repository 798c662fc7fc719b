#![doc = include_str!("../withdrawn.md")]

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use crate::attributes::Handle;
use crate::cbor::{Malformed, through};
use crate::signed::{Statement, role};
use crate::time::Minute;

/// Withdrawn handles in the order in which they were withdrawn: one part of all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawals(Body);

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
struct Body {
    #[n(0)]
    made: Minute,
    #[n(1)]
    after: u64,
    #[n(2)]
    last: u64,
    #[n(3)]
    more: bool,
    #[n(4)]
    handles: Handles,
}

impl Withdrawals {
    /// Most handles in one part.
    pub const MOST: usize = 1000;

    /// What comes after the number `after`: each handle with its number, ascending, and whether there are more.
    ///
    /// # Errors
    /// [`Malformed`] for more than [`Withdrawals::MOST`], or numbers that do not ascend from beyond `after`.
    pub fn new(made: Minute, after: u64, numbered: Vec<(u64, Handle)>, more: bool) -> Result<Self, Malformed> {
        let mut last = after;
        for (number, _) in &numbered {
            if *number <= last {
                return Err(Malformed::new("withdrawals are numbered upwards"));
            }
            last = *number;
        }
        let handles = Handles(numbered.into_iter().map(|(_, handle)| handle).collect());
        Self::try_from(Body { made, after, last, more, handles })
    }

    /// When it was signed.
    pub fn made(&self) -> Minute {
        self.0.made
    }

    /// The number that was asked.
    pub fn after(&self) -> u64 {
        self.0.after
    }

    /// The number to ask next time.
    pub fn last(&self) -> u64 {
        self.0.last
    }

    /// Whether there are more now.
    pub fn more(&self) -> bool {
        self.0.more
    }

    /// The handles.
    pub fn handles(&self) -> &[Handle] {
        &self.0.handles.0
    }
}

impl Statement for Withdrawals {
    type Signer = role::Records;
    const CONTEXT: &'static str = "bauta/v1/withdrawals";
    const MAX: usize = 16 * 1024;
}

impl TryFrom<Body> for Withdrawals {
    type Error = Malformed;

    fn try_from(body: Body) -> Result<Self, Malformed> {
        let count = body.handles.0.len();
        if count > Self::MOST {
            return Err(Malformed::new("a part has at most 1000 withdrawals"));
        }
        let numbers = body.last.checked_sub(body.after).ok_or(Malformed::new("withdrawals are numbered upwards"))?;
        if count as u64 > numbers || (count == 0 && numbers > 0) {
            return Err(Malformed::new("as many numbers as handles, or more, and none without a handle"));
        }
        if body.more && count == 0 {
            return Err(Malformed::new("a part that says there is more has something in it"));
        }
        Ok(Self(body))
    }
}

impl From<&Withdrawals> for Body {
    fn from(withdrawals: &Withdrawals) -> Self {
        withdrawals.0.clone()
    }
}

/// One byte string for all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Handles(Vec<Handle>);

impl TryFrom<ByteVec> for Handles {
    type Error = Malformed;

    fn try_from(bytes: ByteVec) -> Result<Self, Malformed> {
        let (handles, rest) = bytes.as_chunks();
        rest.is_empty()
            .then(|| Self(handles.iter().copied().map(Handle::new).collect()))
            .ok_or(Malformed::new("a handle has 16 bytes"))
    }
}

impl From<&Handles> for ByteVec {
    fn from(handles: &Handles) -> Self {
        handles.0.iter().flat_map(|handle| handle.bytes()).collect::<Vec<u8>>().into()
    }
}

through!(Withdrawals => Body, Handles => ByteVec);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cbor;

    fn handle(number: u8) -> Handle {
        Handle::new([number; 16])
    }

    fn part(after: u64, numbered: &[(u64, u8)], more: bool) -> Result<Withdrawals, Malformed> {
        let numbered = numbered.iter().map(|(number, byte)| (*number, handle(*byte))).collect();
        Withdrawals::new(Minute::new(1000), after, numbered, more)
    }

    #[test]
    fn a_part_is_read_as_it_was_written() {
        for (after, numbered, more) in [(0, &[][..], false), (7, &[(8, 1)], true), (7, &[(9, 1), (12, 2)], false)] {
            let written = part(after, numbered, more).unwrap();
            let read: Withdrawals = cbor::decode_canonical(&cbor::encode(&written), Withdrawals::MAX).unwrap();
            assert_eq!(read, written);
            assert_eq!(read.last(), numbered.last().map_or(after, |(number, _)| *number));
            let bytes: Vec<Handle> = numbered.iter().map(|(_, byte)| handle(*byte)).collect();
            assert_eq!(read.handles(), bytes);
        }
    }

    #[test]
    fn the_largest_part_fits() {
        let all: Vec<_> = (1..=Withdrawals::MOST as u64).map(|number| (u64::MAX - 1000 + number, handle(1))).collect();
        let part = Withdrawals::new(Minute::new(u32::MAX), u64::MAX - 1000, all.clone(), true).unwrap();
        assert!(cbor::encode(&part).len() <= Withdrawals::MAX);
        let one_more = [vec![(u64::MAX - 1000, handle(1))], all].concat();
        assert!(Withdrawals::new(Minute::new(1), 0, one_more, true).is_err());
    }

    #[test]
    fn what_no_service_could_say_is_refused() {
        assert!(part(7, &[(7, 1)], false).is_err(), "a number that was told before");
        assert!(part(7, &[(9, 1), (9, 2)], false).is_err(), "a number twice");
        assert!(part(7, &[(9, 1), (8, 2)], false).is_err(), "numbers downwards");
        assert!(part(7, &[], true).is_err(), "more, and nothing to go on from");
        let good = part(7, &[(9, 1), (12, 2)], false).unwrap().0;
        for (last, why) in [(6, "before the first"), (7, "none is numbered"), (8, "fewer numbers than handles")] {
            assert!(Withdrawals::try_from(Body { last, ..good.clone() }).is_err(), "{why}");
        }
        let nothing = Body { handles: Handles(Vec::new()), ..good };
        assert!(Withdrawals::try_from(nothing).is_err(), "numbers without handles would be passed over for ever");
    }
}
