//! Many codes at once, for a gate with several lanes and for audits.

use bauta_crypto::InvalidProof;
use bauta_crypto::holder::Batch;
use bauta_spec::time::Moment;
use bauta_spec::trust::TrustList;
use rand_core::CryptoRng;

use crate::check::{Candidate, never_silent};
use crate::{Door, Refusal, Verified};

impl Door {
    /// Decides about each code as [`Door::scan`] would, one after the other, in about half of the time.
    ///
    /// The proofs are weighed together; a bad one is found, and harms no other. A code that is twice in a batch is what it would be
    /// if it were scanned twice in the same second: one showing. `rng` must be a generator whose output nobody can foresee.
    pub fn scan_batch(
        &mut self,
        scanned: &[&str],
        trust: &TrustList,
        now: Moment,
        rng: &mut impl CryptoRng,
    ) -> Vec<Result<Verified, Refusal>> {
        let mut batch = Batch::default();
        let read = |scanned: &&str| {
            never_silent(|| {
                let candidate = Candidate::read(scanned, &self.asking, &self.memory, trust, now)?;
                let added = candidate.stating(|claim, named| claim.add_to(&mut batch, named));
                added.map_err(|InvalidProof| Refusal::ProofInvalid)?;
                Ok(candidate)
            })
        };
        let candidates: Vec<Result<Candidate<'_>, Refusal>> = scanned.iter().map(read).collect();
        // One for each candidate. If even that fails, each of them is a failure of ours; and where taking one in has failed, nobody knows
        // which verdict is whose.
        let in_step = !candidates.iter().any(|candidate| matches!(candidate, Err(Refusal::Internal)));
        let verdicts = never_silent(|| Ok(if in_step { batch.verdicts(rng) } else { Vec::new() }));
        let mut proofs = verdicts.unwrap_or_default().into_iter();
        let mut decide = |candidate: Candidate<'_>| {
            let proof = proofs.next().ok_or(Refusal::Internal)?;
            proof.map_err(|InvalidProof| Refusal::ProofInvalid)?;
            never_silent(|| candidate.admit(&mut self.memory, now))
        };
        candidates.into_iter().map(|candidate| candidate.and_then(&mut decide)).collect()
    }
}
