//! What Bauta uses: one holder secret, no committed messages, SHA-256, one fixed and public signer entropy.
//!
//! A wallet has one [`HolderSecret`]. Each collection takes a fresh [`ProverBlind`], so no two commitments of a wallet match.
//! Credentials with the same secret have one pseudonym in each context, whoever signed them.
//!
//! # The named showing
//!
//! [`show`] proves a credential that could make pseudonyms without making one. It is an operation of its own, not a draft's:
//!
//! - `api_id` and generators of the pseudonym interface; header ‖ I2OSP(1, 8), as the credential was signed;
//! - `CoreProofGen` and `CoreProofVerify` of the BBS draft over the L messages, the blind and the nym secret;
//! - disclosed indexes below L, so blind and secret stay hidden; R + U is exactly L + 2.
//!
//! Its transcript is never one with a pseudonym: where that has the first bytes of a compressed point, this has a scalar below
//! r, and the highest bit tells them apart.

use alloc::vec::Vec;
use core::slice;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::blind::{Disclosed, Indexes, Known};
use crate::commitment::core_commit_under;
use crate::composed::{self, ComposedProof};
use crate::frame::Frame;
use crate::proof::{Answered, Held, Pending, ProofInit, ProofVerifyInit, Selection};
use crate::pseudonym::{
    self, Commitment, CommitmentWithProof, Committed, HolderSecret, NymSecrets, ProverBlind, Pseudonym,
    SignerNymEntropy, with_count,
};
use crate::{InvalidProof, InvalidSignature, Proof, PublicKey, SecretKey, Signature, Suite, Unusable};

pub(crate) const SUITE: Suite = Suite::Sha256;
/// N: one holder secret.
const NYM_COUNT: usize = 1;
/// Change it, and every pseudonym changes and every credential ever issued stops verifying.
const ENTROPY_LABEL: &[u8] = b"bauta/v1/signer-nym-entropy";

/// `hash_to_scalar("bauta/v1/signer-nym-entropy", api_id ‖ "H2S_")` with the `api_id` of the pseudonym interface over SHA-256.
///
/// One for all: an entropy per person would let issuer and verifier test pairs of pseudonyms, and would give one person
/// several names.
pub fn signer_nym_entropy() -> SignerNymEntropy {
    SignerNymEntropy::from_hash(pseudonym::api(SUITE).hash_to_public(ENTROPY_LABEL))
}

/// Commits to `secret` under a fresh blind.
///
/// # Errors
/// [`Unusable::Degenerate`], which does not happen by chance.
pub fn commit(secret: &HolderSecret, rng: &mut impl CryptoRng) -> Result<(CommitmentWithProof, ProverBlind), Unusable> {
    pseudonym::nym_commit(SUITE, &[], slice::from_ref(secret), rng)
}

/// The commitment of [`commit`] once more, with a fresh proof: for a signer that was not there the first time.
///
/// # Errors
/// [`Unusable::Degenerate`], which does not happen by chance.
pub fn commit_again(
    secret: &HolderSecret,
    blind: &ProverBlind,
    rng: &mut impl CryptoRng,
) -> Result<CommitmentWithProof, Unusable> {
    let value = Zeroizing::new([secret.expose()]);
    core_commit_under(pseudonym::api(SUITE), value.as_slice(), blind, rng)
}

/// A commitment whose opening somebody is known to hold: the only thing that [`sign`] takes.
///
/// Only [`verify_commitment`] makes one, whatever else vouches for the commitment. Who chooses C freely chooses the messages: with
/// C + H_i·(m' − m) in its place, a signer that means m signs m'.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedCommitment(Commitment);

impl VerifiedCommitment {
    /// The commitment.
    pub fn commitment(&self) -> &Commitment {
        &self.0
    }
}

/// Checks that the sender knows what is in its commitment: one secret and nothing else.
///
/// The proof has no nonce. Accept each once.
///
/// # Errors
/// [`InvalidProof`], also for a proof of anything but one committed value.
pub fn verify_commitment(commitment: &CommitmentWithProof) -> Result<VerifiedCommitment, InvalidProof> {
    if commitment.committed_count() != NYM_COUNT {
        return Err(InvalidProof);
    }
    commitment.verify(pseudonym::api(SUITE)).cloned().map(VerifiedCommitment)
}

/// Signs `messages` for whoever opened `commitment`. The same input gives the same bytes.
///
/// # Errors
/// [`Unusable::Degenerate`], which does not happen by chance.
pub fn sign(
    sk: &SecretKey,
    commitment: &VerifiedCommitment,
    header: &[u8],
    messages: &[&[u8]],
) -> Result<Signature, Unusable> {
    sign_batch(sk, commitment, header, &[messages])?.pop().ok_or(Unusable::Degenerate)
}

