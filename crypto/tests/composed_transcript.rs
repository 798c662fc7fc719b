//! Weak Fiat–Shamir in composed proofs, one hashed item at a time: a verifier without the item is fooled, ours is not.
//!
//! The other hashed items (the number and the indexes of disclosed messages, D, the domain, the context, the flag, lengths, and Abar or Bbar
//! alone) are fixed by what remains: no forgery is known without them. That ours hashes them all follows from
//! `a_complete_verifier_agrees_with_ours`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(non_snake_case, reason = "letters as in the drafts")]

mod forger;
mod world;

use bauta_crypto::PublicKey;
use bauta_crypto::composed::{self, ComposedProof, Part, Statement};
use bauta_crypto::holder::{self, Prover};
use bauta_crypto::pseudonym::Pseudonym;
use bls12_381::{G1Affine, G1Projective, G2Affine, G2Projective, Scalar};
use forger::composed::{Composition, Nonces, Omitted, Opening, answers, commitments, parts_of, to_bytes};
use forger::{Claim, OP, RawProof, compressed, inverse, message_scalar, random, scalar_of};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use world::{HEADER, PH, World, of_one_holder};

const CONTEXT: &[u8] = b"premiere";
const FORGED: &[u8] = b"admits everywhere";

#[test]
fn a_complete_verifier_agrees_with_ours() {
    const OF_PSEUDONYMS: [Omitted; 4] = [Omitted::ContextLength, Omitted::Context, Omitted::Pseudonym, Omitted::U];
    const OF_ALL: [Omitted; 18] = [
        Omitted::Count,
        Omitted::PublicKey,
        Omitted::Header,
        Omitted::Domain,
        Omitted::MessageCount,
        Omitted::DisclosedCount,
        Omitted::Indexes,
        Omitted::Messages,
        Omitted::AbarAndBbar,
        Omitted::Abar,
        Omitted::Bbar,
        Omitted::D,
        Omitted::T1,
        Omitted::T2,
        Omitted::OtherParts,
        Omitted::Flag,
        Omitted::PresentationHeaderLength,
        Omitted::PresentationHeader,
    ];
    for (counts, named) in [(&[3, 3][..], false), (&[1, 4], true), (&[3, 2, 1], true), (&[1, 1, 2, 3], false)] {
        let mut town = Town::new(1, counts);
        let (proofs, claim) = honest(&mut town, named);
        assert!(claim.accepts(&proofs, Omitted::Nothing));
        assert!(claim.accepts(&proofs, Omitted::SameSecret));
        for omitted in OF_ALL.iter().chain(OF_PSEUDONYMS.iter().filter(|_| named)) {
            assert!(!claim.accepts(&proofs, *omitted), "{omitted:?} makes no difference");
        }
        assert!(ours(&town, &claim, &proofs, 0));
    }
}

#[test]
fn a_proof_made_a_second_time_over_is_ours() {
    for counts in [&[2, 2][..], &[1, 2, 3]] {
        let mut town = Town::new(2, counts);
        let claim = town.claim();
        let proofs = town.prove(&claim, Omitted::Nothing, None);
        assert!(ours(&town, &claim, &proofs, 0));
        let nonce = random(&mut town.rng);
        let claim = Composition { name: Some((OP(CONTEXT) * town.secret(0), CONTEXT.to_vec())), flag: 1, ..claim };
        let proofs = town.prove_with(&claim, Omitted::Nothing, Some(OP(CONTEXT) * nonce), &[nonce, nonce, nonce]);
        assert!(ours(&town, &claim, &proofs, 0));
    }
}

