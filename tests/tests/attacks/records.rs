//! Two records in one request: what an office must not sign for.

use bauta_crypto::composed::{self, ComposedProof};
use bauta_crypto::holder::{self, Prover};
use bauta_crypto::pseudonym::{CommitmentWithProof, HolderSecret, ProverBlind};
use bauta_crypto::{Proof, SecretKey, Unusable};
use bauta_issuer::OfficeError;
use bauta_spec::attributes::{Binding, Claims, CredentialType, DisclosedSet, Handle, TypeId, Value, shipped_named};
use bauta_spec::credential::{Credential, KeyId};
use bauta_spec::issuance::{HowMany, OfficeAnswer, OfficeAsk, OfficeRequest, Records};
use bauta_spec::presentation::{Context, Envelope, Mode, Pair, PairContext, PairEnvelope, Part, Shown};
use bauta_spec::time::{Day, Epoch, Minute};
use bauta_tests::Town;
use bauta_wallet::renew::{HintWish, Renewal};

/// Two doses, long enough ago.
const VACCINATED: &str = "vaccinated=mrna vaccinated_on=2026-10-01 age_band=21-64 hint=M/05";
const TESTED: &str = crate::TESTED;

/// A town, and somebody whom one record calls vaccinated and another tested.
struct Scene {
    town: Town,
    secret: HolderSecret,
    key: SecretKey,
    vaccinated: Owned,
    tested: Owned,
}

/// A record, and what opens its commitment.
struct Owned {
    record_type: CredentialType,
    credential: Credential,
    commitment: CommitmentWithProof,
    blind: ProverBlind,
    key: SecretKey,
}

impl Scene {
    fn new(seed: u64) -> Self {
        let town = Town::with_seed(seed);
        let secret = HolderSecret::generate(&mut town.rng());
        let health = shipped_named("health-record").unwrap();
        let (key, _) = town
            .stolen_keys()
            .into_iter()
            .zip(bauta_spec::attributes::shipped())
            .find(|(_, listed)| *listed == health)
            .unwrap();
        let vaccinated = Owned::signed(&town, &secret, &key, vaccinated(&town));
        let tested = Owned::signed(&town, &secret, &key, tested(&town));
        Self { town, secret, key, vaccinated, tested }
    }

    fn ask(&self, first: &Owned) -> OfficeAsk {
        let trust = self.town.trust();
        OfficeAsk {
            commitment: first.commitment.clone(),
            nonce: self.town.lab.nonce(),
            first_day: self.town.today(),
            days: trust.prefetch_days() + 1,
            with_hint: true,
            trust_version: trust.version(),
            trust_hash: trust.hash(),
        }
    }

    /// A request with two records whose proof is made for what `lie` makes of the context.
    fn lying(&self, parts: [&Owned; 2], ask: OfficeAsk, lie: impl Fn(&mut PairContext)) -> OfficeRequest {
        let shown = parts.map(Owned::shown);
        let context = PairContext {
            mode: Mode::Office,
            parts: shown,
            policy_hash: [0; 32],
            epoch: Epoch { day: Day::new(0), series: 0 },
            minute: Minute::of(self.town.now()),
            challenge: ask.challenge(HowMany::Two),
        };
        let mut said = context.clone();
        lie(&mut said);
        let provers = parts.map(|part| part.prover(&self.secret));
        let indexes = shown.map(|shown| shown.disclosed.indexes());
        let composed = [0, 1].map(|i: usize| composed::Part { prover: &provers[i], disclosed_indexes: &indexes[i] });
        let proof = composed::show(&composed, &said.presentation_header(), &mut self.town.rng()).unwrap();
        let pair = Pair { disclosed: parts.map(Owned::values), pseudonym: None, proof };
        let types = parts.map(|part| &part.record_type);
        OfficeRequest { presentation: Records::Two(PairEnvelope::seal(&context, types, &pair).unwrap()), ask }
    }

    fn honest(&self, parts: [&Owned; 2]) -> OfficeRequest {
        self.lying(parts, self.ask(parts[0]), |_| ())
    }

    fn renew(&self, request: &OfficeRequest) -> Result<OfficeAnswer, OfficeError> {
        self.town.lab.renew(request)
    }

    fn is_refused(&self, request: &OfficeRequest) -> bool {
        matches!(self.renew(request), Err(OfficeError::Proof))
    }
}

