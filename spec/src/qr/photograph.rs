//! From a picture to the text of the one code in it that somebody means.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::{GrayImage, ImageReader, Limits};

/// The largest file that is looked at: a telephone's photograph, with room.
pub const MAX_PICTURE_BYTES: u64 = 32 << 20;
/// Per side. A small file can claim a large picture; none is unpacked beyond this.
const MAX_SIDE: u32 = 8192;
/// What unpacking may take in memory.
const MAX_MEMORY: u64 = 256 << 20;
/// Finder patterns get lost in very large pictures; below this side, halving loses modules.
const WORTH_HALVING: u32 = 1000;

/// There is no one text to go on with.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotOneCode {
    /// No code of ours in it, or no picture.
    #[error("the picture shows no readable Bauta code: take it again, closer and in better light")]
    None,
    /// Two that differ.
    #[error("the picture shows several codes: take one of one code alone")]
    Several,
    /// The decoders failed on it.
    #[error("the picture could not be read: take it again, and report it if that does not help")]
    Failed,
}

/// The text of the code in a PNG or JPEG that begins with one of `prefixes`: a menu on the same wall has others.
///
/// # Errors
/// [`NotOneCode`].
pub fn read_picture(file: &[u8], prefixes: &[&str]) -> Result<String, NotOneCode> {
    // The decoders are not ours, and whatever they do on a hostile picture must end here.
    let read = || the_one(texts_in(&decode(file)?), prefixes);
    catch_unwind(AssertUnwindSafe(read)).unwrap_or(Err(NotOneCode::Failed))
}

fn decode(file: &[u8]) -> Result<GrayImage, NotOneCode> {
    if file.len() as u64 > MAX_PICTURE_BYTES {
        return Err(NotOneCode::None);
    }
    let mut reader = ImageReader::new(Cursor::new(file)).with_guessed_format().map_err(|_| NotOneCode::None)?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_MEMORY);
    reader.limits(limits);
    Ok(reader.decode().map_err(|_| NotOneCode::None)?.into_luma8())
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

fn the_one(mut texts: Vec<String>, prefixes: &[&str]) -> Result<String, NotOneCode> {
    texts.retain(|text| prefixes.iter().any(|prefix| text.starts_with(prefix)));
    texts.sort_unstable();
    texts.dedup();
    match texts.len() {
        0 => Err(NotOneCode::None),
        1 => texts.pop().ok_or(NotOneCode::None),
        _ => Err(NotOneCode::Several),
    }
}
