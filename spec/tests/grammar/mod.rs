//! As much of CDDL (RFC 8610) as the files of this crate are written in: choices, ranges, arrays, maps, occurrences, generics, and the
//! controls `.size`, `.regexp` and `.cbor`. What it does not know, it does not skip: it panics.

use std::collections::{BTreeMap, BTreeSet};

use minicbor::Decoder;
use minicbor::data::Type as Major;
use regex::Regex;
use serde_json::Value as Json;

/// What a document says, in CBOR or in JSON.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Item {
    Null,
    Bool(bool),
    Int(i128),
    Bytes(Vec<u8>),
    Text(String),
    Array(Vec<Self>),
    Map(Vec<(Self, Self)>),
}

impl Item {
    /// One item and nothing after it.
    pub(crate) fn of_cbor(bytes: &[u8]) -> Option<Self> {
        let mut decoder = Decoder::new(bytes);
        let item = Self::next(&mut decoder)?;
        (decoder.position() == bytes.len()).then_some(item)
    }

    fn next(decoder: &mut Decoder<'_>) -> Option<Self> {
        Some(match decoder.datatype().ok()? {
            Major::Null => decoder.null().map(|()| Self::Null).ok()?,
            Major::Bool => Self::Bool(decoder.bool().ok()?),
            Major::Bytes => Self::Bytes(decoder.bytes().ok()?.to_vec()),
            Major::String => Self::Text(decoder.str().ok()?.to_owned()),
            Major::Array => {
                let length = decoder.array().ok()??;
                Self::Array((0..length).map(|_| Self::next(decoder)).collect::<Option<_>>()?)
            }
            Major::Map => {
                let length = decoder.map().ok()??;
                let pair = |_| Some((Self::next(decoder)?, Self::next(decoder)?));
                Self::Map((0..length).map(pair).collect::<Option<_>>()?)
            }
            _ => Self::Int(decoder.int().ok()?.into()),
        })
    }

    pub(crate) fn of_json(json: &Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(bool) => Self::Bool(*bool),
            Json::Number(number) => Self::Int(number.as_i64().expect("whole numbers only").into()),
            Json::String(text) => Self::Text(text.clone()),
            Json::Array(items) => Self::Array(items.iter().map(Self::of_json).collect()),
            Json::Object(members) => Self::Map(
                members.iter().map(|(name, value)| (Self::Text(name.clone()), Self::of_json(value))).collect(),
            ),
        }
    }
}

#[derive(Clone, Debug)]
enum Type {
    Named(String, Vec<Self>),
    Literal(Item),
    Range(i128, i128),
    Size(Box<Self>, i128, i128),
    Regexp(Box<Self>, String),
    Cbor(Box<Self>, Box<Self>),
    Choice(Vec<Self>),
    Array(Vec<Entry>),
    Map(Vec<Entry>),
}

/// A member of an array or a map.
#[derive(Clone, Debug)]
struct Entry {
    times: (usize, usize),
    key: Option<Type>,
    value: Type,
}

/// A name's parameters and what it stands for.
type Rule = (Vec<String>, Type);

/// The rules of some files.
#[derive(Debug)]
pub(crate) struct Grammar(BTreeMap<String, Rule>);

impl Grammar {
    pub(crate) fn read(text: &str) -> Self {
        let mut words = Words { words: words(text), at: 0 };
        let mut rules = BTreeMap::new();
        while let Some(name) = words.next() {
            let parameters = if words.takes("<") { words.until(">", |words| words.name()) } else { Vec::new() };
            words.must_take("=");
            let named_before = rules.insert(name.clone(), (parameters, words.choice()));
            assert!(named_before.is_none(), "{name} is there twice");
        }
        Self(rules)
    }

    /// Whether `item` is what the type says, which is written as in a file: `signed<rule-statement>`.
    pub(crate) fn admits(&self, written: &str, item: &Item) -> bool {
        let mut words = Words { words: words(written), at: 0 };
        self.is(item, &words.choice(), &BTreeMap::new())
    }

