//! From code to door, and what happens when something is lost on the way.

#![allow(clippy::unwrap_used, clippy::panic)] // a test says what is wrong by failing

mod world;

use bauta_spec::Problem;
use bauta_spec::attributes::{CredentialType, Value, shipped, shipped_named};
use bauta_spec::issuance::PickupCode;
use bauta_spec::policy::{Policy, PolicyId, Unfit};
use bauta_spec::presentation::{Envelope, Mode};
use bauta_spec::qr::{self, Asked, Challenge, Picture, Question};
use bauta_spec::rules::Rule;
use bauta_spec::signed::{RootKey, Signed};
use bauta_spec::time::{Minute, Moment, Month};
use bauta_wallet::errand::{Admission, Answer, Errand, NotCollected, Pickup};
use bauta_wallet::exchange::{Call, Declined};
use bauta_wallet::present::{LastShown, Nothing, choose};
use bauta_wallet::renew::{self, HintWish, NotAsked, Renewal};
use bauta_wallet::vault::Vault;
use bauta_wallet::view::NoQuestion;
use world::{Hung, NONCE, Waiting, World, poster, tested, today, vaccinated};

const CODE: &str = "04HMASW9NF6YZ08HMASW9NF6YZ";

#[test]
fn a_tested_citizen_collects_renews_and_shows() {
    let mut world = World::new(1);
    let mut wallet = world.wallet();
    waits(&mut world, CODE, "health-record", tested());

    collect(&mut wallet, &mut world, CODE).unwrap();
    assert_eq!(world.heard, ["/token", "/credential", "/notification"]);
    assert!(world.waiting.is_empty() && wallet.interrupted().unwrap().is_empty());

    renew(&mut wallet, &world, HintWish::LeaveOut);
    let policy = world.policy("entry");
    let choice = choose(&policy, wallet.records(), wallet.trust(), world.now).unwrap();
    assert!(
        choice.learns().iter().any(|learned| learned.to_string().contains("not by which of its ways")),
        "{:?}",
        choice.learns()
    );
    let showing = choice.show(wallet.secret(), world.now, &mut world.rng).unwrap();
    let shown = world.at_the_door(&showing.text(), &policy);
    assert_eq!(shown.len(), 2, "day and rule, nothing else: {shown:?}");
}

#[test]
fn the_door_cannot_tell_tested_from_vaccinated() {
    let mut world = World::new(2);
    let mut sizes = Vec::new();
    let mut shown = Vec::new();
    for facts in [tested(), vaccinated()] {
        let mut wallet = world.wallet();
        hold(&mut wallet, &mut world, "health-record", facts);
        let (text, seen) = show(&wallet, &mut world, "entry");
        sizes.push(text.len());
        shown.push(seen);
    }
    assert_eq!(shown[0], shown[1]);
    assert_eq!(sizes[0], sizes[1]);
}

#[test]
fn codes_are_as_small_as_the_table_says_and_the_picture_reads_back() {
    let mut world = World::new(3);
    let mut wallet = world.wallet();
    hold_with(&mut wallet, &mut world, "health-record", vaccinated(), HintWish::Include);
    let born = "2000-05".parse().unwrap();
    hold(&mut wallet, &mut world, "age-record", vec![Value::Month(born), Value::Day(today().plus(9))]);
    // Payload, characters and version at most: cryptography, "Showing", the rows of one-way codes.
    for (policy, bytes, characters, version) in [
        ("entry", 415, 628, 14),
        ("entry-with-hint", 385, 583, 13),
        ("vaccinated", 450, 680, 15),
        ("over-18", 560, 845, 16),
    ] {
        let (text, _) = show(&wallet, &mut world, policy);
        let picture = Picture::of(&text).unwrap();
        let payload = qr::from_text(&text).unwrap();
        assert!(payload.len() <= bytes && text.len() <= characters, "{policy}: {} {}", payload.len(), text.len());
        assert!(picture.version() <= version, "{policy}: {}", picture.version());

        let grey = image::load_from_memory(&picture.to_png(8)).unwrap().to_luma8();
        let mut prepared = rqrr::PreparedImage::prepare(grey);
        let (_, read) = prepared.detect_grids()[0].decode().unwrap();
        assert_eq!(read, text, "{policy}");
    }
}

