//! Ours, on either backend.

macro_rules! ours {
    ($module:ident, $name:literal, $krate:ident) => {
        pub(crate) mod $module {
            use anyhow::Result;
            use rand_chacha::ChaCha20Rng;
            use rand_chacha::rand_core::SeedableRng;
            use $krate::proof::{self, Prover};
            use $krate::{Proof, PublicKey, SecretKey, Signature, Suite, signature};

            use crate::work::{Act, Contender, Work};

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
            }

            pub(crate) fn contender(work: &Work) -> Result<Contender> {
                let desk = || Desk::new(work);
                let signature = desk().sign()?;
                let proof = desk().prove(&signature)?;
                let (signing, verifying, mut proving, mut holding, checking) = (desk(), desk(), desk(), desk(), desk());
                let held = holding.hold(&signature)?;
                Ok(Contender::new($name)
                    .can(Act::Sign, move || signing.sign().map(drop))
                    .can(Act::Verify, move || verifying.verify(&signature))
                    .can(Act::Prove, move || proving.prove(&signature).map(drop))
                    .can(Act::ProveHeld, move || holding.prove_held(&held).map(drop))
                    .can(Act::Check, move || checking.check(&proof)))
            }
        }
    };
}

ours!(blst, "**Bauta**, blst", bauta_crypto);
ours!(portable, "**Bauta**, pure Rust", bauta_crypto_portable);
