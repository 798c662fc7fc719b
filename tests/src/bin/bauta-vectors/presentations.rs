//! Presentations of every kind, alone: whether a proof holds for what a reader expects. What a door decides lies in `showings`.

use anyhow::{Context as _, Result};
use bauta_spec::attributes::{CredentialType, DisclosedSet};
use bauta_spec::credential::Credential;
use bauta_spec::issuance::HowMany;
use bauta_spec::policy::{PassQuery, Policy};
use bauta_spec::poster::pseudonym_context;
use bauta_spec::presentation::{Context, Envelope, Mode, Naming};
use bauta_spec::time::{Day, Epoch, Minute};
use bauta_spec::{cbor, qr};
use serde_json::{Value, json};

use crate::credentials::hostile_at;
use crate::vector::{Files, Vector, Verdict};
use crate::world::{Holder, ListedKey, NOW, Showing, World};
use crate::{seeds, statements, structural};

const DOCUMENT: &str = "presentation";

pub(crate) fn write(files: &mut Files, world: &World) -> Result<()> {
    let holder = Holder::new("holder")?;
    let accepted = [
        ("entry_one_way", "entry", Mode::OneWay),
        ("entry_poster", "entry", Mode::Poster),
        ("entry_nonce", "entry", Mode::Nonce),
        ("entry_with_hint_one_way", "entry-with-hint", Mode::OneWay),
        ("entry_with_hint_paper", "entry-with-hint", Mode::Paper),
        ("vaccinated_one_way", "vaccinated", Mode::OneWay),
        ("vaccinated_poster", "vaccinated", Mode::Poster),
        ("vaccinated_nonce", "vaccinated", Mode::Nonce),
        ("over_18_one_way", "over-18", Mode::OneWay),
        ("over_18_poster", "over-18", Mode::Poster),
        ("over_18_nonce", "over-18", Mode::Nonce),
        ("member_one_way", "member", Mode::OneWay),
        ("member_nonce", "member", Mode::Nonce),
        ("poster_only_poster", "poster-only", Mode::Poster),
    ];
    for (name, policy, mode) in accepted {
        let shown = Shown::at_door(world, &holder, policy, mode)?;
        shown.accept(files, name, &format!("A presentation for the policy \"{policy}\"."))?;
    }
    for name in ["health-record", "age-record", "membership-record"] {
        let shown = Shown::at_office(world, &holder, name)?;
        let name = format!("office_{}", name.replace('-', "_"));
        shown.accept(files, &name, "A record, all of it but the hint, shown to a pass office.")?;
    }

    others(files, world)?;

    for (name, policy, mode) in [("entry_one_way", "entry", Mode::OneWay), ("entry_poster", "entry", Mode::Poster)] {
        Shown::at_door(world, &holder, policy, mode)?.refuse_structure(files, name)?;
    }
    header(files, &Shown::at_door(world, &holder, "entry", Mode::OneWay)?)?;
    values(files, world, &holder)?;
    pseudonyms(files, world, &holder)?;
    expectations(files, world, &holder)
}

/// Other people, days and facts: nothing of it shows in the length.
fn others(files: &mut Files, world: &World) -> Result<()> {
    let key = world.key("entry-pass")?;
    let policy = world.policy_named("entry")?;
    let today = Epoch { day: world.today, series: 0 };
    for (name, shows, who, epoch, minute) in [
        ("entry_of_another_holder", "Somebody else's.", "another holder", today, Minute::of(NOW)),
        (
            "entry_of_tomorrow",
            "Made ahead, as it may be until tomorrow.",
            "holder",
            { Epoch { day: world.today.plus(1), series: 0 } },
            Minute::of(NOW).plus(1440),
        ),
        ("entry_of_series_255", "The highest series.", "holder", Epoch { series: 255, ..today }, Minute::of(NOW)),
    ] {
        let holder = Holder::new(who)?;
        let pass = holder.pass(world, "tested-or-vaccinated", epoch, key)?;
        Shown::of_pass(world, &holder, policy, Mode::OneWay, key, pass, minute)?.accept(files, name, shows)?;
    }
    Ok(())
}

