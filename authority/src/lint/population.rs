//! The population as an official writes it: who lives here, and who holds which facts. JSON, every part with its source.

use std::fmt;
use std::marker::PhantomData;

use bauta_spec::attributes::{ClaimName, TypeName};
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde::{Deserialize, de};

/// Who might stand at a door: ages, months of birth, initials, and for each kind of record who holds one and what it says.
///
/// Shares depend on age where the file says so, which is how "vaccinated, mostly the old" is written. Given the age, one fact is
/// independent of another; claims that come together stand in one fact.
#[derive(Clone, Debug)]
pub struct Population {
    pub(super) about: String,
    pub(super) ages: Vec<Band>,
    pub(super) months: [f64; 12],
    pub(super) initials: ByAge<Vec<(char, f64)>>,
    pub(super) records: Vec<Record>,
}

/// People of these ages, whole years, evenly.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Band {
    pub(super) from: u8,
    pub(super) to: u8,
    pub(super) weight: f64,
}

/// Who holds records of a type, and what stands in them.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) type_name: TypeName,
    pub(super) held: ByAge<f64>,
    pub(super) facts: Vec<Fact>,
}

/// Claims that are there together or not at all.
#[derive(Clone, Debug)]
pub(super) struct Fact {
    pub(super) share: ByAge<f64>,
    pub(super) claims: Vec<(ClaimName, Spread)>,
}

/// How the values of a claim are spread over people.
#[derive(Clone, Debug)]
pub(super) enum Spread {
    /// Initial and month of birth.
    Hint,
    /// Month of birth.
    BirthMonth,
    /// The one word of an age.
    WordOfAge(ByAge<String>),
    /// Words with weights.
    Words(ByAge<Vec<(String, f64)>>),
    /// Days before today.
    DaysAgo(ByAge<Vec<Days>>),
    /// Days after today.
    DaysAhead(ByAge<Vec<Days>>),
    /// Yes for this share, no for the rest.
    Yes(ByAge<f64>),
}

/// A number of days, evenly from the one to the other.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Days {
    pub(super) from: u16,
    pub(super) to: u16,
    pub(super) weight: f64,
}

/// Something that changes with age, in whole years.
#[derive(Clone, Debug)]
pub(super) struct ByAge<T>(
    // Invariant: ascending, the first from 0.
    Vec<(u8, T)>,
);

/// Why a text is no population.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPopulation {
    /// Not JSON, or not in this form.
    #[error("{0}; see authority/README.md for the form of a population")]
    Json(String),
    /// A part that cannot be.
    #[error("{part}: {wrong}")]
    Part {
        /// Where in the file.
        part: String,
        /// What is wrong, and what to write.
        wrong: &'static str,
    },
}

/// Nobody is older, and no month of birth lies before the calendar of this program.
const OLDEST: u8 = 120;
/// More than a century: days beyond are a slip of the pen.
const MOST_DAYS: u16 = 40_000;

impl Population {
    /// No population is written in more bytes.
    pub const MAX_BYTES: usize = 1 << 20;

    /// Reads the JSON form.
    ///
    /// # Errors
    /// [`NoPopulation`], for the official who wrote the text.
    pub fn from_json(text: &str) -> Result<Self, NoPopulation> {
        let written: Written = serde_json::from_str(text).map_err(|error| NoPopulation::Json(error.to_string()))?;
        let Written { about, ages, months, initials, records } = written;
        stated("about", &about)?;
        stated("ages.source", &ages.source)?;
        stated("months.source", &months.source)?;
        stated("initials.source", &initials.source)?;
        bands(&ages.bands)?;
        weights("months.weights", &months.weights)?;
        let initials = one_of("initials", "weights", (initials.weights, initials.weights_by_age))?
            .ok_or_else(|| part("initials", "it needs `weights` or `weights_by_age`"))?
            .try_map(letters)?;
        let records: Vec<Record> = records.into_iter().map(Record::try_from).collect::<Result<_, _>>()?;
        let twice = |(i, record): (usize, &Record)| records[..i].iter().any(|one| one.type_name == record.type_name);
        if records.iter().enumerate().any(twice) {
            return Err(part("records", "one type stands twice; write it once, with all its facts"));
        }
        Ok(Self { about, ages: ages.bands, months: months.weights, initials, records })
    }

    /// The one that comes with Bauta: invented, with round numbers. It knows the shipped types and no other.
    ///
    /// # Panics
    /// Never: a test reads it.
    #[must_use]
    pub fn example() -> Self {
        Self::from_json(include_str!("../../samples/population.json")).expect("a test reads the example")
    }

    /// What it says of itself.
    #[must_use]
    pub fn about(&self) -> &str {
        &self.about
    }
}

impl<T> ByAge<T> {
    pub(super) fn same(value: T) -> Self {
        Self(vec![(0, value)])
    }

    pub(super) fn at(&self, age: u8) -> &T {
        &self.0[self.0.partition_point(|(from, _)| *from <= age).saturating_sub(1)].1
    }

