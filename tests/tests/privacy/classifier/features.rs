//! A pair as numbers: whatever the adversary can compute from both sides and compare.
//!
//! What would be the same for everybody is not among them: e(Abar, W) = e(Bbar, BP2) is what the door checks, and so is the challenge. Of
//! the rest of what points could tell, most is for nobody to compute: whether D is a known multiple of B is a discrete logarithm,
//! and whether (A, Abar) and (B, D), or the pseudonyms of two events, belong together a question of Diffie and Hellman's in a group without
//! pairing of its own.

use bls12_381::{G1Projective, Scalar};

use super::algebra::{big_endian, commitment_to, compressed, point, quotient, scalar, without_entropy};
use super::population::{Dossier, Known, Sighting};

/// An entry showing is a head, three points and seven scalars. At an event the head names the poster, and a pseudonym follows it.
const HEAD: usize = 24;
const POSTER: usize = 4;
const PROOF: usize = 3 * 48 + 7 * 32;
const KEY_ID: usize = 9;

/// A serial, a counter or a code may be there in the last bits, or modulo something.
const MODULI: [u32; 6] = [2, 3, 4, 5, 7, 16];

/// The numbers of one pair, in the order of their names.
#[derive(Default)]
pub(super) struct Row {
    pub(super) numbers: Vec<f32>,
    /// Only if asked for: the names are the same for each pair.
    names: Option<Vec<String>>,
}

/// The names of the numbers that `fill` puts.
pub(super) fn names(fill: impl FnOnce(&mut Row)) -> Vec<String> {
    let mut row = Row { names: Some(Vec::new()), ..Row::default() };
    fill(&mut row);
    row.names.unwrap()
}

impl Row {
    /// Two showings, and what can be looked up.
    pub(super) fn two_showings(&mut self, one: &Sighting, other: &Sighting, known: &Known) {
        let (one, other) = (Read::of(one), Read::of(other));
        for place in 0..one.len {
            self.flag(one.bytes[place] == other.bytes[place], || format!("byte {place} the same"));
        }
        self.windows(&Windows::of([one.bytes]), &Windows::of([other.bytes]));
        self.put(one.extra.abs_diff(other.extra) as f32, || "difference of lengths".to_owned());
        self.flag(one.lag == other.lag, || "clocks equally wrong".to_owned());
        self.fields(&one.points(), &other.points());
        let (left, right) = (one.scalars.fields(), other.scalars.fields());
        self.fields(&left, &right);
        for (left, right) in left.iter().zip(&right) {
            self.residues(&left.residues(), &right.residues());
        }
        self.answers(&one, &other, known);
    }

