#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use bauta_crypto::SecretKey;
use bauta_crypto::Signature;
use bauta_crypto::holder;
use bauta_crypto::pseudonym::{CommitmentWithProof, HolderSecret};
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::json;

use super::*;
use crate::time::Day;

#[test]
fn codes_forgive_what_people_do() {
    let code: PickupCode = "62WZK46GS795E54VNWQJHCAK72".parse().unwrap();
    assert_eq!(*code.text(), "62WZK46GS795E54VNWQJHCAK72");
    for spelled in ["62wzk46gs795e54vnwqjhcak72", "62WZK-46GS7-95E54-VNWQJ-HCAK7-2", " 62WZK46GS795E54VNWQJHCAK72 "] {
        assert_eq!(spelled.parse::<PickupCode>().unwrap().expose(), code.expose());
    }
    let zeros_and_ones: PickupCode = "OoIiLl01010101010101010101".parse().unwrap();
    assert_eq!(*zeros_and_ones.text(), "00111101010101010101010101");
    let short: ShortCode = "ab3d 9xyz".parse().unwrap();
    assert_eq!(*short.text(), "AB3D-9XYZ");
}

#[test]
fn codes_with_one_flaw() {
    let flaws = [
        ("empty", ""),
        ("25_letters", "62WZK46GS795E54VNWQJHCAK7"),
        ("27_letters", "62WZK46GS795E54VNWQJHCAK722"),
        ("letter_u", "U2WZK46GS795E54VNWQJHCAK72"),
        ("above_128_bits", "82WZK46GS795E54VNWQJHCAK72"),
        ("newline", "62WZK46GS795E54VNWQJHCAK72\n"),
        ("not_ascii", "É2WZK46GS795E54VNWQJHCAK72"),
        ("many_hyphens", "--------------------62WZK46GS795E54VNWQJHCAK72"),
    ];
    for (flaw, text) in flaws {
        assert!(text.parse::<PickupCode>().is_err(), "accepted: {flaw}");
        assert!(text.parse::<Code>().is_err(), "accepted: {flaw}");
    }
    assert!("7ZZZZZZZZZZZZZZZZZZZZZZZZZ".parse::<PickupCode>().is_ok_and(|code| code.expose() == &[0xFF; 16]));
    for text in ["", "123456", "12345678", "12345a7", "１２３４５６７", "-123456", "123 4567"] {
        assert!(text.parse::<SecondFactor>().is_err(), "accepted: {text}");
    }
}

#[test]
fn the_length_tells_the_codes_apart() {
    assert!(matches!("62WZK46GS795E54VNWQJHCAK72".parse(), Ok(Code::Pickup(_))));
    assert!(matches!("AB3D-9XYZ".parse(), Ok(Code::Short(_))));
}

#[test]
fn secrets_stay_out_of_logs() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let offer: Offer = "https://lab.example/offer#62WZK46GS795E54VNWQJHCAK72".parse().unwrap();
    let request = TokenRequest {
        grant_type: PRE_AUTHORIZED_CODE.to_owned(),
        pre_authorized_code: "62WZK46GS795E54VNWQJHCAK72".to_owned(),
        tx_code: Some("1234567".to_owned()),
    };
    let response = TokenResponse {
        access_token: "62WZ".to_owned(),
        token_type: TokenType::Bearer,
        expires_in: 300,
        credential_configuration_id: "health-record".to_owned(),
    };
    let text = format!(
        "{:?} {:?} {:?} {offer:?} {request:?} {response:?}",
        PickupCode::generate(&mut rng),
        ShortCode::generate(&mut rng),
        SecondFactor::generate(&mut rng)
    );
    assert!(text.starts_with("PickupCode(..) ShortCode(..) SecondFactor(..) Offer {"));
    assert!(!text.contains("62WZ") && !text.contains("1234567"), "{text}");
}

