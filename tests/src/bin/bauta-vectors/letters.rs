//! What people type, scan or click: codes, offers, hints, QR texts; and the JSON of collecting a record.

use anyhow::Result;
use bauta_spec::hint::Hint;
use bauta_spec::issuance::{
    AuthorizationServerMetadata, Base64Url, IssuerMetadata, IssuerUrl, NonceResponse, Offer, OfferDocument, Office,
    PickupCode, SecondFactor, ShortCode,
};
use bauta_spec::qr::{self, Asked, Challenge, Question};
use serde_json::{Value, json};

use crate::vector::{Files, Vector, Verdict, sorted};
use crate::world::{Holder, World};
use crate::{seeds, statements};

pub(crate) fn write(files: &mut Files, world: &World) -> Result<()> {
    codes(files);
    offers(files)?;
    hints(files)?;
    qr_texts(files);
    questions(files, world)?;
    asked(files, world)?;
    messages(files, world)
}

struct Letters<'a> {
    files: &'a mut Files,
    document: &'static str,
}

impl Letters<'_> {
    fn accept(&mut self, name: &str, shows: &str, text: &str, says: Value) {
        self.files.add_seed("letters", &format!("{}_{name}", self.document.replace('-', "_")), text);
        self.files.add(Verdict::Accepted, self.document, Vector::text(name, shows, text).accepted(says));
    }

    fn refuse(&mut self, name: &str, shows: &str, text: &str, reason: &str) {
        self.files.add(Verdict::Refused, self.document, Vector::text(name, shows, text).refused(reason));
    }
}

fn codes(files: &mut Files) {
    let code = PickupCode::generate(&mut seeds::rng("pickup code"));
    let text = code.text();
    let says = json!({ "bytes": hex::encode(code.expose()), "text": *text });
    let mut letters = Letters { files, document: "pickup-code" };
    letters.accept("as_written", "The one spelling that is written.", &text, says.clone());
    letters.accept("small_letters", "Small letters are forgiven.", &text.to_lowercase(), says.clone());
    let (first, second) = text.split_at(13);
    letters.accept("with_hyphen", "Hyphens are forgiven.", &format!("{first}-{second}"), says.clone());
    letters.accept("with_spaces", "Spaces are forgiven.", &format!("{first} {second}"), says);
    let looks_alike = "0".repeat(24) + "01";
    let says = json!({ "bytes": hex::encode([&[0; 15][..], &[1]].concat()), "text": looks_alike });
    letters.accept("letters_for_digits", "O is 0, I and L are 1.", &("O".repeat(24) + "oL"), says);
    for (name, shows, flawed) in [
        ("empty", "There is nothing.", String::new()),
        ("25_letters", "A letter is missing.", text[..25].to_owned()),
        ("27_letters", "A letter too many.", format!("{}0", *text)),
        ("with_u", "U is no letter of the alphabet.", format!("{}U", &text[..25])),
        ("not_ascii", "Only plain letters.", format!("{}É", &text[..25])),
        ("full_width_digit", "Only plain digits.", format!("{}１", &text[..25])),
        ("beyond_128_bits", "The first letter stands for at most 3 bits.", format!("8{}", &text[1..])),
        ("many_hyphens", "A few hyphens, not hundreds.", format!("{}{}", "-".repeat(200), *text)),
        ("with_newline", "A newline is no letter.", format!("{}\n", *text)),
    ] {
        letters.refuse(name, shows, &flawed, "malformed");
    }

    let code = ShortCode::generate(&mut seeds::rng("short code"));
    let text = code.text();
    let says = json!({ "bytes": hex::encode(code.expose()), "text": *text });
    let mut letters = Letters { files: letters.files, document: "short-code" };
    letters.accept("as_written", "The one spelling that is written.", &text, says.clone());
    letters.accept("without_hyphen", "The hyphen may be missing.", &text.replace('-', ""), says.clone());
    letters.accept("small_letters", "Small letters are forgiven.", &text.to_lowercase(), says);
    for (name, shows, flawed) in [
        ("empty", "There is nothing.", ""),
        ("7_letters", "A letter is missing.", &text[..8]),
        ("9_letters", "A letter too many.", "0123-45678"),
        ("with_u", "U is no letter of the alphabet.", "0123-456U"),
        ("with_star", "* is no letter of the alphabet.", "0123-456*"),
    ] {
        letters.refuse(name, shows, flawed, "malformed");
    }

    let factor = SecondFactor::generate(&mut seeds::rng("second factor"));
    let mut letters = Letters { files: letters.files, document: "second-factor" };
    letters.accept("as_written", "Seven digits.", &factor.text(), json!({ "text": *factor.text() }));
    letters.accept("zeros", "Zeros in front count.", "0000000", json!({ "text": "0000000" }));
    for (name, shows, flawed) in [
        ("empty", "There is nothing.", ""),
        ("6_digits", "A digit is missing.", "123456"),
        ("8_digits", "A digit too many.", "12345678"),
        ("with_letter", "O is no digit.", "12345O7"),
        ("with_space", "A space is no digit.", "123 567"),
        ("with_sign", "A sign is no digit.", "+123456"),
        ("arabic_digits", "Only plain digits.", "١٢٣٤٥٦٧"),
    ] {
        letters.refuse(name, shows, flawed, "malformed");
    }
}

