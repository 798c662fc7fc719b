//! What a record may say of a person: an age band, a month of birth, a hint. The rest of name and birth date goes no further.

use bauta_spec::attributes::{Claim, Kind};
use bauta_spec::hint::Hint;
use bauta_spec::time::Day;
use time::{Date, Month};

/// Name and birth of a person, as a lab has them.
#[derive(Default)]
pub(super) struct Person {
    pub(super) given_name: Option<String>,
    /// A day, or only its month or year.
    pub(super) born: Option<String>,
}

/// Whether a claim can be filled from name and birth.
pub(super) fn can_be_filled(claim: &Claim) -> bool {
    match &claim.kind {
        Kind::Hint | Kind::Month => true,
        Kind::Code(words) => words.words().all(|(_, word)| ages(word).is_some()),
        Kind::Epoch | Kind::Admits | Kind::Handle | Kind::Binding | Kind::Day | Kind::Flag => false,
    }
}

impl Person {
    /// The word for a claim on a day, or a sentence that repeats nothing of the person.
    pub(super) fn word(&self, claim: &Claim, today: Day) -> Result<String, String> {
        let written = self.born.as_deref().ok_or_else(|| needs(claim, "a birth date"))?;
        let born = Born::read(written).ok_or_else(|| needs(claim, "a birth date like 1970-01-31"))?;
        let today = date(&today.to_string()).ok_or_else(|| needs(claim, "a day of the calendar"))?;
        match &claim.kind {
            Kind::Hint => {
                let month = born.month.ok_or_else(|| needs(claim, "the month of birth"))?;
                let name = self.given_name.as_deref().ok_or_else(|| needs(claim, "a given name"))?;
                let hint = Hint::of(name, month.into()).map_err(|why| why.to_string())?;
                Ok(hint.to_string())
            }
            Kind::Month => {
                let month = born.month.ok_or_else(|| needs(claim, "the month of birth"))?;
                Ok(format!("{:04}-{:02}", born.year, u8::from(month)))
            }
            Kind::Code(words) => {
                let (youngest, oldest) = born.ages(today).ok_or_else(|| needs(claim, "a birth date that can be"))?;
                let band = |age: u16| {
                    let fits = |word: &str| ages(word).is_some_and(|(from, to)| (from..=to).contains(&age));
                    words.words().map(|(_, word)| word).find(|word| fits(word))
                };
                match (band(youngest), band(oldest)) {
                    (Some(band), Some(other)) if band == other => Ok(band.to_owned()),
                    _ => Err(needs(claim, "the whole birth date")),
                }
            }
            Kind::Epoch | Kind::Admits | Kind::Handle | Kind::Binding | Kind::Day | Kind::Flag => {
                Err(needs(claim, "another source"))
            }
        }
    }
}

fn needs(claim: &Claim, what: &str) -> String {
    format!("\"{}\" needs {what} of the person", claim.name)
}

/// From and to, of a word like `12-15` or `65+`.
fn ages(word: &str) -> Option<(u16, u16)> {
    match word.strip_suffix('+') {
        Some(from) => Some((from.parse().ok()?, u16::MAX)),
        None => {
            let (from, to) = word.split_once('-')?;
            Some((from.parse().ok()?, to.parse().ok()?))
        }
    }
}

/// A day of birth, or what is known of it.
struct Born {
    year: u16,
    month: Option<Month>,
    first: Date,
    last: Date,
}

impl Born {
    fn read(text: &str) -> Option<Self> {
        let year = text.get(..4)?;
        let number: u16 = year.bytes().all(|byte| byte.is_ascii_digit()).then(|| year.parse().ok())??;
        let (month, first, last) = match text.len() {
            4 => (None, date(&format!("{year}-01-01"))?, date(&format!("{year}-12-31"))?),
            7 => {
                let first = date(&format!("{text}-01"))?;
                let last = first.replace_day(first.month().length(first.year())).ok()?;
                (Some(first.month()), first, last)
            }
            _ => {
                let day = date(text)?;
                (Some(day.month()), day, day)
            }
        };
        Some(Self { year: number, month, first, last })
    }

    /// The youngest and the oldest that the person may be; nobody is born tomorrow or lives for 130 years.
    fn ages(&self, today: Date) -> Option<(u16, u16)> {
        let age = |born: Date| {
            let had_birthday = (today.month() as u8, today.day()) >= (born.month() as u8, born.day());
            let years = today.year() - born.year() - i32::from(!had_birthday);
            u16::try_from(years).ok().filter(|years| *years < OLDEST)
        };
        Some((age(self.last)?, age(self.first)?))
    }
}

/// A year of birth further back than this is a slip of the keyboard.
const OLDEST: u16 = 130;

/// Year, month and day in ISO 8601; one spelling.
pub(super) fn date(text: &str) -> Option<Date> {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(
            |(place, byte)| {
                if matches!(place, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() }
            },
        );
    let [year, month, day] = [text.get(..4)?, text.get(5..7)?, text.get(8..)?];
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    let date = Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()?;
    shape.then_some(date)
}

#[cfg(test)]
mod tests {
    use bauta_spec::attributes::shipped_named;

    use super::*;

    fn word(claim: &str, given_name: &str, born: &str) -> Result<String, String> {
        let health = shipped_named("health-record").unwrap();
        let person = Person { given_name: Some(given_name.to_owned()), born: Some(born.to_owned()) };
        person.word(health.claim(claim).unwrap(), "2026-11-24".parse().unwrap())
    }

    #[test]
    fn an_age_changes_on_the_birthday_and_a_partial_date_counts_where_it_is_enough() {
        for (born, band) in [
            ("2014-11-24", "12-15"),
            ("2014-11-25", "0-11"),
            ("2008-02-29", "18-20"),
            ("1961-11-24", "65+"),
            ("1961-11-25", "21-64"),
            ("1984", "21-64"),
            ("1984-05", "21-64"),
            ("2026-11-24", "0-11"),
        ] {
            assert_eq!(word("age_band", "Maria", born).unwrap(), band, "{born}");
        }
        for born in
            ["2014", "2014-11", "2026-11-25", "1726-01-01", "1984-02-30", "1984-5-1", "+984-05-01", "", "1984-05-1x"]
        {
            let why = word("age_band", "Maria", born).unwrap_err();
            assert!(why.starts_with("\"age_band\" needs") && (born.len() < 4 || !why.contains(born)), "{why}");
        }
    }

    #[test]
    fn a_hint_is_the_one_of_the_hint_rules() {
        assert_eq!(word("hint", "Øyvind", "1984-11").unwrap(), "NO/11");
        for (name, born) in [("Øyvind", "1984"), ("王", "1984-11-02"), ("", "1984-11-02")] {
            assert!(!word("hint", name, born).unwrap_err().contains("1984"));
        }
    }
}
