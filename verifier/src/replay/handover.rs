//! What a door has seen, handed to the one that takes its place: in a browser the door is in a worker, and a worker that fails is
//! replaced by another. Without this the next two minutes would be red.
//!
//! ```text
//! version (1) ‖ key (32) ‖ unknown_until (4) ‖ latest (8) ‖ set_back_at (8) ‖ { minute (4) ‖ mark (32) ‖ first shown (8) }*
//! ```

use std::collections::{BTreeMap, HashMap};

use bauta_spec::Malformed;
use bauta_spec::time::{Minute, Moment};
use zeroize::Zeroizing;

use super::{CAPACITY, Seen};

const VERSION: u8 = 1;
const MARK_LEN: usize = 32;
const ENTRY_LEN: usize = 4 + MARK_LEN + 8;

impl Seen {
    /// Everything it knows, the key included: for memory, and never for a disk.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let head = 1 + self.key.len() + 4 + 8 + 8;
        let mut bytes = Zeroizing::new(Vec::with_capacity(head + self.len() * ENTRY_LEN));
        bytes.push(VERSION);
        bytes.extend_from_slice(self.key.as_slice());
        bytes.extend(self.unknown_until.number().to_be_bytes());
        bytes.extend(self.latest.unix().to_be_bytes());
        bytes.extend(self.set_back_at.unix().to_be_bytes());
        for (minute, codes) in &self.by_minute {
            for (mark, first) in codes {
                bytes.extend(minute.number().to_be_bytes());
                bytes.extend(mark);
                bytes.extend(first.unix().to_be_bytes());
            }
        }
        bytes
    }

    /// Goes on where the one stopped that gave these bytes.
    ///
    /// # Errors
    /// [`Malformed`] for bytes that [`Seen::to_bytes`] has not given.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        const WRONG: Malformed = Malformed::new("not what a door has seen");
        let ([VERSION], rest) = bytes.split_first_chunk().ok_or(WRONG)? else { return Err(WRONG) };
        let (key, rest) = rest.split_first_chunk::<32>().ok_or(WRONG)?;
        let (unknown_until, rest) = rest.split_first_chunk().ok_or(WRONG)?;
        let (latest, rest) = rest.split_first_chunk().ok_or(WRONG)?;
        let (set_back_at, rest) = rest.split_first_chunk().ok_or(WRONG)?;
        let mut by_minute: BTreeMap<Minute, HashMap<[u8; MARK_LEN], Moment>> = BTreeMap::new();
        let (entries, []) = rest.as_chunks::<ENTRY_LEN>() else { return Err(WRONG) };
        for entry in entries {
            let (minute, rest) = entry.split_first_chunk().ok_or(WRONG)?;
            let (mark, first) = rest.split_first_chunk().ok_or(WRONG)?;
            let first = first.try_into().map_err(|_| WRONG)?;
            by_minute.entry(Minute::new(u32::from_be_bytes(*minute))).or_default().insert(*mark, moment(first));
        }
        Ok(Self {
            key: Zeroizing::new(*key),
            by_minute,
            unknown_until: Minute::new(u32::from_be_bytes(*unknown_until)),
            latest: moment(*latest),
            set_back_at: moment(*set_back_at),
            capacity: CAPACITY,
        })
    }
}

fn moment(unix: [u8; 8]) -> Moment {
    Moment::from_unix(u64::from_be_bytes(unix))
}
