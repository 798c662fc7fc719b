//! Weak Fiat–Shamir ("Frozen Heart"), one hashed item at a time: a verifier without the item is fooled, ours is not.
//!
//! The other hashed items (R, the indexes, D, the domain, the context, and Abar or Bbar alone) are fixed by what remains: no
//! forgery is known without them. That ours hashes them all follows from `a_complete_verifier_agrees_with_ours`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(non_snake_case, reason = "letters as in the drafts")]

mod forger;
mod world;

use bauta_crypto::holder;
use bauta_crypto::pseudonym::{CommitmentWithProof, Pseudonym};
use bauta_crypto::{Proof, Signature};
use bls12_381::{G1Affine, G1Projective, Scalar};
use forger::{
    Claim, Domain, LeftOut, OP, RawProof, big_endian, blind_bases, commitment_challenge, compressed, inverse,
    message_scalar, random, scalar_of,
};
use world::{HEADER, PH, World};

const CONTEXT: &[u8] = b"premiere";

#[test]
fn a_complete_verifier_agrees_with_ours() {
    for (indexes, name) in [(&[][..], false), (&[0], false), (&[0, 1, 2], false), (&[1], true)] {
        let mut town = World::new(1, 3);
        let (proof, claim) = honest(&mut town, indexes, name);
        assert!(claim.accepts(&proof, LeftOut::Nothing));
        let every_other = [LeftOut::AbarAndBbar, LeftOut::T1, LeftOut::T2, LeftOut::PresentationHeader];
        for left_out in every_other {
            assert!(!claim.accepts(&proof, left_out), "{left_out:?} makes no difference");
        }
        assert!(ours(&town, &claim, &proof, indexes));
    }
}

#[test]
fn without_the_presentation_header_a_proof_is_replayed_elsewhere() {
    let mut town = World::new(2, 3);
    let (proof, mut claim) = prove(&mut town, LeftOut::PresentationHeader, &[0], None);
    claim.ph = b"another door".to_vec();
    fooled_but_not_ours(&town, &claim, &proof, LeftOut::PresentationHeader);
}

#[test]
fn without_the_messages_one_is_chosen_after_the_challenge() {
    let mut town = World::new(3, 3);
    let (proof, claim) = prove(&mut town, LeftOut::Messages, &[0], None);
    assert_ne!(claim.disclosed[0].1, message_scalar(&town.messages[0]));
    fooled_but_not_ours(&town, &claim, &proof, LeftOut::Messages);
}

#[test]
fn without_T1_a_seen_proof_carries_any_messages() {
    let mut town = World::new(4, 3);
    let (seen, mut claim) = honest(&mut town, &[0], false);
    claim.disclosed = vec![(0, message_scalar(b"admits everywhere"))];
    let (mut forged, T2, nonces) = opened(&mut town, &claim, &seen);
    forged.c = claim.challenge(
        [forged.Abar, forged.Bbar, forged.D, G1Projective::identity(), T2],
        None,
        LeftOut::T1,
        Domain::AsInTheDraft,
    );
    answer(&mut forged, &nonces);
    fooled_but_not_ours(&town, &claim, &forged, LeftOut::T1);
}

#[test]
fn without_T2_a_seen_proof_carries_any_messages() {
    let mut town = World::new(5, 3);
    let (seen, mut claim) = honest(&mut town, &[0], false);
    claim.disclosed = vec![(0, message_scalar(b"admits everywhere"))];
    let [e, r1, e_tilde, r1_tilde] = [(); 4].map(|()| random(&mut town.rng));
    let mut forged = seen.clone();
    forged.D = (seen.Bbar + seen.Abar * e) * inverse(r1);
    let T1 = seen.Abar * e_tilde + forged.D * r1_tilde;
    let points = [seen.Abar, seen.Bbar, forged.D, T1, G1Projective::identity()];
    forged.c = claim.challenge(points, None, LeftOut::T2, Domain::AsInTheDraft);
    forged.e_hat = e_tilde + e * forged.c;
    forged.r1_hat = r1_tilde - r1 * forged.c;
    fooled_but_not_ours(&town, &claim, &forged, LeftOut::T2);
}

