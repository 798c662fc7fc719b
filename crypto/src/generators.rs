//! The bases that messages are signed on. BBS draft, section 4.1.1.
//!
//! Each one is a hash to the curve, so they are computed once and kept. Those that are asked for often get tables, which cut
//! the time of a multiplication to a third.

use alloc::sync::Arc;
use alloc::vec::Vec;

use spin::{Mutex, Once};
use zeroize::Zeroizing;

use crate::curve::{
    EXPAND_LEN, G1, Point, Public, Scalar, Table, expand_message, hash_to_g1, msm_vartime, sum_of_products,
};
use crate::suite::{Api, Interface, Suite, i2osp8};

/// A point with its compressed spelling, which every domain hashes.
#[derive(Clone)]
pub(crate) struct Generator {
    pub(crate) point: G1,
    pub(crate) bytes: [u8; G1::LEN],
    // Shared with every copy, so that what holds a generator gets its table as well.
    table: Arc<Once<Table<G1>>>,
}

/// Who knows the messages on these generators.
#[derive(Clone, Copy)]
pub(crate) enum Side {
    /// Q_1, H_1, …, H_L: known to the signer.
    Signer,
    /// Q_2, J_1, …, J_M: the blind and the committed values. Their `api_id` starts with `BLIND_`.
    Prover,
}

/// `create_generators`: the first `count`.
pub(crate) fn generators(api: Api, side: Side, count: usize) -> Vec<Generator> {
    let tags = || {
        let tag = |label: &[u8]| match side {
            Side::Signer => api.tag(label),
            Side::Prover => [b"BLIND_", &api.tag(label)[..]].concat(),
        };
        Tags::new(tag, b"MESSAGE_GENERATOR_SEED")
    };
    first(&CHAINS[slot_of(api, side)], api.suite, tags, count)
}

/// P1: the same for every interface of a suite. The only one of its chain.
pub(crate) fn p1(suite: Suite) -> Generator {
    let api = Api { suite, interface: Interface::Plain };
    let tags = || Tags::new(|label| api.tag(label), b"BP_MESSAGE_GENERATOR_SEED");
    first(&P1[suite as usize], suite, tags, 1).swap_remove(0)
}

/// Σ generator·scalar in constant time: for sums in which any scalar is secret.
pub(crate) fn sum<'a>(terms: impl IntoIterator<Item = (&'a Generator, Scalar)>) -> G1 {
    let terms = terms.into_iter();
    // As large as it can become, so that no grown buffer leaves a copy behind.
    let mut bare = Zeroizing::new(Vec::with_capacity(terms.size_hint().1.unwrap_or(KEPT)));
    let tabled = terms.fold(G1::identity(), |sum, (generator, scalar)| match generator.table.get() {
        Some(table) => table.add_product(sum, scalar),
        None => {
            bare.push((generator.point, scalar));
            sum
        }
    });
    if bare.is_empty() { tabled } else { tabled + sum_of_products(&bare) }
}

/// Σ generator·scalar + Σ point·scalar for public inputs.
pub(crate) fn sum_vartime<'a>(terms: impl IntoIterator<Item = (&'a Generator, Public)>, points: &[(G1, Public)]) -> G1 {
    let (mut bare, mut multiples) = (points.to_vec(), Vec::new());
    for (generator, scalar) in terms {
        match generator.table.get() {
            Some(table) => table.extend_vartime(&mut multiples, scalar),
            None => bare.push((generator.point, scalar)),
        }
    }
    let tabled = G1::sum_vartime(&multiples);
    if bare.is_empty() { tabled } else { tabled + msm_vartime(&bare) }
}

/// Separates generators from every other hash. Change one of these, and nothing ever signed verifies.
const SEED_TAG: &[u8] = b"SIG_GENERATOR_SEED_";
const POINT_TAG: &[u8] = b"SIG_GENERATOR_DST_";

/// A longer list is computed and forgotten, so that nobody fills the memory by asking for many messages.
const KEPT: usize = 512;
/// Generators beyond these have no table: a list has 4.4 MB of them at most, and only if it is in use.
const TABULATED: usize = 33;
/// A table pays for itself after ten uses. A program that signs or shows a few times never builds one.
const USES_BEFORE_TABLES: u32 = 16;

static P1: [Mutex<Chain>; 2] = [const { Mutex::new(Chain::new()) }; 2];
static CHAINS: [Mutex<Chain>; 12] = [const { Mutex::new(Chain::new()) }; 12];

fn slot_of(api: Api, side: Side) -> usize {
    (api.suite as usize * 3 + api.interface as usize) * 2 + side as usize
}

fn first(slot: &Mutex<Chain>, suite: Suite, tags: impl Fn() -> Tags, count: usize) -> Vec<Generator> {
    let mut chain = {
        let mut kept = slot.lock();
        if let Some(list) = kept.list.get(..count).map(<[Generator]>::to_vec) {
            let next = kept.next_table(count);
            drop(kept);
            if let Some(generator) = next.and_then(|next| list.get(next)) {
                generator.table.call_once(|| Table::new(generator.point));
            }
            return list;
        }
        kept.clone()
    };
    // Computed outside of the lock, as tables are: nobody waits for a hash to the curve.
    chain.extend(suite, &tags(), count);
    if count <= KEPT {
        let mut kept = slot.lock();
        if kept.list.len() < count {
            kept.list = chain.list.clone();
            kept.v = chain.v;
        }
    }
    chain.list
}

