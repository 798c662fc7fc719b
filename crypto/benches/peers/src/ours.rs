//! Ours, on either backend.

macro_rules! ours {
    ($module:ident, $name:literal, $krate:ident) => {
        pub(crate) mod $module {
            use std::rc::Rc;

            use anyhow::Result;
            use rand_chacha::ChaCha20Rng;
            use rand_chacha::rand_core::SeedableRng;
            use $krate::holder::{self, VerifiedCommitment};
            use $krate::proof::{self, Batch, Prover};
            use $krate::pseudonym::HolderSecret;
            use $krate::{Proof, PublicKey, SecretKey, Signature, Suite, signature};

            use crate::work::{Act, Contender, Work};
            use crate::{CHECK_BATCHES, MORE_BATCHES, SIGN_BATCHES};

            const SUITE: Suite = Suite::Sha256;

            /// Everything that one act needs.
            struct Desk {
                sk: SecretKey,
                pk: PublicKey,
                header: &'static [u8],
                ph: &'static [u8],
                messages: Vec<Vec<u8>>,
                disclosed: Vec<usize>,
                rng: ChaCha20Rng,
            }

            impl Desk {
                fn new(work: &Work) -> Self {
                    let mut rng = ChaCha20Rng::seed_from_u64(1);
                    let sk = SecretKey::generate(&mut rng);
                    let pk = sk.public_key();
                    let Work { messages, disclosed, header, ph } = work;
                    Self { sk, pk, header, ph, messages: messages.clone(), disclosed: disclosed.clone(), rng }
                }

                fn slices(&self) -> Vec<&[u8]> {
                    self.messages.iter().map(Vec::as_slice).collect()
                }

                fn sign(&self) -> Result<[u8; Signature::LEN]> {
                    Ok(signature::sign(SUITE, &self.sk, self.header, &self.slices())?.to_bytes())
                }

                fn verify(&self, signature: &[u8]) -> Result<()> {
                    let signature = Signature::from_bytes(signature)?;
                    Ok(signature::verify(SUITE, &self.pk, &signature, self.header, &self.slices())?)
                }

                fn prove(&mut self, signature: &[u8]) -> Result<Vec<u8>> {
                    let signature = Signature::from_bytes(signature)?;
                    let messages: Vec<&[u8]> = self.messages.iter().map(Vec::as_slice).collect();
                    let Self { pk, header, ph, disclosed, rng, .. } = self;
                    Ok(proof::proof_gen(SUITE, pk, &signature, header, ph, &messages, disclosed, rng)?.to_bytes())
                }

                fn hold(&self, signature: &[u8]) -> Result<Prover> {
                    let signature = Signature::from_bytes(signature)?;
                    Ok(Prover::new(SUITE, &self.pk, &signature, self.header, &self.slices())?)
                }

                fn prove_held(&mut self, held: &Prover) -> Result<Vec<u8>> {
                    Ok(held.prove(self.ph, &self.disclosed, &mut self.rng)?.to_bytes())
                }

                fn check(&self, proof: &[u8]) -> Result<()> {
                    let proof = Proof::from_bytes(proof)?;
                    let shown: Vec<(usize, &[u8])> =
                        self.disclosed.iter().map(|i| (*i, self.messages[*i].as_slice())).collect();
                    Ok(proof::proof_verify(SUITE, &self.pk, &proof, self.header, self.ph, &shown)?)
                }

                fn sign_batch(&self, commitment: &VerifiedCommitment, passes: &[Vec<Vec<u8>>]) -> Result<Vec<u8>> {
                    let lists: Vec<Vec<&[u8]>> =
                        passes.iter().map(|pass| pass.iter().map(Vec::as_slice).collect()).collect();
                    let lists: Vec<&[&[u8]]> = lists.iter().map(Vec::as_slice).collect();
                    let signatures = holder::sign_batch(&self.sk, commitment, self.header, &lists)?;
                    Ok(signatures.iter().flat_map(Signature::to_bytes).collect())
                }

                fn check_batch(&mut self, proofs: &[Vec<u8>]) -> Result<()> {
                    let Self { pk, header, ph, messages, disclosed, rng, .. } = self;
                    let mut batch = Batch::default();
                    for proof in proofs {
                        let proof = Proof::from_bytes(proof)?;
                        let shown: Vec<(usize, &[u8])> =
                            disclosed.iter().map(|i| (*i, messages[*i].as_slice())).collect();
                        batch.add(SUITE, pk, &proof, header, ph, &shown);
                    }
                    batch.verdicts(rng).into_iter().try_for_each(|verdict| Ok(verdict?))
                }
            }

            pub(crate) fn contender(work: &Work) -> Result<Contender> {
                let desk = || Desk::new(work);
                let signature = desk().sign()?;
                let proof = desk().prove(&signature)?;
                let (signing, verifying, mut proving, mut holding, checking) = (desk(), desk(), desk(), desk(), desk());
                let held = holding.hold(&signature)?;
                let contender = Contender::new($name)
                    .can(Act::Sign, move || signing.sign().map(drop))
                    .can(Act::Verify, move || verifying.verify(&signature))
                    .can(Act::Prove, move || proving.prove(&signature).map(drop))
                    .can(Act::ProveHeld, move || holding.prove_held(&held).map(drop))
                    .can(Act::Check, move || checking.check(&proof));

                let mut desk = desk();
                let secret = HolderSecret::generate(&mut desk.rng);
                let (commitment, _) = holder::commit(&secret, &mut desk.rng)?;
                let contender = SIGN_BATCHES.into_iter().try_fold(contender, |contender, batch| {
                    let (desk, passes) = (Desk::new(work), work.passes(batch));
                    let commitment = holder::verify_commitment(&commitment)?;
                    let run = move || desk.sign_batch(&commitment, &passes).map(drop);
                    anyhow::Ok(contender.can(Act::SignBatch(batch), run))
                })?;
                let held = Rc::new(desk.hold(&signature)?);
                Ok(CHECK_BATCHES.into_iter().chain(MORE_BATCHES).fold(contender, |contender, batch| {
                    let (mut desk, held, mut proofs) = (Desk::new(work), Rc::clone(&held), Vec::new());
                    contender.can(Act::CheckBatch(batch), move || {
                        // Made by the first call, which warms up.
                        while proofs.len() < batch {
                            proofs.push(desk.prove_held(&held)?);
                        }
                        desk.check_batch(&proofs)
                    })
                }))
            }
        }
    };
}

ours!(blst, "**Bauta** on blst", bauta_crypto);
ours!(portable, "**Bauta** in pure Rust", bauta_crypto_portable);
