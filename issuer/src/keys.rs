//! The signing keys: sealed files, opened once at the start, and the one place that signs.

use std::fmt;
use std::path::{Path, PathBuf};

use bauta_crypto::holder::{self, VerifiedCommitment};
use bauta_crypto::{PublicKey, SecretKey, Signature, Unusable};
use bauta_spec::attributes::{Claims, CredentialType, TypeName, Use, shipped_named};
use bauta_spec::credential::{Credential, KeyId};
use bauta_spec::sealed::{self, CannotOpen, CannotSeal, Cost, Kind, file};
use bauta_spec::trust::{PublicHalf, is_published_test_key};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::secrets::ServerSecret;

/// A key that signs credentials of one type.
pub struct IssuingKey {
    credential_type: TypeName,
    /// `None` for a type that does not come with the format, until somebody says what it is.
    usage: Option<Use>,
    id: KeyId,
    secret: SecretKey,
}

/// A key file cannot be used or made.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file could not be read or written safely.
    #[error(transparent)]
    File(#[from] file::FileRefused),
    /// It was not sealed.
    #[error(transparent)]
    NotSealed(#[from] CannotSeal),
    /// It does not open.
    #[error("{}: {cause}", .file.display())]
    NotOpened {
        /// Which.
        file: PathBuf,
        /// Wrong passphrase, truncated, or no sealed file.
        cause: CannotOpen,
    },
    /// It opens, and what is in it is no key.
    #[error("{}: the file opens but holds no key of this kind: take the one that `keygen` wrote, or a backup of it", .0.display())]
    NoKey(PathBuf),
    /// Everybody knows this key.
    #[error("{}: this key is published in test vectors, anybody can sign with it: make a new one with `keygen`", .0.display())]
    Published(PathBuf),
    /// No proof can be made with it, which does not happen by chance.
    #[error(transparent)]
    Unusable(#[from] Unusable),
    /// No such type.
    #[error(
        "no credential type \"{0}\" comes with Bauta: if it is one of your own, say what it is for with `--use record` or `--use pass`"
    )]
    NoSuchType(String),
}

impl IssuingKey {
    /// A new key for a credential type that comes with the format.
    pub fn generate(credential_type: TypeName, rng: &mut impl CryptoRng) -> Self {
        let usage = shipped_named(credential_type.as_str()).map(|shipped| shipped.usage());
        Self::new(credential_type, usage, SecretKey::generate(rng))
    }

    /// A new key for a credential type of one's own.
    pub fn generate_for(credential_type: TypeName, usage: Use, rng: &mut impl CryptoRng) -> Self {
        Self::new(credential_type, Some(usage), SecretKey::generate(rng))
    }

    fn new(credential_type: TypeName, usage: Option<Use>, secret: SecretKey) -> Self {
        let id = KeyId::of(&secret.public_key());
        Self { credential_type, usage, id, secret }
    }

    /// Writes the sealed key to a new file and its public half beside it.
    ///
    /// # Errors
    /// [`KeyError`]; an existing file is never overwritten.
    pub fn write_new(
        &self,
        to: &Path,
        passphrase: &[u8],
        cost: Cost,
        rng: &mut impl CryptoRng,
    ) -> Result<PublicHalf, KeyError> {
        let name = self.credential_type.as_str().as_bytes();
        let mut plain = Zeroizing::new(Vec::with_capacity(name.len() + SECRET_LEN));
        plain.extend_from_slice(&*self.secret.to_bytes());
        plain.extend_from_slice(name);
        let kind = match self.usage {
            Some(Use::Record) => Kind::RecordKey,
            Some(Use::Pass) => Kind::PassKey,
            None => return Err(KeyError::NoSuchType(self.credential_type.to_string())),
        };
        let beside = public_file(to);
        if beside.exists() {
            return Err(file::FileRefused::Exists(beside).into());
        }
        write_sealed(to, kind, passphrase, &plain, cost, rng)?;
        let public = self.public_half()?;
        file::write_new(&beside, format!("{}\n", public.to_json()).as_bytes())?;
        Ok(public)
    }