/// What a policy asks for that asks for one pass.
fn one_of(policy: &Policy) -> Result<&PassQuery> {
    let [ask] = policy.asks() else { anyhow::bail!("{} asks for two passes", policy.name()) };
    Ok(ask)
}

/// By which rule the passes of that type are made, where the policy names none.
pub(crate) fn usual_rule(ask: &PassQuery) -> &'static str {
    match ask.pass_type().as_str() {
        "entry-pass" => "tested-or-vaccinated",
        "health-pass" => "health",
        "age-pass" => "age",
        _ => "membership",
    }
}

/// A presentation and everything that its reader expects.
pub(crate) struct Shown {
    pub(crate) bytes: Vec<u8>,
    envelope: Envelope,
    context: Context,
    credential_type: CredentialType,
    credential: Credential,
    public_key: Vec<u8>,
    policy: Option<Policy>,
    event: Option<[u8; 32]>,
}

impl Shown {
    /// For a policy of the world, today, now.
    pub(crate) fn at_door(world: &World, holder: &Holder, policy: &str, mode: Mode) -> Result<Self> {
        let policy = world.policy_named(policy)?;
        let key = world.key(one_of(policy)?.pass_type().as_str())?;
        let epoch = Epoch { day: world.today, series: 0 };
        let pass = holder.pass(world, usual_rule(one_of(policy)?), epoch, key)?;
        Self::of_pass(world, holder, policy, mode, key, pass, Minute::of(NOW))
    }

    /// Any pass, by any key, in any minute.
    pub(crate) fn of_pass(
        world: &World,
        holder: &Holder,
        policy: &Policy,
        mode: Mode,
        key: &ListedKey,
        pass: Credential,
        minute: Minute,
    ) -> Result<Self> {
        let challenge = match mode {
            Mode::Poster => statements::certified_poster_for(world, policy.name().as_str())?.challenge(),
            Mode::Nonce => seeds::bytes("nonce"),
            Mode::OneWay | Mode::Paper | Mode::Office => [0; 32],
        };
        Self::bound(world, holder, policy, (mode, challenge), key, pass, minute)
    }

    /// The same in answer to any poster or nonce.
    pub(crate) fn bound(
        world: &World,
        holder: &Holder,
        policy: &Policy,
        (mode, challenge): (Mode, [u8; 32]),
        key: &ListedKey,
        pass: Credential,
        minute: Minute,
    ) -> Result<Self> {
        let ask = one_of(policy)?;
        let credential_type = world.type_named(ask.pass_type().as_str())?;
        let Some(bauta_spec::attributes::Value::Epoch(epoch)) = pass.claims.values().first().cloned() else {
            anyhow::bail!("a pass begins with its epoch");
        };
        let context = Context {
            mode,
            type_id: credential_type.id(),
            disclosed: ask.disclosed(credential_type)?,
            key: key.id(),
            policy_hash: policy.hash(),
            epoch,
            minute: if mode == Mode::Paper { Minute::new(0) } else { minute },
            challenge,
        };
        let poster = statements::poster(world)?;
        let organiser = world.organiser_key.public();
        let event =
            policy.pseudonym_in(mode).then(|| pseudonym_context(&organiser, poster.event(), poster.event_day()));
        Self::sealed(holder, key, credential_type, pass, context, Some(policy.clone()), event)
    }

