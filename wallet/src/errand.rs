//! One collection, step by step, with the calls that it takes.
//!
//! [`Errand`] → [`Admitted`] → [`Asked`] → [`Received`], or [`Answer::NotYet`] while the lab has no result. Whoever runs the wallet saves it after each step that changes it: the commitment is
//! on the disk before it is sent, and the record before the issuer is told to forget. So a crash at any place loses nothing: the
//! same errand run again sends the same commitment and gets the same bytes.

use std::fmt;

use bauta_crypto::Unusable;
use bauta_crypto::pseudonym::CommitmentWithProof;
use bauta_spec::Malformed;
use bauta_spec::attributes::TypeName;
use bauta_spec::issuance::{IssuerUrl, Offer, PickupCode, SecondFactor, ShortCode};
use bauta_spec::time::Moment;
use bauta_spec::trust::TrustRefusal;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::collect::Refusal;
use crate::exchange::{Answered, Call, Declined, Reply, Token};
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
        let commitment = commitment.clone();
        let call = Call::record(&self.errand.issuer, &self.token, &self.record_type, &commitment);
        let Self { errand, token, record_type } = self;
        Ok(Asked { errand, token, record_type, commitment, call })
    }
}

/// The commitment is in the vault and on its way.
pub struct Asked {
    errand: Errand,
    token: Token,
    record_type: TypeName,
    commitment: CommitmentWithProof,
    call: Call,
}

/// What an issuer answers to a commitment.
pub enum Answer {
    /// The record is in the vault.
    Record(Received),
    /// The lab has no result yet. The request stays in the vault, and nobody asks again before this moment.
    NotYet(Moment),
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
    pub fn received(self, reply: &Reply, vault: &mut Vault, now: Moment) -> Result<Answer, NotCollected> {
        let Self { errand, token, record_type, commitment, call: _ } = self;
        // What was ordered stays what it is, however long it takes.
        if vault.waits_for(&errand).is_some_and(|waiting| waiting.record_type != record_type) {
            return Err(Refusal::OtherType.into());
        }
        match reply.record(&commitment)? {
            Answered::NotYet(seconds) => {
                let again = Moment::from_unix(now.unix().saturating_add(seconds.clamp(LEAST_WAIT, MOST_WAIT)));
                vault.wait(&errand, Waiting { record_type, again });
                Ok(Answer::NotYet(again))
            }
            Answered::Record(issued) => {
                vault.receive(&errand, &record_type, &issued.record, now)?;
                let call = Call::accepted(&errand.issuer, &token, &issued.notification);
                Ok(Answer::Record(Received { errand, call }))
            }
        }
    }
}

/// A lab that asks for no wait at all gets one of a minute: nobody makes this wallet knock without end.
const LEAST_WAIT: u64 = 60;

/// And whoever asks for years is asked tomorrow: nobody puts a result off for ever.
const MOST_WAIT: u64 = 24 * 60 * 60;

/// A lab that has no result yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// What was ordered.
    pub record_type: TypeName,
    /// Not asked again before.
    pub again: Moment,
}

impl Waiting {
    /// Whether it is time to ask again. A moment that is further away than any wait can be was written by a clock that went wrong.
    pub fn is_over(&self, now: Moment) -> bool {
        let (now, again) = (now.unix(), self.again.unix());
        again <= now || again > now.saturating_add(MOST_WAIT)
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