#[test]
fn two_showings_share_nothing_but_the_fixed_head() {
    /// Version, parts, mode, policy, minute, key, epoch and rule: the same for everybody in that minute.
    const HEAD: usize = 3 + 4 + 2 + 4 + 3 + 8;
    let mut world = World::new(4);
    let mut wallet = world.wallet();
    hold(&mut wallet, &mut world, "health-record", tested());
    let codes: Vec<Vec<u8>> = (0..40).map(|_| qr::from_text(&show(&wallet, &mut world, "entry").0).unwrap()).collect();
    let mut seen = std::collections::BTreeMap::new();
    for (number, code) in codes.iter().enumerate() {
        assert_eq!(code[..HEAD], codes[0][..HEAD]);
        for window in code[HEAD..].windows(8) {
            let first = *seen.entry(window.to_vec()).or_insert(number);
            assert_eq!(first, number, "two showings share eight bytes of proof");
        }
    }
}

#[test]
fn a_screen_shows_a_fresh_code_every_minute_whichever_pass_it_showed_before() {
    let mut world = World::new(21);
    let mut wallet = world.wallet();
    hold(&mut wallet, &mut world, "health-record", vaccinated());
    let policies = ["entry", "entry", "vaccinated", "entry"].map(|name| world.policy(name));
    let mut last = LastShown::default();
    let mut codes = std::collections::BTreeSet::new();
    for policy in &policies {
        let choice = choose(policy, wallet.records(), wallet.trust(), world.now).unwrap();
        let showing = choice.show_again(&mut last, wallet.secret(), world.now, &mut world.rng).unwrap();
        assert!(!world.at_the_door(&showing.text(), policy).is_empty());
        assert!(codes.insert(showing.text()));
        world.now = Moment::from_unix(world.now.unix() + 60);
    }
}

#[test]
fn what_was_shown_last_is_not_shown_in_place_of_another_pass() {
    let mut world = World::new(22);
    let mut anna = world.wallet();
    let mut bilal = world.wallet();
    for wallet in [&mut anna, &mut bilal] {
        hold(wallet, &mut world, "health-record", tested());
    }
    let policy = world.policy("entry");
    let mut last = LastShown::default();
    let mut shown = |wallet: &Vault, world: &mut World| {
        let choice = choose(&policy, wallet.records(), wallet.trust(), world.now).unwrap();
        let showing = choice.show_again(&mut last, wallet.secret(), world.now, &mut world.rng).unwrap();
        world.at_the_door(&showing.text(), &policy).len()
    };
    // Another person's, and then the same person's after a renewal.
    for wallet in [&anna, &bilal, &anna] {
        assert_eq!(shown(wallet, &mut world), 2);
    }
    renew(&mut anna, &world, HintWish::LeaveOut);
    assert_eq!(shown(&anna, &mut world), 2);
}

#[test]
fn the_question_of_a_door_is_looked_up_on_the_wallets_own_list() {
    let mut world = World::new(23);
    let wallet = world.wallet();
    let entry = world.policy("entry").id();
    let question = Question(entry).to_string();
    assert_eq!(wallet.asked(&question).unwrap().id(), entry);
    assert_eq!(wallet.asked("BTA1P:00000000").unwrap_err(), NoQuestion::Unknown);
    for other in ["", "entry", &entry.to_string(), "BTA1P:entry", &question.to_lowercase(), &format!("{question}0")] {
        assert_eq!(wallet.asked(other).unwrap_err(), NoQuestion::Malformed, "{other}");
    }
}

#[test]
fn an_interrupted_collection_goes_on_with_the_same_commitment() {
    // Each of the three answers is lost once.
    for lost in 0..3 {
        let mut world = World::new(5);
        let mut wallet = world.wallet();
        waits(&mut world, CODE, "health-record", tested());
        world.lost.insert(lost);

        assert!(collect(&mut wallet, &mut world, CODE).is_none(), "answer {lost} was lost");
        let mut wallet = reopened(wallet, &mut world);
        collect(&mut wallet, &mut world, CODE).unwrap();
        assert_eq!(wallet.records().len(), 1, "answer {lost}");
        assert!(wallet.interrupted().unwrap().is_empty(), "answer {lost}");
        assert!(world.waiting.is_empty(), "answer {lost}: the lab was told");

        renew(&mut wallet, &world, HintWish::LeaveOut);
        show(&wallet, &mut world, "entry");
    }
}

