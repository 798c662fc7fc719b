//! The lab's service, on a real database in a folder that goes away with the town.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use bauta_crypto::SecretKey;
use bauta_crypto::pseudonym::CommitmentWithProof;
use bauta_issuer::{
    Actor, Added, Answered, CollectError, Config, Days, Entry, Facts, Form, ImportError, Imported, IssuingKey, KeyRing,
    LabError, OfficeError, Pickup, ServerSecret, Service, Store, Ticket, Trust, Visitor, World,
};
use bauta_spec::attributes::shipped;
use bauta_spec::issuance::{IssuerUrl, OfficeAnswer, OfficeRequest};
use bauta_spec::time::Moment;
use rand_core::CryptoRng;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::Official;

/// A lab: its service, and the folder in which everything lies that it keeps.
pub struct Lab {
    service: Arc<Service>,
    runtime: Runtime,
    folder: TempDir,
    added: AtomicU32,
}

/// What a wallet gets for its code.
pub struct Collected {
    /// The bytes of a record.
    pub record: Vec<u8>,
    token: Vec<u8>,
    notification: [u8; 32],
}

/// The lab's settings. The addresses are never used: in a town, bytes are handed over.
const SETTINGS: &str = r#"
lab = "town-lab"
public_url = "https://lab.example"
database = "bauta.db"
trust_list = "trust-list.cbor"
peer_requests_per_minute = 60000
operator_quota = 1000000
"#;

/// One key for each shipped type.
pub(super) fn keys(rng: &mut impl CryptoRng) -> Vec<IssuingKey> {
    shipped().iter().map(|listed| IssuingKey::generate(listed.name().clone(), rng)).collect()
}

/// What is secret of [`keys`], if `rng` gives the same once more.
pub(super) fn secrets_of_keys(rng: &mut impl CryptoRng) -> Vec<SecretKey> {
    shipped().iter().map(|_| SecretKey::generate(rng)).collect()
}

