//! How many instructions each operation takes: 10 messages of which 3 are disclosed.
//!
//! Valgrind counts them, so the figures do not depend on what else the machine does. `cargo xtask instructions` prints them as
//! a table, both backends side by side.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use bauta_crypto::holder::{self, Batch, Credential, Prover, Statement};
use bauta_crypto::pseudonym::{CommitmentWithProof, HolderSecret, ProverBlind, Pseudonym};
use bauta_crypto::{Proof, PublicKey, SecretKey, Signature, Suite, signature};
use gungraun::{Callgrind, prelude::*};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

const HEADER: &[u8] = b"header";
const PH: &[u8] = b"presentation header";
const CONTEXT: &[u8] = b"context";
const MESSAGES: usize = 10;
const DISCLOSED: [usize; 3] = [0, 1, 2];
/// What the passes of a batch differ in.
const DAYS: [[u8; 2]; 7] = [[0, 1], [0, 2], [0, 3], [0, 4], [0, 5], [0, 6], [0, 7]];
/// So many rounds build every table of generators: what is counted is a program that has run for a while.
const ROUNDS: usize = 32;

/// One operation on inputs that are ready, from bytes to bytes.
type Act = Box<dyn FnOnce() -> Vec<u8>>;

#[library_benchmark]
#[bench::commit(commit())]
#[bench::sign(sign())]
#[bench::blind_sign(blind_sign())]
#[bench::blind_sign_a_batch_of_seven(blind_sign_batch())]
#[bench::verify_what_was_received(verify())]
#[bench::prove(prove())]
#[bench::prove_with_pseudonym(prove_with_pseudonym())]
#[bench::check(check())]
#[bench::check_with_pseudonym(check_with_pseudonym())]
#[bench::check_a_batch_of_ten(check_batch())]
fn operation(act: Act) -> Vec<u8> {
    act()
}

library_benchmark_group!(name = operations, benchmarks = operation);
main!(
    // No simulated cache: it would be that of no machine in particular.
    config = LibraryBenchmarkConfig::default().tool(Callgrind::with_args(["--cache-sim=no"])),
    library_benchmark_groups = operations
);

fn commit() -> Act {
    let mut party = Party::new();
    Box::new(move || holder::commit(&party.secret, &mut party.rng).unwrap().0.to_bytes())
}

/// BBS, without a holder.
fn sign() -> Act {
    let party = Party::new();
    let sign =
        move || signature::sign(Suite::Sha256, &party.issuer, HEADER, &party.slices()).unwrap().to_bytes().to_vec();
    // Its interface has generators of its own.
    for _ in 0..ROUNDS {
        sign();
    }
    Box::new(sign)
}

/// The commitment's proof is checked, as an issuer does.
fn blind_sign() -> Act {
    let party = Party::new();
    Box::new(move || party.blind_sign(&party.commitment).to_vec())
}

/// Passes for a week: they differ in one message.
fn blind_sign_batch() -> Act {
    let party = Party::new();
    Box::new(move || {
        let commitment =
            holder::verify_commitment(&CommitmentWithProof::from_bytes(&party.commitment).unwrap()).unwrap();
        let lists: Vec<Vec<&[u8]>> = DAYS.iter().map(|day| [&[&day[..]], &party.slices()[1..]].concat()).collect();
        let lists: Vec<&[&[u8]]> = lists.iter().map(Vec::as_slice).collect();
        let signatures = holder::sign_batch(&party.issuer, &commitment, HEADER, &lists).unwrap();
        signatures.iter().flat_map(Signature::to_bytes).collect()
    })
}

fn verify() -> Act {
    let party = Party::new();
    Box::new(move || {
        party.with_credential(holder::verify).unwrap();
        Vec::new()
    })
}

/// Of a credential that the wallet has verified before.
fn prove() -> Act {
    let mut party = Party::new();
    let prover = party.with_credential(Prover::new).unwrap();
    Box::new(move || prover.show(PH, &DISCLOSED, &mut party.rng).unwrap().to_bytes())
}

/// Of a credential that the wallet has verified before.
fn prove_with_pseudonym() -> Act {
    let mut party = Party::new();
    let prover = party.with_credential(Prover::new).unwrap();
    Box::new(move || {
        let (proof, pseudonym) = prover.show_with_pseudonym(CONTEXT, PH, &DISCLOSED, &mut party.rng).unwrap();
        [proof.to_bytes(), pseudonym.to_bytes().to_vec()].concat()
    })
}

