//! What a wallet asks a pass office, what the office answers, and what rules make of facts.

use anyhow::{Context as _, Result, bail};
use bauta_crypto::composed;
use bauta_crypto::holder::{self, Prover};
use bauta_spec::attributes::{Claims, CredentialType, DisclosedSet, Value};
use bauta_spec::cbor;
use bauta_spec::hint::Hint;
use bauta_spec::issuance::{HowMany, OfficeAnswer, OfficeAsk, OfficeRequest, Records};
use bauta_spec::presentation::{self, Envelope, Mode, Pair, PairContext, PairEnvelope};
use bauta_spec::rules::Presented;
use bauta_spec::time::{Day, Epoch, Minute};
use serde_json::json;

use crate::credentials::hostile_at;
use crate::items::Item;
use crate::presentations::Shown;
use crate::vector::{Files, Vector, Verdict};
use crate::world::{Holder, NOW, World, borrowed};
use crate::{seeds, structural};

pub(crate) fn write(files: &mut Files, world: &World) -> Result<()> {
    requests(files, world)?;
    answers(files, world)?;
    applications(files, world)
}

/// What the holder of the vectors asks with that record.
pub(crate) fn ask(world: &World, holder: &Holder, record: &str) -> Result<OfficeAsk> {
    Ok(OfficeAsk {
        commitment: holder.commitment.clone(),
        nonce: seeds::bytes::<32>(record).to_vec(),
        first_day: world.today,
        days: 4,
        with_hint: false,
        trust_version: 1,
        trust_hash: seeds::bytes("list of the request"),
    })
}

fn requests(files: &mut Files, world: &World) -> Result<()> {
    let document = "office-request";
    let holder = Holder::new("holder")?;
    for name in ["health-record", "age-record", "membership-record"] {
        let shows = "The default set of passes, asked with a record.";
        accept(files, name, shows, &request(world, &holder, name)?);
    }
    for (name, shows, records) in [
        ("two_of_one_type", "What two records give together.", ["health-record", "health-record"]),
        ("two_of_two_types", "What two records give together.", ["membership-record", "age-record"]),
    ] {
        accept(files, name, shows, &request_with_two(world, &holder, records)?);
    }

    let bytes = request(world, &holder, "age-record")?.to_bytes();
    let mut vectors = structural::cuts(&bytes, |bytes| bytes);
    vectors.extend(structural::flaws(&bytes, |bytes| bytes)?);
    let at = place_of(&holder.commitment.to_bytes(), &bytes)?;
    let scalars = [("commitment_s", at + 48), ("commitment_m_1", at + 80), ("commitment_c", at + 112)];
    vectors.extend(hostile_at(&bytes, &[("commitment", at)], &scalars));
    let shows = "Every structural flaw at every item, every hostile point and scalar in the commitment.";
    files.add_systematic(document, "structure", shows, json!({}), "malformed", vectors);

    let bytes_of_two = request_with_two(world, &holder, ["membership-record", "age-record"])?.to_bytes();
    let shows = "Every structural flaw at every item of a request with two records.";
    let mut vectors = structural::cuts(&bytes_of_two, |bytes| bytes);
    vectors.extend(structural::flaws(&bytes_of_two, |bytes| bytes)?);
    files.add_systematic(document, "structure_of_two", shows, json!({}), "malformed", vectors);
    let mut three = request_with_two(world, &holder, ["membership-record", "age-record"])?.presentation.to_bytes();
    three[1] = 3;

    let door = Shown::at_door(world, &holder, "entry", Mode::OneWay)?;
    for (name, shows, path, new) in [
        ("version_2", "Version 2 does not exist yet.", 0, Item::Unsigned(2)),
        ("presentation_empty", "There is no presentation.", 1, Item::Bytes(vec![])),
        ("presentation_of_three", "No request is made with three records.", 1, Item::Bytes(three)),
        ("presentation_of_version_2", "The presentation has another version.", 1, Item::Bytes(vec![2; 400])),
        (
            "commitment_without_proof",
            "Of a bare commitment nobody knows what is inside.",
            2,
            Item::Bytes(holder.commitment.commitment().to_bytes().to_vec()),
        ),
        ("nonce_of_129_bytes", "A nonce has at most 128 bytes.", 3, Item::Bytes(vec![7; 129])),
        ("day_65535", "65535 is no day.", 4, Item::Unsigned(65535)),
        ("no_days", "A window has a day.", 5, Item::Unsigned(0)),
        ("32_days", "A window has at most 31 days.", 5, Item::Unsigned(32)),
        ("days_65536", "Days have two bytes.", 5, Item::Unsigned(65536)),
        ("hint_as_number", "With hint is yes or no.", 6, Item::Unsigned(1)),
        ("version_of_5_bytes", "A list's version has four bytes.", 7, Item::Unsigned(1 << 32)),
        ("hash_of_31_bytes", "A list's hash has 32 bytes.", 8, Item::Bytes(vec![7; 31])),
        ("presentation_of_971_bytes", "No presentation is longer than 970 bytes.", 1, {
            let mut bytes = door.bytes.clone();
            bytes.resize(971, 0);
            Item::Bytes(bytes)
        }),
    ] {
        let bytes = structural::with(&bytes, &[path], new)?;
        files.add(Verdict::Refused, document, Vector::bytes(name, shows, bytes).refused("malformed"));
    }
    Ok(())
}