fn offers(files: &mut Files) -> Result<()> {
    let code = || PickupCode::generate(&mut seeds::rng("pickup code"));
    let text = code().text();
    let offer = Offer { issuer: "https://lab.example".parse()?, code: Some(code()) };
    let without = Offer { issuer: "https://lab.example".parse()?, code: None };
    let local = Offer { issuer: "http://127.0.0.1:8080".parse()?, code: Some(code()) };
    let below = Offer { issuer: "https://city.example:8443/lab/2".parse()?, code: Some(code()) };
    let says = |offer: &Offer| {
        json!({
            "issuer": offer.issuer.as_str(),
            "code": offer.code.as_ref().map(|code| code.text().to_string()),
            "link": *offer.link(),
            "url": *offer.url(),
        })
    };
    let mut letters = Letters { files, document: "offer" };
    letters.accept("link", "The link that opens a wallet.", &offer.link(), says(&offer));
    letters.accept("url", "The plain address, code in the fragment.", &offer.url(), says(&offer));
    letters.accept("without_code", "The citizen types a short code.", &without.link(), says(&without));
    letters.accept("this_machine", "Plain http is for this machine.", &local.url(), says(&local));
    letters.accept("port_and_path", "An issuer below a path, on a port.", &below.link(), says(&below));
    let link = |encoded: &str| format!("openid-credential-offer://?credential_offer_uri={encoded}");
    for (name, shows, flawed) in [
        ("empty", "There is nothing.", String::new()),
        ("plain_http", "http is for this machine only.", format!("http://lab.example/offer#{}", *text)),
        ("ftp", "Only https.", format!("ftp://lab.example/offer#{}", *text)),
        ("javascript", "No other scheme.", "javascript:alert(1)//offer".to_owned()),
        ("no_scheme", "A scheme is needed.", format!("lab.example/offer#{}", *text)),
        ("with_user", "No user in an address.", format!("https://lab@lab.example/offer#{}", *text)),
        ("with_query", "No query: servers log it.", format!("https://lab.example/offer?code={}", *text)),
        ("other_path", "The path ends with /offer.", format!("https://lab.example/other#{}", *text)),
        ("double_slash", "No empty part of a path.", format!("https://lab.example//offer#{}", *text)),
        ("path_upwards", "No way upwards in a path.", format!("https://lab.example/../offer#{}", *text)),
        ("host_in_capitals", "Hosts are written in small letters.", format!("https://LAB.example/offer#{}", *text)),
        ("host_with_space", "No space in a host.", format!("https://lab .example/offer#{}", *text)),
        ("host_not_ascii", "Hosts are written in ASCII.", format!("https://läb.example/offer#{}", *text)),
        ("host_empty", "A host is needed.", format!("https:///offer#{}", *text)),
        ("port_65536", "No such port.", format!("https://lab.example:65536/offer#{}", *text)),
        ("port_with_zero", "A port has one spelling.", format!("https://lab.example:0443/offer#{}", *text)),
        ("code_of_25_letters", "A letter is missing.", format!("https://lab.example/offer#{}", &text[..25])),
        ("code_empty", "A fragment without a code.", "https://lab.example/offer#".to_owned()),
        ("two_fragments", "There is one fragment.", format!("https://lab.example/offer#{0}#{0}", *text)),
        ("513_letters", "An offer is short.", format!("https://lab.example/{}/offer", "a".repeat(500))),
        (
            "offer_by_value",
            "Offers come by reference.",
            "openid-credential-offer://?credential_offer=%7B%7D".to_owned(),
        ),
        ("escape_cut_short", "An escape has two digits.", link("https%3A%2F%2Flab.example%2Foffer%2")),
        ("escape_not_hexadecimal", "An escape has two digits.", link("https%3A%2F%2Flab.example%2Foffer%zz")),
        ("escaped_newline", "No control character, escaped either.", link("https%3A%2F%2Flab.example%0A%2Foffer")),
        ("escaped_zero", "No zero byte.", link("https%3A%2F%2Flab.example%00%2Foffer")),
        ("two_members", "One member only.", link("https%3A%2F%2Flab.example%2Foffer&more=1")),
    ] {
        letters.refuse(name, shows, &flawed, "malformed");
    }
    Ok(())
}