/// The list so far, and where it goes on.
#[derive(Clone)]
struct Chain {
    list: Vec<Generator>,
    // `v` of the draft after the last generator; none before the first.
    v: Option<[u8; EXPAND_LEN]>,
    // How often it was asked for.
    uses: u32,
    // How many, from the first on, have tables or soon will.
    tables: usize,
}

impl Chain {
    const fn new() -> Self {
        Self { list: Vec::new(), v: None, uses: 0, tables: 0 }
    }

    /// The loop of `create_generators`, taken up where it stopped.
    fn extend(&mut self, suite: Suite, tags: &Tags, count: usize) {
        let mut v = self.v.unwrap_or_else(|| tags.start(suite));
        for i in self.list.len() + 1..=count {
            let point;
            (v, point) = tags.step(suite, &v, i);
            self.list.push(Generator { point, bytes: point.to_compressed(), table: Arc::default() });
        }
        self.v = Some(v);
    }

    /// Counts a use of the first `count`, and says whose table is to be built with it: one for each use, so that nobody
    /// waits for all of them at once.
    fn next_table(&mut self, count: usize) -> Option<usize> {
        self.uses = self.uses.saturating_add(1);
        let next = self.tables;
        let due = self.uses > USES_BEFORE_TABLES && next < count.min(TABULATED);
        self.tables += usize::from(due);
        due.then_some(next)
    }
}

/// The three strings that set a chain of generators apart.
struct Tags {
    seed: Vec<u8>,
    seed_dst: Vec<u8>,
    point_dst: Vec<u8>,
}

impl Tags {
    fn new(tag: impl Fn(&[u8]) -> Vec<u8>, seed: &[u8]) -> Self {
        Self { seed: tag(seed), seed_dst: tag(SEED_TAG), point_dst: tag(POINT_TAG) }
    }

    fn start(&self, suite: Suite) -> [u8; EXPAND_LEN] {
        expand_message(suite, &self.seed, &self.seed_dst)
    }

    fn step(&self, suite: Suite, v: &[u8; EXPAND_LEN], i: usize) -> ([u8; EXPAND_LEN], G1) {
        let v = expand_message(suite, &[&v[..], &i2osp8(i)].concat(), &self.seed_dst);
        (v, hash_to_g1(suite, &v, &self.point_dst))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    extern crate std;
    use std::{fs, string::String};

    use super::*;

    #[test]
    fn generators_of_every_interface() {
        for (suite, folder) in [(Suite::Sha256, "bls12-381-sha-256"), (Suite::Shake256, "bls12-381-shake-256")] {
            for (interface, draft) in
                [(Interface::Plain, "bbs"), (Interface::Blind, "blind-bbs"), (Interface::Pseudonym, "bbs-nym")]
            {
                let path = std::format!("tests/vectors/{draft}/{folder}/generators.json");
                let vector: serde_json::Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
                let api = Api { suite, interface };
                if interface == Interface::Plain {
                    matches(&vector, api, Side::Signer);
                } else {
                    matches(&vector["generators"], api, Side::Signer);
                    matches(&vector["blindGenerators"], api, Side::Prover);
                }
            }
        }
    }

    /// Asks for one, then all: a list that grows keeps its order.
    fn matches(vector: &serde_json::Value, api: Api, side: Side) {
        let mut expected: Vec<String> = std::vec![vector["Q1"].as_str().unwrap().into()];
        expected.extend(vector["MsgGenerators"].as_array().unwrap().iter().map(|point| point.as_str().unwrap().into()));
        assert_eq!(hex::encode(p1(api.suite).bytes), vector["P1"].as_str().unwrap());
        assert_eq!(hex::encode(generators(api, side, 1)[0].bytes), expected[0]);
        let found = generators(api, side, expected.len());
        assert_eq!(found.iter().map(|generator| hex::encode(generator.bytes)).collect::<Vec<_>>(), expected);
        for generator in found {
            assert_eq!(generator.point.to_compressed(), generator.bytes);
        }
    }

    /// With tables or without: the same sums.
    #[test]
    fn a_list_in_use_gets_tables() {
        // No other test here uses this list often enough for tables.
        let api = Api { suite: Suite::Shake256, interface: Interface::Blind };
        let count = TABULATED + 2;
        let scalars: Vec<Public> = (0..count).map(|i| api.hash_to_public(&i2osp8(i))).collect();
        let sums = |list: &[Generator]| {
            let terms = || list.iter().zip(scalars.iter().copied());
            let secrets = terms().map(|(generator, scalar)| (generator, scalar.scalar()));
            [sum(secrets), sum_vartime(terms(), &[]), sum_vartime(terms(), &[(p1(api.suite).point, scalars[0])])]
        };
        let tables = |list: &[Generator]| list.iter().filter(|generator| generator.table.get().is_some()).count();
        let list = generators(api, Side::Prover, count);
        let (none, expected) = (tables(&list), sums(&list));
        for _ in 0..USES_BEFORE_TABLES as usize + TABULATED {
            generators(api, Side::Prover, count);
        }
        assert_eq!((none, tables(&list)), (0, TABULATED));
        assert_eq!(sums(&list), expected);
    }

    #[test]
    fn a_long_list_is_not_kept() {
        let api = Api { suite: Suite::Shake256, interface: Interface::Plain };
        assert_eq!(generators(api, Side::Prover, KEPT + 1).len(), KEPT + 1);
        assert!(CHAINS[slot_of(api, Side::Prover)].lock().list.len() <= KEPT);
    }
}