fn check() -> Act {
    let mut party = Party::new();
    let prover = party.with_credential(Prover::new).unwrap();
    let proof = prover.show(PH, &DISCLOSED, &mut party.rng).unwrap().to_bytes();
    Box::new(move || {
        let proof = Proof::from_bytes(&proof).unwrap();
        holder::check(&party.statement(&party.shown()), &proof).unwrap();
        Vec::new()
    })
}

fn check_with_pseudonym() -> Act {
    let mut party = Party::new();
    let prover = party.with_credential(Prover::new).unwrap();
    let (proof, pseudonym) = prover.show_with_pseudonym(CONTEXT, PH, &DISCLOSED, &mut party.rng).unwrap();
    let (proof, pseudonym) = (proof.to_bytes(), pseudonym.to_bytes());
    Box::new(move || {
        let (proof, pseudonym) = (Proof::from_bytes(&proof).unwrap(), Pseudonym::from_bytes(&pseudonym).unwrap());
        holder::check_with_pseudonym(&party.statement(&party.shown()), CONTEXT, &proof, &pseudonym).unwrap();
        Vec::new()
    })
}

/// Ten showings of one credential.
fn check_batch() -> Act {
    let mut party = Party::new();
    let prover = party.with_credential(Prover::new).unwrap();
    let show = |_| prover.show(PH, &DISCLOSED, &mut party.rng).unwrap().to_bytes();
    let proofs: Vec<Vec<u8>> = (0..10).map(show).collect();
    Box::new(move || {
        let mut batch = Batch::default();
        for proof in &proofs {
            batch.add(&party.statement(&party.shown()), &Proof::from_bytes(proof).unwrap());
        }
        assert!(batch.verdicts(&mut party.rng).iter().all(Result::is_ok));
        Vec::new()
    })
}

/// One issuer, one holder, and what passed between them.
struct Party {
    issuer: SecretKey,
    key: PublicKey,
    messages: Vec<Vec<u8>>,
    secret: HolderSecret,
    blind: ProverBlind,
    commitment: Vec<u8>,
    signature: [u8; Signature::LEN],
    rng: ChaCha20Rng,
}

impl Party {
    fn new() -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let issuer = SecretKey::generate(&mut rng);
        let secret = HolderSecret::generate(&mut rng);
        let (commitment, blind) = holder::commit(&secret, &mut rng).unwrap();
        let mut party = Self {
            key: issuer.public_key(),
            issuer,
            messages: (0..MESSAGES).map(|i| format!("message number {i}").into_bytes()).collect(),
            secret,
            blind,
            commitment: commitment.to_bytes(),
            signature: [0; Signature::LEN],
            rng,
        };
        for _ in 0..ROUNDS {
            party.signature = party.blind_sign(&party.commitment);
        }
        // Prepares the key for pairings, which is done once.
        party.with_credential(holder::verify).unwrap();
        party
    }

    fn blind_sign(&self, commitment: &[u8]) -> [u8; Signature::LEN] {
        let commitment = CommitmentWithProof::from_bytes(commitment).unwrap();
        let commitment = holder::verify_commitment(&commitment).unwrap();
        holder::sign(&self.issuer, &commitment, HEADER, &self.slices()).unwrap().to_bytes()
    }

    fn with_credential<T>(&self, act: impl FnOnce(&Credential<'_>) -> T) -> T {
        act(&Credential {
            public_key: &self.key,
            signature: &Signature::from_bytes(&self.signature).unwrap(),
            header: HEADER,
            messages: &self.slices(),
            secret: &self.secret,
            blind: &self.blind,
        })
    }

    fn statement<'a>(&'a self, disclosed: &'a [(usize, &'a [u8])]) -> Statement<'a> {
        Statement { public_key: &self.key, header: HEADER, presentation_header: PH, message_count: MESSAGES, disclosed }
    }

    fn slices(&self) -> Vec<&[u8]> {
        self.messages.iter().map(Vec::as_slice).collect()
    }

    fn shown(&self) -> Vec<(usize, &[u8])> {
        DISCLOSED.iter().map(|i| (*i, self.messages[*i].as_slice())).collect()
    }
}
