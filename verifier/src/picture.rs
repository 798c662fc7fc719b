//! From a picture to the text of the one code it shows.

pub use bauta_spec::qr::MAX_PICTURE_BYTES;
use bauta_spec::qr::{self, NotOneCode};

use crate::Refusal;

/// The text of the code in a PNG or JPEG.
///
/// Every code in the picture is read; exactly one must be ours.
///
/// # Errors
/// [`Refusal::Unreadable`] when there is none, [`Refusal::SeveralCodes`] when two differ.
pub fn read_picture(file: &[u8]) -> Result<String, Refusal> {
    qr::read_picture(file, &["BTA1:"]).map_err(|reason| match reason {
        NotOneCode::None => Refusal::Unreadable,
        NotOneCode::Several => Refusal::SeveralCodes,
        NotOneCode::Failed => Refusal::Internal,
    })
}
