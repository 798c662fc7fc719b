//! How long each operation takes, for 10 and 30 messages and for the shape of every shipped pass.
//!
//! `cargo bench -p bauta-crypto`, and with `--features portable` for the pure Rust backend; what both are built on is in
//! `primitives.rs`. Beside its peers: `cargo xtask bench`.
#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark fails by panicking")]

mod clock;

use bauta_crypto::composed::{self, ComposedProof, Part};
use bauta_crypto::holder::{self, Batch, Credential, Prover, Statement};
use bauta_crypto::pseudonym::HolderSecret;
use bauta_crypto::{Proof, SecretKey, Signature, Suite, proof, signature};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use crate::clock::Processor;

const SUITE: Suite = Suite::Sha256;
const HEADER: &[u8] = b"header";
const PH: &[u8] = b"presentation header";
/// What it is called, its messages, and how many of them are disclosed: two sizes for comparisons, then what a door sees of the
/// shipped passes. Which ones are disclosed makes no difference.
const SHAPES: [(&str, usize, usize); 6] = [
    ("10 messages, 3 disclosed", 10, 3),
    ("30 messages, 10 disclosed", 30, 10),
    ("entry pass", 3, 2),
    ("health pass", 4, 2),
    ("age pass", 6, 2),
    ("membership pass", 3, 2),
];
/// Passes that are signed together: a window of 3, 7 or 28 days.
const SIGN_BATCHES: [usize; 3] = [3, 7, 28];
/// Showings that are checked together.
const CHECK_BATCHES: [usize; 3] = [10, 100, 1000];

fn messages(count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|i| format!("message number {i}").into_bytes()).collect()
}

/// BBS, from bytes to bytes.
fn plain(criterion: &mut Criterion<Processor>) {
    let mut group = criterion.benchmark_group("plain");
    for (shape, count, disclosed) in SHAPES {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let sk = SecretKey::generate(&mut rng);
        let pk = sk.public_key();
        let messages = messages(count);
        let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
        let indexes: Vec<usize> = (0..disclosed).collect();
        let shown: Vec<(usize, &[u8])> = indexes.iter().map(|i| (*i, messages[*i])).collect();
        let sign = || signature::sign(SUITE, &sk, HEADER, &messages).unwrap().to_bytes();
        let signature = sign();
        let verify = || {
            let signature = Signature::from_bytes(&signature).unwrap();
            signature::verify(SUITE, &pk, &signature, HEADER, &messages).unwrap();
        };
        let mut prove = || {
            let signature = Signature::from_bytes(&signature).unwrap();
            proof::proof_gen(SUITE, &pk, &signature, HEADER, PH, &messages, &indexes, &mut rng).unwrap().to_bytes()
        };
        let made = prove();
        let check = || {
            let made = Proof::from_bytes(&made).unwrap();
            proof::proof_verify(SUITE, &pk, &made, HEADER, PH, &shown).unwrap();
        };
        group.bench_function(BenchmarkId::new("sign", shape), |bencher| bencher.iter(sign));
        group.bench_function(BenchmarkId::new("verify", shape), |bencher| bencher.iter(verify));
        group.bench_function(BenchmarkId::new("prove", shape), |bencher| bencher.iter(&mut prove));
        group.bench_function(BenchmarkId::new("check", shape), |bencher| bencher.iter(check));
    }
}

