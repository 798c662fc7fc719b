//! Issuers and offices that sign something else, and wallets that collect twice.

use std::collections::BTreeSet;
use std::thread;

use bauta_crypto::holder;
use bauta_crypto::pseudonym::CommitmentWithProof;
use bauta_crypto::{SecretKey, Signature};
use bauta_issuer::{CollectError, OfficeError};
use bauta_spec::attributes::{Binding, Claims, DisclosedSet, Handle, Value, shipped_named};
use bauta_spec::credential::{Credential, KeyId};
use bauta_spec::issuance::{HowMany, OfficeAnswer, OfficeAsk, OfficeRequest, Records};
use bauta_spec::presentation::{Context, Envelope, Mode, Part};
use bauta_spec::time::{Day, Epoch, Minute};
use bauta_spec::trust::KeyRefusal;
use bauta_tests::{Citizen, Town};
use bauta_wallet::Record;
use bauta_wallet::collect::{Refusal, Requested};
use bauta_wallet::renew::{self, HintWish, Renewal};

use crate::{TESTED, town_with_anna};

/// An issuer whose key the official has listed in good faith.
struct Mallory {
    key: SecretKey,
}

/// What Mallory may change about a record before and after signing it.
struct Trick {
    flaw: &'static str,
    header: fn(Vec<u8>) -> Vec<u8>,
    messages: fn(Vec<Vec<u8>>) -> Vec<Vec<u8>>,
    bytes: fn(Vec<u8>) -> Vec<u8>,
}

impl Trick {
    const NONE: Self = Self { flaw: "", header: |same| same, messages: |same| same, bytes: |same| same };
}

impl Mallory {
    fn listed(town: &mut Town) -> Self {
        let key = SecretKey::generate(&mut town.rng());
        town.official.list_key(key.public_key(), "health-record", false);
        town.publish();
        Self { key }
    }

    fn answer(&self, commitment: &CommitmentWithProof, binding: Binding, trick: &Trick) -> Vec<u8> {
        let record_type = shipped_named("health-record").unwrap();
        let day = "2026-11-23".parse().unwrap();
        let values = vec![
            Value::Handle(Handle::new([7; 16])),
            Value::Binding(binding),
            Value::Code(1),
            Value::Day(day),
            Value::Absent,
            Value::Absent,
            Value::Code(5),
            Value::Absent,
            Value::Day(day.plus(300)),
        ];
        let claims = Claims::new(&record_type, values).unwrap();
        let messages = (trick.messages)(claims.messages());
        let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
        let holder = holder::verify_commitment(commitment).unwrap();
        let signature = holder::sign(&self.key, &holder, &(trick.header)(record_type.header()), &messages).unwrap();
        let credential = Credential { key: KeyId::of(&self.key.public_key()), claims, signature };
        (trick.bytes)(credential.to_bytes())
    }
}

fn received(town: &Town, anna: &Citizen, answer: impl FnOnce(&Requested) -> Vec<u8>) -> Result<Record, Refusal> {
    let requested = Requested::new(&anna.secret, &mut town.rng()).unwrap();
    let answer = answer(&requested);
    requested.receive(&answer, town.lab.url(), &anna.secret, town.trust(), town.now())
}

#[test]
fn n6_a_record_of_another_shape_is_refused() {
    let (mut town, anna) = town_with_anna(30);
    let mallory = Mallory::listed(&mut town);
    let tricks = [
        Trick {
            flaw: "another header",
            header: |mut header| {
                header.push(1);
                header
            },
            ..Trick::NONE
        },
        Trick {
            flaw: "a message more",
            messages: |mut all| {
                all.push(vec![0xf6]);
                all
            },
            ..Trick::NONE
        },
        Trick {
            flaw: "a message less",
            messages: |mut all| {
                all.pop();
                all
            },
            ..Trick::NONE
        },
        Trick {
            flaw: "another order",
            messages: |mut all| {
                all.swap(2, 6);
                all
            },
            ..Trick::NONE
        },
        Trick {
            flaw: "a tag where a fact is absent",
            messages: |mut all| {
                all[4] = vec![0x18, 0x63];
                all
            },
            ..Trick::NONE
        },
        Trick {
            flaw: "another spelling",
            messages: |mut all| {
                all[2] = vec![0x18, 0x01];
                all
            },
            ..Trick::NONE
        },
        Trick {
            flaw: "trailing junk",
            bytes: |mut bytes| {
                bytes.push(0);
                bytes
            },
            ..Trick::NONE
        },
        Trick {
            flaw: "cut short",
            bytes: |mut bytes| {
                bytes.pop();
                bytes
            },
            ..Trick::NONE
        },
    ];
    for trick in &tricks {
        let received =
            received(&town, &anna, |requested| mallory.answer(requested.commitment(), requested.binding(), trick));
        assert!(received.is_err(), "accepted: {}", trick.flaw);
    }
    let honest = |requested: &Requested| mallory.answer(requested.commitment(), requested.binding(), &Trick::NONE);
    assert!(received(&town, &anna, honest).is_ok());
}

