#![doc = include_str!("../words.md")]

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::Malformed;
use crate::cbor::through;
use crate::text::text_form;

/// One line of text that a person reads: 1 to 200 characters, and nothing that a screen, a spreadsheet or a terminal could take for
/// an order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line(String);

impl Line {
    /// Most characters.
    pub const MAX_CHARACTERS: usize = 200;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Line {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        if text.is_empty() || text.chars().count() > Self::MAX_CHARACTERS {
            return Err(Malformed::new("a text has 1 to 200 characters"));
        }
        if text != text.trim() {
            return Err(Malformed::new("a text neither begins nor ends with a space"));
        }
        if text.starts_with(['=', '+', '-', '@']) {
            return Err(Malformed::new("a text must not begin like a formula"));
        }
        if text.contains(['<', '>']) {
            return Err(Malformed::new("a text must not contain < or >"));
        }
        if text.contains("://") || text.to_lowercase().contains("www.") {
            return Err(Malformed::new("a text must not contain an address of the web"));
        }
        if text.chars().any(steers_the_display) {
            return Err(Malformed::new("a text must not contain control, direction or invisible characters"));
        }
        Ok(Self(text.to_owned()))
    }
}

/// Characters that are not seen themselves but change what is seen: newlines and other controls, overrides of the direction of
/// writing, invisible ones. The two joiners (U+200C, U+200D) stay: Persian and Hindi are misspelt without them.
fn steers_the_display(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}'
            | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{10ffff}')
}

impl TryFrom<String> for Line {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        text.parse()
    }
}

