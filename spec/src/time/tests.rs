#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use proptest::prelude::*;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

#[test]
fn days_of_the_calendar() {
    let known =
        [(0, "1970-01-01"), (59, "1970-03-01"), (11_016, "2000-02-29"), (20_781, "2026-11-24"), (65_534, "2149-06-05")];
    for (number, text) in known {
        assert_eq!(Day::new(number).to_string(), text);
        assert_eq!(day(text), Day::new(number));
    }
    assert_eq!(day("2026-12-31").plus(1), day("2027-01-01"));
    assert_eq!(day("2028-03-01").minus(1), day("2028-02-29"));
    assert_eq!(day("2026-11-24").month().to_string(), "2026-11");
}

#[test]
fn what_is_no_day_and_no_month() {
    let days = [
        "",
        "2026-11",
        "2026-11-31",
        "2026-02-29",
        "2100-02-29",
        "2026-00-10",
        "2026-13-01",
        "2026-11-00",
        "2026-1-01",
        "26-11-24",
        "2026-11-024",
        "+026-11-24",
        "2026/11/24",
        " 2026-11-24",
        "1969-12-31",
        "2149-06-06",
        "99999999999999999999999999999999999",
    ];
    for text in days {
        assert!(text.parse::<Day>().is_err(), "accepted: {text}");
    }
    for text in ["", "1990", "1990-5", "1990-00", "1990-13", "990-05", "5461-01", "1990-05-01", "１９９０-05"] {
        assert!(text.parse::<Month>().is_err(), "accepted: {text}");
    }
}

#[test]
fn the_sentinels_of_a_presentation_are_no_values() {
    assert!(Day::try_from(0xFFFF).is_err());
    assert!(Month::try_from(0xFFFF).is_err());
    assert_eq!((Day::new(0xFFFF), Day::MAX.plus(1)), (Day::MAX, Day::MAX));
    assert_eq!(Month::new(0xFFFF), Month::MAX);
}

#[test]
fn a_day_begins_at_four_and_ends_at_four() {
    let amsterdam = Grid::new(60).unwrap();
    // 04:00 at UTC+1.
    let four = amsterdam.start_of(day("2026-11-24"));
    assert_eq!(four.unix() % 86_400, 3 * 3600);
    let after = |seconds: i64| Moment::from_unix(four.unix().saturating_add_signed(seconds));
    let (yesterday, today, tomorrow) = (day("2026-11-23"), day("2026-11-24"), day("2026-11-25"));

    assert_eq!(amsterdam.day_of(after(-1)), yesterday);
    assert_eq!(amsterdam.day_of(after(0)), today);
    assert_eq!(amsterdam.day_of(after(86_399)), today);
    assert_eq!(amsterdam.day_of(after(86_400)), tomorrow);
}

#[test]
fn clocks_at_the_ends_of_time() {
    for offset in [-720, 0, 840] {
        let grid = Grid::new(offset).unwrap();
        assert_eq!(grid.day_of(Moment::from_unix(0)), Day::new(0));
        assert_eq!(grid.day_of(Moment::from_unix(u64::MAX)), Day::MAX);
    }
    assert_eq!(Minute::of(Moment::from_unix(u64::MAX)), Minute::new(u32::MAX));
    // 03:14:08 UTC on 19 January 2038 is a second like any other.
    assert_eq!(Grid::new(0).unwrap().day_of(Moment::from_unix(1 << 31)), day("2038-01-18"));
    assert!(Grid::new(-721).is_err() && Grid::new(841).is_err());
    assert!(MinuteOfDay::new(1440).is_err());
}

proptest! {
    #[test]
    fn texts_come_back(number in 0..=Day::MAX.number(), month in 0..=Month::new(5460 * 12 + 11).number()) {
        let (day, month) = (Day::new(number), Month::new(month));
        prop_assert_eq!(day.to_string().parse(), Ok(day));
        prop_assert_eq!(month.to_string().parse(), Ok(month));
    }

    #[test]
    fn months_follow_days(number in 0..Day::MAX.number()) {
        let (today, tomorrow) = (Day::new(number), Day::new(number + 1));
        let months = tomorrow.month().number() - today.month().number();
        let is_first = tomorrow.to_string().ends_with("-01");
        prop_assert_eq!(months, u16::from(is_first));
    }

    /// Twelve hours off at most, and the same minute of the day.
    #[test]
    fn the_nearest_minute_is_near(now in 1440_u32.., of_day in 0..1440_u16) {
        let (now, of_day) = (Minute::new(now.min(u32::MAX - 1440)), MinuteOfDay::new(of_day).unwrap());
        let nearest = Minute::nearest(of_day, now);
        prop_assert_eq!(nearest.of_day(), of_day);
        let off = i64::from(nearest.number()) - i64::from(now.number());
        prop_assert!((-719..=720).contains(&off), "{}", off);
    }

    #[test]
    fn near_minutes_survive_the_short_form(now in 1440..u32::MAX - 1440, off in -719..=720_i32) {
        let made = Minute::new(now.saturating_add_signed(off));
        prop_assert_eq!(Minute::nearest(made.of_day(), Minute::new(now)), made);
    }

    #[test]
    fn a_day_has_1440_minutes_everywhere(offset in -720..=840_i16, number in 1..Day::MAX.number()) {
        let grid = Grid::new(offset).unwrap();
        let (start, next) = (grid.start_of(Day::new(number)), grid.start_of(Day::new(number + 1)));
        prop_assert_eq!(next.unix() - start.unix(), 86_400);
        prop_assert_eq!(grid.day_of(start), Day::new(number));
        prop_assert_eq!(grid.day_of(Moment::from_unix(next.unix() - 1)), Day::new(number));
    }
}
