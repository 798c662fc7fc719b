#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::{env, fs};

use bauta_crypto::composed::{self, Part, Statement};
use bauta_crypto::holder::{self, Credential, Prover};
use bauta_crypto::pseudonym::HolderSecret;
use bauta_crypto::{PublicKey, SecretKey};
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::*;
use crate::attributes::{Claims, shipped_named};
use crate::presentation::tests::{SHOWN_TO_THE_OFFICE, TODAY, entry_values, naming, record_values, with_one_flaw};
use crate::presentation::{Context, Envelope, Shown, len};
use crate::qr::{self, Picture};
use crate::time::{Day, Minute};

const EVENT: &[u8] = b"an event";

/// A credential of somebody who may have others.
struct Held {
    credential_type: CredentialType,
    values: Vec<Value>,
    disclosed: DisclosedSet,
    public_key: PublicKey,
    prover: Prover,
}

impl Held {
    fn new(
        secret: &HolderSecret,
        type_name: &str,
        values: Vec<Value>,
        disclosed: &[&str],
        rng: &mut ChaCha20Rng,
    ) -> Self {
        let credential_type = shipped_named(type_name).unwrap();
        let sk = SecretKey::generate(rng);
        let public_key = sk.public_key();
        let (commitment, blind) = holder::commit(secret, rng).unwrap();
        let commitment = holder::verify_commitment(&commitment).unwrap();
        let claims = Claims::new(&credential_type, values).unwrap();
        let messages = claims.messages();
        let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
        let header = credential_type.header();
        let signature = holder::sign(&sk, &commitment, &header, &messages).unwrap();
        let prover = Prover::new(&Credential {
            public_key: &public_key,
            signature: &signature,
            header: &header,
            messages: &messages,
            secret,
            blind: &blind,
        })
        .unwrap();
        let disclosed = credential_type.disclosing(disclosed.iter().copied()).unwrap();
        Self { values: claims.values().to_vec(), credential_type, disclosed, public_key, prover }
    }
}

/// What both sides of a showing know, and what is shown.
struct Showing {
    held: [Held; 2],
    context: PairContext,
    pair: Pair,
}

impl Showing {
    fn new(held: [Held; 2], mode: Mode) -> Self {
        let office = mode == Mode::Office;
        let parts = held.each_ref().map(|held| Shown {
            type_id: held.credential_type.id(),
            disclosed: held.disclosed,
            key: KeyId::of(&held.public_key),
        });
        let context = PairContext {
            mode,
            parts,
            policy_hash: if office { [0; 32] } else { [9; 32] },
            epoch: if office { Epoch { day: Day::new(0), series: 0 } } else { TODAY },
            minute: Minute::new(if mode == Mode::Paper { 0 } else { 29_925_360 }),
            challenge: if matches!(mode, Mode::OneWay | Mode::Paper) { [0; 32] } else { [5; 32] },
        };
        let mut rng = ChaCha20Rng::seed_from_u64(8);
        let ph = context.presentation_header();
        let indexes = held.each_ref().map(|held| held.disclosed.indexes());
        let parts: Vec<Part<'_>> = held
            .iter()
            .zip(&indexes)
            .map(|(held, disclosed_indexes)| Part { prover: &held.prover, disclosed_indexes })
            .collect();
        let (proof, pseudonym) = if mode == Mode::Poster {
            let (proof, pseudonym) = composed::show_with_pseudonym(&parts, EVENT, &ph, &mut rng).unwrap();
            (proof, Some(pseudonym))
        } else {
            (composed::show(&parts, &ph, &mut rng).unwrap(), None)
        };
        let values = |i: usize| indexes[i].iter().map(|index| (*index, held[i].values[*index].clone())).collect();
        let pair = Pair { disclosed: [values(0), values(1)], pseudonym, proof };
        Self { held, context, pair }
    }

    fn types(&self) -> [&CredentialType; 2] {
        self.held.each_ref().map(|held| &held.credential_type)
    }

    fn shown(&self) -> [(&CredentialType, DisclosedSet); 2] {
        self.held.each_ref().map(|held| (&held.credential_type, held.disclosed))
    }

    fn envelope(&self) -> PairEnvelope {
        PairEnvelope::seal(&self.context, self.types(), &self.pair).unwrap()
    }
}

fn entry(secret: &HolderSecret, rng: &mut ChaCha20Rng) -> Held {
    Held::new(secret, "entry-pass", entry_values(), &["epoch", "admits"], rng)
}

