//! The decoders that the fuzz targets call: the same as those of the mutation tests.
#![forbid(unsafe_code)]

#[path = "../../tests/decoders/mod.rs"]
mod decoders;

/// Reads any bytes with the decoder of that name.
pub fn decode(name: &str, bytes: &[u8]) {
    decoders::named(name)(bytes);
}