fn accept(files: &mut Files, name: &str, shows: &str, request: &OfficeRequest) {
    let says = json!({
        "challenge": hex::encode(request.ask.challenge(request.presentation.how_many())),
        "commitment": hex::encode(request.ask.commitment.to_bytes()),
        "first_day": request.ask.first_day.to_string(),
        "days": request.ask.days,
        "with_hint": request.ask.with_hint,
        "presentation": hex::encode(request.presentation.to_bytes()),
    });
    files.add_seed("office_request", name, request.to_bytes());
    let vector = Vector::bytes(name, shows, request.to_bytes()).accepted(says);
    files.add(Verdict::Accepted, "office-request", vector);
}

fn request(world: &World, holder: &Holder, record: &str) -> Result<OfficeRequest> {
    Ok(OfficeRequest {
        ask: ask(world, holder, record)?,
        presentation: Records::One(Envelope::from_bytes(&Shown::at_office(world, holder, record)?.bytes)?),
    })
}

/// With a record of the holder's and another for a commitment of its own.
fn request_with_two(world: &World, holder: &Holder, records: [&str; 2]) -> Result<OfficeRequest> {
    let ask = ask(world, holder, records[0])?;
    let again = holder.again("holder again")?;
    let [first, second] = [(holder, records[0]), (&again, records[1])].map(|(holder, name)| part(world, holder, name));
    let parts = [first?, second?];
    let context = PairContext {
        mode: Mode::Office,
        parts: parts.each_ref().map(|part| part.shown),
        policy_hash: [0; 32],
        epoch: Epoch { day: Day::new(0), series: 0 },
        minute: Minute::of(NOW),
        challenge: ask.challenge(HowMany::Two),
    };
    let indexes = parts.each_ref().map(|part| part.shown.disclosed.indexes());
    let composed = [0, 1].map(|i| composed::Part { prover: &parts[i].prover, disclosed_indexes: &indexes[i] });
    let proof = composed::show(&composed, &context.presentation_header(), &mut seeds::rng("two records"))?;
    let values = |i: usize| indexes[i].iter().map(|index| (*index, parts[i].values[*index].clone())).collect();
    let pair = Pair { disclosed: [values(0), values(1)], pseudonym: None, proof };
    let envelope = PairEnvelope::seal(&context, parts.each_ref().map(|part| part.record_type), &pair)?;
    Ok(OfficeRequest { ask, presentation: Records::Two(envelope) })
}

struct Part<'a> {
    record_type: &'a CredentialType,
    values: Vec<Value>,
    prover: Prover,
    shown: presentation::Shown,
}

