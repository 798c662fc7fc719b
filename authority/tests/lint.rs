//! Whoever would stand out at a door is found before anything is published: leaks are planted, and each must be seen.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod desk;

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use bauta_authority::{
    Misfit, NoPopulation, Notice, ONE_IN, Population, Refusal, Refused, Report, Sample, SignOrder, Terms, Withdrawal,
    population_in,
};
use bauta_spec::time::Grid;
use serde_json::{Value, json};

use desk::{Desk, NOON, TWO_DAYS, later};

/// `BAUTA_PEOPLE` from `BAUTA_SEED`: by default enough to see, in a second, that those drawn are those computed. A seed from the clock
/// finds a mistake that one seed would hide; that it finds one where there is none happens once in a billion times.
fn drawn() -> Sample {
    let number = |name: &str| std::env::var(name).ok().map(|number| number.parse::<u64>().unwrap());
    let clock = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let (people, seed) = (number("BAUTA_PEOPLE").unwrap_or(50_000), number("BAUTA_SEED").unwrap_or_else(clock));
    println!("BAUTA_SEED={seed} BAUTA_PEOPLE={people}");
    Sample { people: people.try_into().unwrap(), seed }
}

impl Desk {
    fn with_samples() -> Self {
        let mut desk = Self::founded();
        desk.office.sign_samples(Terms::default(), &desk.root, NOON).unwrap();
        desk
    }

    fn sign(&mut self, order: SignOrder) {
        self.office.sign(order, Terms::default(), &self.root, NOON).unwrap();
    }

    fn sign_type(&mut self, text: &Value) {
        self.sign(SignOrder::Type { path: "type.json".into(), text: text.to_string() });
    }

    fn sign_rule(&mut self, text: &Value) {
        self.sign(SignOrder::Rule { path: "rule.json".into(), text: text.to_string() });
    }

    fn sign_policy(&mut self, text: &Value) {
        self.sign(SignOrder::Policy { path: "policy.json".into(), text: text.to_string() });
    }

    fn sign_key(&mut self) {
        let order = self.key_order("entry-pass", "City pass office");
        self.sign(order);
    }

    fn publish(&mut self, hours: u64) -> Result<Report, Refused> {
        let delegate = self.office.delegate_key(b"delegate").unwrap();
        self.office.publish(&delegate, TWO_DAYS, later(hours)).map(|published| published.report)
    }

    /// Looks, and prints what an official would read.
    fn lint(&self, population: &Population) -> Report {
        let report = self.office.lint(population, Some(drawn()), NOON).unwrap();
        report.to_lines(1_000).iter().for_each(|line| println!("{line}"));
        report
    }
}

fn example() -> Value {
    serde_json::from_str(include_str!("../samples/population.json")).unwrap()
}

fn read(population: &Value) -> Population {
    Population::from_json(&population.to_string()).unwrap()
}

fn policy(name: &str, pass_type: &str, claims: &Value) -> Value {
    json!({
        "name": name, "one_way": "allowed", "nonce": true, "purpose": { "en": format!("To know what {name} needs") },
        "credentials": [{ "id": "pass", "format": "bauta-pass", "meta": { "type": pass_type }, "claims": claims }],
    })
}

const KINDS: [&str; 4] = ["mrna", "vector", "protein", "inactivated"];

fn recently_tested() -> Value {
    json!([{ "one_of": { "claim": "tested", "names": ["naat", "rapid-antigen"] } },
           { "days_ago": { "claim": "tested_on", "min": 0, "max": 2 } }])
}

fn vaccinated() -> Value {
    json!([{ "one_of": { "claim": "vaccinated", "names": KINDS } },
           { "days_ago": { "claim": "vaccinated_on", "min": 14, "max": 270 } }])
}

/// A pass that says one more thing than the shipped entry pass, and a rule for it.
fn one_more_claim(desk: &mut Desk, claim: &Value, source: &Value, cases: &[Value]) {
    let name = claim["name"].as_str().unwrap();
    desk.sign_type(&json!({
        "name": "told-pass", "layout": 1, "usage": "pass",
        "claims": [{ "name": "epoch", "kind": "epoch" }, { "name": "admits", "kind": "admits" }, claim],
    }));
    desk.sign_rule(&json!({
        "name": "told", "from": ["health-record"], "to": "told-pass", "cases": cases,
        "fill": { "epoch": "epoch", "admits": "rule", name: source },
    }));
    desk.sign_policy(&policy(
        "told",
        "told-pass",
        &json!([{ "path": ["admits"], "values": ["told"] }, { "path": [name] }]),
    ));
}

