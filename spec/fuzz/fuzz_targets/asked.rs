#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bauta_spec_fuzz::decode("asked", bytes));
