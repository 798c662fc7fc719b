//! A programme in memory: its authority, a lab and a pass office, made of `bauta-crypto` and `bauta-spec` alone.
#![allow(dead_code)] // each story needs another part of it

use std::collections::{BTreeMap, BTreeSet};

use bauta_crypto::holder::{self, Statement as ProofStatement, VerifiedCommitment};
use bauta_crypto::pseudonym::CommitmentWithProof;
use bauta_crypto::{SecretKey, Signature, composed};
use bauta_spec::attributes::{
    Binding, Claims, CredentialType, DisclosedSet, Handle, Kind, Value, shipped, shipped_named,
};
use bauta_spec::credential::{Credential, KeyId};
use bauta_spec::hint::Hint;
use bauta_spec::issuance::{
    Base64Url, CredentialRequest, CredentialResponse, DeferredResponse, IssuedCredential, IssuerUrl, NonceResponse,
    OAuthError, OfficeAnswer, OfficeRequest, Proofs, Records, TokenResponse, TokenType,
};
use bauta_spec::policy::{self, Policy, PolicyId};
use bauta_spec::poster::{CertifiedPoster, EventId, Opening, OrganiserCertificate, Poster};
use bauta_spec::presentation::{Context, Envelope, Mode, Naming, PairContext, PairEnvelope, Shown};
use bauta_spec::qr::Asked;
use bauta_spec::rules::{self, Presented, Rule};
use bauta_spec::signed::{DelegateKey, OrganiserKey, RootKey, Signed};
use bauta_spec::time::{Day, Epoch, Grid, Minute, Moment};
use bauta_spec::trust::{Delegate, KeyStatement, Programme, Slot, TrustList, TrustListBody};
use bauta_spec::words::Purpose;
use bauta_wallet::exchange::{Body, Call, Reply};
use bauta_wallet::vault::{Source, Vault};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

pub(crate) const LAB: &str = "https://lab.example";
pub(crate) const NONCE: &[u8] = b"a nonce of the office";

/// Status and body.
pub(crate) type Answer = (u16, Vec<u8>);

/// Everybody but the wallet.
pub(crate) struct World {
    pub(crate) rng: ChaCha20Rng,
    pub(crate) root: RootKey,
    delegate: DelegateKey,
    delegate_word: Signed<Delegate>,
    pub(crate) body: TrustListBody,
    pub(crate) keys: BTreeMap<KeyId, SecretKey>,
    pub(crate) list: TrustList,
    pub(crate) now: Moment,
    /// Pickup code → the facts that wait, and the commitment that has come first.
    pub(crate) waiting: BTreeMap<String, Waiting>,
    /// Set while the lab has ordered and has no result.
    pub(crate) not_yet: Option<NotYet>,
    /// Which calls came, by path, in order.
    pub(crate) heard: Vec<String>,
    /// Answers that are lost on their way, by position among the calls.
    pub(crate) lost: BTreeSet<usize>,
}

pub(crate) struct Waiting {
    pub(crate) record_type: &'static str,
    pub(crate) facts: Vec<Value>,
    pub(crate) taken_by: Option<Vec<u8>>,
}

/// What a lab says that has no result yet.
pub(crate) struct NotYet {
    /// In seconds.
    pub(crate) interval: u64,
    /// An honest lab gives the commitment back.
    pub(crate) transaction: Option<Vec<u8>>,
}

