//! A prover and a verifier written a second time, with arithmetic of their own, that can leave things out.
//!
//! What the verifier leaves out of its hash, the forgers below make use of. Letters as in the drafts.
#![allow(non_snake_case, reason = "letters as in the drafts")]
#![allow(dead_code, reason = "each test uses its own part of it")]

pub(crate) mod composed;

use bls12_381::hash_to_curve::{ExpandMessage, ExpandMsgXmd, HashToCurve, HashToField};
use bls12_381::{G1Affine, G1Projective, G2Affine, G2Projective, Scalar, pairing};
use ff::Field;
use rand_chacha::ChaCha20Rng;
use rand_core::Rng;
use sha2::Sha256;

const API: &[u8] = b"BBS_BLS12381G1_XMD:SHA-256_SSWU_RO_H2G_HM2S_PSEUDONYM_";

/// What a careless verifier does not hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LeftOut {
    Nothing,
    Messages,
    AbarAndBbar,
    T1,
    T2,
    PresentationHeader,
    Pseudonym,
    Ut,
}

/// Another way to compute `domain`, as implementers have done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Domain {
    AsInTheDraft,
    ApiIdWithLength,
    AllGeneratorsCounted,
    EmptyHeaderWithoutLength,
    ShortIntegers,
    WithoutKey,
    WithoutHeader,
    WithoutGenerators,
}

/// A statement on the level of scalars.
#[derive(Clone)]
pub(crate) struct Claim {
    pub(crate) pk: [u8; 96],
    pub(crate) header: Vec<u8>,
    pub(crate) ph: Vec<u8>,
    pub(crate) message_count: usize,
    pub(crate) disclosed: Vec<(usize, Scalar)>,
    /// The pseudonym and its context.
    pub(crate) name: Option<(G1Projective, Vec<u8>)>,
}

/// A proof on the level of points and scalars. Nothing of it has been checked.
#[derive(Clone)]
pub(crate) struct RawProof {
    pub(crate) Abar: G1Projective,
    pub(crate) Bbar: G1Projective,
    pub(crate) D: G1Projective,
    pub(crate) e_hat: Scalar,
    pub(crate) r1_hat: Scalar,
    pub(crate) r3_hat: Scalar,
    pub(crate) m_hat: Vec<Scalar>,
    pub(crate) c: Scalar,
}

impl RawProof {
    /// Reads what honest holders make.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let point = |at: usize| G1Affine::from_compressed(bytes[at..at + 48].try_into().unwrap()).unwrap().into();
        let scalars: Vec<Scalar> = bytes[144..].chunks(32).map(scalar_of).collect();
        let [e_hat, r1_hat, r3_hat, m_hat @ .., c] = &scalars[..] else { panic!("too short") };
        Self {
            Abar: point(0),
            Bbar: point(48),
            D: point(96),
            e_hat: *e_hat,
            r1_hat: *r1_hat,
            r3_hat: *r3_hat,
            m_hat: m_hat.to_vec(),
            c: *c,
        }
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes: Vec<u8> = [self.Abar, self.Bbar, self.D].iter().flat_map(compressed).collect();
        for scalar in [self.e_hat, self.r1_hat, self.r3_hat].iter().chain(&self.m_hat).chain([&self.c]) {
            bytes.extend(big_endian(scalar));
        }
        bytes
    }
}

impl Claim {
    /// `CoreProofVerifyWithNym`, or the named showing without pseudonym, by a verifier that leaves something out.
    pub(crate) fn accepts(&self, proof: &RawProof, left_out: LeftOut) -> bool {
        self.accepts_with(proof, left_out, Domain::AsInTheDraft)
    }

