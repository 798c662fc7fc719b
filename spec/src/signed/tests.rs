use proptest::prelude::*;

use super::*;
use crate::attributes::{CredentialType, shipped_named};
use crate::policy::Policy;
use crate::poster::{OrganiserCertificate, Poster};
use crate::rules::Rule;
use crate::time::Minute;
use crate::trust::{Delegate, KeyStatement, Programme, TrustListBody};

fn key<R: Role>(seed: u8) -> Secret<R> {
    Secret::from_bytes(&[seed; 32]).unwrap()
}

fn delegate() -> Delegate {
    Delegate { public: key(2).public(), first: Minute::new(1), last: Minute::new(2) }
}

fn signed_delegate() -> Signed<Delegate> {
    Signed::sign(&delegate(), &key(1)).unwrap()
}

#[test]
fn what_was_signed_comes_back_verified() {
    let bytes = signed_delegate().to_bytes();
    let signed = Signed::<Delegate>::from_bytes(&bytes).unwrap();
    assert_eq!(signed.verify(&key(1).public()).unwrap().into_inner(), delegate());
}

#[test]
fn another_key_is_refused() {
    let refused = signed_delegate().verify(&key(3).public());
    assert_eq!(refused, Err(Unverified::BadSignature));
}

#[test]
fn every_flipped_bit_is_refused() {
    let bytes = signed_delegate().to_bytes();
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let accepted =
            Signed::<Delegate>::from_bytes(&flipped).is_ok_and(|signed| signed.verify(&key(1).public()).is_ok());
        assert!(!accepted, "bit {bit}");
    }
}

#[test]
fn a_signature_with_s_plus_the_group_order_is_refused() {
    // L of RFC 8032, section 5.1, little-endian.
    const L: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut signed = signed_delegate();
    let mut carry = 0;
    for (s, l) in signed.signature[32..].iter_mut().zip(L) {
        let sum = u16::from(*s) + u16::from(l) + carry;
        *s = (sum & 0xff) as u8;
        carry = sum >> 8;
    }
    assert_eq!(signed.verify(&key(1).public()), Err(Unverified::BadSignature));
}

/// Under a key of small order one signature holds for many messages, under one of mixed order for some.
#[test]
fn keys_of_small_or_mixed_order_and_second_spellings_are_refused() {
    let small_order = [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    ];
    let second_spellings = [
        "0100000000000000000000000000000000000000000000000000000000000080",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ];
    for text in small_order.iter().chain(&second_spellings) {
        assert!(text.parse::<RootPublic>().is_err(), "accepted: {text}");
    }
    let honest = VerifyingKey::from_bytes(&key::<role::Root>(1).public().to_bytes()).unwrap();
    for text in &small_order[1..] {
        let torsion = VerifyingKey::from_bytes(&bytes_of_hex(text).unwrap()).unwrap();
        let mixed = (honest.to_edwards() + torsion.to_edwards()).compress().to_bytes();
        assert!(VerifyingKey::from_bytes(&mixed).is_ok_and(|key| !key.is_weak()), "the library alone would take it");
        assert!(RootPublic::from_bytes(&mixed).is_err(), "accepted: honest + {text}");
    }
}

#[test]
fn a_key_has_one_text_form() {
    let public = key::<role::Root>(1).public();
    let text = public.to_string();
    assert_eq!(text.parse(), Ok(public));
    for other in [text.to_uppercase(), format!("{text} "), format!("0x{text}"), text[..62].to_owned()] {
        assert!(other.parse::<RootPublic>().is_err(), "accepted: {other}");
    }
}

#[test]
fn a_secret_key_does_not_show_itself() {
    assert_eq!(format!("{:?}", key::<role::Root>(1)), "Secret(root, ..)");
}

#[test]
fn too_long_a_payload_is_neither_signed_nor_read() {
    let credential_type = shipped_named("health-record").unwrap();
    let signed = Signed::sign(&credential_type, &key(1)).unwrap();
    // As a delegate's certificate, which has at most 128 bytes.
    let refused = Signed::<Delegate>::from_bytes(&signed.to_bytes());
    assert_eq!(refused.err(), Some(Malformed::new("longer than this document may be")));
}

const CONTEXTS: [&str; 9] = [
    Programme::CONTEXT,
    Delegate::CONTEXT,
    CredentialType::CONTEXT,
    KeyStatement::CONTEXT,
    Rule::CONTEXT,
    Policy::CONTEXT,
    OrganiserCertificate::CONTEXT,
    Poster::CONTEXT,
    TrustListBody::CONTEXT,
];

#[test]
fn every_kind_of_document_has_a_context_of_its_own() {
    for (i, context) in CONTEXTS.iter().enumerate() {
        assert!(context.starts_with("bauta/v1/") && !context.contains('\0'), "{context}");
        assert!(!CONTEXTS[..i].contains(context), "twice: {context}");
    }
}

/// Checks one signature as every kind of document that the same role signs.
macro_rules! holds_only_as {
    ($own:ty, $bytes:expr, $public:expr, [$($kind:ty),+]) => {$(
        let holds = Signed::<$kind> { payload: $bytes.0.clone(), signature: $bytes.1, kind: PhantomData }.verify(&$public);
        if <$kind>::CONTEXT == <$own>::CONTEXT {
            assert!(holds.is_ok());
        } else {
            assert_eq!(holds.err(), Some(Unverified::BadSignature), "{} taken for {}", <$own>::CONTEXT, <$kind>::CONTEXT);
        }
    )+};
}

#[test]
fn what_was_signed_as_one_kind_never_verifies_as_another() {
    let root = key::<role::Root>(1);
    let as_delegate = Signed::sign(&delegate(), &root).unwrap();
    let bytes = (as_delegate.payload, as_delegate.signature);
    holds_only_as!(
        Delegate,
        bytes,
        root.public(),
        [Programme, Delegate, CredentialType, KeyStatement, Rule, Policy, OrganiserCertificate]
    );
    let as_type = Signed::sign(&shipped_named("entry-pass").unwrap(), &root).unwrap();
    let bytes = (as_type.payload, as_type.signature);
    holds_only_as!(
        CredentialType,
        bytes,
        root.public(),
        [Programme, Delegate, CredentialType, KeyStatement, Rule, Policy, OrganiserCertificate]
    );
}

proptest! {
    #[test]
    fn envelopes_are_read_without_panic_and_written_back_alike(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(signed) = Signed::<Programme>::from_bytes(&bytes) {
            prop_assert_eq!(signed.to_bytes(), bytes);
        }
    }

    #[test]
    fn no_signature_holds_for_another_payload(payload in proptest::collection::vec(any::<u8>(), 0..100)) {
        let mut signed = signed_delegate();
        prop_assume!(payload != signed.payload);
        signed.payload = payload;
        prop_assert_eq!(signed.verify(&key(1).public()), Err(Unverified::BadSignature));
    }
}