/// What Bauta uses: blind issuance to one holder secret, showings with and without a pseudonym.
fn holder(criterion: &mut Criterion<Processor>) {
    let mut group = criterion.benchmark_group("holder");
    for (shape, count, disclosed) in SHAPES {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let sk = SecretKey::generate(&mut rng);
        let pk = sk.public_key();
        let messages = messages(count);
        let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
        let indexes: Vec<usize> = (0..disclosed).collect();
        let shown: Vec<(usize, &[u8])> = indexes.iter().map(|i| (*i, messages[*i])).collect();

        let secret = HolderSecret::generate(&mut rng);
        let (commitment, blind) = holder::commit(&secret, &mut rng).unwrap();
        let verified = holder::verify_commitment(&commitment).unwrap();
        let signature = holder::sign(&sk, &verified, HEADER, &messages).unwrap();
        let credential = Credential {
            public_key: &pk,
            signature: &signature,
            header: HEADER,
            messages: &messages,
            secret: &secret,
            blind: &blind,
        };
        let statement = Statement {
            public_key: &pk,
            header: HEADER,
            presentation_header: PH,
            message_count: count,
            disclosed: &shown,
        };
        let showing = holder::show(&credential, PH, &indexes, &mut rng).unwrap().to_bytes();
        let (named, pseudonym) = holder::show_with_pseudonym(&credential, b"event", PH, &indexes, &mut rng).unwrap();
        let named = named.to_bytes();

        let prover = Prover::new(&credential).unwrap();
        // One credential twice costs as much as two.
        let two = [Part { prover: &prover, disclosed_indexes: &indexes }; 2];
        let together = composed::show(&two, PH, &mut rng).unwrap().to_bytes();
        let of_each = composed::Statement { public_key: &pk, header: HEADER, message_count: count, disclosed: &shown };
        let hidden_counts = [count + 2 - disclosed; 2];

        let mut more = ChaCha20Rng::seed_from_u64(2);
        group.bench_function(BenchmarkId::new("commit", shape), |bencher| {
            bencher.iter(|| holder::commit(&secret, &mut more).unwrap());
        });
        group.bench_function(BenchmarkId::new("verify commitment", shape), |bencher| {
            bencher.iter(|| holder::verify_commitment(&commitment).unwrap());
        });
        group.bench_function(BenchmarkId::new("sign", shape), |bencher| {
            bencher.iter(|| holder::sign(&sk, &verified, HEADER, &messages).unwrap().to_bytes());
        });
        group.bench_function(BenchmarkId::new("verify", shape), |bencher| {
            bencher.iter(|| holder::verify(&credential).unwrap());
        });
        group.bench_function(BenchmarkId::new("show", shape), |bencher| {
            bencher.iter(|| holder::show(&credential, PH, &indexes, &mut more).unwrap().to_bytes());
        });
        group.bench_function(BenchmarkId::new("show, held", shape), |bencher| {
            bencher.iter(|| prover.show(PH, &indexes, &mut more).unwrap().to_bytes());
        });
        group.bench_function(BenchmarkId::new("check", shape), |bencher| {
            bencher.iter(|| holder::check(&statement, &Proof::from_bytes(&showing).unwrap()).unwrap());
        });
        group.bench_function(BenchmarkId::new("show two together, held", shape), |bencher| {
            bencher.iter(|| composed::show(&two, PH, &mut more).unwrap().to_bytes());
        });
        group.bench_function(BenchmarkId::new("check two together", shape), |bencher| {
            bencher.iter(|| {
                let together = ComposedProof::from_bytes(&together, &hidden_counts).unwrap();
                composed::check(&[of_each; 2], PH, &together).unwrap();
            });
        });
        group.bench_function(BenchmarkId::new("show with pseudonym", shape), |bencher| {
            bencher.iter(|| holder::show_with_pseudonym(&credential, b"event", PH, &indexes, &mut more).unwrap());
        });
        group.bench_function(BenchmarkId::new("show with pseudonym, held", shape), |bencher| {
            bencher.iter(|| prover.show_with_pseudonym(b"event", PH, &indexes, &mut more).unwrap());
        });
        group.bench_function(BenchmarkId::new("check with pseudonym", shape), |bencher| {
            bencher.iter(|| {
                let named = Proof::from_bytes(&named).unwrap();
                holder::check_with_pseudonym(&statement, b"event", &named, &pseudonym).unwrap();
            });
        });
    }
}

/// The passes of one holder for some days, and the showings of a gate.
fn batches(criterion: &mut Criterion<Processor>) {
    let mut group = criterion.benchmark_group("batches");
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let sk = SecretKey::generate(&mut rng);
    let pk = sk.public_key();
    let secret = HolderSecret::generate(&mut rng);
    let (commitment, blind) = holder::commit(&secret, &mut rng).unwrap();
    let verified = holder::verify_commitment(&commitment).unwrap();
    for (shape, count, disclosed) in SHAPES {
        let messages = messages(count);
        let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
        for days in SIGN_BATCHES {
            let of_day: Vec<String> = (0..days).map(|day| format!("day {day}")).collect();
            let passes: Vec<Vec<&[u8]>> =
                of_day.iter().map(|day| [&[day.as_bytes()], &messages[1..]].concat()).collect();
            let passes: Vec<&[&[u8]]> = passes.iter().map(Vec::as_slice).collect();
            group.throughput(Throughput::Elements(days as u64));
            group.bench_function(BenchmarkId::new(format!("sign {days}"), shape), |bencher| {
                bencher.iter(|| holder::sign_batch(&sk, &verified, HEADER, &passes).unwrap());
            });
        }

        let signature = holder::sign(&sk, &verified, HEADER, &messages).unwrap();
        let credential = Credential {
            public_key: &pk,
            signature: &signature,
            header: HEADER,
            messages: &messages,
            secret: &secret,
            blind: &blind,
        };
        let prover = Prover::new(&credential).unwrap();
        let indexes: Vec<usize> = (0..disclosed).collect();
        let shown: Vec<(usize, &[u8])> = indexes.iter().map(|i| (*i, messages[*i])).collect();
        let statement = Statement {
            public_key: &pk,
            header: HEADER,
            presentation_header: PH,
            message_count: count,
            disclosed: &shown,
        };
        // Showings of different people cost as much as one and the same again and again.
        let showing = prover.show(PH, &indexes, &mut rng).unwrap().to_bytes();
        let (named, pseudonym) = prover.show_with_pseudonym(b"event", PH, &indexes, &mut rng).unwrap();
        let named = named.to_bytes();
        for many in CHECK_BATCHES {
            group.throughput(Throughput::Elements(many as u64));
            group.bench_function(BenchmarkId::new(format!("check {many}"), shape), |bencher| {
                bencher.iter(|| {
                    let mut batch = Batch::default();
                    for _ in 0..many {
                        batch.add(&statement, &Proof::from_bytes(&showing).unwrap());
                    }
                    assert!(batch.verdicts(&mut rng).into_iter().all(|verdict| verdict.is_ok()));
                });
            });
            group.bench_function(BenchmarkId::new(format!("check {many} with pseudonym"), shape), |bencher| {
                bencher.iter(|| {
                    let mut batch = Batch::default();
                    for _ in 0..many {
                        let named = Proof::from_bytes(&named).unwrap();
                        batch.add_with_pseudonym(&statement, b"event", &named, &pseudonym);
                    }
                    assert!(batch.verdicts(&mut rng).into_iter().all(|verdict| verdict.is_ok()));
                });
            });
        }
    }
}

criterion_group! {
    name = benches;
    config = clock::criterion();
    targets = plain, holder, batches
}
criterion_main!(benches);