fn words(report: &Report) -> Vec<&'static str> {
    report.refusals.iter().map(Refusal::word).collect()
}

#[test]
fn a5_shipped_policies_pass_with_their_figures() {
    let report = Desk::with_samples().lint(&Population::example());
    assert!(report.passes(), "{:?}", report.refusals);
    let figures: Vec<(&str, usize)> =
        report.policies.iter().map(|policy| (policy.name.as_str(), policy.combinations)).collect();
    let expected = [
        ("entry", 1),
        ("entry-with-hint", 240),
        ("vaccinated", 4),
        ("over-18", 1),
        ("member", 1),
        ("event", 1),
        ("entry-and-member", 1),
        ("vaccinated-and-tested", 1),
    ];
    assert_eq!(figures, expected);
    for policy in &report.policies {
        assert!(policy.share >= 1.0 / ONE_IN, "{policy:?}");
        assert!(policy.drawn.unwrap().can_pass > 1_000, "{policy:?}");
    }
    // 35 of 1,100 given names in the class, 28 of 365 days in the month.
    let hint = &report.policies[1];
    assert_eq!(hint.rarest, "hint F/02");
    let by_hand = 35.0 / 1_100.0 * 28.0 / 365.0;
    assert!((hint.share - by_hand).abs() < 1e-12, "{} and by hand {by_hand}", hint.share);
    assert_eq!(report.rules.len(), 5);
    // Who comes in as a member has both: in this town entry and membership hang together by age alone.
    let can_pass = |name: &str| report.policies.iter().find(|policy| policy.name == name).unwrap().can_pass;
    let (both, entry, member) = (can_pass("entry-and-member"), can_pass("entry"), can_pass("member"));
    assert!(both < entry && both < member && both > entry * member, "{both} of {entry} and {member}");
}

fn of_two(name: &str, entry: &Value, membership: &Value) -> Value {
    let query = |id: &str, claims: &Value| json!({ "id": id, "format": "bauta-pass", "meta": { "type": id }, "claims": claims });
    json!({
        "name": name, "one_way": "allowed", "purpose": { "en": format!("To know what {name} needs") },
        "credentials": [query("entry-pass", entry), query("membership-pass", membership)],
    })
}

/// Neither pass gives anybody away: both together do.
#[test]
fn a5_two_passes_are_counted_by_what_they_show_together() {
    let admits = json!({ "path": ["admits"], "values": ["tested-or-vaccinated"] });
    let (hint, groups) = (json!({ "path": ["hint"] }), json!(["library", "sports-club", "student"]));
    let mut desk = Desk::with_samples();
    let any_group = json!([{ "path": ["group"], "values": groups }]);
    desk.sign_policy(&policy("groups", "membership-pass", &any_group));
    assert!(desk.lint(&Population::example()).passes());
    desk.sign_policy(&of_two("hint-and-group", &json!([admits, hint]), &any_group));
    let report = desk.lint(&Population::example());
    let [Refusal::Rare { policy, shows, share, .. }] = &report.refusals[..] else { panic!("{:?}", report.refusals) };
    assert_eq!((policy.name.as_str(), shows.as_str()), ("hint-and-group", "hint F/02, group student"));
    assert!(*share < 1.0 / ONE_IN);
    assert_eq!(report.policies.last().unwrap().combinations, 240 * 3);
}

/// What one of the two passes must not tell, it must not tell beside another one either.
#[test]
fn a5_a_fact_that_some_lack_is_not_to_be_shown_by_either_of_two_passes() {
    let admits = json!([{ "path": ["admits"], "values": ["tested-or-vaccinated"] }]);
    let tier = json!([{ "path": ["group"], "values": ["library"] }, { "path": ["tier"] }]);
    let mut desk = Desk::with_samples();
    desk.sign_policy(&of_two("tier-beside-entry", &admits, &tier));
    let report = desk.lint(&Population::example());
    let [Refusal::ShowsAbsence { policy, claim, share }] = &report.refusals[..] else {
        panic!("{:?}", report.refusals)
    };
    assert_eq!((policy.name.as_str(), claim.as_str()), ("tier-beside-entry", "tier"));
    assert!((*share - 0.1).abs() < 1e-9, "{share}");
}

