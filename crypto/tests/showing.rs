//! The vectors of the operations that only Bauta has: the named showing, and pseudonyms with the fixed entropy.
//!
//! They are made here from the drafts' made-up randomness and compared with `vectors/showing`. After a deliberate change of format,
//! `BAUTA_WRITE_VECTORS=1 cargo test -p bauta-crypto --test showing` writes them anew.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::path::Path;

use bauta_crypto::holder::{self, Credential, Statement};
use bauta_crypto::pseudonym::{CommitmentWithProof, HolderSecret, ProverBlind, Pseudonym};
use bauta_crypto::{Proof, PublicKey, SecretKey, Signature, Suite};
use serde_json::{Value, json};
use support::{Mocked, all, all_refused, bytes, expand, kept, list, read, slices};

const FOLDER: &str = "tests/vectors/showing";
const SEED: &[u8] = b"3.141592653589793238462643383279";
const COMMIT_DST: &[u8] = b"BAUTA_V1_COMMIT_MOCK_RANDOM_SCALARS_DST_";
const PROOF_DST: &[u8] = b"BAUTA_V1_PROOF_MOCK_RANDOM_SCALARS_DST_";

/// (name, number of messages, disclosed indexes, with pseudonym)
const ACCEPTED: [(&str, usize, &[usize], bool); 8] = [
    ("nothing_disclosed", 3, &[], false),
    ("one_disclosed", 3, &[1], false),
    ("two_disclosed", 3, &[0, 2], false),
    ("everything_disclosed", 3, &[0, 1, 2], false),
    ("no_messages", 0, &[], false),
    ("nine_messages", 9, &[0, 1, 4, 8], false),
    ("pseudonym", 3, &[0], true),
    ("pseudonym_everything_disclosed", 4, &[0, 1, 2, 3], true),
];

#[test]
fn showings_are_made_byte_for_byte() {
    for (name, message_count, disclosed, with_pseudonym) in ACCEPTED {
        let made = make(name, message_count, disclosed, with_pseudonym);
        assert_eq!(kept(&Path::new(FOLDER).join(format!("accepted/{name}.json")), &made), made, "{name}");
        assert!(accepts(&made), "{name}");
    }
}

#[test]
fn refused_showings() {
    all_refused(FOLDER, &flawed(), accepts);
}