    /// The ages at which it changes.
    pub(super) fn changes(&self) -> impl Iterator<Item = u8> {
        self.0.iter().map(|(from, _)| *from)
    }

    pub(super) fn map<U>(&self, map: impl Fn(&T) -> U) -> ByAge<U> {
        ByAge(self.0.iter().map(|(from, value)| (*from, map(value))).collect())
    }

    pub(super) fn try_map<U, E>(self, map: impl Fn(T) -> Result<U, E>) -> Result<ByAge<U>, E> {
        let mapped = self.0.into_iter().map(|(from, value)| Ok((from, map(value)?)));
        Ok(ByAge(mapped.collect::<Result<_, E>>()?))
    }
}

fn part(part: impl Into<String>, wrong: &'static str) -> NoPopulation {
    NoPopulation::Part { part: part.into(), wrong }
}

fn stated(place: &str, text: &str) -> Result<(), NoPopulation> {
    let said = !text.trim().is_empty();
    said.then_some(()).ok_or_else(|| part(place, "say in words where the numbers come from"))
}

fn weights(place: &str, weights: &[f64]) -> Result<(), NoPopulation> {
    if weights.iter().any(|weight| !weight.is_finite() || *weight < 0.0) {
        return Err(part(place, "a weight is a number of 0 or more"));
    }
    let any = weights.iter().sum::<f64>() > 0.0;
    any.then_some(()).ok_or_else(|| part(place, "at least one weight must be more than 0"))
}

fn share(place: &str, share: f64) -> Result<f64, NoPopulation> {
    (0.0..=1.0).contains(&share).then_some(share).ok_or_else(|| part(place, "a share is a number from 0 to 1"))
}

fn bands(bands: &[Band]) -> Result<(), NoPopulation> {
    const PLACE: &str = "ages.bands";
    weights(PLACE, &bands.iter().map(|band| band.weight).collect::<Vec<_>>())?;
    if bands.iter().any(|band| band.from > band.to || band.to > OLDEST) {
        return Err(part(PLACE, "a band goes from a younger age to an older one, at most 120"));
    }
    let apart = bands.windows(2).all(|pair| pair[0].to < pair[1].from);
    apart.then_some(()).ok_or_else(|| part(PLACE, "write the bands from young to old, none over another"))
}

fn letters(written: Pairs<f64>) -> Result<Vec<(char, f64)>, NoPopulation> {
    const PLACE: &str = "initials.weights";
    let letter = |(letter, weight): (String, f64)| {
        let mut letters = letter.chars();
        match (letters.next(), letters.next()) {
            (Some(letter @ 'A'..='Z'), None) => Ok((letter, weight)),
            _ => Err(part(PLACE, "a letter is one of A to Z, as the machine-readable lines of a card have it")),
        }
    };
    let letters: Vec<(char, f64)> = written.0.into_iter().map(letter).collect::<Result<_, _>>()?;
    weights(PLACE, &letters.iter().map(|(_, weight)| *weight).collect::<Vec<_>>())?;
    Ok(letters)
}

fn days(place: &str, days: Vec<Days>) -> Result<Vec<Days>, NoPopulation> {
    weights(place, &days.iter().map(|days| days.weight).collect::<Vec<_>>())?;
    let right = days.iter().all(|days| days.from <= days.to && days.to <= MOST_DAYS);
    right.then_some(days).ok_or_else(|| part(place, "days go from fewer to more, at most 40000"))
}

/// Of two spellings, the one for everybody and the one by age, exactly one; none where neither is there.
fn one_of<T>(
    place: &str,
    name: &'static str,
    (same, by_age): (Option<T>, Option<Pairs<T>>),
) -> Result<Option<ByAge<T>>, NoPopulation> {
    match (same, by_age) {
        (None, None) => Ok(None),
        (Some(value), None) => Ok(Some(ByAge::same(value))),
        (None, Some(by_age)) => by_ages(&format!("{place}.{name}_by_age"), by_age).map(Some),
        (Some(_), Some(_)) => Err(part(place, "write it once for everybody or by age, not both")),
    }
}

fn by_ages<T>(place: &str, written: Pairs<T>) -> Result<ByAge<T>, NoPopulation> {
    let age = |(age, value): (String, T)| match age.parse::<u8>() {
        Ok(from) if from <= OLDEST && from.to_string() == age => Ok((from, value)),
        _ => Err(part(place, "an age is a whole number of years from 0 to 120")),
    };
    let mut ages: Vec<(u8, T)> = written.0.into_iter().map(age).collect::<Result<_, _>>()?;
    ages.sort_by_key(|(from, _)| *from);
    let from_birth = ages.first().is_some_and(|(from, _)| *from == 0);
    from_birth.then_some(ByAge(ages)).ok_or_else(|| part(place, "the first age must be 0"))
}

impl TryFrom<WrittenRecord> for Record {
    type Error = NoPopulation;