impl Owned {
    fn signed(town: &Town, secret: &HolderSecret, key: &SecretKey, facts: Vec<Value>) -> Self {
        let record_type = shipped_named("health-record").unwrap();
        let (commitment, blind) = holder::commit(secret, &mut town.rng()).unwrap();
        let verified = holder::verify_commitment(&commitment).unwrap();
        let mut values = vec![Value::Handle(Handle::new([9; 16])), Value::Binding(Binding::of(verified.commitment()))];
        values.extend(facts);
        let claims = Claims::new(&record_type, values).unwrap();
        let messages = claims.messages();
        let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
        let signature = holder::sign(key, &verified, &record_type.header(), &messages).unwrap();
        let credential = Credential { key: KeyId::of(&key.public_key()), claims, signature };
        let key = SecretKey::from_bytes(&*key.to_bytes()).unwrap();
        Self { record_type, credential, commitment, blind, key }
    }

    fn prover(&self, secret: &HolderSecret) -> Prover {
        self.try_prover(secret).unwrap()
    }

    fn try_prover(&self, secret: &HolderSecret) -> Option<Prover> {
        let messages = self.credential.claims.messages();
        let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
        Prover::new(&holder::Credential {
            public_key: &self.key.public_key(),
            signature: &self.credential.signature,
            header: &self.record_type.header(),
            messages: &messages,
            secret,
            blind: &self.blind,
        })
        .ok()
    }

    fn shown(&self) -> Shown {
        let disclosed = DisclosedSet::all(self.record_type.len());
        Shown { type_id: self.record_type.id(), disclosed, key: self.credential.key }
    }

    fn values(&self) -> Vec<(usize, Value)> {
        self.credential.claims.values().iter().cloned().enumerate().collect()
    }
}

fn vaccinated(town: &Town) -> Vec<Value> {
    let today = town.today();
    let hint = Value::Hint("M/05".parse().unwrap());
    let (code, day) = (Value::Code(1), Value::Day(today.minus(50)));
    vec![Value::Absent, Value::Absent, code, day, Value::Code(5), hint, Value::Day(today.plus(100))]
}

fn tested(town: &Town) -> Vec<Value> {
    let today = town.today();
    let hint = Value::Hint("M/05".parse().unwrap());
    let (code, day) = (Value::Code(1), Value::Day(today.minus(1)));
    vec![code, day, Value::Absent, Value::Absent, Value::Code(5), hint, Value::Day(today.plus(100))]
}

fn passes(answer: &OfficeAnswer) -> usize {
    answer.signatures().filter(|signature| signature.as_ref().unwrap().is_some()).count()
}

#[test]
fn two_records_of_one_holder_become_passes_and_a_retry_gets_the_same_bytes() {
    let scene = Scene::new(80);
    let request = scene.honest([&scene.vaccinated, &scene.tested]);
    let answer = scene.renew(&request).unwrap();
    assert_eq!((answer.len(), passes(&answer)), (4, 2), "tested yesterday: today and tomorrow");
    assert_eq!(scene.renew(&request).unwrap().to_bytes(), answer.to_bytes());
    let other_order = scene.renew(&scene.honest([&scene.tested, &scene.vaccinated])).unwrap();
    assert_eq!(passes(&other_order), 2);
    assert_ne!(other_order.to_bytes(), answer.to_bytes(), "for the other commitment");
}

#[test]
fn n4_everything_in_a_request_with_two_records_is_bound() {
    let scene = Scene::new(81);
    let parts = [&scene.vaccinated, &scene.tested];
    let refused = |lie: &dyn Fn(&mut PairContext)| scene.is_refused(&scene.lying(parts, scene.ask(parts[0]), lie));
    assert!(!refused(&|_| ()), "without a lie it holds");
    for part in [0, 1] {
        assert!(refused(&|context| context.parts[part].key = KeyId::new([7; 4])), "key");
        assert!(refused(&|context| context.parts[part].type_id = TypeId::new([7; 32])), "type");
        assert!(
            refused(&|context| context.parts[part].disclosed = context.parts[part].disclosed.without(7)),
            "disclosed claims"
        );
    }
    for mode in [Mode::OneWay, Mode::Poster, Mode::Nonce, Mode::Paper] {
        assert!(refused(&|context| context.mode = mode), "{mode:?}");
    }
    assert!(refused(&|context| context.policy_hash[0] ^= 1), "policy");
    assert!(refused(&|context| context.epoch.series ^= 1), "epoch");
    assert!(refused(&|context| context.minute = context.minute.plus(1)), "minute");
    assert!(refused(&|context| context.challenge[31] ^= 1), "challenge");
    assert!(refused(&|context| context.challenge = scene.ask(parts[0]).challenge(HowMany::One)), "how many");
}

