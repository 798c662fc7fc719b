//! Everything that ends the program early, and the one map from it to an exit code.

use std::path::PathBuf;
use std::process::ExitCode;

use bauta_crypto::Unusable;
use bauta_spec::Malformed;
use bauta_spec::qr::{NotOneCode, TooMuch};
use bauta_spec::roots::NoHouseRoots;
use bauta_spec::sealed::file::FileRefused;
use bauta_spec::trust::TrustRefusal;
use bauta_wallet::errand::{NoCode, NotCollected};
use bauta_wallet::exchange::Declined;
use bauta_wallet::present::{NotShown, Nothing};
use bauta_wallet::renew::{self, NotAsked};
use bauta_wallet::task::NotDone;
use bauta_wallet::vault::{CannotOpen, FileError};
use bauta_wallet::view::NoQuestion;

use crate::http::Unreachable;

/// Why the command did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("{0}")]
    Usage(String),
    #[error("there is no wallet at {}: make one with `init`, or name another file with --wallet", .0.display())]
    NoWallet(PathBuf),
    #[error("{0}")]
    Link(Malformed),
    #[error(transparent)]
    NoCode(#[from] NoCode),
    #[error("the trust list is refused: {0}")]
    Trust(#[from] TrustRefusal),
    #[error(transparent)]
    NotCollected(NotCollected),
    #[error(transparent)]
    Declined(#[from] Declined),
    #[error(
        "the lab has no result yet. Nothing is lost: run `collect` without a link in {minutes} minutes or later, with the wallet as it is"
    )]
    NotYet { minutes: u64 },
    #[error(transparent)]
    NotAsked(NotAsked),
    #[error("{0}. None of these passes was kept: tell the authority")]
    Office(renew::Refusal),
    #[error(transparent)]
    NotOneCode(#[from] NotOneCode),
    #[error(transparent)]
    NoQuestion(#[from] NoQuestion),
    #[error(transparent)]
    Nothing(#[from] Nothing),
    #[error(transparent)]
    NotShown(#[from] NotShown),
    #[error(transparent)]
    Picture(#[from] TooMuch),
    #[error(transparent)]
    Unusable(Unusable),
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
    #[error("{0}")]
    Roots(#[from] NoHouseRoots),
    #[error(transparent)]
    File(FileError),
    #[error("the passphrase file: {0}")]
    Passphrase(FileRefused),
    #[error(transparent)]
    Output(FileRefused),
    #[error("the backup: {0}")]
    Backup(CannotOpen),
    #[error("{done} of {all} records were renewed; see above for the others")]
    Partly { done: usize, all: usize, worst: Box<Failure> },
}

const REFUSED: u8 = 1;
const USAGE: u8 = 2;
const NOTHING: u8 = 3;
const LATER: u8 = 4;
const FILE: u8 = 5;

impl Failure {
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code())
    }

    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Usage(_) | Self::NoWallet(_) | Self::Link(_) | Self::NoCode(_) | Self::Roots(_) => USAGE,
            Self::NotOneCode(_) | Self::NoQuestion(NoQuestion::Malformed) => USAGE,
            Self::Trust(_)
            | Self::NoQuestion(NoQuestion::Unknown | NoQuestion::NotCertified)
            | Self::NotAsked(_)
            | Self::Office(_)
            | Self::NotShown(_)
            | Self::Picture(_)
            | Self::Unusable(_) => REFUSED,
            Self::NotCollected(NotCollected::Declined(declined)) | Self::Declined(declined) => match declined {
                Declined::Busy | Declined::TooOften | Declined::Token | Declined::Nonce | Declined::OtherList => LATER,
                Declined::Code
                | Declined::Denied
                | Declined::TakenByAnother
                | Declined::Proof
                | Declined::Status(_)
                | Declined::Unreadable => REFUSED,
            },
            Self::NotCollected(NotCollected::Refused(_) | NotCollected::Trust(_)) => REFUSED,
            Self::Nothing(nothing) => match nothing {
                Nothing::PolicyNotInForce { .. }
                | Nothing::NeedsPoster
                | Nothing::NotThisWay
                | Nothing::SplitView { .. }
                | Nothing::OrganiserWithdrawn
                | Nothing::PosterNotYet
                | Nothing::PosterOver
                | Nothing::EventNotToday { .. }
                | Nothing::PolicyGone
                | Nothing::Unfit(_) => REFUSED,
                Nothing::NoPass | Nothing::NotToday | Nothing::Outdated | Nothing::NoHint | Nothing::OfTwo { .. } => {
                    NOTHING
                }
            },
            Self::Unreachable(_) | Self::NotYet { .. } => LATER,
            Self::File(_) | Self::Passphrase(_) | Self::Output(_) | Self::Backup(_) => FILE,
            Self::Partly { worst, .. } => worst.code(),
        }
    }
}

impl From<NotDone> for Failure {
    fn from(reason: NotDone) -> Self {
        match reason {
            NotDone::Declined(declined) => Self::Declined(declined),
            NotDone::NotCollected(reason) => Self::NotCollected(reason),
            NotDone::NotAsked(reason) => Self::NotAsked(reason),
            NotDone::Office(refusal) => Self::Office(refusal),
            NotDone::Trust(refusal) => Self::Trust(refusal),
            NotDone::Unusable(reason) => Self::Unusable(reason),
            NotDone::NoRecord => Self::Usage(reason.to_string()),
        }
    }
}

/// Inside the wallet file.
impl From<Malformed> for Failure {
    fn from(malformed: Malformed) -> Self {
        Self::File(CannotOpen::from(malformed).into())
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Refused(FileRefused::Io { path, error, .. }) if error.kind() == std::io::ErrorKind::NotFound => {
                Self::NoWallet(path)
            }
            error => Self::File(error),
        }
    }
}
