//! The steps that proofs of all three interfaces share. BBS draft, sections 3.7.1 to 3.7.4.
#![expect(non_snake_case, reason = "letters as in the draft")]

use alloc::vec::Vec;
use core::fmt;

use rand_core::CryptoRng;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::Proof;
use crate::curve::{Comb, G1, Public, Scalar, comb_sum, msm_vartime};
use crate::frame::Frame;
use crate::generators::{sum, sum_vartime};
use crate::keys::pair_up;
use crate::secret::SecretScalar;
use crate::suite::i2osp8;
use crate::{InvalidProof, InvalidSignature, PublicKey, Signature, Unusable};

/// Which messages are disclosed and which are hidden.
pub(crate) struct Selection {
    disclosed: Vec<usize>,
    hidden: Vec<usize>,
}

impl Selection {
    /// `None` unless the indexes ascend, are unique and lie below `message_count`.
    pub(crate) fn new(disclosed: &[usize], message_count: usize) -> Option<Self> {
        let ascending = disclosed.windows(2).all(|pair| pair[0] < pair[1]);
        let in_range = disclosed.last().is_none_or(|last| *last < message_count);
        (ascending && in_range).then(|| Self {
            disclosed: disclosed.to_vec(),
            hidden: (0..message_count).filter(|index| disclosed.binary_search(index).is_err()).collect(),
        })
    }
}

/// The commitments of both sides, which the challenge hashes.
struct InitPoints {
    Abar: G1,
    Bbar: G1,
    D: G1,
    T1: G1,
    T2: G1,
}

/// What a pseudonym adds to the challenge.
pub(crate) struct PseudonymPart<'a> {
    pub(crate) pseudonym: G1,
    /// Ut where it is made, Uv where it is checked.
    pub(crate) U: G1,
    pub(crate) context_id: &'a [u8],
}

impl PseudonymPart<'_> {
    /// As they are hashed.
    pub(crate) fn points(&self) -> Vec<[u8; G1::LEN]> {
        G1::to_compressed_all(&[self.pseudonym, self.U])
    }
}

/// A signature that was verified, and everything that proofs of it share.
pub(crate) struct Held {
    frame: Frame,
    // Every point of a proof is a sum of multiples of these two and of generators.
    A: Comb<G1, 4>,
    B: Comb<G1, 4>,
    e: Scalar,
    messages: Zeroizing<Vec<Scalar>>,
}

impl Held {
    /// `messages` are all of them, in the order in which they were signed.
    pub(crate) fn verify(
        frame: Frame,
        pk: &PublicKey,
        signature: &Signature,
        messages: Zeroizing<Vec<Scalar>>,
    ) -> Result<Self, InvalidSignature> {
        let B = frame.b(&messages);
        signature.holds(pk, B)?;
        Ok(Self { frame, A: Comb::new(signature.a), B: Comb::new(B), e: signature.e, messages })
    }

    /// How many messages were signed, blind and nym secrets included.
    pub(crate) fn message_count(&self) -> usize {
        self.messages.len()
    }

    pub(crate) fn frame(&self) -> &Frame {
        &self.frame
    }

    /// Whether both signatures are of one interface and have the same last message. In constant time.
    fn ends_as(&self, other: &Self) -> bool {
        let last = |held: &Self| Zeroizing::new(held.messages.last().map_or([0; Scalar::LEN], |last| last.to_bytes()));
        self.frame.api == other.frame.api && bool::from(last(self).ct_eq(last(other).as_ref()))
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { frame: _, A: _, B: _, e: _, messages: _ } = self;
        f.write_str("Held(..)")
    }
}

/// A proof that waits for its challenge. It owns its randomness and is used up by [`ProofInit::finalize`], so that no nonce
/// can answer twice.
pub(crate) struct ProofInit<'a> {
    held: &'a Held,
    points: InitPoints,
    nonces: Nonces,
    selection: Selection,
}

