//! Settings: one TOML file, each value also from the environment. Secrets come from files only, never from a value.

use std::net::SocketAddr;
use std::num::{NonZeroU16, NonZeroU32};
use std::path::{Path, PathBuf};

use bauta_spec::issuance::IssuerUrl;
use bauta_spec::signed::RecordsPublic;
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};
use ureq::http::Uri;

use crate::staff::LabName;
use crate::store::DatabaseAddress;

/// What the program is told.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Which parts it plays.
    pub roles: Vec<Role>,
    /// Who adds results here.
    pub lab: LabName,
    /// What wallets see, without a slash at the end.
    pub public_url: IssuerUrl,
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where the database is.
    pub database: DatabaseAddress,
    /// What a PostgreSQL server asks for, if it asks.
    pub database_password_file: Option<PathBuf>,
    /// The sealed server secret.
    pub server_secret: PathBuf,
    /// What opens the sealed files.
    pub passphrase_file: Option<PathBuf>,
    /// Sealed signing keys.
    #[serde(default)]
    pub keys: Vec<PathBuf>,
    /// The authority's newest trust list.
    pub trust_list: PathBuf,
    /// The authority's root public key.
    pub root_key: PathBuf,
    /// What a lab's FHIR codes mean, for `/v1/import/fhir`.
    pub fhir_mapping: Option<PathBuf>,
    /// How many hours a pickup code waits.
    pub code_hours: u16,
    /// How many days an order waits for its result.
    pub order_days: u16,
    /// For how many seconds a wallet that waits for a result does not ask again.
    pub ask_again_seconds: u32,
    /// How many days a record can be turned into passes.
    pub record_days: u16,
    /// How many new results an operator may add on one day, unless something else is said of the lab.
    pub operator_quota: u32,
    /// How many requests a minute one peer may make.
    pub peer_requests_per_minute: NonZeroU32,
    /// Whether the last X-Forwarded-For address is the peer.
    pub behind_proxy: bool,
    /// How many requests are worked on at the same time; absent, eight for each processor.
    pub requests_at_once: Option<NonZeroU16>,
    /// For how many milliseconds a service that is told to stop still takes on what comes, so that a proxy can notice.
    pub linger_milliseconds: u16,
    /// Certificates of the house's own authorities, in PEM: believed beside those that everybody's browser knows, wherever the service
    /// asks others.
    pub ca_file: Option<PathBuf>,
    /// Where metrics are told, apart from the service itself; absent, nowhere.
    pub metrics_listen: Option<SocketAddr>,
    /// The lab's own system that takes codes to people.
    pub hand_over: Option<HandOver>,
    /// What is logged: error, warn, info, debug.
    pub log_level: String,
    /// Records services to hear withdrawals from, when the office runs apart.
    #[serde(default)]
    pub withdrawn_from: Vec<RecordsService>,
    /// OpenID providers whose tokens say who somebody is.
    #[serde(default)]
    pub bearer: Vec<BearerProvider>,
}

/// A part that the program plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Results become records.
    Records,
    /// Records become passes.
    Passes,
}

/// A records service that tells this office which handles are withdrawn.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordsService {
    /// Its public URL.
    pub url: IssuerUrl,
    /// A file with the API key that it gave this office.
    pub api_key_file: PathBuf,
    /// Verifies what it tells; it says so itself when it makes the API key.
    pub public_key: RecordsPublic,
}

/// An OpenID provider whose tokens say who somebody is.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "BearerSettings")]
pub struct BearerProvider {
    /// What its tokens call it.
    pub issuer: String,
    /// What its tokens call this service.
    pub audience: String,
    /// Where its public keys are.
    pub keys: KeySet,
}

/// Where a provider's JSON Web Key Set is.
#[derive(Clone, Debug)]
pub enum KeySet {
    /// In a file that somebody keeps up to date.
    File(PathBuf),
    /// At an address.
    Url(IssuerUrl),
}

/// As it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BearerSettings {
    issuer: String,
    audience: String,
    jwks_file: Option<PathBuf>,
    jwks_url: Option<IssuerUrl>,
}

impl TryFrom<BearerSettings> for BearerProvider {
    type Error = &'static str;

    fn try_from(settings: BearerSettings) -> Result<Self, &'static str> {
        let BearerSettings { issuer, audience, jwks_file, jwks_url } = settings;
        let keys = match (jwks_file, jwks_url) {
            (Some(file), None) => KeySet::File(file),
            (None, Some(url)) => KeySet::Url(url),
            _ => return Err("a provider under [[bearer]] has either a `jwks_file` or a `jwks_url`"),
        };
        if issuer.is_empty() || audience.is_empty() {
            return Err(
                "a provider under [[bearer]] has an `issuer` and an `audience`: anybody's token would do otherwise",
            );
        }
        Ok(Self { issuer, audience, keys })
    }
}

