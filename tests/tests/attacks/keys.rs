//! Keys by which somebody would be known again: an issuer, its office and even the whole authority list or use a key for a few.

use std::slice;

use bauta_crypto::{SecretKey, Signature, holder};
use bauta_issuer::OfficeError;
use bauta_spec::attributes::{Claim, Claims, Value};
use bauta_spec::issuance::OfficeAnswer;
use bauta_spec::rules::Presented;
use bauta_spec::trust::{TrustList, TrustRefusal};
use bauta_tests::{Citizen, Town};
use bauta_verifier::{Held, HeldError, NotOpened, Refusal, verified};
use bauta_wallet::present::{Nothing, Way, choose, choose_for};
use bauta_wallet::renew::{self, HintWish, Renewal};

use crate::town_with_anna;

/// An office that signs entry passes with a key of its own choice, and everything else with the key that the list has.
fn passes_under(
    entry: &SecretKey,
    town: &Town,
    anna: &Citizen,
    list: &TrustList,
) -> Result<Vec<bauta_wallet::Pass>, renew::Refusal> {
    let record = &anna.records[0];
    let nonce = town.lab.nonce();
    let renewal =
        Renewal::new(record, &anna.secret, list, &nonce, HintWish::LeaveOut, town.now(), &mut town.rng()).unwrap();
    let ask = &renewal.request().ask;
    // The hint is not asked for, and so it is hidden from the office and absent from its passes.
    let of_hint =
        |(claim, value): (&Claim, &Value)| if claim.name.as_str() == "hint" { Value::Absent } else { value.clone() };
    let values = record.credential_type().claims().iter().zip(record.claims().values()).map(of_hint);
    let known = Claims::new(record.credential_type(), values.collect()).unwrap();
    let theirs = town.stolen_keys();
    let commitment = holder::verify_commitment(&ask.commitment).unwrap();
    let presented = [Presented { record_type: record.credential_type(), claims: &known }];
    let signed = list.slots(&[record.credential_type().name()], ask.first_day, ask.days).into_iter().map(|slot| {
        let pass_type = &slot.key.key_type;
        let claims = slot.rule.apply(&presented, pass_type, slot.epoch)?;
        let messages = claims.messages();
        let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
        let listed = theirs.iter().find(|key| key.public_key() == slot.key.public);
        let key = if pass_type.name().as_str() == "entry-pass" { entry } else { listed.unwrap() };
        Some(holder::sign(key, &commitment, &pass_type.header(), &messages).unwrap())
    });
    let signed: Vec<Option<Signature>> = signed.collect();
    renewal.receive(&OfficeAnswer::new(signed).unwrap().to_bytes())
}

fn venue(town: &Town) -> (tempfile::TempDir, Held) {
    let folder = tempfile::tempdir().unwrap();
    let root = town.official.root().to_string();
    let held = Held::init(folder.path(), &root, town.trust().bytes(), "nowhere", town.now()).unwrap();
    (folder, held)
}

/// The list of one version that the same authority makes for one person: the key for entry passes is another one.
fn list_for_one(seed: u64) -> (Town, SecretKey) {
    let mut town = Town::with_seed(seed);
    let key = SecretKey::generate(&mut town.rng());
    let everybodys = town.trust().pass_key(&"entry-pass".parse().unwrap(), town.today()).unwrap().id;
    town.official.withdraw_key(everybodys);
    town.official.list_key(key.public_key(), "entry-pass", false);
    town.publish();
    (town, key)
}

#[test]
fn n6_passes_under_another_key_than_the_lists_are_refused() {
    let (mut town, anna) = town_with_anna(80);
    let own = SecretKey::generate(&mut town.rng());
    let refused = passes_under(&own, &town, &anna, town.trust()).unwrap_err();
    assert!(matches!(refused, renew::Refusal::Signature(_)), "{refused:?}");
    let listed = town.stolen_keys();
    let taken = listed.iter().filter(|key| passes_under(key, &town, &anna, town.trust()).is_ok()).count();
    assert_eq!(taken, 1, "by the one key of the list they are taken");

    // Nor by a key that the list has for something else.
    town.official.list_key(own.public_key(), "health-pass", true);
    town.publish();
    let refused = passes_under(&own, &town, &anna, town.trust()).unwrap_err();
    assert!(matches!(refused, renew::Refusal::Signature(_)), "{refused:?}");
}

