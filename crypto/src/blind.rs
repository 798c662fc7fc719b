//! Signatures over messages that the signer does not see. draft-irtf-cfrg-bbs-blind-signatures-02.
//!
//! The prover commits to some messages and proves that it knows them; the signer signs the commitment together with
//! messages of its own. Message order: the signer's, the prover's blind, the committed ones. Where the text of the draft and
//! its vectors differ, this follows the vectors.

use alloc::vec::Vec;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::commitment::core_commit;
pub use crate::commitment::{Commitment, CommitmentWithProof, ProverBlind};
use crate::curve::{G1, Public, Scalar};
use crate::frame::Frame;
use crate::proof::{Answered, Held, ProofInit, ProofVerifyInit, Selection};
use crate::signature::finish_each;
use crate::suite::{Api, Interface};
use crate::{InvalidProof, InvalidSignature, Proof, PublicKey, SecretKey, Signature, Suite, Unusable};

/// What the prover knows of a blind signature: all of its messages.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Those that the signer knows as well.
    pub messages: &'a [&'a [u8]],
    /// Those that the signer saw only as a commitment.
    pub committed_messages: &'a [&'a [u8]],
    /// The blind of the commitment; none if there was no commitment.
    pub blind: Option<&'a ProverBlind>,
}

/// Which messages to disclose, counted from 0 in each list, ascending.
#[derive(Clone, Copy, Debug, Default)]
pub struct Indexes<'a> {
    /// Among the signer's messages.
    pub messages: &'a [usize],
    /// Among the committed messages.
    pub committed_messages: &'a [usize],
}

/// What was disclosed: index and message, ascending in each list.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disclosed<'a> {
    /// L: how many messages the signer knows. Fixed by the verifier, never taken from the prover.
    pub message_count: usize,
    /// Among the signer's messages.
    pub messages: &'a [(usize, &'a [u8])],
    /// Among the committed messages.
    pub committed_messages: &'a [(usize, &'a [u8])],
}

/// `Commit`, section 4.1.1: hides `committed_messages` under a fresh blind and proves that they are known.
///
/// # Errors
/// [`Unusable::Degenerate`], which does not happen by chance.
pub fn commit(
    suite: Suite,
    committed_messages: &[&[u8]],
    rng: &mut impl CryptoRng,
) -> Result<(CommitmentWithProof, ProverBlind), Unusable> {
    let api = Api { suite, interface: Interface::Blind };
    core_commit(api, &api.messages_to_scalars(committed_messages), rng)
}

/// `BlindSign`, section 4.2.1: deterministic. Checks the commitment's proof; without a commitment the prover has no secrets.
///
/// # Errors
/// [`Unusable::Commitment`] if the commitment's proof does not hold.
pub fn blind_sign(
    suite: Suite,
    sk: &SecretKey,
    commitment: Option<&CommitmentWithProof>,
    header: &[u8],
    messages: &[&[u8]],
) -> Result<Signature, Unusable> {
    let api = Api { suite, interface: Interface::Blind };
    let committed =
        commitment.map(|commitment| commitment.verify(api)).transpose().map_err(|_| Unusable::Commitment)?;
    let committed_count = commitment.map_or(0, CommitmentWithProof::committed_count);
    let frame = Frame::blind(api, sk.public(), header, messages.len(), committed_count);
    let mut b = frame.b(&api.messages_to_scalars(messages));
    if let Some(committed) = committed {
        b = b + committed.point();
    }
    finalize_blind_sign_each(sk, &frame, &[b])?.pop().ok_or(Unusable::Degenerate)
}

/// `Verify`, section 4.2.2: the prover's check of what it received.
///
/// # Errors
/// [`InvalidSignature`], whatever the reason.
pub fn verify_blind_sign(
    suite: Suite,
    pk: &PublicKey,
    signature: &Signature,
    header: &[u8],
    known: &Known<'_>,
) -> Result<(), InvalidSignature> {
    let api = Api { suite, interface: Interface::Blind };
    let frame = Frame::blind(api, pk, header, known.messages.len(), known.committed_messages.len());
    signature.holds(pk, frame.b(&known.scalars(api, &[])))
}

/// `BlindProofGen`, section 4.2.3. Verifies the signature first. Draws as [`proof_gen`](crate::proof::proof_gen) does.
///
/// # Errors
/// [`Unusable::Indexes`], [`Unusable::Signature`].
#[expect(clippy::too_many_arguments, reason = "the inputs of the draft's operation")]
pub fn blind_proof_gen(
    suite: Suite,
    pk: &PublicKey,
    signature: &Signature,
    header: &[u8],
    ph: &[u8],
    known: &Known<'_>,
    indexes: &Indexes<'_>,
    rng: &mut impl CryptoRng,
) -> Result<Proof, Unusable> {
    let api = Api { suite, interface: Interface::Blind };
    let (message_count, committed_count) = (known.messages.len(), known.committed_messages.len());
    let selection = indexes.selection(message_count, committed_count, 0).ok_or(Unusable::Indexes)?;
    let frame = Frame::blind(api, pk, header, message_count, committed_count);
    let messages = known.scalars(api, &[]);
    let held = Held::verify(frame, pk, signature, messages).map_err(|_| Unusable::Signature)?;
    let init = ProofInit::new(&held, selection, rng);
    let challenge = init.challenge(ph, None);
    init.finalize(challenge)
}