/// 5 + U fresh scalars.
struct Nonces {
    r1: SecretScalar,
    r2: SecretScalar,
    e_tilde: SecretScalar,
    r1_tilde: SecretScalar,
    r3_tilde: SecretScalar,
    m_tilde: Zeroizing<Vec<Scalar>>,
}

impl Nonces {
    /// `last` stands for the last hidden message, where another proof has drawn its nonce.
    fn draw(hidden_count: usize, last: Option<Scalar>, rng: &mut impl CryptoRng) -> Self {
        Self {
            r1: SecretScalar::random(rng),
            r2: SecretScalar::random(rng),
            e_tilde: SecretScalar::random(rng),
            r1_tilde: SecretScalar::random(rng),
            r3_tilde: SecretScalar::random(rng),
            m_tilde: Zeroizing::new(
                (1..=hidden_count)
                    .map(|nth| {
                        last.filter(|_| nth == hidden_count).unwrap_or_else(|| SecretScalar::random(rng).expose())
                    })
                    .collect(),
            ),
        }
    }
}

impl<'a> ProofInit<'a> {
    /// `ProofInit`, section 3.7.1.
    pub(crate) fn new(held: &'a Held, selection: Selection, rng: &mut impl CryptoRng) -> Self {
        let nonces = Nonces::draw(selection.hidden.len(), None, rng);
        Self::of(held, selection, nonces)
    }

    fn of(held: &'a Held, selection: Selection, nonces: Nonces) -> Self {
        let Nonces { r1, r2, e_tilde, r1_tilde, r3_tilde, m_tilde } = &nonces;
        let Held { frame, A, B, e, messages: _ } = held;
        // D = B·r2, Abar = A·(r1·r2), Bbar = D·r1 − Abar·e, T1 = Abar·e~ + D·r1~, T2 = D·r3~ + Σ H_j·m~_j, all of it by the
        // multiples of A and B that are at hand.
        let r2 = r2.expose();
        let r1r2 = Zeroizing::new(r1.expose() * r2);
        let D = comb_sum(&[(B, r2)]);
        let Abar = comb_sum(&[(A, *r1r2)]);
        let Bbar = comb_sum(&[(B, *r1r2), (A, -(*r1r2 * *e))]);
        let T1 = comb_sum(&[(A, *r1r2 * e_tilde.expose()), (B, r2 * r1_tilde.expose())]);
        let hidden = selection.hidden.iter().map(|j| &frame.h[*j]).zip(m_tilde.iter().copied());
        let T2 = comb_sum(&[(B, r2 * r3_tilde.expose())]) + sum(hidden);
        Self { held, points: InitPoints { Abar, Bbar, D, T1, T2 }, nonces, selection }
    }

    /// The nonces of the last `count` hidden messages, which a pseudonym shares with the proof.
    pub(crate) fn last_nonces(&self, count: usize) -> &[Scalar] {
        let m_tilde = &self.nonces.m_tilde;
        &m_tilde[m_tilde.len().saturating_sub(count)..]
    }

    pub(crate) fn challenge(&self, ph: &[u8], pseudonym: Option<&PseudonymPart<'_>>) -> Public {
        challenge(&self.held.frame, self.transcript(), ph, pseudonym)
    }

    /// As every challenge hashes it: R ‖ i_1 ‖ msg_1 ‖ … ‖ Abar ‖ Bbar ‖ D ‖ T1 ‖ T2.
    fn transcript(&self) -> Vec<u8> {
        let disclosed = self.selection.disclosed.iter().map(|i| self.held.messages[*i].to_bytes());
        self.points.transcript(&self.selection, disclosed)
    }

