//! What a door decides: a scanned text, the trust list that it holds, the policy that it asks by, and its clock.

use anyhow::Result;
use bauta_spec::attributes::{Claims, Value as Fact};
use bauta_spec::presentation::Mode;
use bauta_spec::qr;
use bauta_spec::time::{Day, Epoch, Minute, Moment};
use bauta_spec::trust::TrustList;
use serde_json::{Value, json};

use crate::pairs::{POLICY, Together, VALUES, VALUES_OF_ANSWERS, WIDTH};
use crate::presentations::Shown;
use crate::vector::{Files, Vector, Verdict};
use crate::world::{Holder, ListedKey, NOW, World};
use crate::{lists, seeds, statements};

const DOCUMENT: &str = "showing";

pub(crate) fn write(files: &mut Files, world: &World) -> Result<()> {
    let holder = Holder::new("holder")?;
    let town = Town { world, holder: &holder };
    accepted(files, &town)?;
    clocks(files, &town)?;
    trust(files, &town)?;
    answers(files, &town)?;
    posters(files, &town)?;
    split_views(files, &town)?;
    nonces(files, &town)?;
    pairs(files, &town)
}

struct Town<'a> {
    world: &'a World,
    holder: &'a Holder,
}

impl Town<'_> {
    fn today(&self) -> Epoch {
        Epoch { day: self.world.today, series: 0 }
    }

    /// An entry pass of that epoch, shown one way for the policy "entry" in that minute.
    fn entry(&self, key: &ListedKey, rule: &str, epoch: Epoch, minute: Minute) -> Result<Vec<u8>> {
        let pass = self.holder.pass(self.world, rule, epoch, key)?;
        let policy = self.world.policy_named("entry")?;
        Ok(Shown::of_pass(self.world, self.holder, policy, Mode::OneWay, key, pass, minute)?.bytes)
    }

    /// The ordinary showing, made at `made`.
    fn ordinary(&self, made: Moment) -> Result<Vec<u8>> {
        self.entry(self.world.key("entry-pass")?, "tested-or-vaccinated", self.today(), Minute::of(made))
    }

    /// A pass without the hint, shown to a door that asks for one.
    fn without_hint(&self) -> Result<Vec<u8>> {
        let (world, key) = (self.world, self.world.key("entry-pass")?);
        let pass_type = world.type_named("entry-pass")?;
        let rule = world.rule_named("tested-or-vaccinated")?.id();
        let claims = Claims::new(pass_type, vec![Fact::Epoch(self.today()), Fact::Admits(rule), Fact::Absent])?;
        let pass = self.holder.credential(key, pass_type, claims)?;
        let policy = world.policy_named("entry-with-hint")?;
        Ok(Shown::of_pass(world, self.holder, policy, Mode::OneWay, key, pass, Minute::of(NOW))?.bytes)
    }

    fn scan(&self, name: &str, shows: &str, bytes: &[u8], door: Door<'_>) -> Result<Vector> {
        let Door { list, asked, now } = door;
        let context = json!({
            "trust_list": format!("accepted/trust-list/{list}.json"),
            "root": self.world.root.public().to_string(),
            "policy": self.world.policy_named(asked)?.id().to_string(),
            "now": now.unix(),
        });
        Ok(Vector::text(name, shows, qr::to_text(bytes)).knowing(context))
    }
}

#[derive(Clone, Copy)]
struct Door<'a> {
    list: &'a str,
    asked: &'a str,
    now: Moment,
}

/// The door of the vectors, at noon.
const ENTRY: Door<'_> = Door { list: "town", asked: "entry", now: NOW };

fn says(policy: &str, day: Day, shown: Value) -> Value {
    json!({ "policy": policy, "day": day.to_string(), "shown": shown })
}

/// What an entry pass shows that was made by that rule.
fn of_entry(rule: &str) -> Value {
    json!({ "entry-pass": { "admits": rule } })
}