/// The whole way of a credential, from key material to proof.
fn make(name: &str, message_count: usize, disclosed: &[usize], with_pseudonym: bool) -> Value {
    let sk = SecretKey::from_key_material(Suite::Sha256, &[7; 32], b"bauta test key", None).unwrap();
    let secret = HolderSecret::from_bytes(&Mocked::new(Suite::Sha256, SEED, b"BAUTA_V1_HOLDER_SECRET_DST_", 1).0[0]);
    let secret = secret.unwrap();
    let mut commit_rng = Mocked::new(Suite::Sha256, SEED, COMMIT_DST, 3);
    let (commitment, blind) = holder::commit(&secret, &mut commit_rng).unwrap();
    let header = b"bauta test header".to_vec();
    let ph = b"bauta test presentation header".to_vec();
    let context_id = b"bauta test context".to_vec();
    let messages: Vec<Vec<u8>> =
        (0..message_count).map(|i| expand(Suite::Sha256, &[i as u8], b"BAUTA_V1_MESSAGE_DST_", 4 * i)).collect();
    let messages_of = slices(&messages);
    let verified = holder::verify_commitment(&commitment).unwrap();
    let signature = holder::sign(&sk, &verified, &header, &messages_of).unwrap();
    let credential = Credential {
        public_key: &sk.public_key(),
        signature: &signature,
        header: &header,
        messages: &messages_of,
        secret: &secret,
        blind: &blind,
    };
    holder::verify(&credential).unwrap();
    let mut rng = Mocked::new(Suite::Sha256, SEED, PROOF_DST, 5 + message_count + 2 - disclosed.len());
    let (proof, pseudonym) = if with_pseudonym {
        let (proof, pseudonym) =
            holder::show_with_pseudonym(&credential, &context_id, &ph, disclosed, &mut rng).unwrap();
        (proof, Some(pseudonym))
    } else {
        (holder::show(&credential, &ph, disclosed, &mut rng).unwrap(), None)
    };
    json!({
        "caseName": name,
        "mockRngParameters": {
            "SEED": hex::encode(SEED),
            "commit": { "DST": hex::encode(COMMIT_DST) },
            "proof": { "DST": hex::encode(PROOF_DST) },
        },
        "signerSecretKey": hex::encode(sk.to_bytes().as_ref()),
        "signerPublicKey": hex::encode(sk.public_key().to_bytes()),
        "signerNymEntropy": hex::encode(holder::signer_nym_entropy().to_bytes()),
        "holderSecret": hex::encode(secret.to_bytes().as_ref()),
        "proverBlind": hex::encode(blind.to_bytes().as_ref()),
        "commitmentWithProof": hex::encode(commitment.to_bytes()),
        "signature": hex::encode(signature.to_bytes()),
        "header": hex::encode(&header),
        "presentationHeader": hex::encode(&ph),
        "messageCount": message_count,
        "messages": messages.iter().map(hex::encode).collect::<Vec<_>>(),
        "disclosed": disclosed.iter().map(|i| json!([i, hex::encode(&messages[*i])])).collect::<Vec<_>>(),
        "contextId": with_pseudonym.then(|| hex::encode(&context_id)),
        "pseudonym": pseudonym.map(|pseudonym| hex::encode(pseudonym.to_bytes())),
        "proof": hex::encode(proof.to_bytes()),
    })
}

/// Decides as a verifier does: from the bytes, and from nothing that only a prover knows.
fn accepts(vector: &Value) -> bool {
    let Ok(public_key) = PublicKey::from_bytes(&bytes(&vector["signerPublicKey"])) else { return false };
    let Ok(proof) = Proof::from_bytes(&bytes(&vector["proof"])) else { return false };
    let disclosed: Vec<(usize, Vec<u8>)> =
        list(&vector["disclosed"]).iter().map(|pair| (pair[0].as_u64().unwrap() as usize, bytes(&pair[1]))).collect();
    let disclosed: Vec<(usize, &[u8])> = disclosed.iter().map(|(index, message)| (*index, &message[..])).collect();
    let statement = Statement {
        public_key: &public_key,
        header: &bytes(&vector["header"]),
        presentation_header: &bytes(&vector["presentationHeader"]),
        message_count: vector["messageCount"].as_u64().unwrap() as usize,
        disclosed: &disclosed,
    };
    if vector["contextId"].is_null() {
        return holder::check(&statement, &proof).is_ok();
    }
    let Ok(pseudonym) = Pseudonym::from_bytes(&bytes(&vector["pseudonym"])) else { return false };
    holder::check_with_pseudonym(&statement, &bytes(&vector["contextId"]), &proof, &pseudonym).is_ok()
}

