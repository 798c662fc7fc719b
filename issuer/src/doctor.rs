//! Looks at everything a service needs and says what to do about what is wrong.

use std::path::Path;

use bauta_spec::credential::KeyId;
use bauta_spec::roots::HouseRoots;
use bauta_spec::sealed::Passphrase;
use bauta_spec::signed::RootPublic;
use bauta_spec::time::Day;
use bauta_spec::trust::{Freshness, TrustList};

use crate::acts::can_go_on;
use crate::config::{Config, Role};
use crate::hand_over::Hook;
use crate::health::{missing_pass_keys, signs_records};
use crate::hearing::api_key;
use crate::keys::{IssuingKey, KeyRing};
use crate::lab::Mapping;
use crate::secrets::ServerSecret;
use crate::store::Store;
use crate::trust::Trust;
use crate::world::World;

/// One thing that was looked at.
#[derive(Debug)]
pub struct Finding {
    /// How it is.
    pub health: Health,
    /// What was looked at, and what to do next if anything.
    pub words: String,
}

/// How it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// As it should be.
    Well,
    /// It works now, and should be seen to.
    Warning,
    /// The service cannot do its work.
    Ill,
}

/// Looks at everything. `passphrase` is asked for only when the configuration names no file for it.
pub async fn examine(
    config: &Path,
    passphrase: impl FnOnce() -> std::io::Result<Passphrase>,
    world: &World,
) -> Vec<Finding> {
    let mut findings = Findings(Vec::new());
    let Some(config) = findings.note(Config::read(config), |_| "configuration: understood".to_owned()) else {
        return findings.0;
    };
    let (keys, secret) = keys(&config, passphrase, &mut findings).unzip();
    let store = Store::open(&config.database, config.database_password_file.as_deref()).await;
    let store = findings.note(store, |_| "database: opens, and its tables are up to date".to_owned());
    if let (Some(store), Some(secret)) = (&store, secret.flatten()) {
        let ends = can_go_on(store, secret.derive().chain_key()).await;
        findings.note(ends, |()| "chain of acts: ends as this server secret has sealed it".to_owned());
    }
    if let Some(root) = findings.note(RootPublic::in_file(&config.root_key), |root| format!("root key: {root}")) {
        let remembered = match store {
            Some(store) => store.trust_list().await.ok().flatten(),
            None => None,
        };
        trust_and_keys(&config, root, remembered.as_deref(), keys.as_ref(), world, &mut findings);
    }
    if let Some(file) = &config.ca_file {
        let well = |own: &HouseRoots| format!("ca_file: {} certificates of the house's own authorities", own.number());
        findings.note(HouseRoots::in_file(file), well);
    }
    if let Some(file) = &config.fhir_mapping {
        findings.note(Mapping::read(file), |_| "mapping for FHIR: understood".to_owned());
    }
    if let Some(hand_over) = &config.hand_over {
        findings.note(Hook::open(hand_over), |hook| format!("hand_over: {hook}"));
    }
    if config.metrics_listen.is_none() {
        findings.add(
            Health::Warning,
            "metrics: nobody is told; set `metrics_listen` to be warned before people notice".to_owned(),
        );
    }
    if let Some(few) = few_open_files() {
        let words =
            format!("open files: {few} here; the service should have {OPEN_FILES} or more (LimitNOFILE, ulimit -n)");
        findings.add(Health::Warning, words);
    }
    for service in &config.withdrawn_from {
        findings.note(api_key(&service.api_key_file), |_| format!("API key for {}: readable", service.url));
    }
    findings.0
}

/// The limit on open files and connections, if it is less than the service makes use of. Nothing is known where there is no `/proc`.
pub fn few_open_files() -> Option<u64> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok().filter(|limit| *limit < OPEN_FILES)
}

/// Every connection that is let in, those to the database, and what else is open.
const OPEN_FILES: u64 = 4096 + 256;

struct Findings(Vec<Finding>);

