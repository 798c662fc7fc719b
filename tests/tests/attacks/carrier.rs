//! What a picture, a point or a number can be made to hold.

use bauta_crypto::pseudonym::CommitmentWithProof;
use bauta_issuer::{CollectError, OfficeError};
use bauta_spec::issuance::OfficeRequest;
use bauta_spec::qr;
use bauta_verifier::Refusal;
use bauta_wallet::collect::{self, Requested};
use bauta_wallet::renew::{HintWish, Renewal};

use crate::{TESTED, town_with_anna};

/// The last bytes of an `entry` showing, and of a record's showing to the office: three points and seven scalars. Both hide one
/// claim, the blind and the secret.
const PROOF: usize = 3 * POINT + 7 * SCALAR;
const POINT: usize = 48;
const SCALAR: usize = 32;

/// What is no point of the group that anybody may send.
fn bad_points() -> Vec<(&'static str, [u8; POINT])> {
    let point = |hex: &str| {
        let mut bytes = [0; POINT];
        hex::decode_to_slice(format!("{hex:0<96}"), &mut bytes).unwrap();
        bytes
    };
    let last = |flags: u8, last: u8| {
        let mut bytes = [0; POINT];
        (bytes[0], bytes[POINT - 1]) = (flags, last);
        bytes
    };
    vec![
        ("the identity", last(0xc0, 0)),
        ("a point of order three, outside the subgroup: x = 0", last(0x80, 0)),
        ("another point outside the subgroup: x = 4", last(0x80, 4)),
        ("off the curve: x = 1", last(0x80, 1)),
        (
            "x = p, a second spelling of 0",
            point("9a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab"),
        ),
        ("no flag of compression", last(0x00, 4)),
        ("identity with a coordinate", last(0xc0, 4)),
        ("identity with a sign", last(0xe0, 0)),
        ("all ones", [0xff; POINT]),
    ]
}

/// What is no scalar from 1 to r − 1.
fn bad_scalars() -> Vec<(&'static str, [u8; SCALAR])> {
    let r = hex::decode("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001").unwrap();
    let r: [u8; SCALAR] = r.try_into().unwrap();
    let mut above = r;
    above[SCALAR - 1] += 1;
    vec![("0", [0; SCALAR]), ("r", r), ("r + 1", above), ("2^256 - 1", [0xff; SCALAR])]
}

/// `bytes` with `flaw` written over the place at `at`.
fn with_flaw(bytes: &[u8], at: usize, flaw: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[at..at + flaw.len()].copy_from_slice(flaw);
    bytes
}

#[test]
fn n1_junk_truncation_lower_case_and_bad_triplets_are_red_and_the_next_scan_works() {
    let (town, anna) = town_with_anna(1);
    let mut door = town.door("entry");
    let code = anna.show(&town, "entry").unwrap().text();
    let (prefix, body) = code.split_at("BTA1:".len());
    let flaws = [
        ("nothing", String::new()),
        ("the prefix alone", prefix.to_owned()),
        ("trailing junk", format!("{code}0")),
        ("a trailing zero byte", format!("{code}00")),
        ("the code twice", format!("{code}{code}")),
        ("a trailing space", format!("{code} ")),
        ("a trailing line end", format!("{code}\n")),
        ("a leading space", format!(" {code}")),
        ("one character less", code[..code.len() - 1].to_owned()),
        ("three characters less", code[..code.len() - 3].to_owned()),
        ("half of it", code[..code.len() / 2].to_owned()),
        ("lower case", code.to_lowercase()),
        ("a lower-case prefix", format!("bta1:{body}")),
        ("another carrier", format!("HC1:{body}")),
        ("no carrier", body.to_owned()),
        ("a triplet above 65535", format!("{prefix}:::{}", &body[3..])),
        ("a tail above 255", format!("{code}::")),
        ("a letter outside the alphabet", format!("{prefix}a{}", &body[1..])),
        ("a letter outside ASCII", format!("{prefix}É{}", &body[1..])),
        ("a megabyte", "A".repeat(1 << 20)),
    ];
    for (flaw, text) in flaws {
        let refusal = door.scan(&text, town.trust(), town.now()).unwrap_err();
        assert!(matches!(refusal, Refusal::Unreadable | Refusal::Malformed), "{flaw}: {refusal:?}");
    }
    door.scan(&code, town.trust(), town.now()).unwrap();
}

#[test]
fn n1_every_truncation_of_the_bytes_is_red() {
    let (town, anna) = town_with_anna(2);
    let mut door = town.door("entry");
    let payload = anna.show(&town, "entry").unwrap().payload().to_vec();
    for length in 0..payload.len() {
        let text = qr::to_text(&payload[..length]);
        assert!(door.scan(&text, town.trust(), town.now()).is_err(), "accepted with {length} bytes");
    }
}

