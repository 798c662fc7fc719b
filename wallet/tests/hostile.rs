//! Issuers and offices that answer something else than was asked for (N6): each is refused, with its reason, and nothing is kept.

#![allow(clippy::unwrap_used, clippy::panic)] // a test says what is wrong by failing

mod world;

use bauta_crypto::holder::{self, VerifiedCommitment};
use bauta_crypto::{SecretKey, Signature};
use bauta_spec::attributes::{Binding, Claims, CredentialType, Handle, Value, shipped_named};
use bauta_spec::credential::{Credential, KeyId};
use bauta_spec::issuance::OfficeAnswer;
use bauta_spec::rules::Presented;
use bauta_spec::time::Epoch;
use bauta_spec::trust::{KeyRefusal, Slot};
use bauta_wallet::Pass;
use bauta_wallet::collect::{Refusal, Requested};
use bauta_wallet::renew::{self, HintWish, Renewal};
use bauta_wallet::vault::Vault;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use world::{NONCE, World, sign, tested, today};

/// A request of a wallet, and the values that an honest lab would sign for it.
struct AtTheLab {
    world: World,
    wallet: Vault,
    requested: Requested,
    commitment: VerifiedCommitment,
    values: Vec<Value>,
}

impl AtTheLab {
    fn new() -> Self {
        let mut world = World::new(20);
        let wallet = world.wallet();
        let requested = Requested::new(wallet.secret(), &mut world.rng).unwrap();
        let commitment = holder::verify_commitment(requested.commitment()).unwrap();
        let mut values = vec![Value::Handle(Handle::new([7; 16])), Value::Binding(requested.binding())];
        values.extend(tested());
        Self { world, wallet, requested, commitment, values }
    }

    fn answers(self, record: &[u8]) -> Result<(), Refusal> {
        let Self { world, wallet, requested, .. } = self;
        requested.receive(record, world.issuer(), wallet.secret(), wallet.trust(), world.now).map(drop)
    }

    fn signed_as(&self, key: KeyId, secret: &SecretKey, type_name: &str, values: Vec<Value>) -> Vec<u8> {
        sign(key, secret, &shipped_named(type_name).unwrap(), values, &self.commitment)
    }

    fn honest(&self) -> Vec<u8> {
        let (key, secret) = self.world.key_of("health-record");
        self.signed_as(key, secret, "health-record", self.values.clone())
    }

    /// Signs these messages under this header, whatever they are, and writes them as the credential of `values`.
    fn signed_otherwise(&self, header: &[u8], messages: &[Vec<u8>], values: Vec<Value>) -> Vec<u8> {
        let (key, secret) = self.world.key_of("health-record");
        let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
        let signature = holder::sign(secret, &self.commitment, header, &messages).unwrap();
        let claims = Claims::new(&record_type(), values).unwrap();
        Credential { key, claims, signature }.to_bytes()
    }
}

fn record_type() -> CredentialType {
    shipped_named("health-record").unwrap()
}

fn messages(values: &[Value]) -> Vec<Vec<u8>> {
    values.iter().map(Value::message).collect()
}

#[test]
fn the_honest_record_is_taken() {
    let lab = AtTheLab::new();
    let record = lab.honest();
    assert_eq!(lab.answers(&record), Ok(()));
}

#[test]
fn a_key_that_nobody_listed() {
    let mut lab = AtTheLab::new();
    let own = SecretKey::generate(&mut lab.world.rng);
    let record = lab.signed_as(KeyId::of(&own.public_key()), &own, "health-record", lab.values.clone());
    assert_eq!(lab.answers(&record), Err(Refusal::Key(KeyRefusal::Unknown)));
}

#[test]
fn a_key_of_its_own_under_the_name_of_a_listed_one() {
    let mut lab = AtTheLab::new();
    let own = SecretKey::generate(&mut lab.world.rng);
    let (listed, _) = lab.world.key_of("health-record");
    let record = lab.signed_as(listed, &own, "health-record", lab.values.clone());
    assert_eq!(lab.answers(&record), Err(Refusal::Signature));
}

#[test]
fn a_key_that_was_withdrawn() {
    let mut lab = AtTheLab::new();
    let record = lab.honest();
    let (key, _) = lab.world.key_of("health-record");
    lab.world.publish(|body| body.withdrawn_keys.extend([key]));
    lab.wallet.advance(lab.world.list.bytes(), lab.world.now).unwrap();
    assert_eq!(lab.answers(&record), Err(Refusal::Key(KeyRefusal::Withdrawn)));
}

