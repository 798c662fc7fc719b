//! Code and commitment become a record, once.
//!
//! The code goes into a sealed access token, so nothing is stored between the steps; the database is written exactly when the code
//! is bound to a commitment and when the wallet acknowledges. Until then the same wallet gets the same bytes as often as it asks.
//!
//! While there is only an order, the code is bound already to the first commitment that comes: whoever was robbed of a code hears of it before
//! there is anything to be had for it. No record is made, so the lab may still give the order a new code, which frees it.

use std::sync::Arc;

use bauta_crypto::holder;
use bauta_crypto::pseudonym::CommitmentWithProof;
use bauta_spec::attributes::{Binding, Claims, CredentialType, Handle, Kind, TypeName, Value};
use bauta_spec::time::Moment;

use crate::lab::facts::{Parcel, VALID_UNTIL};
use crate::pickup::Pickup;
use crate::secrets::same;
use crate::service::{Service, busy};
use crate::store::{Guess, Sealed, StoreError};
use crate::trust::NoTrust;

impl Service {
    /// Exchanges a code for an access token.
    ///
    /// # Errors
    /// [`CollectError`].
    pub async fn grant(&self, pickup: &Pickup) -> Result<Granted, CollectError> {
        // Only by a clock that can be believed: whether a code's time is over must not be told, or counted, by another.
        let now = self.today()?.now;
        let waits = match pickup {
            Pickup::Link(_) => self.look_up(pickup, now).await?,
            Pickup::Short(..) => self.guess(pickup, now).await?,
        };
        let expires = Moment::from_unix(now.unix() + u64::from(TOKEN_SECONDS));
        let token = pickup.to_token(expires, &self.secrets, &mut self.world.rng()).ok_or(CollectError::Token)?;
        Ok(Granted { token, record_type: waits.record_type().clone() })
    }

    /// Makes the record that a token's code stands for, for the holder behind a commitment, if there is a result.
    ///
    /// # Errors
    /// [`CollectError`].
    pub async fn issue(
        &self,
        token: &[u8],
        asked: &TypeName,
        commitment: CommitmentWithProof,
    ) -> Result<Answered, CollectError> {
        self.answer(token, Some(asked), commitment).await
    }

    /// The same for a wallet that was told to ask again, and gives back what it was told with: its commitment.
    ///
    /// # Errors
    /// [`CollectError`].
    pub async fn issue_deferred(
        &self,
        token: &[u8],
        commitment: CommitmentWithProof,
    ) -> Result<Answered, CollectError> {
        self.answer(token, None, commitment).await
    }

    async fn answer(
        &self,
        token: &[u8],
        asked: Option<&TypeName>,
        commitment: CommitmentWithProof,
    ) -> Result<Answered, CollectError> {
        let today = self.today()?;
        let pickup = Pickup::from_token(token, &self.secrets, today.now).ok_or(CollectError::Token)?;
        let code = pickup.mac(&self.secrets);
        let mut waits = self.look_up(&pickup, today.now).await?;
        if asked.is_some_and(|asked| asked != waits.record_type()) {
            return Err(CollectError::OtherType);
        }
        let transaction = commitment.to_bytes();
        let holder = busy(move || holder::verify_commitment(&commitment))
            .await
            .and_then(Result::ok)
            .ok_or(CollectError::Proof)?;
        let binding = Binding::of(holder.commitment());
        if let Waits::Order(_) = waits {
            if self.store.wait_for_result(&code, &binding, today.now).await? {
                return Ok(Answered::NotYet { transaction, seconds: self.config.ask_again_seconds });
            }
            // Another waits for it, or the result has come this moment.
            waits = self.look_up(&pickup, today.now).await?;
        }
        let Waits::Result(parcel) = waits else { return Err(CollectError::TakenByAnother) };
        self.keys.key(parcel.key).ok_or(CollectError::NoKey)?;
        let record_type = today.list.key(parcel.key, today.day).map_err(|_| CollectError::NoKey)?.key_type.clone();

        // Everything that can be refused has been; from here on the code belongs to this commitment.
        let Some((handle, _)) = self.store.redeem(&code, &binding, today.now).await? else {
            let taken = self.store.waiting(&code, today.now).await?.is_some();
            return Err(if taken { CollectError::TakenByAnother } else { CollectError::UnknownCode });
        };
        let claims = claims_of(&parcel, &record_type, handle, binding).ok_or(CollectError::Unreadable)?;
        let keys = Arc::clone(&self.keys);
        let sign = move || keys.key(parcel.key)?.sign(&record_type, &holder, claims).ok();
        let record = busy(sign).await.flatten().ok_or(CollectError::NoKey)?;
        let notification_id = self.secrets.notification_id(&code);
        self.metrics.records_made.inc();
        Ok(Answered::Record(Issued { record: record.to_bytes(), notification_id }))
    }

    /// The wallet says that its record arrived: nothing that was needed to make it is kept.
    ///
    /// # Errors
    /// [`CollectError`].
    pub async fn acknowledge(&self, token: &[u8], notification_id: &[u8]) -> Result<(), CollectError> {
        let pickup = Pickup::from_token(token, &self.secrets, self.world.now()).ok_or(CollectError::Token)?;
        let code = pickup.mac(&self.secrets);
        if !same(&self.secrets.notification_id(&code), notification_id) {
            return Err(CollectError::Notification);
        }
        Ok(self.store.acknowledge(&code).await?)
    }