fn accepted(files: &mut Files, town: &Town<'_>) -> Result<()> {
    for (name, policy, shown) in [
        ("entry", "entry", of_entry("tested-or-vaccinated")),
        (
            "entry_with_hint",
            "entry-with-hint",
            json!({ "entry-pass": { "admits": "tested-or-vaccinated", "hint": "M/05" } }),
        ),
        ("vaccinated", "vaccinated", json!({ "health-pass": { "vaccinated": "mrna" } })),
        ("over_18", "over-18", json!({ "age-pass": { "over_18": "yes" } })),
        ("member", "member", json!({ "membership-pass": { "group": "library" } })),
    ] {
        let bytes = Shown::at_door(town.world, town.holder, policy, Mode::OneWay)?.bytes;
        let door = Door { asked: policy, ..ENTRY };
        let vector = town.scan(name, "A good pass, shown one way.", &bytes, door)?;
        files.add(Verdict::Accepted, DOCUMENT, vector.accepted(says(policy, town.world.today, shown)));
    }
    Ok(())
}

/// N10: minutes, days, and the hours around 04:00 at which a day begins, an hour ahead of UTC.
fn clocks(files: &mut Files, town: &Town<'_>) -> Result<()> {
    let later = |seconds: i64| Moment::from_unix(NOW.unix().saturating_add_signed(seconds));
    let shown = || says("entry", town.world.today, of_entry("tested-or-vaccinated"));
    for (name, shows, made) in [
        ("phone_61_seconds_behind", "The phone is in the minute before the last.", -61),
        ("code_two_minutes_old", "A code is good for two minutes more.", -120),
        ("phone_60_seconds_ahead", "The phone is in the next minute.", 60),
        ("phone_31_seconds_behind", "The phone is in the minute before.", -31),
        ("phone_29_seconds_ahead", "The phone is in the same minute.", 29),
    ] {
        let vector = town.scan(name, shows, &town.ordinary(later(made))?, ENTRY)?;
        files.add(Verdict::Accepted, DOCUMENT, vector.accepted(shown()));
    }
    for (name, shows, made, reason, minutes) in [
        ("minute_three_ago", "Three minutes old.", -180, "clock_behind", 3),
        ("minute_two_ahead", "Two minutes ahead.", 120, "clock_ahead", 2),
        ("hour_ago", "The phone's clock is an hour behind, or this is a copy.", -3600, "clock_behind", 60),
        ("hour_ahead", "The phone's clock is an hour ahead.", 3600, "clock_ahead", 60),
        ("eleven_hours_ago", "Half a day either way is told apart.", -11 * 3600, "clock_behind", 660),
    ] {
        let vector = town.scan(name, shows, &town.ordinary(later(made))?, ENTRY)?;
        let expected = json!({ "refused": reason, "minutes": minutes });
        files.add(Verdict::Refused, DOCUMENT, vector.refused_with(expected));
    }

    // 04:00 local is 03:00 UTC.
    let at = |hours: u64, minutes: u64| Moment::from_unix(NOW.unix() - 12 * 3600 + hours * 3600 + minutes * 60);
    let day = |days: i32| Epoch { day: Day::new((i32::from(town.world.today.number()) + days) as u16), series: 0 };
    let key = town.world.key("entry-pass")?;
    let rule = "tested-or-vaccinated";
    for (name, shows, epoch, now, reason) in [
        ("yesterday_before_the_boundary", "Before 04:00 it is still yesterday.", day(-1), at(2, 59), None),
        ("today_at_the_boundary", "The day begins at 04:00.", day(0), at(3, 0), None),
        ("yesterday", "The day has ended at 04:00.", day(-1), at(3, 0), Some("day_past")),
        ("yesterday_at_noon", "Yesterday's pass.", day(-1), NOW, Some("day_past")),
        ("today_before_the_boundary", "The day has not begun.", day(0), at(2, 59), Some("day_future")),
        ("tomorrow", "Tomorrow's pass.", day(1), NOW, Some("day_future")),
        ("day_of_a_raised_series_long_past", "Two days ago, whose series was raised.", day(-2), NOW, Some("day_past")),
    ] {
        // The list is an hour old at noon; a door that looks earlier holds the one of the day before.
        let list = if now == NOW { "town" } else { "town_early" };
        let bytes = town.entry(key, rule, epoch, Minute::of(now))?;
        let vector = town.scan(name, shows, &bytes, Door { list, now, ..ENTRY })?;
        match reason {
            None => {
                let says = says("entry", epoch.day, of_entry(rule));
                files.add(Verdict::Accepted, DOCUMENT, vector.accepted(says));
            }
            Some(reason) => files.add(Verdict::Refused, DOCUMENT, vector.refused(reason)),
        }
    }
    Ok(())
}