/// A given name and the month of birth, as `name/month`.
fn hints(files: &mut Files) -> Result<()> {
    let mut letters = Letters { files, document: "hint" };
    for (name, given_name, month) in [
        ("maria", "Maria", 5),
        ("a_first", "Ana", 1),
        ("z_last", "Zoë", 12),
        ("shared_class", "Xaver", 7),
        ("umlaut", "Özlem", 3),
        ("ae", "Ægir", 9),
        ("thorn", "Þóra", 2),
        ("cyrillic", "Юлия", 11),
        ("vietnamese", "Ấn", 4),
        ("apostrophe", "’Ali", 6),
        ("small_letter", "jan", 8),
    ] {
        let hint = Hint::of(given_name, month)?;
        let says = json!({ "number": hint.number(), "text": hint.to_string() });
        let text = format!("{given_name}/{month}");
        letters.accept(name, "Transliterated as in the card's machine-readable lines.", &text, says);
    }
    for (name, shows, text) in [
        ("no_name", "A name is needed.", "/5"),
        ("no_letter", "Digits are no name.", "123/5"),
        ("other_script", "Enter the card's machine-readable lines.", "محمد/5"),
        ("chinese", "Enter the card's machine-readable lines.", "王/5"),
        ("month_0", "Months begin with 1.", "Maria/0"),
        ("month_13", "Months end with 12.", "Maria/13"),
    ] {
        letters.refuse(name, shows, text, "malformed");
    }
    Ok(())
}

fn questions(files: &mut Files, world: &World) -> Result<()> {
    let entry = world.policy_named("entry")?.id();
    let text = Question(entry).to_string();
    let digits = &text[6..];
    let mut letters = Letters { files, document: "question" };
    letters.accept("entry", "The policy of this name, by its id.", &text, json!({ "policy": entry }));
    letters.accept("zeros", "Zeros in front count.", "BTA1P:00000001", json!({ "policy": "00000001" }));
    for (name, shows, flawed) in [
        ("empty", "There is nothing.", String::new()),
        ("no_prefix", "The prefix is missing.", digits.to_owned()),
        ("prefix_of_a_code", "The prefix of what is shown at a door.", format!("BTA1:{digits}")),
        ("prefix_of_version_2", "Version 2 does not exist yet.", format!("BTA2P:{digits}")),
        ("prefix_in_small_letters", "The prefix is written in capitals.", format!("bta1p:{digits}")),
        ("digits_in_small_letters", "Digits are written in capitals.", "BTA1P:0badcafe".to_owned()),
        ("7_digits", "A digit is missing.", text[..13].to_owned()),
        ("9_digits", "A digit too many.", format!("{text}0")),
        ("with_g", "G is no hexadecimal digit.", format!("{}G", &text[..13])),
        ("with_sign", "A sign is no digit.", "BTA1P:+0000001".to_owned()),
        ("space_before", "A space stands before the prefix.", format!(" {text}")),
        ("with_newline", "A scanner's line end is cut off by whoever reads its lines.", format!("{text}\n")),
    ] {
        letters.refuse(name, shows, &flawed, "malformed");
    }
    Ok(())
}