impl From<&Line> for String {
    fn from(line: &Line) -> Self {
        line.0.clone()
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The tag of a language: "en", "nl", "pt-BR". Two or three lower-case letters, then parts of two to eight letters or digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language(String);

impl Language {
    const MAX: usize = 20;

    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Language {
    type Err = Malformed;

    fn from_str(tag: &str) -> Result<Self, Malformed> {
        let mut parts = tag.split('-');
        let language = parts.next().unwrap_or_default();
        let language_fits = matches!(language.len(), 2 | 3) && language.bytes().all(|b| b.is_ascii_lowercase());
        let rest_fits =
            parts.all(|part| matches!(part.len(), 2..=8) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
        (tag.len() <= Self::MAX && language_fits && rest_fits)
            .then(|| Self(tag.to_owned()))
            .ok_or(Malformed::new("not the tag of a language like \"en\" or \"pt-BR\""))
    }
}

impl TryFrom<String> for Language {
    type Error = Malformed;

    fn try_from(tag: String) -> Result<Self, Malformed> {
        tag.parse()
    }
}

impl From<&Language> for String {
    fn from(language: &Language) -> Self {
        language.0.clone()
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a door asks, in 1 to 32 languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purpose(BTreeMap<Language, Line>);

impl Purpose {
    /// Most languages.
    pub const MAX_LANGUAGES: usize = 32;

    /// # Errors
    /// [`Malformed`] without any language or with more than 32.
    pub fn new(lines: BTreeMap<Language, Line>) -> Result<Self, Malformed> {
        (1..=Self::MAX_LANGUAGES)
            .contains(&lines.len())
            .then_some(Self(lines))
            .ok_or(Malformed::new("a purpose is stated in 1 to 32 languages"))
    }

    /// The purpose in `language`; without one, in the same language of another country, in English, in the first language there is.
    pub fn in_language(&self, language: &str) -> &str {
        let primary = |tag: &str| tag.split('-').next().map(str::to_owned);
        let same = |(tag, _): &(&Language, &Line)| tag.as_str() == language;
        let near = |(tag, _): &(&Language, &Line)| primary(tag.as_str()) == primary(language);
        let english = |(tag, _): &(&Language, &Line)| tag.as_str() == "en";
        let lines = || self.0.iter();
        lines()
            .find(same)
            .or_else(|| lines().find(near))
            .or_else(|| lines().find(english))
            .or_else(|| lines().next())
            .map(|(_, line)| line.as_str())
            .unwrap_or_default()
    }

    /// All languages, in the order of their tags.
    pub fn lines(&self) -> impl Iterator<Item = (&Language, &Line)> {
        self.0.iter()
    }
}

impl TryFrom<Vec<(Language, Line)>> for Purpose {
    type Error = Malformed;

    fn try_from(lines: Vec<(Language, Line)>) -> Result<Self, Malformed> {
        Self::new(lines.into_iter().collect())
    }
}

impl From<&Purpose> for Vec<(Language, Line)> {
    fn from(purpose: &Purpose) -> Self {
        purpose.0.clone().into_iter().collect()
    }
}

through!(Line => String, Language => String, Purpose => Vec<(Language, Line)>);
text_form!(Line, Language);

/// A name of a kind of document: 1 to 32 of a–z, 0–9 and '-', a letter first. Each kind has a type of its own.
macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// 1 to 32 of the characters a–z, 0–9 and '-', a letter first.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The name.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::Malformed;

            fn from_str(text: &str) -> Result<Self, $crate::Malformed> {
                $crate::words::is_name(text)
                    .then(|| Self(text.to_owned()))
                    .ok_or($crate::Malformed::new("a name has 1 to 32 of a-z, 0-9 and '-', a letter first"))
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::Malformed;

            fn try_from(text: String) -> Result<Self, $crate::Malformed> {
                text.parse()
            }
        }

        impl From<&$name> for String {
            fn from(name: &$name) -> Self {
                name.0.clone()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{:?}", self.0)
            }
        }

        $crate::cbor::through!($name => String);
        $crate::text::text_form!($name);
    };
}

pub(crate) use name_type;

pub(crate) fn is_name(text: &str) -> bool {
    let letters = text.as_bytes();
    letters.len() <= 32
        && letters.first().is_some_and(u8::is_ascii_lowercase)
        && letters.iter().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_in_many_scripts_are_taken() {
        for text in [
            "Om te weten dat u getest bent",
            "لنعرف أنك خضعت لفحص حديث",
            "می‌خواهیم بدانیم",
            "クラブ会員",
            "L'Hôpital, 2e étage",
        ] {
            assert!(text.parse::<Line>().is_ok(), "refused: {text}");
        }
    }

    #[test]
    fn what_a_screen_or_spreadsheet_could_obey_is_refused() {
        for (flaw, text) in [
            ("empty", ""),
            ("html", "hello <b>you</b>"),
            ("script", "<script>alert(1)</script>"),
            ("newline", "one\ntwo"),
            ("carriage_return", "one\rtwo"),
            ("escape_sequence", "one\u{1b}[2Jtwo"),
            ("c1_control", "one\u{9b}2Jtwo"),
            ("right_to_left_override", "safe\u{202e}txt.exe"),
            ("isolate", "a\u{2066}b"),
            ("right_to_left_mark", "a\u{200f}b"),
            ("line_separator", "a\u{2028}b"),
            ("zero_width_space", "a\u{200b}b"),
            ("byte_order_mark", "a\u{feff}b"),
            ("tag_character", "a\u{e0041}b"),
            ("private_use", "a\u{e000}b"),
            ("formula_equals", "=1+1"),
            ("formula_plus", "+1"),
            ("formula_minus", "-1"),
            ("formula_at", "@SUM(A1)"),
            ("url", "see https://evil.example/x"),
            ("url_without_scheme", "see WWW.evil.example"),
            ("leading_space", " hello"),
            ("trailing_space", "hello "),
        ] {
            assert!(text.parse::<Line>().is_err(), "accepted: {flaw}");
        }
        assert!("a".repeat(200).parse::<Line>().is_ok());
        assert!("a".repeat(201).parse::<Line>().is_err(), "accepted: 201 characters");
    }

    #[test]
    fn language_tags() {
        for tag in ["en", "nds", "pt-BR", "zh-Hant-TW"] {
            assert!(tag.parse::<Language>().is_ok(), "refused: {tag}");
        }
        for tag in ["", "e", "EN", "english", "en-", "en_GB", "en-x-averyveryverylongone"] {
            assert!(tag.parse::<Language>().is_err(), "accepted: {tag}");
        }
    }

    #[test]
    fn a_person_reads_the_nearest_language() {
        let lines = [("en", "English"), ("nl", "Nederlands"), ("pt-BR", "Português")]
            .map(|(tag, text)| (tag.parse().unwrap(), text.parse().unwrap()));
        let purpose = Purpose::new(lines.into()).unwrap();
        assert_eq!(purpose.in_language("nl"), "Nederlands");
        assert_eq!(purpose.in_language("nl-BE"), "Nederlands");
        assert_eq!(purpose.in_language("pt"), "Português");
        assert_eq!(purpose.in_language("fi"), "English");
    }

    proptest! {
        #[test]
        fn a_line_holds_no_control_and_is_written_back_alike(text in "\\PC{0,20}|.{0,20}") {
            if let Ok(line) = text.parse::<Line>() {
                prop_assert_eq!(line.as_str(), &text);
                prop_assert!(!text.contains(char::is_control));
            }
        }
    }
}