/// What the door's own list says against a pass, or against the door.
fn trust(files: &mut Files, town: &Town<'_>) -> Result<()> {
    let world = town.world;
    let rule = "tested-or-vaccinated";
    let now = Minute::of(NOW);
    let by = |key: &ListedKey| town.entry(key, rule, town.today(), now);
    let ordinary = town.ordinary(NOW)?;
    let raised = Epoch { series: 1, ..town.today() };
    let with_series = town.entry(world.key("entry-pass")?, rule, raised, now)?;
    let series_says = says("entry", world.today, of_entry(rule));
    let on = |list| Door { list, ..ENTRY };
    let vector =
        town.scan("raised_series", "A pass of the series that is asked for.", &with_series, on("town_raised_series"))?;
    files.add(Verdict::Accepted, DOCUMENT, vector.accepted(series_says));
    let past_the_lifetime = Moment::from_unix(NOW.unix() + 47 * 3600);
    let before_the_list = Moment::from_unix(NOW.unix() - 2 * 3600);
    for (name, shows, bytes, door, reason) in [
        ("unknown_key", "The key is not on the list.", by(&world.unlisted_key()?)?, ENTRY, "unknown_key"),
        ("withdrawn_key", "The key has been withdrawn.", by(world.key("withdrawn")?)?, ENTRY, "withdrawn"),
        (
            "key_withdrawn_since",
            "The key was withdrawn in the door's list.",
            ordinary.clone(),
            on("town_without_entry_key"),
            "withdrawn",
        ),
        ("ended_key", "The key held until last month.", by(world.key("ended")?)?, ENTRY, "not_in_force"),
        ("specimen_key", "A specimen is never green.", by(world.key("specimen")?)?, ENTRY, "specimen"),
        ("series_raised", "The series of the day was raised.", ordinary.clone(), on("town_raised_series"), "withdrawn"),
        (
            "rule_withdrawn_since",
            "The rule was withdrawn in the door's list, and with it the policy.",
            ordinary.clone(),
            on("town_without_rule"),
            "policy_withdrawn",
        ),
        (
            "list_expired",
            "The door's list is 48 hours old.",
            ordinary.clone(),
            Door { now: past_the_lifetime, ..ENTRY },
            "trust_expired",
        ),
        (
            "clock_before_the_list",
            "The door's clock is before its list.",
            ordinary.clone(),
            Door { now: before_the_list, ..ENTRY },
            "clock_before_list",
        ),
        ("programme_over", "The programme ended yesterday.", ordinary.clone(), on("town_ended"), "programme_over"),
        (
            "policy_withdrawn",
            "The door asks by a policy that was withdrawn.",
            ordinary,
            Door { asked: "withdrawn", ..ENTRY },
            "policy_withdrawn",
        ),
    ] {
        files.add(Verdict::Refused, DOCUMENT, town.scan(name, shows, &bytes, door)?.refused(reason));
    }
    Ok(())
}

