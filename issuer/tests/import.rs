//! Imports: a lab's own tables and FHIR, by a mapping; what strangers may send; and a long file that is interrupted.
//!
//! The long forms: `BAUTA_ROWS=100000 BAUTA_MUTATIONS=1000000`, as `cargo xtask assure` sets them.
#![allow(clippy::unwrap_used, clippy::panic)]

mod town;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use bauta_issuer::{Form, Imported, Mapped, Mapping, Place, Visitor, results_in};
use bauta_spec::attributes::Value;
use rand_chacha::rand_core::Rng as _;
use serde_json::{Value as Json, json};

use town::program::{command, program, text};
use town::{Record, Town, Wallet, seeded};

fn example(name: &str) -> PathBuf {
    Path::new("examples").join(name)
}

fn mapped(town: &Town, mapping: &str) -> Mapped {
    town.service.mapped(Mapping::read(&example(mapping)).unwrap()).unwrap()
}

/// What came of importing a file, and the codes by reference.
fn import(town: &Town, file: &Path, patients: Option<&Path>, mapped: &Mapped) -> (Imported, BTreeMap<String, String>) {
    let codes = town.folder.path().join("codes.csv");
    let rows = results_in(file, patients, Some(mapped)).unwrap();
    let imported = town.run(town.service.import_rows(rows, &codes, Form::Link, &town.nurse(), |_| ())).unwrap();
    (imported, lines_of(&codes))
}

fn lines_of(codes: &Path) -> BTreeMap<String, String> {
    let written = fs::read_to_string(codes).unwrap();
    let mut lines = BTreeMap::new();
    for line in written.lines().skip(1) {
        let mut cells = line.split(',');
        let (reference, offer) = (cells.next().unwrap().to_owned(), cells.next().unwrap());
        let code = offer.rsplit("%23").next().unwrap().to_owned();
        assert!(lines.insert(reference, code).is_none(), "a reference has one line");
    }
    lines
}

/// What a record says, as a lab would have entered it.
fn said(record: &Record) -> String {
    let mut said = String::new();
    for (claim, value) in record.credential_type.claims().iter().zip(record.credential.claims.values()) {
        let word = match (value, &claim.kind) {
            (Value::Code(code), bauta_spec::attributes::Kind::Code(words)) => {
                words.words().find(|(known, _)| known == code).unwrap().1.to_owned()
            }
            (Value::Day(day), _) if claim.name.as_str() != "valid_until" => day.to_string(),
            (Value::Hint(hint), _) => hint.to_string(),
            _ => continue,
        };
        write!(said, "{}={word} ", claim.name).unwrap();
    }
    said.trim_end().to_owned()
}

fn collected(town: &Town, codes: &BTreeMap<String, String>) -> Vec<(String, String)> {
    let collect = |(number, (reference, code)): (usize, (&String, &String))| {
        (reference.clone(), said(&Wallet::new(number as u64).collect(town, code)))
    };
    codes.iter().enumerate().map(collect).collect()
}

fn refused(imported: &Imported) -> Vec<(Place, &str)> {
    imported.refused.iter().map(|(place, why)| (*place, why.as_str())).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(reference, facts)| ((*reference).to_owned(), (*facts).to_owned())).collect()
}

#[test]
fn the_example_bundle_becomes_records_that_say_what_it_says() {
    let town = Town::begin();
    let mapped = mapped(&town, "mapping-fhir.toml");
    let (imported, codes) = import(&town, &example("bundle.json"), None, &mapped);
    assert_eq!((imported.added, imported.known), (3, 0), "{imported:?}");
    assert_eq!(
        refused(&imported),
        [(Place::Entry(5), "its value is none that counts: one that should needs its code or text in the mapping")]
    );
    assert_eq!(
        collected(&town, &codes),
        pairs(&[
            ("F-1001", "tested=naat tested_on=2026-11-23 age_band=21-64 hint=M/05"),
            ("F-1002", "vaccinated=mrna vaccinated_on=2026-10-01 age_band=12-15 hint=NO/11"),
            // Ten minutes past midnight is still the programme's day before.
            ("F-1003", "tested=rapid-antigen tested_on=2026-11-22 age_band=65+ hint=TU/01"),
        ])
    );
    // The same again adds nothing; but an amended result that is here already is a correction, and is not passed over.
    let (again, same) = import(&town, &example("bundle.json"), None, &mapped);
    assert_eq!((again.added, again.known, same), (0, 2, codes));
    assert!(refused(&again)[0].1.contains("use `bauta-issuer correct`"), "{again:?}");
}