#[test]
fn without_Abar_and_Bbar_a_seen_pair_is_stretched_afterwards() {
    let mut town = World::new(6, 3);
    let (seen, mut claim) = honest(&mut town, &[0], false);
    claim.disclosed = vec![(0, message_scalar(b"admits everywhere"))];
    let (mut forged, T2, nonces) = opened(&mut town, &claim, &seen);
    let [u, v, w] = [(); 3].map(|()| random(&mut town.rng));
    let T1 = seen.Abar * u + seen.Bbar * v + forged.D * w;
    let points = [seen.Abar, seen.Bbar, forged.D, T1, T2];
    forged.c = claim.challenge(points, None, LeftOut::AbarAndBbar, Domain::AsInTheDraft);
    answer(&mut forged, &nonces);
    let x = v * inverse(forged.c);
    (forged.Abar, forged.Bbar) = (seen.Abar * x, seen.Bbar * x);
    (forged.e_hat, forged.r1_hat) = (u * inverse(x), w);
    fooled_but_not_ours(&town, &claim, &forged, LeftOut::AbarAndBbar);
}

#[test]
fn without_the_pseudonym_one_holder_has_many() {
    let mut town = World::new(7, 3);
    let u = random(&mut town.rng);
    let (proof, mut claim) =
        prove(&mut town, LeftOut::Pseudonym, &[0], Some((G1Projective::generator(), OP(CONTEXT) * u)));
    // Ut is fixed, so the pseudonym follows from the challenge; another u gives another.
    let name = OP(CONTEXT) * ((proof.m_hat.last().unwrap() - u) * inverse(proof.c));
    claim.name = Some((name, CONTEXT.to_vec()));
    fooled_but_not_ours(&town, &claim, &proof, LeftOut::Pseudonym);
}

#[test]
fn without_Ut_any_pseudonym_will_do() {
    let mut town = World::new(8, 3);
    let name = OP(CONTEXT) * random(&mut town.rng);
    let (proof, claim) = prove(&mut town, LeftOut::Ut, &[0], Some((name, G1Projective::identity())));
    fooled_but_not_ours(&town, &claim, &proof, LeftOut::Ut);
}

#[test]
fn without_C_a_commitment_is_proved_that_nobody_can_open() {
    let mut town = World::new(9, 0);
    let (Q2, J1) = blind_bases();
    // Somebody else's commitment.
    let Cbar = G1Projective::from(G1Affine::from_compressed(&town.commitment.commitment().to_bytes()).unwrap());
    let c = commitment_challenge(None, Some(&Cbar));
    let [s_hat, m_hat] = [(); 2].map(|()| random(&mut town.rng));
    let C = (Q2 * s_hat + J1 * m_hat - Cbar) * inverse(c);
    assert_eq!(c, commitment_challenge(None, Some(&(Q2 * s_hat + J1 * m_hat - C * c))));
    assert!(holder::verify_commitment(&commitment(&C, s_hat, m_hat, c)).is_err());
}

#[test]
fn without_Cbar_any_commitment_is_proved() {
    let mut town = World::new(10, 0);
    let C = G1Projective::generator();
    let c = commitment_challenge(Some(&C), None);
    let [s_hat, m_hat] = [(); 2].map(|()| random(&mut town.rng));
    assert!(holder::verify_commitment(&commitment(&C, s_hat, m_hat, c)).is_err());
}

#[test]
fn a_commitment_proof_made_twice_over_is_ours() {
    let mut town = World::new(11, 0);
    let (Q2, J1) = blind_bases();
    let [s, m, s_tilde, m_tilde] = [(); 4].map(|()| random(&mut town.rng));
    let C = Q2 * s + J1 * m;
    let c = commitment_challenge(Some(&C), Some(&(Q2 * s_tilde + J1 * m_tilde)));
    assert!(holder::verify_commitment(&commitment(&C, s_tilde + s * c, m_tilde + m * c, c)).is_ok());
}

