//! How long each operation takes, for 10 and 30 messages and for the shape of an entry pass.
//!
//! `cargo bench -p bauta-crypto`, and with `--features portable` for the pure Rust backend. Beside its peers:
//! `cargo xtask bench`.
#![allow(clippy::unwrap_used, missing_docs, reason = "a benchmark fails by panicking")]

use bauta_crypto::holder::{self, Credential, Statement};
use bauta_crypto::pseudonym::HolderSecret;
use bauta_crypto::{Proof, SecretKey, Signature, Suite, proof, signature};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

const SUITE: Suite = Suite::Sha256;
const HEADER: &[u8] = b"header";
const PH: &[u8] = b"presentation header";
/// Messages and how many of them are disclosed; the last is an entry pass at the door.
const SIZES: [(usize, usize); 3] = [(10, 3), (30, 10), (3, 2)];

fn messages(count: usize) -> Vec<Vec<u8>> {
    (0..count).map(|i| format!("message number {i}").into_bytes()).collect()
}

/// BBS, from bytes to bytes.
fn plain(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("plain");
    for (count, disclosed) in SIZES {
        let size = || format!("{count} messages, {disclosed} disclosed");
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
        group.bench_function(BenchmarkId::new("sign", size()), |bencher| bencher.iter(sign));
        group.bench_function(BenchmarkId::new("verify", size()), |bencher| bencher.iter(verify));
        group.bench_function(BenchmarkId::new("prove", size()), |bencher| bencher.iter(&mut prove));
        group.bench_function(BenchmarkId::new("check", size()), |bencher| bencher.iter(check));
    }
}

/// What Bauta uses: blind issuance to one holder secret, showings with and without a pseudonym.
fn holder(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("holder");
    for (count, disclosed) in SIZES {
        let size = || format!("{count} messages, {disclosed} disclosed");
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

        let mut more = ChaCha20Rng::seed_from_u64(2);
        group.bench_function(BenchmarkId::new("commit", size()), |bencher| {
            bencher.iter(|| holder::commit(&secret, &mut more).unwrap());
        });
        group.bench_function(BenchmarkId::new("verify commitment", size()), |bencher| {
            bencher.iter(|| holder::verify_commitment(&commitment).unwrap());
        });
        group.bench_function(BenchmarkId::new("sign", size()), |bencher| {
            bencher.iter(|| holder::sign(&sk, &verified, HEADER, &messages).unwrap().to_bytes());
        });
        group.bench_function(BenchmarkId::new("verify", size()), |bencher| {
            bencher.iter(|| holder::verify(&credential).unwrap());
        });
        group.bench_function(BenchmarkId::new("show", size()), |bencher| {
            bencher.iter(|| holder::show(&credential, PH, &indexes, &mut more).unwrap().to_bytes());
        });
        group.bench_function(BenchmarkId::new("check", size()), |bencher| {
            bencher.iter(|| holder::check(&statement, &Proof::from_bytes(&showing).unwrap()).unwrap());
        });
        group.bench_function(BenchmarkId::new("show with pseudonym", size()), |bencher| {
            bencher.iter(|| holder::show_with_pseudonym(&credential, b"event", PH, &indexes, &mut more).unwrap());
        });
        group.bench_function(BenchmarkId::new("check with pseudonym", size()), |bencher| {
            bencher.iter(|| {
                let named = Proof::from_bytes(&named).unwrap();
                holder::check_with_pseudonym(&statement, b"event", &named, &pseudonym).unwrap();
            });
        });
    }
}

criterion_group!(benches, plain, holder);
criterion_main!(benches);
