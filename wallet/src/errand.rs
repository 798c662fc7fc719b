//! One collection, step by step, with the calls that it takes.
//!
//! [`Errand`] → [`Admitted`] → [`Asked`] → [`Received`]. Whoever runs the wallet saves it after each step that changes it: the commitment is
//! on the disk before it is sent, and the record before the issuer is told to forget. So a crash at any place loses nothing: the
//! same errand run again sends the same commitment and gets the same bytes.

use std::fmt;

use bauta_crypto::Unusable;
use bauta_spec::Malformed;
use bauta_spec::attributes::TypeName;
use bauta_spec::issuance::{IssuerUrl, Offer, PickupCode, SecondFactor, ShortCode};
use bauta_spec::time::Moment;
use bauta_spec::trust::TrustRefusal;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::collect::Refusal;
use crate::exchange::{Call, Declined, Reply, Token};
use crate::vault::Vault;

/// A code to be redeemed.
#[derive(Debug)]
pub struct Errand {
    pub(crate) issuer: IssuerUrl,
    pub(crate) pickup: Pickup,
}

/// What opens the lab's counter.
#[derive(Debug)]
pub enum Pickup {
    /// From a link or QR; enough by itself.
    Code(PickupCode),
    /// Heard on two channels.
    Spoken(ShortCode, SecondFactor),
}

impl Pickup {
    /// From a short code and a second factor as they were typed.
    ///
    /// # Errors
    /// [`Malformed`].
    pub fn spoken(code: &str, second_factor: &str) -> Result<Self, Malformed> {
        Ok(Self::Spoken(code.parse()?, second_factor.parse()?))
    }

    pub(crate) fn code(&self) -> Zeroizing<String> {
        match self {
            Self::Code(code) => code.text(),
            Self::Spoken(code, _) => code.text(),
        }
    }

    pub(crate) fn second_factor(&self) -> Option<Zeroizing<String>> {
        match self {
            Self::Code(_) => None,
            Self::Spoken(_, factor) => Some(factor.text()),
        }
    }

    pub(crate) fn from_texts(code: &str, second_factor: Option<&str>) -> Result<Self, Malformed> {
        Ok(match second_factor {
            None => Self::Code(code.parse()?),
            Some(factor) => Self::spoken(code, factor)?,
        })
    }
}

impl Errand {
    /// From an offer with its code in the link.
    ///
    /// # Errors
    /// [`NoCode`] when the code is to be typed.
    pub fn from_offer(offer: Offer) -> Result<Self, NoCode> {
        let code = offer.code.ok_or(NoCode)?;
        Ok(Self::new(offer.issuer, Pickup::Code(code)))
    }

    /// From an issuer's address and a code.
    pub fn new(issuer: IssuerUrl, pickup: Pickup) -> Self {
        Self { issuer, pickup }
    }

    /// Whom it goes to.
    pub fn issuer(&self) -> &IssuerUrl {
        &self.issuer
    }

    /// Asks for the right to collect.
    pub fn call(&self) -> Call {
        Call::token(&self.issuer, &self.pickup)
    }

    /// Reads the answer.
    ///
    /// # Errors
    /// [`Declined`]. [`Declined::Code`] after a collection that was interrupted at its very end is no error: the record is there, and
    /// the issuer has forgotten the code, as it should.
    pub fn admitted(self, reply: &Reply, vault: &mut Vault) -> Result<Admission, Declined> {
        match reply.token() {
            Ok((token, record_type)) => Ok(Admission::Go(Admitted { errand: self, token, record_type })),
            Err(Declined::Code) if vault.holds_record_of(&self) => {
                vault.settle(&self);
                Ok(Admission::Settled)
            }
            Err(declined) => Err(declined),
        }
    }
}

/// The offer comes without its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "this link has no code in it: type the short code and the second factor that the lab gave you (--short-code, --second-factor)"
)]
pub struct NoCode;

/// What became of asking for the right to collect.
pub enum Admission {
    /// The record waits.
    Go(Admitted),
    /// It was collected before; only the last word was missing.
    Settled,
}

/// The issuer lets the wallet collect.
pub struct Admitted {
    errand: Errand,
    token: Token,
    record_type: TypeName,
}

impl Admitted {
    /// Puts the request into the vault: a fresh commitment, or the one that an interrupted run of this errand has left. Save the vault
    /// before you send the call.
    ///
    /// # Errors
    /// [`Unusable`], which does not happen by chance.
    pub fn ask(self, vault: &mut Vault, rng: &mut impl CryptoRng) -> Result<Asked, Unusable> {
        let commitment = vault.request(&self.errand, rng)?;
        let call = Call::record(&self.errand.issuer, &self.token, &self.record_type, commitment);
        Ok(Asked { errand: self.errand, token: self.token, call })
    }
}

/// The commitment is in the vault and on its way.
pub struct Asked {
    errand: Errand,
    token: Token,
    call: Call,
}

impl Asked {
    /// Sends the commitment.
    pub fn call(&self) -> &Call {
        &self.call
    }

    /// Checks the record and puts it into the vault. Save the vault before you send the next call.
    ///
    /// # Errors
    /// [`NotCollected`]; the request stays in the saved vault.
    pub fn received(self, reply: &Reply, vault: &mut Vault, now: Moment) -> Result<Received, NotCollected> {
        let issued = reply.record()?;
        vault.receive(&self.errand, &issued.record, now)?;
        let call = Call::accepted(&self.errand.issuer, &self.token, &issued.notification);
        Ok(Received { errand: self.errand, call })
    }
}

/// The record is in the vault.
pub struct Received {
    errand: Errand,
    call: Call,
}

impl Received {
    /// Tells the issuer that it may forget.
    pub fn call(&self) -> &Call {
        &self.call
    }

    /// Ends the errand. Save the vault.
    ///
    /// # Errors
    /// [`Declined`]: the record is there all the same, and the errand stays for another try.
    pub fn settled(self, reply: &Reply, vault: &mut Vault) -> Result<(), Declined> {
        reply.acknowledged()?;
        vault.settle(&self.errand);
        Ok(())
    }
}

macro_rules! opaque {
    ($($name:ident),+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.errand.issuer)
            }
        }
    )+};
}

opaque!(Admitted, Asked, Received);

/// There is no record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotCollected {
    /// The issuer did not give one.
    #[error(transparent)]
    Declined(#[from] Declined),
    /// The issuer gave something else.
    #[error("{0}. Nothing of it was kept: tell the lab, and the authority")]
    Refused(#[from] Refusal),
    /// This wallet's trust list does not count now, so nobody can say which keys do.
    #[error("the trust list of this wallet cannot be used: {0}")]
    Trust(#[from] TrustRefusal),
}