#[test]
fn a_bulk_export_is_read_with_its_patients_in_a_file_of_their_own() {
    let town = Town::begin();
    let mapped = mapped(&town, "mapping-fhir.toml");
    let alone = import(&town, &example("observations.ndjson"), None, &mapped).0;
    assert_eq!(alone.added, 0);
    assert!(refused(&alone)[0].1.contains("--patients"), "{alone:?}");
    let patients = example("patients.ndjson");
    let (imported, codes) = import(&town, &example("observations.ndjson"), Some(&patients), &mapped);
    assert_eq!(refused(&imported), [(Place::Line(2), "it is not final: send it again when it is")]);
    let expected = pairs(&[("N-1001", "tested=naat tested_on=2026-11-23 age_band=21-64 hint=M/05")]);
    assert_eq!(collected(&town, &codes), expected);

    let both = town.folder.path().join("both.ndjson");
    let one_file = ["observations.ndjson", "patients.ndjson"].map(|name| fs::read_to_string(example(name)).unwrap());
    fs::write(&both, one_file.concat()).unwrap();
    assert_eq!(import(&town, &both, None, &mapped).0.known, 1);
    let flawed = town.folder.path().join("flawed.ndjson");
    fs::write(&flawed, "\n{\"resourceType\":\"Patient\",\"birthDate\":1984}\n").unwrap();
    let imported = import(&town, &both, Some(&flawed), &mapped).0;
    assert_eq!(imported.refused[0].0.to_string(), "patients, line 2");
}

#[test]
fn a_labs_own_table_is_read_by_its_mapping() {
    let town = Town::begin();
    let mapped = mapped(&town, "mapping-csv.toml");
    let (imported, codes) = import(&town, &example("results.csv"), None, &mapped);
    let expected = [
        (Place::Line(4), "\"Result\" says none of the words under `only`: a result that does not count needs no line"),
        (Place::Line(5), "\"Method\" holds a word that the mapping does not know: add it under `words`"),
        (Place::Line(6), "\"Taken\" must be a day like DD.MM.YYYY"),
    ];
    assert_eq!(refused(&imported), expected);
    assert_eq!(
        collected(&town, &codes),
        pairs(&[
            ("S-1001", "tested=naat tested_on=2026-11-23 age_band=21-64 hint=M/05"),
            ("S-1002", "tested=rapid-antigen tested_on=2026-11-23 age_band=12-15 hint=NO/11"),
        ])
    );
    let stops = |csv: &str| {
        let file = town.folder.path().join("other.csv");
        fs::write(&file, csv).unwrap();
        results_in(&file, None, Some(&mapped)).err().unwrap().to_string()
    };
    let header = "Sample;First name;Last name;Born;Doctor;Taken;Method;Result";
    assert!(stops(&format!("{header};Comment\n")).starts_with("the mapping says nothing of column 9"));
    assert!(stops(&header.replace(";Method", "")).contains("has no column \"Method\""));
    assert!(stops(&format!("{header};Taken\n")).contains("\"Taken\" is there twice"));
    // A file without a header begins with somebody.
    assert!(!stops("S-1;Canary;Invented;03.05.1984;x;23.11.2026;PCR;negative\n").contains("Canary"));
}

#[test]
fn a_check_reads_everything_says_what_would_be_refused_and_adds_nothing() {
    let town = Town::around_a_program();
    let folder = town.folder.path();
    for name in ["mapping-fhir.toml", "mapping-csv.toml", "results.csv", "bundle.json"] {
        fs::copy(example(name), folder.join(name)).unwrap();
    }
    let before = town.database();
    for (file, mapping, summary) in [
        ("bundle.json", "mapping-fhir.toml", "3 would be added, 0 already there, 1 would be refused"),
        ("results.csv", "mapping-csv.toml", "2 would be added, 0 already there, 3 would be refused"),
    ] {
        let checked = program(folder, &["import", file, "--mapping", mapping, "--check"]);
        assert!(text(&checked).contains(summary), "{}", text(&checked));
        assert_eq!(checked.status.code(), Some(1));
        assert_eq!(text(&checked).contains("LOINC is copyright"), mapping == "mapping-fhir.toml");
    }
    assert!(town.database() == before, "nothing was written");
    let imported =
        program(folder, &["import", "bundle.json", "--mapping", "mapping-fhir.toml", "--codes", "codes.csv"]);
    assert!(text(&imported).contains("3 added, 0 already there, 1 refused"), "{}", text(&imported));
    assert!(text(&imported).contains("entry[5]: its value is none that counts"), "{}", text(&imported));
    let checked = program(folder, &["import", "bundle.json", "--mapping", "mapping-fhir.toml", "--check"]);
    assert!(text(&checked).contains("0 would be added, 2 already there, 2 would be refused"), "{}", text(&checked));

    for (arguments, because) in [
        (&["import", "bundle.json", "--codes", "codes.csv"][..], "a FHIR file needs --mapping"),
        (&["import", "results.csv", "--mapping", "mapping-fhir.toml", "--check"], "has no part `csv`"),
        (&["import", "results.csv", "--mapping", "nowhere.toml", "--check"], "there is no mapping nowhere.toml"),
        (
            &["import", "bundle.json", "--mapping", "mapping-fhir.toml", "--check", "--patients", "p"],
            "--patients is for",
        ),
        (&["import", "results.csv"], "--codes"),
    ] {
        let stopped = program(folder, arguments);
        assert!(!stopped.status.success() && text(&stopped).contains(because), "{}", text(&stopped));
    }
}

