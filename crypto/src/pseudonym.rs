//! Names that hold in one context only. draft-irtf-cfrg-bbs-per-verifier-linkability-03.
//!
//! The prover commits to one or more *nym secrets*, and a signature binds them. In each context (an event, a verifier) they
//! give one pseudonym: the same holder twice in one context is noticed, and pseudonyms of different contexts do not match.
//! Hiding is unconditional without a pseudonym, computational with it.
//!
//! Message order: the signer's, the blind, the committed ones, the nym secrets.

use alloc::vec::Vec;
use core::fmt;
use core::ops::{Add, Mul};

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::blind::{Disclosed, Indexes, Known, finalize_blind_sign_each};
use crate::commitment::core_commit;
pub use crate::commitment::{Commitment, CommitmentWithProof, ProverBlind};
use crate::curve::{G1, Public, Scalar, hash_to_g1, msm_vartime};
use crate::encoding;
use crate::frame::Frame;
use crate::generators::{p1, sum_vartime};
use crate::proof::{Answered, Held, ProofInit, ProofVerifyInit, PseudonymPart, Selection};
use crate::secret::secret_type;
use crate::suite::{Api, Interface, i2osp8};
use crate::{InvalidProof, InvalidSignature, Malformed, Proof, PublicKey, SecretKey, Signature, Suite, Unusable};

/// `CommitWithNym`: a commitment to `committed_messages` and, after them, `prover_nyms`.
///
/// # Errors
/// [`Unusable::Secrets`] without any nym secret.
pub fn nym_commit(
    suite: Suite,
    committed_messages: &[&[u8]],
    prover_nyms: &[HolderSecret],
    rng: &mut impl CryptoRng,
) -> Result<(CommitmentWithProof, ProverBlind), Unusable> {
    if prover_nyms.is_empty() {
        return Err(Unusable::Secrets);
    }
    let api = api(suite);
    let mut values = Zeroizing::new(Vec::with_capacity(committed_messages.len() + prover_nyms.len()));
    values.extend(committed_messages.iter().map(|message| api.message_to_scalar(message)));
    values.extend(prover_nyms.iter().map(HolderSecret::expose));
    core_commit(api, &values, rng)
}

/// `BlindSignWithNym`: deterministic. Checks the commitment's proof.
///
/// `nym_count` is N, how many of the committed values are nym secrets.
///
/// # Errors
/// [`Unusable::Commitment`] if the commitment's proof does not hold, [`Unusable::Secrets`] if N is zero or more than what is committed.
pub fn blind_sign_with_nym(
    suite: Suite,
    sk: &SecretKey,
    commitment: &CommitmentWithProof,
    nym_count: usize,
    signer_nym_entropy: &SignerNymEntropy,
    header: &[u8],
    messages: &[&[u8]],
) -> Result<Signature, Unusable> {
    let committed_count = commitment.committed_count();
    if nym_count == 0 || nym_count > committed_count {
        return Err(Unusable::Secrets);
    }
    let verified = commitment.verify(api(suite)).map_err(|_| Unusable::Commitment)?;
    let values = Committed { commitment: verified, committed_count, nym_count };
    sign_opened(suite, sk, &values, signer_nym_entropy, header, &[messages])?.pop().ok_or(Unusable::Degenerate)
}

/// `VerifyFinalizeWithNym`: checks what was received and gives the secrets that pseudonyms are made of.
///
/// # Errors
/// [`InvalidSignature`], whatever the reason.
pub fn verify_finalize_with_nym(
    suite: Suite,
    pk: &PublicKey,
    signature: &Signature,
    header: &[u8],
    known: &Known<'_>,
    prover_nyms: &[HolderSecret],
    signer_nym_entropy: &SignerNymEntropy,
) -> Result<NymSecrets, InvalidSignature> {
    let nym_secrets = NymSecrets::combine(prover_nyms, signer_nym_entropy).ok_or(InvalidSignature)?;
    let committed_count = known.committed_messages.len() + nym_secrets.count();
    let header = with_count(header, nym_secrets.count());
    let frame = Frame::blind(api(suite), pk, &header, known.messages.len(), committed_count);
    signature.holds(pk, frame.b(&known.scalars(api(suite), &nym_secrets.0)))?;
    Ok(nym_secrets)
}

