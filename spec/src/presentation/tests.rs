#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use bauta_crypto::holder::{self, Credential, Statement};
use bauta_crypto::pseudonym::{HolderSecret, Pseudonym};
use bauta_crypto::{PublicKey, SecretKey};
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::*;
use crate::attributes::{Binding, Claims, CredentialType, DisclosedSet, Handle, RuleId, Value, shipped_named};
use crate::credential::KeyId;
use crate::hint::Hint;
use crate::policy::PolicyId;
use crate::time::{Day, Epoch, Minute, Month};

pub(super) const TODAY: Epoch = Epoch { day: Day::new(20_781), series: 0 };

/// A credential of one type, a showing of it, and what both sides know.
struct Showing {
    credential_type: CredentialType,
    context: Context,
    part: Part,
    public_key: PublicKey,
}

const EVENT: &[u8] = b"an event";

fn shown(type_name: &str, values: Vec<Value>, disclosed: &[&str], mode: Mode) -> Showing {
    let mut rng = ChaCha20Rng::seed_from_u64(7);
    let credential_type = shipped_named(type_name).unwrap();
    let sk = SecretKey::generate(&mut rng);
    let public_key = sk.public_key();
    let secret = HolderSecret::generate(&mut rng);
    let (commitment, blind) = holder::commit(&secret, &mut rng).unwrap();
    let commitment = holder::verify_commitment(&commitment).unwrap();
    let claims = Claims::new(&credential_type, values).unwrap();
    let messages = claims.messages();
    let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
    let header = credential_type.header();
    let signature = holder::sign(&sk, &commitment, &header, &messages).unwrap();

    let disclosed = credential_type.disclosing(disclosed.iter().copied()).unwrap();
    let office = mode == Mode::Office;
    let context = Context {
        mode,
        type_id: credential_type.id(),
        disclosed,
        key: KeyId::of(&public_key),
        policy_hash: if office { [0; 32] } else { [9; 32] },
        epoch: if office { Epoch { day: Day::new(0), series: 0 } } else { TODAY },
        minute: Minute::new(if mode == Mode::Paper { 0 } else { 29_925_360 }),
        challenge: if matches!(mode, Mode::OneWay | Mode::Paper) { [0; 32] } else { [5; 32] },
    };
    let (indexes, ph) = (disclosed.indexes(), context.presentation_header());
    let held = Credential {
        public_key: &public_key,
        signature: &signature,
        header: &header,
        messages: &messages,
        secret: &secret,
        blind: &blind,
    };
    let (proof, pseudonym) = if mode == Mode::Poster {
        let (proof, pseudonym) = holder::show_with_pseudonym(&held, EVENT, &ph, &indexes, &mut rng).unwrap();
        (proof, Some(pseudonym))
    } else {
        (holder::show(&held, &ph, &indexes, &mut rng).unwrap(), None)
    };
    let disclosed = indexes.into_iter().map(|index| (index, claims.values()[index].clone())).collect();
    Showing { credential_type, context, part: Part { disclosed, pseudonym, proof }, public_key }
}

fn entry(mode: Mode) -> Showing {
    shown("entry-pass", entry_values(), &["epoch", "admits"], mode)
}

fn health_record(mode: Mode, tested: Value) -> Showing {
    shown("health-record", record_values(1, tested), &SHOWN_TO_THE_OFFICE, mode)
}

pub(super) const SHOWN_TO_THE_OFFICE: [&str; 8] =
    ["handle", "binding", "tested", "tested_on", "vaccinated", "vaccinated_on", "age_band", "valid_until"];

pub(super) fn entry_values() -> Vec<Value> {
    vec![Value::Epoch(TODAY), Value::Admits(RuleId::new([3; 8])), Value::Hint(Hint::new(17).unwrap())]
}

pub(super) fn record_values(handle: u8, tested: Value) -> Vec<Value> {
    vec![
        Value::Handle(Handle::new([handle; 16])),
        Value::Binding(Binding::new([2; 32])),
        tested,
        Value::Day(Day::new(20_780)),
        Value::Absent,
        Value::Absent,
        Value::Code(5),
        Value::Hint(Hint::new(240).unwrap()),
        Value::Day(Day::new(20_900)),
    ]
}

impl Showing {
    fn envelope(&self) -> Envelope {
        Envelope::seal(&self.context, &self.credential_type, &self.part).unwrap()
    }

    fn open(&self, envelope: &Envelope) -> Result<Part, crate::Malformed> {
        envelope.open(&self.credential_type, self.context.disclosed, naming(self.part.pseudonym.as_ref()))
    }
}

pub(super) fn naming(pseudonym: Option<&Pseudonym>) -> Naming {
    pseudonym.map_or(Naming::Anonymous, |_| Naming::Pseudonymous)
}

