//! People with records and passes, and everything that lab, office and doors have of them.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use bauta_crypto::{Proof, SecretKey};
use bauta_spec::attributes::Value;
use bauta_spec::credential::{Credential, KeyId};
use bauta_spec::issuance::OfficeRequest;
use bauta_spec::poster::{CertifiedPoster, EventId};
use bauta_spec::qr;
use bauta_spec::time::{Day, Minute, Moment};
use bauta_tests::{Citizen, Event, Organiser, Town};
use bauta_verifier::Refusal;
use bauta_wallet::Pass;
use bauta_wallet::collect::Requested;
use bauta_wallet::present::{LastShown, Way, choose_for};
use bauta_wallet::renew::{HintWish, Renewal};
use bls12_381::{G1Projective, Scalar};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rand_core::CryptoRng;

use super::algebra::{base_of_pseudonyms, big_endian, compressed, message_scalar, point, scalar};
use super::features::Windows;

/// The door's policy: tested or vaccinated, which of the two it does not learn. Whoever passes discloses the same.
const POLICY: &str = "entry";
/// The same at an event, where a holder has a pseudonym.
const EVENT_POLICY: &str = "event";
/// Showings happen in 36 hours from noon of the first day: for the passes of two days.
const DAYS: usize = 2;
/// So many minutes after noon the second day of the grid begins.
const NEW_DAY: u32 = 15 * 60;

/// A town and those who live in it.
pub(super) struct Population {
    pub(super) town: Town,
    pub(super) holders: Vec<Holder>,
    pub(super) known: Known,
    organisers: [Organiser; 2],
}

/// When somebody shows something, and at which event, if it is one.
#[derive(Clone)]
pub(super) struct Visit {
    pub(super) made: Moment,
    pub(super) event: Option<Rc<Hanging>>,
}

/// An event with its poster.
pub(super) struct Hanging {
    poster: CertifiedPoster,
    way: Way,
    /// Pseudonyms are this times the holder's secret.
    pub(super) base: G1Projective,
}

/// What the adversary can look up, whoever it is about.
#[derive(Default)]
pub(super) struct Known {
    /// Every e that it has signed with, and whatever stands for a message that it knows.
    pub(super) scalars: BTreeSet<[u8; 32]>,
    pub(super) commitments: BTreeSet<Vec<u8>>,
}

/// Somebody with passes for two days.
pub(super) struct Holder {
    pub(super) citizen: Citizen,
    pub(super) dossier: Dossier,
    /// What the wallet drew its requests from, the one to the lab and the one to the office. Nobody else has it.
    pub(super) chance: [u8; 32],
    last: RefCell<[LastShown; DAYS]>,
}

/// Everything that lab and office ever saw or made for one person.
pub(super) struct Dossier {
    /// Of handle, request, record, nonce, request and answer, byte by byte.
    pub(super) windows: Windows,
    /// Which of the lab's orders it was.
    pub(super) order: u64,
    pub(super) handle: Vec<u8>,
    pub(super) nonce: Vec<u8>,
    /// The facts, each as it is signed.
    pub(super) facts: Vec<(String, Vec<u8>)>,
    /// Both requests prove that somebody knows the opening: C ‖ s^ ‖ m^ ‖ c.
    pub(super) commitment: Vec<u8>,
    pub(super) commitment_again: Vec<u8>,
    pub(super) record: Signed,
    /// The proof that was shown to the office.
    pub(super) shown_to_office: Vec<u8>,
    /// The passes for the door, by day.
    pub(super) passes: Vec<Signed>,
}

/// A signature, and with the key what it was made of.
pub(super) struct Signed {
    pub(super) a: Vec<u8>,
    pub(super) e: Scalar,
    /// B = A·(sk + e): the sum over all that was signed.
    pub(super) b: Vec<u8>,
    /// What stands for the message that an entry showing hides.
    pub(super) hint: Scalar,
}

/// A showing as the doors have it.
pub(super) struct Sighting {
    pub(super) day: usize,
    pub(super) event: Option<Rc<Hanging>>,
    pub(super) scanned: Minute,
    pub(super) bytes: Vec<u8>,
}

impl Population {
    pub(super) fn of(count: usize, rng: &mut ChaCha20Rng) -> Self {
        let town = Town::with_seed(rng.next_u64());
        let thief = Thief { keys: town.stolen_keys() };
        let mut known = Known::default();
        let holders = (0..count as u64).map(|order| Holder::in_town(&town, order, &thief, &mut known, rng)).collect();
        let organisers = ["Theatre on the quay", "Hall of the guilds"].map(|name| town.organiser(name));
        Self { town, holders, known, organisers }
    }

    pub(super) fn today(&self) -> Day {
        self.town.today()
    }