#[test]
fn n3_bad_points_and_scalars_in_every_field_of_a_showing_are_red() {
    let (town, anna) = town_with_anna(3);
    let mut door = town.door("entry");
    let payload = anna.show(&town, "entry").unwrap().payload().to_vec();
    let proof = payload.len() - PROOF;
    let mut refused = |field: &str, flaw: &str, bytes: &[u8]| {
        let refusal = door.scan(&qr::to_text(bytes), town.trust(), town.now()).unwrap_err();
        assert!(matches!(refusal, Refusal::Malformed | Refusal::ProofInvalid), "{field}, {flaw}: {refusal:?}");
    };
    for (index, field) in ["Abar", "Bbar", "D"].into_iter().enumerate() {
        for (flaw, point) in bad_points() {
            refused(field, flaw, &with_flaw(&payload, proof + index * POINT, &point));
        }
    }
    for index in 0..7 {
        for (flaw, scalar) in bad_scalars() {
            let at = proof + 3 * POINT + index * SCALAR;
            refused(&format!("scalar {index}"), flaw, &with_flaw(&payload, at, &scalar));
        }
    }
    // The published forgery: with Abar = Bbar = identity a careless verifier accepts anything.
    let identity = bad_points()[0].1;
    let forged = with_flaw(&with_flaw(&payload, proof, &identity), proof + POINT, &identity);
    refused("Abar and Bbar", "the identity", &forged);
}

#[test]
fn n3_bad_points_and_scalars_in_a_commitment_are_refused_and_burn_no_code() {
    let (town, mut anna) = town_with_anna(4);
    let ticket = town.lab.add("health-record", TESTED);
    let honest = Requested::new(&anna.secret, &mut town.rng()).unwrap().commitment().to_bytes();
    for (flaw, point) in bad_points() {
        assert!(CommitmentWithProof::from_bytes(&with_flaw(&honest, 0, &point)).is_err(), "accepted: {flaw}");
    }
    for index in 0..3 {
        for (flaw, scalar) in bad_scalars() {
            let bytes = with_flaw(&honest, POINT + index * SCALAR, &scalar);
            assert!(CommitmentWithProof::from_bytes(&bytes).is_err(), "accepted as scalar {index}: {flaw}");
        }
        // A scalar that may be one, and is the wrong one.
        let wrong = with_flaw(&honest, POINT + index * SCALAR, &[1; SCALAR]);
        let wrong = CommitmentWithProof::from_bytes(&wrong).unwrap();
        assert!(matches!(town.lab.collect(&ticket, &wrong), Err(CollectError::Proof)));
    }
    anna.collect(&town, &ticket);
}

#[test]
fn n3_bad_points_and_scalars_in_a_record_are_refused_by_the_wallet() {
    let (town, anna) = town_with_anna(5);
    let signature = POINT + SCALAR;
    let flaws = bad_points().into_iter().map(|(flaw, point)| (flaw, 0, point.to_vec()));
    let flaws = flaws.chain(bad_scalars().into_iter().map(|(flaw, scalar)| (flaw, POINT, scalar.to_vec())));
    for (flaw, offset, bytes) in flaws {
        let ticket = town.lab.add("health-record", TESTED);
        let requested = Requested::new(&anna.secret, &mut town.rng()).unwrap();
        let mut record = town.lab.collect(&ticket, requested.commitment()).unwrap().record;
        let at = record.len() - signature + offset;
        record = with_flaw(&record, at, &bytes);
        let refusal = requested.receive(&record, town.lab.url(), &anna.secret, town.trust(), town.now()).unwrap_err();
        assert!(
            matches!(refusal, collect::Refusal::ForeignClaim(_) | collect::Refusal::Signature),
            "{flaw}: {refusal:?}"
        );
    }
}

#[test]
fn n3_bad_points_and_scalars_in_an_office_request_are_refused() {
    let (town, anna) = town_with_anna(6);
    let renewal = Renewal::new(
        &anna.records[0],
        &anna.secret,
        town.trust(),
        &town.lab.nonce(),
        HintWish::LeaveOut,
        town.now(),
        &mut town.rng(),
    )
    .unwrap();
    let honest = renewal.request().to_bytes();
    let place = |of: &[u8]| honest.windows(of.len()).position(|window| window == of).unwrap();
    let commitment = place(&renewal.request().ask.commitment.to_bytes());
    let presentation = renewal.request().presentation.to_bytes();
    let end = place(&presentation) + presentation.len();
    let proof = end - PROOF;
    for (flaw, point) in bad_points() {
        for at in [commitment, proof, proof + POINT, proof + 2 * POINT] {
            assert!(refused(&town, &with_flaw(&honest, at, &point)), "accepted at {at}: {flaw}");
        }
    }
    for (flaw, scalar) in bad_scalars() {
        for at in (proof + 3 * POINT..end).step_by(SCALAR) {
            assert!(refused(&town, &with_flaw(&honest, at, &scalar)), "accepted at {at}: {flaw}");
        }
    }
    assert!(!refused(&town, &honest));
}

fn refused(town: &bauta_tests::Town, request: &[u8]) -> bool {
    match OfficeRequest::from_bytes(request) {
        Ok(request) => matches!(town.lab.renew(&request), Err(OfficeError::Proof)),
        Err(_) => true,
    }
}
