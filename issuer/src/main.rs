//! Command line of the issuer.
fn main() {}
