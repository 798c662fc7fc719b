//! Points and scalars that must be refused wherever one is read. Computed once from the curve's equation; no arithmetic here.

const INFINITY: u8 = 0x40;
const COMPRESSED: u8 = 0x80;
const SIGN: u8 = 0x20;

/// A name, what is wrong, and 48 bytes for a point of G1.
pub(crate) fn points(valid: &[u8]) -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let identity = first_byte(48, COMPRESSED | INFINITY);
    vec![
        ("identity", "the point is the identity", identity.clone()),
        ("identity_with_sign", "the identity has a sign", first_byte(48, COMPRESSED | INFINITY | SIGN)),
        ("identity_with_x", "the identity has an x", with_last(identity, 1)),
        ("zeros", "all bytes are zero", vec![0; 48]),
        ("off_curve", "x = 1 is on no point of the curve", with_last(first_byte(48, COMPRESSED), 1)),
        ("order_three", "the point (0, 2) has order 3", first_byte(48, COMPRESSED)),
        (
            "outside_subgroup",
            "the point with x = 4 lies outside the subgroup",
            with_last(first_byte(48, COMPRESSED), 4),
        ),
        ("small_order_part", "a point of the subgroup plus (0, 2) lies outside it", from_hex(SMALL_ORDER_PART)),
        ("x_plus_p", "x is p too large: a second spelling of a point of the subgroup", from_hex(X_PLUS_P)),
        ("x_is_p", "x is p, a second spelling of 0", from_hex(X_IS_P)),
        ("not_marked_compressed", "the mark for a compressed point is missing", flipped(valid, COMPRESSED)),
        ("marked_infinite", "a point is marked as the identity", flipped(valid, INFINITY)),
    ]
}

/// The same for 96 bytes and a point of G2.
pub(crate) fn points_of_g2(valid: &[u8]) -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let identity = first_byte(96, COMPRESSED | INFINITY);
    vec![
        ("identity", "the point is the identity", identity.clone()),
        ("identity_with_sign", "the identity has a sign", first_byte(96, COMPRESSED | INFINITY | SIGN)),
        ("identity_with_x", "the identity has an x", with_last(identity, 1)),
        ("zeros", "all bytes are zero", vec![0; 96]),
        ("off_curve", "x = 1 is on no point of the curve", with_last(first_byte(96, COMPRESSED), 1)),
        (
            "outside_subgroup",
            "the point with x = 2 lies outside the subgroup",
            with_last(first_byte(96, COMPRESSED), 2),
        ),
        ("x_plus_p", "the lower half of x is p too large", with_lower_half_plus_p(valid)),
        ("not_marked_compressed", "the mark for a compressed point is missing", flipped(valid, COMPRESSED)),
        ("marked_infinite", "a point is marked as the identity", flipped(valid, INFINITY)),
    ]
}

/// A name, what is wrong, and 32 bytes for a scalar.
pub(crate) fn scalars() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    vec![
        ("zero", "the scalar is 0", vec![0; 32]),
        ("r", "the scalar is r", from_hex(R)),
        ("r_plus_1", "the scalar is r + 1", with_last(from_hex(R), 2)),
        ("all_ones", "the scalar is 2^256 - 1", vec![0xFF; 32]),
    ]
}

const P: &str = "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab";
const R: &str = "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001";
/// [`P`] with the mark for a compressed point.
const X_IS_P: &str = "9a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab";
/// Twice the generator of G1, whose x is small enough that x + p still fits.
const X_PLUS_P: &str =
    "bf73ddd4c9cd4de0d32470a193f4f1e3fb9926b584ad13e4aac0ffabba099c4f013b75ba40707c427d998c5529beb9f9";
/// Twice the generator of G1, plus (0, 2).
const SMALL_ORDER_PART: &str =
    "869284d65d2c9a452febfe876388699d70d640f3de3397cdc67278fe01f9323ac7b297d9ee7b42f6827aece02c0fc353";

fn first_byte(len: usize, byte: u8) -> Vec<u8> {
    let mut bytes = vec![0; len];
    if let Some(first) = bytes.first_mut() {
        *first = byte;
    }
    bytes
}

fn with_last(mut bytes: Vec<u8>, byte: u8) -> Vec<u8> {
    if let Some(last) = bytes.last_mut() {
        *last = byte;
    }
    bytes
}

fn flipped(point: &[u8], mark: u8) -> Vec<u8> {
    let mut bytes = point.to_vec();
    if let Some(first) = bytes.first_mut() {
        *first ^= mark;
    }
    bytes
}

fn with_lower_half_plus_p(point: &[u8]) -> Vec<u8> {
    let mut bytes = point.to_vec();
    let mut carry = 0_u16;
    for (byte, digit) in bytes.iter_mut().rev().zip(from_hex(P).into_iter().rev()) {
        let sum = u16::from(*byte) + u16::from(digit) + carry;
        *byte = sum as u8;
        carry = sum >> 8;
    }
    bytes
}

fn from_hex(text: &str) -> Vec<u8> {
    hex::decode(text).expect("the constants of this module are hexadecimal")
}
