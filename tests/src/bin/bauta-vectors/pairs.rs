//! Two passes in one presentation, alone: whether the proof holds for what a reader expects. What a door decides lies in `showings`.

use anyhow::{Context as _, Result, bail};
use bauta_crypto::composed::{self, Part};
use bauta_crypto::holder::{self, Prover};
use bauta_spec::attributes::{CredentialType, DisclosedSet, Value as Claimed};
use bauta_spec::credential::Credential;
use bauta_spec::policy::Policy;
use bauta_spec::poster::pseudonym_context;
use bauta_spec::presentation::{Mode, Pair, PairContext, PairEnvelope, Shown};
use bauta_spec::time::{Epoch, Minute};
use bauta_spec::{cbor, qr};
use serde_json::{Value, json};

use crate::presentations::{Laid, P1, SOME_POINT, usual_rule};
use crate::vector::{Files, Vector, Verdict};
use crate::world::{Holder, ListedKey, NOW, World, borrowed};
use crate::{seeds, statements};

const DOCUMENT: &str = "pair";

/// The policy of all of them.
pub(crate) const POLICY: &str = "entry-and-member";

/// Where the first value stands in a presentation of two parts that names no challenge: after both keys and the epoch.
pub(crate) const VALUES: usize = 20;
/// The same where it names one.
pub(crate) const VALUES_OF_ANSWERS: usize = 24;
/// The rule of the one and the group of the other.
pub(crate) const WIDTH: usize = 9;
const POINT: usize = 48;
/// What either part has of the proof for itself: three points, three scalars, and an answer for each of two hidden messages.
const PART: usize = 3 * POINT + 5 * 32;

pub(crate) fn write(files: &mut Files, world: &World) -> Result<()> {
    let holder = Holder::new("holder")?;
    let another = Holder::new("another holder")?;
    let good = Together::new(world, &holder, Mode::OneWay)?;
    let poster = Together::new(world, &holder, Mode::Poster)?;
    good.accept(files, "entry_and_member_one_way", "Two passes of one holder, one way.")?;
    poster.accept(files, "entry_and_member_poster", "The same in answer to a poster, with the holder's pseudonym.")?;
    let nonce = Together::new(world, &holder, Mode::Nonce)?;
    nonce.accept(files, "entry_and_member_nonce", "The same in answer to a nonce.")?;
    Together::new(world, &another, Mode::OneWay)?.accept(files, "of_another_holder", "Somebody else's two.")?;
    let today = Epoch { day: world.today, series: 0 };
    let highest = Epoch { series: 255, ..today };
    let shown = Together::of(world, &holder, Mode::OneWay, [highest, highest], highest, Minute::of(NOW))?;
    shown.accept(files, "of_series_255", "The highest series.")?;

    good.refuse_structure(files, "one_way")?;
    poster.refuse_structure(files, "poster")?;
    header(files, &good);
    parts(files, world, &holder, &good)?;
    pseudonyms(files, world, &good, &poster)?;
    expectations(files, world, [&good, &poster, &nonce])
}

/// A presentation of two passes and everything that its reader expects.
pub(crate) struct Together {
    pub(crate) bytes: Vec<u8>,
    context: PairContext,
    types: [CredentialType; 2],
    public_keys: [Vec<u8>; 2],
    disclosed: [Vec<(usize, Claimed)>; 2],
    pseudonym: Option<String>,
    policy: Policy,
    event: Option<[u8; 32]>,
}

impl Together {
    /// Of today, now.
    pub(crate) fn new(world: &World, holder: &Holder, mode: Mode) -> Result<Self> {
        Self::at(world, holder, mode, Minute::of(NOW))
    }

    /// Of today, in some minute.
    pub(crate) fn at(world: &World, holder: &Holder, mode: Mode, minute: Minute) -> Result<Self> {
        let today = Epoch { day: world.today, series: 0 };
        Self::of(world, holder, mode, [today, today], today, minute)
    }

