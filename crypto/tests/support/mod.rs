//! What the tests of vectors share: reading them, and the drafts' made-up randomness.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::path::Path;
use std::{env, fs};

use bauta_crypto::Suite;
use bls12_381::hash_to_curve::{ExpandMessage, ExpandMsgXmd, ExpandMsgXof, HashToField};
use rand_core::{TryCryptoRng, TryRng};
use serde_json::Value;
use sha2::Sha256;
use sha3::Shake256;

pub(crate) fn read(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The file that holds what is `made` here, after writing it if that is asked for.
#[allow(dead_code, reason = "the drafts' vectors are not made here")]
pub(crate) fn kept(path: &Path, made: &Value) -> Value {
    if env::var_os("BAUTA_WRITE_VECTORS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("{}\n", serde_json::to_string_pretty(made).unwrap())).unwrap();
    }
    read(path)
}

/// Holds what is made here against `refused` in a folder, one file for each flaw, none of which may be accepted.
#[allow(dead_code, reason = "the drafts' vectors are not made here")]
pub(crate) fn all_refused(folder: &str, flaws: &[(&str, Value)], accepts: impl Fn(&Value) -> bool) {
    let folder = Path::new(folder).join("refused");
    for (flaw, vector) in flaws {
        assert_eq!(&kept(&folder.join(format!("{flaw}.json")), vector), vector, "{flaw}");
        assert!(!accepts(vector), "accepted: {flaw}");
    }
    assert_eq!(fs::read_dir(folder).unwrap().count(), flaws.len(), "a file that nobody makes");
}

pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().unwrap()).unwrap()
}

pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

pub(crate) fn all(value: &Value) -> Vec<Vec<u8>> {
    list(value).iter().map(bytes).collect()
}

pub(crate) fn slices(messages: &[Vec<u8>]) -> Vec<&[u8]> {
    messages.iter().map(Vec::as_slice).collect()
}

/// `mocked_calculate_random_scalars` as a generator of bytes: 64 for each scalar, as the library draws them. The library has no other way
/// to be given its randomness.
pub(crate) struct Mocked(pub(crate) VecDeque<[u8; 32]>);

impl Mocked {
    pub(crate) fn new(suite: Suite, seed: &[u8], dst: &[u8], count: usize) -> Self {
        let expanded = expand(suite, seed, dst, 48 * count);
        Self(
            expanded
                .chunks(48)
                .map(|chunk| {
                    let mut wide = [0; 64];
                    wide[16..].copy_from_slice(chunk);
                    wide.reverse();
                    let mut scalar = bls12_381::Scalar::from_bytes_wide(&wide).to_bytes();
                    scalar.reverse();
                    scalar
                })
                .collect(),
        )
    }
}

impl TryRng for Mocked {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        panic!("scalars are drawn as 64 bytes")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        panic!("scalars are drawn as 64 bytes")
    }

    fn try_fill_bytes(&mut self, wide: &mut [u8]) -> Result<(), Infallible> {
        wide[..32].fill(0);
        wide[32..].copy_from_slice(&self.0.pop_front().expect("more than 5 + U random scalars were drawn"));
        Ok(())
    }
}

impl TryCryptoRng for Mocked {}

pub(crate) fn expand(suite: Suite, message: &[u8], dst: &[u8], length: usize) -> Vec<u8> {
    type DigestLength = <bls12_381::Scalar as HashToField>::XofOutputLength;
    match suite {
        Suite::Sha256 => ExpandMsgXmd::<Sha256>::init_expand::<_, DigestLength>([message], dst, length).into_vec(),
        Suite::Shake256 => ExpandMsgXof::<Shake256>::init_expand::<_, DigestLength>([message], dst, length).into_vec(),
    }
}