/// Signs each of `lists` for whoever opened `commitment`: passes for the coming days, for example, which differ in the day.
///
/// The signatures have the bytes that [`sign`] gives one by one. What all lists have at one place costs once, and what differs costs
/// once for each value. Takes as long whatever the messages say; but which lists have the same message at a place, its time tells.
///
/// # Errors
/// [`Unusable::Degenerate`], which does not happen by chance.
pub fn sign_batch(
    sk: &SecretKey,
    commitment: &VerifiedCommitment,
    header: &[u8],
    lists: &[&[&[u8]]],
) -> Result<Vec<Signature>, Unusable> {
    let committed = Committed { commitment: &commitment.0, committed_count: NYM_COUNT, nym_count: NYM_COUNT };
    pseudonym::sign_opened(SUITE, sk, &committed, &signer_nym_entropy(), header, lists)
}

/// What a wallet holds and shows: everything that makes one credential.
#[derive(Clone, Copy, Debug)]
pub struct Credential<'a> {
    /// Who signed.
    pub public_key: &'a PublicKey,
    /// The signature.
    pub signature: &'a Signature,
    /// Credential type and layout version. Always revealed.
    pub header: &'a [u8],
    /// The L signed messages, in their order.
    pub messages: &'a [&'a [u8]],
    /// The holder's secret.
    pub secret: &'a HolderSecret,
    /// The blind of the commitment that was signed.
    pub blind: &'a ProverBlind,
}

/// What a verifier knows before it looks at a proof. All of it comes from its own expectation, nothing from the prover.
#[derive(Clone, Copy, Debug)]
pub struct Statement<'a> {
    /// Who must have signed.
    pub public_key: &'a PublicKey,
    /// Credential type and layout version.
    pub header: &'a [u8],
    /// What this proof was made for, and nothing else.
    pub presentation_header: &'a [u8],
    /// L: how many messages this type of credential has.
    pub message_count: usize,
    /// Index and message of what is disclosed, ascending.
    pub disclosed: &'a [(usize, &'a [u8])],
}

/// Checks what the signer answered. A wallet does this before it keeps a credential.
///
/// # Errors
/// [`InvalidSignature`], whatever the reason.
pub fn verify(credential: &Credential<'_>) -> Result<(), InvalidSignature> {
    let Credential { public_key, signature, header, secret, .. } = credential;
    let secrets = slice::from_ref(*secret);
    pseudonym::verify_finalize_with_nym(
        SUITE,
        public_key,
        signature,
        header,
        &credential.known(),
        secrets,
        &signer_nym_entropy(),
    )
    .map(drop)
}

/// The named showing: discloses the messages at `disclosed_indexes` and no pseudonym. 272 + 32·(L + 2 − R) bytes.
///
/// # Errors
/// [`Unusable::Indexes`] unless they ascend and lie below L, [`Unusable::Signature`] if the credential does not hold.
pub fn show(
    credential: &Credential<'_>,
    presentation_header: &[u8],
    disclosed_indexes: &[usize],
    rng: &mut impl CryptoRng,
) -> Result<Proof, Unusable> {
    Prover::new(credential).map_err(|_| Unusable::Signature)?.show(presentation_header, disclosed_indexes, rng)
}

/// Checks a named showing. A proof with a pseudonym is refused here, and this one is refused there.
///
/// # Errors
/// [`InvalidProof`], whatever the reason.
pub fn check(statement: &Statement<'_>, proof: &Proof) -> Result<(), InvalidProof> {
    statement.answered(proof)?.conclude()
}

/// Like [`show`], and names the holder in the context `context_id`.
///
/// # Errors
/// As [`show`].
pub fn show_with_pseudonym(
    credential: &Credential<'_>,
    context_id: &[u8],
    presentation_header: &[u8],
    disclosed_indexes: &[usize],
    rng: &mut impl CryptoRng,
) -> Result<(Proof, Pseudonym), Unusable> {
    let prover = Prover::new(credential).map_err(|_| Unusable::Signature)?;
    prover.show_with_pseudonym(context_id, presentation_header, disclosed_indexes, rng)
}

/// A credential that was verified once, for a wallet that shows it more than once. About 20 kB.
#[derive(Debug)]
pub struct Prover {
    pub(crate) held: Held,
    pub(crate) nym_secrets: NymSecrets,
    pub(crate) public_key: PublicKey,
    pub(crate) message_count: usize,
}

impl Prover {
    /// Checks the credential, and computes what does not change from showing to showing.
    ///
    /// # Errors
    /// [`InvalidSignature`], whatever the reason.
    pub fn new(credential: &Credential<'_>) -> Result<Self, InvalidSignature> {
        Self::under(SUITE, credential)
    }

