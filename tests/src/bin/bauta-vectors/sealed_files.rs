//! Sealed files, at the lowest cost there is: a real one costs a second.

use anyhow::{Context as _, Result};
use bauta_spec::sealed::{Cost, Kind, seal};
use serde_json::json;

use crate::seeds;
use crate::vector::{Files, Vector, Verdict};

const DOCUMENT: &str = "sealed";
const PASSPHRASE: &str = "correct horse battery staple";
const PLAINTEXT: &[u8] = b"what only the passphrase opens";

pub(crate) fn write(files: &mut Files) -> Result<()> {
    let cost = Cost::new(8, 1).context("the lowest cost there is")?;
    let seal = |kind| seal(kind, PASSPHRASE.as_bytes(), PLAINTEXT, cost, &mut seeds::rng("sealed"));
    let known = |kind: Kind| json!({ "kind": kind as u8, "passphrase": PASSPHRASE });
    for (name, kind) in [
        ("record_key", Kind::RecordKey),
        ("pass_key", Kind::PassKey),
        ("root_key", Kind::RootKey),
        ("delegate_key", Kind::DelegateKey),
        ("organiser_key", Kind::OrganiserKey),
        ("server_secret", Kind::ServerSecret),
        ("wallet", Kind::Wallet),
        ("backup", Kind::Backup),
    ] {
        let bytes = seal(kind)?;
        files.add_seed("sealed", name, bytes.clone());
        let vector = Vector::bytes(name, format!("A sealed file with {kind} in it."), bytes).knowing(known(kind));
        files.add(Verdict::Accepted, DOCUMENT, vector.accepted(json!({ "plaintext": hex::encode(PLAINTEXT) })));
    }

    let good = seal(Kind::Wallet)?;
    let with = |at: usize, new: &[u8]| [&good[..at], new, &good[at + new.len()..]].concat();
    let damaged = "wrong_passphrase_or_damaged";
    // Offsets as in the byte table of spec/sealed.md.
    let (version, kind, memory, passes, salt, nonce, body) = (12, 13, 14, 18, 19, 35, 59);
    for (name, shows, bytes, reason) in [
        ("empty", "There is nothing.", Vec::new(), "not_sealed"),
        ("another_magic", "It begins otherwise.", with(0, b"B"), "not_sealed"),
        ("version_0", "There is no version 0.", with(version, &[0]), "other_version"),
        ("version_2", "Version 2 does not exist yet.", with(version, &[2]), "other_version"),
        ("kind_0", "There is no kind 0.", with(kind, &[0]), "other_version"),
        ("kind_10", "There is no kind 10.", with(kind, &[10]), "other_version"),
        ("another_kind", "It is a backup by its own word.", with(kind, &[8]), "other_kind"),
        ("memory_7", "Below the least memory.", with(memory, &7_u32.to_be_bytes()), "too_costly"),
        (
            "memory_262145",
            "More memory than any file may ask for.",
            with(memory, &262_145_u32.to_be_bytes()),
            "too_costly",
        ),
        ("memory_all_ones", "4 TiB of memory.", with(memory, &[255; 4]), "too_costly"),
        ("passes_0", "No pass.", with(passes, &[0]), "too_costly"),
        ("passes_17", "More passes than any file may ask for.", with(passes, &[17]), "too_costly"),
        ("memory_changed", "The memory is authenticated.", with(memory, &9_u32.to_be_bytes()), damaged),
        ("passes_changed", "The passes are authenticated.", with(passes, &[2]), damaged),
        ("salt_changed", "Another salt.", with(salt, &[good[salt] ^ 1]), damaged),
        ("nonce_changed", "Another nonce.", with(nonce, &[good[nonce] ^ 1]), damaged),
        ("body_changed", "One bit of the body.", with(body, &[good[body] ^ 1]), damaged),
        ("tag_changed", "One bit of the tag.", with(good.len() - 1, &[good[good.len() - 1] ^ 1]), damaged),
        ("trailing_byte", "A byte follows the end.", [&good[..], &[0]].concat(), damaged),
        ("truncated_by_one", "A byte is missing at the end.", good[..good.len() - 1].to_vec(), damaged),
        ("header_only", "Nothing follows the header.", good[..body].to_vec(), "cut_short"),
        (
            "tag_cut_short",
            "A byte of the tag is missing, and all of the text.",
            good[..body + 15].to_vec(),
            "cut_short",
        ),
        ("cut_in_the_salt", "The header ends in the salt.", good[..salt + 8].to_vec(), "cut_short"),
        ("cut_in_the_magic", "It ends in the magic.", good[..8].to_vec(), "not_sealed"),
    ] {
        let vector = Vector::bytes(name, shows, bytes).knowing(known(Kind::Wallet)).refused(reason);
        files.add(Verdict::Refused, DOCUMENT, vector);
    }
    let wrong = json!({ "kind": Kind::Wallet as u8, "passphrase": "Correct horse battery staple" });
    let vector = Vector::bytes("wrong_passphrase", "A capital too many.", good.clone()).knowing(wrong);
    files.add(Verdict::Refused, DOCUMENT, vector.refused(damaged));
    let vector = Vector::bytes("asked_for_a_backup", "A wallet is no backup.", good).knowing(known(Kind::Backup));
    files.add(Verdict::Refused, DOCUMENT, vector.refused("other_kind"));
    Ok(())
}