fn two_entries(mode: Mode) -> Showing {
    let mut rng = ChaCha20Rng::seed_from_u64(7);
    let secret = HolderSecret::generate(&mut rng);
    let held = [entry(&secret, &mut rng), entry(&secret, &mut rng)];
    Showing::new(held, mode)
}

fn entry_and_member(mode: Mode) -> Showing {
    let mut rng = ChaCha20Rng::seed_from_u64(7);
    let secret = HolderSecret::generate(&mut rng);
    let membership = vec![Value::Epoch(TODAY), Value::Code(2), Value::Code(1)];
    let member = Held::new(&secret, "membership-pass", membership, &["epoch", "group"], &mut rng);
    Showing::new([entry(&secret, &mut rng), member], mode)
}

fn two_records(mode: Mode) -> Showing {
    let mut rng = ChaCha20Rng::seed_from_u64(7);
    let secret = HolderSecret::generate(&mut rng);
    let mut record = |handle| {
        Held::new(&secret, "health-record", record_values(handle, Value::Code(1)), &SHOWN_TO_THE_OFFICE, &mut rng)
    };
    Showing::new([record(1), record(2)], mode)
}

/// What a verifier will do: rebuild everything from the bytes and its own expectation.
#[test]
fn both_credentials_travel_in_every_mode_and_still_prove() {
    let doors = [Mode::OneWay, Mode::Poster, Mode::Nonce, Mode::Paper];
    let showings = doors.into_iter().flat_map(|mode| [two_entries(mode), entry_and_member(mode)]);
    for showing in showings.chain([two_records(Mode::Office)]) {
        let bytes = showing.envelope().to_bytes();
        let foreseen = len(showing.context.mode, &showing.shown(), naming(showing.pair.pseudonym.as_ref()));
        assert_eq!(bytes.len(), foreseen, "{:?}", showing.context.mode);
        let envelope = PairEnvelope::from_bytes(&bytes).unwrap();
        let pair = envelope.open(showing.shown(), naming(showing.pair.pseudonym.as_ref())).unwrap();
        assert_eq!(pair, showing.pair);
        let now = showing.context.minute.plus(2);
        let [first, second] = showing.context.parts;
        let context = PairContext {
            mode: envelope.mode,
            parts: [Shown { key: envelope.keys[0], ..first }, Shown { key: envelope.keys[1], ..second }],
            epoch: envelope.epoch,
            minute: if envelope.mode == Mode::Paper { Minute::new(0) } else { Minute::nearest(envelope.minute, now) },
            ..showing.context
        };
        let messages = pair.messages();
        let messages: Vec<Vec<(usize, &[u8])>> =
            messages.iter().map(|all| all.iter().map(|(i, message)| (*i, message.as_slice())).collect()).collect();
        let headers = showing.types().map(CredentialType::header);
        let statement = |i: usize| Statement {
            public_key: &showing.held[i].public_key,
            header: &headers[i],
            message_count: showing.held[i].credential_type.len(),
            disclosed: &messages[i],
        };
        let (statements, ph) = ([statement(0), statement(1)], context.presentation_header());
        let holds = match &pair.pseudonym {
            Some(pseudonym) => composed::check_with_pseudonym(&statements, EVENT, &ph, &pair.proof, pseudonym),
            None => composed::check(&statements, &ph, &pair.proof),
        };
        assert_eq!(holds, Ok(()), "{:?}", envelope.mode);
    }
}

/// Where fuzzing starts from. `BAUTA_WRITE_VECTORS=1` writes them anew.
#[test]
fn two_parts_are_made_byte_for_byte() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/presentation");
    for (name, showing) in [
        ("two_entries_poster", two_entries(Mode::Poster)),
        ("entry_and_member_one_way", entry_and_member(Mode::OneWay)),
        ("office_two_health_records", two_records(Mode::Office)),
    ] {
        let (file, bytes) = (corpus.join(name), showing.envelope().to_bytes());
        if env::var_os("BAUTA_WRITE_VECTORS").is_some() {
            fs::write(&file, &bytes).unwrap();
        }
        assert_eq!(fs::read(&file).unwrap(), bytes, "{name}");
    }
}