/// What takes a code to its person: one of a program and a web address.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    /// A program by its full path, and its arguments. The ticket comes on its standard input.
    #[serde(default)]
    pub command: Vec<String>,
    /// Where the ticket is sent to.
    pub webhook: Option<HookUrl>,
    /// The secret that signs what is sent there.
    pub secret_file: Option<PathBuf>,
}

/// The address of a webhook: `https:`, or `http:` on this machine alone.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct HookUrl(String);

impl HookUrl {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for HookUrl {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const BAD: &str =
            "must be an https:// address without a user, or http:// on this machine (127.0.0.1, [::1], localhost)";
        let address: Uri = text.parse().map_err(|_| BAD)?;
        let host = address.host().unwrap_or_default();
        let here = ["127.0.0.1", "[::1]", "localhost"].contains(&host);
        let plain = address.authority().is_some_and(|authority| !authority.as_str().contains('@')) && !host.is_empty();
        match address.scheme_str() {
            Some("https") if plain => Ok(Self(text)),
            Some("http") if plain && here => Ok(Self(text)),
            _ => Err(BAD),
        }
    }
}

/// The settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is missing.
    #[error("there is no configuration file {0}: write one (see README.md) or name another with --config")]
    Missing(PathBuf),
    /// A value is missing, unknown or of the wrong kind.
    #[error("the configuration is not understood: {0}")]
    NotUnderstood(Box<figment::Error>),
    /// A value is understood and cannot be right.
    #[error("the configuration's `{setting}` {problem}")]
    Unusable {
        /// Which.
        setting: &'static str,
        /// What is wrong with it and what to do.
        problem: &'static str,
    },
}

/// Longest wait of a pickup code, in hours: facts must not lie around longer.
const LONGEST_CODE_HOURS: u16 = 72;

/// Longest wait of an order, in days: it holds no facts, but an unused code is a code.
const LONGEST_ORDER_DAYS: u16 = 90;

/// How often a wallet may ask at most, and must at least: wallets keep to the same two bounds whatever they are told.
const ASK_AGAIN_SECONDS: std::ops::RangeInclusive<u32> = 60..=24 * 3600;

/// Longest that a service lingers, in milliseconds: a supervisor ends what has not stopped after twenty seconds, and requests under way have
/// ten.
const LONGEST_LINGER: u16 = 5000;

/// Longest life of a record, in days. For as long a withdrawal is remembered, whatever the setting is now.
pub(crate) const LONGEST_RECORD_DAYS: u16 = 3650;

#[derive(Serialize)]
struct Defaults {
    roles: [Role; 2],
    listen: &'static str,
    database: &'static str,
    server_secret: &'static str,
    trust_list: &'static str,
    root_key: &'static str,
    code_hours: u16,
    order_days: u16,
    ask_again_seconds: u32,
    record_days: u16,
    operator_quota: u32,
    peer_requests_per_minute: u32,
    behind_proxy: bool,
    linger_milliseconds: u16,
    log_level: &'static str,
}

const DEFAULTS: Defaults = Defaults {
    roles: [Role::Records, Role::Passes],
    listen: "127.0.0.1:8080",
    database: "bauta.db",
    server_secret: "server.secret",
    trust_list: "trust-list.cbor",
    root_key: "root.pub",
    code_hours: LONGEST_CODE_HOURS,
    order_days: 14,
    ask_again_seconds: 600,
    record_days: 365,
    operator_quota: 1000,
    peer_requests_per_minute: 600,
    behind_proxy: false,
    linger_milliseconds: 500,
    log_level: "info",
};

/// What every environment variable of ours begins with.
const PREFIX: &str = "BAUTA_ISSUER_";

