//! Chance for tests, the same every time; and a real PostgreSQL.

#[path = "../tests/town/postgres.rs"]
pub(crate) mod postgres;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

pub(crate) fn seeded(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}