/// A patient and an observation that become a record, to be spoilt.
fn sound() -> (Json, Json) {
    let patient = json!({
        "resourceType": "Patient", "id": "canary-1", "birthDate": "1984-05-03", "name": [{ "given": ["Canaria"] }]
    });
    let observation = json!({
        "resourceType": "Observation", "id": "o", "status": "final",
        "identifier": [{ "system": "https://lab.example/sample", "value": "canary-reference" }],
        "code": { "coding": [{ "system": "http://loinc.org", "code": "94500-6" }] },
        "subject": { "reference": "Patient/canary-1" },
        "effectiveDateTime": "2026-11-23",
        "valueString": "Negative"
    });
    (patient, observation)
}

fn dose() -> Json {
    json!({
        "resourceType": "Immunization", "status": "completed",
        "identifier": [{ "system": "https://lab.example/sample", "value": "canary-reference" }],
        "vaccineCode": { "coding": [{ "system": "http://hl7.org/fhir/sid/cvx", "code": "208" }] },
        "patient": { "reference": "Patient/canary-1" },
        "occurrenceDateTime": "2026-10-01T12:00:00Z"
    })
}

fn bundle(entries: &[String]) -> String {
    let entries: Vec<String> = entries.iter().map(|entry| format!("{{\"resource\":{entry}}}")).collect();
    format!("{{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{}]}}", entries.join(","))
}

/// What a check says of a Bundle: how many would be added, and what would be refused.
fn checked(town: &Town, mapped: &Mapped, bundle: &str) -> Result<(usize, Vec<String>), String> {
    let file = town.folder.path().join("sent.json");
    fs::write(&file, bundle).unwrap();
    let rows = results_in(&file, None, Some(mapped)).map_err(|stop| stop.to_string())?;
    let checked = town.run(town.service.check_rows(rows, &town.nurse(), |_| ())).map_err(|stop| stop.to_string())?;
    Ok((checked.added, checked.refused.iter().map(|(place, why)| format!("{place}: {why}")).collect()))
}

