#![doc = include_str!("../poster.md")]

use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use sha2::{Digest, Sha256};

use crate::cbor::{self, Malformed, Version, through};
use crate::policy::PolicyId;
use crate::presentation::Mode;
use crate::signed::{OrganiserPublic, RootPublic, Signed, Statement, Unverified, role};
use crate::text::{hex_form, text_form};
use crate::time::{Day, Minute};
use crate::words::{Line, Purpose};

/// Keeps pseudonyms of events apart from every other use of the same hash. Change it, and everybody has other pseudonyms.
const CONTEXT_TAG: &[u8] = b"bauta/v1/event-pseudonym";

/// The root's word that this key belongs to an organiser.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct OrganiserCertificate {
    /// Whose posters this key verifies.
    #[n(0)]
    pub public: OrganiserPublic,
    /// What people know the organiser as.
    #[n(1)]
    pub name: Line,
    /// The first event day.
    #[n(2)]
    pub first: Day,
    /// The last event day.
    #[n(3)]
    pub last: Day,
}

impl OrganiserCertificate {
    /// What the authority withdraws it by.
    pub fn id(&self) -> OrganiserId {
        OrganiserId::of(&self.public)
    }
}

/// The first eight bytes of SHA-256 of an organiser's key. Names the organiser where it is withdrawn, with every certificate for that key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct OrganiserId([u8; 8]);

impl OrganiserId {
    /// The name of `key`.
    pub fn of(key: &OrganiserPublic) -> Self {
        let hash: [u8; 32] = Sha256::digest(key.to_bytes()).into();
        let [a, b, c, d, e, f, g, h, ..] = hash;
        Self([a, b, c, d, e, f, g, h])
    }

    /// From its bytes.
    pub const fn new(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }
}

impl TryFrom<ByteArray<8>> for OrganiserId {
    type Error = Malformed;

    fn try_from(bytes: ByteArray<8>) -> Result<Self, Malformed> {
        Ok(Self(bytes.into()))
    }
}

impl From<&OrganiserId> for ByteArray<8> {
    fn from(id: &OrganiserId) -> Self {
        id.0.into()
    }
}

through!(OrganiserId => ByteArray<8>);
hex_form!(OrganiserId);
text_form!(OrganiserId);

impl Statement for OrganiserCertificate {
    type Signer = role::Root;
    const CONTEXT: &'static str = "bauta/v1/organiser";
    const MAX: usize = 1024;
}

/// What hangs at the entrance: which policy, which event, how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Poster(Body);

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
struct Body {
    #[n(0)]
    policy: PolicyId,
    #[n(1)]
    event: EventId,
    #[n(2)]
    event_day: Day,
    #[n(3)]
    first: Minute,
    #[n(4)]
    last: Minute,
    #[n(5)]
    purpose: Purpose,
    #[n(6)]
    list_version: u32,
    #[n(7)]
    list_hash: ByteArray<32>,
}

/// When a poster may be answered: at most 24 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    first: Minute,
    last: Minute,
}

impl Opening {
    /// Most minutes: a poster that lived longer could collect pseudonyms of several days.
    pub const MAX_MINUTES: u32 = 24 * 60;

    /// # Errors
    /// [`Malformed`] when it ends before it begins or lasts longer than 24 hours.
    pub fn new(first: Minute, last: Minute) -> Result<Self, Malformed> {
        let length = last.number().checked_sub(first.number());
        length
            .filter(|minutes| *minutes <= Self::MAX_MINUTES)
            .map(|_| Self { first, last })
            .ok_or(Malformed::new("a poster is open for at most 24 hours"))
    }

    /// Its first minute.
    pub fn first(self) -> Minute {
        self.first
    }

    /// Its last minute.
    pub fn last(self) -> Minute {
        self.last
    }

    /// Where `now` lies. A clock may be as many minutes wrong as that of an answer may.
    pub fn at(self, now: Minute) -> OpenOrNot {
        if now.plus(Mode::Poster.minutes_ahead()) < self.first {
            return OpenOrNot::NotYet;
        }
        if now > self.last.plus(Mode::Poster.minutes_behind()) {
            return OpenOrNot::NoLonger;
        }
        OpenOrNot::Open
    }
}

/// Whether a poster may be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenOrNot {
    /// It opens later.
    NotYet,
    /// It may.
    Open,
    /// It has closed.
    NoLonger,
}

impl Poster {
    /// A poster for one day of an event. `list_version` and `list_hash` are of the trust list that the organiser holds: a wallet that
    /// holds another list of that version has found a split view.
    pub fn new(
        policy: PolicyId,
        event: EventId,
        event_day: Day,
        opening: Opening,
        purpose: Purpose,
        (list_version, list_hash): (u32, [u8; 32]),
    ) -> Self {
        let Opening { first, last } = opening;
        Self(Body { policy, event, event_day, first, last, purpose, list_version, list_hash: list_hash.into() })
    }

    /// What the door asks.
    pub fn policy(&self) -> PolicyId {
        self.0.policy
    }

