//! One length for everybody: at the door, and between wallet and office.

use std::collections::BTreeSet;

use bauta_spec::qr::Picture;
use bauta_tests::{Citizen, Town};
use bauta_wallet::renew::{HintWish, Renewal};

/// People with every combination of facts that the rules tell apart.
const PEOPLE: [&str; 7] = [
    "tested=naat tested_on=2026-11-23 age_band=21-64 hint=M/05",
    "tested=rapid-antigen tested_on=2026-11-24 age_band=0-11",
    "vaccinated=mrna vaccinated_on=2026-10-15 age_band=65+ hint=A/11",
    "vaccinated=inactivated vaccinated_on=2026-11-01 hint=Z/12",
    "tested=naat tested_on=2026-11-22 vaccinated=vector vaccinated_on=2026-04-01 age_band=18-20 hint=B/01",
    "tested=naat tested_on=2026-11-24",
    "vaccinated=protein vaccinated_on=2026-09-09",
];

/// People whose facts admit them nowhere.
const OTHERS: [&str; 2] = ["tested=naat tested_on=2026-10-01", "vaccinated=mrna vaccinated_on=2026-11-23"];

#[test]
fn p1_one_length_for_each_showing_whatever_the_facts() {
    let town = Town::with_seed(70);
    let mut lengths = BTreeSet::new();
    for facts in PEOPLE {
        let citizen = town.citizen_with("health-record", facts);
        let showing = citizen.show(&town, "entry").unwrap();
        let text = showing.text();
        lengths.insert((showing.payload().len(), text.len(), Picture::of(&text).unwrap().version()));
    }
    assert_eq!(lengths.len(), 1, "{lengths:?}");

    let mut with_hint = BTreeSet::new();
    for facts in PEOPLE.into_iter().filter(|facts| facts.contains("hint")) {
        let mut citizen = town.citizen_with("health-record", facts);
        citizen.renew_with_hint(&town);
        with_hint.insert(citizen.show(&town, "entry-with-hint").unwrap().text().len());
    }
    assert_eq!(with_hint.len(), 1, "{with_hint:?}");

    let mut together = BTreeSet::new();
    for (facts, membership) in PEOPLE.into_iter().zip(["group=library", "group=library tier=full"].into_iter().cycle())
    {
        let mut citizen = town.citizen_with("health-record", facts);
        citizen.collect(&town, &town.lab.add("membership-record", membership));
        citizen.renew(&town);
        together.insert(citizen.show(&town, "entry-and-member").unwrap().text().len());
    }
    assert_eq!(together.len(), 1, "{together:?}");
}

#[test]
fn p1_the_office_answers_everybody_with_as_many_bytes() {
    let town = Town::with_seed(71);
    let mut sizes = BTreeSet::new();
    let mut granted = BTreeSet::new();
    for facts in PEOPLE.into_iter().chain(OTHERS) {
        let mut citizen = town.citizen();
        citizen.collect(&town, &town.lab.add("health-record", facts));
        let renewal = renewal(&town, &citizen);
        let answer = town.lab.renew(renewal.request()).unwrap();
        sizes.insert((renewal.request().to_bytes().len(), answer.to_bytes().len()));
        granted.insert(renewal.receive(&answer.to_bytes()).unwrap().len());
    }
    assert_eq!(sizes.len(), 1, "{sizes:?}");
    assert!(granted.len() > 2, "these people should differ in the passes that they get: {granted:?}");
}

fn renewal<'a>(town: &'a Town, citizen: &'a Citizen) -> Renewal<'a> {
    let nonce = town.lab.nonce();
    let (record, trust, now) = (&citizen.records[0], town.trust(), town.now());
    Renewal::new(record, &citizen.secret, trust, &nonce, HintWish::LeaveOut, now, &mut town.rng()).unwrap()
}

#[test]
fn p2_the_door_sees_the_same_of_the_tested_and_the_vaccinated() {
    let town = Town::with_seed(72);
    let mut shown = BTreeSet::new();
    for facts in PEOPLE {
        let citizen = town.citizen_with("health-record", facts);
        let code = citizen.show(&town, "entry").unwrap().text();
        let verified = town.door("entry").scan(&code, town.trust(), town.now()).unwrap();
        let words: Vec<_> =
            verified.shown().iter().map(|shown| (shown.claim().to_string(), shown.word().to_owned())).collect();
        shown.insert((verified.day(), words));
    }
    assert_eq!(shown.len(), 1, "{shown:?}");
}
