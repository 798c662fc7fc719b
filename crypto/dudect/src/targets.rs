//! The operations of bauta-crypto that handle secrets.

use std::hint::black_box;

use anyhow::{Context, Result};
use bauta_crypto::SecretKey;
use bauta_crypto::composed::{self, Part};
use bauta_crypto::holder::{self, VerifiedCommitment};
use bauta_crypto::pseudonym::HolderSecret;

use crate::inputs::{Act, Class, DISCLOSED, Desk, Replay, Target, slices};
use crate::sparse;

pub(crate) fn all() -> Vec<Target> {
    vec![
        Target { name: "public half of a key, secret key", prepare: derive },
        Target { name: "sign, key", prepare: sign_key },
        Target { name: "sign, messages", prepare: sign_messages },
        Target { name: "sign a batch, messages", prepare: sign_batch },
        Target { name: "commit, holder secret", prepare: commit_secret },
        Target { name: "commit, blind and nonces", prepare: commit_nonces },
        Target { name: "verify what was received, all its secrets", prepare: verify },
        Target { name: "show, all its secrets", prepare: show_secrets },
        Target { name: "show, nonces", prepare: show_nonces },
        Target { name: "show with pseudonym, all its secrets", prepare: name_secrets },
        Target { name: "show with pseudonym, nonces", prepare: name_nonces },
        Target { name: "show two together, all their secrets", prepare: compose_secrets },
        Target { name: "show two together, nonces", prepare: compose_nonces },
    ]
}

/// The control: made of the same class twice, so any difference is the measurement's own.
pub(crate) fn null() -> Target {
    Target { name: "show, no difference of classes", prepare: show_secrets }
}

fn derive(desk: &mut Desk, class: Class) -> Result<Act> {
    let bytes = desk.scalar(class);
    Ok(Box::new(move || {
        black_box(SecretKey::from_bytes(&bytes)?);
        Ok(())
    }))
}

/// The key meets points only as (SK + e)^-1, and e is a hash: so what is sparse here is that inverse, as far as trying finds it.
fn sign_key(desk: &mut Desk, class: Class) -> Result<Act> {
    const TRIES: usize = 24;
    let commitment = commitment(desk)?;
    let header: [u8; 16] = desk.random();
    let mut best: Option<(usize, [u8; 16])> = None;
    for _ in 0..TRIES {
        let message = desk.random();
        let signature = holder::sign(&desk.issuer, &commitment, &header, &[&message])?.to_bytes();
        let (_, e) = signature.split_last_chunk().context("a signature ends in a scalar")?;
        let zeros = zeros_of_inverse(&desk.issuer, e).context("a signature with a sum of zero")?;
        // The last of all is as uniform as the first.
        if class == Class::Uniform || best.is_none_or(|(most, _)| zeros > most) {
            best = Some((zeros, message));
        }
    }
    let (_, message) = best.context("no message was tried")?;
    let issuer = SecretKey::from_bytes(desk.issuer.to_bytes().as_ref())?;
    Ok(Box::new(move || {
        black_box(holder::sign(&issuer, &commitment, &header, &[&message])?);
        Ok(())
    }))
}

fn zeros_of_inverse(key: &SecretKey, e: &[u8; 32]) -> Option<usize> {
    let sum = sparse::scalar(&key.to_bytes())? + sparse::scalar(e)?;
    Some(sparse::zero_digits(&Option::from(sum.invert())?))
}

pub(crate) fn sign_messages(desk: &mut Desk, class: Class) -> Result<Act> {
    let commitment = commitment(desk)?;
    let header: [u8; 16] = desk.random();
    let messages = desk.messages(class);
    let issuer = SecretKey::from_bytes(desk.issuer.to_bytes().as_ref())?;
    Ok(Box::new(move || {
        black_box(holder::sign(&issuer, &commitment, &header, &slices(&messages))?);
        Ok(())
    }))
}

