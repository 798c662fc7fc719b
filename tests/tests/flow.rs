//! The whole way of a result, from the lab to the door. Begin here.

use std::error::Error;

use bauta_crypto::pseudonym::HolderSecret;
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