/// Each differs from an accepted vector in the one thing that its name says.
fn flawed() -> Vec<(&'static str, Value)> {
    let plain = || make("", 3, &[1], false);
    let two = || make("", 3, &[0, 2], false);
    let named = || make("", 3, &[0], true);
    let edit = |flaw: &'static str, mut vector: Value, field: &str, value: Value| {
        vector["caseName"] = json!(flaw);
        vector[field] = value;
        (flaw, vector)
    };
    let swap = |vector: &Value| json!([vector["disclosed"][1], vector["disclosed"][0]]);
    let twice = |vector: &Value| json!([vector["disclosed"][0], vector["disclosed"][0]]);
    let other_key = SecretKey::from_key_material(Suite::Sha256, &[8; 32], b"", None).unwrap().public_key();
    let identity = format!("c0{}", "00".repeat(47));
    let proof_of = |vector: &Value| vector["proof"].as_str().unwrap().to_owned();
    let p1 = "a8ce256102840821a3e94ea9025e4662b205762f9776b3a766c872b948f1fd225e7c59698588e70d11406d161b4e28c9";
    vec![
        edit("other_header", plain(), "header", json!("00")),
        edit("other_presentation_header", plain(), "presentationHeader", json!("00")),
        edit("other_key", plain(), "signerPublicKey", json!(hex::encode(other_key.to_bytes()))),
        edit("other_message", plain(), "disclosed", json!([[1, "ff"]])),
        edit("other_index", plain(), "disclosed", json!([[0, plain()["disclosed"][0][1]]])),
        edit("index_beyond_the_messages", plain(), "disclosed", json!([[3, plain()["disclosed"][0][1]]])),
        edit("one_message_more", plain(), "messageCount", json!(4)),
        edit("one_message_less", plain(), "messageCount", json!(2)),
        edit("disclosed_left_out", plain(), "disclosed", json!([])),
        edit("disclosed_twice", two(), "disclosed", twice(&two())),
        edit("disclosed_out_of_order", two(), "disclosed", swap(&two())),
        edit("proof_one_scalar_longer", plain(), "proof", json!(proof_of(&plain()) + &"00".repeat(31) + "01")),
        edit("proof_one_scalar_shorter", plain(), "proof", json!(proof_of(&plain())[..proof_of(&plain()).len() - 64])),
        edit("proof_one_byte_longer", plain(), "proof", json!(proof_of(&plain()) + "00")),
        edit("proof_of_no_bytes", plain(), "proof", json!("")),
        edit("proof_with_identity", plain(), "proof", json!(identity.clone() + &proof_of(&plain())[96..])),
        edit("pseudonym_left_out", named(), "contextId", json!(null)),
        edit("pseudonym_added", named(), "proof", make("", 3, &[0], false)["proof"].clone()),
        edit("other_context", named(), "contextId", json!("00")),
        edit("pseudonym_is_identity", named(), "pseudonym", json!(identity)),
        edit("pseudonym_is_p1", named(), "pseudonym", json!(p1)),
        edit(
            "pseudonym_of_somebody_else",
            named(),
            "pseudonym",
            json!(negated(named()["pseudonym"].as_str().unwrap())),
        ),
    ]
}

/// The same point with the other sign: one bit of the encoding.
fn negated(point: &str) -> String {
    let mut point = hex::decode(point).unwrap();
    point[0] ^= 0x20;
    hex::encode(point)
}

/// The fields that a second implementation starts from decode to what the library made.
#[test]
fn inputs_of_the_accepted_vectors() {
    for (name, ..) in ACCEPTED {
        let vector = read(&Path::new(FOLDER).join(format!("accepted/{name}.json")));
        let commitment = CommitmentWithProof::from_bytes(&bytes(&vector["commitmentWithProof"])).unwrap();
        let commitment = holder::verify_commitment(&commitment).unwrap();
        let sk = SecretKey::from_bytes(&bytes(&vector["signerSecretKey"])).unwrap();
        let messages = all(&vector["messages"]);
        let signature = holder::sign(&sk, &commitment, &bytes(&vector["header"]), &slices(&messages)).unwrap();
        assert_eq!(signature, Signature::from_bytes(&bytes(&vector["signature"])).unwrap());
        let credential = Credential {
            public_key: &sk.public_key(),
            signature: &signature,
            header: &bytes(&vector["header"]),
            messages: &slices(&messages),
            secret: &HolderSecret::from_bytes(&bytes(&vector["holderSecret"])).unwrap(),
            blind: &ProverBlind::from_bytes(&bytes(&vector["proverBlind"])).unwrap(),
        };
        holder::verify(&credential).unwrap();
    }
}