#[test]
fn another_wallet_with_the_same_code_gets_nothing() {
    let mut world = World::new(6);
    let (mut first, mut second) = (world.wallet(), world.wallet());
    waits(&mut world, CODE, "health-record", tested());
    world.lost.insert(1);
    assert!(collect(&mut first, &mut world, CODE).is_none());

    let denied = try_collect(&mut second, &mut world, CODE).unwrap().unwrap_err();
    assert_eq!(denied, NotCollected::Declined(Declined::TakenByAnother));
    assert!(second.records().is_empty());
    collect(&mut first, &mut world, CODE).unwrap();
}

#[test]
fn what_a_stranger_writes_never_reaches_the_screen() {
    let mut world = World::new(7);
    let mut wallet = world.wallet();
    let refused = try_collect(&mut wallet, &mut world, CODE).unwrap().unwrap_err();
    assert_eq!(refused, NotCollected::Declined(Declined::Code));
    assert!(!refused.to_string().contains(['\u{1b}', '<']));
    assert!(wallet.interrupted().unwrap().is_empty(), "a mistyped code leaves nothing behind");
}

#[test]
fn collections_cannot_be_matched_by_their_commitments() {
    let mut world = World::new(8);
    let mut wallet = world.wallet();
    hold(&mut wallet, &mut world, "health-record", tested());
    hold(&mut wallet, &mut world, "health-record", vaccinated());
    let [first, second] = wallet.records() else { panic!("two records") };
    assert_ne!(first.claims().values()[1], second.claims().values()[1]);
}

#[test]
fn passes_end_with_their_day() {
    let mut world = World::new(9);
    let mut wallet = world.wallet();
    hold(&mut wallet, &mut world, "health-record", tested());
    let entry = world.policy("entry");
    let outcome =
        |wallet: &Vault, world: &World| choose(&entry, wallet.records(), wallet.trust(), world.now).map(|_| ()).err();
    assert_eq!(outcome(&wallet, &world), None);
    // Tested yesterday, two days at most: today and tomorrow. 10:00 now; the day after tomorrow begins at 04:00.
    world.later(24 + 17);
    assert_eq!(outcome(&wallet, &world), None, "03:00, still the day before");
    world.later(1);
    assert_eq!(outcome(&wallet, &world), Some(Nothing::NotToday));
}

#[test]
fn a_renewal_replaces_passes_and_drops_those_of_past_days() {
    let mut world = World::new(10);
    let mut wallet = world.wallet();
    hold(&mut wallet, &mut world, "health-record", vaccinated());
    let days = |wallet: &Vault| -> Vec<u16> {
        let mut days: Vec<u16> = wallet.records()[0].passes().iter().map(|pass| pass.epoch().day.number()).collect();
        days.dedup();
        days
    };
    let first = today().number();
    assert_eq!(days(&wallet), [first, first + 1, first + 2, first + 3]);
    for _ in 0..2 {
        world.later(24);
        world.publish(|_| {});
        wallet.advance(world.list.bytes(), world.now).unwrap();
        renew(&mut wallet, &world, HintWish::LeaveOut);
    }
    assert_eq!(
        days(&wallet),
        [first + 1, first + 2, first + 3, first + 4, first + 5],
        "yesterday stays, the day before goes"
    );
}

#[test]
fn a_raised_series_asks_for_a_renewal_and_is_met_by_it() {
    let mut world = World::new(11);
    let mut wallet = world.wallet();
    hold(&mut wallet, &mut world, "health-record", tested());
    world.publish(|body| body.floors.extend([(today(), 1)]));
    wallet.advance(world.list.bytes(), world.now).unwrap();
    let entry = world.policy("entry");
    let chosen = choose(&entry, wallet.records(), wallet.trust(), world.now);
    assert_eq!(chosen.err(), Some(Nothing::Outdated));
    renew(&mut wallet, &world, HintWish::LeaveOut);
    show(&wallet, &mut world, "entry");
}

