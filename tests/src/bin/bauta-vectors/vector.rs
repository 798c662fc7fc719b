//! One vector, the file it lies in, and the folder of all files.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Result;
use serde_json::{Map, Value, json};

/// What is read: bytes, or a text where a person or a camera supplies it.
enum Input {
    Bytes(Vec<u8>),
    Text(String),
}

/// One input and what must become of it.
pub(crate) struct Vector {
    name: String,
    shows: String,
    input: Input,
    context: Option<Value>,
    expected: Option<Value>,
}

impl Vector {
    pub(crate) fn bytes(name: impl Into<String>, shows: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self::new(name.into(), shows.into(), Input::Bytes(bytes))
    }

    pub(crate) fn text(name: impl Into<String>, shows: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(name.into(), shows.into(), Input::Text(text.into()))
    }

    fn new(name: String, shows: String, input: Input) -> Self {
        Self { name, shows, input, context: None, expected: None }
    }

    /// What the reader knows besides the input.
    pub(crate) fn knowing(self, context: Value) -> Self {
        Self { context: Some(context), ..self }
    }

    /// What the reader knows besides, in hexadecimal.
    pub(crate) fn also(self, member: &str, bytes: &[u8]) -> Self {
        self.and_knowing(json!({ member: hex::encode(bytes) }))
    }

    /// What the reader knows besides.
    pub(crate) fn and_knowing(mut self, more: Value) -> Self {
        if let (Some(Value::Object(known)), Value::Object(more)) = (&mut self.context, more) {
            known.extend(more);
        }
        self
    }

    /// It is accepted and says this.
    pub(crate) fn accepted(self, says: Value) -> Self {
        Self { expected: Some(json!({ "accepted": says })), ..self }
    }

    /// It is refused for this reason.
    pub(crate) fn refused(self, reason: &str) -> Self {
        self.refused_with(json!({ "refused": reason }))
    }

    /// It is refused, and the reason has a figure.
    pub(crate) fn refused_with(self, expected: Value) -> Self {
        Self { expected: Some(expected), ..self }
    }

    /// The same with its bytes put into something else.
    pub(crate) fn rewrapped(self, wrap: impl Fn(Vec<u8>) -> Result<Vec<u8>>) -> Result<Self> {
        let input = match self.input {
            Input::Bytes(bytes) => Input::Bytes(wrap(bytes)?),
            text => text,
        };
        Ok(Self { input, ..self })
    }

    /// The same with another text.
    pub(crate) fn retold(self, text: String) -> Self {
        Self { input: Input::Text(text), ..self }
    }

    fn into_json(self) -> Map<String, Value> {
        let Self { name, shows, input, context, expected } = self;
        let (key, input) = match input {
            Input::Bytes(bytes) => ("input", hex::encode(bytes)),
            Input::Text(text) => ("text", text),
        };
        let mut object = Map::new();
        object.insert("name".to_owned(), name.into());
        object.insert("shows".to_owned(), shows.into());
        object.insert(key.to_owned(), input.into());
        object.extend(context.map(|context| ("context".to_owned(), context)));
        object.extend(expected.map(|expected| ("expected".to_owned(), expected)));
        object
    }
}

/// Whether vectors are to be accepted or refused: the folder they lie in.
#[derive(Clone, Copy)]
pub(crate) enum Verdict {
    Accepted,
    Refused,
}

impl Verdict {
    fn folder(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
        }
    }
}

/// Every file of `spec/vectors` and of `spec/fuzz/corpus`, by its path below that folder.
#[derive(Default)]
pub(crate) struct Files {
    vectors: BTreeMap<PathBuf, Vec<u8>>,
    corpus: BTreeMap<PathBuf, Vec<u8>>,
    count: usize,
}

impl Files {
    /// One file with one vector in it, named after the vector.
    pub(crate) fn add(&mut self, verdict: Verdict, document: &str, vector: Vector) {
        let file = PathBuf::from(verdict.folder()).join(document).join(format!("{}.json", vector.name));
        let mut object = vector.into_json();
        object.insert("document".to_owned(), document.into());
        self.insert(file, object.into());
        self.count += 1;
    }

    /// One file with many vectors that one rule has made, which share context and expectation.
    pub(crate) fn add_systematic(
        &mut self,
        document: &str,
        file: &str,
        shows: &str,
        context: Value,
        refusal: &str,
        vectors: Vec<Vector>,
    ) {
        self.count += vectors.len();
        let path = PathBuf::from(Verdict::Refused.folder()).join(document).join(format!("{file}.json"));
        let vectors: Vec<Value> = vectors.into_iter().map(|vector| vector.into_json().into()).collect();
        let object = json!({
            "document": document,
            "shows": shows,
            "context": context,
            "expected": { "refused": refusal },
            "vectors": vectors,
        });
        self.insert(path, object);
    }

    /// An input that fuzzing of a decoder begins with.
    pub(crate) fn add_seed(&mut self, decoder: &str, name: &str, bytes: impl Into<Vec<u8>>) {
        self.corpus.insert(Path::new(decoder).join(name), bytes.into());
    }

    /// A file that is no vector.
    pub(crate) fn insert(&mut self, path: impl Into<PathBuf>, value: Value) {
        let text = format!("{:#}\n", sorted(value));
        self.vectors.insert(path.into(), text.into_bytes());
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Makes both folders what they must be. Whatever else lies in `vectors` is removed; a corpus may hold more, which fuzzing found.
    pub(crate) fn write(&self, vectors: &Path, corpus: &Path) -> io::Result<()> {
        for stale in self.stale(vectors)? {
            fs::remove_file(vectors.join(stale))?;
        }
        for (folder, files) in [(vectors, &self.vectors), (corpus, &self.corpus)] {
            for (path, bytes) in files {
                let path = folder.join(path);
                path.parent().map_or(Ok(()), fs::create_dir_all)?;
                fs::write(path, bytes)?;
            }
        }
        Ok(())
    }

    /// The files that are missing, too many or different.
    pub(crate) fn differences(&self, vectors: &Path, corpus: &Path) -> io::Result<Vec<PathBuf>> {
        let mut differences = self.stale(vectors)?;
        for (folder, files) in [(vectors, &self.vectors), (corpus, &self.corpus)] {
            let differs = |path: &&PathBuf| fs::read(folder.join(path)).ok().as_ref() != files.get(*path);
            differences.extend(files.keys().filter(differs).cloned());
        }
        Ok(differences)
    }

    fn stale(&self, vectors: &Path) -> io::Result<Vec<PathBuf>> {
        Ok(files_below(vectors)?.into_iter().filter(|path| !self.vectors.contains_key(path)).collect())
    }
}

/// The JSON files below a folder, by their paths below it.
fn files_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        let entries = match fs::read_dir(&next) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                found.extend(path.strip_prefix(folder).map(Path::to_owned));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// With the members of every object in alphabetical order: `serde_json` keeps another order when some crate of the build asks for it.
pub(crate) fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members: BTreeMap<String, Value> =
                members.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            Value::Object(members.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}