#[test]
fn n7_no_list_has_two_keys_for_the_passes_of_one_day() {
    let (mut town, _) = town_with_anna(81);
    let (_folder, mut held) = venue(&town);
    let own = SecretKey::generate(&mut town.rng()).public_key();
    town.official.list_key(own, "entry-pass", false);
    let two = town.official.forged(town.now(), |_| ());
    let expected = TrustRefusal::Inconsistent("two pass keys for one type and day");
    assert_eq!(town.trust().advance(&two, &town.official.root(), town.now()).unwrap_err(), expected);
    assert!(matches!(held.update(&two, town.now()), Err(HeldError::Refused(refusal)) if refusal == expected));
    assert_eq!(held.list().version(), 1);
}

/// Even an authority that makes a list for one person gains nothing from it at an honest door, and is found out there, at the next
/// poster, at the office, and by the next list.
#[test]
fn n7_a_list_for_one_person_is_found_out_at_the_office_the_door_the_poster_and_the_next_list() {
    const SEED: u64 = 82;
    let (mut town, mut anna) = town_with_anna(SEED);
    let (theirs, key) = list_for_one(SEED);
    let before = town.trust().clone();
    town.publish();
    let (hers, everybodys) = (theirs.trust(), town.trust());
    let root = town.official.root();
    assert_eq!((hers.version(), everybodys.version()), (2, 2));
    let taken = before.advance(hers.bytes(), &root, town.now()).unwrap();
    assert_eq!(taken.hash(), hers.hash(), "nothing in it is wrong by itself");

    // The office goes by the list of everybody, and says that she has another one.
    let nonce = town.lab.nonce();
    let record = &anna.records[0];
    let asked =
        Renewal::new(record, &anna.secret, hers, &nonce, HintWish::LeaveOut, town.now(), &mut town.rng()).unwrap();
    assert!(matches!(town.lab.renew(asked.request()), Err(OfficeError::OtherTrustList { ours: 2 })));

    // An office that is in it gives her passes, and no honest door takes them.
    let passes = passes_under(&key, &town, &anna, hers).unwrap();
    let today = town.today();
    anna.records[0].replace_passes(today, None, passes);
    let entry = hers.policy_named("entry", today).unwrap();
    let choice = choose(entry, &anna.records, hers, town.now()).unwrap();
    let code = choice.show(&anna.secret, town.now(), &mut town.rng()).unwrap().text();
    assert_eq!(town.door("entry").scan(&code, everybodys, town.now()).unwrap_err(), Refusal::UnknownKey);
    assert!(theirs.door("entry").scan(&code, hers, town.now()).is_ok(), "a door that is in it would know her");

    // Where a poster hangs she is told, and shows nothing. And a door with her list hangs no poster of everybody's.
    let theatre = town.organiser("Theatre on the quay");
    let poster = theatre.poster(&town.event("event"));
    let way = Way::Poster(Box::new(poster.verify(&root).unwrap()));
    let event = hers.policy_named("event", today).unwrap();
    let refused = choose_for(event, &way, slice::from_ref(&anna.records[0]), hers, town.now());
    assert_eq!(refused.err(), Some(Nothing::SplitView { version: 2 }));
    assert_eq!(verified(&poster, hers, &root).err(), Some(NotOpened::SplitView { version: 2 }));
    assert!(verified(&poster, everybodys, &root).is_ok());
    // Where it hangs already, it is red from the moment in which the door takes her list.
    let mut door = town.door_with(&poster);
    assert_eq!(door.scan(&code, everybodys, town.now()).unwrap_err(), Refusal::OtherPolicy);
    assert_eq!(door.scan(&code, hers, town.now()).unwrap_err(), Refusal::PosterOfOtherList);

    // Whoever goes on from everybody's list is refused by her wallet, and the other way round.
    let mut next = theirs;
    next.publish();
    let everybodys = everybodys.clone();
    let after_hers = next.trust().bytes().to_vec();
    let fork = TrustRefusal::Fork { version: 2 };
    assert_eq!(everybodys.advance(&after_hers, &root, town.now()).unwrap_err(), fork);
    town.publish();
    assert_eq!(taken.advance(town.trust().bytes(), &root, town.now()).unwrap_err(), fork);
}
