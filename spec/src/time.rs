#![doc = include_str!("../time.md")]

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Encode};

use crate::Malformed;
use crate::cbor::through;
use crate::text::text_form;

/// A moment: seconds since 1970 in UTC, as a clock gives it. Never travels.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Moment(u64);

impl Moment {
    /// From seconds since 1970 in UTC.
    pub const fn from_unix(seconds: u64) -> Self {
        Self(seconds)
    }

    /// Seconds since 1970 in UTC.
    pub const fn unix(self) -> u64 {
        self.0
    }
}

/// Minutes since 1970 in UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Encode, Decode)]
#[cbor(transparent)]
pub struct Minute(#[n(0)] u32);

impl Minute {
    /// From its number.
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The minute that `moment` lies in.
    pub fn of(moment: Moment) -> Self {
        Self(u32::try_from(moment.0 / 60).unwrap_or(u32::MAX))
    }

    /// Minutes since 1970.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// What of it fits into a presentation.
    pub fn of_day(self) -> MinuteOfDay {
        MinuteOfDay((self.0 % u32::from(MinuteOfDay::COUNT)) as u16)
    }

    /// The minute nearest to `now` that is this minute of a day; of two equally near ones the later.
    pub fn nearest(of_day: MinuteOfDay, now: Self) -> Self {
        const DAY: u32 = MinuteOfDay::COUNT as u32;
        let earliest = now.0.saturating_sub(DAY / 2 - 1);
        let ahead = (u32::from(of_day.0) + DAY - earliest % DAY) % DAY;
        Self(earliest.saturating_add(ahead))
    }

    /// `minutes` later.
    pub const fn plus(self, minutes: u32) -> Self {
        Self(self.0.saturating_add(minutes))
    }

    /// `minutes` earlier.
    pub const fn minus(self, minutes: u32) -> Self {
        Self(self.0.saturating_sub(minutes))
    }

    /// Its first second.
    pub const fn start(self) -> Moment {
        Moment(self.0 as u64 * 60)
    }
}

/// Minutes since midnight UTC, 0 to 1439: the two bytes of a presentation that say when it was made.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct MinuteOfDay(u16);

impl MinuteOfDay {
    const COUNT: u16 = 24 * 60;

    /// # Errors
    /// [`Malformed`] for 1440 and more.
    pub const fn new(number: u16) -> Result<Self, Malformed> {
        if number < Self::COUNT { Ok(Self(number)) } else { Err(Malformed::new("a day has 1440 minutes")) }
    }

    /// Minutes since midnight UTC.
    pub const fn number(self) -> u16 {
        self.0
    }
}

/// A day on a grid, counted from 1 January 1970, day 0. Written "2026-11-24".
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(u16);

impl Day {
    /// The last day there is, in June 2149: 65535 means "no day" in a presentation.
    pub const MAX: Self = Self(u16::MAX - 1);

    /// From days since 1970. 65535 is no day, so it gives the last one.
    pub const fn new(number: u16) -> Self {
        Self(number).earlier(Self::MAX)
    }

    /// Days since 1970.
    pub const fn number(self) -> u16 {
        self.0
    }

    /// `days` later, at most [`Day::MAX`].
    pub const fn plus(self, days: u16) -> Self {
        Self(self.0.saturating_add(days)).earlier(Self::MAX)
    }

    /// `days` earlier, at least day 0.
    pub const fn minus(self, days: u16) -> Self {
        Self(self.0.saturating_sub(days))
    }

    /// The month it lies in.
    pub fn month(self) -> Month {
        let (year, month, _) = self.civil();
        Month(year * 12 + month - 1)
    }

    const fn earlier(self, other: Self) -> Self {
        if self.0 < other.0 { self } else { other }
    }

    /// Year, month 1 to 12, day of the month.
    fn civil(self) -> (u16, u16, u16) {
        // Years that begin in March have their leap day at the end; day 719468 counts from 1 March of year 0.
        let day = u32::from(self.0) + 719_468;
        let era = day / 146_097;
        let day_of_era = day % 146_097;
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day_of_month = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = (month_from_march + 2) % 12 + 1;
        let year = era * 400 + year_of_era + u32::from(month <= 2);
        (year as u16, month as u16, day_of_month as u16)
    }

    fn from_civil(year: u16, month: u16, day_of_month: u16) -> Option<Self> {
        let year_from_march = u32::from(year).checked_sub(u32::from(month <= 2))?;
        let month_from_march = (u32::from(month) + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + u32::from(day_of_month).checked_sub(1)?;
        let day =
            365 * year_from_march + year_from_march / 4 - year_from_march / 100 + year_from_march / 400 + day_of_year;
        let day = Self(u16::try_from(day.checked_sub(719_468)?).ok()?);
        // A 30 February has come out as another date by now.
        (day <= Self::MAX && day.civil() == (year, month, day_of_month)).then_some(day)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Day({self})")
    }
}

impl FromStr for Day {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let wrong = Malformed::new("not a day like 2026-11-24");
        let (month, day) = text.rsplit_once('-').ok_or(wrong)?;
        let (year, month) = year_and_month(month).ok_or(wrong)?;
        let day = digits(day, 2).ok_or(wrong)?;
        Self::from_civil(year, month, day).ok_or(wrong)
    }
}

impl From<&Day> for u16 {
    fn from(day: &Day) -> Self {
        day.0
    }
}

impl TryFrom<u16> for Day {
    type Error = Malformed;

    fn try_from(number: u16) -> Result<Self, Malformed> {
        let day = Self(number);
        (day <= Self::MAX).then_some(day).ok_or(Malformed::new("no such day"))
    }
}

/// A month of a year: 12 · year + month − 1. Written "1990-05".
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(u16);

impl Month {
    /// The last month there is: 65535 means "no month" in a presentation.
    pub const MAX: Self = Self(u16::MAX - 1);

    /// From 12 · year + month − 1. 65535 is no month, so it gives the last one.
    pub const fn new(number: u16) -> Self {
        if number < Self::MAX.0 { Self(number) } else { Self::MAX }
    }

    /// 12 · year + month − 1.
    pub const fn number(self) -> u16 {
        self.0
    }

    /// 1 for January.
    pub const fn of_year(self) -> u8 {
        (self.0 % 12) as u8 + 1
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0 / 12, self.of_year())
    }
}