#[test]
fn a_pass_in_place_of_a_record() {
    let lab = AtTheLab::new();
    let (key, secret) = lab.world.key_of("entry-pass");
    let epoch = Value::Epoch(Epoch { day: today(), series: 0 });
    let rule = Value::Admits(lab.world.policy("entry").rule().unwrap());
    let record = lab.signed_as(key, secret, "entry-pass", vec![epoch, rule, Value::Absent]);
    assert_eq!(lab.answers(&record), Err(Refusal::NotARecord));
}

#[test]
fn a_header_of_its_own() {
    // A header per person would be a tag: the header follows from the type, and the type from the key.
    let lab = AtTheLab::new();
    let mut header = record_type().header();
    header.push(1);
    let record = lab.signed_otherwise(&header, &messages(&lab.values), lab.values.clone());
    assert_eq!(lab.answers(&record), Err(Refusal::Signature));
}

#[test]
fn a_message_more_than_is_shown() {
    let lab = AtTheLab::new();
    let mut more = messages(&lab.values);
    more.push(b"number 4711".to_vec());
    let record = lab.signed_otherwise(&record_type().header(), &more, lab.values.clone());
    assert_eq!(lab.answers(&record), Err(Refusal::Signature));
}

#[test]
fn messages_in_another_order() {
    let lab = AtTheLab::new();
    let mut reordered = messages(&lab.values);
    reordered.swap(2, 6);
    let record = lab.signed_otherwise(&record_type().header(), &reordered, lab.values.clone());
    assert_eq!(lab.answers(&record), Err(Refusal::Signature));
}

#[test]
fn a_message_in_another_spelling() {
    // The same fact with a longer number: a way to mark somebody that the claims do not show.
    let lab = AtTheLab::new();
    let mut spelt = messages(&lab.values);
    assert_eq!(spelt[2], [0x01]);
    spelt[2] = vec![0x18, 0x01];
    let record = lab.signed_otherwise(&record_type().header(), &spelt, lab.values.clone());
    assert_eq!(lab.answers(&record), Err(Refusal::Signature));
}

#[test]
fn other_facts_than_were_signed() {
    let lab = AtTheLab::new();
    let mut others = lab.values.clone();
    others[6] = Value::Code(6);
    let record = lab.signed_otherwise(&record_type().header(), &messages(&lab.values), others);
    assert_eq!(lab.answers(&record), Err(Refusal::Signature));
}

#[test]
fn a_claim_too_many() {
    let lab = AtTheLab::new();
    let honest = lab.honest();
    // [1, key, [nine values], signature]: the list begins after one head, the version and five bytes of key.
    let list = 1 + 1 + 5;
    assert_eq!(honest[list], 0x89);
    let mut record = honest[..list].to_vec();
    record.push(0x8A);
    record.push(0x01);
    record.extend(&honest[list + 1..]);
    assert!(matches!(lab.answers(&record), Err(Refusal::ForeignClaim(_))));
}

#[test]
fn a_word_outside_the_vocabulary() {
    let lab = AtTheLab::new();
    let honest = lab.honest();
    let tested = 1 + 1 + 5 + 1 + 17 + 34;
    assert_eq!(honest[tested], 0x01);
    let mut record = honest.clone();
    record[tested] = 0x07;
    assert!(matches!(lab.answers(&record), Err(Refusal::ForeignClaim(_))));
}

#[test]
fn a_record_for_another_commitment() {
    let mut lab = AtTheLab::new();
    let other = Requested::new(lab.wallet.secret(), &mut lab.world.rng).unwrap();
    let record = lab.world.record("health-record", tested(), other.commitment());
    assert_eq!(lab.answers(&record), Err(Refusal::Binding));
}

#[test]
fn the_right_binding_over_another_commitment() {
    let mut lab = AtTheLab::new();
    let other = Requested::new(lab.wallet.secret(), &mut lab.world.rng).unwrap();
    let other = holder::verify_commitment(other.commitment()).unwrap();
    let (key, secret) = lab.world.key_of("health-record");
    let record = sign(key, secret, &record_type(), lab.values.clone(), &other);
    assert_eq!(lab.answers(&record), Err(Refusal::Signature));
}

#[test]
fn a_binding_of_its_own() {
    let mut lab = AtTheLab::new();
    lab.values[1] = Value::Binding(Binding::new([9; 32]));
    let record = lab.honest();
    assert_eq!(lab.answers(&record), Err(Refusal::Binding));
}