/// Two records of one type: whoever has both facts passes, in one record or in two, so the shares are those of one record.
#[test]
fn a5_a_rule_for_two_records_is_judged_by_who_has_the_facts() {
    let mut desk = Desk::with_samples();
    let cases = [&vaccinated(), &recently_tested()].map(|case| case.as_array().unwrap().clone()).concat();
    desk.sign_rule(&json!({
        "name": "in-one", "from": ["health-record"], "to": "entry-pass", "cases": [cases],
        "fill": { "epoch": "epoch", "admits": "rule", "hint": { "copy": "hint" } },
    }));
    let report = desk.lint(&Population::example());
    let rule = |name: &str| report.rules.iter().find(|rule| rule.name == name).unwrap();
    let (two, one) = (rule("vaccinated-and-tested"), rule("in-one"));
    assert!(two.admits > 1.0 / ONE_IN && (two.admits - one.admits).abs() < 1e-12, "{two:?} {one:?}");
    assert_eq!(two.ways[0].0, "second.tested, second.tested_on, vaccinated, vaccinated_on");
}

#[test]
fn a5_a_rule_that_reads_one_fact_of_two_records_is_not_judged() {
    let mut desk = Desk::with_samples();
    let earlier = json!([{ "days_ago": { "claim": "second.tested_on", "min": 3, "max": 10 } }]);
    let cases = [&recently_tested(), &earlier].map(|case| case.as_array().unwrap().clone()).concat();
    desk.sign_rule(&json!({
        "name": "tested-twice", "from": ["health-record", "health-record"], "to": "entry-pass", "cases": [cases],
        "fill": { "epoch": "epoch", "admits": "rule", "hint": { "copy": "hint" } },
    }));
    desk.sign_policy(&policy(
        "tested-twice",
        "entry-pass",
        &json!([{ "path": ["admits"], "values": ["tested-twice"] }]),
    ));
    let report = desk.lint(&Population::example());
    let [Refusal::Unjudged { misfit: Misfit::OneRecord { claim, .. }, .. }] = &report.refusals[..] else {
        panic!("{:?}", report.refusals);
    };
    assert_eq!(claim.as_str(), "tested_on");
}

/// Records of two types: whoever has both.
#[test]
fn a5_a_rule_for_records_of_two_types_counts_those_who_have_both() {
    let mut desk = Desk::with_samples();
    desk.sign_rule(&json!({
        "name": "grown-up-member", "from": ["membership-record", "age-record"], "to": "membership-pass",
        "cases": [[{ "at_least_years": { "claim": "second.birth_month", "years": 18 } }]],
        "fill": { "epoch": "epoch", "group": { "copy": "group" }, "tier": { "copy": "tier" } },
    }));
    let report = desk.lint(&Population::example());
    let admits = |name: &str| report.rules.iter().find(|rule| rule.name == name).unwrap().admits;
    assert!(admits("grown-up-member") > 0.0 && admits("grown-up-member") < admits("membership").min(admits("age")));
}

#[test]
fn a5_the_same_seed_draws_the_same_people_and_no_seed_changes_the_shares() {
    let desk = Desk::with_samples();
    let look = |seed| desk.office.lint(&Population::example(), Some(Sample { people: 5_000, seed }), NOON).unwrap();
    let (first, again, other) = (look(1), look(1), look(2));
    assert_eq!(first.to_json(500), again.to_json(500));
    assert_ne!(first.policies, other.policies, "other people");
    for (one, other) in first.policies.iter().zip(&other.policies) {
        assert_eq!((one.share, &one.rarest), (other.share, &other.rarest));
    }
    assert_eq!(first.to_json(500)["sample"], json!({ "people": 5_000, "seed": 1 }));
}

#[test]
fn a5_a_planted_rare_hint_is_found() {
    let mut population = example();
    population["initials"]["weights"]["K"] = json!(5);
    let report = Desk::with_samples().lint(&read(&population));
    let [Refusal::Rare { policy, shows, share, rare, .. }] = &report.refusals[..] else {
        panic!("{:?}", report.refusals)
    };
    assert_eq!((policy.name.as_str(), shows.as_str(), *rare), ("entry-with-hint", "hint K/02", 12));
    assert!(*share < 1.0 / ONE_IN);
    let said = report.refusals[0].to_string();
    assert!(said.contains("K/02") && said.contains("Ask for less"), "{said}");
}