/// The three questions of an entrance, by one reader.
fn asked(files: &mut Files, world: &World) -> Result<()> {
    let policy = world.policy_named("entry")?.id();
    let question = Asked::Policy(Question(policy)).to_string();
    let certified = statements::certified_poster(world)?;
    let poster = Asked::Poster(certified.clone()).to_string();
    let nonce: [u8; 32] = seeds::bytes("nonce");
    let challenge = Asked::Challenge(Challenge { policy, nonce }).to_string();
    let nonce = hex::encode(nonce);
    let mut accept = |name: &str, shows: &str, text: &str, says: Value| {
        files.add_seed("asked", name, text);
        files.add(Verdict::Accepted, "asked", Vector::text(name, shows, text).accepted(says));
    };
    accept("policy", "Which policy is meant.", &question, json!({ "asks": "policy", "policy": policy }));
    let says = json!({ "asks": "poster", "challenge": hex::encode(certified.challenge()) });
    accept("poster", "An organiser's poster.", &poster, says);
    let says = json!({ "asks": "challenge", "policy": policy, "nonce": nonce });
    accept("challenge", "A challenge on a door's screen.", &challenge, says);

    let as_poster = |bytes: &[u8]| format!("BTA1E:{}", &qr::to_text(bytes)[5..]);
    let as_challenge = |bytes: &[u8]| format!("BTA1N:{}", &qr::to_text(bytes)[5..]);
    let document = certified.to_bytes();
    let trailing = [&document[..], &[0]].concat();
    for (name, shows, flawed) in [
        ("empty", "There is nothing.", String::new()),
        ("no_prefix", "The prefix is missing.", poster[6..].to_owned()),
        ("prefix_of_a_code", "The prefix of what is shown at a door.", poster.replacen("BTA1E:", "BTA1:", 1)),
        ("prefix_of_version_2", "Version 2 does not exist yet.", poster.replacen("BTA1E:", "BTA2E:", 1)),
        ("prefix_in_small_letters", "The prefix is written in capitals.", poster.replacen("BTA1E:", "bta1e:", 1)),
        ("prefix_unknown", "There is no such question.", poster.replacen("BTA1E:", "BTA1X:", 1)),
        ("poster_as_challenge", "A poster is no challenge.", poster.replacen("BTA1E:", "BTA1N:", 1)),
        ("challenge_as_poster", "A challenge is no poster.", challenge.replacen("BTA1N:", "BTA1E:", 1)),
        ("challenge_as_policy", "A challenge is no policy.", challenge.replacen("BTA1N:", "BTA1P:", 1)),
        ("poster_without_bytes", "A poster is a document.", "BTA1E:".to_owned()),
        ("poster_cut_short", "The last byte is missing.", as_poster(&document[..document.len() - 1])),
        ("poster_with_trailing_byte", "A byte follows the end.", as_poster(&trailing)),
        ("poster_one_letter_more", "A length of 1 mod 3, or a longer tail.", format!("{poster}0")),
        (
            "poster_in_small_letters",
            "Small letters are another alphabet.",
            poster.to_lowercase().replacen("bta1e:", "BTA1E:", 1),
        ),
        ("poster_3310_letters", "No poster is longer than 3309.", format!("BTA1E:{}", "0".repeat(3304))),
        ("challenge_without_bytes", "A challenge has 36 bytes.", "BTA1N:".to_owned()),
        ("challenge_of_35_bytes", "A challenge has 36 bytes.", as_challenge(&[7; 35])),
        ("challenge_of_37_bytes", "A challenge has 36 bytes.", as_challenge(&[7; 37])),
        ("challenge_without_policy", "A nonce alone is no challenge.", as_challenge(&[7; 32])),
        ("challenge_triplet_above_65535", "GGW is 65536.", format!("BTA1N:GGW{}", &challenge[9..])),
        ("space_before", "A space stands before the prefix.", format!(" {challenge}")),
        ("newline_after", "A scanner's line end is cut off by whoever reads its lines.", format!("{challenge}\n")),
        ("umlaut", "Only ASCII.", format!("BTA1N:Ä{}", &challenge[8..])),
    ] {
        files.add(Verdict::Refused, "asked", Vector::text(name, shows, flawed).refused("malformed"));
    }
    Ok(())
}

