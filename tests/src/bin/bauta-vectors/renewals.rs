//! What a pass office decides: a request, the trust list that it goes by, its clock, and the handles that are withdrawn.

use anyhow::{Result, ensure};
use bauta_crypto::composed;
use bauta_crypto::holder::{self, Prover};
use bauta_crypto::pseudonym::CommitmentWithProof;
use bauta_spec::attributes::{Claims, CredentialType, DisclosedSet, Handle, Value};
use bauta_spec::credential::Credential;
use bauta_spec::hint::Hint;
use bauta_spec::issuance::{HowMany, OfficeAsk, OfficeRequest, Records};
use bauta_spec::presentation::{self, Context, Envelope, Mode, Pair, PairContext, PairEnvelope};
use bauta_spec::rules::Presented;
use bauta_spec::time::{Day, Epoch, Minute};
use bauta_spec::trust::TrustList;
use serde_json::{Value as Json, json};

use crate::seeds;
use crate::vector::{Files, Vector, Verdict};
use crate::world::{Holder, ListedKey, NOW, Showing, World, borrowed};

const DOCUMENT: &str = "renewal";

pub(crate) fn write(files: &mut Files, world: &World) -> Result<()> {
    let list = TrustList::verify_held(&world.sign_list(&world.list()?)?, &world.root.public())?;
    let office = Office { world, list: &list };
    let [holder, stranger] = [Holder::new("holder")?, Holder::new("another holder")?];
    let again = holder.again("holder again")?;
    office.grants(files, &holder, &again)?;
    office.refuses(files, &holder, &again, &stranger)
}

/// The office of the vectors, at noon.
struct Office<'a> {
    world: &'a World,
    list: &'a TrustList,
}

/// A record, and whose it is.
struct Held<'a> {
    holder: &'a Holder,
    key: &'a ListedKey,
    record_type: &'a CredentialType,
    credential: Credential,
}

/// Claims of a health record, by their places.
mod health {
    pub(super) const TESTED: usize = 2;
    pub(super) const TESTED_ON: usize = 3;
    pub(super) const VACCINATED: usize = 4;
    pub(super) const VACCINATED_ON: usize = 5;
    pub(super) const HINT: usize = 7;
    pub(super) const VALID_UNTIL: usize = 8;
}

impl<'a> Office<'a> {
    fn context(&self, withdrawn: &[&Handle]) -> Json {
        json!({
            "trust_list": "accepted/trust-list/town.json",
            "root": self.world.root.public().to_string(),
            "now": NOW.unix(),
            "withdrawn": withdrawn.iter().map(ToString::to_string).collect::<Vec<_>>(),
        })
    }

    /// What everybody asks, today.
    fn ask(&self, holder: &Holder) -> OfficeAsk {
        OfficeAsk {
            commitment: holder.commitment.clone(),
            nonce: seeds::bytes::<32>("nonce of the office").to_vec(),
            first_day: self.world.today,
            days: 4,
            with_hint: false,
            trust_version: self.list.version(),
            trust_hash: self.list.hash(),
        }
    }

