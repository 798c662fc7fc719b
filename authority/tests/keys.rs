//! Keys that are listed and keys that are not, and what anybody finds who goes through everything that was published.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod desk;

use std::fs;
use std::path::PathBuf;

use bauta_authority::{Audit, Finding, Refused, SignOrder, Signature, Terms, Withdrawal};
use bauta_crypto::SecretKey;
use bauta_spec::attributes::{self, CredentialType};
use bauta_spec::credential::KeyId;
use bauta_spec::signed::{OrganiserKey, RootKey, Signed};
use bauta_spec::time::Minute;
use bauta_spec::trust::{KeyStatement, NoPublicHalf, PublicHalf, TrustList, TrustListBody, TrustRefusal};
use bauta_spec::{policy, rules};
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::SeedableRng;

use desk::{Desk, NOON, TWO_DAYS, key_order_of, later};

impl Desk {
    /// With two keys and five lists: three days, a withdrawal, a change of keys.
    fn after_some_days() -> (Self, [KeyId; 3]) {
        let mut desk = Self::founded();
        let record = desk.new_key("health-record", "City laboratory").unwrap();
        let pass = desk.new_key("entry-pass", "City pass office").unwrap();
        desk.publish(0);
        desk.publish(12);
        let order = desk.key_order("entry-pass", "City pass office");
        let terms = Terms { first: Some(desk.today().plus(10)), ..Terms::default() };
        let Signature::Key(next, ..) = desk.office.rotate_key(pass, order, terms, &desk.root, later(24)).unwrap()
        else {
            panic!("no key")
        };
        desk.publish(24);
        desk.office.withdraw(Withdrawal::Key(record)).unwrap();
        desk.publish(36);
        desk.publish(48);
        (desk, [record, pass, next])
    }

    fn public(&self) -> PathBuf {
        self.dir().join("public")
    }

    fn new_key(&mut self, type_name: &str, holder: &str) -> Result<KeyId, Refused> {
        let order = self.key_order(type_name, holder);
        self.sign(order, Terms::default())
    }

    fn sign(&mut self, order: SignOrder, terms: Terms) -> Result<KeyId, Refused> {
        match self.office.sign(order, terms, &self.root, NOON)? {
            Signature::Key(id, ..) => Ok(id),
            other => panic!("signed {other:?}"),
        }
    }

    fn publish(&mut self, hours: u64) -> TrustList {
        let delegate = self.office.delegate_key(b"delegate").unwrap();
        self.office.publish(&delegate, TWO_DAYS, later(hours)).unwrap().list
    }

    fn audit(&self) -> Audit {
        Audit::of(&self.public(), &self.root.public()).unwrap()
    }

    /// Puts a list in the place of a published one, changed by somebody who has both keys.
    fn forge(&self, version: u32, change: impl FnOnce(&mut TrustListBody, &RootKey)) {
        let file = self.public().join(format!("trust-list-{version}.cbor"));
        let list = TrustList::verify_held(&fs::read(&file).unwrap(), &self.root.public()).unwrap();
        let mut body = list.body().clone();
        change(&mut body, &self.root);
        let certificate = Signed::sign(list.delegate(), &self.root).unwrap();
        let delegate = self.office.delegate_key(b"delegate").unwrap();
        fs::write(file, body.sign(&certificate, &delegate).unwrap()).unwrap();
    }

    /// The same of the newest list, which then is the one that is fetched.
    fn forge_newest(&self, version: u32, change: impl FnOnce(&mut TrustListBody, &RootKey)) {
        self.forge(version, change);
        let public = self.public();
        fs::copy(public.join(format!("trust-list-{version}.cbor")), public.join("trust-list.cbor")).unwrap();
    }
}

/// Changes the statement of a key, and signs it anew.
fn restate(body: &mut TrustListBody, root: &RootKey, id: KeyId, change: impl Fn(&mut KeyStatement)) {
    for signed in &mut body.keys {
        let mut statement = signed.verify(&root.public()).unwrap().into_inner();
        if KeyId::of(&statement.public) == id {
            change(&mut statement);
            *signed = Signed::sign(&statement, root).unwrap();
        }
    }
}

fn is_of(signed: &Signed<KeyStatement>, root: &RootKey, id: KeyId) -> bool {
    signed.verify(&root.public()).is_ok_and(|statement| KeyId::of(&statement.public) == id)
}