/// Neither is rare alone: it is together that they are.
#[test]
fn a5_a_planted_rare_age_band_with_month_is_found() {
    let mut desk = Desk::with_samples();
    let bands = json!([[1, "0-11"], [2, "12-15"], [3, "16-17"], [4, "18-20"], [5, "21-64"], [6, "65+"]]);
    desk.sign_type(&json!({
        "name": "band-pass", "layout": 1, "usage": "pass",
        "claims": [{ "name": "epoch", "kind": "epoch" }, { "name": "age_band", "kind": "code", "codes": bands },
                   { "name": "hint", "kind": "hint" }],
    }));
    desk.sign_rule(&json!({
        "name": "band", "from": ["health-record"], "to": "band-pass", "cases": [[]],
        "fill": { "epoch": "epoch", "age_band": { "copy": "age_band" }, "hint": { "copy": "hint" } },
    }));
    let any = json!({ "path": ["age_band"], "values": ["0-11", "12-15", "16-17", "18-20", "21-64", "65+"] });
    desk.sign_policy(&policy("band", "band-pass", &json!([any])));
    assert!(desk.lint(&Population::example()).passes());
    desk.sign_policy(&policy("band-and-hint", "band-pass", &json!([any, { "path": ["hint"] }])));
    let report = desk.lint(&Population::example());
    let rare = |refusal: &Refusal| {
        matches!(refusal, Refusal::Rare { policy, shows, .. }
        if policy.name == "band-and-hint" && shows == "age_band 16-17, hint F/02")
    };
    assert!(report.refusals.iter().any(rare), "{:?}", report.refusals);
    assert_eq!(report.policies.last().unwrap().combinations, 6 * 240);
}

#[test]
fn a5_a_planted_claim_that_names_a_small_lab_is_found() {
    let mut desk = Desk::with_samples();
    let labs = json!([[1, "city"], [2, "harbour"], [3, "dr-smith"]]);
    let lab = json!({ "name": "lab", "kind": "code", "codes": labs });
    desk.sign_type(&json!({
        "name": "lab-record", "layout": 1, "usage": "record",
        "claims": [{ "name": "handle", "kind": "handle" }, { "name": "binding", "kind": "binding" }, lab,
                   { "name": "valid_until", "kind": "day" }],
    }));
    desk.sign_type(&json!({
        "name": "lab-pass", "layout": 1, "usage": "pass", "claims": [{ "name": "epoch", "kind": "epoch" }, lab],
    }));
    desk.sign_rule(&json!({
        "name": "lab", "from": ["lab-record"], "to": "lab-pass", "cases": [[]],
        "fill": { "epoch": "epoch", "lab": { "copy": "lab" } },
    }));
    let labs = json!([{ "path": ["lab"], "values": ["city", "harbour", "dr-smith"] }]);
    desk.sign_policy(&policy("lab", "lab-pass", &labs));
    let report = desk.lint(&Population::example());
    let [Refusal::Unjudged { misfit: Misfit::NoRecord(missing), .. }] = &report.refusals[..] else {
        panic!("a population that does not know the record: {:?}", report.refusals)
    };
    assert_eq!(missing.as_str(), "lab-record");

    for (patients, passes) in [(4.0, false), (6.0, true)] {
        let mut population = example();
        population["records"].as_array_mut().unwrap().push(json!({
            "type": "lab-record", "source": "planted", "share": 0.5,
            "facts": [{ "claims": { "lab": { "words": { "city": 3000, "harbour": 2000, "dr-smith": patients } } } }],
        }));
        let report = desk.lint(&read(&population));
        assert_eq!(report.passes(), passes, "{:?}", report.refusals);
        assert_eq!(report.policies.last().unwrap().rarest, "lab dr-smith");
    }
}

#[test]
fn a5_a_planted_validity_of_ones_own_is_found() {
    let mut desk = Desk::founded();
    let claim = json!({ "name": "valid_until", "kind": "day" });
    one_more_claim(&mut desk, &claim, &json!({ "copy": "valid_until" }), &[recently_tested()]);
    let mut population = example();
    let days = json!([{ "from": 1, "to": 60, "weight": 95 }, { "from": 61, "to": 365, "weight": 5 }]);
    population["records"][0]["facts"][4]["claims"]["valid_until"]["days_ahead"] = days;
    let report = desk.lint(&read(&population));
    assert_eq!(words(&report), ["rare"], "{:?}", report.refusals);
    assert_eq!(report.policies[0].combinations, 365);
}

