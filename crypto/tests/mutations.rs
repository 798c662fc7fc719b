//! Mutated values: whatever arrives, a decoder returns, soon, and without taking much memory.
//!
//! `BAUTA_MUTATIONS` inputs for each decoder (100,000), from `BAUTA_SEED` (printed). Decoding costs a square root and a subgroup
//! check for each point that looks like one, and a verification some milliseconds; so those that verify take a twentieth of the inputs.
//! `BAUTA_WRITE_VECTORS=1` writes the corpus anew; what a fuzzer once found is added to it by hand under a name that tells what it is.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod decoders;
mod hostile;
mod trial;

use std::fs;
use std::hint::black_box;
use std::panic::catch_unwind;

use bauta_crypto::composed::{self, Part};
use bauta_crypto::holder::{self, Credential, Prover};
use bauta_crypto::pseudonym::HolderSecret;
use bauta_crypto::{Suite, proof, signature};
use bls12_381::G1Affine;
use decoders::{CONTEXT, DECODERS, Decoder, HEADER, MESSAGES, PH, SIGNER};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use trial::{LARGE, SLOW, alone, clock, corpus, fuzz, try_one, variable};

/// Those that do more than decode.
const VERIFYING: [&str; 5] = ["check", "check_composed", "check_with_pseudonym", "proof_verify", "verify"];

/// One test each, so that they show by name and run side by side where each test has a process of its own.
macro_rules! mutated {
    ($($decoder:ident),+ $(,)?) => {$(
        #[test]
        fn $decoder() {
            withstand(stringify!($decoder));
        }
    )+

        const TESTED: &[&str] = &[$(stringify!($decoder)),+];
    };
}

mutated! {
    check, check_composed, check_with_pseudonym, commitment, commitment_with_proof, proof, proof_verify, pseudonym, public_key, secrets, signature, verify,
}

#[test]
fn every_decoder_is_tested_and_has_a_fuzz_target_and_a_corpus() {
    let names: Vec<&str> = DECODERS.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, TESTED);
    for name in names {
        let target = fs::read_to_string(fuzz().join("fuzz_targets").join(name).with_extension("rs")).unwrap();
        assert!(target.contains(&format!("\"{name}\"")), "the fuzz target {name} fuzzes something else");
        assert!(!corpus(name).is_empty(), "no corpus of {name}");
    }
}

/// A corpus of what is refused at once would test nothing.
#[test]
fn the_corpus_begins_with_what_is_good() {
    for (name, good) in good() {
        let mut identity = good.clone();
        identity.splice(..good.len().min(48), G1Affine::identity().to_compressed());
        for (file, bytes) in [("good", good.clone()), ("identity", identity), ("longer", [&good[..], &[0]].concat())] {
            let file = fuzz().join("corpus").join(name).join(file);
            if std::env::var_os("BAUTA_WRITE_VECTORS").is_some() {
                fs::create_dir_all(file.parent().unwrap()).unwrap();
                fs::write(&file, &bytes).unwrap();
            }
            assert_eq!(fs::read(&file).unwrap(), bytes, "{name}");
        }
    }
}

/// What fuzzing once found stays in the corpus, and is tried here for ever.
#[test]
fn the_corpus_of_every_decoder_is_read_without_harm() {
    let _alone = alone();
    for (name, decoder) in DECODERS {
        corpus(name).iter().for_each(|input| try_one(name, *decoder, input));
    }
}

/// Otherwise a decoder that takes nothing would pass.
#[test]
fn harm_is_found() {
    let _alone = alone();
    let panics: Decoder = |_| panic!("planted");
    let hoards: Decoder = |bytes| drop(black_box(vec![bytes.len(); LARGE]));
    let dawdles: Decoder = |_| std::thread::sleep(SLOW + SLOW);
    for harmful in [panics, hoards, dawdles] {
        assert!(catch_unwind(|| try_one("planted", harmful, b"any")).is_err());
    }
}