#[test]
fn n4_a_proof_for_a_request_with_two_is_none_for_one() {
    let scene = Scene::new(82);
    let owned = &scene.vaccinated;
    let request = |records: HowMany| {
        let ask = scene.ask(owned);
        let Shown { type_id, disclosed, key } = owned.shown();
        let context = Context {
            mode: Mode::Office,
            type_id,
            disclosed,
            key,
            policy_hash: [0; 32],
            epoch: Epoch { day: Day::new(0), series: 0 },
            minute: Minute::of(scene.town.now()),
            challenge: ask.challenge(records),
        };
        let ph = context.presentation_header();
        let proof: Proof = owned.prover(&scene.secret).show(&ph, &disclosed.indexes(), &mut scene.town.rng()).unwrap();
        let part = Part { disclosed: owned.values(), pseudonym: None, proof };
        let envelope = Envelope::seal(&context, &owned.record_type, &part).unwrap();
        OfficeRequest { ask, presentation: Records::One(envelope) }
    };
    assert!(scene.renew(&request(HowMany::One)).is_ok());
    assert!(scene.is_refused(&request(HowMany::Two)));
}

#[test]
fn n6_two_holders_get_nothing_together() {
    let scene = Scene::new(83);
    let bobs = HolderSecret::generate(&mut scene.town.rng());
    let of_bob = Owned::signed(&scene.town, &bobs, &scene.key, tested(&scene.town));
    // Nobody can prove a record with another's secret, and what is proved with two secrets is not composed.
    assert!(of_bob.try_prover(&scene.secret).is_none());
    let (own, other) = (scene.vaccinated.prover(&scene.secret), of_bob.prover(&bobs));
    let indexes = scene.vaccinated.shown().disclosed.indexes();
    let parts = [&own, &other].map(|prover| composed::Part { prover, disclosed_indexes: &indexes });
    assert_eq!(composed::show(&parts, b"", &mut scene.town.rng()), Err(Unusable::Parts));

    // The second part of Bob's own request, in the place of ours.
    let bob = Scene {
        vaccinated: Owned::signed(&scene.town, &bobs, &scene.key, vaccinated(&scene.town)),
        tested: of_bob,
        secret: bobs,
        key: SecretKey::from_bytes(&*scene.key.to_bytes()).unwrap(),
        town: Town::with_seed(83),
    };
    let honest = scene.honest([&scene.vaccinated, &scene.tested]);
    let borrowed = bob.honest([&bob.vaccinated, &bob.tested]);
    let spliced = spliced(&honest.presentation.to_bytes(), &borrowed.presentation.to_bytes());
    assert!(scene.renew(&honest).is_ok());
    let presentation = Records::from_bytes(&spliced).unwrap();
    assert!(scene.is_refused(&OfficeRequest { presentation, ask: honest.ask }));
}

/// The second part of `other`, values and proof, in the place of that of `own`; what both parts have in common stays.
fn spliced(own: &[u8], other: &[u8]) -> Vec<u8> {
    let proof = ComposedProof::len(&[2, 2]);
    let common = 64;
    let part = (proof - common) / 2;
    let (clear, values) = (20, (own.len() - 20 - proof) / 2);
    let second_values = clear + values..clear + 2 * values;
    let second_part = own.len() - common - part..own.len() - common;
    let mut spliced = own.to_vec();
    spliced[second_values.clone()].copy_from_slice(&other[second_values]);
    spliced[second_part.clone()].copy_from_slice(&other[second_part]);
    spliced
}

#[test]
fn n6_the_passes_are_for_the_commitment_of_the_first_record() {
    let scene = Scene::new(84);
    let parts = [&scene.vaccinated, &scene.tested];
    let mut changed = scene.honest(parts);
    changed.ask.commitment = scene.tested.commitment.clone();
    assert!(scene.is_refused(&changed), "changed on its way");
    assert!(scene.is_refused(&scene.lying(parts, scene.ask(&scene.tested), |_| ())), "that of the second");
    let (own, _) = holder::commit(&scene.secret, &mut scene.town.rng()).unwrap();
    let ask = OfficeAsk { commitment: own, ..scene.ask(parts[0]) };
    assert!(scene.is_refused(&scene.lying(parts, ask, |_| ())), "one of neither record");
}