#[test]
fn domains_computed_otherwise() {
    let mut town = World::new(12, 2);
    let (proof, mut claim) = honest(&mut town, &[0], false);
    for domain in [Domain::ApiIdWithLength, Domain::AllGeneratorsCounted, Domain::ShortIntegers] {
        assert!(!claim.accepts_with(&proof, LeftOut::Nothing, domain), "{domain:?} is what ours computes");
    }
    // An empty header still has a length: eight bytes of zero, and here of the count of secrets behind it.
    claim.header = Vec::new();
    let verified = holder::verify_commitment(&town.commitment).unwrap();
    let messages = world::slices(&town.messages);
    let signature = holder::sign(&town.sk, &verified, b"", &messages).unwrap();
    let credential = holder::Credential {
        public_key: &town.pk,
        signature: &signature,
        header: b"",
        messages: &messages,
        secret: &town.secret,
        blind: &town.blind,
    };
    let proof = RawProof::of(&holder::show(&credential, PH, &[0], &mut town.rng).unwrap().to_bytes());
    assert!(claim.accepts(&proof, LeftOut::Nothing));
    assert!(!claim.accepts_with(&proof, LeftOut::Nothing, Domain::EmptyHeaderWithoutLength));
}

// ---- the parties

/// A proof by the library, and what it claims.
fn honest(town: &mut World, indexes: &[usize], with_name: bool) -> (RawProof, Claim) {
    let mut claim = claim(town, indexes);
    let (proof, name) = town.with_credential(|credential, rng| {
        if with_name {
            let (proof, name) = holder::show_with_pseudonym(credential, CONTEXT, PH, indexes, rng).unwrap();
            (proof, Some(name))
        } else {
            (holder::show(credential, PH, indexes, rng).unwrap(), None)
        }
    });
    claim.name = name.map(|name| (G1Affine::from_compressed(&name.to_bytes()).unwrap().into(), CONTEXT.to_vec()));
    (RawProof::of(&proof.to_bytes()), claim)
}

/// The claim that `indexes` hold what was signed.
fn claim(town: &World, indexes: &[usize]) -> Claim {
    Claim {
        pk: town.pk.to_bytes(),
        header: HEADER.to_vec(),
        ph: PH.to_vec(),
        message_count: town.messages.len(),
        disclosed: indexes.iter().map(|index| (*index, message_scalar(&town.messages[*index]))).collect(),
        name: None,
    }
}

/// A holder with a real credential who proves it to a careless verifier. `name_and_U` are whatever it likes. Where messages are
/// not hashed, it discloses others than were signed.
fn prove(
    town: &mut World,
    left_out: LeftOut,
    indexes: &[usize],
    name_and_U: Option<(G1Projective, G1Projective)>,
) -> (RawProof, Claim) {
    let mut claim = claim(town, indexes);
    claim.name = name_and_U.map(|(name, _)| (name, CONTEXT.to_vec()));
    let h = claim.h();
    let mut m: Vec<Scalar> = town.messages.iter().map(|message| message_scalar(message)).collect();
    m.push(scalar_of(town.blind.to_bytes().as_ref()));
    m.push(scalar_of(town.secret.to_bytes().as_ref()) + scalar_of(&holder::signer_nym_entropy().to_bytes()));
    let B = h.iter().zip(&m).fold(claim.base(Domain::AsInTheDraft), |sum, (h, m)| sum + h * m);
    let signature = Signature::to_bytes(&town.signature);
    let A = G1Projective::from(G1Affine::from_compressed(signature[..48].try_into().unwrap()).unwrap());
    let e = scalar_of(&signature[48..]);

    let [r1, r2, e_tilde, r1_tilde, r3_tilde] = [(); 5].map(|()| random(&mut town.rng));
    let late = left_out == LeftOut::Messages;
    let m_tilde: Vec<Scalar> = (0..h.len())
        .map(|i| if !late && indexes.contains(&i) { Scalar::zero() } else { random(&mut town.rng) })
        .collect();
    let D = B * r2;
    let Abar = A * (r1 * r2);
    let Bbar = D * r1 - Abar * e;
    let T1 = Abar * e_tilde + D * r1_tilde;
    let T2 = h.iter().zip(&m_tilde).fold(D * r3_tilde, |sum, (h, m_tilde)| sum + h * m_tilde);
    let U = name_and_U.map(|(_, U)| U);
    let c = claim.challenge([Abar, Bbar, D, T1, T2], U, left_out, Domain::AsInTheDraft);
    let m_hat = claim.hidden().iter().map(|j| m_tilde[*j] + m[*j] * c).collect();
    if late {
        for (index, message) in &mut claim.disclosed {
            *message = (m_tilde[*index] + m[*index] * c) * inverse(c);
        }
    }
    let proof = RawProof {
        Abar,
        Bbar,
        D,
        e_hat: e_tilde + e * c,
        r1_hat: r1_tilde - r1 * c,
        r3_hat: r3_tilde - inverse(r2) * c,
        m_hat,
        c,
    };
    (proof, claim)
}