    /// Of passes of any epochs, which claims to be of `claimed`.
    pub(crate) fn of(
        world: &World,
        holder: &Holder,
        mode: Mode,
        epochs: [Epoch; 2],
        claimed: Epoch,
        minute: Minute,
    ) -> Result<Self> {
        let policy = world.policy_named(POLICY)?;
        let [entry, member] = policy.asks() else { bail!("{POLICY} asks for two passes") };
        let [first, second] = [(entry, epochs[0]), (member, epochs[1])].map(|(ask, epoch)| {
            let credential_type = world.type_named(ask.pass_type().as_str())?;
            let key = world.key(ask.pass_type().as_str())?;
            let pass = holder.pass(world, usual_rule(ask), epoch, key)?;
            Ok::<_, anyhow::Error>(One { credential_type, key, pass, disclosed: ask.disclosed(credential_type)? })
        });
        let ones = [first?, second?];
        let challenge = match mode {
            Mode::Poster => statements::certified_poster_for(world, POLICY)?.challenge(),
            Mode::Nonce => seeds::bytes("nonce"),
            Mode::OneWay | Mode::Paper | Mode::Office => [0; 32],
        };
        let context = PairContext {
            mode,
            parts: ones.each_ref().map(One::shown),
            policy_hash: policy.hash(),
            epoch: claimed,
            minute,
            challenge,
        };
        let poster = statements::poster(world)?;
        let organiser = world.organiser_key.public();
        let event =
            policy.pseudonym_in(mode).then(|| pseudonym_context(&organiser, poster.event(), poster.event_day()));
        let pair = show(holder, &ones, &context, event, claimed)?;
        let types = ones.each_ref().map(|one| one.credential_type.clone());
        let [first, second] = &types;
        let bytes = PairEnvelope::seal(&context, [first, second], &pair)?.to_bytes();
        Ok(Self {
            bytes,
            context,
            types,
            public_keys: ones.each_ref().map(|one| one.key.public().to_bytes().to_vec()),
            disclosed: pair.disclosed,
            pseudonym: pair.pseudonym.map(|pseudonym| hex::encode(pseudonym.to_bytes())),
            policy: policy.clone(),
            event,
        })
    }

    fn knowledge(&self) -> Value {
        let PairContext { mode, parts, minute, challenge, .. } = &self.context;
        json!({
            "types": self.types.each_ref().map(|listed| hex::encode(listed.to_bytes())),
            "public_keys": self.public_keys.each_ref().map(hex::encode),
            "policy": hex::encode(cbor::encode(&self.policy)),
            "disclosed": parts.map(|part| part.disclosed.indexes()),
            "mode": mode.number(),
            "minute": minute.number(),
            "challenge": hex::encode(challenge),
            "pseudonym_context": self.event.map(hex::encode),
        })
    }

    fn accept(&self, files: &mut Files, name: &str, shows: &str) -> Result<()> {
        let shown = self.disclosed.each_ref().map(|values| {
            values.iter().map(|(index, value)| json!([index, hex::encode(value.message())])).collect::<Vec<_>>()
        });
        let says = json!({
            "epoch": [self.context.epoch.day.number(), u16::from(self.context.epoch.series)],
            "shown": shown,
            "pseudonym": self.pseudonym,
            "presentation_header": hex::encode(self.context.presentation_header()),
            "bytes": self.bytes.len(),
        });
        let vector = Vector::bytes(name, shows, self.bytes.clone()).knowing(self.knowledge()).accepted(says);
        files.add(Verdict::Accepted, DOCUMENT, vector);
        files.add_seed("presentation", &format!("pair_{name}"), self.bytes.clone());
        files.add_seed("qr_text", &format!("pair_{name}"), qr::to_text(&self.bytes));
        Ok(())
    }

    fn refuse(&self, files: &mut Files, name: &str, shows: &str, bytes: Vec<u8>, reason: &str) {
        let vector = Vector::bytes(name, shows, bytes).knowing(self.knowledge()).refused(reason);
        files.add(Verdict::Refused, DOCUMENT, vector);
    }