#[test]
fn what_is_not_understood_is_refused_in_its_place_and_never_repeated() {
    let town = Town::begin();
    let mapped = mapped(&town, "mapping-fhir.toml");
    let (patient, observation) = sound();
    let others = observation.to_string().replace("canary-reference", "another");
    let refusal = |patient: &Json, result: String, why: &str| {
        let (added, refused) =
            checked(&town, &mapped, &bundle(&[patient.to_string(), result.clone(), others.clone()])).unwrap();
        let about_it = refused.iter().find(|refused| refused.starts_with("entry[1]: ")).cloned().unwrap_or_default();
        assert!(about_it.contains(why), "{result}\n{refused:?} instead of {why}");
        assert!(!refused.concat().to_lowercase().contains("canar"), "{refused:?}");
        assert!(patient != &sound().0 || added == 1, "the other goes through: {refused:?}");
    };
    assert_eq!(
        checked(&town, &mapped, &bundle(&[patient.to_string(), observation.to_string(), dose().to_string()])).unwrap(),
        (
            1,
            vec!["entry[2]: its reference stands already at entry[1]: one file has one version of a result".to_owned()]
        )
    );
    assert_eq!(checked(&town, &mapped, &bundle(&[patient.to_string(), dose().to_string()])).unwrap(), (1, vec![]));

    let coded =
        |system: &str, code: &str| json!({ "coding": [{ "system": system, "code": code }], "text": "Negative" });
    let snomed = "http://snomed.info/sct";
    for (member, value, why) in [
        ("status", json!("preliminary"), "it is not final"),
        ("status", json!("entered-in-error"), "use `bauta-issuer withdraw`"),
        ("status", Json::Null, "it is not final"),
        ("status", json!(7), "of another kind than in FHIR R4"),
        ("code", coded("http://loinc.org", "8310-5"), "its code is none"),
        ("code", coded("http://example.org", "94500-6"), "its code is none"),
        ("code", Json::Null, "its code is none"),
        (
            "code",
            json!({ "coding": [{ "system": "http://loinc.org", "code": "94500-6" }, { "system": "http://loinc.org", "code": "94558-4" }] }),
            "or several",
        ),
        ("valueString", json!("Positive"), "its value is none that counts"),
        ("valueString", json!("canary"), "its value is none that counts"),
        ("valueString", Json::Null, "its value is none that counts"),
        ("valueCodeableConcept", coded(snomed, "260415000"), "its value is none that counts"), // two values
        ("dataAbsentReason", json!({ "text": "canary" }), "its value is none that counts"),
        ("focus", json!([{ "reference": "Patient/canary-2" }]), "about somebody or something else"),
        ("effectiveDateTime", json!("2026-11"), "it needs one effectiveDateTime"),
        ("effectiveDateTime", json!("2026-11-31"), "it needs one effectiveDateTime"),
        ("effectiveDateTime", json!("2026-11-23T10:00"), "it needs one effectiveDateTime"),
        ("effectiveDateTime", json!("2026-12-01"), "\"tested_on\" lies in the future"),
        ("effectiveDateTime", json!("1926-12-01T10:00:00Z"), "it needs one effectiveDateTime"),
        ("effectiveInstant", json!("2026-11-23T10:00:00Z"), "it needs one effectiveDateTime"),
        ("effectiveTiming", json!({}), "it needs one effectiveDateTime"),
        ("subject", Json::Null, "it says not whom it is about"),
        ("subject", json!({ "reference": "Device/canary" }), "something else than a patient"),
        ("subject", json!({ "reference": "Patient/canary-2" }), "is not in the file"),
        ("subject", json!({ "reference": "urn:uuid:canary" }), "is not in the file"),
        ("subject", json!({ "reference": "#canary" }), "is not contained in it"),
        ("identifier", Json::Null, "it has no identifier"),
        (
            "identifier",
            json!([{ "system": "https://lab.example/sample", "value": "canary", "use": "old" }]),
            "it has no identifier",
        ),
        (
            "identifier",
            json!([{ "system": "https://lab.example/sample", "value": "canary" }, { "system": "https://lab.example/sample", "value": "b" }]),
            "several identifiers",
        ),
        (
            "identifier",
            json!([{ "system": "https://lab.example/sample", "value": "=canary()" }]),
            "must not begin with =",
        ),
        (
            "modifierExtension",
            json!([{ "url": "https://example.org/canary", "valueBoolean": true }]),
            "has a modifierExtension",
        ),
        ("implicitRules", json!("https://example.org/canary"), "or implicitRules"),
        ("resourceType", json!("Canary"), "a kind of resource that is not read"),
        ("resourceType", Json::Null, "of another kind than in FHIR R4"),
    ] {
        let mut spoilt = observation.clone();
        spoilt[member] = value;
        refusal(&patient, spoilt.to_string(), why);
    }
    for (member, value, why) in [
        ("status", json!("not-done"), "it is not completed"),
        ("status", json!("entered-in-error"), "use `bauta-issuer withdraw`"),
        ("isSubpotent", json!(true), "subpotent"),
        ("vaccineCode", coded("http://hl7.org/fhir/sid/cvx", "999"), "its code is none"),
        ("occurrenceDateTime", Json::Null, "it needs an occurrenceDateTime"),
        ("occurrenceString", json!("canary"), "it needs an occurrenceDateTime"),
        ("patient", Json::Null, "it says not whom it is about"),
    ] {
        let mut spoilt = dose();
        spoilt[member] = value;
        refusal(&patient, spoilt.to_string(), why);
    }
    for (member, value, why) in [
        ("birthDate", Json::Null, "needs a birth date"),
        ("birthDate", json!("1984-13-01"), "needs a birth date like"),
        ("birthDate", json!("2027-01-01"), "needs a birth date that can be"),
        ("birthDate", json!(1984), "is not in the file"),
        ("name", json!([{ "use": "old", "given": ["Canaria"] }]), "needs a given name"),
        ("name", json!([{ "given": ["鳥"] }]), "in the letters of the card's machine-readable lines"),
        ("active", json!(false), "not in use any more"),
        ("modifierExtension", json!([{ "url": "https://example.org/canary" }]), "the patient has a modifierExtension"),
    ] {
        let mut spoilt = patient.clone();
        spoilt[member] = value;
        refusal(&spoilt, observation.to_string(), why);
    }

    let whole = observation.to_string();
    let with = |extra: &str| format!("{},{extra}}}", whole.strip_suffix('}').unwrap());
    let deep = |depth: usize| with(&format!("\"x\":{}1{}", "[".repeat(depth), "]".repeat(depth)));
    for (result, why) in [
        (with("\"status\":\"final\""), "a member stands twice in one object"),
        (with("\"note\":[{\"canary\":1,\"canary\":2}]"), "a member stands twice in one object"),
        (with("\"x\":1e999"), "a number beyond all bounds"),
        (deep(200), "nested too deeply"),
        (deep(100_000), "nested too deeply"),
        ("7".to_owned(), "of another kind"),
        ("null".to_owned(), "it holds no resource"),
        ("[]".to_owned(), "of another kind"),
    ] {
        refusal(&patient, result, why);
    }
    // A number of 35 digits where none is read harms nobody; where one is read it is of another kind.
    let digits = "1".repeat(35);
    let harmless = bundle(&[patient.to_string(), with(&format!("\"x\":{digits}"))]);
    assert_eq!(checked(&town, &mapped, &harmless).unwrap(), (1, vec![]));
    refusal(&patient, whole.replace("\"2026-11-23\"", &digits), "of another kind");

    for (file, why) in [
        ("", "the file is no FHIR Bundle"),
        ("[]", "the file is no FHIR Bundle"),
        ("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{]}", "see line 1, column 56"),
        (
            "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[],\"entry\":[]}",
            "the file is no FHIR Bundle",
        ),
        ("{\"resourceType\":\"Bundle\",\"type\":\"history\",\"entry\":[]}", "no Bundle of type collection"),
        ("{\"resourceType\":\"Patient\",\"type\":\"collection\"}", "no Bundle of type collection"),
    ] {
        let stopped = checked(&town, &mapped, file).unwrap_err();
        assert!(stopped.contains(why), "{file}: {stopped}");
    }
    let many = format!(
        "{}{{}}]}}",
        "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[".to_owned() + &"{},".repeat(200_000)
    );
    assert!(checked(&town, &mapped, &many).unwrap_err().contains("at most 200,000 entries"));
    let deletion =
        r#"{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"DELETE","url":"Observation/1"}}]}"#;
    assert!(checked(&town, &mapped, deletion).unwrap().1[0].contains("bauta-issuer withdraw"));
    let long = town.folder.path().join("long.ndjson");
    fs::write(&long, format!("{}\n{}\n", with(&format!("\"x\":\"{}\"", "y".repeat(3_000_000))), patient)).unwrap();
    let rows = results_in(&long, None, Some(&mapped)).unwrap();
    let checked = town.run(town.service.check_rows(rows, &town.nurse(), |_| ())).unwrap();
    assert_eq!(refused(&checked), [(Place::Line(1), "it is longer than 1 MiB")]);
}