#[test]
fn n6_a_record_under_another_key_or_for_somebody_else_is_refused() {
    let (mut town, anna) = town_with_anna(31);
    let mallory = Mallory::listed(&mut town);
    let stranger = Mallory { key: SecretKey::generate(&mut town.rng()) };
    let unknown =
        received(&town, &anna, |requested| stranger.answer(requested.commitment(), requested.binding(), &Trick::NONE));
    assert_eq!(unknown.unwrap_err(), Refusal::Key(KeyRefusal::Unknown));

    // A binding by which the issuer would know the wallet again.
    let tagged = received(&town, &anna, |requested| {
        let eve = Requested::new(&town.citizen().secret, &mut town.rng()).unwrap();
        mallory.answer(requested.commitment(), eve.binding(), &Trick::NONE)
    });
    assert_eq!(tagged.unwrap_err(), Refusal::Binding);

    // Signed over the commitment of somebody else.
    let swapped = received(&town, &anna, |requested| {
        let eve = Requested::new(&town.citizen().secret, &mut town.rng()).unwrap();
        mallory.answer(eve.commitment(), requested.binding(), &Trick::NONE)
    });
    assert_eq!(swapped.unwrap_err(), Refusal::Signature);

    town.official.withdraw_key(KeyId::of(&mallory.key.public_key()));
    town.publish();
    let withdrawn =
        received(&town, &anna, |requested| mallory.answer(requested.commitment(), requested.binding(), &Trick::NONE));
    assert_eq!(withdrawn.unwrap_err(), Refusal::Key(KeyRefusal::Withdrawn));
}

#[test]
fn n6_an_office_that_answers_anything_but_the_rules_is_refused() {
    let (town, anna) = town_with_anna(32);
    let today = town.today();
    let ask = |change: fn(&mut Vec<Option<Signature>>)| {
        let (record, trust, now) = (&anna.records[0], town.trust(), town.now());
        let nonce = town.lab.nonce();
        let renewal =
            Renewal::new(record, &anna.secret, trust, &nonce, HintWish::LeaveOut, now, &mut town.rng()).unwrap();
        let honest = town.lab.renew(renewal.request()).unwrap();
        let mut slots: Vec<_> = honest.signatures().map(Result::unwrap).collect();
        change(&mut slots);
        renewal.receive(&OfficeAnswer::new(slots).unwrap().to_bytes())
    };
    assert!(ask(|_| ()).is_ok());
    assert_eq!(ask(|slots| slots[0] = None).unwrap_err(), renew::Refusal::Missing(today));
    assert!(matches!(ask(|slots| slots.swap(0, 1)).unwrap_err(), renew::Refusal::Signature(_)));
    assert!(matches!(ask(|slots| slots.truncate(1)).unwrap_err(), renew::Refusal::Count { .. }));
    let undue = ask(|slots| {
        // A test is good for two days; the window is longer, so there is an empty place.
        let empty = slots.iter().position(Option::is_none).unwrap();
        slots[empty] = slots[0].clone();
    });
    assert!(matches!(undue.unwrap_err(), renew::Refusal::Undue(_)));
}

