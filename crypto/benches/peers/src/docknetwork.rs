//! docknetwork's `bbs_plus`: BBS of 2023 in a format of its own, with both of its proofs. Parameters and keys are prepared
//! once; multiplications take variable time.

use std::rc::Rc;

use anyhow::{Result, anyhow};
use ark_bls12_381::{Bls12_381, Fr, G1Affine};
use ark_ff::field_hashers::{DefaultFieldHasher, HashToField};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use bbs_plus::prelude::{
    KeypairG2, PreparedPublicKeyG2, PreparedSignatureParams23G1, Signature23G1, SignatureParams23G1,
};
use sha2::Sha256;

use crate::SIGN_BATCHES;
use crate::work::{Act, Contender, Work};

type Params = SignatureParams23G1<Bls12_381>;

/// What both proofs start from.
#[derive(Clone)]
struct Desk {
    params: Params,
    prepared_params: PreparedSignatureParams23G1<Bls12_381>,
    keys: KeypairG2<Bls12_381>,
    prepared_key: PreparedPublicKeyG2<Bls12_381>,
    hasher: Rc<DefaultFieldHasher<Sha256, 128>>,
    messages: Vec<Vec<u8>>,
    disclosed: Vec<usize>,
    ph: &'static [u8],
    rng: ark_std::rand::rngs::StdRng,
}

fn wrong(error: impl core::fmt::Debug) -> anyhow::Error {
    anyhow!("bbs_plus: {error:?}")
}

impl Desk {
    fn new(work: &Work) -> Self {
        let mut rng = <ark_std::rand::rngs::StdRng as ark_std::rand::SeedableRng>::seed_from_u64(1);
        let params = Params::generate_using_rng(&mut rng, work.messages.len() as u32);
        let keys = KeypairG2::generate_using_rng_and_bbs23_params(&mut rng, &params);
        Self {
            prepared_params: params.clone().into(),
            prepared_key: keys.public_key.clone().into(),
            params,
            keys,
            hasher: Rc::new(<DefaultFieldHasher<Sha256, 128> as HashToField<Fr>>::new(b"message")),
            messages: work.messages.clone(),
            disclosed: work.disclosed.clone(),
            ph: work.ph,
            rng,
        }
    }

    fn scalar(&self, message: &[u8]) -> Fr {
        self.hasher.hash_to_field(message, 1)[0]
    }

    fn scalars(&self) -> Vec<Fr> {
        self.messages.iter().map(|message| self.scalar(message)).collect()
    }

    fn sign(&mut self) -> Result<Signature23G1<Bls12_381>> {
        let messages = self.scalars();
        Signature23G1::new(&mut self.rng, &messages, &self.keys.secret_key, &self.params).map_err(wrong)
    }

    /// Passes for somebody who committed to one more message.
    fn sign_batch(&mut self, passes: &[Vec<Vec<u8>>], params: &Params, commitment: &G1Affine) -> Result<Vec<u8>> {
        // Hashed once where they are the same.
        let common: Vec<Fr> = self.messages.iter().map(|message| self.scalar(message)).collect();
        let mut bytes = Vec::new();
        for pass in passes {
            let day = self.scalar(&pass[0]);
            let messages = core::iter::once(&day).chain(&common[1..]).enumerate().collect();
            let key = &self.keys.secret_key;
            Signature23G1::new_with_committed_messages(&mut self.rng, commitment, messages, key, params)
                .map_err(wrong)?
                .serialize_compressed(&mut bytes)
                .map_err(wrong)?;
        }
        Ok(bytes)
    }

    fn verify(&self, signature: &[u8]) -> Result<()> {
        let signature = Signature23G1::deserialize_compressed(signature).map_err(wrong)?;
        let (key, params) = (self.prepared_key.clone(), self.prepared_params.clone());
        signature.verify(&self.scalars(), key, params).map_err(wrong)
    }
}

/// What takes no proof is the same with either.
fn with_sign_batches(contender: Contender, work: &Work, desk: &Desk) -> Result<Contender> {
    let mut rng = desk.rng.clone();
    let count = work.messages.len();
    let params = Params::generate_using_rng(&mut rng, count as u32 + 1);
    let secret = desk.scalar(b"secret");
    let commitment = params.commit_to_messages([(count, &secret)]).map_err(wrong)?;
    Ok(SIGN_BATCHES.into_iter().fold(contender, |contender, batch| {
        let (mut desk, params, passes) = (desk.clone(), params.clone(), work.passes(batch));
        contender.can(Act::SignBatch(batch), move || desk.sign_batch(&passes, &params, &commitment).map(drop))
    }))
}

