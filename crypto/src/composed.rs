#![doc = include_str!("../../spec/composed.md")]

use alloc::vec::Vec;
use core::fmt;
use core::ops::RangeInclusive;

use rand_core::CryptoRng;

use crate::curve::{Public, Scalar};
use crate::holder::{Prover, SUITE, recompute};
use crate::proof::{Answered, PseudonymPart, SharedInit};
use crate::pseudonym::{self, Pseudonym, pseudonym_proof_init, pseudonym_proof_verify_init};
use crate::suite::{Api, i2osp8};
use crate::{InvalidProof, Malformed, Proof, PublicKey, Suite, Unusable};

/// How many credentials are shown together. One alone is shown by [`holder`](crate::holder).
pub const COUNTS: RangeInclusive<usize> = 2..=4;

/// A credential, and what is shown of it.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// The credential.
    pub prover: &'a Prover,
    /// Which of its messages are disclosed, ascending.
    pub disclosed_indexes: &'a [usize],
}

/// What a verifier knows of one part before it looks at a proof. All of it comes from its own expectation, nothing from the prover.
#[derive(Clone, Copy, Debug)]
pub struct Statement<'a> {
    /// Who must have signed.
    pub public_key: &'a PublicKey,
    /// Credential type and layout version.
    pub header: &'a [u8],
    /// L: how many messages this type of credential has.
    pub message_count: usize,
    /// Index and message of what is disclosed, ascending.
    pub disclosed: &'a [(usize, &'a [u8])],
}