/// One good input for each decoder, always the same.
fn good() -> Vec<(&'static str, Vec<u8>)> {
    let mut rng = ChaCha20Rng::seed_from_u64(0);
    let sk = SIGNER.as_ref().unwrap();
    let secret = HolderSecret::generate(&mut rng);
    let (commitment, blind) = holder::commit(&secret, &mut rng).unwrap();
    let verified = holder::verify_commitment(&commitment).unwrap();
    let issued = holder::sign(sk, &verified, HEADER, &MESSAGES).unwrap();
    let credential = Credential {
        public_key: &sk.public_key(),
        signature: &issued,
        header: HEADER,
        messages: &MESSAGES,
        secret: &secret,
        blind: &blind,
    };
    let shown = holder::show(&credential, PH, &[0], &mut rng).unwrap();
    let (named, name) = holder::show_with_pseudonym(&credential, CONTEXT, PH, &[0], &mut rng).unwrap();
    let prover = Prover::new(&credential).unwrap();
    let two = [Part { prover: &prover, disclosed_indexes: &[0] }; 2];
    // Of its own, so that what the others draw stays the same.
    let mut own = ChaCha20Rng::seed_from_u64(1);
    let (together, _) = composed::show_with_pseudonym(&two, CONTEXT, PH, &mut own).unwrap();
    let plain = signature::sign(Suite::Shake256, sk, HEADER, &MESSAGES).unwrap();
    let proved =
        proof::proof_gen(Suite::Shake256, &sk.public_key(), &plain, HEADER, PH, &MESSAGES, &[0], &mut rng).unwrap();
    let plain = signature::sign(Suite::Sha256, sk, HEADER, &MESSAGES).unwrap();
    vec![
        ("check", shown.to_bytes()),
        ("check_composed", [&name.to_bytes()[..], &together.to_bytes()].concat()),
        ("check_with_pseudonym", [&name.to_bytes()[..], &named.to_bytes()].concat()),
        ("commitment", commitment.commitment().to_bytes().to_vec()),
        ("commitment_with_proof", commitment.to_bytes()),
        ("proof", shown.to_bytes()),
        ("proof_verify", proved.to_bytes()),
        ("pseudonym", name.to_bytes().to_vec()),
        ("public_key", sk.public_key().to_bytes().to_vec()),
        ("secrets", secret.to_bytes().to_vec()),
        ("signature", issued.to_bytes().to_vec()),
        ("verify", plain.to_bytes().to_vec()),
    ]
}

fn withstand(name: &str) {
    let _alone = alone();
    let seed = variable("BAUTA_SEED").unwrap_or_else(clock);
    let asked = variable("BAUTA_MUTATIONS").unwrap_or(100_000);
    let count = if VERIFYING.contains(&name) { asked.div_ceil(20) } else { asked };
    println!("BAUTA_SEED={seed} BAUTA_MUTATIONS={asked}: {count} for {name}");
    let decoder = decoders::named(name);
    let own = corpus(name);
    let mut mutator = Mutator { rng: ChaCha20Rng::seed_from_u64(seed), pieces: pieces() };
    for _ in 0..count {
        let input = mutator.mutant_of(&own);
        try_one(name, decoder, &input);
    }
}

/// Points and scalars that are none, and some that are.
fn pieces() -> Vec<Vec<u8>> {
    let all = good();
    let of = |wanted: &str| all.iter().find(|(name, _)| *name == wanted).unwrap().1.clone();
    let (point, key) = (of("commitment"), of("public_key"));
    let mut pieces: Vec<Vec<u8>> =
        hostile::g1(&point[..].try_into().unwrap()).into_iter().map(|(_, bytes)| bytes.to_vec()).collect();
    pieces.extend(hostile::g2(&key[..].try_into().unwrap()).into_iter().map(|(_, bytes)| bytes.to_vec()));
    pieces.extend(hostile::scalars().into_iter().map(|(_, bytes)| bytes.to_vec()));
    pieces.extend([point, key, of("secrets"), of("pseudonym")]);
    pieces
}

struct Mutator {
    rng: ChaCha20Rng,
    pieces: Vec<Vec<u8>>,
}

impl Mutator {
    /// Something of the corpus with one to three things done to it.
    fn mutant_of(&mut self, corpus: &[Vec<u8>]) -> Vec<u8> {
        let mut input = corpus[self.below(corpus.len())].clone();
        for _ in 0..=self.below(3) {
            self.mutate(&mut input);
        }
        input
    }

    fn mutate(&mut self, input: &mut Vec<u8>) {
        let at = self.below(input.len() + 1);
        match self.below(8) {
            0..=2 => self.change(input, at, |byte, random| byte ^ 1 << (random % 8)),
            3 => self.change(input, at, |_, random| random),
            4 => input.truncate(at),
            5 => {
                let mut random = vec![0; 16 * self.below(9)];
                self.rng.fill_bytes(&mut random);
                input.splice(at..at, random);
            }
            6 => {
                // A scalar more or less changes what the rest means; the length stays one that decodes.
                let from = self.below(input.len() / 16 + 1) * 16;
                let copy: Vec<u8> = input[from..].iter().take(32).copied().collect();
                let to = self.below(input.len() / 16 + 1) * 16;
                input.splice(to..to, copy);
            }
            _ => {
                // Where fields begin, at multiples of 16.
                let from = self.below(input.len() / 16 + 1) * 16;
                let piece = self.below(self.pieces.len());
                let to = (from + self.pieces[piece].len()).min(input.len());
                input.splice(from..to, self.pieces[piece].iter().copied());
            }
        }
    }

    fn change(&mut self, input: &mut [u8], at: usize, new: impl Fn(u8, u8) -> u8) {
        let random = self.rng.next_u32() as u8;
        if let Some(byte) = input.get_mut(at) {
            *byte = new(*byte, random);
        }
    }

    fn below(&mut self, end: usize) -> usize {
        (self.rng.next_u64() % end.max(1) as u64) as usize
    }
}