#[test]
fn the_hint_is_carried_only_when_wished_for() {
    let mut world = World::new(12);
    let mut wallet = world.wallet();
    hold(&mut wallet, &mut world, "health-record", tested());
    let policy = world.policy("entry-with-hint");
    let chosen = choose(&policy, wallet.records(), wallet.trust(), world.now);
    assert_eq!(chosen.err(), Some(Nothing::NoHint));
    renew(&mut wallet, &world, HintWish::Include);
    let (_, seen) = show(&wallet, &mut world, "entry-with-hint");
    assert_eq!(seen[2].1, tested()[5]);
}

#[test]
fn nothing_is_shown_that_the_policy_does_not_allow() {
    let mut world = World::new(13);
    let mut wallet = world.wallet();
    hold(&mut wallet, &mut world, "health-record", tested());
    let entry = world.policy("entry");
    let on = |world: &World, policy: &bauta_spec::policy::Policy| {
        choose(policy, wallet.records(), wallet.trust(), world.now).map(|_| ()).err()
    };
    assert_eq!(on(&world, &world.policy("over-18")), Some(Nothing::NoPass));
    assert_eq!(on(&world, &world.policy("vaccinated")), Some(Nothing::NoPass), "tested is not vaccinated");

    let poster_only = remade(&entry, |json| json.replace("\"allowed\"", "\"refused\""));
    assert_eq!(on(&world, &poster_only), Some(Nothing::NeedsPoster));
    world.later(24 * 300);
    assert!(matches!(on(&world, &entry), Some(Nothing::PolicyNotInForce { .. })));
}

/// A list may have two layouts of a type, and a policy that goes with one of them: a door compares a hint with an ID card, and in the other
/// layout the claim of that name is something else.
#[test]
fn no_pass_is_shown_whose_layout_has_nothing_that_the_policy_needs() {
    let mut world = World::new(17);
    let today = today();
    let (first, last) = (today.minus(30), today.plus(100));
    let shipped_layout = shipped_named("entry-pass").unwrap();
    let json = shipped_layout.to_json().replace("\"kind\": \"hint\"", "\"kind\": \"flag\"");
    let other = CredentialType::from_json(&json.replace("\"layout\": 1", "\"layout\": 2")).unwrap();
    let types = [shipped_named("age-record").unwrap(), other.clone()];
    let rule = Rule::from_json(
        r#"{ "name": "of-age", "from": ["age-record"], "to": "entry-pass", "cases": [[]],
             "fill": { "epoch": "epoch", "admits": "rule",
                       "hint": { "at_least_years": { "claim": "birth_month", "years": 18 } } } }"#,
        &types,
        first,
        last,
    )
    .unwrap();
    let rules = [rule];
    let policies = [("of-age", "allowed", ""), ("of-age-with-hint", "with-hint", r#", { "path": ["hint"] }"#)].map(
        |(name, one_way, hint)| {
            let json = format!(
                r#"{{ "name": "{name}", "credentials": [{{ "id": "pass", "format": "bauta-pass", "meta": {{ "type": "entry-pass" }},
                     "claims": [{{ "path": ["admits"], "values": ["of-age"] }}{hint}] }}],
                     "one_way": "{one_way}", "purpose": {{ "en": "To know that you are of age" }} }}"#
            );
            Policy::from_json(&json, &shipped(), &rules, first, last).unwrap()
        },
    );
    let replaced = world.list.pass_key(shipped_layout.name(), today).unwrap().id;
    let office = world.new_key(&other, first, last);
    let signed = [Signed::sign(&policies[0], &world.root).unwrap(), Signed::sign(&policies[1], &world.root).unwrap()];
    let (layout, rule) = (Signed::sign(&other, &world.root).unwrap(), Signed::sign(&rules[0], &world.root).unwrap());
    world.publish(|body| {
        body.types.push(layout);
        body.keys.push(office);
        body.rules.push(rule);
        body.policies.extend(signed);
        body.withdrawn_keys.insert(replaced);
    });
    let mut wallet = world.wallet();
    let born = "1980-05".parse::<Month>().unwrap();
    hold(&mut wallet, &mut world, "age-record", vec![Value::Month(born), Value::Day(today.plus(9))]);
    let [plain, with_hint] = ["of-age", "of-age-with-hint"]
        .map(|name| choose(&world.policy(name), wallet.records(), wallet.trust(), world.now).map(|_| ()));
    assert_eq!(plain, Ok(()), "the pass is good for what needs no hint");
    let reason = with_hint.unwrap_err();
    assert_eq!(reason, Nothing::Unfit(Unfit::NoHint));
    assert!(reason.to_string().contains("Renew; if that does not help, tell the venue"), "{reason}");
    assert_eq!(Problem::from(reason).code, "policy_unfit");
}