#[test]
fn the_layout_of_two_is_the_documented_one() {
    let showing = entry_and_member(Mode::Poster);
    let bytes = showing.envelope().to_bytes();
    let minute_of_day = showing.context.minute.of_day().number().to_be_bytes();
    let [first, second] = showing.context.parts.map(|part| part.key.bytes());
    let clear = [&[1, 2, 1][..], &[9; 4], &minute_of_day, &[5; 4], &first, &second, &[0x51, 0x2d, 0]].concat();
    assert_eq!(&bytes[..24], clear);
    assert_eq!(&bytes[24..32], [3; 8]);
    assert_eq!(bytes[32], 2);
    assert_eq!(&bytes[33..81], showing.pair.pseudonym.as_ref().unwrap().to_bytes());
    assert_eq!(&bytes[81..], showing.pair.proof.to_bytes());
    assert_eq!(bytes.len(), 81 + 672);
}

/// Bytes of the payload, characters, version of the QR code at level L.
#[test]
fn sizes_of_two() {
    for (name, showing, payload, characters, version) in [
        ("two entries, one way", two_entries(Mode::OneWay), 708, 1067, 19),
        ("two entries, poster with pseudonym", two_entries(Mode::Poster), 760, 1145, 19),
        ("entry and member, one way", entry_and_member(Mode::OneWay), 701, 1057, 19),
        ("entry and member, poster with pseudonym", entry_and_member(Mode::Poster), 753, 1135, 19),
    ] {
        let bytes = showing.envelope().to_bytes();
        let text = qr::to_text(&bytes);
        let found = (bytes.len(), text.len(), Picture::of(&text).unwrap().version());
        assert_eq!(found, (payload, characters, version), "{name}");
    }
    assert!(two_records(Mode::Office).envelope().to_bytes().len() <= Envelope::MAX_BYTES);
}

#[test]
fn the_header_of_two_binds_every_field_and_is_never_that_of_one() {
    let showing = two_entries(Mode::Nonce);
    let context = showing.context;
    let [first, second] = context.parts;
    let with = |first, second| PairContext { parts: [first, second], ..context.clone() };
    let other = [
        PairContext { mode: Mode::Poster, ..context.clone() },
        with(second, first),
        with(first, first),
        with(Shown { type_id: shipped_named("age-pass").unwrap().id(), ..first }, second),
        with(first, Shown { type_id: shipped_named("age-pass").unwrap().id(), ..second }),
        with(Shown { disclosed: first.disclosed.with(2), ..first }, second),
        with(first, Shown { disclosed: second.disclosed.with(2), ..second }),
        with(Shown { key: KeyId::new([0; 4]), ..first }, second),
        with(first, Shown { key: KeyId::new([0; 4]), ..second }),
        PairContext { policy_hash: [8; 32], ..context.clone() },
        PairContext { epoch: Epoch { series: 1, ..TODAY }, ..context.clone() },
        PairContext { epoch: Epoch { day: TODAY.day.plus(1), ..TODAY }, ..context.clone() },
        PairContext { minute: context.minute.plus(1440), ..context.clone() },
        PairContext { challenge: [6; 32], ..context.clone() },
    ];
    let mut headers: Vec<_> = other.iter().chain([&context]).map(PairContext::presentation_header).collect();
    assert!(headers.iter().all(|header| header.len() == 170));
    headers.sort();
    headers.dedup();
    assert_eq!(headers.len(), 15);
    let Shown { type_id, disclosed, key } = first;
    let PairContext { mode, parts: _, policy_hash, epoch, minute, challenge } = context;
    let one = Context { mode, type_id, disclosed, key, policy_hash, epoch, minute, challenge };
    assert_eq!(one.presentation_header().len(), 132);
}

#[test]
fn envelopes_of_two_with_one_flaw() {
    let good = two_entries(Mode::OneWay).envelope().to_bytes();
    let office = two_records(Mode::Office).envelope().to_bytes();
    let paper = two_entries(Mode::Paper).envelope().to_bytes();
    for (flaw, bytes) in with_one_flaw(2, [&good, &office, &paper]) {
        assert!(PairEnvelope::from_bytes(&bytes).is_err(), "accepted: {flaw}");
    }
    let mut one = good.clone();
    one[1] = 1;
    assert!(PairEnvelope::from_bytes(&one).is_err(), "accepted: one part");
    // Whoever expects one credential is told why two are none.
    let two = Envelope::from_bytes(&good).unwrap_err().to_string();
    assert!(two.contains("two parts") && two.contains("one is asked"), "{two}");
}

