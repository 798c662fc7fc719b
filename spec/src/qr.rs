#![doc = include_str!("../qr.md")]

use std::fmt;

use qrcode::render::{svg, unicode};
use qrcode::{Color, EcLevel, QrCode, Version};

mod asked;
#[cfg(feature = "pictures")]
mod photograph;
mod question;

pub use asked::{Asked, Challenge};
#[cfg(feature = "pictures")]
pub use photograph::{MAX_PICTURE_BYTES, NotOneCode, read_picture};
pub use question::Question;

/// What every code of ours begins with. Another version of the carrier has another prefix, so that old readers say so at once.
const PREFIX: &str = "BTA1:";

/// The longest text that is read: 970 bytes and the prefix.
pub const MAX_CHARACTERS: usize = 1460;

/// The text of a payload: `BTA1:` and base45 (RFC 9285). All of it is in the alphanumeric set of QR codes.
pub fn to_text(payload: &[u8]) -> String {
    format!("{PREFIX}{}", base45::encode(payload))
}

/// The payload of a text. Exactly the spelling that [`to_text`] gives; a line's end is the caller's to cut.
///
/// # Errors
/// [`Unreadable`].
pub fn from_text(text: &str) -> Result<Vec<u8>, Unreadable> {
    if text.len() > MAX_CHARACTERS {
        return Err(Unreadable::TooLong);
    }
    let letters = text.strip_prefix(PREFIX).ok_or(Unreadable::NotOurs)?;
    from_base45(letters).ok_or(Unreadable::NotBase45)
}

fn from_base45(letters: &str) -> Option<Vec<u8>> {
    let payload = base45::decode(letters).ok()?;
    // The decoder wraps a tail above 255 around: written again, it is another one.
    (base45::encode(&payload) == letters).then_some(payload)
}

/// The text is no code of ours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unreadable {
    /// Longer than any code of ours.
    #[error("this code is longer than any Bauta code")]
    TooLong,
    /// Without the prefix: a ticket, a web address, a code of another version.
    #[error("this is not a Bauta code: it does not begin with BTA1:")]
    NotOurs,
    /// Damaged on the way, or made by something else.
    #[error("this code is damaged: ask to have it shown again")]
    NotBase45,
}

/// A QR code, drawn at error correction level L: screens are clean, and less redundancy means larger dots.
pub struct Picture(QrCode);

/// The text does not fit into any QR code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("this text is too long for a QR code")]
pub struct TooMuch;

impl Picture {
    /// Draws a text.
    ///
    /// # Errors
    /// [`TooMuch`].
    pub fn of(text: &str) -> Result<Self, TooMuch> {
        QrCode::with_error_correction_level(text, EcLevel::L).map(Self).map_err(|_| TooMuch)
    }

    /// 1 to 40: a code of version v is 17 + 4·v dots wide.
    pub fn version(&self) -> u8 {
        match self.0.version() {
            Version::Normal(version) | Version::Micro(version) => version.unsigned_abs() as u8,
        }
    }

    /// Row by row, whether each dot is dark; without the quiet zone of four dots that whoever draws it leaves around.
    pub fn dots(&self) -> impl Iterator<Item = bool> {
        self.0.to_colors().into_iter().map(|color| color == Color::Dark)
    }

    /// How many dots a row has, and how many rows there are.
    pub fn width(&self) -> usize {
        self.0.width()
    }

    /// As SVG, black on white with the quiet zone.
    pub fn to_svg(&self) -> String {
        self.0.render::<svg::Color<'_>>().build()
    }

    /// As text of half blocks for a terminal with a dark background.
    pub fn to_terminal(&self) -> String {
        self.0
            .render::<unicode::Dense1x2>()
            .dark_color(unicode::Dense1x2::Dark)
            .light_color(unicode::Dense1x2::Light)
            .build()
    }

    /// As PNG in grey, `scale` pixels (1 to 64) for each dot, with the quiet zone.
    pub fn to_png(&self, scale: u8) -> Vec<u8> {
        const QUIET_ZONE: usize = 4;
        let scale = usize::from(scale.clamp(1, 64));
        let dots = self.0.width();
        let side = (dots + 2 * QUIET_ZONE) * scale;
        let colors = self.0.to_colors();
        let is_dark = |x: usize, y: usize| {
            let dot = |pixel: usize| (pixel / scale).checked_sub(QUIET_ZONE).filter(|dot| *dot < dots);
            dot(x).zip(dot(y)).is_some_and(|(x, y)| colors[y * dots + x] == Color::Dark)
        };
        let pixels: Vec<u8> = (0..side * side).map(|i| if is_dark(i % side, i / side) { 0x00 } else { 0xFF }).collect();
        grey_png(side, &pixels)
            .expect("a vector takes every byte, and the picture has as many pixels as its header says")
    }
}

fn grey_png(side: usize, pixels: &[u8]) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, side as u32, side as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(file)
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Picture(version {})", self.version())
    }
}

#[cfg(test)]
mod tests;
