//! An implementation that we did not write, `zkryptium`: what it makes holds here, and what we make holds there. Random
//! keys and messages, both suites, all three drafts. It is a peer for honest data only.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use bauta_crypto::blind::{Disclosed, Indexes, Known};
use bauta_crypto::pseudonym::{CommitmentWithProof, HolderSecret, ProverBlind, Pseudonym, SignerNymEntropy};
use bauta_crypto::{Proof, PublicKey, SecretKey, Signature, Suite, blind, proof, pseudonym, signature};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use zkryptium::bbsplus::commitment::BlindFactor;
use zkryptium::bbsplus::keys::{BBSplusPublicKey, BBSplusSecretKey};
use zkryptium::bbsplus::pseudonym::{BBSplusPseudonym, PseudonymSecret};
use zkryptium::schemes::algorithms::{BbsBls12381Sha256, BbsBls12381Shake256};
use zkryptium::schemes::generics;

const ROUNDS: u64 = 6;

/// One round of random data.
struct Data {
    rng: ChaCha20Rng,
    sk: SecretKey,
    pk: PublicKey,
    their_sk: BBSplusSecretKey,
    their_pk: BBSplusPublicKey,
    header: Vec<u8>,
    ph: Vec<u8>,
    context: Vec<u8>,
    messages: Vec<Vec<u8>>,
    committed: Vec<Vec<u8>>,
    shown: Vec<usize>,
    shown_committed: Vec<usize>,
}

impl Data {
    fn new(seed: u64) -> Self {
        println!("seed {seed}");
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let sk = SecretKey::generate(&mut rng);
        let mut bytes = || {
            let mut bytes = vec![0; (rng.next_u32() % 60) as usize];
            rng.fill_bytes(&mut bytes);
            bytes
        };
        let (header, ph, context) = (bytes(), bytes(), bytes());
        let messages: Vec<Vec<u8>> = (0..seed % 6).map(|_| bytes()).collect();
        let committed: Vec<Vec<u8>> = (0..(seed + 3) % 5).map(|_| bytes()).collect();
        let choice = rng.next_u32();
        let shown = (0..messages.len()).filter(|i| choice >> i & 1 == 1).collect();
        let shown_committed = (0..committed.len()).filter(|j| choice >> (j + 16) & 1 == 1).collect();
        Self {
            pk: sk.public_key(),
            their_sk: BBSplusSecretKey::from_bytes(sk.to_bytes().as_ref()).unwrap(),
            their_pk: BBSplusPublicKey::from_bytes(&sk.public_key().to_bytes()).unwrap(),
            rng,
            sk,
            header,
            ph,
            context,
            messages,
            committed,
            shown,
            shown_committed,
        }
    }
}

fn slices(messages: &[Vec<u8>]) -> Vec<&[u8]> {
    messages.iter().map(Vec::as_slice).collect()
}

fn pick(messages: &[Vec<u8>], indexes: &[usize]) -> Vec<Vec<u8>> {
    indexes.iter().map(|i| messages[*i].clone()).collect()
}

fn pairs<'a>(messages: &'a [Vec<u8>], indexes: &[usize]) -> Vec<(usize, &'a [u8])> {
    indexes.iter().map(|i| (*i, &messages[*i][..])).collect()
}