#[test]
fn n7_a_key_is_taken_from_whoever_has_its_secret_half_and_for_the_type_that_it_was_made_for() {
    let mut rng = ChaCha12Rng::seed_from_u64(6);
    let (own, others) = (SecretKey::generate(&mut rng), SecretKey::generate(&mut rng));
    let half = |key: &SecretKey, name: &str| PublicHalf::of(key, name.parse().unwrap()).unwrap().to_json();
    let proof = |json: &str| json.split("\"proof\": \"").nth(1).unwrap()[..160].to_owned();
    let mine = half(&own, "entry-pass");
    assert!(PublicHalf::from_json(mine.as_bytes()).is_ok());
    let mut flipped = proof(&mine);
    let last = if flipped.ends_with('0') { "1" } else { "0" };
    flipped.replace_range(159.., last);
    for (flaw, other) in [
        ("of another key", proof(&half(&others, "entry-pass"))),
        ("for another type", proof(&half(&own, "health-pass"))),
        ("with a bit flipped", flipped),
        ("of nothing", "00".repeat(80)),
        ("cut short", proof(&mine)[..158].to_owned()),
    ] {
        let json = mine.replace(&proof(&mine), &other);
        assert_ne!(json, mine);
        assert_eq!(PublicHalf::from_json(json.as_bytes()), Err(NoPublicHalf::NotProved), "accepted: a proof {flaw}");
    }
    let without = format!("{}}}", mine.split(",\n  \"proof\"").next().unwrap());
    assert_eq!(PublicHalf::from_json(without.as_bytes()), Err(NoPublicHalf::Malformed));
}

#[test]
fn n7_a_key_stands_for_one_holder_and_one_type_for_ever() {
    let mut desk = Desk::founded();
    let key = SecretKey::generate(&mut desk.rng);
    let half = |name: &str| PublicHalf::of(&key, name.parse().unwrap()).unwrap();
    desk.sign(key_order_of(half("health-record"), "City laboratory"), Terms::default()).unwrap();
    for (half, holder) in [(half("health-record"), "Harbour laboratory"), (half("age-record"), "City laboratory")] {
        let refused = desk.sign(key_order_of(half, holder), Terms::default());
        assert!(matches!(refused, Err(Refused::OtherHolder { .. })), "{refused:?}");
    }
    // For more days it may be signed again.
    let longer = Terms { last: Some(desk.today().plus(200)), ..Terms::default() };
    desk.sign(key_order_of(half("health-record"), "City laboratory"), longer).unwrap();
}

#[test]
fn n7_a_lab_has_as_many_keys_as_a_change_of_keys_needs_and_no_more() {
    let mut desk = Desk::founded();
    let keys: Vec<KeyId> = (0..4).map(|_| desk.new_key("health-record", "City laboratory").unwrap()).collect();
    let refused = desk.new_key("health-record", "City laboratory");
    assert!(matches!(refused, Err(Refused::ManyKeys { .. })), "{refused:?}");
    desk.new_key("health-record", "Harbour laboratory").expect("another lab");
    desk.new_key("age-record", "City laboratory").expect("another type");
    let order = desk.key_order("health-record", "City laboratory");
    let when_they_are_over = Terms { first: Some(desk.today().plus(91)), ..Terms::default() };
    desk.sign(order, when_they_are_over).expect("when the others are over");
    desk.office.withdraw(Withdrawal::Key(keys[0])).unwrap();
    desk.new_key("health-record", "City laboratory").expect("in the place of a withdrawn one");
}

#[test]
fn n7_an_honest_history_is_one_and_names_every_key_that_was_ever_listed() {
    let (desk, [record, pass, next]) = Desk::after_some_days();
    let mut audit = desk.audit();
    assert_eq!(audit.findings(), []);
    let told: Vec<_> = [record, pass, next]
        .map(|id| audit.keys().find(|logged| logged.key.id == id).unwrap())
        .iter()
        .map(|logged| (logged.listed, logged.withdrawn, logged.left))
        .collect();
    assert_eq!(told, [(1, Some(4), None), (1, None, None), (3, None, None)]);
    assert_eq!(audit.keys().count(), 3);
    let newest = desk.office.latest().unwrap().unwrap();
    audit.compare(5, newest.hash());
    assert_eq!(audit.findings(), []);
    assert!(audit.to_lines()[0].contains("5 lists"), "{:?}", audit.to_lines());
    assert_eq!(audit.to_json()["keys"].as_array().unwrap().len(), 3);
}

