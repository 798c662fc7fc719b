use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::Malformed;
use crate::cbor::through;

/// A closed list of words: code 1 to 254 and identifier, such as 1 "naat". Closed, because a rare word would be a name.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "Vec<(u8, String)>", into = "Vec<(u8, String)>")]
pub struct Vocabulary(Vec<(u8, String)>);

impl Vocabulary {
    /// From words with their codes, ascending.
    ///
    /// # Errors
    /// [`Malformed`] for an empty list, a code of 0 or 255, codes that do not ascend, an identifier twice or with other
    /// characters than small letters, digits, `+` and `-`, or longer than 32.
    pub fn new(words: Vec<(u8, String)>) -> Result<Self, Malformed> {
        let codes_in_range = words.iter().all(|(code, _)| (1..=254).contains(code));
        let ascending = words.is_sorted_by(|(a, _), (b, _)| a < b);
        let well_formed = words.iter().all(|(_, word)| is_identifier(word));
        let once = words.iter().enumerate().all(|(i, (_, word))| words[..i].iter().all(|(_, earlier)| earlier != word));
        if words.is_empty() || !codes_in_range || !ascending {
            Err(Malformed::new("a vocabulary has codes from 1 to 254, ascending"))
        } else if !well_formed || !once {
            Err(Malformed::new("a vocabulary has different words of small letters, digits, + and -"))
        } else {
            Ok(Self(words))
        }
    }

    /// The code of a word.
    pub fn code_of(&self, word: &str) -> Option<u8> {
        self.0.iter().find(|(_, known)| known == word).map(|(code, _)| *code)
    }

    /// The word of a code.
    pub fn name_of(&self, code: u8) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == code).map(|(_, word)| word.as_str())
    }

    /// Codes and words, ascending.
    pub fn words(&self) -> impl Iterator<Item = (u8, &str)> {
        self.0.iter().map(|(code, word)| (*code, word.as_str()))
    }
}

fn is_identifier(word: &str) -> bool {
    (1..=32).contains(&word.len()) && word.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'+' | b'-'))
}

/// One word on its way in or out.
#[derive(Encode, Decode)]
#[cbor(array)]
pub(super) struct Word {
    #[n(0)]
    code: u8,
    #[n(1)]
    word: String,
}

impl From<&Vocabulary> for Vec<Word> {
    fn from(vocabulary: &Vocabulary) -> Self {
        vocabulary.0.iter().map(|(code, word)| Word { code: *code, word: word.clone() }).collect()
    }
}

impl From<Vocabulary> for Vec<(u8, String)> {
    fn from(vocabulary: Vocabulary) -> Self {
        vocabulary.0
    }
}

impl TryFrom<Vec<Word>> for Vocabulary {
    type Error = Malformed;

    fn try_from(words: Vec<Word>) -> Result<Self, Malformed> {
        Self::new(words.into_iter().map(|Word { code, word }| (code, word)).collect())
    }
}

impl TryFrom<Vec<(u8, String)>> for Vocabulary {
    type Error = Malformed;

    fn try_from(words: Vec<(u8, String)>) -> Result<Self, Malformed> {
        Self::new(words)
    }
}

through!(Vocabulary => Vec<Word>);