/// Two servers may both have a Patient/1, and a name that could be either is nobody's.
#[test]
fn a_reference_means_the_patient_of_its_own_server() {
    let town = Town::begin();
    let mapped = mapped(&town, "mapping-fhir.toml");
    let (patient, observation) = sound();
    let younger = patient.to_string().replace("1984", "2015");
    let entry = |url: &str, resource: &str| format!("{{\"fullUrl\":\"{url}\",\"resource\":{resource}}}");
    let whole = |entries: &[String]| {
        format!("{{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[{}]}}", entries.join(","))
    };
    let both = [
        entry("https://a.example/Patient/canary-1", &patient.to_string()),
        entry("https://b.example/Patient/canary-1", &younger),
    ];
    let of = |server: &str, number: &str| {
        entry(&format!("https://{server}/Observation/o"), &observation.to_string().replace("canary-reference", number))
    };
    let file = town.folder.path().join("sent.json");
    fs::write(&file, whole(&[&both[..], &[of("a.example", "1"), of("b.example", "2")]].concat())).unwrap();
    let (_, codes) = import(&town, &file, None, &mapped);
    let said: Vec<String> = collected(&town, &codes).into_iter().map(|(_, facts)| facts).collect();
    assert!(said[0].contains("age_band=21-64") && said[1].contains("age_band=0-11"), "{said:?}");

    let nobodys = [&both[..], &[entry("urn:uuid:x", &observation.to_string())]].concat();
    assert!(checked(&town, &mapped, &whole(&nobodys)).unwrap().1[0].contains("several patients"));
    let elsewhere = [&both[..], &[of("c.example", "3")]].concat();
    assert!(checked(&town, &mapped, &whole(&elsewhere)).unwrap().1[0].contains("is not in the file"));
    let overlap = [&both[..1], &both[..1], &[of("a.example", "4")]].concat();
    assert_eq!(checked(&town, &mapped, &whole(&overlap)).unwrap(), (1, vec![]), "pages of a search may overlap");
}

