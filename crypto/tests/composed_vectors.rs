//! The vectors of composed showings, so that another implementation can follow.
//!
//! They are made here from the drafts' made-up randomness and compared with `vectors/composed`. After a deliberate change of format,
//! `BAUTA_WRITE_VECTORS=1 cargo test -p bauta-crypto --test composed_vectors` writes them anew.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod forger;
mod support;

use std::path::Path;

use bauta_crypto::composed::{self, ComposedProof, Part, Statement};
use bauta_crypto::holder::{self, Credential, Prover};
use bauta_crypto::pseudonym::{CommitmentWithProof, HolderSecret, ProverBlind, Pseudonym};
use bauta_crypto::{PublicKey, SecretKey, Signature, Suite};
use bls12_381::G1Affine;
use forger::composed::{Composition, Omitted, parts_of};
use forger::{Claim, big_endian, hash_to_scalar, message_scalar};
use serde_json::{Value, json};
use support::{Mocked, all, all_refused, bytes, expand, kept, list, read, slices};

const FOLDER: &str = "tests/vectors/composed";
const SEED: &[u8] = b"3.141592653589793238462643383279";
const SECRET_DST: &[u8] = b"BAUTA_V1_HOLDER_SECRET_DST_";
const COMMIT_DST: &[u8] = b"BAUTA_V1_COMPOSED_COMMIT_MOCK_RANDOM_SCALARS_DST_";
const PROOF_DST: &[u8] = b"BAUTA_V1_COMPOSED_PROOF_MOCK_RANDOM_SCALARS_DST_";
const PH: &[u8] = b"bauta test presentation header";
const CONTEXT: &[u8] = b"bauta test context";

