//! Rules and policies that nobody knew before, and what shows or asks too much.

use bauta_crypto::{SecretKey, holder};
use bauta_spec::attributes::{ClaimName, Claims, CredentialType, DisclosedSet, Value, shipped, shipped_named};
use bauta_spec::credential::KeyId;
use bauta_spec::policy::{Policy, Unfit, Unwritable};
use bauta_spec::presentation::{Context, Envelope, Mode, Part};
use bauta_spec::qr;
use bauta_spec::signed::Signed;
use bauta_spec::time::{Epoch, Minute};
use bauta_spec::trust::{KeyStatement, TrustRefusal};
use bauta_tests::{Citizen, Town};
use bauta_verifier::{Door, Refusal, Seen};
use bauta_wallet::present::Nothing;

use crate::town_with_anna;

/// What an official may think of one evening: nobody has heard of this rule or of this policy, and both programs are as they were.
const BOOSTED: &str = r#"{
    "name": "boosted-lately", "from": ["health-record"], "to": "entry-pass",
    "cases": [[{"one_of": {"claim": "vaccinated", "names": ["protein"]}},
               {"days_ago": {"claim": "vaccinated_on", "min": 3, "max": 33}}]],
    "fill": {"epoch": "epoch", "admits": "rule", "hint": {"copy": "hint"}}
}"#;

fn asks(name: &str, claims: &str) -> String {
    format!(
        r#"{{"name": "{name}",
            "credentials": [{{"id": "pass", "format": "bauta-pass", "meta": {{"type": "entry-pass"}}, "claims": [{claims}]}}],
            "one_way": "allowed",
            "purpose": {{"en": "To let you in"}}}}"#
    )
}

#[test]
fn u4_a_new_rule_reaches_every_door_on_its_day_and_no_program_is_released() {
    let mut town = Town::with_seed(60);
    let first = town.today().plus(4);
    let mut boosted =
        town.citizen_with("health-record", "vaccinated=protein vaccinated_on=2026-11-10 age_band=65+ hint=M/05");
    let mut tested = town.citizen_with("health-record", crate::TESTED);

    // The rule is published ahead, then the policy that asks by it.
    town.official.list_rule_from(first, BOOSTED).unwrap();
    town.publish();
    let claims = r#"{"path": ["admits"], "values": ["boosted-lately"]}"#;
    town.official.list_policy_from(first, &asks("care-home", claims)).unwrap();
    town.publish();
    // Until then no door asks by it.
    assert!(town.trust().policy_named("care-home", town.today()).is_none());

    // Wallets have the passes of the first day before it begins: with the renewal of the day before, like everybody's.
    town.wait_days(3);
    boosted.renew(&town);
    tested.renew(&town);
    town.wait_days(1);
    assert_eq!(town.today(), first);
    let code = boosted.show(&town, "care-home").unwrap();
    let verified = town.door("care-home").scan(&code.text(), town.trust(), town.now()).unwrap();
    let shown: Vec<_> = verified.shown().iter().map(|shown| (shown.claim().as_str(), shown.word())).collect();
    assert_eq!(shown, [("admits", "boosted-lately")]);
    assert_eq!(tested.show(&town, "care-home").unwrap_err(), Nothing::NoPass);
    // What was asked before is asked as before.
    let code = boosted.show(&town, "entry").unwrap();
    assert!(town.door("entry").scan(&code.text(), town.trust(), town.now()).is_ok());
}

/// The wallet that shows more than its holder was told is the one that a door must not reward. It has a real pass, made by the town's
/// own key, and shows it under the policy `entry` with `disclosed`.
fn entry_shown_as_it_pleases(town: &Town, citizen: &Citizen, disclosed: DisclosedSet) -> String {
    let (office, entry_pass) = entry_office(town);
    let policy = town.trust().policy_named("entry", town.today()).unwrap();
    shown(town, citizen, (&office, &entry_pass), Value::Hint("M/05".parse().unwrap()), policy, disclosed)
}

