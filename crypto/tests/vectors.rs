//! Every official vector of the three drafts, in both suites: what they accept is made and accepted here byte for byte, what
//! they refuse is refused. Our own showing has `showing.rs`.
//!
//! `vectors/PROVENANCE.md` tells where they come from and which of them are damaged. Generators, message scalars and hashes have
//! their vectors tested beside the code.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use bauta_crypto::blind::{Disclosed, Indexes, Known};
use bauta_crypto::pseudonym::{CommitmentWithProof, HolderSecret, ProverBlind, Pseudonym, SignerNymEntropy};
use bauta_crypto::{Proof, PublicKey, SecretKey, Signature, Suite, blind, proof, pseudonym, signature};
use serde_json::Value;
use support::{Mocked, all, bytes, expand, list, read, slices};

const SUITES: [(Suite, &str); 2] = [(Suite::Sha256, "bls12-381-sha-256"), (Suite::Shake256, "bls12-381-shake-256")];

#[test]
fn key_pairs() {
    for (suite, folder) in SUITES {
        let vector = read(&Path::new("tests/vectors/bbs").join(folder).join("keypair.json"));
        let sk = SecretKey::from_key_material(
            suite,
            &bytes(&vector["keyMaterial"]),
            &bytes(&vector["keyInfo"]),
            Some(&bytes(&vector["keyDst"])),
        )
        .unwrap();
        assert_eq!(sk.to_bytes().to_vec(), bytes(&vector["keyPair"]["secretKey"]));
        assert_eq!(sk.public_key().to_bytes().to_vec(), bytes(&vector["keyPair"]["publicKey"]));
    }
}