    /// Where the proof begins.
    pub(crate) fn proof_begins(&self) -> usize {
        self.bytes.len() - (2 * PART + 64)
    }

    fn refuse_structure(&self, files: &mut Files, name: &str) -> Result<()> {
        let start = self.proof_begins();
        let (mut points, mut scalars) = (Vec::new(), Vec::new());
        for (part, points_of_part, scalars_of_part) in [
            (0, ["a_bar_1", "b_bar_1", "d_1"], ["e_1", "r_1_1", "r_3_1", "m_1_1", "m_2_1"]),
            (1, ["a_bar_2", "b_bar_2", "d_2"], ["e_2", "r_1_2", "r_3_2", "m_1_2", "m_2_2"]),
        ] {
            let begin = start + part * PART;
            points.extend(points_of_part.into_iter().enumerate().map(|(i, point)| (point, begin + POINT * i)));
            let after = begin + 3 * POINT;
            scalars.extend(scalars_of_part.into_iter().enumerate().map(|(i, scalar)| (scalar, after + 32 * i)));
        }
        scalars.extend([("nym", start + 2 * PART), ("c", start + 2 * PART + 32)]);
        let begin = start + PART;
        let laid = Laid {
            bytes: &self.bytes,
            points,
            pseudonym: self.event.map(|_| start - POINT),
            scalars,
            longer: (
                "The first part hides a message that its type does not have.",
                [&self.bytes[..begin], &self.bytes[begin - 32..]].concat(),
            ),
            shorter: (
                "The first part lacks a hidden message.",
                [&self.bytes[..begin - 32], &self.bytes[begin..]].concat(),
            ),
        };
        laid.refuse_structure(files, DOCUMENT, name, self.knowledge());

        let some = hex::decode(SOME_POINT).context("a constant is hexadecimal")?;
        let mut vectors = Vec::new();
        for (field, at) in &laid.points {
            let bytes = [&self.bytes[..*at], &some, &self.bytes[at + POINT..]].concat();
            vectors.push(Vector::bytes(format!("{field}_replaced"), "A point of the proof is another one.", bytes));
        }
        vectors.extend(laid.other_scalars());
        files.add_systematic(
            DOCUMENT,
            &format!("proof_of_{name}"),
            "Every field of the proof, well-formed but another one.",
            self.knowledge(),
            "proof_invalid",
            vectors,
        );
        Ok(())
    }

    /// The second part of `other`'s proof in place of ours: somebody else's pass.
    pub(crate) fn with_second_part_of(&self, other: &Self) -> Vec<u8> {
        let at = self.proof_begins() + PART;
        let from = other.proof_begins() + PART;
        [&self.bytes[..at], &other.bytes[from..from + PART], &self.bytes[at + PART..]].concat()
    }
}

struct One<'a> {
    credential_type: &'a CredentialType,
    key: &'a ListedKey,
    pass: Credential,
    disclosed: DisclosedSet,
}

impl One<'_> {
    fn shown(&self) -> Shown {
        Shown { type_id: self.credential_type.id(), disclosed: self.disclosed, key: self.key.id() }
    }

    fn prover(&self, holder: &Holder) -> Result<Prover> {
        let messages = self.pass.claims.messages();
        Ok(Prover::new(&holder::Credential {
            public_key: self.key.public(),
            signature: &self.pass.signature,
            header: &self.credential_type.header(),
            messages: &borrowed(&messages),
            secret: &holder.secret,
            blind: &holder.blind,
        })?)
    }

    /// What is disclosed; the epoch as it is claimed to be.
    fn values(&self, claimed: Epoch) -> Vec<(usize, Claimed)> {
        let values = self.pass.claims.values().iter().enumerate();
        let disclosed = values.filter(|(index, _)| self.disclosed.contains(*index));
        let claim = |value: &Claimed| match value {
            Claimed::Epoch(_) => Claimed::Epoch(claimed),
            other => other.clone(),
        };
        disclosed.map(|(index, value)| (index, claim(value))).collect()
    }
}