/// The town's own key of entry passes.
fn entry_office(town: &Town) -> (SecretKey, CredentialType) {
    let entry_pass = shipped_named("entry-pass").unwrap();
    let at = shipped().iter().position(|listed| listed.name() == entry_pass.name()).unwrap();
    let office = town.stolen_keys().swap_remove(at);
    let key = town.trust().pass_key(entry_pass.name(), town.today()).unwrap();
    assert_eq!(key.public, office.public_key());
    (office, entry_pass)
}

/// A code for `policy` of a pass with that third value, which `office` has signed for this citizen.
fn shown(
    town: &Town,
    citizen: &Citizen,
    (office, entry_pass): (&SecretKey, &CredentialType),
    third: Value,
    policy: &Policy,
    disclosed: DisclosedSet,
) -> String {
    let epoch = Epoch { day: town.today(), series: 0 };
    let rule = town.trust().rules().iter().find(|rule| rule.name().as_str() == "tested-or-vaccinated").unwrap();
    let claims = Claims::new(entry_pass, vec![Value::Epoch(epoch), Value::Admits(rule.id()), third]).unwrap();
    let public = office.public_key();
    let messages = claims.messages();
    let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();

    let (commitment, blind) = holder::commit(&citizen.secret, &mut town.rng()).unwrap();
    let committed = holder::verify_commitment(&commitment).unwrap();
    let signature = holder::sign(office, &committed, &entry_pass.header(), &messages).unwrap();
    let held = holder::Credential {
        public_key: &public,
        signature: &signature,
        header: &entry_pass.header(),
        messages: &messages,
        secret: &citizen.secret,
        blind: &blind,
    };
    let context = Context {
        mode: Mode::OneWay,
        type_id: entry_pass.id(),
        disclosed,
        key: KeyId::of(&public),
        policy_hash: policy.hash(),
        epoch,
        minute: Minute::of(town.now()),
        challenge: [0; 32],
    };
    let indexes = disclosed.indexes();
    let proof = holder::show(&held, &context.presentation_header(), &indexes, &mut town.rng()).unwrap();
    let disclosed = indexes.into_iter().map(|index| (index, claims.values()[index].clone())).collect();
    let part = Part { disclosed, pseudonym: None, proof };
    qr::to_text(&Envelope::seal(&context, entry_pass, &part).unwrap().to_bytes())
}

#[test]
fn n14_a_wallet_that_shows_more_than_was_asked_or_something_else_is_red() {
    let (town, anna) = town_with_anna(61);
    let scan = |disclosed: &[usize]| {
        let disclosed = disclosed.iter().fold(DisclosedSet::from_bits(0), |set, index| set.with(*index));
        let text = entry_shown_as_it_pleases(&town, &anna, disclosed);
        town.door("entry").scan(&text, town.trust(), town.now()).map(|_| ())
    };
    // Epoch, admits, hint. As it was asked, the pass is good: so nothing but what is shown decides the others.
    assert_eq!(scan(&[0, 1]), Ok(()));
    assert_eq!(scan(&[0, 1, 2]), Err(Refusal::Malformed), "the hint as well");
    assert_eq!(scan(&[0]), Err(Refusal::Malformed), "less");
    assert_eq!(scan(&[0, 2]), Err(Refusal::Malformed), "the hint instead");
}

/// Everybody can have passes without the hint. A wallet that shows one where a hint is asked for would be compared with nobody's ID card.
#[test]
fn n14_a_hint_that_says_nothing_is_no_hint() {
    let (town, eve) = town_with_anna(64);
    let policy = town.trust().policy_named("entry-with-hint", town.today()).unwrap();
    let (office, entry_pass) = entry_office(&town);
    let scan = |hint: Value| {
        let code = shown(&town, &eve, (&office, &entry_pass), hint, policy, DisclosedSet::all(3));
        town.door("entry-with-hint").scan(&code, town.trust(), town.now()).map(|_| ())
    };
    assert_eq!(scan(Value::Hint("M/05".parse().unwrap())), Ok(()));
    assert_eq!(scan(Value::Absent), Err(Refusal::PolicyNotMet));
}

