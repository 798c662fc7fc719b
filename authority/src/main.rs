//! Command line of the authority.
fn main() {}
