//! What `bench.mjs` needs of bauta-crypto, and nothing for anybody else: wallet and verifier have bindings of their own.
#![forbid(unsafe_code)]

use bauta_crypto::proof::{self, Batch, Prover};
use bauta_crypto::{Proof, PublicKey, SecretKey, Signature, Suite, signature};
use getrandom::SysRng;
use js_sys::Uint8Array;
use rand_core::UnwrapErr;
use wasm_bindgen::prelude::*;

const SUITE: Suite = Suite::Sha256;

/// Signs.
#[wasm_bindgen]
pub struct Signer(SecretKey);

#[wasm_bindgen]
impl Signer {
    /// With a fresh key.
    #[wasm_bindgen(constructor)]
    pub fn generate() -> Self {
        Self(SecretKey::generate(&mut UnwrapErr(SysRng)))
    }

    /// Messages to signature.
    pub fn sign(&self, header: &[u8], messages: Vec<Uint8Array>) -> Result<Vec<u8>, JsError> {
        let messages = Messages::new(messages);
        Ok(signature::sign(SUITE, &self.0, header, &messages.slices())?.to_bytes().into())
    }

    /// Who verifies what it signs. Keeps the decoded key.
    pub fn verifier(&self) -> Verifier {
        Verifier(self.0.public_key())
    }
}

/// Knows a public key.
#[wasm_bindgen]
pub struct Verifier(PublicKey);

#[wasm_bindgen]
impl Verifier {
    /// Signature bytes to verdict.
    pub fn verify(&self, signature: &[u8], header: &[u8], messages: Vec<Uint8Array>) -> Result<(), JsError> {
        let (signature, messages) = (Signature::from_bytes(signature)?, Messages::new(messages));
        Ok(signature::verify(SUITE, &self.0, &signature, header, &messages.slices())?)
    }

    /// Signature bytes to proof bytes, the signature being verified in between.
    pub fn prove(
        &self,
        signature: &[u8],
        header: &[u8],
        ph: &[u8],
        messages: Vec<Uint8Array>,
        disclosed: Vec<usize>,
    ) -> Result<Vec<u8>, JsError> {
        self.hold(signature, header, messages)?.prove(ph, disclosed)
    }

    /// Verifies a signature once, for a holder that proves it more than once.
    pub fn hold(&self, signature: &[u8], header: &[u8], messages: Vec<Uint8Array>) -> Result<Holder, JsError> {
        let (signature, messages) = (Signature::from_bytes(signature)?, Messages::new(messages));
        Ok(Holder(Prover::new(SUITE, &self.0, &signature, header, &messages.slices())?))
    }

    /// Proof bytes to verdict.
    pub fn check(
        &self,
        proof: &[u8],
        header: &[u8],
        ph: &[u8],
        messages: Vec<Uint8Array>,
        indexes: Vec<usize>,
    ) -> Result<(), JsError> {
        let (proof, messages) = (Proof::from_bytes(proof)?, Messages::new(messages));
        Ok(proof::proof_verify(SUITE, &self.0, &proof, header, ph, &messages.disclosed(&indexes))?)
    }

    /// The bytes of many proofs, that disclose the same, to one verdict.
    #[wasm_bindgen(js_name = checkBatch)]
    pub fn check_batch(
        &self,
        proofs: Vec<Uint8Array>,
        header: &[u8],
        ph: &[u8],
        messages: Vec<Uint8Array>,
        indexes: Vec<usize>,
    ) -> Result<(), JsError> {
        let messages = Messages::new(messages);
        let mut batch = Batch::default();
        for proof in proofs {
            let proof = Proof::from_bytes(&proof.to_vec())?;
            batch.add(SUITE, &self.0, &proof, header, ph, &messages.disclosed(&indexes));
        }
        Ok(batch.verdicts(&mut UnwrapErr(SysRng)).into_iter().collect::<Result<(), _>>()?)
    }
}

/// Holds a signature that was verified before.
#[wasm_bindgen]
pub struct Holder(Prover);

#[wasm_bindgen]
impl Holder {
    /// To proof bytes.
    pub fn prove(&self, ph: &[u8], disclosed: Vec<usize>) -> Result<Vec<u8>, JsError> {
        Ok(self.0.prove(ph, &disclosed, &mut UnwrapErr(SysRng))?.to_bytes())
    }
}

/// Copied out of JavaScript's memory, as every binding has to.
struct Messages(Vec<Vec<u8>>);

impl Messages {
    fn new(messages: Vec<Uint8Array>) -> Self {
        Self(messages.iter().map(Uint8Array::to_vec).collect())
    }

    fn slices(&self) -> Vec<&[u8]> {
        self.0.iter().map(Vec::as_slice).collect()
    }

    fn disclosed(&self, indexes: &[usize]) -> Vec<(usize, &[u8])> {
        indexes.iter().copied().zip(self.slices()).collect()
    }
}
