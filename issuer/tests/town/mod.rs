//! A small town for tests: an authority, a lab's service on a real socket, and wallets that speak to it as any wallet would.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::panic)] // each test file uses a part of it, and a test may fail

pub mod load;
pub mod people;
pub mod postgres;
pub mod program;
pub mod proxy;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bauta_crypto::holder;
use bauta_crypto::pseudonym::{CommitmentWithProof, HolderSecret, ProverBlind};
use bauta_issuer::{
    Actor, Added, Completed, Config, Days, Entry, Facts, Form, IssuingKey, Kept, Order, PasswordCost, Progress,
    ServerSecret, Service, Ticket, World,
};
use bauta_spec::attributes::{Claims, CredentialType, DisclosedSet, Value, shipped};
use bauta_spec::credential::Credential;
use bauta_spec::issuance::{Base64Url, HowMany, OfficeAnswer, OfficeAsk, OfficeRequest, Records};
use bauta_spec::presentation::{Context, Envelope, Mode, Part};
use bauta_spec::rules::Presented;
use bauta_spec::rules::Rule;
use bauta_spec::sealed::Cost;
use bauta_spec::signed::{DelegateKey, RootKey, Signed};
use bauta_spec::time::{Day, Epoch, Grid, Minute, Moment};
use bauta_spec::trust::{Delegate, KeyStatement, Programme, TrustList, TrustListBody};
use bauta_spec::withdrawn::Withdrawals;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng};
use serde_json::{Value as Json, json};

pub const PASSPHRASE: &[u8] = b"correct horse";

/// 24 November 2026, 10:00 UTC.
pub const MORNING: u64 = 1_795_514_400;

pub const HOUR: u64 = 3600;

pub struct Town {
    pub folder: tempfile::TempDir,
    pub service: Arc<Service>,
    pub authority: Authority,
    pub address: SocketAddr,
    clock: Arc<AtomicU64>,
    steady: Arc<AtomicU64>,
    /// The lab's console: another runtime than the server's, with threads of its own, so that a test may wait for an answer.
    console: tokio::runtime::Runtime,
    server: Option<(actix_web::dev::ServerHandle, std::thread::JoinHandle<()>)>,
}

pub struct Authority {
    pub root: RootKey,
    delegate: DelegateKey,
    certificate: Signed<Delegate>,
    pub list: TrustList,
}

pub struct Setup<'a> {
    pub now: u64,
    pub settings: &'a str,
    /// A list may be fresh for other tests than those of freshness: then it lives a week.
    pub list_hours: u32,
    pub requests_per_minute: u32,
}

impl Default for Setup<'_> {
    fn default() -> Self {
        Self { now: MORNING, settings: "", list_hours: 100, requests_per_minute: 1_000_000 }
    }
}

