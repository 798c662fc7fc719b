//! CBOR as a tree that can be written wrongly at one place: where the refused documents of one structural flaw come from.

/// A value of the CBOR that our documents are written in.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    Unsigned(u64),
    Negative(u64),
    Bytes(Vec<u8>),
    Text(Vec<u8>),
    Array(Vec<Item>),
    /// Key, value, key, value.
    Map(Vec<Item>),
    Simple(u8),
}

const SHORTEST: Width = Width(0);

/// At least so many bytes for the number after an initial byte.
#[derive(Clone, Copy)]
struct Width(usize);

/// One way to spell one item wrongly. Whatever item it hits, no reader of canonical documents may take it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    LongerNumberThanNeeded,
    LongestNumber,
    IndefiniteLength,
    ClaimsFourGigabytes,
    ClaimsEverything,
    ClaimsOneMore,
    ClaimsOneLess,
    OneMoreElement,
    Tagged,
    Undefined,
    Float,
    EmptyMap,
    ReservedHead,
    Break,
    NumberOf35Digits,
    InvalidUtf8,
}

impl Flaw {
    pub(crate) const ALL: [Self; 16] = [
        Self::LongerNumberThanNeeded,
        Self::LongestNumber,
        Self::IndefiniteLength,
        Self::ClaimsFourGigabytes,
        Self::ClaimsEverything,
        Self::ClaimsOneMore,
        Self::ClaimsOneLess,
        Self::OneMoreElement,
        Self::Tagged,
        Self::Undefined,
        Self::Float,
        Self::EmptyMap,
        Self::ReservedHead,
        Self::Break,
        Self::NumberOf35Digits,
        Self::InvalidUtf8,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::LongerNumberThanNeeded => "longer_number_than_needed",
            Self::LongestNumber => "longest_number",
            Self::IndefiniteLength => "indefinite_length",
            Self::ClaimsFourGigabytes => "claims_four_gigabytes",
            Self::ClaimsEverything => "claims_2_to_64",
            Self::ClaimsOneMore => "claims_one_more",
            Self::ClaimsOneLess => "claims_one_less",
            Self::OneMoreElement => "one_more_element",
            Self::Tagged => "tagged",
            Self::Undefined => "undefined",
            Self::Float => "float",
            Self::EmptyMap => "empty_map",
            Self::ReservedHead => "reserved_head",
            Self::Break => "break",
            Self::NumberOf35Digits => "number_of_35_digits",
            Self::InvalidUtf8 => "invalid_utf8",
        }
    }

    /// What is wrong, for a reader.
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Self::LongerNumberThanNeeded => "a number or length takes more bytes than it needs",
            Self::LongestNumber => "a number or length is spelled in eight bytes",
            Self::IndefiniteLength => "a length is left open",
            Self::ClaimsFourGigabytes => "a length says 2^32 - 1 and nothing of the kind follows",
            Self::ClaimsEverything => "a length says 2^64 - 1 and nothing of the kind follows",
            Self::ClaimsOneMore => "a length says one more than there is",
            Self::ClaimsOneLess => "a length says one less than there is",
            Self::OneMoreElement => "an array has a null more",
            Self::Tagged => "an item has a tag",
            Self::Undefined => "an item is undefined",
            Self::Float => "an item is a floating-point number",
            Self::EmptyMap => "an item is an empty map",
            Self::ReservedHead => "an item begins with a reserved byte",
            Self::Break => "a break stands in place of an item",
            Self::NumberOf35Digits => "an item is a number of 35 digits",
            Self::InvalidUtf8 => "a text is not UTF-8",
        }
    }

    /// The flawed spelling of `item`, or `None` where it would be no flaw.
    fn spell(self, item: &Item) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        match (self, item) {
            (Self::LongerNumberThanNeeded, item) => {
                let (major, number) = item.head()?;
                let needed = number_width(number);
                let wider = [1, 2, 4, 8].into_iter().find(|width| *width > needed)?;
                push_head(&mut out, major, number, Width(wider));
                item.push_content(&mut out);
            }
            (Self::LongestNumber, item) => {
                let (major, number) = item.head().filter(|(_, number)| number_width(*number) < 4)?;
                push_head(&mut out, major, number, Width(8));
                item.push_content(&mut out);
            }
            (Self::IndefiniteLength, Item::Bytes(_) | Item::Text(_)) => {
                let (major, _) = item.head()?;
                out.push(major << 5 | 31);
                item.push(&mut out);
                out.push(0xFF);
            }
            (Self::IndefiniteLength, Item::Array(_)) => {
                out.push(0x9F);
                item.push_content(&mut out);
                out.push(0xFF);
            }
            (Self::IndefiniteLength, Item::Map(_)) => {
                out.push(0xBF);
                item.push_content(&mut out);
                out.push(0xFF);
            }
            (Self::ClaimsFourGigabytes, _) => item.push_claiming(&mut out, |_| Some(u32::MAX.into()))?,
            (Self::ClaimsEverything, _) => item.push_claiming(&mut out, |_| Some(u64::MAX))?,
            (Self::ClaimsOneMore, _) => item.push_claiming(&mut out, |length| length.checked_add(1))?,
            // A text without its last letter is another text, and the letter may happen to be an item of its own.
            (Self::ClaimsOneLess, Item::Bytes(_) | Item::Text(_)) => return None,
            (Self::ClaimsOneLess, _) => item.push_claiming(&mut out, |length| length.checked_sub(1))?,
            (Self::OneMoreElement, Item::Array(items)) => {
                Item::Array(items.iter().cloned().chain([Item::NULL]).collect()).push(&mut out);
            }
            (Self::Tagged, item) => {
                out.push(0xC1);
                item.push(&mut out);
            }
            (Self::Undefined, _) => out.push(0xF7),
            (Self::Float, _) => out.extend([0xF9, 0, 0]),
            (Self::EmptyMap, Item::Map(_)) => return None,
            (Self::EmptyMap, _) => out.push(0xA0),
            (Self::ReservedHead, _) => out.push(0x1C),
            (Self::Break, _) => out.push(0xFF),
            // 10^34 as a big number of 15 bytes.
            (Self::NumberOf35Digits, Item::Unsigned(_) | Item::Negative(_)) => {
                out.extend([0xC2, 0x4F]);
                let digits = 10_u128.pow(34).to_be_bytes();
                out.extend(digits.iter().skip(1));
            }
            (Self::InvalidUtf8, Item::Text(text)) if !text.is_empty() => {
                let wrong = text.iter().skip(1).fold(vec![0xFF], |mut wrong, letter| {
                    wrong.push(*letter);
                    wrong
                });
                Item::Text(wrong).push(&mut out);
            }
            (Self::IndefiniteLength | Self::OneMoreElement | Self::NumberOf35Digits | Self::InvalidUtf8, _) => {
                return None;
            }
        }
        Some(out)
    }
}

