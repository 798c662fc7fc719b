//! The whole way of a result, from the lab to the door. Begin here.

use std::error::Error;

use bauta_crypto::pseudonym::{CommitmentWithProof, HolderSecret};
use bauta_crypto::{SecretKey, holder};
use bauta_spec::attributes::{Binding, Claims, Handle, Kind, Value, shipped_named};
use bauta_spec::credential::{Credential, KeyId};
use bauta_spec::time::Day;
use bauta_tests::Town;
use bauta_wallet::collect::Requested;
use bauta_wallet::present::choose;
use bauta_wallet::renew::{HintWish, Renewal};

#[test]
fn a_tested_citizen_enters_and_stays_unknown() -> Result<(), Box<dyn Error>> {
    let town = Town::with_seed(7);
    let (trust, now) = (town.trust(), town.now());

    // The lab records what it found, without a name, and hands a pickup code to the patient.
    let ticket = town.lab.add("health-record", "tested=naat tested_on=2026-11-23 age_band=21-64 hint=M/05");

    // The wallet has one secret. It commits to it, and the lab signs the facts over the commitment: a record.
    let secret = HolderSecret::generate(&mut town.rng());
    let requested = Requested::new(&secret, &mut town.rng())?;
    let collected = town.lab.collect(&ticket, requested.commitment())?;
    let mut record = requested.receive(&collected.record, town.lab.url(), &secret, trust, now)?;

    // The record is safe in the wallet, so the lab forgets the facts.
    town.lab.acknowledge(&collected);

    // Once a day the pass office applies the rules: for each day and each rule that the facts satisfy, a pass.
    let nonce = town.lab.nonce();
    let renewal = Renewal::new(&record, &secret, trust, &nonce, HintWish::LeaveOut, now, &mut town.rng())?;
    let answer = town.lab.renew(renewal.request())?;
    let (first_day, passes) = (renewal.first_day(), renewal.receive(&answer.to_bytes())?);
    record.replace_passes(first_day, None, passes);

    // At the door. The wallet says what will be learned, then shows a code that is made for this minute.
    let policy = trust.policy_named("entry", town.today()).ok_or("no such policy")?;
    let records = [record];
    let choice = choose(policy, &records, trust, now)?;
    let showing = choice.show(&secret, now, &mut town.rng())?;

    // The verifier needs no network. It learns that a rule is satisfied, and not by what, nor by whom.
    let verified = town.door("entry").scan(&showing.text(), trust, now)?;
    let shown: Vec<_> = verified.shown().iter().map(|shown| (shown.claim().as_str(), shown.word())).collect();
    assert_eq!(shown, [("admits", "tested-or-vaccinated")]);
    Ok(())
}

/// Whoever was vaccinated by one lab and tested by another enters where both are asked for, with one pass.
#[test]
fn what_two_labs_have_found_becomes_one_entry_pass() -> Result<(), Box<dyn Error>> {
    let mut town = Town::with_seed(8);

    // A hospital vaccinates. It has a key of its own, which the official has listed.
    let hospital = SecretKey::generate(&mut town.rng());
    town.official.list_key(hospital.public_key(), "health-record", false);
    town.publish();
    let (trust, now) = (town.trust(), town.now());

    // One person, one secret: a record from the hospital, and weeks later one from the lab, each over a commitment of its own.
    let mut anna = town.citizen();
    let requested = Requested::new(&anna.secret, &mut town.rng())?;
    let vaccinated = "vaccinated=mrna vaccinated_on=2026-10-20 hint=M/05";
    let record = record_of(&hospital, vaccinated, requested.commitment(), town.today())?;
    anna.records.push(requested.receive(&record, "https://hospital.example".parse()?, &anna.secret, trust, now)?);
    anna.collect(&town, &town.lab.add("health-record", "tested=naat tested_on=2026-11-23 hint=M/05"));

    // Each record alone gives the passes of the vaccinated or of the tested. Together they give one more, and the wallet sees that.
    anna.renew(&town);
    let both: Vec<_> = anna.records[0].passes().iter().filter(|pass| pass.rests_on().is_some()).collect();
    assert_eq!(both.len(), 2, "today and tomorrow, as long as the test counts");

    // The door learns that the rule is satisfied. That there were two records, or two labs, it does not see.
    let showing = anna.show(&town, "vaccinated-and-tested")?;
    let verified = town.door("vaccinated-and-tested").scan(&showing.text(), trust, now)?;
    let shown: Vec<_> = verified.shown().iter().map(|shown| (shown.claim().as_str(), shown.word())).collect();
    assert_eq!(shown, [("admits", "vaccinated-and-tested")]);
    Ok(())
}

/// What a lab with a key of its own signs: the facts, `claim=word` by `claim=word`, over the commitment.
fn record_of(
    lab: &SecretKey,
    facts: &str,
    commitment: &CommitmentWithProof,
    today: Day,
) -> Result<Vec<u8>, Box<dyn Error>> {
    let record_type = shipped_named("health-record").ok_or("no such type")?;
    let verified = holder::verify_commitment(commitment)?;
    let values = record_type.claims().iter().map(|claim| {
        let word = facts.split_whitespace().find_map(|fact| fact.strip_prefix(claim.name.as_str())?.strip_prefix('='));
        Ok(match (&claim.kind, word) {
            (Kind::Handle, _) => Value::Handle(Handle::new([3; 16])),
            (Kind::Binding, _) => Value::Binding(Binding::of(verified.commitment())),
            (Kind::Code(vocabulary), Some(word)) => Value::Code(vocabulary.code_of(word).ok_or("no such word")?),
            (Kind::Day, Some(word)) => Value::Day(word.parse()?),
            (Kind::Hint, Some(word)) => Value::Hint(word.parse()?),
            (Kind::Day, None) if claim.name.as_str() == "valid_until" => Value::Day(today.plus(200)),
            _ => Value::Absent,
        })
    });
    let claims = Claims::new(&record_type, values.collect::<Result<_, Box<dyn Error>>>()?)?;
    let messages = claims.messages();
    let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
    let signature = holder::sign(lab, &verified, &record_type.header(), &messages)?;
    Ok(Credential { key: KeyId::of(&lab.public_key()), claims, signature }.to_bytes())
}
