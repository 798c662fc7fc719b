use bauta_crypto::{PublicKey, SecretKey, Signature, Suite, Unusable, signature};
use serde::{Deserialize, Serialize};

use crate::attributes::TypeName;
use crate::credential::KeyId;
use crate::text::bytes_of_hex;

/// What an issuer sends to the authority, to be signed as a [`KeyStatement`](super::KeyStatement): the credential type that its new key
/// shall sign, the public half of that key, and the proof that the sender has the secret half.
///
/// As a file it is JSON with four members: `type`, `public_key` (96 bytes in lower-case hexadecimal), `key_id`, which the trust
/// list will call it, and `proof` (80 bytes). What two people compare over the telephone is SHA-256 of the file: `key_id` is too short.
///
/// ```
/// use bauta_spec::trust::{NoPublicHalf, PublicHalf};
/// # use rand_chacha::rand_core::SeedableRng;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(1);
/// # let (key, other_key) = (bauta_crypto::SecretKey::generate(&mut rng), bauta_crypto::SecretKey::generate(&mut rng));
/// let sent = PublicHalf::of(&key, "entry-pass".parse()?)?;
/// assert_eq!(PublicHalf::from_json(sent.to_json().as_bytes())?, sent);
///
/// let typed_over = sent.to_json().replace(&sent.id().to_string(), "00000000");
/// assert_eq!(PublicHalf::from_json(typed_over.as_bytes()), Err(NoPublicHalf::OtherId));
///
/// // Whoever has only seen a key cannot send it in for another type.
/// let for_another_type = sent.to_json().replace("entry-pass", "health-pass");
/// assert_eq!(PublicHalf::from_json(for_another_type.as_bytes()), Err(NoPublicHalf::NotProved));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicHalf {
    credential_type: TypeName,
    key: PublicKey,
    proof: Signature,
}

impl PublicHalf {
    /// Most bytes that such a file may have.
    pub const MAX_BYTES: usize = 1024;

    /// Of this key, for this type.
    ///
    /// # Errors
    /// [`Unusable`], which does not happen by chance.
    pub fn of(key: &SecretKey, credential_type: TypeName) -> Result<Self, Unusable> {
        let proof = signature::sign(Suite::Sha256, key, PROOF_HEADER, &[credential_type.as_str().as_bytes()])?;
        Ok(Self { credential_type, key: key.public_key(), proof })
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
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let written = Written {
            r#type: self.credential_type.clone(),
            public_key: hex(&self.key.to_bytes()),
            key_id: self.id(),
            proof: hex(&self.proof.to_bytes()),
        };
        serde_json::to_string_pretty(&written).expect("four texts can be written as JSON")
    }

    /// Reads the file's content, and believes it only if whoever wrote it had the secret half of the key.
    ///
    /// # Errors
    /// [`NoPublicHalf`].
    pub fn from_json(json: &[u8]) -> Result<Self, NoPublicHalf> {
        let written = (json.len() <= Self::MAX_BYTES).then(|| serde_json::from_slice::<Written>(json).ok());
        let Written { r#type: credential_type, public_key, key_id, proof } =
            written.flatten().ok_or(NoPublicHalf::Malformed)?;
        let bytes = bytes_of_hex::<{ PublicKey::LEN }>(&public_key).map_err(|_| NoPublicHalf::Malformed)?;
        let key = PublicKey::from_bytes(&bytes).map_err(|_| NoPublicHalf::Malformed)?;
        if KeyId::of(&key) != key_id {
            return Err(NoPublicHalf::OtherId);
        }
        let proof = bytes_of_hex::<{ Signature::LEN }>(&proof).map_err(|_| NoPublicHalf::NotProved)?;
        let proof = Signature::from_bytes(&proof).map_err(|_| NoPublicHalf::NotProved)?;
        signature::verify(Suite::Sha256, &key, &proof, PROOF_HEADER, &[credential_type.as_str().as_bytes()])
            .map_err(|_| NoPublicHalf::NotProved)?;
        Ok(Self { credential_type, key, proof })
    }
}

/// Records and passes are signed under another interface and the header of their type, so a proof is neither, and neither is a proof.
const PROOF_HEADER: &[u8] = b"bauta/v1/key-proof";

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Written {
    r#type: TypeName,
    public_key: String,
    key_id: KeyId,
    proof: String,
}

/// Nothing that an authority could sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPublicHalf {
    /// Not that JSON, or the key in it is none.
    #[error("this is not a public key file: take the .pub file that `bauta-issuer keygen` wrote")]
    Malformed,
    /// Somebody sends a key in of which they have only the public half, or for another type than its owner made it for.
    #[error(
        "the proof in this file does not hold: whoever sent it has not shown that the secret half of this key is theirs. Ask the \
         issuer for the .pub file that `bauta-issuer keygen` wrote"
    )]
    NotProved,
    /// A slip, or somebody has put another key in.
    #[error("the key id does not belong to the public key: ask the issuer for the file again")]
    OtherId,
}
