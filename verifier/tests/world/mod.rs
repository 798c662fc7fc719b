//! A programme in memory: its authority, one office and one holder, made of `bauta-crypto` and `bauta-spec` alone.
#![allow(dead_code)] // each story needs another part of it

use std::collections::{BTreeMap, BTreeSet};

use bauta_crypto::composed;
use bauta_crypto::holder::{self, Prover, VerifiedCommitment};
use bauta_crypto::pseudonym::{HolderSecret, ProverBlind};
use bauta_crypto::{SecretKey, Signature};
use bauta_spec::attributes::{Claims, CredentialType, Value, shipped};
use bauta_spec::credential::KeyId;
use bauta_spec::hint::Hint;
use bauta_spec::policy::{self, Policy};
use bauta_spec::poster::{CertifiedPoster, EventId, Opening, OrganiserCertificate, Poster, VerifiedPoster};
use bauta_spec::presentation::{Context, Envelope, Mode, Pair, PairContext, PairEnvelope, Part, Shown};
use bauta_spec::qr;
use bauta_spec::rules::{self, Rule};
use bauta_spec::signed::{DelegateKey, OrganiserKey, OrganiserPublic, RootKey, Signed};
use bauta_spec::time::{Day, Epoch, Grid, Minute, Moment};
use bauta_spec::trust::{Delegate, KeyStatement, Programme, TrustList, TrustListBody};
use bauta_spec::words::Purpose;
use bauta_verifier::{Door, Seen};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

/// Everybody but the verifier.
pub(crate) struct World {
    pub(crate) rng: ChaCha20Rng,
    pub(crate) root: RootKey,
    pub(crate) list: TrustList,
    pub(crate) now: Moment,
    delegate: DelegateKey,
    delegate_word: Signed<Delegate>,
    keys: BTreeMap<KeyId, SecretKey>,
    secret: HolderSecret,
    commitment: VerifiedCommitment,
    blind: ProverBlind,
}

/// A signed pass, and all that its holder knows of it.
pub(crate) struct Pass {
    credential_type: CredentialType,
    key: KeyId,
    values: Vec<Value>,
    signature: Signature,
}

/// Noon in Greenwich on 24 November 2026, an hour later where the programme is.
pub(crate) const NOON: Moment = Moment::from_unix(20_781 * 86_400 + 12 * 3_600);

