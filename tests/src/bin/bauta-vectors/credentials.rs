//! Credential types, commitments, and what an issuer answers.

use anyhow::Result;
use bauta_spec::attributes::{Binding, CredentialType};
use serde_json::{Value, json};

use crate::hostile;
use crate::items::Item;
use crate::structural;
use crate::vector::{Files, Vector, Verdict};
use crate::world::{Holder, World, unrelated_signature};

pub(crate) fn write(files: &mut Files, world: &World) -> Result<()> {
    types(files, world)?;
    commitments(files)?;
    credentials(files, world)
}

fn types(files: &mut Files, world: &World) -> Result<()> {
    for listed in &world.types {
        let name = listed.name().as_str();
        let says = json!({
            "name": name,
            "layout": listed.layout(),
            "claims": listed.claims().iter().map(|claim| claim.name.to_string()).collect::<Vec<_>>(),
            "id": listed.id().to_string(),
            "header": hex::encode(listed.header()),
        });
        let vector = Vector::bytes(name, "A shipped credential type.", listed.to_bytes()).accepted(says);
        files.add(Verdict::Accepted, "type", vector);
        files.add_seed("credential_type", name, listed.to_bytes());
        files.add_seed("json", &format!("type_{name}"), listed.to_json());
    }
    let pass = world.type_named("membership-pass")?.to_bytes();
    let mut vectors = structural::cuts(&pass, |bytes| bytes);
    vectors.extend(structural::flaws(&pass, |bytes| bytes)?);
    files.add_systematic(
        "type",
        "structure",
        "Every structural flaw at every item of a type.",
        json!({}),
        "malformed",
        vectors,
    );

    let text = |text: &str| Item::Text(text.as_bytes().to_vec());
    let claim = |name: &str, kind: &str| Item::Array(vec![text(name), text(kind)]);
    let words = |codes: &[(u64, &str)]| {
        Item::Array(codes.iter().map(|(code, word)| Item::Array(vec![Item::Unsigned(*code), text(word)])).collect())
    };
    let mut flaw = |name: &str, shows: &str, path: &[usize], new: Item| {
        let bytes = structural::with(&pass, path, new)?;
        files.add(Verdict::Refused, "type", Vector::bytes(name, shows, bytes).refused("malformed"));
        Ok::<_, anyhow::Error>(())
    };
    flaw("version_0", "There is no version 0.", &[0], Item::Unsigned(0))?;
    flaw("version_2", "Version 2 does not exist yet.", &[0], Item::Unsigned(2))?;
    flaw("name_empty", "A name has a letter.", &[1], text(""))?;
    flaw("name_with_capital", "A name has small letters.", &[1], text("Pass"))?;
    flaw("name_with_space", "A name has no space.", &[1], text("entry pass"))?;
    flaw("name_begins_with_digit", "A name begins with a letter.", &[1], text("1pass"))?;
    flaw("name_of_33_letters", "A name has at most 32 letters.", &[1], text(&"a".repeat(33)))?;
    flaw("name_with_newline", "A name has no newline.", &[1], text("pass\n"))?;
    flaw("layout_256", "A layout is one byte.", &[2], Item::Unsigned(256))?;
    flaw("usage_unknown", "A type is a record (0) or a pass (1).", &[3], Item::Unsigned(2))?;
    flaw("usage_of_a_record", "A record begins with handle and binding.", &[3], Item::Unsigned(0))?;
    flaw("no_claims", "A type has a claim.", &[4], Item::Array(vec![]))?;
    flaw("no_epoch", "A pass begins with its epoch.", &[4], Item::Array(vec![claim("over_18", "flag")]))?;
    flaw("claim_twice", "A claim name is used once.", &[4, 2, 0], text("group"))?;
    flaw("claim_name_with_hyphen", "A claim name has no hyphen.", &[4, 1, 0], text("my-group"))?;
    flaw("epoch_twice", "A pass has one epoch.", &[4, 1], claim("again", "epoch"))?;
    let hints = Item::Array(vec![claim("epoch", "epoch"), claim("hint", "hint"), claim("another", "hint")]);
    flaw("two_hints", "A type has one hint at most.", &[4], hints)?;
    flaw("pass_with_handle", "A pass has no handle.", &[4, 1], claim("handle", "handle"))?;
    flaw("pass_with_binding", "A pass has no binding.", &[4, 1], claim("binding", "binding"))?;
    flaw("kind_unknown", "There is no kind \"name\".", &[4, 1], claim("surname", "name"))?;
    flaw("codes_missing", "A claim of kind code has codes.", &[4, 1], claim("group", "code"))?;
    let epoch_with_codes = Item::Array(vec![text("epoch"), text("epoch"), words(&[(1, "one")])]);
    flaw("codes_too_much", "Only a claim of kind code has codes.", &[4, 0], epoch_with_codes)?;
    let null_codes = Item::Array(vec![text("epoch"), text("epoch"), Item::NULL]);
    flaw("codes_null", "Codes that are not there are left out.", &[4, 0], null_codes)?;
    flaw("codes_empty", "A vocabulary has a word.", &[4, 1, 2], Item::Array(vec![]))?;
    flaw("code_0", "Codes begin with 1: 0 means absent.", &[4, 1, 2, 0, 0], Item::Unsigned(0))?;
    flaw("code_255", "Codes end with 254.", &[4, 1, 2, 2, 0], Item::Unsigned(255))?;
    flaw("codes_descend", "Codes ascend.", &[4, 1, 2, 0, 0], Item::Unsigned(9))?;
    flaw("code_twice", "A code stands once.", &[4, 1, 2, 1, 0], Item::Unsigned(1))?;
    flaw("word_twice", "A word stands once.", &[4, 1, 2, 1, 1], text("library"))?;
    flaw("word_with_space", "A word has no space.", &[4, 1, 2, 1, 1], text("sports club"))?;
    let many = (0..17).map(|i| if i == 0 { claim("epoch", "epoch") } else { claim(&format!("flag_{i}"), "flag") });
    flaw("17_claims", "A type has at most 16 claims.", &[4], Item::Array(many.collect()))?;
    Ok(())
}