/// One lie each, told by whoever has both keys of the programme.
#[test]
fn n7_whoever_goes_through_the_lists_finds_each_lie() {
    type Lie = fn(&Desk, [KeyId; 3]);
    type Found = fn(&Finding, [KeyId; 3]) -> bool;
    let lies: [(&str, Lie, Found); 13] = [
        (
            "a list is taken away",
            |desk, _| fs::remove_file(desk.public().join("trust-list-2.cbor")).unwrap(),
            |finding, _| *finding == Finding::Missing { first: 2, last: 2 },
        ),
        (
            "the first list is taken away",
            |desk, _| fs::remove_file(desk.public().join("trust-list-1.cbor")).unwrap(),
            |finding, _| *finding == Finding::Missing { first: 1, last: 1 },
        ),
        (
            "a list is changed afterwards",
            |desk, _| desk.forge(2, |body, _| body.expires = Minute::new(body.expires.number() - 1)),
            |finding, _| {
                matches!(finding, Finding::DoesNotFollow { version: 3, before: 2, refusal: TrustRefusal::Fork { .. } })
            },
        ),
        (
            "a list stands in for another one",
            |desk, _| {
                let (one, two) = (desk.public().join("trust-list-1.cbor"), desk.public().join("trust-list-2.cbor"));
                fs::copy(one, two).unwrap();
            },
            |finding, _| matches!(finding, Finding::Refused { version: 2, .. }),
        ),
        (
            "what is fetched is another list",
            |desk, _| {
                fs::copy(desk.public().join("trust-list-4.cbor"), desk.public().join("trust-list.cbor")).unwrap();
            },
            |finding, _| *finding == Finding::OtherNewest(5),
        ),
        (
            "a withdrawal is forgotten",
            |desk, _| desk.forge_newest(5, |body, _| body.withdrawn_keys.clear()),
            |finding, _| {
                matches!(finding, Finding::DoesNotFollow { version: 5, refusal: TrustRefusal::MissingWithdrawal, .. })
            },
        ),
        (
            "a key was there for a while",
            |desk, [.., next]| desk.forge_newest(5, |body, root| body.keys.retain(|signed| !is_of(signed, root, next))),
            |finding, [.., next]| *finding == Finding::LeftOut { id: next, version: 5 },
        ),
        (
            "a key is made shorter until it is over, and left out then",
            |desk, [.., next]| {
                let yesterday = desk.today().minus(1);
                desk.forge(4, |body, root| {
                    restate(body, root, next, |statement| (statement.first, statement.last) = (yesterday, yesterday))
                });
                desk.forge_newest(5, |body, root| body.keys.retain(|signed| !is_of(signed, root, next)));
            },
            |finding, [.., next]| *finding == Finding::LeftOut { id: next, version: 5 },
        ),
        (
            "a key that was over comes back for a while",
            |desk, [.., next]| {
                let yesterday = desk.today().minus(1);
                let over = |statement: &mut KeyStatement| (statement.first, statement.last) = (yesterday, yesterday);
                desk.forge(1, |body, root| {
                    let listed = body.keys[0].verify(&root.public()).unwrap().into_inner();
                    let mut again = desk.office.latest().unwrap().unwrap().body().keys.clone();
                    again.retain(|signed| is_of(signed, root, next));
                    assert_ne!(KeyId::of(&listed.public), next);
                    body.keys.extend(again);
                    restate(body, root, next, over);
                });
                // Version 2 is without it, 3 and 4 have it with its own days.
                desk.forge_newest(5, |body, root| body.keys.retain(|signed| !is_of(signed, root, next)));
            },
            |finding, [.., next]| *finding == Finding::LeftOut { id: next, version: 5 },
        ),
        (
            "a number is made up that nobody could count to",
            |desk, _| fs::write(desk.public().join("trust-list-4294967295.cbor"), b"").unwrap(),
            |finding, _| *finding == Finding::Missing { first: 6, last: u32::MAX - 1 },
        ),
        (
            "a pipe stands in for a list",
            |desk, _| {
                let two = desk.public().join("trust-list-2.cbor");
                fs::remove_file(&two).unwrap();
                assert!(std::process::Command::new("mkfifo").arg(two).status().unwrap().success());
            },
            |finding, _| *finding == Finding::Missing { first: 2, last: 2 },
        ),
        (
            "a key gets another holder",
            |desk, [_, pass, _]| {
                desk.forge_newest(5, |body, root| {
                    restate(body, root, pass, |statement| statement.holder_name = "Somebody".parse().unwrap())
                })
            },
            |finding, [_, pass, _]| *finding == Finding::Changed { id: pass, version: 5 },
        ),
        (
            "nobody has shown to have the secret half",
            |desk, [_, pass, next]| {
                let keys = desk.public().join("keys");
                fs::copy(keys.join(format!("{next}.pub")), keys.join(format!("{pass}.pub"))).unwrap();
            },
            |finding, [_, pass, _]| *finding == Finding::NotProved(pass),
        ),
    ];
    for (lie, tell, found) in lies {
        let (desk, keys) = Desk::after_some_days();
        tell(&desk, keys);
        let audit = desk.audit();
        assert!(audit.findings().iter().any(|finding| found(finding, keys)), "{lie}: {:?}", audit.findings());
        assert!(audit.to_lines().iter().any(|line| line.starts_with("WRONG: ")));
    }
}