/// Refused at once, and not after hours in which every combination is counted.
#[test]
fn a5_what_tells_everybody_apart_is_refused_without_being_counted() {
    let mut desk = Desk::founded();
    desk.sign_type(&json!({
        "name": "diary-pass", "layout": 1, "usage": "pass",
        "claims": [{ "name": "epoch", "kind": "epoch" }, { "name": "admits", "kind": "admits" }, { "name": "hint", "kind": "hint" },
                   { "name": "tested_on", "kind": "day" }, { "name": "vaccinated_on", "kind": "day" },
                   { "name": "valid_until", "kind": "day" }],
    }));
    let facts = ["hint", "tested_on", "vaccinated_on", "valid_until"];
    let mut fill = json!({ "epoch": "epoch", "admits": "rule" });
    facts.iter().for_each(|fact| fill[*fact] = json!({ "copy": fact }));
    desk.sign_rule(&json!({
        "name": "diary", "from": ["health-record"], "to": "diary-pass", "cases": [recently_tested()], "fill": fill,
    }));
    let admits = json!({ "path": ["admits"], "values": ["diary"] });
    let shown = facts.map(|fact| json!({ "path": [fact] }));
    desk.sign_policy(&policy("diary", "diary-pass", &[admits].into_iter().chain(shown).collect()));
    assert_eq!(words(&desk.lint(&Population::example())), ["too-many"]);
}

#[test]
fn a5_a_policy_that_only_few_can_pass_is_refused() {
    let mut desk = Desk::with_samples();
    let rare = json!([{ "path": ["vaccinated"], "values": ["inactivated"] }]);
    desk.sign_policy(&policy("rare-vaccine", "health-pass", &rare));
    assert!(desk.lint(&Population::example()).passes(), "all who pass show the same, and they are not few");
    let mut population = example();
    population["records"][0]["facts"][3]["claims"]["vaccinated"]["words_by_age"]["18"]["inactivated"] = json!(0.05);
    let report = desk.lint(&read(&population));
    let few = |refusal: &Refusal| matches!(refusal, Refusal::FewPass { policy, .. } if policy.name == "rare-vaccine");
    assert!(report.refusals.iter().any(few), "{:?}", report.refusals);
    // Where the door sees which vaccine it was, the few stand out among all.
    let rare = |refusal: &Refusal| matches!(refusal, Refusal::Rare { policy, .. } if policy.name == "vaccinated");
    assert!(report.refusals.iter().any(rare), "{:?}", report.refusals);
}

/// No noise decides: a thousand combinations of equal weight pass, 1,100 do not.
#[test]
fn a5_exactly_one_in_a_thousand_passes() {
    for (words, passes) in [(10, true), (11, false)] {
        let mut desk = Desk::founded();
        let vocabulary = |words: u8| (1..=words).map(|code| json!([code, format!("w{code}")])).collect::<Vec<_>>();
        let sizes = [("a", 10), ("b", 10), ("c", words)];
        let claims = sizes.map(|(name, words)| json!({ "name": name, "kind": "code", "codes": vocabulary(words) }));
        let [a, b, c] = &claims;
        desk.sign_type(&json!({
            "name": "own-record", "layout": 1, "usage": "record",
            "claims": [{ "name": "handle", "kind": "handle" }, { "name": "binding", "kind": "binding" }, a, b, c,
                       { "name": "valid_until", "kind": "day" }],
        }));
        let epoch = json!({ "name": "epoch", "kind": "epoch" });
        desk.sign_type(&json!({ "name": "own-pass", "layout": 1, "usage": "pass", "claims": [epoch, a, b, c] }));
        desk.sign_rule(&json!({
            "name": "own", "from": ["own-record"], "to": "own-pass", "cases": [[]],
            "fill": { "epoch": "epoch", "a": { "copy": "a" }, "b": { "copy": "b" }, "c": { "copy": "c" } },
        }));
        let any = |name: &str, words: u8| json!({ "path": [name], "values": (1..=words).map(|code| format!("w{code}")).collect::<Vec<_>>() });
        desk.sign_policy(&policy("own", "own-pass", &json!(sizes.map(|(name, words)| any(name, words)))));
        let evenly = |words: u8| -> Value {
            (1..=words).map(|code| (format!("w{code}"), json!(1))).collect::<serde_json::Map<_, _>>().into()
        };
        let mut population = example();
        population["records"] = json!([{
            "type": "own-record", "source": "planted", "share": 0.9,
            "facts": sizes.map(|(name, words)| json!({ "claims": { name: { "words": evenly(words) } } })),
        }]);
        let report = desk.lint(&read(&population));
        assert_eq!(report.passes(), passes, "{words} words: {:?}", report.refusals);
    }
}