    pub(crate) fn accepts_with(&self, proof: &RawProof, left_out: LeftOut, domain: Domain) -> bool {
        let (base, h) = (self.base(domain), self.h());
        let T1 = proof.Bbar * proof.c + proof.Abar * proof.e_hat + proof.D * proof.r1_hat;
        let Bv = self.disclosed.iter().fold(base, |sum, (i, message)| sum + h[*i] * message);
        let T2 = self
            .hidden()
            .iter()
            .zip(&proof.m_hat)
            .fold(Bv * proof.c + proof.D * proof.r3_hat, |sum, (j, m_hat)| sum + h[*j] * m_hat);
        let U = self.name.as_ref().map(|(name, context)| OP(context) * proof.m_hat.last().unwrap() - name * proof.c);
        let c = self.challenge([proof.Abar, proof.Bbar, proof.D, T1, T2], U, left_out, domain);
        let W = G2Affine::from_compressed(&self.pk).unwrap();
        c == proof.c
            && pairing(&proof.Abar.into(), &W) == pairing(&proof.Bbar.into(), &G2Projective::generator().into())
    }

    pub(crate) fn challenge(
        &self,
        [Abar, Bbar, D, T1, T2]: [G1Projective; 5],
        U: Option<G1Projective>,
        left_out: LeftOut,
        domain: Domain,
    ) -> Scalar {
        let mut hashed = (self.disclosed.len() as u64).to_be_bytes().to_vec();
        for (index, message) in &self.disclosed {
            hashed.extend((*index as u64).to_be_bytes());
            if left_out != LeftOut::Messages {
                hashed.extend(big_endian(message));
            }
        }
        if left_out != LeftOut::AbarAndBbar {
            hashed.extend([compressed(&Abar), compressed(&Bbar)].concat());
        }
        hashed.extend(compressed(&D));
        if left_out != LeftOut::T1 {
            hashed.extend(compressed(&T1));
        }
        if left_out != LeftOut::T2 {
            hashed.extend(compressed(&T2));
        }
        if let (Some((name, _)), Some(U)) = (&self.name, &U) {
            if left_out != LeftOut::Pseudonym {
                hashed.extend(compressed(name));
            }
            if left_out != LeftOut::Ut {
                hashed.extend(compressed(U));
            }
        }
        hashed.extend(big_endian(&self.domain(domain)));
        if left_out != LeftOut::PresentationHeader {
            hashed.extend((self.ph.len() as u64).to_be_bytes());
            hashed.extend(&self.ph);
        }
        if let Some((_, context)) = &self.name {
            hashed.extend((context.len() as u64).to_be_bytes());
            hashed.extend(context);
        }
        hash_to_scalar(&hashed, b"H2S_")
    }

    /// H_1, …, H_L, Q_2, J_1.
    pub(crate) fn h(&self) -> Vec<G1Projective> {
        let mut h = generators(b"", self.message_count + 1)[1..].to_vec();
        h.extend(generators(b"BLIND_", 2));
        h
    }

    /// P1 + Q_1·domain.
    pub(crate) fn base(&self, domain: Domain) -> G1Projective {
        P1() + generators(b"", 1)[0] * self.domain(domain)
    }

    pub(crate) fn domain(&self, domain: Domain) -> Scalar {
        let mut points = generators(b"", self.message_count + 1);
        points.extend(generators(b"BLIND_", 2));
        let mut count = points.len() as u64 - 1;
        if domain == Domain::AllGeneratorsCounted {
            count += 1;
        }
        let mut hashed = Vec::new();
        if domain != Domain::WithoutKey {
            hashed.extend(self.pk);
        }
        match domain {
            Domain::WithoutGenerators => {}
            Domain::ShortIntegers => hashed.extend((count as u32).to_be_bytes()),
            _ => hashed.extend(count.to_be_bytes()),
        }
        if domain != Domain::WithoutGenerators {
            hashed.extend(points.iter().flat_map(compressed));
        }
        if domain == Domain::ApiIdWithLength {
            hashed.extend((API.len() as u64).to_be_bytes());
        }
        hashed.extend(API);
        let header = if domain == Domain::WithoutHeader { &[][..] } else { &self.header };
        let header = [header, &1_u64.to_be_bytes()].concat();
        if domain != Domain::EmptyHeaderWithoutLength || !self.header.is_empty() {
            hashed.extend((header.len() as u64).to_be_bytes());
        }
        hashed.extend(header);
        hash_to_scalar(&hashed, b"H2S_")
    }