pub fn seeded(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// Cheap, because nobody attacks the passphrase of a test.
pub fn cheap() -> Cost {
    Cost::new(8, 1).unwrap()
}

impl Town {
    pub fn begin() -> Self {
        Self::with(&Setup::default())
    }

    pub fn with(setup: &Setup<'_>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let authority = files(folder.path(), setup, &format!("http://{address}"), "127.0.0.1:0");
        let (clock, steady) = (Arc::new(AtomicU64::new(setup.now)), Arc::new(AtomicU64::new(0)));
        let config = Config::read(&folder.path().join("bauta-issuer.toml")).unwrap();
        let (send, receive) = std::sync::mpsc::channel();
        let world = world(&clock, &steady, 77);
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let service = Service::open(config, PASSPHRASE, world).await.unwrap();
                let service = Arc::new(service.with_password_cost(PasswordCost::cheap()));
                let server = bauta_issuer::serve(Arc::clone(&service), listener).unwrap();
                send.send((service, server.handle())).unwrap();
                server.await.unwrap();
            });
        });
        let (service, handle) = receive.recv().unwrap();
        let console = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        Self { folder, service, authority, address, clock, steady, console, server: Some((handle, thread)) }
    }

    /// The same town around the program itself, with the real clock; the service here is the lab's console beside it.
    pub fn around_a_program() -> Self {
        Self::around_a_program_with("")
    }

    /// The same with more settings.
    pub fn around_a_program_with(settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = free_address();
        let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let setup = Setup { now: since_1970.as_secs(), settings, ..Setup::default() };
        let authority = files(folder.path(), &setup, &format!("http://{address}"), &address.to_string());
        let (clock, steady) = (Arc::new(AtomicU64::new(setup.now)), Arc::new(AtomicU64::new(0)));
        let console = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let config = Config::read(&folder.path().join("bauta-issuer.toml")).unwrap();
        let service = console.block_on(Service::open(config, PASSPHRASE, world(&clock, &steady, 77))).unwrap();
        Self { folder, service: Arc::new(service), authority, address, clock, steady, console, server: None }
    }

    pub fn later(&self, seconds: u64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
        self.steady.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Somebody sets the clock.
    pub fn set_clock(&self, unix: u64) {
        self.clock.store(unix, Ordering::SeqCst);
    }

    /// One more console, on whatever files there are now, with a clock of its own.
    pub fn another(&self, unix: u64) -> Service {
        let config = Config::read(&self.folder.path().join("bauta-issuer.toml")).unwrap();
        let (clock, steady) = (Arc::new(AtomicU64::new(unix)), Arc::new(AtomicU64::new(0)));
        self.run(Service::open(config, PASSPHRASE, world(&clock, &steady, 78))).unwrap()
    }

    pub fn now(&self) -> Moment {
        Moment::from_unix(self.clock.load(Ordering::SeqCst))
    }

    pub fn today(&self) -> Day {
        self.authority.list.grid().day_of(self.now())
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Every byte in every file of the database.
    pub fn database(&self) -> Vec<u8> {
        database_in(self.folder.path())
    }

    /// Who sits at the lab's console.
    pub fn nurse(&self) -> Actor {
        self.service.at_console("nurse".parse().unwrap())
    }

    /// Does something at the lab's console.
    pub fn run<T>(&self, act: impl Future<Output = T>) -> T {
        self.console.block_on(act)
    }

    pub fn add(&self, reference: &str, facts: &[(&str, &str)], form: Form) -> Ticket {
        match self.run(self.service.add(&entry(reference, facts), Days::Spoken, form, &self.nurse())) {
            Ok(Added::New(ticket)) => ticket,
            other => panic!("{other:?}"),
        }
    }

    /// A code for a result that is to come.
    pub fn order(&self, reference: &str, form: Form) -> Ticket {
        match self.run(self.service.order(&order(reference), form, &self.nurse())) {
            Ok(Added::New(ticket)) => ticket,
            other => panic!("{other:?}"),
        }
    }

    /// The result of an order.
    pub fn complete(&self, reference: &str, facts: &[(&str, &str)]) -> Completed {
        match self.run(self.service.add(&entry(reference, facts), Days::Spoken, Form::Link, &self.nurse())) {
            Ok(Added::Completed(completed)) => completed,
            other => panic!("{other:?}"),
        }
    }

    pub fn progress(&self, reference: &str) -> Progress {
        let which = self.service.by_reference(&reference.parse().unwrap(), &self.nurse());
        let Kept { progress, .. } = self.run(self.service.status(&which, &self.nurse())).unwrap();
        progress
    }

    pub fn withdraw(&self, reference: &str) {
        let which = self.service.by_reference(&reference.parse().unwrap(), &self.nurse());
        self.run(self.service.withdraw(&which, &self.nurse())).unwrap();
    }

    /// A tested citizen's code.
    pub fn code(&self, reference: &str) -> String {
        let ticket = self.add(reference, TESTED, Form::Link);
        ticket.offer.code.unwrap().text().to_string()
    }

    /// Publishes a list that follows the present one and puts it where the service finds it.
    pub fn publish(&mut self, change: impl FnOnce(&mut TrustListBody)) {
        let issued = Minute::of(self.now());
        let mut body = TrustListBody::after(&self.authority.list, issued, issued.plus(60 * 48));
        change(&mut body);
        let bytes = body.sign(&self.authority.certificate, &self.authority.delegate).unwrap();
        self.authority.list = TrustList::verify(&bytes, &self.authority.root.public(), self.now()).unwrap();
        std::fs::write(self.folder.path().join("trust-list.cbor"), bytes).unwrap();
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        if let Some((handle, thread)) = self.server.take() {
            drop(handle.stop(false));
            // A failing test must not hang on its server.
            if !std::thread::panicking() {
                thread.join().unwrap();
            }
        }
    }
}

pub const TESTED: &[(&str, &str)] =
    &[("tested", "naat"), ("tested_on", "today-1"), ("age_band", "21-64"), ("hint", "M/05")];

pub fn entry(reference: &str, facts: &[(&str, &str)]) -> Entry {
    let words = facts.iter().map(|(claim, word)| ((*claim).to_owned(), (*word).to_owned()));
    Entry {
        record_type: "health-record".parse().unwrap(),
        reference: reference.parse().unwrap(),
        facts: Facts::from_words(words),
    }
}

pub fn order(reference: &str) -> Order {
    Order { record_type: "health-record".parse().unwrap(), reference: reference.parse().unwrap() }
}

pub fn database_in(folder: &Path) -> Vec<u8> {
    let ours = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with("bauta.db");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).filter(ours);
    files.flat_map(|file| std::fs::read(file).unwrap()).collect()
}

