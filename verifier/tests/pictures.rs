//! Mutated pictures: whatever a camera or a stranger hands in, reading it ends, soon, and in no more memory than a picture may take.
//!
//! A hundredth of `BAUTA_MUTATIONS` (100,000) for each kind, because a picture is read in milliseconds; from `BAUTA_SEED` (printed).
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::io::Cursor;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bauta_spec::qr::Picture;
use bauta_verifier::read_picture;
use image::{GrayImage, ImageFormat};
use peak_alloc::PeakAlloc;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

const SLOW: Duration = Duration::from_secs(3);
/// What unpacking may take, and as much again for shades of grey and the search for a code.
const LARGE: usize = 512 << 20;

/// One test for each kind, in one: memory is counted for the whole process.
#[test]
fn mutated_pictures_are_read_or_refused() {
    let seed = variable("BAUTA_SEED").unwrap_or_else(clock);
    let count = variable("BAUTA_MUTATIONS").unwrap_or(100_000).div_ceil(100);
    println!("BAUTA_SEED={seed}: {count} of each kind");
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let text = format!("BTA1:{}", "A0B1".repeat(100));
    let png = Picture::of(&text).unwrap().to_png(3);
    let pixels = image::load_from_memory(&png).unwrap().into_luma8();
    let jpeg = written(&pixels, ImageFormat::Jpeg);
    let mut read = 0;
    for good in [&png, &jpeg] {
        assert_eq!(read_picture(good).as_ref(), Ok(&text));
        for _ in 0..count {
            let mut bytes = good.clone();
            mutate(&mut rng, &mut bytes);
            read += usize::from(reads(&bytes, &text));
        }
    }
    // A check sum ends most of these before anything is looked at; so here the picture is whole and what it shows is not.
    for _ in 0..count {
        let mut pixels = pixels.clone();
        scribble(&mut rng, &mut pixels);
        read += usize::from(reads(&written(&pixels, ImageFormat::Png), &text));
    }
    assert!(read > 0, "whatever was changed was refused: is anything read at all?");
}

/// Otherwise a reader that takes nothing would pass.
fn reads(bytes: &[u8], text: &str) -> bool {
    let before = HEAP.current_usage();
    HEAP.reset_peak_usage();
    let started = Instant::now();
    let read = read_picture(bytes);
    let mut took = started.elapsed();
    let held = HEAP.peak_usage().saturating_sub(before);
    assert!(held <= LARGE, "{held} bytes held for {}", hex(bytes));
    // A busy machine may have been the reason.
    for _ in 0..4 {
        if took > SLOW {
            let again = Instant::now();
            let _ = read_picture(bytes);
            took = again.elapsed();
        }
    }
    assert!(took <= SLOW, "{took:?} for {}", hex(bytes));
    assert!(read.as_ref().ok().is_none_or(|read| read.starts_with("BTA1:")), "{}", hex(bytes));
    read.is_ok_and(|read| read == text)
}

/// One to four things are done to the file.
fn mutate(rng: &mut ChaCha20Rng, bytes: &mut Vec<u8>) {
    for _ in 0..=below(rng, 4) {
        let at = below(rng, bytes.len() + 1);
        let length = below(rng, bytes.len() + 1 - at).min(64);
        match below(rng, 6) {
            0 | 1 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << (rng.next_u32() % 8)),
            2 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = 0xFF),
            3 => bytes.truncate(at),
            4 => drop(bytes.drain(at..at + length)),
            _ => {
                let copy = bytes[at..at + length].to_vec();
                let to = below(rng, bytes.len() + 1);
                bytes.splice(to..to, copy);
            }
        }
    }
}

/// Some boxes are painted over, inverted or copied elsewhere.
fn scribble(rng: &mut ChaCha20Rng, pixels: &mut GrayImage) {
    let (width, height) = pixels.dimensions();
    for _ in 0..=below(rng, 6) {
        let (x, y) = (below(rng, width as usize) as u32, below(rng, height as usize) as u32);
        let (w, h) = (below(rng, 60) as u32, below(rng, 60) as u32);
        let kind = below(rng, 3);
        for (x, y) in (x..(x + w).min(width)).flat_map(|x| (y..(y + h).min(height)).map(move |y| (x, y))) {
            let other = pixels.get_pixel(width - 1 - x, y).0[0];
            let pixel = &mut pixels.get_pixel_mut(x, y).0[0];
            *pixel = match kind {
                0 => (rng.next_u32() % 256) as u8,
                1 => !*pixel,
                _ => other,
            };
        }
    }
}

fn written(pixels: &GrayImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    pixels.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn below(rng: &mut ChaCha20Rng, end: usize) -> usize {
    (rng.next_u64() % end.max(1) as u64) as usize
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

fn clock() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos() as u64)
}
