use std::collections::BTreeSet;

use minicbor::{Decode, Encode};

use super::Unfit;
use crate::attributes::{ClaimName, CredentialType, DisclosedSet, Kind, RuleId, TypeName, Use, Value};
use crate::cbor::{Malformed, through};
use crate::rules::Codes;

/// What a policy asks of one pass: what must hold of it, and what it shows whatever it says. DCQL calls this a credential query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassQuery {
    asked: Asked,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
struct Asked {
    #[n(0)]
    pass_type: TypeName,
    #[n(1)]
    requires: Vec<(ClaimName, Wanted)>,
    #[n(2)]
    shows: Vec<ClaimName>,
}

/// What a required claim must be. It is disclosed too: the door sees it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub enum Wanted {
    /// The pass was made by exactly this rule.
    #[n(0)]
    Rule(#[n(0)] RuleId),
    /// The code is one of these.
    #[n(1)]
    OneOf(#[n(0)] Codes),
    /// The answer is this one.
    #[n(2)]
    Flag(#[n(0)] bool),
}

impl PassQuery {
    /// Asks passes of this type for what must hold and for what is shown.
    ///
    /// # Errors
    /// [`Malformed`] if nothing is required, a claim is asked for twice, or there is more than one rule.
    pub fn new(
        pass_type: TypeName,
        requires: Vec<(ClaimName, Wanted)>,
        shows: Vec<ClaimName>,
    ) -> Result<Self, Malformed> {
        if requires.is_empty() {
            return Err(Malformed::new("a policy requires something of each pass"));
        }
        if requires.iter().filter(|(_, wanted)| matches!(wanted, Wanted::Rule(_))).count() > 1 {
            return Err(Malformed::new("a policy names at most one rule for each pass"));
        }
        let claims: BTreeSet<_> = requires.iter().map(|(claim, _)| claim).chain(&shows).collect();
        if claims.len() != requires.len() + shows.len() || claims.len() > CredentialType::MAX_CLAIMS {
            return Err(Malformed::new("a policy asks for each claim of a pass once"));
        }
        Ok(Self { asked: Asked { pass_type, requires, shows } })
    }

    /// Whether what a presentation showed of a pass is what is required of it: every required claim among `shown` with a wanted value,
    /// and no claim shown but the disclosed ones. `shown` is by index in the pass type.
    pub fn satisfied_by(&self, pass_type: &CredentialType, shown: &[(usize, Value)]) -> bool {
        let Ok(disclosed) = self.disclosed(pass_type) else { return false };
        let indexes: Vec<usize> = shown.iter().map(|(index, _)| *index).collect();
        let value_of = |claim: &ClaimName| {
            let index = pass_type.index_of(claim.as_str())?;
            shown.iter().find(|(shown, _)| *shown == index).map(|(_, value)| value)
        };
        indexes == disclosed.indexes()
            && self.requires().iter().all(|(claim, wanted)| value_of(claim).is_some_and(|value| wanted.takes(value)))
    }

    /// The claims of the pass that the door learns, in every mode: the epoch always, then what is required and what is shown.
    ///
    /// # Errors
    /// [`Unfit`] when `pass_type` is not the type that is asked for, or does not have what is asked.
    pub fn disclosed(&self, pass_type: &CredentialType) -> Result<DisclosedSet, Unfit> {
        self.fits(pass_type)?;
        let epoch = pass_type.claims().iter().filter(|claim| claim.kind == Kind::Epoch).map(|claim| &claim.name);
        let asked = self.requires().iter().map(|(claim, _)| claim).chain(self.shows());
        epoch
            .chain(asked)
            .try_fold(DisclosedSet::default(), |set, claim| Some(set.with(pass_type.index_of(claim.as_str())?)))
            .ok_or_else(|| Unfit::Type(self.pass_type().clone()))
    }

    /// The type of the pass.
    pub fn pass_type(&self) -> &TypeName {
        &self.asked.pass_type
    }

    /// Claims that must have a certain value.
    pub fn requires(&self) -> &[(ClaimName, Wanted)] {
        &self.asked.requires
    }

    /// Claims that the door sees whatever their value.
    pub fn shows(&self) -> &[ClaimName] {
        &self.asked.shows
    }

    /// The rule that the pass must be made by, if one is named.
    pub fn rule(&self) -> Option<RuleId> {
        self.requires().iter().find_map(|(_, wanted)| match wanted {
            Wanted::Rule(rule) => Some(*rule),
            Wanted::OneOf(_) | Wanted::Flag(_) => None,
        })
    }

    pub(super) fn shows_hint(&self, pass_type: &CredentialType) -> bool {
        let kind_of = |claim: &ClaimName| pass_type.claim(claim.as_str()).map(|claim| &claim.kind);
        self.shows().iter().any(|claim| kind_of(claim) == Some(&Kind::Hint))
    }

    fn fits(&self, pass_type: &CredentialType) -> Result<(), Unfit> {
        if pass_type.name() != self.pass_type() || pass_type.usage() != Use::Pass {
            return Err(Unfit::Type(self.pass_type().clone()));
        }
        let kind_of = |name: &ClaimName| {
            pass_type.claim(name.as_str()).map(|claim| &claim.kind).ok_or_else(|| Unfit::Unknown(name.clone()))
        };
        for (claim, wanted) in self.requires() {
            if !wanted.fits(kind_of(claim)?) {
                return Err(Unfit::Value(claim.clone()));
            }
        }
        for claim in self.shows() {
            match kind_of(claim)? {
                Kind::Hint | Kind::Code(_) | Kind::Day | Kind::Month | Kind::Flag => {}
                // The epoch is disclosed anyway; a rule is required, not shown; handle and binding name the holder.
                Kind::Epoch | Kind::Admits | Kind::Handle | Kind::Binding => {
                    return Err(Unfit::NotToShow(claim.clone()));
                }
            }
        }
        Ok(())
    }
}

impl TryFrom<Asked> for PassQuery {
    type Error = Malformed;

    fn try_from(Asked { pass_type, requires, shows }: Asked) -> Result<Self, Malformed> {
        Self::new(pass_type, requires, shows)
    }
}

impl From<&PassQuery> for Asked {
    fn from(query: &PassQuery) -> Self {
        query.asked.clone()
    }
}

through!(PassQuery => Asked);

impl Wanted {
    fn takes(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Rule(wanted), Value::Admits(rule)) => wanted == rule,
            (Self::OneOf(codes), Value::Code(code)) => codes.contains(*code),
            (Self::Flag(wanted), Value::Flag(flag)) => wanted == flag,
            _ => false,
        }
    }

    fn fits(&self, kind: &Kind) -> bool {
        match (self, kind) {
            (Self::Rule(_), Kind::Admits) | (Self::Flag(_), Kind::Flag) => true,
            (Self::OneOf(codes), Kind::Code(vocabulary)) => codes.iter().all(|code| vocabulary.name_of(code).is_some()),
            _ => false,
        }
    }
}