    /// All that lab and office have of one person, keys included, and a showing.
    pub(super) fn dossier_and_showing(&mut self, dossier: &Dossier, showing: &Sighting) {
        let pass = &dossier.passes[showing.day];
        let showing = Read::of(showing);
        let Scalars { e_hat, hint_hat, blind_hat, secret_hat, c, .. } = showing.scalars;
        // If the showing is this person's, then what is left of an answer to a known message is the nonce.
        let nonces = [("e~", e_hat - c * pass.e), ("hint~", hint_hat - c * pass.hint)];
        let nonces = nonces.map(|(name, nonce)| Field::new(name, big_endian(nonce)));
        for Field { name, bytes } in &nonces {
            self.put(leading_zeros(bytes), || format!("leading zeros of {name}"));
        }
        let mut shown = showing.scalars.fields();
        shown.extend(nonces);

        let asked = Opening::of(&dossier.commitment);
        let again = Opening::of(&dossier.commitment_again);
        let office = Office::of(&dossier.shown_to_office);
        let mut seen =
            vec![Field::new("e of the pass", big_endian(pass.e)), Field::new("its hint", big_endian(pass.hint))];
        seen.push(Field::new("e of the record", big_endian(dossier.record.e)));
        seen.push(Field::new("the office's e~", big_endian(office.e_hat - office.c * dossier.record.e)));
        seen.extend(asked.fields(["s^ of the first request", "m^ of it", "c of it"]));
        seen.extend(again.fields(["s^ of the second request", "m^ of it", "c of it"]));
        seen.extend(office.fields());
        self.fields(&seen, &shown);

        let [abar, bbar, _] = showing.points.each_ref().map(|field| point(&field.bytes));
        let mut points = showing.points.to_vec();
        // If the showing is this person's, this is D·r1.
        points.push(Field::new("Bbar + Abar·e", compressed(bbar + abar * pass.e)));
        self.flag(points[3].bytes == points[2].bytes, || "Bbar + Abar·e is D".to_owned());
        points.extend(showing.named.iter().map(|named| named.pseudonym.clone()));
        let mut known = vec![Field::new("C", &dossier.commitment[..48])];
        for (signed, names) in [(pass, ["A of the pass", "B of the pass"]), (&dossier.record, ["A of the record", "B"])]
        {
            known.extend([Field::new(names[0], &signed.a), Field::new(names[1], &signed.b)]);
        }
        let at_the_office = ["the office's Abar", "the office's Bbar", "the office's D"];
        let at_the_office = at_the_office.into_iter().zip(dossier.shown_to_office.chunks(48));
        known.extend(at_the_office.map(|(name, point)| Field::new(name, point)));
        self.fields(&known, &points);

        let beside = shown[shown.len() - 2..].iter().chain(&points[3..]).map(|field| field.bytes.as_slice());
        self.windows(&dossier.windows, &Windows::of([showing.bytes].into_iter().chain(beside)));

        let mut small = vec![Field::new("order", dossier.order.to_be_bytes())];
        small.extend([Field::new("handle", &dossier.handle), Field::new("nonce", &dossier.nonce)]);
        small.extend(dossier.facts.iter().map(|(name, fact)| Field { name: name.clone(), bytes: fact.clone() }));
        small.extend(seen.drain(..3));
        shown.push(Field::new("clock", [showing.lag]));
        shown.push(Field::new("bytes too many", [showing.extra as u8]));
        shown.push(Field::new("key id", showing.key_id()));
        shown.extend(points.drain(..3));
        let shown: Vec<Residues> = shown.iter().map(Field::residues).collect();
        for known in &small {
            let known = known.residues();
            shown.iter().for_each(|shown| self.residues(&known, shown));
        }

        let commitment = &dossier.commitment[..48];
        let mut opens = |secret, blind, name: &str| {
            let opened = commitment_to(without_entropy(secret), blind);
            self.flag(opened.as_deref() == Some(commitment), || format!("the commitment opened by {name}"));
            if let Some(named) = &showing.named {
                self.flag(named.is_of(secret), || format!("the pseudonym made by {name}"));
            }
        };
        let same_nonce = |there: Scalar, here: Scalar, c_there: Scalar| quotient(there - here, c_there - c);
        opens(
            same_nonce(office.secret_hat, secret_hat, office.c),
            same_nonce(office.blind_hat, blind_hat, office.c),
            "what office and door saw",
        );
        for (asked, name) in [(asked, "what the lab and the door saw"), (again, "the second request and the door")] {
            // The requests answer for the secret alone, showings for the secret and the entropy.
            let entropy = -without_entropy(Scalar::zero());
            let secret = quotient(asked.m_hat - secret_hat + c * entropy, asked.c - c);
            opens(secret + entropy, same_nonce(asked.s_hat, blind_hat, asked.c), name);
        }
    }

    fn put(&mut self, number: f32, name: impl FnOnce() -> String) {
        self.numbers.push(number);
        if let Some(names) = &mut self.names {
            names.push(name());
        }
    }

    fn flag(&mut self, holds: bool, name: impl FnOnce() -> String) {
        self.put(f32::from(u8::from(holds)), name);
    }

    /// Every field beside every other of its length.
    fn fields(&mut self, ones: &[Field], others: &[Field]) {
        for one in ones {
            for other in others.iter().filter(|other| other.bytes.len() == one.bytes.len()) {
                let both = || one.bytes.iter().zip(&other.bytes);
                let bits: u32 = both().map(|(a, b)| (a ^ b).count_ones()).sum();
                let bytes = both().filter(|(a, b)| a == b).count();
                self.put(bits as f32, || format!("bits that differ between {} and {}", one.name, other.name));
                self.put(bytes as f32, || format!("bytes that {} and {} share", one.name, other.name));
            }
        }
    }

    fn residues(&mut self, one: &Residues, other: &Residues) {
        for (place, modulus) in MODULI.into_iter().enumerate() {
            let same = one.of_each[place] == other.of_each[place];
            self.flag(same, || format!("{} and {} the same modulo {modulus}", one.name, other.name));
        }
    }

    fn windows(&mut self, one: &Windows, other: &Windows) {
        self.put(shared(&one.long, &other.long), || "windows of eight bytes in both".to_owned());
        self.put(shared(&one.short, &other.short), || "windows of four bytes in both".to_owned());
    }