fn commitments(files: &mut Files) -> Result<()> {
    let holder = Holder::new("holder")?;
    let bytes = holder.commitment.to_bytes();
    let commitment = holder.commitment.commitment();
    let says = json!({
        "commitment": hex::encode(commitment.to_bytes()),
        "binding": hex::encode(Binding::of(commitment).bytes()),
    });
    let vector = Vector::bytes("holder", "A commitment to one holder secret, with its proof.", bytes.clone());
    files.add(Verdict::Accepted, "commitment", vector.accepted(says));

    let mut malformed = structural::cuts(&bytes, |bytes| bytes);
    malformed.extend(hostile_at(&bytes, &[("commitment", 0)], &[("s", 48), ("m_1", 80), ("c", 112)]));
    files.add_systematic(
        "commitment",
        "structure",
        "Every hostile point and scalar in every field, and every wrong length.",
        json!({}),
        "malformed",
        malformed,
    );

    let another = Holder::new("another holder")?.commitment.to_bytes();
    let swapped = |from: usize, to: usize| [&bytes[..from], &another[from..to], &bytes[to..]].concat();
    for (name, shows, bytes) in [
        ("commitment_of_another", "The commitment is somebody else's.", swapped(0, 48)),
        ("response_of_another", "The response for the blind is somebody else's.", swapped(48, 80)),
        ("secret_response_of_another", "The response for the secret is somebody else's.", swapped(80, 112)),
        ("challenge_of_another", "The challenge is somebody else's.", swapped(112, 144)),
        ("two_secrets", "There is a response more than one secret needs.", [&bytes[..112], &bytes[80..]].concat()),
        ("no_secret", "There is no response for a secret.", [&bytes[..80], &bytes[112..]].concat()),
    ] {
        files.add(Verdict::Refused, "commitment", Vector::bytes(name, shows, bytes).refused("proof_invalid"));
    }
    Ok(())
}