/// A list may have two layouts of a type, and a policy that fits one of them. A door that compares a hint with an ID card takes no pass in
/// whose layout the claim of that name is something else.
#[test]
fn n14_a_hint_is_asked_of_the_layout_that_signs_and_not_of_any_on_the_list() {
    let (town, eve) = town_with_anna(63);
    let entry_pass = shipped_named("entry-pass").unwrap();
    let json = entry_pass.to_json().replace("\"kind\": \"hint\"", "\"kind\": \"flag\"");
    let json = json.replace("\"layout\": 1", "\"layout\": 2");
    let other = CredentialType::from_json(&json).unwrap();
    assert_ne!((other.layout(), other.id()), (entry_pass.layout(), entry_pass.id()));
    let office = SecretKey::generate(&mut town.rng());
    let today = town.today();
    let key = KeyStatement {
        public: office.public_key(),
        type_id: other.id(),
        type_name: other.name().clone(),
        first: today,
        last: today.plus(9),
        holder_name: "Another office".parse().unwrap(),
        specimen: false,
    };
    let replaced = town.trust().pass_key(entry_pass.name(), today).unwrap().id;
    let list = town.official.forged(town.now(), |body| {
        body.types.push(town.official.signed(&other));
        body.keys.push(town.official.signed(&key));
        body.withdrawn_keys.insert(replaced);
    });
    let list = town.trust().advance(&list, &town.official.root(), town.now()).unwrap();
    let scan = |policy: &str, disclosed: DisclosedSet| {
        let policy = list.policy_named(policy, today).unwrap();
        let code = shown(&town, &eve, (&office, &other), Value::Flag(true), policy, disclosed);
        let mut door = Door::new(policy.id(), Seen::from_opening(&mut town.rng()));
        door.scan(&code, &list, town.now()).map(|_| ())
    };
    assert_eq!(scan("entry", DisclosedSet::from_bits(0).with(0).with(1)), Ok(()));
    assert_eq!(scan("entry-with-hint", DisclosedSet::all(3)), Err(Refusal::PolicyNotMet));
}

#[test]
fn n14_what_no_door_may_ask_is_not_written_and_a_list_that_asks_it_is_not_read() {
    let (mut town, anna) = town_with_anna(62);
    let admits = r#"{"path": ["admits"], "values": ["tested-or-vaccinated"]}"#;
    for claim in ["name", "handle", "binding", "tested_on", "birth_month"] {
        let refused = town.official.list_policy(&asks("nosy", &format!(r#"{admits}, {{"path": ["{claim}"]}}"#)));
        let claim: ClaimName = claim.parse().unwrap();
        assert_eq!(refused, Err(Unwritable::Unfit(Unfit::Unknown(claim))));
    }
    // Signed all the same, for a type that has such a claim: the list that carries it is refused whole, whoever signed it, and everybody
    // goes on with the one at hand.
    let entry_pass = shipped_named("entry-pass").unwrap().to_json();
    let end = entry_pass.rfind(']').unwrap();
    let wider = format!(r#"{}, {{"name": "name", "kind": "flag"}}{}"#, &entry_pass[..end], &entry_pass[end..]);
    let wider = [CredentialType::from_json(&wider).unwrap()];
    let nosy = asks("nosy", &format!(r#"{admits}, {{"path": ["name"]}}"#));
    let nosy = town.official.signed_policy(&wider, town.today(), &nosy).unwrap();
    let advanced = |policies: Vec<Signed<Policy>>| {
        let list = town.official.forged(town.now(), |body| body.policies.extend(policies));
        town.trust().advance(&list, &town.official.root(), town.now()).map(|_| ())
    };
    assert_eq!(advanced(vec![]), Ok(()));
    assert!(matches!(advanced(vec![nosy]), Err(TrustRefusal::Inconsistent(_))));
    let code = anna.show(&town, "entry").unwrap();
    assert!(town.door("entry").scan(&code.text(), town.trust(), town.now()).is_ok());
}
