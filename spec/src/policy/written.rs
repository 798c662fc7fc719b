//! Policies as officials and integrators write them: JSON in the shape of a DCQL query (OpenID4VP 1.0, section 6).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Body, OneWay, PassQuery, Policy, PolicyName, Pseudonyms, Unfit, Wanted};
use crate::attributes::{ClaimName, CredentialType, Kind, TypeName};
use crate::cbor::Malformed;
use crate::rules::{Codes, Rule};
use crate::time::Day;
use crate::words::{Language, Line, Purpose};

/// The credential format of DCQL that stands for our passes. Registered nowhere: no other wallet knows it.
const FORMAT: &str = "bauta-pass";

/// The name that a DCQL query gives to its one credential. Of two, each has the name of its type.
const CREDENTIAL: &str = "pass";

/// The policies that come with the format as samples, in their JSON form. They belong to the shipped types and sample rules.
pub const SAMPLES: [&str; 8] = [
    include_str!("../../samples/policies/entry.json"),
    include_str!("../../samples/policies/entry-with-hint.json"),
    include_str!("../../samples/policies/vaccinated.json"),
    include_str!("../../samples/policies/over-18.json"),
    include_str!("../../samples/policies/member.json"),
    include_str!("../../samples/policies/event.json"),
    include_str!("../../samples/policies/entry-and-member.json"),
    include_str!("../../samples/policies/vaccinated-and-tested.json"),
];

impl Policy {
    /// Reads the JSON form and looks its names up in `types` and `rules`. The days come with the signature, not with the text.
    ///
    /// # Errors
    /// [`Unwritable`], for the official who wrote the text.
    pub fn from_json(
        text: &str,
        types: &[CredentialType],
        rules: &[Rule],
        first: Day,
        last: Day,
    ) -> Result<Self, Unwritable> {
        let written: Written = serde_json::from_str(text).map_err(|error| Unwritable::Json(error.to_string()))?;
        let pseudonyms = written.pseudonyms()?;
        let count = written.credentials.len();
        let asks = written.credentials.into_iter().map(|query| query.read(count, types, rules, (first, last)));
        let policy = Self::try_from(Body {
            name: written.name,
            asks: asks.collect::<Result<_, _>>()?,
            one_way: written.one_way,
            poster: written.poster,
            nonce: written.nonce,
            paper: written.paper,
            pseudonyms,
            first,
            last,
            purpose: Purpose::new(written.purpose)?,
        })?;
        policy.fits(&policy.pass_types(types)?)?;
        Ok(policy)
    }

    /// The JSON form, as [`Policy::from_json`] reads it. A rule that is not among `rules`, or not the only one
    /// of its name there, is named by its id.
    ///
    /// # Errors
    /// [`Unfit`] when the types that the policy asks for are not among `types`.
    pub fn to_json(&self, types: &[CredentialType], rules: &[Rule]) -> Result<String, Unfit> {
        let written = Written {
            name: self.name().clone(),
            credentials: self.queries(types, rules)?,
            one_way: self.one_way(),
            poster: self.poster(),
            nonce: self.nonce(),
            paper: self.paper(),
            pseudonym: self.pseudonym(),
            reentry: self.pseudonyms() == Pseudonyms::ReEntry,
            purpose: self.purpose().lines().map(|(language, line)| (language.clone(), line.clone())).collect(),
        };
        Ok(format!("{:#}", serde_json::json!(written)))
    }

    /// What of the policy a DCQL query can say: `{"credentials": [...]}`. Of two passes both are asked for, as without credential sets.
    ///
    /// # Errors
    /// [`Unfit`] when the types that the policy asks for are not among `types`.
    pub fn to_dcql(&self, types: &[CredentialType], rules: &[Rule]) -> Result<serde_json::Value, Unfit> {
        Ok(serde_json::json!({ "credentials": self.queries(types, rules)? }))
    }

