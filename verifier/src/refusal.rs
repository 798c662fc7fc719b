//! Why a code is not accepted, and what a person can do about it.

use bauta_spec::Problem;

/// Every reason to refuse. The sentence is for the guard or the visitor and contains nothing that came from outside.
///
/// Reasons are for honest people. Whatever a forger might probe for, the proof, has one silent reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    /// No code of ours, or a damaged one.
    #[error("This is not a readable Bauta code. Clean or brighten the screen and scan again.")]
    Unreadable,
    /// The text is intact, its bytes are not a presentation.
    #[error("The code is damaged or not made by a Bauta wallet. Open the pass again and scan the new code.")]
    Malformed,
    /// A picture shows more than one code.
    #[error("The picture shows several codes. Show one code at a time.")]
    SeveralCodes,
    /// The format's version or shape is one that this program was made before.
    #[error("The wallet uses a newer format. Update this verifier.")]
    NewerFormat,
    /// Paper codes are told apart but not yet read.
    #[error("This kind of code is not in this version of the verifier. Show the pass from a phone, and not on paper.")]
    ModeUnsupported,
    /// The code answers another question than the one asked here.
    #[error("The code answers another question than the one asked here. Choose the right policy in the wallet.")]
    OtherPolicy,
    /// One pass where two are asked for, or two where one is.
    #[error(
        "The code shows another number of passes than this door asks for. Scan the question of this door, and show the new code."
    )]
    PassCount,
    /// The code answers in another way than this door asks.
    #[error(
        "The code was made for another way of asking. Scan the question that this door shows, and show the new code."
    )]
    OtherMode,
    /// The code answers another poster than the one that hangs here.
    #[error("The code answers another poster. Scan the poster that hangs here, and show the new code.")]
    OtherPoster,
    /// The code answers no question of this screen.
    #[error("The code does not answer the question on this screen. Scan the screen, and show the new code.")]
    OtherNonce,
    /// The question on the screen was answered already.
    #[error(
        "The question was answered already, and each is answered once. Scan the screen again, and show the new code."
    )]
    NonceUsed,
    /// The question on the screen stood there too long.
    #[error("The question on the screen is too old. Scan the one that is shown now, and show the new code.")]
    NonceExpired,
    /// The policy does not allow codes of this kind.
    #[error("This policy does not accept a code that is only shown. Use the way the venue offers.")]
    ModeRefused,
    /// What is shown is not what the policy requires.
    #[error("The pass does not meet what is asked here.")]
    PolicyNotMet,
    /// The signer is not in the list of this venue.
    #[error(
        "The issuer is not on this venue's trust list. Update the trust list; if that does not help, the issuer is not recognised."
    )]
    UnknownKey,
    /// The key, the rule or the series of the pass was withdrawn.
    #[error("The pass was withdrawn. Renew the wallet while online and show the new pass.")]
    Withdrawn,
    /// The key or the rule does not hold on the day of the pass.
    #[error("The pass does not hold on its day. Renew the wallet while online and show the new pass.")]
    NotInForce,
    /// Signed with a key for demonstrations.
    #[error("This is a specimen, not a real pass.")]
    Specimen,
    /// The day of the pass is over.
    #[error("The pass is for a day that is over. Renew the wallet while online and show today's pass.")]
    DayPast,
    /// The day of the pass is still to come.
    #[error("The pass is for a day still to come. Check the phone's date and show today's pass.")]
    DayFuture,
    /// The code is older than it may be: a copy, or a phone whose clock is behind.
    #[error(
        "The code is about {minutes} minutes old, or the phone's clock is behind by as much. Make a new code; if that does not help, set the phone's clock."
    )]
    ClockBehind {
        /// About how many minutes.
        minutes: u16,
    },
    /// The code is from the future: the phone's clock is ahead.
    #[error("The phone's clock is ahead by about {minutes} minutes. Set the phone's clock and make a new code.")]
    ClockAhead {
        /// About how many minutes.
        minutes: u16,
    },
    /// This very code was accepted before.
    #[error("This code was already shown. Make a new code in the wallet.")]
    AlreadyShown,
    /// Somebody with this pass's holder secret has come in to this event.
    #[error("Whoever shows this pass has come in to this event before, and each guest comes in once.")]
    AlreadyEntered,
    /// The proof does not hold. It does not say why: the reason would help only a forger.
    #[error("The proof does not hold. Make a new code and scan again.")]
    ProofInvalid,
    /// This verifier cannot know whether the code was shown before it started, or before its clock was set back.
    #[error(
        "The verifier has just started and cannot know what was shown before. Scan a new code in about two minutes, \
         where a poster or a screen asks in about six."
    )]
    JustRestarted,
    /// As many codes as fit are remembered; to forget one would let it in twice.
    #[error("The verifier remembers as many codes as it can. Wait a few minutes, or open a second door.")]
    MemoryFull,
    /// The poster that hangs at the door may not be answered now.
    #[error("The poster at this door is not open now, or its day is over. Hang up the poster of today.")]
    PosterNotOpen,
    /// The authority has taken back the organiser whose poster hangs at the door.
    #[error(
        "The authority has withdrawn the organiser of the poster at this door. Take it down, and ask the authority."
    )]
    OrganiserWithdrawn,
    /// The organiser whose poster hangs at the door holds another list of the version that the door holds, or of the one before.
    #[error(
        "The organiser of the poster at this door holds another trust list than this door does: two lists are in circulation, and one of \
         them is false. Take the poster down, and tell the authority."
    )]
    PosterOfOtherList,
    /// Whoever came in before this door started is not known.
    #[error(
        "This door cannot know who came in to the event before it started. Vouch that nobody did, or share the book of another door."
    )]
    EntriesUnknown,
    /// The book of who came in, which this door shares, does not answer.
    #[error(
        "The shared book of who came in does not answer. Scan again; if it fails again, see to the machine that keeps it."
    )]
    EntriesUnreachable,
    /// The trust list is too old to decide by.
    #[error("This venue's trust list has expired. Go online and run the update.")]
    TrustExpired,
    /// The clock of this verifier cannot be right.
    #[error("This verifier's clock is earlier than its trust list. Set the clock of this device.")]
    ClockBeforeList,
    /// The last day of the programme is over.
    #[error("The programme has ended. Nothing is checked any more.")]
    ProgrammeOver,
    /// The policy asked here is not on the trust list, or not today.
    #[error("The policy asked here is not in force today. Choose another policy, or update the trust list.")]
    PolicyWithdrawn,
    /// This program failed. Red, because silence would be taken for green.
    #[error("The verifier failed on this code. Scan again; if it fails again, report it.")]
    Internal,
}

