//! What signer, prover and verifier have in common before any message is known: generators and domain.

use alloc::vec;
use alloc::vec::Vec;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::PublicKey;
use crate::curve::{G1, Public, Scalar};
use crate::generators::{Generator, Side, generators, p1, sum, sum_vartime};
use crate::secret::SecretScalar;
use crate::suite::{Api, i2osp8};

/// The generators for a number of messages, and the `domain` that binds them to a key and a header.
pub(crate) struct Frame {
    pub(crate) api: Api,
    pub(crate) p1: Generator,
    pub(crate) q1: Generator,
    /// The generators of the messages: H_1, …, H_L, and in blind interfaces Q_2, J_1, …, J_M after them.
    pub(crate) h: Vec<Generator>,
    pub(crate) domain: Public,
}

impl Frame {
    /// For `message_count` messages that the signer sees.
    pub(crate) fn plain(api: Api, pk: &PublicKey, header: &[u8], message_count: usize) -> Self {
        Self::new(api, pk, header, generators(api, Side::Signer, message_count + 1))
    }

    /// For `message_count` messages that the signer sees, the prover's blind, and `committed_count` committed values.
    pub(crate) fn blind(api: Api, pk: &PublicKey, header: &[u8], message_count: usize, committed_count: usize) -> Self {
        let mut all = generators(api, Side::Signer, message_count + 1);
        all.extend(generators(api, Side::Prover, committed_count + 1));
        Self::new(api, pk, header, all)
    }

    /// `calculate_domain`, BBS draft, section 4.2.3. `all` starts with Q_1.
    fn new(api: Api, pk: &PublicKey, header: &[u8], mut all: Vec<Generator>) -> Self {
        let mut hashed = Vec::with_capacity(256 + all.len() * G1::LEN + header.len());
        hashed.extend_from_slice(&pk.to_bytes());
        // L is the number of generators minus one, and api_id carries no length.
        hashed.extend_from_slice(&i2osp8(all.len() - 1));
        for generator in &all {
            hashed.extend_from_slice(&generator.bytes);
        }
        hashed.extend_from_slice(&api.tag(b""));
        hashed.extend_from_slice(&i2osp8(header.len()));
        hashed.extend_from_slice(header);
        let domain = api.hash_to_public(&hashed);
        let q1 = all.remove(0);
        Self { api, p1: p1(api.suite), q1, h: all, domain }
    }

    /// B = P1 + Q_1·domain + Σ H_i·msg_i, in constant time. Fewer messages than generators leave out the last ones.
    pub(crate) fn b(&self, messages: &[Scalar]) -> G1 {
        self.base() + sum(self.h.iter().zip(messages.iter().copied()))
    }

    /// B + rest for each of `lists`, which have the same number of messages. What all of them have at one place is computed once, and
    /// what differs once for each value.
    ///
    /// In constant time, but for which lists have the same message at a place.
    pub(crate) fn b_of_each(&self, lists: &[&[&[u8]]], rest: G1) -> Zeroizing<Vec<G1>> {
        let length = lists.first().map_or(0, |list| list.len());
        let columns = self.h.iter().take(length).enumerate().map(|(place, h)| (h, Column::new(lists, place)));
        let (common, differing): (Vec<_>, Vec<_>) = columns.partition(|(_, column)| column.values.len() == 1);

        let values: Vec<&[u8]> = common.iter().flat_map(|(_, column)| column.values.iter().copied()).collect();
        let messages = self.api.messages_to_scalars(&values);
        let in_common = self.base() + rest + sum(common.iter().map(|(h, _)| *h).zip(messages.iter().copied()));

        let mut bs = Zeroizing::new(vec![in_common; lists.len()]);
        for (h, Column { values, of_list }) in differing {
            let messages = self.api.messages_to_scalars(&values);
            let products: Zeroizing<Vec<G1>> = Zeroizing::new(messages.iter().map(|m| sum([(h, *m)])).collect());
            for (b, value) in bs.iter_mut().zip(of_list) {
                *b = *b + products[value];
            }
        }
        bs
    }

    /// B·factor in constant time. Multiplied into the scalars, the factor costs less than a multiplication of B.
    pub(crate) fn b_times(&self, factor: &SecretScalar, messages: &[Scalar]) -> G1 {
        let base = [(&self.p1, factor.expose()), (&self.q1, factor.expose() * self.domain)];
        let signed = self.h.iter().zip(messages.iter().map(|message| *message * factor.expose()));
        sum(base.into_iter().chain(signed))
    }

    /// P1 + Q_1·domain: nothing of it is secret.
    fn base(&self) -> G1 {
        self.p1.point + sum_vartime([(&self.q1, self.domain)], &[])
    }
}

/// What several lists of messages have at one place.
struct Column<'a> {
    // Each once.
    values: Vec<&'a [u8]>,
    // For each list, which value it has.
    of_list: Vec<usize>,
}

impl<'a> Column<'a> {
    fn new(lists: &[&[&'a [u8]]], place: usize) -> Self {
        let mut values: Vec<&[u8]> = Vec::new();
        let mut of_list = Vec::with_capacity(lists.len());
        for message in lists.iter().map(|list| list[place]) {
            // Compared to the last byte and with all of them: time tells which are the same, and nothing of what they say.
            let known = values.iter().map(|value| bool::from(value.ct_eq(message)));
            let found = known.enumerate().fold(None, |found, (i, same)| if same { Some(i) } else { found });
            of_list.push(found.unwrap_or_else(|| {
                values.push(message);
                values.len() - 1
            }));
        }
        Self { values, of_list }
    }
}