/// Number of messages and disclosed indexes of a part.
type Shape = (usize, &'static [usize]);

/// (name, parts, with pseudonym)
const ACCEPTED: [(&str, &[Shape], bool); 6] = [
    ("two_parts", &[(3, &[0, 1]), (3, &[0, 1])], false),
    ("two_parts_with_pseudonym", &[(3, &[0, 1]), (4, &[0, 2])], true),
    ("nothing_disclosed", &[(2, &[]), (0, &[])], false),
    ("everything_disclosed", &[(2, &[0, 1]), (3, &[0, 1, 2])], true),
    ("three_parts", &[(9, &[0, 1, 4]), (1, &[0]), (2, &[])], false),
    ("four_parts_with_pseudonym", &[(1, &[0]), (2, &[0]), (3, &[0]), (4, &[0])], true),
];

#[test]
fn composed_showings_are_made_byte_for_byte() {
    for (name, parts, named) in ACCEPTED {
        let made = make(name, parts, named);
        assert_eq!(kept(&Path::new(FOLDER).join(format!("accepted/{name}.json")), &made), made, "{name}");
        assert!(accepts(&made), "{name}");
    }
}

#[test]
fn refused_composed_showings() {
    all_refused(FOLDER, &flawed(), accepts);
}

/// The fields that a second implementation starts from decode to what the library made, and what the challenge hashes is in the file.
#[test]
fn inputs_of_the_accepted_vectors() {
    for (name, ..) in ACCEPTED {
        let vector = read(&Path::new(FOLDER).join(format!("accepted/{name}.json")));
        let secret = HolderSecret::from_bytes(&bytes(&vector["holderSecret"])).unwrap();
        for part in list(&vector["parts"]) {
            let commitment = CommitmentWithProof::from_bytes(&bytes(&part["commitmentWithProof"])).unwrap();
            let commitment = holder::verify_commitment(&commitment).unwrap();
            let sk = SecretKey::from_bytes(&bytes(&part["signerSecretKey"])).unwrap();
            let (messages, header) = (all(&part["messages"]), bytes(&part["header"]));
            let signature = holder::sign(&sk, &commitment, &header, &slices(&messages)).unwrap();
            assert_eq!(signature, Signature::from_bytes(&bytes(&part["signature"])).unwrap());
            let credential = Credential {
                public_key: &sk.public_key(),
                signature: &signature,
                header: &header,
                messages: &slices(&messages),
                secret: &secret,
                blind: &ProverBlind::from_bytes(&bytes(&part["proverBlind"])).unwrap(),
            };
            holder::verify(&credential).unwrap();
        }
        let challenge = hash_to_scalar(&bytes(&vector["challengeInput"]), b"COMPOSED_H2S_");
        assert!(bytes(&vector["proof"]).ends_with(&big_endian(&challenge)), "{name}");
    }
}

/// Everything from key material to proof.
fn make(name: &str, parts: &[Shape], named: bool) -> Value {
    let secret = HolderSecret::from_bytes(&Mocked::new(Suite::Sha256, SEED, SECRET_DST, 1).0[0]).unwrap();
    let issued: Vec<Issued> = parts.iter().zip(0..).map(|(shape, i)| Issued::new(&secret, shape.0, i)).collect();
    let provers: Vec<Prover> = issued.iter().map(|issued| issued.prover(&secret)).collect();
    let shown: Vec<Part<'_>> =
        provers.iter().zip(parts).map(|(prover, (_, disclosed_indexes))| Part { prover, disclosed_indexes }).collect();
    // 5 + U for the first part, and one less for each of the others.
    let hidden_counts: Vec<usize> = parts.iter().map(|(count, disclosed)| count + 2 - disclosed.len()).collect();
    let draws = hidden_counts.iter().map(|hidden| 4 + hidden).sum::<usize>() + 1;
    let mut rng = Mocked::new(Suite::Sha256, SEED, PROOF_DST, draws);
    let (proof, pseudonym) = if named {
        let (proof, pseudonym) = composed::show_with_pseudonym(&shown, CONTEXT, PH, &mut rng).unwrap();
        (proof, Some(pseudonym))
    } else {
        (composed::show(&shown, PH, &mut rng).unwrap(), None)
    };
    assert!(rng.0.is_empty(), "not every scalar was drawn");
    let proof = proof.to_bytes();
    json!({
        "caseName": name,
        "mockRngParameters": { "SEED": hex::encode(SEED), "proof": { "DST": hex::encode(PROOF_DST) } },
        "signerNymEntropy": hex::encode(holder::signer_nym_entropy().to_bytes()),
        "holderSecret": hex::encode(secret.to_bytes().as_ref()),
        "parts": issued.iter().zip(parts).map(|(issued, (_, disclosed))| issued.json(disclosed)).collect::<Vec<_>>(),
        "presentationHeader": hex::encode(PH),
        "contextId": named.then(|| hex::encode(CONTEXT)),
        "pseudonym": pseudonym.as_ref().map(|pseudonym| hex::encode(pseudonym.to_bytes())),
        "challengeInput": hex::encode(challenge_input(&issued, parts, pseudonym.as_ref(), &proof)),
        "proof": hex::encode(proof),
    })
}

/// By the verifier that was written a second time.
fn challenge_input(issued: &[Issued], parts: &[Shape], pseudonym: Option<&Pseudonym>, proof: &[u8]) -> Vec<u8> {
    let claims = issued.iter().zip(parts).map(|(issued, (message_count, disclosed))| Claim {
        pk: issued.sk.public_key().to_bytes(),
        header: issued.header.clone(),
        ph: Vec::new(),
        message_count: *message_count,
        disclosed: disclosed.iter().map(|index| (*index, message_scalar(&issued.messages[*index]))).collect(),
        name: None,
    });
    let name = pseudonym.map(|name| (G1Affine::from_compressed(&name.to_bytes()).unwrap().into(), CONTEXT.to_vec()));
    let claim = Composition { parts: claims.collect(), ph: PH.to_vec(), flag: u64::from(name.is_some()), name };
    let hidden_counts: Vec<usize> = claim.parts.iter().map(|part| part.hidden().len()).collect();
    let (points, u) = claim.recomputed(&parts_of(proof, &hidden_counts), Omitted::Nothing);
    claim.transcript(&points, u, Omitted::Nothing)
}

struct Issued {
    commit_dst: Vec<u8>,
    sk: SecretKey,
    header: Vec<u8>,
    messages: Vec<Vec<u8>>,
    commitment: CommitmentWithProof,
    blind: ProverBlind,
    signature: Signature,
}

impl Issued {
    /// The nth credential of a holder.
    fn new(secret: &HolderSecret, message_count: usize, nth: u8) -> Self {
        let sk = SecretKey::from_key_material(Suite::Sha256, &[7 + nth; 32], b"bauta test key", None).unwrap();
        let commit_dst = [COMMIT_DST, &[b'0' + nth]].concat();
        let (commitment, blind) =
            holder::commit(secret, &mut Mocked::new(Suite::Sha256, SEED, &commit_dst, 3)).unwrap();
        let header = [b"bauta test header ", &[b'0' + nth][..]].concat();
        let message = |i| expand(Suite::Sha256, &[nth, i as u8], b"BAUTA_V1_MESSAGE_DST_", 4 * i);
        let messages: Vec<Vec<u8>> = (0..message_count).map(message).collect();
        let verified = holder::verify_commitment(&commitment).unwrap();
        let signature = holder::sign(&sk, &verified, &header, &slices(&messages)).unwrap();
        Self { commit_dst, sk, header, messages, commitment, blind, signature }
    }

    fn prover(&self, secret: &HolderSecret) -> Prover {
        Prover::new(&Credential {
            public_key: &self.sk.public_key(),
            signature: &self.signature,
            header: &self.header,
            messages: &slices(&self.messages),
            secret,
            blind: &self.blind,
        })
        .unwrap()
    }

    fn json(&self, disclosed: &[usize]) -> Value {
        json!({
            "commit": { "DST": hex::encode(&self.commit_dst) },
            "signerSecretKey": hex::encode(self.sk.to_bytes().as_ref()),
            "signerPublicKey": hex::encode(self.sk.public_key().to_bytes()),
            "proverBlind": hex::encode(self.blind.to_bytes().as_ref()),
            "commitmentWithProof": hex::encode(self.commitment.to_bytes()),
            "signature": hex::encode(self.signature.to_bytes()),
            "header": hex::encode(&self.header),
            "messageCount": self.messages.len(),
            "messages": self.messages.iter().map(hex::encode).collect::<Vec<_>>(),
            "disclosed": disclosed.iter().map(|i| json!([i, hex::encode(&self.messages[*i])])).collect::<Vec<_>>(),
        })
    }
}

/// Decides as a verifier does: from the bytes, and from nothing that only a prover knows.
fn accepts(vector: &Value) -> bool {
    struct Expected {
        public_key: PublicKey,
        header: Vec<u8>,
        message_count: usize,
        disclosed: Vec<(usize, Vec<u8>)>,
    }
    let mut expected = Vec::new();
    for part in list(&vector["parts"]) {
        let Ok(public_key) = PublicKey::from_bytes(&bytes(&part["signerPublicKey"])) else { return false };
        let disclosed = list(&part["disclosed"]);
        expected.push(Expected {
            public_key,
            header: bytes(&part["header"]),
            message_count: part["messageCount"].as_u64().unwrap() as usize,
            disclosed: disclosed.iter().map(|pair| (pair[0].as_u64().unwrap() as usize, bytes(&pair[1]))).collect(),
        });
    }
    let disclosed: Vec<Vec<(usize, &[u8])>> = expected
        .iter()
        .map(|part| part.disclosed.iter().map(|(index, message)| (*index, &message[..])).collect())
        .collect();
    let statements: Vec<Statement<'_>> = expected
        .iter()
        .zip(&disclosed)
        .map(|(Expected { public_key, header, message_count, .. }, disclosed)| Statement {
            public_key,
            header,
            message_count: *message_count,
            disclosed,
        })
        .collect();
    let hidden_counts: Vec<usize> =
        expected.iter().map(|part| (part.message_count + 2).saturating_sub(part.disclosed.len())).collect();
    let Ok(proof) = ComposedProof::from_bytes(&bytes(&vector["proof"]), &hidden_counts) else { return false };
    let ph = bytes(&vector["presentationHeader"]);
    if vector["contextId"].is_null() {
        return composed::check(&statements, &ph, &proof).is_ok();
    }
    let Ok(pseudonym) = Pseudonym::from_bytes(&bytes(&vector["pseudonym"])) else { return false };
    composed::check_with_pseudonym(&statements, &bytes(&vector["contextId"]), &ph, &proof, &pseudonym).is_ok()
}

/// Each differs from an accepted vector in the one thing that its name says.
fn flawed() -> Vec<(&'static str, Value)> {
    const PAIR: &[Shape] = &[(3, &[0, 1]), (3, &[0, 1])];
    let plain = || make("", PAIR, false);
    let named = || make("", PAIR, true);
    let three = || make("", &[(3, &[0, 1]), (3, &[0, 1]), (3, &[0, 1])], false);
    let edit = |flaw: &'static str, mut vector: Value, edit: &dyn Fn(&mut Value)| {
        vector["caseName"] = json!(flaw);
        vector.as_object_mut().unwrap().remove("challengeInput");
        edit(&mut vector);
        (flaw, vector)
    };
    // In hex digits: a part is 304 bytes, what is common 64.
    let cut = |vector: &Value, parts: &[usize]| {
        let proof = vector["proof"].as_str().unwrap();
        let own: String = parts.iter().map(|part| &proof[608 * part..608 * (part + 1)]).collect();
        json!(own + &proof[proof.len() - 128..])
    };
    let proof_of = |vector: &Value| vector["proof"].as_str().unwrap().to_owned();
    let identity = format!("c0{}", "00".repeat(47));
    let p1 = "a8ce256102840821a3e94ea9025e4662b205762f9776b3a766c872b948f1fd225e7c59698588e70d11406d161b4e28c9";
    let other_key = SecretKey::from_key_material(Suite::Sha256, &[9; 32], b"", None).unwrap().public_key();
    vec![
        edit("other_key", plain(), &|v| v["parts"][1]["signerPublicKey"] = json!(hex::encode(other_key.to_bytes()))),
        edit("other_header", plain(), &|v| v["parts"][1]["header"] = json!("00")),
        edit("other_message", plain(), &|v| v["parts"][1]["disclosed"][0][1] = json!("ff")),
        edit("other_index", plain(), &|v| v["parts"][1]["disclosed"][1][0] = json!(2)),
        edit("index_beyond_the_messages", plain(), &|v| v["parts"][1]["disclosed"][1][0] = json!(3)),
        edit("one_message_more", plain(), &|v| v["parts"][0]["messageCount"] = json!(4)),
        edit("one_message_less", plain(), &|v| v["parts"][0]["messageCount"] = json!(2)),
        edit("other_presentation_header", plain(), &|v| v["presentationHeader"] = json!("00")),
        edit("parts_in_another_order", plain(), &|v| {
            v["parts"] = json!([v["parts"][1], v["parts"][0]]);
            v["proof"] = cut(v, &[1, 0]);
        }),
        edit("statements_in_another_order", plain(), &|v| v["parts"] = json!([v["parts"][1], v["parts"][0]])),
        edit("a_part_twice", plain(), &|v| {
            v["parts"] = json!([v["parts"][0], v["parts"][0]]);
            v["proof"] = cut(v, &[0, 0]);
        }),
        edit("a_part_left_out", three(), &|v| {
            v["parts"] = json!([v["parts"][0], v["parts"][1]]);
            v["proof"] = cut(v, &[0, 1]);
        }),
        edit("a_part_more", plain(), &|v| {
            v["parts"] = json!([v["parts"][0], v["parts"][1], v["parts"][1]]);
            v["proof"] = cut(v, &[0, 1, 1]);
        }),
        edit("a_part_alone", plain(), &|v| {
            v["parts"] = json!([v["parts"][0]]);
            v["proof"] = cut(v, &[0]);
        }),
        edit("a_part_of_another_showing", plain(), &|v| {
            let mut other = v.clone();
            other["proof"] = json!(proof_of(&three()));
            let (own, foreign) = (proof_of(v), proof_of(&other));
            v["proof"] = json!(format!("{}{}{}", &own[..608], &foreign[608..1216], &own[1216..]));
        }),
        edit("secrets_response_of_another_showing", plain(), &|v| {
            let (own, foreign) = (proof_of(v), proof_of(&three()));
            v["proof"] = json!(format!("{}{}{}", &own[..1216], &foreign[1824..1888], &own[1280..]));
        }),
        edit("proof_one_scalar_longer", plain(), &|v| v["proof"] = json!(proof_of(v) + &"00".repeat(31) + "01")),
        edit("proof_one_scalar_shorter", plain(), &|v| v["proof"] = json!(proof_of(v)[64..])),
        edit("proof_of_no_bytes", plain(), &|v| v["proof"] = json!("")),
        edit("proof_with_identity", plain(), &|v| {
            let own = proof_of(v);
            v["proof"] = json!(format!("{}{identity}{}", &own[..608], &own[704..]));
        }),
        edit("pseudonym_left_out", named(), &|v| v["contextId"] = json!(null)),
        edit("pseudonym_added", named(), &|v| v["proof"] = plain()["proof"].clone()),
        edit("other_context", named(), &|v| v["contextId"] = json!("00")),
        edit("pseudonym_is_identity", named(), &|v| v["pseudonym"] = json!(identity)),
        edit("pseudonym_is_p1", named(), &|v| v["pseudonym"] = json!(p1)),
        edit("pseudonym_of_somebody_else", named(), &|v| {
            let mut point = bytes(&v["pseudonym"]);
            point[0] ^= 0x20;
            v["pseudonym"] = json!(hex::encode(point));
        }),
    ]
}
