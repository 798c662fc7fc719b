//! What the root signs, and from when on it may hold.

use std::fs;
use std::path::PathBuf;

use bauta_spec::attributes::{CredentialType, RuleId, TypeName, Use};
use bauta_spec::credential::KeyId;
use bauta_spec::policy::{self, Policy, PolicyId};
use bauta_spec::poster::{OrganiserCertificate, OrganiserId};
use bauta_spec::rules::{self, Rule};
use bauta_spec::sealed::file::replace_public;
use bauta_spec::signed::{OrganiserPublic, RootKey};
use bauta_spec::time::{Day, Moment};
use bauta_spec::trust::{KeyStatement, PublicHalf, is_published_test_key};
use bauta_spec::words::Line;

use crate::audit::KEYS;
use crate::ledger::Withdrawal;
use crate::office::Office;
use crate::refused::Refused;
use crate::shelf::Key;

/// Without other words, rules and policies hold for a quarter.
const QUARTER_DAYS: u16 = 91;

/// How many keys one holder may have for records of one type on one day: the one in use, those before it whose records still live, the next.
pub(crate) const MOST_RECORD_KEYS: usize = 4;

/// What the root is asked to sign. The texts are in the JSON forms of `spec`; the paths name them in messages.
#[derive(Clone, Debug)]
pub enum SignOrder {
    /// A credential type.
    Type {
        /// Where the text came from.
        path: PathBuf,
        /// JSON.
        text: String,
    },
    /// An issuer's key.
    Key {
        /// Where the key came from.
        path: PathBuf,
        /// What the issuer sent.
        half: Box<PublicHalf>,
        /// Who holds the secret half.
        holder_name: Line,
        /// For training: never green at a real door.
        specimen: bool,
    },
    /// A rule.
    Rule {
        /// Where the text came from.
        path: PathBuf,
        /// JSON.
        text: String,
    },
    /// A policy.
    Policy {
        /// Where the text came from.
        path: PathBuf,
        /// JSON.
        text: String,
    },
    /// An organiser, whose posters wallets then answer.
    Organiser {
        /// What verifies its posters.
        public: OrganiserPublic,
        /// What people know it as.
        name: Line,
    },
}

/// The days that something holds on. Absent ones are chosen: the earliest first day, and a quarter.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terms {
    /// The first day.
    pub first: Option<Day>,
    /// The last day.
    pub last: Option<Day>,
    /// Whether the lead time must be kept.
    pub urgency: Urgency,
}

/// Whether something may begin before every wallet has seen it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Urgency {
    /// Not before the days that wallets hold passes for already.
    #[default]
    Ordinary,
    /// At once. Passes of the days before the lead time then tell whether they were made before or after.
    Emergency,
}

/// What was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signature {
    /// A credential type.
    Type(TypeName),
    /// A key, and the days that it counts on.
    Key(KeyId, Day, Day),
    /// A rule, and the days that it makes passes for.
    Rule(RuleId, String, Day, Day),
    /// A policy, and the days that doors use it on.
    Policy(PolicyId, String, Day, Day),
    /// An organiser, the event days of its posters, and where the certificate lies that it needs.
    Organiser(OrganiserId, Line, Day, Day, PathBuf),
}

impl Office {
    /// Signs one thing with the root key. The next list carries it.
    ///
    /// # Errors
    /// [`Refused`]: nothing was signed then.
    pub fn sign(&mut self, order: SignOrder, terms: Terms, root: &RootKey, now: Moment) -> Result<Signature, Refused> {
        self.sign_beside(None, order, terms, root, now)
    }