/// What a later version may put in its place is not read as what is known.
#[test]
fn an_unknown_flag() {
    let mut town = Town::new(3, &[2, 2]);
    for flag in [1, 2, 1 << 32, u64::MAX] {
        let claim = Composition { flag, ..town.claim() };
        let proofs = town.prove(&claim, Omitted::Nothing, None);
        assert!(claim.accepts(&proofs, Omitted::Nothing));
        assert!(!ours(&town, &claim, &proofs, 0), "{flag}");
    }
    let nonce = random(&mut town.rng);
    let name = Some((OP(CONTEXT) * town.secret(0), CONTEXT.to_vec()));
    for flag in [0, 2] {
        let claim = Composition { name: name.clone(), flag, ..town.claim() };
        let proofs = town.prove_with(&claim, Omitted::Nothing, Some(OP(CONTEXT) * nonce), &[nonce; 2]);
        assert!(claim.accepts(&proofs, Omitted::Nothing));
        assert!(!ours(&town, &claim, &proofs, 0), "{flag}");
    }
}

// ---- what holds the parts together

#[test]
fn without_one_response_of_the_secret_two_holders_are_one() {
    let mut rng = ChaCha20Rng::seed_from_u64(4);
    let mut town = Town { worlds: vec![World::new(4, 3), World::new(5, 3)], rng: ChaCha20Rng::seed_from_u64(4) };
    let claim = town.claim();
    // Nonces of their own, or one that they agreed upon.
    let [one, other] = [(); 2].map(|()| random(&mut rng));
    for nonces in [[one, other], [one, one]] {
        let proofs = town.prove_with(&claim, Omitted::SameSecret, None, &nonces);
        fooled_but_not_ours(&town, &claim, &proofs, Omitted::SameSecret);
        assert!(!ours(&town, &claim, &proofs, 1), "with the other's response");
    }
}

#[test]
fn without_the_other_parts_they_need_no_credential() {
    let mut town = Town::new(6, &[3, 3]);
    let (mut claim, seen) = town.seen(1);
    claim.parts[1].disclosed = vec![(0, message_scalar(FORGED))];
    let nonce = random(&mut town.rng);
    let nothing = [G1Projective::identity(); 5];
    let (c, mut proofs) = town.beside(&claim, 1, nothing, nonce, Omitted::OtherParts);
    let m_hat = [random(&mut town.rng), random(&mut town.rng), random(&mut town.rng), nonce + town.secret(0) * c];
    proofs.insert(1, RawProof { c, m_hat: m_hat.to_vec(), ..seen });
    fooled_but_not_ours(&town, &claim, &proofs, Omitted::OtherParts);
}

#[test]
fn without_the_count_a_part_that_was_asked_for_is_missing() {
    let mut town = Town::new(7, &[2, 2, 2]);
    let asked = town.claim();
    let shown = Composition { parts: asked.parts[..2].to_vec(), ..asked.clone() };
    let proofs = town.prove(&shown, Omitted::Count, None);
    assert!(asked.accepts(&proofs, Omitted::Count), "not even fooled");
    assert!(!asked.accepts(&proofs, Omitted::Nothing));
    let proof = ComposedProof::from_bytes(&to_bytes(&proofs, 0), &[3, 3]).unwrap();
    town.expecting(&asked, |statements| assert!(composed::check(statements, PH, &proof).is_err()));
    // Nor does ours take the two without a count for two.
    assert!(!ours(&town, &shown, &proofs, 0));
}

// ---- what each part says

#[test]
fn without_the_public_key_a_credential_is_shown_under_a_related_key() {
    let mut town = Town::new(8, &[3, 3]);
    let mut claim = town.claim();
    let mut openings = town.signed_by_hand(&claim, Omitted::PublicKey);
    // Two keys whose difference somebody knows, as where one is derived from the other.
    let difference = random(&mut town.rng);
    let related = G2Affine::from_compressed(&claim.parts[1].pk).unwrap() + G2Projective::generator() * difference;
    claim.parts[1].pk = G2Affine::from(related).to_compressed();
    openings[1].e -= difference;
    let proofs = town.prove_openings(&claim, &openings, Omitted::PublicKey);
    fooled_but_not_ours(&town, &claim, &proofs, Omitted::PublicKey);
}