/// What a verifier does: rebuild everything from the bytes and its own expectation.
#[test]
fn every_mode_travels_and_still_proves() {
    let record = health_record(Mode::Office, Value::Code(1));
    for showing in [entry(Mode::OneWay), entry(Mode::Poster), entry(Mode::Nonce), entry(Mode::Paper), record] {
        let bytes = showing.envelope().to_bytes();
        let shown = [(&showing.credential_type, showing.context.disclosed)];
        let foreseen = len(showing.context.mode, &shown, naming(showing.part.pseudonym.as_ref()));
        assert_eq!(bytes.len(), foreseen, "{:?}", showing.context.mode);
        let envelope = Envelope::from_bytes(&bytes).unwrap();
        let part = showing.open(&envelope).unwrap();
        assert_eq!(part, showing.part);
        let now = showing.context.minute.plus(2);
        let context = Context {
            mode: envelope.mode,
            key: envelope.key,
            epoch: envelope.epoch,
            minute: if envelope.mode == Mode::Paper { Minute::new(0) } else { Minute::nearest(envelope.minute, now) },
            ..showing.context.clone()
        };
        let messages = part.messages();
        let messages: Vec<(usize, &[u8])> = messages.iter().map(|(i, message)| (*i, message.as_slice())).collect();
        let statement = Statement {
            public_key: &showing.public_key,
            header: &showing.credential_type.header(),
            presentation_header: &context.presentation_header(),
            message_count: showing.credential_type.len(),
            disclosed: &messages,
        };
        let holds = match &part.pseudonym {
            Some(pseudonym) => holder::check_with_pseudonym(&statement, EVENT, &part.proof, pseudonym),
            None => holder::check(&statement, &part.proof),
        };
        assert_eq!(holds, Ok(()), "{:?}", envelope.mode);
    }
}

#[test]
fn the_layout_is_the_documented_one() {
    let showing = entry(Mode::Nonce);
    let bytes = showing.envelope().to_bytes();
    let minute_of_day = showing.context.minute.of_day().number().to_be_bytes();
    let clear =
        [&[1, 1, 2][..], &[9; 4], &minute_of_day, &[5; 4], &showing.context.key.bytes(), &[0x51, 0x2d, 0]].concat();
    assert_eq!(&bytes[..20], clear);
    assert_eq!(&bytes[20..28], [3; 8]);
    assert_eq!(&bytes[28..], showing.part.proof.to_bytes());
    assert_eq!(bytes.len(), 28 + 368);
}

#[test]
fn lengths_say_nothing_about_the_facts() {
    let tested = health_record(Mode::Office, Value::Code(2)).envelope().to_bytes();
    let untested = health_record(Mode::Office, Value::Absent).envelope().to_bytes();
    assert_eq!(tested.len(), untested.len());
}

#[test]
fn headers_bind_every_field() {
    let context = entry(Mode::Nonce).context;
    let other = [
        Context { mode: Mode::Poster, ..context.clone() },
        Context { type_id: shipped_named("age-pass").unwrap().id(), ..context.clone() },
        Context { disclosed: context.disclosed.with(2), ..context.clone() },
        Context { key: KeyId::new([0; 4]), ..context.clone() },
        Context { policy_hash: [8; 32], ..context.clone() },
        Context { epoch: Epoch { series: 1, ..TODAY }, ..context.clone() },
        Context { epoch: Epoch { day: TODAY.day.plus(1), ..TODAY }, ..context.clone() },
        Context { minute: context.minute.plus(1440), ..context.clone() },
        Context { challenge: [6; 32], ..context.clone() },
    ];
    let mut headers: Vec<_> = other.iter().chain([&context]).map(Context::presentation_header).collect();
    assert!(headers.iter().all(|header| header.len() == 132));
    headers.sort();
    headers.dedup();
    assert_eq!(headers.len(), 10);
}

#[test]
fn envelopes_with_one_flaw() {
    let good = entry(Mode::OneWay).envelope().to_bytes();
    let office = health_record(Mode::Office, Value::Absent).envelope().to_bytes();
    let paper = entry(Mode::Paper).envelope().to_bytes();
    for (flaw, bytes) in with_one_flaw(1, [&good, &office, &paper]) {
        assert!(Envelope::from_bytes(&bytes).is_err(), "accepted: {flaw}");
    }
    let two = Envelope::from_bytes(&with(&good, 1, 2)).unwrap_err().to_string();
    assert!(two.contains("two parts") && two.contains("one is asked"), "{two}");
}