/// `CalculatePseudonym`: what the holder of `nym_secrets` is called in the context `context_id`.
///
/// # Errors
/// [`Unusable::Degenerate`], which does not happen by chance.
pub fn calculate_pseudonym(suite: Suite, nym_secrets: &NymSecrets, context_id: &[u8]) -> Result<Pseudonym, Unusable> {
    Context::new(suite, context_id).pseudonym(nym_secrets).ok_or(Unusable::Degenerate)
}

/// `ProofGenWithNym`. Verifies the signature first. Draws as [`proof_gen`](crate::proof::proof_gen) does.
///
/// # Errors
/// [`Unusable::Indexes`], [`Unusable::Signature`].
#[expect(clippy::too_many_arguments, reason = "the inputs of the draft's operation")]
pub fn proof_gen_with_nym(
    suite: Suite,
    pk: &PublicKey,
    signature: &Signature,
    header: &[u8],
    ph: &[u8],
    context_id: &[u8],
    known: &Known<'_>,
    nym_secrets: &NymSecrets,
    indexes: &Indexes<'_>,
    rng: &mut impl CryptoRng,
) -> Result<(Proof, Pseudonym), Unusable> {
    let api = api(suite);
    let nym_count = nym_secrets.count();
    let (message_count, committed_count) = (known.messages.len(), known.committed_messages.len());
    let selection = indexes.selection(message_count, committed_count, nym_count).ok_or(Unusable::Indexes)?;
    let frame = Frame::blind(api, pk, &with_count(header, nym_count), message_count, committed_count + nym_count);
    let messages = known.scalars(api, &nym_secrets.0);
    let held = Held::verify(frame, pk, signature, messages).map_err(|_| Unusable::Signature)?;
    prove_with_nym(suite, &held, nym_secrets, selection, ph, context_id, rng)
}

/// `ProofGenWithNym` after the signature has been verified. `held` ends in `nym_secrets`, and `selection` hides them.
pub(crate) fn prove_with_nym(
    suite: Suite,
    held: &Held,
    nym_secrets: &NymSecrets,
    selection: Selection,
    ph: &[u8],
    context_id: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<(Proof, Pseudonym), Unusable> {
    let init = ProofInit::new(held, selection, rng);
    let (pseudonym, part) =
        pseudonym_proof_init(suite, nym_secrets, init.last_nonces(nym_secrets.count()), context_id)?;
    let challenge = init.challenge(ph, Some(&part));
    Ok((init.finalize(challenge)?, pseudonym))
}

/// `PseudonymProofInit`: the pseudonym, and the same polynomial over the nonces of the nym secrets.
pub(crate) fn pseudonym_proof_init<'a>(
    suite: Suite,
    nym_secrets: &NymSecrets,
    nonces: &[Scalar],
    context_id: &'a [u8],
) -> Result<(Pseudonym, PseudonymPart<'a>), Unusable> {
    let context = Context::new(suite, context_id);
    let pseudonym = context.pseudonym(nym_secrets).ok_or(Unusable::Degenerate)?;
    let ut = context.op * context.evaluate(nonces).ok_or(Unusable::Degenerate)?;
    let part = PseudonymPart { pseudonym: pseudonym.0, U: ut, context_id };
    Ok((pseudonym, part))
}

/// `ProofVerifyWithNym`.
///
/// The verifier fixes `context_id` and `nym_count` (N) itself. The number of committed messages follows from the length of
/// the proof, and the work grows with it.
///
/// # Errors
/// [`InvalidProof`], whatever the reason.
#[expect(clippy::too_many_arguments, reason = "the inputs of the draft's operation")]
pub fn proof_verify_with_nym(
    suite: Suite,
    pk: &PublicKey,
    proof: &Proof,
    pseudonym: &Pseudonym,
    context_id: &[u8],
    nym_count: usize,
    header: &[u8],
    ph: &[u8],
    disclosed: &Disclosed<'_>,
) -> Result<(), InvalidProof> {
    answered_with_nym(suite, pk, proof, pseudonym, context_id, nym_count, header, ph, disclosed)?.conclude()
}

