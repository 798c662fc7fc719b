//! From a pickup code to a record.
//!
//! The wallet commits to its holder secret under a fresh blind and sends the commitment; the issuer signs the facts over it. What
//! comes back is recomputed, not believed: the layout is the one that the authority pinned to the key, the binding must be the hash of
//! this commitment, and the signature must hold for this wallet's secret.

use bauta_crypto::pseudonym::{CommitmentWithProof, HolderSecret, ProverBlind};
use bauta_crypto::{Malformed as MalformedPoint, Unusable, holder};
use bauta_spec::Malformed;
use bauta_spec::attributes::{Binding, Use, Value};
use bauta_spec::credential::Credential;
use bauta_spec::issuance::IssuerUrl;
use bauta_spec::time::Moment;
use bauta_spec::trust::{KeyRefusal, TrustList};
use rand_core::CryptoRng;

use crate::holding::{Held, Opening, Record, listed};

/// A commitment on its way to an issuer.
#[derive(Debug)]
pub struct Requested {
    commitment: CommitmentWithProof,
    blind: ProverBlind,
}

impl Requested {
    /// Commits under a blind that no other collection of this wallet has.
    ///
    /// # Errors
    /// [`Unusable::Degenerate`], which does not happen by chance.
    pub fn new(secret: &HolderSecret, rng: &mut impl CryptoRng) -> Result<Self, Unusable> {
        let (commitment, blind) = holder::commit(secret, rng)?;
        Ok(Self { commitment, blind })
    }

    /// What the issuer gets to see: 144 bytes.
    pub fn commitment(&self) -> &CommitmentWithProof {
        &self.commitment
    }

    /// The hash that the record must carry.
    pub fn binding(&self) -> Binding {
        Binding::of(self.commitment.commitment())
    }

    /// Takes `self`: one request has one answer.
    ///
    /// # Errors
    /// [`Refusal`] says in what the answer differs from a record of this wallet under a key in force.
    pub fn receive(
        self,
        issued: &[u8],
        issuer: IssuerUrl,
        secret: &HolderSecret,
        trust: &TrustList,
        now: Moment,
    ) -> Result<Record, Refusal> {
        let key = listed(trust, Credential::key_of(issued)?, trust.grid().day_of(now))?;
        let credential_type = key.key_type.clone();
        if credential_type.usage() != Use::Record {
            return Err(Refusal::NotARecord);
        }
        let credential = Credential::from_bytes(issued, &credential_type).map_err(Refusal::ForeignClaim)?;
        if credential.claims.get(&credential_type, "binding") != Some(&Value::Binding(self.binding())) {
            return Err(Refusal::Binding);
        }
        let Self { commitment, blind } = self;
        let held = Held { credential_type, credential };
        let opening = Opening { commitment: commitment.commitment().clone(), blind };
        held.verify(&key.public, &opening, secret).map_err(|_| Refusal::Signature)?;
        Ok(Record { held, opening, issuer, passes: Vec::new() })
    }

    pub(crate) fn from_parts(commitment: &[u8], blind: ProverBlind) -> Result<Self, MalformedPoint> {
        Ok(Self { commitment: CommitmentWithProof::from_bytes(commitment)?, blind })
    }

    /// The same request once more: its issuer may have to be asked again before it has been told that the record arrived.
    pub(crate) fn again(&self) -> Self {
        let blind =
            ProverBlind::from_bytes(&*self.blind.to_bytes()).expect("the bytes of a blind are those of a blind");
        Self { commitment: self.commitment.clone(), blind }
    }

    pub(crate) fn blind(&self) -> &ProverBlind {
        &self.blind
    }
}

/// Why an answer is not the record that was asked for. The wallet keeps nothing of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not the bytes of a credential.
    #[error("what came is not a record: {0}")]
    Malformed(#[from] Malformed),
    /// Signed by a key that the authority does not list, or no longer.
    #[error("the key of this record does not count: {0}")]
    Key(#[from] KeyRefusal),
    /// The authority has listed the key for passes.
    #[error("the record is signed by a key that may not sign records")]
    NotARecord,
    /// More claims or fewer than the type has, in another order, of another kind, or outside its vocabulary.
    #[error("the record has claims that its type does not have: {0}")]
    ForeignClaim(Malformed),
    /// A record, but not what the lab said that waits.
    #[error("the record is of another type than the lab said")]
    OtherType,
    /// Made for another commitment.
    #[error("the record was made for another wallet or another request")]
    Binding,
    /// Does not hold for this key, type, facts and wallet.
    #[error("the signature of the record does not hold")]
    Signature,
}