#[test]
fn a_mapping_that_cannot_be_right_is_refused_before_any_result_is_read() {
    let town = Town::begin();
    let fhir = fs::read_to_string(example("mapping-fhir.toml")).unwrap();
    let csv = fs::read_to_string(example("mapping-csv.toml")).unwrap();
    let file = town.folder.path().join("mapping.toml");
    for (good, from, to, because) in [
        (&fhir, "tested=naat", "tested=pcr", "\"tested\" must be one of naat, rapid-antigen"),
        (&fhir, "tested=naat", "cured=yes", "there is no claim \"cured\""),
        (&fhir, "tested=naat", "hint=M/05", "has no \"hint_on\" to say when"),
        (&fhir, "tested=naat", "tested", "a fact is written as"),
        (&fhir, "http://loinc.org|94500-6", "94500-6", "a code is written with its system"),
        (&fhir, "\"detected\", \"positive\"", "\"detected\", \"NEGATIVE\"", "stands under `fhir.not_detected` too"),
        (&fhir, "counts = \"not-detected\"", "", "`fhir.counts`: say whether"),
        (&fhir, "counts = \"not-detected\"", "counts = \"both\"", "not understood"),
        (&fhir, "type = \"health-record\"", "type = \"dog-licence\"", "no record type \"dog-licence\""),
        (&fhir, "\"age_band\", ", "\"tested\", ", "is not a claim that name and birth date can fill"),
        (&fhir, "\"age_band\", ", "\"age\", ", "there is no claim \"age\""),
        (&fhir, "ignored", "ignore", "not understood"),
        (&csv, "\"PCR\" = \"naat\"", "\"PCR\" = \"pcr\"", "\"tested\" must be one of"),
        (&csv, "claim = \"tested_on\"", "claim = \"taken\"", "there is no claim \"taken\""),
        (&csv, "only = [\"negative\", \"not detected\"]", "", "needs a `claim`, or words under `only`"),
        (&csv, "DD.MM.YYYY", "D.M.YY", "dates are written with YYYY, MM and DD"),
        (&csv, "birth_date = \"Born\"", "", "`csv.birth_date`: name the column"),
        (&csv, "delimiter = \";\"", "delimiter = \"é\"", "`csv.delimiter`: use one of"),
        (&csv, "[csv", "[tables", "not understood"),
    ] {
        assert!(good.contains(from), "{from}");
        fs::write(&file, good.replace(from, to)).unwrap();
        let mapping = Mapping::read(&file).and_then(|mapping| town.service.mapped(mapping));
        let why = mapping.expect_err(to).to_string();
        assert!(why.contains(because), "{to}: {why}");
    }
    fs::write(&file, "type = \"health-record\"\n").unwrap();
    let why = town.service.mapped(Mapping::read(&file).unwrap()).unwrap_err().to_string();
    assert!(why.contains("say what is to be mapped"), "{why}");
}