#[test]
fn n7_a_list_that_one_person_was_shown_is_not_in_the_history() {
    let (desk, _) = Desk::after_some_days();
    let mut audit = desk.audit();
    audit.compare(4, [7; 32]);
    assert_eq!(audit.findings(), [Finding::SplitView(4)]);
    // Perhaps these lists are older than what was shown, and perhaps nobody else ever gets it.
    audit.compare(6, [7; 32]);
    assert_eq!(audit.findings(), [Finding::SplitView(4), Finding::NotHere(6)]);
}

#[test]
fn what_was_withdrawn_is_not_signed_again() {
    let mut desk = Desk::founded();
    let key = SecretKey::generate(&mut desk.rng);
    let half = PublicHalf::of(&key, "health-record".parse().unwrap()).unwrap();
    let organiser = OrganiserKey::generate(&mut desk.rng).public();
    let organiser = || SignOrder::Organiser { public: organiser, name: "Theatre on the quay".parse().unwrap() };
    let rule = || SignOrder::Rule { path: "rule.json".into(), text: rules::SAMPLES[0].to_owned() };
    let policy = || SignOrder::Policy { path: "policy.json".into(), text: policy::SAMPLES[0].to_owned() };
    let key = || key_order_of(half.clone(), "City laboratory");
    let orders: [&dyn Fn() -> SignOrder; 4] = [&key, &rule, &policy, &organiser];
    for order in orders {
        let sign = |desk: &mut Desk| desk.office.sign(order(), Terms::default(), &desk.root, NOON);
        let withdrawal = match sign(&mut desk).unwrap() {
            Signature::Key(id, ..) => Withdrawal::Key(id),
            Signature::Rule(id, ..) => Withdrawal::Rule(id),
            Signature::Policy(id, ..) => Withdrawal::Policy(id),
            Signature::Organiser(id, ..) => Withdrawal::Organiser(id),
            Signature::Type(_) => panic!("no type is withdrawn"),
        };
        sign(&mut desk).expect("signed again, while it stands");
        if matches!(withdrawal, Withdrawal::Rule(_)) {
            // The policy names it.
            continue;
        }
        desk.office.withdraw(withdrawal).unwrap();
        let refused = sign(&mut desk);
        assert!(matches!(&refused, Err(Refused::WithdrawnBefore(what)) if *what == withdrawal), "{refused:?}");
    }
}

