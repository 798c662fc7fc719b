#![doc = include_str!("../attributes.md")]

mod credential_type;
mod fixed;
mod name;
mod value;
mod vocabulary;

pub use credential_type::{
    Claim, Claims, CredentialType, DisclosedSet, ForeignClaim, TypeId, Use, shipped, shipped_named,
};
pub use fixed::{decode_fixed, encode_fixed};
pub use name::{ClaimName, TypeName};
pub use value::{Binding, Handle, Kind, RuleId, Value};
pub use vocabulary::Vocabulary;

#[cfg(test)]
mod tests;