#[test]
fn n4_a_presentation_of_two_answers_one_ask_and_no_other() {
    let scene = Scene::new(85);
    let parts = [&scene.vaccinated, &scene.tested];
    let honest = scene.honest(parts);
    let with = |change: &dyn Fn(&mut OfficeAsk)| {
        let mut changed = honest.clone();
        change(&mut changed.ask);
        scene.is_refused(&changed)
    };
    assert!(with(&|ask| ask.nonce = scene.town.lab.nonce()), "another nonce");
    assert!(with(&|ask| ask.with_hint = false), "another wish");
    // One nonce for two pairs: each presentation counts for its own records alone.
    let again = Owned::signed(&scene.town, &scene.secret, &scene.key, tested(&scene.town));
    let other = scene.lying(
        [&again, &scene.vaccinated],
        OfficeAsk { nonce: honest.ask.nonce.clone(), ..scene.ask(&again) },
        |_| (),
    );
    assert!(scene.renew(&other).is_ok());
    let crossed = OfficeRequest { ask: other.ask.clone(), presentation: honest.presentation.clone() };
    assert!(scene.is_refused(&crossed));
    assert!(scene.is_refused(&OfficeRequest { ask: honest.ask, presentation: other.presentation }));
}

#[test]
fn n6_one_record_shown_twice_is_not_two() {
    let scene = Scene::new(86);
    assert!(scene.is_refused(&scene.honest([&scene.tested, &scene.tested])));
}

#[test]
fn n6_each_record_needs_a_key_that_counts_and_a_day_to_come() {
    let mut scene = Scene::new(87);
    let stranger = SecretKey::generate(&mut scene.town.rng());
    let unlisted = Owned::signed(&scene.town, &scene.secret, &stranger, tested(&scene.town));
    assert!(scene.is_refused(&scene.honest([&scene.vaccinated, &unlisted])));
    assert!(scene.is_refused(&scene.honest([&unlisted, &scene.vaccinated])));

    let with_end = |facts: Vec<Value>, end: Day| {
        let mut facts = facts;
        facts[6] = Value::Day(end);
        Owned::signed(&scene.town, &scene.secret, &scene.key, facts)
    };
    let ended = with_end(tested(&scene.town), scene.town.today().minus(1));
    for parts in [[&scene.vaccinated, &ended], [&ended, &scene.vaccinated]] {
        assert!(matches!(scene.renew(&scene.honest(parts)), Err(OfficeError::Ended)));
    }
    let today = with_end(tested(&scene.town), scene.town.today());
    let answer = scene.renew(&scene.honest([&scene.vaccinated, &today])).unwrap();
    assert_eq!(passes(&answer), 1, "no pass for a day on which one of them has ended");

    // A second lab, listed in good faith and struck off since.
    let lab = SecretKey::generate(&mut scene.town.rng());
    scene.town.official.list_key(lab.public_key(), "health-record", false);
    scene.town.publish();
    let of_lab = Owned::signed(&scene.town, &scene.secret, &lab, tested(&scene.town));
    assert_eq!(passes(&scene.renew(&scene.honest([&scene.vaccinated, &of_lab])).unwrap()), 2, "two labs");
    scene.town.wait(60);
    scene.town.official.withdraw_key(KeyId::of(&lab.public_key()));
    scene.town.publish();
    assert!(scene.is_refused(&scene.honest([&scene.vaccinated, &of_lab])));
}

#[test]
fn n6_hints_that_differ_make_no_pass() {
    let scene = Scene::new(88);
    let mut facts = tested(&scene.town);
    facts[5] = Value::Hint("S/11".parse().unwrap());
    let of_a_friend = Owned::signed(&scene.town, &scene.secret, &scene.key, facts);
    let answer = scene.renew(&scene.honest([&scene.vaccinated, &of_a_friend])).unwrap();
    assert_eq!(passes(&answer), 0);
}

#[test]
fn n6_a_withdrawn_record_spoils_the_two() {
    let town = Town::with_seed(89);
    let tickets = [VACCINATED, TESTED].map(|facts| town.lab.add("health-record", facts));
    let mut anna = town.citizen();
    tickets.iter().for_each(|ticket| anna.collect(&town, ticket));
    let ask = |order: [usize; 2]| {
        let basis = order.map(|index| &anna.records[index]);
        let (trust, nonce, hint) = (town.trust(), town.lab.nonce(), HintWish::LeaveOut);
        let renewal = Renewal::new(basis, &anna.secret, trust, &nonce, hint, town.now(), &mut town.rng()).unwrap();
        town.lab.renew(renewal.request())
    };
    assert!(ask([0, 1]).is_ok() && ask([1, 0]).is_ok());
    town.lab.withdraw(&tickets[1]);
    for order in [[0, 1], [1, 0]] {
        assert!(matches!(ask(order), Err(OfficeError::Withdrawn)), "{order:?}");
    }
}
