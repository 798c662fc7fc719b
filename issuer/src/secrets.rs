//! The service's one long secret, kept outside the database, and the keys that are made from it.

use std::fmt;

use bauta_spec::attributes::{Handle, TypeName};
use bauta_spec::signed::RecordsKey;
use hkdf::Hkdf;
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use rand_core::CryptoRng;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::acts::{Act, ChainEnd};
use crate::pickup::SealingKey;

/// Behind codes, tokens and keyed hashes. Who has it *and* the database can test guesses at references and short codes; so
/// they are kept apart.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct ServerSecret([u8; Self::LEN]);

impl ServerSecret {
    /// Length in bytes.
    pub const LEN: usize = 32;

    /// A uniform secret.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; Self::LEN];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// `None` for another length.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes, to be sealed at once.
    pub fn expose(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// The keys that the service works with.
    pub fn derive(&self) -> Secrets {
        let secret = Hkdf::<Sha256>::new(None, &self.0);
        let key = |purpose: &[u8]| {
            let mut key = Key([0; 32]);
            secret.expand(purpose, &mut key.0).expect("32 bytes are fewer than the 8160 that HKDF gives");
            key
        };
        Secrets {
            code: key(b"bauta/v1/issuer/code"),
            reference: key(b"bauta/v1/issuer/reference"),
            api_key: key(b"bauta/v1/issuer/api-key"),
            facts: key(b"bauta/v1/issuer/facts"),
            token: key(b"bauta/v1/issuer/access-token"),
            nonce: key(b"bauta/v1/issuer/nonce"),
            notification: key(b"bauta/v1/issuer/notification"),
            chain: ChainKey(key(b"bauta/v1/issuer/acts")),
            order: key(b"bauta/v1/issuer/order"),
            order_facts: key(b"bauta/v1/issuer/order-facts"),
            invitation: key(b"bauta/v1/issuer/invitation"),
            session: key(b"bauta/v1/issuer/session"),
            totp: key(b"bauta/v1/issuer/totp"),
            account_name: key(b"bauta/v1/issuer/account-name"),
            subject: key(b"bauta/v1/issuer/subject"),
            withdrawals: key(b"bauta/v1/issuer/withdrawals"),
        }
    }
}

impl fmt::Debug for ServerSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(_) = self;
        f.write_str("ServerSecret(..)")
    }
}

/// One key per purpose, so that what one of them makes is worthless anywhere else.
pub struct Secrets {
    code: Key,
    reference: Key,
    api_key: Key,
    facts: Key,
    token: Key,
    nonce: Key,
    notification: Key,
    chain: ChainKey,
    order: Key,
    order_facts: Key,
    invitation: Key,
    session: Key,
    totp: Key,
    account_name: Key,
    subject: Key,
    withdrawals: Key,
}

impl Secrets {
    /// Under which a code is found.
    pub fn code_mac(&self, code: &[u8]) -> CodeMac {
        CodeMac(self.code.mac(&[code]))
    }

    /// Under which a lab's reference is found.
    pub fn reference_mac(&self, lab: &str, reference: &str) -> ReferenceMac {
        ReferenceMac(self.reference.mac(&[lab.as_bytes(), reference.as_bytes()]))
    }

    /// Under which an API key is found.
    pub fn api_key_mac(&self, api_key: &[u8]) -> ApiKeyMac {
        ApiKeyMac(self.api_key.mac(&[api_key]))
    }

    /// What the wallet says to acknowledge its record; always the same for one code, so that a retry gets the same bytes.
    pub(crate) fn notification_id(&self, code: &CodeMac) -> [u8; 32] {
        self.notification.mac(&[&code.0])
    }

    /// Under which the facts behind one code are sealed: whoever lacks the code or this secret cannot open them.
    pub(crate) fn facts_key(&self, code: &[u8], second_factor: &[u8]) -> Key {
        let mut secret = Zeroizing::new(Vec::with_capacity(code.len() + second_factor.len()));
        secret.extend_from_slice(code);
        secret.extend_from_slice(second_factor);
        Key(self.facts.mac(&[&secret]))
    }

    /// Under which the half of an invitation that one officer has is found.
    pub fn half_mac(&self, first: &[u8]) -> HalfMac {
        HalfMac(self.invitation.mac(&[b"half", first]))
    }

    /// Under which an invitation is found, from what is kept of its first half.
    pub fn invitation_mac(&self, first: &HalfMac, second: &[u8]) -> InvitationMac {
        InvitationMac(self.invitation.mac(&[b"whole", &first.0, second]))
    }