    pub(crate) fn under(suite: Suite, credential: &Credential<'_>) -> Result<Self, InvalidSignature> {
        let Credential { public_key, signature, header, messages, .. } = credential;
        let api = pseudonym::api(suite);
        let nym_secrets = credential.nym_secrets().ok_or(InvalidSignature)?;
        let frame = Frame::blind(api, public_key, &with_count(header, NYM_COUNT), messages.len(), NYM_COUNT);
        let scalars = credential.known().scalars(api, nym_secrets.as_scalars());
        let held = Held::verify(frame, public_key, signature, scalars)?;
        Ok(Self { held, nym_secrets, public_key: (*public_key).clone(), message_count: messages.len() })
    }

    /// As [`show`].
    ///
    /// # Errors
    /// [`Unusable::Indexes`] unless they ascend and lie below L.
    pub fn show(
        &self,
        presentation_header: &[u8],
        disclosed_indexes: &[usize],
        rng: &mut impl CryptoRng,
    ) -> Result<Proof, Unusable> {
        let init = ProofInit::new(&self.held, self.selection(disclosed_indexes)?, rng);
        let challenge = init.challenge(presentation_header, None);
        init.finalize(challenge)
    }

    /// As [`show_with_pseudonym`].
    ///
    /// # Errors
    /// As [`Prover::show`].
    pub fn show_with_pseudonym(
        &self,
        context_id: &[u8],
        presentation_header: &[u8],
        disclosed_indexes: &[usize],
        rng: &mut impl CryptoRng,
    ) -> Result<(Proof, Pseudonym), Unusable> {
        let selection = self.selection(disclosed_indexes)?;
        let Self { held, nym_secrets, .. } = self;
        pseudonym::prove_with_nym(SUITE, held, nym_secrets, selection, presentation_header, context_id, rng)
    }

    pub(crate) fn selection(&self, disclosed_indexes: &[usize]) -> Result<Selection, Unusable> {
        let indexes = Indexes { messages: disclosed_indexes, committed_messages: &[] };
        indexes.selection(self.message_count, 0, NYM_COUNT).ok_or(Unusable::Indexes)
    }
}

/// Checks a showing with a pseudonym. The verifier knows `context_id` by itself.
///
/// # Errors
/// [`InvalidProof`], whatever the reason.
pub fn check_with_pseudonym(
    statement: &Statement<'_>,
    context_id: &[u8],
    proof: &Proof,
    pseudonym: &Pseudonym,
) -> Result<(), InvalidProof> {
    statement.answered_with_pseudonym(context_id, proof, pseudonym)?.conclude()
}

/// Many showings for the price of one pairing product: for a gate with several lanes, and for audits.
///
/// Each showing is hashed and compared by itself, as it comes in; the pairings of all of them, which are about half of the work, become
/// one. A bad showing is found by halving: it costs about a pairing product for each halving and harms no other. That a bad one
/// passes has a chance below 2^-120, however many they are and whatever its maker knows.
///
/// ```
/// # use bauta_crypto::holder::{self, Batch, Credential, Statement};
/// # use bauta_crypto::{InvalidProof, SecretKey, pseudonym::HolderSecret};
/// # use rand_core::SeedableRng;
/// # let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(7);
/// # let (sk, secret) = (SecretKey::generate(&mut rng), HolderSecret::generate(&mut rng));
/// # let (commitment, blind) = holder::commit(&secret, &mut rng)?;
/// # let signature = holder::sign(&sk, &holder::verify_commitment(&commitment)?, b"pass", &[b"today"])?;
/// # let public_key = &sk.public_key();
/// # let (signature, secret, blind) = (&signature, &secret, &blind);
/// # let credential = Credential { public_key, signature, header: b"pass", messages: &[b"today"], secret, blind };
/// # let proof = holder::show(&credential, b"door 3", &[0], &mut rng)?;
/// # let statement =
/// #     Statement { public_key, header: b"pass", presentation_header: b"door 3", message_count: 1, disclosed: &[(0, b"today")] };
/// # let elsewhere = Statement { presentation_header: b"door 4", ..statement };
/// let mut batch = Batch::default();
/// batch.add(&statement, &proof);
/// batch.add(&elsewhere, &proof);
/// assert_eq!(batch.verdicts(&mut rng), [Ok(()), Err(InvalidProof)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct Batch {
    pending: Pending,
    // Invariant: how many of `pending` each showing has, in their order; never none.
    shares: Vec<usize>,
}

impl Batch {
    /// Takes in a named showing, to be decided upon with the others.
    pub fn add(&mut self, statement: &Statement<'_>, proof: &Proof) {
        self.push([statement.answered(proof)]);
    }

    /// Takes in a showing with a pseudonym.
    pub fn add_with_pseudonym(
        &mut self,
        statement: &Statement<'_>,
        context_id: &[u8],
        proof: &Proof,
        pseudonym: &Pseudonym,
    ) {
        self.push([statement.answered_with_pseudonym(context_id, proof, pseudonym)]);
    }