    /// `ending`: the key whose place a new one takes.
    fn sign_beside(
        &mut self,
        ending: Option<KeyId>,
        order: SignOrder,
        terms: Terms,
        root: &RootKey,
        now: Moment,
    ) -> Result<Signature, Refused> {
        self.is_of(root)?;
        match order {
            SignOrder::Type { path, text } => {
                let listed = CredentialType::from_json(&text).map_err(|cause| Refused::TypeText { path, cause })?;
                self.is_no_other_layout(&listed)?;
                self.shelf.put(&listed, root)?;
                Ok(Signature::Type(listed.name().clone()))
            }
            SignOrder::Key { path, half, holder_name, specimen } => {
                if is_published_test_key(half.key()) && !specimen {
                    return Err(Refused::PublishedKey(path));
                }
                self.sign_key(ending, &half, (holder_name, specimen), terms, root, now)
            }
            SignOrder::Rule { path, text } => {
                let (first, last) = self.term(terms, now, Lead::Kept)?;
                let rule = Rule::from_json(&text, &self.types(), first, last)
                    .map_err(|cause| Refused::Rule { path, cause })?;
                self.still_counts(Withdrawal::Rule(rule.id()))?;
                self.shelf.put(&rule, root)?;
                Ok(Signature::Rule(rule.id(), rule.name().to_string(), first, last))
            }
            SignOrder::Policy { path, text } => {
                let (first, last) = self.term(terms, now, Lead::Kept)?;
                let rules: Vec<Rule> = self.standing_rules(first).cloned().collect();
                let policy = Policy::from_json(&text, &self.types(), &rules, first, last)
                    .map_err(|cause| Refused::Policy { path, cause })?;
                self.still_counts(Withdrawal::Policy(policy.id()))?;
                self.shelf.put(&policy, root)?;
                Ok(Signature::Policy(policy.id(), policy.name().to_string(), first, last))
            }
            SignOrder::Organiser { public, name } => {
                // A certificate says nothing of any pass, so it may begin today.
                let (first, last) = self.term(terms, now, Lead::NotNeeded)?;
                let certificate = OrganiserCertificate { public, name, first, last };
                self.still_counts(Withdrawal::Organiser(certificate.id()))?;
                self.is_no_shorter(&certificate)?;
                let path = self.shelf.put(&certificate, root)?;
                Ok(Signature::Organiser(certificate.id(), certificate.name, first, last, path))
            }
        }
    }

    /// Signs the rules and policies that come with Bauta.
    ///
    /// # Errors
    /// As [`Office::sign`]; what was signed before the error stays signed.
    pub fn sign_samples(&mut self, terms: Terms, root: &RootKey, now: Moment) -> Result<Vec<Signature>, Refused> {
        let path = PathBuf::from("the samples");
        let rules = rules::SAMPLES.map(|text| SignOrder::Rule { path: path.clone(), text: text.to_owned() });
        let policies = policy::SAMPLES.map(|text| SignOrder::Policy { path: path.clone(), text: text.to_owned() });
        rules.into_iter().chain(policies).map(|order| self.sign(order, terms, root, now)).collect()
    }

    /// Puts a new key in the place of an old one: the new one counts from its first day on, and a pass key that it replaces until
    /// the day before. An old record key goes on to its own end, because records live that long.
    ///
    /// # Errors
    /// As [`Office::sign`]; [`Refused::UnknownId`] without such an old key, [`Refused::OtherType`] for a new one of another type.
    pub fn rotate_key(
        &mut self,
        old: KeyId,
        order: SignOrder,
        terms: Terms,
        root: &RootKey,
        now: Moment,
    ) -> Result<Signature, Refused> {
        let found = self.shelf.keys().find(|key| key.id() == old).map(|key| key.0.clone());
        let mut old_key = found.ok_or_else(|| Refused::UnknownId(old.to_string()))?;
        // Otherwise the old key would end, and nothing would take its place.
        if let SignOrder::Key { half, .. } = &order
            && *half.credential_type() != old_key.type_name
        {
            return Err(Refused::OtherType { old: old_key.type_name, new: half.credential_type().clone() });
        }
        let (first, _) = self.term(terms, now, Lead::Kept)?;
        let new = self.sign_beside(Some(old), order, Terms { first: Some(first), ..terms }, root, now)?;
        if self.usage(&old_key.type_name)? == Use::Pass && old_key.last >= first {
            old_key.last = first.minus(1);
            old_key.first = old_key.first.min(old_key.last);
            self.shelf.put(&old_key, root)?;
        }
        Ok(new)
    }