/// Shows `parts`, two to four credentials of one holder, in their order and without a pseudonym.
///
/// # Errors
/// [`Unusable::Parts`] for another number of parts, or if they are not of one holder; [`Unusable::Indexes`] unless indexes ascend and
/// lie below L.
pub fn show(
    parts: &[Part<'_>],
    presentation_header: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<ComposedProof, Unusable> {
    let pending = Pending::new(parts, rng)?;
    let challenge = pending.challenge(presentation_header, None);
    pending.finalize(challenge)
}

/// Checks what [`show`] made. A proof with a pseudonym is refused here, and this one is refused there.
///
/// # Errors
/// [`InvalidProof`], whatever the reason.
pub fn check(
    statements: &[Statement<'_>],
    presentation_header: &[u8],
    proof: &ComposedProof,
) -> Result<(), InvalidProof> {
    check_under(SUITE, statements, None, presentation_header, proof)
}

/// Like [`show`], and names the holder in the context `context_id`: as each of the credentials does alone.
///
/// # Errors
/// As [`show`].
pub fn show_with_pseudonym(
    parts: &[Part<'_>],
    context_id: &[u8],
    presentation_header: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<(ComposedProof, Pseudonym), Unusable> {
    let pending = Pending::new(parts, rng)?;
    let (pseudonym, named) = pending.name(context_id)?;
    let challenge = pending.challenge(presentation_header, Some(&named));
    Ok((pending.finalize(challenge)?, pseudonym))
}

/// Checks what [`show_with_pseudonym`] made. The verifier knows `context_id` by itself.
///
/// # Errors
/// [`InvalidProof`], whatever the reason.
pub fn check_with_pseudonym(
    statements: &[Statement<'_>],
    context_id: &[u8],
    presentation_header: &[u8],
    proof: &ComposedProof,
    pseudonym: &Pseudonym,
) -> Result<(), InvalidProof> {
    check_under(SUITE, statements, Some((context_id, pseudonym)), presentation_header, proof)
}

/// Parts that wait for their challenge.
struct Pending<'a> {
    // Invariant: one for each proof of `init`, in the same order, and the first is among them.
    first: &'a Prover,
    parts: &'a [Part<'a>],
    init: SharedInit<'a>,
}

impl<'a> Pending<'a> {
    fn new(parts: &'a [Part<'a>], rng: &mut impl CryptoRng) -> Result<Self, Unusable> {
        let Some(Part { prover: first, .. }) = parts.first().filter(|_| COUNTS.contains(&parts.len())) else {
            return Err(Unusable::Parts);
        };
        let mut proofs = Vec::with_capacity(parts.len());
        for Part { prover, disclosed_indexes } in parts {
            proofs.push((&prover.held, prover.selection(disclosed_indexes)?));
        }
        let init = SharedInit::new(proofs, rng).ok_or(Unusable::Parts)?;
        Ok(Self { first, parts, init })
    }

    fn api(&self) -> Api {
        self.first.held.frame().api
    }

    fn name<'c>(&self, context_id: &'c [u8]) -> Result<(Pseudonym, PseudonymPart<'c>), Unusable> {
        pseudonym_proof_init(self.api().suite, &self.first.nym_secrets, self.init.last_nonce(), context_id)
    }

    fn challenge(&self, presentation_header: &[u8], named: Option<&PseudonymPart<'_>>) -> Public {
        let hashed: Vec<Hashed<'_>> = self
            .parts
            .iter()
            .zip(self.init.transcripts())
            .map(|(Part { prover: Prover { held, public_key, message_count, .. }, .. }, proof)| Hashed {
                public_key,
                message_count: *message_count,
                domain: held.frame().domain,
                proof,
            })
            .collect();
        challenge(self.api(), &hashed, named, presentation_header)
    }

    fn finalize(self, challenge: Public) -> Result<ComposedProof, Unusable> {
        Ok(ComposedProof { parts: self.init.finalize(challenge)? })
    }
}

fn check_under(
    suite: Suite,
    statements: &[Statement<'_>],
    name: Option<(&[u8], &Pseudonym)>,
    presentation_header: &[u8],
    proof: &ComposedProof,
) -> Result<(), InvalidProof> {
    // All comparisons before any pairing: a forgery seldom gets that far.
    let answered = answered(suite, statements, name, presentation_header, proof)?;
    answered.into_iter().try_for_each(Answered::conclude)
}

/// [`check`] or [`check_with_pseudonym`] but for the pairings: one for each part, all of which must hold.
pub(crate) fn answered(
    suite: Suite,
    statements: &[Statement<'_>],
    name: Option<(&[u8], &Pseudonym)>,
    presentation_header: &[u8],
    proof: &ComposedProof,
) -> Result<Vec<Answered>, InvalidProof> {
    // A part without a statement would be one that nobody looks at.
    if statements.len() != proof.parts.len() {
        return Err(InvalidProof);
    }
    let mut hashed = Vec::with_capacity(statements.len());
    for (statement, part) in statements.iter().zip(&proof.parts) {
        let Statement { public_key, header, message_count, disclosed } = statement;
        let init = recompute(suite, public_key, header, *message_count, disclosed, part)?;
        let (domain, proof) = (init.domain(), init.transcript());
        hashed.push(Hashed { public_key, message_count: *message_count, domain, proof });
    }
    let named = match name {
        None => None,
        Some((context_id, pseudonym)) => {
            // The secret has one response in all parts, and comes last.
            let Proof { m_hat, challenge, .. } = proof.parts.first().ok_or(InvalidProof)?;
            let response = m_hat.last_chunk::<1>().ok_or(InvalidProof)?;
            Some(pseudonym_proof_verify_init(suite, pseudonym, response, *challenge, context_id)?)
        }
    };
    let challenge = challenge(pseudonym::api(suite), &hashed, named.as_ref(), presentation_header);
    statements
        .iter()
        .zip(&proof.parts)
        .map(|(statement, part)| Answered::new(statement.public_key, part, challenge))
        .collect()
}

/// One statement and the part that proves it, as the challenge hashes them.
struct Hashed<'a> {
    public_key: &'a PublicKey,
    message_count: usize,
    domain: Public,
    proof: Vec<u8>,
}

/// Keeps the challenge of a composed proof apart from every other. Change it, and no verifier accepts an older wallet's.
const COMPOSED_TAG: &[u8] = b"COMPOSED_H2S_";

/// Everything that the verifier knows and everything that the prover chose, each at a fixed width or behind its length.
fn challenge(api: Api, parts: &[Hashed<'_>], named: Option<&PseudonymPart<'_>>, presentation_header: &[u8]) -> Public {
    let mut hashed = i2osp8(parts.len()).to_vec();
    for Hashed { public_key, message_count, domain, proof } in parts {
        hashed.extend_from_slice(&public_key.to_bytes());
        hashed.extend_from_slice(&domain.to_bytes());
        hashed.extend_from_slice(&i2osp8(*message_count));
        hashed.extend_from_slice(proof);
    }
    hashed.extend_from_slice(&i2osp8(named.iter().len()));
    if let Some(named) = named {
        hashed.extend_from_slice(&i2osp8(named.context_id.len()));
        hashed.extend_from_slice(named.context_id);
        hashed.extend_from_slice(named.points().as_flattened());
    }
    hashed.extend_from_slice(&i2osp8(presentation_header.len()));
    hashed.extend_from_slice(presentation_header);
    api.suite.hash_to_public(&hashed, &api.tag(COMPOSED_TAG))
}

/// Several proofs under one challenge, with one response for the holder's secret. [`ComposedProof::len`] bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct ComposedProof {
    // Invariant: two to four, all with the same challenge and the same last response.
    parts: Vec<Proof>,
}

impl ComposedProof {
    /// Length in bytes of a proof whose parts hide so many messages, blind and secret counted in each.
    pub fn len(hidden_counts: &[usize]) -> usize {
        hidden_counts.iter().fold(COMMON_LEN, |sum, hidden_count| sum.saturating_add(part_len(*hidden_count)))
    }

    /// Reads a proof whose parts hide `hidden_counts` messages: L + 2 − R each, which the reader knows by itself.
    ///
    /// # Errors
    /// [`Malformed`] for another length or number of parts, the identity, a point outside the subgroup or in a second spelling, a scalar
    /// that is not in 1..r.
    pub fn from_bytes(bytes: &[u8], hidden_counts: &[usize]) -> Result<Self, Malformed> {
        let some_hidden = hidden_counts.iter().all(|hidden_count| *hidden_count >= ALWAYS_HIDDEN);
        if !COUNTS.contains(&hidden_counts.len()) || !some_hidden || bytes.len() != Self::len(hidden_counts) {
            return Err(Malformed);
        }
        let (mut rest, common) = bytes.split_last_chunk::<COMMON_LEN>().ok_or(Malformed)?;
        let mut parts = Vec::with_capacity(hidden_counts.len());
        for hidden_count in hidden_counts {
            let (own, others) = rest.split_at_checked(part_len(*hidden_count)).ok_or(Malformed)?;
            parts.push(Proof::from_bytes(&[own, common].concat())?);
            rest = others;
        }
        Ok(Self { parts })
    }

    /// U of each part: how many messages it hides.
    pub fn hidden_counts(&self) -> impl Iterator<Item = usize> {
        self.parts.iter().map(Proof::hidden_count)
    }

    /// Of each part Abar ‖ Bbar ‖ D ‖ e^ ‖ r1^ ‖ r3^ ‖ m^_1 ‖ … ‖ m^_U−1, then nym^ ‖ c.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut common = Vec::new();
        for part in &self.parts {
            let mut own = part.to_bytes();
            common = own.split_off(own.len() - COMMON_LEN);
            bytes.extend(own);
        }
        bytes.extend(common);
        bytes
    }
}

/// Blind and secret.
const ALWAYS_HIDDEN: usize = 2;
/// The response of the secret and the challenge: they stand once, and last.
const COMMON_LEN: usize = 2 * Scalar::LEN;

/// What a part that hides so many messages has for itself.
fn part_len(hidden_count: usize) -> usize {
    const OWN: usize = Proof::len(0) - COMMON_LEN;
    // What no memory holds is no length of any input either.
    hidden_count.saturating_mul(Scalar::LEN).saturating_add(OWN)
}

impl fmt::Debug for ComposedProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ComposedProof({} parts)", self.parts.len())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use core::slice;

    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;
    use crate::SecretKey;
    use crate::holder::{Credential, signer_nym_entropy};
    use crate::pseudonym::HolderSecret;

    const SUITES: [Suite; 2] = [Suite::Sha256, Suite::Shake256];
    const MESSAGES: [&[u8]; 2] = [b"shown", b"hidden"];
    const HEADER: &[u8] = b"header";
    const PH: &[u8] = b"presentation header";

    fn collect(suite: Suite, sk: &SecretKey, secret: &HolderSecret, rng: &mut ChaCha20Rng) -> Prover {
        let (commitment, blind) = pseudonym::nym_commit(suite, &[], slice::from_ref(secret), rng).unwrap();
        let entropy = signer_nym_entropy();
        let signature = pseudonym::blind_sign_with_nym(suite, sk, &commitment, 1, &entropy, HEADER, &MESSAGES).unwrap();
        let (public_key, signature, blind) = (&sk.public_key(), &signature, &blind);
        let credential = Credential { public_key, signature, header: HEADER, messages: &MESSAGES, secret, blind };
        Prover::under(suite, &credential).unwrap()
    }

    /// The operations that others call are for SHA-256 alone; what they are made of is for both.
    #[test]
    fn composed_showings_hold_in_either_suite_and_not_across() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let keys = [(); 3].map(|()| SecretKey::generate(&mut rng));
        let secret = HolderSecret::generate(&mut rng);
        let provers = SUITES.map(|suite| keys.each_ref().map(|sk| collect(suite, sk, &secret, &mut rng)));
        let public_keys = keys.each_ref().map(SecretKey::public_key);
        let statement =
            |public_key| Statement { public_key, header: HEADER, message_count: 2, disclosed: &[(0, b"shown")] };
        let statements = public_keys.each_ref().map(statement);
        let part = |prover| Part { prover, disclosed_indexes: &[0] };
        for (suite, provers) in SUITES.iter().zip(&provers) {
            let parts = provers.each_ref().map(part);
            let proof = show(&parts, PH, &mut rng).unwrap();
            let (named, name) = show_with_pseudonym(&parts, b"context", PH, &mut rng).unwrap();
            let name = Some((&b"context"[..], &name));
            for under in SUITES {
                let verdict = if under == *suite { Ok(()) } else { Err(InvalidProof) };
                assert_eq!(check_under(under, &statements, None, PH, &proof), verdict);
                assert_eq!(check_under(under, &statements, name, PH, &named), verdict);
                assert!(check_under(under, &statements, name, PH, &proof).is_err());
                assert!(check_under(under, &statements, None, PH, &named).is_err());
            }
        }
        let [[one, ..], [_, other, _]] = &provers;
        assert_eq!(show(&[part(one), part(other)], PH, &mut rng), Err(Unusable::Parts));
    }
}