#[test]
fn bodies_of_two_with_one_flaw() {
    let showing = entry_and_member(Mode::Poster);
    let good = showing.envelope().to_bytes();
    let reopened = |bytes: &[u8]| PairEnvelope::from_bytes(bytes).unwrap().open(showing.shown(), Naming::Pseudonymous);
    assert!(reopened(&good).is_ok());
    assert!(reopened(&good[..good.len() - 1]).is_err(), "accepted: cut by one");
    assert!(reopened(&[&good[..], &[0]].concat()).is_err(), "accepted: one byte more");
    let mut outside = good.clone();
    outside[32] = 9;
    assert!(reopened(&outside).is_err(), "accepted: a group that the type does not have");
    // The pseudonym, and a point of either part.
    for at in [33, 81, 81 + 304] {
        let mut identity = good.clone();
        identity[at..at + 48].fill(0);
        identity[at] = 0xC0;
        assert!(reopened(&identity).is_err(), "accepted: a point at infinity at {at}");
    }

    let envelope = showing.envelope();
    let [entry, member] = showing.shown();
    // As long as in the right order; then the proof does not hold.
    assert_ne!(envelope.open([member, entry], Naming::Pseudonymous), Ok(showing.pair.clone()));
    let without_epoch = (member.0, member.1.without(0));
    assert!(envelope.open([entry, member], Naming::Anonymous).is_err(), "read without its pseudonym");
    assert!(envelope.open([entry, entry], Naming::Pseudonymous).is_err(), "read as two entries");
    assert!(envelope.open([(entry.0, entry.1.with(2)), member], Naming::Pseudonymous).is_err(), "read with the hint");
    assert!(envelope.open([entry, without_epoch], Naming::Pseudonymous).is_err(), "read without its epoch");
    assert!(
        envelope.open([entry, (member.0, member.1.with(3))], Naming::Pseudonymous).is_err(),
        "read with a claim beyond the type"
    );
}

#[test]
fn two_records_stay_out_of_doors_and_two_passes_out_of_the_office() {
    let sealed = |showing: &Showing| PairEnvelope::seal(&showing.context, showing.types(), &showing.pair);
    for mode in [Mode::OneWay, Mode::Poster, Mode::Nonce, Mode::Paper] {
        assert!(sealed(&two_records(mode)).is_err(), "{mode:?}");
    }
    assert!(sealed(&two_entries(Mode::Office)).is_err());
}

#[test]
fn the_envelope_of_two_says_what_the_proof_is_bound_to() {
    let showing = entry_and_member(Mode::OneWay);
    let sealed = |context: &PairContext| PairEnvelope::seal(context, showing.types(), &showing.pair);
    let context = || showing.context.clone();
    let [first, second] = showing.context.parts;
    assert!(sealed(&context()).is_ok());
    let all = Shown { disclosed: DisclosedSet::all(3), ..second };
    assert!(sealed(&PairContext { parts: [first, all], ..context() }).is_err());
    assert!(sealed(&PairContext { epoch: Epoch { series: 1, ..TODAY }, ..context() }).is_err());
    assert!(sealed(&PairContext { mode: Mode::Paper, minute: Minute::new(1440), ..context() }).is_err());
    // A proof that hides another number of claims.
    let mut rng = ChaCha20Rng::seed_from_u64(9);
    let secret = HolderSecret::generate(&mut rng);
    let mut shown = entry(&secret, &mut rng);
    shown.disclosed = shown.disclosed.with(2);
    let foreign = Showing::new([shown, entry(&secret, &mut rng)], Mode::OneWay).pair.proof;
    let pair = Pair { proof: foreign, ..showing.pair.clone() };
    assert!(PairEnvelope::seal(&showing.context, showing.types(), &pair).is_err());
}

#[test]
fn logs_show_no_facts_of_two() {
    let showing = two_records(Mode::Office);
    let text = format!("{:?} {:?}", showing.pair, showing.envelope());
    for word in ["Code", "Handle", "Binding", "Day(2026", "body"] {
        assert!(!text.contains(word), "{word} in {text}");
    }
}

proptest! {
    #[test]
    fn any_bytes_get_an_answer(head in prop::array::uniform3(0..6_u8), rest in prop::collection::vec(any::<u8>(), 0..970)) {
        let bytes = [&head[..], &rest].concat();
        if let Ok(envelope) = PairEnvelope::from_bytes(&bytes) {
            prop_assert_eq!(envelope.to_bytes(), bytes);
        }
    }
}