    pub(crate) fn hidden(&self) -> Vec<usize> {
        (0..self.message_count + 2).filter(|index| self.disclosed.iter().all(|(i, _)| i != index)).collect()
    }
}

/// The same for every interface.
fn P1() -> G1Projective {
    let hex = "a8ce256102840821a3e94ea9025e4662b205762f9776b3a766c872b948f1fd225e7c59698588e70d11406d161b4e28c9";
    G1Affine::from_compressed(&hex::decode(hex).unwrap().try_into().unwrap()).unwrap().into()
}

/// OP: the point that a context puts its pseudonyms on.
pub(crate) fn OP(context: &[u8]) -> G1Projective {
    <G1Projective as HashToCurve<ExpandMsgXmd<Sha256>>>::hash_to_curve([context], API)
}

pub(crate) fn message_scalar(message: &[u8]) -> Scalar {
    hash_to_scalar(message, b"MAP_MSG_TO_SCALAR_AS_HASH_")
}

/// The challenge of a commitment's proof, by a signer that may leave out either point.
pub(crate) fn commitment_challenge(C: Option<&G1Projective>, Cbar: Option<&G1Projective>) -> Scalar {
    let mut hashed = 1_u64.to_be_bytes().to_vec();
    hashed.extend(generators(b"BLIND_", 2).iter().chain(C).chain(Cbar).flat_map(compressed));
    hash_to_scalar(&hashed, b"H2S_")
}

/// Q_2 and J_1.
pub(crate) fn blind_bases() -> (G1Projective, G1Projective) {
    let bases = generators(b"BLIND_", 2);
    (bases[0], bases[1])
}

pub(crate) fn random(rng: &mut ChaCha20Rng) -> Scalar {
    let mut wide = [0; 64];
    rng.fill_bytes(&mut wide);
    Scalar::from_bytes_wide(&wide)
}

pub(crate) fn big_endian(scalar: &Scalar) -> [u8; 32] {
    let mut bytes = scalar.to_bytes();
    bytes.reverse();
    bytes
}

pub(crate) fn scalar_of(bytes: &[u8]) -> Scalar {
    let mut bytes: [u8; 32] = bytes.try_into().unwrap();
    bytes.reverse();
    Scalar::from_bytes(&bytes).unwrap()
}

pub(crate) fn compressed(point: &G1Projective) -> [u8; 48] {
    G1Affine::from(point).to_compressed()
}

pub(crate) fn inverse(scalar: Scalar) -> Scalar {
    Field::invert(&scalar).unwrap()
}

fn generators(prefix: &[u8], count: usize) -> Vec<G1Projective> {
    let tag = |label: &[u8]| [prefix, &tag(label)].concat();
    let seed_dst = tag(b"SIG_GENERATOR_SEED_");
    let mut v = expand(&tag(b"MESSAGE_GENERATOR_SEED"), &seed_dst);
    (1..=count as u64)
        .map(|i| {
            v = expand(&[&v[..], &i.to_be_bytes()].concat(), &seed_dst);
            <G1Projective as HashToCurve<ExpandMsgXmd<Sha256>>>::hash_to_curve([&v], &tag(b"SIG_GENERATOR_DST_"))
        })
        .collect()
}

fn tag(label: &[u8]) -> Vec<u8> {
    [API, label].concat()
}

fn expand(message: &[u8], dst: &[u8]) -> Vec<u8> {
    ExpandMsgXmd::<Sha256>::init_expand::<_, <Scalar as HashToField>::XofOutputLength>([message], dst, 48).into_vec()
}

pub(crate) fn hash_to_scalar(message: &[u8], label: &[u8]) -> Scalar {
    let mut scalar = [Scalar::zero()];
    Scalar::hash_to_field::<ExpandMsgXmd<Sha256>, _>([message], &tag(label), &mut scalar);
    scalar[0]
}