macro_rules! peers {
    ($name:ident, $suite:expr, $scheme:ty) => {
        mod $name {
            use super::*;

            const SUITE: Suite = $suite;
            type TheirSignature = generics::Signature<$scheme>;
            type TheirBlindSignature = generics::BlindSignature<$scheme>;
            type TheirCommitment = generics::Commitment<$scheme>;
            type TheirProof = generics::PoKSignature<$scheme>;

            #[test]
            fn signatures_and_proofs() {
                for seed in 0..ROUNDS {
                    let mut data = Data::new(seed);
                    let messages = slices(&data.messages);
                    let ours = signature::sign(SUITE, &data.sk, &data.header, &messages).unwrap();
                    let theirs =
                        TheirSignature::sign(Some(&data.messages), &data.their_sk, &data.their_pk, Some(&data.header));
                    let theirs = theirs.unwrap();
                    assert_eq!(ours.to_bytes(), theirs.to_bytes());
                    theirs.verify(&data.their_pk, Some(&data.messages), Some(&data.header)).unwrap();
                    signature::verify(SUITE, &data.pk, &ours, &data.header, &messages).unwrap();

                    let ours = proof::proof_gen(
                        SUITE,
                        &data.pk,
                        &ours,
                        &data.header,
                        &data.ph,
                        &messages,
                        &data.shown,
                        &mut data.rng,
                    );
                    let shown = pick(&data.messages, &data.shown);
                    TheirProof::from_bytes(&ours.unwrap().to_bytes())
                        .unwrap()
                        .proof_verify(
                            &data.their_pk,
                            Some(&shown),
                            Some(&data.shown),
                            Some(&data.header),
                            Some(&data.ph),
                        )
                        .unwrap();
                    let theirs = TheirProof::proof_gen(
                        &data.their_pk,
                        &theirs.to_bytes(),
                        Some(&data.header),
                        Some(&data.ph),
                        Some(&data.messages),
                        Some(&data.shown),
                    );
                    let theirs = Proof::from_bytes(&theirs.unwrap().to_bytes()).unwrap();
                    let disclosed = pairs(&data.messages, &data.shown);
                    proof::proof_verify(SUITE, &data.pk, &theirs, &data.header, &data.ph, &disclosed).unwrap();
                }
            }

            #[test]
            fn blind_signatures_and_proofs() {
                for seed in 100..100 + ROUNDS {
                    let mut data = Data::new(seed);
                    let (messages, committed) = (slices(&data.messages), slices(&data.committed));
                    // Our commitment, and theirs: each is signed by both.
                    let (ours, our_blind) = blind::commit(SUITE, &committed, &mut data.rng).unwrap();
                    let (theirs, their_blind) = TheirCommitment::commit(Some(&data.committed)).unwrap();
                    let their_blind = ProverBlind::from_bytes(&their_blind.to_bytes()).unwrap();
                    for (commitment, prover_blind) in [(ours.to_bytes(), our_blind), (theirs.to_bytes(), their_blind)] {
                        let decoded = CommitmentWithProof::from_bytes(&commitment).unwrap();
                        let ours = blind::blind_sign(SUITE, &data.sk, Some(&decoded), &data.header, &messages).unwrap();
                        let theirs = TheirBlindSignature::blind_sign(
                            &data.their_sk,
                            &data.their_pk,
                            Some(&commitment),
                            Some(&data.header),
                            Some(&data.messages),
                        );
                        let theirs = theirs.unwrap();
                        assert_eq!(ours.to_bytes(), theirs.to_bytes());
                        let known =
                            Known { messages: &messages, committed_messages: &committed, blind: Some(&prover_blind) };
                        blind::verify_blind_sign(SUITE, &data.pk, &ours, &data.header, &known).unwrap();
                        let factor = BlindFactor::from_bytes(&prover_blind.to_bytes()).unwrap();

                        let made = blind::blind_proof_gen(
                            SUITE,
                            &data.pk,
                            &ours,
                            &data.header,
                            &data.ph,
                            &known,
                            &Indexes { messages: &data.shown, committed_messages: &data.shown_committed },
                            &mut data.rng,
                        );
                        TheirProof::from_bytes(&made.unwrap().to_bytes())
                            .unwrap()
                            .blind_proof_verify(
                                &data.their_pk,
                                Some(&data.header),
                                Some(&data.ph),
                                Some(messages.len()),
                                Some(&pick(&data.messages, &data.shown)),
                                Some(&pick(&data.committed, &data.shown_committed)),
                                Some(&data.shown),
                                Some(&data.shown_committed),
                            )
                            .unwrap();
                        let made = TheirProof::blind_proof_gen(
                            &data.their_pk,
                            &theirs.to_bytes(),
                            Some(&data.header),
                            Some(&data.ph),
                            Some(&data.messages),
                            Some(&data.committed),
                            Some(&data.shown),
                            Some(&data.shown_committed),
                            Some(&factor),
                        );
                        let made = Proof::from_bytes(&made.unwrap().to_bytes()).unwrap();
                        let disclosed = Disclosed {
                            message_count: messages.len(),
                            messages: &pairs(&data.messages, &data.shown),
                            committed_messages: &pairs(&data.committed, &data.shown_committed),
                        };
                        blind::blind_proof_verify(SUITE, &data.pk, &made, &data.header, &data.ph, &disclosed).unwrap();
                    }
                }
            }

            #[test]
            fn pseudonyms() {
                for seed in 200..200 + ROUNDS {
                    let mut data = Data::new(seed);
                    let nyms: Vec<HolderSecret> =
                        (0..1 + seed % 3).map(|_| HolderSecret::generate(&mut data.rng)).collect();
                    let their_nyms = || -> Vec<PseudonymSecret> {
                        nyms.iter().map(|nym| PseudonymSecret::from_bytes(&nym.to_bytes()).unwrap()).collect()
                    };
                    let entropy = SignerNymEntropy::generate(&mut data.rng);
                    let their_entropy = PseudonymSecret::from_bytes(&entropy.to_bytes()).unwrap();
                    let (messages, committed) = (slices(&data.messages), slices(&data.committed));
                    let (ours, our_blind) = pseudonym::nym_commit(SUITE, &committed, &nyms, &mut data.rng).unwrap();
                    let (theirs, their_blind) =
                        TheirCommitment::commit_with_nym(Some(&data.committed), their_nyms()).unwrap();
                    let their_blind = ProverBlind::from_bytes(&their_blind.to_bytes()).unwrap();
                    for (commitment, prover_blind) in [(ours.to_bytes(), our_blind), (theirs.to_bytes(), their_blind)] {
                        let decoded = CommitmentWithProof::from_bytes(&commitment).unwrap();
                        let ours = pseudonym::blind_sign_with_nym(
                            SUITE,
                            &data.sk,
                            &decoded,
                            nyms.len(),
                            &entropy,
                            &data.header,
                            &messages,
                        );
                        let ours: Signature = ours.unwrap();
                        let theirs = TheirBlindSignature::blind_sign_with_nym(
                            &data.their_sk,
                            &data.their_pk,
                            Some(&commitment),
                            nyms.len(),
                            Some(&data.header),
                            &their_entropy,
                            Some(&data.messages),
                        );
                        let theirs = theirs.unwrap();
                        assert_eq!(ours.to_bytes(), theirs.to_bytes());
                        let known =
                            Known { messages: &messages, committed_messages: &committed, blind: Some(&prover_blind) };
                        let secrets = pseudonym::verify_finalize_with_nym(
                            SUITE,
                            &data.pk,
                            &ours,
                            &data.header,
                            &known,
                            &nyms,
                            &entropy,
                        );
                        let secrets = secrets.unwrap();
                        let factor = BlindFactor::from_bytes(&prover_blind.to_bytes()).unwrap();
                        let their_secrets = theirs.verify_finalize_with_nym(
                            &data.their_pk,
                            Some(&data.header),
                            Some(&data.messages),
                            Some(&data.committed),
                            their_nyms(),
                            Some(&their_entropy),
                            Some(&factor),
                        );
                        let their_secrets = their_secrets.unwrap();

                        let indexes = Indexes { messages: &data.shown, committed_messages: &data.shown_committed };
                        let (made, name) = pseudonym::proof_gen_with_nym(
                            SUITE,
                            &data.pk,
                            &ours,
                            &data.header,
                            &data.ph,
                            &data.context,
                            &known,
                            &secrets,
                            &indexes,
                            &mut data.rng,
                        )
                        .unwrap();
                        TheirProof::from_bytes(&made.to_bytes())
                            .unwrap()
                            .proof_verify_with_nym(
                                &data.their_pk,
                                Some(&data.header),
                                Some(&data.ph),
                                &BBSplusPseudonym::from_bytes(&name.to_bytes()).unwrap(),
                                &data.context,
                                nyms.len(),
                                Some(messages.len()),
                                Some(&pick(&data.messages, &data.shown)),
                                Some(&pick(&data.committed, &data.shown_committed)),
                                Some(&data.shown),
                                Some(&data.shown_committed),
                            )
                            .unwrap();
                        let (made, their_name) = TheirProof::proof_gen_with_nym(
                            &data.their_pk,
                            &theirs.to_bytes(),
                            Some(&data.header),
                            Some(&data.ph),
                            &their_secrets,
                            &data.context,
                            Some(&data.messages),
                            Some(&data.committed),
                            Some(&data.shown),
                            Some(&data.shown_committed),
                            Some(&factor),
                        )
                        .unwrap();
                        assert_eq!(Pseudonym::from_bytes(&their_name.to_bytes()).unwrap(), name);
                        let made = Proof::from_bytes(&made.to_bytes()).unwrap();
                        let disclosed = Disclosed {
                            message_count: messages.len(),
                            messages: &pairs(&data.messages, &data.shown),
                            committed_messages: &pairs(&data.committed, &data.shown_committed),
                        };
                        pseudonym::proof_verify_with_nym(
                            SUITE,
                            &data.pk,
                            &made,
                            &name,
                            &data.context,
                            nyms.len(),
                            &data.header,
                            &data.ph,
                            &disclosed,
                        )
                        .unwrap();
                    }
                }
            }
        }
    };
}

peers!(sha_256, Suite::Sha256, BbsBls12381Sha256);
peers!(shake_256, Suite::Shake256, BbsBls12381Shake256);
