//! What arrives, of one pass or of two. The policy says how many are read, never the code.

use bauta_crypto::composed::{self, ComposedProof};
use bauta_crypto::holder::{self, Batch};
use bauta_crypto::pseudonym::Pseudonym;
use bauta_crypto::{InvalidProof, Proof};
use bauta_spec::attributes::{DisclosedSet, Value};
use bauta_spec::credential::KeyId;
use bauta_spec::policy::{Policy, PolicyId};
use bauta_spec::presentation::{Context, Envelope, Mode, Pair, PairContext, PairEnvelope, Part, Shown};
use bauta_spec::time::{Epoch, Minute, MinuteOfDay};
use bauta_spec::trust::IssuerKey;

use crate::Refusal;

/// A code of which is read what anyone can read.
pub(crate) struct Answer {
    pub(crate) mode: Mode,
    pub(crate) policy: PolicyId,
    pub(crate) minute: MinuteOfDay,
    pub(crate) challenge_id: Option<[u8; 4]>,
    /// One for each part.
    pub(crate) keys: Vec<KeyId>,
    pub(crate) epoch: Epoch,
    body: Body,
}

enum Body {
    One(Envelope),
    Two(PairEnvelope),
}

/// The key that must have signed a part, and what must be disclosed of it: the door's expectation.
#[derive(Clone, Copy)]
pub(crate) struct Expected<'a> {
    pub(crate) key: &'a IssuerKey,
    pub(crate) disclosed: DisclosedSet,
}

/// An answer that is exactly such a showing as was expected. Whether it is true, its proof says.
pub(crate) struct Opened {
    /// Of each part, index and value of what is disclosed.
    pub(crate) shown: Vec<Vec<(usize, Value)>>,
    pub(crate) pseudonym: Option<Pseudonym>,
    proof: Held,
}

enum Held {
    One(Box<Proof>),
    Two(ComposedProof),
}

/// What a proof has to prove, and the proof.
pub(crate) enum Claim<'a> {
    /// Of one pass.
    One(&'a holder::Statement<'a>, &'a Proof),
    /// Of two of one holder, under this header.
    Two(&'a [composed::Statement<'a>], &'a [u8], &'a ComposedProof),
}

/// What a showing with a pseudonym is weighed with: the context of the pseudonym, and the pseudonym.
pub(crate) type Named<'a> = ([u8; 32], &'a Pseudonym);

/// What of the context is the same for all parts.
pub(crate) struct Circumstances<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) minute: Minute,
    pub(crate) challenge: [u8; 32],
}