#[test]
fn a5_a_flag_shown_whatever_it_says_is_refused() {
    let mut desk = Desk::with_samples();
    let claims = json!([{ "path": ["over_12"], "values": [true] }, { "path": ["over_18"] }]);
    desk.sign_policy(&policy("how-old", "age-pass", &claims));
    let report = desk.lint(&Population::example());
    assert_eq!(words(&report), ["shows-flag"]);
    assert!(report.refusals[0].to_string().contains("\"values\": [true]"));
}

#[test]
fn a5_a_fact_that_some_lack_is_not_to_be_shown() {
    let mut desk = Desk::with_samples();
    let claims = json!([{ "path": ["vaccinated"], "values": KINDS }, { "path": ["tested"] }]);
    desk.sign_policy(&policy("both-or-one", "health-pass", &claims));
    let report = desk.lint(&Population::example());
    let [Refusal::ShowsAbsence { claim, share, .. }] = &report.refusals[..] else { panic!("{:?}", report.refusals) };
    assert_eq!(claim.as_str(), "tested");
    assert!(*share > 0.5, "most of the vaccinated are not tested as well: {share}");
    // A hint that a record lacks is not shown at all, so nobody is told.
    let hint = Desk::with_samples().lint(&Population::example());
    assert!(hint.policies[1].can_pass < hint.policies[0].can_pass);
}

#[test]
fn a5_what_is_shown_must_not_tell_by_which_way_somebody_comes_in() {
    let ways = [recently_tested(), vaccinated()];
    // The fact itself.
    let mut desk = Desk::founded();
    let tested = json!({ "name": "tested", "kind": "code", "codes": [[1, "naat"], [2, "rapid-antigen"]] });
    let source = json!({ "copy_if": { "claim": "tested", "all": recently_tested() } });
    one_more_claim(&mut desk, &tested, &source, &ways);
    assert_eq!(words(&desk.lint(&Population::example())), ["shows-absence", "tells-way"]);

    // Something that only the people know: where no child is vaccinated, a child was tested.
    let mut desk = Desk::founded();
    let bands = json!([[1, "0-11"], [2, "12-15"], [3, "16-17"], [4, "18-20"], [5, "21-64"], [6, "65+"]]);
    let band = json!({ "name": "age_band", "kind": "code", "codes": bands });
    one_more_claim(&mut desk, &band, &json!({ "copy": "age_band" }), &ways);
    assert!(desk.lint(&Population::example()).passes(), "of every age some are vaccinated and some are not");
    let mut population = example();
    population["records"][0]["facts"][3]["share_by_age"]["0"] = json!(0);
    let report = desk.lint(&read(&population));
    let [Refusal::TellsWay { shows, .. }] = &report.refusals[..] else { panic!("{:?}", report.refusals) };
    assert_eq!(shows, "age_band 0-11");
}

#[test]
fn a5_two_ways_to_ask_for_one_purpose_are_refused() {
    let tested = json!([{ "path": ["tested"], "values": ["naat", "rapid-antigen"] }]);
    let vaccinated = json!([{ "path": ["vaccinated"], "values": KINDS }]);
    let entry = |name: &str, purpose: &str, claims: &Value| {
        let mut written = policy(name, "health-pass", claims);
        written["purpose"] = json!({ "en": purpose, "nl": format!("{name} {purpose}") });
        written
    };
    for (names, purposes, refused) in [
        (["tested", "vaccinated"], ["To let you in", "to  let you in"], true),
        (["entry", "entry"], ["To let the tested in", "To let the vaccinated in"], true),
        (["tested", "vaccinated"], ["To let you in", "For the ward where this is required"], false),
    ] {
        let mut desk = Desk::with_samples();
        desk.sign_policy(&entry(names[0], purposes[0], &tested));
        desk.sign_policy(&entry(names[1], purposes[1], &vaccinated));
        let found = desk.lint(&Population::example()).refusals;
        let alternatives = found.iter().filter(|refusal| refusal.word() == "alternatives").count();
        assert_eq!(alternatives > 0, refused, "{names:?} {purposes:?}: {found:?}");
    }
    // The same with and without hint, or signed again for other days, tells nothing.
    let mut desk = Desk::with_samples();
    let today = Grid::new(60).unwrap().day_of(NOON);
    let later = Terms { first: Some(today.plus(30)), last: Some(today.plus(120)), ..Terms::default() };
    desk.office.sign_samples(later, &desk.root, NOON).unwrap();
    assert!(desk.lint(&Population::example()).passes());
}