#[test]
fn junk_after_the_record() {
    let lab = AtTheLab::new();
    let mut record = lab.honest();
    record.push(0);
    assert!(matches!(lab.answers(&record), Err(Refusal::Malformed(_))));
}

#[test]
fn every_flipped_bit_of_a_record() {
    let mut world = World::new(20);
    let wallet = world.wallet();
    // The same request each time: it is used up by each answer.
    let requested = || Requested::new(wallet.secret(), &mut ChaCha20Rng::seed_from_u64(5)).unwrap();
    let record = world.record("health-record", tested(), requested().commitment());
    let answers =
        |record: &[u8]| requested().receive(record, world.issuer(), wallet.secret(), wallet.trust(), world.now);
    assert!(answers(&record).is_ok());
    for bit in 0..record.len() * 8 {
        let mut flipped = record.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(answers(&flipped).is_err(), "bit {bit}");
    }
}

/// A wallet with a record that is renewed.
struct AtTheOffice {
    world: World,
    wallet: Vault,
}

impl AtTheOffice {
    fn new() -> Self {
        let mut world = World::new(21);
        let mut wallet = world.wallet();
        story::collect(&mut wallet, &mut world);
        Self { world, wallet }
    }

    /// Asks, and gives what the wallet says to the answer that `office` makes.
    fn answered(mut self, office: impl Fn(&World, &Renewal<'_>) -> Vec<u8>) -> Result<Vec<Pass>, renew::Refusal> {
        let (record, now) = (&self.wallet.records()[0], self.world.now);
        let (secret, trust) = (self.wallet.secret(), self.wallet.trust());
        let renewal = Renewal::new(record, secret, trust, NONCE, HintWish::LeaveOut, now, &mut self.world.rng).unwrap();
        let answer = office(&self.world, &renewal);
        renewal.receive(&answer)
    }
}

/// Signs for each slot what `claims` makes of the pass that is due.
fn passes_with(
    world: &World,
    renewal: &Renewal<'_>,
    change: impl Fn(&Slot<'_>, Option<Claims>) -> Option<Claims>,
) -> Vec<u8> {
    let (_, facts) = world.facts_shown(renewal.request());
    let answer = world.passes_by(renewal.request(), |slot, commitment| {
        let due = slot.rule.apply(&[presented(&record_type(), &facts)], &slot.key.key_type, slot.epoch);
        change(slot, due).map(|claims| world.sign_pass(slot, &claims, commitment))
    });
    answer.to_bytes()
}

fn presented<'a>(record_type: &'a CredentialType, claims: &'a Claims) -> Presented<'a> {
    Presented { record_type, claims }
}

fn with_value(slot: &Slot<'_>, claims: &Claims, index: usize, value: Value) -> Claims {
    let mut values = claims.values().to_vec();
    values[index] = value;
    Claims::new(&slot.key.key_type, values).unwrap()
}

#[test]
fn honest_passes_are_taken() {
    let passes = AtTheOffice::new().answered(|world, renewal| world.passes(renewal.request()).to_bytes()).unwrap();
    // Tested yesterday: two days by the entry rule, and the health rule holds on all four.
    assert_eq!(passes.len(), 2 + 4);
}

#[test]
fn a_pass_that_carries_a_mark_in_the_hint() {
    let refused = AtTheOffice::new().answered(|world, renewal| {
        passes_with(world, renewal, |slot, due| {
            let marked = |claims: Claims| match slot.key.key_type.index_of("hint") {
                Some(hint) => with_value(slot, &claims, hint, tested()[5].clone()),
                None => claims,
            };
            due.map(marked)
        })
    });
    assert_eq!(refused.unwrap_err(), renew::Refusal::Signature(today()));
}

#[test]
fn a_pass_for_another_day_or_series() {
    for other in [Epoch { day: today().plus(1), series: 0 }, Epoch { day: today(), series: 1 }] {
        let refused = AtTheOffice::new().answered(|world, renewal| {
            passes_with(world, renewal, |slot, due| due.map(|claims| with_value(slot, &claims, 0, Value::Epoch(other))))
        });
        assert_eq!(refused.unwrap_err(), renew::Refusal::Signature(today()));
    }
}

#[test]
fn a_pass_that_is_kept_back() {
    let refused = AtTheOffice::new().answered(|world, renewal| {
        passes_with(world, renewal, |slot, due| due.filter(|_| slot.epoch.day != today().plus(1)))
    });
    assert_eq!(refused.unwrap_err(), renew::Refusal::Missing(today().plus(1)));
}

#[test]
fn a_pass_that_the_facts_do_not_give() {
    // As if the test had been made later: entry on the third day too.
    let refused = AtTheOffice::new().answered(|world, renewal| {
        passes_with(world, renewal, |slot, due| {
            let entry = slot.rule.name().as_str() == "tested-or-vaccinated";
            let values = vec![Value::Epoch(slot.epoch), Value::Admits(slot.rule.id()), Value::Absent];
            due.or_else(|| entry.then(|| Claims::new(&slot.key.key_type, values).unwrap()))
        })
    });
    assert_eq!(refused.unwrap_err(), renew::Refusal::Undue(today().plus(2)));
}

#[test]
fn passes_signed_by_another_key() {
    let own = SecretKey::generate(&mut World::new(22).rng);
    let refused = AtTheOffice::new().answered(|world, renewal| {
        let (_, facts) = world.facts_shown(renewal.request());
        let sign = |slot: &Slot<'_>, commitment: &VerifiedCommitment| -> Option<Signature> {
            let claims = slot.rule.apply(&[presented(&record_type(), &facts)], &slot.key.key_type, slot.epoch)?;
            let messages = claims.messages();
            let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
            Some(holder::sign(&own, commitment, &slot.key.key_type.header(), &messages).unwrap())
        };
        world.passes_by(renewal.request(), sign).to_bytes()
    });
    assert_eq!(refused.unwrap_err(), renew::Refusal::Signature(today()));
}

#[test]
fn an_answer_of_another_size() {
    for change in [1_isize, -1] {
        let refused = AtTheOffice::new().answered(|world, renewal| {
            let honest = world.passes(renewal.request());
            let mut signatures: Vec<Option<Signature>> = honest.signatures().map(Result::unwrap).collect();
            signatures.resize_with(signatures.len().saturating_add_signed(change), || None);
            OfficeAnswer::new(signatures).unwrap().to_bytes()
        });
        assert!(matches!(refused.unwrap_err(), renew::Refusal::Count { .. }));
    }
}

#[test]
fn passes_for_another_wallet() {
    let mut other = World::new(23);
    let stranger = Requested::new(other.wallet().secret(), &mut other.rng).unwrap();
    let refused = AtTheOffice::new().answered(|world, renewal| {
        let stranger = holder::verify_commitment(stranger.commitment()).unwrap();
        let (_, facts) = world.facts_shown(renewal.request());
        let sign = |slot: &Slot<'_>, _: &VerifiedCommitment| {
            let claims = slot.rule.apply(&[presented(&record_type(), &facts)], &slot.key.key_type, slot.epoch)?;
            Some(world.sign_pass(slot, &claims, &stranger))
        };
        world.passes_by(renewal.request(), sign).to_bytes()
    });
    assert_eq!(refused.unwrap_err(), renew::Refusal::Signature(today()));
}