pub(crate) fn today() -> Day {
    "2026-11-24".parse().unwrap()
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        Self::with_specimens(seed, false)
    }

    pub(crate) fn with_specimens(seed: u64, specimen: bool) -> Self {
        let morning = Grid::new(60).unwrap().start_of(today()).unix();
        Self::at(Moment::from_unix(morning + 6 * 3600), seed, specimen)
    }

    /// A programme whose list is issued at `now`.
    pub(crate) fn at(now: Moment, seed: u64, specimen: bool) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let grid = Grid::new(60).unwrap();
        let today = grid.day_of(now);
        let (first, last) = (today.minus(30), today.plus(200));
        let root = RootKey::generate(&mut rng);
        let delegate = DelegateKey::generate(&mut rng);
        let delegate_word = Delegate {
            public: delegate.public(),
            first: Minute::of(grid.start_of(first)),
            last: Minute::of(grid.start_of(last)),
        };
        let programme =
            Programme { name: "City programme".parse().unwrap(), revision: 1, grid, prefetch_days: 3, last_day: last };
        let mut keys = BTreeMap::new();
        let mut key_statements = Vec::new();
        for credential_type in shipped() {
            let (key, statement) = key_for(&credential_type, first, last, specimen, &mut rng);
            key_statements.push(Signed::sign(&statement, &root).unwrap());
            keys.insert(KeyId::of(&statement.public), key);
        }
        let rules: Vec<Rule> =
            rules::SAMPLES.iter().map(|json| Rule::from_json(json, &shipped(), first, last).unwrap()).collect();
        let policies = policy::SAMPLES
            .iter()
            .map(|json| Policy::from_json(json, &shipped(), &rules, first, last).unwrap())
            .map(|policy| Signed::sign(&policy, &root).unwrap());
        let body = TrustListBody {
            version: 1,
            previous: [0; 32],
            issued: Minute::of(now),
            expires: Minute::of(now).plus(48 * 60),
            programme: Signed::sign(&programme, &root).unwrap(),
            types: shipped().iter().map(|listed| Signed::sign(listed, &root).unwrap()).collect(),
            keys: key_statements,
            policies: policies.collect(),
            rules: rules.iter().map(|rule| Signed::sign(rule, &root).unwrap()).collect(),
            organisers: Vec::new(),
            withdrawn_keys: BTreeSet::new(),
            withdrawn_rules: BTreeSet::new(),
            withdrawn_policies: BTreeSet::new(),
            withdrawn_organisers: BTreeSet::new(),
            floors: BTreeMap::new(),
        };
        let delegate_word = Signed::sign(&delegate_word, &root).unwrap();
        let bytes = body.sign(&delegate_word, &delegate).unwrap();
        let list = TrustList::verify(&bytes, &root.public(), now).unwrap();
        Self {
            rng,
            root,
            delegate,
            delegate_word,
            body,
            keys,
            list,
            now,
            waiting: BTreeMap::new(),
            not_yet: None,
            heard: Vec::new(),
            lost: BTreeSet::new(),
        }
    }

    /// The next version of the list, with one change.
    pub(crate) fn publish(&mut self, change: impl FnOnce(&mut TrustListBody)) {
        let now = Minute::of(self.now);
        let mut body = TrustListBody::after(&self.list, now, now.plus(48 * 60));
        change(&mut body);
        let bytes = body.sign(&self.delegate_word, &self.delegate).unwrap();
        self.list = self.list.advance(&bytes, &self.root.public(), self.now).unwrap();
    }

    /// A key that the office holds from now on, to be listed.
    pub(crate) fn new_key(&mut self, credential_type: &CredentialType, first: Day, last: Day) -> Signed<KeyStatement> {
        let (key, statement) = key_for(credential_type, first, last, false, &mut self.rng);
        self.keys.insert(KeyId::of(&statement.public), key);
        Signed::sign(&statement, &self.root).unwrap()
    }

    pub(crate) fn later(&mut self, hours: u64) {
        self.now = Moment::from_unix(self.now.unix() + hours * 3600);
    }

    pub(crate) fn wallet(&mut self) -> Vault {
        let source = Source::Url(LAB.parse().unwrap());
        Vault::new(self.root.public(), source, self.list.bytes(), self.now, &mut self.rng).unwrap()
    }

    pub(crate) fn issuer(&self) -> IssuerUrl {
        LAB.parse().unwrap()
    }

    pub(crate) fn key_of(&self, type_name: &str) -> (KeyId, &SecretKey) {
        let key = self.list.keys().iter().find(|key| key.key_type.name().as_str() == type_name).unwrap();
        (key.id, &self.keys[&key.id])
    }

    /// The bytes of a record as an honest lab issues it.
    pub(crate) fn record(&mut self, type_name: &str, facts: Vec<Value>, commitment: &CommitmentWithProof) -> Vec<u8> {
        let credential_type = shipped_named(type_name).unwrap();
        let verified = holder::verify_commitment(commitment).unwrap();
        let mut values = vec![Value::Handle(Handle::new([7; 16])), Value::Binding(Binding::of(verified.commitment()))];
        values.extend(facts);
        let (key, secret) = self.key_of(type_name);
        sign(key, secret, &credential_type, values, &verified)
    }

    /// What the office answers: every check that it makes, then one signature for each slot.
    pub(crate) fn passes(&self, request: &OfficeRequest) -> OfficeAnswer {
        let records = self.records_shown(request);
        let presented: Vec<_> = records.iter().map(|(record_type, claims)| Presented { record_type, claims }).collect();
        self.passes_by(request, |slot, commitment| {
            let due = slot.rule.apply(&presented, &slot.key.key_type, slot.epoch);
            due.map(|due| self.sign_pass(slot, &due, commitment))
        })
    }

    pub(crate) fn passes_by(
        &self,
        request: &OfficeRequest,
        mut sign: impl FnMut(&Slot<'_>, &VerifiedCommitment) -> Option<Signature>,
    ) -> OfficeAnswer {
        let records = self.records_shown(request);
        let types: Vec<_> = records.iter().map(|(record_type, _)| record_type.name()).collect();
        let commitment = holder::verify_commitment(&request.ask.commitment).unwrap();
        let slots = self.list.slots(&types, request.ask.first_day, request.ask.days);
        OfficeAnswer::new(slots.iter().map(|slot| sign(slot, &commitment))).unwrap()
    }

    pub(crate) fn sign_pass(&self, slot: &Slot<'_>, claims: &Claims, commitment: &VerifiedCommitment) -> Signature {
        let messages = claims.messages();
        let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
        holder::sign(&self.keys[&slot.key.id], commitment, &slot.key.key_type.header(), &messages).unwrap()
    }

    /// The record type and the facts that the presentation of one record proves.
    pub(crate) fn facts_shown(&self, request: &OfficeRequest) -> (String, Claims) {
        let (record_type, claims) = self.records_shown(request).pop().unwrap();
        (record_type.name().to_string(), claims)
    }

    /// The types and the facts of the records that the presentation proves.
    pub(crate) fn records_shown(&self, request: &OfficeRequest) -> Vec<(CredentialType, Claims)> {
        let OfficeRequest { ask, presentation } = request;
        assert_eq!(ask.nonce, NONCE);
        assert_eq!((ask.first_day, ask.days), (self.list.grid().day_of(self.now), 4));
        assert_eq!((ask.trust_version, ask.trust_hash), (self.list.version(), self.list.hash()));
        let challenge = ask.challenge(presentation.how_many());
        // Of the wallet's minute, which may have ended meanwhile.
        let minute = |said| Minute::nearest(said, Minute::of(self.now));
        let epoch = Epoch { day: Day::new(0), series: 0 };
        let disclosed = |record_type: &CredentialType| {
            let hidden = |kind: &Kind| *kind == Kind::Hint && !ask.with_hint;
            let disclosed = record_type.claims().iter().enumerate().filter(|(_, claim)| !hidden(&claim.kind));
            disclosed.fold(DisclosedSet::default(), |set, (index, _)| set.with(index))
        };
        let shown = |key: KeyId| {
            let key = self.list.issuer_key(key).unwrap();
            let (type_id, disclosed) = (key.key_type.id(), disclosed(&key.key_type));
            (&key.key_type, Shown { type_id, disclosed, key: key.id })
        };
        let parts: Vec<(&CredentialType, Vec<(usize, Value)>)> = match presentation {
            Records::One(envelope) => {
                let (record_type, Shown { type_id, disclosed, key }) = shown(envelope.key);
                let (mode, policy_hash) = (Mode::Office, [0; 32]);
                let minute = minute(envelope.minute);
                let context = Context { mode, type_id, disclosed, key, policy_hash, epoch, minute, challenge };
                vec![(record_type, self.check(envelope, &context, record_type))]
            }
            Records::Two(envelope) => {
                let [first, second] = envelope.keys.map(shown);
                let parts = [first.1, second.1];
                let (mode, policy_hash) = (Mode::Office, [0; 32]);
                let context =
                    PairContext { mode, parts, policy_hash, epoch, minute: minute(envelope.minute), challenge };
                let types = [first.0, second.0];
                types.into_iter().zip(self.check_pair(envelope, &context, types)).collect()
            }
        };
        assert!(parts[0].1.contains(&(1, Value::Binding(Binding::of(ask.commitment.commitment())))));
        let record = |(record_type, part): (&CredentialType, Vec<(usize, Value)>)| {
            let mut values = vec![Value::Absent; record_type.len()];
            part.into_iter().for_each(|(index, value)| values[index] = value);
            (record_type.clone(), Claims::new(record_type, values).unwrap())
        };
        parts.into_iter().map(record).collect()
    }

    fn check_pair(
        &self,
        envelope: &PairEnvelope,
        context: &PairContext,
        types: [&CredentialType; 2],
    ) -> [Vec<(usize, Value)>; 2] {
        let parts = [0, 1].map(|i: usize| (types[i], context.parts[i].disclosed));
        let pair = envelope.open(parts, Naming::Anonymous).unwrap();
        let headers = types.map(CredentialType::header);
        let messages = pair.messages();
        let messages = messages.each_ref().map(|part| {
            part.iter().map(|(index, message)| (*index, message.as_slice())).collect::<Vec<(usize, &[u8])>>()
        });
        let statements = [0, 1].map(|i: usize| composed::Statement {
            public_key: &self.list.issuer_key(envelope.keys[i]).unwrap().public,
            header: &headers[i],
            message_count: types[i].len(),
            disclosed: &messages[i],
        });
        composed::check(&statements, &context.presentation_header(), &pair.proof).unwrap();
        pair.disclosed
    }

    /// What a presentation discloses, if it holds for `context`.
    pub(crate) fn check(
        &self,
        envelope: &Envelope,
        context: &Context,
        credential_type: &CredentialType,
    ) -> Vec<(usize, Value)> {
        let key = self.list.issuer_key(envelope.key).unwrap();
        let part = envelope.open(credential_type, context.disclosed, Naming::Anonymous).unwrap();
        let messages = part.messages();
        let messages: Vec<(usize, &[u8])> =
            messages.iter().map(|(index, message)| (*index, message.as_slice())).collect();
        let statement = ProofStatement {
            public_key: &key.public,
            header: &credential_type.header(),
            presentation_header: &context.presentation_header(),
            message_count: credential_type.len(),
            disclosed: &messages,
        };
        holder::check(&statement, &part.proof).unwrap();
        part.disclosed
    }

    /// What a door sees in a code for `policy`.
    pub(crate) fn at_the_door(&self, text: &str, policy: &Policy) -> Vec<(usize, Value)> {
        let envelope = Envelope::from_bytes(&bauta_spec::qr::from_text(text).unwrap()).unwrap();
        let key = self.list.issuer_key(envelope.key).unwrap();
        let context = Context {
            mode: Mode::OneWay,
            type_id: key.key_type.id(),
            disclosed: policy.asks()[0].disclosed(&key.key_type).unwrap(),
            key: key.id,
            policy_hash: policy.hash(),
            epoch: envelope.epoch,
            minute: Minute::nearest(envelope.minute, Minute::of(self.now)),
            challenge: [0; 32],
        };
        let shown = self.check(&envelope, &context, &key.key_type);
        assert!(policy.asks()[0].satisfied_by(&key.key_type, &shown));
        shown
    }

    pub(crate) fn policy(&self, name: &str) -> Policy {
        self.list.policy_named(name, self.list.grid().day_of(self.now)).unwrap().clone()
    }

    /// What the service answers to a call; `None` when the answer is lost on its way.
    pub(crate) fn answer(&mut self, call: &Call) -> Option<Reply> {
        let path = call.url().strip_prefix(LAB).unwrap();
        let body = match call.body() {
            Body::None => "",
            Body::Form(text) | Body::Json(text) => text,
        };
        let (status, body) = self.serve(path, call.bearer(), body);
        (!self.lost.contains(&(self.heard.len() - 1))).then(|| Reply::new(status, body))
    }

    /// As [`World::serve`], by the real clock, which the program has too.
    pub(crate) fn serve_now(&mut self, path: &str, bearer: Option<&str>, body: &str) -> Answer {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        self.now = Moment::from_unix(now.as_secs());
        self.serve(path, bearer, body)
    }

    /// The lab's and the office's service: a code makes one record, and the same commitment gets the same bytes.
    pub(crate) fn serve(&mut self, path: &str, bearer: Option<&str>, body: &str) -> Answer {
        self.heard.push(path.to_owned());
        match path {
            "/token" => self.token(body),
            "/credential" => self.credential(serde_json::from_str(body).unwrap(), bearer),
            "/notification" => {
                self.waiting.remove(bearer.unwrap());
                (204, Vec::new())
            }
            "/nonce" => ok(&NonceResponse { c_nonce: Base64Url(NONCE.to_vec()) }),
            "/trust-list" => (200, self.list.bytes().to_vec()),
            _ => (404, Vec::new()),
        }
    }

    /// The code is the token: this lab has no clock.
    fn token(&self, form: &str) -> Answer {
        let code = form.split("pre-authorized_code=").nth(1).unwrap().split('&').next().unwrap();
        match self.waiting.get(code) {
            Some(waiting) => ok(&TokenResponse {
                access_token: code.to_owned(),
                token_type: TokenType::Bearer,
                expires_in: 300,
                credential_configuration_id: waiting.record_type.to_owned(),
            }),
            None => refused("invalid_grant"),
        }
    }

    fn credential(&mut self, request: CredentialRequest, token: Option<&str>) -> Answer {
        match request.proofs {
            Proofs::BautaCommitment([Base64Url(commitment)]) => {
                let Some(waiting) = self.waiting.get_mut(token.unwrap()) else { return refused("invalid_token") };
                assert_eq!(request.credential_configuration_id, waiting.record_type);
                if *waiting.taken_by.get_or_insert(commitment.clone()) != commitment {
                    return refused("credential_request_denied");
                }
                if let Some(NotYet { interval, transaction }) = &self.not_yet {
                    let transaction = transaction.clone().unwrap_or(commitment);
                    let body = DeferredResponse { transaction_id: Base64Url(transaction), interval: *interval };
                    return (202, serde_json::to_vec(&body).unwrap());
                }
                let (record_type, facts) = (waiting.record_type, waiting.facts.clone());
                let record = self.record(record_type, facts, &CommitmentWithProof::from_bytes(&commitment).unwrap());
                issued(record, Some("bm90aWZpY2F0aW9u"))
            }
            Proofs::BautaRecordPresentation([Base64Url(bytes)]) => {
                issued(self.passes(&OfficeRequest::from_bytes(&bytes).unwrap()).to_bytes(), None)
            }
        }
    }
}