#[test]
fn offers_in_both_forms() {
    let url = "https://lab.example/offer#62WZK46GS795E54VNWQJHCAK72";
    let offer: Offer = url.parse().unwrap();
    assert_eq!((offer.issuer.as_str(), &*offer.url()), ("https://lab.example", &url.to_owned()));
    let again: Offer = offer.link().parse().unwrap();
    assert_eq!(*again.url(), url);
    let halfway_decoded = format!("openid-credential-offer://?credential_offer_uri={url}");
    assert_eq!(*halfway_decoded.parse::<Offer>().unwrap().url(), url);
    assert!("https://lab.example/offer".parse::<Offer>().unwrap().code.is_none());
}

#[test]
fn offers_with_one_flaw() {
    let flaws = [
        ("empty", String::new()),
        ("other_path", "https://lab.example/other#62WZK46GS795E54VNWQJHCAK72".to_owned()),
        ("code_in_the_query", "https://lab.example/offer?code=62WZK46GS795E54VNWQJHCAK72".to_owned()),
        ("no_code_after_the_hash", "https://lab.example/offer#".to_owned()),
        ("short_code", "https://lab.example/offer#AB3D-9XYZ".to_owned()),
        ("http", "http://lab.example/offer#62WZK46GS795E54VNWQJHCAK72".to_owned()),
        ("script", "javascript:alert(1)/offer".to_owned()),
        (
            "percent_at_the_end",
            "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Flab.example%2Foffer%2".to_owned(),
        ),
        (
            "percent_of_no_digits",
            "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Flab.example%2Foffer%zz".to_owned(),
        ),
        (
            "percent_newline",
            "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Flab.example%0A%2Foffer".to_owned(),
        ),
        (
            "second_parameter",
            "openid-credential-offer://?credential_offer_uri=https%3A%2F%2Flab.example%2Foffer&x=1".to_owned(),
        ),
        ("too_long", format!("https://lab.example/{}/offer", "a".repeat(500))),
    ];
    for (flaw, text) in flaws {
        assert!(text.parse::<Offer>().is_err(), "accepted: {flaw}");
    }
}

#[test]
fn addresses_of_issuers() {
    for good in [
        "https://lab.example",
        "https://lab.example:8443/a/b",
        "http://localhost:8080",
        "http://127.0.0.1",
        "http://[::1]:80",
        "https://xn--bcher-kva.example",
    ] {
        assert_eq!(good.parse::<IssuerUrl>().unwrap().as_str(), good);
    }
    let flaws = [
        "",
        "lab.example",
        "https://",
        "https:///a",
        "https://lab.example/",
        "https://lab.example/a//b",
        "https://lab.example/../b",
        "https://Lab.example",
        "HTTPS://lab.example",
        "https://user@lab.example",
        "https://lab.example:",
        "https://lab.example:0",
        "https://lab.example:+80",
        "https://lab.example:65536",
        "https://lab.example?x",
        "https://lab.example#x",
        "https://-lab.example",
        "https://lab..example",
        "https://lab.example.",
        "https://bücher.example",
        "https://lab.example/%2e",
        "https://lab.example\n",
        "https://[::1",
        "https://[::1]x",
        "https://[0:0::1]",
        "https://[]",
        "http://localhost.example",
        "http://127.0.0.1.example",
        "http://192.168.0.1",
        "ftp://lab.example",
    ];
    for flaw in flaws {
        assert!(flaw.parse::<IssuerUrl>().is_err(), "accepted: {flaw}");
    }
}

#[test]
fn an_address_may_have_a_path() {
    for (address, path) in
        [("https://lab.example", ""), ("https://lab.example:8443/north", "/north"), ("http://[::1]:80/a/b", "/a/b")]
    {
        assert_eq!(address.parse::<IssuerUrl>().unwrap().path(), path);
    }
}