#[test]
fn a_list_made_for_one_wallet_is_noticed() {
    // N7: another list of the same version, signed by the same delegate.
    let mut world = World::new(24);
    let mut wallet = world.wallet();
    let (key, _) = world.key_of("age-pass");
    let common = world.list.clone();
    world.publish(|body| body.withdrawn_keys.extend([key]));
    wallet.advance(world.list.bytes(), world.now).unwrap();
    let own = world.list.clone();
    world.list = common;
    world.publish(|_| {});
    assert_ne!(world.list.hash(), own.hash());
    let refused = wallet.advance(world.list.bytes(), world.now).unwrap_err();
    assert!(refused.to_string().contains("two lists are in circulation"), "{refused}");
    assert_eq!(wallet.trust().hash(), own.hash(), "the list at hand stays");
}

mod story {
    use super::*;
    use bauta_wallet::errand::{Admission, Errand, Pickup};
    use world::Waiting;

    const CODE: &str = "04HMASW9NF6YZ08HMASW9NF6YZ";

    pub(super) fn collect(wallet: &mut Vault, world: &mut World) {
        let waiting = Waiting { record_type: "health-record", facts: tested(), taken_by: None };
        world.waiting.insert(CODE.to_owned(), waiting);
        let errand = Errand::new(world.issuer(), Pickup::Code(CODE.parse().unwrap()));
        let reply = world.answer(&errand.call()).unwrap();
        let Admission::Go(admitted) = errand.admitted(&reply, wallet).unwrap() else { panic!("a fresh code") };
        let asked = admitted.ask(wallet, &mut world.rng).unwrap();
        let reply = world.answer(asked.call()).unwrap();
        asked.received(&reply, wallet, world.now).unwrap();
    }
}