#[test]
fn a_poster_says_who_asks_for_what_before_it_is_answered() {
    let mut world = World::new(31);
    let mut wallet = world.wallet();
    hold(&mut wallet, &mut world, "health-record", tested());
    let ask = wallet.read(&poster(&world, &world.root, |_| ())).unwrap();
    let view = serde_json::to_value(wallet.ask_view(&ask, world.now).unwrap()).unwrap();
    assert_eq!(view["way"], "poster");
    assert_eq!(view["policy"]["name"], "event");
    assert_eq!(view["policy"]["answerable"], true);
    assert_eq!(view["poster"]["organiser"], "Theatre on the quay");
    assert_eq!(view["poster"]["purpose"]["en"], "One ticket each");
    assert_eq!(view["poster"]["eventDay"], "2026-11-24");
    assert_eq!(view["poster"]["pseudonyms"], "one_entry");

    let choice = wallet.choose(&ask, world.now).unwrap();
    let learns: Vec<String> = choice.learns().iter().map(ToString::to_string).collect();
    assert!(learns.iter().any(|learned| learned.starts_with("A pseudonym:")), "{learns:?}");
    let showing = choice.show(wallet.secret(), world.now, &mut world.rng).unwrap();
    let envelope = Envelope::from_bytes(showing.payload()).unwrap();
    assert_eq!((envelope.mode, showing.payload().len()), (Mode::Poster, 444));
    assert_eq!(showing.good_until(), Minute::of(world.now).plus(5));

    // The same pass is not verified again, whatever asks for it next.
    let mut last = LastShown::default();
    choice.show_again(&mut last, wallet.secret(), world.now, &mut world.rng).unwrap();
    let challenge = Challenge { policy: world.policy("entry").id(), nonce: [7; 32] };
    let ask = wallet.read(&Asked::Challenge(challenge).to_string()).unwrap();
    let choice = wallet.choose(&ask, world.now).unwrap();
    assert!(
        choice.learns().iter().all(|learned| !learned.to_string().starts_with("A pseudonym")),
        "a screen links nobody"
    );
    let showing = choice.show_again(&mut last, wallet.secret(), world.now, &mut world.rng).unwrap();
    let envelope = Envelope::from_bytes(showing.payload()).unwrap();
    assert_eq!((envelope.mode, envelope.challenge_id), (Mode::Nonce, Some([7; 4])));
}

#[test]
fn posters_that_a_wallet_must_not_answer_are_refused_with_a_reason() {
    let mut world = World::new(32);
    let mut wallet = world.wallet();
    hold(&mut wallet, &mut world, "health-record", tested());
    let (entry, member) = (world.policy("entry").id(), world.policy("member").id());
    let now = Minute::of(world.now);
    let version = world.list.version();
    let answered = |text: String| match wallet.read(&text) {
        Ok(ask) => wallet.choose(&ask, world.now).map(|_| ()).map_err(Problem::from),
        Err(reason) => Err(Problem::from(reason)),
    };
    let reason = |text: String| answered(text).unwrap_err().code;
    let hung = |change: &dyn Fn(&mut Hung)| poster(&world, &world.root, change);

    assert_eq!(answered(hung(&|_| ())), Ok(()));
    assert_eq!(answered(hung(&|hung| hung.policy = entry)), Ok(()));
    let stranger = RootKey::from_bytes(&[9; 32]).unwrap();
    assert_eq!(reason(poster(&world, &stranger, |_| ())), "poster_not_certified");
    assert_eq!(reason(hung(&|hung| hung.signer = [3; 32])), "poster_not_certified");
    assert_eq!(reason(hung(&|hung| hung.day = hung.day.plus(1))), "poster_not_certified", "beyond the certificate");
    assert_eq!(reason(hung(&|hung| hung.policy = PolicyId::new([0; 4]))), "question_unknown");
    assert_eq!(reason(hung(&|hung| hung.policy = member)), "not_this_way", "a policy without posters");
    assert_eq!(reason(hung(&|hung| hung.open = (now.plus(6), now.plus(60)))), "poster_not_yet");
    assert_eq!(reason(hung(&|hung| hung.open = (now.minus(60), now.minus(6)))), "poster_over");
    assert_eq!(reason(hung(&|hung| hung.list.1 = [0; 32])), "split_view");
    assert_eq!(answered(hung(&|hung| hung.list = (version + 1, [0; 32]))), Ok(()), "another version");

    // Without a poster, what takes posters alone is not answered; and a screen may not ask what takes no screens.
    let event = world.policy("event").id();
    assert_eq!(reason(Asked::Policy(Question(event)).to_string()), "needs_poster");
    assert_eq!(reason(Asked::Challenge(Challenge { policy: event, nonce: [7; 32] }).to_string()), "not_this_way");
    assert_eq!(reason("https://example.com".to_owned()), "question_malformed");
}