    /// `ProofFinalize`, section 3.7.2.
    pub(crate) fn finalize(self, challenge: Public) -> Result<Proof, Unusable> {
        let Self { held, points: InitPoints { Abar, Bbar, D, .. }, nonces, selection } = self;
        let Held { e, messages, .. } = held;
        let Nonces { r1, r2, e_tilde, r1_tilde, r3_tilde, m_tilde } = &nonces;
        let r3 = SecretScalar::new(r2.expose().invert().ok_or(Unusable::Degenerate)?);
        let e_hat = Public::answer(e_tilde.expose(), *e, challenge);
        let r1_hat = Public::answer(r1_tilde.expose(), r1.expose(), -challenge);
        let r3_hat = Public::answer(r3_tilde.expose(), r3.expose(), -challenge);
        let m_hat: Vec<Public> = selection
            .hidden
            .iter()
            .zip(m_tilde.iter())
            .map(|(j, m_tilde)| Public::answer(*m_tilde, messages[*j], challenge))
            .collect();
        if [e_hat, r1_hat, r3_hat, challenge].iter().chain(&m_hat).any(Public::is_zero) {
            return Err(Unusable::Degenerate);
        }
        Ok(Proof { Abar, Bbar, D, e_hat, r1_hat, r3_hat, m_hat, challenge })
    }
}

/// Proofs of signatures whose last message is the same, waiting for one challenge. All of them have one nonce for that message, and so
/// one response: that is what shows that it is the same.
///
/// Two answers with one nonce to two challenges would give the message away, so nothing but [`SharedInit::finalize`] takes these apart.
pub(crate) struct SharedInit<'a>(Vec<ProofInit<'a>>);

impl<'a> SharedInit<'a> {
    /// Of signatures and what is disclosed of each, which is not the last message. Draws 5 + U scalars for the first and 4 + U for each of
    /// the others. `None` unless all are of one interface and all last messages are the same.
    pub(crate) fn new(
        proofs: impl IntoIterator<Item = (&'a Held, Selection)>,
        rng: &mut impl CryptoRng,
    ) -> Option<Self> {
        let mut inits: Vec<ProofInit<'a>> = Vec::new();
        for (held, selection) in proofs {
            if inits.first().is_some_and(|first| !first.held.ends_as(held)) {
                return None;
            }
            let last = inits.first().and_then(|first| first.last_nonces(1).first().copied());
            let nonces = Nonces::draw(selection.hidden.len(), last, rng);
            inits.push(ProofInit::of(held, selection, nonces));
        }
        Some(Self(inits))
    }

    /// The nonce of the last message, alone in its slice. Empty without any proof.
    pub(crate) fn last_nonce(&self) -> &[Scalar] {
        self.0.first().map_or(&[], |first| first.last_nonces(1))
    }

    /// As every challenge hashes them, in their order.
    pub(crate) fn transcripts(&self) -> impl Iterator<Item = Vec<u8>> {
        self.0.iter().map(ProofInit::transcript)
    }

    /// `ProofFinalize` of each.
    pub(crate) fn finalize(self, challenge: Public) -> Result<Vec<Proof>, Unusable> {
        self.0.into_iter().map(|init| init.finalize(challenge)).collect()
    }
}

/// A proof of which everything is recomputed that its challenge was made from.
pub(crate) struct ProofVerifyInit {
    frame: Frame,
    points: InitPoints,
    selection: Selection,
    messages: Vec<Public>,
}

impl ProofVerifyInit {
    /// `ProofVerifyInit`, section 3.7.3. `selection` has as many hidden messages as `proof`, `messages` as many as it discloses.
    pub(crate) fn new(frame: Frame, proof: &Proof, selection: Selection, messages: Vec<Public>) -> Self {
        let Proof { Abar, Bbar, D, e_hat, r1_hat, r3_hat, m_hat, challenge: c } = proof;
        let T1 = msm_vartime(&[(*Bbar, *c), (*Abar, *e_hat), (*D, *r1_hat)]);
        // T2 = Bv·c + D·r3^ + Σ H_j·m^_j with Bv = P1 + Q_1·domain + Σ H_i·msg_i, as a single sum.
        let shown = selection.disclosed.iter().zip(&messages).map(|(i, message)| (&frame.h[*i], *message * *c));
        let hidden = selection.hidden.iter().zip(m_hat).map(|(j, m_hat)| (&frame.h[*j], *m_hat));
        let base = [(&frame.p1, *c), (&frame.q1, frame.domain * *c)];
        let T2 = sum_vartime(base.into_iter().chain(shown).chain(hidden), &[(*D, *r3_hat)]);
        Self { points: InitPoints { Abar: *Abar, Bbar: *Bbar, D: *D, T1, T2 }, frame, selection, messages }
    }