impl Refusal {
    /// A name for programs. It never changes, whatever the sentence becomes.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Malformed => "malformed",
            Self::SeveralCodes => "several_codes",
            Self::NewerFormat => "newer_format",
            Self::ModeUnsupported => "mode_unsupported",
            Self::OtherPolicy => "other_policy",
            Self::PassCount => "pass_count",
            Self::OtherMode => "other_mode",
            Self::OtherPoster => "other_poster",
            Self::OtherNonce => "other_nonce",
            Self::NonceUsed => "nonce_used",
            Self::NonceExpired => "nonce_expired",
            Self::ModeRefused => "mode_refused",
            Self::PolicyNotMet => "policy_not_met",
            Self::UnknownKey => "unknown_key",
            Self::Withdrawn => "withdrawn",
            Self::NotInForce => "not_in_force",
            Self::Specimen => "specimen",
            Self::DayPast => "day_past",
            Self::DayFuture => "day_future",
            Self::ClockBehind { .. } => "clock_behind",
            Self::ClockAhead { .. } => "clock_ahead",
            Self::AlreadyShown => "already_shown",
            Self::AlreadyEntered => "already_entered",
            Self::ProofInvalid => "proof_invalid",
            Self::JustRestarted => "just_restarted",
            Self::MemoryFull => "memory_full",
            Self::PosterNotOpen => "poster_not_open",
            Self::OrganiserWithdrawn => "organiser_withdrawn",
            Self::PosterOfOtherList => "poster_of_other_list",
            Self::EntriesUnknown => "entries_unknown",
            Self::EntriesUnreachable => "entries_unreachable",
            Self::TrustExpired => "trust_expired",
            Self::ClockBeforeList => "clock_before_list",
            Self::ProgrammeOver => "programme_over",
            Self::PolicyWithdrawn => "policy_withdrawn",
            Self::Internal => "internal",
        }
    }

    /// By how many minutes a clock is off, where that is the reason.
    #[must_use]
    pub fn minutes(self) -> Option<u16> {
        match self {
            Self::ClockBehind { minutes } | Self::ClockAhead { minutes } => Some(minutes),
            _ => None,
        }
    }

    /// Whether the venue must act, because the reason lies with the door and not with the code.
    #[must_use]
    pub fn is_of_the_door(self) -> bool {
        matches!(
            self,
            Self::JustRestarted
                | Self::MemoryFull
                | Self::PosterNotOpen
                | Self::OrganiserWithdrawn
                | Self::PosterOfOtherList
                | Self::EntriesUnknown
                | Self::EntriesUnreachable
                | Self::TrustExpired
                | Self::ClockBeforeList
                | Self::ProgrammeOver
                | Self::PolicyWithdrawn
                | Self::Internal
        )
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let problem = Self::new(refusal.code());
        match refusal.minutes() {
            Some(minutes) => problem.number("minutes", minutes.into()),
            None => problem,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// The one after each, so that a new refusal does not compile before it stands here.
    fn after(refusal: Refusal) -> Option<Refusal> {
        Some(match refusal {
            Refusal::Unreadable => Refusal::Malformed,
            Refusal::Malformed => Refusal::SeveralCodes,
            Refusal::SeveralCodes => Refusal::NewerFormat,
            Refusal::NewerFormat => Refusal::ModeUnsupported,
            Refusal::ModeUnsupported => Refusal::OtherPolicy,
            Refusal::OtherPolicy => Refusal::PassCount,
            Refusal::PassCount => Refusal::OtherMode,
            Refusal::OtherMode => Refusal::OtherPoster,
            Refusal::OtherPoster => Refusal::OtherNonce,
            Refusal::OtherNonce => Refusal::NonceUsed,
            Refusal::NonceUsed => Refusal::NonceExpired,
            Refusal::NonceExpired => Refusal::ModeRefused,
            Refusal::ModeRefused => Refusal::PolicyNotMet,
            Refusal::PolicyNotMet => Refusal::UnknownKey,
            Refusal::UnknownKey => Refusal::Withdrawn,
            Refusal::Withdrawn => Refusal::NotInForce,
            Refusal::NotInForce => Refusal::Specimen,
            Refusal::Specimen => Refusal::DayPast,
            Refusal::DayPast => Refusal::DayFuture,
            Refusal::DayFuture => Refusal::ClockBehind { minutes: 4 },
            Refusal::ClockBehind { .. } => Refusal::ClockAhead { minutes: 4 },
            Refusal::ClockAhead { .. } => Refusal::AlreadyShown,
            Refusal::AlreadyShown => Refusal::AlreadyEntered,
            Refusal::AlreadyEntered => Refusal::ProofInvalid,
            Refusal::ProofInvalid => Refusal::JustRestarted,
            Refusal::JustRestarted => Refusal::MemoryFull,
            Refusal::MemoryFull => Refusal::PosterNotOpen,
            Refusal::PosterNotOpen => Refusal::OrganiserWithdrawn,
            Refusal::OrganiserWithdrawn => Refusal::PosterOfOtherList,
            Refusal::PosterOfOtherList => Refusal::EntriesUnknown,
            Refusal::EntriesUnknown => Refusal::EntriesUnreachable,
            Refusal::EntriesUnreachable => Refusal::TrustExpired,
            Refusal::TrustExpired => Refusal::ClockBeforeList,
            Refusal::ClockBeforeList => Refusal::ProgrammeOver,
            Refusal::ProgrammeOver => Refusal::PolicyWithdrawn,
            Refusal::PolicyWithdrawn => Refusal::Internal,
            Refusal::Internal => return None,
        })
    }

    #[test]
    fn every_refusal_has_its_code_its_sentence_and_its_exit_code_in_the_readme() {
        let table = include_str!("../README.md").lines().filter(|line| line.starts_with("| `"));
        let mut exits: BTreeMap<&str, &str> = table
            .flat_map(|row| {
                let exit = row.trim_end_matches('|').rsplit('|').next().unwrap_or_default().trim();
                let codes = row.split('|').nth(1).unwrap_or_default();
                codes.split('`').skip(1).step_by(2).map(move |code| (code, exit))
            })
            .collect();
        let mut sentences = BTreeSet::new();
        for refusal in std::iter::successors(Some(Refusal::Unreadable), |refusal| after(*refusal)) {
            let expected = if refusal.is_of_the_door() { "3" } else { "1" };
            assert_eq!(exits.remove(refusal.code()), Some(expected), "{refusal:?}");
            let sentence = refusal.to_string();
            assert!(sentence.ends_with('.') && !sentence.contains(['{', '<']), "{sentence}");
            assert!(sentences.insert(sentence), "{refusal:?} says what another one says");
            let minutes = refusal.minutes().is_none_or(|minutes| refusal.to_string().contains(&minutes.to_string()));
            assert!(minutes, "{refusal:?} does not say by how much");
        }
        assert_eq!(exits, BTreeMap::new(), "the README names what no verifier says");
    }
}