impl Findings {
    fn note<T, E: std::fmt::Display>(&mut self, looked_at: Result<T, E>, well: impl FnOnce(&T) -> String) -> Option<T> {
        match looked_at {
            Ok(value) => {
                self.add(Health::Well, well(&value));
                Some(value)
            }
            Err(error) => {
                self.add(Health::Ill, error.to_string());
                None
            }
        }
    }

    fn add(&mut self, health: Health, words: String) {
        self.0.push(Finding { health, words });
    }
}

fn keys(
    config: &Config,
    ask: impl FnOnce() -> std::io::Result<Passphrase>,
    findings: &mut Findings,
) -> Option<(KeyRing, Option<ServerSecret>)> {
    let passphrase = match &config.passphrase_file {
        Some(file) => {
            findings.note(Passphrase::in_file(file), |_| "passphrase file: readable by its owner only".to_owned())
        }
        None => findings.note(ask(), |_| "passphrase: typed".to_owned()),
    }?;
    let secret = ServerSecret::open(&config.server_secret, passphrase.bytes());
    let secret = findings.note(secret, |_| "server secret: opens".to_owned());
    let mut keys = Vec::new();
    for file in &config.keys {
        let well = |key: &IssuingKey| format!("key {} for {}: opens", key.id(), key.credential_type());
        keys.extend(findings.note(IssuingKey::open(file, passphrase.bytes()), well));
    }
    Some((KeyRing::new(keys), secret))
}

fn trust_and_keys(
    config: &Config,
    root: RootPublic,
    remembered: Option<&[u8]>,
    keys: Option<&KeyRing>,
    world: &World,
    findings: &mut Findings,
) {
    let now = world.now();
    let trust = Trust::new(config.trust_list.clone(), root, remembered);
    let Some(trust) = findings.note(trust, |_| "trust list of before: believed".to_owned()) else { return };
    let Some(list) = findings.note(trust.read(now), |list| format!("trust list: version {}", list.version())) else {
        return;
    };
    if list.freshness(now) == Ok(Freshness::Ageing) {
        let words = format!("trust list: version {} is more than a day old: fetch the newest", list.version());
        findings.add(Health::Warning, words);
    }
    if let Some(keys) = keys {
        keys_in_the_list(config, &list, keys, world, findings);
    }
}

/// Every key here should count, and every key that the list expects of us should be here.
/// From when on a key will count, if not yet.
fn first_day_to_come(list: &TrustList, id: KeyId, today: Day) -> Option<Day> {
    let first = list.issuer_key(id)?.first;
    (first > today && list.key(id, first).is_ok()).then_some(first)
}

fn keys_in_the_list(config: &Config, list: &TrustList, keys: &KeyRing, world: &World, findings: &mut Findings) {
    let today = list.grid().day_of(world.now());
    for key in keys.iter() {
        let (id, name) = (key.id(), key.credential_type());
        match list.key(id, today) {
            Ok(listed) => findings.add(Health::Well, format!("key {id} for {name}: counts until {}", listed.last)),
            Err(reason) => match first_day_to_come(list, id, today) {
                // It takes over from another: who removed it would break that off.
                Some(first) => findings.add(Health::Well, format!("key {id} for {name}: counts from {first}")),
                None => findings.add(
                    Health::Warning,
                    format!("key {id} for {name}: {reason}; ask the authority, or remove it from `keys`"),
                ),
            },
        }
    }
    if config.plays(Role::Records) && !signs_records(keys, list, today) {
        let words = "no key for records counts today: send a `.pub` file of `keygen` to the authority".to_owned();
        findings.add(Health::Ill, words);
    }
    if config.plays(Role::Passes) {
        for (name, id) in missing_pass_keys(keys, list, today) {
            let words =
                format!("key {id} for {name} is expected of the pass office and is not here: add its file to `keys`");
            findings.add(Health::Ill, words);
        }
    }
}