/// Otherwise nothing could be published any more, not even a withdrawal.
#[test]
fn a_second_key_for_the_passes_of_a_day_is_not_signed() {
    let mut desk = Desk::founded();
    let old = desk.new_key("entry-pass", "City pass office").unwrap();
    let refused = desk.new_key("entry-pass", "Harbour pass office");
    assert!(matches!(&refused, Err(Refused::DaysTaken { id, .. }) if *id == old), "{refused:?}");
    desk.publish(0);
    let beside = |desk: &mut Desk, first: u16| {
        let order = desk.key_order("entry-pass", "City pass office");
        desk.sign(order, Terms { first: Some(desk.today().plus(first)), ..Terms::default() })
    };
    assert!(matches!(beside(&mut desk, 90), Err(Refused::DaysTaken { .. })), "its last day");
    beside(&mut desk, 91).expect("when the other is over");
    let order = desk.key_order("entry-pass", "City pass office");
    let terms = Terms { first: Some(desk.today().plus(10)), last: Some(desk.today().plus(90)), ..Terms::default() };
    desk.office.rotate_key(old, order, terms, &desk.root, NOON).expect("in its place");
    desk.publish(1);
    let lost = desk.new_key("health-pass", "City pass office").unwrap();
    desk.office.withdraw(Withdrawal::Key(lost)).unwrap();
    desk.new_key("health-pass", "City pass office").expect("in the place of a withdrawn one");
    desk.publish(2);
}

/// The organiser would keep the longer one, and nobody would know.
#[test]
fn a_certificate_that_is_out_is_not_shortened() {
    let mut desk = Desk::founded();
    let [one, other] = [(); 2].map(|()| OrganiserKey::generate(&mut desk.rng).public());
    let sign = |desk: &mut Desk, public, last: u16| {
        let order = SignOrder::Organiser { public, name: "Theatre on the quay".parse().unwrap() };
        let terms = Terms { last: Some(desk.today().plus(last)), ..Terms::default() };
        desk.office.sign(order, terms, &desk.root, NOON)
    };
    sign(&mut desk, one, 20).unwrap();
    let refused = sign(&mut desk, one, 19);
    assert!(
        matches!(&refused, Err(Refused::CertificateOut { last, .. }) if *last == desk.today().plus(20)),
        "{refused:?}"
    );
    sign(&mut desk, one, 21).expect("longer");
    sign(&mut desk, other, 19).expect("another's");
}

/// Otherwise the keys of that layout would be keys of nothing, and no list could be published, not even with a withdrawal.
#[test]
fn a_layout_is_signed_for_one_order_of_claims() {
    let mut desk = Desk::founded();
    desk.new_key("entry-pass", "City pass office").unwrap();
    desk.publish(0);
    let entry = attributes::shipped().into_iter().find(|listed| listed.name().as_str() == "entry-pass").unwrap();
    let sign = |desk: &mut Desk, text: String| {
        let order = SignOrder::Type { path: "type.json".into(), text };
        desk.office.sign(order, Terms::default(), &desk.root, NOON)
    };
    sign(&mut desk, entry.to_json()).expect("the same again");
    let other = |layout: u8| {
        let claims = entry.claims()[..2].to_vec();
        CredentialType::new(entry.name().clone(), layout, entry.usage(), claims).unwrap().to_json()
    };
    let refused = sign(&mut desk, other(entry.layout()));
    assert!(matches!(refused, Err(Refused::OtherLayout { .. })), "{refused:?}");
    desk.publish(12);
    sign(&mut desk, other(entry.layout() + 1)).expect("another layout");
}

#[test]
fn n7_many_keys_of_one_lab_are_seen_even_where_the_authority_signs_them() {
    let (mut desk, _) = Desk::after_some_days();
    let signed: Vec<_> = (0..5)
        .map(|_| {
            let list = desk.office.latest().unwrap().unwrap();
            let record = list.keys().iter().find(|key| key.key_type.name().as_str() == "health-record").unwrap();
            let statement = KeyStatement {
                public: SecretKey::generate(&mut desk.rng).public_key(),
                type_id: record.key_type.id(),
                type_name: record.key_type.name().clone(),
                first: record.first,
                last: record.last,
                holder_name: record.holder_name.clone(),
                specimen: false,
            };
            Signed::sign(&statement, &desk.root).unwrap()
        })
        .collect();
    desk.forge_newest(5, |body, _| body.keys.extend(signed));
    let audit = desk.audit();
    let found = |finding: &&Finding| matches!(finding, Finding::ManyKeys { count: 5, version: 5, .. });
    assert_eq!(audit.findings().iter().filter(found).count(), 1, "{:?}", audit.findings());
    let unproved = |finding: &&Finding| matches!(finding, Finding::NotProved(_));
    assert_eq!(audit.findings().iter().filter(unproved).count(), 5);
}