/// A door with a poster on its wall.
fn posters(files: &mut Files, town: &Town<'_>) -> Result<()> {
    let world = town.world;
    let rule = "tested-or-vaccinated";
    let admits = || of_entry(rule);
    let said = |policy: &str, entry: &str| json!({ "policy": policy, "day": world.today.to_string(), "shown": admits(), "entry": entry });
    let first = |policy: &str| said(policy, "first");
    let again = |policy: &str| said(policy, "again");
    let later = |seconds: i64| Moment::from_unix(NOW.unix().saturating_add_signed(seconds));
    let made = |policy: &str, at: Moment| -> Result<Vec<u8>> {
        let key = world.key("entry-pass")?;
        let pass = town.holder.pass(world, rule, town.today(), key)?;
        let policy = world.policy_named(policy)?;
        Ok(Shown::of_pass(world, town.holder, policy, Mode::Poster, key, pass, Minute::of(at))?.bytes)
    };
    let hung = |asked: &str| -> Result<Vec<u8>> { Ok(statements::certified_poster_for(world, asked)?.to_bytes()) };
    fn door(asked: &str, now: Moment) -> Door<'_> {
        Door { asked, now, ..ENTRY }
    }

    for (name, shows, policy) in [
        ("poster", "An answer to the poster at the door.", "entry"),
        ("poster_only", "The same under a policy that takes nothing else.", "poster-only"),
    ] {
        let vector = town.scan(name, shows, &made(policy, NOW)?, door(policy, NOW))?.also("poster", &hung(policy)?);
        files.add(Verdict::Accepted, DOCUMENT, vector.accepted(first(policy)));
    }
    for (name, shows, skew) in [
        ("poster_five_minutes_old", "The phone is five minutes behind.", -300),
        ("poster_five_minutes_ahead", "The phone is five minutes ahead.", 300),
    ] {
        let vector = town.scan(name, shows, &made("entry", later(skew))?, ENTRY)?.also("poster", &hung("entry")?);
        files.add(Verdict::Accepted, DOCUMENT, vector.accepted(first("entry")));
    }
    for (name, shows, skew, reason) in [
        ("poster_six_minutes_old", "The phone is six minutes behind, or this is a copy.", -360, "clock_behind"),
        ("poster_six_minutes_ahead", "The phone is six minutes ahead.", 360, "clock_ahead"),
    ] {
        let vector = town.scan(name, shows, &made("entry", later(skew))?, ENTRY)?.also("poster", &hung("entry")?);
        files.add(Verdict::Refused, DOCUMENT, vector.refused_with(json!({ "refused": reason, "minutes": 6 })));
    }

    // Twice: the holder's second code, a minute later.
    let twice = |name: &str, shows: &str, policy: &str, second: Moment, at: Moment| -> Result<Vector> {
        let before = qr::to_text(&made(policy, NOW)?);
        let context = json!({ "before": before, "before_at": NOW.unix() });
        Ok(town
            .scan(name, shows, &made(policy, second)?, door(policy, at))?
            .also("poster", &hung(policy)?)
            .and_knowing(context))
    };
    let vector = twice("poster_shaking_hand", "The same code ten seconds later.", "poster-only", NOW, later(10))?;
    files.add(Verdict::Accepted, DOCUMENT, vector.accepted(first("poster-only")));
    let vector = twice("poster_again", "Whoever went out comes in again.", "in-and-out", later(60), later(60))?;
    files.add(Verdict::Accepted, DOCUMENT, vector.accepted(again("in-and-out")));
    let vector = twice("poster_second_entry", "The same holder once more.", "poster-only", later(60), later(60))?;
    files.add(Verdict::Refused, DOCUMENT, vector.refused("already_entered"));
    let vector = twice("poster_copied", "The same code, eleven seconds later.", "in-and-out", NOW, later(11))?;
    files.add(Verdict::Refused, DOCUMENT, vector.refused("already_shown"));

    let entry = made("entry", NOW)?;
    let last = entry.len() - 1;
    let one_way = town.ordinary(NOW)?;
    let of_another_event = {
        let mut bytes = entry.clone();
        bytes[9] ^= 1;
        bytes
    };
    let pseudonym_changed = Shown::at_door(world, &Holder::new("another holder")?, "entry", Mode::Poster)?.bytes;
    let swapped = [&entry[..28], &pseudonym_changed[28..76], &entry[76..]].concat();
    for (name, shows, bytes, asked, poster, now, reason) in [
        (
            "poster_one_way",
            "A code that the wallet made by itself, at a poster.",
            one_way,
            "entry",
            "entry",
            NOW,
            "other_mode",
        ),
        (
            "poster_of_another_event",
            "It answers another poster.",
            of_another_event,
            "entry",
            "entry",
            NOW,
            "other_poster",
        ),
        (
            "poster_other_policy",
            "It answers another policy.",
            entry.clone(),
            "poster-only",
            "poster-only",
            NOW,
            "other_policy",
        ),
        (
            "poster_closed",
            "The poster closed six minutes ago.",
            made("entry", later(306 * 60))?,
            "entry",
            "entry",
            later(306 * 60),
            "poster_not_open",
        ),
        (
            "poster_proof_changed",
            "The last bit of the proof is another one.",
            [&entry[..last], &[entry[last] ^ 1]].concat(),
            "entry",
            "entry",
            NOW,
            "proof_invalid",
        ),
        ("poster_pseudonym_of_another", "Somebody else's pseudonym.", swapped, "entry", "entry", NOW, "proof_invalid"),
        (
            "poster_without_pseudonym",
            "The pseudonym is cut out.",
            [&entry[..28], &entry[76..]].concat(),
            "entry",
            "entry",
            NOW,
            "malformed",
        ),
    ] {
        let vector = town.scan(name, shows, &bytes, door(asked, now))?.also("poster", &hung(poster)?);
        files.add(Verdict::Refused, DOCUMENT, vector.refused(reason));
    }
    Ok(())
}