    /// A record of the vectors with some claims changed, and a handle of its own.
    fn record(&self, holder: &'a Holder, name: &str, handle: &str, changes: &[(usize, Value)]) -> Result<Held<'a>> {
        let (key, record_type) = (self.world.key(name)?, self.world.type_named(name)?);
        let mut values = holder.record(self.world, name)?.claims.values().to_vec();
        values[0] = Value::Handle(Handle::new(seeds::bytes(handle)));
        changes.iter().for_each(|(index, value)| values[*index] = value.clone());
        let credential = holder.credential(key, record_type, Claims::new(record_type, values)?)?;
        Ok(Held { holder, key, record_type, credential })
    }

    fn tested(&self, holder: &'a Holder, changes: &[(usize, Value)]) -> Result<Held<'a>> {
        let no_vaccine = [(health::VACCINATED, Value::Absent), (health::VACCINATED_ON, Value::Absent)];
        self.record(holder, "health-record", "handle of the test", &[&no_vaccine, changes].concat())
    }

    fn vaccinated(&self, holder: &'a Holder, changes: &[(usize, Value)]) -> Result<Held<'a>> {
        let no_test = [(health::TESTED, Value::Absent), (health::TESTED_ON, Value::Absent)];
        self.record(holder, "health-record", "handle of the vaccine", &[&no_test, changes].concat())
    }

    /// `granted`: of which rule a pass is due on how many days from today on, as this file says; and nothing else is.
    fn grant(
        &self,
        files: &mut Files,
        (name, shows): (&str, &str),
        (ask, records): (&OfficeAsk, &[&Held<'_>]),
        granted: &[(&str, u16)],
    ) -> Result<()> {
        let seen: Vec<Claims> = records.iter().map(|held| held.seen_by_the_office(ask)).collect::<Result<_>>()?;
        let presented: Vec<Presented<'_>> = records
            .iter()
            .zip(&seen)
            .map(|(held, claims)| Presented { record_type: held.record_type, claims })
            .collect();
        let types: Vec<_> = records.iter().map(|held| held.record_type.name()).collect();
        let mut places = Vec::new();
        for slot in self.list.slots(&types, ask.first_day, ask.days) {
            let rule = slot.rule.name().as_str();
            let pass = slot.rule.apply(&presented, &slot.key.key_type, slot.epoch);
            let due = granted.iter().any(|(due, days)| *due == rule && slot.epoch.day < ask.first_day.plus(*days));
            ensure!(pass.is_some() == due, "{name}: {rule} on {} is not what the vector says", slot.epoch.day);
            let pass = pass.map(|pass| pass.messages().iter().map(hex::encode).collect::<Vec<_>>());
            places.push(json!({
                "day": slot.epoch.day.to_string(),
                "rule": rule,
                "key": slot.key.id.to_string(),
                "pass": pass,
            }));
        }
        let request = request(ask, ask, records)?;
        files.add_seed("office_request", &format!("renewal_{name}"), request.to_bytes());
        let vector = Vector::bytes(name, shows, request.to_bytes()).knowing(self.context(&[]));
        files.add(Verdict::Accepted, DOCUMENT, vector.accepted(json!({ "places": places })));
        Ok(())
    }

    fn grants(&self, files: &mut Files, holder: &Holder, again: &Holder) -> Result<()> {
        let today = self.world.today;
        let ask = self.ask(holder);
        let with_hint = OfficeAsk { with_hint: true, ..self.ask(holder) };
        let other_hint = (health::HINT, Value::Hint(Hint::of("Nina", 7)?));
        let (tested, vaccinated) = (self.tested(again, &[])?, self.vaccinated(holder, &[])?);
        let other_hints = self.tested(again, &[other_hint])?;
        let tested_first = self.tested(holder, &[])?;
        let vaccinated_second = self.vaccinated(again, &[])?;
        let of_long_ago = self.vaccinated(again, &[(health::VACCINATED_ON, Value::Day(today.minus(200)))])?;
        let ends_today = self.tested(again, &[(health::VALID_UNTIL, Value::Day(today))])?;
        let both = "vaccinated-and-tested";
        for (name, shows, ask, records, granted) in [
            (
                "two_of_one_type",
                "Vaccinated by one record, tested yesterday by the other: a pass for as long as both count.",
                &ask,
                [&vaccinated, &tested],
                &[(both, 2)][..],
            ),
            (
                "two_of_one_type_swapped",
                "The other record is the first: the same passes, for its commitment.",
                &ask,
                [&tested_first, &vaccinated_second],
                &[(both, 2)],
            ),
            (
                "two_with_hint",
                "The same with the hint, which both records have alike.",
                &with_hint,
                [&vaccinated, &tested],
                &[(both, 2)],
            ),
            (
                "two_with_hints_that_differ",
                "Two persons' records in one wallet, for passes that carry the hint: none.",
                &with_hint,
                [&vaccinated, &other_hints],
                &[],
            ),
            (
                "two_with_hints_that_stay_hidden",
                "The same for passes that carry none: nothing says whose records they are.",
                &ask,
                [&vaccinated, &other_hints],
                &[(both, 2)],
            ),
            (
                "two_that_say_one_thing",
                "Vaccinated twice is not tested: a place for every pass, and nothing in it.",
                &ask,
                [&vaccinated, &of_long_ago],
                &[],
            ),
            (
                "two_and_one_ends_today",
                "Of what ended nothing is made.",
                &ask,
                [&vaccinated, &ends_today],
                &[(both, 1)],
            ),
        ] {
            self.grant(files, (name, shows), (ask, &records), granted)?;
        }

        let member = self.record(holder, "membership-record", "handle of the member", &[])?;
        let age = self.record(again, "age-record", "handle of the age", &[])?;
        let shows = "A member, and 36 years old: one pass a day.";
        self.grant(files, ("two_of_two_types", shows), (&ask, &[&member, &age]), &[("grown-up-member", 4)])?;
        let all = self.record(holder, "health-record", "handle of both", &[])?;
        let granted = [("tested-or-vaccinated", 4), ("vaccinated-only", 4), ("health", 4), (both, 2)]
            .map(|(rule, days)| (rule, days));
        let shows = "One record that says both: what it gives alone.";
        self.grant(files, ("one", shows), (&ask, &[&all]), &granted)
    }

    fn refuses(&self, files: &mut Files, holder: &Holder, again: &Holder, stranger: &Holder) -> Result<()> {
        let world = self.world;
        let ask = self.ask(holder);
        let (tested, vaccinated) = (self.tested(again, &[])?, self.vaccinated(holder, &[])?);
        let both = [&vaccinated, &tested];
        let yesterday = Value::Day(world.today.minus(1));
        let ended = self.tested(again, &[(health::VALID_UNTIL, yesterday)])?;
        let another_nonce = OfficeAsk { nonce: seeds::bytes::<32>("nonce of another session").to_vec(), ..ask.clone() };
        let of_the_second = OfficeAsk { commitment: again.commitment.clone(), ..ask.clone() };
        let unopened = {
            // The commitment of the first record with somebody else's proof of what is inside.
            let [own, other] = [holder, stranger].map(|holder| holder.commitment.to_bytes());
            CommitmentWithProof::from_bytes(&[&own[..48], &other[48..]].concat())?
        };
        let unopened = OfficeAsk { commitment: unopened, ..ask.clone() };
        let of_another_list = OfficeAsk { trust_hash: seeds::bytes("another list"), ..ask.clone() };
        let of_three_days = OfficeAsk { days: 3, ..ask.clone() };
        let of_tomorrow = OfficeAsk { first_day: world.today.plus(1), ..ask.clone() };
        let with_hint = OfficeAsk { with_hint: true, ..ask.clone() };
        for (name, shows, request, reason) in [
            (
                "second_of_another_holder",
                "The part of the second record is of somebody else's pair.",
                {
                    let (theirs, more) = (self.vaccinated(stranger, &[])?, stranger.again("another holder again")?);
                    let theirs = self::request(&ask, &ask, &[&theirs, &self.tested(&more, &[])?])?;
                    with_second_part_of(request(&ask, &ask, &both)?, &theirs)?
                },
                "proof",
            ),
            (
                "wrong_order",
                "The commitment is that of the second record.",
                request(&of_the_second, &of_the_second, &both)?,
                "proof",
            ),
            (
                "one_record_twice",
                "Both parts are one record.",
                request(&ask, &ask, &[&vaccinated, &vaccinated])?,
                "proof",
            ),
            (
                "one_of_two_missing",
                "One record, shown under the challenge of two.",
                OfficeRequest { ask: ask.clone(), presentation: Records::One(one(&ask, HowMany::Two, &vaccinated)?) },
                "proof",
            ),
            (
                "nonce_of_another_session",
                "The records were shown for another nonce.",
                request(&ask, &another_nonce, &both)?,
                "proof",
            ),
            (
                "hint_asked_for_afterwards",
                "The records were shown without the hint.",
                request(&with_hint, &ask, &both)?,
                "proof",
            ),
            (
                "commitment_that_nobody_opened",
                "The binding is of the commitment, whose proof does not hold.",
                request(&unopened, &unopened, &both)?,
                "proof",
            ),
            (
                "one_of_another_holder_alone",
                "One record, and the commitment of another holder's.",
                {
                    let theirs = OfficeAsk { commitment: stranger.commitment.clone(), ..ask.clone() };
                    request(&theirs, &theirs, &[&vaccinated])?
                },
                "proof",
            ),
            (
                "second_ended",
                "The second record ended yesterday.",
                request(&ask, &ask, &[&vaccinated, &ended])?,
                "ended",
            ),
            (
                "of_another_list",
                "The wallet holds another list of this version.",
                request(&of_another_list, &of_another_list, &both)?,
                "other_trust_list",
            ),
            (
                "window_of_three_days",
                "Everybody asks for four days.",
                request(&of_three_days, &of_three_days, &both)?,
                "other_window",
            ),
            (
                "window_from_tomorrow_on",
                "Everybody's window begins today.",
                request(&of_tomorrow, &of_tomorrow, &both)?,
                "other_window",
            ),
        ] {
            let vector = Vector::bytes(name, shows, request.to_bytes()).knowing(self.context(&[]));
            files.add(Verdict::Refused, DOCUMENT, vector.refused(reason));
        }
        let good = request(&ask, &ask, &both)?.to_bytes();
        for (name, shows, withdrawn) in [
            ("first_withdrawn", "The lab has taken the first record back.", &vaccinated),
            ("second_withdrawn", "The lab has taken the second record back.", &tested),
        ] {
            let Some(Value::Handle(handle)) = withdrawn.credential.claims.values().first() else { continue };
            let vector = Vector::bytes(name, shows, good.clone()).knowing(self.context(&[handle]));
            files.add(Verdict::Refused, DOCUMENT, vector.refused("withdrawn"));
        }
        Ok(())
    }
}

impl Held<'_> {
    /// Everything but the hint, unless it is asked for.
    fn disclosed(&self, ask: &OfficeAsk) -> DisclosedSet {
        let all = DisclosedSet::all(self.record_type.len());
        let hint = self.record_type.index_of("hint").filter(|_| !ask.with_hint);
        hint.map_or(all, |hint| all.without(hint))
    }

    fn seen_by_the_office(&self, ask: &OfficeAsk) -> Result<Claims> {
        let disclosed = self.disclosed(ask);
        let values = self.credential.claims.values().iter().enumerate();
        let seen = values.map(|(index, value)| if disclosed.contains(index) { value.clone() } else { Value::Absent });
        Ok(Claims::new(self.record_type, seen.collect())?)
    }

    fn prover(&self) -> Result<Prover> {
        let messages = self.credential.claims.messages();
        Ok(Prover::new(&holder::Credential {
            public_key: self.key.public(),
            signature: &self.credential.signature,
            header: &self.record_type.header(),
            messages: &borrowed(&messages),
            secret: &self.holder.secret,
            blind: &self.holder.blind,
        })?)
    }
}

/// The records, shown for `shown_for`.
fn request(ask: &OfficeAsk, shown_for: &OfficeAsk, records: &[&Held<'_>]) -> Result<OfficeRequest> {
    let presentation = match records {
        [first, second] => Records::Two(two(shown_for, [first, second])?),
        _ => Records::One(one(shown_for, HowMany::One, records[0])?),
    };
    Ok(OfficeRequest { ask: ask.clone(), presentation })
}

const NO_EPOCH: Epoch = Epoch { day: Day::new(0), series: 0 };

fn one(ask: &OfficeAsk, how_many: HowMany, held: &Held<'_>) -> Result<Envelope> {
    let Held { holder, key, record_type, credential } = held;
    let context = Context {
        mode: Mode::Office,
        type_id: record_type.id(),
        disclosed: held.disclosed(ask),
        key: key.id(),
        policy_hash: [0; 32],
        epoch: NO_EPOCH,
        minute: Minute::of(NOW),
        challenge: ask.challenge(how_many),
    };
    let label = "renewal with one";
    holder.show(&Showing { key, credential_type: record_type, credential, context: &context, event: None, label })
}

fn two(ask: &OfficeAsk, records: [&Held<'_>; 2]) -> Result<PairEnvelope> {
    let disclosed = records.map(|held| held.disclosed(ask));
    let context = PairContext {
        mode: Mode::Office,
        parts: [0, 1].map(|i: usize| presentation::Shown {
            type_id: records[i].record_type.id(),
            disclosed: disclosed[i],
            key: records[i].key.id(),
        }),
        policy_hash: [0; 32],
        epoch: NO_EPOCH,
        minute: Minute::of(NOW),
        challenge: ask.challenge(HowMany::Two),
    };
    let provers = [records[0].prover()?, records[1].prover()?];
    let indexes = disclosed.map(DisclosedSet::indexes);
    let parts = [0, 1].map(|i: usize| composed::Part { prover: &provers[i], disclosed_indexes: &indexes[i] });
    let proof = composed::show(&parts, &context.presentation_header(), &mut seeds::rng("renewal with two"))?;
    let shown = |i: usize| {
        let values = records[i].credential.claims.values();
        indexes[i].iter().map(|index| (*index, values[*index].clone())).collect()
    };
    let pair = Pair { disclosed: [shown(0), shown(1)], pseudonym: None, proof };
    Ok(PairEnvelope::seal(&context, records.map(|held| held.record_type), &pair)?)
}

/// What a health record without its hint has of the proof of two for itself: three points, three scalars, and an answer for each of two hidden
/// messages. The challenge and the answer of the common secret stand behind both parts.
const PART: usize = 3 * 48 + 5 * 32;

fn with_second_part_of(request: OfficeRequest, other: &OfficeRequest) -> Result<OfficeRequest> {
    let [own, other] = [request.presentation.to_bytes(), other.presentation.to_bytes()];
    ensure!(own.len() == other.len(), "both have the same claims");
    let at = own.len() - 64 - PART;
    let bytes = [&own[..at], &other[at..at + PART], &own[at + PART..]].concat();
    Ok(OfficeRequest { presentation: Records::Two(PairEnvelope::from_bytes(&bytes)?), ..request })
}