#[test]
fn without_the_header_a_credential_is_shown_as_one_of_another_type() {
    let mut town = Town::new(9, &[3, 3]);
    let mut claim = town.claim();
    let openings = town.signed_by_hand(&claim, Omitted::Header);
    claim.parts[1].header = b"staff-pass 1".to_vec();
    let proofs = town.prove_openings(&claim, &openings, Omitted::Header);
    fooled_but_not_ours(&town, &claim, &proofs, Omitted::Header);
}

#[test]
fn without_the_message_count_a_credential_is_shown_as_one_with_more_messages() {
    let mut town = Town::new(10, &[3, 3]);
    let mut claim = town.claim();
    let mut openings = town.signed_by_hand(&claim, Omitted::MessageCount);
    claim.parts[1].message_count = 4;
    openings[1].m.insert(3, Scalar::zero());
    let proofs = town.prove_openings(&claim, &openings, Omitted::MessageCount);
    fooled_but_not_ours(&town, &claim, &proofs, Omitted::MessageCount);
}

#[test]
fn without_the_messages_one_of_any_part_is_chosen_after_the_challenge() {
    for at in [0, 1] {
        let mut town = Town::new(11, &[3, 3]);
        let mut claim = town.claim();
        let openings = town.openings();
        let mut nonces = town.draw(&claim);
        nonces[at].m[0] = random(&mut town.rng);
        let (c, proofs) = answered(&claim, &openings, &nonces, None, Omitted::Messages);
        claim.parts[at].disclosed[0].1 = (nonces[at].m[0] + openings[at].m[0] * c) * inverse(c);
        assert_ne!(claim.parts[at].disclosed[0].1, openings[at].m[0]);
        fooled_but_not_ours(&town, &claim, &proofs, Omitted::Messages);
    }
}

// ---- what each part commits to: a forger has a credential for one part, and for the other only what it saw of somebody's

#[test]
fn without_T1_a_seen_part_carries_any_messages() {
    for at in [0, 1] {
        let mut town = Town::new(12, &[3, 3]);
        let (claim, opening, nonces, seen) = town.opened(at);
        let [.., D, _, T2] = commitments(&claim.parts[at], &opening, &nonces, Omitted::T1.domain());
        let points = [seen.Abar, seen.Bbar, D, G1Projective::identity(), T2];
        let (c, mut proofs) = town.beside(&claim, at, points, *nonces.m.last().unwrap(), Omitted::T1);
        proofs.insert(at, answers(&claim.parts[at], &opening, &nonces, points, c));
        fooled_but_not_ours(&town, &claim, &proofs, Omitted::T1);
    }
}

#[test]
fn without_T2_a_seen_part_carries_any_messages() {
    for at in [0, 1] {
        let mut town = Town::new(13, &[3, 3]);
        let (claim, opening, nonces, seen) = town.opened(at);
        let D = (seen.Bbar + seen.Abar * opening.e) * inverse(nonces.r1);
        let T1 = seen.Abar * nonces.e + D * nonces.r1_tilde;
        let points = [seen.Abar, seen.Bbar, D, T1, G1Projective::identity()];
        let (c, mut proofs) = town.beside(&claim, at, points, *nonces.m.last().unwrap(), Omitted::T2);
        proofs.insert(at, answers(&claim.parts[at], &opening, &nonces, points, c));
        fooled_but_not_ours(&town, &claim, &proofs, Omitted::T2);
    }
}

#[test]
fn without_Abar_and_Bbar_a_seen_pair_is_stretched_afterwards() {
    for at in [0, 1] {
        let mut town = Town::new(14, &[3, 3]);
        let (claim, opening, nonces, seen) = town.opened(at);
        let [.., D, _, T2] = commitments(&claim.parts[at], &opening, &nonces, Omitted::AbarAndBbar.domain());
        let [u, v, w] = [(); 3].map(|()| random(&mut town.rng));
        let T1 = seen.Abar * u + seen.Bbar * v + D * w;
        let points = [seen.Abar, seen.Bbar, D, T1, T2];
        let (c, mut proofs) = town.beside(&claim, at, points, *nonces.m.last().unwrap(), Omitted::AbarAndBbar);
        let x = v * inverse(c);
        let stretched = [seen.Abar * x, seen.Bbar * x, D, T1, T2];
        let forged = answers(&claim.parts[at], &opening, &nonces, stretched, c);
        proofs.insert(at, RawProof { e_hat: u * inverse(x), r1_hat: w, ..forged });
        fooled_but_not_ours(&town, &claim, &proofs, Omitted::AbarAndBbar);
    }
}

