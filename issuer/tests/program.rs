//! The program as it is installed: its commands, its log, its end by SIGTERM and by SIGKILL.
#![allow(clippy::unwrap_used, clippy::panic)]

mod town;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use bauta_crypto::SecretKey;
use bauta_issuer::{IssuingKey, Progress, ServerSecret};
use bauta_spec::sealed::{self, Kind};
use bauta_spec::signed::Signed;
use sqlx::Connection as _;

use town::program::{Running, command, program, redeem, text};
use town::{PASSPHRASE, Town, Wallet, cheap, get, post, seeded, token};

#[test]
fn killed_in_the_middle_of_redemptions_nothing_is_doubled_lost_or_burnt() {
    let town = Town::around_a_program();
    let mut made = Vec::new();
    for round in 0..6_u64 {
        let codes: Vec<String> = (0..4).map(|number| town.code(&format!("{round}-{number}"))).collect();
        let running = Running::begin(&town);
        let proofs: Vec<Vec<u8>> = (0..4).map(|number| Wallet::new(10 * round + number).commit().proof).collect();
        let answers: Vec<Option<Vec<u8>>> = std::thread::scope(|scope| {
            let asking: Vec<_> = codes
                .iter()
                .zip(&proofs)
                .map(|(code, proof)| scope.spawn(|| redeem(town.address, code, proof).map(|(_, body)| body)))
                .collect();
            std::thread::sleep(Duration::from_millis(10 + 15 * round));
            drop(running);
            asking.into_iter().map(|asked| asked.join().unwrap()).collect()
        });
        made.extend(codes.into_iter().zip(proofs).zip(answers));
    }
    let (answered, all) = (made.iter().filter(|(_, answer)| answer.is_some()).count(), made.len());
    println!("{answered} of {all} were answered before the kill");

    let _running = Running::begin(&town);
    for (number, ((code, proof), before)) in made.iter().enumerate() {
        let (status, body) = redeem(town.address, code, proof).unwrap();
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
        assert!(before.as_ref().is_none_or(|before| *before == body), "the same wallet gets the same bytes");
        let (status, _) = redeem(town.address, code, &Wallet::new(1000 + number as u64).commit().proof).unwrap();
        assert_eq!(status, 400, "another wallet gets nothing");
    }
}

#[test]
fn the_log_holds_routes_and_nothing_about_anybody() {
    let town = Town::around_a_program();
    let running = Running::begin(&town);
    let key = program(town.folder.path(), &["api-key", "new", "--name", "lims"]);
    let key = String::from_utf8(key.stdout).unwrap().trim().to_owned();
    let code = town.code("canary-reference");
    let mut wallet = Wallet::new(1);
    let record = wallet.collect(&town, &code);
    wallet.renew(&town, &record);
    Wallet::acknowledge(&town, &record);
    get(&town.url("/canary-path/x?canary-query=1"), "canary-bearer");
    get(&town.url("/v1/withdrawn?after=canary-after"), &key);
    token(&town, "canary-code", Some("canary-digits"));
    let entry = serde_json::json!({ "type": "health-record", "reference": "canary-reference-2", "facts": { "tested": "canary-fact" } });
    post(&town.url("/v1/results"), &key, &entry);
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let forwarded =
        agent.get(town.url("/offer")).header("X-Forwarded-For", "203.0.113.77").header("User-Agent", "canary-agent");
    forwarded.call().unwrap();
    drop(running);

    let log = town.log();
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        if line["fields"]["message"] == "request" {
            let mut fields: Vec<&String> = line["fields"].as_object().unwrap().keys().collect();
            fields.sort();
            assert_eq!(fields, ["message", "method", "milliseconds", "route", "status"]);
        }
    }
    assert!(log.contains("\"route\":\"/credential\"") && log.contains("\"route\":\"none\""), "{log}");
    let handle = town::handle_of(&record).unwrap();
    for canary in ["canary", "203.0.113", code.as_str(), &record.token, &key, "naat", "M/05", &handle.to_string()] {
        assert!(!log.contains(canary), "{canary}");
    }
}