/// What is in every file of a folder.
pub fn every_file(folder: &Path, places: &mut Vec<Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            every_file(&entry.path(), places);
        } else if entry.file_type().unwrap().is_file() {
            // The server removes files of its own at any time.
            places.extend(std::fs::read(entry.path()));
        }
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

fn world(clock: &Arc<AtomicU64>, steady: &Arc<AtomicU64>, seed: u64) -> World {
    let (clock, steady) = (Arc::clone(clock), Arc::clone(steady));
    let chance = std::sync::Mutex::new(seeded(seed));
    World::new(
        move || Moment::from_unix(clock.load(Ordering::SeqCst)),
        move |bytes| chance.lock().unwrap().fill_bytes(bytes),
    )
    .with_steady(move || std::time::Duration::from_secs(steady.load(Ordering::SeqCst)))
}

/// Where a program can listen, and listen again after it was killed. Not one of the ports that the kernel gives to whoever connects: one of
/// those may be taken meanwhile, and who tries to connect to it may be connected with themselves.
pub fn free_address() -> SocketAddr {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let begin = u64::from(std::process::id()) * 31;
    loop {
        let next = begin + NEXT.fetch_add(1, Ordering::Relaxed);
        let address = SocketAddr::from(([127, 0, 0, 1], 12_000 + (next % 20_000) as u16));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}

/// Everything that a service needs, in one folder.
pub fn files(folder: &Path, setup: &Setup<'_>, public_url: &str, listen: &str) -> Authority {
    let mut rng = seeded(5);
    let path = |name: &str| folder.join(name);
    private(&path("passphrase"), &[PASSPHRASE, b"\n"].concat());
    ServerSecret::generate(&mut rng).write_new(&path("server.secret"), PASSPHRASE, cheap(), &mut rng).unwrap();
    let keys: Vec<IssuingKey> = ["health-record", "entry-pass", "health-pass"]
        .iter()
        .map(|name| {
            let key = IssuingKey::generate(name.parse().unwrap(), &mut rng);
            key.write_new(&path(&format!("{name}.key")), PASSPHRASE, cheap(), &mut rng).unwrap();
            key
        })
        .collect();
    // Quotas are for the tests of quotas.
    let quota = if setup.settings.contains("operator_quota") { "" } else { "operator_quota = 1000000\n" };
    let config = format!(
        "lab = \"city-lab\"\npublic_url = \"{public_url}\"\nlisten = \"{listen}\"\npassphrase_file = \"passphrase\"\n\
         peer_requests_per_minute = {}\n{quota}\
         keys = [\"health-record.key\", \"entry-pass.key\", \"health-pass.key\"]\n{}",
        setup.requests_per_minute, setup.settings
    );
    std::fs::write(path("bauta-issuer.toml"), config).unwrap();
    let authority = Authority::new(&keys, setup, &mut rng);
    std::fs::write(path("root.pub"), format!("{}\n", authority.root.public())).unwrap();
    std::fs::write(path("trust-list.cbor"), authority.list.bytes()).unwrap();
    authority
}

pub fn private(path: &Path, bytes: &[u8]) {
    bauta_spec::sealed::file::write_new(path, bytes).unwrap();
}

impl Authority {
    fn new(keys: &[IssuingKey], setup: &Setup<'_>, rng: &mut ChaCha20Rng) -> Self {
        let now = Moment::from_unix(setup.now);
        let grid = Grid::new(60).unwrap();
        let today = grid.day_of(now);
        let (first, last) = (today.minus(30), today.plus(200));
        let root = RootKey::generate(rng);
        let delegate = DelegateKey::generate(rng);
        let types = shipped();
        let programme =
            Programme { name: "City programme".parse().unwrap(), revision: 1, grid, prefetch_days: 3, last_day: last };
        let minute = Minute::of(now);
        let certificate =
            Delegate { public: delegate.public(), first: minute.minus(60), last: minute.plus(60 * 24 * 90) };
        let certificate = Signed::sign(&certificate, &root).unwrap();
        let key = |key: &IssuingKey| {
            let listed = types.iter().find(|listed| listed.name() == key.credential_type()).unwrap();
            let statement = KeyStatement {
                public: key.public(),
                type_id: listed.id(),
                type_name: listed.name().clone(),
                first,
                last,
                holder_name: "City lab".parse().unwrap(),
                specimen: false,
            };
            Signed::sign(&statement, &root).unwrap()
        };
        let rules = ["tested-or-vaccinated", "health"].map(|name| {
            let json = std::fs::read_to_string(format!("../spec/samples/rules/{name}.json")).unwrap();
            Signed::sign(&Rule::from_json(&json, &types, first, last).unwrap(), &root).unwrap()
        });
        let body = TrustListBody {
            version: 1,
            previous: [0; 32],
            issued: minute,
            expires: minute.plus(60 * setup.list_hours),
            programme: Signed::sign(&programme, &root).unwrap(),
            types: types.iter().map(|listed| Signed::sign(listed, &root).unwrap()).collect(),
            keys: keys.iter().map(key).collect(),
            rules: rules.to_vec(),
            policies: Vec::new(),
            organisers: Vec::new(),
            withdrawn_keys: BTreeSet::new(),
            withdrawn_rules: BTreeSet::new(),
            withdrawn_policies: BTreeSet::new(),
            withdrawn_organisers: BTreeSet::new(),
            floors: BTreeMap::new(),
        };
        let bytes = body.sign(&certificate, &delegate).unwrap();
        let list = TrustList::verify(&bytes, &root.public(), now).unwrap();
        Self { root, delegate, certificate, list }
    }
}

/// Status and JSON of an answer.
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
    pub headers: ureq::http::HeaderMap,
}