fn qr_texts(files: &mut Files) {
    let mut letters = Letters { files, document: "qr" };
    for (name, shows, bytes) in [
        ("nothing", "No bytes.", Vec::new()),
        ("one_byte", "A tail of one byte.", vec![255]),
        ("two_bytes", "The highest triplet.", vec![255, 255]),
        ("ab", "The first example of RFC 9285.", b"AB".to_vec()),
        ("hello", "The second example of RFC 9285.", b"Hello!!".to_vec()),
        ("base_45", "The third example of RFC 9285.", b"base-45".to_vec()),
        ("970_bytes", "As long as a presentation may be.", seeds::bytes::<970>("qr").to_vec()),
    ] {
        let text = qr::to_text(&bytes);
        letters.files.add_seed("qr_text", name, text.clone());
        let vector = Vector::text(name, shows, text).accepted(json!({ "bytes": hex::encode(bytes) }));
        letters.files.add(Verdict::Accepted, "qr", vector);
    }
    let long = qr::to_text(&seeds::bytes::<971>("qr"));
    for (name, shows, text, reason) in [
        ("empty", "There is nothing.", "", "not_ours"),
        ("no_prefix", "The prefix is missing.", "BB8", "not_ours"),
        ("prefix_of_version_2", "Version 2 does not exist yet.", "BTA2:BB8", "not_ours"),
        ("prefix_in_small_letters", "The prefix is written in capitals.", "bta1:BB8", "not_ours"),
        ("space_before", "A space stands before the prefix.", " BTA1:BB8", "not_ours"),
        ("health_certificate", "A certificate of another system.", "HC1:6BFOXN", "not_ours"),
        ("web_address", "A web address.", "https://example.com", "not_ours"),
        ("prefix_only_half", "Half a prefix.", "BTA1", "not_ours"),
        ("triplet_above_65535", "GGW is 65536.", "BTA1:GGW", "not_base45"),
        ("highest_triplet", "::: is 91124.", "BTA1::::", "not_base45"),
        ("tail_above_255", "V5 is 256.", "BTA1:V5", "not_base45"),
        ("highest_tail", ":: is 2024.", "BTA1:::", "not_base45"),
        ("one_letter_left", "A length of 1 mod 3.", "BTA1:BB8A", "not_base45"),
        ("single_letter", "A length of 1.", "BTA1:B", "not_base45"),
        ("small_letters", "Small letters are another alphabet.", "BTA1:bb8", "not_base45"),
        ("comma", "A comma is no letter.", "BTA1:BB,", "not_base45"),
        ("equals_sign", "= is no letter.", "BTA1:BB=", "not_base45"),
        ("newline_after", "A newline is the caller's to cut.", "BTA1:BB8\n", "not_base45"),
        ("zero_byte", "A zero byte is no letter.", "BTA1:BB\0", "not_base45"),
        ("umlaut", "Only ASCII.", "BTA1:BÄ", "not_base45"),
        ("full_width", "Only ASCII.", "BTA1:ＢＢ８", "not_base45"),
    ] {
        letters.refuse(name, shows, text, reason);
    }
    letters.refuse("too_long", "971 bytes, whose text is longer than any code of ours.", &long, "too_long");
}

