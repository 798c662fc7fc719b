#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bauta_crypto_fuzz::decode("check_composed", bytes));
