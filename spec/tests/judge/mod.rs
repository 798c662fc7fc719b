//! Reads the vectors, and reads what is in them with the readers of this crate.

mod credentials;
mod letters;
mod presentations;
mod signed;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

/// One input, what its reader knows, and what must become of it.
pub(crate) struct Vector {
    pub(crate) file: PathBuf,
    pub(crate) name: String,
    pub(crate) document: String,
    members: Map<String, Value>,
}

/// The fields of an accepted document, or the name of the reason.
pub(crate) type Judgement = Result<Value, String>;

impl Vector {
    /// What this crate says to the input.
    ///
    /// `None` for documents that this crate alone cannot judge: what a door decides is the verifier's, what an office decides the issuer's.
    pub(crate) fn judged(&self) -> Option<Judgement> {
        Some(match self.document.as_str() {
            "type" => credentials::credential_type(self),
            "credential" => credentials::credential(self),
            "commitment" => credentials::commitment(self),
            "office-request" => credentials::office_request(self),
            "office-answer" => credentials::office_answer(self),
            "application" => credentials::application(self),
            "rule" => signed::rule(self),
            "policy" => signed::policy(self),
            "key" => signed::key(self),
            "delegate" => signed::delegate(self),
            "programme" => signed::programme(self),
            "type-statement" => signed::credential_type(self),
            "organiser" => signed::organiser(self),
            "poster" => signed::poster(self),
            "certified-poster" => signed::certified_poster(self),
            "trust-list" => signed::trust_list(self),
            "withdrawals" => signed::withdrawals(self),
            "history" => signed::history(self),
            "presentation" => presentations::presentation(self),
            "pair" => presentations::pair(self),
            "pickup-code" => letters::pickup_code(self),
            "short-code" => letters::short_code(self),
            "second-factor" => letters::second_factor(self),
            "offer" => letters::offer(self),
            "hint" => letters::hint(self),
            "qr" => letters::qr(self),
            "question" => letters::question(self),
            "asked" => letters::asked(self),
            "message" => letters::message(self),
            "sealed" => letters::sealed(self),
            "renewal" | "showing" => return None,
            other => panic!("nobody judges {other}, of {}", self.file.display()),
        })
    }

    /// The same with other bytes.
    pub(crate) fn with_bytes(&self, bytes: &[u8]) -> Self {
        let mut members = self.members.clone();
        members.insert("input".to_owned(), hex::encode(bytes).into());
        Self { file: self.file.clone(), name: self.name.clone(), document: self.document.clone(), members }
    }

    pub(crate) fn expected(&self) -> Judgement {
        match (&self.members["expected"]["accepted"], &self.members["expected"]["refused"]) {
            (Value::Null, Value::String(reason)) => Err(reason.clone()),
            (says, Value::Null) => Ok(says.clone()),
            _ => panic!("{}: {} expects two things", self.file.display(), self.name),
        }
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        unhex(&self.members["input"])
    }

    pub(crate) fn text(&self) -> &str {
        self.members["text"].as_str().expect("a vector has an input or a text")
    }

    /// A member of what the reader knows.
    pub(crate) fn known(&self, member: &str) -> &Value {
        &self.members["context"][member]
    }

    pub(crate) fn known_bytes(&self, member: &str) -> Vec<u8> {
        unhex(self.known(member))
    }

    pub(crate) fn known_array<const N: usize>(&self, member: &str) -> [u8; N] {
        self.known_bytes(member).try_into().expect("as many bytes as the member always has")
    }
}

pub(crate) fn unhex(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().expect("hexadecimal is a string")).expect("hexadecimal")
}

/// The lower-case name of a unit of an error enum: `MissingWithdrawal` is `missing_withdrawal`.
pub(crate) fn snake_case(debug: &str) -> String {
    let word: String = debug.chars().take_while(char::is_ascii_alphanumeric).collect();
    let mut snake = String::new();
    for letter in word.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

pub(crate) fn malformed<E>(_: E) -> String {
    "malformed".to_owned()
}

/// Every vector below spec/vectors/`folder`.
pub(crate) fn vectors(folder: &str) -> Vec<Vector> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors").join(folder);
    let mut vectors = Vec::new();
    for document in sorted_entries(&root) {
        for file in sorted_entries(&document) {
            read_file(&file, &mut vectors);
        }
    }
    assert!(!vectors.is_empty(), "no vectors below {}; run `cargo xtask vectors`", root.display());
    vectors
}

fn sorted_entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths
}

fn read_file(file: &Path, vectors: &mut Vec<Vector>) {
    let text = fs::read_to_string(file).expect("a readable file");
    read_text(file, &text, vectors);
}

/// A file holds one vector, or many that share what stands beside them.
pub(crate) fn read_text(file: &Path, text: &str, vectors: &mut Vec<Vector>) {
    let mut shared: Map<String, Value> =
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let own = match shared.remove("vectors") {
        Some(Value::Array(own)) => own,
        None => vec![Value::Object(Map::new())],
        Some(_) => panic!("{}: `vectors` is an array", file.display()),
    };
    for members in own {
        let mut all = shared.clone();
        all.extend(members.as_object().expect("a vector is an object").clone());
        for member in ["context", "expected"] {
            all.entry(member).or_insert(Value::Null);
        }
        let word = |member: &str| all[member].as_str().expect("a name").to_owned();
        vectors.push(Vector { file: file.to_owned(), name: word("name"), document: word("document"), members: all });
    }
}
