//! One input for one decoder, watched; and where inputs come from. The mutation tests of `bauta-spec` use it too.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use peak_alloc::PeakAlloc;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// No decoder takes longer.
pub(crate) const SLOW: Duration = Duration::from_millis(50);
/// Nor holds more at its peak, above what was held before.
pub(crate) const LARGE: usize = 1 << 20;

/// Panics where the decoder does, dawdles, or hoards.
pub(crate) fn try_one(name: &str, decoder: fn(&[u8]), input: &[u8]) {
    let before = HEAP.current_usage();
    HEAP.reset_peak_usage();
    let started = Instant::now();
    let returned = catch_unwind(AssertUnwindSafe(|| decoder(input)));
    let mut took = started.elapsed();
    let held = HEAP.peak_usage().saturating_sub(before);
    assert!(returned.is_ok(), "{name} panicked on {}", hex::encode(input));
    assert!(held <= LARGE, "{name} held {held} bytes for {}", hex::encode(input));
    // A busy machine may have been the reason.
    for _ in 0..4 {
        if took <= SLOW {
            return;
        }
        let again = Instant::now();
        decoder(input);
        took = again.elapsed();
    }
    assert!(took <= SLOW, "{name} took {took:?} for {}", hex::encode(input));
}

/// Memory is counted for the whole process, so one decoder runs at a time.
pub(crate) fn alone() -> impl Drop {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(crate) fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

pub(crate) fn clock() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64)
}

/// The fuzz targets of the package that is tested.
pub(crate) fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

pub(crate) fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = fuzz().join("corpus").join(name);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    // What libFuzzer found on this machine is named after its hash, and a seed must replay elsewhere.
    let is_kept = |file: &PathBuf| file.file_name().is_some_and(|name| name.len() != 40);
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(is_kept).collect();
    files.sort();
    files.iter().map(|file| fs::read(file).unwrap()).collect()
}
