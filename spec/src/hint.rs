#![doc = include_str!("../hint.md")]

use std::fmt;
use std::str::FromStr;

use crate::Malformed;
use crate::cbor::through;
use crate::text::text_form;

/// Class of first initial and month of birth: what a door compares with an ID card. 1 to 240.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hint(u8);

/// Letters that few names begin with share a class, so that the rarest hint still fits one person in a thousand.
/// Change the table, and every hint ever issued means somebody else.
const CLASSES: [&[char]; 20] = [
    &['A'],
    &['B'],
    &['C'],
    &['D'],
    &['E'],
    &['F'],
    &['G'],
    &['H'],
    &['I'],
    &['J'],
    &['K'],
    &['L'],
    &['M'],
    &['N', 'O'],
    &['P', 'Q'],
    &['R'],
    &['S'],
    &['T', 'U'],
    &['V', 'W', 'X'],
    &['Y', 'Z'],
];

impl Hint {
    /// The highest number of a hint.
    pub const MAX: u8 = 240;

    /// From the given name as it stands in the ID card and the month of birth, 1 to 12.
    ///
    /// # Errors
    /// [`Malformed`] when the name does not begin with a Latin or Cyrillic letter, or for another month. A name in another
    /// script is to be entered as the machine-readable lines of the card spell it.
    pub fn of(given_name: &str, month: u8) -> Result<Self, Malformed> {
        // An okina or apostrophe in front is no letter of the machine-readable lines.
        let is_mark = |c: &char| !c.is_alphabetic() || matches!(c, '\u{2b0}'..='\u{2ff}');
        let initial = given_name
            .chars()
            .find(|c| !is_mark(c))
            .and_then(initial)
            .ok_or(Malformed::new("a given name is needed in the letters of the card's machine-readable lines"))?;
        Self::of_initial(initial, month)
    }

    /// From its number.
    ///
    /// # Errors
    /// [`Malformed`] for 0 and above 240.
    pub const fn new(number: u8) -> Result<Self, Malformed> {
        if number >= 1 && number <= Self::MAX {
            Ok(Self(number))
        } else {
            Err(Malformed::new("a hint is a number from 1 to 240"))
        }
    }

    /// 12 · class + month, the classes counted from 0.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// The letters of its class: the card's given name begins with one of them.
    pub fn initials(self) -> &'static [char] {
        CLASSES[usize::from((self.0 - 1) / 12)]
    }

    /// The month of birth, 1 to 12.
    pub const fn month(self) -> u8 {
        (self.0 - 1) % 12 + 1
    }

    fn of_initial(initial: char, month: u8) -> Result<Self, Malformed> {
        let class = CLASSES
            .iter()
            .position(|letters| letters.contains(&initial))
            .ok_or(Malformed::new("a hint begins with a letter from A to Z"))?;
        if !(1..=12).contains(&month) {
            return Err(Malformed::new("a month is a number from 1 to 12"));
        }
        Ok(Self(class as u8 * 12 + month))
    }
}

