//! `zkryptium`: the drafts' own format.

use anyhow::{Result, anyhow};
use zkryptium::bbsplus::keys::{BBSplusPublicKey, BBSplusSecretKey};
use zkryptium::keys::pair::KeyPair;
use zkryptium::schemes::algorithms::BbsBls12381Sha256;
use zkryptium::schemes::generics::{PoKSignature, Signature};

use crate::work::{Act, Contender, Work};

type Theirs = Signature<BbsBls12381Sha256>;
type TheirProof = PoKSignature<BbsBls12381Sha256>;

#[derive(Clone)]
struct Desk {
    sk: BBSplusSecretKey,
    pk: BBSplusPublicKey,
    header: &'static [u8],
    ph: &'static [u8],
    messages: Vec<Vec<u8>>,
    shown: Vec<Vec<u8>>,
    disclosed: Vec<usize>,
}

fn wrong(error: impl core::fmt::Debug) -> anyhow::Error {
    anyhow!("zkryptium: {error:?}")
}

impl Desk {
    fn sign(&self) -> Result<[u8; 80]> {
        let signature = Theirs::sign(Some(&self.messages), &self.sk, &self.pk, Some(self.header)).map_err(wrong)?;
        Ok(signature.to_bytes())
    }

    fn verify(&self, signature: &[u8; 80]) -> Result<()> {
        let signature = Theirs::from_bytes(signature).map_err(wrong)?;
        signature.verify(&self.pk, Some(&self.messages), Some(self.header)).map_err(wrong)
    }

    fn prove(&self, signature: &[u8; 80]) -> Result<Vec<u8>> {
        let (header, ph) = (Some(self.header), Some(self.ph));
        let (messages, disclosed) = (Some(&self.messages[..]), Some(&self.disclosed[..]));
        let proof = TheirProof::proof_gen(&self.pk, signature, header, ph, messages, disclosed).map_err(wrong)?;
        Ok(proof.to_bytes())
    }

    fn check(&self, proof: &[u8]) -> Result<()> {
        let proof = TheirProof::from_bytes(proof).map_err(wrong)?;
        let (header, ph) = (Some(self.header), Some(self.ph));
        proof.proof_verify(&self.pk, Some(&self.shown), Some(&self.disclosed), header, ph).map_err(wrong)
    }
}

pub(crate) fn contender(work: &Work) -> Result<Contender> {
    let keys = KeyPair::<BbsBls12381Sha256>::generate(&[7; 32], None, None).map_err(wrong)?;
    let desk = Desk {
        sk: keys.private_key().clone(),
        pk: keys.public_key().clone(),
        header: work.header,
        ph: work.ph,
        messages: work.messages.clone(),
        shown: work.disclosed.iter().map(|i| work.messages[*i].clone()).collect(),
        disclosed: work.disclosed.clone(),
    };
    let signature = desk.sign()?;
    let proof = desk.prove(&signature)?;
    let (signing, verifying, proving) = (desk.clone(), desk.clone(), desk.clone());
    Ok(Contender::new("zkryptium 0.8")
        .can(Act::Sign, move || signing.sign().map(drop))
        .can(Act::Verify, move || verifying.verify(&signature))
        .can(Act::Prove, move || proving.prove(&signature).map(drop))
        .can(Act::Check, move || desk.check(&proof)))
}