fn issued(bytes: Vec<u8>, notification: Option<&str>) -> Answer {
    ok(&CredentialResponse {
        credentials: [IssuedCredential { credential: Base64Url(bytes) }],
        notification_id: notification.map(str::to_owned),
    })
}

fn ok(body: &impl serde::Serialize) -> Answer {
    (200, serde_json::to_vec(body).unwrap())
}

fn refused(word: &str) -> Answer {
    let error = OAuthError { error: word.to_owned(), error_description: Some("\u{1b}[2J<script>".to_owned()) };
    (400, serde_json::to_vec(&error).unwrap())
}

fn key_for(
    credential_type: &CredentialType,
    first: Day,
    last: Day,
    specimen: bool,
    rng: &mut ChaCha20Rng,
) -> (SecretKey, KeyStatement) {
    let key = SecretKey::generate(rng);
    let statement = KeyStatement {
        public: key.public_key(),
        type_id: credential_type.id(),
        type_name: credential_type.name().clone(),
        first,
        last,
        holder_name: "City laboratory".parse().unwrap(),
        specimen,
    };
    (key, statement)
}

/// A credential whoever asks for it, signed whatever it says.
pub(crate) fn sign(
    key: KeyId,
    secret: &SecretKey,
    credential_type: &CredentialType,
    values: Vec<Value>,
    commitment: &VerifiedCommitment,
) -> Vec<u8> {
    let claims = Claims::new(credential_type, values).unwrap();
    let messages = claims.messages();
    let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
    let signature = holder::sign(secret, commitment, &credential_type.header(), &messages).unwrap();
    Credential { key, claims, signature }.to_bytes()
}

