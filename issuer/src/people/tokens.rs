//! Invitations and the tokens of sessions: what somebody has to have. Made here, shown once, kept as keyed hashes.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use rand_core::CryptoRng;
use serde::Deserialize;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::secrets::{HalfMac, InvitationMac, Secrets, SessionMac};

/// With this somebody chooses their password. In two halves: where two officers let in a third person, each of them has one, so that neither
/// can become that person alone.
#[derive(Deserialize)]
#[serde(try_from = "String")]
pub struct Invitation(Half, Half);

/// One half of an invitation.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Half([u8; Self::LEN]);

/// What does not look like an invitation. It is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an invitation has two halves with a dot in between, each of 22 letters and digits, after \"bauta-i-\"")]
pub struct NoInvitation;

/// What is sent with each request while somebody works here.
pub struct SessionToken(Zeroizing<String>);

/// What invitations begin with, so that a leaked one is recognised.
const INVITATION: &str = "bauta-i-";

/// What the tokens of sessions begin with.
const SESSION: &str = "bauta-s-";

impl Invitation {
    pub(super) fn generate(rng: &mut impl CryptoRng) -> Self {
        Self(Half::generate(rng), Half::generate(rng))
    }

    /// To be shown once.
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{INVITATION}{}.{}", *self.0.text(), *self.1.text()))
    }

    pub(super) fn mac(&self, secrets: &Secrets) -> InvitationMac {
        self.1.second_mac(&self.0.first_mac(secrets), secrets)
    }
}

impl FromStr for Invitation {
    type Err = NoInvitation;

    fn from_str(text: &str) -> Result<Self, NoInvitation> {
        let halves = text.trim().strip_prefix(INVITATION).and_then(|rest| rest.split_once('.'));
        let (first, second) = halves.ok_or(NoInvitation)?;
        Ok(Self(Half::read(first)?, Half::read(second)?))
    }
}

impl TryFrom<String> for Invitation {
    type Error = NoInvitation;

    fn try_from(text: String) -> Result<Self, NoInvitation> {
        Zeroizing::new(text).parse()
    }
}

impl fmt::Debug for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(..) = self;
        f.write_str("Invitation(..)")
    }
}

impl Half {
    const LEN: usize = 16;

    pub(super) fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; Self::LEN];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// To be shown once.
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(self.0))
    }

    pub(super) fn first_mac(&self, secrets: &Secrets) -> HalfMac {
        secrets.half_mac(&self.0)
    }

    /// Of the whole invitation, when this is its second half.
    pub(super) fn second_mac(&self, first: &HalfMac, secrets: &Secrets) -> InvitationMac {
        secrets.invitation_mac(first, &self.0)
    }

    fn read(text: &str) -> Result<Self, NoInvitation> {
        let bytes = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| NoInvitation)?);
        bytes.as_slice().try_into().map(Self).map_err(|_| NoInvitation)
    }
}

impl fmt::Debug for Half {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(_) = self;
        f.write_str("Half(..)")
    }
}

impl SessionToken {
    pub(super) fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut secret = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *secret);
        Self(Zeroizing::new(format!("{SESSION}{}", BASE64_URL_SAFE_NO_PAD.encode(secret.as_slice()))))
    }

    /// To be shown once.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether it is worth to look for such a session. An API key may look like one by chance.
    pub(super) fn looks_like(text: &str) -> bool {
        text.starts_with(SESSION)
    }

    pub(super) fn mac(&self, secrets: &Secrets) -> SessionMac {
        secrets.session_mac(self.0.as_bytes())
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(_) = self;
        f.write_str("SessionToken(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::ServerSecret;
    use crate::testing::seeded;

    #[test]
    fn an_invitation_is_read_back_and_neither_half_is_enough() {
        let secrets = ServerSecret::generate(&mut seeded(1)).derive();
        let mut rng = seeded(2);
        let invitation = Invitation::generate(&mut rng);
        let mac = *invitation.mac(&secrets).as_bytes();
        let read: Invitation = invitation.text().parse().unwrap();
        assert_eq!(read.mac(&secrets).as_bytes(), &mac);
        let stranger = Half::generate(&mut rng);
        for guessed in [Invitation(Half(invitation.0.0), Half(stranger.0)), Invitation(stranger, Half(invitation.1.0))]
        {
            assert_ne!(guessed.mac(&secrets).as_bytes(), &mac);
        }
        let (first, second) = (invitation.0.text(), invitation.1.text());
        let (first, second) = (first.as_str(), second.as_str());
        for bad in [
            String::new(),
            first.to_owned(),
            format!("{INVITATION}{first}"),
            format!("{INVITATION}{first}{second}"),
            format!("{INVITATION}{first}.{second}A"),
            format!("{INVITATION}{first}.{second}.{second}"),
            format!("{SESSION}{first}.{second}"),
        ] {
            assert!(bad.parse::<Invitation>().is_err(), "{bad}");
        }
        assert_eq!(format!("{invitation:?}{:?}", invitation.0), "Invitation(..)Half(..)");
    }
}