/// 2,000 changed Bundles and as many files of NDJSON; `BAUTA_MUTATIONS` sets another number, a hundredth of it counts here, because
/// each has several kilobytes and is read twice.
#[test]
fn whatever_a_bundle_was_changed_into_it_is_read_or_refused() {
    let town = Town::begin();
    let mapped = mapped(&town, "mapping-fhir.toml");
    let seed = number("BAUTA_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    let rounds = number("BAUTA_MUTATIONS").map_or(2_000, |mutations| mutations / 100);
    println!("BAUTA_SEED={seed} BAUTA_MUTATIONS={}", rounds * 100);
    let mut rng = seeded(seed);
    let whole = fs::read(example("bundle.json")).unwrap();
    let lines =
        [fs::read(example("observations.ndjson")).unwrap(), fs::read(example("patients.ndjson")).unwrap()].concat();
    let tokens: [&[u8]; 12] = [
        b"{",
        b"}",
        b"[",
        b"]",
        b"\"",
        b"null",
        b"-1e9999",
        b"\\ud800",
        b"99999999999999999999999999999999999",
        b"\xff",
        b"\"entry\":",
        b"\"resourceType\":\"Patient\",",
    ];
    let (mut read, mut stopped) = (0, 0);
    for round in 0..2 * rounds {
        let mut bytes = if round % 2 == 0 { whole.clone() } else { lines.clone() };
        for _ in 0..=rng.next_u32() % 4 {
            let place = rng.next_u32() as usize % bytes.len();
            let end = (place + rng.next_u32() as usize % 40).min(bytes.len());
            match rng.next_u32() % 5 {
                0 => bytes[place] ^= 1 << (rng.next_u32() % 8),
                1 => drop(bytes.drain(place..end)),
                2 => bytes.truncate(place.max(1)),
                3 => drop(bytes.splice(place..place, tokens[rng.next_u32() as usize % tokens.len()].iter().copied())),
                _ => {
                    let copied = bytes[place..end].to_vec();
                    let to = rng.next_u32() as usize % bytes.len();
                    drop(bytes.splice(to..to, copied));
                }
            }
            if bytes.is_empty() {
                bytes.push(b' ');
            }
        }
        let file = town.folder.path().join(if round % 2 == 0 { "changed.json" } else { "changed.ndjson" });
        fs::write(&file, &bytes).unwrap();
        let begun = Instant::now();
        let rows = results_in(&file, None, Some(&mapped));
        match rows.map(|rows| town.run(town.service.check_rows(rows, &town.nurse(), |_| ()))) {
            Ok(Ok(checked)) => {
                read += 1;
                assert!(checked.added + checked.refused.len() <= 40, "seed {seed}, round {round}");
                for (_, why) in &checked.refused {
                    for word in ["marisol", "invented", "1984", "f-1001", "260415000"] {
                        assert!(!why.to_lowercase().contains(word), "seed {seed}, round {round}: {why}");
                    }
                }
            }
            Ok(Err(why)) | Err(why) => {
                stopped += 1;
                assert!(!why.to_string().contains("arisol"), "seed {seed}, round {round}: {why}");
            }
        }
        assert!(begun.elapsed() < Duration::from_secs(5), "seed {seed}, round {round}");
    }
    println!("{read} read, {stopped} stopped at once");
    assert!(read > rounds / 2 && stopped > 0, "{read} read, {stopped} stopped");
}

/// 2,000 lines and 4 interruptions; `BAUTA_ROWS=100000` and 20 in the long form.
#[test]
fn a_long_file_that_is_killed_again_and_again_gives_every_reference_one_code() {
    let rows = number("BAUTA_ROWS").unwrap_or(2_000);
    let kills = if rows > 2_000 { 20 } else { 4 };
    let seed = number("BAUTA_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    println!("BAUTA_SEED={seed} BAUTA_ROWS={rows}");
    let mut rng = seeded(seed);
    let town = Town::around_a_program();
    let folder = town.folder.path();
    let mut csv = "reference,type,tested,tested_on\n".to_owned();
    let mut bad = BTreeSet::new();
    for row in 0..rows {
        let word = if rng.next_u32().is_multiple_of(100) { "pcr" } else { "naat" };
        if word == "pcr" {
            bad.insert(row + 2);
        }
        writeln!(csv, "R-{row},health-record,{word},today-{}", row % 9).unwrap();
    }
    fs::write(folder.join("results.csv"), csv).unwrap();
    let import = ["import", "results.csv", "--codes", "codes.csv"];

    let before = program(folder, &["import", "results.csv", "--check"]);
    let good = rows - bad.len() as u64;
    assert!(text(&before).contains(&format!("{good} would be added, 0 already there")), "{}", tail(&before));

    let codes = folder.join("codes.csv");
    // A line has some 150 bytes: a link with its code.
    let lines = || fs::metadata(&codes).map_or(0, |file| file.len() / 150);
    let mut interrupted = 0;
    for kill in 1..=kills {
        let mut running = command(folder, &import).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Not before this share of the codes is written; then at any moment.
        while lines() < good * kill / (kills + 1) && running.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(Duration::from_micros(u64::from(rng.next_u32() % 20_000)));
        interrupted += u64::from(running.try_wait().unwrap().is_none());
        running.kill().unwrap();
        running.wait().unwrap();
    }
    let begun = Instant::now();
    let last = program(folder, &import);
    println!("{interrupted} of {kills} came in the middle; the last run took {:?}", begun.elapsed());
    assert!(interrupted > 0, "nothing was interrupted");
    assert_eq!(last.status.code(), Some(1), "{}", tail(&last));

    let codes = lines_of(&codes);
    let expected: BTreeSet<String> =
        (0..rows).filter(|row| !bad.contains(&(row + 2))).map(|row| format!("R-{row}")).collect();
    assert_eq!(codes.keys().cloned().collect::<BTreeSet<_>>(), expected, "every good reference has one line");
    let counted: u64 = town.run(town.service.counts(&town.nurse())).unwrap().iter().map(|count| count.number).sum();
    assert_eq!(counted, good, "and one result");
    let said = String::from_utf8(last.stderr.clone()).unwrap();
    let named = said.lines().filter_map(|line| line.strip_prefix("line ")?.split_once(':')?.0.parse::<u64>().ok());
    assert_eq!(named.collect::<BTreeSet<_>>(), bad, "errors have the numbers of their lines");
    let again = program(folder, &import);
    assert!(
        text(&again).contains(&format!("0 added, {good} already there, {} refused", bad.len())),
        "{}",
        tail(&again)
    );
}

/// A lab's own program sends what it has in FHIR, over and over.
#[test]
fn a_small_bundle_in_one_call_is_answered_entry_by_entry() {
    let mapping = fs::canonicalize(example("mapping-fhir.toml")).unwrap();
    let settings = format!("fhir_mapping = {mapping:?}\n");
    let town = Town::with(&town::Setup { settings: &settings, ..Default::default() });
    let key = |name: &str, visitor| {
        town.run(town.service.new_api_key(&name.parse().unwrap(), visitor, &town.nurse())).unwrap().to_string()
    };
    let (lab, office) = (key("lims", Visitor::Lab), key("office", Visitor::Office));
    let whole = fs::read(example("bundle.json")).unwrap();
    let call = |query: &str, body: &[u8]| town::post_bytes(&town.url(&format!("/v1/import/fhir{query}")), &lab, body);
    let places = |answers: &Json| -> Vec<String> {
        answers.as_array().unwrap().iter().map(|answer| answer["place"].as_str().unwrap().to_owned()).collect()
    };
    let answers = call("?short=true", &whole).json();
    assert_eq!(places(&answers), ["entry[1]", "entry[3]", "entry[4]", "entry[5]"]);
    let short = &answers[0]["ticket"];
    assert_eq!(answers[0]["reference"], "F-1001");
    assert_eq!(town::token(&town, short["short_code"].as_str().unwrap(), short["second_factor"].as_str()).status, 200);
    assert_eq!((&answers[3]["problem"]["status"], &answers[3]["reference"]), (&json!(400), &Json::Null));

    let again = call("", &whole).json();
    assert_eq!(again[0]["known"]["state"], "waiting");
    assert_eq!(again[0]["known"]["handle"], short["handle"]);
    assert_eq!(again[2]["problem"]["status"], 409, "an amended one is a correction");
    assert_eq!(town.run(town.service.counts(&town.nurse())).unwrap()[0].number, 3);

    let (patient, observation) = sound();
    let many: Vec<String> =
        (0..21).map(|number| observation.to_string().replace("canary-reference", &format!("M-{number}"))).collect();
    let of = |entries: &[String]| bundle(&[&[patient.to_string()], entries].concat());
    let too_many = call("", of(&many).as_bytes());
    assert_eq!(too_many.status, 400);
    assert!(too_many.json()["detail"].as_str().unwrap().contains("at most 20 results"));
    assert_eq!(call("", of(&many[..20]).as_bytes()).json().as_array().unwrap().len(), 20);
    assert_eq!(town.run(town.service.counts(&town.nurse())).unwrap()[0].number, 23);

    assert_eq!(call("?short=perhaps", &whole).status, 400);
    assert_eq!(call("", b"{").status, 400);
    assert_eq!(call("", b"\xff").status, 400);
    assert_eq!(call("", &[b' '; 65 * 1024]).status, 413);
    assert_eq!(town::post_bytes(&town.url("/v1/import/fhir"), &office, &whole).status, 403);
    assert_eq!(town::post_bytes(&Town::begin().url("/v1/import/fhir"), &lab, &whole).status, 401);
    let without = Town::begin();
    let lab =
        without.run(without.service.new_api_key(&"lims".parse().unwrap(), Visitor::Lab, &without.nurse())).unwrap();
    let answer = town::post_bytes(&without.url("/v1/import/fhir"), &lab, &whole);
    assert_eq!(answer.status, 404);
    assert!(answer.json()["detail"].as_str().unwrap().contains("`fhir_mapping`"));
}

/// 5,000 results and as many patients; `BAUTA_ROWS=100000` in the long form. A Bundle is held whole, a line of NDJSON only while it is read.
#[test]
fn a_long_bundle_and_a_long_export_are_read_within_bounds_of_memory() {
    let rows = number("BAUTA_ROWS").unwrap_or(5_000);
    let town = Town::around_a_program();
    let folder = town.folder.path();
    fs::copy(example("mapping-fhir.toml"), folder.join("mapping.toml")).unwrap();
    let (patient, observation) = sound();
    let (patient, observation) = (patient.to_string(), observation.to_string());
    let numbered = |text: &str, row: u64| {
        text.replace("canary-1", &format!("p-{row}")).replace("canary-reference", &format!("B-{row}"))
    };
    let both = |row| [numbered(&patient, row), numbered(&observation, row)];
    let entries: Vec<String> = (0..rows).flat_map(both).collect();
    fs::write(folder.join("long.json"), bundle(&entries)).unwrap();
    fs::write(folder.join("long.ndjson"), entries.join("\n")).unwrap();
    let mut peaks = Vec::new();
    for file in ["long.json", "long.ndjson"] {
        let arguments = ["import", file, "--mapping", "mapping.toml", "--check"];
        let mut running = command(folder, &arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let status = format!("/proc/{}/status", running.id());
        let mut peak = 0;
        while running.try_wait().unwrap().is_none() {
            let status = fs::read_to_string(&status).unwrap_or_default();
            let kib =
                status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.strip_suffix("kB")?.trim().parse().ok());
            peak = peak.max(kib.unwrap_or(0_u64));
            std::thread::sleep(Duration::from_millis(10));
        }
        let said = running.wait_with_output().unwrap();
        assert!(text(&said).contains(&format!("{rows} would be added, 0 already there")), "{}", tail(&said));
        println!(
            "{file}: {} MiB, peak of memory {} MiB",
            fs::metadata(folder.join(file)).unwrap().len() >> 20,
            peak >> 10
        );
        peaks.push(peak);
    }
    // What a result and its patient may take, beside the text itself: two names, a few claims, a reference.
    let bound = 64 * 1024 + 2 * rows;
    assert!(peaks[0] > 0 && peaks[0] < bound && peaks[1] > 0 && peaks[1] < bound, "{peaks:?} KiB, bound {bound}");
}

fn tail(output: &std::process::Output) -> String {
    let text = text(output);
    text.lines().rev().take(5).collect::<Vec<_>>().join("\n")
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|number| number.parse().expect("a number"))
}