/// `BlindProofVerify`, section 4.2.4.
///
/// The number of committed messages follows from the length of the proof, and the work grows with it.
///
/// # Errors
/// [`InvalidProof`], whatever the reason.
pub fn blind_proof_verify(
    suite: Suite,
    pk: &PublicKey,
    proof: &Proof,
    header: &[u8],
    ph: &[u8],
    disclosed: &Disclosed<'_>,
) -> Result<(), InvalidProof> {
    let api = Api { suite, interface: Interface::Blind };
    let committed_count = disclosed.committed_count(proof, 0).ok_or(InvalidProof)?;
    let selection = disclosed.selection(committed_count, 0).ok_or(InvalidProof)?;
    let frame = Frame::blind(api, pk, header, disclosed.message_count, committed_count);
    let init = ProofVerifyInit::new(frame, proof, selection, disclosed.scalars(api));
    Answered::new(pk, proof, init.challenge(ph, None))?.conclude()
}

/// `FinalizeBlindSign` for each B. The vectors have e = hash_to_scalar(SK ‖ B), where B already holds Q_1·domain.
pub(crate) fn finalize_blind_sign_each(sk: &SecretKey, frame: &Frame, bs: &[G1]) -> Result<Vec<Signature>, Unusable> {
    let mut hashed = Zeroizing::new([0; Scalar::LEN + G1::LEN]);
    hashed[..Scalar::LEN].copy_from_slice(sk.to_bytes().as_ref());
    let e_of = |b: &[u8; G1::LEN]| {
        hashed[Scalar::LEN..].copy_from_slice(b);
        frame.api.hash_to_scalar(hashed.as_ref())
    };
    let es: Vec<Scalar> = G1::to_compressed_all(bs).iter().map(e_of).collect();
    finish_each(sk, bs, &es)
}

impl Known<'_> {
    /// All messages in the order in which they are signed; `nym_secrets` come last.
    pub(crate) fn scalars(&self, api: Api, nym_secrets: &[Scalar]) -> Zeroizing<Vec<Scalar>> {
        let count = self.messages.len() + 1 + self.committed_messages.len() + nym_secrets.len();
        let mut all = Zeroizing::new(Vec::with_capacity(count));
        all.extend(self.messages.iter().map(|message| api.message_to_scalar(message)));
        all.push(self.blind.map_or(Scalar::ZERO, ProverBlind::expose));
        all.extend(self.committed_messages.iter().map(|message| api.message_to_scalar(message)));
        all.extend_from_slice(nym_secrets);
        all
    }
}

impl Indexes<'_> {
    /// Committed index j is index j + L + 1 of the whole. `None` if anything but a message would be disclosed: the blind at L and
    /// the `nym_count` secrets at the end never are.
    pub(crate) fn selection(
        &self,
        message_count: usize,
        committed_count: usize,
        nym_count: usize,
    ) -> Option<Selection> {
        // Before any sum, which an index from outside could overflow.
        let in_range = self.messages.iter().all(|i| *i < message_count)
            && self.committed_messages.iter().all(|j| *j < committed_count);
        if !in_range {
            return None;
        }
        let committed_messages = self.committed_messages.iter().map(|j| j + message_count + 1);
        let all: Vec<usize> = self.messages.iter().copied().chain(committed_messages).collect();
        Selection::new(&all, message_count + 1 + committed_count + nym_count)
    }
}

impl Disclosed<'_> {
    /// M from the length of the proof: R + U = L + 1 + M + N. `None` if that leaves no room.
    pub(crate) fn committed_count(&self, proof: &Proof, nym_count: usize) -> Option<usize> {
        let total = self.messages.len() + self.committed_messages.len() + proof.hidden_count();
        total.checked_sub(self.message_count)?.checked_sub(1)?.checked_sub(nym_count)
    }

    pub(crate) fn selection(&self, committed_count: usize, nym_count: usize) -> Option<Selection> {
        let messages: Vec<usize> = self.messages.iter().map(|(i, _)| *i).collect();
        let committed_messages: Vec<usize> = self.committed_messages.iter().map(|(j, _)| *j).collect();
        let indexes = Indexes { messages: &messages, committed_messages: &committed_messages };
        indexes.selection(self.message_count, committed_count, nym_count)
    }

    pub(crate) fn scalars(&self, api: Api) -> Vec<Public> {
        let all = self.messages.iter().chain(self.committed_messages);
        all.map(|(_, message)| api.disclosed_to_scalar(message)).collect()
    }
}