#[test]
fn a_training_programme_goes_the_whole_way_and_says_so() {
    let mut world = World::with_specimens(14, true);
    let mut wallet = world.wallet();
    hold(&mut wallet, &mut world, "health-record", tested());
    let entry = world.policy("entry");
    assert!(choose(&entry, wallet.records(), wallet.trust(), world.now).unwrap().is_specimen());
}

#[test]
fn a_record_that_has_ended_is_not_shown_to_the_office() {
    let mut world = World::new(15);
    let mut wallet = world.wallet();
    let mut facts = vaccinated();
    facts[6] = Value::Day(today());
    hold(&mut wallet, &mut world, "health-record", facts);
    world.later(24);
    let (record, now) = (&wallet.records()[0], world.now);
    let renewal = Renewal::new(record, wallet.secret(), wallet.trust(), NONCE, HintWish::LeaveOut, now, &mut world.rng);
    assert_eq!(renewal.err(), Some(NotAsked::Ended));
}

#[test]
fn the_hint_stays_hidden_from_the_office_and_requests_have_one_size() {
    let mut world = World::new(16);
    let mut sizes = Vec::new();
    for facts in [tested(), vaccinated()] {
        let mut wallet = world.wallet();
        hold(&mut wallet, &mut world, "health-record", facts.clone());
        let renewal = renewal(&wallet, &mut world, HintWish::LeaveOut);
        let request = renewal.request();
        let (_, claims) = world.facts_shown(request);
        assert_eq!(claims.values()[7], Value::Absent);
        assert_eq!(claims.values()[2..7], facts[..5]);
        sizes.push((request.to_bytes().len(), world.passes(request).to_bytes().len()));
    }
    assert_eq!(sizes[0], sizes[1]);
}

#[test]
fn background_renewals_are_spread_over_twelve_hours() {
    let mut world = World::new(17);
    let hours: Vec<u64> =
        (0..2000).map(|_| (renew::next_time(world.now, &mut world.rng).unix() - world.now.unix()) / 3600).collect();
    assert!(hours.iter().all(|hours| (18..30).contains(hours)));
    for hour in 18..30 {
        // 167 are expected; below 100 is a chance of one in a hundred million.
        assert!(hours.iter().filter(|found| **found == hour).count() > 100, "hour {hour}");
    }
}

#[test]
fn a_code_is_made_for_its_minute_and_policy() {
    let mut world = World::new(18);
    let mut wallet = world.wallet();
    hold(&mut wallet, &mut world, "health-record", tested());
    let entry = world.policy("entry");
    let choice = choose(&entry, wallet.records(), wallet.trust(), world.now).unwrap();
    let showing = choice.show(wallet.secret(), world.now, &mut world.rng).unwrap();
    let envelope = Envelope::from_bytes(showing.payload()).unwrap();
    let now = bauta_spec::time::Minute::of(world.now);
    assert_eq!((envelope.policy, envelope.minute), (entry.id(), now.of_day()));
    assert_eq!(showing.good_until(), now.plus(2));
}

fn waits(world: &mut World, code: &str, record_type: &'static str, facts: Vec<Value>) {
    world.waiting.insert(code.to_owned(), Waiting { record_type, facts, taken_by: None });
}