impl Item {
    pub(crate) const NULL: Self = Self::Simple(22);

    /// From canonical CBOR that our own encoder wrote. `None` for anything else.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        let item = Self::parse_front(&mut rest)?;
        rest.is_empty().then_some(item)
    }

    fn parse_front(rest: &mut &[u8]) -> Option<Self> {
        let (initial, mut after) = rest.split_first()?;
        let (major, info) = (initial >> 5, initial & 31);
        let width = match info {
            0..=23 => 0,
            24..=27 => 1_usize << (info - 24),
            _ => return None,
        };
        let (digits, tail) = after.split_at_checked(width)?;
        after = tail;
        let number = match width {
            0 => info.into(),
            _ => digits.iter().fold(0, |number: u64, digit| number << 8 | u64::from(*digit)),
        };
        let item = match major {
            0 => Self::Unsigned(number),
            1 => Self::Negative(number),
            2 | 3 => {
                let (content, tail) = after.split_at_checked(number.try_into().ok()?)?;
                after = tail;
                if major == 2 { Self::Bytes(content.to_vec()) } else { Self::Text(content.to_vec()) }
            }
            4 => Self::Array((0..number).map(|_| Self::parse_front(&mut after)).collect::<Option<_>>()?),
            5 => {
                let count = number.checked_mul(2)?;
                Self::Map((0..count).map(|_| Self::parse_front(&mut after)).collect::<Option<_>>()?)
            }
            7 if width == 0 => Self::Simple(info),
            _ => return None,
        };
        *rest = after;
        Some(item)
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.push(&mut out);
        out
    }

    /// Every spelling of this document with `flaw` at one item, with the path of that item.
    pub(crate) fn each_with(&self, flaw: Flaw) -> Vec<(String, Vec<u8>)> {
        let mut found = Vec::new();
        self.collect_with(flaw, "root", &|spelling| spelling, &mut found);
        found
    }

    fn collect_with(
        &self,
        flaw: Flaw,
        path: &str,
        around: &dyn Fn(Vec<u8>) -> Vec<u8>,
        found: &mut Vec<(String, Vec<u8>)>,
    ) {
        found.extend(flaw.spell(self).map(|spelling| (path.to_owned(), around(spelling))));
        let (Self::Array(items) | Self::Map(items)) = self else { return };
        let Some((major, length)) = self.head() else { return };
        for (index, item) in items.iter().enumerate() {
            let inside = |spelling: Vec<u8>| {
                let mut out = Vec::new();
                push_head(&mut out, major, length, SHORTEST);
                items.iter().take(index).for_each(|before| before.push(&mut out));
                out.extend(spelling);
                items.iter().skip(index + 1).for_each(|after| after.push(&mut out));
                around(out)
            };
            item.collect_with(flaw, &format!("{path}.{index}"), &inside, found);
        }
    }

    /// The same document with another item at `path`, the indexes from the outside in. `None` where the document has no such place.
    pub(crate) fn with(mut self, path: &[usize], new: Self) -> Option<Self> {
        let mut place = &mut self;
        for index in path {
            place = match place {
                Self::Array(items) | Self::Map(items) => items.get_mut(*index)?,
                _ => return None,
            };
        }
        *place = new;
        Some(self)
    }

    fn push(&self, out: &mut Vec<u8>) {
        match (self, self.head()) {
            (_, Some((major, number))) => {
                push_head(out, major, number, SHORTEST);
                self.push_content(out);
            }
            (Self::Simple(number), None) => out.push(7 << 5 | number),
            (_, None) => {}
        }
    }

    fn push_content(&self, out: &mut Vec<u8>) {
        match self {
            Self::Bytes(content) | Self::Text(content) => out.extend(content),
            Self::Array(items) | Self::Map(items) => items.iter().for_each(|item| item.push(out)),
            Self::Unsigned(_) | Self::Negative(_) | Self::Simple(_) => {}
        }
    }

    fn push_claiming(&self, out: &mut Vec<u8>, claim: impl Fn(u64) -> Option<u64>) -> Option<()> {
        let (major, length) = self.head().filter(|(major, _)| *major >= 2)?;
        push_head(out, major, claim(length)?, SHORTEST);
        self.push_content(out);
        Some(())
    }

    /// Major type and number. Simple values have no number that could be spelled otherwise.
    fn head(&self) -> Option<(u8, u64)> {
        match self {
            Self::Unsigned(number) => Some((0, *number)),
            Self::Negative(number) => Some((1, *number)),
            Self::Bytes(content) => Some((2, content.len() as u64)),
            Self::Text(content) => Some((3, content.len() as u64)),
            Self::Array(items) => Some((4, items.len() as u64)),
            Self::Map(items) => Some((5, items.len() as u64 / 2)),
            Self::Simple(_) => None,
        }
    }
}

fn number_width(number: u64) -> usize {
    match number {
        0..=23 => 0,
        24..=0xFF => 1,
        0x100..=0xFFFF => 2,
        0x1_0000..=0xFFFF_FFFF => 4,
        _ => 8,
    }
}

fn push_head(out: &mut Vec<u8>, major: u8, number: u64, at_least: Width) {
    let width = number_width(number).max(at_least.0);
    let digits = number.to_be_bytes();
    match width {
        0 => out.push(major << 5 | number as u8),
        width => {
            out.push(major << 5 | (24 + width.trailing_zeros() as u8));
            out.extend(&digits[8 - width..]);
        }
    }
}