    /// The names that stand on a left side and on no right one.
    pub(crate) fn tops(&self) -> BTreeSet<&str> {
        let mut tops: BTreeSet<&str> = self.0.keys().map(String::as_str).collect();
        for (name, (_, says)) in &self.0 {
            let said = format!("{says:?}");
            tops.retain(|other| *other == name || !said.contains(&format!("Named(\"{other}\"")));
        }
        tops
    }

    fn is(&self, item: &Item, says: &Type, given: &BTreeMap<String, Type>) -> bool {
        match says {
            Type::Named(name, arguments) => self.is_named(item, name, arguments, given),
            Type::Literal(literal) => item == literal,
            Type::Range(from, to) => matches!(item, Item::Int(number) if (from..=to).contains(&number)),
            Type::Size(inner, from, to) => {
                let fits = match item {
                    Item::Bytes(bytes) => (*from..=*to).contains(&(bytes.len() as i128)),
                    Item::Text(text) => (*from..=*to).contains(&(text.len() as i128)),
                    Item::Int(number) => *to >= 16 || *number < 1 << (8 * to),
                    _ => false,
                };
                fits && self.is(item, inner, given)
            }
            Type::Regexp(inner, pattern) => {
                let whole = Regex::new(&format!("^(?:{pattern})$")).expect("a pattern");
                matches!(item, Item::Text(text) if whole.is_match(text)) && self.is(item, inner, given)
            }
            Type::Cbor(inner, within) => {
                let opened = match item {
                    Item::Bytes(bytes) => Item::of_cbor(bytes),
                    _ => None,
                };
                opened.is_some_and(|opened| self.is(&opened, within, given)) && self.is(item, inner, given)
            }
            Type::Choice(choices) => choices.iter().any(|choice| self.is(item, choice, given)),
            Type::Array(entries) => matches!(item, Item::Array(items) if self.is_array(items, entries, given)),
            Type::Map(entries) => matches!(item, Item::Map(pairs) if self.is_map(pairs, entries, given)),
        }
    }

    fn is_named(&self, item: &Item, name: &str, arguments: &[Type], given: &BTreeMap<String, Type>) -> bool {
        if let Some(argument) = given.get(name) {
            return self.is(item, argument, &BTreeMap::new());
        }
        if let Some((parameters, says)) = self.0.get(name) {
            assert_eq!(parameters.len(), arguments.len(), "{name} has other parameters");
            let meant = arguments.iter().map(|argument| match argument {
                Type::Named(name, _) => given.get(name).unwrap_or(argument).clone(),
                other => other.clone(),
            });
            return self.is(item, says, &parameters.iter().cloned().zip(meant).collect());
        }
        match name {
            "any" => true,
            "null" => *item == Item::Null,
            "bool" => matches!(item, Item::Bool(_)),
            "uint" => matches!(item, Item::Int(0..)),
            "bytes" => matches!(item, Item::Bytes(_)),
            "text" => matches!(item, Item::Text(_)),
            _ => panic!("nothing says what {name} is"),
        }
    }

    /// Each entry takes as many items as it can; no file needs more.
    fn is_array(&self, mut items: &[Item], entries: &[Entry], given: &BTreeMap<String, Type>) -> bool {
        for Entry { times: (least, most), value, .. } in entries {
            let taken = items.iter().take(*most).take_while(|item| self.is(item, value, given)).count();
            if taken < *least {
                return false;
            }
            items = &items[taken..];
        }
        items.is_empty()
    }

    /// Each pair belongs to the first entry whose key is its own.
    fn is_map(&self, pairs: &[(Item, Item)], entries: &[Entry], given: &BTreeMap<String, Type>) -> bool {
        let mut taken = vec![0; entries.len()];
        for (name, value) in pairs {
            let own = |entry: &Entry| entry.key.as_ref().is_some_and(|key| self.is(name, key, given));
            let Some(place) = entries.iter().position(own) else { return false };
            taken[place] += 1;
            if !self.is(value, &entries[place].value, given) {
                return false;
            }
        }
        entries.iter().zip(taken).all(|(Entry { times: (least, most), .. }, taken)| (*least..=*most).contains(&taken))
    }
}

/// A file as its names, numbers, texts and signs.
struct Words {
    words: Vec<String>,
    at: usize,
}