/// Door and organiser compare their lists. Each answer is a good one to the poster that hangs there.
fn split_views(files: &mut Files, town: &Town<'_>) -> Result<()> {
    let world = town.world;
    let rule = "tested-or-vaccinated";
    let next = TrustList::verify_held(&world.sign_list(&lists::next(world)?)?, &world.root.public())?;
    let (version, town_hash) = world.held;
    let other: [u8; 32] = seeds::bytes("another list");
    let scanned = |name: &str, shows: &str, of: (u32, [u8; 32]), list: &str| -> Result<Vector> {
        let poster = statements::certified_poster_naming(world, "entry", of)?;
        let key = world.key("entry-pass")?;
        let pass = town.holder.pass(world, rule, town.today(), key)?;
        let policy = world.policy_named("entry")?;
        let bound = (Mode::Poster, poster.challenge());
        let shown = Shown::bound(world, town.holder, policy, bound, key, pass, Minute::of(NOW))?;
        Ok(town.scan(name, shows, &shown.bytes, Door { list, ..ENTRY })?.also("poster", &poster.to_bytes()))
    };
    let hung_before = json!({ "hung_with": "accepted/trust-list/town.json" });
    for (name, shows, of) in [
        ("poster_of_the_list_before", "The organiser holds the list before the door's.", (version, town_hash)),
        ("poster_of_a_later_list", "Of a list that is still to come the door's says nothing.", (version + 2, other)),
    ] {
        let vector = scanned(name, shows, of, "town_next")?;
        let mut says = says("entry", world.today, of_entry(rule));
        says["entry"] = "first".into();
        files.add(Verdict::Accepted, DOCUMENT, vector.accepted(says));
    }
    let shows = "Since the poster was hung up, the door has taken the list that its organiser holds.";
    let vector = scanned("poster_whose_list_was_taken_since", shows, (next.version(), next.hash()), "town_next")?;
    let mut says = says("entry", world.today, of_entry(rule));
    says["entry"] = "first".into();
    files.add(Verdict::Accepted, DOCUMENT, vector.and_knowing(hung_before.clone()).accepted(says));

    for (name, shows, of, list) in [
        ("poster_of_another_list", "The organiser holds another list of the door's version.", (version, other), "town"),
        (
            "poster_of_another_list_before",
            "The organiser holds another list than the one that the door's follows.",
            (version, other),
            "town_next",
        ),
    ] {
        files.add(Verdict::Refused, DOCUMENT, scanned(name, shows, of, list)?.refused("poster_of_other_list"));
    }
    let shows =
        "Since the poster was hung up, the door has taken another list of the version that its organiser holds.";
    let vector = scanned("poster_of_another_list_taken_since", shows, (next.version(), other), "town_next")?;
    files.add(Verdict::Refused, DOCUMENT, vector.and_knowing(hung_before).refused("poster_of_other_list"));
    Ok(())
}

