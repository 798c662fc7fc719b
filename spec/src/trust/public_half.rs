use bauta_crypto::PublicKey;
use serde::{Deserialize, Serialize};

use crate::attributes::TypeName;
use crate::credential::KeyId;
use crate::text::bytes_of_hex;

/// What an issuer sends to the authority, to be signed as a [`KeyStatement`](super::KeyStatement): the credential type that its new key
/// shall sign, and the public half of that key.
///
/// As a file it is JSON with three members: `type`, `public_key` (96 bytes in lower-case hexadecimal) and `key_id`, which a person can
/// compare over the telephone.
///
/// ```
/// use bauta_spec::trust::{NoPublicHalf, PublicHalf};
/// # use rand_chacha::rand_core::SeedableRng;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let key = bauta_crypto::SecretKey::generate(&mut rand_chacha::ChaCha20Rng::seed_from_u64(1)).public_key();
/// let sent = PublicHalf::new("entry-pass".parse()?, key);
/// assert_eq!(PublicHalf::from_json(sent.to_json().as_bytes())?, sent);
///
/// let typed_over = sent.to_json().replace(&sent.id().to_string(), "00000000");
/// assert_eq!(PublicHalf::from_json(typed_over.as_bytes()), Err(NoPublicHalf::OtherId));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicHalf {
    credential_type: TypeName,
    key: PublicKey,
}

impl PublicHalf {
    /// Most bytes that such a file may have.
    pub const MAX_BYTES: usize = 1024;

    /// For this type and key.
    pub fn new(credential_type: TypeName, key: PublicKey) -> Self {
        Self { credential_type, key }
    }

    /// The name of the type that the key shall sign.
    pub fn credential_type(&self) -> &TypeName {
        &self.credential_type
    }

    /// The key.
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// What the trust list will call the key.
    pub fn id(&self) -> KeyId {
        KeyId::of(&self.key)
    }

    /// The file's content, without an end of line.
    pub fn to_json(&self) -> String {
        let public_key = self.key.to_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        let written = Written { r#type: self.credential_type.clone(), public_key, key_id: self.id() };
        serde_json::to_string_pretty(&written).expect("three texts can be written as JSON")
    }

    /// Reads the file's content.
    ///
    /// # Errors
    /// [`NoPublicHalf`].
    pub fn from_json(json: &[u8]) -> Result<Self, NoPublicHalf> {
        let written = (json.len() <= Self::MAX_BYTES).then(|| serde_json::from_slice::<Written>(json).ok());
        let Written { r#type, public_key, key_id } = written.flatten().ok_or(NoPublicHalf::Malformed)?;
        let bytes = bytes_of_hex::<{ PublicKey::LEN }>(&public_key).map_err(|_| NoPublicHalf::Malformed)?;
        let key = PublicKey::from_bytes(&bytes).map_err(|_| NoPublicHalf::Malformed)?;
        let half = Self::new(r#type, key);
        if half.id() == key_id { Ok(half) } else { Err(NoPublicHalf::OtherId) }
    }
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Written {
    r#type: TypeName,
    public_key: String,
    key_id: KeyId,
}

/// Nothing that an authority could sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPublicHalf {
    /// Not that JSON, or the key in it is none.
    #[error("this is not a public key file: take the .pub file that `bauta-issuer keygen` wrote")]
    Malformed,
    /// A slip, or somebody has put another key in.
    #[error("the key id does not belong to the public key: ask the issuer for the file again")]
    OtherId,
}