/// One pass type or rule for each fact: what venues do with them no list can tell, so the official is told.
#[test]
fn a5_a_policy_for_one_fact_of_several_is_noticed() {
    let mut desk = Desk::with_samples();
    desk.sign_rule(&json!({
        "name": "tested-only", "from": ["health-record"], "to": "entry-pass", "cases": [recently_tested()],
        "fill": { "epoch": "epoch", "admits": "rule", "hint": { "copy": "hint" } },
    }));
    let only = json!([{ "path": ["admits"], "values": ["tested-only"] }]);
    desk.sign_policy(&policy("tested-only", "entry-pass", &only));
    let minors = json!([{ "path": ["over_12"], "values": [true] }, { "path": ["over_18"], "values": [false] }]);
    desk.sign_policy(&policy("youth-club", "age-pass", &minors));
    let report = desk.lint(&Population::example());
    assert!(report.passes(), "{:?}", report.refusals);
    let alone = |name: &str| {
        let is = |notice: &Notice| {
            matches!(notice, Notice::AsksAlone { either, alone }
            if either.name == "entry" && alone.name == name)
        };
        report.notices.iter().any(is)
    };
    assert!(alone("tested-only") && alone("vaccinated") && !alone("over-18") && !alone("entry-with-hint"));
    let no = |notice: &Notice| matches!(notice, Notice::AsksForNo { claim, .. } if claim.as_str() == "over_18");
    assert!(report.notices.iter().any(no));
}

#[test]
fn a5_what_the_population_does_not_know_is_not_passed() {
    let desk = Desk::with_samples();
    let mut population = example();
    population["records"].as_array_mut().unwrap().remove(2);
    let report = desk.lint(&read(&population));
    let no_record = |refusal: &Refusal| matches!(refusal, Refusal::Unjudged { misfit: Misfit::NoRecord(_), .. });
    assert!(report.refusals.len() == 2 && report.refusals.iter().all(no_record), "{:?}", report.refusals);

    let mut population = example();
    population["records"][0]["facts"][2]["claims"].as_object_mut().unwrap().remove("tested_on");
    let report = desk.lint(&read(&population));
    assert_eq!(words(&report), ["unjudged"; 5], "the five policies that ask for a test: {:?}", report.refusals);
    assert!(report.refusals[0].to_string().contains("tested_on"));

    let mut population = example();
    population["records"][2]["facts"][0]["claims"]["group"] = json!({ "words": { "student": 1 } });
    assert_eq!(words(&desk.lint(&read(&population))), ["nobody-passes"; 2]);

    for (claim, spread) in [
        ("tested", json!({ "words": { "breath": 1 } })),
        ("tested", json!("hint")),
        ("tested_on", json!({ "words": { "naat": 1 } })),
        ("tested_in", json!({ "days_ago": [{ "from": 0, "to": 1, "weight": 1 }] })),
    ] {
        let mut population = example();
        population["records"][0]["facts"][2]["claims"][claim] = spread;
        let report = desk.lint(&read(&population));
        let foreign = |refusal: &Refusal| matches!(refusal, Refusal::Unjudged { misfit: Misfit::Foreign { .. }, .. });
        assert!(report.refusals.iter().all(foreign) && !report.passes(), "{claim}: {:?}", report.refusals);
    }
}

