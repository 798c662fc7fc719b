//! Command line of the wallet.
fn main() {}