    /// A record, to an office.
    pub(crate) fn at_office(world: &World, holder: &Holder, record: &str) -> Result<Self> {
        let credential_type = world.type_named(record)?;
        let key = world.key(record)?;
        let all = DisclosedSet::all(credential_type.len());
        let disclosed = credential_type.index_of("hint").map_or(all, |hint| all.without(hint));
        let context = Context {
            mode: Mode::Office,
            type_id: credential_type.id(),
            disclosed,
            key: key.id(),
            policy_hash: [0; 32],
            epoch: Epoch { day: Day::new(0), series: 0 },
            minute: Minute::of(NOW),
            challenge: crate::office::ask(world, holder, record)?.challenge(HowMany::One),
        };
        Self::sealed(holder, key, credential_type, holder.record(world, record)?, context, None, None)
    }

    fn sealed(
        holder: &Holder,
        key: &ListedKey,
        credential_type: &CredentialType,
        credential: Credential,
        context: Context,
        policy: Option<Policy>,
        event: Option<[u8; 32]>,
    ) -> Result<Self> {
        let showing =
            Showing { key, credential_type, credential: &credential, context: &context, event, label: "showing" };
        let envelope = holder.show(&showing)?;
        Ok(Self {
            bytes: envelope.to_bytes(),
            envelope,
            credential_type: credential_type.clone(),
            public_key: key.public().to_bytes().to_vec(),
            credential,
            context,
            policy,
            event,
        })
    }

    /// What the reader knows. A door knows its policy; an office knows which claims it asks for.
    pub(crate) fn knowledge(&self) -> Value {
        let Context { mode, disclosed, minute, challenge, .. } = &self.context;
        json!({
            "type": hex::encode(self.credential_type.to_bytes()),
            "public_key": hex::encode(&self.public_key),
            "policy": self.policy.as_ref().map(|policy| hex::encode(cbor::encode(policy))),
            "disclosed": disclosed.indexes(),
            "mode": mode.number(),
            "minute": minute.number(),
            "challenge": hex::encode(challenge),
            "pseudonym_context": self.event.map(hex::encode),
        })
    }

    fn accept(&self, files: &mut Files, name: &str, shows: &str) -> Result<()> {
        let naming = self.event.map_or(Naming::Anonymous, |_| Naming::Pseudonymous);
        let part = self.envelope.open(&self.credential_type, self.context.disclosed, naming)?;
        let shown = self.context.disclosed.indexes().into_iter().zip(self.disclosed_messages());
        let says = json!({
            "epoch": [self.context.epoch.day.number(), u16::from(self.context.epoch.series)],
            "shown": shown.map(|(index, message)| json!([index, message])).collect::<Vec<_>>(),
            "pseudonym": part.pseudonym.map(|pseudonym| hex::encode(pseudonym.to_bytes())),
            "presentation_header": hex::encode(self.context.presentation_header()),
            "bytes": self.bytes.len(),
        });
        let vector = Vector::bytes(name, shows, self.bytes.clone()).knowing(self.knowledge()).accepted(says);
        files.add(Verdict::Accepted, DOCUMENT, vector);
        files.add_seed("presentation", name, self.bytes.clone());
        files.add_seed("qr_text", name, qr::to_text(&self.bytes));
        Ok(())
    }

    fn disclosed_messages(&self) -> Vec<String> {
        let messages = self.credential.claims.messages();
        let indexes = self.context.disclosed.indexes();
        messages.iter().enumerate().filter(|(i, _)| indexes.contains(i)).map(|(_, m)| hex::encode(m)).collect()
    }

    fn proof_begins(&self) -> usize {
        let hidden = self.context.disclosed.hidden_count(self.credential_type.len());
        self.bytes.len() - (272 + 32 * (hidden + 2))
    }