#[test]
fn the_json_is_the_standards() {
    let issuer: IssuerUrl = "https://lab.example".parse().unwrap();
    let health = ["health-record".parse().unwrap()];
    let metadata = serde_json::to_value(IssuerMetadata::of(&issuer, &health, Some(Office))).unwrap();
    assert_eq!(metadata["credential_endpoint"], "https://lab.example/credential");
    let configurations = &metadata["credential_configurations_supported"];
    assert_eq!(configurations["health-record"]["format"], "bauta-record+cbor");
    assert!(configurations["health-record"]["proof_types_supported"]["bauta_commitment"].is_object());
    assert_eq!(configurations["health-record"]["credential_metadata"]["display"][0]["name"], "health record");
    assert!(configurations["passes"]["proof_types_supported"]["bauta_record_presentation"].is_object());
    let office_alone = serde_json::to_value(IssuerMetadata::of(&issuer, [], Some(Office))).unwrap();
    assert!(office_alone.get("notification_endpoint").is_none());
    assert_eq!(metadata["deferred_credential_endpoint"], "https://lab.example/deferred_credential");
    assert!(office_alone.get("deferred_credential_endpoint").is_none());

    let offer = serde_json::to_value(OfferDocument::of(&issuer, &health)).unwrap();
    assert_eq!(offer["grants"][PRE_AUTHORIZED_CODE]["pre-authorized_code"], CODE_IN_FRAGMENT);
    let server = serde_json::to_value(AuthorizationServerMetadata::of(&issuer)).unwrap();
    assert_eq!(server["pre-authorized_grant_anonymous_access_supported"], true);
    assert_eq!(serde_json::to_value(TokenType::Bearer).unwrap(), "Bearer");
    assert_eq!(serde_json::to_value(NotificationEvent::CredentialAccepted).unwrap(), "credential_accepted");
}

#[test]
fn a_request_has_exactly_one_proof() {
    let request = |proofs: serde_json::Value| {
        let json = json!({ "credential_configuration_id": "health-record", "proofs": proofs });
        serde_json::from_value::<CredentialRequest>(json)
    };
    let good = request(json!({ "bauta_commitment": ["AAEC"] })).unwrap();
    assert_eq!(good.proofs, Proofs::BautaCommitment([Base64Url(vec![0, 1, 2])]));
    let flaws = [
        ("none", json!({})),
        ("none_in_the_list", json!({ "bauta_commitment": [] })),
        ("two_in_the_list", json!({ "bauta_commitment": ["AAEC", "AAEC"] })),
        ("two_kinds", json!({ "bauta_commitment": ["AAEC"], "bauta_record_presentation": ["AAEC"] })),
        ("another_kind", json!({ "jwt": ["AAEC"] })),
        ("padding", json!({ "bauta_commitment": ["AAE="] })),
        ("bits_after_the_end", json!({ "bauta_commitment": ["AAF"] })),
        ("standard_alphabet", json!({ "bauta_commitment": ["AA+/"] })),
        ("newline", json!({ "bauta_commitment": ["AA\nEC"] })),
    ];
    for (flaw, proofs) in flaws {
        assert!(request(proofs).is_err(), "accepted: {flaw}");
    }
}

fn commitment_and_signature() -> (CommitmentWithProof, Signature) {
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    let (commitment, _) = holder::commit(&HolderSecret::generate(&mut rng), &mut rng).unwrap();
    let verified = holder::verify_commitment(&commitment).unwrap();
    let signature = holder::sign(&SecretKey::generate(&mut rng), &verified, b"header", &[b"message"]).unwrap();
    (commitment, signature)
}

fn ask() -> OfficeAsk {
    OfficeAsk {
        commitment: commitment_and_signature().0,
        nonce: b"nonce".to_vec(),
        first_day: Day::new(20_781),
        days: 4,
        with_hint: false,
        trust_version: 7,
        trust_hash: [1; 32],
    }
}