    fn queries(&self, types: &[CredentialType], rules: &[Rule]) -> Result<Vec<Query>, Unfit> {
        let pass_types = self.pass_types(types)?;
        self.fits(&pass_types)?;
        let count = self.asks().len();
        Ok(self.asks().iter().zip(pass_types).map(|(ask, pass_type)| Query::of(ask, count, pass_type, rules)).collect())
    }
}

/// What is wrong with a policy as it was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unwritable {
    /// Not JSON, or not the JSON of a policy.
    #[error("{0}; see spec/policy.md for the form of a policy")]
    Json(String),
    /// A credential type that is not at hand.
    #[error("there is no credential type {0}; check the spelling or add its JSON file")]
    Type(TypeName),
    /// No rule of that name for these days.
    #[error("no rule {name:?} holds from {first} to {last}; sign it for these days first")]
    Rule {
        /// What was written.
        name: String,
        /// First day of the policy.
        first: Day,
        /// Last day of the policy.
        last: Day,
    },
    /// More than one rule of that name for these days.
    #[error("several rules {0:?} hold on these days; write the id of the one you mean")]
    AmbiguousRule(String),
    /// Several rules for one claim. A rule can name several ways; a policy names one rule.
    #[error("{0} takes exactly one rule: what several rules would admit must be one rule with several cases")]
    SeveralRules(ClaimName),
    /// A value outside the vocabulary of its claim.
    #[error("{value} is not a value that {claim} can be required to have")]
    Value {
        /// The claim.
        claim: ClaimName,
        /// What was written, as JSON.
        value: String,
    },
    /// A claim that its type does not have or that no door may ask for.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// Too much, too little or the wrong way round.
    #[error(transparent)]
    Malformed(#[from] Malformed),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: PolicyName,
    credentials: Vec<Query>,
    one_way: OneWay,
    #[serde(default)]
    poster: bool,
    #[serde(default)]
    nonce: bool,
    #[serde(default)]
    paper: bool,
    #[serde(default)]
    pseudonym: bool,
    #[serde(default)]
    reentry: bool,
    purpose: BTreeMap<Language, Line>,
}