macro_rules! docknetwork {
    ($module:ident, $source:ident, $name:literal) => {
        pub(crate) mod $module {
            use std::collections::BTreeMap;

            use anyhow::{Result, ensure};
            use ark_bls12_381::{Bls12_381, Fr};
            use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
            use bbs_plus::prelude::Signature23G1;
            use bbs_plus::$source::{PoKOfSignature23G1Proof, PoKOfSignature23G1Protocol};
            use blake2::Blake2b512;
            use dock_crypto_utils::randomized_pairing_check::RandomizedPairingChecker;
            use dock_crypto_utils::signature::MessageOrBlinding;
            use schnorr_pok::compute_random_oracle_challenge;

            use super::{Desk, with_sign_batches, wrong};
            use crate::work::{Act, Contender, Work};
            use crate::{CHECK_BATCHES, MORE_BATCHES};

            type Signature = Signature23G1<Bls12_381>;
            type Proof = PoKOfSignature23G1Proof<Bls12_381>;

            trait Prover {
                fn prove(&mut self, signature: &Signature) -> Result<Vec<u8>>;
                fn check(&self, proof: &[u8]) -> Result<()>;
                fn check_batch(&mut self, proofs: &[Vec<u8>]) -> Result<()>;
                fn challenge(&self, proof: &Proof, revealed: &BTreeMap<usize, Fr>) -> Result<Fr>;
            }

            impl Prover for Desk {
                fn prove(&mut self, signature: &Signature) -> Result<Vec<u8>> {
                    let messages = self.scalars();
                    let revealed: BTreeMap<usize, Fr> = self.disclosed.iter().map(|i| (*i, messages[*i])).collect();
                    let choices = messages.iter().enumerate().map(|(i, message)| match revealed.contains_key(&i) {
                        true => MessageOrBlinding::RevealMessage(message),
                        false => MessageOrBlinding::BlindMessageRandomly(message),
                    });
                    let rng = &mut self.rng;
                    let protocol =
                        PoKOfSignature23G1Protocol::init(rng, signature, &self.params, choices).map_err(wrong)?;
                    let mut hashed = self.ph.to_vec();
                    protocol.challenge_contribution(&revealed, &self.params, &mut hashed).map_err(wrong)?;
                    let challenge = compute_random_oracle_challenge::<Fr, Blake2b512>(&hashed);
                    let proof = protocol.gen_proof(&challenge).map_err(wrong)?;
                    let mut bytes = Vec::new();
                    proof.serialize_compressed(&mut bytes).map_err(wrong)?;
                    Ok(bytes)
                }

                fn check(&self, proof: &[u8]) -> Result<()> {
                    let proof = Proof::deserialize_compressed(proof).map_err(wrong)?;
                    let revealed: BTreeMap<usize, Fr> =
                        self.disclosed.iter().map(|i| (*i, self.scalar(&self.messages[*i]))).collect();
                    let challenge = self.challenge(&proof, &revealed)?;
                    let (key, params) = (self.prepared_key.clone(), self.prepared_params.clone());
                    proof.verify(&revealed, &challenge, key, params).map_err(wrong)
                }

                fn check_batch(&mut self, proofs: &[Vec<u8>]) -> Result<()> {
                    // Lazily: all Miller loops at the end, which is the faster.
                    let mut checker = RandomizedPairingChecker::new_using_rng(&mut self.rng, true);
                    for proof in proofs {
                        let proof = Proof::deserialize_compressed(&proof[..]).map_err(wrong)?;
                        let revealed: BTreeMap<usize, Fr> =
                            self.disclosed.iter().map(|i| (*i, self.scalar(&self.messages[*i]))).collect();
                        let challenge = self.challenge(&proof, &revealed)?;
                        let (key, params) = (self.prepared_key.clone(), self.prepared_params.clone());
                        proof
                            .verify_with_randomized_pairing_checker(&revealed, &challenge, key, params, &mut checker)
                            .map_err(wrong)?;
                    }
                    ensure!(checker.verify(), "bbs_plus: a batch of what it made does not hold");
                    Ok(())
                }

                fn challenge(&self, proof: &Proof, revealed: &BTreeMap<usize, Fr>) -> Result<Fr> {
                    let mut hashed = self.ph.to_vec();
                    proof.challenge_contribution(revealed, &self.params, &mut hashed).map_err(wrong)?;
                    Ok(compute_random_oracle_challenge::<Fr, Blake2b512>(&hashed))
                }
            }

            pub(crate) fn contender(work: &Work) -> Result<Contender> {
                let mut desk = Desk::new(work);
                let held = desk.sign()?;
                let mut signature = Vec::new();
                held.serialize_compressed(&mut signature).map_err(wrong)?;
                let proof = desk.prove(&held)?;
                let (mut signing, verifying, mut proving, mut holding, checking) =
                    (desk.clone(), desk.clone(), desk.clone(), desk.clone(), desk.clone());
                let (kept, held_by_prover) = (signature.clone(), held.clone());
                let contender = Contender::new($name)
                    .can(Act::Sign, move || {
                        let mut bytes = Vec::new();
                        signing.sign()?.serialize_compressed(&mut bytes).map_err(wrong)
                    })
                    .can(Act::Verify, move || verifying.verify(&signature))
                    .can(Act::Prove, move || {
                        let signature = Signature::deserialize_compressed(&kept[..]).map_err(wrong)?;
                        proving.prove(&signature).map(drop)
                    })
                    .can(Act::ProveHeld, move || holding.prove(&held_by_prover).map(drop))
                    .can(Act::Check, move || checking.check(&proof));
                let contender = with_sign_batches(contender, work, &desk)?;
                Ok(CHECK_BATCHES.into_iter().chain(MORE_BATCHES).fold(contender, |contender, batch| {
                    let (mut desk, signature, mut proofs) = (desk.clone(), held.clone(), Vec::new());
                    contender.can(Act::CheckBatch(batch), move || {
                        // Made by the first call, which warms up.
                        while proofs.len() < batch {
                            proofs.push(desk.prove(&signature)?);
                        }
                        desk.check_batch(&proofs)
                    })
                }))
            }
        }
    };
}

docknetwork!(ietf, proof_23_ietf, "bbs_plus 0.25 `proof_23_ietf`");
docknetwork!(cdl, proof_23_cdl, "bbs_plus 0.25 `proof_23_cdl`");
