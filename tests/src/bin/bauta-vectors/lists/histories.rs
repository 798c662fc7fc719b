//! One list after the other: what follows, and what would go backwards.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use bauta_spec::credential::KeyId;
use bauta_spec::signed::DelegateKey;
use bauta_spec::time::Grid;
use bauta_spec::trust::{Delegate, Programme, TrustList, TrustListBody};

use super::{Small, context, says};
use crate::seeds;
use crate::vector::{Files, Vector, Verdict};
use crate::world::NOW;

impl Small<'_> {
    /// A held list in the context, and the list that is offered as input.
    pub(super) fn histories(&self, files: &mut Files) -> Result<()> {
        let document = "history";
        let world = self.world;
        let root = world.root.public();
        let held_bytes =
            self.sign(&TrustListBody { floors: BTreeMap::from([(world.today, 2)]), ..self.body.clone() })?;
        let held = TrustList::verify_held(&held_bytes, &root)?;
        let issued = held.issued().plus(30);
        let next = TrustListBody::after(&held, issued, issued.plus(48 * 60));
        let context = |held: &[u8]| {
            let mut context = context(&world.root, NOW);
            context["held"] = hex::encode(held).into();
            context
        };
        for (name, shows, offered) in [
            ("same_again", "The same bytes once more.", held_bytes.clone()),
            ("next", "The next version, newly dated.", self.sign(&next)?),
            ("next_but_one", "Versions between may be missed.", {
                self.sign(&TrustListBody { version: 3, previous: [7; 32], ..next.clone() })?
            }),
            (
                "key_withdrawn",
                "One key more is withdrawn.",
                self.sign(&TrustListBody {
                    withdrawn_keys: BTreeSet::from([KeyId::new([1; 4]), world.key("entry-pass")?.id()]),
                    ..next.clone()
                })?,
            ),
            (
                "floor_raised",
                "A floor is raised, another one added.",
                self.sign(&TrustListBody {
                    floors: BTreeMap::from([(world.today, 3), (world.today.plus(1), 1)]),
                    ..next.clone()
                })?,
            ),
            ("new_delegate", "Another delegate, in force later.", {
                let key: DelegateKey = seeds::signer("next delegate");
                let delegate = Delegate { public: key.public(), first: issued, ..world.delegate() };
                next.sign(&world.by_root(&delegate)?, &key)?
            }),
            (
                "programme_revised",
                "The programme ends earlier.",
                self.sign(&TrustListBody {
                    programme: world.by_root(&Programme {
                        revision: 2,
                        last_day: world.today,
                        ..world.programme()?
                    })?,
                    ..next.clone()
                })?,
            ),
        ] {
            let list = TrustList::verify_held(&offered, &root)?;
            let vector = Vector::bytes(name, shows, offered).knowing(context(&held_bytes)).accepted(says(&list));
            files.add(Verdict::Accepted, document, vector);
        }

        let second = TrustList::verify_held(&self.sign(&next)?, &root)?;
        let earlier = Delegate { first: world.delegate().first.minus(60), ..world.delegate() };
        for (name, shows, held, offered, reason) in [
            ("list_older", "Version 1 after version 2.", &second, held_bytes.clone(), "older"),
            ("another_of_the_same_version", "Two lists claim version 1.", &held, self.sign(&self.body)?, "fork"),
            (
                "next_of_another_chain",
                "Version 2 follows another version 1.",
                &held,
                { self.sign(&TrustListBody { previous: [7; 32], ..next.clone() })? },
                "fork",
            ),
            (
                "earlier_date",
                "A later version with an earlier date.",
                &held,
                {
                    let issued = held.issued().minus(1);
                    self.sign(&TrustListBody { issued, expires: issued.plus(48 * 60), ..next.clone() })?
                },
                "issued_earlier",
            ),
            (
                "key_not_withdrawn_any_more",
                "A withdrawn key is back.",
                &held,
                { self.sign(&TrustListBody { withdrawn_keys: BTreeSet::new(), ..next.clone() })? },
                "missing_withdrawal",
            ),
            (
                "rule_not_withdrawn_any_more",
                "A withdrawn rule is back.",
                &held,
                { self.sign(&TrustListBody { withdrawn_rules: BTreeSet::new(), ..next.clone() })? },
                "missing_withdrawal",
            ),
            (
                "policy_not_withdrawn_any_more",
                "A withdrawn policy is back.",
                &held,
                { self.sign(&TrustListBody { withdrawn_policies: BTreeSet::new(), ..next.clone() })? },
                "missing_withdrawal",
            ),
            (
                "organiser_not_withdrawn_any_more",
                "A withdrawn organiser is back.",
                &held,
                { self.sign(&TrustListBody { withdrawn_organisers: BTreeSet::new(), ..next.clone() })? },
                "missing_withdrawal",
            ),
            (
                "floor_missing",
                "A floor is gone.",
                &held,
                { self.sign(&TrustListBody { floors: BTreeMap::new(), ..next.clone() })? },
                "missing_withdrawal",
            ),
            (
                "floor_lowered",
                "A floor has sunk.",
                &held,
                { self.sign(&TrustListBody { floors: BTreeMap::from([(world.today, 1)]), ..next.clone() })? },
                "missing_withdrawal",
            ),
            (
                "retired_delegate",
                "A delegate that was in force earlier.",
                &held,
                { next.sign(&world.by_root(&earlier)?, &world.delegate_key)? },
                "retired_delegate",
            ),
            (
                "another_programme",
                "The programme has another name.",
                &held,
                self.sign(&TrustListBody {
                    programme: world.by_root(&Programme {
                        name: "Other town".parse()?,
                        revision: 2,
                        ..world.programme()?
                    })?,
                    ..next.clone()
                })?,
                "other_programme",
            ),
            (
                "another_grid",
                "The days begin at another time.",
                &held,
                self.sign(&TrustListBody {
                    programme: world.by_root(&Programme {
                        grid: Grid::new(120)?,
                        revision: 2,
                        ..world.programme()?
                    })?,
                    ..next.clone()
                })?,
                "other_programme",
            ),
            (
                "programme_older",
                "The programme goes back to an earlier revision.",
                &held,
                self.sign(&TrustListBody {
                    programme: world.by_root(&Programme { revision: 0, ..world.programme()? })?,
                    ..next.clone()
                })?,
                "older_programme",
            ),
            (
                "programme_changed_silently",
                "Another programme under the same revision.",
                &held,
                self.sign(&TrustListBody {
                    programme: world.by_root(&Programme { prefetch_days: 4, ..world.programme()? })?,
                    ..next.clone()
                })?,
                "older_programme",
            ),
            (
                "next_from_the_future",
                "The next version is dated tomorrow.",
                &held,
                {
                    let issued = issued.plus(1440);
                    self.sign(&TrustListBody { issued, expires: issued.plus(48 * 60), ..next.clone() })?
                },
                "clock_before_issue",
            ),
            (
                "next_expired",
                "The next version has expired.",
                &held,
                { self.sign(&TrustListBody { expires: issued.plus(1), ..next.clone() })? },
                "expired",
            ),
        ] {
            let vector = Vector::bytes(name, shows, offered).knowing(context(held.bytes())).refused(reason);
            files.add(Verdict::Refused, document, vector);
        }
        Ok(())
    }
}
