//! Mutated documents: whatever arrives, a decoder returns, soon, and without taking much memory.
//!
//! `BAUTA_MUTATIONS` inputs for each decoder (100,000), from `BAUTA_SEED` (printed). An input that takes more than 50 ms is tried again,
//! because a busy machine may have been the reason. Memory is counted by the allocator `peak_alloc`: what a decoder holds at its peak, above
//! what was held before, is no less than its largest single allocation.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod decoders;
#[path = "../../crypto/tests/trial/mod.rs"]
mod trial;

use std::fs;
use std::hint::black_box;
use std::panic::catch_unwind;

use decoders::{DECODERS, Decoder};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use trial::{LARGE, SLOW, alone, clock, corpus, fuzz, try_one, variable};

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
    asked, certified_poster, credential, credential_type, delegate, json, key, letters, office_answer, office_request, organiser,
    policy, poster, presentation, programme, qr_text, rule, sealed, signed, trust_list, trust_list_body, withdrawals,
}

#[test]
fn every_decoder_is_tested_and_has_a_fuzz_target_and_a_corpus() {
    let names: Vec<&str> = DECODERS.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, TESTED);
    for name in names {
        let target =
            fs::read_to_string(fuzz().join("fuzz_targets").join(name).with_extension("rs")).unwrap_or_default();
        assert!(
            target.contains(&format!("decode(\"{name}\", bytes)")),
            "no fuzz target of {name}, or one of something else"
        );
        assert!(!corpus(name).is_empty(), "no corpus of {name}");
    }
}

/// What fuzzing once found stays in the corpus, and is tried here for ever.
#[test]
fn the_corpus_of_every_decoder_is_read_without_harm() {
    let _alone = alone();
    for (name, decoder) in DECODERS {
        corpus(name).iter().for_each(|input| try_one(name, decoder, input));
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

fn withstand(name: &str) {
    let _alone = alone();
    let seed = variable("BAUTA_SEED").unwrap_or_else(clock);
    let count = variable("BAUTA_MUTATIONS").unwrap_or(100_000);
    println!("BAUTA_SEED={seed} BAUTA_MUTATIONS={count} for {name}");
    let decoder = decoders::named(name);
    let own = corpus(name);
    let foreign: Vec<Vec<u8>> = DECODERS.iter().flat_map(|(name, _)| corpus(name)).collect();
    let mut mutator = Mutator { rng: ChaCha20Rng::seed_from_u64(seed), foreign: &foreign };
    for _ in 0..count {
        let input = mutator.mutant_of(&own);
        try_one(name, decoder, &input);
    }
}

struct Mutator<'a> {
    rng: ChaCha20Rng,
    foreign: &'a [Vec<u8>],
}

impl Mutator<'_> {
    /// A good document with one to four things done to it.
    fn mutant_of(&mut self, corpus: &[Vec<u8>]) -> Vec<u8> {
        let mut input = corpus[self.below(corpus.len())].clone();
        for _ in 0..=self.below(4) {
            self.mutate(&mut input);
        }
        input
    }

    fn mutate(&mut self, input: &mut Vec<u8>) {
        const EDGES: [u8; 12] = [0x00, 0x01, 0x17, 0x18, 0x1F, 0x7F, 0x80, 0x9F, 0xC0, 0xF6, 0xFE, 0xFF];
        let at = self.below(input.len() + 1);
        let length = self.below(input.len() + 1 - at).min(64);
        match self.below(12) {
            0..=2 => self.change(input, at, |byte, random| byte ^ 1 << (random % 8)),
            3 => self.change(input, at, |_, random| random),
            4 => self.change(input, at, |_, random| EDGES[usize::from(random) % EDGES.len()]),
            5 => input.truncate(at),
            6 => drop(input.drain(at..at + length)),
            7 => {
                let copy = input[at..at + length].to_vec();
                let to = self.below(input.len() + 1);
                input.splice(to..to, copy);
            }
            8 => {
                let mut random = vec![0; self.below(16)];
                self.rng.fill_bytes(&mut random);
                input.splice(at..at, random);
            }
            9 => {
                let other = &self.foreign[self.below(self.foreign.len())];
                let from = self.below(other.len() + 1);
                let piece = other[from..].iter().take(128).copied().collect::<Vec<_>>();
                input.splice(at..at + length, piece);
            }
            10 => {
                let bomb = self.bomb();
                input.splice(at..at + length, bomb);
            }
            _ => {
                let deep = [0x81, 0x9F, 0xA1, 0xC1, b'[', b'{', b'9', b'%'][self.below(8)];
                let depth = 1 << self.below(16);
                input.splice(at..at, std::iter::repeat_n(deep, depth));
            }
        }
    }

    fn change(&mut self, input: &mut [u8], at: usize, new: impl Fn(u8, u8) -> u8) {
        let random = self.rng.next_u32() as u8;
        if let Some(byte) = input.get_mut(at) {
            *byte = new(*byte, random);
        }
    }

    /// A head of CBOR that claims more than there is.
    fn bomb(&mut self) -> Vec<u8> {
        let major = [2_u8, 3, 4, 5][self.below(4)] << 5;
        let claim = [0xFF, 0xFFFF, 0x7FFF_FFFF, 0xFFFF_FFFF, u64::MAX / 2, u64::MAX][self.below(6)];
        let mut bomb = vec![major | 27];
        bomb.extend(claim.to_be_bytes());
        bomb
    }

    fn below(&mut self, end: usize) -> usize {
        (self.rng.next_u64() % end.max(1) as u64) as usize
    }
}
