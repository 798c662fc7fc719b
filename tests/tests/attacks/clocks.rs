//! Clocks that are wrong: a minute is forgiven, more is named with its direction, and a wrong clock at the door is red.

use bauta_spec::time::Moment;
use bauta_verifier::{Refusal, Verified};

use crate::town_with_anna;

/// What the door says to a phone whose clock differs by `skew` seconds.
fn with_skew(skew: i64) -> Result<Verified, Refusal> {
    let (town, anna) = town_with_anna(20);
    let policy = town.trust().policy_named("entry", town.today()).unwrap();
    let phone = Moment::from_unix(town.now().unix().checked_add_signed(skew).unwrap());
    let choice = bauta_wallet::present::choose(policy, &anna.records, town.trust(), phone).unwrap();
    let code = choice.show(&anna.secret, phone, &mut town.rng()).unwrap().text();
    town.door("entry").scan(&code, town.trust(), town.now())
}

#[test]
fn n10_a_minute_is_forgiven_and_three_are_named() {
    for skew in [0, 29, 31, 61, -29, -31, -61] {
        assert!(with_skew(skew).is_ok(), "{skew} s");
    }
    assert_eq!(with_skew(180).unwrap_err(), Refusal::ClockAhead { minutes: 3 });
    assert_eq!(with_skew(-180).unwrap_err(), Refusal::ClockBehind { minutes: 3 });
    assert_eq!(with_skew(3600).unwrap_err(), Refusal::ClockAhead { minutes: 60 });
    assert_eq!(with_skew(-3600).unwrap_err(), Refusal::ClockBehind { minutes: 60 });
}

/// What a door with a clock of its own says to an honest phone.
fn door_at(door: Moment) -> Refusal {
    let (town, anna) = town_with_anna(21);
    let code = anna.show(&town, "entry").unwrap().text();
    town.door("entry").scan(&code, town.trust(), door).unwrap_err()
}

#[test]
fn n10_a_door_in_another_day_or_decade_is_red() {
    let (town, _) = town_with_anna(21);
    let later = |seconds: i64| Moment::from_unix(town.now().unix().checked_add_signed(seconds).unwrap());
    assert_eq!(door_at(later(86_400)), Refusal::DayPast);
    assert_eq!(door_at(later(-86_400)), Refusal::ClockBeforeList);
    assert_eq!(door_at(Moment::from_unix(0)), Refusal::ClockBeforeList);
    // The last second that 32 bits can count, and the one after it.
    assert_eq!(door_at(Moment::from_unix(i32::MAX as u64)), Refusal::TrustExpired);
    assert_eq!(door_at(Moment::from_unix(i32::MAX as u64 + 1)), Refusal::TrustExpired);
    assert_eq!(door_at(Moment::from_unix(u64::MAX)), Refusal::TrustExpired);
}

#[test]
fn n10_a_pass_lives_until_two_hours_after_its_day_and_summer_time_moves_nothing() {
    let (mut town, anna) = town_with_anna(22);
    let tuesday = town.today();
    let grid = town.trust().grid();
    // A code is shown in the last minute of the day and scanned in the first of the next.
    town.wait(grid.start_of(tuesday.plus(1)).unix() - town.now().unix() - 60);
    let code = anna.show(&town, "entry").unwrap().text();
    let mut door = town.door("entry");
    town.wait(60);
    assert_eq!(town.today(), tuesday.plus(1));
    assert_eq!(door.scan(&code, town.trust(), town.now()).unwrap().day(), tuesday);
    // In the new day the wallet shows the new day's pass.
    town.publish();
    let code = anna.show(&town, "entry").unwrap().text();
    assert_eq!(door.scan(&code, town.trust(), town.now()).unwrap().day(), tuesday.plus(1));
    // The day begins at the same second all year: the grid has an offset and no season.
    let summer = "2027-07-01".parse().unwrap();
    assert_eq!(grid.start_of(summer).unix() % 86_400, grid.start_of(tuesday).unix() % 86_400);
}
