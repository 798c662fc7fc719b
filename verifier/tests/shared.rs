//! Several doors of one event, which share who came in through a real Redis: started here, on a port of its own, and stopped.
#![allow(clippy::unwrap_used, clippy::panic)] // a test says what is wrong by failing

mod server;
mod world;

use std::thread;
use std::time::{Duration, Instant};

use bauta_spec::poster::VerifiedPoster;
use bauta_verifier::{Before, Door, Entered, EnteredKey, Entry, Memory, NoBook, Refusal, Seen, SharedBook};
use server::Redis;
use world::World;

/// A door of the event, in a process of its own as far as it can tell.
fn door(world: &mut World, redis: &Redis, poster: &VerifiedPoster, before: Before) -> Door {
    let entered = Entered::shared(EnteredKey::new([7; 32]), SharedBook::at(&redis.address()).unwrap());
    let memory = Memory::from(Seen::from_opening(&mut world.rng)).with(entered);
    let mut door = Door::new(poster.poster().policy(), memory);
    door.hang(poster.clone(), before, &world.list, world.now).unwrap();
    door
}

fn hung(world: &World, policy: &str) -> VerifiedPoster {
    world.poster(policy).verify(&world.root.public()).unwrap()
}

fn scan(world: &World, door: &mut Door, code: &str) -> Result<Option<Entry>, Refusal> {
    door.scan(code, &world.list, world.now).map(|verified| verified.entry())
}

#[test]
fn whoever_came_in_at_one_door_does_not_come_in_at_another() {
    let (redis, mut world) = (Redis::start(), World::new(81));
    let poster = hung(&world, "event");
    let mut north = door(&mut world, &redis, &poster, Before::NobodyCame);
    let mut south = door(&mut world, &redis, &poster, Before::Unknown);
    let (code, second) = (world.answer(&poster), world.answer(&poster));
    assert_eq!(scan(&world, &mut north, &code), Ok(Some(Entry::First)));
    assert_eq!(scan(&world, &mut south, &second), Err(Refusal::AlreadyEntered));
    assert_eq!(scan(&world, &mut south, &code), Ok(Some(Entry::First)), "the same showing, within ten seconds");
    assert_eq!(scan(&world, &mut north, &second), Err(Refusal::AlreadyEntered));
    // A door that is started in the middle knows what the others know.
    let mut late = door(&mut world, &redis, &poster, Before::Unknown);
    assert_eq!(scan(&world, &mut late, &second), Err(Refusal::AlreadyEntered));
    world.somebody_else();
    let other = world.answer(&poster);
    assert_eq!(scan(&world, &mut late, &other), Ok(Some(Entry::First)));
    // What the server holds tells nothing: no pseudonym, no code, no event, and it ends.
    let held = redis.all_that_it_holds();
    let lines = held.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b"bauta:")).count();
    assert_eq!(lines, 3, "two guests and the event");
    let payload = bauta_spec::qr::from_text(&other).unwrap();
    for secret in [&payload[28..76], &payload[..20], &poster.pseudonym_context(), &[7; 32]] {
        assert!(!held.windows(16).any(|window| window == &secret[..16]), "in clear");
        assert!(!held.windows(32).any(|window| window == hex::encode(&secret[..16]).as_bytes()), "in letters");
    }
}

#[test]
fn two_doors_at_once_let_one_holder_in_once() {
    let (redis, mut world) = (Redis::start(), World::new(82));
    let poster = hung(&world, "event");
    let mut doors: Vec<Door> = (0..4).map(|_| door(&mut world, &redis, &poster, Before::NobodyCame)).collect();
    for _ in 0..3 {
        world.somebody_else();
        let codes: Vec<String> = doors.iter().map(|_| world.answer(&poster)).collect();
        let world = &world;
        let let_in = thread::scope(|scope| {
            let scans: Vec<_> =
                doors.iter_mut().zip(&codes).map(|(door, code)| scope.spawn(move || scan(world, door, code))).collect();
            scans.into_iter().map(|scan| scan.join().unwrap()).filter(Result::is_ok).count()
        });
        assert_eq!(let_in, 1);
    }
}

#[test]
fn a_server_that_is_silent_gone_or_has_forgotten_is_red_with_a_reason_of_the_door() {
    let (mut redis, mut world) = (Redis::start(), World::new(83));
    let poster = hung(&world, "event");
    let mut north = door(&mut world, &redis, &poster, Before::NobodyCame);
    let code = world.answer(&poster);

    redis.signal("-STOP");
    for connection in ["one that was there", "a new one"] {
        let from = Instant::now();
        assert_eq!(scan(&world, &mut north, &code), Err(Refusal::EntriesUnreachable));
        assert!(from.elapsed() < Duration::from_secs(3), "{connection}: people wait for {:?}", from.elapsed());
    }
    redis.signal("-CONT");
    assert_eq!(scan(&world, &mut north, &code), Ok(Some(Entry::First)), "the next scan tries anew");

    // It comes back without what it held: nobody knows who came in, and it says so until somebody vouches.
    redis.lose_everything();
    let again = world.answer(&poster);
    assert_eq!(scan(&world, &mut north, &again), Err(Refusal::EntriesUnreachable), "the connection was cut");
    assert_eq!(scan(&world, &mut north, &again), Err(Refusal::EntriesUnknown));
    let mut vouched = door(&mut world, &redis, &poster, Before::NobodyCame);
    assert_eq!(scan(&world, &mut vouched, &again), Ok(Some(Entry::First)));

    redis.stop();
    assert_eq!(scan(&world, &mut vouched, &again), Err(Refusal::EntriesUnreachable));
    assert_eq!(SharedBook::at(&redis.address()).unwrap_err(), NoBook);
    assert_eq!(SharedBook::at("https://example.com").unwrap_err(), NoBook);
}

#[test]
fn doors_with_different_keys_share_nothing() {
    let (redis, mut world) = (Redis::start(), World::new(84));
    let poster = hung(&world, "event");
    let mut north = door(&mut world, &redis, &poster, Before::NobodyCame);
    let code = world.answer(&poster);
    assert_eq!(scan(&world, &mut north, &code), Ok(Some(Entry::First)));
    let entered = Entered::shared(EnteredKey::new([8; 32]), SharedBook::at(&redis.address()).unwrap());
    let memory = Memory::from(Seen::from_opening(&mut world.rng)).with(entered);
    let mut other = Door::new(poster.poster().policy(), memory);
    other.hang(poster.clone(), Before::Unknown, &world.list, world.now).unwrap();
    // Not let in unknown: with another key the book is another one, and nobody has opened it.
    assert_eq!(scan(&world, &mut other, &code), Err(Refusal::EntriesUnknown));
}