    fn sign_key(
        &mut self,
        ending: Option<KeyId>,
        half: &PublicHalf,
        (holder_name, specimen): (Line, bool),
        terms: Terms,
        root: &RootKey,
        now: Moment,
    ) -> Result<Signature, Refused> {
        let type_name = half.credential_type();
        // Records are shown to the office alone, so the day on which their key begins tells nobody anything.
        let lead = if self.usage(type_name)? == Use::Pass { Lead::Kept } else { Lead::NotNeeded };
        let (first, last) = self.term(terms, now, lead)?;
        let listed = self.type_named(type_name)?;
        let statement = KeyStatement {
            public: half.key().clone(),
            type_id: listed.id(),
            type_name: type_name.clone(),
            first,
            last,
            holder_name,
            specimen,
        };
        self.still_counts(Withdrawal::Key(half.id()))?;
        self.is_no_other_key(&statement)?;
        match self.usage(type_name)? {
            Use::Record if statement.specimen => {}
            Use::Record => self.are_few_keys(&statement)?,
            Use::Pass => self.has_its_days_alone(&statement, ending)?,
        }
        // The proof first: one of a key that is not listed is in nobody's way.
        self.show_proof(half)?;
        self.shelf.put(&statement, root)?;
        Ok(Signature::Key(half.id(), first, last))
    }

    fn still_counts(&self, what: Withdrawal) -> Result<(), Refused> {
        if self.ledger.has_withdrawn(what) { Err(Refused::WithdrawnBefore(what)) } else { Ok(()) }
    }

    /// Posters carry their certificate, so one that was given out counts to its end, whatever was signed since.
    fn is_no_shorter(&self, new: &OrganiserCertificate) -> Result<(), Refused> {
        let before = self.shelf.organisers.statements().find(|given| given.public == new.public);
        match before.filter(|given| given.last > new.last) {
            Some(given) => Err(Refused::CertificateOut { id: given.id(), last: given.last }),
            None => Ok(()),
        }
    }

    /// A type that took the place of another one would leave the keys of that one without a type.
    fn is_no_other_layout(&self, new: &CredentialType) -> Result<(), Refused> {
        let of_that_name = self.shelf.types.statements().filter(|listed| listed.name() == new.name());
        match of_that_name.filter(|listed| listed.layout() == new.layout()).find(|listed| *listed != new) {
            Some(_) => Err(Refused::OtherLayout { name: new.name().clone(), layout: new.layout() }),
            None => Ok(()),
        }
    }

    /// Whoever sends in a key that somebody else has sent in before would put their name on it.
    fn is_no_other_key(&self, new: &KeyStatement) -> Result<(), Refused> {
        let id = KeyId::of(&new.public);
        let Some(known) = self.shelf.keys().find(|key| key.id() == id) else { return Ok(()) };
        let KeyStatement { public, type_name, holder_name, specimen, .. } = known.0;
        if (public, type_name, holder_name, *specimen) == (&new.public, &new.type_name, &new.holder_name, new.specimen)
        {
            return Ok(());
        }
        Err(Refused::OtherHolder { id, holder: holder_name.clone(), type_name: type_name.clone() })
    }