/// The JSON of OpenID4VCI, as far as it is Bauta's own. The member `message` of the context says which one.
fn messages(files: &mut Files, world: &World) -> Result<()> {
    let issuer: IssuerUrl = "https://lab.example".parse()?;
    let records =
        ["health-record", "age-record"].map(|name| world.type_named(name).map(|listed| listed.name().clone()));
    let records = records.into_iter().collect::<Result<Vec<_>>>()?;
    let holder = Holder::new("holder")?;
    let commitment = Base64Url(holder.commitment.to_bytes());
    let record = Base64Url(holder.record(world, "age-record")?.to_bytes());
    let accepted = [
        ("issuer-metadata", json!(IssuerMetadata::of(&issuer, &records, Some(Office)))),
        ("authorization-server-metadata", json!(AuthorizationServerMetadata::of(&issuer))),
        ("offer-document", json!(OfferDocument::of(&issuer, &records))),
        ("nonce-response", json!(NonceResponse { c_nonce: Base64Url(seeds::bytes::<32>("nonce").to_vec()) })),
        (
            "credential-request",
            json!({ "credential_configuration_id": "health-record", "proofs": { "bauta_commitment": [commitment] } }),
        ),
        ("credential-response", json!({ "credentials": [{ "credential": record }], "notification_id": "n-1" })),
        ("deferred-response", json!({ "transaction_id": commitment, "interval": 600 })),
        ("deferred-request", json!({ "transaction_id": commitment })),
        (
            "token-response",
            json!({ "access_token": "t", "token_type": "Bearer", "expires_in": 300, "credential_configuration_id": "health-record" }),
        ),
        ("notification-request", json!({ "notification_id": "n-1", "event": "credential_accepted" })),
        ("oauth-error", json!({ "error": "invalid_grant", "error_description": "Ask the lab for a new code." })),
    ];
    for (name, message) in accepted {
        let text = sorted(message.clone()).to_string();
        files.add_seed("json", name, text.clone());
        let vector = Vector::text(name, "A message as Bauta writes it.", text);
        files.add(Verdict::Accepted, "message", vector.knowing(json!({ "message": name })).accepted(message));
    }
    for (name, shows, message, text) in [
        ("not_json", "No JSON at all.", "credential-request", "[1, commitment]"),
        ("no_proof", "A request has a proof.", "credential-request", r#"{"credential_configuration_id":"passes"}"#),
        (
            "two_proofs",
            "A request has one proof.",
            "credential-request",
            r#"{"credential_configuration_id":"passes","proofs":{"bauta_record_presentation":["AA","AA"]}}"#,
        ),
        (
            "proof_of_another_kind",
            "A proof is of one of two kinds.",
            "credential-request",
            r#"{"credential_configuration_id":"passes","proofs":{"jwt":["AA"]}}"#,
        ),
        (
            "proofs_of_two_kinds",
            "A proof is of one kind.",
            "credential-request",
            r#"{"credential_configuration_id":"passes","proofs":{"bauta_record_presentation":["AA"],"bauta_commitment":["AA"]}}"#,
        ),
        (
            "base64_with_padding",
            "Base64url has no padding.",
            "credential-request",
            r#"{"credential_configuration_id":"passes","proofs":{"bauta_record_presentation":["AA=="]}}"#,
        ),
        (
            "base64_of_another_alphabet",
            "Base64url has - and _.",
            "credential-request",
            r#"{"credential_configuration_id":"passes","proofs":{"bauta_record_presentation":["+/+/"]}}"#,
        ),
        (
            "base64_with_spare_bits",
            "Bytes have one spelling.",
            "credential-request",
            r#"{"credential_configuration_id":"passes","proofs":{"bauta_record_presentation":["AB"]}}"#,
        ),
        ("no_credential", "An answer holds a credential.", "credential-response", r#"{"credentials":[]}"#),
        (
            "two_credentials",
            "An answer holds one credential.",
            "credential-response",
            r#"{"credentials":[{"credential":"AA"},{"credential":"AA"}]}"#,
        ),
        (
            "interval_below_nothing",
            "Nobody waits for less than no time.",
            "deferred-response",
            r#"{"transaction_id":"AA","interval":-1}"#,
        ),
        (
            "interval_35_digits",
            "A number of 35 digits.",
            "deferred-response",
            r#"{"transaction_id":"AA","interval":10000000000000000000000000000000000}"#,
        ),
        ("no_transaction", "Who shall ask again is told for what.", "deferred-response", r#"{"interval":600}"#),
        (
            "unknown_event",
            "A notification tells one of three events.",
            "notification-request",
            r#"{"notification_id":"n-1","event":"credential_shown"}"#,
        ),
        (
            "token_of_another_kind",
            "Tokens are bearer tokens.",
            "token-response",
            r#"{"access_token":"t","token_type":"mac","expires_in":300,"credential_configuration_id":"health-record"}"#,
        ),
        (
            "expires_in_35_digits",
            "A number of 35 digits.",
            "token-response",
            r#"{"access_token":"t","token_type":"Bearer","expires_in":10000000000000000000000000000000000,"credential_configuration_id":"health-record"}"#,
        ),
        ("duplicate_member", "A member stands once.", "nonce-response", r#"{"c_nonce":"AA","c_nonce":"AQ"}"#),
        ("issuer_of_http", "Issuers answer by https.", "offer-document", {
            r#"{"credential_issuer":"http://lab.example","credential_configuration_ids":[],"grants":{"urn:ietf:params:oauth:grant-type:pre-authorized_code":{"pre-authorized_code":"code-in-fragment"}}}"#
        }),
    ] {
        let vector = Vector::text(name, shows, text).knowing(json!({ "message": message })).refused("malformed");
        files.add(Verdict::Refused, "message", vector);
    }
    Ok(())
}