    /// Takes in several credentials that are shown together, as [`composed::check`] does. It counts as one showing: each of its
    /// parts is paired like a showing of its own, and all of them must hold.
    pub fn add_composed(
        &mut self,
        statements: &[composed::Statement<'_>],
        presentation_header: &[u8],
        proof: &ComposedProof,
    ) {
        self.push_composed(composed::answered(SUITE, statements, None, presentation_header, proof));
    }

    /// The same with a pseudonym, as [`composed::check_with_pseudonym`] does.
    pub fn add_composed_with_pseudonym(
        &mut self,
        statements: &[composed::Statement<'_>],
        context_id: &[u8],
        presentation_header: &[u8],
        proof: &ComposedProof,
        pseudonym: &Pseudonym,
    ) {
        let name = Some((context_id, pseudonym));
        self.push_composed(composed::answered(SUITE, statements, name, presentation_header, proof));
    }

    /// What [`check`], [`check_with_pseudonym`] or their like in [`composed`] say of each, in the order in which they came.
    ///
    /// `rng` gives each showing a weight of 128 bits: it must be a generator whose output no holder can foresee.
    pub fn verdicts(self, rng: &mut impl CryptoRng) -> Vec<Result<(), InvalidProof>> {
        let mut verdicts = self.pending.verdicts(rng).into_iter();
        let of_all = |share| verdicts.by_ref().take(share).reduce(Result::and).unwrap_or(Err(InvalidProof));
        self.shares.into_iter().map(of_all).collect()
    }

    fn push_composed(&mut self, answered: Result<Vec<Answered>, InvalidProof>) {
        match answered {
            Ok(parts) => self.push(parts.into_iter().map(Ok)),
            Err(refused) => self.push([Err(refused)]),
        }
    }

    fn push(&mut self, showing: impl IntoIterator<Item = Result<Answered, InvalidProof>>) {
        let mut share = 0;
        for answered in showing {
            self.pending.push(answered);
            share += 1;
        }
        self.shares.push(share);
    }
}

impl Credential<'_> {
    fn known(&self) -> Known<'_> {
        Known { messages: self.messages, committed_messages: &[], blind: Some(self.blind) }
    }

    fn nym_secrets(&self) -> Option<NymSecrets> {
        NymSecrets::combine(slice::from_ref(self.secret), &signer_nym_entropy())
    }
}

impl Statement<'_> {
    /// [`check`] but for the pairing.
    fn answered(&self, proof: &Proof) -> Result<Answered, InvalidProof> {
        let Self { public_key, header, presentation_header, message_count, disclosed } = self;
        let init = recompute(SUITE, public_key, header, *message_count, disclosed, proof)?;
        Answered::new(public_key, proof, init.challenge(presentation_header, None))
    }

    /// [`check_with_pseudonym`] but for the pairing.
    fn answered_with_pseudonym(
        &self,
        context_id: &[u8],
        proof: &Proof,
        pseudonym: &Pseudonym,
    ) -> Result<Answered, InvalidProof> {
        let Self { public_key, header, presentation_header, message_count, disclosed } = self;
        let disclosed = only_messages(*message_count, disclosed, proof)?;
        pseudonym::answered_with_nym(
            SUITE,
            public_key,
            proof,
            pseudonym,
            context_id,
            NYM_COUNT,
            header,
            presentation_header,
            &disclosed,
        )
    }
}

/// Everything that the challenge of a named showing, alone or composed, is made from.
pub(crate) fn recompute(
    suite: Suite,
    public_key: &PublicKey,
    header: &[u8],
    message_count: usize,
    disclosed: &[(usize, &[u8])],
    proof: &Proof,
) -> Result<ProofVerifyInit, InvalidProof> {
    let disclosed = only_messages(message_count, disclosed, proof)?;
    let selection = disclosed.selection(0, NYM_COUNT).ok_or(InvalidProof)?;
    let api = pseudonym::api(suite);
    let frame = Frame::blind(api, public_key, &with_count(header, NYM_COUNT), message_count, NYM_COUNT);
    Ok(ProofVerifyInit::new(frame, proof, selection, disclosed.scalars(api)))
}

/// R + U = L + 2 exactly, before anything else is computed: the sender has no say in how many messages there are.
fn only_messages<'a>(
    message_count: usize,
    messages: &'a [(usize, &'a [u8])],
    proof: &Proof,
) -> Result<Disclosed<'a>, InvalidProof> {
    let disclosed = Disclosed { message_count, messages, committed_messages: &[] };
    (disclosed.committed_count(proof, NYM_COUNT) == Some(0)).then_some(disclosed).ok_or(InvalidProof)
}
