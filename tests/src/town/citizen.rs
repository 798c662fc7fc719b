//! A citizen with a wallet, as an app would use the library.

use bauta_crypto::pseudonym::HolderSecret;
use bauta_issuer::{CollectError, OfficeError, Ticket};
use bauta_spec::policy::Policy;
use bauta_spec::qr::{Asked, Question};
use bauta_wallet::Record;
use bauta_wallet::collect::Requested;
use bauta_wallet::present::{Nothing, Showing, Way, choose, choose_for};
use bauta_wallet::renew::{Basis, HintWish, Renewal};
use rand_core::CryptoRng;

use super::Town;

/// One secret, and what has been collected under it.
pub struct Citizen {
    /// Ties the records together.
    pub secret: HolderSecret,
    /// What was collected, with the passes made of it.
    pub records: Vec<Record>,
}

impl Citizen {
    pub(super) fn new(rng: &mut impl CryptoRng) -> Self {
        Self { secret: HolderSecret::generate(rng), records: Vec::new() }
    }

    /// Redeems a code.
    ///
    /// # Panics
    /// Lab or wallet refuses; see [`Citizen::try_collect`].
    pub fn collect(&mut self, town: &Town, ticket: &Ticket) {
        self.try_collect(town, ticket).expect("a fresh code is redeemed");
    }

    /// Redeems a code.
    ///
    /// # Errors
    /// What the lab says.
    ///
    /// # Panics
    /// The wallet refuses what the lab made.
    pub fn try_collect(&mut self, town: &Town, ticket: &Ticket) -> Result<(), CollectError> {
        let requested = Requested::new(&self.secret, &mut town.rng()).expect("chance is not degenerate");
        let collected = town.lab.collect(ticket, requested.commitment())?;
        let record = requested
            .receive(&collected.record, town.lab.url(), &self.secret, town.trust(), town.now())
            .expect("the town's lab is honest");
        self.records.push(record);
        town.lab.acknowledge(&collected);
        Ok(())
    }

    /// Turns each record into the passes of the coming days.
    ///
    /// # Panics
    /// Office or wallet refuses; see [`Citizen::try_renew`].
    pub fn renew(&mut self, town: &Town) {
        self.try_renew(town, HintWish::LeaveOut).expect("a record in force is renewed");
    }

    /// The same, with passes that carry the hint.
    ///
    /// # Panics
    /// Office or wallet refuses.
    pub fn renew_with_hint(&mut self, town: &Town) {
        self.try_renew(town, HintWish::Include).expect("a record in force is renewed");
    }

    /// Turns each record into passes.
    ///
    /// # Errors
    /// What the office says.
    ///
    /// # Panics
    /// The wallet refuses what the office made.
    pub fn try_renew(&mut self, town: &Town, hint: HintWish) -> Result<(), OfficeError> {
        for index in 0..self.records.len() {
            self.ask_for_passes(town, hint, index, None)?;
        }
        for (one, other) in (0..self.records.len()).flat_map(|one| (0..one).map(move |other| (other, one))) {
            let basis = Basis::from([&self.records[one], &self.records[other]]);
            if basis.lacks_passes(town.trust(), hint, town.now()) {
                self.ask_for_passes(town, hint, one, Some(other))?;
            }
        }
        Ok(())
    }

    fn ask_for_passes(
        &mut self,
        town: &Town,
        hint: HintWish,
        index: usize,
        other: Option<usize>,
    ) -> Result<(), OfficeError> {
        let record = &self.records[index];
        let other = other.map(|other| &self.records[other]);
        let basis: Basis<'_> = other.map_or(record.into(), |other| [record, other].into());
        let nonce = town.lab.nonce();
        let renewal = Renewal::new(basis, &self.secret, town.trust(), &nonce, hint, town.now(), &mut town.rng())
            .expect("records in force");
        let answer = town.lab.renew(renewal.request())?;
        let first = renewal.first_day();
        let passes = renewal.receive(&answer.to_bytes()).expect("the town's office is honest");
        let other = other.and_then(Record::binding);
        self.records[index].replace_passes(first, other, passes);
        Ok(())
    }

    /// A fresh code for the policy of that name.
    ///
    /// # Errors
    /// [`Nothing`].
    ///
    /// # Panics
    /// The list has no such policy, or the pass does not hold.
    pub fn show(&self, town: &Town, policy: &str) -> Result<Showing, Nothing> {
        let policy = town.trust().policy_named(policy, town.today()).expect("a policy on the list");
        self.show_for(town, policy)
    }

    /// A fresh code for a policy.
    ///
    /// # Errors
    /// [`Nothing`].
    ///
    /// # Panics
    /// The pass does not hold.
    pub fn show_for(&self, town: &Town, policy: &Policy) -> Result<Showing, Nothing> {
        let choice = choose(policy, &self.records, town.trust(), town.now())?;
        Ok(choice.show(&self.secret, town.now(), &mut town.rng()).expect("what the wallet holds, holds"))
    }

    /// Reads what was scanned at an entrance, and answers it.
    ///
    /// # Errors
    /// [`Nothing`].
    ///
    /// # Panics
    /// It is no question of this town, or the pass does not hold.
    pub fn answer(&self, town: &Town, scanned: &str) -> Result<Showing, Nothing> {
        let (policy, way) = match scanned.parse().expect("a question") {
            Asked::Policy(Question(policy)) => (policy, Way::OneWay),
            Asked::Challenge(challenge) => (challenge.policy, Way::Nonce(challenge.nonce)),
            Asked::Poster(poster) => {
                let poster = poster.verify(&town.official.root()).expect("a poster of this town");
                (poster.poster().policy(), Way::Poster(Box::new(poster)))
            }
        };
        let policy = town.trust().policy(policy).expect("a policy on the list");
        let choice = choose_for(policy, &way, &self.records, town.trust(), town.now())?;
        Ok(choice.show(&self.secret, town.now(), &mut town.rng()).expect("what the wallet holds, holds"))
    }
}
