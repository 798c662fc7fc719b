//! Everything that ends the program without a verdict, and the one map from it to an exit code.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use bauta_spec::Malformed;
use bauta_spec::sealed::file::{FileRefused, what_to_do};
use bauta_spec::sealed::{CannotOpen, CannotSeal};
use bauta_spec::trust::TrustList;
use bauta_verifier::{HeldError, NoBook, NotOpened, Refusal, Unbelievable};

use crate::http::NotFetched;

/// Why the command did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("the address of the trust list: {0}")]
    Address(Malformed),
    #[error("cannot read {}: {error}. {}", path.display(), what_to_do(error))]
    File { path: PathBuf, error: io::Error },
    #[error("{0}")]
    Held(#[from] HeldError),
    #[error("{0}. The list held so far stays")]
    NotNewer(HeldError),
    #[error(transparent)]
    NotFetched(#[from] NotFetched),
    #[error("the trust list has no policy of that name. It has: {0}")]
    NoPolicy(String),
    #[error("the policy {0} takes no posters: choose one that does, see `policies`")]
    NoPosters(String),
    #[error("{} is not a poster: name the text or the picture that `poster` has made", .0.display())]
    NoPoster(PathBuf),
    #[error("{} is not an organiser's certificate: take the one that the authority has signed for this key", .0.display())]
    NoCertificate(PathBuf),
    #[error("{0}. Is the certificate by this authority, for this key, and for the event day?")]
    NotCertified(NotOpened),
    #[error("{0}")]
    SplitView(NotOpened),
    #[error("this cannot be a poster: {0}")]
    Poster(Malformed),
    #[error("{}: {cause}", path.display())]
    Key { path: PathBuf, cause: CannotOpen },
    #[error(transparent)]
    Sealed(#[from] CannotSeal),
    #[error(transparent)]
    Private(#[from] FileRefused),
    #[error("{} does not hold 64 hexadecimal digits: make it once with `openssl rand -hex 32`, for all doors of the event", .0.display())]
    EnteredKey(PathBuf),
    #[error(transparent)]
    Book(#[from] NoBook),
    #[error("{0}")]
    Door(Refusal),
    #[error("{0}")]
    Usage(String),
    #[error("the scanner or the screen is gone: {0}")]
    Line(#[from] io::Error),
}

const REFUSED: u8 = 1;
const USAGE: u8 = 2;
const NOT_READY: u8 = 3;
const LATER: u8 = 4;

impl Failure {
    /// A poster that no door hangs up.
    pub(crate) fn not_hung(reason: NotOpened) -> Self {
        match reason {
            NotOpened::SplitView { .. } => Self::SplitView(reason),
            _ => Self::NotCertified(reason),
        }
    }

    pub(crate) fn no_policy(list: &TrustList) -> Self {
        let names: Vec<&str> = list.policies().map(|policy| policy.name().as_str()).collect();
        Self::NoPolicy(names.join(", "))
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Address(_)
            | Self::File { .. }
            | Self::NoPolicy(_)
            | Self::NoPosters(_)
            | Self::NoPoster(_)
            | Self::NoCertificate(_)
            | Self::Poster(_)
            | Self::Key { .. }
            | Self::Sealed(_)
            | Self::Private(_)
            | Self::EnteredKey(_)
            | Self::Usage(_) => USAGE,
            Self::NotCertified(_) | Self::SplitView(_) => REFUSED,
            Self::Book(_) | Self::Door(_) => NOT_READY,
            Self::Held(error) | Self::NotNewer(error) => match error {
                HeldError::Refused(_) | HeldError::Root(Unbelievable::Published) => REFUSED,
                HeldError::File { .. }
                | HeldError::Write(_)
                | HeldError::NotSetUp(_)
                | HeldError::AlreadyThere(_)
                | HeldError::Root(Unbelievable::NotARoot(_))
                | HeldError::Damaged { .. } => USAGE,
            },
            Self::NotFetched(NotFetched::Unreachable(_)) => LATER,
            Self::NotFetched(NotFetched::Roots(_)) => USAGE,
            Self::Line(_) => NOT_READY,
        })
    }
}