impl Answer {
    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&self.body)))
    }

    pub fn error(&self) -> String {
        self.json()["error"].as_str().unwrap_or_default().to_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().into()
}

fn answer(response: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Answer {
    let mut response = response.unwrap();
    Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: response.body_mut().read_to_vec().unwrap(),
    }
}

pub fn get(url: &str, bearer: &str) -> Answer {
    answer(agent().get(url).header("Authorization", format!("Bearer {bearer}")).call())
}

/// What an office hears that has heard everything up to `after`, as this service signed it.
pub fn withdrawn(town: &Town, office: &str, after: u64) -> Withdrawals {
    let told = get(&town.url(&format!("/v1/withdrawn?after={after}")), office).json();
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(told["signed"].as_str().unwrap()).unwrap();
    Signed::<Withdrawals>::from_bytes(&bytes).unwrap().verify(&town.service.withdrawals_key()).unwrap().into_inner()
}

/// What a browser asks before it lets a page of another origin send `method`.
pub fn preflight(url: &str, method: &str) -> Answer {
    let request = agent().options(url).header("Origin", "https://wallet.example");
    let request = request.header("Access-Control-Request-Method", method);
    answer(request.header("Access-Control-Request-Headers", "authorization,content-type").call())
}

pub fn post(url: &str, bearer: &str, body: &Json) -> Answer {
    answer(agent().post(url).header("Authorization", format!("Bearer {bearer}")).send(body.to_string()))
}

pub fn post_bytes(url: &str, bearer: &str, body: &[u8]) -> Answer {
    answer(agent().post(url).header("Authorization", format!("Bearer {bearer}")).send(body))
}

/// Any method, with a body where the method takes one.
pub fn request(url: &str, method: &str, bearer: &str, body: &str) -> Answer {
    let request =
        ureq::http::Request::builder().method(method).uri(url).header("Authorization", format!("Bearer {bearer}"));
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).allow_non_standard_methods(true).build().into();
    if matches!(method, "POST" | "PUT" | "PATCH") {
        answer(agent.run(request.body(body.to_owned()).unwrap()))
    } else {
        answer(agent.run(request.body(()).unwrap()))
    }
}