// ---- what is said of all

#[test]
fn without_the_presentation_header_a_proof_is_replayed_elsewhere() {
    let mut town = Town::new(15, &[3, 3]);
    let mut claim = town.claim();
    let proofs = town.prove(&claim, Omitted::PresentationHeader, None);
    // As long as the other, or its length would tell.
    claim.ph = b"tomorrow in the theatr".to_vec();
    assert_eq!(claim.ph.len(), PH.len());
    fooled_but_not_ours(&town, &claim, &proofs, Omitted::PresentationHeader);
}

#[test]
fn without_the_pseudonym_one_holder_has_many() {
    let mut town = Town::new(16, &[3, 3]);
    let u = random(&mut town.rng);
    let named = |name| Some((name, CONTEXT.to_vec()));
    let mut claim = Composition { name: named(G1Projective::generator()), flag: 1, ..town.claim() };
    let proofs = town.prove(&claim, Omitted::Pseudonym, Some(OP(CONTEXT) * u));
    // U is fixed, so the pseudonym follows from the challenge; another u gives another.
    claim.name = named(OP(CONTEXT) * ((proofs[0].m_hat.last().unwrap() - u) * inverse(proofs[0].c)));
    fooled_but_not_ours(&town, &claim, &proofs, Omitted::Pseudonym);
}

#[test]
fn without_U_any_pseudonym_will_do() {
    let mut town = Town::new(17, &[3, 3]);
    // That of somebody else, for example.
    let name = OP(CONTEXT) * random(&mut town.rng);
    let claim = Composition { name: Some((name, CONTEXT.to_vec())), flag: 1, ..town.claim() };
    let proofs = town.prove(&claim, Omitted::U, Some(G1Projective::identity()));
    fooled_but_not_ours(&town, &claim, &proofs, Omitted::U);
}

// ---- the parties

/// The credentials of one holder, unless told otherwise.
struct Town {
    worlds: Vec<World>,
    rng: ChaCha20Rng,
}

impl Town {
    fn new(seed: u64, counts: &[usize]) -> Self {
        Self { worlds: of_one_holder(seed, counts), rng: ChaCha20Rng::seed_from_u64(seed) }
    }

    /// That the first message of each credential is what was signed.
    fn claim(&self) -> Composition {
        let parts = self.worlds.iter().map(|world| Claim {
            pk: world.pk.to_bytes(),
            header: HEADER.to_vec(),
            ph: Vec::new(),
            message_count: world.messages.len(),
            disclosed: vec![(0, message_scalar(&world.messages[0]))],
            name: None,
        });
        Composition { parts: parts.collect(), ph: PH.to_vec(), name: None, flag: 0 }
    }

    /// What is signed and named: the holder's secret with the signer's entropy.
    fn secret(&self, at: usize) -> Scalar {
        let entropy = holder::signer_nym_entropy().to_bytes();
        scalar_of(self.worlds[at].secret.to_bytes().as_ref()) + scalar_of(&entropy)
    }

    fn openings(&self) -> Vec<Opening> {
        let opening = |(at, world): (usize, &World)| {
            let signature = world.signature.to_bytes();
            let A = G1Affine::from_compressed(signature[..48].try_into().unwrap()).unwrap().into();
            Opening { A, e: scalar_of(&signature[48..]), m: self.signed(at) }
        };
        self.worlds.iter().enumerate().map(opening).collect()
    }

    fn signed(&self, at: usize) -> Vec<Scalar> {
        let World { messages, blind, .. } = &self.worlds[at];
        let messages = messages.iter().map(|message| message_scalar(message));
        messages.chain([scalar_of(blind.to_bytes().as_ref()), self.secret(at)]).collect()
    }