fn show(
    holder: &Holder,
    ones: &[One<'_>; 2],
    context: &PairContext,
    event: Option<[u8; 32]>,
    claimed: Epoch,
) -> Result<Pair> {
    let [first, second] = ones;
    let provers = [first.prover(holder)?, second.prover(holder)?];
    let indexes = [first.disclosed.indexes(), second.disclosed.indexes()];
    let parts = [
        Part { prover: &provers[0], disclosed_indexes: &indexes[0] },
        Part { prover: &provers[1], disclosed_indexes: &indexes[1] },
    ];
    let ph = context.presentation_header();
    let rng = &mut seeds::rng("pair");
    let (proof, pseudonym) = match event {
        None => (composed::show(&parts, &ph, rng)?, None),
        Some(event) => {
            let (proof, pseudonym) = composed::show_with_pseudonym(&parts, &event, &ph, rng)?;
            (proof, Some(pseudonym))
        }
    };
    Ok(Pair { disclosed: ones.each_ref().map(|one| one.values(claimed)), pseudonym, proof })
}

/// Flaws of the clear part. Offsets as in the byte table of spec/presentation.md.
fn header(files: &mut Files, good: &Together) {
    const PARTS: usize = 1;
    const POLICY_ID: usize = 3;
    const KEYS: usize = 9;
    const DAY: usize = 17;
    const SERIES: usize = 19;
    let day = good.context.epoch.day.number();
    let keys = &good.bytes[KEYS..KEYS + 8];
    let (first, second) = keys.split_at(4);
    let (malformed, unasked, invalid) = ("malformed", "not_what_was_asked", "proof_invalid");
    for (name, shows, at, new, reason) in [
        ("one_part", "One part, where two are expected.", PARTS, vec![1], malformed),
        ("no_parts", "A presentation has a part.", PARTS, vec![0], malformed),
        ("three_parts", "There are at most two parts.", PARTS, vec![3], malformed),
        ("policy_changed", "It names another policy.", POLICY_ID, vec![1, 2, 3, 4], unasked),
        ("keys_swapped", "It names the keys in the other order.", KEYS, [second, first].concat(), unasked),
        ("one_key_twice", "It names the first key for both.", KEYS, [first, first].concat(), unasked),
        ("day_changed", "It claims tomorrow's epoch.", DAY, (day + 1).to_be_bytes().to_vec(), invalid),
        ("series_changed", "It claims another series.", SERIES, vec![1], invalid),
    ] {
        let bytes = [&good.bytes[..at], &new, &good.bytes[at + new.len()..]].concat();
        good.refuse(files, name, shows, bytes, reason);
    }
}

/// Parts that do not belong together, and values that were not signed.
fn parts(files: &mut Files, world: &World, holder: &Holder, good: &Together) -> Result<()> {
    let (malformed, invalid) = ("malformed", "proof_invalid");
    let another = Together::new(world, &Holder::new("another holder")?, Mode::OneWay)?;
    let stranger = good.with_second_part_of(&another);
    good.refuse(files, "second_pass_of_another", "The second pass is somebody else's.", stranger, invalid);
    let start = good.proof_begins();
    let (first, second) = good.bytes[start..start + 2 * PART].split_at(PART);
    let swapped = [&good.bytes[..start], second, first, &good.bytes[start + 2 * PART..]].concat();
    good.refuse(files, "parts_swapped", "The parts of the proof stand in the other order.", swapped, invalid);
    let twice = [&good.bytes[..start], first, first, &good.bytes[start + 2 * PART..]].concat();
    good.refuse(files, "one_part_twice", "The first pass stands for both.", twice, invalid);
    let today = Epoch { day: world.today, series: 0 };
    let tomorrow = Epoch { day: world.today.plus(1), ..today };
    let raised = Epoch { series: 1, ..today };
    for (name, shows, epochs) in [
        ("first_of_tomorrow", "The first pass is tomorrow's.", [tomorrow, today]),
        ("second_of_tomorrow", "The second pass is tomorrow's.", [today, tomorrow]),
        ("second_of_another_series", "The second pass is of another series.", [today, raised]),
    ] {
        let shown = Together::of(world, holder, Mode::OneWay, epochs, today, Minute::of(NOW))?;
        good.refuse(files, name, shows, shown.bytes, invalid);
    }
    for (name, shows, at, new, reason) in [
        ("admits_changed", "The first claims another rule.", VALUES, vec![7; 8], invalid),
        ("group_changed", "The second claims another group.", VALUES + 8, vec![2], invalid),
        ("group_absent", "The second claims no group.", VALUES + 8, vec![0], invalid),
        ("group_unknown", "Code 4 is not in the vocabulary.", VALUES + 8, vec![4], malformed),
    ] {
        let bytes = [&good.bytes[..at], &new, &good.bytes[at + new.len()..]].concat();
        good.refuse(files, name, shows, bytes, reason);
    }
    Ok(())
}

fn pseudonyms(files: &mut Files, world: &World, plain: &Together, good: &Together) -> Result<()> {
    let at = VALUES_OF_ANSWERS + WIDTH;
    let another = Together::new(world, &Holder::new("another holder")?, Mode::Poster)?;
    let with = |new: &[u8]| [&good.bytes[..at], new, &good.bytes[at + POINT..]].concat();
    let p1 = hex::decode(P1).context("a constant is hexadecimal")?;
    let name = &good.bytes[at..at + POINT];
    let added = [&plain.bytes[..VALUES + WIDTH], name, &plain.bytes[VALUES + WIDTH..]].concat();
    good.refuse(files, "pseudonym_is_p1", "P1 is nobody's pseudonym.", with(&p1), "malformed");
    let of_another = with(&another.bytes[at..at + POINT]);
    good.refuse(files, "pseudonym_of_another", "The pseudonym is somebody else's.", of_another, "proof_invalid");
    good.refuse(files, "pseudonym_left_out", "The policy asks for a pseudonym.", with(&[]), "malformed");
    plain.refuse(files, "pseudonym_added", "One way has no pseudonym.", added, "malformed");
    Ok(())
}

/// A good pair, read by somebody who expects something else.
fn expectations(files: &mut Files, world: &World, [one_way, poster, nonce]: [&Together; 3]) -> Result<()> {
    let mut refuse = |name: &str, shows: &str, shown: &Together, change: &[(&str, Value)], reason: &str| {
        let mut knowledge = shown.knowledge();
        change.iter().for_each(|(member, new)| knowledge[*member] = new.clone());
        let vector = Vector::bytes(name, shows, shown.bytes.clone()).knowing(knowledge).refused(reason);
        files.add(Verdict::Refused, DOCUMENT, vector);
    };
    let (unasked, invalid) = ("not_what_was_asked", "proof_invalid");
    let now = Minute::of(NOW).number();
    refuse("asked_next_minute", "The door expects the next minute.", one_way, &[("minute", json!(now + 1))], unasked);
    let day = [("minute", json!(now + 1440))];
    refuse("asked_same_minute_tomorrow", "The same minute of another day.", one_way, &day, invalid);
    refuse("asked_for_nonce", "The door has shown a nonce.", one_way, &[("mode", json!(2))], unasked);
    let other = json!(hex::encode(seeds::bytes::<32>("another nonce")));
    refuse("asked_other_nonce", "The door has shown another nonce.", nonce, &[("challenge", other)], unasked);
    let event = [("pseudonym_context", json!(hex::encode(seeds::bytes::<32>("another event"))))];
    refuse("asked_other_event", "The pseudonym is of another event.", poster, &event, invalid);
    let [entry, member] = one_way.public_keys.each_ref().map(hex::encode);
    let swapped = [("public_keys", json!([member, entry]))];
    refuse("asked_in_the_other_order", "The door expects the keys in the other order.", one_way, &swapped, unasked);
    let specimen = hex::encode(world.key("specimen")?.public().to_bytes());
    let keys = [("public_keys", json!([specimen, member]))];
    refuse("asked_other_key", "The door expects another key of the first pass.", one_way, &keys, unasked);
    Ok(())
}