    /// Which event.
    pub fn event(&self) -> EventId {
        self.0.event
    }

    /// Which day of the event. Pseudonyms of two days of one event do not match.
    pub fn event_day(&self) -> Day {
        self.0.event_day
    }

    /// When it may be answered.
    pub fn opening(&self) -> Opening {
        Opening { first: self.0.first, last: self.0.last }
    }

    /// Why the organiser asks.
    pub fn purpose(&self) -> &Purpose {
        &self.0.purpose
    }

    /// Version of the organiser's trust list.
    pub fn list_version(&self) -> u32 {
        self.0.list_version
    }

    /// SHA-256 of the organiser's trust list.
    pub fn list_hash(&self) -> [u8; 32] {
        self.0.list_hash.into()
    }
}

impl Statement for Poster {
    type Signer = role::Organiser;
    const CONTEXT: &'static str = "bauta/v1/poster";
    const MAX: usize = 1024;
}

impl TryFrom<Body> for Poster {
    type Error = Malformed;

    fn try_from(body: Body) -> Result<Self, Malformed> {
        Opening::new(body.first, body.last)?;
        Ok(Self(body))
    }
}

impl From<&Poster> for Body {
    fn from(poster: &Poster) -> Self {
        poster.0.clone()
    }
}

through!(Poster => Body);

/// What the poster's QR carries: the organiser's certificate, and the poster that the certified key has signed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CertifiedPoster {
    #[n(0)]
    version: Version<1>,
    #[n(1)]
    certificate: Signed<OrganiserCertificate>,
    #[n(2)]
    poster: Signed<Poster>,
}

impl CertifiedPoster {
    /// Most bytes: the two documents and what holds them together.
    pub const MAX: usize = Signed::<OrganiserCertificate>::MAX + Signed::<Poster>::MAX + 8;

    /// A poster with the certificate of the key that signed it.
    pub fn new(certificate: Signed<OrganiserCertificate>, poster: Signed<Poster>) -> Self {
        Self { version: Version, certificate, poster }
    }

    /// Checks certificate and poster, and that the certificate holds on the event day.
    ///
    /// # Errors
    /// [`Unverified`], also for a certificate that does not hold on that day.
    pub fn verify(&self, root: &RootPublic) -> Result<VerifiedPoster, Unverified> {
        let certificate = self.certificate.verify(root)?.into_inner();
        let poster = self.poster.verify(&certificate.public)?.into_inner();
        if !(certificate.first..=certificate.last).contains(&poster.event_day()) {
            return Err(Malformed::new("the organiser's certificate does not hold on the event day").into());
        }
        Ok(VerifiedPoster { certificate, poster, challenge: self.challenge() })
    }

    /// SHA-256 of the whole document: the challenge that an answer is bound to.
    pub fn challenge(&self) -> [u8; 32] {
        Sha256::digest(self.to_bytes()).into()
    }

    /// # Errors
    /// [`Malformed`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        cbor::decode_canonical(bytes, Self::MAX)
    }

    /// CBOR `[1, certificate, poster]`.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(self)
    }
}

through!(Signed<OrganiserCertificate> => ByteVec, Signed<Poster> => ByteVec);

/// A poster of an organiser whom the root has certified for its event day. Only [`CertifiedPoster::verify`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedPoster {
    certificate: OrganiserCertificate,
    poster: Poster,
    challenge: [u8; 32],
}

impl VerifiedPoster {
    /// Who has put it up.
    pub fn organiser(&self) -> &OrganiserCertificate {
        &self.certificate
    }

    /// What it says.
    pub fn poster(&self) -> &Poster {
        &self.poster
    }

    /// What answers are bound to: [`CertifiedPoster::challenge`].
    pub fn challenge(&self) -> [u8; 32] {
        self.challenge
    }

    /// What pseudonyms of its answers belong to: [`pseudonym_context`].
    pub fn pseudonym_context(&self) -> [u8; 32] {
        pseudonym_context(&self.certificate.public, self.poster.event(), self.poster.event_day())
    }
}

/// The context of the pseudonym for one day of one event: SHA-256(tag ‖ organiser key ‖ event id ‖ event day as two bytes, big-endian).
/// The wallet builds it from what it shows to the person.
pub fn pseudonym_context(organiser: &OrganiserPublic, event: EventId, event_day: Day) -> [u8; 32] {
    Sha256::new()
        .chain_update(CONTEXT_TAG)
        .chain_update(organiser.to_bytes())
        .chain_update(event.0)
        .chain_update(event_day.number().to_be_bytes())
        .finalize()
        .into()
}

/// 16 random bytes that name an event.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct EventId([u8; 16]);

impl EventId {
    /// A new event's.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// From its bytes.
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn bytes(self) -> [u8; 16] {
        self.0
    }
}

impl TryFrom<ByteArray<16>> for EventId {
    type Error = Malformed;

    fn try_from(bytes: ByteArray<16>) -> Result<Self, Malformed> {
        Ok(Self(bytes.into()))
    }
}