impl Written {
    fn pseudonyms(&self) -> Result<Pseudonyms, Malformed> {
        match (self.pseudonym, self.reentry) {
            (false, false) => Ok(Pseudonyms::None),
            (true, false) => Ok(Pseudonyms::OneEntry),
            (true, true) => Ok(Pseudonyms::ReEntry),
            (false, true) => {
                Err(Malformed::new("re-entry is noticed by the pseudonym only: write \"pseudonym\": true"))
            }
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Query {
    id: String,
    format: String,
    meta: Meta,
    claims: Vec<WrittenClaim>,
}

impl Query {
    fn read(
        self,
        count: usize,
        types: &[CredentialType],
        rules: &[Rule],
        days: (Day, Day),
    ) -> Result<PassQuery, Unwritable> {
        let Self { id, format, meta: Meta { pass_type: name }, claims } = self;
        let expected = id_of(&name, count);
        if format != FORMAT || id != expected {
            return Err(Unwritable::Json(format!("\"format\" must be \"{FORMAT}\" and \"id\" must be \"{expected}\"")));
        }
        let pass_type = types
            .iter()
            .filter(|listed| listed.name() == &name)
            .max_by_key(|listed| listed.layout())
            .ok_or_else(|| Unwritable::Type(name.clone()))?;
        let mut requires = Vec::new();
        let mut shows = Vec::new();
        for WrittenClaim { path: [claim], values } in claims {
            match values {
                Some(values) => requires.push((claim.clone(), wanted(&claim, &values, pass_type, rules, days)?)),
                None => shows.push(claim),
            }
        }
        Ok(PassQuery::new(name, requires, shows)?)
    }

    fn of(ask: &PassQuery, count: usize, pass_type: &CredentialType, rules: &[Rule]) -> Self {
        let required = ask.requires().iter().map(|(claim, wanted)| WrittenClaim {
            path: [claim.clone()],
            values: Some(spell(claim, wanted, pass_type, rules)),
        });
        let shown = ask.shows().iter().map(|claim| WrittenClaim { path: [claim.clone()], values: None });
        Self {
            id: id_of(ask.pass_type(), count),
            format: FORMAT.to_owned(),
            meta: Meta { pass_type: ask.pass_type().clone() },
            claims: required.chain(shown).collect(),
        }
    }
}

/// Ids are read in no presentation, so there is nothing to choose: one of `count` credentials has this one.
fn id_of(pass_type: &TypeName, count: usize) -> String {
    if count == 1 { CREDENTIAL.to_owned() } else { pass_type.to_string() }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Meta {
    #[serde(rename = "type")]
    pass_type: TypeName,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenClaim {
    path: [ClaimName; 1],
    #[serde(default, skip_serializing_if = "Option::is_none")]
    values: Option<Vec<serde_json::Value>>,
}

fn wanted(
    claim: &ClaimName,
    values: &[serde_json::Value],
    pass_type: &CredentialType,
    rules: &[Rule],
    days: (Day, Day),
) -> Result<Wanted, Unwritable> {
    let kind = &pass_type.claim(claim.as_str()).ok_or_else(|| Unfit::Unknown(claim.clone()))?.kind;
    let foreign = |value: &serde_json::Value| Unwritable::Value { claim: claim.clone(), value: value.to_string() };
    match (kind, values) {
        (Kind::Admits, [serde_json::Value::String(name)]) => rule_named(name, pass_type, rules, days),
        (Kind::Admits, _) => Err(Unwritable::SeveralRules(claim.clone())),
        (Kind::Flag, [serde_json::Value::Bool(flag)]) => Ok(Wanted::Flag(*flag)),
        (Kind::Code(vocabulary), values) => {
            let code = |value: &serde_json::Value| {
                value.as_str().and_then(|word| vocabulary.code_of(word)).ok_or_else(|| foreign(value))
            };
            let codes: Vec<u8> = values.iter().map(code).collect::<Result<_, _>>()?;
            Ok(Wanted::OneOf(Codes::new(codes)?))
        }
        (_, values) => Err(foreign(values.first().unwrap_or(&serde_json::Value::Null))),
    }
}

/// The one rule of that name that makes passes of this type on all days of the policy, or the rule of that id.
fn rule_named(
    name: &str,
    pass_type: &CredentialType,
    rules: &[Rule],
    (first, last): (Day, Day),
) -> Result<Wanted, Unwritable> {
    if let Some(rule) = rules.iter().find(|rule| rule.id().to_string() == name) {
        return Ok(Wanted::Rule(rule.id()));
    }
    let mut candidates = rules.iter().filter(|rule| {
        rule.name().as_str() == name
            && rule.to() == pass_type.name()
            && rule.is_in_force(first)
            && rule.is_in_force(last)
    });
    match (candidates.next(), candidates.next()) {
        (Some(rule), None) => Ok(Wanted::Rule(rule.id())),
        (None, _) => Err(Unwritable::Rule { name: name.to_owned(), first, last }),
        (Some(_), Some(_)) => Err(Unwritable::AmbiguousRule(name.to_owned())),
    }
}

fn spell(claim: &ClaimName, wanted: &Wanted, pass_type: &CredentialType, rules: &[Rule]) -> Vec<serde_json::Value> {
    match wanted {
        Wanted::Flag(flag) => vec![(*flag).into()],
        Wanted::Rule(id) => {
            let name = rules.iter().find(|rule| rule.id() == *id).map(Rule::name);
            let names_one = rules.iter().filter(|rule| Some(rule.name()) == name).count() == 1;
            vec![name.filter(|_| names_one).map_or_else(|| id.to_string(), ToString::to_string).into()]
        }
        Wanted::OneOf(codes) => match pass_type.claim(claim.as_str()).map(|claim| &claim.kind) {
            Some(Kind::Code(vocabulary)) => {
                codes.iter().filter_map(|code| vocabulary.name_of(code)).map(Into::into).collect()
            }
            _ => Vec::new(),
        },
    }
}