#[test]
fn mocked_random_scalars() {
    for (suite, folder) in SUITES {
        let vector = read(&Path::new("tests/vectors/bbs").join(folder).join("mockedRng.json"));
        let expected: Vec<Vec<u8>> = list(&vector["mockedScalars"]).iter().map(bytes).collect();
        let found = Mocked::new(suite, &bytes(&vector["seed"]), &bytes(&vector["dst"]), expected.len());
        assert_eq!(found.0.into_iter().map(|scalar| scalar.to_vec()).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn signatures() {
    each("bbs", "signature", 10, |suite, vector| {
        let sk = SecretKey::from_bytes(&bytes(&vector["signerKeyPair"]["secretKey"])).unwrap();
        let pk = PublicKey::from_bytes(&bytes(&vector["signerKeyPair"]["publicKey"])).unwrap();
        let (header, messages) = (bytes(&vector["header"]), all(&vector["messages"]));
        let expected = Signature::from_bytes(&bytes(&vector["signature"])).unwrap();
        let verdict = signature::verify(suite, &pk, &expected, &header, &slices(&messages));
        assert_eq!(verdict.is_ok(), valid(vector));
        if valid(vector) {
            assert_eq!(signature::sign(suite, &sk, &header, &slices(&messages)).unwrap(), expected);
        }
    });
}

#[test]
fn proofs() {
    each("bbs", "proof", 15, |suite, vector| {
        let pk = PublicKey::from_bytes(&bytes(&vector["signerPublicKey"])).unwrap();
        let (header, ph) = (bytes(&vector["header"]), bytes(&vector["presentationHeader"]));
        let messages = all(&vector["messages"]);
        let indexes: Vec<usize> =
            list(&vector["disclosedIndexes"]).iter().map(|i| i.as_u64().unwrap() as usize).collect();
        let disclosed: Vec<(usize, &[u8])> = indexes.iter().map(|i| (*i, &messages[*i][..])).collect();
        let expected = Proof::from_bytes(&bytes(&vector["proof"])).unwrap();
        assert_eq!(proof::proof_verify(suite, &pk, &expected, &header, &ph, &disclosed).is_ok(), valid(vector));
        if valid(vector) {
            let signature = Signature::from_bytes(&bytes(&vector["signature"])).unwrap();
            let mut rng = mocked_for_proofs(suite, 5 + messages.len() - indexes.len());
            let made = proof::proof_gen(suite, &pk, &signature, &header, &ph, &slices(&messages), &indexes, &mut rng);
            assert_eq!(made.unwrap(), expected);
            assert!(rng.0.is_empty(), "fewer than 5 + U random scalars were drawn");
        }
    });
}

#[test]
fn blind_commitments() {
    each("blind-bbs", "commit", 2, |suite, vector| {
        let messages = all(&vector["committedMessages"]);
        let mut rng = mocked(suite, vector, "commit", 2 + messages.len());
        let (made, prover_blind) = blind::commit(suite, &slices(&messages), &mut rng).unwrap();
        assert_eq!(made.to_bytes(), bytes(&vector["commitmentWithProof"]));
        assert_eq!(prover_blind.to_bytes().to_vec(), bytes(&vector["proverBlind"]));
    });
}

#[test]
fn blind_signatures() {
    each("blind-bbs", "signature", 5, |suite, vector| {
        let sk = SecretKey::from_bytes(&bytes(&vector["signerKeyPair"]["secretKey"])).unwrap();
        let header = bytes(&vector["header"]);
        let (messages, committed) = (all(&vector["messages"]), all(&vector["committedMessages"]));
        let (messages, committed) = (slices(&messages), slices(&committed));
        let commitment =
            optional(&vector["commitmentWithProof"]).map(|bytes| CommitmentWithProof::from_bytes(&bytes).unwrap());
        let made = blind::blind_sign(suite, &sk, commitment.as_ref(), &header, &messages).unwrap();
        assert_eq!(made.to_bytes().to_vec(), bytes(&vector["signature"]));
        let prover_blind = optional(&vector["proverBlind"]).map(|bytes| ProverBlind::from_bytes(&bytes).unwrap());
        let known = Known { messages: &messages, committed_messages: &committed, blind: prover_blind.as_ref() };
        blind::verify_blind_sign(suite, &sk.public_key(), &made, &header, &known).unwrap();
    });
}

#[test]
fn blind_proofs() {
    let everything = read(Path::new("tests/vectors/blind-bbs/messages.json"));
    each("blind-bbs", "proof", 8, |suite, vector| {
        let pk = PublicKey::from_bytes(&bytes(&vector["signerPublicKey"])).unwrap();
        let (header, ph) = (bytes(&vector["header"]), bytes(&vector["presentationHeader"]));
        let prover_blind = optional(&vector["proverBlind"]).map(|bytes| ProverBlind::from_bytes(&bytes).unwrap());
        let messages = all(&everything["messages"]);
        let committed = if prover_blind.is_some() { all(&everything["committedMessages"]) } else { Vec::new() };
        let (messages, committed) = (slices(&messages), slices(&committed));
        let (revealed, revealed_committed) =
            (revealed(&vector["revealedMessages"]), revealed(&vector["revealedCommittedMessages"]));

        let expected = Proof::from_bytes(&bytes(&vector["proof"])).unwrap();
        let disclosed = Disclosed {
            message_count: vector["L"].as_u64().unwrap() as usize,
            messages: &pairs(&revealed),
            committed_messages: &pairs(&revealed_committed),
        };
        blind::blind_proof_verify(suite, &pk, &expected, &header, &ph, &disclosed).unwrap();

        let signature = Signature::from_bytes(&bytes(&vector["signature"])).unwrap();
        let known = Known { messages: &messages, committed_messages: &committed, blind: prover_blind.as_ref() };
        let indexes = Indexes { messages: &firsts(&revealed), committed_messages: &firsts(&revealed_committed) };
        let mut rng = mocked(suite, vector, "proof", 5 + expected.hidden_count());
        let made = blind::blind_proof_gen(suite, &pk, &signature, &header, &ph, &known, &indexes, &mut rng).unwrap();
        assert_eq!(made, expected);
    });
}

#[test]
fn pseudonym_commitments() {
    each("bbs-nym", "nymCommit", 4, |suite, vector| {
        let (messages, nyms) = (all(&vector["committedMessages"]), nyms(vector));
        let mut rng = mocked(suite, vector, "commit", 2 + messages.len() + nyms.len());
        let (made, prover_blind) = pseudonym::nym_commit(suite, &slices(&messages), &nyms, &mut rng).unwrap();
        assert_eq!(made.to_bytes(), bytes(&vector["commitmentWithProof"]));
        assert_eq!(prover_blind.to_bytes().to_vec(), bytes(&vector["proverBlind"]));
    });
}

#[test]
fn pseudonym_signatures() {
    each("bbs-nym", "nymSignature", 6, |suite, vector| {
        let sk = SecretKey::from_bytes(&bytes(&vector["signerKeyPair"]["secretKey"])).unwrap();
        let header = bytes(&vector["header"]);
        let (messages, committed) = (all(&vector["messages"]), all(&vector["committedMessages"]));
        let (messages, committed) = (slices(&messages), slices(&committed));
        let commitment = CommitmentWithProof::from_bytes(&bytes(&vector["commitmentWithProof"])).unwrap();
        let entropy = SignerNymEntropy::from_bytes(&bytes(&vector["signer_nym_entropy"])).unwrap();
        let nyms = nyms(vector);
        let made =
            pseudonym::blind_sign_with_nym(suite, &sk, &commitment, nyms.len(), &entropy, &header, &messages).unwrap();
        assert_eq!(made.to_bytes().to_vec(), bytes(&vector["signature"]));

        let prover_blind = ProverBlind::from_bytes(&bytes(&vector["proverBlind"])).unwrap();
        let known = Known { messages: &messages, committed_messages: &committed, blind: Some(&prover_blind) };
        let secrets =
            pseudonym::verify_finalize_with_nym(suite, &sk.public_key(), &made, &header, &known, &nyms, &entropy)
                .unwrap();
        assert_eq!(*secrets.to_bytes(), all(&vector["nym_secrets"]).concat());
    });
}

#[test]
fn pseudonym_proofs() {
    each("bbs-nym", "nymProof", 11, |suite, vector| {
        let pk = PublicKey::from_bytes(&bytes(&vector["signerPublicKey"])).unwrap();
        let (header, ph) = (bytes(&vector["header"]), bytes(&vector["presentationHeader"]));
        let context_id = bytes(&vector["context_id"]);
        let (messages, committed) = (all(&vector["messages"]), all(&vector["committedMessages"]));
        let (messages, committed) = (slices(&messages), slices(&committed));
        let (revealed, revealed_committed) =
            (revealed(&vector["revealedMessages"]), revealed(&vector["revealedCommittedMessages"]));
        let nyms = nyms(vector);

        let expected = Proof::from_bytes(&bytes(&vector["proof"])).unwrap();
        let name = Pseudonym::from_bytes(&bytes(&vector["pseudonym"])).unwrap();
        let disclosed = Disclosed {
            message_count: vector["L"].as_u64().unwrap() as usize,
            messages: &pairs(&revealed),
            committed_messages: &pairs(&revealed_committed),
        };
        pseudonym::proof_verify_with_nym(
            suite,
            &pk,
            &expected,
            &name,
            &context_id,
            nyms.len(),
            &header,
            &ph,
            &disclosed,
        )
        .unwrap();

        let signature = Signature::from_bytes(&bytes(&vector["signature"])).unwrap();
        let entropy = SignerNymEntropy::from_bytes(&bytes(&vector["signer_nym_entropy"])).unwrap();
        let prover_blind = ProverBlind::from_bytes(&bytes(&vector["proverBlind"])).unwrap();
        let known = Known { messages: &messages, committed_messages: &committed, blind: Some(&prover_blind) };
        let secrets =
            pseudonym::verify_finalize_with_nym(suite, &pk, &signature, &header, &known, &nyms, &entropy).unwrap();
        assert_eq!(pseudonym::calculate_pseudonym(suite, &secrets, &context_id).unwrap(), name);
        let indexes = Indexes { messages: &firsts(&revealed), committed_messages: &firsts(&revealed_committed) };
        let mut rng = mocked(suite, vector, "proof", 5 + expected.hidden_count());
        let made = pseudonym::proof_gen_with_nym(
            suite,
            &pk,
            &signature,
            &header,
            &ph,
            &context_id,
            &known,
            &secrets,
            &indexes,
            &mut rng,
        )
        .unwrap();
        assert_eq!(made, (expected, name));
    });
}

/// RFC 9380, of which the backend's message expansion is the part that the drafts use.
#[test]
fn message_expansion() {
    let xmd = ["expand_message_xmd_SHA256_38.json", "expand_message_xmd_SHA256_256.json"];
    for (file, suite) in xmd
        .map(|file| (file, Suite::Sha256))
        .into_iter()
        .chain([("expand_message_xof_SHAKE256_36.json", Suite::Shake256)])
    {
        let vectors = read(&Path::new("tests/vectors/h2c").join(file));
        let dst = vectors["DST"].as_str().unwrap().as_bytes();
        for vector in list(&vectors["tests"]) {
            let length = usize::from_str_radix(&vector["len_in_bytes"].as_str().unwrap()[2..], 16).unwrap();
            let found = expand(suite, vector["msg"].as_str().unwrap().as_bytes(), dst, length);
            assert_eq!(found, bytes(&vector["uniform_bytes"]), "{file}");
        }
    }
}

// ---- the files

/// Runs `check` on every vector of a kind, in both suites. `count` is how many there are: none may go missing.
fn each(draft: &str, kind: &str, count: usize, check: impl Fn(Suite, &Value)) {
    for (suite, folder) in SUITES {
        let mut found = 0;
        let mut files: Vec<PathBuf> = fs::read_dir(format!("tests/vectors/{draft}/{folder}/{kind}"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        for file in files {
            // Where the official file is damaged, a mended copy lies beside.
            let mended = PathBuf::from(file.to_str().unwrap().replacen(draft, &format!("{draft}-normalised"), 1));
            let vector = read(if mended.exists() { &mended } else { &file });
            println!("{}: {}", file.display(), vector["caseName"].as_str().unwrap());
            check(suite, &vector);
            found += 1;
        }
        assert_eq!(found, count, "{draft}/{folder}/{kind}");
    }
}

fn valid(vector: &Value) -> bool {
    vector["result"]["valid"].as_bool().unwrap()
}

fn optional(value: &Value) -> Option<Vec<u8>> {
    value.as_str().map(|text| hex::decode(text).unwrap())
}

fn nyms(vector: &Value) -> Vec<HolderSecret> {
    list(&vector["proverNyms"]).iter().map(|nym| HolderSecret::from_bytes(&bytes(nym)).unwrap()).collect()
}

/// `{"0": message, …}`, in the order of the numbers.
fn revealed(value: &Value) -> Vec<(usize, Vec<u8>)> {
    let mut pairs: Vec<(usize, Vec<u8>)> = value
        .as_object()
        .map(|object| object.iter().map(|(index, message)| (index.parse().unwrap(), bytes(message))).collect())
        .unwrap_or_default();
    pairs.sort();
    pairs
}

fn pairs(revealed: &[(usize, Vec<u8>)]) -> Vec<(usize, &[u8])> {
    revealed.iter().map(|(index, message)| (*index, &message[..])).collect()
}

fn firsts(revealed: &[(usize, Vec<u8>)]) -> Vec<usize> {
    revealed.iter().map(|(index, _)| *index).collect()
}

fn mocked_for_proofs(suite: Suite, count: usize) -> Mocked {
    let folder = SUITES.iter().find(|(candidate, _)| *candidate == suite).unwrap().1;
    let vector = read(&Path::new("tests/vectors/bbs").join(folder).join("mockedRng.json"));
    Mocked::new(suite, &bytes(&vector["seed"]), &bytes(&vector["dst"]), count)
}

fn mocked(suite: Suite, vector: &Value, step: &str, count: usize) -> Mocked {
    let parameters = &vector["mockRngParameters"];
    let dst = parameters[step]["DST"].as_str().unwrap().as_bytes();
    Mocked::new(suite, parameters["SEED"].as_str().unwrap().as_bytes(), dst, count)
}