    async fn look_up(&self, pickup: &Pickup, now: Moment) -> Result<Waits, CollectError> {
        let waiting = self.store.waiting(&pickup.mac(&self.secrets), now).await?;
        self.opened(pickup, &waiting.ok_or(CollectError::UnknownCode)?).ok_or(CollectError::Unreadable)
    }

    fn opened(&self, pickup: &Pickup, sealed: &Sealed) -> Option<Waits> {
        let Sealed { handle, bytes, ordered } = sealed;
        Some(match ordered {
            true => Waits::Order(pickup.open_order(bytes, handle, &self.secrets)?),
            false => Waits::Result(pickup.open(bytes, handle, &self.secrets)?),
        })
    }

    async fn guess(&self, pickup: &Pickup, now: Moment) -> Result<Waits, CollectError> {
        let code = pickup.mac(&self.secrets);
        let locked_until = Moment::from_unix(now.unix() + LOCK_SECONDS);
        match self.store.guess(&code, now, GUESSES, locked_until).await? {
            Guess::Unknown => Err(CollectError::UnknownCode),
            Guess::Locked(until) => Err(CollectError::Locked(until)),
            Guess::Counted(sealed) => {
                let waits = self.opened(pickup, &sealed).ok_or(CollectError::UnknownCode)?;
                self.store.guessed_right(&code).await?;
                Ok(waits)
            }
        }
    }
}

/// For so many seconds an access token counts.
pub const TOKEN_SECONDS: u32 = 300;

/// After so many wrong second factors a code is not looked at for [`LOCK_SECONDS`]. It is never burnt: its owner comes later, or
/// asks the lab for a new one.
pub const GUESSES: u32 = 5;

/// How long a code rests after too many wrong second factors. Five tries per quarter of an hour are fewer than 1,500 of ten million
/// in the longest life of a code.
pub const LOCK_SECONDS: u64 = 15 * 60;

/// What the token endpoint gives.
#[derive(Debug)]
pub struct Granted {
    /// The sealed token.
    pub token: Vec<u8>,
    /// The type of the record that waits.
    pub record_type: TypeName,
}

/// What the credential endpoints give.
#[derive(Debug)]
pub enum Answered {
    /// The record.
    Record(Issued),
    /// There is an order and no result. The code belongs to this commitment from now on.
    NotYet {
        /// The commitment, to be given back.
        transaction: Vec<u8>,
        /// Not to be asked again within so many seconds.
        seconds: u32,
    },
}

/// A record, on its way to the wallet.
#[derive(Debug)]
pub struct Issued {
    /// The credential's bytes.
    pub record: Vec<u8>,
    /// With which the wallet acknowledges it.
    pub notification_id: [u8; 32],
}

/// No record.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// Unknown, too old, used up, or the second factor is wrong: one answer for all, or guessing would show which codes exist.
    #[error("this code is not known, too old or used, or the digits that go with it are wrong: ask the lab")]
    UnknownCode,
    /// Too many wrong second factors.
    #[error("too many wrong digits: try again later, or ask the lab for a new code")]
    Locked(Moment),
    /// The access token is not ours or has expired.
    #[error("the access token does not count any more: ask for a new one with the code")]
    Token,
    /// The commitment's proof does not hold.
    #[error("the proof of the commitment does not hold")]
    Proof,
    /// Another commitment came first.
    #[error("this result has already been collected by another wallet: tell the lab, it may not have been you")]
    TakenByAnother,
    /// Another type of record waits behind the code.
    #[error("another type of record waits behind this code")]
    OtherType,
    /// What was to be given back is something else.
    #[error("this transaction is none of ours: send the request for the credential again")]
    Transaction,
    /// The acknowledgement names something else.
    #[error("this notification belongs to no record of this token")]
    Notification,
    /// What waits was sealed by another version or with another secret.
    #[error("what waits behind this code cannot be read any more: the lab must add the result again")]
    Unreadable,
    /// The key that the record was promised under is gone or out of force.
    #[error("the key for this record is not in force: the lab must add the result again")]
    NoKey,
    /// No usable trust list.
    #[error(transparent)]
    NoTrust(#[from] NoTrust),
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What waits behind a code.
enum Waits {
    Order(TypeName),
    Result(Parcel),
}

impl Waits {
    fn record_type(&self) -> &TypeName {
        match self {
            Self::Order(name) => name,
            Self::Result(parcel) => &parcel.credential_type,
        }
    }
}

/// The record's values in the order of its type. Handle and binding come from us, everything else from the lab.
fn claims_of(parcel: &Parcel, record_type: &CredentialType, handle: Handle, binding: Binding) -> Option<Claims> {
    let values = record_type.claims().iter().map(|claim| match claim.kind {
        Kind::Handle => Some(Value::Handle(handle)),
        Kind::Binding => Some(Value::Binding(binding)),
        Kind::Day if claim.name.as_str() == VALID_UNTIL => Some(Value::Day(parcel.valid_until)),
        _ => parcel.facts.value(claim).ok(),
    });
    Claims::new(record_type, values.collect::<Option<_>>()?).ok()
}