    /// Under which a session is found.
    pub fn session_mac(&self, token: &[u8]) -> SessionMac {
        SessionMac(self.session.mac(&[token]))
    }

    /// Under which tries to begin a session are counted.
    pub fn name_mac(&self, name: &str) -> NameMac {
        NameMac(self.account_name.mac(&[name.as_bytes()]))
    }

    /// Under which an account is found by another provider's word.
    pub fn subject_mac(&self, issuer: &str, subject: &str) -> SubjectMac {
        SubjectMac(self.subject.mac(&[issuer.as_bytes(), subject.as_bytes()]))
    }

    /// Under which TOTP secrets are sealed.
    pub(crate) fn totp_key(&self) -> &Key {
        &self.totp
    }

    pub(crate) fn chain_key(&self) -> &ChainKey {
        &self.chain
    }

    /// What ties an order together: facts go to this handle and key for this reference and type only.
    pub(crate) fn order_mac(
        &self,
        handle: &Handle,
        reference: &ReferenceMac,
        record_type: &TypeName,
        key: &SealingKey,
    ) -> OrderMac {
        OrderMac(self.order.mac(&[&handle.bytes(), &reference.0, record_type.as_str().as_bytes(), key.as_bytes()]))
    }

    /// Without which nothing opens that was sealed to the key of an order.
    pub(crate) fn order_key(&self) -> &Key {
        &self.order_facts
    }

    /// What a result is called whose reference has gone over to its correction: nobody finds it by name.
    pub(crate) fn superseded_mac(&self, handle: &Handle) -> ReferenceMac {
        ReferenceMac(self.reference.mac(&[b"superseded", &handle.bytes(), b""]))
    }

    /// Signs what offices that run elsewhere are told. All replicas have the same one.
    pub(crate) fn records_key(&self) -> RecordsKey {
        RecordsKey::from_bytes(self.withdrawals.expose()).expect("a seed has 32 bytes, and so has every key here")
    }

    pub(crate) fn token_key(&self) -> &Key {
        &self.token
    }

    pub(crate) fn nonce_mac(&self, nonce: &[u8]) -> [u8; 32] {
        self.nonce.mac(&[nonce])
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(..)")
    }
}

/// 32 secret bytes for one purpose.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(crate) struct Key([u8; 32]);

impl Key {
    pub(crate) fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// HMAC-SHA-256 over the parts, each after its length, so that no two lists of parts are alike.
    fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        // HMAC fills a key up to one block with zeros anyway; a whole block cannot be of the wrong length.
        let mut block = Zeroizing::new([0; 64]);
        block[..32].copy_from_slice(&self.0);
        let mut mac = <Hmac<Sha256> as KeyInit>::new((&*block).into());
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

/// With which acts are chained.
pub(crate) struct ChainKey(Key);

impl ChainKey {
    /// Of an act that follows the one with the hash `before`: in this chain or, for the first of a new one, in the chain before it.
    pub(crate) fn act(&self, before: &[u8; 32], act: &Act) -> [u8; 32] {
        let Act { number, at, who, lab, kind, about } = act;
        let (number, at) = (number.to_be_bytes(), at.unix().to_be_bytes());
        let words = [who, lab, kind, about].map(|word| word.as_bytes());
        self.0.mac(&[b"act", before, &number, &at, words[0], words[1], words[2], words[3]])
    }

    /// Of a chain's end.
    pub(crate) fn seal(&self, end: &ChainEnd) -> [u8; 32] {
        self.0.mac(&[b"end", &end.number.to_be_bytes(), &end.mac])
    }
}

macro_rules! keyed_hash {
    ($($(#[$doc:meta])* $vis:vis $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone)]
        $vis struct $name([u8; 32]);

        impl $name {
            /// The 32 bytes that stand in the database.
            $vis fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    )+};
}

keyed_hash! {
    /// Keyed hash of a pickup code.
    pub CodeMac,
    /// Keyed hash of a lab's reference.
    pub ReferenceMac,
    /// Keyed hash of what an order is tied to.
    pub(crate) OrderMac,
    /// Keyed hash of an API key.
    pub ApiKeyMac,
    /// Keyed hash of one half of an invitation.
    pub HalfMac,
    /// Keyed hash of an invitation.
    pub InvitationMac,
    /// Keyed hash of a session's token.
    pub SessionMac,
    /// Keyed hash of an account's name: what somebody types into its field may be their password.
    pub NameMac,
    /// Keyed hash of whom another provider speaks of.
    pub SubjectMac,
}

impl HalfMac {
    /// As the database has it.
    pub(crate) fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

/// Whether two byte strings are equal, in a time that does not tell where they differ.
pub(crate) fn same(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}