#[test]
fn n13_of_many_wallets_at_once_one_collects_and_only_it_may_try_again() {
    const WALLETS: usize = 16;
    let town = Town::with_seed(33);
    let ticket = town.lab.add("health-record", TESTED);
    let requests: Vec<_> = (0..WALLETS)
        .map(|_| Requested::new(&town.citizen().secret, &mut town.rng()).unwrap().commitment().to_bytes())
        .collect();
    let collect = |commitment: &[u8]| {
        let commitment = CommitmentWithProof::from_bytes(commitment).unwrap();
        town.lab.collect(&ticket, &commitment).map(|collected| collected.record)
    };
    // Each wallet tries three times, all of them at once.
    let answers: Vec<Vec<_>> = thread::scope(|scope| {
        let wallets: Vec<_> = requests
            .iter()
            .map(|request| scope.spawn(|| (0..3).map(|_| collect(request)).collect::<Vec<_>>()))
            .collect();
        wallets.into_iter().map(|wallet| wallet.join().unwrap()).collect()
    });
    let winners: Vec<_> = answers.iter().filter(|answers| answers.iter().any(Result::is_ok)).collect();
    assert_eq!(winners.len(), 1, "one code made records for {} wallets", winners.len());
    let records: BTreeSet<_> = winners[0].iter().map(|answer| answer.as_ref().unwrap()).collect();
    assert_eq!(records.len(), 1, "a retry got other bytes");
    for refused in answers.iter().flatten().filter_map(|answer| answer.as_ref().err()) {
        assert!(matches!(refused, CollectError::TakenByAnother), "{refused:?}");
    }
}

#[test]
fn n13_a_code_is_spent_once_acknowledged_and_dead_once_withdrawn() {
    let town = Town::with_seed(34);
    let ticket = town.lab.add("health-record", TESTED);
    let mut anna = town.citizen();
    anna.collect(&town, &ticket);
    assert!(matches!(anna.try_collect(&town, &ticket), Err(CollectError::UnknownCode)));

    let withdrawn = town.lab.add("health-record", TESTED);
    town.lab.withdraw(&withdrawn);
    assert!(matches!(anna.try_collect(&town, &withdrawn), Err(CollectError::UnknownCode)));

    let late = town.lab.add("health-record", TESTED);
    town.wait(72 * 3600);
    assert!(anna.try_collect(&town, &late).is_err());
}

/// Whoever signs records also writes the binding. With C + H_i·(m' − m) behind it, an office that took the lab's word would sign m
/// and have signed m': any day, any series, any rule, long after the lab has been struck off.
#[test]
fn n6_a_lab_cannot_have_the_office_sign_over_a_commitment_that_nobody_opened() {
    let (mut town, eve) = town_with_anna(36);
    let mallory = Mallory::listed(&mut town);
    let (honest, blind) = holder::commit(&eve.secret, &mut town.rng()).unwrap();
    let (chosen, _) = holder::commit(&eve.secret, &mut town.rng()).unwrap();
    let lent = [&chosen.to_bytes()[..48], &honest.to_bytes()[48..]].concat();
    let lent = CommitmentWithProof::from_bytes(&lent).unwrap();
    let asked_with = |commitment: &CommitmentWithProof| {
        let binding = Binding::of(commitment.commitment());
        let record = mallory.answer(&honest, binding, &Trick::NONE);
        let record_type = shipped_named("health-record").unwrap();
        let record = Credential::from_bytes(&record, &record_type).unwrap();
        let ask = OfficeAsk {
            commitment: commitment.clone(),
            nonce: town.lab.nonce(),
            first_day: town.today(),
            days: town.trust().prefetch_days() + 1,
            with_hint: true,
            trust_version: town.trust().version(),
            trust_hash: town.trust().hash(),
        };
        let context = Context {
            mode: Mode::Office,
            type_id: record_type.id(),
            disclosed: DisclosedSet::all(record_type.len()),
            key: record.key,
            policy_hash: [0; 32],
            epoch: Epoch { day: Day::new(0), series: 0 },
            minute: Minute::of(town.now()),
            challenge: ask.challenge(HowMany::One),
        };
        let messages = record.claims.messages();
        let held = holder::Credential {
            public_key: &mallory.key.public_key(),
            signature: &record.signature,
            header: &record_type.header(),
            messages: &messages.iter().map(Vec::as_slice).collect::<Vec<_>>(),
            secret: &eve.secret,
            blind: &blind,
        };
        let indexes = context.disclosed.indexes();
        let proof = holder::show(&held, &context.presentation_header(), &indexes, &mut town.rng()).unwrap();
        let disclosed = record.claims.values().iter().cloned().enumerate().collect();
        let part = Part { disclosed, pseudonym: None, proof };
        let presentation = Records::One(Envelope::seal(&context, &record_type, &part).unwrap());
        town.lab.renew(&OfficeRequest { ask, presentation })
    };
    assert!(asked_with(&honest).is_ok(), "the same way is open to those who know what is inside");
    assert!(matches!(asked_with(&lent), Err(OfficeError::Proof)));
}
