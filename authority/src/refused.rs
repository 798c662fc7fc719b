use std::io;
use std::path::{Path, PathBuf};

use bauta_spec::attributes::TypeName;
use bauta_spec::credential::KeyId;
use bauta_spec::poster::OrganiserId;
use bauta_spec::sealed::file::{FileRefused, what_to_do};
use bauta_spec::sealed::{CannotOpen, CannotSeal};
use bauta_spec::signed::NoRootKey;
use bauta_spec::time::Day;
use bauta_spec::trust::TrustRefusal;
use bauta_spec::words::Line;
use bauta_spec::{Malformed, policy, rules};

use crate::ledger::Withdrawal;
use crate::lint::{NoPopulation, Refusal};
use crate::sign::MOST_RECORD_KEYS;

/// Why nothing was done, for the official who asked for it.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// A file that is missing, too long, in the way, or a key that others may read.
    #[error(transparent)]
    FileRefused(#[from] FileRefused),
    /// The root's public key.
    #[error(transparent)]
    NoRootKey(#[from] NoRootKey),
    /// A key file that does not open.
    #[error("{}: {cause}", .path.display())]
    Unopened {
        /// Which file.
        path: PathBuf,
        /// Why.
        cause: CannotOpen,
    },
    /// A key that could not be sealed.
    #[error(transparent)]
    Unsealed(#[from] CannotSeal),
    /// A public file or folder that cannot be written.
    #[error("cannot use {}: {cause}. {}", .path.display(), what_to_do(.cause))]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// Something is already there.
    #[error("{} holds a programme already: name another folder with --dir", .0.display())]
    AlreadyFounded(PathBuf),
    /// `init` was interrupted: the root key is there, and the file that is made last is not. Nothing is removed without being asked:
    /// a programme whose public folder was lost looks the same, and its root key must not be.
    #[error(
        "{dir} holds the beginning of a programme: `init` did not come to its end. Nothing of it was published, so remove {dir} and \
         run `init` again. Only if this programme has been in use: put public/root.pub back from the web server instead",
        dir = .0.display()
    )]
    Unfinished(PathBuf),
    /// Nothing is there.
    #[error("{} holds no programme: name its folder with --dir, or make one with `bauta-authority init`", .0.display())]
    NotFounded(PathBuf),
    /// Another command works on the same folder.
    #[error("another bauta-authority works in {}: wait for it to end, then try again", .0.display())]
    Busy(PathBuf),
    /// The ledger is not what this program writes.
    #[error("{} is damaged: put back a copy of it; every withdrawal since then must be entered again", .0.display())]
    DamagedLedger(PathBuf),
    /// A signed statement is not what this program writes.
    #[error("{} is not signed by this programme's root: take it out of the folder, or put back a copy", .0.display())]
    ForeignStatement(PathBuf),
    /// A list in the public folder that is not this programme's, or not of the version in its name.
    #[error("{} is not the list of that version of this programme: put back a copy from the web server", .0.display())]
    ForeignList(PathBuf),
    /// A new key that would take the place of one for something else.
    #[error("the old key is for {old} and the new one is for {new}: name a .pub file for {old}")]
    OtherType {
        /// What the old key signs.
        old: TypeName,
        /// What the new one would.
        new: TypeName,
    },
    /// A key that somebody else has sent in before.
    #[error(
        "key {id} is signed already, as {holder}'s for {type_name}: a key stands for one holder and one type for ever. Ask who sent it \
         for a key of their own"
    )]
    OtherHolder {
        /// Which key.
        id: KeyId,
        /// Whose it is.
        holder: Line,
        /// For what.
        type_name: TypeName,
    },
    /// What nobody would ever take.
    #[error("{} was withdrawn, and a withdrawal is for ever: {}", .0, instead(.0))]
    WithdrawnBefore(Withdrawal),
    /// A shorter certificate would end nothing.
    #[error(
        "organiser {id} holds a certificate until {last}, and its posters go on counting with that one: give a later --last, or end them \
         with `withdraw organiser {id}`"
    )]
    CertificateOut {
        /// Which organiser.
        id: OrganiserId,
        /// The last event day of the certificate that is out.
        last: Day,
    },
    /// A layout that stands for other claims already. Keys of the old one would be keys of nothing.
    #[error(
        "layout {layout} of {name} is signed already, with other claims: give the new one another \"layout\" in its JSON file"
    )]
    OtherLayout {
        /// The type.
        name: TypeName,
        /// Its layout.
        layout: u8,
    },
    /// Another key has these days, and of passes one key has each day.
    #[error(
        "key {id} signs {type_name} from {first} to {last}, and passes of one type have one key each day: put the new one in its place with \
         `rotate key {id}`, withdraw it, or give the new one other days"
    )]
    DaysTaken {
        /// The key that is there.
        id: KeyId,
        /// For what.
        type_name: TypeName,
        /// Its first day.
        first: Day,
        /// Its last day.
        last: Day,
    },
    /// So many keys that a lab could sort people by them.
    #[error(
        "{holder} would have more than {MOST_RECORD_KEYS} keys for {type_name} on one day. One is in use, and those before it end with the \
         records that they signed: withdraw one, or give the new one days on which fewer count"
    )]
    ManyKeys {
        /// Whose.
        holder: Line,
        /// For what.
        type_name: TypeName,
    },
    /// The root key of another programme.
    #[error("this root key is not the one in public/root.pub: name the right file with --root-key")]
    OtherRoot,
    /// No certificate for this delegate key.
    #[error("the root has signed no certificate for delegate.key: run `bauta-authority rotate delegate`")]
    UncertifiedDelegate,
    /// A value that cannot be read.
    #[error("{what}: {cause}")]
    Unreadable {
        /// What was read.
        what: String,
        /// Why it cannot be.
        cause: Malformed,
    },
    /// Not the JSON of a credential type.
    #[error("{}: {cause}; see spec/attributes.md for the form of a credential type", .path.display())]
    TypeText {
        /// Which file.
        path: PathBuf,
        /// What the reader said.
        cause: serde_json::Error,
    },
    /// A key whose secret half everybody has.
    #[error("{}: this key is published in test vectors, anybody can sign with it: ask for a new one, or say --specimen for training", .0.display())]
    PublishedKey(PathBuf),
    /// A type that the programme does not know.
    #[error("the programme has no credential type {0}: sign its JSON file with `sign type` first")]
    UnknownType(TypeName),
    /// Not the JSON of a rule, or not a possible one.
    #[error("{}: {cause}", .path.display())]
    Rule {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        cause: rules::Unwritable,
    },
    /// Not the JSON of a policy, or not a possible one.
    #[error("{}: {cause}", .path.display())]
    Policy {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        cause: policy::Unwritable,
    },
    /// Too early for wallets that hold passes for the days before it.
    #[error(
        "it would begin on {first}, and the earliest is {earliest}: wallets have collected passes for the days before. Choose a \
         later --first, or say --emergency and accept that passes of those days tell when they were made"
    )]
    TooSoon {
        /// What was asked for.
        first: Day,
        /// What is possible.
        earliest: Day,
    },
    /// The wrong way round, or beyond the programme.
    #[error(
        "from {first} to {last} is no term: the last day must not come before the first, nor after the programme's end {end}"
    )]
    NoTerm {
        /// First day.
        first: Day,
        /// Last day.
        last: Day,
        /// The programme's last day.
        end: Day,
    },
    /// The series would sink or stay.
    #[error("the lowest series of {day} is {floor} already, and it never sinks: give a higher one")]
    FloorNotHigher {
        /// The day.
        day: Day,
        /// Its lowest series.
        floor: u8,
    },
    /// Nothing of that id was ever signed.
    #[error("nothing signed here has the id {0}: `bauta-authority show` lists the ids")]
    UnknownId(String),
    /// Nothing to publish.
    #[error("there is nothing to publish yet: sign at least one key")]
    NothingSigned,
    /// Not a population.
    #[error("{}: {cause}", .path.display())]
    Population {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        cause: NoPopulation,
    },
    /// What would be published lets somebody be picked out.
    #[error(
        "nothing was published, because the linter refuses this list. {}. Withdraw the policy and sign a better one, or, \
         where the population lacks something, put it into population.json; `bauta-authority lint` shows the figures",
        sentences(.0)
    )]
    Lint(Vec<Refusal>),
    /// What would be published, nobody would accept.
    #[error("nothing was published, because nobody would accept this list: {}", to_the_official(.0))]
    Unacceptable(TrustRefusal),
}