/// Tested yesterday; not vaccinated.
pub(crate) fn tested() -> Vec<Value> {
    tested_before(today())
}

/// Tested the day before.
pub(crate) fn tested_before(today: Day) -> Vec<Value> {
    vec![
        Value::Code(1),
        Value::Day(today.minus(1)),
        Value::Absent,
        Value::Absent,
        Value::Code(5),
        Value::Hint("M/05".parse::<Hint>().unwrap()),
        Value::Day(today.plus(100)),
    ]
}

/// Vaccinated a month ago; not tested.
pub(crate) fn vaccinated() -> Vec<Value> {
    vec![
        Value::Absent,
        Value::Absent,
        Value::Code(1),
        Value::Day(today().minus(30)),
        Value::Code(5),
        Value::Hint("S/11".parse::<Hint>().unwrap()),
        Value::Day(today().plus(100)),
    ]
}

/// A poster of an organiser whom that root has certified for a day, and what it says changed.
pub(crate) fn poster(world: &World, root: &RootKey, change: impl FnOnce(&mut Hung)) -> String {
    let (now, day) = (Minute::of(world.now), world.list.grid().day_of(world.now));
    let mut hung = Hung {
        policy: world.policy("event").id(),
        day,
        open: (now.minus(60), now.plus(60)),
        list: (world.list.version(), world.list.hash()),
        signer: [2; 32],
    };
    change(&mut hung);
    let organiser = OrganiserKey::from_bytes(&[2; 32]).unwrap().public();
    let name = "Theatre on the quay".parse().unwrap();
    let certificate = OrganiserCertificate { public: organiser, name, first: day, last: day };
    let purpose = Purpose::new([("en".parse().unwrap(), "One ticket each".parse().unwrap())].into()).unwrap();
    let opening = Opening::new(hung.open.0, hung.open.1).unwrap();
    let poster = Poster::new(hung.policy, EventId::new([5; 16]), hung.day, opening, purpose, hung.list);
    let signed = Signed::sign(&poster, &OrganiserKey::from_bytes(&hung.signer).unwrap()).unwrap();
    Asked::Poster(CertifiedPoster::new(Signed::sign(&certificate, root).unwrap(), signed)).to_string()
}

pub(crate) struct Hung {
    pub(crate) policy: PolicyId,
    pub(crate) day: Day,
    pub(crate) open: (Minute, Minute),
    pub(crate) list: (u32, [u8; 32]),
    pub(crate) signer: [u8; 32],
}