/// What no envelope of so many parts may be, made of a good one for a door, one for the office and one on paper.
pub(super) fn with_one_flaw(parts: usize, [good, office, paper]: [&[u8]; 3]) -> Vec<(&'static str, Vec<u8>)> {
    let epoch = 9 + 4 * parts;
    vec![
        ("nothing", Vec::new()),
        ("version_0", with(good, 0, 0)),
        ("version_2", with(good, 0, 2)),
        ("no_parts", with(good, 1, 0)),
        ("three_parts", with(good, 1, 3)),
        ("mode_5", with(good, 2, 5)),
        ("minute_1440", with(&with(good, 7, 0x05), 8, 0xA0)),
        ("epoch_on_no_day", with(&with(good, epoch, 0xFF), epoch + 1, 0xFF)),
        ("clear_part_cut_short", good[..epoch + 2].to_vec()),
        ("971_bytes", [good, &vec![0; 971 - good.len()]].concat()),
        ("office_with_policy", with(office, 3, 1)),
        ("office_with_epoch", with(office, epoch + 2, 1)),
        ("paper_with_minute", with(paper, 8, 1)),
    ]
}

fn with(bytes: &[u8], at: usize, value: u8) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at] = value;
    bytes
}

#[test]
fn bodies_with_one_flaw() {
    let showing = entry(Mode::Poster);
    let good = showing.envelope().to_bytes();
    let reopened = |bytes: &[u8]| showing.open(&Envelope::from_bytes(bytes).unwrap());
    assert!(reopened(&good).is_ok());
    assert!(reopened(&good[..good.len() - 1]).is_err(), "accepted: cut by one");
    assert!(reopened(&[&good[..], &[0]].concat()).is_err(), "accepted: one byte more");
    let mut identity = good.clone();
    identity[28..76].fill(0);
    identity[28] = 0xC0;
    assert!(reopened(&identity).is_err(), "accepted: pseudonym at infinity");

    let envelope = showing.envelope();
    let (credential_type, disclosed) = (&showing.credential_type, showing.context.disclosed);
    assert!(envelope.open(credential_type, disclosed, Naming::Anonymous).is_err(), "read without its pseudonym");
    assert!(envelope.open(credential_type, disclosed.with(2), Naming::Pseudonymous).is_err(), "read with the hint");
    assert!(
        envelope.open(credential_type, disclosed.without(0), Naming::Pseudonymous).is_err(),
        "read without its epoch"
    );
    assert!(
        envelope.open(credential_type, disclosed.with(3), Naming::Pseudonymous).is_err(),
        "read with a claim beyond the type"
    );
    assert!(
        envelope.open(&shipped_named("health-pass").unwrap(), disclosed, Naming::Pseudonymous).is_err(),
        "read as another type"
    );
}

#[test]
fn records_stay_out_of_doors_and_passes_out_of_the_office() {
    for mode in [Mode::OneWay, Mode::Poster, Mode::Nonce, Mode::Paper] {
        let showing = health_record(mode, Value::Absent);
        assert!(Envelope::seal(&showing.context, &showing.credential_type, &showing.part).is_err(), "{mode:?}");
    }
    let showing = entry(Mode::Office);
    assert!(Envelope::seal(&showing.context, &showing.credential_type, &showing.part).is_err());
}

#[test]
fn the_envelope_says_what_the_proof_is_bound_to() {
    let showing = entry(Mode::OneWay);
    let sealed = |context: Context| Envelope::seal(&context, &showing.credential_type, &showing.part);
    let context = || showing.context.clone();
    assert!(sealed(context()).is_ok());
    assert!(sealed(Context { disclosed: DisclosedSet::all(3), ..context() }).is_err());
    assert!(sealed(Context { epoch: Epoch { series: 1, ..TODAY }, ..context() }).is_err());
    assert!(sealed(Context { mode: Mode::Paper, minute: Minute::new(1440), ..context() }).is_err());
}

#[test]
fn logs_show_no_facts() {
    let showing = health_record(Mode::Office, Value::Code(1));
    let text = format!("{:?} {:?}", showing.part, showing.envelope());
    for word in ["Code", "Handle", "Binding", "Day(2026", "body"] {
        assert!(!text.contains(word), "{word} in {text}");
    }
}

#[test]
fn a_birth_month_has_its_place() {
    let values = vec![
        Value::Handle(Handle::new([1; 16])),
        Value::Binding(Binding::new([2; 32])),
        Value::Month(Month::new(1990 * 12 + 4)),
        Value::Day(Day::new(20_900)),
    ];
    let showing = shown("age-record", values, &["handle", "binding", "birth_month", "valid_until"], Mode::Office);
    assert_eq!(showing.open(&showing.envelope()), Ok(showing.part.clone()));
    assert_eq!(showing.envelope().policy, PolicyId::new([0; 4]));
}

proptest! {
    #[test]
    fn any_bytes_get_an_answer(head in prop::array::uniform3(0..6_u8), rest in prop::collection::vec(any::<u8>(), 0..970)) {
        let bytes = [&head[..], &rest].concat();
        if let Ok(envelope) = Envelope::from_bytes(&bytes) {
            prop_assert_eq!(envelope.to_bytes(), bytes);
        }
    }
}