    pub(crate) fn challenge(&self, ph: &[u8], pseudonym: Option<&PseudonymPart<'_>>) -> Public {
        challenge(&self.frame, self.transcript(), ph, pseudonym)
    }

    /// As [`ProofInit::transcript`].
    pub(crate) fn transcript(&self) -> Vec<u8> {
        self.points.transcript(&self.selection, self.messages.iter().map(|message| message.to_bytes()))
    }

    pub(crate) fn domain(&self) -> Public {
        self.frame.domain
    }
}

impl InitPoints {
    /// Over the bytes of what is disclosed, because the prover has it among its secrets.
    fn transcript(&self, selection: &Selection, messages: impl Iterator<Item = [u8; Scalar::LEN]>) -> Vec<u8> {
        let mut hashed = Vec::with_capacity(512 + 40 * selection.disclosed.len());
        hashed.extend_from_slice(&i2osp8(selection.disclosed.len()));
        for (index, message) in selection.disclosed.iter().zip(messages) {
            hashed.extend_from_slice(&i2osp8(*index));
            hashed.extend_from_slice(&message);
        }
        let Self { Abar, Bbar, D, T1, T2 } = *self;
        hashed.extend(G1::to_compressed_all(&[Abar, Bbar, D, T1, T2]).as_flattened());
        hashed
    }
}

/// `ProofChallengeCalculate`, section 3.7.4, and with a pseudonym `ProofWithPseudonymChallengeCalculate` of
/// draft-irtf-cfrg-bbs-per-verifier-linkability. Every public value of the statement goes in.
fn challenge(frame: &Frame, transcript: Vec<u8>, ph: &[u8], pseudonym: Option<&PseudonymPart<'_>>) -> Public {
    let mut hashed = transcript;
    if let Some(pseudonym) = pseudonym {
        hashed.extend(pseudonym.points().as_flattened());
    }
    hashed.extend_from_slice(&frame.domain.to_bytes());
    hashed.extend_from_slice(&i2osp8(ph.len()));
    hashed.extend_from_slice(ph);
    if let Some(PseudonymPart { context_id, .. }) = pseudonym {
        hashed.extend_from_slice(&i2osp8(context_id.len()));
        hashed.extend_from_slice(context_id);
    }
    frame.api.hash_to_public(&hashed)
}

/// A proof whose challenge is the one that was answered. It is worth nothing before its pairing holds as well: Bbar = Abar·SK.
pub(crate) struct Answered {
    pub(super) pk: PublicKey,
    pub(super) Abar: G1,
    pub(super) Bbar: G1,
}

impl Answered {
    /// The cheap comparison first: a forgery seldom gets to the pairing.
    pub(crate) fn new(pk: &PublicKey, proof: &Proof, challenge: Public) -> Result<Self, InvalidProof> {
        let answered = Self { pk: pk.clone(), Abar: proof.Abar, Bbar: proof.Bbar };
        (proof.challenge == challenge).then_some(answered).ok_or(InvalidProof)
    }

    /// The end of every verification that is not part of a batch.
    pub(crate) fn conclude(self) -> Result<(), InvalidProof> {
        self.pairs().then_some(()).ok_or(InvalidProof)
    }

    /// e(Abar, W) = e(Bbar, BP2)
    pub(super) fn pairs(&self) -> bool {
        pair_up(&[(self.Abar, &self.pk)], self.Bbar)
    }
}