/// A door with a nonce on its screen.
fn nonces(files: &mut Files, town: &Town<'_>) -> Result<()> {
    let world = town.world;
    let rule = "tested-or-vaccinated";
    let later = |seconds: i64| Moment::from_unix(NOW.unix().saturating_add_signed(seconds));
    let made = |at: Moment| -> Result<Vec<u8>> {
        let key = world.key("entry-pass")?;
        let pass = town.holder.pass(world, rule, town.today(), key)?;
        let policy = world.policy_named("entry")?;
        Ok(Shown::of_pass(world, town.holder, policy, Mode::Nonce, key, pass, Minute::of(at))?.bytes)
    };
    let nonce: [u8; 32] = seeds::bytes("nonce");
    let other: [u8; 32] = seeds::bytes("another nonce");
    let alike = [&nonce[..4], &other[4..]].concat();
    for (name, shows, made_at) in [
        ("nonce", "An answer to what the screen shows.", 0),
        ("nonce_five_minutes_old", "The phone is five minutes behind.", -300),
        ("nonce_five_minutes_ahead", "The phone is five minutes ahead.", 300),
    ] {
        let vector = town.scan(name, shows, &made(later(made_at))?, ENTRY)?.also("nonce", &nonce);
        let says = says("entry", world.today, of_entry(rule));
        files.add(Verdict::Accepted, DOCUMENT, vector.accepted(says));
    }
    for (name, shows, on_screen, reason) in [
        ("nonce_of_another_door", "The screen shows another nonce.", other.to_vec(), "other_nonce"),
        ("nonce_alike_in_four_bytes", "The screen shows one that begins alike.", alike, "proof_invalid"),
    ] {
        let vector = town.scan(name, shows, &made(NOW)?, ENTRY)?.also("nonce", &on_screen);
        files.add(Verdict::Refused, DOCUMENT, vector.refused(reason));
    }
    let late = made(later(360))?;
    let vector = town.scan("nonce_six_minutes_ahead", "The phone is six minutes ahead.", &late, ENTRY)?;
    let expected = json!({ "refused": "clock_ahead", "minutes": 6 });
    files.add(Verdict::Refused, DOCUMENT, vector.also("nonce", &nonce).refused_with(expected));
    let before = json!({ "before": qr::to_text(&made(NOW)?), "before_at": NOW.unix() });
    for (name, shows, made_at, now) in [
        ("nonce_copied", "The same code, eleven seconds later.", 0, 11),
        ("nonce_answered_twice", "A second answer to one nonce.", 60, 1),
    ] {
        let door = Door { now: later(now), ..ENTRY };
        let vector = town.scan(name, shows, &made(later(made_at))?, door)?.also("nonce", &nonce);
        files.add(Verdict::Refused, DOCUMENT, vector.and_knowing(before.clone()).refused("nonce_used"));
    }
    Ok(())
}