fn words(text: &str) -> Vec<String> {
    let word = Regex::new(r#""[^"]*"|=>|\.\.|\.?[A-Za-z][A-Za-z0-9_-]*|-?[0-9]+|[^\s]"#).expect("a pattern");
    // No text of ours has a semicolon.
    let lines = text.lines().map(|line| line.split(';').next().unwrap_or_default());
    lines.flat_map(|line| word.find_iter(line).map(|found| found.as_str().to_owned())).collect()
}

impl Words {
    fn peek(&self) -> &str {
        self.words.get(self.at).map_or("", String::as_str)
    }

    fn next(&mut self) -> Option<String> {
        let word = self.words.get(self.at).cloned();
        self.at += 1;
        word
    }

    fn takes(&mut self, word: &str) -> bool {
        let there = self.peek() == word;
        self.at += usize::from(there);
        there
    }

    fn must_take(&mut self, word: &str) {
        assert!(self.takes(word), "{} in place of {word}, after {:?}", self.peek(), &self.words[..self.at].last());
    }

    fn name(&mut self) -> String {
        self.next().expect("a name")
    }

    fn until<T>(&mut self, end: &str, mut read: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let mut all = Vec::new();
        while !self.takes(end) {
            all.push(read(self));
            self.takes(",");
        }
        all
    }

    fn number(&mut self) -> Option<i128> {
        let number = self.peek().parse().ok()?;
        self.at += 1;
        Some(number)
    }

    fn choice(&mut self) -> Type {
        let mut choices = vec![self.controlled()];
        while self.takes("/") {
            choices.push(self.controlled());
        }
        if choices.len() == 1 { choices.remove(0) } else { Type::Choice(choices) }
    }

    fn controlled(&mut self) -> Type {
        let plain = Box::new(self.plain());
        if self.takes(".size") {
            let bracket = self.takes("(");
            let from = self.number().expect("a size");
            let to = if self.takes("..") { self.number().expect("a size") } else { from };
            assert_eq!(self.takes(")"), bracket, "a bracket that ends");
            Type::Size(plain, from, to)
        } else if self.takes(".regexp") {
            Type::Regexp(plain, self.name().trim_matches('"').to_owned())
        } else if self.takes(".cbor") {
            Type::Cbor(plain, Box::new(self.plain()))
        } else {
            *plain
        }
    }

    fn plain(&mut self) -> Type {
        if self.takes("(") {
            let inner = self.choice();
            self.must_take(")");
            return inner;
        }
        if self.takes("[") {
            return Type::Array(self.until("]", Self::entry));
        }
        if self.takes("{") {
            return Type::Map(self.until("}", Self::entry));
        }
        if let Some(from) = self.number() {
            let to = if self.takes("..") { self.number().expect("a number") } else { from };
            return Type::Range(from, to);
        }
        let name = self.name();
        if let Some(text) = name.strip_prefix('"') {
            return Type::Literal(Item::Text(text.trim_end_matches('"').to_owned()));
        }
        assert!(name.starts_with(|first: char| first.is_ascii_alphabetic()), "{name} is no type");
        let arguments = if self.takes("<") { self.until(">", Self::plain) } else { Vec::new() };
        Type::Named(name, arguments)
    }

    fn entry(&mut self) -> Entry {
        let times = self.times();
        let begin = self.at;
        let name = self.name();
        if self.takes(":") {
            return Entry { times, key: Some(Type::Literal(Item::Text(name))), value: self.choice() };
        }
        self.at = begin;
        let value = self.choice();
        if self.takes("=>") {
            return Entry { times, key: Some(value), value: self.choice() };
        }
        Entry { times, key: None, value }
    }

    /// `?`, `*`, `1*16`, or nothing.
    fn times(&mut self) -> (usize, usize) {
        if self.takes("?") {
            return (0, 1);
        }
        let begin = self.at;
        let least = self.number();
        if self.takes("*") {
            let most = self.number();
            let count = |number: i128| usize::try_from(number).expect("a count");
            return (least.map_or(0, count), most.map_or(usize::MAX, count));
        }
        self.at = begin;
        (1, 1)
    }
}
