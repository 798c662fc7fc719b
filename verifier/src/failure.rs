//! Everything that ends the program without a verdict, and the one map from it to an exit code.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use bauta_spec::Malformed;
use bauta_spec::sealed::file::what_to_do;
use bauta_verifier::{HeldError, Unbelievable};

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
    #[error("the scanner or the screen is gone: {0}")]
    Line(#[from] io::Error),
}

const REFUSED: u8 = 1;
const USAGE: u8 = 2;
const NOT_READY: u8 = 3;
const LATER: u8 = 4;

impl Failure {
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Address(_) | Self::File { .. } | Self::NoPolicy(_) => USAGE,
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
