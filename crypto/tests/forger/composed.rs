//! Composed proofs a second time: a prover and a verifier that can leave things out.

use bls12_381::{G1Projective, G2Affine, G2Projective, Scalar, pairing};
use rand_chacha::ChaCha20Rng;

use super::{Claim, Domain, OP, RawProof, big_endian, compressed, hash_to_scalar, inverse, random};

/// What a careless verifier leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Omitted {
    Nothing,
    /// Checks as many parts as there are, and hashes no count.
    Count,
    /// From `domain` as well.
    PublicKey,
    /// `domain` is hashed, but the header is not in it.
    Header,
    Domain,
    /// `domain` is hashed, but neither generators nor their number are in it.
    MessageCount,
    DisclosedCount,
    Indexes,
    Messages,
    AbarAndBbar,
    Abar,
    Bbar,
    D,
    T1,
    T2,
    /// Everything of the second part and those after it.
    OtherParts,
    /// That the secret has one response.
    SameSecret,
    Flag,
    ContextLength,
    Context,
    Pseudonym,
    U,
    PresentationHeaderLength,
    PresentationHeader,
}

impl Omitted {
    /// What is missing in `domain`.
    pub(crate) fn domain(self) -> Domain {
        match self {
            Self::PublicKey => Domain::WithoutKey,
            Self::Header => Domain::WithoutHeader,
            Self::MessageCount => Domain::WithoutGenerators,
            _ => Domain::AsInTheDraft,
        }
    }
}

/// A statement on the level of scalars. The presentation headers and names of the parts themselves play no role.
#[derive(Clone)]
pub(crate) struct Composition {
    pub(crate) parts: Vec<Claim>,
    pub(crate) ph: Vec<u8>,
    /// The pseudonym and its context.
    pub(crate) name: Option<(G1Projective, Vec<u8>)>,
    /// 0 without and 1 with a pseudonym, if one is honest.
    pub(crate) flag: u64,
}

impl Composition {
    /// Verifies the proofs of the parts.
    pub(crate) fn accepts(&self, proofs: &[RawProof], omitted: Omitted) -> bool {
        if omitted != Omitted::Count && self.parts.len() != proofs.len() {
            return false;
        }
        let (points, U) = self.recomputed(proofs, omitted);
        let c = self.challenge(&points, U, omitted);
        self.parts.iter().zip(proofs).all(|(claim, proof)| {
            let same_secret = omitted == Omitted::SameSecret || proof.m_hat.last() == proofs[0].m_hat.last();
            let W = G2Affine::from_compressed(&claim.pk).unwrap();
            c == proof.c
                && same_secret
                && proof.m_hat.len() == claim.hidden().len()
                && pairing(&proof.Abar.into(), &W) == pairing(&proof.Bbar.into(), &G2Projective::generator().into())
        })
    }

    /// [Abar, Bbar, D, T1, T2] of each part, and U.
    pub(crate) fn recomputed(
        &self,
        proofs: &[RawProof],
        omitted: Omitted,
    ) -> (Vec<[G1Projective; 5]>, Option<G1Projective>) {
        let domain = omitted.domain();
        let parts = self.parts.iter().zip(proofs);
        let points = parts
            .map(|(claim, proof)| {
                let h = claim.h();
                let T1 = proof.Bbar * proof.c + proof.Abar * proof.e_hat + proof.D * proof.r1_hat;
                let Bv = claim.disclosed.iter().fold(claim.base(domain), |sum, (i, message)| sum + h[*i] * message);
                let hidden = claim.hidden();
                let terms = hidden.iter().zip(&proof.m_hat);
                let T2 = terms.fold(Bv * proof.c + proof.D * proof.r3_hat, |sum, (j, m_hat)| sum + h[*j] * m_hat);
                [proof.Abar, proof.Bbar, proof.D, T1, T2]
            })
            .collect();
        let first = &proofs[0];
        let U = self.name.as_ref().map(|(name, context)| OP(context) * first.m_hat.last().unwrap() - name * first.c);
        (points, U)
    }

    /// Over [Abar, Bbar, D, T1, T2] of each part.
    pub(crate) fn challenge(&self, points: &[[G1Projective; 5]], U: Option<G1Projective>, omitted: Omitted) -> Scalar {
        hash_to_scalar(&self.transcript(points, U, omitted), b"COMPOSED_H2S_")
    }