impl fmt::Debug for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Month({self})")
    }
}

impl FromStr for Month {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        year_and_month(text)
            .map(|(year, month)| year * 12 + month - 1)
            .and_then(|number| Self::try_from(number).ok())
            .ok_or(Malformed::new("not a month like 1990-05"))
    }
}

impl From<&Month> for u16 {
    fn from(month: &Month) -> Self {
        month.0
    }
}

impl TryFrom<u16> for Month {
    type Error = Malformed;

    fn try_from(number: u16) -> Result<Self, Malformed> {
        let month = Self(number);
        (month <= Self::MAX).then_some(month).ok_or(Malformed::new("no such month"))
    }
}

/// When a pass is good: one day of the common grid, and how often the authority has asked for new passes for that day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Encode, Decode)]
pub struct Epoch {
    /// The day.
    #[n(0)]
    pub day: Day,
    /// Normally 0. The trust list names the lowest series that a day still accepts.
    #[n(1)]
    pub series: u8,
}

/// Minutes after local midnight at which a day of the grid begins: 04:00, when nobody stands at a door.
pub const BOUNDARY_MINUTES: u16 = 240;

/// Minutes after the boundary during which an event of the day before may still be held: nights are long.
pub const NIGHT_MINUTES: u16 = 120;

/// The days that all wallets and doors of a programme share.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Grid {
    offset: i16,
}

impl Grid {
    /// A grid at a fixed distance from UTC, in minutes east, −720 to 840. No summer time: a day always has 1440 minutes.
    ///
    /// # Errors
    /// [`Malformed`] outside that range.
    pub const fn new(offset: i16) -> Result<Self, Malformed> {
        if offset >= -720 && offset <= 840 {
            Ok(Self { offset })
        } else {
            Err(Malformed::new("a UTC offset lies between -720 and 840 minutes"))
        }
    }

    /// Minutes east of UTC.
    pub const fn offset(self) -> i16 {
        self.offset
    }

    /// The day that `moment` lies in.
    pub fn day_of(self, moment: Moment) -> Day {
        let minutes = i64::try_from(moment.0 / 60).unwrap_or(i64::MAX).saturating_add(self.shift());
        Day(minutes.div_euclid(1440).clamp(0, i64::from(Day::MAX.0)) as u16)
    }

    /// When `day` begins.
    pub fn start_of(self, day: Day) -> Moment {
        let minutes = i64::from(day.0) * 1440 - self.shift();
        Moment(minutes.max(0).unsigned_abs() * 60)
    }

    /// When the night after `day` has ended, and with it an event of that day.
    pub fn end_of_event(self, day: Day) -> Moment {
        Moment(self.start_of(day.plus(1)).0 + u64::from(NIGHT_MINUTES) * 60)
    }

    /// Whether an event of `day` may be held at `moment`. It says nothing about who comes: the organiser chose the day for everybody.
    pub fn may_be_event_day(self, day: Day, moment: Moment) -> bool {
        self.start_of(day) <= moment && moment < self.end_of_event(day)
    }

    /// What is added to minutes in UTC so that a day of the grid begins at a multiple of 1440.
    fn shift(self) -> i64 {
        i64::from(self.offset) - i64::from(BOUNDARY_MINUTES)
    }
}

impl From<&Grid> for i16 {
    fn from(grid: &Grid) -> Self {
        grid.offset
    }
}

impl TryFrom<i16> for Grid {
    type Error = Malformed;

    fn try_from(offset: i16) -> Result<Self, Malformed> {
        Self::new(offset)
    }
}

impl From<&MinuteOfDay> for u16 {
    fn from(minute: &MinuteOfDay) -> Self {
        minute.0
    }
}

impl TryFrom<u16> for MinuteOfDay {
    type Error = Malformed;

    fn try_from(number: u16) -> Result<Self, Malformed> {
        Self::new(number)
    }
}

through!(Day => u16, Month => u16, MinuteOfDay => u16, Grid => i16);
text_form!(Day, Month);

fn year_and_month(text: &str) -> Option<(u16, u16)> {
    let (year, month) = text.split_once('-')?;
    let (year, month) = (digits(year, 4)?, digits(month, 2)?);
    // The last year whose December still has a number.
    (year <= 5460 && (1..=12).contains(&month)).then_some((year, month))
}

fn digits(text: &str, count: usize) -> Option<u16> {
    (text.len() == count && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests;