impl Answer {
    /// Reads it, or says whether a newer wallet made it.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        let read = match bytes {
            [1, 2, ..] => PairEnvelope::from_bytes(bytes).map(Self::from),
            _ => Envelope::from_bytes(bytes).map(Self::from),
        };
        read.map_err(|_| match bytes {
            [2..=u8::MAX, ..] => Refusal::NewerFormat,
            _ => Refusal::Malformed,
        })
    }

    /// Reads the body as a showing of exactly these parts.
    pub(crate) fn open(&self, expected: &[Expected<'_>], policy: &Policy) -> Result<Opened, Refusal> {
        let naming = policy.naming_in(self.mode);
        let opened = match (&self.body, expected) {
            (Body::One(envelope), [part]) => {
                envelope.open(&part.key.key_type, part.disclosed, naming).map(Opened::from)
            }
            (Body::Two(envelope), [first, second]) => {
                let parts = [first, second].map(|part| (&part.key.key_type, part.disclosed));
                envelope.open(parts, naming).map(Opened::from)
            }
            (Body::One(_) | Body::Two(_), _) => return Err(Refusal::PassCount),
        };
        opened.map_err(|_| Refusal::Malformed)
    }

    /// What must have been proved: that the holder has a signature of each key over what is shown, and made this proof for this policy in
    /// this minute, in answer to what the door says; of two parts also that one holder has both.
    pub(crate) fn stating<T>(
        &self,
        expected: &[Expected<'_>],
        opened: &Opened,
        circumstances: &Circumstances<'_>,
        weigh: impl FnOnce(Claim<'_>) -> T,
    ) -> Result<T, InvalidProof> {
        let Self { mode, epoch, .. } = *self;
        let Circumstances { policy, minute, challenge } = *circumstances;
        let policy_hash = policy.hash();
        let messages: Vec<Vec<(usize, Vec<u8>)>> = opened.shown.iter().map(|part| messages_of(part)).collect();
        let messages: Vec<Vec<(usize, &[u8])>> = messages.iter().map(|part| borrowed(part)).collect();
        match (&opened.proof, expected, messages.as_slice()) {
            (Held::One(proof), [Expected { key, disclosed }], [messages]) => {
                let (type_id, disclosed, key_id) = (key.key_type.id(), *disclosed, key.id);
                let context = Context { mode, type_id, disclosed, key: key_id, policy_hash, epoch, minute, challenge };
                let statement = holder::Statement {
                    public_key: &key.public,
                    header: &key.key_type.header(),
                    presentation_header: &context.presentation_header(),
                    message_count: key.key_type.len(),
                    disclosed: messages,
                };
                Ok(weigh(Claim::One(&statement, proof)))
            }
            (Held::Two(proof), [one, other], [first, second]) => {
                let parts = [one, other].map(|Expected { key, disclosed }| Shown {
                    type_id: key.key_type.id(),
                    disclosed: *disclosed,
                    key: key.id,
                });
                let context = PairContext { mode, parts, policy_hash, epoch, minute, challenge };
                let headers = [one, other].map(|part| part.key.key_type.header());
                let [first_header, second_header] = &headers;
                let statements = [(one, first_header, first), (other, second_header, second)].map(
                    |(Expected { key, .. }, header, disclosed)| composed::Statement {
                        public_key: &key.public,
                        header,
                        message_count: key.key_type.len(),
                        disclosed,
                    },
                );
                Ok(weigh(Claim::Two(&statements, &context.presentation_header(), proof)))
            }
            // No answer that was opened with this expectation.
            (Held::One(_) | Held::Two(_), ..) => Err(InvalidProof),
        }
    }
}

impl Claim<'_> {
    /// Whether the proof holds; with a pseudonym, also whether it is the holder's in its context.
    pub(crate) fn check(&self, named: Option<Named<'_>>) -> Result<(), InvalidProof> {
        match (self, named) {
            (Self::One(statement, proof), None) => holder::check(statement, proof),
            (Self::One(statement, proof), Some((context, pseudonym))) => {
                holder::check_with_pseudonym(statement, &context, proof, pseudonym)
            }
            (Self::Two(statements, header, proof), None) => composed::check(statements, header, proof),
            (Self::Two(statements, header, proof), Some((context, pseudonym))) => {
                composed::check_with_pseudonym(statements, &context, header, proof, pseudonym)
            }
        }
    }

    /// [`Claim::check`], together with others.
    pub(crate) fn add_to(&self, batch: &mut Batch, named: Option<Named<'_>>) {
        match (self, named) {
            (Self::One(statement, proof), None) => batch.add(statement, proof),
            (Self::One(statement, proof), Some((context, pseudonym))) => {
                batch.add_with_pseudonym(statement, &context, proof, pseudonym);
            }
            (Self::Two(statements, header, proof), None) => batch.add_composed(statements, header, proof),
            (Self::Two(statements, header, proof), Some((context, pseudonym))) => {
                batch.add_composed_with_pseudonym(statements, &context, header, proof, pseudonym);
            }
        }
    }
}

impl From<Envelope> for Answer {
    fn from(envelope: Envelope) -> Self {
        let Envelope { mode, policy, minute, challenge_id, key, epoch, .. } = envelope;
        Self { mode, policy, minute, challenge_id, keys: vec![key], epoch, body: Body::One(envelope) }
    }
}

impl From<PairEnvelope> for Answer {
    fn from(envelope: PairEnvelope) -> Self {
        let PairEnvelope { mode, policy, minute, challenge_id, keys, epoch, .. } = envelope;
        Self { mode, policy, minute, challenge_id, keys: keys.to_vec(), epoch, body: Body::Two(envelope) }
    }
}

impl From<Part> for Opened {
    fn from(Part { disclosed, pseudonym, proof }: Part) -> Self {
        Self { shown: vec![disclosed], pseudonym, proof: Held::One(Box::new(proof)) }
    }
}

impl From<Pair> for Opened {
    fn from(Pair { disclosed, pseudonym, proof }: Pair) -> Self {
        Self { shown: disclosed.into(), pseudonym, proof: Held::Two(proof) }
    }
}

fn messages_of(shown: &[(usize, Value)]) -> Vec<(usize, Vec<u8>)> {
    shown.iter().map(|(index, value)| (*index, value.message())).collect()
}

fn borrowed(messages: &[(usize, Vec<u8>)]) -> Vec<(usize, &[u8])> {
    messages.iter().map(|(index, message)| (*index, message.as_slice())).collect()
}