    /// What the challenge hashes.
    pub(crate) fn transcript(
        &self,
        points: &[[G1Projective; 5]],
        U: Option<G1Projective>,
        omitted: Omitted,
    ) -> Vec<u8> {
        use Omitted as O;
        let integer = |value: usize| (value as u64).to_be_bytes();
        let mut hashed = Hashed { bytes: Vec::new(), omitted };
        hashed.add(O::Count, &integer(self.parts.len()));
        for (nth, (claim, [Abar, Bbar, D, T1, T2])) in self.parts.iter().zip(points).enumerate() {
            if nth > 0 && omitted == O::OtherParts {
                break;
            }
            hashed.add(O::PublicKey, &claim.pk);
            hashed.add(O::Domain, &big_endian(&claim.domain(omitted.domain())));
            hashed.add(O::MessageCount, &integer(claim.message_count));
            hashed.add(O::DisclosedCount, &integer(claim.disclosed.len()));
            for (index, message) in &claim.disclosed {
                hashed.add(O::Indexes, &integer(*index));
                hashed.add(O::Messages, &big_endian(message));
            }
            for (item, point) in [(O::Abar, Abar), (O::Bbar, Bbar)] {
                if omitted != O::AbarAndBbar {
                    hashed.add(item, &compressed(point));
                }
            }
            for (item, point) in [(O::D, D), (O::T1, T1), (O::T2, T2)] {
                hashed.add(item, &compressed(point));
            }
        }
        hashed.add(O::Flag, &self.flag.to_be_bytes());
        if let (Some((name, context)), Some(U)) = (&self.name, U) {
            hashed.add(O::ContextLength, &integer(context.len()));
            hashed.add(O::Context, context);
            hashed.add(O::Pseudonym, &compressed(name));
            hashed.add(O::U, &compressed(&U));
        }
        hashed.add(O::PresentationHeaderLength, &integer(self.ph.len()));
        hashed.add(O::PresentationHeader, &self.ph);
        hashed.bytes
    }
}

struct Hashed {
    bytes: Vec<u8>,
    omitted: Omitted,
}

impl Hashed {
    fn add(&mut self, item: Omitted, bytes: &[u8]) {
        if item != self.omitted {
            self.bytes.extend(bytes);
        }
    }
}

/// Reads the parts of what honest holders make, of which each hides so many messages.
pub(crate) fn parts_of(bytes: &[u8], hidden_counts: &[usize]) -> Vec<RawProof> {
    let (mut rest, common) = bytes.split_at(bytes.len() - 64);
    let parts = hidden_counts.iter().map(|hidden_count| {
        let (own, others) = rest.split_at(208 + 32 * hidden_count);
        rest = others;
        RawProof::of(&[own, common].concat())
    });
    parts.collect()
}

/// With the secret's response and the challenge of the part at `common`.
pub(crate) fn to_bytes(proofs: &[RawProof], common: usize) -> Vec<u8> {
    let parts: Vec<Vec<u8>> = proofs.iter().map(RawProof::to_bytes).collect();
    let (own, ends): (Vec<&[u8]>, Vec<&[u8]>) = parts.iter().map(|part| part.split_at(part.len() - 64)).unzip();
    [&own.concat()[..], ends[common]].concat()
}

/// A signature with everything that is signed, in the order of the generators.
pub(crate) struct Opening {
    pub(crate) A: G1Projective,
    pub(crate) e: Scalar,
    pub(crate) m: Vec<Scalar>,
}

/// What is drawn for one part.
pub(crate) struct Nonces {
    pub(crate) r1: Scalar,
    pub(crate) r2: Scalar,
    pub(crate) e: Scalar,
    pub(crate) r1_tilde: Scalar,
    pub(crate) r3: Scalar,
    /// For every message, the disclosed ones too: zero, unless somebody has plans with them.
    pub(crate) m: Vec<Scalar>,
}

impl Nonces {
    pub(crate) fn draw(claim: &Claim, secret_nonce: Scalar, rng: &mut ChaCha20Rng) -> Self {
        let mut m = vec![Scalar::zero(); claim.message_count + 2];
        claim.hidden().iter().for_each(|j| m[*j] = random(rng));
        m[claim.message_count + 1] = secret_nonce;
        let [r1, r2, e, r1_tilde, r3] = [(); 5].map(|()| random(rng));
        Self { r1, r2, e, r1_tilde, r3, m }
    }
}

/// [Abar, Bbar, D, T1, T2] of the holder of a signature.
pub(crate) fn commitments(claim: &Claim, opening: &Opening, nonces: &Nonces, domain: Domain) -> [G1Projective; 5] {
    let h = claim.h();
    let B = h.iter().zip(&opening.m).fold(claim.base(domain), |sum, (h, m)| sum + h * m);
    let D = B * nonces.r2;
    let Abar = opening.A * (nonces.r1 * nonces.r2);
    let Bbar = D * nonces.r1 - Abar * opening.e;
    let T1 = Abar * nonces.e + D * nonces.r1_tilde;
    let T2 = h.iter().zip(&nonces.m).fold(D * nonces.r3, |sum, (h, m)| sum + h * m);
    [Abar, Bbar, D, T1, T2]
}

/// What the holder answers.
pub(crate) fn answers(
    claim: &Claim,
    opening: &Opening,
    nonces: &Nonces,
    [Abar, Bbar, D, ..]: [G1Projective; 5],
    c: Scalar,
) -> RawProof {
    RawProof {
        Abar,
        Bbar,
        D,
        e_hat: nonces.e + opening.e * c,
        r1_hat: nonces.r1_tilde - nonces.r1 * c,
        r3_hat: nonces.r3 - inverse(nonces.r2) * c,
        m_hat: claim.hidden().iter().map(|j| nonces.m[*j] + opening.m[*j] * c).collect(),
        c,
    }
}