pub fn post_form(url: &str, form: &str) -> Answer {
    let request = agent().post(url).header("Content-Type", "application/x-www-form-urlencoded");
    answer(request.send(form))
}

/// A citizen's wallet: one secret, and what it needs to ask.
pub struct Wallet {
    pub secret: HolderSecret,
    pub rng: ChaCha20Rng,
}

/// A record in a wallet.
pub struct Record {
    pub credential: Credential,
    pub credential_type: CredentialType,
    pub commitment: CommitmentWithProof,
    pub blind: ProverBlind,
    pub bytes: Vec<u8>,
    pub token: String,
    pub notification_id: String,
}

pub struct Collecting {
    pub proof: Vec<u8>,
    pub blind: ProverBlind,
    pub commitment: CommitmentWithProof,
}

impl Wallet {
    pub fn new(seed: u64) -> Self {
        let mut rng = seeded(seed);
        Self { secret: HolderSecret::generate(&mut rng), rng }
    }

    pub fn commit(&mut self) -> Collecting {
        let (with_proof, blind) = holder::commit(&self.secret, &mut self.rng).unwrap();
        Collecting { proof: with_proof.to_bytes().to_vec(), commitment: with_proof, blind }
    }

    /// The whole way with a link's code, without the acknowledgement.
    pub fn collect(&mut self, town: &Town, code: &str) -> Record {
        let token = token(town, code, None).json()["access_token"].as_str().unwrap().to_owned();
        let collecting = self.commit();
        let answer = ask_record(town, &token, &collecting.proof);
        assert_eq!(answer.status, 200, "{}", answer.json());
        let json = answer.json();
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(json["credentials"][0]["credential"].as_str().unwrap()).unwrap();
        let key = town.authority.list.key(Credential::key_of(&bytes).unwrap(), town.today()).unwrap();
        let credential_type = key.key_type.clone();
        let credential = Credential::from_bytes(&bytes, &credential_type).unwrap();
        let record = Record {
            credential,
            credential_type,
            commitment: collecting.commitment,
            blind: collecting.blind,
            bytes,
            token,
            notification_id: json["notification_id"].as_str().unwrap().to_owned(),
        };
        let messages = record.credential.claims.messages();
        let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
        let held = holder::Credential {
            public_key: &key.public,
            signature: &record.credential.signature,
            header: &record.credential_type.header(),
            messages: &messages,
            secret: &self.secret,
            blind: &record.blind,
        };
        holder::verify(&held).unwrap();
        record
    }

    pub fn acknowledge(town: &Town, record: &Record) -> u16 {
        let said = json!({ "notification_id": record.notification_id, "event": "credential_accepted" });
        post(&town.url("/notification"), &record.token, &said).status
    }

    pub fn ask(town: &Town, record: &Record, nonce: Vec<u8>) -> OfficeAsk {
        let list = &town.authority.list;
        OfficeAsk {
            commitment: record.commitment.clone(),
            nonce,
            first_day: town.today(),
            days: list.prefetch_days() + 1,
            with_hint: true,
            trust_version: list.version(),
            trust_hash: list.hash(),
        }
    }

    pub fn present(&mut self, town: &Town, record: &Record, ask: OfficeAsk) -> OfficeRequest {
        let credential_type = &record.credential_type;
        let key = town.authority.list.issuer_key(record.credential.key).unwrap();
        let mut disclosed = DisclosedSet::all(credential_type.len());
        if !ask.with_hint {
            disclosed = disclosed.without(credential_type.index_of("hint").unwrap());
        }
        let context = Context {
            mode: Mode::Office,
            type_id: credential_type.id(),
            disclosed,
            key: record.credential.key,
            policy_hash: [0; 32],
            epoch: Epoch { day: Day::new(0), series: 0 },
            minute: Minute::of(town.now()),
            challenge: ask.challenge(HowMany::One),
        };
        let claims = &record.credential.claims;
        let messages = claims.messages();
        let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
        let held = holder::Credential {
            public_key: &key.public,
            signature: &record.credential.signature,
            header: &credential_type.header(),
            messages: &messages,
            secret: &self.secret,
            blind: &record.blind,
        };
        let indexes = disclosed.indexes();
        let proof = holder::show(&held, &context.presentation_header(), &indexes, &mut self.rng).unwrap();
        let values = indexes.iter().map(|index| (*index, claims.values()[*index].clone())).collect();
        let part = Part { disclosed: values, pseudonym: None, proof };
        OfficeRequest { presentation: Records::One(Envelope::seal(&context, credential_type, &part).unwrap()), ask }
    }

