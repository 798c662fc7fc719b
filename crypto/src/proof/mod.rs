//! Proofs that show some messages of a signature and hide the others. draft-irtf-cfrg-bbs-signatures, sections 3.5.3, 3.5.4.
//!
//! Two proofs of one signature have nothing in common but what they disclose, and nobody, the signer included, can tell
//! which signature a proof was made from. A proof is bound to its `ph`, the presentation header: use it for what must
//! not be replayed elsewhere.

mod batch;
mod core;

use ::core::fmt;
use alloc::vec::Vec;

use rand_core::CryptoRng;

pub(crate) use self::batch::Pending;
pub(crate) use self::core::{Answered, Held, ProofInit, ProofVerifyInit, PseudonymPart, Selection, SharedInit};
use crate::curve::{G1, Public, Scalar};
use crate::encoding;
use crate::frame::Frame;
use crate::suite::{Api, Interface};
use crate::{InvalidProof, InvalidSignature, Malformed, PublicKey, Signature, Suite, Unusable};

/// `ProofGen`, section 3.5.3. Verifies the signature first.
///
/// `disclosed_indexes` count from 0 and ascend. Draws 64 bytes from `rng` for each of the 5 + U random scalars, in the draft's order.
///
/// # Errors
/// [`Unusable::Indexes`], [`Unusable::Signature`].
#[expect(clippy::too_many_arguments, reason = "the inputs of the draft's operation")]
pub fn proof_gen(
    suite: Suite,
    pk: &PublicKey,
    signature: &Signature,
    header: &[u8],
    ph: &[u8],
    messages: &[&[u8]],
    disclosed_indexes: &[usize],
    rng: &mut impl CryptoRng,
) -> Result<Proof, Unusable> {
    let held = Prover::new(suite, pk, signature, header, messages).map_err(|_| Unusable::Signature)?;
    held.prove(ph, disclosed_indexes, rng)
}

/// A signature that was verified once, for whoever makes more than one proof of it. About 20 kB.
#[derive(Debug)]
pub struct Prover(Held);

impl Prover {
    /// The first half of `ProofGen`: checks the signature, and computes what does not change from proof to proof.
    ///
    /// # Errors
    /// [`InvalidSignature`], whatever the reason.
    pub fn new(
        suite: Suite,
        pk: &PublicKey,
        signature: &Signature,
        header: &[u8],
        messages: &[&[u8]],
    ) -> Result<Self, InvalidSignature> {
        let api = Api { suite, interface: Interface::Plain };
        let frame = Frame::plain(api, pk, header, messages.len());
        Held::verify(frame, pk, signature, api.messages_to_scalars(messages)).map(Self)
    }

    /// The second half of `ProofGen`.
    ///
    /// # Errors
    /// [`Unusable::Indexes`].
    pub fn prove(&self, ph: &[u8], disclosed_indexes: &[usize], rng: &mut impl CryptoRng) -> Result<Proof, Unusable> {
        let Self(held) = self;
        let selection = Selection::new(disclosed_indexes, held.message_count()).ok_or(Unusable::Indexes)?;
        let init = ProofInit::new(held, selection, rng);
        let challenge = init.challenge(ph, None);
        init.finalize(challenge)
    }
}

/// `ProofVerify`, section 3.5.4.
///
/// `disclosed` holds index and message, in ascending order. The number of messages follows from the length of the proof, and
/// the work grows with it: a verifier that knows how many there are compares [`Proof::hidden_count`] first.
///
/// # Errors
/// [`InvalidProof`], whatever the reason.
pub fn proof_verify(
    suite: Suite,
    pk: &PublicKey,
    proof: &Proof,
    header: &[u8],
    ph: &[u8],
    disclosed: &[(usize, &[u8])],
) -> Result<(), InvalidProof> {
    answered(suite, pk, proof, header, ph, disclosed)?.conclude()
}

/// Many proofs, each under a key and header of its own, for the price of one pairing product: see [`holder::Batch`].
///
/// [`holder::Batch`]: crate::holder::Batch
#[derive(Debug, Default)]
pub struct Batch(Pending);

impl Batch {
    /// Takes in a proof, to be decided upon with the others. The inputs are those of [`proof_verify`].
    pub fn add(
        &mut self,
        suite: Suite,
        pk: &PublicKey,
        proof: &Proof,
        header: &[u8],
        ph: &[u8],
        disclosed: &[(usize, &[u8])],
    ) {
        self.0.push(answered(suite, pk, proof, header, ph, disclosed));
    }