impl Config {
    /// Reads `file` and the environment.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn read(file: &Path) -> Result<Self, ConfigError> {
        if !file.is_file() {
            return Err(ConfigError::Missing(file.to_owned()));
        }
        let config: Self = Figment::from(Serialized::defaults(DEFAULTS))
            .merge(Toml::file_exact(file))
            // Not a setting: it says where the file is.
            .merge(Env::prefixed(PREFIX).ignore(&["config"]))
            .extract()
            .map_err(|error| ConfigError::NotUnderstood(Box::new(error)))?;
        Ok(config.checked()?.relative_to(file.parent().unwrap_or(Path::new("."))))
    }

    /// Whether the program plays this part.
    pub fn plays(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    fn checked(self) -> Result<Self, ConfigError> {
        let unusable = |setting, problem| Err(ConfigError::Unusable { setting, problem });
        if self.roles.is_empty() {
            return unusable("roles", "is empty: name \"records\", \"passes\" or both");
        }
        if self.database_password_file.is_some() && matches!(self.database, DatabaseAddress::Sqlite(_)) {
            return unusable("database_password_file", "is for a PostgreSQL server: a file needs no password");
        }
        if !(1..=LONGEST_CODE_HOURS).contains(&self.code_hours) {
            return unusable("code_hours", "must lie between 1 and 72");
        }
        if !(1..=LONGEST_ORDER_DAYS).contains(&self.order_days) {
            return unusable("order_days", "must lie between 1 and 90");
        }
        if !ASK_AGAIN_SECONDS.contains(&self.ask_again_seconds) {
            return unusable("ask_again_seconds", "must lie between 60 and 86400");
        }
        if !(1..=LONGEST_RECORD_DAYS).contains(&self.record_days) {
            return unusable("record_days", "must lie between 1 and 3650");
        }
        if self.linger_milliseconds > LONGEST_LINGER {
            return unusable("linger_milliseconds", "must lie between 0 and 5000");
        }
        if self.log_level.parse::<tracing::level_filters::LevelFilter>().is_err() {
            return unusable("log_level", "must be off, error, warn, info or debug");
        }
        let names = || self.bearer.iter().map(|provider| &provider.issuer);
        if names().enumerate().any(|(number, name)| names().skip(number + 1).any(|other| other == name)) {
            return unusable("bearer", "names one issuer twice");
        }
        if self.requests_at_once.is_some_and(|requests| requests.get() > MOST_AT_ONCE) {
            return unusable("requests_at_once", "must lie between 1 and 1024");
        }
        if self.metrics_listen.is_some_and(|metrics| same_door(metrics, self.listen)) {
            return unusable("metrics_listen", "must be another address than `listen`: metrics are not for the public");
        }
        if let Some(hand_over) = &self.hand_over {
            match (hand_over.command.first(), &hand_over.webhook, &hand_over.secret_file) {
                (Some(program), None, None) if Path::new(program).is_absolute() => {}
                (Some(_), None, None) => return unusable("hand_over", "must name the `command` by its full path"),
                (None, Some(_), Some(_)) => {}
                (None, Some(_), None) => {
                    return unusable("hand_over", "must name a `secret_file` that signs what the webhook gets");
                }
                _ => {
                    return unusable("hand_over", "must name either a `command`, or a `webhook` and its `secret_file`");
                }
            }
        }
        if !self.withdrawn_from.is_empty() && self.plays(Role::Records) {
            return unusable(
                "withdrawn_from",
                "is only for an office that runs apart: this one has the role \"records\" and hears its own withdrawals",
            );
        }
        if self.withdrawn_from.is_empty() && !self.plays(Role::Records) {
            return unusable(
                "withdrawn_from",
                "is missing: an office that runs apart must hear which handles are withdrawn",
            );
        }
        Ok(self)
    }

    fn relative_to(mut self, folder: &Path) -> Self {
        let database = match &mut self.database {
            DatabaseAddress::Sqlite(file) => Some(file),
            DatabaseAddress::Postgres(_) => None,
        };
        let paths = [&mut self.server_secret, &mut self.trust_list, &mut self.root_key]
            .into_iter()
            .chain(database)
            .chain(self.database_password_file.as_mut())
            .chain(self.passphrase_file.as_mut())
            .chain(self.ca_file.as_mut())
            .chain(self.hand_over.as_mut().and_then(|hand_over| hand_over.secret_file.as_mut()))
            .chain(self.fhir_mapping.as_mut())
            .chain(&mut self.keys)
            .chain(self.withdrawn_from.iter_mut().map(|service| &mut service.api_key_file))
            .chain(self.bearer.iter_mut().filter_map(|provider| match &mut provider.keys {
                KeySet::File(file) => Some(file),
                KeySet::Url(_) => None,
            }));
        for path in paths {
            *path = folder.join(&path);
        }
        self
    }
}

/// More would only wait for each other.
const MOST_AT_ONCE: u16 = 1024;

/// Whether somebody who knocks at one address is also let in at the other.
fn same_door(one: SocketAddr, other: SocketAddr) -> bool {
    let everywhere = one.ip().is_unspecified() || other.ip().is_unspecified();
    one.port() == other.port() && one.port() != 0 && (everywhere || one.ip() == other.ip())
}

/// Names that stand in logs and tables: nothing there needs quoting.
pub(crate) fn name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._".contains(&byte)
}