#[test]
fn a_challenge_binds_every_field() {
    let mut rng = ChaCha20Rng::seed_from_u64(4);
    let (other_commitment, _) = holder::commit(&HolderSecret::generate(&mut rng), &mut rng).unwrap();
    let other = [
        OfficeAsk { commitment: other_commitment, ..ask() },
        OfficeAsk { nonce: b"nonc".to_vec(), ..ask() },
        OfficeAsk { nonce: Vec::new(), ..ask() },
        OfficeAsk { first_day: Day::new(20_782), ..ask() },
        OfficeAsk { days: 5, ..ask() },
        OfficeAsk { with_hint: true, ..ask() },
        OfficeAsk { trust_version: 8, ..ask() },
        OfficeAsk { trust_hash: [2; 32], ..ask() },
    ];
    let mut challenges: Vec<_> = other
        .iter()
        .map(|ask| ask.challenge(HowMany::One))
        .chain([HowMany::One, HowMany::Two].map(|records| ask().challenge(records)))
        .collect();
    challenges.sort_unstable();
    challenges.dedup();
    assert_eq!(challenges.len(), 10);
}

#[test]
fn requests_come_back_within_their_limits() {
    let head = [&[1, 1, 4][..], &[0; 4], &[0, 5], &[7; 4], &[0; 3], &[8; 100]].concat();
    let request = |ask| OfficeRequest { ask, presentation: Records::from_bytes(&head).unwrap() };
    let good = request(ask());
    assert_eq!(OfficeRequest::from_bytes(&good.to_bytes()), Ok(good));
    let flaws = [
        ("no_days", OfficeAsk { days: 0, ..ask() }),
        ("32_days", OfficeAsk { days: 32, ..ask() }),
        ("nonce_of_129_bytes", OfficeAsk { nonce: vec![0; 129], ..ask() }),
    ];
    for (flaw, ask) in flaws {
        assert!(OfficeRequest::from_bytes(&request(ask).to_bytes()).is_err(), "accepted: {flaw}");
    }
}

#[test]
fn answers_have_one_length() {
    let signature = commitment_and_signature().1;
    let none = OfficeAnswer::new([None, None, None]).unwrap();
    let some = OfficeAnswer::new([None, Some(signature.clone()), None]).unwrap();
    assert_eq!(none.to_bytes().len(), some.to_bytes().len());
    let read = OfficeAnswer::from_bytes(&some.to_bytes()).unwrap();
    assert_eq!(read.signatures().collect::<Result<Vec<_>, _>>(), Ok(vec![None, Some(signature), None]));

    let mut damaged = some.to_bytes();
    *damaged.last_mut().unwrap() = 1;
    let damaged = OfficeAnswer::from_bytes(&damaged).unwrap();
    assert!(damaged.signatures().last().unwrap().is_err());
    assert!(OfficeAnswer::new(std::iter::repeat_n(None, OfficeAnswer::MAX_SLOTS)).is_ok());
    assert!(OfficeAnswer::new(std::iter::repeat_n(None, OfficeAnswer::MAX_SLOTS + 1)).is_err());
}

proptest! {
    #[test]
    fn codes_come_back(seed: u64) {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let (pickup, short, factor) =
            (PickupCode::generate(&mut rng), ShortCode::generate(&mut rng), SecondFactor::generate(&mut rng));
        let pickup_again = pickup.text().parse::<PickupCode>().unwrap();
        let short_again = short.text().parse::<ShortCode>().unwrap();
        let factor_again = factor.text().parse::<SecondFactor>().unwrap();
        prop_assert_eq!(pickup_again.expose(), pickup.expose());
        prop_assert_eq!(short_again.expose(), short.expose());
        prop_assert_eq!(factor_again.expose(), factor.expose());
    }

    #[test]
    fn any_text_gets_an_answer(text in ".{0,60}") {
        if let Ok(offer) = text.parse::<Offer>() {
            prop_assert!(offer.url().starts_with("http"));
        }
        prop_assert!(text.parse::<IssuerUrl>().is_err() || text.starts_with("http"));
    }

    #[test]
    fn bytes_in_json_have_one_spelling(bytes in prop::collection::vec(any::<u8>(), 0..50)) {
        let json = serde_json::to_string(&Base64Url(bytes.clone())).unwrap();
        prop_assert_eq!(serde_json::from_str::<Base64Url>(&json).unwrap(), Base64Url(bytes));
    }
}