/// `ProofVerifyWithNym` but for the pairing.
#[expect(clippy::too_many_arguments, reason = "the inputs of the draft's operation")]
pub(crate) fn answered_with_nym(
    suite: Suite,
    pk: &PublicKey,
    proof: &Proof,
    pseudonym: &Pseudonym,
    context_id: &[u8],
    nym_count: usize,
    header: &[u8],
    ph: &[u8],
    disclosed: &Disclosed<'_>,
) -> Result<Answered, InvalidProof> {
    let api = api(suite);
    if nym_count == 0 {
        return Err(InvalidProof);
    }
    let committed_count = disclosed.committed_count(proof, nym_count).ok_or(InvalidProof)?;
    let selection = disclosed.selection(committed_count, nym_count).ok_or(InvalidProof)?;
    // The nym secrets are hidden, so the last N responses are theirs; `selection` has refused everything else.
    let nym_responses = proof.m_hat.len().checked_sub(nym_count).ok_or(InvalidProof)?;
    let frame =
        Frame::blind(api, pk, &with_count(header, nym_count), disclosed.message_count, committed_count + nym_count);
    let init = ProofVerifyInit::new(frame, proof, selection, disclosed.scalars(api));
    let responses = &proof.m_hat[nym_responses..];
    let part = pseudonym_proof_verify_init(suite, pseudonym, responses, proof.challenge, context_id)?;
    Answered::new(pk, proof, init.challenge(ph, Some(&part)))
}

/// `PseudonymProofVerifyInit`, over the responses of the nym secrets.
pub(crate) fn pseudonym_proof_verify_init<'a>(
    suite: Suite,
    pseudonym: &Pseudonym,
    responses: &[Public],
    challenge: Public,
    context_id: &'a [u8],
) -> Result<PseudonymPart<'a>, InvalidProof> {
    let context = Context::new(suite, context_id);
    let responses = context.evaluate(responses).ok_or(InvalidProof)?;
    let uv = msm_vartime(&[(context.op, responses), (pseudonym.0, -challenge)]);
    if uv.is_identity() {
        return Err(InvalidProof);
    }
    Ok(PseudonymPart { pseudonym: pseudonym.0, U: uv, context_id })
}

secret_type! {
    /// A prover nym secret: what ties one person's credentials together. Leaves the wallet only inside a proof.
    HolderSecret
}

/// What the signer adds to the last nym secret. A scalar in 1..r, public. 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SignerNymEntropy(Public);

impl SignerNymEntropy {
    /// Uniform.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut wide = [0; 64];
        loop {
            rng.fill_bytes(&mut wide);
            let entropy = Public::from_wide(&wide);
            if !entropy.is_zero() {
                return Self(entropy);
            }
        }
    }

    /// From 32 big-endian bytes.
    ///
    /// # Errors
    /// [`Malformed`] for another length, zero, or r and beyond: nothing is reduced.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        encoding::scalar(bytes).map(Self)
    }

    /// 32 big-endian bytes.
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    pub(crate) fn from_hash(hash: Public) -> Self {
        Self(hash)
    }
}

impl fmt::Debug for SignerNymEntropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        encoding::fmt_prefix(f, "SignerNymEntropy", &self.to_bytes())
    }
}

/// The signed nym secrets: the prover's, with the signer's entropy in the last one.
pub struct NymSecrets(Zeroizing<Vec<Scalar>>);

impl NymSecrets {
    /// `None` without any secret.
    pub(crate) fn combine(prover_nyms: &[HolderSecret], entropy: &SignerNymEntropy) -> Option<Self> {
        let mut secrets: Zeroizing<Vec<Scalar>> =
            Zeroizing::new(prover_nyms.iter().map(HolderSecret::expose).collect());
        let last = secrets.last_mut()?;
        *last = *last + entropy.0.scalar();
        Some(Self(secrets))
    }

    pub(crate) fn as_scalars(&self) -> &[Scalar] {
        &self.0
    }

    /// N: how many there are; at least one.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// 32 big-endian bytes each, one after the other, wiped when dropped.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(self.count() * Scalar::LEN));
        for secret in self.0.iter() {
            bytes.extend_from_slice(Zeroizing::new(secret.to_bytes()).as_ref());
        }
        bytes
    }
}

