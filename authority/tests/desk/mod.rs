//! An official's desk: a programme that has just been founded, with both keys at hand.
#![allow(dead_code, reason = "each test uses its own part of it")]

use std::path::PathBuf;

use bauta_authority::{Founding, Office, SignOrder};
use bauta_crypto::SecretKey;
use bauta_spec::sealed::Cost;
use bauta_spec::signed::RootKey;
use bauta_spec::time::{Day, Grid, Moment};
use bauta_spec::trust::PublicHalf;
use rand_chacha::ChaCha12Rng;
use rand_chacha::rand_core::SeedableRng;

/// When everything is founded and signed.
pub(crate) const NOON: Moment = Moment::from_unix(1_795_521_600);
/// How long a list holds.
pub(crate) const TWO_DAYS: u32 = 48 * 60;

pub(crate) struct Desk {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) office: Office,
    pub(crate) root: RootKey,
    pub(crate) rng: ChaCha12Rng,
}

impl Desk {
    /// The shipped types, and nothing else.
    pub(crate) fn founded() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut rng = ChaCha12Rng::seed_from_u64(3);
        let dir = folder.path().join("authority");
        let office = Office::found(&dir, &founding(), b"root", b"delegate", NOON, &mut rng).unwrap();
        let root = office.root_key(None, b"root").unwrap();
        Self { folder, office, root, rng }
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.folder.path().join("authority")
    }

    pub(crate) fn today(&self) -> Day {
        self.office.programme().unwrap().grid.day_of(NOON)
    }

    /// To sign a key that somebody has just made.
    pub(crate) fn key_order(&mut self, type_name: &str, holder: &str) -> SignOrder {
        let half = PublicHalf::of(&SecretKey::generate(&mut self.rng), type_name.parse().unwrap()).unwrap();
        key_order_of(half, holder)
    }
}

/// Sealing costs nothing to speak of: the keys are no secrets.
pub(crate) fn founding() -> Founding {
    let grid = Grid::new(60).unwrap();
    Founding {
        name: "City programme".parse().unwrap(),
        grid,
        prefetch_days: 3,
        last_day: grid.day_of(NOON).plus(365),
        shipped_types: true,
        cost: Cost::new(8, 1).unwrap(),
    }
}

pub(crate) fn key_order_of(half: PublicHalf, holder: &str) -> SignOrder {
    let holder_name = holder.parse().unwrap();
    SignOrder::Key { path: "key.pub".into(), half: half.into(), holder_name, specimen: false }
}

pub(crate) fn later(hours: u64) -> Moment {
    Moment::from_unix(NOON.unix() + hours * 3600)
}