pub(crate) fn after(moment: Moment, seconds: i64) -> Moment {
    Moment::from_unix(moment.unix().checked_add_signed(seconds).unwrap())
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        Self::at(NOON, seed, false)
    }

    /// A programme whose first list is issued at `now`; every key in it a specimen, or none.
    pub(crate) fn at(now: Moment, seed: u64, specimen: bool) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let grid = Grid::new(60).unwrap();
        let today = grid.day_of(now);
        let (first, last) = (today.minus(30), today.plus(200));
        let (root, delegate) = (RootKey::generate(&mut rng), DelegateKey::generate(&mut rng));
        let delegate_word = Delegate {
            public: delegate.public(),
            first: Minute::of(grid.start_of(first)),
            last: Minute::of(grid.start_of(last)),
        };
        let delegate_word = Signed::sign(&delegate_word, &root).unwrap();
        let programme =
            Programme { name: "City programme".parse().unwrap(), revision: 1, grid, prefetch_days: 3, last_day: last };
        let mut keys = BTreeMap::new();
        let mut key_statements = Vec::new();
        for credential_type in shipped() {
            let key = SecretKey::generate(&mut rng);
            let statement = KeyStatement {
                public: key.public_key(),
                type_id: credential_type.id(),
                type_name: credential_type.name().clone(),
                first,
                last,
                holder_name: "City laboratory".parse().unwrap(),
                specimen,
            };
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
        let bytes = body.sign(&delegate_word, &delegate).unwrap();
        let list = TrustList::verify(&bytes, &root.public(), now).unwrap();
        let secret = HolderSecret::generate(&mut rng);
        let (commitment, blind) = holder::commit(&secret, &mut rng).unwrap();
        let commitment = holder::verify_commitment(&commitment).unwrap();
        Self { rng, root, list, now, delegate, delegate_word, keys, secret, commitment, blind }
    }

    /// The next version of the list, with one change.
    pub(crate) fn publish(&mut self, change: impl FnOnce(&mut TrustListBody)) {
        let bytes = self.next_list(change);
        self.list = self.list.advance(&bytes, &self.root.public(), self.now).unwrap();
    }

    /// The same, signed, and believed by nobody yet.
    pub(crate) fn next_list(&self, change: impl FnOnce(&mut TrustListBody)) -> Vec<u8> {
        let now = Minute::of(self.now);
        let mut body = TrustListBody::after(&self.list, now, now.plus(48 * 60));
        change(&mut body);
        body.sign(&self.delegate_word, &self.delegate).unwrap()
    }

    pub(crate) fn today(&self) -> Day {
        self.list.grid().day_of(self.now)
    }

    pub(crate) fn policy(&self, name: &str) -> Policy {
        self.list.policy_named(name, self.today()).unwrap().clone()
    }

    /// A door that was watched since before anybody came.
    pub(crate) fn door(&mut self, policy: &str) -> Door {
        Door::new(self.policy(policy).id(), Seen::from_opening(&mut self.rng))
    }

    /// A pass for today, whatever it says.
    pub(crate) fn pass(&self, type_name: &str, facts: Vec<Value>) -> Pass {
        self.pass_of(Epoch { day: self.today(), series: 0 }, type_name, facts)
    }

    pub(crate) fn pass_of(&self, epoch: Epoch, type_name: &str, facts: Vec<Value>) -> Pass {
        let listed = self.list.keys().iter().find(|key| key.key_type.name().as_str() == type_name).unwrap();
        self.pass_by(&self.keys[&listed.id], listed.id, &listed.key_type, epoch, facts)
    }

    /// A pass signed with any key.
    pub(crate) fn pass_by(
        &self,
        secret: &SecretKey,
        key: KeyId,
        credential_type: &CredentialType,
        epoch: Epoch,
        facts: Vec<Value>,
    ) -> Pass {
        let values: Vec<Value> = [Value::Epoch(epoch)].into_iter().chain(facts).collect();
        let claims = Claims::new(credential_type, values.clone()).unwrap();
        let messages = claims.messages();
        let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
        let signature = holder::sign(secret, &self.commitment, &credential_type.header(), &messages).unwrap();
        Pass { credential_type: credential_type.clone(), key, values, signature }
    }

    /// The ordinary pass: the sample rule admits its holder, whose hint is M/05.
    pub(crate) fn entry_pass(&self) -> Pass {
        self.pass("entry-pass", self.entry_facts("tested-or-vaccinated"))
    }

    pub(crate) fn entry_facts(&self, rule: &str) -> Vec<Value> {
        let rule = self.list.rules().iter().find(|listed| listed.name().as_str() == rule).unwrap();
        vec![Value::Admits(rule.id()), Value::Hint("M/05".parse::<Hint>().unwrap())]
    }

    /// An ordinary code of an ordinary pass, made now.
    pub(crate) fn code(&mut self) -> String {
        let (pass, policy, now) = (self.entry_pass(), self.policy("entry"), self.now);
        self.show(&pass, &policy, now)
    }

    /// What a phone shows whose clock says `phone`.
    pub(crate) fn show(&mut self, pass: &Pass, policy: &Policy, phone: Moment) -> String {
        qr::to_text(&self.show_in(Mode::OneWay, pass, policy, phone))
    }

    pub(crate) fn show_in(&mut self, mode: Mode, pass: &Pass, policy: &Policy, phone: Moment) -> Vec<u8> {
        self.show_bound(mode, pass, policy, phone, ([0; 32], None))
    }

    /// What an ordinary phone answers to a poster.
    pub(crate) fn answer(&mut self, poster: &VerifiedPoster) -> String {
        let (pass, now) = (self.entry_pass(), self.now);
        let policy = self.list.policy(poster.poster().policy()).unwrap().clone();
        let bound = (poster.challenge(), Some(poster.pseudonym_context()));
        qr::to_text(&self.show_bound(Mode::Poster, &pass, &policy, now, bound))
    }

    /// A code for the policy that asks for a member's pass beside the ordinary one, made now; with a poster, the answer to it.
    pub(crate) fn code_of_two(&mut self, poster: Option<&VerifiedPoster>) -> String {
        let passes = [self.entry_pass(), self.pass("membership-pass", vec![Value::Code(1), Value::Code(1)])];
        let policy = self.policy("entry-and-member");
        let epoch = Epoch { day: self.today(), series: 0 };
        let disclosed: [_; 2] =
            std::array::from_fn(|i| policy.asks()[i].disclosed(&passes[i].credential_type).unwrap());
        let context = PairContext {
            mode: if poster.is_some() { Mode::Poster } else { Mode::OneWay },
            parts: std::array::from_fn(|i| Shown {
                type_id: passes[i].credential_type.id(),
                disclosed: disclosed[i],
                key: passes[i].key,
            }),
            policy_hash: policy.hash(),
            epoch,
            minute: Minute::of(self.now),
            challenge: poster.map_or([0; 32], VerifiedPoster::challenge),
        };
        let (ph, indexes) = (context.presentation_header(), disclosed.map(|disclosed| disclosed.indexes()));
        let provers = passes.each_ref().map(|pass| self.prover(pass));
        let parts: [_; 2] =
            std::array::from_fn(|i| composed::Part { prover: &provers[i], disclosed_indexes: &indexes[i] });
        let (proof, pseudonym) = match poster {
            None => (composed::show(&parts, &ph, &mut self.rng).unwrap(), None),
            Some(poster) => {
                let event = poster.pseudonym_context();
                let named = composed::show_with_pseudonym(&parts, &event, &ph, &mut self.rng).unwrap();
                (named.0, Some(named.1))
            }
        };
        let shown = std::array::from_fn(|i| {
            indexes[i].iter().map(|index| (*index, passes[i].values[*index].clone())).collect()
        });
        let types = passes.each_ref().map(|pass| &pass.credential_type);
        let pair = Pair { disclosed: shown, pseudonym, proof };
        qr::to_text(&PairEnvelope::seal(&context, types, &pair).unwrap().to_bytes())
    }

    fn prover(&self, Pass { credential_type, key, values, signature }: &Pass) -> Prover {
        let messages = Claims::new(credential_type, values.clone()).unwrap().messages();
        let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
        let credential = holder::Credential {
            public_key: &self.keys[key].public_key(),
            signature,
            header: &credential_type.header(),
            messages: &messages,
            secret: &self.secret,
            blind: &self.blind,
        };
        Prover::new(&credential).unwrap()
    }

    /// What an ordinary phone answers to a nonce.
    pub(crate) fn answer_to_screen(&mut self, policy: &str, nonce: [u8; 32]) -> String {
        let (pass, policy, now) = (self.entry_pass(), self.policy(policy), self.now);
        qr::to_text(&self.show_bound(Mode::Nonce, &pass, &policy, now, (nonce, None)))
    }

    /// The holder from now on is somebody else.
    pub(crate) fn somebody_else(&mut self) {
        self.secret = HolderSecret::generate(&mut self.rng);
        let (commitment, blind) = holder::commit(&self.secret, &mut self.rng).unwrap();
        self.commitment = holder::verify_commitment(&commitment).unwrap();
        self.blind = blind;
    }

    /// A certificate and a key for an organiser of this programme.
    pub(crate) fn organiser(&self, public: OrganiserPublic) -> Signed<OrganiserCertificate> {
        let name = "Theatre on the quay".parse().unwrap();
        let (first, last) = (self.today(), self.today().plus(1));
        Signed::sign(&OrganiserCertificate { public, name, first, last }, &self.root).unwrap()
    }

    /// A poster for today's event, open around now.
    pub(crate) fn poster(&self, policy: &str) -> CertifiedPoster {
        self.poster_naming(policy, (self.list.version(), self.list.hash()))
    }

    /// The same of an organiser who holds that list.
    pub(crate) fn poster_naming(&self, policy: &str, list: (u32, [u8; 32])) -> CertifiedPoster {
        let key = OrganiserKey::from_bytes(&[2; 32]).unwrap();
        let now = Minute::of(self.now);
        let opening = Opening::new(now.minus(60), now.plus(60)).unwrap();
        let purpose = Purpose::new([("en".parse().unwrap(), "One ticket each".parse().unwrap())].into()).unwrap();
        let event = EventId::new([5; 16]);
        let poster = Poster::new(self.policy(policy).id(), event, self.today(), opening, purpose, list);
        CertifiedPoster::new(self.organiser(key.public()), Signed::sign(&poster, &key).unwrap())
    }

    fn show_bound(
        &mut self,
        mode: Mode,
        pass: &Pass,
        policy: &Policy,
        phone: Moment,
        (challenge, event): ([u8; 32], Option<[u8; 32]>),
    ) -> Vec<u8> {
        let Pass { credential_type, key, values, signature } = pass;
        let Value::Epoch(epoch) = values[0] else { panic!("every pass begins with its epoch") };
        let disclosed = policy.asks()[0].disclosed(credential_type).unwrap();
        let context = Context {
            mode,
            type_id: credential_type.id(),
            disclosed,
            key: *key,
            policy_hash: policy.hash(),
            epoch,
            minute: Minute::of(phone),
            challenge,
        };
        let claims = Claims::new(credential_type, values.clone()).unwrap();
        let messages = claims.messages();
        let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
        let credential = holder::Credential {
            public_key: &self.keys.get(key).map_or_else(|| self.stranger().public_key(), SecretKey::public_key),
            signature,
            header: &credential_type.header(),
            messages: &messages,
            secret: &self.secret,
            blind: &self.blind,
        };
        let indexes = disclosed.indexes();
        let ph = context.presentation_header();
        let (proof, pseudonym) = match event {
            None => (holder::show(&credential, &ph, &indexes, &mut self.rng).unwrap(), None),
            Some(event) => {
                let named = holder::show_with_pseudonym(&credential, &event, &ph, &indexes, &mut self.rng).unwrap();
                (named.0, Some(named.1))
            }
        };
        let shown = indexes.iter().map(|index| (*index, values[*index].clone())).collect();
        let part = Part { disclosed: shown, pseudonym, proof };
        Envelope::seal(&context, credential_type, &part).unwrap().to_bytes()
    }

    /// A key that nobody has listed.
    pub(crate) fn stranger(&self) -> SecretKey {
        SecretKey::generate(&mut ChaCha20Rng::seed_from_u64(u64::MAX))
    }
}
