//! A result, a record, an operator's batch, a lab, a key for records and a key for passes are withdrawn.

use std::time::{Duration, Instant};

use crate::field::{Field, Timers, until};

/// What is promised of a venue that has a network.
const A_MINUTE: Duration = Duration::from_secs(60);

/// Whose results are withdrawn, each in one way.
const WITHDRAWN: [&str; 4] = ["result", "record", "operator", "lab"];

#[test]
fn a9_what_is_withdrawn_gets_no_passes_and_is_refused_within_a_minute_while_the_honest_renew() {
    let timers = Timers::of_this_run();
    let mut field = Field::founded(timers);
    field.make_key("second", "health-record", "--last today+365");
    for (name, terms) in [("health-record", "--last today+365"), ("entry-pass", ""), ("health-pass", "")] {
        field.done(&format!("bauta-authority sign key lab/{name}.key.pub --holder-name 'City laboratory' {terms}"));
    }
    field.done("bauta-authority sign samples");
    field.done("bauta-authority publish");

    // One record by a key that will be withdrawn; whatever the lab signs later, it signs with another one.
    field.serves_with(&["health-record", "entry-pass", "health-pass"]);
    field.done("bauta-issuer lab add harbour-lab");
    field.citizen_with("key", &field.result("key", ""));
    field.serves_with(&["second", "entry-pass", "health-pass"]);
    let of = |who: &str| match who {
        "operator" => "--operator night-shift",
        "lab" => "--lab harbour-lab",
        _ => "",
    };
    let mut waiting = Vec::new();
    for who in WITHDRAWN {
        field.citizen_with(who, &field.result(who, of(who)));
        field.citizen(&format!("{who}-late"));
        waiting.push((who, field.result(&format!("{who}-waiting"), of(who))));
    }
    // One whose wallet does what it does by itself, and one whose wallet does not run.
    for honest in ["honest", "idle"] {
        field.citizen_with(honest, &field.result(honest, ""));
    }

    field.venue("online");
    let _updates = field.keeps_up("online");
    let _wallet = field.keeps_itself("honest");
    let mut door = field.door("online");
    for who in WITHDRAWN.iter().chain(&["key", "honest"]) {
        assert_eq!(door.scan(&field.shows(who)), "accepted", "{who}");
    }

    // At once, whatever any list says: nobody collects, and nobody gets passes.
    let today = field.done("bauta-wallet list --wallet honest.wallet --json").out;
    assert!(today.contains("tested-or-vaccinated"), "{today}");
    for late in ["result", "result-waiting"] {
        field.done(&format!("bauta-issuer withdraw --reference {late}"));
    }
    for late in ["record", "record-waiting"] {
        let handle = field.handle(late, "");
        field.done(&format!("bauta-issuer withdraw --handle {handle}"));
    }
    field.done(&format!("bauta-issuer withdraw --operator night-shift --since {} --yes", day_before()));
    field.done("bauta-issuer withdraw --whole-lab --lab harbour-lab --yes");
    for (who, link) in &waiting {
        let ran = field.run(&format!("bauta-wallet collect --wallet {who}-late.wallet '{link}'"));
        assert_eq!(ran.code, Some(1), "{who}: {}", ran.said());
        let said = field.gets_no_passes(who);
        assert!(said.contains("withdrawn"), "{who}: {said}");
    }
    field.done("bauta-wallet renew --wallet idle.wallet");
    // Passes that are out are not recognised by what made them, and so go on until the series is raised.
    assert_eq!(door.scan(&field.shows("result")), "accepted");

    field.done(&format!("bauta-authority withdraw key {}", field.key_id("health-record")));
    for ahead in 0..=3 {
        field.done(&format!("bauta-authority raise-series today+{ahead} 1"));
    }
    let published = field.publish("");
    let refused = until(|| match door.scan(&field.shows("result")).as_str() {
        "withdrawn" => Some(Instant::now()),
        "accepted" => None,
        other => panic!("refused as {other}"),
    });
    within_a_minute("a door with a network refuses the withdrawn", published, refused);
    for who in WITHDRAWN.iter().chain(&["key", "idle"]) {
        assert_eq!(door.scan(&field.shows(who)), "withdrawn", "{who}");
    }
    let renewed = field.comes_in_again("honest", &mut door);
    within_a_minute("the honest have new passes", published, renewed);
    for who in WITHDRAWN.iter().chain(&["key"]) {
        field.gets_no_passes(who);
        let shown = field.run(&format!("bauta-wallet show entry --wallet {who}.wallet --text"));
        assert_eq!(shown.code, Some(3), "{who} has nothing to show: {}", shown.said());
    }

    // A key for passes: whatever it signed ends, and another one takes its days.
    field.done(&format!("bauta-authority withdraw key {}", field.key_id("entry-pass")));
    field.make_key("entry-pass-2", "entry-pass", "--first today --emergency");
    field.done("bauta-wallet renew --wallet idle.wallet");
    let before = field.shows("idle");
    field.serves_with(&["second", "entry-pass", "entry-pass-2", "health-pass"]);
    let published = field.publish("");
    assert_ne!(before, field.shows("idle"));
    let refused = until(|| (door.scan(&field.shows("idle")) == "withdrawn").then(Instant::now));
    within_a_minute("a door with a network refuses a withdrawn key", published, refused);
    let renewed = field.comes_in_again("honest", &mut door);
    within_a_minute("the honest have passes by another key", published, renewed);

    // A year's records are collected anew, by whoever had them from the withdrawn key.
    let again = field.result("key-again", "");
    field.done(&format!("bauta-wallet collect --wallet key.wallet '{again}'"));
    field.run("bauta-wallet renew --wallet key.wallet");
    assert_eq!(door.scan(&field.shows("key")), "accepted");

    if timers == Timers::Real {
        offline(&mut field);
    }
}

/// A venue without a network goes by the list that it has, and not for longer than that list lives.
fn offline(field: &mut Field) {
    const LIFETIME: Duration = Duration::from_secs(2 * 60);
    field.done("bauta-wallet renew --wallet idle.wallet");
    let published = field.publish("--lifetime 2m");
    field.venue("offline");
    let mut door = field.door("offline");
    field.done("bauta-issuer withdraw --reference idle");
    field.done("bauta-authority raise-series today 2");
    field.publish("");
    assert_eq!(door.scan(&field.shows("idle")), "accepted", "it has not heard of it");
    let refused = until(|| match door.scan(&field.shows("idle")).as_str() {
        "trust_expired" => Some(Instant::now()),
        other => {
            assert_eq!(other, "accepted");
            None
        }
    });
    let waited = refused.duration_since(published);
    println!("without a network: refused after {:.1} s, by a list that lives for two minutes", waited.as_secs_f32());
    assert!(waited < LIFETIME + Duration::from_secs(10), "{waited:?}");
}

fn within_a_minute(what: &str, published: Instant, reached: Instant) {
    let took = reached.duration_since(published);
    println!("{what}: {:.1} s after it was published", took.as_secs_f32());
    assert!(took <= A_MINUTE, "{what}: {took:?}");
}

/// Yesterday by the calendar of UTC, which is no later than the programme's.
fn day_before() -> String {
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let day = u16::try_from(seconds / 86_400 - 1).unwrap();
    bauta_spec::time::Day::new(day).to_string()
}