fn credentials(files: &mut Files, world: &World) -> Result<()> {
    let holder = Holder::new("holder")?;
    for name in ["health-record", "age-record", "membership-record"] {
        let credential_type = world.type_named(name)?;
        let record = holder.record(world, name)?;
        let says = json!({
            "key": record.key.to_string(),
            "messages": record.claims.messages().iter().map(hex::encode).collect::<Vec<_>>(),
        });
        let vector = Vector::bytes(name, "A record as its issuer answers.", record.to_bytes());
        let vector = vector.knowing(context(world, &holder, credential_type)?).accepted(says);
        files.add(Verdict::Accepted, "credential", vector);
        files.add_seed("credential", name, record.to_bytes());
    }

    let record_type = world.type_named("health-record")?;
    let record = holder.record(world, "health-record")?;
    let bytes = record.to_bytes();
    let known = context(world, &holder, record_type)?;
    let signature_at = |signature: Vec<u8>| structural::with(&bytes, &[3], Item::Bytes(signature));
    let mut vectors = structural::cuts(&bytes, |bytes| bytes);
    vectors.extend(structural::flaws(&bytes, |bytes| bytes)?);
    let signature = record.signature.to_bytes();
    for vector in hostile_at(&signature, &[("a", 0)], &[("e", 48)]) {
        vectors.push(vector.rewrapped(signature_at)?);
    }
    vectors.push(Vector::bytes("signature_of_79_bytes", "A signature has 80 bytes.", signature_at(vec![0x80; 79])?));
    files.add_systematic(
        "credential",
        "structure",
        "Every structural flaw at every item, every hostile point and scalar in the signature.",
        known.clone(),
        "malformed",
        vectors,
    );

    let mut flaw = |name: &str, shows: &str, path: &[usize], new: Item, reason: &str| {
        let bytes = structural::with(&bytes, path, new)?;
        let vector = Vector::bytes(name, shows, bytes).knowing(known.clone()).refused(reason);
        files.add(Verdict::Refused, "credential", vector);
        Ok::<_, anyhow::Error>(())
    };
    let malformed = "malformed";
    flaw("version_0", "There is no version 0.", &[0], Item::Unsigned(0), malformed)?;
    flaw("version_2", "Version 2 does not exist yet.", &[0], Item::Unsigned(2), malformed)?;
    flaw("handle_absent", "A handle cannot be absent.", &[2, 0], Item::NULL, malformed)?;
    flaw("handle_of_15_bytes", "A handle has 16 bytes.", &[2, 0], Item::Bytes(vec![7; 15]), malformed)?;
    flaw("binding_of_33_bytes", "A binding has 32 bytes.", &[2, 1], Item::Bytes(vec![7; 33]), malformed)?;
    flaw("test_of_unknown_kind", "Code 3 is not in the vocabulary.", &[2, 2], Item::Unsigned(3), malformed)?;
    flaw("test_with_code_0", "0 is no code.", &[2, 2], Item::Unsigned(0), malformed)?;
    flaw("test_as_text", "A code is a number.", &[2, 2], Item::Text(b"naat".to_vec()), malformed)?;
    flaw("test_as_flag", "A code is not yes or no.", &[2, 2], Item::Simple(21), malformed)?;
    flaw("day_65535", "65535 is no day.", &[2, 3], Item::Unsigned(65535), malformed)?;
    flaw("day_65536", "A day has two bytes.", &[2, 3], Item::Unsigned(65536), malformed)?;
    flaw("day_negative", "A day is not negative.", &[2, 3], Item::Negative(0), malformed)?;
    flaw("hint_0", "Hints begin with 1.", &[2, 7], Item::Unsigned(0), malformed)?;
    flaw("hint_241", "Hints end with 240.", &[2, 7], Item::Unsigned(241), malformed)?;
    flaw("value_of_65_bytes", "No value has 65 bytes.", &[2, 0], Item::Bytes(vec![7; 65]), malformed)?;
    let invalid = "invalid_signature";
    flaw("other_test", "The kind of test was changed.", &[2, 2], Item::Unsigned(2), invalid)?;
    flaw("other_day", "The day of the test was changed.", &[2, 3], Item::Unsigned(20_000), invalid)?;
    flaw("test_left_out", "The test was made absent.", &[2, 2], Item::NULL, invalid)?;
    flaw("other_handle", "The handle was changed.", &[2, 0], Item::Bytes(vec![7; 16]), invalid)?;
    flaw("other_binding", "The binding was changed.", &[2, 1], Item::Bytes(vec![7; 32]), invalid)?;
    let unrelated = unrelated_signature(&holder)?.to_bytes().to_vec();
    flaw("signature_of_another_key", "Another key signed.", &[3], Item::Bytes(unrelated), invalid)?;
    flaw("key_of_another", "The key id is another one.", &[1], Item::Bytes(vec![1, 2, 3, 4]), "other_key")?;

    let another = Holder::new("another holder")?;
    let vector = Vector::bytes("of_another_holder", "The signature is over somebody else's commitment.", bytes);
    let vector = vector.knowing(context(world, &another, record_type)?).refused(invalid);
    files.add(Verdict::Refused, "credential", vector);
    Ok(())
}

fn context(world: &World, holder: &Holder, credential_type: &CredentialType) -> Result<Value> {
    Ok(json!({
        "type": hex::encode(credential_type.to_bytes()),
        "public_key": hex::encode(world.key(credential_type.name().as_str())?.public().to_bytes()),
        "holder_secret": hex::encode(*holder.secret.to_bytes()),
        "blind": hex::encode(*holder.blind.to_bytes()),
    }))
}

/// Every hostile point and scalar in every field of a fixed layout. Fields by name and first byte.
pub(crate) fn hostile_at(bytes: &[u8], points: &[(&str, usize)], scalars: &[(&str, usize)]) -> Vec<Vector> {
    let replaced = |at: usize, new: &[u8]| [&bytes[..at], new, &bytes[at + new.len()..]].concat();
    let point_flaws = points.iter().flat_map(|(field, at)| {
        let valid = &bytes[*at..at + 48];
        hostile::points(valid).into_iter().map(move |(flaw, shows, new)| (*field, *at, flaw, shows, new))
    });
    let scalar_flaws = scalars.iter().flat_map(|(field, at)| {
        hostile::scalars().into_iter().map(move |(flaw, shows, new)| (*field, *at, flaw, shows, new))
    });
    point_flaws
        .chain(scalar_flaws)
        .map(|(field, at, flaw, shows, new)| {
            Vector::bytes(format!("{field}_{flaw}"), format!("In {field}, {shows}."), replaced(at, &new))
        })
        .collect()
}