/// The first letter after transliteration, ICAO Doc 9303 part 3, section 6: table A (Latin) and table B (Cyrillic, the column
/// that is not of one country). `None` for letters that the tables omit and for other scripts.
fn initial(letter: char) -> Option<char> {
    let upper = letter.to_uppercase().next()?;
    let latin = match upper {
        'A'..='Z' => upper,
        'À'..='Æ' | 'Ā' | 'Ă' | 'Ą' | 'Ǎ' | 'Ả' | 'Ạ' | 'Ấ' | 'Ầ' | 'Ẩ' | 'Ẫ' | 'Ậ' | 'Ắ' | 'Ằ' | 'Ẳ' | 'Ẵ' | 'Ặ' => {
            'A'
        }
        'Ç' | 'Ć' | 'Ĉ' | 'Ċ' | 'Č' => 'C',
        'Ð' | 'Ď' | 'Đ' => 'D',
        'È'..='Ë' | 'Ē' | 'Ĕ' | 'Ė' | 'Ę' | 'Ě' | 'Ẻ' | 'Ẽ' | 'Ẹ' | 'Ế' | 'Ề' | 'Ể' | 'Ễ' | 'Ệ' => {
            'E'
        }
        'Ĝ' | 'Ğ' | 'Ġ' | 'Ģ' | 'Ǧ' => 'G',
        'Ĥ' | 'Ħ' => 'H',
        'Ì'..='Ï' | 'Ĩ' | 'Ī' | 'Ĭ' | 'Į' | 'İ' | 'Ĳ' | 'Ỉ' | 'Ị' => 'I',
        'Ĵ' => 'J',
        'Ķ' => 'K',
        'Ĺ' | 'Ļ' | 'Ľ' | 'Ŀ' | 'Ł' => 'L',
        'Ñ' | 'Ń' | 'Ņ' | 'Ň' | 'Ŋ' => 'N',
        'Ò'..='Ö'
        | 'Ø'
        | 'Ō'
        | 'Ŏ'
        | 'Ő'
        | 'Œ'
        | 'Ơ'
        | 'Ỏ'
        | 'Ọ'
        | 'Ố'
        | 'Ồ'
        | 'Ổ'
        | 'Ỗ'
        | 'Ộ'
        | 'Ớ'
        | 'Ờ'
        | 'Ở'
        | 'Ỡ'
        | 'Ợ' => 'O',
        'ĸ' => 'Q',
        'Ŕ' | 'Ŗ' | 'Ř' => 'R',
        'Ś' | 'Ŝ' | 'Ş' | 'Š' | 'Ș' | 'ẞ' => 'S',
        'Þ' | 'Ţ' | 'Ť' | 'Ŧ' | 'Ț' => 'T',
        'Ù'..='Ü' | 'Ũ' | 'Ū' | 'Ŭ' | 'Ů' | 'Ű' | 'Ų' | 'Ư' | 'Ủ' | 'Ụ' | 'Ứ' | 'Ừ' | 'Ử' | 'Ữ' | 'Ự' => {
            'U'
        }
        'Ŵ' | 'Ẁ' | 'Ẃ' | 'Ẅ' => 'W',
        'Ý' | 'Ŷ' | 'Ÿ' | 'Ỳ' | 'Ỵ' | 'Ỷ' | 'Ỹ' => 'Y',
        'Ź' | 'Ż' | 'Ž' => 'Z',
        _ => return cyrillic(upper),
    };
    Some(latin)
}

fn cyrillic(upper: char) -> Option<char> {
    Some(match upper {
        'А' => 'A',
        'Б' => 'B',
        'В' => 'V',
        'Г' | 'Ѓ' | 'Ґ' => 'G',
        'Д' | 'Ђ' | 'Ѕ' | 'Џ' => 'D',
        'Е' | 'Ё' | 'Э' => 'E',
        'Ж' | 'З' => 'Z',
        'И' | 'І' | 'Й' | 'Ї' | 'Є' | 'Ю' | 'Я' | 'Ъ' => 'I',
        'Ј' => 'J',
        'К' | 'Ќ' | 'Х' => 'K',
        'Л' | 'Љ' => 'L',
        'М' => 'M',
        'Н' | 'Њ' => 'N',
        'О' => 'O',
        'П' => 'P',
        'Р' => 'R',
        'С' | 'Ш' | 'Щ' => 'S',
        'Т' | 'Ц' => 'T',
        'У' | 'Ў' => 'U',
        'Ф' => 'F',
        'Ч' | 'Ћ' => 'C',
        'Ы' => 'Y',
        _ => return None,
    })
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letters: String = self.initials().iter().collect();
        write!(f, "{letters}/{:02}", self.month())
    }
}

impl fmt::Debug for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hint({self})")
    }
}

impl FromStr for Hint {
    type Err = Malformed;

    /// One letter of the class, or all of them as they are displayed, a slash and the month in two digits.
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let wrong = Malformed::new("not a hint like M/05");
        let (letters, month) = text.split_once('/').ok_or(wrong)?;
        let month_has_two_digits = month.len() == 2 && month.bytes().all(|b| b.is_ascii_digit());
        let hint =
            letters.chars().next().and_then(|first| Self::of_initial(first, month.parse().ok()?).ok()).ok_or(wrong)?;
        let whole_class = hint.initials().iter().copied().eq(letters.chars());
        (month_has_two_digits && (letters.len() == 1 || whole_class)).then_some(hint).ok_or(wrong)
    }
}

impl From<&Hint> for u8 {
    fn from(hint: &Hint) -> Self {
        hint.0
    }
}

impl TryFrom<u8> for Hint {
    type Error = Malformed;

    fn try_from(number: u8) -> Result<Self, Malformed> {
        Self::new(number)
    }
}

through!(Hint => u8);
text_form!(Hint);

#[cfg(test)]
mod tests;
