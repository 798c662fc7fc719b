//! The two ciphersuites of the drafts, the three interfaces, and the hashes that belong to them.

use alloc::vec::Vec;

use zeroize::Zeroizing;

use crate::curve::{Public, Scalar, expand_message};

/// A ciphersuite of draft-irtf-cfrg-bbs-signatures, section 7. Bauta's documents use `Sha256` alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Suite {
    /// `BBS_BLS12381G1_XMD:SHA-256_SSWU_RO_`
    Sha256,
    /// `BBS_BLS12381G1_XOF:SHAKE-256_SSWU_RO_`
    Shake256,
}

impl Suite {
    /// `ciphersuite_id`. Change it, and nothing ever signed verifies.
    pub(crate) fn id(self) -> &'static [u8] {
        match self {
            Self::Sha256 => b"BBS_BLS12381G1_XMD:SHA-256_SSWU_RO_",
            Self::Shake256 => b"BBS_BLS12381G1_XOF:SHAKE-256_SSWU_RO_",
        }
    }

    /// `hash_to_scalar`, BBS draft, section 4.2.2.
    pub(crate) fn hash_to_scalar(self, message: &[u8], dst: &[u8]) -> Scalar {
        Scalar::from_expanded(&expand_message(self, message, dst))
    }

    /// The same of a message that everybody may know.
    pub(crate) fn hash_to_public(self, message: &[u8], dst: &[u8]) -> Public {
        Public::from_expanded(&expand_message(self, message, dst))
    }
}

/// What a signature is for. Each interface has generators and hashes of its own, so none can be taken for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interface {
    /// draft-irtf-cfrg-bbs-signatures
    Plain,
    /// draft-irtf-cfrg-bbs-blind-signatures
    Blind,
    /// draft-irtf-cfrg-bbs-per-verifier-linkability
    Pseudonym,
}

impl Interface {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Plain => b"H2G_HM2S_",
            Self::Blind => b"BLIND_H2G_HM2S_",
            Self::Pseudonym => b"H2G_HM2S_PSEUDONYM_",
        }
    }
}

/// An interface over a ciphersuite: what the drafts call `api_id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Api {
    pub(crate) suite: Suite,
    pub(crate) interface: Interface,
}

impl Api {
    /// `api_id ‖ label`: a domain separation tag.
    pub(crate) fn tag(self, label: &[u8]) -> Vec<u8> {
        [self.suite.id(), self.interface.label(), label].concat()
    }

    /// For signatures, domains and challenges alike: the drafts' tag ends in `H2S_`.
    pub(crate) fn hash_to_scalar(self, message: &[u8]) -> Scalar {
        self.suite.hash_to_scalar(message, &self.tag(b"H2S_"))
    }

    /// The same of what everybody may know, as domains and challenges are.
    pub(crate) fn hash_to_public(self, message: &[u8]) -> Public {
        self.suite.hash_to_public(message, &self.tag(b"H2S_"))
    }

    /// `messages_to_scalars`, BBS draft, section 4.1.2, for one message.
    pub(crate) fn message_to_scalar(self, message: &[u8]) -> Scalar {
        self.suite.hash_to_scalar(message, &self.tag(MESSAGE_TAG))
    }

    /// The same of a message that was disclosed.
    pub(crate) fn disclosed_to_scalar(self, message: &[u8]) -> Public {
        self.suite.hash_to_public(message, &self.tag(MESSAGE_TAG))
    }

    /// `messages_to_scalars`. Messages are facts about somebody: the scalars are wiped when dropped.
    pub(crate) fn messages_to_scalars(self, messages: &[&[u8]]) -> Zeroizing<Vec<Scalar>> {
        Zeroizing::new(messages.iter().map(|message| self.message_to_scalar(message)).collect())
    }
}

/// Keeps messages apart from everything else that is hashed. Change it, and nothing ever signed verifies.
const MESSAGE_TAG: &[u8] = b"MAP_MSG_TO_SCALAR_AS_HASH_";

/// `I2OSP(length, 8)`: every count and length that is hashed.
pub(crate) fn i2osp8(length: usize) -> [u8; 8] {
    (length as u64).to_be_bytes()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    extern crate std;
    use std::fs;

    use super::*;

    const FOLDERS: [(Suite, &str); 2] =
        [(Suite::Sha256, "bls12-381-sha-256"), (Suite::Shake256, "bls12-381-shake-256")];

    fn read(folder: &str, file: &str) -> serde_json::Value {
        let path = std::format!("tests/vectors/bbs/{folder}/{file}");
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    }

    fn bytes(value: &serde_json::Value) -> Vec<u8> {
        hex::decode(value.as_str().unwrap()).unwrap()
    }

    #[test]
    fn hash_to_scalar() {
        for (suite, folder) in FOLDERS {
            let vector = read(folder, "h2s.json");
            let found = suite.hash_to_scalar(&bytes(&vector["message"]), &bytes(&vector["dst"]));
            assert_eq!(found.to_bytes().to_vec(), bytes(&vector["scalar"]));
        }
    }

    #[test]
    fn messages_to_scalars() {
        for (suite, folder) in FOLDERS {
            let vector = read(folder, "MapMessageToScalarAsHash.json");
            let api = Api { suite, interface: Interface::Plain };
            assert_eq!(api.tag(b"MAP_MSG_TO_SCALAR_AS_HASH_"), bytes(&vector["dst"]));
            let cases = vector["cases"].as_array().unwrap();
            assert_eq!(cases.len(), 10);
            for case in cases {
                assert_eq!(api.message_to_scalar(&bytes(&case["message"])).to_bytes().to_vec(), bytes(&case["scalar"]));
            }
        }
    }
}