    /// Opens a sealed key.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn open(from: &Path, passphrase: &[u8]) -> Result<Self, KeyError> {
        let sealed = read(from)?;
        let no_key = || KeyError::NoKey(from.to_owned());
        let (usage, plain) = match sealed::open(Kind::RecordKey, passphrase, &sealed) {
            // The kind stands in the clear, so this costs nothing.
            Err(CannotOpen::OtherKind { found: Kind::PassKey, .. }) => {
                (Use::Pass, unseal(from, Kind::PassKey, passphrase, &sealed)?)
            }
            opened => (Use::Record, opened.map_err(|cause| KeyError::NotOpened { file: from.to_owned(), cause })?),
        };
        let (secret, name) = plain.split_at_checked(SECRET_LEN).ok_or_else(no_key)?;
        let secret = SecretKey::from_bytes(secret).map_err(|_| no_key())?;
        let credential_type: TypeName =
            std::str::from_utf8(name).ok().and_then(|name| name.parse().ok()).ok_or_else(no_key)?;
        if is_published_test_key(&secret.public_key()) {
            return Err(KeyError::Published(from.to_owned()));
        }
        Ok(Self::new(credential_type, Some(usage), secret))
    }

    /// The name of the type it signs.
    pub fn credential_type(&self) -> &TypeName {
        &self.credential_type
    }

    /// Its name in the trust list.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// What verifies its signatures.
    pub fn public(&self) -> PublicKey {
        self.secret.public_key()
    }

    /// What the authority needs.
    ///
    /// # Errors
    /// [`Unusable`], which does not happen by chance.
    pub fn public_half(&self) -> Result<PublicHalf, Unusable> {
        PublicHalf::of(&self.secret, self.credential_type.clone())
    }

    /// Signs one credential for the holder behind a commitment. The same input gives the same bytes.
    ///
    /// # Errors
    /// [`Unusable`], which does not happen by chance.
    pub(crate) fn sign(
        &self,
        credential_type: &CredentialType,
        holder: &VerifiedCommitment,
        claims: Claims,
    ) -> Result<Credential, Unusable> {
        let messages = claims.messages();
        let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
        let signature = holder::sign(&self.secret, holder, &credential_type.header(), &messages)?;
        Ok(Credential { key: self.id, claims, signature })
    }

    /// The signatures of several credentials of one holder, with the bytes that each has by itself: what they have in common is
    /// computed once.
    ///
    /// # Errors
    /// [`Unusable`], which does not happen by chance.
    pub(crate) fn sign_batch(
        &self,
        credential_type: &CredentialType,
        holder: &VerifiedCommitment,
        claims: &[Claims],
    ) -> Result<Vec<Signature>, Unusable> {
        let messages: Vec<Vec<Vec<u8>>> = claims.iter().map(Claims::messages).collect();
        let lists: Vec<Vec<&[u8]>> =
            messages.iter().map(|messages| messages.iter().map(Vec::as_slice).collect()).collect();
        let lists: Vec<&[&[u8]]> = lists.iter().map(Vec::as_slice).collect();
        holder::sign_batch(&self.secret, holder, &credential_type.header(), &lists)
    }
}

impl fmt::Debug for IssuingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { credential_type, usage: _, id, secret: _ } = self;
        write!(f, "IssuingKey({credential_type}, {id})")
    }
}

/// The keys that this service holds.
#[derive(Debug, Default)]
pub struct KeyRing(Vec<IssuingKey>);

impl KeyRing {
    /// From keys.
    pub fn new(keys: Vec<IssuingKey>) -> Self {
        Self(keys)
    }

    /// The key of that name.
    pub fn key(&self, id: KeyId) -> Option<&IssuingKey> {
        self.0.iter().find(|key| key.id == id)
    }

    /// All keys.
    pub fn iter(&self) -> impl Iterator<Item = &IssuingKey> {
        self.0.iter()
    }
}

impl ServerSecret {
    /// Writes the sealed secret to a new file.
    ///
    /// # Errors
    /// [`KeyError`]; an existing file is never overwritten.
    pub fn write_new(
        &self,
        to: &Path,
        passphrase: &[u8],
        cost: Cost,
        rng: &mut impl CryptoRng,
    ) -> Result<(), KeyError> {
        write_sealed(to, Kind::ServerSecret, passphrase, self.expose(), cost, rng)
    }

    /// Opens the sealed secret.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn open(from: &Path, passphrase: &[u8]) -> Result<Self, KeyError> {
        let plain = unseal(from, Kind::ServerSecret, passphrase, &read(from)?)?;
        Self::from_bytes(&plain).ok_or_else(|| KeyError::NoKey(from.to_owned()))
    }
}

/// Length of a secret key in bytes.
const SECRET_LEN: usize = 32;

/// Where the public half of a key lies.
pub fn public_file(key: &Path) -> PathBuf {
    let mut name = key.as_os_str().to_owned();
    name.push(".pub");
    PathBuf::from(name)
}

/// Most bytes that a sealed key file may have.
const LONGEST_FILE: usize = 4096;

fn write_sealed(
    to: &Path,
    kind: Kind,
    passphrase: &[u8],
    plain: &[u8],
    cost: Cost,
    rng: &mut impl CryptoRng,
) -> Result<(), KeyError> {
    let sealed = sealed::seal(kind, passphrase, plain, cost, rng)?;
    Ok(file::write_new(to, &sealed)?)
}

fn read(from: &Path) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    Ok(file::read_private(from, LONGEST_FILE)?)
}

fn unseal(from: &Path, kind: Kind, passphrase: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    sealed::open(kind, passphrase, sealed).map_err(|cause| KeyError::NotOpened { file: from.to_owned(), cause })
}