    /// A moment at which somebody may come, whoever it is. Not around the new day, when a clock that is a minute behind has no pass yet.
    pub(super) fn some_moment(&self, rng: &mut ChaCha20Rng) -> Moment {
        const APART: u32 = 5;
        let minute = APART + rng.next_u32() % (36 * 60 - 4 * APART);
        let minute = if minute < NEW_DAY - APART { minute } else { minute + 2 * APART };
        Moment::from_unix(self.town.now().unix() + u64::from(minute) * 60)
    }

    /// Which of the two days it is.
    pub(super) fn day(&self, moment: Moment) -> usize {
        usize::from(self.town.trust().grid().day_of(moment).number() - self.today().number())
    }

    /// What the real wallet shows, for a door that looks at it a minute later or at once.
    pub(super) fn sighting(&self, holder: &Holder, visit: Visit, rng: &mut ChaCha20Rng) -> Sighting {
        let later = rng.next_u32() % 2;
        let bytes = self.show(holder, &visit, rng);
        self.seen(visit, later, bytes)
    }

    /// What a door has that looks so many minutes later.
    pub(super) fn seen(&self, visit: Visit, later: u32, bytes: Vec<u8>) -> Sighting {
        let Visit { made, event } = visit;
        Sighting { day: self.day(made), event, scanned: Minute::of(made).plus(later), bytes }
    }

    /// What the real wallet shows, with the chance that it is given.
    pub(super) fn show(&self, holder: &Holder, visit: &Visit, rng: &mut impl CryptoRng) -> Vec<u8> {
        let (made, trust) = (visit.made, self.town.trust());
        let (policy, way) = match &visit.event {
            None => (POLICY, &Way::OneWay),
            Some(event) => (EVENT_POLICY, &event.way),
        };
        let policy = trust.policy_named(policy, self.today()).unwrap();
        let Citizen { secret, records } = &holder.citizen;
        let choice = choose_for(policy, way, records, trust, made).unwrap();
        let last = &mut holder.last.borrow_mut()[self.day(made)];
        choice.show_again(last, secret, made, rng).unwrap().payload().to_vec()
    }

    /// What the real door says.
    pub(super) fn at_the_door(&self, sighting: &Sighting) -> Result<(), Refusal> {
        let mut door = match &sighting.event {
            None => self.town.door(POLICY),
            Some(event) => self.town.door_with(&event.poster),
        };
        let scanned = sighting.scanned.start();
        door.scan(&qr::to_text(&sighting.bytes), self.town.trust(), scanned).map(drop)
    }

    /// An event of one of the organisers on the day of that moment, open for as long as somebody may come.
    pub(super) fn event(&self, organiser: usize, id: EventId, made: Moment) -> Rc<Hanging> {
        let noon = Minute::of(self.town.now());
        let new_day = noon.plus(NEW_DAY);
        let (day, open) = match self.day(made) {
            0 => (self.today(), (noon.minus(60), new_day)),
            _ => (self.today().plus(1), (new_day, noon.plus(36 * 60))),
        };
        let event = Event { id, day, open, ..self.town.event(EVENT_POLICY) };
        let poster = self.organisers[organiser].poster(&event);
        let verified = poster.verify(&self.town.official.root()).unwrap();
        let base = base_of_pseudonyms(&verified.pseudonym_context());
        Rc::new(Hanging { poster, way: Way::Poster(Box::new(verified)), base })
    }
}