    /// Asks for passes, and checks every one that comes.
    pub fn renew(&mut self, town: &Town, record: &Record) -> Vec<Option<Claims>> {
        let ask = Self::ask(town, record, nonce(town));
        let request = self.present(town, record, ask);
        let answer = ask_passes(town, &request);
        assert_eq!(answer.status, 200, "{}", answer.json());
        self.check_passes(town, record, &passes_of(&answer))
    }

    pub fn check_passes(&self, town: &Town, record: &Record, answer: &OfficeAnswer) -> Vec<Option<Claims>> {
        let list = &town.authority.list;
        let slots = list.slots(&[record.credential_type.name()], town.today(), list.prefetch_days() + 1);
        assert_eq!(slots.len(), answer.len());
        let check = |(slot, signature): (&bauta_spec::trust::Slot<'_>, Result<Option<_>, _>)| {
            let pass_type = &slot.key.key_type;
            let presented = Presented { record_type: &record.credential_type, claims: &record.credential.claims };
            let claims = slot.rule.apply(&[presented], pass_type, slot.epoch);
            let signature = signature.unwrap();
            assert_eq!(claims.is_some(), signature.is_some());
            let (claims, signature) = claims.zip(signature)?;
            let messages = claims.messages();
            let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
            let held = holder::Credential {
                public_key: &slot.key.public,
                signature: &signature,
                header: &pass_type.header(),
                messages: &messages,
                secret: &self.secret,
                blind: &record.blind,
            };
            holder::verify(&held).unwrap();
            Some(claims)
        };
        slots.iter().zip(answer.signatures()).map(check).collect()
    }
}

pub fn token(town: &Town, code: &str, tx_code: Option<&str>) -> Answer {
    let tx_code = tx_code.map(|digits| format!("&tx_code={digits}")).unwrap_or_default();
    let grant = "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Apre-authorized_code";
    post_form(&town.url("/token"), &format!("grant_type={grant}&pre-authorized_code={code}{tx_code}"))
}

pub fn ask_record(town: &Town, token: &str, proof: &[u8]) -> Answer {
    let proofs = json!({ "bauta_commitment": [BASE64_URL_SAFE_NO_PAD.encode(proof)] });
    let request = json!({ "credential_configuration_id": "health-record", "proofs": proofs });
    post(&town.url("/credential"), token, &request)
}

/// Asks again with what a 202 gave back.
pub fn ask_deferred(town: &Town, token: &str, transaction: &str) -> Answer {
    post(&town.url("/deferred_credential"), token, &json!({ "transaction_id": transaction }))
}

pub fn nonce(town: &Town) -> Vec<u8> {
    let answer = post(&town.url("/nonce"), "", &json!(null));
    BASE64_URL_SAFE_NO_PAD.decode(answer.json()["c_nonce"].as_str().unwrap()).unwrap()
}

pub fn ask_passes(town: &Town, request: &OfficeRequest) -> Answer {
    let proofs = json!({ "bauta_record_presentation": [Base64Url(request.to_bytes())] });
    post(&town.url("/credential"), "", &json!({ "credential_configuration_id": "passes", "proofs": proofs }))
}

pub fn passes_of(answer: &Answer) -> OfficeAnswer {
    let json = answer.json();
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(json["credentials"][0]["credential"].as_str().unwrap()).unwrap();
    OfficeAnswer::from_bytes(&bytes).unwrap()
}

pub fn hint_of(record: &Record) -> Option<&Value> {
    record.credential.claims.get(&record.credential_type, "hint")
}

pub fn handle_of(record: &Record) -> Option<&bauta_spec::attributes::Handle> {
    match record.credential.claims.get(&record.credential_type, "handle") {
        Some(Value::Handle(handle)) => Some(handle),
        _ => None,
    }
}
