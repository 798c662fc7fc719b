//! An organiser: a key that the official has certified, and the posters that it signs.

use bauta_spec::policy::PolicyId;
use bauta_spec::poster::{CertifiedPoster, EventId, Opening, OrganiserCertificate, Poster};
use bauta_spec::qr::Asked;
use bauta_spec::signed::{OrganiserKey, Signed};
use bauta_spec::time::{Day, Minute};
use bauta_spec::words::Purpose;

use super::Town;

/// Whoever lets people in to an event.
pub struct Organiser {
    key: OrganiserKey,
    certificate: Signed<OrganiserCertificate>,
}

/// What a poster says, to be changed before it is signed.
#[derive(Clone, Debug)]
pub struct Event {
    /// What is asked.
    pub policy: PolicyId,
    /// Which event.
    pub id: EventId,
    /// Its day.
    pub day: Day,
    /// The first and the last minute of its opening.
    pub open: (Minute, Minute),
    /// Version and hash of the list that the organiser holds.
    pub list: (u32, [u8; 32]),
}

impl Town {
    /// An organiser with a certificate for a month.
    ///
    /// # Panics
    /// The name is none.
    #[must_use]
    pub fn organiser(&self, name: &str) -> Organiser {
        let key = OrganiserKey::generate(&mut self.rng());
        let certificate = OrganiserCertificate {
            public: key.public(),
            name: name.parse().expect("a name"),
            first: self.today(),
            last: self.today().plus(30),
        };
        Organiser { key, certificate: self.official.certify(&certificate) }
    }

    /// An event today that opened an hour ago, for five hours more.
    ///
    /// # Panics
    /// The list has no such policy.
    #[must_use]
    pub fn event(&self, policy: &str) -> Event {
        let now = Minute::of(self.now());
        Event {
            policy: self.trust().policy_named(policy, self.today()).expect("a policy on the list").id(),
            id: EventId::generate(&mut self.rng()),
            day: self.today(),
            open: (now.minus(60), now.plus(300)),
            list: (self.trust().version(), self.trust().hash()),
        }
    }
}

impl Organiser {
    /// The poster of an event.
    ///
    /// # Panics
    /// It would be open for longer than a day.
    #[must_use]
    pub fn poster(&self, event: &Event) -> CertifiedPoster {
        let purpose = [("en".parse().expect("a language"), "To let each guest in once".parse().expect("a line"))];
        let opening = Opening::new(event.open.0, event.open.1).expect("an opening of a day at most");
        let purpose = Purpose::new(purpose.into()).expect("a purpose");
        let poster = Poster::new(event.policy, event.id, event.day, opening, purpose, event.list);
        let signed = Signed::sign(&poster, &self.key).expect("a poster is short");
        CertifiedPoster::new(self.certificate.clone(), signed)
    }

    /// What hangs on the wall.
    #[must_use]
    pub fn text(&self, event: &Event) -> String {
        Asked::Poster(self.poster(event)).to_string()
    }
}