// By hand, because a reason that is part of the sentence must not be told again as its source.
impl From<TrustRefusal> for Refused {
    fn from(refusal: TrustRefusal) -> Self {
        Self::Unacceptable(refusal)
    }
}

/// What can be signed in its place.
fn instead(withdrawn: &Withdrawal) -> &'static str {
    match withdrawn {
        Withdrawal::Key(_) | Withdrawal::Organiser(_) => "ask its owner for a new key",
        Withdrawal::Rule(_) | Withdrawal::Policy(_) => "sign it for other days, or with another name",
    }
}

fn sentences(refusals: &[Refusal]) -> String {
    refusals.iter().map(ToString::to_string).collect::<Vec<_>>().join(". ")
}

/// The refusal's own words are for those who hold a list and tell the authority. Where it is the authority that must act, this says how.
fn to_the_official(refusal: &TrustRefusal) -> String {
    match refusal {
        TrustRefusal::MissingWithdrawal => {
            "it lacks a withdrawal or a raised series that was published before. Put back the \
             newest copy of ledger.json"
                .to_owned()
        }
        TrustRefusal::RetiredDelegate => {
            "delegate.key has been replaced since. Put back the newest one, or make one with \
             `bauta-authority rotate delegate`"
                .to_owned()
        }
        TrustRefusal::DelegateNotInForce => {
            "the delegate's certificate ends before it. Publish with a shorter --lifetime, or make \
             a new delegate with `bauta-authority rotate delegate`"
                .to_owned()
        }
        TrustRefusal::IssuedEarlier => {
            "by this computer's clock it is older than the list before it. Set the clock right; if it \
             is right, wait until then"
                .to_owned()
        }
        TrustRefusal::OlderProgramme | TrustRefusal::OtherProgramme => {
            "the programme's settings differ from those published \
             before. Put back the newest copy of signed/"
                .to_owned()
        }
        TrustRefusal::TooLarge => "it is longer than a list may be. Too much was signed for one programme".to_owned(),
        other => other.to_string(),
    }
}

impl Refused {
    pub(crate) fn file(path: &Path, cause: io::Error) -> Self {
        Self::File { path: path.to_owned(), cause }
    }
}