impl fmt::Debug for NymSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(_) = self;
        f.write_str("NymSecrets(..)")
    }
}

/// What one holder is called in one context: a point of G1, neither the identity nor P1. 48 bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Pseudonym(G1);

impl Pseudonym {
    /// Length in bytes.
    pub const LEN: usize = G1::LEN;

    /// From the compressed point.
    ///
    /// # Errors
    /// [`Malformed`] for another length, a second spelling, a point off the curve or outside the subgroup, the identity, the P1 of either
    /// suite or the generator of the curve.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let point = encoding::point(bytes)?;
        let names_somebody =
            point != G1::generator() && [Suite::Sha256, Suite::Shake256].iter().all(|suite| point != p1(*suite).point);
        names_somebody.then_some(Self(point)).ok_or(Malformed)
    }

    /// The compressed point.
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        self.0.to_compressed()
    }

    fn new(suite: Suite, point: G1) -> Option<Self> {
        let names_somebody = !point.is_identity() && point != G1::generator() && point != p1(suite).point;
        names_somebody.then_some(Self(point))
    }
}

impl fmt::Debug for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        encoding::fmt_prefix(f, "Pseudonym", &self.to_bytes())
    }
}

/// A commitment whose opening somebody is known to hold, and what is in it.
pub(crate) struct Committed<'a> {
    pub(crate) commitment: &'a Commitment,
    pub(crate) committed_count: usize,
    pub(crate) nym_count: usize,
}

/// `BlindSignWithNym` from its step 5 on, for each list of messages.
pub(crate) fn sign_opened(
    suite: Suite,
    sk: &SecretKey,
    committed: &Committed<'_>,
    signer_nym_entropy: &SignerNymEntropy,
    header: &[u8],
    lists: &[&[&[u8]]],
) -> Result<Vec<Signature>, Unusable> {
    let Committed { commitment, committed_count, nym_count } = committed;
    let header = with_count(header, *nym_count);
    let mut signatures = Vec::with_capacity(lists.len());
    // A frame is for one number of messages.
    for lists in lists.chunk_by(|a, b| a.len() == b.len()) {
        let message_count = lists[0].len();
        let frame = Frame::blind(api(suite), sk.public(), &header, message_count, *committed_count);
        // The generator of the last nym secret is the last of all.
        let nym_base = &frame.h[message_count + committed_count];
        let entropy = sum_vartime([(nym_base, signer_nym_entropy.0)], &[]);
        let bs = frame.b_of_each(lists, commitment.point() + entropy);
        signatures.extend(finalize_blind_sign_each(sk, &frame, &bs)?);
    }
    Ok(signatures)
}

/// `header ‖ I2OSP(N, 8)`: nobody can take the secrets of one signature for messages of another.
pub(crate) fn with_count(header: &[u8], nym_count: usize) -> Vec<u8> {
    [header, &i2osp8(nym_count)].concat()
}

pub(crate) fn api(suite: Suite) -> Api {
    Api { suite, interface: Interface::Pseudonym }
}

/// OP and z: where a context puts its pseudonyms.
struct Context {
    suite: Suite,
    op: G1,
    z: Public,
}

impl Context {
    fn new(suite: Suite, context_id: &[u8]) -> Self {
        let api = api(suite);
        Self {
            suite,
            op: hash_to_g1(suite, context_id, &api.tag(b"")),
            z: suite.hash_to_public(context_id, &api.tag(b"VECT_NYM_SECRETS")),
        }
    }

    /// What the holder of these is called here.
    fn pseudonym(&self, nym_secrets: &NymSecrets) -> Option<Pseudonym> {
        Pseudonym::new(self.suite, self.op * self.evaluate(&nym_secrets.0)?)
    }

    /// Σ coefficient_i·z^i, by Horner's rule: as secret as the coefficients are. `None` without any.
    fn evaluate<T: Copy + Add<Output = T> + Mul<Public, Output = T>>(&self, coefficients: &[T]) -> Option<T> {
        coefficients.iter().rev().copied().reduce(|sum, coefficient| sum * self.z + coefficient)
    }
}