#[test]
fn it_stops_when_told_to_and_finishes_what_it_began() {
    let town = Town::around_a_program();
    let code = town.code("A-1");
    let mut running = Running::begin(&town);
    let record = Wallet::new(1).collect(&town, &code);
    assert!(Command::new("kill").arg(running.child.id().to_string()).status().unwrap().success());
    let begun = Instant::now();
    let status = running.child.wait().unwrap();
    assert!(status.success() && begun.elapsed() < Duration::from_secs(12), "{status:?}");
    assert!(town.log().contains("\"stopped\""));
    let _again = Running::begin(&town);
    assert_eq!(Wallet::acknowledge(&town, &record), 204);
    assert_eq!(town.progress("A-1"), Progress::Collected);
}

#[test]
fn the_commands_work_beside_the_service() {
    let town = Town::around_a_program();
    let _running = Running::begin(&town);
    let folder = town.folder.path();
    let add = ["add", "--type", "health-record", "--reference", "A-1", "tested=naat", "tested_on=today-1"];
    let added = program(folder, &[&add[..], &["--json"]].concat());
    let ticket: serde_json::Value =
        serde_json::from_slice(&added.stdout).unwrap_or_else(|_| panic!("{}", text(&added)));
    let again = program(folder, &add);
    assert_eq!(again.status.code(), Some(3), "{}", text(&again));
    assert!(text(&again).contains("waiting") && text(&again).contains("--again"));
    let new = program(folder, &[&add[..], &["--again", "--short"]].concat());
    assert!(text(&new).contains("openid-credential-offer://") && text(&new).contains('█'), "{}", text(&new));

    let handle = ticket["handle"].as_str().unwrap();
    assert!(text(&program(folder, &["status", "--handle", handle])).starts_with("waiting"));
    assert!(text(&program(folder, &["withdraw", "--reference", "A-1"])).starts_with("withdrawn"));
    assert!(text(&program(folder, &["counts"])).contains("\twithdrawn\t1"));

    fs::write(
        folder.join("results.csv"),
        "reference,type,tested,tested_on\nR-1,health-record,naat,today\nR-2,health-record,pcr,today\n",
    )
    .unwrap();
    let imported = program(folder, &["import", "results.csv", "--codes", "codes.csv"]);
    assert_eq!(imported.status.code(), Some(1));
    assert!(text(&imported).contains("1 added, 0 already there, 1 refused"), "{}", text(&imported));
    assert!(text(&imported).contains("line 3: \"tested\" must be one of naat, rapid-antigen"), "{}", text(&imported));

    let wrong = program(folder, &["add", "--type", "health-record", "--reference", "A-2", "tested=naat"]);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(text(&wrong).contains("\"tested\" and \"tested_on\" come together"), "{}", text(&wrong));

    let mode = fs::metadata(folder.join("bauta.db")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let well = program(folder, &["doctor"]);
    assert!(well.status.success(), "{}", text(&well));
    assert!(text(&well).contains("trust list: version 1"));
}

/// OpenID4VCI, section 12.2.2, and RFC 8414, section 3.1.
#[test]
fn of_a_service_whose_address_has_a_path_the_documents_stand_where_the_standards_put_them() {
    let town = Town::around_a_program();
    let file = town.folder.path().join("bauta-issuer.toml");
    let plain = format!("public_url = \"{}\"", town.url(""));
    let settings = fs::read_to_string(&file).unwrap();
    assert!(settings.contains(&plain), "{settings}");
    fs::write(&file, settings.replace(&plain, &format!("public_url = \"{}\"", town.url("/north")))).unwrap();
    let _running = Running::begin(&town);
    for (document, member) in
        [("openid-credential-issuer", "credential_issuer"), ("oauth-authorization-server", "issuer")]
    {
        // The second is what arrives from a proxy that takes the path away.
        for path in ["/north", ""] {
            let answer = get(&town.url(&format!("/.well-known/{document}{path}")), "");
            assert_eq!(answer.json()[member], town.url("/north"), "{document}{path}");
            assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{document}{path}");
        }
        assert_eq!(get(&town.url(&format!("/.well-known/{document}/south")), "").status, 404);
    }
}

#[test]
fn key_files_that_anybody_could_have_read_or_changed_are_refused() {
    let town = Town::around_a_program();
    let folder = town.folder.path();
    let key = folder.join("health-record.key");
    let good = fs::read(&key).unwrap();
    let refused = |because: &str| {
        let output = program(folder, &["counts"]);
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output).contains(because), "{}", text(&output));
        let doctor = program(folder, &["doctor"]);
        assert!(!doctor.status.success() && text(&doctor).contains(because), "{}", text(&doctor));
    };
    let put_back = || {
        fs::remove_file(&key).unwrap();
        town::private(&key, &good);
    };

    for mode in [0o640, 0o604, 0o620] {
        fs::set_permissions(&key, fs::Permissions::from_mode(mode)).unwrap();
        refused("chmod 600");
    }
    put_back();
    fs::rename(&key, folder.join("moved.key")).unwrap();
    symlink("moved.key", &key).unwrap();
    refused("is a symbolic link");
    put_back();
    fs::write(&key, &good[..good.len() - 1]).unwrap();
    refused("wrong passphrase, or the file is damaged");
    fs::write(&key, &good[..30]).unwrap();
    refused("is cut short");
    fs::write(&key, b"-----BEGIN KEY-----").unwrap();
    refused("not a sealed Bauta file");
    fs::write(&key, vec![0; 10_000]).unwrap();
    refused("this is another file");
    fs::copy(folder.join("server.secret"), &key).unwrap();
    refused("this file holds a server secret, and a record key is needed");
    put_back();
    let passphrase = folder.join("passphrase");
    fs::write(&passphrase, "another\n").unwrap();
    refused("wrong passphrase");
    fs::write(&passphrase, PASSPHRASE).unwrap();
    fs::set_permissions(&passphrase, fs::Permissions::from_mode(0o644)).unwrap();
    refused("chmod 600");
    fs::set_permissions(&passphrase, fs::Permissions::from_mode(0o600)).unwrap();

    // The secret half of the drafts' key pair stands in their test vectors.
    let vector = fs::read_to_string("../crypto/tests/vectors/bbs/bls12-381-sha-256/keypair.json").unwrap();
    let vector: serde_json::Value = serde_json::from_str(&vector).unwrap();
    let secret = vector["keyPair"]["secretKey"].as_str().unwrap();
    let secret: Vec<u8> =
        (0..32).map(|byte| u8::from_str_radix(&secret[2 * byte..2 * byte + 2], 16).unwrap()).collect();
    assert!(SecretKey::from_bytes(&secret).is_ok());
    let plain = [&secret[..], b"health-record"].concat();
    fs::write(&key, sealed::seal(Kind::RecordKey, PASSPHRASE, &plain, cheap(), &mut seeded(3)).unwrap()).unwrap();
    refused("is published in test vectors");
    put_back();
    assert!(program(folder, &["counts"]).status.success());
}