/// A door that asks for two passes of one holder.
fn pairs(files: &mut Files, town: &Town<'_>) -> Result<()> {
    let world = town.world;
    let later = |seconds: i64| Moment::from_unix(NOW.unix().saturating_add_signed(seconds));
    let made = |mode, at: Moment| Together::at(world, town.holder, mode, Minute::of(at));
    let asked = Door { asked: POLICY, ..ENTRY };
    let nonce: [u8; 32] = seeds::bytes("nonce");
    let hung = statements::certified_poster_for(world, POLICY)?.to_bytes();
    let both = json!({ "entry-pass": { "admits": "tested-or-vaccinated" }, "membership-pass": { "group": "library" } });
    let says = |entry: Option<&str>| {
        let mut says = says(POLICY, world.today, both.clone());
        if let Some(entry) = entry {
            says["entry"] = entry.into();
        }
        says
    };
    let (plain, answer) = (made(Mode::OneWay, NOW)?, made(Mode::Poster, NOW)?);
    let vector = town.scan("pair", "Two passes of one holder, shown one way.", &plain.bytes, asked)?;
    files.add(Verdict::Accepted, DOCUMENT, vector.accepted(says(None)));
    let vector = town.scan("pair_nonce", "The same for the screen.", &made(Mode::Nonce, NOW)?.bytes, asked)?;
    files.add(Verdict::Accepted, DOCUMENT, vector.also("nonce", &nonce).accepted(says(None)));
    let vector = town.scan("pair_poster", "The same for the poster.", &answer.bytes, asked)?.also("poster", &hung);
    files.add(Verdict::Accepted, DOCUMENT, vector.accepted(says(Some("first"))));

    let relabelled = |bytes: &[u8], policy: &str| -> Result<Vec<u8>> {
        Ok([&bytes[..3], &world.policy_named(policy)?.id().bytes(), &bytes[7..]].concat())
    };
    let another = Together::new(world, &Holder::new("another holder")?, Mode::OneWay)?;
    let keys = &plain.bytes[9..17];
    let swapped = [&plain.bytes[..9], &keys[4..], &keys[..4], &plain.bytes[17..]].concat();
    let tomorrow = Epoch { day: world.today.plus(1), series: 0 };
    let of = |epochs, claimed| Together::of(world, town.holder, Mode::OneWay, epochs, claimed, Minute::of(NOW));
    let one_of_tomorrow = of([town.today(), tomorrow], town.today())?.bytes;
    let both_of_tomorrow = of([tomorrow, tomorrow], tomorrow)?.bytes;
    let other_group = [&plain.bytes[..VALUES + 8], &[2], &plain.bytes[VALUES + 9..]].concat();
    let entry = town.ordinary(NOW)?;
    for (name, shows, bytes, door, reason) in [
        (
            "pair_second_pass_of_another",
            "The second pass is somebody else's.",
            plain.with_second_part_of(&another),
            asked,
            "proof_invalid",
        ),
        ("pair_keys_swapped", "The keys stand in the other order.", swapped, asked, "other_policy"),
        (
            "pair_second_of_tomorrow",
            "The second pass is tomorrow's, the code says today.",
            one_of_tomorrow,
            asked,
            "proof_invalid",
        ),
        ("pair_of_tomorrow", "Both passes are tomorrow's.", both_of_tomorrow, asked, "day_future"),
        ("pair_of_another_group", "The second pass says another group.", other_group, asked, "policy_not_met"),
        (
            "pair_series_raised",
            "The series of the day was raised.",
            plain.bytes.clone(),
            Door { list: "town_raised_series", ..asked },
            "withdrawn",
        ),
        (
            "pair_key_withdrawn_since",
            "The key of the first pass was withdrawn in the door's list.",
            plain.bytes.clone(),
            Door { list: "town_without_entry_key", ..asked },
            "withdrawn",
        ),
        (
            "pair_rule_withdrawn_since",
            "The rule of the first pass was withdrawn in the door's list, and with it the policy.",
            plain.bytes.clone(),
            Door { list: "town_without_rule", ..asked },
            "policy_withdrawn",
        ),
        (
            "one_pass_of_two",
            "One pass for a policy that asks for two.",
            relabelled(&entry, POLICY)?,
            asked,
            "pass_count",
        ),
        (
            "two_passes_for_one",
            "Two passes for a policy that asks for one.",
            relabelled(&plain.bytes, "entry")?,
            ENTRY,
            "pass_count",
        ),
        ("pair_for_another_policy", "The door asks \"entry\".", plain.bytes.clone(), ENTRY, "other_policy"),
        ("one_pass_for_another_policy", "The code answers \"entry\".", entry, asked, "other_policy"),
        (
            "pair_truncated_by_one",
            "The last byte is missing.",
            plain.bytes[..plain.bytes.len() - 1].to_vec(),
            asked,
            "malformed",
        ),
    ] {
        files.add(Verdict::Refused, DOCUMENT, town.scan(name, shows, &bytes, door)?.refused(reason));
    }

    let at = VALUES_OF_ANSWERS + WIDTH;
    let stripped = [&answer.bytes[..at], &answer.bytes[at + 48..]].concat();
    let vector = town.scan("pair_without_pseudonym", "The pseudonym is cut out.", &stripped, asked)?;
    files.add(Verdict::Refused, DOCUMENT, vector.also("poster", &hung).refused("malformed"));

    // Twice.
    let before = |mode| {
        Ok::<_, anyhow::Error>(json!({ "before": qr::to_text(&made(mode, NOW)?.bytes), "before_at": NOW.unix() }))
    };
    let door = Door { now: later(11), ..asked };
    let vector = town.scan("pair_copied", "The same code, eleven seconds later.", &plain.bytes, door)?;
    files.add(Verdict::Refused, DOCUMENT, vector.and_knowing(before(Mode::OneWay)?).refused("already_shown"));
    let second = made(Mode::Poster, later(60))?.bytes;
    let door = Door { now: later(60), ..asked };
    let vector = town.scan("pair_second_entry", "The same holder once more.", &second, door)?.also("poster", &hung);
    files.add(Verdict::Refused, DOCUMENT, vector.and_knowing(before(Mode::Poster)?).refused("already_entered"));
    let door = Door { now: later(11), ..asked };
    let vector = town.scan("pair_nonce_copied", "The same code once more.", &made(Mode::Nonce, NOW)?.bytes, door)?;
    let vector = vector.also("nonce", &nonce).and_knowing(before(Mode::Nonce)?);
    files.add(Verdict::Refused, DOCUMENT, vector.refused("nonce_used"));
    Ok(())
}