impl From<&EventId> for ByteArray<16> {
    fn from(id: &EventId) -> Self {
        id.0.into()
    }
}

through!(EventId => ByteArray<16>);
hex_form!(EventId);
text_form!(EventId);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signed::{OrganiserKey, RootKey};

    fn root() -> RootKey {
        RootKey::from_bytes(&[1; 32]).unwrap()
    }

    fn organiser() -> OrganiserKey {
        OrganiserKey::from_bytes(&[2; 32]).unwrap()
    }

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn certified(event_day: Day, signed_by: &OrganiserKey) -> CertifiedPoster {
        let certificate = OrganiserCertificate {
            public: organiser().public(),
            name: "Theatre on the quay".parse().unwrap(),
            first: day("2026-11-01"),
            last: day("2026-11-30"),
        };
        let opening = Opening::new(Minute::new(1000), Minute::new(1000 + Opening::MAX_MINUTES)).unwrap();
        let purpose = Purpose::new([("en".parse().unwrap(), "One ticket each".parse().unwrap())].into()).unwrap();
        let policy = PolicyId::new([4; 4]);
        let poster = Poster::new(policy, EventId::new([5; 16]), event_day, opening, purpose, (7, [6; 32]));
        CertifiedPoster::new(Signed::sign(&certificate, &root()).unwrap(), Signed::sign(&poster, signed_by).unwrap())
    }

    #[test]
    fn a_poster_of_a_certified_organiser_is_taken() {
        let bytes = certified(day("2026-11-24"), &organiser()).to_bytes();
        let read = CertifiedPoster::from_bytes(&bytes).unwrap();
        let verified = read.verify(&root().public()).unwrap();
        assert_eq!(verified.challenge(), read.challenge());
        let (certificate, poster) = (verified.organiser(), verified.poster());
        assert_eq!(certificate.name.as_str(), "Theatre on the quay");
        let context = pseudonym_context(&organiser().public(), poster.event(), poster.event_day());
        assert_eq!(verified.pseudonym_context(), context);
        assert_eq!(poster.event_day(), day("2026-11-24"));
        assert_eq!((poster.list_version(), poster.list_hash()), (7, [6; 32]));
    }

    #[test]
    fn a_poster_of_somebody_else_or_of_another_day_is_refused() {
        let refused = |poster: CertifiedPoster, root: &RootKey| poster.verify(&root.public()).unwrap_err();
        let somebody = OrganiserKey::from_bytes(&[3; 32]).unwrap();
        assert_eq!(refused(certified(day("2026-11-24"), &somebody), &root()), Unverified::BadSignature);
        let other_root = RootKey::from_bytes(&[9; 32]).unwrap();
        assert_eq!(refused(certified(day("2026-11-24"), &organiser()), &other_root), Unverified::BadSignature);
        for outside in ["2026-10-31", "2026-12-01"] {
            assert!(
                matches!(refused(certified(day(outside), &organiser()), &root()), Unverified::Malformed(_)),
                "{outside}"
            );
        }
    }

    #[test]
    fn a_poster_is_open_for_a_day_at_most() {
        let opening = |first, last| Opening::new(Minute::new(first), Minute::new(last));
        assert!(opening(10, 10 + 1440).is_ok());
        assert!(opening(10, 11 + 1440).is_err());
        assert!(opening(10, 9).is_err());
        let mut body =
            Body::from(certified(day("2026-11-24"), &organiser()).verify(&root().public()).unwrap().poster());
        body.last = body.last.plus(1);
        assert!(
            cbor::decode_canonical::<Poster>(&cbor::encode(&body), Poster::MAX).is_err(),
            "accepted: signed for longer"
        );
    }

    #[test]
    fn a_clock_five_minutes_wrong_finds_a_poster_open() {
        let opening = Opening::new(Minute::new(1000), Minute::new(1060)).unwrap();
        for (now, expected) in [
            (994, OpenOrNot::NotYet),
            (995, OpenOrNot::Open),
            (1030, OpenOrNot::Open),
            (1065, OpenOrNot::Open),
            (1066, OpenOrNot::NoLonger),
        ] {
            assert_eq!(opening.at(Minute::new(now)), expected, "{now}");
        }
    }

    #[test]
    fn pseudonyms_of_another_organiser_event_or_day_do_not_match() {
        let own = pseudonym_context(&organiser().public(), EventId::new([5; 16]), day("2026-11-24"));
        let somebody = OrganiserKey::from_bytes(&[3; 32]).unwrap().public();
        for other in [
            pseudonym_context(&somebody, EventId::new([5; 16]), day("2026-11-24")),
            pseudonym_context(&organiser().public(), EventId::new([6; 16]), day("2026-11-24")),
            pseudonym_context(&organiser().public(), EventId::new([5; 16]), day("2026-11-25")),
        ] {
            assert_ne!(own, other);
        }
    }

    #[test]
    fn challenges_of_two_posters_differ() {
        let [one, other] = ["2026-11-24", "2026-11-25"].map(|text| certified(day(text), &organiser()).challenge());
        assert_ne!(one, other);
    }
}