    /// What [`proof_verify`] says of each, in the order in which they came. `rng` gives each a weight, which nobody may know before.
    pub fn verdicts(self, rng: &mut impl CryptoRng) -> Vec<Result<(), InvalidProof>> {
        self.0.verdicts(rng)
    }
}

/// `ProofVerify` but for the pairing.
fn answered(
    suite: Suite,
    pk: &PublicKey,
    proof: &Proof,
    header: &[u8],
    ph: &[u8],
    disclosed: &[(usize, &[u8])],
) -> Result<Answered, InvalidProof> {
    let api = Api { suite, interface: Interface::Plain };
    let message_count = disclosed.len() + proof.hidden_count();
    let indexes: Vec<usize> = disclosed.iter().map(|(index, _)| *index).collect();
    let selection = Selection::new(&indexes, message_count).ok_or(InvalidProof)?;
    let frame = Frame::plain(api, pk, header, message_count);
    let messages: Vec<Public> = disclosed.iter().map(|(_, message)| api.disclosed_to_scalar(message)).collect();
    let init = ProofVerifyInit::new(frame, proof, selection, messages);
    Answered::new(pk, proof, init.challenge(ph, None))
}

/// A proof of knowledge of a signature: 272 bytes and 32 for every hidden message.
#[derive(Clone, PartialEq, Eq)]
#[expect(non_snake_case, reason = "letters as in the draft")]
pub struct Proof {
    pub(crate) Abar: G1,
    pub(crate) Bbar: G1,
    pub(crate) D: G1,
    pub(crate) e_hat: Public,
    pub(crate) r1_hat: Public,
    pub(crate) r3_hat: Public,
    pub(crate) m_hat: Vec<Public>,
    pub(crate) challenge: Public,
}

impl Proof {
    /// Length in bytes of a proof that hides `hidden_count` messages.
    pub const fn len(hidden_count: usize) -> usize {
        Self::POINTS + (4 + hidden_count) * Scalar::LEN
    }

    const POINTS: usize = 3 * G1::LEN;

    /// `octets_to_proof`, section 4.2.4.7.
    ///
    /// # Errors
    /// [`Malformed`] for a length that no proof has, the identity, a point outside the subgroup or in a second spelling, a
    /// scalar that is not in 1..r.
    #[expect(non_snake_case, reason = "letters as in the draft")]
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let (points, scalars) = bytes.split_at_checked(Self::POINTS).ok_or(Malformed)?;
        if scalars.len() < 4 * Scalar::LEN {
            return Err(Malformed);
        }
        // The scalars first: they are cheap to refuse.
        let scalars = encoding::scalars(scalars)?;
        let [e_hat, r1_hat, r3_hat, m_hat @ .., challenge] = &scalars[..] else { return Err(Malformed) };
        let (Abar, points) = points.split_at(G1::LEN);
        let (Bbar, D) = points.split_at(G1::LEN);
        Ok(Self {
            Abar: encoding::point(Abar)?,
            Bbar: encoding::point(Bbar)?,
            D: encoding::point(D)?,
            e_hat: *e_hat,
            r1_hat: *r1_hat,
            r3_hat: *r3_hat,
            m_hat: m_hat.to_vec(),
            challenge: *challenge,
        })
    }

    /// `proof_to_octets`: Abar ‖ Bbar ‖ D ‖ e^ ‖ r1^ ‖ r3^ ‖ m^_1 ‖ … ‖ m^_U ‖ c.
    pub fn to_bytes(&self) -> Vec<u8> {
        let Self { Abar, Bbar, D, e_hat, r1_hat, r3_hat, m_hat, challenge } = self;
        let mut bytes = G1::to_compressed_all(&[*Abar, *Bbar, *D]).concat();
        for scalar in [e_hat, r1_hat, r3_hat].into_iter().chain(m_hat).chain([challenge]) {
            bytes.extend_from_slice(&scalar.to_bytes());
        }
        bytes
    }

    /// U: how many messages it hides.
    pub fn hidden_count(&self) -> usize {
        self.m_hat.len()
    }
}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proof({} hidden)", self.hidden_count())
    }
}