/// The code answers something else, or is not what it says.
fn answers(files: &mut Files, town: &Town<'_>) -> Result<()> {
    let world = town.world;
    let ordinary = town.ordinary(NOW)?;
    let shown = |policy, mode| Ok::<_, anyhow::Error>(Shown::at_door(world, town.holder, policy, mode)?.bytes);
    let with = |at: usize, new: &[u8]| [&ordinary[..at], new, &ordinary[at + new.len()..]].concat();
    let other_rule = town.entry(world.key("entry-pass")?, "vaccinated-only", town.today(), Minute::of(NOW))?;
    let office = Shown::at_office(world, town.holder, "health-record")?.bytes;
    let young = {
        let bytes = shown("over-18", Mode::OneWay)?;
        [&bytes[..16], &[0], &bytes[17..]].concat()
    };
    let last = ordinary.len() - 1;
    let asked = |asked| Door { asked, ..ENTRY };
    for (name, shows, bytes, door, reason) in [
        (
            "other_policy",
            "The code answers \"entry\", the door asks \"over-18\".",
            ordinary.clone(),
            asked("over-18"),
            "other_policy",
        ),
        (
            "other_policy_of_the_same_type",
            "The code answers \"entry\", the door asks \"entry-with-hint\".",
            ordinary.clone(),
            asked("entry-with-hint"),
            "other_policy",
        ),
        ("other_rule", "The pass is by a rule that the policy does not name.", other_rule, ENTRY, "policy_not_met"),
        (
            "hint_absent",
            "The pass has no hint, and the door asks for one.",
            town.without_hint()?,
            asked("entry-with-hint"),
            "policy_not_met",
        ),
        (
            "flag_turned",
            "The claim was changed to what the policy does not want.",
            young,
            asked("over-18"),
            "policy_not_met",
        ),
        (
            "poster_mode",
            "An answer to a poster, at a door without one.",
            shown("entry", Mode::Poster)?,
            ENTRY,
            "other_mode",
        ),
        (
            "nonce_mode",
            "An answer to a nonce, at a door without one.",
            shown("entry", Mode::Nonce)?,
            ENTRY,
            "other_mode",
        ),
        (
            "paper_mode",
            "A paper pass, which this version does not read.",
            shown("entry-with-hint", Mode::Paper)?,
            asked("entry-with-hint"),
            "mode_unsupported",
        ),
        ("office_mode", "What an office is shown is for no door.", office, ENTRY, "other_policy"),
        ("two_parts", "It says that it has two parts.", with(1, &[2]), ENTRY, "pass_count"),
        ("version_2", "Version 2 does not exist yet.", with(0, &[2]), ENTRY, "newer_format"),
        ("mode_5", "There is no mode 5.", with(2, &[5]), ENTRY, "malformed"),
        ("truncated_by_one", "The last byte is missing.", ordinary[..last].to_vec(), ENTRY, "malformed"),
        ("trailing_byte", "A byte follows the end.", [&ordinary[..], &[0]].concat(), ENTRY, "malformed"),
        ("no_payload", "The code holds no bytes.", Vec::new(), ENTRY, "malformed"),
        (
            "challenge_changed",
            "The last bit of the proof is another one.",
            with(last, &[ordinary[last] ^ 1]),
            ENTRY,
            "proof_invalid",
        ),
        (
            "minute_moved",
            "A code of the minute before, re-dated to now.",
            {
                let earlier = town.ordinary(Moment::from_unix(NOW.unix() - 60))?;
                [&earlier[..7], &ordinary[7..9], &earlier[9..]].concat()
            },
            ENTRY,
            "proof_invalid",
        ),
        (
            "policy_swapped",
            "A code for \"entry\", re-labelled for \"withdrawn\".",
            { with(3, &world.policy_named("poster-only")?.id().bytes()) },
            ENTRY,
            "other_policy",
        ),
    ] {
        files.add(Verdict::Refused, DOCUMENT, town.scan(name, shows, &bytes, door)?.refused(reason));
    }
    let texts = qr::to_text(&ordinary);
    for (name, shows, text) in [
        ("text_in_small_letters", "The text is in small letters.", texts.to_lowercase()),
        ("text_with_space_before", "A space stands before the text.", format!(" {texts}")),
        ("text_without_prefix", "The prefix is missing.", texts[5..].to_owned()),
        ("text_of_a_web_address", "Another code altogether.", "https://example.com/BTA1:".to_owned()),
    ] {
        let context = town.scan(name, shows, &ordinary, ENTRY)?.retold(text);
        files.add(Verdict::Refused, DOCUMENT, context.refused("unreadable"));
    }
    Ok(())
}
