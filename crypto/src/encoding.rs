//! Points and scalars on their way in. What a draft leaves open is refused here, once.

use alloc::vec::Vec;
use core::fmt;

use crate::curve::{G1, Public, Scalar};
use crate::error::Malformed;

/// A point of the subgroup that is not the identity, from exactly 48 bytes.
pub(crate) fn point(bytes: &[u8]) -> Result<G1, Malformed> {
    let bytes = bytes.try_into().map_err(|_| Malformed)?;
    G1::from_compressed(bytes).filter(|point| !point.is_identity()).ok_or(Malformed)
}

/// A scalar in 1..r that was sent in the open, from exactly 32 bytes.
pub(crate) fn scalar(bytes: &[u8]) -> Result<Public, Malformed> {
    let bytes = bytes.try_into().map_err(|_| Malformed)?;
    Public::from_canonical(bytes).filter(|scalar| !scalar.is_zero()).ok_or(Malformed)
}

/// Such scalars until the bytes end.
pub(crate) fn scalars(bytes: &[u8]) -> Result<Vec<Public>, Malformed> {
    if !bytes.len().is_multiple_of(Scalar::LEN) {
        return Err(Malformed);
    }
    bytes.chunks(Scalar::LEN).map(scalar).collect()
}

/// The name and the first four bytes: enough to tell values apart in a log.
pub(crate) fn fmt_prefix(f: &mut fmt::Formatter<'_>, name: &str, bytes: &[u8]) -> fmt::Result {
    write!(f, "{name}(")?;
    for byte in bytes.iter().take(4) {
        write!(f, "{byte:02x}")?;
    }
    f.write_str("..)")
}
