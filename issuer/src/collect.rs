//! Code and commitment become a record, once.
//!
//! The code goes into a sealed access token, so nothing is stored between the steps; the database is written exactly when the code
//! is bound to a commitment and when the wallet acknowledges. Until then the same wallet gets the same bytes as often as it asks.

use std::sync::Arc;

use bauta_crypto::holder;
use bauta_crypto::pseudonym::CommitmentWithProof;
use bauta_spec::attributes::{Binding, Claims, CredentialType, Handle, Kind, TypeName, Value};
use bauta_spec::time::Moment;

use crate::lab::facts::{Parcel, VALID_UNTIL};
use crate::pickup::Pickup;
use crate::secrets::same;
use crate::service::{Service, busy};
use crate::store::{Guess, StoreError};
use crate::trust::NoTrust;

impl Service {
    /// Exchanges a code for an access token.
    ///
    /// # Errors
    /// [`CollectError`].
    pub async fn grant(&self, pickup: &Pickup) -> Result<Granted, CollectError> {
        // Only by a clock that can be believed: whether a code's time is over must not be told, or counted, by another.
        let now = self.today()?.now;
        let parcel = match pickup {
            Pickup::Link(_) => self.look_up(pickup, now).await?,
            Pickup::Short(..) => self.guess(pickup, now).await?,
        };
        let expires = Moment::from_unix(now.unix() + u64::from(TOKEN_SECONDS));
        let token = pickup.to_token(expires, &self.secrets, &mut self.world.rng()).ok_or(CollectError::Token)?;
        Ok(Granted { token, record_type: parcel.credential_type })
    }

    /// Makes the record that a token's code stands for, for the holder behind a commitment.
    ///
    /// # Errors
    /// [`CollectError`].
    pub async fn issue(
        &self,
        token: &[u8],
        asked: &TypeName,
        commitment: CommitmentWithProof,
    ) -> Result<Issued, CollectError> {
        let today = self.today()?;
        let pickup = Pickup::from_token(token, &self.secrets, today.now).ok_or(CollectError::Token)?;
        let code = pickup.mac(&self.secrets);
        let parcel = self.look_up(&pickup, today.now).await?;
        if parcel.credential_type != *asked {
            return Err(CollectError::OtherType);
        }
        self.keys.key(parcel.key).ok_or(CollectError::NoKey)?;
        let record_type = today.list.key(parcel.key, today.day).map_err(|_| CollectError::NoKey)?.key_type.clone();
        let holder = busy(move || holder::verify_commitment(&commitment))
            .await
            .and_then(Result::ok)
            .ok_or(CollectError::Proof)?;
        let binding = Binding::of(holder.commitment());

        // Everything that can be refused has been; from here on the code belongs to this commitment.
        let Some((handle, _)) = self.store.redeem(&code, &binding, today.now).await? else {
            let taken = self.store.waiting(&code, today.now).await?.is_some();
            return Err(if taken { CollectError::TakenByAnother } else { CollectError::UnknownCode });
        };
        let claims = claims_of(&parcel, &record_type, handle, binding).ok_or(CollectError::Unreadable)?;
        let keys = Arc::clone(&self.keys);
        let sign = move || keys.key(parcel.key)?.sign(&record_type, &holder, claims).ok();
        let record = busy(sign).await.flatten().ok_or(CollectError::NoKey)?;
        self.metrics.records_made.inc();
        Ok(Issued { record: record.to_bytes(), notification_id: self.secrets.notification_id(&code) })
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

    async fn look_up(&self, pickup: &Pickup, now: Moment) -> Result<Parcel, CollectError> {
        let waiting = self.store.waiting(&pickup.mac(&self.secrets), now).await?;
        let (handle, sealed) = waiting.ok_or(CollectError::UnknownCode)?;
        pickup.open(&sealed, &handle, &self.secrets).ok_or(CollectError::Unreadable)
    }

    async fn guess(&self, pickup: &Pickup, now: Moment) -> Result<Parcel, CollectError> {
        let code = pickup.mac(&self.secrets);
        let locked_until = Moment::from_unix(now.unix() + LOCK_SECONDS);
        match self.store.guess(&code, now, GUESSES, locked_until).await? {
            Guess::Unknown => Err(CollectError::UnknownCode),
            Guess::Locked(until) => Err(CollectError::Locked(until)),
            Guess::Counted(handle, sealed) => {
                let parcel = pickup.open(&sealed, &handle, &self.secrets).ok_or(CollectError::UnknownCode)?;
                self.store.guessed_right(&code).await?;
                Ok(parcel)
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