    /// By issuers as careless as the verifier.
    fn signed_by_hand(&mut self, claim: &Composition, omitted: Omitted) -> Vec<Opening> {
        let mut openings = Vec::new();
        for (at, part) in claim.parts.iter().enumerate() {
            let (m, e) = (self.signed(at), random(&mut self.rng));
            let B = part.h().iter().zip(&m).fold(part.base(omitted.domain()), |sum, (h, m)| sum + h * m);
            let sk = scalar_of(self.worlds[at].sk.to_bytes().as_ref());
            openings.push(Opening { A: B * inverse(sk + e), e, m });
        }
        openings
    }

    fn draw(&mut self, claim: &Composition) -> Vec<Nonces> {
        let nonce = random(&mut self.rng);
        claim.parts.iter().map(|part| Nonces::draw(part, nonce, &mut self.rng)).collect()
    }

    /// As an honest holder does, but for what is left out and for U.
    fn prove(&mut self, claim: &Composition, omitted: Omitted, U: Option<G1Projective>) -> Vec<RawProof> {
        let nonces = self.draw(claim);
        answered(claim, &self.openings(), &nonces, U, omitted).1
    }

    fn prove_openings(&mut self, claim: &Composition, openings: &[Opening], omitted: Omitted) -> Vec<RawProof> {
        let nonces = self.draw(claim);
        answered(claim, openings, &nonces, None, omitted).1
    }

    /// With these nonces of the secret, one for each part.
    fn prove_with(
        &mut self,
        claim: &Composition,
        omitted: Omitted,
        U: Option<G1Projective>,
        secret_nonces: &[Scalar],
    ) -> Vec<RawProof> {
        let parts = claim.parts.iter().zip(secret_nonces);
        let nonces: Vec<Nonces> = parts.map(|(part, nonce)| Nonces::draw(part, *nonce, &mut self.rng)).collect();
        answered(claim, &self.openings(), &nonces, U, omitted).1
    }

    /// Somebody's showing of the credential at `at`, of which a forger has the points alone.
    fn seen(&mut self, at: usize) -> (Composition, RawProof) {
        let shown = self.worlds[at].with_credential(|credential, rng| holder::show(credential, PH, &[0], rng).unwrap());
        (self.claim(), RawProof::of(&shown.to_bytes()))
    }

    /// A forger who knows no signature opens the part at `at` as if `FORGED` had been signed, together with the secret of the others.
    fn opened(&mut self, at: usize) -> (Composition, Opening, Nonces, RawProof) {
        let (mut claim, seen) = self.seen(at);
        let part = &mut claim.parts[at];
        part.disclosed = vec![(0, message_scalar(FORGED))];
        let mut m: Vec<Scalar> = (0..part.message_count + 2).map(|_| random(&mut self.rng)).collect();
        m[0] = message_scalar(FORGED);
        *m.last_mut().unwrap() = self.secret(1 - at);
        let nonce = random(&mut self.rng);
        let nonces = Nonces::draw(part, nonce, &mut self.rng);
        let opening = Opening { A: G1Projective::generator(), e: random(&mut self.rng), m };
        (claim, opening, nonces, seen)
    }

    /// The challenge and the honest parts, where at `at` these points stand for another.
    fn beside(
        &mut self,
        claim: &Composition,
        at: usize,
        points: [G1Projective; 5],
        secret_nonce: Scalar,
        omitted: Omitted,
    ) -> (Scalar, Vec<RawProof>) {
        let openings = self.openings();
        let mut all = Vec::new();
        let mut honest = Vec::new();
        for (i, part) in claim.parts.iter().enumerate() {
            if i == at {
                all.push(points);
            } else {
                let nonces = Nonces::draw(part, secret_nonce, &mut self.rng);
                all.push(commitments(part, &openings[i], &nonces, omitted.domain()));
                honest.push((i, nonces));
            }
        }
        let c = claim.challenge(&all, None, omitted);
        let answer = |(i, nonces): (usize, Nonces)| answers(&claim.parts[i], &openings[i], &nonces, all[i], c);
        (c, honest.into_iter().map(answer).collect())
    }