    fn try_from(written: WrittenRecord) -> Result<Self, NoPopulation> {
        let WrittenRecord { type_name, source, share: same, share_by_age, facts } = written;
        let place = type_name.to_string();
        stated(&format!("{place}.source"), &source)?;
        let held = one_of(&place, "share", (same, share_by_age))?
            .ok_or_else(|| part(&place, "it needs `share` or `share_by_age`: how many hold such a record"))?
            .try_map(|written| share(&place, written))?;
        let facts: Vec<Fact> = facts.into_iter().map(|fact| fact.read(&place)).collect::<Result<_, _>>()?;
        let names: Vec<&ClaimName> = facts.iter().flat_map(|fact| &fact.claims).map(|(name, _)| name).collect();
        if names.iter().enumerate().any(|(i, name)| names[..i].contains(name)) {
            return Err(part(place, "one claim stands in two facts; write it once"));
        }
        Ok(Self { type_name, held, facts })
    }
}

impl WrittenFact {
    fn read(self, place: &str) -> Result<Fact, NoPopulation> {
        let held = one_of(place, "share", (self.share, self.share_by_age))?.unwrap_or_else(|| ByAge::same(1.0));
        let held = held.try_map(|written| share(place, written))?;
        let claim = |(name, spread): (String, WrittenSpread)| {
            let claim: ClaimName =
                name.parse().map_err(|_| part(format!("{place}.{name}"), "this is no name of a claim"))?;
            Ok((claim, spread.read(&format!("{place}.{name}"))?))
        };
        Ok(Fact { share: held, claims: self.claims.0.into_iter().map(claim).collect::<Result<_, _>>()? })
    }
}

impl WrittenSpread {
    fn read(self, place: &str) -> Result<Spread, NoPopulation> {
        let words = |written: Pairs<f64>| {
            weights(place, &written.0.iter().map(|(_, weight)| *weight).collect::<Vec<_>>())?;
            Ok(written.0)
        };
        let read_days = |written| days(place, written);
        Ok(match self {
            Self::Hint => Spread::Hint,
            Self::BirthMonth => Spread::BirthMonth,
            Self::WordOfAge(by_age) => Spread::WordOfAge(by_ages(place, by_age)?),
            Self::Words(same) => Spread::Words(ByAge::same(same).try_map(words)?),
            Self::WordsByAge(by_age) => Spread::Words(by_ages(place, by_age)?.try_map(words)?),
            Self::DaysAgo(same) => Spread::DaysAgo(ByAge::same(same).try_map(read_days)?),
            Self::DaysAgoByAge(by_age) => Spread::DaysAgo(by_ages(place, by_age)?.try_map(read_days)?),
            Self::DaysAhead(same) => Spread::DaysAhead(ByAge::same(same).try_map(read_days)?),
            Self::Yes(same) => Spread::Yes(ByAge::same(share(place, same)?)),
            Self::YesByAge(by_age) => Spread::Yes(by_ages(place, by_age)?.try_map(|written| share(place, written))?),
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    about: String,
    ages: WrittenAges,
    months: WrittenMonths,
    initials: WrittenInitials,
    records: Vec<WrittenRecord>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenAges {
    source: String,
    bands: Vec<Band>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenMonths {
    source: String,
    weights: [f64; 12],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenInitials {
    source: String,
    weights: Option<Pairs<f64>>,
    weights_by_age: Option<Pairs<Pairs<f64>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRecord {
    #[serde(rename = "type")]
    type_name: TypeName,
    source: String,
    share: Option<f64>,
    share_by_age: Option<Pairs<f64>>,
    facts: Vec<WrittenFact>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenFact {
    share: Option<f64>,
    share_by_age: Option<Pairs<f64>>,
    claims: Pairs<WrittenSpread>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum WrittenSpread {
    Hint,
    BirthMonth,
    WordOfAge(Pairs<String>),
    Words(Pairs<f64>),
    WordsByAge(Pairs<Pairs<f64>>),
    DaysAgo(Vec<Days>),
    DaysAgoByAge(Pairs<Vec<Days>>),
    DaysAhead(Vec<Days>),
    Yes(f64),
    YesByAge(Pairs<f64>),
}

/// A JSON object whose names are data. One that stands twice is refused: otherwise the last would win, and nobody would see it.
struct Pairs<T>(Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Pairs<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PairsVisitor(PhantomData))
    }
}

struct PairsVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for PairsVisitor<T> {
    type Value = Pairs<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<T>, A::Error> {
        let mut pairs: Vec<(String, T)> = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, T>()? {
            if pairs.iter().any(|(earlier, _)| *earlier == name) {
                return Err(de::Error::custom(format!("\"{name}\" stands twice")));
            }
            pairs.push((name, value));
        }
        if pairs.is_empty() {
            return Err(A::Error::custom("an object without any member"));
        }
        Ok(Pairs(pairs))
    }
}