    fn refuse_structure(&self, files: &mut Files, name: &str) -> Result<()> {
        let start = self.proof_begins();
        let scalars = ["e", "r_1", "r_3", "m_1", "m_2", "m_3", "m_4", "m_5", "m_6", "m_7", "m_8"];
        let count = (self.bytes.len() - start - 144) / 32;
        let fields: Vec<(&'static str, usize)> =
            (0..count).map(|i| (if i + 1 == count { "c" } else { scalars[i] }, start + 144 + 32 * i)).collect();
        let laid = Laid {
            bytes: &self.bytes,
            points: vec![("a_bar", start), ("b_bar", start + 48), ("d", start + 96)],
            pseudonym: self.event.map(|_| start - 48),
            scalars: fields,
            longer: (
                "The proof hides a message that the type does not have.",
                [&self.bytes[..], &self.bytes[start + 144..start + 176]].concat(),
            ),
            shorter: ("The proof lacks a hidden message.", self.bytes[..self.bytes.len() - 32].to_vec()),
        };
        laid.refuse_structure(files, DOCUMENT, name, self.knowledge());

        // Every field is something else than what was proved, but well-formed.
        let p1 = hex::decode(SOME_POINT).context("a constant of this module is hexadecimal")?;
        let mut vectors = Vec::new();
        for (field, at) in &laid.points {
            let bytes = [&self.bytes[..*at], &p1, &self.bytes[at + 48..]].concat();
            vectors.push(Vector::bytes(format!("{field}_replaced"), "A point of the proof is another one.", bytes));
            let mut bytes = self.bytes.clone();
            bytes[*at] ^= 0x20;
            vectors.push(Vector::bytes(format!("{field}_negated"), "A point of the proof is negated.", bytes));
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
}

/// Where the fields of a presentation's proof stand, of one part or of two.
pub(crate) struct Laid<'a> {
    pub(crate) bytes: &'a [u8],
    /// Of the proof, by name and first byte.
    pub(crate) points: Vec<(&'static str, usize)>,
    pub(crate) pseudonym: Option<usize>,
    pub(crate) scalars: Vec<(&'static str, usize)>,
    /// What it shows with one answer for a hidden message more, and the bytes.
    pub(crate) longer: (&'static str, Vec<u8>),
    /// The same with one less.
    pub(crate) shorter: (&'static str, Vec<u8>),
}

impl Laid<'_> {
    pub(crate) fn refuse_structure(&self, files: &mut Files, document: &str, name: &str, knowledge: Value) {
        let mut points = self.points.clone();
        points.extend(self.pseudonym.map(|at| ("pseudonym", at)));
        let mut vectors = structural::cuts(self.bytes, |bytes| bytes);
        vectors.extend(hostile_at(self.bytes, &points, &self.scalars));
        let mut identity = self.bytes.to_vec();
        for (_, at) in &self.points {
            identity[*at..at + 48].fill(0);
            identity[*at] = 0xC0;
        }
        let mut too_long = self.bytes.to_vec();
        too_long.resize(971, 0);
        vectors.extend([
            Vector::bytes("all_points_identity", "A forgery that a weak reader takes for anything.", identity),
            Vector::bytes("one_scalar_longer", self.longer.0, self.longer.1.clone()),
            Vector::bytes("one_scalar_shorter", self.shorter.0, self.shorter.1.clone()),
            Vector::bytes("971_bytes", "No presentation is longer than 970 bytes.", too_long),
        ]);
        files.add_systematic(
            document,
            &format!("structure_of_{name}"),
            "Every hostile point and scalar in every field, and wrong lengths.",
            knowledge,
            "malformed",
            vectors,
        );
    }

    /// Each scalar of the proof, well-formed but another one.
    pub(crate) fn other_scalars(&self) -> impl Iterator<Item = Vector> {
        self.scalars.iter().map(|(field, at)| {
            let mut bytes = self.bytes.to_vec();
            bytes[at + 31] ^= 1;
            Vector::bytes(format!("{field}_changed"), "A scalar of the proof is another one.", bytes)
        })
    }
}

/// Twice the generator of G1.
pub(crate) const SOME_POINT: &str =
    "a572cbea904d67468808c8eb50a9450c9721db309128012543902d0ac358a62ae28f75bb8f1c7c42c39a8c5529bf0f4e";

/// P1 of BBS over SHA-256: the pseudonym of no secret at all would be a power of it.
pub(crate) const P1: &str =
    "a8ce256102840821a3e94ea9025e4662b205762f9776b3a766c872b948f1fd225e7c59698588e70d11406d161b4e28c9";

/// Flaws of the clear part. Offsets as in the byte table of spec/presentation.md.
fn header(files: &mut Files, good: &Shown) -> Result<()> {
    const VERSION: usize = 0;
    const PARTS: usize = 1;
    const MODE: usize = 2;
    const POLICY: usize = 3;
    const MINUTE: usize = 7;
    const KEY: usize = 9;
    const DAY: usize = 13;
    const SERIES: usize = 15;
    let minute = good.context.minute.of_day().number();
    let day = good.context.epoch.day.number();
    let malformed = "malformed";
    let unasked = "not_what_was_asked";
    let invalid = "proof_invalid";
    for (name, shows, at, new, reason) in [
        ("version_0", "There is no version 0.", VERSION, vec![0], malformed),
        ("version_2", "Version 2 does not exist yet.", VERSION, vec![2], malformed),
        ("no_parts", "A presentation has a part.", PARTS, vec![0], malformed),
        ("two_parts", "Two parts, where one is expected.", PARTS, vec![2], malformed),
        ("three_parts", "There are at most two parts.", PARTS, vec![3], malformed),
        ("mode_5", "There is no mode 5.", MODE, vec![5], malformed),
        ("mode_255", "There is no mode 255.", MODE, vec![255], malformed),
        ("mode_paper", "Paper has no minute.", MODE, vec![3], malformed),
        ("mode_office", "An office is shown no policy and no epoch.", MODE, vec![4], malformed),
        ("policy_changed", "It names another policy.", POLICY, vec![1, 2, 3, 4], unasked),
        ("minute_1440", "A day has 1440 minutes.", MINUTE, 1440_u16.to_be_bytes().to_vec(), malformed),
        ("minute_65535", "A day has 1440 minutes.", MINUTE, vec![255, 255], malformed),
        ("minute_changed", "It names the next minute.", MINUTE, (minute + 1).to_be_bytes().to_vec(), unasked),
        ("key_changed", "It names another key.", KEY, vec![1, 2, 3, 4], unasked),
        ("day_65535", "65535 is no day.", DAY, vec![255, 255], malformed),
        ("day_changed", "It claims tomorrow's epoch.", DAY, (day + 1).to_be_bytes().to_vec(), invalid),
        ("series_changed", "It claims another series.", SERIES, vec![1], invalid),
    ] {
        let bytes = [&good.bytes[..at], &new, &good.bytes[at + new.len()..]].concat();
        let vector = Vector::bytes(name, shows, bytes).knowing(good.knowledge()).refused(reason);
        files.add(Verdict::Refused, DOCUMENT, vector);
    }
    Ok(())
}

/// What is shown is not what was signed, or not of its kind.
fn values(files: &mut Files, world: &World, holder: &Holder) -> Result<()> {
    for (policy, name, shows, new, reason) in [
        ("entry", "admits_changed", "It claims another rule.", vec![7; 8], "proof_invalid"),
        ("vaccinated", "code_changed", "It claims another vaccine.", vec![2], "proof_invalid"),
        ("vaccinated", "code_absent", "It claims no vaccine.", vec![0], "proof_invalid"),
        ("vaccinated", "code_unknown", "Code 5 is not in the vocabulary.", vec![5], "malformed"),
        ("vaccinated", "code_255", "255 is no code.", vec![255], "malformed"),
        ("over-18", "flag_changed", "It claims another answer.", vec![0], "proof_invalid"),
        ("over-18", "flag_absent", "It claims no answer.", vec![2], "proof_invalid"),
        ("over-18", "flag_3", "A flag is 0, 1 or 2.", vec![3], "malformed"),
        ("member", "group_changed", "It claims another group.", vec![2], "proof_invalid"),
    ] {
        value(files, &Shown::at_door(world, holder, policy, Mode::OneWay)?, 16, name, shows, &new, reason)?;
    }
    // Handle, binding, test and its day, vaccine and its day, age band: the clear values of a record.
    let office = Shown::at_office(world, holder, "health-record")?;
    for (at, name, shows, new, reason) in [
        (16, "handle_changed", "It claims another handle.", vec![7; 16], "proof_invalid"),
        (32, "binding_changed", "It claims another binding.", vec![7; 32], "proof_invalid"),
        (64, "test_changed", "It claims another test.", vec![2], "proof_invalid"),
        (65, "day_changed_in_record", "It claims another day.", vec![0, 1], "proof_invalid"),
        (65, "day_absent_in_record", "It claims no day.", vec![255, 255], "proof_invalid"),
        (70, "age_band_unknown", "Code 7 is not in the vocabulary.", vec![7], "malformed"),
    ] {
        value(files, &office, at, name, shows, &new, reason)?;
    }
    // The hint is the second disclosed value, after the rule.
    let hinted = Shown::at_door(world, holder, "entry-with-hint", Mode::OneWay)?;
    for (name, shows, new, reason) in [
        ("hint_changed", "It claims another hint.", vec![1], "proof_invalid"),
        ("hint_absent", "It claims no hint.", vec![0], "proof_invalid"),
        ("hint_241", "Hints end with 240.", vec![241], "malformed"),
    ] {
        value(files, &hinted, 24, name, shows, &new, reason)?;
    }
    Ok(())
}

fn value(files: &mut Files, shown: &Shown, at: usize, name: &str, shows: &str, new: &[u8], reason: &str) -> Result<()> {
    let bytes = [&shown.bytes[..at], new, &shown.bytes[at + new.len()..]].concat();
    let vector = Vector::bytes(name, shows, bytes).knowing(shown.knowledge()).refused(reason);
    files.add(Verdict::Refused, DOCUMENT, vector);
    Ok(())
}

fn pseudonyms(files: &mut Files, world: &World, holder: &Holder) -> Result<()> {
    let good = Shown::at_door(world, holder, "entry", Mode::Poster)?;
    let at = good.proof_begins() - 48;
    let another = Shown::at_door(world, &Holder::new("another holder")?, "entry", Mode::Poster)?;
    let replaced = |new: &[u8]| [&good.bytes[..at], new, &good.bytes[at + 48..]].concat();
    let p1 = hex::decode(P1).context("a constant of this module is hexadecimal")?;
    let some = hex::decode(SOME_POINT).context("a constant of this module is hexadecimal")?;
    let mut refuse = |name: &str, shows: &str, bytes: Vec<u8>, reason: &str| {
        let vector = Vector::bytes(name, shows, bytes).knowing(good.knowledge()).refused(reason);
        files.add(Verdict::Refused, DOCUMENT, vector);
    };
    refuse("pseudonym_is_p1", "P1 is nobody's pseudonym.", replaced(&p1), "malformed");
    refuse("pseudonym_replaced", "The pseudonym is another point.", replaced(&some), "proof_invalid");
    let somebody = replaced(&another.bytes[at..at + 48]);
    refuse("pseudonym_of_another", "The pseudonym is somebody else's.", somebody, "proof_invalid");
    let without = [&good.bytes[..at], &good.bytes[at + 48..]].concat();
    refuse("pseudonym_left_out", "The policy asks for a pseudonym.", without, "malformed");
    let mut challenge = good.bytes.clone();
    challenge[9] ^= 1;
    refuse("challenge_id_changed", "It answers another poster.", challenge, "not_what_was_asked");

    let plain = Shown::at_door(world, holder, "entry", Mode::OneWay)?;
    let start = plain.proof_begins();
    let added = [&plain.bytes[..start], &good.bytes[at..at + 48], &plain.bytes[start..]].concat();
    let vector = Vector::bytes("pseudonym_added", "One way has no pseudonym.", added);
    files.add(Verdict::Refused, DOCUMENT, vector.knowing(plain.knowledge()).refused("malformed"));
    Ok(())
}

/// A good presentation, read by somebody who expects something else.
fn expectations(files: &mut Files, world: &World, holder: &Holder) -> Result<()> {
    let mut refuse = |name: &str, shows: &str, shown: &Shown, change: &[(&str, Value)], reason: &str| {
        let mut knowledge = shown.knowledge();
        change.iter().for_each(|(member, new)| knowledge[*member] = new.clone());
        let vector = Vector::bytes(name, shows, shown.bytes.clone()).knowing(knowledge).refused(reason);
        files.add(Verdict::Refused, DOCUMENT, vector);
    };
    let (unasked, invalid, malformed) = ("not_what_was_asked", "proof_invalid", "malformed");
    let one_way = Shown::at_door(world, holder, "entry", Mode::OneWay)?;
    let poster = Shown::at_door(world, holder, "entry", Mode::Poster)?;
    let nonce = Shown::at_door(world, holder, "entry", Mode::Nonce)?;
    let office = Shown::at_office(world, holder, "age-record")?;
    let now = Minute::of(NOW).number();
    let payload = |name: &str| Ok::<_, anyhow::Error>(json!(hex::encode(cbor::encode(world.policy_named(name)?))));
    let withdrawn = payload("withdrawn")?;
    refuse("asked_other_policy", "The door asks by another policy.", &one_way, &[("policy", withdrawn)], unasked);
    let hint = [("policy", payload("entry-with-hint")?), ("disclosed", json!([0, 1, 2]))];
    refuse("asked_for_hint", "The door's policy shows the hint too.", &one_way, &hint, unasked);
    refuse("asked_next_minute", "The door expects the next minute.", &one_way, &[("minute", json!(now + 1))], unasked);
    let day = [("minute", json!(now + 1440))];
    refuse("asked_same_minute_tomorrow", "The same minute of another day.", &one_way, &day, invalid);
    let mode = [("mode", json!(2))];
    refuse("asked_for_nonce", "The door has shown a nonce.", &one_way, &mode, unasked);
    let other = json!(hex::encode(seeds::bytes::<32>("another nonce")));
    refuse("asked_other_nonce", "The door has shown another nonce.", &nonce, &[("challenge", other.clone())], unasked);
    let same_id = {
        let mut challenge = seeds::bytes::<32>("nonce");
        challenge[31] ^= 1;
        [("challenge", json!(hex::encode(challenge)))]
    };
    refuse("asked_nonce_of_same_id", "The nonce differs after its first 4 bytes.", &nonce, &same_id, invalid);
    refuse("asked_other_poster", "The door hangs out another poster.", &poster, &[("challenge", other)], unasked);
    let event = [("pseudonym_context", json!(hex::encode(seeds::bytes::<32>("another event"))))];
    refuse("asked_other_event", "The pseudonym is of another event.", &poster, &event, invalid);
    let request = [("challenge", json!(hex::encode(seeds::bytes::<32>("another request"))))];
    refuse("asked_other_request", "The office was asked for something else.", &office, &request, invalid);
    let set = [("disclosed", json!([0, 1, 3]))];
    refuse("asked_fewer_claims", "The office expects a claim less.", &office, &set, malformed);
    let membership = [
        ("type", json!(hex::encode(world.type_named("membership-pass")?.to_bytes()))),
        ("policy", payload("member")?),
        ("disclosed", json!([0, 1])),
    ];
    refuse("asked_other_type", "The door asks for another type.", &one_way, &membership, unasked);
    let specimen = [("public_key", json!(hex::encode(world.key("specimen")?.public().to_bytes())))];
    refuse("asked_other_key", "The door expects another key.", &one_way, &specimen, unasked);
    Ok(())
}