fn part<'a>(world: &'a World, holder: &Holder, name: &str) -> Result<Part<'a>> {
    let (record_type, key, record) = (world.type_named(name)?, world.key(name)?, holder.record(world, name)?);
    let all = DisclosedSet::all(record_type.len());
    let disclosed = record_type.index_of("hint").map_or(all, |hint| all.without(hint));
    let messages = record.claims.messages();
    let prover = Prover::new(&holder::Credential {
        public_key: key.public(),
        signature: &record.signature,
        header: &record_type.header(),
        messages: &borrowed(&messages),
        secret: &holder.secret,
        blind: &holder.blind,
    })?;
    let shown = presentation::Shown { type_id: record_type.id(), disclosed, key: key.id() };
    Ok(Part { record_type, values: record.claims.values().to_vec(), prover, shown })
}

fn place_of(part: &[u8], whole: &[u8]) -> Result<usize> {
    whole.windows(part.len()).position(|window| window == part).context("the part is not in the whole")
}

fn answers(files: &mut Files, world: &World) -> Result<()> {
    let document = "office-answer";
    let holder = Holder::new("holder")?;
    let epoch = |later| Epoch { day: world.today.plus(later), series: 0 };
    let pass = |later| {
        let pass = holder.pass(world, "tested-or-vaccinated", epoch(later), world.key("entry-pass")?)?;
        Ok::<_, anyhow::Error>(pass.signature)
    };
    for (name, shows, slots) in [
        (
            "two_of_three",
            "Two passes, and a place where the facts do not satisfy the rule.",
            vec![Some(pass(0)?), None, Some(pass(1)?)],
        ),
        ("none_of_two", "The facts satisfy no rule. The size is everybody's.", vec![None, None]),
        ("no_places", "The list has no rule for this record.", vec![]),
    ] {
        let signatures: Vec<_> =
            slots.iter().map(|slot| slot.as_ref().map(|signature| hex::encode(signature.to_bytes()))).collect();
        let bytes = OfficeAnswer::new(slots)?.to_bytes();
        files.add_seed("office_answer", name, bytes.clone());
        let vector = Vector::bytes(name, shows, bytes).accepted(json!({ "signatures": signatures }));
        files.add(Verdict::Accepted, document, vector);
    }

    let bytes = OfficeAnswer::new([Some(pass(0)?), None])?.to_bytes();
    let signature = pass(0)?.to_bytes();
    let slot = |slot: Vec<u8>| structural::with(&bytes, &[1, 0], Item::Bytes(slot));
    let mut vectors = structural::cuts(&bytes, |bytes| bytes);
    vectors.extend(structural::flaws(&bytes, |bytes| bytes)?);
    for vector in hostile_at(&signature, &[("a", 0)], &[("e", 48)]) {
        vectors.push(vector.rewrapped(slot)?);
    }
    vectors.extend([
        Vector::bytes("slot_of_79_bytes", "A place has 80 bytes.", slot(vec![0; 79])?),
        Vector::bytes("slot_of_81_bytes", "A place has 80 bytes.", slot(vec![0; 81])?),
        Vector::bytes("version_2", "Version 2 does not exist yet.", {
            structural::with(&bytes, &[0], Item::Unsigned(2))?
        }),
        Vector::bytes("slot_half_zero", "A place is a signature or all zeros.", {
            slot([&signature[..48], &[0; 32]].concat())?
        }),
    ]);
    let shows = "Every structural flaw at every item, every hostile point and scalar in a signature.";
    files.add_systematic(document, "structure", shows, json!({}), "malformed", vectors);
    Ok(())
}