impl Holder {
    /// Goes the whole way, and the adversary keeps a copy of everything.
    fn in_town(town: &Town, order: u64, thief: &Thief, known: &mut Known, rng: &mut ChaCha20Rng) -> Self {
        let mut citizen = town.citizen();
        let (trust, now) = (town.trust(), town.now());
        let ticket = town.lab.add("health-record", &some_facts(rng));
        let mut chance = [0; 32];
        rng.fill_bytes(&mut chance);
        let requested = Requested::new(&citizen.secret, &mut ChaCha20Rng::from_seed(chance)).unwrap();
        let commitment = requested.commitment().to_bytes();
        let collected = town.lab.collect(&ticket, requested.commitment()).unwrap();
        let mut record = requested.receive(&collected.record, town.lab.url(), &citizen.secret, trust, now).unwrap();
        town.lab.acknowledge(&collected);

        let nonce = town.lab.nonce();
        let wish = if rng.next_u32().is_multiple_of(2) { HintWish::Include } else { HintWish::LeaveOut };
        let mut to_the_office = chance_for_the_office(chance);
        let renewal = Renewal::new(&record, &citizen.secret, trust, &nonce, wish, now, &mut to_the_office).unwrap();
        let request = renewal.request().clone();
        let answer = town.lab.renew(&request).unwrap();
        let passes = renewal.receive(&answer.to_bytes()).unwrap();
        record.replace_passes(town.today(), None, passes);

        let record_type = record.credential_type().clone();
        let facts = record_type.claims().iter().map(|claim| claim.name.to_string());
        let facts: Vec<(String, Vec<u8>)> = facts.zip(record.claims().messages()).collect();
        let credential = Credential::from_bytes(&collected.record, &record_type).unwrap();
        let signed_record = thief.opens(&credential.signature.to_bytes(), credential.key, &Value::Absent);
        let slots = trust.slots(&[record_type.name()], town.today(), DAYS as u16);
        let signed_passes = slots
            .iter()
            .zip(answer.signatures())
            .filter(|(slot, _)| slot.rule.name().as_str() == "tested-or-vaccinated");
        let signed_passes = signed_passes.map(|(slot, signature)| {
            let of_slot = |pass: &&Pass| pass.epoch() == slot.epoch && pass.rule() == slot.rule.id();
            let pass = record.passes().iter().find(of_slot).unwrap();
            let hint = pass.claims().get(pass.credential_type(), "hint").unwrap();
            thief.opens(&signature.unwrap().unwrap().to_bytes(), slot.key.id, hint)
        });
        let handle = ticket.handle.bytes().to_vec();
        let documents = [&handle, &commitment, &collected.record, &nonce, &request.to_bytes(), &answer.to_bytes()];
        let dossier = Dossier {
            windows: Windows::of(documents.into_iter().map(Vec::as_slice)),
            order,
            handle,
            nonce: nonce.clone(),
            facts,
            commitment,
            commitment_again: request.ask.commitment.to_bytes(),
            record: signed_record,
            shown_to_office: proof_to_the_office(&request),
            passes: signed_passes.collect(),
        };
        citizen.records.push(record);
        known.learn(&dossier);
        Self { citizen, dossier, chance, last: RefCell::default() }
    }
}

/// Another stream than that of the request to the lab.
pub(super) fn chance_for_the_office(chance: [u8; 32]) -> ChaCha20Rng {
    let mut rng = ChaCha20Rng::from_seed(chance);
    rng.set_stream(1);
    rng
}

impl Known {
    fn learn(&mut self, dossier: &Dossier) {
        let signed = dossier.passes.iter().chain([&dossier.record]);
        self.scalars.extend(signed.flat_map(|signed| [signed.e, signed.hint]).map(big_endian));
        self.scalars.extend(dossier.facts.iter().map(|(_, fact)| big_endian(message_scalar(fact))));
        self.commitments.insert(dossier.commitment[..48].to_vec());
    }
}

/// Has every key of the lab.
struct Thief {
    keys: Vec<SecretKey>,
}

impl Thief {
    fn opens(&self, signature: &[u8], key: KeyId, hint: &Value) -> Signed {
        let (a, e) = signature.split_at(48);
        let e = scalar(e);
        let key = self.keys.iter().find(|secret| KeyId::of(&secret.public_key()) == key).unwrap();
        let b = compressed(point(a) * (scalar(&*key.to_bytes()) + e)).to_vec();
        Signed { a: a.to_vec(), e, b, hint: message_scalar(&hint.message()) }
    }
}

/// Hidden from the office are the blind and the secret, and the hint unless it was wished for. The proof stands at the end.
fn proof_to_the_office(request: &OfficeRequest) -> Vec<u8> {
    let hidden = if request.ask.with_hint { 2 } else { 3 };
    let bytes = request.presentation.to_bytes();
    bytes[bytes.len() - Proof::len(hidden)..].to_vec()
}

/// Facts that admit on both days, in every combination.
fn some_facts(rng: &mut ChaCha20Rng) -> String {
    let mut one_of = |words: &[&str]| words[rng.next_u32() as usize % words.len()].to_owned();
    let tested = format!("tested={} tested_on=2026-11-{} ", one_of(&["naat", "rapid-antigen"]), one_of(&["23", "24"]));
    let kind = one_of(&["mrna", "vector", "protein", "inactivated"]);
    let vaccinated = format!("vaccinated={kind} vaccinated_on=2026-{} ", one_of(&["10-15", "07-01", "09-09", "04-01"]));
    let proved = match one_of(&["t", "v", "both"]).as_str() {
        "t" => tested,
        "v" => vaccinated,
        _ => tested + &vaccinated,
    };
    let age = one_of(&["0-11", "12-15", "16-17", "18-20", "21-64", "65+"]);
    let letter = one_of(&["A", "B", "D", "J", "K", "L", "M", "R", "S", "T"]);
    format!("{proved}age_band={age} hint={letter}/{:02}", 1 + rng.next_u32() % 12)
}