    /// What our verifier expects where somebody claims this. Where it is about a scalar that no known message has, the message of a forger's
    /// choice stands for it.
    fn expecting<T>(&self, claim: &Composition, act: impl FnOnce(&[Statement<'_>]) -> T) -> T {
        let keys: Vec<PublicKey> = claim.parts.iter().map(|part| PublicKey::from_bytes(&part.pk).unwrap()).collect();
        let disclosed: Vec<Vec<(usize, &[u8])>> = claim
            .parts
            .iter()
            .zip(&self.worlds)
            .map(|(part, world)| {
                let message = |(index, scalar): &(usize, Scalar)| {
                    let signed = &world.messages[*index];
                    (*index, if message_scalar(signed) == *scalar { &signed[..] } else { FORGED })
                };
                part.disclosed.iter().map(message).collect()
            })
            .collect();
        let statements: Vec<Statement<'_>> = claim
            .parts
            .iter()
            .zip(&keys)
            .zip(&disclosed)
            .map(|((part, public_key), disclosed)| Statement {
                public_key,
                header: &part.header,
                message_count: part.message_count,
                disclosed,
            })
            .collect();
        act(&statements)
    }
}

fn answered(
    claim: &Composition,
    openings: &[Opening],
    nonces: &[Nonces],
    U: Option<G1Projective>,
    omitted: Omitted,
) -> (Scalar, Vec<RawProof>) {
    let parts = || claim.parts.iter().zip(openings).zip(nonces);
    let points: Vec<[G1Projective; 5]> =
        parts().map(|((part, opening), nonces)| commitments(part, opening, nonces, omitted.domain())).collect();
    let c = claim.challenge(&points, U, omitted);
    let proofs =
        parts().zip(&points).map(|(((part, opening), nonces), points)| answers(part, opening, nonces, *points, c));
    (c, proofs.collect())
}

/// A proof by the library, and what it claims.
fn honest(town: &mut Town, named: bool) -> (Vec<RawProof>, Composition) {
    let mut claim = town.claim();
    let provers: Vec<Prover> = town.worlds.iter_mut().map(World::prover).collect();
    let parts: Vec<Part<'_>> = provers.iter().map(|prover| Part { prover, disclosed_indexes: &[0] }).collect();
    let proof = if named {
        let (proof, name) = composed::show_with_pseudonym(&parts, CONTEXT, PH, &mut town.rng).unwrap();
        claim.name = Some((G1Affine::from_compressed(&name.to_bytes()).unwrap().into(), CONTEXT.to_vec()));
        claim.flag = 1;
        proof
    } else {
        composed::show(&parts, PH, &mut town.rng).unwrap()
    };
    (parts_of(&proof.to_bytes(), &hidden_counts(&claim)), claim)
}

fn hidden_counts(claim: &Composition) -> Vec<usize> {
    claim.parts.iter().map(|part| part.hidden().len()).collect()
}

#[track_caller]
fn fooled_but_not_ours(town: &Town, claim: &Composition, proofs: &[RawProof], omitted: Omitted) {
    assert!(claim.accepts(proofs, omitted), "the forgery does not even fool a verifier without {omitted:?}");
    assert!(!claim.accepts(proofs, Omitted::Nothing));
    assert!(!ours(town, claim, proofs, 0));
}

/// Our verdict on the claim, with the secret's response of the part at `common`.
fn ours(town: &Town, claim: &Composition, proofs: &[RawProof], common: usize) -> bool {
    let proof = ComposedProof::from_bytes(&to_bytes(proofs, common), &hidden_counts(claim)).unwrap();
    town.expecting(claim, |statements| match &claim.name {
        None => composed::check(statements, &claim.ph, &proof).is_ok(),
        Some((name, context)) => {
            let name = Pseudonym::from_bytes(&compressed(name)).unwrap();
            composed::check_with_pseudonym(statements, context, &claim.ph, &proof, &name).is_ok()
        }
    })
}