/// A rule, facts, a day: the pass, or none. Input is the rule's payload.
fn applications(files: &mut Files, world: &World) -> Result<()> {
    let document = "application";
    let (health, age, membership) =
        (record(world, "health-record")?, record(world, "age-record")?, record(world, "membership-record")?);
    let today = world.today;
    let changed = |claims: &[Value], changes: &[(usize, Value)]| {
        let mut claims = claims.to_vec();
        changes.iter().for_each(|(index, value)| claims[*index] = value.clone());
        claims
    };
    let untested = &[(2, Value::Absent), (3, Value::Absent)];
    let unvaccinated = &[(4, Value::Absent), (5, Value::Absent)];
    let tested = |days_ago| changed(&changed(&health, unvaccinated), &[(3, Value::Day(today.minus(days_ago)))]);
    let vaccinated = |days_ago| changed(&changed(&health, untested), &[(5, Value::Day(today.minus(days_ago)))]);
    let born = |month: &str| Ok::<_, anyhow::Error>(changed(&age, &[(2, Value::Month(month.parse()?))]));
    let rule = "tested-or-vaccinated";
    let alone = [
        ("tested_and_vaccinated", "Both facts are good.", rule, health.clone(), true),
        ("tested_today", "A test on the day itself.", rule, tested(0), true),
        ("tested_two_days_ago", "The last day of a test.", rule, tested(2), true),
        ("tested_three_days_ago", "A day too late.", rule, tested(3), false),
        ("vaccinated_13_days_ago", "A day too early.", rule, vaccinated(13), false),
        ("vaccinated_14_days_ago", "The first day of a vaccine.", rule, vaccinated(14), true),
        ("vaccinated_270_days_ago", "The last day of a vaccine.", rule, vaccinated(270), true),
        ("vaccinated_271_days_ago", "A day too late.", rule, vaccinated(271), false),
        (
            "tested_tomorrow",
            "A test dated after the day of the pass.",
            rule,
            { changed(&tested(0), &[(3, Value::Day(today.plus(1)))]) },
            false,
        ),
        ("no_facts", "Neither tested nor vaccinated.", rule, changed(&tested(0), untested), false),
        (
            "test_without_day",
            "A test without a day proves nothing.",
            rule,
            changed(&tested(0), &[(3, Value::Absent)]),
            false,
        ),
        (
            "record_ended",
            "The record is no longer valid.",
            rule,
            { changed(&health, &[(8, Value::Day(today.minus(1)))]) },
            false,
        ),
        ("record_ends_today", "The last day of the record.", rule, changed(&health, &[(8, Value::Day(today))]), true),
        ("record_without_end", "A record must say how long.", rule, changed(&health, &[(8, Value::Absent)]), false),
        (
            "health_without_hint",
            "A fact that is absent stays absent.",
            rule,
            changed(&health, &[(7, Value::Absent)]),
            true,
        ),
        ("health_all", "Copies what is good on the day.", "health", health.clone(), true),
        (
            "health_old_test",
            "An old test is absent in the pass.",
            "health",
            { changed(&health, &[(3, Value::Day(today.minus(3)))]) },
            true,
        ),
        ("health_nothing", "Nothing good, and still a pass.", "health", changed(&tested(0), untested), true),
        ("born_1990", "36 years old.", "age", born("1990-05")?, true),
        ("born_18_years_ago_this_month", "The month must have passed.", "age", born("2008-11")?, true),
        ("born_18_years_ago_last_month", "The month has passed.", "age", born("2008-10")?, true),
        ("born_unknown", "No month, no answer.", "age", changed(&age, &[(2, Value::Absent)]), true),
        ("member", "Group and tier.", "membership", membership.clone(), true),
    ];
    let hint = |facts: &[Value], hint: Value| changed(facts, &[(7, hint)]);
    let (other_hint, no_hint) = (Value::Hint(Hint::of("Nina", 7)?), Value::Absent);
    let ended = |facts: &[Value]| changed(facts, &[(8, Value::Day(today.minus(1)))]);
    let (rule, mixed) = ("vaccinated-and-tested", "grown-up-member");
    let two = [
        ("two_records", "One says vaccinated, the other tested.", rule, vec![vaccinated(100), tested(0)], true),
        ("two_records_swapped", "In the other order.", rule, vec![tested(0), vaccinated(100)], true),
        ("one_record_for_both", "One record says both.", rule, vec![health.clone()], true),
        ("one_of_two_for_both", "The second record says both.", rule, vec![tested(9), health.clone()], true),
        ("one_fact_of_two", "Vaccinated only.", rule, vec![vaccinated(100)], false),
        ("one_fact_twice", "Tested twice is not vaccinated.", rule, vec![tested(0), tested(1)], false),
        (
            "second_record_ended",
            "What is needed of it counts no more.",
            rule,
            vec![vaccinated(100), ended(&tested(0))],
            false,
        ),
        (
            "needless_record_ended",
            "Nothing of it is needed.",
            rule,
            vec![ended(&vaccinated(100)), health.clone()],
            true,
        ),
        (
            "hints_differ",
            "Two persons' records in one wallet.",
            rule,
            vec![vaccinated(100), hint(&tested(0), other_hint)],
            false,
        ),
        (
            "one_hint_of_two",
            "Perhaps two persons' records in one wallet.",
            rule,
            vec![vaccinated(100), hint(&tested(0), no_hint.clone())],
            false,
        ),
        (
            "no_hint_of_two",
            "Nobody asked for passes with the hint.",
            rule,
            vec![hint(&vaccinated(100), no_hint.clone()), hint(&tested(0), no_hint)],
            true,
        ),
        ("two_types", "A member, and 36 years old.", mixed, vec![membership.clone(), age.clone()], true),
        ("two_types_swapped", "In the other order.", mixed, vec![age.clone(), membership.clone()], true),
        ("two_types_tier", "19 years old.", mixed, vec![membership.clone(), born("2007-05")?], true),
        ("two_types_too_young", "17 years old.", mixed, vec![membership.clone(), born("2009-05")?], false),
        ("one_of_two_types", "The other record is missing.", mixed, vec![membership], false),
    ];
    let alone = alone.map(|(name, shows, rule, facts, satisfied)| (name, shows, rule, vec![facts], satisfied));
    for (name, shows, rule, records, satisfied) in alone.into_iter().chain(two) {
        let rule = world.rule_named(rule)?;
        let to = world.type_named(rule.to().as_str())?;
        let records = records.into_iter().map(|facts| {
            // The shipped record types have different numbers of claims.
            let from = rule.from().iter().map(|from| world.type_named(from.as_str())).collect::<Result<Vec<_>>>()?;
            let from =
                from.into_iter().find(|from| from.len() == facts.len()).context("facts of a type of the rule")?;
            Ok((from, Claims::new(from, facts)?))
        });
        let records: Vec<_> = records.collect::<Result<_>>()?;
        let presented: Vec<_> = records.iter().map(|(record_type, claims)| Presented { record_type, claims }).collect();
        let epoch = Epoch { day: today, series: 0 };
        let said = |Presented { record_type, claims }: &Presented<'_>| {
            let messages: Vec<_> = claims.messages().iter().map(hex::encode).collect();
            json!({ "type": hex::encode(record_type.to_bytes()), "messages": messages })
        };
        let context = json!({
            "records": presented.iter().map(said).collect::<Vec<_>>(),
            "pass_type": hex::encode(to.to_bytes()),
            "epoch": [epoch.day.number(), u16::from(epoch.series)],
        });
        let vector = Vector::bytes(name, shows, cbor::encode(rule)).knowing(context);
        match rule.apply(&presented, to, epoch) {
            Some(pass) if satisfied => {
                let says = json!({ "pass": pass.messages().iter().map(hex::encode).collect::<Vec<_>>() });
                files.add(Verdict::Accepted, document, vector.accepted(says));
            }
            None if !satisfied => files.add(Verdict::Refused, document, vector.refused("not_satisfied")),
            _ => bail!("{name} is not what it says"),
        }
    }
    Ok(())
}

fn record(world: &World, name: &str) -> Result<Vec<Value>> {
    Ok(Holder::new("holder")?.record(world, name)?.claims.values().to_vec())
}