fn collect(wallet: &mut Vault, world: &mut World, code: &str) -> Option<()> {
    try_collect(wallet, world, code).map(Result::unwrap)
}

/// As the program does it; `None` when an answer was lost.
fn try_collect(wallet: &mut Vault, world: &mut World, code: &str) -> Option<Result<(), NotCollected>> {
    let errand = Errand::new(world.issuer(), Pickup::Code(code.parse::<PickupCode>().unwrap()));
    let reply = send(world, &errand.call())?;
    let admitted = match errand.admitted(&reply, wallet) {
        Ok(Admission::Go(admitted)) => admitted,
        Ok(Admission::Settled) => return Some(Ok(())),
        Err(declined) => return Some(Err(declined.into())),
    };
    let asked = admitted.ask(wallet, &mut world.rng).unwrap();
    let reply = send(world, asked.call())?;
    let received = match asked.received(&reply, wallet, world.now) {
        Ok(Answer::Record(received)) => received,
        Ok(Answer::NotYet(_)) => return Some(Ok(())),
        Err(refused) => return Some(Err(refused)),
    };
    let reply = send(world, received.call())?;
    Some(received.settled(&reply, wallet).map_err(NotCollected::from))
}

fn send(world: &mut World, call: &Call) -> Option<bauta_wallet::exchange::Reply> {
    world.answer(call)
}

/// The wallet after the program has ended and been started again.
fn reopened(wallet: Vault, world: &mut World) -> Vault {
    use bauta_spec::sealed::{Cost, Kind};
    let cost = Cost::new(8, 1).unwrap();
    let bytes = wallet.seal(Kind::Wallet, b"passphrase", cost, &mut world.rng).unwrap();
    Vault::open(Kind::Wallet, b"passphrase", &bytes).unwrap()
}

fn hold(wallet: &mut Vault, world: &mut World, record_type: &'static str, facts: Vec<Value>) {
    hold_with(wallet, world, record_type, facts, HintWish::LeaveOut);
}

fn hold_with(wallet: &mut Vault, world: &mut World, record_type: &'static str, facts: Vec<Value>, hint: HintWish) {
    waits(world, CODE, record_type, facts);
    collect(wallet, world, CODE).unwrap();
    renew(wallet, world, hint);
}

fn renewal<'a>(wallet: &'a Vault, world: &mut World, hint: HintWish) -> Renewal<'a> {
    let record = wallet.records().last().unwrap();
    Renewal::new(record, wallet.secret(), wallet.trust(), NONCE, hint, world.now, &mut world.rng).unwrap()
}

/// Renews the newest record.
fn renew(wallet: &mut Vault, world: &World, hint: HintWish) {
    use rand_chacha::rand_core::SeedableRng;
    let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(99);
    let index = wallet.records().len() - 1;
    let record = &wallet.records()[index];
    let renewal = Renewal::new(record, wallet.secret(), wallet.trust(), NONCE, hint, world.now, &mut rng).unwrap();
    let first = renewal.first_day();
    let answer = world.passes(renewal.request()).to_bytes();
    let passes = renewal.receive(&answer).unwrap();
    wallet.renewed(index, first, passes);
}

fn show(wallet: &Vault, world: &mut World, policy: &str) -> (String, Vec<(usize, Value)>) {
    let policy = world.policy(policy);
    let choice = choose(&policy, wallet.records(), wallet.trust(), world.now).unwrap();
    let text = choice.show(wallet.secret(), world.now, &mut world.rng).unwrap().text();
    let seen = world.at_the_door(&text, &policy);
    (text, seen)
}

/// The same policy with another text.
fn remade(policy: &bauta_spec::policy::Policy, change: impl Fn(String) -> String) -> bauta_spec::policy::Policy {
    use bauta_spec::attributes::shipped;
    use bauta_spec::rules::{self, Rule};
    let (first, last) = (policy.first(), policy.last());
    let rules: Vec<Rule> =
        rules::SAMPLES.iter().map(|json| Rule::from_json(json, &shipped(), first, last).unwrap()).collect();
    let json = change(policy.to_json(&shipped(), &rules).unwrap());
    bauta_spec::policy::Policy::from_json(&json, &shipped(), &rules, first, last).unwrap()
}
