//! Secrets on which code in variable time would be quickest: nearly all of their digits are zero.

use bls12_381::Scalar;
use bls12_381::hash_to_curve::{ExpandMessage, ExpandMsgXmd, HashToField};
use sha2::Sha256;

/// 2^244 + 2^124 + `last`, as 32 big-endian bytes. Not one or the like: what comes of those is quick to write down, and
/// public.
pub(crate) const fn number(last: u8) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[1] = 0x10;
    bytes[16] = 0x10;
    bytes[31] = last;
    bytes
}

/// As long as every message of either class.
pub(crate) type Message = [u8; 16];

/// `count` messages whose scalars have many digits that are zero: of each 1024, the best.
pub(crate) fn messages(count: usize) -> Vec<Message> {
    let candidates = |i| (0..1024_u64).map(move |candidate| ((i as u128) << 64 | u128::from(candidate)).to_be_bytes());
    let best = |i| candidates(i).max_by_key(|message| zero_digits(&message_to_scalar(message)));
    (0..count).filter_map(best).collect()
}

/// How many signed digits of five bits and of six bits, as the sums of bauta-crypto have them, are zero.
pub(crate) fn zero_digits(scalar: &Scalar) -> usize {
    [5, 6].into_iter().flat_map(|bits| digits(scalar, bits)).filter(|digit| *digit == 0).count()
}

/// Signed digits of so many bits, little-endian, from 1 − 2^(bits−1) to 2^(bits−1).
pub(crate) fn digits(scalar: &Scalar, bits: usize) -> impl Iterator<Item = i32> {
    let bytes = scalar.to_bytes();
    let bit = move |j: usize| i32::from(bytes.get(j / 8).is_some_and(|byte| byte >> (j % 8) & 1 == 1));
    let mut carry = 0;
    (0..256_usize.div_ceil(bits)).map(move |i| {
        let raw = (0..bits).map(|j| bit(i * bits + j) << j).sum::<i32>() + carry;
        carry = i32::from(raw > 1 << (bits - 1));
        raw - (carry << bits)
    })
}

/// The scalar of `big_endian`, which is below r.
pub(crate) fn scalar(big_endian: &[u8; 32]) -> Option<Scalar> {
    let mut bytes = *big_endian;
    bytes.reverse();
    Option::from(Scalar::from_bytes(&bytes))
}

/// 32 big-endian bytes.
pub(crate) fn to_bytes(scalar: &Scalar) -> [u8; 32] {
    let mut bytes = scalar.to_bytes();
    bytes.reverse();
    bytes
}

/// `messages_to_scalars` of the interface that Bauta signs with.
pub(crate) fn message_to_scalar(message: &Message) -> Scalar {
    const DST: &[u8] = b"BBS_BLS12381G1_XMD:SHA-256_SSWU_RO_H2G_HM2S_PSEUDONYM_MAP_MSG_TO_SCALAR_AS_HASH_";
    let mut big_endian = [0; 48];
    ExpandMsgXmd::<Sha256>::init_expand::<_, <Scalar as HashToField>::XofOutputLength>([&message[..]], DST, 48)
        .read_into(&mut big_endian);
    let mut wide = [0; 64];
    wide[..48].copy_from_slice(&big_endian);
    wide[..48].reverse();
    Scalar::from_bytes_wide(&wide)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_add_up() {
        for message in [*b"one of the first", *b"one more of them"] {
            let scalar = message_to_scalar(&message);
            for bits in [5, 6] {
                let base = Scalar::from(1 << bits);
                let all: Vec<i32> = digits(&scalar, bits).collect();
                let sum = all.iter().rev().fold(Scalar::zero(), |sum, digit| {
                    let magnitude = Scalar::from(u64::from(digit.unsigned_abs()));
                    sum * base + if *digit < 0 { -magnitude } else { magnitude }
                });
                assert_eq!(sum, scalar);
            }
        }
    }

    /// A uniform scalar has two or three.
    #[test]
    fn sparse_messages_are_sparse() {
        let found = messages(9);
        assert_eq!(found.len(), 9);
        for message in found {
            assert!(zero_digits(&message_to_scalar(&message)) >= 7);
        }
    }
}
