//! What a door will learn, in plain sentences.

use super::{Policy, Unfit, Wanted};
use crate::attributes::{ClaimName, CredentialType, Kind};
use crate::presentation::Mode;
use crate::rules::{Codes, Rule};

impl Policy {
    /// What a door that asks this will learn from a showing of that mode: one sentence for each disclosed claim, the day among them,
    /// one for the pseudonym if there is one, and a last one that says that this is all. For people, before they show. In English.
    ///
    /// `rules` gives rules their names; one that is not among them is named by its id.
    ///
    /// # Errors
    /// [`Unfit`] when `pass_type` is not the type that the policy asks for.
    pub fn in_words(&self, pass_type: &CredentialType, rules: &[Rule], mode: Mode) -> Result<Vec<String>, Unfit> {
        self.fits(pass_type)?;
        let required = self.requires().iter().map(|(claim, wanted)| match wanted {
            Wanted::Rule(id) => match rules.iter().find(|rule| rule.id() == *id) {
                Some(rule) if rule.cases().len() > 1 => {
                    format!("That the rule \"{}\" admits you, but not by which of its ways.", rule.name())
                }
                Some(rule) => format!("That the rule \"{}\" admits you.", rule.name()),
                None => format!("That the rule {id} admits you."),
            },
            Wanted::OneOf(codes) => one_of(claim, codes, pass_type),
            Wanted::Flag(true) => format!("That the answer to \"{}\" is yes.", spoken(claim)),
            Wanted::Flag(false) => format!("That the answer to \"{}\" is no.", spoken(claim)),
        });
        let shown = self.shows().iter().map(|claim| match pass_type.claim(claim.as_str()).map(|claim| &claim.kind) {
            Some(Kind::Hint) => {
                "The group of letters of your first initial, and the month of your birth without the year, to compare with \
                 an ID card."
                    .to_owned()
            }
            Some(Kind::Flag) => format!("Whether the answer to \"{}\" is yes or no.", spoken(claim)),
            _ => format!("What your pass says under \"{}\", if it says anything.", spoken(claim)),
        });
        let pseudonym = self.pseudonym_in(mode).then(|| {
            "A pseudonym: the same each time you show at this event, and another one at every other event.".to_owned()
        });
        Ok(["The day that your pass is for.".to_owned()]
            .into_iter()
            .chain(required)
            .chain(shown)
            .chain(pseudonym)
            .chain(["Nothing else.".to_owned()])
            .collect())
    }
}

fn one_of(claim: &ClaimName, codes: &Codes, pass_type: &CredentialType) -> String {
    let word = |code| match pass_type.claim(claim.as_str()).map(|claim| &claim.kind) {
        Some(Kind::Code(vocabulary)) => vocabulary.name_of(code).map(str::to_owned),
        _ => None,
    };
    let words: Vec<String> = codes.iter().filter_map(word).collect();
    match words.as_slice() {
        [word] => format!("That your pass says \"{word}\" under \"{}\".", spoken(claim)),
        words => format!("Which of these your pass says under \"{}\": {}.", spoken(claim), words.join(", ")),
    }
}

fn spoken(claim: &ClaimName) -> String {
    claim.as_str().replace('_', " ")
}
