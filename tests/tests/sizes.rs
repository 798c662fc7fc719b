//! The size table of the design, on real showings: payload, characters, QR version; and the pictures read back by decoders that are
//! not ours.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::process::Command;

use bauta_crypto::Signature;
use bauta_spec::qr::Picture;
use bauta_tests::{Citizen, Town};
use bauta_wallet::collect::Requested;
use bauta_wallet::renew::{HintWish, Renewal};

/// Somebody who can show whatever the sample policies ask for.
fn everything(town: &mut Town) -> Citizen {
    let mut citizen = town.citizen();
    for (record_type, facts) in [
        ("health-record", "tested=naat tested_on=2026-11-23 vaccinated=mrna vaccinated_on=2026-10-15 hint=M/05"),
        ("age-record", "birth_month=1980-05"),
        ("membership-record", "group=library tier=basic"),
    ] {
        citizen.collect(town, &town.lab.add(record_type, facts));
    }
    citizen.renew_with_hint(town);
    citizen
}

#[test]
fn u1_sizes_are_those_of_the_design() {
    let mut town = Town::with_seed(90);
    let citizen = everything(&mut town);
    // Policy, hidden claims with blind and secret, and the most bytes, characters and QR version that the design allows.
    for (policy, hidden, payload, characters, version) in [
        ("entry", 3, 415, 628, 14),
        ("entry-with-hint", 2, 385, 583, 13),
        ("vaccinated", 4, 450, 680, 15),
        ("over-18", 6, 560, 845, 16),
        ("member", 3, 415, 628, 14),
    ] {
        let showing = citizen.show(&town, policy).unwrap();
        let text = showing.text();
        let proof = 272 + 32 * hidden;
        // 16 bytes of head, then what is disclosed: a byte at least, at most a rule's eight and a hint's two.
        let head = showing.payload().len() - proof;
        assert!((17..=26).contains(&head), "{policy}: {head} bytes before the proof");
        assert!(showing.payload().len() <= payload, "{policy}: {} bytes", showing.payload().len());
        assert!(text.len() <= characters, "{policy}: {} characters", text.len());
        let drawn = Picture::of(&text).unwrap().version();
        assert!(drawn <= version, "{policy}: version {drawn}");
    }
}

#[test]
fn u1_answers_to_posters_and_screens_have_the_sizes_of_the_design() {
    let mut town = Town::with_seed(93);
    let citizen = everything(&mut town);
    let organiser = town.organiser("Theatre on the quay");
    // As above; the challenge is named in four bytes, and a pseudonym has 48.
    for (policy, hidden, payload, characters, version) in [
        ("entry", 3, 465, 703, 15),
        ("event", 3, 465, 703, 15),
        ("vaccinated", 4, 500, 755, 15),
        ("over-18", 6, 560, 845, 16),
    ] {
        let poster = organiser.text(&town.event(policy));
        let showing = citizen.answer(&town, &poster).unwrap();
        let text = showing.text();
        let head = showing.payload().len() - (272 + 32 * hidden) - 48;
        assert!((21..=28).contains(&head), "{policy}: {head} bytes before the pseudonym");
        assert!(showing.payload().len() <= payload, "{policy}: {} bytes", showing.payload().len());
        assert!(text.len() <= characters, "{policy}: {} characters", text.len());
        let drawn = Picture::of(&text).unwrap().version();
        assert!(drawn <= version, "{policy}: version {drawn}");
        // What hangs on the wall is read from a few steps away.
        assert!(Picture::of(&poster).unwrap().version() <= 20, "{policy}: {} characters", poster.len());
    }
    for policy in ["entry", "vaccinated", "over-18", "member"] {
        let mut door = town.door_with_screen(policy);
        let asked = door.question(town.now(), &mut town.rng()).unwrap().to_string();
        assert_eq!((asked.len(), Picture::of(&asked).unwrap().version()), (60, 3));
        let by_itself = citizen.show(&town, policy).unwrap().payload().len();
        assert_eq!(citizen.answer(&town, &asked).unwrap().payload().len(), by_itself + 4, "{policy}: no pseudonym");
    }
}

