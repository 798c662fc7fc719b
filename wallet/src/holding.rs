//! What a wallet holds: records, and the passes made from them.

use std::fmt;

use bauta_crypto::holder::{self, Prover};
use bauta_crypto::pseudonym::{Commitment, HolderSecret, ProverBlind};
use bauta_crypto::{InvalidSignature, Proof, PublicKey, Unusable};
use bauta_spec::attributes::{Binding, Claims, CredentialType, DisclosedSet, RuleId, Value};
use bauta_spec::credential::{Credential, KeyId};
use bauta_spec::issuance::IssuerUrl;
use bauta_spec::time::{Day, Epoch};
use bauta_spec::trust::{IssuerKey, KeyRefusal, TrustList};
use rand_core::CryptoRng;

/// Facts about the holder, signed over a commitment that only the holder can open, and the passes that came of them.
pub struct Record {
    pub(crate) held: Held,
    pub(crate) opening: Opening,
    pub(crate) issuer: IssuerUrl,
    pub(crate) passes: Vec<Pass>,
}

/// A narrow credential for one day, under the same commitment as its record.
pub struct Pass {
    pub(crate) held: Held,
    pub(crate) epoch: Epoch,
    pub(crate) rule: RuleId,
    // Of the other record that it needs, if it needs two.
    pub(crate) rests_on: Option<Binding>,
}

/// A credential and the layout it was checked against.
pub(crate) struct Held {
    pub(crate) credential_type: CredentialType,
    pub(crate) credential: Credential,
}

/// A commitment C = J·s + Q₂·b and its blind b; the holder secret s is the wallet's, the same for all.
pub(crate) struct Opening {
    pub(crate) commitment: Commitment,
    pub(crate) blind: ProverBlind,
}

impl Record {
    /// Its type.
    pub fn credential_type(&self) -> &CredentialType {
        &self.held.credential_type
    }

    /// Its facts.
    pub fn claims(&self) -> &Claims {
        &self.held.credential.claims
    }

    /// The hash of its commitment: tells it from every other record.
    pub fn binding(&self) -> Option<Binding> {
        match self.claims().get(self.credential_type(), "binding") {
            Some(Value::Binding(binding)) => Some(*binding),
            _ => None,
        }
    }

    /// Who issued it.
    pub fn issuer(&self) -> &IssuerUrl {
        &self.issuer
    }

    /// The last day for which it makes passes; none if it does not say, and then it makes none.
    pub fn valid_until(&self) -> Option<Day> {
        match self.claims().get(self.credential_type(), "valid_until") {
            Some(Value::Day(day)) => Some(*day),
            _ => None,
        }
    }

    /// The passes of the coming days, by day.
    pub fn passes(&self) -> &[Pass] {
        &self.passes
    }

    /// Takes over what a renewal brought, with this record alone or with another. Passes of the same records for days from `first` on are
    /// replaced, others are not; those of the day before stay, because a renewal just before the day changes asks from the next one on;
    /// older ones go.
    pub fn replace_passes(&mut self, first: Day, other: Option<Binding>, passes: Vec<Pass>) {
        self.passes.retain(|pass| {
            let replaced = pass.rests_on == other && pass.epoch.day >= first;
            !replaced && pass.epoch.day.plus(1) >= first
        });
        self.passes.extend(passes);
    }

    /// The other record is removed.
    pub(crate) fn forget_passes_with(&mut self, other: Binding) {
        self.passes.retain(|pass| pass.rests_on != Some(other));
    }
}

impl Pass {
    /// Its type.
    pub fn credential_type(&self) -> &CredentialType {
        &self.held.credential_type
    }

    /// What it can show.
    pub fn claims(&self) -> &Claims {
        &self.held.credential.claims
    }

    /// Day and series.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// The rule that the facts satisfied.
    pub fn rule(&self) -> RuleId {
        self.rule
    }

    /// The [binding](Record::binding) of the other record that it rests on, if its own did not suffice. It goes when that one is removed.
    pub fn rests_on(&self) -> Option<Binding> {
        self.rests_on
    }
}

impl Held {
    /// Whether `key` signed exactly these messages under this header for this opening.
    pub(crate) fn verify(
        &self,
        key: &PublicKey,
        opening: &Opening,
        secret: &HolderSecret,
    ) -> Result<(), InvalidSignature> {
        self.with_credential(key, opening, secret, holder::verify)
    }

    /// A fresh proof that discloses `disclosed` and is good for `presentation_header` alone.
    pub(crate) fn prove(
        &self,
        key: &PublicKey,
        opening: &Opening,
        secret: &HolderSecret,
        disclosed: DisclosedSet,
        presentation_header: &[u8],
        rng: &mut impl CryptoRng,
    ) -> Result<Proof, Unusable> {
        let prover = self.prover(key, opening, secret).map_err(|InvalidSignature| Unusable::Signature)?;
        prover.show(presentation_header, &disclosed.indexes(), rng)
    }

    /// The credential, verified: for more than one proof of it.
    pub(crate) fn prover(
        &self,
        key: &PublicKey,
        opening: &Opening,
        secret: &HolderSecret,
    ) -> Result<Prover, InvalidSignature> {
        self.with_credential(key, opening, secret, Prover::new)
    }

    /// Index and value of what `disclosed` names.
    pub(crate) fn disclose(&self, disclosed: DisclosedSet) -> Vec<(usize, Value)> {
        let values = self.credential.claims.values().iter().enumerate();
        values.filter(|(index, _)| disclosed.contains(*index)).map(|(index, value)| (index, value.clone())).collect()
    }

    fn with_credential<T>(
        &self,
        key: &PublicKey,
        opening: &Opening,
        secret: &HolderSecret,
        act: impl FnOnce(&holder::Credential<'_>) -> T,
    ) -> T {
        let messages = self.credential.claims.messages();
        let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
        act(&holder::Credential {
            public_key: key,
            signature: &self.credential.signature,
            header: &self.credential_type.header(),
            messages: &messages,
            secret,
            blind: &opening.blind,
        })
    }
}

/// The key of that id if the authority lists it for `day`; a specimen key too. A training programme goes the whole way, and the door
/// is where it ends.
pub(crate) fn listed(trust: &TrustList, id: KeyId, day: Day) -> Result<&IssuerKey, KeyRefusal> {
    match trust.key(id, day) {
        Err(KeyRefusal::Specimen) => {
            trust.issuer_key(id).filter(|key| key.is_in_force(day)).ok_or(KeyRefusal::NotInForce)
        }
        answer => answer,
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { held, opening: _, issuer: _, passes } = self;
        write!(f, "Record({}, {} passes)", held.credential_type.name(), passes.len())
    }
}

impl fmt::Debug for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { held, epoch, rule: _, rests_on: _ } = self;
        write!(f, "Pass({}, {})", held.credential_type.name(), epoch.day)
    }
}
