//! The prover's commitment and its proof. draft-irtf-cfrg-bbs-blind-signatures-02, sections 5.1 and 5.2.

use alloc::vec::Vec;
use core::fmt;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::curve::{G1, Public, Scalar};
use crate::encoding;
use crate::generators::{Generator, Side, generators, sum, sum_vartime};
use crate::secret::{SecretScalar, secret_type};
use crate::suite::{Api, i2osp8};
use crate::{InvalidProof, Malformed, Unusable};

/// `CoreCommit`: C = Q_2·blind + Σ J_i·value_i, with a proof of all that is inside.
pub(crate) fn core_commit(
    api: Api,
    values: &[Scalar],
    rng: &mut impl CryptoRng,
) -> Result<(CommitmentWithProof, ProverBlind), Unusable> {
    let blind = ProverBlind::generate(rng);
    Ok((core_commit_under(api, values, &blind, rng)?, blind))
}

/// The same under a blind that is there already: the same C, with a fresh proof.
pub(crate) fn core_commit_under(
    api: Api,
    values: &[Scalar],
    blind: &ProverBlind,
    rng: &mut impl CryptoRng,
) -> Result<CommitmentWithProof, Unusable> {
    let bases = generators(api, Side::Prover, values.len() + 1);
    let secrets = || core::iter::once(blind.expose()).chain(values.iter().copied());
    let nonces: Zeroizing<Vec<Scalar>> =
        Zeroizing::new(bases.iter().map(|_| SecretScalar::random(rng).expose()).collect());

    let commitment = sum(bases.iter().zip(secrets()));
    let commitment_bar = sum(bases.iter().zip(nonces.iter().copied()));
    let challenge = blind_challenge(api, &bases, commitment, commitment_bar);
    let responses: Vec<Public> =
        nonces.iter().zip(secrets()).map(|(nonce, value)| Public::answer(*nonce, value, challenge)).collect();
    if commitment.is_identity() || responses.iter().chain([&challenge]).any(Public::is_zero) {
        return Err(Unusable::Degenerate);
    }
    Ok(CommitmentWithProof { commitment: Commitment(commitment), responses, challenge })
}

secret_type! {
    /// Hides the committed values from the issuer. Uniform, stays in the wallet, never in a clear backup.
    ProverBlind
}

/// The bare commitment C: a point of G1, not the identity. 48 bytes.
///
/// The drafts' text forgets the subgroup check. With a part of small order in the commitment, an issuer would give away its key bit
/// by bit, so there is no unchecked commitment.
#[derive(Clone, PartialEq, Eq)]
pub struct Commitment(G1);

impl Commitment {
    /// Length in bytes.
    pub const LEN: usize = G1::LEN;

    /// From the compressed point.
    ///
    /// # Errors
    /// [`Malformed`] for another length, a second spelling, a point off the curve or outside the subgroup, the identity.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        encoding::point(bytes).map(Self)
    }

    /// The compressed point.
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        self.0.to_compressed()
    }

    pub(crate) fn point(&self) -> G1 {
        self.0
    }
}

impl fmt::Debug for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        encoding::fmt_prefix(f, "Commitment", &self.to_bytes())
    }
}

/// A commitment and the proof that its maker knows what is inside: 112 bytes and 32 for each committed value, so 144 with
/// one holder secret and nothing else.
///
/// The proof has no nonce: whoever sees one can send it again. An issuer accepts it once.
#[derive(Clone, PartialEq, Eq)]
pub struct CommitmentWithProof {
    commitment: Commitment,
    // Invariant: not empty. s^ answers for the blind, the others for the committed values.
    responses: Vec<Public>,
    challenge: Public,
}

impl CommitmentWithProof {
    /// `octets_to_commitment_with_proof`.
    ///
    /// # Errors
    /// [`Malformed`] for a length that no commitment has, the identity, a point outside the subgroup or in a second
    /// spelling, a scalar that is not in 1..r.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let (commitment, scalars) = bytes.split_at_checked(G1::LEN).ok_or(Malformed)?;
        // The scalars first: they are cheap to refuse.
        let scalars = encoding::scalars(scalars)?;
        let [responses @ .., challenge] = &scalars[..] else { return Err(Malformed) };
        if responses.is_empty() {
            return Err(Malformed);
        }
        let commitment = Commitment::from_bytes(commitment)?;
        Ok(Self { commitment, responses: responses.to_vec(), challenge: *challenge })
    }

    /// C ‖ s^ ‖ m^_1 ‖ … ‖ m^_M ‖ c.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.commitment.to_bytes().to_vec();
        for scalar in self.responses.iter().chain([&self.challenge]) {
            bytes.extend_from_slice(&scalar.to_bytes());
        }
        bytes
    }

    /// What a signature will bind. Nothing is proved yet.
    pub fn commitment(&self) -> &Commitment {
        &self.commitment
    }

    /// M: how many values are inside beside the blind.
    pub fn committed_count(&self) -> usize {
        self.responses.len() - 1
    }

    /// `CoreCommitVerify`.
    pub(crate) fn verify(&self, api: Api) -> Result<&Commitment, InvalidProof> {
        let bases = generators(api, Side::Prover, self.responses.len());
        let terms = bases.iter().zip(self.responses.iter().copied());
        let commitment_bar = sum_vartime(terms, &[(self.commitment.0, -self.challenge)]);
        let challenge = blind_challenge(api, &bases, self.commitment.0, commitment_bar);
        (challenge == self.challenge).then_some(&self.commitment).ok_or(InvalidProof)
    }
}

impl fmt::Debug for CommitmentWithProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CommitmentWithProof({} committed)", self.committed_count())
    }
}

/// `calculate_blind_challenge`. `bases` are Q_2, J_1, …, J_M, and M is hashed before them.
fn blind_challenge(api: Api, bases: &[Generator], commitment: G1, commitment_bar: G1) -> Public {
    let mut hashed = Vec::with_capacity(8 + (bases.len() + 2) * G1::LEN);
    hashed.extend_from_slice(&i2osp8(bases.len() - 1));
    for base in bases {
        hashed.extend_from_slice(&base.bytes);
    }
    hashed.extend(G1::to_compressed_all(&[commitment, commitment_bar]).as_flattened());
    api.hash_to_public(&hashed)
}