    /// Two answers x^ = x~ + c·x with one nonce give x away, or −x where the sign is the other.
    fn answers(&mut self, one: &Read<'_>, other: &Read<'_>, known: &Known) {
        let named = other.named.as_ref();
        let (one, other) = (&one.scalars, &other.scalars);
        let between = |x: Scalar, y: Scalar| quotient(x - y, one.c - other.c);
        for ((name, x), (_, y)) in one.answers().into_iter().zip(other.answers()) {
            let secret = between(x, y);
            let given_away = [secret, -secret].map(|secret| known.scalars.contains(&big_endian(secret)));
            self.flag(given_away != [false; 2], || format!("{name} repeats a nonce and answers for something known"));
            let zeros = leading_zeros(&big_endian(secret)).max(leading_zeros(&big_endian(-secret)));
            self.put(zeros, || format!("leading zeros of what {name} answers for"));
        }
        let secret = between(one.secret_hat, other.secret_hat);
        if let Some(named) = named {
            let is_of = named.is_of(secret) || named.is_of(-secret);
            self.flag(is_of, || "the nonce for the secret repeats, and makes the pseudonym".to_owned());
        }
        let opened = commitment_to(without_entropy(secret), between(one.blind_hat, other.blind_hat));
        let found = opened.is_some_and(|opened| known.commitments.contains(&opened));
        self.flag(found, || "both nonces repeat, and a commitment is opened".to_owned());
    }
}

/// Some bytes with a name.
#[derive(Clone)]
struct Field {
    name: String,
    bytes: Vec<u8>,
}

impl Field {
    fn new(name: &str, bytes: impl AsRef<[u8]>) -> Self {
        Self { name: name.to_owned(), bytes: bytes.as_ref().to_vec() }
    }

    fn residues(&self) -> Residues {
        let modulo = |modulus| self.bytes.iter().fold(0, |rest, byte| (rest * 256 + u32::from(*byte)) % modulus);
        Residues { name: self.name.clone(), of_each: MODULI.map(modulo) }
    }
}

/// A field as a number, modulo each of [`MODULI`].
struct Residues {
    name: String,
    of_each: [u32; MODULI.len()],
}

/// A showing, taken apart.
struct Read<'a> {
    bytes: &'a [u8],
    points: [Field; 3],
    named: Option<Named>,
    scalars: Scalars,
    /// As everybody's is.
    len: usize,
    /// By how many minutes the clock is behind, counted from one ahead.
    lag: u8,
    /// Bytes beyond those that everybody's showing has.
    extra: usize,
}

/// What a holder is called at an event, and what it was made of besides the secret.
struct Named {
    pseudonym: Field,
    base: G1Projective,
}

/// Letters as in the drafts.
#[derive(Clone, Copy)]
struct Scalars {
    e_hat: Scalar,
    r1_hat: Scalar,
    r3_hat: Scalar,
    hint_hat: Scalar,
    blind_hat: Scalar,
    secret_hat: Scalar,
    c: Scalar,
}

impl<'a> Read<'a> {
    fn of(sighting: &'a Sighting) -> Self {
        let bytes = sighting.bytes.as_slice();
        let named = sighting.event.as_ref().map(|event| {
            let pseudonym = Field::new("the pseudonym", &bytes[HEAD + POSTER..][..48]);
            Named { pseudonym, base: event.base }
        });
        let at = if named.is_some() { HEAD + POSTER + 48 } else { HEAD };
        let (points, scalars) = bytes[at..at + PROOF].split_at(3 * 48);
        let mut points = points.chunks(48);
        let points = ["Abar", "Bbar", "D"].map(|name| Field::new(name, points.next().unwrap()));
        let mut scalars = scalars.chunks(32).map(scalar);
        let mut next = || scalars.next().unwrap();
        let scalars = Scalars {
            e_hat: next(),
            r1_hat: next(),
            r3_hat: next(),
            hint_hat: next(),
            blind_hat: next(),
            secret_hat: next(),
            c: next(),
        };
        let minute = u32::from(u16::from_be_bytes([bytes[7], bytes[8]]));
        let lag = (sighting.scanned.number() + 1 + 1440 - minute) % 1440;
        let len = at + PROOF;
        Self { bytes, points, named, scalars, len, lag: lag as u8, extra: bytes.len() - len }
    }

