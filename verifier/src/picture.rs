//! From a picture to the text of the one code it shows.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::{GrayImage, ImageReader, Limits};

use crate::Refusal;

/// The largest file that is looked at: a telephone's photograph, with room.
pub const MAX_PICTURE_BYTES: u64 = 32 << 20;
/// Per side. A small file can claim a large picture; none is unpacked beyond this.
const MAX_SIDE: u32 = 8192;
/// What unpacking may take in memory.
const MAX_MEMORY: u64 = 256 << 20;
/// What every code of ours begins with: tells it from a menu on the same wall.
const OURS: &str = "BTA1:";
/// What every poster begins with.
const POSTER: &str = "BTA1E:";
/// Finder patterns get lost in very large pictures; below this side, halving loses modules.
const WORTH_HALVING: u32 = 1000;

/// The text of the code in a PNG or JPEG.
///
/// Every code in the picture is read; exactly one must be ours.
///
/// # Errors
/// [`Refusal::Unreadable`] when there is none, [`Refusal::SeveralCodes`] when two differ.
pub fn read_picture(file: &[u8]) -> Result<String, Refusal> {
    the_code(file, OURS)
}

/// The text of the poster in a PNG or JPEG. As [`read_picture`].
///
/// # Errors
/// As [`read_picture`].
pub fn read_poster(file: &[u8]) -> Result<String, Refusal> {
    the_code(file, POSTER)
}

fn the_code(file: &[u8], prefix: &str) -> Result<String, Refusal> {
    // The decoders are not ours, and whatever they do on a hostile picture must end as red.
    catch_unwind(AssertUnwindSafe(|| the_one(texts_in(&decode(file)?), prefix))).unwrap_or(Err(Refusal::Internal))
}

fn decode(file: &[u8]) -> Result<GrayImage, Refusal> {
    if file.len() as u64 > MAX_PICTURE_BYTES {
        return Err(Refusal::Unreadable);
    }
    let mut reader = ImageReader::new(Cursor::new(file)).with_guessed_format().map_err(|_| Refusal::Unreadable)?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    reader.limits(limits);
    Ok(reader.decode().map_err(|_| Refusal::Unreadable)?.into_luma8())
}

fn texts_in(picture: &GrayImage) -> Vec<String> {
    let found = read_all(picture);
    if found.is_empty() && picture.width().min(picture.height()) >= WORTH_HALVING {
        return read_all(&image::imageops::thumbnail(picture, picture.width() / 2, picture.height() / 2));
    }
    found
}

fn read_all(picture: &GrayImage) -> Vec<String> {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let mut prepared =
        rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| picture.as_raw()[y * width + x]);
    prepared.detect_grids().iter().filter_map(|grid| grid.decode().ok()).map(|(_, text)| text).collect()
}

fn the_one(mut texts: Vec<String>, prefix: &str) -> Result<String, Refusal> {
    texts.retain(|text| text.starts_with(prefix));
    texts.sort_unstable();
    texts.dedup();
    match texts.len() {
        0 => Err(Refusal::Unreadable),
        1 => texts.pop().ok_or(Refusal::Unreadable),
        _ => Err(Refusal::SeveralCodes),
    }
}