/// A forger who knows no signature opens D as if `claim` had been signed. Abar and Bbar are from a proof it has seen.
fn opened(town: &mut World, claim: &Claim, seen: &RawProof) -> (RawProof, G1Projective, Nonces) {
    let h = claim.h();
    let hidden: Vec<Scalar> = claim.hidden().iter().map(|_| random(&mut town.rng)).collect();
    let m_tilde: Vec<Scalar> = claim.hidden().iter().map(|_| random(&mut town.rng)).collect();
    let [r2, r3_tilde] = [(); 2].map(|()| random(&mut town.rng));
    let Bv = claim.disclosed.iter().fold(claim.base(Domain::AsInTheDraft), |sum, (i, m)| sum + h[*i] * m);
    let B = claim.hidden().iter().zip(&hidden).fold(Bv, |sum, (j, m)| sum + h[*j] * m);
    let D = B * r2;
    let T2 = claim.hidden().iter().zip(&m_tilde).fold(D * r3_tilde, |sum, (j, m_tilde)| sum + h[*j] * m_tilde);
    let forged = RawProof { D, ..seen.clone() };
    (forged, T2, Nonces { r3: inverse(r2), r3_tilde, hidden, m_tilde })
}

struct Nonces {
    r3: Scalar,
    r3_tilde: Scalar,
    hidden: Vec<Scalar>,
    m_tilde: Vec<Scalar>,
}

fn answer(forged: &mut RawProof, nonces: &Nonces) {
    forged.r3_hat = nonces.r3_tilde - nonces.r3 * forged.c;
    forged.m_hat = nonces.m_tilde.iter().zip(&nonces.hidden).map(|(m_tilde, m)| m_tilde + m * forged.c).collect();
}

#[track_caller]
fn fooled_but_not_ours(town: &World, claim: &Claim, proof: &RawProof, left_out: LeftOut) {
    assert!(claim.accepts(proof, left_out), "the forgery does not even fool a verifier without {left_out:?}");
    assert!(!claim.accepts(proof, LeftOut::Nothing));
    let indexes: Vec<usize> = claim.disclosed.iter().map(|(index, _)| *index).collect();
    assert!(!ours(town, claim, proof, &indexes));
}

/// Our verdict on the claim. Where it is about a scalar that no known message has, the message of a forger's choice stands for it.
fn ours(town: &World, claim: &Claim, proof: &RawProof, indexes: &[usize]) -> bool {
    let message = |index: usize, scalar: &Scalar| -> &[u8] {
        let signed = &town.messages[index];
        if message_scalar(signed) == *scalar { signed } else { b"admits everywhere" }
    };
    let disclosed: Vec<(usize, &[u8])> =
        indexes.iter().zip(&claim.disclosed).map(|(index, (_, scalar))| (*index, message(*index, scalar))).collect();
    let statement = holder::Statement { presentation_header: &claim.ph, ..town.statement(&disclosed) };
    let proof = Proof::from_bytes(&proof.to_bytes()).unwrap();
    match &claim.name {
        None => holder::check(&statement, &proof).is_ok(),
        Some((name, context)) => {
            let name = Pseudonym::from_bytes(&compressed(name)).unwrap();
            holder::check_with_pseudonym(&statement, context, &proof, &name).is_ok()
        }
    }
}

fn commitment(C: &G1Projective, s_hat: Scalar, m_hat: Scalar, c: Scalar) -> CommitmentWithProof {
    let scalars = [s_hat, m_hat, c].map(|scalar| big_endian(&scalar)).concat();
    CommitmentWithProof::from_bytes(&[&compressed(C)[..], &scalars].concat()).unwrap()
}
