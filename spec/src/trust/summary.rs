use serde::Serialize;

use super::TrustList;
use crate::signed::RootPublic;
use crate::words::Line;

/// What a person may want to know of a list, for pages. Times are seconds since 1970.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// The programme's name.
    pub name: Line,
    /// The root key, to be compared with what the authority has published.
    pub root: String,
    /// 1 for the first list.
    pub version: u32,
    /// When it was made.
    pub issued_at: u64,
    /// From when on somebody should see to it.
    pub amber_at: u64,
    /// From when on it is not used.
    pub expires_at: u64,
    /// The last day of the programme, as `2026-11-24`.
    pub last_day: String,
    /// Whether every key is for training: then no door takes a code.
    pub specimen: bool,
}

impl TrustList {
    /// The list in a few words.
    pub fn summary(&self, root: &RootPublic) -> Summary {
        Summary {
            name: self.programme().name.clone(),
            root: root.to_string(),
            version: self.version(),
            issued_at: self.issued().start().unix(),
            amber_at: self.issued().plus(Self::AGEING_MINUTES).start().unix(),
            expires_at: self.expires().start().unix(),
            last_day: self.programme_end().to_string(),
            specimen: self.keys().iter().all(|key| key.specimen),
        }
    }
}