    fn points(&self) -> Vec<Field> {
        self.points.iter().chain(self.named.as_ref().map(|named| &named.pseudonym)).cloned().collect()
    }

    fn key_id(&self) -> &[u8] {
        let at = if self.named.is_some() { KEY_ID + POSTER } else { KEY_ID };
        &self.bytes[at..at + 4]
    }
}

impl Named {
    /// Whether it is the pseudonym of the holder whose secret, as it is signed, that is.
    fn is_of(&self, secret: Scalar) -> bool {
        compressed(self.base * secret).as_slice() == self.pseudonym.bytes
    }
}

impl Scalars {
    fn answers(&self) -> [(&'static str, Scalar); 6] {
        let Self { e_hat, r1_hat, r3_hat, hint_hat, blind_hat, secret_hat, c: _ } = *self;
        [
            ("e^", e_hat),
            ("r1^", r1_hat),
            ("r3^", r3_hat),
            ("hint^", hint_hat),
            ("blind^", blind_hat),
            ("secret^", secret_hat),
        ]
    }

    fn fields(&self) -> Vec<Field> {
        let all = self.answers().into_iter().chain([("c", self.c)]);
        all.map(|(name, scalar)| Field::new(name, big_endian(scalar))).collect()
    }
}

/// What stands behind C in a request.
#[derive(Clone, Copy)]
struct Opening {
    s_hat: Scalar,
    m_hat: Scalar,
    c: Scalar,
}

impl Opening {
    fn of(commitment: &[u8]) -> Self {
        let [s_hat, m_hat, c] = [48, 80, 112].map(|at| scalar(&commitment[at..at + 32]));
        Self { s_hat, m_hat, c }
    }

    fn fields(&self, names: [&str; 3]) -> Vec<Field> {
        let scalars = [self.s_hat, self.m_hat, self.c];
        names.into_iter().zip(scalars).map(|(name, scalar)| Field::new(name, big_endian(scalar))).collect()
    }
}

/// What the office saw of the record.
struct Office {
    e_hat: Scalar,
    r1_hat: Scalar,
    r3_hat: Scalar,
    blind_hat: Scalar,
    secret_hat: Scalar,
    c: Scalar,
}

impl Office {
    fn of(proof: &[u8]) -> Self {
        let scalars: Vec<Scalar> = proof[3 * 48..].chunks(32).map(scalar).collect();
        let ([e_hat, r1_hat, r3_hat, ..], [.., blind_hat, secret_hat, c]) = (&scalars[..], &scalars[..]) else {
            panic!("too short a proof")
        };
        let [e_hat, r1_hat, r3_hat, blind_hat, secret_hat, c] =
            [e_hat, r1_hat, r3_hat, blind_hat, secret_hat, c].map(|scalar| *scalar);
        Self { e_hat, r1_hat, r3_hat, blind_hat, secret_hat, c }
    }

    fn fields(&self) -> Vec<Field> {
        let Self { e_hat, r1_hat, r3_hat, blind_hat, secret_hat, c } = self;
        let names = ["e^", "r1^", "r3^", "blind^", "secret^", "c"].into_iter();
        let scalars = [e_hat, r1_hat, r3_hat, blind_hat, secret_hat, c];
        names
            .zip(scalars)
            .map(|(name, scalar)| Field::new(&format!("the office's {name}"), big_endian(*scalar)))
            .collect()
    }
}

/// All that stands anywhere in some documents, eight bytes and four bytes long, in order.
pub(super) struct Windows {
    long: Vec<u64>,
    short: Vec<u64>,
}

impl Windows {
    pub(super) fn of<'a>(documents: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let (mut long, mut short) = (Vec::new(), Vec::new());
        for document in documents {
            long.extend(document.windows(8).map(number));
            short.extend(document.windows(4).map(number));
        }
        for windows in [&mut long, &mut short] {
            windows.sort_unstable();
            windows.dedup();
        }
        Self { long, short }
    }
}

fn number(window: &[u8]) -> u64 {
    window.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn shared(one: &[u64], other: &[u64]) -> f32 {
    let (few, many) = if one.len() < other.len() { (one, other) } else { (other, one) };
    few.iter().filter(|window| many.binary_search(window).is_ok()).count() as f32
}

fn leading_zeros(bytes: &[u8]) -> f32 {
    let whole = bytes.iter().take_while(|byte| **byte == 0).count();
    let rest = bytes.get(whole).map_or(0, |byte| byte.leading_zeros());
    (8 * whole) as f32 + rest as f32
}
