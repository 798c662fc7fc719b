//! Who has come in, handed over like what a door has seen: in a browser a worker that fails is replaced by another.
//!
//! ```text
//! key (32) ‖ latest (8) ‖ set_back_at (8) ‖ { mark (32) ‖ code (32) ‖ when (8) ‖ until (8) }*
//! ```

use std::collections::HashMap;

use bauta_spec::Malformed;
use bauta_spec::time::Moment;
use zeroize::Zeroizing;

use super::{Book, Clock, Entered, EnteredKey, Line, Mark, Pages};

const ENTRY_LEN: usize = 32 + Line::LEN + 8;

impl Entered {
    /// Everything it knows, the key included: for memory, and never for a disk. Nothing where others keep the marks.
    pub(crate) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let Some(pages) = self.book.pages() else { return Zeroizing::new(Vec::new()) };
        let mut bytes = Zeroizing::new(Vec::with_capacity(32 + 16 + pages.marks.len() * ENTRY_LEN));
        bytes.extend_from_slice(self.key.0.as_slice());
        bytes.extend(self.clock.latest.unix().to_be_bytes());
        bytes.extend(self.clock.set_back_at.unix().to_be_bytes());
        for (ends, mark) in pages.ending.iter().flat_map(|(ends, marks)| marks.iter().map(move |mark| (ends, mark))) {
            let Some(line) = pages.marks.get(mark) else { continue };
            bytes.extend(mark);
            bytes.extend(line.to_bytes());
            bytes.extend(ends.unix().to_be_bytes());
        }
        bytes
    }

    /// Goes on where the one stopped that gave these bytes.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        const WRONG: Malformed = Malformed::new("not who has come in");
        let (key, rest) = bytes.split_first_chunk::<32>().ok_or(WRONG)?;
        let (latest, rest) = rest.split_first_chunk().ok_or(WRONG)?;
        let (set_back_at, rest) = rest.split_first_chunk().ok_or(WRONG)?;
        let clock = Clock { latest: moment(*latest), set_back_at: moment(*set_back_at) };
        let (entries, []) = rest.as_chunks::<ENTRY_LEN>() else { return Err(WRONG) };
        let mut pages = Pages::new();
        let mut marks: HashMap<Mark, Line> = HashMap::with_capacity(entries.len());
        for entry in entries {
            let (mark, rest) = entry.split_first_chunk::<32>().ok_or(WRONG)?;
            let (line, ends) = rest.split_first_chunk::<{ Line::LEN }>().ok_or(WRONG)?;
            let ends = moment(ends.try_into().map_err(|_| WRONG)?);
            if marks.insert(*mark, Line::from_bytes(line).ok_or(WRONG)?).is_some() {
                return Err(WRONG);
            }
            pages.ending.entry(ends).or_default().push(*mark);
        }
        pages.marks = marks;
        Ok(Self { key: EnteredKey::new(*key), book: Book::Memory(pages), clock })
    }
}

fn moment(unix: [u8; 8]) -> Moment {
    Moment::from_unix(u64::from_be_bytes(unix))
}