impl Lab {
    pub(super) fn open(keys: Vec<IssuingKey>, official: &Official, world: World, rng: &mut impl CryptoRng) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the lab");
        let settings = folder.path().join("bauta-issuer.toml");
        std::fs::write(&settings, SETTINGS).expect("the lab's folder takes a file");
        let config = Config::read(&settings).expect("the settings are understood");
        let runtime = Runtime::new().expect("a runtime");
        let store = runtime.block_on(Store::open(&config.database, None)).expect("a database");
        let trust = Trust::new(config.trust_list.clone(), official.root(), None).expect("nothing is remembered yet");
        let now = world.now();
        let secrets = ServerSecret::generate(rng).derive();
        let service = Service::new(config, KeyRing::new(keys), secrets, store, trust, world);
        let service = Arc::new(service.expect("the settings name no certificates"));
        let lab = Self { service, runtime, folder, added: AtomicU32::new(0) };
        lab.hear(official, now);
        lab.runtime.block_on(lab.service.enrol_own_lab()).expect("the first lab");
        lab
    }

    /// Takes over the official's newest list.
    ///
    /// # Panics
    /// The lab does not believe it.
    pub fn hear(&self, official: &Official, now: Moment) {
        let trust = self.service.trust();
        std::fs::write(trust.file(), official.list().bytes()).expect("the lab's folder takes a file");
        trust.read(now).expect("the lab believes its official");
    }

    /// Puts the service on the web, on this machine alone, until the process ends.
    ///
    /// # Panics
    /// No port is free.
    #[must_use]
    pub fn serve(&self) -> SocketAddr {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let address = listener.local_addr().expect("a listener has an address");
        let service = Arc::clone(&self.service);
        std::thread::spawn(move || {
            let serving = async { bauta_issuer::serve(service, listener)?.await };
            actix_web::rt::System::new().block_on(serving)
        });
        address
    }

    /// A key for the lab's side of the service.
    ///
    /// # Panics
    /// There is one already.
    #[must_use]
    pub fn api_key(&self) -> String {
        let name = "desk".parse().expect("a name");
        let key =
            self.runtime.block_on(self.service.new_api_key(&name, Visitor::Lab, &self.desk())).expect("the first key");
        key.as_str().to_owned()
    }

    /// Imports a CSV file; the refused lines by number.
    ///
    /// # Errors
    /// [`ImportError`].
    ///
    /// # Panics
    /// The lab's folder takes no file.
    pub fn import(&self, results: &str) -> Result<Imported, ImportError> {
        let codes = self.folder.path().join("codes.csv");
        let operator = self.desk();
        let imported = self.service.import(results.as_bytes(), &codes, Form::Link, &operator, |_| ());
        self.runtime.block_on(imported)
    }

    /// Who enters what the lab found.
    fn desk(&self) -> Actor {
        self.service.at_console("desk".parse().expect("a name"))
    }

    /// The service itself.
    #[must_use]
    pub fn service(&self) -> &Service {
        &self.service
    }

    /// Where everything lies that the lab keeps.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Under which name wallets know it.
    #[must_use]
    pub fn url(&self) -> IssuerUrl {
        self.service.config().public_url.clone()
    }

    /// Records a result, `claim=word` by `claim=word`; what comes back goes to the citizen.
    ///
    /// # Panics
    /// The lab cannot record that.
    #[must_use]
    pub fn add(&self, record_type: &str, facts: &str) -> Ticket {
        let reference = format!("order-{}", self.added.fetch_add(1, Ordering::Relaxed));
        self.try_add(record_type, &reference, facts).expect("a lab records what its types know")
    }

    /// The same under a reference of the lab's own.
    ///
    /// # Errors
    /// [`LabError`].
    ///
    /// # Panics
    /// The reference is known already.
    pub fn try_add(&self, record_type: &str, reference: &str, facts: &str) -> Result<Ticket, LabError> {
        let words = facts.split_whitespace().filter_map(|fact| fact.split_once('='));
        let entry = Entry {
            record_type: record_type.parse().expect("the name of a type"),
            reference: reference.parse().expect("a reference"),
            facts: Facts::from_words(words.map(|(claim, word)| (claim.to_owned(), word.to_owned()))),
        };
        let operator = self.desk();
        let added = self.runtime.block_on(self.service.add(&entry, Days::Spoken, Form::Link, &operator))?;
        let Added::New(ticket) = added else { unreachable!("a story adds each reference once") };
        Ok(ticket)
    }

    /// Takes a result back.
    ///
    /// # Panics
    /// There is none.
    pub fn withdraw(&self, ticket: &Ticket) {
        let which = bauta_issuer::Which::Handle(ticket.handle);
        self.runtime.block_on(self.service.withdraw(&which, &self.desk())).expect("a result that was added");
    }

    /// Code and commitment become a record.
    ///
    /// # Errors
    /// [`CollectError`].
    ///
    /// # Panics
    /// The ticket has no code.
    pub fn collect(&self, ticket: &Ticket, commitment: &CommitmentWithProof) -> Result<Collected, CollectError> {
        let code = ticket.offer.code.as_ref().expect("a ticket with a code");
        let pickup = Pickup::Link(code.text().parse().expect("a code is read as it is written"));
        let commitment = CommitmentWithProof::from_bytes(&commitment.to_bytes()).expect("what was just written");
        self.runtime.block_on(async {
            let granted = self.service.grant(&pickup).await?;
            let answered = self.service.issue(&granted.token, &granted.record_type, commitment).await?;
            let Answered::Record(issued) = answered else { unreachable!("a story adds results, and orders nothing") };
            Ok(Collected { record: issued.record, token: granted.token, notification: issued.notification_id })
        })
    }

    /// The wallet has its record, and the lab forgets what it was made of.
    ///
    /// # Panics
    /// The lab has no such record.
    pub fn acknowledge(&self, collected: &Collected) {
        let acknowledged = self.service.acknowledge(&collected.token, &collected.notification);
        self.runtime.block_on(acknowledged).expect("the record that was just made");
    }

    /// What the office makes its next request from.
    #[must_use]
    pub fn nonce(&self) -> Vec<u8> {
        self.service.nonce()
    }

    /// A record becomes passes.
    ///
    /// # Errors
    /// [`OfficeError`].
    ///
    /// # Panics
    /// The request cannot be read back.
    pub fn renew(&self, request: &OfficeRequest) -> Result<OfficeAnswer, OfficeError> {
        let request = OfficeRequest::from_bytes(&request.to_bytes()).expect("what was just written");
        self.runtime.block_on(self.service.renew(request))
    }
}
