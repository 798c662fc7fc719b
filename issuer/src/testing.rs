//! Chance for tests, the same every time; and a real PostgreSQL.

#[path = "../tests/town/postgres.rs"]
pub(crate) mod postgres;

use std::sync::LazyLock;

use bauta_spec::time::Moment;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::acts::{ActKind, NewAct};
use crate::secrets::{Secrets, ServerSecret};
use crate::staff::{Actor, StaffRole};

pub(crate) fn seeded(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// An act for tests of what is done beside it.
pub(crate) fn some_act() -> NewAct<'static> {
    static BY: LazyLock<(Actor, Secrets)> = LazyLock::new(|| {
        let actor = Actor::let_in("desk".parse().unwrap(), "lab".parse().ok(), StaffRole::Operator);
        (actor, ServerSecret::generate(&mut seeded(1)).derive())
    });
    let (actor, secrets) = &*BY;
    NewAct {
        actor,
        kind: ActKind::ResultAdded,
        about: "",
        at: Moment::from_unix(1_800_000_000),
        chain: secrets.chain_key(),
    }
}

/// The act with which the chain of a test's database begins.
pub(crate) fn enrolment() -> NewAct<'static> {
    NewAct { kind: ActKind::LabEnrolled, about: "lab", ..some_act() }
}