#[test]
fn u1_two_passes_in_one_code_have_the_sizes_of_the_design() {
    let mut town = Town::with_seed(94);
    let citizen = everything(&mut town);
    let organiser = town.organiser("Theatre on the quay");
    let poster = organiser.text(&town.event("entry-and-member"));
    let by_itself = citizen.show(&town, "entry-and-member").unwrap();
    // Two proofs hide three messages each and have the holder's answer and the challenge in common. Before them stand head, both keys, and
    // what is disclosed of both; the challenge is named in four bytes, and a pseudonym has 48.
    for (mode, showing, before) in
        [("one way", by_itself, 20 + 9), ("poster", citizen.answer(&town, &poster).unwrap(), 24 + 9 + 48)]
    {
        let (payload, text) = (showing.payload().len(), showing.text());
        assert_eq!(payload - before, 672, "{mode}: the proof");
        assert!(payload <= 760, "{mode}: {payload} bytes");
        assert!(text.len() <= 1145, "{mode}: {} characters", text.len());
        let drawn = Picture::of(&text).unwrap().version();
        assert!(drawn <= 19, "{mode}: version {drawn}");
    }
    assert!(Picture::of(&poster).unwrap().version() <= 20, "{} characters on the wall", poster.len());
}

#[test]
fn a_record_and_a_pass_are_signed_in_eighty_bytes() {
    let mut town = Town::with_seed(91);
    let citizen = everything(&mut town);
    // As CBOR writes them: a byte string, its length in one byte.
    const EIGHTY_BYTES: [u8; 2] = [0x58, 80];

    let requested = Requested::new(&citizen.secret, &mut town.rng()).unwrap();
    let ticket = town.lab.add("age-record", "birth_month=1980-05");
    let record = town.lab.collect(&ticket, requested.commitment()).unwrap().record;
    let (head, signature) = record.split_last_chunk::<80>().unwrap();
    assert!(head.ends_with(&EIGHTY_BYTES), "a record ends in its signature");
    assert_eq!(Signature::from_bytes(signature).unwrap().to_bytes(), *signature);

    let nonce = town.lab.nonce();
    let (record, secret, wish) = (&citizen.records[0], &citizen.secret, HintWish::LeaveOut);
    let renewal = Renewal::new(record, secret, town.trust(), &nonce, wish, town.now(), &mut town.rng()).unwrap();
    let answer = town.lab.renew(renewal.request()).unwrap().to_bytes();
    // An array of version and passes: three rules on each of four days, one of which admits on two days only.
    let (head, passes) = answer.split_first_chunk::<3>().unwrap();
    assert_eq!(head, &[0x82, 1, 0x8c]);
    let passes = passes.as_chunks::<82>();
    assert_eq!((passes.0.len(), passes.1.len()), (12, 0));
    let mut none = 0;
    for pass in passes.0 {
        assert_eq!(pass[..2], EIGHTY_BYTES);
        match &pass[2..] {
            [0, ..] => none += 1,
            signature => assert!(Signature::from_bytes(signature).is_ok()),
        }
    }
    assert_eq!(none, 2, "no pass is as long as one");
}

/// A picture as a file, and the text that it must hold.
fn drawn() -> (tempfile::TempDir, std::path::PathBuf, String) {
    let mut town = Town::with_seed(92);
    let text = everything(&mut town).show(&town, "over-18").unwrap().text();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("code.png");
    std::fs::write(&file, Picture::of(&text).unwrap().to_png(4)).unwrap();
    (folder, file, text)
}

#[test]
fn the_picture_is_read_back_by_rqrr() {
    let (_folder, file, text) = drawn();
    let mut picture = rqrr::PreparedImage::prepare(image::open(file).unwrap().to_luma8());
    let grids = picture.detect_grids();
    assert_eq!(grids.len(), 1);
    assert_eq!(grids[0].decode().unwrap().1, text);
}

#[test]
fn the_picture_is_read_back_by_zbar() {
    let (_folder, file, text) = drawn();
    let output = Command::new("zbarimg").args(["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable"]).arg(file).output();
    let output = output.expect("zbarimg is installed: `cargo xtask test` does that, or apt-get install zbar-tools");
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim_end_matches('\n'), text);
}