    /// No reader takes a list with two keys for passes of one type and day, so with both of them signed nothing could be published any more,
    /// not even a withdrawal.
    fn has_its_days_alone(&self, new: &KeyStatement, ending: Option<KeyId>) -> Result<(), Refused> {
        let withdrawn = &self.ledger.withdrawn_keys;
        let beside = |key: &Key<'_>| {
            let KeyStatement { public, type_name, first, last, specimen, .. } = key.0;
            (type_name, specimen) == (&new.type_name, &new.specimen)
                && *public != new.public
                && *first <= new.last
                && new.first <= *last
                && !withdrawn.contains(&key.id())
                && ending != Some(key.id())
        };
        match self.shelf.keys().find(beside) {
            Some(Key(KeyStatement { public, first, last, type_name, .. })) => Err(Refused::DaysTaken {
                id: KeyId::of(public),
                type_name: type_name.clone(),
                first: *first,
                last: *last,
            }),
            None => Ok(()),
        }
    }

    /// Of passes one key has each day: [`Office::has_its_days_alone`].
    fn are_few_keys(&self, new: &KeyStatement) -> Result<(), Refused> {
        let withdrawn = &self.ledger.withdrawn_keys;
        let beside = |key: &Key<'_>| {
            let KeyStatement { public, type_name, holder_name, specimen, .. } = key.0;
            *public != new.public
                && (type_name, holder_name) == (&new.type_name, &new.holder_name)
                && !specimen
                && !withdrawn.contains(&key.id())
        };
        let mut terms: Vec<(Day, Day)> =
            self.shelf.keys().filter(beside).map(|key| (key.0.first, key.0.last)).collect();
        terms.push((new.first, new.last));
        if most_at_once(&terms) > MOST_RECORD_KEYS {
            return Err(Refused::ManyKeys { holder: new.holder_name.clone(), type_name: new.type_name.clone() });
        }
        Ok(())
    }

    fn show_proof(&self, half: &PublicHalf) -> Result<(), Refused> {
        let folder = self.dir.join("public").join(KEYS);
        fs::create_dir_all(&folder).map_err(|error| Refused::file(&folder, error))?;
        let file = folder.join(format!("{}.pub", half.id()));
        Ok(replace_public(&file, format!("{}\n", half.to_json()).as_bytes())?)
    }

    fn term(&self, terms: Terms, now: Moment, lead: Lead) -> Result<(Day, Day), Refused> {
        let programme = self.programme()?;
        let today = programme.grid.day_of(now);
        let earliest = match lead {
            Lead::Kept if self.published().is_some() => today.plus(u16::from(programme.prefetch_days) + 1),
            Lead::Kept | Lead::NotNeeded => today,
        };
        let first = terms.first.unwrap_or(earliest);
        let last = terms.last.unwrap_or_else(|| first.plus(QUARTER_DAYS - 1).min(programme.last_day));
        if first < earliest && terms.urgency == Urgency::Ordinary && lead == Lead::Kept && self.published().is_some() {
            return Err(Refused::TooSoon { first, earliest });
        }
        if last < first || last > programme.last_day {
            return Err(Refused::NoTerm { first, last, end: programme.last_day });
        }
        Ok((first, last))
    }

    fn types(&self) -> Vec<CredentialType> {
        self.shelf.types.statements().cloned().collect()
    }

    fn type_named(&self, name: &TypeName) -> Result<&CredentialType, Refused> {
        let of_that_name = self.shelf.types.statements().filter(|listed| listed.name() == name);
        of_that_name.max_by_key(|listed| listed.layout()).ok_or_else(|| Refused::UnknownType(name.clone()))
    }

    fn usage(&self, name: &TypeName) -> Result<Use, Refused> {
        self.type_named(name).map(CredentialType::usage)
    }

    /// Rules that a policy beginning on `day` may name: of two with one name the later signed.
    fn standing_rules(&self, day: Day) -> impl Iterator<Item = &Rule> {
        let standing = move |rule: &&Rule| rule.is_in_force(day) && !self.ledger.withdrawn_rules.contains(&rule.id());
        let mut latest: Vec<&Rule> = Vec::new();
        for rule in self.shelf.rules().filter(standing) {
            latest.retain(|earlier| earlier.name() != rule.name());
            latest.push(rule);
        }
        latest.into_iter()
    }
}

/// How many of these terms share a day.
pub(crate) fn most_at_once(terms: &[(Day, Day)]) -> usize {
    let on = |day: Day| terms.iter().filter(|(first, last)| (*first..=*last).contains(&day)).count();
    terms.iter().map(|(first, _)| on(*first)).max().unwrap_or(0)
}

/// Whether a beginning must wait until no wallet holds passes for its day.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lead {
    Kept,
    NotNeeded,
}