#[test]
fn keygen_makes_sealed_keys_and_never_overwrites() {
    let folder = tempfile::tempdir().unwrap();
    town::private(&folder.path().join("pass"), b"correct horse\n");
    let keygen =
        |arguments: &[&str]| program(folder.path(), &[&["keygen", "--passphrase-file", "pass"], arguments].concat());
    let made = keygen(&["--type", "entry-pass", "--out", "entry.key"]);
    assert!(made.status.success(), "{}", text(&made));
    let public: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.path().join("entry.key.pub")).unwrap()).unwrap();
    assert_eq!(public["type"], "entry-pass");
    assert_eq!((public["public_key"].as_str().unwrap().len(), public["key_id"].as_str().unwrap().len()), (192, 8));
    let mode = fs::metadata(folder.path().join("entry.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let before = fs::read(folder.path().join("entry.key")).unwrap();
    let again = keygen(&["--type", "entry-pass", "--out", "entry.key"]);
    assert!(!again.status.success() && text(&again).contains("exists already"), "{}", text(&again));
    assert_eq!(fs::read(folder.path().join("entry.key")).unwrap(), before);
    assert!(keygen(&["--server-secret", "--out", "server.secret"]).status.success());
    let unknown = keygen(&["--type", "dog-licence", "--out", "dog.key"]);
    assert!(text(&unknown).contains("no credential type \"dog-licence\" comes with Bauta"), "{}", text(&unknown));
    assert!(!folder.path().join("dog.key").exists());
    assert!(keygen(&["--type", "dog-licence", "--use", "record", "--out", "dog.key"]).status.success());

    fs::write(folder.path().join("pass"), "horse\n").unwrap();
    let short = keygen(&["--type", "entry-pass", "--out", "short.key"]);
    assert!(text(&short).contains("at least 8 characters"), "{}", text(&short));
    assert!(!folder.path().join("short.key").exists());
}

#[test]
fn a_configuration_that_cannot_be_right_is_refused_by_name() {
    let town = Town::around_a_program();
    let folder = town.folder.path();
    let file = folder.join("bauta-issuer.toml");
    let good = fs::read_to_string(&file).unwrap();
    for (line, because) in [
        ("colour = \"red\"", "unknown field: found `colour`"),
        ("code_hours = 73", "`code_hours` must lie between 1 and 72"),
        ("record_days = 0", "`record_days` must lie between"),
        ("order_days = 91", "`order_days` must lie between 1 and 90"),
        ("linger_milliseconds = 5001", "`linger_milliseconds` must lie between 0 and 5000"),
        ("ask_again_seconds = 59", "`ask_again_seconds` must lie between 60 and 86400"),
        ("roles = []", "`roles` is empty"),
        ("roles = [\"passes\"]", "must hear which handles are withdrawn"),
        ("roles = [\"cook\"]", "unknown variant"),
        ("log_level = \"loud\"", "`log_level` must be"),
        ("passphrase = \"horse\"", "unknown field: found `passphrase`"),
    ] {
        fs::write(&file, format!("{line}\n{good}")).unwrap();
        let output = program(folder, &["counts"]);
        assert!(!output.status.success() && text(&output).contains(because), "{line}: {}", text(&output));
    }
    fs::write(&file, good.replace("http://127.0.0.1", "http://lab.example")).unwrap();
    assert!(text(&program(folder, &["counts"])).contains("https"));
    fs::write(&file, &good).unwrap();
    let mut from_environment = command(folder, &["counts"]);
    let output = from_environment.env("BAUTA_ISSUER_CODE_HOURS", "99").output().unwrap();
    assert!(text(&output).contains("`code_hours` must lie between 1 and 72"), "{}", text(&output));
    let missing = program(folder, &["--config", "elsewhere.toml", "counts"]);
    assert!(text(&missing).contains("there is no configuration file elsewhere.toml"), "{}", text(&missing));
    assert!(program(folder, &["counts"]).status.success());
}

#[test]
fn a_trust_list_never_goes_back_across_a_restart() {
    let mut town = Town::around_a_program();
    let folder = town.folder.path().to_owned();
    let old = fs::read(folder.join("trust-list.cbor")).unwrap();
    assert!(program(&folder, &["counts"]).status.success());
    town.publish(|_| ());
    assert!(program(&folder, &["counts"]).status.success());
    fs::write(folder.join("trust-list.cbor"), &old).unwrap();
    let doctor = program(&folder, &["doctor"]);
    assert!(
        !doctor.status.success() && text(&doctor).contains("it is version 1, and version 2 is already here"),
        "{}",
        text(&doctor)
    );
    let _running = Running::begin(&town);
    assert_eq!(get(&town.url("/trust-list"), "").body, town.authority.list.bytes());
}

/// It is in the list already because passes of days to come are signed by it; `doctor` must not have it removed.
#[test]
fn a_key_that_counts_from_tomorrow_is_left_alone() {
    let mut town = Town::around_a_program();
    let tomorrow = town.today().plus(1);
    let root = &town.authority.root;
    let mut statement = town.authority.list.body().keys[2].verify(&root.public()).unwrap().into_inner();
    statement.first = tomorrow;
    let later = Signed::sign(&statement, root).unwrap();
    town.publish(|body| body.keys[2] = later);
    let doctor = text(&program(town.folder.path(), &["doctor"]));
    assert!(doctor.contains(&format!("for health-pass: counts from {tomorrow}")), "{doctor}");
    assert!(!doctor.contains("remove it"), "{doctor}");
}

#[test]
fn a_passphrase_is_changed_for_all_files_or_for_none() {
    const FILES: [&str; 4] = ["server.secret", "health-record.key", "entry-pass.key", "health-pass.key"];
    let town = Town::around_a_program();
    let folder = town.folder.path();
    town::private(&folder.join("new"), b"another long passphrase\n");
    town::private(&folder.join("other"), b"not the passphrase\n");
    town::private(&folder.join("short"), b"horse\n");
    let reseal = |files: &[&str], old: &str, new: &str| {
        program(folder, &[&["reseal", "--passphrase-file", old, "--new-passphrase-file", new], files].concat())
    };
    let read = || FILES.map(|file| fs::read(folder.join(file)).unwrap());
    let before = read();
    let open = [&FILES[..], &["root.pub"]].concat();
    let wallet = sealed::seal(Kind::Wallet, PASSPHRASE, b"a wallet", cheap(), &mut seeded(3)).unwrap();
    town::private(&folder.join("wallet"), &wallet);
    let wallet = [&FILES[..], &["wallet"]].concat();
    for (files, old, new, because) in [
        (&FILES[..], "other", "new", "wrong passphrase, or the file is damaged"),
        (&FILES, "passphrase", "short", "at least 8 characters"),
        (&open, "passphrase", "new", "chmod 600"),
        (&wallet, "passphrase", "new", "this file holds a wallet, and a record key is needed"),
    ] {
        let refused = reseal(files, old, new);
        assert!(!refused.status.success() && text(&refused).contains(because), "{because}: {}", text(&refused));
        assert!(read() == before, "{because}");
    }

    // Killed at any moment, each file opens with one of the two, and the command goes on.
    for round in 0..6 {
        let arguments = [&["reseal", "--passphrase-file", "passphrase", "--new-passphrase-file", "new"], &FILES[..]];
        let mut running = command(folder, &arguments.concat()).stdout(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(30 + 90 * round));
        drop(running.kill());
        running.wait().unwrap();
        let opens = |passphrase: &[u8]| ServerSecret::open(&folder.join(FILES[0]), passphrase).is_ok();
        assert!(opens(PASSPHRASE) != opens(b"another long passphrase"));
        for key in &FILES[1..] {
            let opens = |passphrase: &[u8]| IssuingKey::open(&folder.join(key), passphrase).is_ok();
            assert!(opens(PASSPHRASE) != opens(b"another long passphrase"), "{key}");
        }
    }
    let done = reseal(&FILES, "passphrase", "new");
    assert!(done.status.success(), "{}", text(&done));
    let again = reseal(&FILES, "passphrase", "new");
    assert!(again.status.success() && text(&again).contains("server.secret opened with the new passphrase already"));
    assert!(text(&program(folder, &["counts"])).contains("wrong passphrase"));
    fs::rename(folder.join("new"), folder.join("passphrase")).unwrap();
    let well = program(folder, &["doctor"]);
    assert!(well.status.success(), "{}", text(&well));
    for (file, before) in FILES.iter().zip(before) {
        let path = folder.join(file);
        assert!(
            fs::read(&path).unwrap() != before && fs::metadata(&path).unwrap().permissions().mode() & 0o777 == 0o600
        );
    }
}

#[test]
fn after_a_new_server_secret_a_new_chain_begins_and_each_is_verified_with_its_own() {
    let town = Town::around_a_program();
    let folder = town.folder.path();
    let said = |arguments: &[&str]| {
        let output = program(folder, arguments);
        (output.status.success(), text(&output))
    };
    let refused = |arguments: &[&str], because: &str| {
        let (well, said) = said(arguments);
        assert!(!well && said.contains(because), "{arguments:?}: {said}");
    };
    let done = |arguments: &[&str]| {
        let (well, said) = said(arguments);
        assert!(well, "{arguments:?}: {said}");
        said
    };
    let ends = |arguments: &[&str]| {
        let output = program(folder, arguments);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let keygen = |name: &str| done(&["keygen", "--server-secret", "--out", name, "--passphrase-file", "passphrase"]);
    done(&["lab", "add", "clinic"]);
    done(&["api-key", "new", "--name", "lims"]);
    let seen = ends(&["audit", "verify"]);
    assert!(seen.starts_with("3:"), "{seen}");
    refused(&["audit", "begin", "--old-secret", "server.secret"], "there is no new one to begin");
    refused(&["audit", "begin", "--unverified"], "there is no new one to begin");

    fs::rename(folder.join("server.secret"), folder.join("old.secret")).unwrap();
    keygen("server.secret");
    keygen("strange.secret");
    for command in [&["serve"][..], &["doctor"], &["lab", "add", "other"], &["api-key", "end", "--name", "lims"]] {
        refused(command, "run `bauta-issuer audit begin`");
    }
    refused(&["audit", "verify"], "broken at number 1");
    refused(&["audit", "begin", "--old-secret", "strange.secret"], "does not hold under the old secret");
    assert!(ends(&["audit", "begin", "--old-secret", "old.secret"]).starts_with("4:"));
    refused(&["audit", "begin", "--old-secret", "old.secret"], "there is no new one to begin");
    done(&["lab", "add", "other"]);
    done(&["doctor"]);
    let without = done(&["audit", "verify", "--seen", &seen]);
    assert!(without.contains("Acts 1 to 3 were made with an earlier server secret: they held when"), "{without}");
    let with = ["audit", "verify", "--old-secret", "old.secret"];
    assert!(done(&with).contains("Acts 1 to 3 were made with an earlier server secret, and hold under it."));
    refused(&["audit", "verify", "--old-secret", "strange.secret"], "made none of the chains");
    assert!(done(&["audit", "show"]).contains("chain-begun\tverified"));

    // Somebody changes the database: before the new secret, and after it.
    let change = |number: i64, who: &str| -> String {
        let file = format!("sqlite://{}", folder.join("bauta.db").display());
        town.run(async {
            let mut database = sqlx::SqliteConnection::connect(&file).await.unwrap();
            let before = sqlx::query_scalar("SELECT who FROM act WHERE number = $1").bind(number);
            let before = before.fetch_one(&mut database).await.unwrap();
            let change = sqlx::query("UPDATE act SET who = $1 WHERE number = $2").bind(who).bind(number);
            assert_eq!(change.execute(&mut database).await.unwrap().rows_affected(), 1);
            database.close().await.unwrap();
            before
        })
    };
    let who = change(2, "nobody");
    done(&["audit", "verify"]);
    refused(&with, "broken at number 2");
    change(2, &who);
    done(&with);
    for after in [4, 5] {
        let who = change(after, "nobody");
        refused(&["audit", "verify"], &format!("broken at number {after}"));
        change(after, &who);
    }
    done(&with);

    // The secret is lost: the new chain says so for good, and the ones before can still be verified should it be found.
    fs::rename(folder.join("server.secret"), folder.join("lost.secret")).unwrap();
    fs::rename(folder.join("strange.secret"), folder.join("server.secret")).unwrap();
    assert!(ends(&["audit", "begin", "--unverified"]).starts_with("6:"));
    let (held, nobody_knows) =
        ("Acts 1 to 3 were made with an earlier server secret: they held", "Acts 4 to 5 were not checked");
    let verified = done(&["audit", "verify"]);
    assert!(verified.contains(held) && verified.contains(nobody_knows), "{verified}");
    let all = done(&["audit", "verify", "--old-secret", "lost.secret", "--old-secret", "old.secret", "--seen", &seen]);
    assert!(
        all.contains("Acts 1 to 3 were made") && all.contains("Acts 4 to 5 were made") && !all.contains("checked"),
        "{all}"
    );
}