/// Which lists have the same message at a place is public: here they differ in the first place and nowhere else.
fn sign_batch(desk: &mut Desk, class: Class) -> Result<Act> {
    const LISTS: usize = 3;
    let commitment = commitment(desk)?;
    let header: [u8; 16] = desk.random();
    let messages = desk.messages(class);
    let issuer = SecretKey::from_bytes(desk.issuer.to_bytes().as_ref())?;
    Ok(Box::new(move || {
        let (firsts, common) = messages.split_at(LISTS);
        let lists: Vec<Vec<&[u8]>> = firsts.iter().map(|first| [&[&first[..]], &slices(common)[..]].concat()).collect();
        let lists: Vec<&[&[u8]]> = lists.iter().map(Vec::as_slice).collect();
        black_box(holder::sign_batch(&issuer, &commitment, &header, &lists)?);
        Ok(())
    }))
}

fn commitment(desk: &mut Desk) -> Result<VerifiedCommitment> {
    let secret = HolderSecret::generate(&mut desk.rng);
    Ok(holder::verify_commitment(&holder::commit(&secret, &mut desk.rng)?.0)?)
}

fn commit_secret(desk: &mut Desk, class: Class) -> Result<Act> {
    commit(desk, class, Class::Uniform)
}

fn commit_nonces(desk: &mut Desk, class: Class) -> Result<Act> {
    commit(desk, Class::Uniform, class)
}

fn commit(desk: &mut Desk, of_secret: Class, of_nonces: Class) -> Result<Act> {
    let secret = HolderSecret::from_bytes(&desk.scalar(of_secret))?;
    let draws = desk.draws(of_nonces);
    Ok(Box::new(move || {
        black_box(holder::commit(&secret, &mut Replay(draws.iter()))?);
        Ok(())
    }))
}

fn verify(desk: &mut Desk, class: Class) -> Result<Act> {
    let issued = desk.issue(class)?;
    Ok(Box::new(move || issued.verify()))
}

fn show_secrets(desk: &mut Desk, class: Class) -> Result<Act> {
    show(desk, class, Class::Uniform)
}

fn show_nonces(desk: &mut Desk, class: Class) -> Result<Act> {
    show(desk, Class::Uniform, class)
}

fn show(desk: &mut Desk, of_secrets: Class, of_nonces: Class) -> Result<Act> {
    let prover = desk.issue(of_secrets)?.prover()?;
    let (draws, ph): (_, [u8; 32]) = (desk.draws(of_nonces), desk.random());
    Ok(Box::new(move || {
        black_box(prover.show(&ph, &DISCLOSED, &mut Replay(draws.iter()))?);
        Ok(())
    }))
}

fn name_secrets(desk: &mut Desk, class: Class) -> Result<Act> {
    name(desk, class, Class::Uniform)
}

fn name_nonces(desk: &mut Desk, class: Class) -> Result<Act> {
    name(desk, Class::Uniform, class)
}

fn name(desk: &mut Desk, of_secrets: Class, of_nonces: Class) -> Result<Act> {
    let prover = desk.issue(of_secrets)?.prover()?;
    let (draws, ph, context): (_, [u8; 32], [u8; 32]) = (desk.draws(of_nonces), desk.random(), desk.random());
    Ok(Box::new(move || {
        black_box(prover.show_with_pseudonym(&context, &ph, &DISCLOSED, &mut Replay(draws.iter()))?);
        Ok(())
    }))
}

fn compose_secrets(desk: &mut Desk, class: Class) -> Result<Act> {
    compose(desk, class, Class::Uniform)
}

fn compose_nonces(desk: &mut Desk, class: Class) -> Result<Act> {
    compose(desk, Class::Uniform, class)
}

/// One credential twice: it is the work of two.
fn compose(desk: &mut Desk, of_secrets: Class, of_nonces: Class) -> Result<Act> {
    let prover = desk.issue(of_secrets)?.prover()?;
    let (draws, ph, context): (_, [u8; 32], [u8; 32]) = (desk.draws(of_nonces), desk.random(), desk.random());
    Ok(Box::new(move || {
        let parts = [Part { prover: &prover, disclosed_indexes: &DISCLOSED }; 2];
        black_box(composed::show_with_pseudonym(&parts, &context, &ph, &mut Replay(draws.iter()))?);
        Ok(())
    }))
}