#[test]
fn a5_a_malformed_population_is_refused_with_the_place() {
    type Flaw = (&'static str, fn(&mut Value), &'static str);
    let flaws: [Flaw; 16] = [
        ("no source", |p| p["months"]["source"] = json!(" "), "months.source"),
        ("no source of a record", |p| drop(p["records"][0].as_object_mut().unwrap().remove("source")), "source"),
        ("negative weight", |p| p["months"]["weights"][3] = json!(-1), "months.weights"),
        ("eleven months", |p| drop(p["months"]["weights"].as_array_mut().unwrap().pop()), "12"),
        ("no weight at all", |p| p["initials"]["weights"] = json!({ "A": 0 }), "initials.weights"),
        ("not a letter", |p| p["initials"]["weights"]["é"] = json!(1), "A to Z"),
        ("bands over each other", |p| p["ages"]["bands"][1]["from"] = json!(11), "ages.bands"),
        ("too old", |p| p["ages"]["bands"][5]["to"] = json!(121), "at most 120"),
        ("share above 1", |p| p["records"][0]["facts"][0]["share"] = json!(1.5), "from 0 to 1"),
        ("no share", |p| drop(p["records"][0].as_object_mut().unwrap().remove("share_by_age")), "health-record"),
        ("two shares", |p| p["records"][0]["share"] = json!(0.5), "not both"),
        ("ages that begin at 12", |p| p["records"][0]["share_by_age"] = json!({ "12": 0.5 }), "first age must be 0"),
        ("an age in words", |p| p["records"][0]["share_by_age"]["old"] = json!(0.5), "whole number"),
        (
            "days backwards",
            |p| p["records"][0]["facts"][2]["claims"]["tested_on"]["days_ago"][0]["from"] = json!(3),
            "fewer to more",
        ),
        ("a type twice", |p| p["records"][1]["type"] = json!("health-record"), "stands twice"),
        ("unknown member", |p| p["people"] = json!(5), "people"),
    ];
    for (flaw, spoil, said) in flaws {
        let mut population = example();
        spoil(&mut population);
        let refused = Population::from_json(&population.to_string()).expect_err(flaw).to_string();
        assert!(refused.contains(said), "{flaw}: {refused}");
    }
    let twice = include_str!("../samples/population.json").replacen("\"B\": 45", "\"A\": 45", 1);
    let refused = Population::from_json(&twice).unwrap_err();
    assert!(matches!(&refused, NoPopulation::Json(said) if said.contains("\"A\" stands twice")), "{refused}");

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("population.json");
    fs::write(&path, [0xff]).unwrap();
    let refused = population_in(&path).unwrap_err();
    assert!(
        matches!(&refused, Refused::Population { .. }) && refused.to_string().contains("population.json"),
        "{refused}"
    );
}

#[test]
fn a5_what_the_linter_refuses_is_not_published_until_it_is_withdrawn() {
    let mut desk = Desk::with_samples();
    desk.sign_key();
    desk.publish(0).unwrap();
    let claims = json!([{ "path": ["vaccinated"], "values": KINDS }, { "path": ["tested"] }]);
    desk.sign_policy(&policy("both-or-one", "health-pass", &claims));
    let refused = desk.publish(1).unwrap_err();
    let Refused::Lint(refusals) = &refused else { panic!("{refused}") };
    assert!(refused.to_string().contains("tested") && refused.to_string().contains("Withdraw the policy"), "{refused}");
    assert_eq!(desk.office.published(), Some(1), "nothing was written");
    let id = refusals[0].policies()[0].id;
    desk.office.withdraw(Withdrawal::Policy(id)).unwrap();
    assert!(desk.publish(2).unwrap().passes());
}

/// A withdrawal must get out within the hour, whatever the linter says about what has been public all along.
#[test]
fn a5_what_was_public_before_holds_no_withdrawal_up() {
    let mut desk = Desk::with_samples();
    desk.sign_key();
    desk.publish(0).unwrap();
    let mut population = example();
    population["initials"]["weights"]["K"] = json!(5);
    fs::write(desk.dir().join("population.json"), population.to_string()).unwrap();
    desk.office.raise_series(desk.today(), 1).unwrap();
    let report = desk.publish(1).unwrap();
    assert_eq!(words(&report), ["rare"], "it is said");
    // A first list with the same has no such excuse.
    let mut first = Desk::with_samples();
    first.sign_key();
    fs::write(first.folder.path().join("authority/population.json"), population.to_string()).unwrap();
    assert!(matches!(first.publish(0), Err(Refused::Lint(_))));
}
